/* SPDX-License-Identifier: Apache-2.0 */
/* replay.c - `iscsilab replay`: the run of a schedule file once more, and is it the same one
 *
 * The scenario's text comes from the file, not from the tree. On the build that wrote the file the fingerprint must come out again;
 * on another build nothing can be said of it, and that is said.
 */
#include "harness/cli/command.h"
#include "harness/report/report.h"
#include "harness/run/error.h"
#include "harness/run/runner.h"
#include "harness/run/schedule.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>

typedef struct ReplayOptions {
  guint64 timeout_s;
  char *pcap;
} ReplayOptions;

static const CommandOption options_table[] = {
  { "timeout", OPTION_NUMBER, G_STRUCT_OFFSET (ReplayOptions, timeout_s), "SECONDS",
    "of wall time; 0: none (default: 60)", 0, 86400 },
  { "pcap", OPTION_TEXT, G_STRUCT_OFFSET (ReplayOptions, pcap), "CAPTURE",
    "write a capture of the run, in pcapng", 0, 0 },
  { NULL, OPTION_FLAG, 0, NULL, NULL, 0, 0 },
};

static void
ignore_record (gpointer data, const RunRecord *record)
{
}

/* The record of the one run; NULL after an error, with *ret_status. */
static RunRecord *
replay_run (const Command *command, const char *program, const ReplayOptions *options,
            const Schedule *schedule, const char *scenario, int *ret_status)
{
  const RunnerConfig config = { .program = program,
                                .target = schedule->target,
                                .pcap_file = options->pcap,
                                .seed = schedule->seed,
                                .jobs = 1,
                                .repeats = 1,
                                .timeout_s = (guint) options->timeout_s,
                                .is_live = schedule->is_live,
                                .pace = schedule->target != NULL ? 1 : LIVE_PACE,
                                .on_record = ignore_record };
  g_autoptr (GPtrArray) paths = g_ptr_array_new ();
  g_autoptr (GPtrArray) records = g_ptr_array_new ();
  g_ptr_array_add (paths, (char *) scenario);
  const int signal_number = runner_run (&config, paths, records);
  *ret_status = signal_number != 0 ? 128 + signal_number : 0;
  return records->len > 0 ? records->pdata[0] : NULL;
}

static void
replay_rename (RunRecord *record, const Schedule *schedule, const char *program, const char *file)
{
  g_autofree char *quoted = g_shell_quote (file);
  g_free (record->path);
  record->path = g_strdup (schedule->path);
  g_free (record->replay);
  record->replay = g_strdup_printf ("%s replay %s", program, quoted);
}

/* Says what the two fingerprints mean; the status. */
static int
replay_judge (const Schedule *schedule, const RunRecord *record)
{
  g_autofree char *build = schedule_build_id ();
  const int status = failure_exit_status (record->result.failure);
  const gboolean is_same_build = strcmp (build, schedule->build) == 0;
  if (!is_same_build)
    printf ("different build: the schedule is of %s, this is %s\n", schedule->build, build);
  if (schedule->is_live || !schedule->has_fingerprint) {
    puts ("no fingerprint to compare");
    return status;
  }
  const gboolean is_same = record->result.fingerprint == schedule->fingerprint;
  printf ("fingerprint %016" G_GINT64_MODIFIER "x, %s %016" G_GINT64_MODIFIER "x\n",
          record->result.fingerprint, is_same ? "as in the schedule:" : "the schedule has",
          schedule->fingerprint);
  if (!is_same && is_same_build)
    return failure_exit_status (FAILURE_DETERMINISM);
  return status;
}

static int
replay_schedule (const Command *command, const char *program, const ReplayOptions *options,
                 const Schedule *schedule, const char *file)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *directory = g_dir_make_tmp ("iscsilab-XXXXXX", &error);
  if (directory == NULL)
    return command_environment_error (command, "%s", error->message);
  g_autofree char *name = g_path_get_basename (schedule->path);
  g_autofree char *scenario = g_build_filename (directory, name, NULL);
  int status;
  if (!g_file_set_contents (scenario, schedule->text, -1, &error)) {
    status = command_environment_error (command, "%s", error->message);
  } else {
    g_autoptr (RunRecord) record =
        replay_run (command, program, options, schedule, scenario, &status);
    if (record != NULL) {
      g_autoptr (GString) out = g_string_new (NULL);
      replay_rename (record, schedule, program, file);
      report_text (out, record, FALSE);
      fputs (out->str, stdout);
      status = replay_judge (schedule, record);
    }
  }
  g_unlink (scenario);
  g_rmdir (directory);
  return status;
}

static int
replay_start (const Command *command, const char *program, const ReplayOptions *options,
              char *const *files)
{
  g_autoptr (GError) error = NULL;
  g_auto (Schedule) schedule = { 0 };
  if (files[0] == NULL || files[1] != NULL)
    return command_usage_error (command, "expected one schedule file, got %s",
                                files[0] == NULL ? "none" : "several");
  if (!schedule_load (files[0], &schedule, &error))
    return command_usage_error (command, "%s", error->message);
  return replay_schedule (command, program, options, &schedule, files[0]);
}

static int
replay (const Command *command, const char *program, char *const *arguments)
{
  ReplayOptions options = { .timeout_s = 60 };
  g_auto (GStrv) files = NULL;
  int status = command_parse (command, program, arguments, &options, &files);
  if (status == COMMAND_GO_ON)
    status = replay_start (command, program, &options, files);
  command_options_clear (command, &options);
  return status;
}

static const CommandStatus statuses[] = {
  { 0, "the scenario passes" },
  { 1, "1 and 10 to 13: it fails, with the status that 'iscsilab run' has for it" },
  { EXIT_USAGE, "usage: an unknown option, a file that is no schedule" },
  { 3, "the environment: something cannot be written or started" },
  { 14, "this is the build that wrote the file, and the fingerprint is another" },
  { 130, "interrupted" },
  { 0, NULL },
};

static const CommandExample examples[] = {
  { "iscsilab replay out/hang.lua.schedule", "what failed, once more" },
  { NULL, NULL },
};

const Command command_replay = {
  .name = "replay",
  .arguments = "FILE",
  .summary = "run a schedule file once more, and compare the fingerprints",
  .details =
      "FILE is a *.schedule that 'iscsilab run --report DIR' wrote beside a failure. It holds the\n"
      "scenario itself.",
  .manual = "The scenario's text, its seed, the build that ran it, the fingerprint and every fault "
            "that fired are in\n"
            "the file, so that it can be handed to somebody who has nothing else. Another build "
            "may take\n"
            "another way, and is told apart from one that is not deterministic.",
  .options = options_table,
  .statuses = statuses,
  .examples = examples,
  .run = replay,
};
