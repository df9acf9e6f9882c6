/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/target-sim/faults/fixture.h"

static void
assert_refused (Lab *lab, const FaultRule *rule, const char *message)
{
  g_autoptr (GError) error = NULL;
  guint index = 77;
  g_assert_false (fault_plan_add (lab->plan, rule, &index, &error));
  g_assert_cmpstr (error->message, ==, message);
  g_assert_cmpuint (index, ==, 77);
  g_assert_cmpuint (fault_plan_rule_count (lab->plan), ==, 0);
}

static void
test_an_unknown_pdu_is_refused_by_name (void)
{
  g_autoptr (Lab) lab = lab_new ();
  const FaultRule rule = rule_on ("Data-Outt", FAULT_ACT_RST);
  assert_refused (lab, &rule, "pdu: expected the RFC's name of a PDU, got 'Data-Outt'");
}

static void
test_an_unknown_field_is_refused_with_those_there_are (void)
{
  g_autoptr (Lab) lab = lab_new ();
  FaultRule rule = rule_on ("Data-Out", FAULT_ACT_RST);
  rule.field_count = 1;
  rule.fields[0] = (FaultField){ "CmdSN", 1 };
  assert_refused (
      lab, &rule,
      "field of 'Data-Out': expected one of TotalAHSLength, DataSegmentLength, F, LUN, ITT, TTT, "
      "ExpStatSN, DataSN, BufferOffset, got 'CmdSN'");
}

static void
test_a_value_that_the_field_cannot_hold_is_refused (void)
{
  g_autoptr (Lab) lab = lab_new ();
  FaultRule rule = rule_on ("Data-Out", FAULT_ACT_RST);
  rule.field_count = 1;
  rule.fields[0] = (FaultField){ "F", 2 };
  assert_refused (lab, &rule, "field 'F' of 'Data-Out': expected at most 1, got 2");
}

static void
test_fields_need_a_pdu (void)
{
  g_autoptr (Lab) lab = lab_new ();
  FaultRule rule = rule_on (NULL, FAULT_ACT_RST);
  rule.field_count = 1;
  rule.fields[0] = (FaultField){ "F", 1 };
  assert_refused (lab, &rule, "fields: expected a pdu that has them, got none");
}

static void
test_a_pdu_is_not_looked_for_where_it_never_goes (void)
{
  g_autoptr (Lab) lab = lab_new ();
  FaultRule rule = rule_on ("Data-Out", FAULT_ACT_RST);
  rule.direction = FAULT_TO_INITIATOR;
  assert_refused (lab, &rule, "direction of 'Data-Out': expected 'to_target', got 'to_initiator'");
}

static void
test_an_act_that_the_trigger_cannot_set_off_is_refused (void)
{
  g_autoptr (Lab) lab = lab_new ();
  FaultRule rule = rule_on (NULL, FAULT_ACT_DROP);
  rule.when = FAULT_WHEN_CONNECT;
  assert_refused (lab, &rule,
                  "act: expected one of refuse, no_answer with a 'connect' trigger, got 'drop'");
}

static void
test_an_unknown_disk_operation_is_refused (void)
{
  g_autoptr (Lab) lab = lab_new ();
  FaultRule rule = rule_on (NULL, FAULT_ACT_FAIL);
  rule.when = FAULT_WHEN_DISK;
  rule.operation = "fsync";
  assert_refused (
      lab, &rule,
      "operation: expected one of any, open, read, write, truncate, size, sync, lock, exists, "
      "remove, rename, sync directory, list, got 'fsync'");
}

static void
test_numbers_out_of_range_are_refused (void)
{
  g_autoptr (Lab) lab = lab_new ();
  FaultRule rule = rule_on (NULL, FAULT_ACT_RST);
  rule.nth = 0;
  assert_refused (lab, &rule, "nth: expected at least 1, got 0");
  rule = rule_on (NULL, FAULT_ACT_RST);
  rule.chance_ppm = 1000001;
  assert_refused (lab, &rule, "chance_ppm: expected at most 1000000, got 1000001");
  rule = rule_on (NULL, FAULT_ACT_DELAY);
  assert_refused (lab, &rule, "delay_ns: expected more than 0, got 0");
  rule = rule_on (NULL, FAULT_ACT_RST);
  rule.when = FAULT_WHEN_BYTES;
  assert_refused (lab, &rule, "bytes: expected at least 1, got 0");
  rule = rule_on (NULL, FAULT_ACT_RST);
  rule.after = 0;
  assert_refused (lab, &rule, "after: expected the index of an earlier rule, got 0");
}

static void
test_a_position_without_meaning_is_refused (void)
{
  g_autoptr (Lab) lab = lab_new ();
  FaultRule rule = rule_on (NULL, FAULT_ACT_DROP);
  rule.position = FAULT_BEFORE;
  assert_refused (
      lab, &rule,
      "position: expected 'before' only with a pdu and one of rst, fin, black_hole, half_close, "
      "path_down, crash, restart, power_cut, got it with 'pdu' and 'drop'");
}

static void
test_an_act_without_what_it_needs_is_refused (void)
{
  static const struct {
    const char *pdu;
    FaultAct act;
    const char *message;
  } rows[] = {
    { "Data-Out", FAULT_ACT_SLOW, "rate: expected 1 to 10^9 bytes per second, got 0" },
    { "Data-Out", FAULT_ACT_RELEASE,
      "of: expected the index of an earlier rule that holds, got 0" },
    { "Data-Out", FAULT_ACT_REPLAY,
      "of: expected the index of an earlier rule that meets PDUs, got 0" },
    { "Data-Out", FAULT_ACT_OVERWRITE, "overwrite: expected one of set, add, octets, got none" },
    { "Data-Out", FAULT_ACT_INSERT, "insert: expected a PDU to put in, got none" },
    { "Data-In", FAULT_ACT_REJECT,
      "reject: expected a pdu that an initiator sends, got 'Data-In'" },
    { "Login Request", FAULT_ACT_LOGIN_STATUS,
      "status: expected a Status-Class and detail that are not 0, got 0" },
    { "Login Request", FAULT_ACT_DROP_KEY, "key: expected the name of a key, got none" },
    { "Login Request", FAULT_ACT_ADD_KEY, "value: expected the value of a key, got none" },
    { "Login Request", FAULT_ACT_SPLIT_TEXT, "cut_bytes: expected at least 1, got 0" },
  };
  g_autoptr (Lab) lab = lab_new ();
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    const FaultRule rule = rule_on (rows[i].pdu, rows[i].act);
    assert_refused (lab, &rule, rows[i].message);
  }
}

static void
test_an_extent_without_meaning_is_refused (void)
{
  g_autoptr (Lab) lab = lab_new ();
  FaultRule rule = rule_on (NULL, FAULT_ACT_RST);
  rule.lasts_ns = 1;
  assert_refused (lab, &rule,
                  "lasts_ns: expected it with black_hole, zero_window or path_down, got it with "
                  "'rst'");
  rule.lasts_ns = 0;
  rule.every_ns = 1;
  assert_refused (lab, &rule, "every_ns: expected it with a 'time' trigger, got it with 'pdu'");
  rule.every_ns = 0;
  rule.act = FAULT_ACT_BLACK_HOLE;
  rule.is_one_way = TRUE;
  assert_refused (lab, &rule, "one_way: expected a direction, got 'any'");
}

static void
test_a_time_needs_a_clock_and_lies_ahead (void)
{
  g_autoptr (Lab) lab = lab_new ();
  FaultRule rule = rule_on (NULL, FAULT_ACT_RST);
  rule.when = FAULT_WHEN_TIME;
  assert_refused (lab, &rule,
                  "host: expected the one whose clock a 'time' trigger goes by, got none");
  rule.host = lab->target;
  lab_run_until (lab, NS_PER_S);
  rule.at_ns = 5;
  assert_refused (lab, &rule, "at_ns: expected a time from 1000000000 on, got 5");
}

static void
test_each_word_of_a_rule_is_found_by_name (void)
{
  FaultDirection direction;
  FaultPosition position;
  FaultUnsynced unsynced;
  g_autoptr (GError) error = NULL;
  g_assert_true (fault_direction_find ("to_initiator", &direction, NULL));
  g_assert_cmpint (direction, ==, FAULT_TO_INITIATOR);
  g_assert_true (fault_position_find ("before", &position, NULL));
  g_assert_cmpint (position, ==, FAULT_BEFORE);
  g_assert_true (fault_unsynced_find ("draw", &unsynced, NULL));
  g_assert_cmpint (unsynced, ==, FAULT_DRAW);
  g_assert_false (fault_unsynced_find ("torn", &unsynced, &error));
  g_assert_cmpstr (error->message, ==, "unsynced: expected one of lose, keep, draw, got 'torn'");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define TEST(name) g_test_add_func ("/faults/rule/" #name, test_##name)
  TEST (an_unknown_pdu_is_refused_by_name);
  TEST (an_unknown_field_is_refused_with_those_there_are);
  TEST (a_value_that_the_field_cannot_hold_is_refused);
  TEST (fields_need_a_pdu);
  TEST (a_pdu_is_not_looked_for_where_it_never_goes);
  TEST (an_act_that_the_trigger_cannot_set_off_is_refused);
  TEST (an_unknown_disk_operation_is_refused);
  TEST (numbers_out_of_range_are_refused);
  TEST (a_position_without_meaning_is_refused);
  TEST (an_act_without_what_it_needs_is_refused);
  TEST (an_extent_without_meaning_is_refused);
  TEST (a_time_needs_a_clock_and_lies_ahead);
  TEST (each_word_of_a_rule_is_found_by_name);
  return g_test_run ();
}
