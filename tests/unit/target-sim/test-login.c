/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/target-sim/wire.h"

/* One login request with these keys must be refused with this status, then FIN. */
static void
assert_refused (const LoginRequest *change, const char *keys, gsize length, LoginStatus status)
{
  Lab lab;
  Wire wire;
  lab_init (&lab);
  lab_start (&lab);
  wire_open (&wire, &lab);
  LoginRequest request = change != NULL ? *change : wire_login_request (&wire);
  const LoginResponse response = wire_login_exchange (&wire, &request, keys, length, NULL);
  g_assert_cmpstr (login_status_name (response.status), ==, login_status_name (status));
  g_assert_cmpuint (response.transit, ==, 0);
  wire_expect_end (&wire, STREAM_END_FIN);
  g_assert_cmpuint (target_sim_counters (lab.target)->logins_refused, ==, 1);
  g_assert_cmpuint (target_sim_counters (lab.target)->sessions_now, ==, 0);
  wire_close (&wire);
  lab_clear (&lab);
}

static LoginRequest
request_of (gint16 tsih, guint8 version_min, guint8 stage, guint8 next_stage)
{
  const Wire wire = {
    .cmd_sn = 100, .isid = UINT64_C (0x800000000001), .cid = 1, .tsih = (guint16) tsih
  };
  LoginRequest request = wire_login_request (&wire);
  request.version_max = request.version_min = version_min;
  request.current_stage = stage;
  request.next_stage = next_stage;
  return request;
}

static void
test_one_exchange (void)
{
  Lab lab;
  Wire wire;
  lab_init (&lab);
  lab.config.first_tsih = 0x1234;
  lab.config.alias = "a disk";
  lab_start (&lab);
  wire_open (&wire, &lab);
  g_autofree char *text = NULL;
  const LoginRequest request = wire_login_request (&wire);
  const LoginResponse response =
      wire_login_exchange (&wire, &request, WIRE_LOGIN_KEYS, sizeof WIRE_LOGIN_KEYS - 1, &text);
  g_assert_cmphex (response.status, ==, LOGIN_STATUS_SUCCESS);
  g_assert_cmpuint (response.transit, ==, 1);
  g_assert_cmpuint (response.next_stage, ==, LOGIN_STAGE_FULL_FEATURE);
  g_assert_cmphex (response.tsih, ==, 0x1234);
  g_assert_cmpuint (response.exp_cmd_sn, ==, 100);
  g_assert_cmpuint (response.max_cmd_sn, ==, 100 + 127);
  g_assert_nonnull (strstr (text, "TargetPortalGroupTag=1\n"));
  g_assert_nonnull (strstr (text, "TargetAlias=a disk\n"));
  g_assert_nonnull (strstr (text, "MaxRecvDataSegmentLength=262144"));
  g_assert_nonnull (strstr (text, "MaxBurstLength=16384"));
  g_assert_cmpuint (target_sim_counters (lab.target)->logins, ==, 1);
  g_assert_cmpuint (target_sim_counters (lab.target)->sessions_now, ==, 1);
  wire_close (&wire);
  lab_clear (&lab);
}

static void
test_given_tsihs (void)
{
  static const guint16 given[] = { 3, 0x0200 }, expected[] = { 3, 0x0200, 1, 2, 4 };
  Lab lab;
  Wire wires[G_N_ELEMENTS (expected)];
  lab_init (&lab);
  lab.config.tsihs = given;
  lab.config.tsih_count = G_N_ELEMENTS (given);
  lab_start (&lab);
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++) {
    wire_open (&wires[i], &lab);
    wires[i].isid += i;
    wire_login (&wires[i]);
    g_assert_cmpuint (wires[i].tsih, ==, expected[i]);
  }
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    wire_close (&wires[i]);
  lab_clear (&lab);
}

static void
test_tsih_zero (void)
{
  static const guint16 given[] = { 1, 0 };
  g_autoptr (GError) error = NULL;
  Lab lab;
  lab_init (&lab);
  lab.config.tsihs = given;
  lab.config.tsih_count = G_N_ELEMENTS (given);
  g_assert_null (target_sim_new (lab.target_host, &lab.config, &error));
  g_assert_cmpstr (error->message, ==,
                   "target '" LAB_NAME "': expected TSIHs of 1 to 65535, got 0");
  lab_clear (&lab);
}

static void
test_both_stages (void)
{
  static const char security[] = "InitiatorName=" LAB_INITIATOR "\0TargetName=" LAB_NAME
                                 "\0SessionType=Normal\0AuthMethod=CHAP,None\0";
  Lab lab;
  Wire wire;
  lab_init (&lab);
  lab_start (&lab);
  wire_open (&wire, &lab);
  g_autofree char *text = NULL;
  LoginRequest request = wire_login_request (&wire);
  request.current_stage = LOGIN_STAGE_SECURITY;
  request.next_stage = LOGIN_STAGE_OPERATIONAL;
  LoginResponse response =
      wire_login_exchange (&wire, &request, security, sizeof security - 1, &text);
  g_assert_cmphex (response.status, ==, LOGIN_STATUS_SUCCESS);
  g_assert_cmpuint (response.current_stage, ==, LOGIN_STAGE_SECURITY);
  g_assert_cmpuint (response.next_stage, ==, LOGIN_STAGE_OPERATIONAL);
  g_assert_cmpuint (response.tsih, ==, 0);
  g_assert_nonnull (strstr (text, "AuthMethod=None"));
  request = wire_login_request (&wire);
  const guint32 first_stat_sn = response.stat_sn;
  response = wire_login_exchange (&wire, &request, "InitialR2T=No", sizeof "InitialR2T=No", NULL);
  g_assert_cmphex (response.status, ==, LOGIN_STATUS_SUCCESS);
  g_assert_cmpuint (response.stat_sn, ==, first_stat_sn + 1);
  g_assert_cmpuint (response.tsih, ==, 1);
  wire_close (&wire);
  lab_clear (&lab);
}

static void
test_continued_text (void)
{
  const gsize half = sizeof LAB_INITIATOR + 3; /* in the middle of a name */
  Lab lab;
  Wire wire;
  lab_init (&lab);
  lab_start (&lab);
  wire_open (&wire, &lab);
  g_autofree char *text = NULL;
  LoginRequest request = wire_login_request (&wire);
  request.transit = 0;
  request.next_stage = 0;
  request.is_continued = 1;
  LoginResponse response = wire_login_exchange (&wire, &request, WIRE_LOGIN_KEYS, half, &text);
  g_assert_cmphex (response.status, ==, LOGIN_STATUS_SUCCESS);
  g_assert_cmpuint (response.transit, ==, 0);
  g_assert_cmpstr (text, ==, "");
  request = wire_login_request (&wire);
  response = wire_login_exchange (&wire, &request, &WIRE_LOGIN_KEYS[half],
                                  sizeof WIRE_LOGIN_KEYS - 1 - half, NULL);
  g_assert_cmphex (response.status, ==, LOGIN_STATUS_SUCCESS);
  g_assert_cmpuint (response.transit, ==, 1);
  wire_close (&wire);
  lab_clear (&lab);
}

/* 200 keys of 60 octets are answered NotUnderstood in more octets than one login PDU holds. */
static void
test_long_answer (void)
{
  Lab lab;
  Wire wire;
  lab_init (&lab);
  lab_start (&lab);
  wire_open (&wire, &lab);
  g_autoptr (GString) keys = g_string_new (NULL);
  text_write (keys, "InitiatorName", LAB_INITIATOR);
  text_write (keys, "TargetName", LAB_NAME);
  for (guint i = 0; i < 110; i++) {
    g_autofree char *key =
        g_strdup_printf ("X-com.example.a-key-that-nobody-ever-heard-of-before.%08u", i);
    text_write (keys, key, "1");
  }
  g_assert_cmpuint (keys->len, <=, 8192);
  g_autofree char *text = NULL;
  LoginRequest request = wire_login_request (&wire);
  LoginResponse response = wire_login_exchange (&wire, &request, keys->str, keys->len, NULL);
  g_assert_cmphex (response.status, ==, LOGIN_STATUS_SUCCESS);
  g_assert_cmpuint (response.is_continued, ==, 1);
  g_assert_cmpuint (response.transit, ==, 0);
  response = wire_login_exchange (&wire, &request, NULL, 0, &text);
  g_assert_cmphex (response.status, ==, LOGIN_STATUS_SUCCESS);
  g_assert_cmpuint (response.is_continued, ==, 0);
  g_assert_cmpuint (response.transit, ==, 1);
  g_assert_nonnull (strstr (text, "00000109=NotUnderstood"));
  wire_close (&wire);
  lab_clear (&lab);
}

static void
test_wrong_target (void)
{
  static const char keys[] =
      "InitiatorName=" LAB_INITIATOR "\0TargetName=iqn.2026-01.com.example:other\0";
  assert_refused (NULL, keys, sizeof keys - 1, LOGIN_STATUS_NOT_FOUND);
}

static void
test_missing_initiator (void)
{
  static const char keys[] = "TargetName=" LAB_NAME "\0";
  assert_refused (NULL, keys, sizeof keys - 1, LOGIN_STATUS_MISSING_PARAMETER);
}

static void
test_session_type (void)
{
  static const char keys[] = "InitiatorName=" LAB_INITIATOR "\0SessionType=Other\0";
  assert_refused (NULL, keys, sizeof keys - 1, LOGIN_STATUS_SESSION_TYPE);
}

static void
test_version (void)
{
  const LoginRequest request = request_of (0, 1, LOGIN_STAGE_OPERATIONAL, LOGIN_STAGE_FULL_FEATURE);
  assert_refused (&request, WIRE_LOGIN_KEYS, sizeof WIRE_LOGIN_KEYS - 1,
                  LOGIN_STATUS_UNSUPPORTED_VERSION);
}

static void
test_stage_backwards (void)
{
  const LoginRequest request = request_of (0, 0, LOGIN_STAGE_OPERATIONAL, LOGIN_STAGE_SECURITY);
  assert_refused (&request, WIRE_LOGIN_KEYS, sizeof WIRE_LOGIN_KEYS - 1,
                  LOGIN_STATUS_INITIATOR_ERROR);
}

static void
test_unknown_session (void)
{
  const LoginRequest request =
      request_of (99, 0, LOGIN_STAGE_OPERATIONAL, LOGIN_STAGE_FULL_FEATURE);
  assert_refused (&request, WIRE_LOGIN_KEYS, sizeof WIRE_LOGIN_KEYS - 1, LOGIN_STATUS_NO_SESSION);
}

static void
test_chap_only (void)
{
  static const char keys[] =
      "InitiatorName=" LAB_INITIATOR "\0TargetName=" LAB_NAME "\0AuthMethod=CHAP\0";
  const LoginRequest request = request_of (0, 0, LOGIN_STAGE_SECURITY, LOGIN_STAGE_OPERATIONAL);
  assert_refused (&request, keys, sizeof keys - 1, LOGIN_STATUS_AUTHENTICATION_FAILURE);
}

static void
test_key_twice (void)
{
  static const char keys[] = WIRE_LOGIN_KEYS "InitialR2T=No\0";
  assert_refused (NULL, keys, sizeof keys - 1, LOGIN_STATUS_INITIATOR_ERROR);
}

static void
test_session_limit (void)
{
  Lab lab;
  Wire first;
  Wire second;
  lab_init (&lab);
  lab.config.session_limit = 1;
  lab_start (&lab);
  wire_open (&first, &lab);
  wire_login (&first);
  wire_open (&second, &lab);
  second.isid++;
  const LoginRequest request = wire_login_request (&second);
  const LoginResponse response =
      wire_login_exchange (&second, &request, WIRE_LOGIN_KEYS, sizeof WIRE_LOGIN_KEYS - 1, NULL);
  g_assert_cmphex (response.status, ==, LOGIN_STATUS_OUT_OF_RESOURCES);
  wire_close (&first);
  wire_close (&second);
  lab_clear (&lab);
}

static void
test_other_pdu_first (void)
{
  Lab lab;
  Wire wire;
  lab_init (&lab);
  lab_start (&lab);
  wire_open (&wire, &lab);
  guint8 bhs[BHS_LENGTH];
  nop_out_encode (&(NopOut){ .immediate = 1, .is_final = 1, .target_transfer_tag = TAG_NONE }, bhs);
  wire_send (&wire, bhs, NULL, 0);
  wire_expect_end (&wire, STREAM_END_RST);
  wire_close (&wire);
  lab_clear (&lab);
}

static void
test_other_pdu_later (void)
{
  Lab lab;
  Wire wire;
  lab_init (&lab);
  lab_start (&lab);
  wire_open (&wire, &lab);
  LoginRequest request = wire_login_request (&wire);
  request.transit = request.next_stage = 0;
  LoginResponse response =
      wire_login_exchange (&wire, &request, WIRE_LOGIN_KEYS, sizeof WIRE_LOGIN_KEYS - 1, NULL);
  g_assert_cmphex (response.status, ==, LOGIN_STATUS_SUCCESS);
  guint8 bhs[BHS_LENGTH];
  nop_out_encode (&(NopOut){ .immediate = 1, .is_final = 1, .target_transfer_tag = TAG_NONE }, bhs);
  wire_send (&wire, bhs, NULL, 0);
  WirePdu *pdu = wire_expect (&wire, OPCODE_LOGIN_RESPONSE);
  login_response_decode (&response, pdu->bhs);
  wire_pdu_free (pdu);
  g_assert_cmphex (response.status, ==, LOGIN_STATUS_INVALID_DURING_LOGIN);
  wire_expect_end (&wire, STREAM_END_FIN);
  wire_close (&wire);
  lab_clear (&lab);
}

static void
test_timeout (void)
{
  Lab lab;
  Wire wire;
  lab_init (&lab);
  lab_start (&lab);
  wire_open (&wire, &lab);
  wire_expect_end (&wire, STREAM_END_RST);
  g_assert_cmpint (lab.world->now_ns, >=, TARGET_LOGIN_TIMEOUT_NS);
  wire_close (&wire);
  lab_clear (&lab);
}

static void
test_login_limit (void)
{
  Lab lab;
  Wire first;
  Wire second;
  lab_init (&lab);
  lab.config.login_limit = 1;
  lab_start (&lab);
  wire_open (&first, &lab);
  wire_open (&second, &lab);
  wire_expect_end (&second, STREAM_END_RST);
  wire_login (&first);
  wire_close (&first);
  wire_close (&second);
  lab_clear (&lab);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/login/one exchange with all keys reaches full feature phase",
                   test_one_exchange);
  g_test_add_func ("/login/the first sessions get the TSIHs that were configured",
                   test_given_tsihs);
  g_test_add_func ("/login/a TSIH of 0 cannot be configured", test_tsih_zero);
  g_test_add_func ("/login/both stages, None chosen from CHAP and None", test_both_stages);
  g_test_add_func ("/login/text is gathered over two requests", test_continued_text);
  g_test_add_func ("/login/an answer longer than a PDU goes out in two", test_long_answer);
  g_test_add_func ("/login/another target's name is not found", test_wrong_target);
  g_test_add_func ("/login/an initiator without a name misses a parameter", test_missing_initiator);
  g_test_add_func ("/login/a session type that nobody knows is refused", test_session_type);
  g_test_add_func ("/login/a newer version is not supported", test_version);
  g_test_add_func ("/login/a step back to security is an error", test_stage_backwards);
  g_test_add_func ("/login/a TSIH that was never given does not exist", test_unknown_session);
  g_test_add_func ("/login/CHAP alone fails authentication", test_chap_only);
  g_test_add_func ("/login/a key offered twice is an error", test_key_twice);
  g_test_add_func ("/login/a session above the limit is out of resources", test_session_limit);
  g_test_add_func ("/login/another PDU first ends the connection in silence", test_other_pdu_first);
  g_test_add_func ("/login/another PDU later is answered 020b", test_other_pdu_later);
  g_test_add_func ("/login/a silent peer is dropped after the time limit", test_timeout);
  g_test_add_func ("/login/a connection above the limit is reset", test_login_limit);
  return g_test_run ();
}
