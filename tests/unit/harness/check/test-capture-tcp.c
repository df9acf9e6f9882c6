/* SPDX-License-Identifier: Apache-2.0 */
/* Connections put together from segments that come as networks and captures bring them. */
#include "harness/check/capture-tcp.h"

/* What came out: "1:>abc 1:<de", and "1!" where the connection ended, with the packet behind its first hole. */
typedef struct Story {
  CaptureTcp *tcp;
  GString *text;
  guint64 packet;
} Story;

static void
on_opened (gpointer data, CaptureConnection *connection)
{
  Story *story = data;
  g_string_append_printf (story->text, "%u%s ", connection->number,
                          connection->has_start ? "+" : "?");
}

static void
on_bytes (gpointer data, CaptureConnection *connection, gboolean is_from_server, const Slice *slice,
          const CaptureSegment *segment)
{
  Story *story = data;
  g_string_append_printf (story->text, "%u%s%.*s ", connection->number, is_from_server ? "<" : ">",
                          (int) slice->length, (const char *) slice->bytes);
}

static void
on_closed (gpointer data, CaptureConnection *connection)
{
  Story *story = data;
  g_string_append_printf (story->text, "%u! ", connection->number);
  if (connection->broken_packet != 0)
    g_string_append_printf (story->text, "at %" G_GUINT64_FORMAT " ", connection->broken_packet);
}

static void
story_init (Story *story)
{
  static const CaptureTcpEvents events = { on_opened, on_bytes, on_closed };
  story->text = g_string_new (NULL);
  story->tcp = capture_tcp_new (&events, story);
  story->packet = 0;
}

static void
story_ends (Story *story, const char *expected)
{
  g_clear_pointer (&story->tcp, capture_tcp_free);
  g_assert_cmpstr (story->text->str, ==, expected);
}

static void
story_clear (Story *story)
{
  capture_tcp_free (story->tcp);
  g_string_free (story->text, TRUE);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Story, story_clear)

/* One segment; the client counts from 100, the server from 500, of the first of their bytes. `place`: the MAC addresses. */
static void
segment_add (Story *story, guint8 place, gboolean is_from_server, guint8 flags, guint32 seq,
             guint32 ack, const char *text)
{
  const Address client = { .ip = { 10, 0, 0, 1 }, .port = 40000 };
  const Address server = { .ip = { 10, 0, 0, 2 }, .port = 3260 };
  CaptureSegment segment = { .packet = ++story->packet,
                             .from = is_from_server ? server : client,
                             .to = is_from_server ? client : server,
                             .seq = seq,
                             .ack = ack,
                             .flags = flags,
                             .data = (const guint8 *) text,
                             .length = strlen (text),
                             .sent_length = strlen (text) };
  segment.from_mac[0] = (guint8) (2 * place + is_from_server);
  segment.to_mac[0] = (guint8) (2 * place + !is_from_server);
  capture_tcp_add (story->tcp, &segment);
}

static void
from_client (Story *story, guint32 seq, guint32 ack, const char *text)
{
  segment_add (story, 0, FALSE, CAPTURE_ACK, seq, ack, text);
}

static void
from_server (Story *story, guint32 seq, guint32 ack, const char *text)
{
  segment_add (story, 0, TRUE, CAPTURE_ACK, seq, ack, text);
}

static void
handshake (Story *story, guint8 place)
{
  segment_add (story, place, FALSE, CAPTURE_SYN, 99, 0, "");
  segment_add (story, place, TRUE, CAPTURE_SYN | CAPTURE_ACK, 499, 100, "");
  segment_add (story, place, FALSE, CAPTURE_ACK, 100, 500, "");
}

static void
test_bytes_come_out_in_the_order_of_the_capture (void)
{
  g_auto (Story) story = { 0 };
  story_init (&story);
  handshake (&story, 0);
  from_client (&story, 100, 500, "abc");
  from_server (&story, 500, 103, "xy");
  from_client (&story, 103, 502, "d");
  story_ends (&story, "1+ 1>abc 1<xy 1>d 1! ");
}

static void
test_what_is_sent_again_comes_out_once (void)
{
  g_auto (Story) story = { 0 };
  story_init (&story);
  segment_add (&story, 0, FALSE, CAPTURE_SYN, 99, 0, "");
  handshake (&story, 0);
  from_client (&story, 100, 500, "abc");
  from_client (&story, 100, 500, "abc");
  from_client (&story, 101, 500, "bcde");
  from_client (&story, 99, 500, "?"); /* a keepalive */
  story_ends (&story, "1+ 1>abc 1>de 1! ");
}

static void
test_what_comes_out_of_order_waits_for_its_turn (void)
{
  g_auto (Story) story = { 0 };
  story_init (&story);
  handshake (&story, 0);
  from_client (&story, 105, 500, "f");
  from_client (&story, 102, 500, "cde");
  from_client (&story, 104, 500, "ef"); /* overlaps both */
  g_assert_cmpstr (story.text->str, ==, "1+ ");
  from_client (&story, 100, 500, "ab");
  story_ends (&story, "1+ 1>ab 1>cde 1>f 1! ");
}

static void
test_numbers_wrap (void)
{
  g_auto (Story) story = { 0 };
  story_init (&story);
  segment_add (&story, 0, FALSE, CAPTURE_SYN, 0xfffffffd, 0, "");
  segment_add (&story, 0, TRUE, CAPTURE_SYN | CAPTURE_ACK, 499, 0xfffffffe, "");
  from_client (&story, 2, 500, "ef");
  from_client (&story, 0xfffffffe, 500, "abcd");
  story_ends (&story, "1+ 1>abcd 1>ef 1! ");
}

static void
test_bytes_that_never_come_end_the_connection (void)
{
  g_auto (Story) story = { 0 };
  story_init (&story);
  handshake (&story, 0);
  from_client (&story, 100, 500, "ab");
  from_client (&story, 103, 500, "d");
  from_client (&story, 104, 500, "e");
  story_ends (&story, "1+ 1>ab 1! at 5 ");
}

/* The server has acknowledged what is not here: its answer would be an answer to nothing. */
static void
test_answers_to_what_the_capture_lacks_wait (void)
{
  g_auto (Story) story = { 0 };
  story_init (&story);
  handshake (&story, 0);
  from_server (&story, 500, 104, "answer");
  g_assert_cmpstr (story.text->str, ==, "1+ ");
  from_client (&story, 100, 500, "abcd"); /* two processors' queues: captured late */
  from_client (&story, 106, 506, "gh");
  from_server (&story, 506, 108, "lost");
  story_ends (&story, "1+ 1>abcd 1<answer 1! at 6 ");
}

static void
test_a_packet_that_was_cut_short_ends_the_connection (void)
{
  g_auto (Story) story = { 0 };
  story_init (&story);
  handshake (&story, 0);
  const CaptureSegment cut = { .packet = 4,
                               .from = { .ip = { 10, 0, 0, 1 }, .port = 40000 },
                               .to = { .ip = { 10, 0, 0, 2 }, .port = 3260 },
                               .to_mac = { 1 },
                               .seq = 100,
                               .ack = 500,
                               .flags = CAPTURE_ACK,
                               .data = (const guint8 *) "ab",
                               .length = 2,
                               .sent_length = 10 };
  capture_tcp_add (story.tcp, &cut);
  from_client (&story, 110, 500, "more");
  story_ends (&story, "1+ 1>ab 1! at 4 ");
}

static void
test_a_connection_without_its_syn_says_nothing (void)
{
  g_auto (Story) story = { 0 };
  story_init (&story);
  from_client (&story, 100, 500, "abc");
  from_server (&story, 500, 103, "xy");
  story_ends (&story, "1? 1! ");
}

static void
test_a_new_syn_is_a_new_connection (void)
{
  g_auto (Story) story = { 0 };
  story_init (&story);
  handshake (&story, 0);
  from_client (&story, 100, 500, "abc");
  segment_add (&story, 0, FALSE, CAPTURE_SYN, 7099, 0, "");
  segment_add (&story, 0, TRUE, CAPTURE_SYN | CAPTURE_ACK, 499, 7100, "");
  from_client (&story, 7100, 500, "new");
  story_ends (&story, "1+ 1>abc 1! 2+ 2>new 2! ");
}

static void
test_one_connection_seen_at_two_places_is_two (void)
{
  g_auto (Story) story = { 0 };
  story_init (&story);
  handshake (&story, 0);
  handshake (&story, 1);
  segment_add (&story, 0, FALSE, CAPTURE_ACK, 100, 500, "as sent");
  segment_add (&story, 1, FALSE, CAPTURE_ACK, 100, 500, "as received");
  segment_add (&story, 1, TRUE, CAPTURE_ACK, 500, 111, "ok");
  segment_add (&story, 0, TRUE, CAPTURE_ACK, 500, 107, "ok");
  story_ends (&story, "1+ 2+ 1>as sent 2>as received 2<ok 1<ok 1! 2! ");
}

/* The way back leads over another router; then the way there changes, too. */
static void
test_routes_may_differ_and_change (void)
{
  g_auto (Story) story = { 0 };
  story_init (&story);
  segment_add (&story, 0, FALSE, CAPTURE_SYN, 99, 0, "");
  segment_add (&story, 5, TRUE, CAPTURE_SYN | CAPTURE_ACK, 499, 100, "");
  segment_add (&story, 0, FALSE, CAPTURE_ACK, 100, 500, "abc");
  segment_add (&story, 5, TRUE, CAPTURE_ACK, 500, 103, "xy");
  segment_add (&story, 7, FALSE, CAPTURE_ACK, 103, 502, "d");
  story_ends (&story, "1+ 1>abc 1<xy 1>d 1! ");
}

#define TEST(name, function) g_test_add_func ("/harness/check/capture-tcp/" name, function)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  TEST ("bytes-come-out-in-the-order-of-the-capture",
        test_bytes_come_out_in_the_order_of_the_capture);
  TEST ("what-is-sent-again-comes-out-once", test_what_is_sent_again_comes_out_once);
  TEST ("what-comes-out-of-order-waits-for-its-turn",
        test_what_comes_out_of_order_waits_for_its_turn);
  TEST ("numbers-wrap", test_numbers_wrap);
  TEST ("bytes-that-never-come-end-the-connection", test_bytes_that_never_come_end_the_connection);
  TEST ("answers-to-what-the-capture-lacks-wait", test_answers_to_what_the_capture_lacks_wait);
  TEST ("a-packet-that-was-cut-short-ends-the-connection",
        test_a_packet_that_was_cut_short_ends_the_connection);
  TEST ("a-connection-without-its-syn-says-nothing",
        test_a_connection_without_its_syn_says_nothing);
  TEST ("a-new-syn-is-a-new-connection", test_a_new_syn_is_a_new_connection);
  TEST ("one-connection-seen-at-two-places-is-two", test_one_connection_seen_at_two_places_is_two);
  TEST ("routes-may-differ-and-change", test_routes_may_differ_and_change);
  return g_test_run ();
}
