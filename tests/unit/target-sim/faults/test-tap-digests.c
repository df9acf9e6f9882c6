/* SPDX-License-Identifier: Apache-2.0 */
/* The tap on connections with digests: it must find every PDU, and the two acts must strike just what they name. */
#include "protocol/login.h"
#include "tests/unit/target-sim/faults/fixture.h"

static Slice
login_pdu (guint8 bhs[BHS_LENGTH], const char *text, guint length)
{
  Slice slice = make_pdu (bhs, length);
  memcpy ((guint8 *) slice.bytes + BHS_LENGTH, text, length);
  return slice;
}

static void
send_request (End *client, gboolean is_continued, const char *text, guint length)
{
  const LoginRequest request = { .transit = !is_continued,
                                 .is_continued = is_continued,
                                 .current_stage = LOGIN_STAGE_OPERATIONAL,
                                 .next_stage = LOGIN_STAGE_FULL_FEATURE };
  guint8 bhs[BHS_LENGTH];
  login_request_encode (&request, bhs);
  stream_send (client->stream, login_pdu (bhs, text, length));
}

static void
send_response (End *server, gboolean is_last, guint16 status, const char *text, guint length)
{
  const LoginResponse response = { .transit = is_last,
                                   .current_stage = LOGIN_STAGE_OPERATIONAL,
                                   .next_stage = is_last ? LOGIN_STAGE_FULL_FEATURE : 0,
                                   .status = status };
  guint8 bhs[BHS_LENGTH];
  login_response_encode (&response, bhs);
  stream_send (server->stream, login_pdu (bhs, text, length));
}

#define OFFER   "HeaderDigest=CRC32C,None\0DataDigest=CRC32C,None\0"
#define BOTH    "HeaderDigest=CRC32C\0DataDigest=CRC32C\0"
#define NEITHER "HeaderDigest=None\0DataDigest=Reject\0"

/* After it both ends' framers know what the login said, as engines would; what they saw of it is forgotten. */
static End *
lab_log_in (Lab *lab, const char *answer, guint length, Digests digests)
{
  End *client = lab_connect (lab);
  End *server = lab_server (lab, 0);
  send_request (client, FALSE, OFFER, sizeof OFFER - 1);
  lab_run (lab);
  send_response (server, TRUE, LOGIN_STATUS_SUCCESS, answer, length);
  lab_run (lab);
  client->framer.digests = server->framer.digests = digests;
  g_string_truncate (client->seen, 0);
  g_string_truncate (server->seen, 0);
  return client;
}

static End *
lab_log_in_both (Lab *lab)
{
  return lab_log_in (lab, BOTH, sizeof BOTH - 1, (Digests){ TRUE, TRUE });
}

/* Data-Out of 5 octets, or none: with padding. */
static void
send_data_outs (End *end, guint count, guint length, Digests digests)
{
  for (guint i = 0; i < count; i++) {
    const DataOut pdu = { .initiator_task_tag = 1, .data_sn = i };
    const PduExtras extras = { .digests = digests };
    guint8 bhs[BHS_LENGTH];
    data_out_encode (&pdu, bhs);
    g_auto (Payload) payload = payload_of (slice_copy ("abcde", length));
    pdu_send_extras (end->stream, 1, bhs, &extras, &payload);
  }
}

static void
lab_drop (Lab *lab, guint nth)
{
  FaultRule rule = rule_on ("Data-Out", FAULT_ACT_DROP);
  rule.nth = nth;
  lab_add (lab, &rule);
}

static void
test_pdus_are_found_behind_digests (void)
{
  const Digests both = { TRUE, TRUE };
  g_autoptr (Lab) lab = lab_new ();
  lab_drop (lab, 2);
  send_data_outs (lab_log_in_both (lab), 4, 5, both);
  lab_run (lab);
  g_assert_cmpstr (lab_server (lab, 0)->seen->str, ==, "0 2 3");
}

/* Nothing watches the login: its bytes pass at once, and are read all the same. */
static void
test_a_rule_that_comes_later_finds_them_too (void)
{
  const Digests both = { TRUE, TRUE };
  g_autoptr (Lab) lab = lab_new ();
  End *client = lab_log_in_both (lab);
  send_data_outs (client, 2, 5, both);
  lab_run (lab);
  lab_drop (lab, 1);
  send_data_outs (client, 2, 5, both);
  lab_run (lab);
  g_assert_cmpstr (lab_server (lab, 0)->seen->str, ==, "0 1 1");
}

static void
test_an_offer_is_no_agreement (void)
{
  const Digests none = { FALSE, FALSE };
  g_autoptr (Lab) lab = lab_new ();
  lab_drop (lab, 2);
  send_data_outs (lab_log_in (lab, NEITHER, sizeof NEITHER - 1, none), 3, 5, none);
  lab_run (lab);
  g_assert_cmpstr (lab_server (lab, 0)->seen->str, ==, "0 2");
}

/* A key cut in two by the C bit; a response that is not the last; one that refuses. */
static void
test_a_login_may_take_many_pdus (void)
{
  const Digests header = { TRUE, FALSE };
  g_autoptr (Lab) lab = lab_new ();
  lab_drop (lab, 2);
  End *client = lab_connect (lab);
  End *server = lab_server (lab, 0);
  send_request (client, TRUE, "HeaderDig", 9);
  send_request (client, FALSE, "est=CRC32C,None", sizeof "est=CRC32C,None");
  lab_run (lab);
  send_response (server, FALSE, LOGIN_STATUS_SUCCESS, "HeaderDigest=CRC32C",
                 sizeof "HeaderDigest=CRC32C");
  send_response (server, TRUE, LOGIN_STATUS_SUCCESS, "", 0);
  lab_run (lab);
  server->framer.digests = header;
  g_string_truncate (server->seen, 0);
  send_data_outs (client, 3, 5, header);
  lab_run (lab);
  g_assert_cmpstr (server->seen->str, ==, "0 2");
}

/* RFC 7143 6.2: either end may offer. */
static void
test_the_initiator_may_be_the_one_who_answers (void)
{
  const Digests data = { FALSE, TRUE };
  g_autoptr (Lab) lab = lab_new ();
  lab_drop (lab, 2);
  End *client = lab_connect (lab);
  End *server = lab_server (lab, 0);
  send_request (client, FALSE, "", 0);
  lab_run (lab);
  send_response (server, FALSE, LOGIN_STATUS_SUCCESS, "DataDigest=CRC32C,None",
                 sizeof "DataDigest=CRC32C,None");
  lab_run (lab);
  send_request (client, FALSE, "DataDigest=CRC32C", sizeof "DataDigest=CRC32C");
  lab_run (lab);
  send_response (server, TRUE, LOGIN_STATUS_SUCCESS, "", 0);
  lab_run (lab);
  server->framer.digests = data;
  g_string_truncate (server->seen, 0);
  send_data_outs (client, 3, 5, data);
  lab_run (lab);
  g_assert_cmpstr (server->seen->str, ==, "0 2");
}

/* ---- the acts ---- */

static void
test_a_data_digest_is_damaged_and_nothing_else (void)
{
  const Digests both = { TRUE, TRUE };
  g_autoptr (Lab) lab = lab_new ();
  FaultRule rule = rule_on ("Data-Out", FAULT_ACT_DATA_DIGEST);
  rule.nth = 2;
  lab_add (lab, &rule);
  End *client = lab_log_in_both (lab);
  End *server = lab_server (lab, 0);
  send_data_outs (client, 3, 5, both);
  lab_run (lab);
  /* 1 came as FRAMER_DAMAGED, which ends the loop of the end's callback; 2 is in other slices. */
  g_assert_cmpstr (server->seen->str, ==, "0 2");
  g_assert_cmpstr (fault_plan_fired_text (lab->plan, 0), ==,
                   "data_digest of Data-Out #2 DataSN=1 on connection 1");
}

static void
test_a_header_digest_is_damaged (void)
{
  const Digests both = { TRUE, TRUE };
  g_autoptr (Lab) lab = lab_new ();
  FaultRule rule = rule_on ("Data-Out", FAULT_ACT_HEADER_DIGEST);
  rule.nth = 2;
  lab_add (lab, &rule);
  End *client = lab_log_in_both (lab);
  End *server = lab_server (lab, 0);
  const gsize before = server->bytes;
  send_data_outs (client, 3, 5, both);
  lab_run (lab);
  g_assert_cmpstr (server->seen->str, ==, "0"); /* the end's framer is bad from then on */
  g_assert_cmpuint (server->bytes - before, ==, 3 * (BHS_LENGTH + 4 + 8 + 4));
  g_assert_cmpstr (fault_plan_fired_text (lab->plan, 0), ==,
                   "header_digest of Data-Out #2 DataSN=1 on connection 1");
}

/* Not struck, so not counted, and told as one that never fired. */
static void
assert_unmatched (FaultAct act, Digests digests, const char *answer, guint size, guint length)
{
  g_autoptr (Lab) lab = lab_new ();
  FaultRule rule = rule_on (NULL, act);
  lab_add (lab, &rule);
  send_data_outs (lab_log_in (lab, answer, size, digests), 2, length, digests);
  lab_run (lab);
  g_assert_cmpstr (lab_server (lab, 0)->seen->str, ==, "0 1");
  g_assert_cmpuint (fault_plan_fired_count (lab->plan), ==, 0);
  g_auto (GStrv) unfired = fault_plan_unfired (lab->plan);
  g_assert_cmpuint (g_strv_length (unfired), ==, 1);
}

static void
test_a_pdu_without_the_digest_does_not_match (void)
{
  const Digests none = { FALSE, FALSE }, data = { FALSE, TRUE }, header = { TRUE, FALSE };
  static const char only_data[] = "DataDigest=CRC32C", only_header[] = "HeaderDigest=CRC32C";
  assert_unmatched (FAULT_ACT_HEADER_DIGEST, none, NEITHER, sizeof NEITHER - 1, 5);
  assert_unmatched (FAULT_ACT_DATA_DIGEST, none, NEITHER, sizeof NEITHER - 1, 5);
  assert_unmatched (FAULT_ACT_HEADER_DIGEST, data, only_data, sizeof only_data, 5);
  assert_unmatched (FAULT_ACT_DATA_DIGEST, header, only_header, sizeof only_header, 5);
  assert_unmatched (FAULT_ACT_DATA_DIGEST, data, only_data, sizeof only_data, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tap-digests/PDUs are found behind digests",
                   test_pdus_are_found_behind_digests);
  g_test_add_func ("/tap-digests/a rule that comes later finds them too",
                   test_a_rule_that_comes_later_finds_them_too);
  g_test_add_func ("/tap-digests/an offer is no agreement", test_an_offer_is_no_agreement);
  g_test_add_func ("/tap-digests/a login may take many PDUs", test_a_login_may_take_many_pdus);
  g_test_add_func ("/tap-digests/the initiator may be the one who answers",
                   test_the_initiator_may_be_the_one_who_answers);
  g_test_add_func ("/tap-digests/a data digest is damaged and nothing else",
                   test_a_data_digest_is_damaged_and_nothing_else);
  g_test_add_func ("/tap-digests/a header digest is damaged", test_a_header_digest_is_damaged);
  g_test_add_func ("/tap-digests/a PDU without the digest does not match",
                   test_a_pdu_without_the_digest_does_not_match);
  return g_test_run ();
}
