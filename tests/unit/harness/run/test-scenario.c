/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/run/scenario.h"

static void
test_each_failure_has_its_exit_status (void)
{
  g_assert_cmpint (failure_exit_status (FAILURE_NONE), ==, 0);
  g_assert_cmpint (failure_exit_status (FAILURE_SCENARIO), ==, 1);
  g_assert_cmpint (failure_exit_status (FAILURE_USAGE), ==, 2);
  g_assert_cmpint (failure_exit_status (FAILURE_ENVIRONMENT), ==, 3);
  g_assert_cmpint (failure_exit_status (FAILURE_WRONG_DATA), ==, 10);
  g_assert_cmpint (failure_exit_status (FAILURE_PROTOCOL), ==, 11);
  g_assert_cmpint (failure_exit_status (FAILURE_LIVENESS), ==, 12);
  g_assert_cmpint (failure_exit_status (FAILURE_CRASH), ==, 13);
  g_assert_cmpint (failure_exit_status (FAILURE_DETERMINISM), ==, 14);
}

static void
test_each_failure_has_a_name (void)
{
  g_assert_cmpstr (failure_name (FAILURE_NONE), ==, "none");
  g_assert_cmpstr (failure_name (FAILURE_WRONG_DATA), ==, "wrong data");
  g_assert_cmpstr (failure_name (FAILURE_DETERMINISM), ==, "not deterministic");
}

static void
test_a_figure_adds_up_under_its_name (void)
{
  g_auto (ScenarioResult) result = { 0 };
  scenario_result_init (&result);
  scenario_result_add_figure (&result, "bytes_written", 10);
  scenario_result_add_figure (&result, "bytes_verified", 1);
  scenario_result_add_figure (&result, "bytes_written", 5);

  g_assert_cmpuint (result.figures->len, ==, 2);
  g_assert_cmpstr (g_array_index (result.figures, ScenarioFigure, 0).name, ==, "bytes_written");
  g_assert_cmpuint (g_array_index (result.figures, ScenarioFigure, 0).value, ==, 15);
  g_assert_cmpuint (g_array_index (result.figures, ScenarioFigure, 1).value, ==, 1);
}

static void
test_a_result_can_be_cleared_twice (void)
{
  ScenarioResult result;
  scenario_result_init (&result);
  scenario_result_clear (&result);
  scenario_result_clear (&result);
  g_assert_null (result.covers);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scenario/each failure has its exit status",
                   test_each_failure_has_its_exit_status);
  g_test_add_func ("/scenario/each failure has a name", test_each_failure_has_a_name);
  g_test_add_func ("/scenario/a figure adds up under its name",
                   test_a_figure_adds_up_under_its_name);
  g_test_add_func ("/scenario/a result can be cleared twice", test_a_result_can_be_cleared_twice);
  return g_test_run ();
}
