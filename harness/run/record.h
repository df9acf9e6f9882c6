/* SPDX-License-Identifier: Apache-2.0 */
/* record.h - one row of a report: a scenario's result, and what the run around it knows */
#pragma once

#include "harness/run/scenario.h"

typedef struct RunRecord {
  char *path;   /* as it was given */
  char *target; /* --target; NULL: the embedded one */
  char *replay; /* the one command that runs it again */
  char *output; /* what the scenario's process printed, as UTF-8; NULL: nothing */
  guint64 seed;
  guint repeat;  /* 1..repeats */
  guint repeats; /* --repeat */
  gboolean is_live;
  gint64 wall_ns; /* of its first process */
  ScenarioResult result;
} RunRecord;

RunRecord *run_record_new (const char *path);
void run_record_free (RunRecord *record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RunRecord, run_record_free)

/* "path: title", with ", 2 of 3" if it is repeated: how every report names a row. Transfer full. */
char *run_record_label (const RunRecord *record);

/* "PROGRAM run --seed N [--target T] [--live [--pace N]] FILE", quoted for a shell where needed; pace 0: simulated. Transfer full. */
char *run_replay_command (const char *program, guint64 seed, const char *target, guint pace,
                          const char *path);

/* How many of each, and the exit status that they make together. Zeroed memory is an empty tally. */
typedef struct RunTally {
  guint passed;
  guint failed;
  guint skipped;
  int status; /* the worst failure's; 0: none */
} RunTally;

void run_tally_add (RunTally *tally, const ScenarioResult *result);

/* 0 only if something passed and nothing failed. Of several failures the smallest of 10..14 wins, else the smallest. Only skips
 * are no success: 3, as for an environment in which nothing can be shown. */
int run_tally_exit_status (const RunTally *tally);
char *run_tally_text (const RunTally *tally); /* "6 passed, 0 failed, 0 skipped"; transfer full */
