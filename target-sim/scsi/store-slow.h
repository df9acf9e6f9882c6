/* SPDX-License-Identifier: Apache-2.0 */
/* store-slow.h - a store that takes its time, in front of another */
#pragma once

#include "target-sim/scsi/store.h"
#include "world/host.h"

typedef struct StoreSlowConfig {
  const char *name;  /* of its stream of random numbers: one of its own per store of a host */
  gint64 latency_ns; /* of each request; 0: none */
  gint64 jitter_ns;  /* drawn for each, up to so much more; 0: none. This is what reorders */
  guint64 bandwidth; /* bytes per second of all requests together; 0: unlimited */
} StoreSlowConfig;

/* `below` is borrowed, and must outlive it; the same store may stand behind a new one after this was freed. Timers are the
 * host's: when it goes down, what is under way never ends, and is for the requester to cancel. */
Store *store_slow_new (Host *host, Store *below, const StoreSlowConfig *config);
