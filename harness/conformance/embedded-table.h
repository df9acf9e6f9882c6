/* SPDX-License-Identifier: Apache-2.0 */
/* embedded-table.h - a file of docs/conformance that was put into the program, cut into its columns */
#pragma once

#include <glib.h>

/* Of each line behind the first, which names the columns, its `columns` values. A line with more or fewer is a mistake of the
 * tree, and stops the program: a test reads every table. Transfer full: of GStrv. */
GPtrArray *embedded_table_read (const char *tsv, guint columns);
