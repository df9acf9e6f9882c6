/* SPDX-License-Identifier: Apache-2.0 */
/* Simulated TCP: how connections end, and what peers hear of a machine that went away. */
#include "tests/unit/world/sim/sim-fixture.h"

/* ---- FIN, half-close, RST ---- */

static void
test_fin_comes_behind_the_bytes_and_the_other_way_stays_open (void)
{
  g_auto (Net) net;
  net_init (&net);
  net_establish (&net);
  end_send (&net.client, "abc");
  stream_shutdown (net.client.stream);
  stream_shutdown (net.client.stream);
  end_send (&net.client, "dropped");
  net_run (&net);
  assert_heard (&net.server, "data:3 fin");
  end_send (&net.server, "hello");
  stream_shutdown (net.server.stream);
  net_run (&net);
  assert_heard (&net.client, "data:5 fin");
}

static void
test_a_shutdown_before_the_connection_sends_fin_after_it (void)
{
  g_auto (Net) net;
  net_init (&net);
  net_connect (&net);
  stream_shutdown (net.client.stream);
  net_run (&net);
  assert_heard (&net.client, "connected");
  assert_heard (&net.server, "fin");
}

static void
test_reset_is_heard_by_the_peer_only (void)
{
  g_auto (Net) net;
  net_init (&net);
  net_establish (&net);
  end_send (&net.client, "abc");
  end_send (&net.server, "lost");
  stream_reset (net.client.stream);
  end_send (&net.client, "dropped");
  net_run (&net);
  assert_heard (&net.server, "data:3 rst");
  assert_heard (&net.client, "");
  end_send (&net.server, "dropped");
  net_run (&net);
  assert_heard (&net.server, "data:3 rst");
}

static void
test_free_sends_what_is_queued_and_fin (void)
{
  g_auto (Net) net;
  net_init (&net);
  net_establish (&net);
  end_send (&net.client, "abc");
  end_free_stream (&net.client);
  net_run (&net);
  assert_heard (&net.server, "data:3 fin");
  end_free_stream (&net.server);
  net_run (&net);
}

static void
test_bytes_for_a_freed_end_are_answered_with_rst (void)
{
  g_auto (Net) net;
  net_init (&net);
  net_establish (&net);
  end_send (&net.server, "on its way");
  end_free_stream (&net.client);
  net_run (&net);
  assert_heard (&net.server, "fin rst");
  assert_heard (&net.client, "");
}

static void
test_bytes_sent_long_after_the_peer_was_freed_are_answered_with_rst (void)
{
  g_auto (Net) net;
  net_init (&net);
  net_establish (&net);
  end_free_stream (&net.client);
  net_run_for (&net, NS_PER_S);
  assert_heard (&net.server, "fin");
  end_send (&net.server, "late");
  net_run (&net);
  assert_heard (&net.server, "fin rst");
}

/* A process that closes with unread bytes would in truth send RST at once; both worlds keep what it sent instead. */
static void
test_bytes_that_were_here_unread_when_the_end_was_freed_are_thrown_away (void)
{
  g_auto (Net) net;
  net_init (&net);
  net_establish (&net);
  stream_set_reading (net.client.stream, FALSE);
  end_send (&net.server, "unread");
  net_run_for (&net, NS_PER_MS);
  end_free_stream (&net.client);
  net_run (&net);
  assert_heard (&net.server, "fin");
  g_assert_cmpuint (stream_queued (net.server.stream), ==, 0);
  end_send (&net.server, "late");
  net_run (&net);
  assert_heard (&net.server, "fin rst");
}

/* ---- a peer without power ---- */

static void
test_a_power_cut_is_silent (void)
{
  g_auto (Net) net;
  net_init (&net);
  net_establish (&net);
  host_power_cut (net.server_host, DISK_CUT_LOSE);
  net_run (&net);
  assert_heard (&net.client, "");
  assert_heard (&net.server, "");
}

static void
test_bytes_into_silence_time_out (void)
{
  g_auto (Net) net;
  net_init (&net);
  net_establish (&net);
  host_power_cut (net.server_host, DISK_CUT_LOSE);
  const gint64 sent_ns = net.world->now_ns;
  end_send (&net.client, "abc");
  net_run_for (&net, NS_PER_S);
  end_send (&net.client, "more does not prolong it");
  net_run (&net);
  assert_heard (&net.client, "timeout");
  g_assert_cmpint (net.client.heard_ns, ==, sent_ns + USER_TIMEOUT_NS);
}

static void
test_bytes_on_their_way_when_power_went_time_out (void)
{
  g_auto (Net) net;
  net_init (&net);
  net_establish (&net);
  end_send (&net.client, "abc");
  host_power_cut (net.server_host, DISK_CUT_LOSE);
  net_run (&net);
  assert_heard (&net.client, "timeout");
}

static void
test_fin_into_silence_times_out (void)
{
  g_auto (Net) net;
  net_init (&net);
  net_establish (&net);
  host_power_cut (net.server_host, DISK_CUT_LOSE);
  stream_shutdown (net.client.stream);
  net_run (&net);
  assert_heard (&net.client, "timeout");
}

/* TCP has acknowledged them; that nobody read them is not its business. */
static void
test_bytes_that_arrived_unread_before_the_cut_do_not_time_out (void)
{
  g_auto (Net) net;
  net_init (&net);
  net_establish (&net);
  stream_set_reading (net.server.stream, FALSE);
  end_send (&net.client, "abc");
  net_run_for (&net, NS_PER_MS);
  host_power_cut (net.server_host, DISK_CUT_LOSE);
  net_run (&net);
  assert_heard (&net.client, "");
}

static void
test_bytes_that_the_lost_host_sent_still_arrive (void)
{
  g_auto (Net) net;
  net_init (&net);
  net_establish (&net);
  end_send (&net.server, "last words");
  host_power_cut (net.server_host, DISK_CUT_LOSE);
  net_run (&net);
  assert_heard (&net.client, "data:10");
}

static void
test_a_host_that_is_back_answers_the_unacknowledged_with_rst (void)
{
  g_auto (Net) net;
  net_init (&net);
  net_establish (&net);
  host_power_cut (net.server_host, DISK_CUT_LOSE);
  end_send (&net.client, "abc");
  net_run_for (&net, 30 * NS_PER_S);
  assert_heard (&net.client, "");
  g_assert_true (host_start (net.server_host, NULL));
  const gint64 up_ns = net.world->now_ns;
  net_run (&net);
  assert_heard (&net.client, "rst");
  g_assert_cmpint (net.client.heard_ns, ==, up_ns + 2 * LATENCY_NS);
}

static void
test_a_host_that_is_back_is_silent_until_something_is_sent (void)
{
  g_auto (Net) net;
  net_init (&net);
  net_establish (&net);
  host_power_cut (net.server_host, DISK_CUT_LOSE);
  net_run_for (&net, NS_PER_S);
  g_assert_true (host_start (net.server_host, NULL));
  net_run_for (&net, NS_PER_S);
  assert_heard (&net.client, "");
  end_send (&net.client, "abc");
  net_run (&net);
  assert_heard (&net.client, "rst");
}

static void
test_an_end_that_was_freed_waits_for_no_timeout (void)
{
  g_auto (Net) net;
  net_init (&net);
  net_establish (&net);
  host_power_cut (net.server_host, DISK_CUT_LOSE);
  end_send (&net.client, "abc");
  end_free_stream (&net.client);
  net_run (&net);
  g_assert_cmpint (net.world->now_ns, <, USER_TIMEOUT_NS);
}

/* ---- a peer whose process was killed ---- */

static void
test_a_kill_sends_fin_and_then_answers_with_rst (void)
{
  g_auto (Net) net;
  net_init (&net);
  net_establish (&net);
  host_kill (net.server_host);
  net_run (&net);
  assert_heard (&net.client, "fin");
  end_send (&net.client, "abc");
  net_run (&net);
  assert_heard (&net.client, "fin rst");
}

static void
test_fin_to_a_killed_process_ends_the_connection_in_peace (void)
{
  g_auto (Net) net;
  net_init (&net);
  net_establish (&net);
  host_kill (net.server_host);
  net_run (&net);
  stream_shutdown (net.client.stream);
  net_run (&net);
  assert_heard (&net.client, "fin");
}

static void
test_bytes_on_their_way_to_a_killed_process_are_answered_with_rst (void)
{
  g_auto (Net) net;
  net_init (&net);
  net_establish (&net);
  end_send (&net.client, "abc");
  host_kill (net.server_host);
  net_run (&net);
  assert_heard (&net.client, "fin rst");
}

static void
test_a_killed_process_sends_what_was_queued_and_one_fin (void)
{
  g_auto (Net) net;
  net_init (&net);
  net_establish (&net);
  end_send (&net.server, "last words");
  stream_shutdown (net.server.stream);
  host_kill (net.server_host);
  net_run (&net);
  assert_heard (&net.client, "data:10 fin");
}

static void
test_a_connection_within_one_host_goes_down_with_it (void)
{
  for (guint i = 0; i < 2; i++) {
    g_auto (Net) net;
    net_init (&net);
    net.client.stream = stream_connect (net.server_host, &net.address, &end_events, &net.client);
    net_run (&net);
    assert_heard (&net.client, "connected");
    end_send (&net.client, "abc");
    if (i == 0)
      host_kill (net.server_host);
    else
      host_power_cut (net.server_host, DISK_CUT_LOSE);
    net_run (&net);
    assert_heard (&net.client, "connected");
    assert_heard (&net.server, "");
  }
}

/* ---- nothing is left behind ---- */

static void
count_freed (gpointer data, Stream *stream)
{
  ++*(guint *) data;
}

static const StreamObserver freed_counter = { .freed = count_freed };

static void
count_on_stream (gpointer data, Host *host, Stream *stream)
{
  stream_add_observer (stream, &freed_counter, data);
}

static void
counted_init (Net *net, guint *freed)
{
  *freed = 0;
  net_init (net);
  net->client_host->on_stream = net->server_host->on_stream = count_on_stream;
  net->client_host->on_stream_data = net->server_host->on_stream_data = freed;
}

static void
test_ends_that_were_closed_on_both_sides_are_gone (void)
{
  guint freed;
  g_auto (Net) net;
  counted_init (&net, &freed);
  for (guint i = 1; i <= 5; i++) {
    net_connect (&net);
    net_run (&net);
    end_send (&net.client, "abc");
    end_free_stream (&net.client);
    net_run (&net);
    end_free_stream (&net.server);
    net_run (&net);
    g_assert_cmpuint (freed, ==, 2 * i);
  }
}

/* Their FIN never arrives. */
static void
test_ends_that_were_freed_are_gone_when_their_peers_host_is (void)
{
  guint freed;
  g_auto (Net) net;
  counted_init (&net, &freed);
  for (guint i = 1; i <= 5; i++) {
    net_connect (&net);
    net_run (&net);
    end_free_stream (&net.client);
    host_power_cut (net.server_host, DISK_CUT_LOSE);
    end_free_stream (&net.server);
    listener_free (g_steal_pointer (&net.listener));
    g_assert_true (host_start (net.server_host, NULL));
    net_listen (&net);
    net_run (&net);
    g_assert_cmpuint (freed, ==, 2 * i);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define TEST(path, function) g_test_add_func ("/world/sim/net/" path, function)
  TEST ("fin-comes-behind-the-bytes-and-the-other-way-stays-open",
        test_fin_comes_behind_the_bytes_and_the_other_way_stays_open);
  TEST ("a-shutdown-before-the-connection-sends-fin-after-it",
        test_a_shutdown_before_the_connection_sends_fin_after_it);
  TEST ("reset-is-heard-by-the-peer-only", test_reset_is_heard_by_the_peer_only);
  TEST ("free-sends-what-is-queued-and-fin", test_free_sends_what_is_queued_and_fin);
  TEST ("bytes-for-a-freed-end-are-answered-with-rst",
        test_bytes_for_a_freed_end_are_answered_with_rst);
  TEST ("bytes-sent-long-after-the-peer-was-freed-are-answered-with-rst",
        test_bytes_sent_long_after_the_peer_was_freed_are_answered_with_rst);
  TEST ("bytes-that-were-here-unread-when-the-end-was-freed-are-thrown-away",
        test_bytes_that_were_here_unread_when_the_end_was_freed_are_thrown_away);
  TEST ("a-power-cut-is-silent", test_a_power_cut_is_silent);
  TEST ("bytes-into-silence-time-out", test_bytes_into_silence_time_out);
  TEST ("bytes-on-their-way-when-power-went-time-out",
        test_bytes_on_their_way_when_power_went_time_out);
  TEST ("fin-into-silence-times-out", test_fin_into_silence_times_out);
  TEST ("bytes-that-arrived-unread-before-the-cut-do-not-time-out",
        test_bytes_that_arrived_unread_before_the_cut_do_not_time_out);
  TEST ("bytes-that-the-lost-host-sent-still-arrive",
        test_bytes_that_the_lost_host_sent_still_arrive);
  TEST ("a-host-that-is-back-answers-the-unacknowledged-with-rst",
        test_a_host_that_is_back_answers_the_unacknowledged_with_rst);
  TEST ("a-host-that-is-back-is-silent-until-something-is-sent",
        test_a_host_that_is_back_is_silent_until_something_is_sent);
  TEST ("an-end-that-was-freed-waits-for-no-timeout",
        test_an_end_that_was_freed_waits_for_no_timeout);
  TEST ("a-kill-sends-fin-and-then-answers-with-rst",
        test_a_kill_sends_fin_and_then_answers_with_rst);
  TEST ("fin-to-a-killed-process-ends-the-connection-in-peace",
        test_fin_to_a_killed_process_ends_the_connection_in_peace);
  TEST ("bytes-on-their-way-to-a-killed-process-are-answered-with-rst",
        test_bytes_on_their_way_to_a_killed_process_are_answered_with_rst);
  TEST ("a-killed-process-sends-what-was-queued-and-one-fin",
        test_a_killed_process_sends_what_was_queued_and_one_fin);
  TEST ("a-connection-within-one-host-goes-down-with-it",
        test_a_connection_within_one_host_goes_down_with_it);
  TEST ("ends-that-were-closed-on-both-sides-are-gone",
        test_ends_that_were_closed_on_both_sides_are_gone);
  TEST ("ends-that-were-freed-are-gone-when-their-peers-host-is",
        test_ends_that_were_freed_are_gone_when_their_peers_host_is);
#undef TEST
  return g_test_run ();
}
