/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/keys.h"

static guint32
parse (const char *key, const char *text)
{
  guint32 number = 0;
  g_assert_true (key_parse_number (key_find (key), text, &number, NULL));
  return number;
}

static void
assert_refused (const char *key, const char *text, const char *message)
{
  guint32 number = 4711;
  g_autoptr (GError) error = NULL;
  g_assert_false (key_parse_number (key_find (key), text, &number, &error));
  g_assert_error (error, PROTOCOL_ERROR, PROTOCOL_ERROR_NEGOTIATION);
  if (message != NULL)
    g_assert_cmpstr (error->message, ==, message);
  g_assert_cmpuint (number, ==, 4711);
}

static void
test_every_key_is_found_by_its_name (void)
{
  for (guint i = 0; i < KEY_COUNT; i++) {
    const KeyInfo *info = key_info (i);
    g_assert_cmpuint (info->id, ==, i);
    g_assert_true (key_find (info->name) == info);
  }
}

/* R-TEXT-001 */
static void
test_letter_case_counts (void)
{
  g_assert_nonnull (key_find ("HeaderDigest"));
  g_assert_null (key_find ("headerdigest"));
  g_assert_null (key_find ("HeaderDigest "));
}

static void
test_every_default_is_a_value_of_its_key (void)
{
  for (guint i = 0; i < KEY_COUNT; i++) {
    const KeyInfo *info = key_info (i);
    if (info->kind == KEY_KIND_LIST)
      g_assert_cmpuint (info->initial, <, g_strv_length ((char **) info->names));
    else
      g_assert_null (info->names);
    if (info->kind == KEY_KIND_NUMBER)
      g_assert_cmpuint (info->initial, >=, info->minimum);
    if (info->kind == KEY_KIND_NUMBER)
      g_assert_cmpuint (info->initial, <=, info->maximum);
  }
}

/* RFC 7143 13.2 to 13.20 */
static void
test_the_defaults_are_the_rfc_s (void)
{
  KeyValues values;
  key_values_init (&values);
  g_assert_cmpuint (values.number[KEY_MAX_CONNECTIONS], ==, 1);
  g_assert_cmpuint (values.number[KEY_INITIAL_R2T], ==, TRUE);
  g_assert_cmpuint (values.number[KEY_IMMEDIATE_DATA], ==, TRUE);
  g_assert_cmpuint (values.number[KEY_MAX_RECV_DATA_SEGMENT_LENGTH], ==, 8192);
  g_assert_cmpuint (values.number[KEY_MAX_BURST_LENGTH], ==, 262144);
  g_assert_cmpuint (values.number[KEY_FIRST_BURST_LENGTH], ==, 65536);
  g_assert_cmpuint (values.number[KEY_DEFAULT_TIME2WAIT], ==, 2);
  g_assert_cmpuint (values.number[KEY_DEFAULT_TIME2RETAIN], ==, 20);
  g_assert_cmpuint (values.number[KEY_MAX_OUTSTANDING_R2T], ==, 1);
  g_assert_cmpuint (values.number[KEY_ERROR_RECOVERY_LEVEL], ==, 0);
  g_assert_cmpuint (values.number[KEY_SESSION_TYPE], ==, SESSION_TYPE_NORMAL);
  g_assert_cmpuint (values.number[KEY_HEADER_DIGEST], ==, DIGEST_NONE);
  g_assert_null (values.text[KEY_TARGET_NAME]);
  key_values_clear (&values);
}

/* R-TEXT-007 */
static void
test_a_number_is_decimal_or_hex (void)
{
  g_assert_cmpuint (parse ("MaxBurstLength", "262144"), ==, 262144);
  g_assert_cmpuint (parse ("MaxBurstLength", "0x40000"), ==, 262144);
  g_assert_cmpuint (parse ("MaxBurstLength", "0X00aBcD"), ==, 0xabcd);
  g_assert_cmpuint (parse ("DefaultTime2Wait", "0"), ==, 0);
}

/* R-KEY-010, R-KEY-031, R-KEY-034, R-KEY-043 */
static void
test_a_number_keeps_to_its_range (void)
{
  g_assert_cmpuint (parse ("MaxBurstLength", "512"), ==, 512);
  g_assert_cmpuint (parse ("MaxBurstLength", "16777215"), ==, 16777215);
  g_assert_cmpuint (parse ("DefaultTime2Wait", "3600"), ==, 3600);
  assert_refused ("MaxBurstLength", "511",
                  "'MaxBurstLength': expected a number from 512 to 16777215, got '511'");
  assert_refused ("MaxBurstLength", "16777216", NULL);
  assert_refused ("MaxConnections", "0", NULL);
  assert_refused ("MaxConnections", "65536", NULL);
  assert_refused ("ErrorRecoveryLevel", "3", NULL);
  assert_refused ("DefaultTime2Wait", "3601", NULL);
}

static void
test_other_spellings_of_a_number_are_refused (void)
{
  static const char *const texts[] = { "",     " 512", "512 ",  "+512", "-1",
                                       "0512", "0x",   "512.0", "1k",   "512~1k",
                                       "0b1",  "00",   "0x-",   "0x 1", "0x0x200" };
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    assert_refused ("MaxBurstLength", texts[i], NULL);
  assert_refused ("MaxBurstLength", "18446744073709552128", NULL); /* 2^64 + 512 */
  assert_refused ("MaxBurstLength", "4294967808", NULL);           /* 2^32 + 512 */
}

static void
test_a_boolean_is_yes_or_no (void)
{
  g_assert_cmpuint (parse ("InitialR2T", "Yes"), ==, 1);
  g_assert_cmpuint (parse ("InitialR2T", "No"), ==, 0);
  assert_refused ("InitialR2T", "yes", "'InitialR2T': expected Yes or No, got 'yes'");
  assert_refused ("InitialR2T", "1", NULL);
  assert_refused ("InitialR2T", "", NULL);
}

static void
test_a_list_value_is_one_of_its_names (void)
{
  g_assert_cmpuint (parse ("HeaderDigest", "CRC32C"), ==, DIGEST_CRC32C);
  g_assert_cmpuint (parse ("AuthMethod", "CHAP"), ==, AUTH_METHOD_CHAP);
  g_assert_cmpuint (parse ("SessionType", "Discovery"), ==, SESSION_TYPE_DISCOVERY);
  g_assert_cmpuint (parse ("TaskReporting", "ResponseFence"), ==, TASK_REPORTING_RESPONSE_FENCE);
  g_assert_cmpuint (parse ("TaskReporting", "FastAbort"), ==, TASK_REPORTING_FAST_ABORT);
  assert_refused ("HeaderDigest", "crc32c",
                  "'HeaderDigest': expected one of None, CRC32C, got 'crc32c'");
  assert_refused ("HeaderDigest", "None,CRC32C", NULL);
}

/* R-KEY-053, R-KEY-055 */
static void
test_markers_are_obsolete (void)
{
  g_assert_true (key_is_obsolete ("OFMarker"));
  g_assert_true (key_is_obsolete ("IFMarker"));
  g_assert_true (key_is_obsolete ("OFMarkInt"));
  g_assert_true (key_is_obsolete ("IFMarkInt"));
  g_assert_false (key_is_obsolete ("ofmarker"));
  g_assert_null (key_find ("OFMarker"));
}

static void
test_copied_values_are_their_own (void)
{
  KeyValues from, to;
  key_values_init (&from);
  key_values_init (&to);
  from.number[KEY_MAX_BURST_LENGTH] = 1024;
  key_values_set_text (&from, KEY_INITIATOR_ALIAS, "a");
  key_values_set_text (&to, KEY_INITIATOR_ALIAS, "b");
  key_values_set_text (&to, KEY_TARGET_NAME, "c");
  key_values_copy (&to, &from);
  key_values_clear (&from);
  g_assert_cmpuint (to.number[KEY_MAX_BURST_LENGTH], ==, 1024);
  g_assert_cmpstr (to.text[KEY_INITIATOR_ALIAS], ==, "a");
  g_assert_null (to.text[KEY_TARGET_NAME]);
  key_values_set_text (&to, KEY_INITIATOR_ALIAS, to.text[KEY_INITIATOR_ALIAS]);
  g_assert_cmpstr (to.text[KEY_INITIATOR_ALIAS], ==, "a");
  key_values_clear (&to);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/keys/every key is found by its name", test_every_key_is_found_by_its_name);
  g_test_add_func ("/keys/letter case counts", test_letter_case_counts);
  g_test_add_func ("/keys/every default is a value of its key",
                   test_every_default_is_a_value_of_its_key);
  g_test_add_func ("/keys/the defaults are the RFC's", test_the_defaults_are_the_rfc_s);
  g_test_add_func ("/keys/a number is decimal or hex", test_a_number_is_decimal_or_hex);
  g_test_add_func ("/keys/a number keeps to its range", test_a_number_keeps_to_its_range);
  g_test_add_func ("/keys/other spellings of a number are refused",
                   test_other_spellings_of_a_number_are_refused);
  g_test_add_func ("/keys/a Boolean is Yes or No", test_a_boolean_is_yes_or_no);
  g_test_add_func ("/keys/a list value is one of its names", test_a_list_value_is_one_of_its_names);
  g_test_add_func ("/keys/markers are obsolete", test_markers_are_obsolete);
  g_test_add_func ("/keys/copied values are their own", test_copied_values_are_their_own);
  return g_test_run ();
}
