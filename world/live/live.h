/* SPDX-License-Identifier: Apache-2.0 */
/* live.h - the real world: sockets, files and the monotonic clock behind the same interface
 *
 * One epoll descriptor behind one GSource, a timer heap of its own, non-blocking sockets, one worker thread for the disk. In
 * live mode the hosts of one process share that loop. A power cut cannot be had here: host_power_cut kills instead, and the
 * peers see RST. Nor can faults of the disk: host->fault_ask is asked for connects only.
 */
#pragma once

#include "world/world.h"

typedef struct LiveConfig {
  guint64 seed;
  WorldBounds bounds;
  gsize ring_words;
  const EventFamily *const *events;
  const char *disk_directory; /* must exist; each host gets a directory of its name there */
  guint
      pace; /* seconds of the world in a second of the wall clock; 0: one. The kernel's TCP knows nothing of it */
} LiveConfig;

World *live_world_new (const LiveConfig *config, GError **error);
