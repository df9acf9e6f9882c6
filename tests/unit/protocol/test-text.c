/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/text.h"

static void
add_bytes (TextReader *reader, const void *bytes, gsize length)
{
  g_auto (Payload) segment = payload_of (slice_copy (bytes, length));
  g_assert_true (text_reader_add (reader, &segment, NULL));
}

/* Reads `bytes`, which must be refused with `message`. */
static void
assert_refused (const void *bytes, gsize length, const char *message)
{
  g_autoptr (GError) error = NULL;
  TextReader reader;
  text_reader_init (&reader);
  add_bytes (&reader, bytes, length);
  g_assert_false (text_reader_finish (&reader, &error));
  g_assert_error (error, PROTOCOL_ERROR, PROTOCOL_ERROR_TEXT);
  g_assert_cmpstr (error->message, ==, message);
  g_assert_cmpuint (text_reader_count (&reader), ==, 0);
  text_reader_clear (&reader);
}

/* A literal with all of its NULs but the one that C adds. */
#define REFUSED(literal, message) assert_refused (literal, sizeof (literal) - 1, message)

static const char two_pairs[] = "InitialR2T=No\0TargetAlias=a disk\0";

static void
assert_two_pairs (const TextReader *reader)
{
  g_assert_cmpuint (text_reader_count (reader), ==, 2);
  g_assert_cmpstr (text_reader_get (reader, 0)->key, ==, "InitialR2T");
  g_assert_cmpstr (text_reader_get (reader, 0)->value, ==, "No");
  g_assert_cmpstr (text_reader_get (reader, 1)->key, ==, "TargetAlias");
  g_assert_cmpstr (text_reader_get (reader, 1)->value, ==, "a disk");
}

static void
test_pairs_come_in_their_order (void)
{
  TextReader reader;
  text_reader_init (&reader);
  add_bytes (&reader, two_pairs, sizeof two_pairs - 1);
  g_assert_true (text_reader_finish (&reader, NULL));
  assert_two_pairs (&reader);
  g_assert_cmpstr (text_reader_find (&reader, "TargetAlias"), ==, "a disk");
  g_assert_null (text_reader_find (&reader, "Target"));
  text_reader_clear (&reader);
}

/* R-TEXT-003 */
static void
test_a_pair_may_be_split_at_every_byte (void)
{
  const gsize size = sizeof two_pairs - 1;
  for (gsize cut = 0; cut <= size; cut++) {
    TextReader reader;
    text_reader_init (&reader);
    add_bytes (&reader, two_pairs, cut);
    add_bytes (&reader, two_pairs + cut, size - cut);
    g_assert_true (text_reader_finish (&reader, NULL));
    assert_two_pairs (&reader);
    text_reader_clear (&reader);
  }
}

static void
test_no_text_has_no_pairs (void)
{
  TextReader reader;
  text_reader_init (&reader);
  g_assert_true (text_reader_finish (&reader, NULL));
  g_assert_cmpuint (text_reader_count (&reader), ==, 0);
  text_reader_clear (&reader);
}

/* R-TEXT-005 */
static void
test_the_key_ends_at_the_first_equals_sign (void)
{
  static const char bytes[] = "CHAP_C=0bAAA==\0X-com.example=\0";
  TextReader reader;
  text_reader_init (&reader);
  add_bytes (&reader, bytes, sizeof bytes - 1);
  g_assert_true (text_reader_finish (&reader, NULL));
  g_assert_cmpstr (text_reader_find (&reader, "CHAP_C"), ==, "0bAAA==");
  g_assert_cmpstr (text_reader_find (&reader, "X-com.example"), ==, "");
  text_reader_clear (&reader);
}

static void
test_after_reset_the_next_request_begins (void)
{
  TextReader reader;
  text_reader_init (&reader);
  add_bytes (&reader, "A=1", 4);
  g_assert_true (text_reader_finish (&reader, NULL));
  text_reader_reset (&reader);
  add_bytes (&reader, two_pairs, sizeof two_pairs - 1);
  g_assert_true (text_reader_finish (&reader, NULL));
  assert_two_pairs (&reader);
  text_reader_clear (&reader);
}

/* R-TEXT-002 */
static void
test_the_last_pair_needs_its_nul (void)
{
  REFUSED ("A=1\0B=2", "text at offset 7: expected a NUL after the last pair, got the end");
}

static void
test_a_pair_needs_an_equals_sign (void)
{
  REFUSED ("A=1\0Bad\0", "text at offset 4: expected 'key=value', got a pair without '='");
  REFUSED ("A=1\0\0", "text at offset 4: expected 'key=value', got a pair without '='");
}

/* R-TEXT-004 */
static void
test_a_key_is_a_label_of_at_most_63_bytes (void)
{
  g_autofree char *key = g_strnfill (64, 'K');
  g_autofree char *pair = g_strconcat (key, "=1", NULL);
  assert_refused (pair, strlen (pair) + 1,
                  "text at offset 0: expected a key of at most 63 bytes, got a longer one");
  REFUSED ("=1\0", "text at offset 0: expected a key before '=', got none");
  REFUSED ("A=1\0B c=1\0", "text at offset 5: expected letters, digits or one of '.-+@_#' in a "
                           "key, got another byte");
  TextReader reader;
  text_reader_init (&reader);
  add_bytes (&reader, pair + 1, strlen (pair));
  g_assert_true (text_reader_finish (&reader, NULL));
  text_reader_clear (&reader);
}

static void
test_a_value_is_printable_utf8 (void)
{
  REFUSED ("A=\xff\xfe\0", "text at offset 2: expected UTF-8 in a value, got other bytes");
  REFUSED ("A=x\x1b[2J\0", "text at offset 3: expected printable characters in a value, got a "
                           "control character");
  static const char alias[] = "TargetAlias=Gr\xc3\xbc\xc3\x9f"
                              "e";
  TextReader reader;
  text_reader_init (&reader);
  add_bytes (&reader, alias, sizeof alias);
  g_assert_true (text_reader_finish (&reader, NULL));
  text_reader_clear (&reader);
}

/* R-TEXT-010 asks for 8192 bytes in all. */
static void
test_a_value_has_at_most_8192_bytes (void)
{
  for (gsize length = TEXT_VALUE_MAX; length <= TEXT_VALUE_MAX + 1; length++) {
    g_autofree char *value = g_strnfill (length, 'v');
    g_autofree char *pair = g_strconcat ("A=", value, NULL);
    TextReader reader;
    text_reader_init (&reader);
    add_bytes (&reader, pair, strlen (pair) + 1);
    g_assert_cmpint (text_reader_finish (&reader, NULL), ==, length == TEXT_VALUE_MAX);
    text_reader_clear (&reader);
  }
}

static void
test_a_request_has_a_limit (void)
{
  g_autofree char *bytes = g_strnfill (TEXT_SEQUENCE_MAX, 'x');
  g_auto (Payload) more = payload_of (slice_copy ("y", 1));
  g_autoptr (GError) error = NULL;
  TextReader reader;
  text_reader_init (&reader);
  add_bytes (&reader, bytes, TEXT_SEQUENCE_MAX);
  g_assert_false (text_reader_add (&reader, &more, &error));
  g_assert_error (error, PROTOCOL_ERROR, PROTOCOL_ERROR_TOO_LONG);
  g_assert_cmpstr (error->message, ==,
                   "text: expected at most 65536 bytes in one request, got 65537");
  text_reader_clear (&reader);
}

static void
test_a_request_has_at_most_256_pairs (void)
{
  g_autoptr (GString) segment = g_string_new (NULL);
  for (guint i = 0; i < TEXT_PAIRS_MAX + 1; i++)
    text_write_number (segment, "A", i % 10);
  assert_refused (segment->str, segment->len,
                  "text at offset 1024: expected at most 256 pairs in one request, got more");
}

static void
test_what_is_written_can_be_read (void)
{
  g_autoptr (GString) segment = g_string_new (NULL);
  TextReader reader;
  text_write (segment, "InitialR2T", "No");
  text_write_number (segment, "MaxBurstLength", G_MAXUINT64);
  g_assert_cmpmem (segment->str, segment->len, "InitialR2T=No\0MaxBurstLength=18446744073709551615",
                   50);
  text_reader_init (&reader);
  add_bytes (&reader, segment->str, segment->len);
  g_assert_true (text_reader_finish (&reader, NULL));
  g_assert_cmpstr (text_reader_find (&reader, "MaxBurstLength"), ==, "18446744073709551615");
  text_reader_clear (&reader);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/text/pairs come in their order", test_pairs_come_in_their_order);
  g_test_add_func ("/text/a pair may be split at every byte",
                   test_a_pair_may_be_split_at_every_byte);
  g_test_add_func ("/text/no text has no pairs", test_no_text_has_no_pairs);
  g_test_add_func ("/text/the key ends at the first equals sign",
                   test_the_key_ends_at_the_first_equals_sign);
  g_test_add_func ("/text/after reset the next request begins",
                   test_after_reset_the_next_request_begins);
  g_test_add_func ("/text/the last pair needs its NUL", test_the_last_pair_needs_its_nul);
  g_test_add_func ("/text/a pair needs an equals sign", test_a_pair_needs_an_equals_sign);
  g_test_add_func ("/text/a key is a label of at most 63 bytes",
                   test_a_key_is_a_label_of_at_most_63_bytes);
  g_test_add_func ("/text/a value is printable UTF-8", test_a_value_is_printable_utf8);
  g_test_add_func ("/text/a value has at most 8192 bytes", test_a_value_has_at_most_8192_bytes);
  g_test_add_func ("/text/a request has a limit", test_a_request_has_a_limit);
  g_test_add_func ("/text/a request has at most 256 pairs", test_a_request_has_at_most_256_pairs);
  g_test_add_func ("/text/what is written can be read", test_what_is_written_can_be_read);
  return g_test_run ();
}
