/* SPDX-License-Identifier: Apache-2.0 */
/* child.h - one scenario in a process of its own
 *
 * The program runs itself again with the hidden command `run-one`; the result comes as one line of JSON on descriptor
 * CHILD_RESULT_FD, and the crash ring is shared through CHILD_RING_FD. However the process ends, there is a result: if it did
 * not send one, the crash is the result. Everything runs on the default GMainContext.
 */
#pragma once

#include "harness/run/scenario.h"

#define CHILD_RESULT_FD 3
#define CHILD_RING_FD   4
#define CHILD_EVENTS    30 /* lines of the crash ring that a report shows */
#define CHILD_GRACE_MS  2000

typedef struct ChildRequest {
  const char *program; /* argv[0] for the child */
  const char *file;
  const char *target;        /* NULL: the embedded one */
  const char *events_path;   /* for a failure's event log; NULL: none */
  const char *schedule_path; /* for a failure's schedule; NULL: none */
  const char *pcap_path;     /* for the capture; NULL: none */
  const char *trace_path;    /* where every event is printed; NULL: nowhere */
  const char *
      counters_path; /* directory for the counters of what was built with them (gcov.h); NULL: none */
  guint64 seed;
  gboolean is_live;
  guint pace;      /* live: as ScenarioRequest's */
  guint timeout_s; /* of wall time; 0: none */
} ChildRequest;

typedef struct ChildOutcome {
  ScenarioResult result;
  char *output; /* stdout and stderr, their last 64 KiB as UTF-8; NULL: nothing was printed */
  gint64 wall_ns;
} ChildOutcome;

void child_outcome_clear (ChildOutcome *outcome);

typedef struct Child Child;

/* Called once, when the process is gone; the callback may take what is in the outcome (leaving NULL or an empty result), and
 * must free the child, or leave that to child_free. */
typedef void (*ChildDone) (gpointer data, ChildOutcome *outcome);

/* Starts the process. NULL with RUN_ERROR_ENVIRONMENT if there can be none. */
Child *child_new (const ChildRequest *request, ChildDone done, gpointer data, GError **error);

/* Asks the process to end, so that several of them can do so side by side before child_free. */
void child_stop (Child *child);

/* A process that still runs is asked to end, so that it can take its directories and peers away, and is killed if it does not
 * within CHILD_GRACE_MS; `done` is not called then. NULL is fine. */
void child_free (Child *child);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Child, child_free)
