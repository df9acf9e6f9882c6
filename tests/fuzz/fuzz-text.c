/* SPDX-License-Identifier: Apache-2.0 */
/* Login text of any bytes goes through the reader and, pair by pair, through a negotiation, at either end and in either stage. What is
 * answered must itself be text that can be read, and an error must have words.
 *
 * Input: who and when (1 byte), where the text is cut into PDUs (1 byte), the text. */
#include "protocol/negotiation.h"
#include "tests/fuzz/fuzz.h"

#define IS_INITIATOR 0x01
#define IS_SECURITY  0x02
#define IS_JOINING   0x04 /* not the leading connection */

static gboolean
read_text (TextReader *reader, FuzzInput *input, gsize piece)
{
  g_autoptr (GError) error = NULL;
  gboolean is_good = TRUE;
  while (is_good && input->length > 0) {
    gsize length;
    const guint8 *bytes = fuzz_take (input, piece, &length);
    g_auto (Payload) segment = payload_of (slice_copy (bytes, length));
    is_good = text_reader_add (reader, &segment, &error);
  }
  is_good = is_good && text_reader_finish (reader, &error);
  g_assert_true (is_good == (error == NULL));
  if (!is_good)
    g_assert_cmpuint (text_reader_count (reader), ==, 0);
  return is_good;
}

/* Keys and values may be of any length within the reader's limits; there is no pair without a key. */
static void
check_answer (const GString *answer)
{
  g_auto (Payload) segment = payload_of (slice_copy (answer->str, answer->len));
  g_autoptr (GError) error = NULL;
  TextReader reader;
  text_reader_init (&reader);
  text_reader_add (&reader, &segment, &error);
  g_assert_no_error (error);
  text_reader_finish (&reader, &error);
  g_assert_no_error (error);
  text_reader_clear (&reader);
}

static void
negotiate (const TextReader *reader, guint8 mode)
{
  const NegotiationSide side =
      (mode & IS_INITIATOR) != 0 ? NEGOTIATION_INITIATOR : NEGOTIATION_TARGET;
  Negotiation negotiation;
  KeyValues wanted;
  g_autoptr (GString) answer = g_string_new (NULL);
  key_values_init (&wanted);
  negotiation_init (&negotiation, side, &wanted);
  negotiation.is_leading = (mode & IS_JOINING) == 0;
  if (side == NEGOTIATION_INITIATOR)
    negotiation_write_offers (&negotiation, (mode & IS_SECURITY) != 0, answer);
  check_answer (answer);
  g_string_set_size (answer, 0);
  gboolean is_good = TRUE;
  for (guint i = 0; i < text_reader_count (reader) && is_good; i++) {
    g_autoptr (GError) error = NULL;
    is_good = negotiation_read (&negotiation, text_reader_get (reader, i), answer, &error);
    g_assert_true (is_good == (error == NULL));
  }
  g_autoptr (GError) error = NULL;
  if (is_good && !negotiation_finish (&negotiation, &error))
    g_assert_nonnull (error);
  check_answer (answer);
  negotiation_clear (&negotiation);
  key_values_clear (&wanted);
}

int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize length)
{
  FuzzInput input = { bytes, length };
  const guint8 mode = fuzz_byte (&input);
  const gsize piece = 1 + fuzz_byte (&input);
  TextReader reader;
  text_reader_init (&reader);
  if (read_text (&reader, &input, piece))
    negotiate (&reader, mode);
  text_reader_clear (&reader);
  return 0;
}
