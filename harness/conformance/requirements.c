/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/conformance/requirements.h"

#include "harness/conformance/embedded-table.h"
#include "harness/conformance/field-bugs.h"
#include "harness/script/options.h"

#include <string.h>

/* The file itself, put into the program by the assembler; the build starts it in the root of the tree. */
extern const char requirements_tsv[];
__asm__(".section .rodata\n"
        "requirements_tsv: .incbin \"docs/conformance/requirements.tsv\"\n"
        ".byte 0\n"
        ".previous\n");

typedef struct Table {
  GPtrArray *lines; /* of GStrv */
  GArray *rows;
  GHashTable *by_id; /* looked up, never walked */
} Table;

static const Table *
table_get (void)
{
  static Table table;
  if (table.rows != NULL)
    return &table;
  table.lines = embedded_table_read (requirements_tsv, 8);
  table.rows = g_array_new (FALSE, FALSE, sizeof (Requirement));
  table.by_id = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < table.lines->len; i++) {
    char *const *column = table.lines->pdata[i];
    const Requirement row = { column[0], column[1], column[2], column[3],
                              column[4], column[5], column[6], column[7] };
    g_array_append_val (table.rows, row);
  }
  for (guint i = 0; i < table.rows->len; i++) {
    Requirement *row = &g_array_index (table.rows, Requirement, i);
    g_hash_table_insert (table.by_id, (gpointer) row->id, row);
  }
  return &table;
}

guint
requirement_count (void)
{
  return table_get ()->rows->len;
}

const Requirement *
requirement_get (guint index)
{
  return &g_array_index (table_get ()->rows, Requirement, index);
}

const Requirement *
requirement_find (const char *id)
{
  return g_hash_table_lookup (table_get ()->by_id, id);
}

char *
requirement_area (const char *id)
{
  const char *start = id + strlen ("R-");
  const char *end = strchr (start, '-');
  return end != NULL ? g_strndup (start, (gsize) (end - start)) : g_strdup (start);
}

gboolean
requirement_check_id (const char *id, GError **error)
{
  if (g_str_has_prefix (id, "R-") && requirement_find (id) != NULL)
    return TRUE;
  const char *bug_id = field_bug_of (id);
  const FieldBug *bug = bug_id != NULL ? field_bug_find (bug_id) : NULL;
  if (bug != NULL && field_bug_applies (bug))
    return TRUE;
  if (g_regex_match_simple ("^seed:[a-z0-9-]+(\\.[a-z0-9-]+)+$", id, 0, 0))
    return TRUE;
  g_set_error (
      error, SCRIPT_ERROR, SCRIPT_ERROR_USAGE,
      "expected the id of a requirement (docs/conformance/requirements.tsv), 'bug:' and that of "
      "a field bug which applies (docs/conformance/field-bugs.tsv), or 'seed:WORD.WORD', "
      "got '%s'",
      id);
  return FALSE;
}
