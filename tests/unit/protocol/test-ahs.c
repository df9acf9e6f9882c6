/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/ahs.h"
#include "tests/unit/protocol/pdu-test.h"

static const guint8 rest[16] = { 0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17,
                                 0x18, 0x19, 0x1a, 0x1b, 0x1c, 0x1d, 0x1e, 0x1f };

static void
assert_encodes (const Ahs *ahs, const char *hex)
{
  guint8 expected[AHS_LENGTH_MAX], octets[AHS_LENGTH_MAX];
  const gsize length = hex_bytes (hex, expected, sizeof expected);
  g_assert_cmpmem (octets, ahs_encode (ahs, octets), expected, length);
}

/* RFC 7143 11.2.2.3: CDBLength - 15. R-DATA-019, R-PDU-015 */
static void
test_an_extended_cdb_counts_its_reserved_octet_but_no_padding (void)
{
  assert_encodes (&(Ahs){ .cdb_rest = rest, .cdb_rest_length = 16 },
                  "0011 01 00 10111213 14151617 18191a1b 1c1d1e1f");
  assert_encodes (&(Ahs){ .cdb_rest = rest, .cdb_rest_length = 1 }, "0002 01 00 10000000");
  assert_encodes (&(Ahs){ .cdb_rest = rest, .cdb_rest_length = 6 }, "0007 01 00 10111213 14150000");
}

static void
test_a_bidirectional_read_length_is_eight_octets (void)
{
  assert_encodes (&(Ahs){ .has_bidi_read = TRUE, .bidi_read_length = 0x01020304 },
                  "0005 02 00 01020304");
  assert_encodes (
      &(Ahs){
          .cdb_rest = rest, .cdb_rest_length = 4, .has_bidi_read = TRUE, .bidi_read_length = 512 },
      "0005 01 00 10111213 0005 02 00 00000200");
}

static void
test_the_longest_cdb_fits (void)
{
  guint8 long_rest[CDB_EXTENDED_MAX - CDB_LENGTH] = { 1 };
  guint8 octets[AHS_LENGTH_MAX];
  Ahs ahs = { .cdb_rest = long_rest, .cdb_rest_length = sizeof long_rest };
  g_assert_cmpuint (ahs_encode (&ahs, octets), ==, AHS_LENGTH_MAX);
  g_assert_true (ahs_decode (&ahs, octets, AHS_LENGTH_MAX, NULL));
  g_assert_cmpmem (ahs.cdb_rest, ahs.cdb_rest_length, long_rest, sizeof long_rest);
}

static void
test_segments_come_in_either_order (void)
{
  guint8 octets[AHS_LENGTH_MAX];
  Ahs ahs;
  const gsize length = hex_bytes ("0005 c2 ff 00000200  0003 01 ff 10 11 eeee", octets, 64);
  g_assert_true (ahs_decode (&ahs, octets, (guint) length, NULL));
  g_assert_true (ahs.has_bidi_read);
  g_assert_cmpuint (ahs.bidi_read_length, ==, 512);
  g_assert_cmpmem (ahs.cdb_rest, ahs.cdb_rest_length, "\x10\x11", 2);
}

static void
test_what_makes_no_sense_is_refused (void)
{
  static const struct {
    const char *hex;
    const char *message;
  } cases[] = {
    { "0001 00 00", "'AHS': expected type 1 or 2, got 0" },
    { "0001 03 00", "'AHS': expected type 1 or 2, got 3" },
    { "0001 3f 00", "'AHS': expected type 1 or 2, got 63" },
    { "0000 01 00", "'AHS': expected AHSLength 2 to 1017 of 'Extended CDB', got 0" },
    { "0001 01 00", "'AHS': expected AHSLength 2 to 1017 of 'Extended CDB', got 1" },
    { "ffff 01 00", "'AHS': expected AHSLength 2 to 1017 of 'Extended CDB', got 65535" },
    { "0006 01 00 00000000", "'AHS': expected 'Extended CDB' to end within TotalAHSLength, got "
                             "AHSLength 6 with 8 octets left" },
    { "0004 02 00 00000000",
      "'AHS': expected AHSLength 5 to 5 of 'Bidirectional Read Expected Data Transfer Length', got "
      "4" },
    { "0005 02 00", "'AHS': expected 'Bidirectional Read Expected Data Transfer Length' to end "
                    "within TotalAHSLength, got AHSLength 5 with 4 octets left" },
    { "0002 01 00 00000000 0002 01 00 00000000", "'AHS': expected one 'Extended CDB', got two" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    guint8 octets[32];
    g_autoptr (GError) error = NULL;
    Ahs ahs;
    const gsize length = hex_bytes (cases[i].hex, octets, sizeof octets);
    g_assert_false (ahs_decode (&ahs, octets, (guint) length, &error));
    g_assert_error (error, PROTOCOL_ERROR, PROTOCOL_ERROR_FORMAT);
    g_assert_cmpstr (error->message, ==, cases[i].message);
  }
}

/* Whatever the octets are: an answer, no read beyond them (the sanitizer sees), and what is accepted lies within them. */
static void
test_no_octets_do_harm (void)
{
  for (guint round = 0; round < 20000; round++) {
    const guint length = 4 * (guint) g_test_rand_int_range (1, 9);
    g_autofree guint8 *octets = g_malloc (length);
    Ahs ahs;
    for (guint i = 0; i < length; i++)
      octets[i] = (guint8) (g_test_rand_int_range (0, 2) ? g_test_rand_int_range (0, 8) : 0);
    if (ahs_decode (&ahs, octets, length, NULL) && ahs.cdb_rest_length > 0)
      g_assert_true (ahs.cdb_rest >= octets
                     && ahs.cdb_rest + ahs.cdb_rest_length <= octets + length);
  }
}

static void
assert_prints (const char *hex, const char *expected)
{
  guint8 octets[64];
  g_autoptr (GString) out = g_string_new (NULL);
  const gsize length = hex_bytes (hex, octets, sizeof octets);
  ahs_print (octets, (guint) length, out);
  g_assert_cmpstr (out->str, ==, expected);
}

static void
test_segments_are_printed (void)
{
  assert_prints ("0003 01 00 1011 0000 0005 02 00 00000200",
                 " ExtendedCDB=1011 BidirectionalReadExpectedDataTransferLength=512");
  assert_prints ("0001 07 00", " AHS=00010700");
  g_assert_cmpstr (ahs_type_name (AHS_TYPE_EXTENDED_CDB), ==, "Extended CDB");
  g_assert_cmpstr (ahs_type_name (3), ==, "reserved");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ahs/an Extended CDB counts its reserved octet but no padding",
                   test_an_extended_cdb_counts_its_reserved_octet_but_no_padding);
  g_test_add_func ("/ahs/a bidirectional read length is eight octets",
                   test_a_bidirectional_read_length_is_eight_octets);
  g_test_add_func ("/ahs/the longest CDB fits", test_the_longest_cdb_fits);
  g_test_add_func ("/ahs/segments come in either order", test_segments_come_in_either_order);
  g_test_add_func ("/ahs/what makes no sense is refused", test_what_makes_no_sense_is_refused);
  g_test_add_func ("/ahs/no octets do harm", test_no_octets_do_harm);
  g_test_add_func ("/ahs/segments are printed", test_segments_are_printed);
  return g_test_run ();
}
