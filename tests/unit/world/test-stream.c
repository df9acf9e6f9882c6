/* SPDX-License-Identifier: Apache-2.0 */
/* What stands between an owner and the network: the observer, the tap, and callbacks that let streams go. */
#include "tests/unit/world/sim/sim-fixture.h"

static void
test_each_end_has_a_name (void)
{
  static const char *const names[] = { "fin", "rst", "refused", "no answer", "timeout", "error" };
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_assert_cmpstr (stream_end_name (i), ==, names[i]);
  g_assert_cmpstr (stream_end_name (G_N_ELEMENTS (names)), ==, "?");
  g_assert_cmpstr (stream_end_name (G_MAXUINT64), ==, "?");
}

/* ---- the observer ---- */

static void
watch_note (gpointer data, const char *what, gsize length)
{
  GString *story = data;
  if (story->len > 0)
    g_string_append_c (story, ' ');
  g_string_append (story, what);
  if (length > 0)
    g_string_append_printf (story, ":%" G_GSIZE_FORMAT, length);
}

static void
watch_sent (gpointer data, Stream *stream, const Slice *slice)
{
  watch_note (data, "sent", slice->length);
}

static void
watch_received (gpointer data, Stream *stream, const Slice *slice)
{
  watch_note (data, "received", slice->length);
}

static void
watch_ended (gpointer data, Stream *stream, StreamEnd end)
{
  watch_note (data, stream_end_name (end), 0);
}

static void
watch_freed (gpointer data, Stream *stream)
{
  watch_note (data, "freed", 0);
}

static const StreamObserver watch = {
  .sent = watch_sent,
  .received = watch_received,
  .ended = watch_ended,
  .freed = watch_freed,
};

static void
watch_connected (gpointer data, Stream *stream)
{
  watch_note (data, "connected", 0);
}

static void
watch_closing (gpointer data, Stream *stream, StreamEnd end)
{
  g_string_append_printf (data, " closing:%s", stream_end_name (end));
}

/* Both halves of a life: how it came to be, and how this end leaves. */
static const StreamObserver full_watch = {
  .sent = watch_sent,
  .received = watch_received,
  .ended = watch_ended,
  .freed = watch_freed,
  .connected = watch_connected,
  .closing = watch_closing,
};

static void
watch_on_stream (gpointer data, Host *host, Stream *stream)
{
  stream_add_observer (stream, &watch, data);
}

static void
test_an_observer_sees_both_directions_and_the_end (void)
{
  g_autoptr (GString) story = g_string_new (NULL);
  g_auto (Net) net;
  net_init (&net);
  net_establish (&net);
  stream_add_observer (net.client.stream, &watch, story);
  end_send (&net.client, "abc");
  end_send (&net.server, "hello");
  stream_shutdown (net.server.stream);
  net_run (&net);
  g_assert_cmpstr (story->str, ==, "sent:3 received:5 fin");
  end_free_stream (&net.client);
  net_run (&net);
  g_assert_cmpstr (story->str, ==, "sent:3 received:5 fin freed");
}

static void
test_an_observer_hears_no_end_once_the_owner_let_go (void)
{
  g_autoptr (GString) story = g_string_new (NULL);
  g_auto (Net) net;
  net_init (&net);
  net_establish (&net);
  stream_add_observer (net.client.stream, &watch, story);
  end_free_stream (&net.client);
  stream_reset (net.server.stream);
  net_run (&net);
  g_assert_cmpstr (story->str, ==, "freed");
}

static void
test_an_observer_without_functions_is_fine (void)
{
  static const StreamObserver blind = { 0 };
  g_auto (Net) net;
  net_init (&net);
  net_establish (&net);
  stream_add_observer (net.client.stream, &blind, NULL);
  end_send (&net.client, "abc");
  end_send (&net.server, "hello");
  stream_reset (net.server.stream);
  net_run (&net);
  assert_heard (&net.client, "data:5 rst");
}

/* Two who write into one story, told apart by a mark. */
typedef struct Teller {
  GString *story;
  char mark;
} Teller;

static void
teller_note (gpointer data, Stream *stream, const Slice *slice)
{
  const Teller *teller = data;
  g_string_append_printf (teller->story, "%c%" G_GSIZE_FORMAT " ", teller->mark, slice->length);
}

static void
teller_freed (gpointer data, Stream *stream)
{
  const Teller *teller = data;
  g_string_append_printf (teller->story, "%c! ", teller->mark);
}

static void
test_observers_are_told_in_the_order_of_their_adding (void)
{
  static const StreamObserver sees_all = { .sent = teller_note,
                                           .received = teller_note,
                                           .freed = teller_freed };
  static const StreamObserver sees_sent = { .sent = teller_note };
  g_autoptr (GString) story = g_string_new (NULL);
  Teller tellers[] = { { story, 'a' }, { story, 'b' }, { story, 'c' } };
  g_auto (Net) net;
  net_init (&net);
  net_establish (&net);
  stream_add_observer (net.client.stream, &sees_all, &tellers[1]);
  stream_add_observer (net.client.stream, &sees_sent, &tellers[0]);
  stream_add_observer (net.client.stream, &sees_all, &tellers[2]);
  end_send (&net.client, "abc");
  end_send (&net.server, "hello");
  net_run (&net);
  g_assert_cmpstr (story->str, ==, "b3 a3 c3 b5 c5 ");
  end_free_stream (&net.client);
  end_free_stream (&net.server);
  net_run (&net);
  g_assert_cmpstr (story->str, ==, "b3 a3 c3 b5 c5 b! c! ");
}

static void
test_an_observer_hears_of_the_connect_and_of_its_own_side_closing (void)
{
  g_autoptr (GString) story = g_string_new (NULL);
  g_auto (Net) net;
  net_init (&net);
  net_connect (&net);
  stream_add_observer (net.client.stream, &full_watch, story);
  net_run (&net);
  end_send (&net.client, "abc");
  stream_shutdown (net.client.stream);
  stream_reset (net.client.stream);
  g_assert_cmpstr (story->str, ==, "connected sent:3 closing:fin closing:rst");
}

static void
test_a_killed_machine_closes_what_its_process_left_open (void)
{
  g_autoptr (GString) story = g_string_new (NULL);
  g_auto (Net) net;
  net_init (&net);
  net_establish (&net);
  stream_add_observer (net.client.stream, &full_watch, story);
  host_kill (net.client_host);
  net_run (&net);
  g_assert_cmpstr (story->str, ==, " closing:fin");
}

static void
test_the_host_shows_each_stream_as_it_is_made (void)
{
  g_autoptr (GString) client = g_string_new (NULL);
  g_autoptr (GString) server = g_string_new (NULL);
  g_auto (Net) net;
  net_init (&net);
  net.client_host->on_stream = watch_on_stream;
  net.client_host->on_stream_data = client;
  net.server_host->on_stream = watch_on_stream;
  net.server_host->on_stream_data = server;
  net_establish (&net);
  end_send (&net.client, "abc");
  net_run (&net);
  g_assert_cmpstr (client->str, ==, "sent:3");
  g_assert_cmpstr (server->str, ==, "received:3");
}

static void
test_nothing_is_not_sent (void)
{
  g_autoptr (GString) story = g_string_new (NULL);
  g_auto (Net) net;
  net_init (&net);
  net_establish (&net);
  stream_add_observer (net.client.stream, &watch, story);
  stream_send (net.client.stream, SLICE_EMPTY);
  net_run (&net);
  g_assert_cmpstr (story->str, ==, "");
  assert_heard (&net.server, "");
}

/* ---- the tap ---- */

/* What a test's tap does with what it is given, and what became of it. */
typedef struct Tap {
  const char *change_to; /* pass this instead */
  gboolean drops;
  gboolean keeps_end;
  gboolean loses_reset;
  StreamEnd kept;
  guint kept_count;
  GString *story;
} Tap;

static void
tap_carry (Tap *tap, Stream *stream, StreamDirection direction, const Slice *slice)
{
  watch_note (tap->story, direction == STREAM_OUT ? "out" : "in", slice->length);
  if (tap->drops)
    return;
  if (tap->change_to == NULL) {
    stream_tap_pass (stream, direction, slice);
    return;
  }
  Slice changed = slice_copy (tap->change_to, strlen (tap->change_to));
  stream_tap_pass (stream, direction, &changed);
  slice_clear (&changed);
}

static void
tap_outgoing (gpointer data, Stream *stream, const Slice *slice)
{
  tap_carry (data, stream, STREAM_OUT, slice);
}

static void
tap_incoming (gpointer data, Stream *stream, const Slice *slice)
{
  tap_carry (data, stream, STREAM_IN, slice);
}

static gboolean
tap_ending (gpointer data, Stream *stream, StreamDirection direction, StreamEnd end)
{
  Tap *tap = data;
  tap->kept = end;
  tap->kept_count += tap->keeps_end;
  return tap->keeps_end;
}

static gboolean
tap_resetting (gpointer data, Stream *stream)
{
  return ((const Tap *) data)->loses_reset;
}

static void
tap_freed (gpointer data, Stream *stream)
{
  watch_note (((Tap *) data)->story, "freed", 0);
}

static gsize
tap_held (gpointer data, Stream *stream)
{
  return 7;
}

static const StreamTap tap_fns = {
  .outgoing = tap_outgoing,
  .incoming = tap_incoming,
  .ending = tap_ending,
  .resetting = tap_resetting,
  .freed = tap_freed,
  .held = tap_held,
};
static const StreamTap tap_fns_without_ending = {
  .outgoing = tap_outgoing,
  .incoming = tap_incoming,
  .freed = tap_freed,
};

typedef struct Tapped {
  Net net;
  Tap tap; /* on the client's end */
} Tapped;

static void
tapped_init (Tapped *tapped)
{
  net_init (&tapped->net);
  net_establish (&tapped->net);
  tapped->tap = (Tap){ .story = g_string_new (NULL) };
  stream_set_tap (tapped->net.client.stream, &tap_fns, &tapped->tap);
}

static void
tapped_clear (Tapped *tapped)
{
  tapped->tap.keeps_end = FALSE;
  net_clear (&tapped->net);
  g_string_free (tapped->tap.story, TRUE);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Tapped, tapped_clear)

static void
tapped_talk (Tapped *tapped)
{
  end_send (&tapped->net.client, "abc");
  end_send (&tapped->net.server, "hello");
  net_run (&tapped->net);
}

static void
test_a_tap_may_pass_the_same_bytes (void)
{
  g_auto (Tapped) tapped;
  tapped_init (&tapped);
  Slice slice = slice_copy ("abc", 3);
  const guint8 *where = slice.bytes;
  stream_send (tapped.net.client.stream, slice);
  net_run (&tapped.net);
  assert_heard (&tapped.net.server, "data:3");
  g_assert_true (tapped.net.server.where == where);
  tapped_talk (&tapped);
  assert_heard (&tapped.net.client, "data:5");
  g_assert_cmpstr (tapped.tap.story->str, ==, "out:3 out:3 in:5");
}

static void
test_a_tap_may_pass_something_else (void)
{
  g_auto (Tapped) tapped;
  tapped_init (&tapped);
  tapped.tap.change_to = "longer than it was";
  tapped_talk (&tapped);
  assert_heard (&tapped.net.server, "data:18");
  assert_heard (&tapped.net.client, "data:18");
  g_assert_cmpmem (tapped.net.server.bytes->data, tapped.net.server.bytes->len,
                   tapped.tap.change_to, 18);
}

static void
test_a_tap_may_pass_nothing (void)
{
  g_auto (Tapped) tapped;
  tapped_init (&tapped);
  tapped.tap.drops = TRUE;
  tapped_talk (&tapped);
  tapped.tap.drops = FALSE;
  tapped.tap.change_to = "";
  tapped_talk (&tapped);
  assert_heard (&tapped.net.server, "");
  assert_heard (&tapped.net.client, "");
}

/* The peer hears of it when the tap lets it go, or of nothing. */
static void
test_a_tap_may_lose_a_reset (void)
{
  g_auto (Tapped) tapped;
  tapped_init (&tapped);
  Stream *stream = tapped.net.client.stream;
  tapped.tap.loses_reset = TRUE;
  stream_reset (stream);
  net_run (&tapped.net);
  assert_heard (&tapped.net.server, "");
  tapped.tap.loses_reset = FALSE;
  stream_reset (stream);
  net_run (&tapped.net);
  assert_heard (&tapped.net.server, "rst");
}

/* The observer sees what its engine really sent and really received. */
static void
test_the_observer_stands_on_the_owners_side_of_the_tap (void)
{
  g_autoptr (GString) story = g_string_new (NULL);
  g_auto (Tapped) tapped;
  tapped_init (&tapped);
  stream_add_observer (tapped.net.client.stream, &watch, story);
  tapped.tap.change_to = "xy";
  tapped_talk (&tapped);
  tapped.tap.drops = TRUE;
  tapped_talk (&tapped);
  g_assert_cmpstr (story->str, ==, "sent:3 received:2 sent:3");
  end_free_stream (&tapped.net.client);
}

static void
assert_break (StreamEnd end, const char *heard)
{
  g_auto (Tapped) tapped;
  tapped_init (&tapped);
  end_send (&tapped.net.server, "hello"); /* on its way already */
  stream_tap_break (tapped.net.client.stream, end);
  assert_heard (&tapped.net.client, ""); /* not inside the call */
  net_run (&tapped.net);
  g_autofree char *behind = g_strconcat ("data:5 ", heard, NULL);
  assert_heard (&tapped.net.client, behind);
  assert_heard (&tapped.net.server, heard);
}

static void
test_a_tap_may_break_the_stream_for_both_ends (void)
{
  assert_break (STREAM_END_RST, "rst");
  assert_break (STREAM_END_FIN, "fin");
  assert_break (STREAM_END_TIMEOUT, "timeout");
}

static void
test_after_a_break_with_fin_bytes_are_answered_with_rst (void)
{
  g_auto (Tapped) tapped;
  tapped_init (&tapped);
  stream_tap_break (tapped.net.client.stream, STREAM_END_FIN);
  net_run (&tapped.net);
  tapped_talk (&tapped);
  assert_heard (&tapped.net.client, "fin rst");
  assert_heard (&tapped.net.server, "fin rst");
}

static void
test_fin_is_told_once_although_a_tap_sent_one_too (void)
{
  g_auto (Tapped) tapped;
  tapped_init (&tapped);
  stream_shutdown (tapped.net.server.stream);
  stream_tap_break (tapped.net.client.stream, STREAM_END_FIN);
  net_run (&tapped.net);
  assert_heard (&tapped.net.client, "fin");
  assert_heard (&tapped.net.server, "fin");
}

static void
test_a_break_is_told_at_once_although_a_timeout_was_to_come (void)
{
  g_auto (Tapped) tapped;
  tapped_init (&tapped);
  host_power_cut (tapped.net.server_host, DISK_CUT_LOSE);
  end_send (&tapped.net.client, "abc");
  net_run_for (&tapped.net, NS_PER_S);
  stream_tap_break (tapped.net.client.stream, STREAM_END_RST);
  net_run_for (&tapped.net, NS_PER_MS);
  assert_heard (&tapped.net.client, "rst");
}

static void
test_a_break_ends_a_connect_as_well (void)
{
  g_auto (Net) net;
  Tap tap = { .story = g_string_new (NULL) };
  net_init (&net);
  net_connect (&net);
  stream_set_tap (net.client.stream, &tap_fns, &tap);
  stream_tap_break (net.client.stream, STREAM_END_RST);
  net_run (&net);
  assert_heard (&net.client, "rst");
  g_assert_null (net.server.stream);
  end_free_stream (&net.client);
  g_string_free (tap.story, TRUE);
}

/* ---- a tap that keeps an end back ---- */

static void
test_a_tap_may_keep_back_the_fin_of_a_shutdown (void)
{
  g_auto (Tapped) tapped;
  tapped_init (&tapped);
  tapped.tap.keeps_end = TRUE;
  stream_shutdown (tapped.net.client.stream);
  net_run (&tapped.net);
  assert_heard (&tapped.net.server, "");
  g_assert_cmpint (tapped.tap.kept, ==, STREAM_END_FIN);
  stream_tap_end (tapped.net.client.stream, STREAM_OUT, STREAM_END_FIN);
  net_run (&tapped.net);
  assert_heard (&tapped.net.server, "fin");
}

static void
test_what_a_tap_holds_is_queued (void)
{
  g_auto (Tapped) tapped;
  tapped_init (&tapped);
  g_assert_cmpuint (stream_queued (tapped.net.client.stream), ==, 7);
}

static void
test_the_stream_is_read_only_while_owner_and_tap_want_it (void)
{
  g_auto (Tapped) tapped;
  tapped_init (&tapped);
  stream_tap_set_reading (tapped.net.client.stream, FALSE);
  stream_set_reading (tapped.net.client.stream, FALSE);
  stream_send (tapped.net.server.stream, slice_copy ("abcd", 4));
  stream_tap_set_reading (tapped.net.client.stream, TRUE);
  net_run (&tapped.net);
  assert_heard (&tapped.net.client, "");
  stream_set_reading (tapped.net.client.stream, TRUE);
  net_run (&tapped.net);
  assert_heard (&tapped.net.client, "data:4");
}

static void
test_a_tap_may_keep_a_stream_that_its_owner_let_go (void)
{
  g_auto (Tapped) tapped;
  tapped_init (&tapped);
  Stream *stream = tapped.net.client.stream;
  Slice held = slice_copy ("held", 4);
  tapped.tap.keeps_end = TRUE;
  end_free_stream (&tapped.net.client);
  net_run (&tapped.net);
  assert_heard (&tapped.net.server, "");
  stream_tap_pass (stream, STREAM_OUT, &held);
  stream_tap_end (stream, STREAM_OUT, STREAM_END_FIN);
  net_run (&tapped.net);
  assert_heard (&tapped.net.server, "data:4 fin");
  slice_clear (&held);
}

static void
test_a_tap_may_keep_back_what_the_network_tells (void)
{
  g_auto (Tapped) tapped;
  tapped_init (&tapped);
  tapped.tap.keeps_end = TRUE;
  stream_reset (tapped.net.server.stream);
  net_run (&tapped.net);
  assert_heard (&tapped.net.client, "");
  g_assert_cmpint (tapped.tap.kept, ==, STREAM_END_RST);
  stream_tap_end (tapped.net.client.stream, STREAM_IN, STREAM_END_RST);
  assert_heard (&tapped.net.client, "rst");
}

static void
test_a_tap_without_ending_keeps_nothing_back (void)
{
  g_auto (Net) net;
  Tap tap = { .story = g_string_new (NULL), .keeps_end = TRUE };
  net_init (&net);
  net_establish (&net);
  stream_set_tap (net.client.stream, &tap_fns_without_ending, &tap);
  stream_shutdown (net.client.stream);
  stream_shutdown (net.server.stream);
  net_run (&net);
  assert_heard (&net.client, "fin");
  assert_heard (&net.server, "fin");
  end_free_stream (&net.client);
  g_assert_cmpstr (tap.story->str, ==, "freed");
  g_string_free (tap.story, TRUE);
}

static void
test_a_host_that_goes_down_takes_a_kept_stream_along (void)
{
  g_auto (Tapped) tapped;
  tapped_init (&tapped);
  tapped.tap.keeps_end = TRUE;
  end_free_stream (&tapped.net.client);
  host_power_cut (tapped.net.client_host, DISK_CUT_LOSE);
  g_assert_cmpuint (tapped.tap.kept_count, ==, 1);
  g_assert_cmpstr (tapped.tap.story->str, ==, "freed");
}

static void
test_a_tap_keeps_nothing_back_on_a_host_that_is_down (void)
{
  g_auto (Tapped) tapped;
  tapped_init (&tapped);
  tapped.tap.keeps_end = TRUE;
  host_power_cut (tapped.net.client_host, DISK_CUT_LOSE);
  end_free_stream (&tapped.net.client);
  g_assert_cmpuint (tapped.tap.kept_count, ==, 0);
  g_assert_cmpstr (tapped.tap.story->str, ==, "freed");
}

/* ---- callbacks that let go ---- */

static void
free_own (End *end)
{
  end_free_stream (end);
}

static void
free_other (End *end)
{
  end_free_stream (end->other);
}

static void
free_both (End *end)
{
  end_free_stream (end);
  end_free_stream (end->other);
}

static void
test_connected_may_free_its_stream (void)
{
  g_auto (Net) net;
  net_init (&net);
  net.client.then = free_own;
  net_connect (&net);
  net_run (&net);
  assert_heard (&net.client, "connected");
  assert_heard (&net.server, "fin");
}

static void
test_data_may_free_its_stream_and_hears_no_more (void)
{
  g_auto (Net) net;
  net_init (&net);
  net_establish (&net);
  net.server.then = free_own;
  end_send (&net.client, "abc");
  end_send (&net.client, "def");
  net_run (&net);
  assert_heard (&net.server, "data:3");
}

static void
test_data_may_free_the_other_end (void)
{
  g_auto (Net) net;
  net_init (&net);
  net_establish (&net);
  net.server.then = free_other;
  net.server.other = &net.client;
  end_send (&net.client, "abc");
  net_run (&net);
  assert_heard (&net.server, "data:3 fin");
}

static void
test_data_may_free_both_ends (void)
{
  g_auto (Net) net;
  net_init (&net);
  net_establish (&net);
  net.server.then = free_both;
  net.server.other = &net.client;
  end_send (&net.client, "abc");
  end_send (&net.client, "def");
  net_run (&net);
  assert_heard (&net.server, "data:3");
  assert_heard (&net.client, "");
}

static void
test_ended_may_free_its_stream_or_both (void)
{
  for (guint i = 0; i < 2; i++) {
    g_auto (Net) net;
    net_init (&net);
    net_establish (&net);
    net.client.then = i == 0 ? free_own : free_both;
    net.client.other = &net.server;
    if (i == 0)
      stream_shutdown (net.server.stream);
    else
      stream_reset (net.server.stream);
    net_run (&net);
    assert_heard (&net.client, i == 0 ? "fin" : "rst");
    g_assert_null (net.client.stream);
  }
}

static void
test_drained_may_free_its_stream_or_both (void)
{
  for (guint i = 0; i < 2; i++) {
    g_auto (Net) net;
    net_init (&net);
    net_establish (&net);
    net.client.then = i == 0 ? free_own : free_both;
    net.client.other = &net.server;
    stream_send (net.client.stream, slice_whole (buffer_new (STREAM_LOW_WATER + 1)));
    net_run (&net);
    assert_heard (&net.client, "drained");
  }
}

static void
accepted_frees_stream (gpointer owner, Listener *listener, Stream *stream)
{
  stream_free (stream);
}

static void
accepted_frees_listener (gpointer owner, Listener *listener, Stream *stream)
{
  Net *net = owner;
  net->server.stream = stream;
  stream_attach (stream, &end_events, &net->server);
  listener_free (g_steal_pointer (&net->listener));
}

static void
accepted_frees_client (gpointer owner, Listener *listener, Stream *stream)
{
  Net *net = owner;
  net_accepted (owner, listener, stream);
  end_free_stream (&net->client);
}

static void
accept_with (Net *net, void (*accepted) (gpointer owner, Listener *listener, Stream *stream))
{
  const ListenerEvents events = { accepted };
  net_init (net);
  net->listener->events = &events;
  net_connect (net);
  net_run (net);
  if (net->listener != NULL)
    net->listener->events = &net_listener_events;
}

static void
test_accepted_may_free_the_stream (void)
{
  g_auto (Net) net;
  accept_with (&net, accepted_frees_stream);
  assert_heard (&net.client, "connected fin");
}

static void
test_accepted_may_free_the_listener (void)
{
  g_auto (Net) net;
  accept_with (&net, accepted_frees_listener);
  assert_heard (&net.client, "connected");
  end_send (&net.client, "abc");
  net_run (&net);
  assert_heard (&net.server, "data:3");
}

static void
test_accepted_may_free_the_stream_that_connects (void)
{
  g_auto (Net) net;
  accept_with (&net, accepted_frees_client);
  assert_heard (&net.client, "");
  assert_heard (&net.server, "rst");
}

/* ---- misuse ---- */

static void
send_on_a_freed_stream (void)
{
  Net net;
  net_init (&net);
  net_establish (&net);
  Stream *stream = net.client.stream;
  stream_free (stream);
  stream_send (stream, SLICE_EMPTY);
}

static void
test_use_after_free_is_a_programmers_error (void)
{
  g_test_trap_subprocess ("/world/stream/subprocess/freed", 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*check failed: expected !stream->is_freed*");
}

static void
test_freeing_nothing_is_fine (void)
{
  stream_free (NULL);
  listener_free (NULL);
  world_free (NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define TEST(path, function) g_test_add_func ("/world/stream/" path, function)
  TEST ("each-end-has-a-name", test_each_end_has_a_name);
  TEST ("an-observer-sees-both-directions-and-the-end",
        test_an_observer_sees_both_directions_and_the_end);
  TEST ("an-observer-hears-no-end-once-the-owner-let-go",
        test_an_observer_hears_no_end_once_the_owner_let_go);
  TEST ("observers-are-told-in-the-order-of-their-adding",
        test_observers_are_told_in_the_order_of_their_adding);
  TEST ("an-observer-hears-of-the-connect-and-of-its-own-side-closing",
        test_an_observer_hears_of_the_connect_and_of_its_own_side_closing);
  TEST ("a-killed-machine-closes-what-its-process-left-open",
        test_a_killed_machine_closes_what_its_process_left_open);
  TEST ("an-observer-without-functions-is-fine", test_an_observer_without_functions_is_fine);
  TEST ("the-host-shows-each-stream-as-it-is-made", test_the_host_shows_each_stream_as_it_is_made);
  TEST ("nothing-is-not-sent", test_nothing_is_not_sent);
  TEST ("a-tap-may-pass-the-same-bytes", test_a_tap_may_pass_the_same_bytes);
  TEST ("a-tap-may-pass-something-else", test_a_tap_may_pass_something_else);
  TEST ("a-tap-may-pass-nothing", test_a_tap_may_pass_nothing);
  TEST ("a-tap-may-lose-a-reset", test_a_tap_may_lose_a_reset);
  TEST ("the-observer-stands-on-the-owners-side-of-the-tap",
        test_the_observer_stands_on_the_owners_side_of_the_tap);
  TEST ("a-tap-may-break-the-stream-for-both-ends", test_a_tap_may_break_the_stream_for_both_ends);
  TEST ("after-a-break-with-fin-bytes-are-answered-with-rst",
        test_after_a_break_with_fin_bytes_are_answered_with_rst);
  TEST ("fin-is-told-once-although-a-tap-sent-one-too",
        test_fin_is_told_once_although_a_tap_sent_one_too);
  TEST ("a-break-is-told-at-once-although-a-timeout-was-to-come",
        test_a_break_is_told_at_once_although_a_timeout_was_to_come);
  TEST ("a-break-ends-a-connect-as-well", test_a_break_ends_a_connect_as_well);
  TEST ("a-tap-may-keep-back-the-fin-of-a-shutdown",
        test_a_tap_may_keep_back_the_fin_of_a_shutdown);
  TEST ("what-a-tap-holds-is-queued", test_what_a_tap_holds_is_queued);
  TEST ("the-stream-is-read-only-while-owner-and-tap-want-it",
        test_the_stream_is_read_only_while_owner_and_tap_want_it);
  TEST ("a-tap-may-keep-a-stream-that-its-owner-let-go",
        test_a_tap_may_keep_a_stream_that_its_owner_let_go);
  TEST ("a-tap-may-keep-back-what-the-network-tells",
        test_a_tap_may_keep_back_what_the_network_tells);
  TEST ("a-tap-without-ending-keeps-nothing-back", test_a_tap_without_ending_keeps_nothing_back);
  TEST ("a-host-that-goes-down-takes-a-kept-stream-along",
        test_a_host_that_goes_down_takes_a_kept_stream_along);
  TEST ("a-tap-keeps-nothing-back-on-a-host-that-is-down",
        test_a_tap_keeps_nothing_back_on_a_host_that_is_down);
  TEST ("connected-may-free-its-stream", test_connected_may_free_its_stream);
  TEST ("data-may-free-its-stream-and-hears-no-more",
        test_data_may_free_its_stream_and_hears_no_more);
  TEST ("data-may-free-the-other-end", test_data_may_free_the_other_end);
  TEST ("data-may-free-both-ends", test_data_may_free_both_ends);
  TEST ("ended-may-free-its-stream-or-both", test_ended_may_free_its_stream_or_both);
  TEST ("drained-may-free-its-stream-or-both", test_drained_may_free_its_stream_or_both);
  TEST ("accepted-may-free-the-stream", test_accepted_may_free_the_stream);
  TEST ("accepted-may-free-the-listener", test_accepted_may_free_the_listener);
  TEST ("accepted-may-free-the-stream-that-connects",
        test_accepted_may_free_the_stream_that_connects);
  TEST ("subprocess/freed", send_on_a_freed_stream);
  TEST ("use-after-free-is-a-programmers-error", test_use_after_free_is_a_programmers_error);
  TEST ("freeing-nothing-is-fine", test_freeing_nothing_is_fine);
#undef TEST
  return g_test_run ();
}
