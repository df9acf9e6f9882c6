/* SPDX-License-Identifier: Apache-2.0 */
/* Names in a login, as the target judges them (RFC 7143 4.2.7). */
#include "tests/unit/target-sim/wire.h"

static LoginResponse
login_as (Lab *lab, const char *initiator, const char *target)
{
  Wire wire;
  g_autoptr (GString) keys = g_string_new (NULL);
  text_write (keys, "InitiatorName", initiator);
  text_write (keys, "TargetName", target);
  text_write (keys, "SessionType", "Normal");
  wire_open (&wire, lab);
  const LoginRequest request = wire_login_request (&wire);
  const LoginResponse response = wire_login_exchange (&wire, &request, keys->str, keys->len, NULL);
  wire_close (&wire);
  return response;
}

/* R-NAME-005, R-NAME-006. Octets that are no UTF-8 do not come so far: text_reader_finish has them. */
static void
test_an_initiator_without_a_name_is_refused (void)
{
  static const char *const names[] = { "host", "iqn.2001-04.com.example:my_host", "iqn.2001-04",
                                       "iqn.2001-04.com.Example", "eui.12" };
  Lab lab;
  lab_init (&lab);
  lab_start (&lab);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_assert_cmphex (login_as (&lab, names[i], LAB_NAME).status, ==, LOGIN_STATUS_INITIATOR_ERROR);
  g_assert_cmphex (login_as (&lab, "eui.02004567A425678D", LAB_NAME).status, ==,
                   LOGIN_STATUS_SUCCESS);
  lab_clear (&lab);
}

/* R-NAME-008, R-REIN-009: it is one initiator, whose second login reinstates the first one's session. */
static void
test_the_case_of_hex_digits_makes_no_other_name (void)
{
  Lab lab;
  lab_init (&lab);
  lab.config.name = "naa.52004567BA64678D";
  lab_start (&lab);
  g_assert_cmphex (login_as (&lab, "eui.02004567A425678D", "naa.52004567ba64678d").status, ==,
                   LOGIN_STATUS_SUCCESS);
  g_assert_cmphex (login_as (&lab, "eui.02004567a425678d", "naa.52004567BA64678D").status, ==,
                   LOGIN_STATUS_SUCCESS);
  g_assert_cmpuint (target_sim_counters (lab.target)->reinstatements, ==, 1);
  g_assert_cmpuint (target_sim_counters (lab.target)->sessions_now, ==, 1);
  lab_clear (&lab);
}

static void
test_a_target_without_a_name_is_not_made (void)
{
  Lab lab;
  GError *error = NULL;
  lab_init (&lab);
  lab.config.name = "my disk";
  g_assert_null (target_sim_new (lab.target_host, &lab.config, &error));
  g_assert_cmpstr (error->message, ==,
                   "target name 'my disk': expected it to begin with 'iqn.', 'eui.' or 'naa.'");
  g_clear_error (&error);
  lab.config.name = NULL;
  g_assert_null (target_sim_new (lab.target_host, &lab.config, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  lab_clear (&lab);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/login-names/an initiator without a name is refused",
                   test_an_initiator_without_a_name_is_refused);
  g_test_add_func ("/login-names/the case of hex digits makes no other name",
                   test_the_case_of_hex_digits_makes_no_other_name);
  g_test_add_func ("/login-names/a target without a name is not made",
                   test_a_target_without_a_name_is_not_made);
  return g_test_run ();
}
