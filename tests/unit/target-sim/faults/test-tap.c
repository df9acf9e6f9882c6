/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/target-sim/faults/fixture.h"

static void
test_without_rules_all_passes_untouched (void)
{
  g_autoptr (Lab) lab = lab_new ();
  End *client = lab_connect (lab);
  Slice pdu = make_data_out (5, 100);
  Slice head = slice_sub (&pdu, 0, 60);
  stream_send (client->stream, head);
  lab_run (lab);
  g_assert_cmpuint (lab_server (lab, 0)->bytes, ==, 60);
  slice_skip (&pdu, 60);
  stream_send (client->stream, pdu);
  lab_run (lab);
  g_assert_cmpstr (lab_server (lab, 0)->seen->str, ==, "5");
  g_assert_cmpuint (fault_plan_fired_count (lab->plan), ==, 0);
}

static void
test_rst_comes_after_the_second_data_out_exactly (void)
{
  g_autoptr (Lab) lab = lab_new ();
  FaultRule rule = rule_on ("Data-Out", FAULT_ACT_RST);
  rule.nth = 2;
  lab_add (lab, &rule);
  End *client = lab_connect (lab);
  end_send (client, 0, 3);
  lab_run (lab);
  g_assert_cmpstr (lab_server (lab, 0)->seen->str, ==, "0 1 rst");
  g_assert_cmpuint (lab_server (lab, 0)->bytes, ==, 2 * PDU_BYTES);
  g_assert_cmpstr (client->seen->str, ==, "rst");
  g_assert_cmpuint (fault_plan_fired_count (lab->plan), ==, 1);
  g_assert_cmpstr (fault_plan_fired_text (lab->plan, 0), ==,
                   "rst after Data-Out #2 DataSN=1 on connection 1");
}

static void
test_rst_before_a_pdu_does_not_deliver_it (void)
{
  g_autoptr (Lab) lab = lab_new ();
  FaultRule rule = rule_on ("Data-Out", FAULT_ACT_RST);
  rule.nth = 2;
  rule.position = FAULT_BEFORE;
  lab_add (lab, &rule);
  end_send (lab_connect (lab), 0, 3);
  lab_run (lab);
  g_assert_cmpstr (lab_server (lab, 0)->seen->str, ==, "0 rst");
  g_assert_cmpstr (fault_plan_fired_text (lab->plan, 0), ==,
                   "rst before Data-Out #2 DataSN=1 on connection 1");
}

static void
test_the_answer_to_the_pdu_before_a_break_does_not_get_out (void)
{
  g_autoptr (Lab) lab = lab_new ();
  lab->is_echoing = TRUE;
  FaultRule rule = rule_on ("Data-Out", FAULT_ACT_RST);
  rule.nth = 2;
  lab_add (lab, &rule);
  End *client = lab_connect (lab);
  end_send (client, 0, 2);
  lab_run (lab);
  g_assert_cmpstr (lab_server (lab, 0)->seen->str, ==, "0 1 rst");
  g_assert_cmpstr (client->seen->str, ==, "0 rst");
}

static void
test_a_match_is_counted_over_all_connections (void)
{
  g_autoptr (Lab) lab = lab_new ();
  FaultRule rule = rule_on ("Data-Out", FAULT_ACT_RST);
  rule.nth = 3;
  lab_add (lab, &rule);
  End *first = lab_connect (lab);
  End *second = lab_connect (lab);
  end_send (first, 0, 2);
  lab_run (lab);
  end_send (second, 7, 2);
  lab_run (lab);
  g_assert_cmpstr (lab_server (lab, 0)->seen->str, ==, "0 1");
  g_assert_cmpstr (lab_server (lab, 1)->seen->str, ==, "7 rst");
  g_assert_cmpstr (fault_plan_fired_text (lab->plan, 0), ==,
                   "rst after Data-Out #3 DataSN=7 on connection 2");
}

static void
test_a_rule_can_name_the_connection_it_strikes (void)
{
  g_autoptr (Lab) lab = lab_new ();
  FaultRule rule = rule_on ("Data-Out", FAULT_ACT_RST);
  rule.connection = 2;
  rule.host = lab->initiator;
  rule.has_portal = TRUE;
  rule.portal = lab->portal;
  lab_add (lab, &rule);
  for (guint i = 0; i < 3; i++)
    end_send (lab_connect (lab), 0, 1);
  lab_run (lab);
  g_assert_cmpstr (lab_server (lab, 0)->seen->str, ==, "0");
  g_assert_cmpstr (lab_server (lab, 1)->seen->str, ==, "0 rst");
  g_assert_cmpstr (lab_server (lab, 2)->seen->str, ==, "0");
}

static void
test_a_rule_knows_the_host_at_the_far_end (void)
{
  g_autoptr (Lab) lab = lab_new ();
  Host *other = lab_host (lab, "other");
  FaultRule rule = rule_on (NULL, FAULT_ACT_RST);
  rule.host = other;
  lab_add (lab, &rule);
  end_send (lab_connect (lab), 0, 1);
  End *struck = lab_start_connect (lab, other);
  lab_run (lab);
  end_send (struck, 0, 1);
  lab_run (lab);
  g_assert_cmpstr (lab_server (lab, 0)->seen->str, ==, "0");
  g_assert_cmpstr (lab_server (lab, 1)->seen->str, ==, "0 rst");
}

static void
test_all_fields_must_match (void)
{
  g_autoptr (Lab) lab = lab_new ();
  FaultRule rule = rule_on ("Data-Out", FAULT_ACT_DROP);
  rule.field_count = 2;
  rule.fields[0] = (FaultField){ "DataSN", 3 };
  rule.fields[1] = (FaultField){ "ITT", 1 };
  lab_add (lab, &rule);
  rule.fields[0].value = 4;
  rule.fields[1].value = 99;
  rule.is_optional = TRUE;
  lab_add (lab, &rule);
  end_send (lab_connect (lab), 0, 6);
  lab_run (lab);
  g_assert_cmpstr (lab_server (lab, 0)->seen->str, ==, "0 1 2 4 5");
  g_assert_cmpstr (fault_plan_fired_text (lab->plan, 0), ==,
                   "drop of Data-Out #1 DataSN=3 on connection 1");
}

static void
test_a_dropped_pdu_is_taken_out_as_often_as_asked (void)
{
  g_autoptr (Lab) lab = lab_new ();
  FaultRule rule = rule_on ("Data-Out", FAULT_ACT_DROP);
  rule.nth = 2;
  rule.times = 2;
  lab_add (lab, &rule);
  end_send (lab_connect (lab), 0, 5);
  lab_run (lab);
  g_assert_cmpstr (lab_server (lab, 0)->seen->str, ==, "0 3 4");
}

static void
test_direction_tells_requests_from_answers (void)
{
  g_autoptr (Lab) lab = lab_new ();
  lab->is_echoing = TRUE;
  FaultRule rule = rule_on (NULL, FAULT_ACT_DROP);
  rule.direction = FAULT_TO_INITIATOR;
  lab_add (lab, &rule);
  End *client = lab_connect (lab);
  end_send (client, 0, 3);
  lab_run (lab);
  g_assert_cmpstr (lab_server (lab, 0)->seen->str, ==, "0 1 2");
  g_assert_cmpstr (client->seen->str, ==, "1 2");
  g_assert_cmpstr (fault_plan_fired_text (lab->plan, 0), ==,
                   "drop of R2T #1 R2TSN=0 on connection 1");
}

static void
test_delay_keeps_the_order_and_the_fin_behind_it (void)
{
  g_autoptr (Lab) lab = lab_new ();
  FaultRule rule = rule_on ("Data-Out", FAULT_ACT_DELAY);
  rule.nth = 2;
  rule.delay_ns = 5 * NS_PER_MS;
  lab_add (lab, &rule);
  End *client = lab_connect (lab);
  const gint64 start = lab->world->now_ns;
  end_send (client, 0, 4);
  stream_shutdown (client->stream);
  lab_run_until (lab, start + NS_PER_MS);
  g_assert_cmpstr (lab_server (lab, 0)->seen->str, ==, "0");
  g_assert_cmpuint (fault_plan_in_force (lab->plan), ==, 1);
  lab_run (lab);
  g_assert_cmpstr (lab_server (lab, 0)->seen->str, ==, "0 1 2 3 fin");
  g_assert_cmpint (lab_server (lab, 0)->last_ns, ==, start + LATENCY_NS + 5 * NS_PER_MS);
  g_assert_cmpint (fault_plan_last_lifted_ns (lab->plan), ==, lab_server (lab, 0)->last_ns);
  g_assert_cmpstr (fault_plan_fired_text (lab->plan, 0), ==,
                   "delay of 5ms of Data-Out #2 DataSN=1 on connection 1");
}

static void
test_what_is_behind_a_delay_is_judged_when_its_turn_comes (void)
{
  g_autoptr (Lab) lab = lab_new ();
  FaultRule delay = rule_on ("Data-Out", FAULT_ACT_DELAY);
  delay.delay_ns = 5 * NS_PER_MS;
  lab_add (lab, &delay);
  FaultRule rst = rule_on ("Data-Out", FAULT_ACT_RST);
  rst.nth = 2;
  lab_add (lab, &rst);
  End *client = lab_connect (lab);
  end_send (client, 0, 3);
  lab_run (lab);
  g_assert_cmpstr (lab_server (lab, 0)->seen->str, ==, "0 1 rst");
  g_assert_cmpint (fault_plan_fired_ns (lab->plan, 1) - fault_plan_fired_ns (lab->plan, 0), ==,
                   5 * NS_PER_MS);
}

static void
test_a_close_waits_for_delayed_answers (void)
{
  g_autoptr (Lab) lab = lab_new ();
  lab->is_echoing = TRUE;
  FaultRule rule = rule_on ("R2T", FAULT_ACT_DELAY);
  rule.delay_ns = 5 * NS_PER_MS;
  lab_add (lab, &rule);
  End *client = lab_connect (lab);
  end_send (client, 0, 2);
  lab_run_until (lab, lab->world->now_ns + NS_PER_MS);
  End *server = lab_server (lab, 0);
  g_assert_cmpstr (server->seen->str, ==, "0 1");
  stream_free (g_steal_pointer (&server->stream));
  lab_run (lab);
  g_assert_cmpstr (client->seen->str, ==, "0 1 fin");
}

static void
test_cut_passes_each_number_of_bytes_exactly (void)
{
  for (guint cut = 0; cut <= PDU_BYTES; cut++) {
    g_autoptr (Lab) lab = lab_new ();
    FaultRule rule = rule_on ("Data-Out", FAULT_ACT_CUT);
    rule.nth = 2;
    rule.cut_bytes = cut;
    lab_add (lab, &rule);
    end_send (lab_connect (lab), 0, 3);
    lab_run (lab);
    g_assert_cmpuint (lab_server (lab, 0)->bytes, ==, PDU_BYTES + cut);
    g_assert_true (g_str_has_suffix (lab_server (lab, 0)->seen->str, " rst"));
  }
}

static void
test_a_break_after_n_bytes_is_exact_for_each_n (void)
{
  for (guint bytes = 1; bytes <= 2 * PDU_BYTES; bytes++) {
    g_autoptr (Lab) lab = lab_new ();
    FaultRule rule = rule_on (NULL, FAULT_ACT_RST);
    rule.when = FAULT_WHEN_BYTES;
    rule.direction = FAULT_TO_TARGET;
    rule.bytes = bytes;
    lab_add (lab, &rule);
    end_send (lab_connect (lab), 0, 3);
    lab_run (lab);
    g_assert_cmpuint (lab_server (lab, 0)->bytes, ==, bytes);
    g_autofree char *text = g_strdup_printf ("rst after %u bytes to target on connection 1", bytes);
    g_assert_cmpstr (fault_plan_fired_text (lab->plan, 0), ==, text);
  }
}

static void
test_a_pause_after_n_bytes_loses_nothing (void)
{
  for (guint bytes = 1; bytes <= 2 * PDU_BYTES; bytes += 7) {
    g_autoptr (Lab) lab = lab_new ();
    FaultRule rule = rule_on (NULL, FAULT_ACT_DELAY);
    rule.when = FAULT_WHEN_BYTES;
    rule.bytes = bytes;
    rule.delay_ns = NS_PER_S;
    lab_add (lab, &rule);
    FaultRule watcher =
        rule_on ("R2T", FAULT_ACT_RST); /* so that PDUs are held until they are whole */
    watcher.is_optional = TRUE;
    lab_add (lab, &watcher);
    end_send (lab_connect (lab), 0, 3);
    lab_run_until (lab, NS_PER_MS);
    g_assert_cmpuint (lab_server (lab, 0)->bytes, ==, bytes);
    lab_run (lab);
    g_assert_cmpstr (lab_server (lab, 0)->seen->str, ==, "0 1 2");
  }
}

static void
test_pdus_are_recognised_whatever_the_slices (void)
{
  for (guint step = 1; step < 2 * PDU_BYTES; step += 11) {
    g_autoptr (Lab) lab = lab_new ();
    FaultRule rule = rule_on ("Data-Out", FAULT_ACT_DROP);
    rule.nth = 2;
    lab_add (lab, &rule);
    End *client = lab_connect (lab);
    guint8 bytes[3 * PDU_BYTES];
    for (guint i = 0; i < 3; i++) {
      Slice pdu = make_data_out (i, 100);
      memcpy (bytes + i * PDU_BYTES, pdu.bytes, PDU_BYTES);
      slice_clear (&pdu);
    }
    for (guint at = 0; at < sizeof bytes; at += step)
      stream_send (client->stream, slice_copy (bytes + at, MIN (step, sizeof bytes - at)));
    lab_run (lab);
    g_assert_cmpstr (lab_server (lab, 0)->seen->str, ==, "0 2");
  }
}

static void
test_fin_ends_the_connection_in_good_order (void)
{
  g_autoptr (Lab) lab = lab_new ();
  FaultRule rule = rule_on ("Data-Out", FAULT_ACT_FIN);
  lab_add (lab, &rule);
  End *client = lab_connect (lab);
  end_send (client, 0, 2);
  lab_run (lab);
  g_assert_cmpstr (lab_server (lab, 0)->seen->str, ==, "0 fin");
  g_assert_cmpstr (client->seen->str, ==, "fin");
}

static void
test_a_black_hole_swallows_both_ways_until_lifted (void)
{
  g_autoptr (Lab) lab = lab_new ();
  lab->is_echoing = TRUE;
  FaultRule rule = rule_on ("Data-Out", FAULT_ACT_BLACK_HOLE);
  rule.nth = 2;
  const guint index = lab_add (lab, &rule);
  End *client = lab_connect (lab);
  end_send (client, 0, 4);
  lab_run_until (lab, NS_PER_S);
  g_assert_cmpstr (lab_server (lab, 0)->seen->str, ==, "0 1");
  g_assert_cmpstr (client->seen->str, ==, "0");
  g_assert_cmpuint (fault_plan_in_force (lab->plan), ==, 1);
  fault_plan_lift (lab->plan, index);
  g_assert_cmpstr (client->seen->str, ==, "0"); /* not inside the call */
  lab_run_until (lab, 2 * NS_PER_S);
  g_assert_cmpstr (lab_server (lab, 0)->seen->str, ==, "0 1 2 3");
  g_assert_cmpstr (client->seen->str, ==, "0 1 2 3");
  g_assert_cmpuint (fault_plan_in_force (lab->plan), ==, 0);
  g_assert_cmpint (fault_plan_last_lifted_ns (lab->plan), ==, NS_PER_S);
}

static void
test_no_end_of_a_connection_passes_a_black_hole (void)
{
  g_autoptr (Lab) lab = lab_new ();
  FaultRule rule = rule_on ("Data-Out", FAULT_ACT_BLACK_HOLE);
  rule.position = FAULT_BEFORE;
  const guint index = lab_add (lab, &rule);
  End *client = lab_connect (lab);
  end_send (client, 0, 1);
  stream_reset (client->stream);
  lab_run_until (lab, NS_PER_S);
  g_assert_cmpstr (lab_server (lab, 0)->seen->str, ==, "");
  fault_plan_lift (lab->plan, index);
  lab_run (lab);
  g_assert_cmpstr (lab_server (lab, 0)->seen->str, ==, "0 rst");
}

/* An engine that sends is in the middle of something: the peer's reset, held back until now, must not come from inside. */
static void
test_a_break_by_what_is_sent_is_told_outside_the_call (void)
{
  g_autoptr (Lab) lab = lab_new ();
  FaultRule delay = rule_on ("Data-Out", FAULT_ACT_DELAY);
  delay.delay_ns = 10 * NS_PER_S;
  lab_add (lab, &delay);
  FaultRule cut = rule_on ("R2T", FAULT_ACT_CUT);
  cut.cut_bytes = 30;
  lab_add (lab, &cut);
  End *client = lab_connect (lab);
  end_send (client, 0, 1);
  stream_reset (client->stream);
  lab_run_until (lab, NS_PER_S);
  End *server = lab_server (lab, 0);
  stream_send (server->stream, make_r2t (0));
  g_assert_cmpstr (server->seen->str, ==, "");
  lab_run (lab);
  g_assert_cmpstr (server->seen->str, ==, "rst");
}

static void
test_bytes_in_a_black_hole_time_out_as_in_tcp (void)
{
  g_autoptr (Lab) lab = lab_new ();
  FaultRule rule = rule_on ("Data-Out", FAULT_ACT_BLACK_HOLE);
  lab_add (lab, &rule);
  End *client = lab_connect (lab);
  end_send (client, 0, 2);
  lab_run_until (lab, 900 * NS_PER_S);
  g_assert_cmpstr (client->seen->str, ==, "");
  lab_run (lab);
  g_assert_cmpstr (client->seen->str, ==, "timeout");
  g_assert_cmpstr (lab_server (lab, 0)->seen->str, ==, "0 timeout");
}

static void
test_a_close_inside_a_black_hole_is_heard_when_it_is_lifted (void)
{
  g_autoptr (Lab) lab = lab_new ();
  FaultRule rule = rule_on ("Data-Out", FAULT_ACT_BLACK_HOLE);
  const guint index = lab_add (lab, &rule);
  End *client = lab_connect (lab);
  end_send (client, 0, 1);
  lab_run_until (lab, NS_PER_S);
  stream_free (g_steal_pointer (&lab_server (lab, 0)->stream));
  lab_run_until (lab, 2 * NS_PER_S);
  g_assert_cmpstr (client->seen->str, ==, "");
  fault_plan_lift (lab->plan, index);
  lab_run (lab);
  g_assert_cmpstr (client->seen->str, ==, "fin");
}

static void
test_a_close_inside_a_black_hole_times_out_for_the_peer (void)
{
  g_autoptr (Lab) lab = lab_new ();
  FaultRule rule = rule_on ("Data-Out", FAULT_ACT_BLACK_HOLE);
  lab_add (lab, &rule);
  End *client = lab_connect (lab);
  end_send (client, 0, 1);
  lab_run_until (lab, NS_PER_S);
  stream_free (g_steal_pointer (&lab_server (lab, 0)->stream));
  lab_run (lab);
  g_assert_cmpstr (client->seen->str, ==, "timeout");
  g_assert_cmpuint (fault_plan_in_force (lab->plan), ==, 0);
}

static void
test_more_than_can_be_held_breaks_the_connection (void)
{
  g_autoptr (Lab) lab = lab_new ();
  FaultRule rule = rule_on ("Data-Out", FAULT_ACT_BLACK_HOLE);
  lab_add (lab, &rule);
  End *client = lab_connect (lab);
  end_send (client, 0, 1);
  Slice mebibyte = make_data_out (1, (1 << 20) - BHS_LENGTH);
  for (guint i = 0; i < 65; i++)
    stream_send (client->stream, slice_ref (&mebibyte));
  slice_clear (&mebibyte);
  lab_run_until (lab, NS_PER_S);
  g_assert_cmpstr (client->seen->str, ==, "timeout");
  g_assert_cmpstr (lab_server (lab, 0)->seen->str, ==, "0 timeout");
}

static void
test_a_rule_added_in_the_middle_of_a_connection_finds_the_next_pdu (void)
{
  g_autoptr (Lab) lab = lab_new ();
  End *client = lab_connect (lab);
  end_send (client, 0, 2);
  Slice pdu = make_data_out (2, 100);
  stream_send (client->stream, slice_sub (&pdu, 0, 50));
  lab_run (lab);
  FaultRule rule = rule_on ("Data-Out", FAULT_ACT_DROP);
  lab_add (lab, &rule);
  slice_skip (&pdu, 50);
  stream_send (client->stream, pdu);
  end_send (client, 3, 2);
  lab_run (lab);
  g_assert_cmpstr (lab_server (lab, 0)->seen->str, ==, "0 1 2 4");
}

static void
test_a_rule_may_wait_for_another_to_fire (void)
{
  g_autoptr (Lab) lab = lab_new ();
  FaultRule first = rule_on ("Data-Out", FAULT_ACT_DROP);
  first.nth = 2;
  FaultRule second = rule_on ("Data-Out", FAULT_ACT_DROP);
  second.after = lab_add (lab, &first);
  second.nth = 2;
  lab_add (lab, &second);
  end_send (lab_connect (lab), 0, 6);
  lab_run (lab);
  g_assert_cmpstr (lab_server (lab, 0)->seen->str, ==, "0 2 4 5");
}

static void
test_of_two_rules_due_at_one_pdu_the_other_has_the_next (void)
{
  g_autoptr (Lab) lab = lab_new ();
  FaultRule drop = rule_on ("Data-Out", FAULT_ACT_DROP);
  lab_add (lab, &drop);
  FaultRule rst = rule_on ("Data-Out", FAULT_ACT_RST);
  lab_add (lab, &rst);
  end_send (lab_connect (lab), 0, 3);
  lab_run (lab);
  g_assert_cmpstr (lab_server (lab, 0)->seen->str, ==, "1 rst");
  g_assert_cmpuint (fault_plan_fired_count (lab->plan), ==, 2);
}

static void
test_a_chance_is_drawn_alike_for_the_same_seed (void)
{
  g_autofree char *first = NULL;
  for (guint run = 0; run < 2; run++) {
    g_autoptr (Lab) lab = lab_new ();
    FaultRule rule = rule_on ("Data-Out", FAULT_ACT_DROP);
    rule.times = 0;
    rule.chance_ppm = 500000;
    lab_add (lab, &rule);
    end_send (lab_connect (lab), 0, 100);
    lab_run (lab);
    g_assert_cmpuint (fault_plan_fired_count (lab->plan), >, 25);
    g_assert_cmpuint (fault_plan_fired_count (lab->plan), <, 75);
    if (first == NULL)
      first = g_strdup (lab_server (lab, 0)->seen->str);
    g_assert_cmpstr (first, ==, lab_server (lab, 0)->seen->str);
  }
}

static void
test_a_time_strikes_every_connection_in_its_place (void)
{
  g_autoptr (Lab) lab = lab_new ();
  FaultRule rule = rule_on (NULL, FAULT_ACT_RST);
  rule.when = FAULT_WHEN_TIME;
  rule.host = lab->target;
  rule.at_ns = 2 * NS_PER_S;
  lab_add (lab, &rule);
  End *clients[2] = { lab_connect (lab), lab_connect (lab) };
  lab_run (lab);
  g_assert_cmpstr (clients[0]->seen->str, ==, "rst");
  g_assert_cmpstr (clients[1]->seen->str, ==, "rst");
  g_assert_cmpuint (fault_plan_fired_count (lab->plan), ==, 1);
  g_assert_cmpstr (fault_plan_fired_text (lab->plan, 0), ==, "rst at 2s on connection 1, 2");
  g_assert_cmpint (fault_plan_fired_ns (lab->plan, 0), ==, 2 * NS_PER_S);
}

static void
test_a_fault_is_logged_and_marked (void)
{
  g_autoptr (Lab) lab = lab_new ();
  FaultRule rule = rule_on ("Data-Out", FAULT_ACT_DROP);
  lab_add (lab, &rule);
  End *client = lab_connect (lab);
  const guint64 before = event_log_observable (lab->world->log);
  end_send (client, 0, 1);
  lab_run (lab);
  g_assert_cmpuint (event_log_observable (lab->world->log), ==, before + 1);
}

static void
test_a_host_that_goes_down_takes_its_taps_with_it (void)
{
  g_autoptr (Lab) lab = lab_new ();
  FaultRule rule = rule_on ("Data-Out", FAULT_ACT_BLACK_HOLE);
  lab_add (lab, &rule);
  end_send (lab_connect (lab), 0, 3);
  lab_run_until (lab, NS_PER_S);
  End *server = lab_server (lab, 0);
  stream_free (g_steal_pointer (&server->stream));
  host_power_cut (lab->target, DISK_CUT_LOSE);
  lab_run (lab);
  g_assert_cmpuint (fault_plan_in_force (lab->plan), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define TEST(name) g_test_add_func ("/faults/tap/" #name, test_##name)
  TEST (without_rules_all_passes_untouched);
  TEST (rst_comes_after_the_second_data_out_exactly);
  TEST (rst_before_a_pdu_does_not_deliver_it);
  TEST (the_answer_to_the_pdu_before_a_break_does_not_get_out);
  TEST (a_match_is_counted_over_all_connections);
  TEST (a_rule_can_name_the_connection_it_strikes);
  TEST (a_rule_knows_the_host_at_the_far_end);
  TEST (all_fields_must_match);
  TEST (a_dropped_pdu_is_taken_out_as_often_as_asked);
  TEST (direction_tells_requests_from_answers);
  TEST (delay_keeps_the_order_and_the_fin_behind_it);
  TEST (what_is_behind_a_delay_is_judged_when_its_turn_comes);
  TEST (a_close_waits_for_delayed_answers);
  TEST (cut_passes_each_number_of_bytes_exactly);
  TEST (a_break_after_n_bytes_is_exact_for_each_n);
  TEST (a_pause_after_n_bytes_loses_nothing);
  TEST (pdus_are_recognised_whatever_the_slices);
  TEST (fin_ends_the_connection_in_good_order);
  TEST (a_black_hole_swallows_both_ways_until_lifted);
  TEST (no_end_of_a_connection_passes_a_black_hole);
  TEST (a_break_by_what_is_sent_is_told_outside_the_call);
  TEST (bytes_in_a_black_hole_time_out_as_in_tcp);
  TEST (a_close_inside_a_black_hole_is_heard_when_it_is_lifted);
  TEST (a_close_inside_a_black_hole_times_out_for_the_peer);
  TEST (more_than_can_be_held_breaks_the_connection);
  TEST (a_rule_added_in_the_middle_of_a_connection_finds_the_next_pdu);
  TEST (a_rule_may_wait_for_another_to_fire);
  TEST (of_two_rules_due_at_one_pdu_the_other_has_the_next);
  TEST (a_chance_is_drawn_alike_for_the_same_seed);
  TEST (a_time_strikes_every_connection_in_its_place);
  TEST (a_fault_is_logged_and_marked);
  TEST (a_host_that_goes_down_takes_its_taps_with_it);
  return g_test_run ();
}
