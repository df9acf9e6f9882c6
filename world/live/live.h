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
  /* Must exist; each host gets a directory of its name there. NULL: hosts without a disk, every call of it fails. */
  const char *disk_directory;
} LiveConfig;

World *live_world_new (const LiveConfig *config, GError **error);

/* Nothing is open and no work runs: what was let go has been written, or given up. */
gboolean live_world_is_quiet (const World *world);

/* For the driver: while `fd`, which stays the driver's, is readable, the loop does not sleep and each step calls `ready`, which
 * must read it. A world has one at most, until its end; it does not keep the world going. FALSE: epoll would not take it. */
gboolean live_world_watch (World *world, int fd, void (*ready) (gpointer data), gpointer data,
                           GError **error);
