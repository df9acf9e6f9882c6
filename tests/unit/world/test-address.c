/* SPDX-License-Identifier: Apache-2.0 */
/* What an address looks like as text, and what is said about one that is none. */
#include "world/address.h"

#include "world/error.h"

#include <string.h>

static Address
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  Address address;
  g_assert_true (address_parse (text, 3260, &address, &error));
  g_assert_no_error (error);
  return address;
}

static void
assert_text (const char *text, const char *expected, const char *expected_ip)
{
  char buffer[ADDRESS_TEXT_LENGTH];
  const Address address = parse (text);
  g_assert_cmpstr (address_text (&address, buffer), ==, expected);
  g_assert_cmpstr (address_ip_text (&address, buffer), ==, expected_ip);
}

static void
test_version_4_with_and_without_a_port (void)
{
  const Address address = parse ("10.1.2.3:4000");
  g_assert_false (address.is_ipv6);
  g_assert_cmpuint (address.port, ==, 4000);
  g_assert_cmpmem (address.ip, 4, ((const guint8[]){ 10, 1, 2, 3 }), 4);
  assert_text ("10.1.2.3:4000", "10.1.2.3:4000", "10.1.2.3");
  assert_text ("10.1.2.3", "10.1.2.3:3260", "10.1.2.3"); /* R-MODEL-025 */
}

static void
test_version_6_with_and_without_a_port (void)
{
  const Address address = parse ("[fd00::1]:4000");
  g_assert_true (address.is_ipv6);
  g_assert_cmphex (address.ip[0], ==, 0xfd);
  g_assert_cmphex (address.ip[15], ==, 1);
  assert_text ("[fd00::1]:4000", "[fd00::1]:4000", "fd00::1");
  assert_text ("[FD00:0:0:0:0:0:0:1]", "[fd00::1]:3260", "fd00::1");
  assert_text ("[::]:1", "[::]:1", "::");
}

static void
test_a_port_is_from_0_to_65535 (void)
{
  g_assert_cmpuint (parse ("10.0.0.1:0").port, ==, 0);
  g_assert_cmpuint (parse ("10.0.0.1:65535").port, ==, 65535);
}

static void
test_the_longest_address_fits_the_text (void)
{
  assert_text ("[ffff:eeee:dddd:cccc:bbbb:aaaa:9999:8888]:65535",
               "[ffff:eeee:dddd:cccc:bbbb:aaaa:9999:8888]:65535",
               "ffff:eeee:dddd:cccc:bbbb:aaaa:9999:8888");
}

static void
assert_refused (const char *text, const char *got)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *expected = g_strdup_printf (
      "address '%s': expected 'IPV4[:PORT]' or '[IPV6][:PORT]', got %s", text, got);
  Address address = { .port = 77 };
  g_assert_false (address_parse (text, 3260, &address, &error));
  g_assert_error (error, WORLD_ERROR, WORLD_ERROR_INVALID);
  g_assert_cmpstr (error->message, ==, expected);
  g_assert_cmpuint (address.port, ==, 77); /* untouched */
}

static void
test_what_is_no_address_is_refused_in_words (void)
{
  assert_refused ("", "no such address");
  assert_refused (":3260", "no such address");
  assert_refused ("target.example:3260", "no such address");
  assert_refused ("10.0.0", "no such address");
  assert_refused ("10.0.0.256", "no such address");
  assert_refused (" 10.0.0.1", "no such address");
  assert_refused ("fd00::1", "no such address");
  assert_refused ("[10.0.0.1]", "no such address");
  assert_refused ("[]:3260", "no such address");
  assert_refused ("[fd00::1", "no ']'");
  assert_refused ("[fd00::1]3260", "something other than ':PORT' after ']'");
}

static void
test_what_is_no_port_is_refused_in_words (void)
{
  static const char *const ports[] = { "", "x", "-1", "+1", " 1", "1 ", "65536", "0x10", "1:2" };
  for (guint i = 0; i < G_N_ELEMENTS (ports); i++) {
    g_autofree char *version_4 = g_strconcat ("10.0.0.1:", ports[i], NULL);
    g_autofree char *version_6 = g_strconcat ("[fd00::1]:", ports[i], NULL);
    assert_refused (version_4, "a port that is not a number from 0 to 65535");
    assert_refused (version_6, "a port that is not a number from 0 to 65535");
  }
}

static void
test_equal_is_of_version_address_and_port (void)
{
  const Address a = parse ("10.0.0.1:1");
  const Address same = parse ("10.0.0.1:1");
  const Address port = parse ("10.0.0.1:2");
  const Address other = parse ("10.0.0.2:1");
  const Address ipv6 = parse ("[a00:1::]:1"); /* begins with the same four bytes */
  g_assert_true (address_equal (&a, &same));
  g_assert_false (address_equal (&a, &port));
  g_assert_true (address_equal_ip (&a, &port));
  g_assert_false (address_equal_ip (&a, &other));
  g_assert_cmpmem (a.ip, 4, ipv6.ip, 4);
  g_assert_false (address_equal (&a, &ipv6));
  g_assert_false (address_equal_ip (&a, &ipv6));
}

static void
test_all_sixteen_bytes_of_version_6_count (void)
{
  const Address a = parse ("[fd00::1]");
  const Address b = parse ("[fd00::2]");
  g_assert_false (address_equal_ip (&a, &b));
  g_assert_true (address_equal_ip (&a, &a));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/world/address/version-4-with-and-without-a-port",
                   test_version_4_with_and_without_a_port);
  g_test_add_func ("/world/address/version-6-with-and-without-a-port",
                   test_version_6_with_and_without_a_port);
  g_test_add_func ("/world/address/a-port-is-from-0-to-65535", test_a_port_is_from_0_to_65535);
  g_test_add_func ("/world/address/the-longest-address-fits-the-text",
                   test_the_longest_address_fits_the_text);
  g_test_add_func ("/world/address/what-is-no-address-is-refused-in-words",
                   test_what_is_no_address_is_refused_in_words);
  g_test_add_func ("/world/address/what-is-no-port-is-refused-in-words",
                   test_what_is_no_port_is_refused_in_words);
  g_test_add_func ("/world/address/equal-is-of-version-address-and-port",
                   test_equal_is_of_version_address_and_port);
  g_test_add_func ("/world/address/all-sixteen-bytes-of-version-6-count",
                   test_all_sixteen_bytes_of_version_6_count);
  return g_test_run ();
}
