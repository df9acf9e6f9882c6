/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/run/record.h"

static int
status_of (guint passed, guint skipped, const FailureKind *failures)
{
  RunTally tally = { .passed = passed, .skipped = skipped };
  for (; *failures != FAILURE_NONE; failures++) {
    const ScenarioResult result = { .verdict = VERDICT_FAIL, .failure = *failures };
    run_tally_add (&tally, &result);
  }
  return run_tally_exit_status (&tally);
}

#define STATUS(passed, skipped, ...)                                                               \
  status_of (passed, skipped, (const FailureKind[]){ __VA_ARGS__ __VA_OPT__ (, ) FAILURE_NONE })

static void
test_all_passed_is_0 (void)
{
  g_assert_cmpint (STATUS (3, 0), ==, 0);
  g_assert_cmpint (STATUS (3, 2), ==, 0);
}

static void
test_skips_alone_are_no_success (void)
{
  g_assert_cmpint (STATUS (0, 2), ==, 3);
}

static void
test_one_failure_gives_its_status (void)
{
  g_assert_cmpint (STATUS (5, 1, FAILURE_SCENARIO), ==, 1);
  g_assert_cmpint (STATUS (5, 0, FAILURE_CRASH), ==, 13);
}

static void
test_of_several_judges_the_smallest_wins (void)
{
  g_assert_cmpint (STATUS (0, 0, FAILURE_DETERMINISM, FAILURE_WRONG_DATA, FAILURE_CRASH), ==, 10);
  g_assert_cmpint (STATUS (0, 0, FAILURE_LIVENESS, FAILURE_PROTOCOL), ==, 11);
}

static void
test_a_judge_wins_over_any_other (void)
{
  g_assert_cmpint (STATUS (0, 0, FAILURE_SCENARIO, FAILURE_DETERMINISM), ==, 14);
  g_assert_cmpint (STATUS (0, 0, FAILURE_LIVENESS, FAILURE_USAGE), ==, 12);
}

static void
test_of_several_others_the_smallest_wins (void)
{
  g_assert_cmpint (STATUS (0, 0, FAILURE_ENVIRONMENT, FAILURE_SCENARIO, FAILURE_USAGE), ==, 1);
}

static void
test_the_summary_has_its_exact_form (void)
{
  const RunTally tally = { .passed = 6 };
  g_autofree char *text = run_tally_text (&tally);
  g_assert_cmpstr (text, ==, "6 passed, 0 failed, 0 skipped");
}

static void
assert_replay (const char *target, guint pace, const char *path, const char *expected)
{
  g_autofree char *command = run_replay_command ("build/iscsilab", 7, target, pace, path);
  g_assert_cmpstr (command, ==, expected);
}

static void
test_the_replay_command_can_be_pasted (void)
{
  assert_replay (NULL, 0, "scenarios/a.lua", "build/iscsilab run --seed 7 scenarios/a.lua");
  assert_replay ("tgtd", 1, "a.lua", "build/iscsilab run --seed 7 --target tgtd a.lua");
  assert_replay (NULL, LIVE_PACE, "a.lua", "build/iscsilab run --seed 7 --live a.lua");
  assert_replay (NULL, 1, "a.lua", "build/iscsilab run --seed 7 --live --pace 1 a.lua");
  assert_replay (NULL, 0, "my $file.lua", "build/iscsilab run --seed 7 'my $file.lua'");
  assert_replay (NULL, 0, "-a.lua", "build/iscsilab run --seed 7 -- -a.lua");
}

static void
test_a_label_tells_the_repeat (void)
{
  g_autoptr (RunRecord) record = run_record_new ("a.lua");
  g_autofree char *plain = run_record_label (record);
  record->result.title = g_strdup ("it works");
  record->repeat = 2;
  record->repeats = 3;
  g_autofree char *repeated = run_record_label (record);
  g_assert_cmpstr (plain, ==, "a.lua");
  g_assert_cmpstr (repeated, ==, "a.lua: it works, 2 of 3");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/record/all passed is 0", test_all_passed_is_0);
  g_test_add_func ("/record/skips alone are no success", test_skips_alone_are_no_success);
  g_test_add_func ("/record/one failure gives its status", test_one_failure_gives_its_status);
  g_test_add_func ("/record/of several judges the smallest wins",
                   test_of_several_judges_the_smallest_wins);
  g_test_add_func ("/record/a judge wins over any other", test_a_judge_wins_over_any_other);
  g_test_add_func ("/record/of several others the smallest wins",
                   test_of_several_others_the_smallest_wins);
  g_test_add_func ("/record/the summary has its exact form", test_the_summary_has_its_exact_form);
  g_test_add_func ("/record/the replay command can be pasted",
                   test_the_replay_command_can_be_pasted);
  g_test_add_func ("/record/a label tells the repeat", test_a_label_tells_the_repeat);
  return g_test_run ();
}
