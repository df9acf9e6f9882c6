/* SPDX-License-Identifier: Apache-2.0 */
/* child.c - spawning, listening, the watchdog, and the report on a process that did not answer
 *
 * Method: the child's end is one event, the child watch. The result's pipe is read while the child runs, so that a long line
 * cannot block it, and emptied when it has ended: what it wrote is in the pipe by then, whoever else may still hold the other
 * end. The child leads a process group (run-one.c), so that one kill reaches what it has started as well. Its own output
 * goes to an anonymous file, of which the end is kept.
 */
#include "harness/run/child.h"
#include "harness/run/crash-ring.h"
#include "harness/run/error.h"
#include "harness/run/gcov.h"
#include "harness/run/result-json.h"
#include "harness/run/schedule.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHILD_MAGIC      0xC411D001u
#define CHILD_OUTPUT_MAX 65536
#define CHILD_ASK_MS     20
#define CHILD_RESULT_MAX (64u << 20) /* a child that goes mad must not take the parent's memory */

struct Child {
  guint32 magic; /* CHILD_MAGIC */
  GPid pid;      /* 0: not running */
  int result_fd;
  int output_fd;
  int ring_fd;
  guint result_source;
  guint watch_source;
  guint watchdog_source;
  gboolean is_late; /* the watchdog has killed it */
  guint timeout_s;
  gint64 start_us;
  GString *line;
  char *events_path;
  char *schedule_path;
  char *pcap_path;
  Schedule schedule; /* of a run that dies: what we know of it */
  ChildDone done;
  gpointer data;
};

void
child_outcome_clear (ChildOutcome *outcome)
{
  scenario_result_clear (&outcome->result);
  g_clear_pointer (&outcome->output, g_free);
}

static void
child_kill (Child *child)
{
  /* The group is there once the child has come far enough to make it; not yet reaped, the pid is nobody else's. */
  if (kill (-child->pid, SIGKILL) != 0)
    kill (child->pid, SIGKILL);
}

/* FALSE: no more to come. */
static gboolean
result_read (Child *child)
{
  char bytes[16384];
  for (;;) {
    const ssize_t count = read (child->result_fd, bytes, sizeof bytes);
    if (count > 0 && child->line->len + (gsize) count <= CHILD_RESULT_MAX)
      g_string_append_len (child->line, bytes, count);
    else if (count < 0 && errno == EINTR)
      continue;
    else
      return count < 0 && errno == EAGAIN;
  }
}

static gboolean
child_on_readable (gint fd, GIOCondition condition, gpointer data)
{
  Child *child = data;
  CHECK (child, CHILD_MAGIC);
  if (result_read (child))
    return G_SOURCE_CONTINUE;
  child->result_source = 0;
  return G_SOURCE_REMOVE;
}

static gboolean
child_on_late (gpointer data)
{
  Child *child = data;
  CHECK (child, CHILD_MAGIC);
  child->watchdog_source = 0;
  child->is_late = TRUE;
  child_kill (child);
  return G_SOURCE_REMOVE;
}

/* ---- what is left of a process ---- */

/* The end of what it printed. */
static char *
output_read (int fd)
{
  struct stat status;
  if (fstat (fd, &status) != 0 || status.st_size == 0)
    return NULL;
  const off_t from = MAX (0, status.st_size - CHILD_OUTPUT_MAX);
  g_autofree char *bytes = g_malloc (CHILD_OUTPUT_MAX);
  const ssize_t count = pread (fd, bytes, CHILD_OUTPUT_MAX, from);
  return count > 0 ? g_utf8_make_valid (bytes, count) : NULL;
}

static char *
end_text (const Child *child, int wait_status, const char *sent)
{
  if (child->is_late)
    return g_strdup_printf ("no answer within %u s of wall time", child->timeout_s);
  if (WIFSIGNALED (wait_status))
    return g_strdup_printf ("died by signal %d (%s) %s", WTERMSIG (wait_status),
                            g_strsignal (WTERMSIG (wait_status)), sent);
  return g_strdup_printf ("exited with status %d %s", WEXITSTATUS (wait_status), sent);
}

/* Evidence that a living child would have written itself. */
static void
events_write (const Child *child, ScenarioResult *result, const GPtrArray *lines)
{
  if (child->events_path == NULL)
    return;
  g_autoptr (GString) text = g_string_new (NULL);
  for (guint i = 0; i < lines->len; i++)
    g_string_append_printf (text, "%s\n", (const char *) lines->pdata[i]);
  if (g_file_set_contents (child->events_path, text->str, (gssize) text->len, NULL))
    g_ptr_array_add (result->files, g_strdup (child->events_path));
}

/* Without the faults: they died with the process. */
static void
schedule_write (const Child *child, ScenarioResult *result)
{
  if (child->schedule_path != NULL
      && schedule_save (child->schedule_path, &child->schedule, NULL, NULL))
    g_ptr_array_add (result->files, g_strdup (child->schedule_path));
}

/* What it had written of its capture is there, whole up to its last packet. */
static void
capture_note (const Child *child, ScenarioResult *result)
{
  if (child->pcap_path != NULL && g_file_test (child->pcap_path, G_FILE_TEST_EXISTS))
    g_ptr_array_add (result->files, g_strdup (child->pcap_path));
}

/* "exited with status 1 after its result: NOTE": how it ended, what it had sent, what it had to say. */
static char *
crash_actual (const Child *child, int wait_status, const char *sent, CrashRing *ring)
{
  g_autofree char *end = end_text (child, wait_status, sent);
  const char *note = ring != NULL ? crash_ring_get_note (ring) : NULL;
  return g_strconcat (end, note != NULL ? ": " : NULL, note, NULL);
}

static void
crash_describe (const Child *child, int wait_status, const char *sent, ScenarioResult *result)
{
  g_autoptr (CrashRing) ring = crash_ring_open (child->ring_fd, NULL);
  result->verdict = VERDICT_FAIL;
  result->failure = FAILURE_CRASH;
  result->property = g_strdup ("the scenario's process ends with a result");
  result->expected = g_strdup ("a result, and exit status 0");
  result->actual = crash_actual (child, wait_status, sent, ring);
  schedule_write (child, result);
  capture_note (child, result);
  if (ring == NULL)
    return;
  g_autoptr (GPtrArray) lines =
      crash_ring_lines (ring, harness_event_families (), CRASH_RING_WORDS);
  events_write (child, result, lines);
  for (guint i = lines->len - MIN (lines->len, CHILD_EVENTS); i < lines->len; i++)
    g_ptr_array_add (result->events, g_strdup (lines->pdata[i]));
}

/* A scenario that failed has said why; for any other, a process that does not end well is a crash of its own: a sanitizer's
 * leak report comes after the result. */
static void
child_judge (const Child *child, int wait_status, ScenarioResult *ret_result)
{
  g_autoptr (GError) error = NULL;
  scenario_result_init (ret_result);
  if (child->line->len == 0) {
    crash_describe (child, wait_status, "without a result", ret_result);
    return;
  }
  const gboolean is_read =
      scenario_result_from_line (child->line->str, (gssize) child->line->len, ret_result, &error);
  if (is_read && (wait_status == 0 || ret_result->verdict == VERDICT_FAIL))
    return;
  g_autofree char *title = g_steal_pointer (&ret_result->title);
  scenario_result_clear (ret_result);
  scenario_result_init (ret_result);
  ret_result->title = g_steal_pointer (&title);
  g_autofree char *sent =
      is_read ? g_strdup ("after its result") : g_strdup_printf ("(%s)", error->message);
  crash_describe (child, wait_status, sent, ret_result);
}

static void
child_on_exit (GPid pid, gint wait_status, gpointer data)
{
  Child *child = data;
  CHECK (child, CHILD_MAGIC);
  child->pid = 0;
  child->watch_source = 0;
  g_clear_handle_id (&child->watchdog_source, g_source_remove);
  g_clear_handle_id (&child->result_source, g_source_remove);
  result_read (child);

  ChildOutcome outcome = { 0 };
  outcome.wall_ns = (g_get_monotonic_time () - child->start_us) * 1000;
  child_judge (child, wait_status, &outcome.result);
  outcome.output = output_read (child->output_fd);
  child->done (child->data, &outcome); /* may have freed the child */
  child_outcome_clear (&outcome);
}

/* ---- the start ---- */

static GStrv
child_arguments (const ChildRequest *request)
{
  g_autoptr (GStrvBuilder) arguments = g_strv_builder_new ();
  g_autofree char *seed = g_strdup_printf ("%" G_GUINT64_FORMAT, request->seed);
  /* Our own image, even if the file of that name was replaced by a newer build meanwhile. */
  g_strv_builder_add_many (arguments, "/proc/self/exe", request->program, "run-one", "--seed", seed,
                           NULL);
  if (request->target != NULL)
    g_strv_builder_add_many (arguments, "--target", request->target, NULL);
  if (request->is_live) {
    g_autofree char *pace = g_strdup_printf ("%u", MAX (request->pace, 1u));
    g_strv_builder_add_many (arguments, "--live", "--pace", pace, NULL);
  }
  if (request->events_path != NULL)
    g_strv_builder_add_many (arguments, "--events", request->events_path, NULL);
  if (request->schedule_path != NULL)
    g_strv_builder_add_many (arguments, "--schedule", request->schedule_path, NULL);
  if (request->pcap_path != NULL)
    g_strv_builder_add_many (arguments, "--pcap", request->pcap_path, NULL);
  if (request->trace_path != NULL)
    g_strv_builder_add_many (arguments, "--trace", request->trace_path, NULL);
  g_strv_builder_add_many (arguments, "--", request->file, NULL);
  return g_strv_builder_end (arguments);
}

static gboolean
child_spawn (Child *child, const ChildRequest *request, int result_write_fd, GError **error)
{
  g_auto (GStrv) arguments = child_arguments (request);
  g_auto (GStrv) environment =
      request->counters_path != NULL ? gcov_environment (request->counters_path) : NULL;
  const int source_fds[] = { result_write_fd, child->ring_fd };
  const int target_fds[] = { CHILD_RESULT_FD, CHILD_RING_FD };
  g_autoptr (GError) cause = NULL;
  child->start_us = g_get_monotonic_time ();
  if (g_spawn_async_with_pipes_and_fds (
          NULL, (const char *const *) arguments, (const char *const *) environment,
          G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_FILE_AND_ARGV_ZERO, NULL, NULL, -1, child->output_fd,
          child->output_fd, source_fds, target_fds, G_N_ELEMENTS (source_fds), &child->pid, NULL,
          NULL, NULL, &cause))
    return TRUE;
  g_set_error (error, RUN_ERROR, RUN_ERROR_ENVIRONMENT, "scenario '%s': cannot start a process: %s",
               request->file, cause->message);
  return FALSE;
}

static gboolean
child_open (Child *child, const ChildRequest *request, int *ret_result_write_fd, GError **error)
{
  int pipe_fds[2];
  child->ring_fd = crash_ring_create (request->seed, error);
  if (child->ring_fd < 0)
    return FALSE;
  child->output_fd = memfd_create ("iscsilab-output", MFD_CLOEXEC);
  if (child->output_fd < 0 || !g_unix_open_pipe (pipe_fds, FD_CLOEXEC, NULL)) {
    g_set_error (error, RUN_ERROR, RUN_ERROR_ENVIRONMENT,
                 "scenario '%s': cannot make a pipe for its result: %s", request->file,
                 g_strerror (errno));
    return FALSE;
  }
  child->result_fd = pipe_fds[0];
  *ret_result_write_fd = pipe_fds[1];
  return g_unix_set_fd_nonblocking (child->result_fd, TRUE, error);
}

Child *
child_new (const ChildRequest *request, ChildDone done, gpointer data, GError **error)
{
  g_autoptr (Child) child = g_new0 (Child, 1);
  child->magic = CHILD_MAGIC;
  child->result_fd = child->output_fd = child->ring_fd = -1;
  child->timeout_s = request->timeout_s;
  child->events_path = g_strdup (request->events_path);
  child->schedule_path = g_strdup (request->schedule_path);
  child->pcap_path = g_strdup (request->pcap_path);
  child->schedule = (Schedule){ .path = g_strdup (request->file),
                                .target = g_strdup (request->target),
                                .seed = request->seed,
                                .is_live = request->is_live };
  child->line = g_string_new (NULL);
  child->done = done;
  child->data = data;

  int result_write_fd = -1;
  const gboolean is_running = child_open (child, request, &result_write_fd, error)
                              && child_spawn (child, request, result_write_fd, error);
  if (result_write_fd >= 0)
    close (result_write_fd);
  if (!is_running)
    return NULL;

  child->result_source =
      g_unix_fd_add (child->result_fd, G_IO_IN | G_IO_HUP, child_on_readable, child);
  child->watch_source = g_child_watch_add (child->pid, child_on_exit, child);
  if (child->timeout_s > 0)
    child->watchdog_source = g_timeout_add_seconds (child->timeout_s, child_on_late, child);
  return g_steal_pointer (&child);
}

static void
fd_close (int fd)
{
  if (fd >= 0)
    close (fd);
}

void
child_stop (Child *child)
{
  CHECK (child, CHILD_MAGIC);
  if (child->pid != 0)
    kill (child->pid, SIGTERM);
}

/* Left unreaped, so that its process group is still nobody else's. */
static gboolean
child_has_ended (const Child *child)
{
  siginfo_t info = { 0 };
  return waitid (P_PID, (id_t) child->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0
         && info.si_pid == child->pid;
}

static void
child_end (Child *child)
{
  const gint64 deadline_us = g_get_monotonic_time () + CHILD_GRACE_MS * 1000;
  while (!child_has_ended (child) && g_get_monotonic_time () < deadline_us) {
    child_stop (child); /* again: see run-one.c */
    g_usleep (CHILD_ASK_MS * 1000);
  }
  child_kill (child);
  while (waitpid (child->pid, NULL, 0) < 0 && errno == EINTR)
    continue;
}

void
child_free (Child *child)
{
  if (child == NULL)
    return;
  CHECK (child, CHILD_MAGIC);
  g_clear_handle_id (&child->result_source, g_source_remove);
  g_clear_handle_id (&child->watch_source, g_source_remove);
  g_clear_handle_id (&child->watchdog_source, g_source_remove);
  if (child->pid != 0)
    child_end (child);
  fd_close (child->result_fd);
  fd_close (child->output_fd);
  fd_close (child->ring_fd);
  g_string_free (child->line, TRUE);
  g_free (child->events_path);
  g_free (child->schedule_path);
  g_free (child->pcap_path);
  schedule_clear (&child->schedule);
  child->magic = 0;
  g_free (child);
}
