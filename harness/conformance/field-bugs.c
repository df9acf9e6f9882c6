/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/conformance/field-bugs.h"

#include "harness/conformance/embedded-table.h"

#include <string.h>

#define PREFIX "bug:"

/* As in requirements.c. */
extern const char field_bugs_tsv[];
__asm__(".section .rodata\n"
        "field_bugs_tsv: .incbin \"docs/conformance/field-bugs.tsv\"\n"
        ".byte 0\n"
        ".previous\n");

typedef struct Table {
  GPtrArray *lines; /* of GStrv; the rows point into them */
  GArray *rows;
} Table;

static const GArray *
table_get (void)
{
  static Table table;
  if (table.rows != NULL)
    return table.rows;
  table.lines = embedded_table_read (field_bugs_tsv, 6);
  table.rows = g_array_new (FALSE, FALSE, sizeof (FieldBug));
  for (guint i = 0; i < table.lines->len; i++) {
    char *const *column = table.lines->pdata[i];
    const FieldBug row = { column[0], column[1], column[2], column[3], column[4], column[5] };
    g_array_append_val (table.rows, row);
  }
  return table.rows;
}

guint
field_bug_count (void)
{
  return table_get ()->len;
}

const FieldBug *
field_bug_get (guint index)
{
  return &g_array_index (table_get (), FieldBug, index);
}

const FieldBug *
field_bug_find (const char *id)
{
  for (guint i = 0; i < field_bug_count (); i++)
    if (strcmp (field_bug_get (i)->id, id) == 0)
      return field_bug_get (i);
  return NULL;
}

const char *
field_bug_of (const char *covered)
{
  return g_str_has_prefix (covered, PREFIX) ? covered + strlen (PREFIX) : NULL;
}

gboolean
field_bug_applies (const FieldBug *bug)
{
  return *bug->reason == '\0';
}
