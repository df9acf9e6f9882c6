/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/logout.h"
#include "tests/unit/protocol/pdu-test.h"

/* RFC 7143 11.14: close connection 3 */
static const char request_hex[] = "46 81 0000  00 000000"
                                  "0000000000000000"
                                  "00000042 0003 0000 00000010 00000020"
                                  "00000000 00000000 00000000 00000000";

/* RFC 7143 11.15: recovery not supported, Time2Wait 2, Time2Retain 20 */
static const char response_hex[] = "26 80 02 00  00 000000"
                                   "0000000000000000"
                                   "00000042 00000000 00000020 00000011 0000008f"
                                   "00000000 0002 0014 00000000";

static void
test_a_request_has_the_rfc_layout (void)
{
  const LogoutRequest request = { .immediate = 1,
                                  .is_final = 1,
                                  .reason = LOGOUT_CLOSE_CONNECTION,
                                  .initiator_task_tag = 0x42,
                                  .cid = 3,
                                  .cmd_sn = 16,
                                  .exp_stat_sn = 32 };
  guint8 bhs[BHS_LENGTH];
  logout_request_encode (&request, bhs);
  assert_bhs (bhs, request_hex);
}

static void
test_a_response_decodes_to_its_fields (void)
{
  guint8 bhs[BHS_LENGTH];
  LogoutResponse response;
  hex_bhs (response_hex, bhs);
  logout_response_decode (&response, bhs);
  g_assert_cmpuint (response.response, ==, LOGOUT_RECOVERY_NOT_SUPPORTED);
  g_assert_cmphex (response.initiator_task_tag, ==, 0x42);
  g_assert_cmpuint (response.stat_sn, ==, 32);
  g_assert_cmpuint (response.exp_cmd_sn, ==, 17);
  g_assert_cmpuint (response.max_cmd_sn, ==, 0x8f);
  g_assert_cmpuint (response.time2wait_s, ==, 2);
  g_assert_cmpuint (response.time2retain_s, ==, 20);
}

static void
test_both_come_back_as_they_were (void)
{
  assert_round_trip (request_hex, LogoutRequest, logout_request);
  assert_round_trip (response_hex, LogoutResponse, logout_response);
}

/* R-LOGOUT-010, R-LOGOUT-011 */
static void
test_a_request_has_one_of_three_reasons (void)
{
  const PduCase cases[] = {
    { NULL, 0, NULL, 0, NULL },
    { "ReasonCode", 0, NULL, 0, NULL },
    { "ReasonCode", 2, NULL, 0, NULL },
    { "ReasonCode", 3, NULL, 0, "'Logout Request': expected a ReasonCode of 0 to 2, got 3" },
    { "ReasonCode", 127, NULL, 0, "'Logout Request': expected a ReasonCode of 0 to 2, got 127" },
    { "DataSegmentLength", 1, NULL, 0, "'Logout Request': expected no data segment, got 1 bytes" },
    { "ITT", TAG_NONE, NULL, 0, "'Logout Request': expected the ITT of a task, got 0xffffffff" },
  };
  assert_cases (request_hex, cases);
}

/* R-LOGOUT-017, R-LOGOUT-018 */
static void
test_a_response_is_one_of_four (void)
{
  const PduCase cases[] = {
    { NULL, 0, NULL, 0, NULL },
    { "Response", 3, NULL, 0, NULL },
    { "Response", 4, NULL, 0, "'Logout Response': expected a Response of 0 to 3, got 4" },
    { "DataSegmentLength", 48, NULL, 0,
      "'Logout Response': expected no data segment, got 48 bytes" },
    { "TotalAHSLength", 1, NULL, 0, "'Logout Response': expected TotalAHSLength 0, got 1" },
  };
  assert_cases (response_hex, cases);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/logout/a request has the RFC's layout", test_a_request_has_the_rfc_layout);
  g_test_add_func ("/logout/a response decodes to its fields",
                   test_a_response_decodes_to_its_fields);
  g_test_add_func ("/logout/both come back as they were", test_both_come_back_as_they_were);
  g_test_add_func ("/logout/a request has one of three reasons",
                   test_a_request_has_one_of_three_reasons);
  g_test_add_func ("/logout/a response is one of four", test_a_response_is_one_of_four);
  return g_test_run ();
}
