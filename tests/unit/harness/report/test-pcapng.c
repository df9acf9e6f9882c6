/* SPDX-License-Identifier: Apache-2.0 */
/* The octets of a capture file, written by hand from draft-ietf-opsawg-pcapng. */
#include "harness/report/pcapng.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct Scratch {
  char *directory;
  char *path;
} Scratch;

static void
scratch_init (Scratch *scratch)
{
  scratch->directory = g_dir_make_tmp ("test-pcapng-XXXXXX", NULL);
  g_assert_nonnull (scratch->directory);
  scratch->path = g_build_filename (scratch->directory, "a.pcapng", NULL);
}

static void
scratch_clear (Scratch *scratch)
{
  g_unlink (scratch->path);
  g_rmdir (scratch->directory);
  g_free (scratch->path);
  g_free (scratch->directory);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Scratch, scratch_clear)

/* "0a0d 0d0a" against the file from *at on, which goes on behind it. */
static void
assert_octets (const Scratch *scratch, gsize *at, const char *hex)
{
  g_autofree char *contents = NULL;
  gsize length;
  g_assert_true (g_file_get_contents (scratch->path, &contents, &length, NULL));
  g_autoptr (GString) expected = g_string_new (NULL);
  for (; *hex != '\0'; hex++)
    if (*hex != ' ')
      g_string_append_c (expected, *hex);
  g_autoptr (GString) actual = g_string_new (NULL);
  for (gsize i = 0; i < expected->len / 2 && *at < length; i++)
    g_string_append_printf (actual, "%02x", (guint8) contents[(*at)++]);
  g_assert_cmpstr (actual->str, ==, expected->str);
}

static void
assert_end (const Scratch *scratch, gsize at)
{
  GStatBuf status;
  g_assert_cmpint (g_stat (scratch->path, &status), ==, 0);
  g_assert_cmpuint ((gsize) status.st_size, ==, at);
}

#define SECTION "0a0d0d0a 1c000000 4d3c2b1a 0100 0000 ffffffffffffffff "

static void
test_a_section_says_who_wrote_it_and_why (void)
{
  g_auto (Scratch) scratch = { 0 };
  scratch_init (&scratch);
  Pcapng *file = pcapng_new (scratch.path, "lab", "seed 1", 1000, NULL);
  g_assert_true (pcapng_close (file, NULL, NULL));
  gsize at = 0;
  assert_octets (&scratch, &at, "0a0d0d0a 34000000 4d3c2b1a 0100 0000 ffffffffffffffff");
  assert_octets (&scratch, &at, "0100 0600 73656564 20310000"); /* "seed 1" */
  assert_octets (&scratch, &at, "0400 0300 6c616200");          /* "lab" */
  assert_octets (&scratch, &at, "0000 0000 34000000");
  assert_end (&scratch, at);
}

static void
test_an_interface_is_ethernet_with_a_name_and_nanoseconds (void)
{
  g_auto (Scratch) scratch = { 0 };
  scratch_init (&scratch);
  Pcapng *file = pcapng_new (scratch.path, NULL, NULL, 1000, NULL);
  g_assert_cmpuint (pcapng_add_interface (file, "host1"), ==, 0);
  g_assert_cmpuint (pcapng_add_interface (file, "h"), ==, 1);
  gsize at = 0;
  assert_octets (&scratch, &at, SECTION "1c000000");
  assert_octets (&scratch, &at, "01000000 2c000000 0100 0000 00000000");
  assert_octets (&scratch, &at, "0200 0500 686f7374 31000000"); /* "host1" */
  assert_octets (&scratch, &at, "0900 0100 09000000");          /* 10^-9 */
  assert_octets (&scratch, &at, "0000 0000 2c000000");
  assert_octets (&scratch, &at, "01000000 28000000 0100 0000 00000000 0200 0100 68000000");
  g_assert_true (pcapng_close (file, NULL, NULL));
}

static void
test_a_packet_has_its_time_octets_comment_and_direction (void)
{
  static const guint8 octets[] = { 0xaa, 0xbb, 0xcc, 0xdd, 0xee };
  g_auto (Scratch) scratch = { 0 };
  scratch_init (&scratch);
  Pcapng *file = pcapng_new (scratch.path, NULL, NULL, 1000, NULL);
  pcapng_add_interface (file, "h");
  const PcapngPacket out = { .time_ns = G_GINT64_CONSTANT (0x0123456789abcdef),
                             .is_outbound = TRUE,
                             .bytes = octets,
                             .length = sizeof octets,
                             .comment = "why" };
  const PcapngPacket in = { .time_ns = 1, .bytes = octets, .length = 4 };
  pcapng_write (file, &out);
  pcapng_write (file, &in);
  g_assert_true (pcapng_close (file, "late", NULL));
  gsize at = 28 + 40;
  assert_octets (&scratch, &at, "06000000 3c000000 00000000 67452301 efcdab89 05000000 05000000");
  assert_octets (&scratch, &at, "aabbccdd ee000000");
  assert_octets (&scratch, &at, "0100 0300 77687900"); /* "why" */
  assert_octets (&scratch, &at, "0200 0400 02000000 0000 0000 3c000000");
  assert_octets (&scratch, &at, "06000000 30000000 00000000 00000000 01000000 04000000 04000000");
  assert_octets (&scratch, &at, "aabbccdd 0200 0400 01000000 0000 0000 30000000");
  /* The statistics: two packets, none of them left out. */
  assert_octets (&scratch, &at, "05000000 3c000000 00000000 00000000 01000000");
  assert_octets (&scratch, &at, "0100 0400 6c617465"); /* "late" */
  assert_octets (&scratch, &at, "0400 0800 02000000 00000000 0500 0800 00000000 00000000");
  assert_octets (&scratch, &at, "0000 0000 3c000000");
  assert_end (&scratch, at);
}

static void
test_the_packet_that_reaches_the_limit_says_so_and_is_the_last (void)
{
  static const guint8 octets[100];
  g_auto (Scratch) scratch = { 0 };
  scratch_init (&scratch);
  Pcapng *file = pcapng_new (scratch.path, NULL, NULL, 300, NULL);
  pcapng_add_interface (file, "h");
  const PcapngPacket packet = { .bytes = octets, .length = sizeof octets, .comment = "fault 1" };
  for (guint i = 0; i < 4; i++)
    pcapng_write (file, &packet);
  g_assert_true (pcapng_close (file, NULL, NULL));

  g_autofree char *contents = NULL;
  gsize length;
  g_assert_true (g_file_get_contents (scratch.path, &contents, &length, NULL));
  static const char said[] = "fault 1; the capture ends here: its limit of 300 bytes is reached";
  const char *found = memmem (contents, length, said, sizeof said - 1);
  g_assert_nonnull (found);
  g_assert_cmpint (found - contents, >, 28 + 40 + 148); /* the second packet's */
  gsize at = length - 52;
  assert_octets (&scratch, &at, "05000000 34000000 00000000 00000000 00000000");
  assert_octets (&scratch, &at, "0400 0800 04000000 00000000 0500 0800 02000000 00000000");
}

static void
test_a_file_that_cannot_be_made_is_an_error (void)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (pcapng_new ("/nowhere/at/all/a.pcapng", NULL, NULL, 1000, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
  g_assert_cmpstr (
      error->message, ==,
      "capture '/nowhere/at/all/a.pcapng': cannot be written: No such file or directory");
}

static void
test_a_disk_that_is_full_is_told_at_the_close (void)
{
  g_autoptr (GError) error = NULL;
  Pcapng *file = pcapng_new ("/dev/full", NULL, NULL, 1000, &error);
  g_assert_no_error (error);
  pcapng_add_interface (file, "h");
  g_assert_false (pcapng_close (file, NULL, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOSPC);
}

#define TEST(name, function) g_test_add_func ("/harness/report/pcapng/" name, function)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  TEST ("a-section-says-who-wrote-it-and-why", test_a_section_says_who_wrote_it_and_why);
  TEST ("an-interface-is-ethernet-with-a-name-and-nanoseconds",
        test_an_interface_is_ethernet_with_a_name_and_nanoseconds);
  TEST ("a-packet-has-its-time-octets-comment-and-direction",
        test_a_packet_has_its_time_octets_comment_and_direction);
  TEST ("the-packet-that-reaches-the-limit-says-so-and-is-the-last",
        test_the_packet_that_reaches_the_limit_says_so_and_is_the_last);
  TEST ("a-file-that-cannot-be-made-is-an-error", test_a_file_that_cannot_be_made_is_an_error);
  TEST ("a-disk-that-is-full-is-told-at-the-close", test_a_disk_that_is_full_is_told_at_the_close);
  return g_test_run ();
}
