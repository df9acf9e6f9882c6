/* SPDX-License-Identifier: Apache-2.0 */
#include "target-sim/faults/acts.h"

static void
test_each_act_is_found_by_its_name (void)
{
  for (guint i = 0; i < FAULT_ACT_COUNT; i++) {
    FaultAct act = FAULT_ACT_COUNT;
    g_assert_true (fault_act_find (fault_act_name (i), &act, NULL));
    g_assert_cmpuint (act, ==, i);
  }
}

static void
test_an_unknown_act_is_refused_with_those_there_are (void)
{
  FaultAct act = FAULT_ACT_COUNT;
  g_autoptr (GError) error = NULL;
  g_assert_false (fault_act_find ("explode", &act, &error));
  g_assert_error (error, FAULT_ERROR, FAULT_ERROR_UNKNOWN);
  g_assert_true (g_str_has_prefix (error->message, "act: expected one of rst, fin, black_hole, "));
  g_assert_true (g_str_has_suffix (error->message, ", unit_attention, got 'explode'"));
}

static void
test_each_act_has_a_line_and_a_trigger (void)
{
  for (guint i = 0; i < FAULT_ACT_COUNT; i++) {
    g_assert_cmpstr (fault_act_info ((FaultAct) i)->line, !=, "");
    gboolean is_reachable = FALSE;
    for (guint when = 0; when <= FAULT_WHEN_SCSI; when++)
      is_reachable |= fault_when_allows ((FaultWhen) when, (FaultAct) i, NULL);
    g_assert_true (is_reachable);
  }
}

static void
test_an_act_that_real_tcp_cannot_have_says_why (void)
{
  g_assert_null (fault_act_info (FAULT_ACT_RST)->not_live);
  g_assert_cmpstr (fault_act_info (FAULT_ACT_FAIL)->not_live, ==, "a real disk answers for itself");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define TEST(name) g_test_add_func ("/faults/acts/" #name, test_##name)
  TEST (each_act_is_found_by_its_name);
  TEST (an_unknown_act_is_refused_with_those_there_are);
  TEST (each_act_has_a_line_and_a_trigger);
  TEST (an_act_that_real_tcp_cannot_have_says_why);
  return g_test_run ();
}
