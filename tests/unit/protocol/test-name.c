/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/name.h"

/* Of `length` octets in all. */
static char *
long_name (gsize length)
{
  GString *name = g_string_new ("iqn.2001-04.com.example:");
  while (name->len < length)
    g_string_append_c (name, 'x');
  return g_string_free (name, FALSE);
}

/* The examples of RFC 7143 4.2.7.4 to 4.2.7.6, and names that peers of ours have. */
static void
test_the_rfc_s_examples_are_names (void)
{
  static const char *const names[] = {
    "iqn.2001-04.com.example:storage:diskarrays-sn-a8675309",
    "iqn.2001-04.com.example",
    "iqn.2001-04.com.example:storage.tape1.sys1.xyz",
    "iqn.1991-05.com.microsoft:host",
    "iqn.1993-08.org.debian:01:abcdef012345",
    "iqn.2007-10.com.github:sahlberg:libiscsi:iscsi-inq",
    "iqn.2001-04.com.example:",
    "iqn.2001-04.de.b\303\274cher:regal",
    "eui.02004567A425678D",
    "eui.02004567a425678d",
    "naa.52004567BA64678D",
    "naa.62004567BA64678D0123456789ABCDEF",
  };
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autoptr (GError) error = NULL;
    name_check (names[i], &error);
    g_assert_no_error (error);
  }
}

/* R-NAME-002 */
static void
test_223_octets_are_a_name_and_224_are_not (void)
{
  g_autofree char *longest = long_name (NAME_LENGTH_MAX);
  g_autofree char *longer = long_name (NAME_LENGTH_MAX + 1);
  g_autoptr (GError) error = NULL;
  g_assert_true (name_check (longest, NULL));
  g_assert_false (name_check (longer, &error));
  g_assert_true (g_str_has_suffix (error->message, "expected at most 223 octets, got 224"));
}

static void
test_what_is_no_name_is_told_why (void)
{
  static const struct {
    const char *name;
    const char *message;
  } cases[] = {
    { "", "name '': expected it to begin with 'iqn.', 'eui.' or 'naa.'" },
    { "disk1", "name 'disk1': expected it to begin with 'iqn.', 'eui.' or 'naa.'" },
    { "IQN.2001-04.com.example",
      "name 'IQN.2001-04.com.example': expected it to begin with 'iqn.', 'eui.' or 'naa.'" },
    { "iqn.2001-04.com.Example",
      "name 'iqn.2001-04.com.Example': expected lower-case letters, digits, '-', '.' and ':', got "
      "U+0045 at octet 16" },
    { "iqn.2001-04.com.example:my_disk",
      "name 'iqn.2001-04.com.example:my_disk': expected lower-case letters, digits, '-', '.' and "
      "':', got U+005F at octet 26" },
    { "iqn.2001-04.com.example:a b",
      "name 'iqn.2001-04.com.example:a b': expected lower-case letters, digits, '-', '.' and ':', "
      "got U+0020 at octet 25" },
    { "iqn.2001-04.com.example:\303\234",
      "name 'iqn.2001-04.com.example:\303\234': expected lower-case letters, digits, '-', '.' and "
      "':', got U+00DC at octet 24" },
    { "iqn.2001-04.com.example:u\314\210", "name 'iqn.2001-04.com.example:u\314\210': expected "
                                           "Unicode normalization form C, got another" },
    { "iqn.2001-13.com.example",
      "name 'iqn.2001-13.com.example': expected "
      "'iqn.yyyy-mm.reversed-domain[:text]', got '2001-13.com.example'" },
    { "iqn.2001-00.com", "name 'iqn.2001-00.com': expected 'iqn.yyyy-mm.reversed-domain[:text]', "
                         "got '2001-00.com'" },
    { "iqn.01-04.com",
      "name 'iqn.01-04.com': expected 'iqn.yyyy-mm.reversed-domain[:text]', got '01-04.com'" },
    { "iqn.2001-4.com",
      "name 'iqn.2001-4.com': expected 'iqn.yyyy-mm.reversed-domain[:text]', got '2001-4.com'" },
    { "iqn.2001-04",
      "name 'iqn.2001-04': expected 'iqn.yyyy-mm.reversed-domain[:text]', got '2001-04'" },
    { "iqn.2001-04.", "name 'iqn.2001-04.': expected 'iqn.yyyy-mm.reversed-domain[:text]', got "
                      "'2001-04.'" },
    { "iqn.2001-04.:x", "name 'iqn.2001-04.:x': expected 'iqn.yyyy-mm.reversed-domain[:text]', "
                        "got '2001-04.:x'" },
    { "iqn.2001-04.com..a", "name 'iqn.2001-04.com..a': expected "
                            "'iqn.yyyy-mm.reversed-domain[:text]', got '2001-04.com..a'" },
    { "eui.02004567A425678",
      "name 'eui.02004567A425678': expected 16 hex digits after 'eui.', got '02004567A425678'" },
    { "eui.02004567A425678G",
      "name 'eui.02004567A425678G': expected 16 hex digits after 'eui.', got '02004567A425678G'" },
    { "naa.52004567BA64678D00", "name 'naa.52004567BA64678D00': expected 16 or 32 hex digits after "
                                "'naa.', got '52004567BA64678D00'" },
    { "iqn.2001-04.com\377", "name: expected UTF-8, got octets that are not" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_false (name_check (cases[i].name, &error));
    g_assert_error (error, PROTOCOL_ERROR, PROTOCOL_ERROR_NAME);
    g_assert_cmpstr (error->message, ==, cases[i].message);
  }
}

/* R-NAME-004 */
static void
test_what_people_type_is_prepared (void)
{
  static const struct {
    const char *typed;
    const char *name;
  } cases[] = {
    { "iqn.2001-04.com.example:disk", "iqn.2001-04.com.example:disk" },
    { "IQN.2001-04.COM.Example:Disk", "iqn.2001-04.com.example:disk" },
    { "EUI.02004567A425678D", "eui.02004567a425678d" },
    { "iqn.2001-04.de.BU\314\210CHER", "iqn.2001-04.de.b\303\274cher" }, /* composed */
    { "iqn.2001-04.com.\357\275\201", "iqn.2001-04.com.a" },             /* fullwidth a */
    { "iqn.2001-04.com.example:a_b", NULL },
    { "iqn.2001-04.com.example: a", NULL },
    { "iqn.2001-04.com\377", NULL },
    { "", NULL },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *name = name_prepare (cases[i].typed, &error);
    g_assert_cmpstr (name, ==, cases[i].name);
    g_assert_true ((error != NULL) == (name == NULL));
  }
}

/* R-NAME-008 */
static void
test_only_hex_digits_have_two_cases (void)
{
  g_assert_true (name_equal ("eui.02004567A425678D", "eui.02004567a425678d"));
  g_assert_true (name_equal ("naa.52004567BA64678D", "naa.52004567ba64678D"));
  g_assert_true (name_equal ("iqn.2001-04.com.example", "iqn.2001-04.com.example"));
  g_assert_false (name_equal ("iqn.2001-04.com.example", "iqn.2001-04.com.Example"));
  g_assert_false (name_equal ("eui.02004567A425678D", "naa.02004567A425678D"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/name/the RFC's examples are names", test_the_rfc_s_examples_are_names);
  g_test_add_func ("/name/223 octets are a name and 224 are not",
                   test_223_octets_are_a_name_and_224_are_not);
  g_test_add_func ("/name/what is no name is told why", test_what_is_no_name_is_told_why);
  g_test_add_func ("/name/what people type is prepared", test_what_people_type_is_prepared);
  g_test_add_func ("/name/only hex digits have two cases", test_only_hex_digits_have_two_cases);
  return g_test_run ();
}
