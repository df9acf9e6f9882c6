/* SPDX-License-Identifier: Apache-2.0 */
/* process.c - fork, exec, and the request to the kernel that makes the end certain (PR_SET_PDEATHSIG) */
#include "harness/peers/process.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define POLL_US       2000
#define STATUS_UNSEEN (-1) /* the process was waited for by somebody else */

gboolean
fail_errno (const char *subject, const char *expected, int number, GError **error)
{
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (number), "'%s': expected %s, got: %s",
               subject, expected, g_strerror (number));
  return FALSE;
}

/* Runs in the child, between fork and exec. */
static void
process_setup (gpointer data)
{
  const pid_t parent = GPOINTER_TO_INT (data);
  /* If the parent died before the request was made, no signal will come: the second half sees that. */
  if (prctl (PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid () != parent)
    _exit (127);
}

gboolean
process_spawn (const char *const *argv, char **environment, const char *output_path,
               gboolean is_new_file, GPid *ret_pid, GError **error)
{
  const int output = open (
      output_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | (is_new_file ? O_TRUNC : 0), 0600);
  if (output < 0)
    return fail_errno (output_path, "a file for output", errno, error);
  g_autoptr (GError) spawn_error = NULL;
  const gboolean is_spawned = g_spawn_async_with_fds (
      NULL, (char **) argv, environment, G_SPAWN_DO_NOT_REAP_CHILD, process_setup,
      GINT_TO_POINTER (getpid ()), ret_pid, -1, output, output, &spawn_error);
  close (output);
  if (!is_spawned)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "'%s': expected a process, got: %s", argv[0],
                 spawn_error->message);
  return is_spawned;
}

gboolean
process_is_over (GPid pid, int *ret_status)
{
  int status;
  const pid_t ended = waitpid (pid, &status, WNOHANG);
  if (ended == 0 || (ended < 0 && errno == EINTR))
    return FALSE;
  *ret_status = ended == pid ? status : STATUS_UNSEEN;
  return TRUE;
}

gboolean
process_wait (GPid pid, gint64 deadline_us, int *ret_status)
{
  while (!process_is_over (pid, ret_status)) {
    if (g_get_monotonic_time () >= deadline_us)
      return FALSE;
    g_usleep (POLL_US);
  }
  return TRUE;
}

void
process_kill (GPid pid)
{
  kill (pid, SIGKILL);
  while (waitpid (pid, NULL, 0) < 0 && errno == EINTR)
    ;
}

char *
process_status_text (int status)
{
  if (status == STATUS_UNSEEN)
    return g_strdup ("an end that somebody else waited for");
  if (WIFSIGNALED (status))
    return g_strdup_printf ("signal %d", WTERMSIG (status));
  return g_strdup_printf ("exit status %d", WEXITSTATUS (status));
}

static char *
last_line (const char *path)
{
  g_autofree char *bytes = NULL;
  gsize length = 0;
  if (!g_file_get_contents (path, &bytes, &length, NULL))
    return g_strdup ("");
  g_autofree char *text = g_utf8_make_valid (bytes, (gssize) length);
  g_strchomp (text);
  const char *newline = strrchr (text, '\n');
  return g_strdup (newline != NULL ? newline + 1 : text);
}

char *
process_last_words (const char *output_path)
{
  g_autofree char *line = last_line (output_path);
  return line[0] != '\0' ? g_strdup_printf ("; its last line: '%s'", line) : g_strdup ("");
}
