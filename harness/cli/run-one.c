/* SPDX-License-Identifier: Apache-2.0 */
/* run-one.c - `iscsilab run-one`: the process in which one scenario runs
 *
 * Started by `iscsilab run` only (child.c), with the result's pipe and the crash ring as descriptors. It leads a process group, so
 * that an interrupt from the terminal does not reach it and its parent can kill it with all that it has started; and it dies
 * with its parent, whatever ends that.
 */
#include "harness/cli/command.h"
#include "harness/run/child.h"
#include "harness/run/crash-ring.h"
#include "harness/run/result-json.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

typedef struct RunOneOptions {
  guint64 seed;
  char *target;
  char *events;
  char *schedule;
  char *trace;
  guint64 pace;
  char *pcap;
  gboolean is_live;
} RunOneOptions;

#define AT(member) G_STRUCT_OFFSET (RunOneOptions, member)

static const CommandOption options_table[] = {
  { "seed", OPTION_NUMBER, AT (seed), "N", "the seed", 0, G_MAXUINT64 },
  { "target", OPTION_TEXT, AT (target), "T", "a foreign target", 0, 0 },
  { "live", OPTION_FLAG, AT (is_live), NULL, "real TCP and time", 0, 0 },
  { "pace", OPTION_NUMBER, AT (pace), "N", "seconds of a live run in a real one", 1, PACE_MOST },
  { "events", OPTION_TEXT, AT (events), "FILE", "where a failure's event log goes", 0, 0 },
  { "schedule", OPTION_TEXT, AT (schedule), "FILE", "where a failure's schedule goes", 0, 0 },
  { "pcap", OPTION_TEXT, AT (pcap), "FILE", "where the capture goes", 0, 0 },
  { "trace", OPTION_TEXT, AT (trace), "FILE", "where every event goes", 0, 0 },
  { NULL, OPTION_FLAG, 0, NULL, NULL, 0, 0 },
};

#undef AT

/* What a scenario starts must not hold our pipe. */
static gboolean
descriptors_are_there (void)
{
  return fcntl (CHILD_RESULT_FD, F_SETFD, FD_CLOEXEC) == 0
         && fcntl (CHILD_RING_FD, F_SETFD, FD_CLOEXEC) == 0;
}

static void
process_detach (void)
{
  setpgid (0, 0);
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

static volatile sig_atomic_t stop_signal;

static void
on_stop (int number)
{
  stop_signal = number;
}

/* A scenario on real TCP has a directory, and may have a peer's process. What waits in poll is woken; the parent asks again,
 * for the signal that came just before the poll. */
static void
process_catch_stop (void)
{
  const struct sigaction action = { .sa_handler = on_stop };
  sigaction (SIGTERM, &action, NULL);
  sigaction (SIGINT, &action, NULL);
}

static void
on_check_failed (gpointer data, const char *message)
{
  crash_ring_note (data, message);
}

static gboolean
result_send (const ScenarioResult *result)
{
  g_autofree char *line = scenario_result_to_line (result);
  const gsize length = strlen (line);
  for (gsize sent = 0; sent < length;) {
    const ssize_t count = write (CHILD_RESULT_FD, line + sent, length - sent);
    if (count >= 0)
      sent += (gsize) count;
    else if (errno != EINTR)
      return FALSE;
  }
  return TRUE;
}

static int
scenario_run (const Command *command, const RunOneOptions *options, const char *file)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CrashRing) ring = crash_ring_open (CHILD_RING_FD, &error);
  if (ring == NULL
      || (options->trace != NULL
          && !crash_ring_trace (ring, options->trace, harness_event_families (), &error)))
    return command_environment_error (command, "%s", error->message);

  const ScenarioRequest request = {
    .file = file,
    .seed = options->seed,
    .target = options->target,
    .is_live = options->is_live || options->target != NULL,
    .pace = (guint) options->pace,
    .events_path = options->events,
    .schedule_path = options->schedule,
    .pcap_path = options->pcap,
    .crash_ring = ring,
    .stop = &stop_signal,
  };
  g_auto (ScenarioResult) result = { 0 };
  check_set_hook (on_check_failed, ring);
  scenario_execute (&request, &result);
  check_set_hook (NULL, NULL);
  return result_send (&result) ? 0 : command_environment_error (command, "cannot send the result");
}

static int
run_one (const Command *command, const char *program, char *const *arguments)
{
  RunOneOptions options = { .seed = 1, .pace = 1 };
  g_auto (GStrv) files = NULL;
  int status = command_parse (command, program, arguments, &options, &files);
  if (status == COMMAND_GO_ON) {
    if (g_strv_length (files) != 1 || !descriptors_are_there ())
      status =
          command_usage_error (command, "expected to be started by 'iscsilab run', with one file");
    else {
      process_detach ();
      process_catch_stop ();
      status = scenario_run (command, &options, files[0]);
    }
  }
  command_options_clear (command, &options);
  return status;
}

const Command command_run_one = {
  .name = "run-one",
  .arguments = "FILE",
  .summary = "run one scenario in this process, for 'iscsilab run'",
  .options = options_table,
  .run = run_one,
  .is_hidden = TRUE,
};
