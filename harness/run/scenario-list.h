/* SPDX-License-Identifier: Apache-2.0 */
/* scenario-list.h - which scenarios are meant: files, directories and a filter */
#pragma once

#include <glib.h>

/* Each path is a scenario file, taken as it is, or a directory, searched for *.lua in all its depth, in bytewise order of the
 * names. "scenarios", and what is in it, is taken from `installed` (NULL: from nowhere) where the present folder has none. `filter` (NULL: all) is a glob on the path, the file's name or the title; '*' matches '/' too. Returns the paths
 * as they were given or found (transfer full, of char *), or NULL with RUN_ERROR_USAGE: a path that is not there, a file
 * that was named but is not *.lua, nothing selected. */
GPtrArray *scenario_list_new (const char *const *paths, const char *filter, const char *installed,
                              GError **error);

/* The folder above the installed "scenarios": share/iscsilab beside the folder of the running program. NULL: the program is not
 * an installed one. */
char *scenario_list_installed (void); /* transfer full */

/* Leaves of the list those that are machine K's of N: every N-th, from the K-th. The same list is cut the same way everywhere, and
 * each scenario is in one shard. `shard`: "K/N", 1 <= K <= N <= 1000. RUN_ERROR_USAGE: it is not that, or the list is shorter
 * than K, so that nothing would be left. */
gboolean scenario_list_shard (GPtrArray *paths, const char *shard, GError **error);

/* The title as it stands in the file's text, without running it; NULL if there is none. For filters, and for the report on a
 * scenario that could not tell its title itself. */
char *scenario_file_title (const char *path); /* transfer full */
