/* SPDX-License-Identifier: Apache-2.0 */
/* A stream of any bytes goes through two framers, once whole and once cut into pieces: both must say the same. Each PDU that comes
 * out is checked and printed, and its parts add up to what went in.
 *
 * Input: how long a piece is (1 byte), the limit of a data segment (2 bytes), the stream. */
#include "protocol/framer.h"
#include "tests/fuzz/fuzz.h"

typedef struct Reading {
  GByteArray *seen; /* headers and data of all PDUs, in order */
  guint pdus;
  gboolean is_bad;
} Reading;

static void
reading_add (Reading *reading, const Framer *framer)
{
  const gsize length = framer->data.length;
  g_autofree guint8 *data = g_malloc (length + 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  g_assert_cmpuint (length, ==, bhs_data_segment_length (framer->bhs));
  g_assert_cmpuint (length, <=, framer->max_data_segment_length);
  payload_copy_out (&framer->data, 0, data, length);
  g_byte_array_append (reading->seen, framer->bhs, BHS_LENGTH);
  g_byte_array_append (reading->seen, data, (guint) length);
  reading->pdus++;
  pdu_print (framer->bhs, text);
  g_assert_cmpuint (text->len, >, 0);
  if (!pdu_validate (framer->bhs, &error))
    g_assert_nonnull (error);
}

static void
reading_feed (Reading *reading, Framer *framer, const guint8 *bytes, gsize length)
{
  Slice whole = slice_copy (bytes, length);
  Slice rest = slice_ref (&whole);
  g_autoptr (GError) error = NULL;
  FramerResult result;
  while ((result = framer_next (framer, &rest, &error)) == FRAMER_PDU)
    reading_add (reading, framer);
  reading->is_bad = result == FRAMER_BAD;
  g_assert_true (reading->is_bad == (error != NULL));
  slice_clear (&rest);
  slice_clear (&whole);
}

static Reading
read_in_pieces (const FuzzInput *input, gsize piece, guint32 limit)
{
  Reading reading = { g_byte_array_new (), 0, FALSE };
  FuzzInput rest = *input;
  Framer framer;
  framer_init (&framer, limit);
  while (rest.length > 0 && !reading.is_bad) {
    gsize length;
    const guint8 *bytes = fuzz_take (&rest, piece, &length);
    reading_feed (&reading, &framer, bytes, length);
  }
  framer_clear (&framer);
  return reading;
}

int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize length)
{
  FuzzInput input = { bytes, length };
  const gsize piece = 1 + fuzz_byte (&input);
  const guint32 limit = fuzz_u16 (&input);
  const Reading whole = read_in_pieces (&input, G_MAXSIZE, limit);
  const Reading cut = read_in_pieces (&input, piece, limit);
  g_assert_cmpuint (whole.pdus, ==, cut.pdus);
  g_assert_cmpmem (whole.seen->data, whole.seen->len, cut.seen->data, cut.seen->len);
  g_assert_true (whole.is_bad == cut.is_bad);
  g_byte_array_unref (whole.seen);
  g_byte_array_unref (cut.seen);
  return 0;
}
