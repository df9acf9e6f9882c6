/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/conformance/requirements.h"

#include "harness/script/options.h"

#include <string.h>

#define COLUMNS 8

/* The file itself, put into the program by the assembler; the build starts it in the root of the tree. */
extern const char requirements_tsv[];
__asm__(".section .rodata\n"
        "requirements_tsv: .incbin \"docs/conformance/requirements.tsv\"\n"
        ".byte 0\n"
        ".previous\n");

typedef struct Table {
  char *bytes; /* the file, cut into strings */
  GArray *rows;
  GHashTable *by_id; /* looked up, never walked */
} Table;

static void
table_add_row (Table *table, char *line)
{
  const char *columns[COLUMNS] = { 0 };
  for (guint i = 0; i < COLUMNS; i++) {
    char *tab = strchr (line, '\t');
    g_assert ((tab == NULL) == (i == COLUMNS - 1)); /* a test reads the whole table */
    columns[i] = line;
    if (tab != NULL) {
      *tab = '\0';
      line = tab + 1;
    }
  }
  const Requirement row = { columns[0], columns[1], columns[2], columns[3],
                            columns[4], columns[5], columns[6], columns[7] };
  g_array_append_val (table->rows, row);
}

static const Table *
table_get (void)
{
  static Table table;
  if (table.bytes != NULL)
    return &table;
  table.bytes = g_strdup (requirements_tsv);
  table.rows = g_array_new (FALSE, FALSE, sizeof (Requirement));
  table.by_id = g_hash_table_new (g_str_hash, g_str_equal);
  char *line = strchr (table.bytes, '\n') + 1; /* behind the names of the columns */
  while (*line != '\0') {
    char *end = strchr (line, '\n');
    *end = '\0';
    table_add_row (&table, line);
    line = end + 1;
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
  if (g_regex_match_simple ("^seed:[a-z0-9-]+(\\.[a-z0-9-]+)+$", id, 0, 0))
    return TRUE;
  g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_USAGE,
               "expected the id of a requirement (docs/conformance/requirements.tsv) or "
               "'seed:WORD.WORD', got '%s'",
               id);
  return FALSE;
}
