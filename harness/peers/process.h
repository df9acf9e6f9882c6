/* SPDX-License-Identifier: Apache-2.0 */
/* process.h - a process that dies with us: start it, wait for it with a deadline, and say how it ended */
#pragma once

#include <glib.h>

/* Both outputs go to the file at `output_path`: behind what is there, or to a new one. The kernel kills the process when the
 * thread that started it ends. */
gboolean process_spawn (const char *const *argv, char **environment, const char *output_path,
                        gboolean is_new_file, GPid *ret_pid, GError **error);

/* Does not wait. TRUE: it has ended and is reaped, its id is nobody's now. */
gboolean process_is_over (GPid pid, int *ret_status);
/* FALSE: it still runs at `deadline_us` of the monotonic clock. */
gboolean process_wait (GPid pid, gint64 deadline_us, int *ret_status);
void process_kill (GPid pid); /* and waits for its end */

/* "exit status 3" */
char *process_status_text (int status);
/* "; its last line: '...'", or nothing. */
char *process_last_words (const char *output_path);

/* "'SUBJECT': expected EXPECTED, got: what the system call says", under its own code. Always FALSE. */
gboolean fail_errno (const char *subject, const char *expected, int number, GError **error);
