/* SPDX-License-Identifier: Apache-2.0 */
/* gcov.h - for each scenario a directory of its own, where a program built with --coverage leaves its counters
 *
 * gcc's runtime puts GCOV_PREFIX before the path of each of its .gcda files. A scenario's process is started with it, and so is
 * all that this process starts: a foreign target that was built with --coverage tells by its counters which of its lines each
 * scenario reaches.
 */
#pragma once

#include <glib.h>

/* "scenarios/io/a.lua" -> "DIRECTORY/scenarios-io-a.lua", absolute: peers may change their working directory. */
char *gcov_scenario_directory (const char *directory, const char *scenario);

/* Our environment, with which counters go there. Whatever was in GCOV_PREFIX_STRIP before, no part of their paths is left out,
 * so that counters of two builds do not meet in one file. */
char **gcov_environment (const char *scenario_directory);

/* Removes the .gcda files below; what an earlier run has left would be added to. Links are not followed. */
void gcov_forget (const char *scenario_directory);

/* Writes DIRECTORY/index: for each directory below a scenario's that holds counters one line, "SCENARIO<tab>DIRECTORY", sorted.
 * `scenarios` is of const char *. *ret_count: how many of the scenarios have left any. Errors are of the G_FILE_ERROR domain. */
gboolean gcov_write_index (const char *directory, const GPtrArray *scenarios, guint *ret_count,
                           GError **error);
