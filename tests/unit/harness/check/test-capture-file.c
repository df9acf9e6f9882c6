/* SPDX-License-Identifier: Apache-2.0 */
/* Captures of each kind of link, written by hand: a pcap file's header and records, and frames from the RFCs. */
#include "harness/check/capture-file.h"

#include <glib/gstdio.h>
#include <string.h>

static void
append_hex (GByteArray *out, const char *hex)
{
  for (; *hex != '\0'; hex++) {
    if (*hex == ' ')
      continue;
    const guint8 octet =
        (guint8) (g_ascii_xdigit_value (hex[0]) << 4 | g_ascii_xdigit_value (hex[1]));
    g_byte_array_append (out, &octet, 1);
    hex++;
  }
}

static void
append_32 (GByteArray *out, guint32 value)
{
  const guint32 stored = GUINT32_TO_LE (value);
  g_byte_array_append (out, (const guint8 *) &stored, sizeof stored);
}

/* A capture of one link and, at most, two frames, of which the first `captured` octets are there (0: all). */
static CaptureFile *
capture_of (guint32 link, const char *first, const char *second, guint captured)
{
  g_autoptr (GByteArray) file = g_byte_array_new ();
  append_hex (file, "4d3cb2a1 0200 0400 00000000 00000000 00000400"); /* nanoseconds, version 2.4 */
  append_32 (file, link);
  const char *const frames[] = { first, second };
  for (guint i = 0; i < 2 && frames[i] != NULL; i++) {
    g_autoptr (GByteArray) frame = g_byte_array_new ();
    append_hex (frame, frames[i]);
    const guint length = captured != 0 ? captured : frame->len;
    append_32 (file, 1000 + i);
    append_32 (file, 5);
    append_32 (file, length);
    append_32 (file, frame->len);
    g_byte_array_append (file, frame->data, length);
  }
  g_autoptr (GError) error = NULL;
  char *path = NULL;
  const int fd = g_file_open_tmp ("test-capture-XXXXXX", &path, &error);
  g_assert_no_error (error);
  g_close (fd, NULL);
  g_assert_true (g_file_set_contents (path, (char *) file->data, file->len, NULL));
  CaptureFile *capture = capture_file_open (path, &error);
  g_assert_no_error (error);
  g_unlink (path);
  g_free (path);
  return capture;
}

#define MACS "020000000002 020000000001 "
#define TCP  "9c40 0cbc 01020304 05060708 5018 ffff 0000 0000 "
#define IPV4 "4500 002b 0000 4000 4006 0000 0a000001 0a000002 "
#define IPV6                                                                                       \
  "60000000 0017 06 40 fd000000000000000000000000000001 fd000000000000000000000000000002 "

static void
assert_segment (const CaptureSegment *segment, const char *from, const char *data)
{
  char text[ADDRESS_TEXT_LENGTH];
  g_assert_cmpstr (address_text (&segment->from, text), ==, from);
  g_assert_cmpuint (segment->to.port, ==, 3260);
  g_assert_cmphex (segment->seq, ==, 0x01020304);
  g_assert_cmphex (segment->ack, ==, 0x05060708);
  g_assert_cmphex (segment->flags, ==, 0x18);
  g_assert_cmpmem (segment->data, segment->length, data, strlen (data));
}

static void
assert_one_segment (guint32 link, const char *frame, const char *from)
{
  CaptureSegment segment;
  g_autoptr (GError) error = NULL;
  g_autoptr (CaptureFile) file = capture_of (link, frame, NULL, 0);
  g_assert_true (capture_file_next (file, &segment, &error));
  assert_segment (&segment, from, "abc");
  g_assert_cmpuint (segment.sent_length, ==, 3);
  g_assert_false (capture_file_next (file, &segment, &error));
  g_assert_no_error (error);
}

static void
assert_no_segment (const char *frame)
{
  CaptureSegment segment;
  g_autoptr (GError) error = NULL;
  g_autoptr (CaptureFile) file = capture_of (1, frame, NULL, 0);
  g_assert_false (capture_file_next (file, &segment, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (capture_file_packets (file), ==, 1);
}

static void
test_each_kind_of_link_is_read (void)
{
  static const char v4[] = "10.0.0.1:40000", v6[] = "[fd00::1]:40000";
  assert_one_segment (1, MACS "0800" IPV4 TCP "616263", v4);
  assert_one_segment (1, MACS "86dd" IPV6 TCP "616263", v6);
  assert_one_segment (1, MACS "0800" IPV4 TCP "616263 0000000000", v4); /* padded by the link */
  assert_one_segment (1, MACS "8100 0005 0800" IPV4 TCP "616263", v4);
  assert_one_segment (1, MACS "88a8 0005 8100 0006 0800" IPV4 TCP "616263", v4);
  assert_one_segment (113, "0000 0001 0006 020000000001 0000 0800" IPV4 TCP "616263", v4);
  assert_one_segment (276, "86dd 0000 00000001 0001 00 06 020000000001 0000" IPV6 TCP "616263", v6);
  assert_one_segment (101, IPV4 TCP "616263", v4);
  assert_one_segment (101, IPV6 TCP "616263", v6);
  assert_one_segment (0, "02000000" IPV4 TCP "616263", v4);
}

static void
test_options_and_extension_headers_are_passed_over (void)
{
  assert_one_segment (
      1, MACS "0800 4700 0033 0000 4000 4006 0000 0a000001 0a000002 94040000 01010101" TCP "616263",
      "10.0.0.1:40000");
  assert_one_segment (1,
                      MACS "86dd 60000000 001f 00 40 fd000000000000000000000000000001"
                           "fd000000000000000000000000000002 06 00 0104 00000000" TCP "616263",
                      "[fd00::1]:40000");
  assert_one_segment (1,
                      MACS
                      "0800 4500 0033 0000 4000 4006 0000 0a000001 0a000002"
                      "9c40 0cbc 01020304 05060708 7018 ffff 0000 0000 0101080a 00000000 616263",
                      "10.0.0.1:40000");
}

/* A card that cuts segments up by itself lets IP's length stand at 0. */
static void
test_a_length_of_0_is_that_of_the_frame (void)
{
  assert_one_segment (1, MACS "0800 4500 0000 0000 4000 4006 0000 0a000001 0a000002" TCP "616263",
                      "10.0.0.1:40000");
}

static void
test_what_is_no_whole_tcp_segment_is_none (void)
{
  assert_no_segment (MACS "0806 00010800060400010200000000010a000001"); /* ARP */
  assert_no_segment (MACS
                     "0800 4500 001c 0000 4000 4011 0000 0a000001 0a000002 00010002 0008 0000");
  assert_no_segment (MACS "0800 4500 002b 0000 2000 4006 0000 0a000001 0a000002" TCP "616263");
  assert_no_segment (MACS "0800 4500 002b 0000 0001 4006 0000 0a000001 0a000002" TCP "616263");
  assert_no_segment (MACS "0800 4400 002b 0000 4000 4006 0000 0a000001 0a000002" TCP "616263");
  assert_no_segment (MACS "0800 4500 0013 0000 4000 4006 0000 0a000001 0a000002" TCP "616263");
  assert_no_segment (MACS "0800 4500 0020 0000 4000 4006 0000 0a000001 0a000002" TCP "616263");
  assert_no_segment (MACS "0800" IPV4 "9c40 0cbc 01020304 05060708 4018 ffff 0000 0000 616263");
  assert_no_segment (MACS "0800" IPV4 "9c40 0cbc 01020304 05060708 f018 ffff 0000 0000 616263");
  assert_no_segment (MACS "86dd 60000000 001f 2c 40 fd000000000000000000000000000001"
                          "fd000000000000000000000000000002 06 00 0001 00000000" TCP "616263");
  assert_no_segment (MACS "0800");
  assert_no_segment ("0200");
}

static void
test_a_packet_cut_short_says_how_long_it_was (void)
{
  CaptureSegment segment;
  g_autoptr (CaptureFile) file = capture_of (1, MACS "0800" IPV4 TCP "616263", NULL, 14 + 20 + 21);
  g_assert_true (capture_file_next (file, &segment, NULL));
  assert_segment (&segment, "10.0.0.1:40000", "a");
  g_assert_cmpuint (segment.sent_length, ==, 3);
}

static void
test_times_begin_with_the_first_packet (void)
{
  CaptureSegment segment;
  g_autoptr (CaptureFile) file = capture_of (1, MACS "0806 0001", MACS "0800" IPV4 TCP "616263", 0);
  g_assert_true (capture_file_next (file, &segment, NULL));
  g_assert_cmpuint (segment.packet, ==, 2);
  g_assert_cmpint (segment.time_ns, ==, 1000000000);
  g_assert_cmphex (segment.from_mac[5], ==, 1);
  g_assert_cmphex (segment.to_mac[5], ==, 2);
}

static void
test_a_time_may_be_anything (void)
{
  g_autoptr (GByteArray) contents = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  append_hex (contents, "0a0d0d0a 1c000000 4d3c2b1a 0100 0000 ffffffffffffffff 1c000000"
                        "01000000 14000000 0100 0000 00000000 14000000");
  for (guint i = 0; i < 2; i++) {
    append_hex (contents, "06000000 5c000000 00000000");
    append_hex (contents, i == 0 ? "05000000 00000000" : "ffffff7f ffffffff");
    append_hex (contents, "39000000 39000000" MACS "0800" IPV4 TCP "616263 000000 5c000000");
  }
  g_close (g_file_open_tmp ("test-capture-XXXXXX", &path, NULL), NULL);
  g_assert_true (g_file_set_contents (path, (char *) contents->data, contents->len, NULL));
  g_autoptr (CaptureFile) file = capture_file_open (path, &error);
  g_unlink (path);
  g_assert_no_error (error);
  CaptureSegment segment;
  for (guint i = 0; i < 2; i++) {
    g_assert_true (capture_file_next (file, &segment, &error));
    assert_segment (&segment, "10.0.0.1:40000", "abc");
  }
}

static void
test_a_link_that_is_not_known_is_an_error (void)
{
  g_autoptr (GByteArray) contents = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  append_hex (contents, "4d3cb2a1 0200 0400 00000000 00000000 00000400");
  append_32 (contents, 105); /* IEEE 802.11 */
  g_close (g_file_open_tmp ("test-capture-XXXXXX", &path, NULL), NULL);
  g_assert_true (g_file_set_contents (path, (char *) contents->data, contents->len, NULL));
  g_assert_null (capture_file_open (path, &error));
  g_assert_error (error, CAPTURE_ERROR, CAPTURE_ERROR_FORMAT);
  g_assert_nonnull (
      strstr (error->message,
              ": expected packets of Ethernet, Linux cooked, loopback or IP, got IEEE802_11"));
  g_unlink (path);
}

#define TEST(name, function) g_test_add_func ("/harness/check/capture-file/" name, function)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  TEST ("each-kind-of-link-is-read", test_each_kind_of_link_is_read);
  TEST ("options-and-extension-headers-are-passed-over",
        test_options_and_extension_headers_are_passed_over);
  TEST ("a-length-of-0-is-that-of-the-frame", test_a_length_of_0_is_that_of_the_frame);
  TEST ("what-is-no-whole-tcp-segment-is-none", test_what_is_no_whole_tcp_segment_is_none);
  TEST ("a-packet-cut-short-says-how-long-it-was", test_a_packet_cut_short_says_how_long_it_was);
  TEST ("times-begin-with-the-first-packet", test_times_begin_with_the_first_packet);
  TEST ("a-time-may-be-anything", test_a_time_may_be_anything);
  TEST ("a-link-that-is-not-known-is-an-error", test_a_link_that_is_not_known_is_an_error);
  return g_test_run ();
}
