/* SPDX-License-Identifier: Apache-2.0 */
/* Text Requests and discovery sessions at the target: RFC 7143 4.3, 6.4, 7.4, 11.10, 11.11, C */
#include "protocol/logout.h"
#include "protocol/text-pdu.h"
#include "tests/unit/target-sim/wire.h"

#define DISCOVERY_KEYS "InitiatorName=" LAB_INITIATOR "\0SessionType=Discovery\0"
#define SIBLING        "iqn.2026-01.com.example:sibling"

typedef struct Discovery {
  Lab lab;
  Wire wire;
} Discovery;

static void
discovery_init (Discovery *self, const char *keys, gsize length)
{
  lab_init (&self->lab);
  lab_start (&self->lab);
  wire_open (&self->wire, &self->lab);
  wire_login_with (&self->wire, keys, length);
}

static void
discovery_clear (Discovery *self)
{
  wire_close (&self->wire);
  lab_clear (&self->lab);
}

static TextRequest
text_request (Wire *wire)
{
  return (TextRequest){ .is_final = 1,
                        .initiator_task_tag = wire->itt++,
                        .target_transfer_tag = TAG_NONE,
                        .cmd_sn = wire->cmd_sn++ };
}

/* The next request of the same exchange. */
static TextRequest
text_next (Wire *wire, const TextRequest *request, const TextResponse *response)
{
  TextRequest next = *request;
  next.target_transfer_tag = response->target_transfer_tag;
  next.cmd_sn = wire->cmd_sn++;
  return next;
}

static void
text_send (Wire *wire, const TextRequest *request, const char *text, gsize length)
{
  guint8 bhs[BHS_LENGTH];
  text_request_encode (request, bhs);
  wire_send (wire, bhs, text, length);
}

/* Its text is appended, NULs as newlines. */
static TextResponse
text_expect (Wire *wire, GString *text)
{
  WirePdu *pdu = wire_expect (wire, OPCODE_TEXT_RESPONSE);
  TextResponse response;
  gsize size;
  const char *bytes = g_bytes_get_data (pdu->data, &size);
  text_response_decode (&response, pdu->bhs);
  g_assert_true (pdu_validate (pdu->bhs, NULL));
  for (gsize i = 0; i < size; i++)
    g_string_append_c (text, bytes[i] == '\0' ? '\n' : bytes[i]);
  wire_pdu_free (pdu);
  return response;
}

#define TEXT(literal) literal, sizeof (literal) - 1

static void
assert_answer (Wire *wire, const char *request_text, gsize length, const char *expected)
{
  g_autoptr (GString) text = g_string_new (NULL);
  const TextRequest request = text_request (wire);
  text_send (wire, &request, request_text, length);
  const TextResponse response = text_expect (wire, text);
  g_assert_cmpuint (response.is_final, ==, 1);
  g_assert_cmphex (response.initiator_task_tag, ==, request.initiator_task_tag);
  g_assert_cmpuint (response.exp_cmd_sn, ==, wire->cmd_sn);
  g_assert_cmpstr (text->str, ==, expected);
}

static void
assert_reject (Wire *wire, const char *request_text, gsize length)
{
  const TextRequest request = text_request (wire);
  text_send (wire, &request, request_text, length);
  wire_expect_reject (wire, REJECT_PROTOCOL_ERROR);
}

static char *
record_of (const Lab *lab, const char *name, guint16 group)
{
  char address[ADDRESS_TEXT_LENGTH];
  return g_strdup_printf ("TargetName=%s\nTargetAddress=%s,%u\n", name,
                          address_text (&lab->address, address), group);
}

static void
test_all_and_named (void)
{
  Discovery self;
  discovery_init (&self, TEXT (DISCOVERY_KEYS));
  TargetConfig config = self.lab.config;
  const TargetPortalConfig portal = { self.lab.address, 7 };
  config.name = SIBLING;
  config.portals = &portal;
  config.entity = target_sim_entity (self.lab.target);
  TargetSim *sibling = target_sim_new (self.lab.target_host, &config, NULL);
  g_assert_nonnull (sibling);

  g_autofree char *first = record_of (&self.lab, LAB_NAME, 1);
  g_autofree char *second = record_of (&self.lab, SIBLING, 7);
  g_autofree char *both = g_strconcat (first, second, NULL);
  assert_answer (&self.wire, TEXT ("SendTargets=All\0"), both);
  assert_answer (&self.wire, TEXT ("SendTargets=" SIBLING "\0"), second);
  assert_answer (&self.wire, TEXT ("SendTargets=iqn.2026-01.com.example:none\0"), "");
  target_sim_free (sibling);
  assert_answer (&self.wire, TEXT ("SendTargets=All\0"), first);
  g_assert_cmpuint (target_sim_counters (self.lab.target)->logins, ==, 0);
  g_assert_cmpuint (target_sim_counters (self.lab.target)->discoveries, ==, 1);
  g_assert_cmpuint (target_sim_counters (self.lab.target)->sessions_now, ==, 0);
  discovery_clear (&self);
}

static void
test_nodes_share_an_address (void)
{
  Lab lab;
  Wire wire;
  lab_init (&lab);
  lab_start (&lab);
  TargetConfig config = lab.config;
  g_autoptr (GError) error = NULL;
  config.entity = target_sim_entity (lab.target);
  g_assert_null (target_sim_new (lab.target_host, &config, &error)); /* the same name twice */
  g_assert_nonnull (strstr (error->message, "expected one node of this name"));
  config.name = SIBLING;
  TargetSim *sibling = target_sim_new (lab.target_host, &config, NULL);
  wire_open (&wire, &lab);
  wire_login_with (&wire, TEXT ("InitiatorName=" LAB_INITIATOR "\0TargetName=" SIBLING "\0"));
  g_assert_cmpuint (target_sim_counters (lab.target)->logins, ==, 0);
  g_assert_cmpuint (target_sim_counters (sibling)->sessions_now, ==, 1);
  target_sim_free (g_steal_pointer (&lab.target)); /* the address stays open for the other */
  g_autofree char *record = record_of (&lab, SIBLING, 1);
  assert_answer (&wire, TEXT ("SendTargets=\0"), record);
  target_sim_free (sibling);
  wire_close (&wire);
  lab_clear (&lab);
}

static void
test_normal_session (void)
{
  Discovery self;
  discovery_init (&self, TEXT (WIRE_LOGIN_KEYS));
  g_autofree char *record = record_of (&self.lab, LAB_NAME, 1);
  assert_answer (&self.wire, TEXT ("SendTargets=\0"), record);
  assert_answer (&self.wire, TEXT ("SendTargets=" LAB_NAME "\0"), record);
  assert_answer (&self.wire, TEXT ("SendTargets=" SIBLING "\0"), "");
  assert_reject (&self.wire, TEXT ("SendTargets=All\0"));
  assert_reject (&self.wire, TEXT ("SendTargets=\0InitiatorAlias=x\0"));
  assert_answer (&self.wire, TEXT ("InitiatorAlias=x\0X-com.example.y=1\0OFMarker=No\0"),
                 "X-com.example.y=NotUnderstood\nOFMarker=Reject\n");
  discovery_clear (&self);
}

/* RFC 7143 4.3, R-MODEL-018 */
static void
test_discovery_takes_nothing_else (void)
{
  static const char keys[] = DISCOVERY_KEYS;
  Discovery self;
  guint8 cdb[CDB_LENGTH], bhs[BHS_LENGTH];
  discovery_init (&self, keys, sizeof keys - 1);
  Wire *wire = &self.wire;
  cdb_build (cdb, SCSI_OP_TEST_UNIT_READY, 0);
  const ScsiCommand command = wire_command (wire, cdb, 0);
  wire_send_command (wire, &command, NULL, 0);
  wire_expect_reject (wire, REJECT_NOT_SUPPORTED);
  wire->cmd_sn--; /* it took no number */
  assert_reject (wire, TEXT ("InitiatorAlias=x\0"));
  assert_reject (wire, NULL, 0);
  assert_reject (wire, TEXT ("SendTargets=\0"));
  LogoutRequest logout = { .immediate = 1,
                           .is_final = 1,
                           .reason = LOGOUT_CLOSE_CONNECTION,
                           .initiator_task_tag = wire->itt++,
                           .cid = wire->cid,
                           .cmd_sn = wire->cmd_sn };
  logout_request_encode (&logout, bhs);
  wire_send (wire, bhs, NULL, 0);
  wire_expect_reject (wire, REJECT_PROTOCOL_ERROR);
  logout.reason = LOGOUT_CLOSE_SESSION;
  logout_request_encode (&logout, bhs);
  wire_send (wire, bhs, NULL, 0);
  wire_pdu_free (wire_expect (wire, OPCODE_LOGOUT_RESPONSE));
  wire_expect_end (wire, STREAM_END_FIN);
  discovery_clear (&self);
}

/* R-DISC-013, R-TXTFFP-026, R-TXTFFP-032: 512 octets at a time, cut where they end. */
static void
test_long_response (void)
{
  Discovery self;
  TargetSim *siblings[20];
  discovery_init (&self, TEXT (DISCOVERY_KEYS "MaxRecvDataSegmentLength=512\0"));
  TargetConfig config = self.lab.config;
  config.entity = target_sim_entity (self.lab.target);
  g_autoptr (GString) expected = g_string_new (NULL);
  g_autofree char *own = record_of (&self.lab, LAB_NAME, 1);
  g_string_append (expected, own);
  for (guint i = 0; i < G_N_ELEMENTS (siblings); i++) {
    g_autofree char *name = g_strdup_printf (SIBLING "%u", i);
    g_autofree char *record = record_of (&self.lab, name, 1);
    config.name = name;
    siblings[i] = target_sim_new (self.lab.target_host, &config, NULL);
    g_string_append (expected, record);
  }

  g_autoptr (GString) text = g_string_new (NULL);
  TextRequest request = text_request (&self.wire);
  text_send (&self.wire, &request, TEXT ("SendTargets=All\0"));
  TextResponse response = text_expect (&self.wire, text);
  while (!response.is_final) {
    g_assert_cmpuint (response.is_continued, ==, 1);
    g_assert_cmpuint (text->len % 512, ==, 0);
    request = text_next (&self.wire, &request, &response);
    text_send (&self.wire, &request, NULL, 0);
    response = text_expect (&self.wire, text);
  }
  g_assert_cmpstr (text->str, ==, expected->str);
  for (guint i = 0; i < G_N_ELEMENTS (siblings); i++)
    target_sim_free (siblings[i]);
  discovery_clear (&self);
}

/* R-TEXT-003, R-TEXT-014: cut at any octet, and each part answered by nothing. */
static void
test_long_request (void)
{
  static const char text[] = "SendTargets=\0";
  Discovery self;
  discovery_init (&self, TEXT (WIRE_LOGIN_KEYS));
  g_autofree char *record = record_of (&self.lab, LAB_NAME, 1);
  for (gsize cut = 1; cut < sizeof text - 1; cut++) {
    g_autoptr (GString) answer = g_string_new (NULL);
    TextRequest request = text_request (&self.wire);
    request.is_final = 0;
    request.is_continued = 1;
    text_send (&self.wire, &request, text, cut);
    const TextResponse response = text_expect (&self.wire, answer);
    g_assert_cmpuint (response.is_final + response.is_continued, ==, 0);
    g_assert_cmpuint (answer->len, ==, 0);
    request = text_next (&self.wire, &request, &response);
    request.is_final = 1;
    request.is_continued = 0;
    text_send (&self.wire, &request, text + cut, sizeof text - 1 - cut);
    g_assert_cmpuint (text_expect (&self.wire, answer).is_final, ==, 1);
    g_assert_cmpstr (answer->str, ==, record);
  }
  discovery_clear (&self);
}

/* R-TXTFFP-022: no final response to a request that is not; R-TXTFFP-009: no key twice in one exchange. */
static void
test_not_final (void)
{
  Discovery self;
  discovery_init (&self, TEXT (WIRE_LOGIN_KEYS));
  g_autoptr (GString) text = g_string_new (NULL);
  TextRequest request = text_request (&self.wire);
  request.is_final = 0;
  text_send (&self.wire, &request, TEXT ("InitiatorAlias=x\0"));
  const TextResponse response = text_expect (&self.wire, text);
  g_assert_cmpuint (response.is_final + response.is_continued, ==, 0);
  request = text_next (&self.wire, &request, &response);
  request.is_final = 1;
  text_send (&self.wire, &request, TEXT ("InitiatorAlias=y\0"));
  wire_expect_reject (&self.wire, REJECT_PROTOCOL_ERROR);
  /* R-TXTFFP-008, R-TXTFFP-030: the Reject reset it. */
  request = text_next (&self.wire, &request, &response);
  text_send (&self.wire, &request, NULL, 0);
  wire_expect_reject (&self.wire, REJECT_INVALID_FIELD);
  discovery_clear (&self);
}

/* R-TXTFFP-018: a new request resets the old one, whose tag is stale from then on. */
static void
test_reset (void)
{
  Discovery self;
  discovery_init (&self, TEXT (WIRE_LOGIN_KEYS));
  g_autoptr (GString) text = g_string_new (NULL);
  TextRequest old = text_request (&self.wire);
  old.is_final = 0;
  text_send (&self.wire, &old, TEXT ("MaxRecvDataSegmentLength=512\0"));
  const TextResponse stale = text_expect (&self.wire, text);
  assert_answer (&self.wire, TEXT ("InitiatorAlias=x\0"), "");
  old = text_next (&self.wire, &old, &stale);
  text_send (&self.wire, &old, NULL, 0);
  wire_expect_reject (&self.wire, REJECT_INVALID_FIELD);
  /* R-TXTFFP-013: what it had declared is forgotten; 4096 of the login stand. */
  ScsiCommand command = wire_blocks (&self.wire, SCSI_OP_READ_10, 0, 4);
  guint8 bytes[4 * 512];
  wire_send_command (&self.wire, &command, NULL, 0);
  g_assert_cmpuint (wire_expect_data_in (&self.wire, bytes, sizeof bytes).data_sn, ==, 0);
  /* R-TXTFFP-011: declared and concluded, it counts. */
  assert_answer (&self.wire, TEXT ("MaxRecvDataSegmentLength=512\0"), "");
  command = wire_blocks (&self.wire, SCSI_OP_READ_10, 0, 4);
  wire_send_command (&self.wire, &command, NULL, 0);
  g_assert_cmpuint (wire_expect_data_in (&self.wire, bytes, sizeof bytes).data_sn, ==, 3);
  discovery_clear (&self);
}

static void
test_bad_requests (void)
{
  static const struct {
    const char *text;
    gsize length;
  } bad[] = {
    { TEXT ("HeaderDigest=None\0") },
    { TEXT ("TargetName=" LAB_NAME "\0") },
    { TEXT ("InitiatorAlias=NotUnderstood\0") },
    { TEXT ("MaxRecvDataSegmentLength=511\0") },
    { TEXT ("TargetAlias=x\0") },
    { TEXT ("Unknown=Reject\0") },
    { TEXT ("no pair\0") },
    { TEXT ("InitiatorAlias=no end") },
    { TEXT ("InitiatorAlias=a\0InitiatorAlias=b\0") },
  };
  Discovery self;
  discovery_init (&self, TEXT (WIRE_LOGIN_KEYS));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    assert_reject (&self.wire, bad[i].text, bad[i].length);
  assert_answer (&self.wire, NULL, 0, "");
  discovery_clear (&self);
}

/* RFC 7143 11.11.4: past TEXT_SEQUENCE_MAX there is no room. */
static void
test_too_long (void)
{
  Discovery self;
  discovery_init (&self, TEXT (WIRE_LOGIN_KEYS));
  g_autofree char *text = g_strnfill (TEXT_SEQUENCE_MAX + 1, 'a');
  TextRequest request = text_request (&self.wire);
  request.is_final = 0;
  request.is_continued = 1;
  text_send (&self.wire, &request, text, TEXT_SEQUENCE_MAX + 1);
  wire_expect_reject (&self.wire, REJECT_LONG_OPERATION);
  discovery_clear (&self);
}

/* 7.4.2.1, the UNNAMED ISID RULE: the same initiator port at the same address; a normal session stays. */
static void
test_unnamed_reinstatement (void)
{
  static const char keys[] = DISCOVERY_KEYS;
  Discovery self;
  Wire normal, again;
  discovery_init (&self, keys, sizeof keys - 1);
  wire_open (&normal, &self.lab);
  wire_login (&normal);
  wire_open (&again, &self.lab);
  wire_login_with (&again, keys, sizeof keys - 1);
  wire_expect_end (&self.wire, STREAM_END_RST);
  g_autofree char *record = record_of (&self.lab, LAB_NAME, 1);
  assert_answer (&again, TEXT ("SendTargets=All\0"), record);
  assert_answer (&normal, TEXT ("SendTargets=\0"), record);
  wire_close (&again);
  wire_close (&normal);
  discovery_clear (&self);
}

/* Named: told of its portal group as any session, and it reinstates as any. R-LOGIN-028 */
static void
test_named_discovery (void)
{
  static const char keys[] =
      "InitiatorName=" LAB_INITIATOR "\0TargetName=" LAB_NAME "\0SessionType=Discovery\0";
  Lab lab;
  Wire wire;
  lab_init (&lab);
  lab_start (&lab);
  wire_open (&wire, &lab);
  g_autofree char *text = NULL;
  const LoginRequest request = wire_login_request (&wire);
  wire_login_exchange (&wire, &request, keys, sizeof keys - 1, &text);
  g_assert_nonnull (strstr (text, "TargetPortalGroupTag=1\n"));
  Wire normal;
  wire_open (&normal, &lab);
  wire_login (&normal);
  wire_expect_end (&wire, STREAM_END_RST);
  wire_close (&wire);
  wire_close (&normal);
  lab_clear (&lab);
}

static void
test_redirect (void)
{
  static const char *const there[] = { "10.9.9.9:3261", "elsewhere.example", NULL };
  TargetRedirect redirect = { there, FALSE, FALSE };
  Lab lab;
  lab_init (&lab);
  lab.config.redirect = &redirect;
  lab_start (&lab);
  for (guint i = 0; i < 4; i++) {
    Wire wire;
    g_autofree char *text = NULL;
    redirect.is_permanent = i % 2 == 1;
    redirect.is_told_late = i / 2 == 1;
    target_sim_redirect (lab.target, 0, &redirect);
    wire_open (&wire, &lab);
    const LoginRequest request = wire_login_request (&wire);
    const LoginResponse response =
        wire_login_exchange (&wire, &request, WIRE_LOGIN_KEYS, sizeof WIRE_LOGIN_KEYS - 1, &text);
    g_assert_cmphex (response.status, ==, redirect.is_permanent ? 0x0102 : 0x0101);
    g_assert_cmpstr (text, ==, "TargetAddress=10.9.9.9:3261\nTargetAddress=elsewhere.example");
    wire_expect_end (&wire, STREAM_END_FIN);
    wire_close (&wire);
  }
  Wire wire;
  wire_open (&wire, &lab);
  wire_login_with (&wire, TEXT (DISCOVERY_KEYS)); /* asks the address, not the node */
  wire_close (&wire);
  target_sim_redirect (lab.target, 0, NULL);
  wire_open (&wire, &lab);
  wire_login (&wire);
  wire_close (&wire);
  lab_clear (&lab);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/text/a discovery session is told of all nodes or of one by its name",
                   test_all_and_named);
  g_test_add_func ("/text/nodes that share an address have sessions of their own",
                   test_nodes_share_an_address);
  g_test_add_func ("/text/a normal session is told of its own target only", test_normal_session);
  g_test_add_func ("/text/a discovery session takes SendTargets and its own logout only",
                   test_discovery_takes_nothing_else);
  g_test_add_func ("/text/a long response comes in parts that the initiator can take",
                   test_long_response);
  g_test_add_func ("/text/a request may be cut at any octet", test_long_request);
  g_test_add_func ("/text/a request that is not final has no final response", test_not_final);
  g_test_add_func ("/text/a new request resets the old one and what it declared", test_reset);
  g_test_add_func ("/text/pairs that may not be here are rejected", test_bad_requests);
  g_test_add_func ("/text/a request that is too long is rejected", test_too_long);
  g_test_add_func ("/text/an unnamed discovery session reinstates its like at the same address",
                   test_unnamed_reinstatement);
  g_test_add_func ("/text/a named discovery session is reinstated as any", test_named_discovery);
  g_test_add_func ("/text/a redirected login gets the status and every address", test_redirect);
  return g_test_run ();
}
