/* SPDX-License-Identifier: Apache-2.0 */
/* rig.h - both engines in one simulated world, driven from C
 *
 * A target with one RAM disk on one host, an initiator on another, and some sessions between them, without scripts or
 * processes: what is measured here is the product's own path and nothing else. The seed decides everything that happens in it,
 * so that two rounds of a measurement do the same work.
 */
#pragma once

#include "harness/check/once.h"
#include "harness/check/oracle.h"
#include "harness/check/referee.h"
#include "harness/run/crash-ring.h"
#include "initiator/initiator.h"
#include "target-sim/faults/faults.h"
#include "target-sim/target.h"
#include "world/sim/sim.h"

#define BENCH_ERROR (bench_error_quark ())
GQuark bench_error_quark (void);

typedef enum BenchError {
  BENCH_ERROR_FAILED,      /* what is measured did not do what it should: no figure */
  BENCH_ERROR_UNAVAILABLE, /* it cannot be measured in this build or on this machine */
} BenchError;

#define RIG_BLOCK_SIZE 512
#define RIG_DISK_BYTES (UINT64_C (16) * 1024 * 1024)

typedef struct RigConfig {
  guint64 seed;
  guint sessions; /* 1 or more; they spread over the portals in turn */
  guint portals;  /* 1 or more: paths */
  /* As `iscsilab run` has it: every event also in a ring in shared memory, a tap without rules on every connection, oracle and
   * exactly-once on every command, the referee at both ends. */
  gboolean is_judged;
  gboolean is_refereed; /* the referee at both ends, and no other judge */
} RigConfig;

typedef struct Rig {
  World *world;
  Host *target_host;
  Host *initiator_host;
  Store *store;
  TargetSim *target;
  Initiator *initiator;
  GPtrArray *sessions; /* of Session: references */
  Stream *newest;      /* the initiator's end of the connection that was made last; borrowed */
  guint failed_connects;

  /* NULL unless judged */
  Oracle *oracle;
  Once *once;
  Referee *referee;
  CrashRing *ring;
  FaultPlan *plan;
} Rig;

/* Returns when every session is logged in. */
Rig *rig_new (const RigConfig *config, GError **error);
void rig_free (Rig *rig); /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Rig, rig_free)

/* Steps the world until `is_over` says so. FALSE: the world came to an end before. */
typedef gboolean (*RigIsOver) (gpointer data);
gboolean rig_run (Rig *rig, RigIsOver is_over, gpointer data, GError **error);
