/* SPDX-License-Identifier: Apache-2.0 */
/* live.h - the real world: sockets, files and the monotonic clock behind the same interface
 *
 * One epoll descriptor, a timer heap of its own, non-blocking sockets, one worker thread for the disk. In live mode the hosts of
 * one process share that loop.
 *
 * host_power_cut makes a host dark: its sockets stay with the kernel, unread and unwritten, until it is started, so that its
 * peers hear nothing, then RST; nobody answers a connect to an address that world_address_new gave it. Files keep what was
 * written, as with DISK_CUT_KEEP: the page cache has power. A paused host's sockets are left alone by the loop. Faults of the
 * disk cannot be had: host->fault_ask is asked for connects only.
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
  /* Seconds of the world in a second of the wall clock; 0: one. The kernel's TCP knows nothing of it. */
  guint pace;
} LiveConfig;

World *live_world_new (const LiveConfig *config, GError **error);

/* Nothing is open and no work runs: what was let go has been written, or given up. */
gboolean live_world_is_quiet (const World *world);

/* For the driver: while `fd`, which stays the driver's, is readable, the loop does not sleep and each step calls `ready`, which
 * must read it. A world has one at most, until its end; it does not keep the world going. FALSE: epoll would not take it. */
gboolean live_world_watch (World *world, int fd, void (*ready) (gpointer data), gpointer data,
                           GError **error);
