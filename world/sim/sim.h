/* SPDX-License-Identifier: Apache-2.0 */
/* sim.h - the simulated world: virtual time, one ordered queue, a network and disks that fail on request
 *
 * Same seed and same calls: same events, in the same order, with the same fingerprint. Nothing here knows the wall clock.
 */
#pragma once

#include "world/world.h"

typedef struct SimConfig {
  guint64 seed;
  WorldBounds bounds;
  gsize ring_words;                 /* of the event log; 0: a sensible ring */
  const EventFamily *const *events; /* what the layers above may log; NULL-terminated */

  gint64 latency_ns; /* one way, of each link; 0: 50 us */
  gint64 jitter_ns;  /* up to so much more, drawn for each segment; 0: 10 us; negative: none */
  gint64 connect_timeout_ns; /* until NO_ANSWER; 0: 127 s, six retransmissions of a SYN */
  gint64
      user_timeout_ns; /* unacknowledged bytes until TIMEOUT; 0: 924 s, Linux's fifteen retransmissions */
  gint64 disk_call_ns; /* of a disk call; 0: 20 us */
  gint64 disk_sync_ns; /* of a sync, on top of its call; 0: 2 ms */
} SimConfig;

World *sim_world_new (const SimConfig *config);
