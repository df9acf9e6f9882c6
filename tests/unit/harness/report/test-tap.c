/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/harness/report/sample.h"

static void
assert_tap (RunRecord *record /* transfer full */, const char *expected)
{
  g_autoptr (RunRecord) owned = record;
  g_autoptr (GString) out = g_string_new (NULL);
  report_tap (out, owned, 3);
  g_assert_cmpstr (out->str, ==, expected);
}

static void
test_the_plan_comes_first (void)
{
  g_autoptr (GString) out = g_string_new (NULL);
  report_tap_begin (out, 12);
  g_assert_cmpstr (out->str, ==, "TAP version 13\n1..12\n");
}

static void
test_a_pass_is_ok (void)
{
  assert_tap (sample_pass (), "ok 3 - s/a.lua: it works\n");
}

static void
test_a_skip_is_a_directive_with_its_reason (void)
{
  assert_tap (sample_skip (), "ok 3 - s/c.lua: it is tried # SKIP needs \\# <root>\n");
}

static void
test_a_title_makes_no_directive (void)
{
  assert_tap (sample_new ("a.lua", "tag # SKIP\nnot ok", VERDICT_PASS),
              "ok 3 - a.lua: tag \\# SKIP not ok\n");
}

static void
test_a_failure_has_yaml_under_it (void)
{
  assert_tap (sample_failure (), "not ok 3 - t/b.lua: it \"breaks\" & <burns>\n"
                                 "  ---\n"
                                 "  failure: \"liveness\"\n"
                                 "  property: \"the session is back\"\n"
                                 "  expected: \"within 30 s\"\n"
                                 "  actual: \"never\\nreally\"\n"
                                 "  where: \"t/b.lua:12\"\n"
                                 "  seed: 7\n"
                                 "  faults:\n"
                                 "    - \"1: rst\"\n"
                                 "  events:\n"
                                 "    - \"event one\"\n"
                                 "    - \"event two\"\n"
                                 "  output: \"a word\\n\"\n"
                                 "  files:\n"
                                 "    - \"t-b.lua.events\"\n"
                                 "  replay: \"iscsilab run --seed 7 t/b.lua\"\n"
                                 "  ...\n");
}

static void
test_yaml_text_is_escaped (void)
{
  RunRecord *record = sample_new ("a.lua", NULL, VERDICT_FAIL);
  record->result.failure = FAILURE_SCENARIO;
  record->result.actual = g_strdup ("a \"b\" \\ \001");
  assert_tap (record, "not ok 3 - a.lua\n"
                      "  ---\n"
                      "  failure: \"scenario\"\n"
                      "  actual: \"a \\\"b\\\" \\\\ \\x01\"\n"
                      "  seed: 7\n"
                      "  replay: \"iscsilab run --seed 7 a.lua\"\n"
                      "  ...\n");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/report-tap/the plan comes first", test_the_plan_comes_first);
  g_test_add_func ("/report-tap/a pass is ok", test_a_pass_is_ok);
  g_test_add_func ("/report-tap/a skip is a directive with its reason",
                   test_a_skip_is_a_directive_with_its_reason);
  g_test_add_func ("/report-tap/a title makes no directive", test_a_title_makes_no_directive);
  g_test_add_func ("/report-tap/a failure has YAML under it", test_a_failure_has_yaml_under_it);
  g_test_add_func ("/report-tap/YAML text is escaped", test_yaml_text_is_escaped);
  return g_test_run ();
}
