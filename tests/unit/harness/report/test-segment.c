/* SPDX-License-Identifier: Apache-2.0 */
/* Frames by hand, from RFC 791, RFC 8200 and RFC 9293; their checksums were added up apart. */
#include "harness/report/segment.h"

static void
assert_frame (const Segment *segment, const char *hex)
{
  g_autoptr (GByteArray) frame = g_byte_array_new ();
  g_autoptr (GString) expected = g_string_new (NULL);
  g_autoptr (GString) actual = g_string_new (NULL);
  segment_frame (segment, frame);
  for (; *hex != '\0'; hex++)
    if (*hex != ' ')
      g_string_append_c (expected, *hex);
  for (guint i = 0; i < frame->len; i++)
    g_string_append_printf (actual, "%02x", frame->data[i]);
  g_assert_cmpstr (actual->str, ==, expected->str);
}

#define MACS .from_mac = { 2, 0, 0, 0, 0, 1 }, .to_mac = { 2, 0, 0, 0, 0, 2 }

/* IPv4: 4500 + 002b + 4000 + 4006 + 0a02 + 0001 + 0a01 + 0101 = da36, so 25c9.
 * TCP: c001 + 0cbc + 0102 + 0304 + 0506 + 0708 + 5018 + ffff + 6162 + 6300, and 0006 + 0017 + 0a02 + 0001 + 0a01 + 0101:
 * 3066c, carried 066f, so f990. */
static void
test_data_over_ipv4 (void)
{
  const Segment segment = { .from = { .ip = { 10, 2, 0, 1 }, .port = 49153 },
                            .to = { .ip = { 10, 1, 1, 1 }, .port = 3260 },
                            MACS,
                            .seq = 0x01020304,
                            .ack = 0x05060708,
                            .flags = SEGMENT_ACK | SEGMENT_PSH,
                            .data = (const guint8 *) "abc",
                            .length = 3 };
  assert_frame (&segment, "020000000002 020000000001 0800"
                          "4500 002b 0000 4000 4006 25c9 0a020001 0a010101"
                          "c001 0cbc 01020304 05060708 5018 ffff f990 0000"
                          "616263");
}

/* TCP: 0001 + 0cbc + 0000 + 0001 + 7002 + ffff + 0204 + 05b4 + 0103 + 030e, and 0006 + 001c + fd00 + 0002 + 0001 + fd00 + 0001 +
 * 0002 + 0001: 382b1, carried 82b4, so 7d4b. Without ACK the acknowledgement is 0, whatever is known. */
static void
test_syn_over_ipv6 (void)
{
  const Segment segment = {
    .from = { .ip = { 0xfd, 0, 0, 2, [15] = 1 }, .port = 1, .is_ipv6 = 1 },
    .to = { .ip = { 0xfd, 0, 0, 1, 0, 2, [15] = 1 }, .port = 3260, .is_ipv6 = 1 },
    MACS,
    .seq = 1,
    .ack = 77,
    .flags = SEGMENT_SYN
  };
  assert_frame (
      &segment,
      "020000000002 020000000001 86dd"
      "60000000 001c 06 40 fd000002000000000000000000000001 fd000001000200000000000000000001"
      "0001 0cbc 00000001 00000000 7002 ffff 7d4b 0000 020405b4 0103030e");
}

#define TEST(name, function) g_test_add_func ("/harness/report/segment/" name, function)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  TEST ("data-over-ipv4", test_data_over_ipv4);
  TEST ("syn-over-ipv6", test_syn_over_ipv6);
  return g_test_run ();
}
