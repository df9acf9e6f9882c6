/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/digest.h"
#include "tests/unit/protocol/pdu-test.h"

typedef struct Vector {
  const char *what;
  const char *bytes;
  const char *digest;
} Vector;

/* RFC 7143 A.4, as it is printed there. R-DIG-003, R-DIG-004 */
static const Vector vectors[] = {
  { "zeroes", "0000000000000000 0000000000000000 0000000000000000 0000000000000000",
    "aa 36 91 8a" },
  { "ones", "ffffffffffffffff ffffffffffffffff ffffffffffffffff ffffffffffffffff", "43 ab a8 62" },
  { "incrementing", "0001020304050607 08090a0b0c0d0e0f 1011121314151617 18191a1b1c1d1e1f",
    "4e 79 dd 46" },
  { "decrementing", "1f1e1d1c1b1a1918 1716151413121110 0f0e0d0c0b0a0908 0706050403020100",
    "5c db 3f 11" },
  { "a READ(10)",
    "01c00000 00000000 00000000 00000000 14000000 00000400 00000014 00000018 28000000 00000000 "
    "02000000 00000000",
    "56 3a 96 d9" },
};

static void
test_the_vectors_of_the_rfc_come_out (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++) {
    guint8 bytes[64], expected[DIGEST_LENGTH], got[DIGEST_LENGTH];
    g_test_message ("%s", vectors[i].what);
    const gsize length = hex_bytes (vectors[i].bytes, bytes, sizeof bytes);
    g_assert_cmpuint (hex_bytes (vectors[i].digest, expected, sizeof expected), ==, DIGEST_LENGTH);
    digest_of (bytes, length, got);
    g_assert_cmpmem (got, DIGEST_LENGTH, expected, DIGEST_LENGTH);
  }
}

static void
test_pieces_make_the_same_digest_as_the_whole (void)
{
  guint8 bytes[48], whole[DIGEST_LENGTH], pieces[DIGEST_LENGTH];
  hex_bytes (vectors[4].bytes, bytes, sizeof bytes);
  digest_of (bytes, sizeof bytes, whole);
  for (gsize cut = 0; cut <= sizeof bytes; cut++) {
    guint32 crc = digest_add (digest_begin (), bytes, cut);
    crc = digest_add (crc, bytes + cut, sizeof bytes - cut);
    digest_end (crc, pieces);
    g_assert_cmpmem (pieces, DIGEST_LENGTH, whole, DIGEST_LENGTH);
  }
}

static void
test_a_payload_of_several_slices_has_one_digest (void)
{
  guint8 expected[DIGEST_LENGTH], got[DIGEST_LENGTH];
  g_auto (Payload) payload = payload_of (slice_copy ("ab", 2));
  payload_append (&payload, slice_copy ("cde", 3));
  payload_append (&payload, slice_copy ("f", 1));
  digest_of ("abcdef", 6, expected);
  digest_end (digest_add_payload (digest_begin (), &payload), got);
  g_assert_cmpmem (got, DIGEST_LENGTH, expected, DIGEST_LENGTH);
}

/* RFC 7143 13.1: over anything and its own digest the register ends at one value. */
static void
test_the_residue_is_the_rfc_s (void)
{
  guint8 bytes[5 + DIGEST_LENGTH] = "hello";
  digest_of (bytes, 5, bytes + 5);
  g_assert_cmphex (digest_add (digest_begin (), bytes, sizeof bytes), ==,
                   0xb798b438u); /* 0x1c2d19ed, reflected */
}

static void
test_a_login_s_result_tells_which_digests_are_on (void)
{
  KeyValues values;
  key_values_init (&values);
  g_assert_false (digests_agreed (&values).header || digests_agreed (&values).data);
  values.number[KEY_DATA_DIGEST] = DIGEST_CRC32C;
  g_assert_false (digests_agreed (&values).header);
  g_assert_true (digests_agreed (&values).data);
  values.number[KEY_HEADER_DIGEST] = DIGEST_CRC32C;
  g_assert_true (digests_agreed (&values).header);
  key_values_clear (&values);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/digest/the vectors of the RFC come out", test_the_vectors_of_the_rfc_come_out);
  g_test_add_func ("/digest/pieces make the same digest as the whole",
                   test_pieces_make_the_same_digest_as_the_whole);
  g_test_add_func ("/digest/a payload of several slices has one digest",
                   test_a_payload_of_several_slices_has_one_digest);
  g_test_add_func ("/digest/the residue is the RFC's", test_the_residue_is_the_rfc_s);
  g_test_add_func ("/digest/a login's result tells which digests are on",
                   test_a_login_s_result_tells_which_digests_are_on);
  return g_test_run ();
}
