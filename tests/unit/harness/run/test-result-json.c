/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/run/error.h"
#include "harness/run/result-json.h"

static void
fill (ScenarioResult *result)
{
  scenario_result_init (result);
  result->title = g_strdup ("a \"quoted\" title\nof two lines");
  g_ptr_array_add (result->covers, g_strdup ("R-KEY-001"));
  result->verdict = VERDICT_FAIL;
  result->failure = FAILURE_LIVENESS;
  result->property = g_strdup ("the session is back");
  result->expected = g_strdup ("within 30 s");
  result->actual = g_strdup ("never");
  result->where = g_strdup ("a.lua:12");
  g_ptr_array_add (result->faults, g_strdup ("1: rst"));
  g_ptr_array_add (result->faults, g_strdup ("2: fin"));
  g_ptr_array_add (result->events, g_strdup ("an event"));
  g_ptr_array_add (result->files, g_strdup ("a.events"));
  scenario_result_add_figure (result, "bytes_written", 67108864);
  figures_add (result->rules, "cmd-sn-order", 12);
  result->fingerprint = G_GUINT64_CONSTANT (0xfedcba9876543210);
  result->event_count = 12345;
  result->simulated_ns = 2030000000;
}

static void
assert_same_texts (const GPtrArray *a, const GPtrArray *b)
{
  g_assert_cmpuint (a->len, ==, b->len);
  for (guint i = 0; i < a->len; i++)
    g_assert_cmpstr (a->pdata[i], ==, b->pdata[i]);
}

static void
test_a_result_comes_back_whole (void)
{
  g_auto (ScenarioResult) before = { 0 };
  g_auto (ScenarioResult) after = { 0 };
  g_autoptr (GError) error = NULL;
  fill (&before);
  scenario_result_init (&after);
  g_autofree char *line = scenario_result_to_line (&before);
  g_assert_true (scenario_result_from_line (line, -1, &after, &error));
  g_assert_no_error (error);

  g_assert_cmpstr (after.title, ==, before.title);
  g_assert_cmpint (after.verdict, ==, before.verdict);
  g_assert_cmpint (after.failure, ==, before.failure);
  g_assert_cmpstr (after.property, ==, before.property);
  g_assert_cmpstr (after.expected, ==, before.expected);
  g_assert_cmpstr (after.actual, ==, before.actual);
  g_assert_cmpstr (after.where, ==, before.where);
  g_assert_null (after.skip_reason);
  assert_same_texts (after.covers, before.covers);
  assert_same_texts (after.faults, before.faults);
  assert_same_texts (after.events, before.events);
  assert_same_texts (after.files, before.files);
  g_assert_cmpuint (after.figures->len, ==, 1);
  g_assert_cmpstr (g_array_index (after.figures, ScenarioFigure, 0).name, ==, "bytes_written");
  g_assert_cmpuint (g_array_index (after.figures, ScenarioFigure, 0).value, ==, 67108864);
  g_assert_cmpuint (after.rules->len, ==, 1);
  g_assert_cmpstr (g_array_index (after.rules, ScenarioFigure, 0).name, ==, "cmd-sn-order");
  g_assert_cmpuint (g_array_index (after.rules, ScenarioFigure, 0).value, ==, 12);
  g_assert_cmphex (after.fingerprint, ==, before.fingerprint);
  g_assert_cmpuint (after.event_count, ==, before.event_count);
  g_assert_cmpint (after.simulated_ns, ==, before.simulated_ns);
}

static void
test_a_result_is_one_line (void)
{
  g_auto (ScenarioResult) result = { 0 };
  fill (&result);
  g_autofree char *line = scenario_result_to_line (&result);
  g_assert_true (strchr (line, '\n') == line + strlen (line) - 1);
}

static void
test_bytes_that_are_not_utf8_are_replaced (void)
{
  g_auto (ScenarioResult) before = { 0 };
  g_auto (ScenarioResult) after = { 0 };
  scenario_result_init (&before);
  scenario_result_init (&after);
  before.actual = g_strdup ("got \xff");
  g_autofree char *line = scenario_result_to_line (&before);
  g_assert_true (scenario_result_from_line (line, -1, &after, NULL));
  g_assert_cmpstr (after.actual, ==, "got \xef\xbf\xbd");
}

/* Replaces a part of a good line, and says what the reader must say to that. */
static void
assert_refused (const char *find, const char *replacement, const char *message)
{
  g_auto (ScenarioResult) before = { 0 };
  g_auto (ScenarioResult) after = { 0 };
  g_autoptr (GError) error = NULL;
  fill (&before);
  scenario_result_init (&after);
  g_autofree char *line = scenario_result_to_line (&before);
  g_assert_nonnull (strstr (line, find));
  g_autoptr (GString) text = g_string_new (line);
  g_string_replace (text, find, replacement, 1);
  g_assert_false (scenario_result_from_line (text->str, -1, &after, &error));
  g_assert_error (error, RUN_ERROR, RUN_ERROR_RESULT);
  g_assert_cmpstr (error->message, ==, message);
}

static void
test_a_wrong_member_is_named (void)
{
  assert_refused ("\"fail\"", "\"maybe\"",
                  "member 'verdict' of a result: expected 'pass', 'fail' or 'skip'");
  assert_refused ("\"liveness\"", "7",
                  "member 'failure' of a result: expected the name of a kind of failure");
  assert_refused ("12345", "\"many\"",
                  "member 'event_count' of a result: expected a number from 0 to 2^63 - 1");
  assert_refused ("12345", "-1",
                  "member 'event_count' of a result: expected a number from 0 to 2^63 - 1");
  assert_refused ("\"fedcba", "\"xyz",
                  "member 'fingerprint' of a result: expected text of 16 hex digits");
  assert_refused ("[\"an event\"]", "[1]",
                  "member 'events' of a result: expected an array of text");
  assert_refused ("\"never\"", "[]", "member 'actual' of a result: expected text or null");
  assert_refused ("67108864", "null",
                  "member 'figures' of a result: expected an object of numbers");
}

static void
test_a_missing_member_is_named (void)
{
  assert_refused ("\"where\"", "\"elsewhere\"",
                  "member 'where' of a result: expected it to be there, got nothing");
}

static void
test_a_line_that_was_cut_is_refused (void)
{
  g_auto (ScenarioResult) before = { 0 };
  fill (&before);
  g_autofree char *line = scenario_result_to_line (&before);
  for (gssize length = 0; length < (gssize) strlen (line) - 1; length += 7) {
    g_auto (ScenarioResult) after = { 0 };
    g_autoptr (GError) error = NULL;
    scenario_result_init (&after);
    g_assert_false (scenario_result_from_line (line, length, &after, &error));
    g_assert_error (error, RUN_ERROR, RUN_ERROR_RESULT);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/result-json/a result comes back whole", test_a_result_comes_back_whole);
  g_test_add_func ("/result-json/a result is one line", test_a_result_is_one_line);
  g_test_add_func ("/result-json/bytes that are not UTF-8 are replaced",
                   test_bytes_that_are_not_utf8_are_replaced);
  g_test_add_func ("/result-json/a wrong member is named", test_a_wrong_member_is_named);
  g_test_add_func ("/result-json/a missing member is named", test_a_missing_member_is_named);
  g_test_add_func ("/result-json/a line that was cut is refused",
                   test_a_line_that_was_cut_is_refused);
  return g_test_run ();
}
