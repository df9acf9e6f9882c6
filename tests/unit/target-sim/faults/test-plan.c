/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/target-sim/faults/fixture.h"

static void
test_a_rule_that_never_fired_is_reported (void)
{
  g_autoptr (Lab) lab = lab_new ();
  FaultRule rule = rule_on ("Data-Out", FAULT_ACT_RST);
  rule.nth = 3;
  rule.field_count = 1;
  rule.fields[0] = (FaultField){ "ITT", 1 };
  lab_add (lab, &rule);
  rule = rule_on ("Data-Out", FAULT_ACT_DROP);
  lab_add (lab, &rule);
  end_send (lab_connect (lab), 0, 2);
  lab_run (lab);
  g_auto (GStrv) unfired = fault_plan_unfired (lab->plan);
  g_assert_cmpuint (g_strv_length (unfired), ==, 1);
  g_assert_cmpstr (unfired[0], ==,
                   "'rst after Data-Out ITT=1 #3': expected match 3, got 2 of them");
}

static void
test_an_optional_rule_need_not_fire (void)
{
  g_autoptr (Lab) lab = lab_new ();
  FaultRule rule = rule_on ("Data-Out", FAULT_ACT_RST);
  rule.is_optional = TRUE;
  lab_add (lab, &rule);
  g_auto (GStrv) unfired = fault_plan_unfired (lab->plan);
  g_assert_null (unfired[0]);
}

static void
test_a_rule_goes_by_the_name_it_was_given (void)
{
  g_autoptr (Lab) lab = lab_new ();
  char name[] = "the cable is pulled";
  FaultRule rule = rule_on ("Data-Out", FAULT_ACT_RST);
  rule.text = name;
  lab_add (lab, &rule);
  name[0] = 'T'; /* the plan has its own copy */
  g_auto (GStrv) unfired = fault_plan_unfired (lab->plan);
  g_assert_cmpstr (unfired[0], ==, "'the cable is pulled': expected match 1, got 0 of them");
}

static void
test_a_rule_in_words_says_what_it_waits_for (void)
{
  g_autoptr (Lab) lab = lab_new ();
  FaultRule rule = rule_on (NULL, FAULT_ACT_POWER_CUT);
  rule.when = FAULT_WHEN_DISK;
  rule.operation = "write";
  rule.suffix = "-journal";
  lab_add (lab, &rule);
  rule = rule_on (NULL, FAULT_ACT_REFUSE);
  rule.when = FAULT_WHEN_CONNECT;
  rule.nth = 2;
  lab_add (lab, &rule);
  rule = rule_on (NULL, FAULT_ACT_CUT);
  rule.cut_bytes = 20;
  lab_add (lab, &rule);
  g_auto (GStrv) unfired = fault_plan_unfired (lab->plan);
  g_assert_true (g_str_has_prefix (unfired[0], "'power_cut at write of '*-journal''"));
  g_assert_true (g_str_has_prefix (unfired[1], "'refuse of connect #2'"));
  g_assert_true (g_str_has_prefix (unfired[2], "'cut after 20 bytes of PDU'"));
}

static void
test_a_time_that_finds_no_connection_did_not_fire (void)
{
  g_autoptr (Lab) lab = lab_new ();
  FaultRule rule = rule_on (NULL, FAULT_ACT_RST);
  rule.when = FAULT_WHEN_TIME;
  rule.host = lab->target;
  rule.at_ns = NS_PER_S;
  lab_add (lab, &rule);
  lab_run (lab);
  g_auto (GStrv) unfired = fault_plan_unfired (lab->plan);
  g_assert_cmpuint (g_strv_length (unfired), ==, 1);
}

static void
test_a_lifted_rule_fires_no_more (void)
{
  g_autoptr (Lab) lab = lab_new ();
  FaultRule rule = rule_on ("Data-Out", FAULT_ACT_DROP);
  rule.times = 0;
  const guint index = lab_add (lab, &rule);
  End *client = lab_connect (lab);
  end_send (client, 0, 2);
  lab_run (lab);
  g_assert_cmpuint (fault_plan_rule_fired (lab->plan, index), ==, 2);
  fault_plan_lift_all (lab->plan);
  end_send (client, 2, 1);
  lab_run (lab);
  g_assert_cmpstr (lab_server (lab, 0)->seen->str, ==, "2");
  g_assert_cmpuint (fault_plan_fired_count (lab->plan), ==, 2);
}

static void
test_lifting_a_delay_lets_go_what_it_held (void)
{
  g_autoptr (Lab) lab = lab_new ();
  FaultRule rule = rule_on ("Data-Out", FAULT_ACT_DELAY);
  rule.delay_ns = 100 * NS_PER_S;
  const guint index = lab_add (lab, &rule);
  end_send (lab_connect (lab), 0, 2);
  lab_run_until (lab, NS_PER_S);
  g_assert_cmpstr (lab_server (lab, 0)->seen->str, ==, "");
  fault_plan_lift (lab->plan, index);
  lab_run (lab);
  g_assert_cmpstr (lab_server (lab, 0)->seen->str, ==, "0 1");
  g_assert_cmpint (lab_server (lab, 0)->last_ns, ==, NS_PER_S);
}

static void
test_a_connection_outlives_the_plan_as_plain_wire (void)
{
  g_autoptr (Lab) lab = lab_new ();
  FaultRule rule = rule_on ("Data-Out", FAULT_ACT_RST);
  lab_add (lab, &rule);
  End *client = lab_connect (lab);
  lab->initiator->fault_ask = lab->target->fault_ask = NULL;
  g_clear_pointer (&lab->plan, fault_plan_free);
  end_send (client, 0, 2);
  lab_run (lab);
  g_assert_cmpstr (lab_server (lab, 0)->seen->str, ==, "0 1");
}

static void
test_the_same_run_has_the_same_fingerprint (void)
{
  guint64 fingerprints[2];
  for (guint run = 0; run < 2; run++) {
    g_autoptr (Lab) lab = lab_new ();
    FaultRule rule = rule_on ("Data-Out", FAULT_ACT_DROP);
    rule.chance_ppm = 100000;
    rule.times = 0;
    lab_add (lab, &rule);
    end_send (lab_connect (lab), 0, 50);
    lab_run (lab);
    fingerprints[run] = event_log_fingerprint (lab->world->log);
  }
  g_assert_cmpuint (fingerprints[0], ==, fingerprints[1]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define TEST(name) g_test_add_func ("/faults/plan/" #name, test_##name)
  TEST (a_rule_that_never_fired_is_reported);
  TEST (an_optional_rule_need_not_fire);
  TEST (a_rule_goes_by_the_name_it_was_given);
  TEST (a_rule_in_words_says_what_it_waits_for);
  TEST (a_time_that_finds_no_connection_did_not_fire);
  TEST (a_lifted_rule_fires_no_more);
  TEST (lifting_a_delay_lets_go_what_it_held);
  TEST (a_connection_outlives_the_plan_as_plain_wire);
  TEST (the_same_run_has_the_same_fingerprint);
  return g_test_run ();
}
