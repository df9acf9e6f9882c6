/* SPDX-License-Identifier: Apache-2.0 */
/* The framer and pdu_send with AHS and digests. Frames are put together here octet by octet, not by pdu_send. */
#include "protocol/events.h"
#include "protocol/framer.h"
#include "protocol/scsi-command.h"
#include "tests/unit/protocol/pdu-test.h"
#include "world/sim/sim.h"

static const Digests both = { TRUE, TRUE };
static const guint8 ahs_octets[8] = { 0, 5, 2, 0, 1, 2, 3, 4 };

/* A SCSI Command with one AHS and `length` bytes counting up, padded with 0xee. */
static GByteArray *
frame_new (guint32 length, Digests digests)
{
  const ScsiCommand command = {
    .is_final = 1, .writes = 1, .total_ahs_length = 2, .data_segment_length = length
  };
  guint8 digest[DIGEST_LENGTH];
  GByteArray *bytes = g_byte_array_new ();
  g_byte_array_set_size (bytes, BHS_LENGTH);
  scsi_command_encode (&command, bytes->data);
  g_byte_array_append (bytes, ahs_octets, sizeof ahs_octets);
  digest_of (bytes->data, bytes->len, digest);
  g_byte_array_append (bytes, digest, digests.header ? DIGEST_LENGTH : 0);
  const guint start = bytes->len;
  for (guint32 i = 0; i < length; i++)
    g_byte_array_append (bytes, &(guint8){ (guint8) i }, 1);
  while (bytes->len % 4 != 0)
    g_byte_array_append (bytes, &(guint8){ 0xee }, 1);
  digest_of (bytes->data + start, bytes->len - start, digest);
  g_byte_array_append (bytes, digest, digests.data && length > 0 ? DIGEST_LENGTH : 0);
  return bytes;
}

static void
framer_init_digests (Framer *framer, Digests digests)
{
  framer_init (framer, 8192);
  framer->digests = digests;
}

/* What comes of two equal frames, cut in two at `cut`. */
static void
assert_two_frames (const GByteArray *frame, guint cut, Digests digests, guint32 length)
{
  Framer framer;
  guint count = 0;
  framer_init_digests (&framer, digests);
  for (guint piece = 0; piece < 4; piece++) {
    Slice slice = piece % 2 == 0 ? slice_copy (frame->data, cut)
                                 : slice_copy (frame->data + cut, frame->len - cut);
    while (framer_next (&framer, &slice, NULL) == FRAMER_PDU) {
      count++;
      g_assert_cmpuint (framer.data.length, ==, length);
      g_assert_cmpmem (framer.ahs, framer.ahs_length, ahs_octets, sizeof ahs_octets);
    }
    g_assert_cmpuint (slice.length, ==, 0);
    slice_clear (&slice);
  }
  g_assert_cmpuint (count, ==, 2);
  framer_clear (&framer);
}

/* R-DIG-001, R-DIG-002, R-DIG-005 */
static void
test_digests_stand_where_the_rfc_has_them (void)
{
  for (guint mask = 0; mask < 4; mask++)
    for (guint32 length = 0; length < 6; length++) {
      const Digests digests = { (mask & 1) != 0, (mask & 2) != 0 };
      g_autoptr (GByteArray) frame = frame_new (length, digests);
      for (guint cut = 0; cut <= frame->len; cut++)
        assert_two_frames (frame, cut, digests, length);
    }
}

static FramerResult
frame_result (const GByteArray *frame, gboolean is_blind, GError **error)
{
  Framer framer;
  Slice slice = slice_copy (frame->data, frame->len);
  framer_init_digests (&framer, both);
  framer.is_blind_to_errors = is_blind;
  const FramerResult result = framer_next (&framer, &slice, error);
  slice_clear (&slice);
  framer_clear (&framer);
  return result;
}

/* One flipped bit, anywhere: never a good PDU, and never blamed on the wrong part. */
static void
test_every_flipped_bit_is_found (void)
{
  g_autoptr (GByteArray) frame = frame_new (5, both);
  const guint header = BHS_LENGTH + sizeof ahs_octets + DIGEST_LENGTH;
  for (guint at = 0; at < frame->len; at++) {
    frame->data[at] ^= 0x10;
    const FramerResult result = frame_result (frame, FALSE, NULL);
    if (at >= header)
      g_assert_cmpint (result, ==, FRAMER_DAMAGED);
    else if (at == 4) /* more AHS: the digest is looked for further on, where there is none */
      g_assert_cmpint (result, ==, FRAMER_MORE);
    else
      g_assert_cmpint (result, ==, FRAMER_BAD);
    frame->data[at] ^= 0x10;
  }
  g_assert_cmpint (frame_result (frame, FALSE, NULL), ==, FRAMER_PDU);
}

static void
test_a_wrong_header_digest_is_told_before_a_wrong_length (void)
{
  g_autoptr (GByteArray) frame = frame_new (5, both);
  g_autoptr (GError) error = NULL;
  frame->data[5] = 0xff; /* DataSegmentLength */
  g_assert_cmpint (frame_result (frame, FALSE, &error), ==, FRAMER_BAD);
  g_assert_error (error, PROTOCOL_ERROR, PROTOCOL_ERROR_DIGEST);
  g_assert_true (g_str_has_prefix (error->message, "header digest: expected 0x"));
}

static void
test_a_bad_header_stays_bad (void)
{
  g_autoptr (GByteArray) frame = frame_new (5, both);
  Framer framer;
  frame->data[0] ^= 1;
  framer_init_digests (&framer, both);
  Slice slice = slice_copy (frame->data, frame->len);
  g_assert_cmpint (framer_next (&framer, &slice, NULL), ==, FRAMER_BAD);
  const gsize left = slice.length;
  g_assert_cmpint (framer_next (&framer, &slice, NULL), ==, FRAMER_BAD);
  g_assert_cmpuint (slice.length, ==, left);
  slice_clear (&slice);
  framer_clear (&framer);
}

static void
test_after_a_damaged_pdu_the_next_one_is_found (void)
{
  g_autoptr (GByteArray) frame = frame_new (5, both);
  Framer framer;
  framer_init_digests (&framer, both);
  frame->data[frame->len - 1] ^= 1;
  Slice slice = slice_copy (frame->data, frame->len);
  g_assert_cmpint (framer_next (&framer, &slice, NULL), ==, FRAMER_DAMAGED);
  g_assert_cmpuint (framer.data.length, ==, 5);
  slice_clear (&slice);
  frame->data[frame->len - 1] ^= 1;
  slice = slice_copy (frame->data, frame->len);
  g_assert_cmpint (framer_next (&framer, &slice, NULL), ==, FRAMER_PDU);
  slice_clear (&slice);
  framer_clear (&framer);
}

static void
test_who_only_looks_on_is_told_of_no_error (void)
{
  g_autoptr (GByteArray) frame = frame_new (5, both);
  frame->data[BHS_LENGTH + sizeof ahs_octets] ^= 1;
  frame->data[frame->len - 1] ^= 1;
  g_assert_cmpint (frame_result (frame, TRUE, NULL), ==, FRAMER_PDU);
}

/* ---- out ---- */

static void
on_sent (gpointer data, Stream *stream, const Slice *slice)
{
  g_byte_array_append (data, slice->bytes, (guint) slice->length);
}

static void
on_connected (gpointer owner)
{
  *(gboolean *) owner = TRUE;
}

static void
on_accepted (gpointer owner, Listener *listener, Stream *stream)
{
  stream_free (stream);
}

/* What pdu_send_extras puts on the wire for the frame that frame_new makes, with padding 0. */
static void
assert_sends (guint32 length, Digests digests)
{
  static const StreamObserver observer = { .sent = on_sent };
  static const StreamEvents connecting = { .connected = on_connected };
  static const ListenerEvents listening = { .accepted = on_accepted };
  const SimConfig config = {
    .seed = 1, .events = (const EventFamily *const[]){ &world_events, &protocol_events, NULL }
  };
  World *world = sim_world_new (&config);
  Host *host = world_host_new (world, "a", NULL);
  Address address;
  gboolean is_connected = FALSE;
  g_assert_true (world_address_new (world, host, &address, NULL));
  Listener *listener = listener_new (host, &address, &listening, NULL, NULL);
  Stream *stream = stream_connect (host, &address, &connecting, &is_connected);
  while (!is_connected && world_step (world))
    ;
  g_autoptr (GByteArray) sent = g_byte_array_new ();
  stream_add_observer (stream, &observer, sent);

  const ScsiCommand command = { .is_final = 1, .writes = 1 };
  const PduExtras extras = { ahs_octets, sizeof ahs_octets, digests };
  guint8 bhs[BHS_LENGTH], data[8];
  for (guint i = 0; i < sizeof data; i++)
    data[i] = (guint8) i;
  scsi_command_encode (&command, bhs);
  g_auto (Payload) payload = payload_of (slice_copy (data, length));
  pdu_send_extras (stream, 1, bhs, &extras, &payload);
  /* Only whole words here: the padding of frame_new is not 0. */
  g_autoptr (GByteArray) expected = frame_new (length, digests);
  g_assert_cmpmem (sent->data, sent->len, expected->data, expected->len);
  stream_free (stream);
  listener_free (listener);
  world_free (world);
}

static void
test_what_goes_out_has_the_same_shape (void)
{
  for (guint mask = 0; mask < 4; mask++)
    for (guint32 length = 0; length <= 8; length += 4)
      assert_sends (length, (Digests){ (mask & 1) != 0, (mask & 2) != 0 });
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/framer-digests/digests stand where the RFC has them",
                   test_digests_stand_where_the_rfc_has_them);
  g_test_add_func ("/framer-digests/every flipped bit is found", test_every_flipped_bit_is_found);
  g_test_add_func ("/framer-digests/a wrong header digest is told before a wrong length",
                   test_a_wrong_header_digest_is_told_before_a_wrong_length);
  g_test_add_func ("/framer-digests/a bad header stays bad", test_a_bad_header_stays_bad);
  g_test_add_func ("/framer-digests/after a damaged PDU the next one is found",
                   test_after_a_damaged_pdu_the_next_one_is_found);
  g_test_add_func ("/framer-digests/who only looks on is told of no error",
                   test_who_only_looks_on_is_told_of_no_error);
  g_test_add_func ("/framer-digests/what goes out has the same shape",
                   test_what_goes_out_has_the_same_shape);
  return g_test_run ();
}
