/* SPDX-License-Identifier: Apache-2.0 */
/* schedule.h - a failed run as one file, whole in itself: what ran, on which build, which faults fired and where
 *
 * A file outlives the tree that it came from, so it holds the scenario's text. The fingerprint says whether another run is the same
 * run; it can be so only on the same build, which is why the file names that, too.
 */
#pragma once

#include "target-sim/faults/faults.h"

#define SCHEDULE_FORMAT  1
#define SCHEDULE_PROFILE "windows" /* the default of a scenario's initiators */

typedef struct Schedule {
  char *build;
  char *profile;
  char *path;   /* of the scenario, as it was given */
  char *text;   /* of the scenario */
  char *target; /* NULL: the embedded one */
  guint64 seed;
  gboolean is_live;
  gboolean has_fingerprint; /* FALSE: the run did not come to an end */
  guint64 fingerprint;
} Schedule;

void schedule_clear (Schedule *schedule);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Schedule, schedule_clear)

/* Which program this is: its version and a digest of its own file. Transfer full. */
char *schedule_build_id (void);

/* Writes JSON: the above, every rule of the plan, and each firing with ordinal, rule, act, time, connection, direction and PDU.
 * `plan` may be NULL: the run died, and its plan with it. build, profile and text may be NULL: they are filled in. */
gboolean schedule_save (const char *path, const Schedule *schedule, const FaultPlan *plan,
                        GError **error);

/* RUN_ERROR_USAGE: not there, not JSON, not a schedule, or of a format that is not ours; the message names the file. */
gboolean schedule_load (const char *path, Schedule *ret_schedule, GError **error);
