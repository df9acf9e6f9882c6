/* SPDX-License-Identifier: Apache-2.0 */
/* runner.h - many scenarios, each in processes of its own, several at once, reported in the order of the list */
#pragma once

#include "harness/run/record.h"

typedef struct RunnerConfig {
  const char *program; /* as it was invoked: for the replay command */
  const char *target;  /* NULL: the embedded one */
  const char *
      report_directory; /* for event logs; must exist; NULL: none, but those of a mismatch go to a new one */
  const char
      *coverage_directory; /* for the counters of each scenario's processes (gcov.h); NULL: none */
  const char *pcap_directory; /* for captures; must exist; NULL: none */
  const char *pcap_file;      /* or the capture itself, where there is one scenario */
  guint64 seed;
  guint jobs;      /* processes at once, at least 1 */
  guint repeats;   /* of the whole list, at least 1 */
  guint timeout_s; /* of wall time, for each process; 0: none */
  gboolean is_live;
  guint pace;       /* live: seconds of a run in a real one */
  gboolean recheck; /* run each simulated scenario twice and compare the fingerprints */

  /* Each scenario, once, in the order of the list and as soon as those before it are there; valid until the records are
   * freed. */
  void (*on_record) (gpointer data, const RunRecord *record);
  /* A scenario is finished, in whatever order; may be NULL. */
  void (*on_progress) (gpointer data, guint finished, guint total);
  gpointer data;
} RunnerConfig;

/* Runs all `paths` (of char *) and appends a RunRecord * to `records` for each one that was reported. Returns 0, or the
 * number of the signal (SIGINT, SIGTERM) that ended the run early: its processes are gone then, and what had finished is
 * reported. */
int runner_run (const RunnerConfig *config, const GPtrArray *paths, GPtrArray *records);
