/* SPDX-License-Identifier: Apache-2.0 */
/* Simulated TCP: connecting, listening, the order of bytes and who holds them back. */
#include "tests/unit/world/sim/sim-fixture.h"

static void
send_bytes (End *end, gsize length)
{
  stream_send (end->stream, slice_whole (buffer_new (length)));
}

/* ---- connecting ---- */

static void
test_a_connect_reaches_the_listener (void)
{
  g_auto (Net) net;
  net_init (&net);
  net_connect (&net);
  g_assert_cmpuint (net.accepted, ==, 0); /* nothing happens inside the call */
  net_run (&net);
  assert_heard (&net.client, "connected");
  g_assert_cmpint (net.client.heard_ns, ==, CONNECTED_NS);
  g_assert_cmpuint (net.accepted, ==, 1);
  g_assert_true (net.server.stream->is_accepted);
  g_assert_false (net.client.stream->is_accepted);
  g_assert_cmpuint (net.server.stream->id, ==, net.client.stream->id);
}

static void
test_both_ends_know_both_addresses (void)
{
  g_auto (Net) net;
  net_init (&net);
  net_establish (&net);
  const Stream *client = net.client.stream;
  const Stream *server = net.server.stream;
  g_assert_true (address_equal (&client->remote, &net.address));
  g_assert_true (address_equal (&client->remote, &server->local));
  g_assert_true (address_equal (&client->local, &server->remote));
  g_assert_cmpuint (client->local.port, >=, 49152);
}

static void
test_a_port_without_a_listener_refuses (void)
{
  g_auto (Net) net;
  net_init (&net);
  net.address.port++;
  net_connect (&net);
  net_run (&net);
  assert_heard (&net.client, "refused");
  g_assert_cmpint (net.client.heard_ns, ==, CONNECTED_NS);
}

static void
test_a_listener_that_is_gone_refuses (void)
{
  g_auto (Net) net;
  net_init (&net);
  listener_free (g_steal_pointer (&net.listener));
  net_connect (&net);
  net_run (&net);
  assert_heard (&net.client, "refused");
}

static void
assert_no_answer (const char *text)
{
  g_auto (Net) net;
  net_init (&net);
  g_assert_true (address_parse (text, 3260, &net.address, NULL));
  net_connect (&net);
  net_run (&net);
  assert_heard (&net.client, "no answer");
  g_assert_cmpint (net.client.heard_ns, ==, CONNECT_TIMEOUT_NS);
}

static void
test_an_unknown_address_does_not_answer (void)
{
  assert_no_answer ("192.0.2.1");
  assert_no_answer ("10.9.1.1"); /* no such host */
  assert_no_answer ("10.0.1.1");
  assert_no_answer ("10.2.2.1"); /* not given out yet */
  assert_no_answer ("10.2.1.2");
  assert_no_answer ("[a02:101::]"); /* begins with the bytes of 10.2.1.1 */
}

static void
test_a_host_without_power_does_not_answer (void)
{
  g_auto (Net) net;
  net_init (&net);
  host_power_cut (net.server_host, DISK_CUT_LOSE);
  net_connect (&net);
  net_run (&net);
  assert_heard (&net.client, "no answer");
  g_assert_cmpint (net.client.heard_ns, ==, CONNECT_TIMEOUT_NS);
}

static void
test_a_host_whose_process_was_killed_refuses (void)
{
  g_auto (Net) net;
  net_init (&net);
  host_kill (net.server_host);
  net_connect (&net);
  net_run (&net);
  assert_heard (&net.client, "refused");
}

/* SYNs are sent at 0, 1, 3, 7, 15, 31 and 63 s. */
static void
test_a_host_that_comes_up_in_time_is_reached_by_the_next_syn (void)
{
  g_auto (Net) net;
  net_init (&net);
  host_power_cut (net.server_host, DISK_CUT_LOSE);
  listener_free (g_steal_pointer (&net.listener));
  net_connect (&net);
  net_run_for (&net, 10 * NS_PER_S);
  g_assert_true (host_start (net.server_host, NULL));
  net_listen (&net);
  net_run (&net);
  assert_heard (&net.client, "connected");
  g_assert_cmpint (net.client.heard_ns, ==, 15 * NS_PER_S + CONNECTED_NS);
}

static void
test_a_host_that_comes_up_after_the_last_syn_is_not_reached (void)
{
  g_auto (Net) net;
  net_init (&net);
  host_power_cut (net.server_host, DISK_CUT_LOSE);
  listener_free (g_steal_pointer (&net.listener));
  net_connect (&net);
  net_run_for (&net, 64 * NS_PER_S);
  g_assert_true (host_start (net.server_host, NULL));
  net_listen (&net);
  net_run (&net);
  assert_heard (&net.client, "no answer");
}

/* The port that is not open yet when the first SYN comes answers at once: TCP does not wait for a listener. */
static void
test_a_host_that_is_up_without_its_listener_refuses_at_once (void)
{
  g_auto (Net) net;
  net_init (&net);
  host_power_cut (net.server_host, DISK_CUT_LOSE);
  listener_free (g_steal_pointer (&net.listener));
  net_connect (&net);
  net_run_for (&net, 2 * NS_PER_S);
  g_assert_true (host_start (net.server_host, NULL));
  net_run (&net);
  assert_heard (&net.client, "refused");
  g_assert_cmpint (net.client.heard_ns, ==, 3 * NS_PER_S + CONNECTED_NS);
}

typedef struct Answer {
  FaultAnswer answer;
  guint asked;
  guint until; /* so many SYNs get the answer */
} Answer;

static FaultAnswer
answer_connect (gpointer data, Host *host, const FaultQuestion *question)
{
  Answer *answer = data;
  g_assert_cmpint (question->point, ==, FAULT_POINT_CONNECT);
  g_assert_cmpstr (question->operation, ==, "connect");
  g_assert_cmpstr (question->subject, ==, "10.2.1.1:3260");
  g_assert_cmpuint (question->ordinal, ==, 1);
  g_assert_cmpstr (host->name, ==, "client");
  return ++answer->asked <= answer->until ? answer->answer : FAULT_NONE;
}

static void
connect_with_answer (Net *net, Answer *answer)
{
  net_init (net);
  net->client_host->fault_ask = answer_connect;
  net->client_host->fault_data = answer;
  net_connect (net);
  net_run (net);
}

static void
test_a_fault_may_refuse_or_swallow_a_connect (void)
{
  Answer fail = { FAULT_FAIL, 0, 1 };
  Answer drop_some = { FAULT_DROP, 0, 2 };
  Answer drop_all = { FAULT_DROP, 0, G_MAXUINT };
  g_auto (Net) refused, late, never;
  connect_with_answer (&refused, &fail);
  assert_heard (&refused.client, "refused");
  connect_with_answer (&late, &drop_some);
  assert_heard (&late.client, "connected");
  g_assert_cmpint (late.client.heard_ns, ==, 3 * NS_PER_S + CONNECTED_NS);
  g_assert_cmpuint (drop_some.asked, ==, 3);
  connect_with_answer (&never, &drop_all);
  assert_heard (&never.client, "no answer");
  g_assert_cmpuint (drop_all.asked, ==, 7);
}

static void
test_a_freed_connect_is_not_accepted (void)
{
  g_auto (Net) net;
  net_init (&net);
  net_connect (&net);
  end_free_stream (&net.client);
  net_run (&net);
  g_assert_cmpuint (net.accepted, ==, 0);
}

static void
test_an_end_freed_before_it_hears_of_its_connection_sends_rst (void)
{
  g_auto (Net) net;
  net_init (&net);
  net_connect (&net);
  net_run_for (&net, LATENCY_NS);
  g_assert_cmpuint (net.accepted, ==, 1);
  end_free_stream (&net.client);
  net_run (&net);
  assert_heard (&net.server, "rst");
}

static void
test_a_host_that_is_down_neither_connects_nor_listens (void)
{
  g_auto (Net) net;
  g_autoptr (GError) error = NULL;
  net_init (&net);
  host_power_cut (net.client_host, DISK_CUT_LOSE);
  net_connect (&net);
  net_run (&net);
  g_assert_cmpuint (net.accepted, ==, 0);
  assert_heard (&net.client, "");
  g_assert_null (listener_new (net.client_host, &net.address, &net_listener_events, &net, &error));
  g_assert_error (error, WORLD_ERROR, WORLD_ERROR_DOWN);
  g_assert_cmpstr (error->message, ==, "host 'client': expected a host that is up");
}

/* ---- listeners ---- */

static void
assert_not_listened (Net *net, Host *host, const Address *address, WorldError code,
                     const char *message)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (listener_new (host, address, &net_listener_events, net, &error));
  g_assert_error (error, WORLD_ERROR, (gint) code);
  g_assert_cmpstr (error->message, ==, message);
}

static void
test_an_address_has_one_listener (void)
{
  g_auto (Net) net;
  net_init (&net);
  assert_not_listened (&net, net.server_host, &net.address, WORLD_ERROR_IN_USE,
                       "listen on '10.2.1.1:3260': the address is in use");
  listener_free (g_steal_pointer (&net.listener));
  net_listen (&net);
}

static void
test_another_port_of_the_address_is_free (void)
{
  g_auto (Net) net;
  net_init (&net);
  Address other = net.address;
  other.port++;
  Listener *listener = listener_new (net.server_host, &other, &net_listener_events, &net, NULL);
  g_assert_nonnull (listener);
  g_assert_true (address_equal (&listener->address, &other));
  listener_free (listener);
}

static void
test_a_host_listens_on_its_own_addresses_only (void)
{
  g_auto (Net) net;
  net_init (&net);
  assert_not_listened (&net, net.client_host, &net.address, WORLD_ERROR_INVALID,
                       "listen on '10.2.1.1:3260': expected an address of host 'client'");
  Address unknown = net.address;
  unknown.ip[2] = 2;
  assert_not_listened (&net, net.server_host, &unknown, WORLD_ERROR_INVALID,
                       "listen on '10.2.2.1:3260': expected an address of host 'server'");
}

static void
test_an_accepted_stream_outlives_its_listener (void)
{
  g_auto (Net) net;
  net_init (&net);
  net_establish (&net);
  listener_free (g_steal_pointer (&net.listener));
  end_send (&net.client, "abc");
  net_run (&net);
  assert_heard (&net.server, "data:3");
}

/* ---- data ---- */

static void
test_bytes_arrive_in_order_after_the_latency (void)
{
  g_auto (Net) net;
  net_init (&net);
  net_establish (&net);
  const gint64 sent_ns = net.world->now_ns;
  end_send (&net.client, "one ");
  end_send (&net.client, "two ");
  end_send (&net.client, "three");
  net_run (&net);
  assert_heard (&net.server, "data:4 data:4 data:5");
  g_assert_cmpmem (net.server.bytes->data, net.server.bytes->len, "one two three", 13);
  g_assert_cmpint (net.server.heard_ns, ==, sent_ns + LATENCY_NS);
}

static void
test_bytes_are_not_copied (void)
{
  g_auto (Net) net;
  net_init (&net);
  net_establish (&net);
  Slice slice = slice_copy ("abcdef", 6);
  stream_send (net.client.stream, slice_sub (&slice, 2, 3));
  g_assert_cmpuint (slice.buffer->references, ==, 2);
  net_run (&net);
  g_assert_true (net.server.where == slice.bytes + 2);
  g_assert_cmpuint (slice.buffer->references, ==, 1);
  slice_clear (&slice);
}

static void
test_many_slices_keep_their_order (void)
{
  g_auto (Net) net;
  g_autoptr (GString) expected = g_string_new (NULL);
  net_init (&net);
  net_establish (&net);
  for (guint i = 0; i < 1000; i++) {
    g_autofree char *text = g_strdup_printf ("%u,", i);
    g_string_append (expected, text);
    end_send (&net.client, text);
    if (i % 7 == 0)
      net_run_for (&net, 3 * NS_PER_US);
  }
  net_run (&net);
  g_assert_cmpmem (net.server.bytes->data, net.server.bytes->len, expected->str, expected->len);
}

static void
test_jitter_keeps_the_order_of_a_stream (void)
{
  g_auto (Net) net;
  net_init_with (&net, (SimConfig){ .seed = 3, .jitter_ns = NS_PER_MS });
  net_connect (&net);
  net_run (&net);
  for (guint i = 0; i < 100; i++) {
    end_send (&net.client, i % 2 == 0 ? "a" : "b");
    net_run_for (&net, NS_PER_US);
  }
  net_run (&net);
  g_assert_cmpuint (net.server.bytes->len, ==, 100);
  for (guint i = 0; i < 100; i++)
    g_assert_cmpint (net.server.bytes->data[i], ==, i % 2 == 0 ? 'a' : 'b');
}

static void
test_what_is_sent_before_the_connection_is_dropped (void)
{
  g_auto (Net) net;
  net_init (&net);
  net_connect (&net);
  end_send (&net.client, "abc");
  net_run_for (&net, LATENCY_NS);
  end_send (&net.client, "abc");
  net_run (&net);
  assert_heard (&net.client, "connected");
  assert_heard (&net.server, "");
}

/* ---- flow control ---- */

static void
test_an_owner_that_does_not_read_gets_nothing (void)
{
  g_auto (Net) net;
  net_init (&net);
  net_establish (&net);
  stream_set_reading (net.server.stream, FALSE);
  end_send (&net.client, "abc");
  end_send (&net.client, "de");
  stream_shutdown (net.client.stream);
  net_run (&net);
  assert_heard (&net.server, "");
  g_assert_cmpuint (stream_queued (net.client.stream), ==, 5);
  stream_set_reading (net.server.stream, TRUE);
  assert_heard (&net.server, ""); /* not inside the call */
  net_run (&net);
  assert_heard (&net.server, "data:3 data:2 fin");
  g_assert_cmpuint (stream_queued (net.client.stream), ==, 0);
}

static void
pause_own (End *end)
{
  stream_set_reading (end->stream, FALSE);
}

static void
test_data_may_stop_reading_in_the_midst (void)
{
  g_auto (Net) net;
  net_init (&net);
  net_establish (&net);
  net.server.then = pause_own;
  end_send (&net.client, "abc");
  end_send (&net.client, "de");
  net_run (&net);
  assert_heard (&net.server, "data:3");
  g_assert_cmpuint (stream_queued (net.client.stream), ==, 2);
}

static void
test_drained_comes_once_when_the_low_water_is_reached (void)
{
  g_auto (Net) net;
  net_init (&net);
  net_establish (&net);
  stream_set_reading (net.server.stream, FALSE);
  for (guint i = 0; i < 4; i++)
    send_bytes (&net.client, STREAM_LOW_WATER);
  net_run (&net);
  assert_heard (&net.client, "");
  g_assert_cmpuint (stream_queued (net.client.stream), ==, STREAM_HIGH_WATER);
  stream_set_reading (net.server.stream, TRUE);
  net_run (&net);
  assert_heard (&net.client, "drained");
  end_send (&net.client, "abc");
  net_run (&net);
  assert_heard (&net.client, "drained");
}

static void
test_a_queue_that_was_never_above_is_not_told_drained (void)
{
  g_auto (Net) net;
  net_init (&net);
  net_establish (&net);
  send_bytes (&net.client, STREAM_LOW_WATER);
  net_run (&net);
  assert_heard (&net.client, "");
  send_bytes (&net.client, STREAM_LOW_WATER + 1);
  net_run (&net);
  assert_heard (&net.client, "drained");
}

static void
test_an_owner_that_does_not_read_hears_of_rst_and_loses_its_bytes (void)
{
  g_auto (Net) net;
  net_init (&net);
  net_establish (&net);
  stream_set_reading (net.server.stream, FALSE);
  end_send (&net.client, "abc");
  stream_reset (net.client.stream);
  net_run (&net);
  assert_heard (&net.server, "rst");
}

static void
test_an_owner_that_does_not_read_hears_of_a_timeout (void)
{
  g_auto (Net) net;
  net_init (&net);
  net_establish (&net);
  stream_set_reading (net.client.stream, FALSE);
  end_send (&net.server, "abc");
  net_run (&net);
  host_power_cut (net.server_host, DISK_CUT_LOSE);
  end_send (&net.client, "def");
  net_run (&net);
  assert_heard (&net.client, "timeout");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define TEST(path, function) g_test_add_func ("/world/sim/net/" path, function)
  TEST ("a-connect-reaches-the-listener", test_a_connect_reaches_the_listener);
  TEST ("both-ends-know-both-addresses", test_both_ends_know_both_addresses);
  TEST ("a-port-without-a-listener-refuses", test_a_port_without_a_listener_refuses);
  TEST ("a-listener-that-is-gone-refuses", test_a_listener_that_is_gone_refuses);
  TEST ("an-unknown-address-does-not-answer", test_an_unknown_address_does_not_answer);
  TEST ("a-host-without-power-does-not-answer", test_a_host_without_power_does_not_answer);
  TEST ("a-host-whose-process-was-killed-refuses", test_a_host_whose_process_was_killed_refuses);
  TEST ("a-host-that-comes-up-in-time-is-reached-by-the-next-syn",
        test_a_host_that_comes_up_in_time_is_reached_by_the_next_syn);
  TEST ("a-host-that-comes-up-after-the-last-syn-is-not-reached",
        test_a_host_that_comes_up_after_the_last_syn_is_not_reached);
  TEST ("a-host-that-is-up-without-its-listener-refuses-at-once",
        test_a_host_that_is_up_without_its_listener_refuses_at_once);
  TEST ("a-fault-may-refuse-or-swallow-a-connect", test_a_fault_may_refuse_or_swallow_a_connect);
  TEST ("a-freed-connect-is-not-accepted", test_a_freed_connect_is_not_accepted);
  TEST ("an-end-freed-before-it-hears-of-its-connection-sends-rst",
        test_an_end_freed_before_it_hears_of_its_connection_sends_rst);
  TEST ("a-host-that-is-down-neither-connects-nor-listens",
        test_a_host_that_is_down_neither_connects_nor_listens);
  TEST ("an-address-has-one-listener", test_an_address_has_one_listener);
  TEST ("another-port-of-the-address-is-free", test_another_port_of_the_address_is_free);
  TEST ("a-host-listens-on-its-own-addresses-only", test_a_host_listens_on_its_own_addresses_only);
  TEST ("an-accepted-stream-outlives-its-listener", test_an_accepted_stream_outlives_its_listener);
  TEST ("bytes-arrive-in-order-after-the-latency", test_bytes_arrive_in_order_after_the_latency);
  TEST ("bytes-are-not-copied", test_bytes_are_not_copied);
  TEST ("many-slices-keep-their-order", test_many_slices_keep_their_order);
  TEST ("jitter-keeps-the-order-of-a-stream", test_jitter_keeps_the_order_of_a_stream);
  TEST ("what-is-sent-before-the-connection-is-dropped",
        test_what_is_sent_before_the_connection_is_dropped);
  TEST ("an-owner-that-does-not-read-gets-nothing", test_an_owner_that_does_not_read_gets_nothing);
  TEST ("data-may-stop-reading-in-the-midst", test_data_may_stop_reading_in_the_midst);
  TEST ("drained-comes-once-when-the-low-water-is-reached",
        test_drained_comes_once_when_the_low_water_is_reached);
  TEST ("a-queue-that-was-never-above-is-not-told-drained",
        test_a_queue_that_was_never_above_is_not_told_drained);
  TEST ("an-owner-that-does-not-read-hears-of-rst-and-loses-its-bytes",
        test_an_owner_that_does_not_read_hears_of_rst_and_loses_its_bytes);
  TEST ("an-owner-that-does-not-read-hears-of-a-timeout",
        test_an_owner_that_does_not_read_hears_of_a_timeout);
#undef TEST
  return g_test_run ();
}
