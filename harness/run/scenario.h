/* SPDX-License-Identifier: Apache-2.0 */
/* scenario.h - one scenario, run once in this process: what is asked, and what came out */
#pragma once

#include "world/log.h"

#include <signal.h>

/* How a run went wrong, and the exit status of `iscsilab run` for it (several: the smallest of 10..14 wins, else the smallest).
 * FAILURE (NAME, exit status, "name") */
#define FAILURES(FAILURE)                                                                          \
  FAILURE (NONE, 0, "none")                                                                        \
  FAILURE (SCENARIO, 1, "scenario")       /* an expectation of the scenario's own */               \
  FAILURE (USAGE, 2, "usage")             /* the file cannot be loaded, a word is wrong */         \
  FAILURE (ENVIRONMENT, 3, "environment") /* a peer cannot be started, no permission */            \
  FAILURE (WRONG_DATA, 10, "wrong data")  /* the oracle; a task completed twice */                 \
  FAILURE (PROTOCOL, 11, "protocol violation")                                                     \
  FAILURE (LIVENESS, 12, "liveness")                                                               \
  FAILURE (CRASH, 13, "crash")                                                                     \
  FAILURE (DETERMINISM, 14, "not deterministic")

typedef enum FailureKind {
#define FAILURE(name, status, text) FAILURE_##name,
  FAILURES (FAILURE)
#undef FAILURE
} FailureKind;

int failure_exit_status (FailureKind kind);
const char *failure_name (FailureKind kind);

typedef enum Verdict { VERDICT_PASS, VERDICT_FAIL, VERDICT_SKIP } Verdict;

/* A live run's clock runs faster than the wall's, so that timers of many seconds cost little, and both ends go by it. Ten is
 * slow enough for what a loaded machine adds: a tenth of a second of its scheduler's is one of the run's, and the shortest time
 * that a profile waits for an answer is five. */
#define LIVE_PACE 10
#define PACE_MOST 1000

typedef struct ScenarioRequest {
  const char *file;
  guint64 seed;
  const char *target; /* --target: NULL, "tgtd", ... */
  gboolean is_live;   /* --live, or a foreign target */
  guint pace;         /* live: seconds of the run in a real one */
  /* Where to write the printed event log if the scenario fails; NULL: nowhere. */
  const char *events_path;
  const char *schedule_path; /* the same for its schedule */
  const char *pcap_path;     /* where the capture goes; NULL: there is none */
  gpointer crash_ring;       /* a CrashRing; NULL: none */
  /* Not 0: the run unwinds, frees what it holds on the machine, and fails. NULL: it is never asked. */
  const volatile sig_atomic_t *stop;
} ScenarioRequest;

/* What a scenario counted, for reports: { "bytes_written", 67108864 }. */
typedef struct ScenarioFigure {
  char *name;
  guint64 value;
} ScenarioFigure;

typedef struct ScenarioResult {
  char *title;       /* NULL if the file could not be loaded */
  GPtrArray *covers; /* of char * */
  Verdict verdict;
  FailureKind failure;
  char *property; /* what should have held */
  char *expected;
  char *actual;
  char *where;       /* "file:line" in the scenario; NULL if unknown */
  char *skip_reason; /* VERDICT_SKIP only */
  GPtrArray *faults; /* of char *: each fault that fired, in order, as text */
  GPtrArray *kinds;  /* of char *: each act that fired, once */
  GPtrArray *events; /* of char *: the last lines of the event log; failures only */
  GPtrArray *files;  /* of char *: evidence that was written */
  GArray *figures;   /* of ScenarioFigure, in the order in which they were added */
  GArray *rules;     /* of ScenarioFigure: how often each rule of the referee was asked */
  GArray
      *evaluated; /* the same: how often an assertion of a requirement was evaluated, by its id */
  GArray *
      transitions; /* the same: how often a state machine made a move, by the event log's text of it */
  guint64 fingerprint;
  guint64 event_count;
  gint64 simulated_ns;
} ScenarioResult;

/* Loads, runs and judges. Always fills *ret_result (clear it with scenario_result_clear); never fails otherwise. */
void scenario_execute (const ScenarioRequest *request, ScenarioResult *ret_result);
void scenario_result_init (ScenarioResult *result);
void scenario_result_clear (ScenarioResult *result);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ScenarioResult, scenario_result_clear)

/* A figure of this name is added to, or made. */
void figures_add (GArray *figures, const char *name, guint64 value);
GArray *figures_new (void);
void scenario_result_add_figure (ScenarioResult *result, const char *name, guint64 value);

/* Every event that any layer of this program may log: NULL-terminated, const. */
const EventFamily *const *harness_event_families (void);
