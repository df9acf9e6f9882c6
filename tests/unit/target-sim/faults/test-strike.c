/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/target-sim/faults/fixture.h"

static const char *
seen_by_server (Lab *lab)
{
  return lab_server (lab, 0)->seen->str;
}

/* Six Data-Outs past one rule on the second of them. */
static Lab *
lab_after (FaultAct act, void (*more) (FaultRule *rule))
{
  Lab *lab = lab_new ();
  FaultRule rule = rule_on ("Data-Out", act);
  rule.nth = 2;
  if (more != NULL)
    more (&rule);
  lab_add (lab, &rule);
  end_send (lab_connect (lab), 0, 6);
  lab_run_until (lab, lab->world->now_ns + NS_PER_S);
  return lab;
}

static void
test_a_duplicate_follows_its_original (void)
{
  g_autoptr (Lab) lab = lab_after (FAULT_ACT_DUPLICATE, NULL);
  g_assert_cmpstr (seen_by_server (lab), ==, "0 1 1 2 3 4 5");
  g_assert_cmpstr (fault_plan_fired_text (lab->plan, 0), ==,
                   "duplicate of Data-Out #2 DataSN=1 on connection 1");
}

static void
test_a_reordered_pdu_changes_places_with_the_next (void)
{
  g_autoptr (Lab) lab = lab_after (FAULT_ACT_REORDER, NULL);
  g_assert_cmpstr (seen_by_server (lab), ==, "0 2 1 3 4 5");
}

static void
test_a_reordered_pdu_without_a_next_goes_before_the_fin (void)
{
  g_autoptr (Lab) lab = lab_new ();
  const FaultRule rule = rule_on ("Data-Out", FAULT_ACT_REORDER);
  lab_add (lab, &rule);
  End *client = lab_connect (lab);
  end_send (client, 7, 1);
  lab_run (lab);
  g_assert_cmpstr (seen_by_server (lab), ==, "");
  stream_shutdown (client->stream);
  lab_run (lab);
  g_assert_cmpstr (seen_by_server (lab), ==, "7 fin");
}

static void
test_a_held_pdu_comes_with_the_lifting (void)
{
  g_autoptr (Lab) lab = lab_after (FAULT_ACT_HOLD, NULL);
  g_assert_cmpstr (seen_by_server (lab), ==, "0 2 3 4 5");
  fault_plan_lift (lab->plan, 0);
  lab_run (lab);
  g_assert_cmpstr (seen_by_server (lab), ==, "0 2 3 4 5 1");
}

static void
test_a_held_pdu_comes_behind_the_one_that_releases_it (void)
{
  g_autoptr (Lab) lab = lab_new ();
  FaultRule rule = rule_on ("Data-Out", FAULT_ACT_HOLD);
  const guint hold = lab_add (lab, &rule);
  rule.act = FAULT_ACT_RELEASE;
  rule.of = hold;
  rule.after = hold;
  rule.nth = 2;
  lab_add (lab, &rule);
  End *client = lab_connect (lab);
  end_send (client, 0, 3);
  lab_run (lab);
  end_send (client, 3, 1);
  lab_run (lab);
  g_assert_cmpstr (seen_by_server (lab), ==, "1 2 0 3");
}

static void
cut_20 (FaultRule *rule)
{
  rule->cut_bytes = 20;
}

static void
test_a_truncated_pdu_tears_the_frame (void)
{
  g_autoptr (Lab) lab = lab_after (FAULT_ACT_TRUNCATE, cut_20);
  g_assert_cmpuint (lab_server (lab, 0)->bytes, ==, 5 * PDU_BYTES + 20);
  g_assert_true (g_str_has_prefix (seen_by_server (lab), "0 "));
}

static void
test_a_shortened_pdu_is_a_frame_of_less (void)
{
  g_autoptr (Lab) lab = lab_after (FAULT_ACT_SHORTEN, cut_20);
  g_assert_cmpuint (lab_server (lab, 0)->bytes, ==, 6 * PDU_BYTES - 80);
  g_assert_cmpstr (seen_by_server (lab), ==, "0 1 2 3 4 5");
}

static void
set_number (FaultRule *rule)
{
  rule->set[rule->set_count++] = (FaultField){ "DataSN", 77 };
}

static void
add_number (FaultRule *rule)
{
  rule->add[rule->add_count++] = (FaultField){ "DataSN", (guint64) -3 };
}

static void
put_octets (FaultRule *rule)
{
  rule->offset = 38;
  rule->octets = (const guint8 *) "\x01\x02";
  rule->octet_count = 2;
}

static void
test_a_field_is_set_added_to_or_overwritten (void)
{
  g_autoptr (Lab) set = lab_after (FAULT_ACT_OVERWRITE, set_number);
  g_assert_cmpstr (seen_by_server (set), ==, "0 77 2 3 4 5");
  g_autoptr (Lab) added = lab_after (FAULT_ACT_OVERWRITE, add_number);
  g_assert_cmpstr (seen_by_server (added), ==, "0 4294967294 2 3 4 5");
  g_autoptr (Lab) put = lab_after (FAULT_ACT_OVERWRITE, put_octets);
  g_assert_cmpstr (seen_by_server (put), ==, "0 258 2 3 4 5");
}

static void
test_an_overwrite_leaves_what_the_sender_still_holds (void)
{
  g_autoptr (Lab) lab = lab_new ();
  FaultRule rule = rule_on ("Data-Out", FAULT_ACT_OVERWRITE);
  set_number (&rule);
  lab_add (lab, &rule);
  Slice pdu = make_data_out (5, 100);
  End *client = lab_connect (lab);
  stream_send (client->stream, slice_ref (&pdu));
  lab_run (lab);
  g_assert_cmpstr (seen_by_server (lab), ==, "77");
  g_assert_cmpuint (wire_get (pdu.bytes, 36, 0, 32), ==, 5);
  slice_clear (&pdu);
}

static void
test_a_recorded_pdu_is_replayed_on_a_later_connection (void)
{
  g_autoptr (Lab) lab = lab_new ();
  FaultRule rule = rule_on ("Data-Out", FAULT_ACT_RECORD);
  const guint record = lab_add (lab, &rule);
  rule.act = FAULT_ACT_REPLAY;
  rule.of = record;
  rule.connection = 2;
  lab_add (lab, &rule);
  end_send (lab_connect (lab), 40, 2);
  lab_run (lab);
  end_send (lab_connect (lab), 0, 2);
  lab_run (lab);
  g_assert_cmpstr (lab_server (lab, 1)->seen->str, ==, "0 40 1");
}

static void
test_an_inserted_pdu_takes_tags_from_the_one_before (void)
{
  static const char *const given[] = { "DataSN", NULL };
  g_autoptr (Lab) lab = lab_new ();
  FaultRule rule = rule_on ("Data-Out", FAULT_ACT_INSERT);
  const DataOut more = { .data_sn = 99 };
  data_out_encode (&more, rule.insert.bhs);
  rule.insert.given = given;
  lab_add (lab, &rule);
  end_send (lab_connect (lab), 0, 2);
  lab_run (lab);
  g_assert_cmpstr (seen_by_server (lab), ==, "0 99 1");
}

static void
test_an_insert_never_comes_into_the_midst_of_a_pdu (void)
{
  g_autoptr (Lab) lab = lab_new ();
  lab->is_echoing = TRUE;
  End *client = lab_connect (lab);
  Slice pdu = make_data_out (5, 100);
  stream_send (client->stream, slice_sub (&pdu, 0, 60));
  lab_run (lab);
  FaultRule rule = rule_on ("Data-Out", FAULT_ACT_RECORD);
  rule.connection = 2;
  const guint record = lab_add (lab, &rule);
  end_send (lab_connect (lab), 40, 1);
  lab_run (lab);
  rule.act = FAULT_ACT_REPLAY;
  rule.of = record;
  rule.connection = 1;
  lab_add (lab, &rule);
  stream_send (client->stream, slice_sub (&pdu, 60, pdu.length - 60));
  end_send (client, 6, 1);
  lab_run (lab);
  g_assert_cmpstr (seen_by_server (lab), ==, "5 6 40");
  slice_clear (&pdu);
}

static void
test_a_half_close_leaves_the_other_direction (void)
{
  g_autoptr (Lab) lab = lab_new ();
  FaultRule rule = rule_on ("Data-Out", FAULT_ACT_HALF_CLOSE);
  rule.nth = 2;
  lab_add (lab, &rule);
  End *client = lab_connect (lab);
  end_send (client, 0, 4);
  lab_run (lab);
  stream_send (lab_server (lab, 0)->stream, make_r2t (9));
  lab_run (lab);
  g_assert_cmpstr (seen_by_server (lab), ==, "0 1 fin");
  g_assert_cmpstr (client->seen->str, ==, "9");
}

static void
test_a_closed_window_opens_again_and_the_sender_has_queued (void)
{
  g_autoptr (Lab) lab = lab_new ();
  FaultRule rule = rule_on ("Data-Out", FAULT_ACT_ZERO_WINDOW);
  rule.nth = 2;
  rule.lasts_ns = 2000 * NS_PER_S; /* longer than a black hole could be */
  lab_add (lab, &rule);
  End *client = lab_connect (lab);
  end_send (client, 0, 2);
  lab_run_until (lab, NS_PER_S);
  end_send (client, 2, 1000);
  lab_run_until (lab, 3 * NS_PER_S);
  g_assert_cmpstr (seen_by_server (lab), ==, "0");
  g_assert_cmpuint (stream_queued (client->stream), ==, 1000 * PDU_BYTES);
  g_assert_cmpuint (fault_plan_in_force (lab->plan), ==, 1);
  lab_run (lab);
  g_assert_cmpuint (lab_server (lab, 0)->bytes, ==, 1002 * PDU_BYTES);
  g_assert_cmpuint (fault_plan_in_force (lab->plan), ==, 0);
}

static void
test_a_slow_direction_takes_its_time_and_ends_with_fin (void)
{
  g_autoptr (Lab) lab = lab_new ();
  FaultRule rule = rule_on ("Data-Out", FAULT_ACT_SLOW);
  rule.rate = PDU_BYTES;
  lab_add (lab, &rule);
  End *client = lab_connect (lab);
  const gint64 start = lab->world->now_ns;
  end_send (client, 0, 5);
  stream_shutdown (client->stream);
  lab_run_until (lab, start + 2500 * NS_PER_MS);
  g_assert_cmpuint (lab_server (lab, 0)->bytes, >, PDU_BYTES);
  g_assert_cmpuint (lab_server (lab, 0)->bytes, <, 3 * PDU_BYTES);
  lab_run (lab);
  g_assert_cmpstr (seen_by_server (lab), ==, "0 1 2 3 4 fin");
  g_assert_cmpint (lab_server (lab, 0)->last_ns, >=, start + 5 * NS_PER_S);
}

static void
test_a_path_that_is_down_holds_all_and_answers_no_connect (void)
{
  g_autoptr (Lab) lab = lab_new ();
  End *client = lab_connect (lab);
  FaultRule rule = rule_on (NULL, FAULT_ACT_PATH_DOWN);
  rule.when = FAULT_WHEN_TIME;
  rule.host = lab->target;
  rule.at_ns = NS_PER_S;
  rule.every_ns = 10 * NS_PER_S;
  rule.times = 2;
  rule.lasts_ns = 4 * NS_PER_S;
  lab_add (lab, &rule);
  lab_run_until (lab, 2 * NS_PER_S);
  end_send (client, 0, 1);
  End *late = lab_start_connect (lab, lab->initiator);
  lab_run_until (lab, 4 * NS_PER_S);
  g_assert_cmpstr (seen_by_server (lab), ==, "");
  g_assert_cmpuint (lab->servers->len, ==, 1);
  lab_run_until (lab, 20 * NS_PER_S);
  g_assert_cmpstr (seen_by_server (lab), ==, "0");
  g_assert_cmpuint (lab->servers->len, ==, 2);
  g_assert_cmpstr (late->seen->str, ==, "");
  g_assert_cmpuint (fault_plan_rule_fired (lab->plan, 0), ==, 2);
  g_assert_cmpuint (fault_plan_in_force (lab->plan), ==, 0);
}

static void
test_one_way_silence_lets_the_other_way_pass (void)
{
  g_autoptr (Lab) lab = lab_new ();
  lab->is_echoing = TRUE;
  FaultRule rule = rule_on (NULL, FAULT_ACT_BLACK_HOLE);
  rule.direction = FAULT_TO_INITIATOR;
  rule.is_one_way = TRUE;
  rule.position = FAULT_BEFORE;
  rule.lasts_ns = NS_PER_S;
  lab_add (lab, &rule);
  End *client = lab_connect (lab);
  end_send (client, 0, 2);
  lab_run_until (lab, NS_PER_S / 2);
  g_assert_cmpstr (seen_by_server (lab), ==, "0 1");
  g_assert_cmpstr (client->seen->str, ==, "");
  lab_run (lab);
  g_assert_cmpstr (client->seen->str, ==, "0 1");
}

typedef struct Deed {
  Host *host;
  FaultAct act;
} Deed;

static void
note_deed (gpointer data, Host *host, const FaultRule *rule)
{
  *(Deed *) data = (Deed){ host, rule->act };
}

static void
test_a_targets_fate_is_asked_of_whoever_owns_it (void)
{
  g_autoptr (Lab) lab = lab_new ();
  Deed deed = { 0 };
  FaultRule rule = rule_on ("Data-Out", FAULT_ACT_CRASH);
  g_autoptr (GError) error = NULL;
  guint index;
  g_assert_false (fault_plan_add (lab->plan, &rule, &index, &error));
  g_assert_cmpstr (error->message, ==,
                   "crash: expected somebody who can do it to the target, got nobody");
  fault_plan_set_life (lab->plan, note_deed, &deed);
  lab_add (lab, &rule);
  end_send (lab_connect (lab), 0, 2);
  lab_run (lab);
  g_assert_true (deed.host == lab->target);
  g_assert_cmpint (deed.act, ==, FAULT_ACT_CRASH);
  g_assert_cmpstr (seen_by_server (lab), ==, "0 1");
}

static void
test_a_firing_says_where_it_was (void)
{
  g_autoptr (Lab) lab = lab_after (FAULT_ACT_DROP, NULL);
  FaultFiring firing;
  fault_plan_firing (lab->plan, 0, &firing);
  g_assert_cmpuint (firing.rule, ==, 0);
  g_assert_cmpint (firing.act, ==, FAULT_ACT_DROP);
  g_assert_cmpuint (firing.connection, ==, 1);
  g_assert_true (firing.is_to_target);
  g_assert_cmpuint (firing.pdu, ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define TEST(name) g_test_add_func ("/faults/strike/" #name, test_##name)
  TEST (a_duplicate_follows_its_original);
  TEST (a_reordered_pdu_changes_places_with_the_next);
  TEST (a_reordered_pdu_without_a_next_goes_before_the_fin);
  TEST (a_held_pdu_comes_with_the_lifting);
  TEST (a_held_pdu_comes_behind_the_one_that_releases_it);
  TEST (a_truncated_pdu_tears_the_frame);
  TEST (a_shortened_pdu_is_a_frame_of_less);
  TEST (a_field_is_set_added_to_or_overwritten);
  TEST (an_overwrite_leaves_what_the_sender_still_holds);
  TEST (a_recorded_pdu_is_replayed_on_a_later_connection);
  TEST (an_inserted_pdu_takes_tags_from_the_one_before);
  TEST (an_insert_never_comes_into_the_midst_of_a_pdu);
  TEST (a_half_close_leaves_the_other_direction);
  TEST (a_closed_window_opens_again_and_the_sender_has_queued);
  TEST (a_slow_direction_takes_its_time_and_ends_with_fin);
  TEST (a_path_that_is_down_holds_all_and_answers_no_connect);
  TEST (one_way_silence_lets_the_other_way_pass);
  TEST (a_targets_fate_is_asked_of_whoever_owns_it);
  TEST (a_firing_says_where_it_was);
#undef TEST
  return g_test_run ();
}
