/* SPDX-License-Identifier: Apache-2.0 */
/* Links: latency, bandwidth, loss, corruption, segments, partition and hold, and the window. */
#include "tests/unit/world/sim/sim-fixture.h"

static void
link_set (Net *net, gboolean is_to_server, SimLinkConditions conditions)
{
  const SimPlace client = { net->client_host, NULL };
  const SimPlace server = { net->server_host, NULL };
  conditions.jitter_ns = conditions.jitter_ns == 0 ? -1 : conditions.jitter_ns;
  sim_link_set (net->world, is_to_server ? &client : &server, is_to_server ? &server : &client,
                &conditions);
}

static void
link_pass (Net *net, gboolean is_to_server, SimPassage passage)
{
  link_set (net, is_to_server, (SimLinkConditions){ .passage = passage });
}

static void
send_pattern (End *end, gsize length)
{
  Buffer *buffer = buffer_new (length);
  for (gsize i = 0; i < length; i++)
    buffer->bytes[i] = (guint8) (i * 7 + i / 256);
  stream_send (end->stream, slice_whole (buffer));
}

static gsize
count_wrong (const End *end)
{
  gsize wrong = 0;
  for (gsize i = 0; i < end->bytes->len; i++)
    wrong += end->bytes->data[i] != (guint8) (i * 7 + i / 256);
  return wrong;
}

/* The bytes as they ought to be, in how many pieces? */
static gsize
pieces_heard (const End *end)
{
  gsize pieces = 0;
  for (const char *at = end->heard->str; (at = strstr (at, "data:")) != NULL; at++)
    pieces++;
  return pieces;
}

/* ---- latency, bandwidth, segments ---- */

static void
test_each_direction_has_its_own_latency (void)
{
  g_auto (Net) net;
  net_init (&net);
  net_establish (&net);
  link_set (&net, TRUE, (SimLinkConditions){ .latency_ns = 3 * NS_PER_MS });
  const gint64 start = net.world->now_ns;
  end_send (&net.client, "there");
  end_send (&net.server, "back");
  net_run (&net);
  g_assert_cmpint (net.server.heard_ns, ==, start + 3 * NS_PER_MS);
  g_assert_cmpint (net.client.heard_ns, ==, start + LATENCY_NS);
}

static void
test_a_shorter_latency_does_not_overtake (void)
{
  g_auto (Net) net;
  net_init (&net);
  net_establish (&net);
  link_set (&net, TRUE, (SimLinkConditions){ .latency_ns = 3 * NS_PER_MS });
  end_send (&net.client, "first");
  link_set (&net, TRUE, (SimLinkConditions){ 0 });
  end_send (&net.client, "second");
  net_run (&net);
  assert_heard (&net.server, "data:5 data:6");
}

static void
test_a_link_that_is_taken_away_is_as_before (void)
{
  g_auto (Net) net;
  net_init (&net);
  net_establish (&net);
  const SimPlace client = { net.client_host, NULL };
  const SimPlace server = { net.server_host, NULL };
  link_set (&net, TRUE, (SimLinkConditions){ .latency_ns = 3 * NS_PER_MS });
  sim_link_set (net.world, &client, &server, NULL);
  const gint64 start = net.world->now_ns;
  end_send (&net.client, "there");
  net_run (&net);
  g_assert_cmpint (net.server.heard_ns, ==, start + LATENCY_NS);
}

static void
test_a_link_to_one_address_leaves_the_other_alone (void)
{
  g_auto (Net) net;
  net_init (&net);
  Address other;
  g_assert_true (world_address_new (net.world, net.server_host, &other, NULL));
  const SimPlace client = { net.client_host, NULL };
  const SimPlace far = { net.server_host, &other };
  sim_link_set (net.world, &client, &far,
                &(SimLinkConditions){ .latency_ns = 5 * NS_PER_MS, .jitter_ns = -1 });
  net_connect (&net);
  net_run (&net);
  g_assert_cmpint (net.client.heard_ns, ==, CONNECTED_NS);
  listener_free (net.listener);
  net.address = other;
  net_listen (&net);
  end_free_stream (&net.client);
  const gint64 start = net.world->now_ns;
  net_connect (&net);
  net_run (&net);
  g_assert_cmpint (net.client.heard_ns, ==, start + LATENCY_NS + 5 * NS_PER_MS);
}

static void
test_a_busy_link_delays_what_is_behind (void)
{
  g_auto (Net) net;
  net_init (&net);
  net_establish (&net);
  link_set (&net, TRUE, (SimLinkConditions){ .bandwidth = 1000000 });
  const gint64 start = net.world->now_ns;
  send_pattern (&net.client, 5000); /* 5 ms on the wire */
  send_pattern (&net.client, 3000);
  net_run (&net);
  assert_heard (&net.server, "data:5000 data:3000");
  g_assert_cmpint (net.server.heard_ns, ==, start + 8 * NS_PER_MS + LATENCY_NS);
}

static void
test_streams_share_the_bandwidth_of_their_link (void)
{
  g_auto (Net) net;
  net_init (&net);
  net_establish (&net);
  Stream *first_server = g_steal_pointer (&net.server.stream);
  stream_attach (first_server, NULL, NULL);
  Stream *first_client = g_steal_pointer (&net.client.stream);
  net_connect (&net);
  net_run (&net);
  link_set (&net, TRUE, (SimLinkConditions){ .bandwidth = 1000000 });
  const gint64 start = net.world->now_ns;
  stream_send (first_client, slice_whole (buffer_new (4000)));
  send_pattern (&net.client, 1000);
  net_run (&net);
  g_assert_cmpint (net.server.heard_ns, ==, start + 5 * NS_PER_MS + LATENCY_NS);
  stream_free (first_client);
  stream_free (first_server);
}

static void
test_a_slow_link_takes_large_amounts_without_overflow (void)
{
  g_auto (Net) net;
  net_init (&net);
  net_establish (&net);
  link_set (&net, TRUE, (SimLinkConditions){ .bandwidth = 1 });
  send_pattern (&net.client, 1000);
  const gint64 start = net.world->now_ns;
  net_run (&net);
  g_assert_cmpint (net.server.heard_ns, ==, start + 1000 * NS_PER_S + LATENCY_NS);
}

static void
test_segments_are_cut_anywhere_and_nothing_is_lost (void)
{
  g_auto (Net) net;
  net_init_with (&net, (SimConfig){ .seed = 3, .segment_bytes = 7 });
  net_establish (&net);
  send_pattern (&net.client, 1000);
  stream_shutdown (net.client.stream);
  net_run (&net);
  g_assert_cmpuint (net.server.bytes->len, ==, 1000);
  g_assert_cmpuint (count_wrong (&net.server), ==, 0);
  g_assert_true (g_str_has_suffix (net.server.heard->str, "fin"));
  for (guint length = 1; length <= 7; length++) {
    g_autofree char *piece = g_strdup_printf ("data:%u ", length);
    g_assert_nonnull (strstr (net.server.heard->str, piece));
  }
  g_assert_null (strstr (net.server.heard->str, "data:8"));
}

static void
test_segments_of_one_byte_come_one_by_one (void)
{
  g_auto (Net) net;
  net_init (&net);
  net_establish (&net);
  link_set (&net, TRUE, (SimLinkConditions){ .segment_bytes = 1 });
  send_pattern (&net.client, 100);
  net_run (&net);
  g_assert_cmpuint (pieces_heard (&net.server), ==, 100);
  g_assert_cmpuint (count_wrong (&net.server), ==, 0);
}

/* ---- loss and corruption ---- */

static void
test_a_lost_segment_delays_what_is_behind (void)
{
  g_auto (Net) net;
  net_init (&net);
  net_establish (&net);
  link_set (&net, TRUE, (SimLinkConditions){ .loss_ppm = 500000, .segment_bytes = 10 });
  const gint64 start = net.world->now_ns;
  send_pattern (&net.client, 1000);
  net_run (&net);
  g_assert_cmpuint (net.server.bytes->len, ==, 1000);
  g_assert_cmpuint (count_wrong (&net.server), ==, 0);
  g_assert_cmpint (net.server.heard_ns, >=, start + 200 * NS_PER_MS + LATENCY_NS);
}

static void
test_corruption_changes_the_copy_and_not_the_senders_bytes (void)
{
  g_auto (Net) net;
  net_init (&net);
  net_establish (&net);
  link_set (&net, TRUE, (SimLinkConditions){ .corrupt_ppm = 1000000 });
  Buffer *buffer = buffer_new (64);
  memset (buffer->bytes, 0x5a, 64);
  stream_send (net.client.stream, slice_whole (buffer_ref (buffer)));
  net_run (&net);
  guint wrong = 0;
  for (guint i = 0; i < 64; i++) {
    g_assert_cmpuint (buffer->bytes[i], ==, 0x5a);
    wrong += net.server.bytes->data[i] != 0x5a;
  }
  buffer_unref (buffer);
  g_assert_cmpuint (net.server.bytes->len, ==, 64);
  g_assert_cmpuint (wrong, ==, 1);
}

static void
test_corruption_is_drawn_per_segment (void)
{
  g_auto (Net) net;
  net_init (&net);
  net_establish (&net);
  link_set (&net, TRUE, (SimLinkConditions){ .corrupt_ppm = 100000, .segment_bytes = 1 });
  send_pattern (&net.client, 10000);
  net_run (&net);
  g_assert_cmpuint (count_wrong (&net.server), >, 800);
  g_assert_cmpuint (count_wrong (&net.server), <, 1200);
}

/* ---- partition ---- */

static void
test_a_partition_lets_nothing_pass_and_says_nothing (void)
{
  g_auto (Net) net;
  net_init (&net);
  net_establish (&net);
  link_pass (&net, TRUE, SIM_PARTITIONED);
  end_send (&net.client, "lost?");
  net_run_for (&net, 100 * NS_PER_S);
  assert_heard (&net.server, "");
  assert_heard (&net.client, "");
  g_assert_cmpuint (stream_queued (net.client.stream), ==, 5);
}

/* Sent at 0; sent again after 0.2, 0.6, 1.4, 3 s. */
static void
test_after_the_heal_bytes_come_with_the_next_retransmission (void)
{
  g_auto (Net) net;
  net_init (&net);
  net_establish (&net);
  link_pass (&net, TRUE, SIM_PARTITIONED);
  const gint64 start = net.world->now_ns;
  end_send (&net.client, "first");
  net_run_for (&net, 2 * NS_PER_S);
  end_send (&net.client, "second");
  link_pass (&net, TRUE, SIM_PASSES);
  net_run (&net);
  assert_heard (&net.server, "data:5 data:6");
  g_assert_cmpint (net.server.heard_ns, ==, start + 3 * NS_PER_S + LATENCY_NS);
  assert_heard (&net.client, "");
}

static void
test_a_partition_that_is_not_healed_times_out_the_sender_alone (void)
{
  g_auto (Net) net;
  net_init (&net);
  net_establish (&net);
  link_pass (&net, TRUE, SIM_PARTITIONED);
  const gint64 start = net.world->now_ns;
  end_send (&net.client, "lost");
  net_run (&net);
  assert_heard (&net.client, "timeout");
  g_assert_cmpint (net.client.heard_ns, ==, start + USER_TIMEOUT_NS);
  assert_heard (&net.server, "");
}

/* RFC 9293 3.10.7.1: what is left of the connection on one side is answered with a reset by the other. */
static void
test_the_other_side_of_a_timeout_is_reset_when_it_sends_after_the_heal (void)
{
  g_auto (Net) net;
  net_init (&net);
  net_establish (&net);
  link_pass (&net, TRUE, SIM_PARTITIONED);
  end_send (&net.client, "lost");
  net_run (&net);
  link_pass (&net, TRUE, SIM_PASSES);
  end_send (&net.server, "there?");
  net_run (&net);
  assert_heard (&net.server, "rst");
  assert_heard (&net.client, "timeout");
}

/* Its bytes arrive; the acknowledgements do not. */
static void
test_a_lost_way_back_times_out_a_sender_whose_bytes_arrived (void)
{
  g_auto (Net) net;
  net_init (&net);
  net_establish (&net);
  link_pass (&net, TRUE, SIM_PARTITIONED);
  const gint64 start = net.world->now_ns;
  end_send (&net.server, "heard");
  net_run (&net);
  assert_heard (&net.client, "data:5");
  assert_heard (&net.server, "timeout");
  g_assert_cmpint (net.server.heard_ns, ==, start + USER_TIMEOUT_NS);
}

static void
test_an_acknowledgement_that_comes_after_the_heal_is_in_time (void)
{
  g_auto (Net) net;
  net_init (&net);
  net_establish (&net);
  link_pass (&net, TRUE, SIM_PARTITIONED);
  end_send (&net.server, "heard");
  net_run_for (&net, 500 * NS_PER_S);
  link_pass (&net, TRUE, SIM_PASSES);
  net_run (&net);
  assert_heard (&net.client, "data:5");
  assert_heard (&net.server, "");
}

/* With a user timeout of 2 s and retransmissions after 1.4 and 3 s: a heal at 1.5 s is too late. */
static void
test_a_heal_after_the_last_retransmission_in_time_is_too_late (void)
{
  g_auto (Net) net;
  net_init_with (&net, (SimConfig){ .seed = 1, .user_timeout_ns = 2 * NS_PER_S });
  net_establish (&net);
  link_pass (&net, TRUE, SIM_PARTITIONED);
  end_send (&net.client, "lost");
  net_run_for (&net, 1500 * NS_PER_MS);
  link_pass (&net, TRUE, SIM_PASSES);
  net_run (&net);
  assert_heard (&net.client, "timeout");
  assert_heard (&net.server, "");
}

static void
test_a_way_back_that_is_lost_fills_the_window (void)
{
  g_auto (Net) net;
  net_init_with (&net, (SimConfig){ .seed = 1, .window_bytes = 1000 });
  net_establish (&net);
  link_pass (&net, FALSE, SIM_PARTITIONED);
  send_pattern (&net.client, 700);
  send_pattern (&net.client, 700);
  net_run_for (&net, NS_PER_S);
  g_assert_cmpuint (net.server.bytes->len, ==, 1000);
  link_pass (&net, FALSE, SIM_PASSES);
  net_run (&net);
  g_assert_cmpuint (net.server.bytes->len, ==, 1400);
}

static void
test_fin_waits_for_the_heal_behind_the_bytes (void)
{
  g_auto (Net) net;
  net_init (&net);
  net_establish (&net);
  link_pass (&net, TRUE, SIM_PARTITIONED);
  end_send (&net.client, "bye");
  end_free_stream (&net.client);
  net_run_for (&net, NS_PER_S);
  assert_heard (&net.server, "");
  link_pass (&net, TRUE, SIM_PASSES);
  net_run (&net);
  assert_heard (&net.server, "data:3 fin");
}

static void
test_a_reset_in_a_partition_is_lost_and_the_peer_is_reset_when_it_sends (void)
{
  g_auto (Net) net;
  net_init (&net);
  net_establish (&net);
  link_pass (&net, TRUE, SIM_PARTITIONED);
  stream_reset (net.client.stream);
  net_run (&net);
  assert_heard (&net.server, "");
  end_send (&net.server, "there?");
  net_run_for (&net, 10 * NS_PER_S);
  assert_heard (&net.server, "");
  link_pass (&net, TRUE, SIM_PASSES);
  net_run (&net);
  assert_heard (&net.server, "rst");
}

static void
test_a_connect_into_a_partition_is_tried_again (void)
{
  for (gboolean is_to_server = FALSE; is_to_server <= TRUE; is_to_server++) {
    g_auto (Net) net;
    net_init (&net);
    link_pass (&net, is_to_server, SIM_PARTITIONED);
    net_connect (&net);
    net_run_for (&net, 5 * NS_PER_S);
    g_assert_cmpuint (net.accepted, ==, 0);
    link_pass (&net, is_to_server, SIM_PASSES);
    net_run (&net);
    assert_heard (&net.client, "connected");
    g_assert_cmpint (net.client.heard_ns, ==, 7 * NS_PER_S + CONNECTED_NS);
  }
}

static void
test_bytes_that_a_machine_lost_in_a_partition_do_not_come_back (void)
{
  g_auto (Net) net;
  net_init (&net);
  net_establish (&net);
  link_pass (&net, TRUE, SIM_PARTITIONED);
  end_send (&net.client, "lost");
  host_power_cut (net.client_host, DISK_CUT_LOSE);
  link_pass (&net, TRUE, SIM_PASSES);
  net_run (&net);
  assert_heard (&net.server, "");
}

static void
test_a_killed_process_leaves_its_bytes_to_its_machine (void)
{
  g_auto (Net) net;
  net_init (&net);
  net_establish (&net);
  link_pass (&net, TRUE, SIM_PARTITIONED);
  end_send (&net.client, "kept");
  host_kill (net.client_host);
  net_run_for (&net, NS_PER_S);
  assert_heard (&net.server, "");
  link_pass (&net, TRUE, SIM_PASSES);
  net_run (&net);
  assert_heard (&net.server, "data:4 fin");
}

static void
test_an_established_connection_survives_a_silent_partition (void)
{
  g_auto (Net) net;
  net_init (&net);
  net_establish (&net);
  link_pass (&net, TRUE, SIM_PARTITIONED);
  link_pass (&net, FALSE, SIM_PARTITIONED);
  net_run_for (&net, 2000 * NS_PER_S);
  link_pass (&net, TRUE, SIM_PASSES);
  link_pass (&net, FALSE, SIM_PASSES);
  end_send (&net.client, "still here");
  net_run (&net);
  assert_heard (&net.server, "data:10");
}

/* ---- hold ---- */

static void
test_what_is_held_comes_at_once_when_it_is_released (void)
{
  g_auto (Net) net;
  net_init (&net);
  net_establish (&net);
  link_pass (&net, TRUE, SIM_HELD);
  end_send (&net.client, "first");
  end_send (&net.client, "second");
  net_run_for (&net, 2 * NS_PER_S);
  assert_heard (&net.server, "");
  const gint64 start = net.world->now_ns;
  link_pass (&net, TRUE, SIM_PASSES);
  net_run (&net);
  assert_heard (&net.server, "data:5 data:6");
  g_assert_cmpint (net.server.heard_ns, ==, start + LATENCY_NS);
}

static void
test_a_held_reset_comes_behind_the_bytes (void)
{
  g_auto (Net) net;
  net_init (&net);
  net_establish (&net);
  link_pass (&net, TRUE, SIM_HELD);
  end_send (&net.client, "first");
  stream_reset (net.client.stream);
  net_run_for (&net, 2 * NS_PER_S);
  assert_heard (&net.server, "");
  link_pass (&net, TRUE, SIM_PASSES);
  net_run (&net);
  assert_heard (&net.server, "data:5 rst");
}

static void
test_what_is_held_outlives_its_senders_machine (void)
{
  g_auto (Net) net;
  net_init (&net);
  net_establish (&net);
  link_pass (&net, TRUE, SIM_HELD);
  end_send (&net.client, "last words");
  host_power_cut (net.client_host, DISK_CUT_LOSE);
  link_pass (&net, TRUE, SIM_PASSES);
  net_run (&net);
  assert_heard (&net.server, "data:10");
}

static void
test_a_sender_whose_bytes_are_held_too_long_times_out (void)
{
  g_auto (Net) net;
  net_init (&net);
  net_establish (&net);
  link_pass (&net, TRUE, SIM_HELD);
  end_send (&net.client, "held");
  net_run (&net);
  assert_heard (&net.client, "timeout");
  link_pass (&net, TRUE, SIM_PASSES);
  net_run (&net);
  assert_heard (&net.server, "data:4");
}

/* ---- the window ---- */

static void
test_a_reader_that_pauses_takes_a_window_and_the_rest_stays_with_the_sender (void)
{
  g_auto (Net) net;
  net_init_with (&net, (SimConfig){ .seed = 1, .window_bytes = 1000 });
  net_establish (&net);
  stream_set_reading (net.server.stream, FALSE);
  send_pattern (&net.client, 1500);
  net_run_for (&net, NS_PER_S);
  g_assert_cmpuint (stream_queued (net.client.stream), ==, 1500);
  host_power_cut (net.client_host, DISK_CUT_LOSE);
  stream_set_reading (net.server.stream, TRUE);
  net_run (&net);
  g_assert_cmpuint (net.server.bytes->len, ==, 1000);
}

/* RFC 9293 3.8.6.1: a window that stays closed is probed and never given up, as long as it is answered. */
static void
test_a_closed_window_does_not_time_out (void)
{
  g_auto (Net) net;
  net_init_with (&net, (SimConfig){ .seed = 1, .window_bytes = 1000 });
  net_establish (&net);
  stream_set_reading (net.server.stream, FALSE);
  send_pattern (&net.client, 1500);
  net_run_for (&net, 10000 * NS_PER_S);
  assert_heard (&net.client, "");
  const gint64 start = net.world->now_ns;
  stream_set_reading (net.server.stream, TRUE);
  net_run (&net);
  assert_heard (&net.server, "data:1000 data:500");
  g_assert_cmpint (net.server.heard_ns, ==, start + 2 * LATENCY_NS);
  g_assert_cmpuint (count_wrong (&net.server), ==, 0);
}

static void
test_a_window_bounds_what_is_sent_in_one_round_trip (void)
{
  g_auto (Net) net;
  net_init_with (&net, (SimConfig){ .seed = 1, .window_bytes = 1000 });
  net_establish (&net);
  const gint64 start = net.world->now_ns;
  send_pattern (&net.client, 3500);
  net_run (&net);
  assert_heard (&net.server, "data:1000 data:1000 data:1000 data:500");
  g_assert_cmpint (net.server.heard_ns, ==, start + 7 * LATENCY_NS);
}

static void
test_a_reset_forgets_what_the_window_kept_back (void)
{
  g_auto (Net) net;
  net_init_with (&net, (SimConfig){ .seed = 1, .window_bytes = 1000 });
  net_establish (&net);
  stream_set_reading (net.server.stream, FALSE);
  send_pattern (&net.client, 1500);
  net_run_for (&net, NS_PER_S);
  stream_reset (net.client.stream);
  net_run (&net);
  assert_heard (&net.server, "rst");
}

static void
test_a_probe_of_a_closed_window_that_nobody_answers_times_out (void)
{
  g_auto (Net) net;
  net_init_with (&net, (SimConfig){ .seed = 1, .window_bytes = 1000 });
  net_establish (&net);
  stream_set_reading (net.server.stream, FALSE);
  send_pattern (&net.client, 1500);
  net_run_for (&net, NS_PER_S);
  const gint64 start = net.world->now_ns;
  host_power_cut (net.server_host, DISK_CUT_LOSE);
  net_run (&net);
  assert_heard (&net.client, "timeout");
  g_assert_cmpint (net.client.heard_ns, ==, start + USER_TIMEOUT_NS);
}

/* ---- determinism ---- */

static guint64
fingerprint_of_a_troubled_run (guint64 seed)
{
  g_auto (Net) net;
  net_init_with (&net, (SimConfig){ .seed = seed, .window_bytes = 5000 });
  net_establish (&net);
  link_set (&net, TRUE,
            (SimLinkConditions){ .loss_ppm = 100000,
                                 .corrupt_ppm = 100000,
                                 .segment_bytes = 100,
                                 .jitter_ns = NS_PER_MS,
                                 .bandwidth = 1000000 });
  send_pattern (&net.client, 20000);
  net_run (&net);
  return event_log_fingerprint (net.world->log) ^ (guint64) net.server.heard_ns;
}

static void
test_the_same_seed_gives_the_same_trouble (void)
{
  g_assert_cmpuint (fingerprint_of_a_troubled_run (5), ==, fingerprint_of_a_troubled_run (5));
  g_assert_cmpuint (fingerprint_of_a_troubled_run (5), !=, fingerprint_of_a_troubled_run (6));
}

#define TEST(function) g_test_add_func ("/world/sim/link/" #function, test_##function)

static void
add_travelling (void)
{
  TEST (each_direction_has_its_own_latency);
  TEST (a_shorter_latency_does_not_overtake);
  TEST (a_link_that_is_taken_away_is_as_before);
  TEST (a_link_to_one_address_leaves_the_other_alone);
  TEST (a_busy_link_delays_what_is_behind);
  TEST (streams_share_the_bandwidth_of_their_link);
  TEST (a_slow_link_takes_large_amounts_without_overflow);
  TEST (segments_are_cut_anywhere_and_nothing_is_lost);
  TEST (segments_of_one_byte_come_one_by_one);
  TEST (a_lost_segment_delays_what_is_behind);
  TEST (corruption_changes_the_copy_and_not_the_senders_bytes);
  TEST (corruption_is_drawn_per_segment);
  TEST (the_same_seed_gives_the_same_trouble);
}

static void
add_partition (void)
{
  TEST (a_partition_lets_nothing_pass_and_says_nothing);
  TEST (after_the_heal_bytes_come_with_the_next_retransmission);
  TEST (a_partition_that_is_not_healed_times_out_the_sender_alone);
  TEST (the_other_side_of_a_timeout_is_reset_when_it_sends_after_the_heal);
  TEST (a_lost_way_back_times_out_a_sender_whose_bytes_arrived);
  TEST (an_acknowledgement_that_comes_after_the_heal_is_in_time);
  TEST (a_heal_after_the_last_retransmission_in_time_is_too_late);
  TEST (a_way_back_that_is_lost_fills_the_window);
  TEST (fin_waits_for_the_heal_behind_the_bytes);
  TEST (a_reset_in_a_partition_is_lost_and_the_peer_is_reset_when_it_sends);
  TEST (a_connect_into_a_partition_is_tried_again);
  TEST (bytes_that_a_machine_lost_in_a_partition_do_not_come_back);
  TEST (a_killed_process_leaves_its_bytes_to_its_machine);
  TEST (an_established_connection_survives_a_silent_partition);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_travelling ();
  add_partition ();
  TEST (what_is_held_comes_at_once_when_it_is_released);
  TEST (a_held_reset_comes_behind_the_bytes);
  TEST (what_is_held_outlives_its_senders_machine);
  TEST (a_sender_whose_bytes_are_held_too_long_times_out);
  TEST (a_reader_that_pauses_takes_a_window_and_the_rest_stays_with_the_sender);
  TEST (a_closed_window_does_not_time_out);
  TEST (a_window_bounds_what_is_sent_in_one_round_trip);
  TEST (a_reset_forgets_what_the_window_kept_back);
  TEST (a_probe_of_a_closed_window_that_nobody_answers_times_out);
  return g_test_run ();
}
