/* SPDX-License-Identifier: Apache-2.0 */
/* field-bugs.h - bugs that iSCSI software had in the field: docs/conformance/field-bugs.tsv, as it was when the program was built
 *
 * Each row is a situation that somebody's initiator, target or multipath layer did not survive. A scenario that names the row
 * ("bug:B02" in `covers`) makes that situation, and fails on an engine with that bug. A row that cannot concern an engine at
 * error recovery level 0 says why, and no scenario may name it.
 */
#pragma once

#include <glib.h>

typedef struct FieldBug {
  const char *id;       /* "B02" */
  const char *product;  /* where it was */
  const char *nickname; /* one word */
  const char *symptom;  /* one sentence */
  const char *source;   /* URL of its report or its mend */
  const char *reason;   /* why it cannot concern us; "": it can */
} FieldBug;

guint field_bug_count (void);
const FieldBug *field_bug_get (guint index);     /* in the table's order */
const FieldBug *field_bug_find (const char *id); /* NULL: no such row */
const char *
field_bug_of (const char *covered); /* "B02" of "bug:B02"; NULL: an id of another kind */
gboolean field_bug_applies (const FieldBug *bug);
