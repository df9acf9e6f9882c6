/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/harness/report/sample.h"

static void
assert_text (RunRecord *record /* transfer full */, gboolean is_coloured, const char *expected)
{
  g_autoptr (RunRecord) owned = record;
  g_autoptr (GString) out = g_string_new (NULL);
  report_text (out, owned, is_coloured);
  g_assert_cmpstr (out->str, ==, expected);
}

static void
test_a_pass_is_one_line (void)
{
  assert_text (sample_pass (), FALSE, "ok s/a.lua: it works (simulated 2.03 s)\n");
}

static void
test_a_live_pass_tells_real_time (void)
{
  RunRecord *record = sample_pass ();
  record->is_live = TRUE;
  assert_text (record, FALSE, "ok s/a.lua: it works (real 0.01 s)\n");
}

static void
test_a_skip_gives_its_reason (void)
{
  assert_text (sample_skip (), FALSE, "skip s/c.lua: it is tried (needs # <root>)\n");
}

static void
test_a_failure_tells_everything_and_the_replay_last (void)
{
  assert_text (sample_failure (), FALSE,
               "FAIL t/b.lua: it \"breaks\" & <burns> (simulated 2.03 s)\n"
               "  failure: liveness\n"
               "  property: the session is back\n"
               "  expected: within 30 s\n"
               "  actual: never\n"
               "    really\n"
               "  where: t/b.lua:12\n"
               "  seed: 7\n"
               "  faults that fired:\n"
               "    1: rst\n"
               "  last events:\n"
               "    event one\n"
               "    event two\n"
               "  output:\n"
               "    a word\n"
               "  files:\n"
               "    t-b.lua.events\n"
               "  replay: iscsilab run --seed 7 t/b.lua\n");
}

static void
test_a_failure_without_a_title_stands_under_its_path (void)
{
  RunRecord *record = sample_new ("x.lua", NULL, VERDICT_FAIL);
  record->result.failure = FAILURE_USAGE;
  record->result.simulated_ns = 0;
  assert_text (record, FALSE,
               "FAIL x.lua (simulated 0.00 s)\n"
               "  failure: usage\n"
               "  seed: 7\n"
               "  replay: iscsilab run --seed 7 x.lua\n");
}

static void
test_colour_is_for_terminals (void)
{
  assert_text (sample_pass (), TRUE, "\033[32mok\033[0m s/a.lua: it works (simulated 2.03 s)\n");
}

static void
test_a_fingerprint_line_has_no_time_in_it (void)
{
  g_autoptr (RunRecord) record = sample_pass ();
  g_autoptr (GString) out = g_string_new (NULL);
  report_fingerprint (out, record);
  g_assert_cmpstr (out->str, ==, "0000000000000abc  s/a.lua\n");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/report-text/a pass is one line", test_a_pass_is_one_line);
  g_test_add_func ("/report-text/a live pass tells real time", test_a_live_pass_tells_real_time);
  g_test_add_func ("/report-text/a skip gives its reason", test_a_skip_gives_its_reason);
  g_test_add_func ("/report-text/a failure tells everything, and the replay last",
                   test_a_failure_tells_everything_and_the_replay_last);
  g_test_add_func ("/report-text/a failure without a title stands under its path",
                   test_a_failure_without_a_title_stands_under_its_path);
  g_test_add_func ("/report-text/colour is for terminals", test_colour_is_for_terminals);
  g_test_add_func ("/report-text/a fingerprint line has no time in it",
                   test_a_fingerprint_line_has_no_time_in_it);
  return g_test_run ();
}
