/* SPDX-License-Identifier: Apache-2.0 */
/* text.c - text segments: key=value pairs (RFC 7143 6.1)
 *
 * Method: the bytes of all PDUs of one request are put together first and split once, so that a pair may be cut anywhere
 * (R-TEXT-003). Splitting writes a NUL over each pair's first '=' and hands out pointers into the bytes. What a key means, and
 * whether its value is one, is not judged here; a key that begins with a small letter is let through to be answered
 * NotUnderstood (one that the RFCs define, iSCSIProtocolLevel, begins so itself).
 */
#include "protocol/text.h"

#include "world/banned.h"

/* ---- reading ---- */

void
text_reader_init (TextReader *reader)
{
  reader->bytes = g_string_new (NULL);
  reader->pairs = g_array_new (FALSE, FALSE, sizeof (TextPair));
}

void
text_reader_clear (TextReader *reader)
{
  if (reader->bytes != NULL)
    g_string_free (reader->bytes, TRUE);
  if (reader->pairs != NULL)
    g_array_free (reader->pairs, TRUE);
  *reader = (TextReader){ 0 };
}

void
text_reader_reset (TextReader *reader)
{
  g_string_truncate (reader->bytes, 0);
  g_array_set_size (reader->pairs, 0);
}

gboolean
text_reader_add (TextReader *reader, const Payload *segment, GError **error)
{
  CHECK_THAT (reader->pairs->len == 0); /* after finish comes reset */
  const gsize length = reader->bytes->len + segment->length;
  if (length > TEXT_SEQUENCE_MAX) {
    g_set_error (error, PROTOCOL_ERROR, PROTOCOL_ERROR_TOO_LONG,
                 "text: expected at most %u bytes in one request, got %" G_GSIZE_FORMAT,
                 TEXT_SEQUENCE_MAX, length);
    return FALSE;
  }
  const Slice *slices = payload_slices (segment);
  for (guint i = 0; i < segment->count; i++)
    g_string_append_len (reader->bytes, (const char *) slices[i].bytes, (gssize) slices[i].length);
  return TRUE;
}

static gboolean
text_refuse (gsize offset, GError **error, const char *what)
{
  g_set_error (error, PROTOCOL_ERROR, PROTOCOL_ERROR_TEXT, "text at offset %" G_GSIZE_FORMAT ": %s",
               offset, what);
  return FALSE;
}

/* A standard-label, and the '#' that X#NodeArchitecture has. */
static gboolean
key_byte_is_allowed (guint8 byte)
{
  return g_ascii_isalnum (byte) || (byte != '\0' && strchr (".-+@_#", byte) != NULL);
}

static gboolean
text_check_key (const char *key, gsize length, gsize offset, GError **error)
{
  if (length == 0)
    return text_refuse (offset, error, "expected a key before '=', got none");
  if (length > TEXT_KEY_MAX) /* R-TEXT-004 */
    return text_refuse (offset, error, "expected a key of at most 63 bytes, got a longer one");
  for (gsize i = 0; i < length; i++)
    if (!key_byte_is_allowed ((guint8) key[i]))
      return text_refuse (offset + i, error,
                          "expected letters, digits or one of '.-+@_#' in a key, got another byte");
  return TRUE;
}

/* UTF-8 (R-TEXT-001): an alias may hold any character; those that move a terminal's cursor nobody needs. */
static gboolean
text_check_value (const char *value, gsize length, gsize offset, GError **error)
{
  const char *bad;
  if (length > TEXT_VALUE_MAX)
    return text_refuse (offset, error, "expected a value of at most 8192 bytes, got a longer one");
  if (!g_utf8_validate_len (value, length, &bad))
    return text_refuse (offset + (gsize) (bad - value), error,
                        "expected UTF-8 in a value, got other bytes");
  for (gsize i = 0; i < length; i++)
    if (g_ascii_iscntrl (value[i]))
      return text_refuse (offset + i, error,
                          "expected printable characters in a value, got a control character");
  return TRUE;
}

/* One pair of `length` bytes, without its NUL. The key ends at the first '=' (R-TEXT-005). */
static gboolean
text_reader_split (TextReader *reader, char *pair, gsize length, gsize offset, GError **error)
{
  char *equals = memchr (pair, '=', length);
  if (equals == NULL)
    return text_refuse (offset, error, "expected 'key=value', got a pair without '='");
  const gsize key_length = (gsize) (equals - pair);
  const TextPair found = { .key = pair, .value = equals + 1 };
  if (!text_check_key (pair, key_length, offset, error)
      || !text_check_value (found.value, length - key_length - 1, offset + key_length + 1, error))
    return FALSE;
  if (reader->pairs->len >= TEXT_PAIRS_MAX)
    return text_refuse (offset, error, "expected at most 256 pairs in one request, got more");
  *equals = '\0';
  g_array_append_val (reader->pairs, found);
  return TRUE;
}

gboolean
text_reader_finish (TextReader *reader, GError **error)
{
  CHECK_THAT (reader->pairs->len == 0);
  char *bytes = reader->bytes->str;
  const gsize length = reader->bytes->len;
  /* R-TEXT-002: the last pair has its NUL, too. */
  if (length > 0 && bytes[length - 1] != '\0')
    return text_refuse (length, error, "expected a NUL after the last pair, got the end");
  for (gsize offset = 0; offset < length;) {
    const gsize pair_length = strlen (bytes + offset);
    if (!text_reader_split (reader, bytes + offset, pair_length, offset, error)) {
      text_reader_reset (reader);
      return FALSE;
    }
    offset += pair_length + 1;
  }
  return TRUE;
}

guint
text_reader_count (const TextReader *reader)
{
  return reader->pairs->len;
}

const TextPair *
text_reader_get (const TextReader *reader, guint index)
{
  CHECK_THAT (index < reader->pairs->len);
  return &g_array_index (reader->pairs, TextPair, index);
}

const char *
text_reader_find (const TextReader *reader, const char *key)
{
  for (guint i = 0; i < reader->pairs->len; i++) {
    const TextPair *pair = text_reader_get (reader, i);
    if (strcmp (pair->key, key) == 0)
      return pair->value;
  }
  return NULL;
}

/* ---- writing ---- */

void
text_write (GString *segment, const char *key, const char *value)
{
  g_string_append (segment, key);
  g_string_append_c (segment, '=');
  g_string_append (segment, value);
  g_string_append_c (segment, '\0');
}

void
text_write_number (GString *segment, const char *key, guint64 value)
{
  char text[24];
  g_snprintf (text, sizeof text, "%" G_GUINT64_FORMAT, value);
  text_write (segment, key, text);
}
