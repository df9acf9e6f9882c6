/* SPDX-License-Identifier: Apache-2.0 */
/* run.c - `iscsilab run`: select scenarios, run them, report
 *
 * Standard output has one of three forms: for people (default), TAP, or fingerprints; whatever else is to be said while it
 * is one of the latter two goes to standard error. Files (--junit, --json, --report) are written at the end.
 */
#include "harness/cli/command.h"
#include "harness/peers/peer.h"
#include "harness/peers/remote.h"
#include "harness/report/report.h"
#include "harness/run/gcov.h"
#include "harness/run/runner.h"
#include "harness/run/scenario-list.h"
#include "target-sim/faults/acts.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#define JOBS_LIVE 4 /* processes for each processor: they sleep most of their time */

typedef struct RunOptions {
  guint64 seed;
  guint64 jobs; /* 0: as usual */
  guint64 repeats;
  guint64 timeout_s;
  guint64 pace; /* 0: as usual */
  char *filter;
  char *shard;
  char *target;
  char *junit;
  char *json;
  char *report;
  char *coverage;
  char *pcap;
  gboolean is_live;
  gboolean is_dataloss;
  gboolean is_disruptive;
  gboolean is_tap;
  gboolean is_fingerprints;
  gboolean is_not_rechecked;
} RunOptions;

#define AT(member) G_STRUCT_OFFSET (RunOptions, member)

static const CommandOption options_table[] = {
  { "seed", OPTION_NUMBER, AT (seed), "N", "of all random streams (default: 1)", 0, G_MAXUINT64 },
  { "jobs", OPTION_NUMBER, AT (jobs), "N",
    "processes at once (default: as many as processors; live, where they sleep, four times that)",
    1, 1024 },
  { "filter", OPTION_TEXT, AT (filter), "GLOB",
    "only scenarios whose path, file name or title matches", 0, 0 },
  { "shard", OPTION_TEXT, AT (shard), "K/N",
    "only every N-th of those, from the K-th: the share of machine K of N", 0, 0 },
  { "repeat", OPTION_NUMBER, AT (repeats), "N", "run the whole list N times (default: 1)", 1,
    1000000 },
  { "target", OPTION_TEXT, AT (target), "T",
    "against a foreign target: tgtd, istgt, or iscsi://HOST[:PORT]/NAME[/LUN]; live", 0, 0 },
  { "dataloss", OPTION_FLAG, AT (is_dataloss), NULL,
    "with iscsi://: scenarios may write to that disk; what is on it may be lost", 0, 0 },
  { "disruptive", OPTION_FLAG, AT (is_disruptive), NULL,
    "with iscsi://: scenarios may reset and reserve, which others may notice", 0, 0 },
  { "live", OPTION_FLAG, AT (is_live), NULL, "over real TCP on loopback, in real time", 0, 0 },
  { "pace", OPTION_NUMBER, AT (pace), "N",
    "of --live: its clock runs N times as fast as the wall's (default: 10)", 1, PACE_MOST },
  { "timeout", OPTION_NUMBER, AT (timeout_s), "SECONDS",
    "of wall time for each process; 0: none (default: 60)", 0, 86400 },
  { "no-recheck", OPTION_FLAG, AT (is_not_rechecked), NULL,
    "do not run each simulated scenario a second time to compare the fingerprints", 0, 0 },
  { "tap", OPTION_FLAG, AT (is_tap), NULL, "print TAP version 13", 0, 0 },
  { "fingerprints", OPTION_FLAG, AT (is_fingerprints), NULL,
    "print one line per scenario, the fingerprint of its run and its path", 0, 0 },
  { "junit", OPTION_TEXT, AT (junit), "FILE", "write JUnit XML", 0, 0 },
  { "json", OPTION_TEXT, AT (json), "FILE", "write everything that is known as JSON", 0, 0 },
  { "report", OPTION_TEXT, AT (report), "DIR",
    "write junit.xml, results.json, and the event log and schedule of each failure", 0, 0 },
  { "coverage", OPTION_TEXT, AT (coverage), "DIR",
    "keep apart, for each scenario, the counters of what was built with gcc's --coverage", 0, 0 },
  { "pcap", OPTION_TEXT, AT (pcap), "DIR", "write a capture of each scenario, in pcapng", 0, 0 },
  { NULL, OPTION_FLAG, 0, NULL, NULL, 0, 0 },
};

#undef AT

typedef struct Run {
  const RunOptions *options;
  guint reported;
  gboolean is_coloured;
  gboolean
      has_progress; /* standard error is a terminal: a line there is rewritten as the run goes on */
  RunTally tally;
  guint64 kinds; /* acts that fired: a bit each */
} Run;

/* ---- while it runs ---- */

static void
progress_erase (const Run *run)
{
  if (run->has_progress)
    fputs ("\r\033[K", stderr);
}

static void
run_on_progress (gpointer data, guint finished, guint total)
{
  const Run *run = data;
  if (run->has_progress && finished < total)
    fprintf (stderr, "\r\033[K%u of %u", finished, total);
}

static void
run_add_kinds (Run *run, const ScenarioResult *result)
{
  FaultAct act;
  for (guint i = 0; i < result->kinds->len; i++)
    if (fault_act_find (result->kinds->pdata[i], &act, NULL))
      run->kinds |= UINT64_C (1) << act;
}

static void
run_on_record (gpointer data, const RunRecord *record)
{
  Run *run = data;
  const gboolean is_failed = record->result.verdict == VERDICT_FAIL;
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GString) err = g_string_new (NULL);
  run->reported++;
  run_tally_add (&run->tally, &record->result);
  run_add_kinds (run, &record->result);
  if (run->options->is_tap)
    report_tap (out, record, run->reported);
  else if (run->options->is_fingerprints)
    report_fingerprint (out, record);
  else
    report_text (out, record, run->is_coloured);
  if (run->options->is_fingerprints && is_failed)
    report_text (err, record, FALSE);
  if (!is_failed && record->output != NULL)
    g_string_append (err, record->output); /* a failure's report holds it */

  progress_erase (run);
  fputs (out->str, stdout);
  fflush (stdout);
  fputs (err->str, stderr);
}

/* ---- the files ---- */

/* Appends the path to `evidence`; FALSE after saying that it cannot be written. */
static gboolean
evidence_write (const Command *command, const char *path, const char *text, GString *evidence)
{
  g_autoptr (GError) error = NULL;
  if (!g_file_set_contents (path, text, -1, &error)) {
    command_environment_error (command, "report '%s': cannot be written: %s", path, error->message);
    return FALSE;
  }
  g_string_append_printf (evidence, " %s", path);
  return TRUE;
}

static gboolean
evidence_write_kind (const Command *command, const char *file, const char *directory,
                     const char *name, const char *text, GString *evidence)
{
  g_autofree char *in_directory =
      directory != NULL ? g_build_filename (directory, name, NULL) : NULL;
  gboolean is_written = TRUE;
  if (file != NULL)
    is_written = evidence_write (command, file, text, evidence);
  if (in_directory != NULL)
    is_written = evidence_write (command, in_directory, text, evidence) && is_written;
  return is_written;
}

static gboolean
run_write_evidence (const Command *command, const RunOptions *options, const GPtrArray *records)
{
  g_autofree char *junit = report_junit (records);
  g_autofree char *json = report_json (records);
  g_autoptr (GString) evidence = g_string_new ("evidence:");
  const gsize empty = evidence->len;
  gboolean is_written =
      evidence_write_kind (command, options->junit, options->report, "junit.xml", junit, evidence);
  is_written =
      evidence_write_kind (command, options->json, options->report, "results.json", json, evidence)
      && is_written;
  if (evidence->len > empty)
    fprintf (options->is_tap || options->is_fingerprints ? stderr : stdout, "%s\n", evidence->str);
  return is_written;
}

/* Nothing at all is a peer that was built without counters, or was killed before it could write them: not a coverage of 0. */
static gboolean
run_write_coverage (const Command *command, const RunOptions *options, const GPtrArray *paths)
{
  g_autoptr (GError) error = NULL;
  guint count = 0;
  if (options->coverage == NULL)
    return TRUE;
  if (!gcov_write_index (options->coverage, paths, &count, &error)) {
    command_environment_error (command, "index of '%s': cannot be written: %s", options->coverage,
                               error->message);
    return FALSE;
  }
  if (count == 0) {
    command_environment_error (command,
                               "directory '%s': expected counters of a program built with "
                               "--coverage, got none",
                               options->coverage);
    return FALSE;
  }
  fprintf (options->is_tap || options->is_fingerprints ? stderr : stdout,
           "coverage: counters of %u of %u scenarios: %s/index\n", count, paths->len,
           options->coverage);
  return TRUE;
}

/* ---- the command ---- */

/* NULL is fine. */
static int
directory_make (const Command *command, const char *path)
{
  if (path == NULL || g_mkdir_with_parents (path, 0777) == 0)
    return COMMAND_GO_ON;
  return command_environment_error (command, "directory '%s': cannot be made: %s", path,
                                    g_strerror (errno));
}

/* Somebody else's target is asked once before any process starts: who is not there now would be missed by each of them. */
static int
url_check (const Command *command, const RunOptions *options)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Remote) remote = remote_parse (options->target, &error);
  if (remote == NULL)
    return command_usage_error (command, "option '--target': %s", error->message);
  if (!remote_look (remote, &error))
    return command_environment_error (command, "%s", error->message);
  return COMMAND_GO_ON;
}

static int
target_check (const Command *command, const RunOptions *options)
{
  const gboolean is_allowing = options->is_dataloss || options->is_disruptive;
  if (options->target != NULL && remote_is_url (options->target))
    return url_check (command, options);
  if (is_allowing)
    return command_usage_error (command, "option '%s': expected '--target iscsi://...', got %s",
                                options->is_dataloss ? "--dataloss" : "--disruptive",
                                options->target != NULL ? options->target : "none");
  if (options->target == NULL || peer_kind_find (options->target) != NULL)
    return COMMAND_GO_ON;
  g_autofree char *names = peer_kind_names ();
  return command_usage_error (
      command, "option '--target': expected one of %s, or iscsi://HOST[:PORT]/NAME[/LUN], got '%s'",
      names, options->target);
}

static int
options_check (const Command *command, const RunOptions *options)
{
  if (options->is_tap && options->is_fingerprints)
    return command_usage_error (command, "expected one of '--tap' and '--fingerprints', got both");
  const int target_status = target_check (command, options);
  if (target_status != COMMAND_GO_ON)
    return target_status;
  if (options->is_fingerprints && (options->is_live || options->target != NULL))
    return command_usage_error (
        command,
        "option '--fingerprints': expected a simulated run, got '%s', which never gives "
        "the same events twice",
        options->target != NULL ? "--target" : "--live");
  if (options->pace != 0 && (!options->is_live || options->target != NULL))
    return command_usage_error (command,
                                "option '--pace': expected '--live', and no '--target': only "
                                "there both ends go by our clock");
  int status = directory_make (command, options->report);
  if (status == COMMAND_GO_ON)
    status = directory_make (command, options->pcap);
  return status == COMMAND_GO_ON ? directory_make (command, options->coverage) : status;
}

static guint
run_jobs (const RunOptions *options)
{
  const guint processors = CLAMP (g_get_num_processors (), 1, 256);
  if (options->jobs != 0)
    return (guint) options->jobs;
  return options->is_live ? JOBS_LIVE * processors : processors;
}

/* A foreign target has a clock of its own. */
static guint
run_pace (const RunOptions *options)
{
  if (options->target != NULL)
    return 1;
  return options->pace != 0 ? (guint) options->pace : LIVE_PACE;
}

static GPtrArray *
run_select (const RunOptions *options, char *const *paths, GError **error)
{
  static const char *const all[] = { "scenarios", NULL };
  g_autofree char *installed = scenario_list_installed ();
  g_autoptr (GPtrArray) list = scenario_list_new (
      *paths != NULL ? (const char *const *) paths : all, options->filter, installed, error);
  if (list != NULL && options->shard != NULL && !scenario_list_shard (list, options->shard, error))
    return NULL;
  return g_steal_pointer (&list);
}

static void
run_begin (Run *run, guint count)
{
  const char *terminal = g_getenv ("TERM");
  const gboolean is_plain = g_getenv ("NO_COLOR") != NULL || g_strcmp0 (terminal, "dumb") == 0;
  run->is_coloured = isatty (STDOUT_FILENO) && !is_plain;
  run->has_progress = isatty (STDERR_FILENO) && g_strcmp0 (terminal, "dumb") != 0;
  if (!run->options->is_tap)
    return;
  g_autoptr (GString) out = g_string_new (NULL);
  report_tap_begin (out, count);
  fputs (out->str, stdout);
  fflush (stdout);
}

/* How much of what can go wrong did go wrong: a suite that never sets off an act shows nothing of it. */
static void
run_tell_kinds (const Run *run)
{
  guint fired = 0;
  for (guint64 left = run->kinds; left != 0; left &= left - 1)
    fired++;
  if (run->options->report != NULL || run->options->is_tap)
    printf ("%sfault kinds: %d exist, %u fired\n", run->options->is_tap ? "# " : "",
            FAULT_ACT_COUNT, fired);
}

/* The last word: the line that scripts look for, and the status. */
static int
run_end (const Run *run, guint count, int signal_number, gboolean is_written)
{
  g_autofree char *tally = run_tally_text (&run->tally);
  if (signal_number != 0) {
    fprintf (stderr, "interrupted: %u of %u not run to their end\n", count - run->reported, count);
    if (run->options->is_tap)
      puts ("Bail out! interrupted");
  } else if (run->tally.passed + run->tally.failed == 0)
    fputs ("nothing was shown: every scenario was skipped\n", stderr);
  run_tell_kinds (run);
  printf ("%s%s\n", run->options->is_tap ? "# " : "", tally);
  fflush (stdout);
  if (signal_number != 0)
    return 128 + signal_number;
  const int status = run_tally_exit_status (&run->tally);
  return status == 0 && !is_written ? failure_exit_status (FAILURE_ENVIRONMENT) : status;
}

static int
run_paths (const Command *command, const char *program, const RunOptions *options,
           const GPtrArray *paths)
{
  Run run = { .options = options };
  g_autofree char *target =
      options->target != NULL
          ? remote_allow (options->target, options->is_dataloss, options->is_disruptive)
          : NULL;
  const RunnerConfig config = {
    .program = program,
    .target = target,
    .report_directory = options->report,
    .coverage_directory = options->coverage,
    .pcap_directory = options->pcap,
    .seed = options->seed,
    /* On one disk, and under one name, two scenarios would be each other's fault. */
    .jobs = target != NULL && remote_is_url (target) ? 1 : run_jobs (options),
    .repeats = (guint) options->repeats,
    .timeout_s = (guint) options->timeout_s,
    .is_live = options->is_live || options->target != NULL,
    .pace = run_pace (options),
    .recheck = !options->is_not_rechecked,
    .on_record = run_on_record,
    .on_progress = run_on_progress,
    .data = &run,
  };
  const guint count = paths->len * config.repeats;
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func ((GDestroyNotify) run_record_free);
  run_begin (&run, count);
  const int signal_number = runner_run (&config, paths, records);
  progress_erase (&run);
  gboolean is_written = run_write_evidence (command, options, records);
  if (signal_number == 0)
    is_written = run_write_coverage (command, options, paths) && is_written;
  return run_end (&run, count, signal_number, is_written);
}

static int
run_start (const Command *command, const char *program, const RunOptions *options,
           char *const *arguments)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) paths = run_select (options, arguments, &error);
  if (paths == NULL)
    return command_usage_error (command, "%s", error->message);
  const int status = options_check (command, options);
  return status == COMMAND_GO_ON ? run_paths (command, program, options, paths) : status;
}

static int
run (const Command *command, const char *program, char *const *arguments)
{
  RunOptions options = { .seed = 1, .repeats = 1, .timeout_s = 60 };
  g_auto (GStrv) paths = NULL;
  int status = command_parse (command, program, arguments, &options, &paths);
  if (status == COMMAND_GO_ON)
    status = run_start (command, program, &options, paths);
  command_options_clear (command, &options);
  return status;
}

static const CommandStatus statuses[] = {
  { 0, "all passed" },
  { 1, "an expectation of a scenario did not hold" },
  { EXIT_USAGE, "usage: an unknown option or word, a file that is not there" },
  { 3, "the environment: a peer cannot be started, a permission is missing; or nothing but skips" },
  { 10, "wrong data, or a task that ended twice" },
  { 11, "the protocol was violated (the referee)" },
  { 12, "liveness: something did not come back in time, or a task never ended" },
  { 13, "a crash, or no end within the wall-clock limit" },
  { 14, "not deterministic: two runs of one seed differ" },
  { 130, "interrupted" },
  { 0, NULL },
};

static const CommandExample examples[] = {
  { "iscsilab run", "all scenarios" },
  { "iscsilab run scenarios/reconnect --seed 7", "a folder, with another seed" },
  { "iscsilab run --shard 2/4 --report out",
    "the share of the second of four machines; JUnit and JSON go to out/" },
  { "iscsilab run --live scenarios/io", "real time, real TCP on loopback, both ends ours" },
  { NULL, NULL },
};

const Command command_run = {
  .name = "run",
  .arguments = "[PATH...]",
  .summary = "run scenarios, each in a process of its own, and judge them",
  .details =
      "Each PATH is a scenario (*.lua) or a directory that is searched for them; without one,\n"
      "'scenarios' is. Where the present folder has no 'scenarios', the installed ones are meant.\n"
      "Against iscsi:// nothing is written without --dataloss, nothing is reset or reserved "
      "without\n"
      "--disruptive: a scenario that needs it is skipped. Of the disk (the first one, if the URL "
      "names\n"
      "none) as much is used as a scenario asks for, and they run one at a time. A rule of the "
      "referee\n"
      "that the target is known to break is excused by '?excuse=RULE' behind the URL.\n"
      "A simulated scenario runs twice, and both runs must give the same events.\n"
      "In a GLOB, '*' matches '/' too. If several scenarios failed, the exit status is the\n"
      "smallest of 10 to 14, else the smallest.",
  .manual =
      "Standard output is for people, or TAP, or one fingerprint a line; a failure's report names "
      "the\n"
      "property that did not hold, the faults that fired, the last events, the files that were "
      "written and\n"
      "the command that runs the same once more. A simulated run is a function of the scenario, "
      "the seed\n"
      "and the build: the seed in that command is all that there is of chance.\n\n"
      "A scenario that needs what real time or a foreign target cannot do is skipped, with the "
      "reason. A\n"
      "skip is never counted as a pass.\n\n"
      "Shards are cut from the list after the filter: of the same tree, every scenario is in one "
      "of them.\n"
      "One in which nothing is left is an error, since it would show nothing.",
  .options = options_table,
  .statuses = statuses,
  .examples = examples,
  .run = run,
};
