/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/target-sim/faults/fixture.h"

static FaultAnswer
ask_disk (Lab *lab, const char *operation, const char *file, guint64 ordinal)
{
  const FaultQuestion question = {
    .point = FAULT_POINT_DISK, .operation = operation, .subject = file, .ordinal = ordinal
  };
  return fault_plan_ask (lab->plan, lab->initiator, &question);
}

static FaultRule
disk_rule (const char *operation, FaultAct act)
{
  FaultRule rule = rule_on (NULL, act);
  rule.when = FAULT_WHEN_DISK;
  rule.operation = operation;
  return rule;
}

static FaultRule
connect_rule (FaultAct act)
{
  FaultRule rule = rule_on (NULL, act);
  rule.when = FAULT_WHEN_CONNECT;
  return rule;
}

static void
test_power_is_cut_at_the_nth_call_that_matches (void)
{
  g_autoptr (Lab) lab = lab_new ();
  FaultRule rule = disk_rule ("sync", FAULT_ACT_POWER_CUT);
  rule.suffix = "-journal";
  rule.nth = 2;
  rule.unsynced = FAULT_KEEP;
  lab_add (lab, &rule);
  g_assert_cmpint (ask_disk (lab, "sync", "registry-journal", 1), ==, FAULT_NONE);
  g_assert_cmpint (ask_disk (lab, "sync", "registry", 2), ==, FAULT_NONE);
  g_assert_cmpint (ask_disk (lab, "write", "registry-journal", 3), ==, FAULT_NONE);
  g_assert_cmpint (ask_disk (lab, "sync", "registry-journal", 4), ==, FAULT_POWER_CUT_KEEP);
  g_assert_cmpint (ask_disk (lab, "sync", "registry-journal", 5), ==, FAULT_NONE);
  g_assert_cmpstr (fault_plan_fired_text (lab->plan, 0), ==,
                   "power_cut at sync #2 of 'registry-journal' on 'initiator'");
}

static void
test_each_disk_act_has_its_answer (void)
{
  static const struct {
    FaultAct act;
    FaultUnsynced unsynced;
    FaultAnswer answer;
  } rows[] = { { FAULT_ACT_FAIL, FAULT_LOSE, FAULT_FAIL },
               { FAULT_ACT_FULL, FAULT_LOSE, FAULT_FULL },
               { FAULT_ACT_POWER_CUT, FAULT_LOSE, FAULT_POWER_CUT_LOSE },
               { FAULT_ACT_POWER_CUT, FAULT_DRAW, FAULT_POWER_CUT_DRAW } };
  g_autoptr (Lab) lab = lab_new ();
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    FaultRule rule = disk_rule ("any", rows[i].act);
    rule.unsynced = rows[i].unsynced;
    lab_add (lab, &rule);
    g_assert_cmpint (ask_disk (lab, "write", "registry", i + 1), ==, rows[i].answer);
  }
}

static void
test_a_rule_of_one_host_leaves_the_disk_of_another_alone (void)
{
  g_autoptr (Lab) lab = lab_new ();
  FaultRule rule = disk_rule (NULL, FAULT_ACT_FAIL);
  rule.host = lab->target;
  lab_add (lab, &rule);
  g_assert_cmpint (ask_disk (lab, "write", "registry", 1), ==, FAULT_NONE);
}

static void
test_a_refused_connect_is_followed_by_one_that_works (void)
{
  g_autoptr (Lab) lab = lab_new ();
  FaultRule rule = connect_rule (FAULT_ACT_REFUSE);
  rule.host = lab->initiator;
  lab_add (lab, &rule);
  End *first = lab_connect (lab);
  lab_connect (lab);
  g_assert_cmpstr (first->seen->str, ==, "refused");
  g_assert_cmpuint (lab->servers->len, ==, 1);
  g_assert_cmpstr (fault_plan_fired_text (lab->plan, 0), ==,
                   "refuse of connect #1 from 'initiator' to 10.2.1.1:3260");
}

static void
test_no_answer_holds_for_what_tcp_sends_again (void)
{
  g_autoptr (Lab) lab = lab_new ();
  FaultRule rule = connect_rule (FAULT_ACT_NO_ANSWER);
  lab_add (lab, &rule);
  End *client = lab_connect (lab);
  lab_run_until (lab, 100 * NS_PER_S);
  g_assert_cmpstr (client->seen->str, ==, "");
  lab_run (lab);
  g_assert_cmpstr (client->seen->str, ==, "no answer");
  g_assert_cmpuint (fault_plan_fired_count (lab->plan), ==, 1);
}

static void
test_a_connect_gets_through_once_the_rule_is_lifted (void)
{
  g_autoptr (Lab) lab = lab_new ();
  FaultRule rule = connect_rule (FAULT_ACT_NO_ANSWER);
  const guint index = lab_add (lab, &rule);
  End *client = lab_connect (lab);
  lab_run_until (lab, 5 * NS_PER_S);
  fault_plan_lift (lab->plan, index);
  lab_run_until (lab, 10 * NS_PER_S);
  g_assert_cmpuint (lab->servers->len, ==, 1);
  g_assert_cmpstr (client->seen->str, ==, "");
}

static void
test_the_nth_connect_counts_connects_and_not_what_tcp_sends_again (void)
{
  g_autoptr (Lab) lab = lab_new ();
  FaultRule nobody = connect_rule (FAULT_ACT_NO_ANSWER);
  lab_add (lab, &nobody);
  FaultRule refuse = connect_rule (FAULT_ACT_REFUSE);
  refuse.nth = 3;
  lab_add (lab, &refuse);
  lab_start_connect (lab, lab->initiator);
  lab_run (lab);
  End *second = lab_connect (lab);
  End *third = lab_connect (lab);
  g_assert_cmpstr (second->seen->str, ==, "");
  g_assert_cmpstr (third->seen->str, ==, "refused");
}

static void
test_a_scsi_command_is_met_by_name_unit_and_host (void)
{
  g_autoptr (Lab) lab = lab_new ();
  gint64 delay_ns = 0;
  FaultQuestion question = {
    .point = FAULT_POINT_SCSI, .operation = "WRITE(16)", .unit = 2, .ret_delay_ns = &delay_ns
  };
  FaultRule rule = rule_on (NULL, FAULT_ACT_LATE);
  rule.when = FAULT_WHEN_SCSI;
  rule.host = lab->target;
  rule.operation = "WRITE(16)";
  rule.has_unit = TRUE;
  rule.unit = 2;
  rule.nth = 2;
  rule.delay_ns = 5 * NS_PER_S;
  lab_add (lab, &rule);
  g_assert_cmpint (fault_plan_ask (lab->plan, lab->target, &question), ==, FAULT_NONE);
  g_assert_cmpint (fault_plan_ask (lab->plan, lab->initiator, &question), ==, FAULT_NONE);
  question.unit = 1;
  g_assert_cmpint (fault_plan_ask (lab->plan, lab->target, &question), ==, FAULT_NONE);
  question.unit = 2;
  question.operation = "READ(16)";
  g_assert_cmpint (fault_plan_ask (lab->plan, lab->target, &question), ==, FAULT_NONE);
  question.operation = "WRITE(16)";
  g_assert_cmpint (fault_plan_ask (lab->plan, lab->target, &question), ==, FAULT_LATE);
  g_assert_cmpint (delay_ns, ==, 5 * NS_PER_S);
  g_assert_cmpstr (fault_plan_fired_text (lab->plan, 0), ==,
                   "late of 5s at WRITE(16) #2 to unit 2 of 'target'");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define TEST(name) g_test_add_func ("/faults/ask/" #name, test_##name)
  TEST (power_is_cut_at_the_nth_call_that_matches);
  TEST (each_disk_act_has_its_answer);
  TEST (a_scsi_command_is_met_by_name_unit_and_host);
  TEST (a_rule_of_one_host_leaves_the_disk_of_another_alone);
  TEST (a_refused_connect_is_followed_by_one_that_works);
  TEST (no_answer_holds_for_what_tcp_sends_again);
  TEST (a_connect_gets_through_once_the_rule_is_lifted);
  TEST (the_nth_connect_counts_connects_and_not_what_tcp_sends_again);
  return g_test_run ();
}
