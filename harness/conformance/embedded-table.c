/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/conformance/embedded-table.h"

GPtrArray *
embedded_table_read (const char *tsv, guint columns)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  g_auto (GStrv) lines = g_strsplit (tsv, "\n", -1);
  for (guint i = 1; lines[i] != NULL && *lines[i] != '\0'; i++) {
    char **row = g_strsplit (lines[i], "\t", -1);
    if (g_strv_length (row) != columns)
      g_error ("line %u '%s': expected %u columns, got %u", i + 1, row[0], columns,
               g_strv_length (row));
    g_ptr_array_add (rows, row);
  }
  return rows;
}
