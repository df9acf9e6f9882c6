/* SPDX-License-Identifier: Apache-2.0 */
/* requirements.h - the table of requirements, docs/conformance/requirements.tsv, as it was when the program was built
 *
 * A row is one sentence of a standard that a program can be judged by. Scenarios and assertions name rows by their ids; an id
 * that no row has is an error where it is written.
 */
#pragma once

#include <glib.h>

typedef struct Requirement {
  const char *id;  /* "R-NUM-003" */
  const char *doc; /* "7143" */
  const char *section;
  const char *line;  /* of the document's text */
  const char *side;  /* "initiator", "target" or "both" */
  const char *level; /* "MUST", "SHOULD", "rule" ... */
  const char *text;
  const char *check; /* how to judge it */
} Requirement;

guint requirement_count (void);
const Requirement *requirement_get (guint index);     /* in the table's order */
const Requirement *requirement_find (const char *id); /* NULL: no such row */
char *requirement_area (const char *id);              /* "NUM" of "R-NUM-003" */

/* An id as a scenario may name it: that of a row, "bug:" and that of a field bug which applies, or "seed:word.word" (rows of
 * another table) by its form. */
gboolean requirement_check_id (const char *id, GError **error);
