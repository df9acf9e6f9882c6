/* SPDX-License-Identifier: Apache-2.0 */
#include "initiator/mpio/identity.h"

#include <string.h>

static void
assert_identity (const guint8 *page, gsize length, const char *expected)
{
  g_autofree guint8 *exact = g_memdup2 (page, length); /* so that a read behind it is seen */
  g_autofree char *identity = identity_read (exact, length);
  g_assert_cmpstr (identity, ==, expected);
}
#define ASSERT_IDENTITY(expected, ...)                                                             \
  assert_identity ((const guint8[]){ __VA_ARGS__ }, sizeof ((const guint8[]){ __VA_ARGS__ }),      \
                   expected)

/* SPC-4 7.8.6: header 00 83, length; designator: code set, association and type, 0, length. */
static void
test_naa_is_taken_before_others (void)
{
  ASSERT_IDENTITY ("naa.3011223344556677", 0x00, 0x83, 0x00, 0x14, 0x02, 0x01, 0x00, 0x04, 'A', 'B',
                   'C', 'D', 0x01, 0x03, 0x00, 0x08, 0x30, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66,
                   0x77);
}

static void
test_without_naa_eui_counts_then_t10 (void)
{
  ASSERT_IDENTITY ("eui.0102030405060708", 0x00, 0x83, 0x00, 0x12, 0x02, 0x01, 0x00, 0x02, 'A', 'B',
                   0x01, 0x02, 0x00, 0x08, 1, 2, 3, 4, 5, 6, 7, 8);
  ASSERT_IDENTITY ("t10.4142", 0x00, 0x83, 0x00, 0x06, 0x02, 0x01, 0x00, 0x02, 'A', 'B');
}

/* Association 1 and 2 name the port and the target device: the same for all units behind it. */
static void
test_names_of_ports_and_devices_do_not_count (void)
{
  ASSERT_IDENTITY (NULL, 0x00, 0x83, 0x00, 0x10, 0x51, 0x93, 0x00, 0x04, 1, 2, 3, 4, 0x51, 0xa3,
                   0x00, 0x04, 1, 2, 3, 4);
}

static void
test_what_is_cut_short_or_another_page_has_no_name (void)
{
  ASSERT_IDENTITY (NULL, 0x00, 0x80, 0x00, 0x08, 0x01, 0x03, 0x00, 0x04, 1, 2, 3, 4);
  ASSERT_IDENTITY (NULL, 0x00, 0x83, 0x00, 0x08, 0x01, 0x03, 0x00, 0x04, 1, 2, 3);
  ASSERT_IDENTITY (NULL, 0x00, 0x83, 0x00, 0x06, 0x01, 0x03, 0x00, 0x04, 1, 2, 3, 4);
  ASSERT_IDENTITY (NULL, 0x00, 0x83, 0x00, 0x04, 0x01, 0x03, 0x00, 0x00);
  ASSERT_IDENTITY (NULL, 0x00, 0x83, 0x00, 0x02, 0x01, 0x03);
  ASSERT_IDENTITY (NULL, 0x00, 0x83, 0x00);
  assert_identity (NULL, 0, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define TEST(name) g_test_add_func ("/initiator/mpio/identity/" #name, test_##name)
  TEST (naa_is_taken_before_others);
  TEST (without_naa_eui_counts_then_t10);
  TEST (names_of_ports_and_devices_do_not_count);
  TEST (what_is_cut_short_or_another_page_has_no_name);
  return g_test_run ();
}
