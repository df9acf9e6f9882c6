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
  gsize
      window_bytes; /* that a machine takes for an owner who does not read; 0: 6 MiB, Linux's tcp_rmem */
  gsize
      segment_bytes; /* all bytes travel in pieces of at most so many, cut where drawn; 0: uncut */
  gint64 disk_call_ns; /* of a disk call; 0: 20 us */
  gint64 disk_sync_ns; /* of a sync, on top of its call; 0: 2 ms */
} SimConfig;

World *sim_world_new (const SimConfig *config);

/* ---- links: what it is like between two places, one way ---- */

/* A place is a machine, or one address of it. */
typedef struct SimPlace {
  Host *host;
  const Address *
      address; /* NULL: every address of the host; of one that is given, the port does not matter */
} SimPlace;

typedef enum SimPassage {
  SIM_PASSES,
  /* Nothing passes. TCP sends its bytes again after 0.2, 0.6, 1.4, 3, 6.2 ... s: they arrive with the first of these after the
   * heal, or the sender's end is TIMEOUT after the user timeout. A reset in it is lost. The acknowledgements of the other way
   * are lost as well: its bytes arrive, up to a window of them, and its sender times out nevertheless. */
  SIM_PARTITIONED,
  /* A device between keeps everything, in order, and lets it go at once when this ends; its senders may time out meanwhile.
   * Only a connect is as in a partition: its next SYN arrives. */
  SIM_HELD,
} SimPassage;

typedef struct SimLinkConditions {
  SimPassage passage;
  gint64 latency_ns; /* 0: the world's */
  gint64 jitter_ns; /* drawn for each segment, up to so much more; 0: the world's; negative: none */
  guint64
      bandwidth; /* bytes per second of all streams together: what is behind waits; 0: unlimited */
  guint32
      loss_ppm; /* of segments: lost, and sent again after 0.2, 0.6, 1.4 ... s; what is behind waits */
  guint32
      corrupt_ppm; /* of segments: one byte of them is another, and TCP's checksum does not see it */
  gsize segment_bytes; /* pieces of at most so many, cut where drawn; 0: the world's */
} SimLinkConditions;

/* From now on, for what goes from one place to the other: streams that are there, and those to come. Bytes that are under way
 * keep their time. The same pair again replaces its conditions; where several pairs fit a stream, the one that was made
 * last counts. NULL conditions: the link is as if it had never been set. */
void sim_link_set (World *world, const SimPlace *from, const SimPlace *to,
                   const SimLinkConditions *conditions);
