/* SPDX-License-Identifier: Apache-2.0 */
/* Streams over real loopback mean what the simulated ones mean. */
#include "tests/unit/world/live/live-fixture.h"

static void
send_text (Stream *stream, const char *text)
{
  stream_send (stream, slice_copy (text, strlen (text)));
}

static void
assert_received (const End *end, const char *text)
{
  g_assert_cmpmem (end->received->data, end->received->len, text, strlen (text));
}

/* ---- bytes ---- */

#define BULK_BYTES (8 * 1024 * 1024)
#define PART_BYTES (37 * 1000)

typedef struct Pump {
  End end; /* first: the stream's owner */
  gsize sent;
  gsize highest;
} Pump;

static guint8
bulk_byte (gsize offset)
{
  return (guint8) (offset * 31 + offset / 4096);
}

static void
pump_fill (Pump *pump)
{
  while (pump->sent < BULK_BYTES && stream_queued (pump->end.stream) < STREAM_HIGH_WATER) {
    const gsize length = MIN (PART_BYTES, BULK_BYTES - pump->sent);
    Buffer *buffer = buffer_new (length);
    for (gsize i = 0; i < length; i++)
      buffer->bytes[i] = bulk_byte (pump->sent + i);
    stream_send (pump->end.stream, slice_whole (buffer));
    pump->sent += length;
    pump->highest = MAX (pump->highest, stream_queued (pump->end.stream));
  }
}

static void
pump_drained (gpointer owner)
{
  Pump *pump = owner;
  pump->end.drained++;
  pump_fill (pump);
}

static const StreamEvents pump_events = { .data = end_data, .drained = pump_drained };

static void
assert_bulk (const GByteArray *received)
{
  g_assert_cmpuint (received->len, ==, BULK_BYTES);
  for (gsize i = 0; i < BULK_BYTES; i++)
    if (received->data[i] != bulk_byte (i))
      g_error ("byte %" G_GSIZE_FORMAT " is wrong", i);
}

static void
test_bulk (Fixture *fixture, gconstpointer data)
{
  Pair pair;
  pair_connect (&pair, fixture->host, fixture->host);
  Pump client = { .end = pair.client }, server = { .end = pair.server };
  stream_attach (pair.client.stream, &pump_events, &client);
  stream_attach (pair.server.stream, &pump_events, &server);
  pump_fill (&client);
  pump_fill (&server);
  STEP_UNTIL (fixture->world,
              client.end.received->len >= BULK_BYTES && server.end.received->len >= BULK_BYTES);
  assert_bulk (client.end.received);
  assert_bulk (server.end.received);
  g_assert_cmpuint (client.end.drained, >, 0);
  g_assert_cmpuint (client.highest, <, STREAM_HIGH_WATER + PART_BYTES);
  pair_clear (&pair);
}

static void
test_paused_reader_holds_the_sender (Fixture *fixture, gconstpointer data)
{
  Pair pair;
  pair_connect (&pair, fixture->host, fixture->host);
  stream_set_reading (pair.server.stream, FALSE);
  for (guint i = 0; i < 16; i++) {
    Buffer *buffer = buffer_new (1024 * 1024);
    memset (buffer->bytes, 'x', buffer->size);
    stream_send (pair.client.stream, slice_whole (buffer));
  }
  STEP_FOR (fixture->world, 20 * NS_PER_MS);
  g_assert_cmpuint (pair.server.received->len, ==, 0);
  g_assert_cmpuint (stream_queued (pair.client.stream), >, STREAM_HIGH_WATER);
  g_assert_cmpuint (pair.client.drained, ==, 0);

  stream_set_reading (pair.server.stream, TRUE);
  STEP_UNTIL (fixture->world, pair.server.received->len == 16 * 1024 * 1024);
  g_assert_cmpuint (pair.client.drained, ==, 1);
  g_assert_cmpuint (stream_queued (pair.client.stream), ==, 0);
  pair_clear (&pair);
}

static void
keep_slice (gpointer owner, const Slice *slice)
{
  g_array_append_vals (owner, (const Slice[]){ slice_ref (slice) }, 1);
}

static void
test_kept_slices_are_not_overwritten (Fixture *fixture, gconstpointer data)
{
  static const StreamEvents events = { .data = keep_slice };
  Pair pair;
  pair_connect (&pair, fixture->host, fixture->host);
  GArray *kept = g_array_new (FALSE, FALSE, sizeof (Slice));
  stream_attach (pair.server.stream, &events, kept);
  for (guint i = 0; i < 10; i++) {
    char text[16];
    g_snprintf (text, sizeof text, "message %u", i);
    send_text (pair.client.stream, text);
    STEP_UNTIL (fixture->world, kept->len == i + 1);
  }
  for (guint i = 0; i < kept->len; i++) {
    char text[16];
    g_snprintf (text, sizeof text, "message %u", i);
    Slice *slice = &g_array_index (kept, Slice, i);
    g_assert_cmpmem (slice->bytes, slice->length, text, strlen (text));
    slice_clear (slice);
  }
  g_array_unref (kept);
  pair_clear (&pair);
}

static void
test_send_tells_nothing_inside_the_call (Fixture *fixture, gconstpointer data)
{
  Pair pair;
  pair_connect (&pair, fixture->host, fixture->host);
  stream_reset (pair.server.stream);
  STEP_UNTIL (fixture->world, pair.client.ends == 1);
  send_text (pair.client.stream, "to nobody");
  stream_send (pair.server.stream, slice_copy ("late", 4));
  g_assert_cmpuint (pair.client.ends, ==, 1);
  g_assert_cmpuint (pair.server.ends, ==, 0);
  g_assert_cmpuint (stream_queued (pair.client.stream), ==, 0);
  pair_clear (&pair);
}

/* ---- ends ---- */

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  Address address;
  Pair pair;
  pair_init (&pair);
  g_assert_true (world_address_new (fixture->world, fixture->host, &address, &error));
  pair.client.stream = stream_connect (fixture->host, &address, &end_events, &pair.client);
  g_assert_cmpuint (pair.client.ends, ==, 0);
  STEP_UNTIL (fixture->world, pair.client.ends > 0);
  g_assert_cmpint (pair.client.last_end, ==, STREAM_END_REFUSED);
  g_assert_cmpuint (pair.client.connected, ==, 0);
  g_assert_false (world_step (fixture->world));
  pair_clear (&pair);
}

static void
test_reset_is_seen_as_rst (Fixture *fixture, gconstpointer data)
{
  Pair pair;
  pair_connect (&pair, fixture->host, fixture->host);
  stream_reset (pair.server.stream);
  STEP_UNTIL (fixture->world, pair.client.ends > 0);
  g_assert_cmpint (pair.client.last_end, ==, STREAM_END_RST);
  g_assert_cmpuint (pair.server.ends, ==, 0);
  g_clear_pointer (&pair.listener, listener_free);
  g_assert_false (world_step (fixture->world));
  g_assert_cmpuint (pair.client.ends, ==, 1);
  pair_clear (&pair);
}

static void
test_data_before_rst_arrives (Fixture *fixture, gconstpointer data)
{
  Pair pair;
  pair_connect (&pair, fixture->host, fixture->host);
  stream_set_reading (pair.client.stream, FALSE);
  send_text (pair.server.stream, "last words");
  STEP_FOR (fixture->world, 5 * NS_PER_MS);
  stream_set_reading (pair.client.stream, TRUE);
  stream_reset (pair.server.stream);
  STEP_UNTIL (fixture->world, pair.client.ends > 0);
  assert_received (&pair.client, "last words");
  g_assert_cmpint (pair.client.last_end, ==, STREAM_END_RST);
  pair_clear (&pair);
}

static void
test_paused_stream_hears_of_rst (Fixture *fixture, gconstpointer data)
{
  Pair pair;
  pair_connect (&pair, fixture->host, fixture->host);
  stream_set_reading (pair.client.stream, FALSE);
  stream_reset (pair.server.stream);
  STEP_UNTIL (fixture->world, pair.client.ends > 0);
  g_assert_cmpint (pair.client.last_end, ==, STREAM_END_RST);
  pair_clear (&pair);
}

static void
test_fin_leaves_the_other_direction_open (Fixture *fixture, gconstpointer data)
{
  Pair pair;
  pair_connect (&pair, fixture->host, fixture->host);
  send_text (pair.client.stream, "question");
  stream_shutdown (pair.client.stream);
  send_text (pair.client.stream, " after FIN is dropped");
  STEP_UNTIL (fixture->world, pair.server.ends == 1);
  g_assert_cmpint (pair.server.last_end, ==, STREAM_END_FIN);
  assert_received (&pair.server, "question");

  send_text (pair.server.stream, "answer");
  stream_shutdown (pair.server.stream);
  STEP_UNTIL (fixture->world, pair.client.ends == 1);
  g_assert_cmpint (pair.client.last_end, ==, STREAM_END_FIN);
  assert_received (&pair.client, "answer");
  g_clear_pointer (&pair.listener, listener_free);
  g_assert_false (world_step (fixture->world)); /* both are closed: nothing can follow */
  g_assert_cmpuint (pair.server.ends, ==, 1);
  pair_clear (&pair);
}

/* Both FINs make epoll report EPOLLHUP for ever. */
static void
test_paused_stream_with_both_fins_does_not_spin (Fixture *fixture, gconstpointer data)
{
  Pair pair;
  pair_connect (&pair, fixture->host, fixture->host);
  stream_set_reading (pair.client.stream, FALSE);
  stream_shutdown (pair.client.stream);
  send_text (pair.server.stream, "unread");
  stream_shutdown (pair.server.stream);
  STEP_UNTIL (fixture->world, pair.server.ends == 1);
  guint steps = 0;
  const gint64 end_ns = fixture->world->now_ns + 30 * NS_PER_MS;
  world_wake_at (fixture->world, end_ns);
  for (; fixture->world->now_ns < end_ns; steps++)
    g_assert_true (world_step (fixture->world));
  g_assert_cmpuint (steps, <, 10);
  g_assert_cmpuint (pair.client.ends, ==, 0);

  stream_set_reading (pair.client.stream, TRUE);
  STEP_UNTIL (fixture->world, pair.client.ends == 1);
  assert_received (&pair.client, "unread");
  g_assert_cmpint (pair.client.last_end, ==, STREAM_END_FIN);
  pair_clear (&pair);
}

/* ---- letting go ---- */

static void
test_free_sends_what_is_queued_then_fin (Fixture *fixture, gconstpointer data)
{
  Pair pair;
  pair_connect (&pair, fixture->host, fixture->host);
  stream_set_reading (pair.server.stream, FALSE);
  for (guint i = 0; i < 12; i++) {
    Buffer *buffer = buffer_new (1024 * 1024);
    memset (buffer->bytes, 'y', buffer->size);
    stream_send (pair.client.stream, slice_whole (buffer));
  }
  STEP_FOR (fixture->world, 5 * NS_PER_MS);
  g_clear_pointer (&pair.client.stream, stream_free);
  STEP_FOR (fixture->world, 5 * NS_PER_MS);
  stream_set_reading (pair.server.stream, TRUE);
  STEP_UNTIL (fixture->world, pair.server.ends == 1);
  g_assert_cmpint (pair.server.last_end, ==, STREAM_END_FIN);
  g_assert_cmpuint (pair.server.received->len, ==, 12 * 1024 * 1024);
  pair_clear (&pair);
}

static void
test_free_with_unread_bytes_still_sends_fin (Fixture *fixture, gconstpointer data)
{
  Pair pair;
  pair_connect (&pair, fixture->host, fixture->host);
  stream_set_reading (pair.client.stream, FALSE);
  send_text (pair.server.stream, "never read");
  STEP_FOR (fixture->world, 5 * NS_PER_MS);
  send_text (pair.client.stream, "good bye");
  g_clear_pointer (&pair.client.stream, stream_free);
  STEP_UNTIL (fixture->world, pair.server.ends == 1);
  g_assert_cmpint (pair.server.last_end, ==, STREAM_END_FIN);
  assert_received (&pair.server, "good bye");
  pair_clear (&pair);
}

static void
test_bytes_for_a_freed_stream_are_answered_with_rst (Fixture *fixture, gconstpointer data)
{
  Pair pair;
  pair_connect (&pair, fixture->host, fixture->host);
  g_clear_pointer (&pair.client.stream, stream_free);
  STEP_UNTIL (fixture->world, pair.server.ends == 1);
  send_text (pair.server.stream, "too late");
  STEP_UNTIL (fixture->world, pair.server.ends == 2);
  g_assert_cmpint (pair.server.last_end, ==, STREAM_END_RST);
  pair_clear (&pair);
}

static void
test_free_in_data (Fixture *fixture, gconstpointer data)
{
  Pair pair;
  pair_connect (&pair, fixture->host, fixture->host);
  pair.server.frees_on_data = TRUE;
  send_text (pair.client.stream, "go");
  STEP_UNTIL (fixture->world, pair.client.ends == 1);
  g_assert_cmpint (pair.client.last_end, ==, STREAM_END_FIN);
  g_assert_null (pair.server.stream);
  pair_clear (&pair);
}

static void
test_reset_in_data (Fixture *fixture, gconstpointer data)
{
  Pair pair;
  pair_connect (&pair, fixture->host, fixture->host);
  pair.server.resets_on_data = TRUE;
  send_text (pair.client.stream, "go");
  STEP_UNTIL (fixture->world, pair.client.ends == 1);
  g_assert_cmpint (pair.client.last_end, ==, STREAM_END_RST);
  pair_clear (&pair);
}

static void
test_free_in_ended (Fixture *fixture, gconstpointer data)
{
  Pair pair;
  pair_connect (&pair, fixture->host, fixture->host);
  pair.client.frees_on_end = TRUE;
  stream_reset (pair.server.stream);
  STEP_UNTIL (fixture->world, pair.client.ends == 1);
  g_assert_null (pair.client.stream);
  pair_clear (&pair);
}

/* Both ends have bytes to read in one batch of epoll; whoever comes first frees the other. */
static void
free_the_other (gpointer owner, const Slice *slice)
{
  End *other = owner;
  other->ends++;
  g_clear_pointer (&other->stream, stream_free);
}

static void
test_free_of_another_stream_in_the_same_batch (Fixture *fixture, gconstpointer data)
{
  static const StreamEvents events = { .data = free_the_other };
  Pair pair;
  pair_connect (&pair, fixture->host, fixture->host);
  stream_set_reading (pair.client.stream, FALSE);
  stream_set_reading (pair.server.stream, FALSE);
  send_text (pair.client.stream, "a");
  send_text (pair.server.stream, "b");
  STEP_FOR (fixture->world, 5 * NS_PER_MS);
  stream_attach (pair.client.stream, &events, &pair.server);
  stream_attach (pair.server.stream, &events, &pair.client);
  stream_set_reading (pair.client.stream, TRUE);
  stream_set_reading (pair.server.stream, TRUE);
  STEP_UNTIL (fixture->world, pair.client.ends + pair.server.ends > 0);
  g_assert_cmpuint (pair.client.ends + pair.server.ends, ==, 1);
  pair_clear (&pair);
}

/* ---- taps and faults ---- */

static void
test_tap_break_is_told_later_and_resets_the_peer (Fixture *fixture, gconstpointer data)
{
  Pair pair;
  pair_connect (&pair, fixture->host, fixture->host);
  stream_tap_break (pair.client.stream, STREAM_END_RST);
  g_assert_cmpuint (pair.client.ends, ==, 0);
  STEP_UNTIL (fixture->world, pair.client.ends == 1 && pair.server.ends == 1);
  g_assert_cmpint (pair.client.last_end, ==, STREAM_END_RST);
  g_assert_cmpint (pair.server.last_end, ==, STREAM_END_RST);
  pair_clear (&pair);
}

static void
test_tap_break_with_fin (Fixture *fixture, gconstpointer data)
{
  Pair pair;
  pair_connect (&pair, fixture->host, fixture->host);
  stream_tap_break (pair.client.stream, STREAM_END_FIN);
  STEP_UNTIL (fixture->world, pair.client.ends == 1 && pair.server.ends == 1);
  g_assert_cmpint (pair.client.last_end, ==, STREAM_END_FIN);
  g_assert_cmpint (pair.server.last_end, ==, STREAM_END_FIN);
  send_text (pair.client.stream, "into the void");
  g_assert_cmpuint (pair.client.ends, ==, 1);
  STEP_UNTIL (fixture->world, pair.client.ends == 2);
  g_assert_cmpint (pair.client.last_end, ==, STREAM_END_RST);
  pair_clear (&pair);
}

static FaultAnswer
answer_fault (gpointer data, Host *host, const FaultQuestion *question)
{
  g_assert_cmpint (question->point, ==, FAULT_POINT_CONNECT);
  return *(const FaultAnswer *) data;
}

static void
test_fault_refuses_a_connect (Fixture *fixture, gconstpointer data)
{
  FaultAnswer answer = FAULT_FAIL;
  Host *client = fixture_host_new (fixture, "client");
  client->fault_ask = answer_fault;
  client->fault_data = &answer;
  Pair pair, other;
  pair_connect (&pair, fixture->host, fixture->host);
  pair_init (&other);
  other.client.stream =
      stream_connect (client, &pair.listener->address, &end_events, &other.client);
  STEP_UNTIL (fixture->world, other.client.ends == 1);
  g_assert_cmpint (other.client.last_end, ==, STREAM_END_REFUSED);
  pair_clear (&other);
  pair_clear (&pair);
}

static void
test_fault_that_drops_a_syn_is_asked_again (Fixture *fixture, gconstpointer data)
{
  FaultAnswer answer = FAULT_DROP;
  Pair pair;
  pair_connect (&pair, fixture->host, fixture->host);
  g_clear_pointer (&pair.client.stream, stream_free);
  STEP_UNTIL (fixture->world, pair.server.ends == 1);
  g_clear_pointer (&pair.server.stream, stream_free);
  pair.client.connected = 0;
  fixture->host->fault_ask = answer_fault;
  fixture->host->fault_data = &answer;
  pair.client.stream =
      stream_connect (fixture->host, &pair.listener->address, &end_events, &pair.client);
  STEP_FOR (fixture->world, 20 * NS_PER_MS);
  g_assert_cmpuint (pair.client.connected + pair.client.ends, ==, 0);
  answer = FAULT_NONE;
  STEP_UNTIL (fixture->world, pair.client.connected == 1);
  pair_clear (&pair);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  TEST ("/live-stream/8 MiB go both ways, bounded by drained", test_bulk);
  TEST ("/live-stream/a paused reader holds the sender", test_paused_reader_holds_the_sender);
  TEST ("/live-stream/slices that are kept are not overwritten",
        test_kept_slices_are_not_overwritten);
  TEST ("/live-stream/a send after the end is dropped", test_send_tells_nothing_inside_the_call);
  TEST ("/live-stream/a connect to nobody is refused", test_refused);
  TEST ("/live-stream/a reset is seen as rst", test_reset_is_seen_as_rst);
  TEST ("/live-stream/data before rst arrives", test_data_before_rst_arrives);
  TEST ("/live-stream/a paused stream hears of rst", test_paused_stream_hears_of_rst);
  TEST ("/live-stream/fin leaves the other direction open",
        test_fin_leaves_the_other_direction_open);
  TEST ("/live-stream/a paused stream with both fins does not spin",
        test_paused_stream_with_both_fins_does_not_spin);
  TEST ("/live-stream/free sends what is queued, then fin",
        test_free_sends_what_is_queued_then_fin);
  TEST ("/live-stream/free with unread bytes still sends fin",
        test_free_with_unread_bytes_still_sends_fin);
  TEST ("/live-stream/bytes for a freed stream are answered with rst",
        test_bytes_for_a_freed_stream_are_answered_with_rst);
  TEST ("/live-stream/a stream may be freed in data", test_free_in_data);
  TEST ("/live-stream/a stream may be reset in data", test_reset_in_data);
  TEST ("/live-stream/a stream may be freed in ended", test_free_in_ended);
  TEST ("/live-stream/a stream may free another of the same batch",
        test_free_of_another_stream_in_the_same_batch);
  TEST ("/live-stream/a break by a tap is told later and resets the peer",
        test_tap_break_is_told_later_and_resets_the_peer);
  TEST ("/live-stream/a break with fin answers later bytes with rst", test_tap_break_with_fin);
  TEST ("/live-stream/a fault refuses a connect", test_fault_refuses_a_connect);
  TEST ("/live-stream/a fault that drops a syn is asked again",
        test_fault_that_drops_a_syn_is_asked_again);
  return g_test_run ();
}
