/* SPDX-License-Identifier: Apache-2.0 */
/* The runner with real processes: this program runs itself again as the child, as iscsilab does, with a scenario_execute that
 * does by the file's name what a scenario may do to its process. */
#include "harness/cli/command.h"
#include "harness/run/child.h"
#include "harness/run/crash-ring.h"
#include "harness/run/runner.h"

#include <glib-unix.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- the child ---- */

enum { EVENT_STEP = EVENTS_HARNESS };

static const EventType types[] = { { "step", EVENT_PLAIN, { { "n", EVENT_NUMBER, NULL } } } };
static const EventFamily family = { EVENTS_HARNESS, G_N_ELEMENTS (types), types };
static const EventFamily *const families[] = { &family, NULL };

const EventFamily *const *
harness_event_families (void)
{
  return families;
}

static void
play_pass (EventLog *log, ScenarioResult *result)
{
}

/* So that the order of finishing is not that of the list. */
static void
play_slow (EventLog *log, ScenarioResult *result)
{
  g_usleep (300000);
}

static void
play_fail (EventLog *log, ScenarioResult *result)
{
  result->verdict = VERDICT_FAIL;
  result->failure = FAILURE_WRONG_DATA;
}

static void
play_skip (EventLog *log, ScenarioResult *result)
{
  result->verdict = VERDICT_SKIP;
  result->skip_reason = g_strdup ("no reason is too small");
}

static void
play_check (EventLog *log, ScenarioResult *result)
{
  CHECK_THAT (result->title == NULL);
}

static void
play_signal (EventLog *log, ScenarioResult *result)
{
  kill (getpid (), SIGKILL);
}

static void
play_exit (EventLog *log, ScenarioResult *result)
{
  fputs ("some last words\n", stderr);
  fflush (stderr);
  _exit (7);
}

static void
play_hang (EventLog *log, ScenarioResult *result)
{
  for (;;)
    pause ();
}

/* As if something had asked for an address or a process id. */
static void
play_random (EventLog *log, ScenarioResult *result)
{
  EVENT_LOG (log, 0, EVENT_STEP, NULL, (guint64) getpid ());
}

/* Larger than any pipe. */
static void
play_large (EventLog *log, ScenarioResult *result)
{
  result->actual = g_strnfill (1 << 20, 'x');
}

/* What a sanitizer does when it finds a leak at the end. */
static void
end_badly (void)
{
  _exit (23);
}

static void
play_leak (EventLog *log, ScenarioResult *result)
{
  atexit (end_badly);
}

static void
play_garbage (EventLog *log, ScenarioResult *result)
{
  g_assert_cmpint (write (CHILD_RESULT_FD, "garbage", 7), ==, 7);
  _exit (0);
}

static const struct {
  const char *name;
  void (*play) (EventLog *log, ScenarioResult *result);
} plays[] = {
  { "pass", play_pass },     { "slow", play_slow },   { "fail", play_fail },
  { "skip", play_skip },     { "check", play_check }, { "exit", play_exit },
  { "hang", play_hang },     { "large", play_large }, { "signal", play_signal },
  { "random", play_random }, { "leak", play_leak },   { "garbage", play_garbage },
};

void
scenario_execute (const ScenarioRequest *request, ScenarioResult *ret_result)
{
  g_autoptr (EventLog) log = event_log_new (families, 4096);
  event_log_set_sink (log, crash_ring_sink, request->crash_ring);
  crash_ring_add_actor (request->crash_ring, event_log_add_actor (log, "player"), "player");
  EVENT_LOG (log, 0, EVENT_STEP, NULL, request->seed);
  scenario_result_init (ret_result);
  ret_result->title = g_strdup (request->file);
  for (guint i = 0; i < G_N_ELEMENTS (plays); i++)
    if (g_str_equal (plays[i].name, request->file))
      plays[i].play (log, ret_result);
  ret_result->fingerprint = event_log_fingerprint (log);
}

/* ---- the parent ---- */

typedef struct Runs {
  GPtrArray *records;
  GString *reported; /* "pass fail ", in the order in which they were */
  int signal;
} Runs;

static void
on_record (gpointer data, const RunRecord *record)
{
  Runs *runs = data;
  g_string_append_printf (runs->reported, "%s ", record->path);
}

static void
run (RunnerConfig *config, const char *names, Runs *ret_runs)
{
  g_auto (GStrv) words = g_strsplit (names, " ", -1);
  g_autoptr (GPtrArray) paths = g_ptr_array_new ();
  for (guint i = 0; words[i] != NULL; i++)
    g_ptr_array_add (paths, words[i]);
  ret_runs->records = g_ptr_array_new_with_free_func ((GDestroyNotify) run_record_free);
  ret_runs->reported = g_string_new (NULL);
  config->on_record = on_record;
  config->data = ret_runs;
  ret_runs->signal = runner_run (config, paths, ret_runs->records);
}

static void
runs_clear (Runs *runs)
{
  g_ptr_array_unref (runs->records);
  g_string_free (runs->reported, TRUE);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Runs, runs_clear)

static const RunRecord *
run_at (const Runs *runs, guint i)
{
  g_assert_cmpuint (i, <, runs->records->len);
  return runs->records->pdata[i];
}

#define CONFIG                                                                                     \
  {                                                                                                \
    .program = "iscsilab", .seed = 5, .jobs = 2, .repeats = 1, .timeout_s = 20, .recheck = TRUE    \
  }

static void
test_results_come_in_the_order_of_the_list (void)
{
  RunnerConfig config = CONFIG;
  config.jobs = 3;
  g_auto (Runs) runs = { 0 };
  run (&config, "slow pass fail skip pass", &runs);
  g_assert_cmpstr (runs.reported->str, ==, "slow pass fail skip pass ");
  g_assert_cmpint (run_at (&runs, 0)->result.verdict, ==, VERDICT_PASS);
  g_assert_cmpint (run_at (&runs, 2)->result.failure, ==, FAILURE_WRONG_DATA);
  g_assert_cmpstr (run_at (&runs, 3)->result.skip_reason, ==, "no reason is too small");
  g_assert_cmpint (runs.signal, ==, 0);
}

static void
test_a_fingerprint_depends_on_the_seed_only (void)
{
  RunnerConfig config = CONFIG;
  g_auto (Runs) first = { 0 };
  g_auto (Runs) second = { 0 };
  g_auto (Runs) other = { 0 };
  run (&config, "pass", &first);
  run (&config, "pass", &second);
  config.seed = 6;
  run (&config, "pass", &other);
  const guint64 fingerprint = run_at (&first, 0)->result.fingerprint;
  g_assert_cmphex (run_at (&second, 0)->result.fingerprint, ==, fingerprint);
  g_assert_cmphex (run_at (&other, 0)->result.fingerprint, !=, fingerprint);
}

static void
assert_crash (const char *name, const char *actual)
{
  RunnerConfig config = CONFIG;
  config.timeout_s = 1;
  g_auto (Runs) runs = { 0 };
  run (&config, name, &runs);
  const RunRecord *record = run_at (&runs, 0);
  g_assert_cmpint (record->result.verdict, ==, VERDICT_FAIL);
  g_assert_cmpint (record->result.failure, ==, FAILURE_CRASH);
  if (!g_pattern_match_simple (actual, record->result.actual))
    g_error ("expected '%s', got '%s'", actual, record->result.actual);
  g_autofree char *replay = g_strconcat ("iscsilab run --seed 5 ", name, NULL);
  g_assert_cmpstr (record->replay, ==, replay);

  /* The event that was logged before the crash was left in shared memory. */
  g_assert_cmpuint (record->result.events->len, ==, 1);
  g_assert_nonnull (strstr (record->result.events->pdata[0], "player"));
  g_assert_true (g_str_has_suffix (record->result.events->pdata[0], "n=5"));
}

static void
test_a_failed_check_is_a_crash_that_names_it (void)
{
  assert_crash (
      "check",
      "died by signal 6 (*) without a result: *: check failed: expected result->title == NULL");
}

static void
test_a_signal_is_a_crash (void)
{
  assert_crash ("signal", "died by signal 9 (*) without a result");
}

static void
test_an_exit_without_a_result_is_a_crash (void)
{
  assert_crash ("exit", "exited with status 7 without a result");
}

static void
test_a_bad_end_after_the_result_is_a_crash (void)
{
  assert_crash ("leak", "exited with status 23 after its result");
}

static void
test_a_result_that_cannot_be_read_is_a_crash (void)
{
  assert_crash ("garbage", "exited with status 0 (a result: expected JSON, got *)");
}

static void
test_the_watchdog_ends_a_process_that_hangs (void)
{
  assert_crash ("hang", "no answer within 1 s of wall time");
}

static void
test_what_a_process_printed_is_kept (void)
{
  RunnerConfig config = CONFIG;
  g_auto (Runs) runs = { 0 };
  run (&config, "exit pass", &runs);
  g_assert_cmpstr (run_at (&runs, 0)->output, ==, "some last words\n");
  g_assert_null (run_at (&runs, 1)->output);
}

static void
test_a_large_result_fits (void)
{
  RunnerConfig config = CONFIG;
  g_auto (Runs) runs = { 0 };
  run (&config, "large", &runs);
  g_assert_cmpint (run_at (&runs, 0)->result.verdict, ==, VERDICT_PASS);
  g_assert_cmpuint (strlen (run_at (&runs, 0)->result.actual), ==, 1 << 20);
}

static void
test_a_run_that_differs_from_itself_fails (void)
{
  g_autofree char *directory = g_dir_make_tmp ("iscsilab-test-XXXXXX", NULL);
  g_autofree char *first = g_build_filename (directory, "random.first.events", NULL);
  g_autofree char *second = g_build_filename (directory, "random.second.events", NULL);
  RunnerConfig config = CONFIG;
  config.report_directory = directory;
  g_auto (Runs) runs = { 0 };
  run (&config, "random pass", &runs);

  const ScenarioResult *result = &run_at (&runs, 0)->result;
  g_assert_cmpint (result->failure, ==, FAILURE_DETERMINISM);
  g_assert_cmpstr (result->property, ==, "two runs with seed 5 give the same events");
  g_assert_true (g_str_has_prefix (result->expected, "fingerprint "));
  g_assert_nonnull (strstr (result->actual, "first event that differs, line 2:\n  first:  "));
  g_assert_cmpuint (result->files->len, ==, 2);
  g_assert_cmpstr (result->files->pdata[0], ==, first);
  g_assert_true (g_file_test (first, G_FILE_TEST_IS_REGULAR));
  g_assert_cmpint (run_at (&runs, 1)->result.verdict, ==, VERDICT_PASS);
  g_unlink (first);
  g_unlink (second);
  g_assert_cmpint (g_rmdir (directory), ==, 0);
}

static void
test_without_the_recheck_it_passes (void)
{
  RunnerConfig config = CONFIG;
  config.recheck = FALSE;
  g_auto (Runs) runs = { 0 };
  run (&config, "random", &runs);
  g_assert_cmpint (run_at (&runs, 0)->result.verdict, ==, VERDICT_PASS);
}

static void
test_a_live_run_is_not_rechecked (void)
{
  RunnerConfig config = CONFIG;
  config.is_live = TRUE;
  g_auto (Runs) runs = { 0 };
  run (&config, "random", &runs);
  g_assert_cmpint (run_at (&runs, 0)->result.verdict, ==, VERDICT_PASS);
}

static void
test_a_repeat_runs_the_whole_list_again (void)
{
  RunnerConfig config = CONFIG;
  config.repeats = 2;
  config.recheck = FALSE;
  g_auto (Runs) runs = { 0 };
  run (&config, "pass skip", &runs);
  g_assert_cmpstr (runs.reported->str, ==, "pass skip pass skip ");
  g_assert_cmpuint (run_at (&runs, 3)->repeat, ==, 2);
}

static void
test_a_crash_leaves_its_events_in_the_report (void)
{
  g_autofree char *directory = g_dir_make_tmp ("iscsilab-test-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (directory, "signal.events", NULL);
  g_autofree char *text = NULL;
  RunnerConfig config = CONFIG;
  config.report_directory = directory;
  g_auto (Runs) runs = { 0 };
  run (&config, "signal", &runs);
  g_assert_cmpstr (run_at (&runs, 0)->result.files->pdata[0], ==, path);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_true (g_str_has_suffix (text, "n=5\n"));
  g_unlink (path);
  g_rmdir (directory);
}

static gboolean
interrupt_self (gpointer data)
{
  kill (getpid (), SIGINT);
  return G_SOURCE_REMOVE;
}

static void
test_an_interrupt_reports_what_is_there (void)
{
  RunnerConfig config = CONFIG;
  g_auto (Runs) runs = { 0 };
  g_timeout_add (700, interrupt_self, NULL);
  run (&config, "pass hang pass", &runs);
  g_assert_cmpint (runs.signal, ==, SIGINT);
  g_assert_cmpstr (runs.reported->str, ==, "pass pass ");
}

int
main (int argc, char **argv)
{
  if (argc > 1 && g_str_equal (argv[1], command_run_one.name))
    return command_run_one.run (&command_run_one, argv[0], argv + 2);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/runner/results come in the order of the list",
                   test_results_come_in_the_order_of_the_list);
  g_test_add_func ("/runner/a fingerprint depends on the seed only",
                   test_a_fingerprint_depends_on_the_seed_only);
  g_test_add_func ("/runner/a failed check is a crash that names it",
                   test_a_failed_check_is_a_crash_that_names_it);
  g_test_add_func ("/runner/a signal is a crash", test_a_signal_is_a_crash);
  g_test_add_func ("/runner/an exit without a result is a crash",
                   test_an_exit_without_a_result_is_a_crash);
  g_test_add_func ("/runner/a bad end after the result is a crash",
                   test_a_bad_end_after_the_result_is_a_crash);
  g_test_add_func ("/runner/a result that cannot be read is a crash",
                   test_a_result_that_cannot_be_read_is_a_crash);
  g_test_add_func ("/runner/the watchdog ends a process that hangs",
                   test_the_watchdog_ends_a_process_that_hangs);
  g_test_add_func ("/runner/what a process printed is kept", test_what_a_process_printed_is_kept);
  g_test_add_func ("/runner/a large result fits", test_a_large_result_fits);
  g_test_add_func ("/runner/a run that differs from itself fails",
                   test_a_run_that_differs_from_itself_fails);
  g_test_add_func ("/runner/without the recheck it passes", test_without_the_recheck_it_passes);
  g_test_add_func ("/runner/a live run is not rechecked", test_a_live_run_is_not_rechecked);
  g_test_add_func ("/runner/a repeat runs the whole list again",
                   test_a_repeat_runs_the_whole_list_again);
  g_test_add_func ("/runner/a crash leaves its events in the report",
                   test_a_crash_leaves_its_events_in_the_report);
  g_test_add_func ("/runner/an interrupt reports what is there",
                   test_an_interrupt_reports_what_is_there);
  return g_test_run ();
}
