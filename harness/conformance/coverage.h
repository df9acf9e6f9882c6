/* SPDX-License-Identifier: Apache-2.0 */
/* coverage.h - what a run's results are evidence for: requirements and moves of state machines
 *
 * A requirement is claimed by the scenarios that name it in `covers`; it is evaluated where an assertion that names it was
 * asked; it is proved only if that happened in a scenario that passed. A skip proves nothing.
 *
 * A field bug is proved absent by the passing scenarios that name it, if none that names it failed.
 */
#pragma once

#include "harness/conformance/field-bugs.h"
#include "harness/conformance/requirements.h"
#include "harness/run/scenario.h"

typedef struct RequirementEvidence {
  guint claims;      /* passing scenarios that name it */
  guint64 evaluated; /* assertions asked, in passing scenarios */
  guint failed;      /* failing scenarios that name it or asked for it */
} RequirementEvidence;

typedef struct BugEvidence {
  GPtrArray *passed; /* of char *: the scenarios that name it */
  GPtrArray *failed;
} BugEvidence;

typedef struct Coverage {
  GArray *requirements; /* of RequirementEvidence, as the table's rows */
  GArray *bugs;         /* of BugEvidence, the same */
  GArray *transitions;  /* of ScenarioFigure: moves taken, in passing and failing scenarios alike */
  guint scenarios;
} Coverage;

/* From a results.json. NULL: it cannot be read; the error says why. */
Coverage *coverage_read (const char *path, GError **error);
void coverage_free (Coverage *coverage);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Coverage, coverage_free)

gboolean coverage_is_proved (const RequirementEvidence *evidence);
gboolean coverage_bug_is_proved (const BugEvidence *evidence);

void coverage_print_areas (const Coverage *coverage, GString *out);
void coverage_print_area (const Coverage *coverage, const char *area, gboolean only_missing,
                          GString *out);
void coverage_print_states (const Coverage *coverage, GString *out);
void coverage_print_json (const Coverage *coverage, GString *out);

/* coverage-bugs.c */
GArray *coverage_bugs_new (void);
void coverage_bugs_add (GArray *bugs, const char *path, const ScenarioResult *result);
void coverage_print_bugs (const Coverage *coverage, gboolean only_missing, GString *out);
void coverage_print_bugs_json (const Coverage *coverage, GString *out);
