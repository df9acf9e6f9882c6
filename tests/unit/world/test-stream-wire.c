/* SPDX-License-Identifier: Apache-2.0 */
/* What an observer sees at the wire's side of a tap: what became of the owner's bytes and ends, when it is there. */
#include "tests/unit/world/sim/sim-fixture.h"

/* Passes twice what it is given outwards, and nothing inwards. */
typedef struct Tap {
  gboolean keeps_end;
} Tap;

static void
tap_outgoing (gpointer data, Stream *stream, const Slice *slice)
{
  stream_tap_pass (stream, STREAM_OUT, slice);
  stream_tap_pass (stream, STREAM_OUT, slice);
}

static void
tap_incoming (gpointer data, Stream *stream, const Slice *slice)
{
}

static gboolean
tap_ending (gpointer data, Stream *stream, StreamDirection direction, StreamEnd end)
{
  const Tap *tap = data;
  return tap->keeps_end;
}

static const StreamTap tap_fns = {
  .outgoing = tap_outgoing,
  .incoming = tap_incoming,
  .ending = tap_ending,
};

static void
watch_sent (gpointer data, Stream *stream, const Slice *slice)
{
  g_string_append_printf (data, "sent:%" G_GSIZE_FORMAT " ", slice->length);
}

static void
watch_received (gpointer data, Stream *stream, const Slice *slice)
{
  g_string_append_printf (data, "received:%" G_GSIZE_FORMAT " ", slice->length);
}

static void
watch_ended (gpointer data, Stream *stream, StreamEnd end)
{
  g_string_append_printf (data, "ended:%s ", stream_end_name (end));
}

static void
watch_closing (gpointer data, Stream *stream, StreamEnd end)
{
  g_string_append_printf (data, "closing:%s ", stream_end_name (end));
}

static const StreamObserver watch = {
  .wire_sent = watch_sent,
  .wire_received = watch_received,
  .wire_ended = watch_ended,
  .wire_closing = watch_closing,
};

typedef struct Watched {
  Net net;
  Tap tap;
  GString *story; /* of the client's end */
} Watched;

static void
watched_init (Watched *watched)
{
  net_init (&watched->net);
  net_establish (&watched->net);
  watched->tap.keeps_end = FALSE;
  watched->story = g_string_new (NULL);
  stream_add_observer (watched->net.client.stream, &watch, watched->story);
}

static void
watched_tap (Watched *watched)
{
  stream_set_tap (watched->net.client.stream, &tap_fns, &watched->tap);
}

static void
watched_clear (Watched *watched)
{
  watched->tap.keeps_end = FALSE;
  net_clear (&watched->net);
  g_string_free (watched->story, TRUE);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Watched, watched_clear)

static void
watched_talk (Watched *watched)
{
  end_send (&watched->net.client, "abc");
  end_send (&watched->net.server, "hello");
  net_run (&watched->net);
}

static void
test_without_a_tap_the_wire_has_what_the_owner_has (void)
{
  g_auto (Watched) watched;
  watched_init (&watched);
  watched_talk (&watched);
  stream_shutdown (watched.net.client.stream);
  stream_shutdown (watched.net.server.stream);
  net_run (&watched.net);
  g_assert_cmpstr (watched.story->str, ==, "sent:3 received:5 closing:fin ended:fin ");
}

static void
test_bytes_are_seen_as_the_tap_passes_them (void)
{
  g_auto (Watched) watched;
  watched_init (&watched);
  watched_tap (&watched);
  watched_talk (&watched);
  g_assert_cmpstr (watched.story->str, ==, "sent:3 sent:3 received:5 ");
  assert_heard (&watched.net.client, "");
}

static void
test_an_end_is_seen_when_the_tap_lets_it_go (void)
{
  g_auto (Watched) watched;
  watched_init (&watched);
  watched_tap (&watched);
  watched.tap.keeps_end = TRUE;
  stream_shutdown (watched.net.client.stream);
  stream_shutdown (watched.net.server.stream);
  net_run (&watched.net);
  g_assert_cmpstr (watched.story->str, ==, "ended:fin ");
  stream_tap_end (watched.net.client.stream, STREAM_OUT, STREAM_END_FIN);
  g_assert_cmpstr (watched.story->str, ==, "ended:fin closing:fin ");
}

static void
test_a_stream_that_is_let_go_closes_once (void)
{
  g_auto (Watched) watched;
  watched_init (&watched);
  end_free_stream (&watched.net.client);
  net_run (&watched.net);
  g_assert_cmpstr (watched.story->str, ==, "closing:fin ");
}

/* The reset is the tap's own, although the owner hears of it as of one that came. */
static void
test_a_break_goes_out (void)
{
  g_auto (Watched) watched;
  watched_init (&watched);
  watched_tap (&watched);
  stream_tap_break (watched.net.client.stream, STREAM_END_RST);
  net_run (&watched.net);
  assert_heard (&watched.net.client, "rst");
  g_assert_cmpstr (watched.story->str, ==, "closing:rst ");
}

static void
test_a_reset_goes_out_and_comes_in (void)
{
  g_auto (Watched) own, other;
  watched_init (&own);
  stream_reset (own.net.client.stream);
  net_run (&own.net);
  g_assert_cmpstr (own.story->str, ==, "closing:rst ");
  watched_init (&other);
  stream_reset (other.net.server.stream);
  net_run (&other.net);
  g_assert_cmpstr (other.story->str, ==, "ended:rst ");
}

#define TEST(name, function) g_test_add_func ("/world/stream-wire/" name, function)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  TEST ("without-a-tap-the-wire-has-what-the-owner-has",
        test_without_a_tap_the_wire_has_what_the_owner_has);
  TEST ("bytes-are-seen-as-the-tap-passes-them", test_bytes_are_seen_as_the_tap_passes_them);
  TEST ("an-end-is-seen-when-the-tap-lets-it-go", test_an_end_is_seen_when_the_tap_lets_it_go);
  TEST ("a-stream-that-is-let-go-closes-once", test_a_stream_that_is_let_go_closes_once);
  TEST ("a-break-goes-out", test_a_break_goes_out);
  TEST ("a-reset-goes-out-and-comes-in", test_a_reset_goes_out_and_comes_in);
  return g_test_run ();
}
