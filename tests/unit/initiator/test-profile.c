/* SPDX-License-Identifier: Apache-2.0 */
#include "initiator/profile.h"
#include "world/host.h"

static void
test_unknown (void)
{
  g_assert_null (initiator_profile_find ("plan9"));
  g_assert_null (initiator_profile_find (""));
}

static void
test_windows (void)
{
  const InitiatorProfile *profile = initiator_profile_find ("windows");
  g_assert_cmpstr (profile->name, ==, "windows");
  g_assert_cmpint (profile->connect_timeout_ns, ==, 15 * NS_PER_S);
  g_assert_cmpint (profile->reconnect_delay_ns, ==, 5 * NS_PER_S);
  g_assert_cmpint (profile->hold_ns, ==, 60 * NS_PER_S);
  g_assert_cmpint (profile->ping_interval_ns, ==, 0); /* EnableNOPOut = 0 */
  g_assert_cmpuint (profile->max_pending_tasks, ==, 255);
}

static void
test_linux (void)
{
  const InitiatorProfile *profile = initiator_profile_find ("linux");
  g_assert_cmpstr (profile->name, ==, "linux");
  g_assert_cmpint (profile->login_timeout_ns, ==, 15 * NS_PER_S);
  g_assert_cmpint (profile->hold_ns, ==, 120 * NS_PER_S);
  g_assert_cmpint (profile->ping_interval_ns, ==, 5 * NS_PER_S);
  g_assert_cmpint (profile->ping_timeout_ns, ==, 5 * NS_PER_S);
}

static void
test_keys (void)
{
  static const char *const names[] = { "windows", "linux" };
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    const InitiatorProfile *profile = initiator_profile_find (names[i]);
    KeyValues values;
    key_values_init (&values);
    initiator_profile_keys (profile, &values);
    g_assert_cmpuint (values.number[KEY_MAX_RECV_DATA_SEGMENT_LENGTH], ==,
                      profile->max_recv_data_segment_length);
    g_assert_cmpuint (values.number[KEY_INITIAL_R2T], ==, FALSE);
    g_assert_cmpuint (values.number[KEY_IMMEDIATE_DATA], ==, TRUE);
    g_assert_cmpuint (values.number[KEY_DEFAULT_TIME2WAIT], ==, 2);
    /* RFC 7143 13.14 */
    g_assert_cmpuint (values.number[KEY_FIRST_BURST_LENGTH], <=,
                      values.number[KEY_MAX_BURST_LENGTH]);
    key_values_clear (&values);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/initiator/profile/an unknown name has none", test_unknown);
  g_test_add_func ("/initiator/profile/windows has the documented timers", test_windows);
  g_test_add_func ("/initiator/profile/linux has the timers of open-iscsi", test_linux);
  g_test_add_func ("/initiator/profile/what is offered can be agreed to", test_keys);
  return g_test_run ();
}
