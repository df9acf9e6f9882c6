/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/login.h"
#include "tests/unit/protocol/pdu-test.h"

/* RFC 7143 11.12: T, CSG 0, NSG 1, 81 bytes of text, ISID 0x400001370000, TSIH 0, CID 1 */
static const char request_hex[] = "43 81 00 00  00 000051"
                                  "4000 0137 0000 0000"
                                  "00000abc"
                                  "0001 0000"
                                  "00000010 00000020"
                                  "00000000 00000000 00000000 00000000";

/* RFC 7143 11.13: T, CSG 1, NSG 3, TSIH 5, status 0 */
static const char response_hex[] = "23 87 00 00  00 00001a"
                                   "4000 0137 0000 0005"
                                   "00000abc"
                                   "00000000"
                                   "00000020 00000010 0000008f"
                                   "0000 0000 00000000 00000000";

static void
test_a_request_has_the_rfc_layout (void)
{
  const LoginRequest request = { .immediate = 1,
                                 .data_segment_length = 81,
                                 .transit = 1,
                                 .current_stage = LOGIN_STAGE_SECURITY,
                                 .next_stage = LOGIN_STAGE_OPERATIONAL,
                                 .isid = UINT64_C (0x400001370000),
                                 .initiator_task_tag = 0xabc,
                                 .cid = 1,
                                 .cmd_sn = 16,
                                 .exp_stat_sn = 32 };
  guint8 bhs[BHS_LENGTH];
  login_request_encode (&request, bhs);
  assert_bhs (bhs, request_hex);
}

static void
test_a_request_decodes_to_its_fields (void)
{
  guint8 bhs[BHS_LENGTH];
  LoginRequest request;
  hex_bhs ("43 44 02 01  00 001000 4000 0137 beef 1234 00000abc ffff 0000"
           "fffffffe 80000000 00000000 00000000 00000000 00000000",
           bhs);
  login_request_decode (&request, bhs);
  g_assert_cmpuint (request.immediate, ==, 1);
  g_assert_cmpuint (request.transit, ==, 0);
  g_assert_cmpuint (request.is_continued, ==, 1);
  g_assert_cmpuint (request.current_stage, ==, 1);
  g_assert_cmpuint (request.next_stage, ==, 0);
  g_assert_cmpuint (request.version_max, ==, 2);
  g_assert_cmpuint (request.version_min, ==, 1);
  g_assert_cmpuint (request.data_segment_length, ==, 4096);
  g_assert_cmphex (request.isid, ==, UINT64_C (0x40000137beef));
  g_assert_cmphex (request.tsih, ==, 0x1234);
  g_assert_cmphex (request.initiator_task_tag, ==, 0xabc);
  g_assert_cmpuint (request.cid, ==, 65535);
  g_assert_cmphex (request.cmd_sn, ==, 0xfffffffe);
  g_assert_cmphex (request.exp_stat_sn, ==, 0x80000000);
}

static void
test_a_response_has_the_rfc_layout (void)
{
  const LoginResponse response = { .data_segment_length = 26,
                                   .transit = 1,
                                   .current_stage = LOGIN_STAGE_OPERATIONAL,
                                   .next_stage = LOGIN_STAGE_FULL_FEATURE,
                                   .isid = UINT64_C (0x400001370000),
                                   .tsih = 5,
                                   .initiator_task_tag = 0xabc,
                                   .stat_sn = 32,
                                   .exp_cmd_sn = 16,
                                   .max_cmd_sn = 0x8f };
  guint8 bhs[BHS_LENGTH];
  login_response_encode (&response, bhs);
  assert_bhs (bhs, response_hex);
}

static void
test_a_response_decodes_to_its_fields (void)
{
  guint8 bhs[BHS_LENGTH];
  LoginResponse response;
  hex_bhs ("23 04 00 00  00 000000 4000 0137 0000 0000 00000abc 00000000"
           "00000001 00000002 00000003 0203 0000 00000000 00000000",
           bhs);
  login_response_decode (&response, bhs);
  g_assert_cmphex (response.status, ==, LOGIN_STATUS_NOT_FOUND);
  g_assert_cmpuint (response.stat_sn, ==, 1);
  g_assert_cmpuint (response.exp_cmd_sn, ==, 2);
  g_assert_cmpuint (response.max_cmd_sn, ==, 3);
  g_assert_cmpuint (response.current_stage, ==, 1);
}

static void
test_both_come_back_as_they_were (void)
{
  assert_round_trip (request_hex, LoginRequest, login_request);
  assert_round_trip (response_hex, LoginResponse, login_response);
}

/* R-LOGIN-014, R-LOGIN-044, R-LOGIN-043 */
static void
test_a_request_keeps_to_the_stages (void)
{
  const PduCase cases[] = {
    { NULL, 0, NULL, 0, NULL },
    { "NSG", 3, NULL, 0, NULL },
    { "CSG", 1, "NSG", 3, NULL },
    { "T", 0, "NSG", 2, NULL }, /* reserved without T */
    { "CSG", 2, NULL, 0, "'Login Request': expected CSG 0 or 1, got 2" },
    { "CSG", 3, NULL, 0, "'Login Request': expected CSG 0 or 1, got 3" },
    { "NSG", 2, NULL, 0, "'Login Request': expected NSG 1 or 3, got 2" },
    { "NSG", 0, NULL, 0, "'Login Request': expected NSG 1 or 3, got 0" },
    { "CSG", 1, "NSG", 1, "'Login Request': expected NSG above CSG 1, got 1" },
    { "C", 1, NULL, 0, "'Login Request': expected T or C, got both" },
    { "C", 1, "T", 0, NULL },
  };
  assert_cases (request_hex, cases);
}

static void
test_a_request_has_a_tag_and_an_isid_of_a_known_type (void)
{
  const PduCase cases[] = {
    { "ITT", TAG_NONE, NULL, 0, "'Login Request': expected the ITT of a task, got 0xffffffff" },
    { "ISID", UINT64_C (0x800000000000), NULL, 0, NULL },
    { "ISID", UINT64_C (0xc00000000000), NULL, 0,
      "'Login Request': expected an ISID of type 0 to 2, got type 3" },
    { "TotalAHSLength", 1, NULL, 0, "'Login Request': expected TotalAHSLength 0, got 1" },
  };
  assert_cases (request_hex, cases);
}

/* R-LOGIN-032, R-LOGIN-061 */
static void
test_a_response_keeps_to_the_stages (void)
{
  const PduCase cases[] = {
    { NULL, 0, NULL, 0, NULL },
    { "CSG", 0, "NSG", 1, NULL },
    { "T", 0, "TSIH", 0, NULL },
    { "C", 1, NULL, 0, "'Login Response': expected T or C, got both" },
    { "CSG", 2, NULL, 0, "'Login Response': expected CSG 0 or 1, got 2" },
    { "NSG", 1, NULL, 0, "'Login Response': expected NSG above CSG 1, got 1" },
    { "TSIH", 0, NULL, 0, "'Login Response': expected a TSIH with the final response, got 0" },
  };
  assert_cases (response_hex, cases);
}

/* R-LOGIN-064 */
static void
test_a_response_that_ends_the_login_is_not_looked_into (void)
{
  const PduCase cases[] = {
    { "Status", LOGIN_STATUS_AUTHENTICATION_FAILURE, "CSG", 3, NULL },
    { "Status", 0x7fff, "TSIH", 0, NULL },
  };
  assert_cases (response_hex, cases);
}

static void
test_a_status_has_a_name (void)
{
  g_assert_cmpstr (login_status_name (0x0000), ==, "success");
  g_assert_cmpstr (login_status_name (0x0102), ==, "target moved permanently");
  g_assert_cmpstr (login_status_name (0x0302), ==, "out of resources");
  g_assert_cmpstr (login_status_name (0x020c), ==, "unknown status");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/login/a request has the RFC's layout", test_a_request_has_the_rfc_layout);
  g_test_add_func ("/login/a request decodes to its fields", test_a_request_decodes_to_its_fields);
  g_test_add_func ("/login/a response has the RFC's layout", test_a_response_has_the_rfc_layout);
  g_test_add_func ("/login/a response decodes to its fields",
                   test_a_response_decodes_to_its_fields);
  g_test_add_func ("/login/both come back as they were", test_both_come_back_as_they_were);
  g_test_add_func ("/login/a request keeps to the stages", test_a_request_keeps_to_the_stages);
  g_test_add_func ("/login/a request has a tag and an ISID of a known type",
                   test_a_request_has_a_tag_and_an_isid_of_a_known_type);
  g_test_add_func ("/login/a response keeps to the stages", test_a_response_keeps_to_the_stages);
  g_test_add_func ("/login/a response that ends the login is not looked into",
                   test_a_response_that_ends_the_login_is_not_looked_into);
  g_test_add_func ("/login/a status has a name", test_a_status_has_a_name);
  return g_test_run ();
}
