/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/run/result-json.h"
#include "tests/unit/harness/report/sample.h"

/* The first object of a report on one record. */
static JsonObject *
json_of (RunRecord *record /* transfer full */, JsonParser *parser)
{
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func ((GDestroyNotify) run_record_free);
  g_ptr_array_add (records, record);
  g_autofree char *json = report_json (records);
  g_assert_true (json_parser_load_from_data (parser, json, -1, NULL));
  JsonArray *array = json_node_get_array (json_parser_get_root (parser));
  g_assert_cmpuint (json_array_get_length (array), ==, 1);
  return json_array_get_object_element (array, 0);
}

static void
test_each_record_tells_its_schema_and_how_it_ran (void)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonObject *object = json_of (sample_failure (), parser);
  g_assert_cmpint (json_object_get_int_member (object, "schema"), ==, 1);
  g_assert_cmpstr (json_object_get_string_member (object, "path"), ==, "t/b.lua");
  g_assert_cmpstr (json_object_get_string_member (object, "seed"), ==, "7");
  g_assert_true (json_object_get_null_member (object, "target"));
  g_assert_false (json_object_get_boolean_member (object, "is_live"));
  g_assert_cmpint (json_object_get_int_member (object, "exit_status"), ==, 12);
  g_assert_cmpstr (json_object_get_string_member (object, "replay"), ==,
                   "iscsilab run --seed 7 t/b.lua");
}

static void
test_each_record_holds_the_whole_result (void)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonObject *object = json_of (sample_failure (), parser);
  g_auto (ScenarioResult) result = { 0 };
  scenario_result_init (&result);
  g_assert_true (scenario_result_from_json (object, &result, NULL));
  g_assert_cmpint (result.failure, ==, FAILURE_LIVENESS);
  g_assert_cmpstr (result.actual, ==, "never\nreally");
  g_assert_cmphex (result.fingerprint, ==, 0xabc);
}

static void
test_figures_are_numbers_by_name (void)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  RunRecord *record = sample_pass ();
  scenario_result_add_figure (&record->result, "bytes_verified", 67108864);
  JsonObject *figures = json_object_get_object_member (json_of (record, parser), "figures");
  g_assert_cmpint (json_object_get_int_member (figures, "bytes_verified"), ==, 67108864);
}

static void
test_a_run_of_nothing_is_an_empty_array (void)
{
  g_autoptr (GPtrArray) records = g_ptr_array_new ();
  g_autofree char *json = report_json (records);
  g_assert_cmpstr (json, ==, "[]\n");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/report-json/each record tells its schema and how it ran",
                   test_each_record_tells_its_schema_and_how_it_ran);
  g_test_add_func ("/report-json/each record holds the whole result",
                   test_each_record_holds_the_whole_result);
  g_test_add_func ("/report-json/figures are numbers by name", test_figures_are_numbers_by_name);
  g_test_add_func ("/report-json/a run of nothing is an empty array",
                   test_a_run_of_nothing_is_an_empty_array);
  return g_test_run ();
}
