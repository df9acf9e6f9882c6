/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/target-address.h"

static void
test_good (void)
{
  static const struct {
    const char *text;
    const char *address;
    gint32 group_tag;
  } good[] = {
    { "10.0.0.1", "10.0.0.1:3260", TARGET_ADDRESS_NO_GROUP },
    { "10.0.0.1:5003,1", "10.0.0.1:5003", 1 },
    { "10.0.0.1,65535", "10.0.0.1:3260", 65535 },
    { "[1080:0:0:0:8:800:200C:417A],65", "[1080::8:800:200c:417a]:3260", 65 },
    { "[1080::8:800:200C:417A]:5003,0", "[1080::8:800:200c:417a]:5003", 0 },
  };
  for (guint i = 0; i < G_N_ELEMENTS (good); i++) {
    g_autoptr (GError) error = NULL;
    char text[ADDRESS_TEXT_LENGTH];
    Address address;
    gint32 group_tag;
    target_address_parse (good[i].text, &address, &group_tag, &error);
    g_assert_no_error (error);
    g_assert_cmpstr (address_text (&address, text), ==, good[i].address);
    g_assert_cmpint (group_tag, ==, good[i].group_tag);
  }
}

static void
test_bad (void)
{
  static const char *const bad[][2] = {
    { "", "TargetAddress '': expected an IPv4 or a bracketed IPv6 address" },
    { "storage.example:3260,1",
      "TargetAddress 'storage.example:3260,1': expected an IPv4 or a bracketed IPv6 address" },
    { "10.0.0.1:0", "TargetAddress '10.0.0.1:0': expected a port of 1 to 65535" },
    { "10.0.0.1,", "TargetAddress '10.0.0.1,': expected a portal group tag of 0 to 65535" },
    { "10.0.0.1,65536",
      "TargetAddress '10.0.0.1,65536': expected a portal group tag of 0 to 65535" },
    { "10.0.0.1,1,2", "TargetAddress '10.0.0.1,1,2': expected a portal group tag of 0 to 65535" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;
    Address address;
    gint32 group_tag;
    g_assert_false (target_address_parse (bad[i][0], &address, &group_tag, &error));
    g_assert_error (error, PROTOCOL_ERROR, PROTOCOL_ERROR_TEXT);
    g_assert_true (g_str_has_prefix (error->message, bad[i][1])
                   || strstr (error->message, "a port of 1") != NULL);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/target-address/what RFC 7143 13.8 shows is read", test_good);
  g_test_add_func ("/target-address/what is none is refused with a reason", test_bad);
  return g_test_run ();
}
