/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/data.h"
#include "protocol/events.h"
#include "protocol/framer.h"
#include "protocol/scsi-command.h"
#include "tests/unit/protocol/last-event.h"
#include "tests/unit/protocol/pdu-test.h"
#include "world/sim/sim.h"

/* ---- in ---- */

/* A Data-Out header that announces `length` bytes, then those bytes counting up, then padding of 0xee. */
static GByteArray *
data_out_bytes (guint32 length)
{
  const DataOut data = { .data_segment_length = length,
                         .is_final = 1,
                         .initiator_task_tag = length };
  guint8 bhs[BHS_LENGTH];
  GByteArray *bytes = g_byte_array_new ();
  data_out_encode (&data, bhs);
  g_byte_array_append (bytes, bhs, BHS_LENGTH);
  for (guint32 i = 0; i < length; i++)
    g_byte_array_append (bytes, &(guint8){ (guint8) i }, 1);
  while (bytes->len % 4 != 0)
    g_byte_array_append (bytes, &(guint8){ 0xee }, 1);
  return bytes;
}

static void
assert_data_out (const Framer *framer, guint32 length)
{
  g_autofree guint8 *data = g_malloc (length + 1);
  g_assert_cmpuint (bhs_opcode (framer->bhs), ==, OPCODE_DATA_OUT);
  g_assert_cmpuint (bhs_initiator_task_tag (framer->bhs), ==, length);
  g_assert_cmpuint (framer->data.length, ==, length);
  payload_copy_out (&framer->data, 0, data, length);
  for (guint32 i = 0; i < length; i++)
    g_assert_cmphex (data[i], ==, (guint8) i);
}

/* Feeds one piece; returns the number of PDUs, each a Data-Out of `length`. */
static guint
feed (Framer *framer, const guint8 *bytes, gsize size, guint32 length)
{
  guint count = 0;
  Slice slice = slice_copy (bytes, size);
  FramerResult result;
  while ((result = framer_next (framer, &slice, NULL)) == FRAMER_PDU) {
    assert_data_out (framer, length);
    count++;
  }
  g_assert_cmpint (result, ==, FRAMER_MORE);
  g_assert_cmpuint (slice.length, ==, 0);
  slice_clear (&slice);
  return count;
}

static void
test_a_pdu_may_come_byte_by_byte (void)
{
  g_autoptr (GByteArray) bytes = data_out_bytes (7);
  Framer framer;
  framer_init (&framer, 8192);
  for (guint round = 0; round < 3; round++)
    for (guint i = 0; i < bytes->len; i++)
      g_assert_cmpuint (feed (&framer, bytes->data + i, 1, 7), ==, i + 1 == bytes->len);
  framer_clear (&framer);
}

static void
test_a_pdu_may_be_cut_anywhere (void)
{
  g_autoptr (GByteArray) bytes = data_out_bytes (6);
  const guint size = bytes->len;
  for (guint first = 0; first <= size; first++)
    for (guint second = first; second <= size; second++) {
      Framer framer;
      framer_init (&framer, 8192);
      guint count = feed (&framer, bytes->data, first, 6);
      count += feed (&framer, bytes->data + first, second - first, 6);
      count += feed (&framer, bytes->data + second, size - second, 6);
      g_assert_cmpuint (count, ==, 1);
      framer_clear (&framer);
    }
}

static void
test_several_pdus_may_come_at_once (void)
{
  g_autoptr (GByteArray) bytes = data_out_bytes (5);
  g_autoptr (GByteArray) again = data_out_bytes (5);
  g_byte_array_append (bytes, again->data, again->len);
  g_byte_array_append (bytes, again->data, again->len);
  Framer framer;
  framer_init (&framer, 8192);
  g_assert_cmpuint (feed (&framer, bytes->data, bytes->len, 5), ==, 3);
  framer_clear (&framer);
}

static void
test_padding_ends_every_segment_on_a_word (void)
{
  for (guint32 length = 0; length < 9; length++) {
    g_autoptr (GByteArray) bytes = data_out_bytes (length);
    Framer framer;
    framer_init (&framer, 8);
    g_assert_cmpuint (feed (&framer, bytes->data, bytes->len, length), ==, 1);
    framer_clear (&framer);
  }
}

static void
test_data_is_not_copied (void)
{
  g_autoptr (GByteArray) bytes = data_out_bytes (64);
  Framer framer;
  framer_init (&framer, 8192);
  Slice whole = slice_copy (bytes->data, bytes->len);
  Slice rest = slice_ref (&whole);
  g_assert_cmpint (framer_next (&framer, &rest, NULL), ==, FRAMER_PDU);
  g_assert_cmpuint (framer.data.count, ==, 1);
  g_assert_true (payload_slices (&framer.data)[0].bytes == whole.bytes + BHS_LENGTH);
  g_assert_true (payload_slices (&framer.data)[0].buffer == whole.buffer);
  slice_clear (&rest);
  framer_clear (&framer);
  g_assert_cmpuint (whole.buffer->references, ==, 1);
  slice_clear (&whole);
}

static void
test_the_next_call_lets_go_of_the_last_pdu (void)
{
  g_autoptr (GByteArray) bytes = data_out_bytes (64);
  Framer framer;
  framer_init (&framer, 8192);
  Slice whole = slice_copy (bytes->data, bytes->len);
  Slice rest = slice_ref (&whole);
  g_assert_cmpint (framer_next (&framer, &rest, NULL), ==, FRAMER_PDU);
  g_assert_cmpuint (whole.buffer->references, ==, 3);
  g_assert_cmpint (framer_next (&framer, &rest, NULL), ==, FRAMER_MORE);
  g_assert_cmpuint (whole.buffer->references, ==, 2);
  slice_clear (&rest);
  slice_clear (&whole);
  framer_clear (&framer);
}

static void
test_an_ahs_comes_with_its_pdu (void)
{
  const ScsiCommand command = {
    .is_final = 1, .writes = 1, .total_ahs_length = 255, .data_segment_length = 3
  };
  guint8 bytes[BHS_LENGTH + 255 * 4 + 4] = { 0 };
  Framer framer;
  scsi_command_encode (&command, bytes);
  memset (bytes + BHS_LENGTH, 0x5a, 255 * 4);
  memcpy (bytes + BHS_LENGTH + 255 * 4, "abc", 3);
  framer_init (&framer, 8192);
  for (guint cut = BHS_LENGTH; cut < sizeof bytes; cut += 4) {
    Slice head = slice_copy (bytes, cut);
    Slice tail = slice_copy (bytes + cut, sizeof bytes - cut);
    char data[4] = "";
    g_assert_cmpint (framer_next (&framer, &head, NULL), ==, FRAMER_MORE);
    g_assert_cmpint (framer_next (&framer, &tail, NULL), ==, FRAMER_PDU);
    payload_copy_out (&framer.data, 0, data, 3);
    g_assert_cmpstr (data, ==, "abc");
    g_assert_cmpmem (framer.ahs, framer.ahs_length, bytes + BHS_LENGTH, 255 * 4);
    slice_clear (&head);
    slice_clear (&tail);
  }
  framer_clear (&framer);
}

static void
test_a_segment_above_the_limit_is_bad_at_the_header (void)
{
  g_autoptr (GByteArray) bytes = data_out_bytes (513);
  g_autoptr (GError) error = NULL;
  Framer framer;
  framer_init (&framer, 512);
  Slice slice = slice_copy (bytes->data, BHS_LENGTH);
  g_assert_cmpint (framer_next (&framer, &slice, &error), ==, FRAMER_BAD);
  g_assert_error (error, PROTOCOL_ERROR, PROTOCOL_ERROR_TOO_LONG);
  g_assert_cmpstr (error->message, ==,
                   "'Data-Out': expected a data segment of at most 512 bytes, got 513");
  slice_clear (&slice);
  framer_clear (&framer);
}

static void
test_a_bad_framer_stays_bad (void)
{
  g_autoptr (GByteArray) bytes = data_out_bytes (513);
  Framer framer;
  framer_init (&framer, 512);
  Slice slice = slice_copy (bytes->data, bytes->len);
  g_assert_cmpint (framer_next (&framer, &slice, NULL), ==, FRAMER_BAD);
  const gsize left = slice.length;
  g_assert_cmpint (framer_next (&framer, &slice, NULL), ==, FRAMER_BAD);
  g_assert_cmpuint (slice.length, ==, left);
  g_assert_cmpuint (framer.data.length, ==, 0);
  slice_clear (&slice);
  framer_clear (&framer);
}

/* ---- out ---- */

static const EventFamily *const families[] = { &world_events, &protocol_events, NULL };

typedef struct Sent {
  World *world;
  Host *host;
  Listener *listener;
  Stream *stream;
  GPtrArray *slices; /* what an observer saw, each with its reference */
} Sent;

static void
slice_free (gpointer slice)
{
  slice_clear (slice);
  g_free (slice);
}

static void
on_sent (gpointer data, Stream *stream, const Slice *slice)
{
  Slice *kept = g_new (Slice, 1);
  *kept = slice_ref (slice);
  g_ptr_array_add (data, kept);
}

static const StreamObserver observer = { .sent = on_sent };
static const StreamEvents no_stream_events;

static void
on_accepted (gpointer owner, Listener *listener, Stream *stream)
{
  stream_free (stream);
}

static const ListenerEvents listener_events = { .accepted = on_accepted };

static void
on_connected (gpointer owner)
{
  *(gboolean *) owner = TRUE;
}

static const StreamEvents connecting = { .connected = on_connected };

static void
sent_init (Sent *sent)
{
  const SimConfig config = { .seed = 1, .events = families };
  gboolean is_connected = FALSE;
  Address address;
  sent->world = sim_world_new (&config);
  sent->host = world_host_new (sent->world, "a", NULL);
  g_assert_true (world_address_new (sent->world, sent->host, &address, NULL));
  sent->listener = listener_new (sent->host, &address, &listener_events, NULL, NULL);
  g_assert_nonnull (sent->listener);
  sent->stream = stream_connect (sent->host, &address, &connecting, &is_connected);
  while (!is_connected && world_step (sent->world))
    ;
  g_assert_true (is_connected);
  stream_attach (sent->stream, &no_stream_events, NULL);
  sent->slices = g_ptr_array_new_with_free_func (slice_free);
  stream_add_observer (sent->stream, &observer, sent->slices);
}

static void
sent_clear (Sent *sent)
{
  stream_free (sent->stream);
  listener_free (sent->listener);
  world_free (sent->world);
  g_ptr_array_unref (sent->slices);
}

static const Slice *
sent_slice (const Sent *sent, guint index)
{
  g_assert_cmpuint (index, <, sent->slices->len);
  return sent->slices->pdata[index];
}

static void
send_data_out (Sent *sent, const Payload *payload)
{
  const DataOut data = { .is_final = 1, .initiator_task_tag = 0x42, .data_sn = 3 };
  guint8 bhs[BHS_LENGTH];
  data_out_encode (&data, bhs);
  pdu_send (sent->stream, 9, bhs, payload);
  g_assert_cmpuint (bhs_data_segment_length (bhs), ==, payload != NULL ? payload->length : 0);
}

static void
test_a_pdu_without_data_is_one_slice (void)
{
  Sent sent;
  sent_init (&sent);
  send_data_out (&sent, NULL);
  g_assert_cmpuint (sent.slices->len, ==, 1);
  g_assert_cmpuint (sent_slice (&sent, 0)->length, ==, BHS_LENGTH);
  sent_clear (&sent);
}

static void
test_a_payload_is_sent_by_reference (void)
{
  Sent sent;
  sent_init (&sent);
  Slice data = slice_copy ("abcdefgh", 8);
  g_auto (Payload) payload = payload_of (slice_ref (&data));
  send_data_out (&sent, &payload);
  g_assert_cmpuint (sent.slices->len, ==, 2);
  g_assert_true (sent_slice (&sent, 1)->bytes == data.bytes);
  slice_clear (&data);
  sent_clear (&sent);
}

static void
test_padding_shares_the_header_s_buffer_and_is_zero (void)
{
  Sent sent;
  sent_init (&sent);
  g_auto (Payload) payload = payload_of (slice_copy ("abcde", 5));
  send_data_out (&sent, &payload);
  g_assert_cmpuint (sent.slices->len, ==, 3);
  g_assert_true (sent_slice (&sent, 2)->buffer == sent_slice (&sent, 0)->buffer);
  g_assert_cmpmem (sent_slice (&sent, 2)->bytes, sent_slice (&sent, 2)->length, "\0\0\0", 3);
  sent_clear (&sent);
}

static void
test_what_was_sent_is_framed_again (void)
{
  Sent sent;
  Framer framer;
  guint count = 0;
  sent_init (&sent);
  framer_init (&framer, 8192);
  g_auto (Payload) payload = payload_of (slice_copy ("abcde", 5));
  payload_append (&payload, slice_copy ("fg", 2));
  send_data_out (&sent, &payload);
  send_data_out (&sent, NULL);
  for (guint i = 0; i < sent.slices->len; i++) {
    Slice slice = slice_ref (sent_slice (&sent, i));
    while (framer_next (&framer, &slice, NULL) == FRAMER_PDU) {
      g_autofree char *data = g_malloc0 (framer.data.length + 1);
      payload_copy_out (&framer.data, 0, data, framer.data.length);
      g_assert_cmpstr (data, ==, count++ == 0 ? "abcdefg" : "");
    }
    slice_clear (&slice);
  }
  g_assert_cmpuint (count, ==, 2);
  framer_clear (&framer);
  sent_clear (&sent);
}

/* ---- the log ---- */

static void
test_a_sent_pdu_is_logged_with_its_numbers (void)
{
  Sent sent;
  sent_init (&sent);
  g_auto (Payload) payload = payload_of (slice_copy ("abcde", 5));
  send_data_out (&sent, &payload);
  g_autofree char *line = last_event (sent.world->log);
  g_assert_nonnull (strstr (line, "pdu-sent"));
  g_assert_nonnull (strstr (line, "connection=9 pdu=Data-Out ITT=0x42 SN=0 DataSN=3 length=5"));
  sent_clear (&sent);
}

/* Octets 36 to 39 are DataSN in three PDUs only; in a SCSI Command they are of the CDB. */
static void
test_a_received_command_is_logged_without_datasn (void)
{
  const ScsiCommand command = {
    .is_final = 1, .initiator_task_tag = 0x43, .cmd_sn = 16, .cdb_high = G_MAXUINT64
  };
  guint8 bhs[BHS_LENGTH];
  Sent sent;
  sent_init (&sent);
  scsi_command_encode (&command, bhs);
  pdu_log_received (sent.host, 2, bhs);
  g_autofree char *line = last_event (sent.world->log);
  g_assert_nonnull (strstr (line, "pdu-received"));
  g_assert_nonnull (
      strstr (line, "connection=2 pdu=SCSI Command ITT=0x43 SN=16 DataSN=0 length=0"));
  sent_clear (&sent);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/framer/a PDU may come byte by byte", test_a_pdu_may_come_byte_by_byte);
  g_test_add_func ("/framer/a PDU may be cut anywhere", test_a_pdu_may_be_cut_anywhere);
  g_test_add_func ("/framer/several PDUs may come at once", test_several_pdus_may_come_at_once);
  g_test_add_func ("/framer/padding ends every segment on a word",
                   test_padding_ends_every_segment_on_a_word);
  g_test_add_func ("/framer/data is not copied", test_data_is_not_copied);
  g_test_add_func ("/framer/the next call lets go of the last PDU",
                   test_the_next_call_lets_go_of_the_last_pdu);
  g_test_add_func ("/framer/an AHS comes with its PDU", test_an_ahs_comes_with_its_pdu);
  g_test_add_func ("/framer/a segment above the limit is bad at the header",
                   test_a_segment_above_the_limit_is_bad_at_the_header);
  g_test_add_func ("/framer/a bad framer stays bad", test_a_bad_framer_stays_bad);
  g_test_add_func ("/framer/a PDU without data is one slice", test_a_pdu_without_data_is_one_slice);
  g_test_add_func ("/framer/a payload is sent by reference", test_a_payload_is_sent_by_reference);
  g_test_add_func ("/framer/padding shares the header's buffer and is zero",
                   test_padding_shares_the_header_s_buffer_and_is_zero);
  g_test_add_func ("/framer/what was sent is framed again", test_what_was_sent_is_framed_again);
  g_test_add_func ("/framer/a sent PDU is logged with its numbers",
                   test_a_sent_pdu_is_logged_with_its_numbers);
  g_test_add_func ("/framer/a received command is logged without DataSN",
                   test_a_received_command_is_logged_without_datasn);
  return g_test_run ();
}
