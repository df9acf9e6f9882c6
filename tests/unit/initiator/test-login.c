/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/initiator/wire.h"

/* ---- what it says ---- */

/* R-MODEL-004: the first octets of a connection are a Login Request. */
static void
test_first_request (void)
{
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  lab_connect (&lab);
  Wire *wire = lab_accept (&lab);
  g_autoptr (WirePdu) pdu = wire_expect (wire, OPCODE_LOGIN_REQUEST);
  g_assert_cmpint (pdu->time_ns - wire->opened_ns, ==, 2 * LATENCY_NS);

  const guint8 *octets = wire->first->data;
  const guint8 until_tsih[] = { 0x43, 0x81, 0x00, 0x00, /* I, Login; T, CSG 0, NSG 1; versions */
                                0x00, 0x00, 0x00, (guint8) pdu->length };
  const guint8 names[] = { 0x40, 0x00, 0x01, 0x37, 0x00, 0x01, 0x00, 0x00, /* ISID, TSIH */
                           0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00 /* ITT; CID */ };

  g_assert_cmpuint (pdu->length, <, 256);
  g_assert_cmpmem (octets, 8, until_tsih, 8);
  g_assert_cmpmem (octets + 8, 16, names, 16);
  g_assert_cmpmem (octets + 28, 20, (guint8[20]){ 0 }, 20); /* ExpStatSN and what is reserved */
}

static void
assert_text (const GString *segment, const char *expected)
{
  g_autofree char *text = g_memdup2 (segment->str, segment->len + 1);
  for (gsize i = 0; i < segment->len; i++)
    text[i] = text[i] == '\0' ? '\n' : text[i];
  g_assert_cmpstr (text, ==, expected);
}

/* R-NAME-003 */
static void
test_names (void)
{
  g_auto (Lab) lab = { 0 };
  g_autoptr (GString) text = g_string_new (NULL);
  lab_init (&lab);
  lab_connect (&lab);
  wire_expect_login (lab_accept (&lab), text);
  assert_text (text, "InitiatorName=" LAB_INITIATOR "\nSessionType=Normal\nTargetName=" LAB_TARGET
                     "\nAuthMethod=None\n");
}

#define WINDOWS_OFFERS                                                                             \
  "HeaderDigest=None\nDataDigest=None\nMaxConnections=1\nInitialR2T=No\nImmediateData=Yes\n"       \
  "MaxRecvDataSegmentLength=65536\nMaxBurstLength=262144\nFirstBurstLength=65536\n"                \
  "DefaultTime2Wait=2\nDefaultTime2Retain=20\nMaxOutstandingR2T=1\nDataPDUInOrder=Yes\n"           \
  "DataSequenceInOrder=Yes\nErrorRecoveryLevel=0\n"                                                \
  "TaskReporting=RFC3720,ResponseFence\niSCSIProtocolLevel=1\n"

static void
test_operational_offers (void)
{
  g_auto (Lab) lab = { 0 };
  g_autoptr (GString) text = g_string_new (NULL);
  lab_init (&lab);
  lab_connect (&lab);
  Wire *wire = lab_accept (&lab);
  const LoginRequest first = wire_login_step (wire);
  const LoginRequest second = wire_expect_login (wire, text);
  assert_text (text, WINDOWS_OFFERS);
  g_assert_cmpuint (second.immediate, ==, 1);
  g_assert_cmpuint (second.transit, ==, 1);
  g_assert_cmpuint (second.current_stage, ==, LOGIN_STAGE_OPERATIONAL);
  g_assert_cmpuint (second.next_stage, ==, LOGIN_STAGE_FULL_FEATURE);
  g_assert_cmpuint (second.cmd_sn, ==, first.cmd_sn); /* R-NUM-001 */
  g_assert_cmpuint (second.initiator_task_tag, ==, first.initiator_task_tag);
  g_assert_cmphex (second.isid, ==, first.isid);
  g_assert_cmpuint (second.tsih, ==, 0);
  g_assert_cmpuint (second.exp_stat_sn, ==, FIRST_STAT_SN + 1);
}

static void
test_success (void)
{
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  Wire *wire = lab_log_in (&lab);
  SessionInfo info;
  session_info (lab.session, &info);
  g_assert_true (info.is_connected);
  g_assert_cmpstr (info.target_name, ==, LAB_TARGET);
  g_assert_cmphex (info.isid, ==, UINT64_C (0x400001370001));
  g_assert_cmphex (info.tsih, ==, LAB_TSIH);
  g_assert_cmpuint (info.connections, ==, 1);
  g_assert_cmpuint (info.logins, ==, 1);
  wire_expect_silence (wire);
}

/* windows-semantics C3: the lowest qualifier that is free, per target. */
static void
test_given_isid (void)
{
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  lab_connect_as (&lab, UINT64_C (0x400001370002));
  g_assert_cmphex (lab_accept_login (&lab)->isid, ==, UINT64_C (0x400001370002));
  lab_wait_connects (&lab, 1);
  g_assert_cmphex (lab_log_in (&lab)->isid, ==, UINT64_C (0x400001370001));
  g_assert_cmphex (lab_log_in (&lab)->isid, ==, UINT64_C (0x400001370003));
}

/* R-ISID-001, R-ISID-008. */
static void
test_isid_that_cannot_be_had (void)
{
  g_auto (Lab) lab = { 0 };
  SessionInfo info;
  lab_init (&lab);
  lab_log_in (&lab);
  session_info (lab.session, &info);
  g_autofree char *taken =
      g_strdup_printf ("connect to '" LAB_TARGET
                       "': expected an ISID that is free, got 400001370001 of session '%s'",
                       info.identifier);
  lab_connect_as (&lab, UINT64_C (0x400001370001));
  lab_wait_connects (&lab, 2);
  g_assert_error (lab.connect_error, INITIATOR_ERROR, INITIATOR_ERROR_INVALID_PARAMETER);
  g_assert_cmpstr (lab.connect_error->message, ==, taken);
  lab_connect_as (&lab, UINT64_C (0xc00000000000));
  lab_wait_connects (&lab, 3);
  g_assert_cmpstr (lab.connect_error->message, ==,
                   "connect to '" LAB_TARGET
                   "': expected an ISID of 48 bits whose type is not 11b, got c00000000000");
  g_assert_cmpuint (lab.wire_count, ==, 1);
}

static void
test_second_isid (void)
{
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  Wire *first = lab_log_in (&lab);
  Wire *second = lab_log_in (&lab);
  g_assert_cmphex (first->isid, ==, UINT64_C (0x400001370001));
  g_assert_cmphex (second->isid, ==, UINT64_C (0x400001370002));
}

static void
test_offers_stay (void)
{
  g_auto (Lab) lab = { 0 };
  g_autoptr (GString) text = g_string_new (NULL);
  lab_init (&lab);
  lab.answers[0] = "MaxBurstLength=4096";
  lab.answers[1] = "FirstBurstLength=1024";
  lab.answers[2] = "InitialR2T=Yes";
  lab.answers[3] = "MaxRecvDataSegmentLength=512";
  lab.answers[4] = "TaskReporting=ResponseFence";
  Wire *wire = lab_log_in (&lab);
  g_assert_cmpuint (session_keys (lab.session)->number[KEY_MAX_BURST_LENGTH], ==, 4096);
  stream_reset (wire->stream);
  Wire *again = lab_accept (&lab);
  const LoginRequest request = wire_login_step (again);
  g_assert_cmphex (request.isid, ==, wire->isid);
  g_assert_cmphex (request.tsih, ==, 0);
  wire_expect_login (again, text);
  assert_text (text, WINDOWS_OFFERS);
}

static void
test_keys_are_of_the_last_login (void)
{
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  lab.answers[0] = "MaxBurstLength=4096";
  lab.answers[1] = "FirstBurstLength=1024";
  Wire *wire = lab_log_in (&lab);
  stream_reset (wire->stream);
  lab.answers[0] = NULL;
  lab_accept_login (&lab);
  while (!lab_session_is_up (&lab))
    lab_step (&lab);
  g_assert_cmpuint (session_keys (lab.session)->number[KEY_MAX_BURST_LENGTH], ==, 262144);
}

/* ---- what it takes ---- */

/* RFC 7143 6.2: a value cut by the C bit, even in its middle, is one value. */
static void
test_continued_answer (void)
{
  g_auto (Lab) lab = { 0 };
  g_autoptr (GString) offers = g_string_new (NULL);
  g_autoptr (GString) answer = g_string_new (NULL);
  lab_init (&lab);
  lab_connect (&lab);
  Wire *wire = lab_accept (&lab);
  wire_login_step (wire);
  const LoginRequest request = wire_expect_login (wire, offers);
  wire_answer_offers (wire, offers, answer);
  LoginResponse response = wire_login_response (wire, &request);
  response.transit = response.next_stage = 0;
  response.tsih = 0;
  response.is_continued = 1;
  wire_send_login (wire, &response, answer->str, 100);
  const LoginRequest more = wire_expect_login (wire, offers);
  g_assert_cmpuint (offers->len, ==, 0);
  g_assert_cmpuint (more.transit, ==, 0);
  g_assert_cmpuint (more.is_continued, ==, 0);
  g_assert_cmpuint (more.current_stage, ==, LOGIN_STAGE_OPERATIONAL);
  const LoginResponse last = wire_login_response (wire, &request);
  wire_send_login (wire, &last, answer->str + 100, answer->len - 100);
  lab_wait_connects (&lab, 1);
  g_assert_no_error (lab.connect_error);
}

/* A target may keep T back; the offers go out once only. */
static void
test_no_transit (void)
{
  g_auto (Lab) lab = { 0 };
  g_autoptr (GString) text = g_string_new (NULL);
  lab_init (&lab);
  lab_connect (&lab);
  Wire *wire = lab_accept (&lab);
  const LoginRequest request = wire_expect_login (wire, NULL);
  LoginResponse response = wire_login_response (wire, &request);
  response.transit = response.next_stage = 0;
  wire_send_login (wire, &response, "AuthMethod=None", sizeof "AuthMethod=None");
  const LoginRequest again = wire_expect_login (wire, text);
  g_assert_cmpuint (text->len, ==, 0);
  g_assert_cmpuint (again.current_stage, ==, LOGIN_STAGE_SECURITY);
  g_assert_cmpuint (again.transit, ==, 1);
  g_assert_cmpuint (again.exp_stat_sn, ==, FIRST_STAT_SN + 1);
}

static void
test_question_is_answered (void)
{
  g_auto (Lab) lab = { 0 };
  g_autoptr (GString) text = g_string_new (NULL);
  const char question[] = "X-com.example.colour=red\0OFMarker=Yes";
  lab_init (&lab);
  lab_connect (&lab);
  Wire *wire = lab_accept (&lab);
  wire_login_step (wire);
  const LoginRequest request = wire_expect_login (wire, NULL);
  LoginResponse response = wire_login_response (wire, &request);
  response.transit = response.next_stage = response.tsih = 0;
  wire_send_login (wire, &response, question, sizeof question);
  wire_expect_login (wire, text);
  assert_text (text, "X-com.example.colour=NotUnderstood\nOFMarker=Reject\n");
}

/* ---- refusals: the response to one of the two requests is changed, and the connect fails with these words ---- */

typedef struct Refusal {
  const char *path;
  guint step; /* of the login: 0 or 1 */
  void (*change) (LoginResponse *response);
  const char *text; /* NULL: an honest answer */
  gsize length;
  InitiatorError code;
  const char *message;
} Refusal;

#define REFUSE(function, statement)                                                                \
  static void function (LoginResponse *response)                                                   \
  {                                                                                                \
    statement;                                                                                     \
  }

REFUSE (moved, response->status = LOGIN_STATUS_MOVED_TEMPORARILY)
REFUSE (not_found, response->status = LOGIN_STATUS_NOT_FOUND)
REFUSE (forbidden, response->status = LOGIN_STATUS_AUTHORIZATION_FAILURE)
REFUSE (unavailable, response->status = LOGIN_STATUS_SERVICE_UNAVAILABLE)
REFUSE (unknown, response->status = 0x0477)
REFUSE (wrong_isid, response->isid ^= 3)
REFUSE (wrong_tag, response->initiator_task_tag = 9)
REFUSE (wrong_version, response->version_active = 2)
REFUSE (wrong_csg, response->current_stage = 0; response->next_stage = 1; response->tsih = 0)
REFUSE (wrong_nsg, response->next_stage = 3; response->tsih = LAB_TSIH)
REFUSE (no_tsih, response->tsih = 0)
REFUSE (t_and_c, response->is_continued = 1)
REFUSE (stat_sn, response->stat_sn++)
REFUSE (unchanged, (void) response)

#define PREFIX   "connect to '" LAB_TARGET "': "
#define TEXT(t)  t, sizeof (t)
#define HONEST   NULL, 0
#define LOGIN    INITIATOR_ERROR_LOGIN_FAILED
#define FAILED   INITIATOR_ERROR_CONNECTION_FAILED
#define RESPONSE PREFIX "Login Response: "

static const Refusal refusals[] = {
  { "a redirection without an address", 0, moved, HONEST, LOGIN,
    PREFIX "login refused: target moved temporarily (0x0101): expected a TargetAddress that can be "
           "reached, got none" },
  { "an unknown target", 0, not_found, HONEST, LOGIN, PREFIX "login refused: not found (0x0203)" },
  { "no authorization", 1, forbidden, HONEST, LOGIN,
    PREFIX "login refused: authorization failure (0x0202)" },
  { "a target that is not ready", 0, unavailable, HONEST, LOGIN,
    PREFIX "login refused: service unavailable (0x0301)" },
  { "a status of no class", 0, unknown, HONEST, LOGIN,
    PREFIX "login refused: unknown status (0x0477)" },
  { "another ISID", 0, wrong_isid, HONEST, FAILED,
    RESPONSE "expected ISID 400001370001, got 400001370002" },
  { "another ITT", 0, wrong_tag, HONEST, FAILED, RESPONSE "expected ITT 0x0, got 0x9" },
  { "another version", 1, wrong_version, HONEST, FAILED,
    RESPONSE "expected Version-active 0x00, got 0x02" },
  { "another CSG", 1, wrong_csg, HONEST, FAILED, RESPONSE "expected CSG 1, got 0" },
  { "a stage that was skipped", 0, wrong_nsg, HONEST, FAILED, RESPONSE "expected NSG 1, got 3" },
  { "no TSIH at the end", 1, no_tsih, HONEST, FAILED,
    PREFIX "'Login Response': expected a TSIH with the final response, got 0" },
  { "T together with C", 0, t_and_c, HONEST, FAILED,
    PREFIX "'Login Response': expected T or C, got both" },
  { "a hole in StatSN", 1, stat_sn, HONEST, FAILED, PREFIX "StatSN: expected 7001, got 7002" },
  { "text that is no pair", 0, unchanged, TEXT ("garbage"), FAILED,
    RESPONSE "text at offset 0: expected 'key=value', got a pair without '='" },
  { "text without its end", 0, unchanged, "AuthMethod=None", 15, FAILED,
    RESPONSE "text at offset 15: expected a NUL after the last pair, got the end" },
  { "an answer out of range", 1, unchanged, TEXT ("MaxBurstLength=999999"), FAILED,
    RESPONSE "'MaxBurstLength': expected an answer that the offer allows, got '999999'" },
  { "an answer that is no number", 1, unchanged, TEXT ("MaxBurstLength=many"), FAILED,
    RESPONSE "'MaxBurstLength': expected a number from 512 to 16777215, got 'many'" },
  { "a method that was not offered", 0, unchanged, TEXT ("AuthMethod=CHAP"), FAILED,
    RESPONSE "'AuthMethod': expected an answer that the offer allows, got 'CHAP'" },
  { "an answer twice", 0, unchanged, TEXT ("AuthMethod=None\0AuthMethod=None"), FAILED,
    RESPONSE "'AuthMethod': expected a key once, got 'None'" },
  { "offers without an answer", 1, unchanged, TEXT ("HeaderDigest=None"), FAILED,
    PREFIX "'DataDigest': expected an answer to the offer, got 'none'" },
  { "a question together with T", 1, unchanged, TEXT ("X-com.example.colour=red"), FAILED,
    RESPONSE "expected no question with T, got X-com.example.colour=NotUnderstood" },
};

static void
test_refusal (gconstpointer data)
{
  const Refusal *refusal = data;
  g_auto (Lab) lab = { 0 };
  g_autoptr (GString) offers = g_string_new (NULL);
  g_autoptr (GString) answer = g_string_new (NULL);
  lab_init (&lab);
  lab_connect (&lab);
  Wire *wire = lab_accept (&lab);
  for (guint i = 0; i < refusal->step; i++)
    wire_login_step (wire);
  const LoginRequest request = wire_expect_login (wire, offers);
  LoginResponse response = wire_login_response (wire, &request);
  refusal->change (&response);
  wire_answer_offers (wire, offers, answer);
  if (refusal->text != NULL)
    wire_send_login (wire, &response, refusal->text, refusal->length);
  else
    wire_send_login (wire, &response, answer->str, answer->len);
  lab_wait_connects (&lab, 1);
  g_assert_cmpstr (lab.connect_error->message, ==, refusal->message);
  g_assert_error (lab.connect_error, INITIATOR_ERROR, (int) refusal->code);
  g_assert_cmpuint (initiator_session_count (lab.initiator), ==, 0);
  wire_expect_end (wire, STREAM_END_FIN);
}

/* R-MODEL-008 */
static void
test_other_pdu (void)
{
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  lab_connect (&lab);
  Wire *wire = lab_accept (&lab);
  wire_expect_login (wire, NULL);
  wire_send_window (wire, 1, 1);
  lab_wait_connects (&lab, 1);
  g_assert_cmpstr (lab.connect_error->message, ==, PREFIX "NOP-In: not expected in state IN_LOGIN");
  wire_expect_end (wire, STREAM_END_FIN);
}

/* R-LOGIN-003: 8192 bytes, whatever is declared for later. */
static void
test_long_response (void)
{
  g_auto (Lab) lab = { 0 };
  g_autofree char *text = g_malloc0 (8193);
  lab_init (&lab);
  lab_connect (&lab);
  Wire *wire = lab_accept (&lab);
  const LoginRequest request = wire_expect_login (wire, NULL);
  const LoginResponse response = wire_login_response (wire, &request);
  wire_send_login (wire, &response, text, 8193);
  lab_wait_connects (&lab, 1);
  g_assert_cmpstr (lab.connect_error->message, ==,
                   PREFIX
                   "'Login Response': expected a data segment of at most 8192 bytes, got 8193");
}

/* ---- TCP and time ---- */

static void
test_connect_refused (void)
{
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  lab_refuse_connects (&lab);
  lab_connect (&lab);
  g_assert_cmpuint (lab.connects, ==, 0); /* never from inside the call */
  lab_wait_connects (&lab, 1);
  g_assert_error (lab.connect_error, INITIATOR_ERROR, INITIATOR_ERROR_CONNECTION_FAILED);
  g_assert_cmpstr (lab.connect_error->message, ==, PREFIX "connection ended: refused");
  g_assert_cmpint (lab.world->now_ns, ==, 2 * LATENCY_NS);
}

static void
test_connect_without_answer (void)
{
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  host_power_cut (lab.target_host, DISK_CUT_LOSE);
  lab_connect (&lab);
  lab_wait_connects (&lab, 1);
  g_assert_cmpstr (lab.connect_error->message, ==, PREFIX "no answer to the connect in time");
  g_assert_cmpint (lab.world->now_ns, ==, 15 * NS_PER_S);
}

static void
test_login_without_answer (void)
{
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  lab_connect (&lab);
  Wire *wire = lab_accept (&lab);
  lab_wait_connects (&lab, 1);
  g_assert_cmpstr (lab.connect_error->message, ==, PREFIX "the login did not end in time");
  g_assert_cmpint (lab.world->now_ns, ==, wire->opened_ns + LATENCY_NS + 30 * NS_PER_S);
}

/* The time is the login's, not that of one answer. */
static void
test_slow_login (void)
{
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  lab_connect (&lab);
  Wire *wire = lab_accept (&lab);
  lab_run_ns (&lab, 29 * NS_PER_S);
  wire_login_step (wire);
  lab_wait_connects (&lab, 1);
  g_assert_cmpstr (lab.connect_error->message, ==, PREFIX "the login did not end in time");
  g_assert_cmpint (lab.world->now_ns, ==, wire->opened_ns + LATENCY_NS + 30 * NS_PER_S);
}

static void
test_connection_ends_in_login (void)
{
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  lab_connect (&lab);
  Wire *wire = lab_accept (&lab);
  wire_login_step (wire);
  stream_shutdown (wire->stream);
  lab_wait_connects (&lab, 1);
  g_assert_cmpstr (lab.connect_error->message, ==, PREFIX "connection ended: fin");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/initiator/login/the first octets are a Login Request", test_first_request);
  g_test_add_func ("/initiator/login/the first request names both ends", test_names);
  g_test_add_func ("/initiator/login/the second request offers every key", test_operational_offers);
  g_test_add_func ("/initiator/login/two answers make a session", test_success);
  g_test_add_func ("/initiator/login/a second session has the next ISID", test_second_isid);
  g_test_add_func (
      "/initiator/login/an ISID that is asked for is used, and no other session gets it",
      test_given_isid);
  g_test_add_func ("/initiator/login/an ISID that is taken or reserved is refused",
                   test_isid_that_cannot_be_had);
  g_test_add_func ("/initiator/login/results do not change what is offered later",
                   test_offers_stay);
  g_test_add_func ("/initiator/login/the keys in force are those of the last login",
                   test_keys_are_of_the_last_login);
  g_test_add_func ("/initiator/login/a continued answer is read as one", test_continued_answer);
  g_test_add_func ("/initiator/login/a stage that goes on is asked for again", test_no_transit);
  g_test_add_func ("/initiator/login/unknown keys are answered", test_question_is_answered);
  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++) {
    g_autofree char *path =
        g_strdup_printf ("/initiator/login/fails the connect: %s", refusals[i].path);
    g_test_add_data_func (path, &refusals[i], test_refusal);
  }
  g_test_add_func ("/initiator/login/fails the connect: another PDU", test_other_pdu);
  g_test_add_func ("/initiator/login/fails the connect: a response of more than 8192 bytes",
                   test_long_response);
  g_test_add_func ("/initiator/login/a refused connect is told at once", test_connect_refused);
  g_test_add_func ("/initiator/login/a connect without answer ends after 15 s",
                   test_connect_without_answer);
  g_test_add_func ("/initiator/login/a login without answer ends after 30 s",
                   test_login_without_answer);
  g_test_add_func ("/initiator/login/an answer does not prolong the login", test_slow_login);
  g_test_add_func ("/initiator/login/a connection that ends in the login is told",
                   test_connection_ends_in_login);
  return g_test_run ();
}
