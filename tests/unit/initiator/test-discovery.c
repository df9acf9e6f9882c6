/* SPDX-License-Identifier: Apache-2.0 */
/* Discovery: what the initiator asks, and what it makes of answers that are cut, wrong, endless or missing. */
#include "initiator/discovery.h"
#include "protocol/text-pdu.h"
#include "tests/unit/initiator/wire.h"

#define TEXT(literal) literal, sizeof (literal) - 1

typedef struct Found {
  Lab lab;
  Wire *wire;
  gboolean is_done;
  GString *text; /* "name address,tag address,tag;" of each target */
  GError *error;
} Found;

static void
found_done (gpointer data, const GPtrArray *targets, const GError *error)
{
  Found *found = data;
  g_assert_false (found->is_done);
  g_assert_true ((targets == NULL) == (error != NULL));
  found->is_done = TRUE;
  found->error = error != NULL ? g_error_copy (error) : NULL;
  for (guint i = 0; targets != NULL && i < targets->len; i++) {
    const DiscoveredTarget *target = targets->pdata[i];
    g_string_append (found->text, target->name);
    for (guint k = 0; k < target->portals->len; k++) {
      const DiscoveredPortal *portal = &g_array_index (target->portals, DiscoveredPortal, k);
      char text[ADDRESS_TEXT_LENGTH];
      g_string_append_printf (found->text, " %s,%d", address_text (&portal->address, text),
                              portal->group_tag);
    }
    g_string_append_c (found->text, ';');
  }
}

/* Up to the first request, which is there. */
static TextRequest
found_begin (Found *found)
{
  *found = (Found){ .text = g_string_new (NULL) };
  lab_init (&found->lab);
  initiator_discover (found->lab.initiator, &found->lab.address, found_done, found);
  found->wire = lab_accept_login (&found->lab);
  g_autoptr (WirePdu) pdu = wire_expect (found->wire, OPCODE_TEXT_REQUEST);
  g_assert_cmpmem (pdu->data, pdu->length, "SendTargets=All", 16);
  TextRequest request;
  text_request_decode (&request, pdu->bhs);
  g_assert_true (request.is_final && request.immediate && !request.is_continued);
  g_assert_cmphex (request.target_transfer_tag, ==, TAG_NONE);
  return request;
}

static void
found_clear (Found *found)
{
  g_string_free (found->text, TRUE);
  g_clear_error (&found->error);
  lab_clear (&found->lab);
}

/* `ttt` TAG_NONE: the last one. */
static void
found_answer (Found *found, const TextRequest *request, guint32 ttt, gboolean is_continued,
              const char *text, gsize length)
{
  Wire *wire = found->wire;
  const TextResponse response = { .is_final = ttt == TAG_NONE,
                                  .is_continued = is_continued,
                                  .lun = ttt == TAG_NONE ? 0 : UINT64_C (0x1234),
                                  .initiator_task_tag = request->initiator_task_tag,
                                  .target_transfer_tag = ttt,
                                  .stat_sn = wire->stat_sn++,
                                  .exp_cmd_sn = wire->exp_cmd_sn,
                                  .max_cmd_sn = wire->max_cmd_sn };
  guint8 bhs[BHS_LENGTH];
  text_response_encode (&response, bhs);
  wire_send (wire, bhs, text, length);
}

/* R-TEXT-015, R-TXTFFP-029: nothing but the tags and the LUN, as they came. */
static void
found_expect_next (Found *found, const TextRequest *first, guint32 ttt)
{
  g_autoptr (WirePdu) pdu = wire_expect (found->wire, OPCODE_TEXT_REQUEST);
  TextRequest request;
  text_request_decode (&request, pdu->bhs);
  g_assert_cmpuint (pdu->length, ==, 0);
  g_assert_true (request.is_final && request.immediate && !request.is_continued);
  g_assert_cmphex (request.initiator_task_tag, ==, first->initiator_task_tag);
  g_assert_cmphex (request.target_transfer_tag, ==, ttt);
  g_assert_cmphex (request.lun, ==, 0x1234);
}

static void
found_wait (Found *found)
{
  while (!found->is_done)
    lab_step (&found->lab);
}

static void
found_log_out (Found *found)
{
  g_autoptr (WirePdu) pdu = wire_expect (found->wire, OPCODE_LOGOUT_REQUEST);
  LogoutRequest request;
  logout_request_decode (&request, pdu->bhs);
  g_assert_cmpuint (request.reason, ==, LOGOUT_CLOSE_SESSION);
  const LogoutResponse response = { .is_final = 1,
                                    .initiator_task_tag = request.initiator_task_tag,
                                    .stat_sn = found->wire->stat_sn++ };
  guint8 bhs[BHS_LENGTH];
  g_assert_false (found->is_done); /* told when it has left */
  logout_response_encode (&response, bhs);
  wire_send (found->wire, bhs, NULL, 0);
  found_wait (found);
}

#define RECORDS                                                                                    \
  "TargetName=iqn.a\0TargetAddress=10.0.0.1,1\0TargetAddress=[fd00::1]:860,2\0"                    \
  "TargetName=iqn.b\0TargetAddress=10.0.0.1:3261,7\0"
#define RECORDS_READ "iqn.a 10.0.0.1:3260,1 [fd00::1]:860,2;iqn.b 10.0.0.1:3261,7;"

static void
test_whole (void)
{
  Found found;
  const TextRequest request = found_begin (&found);
  found_answer (&found, &request, TAG_NONE, FALSE, TEXT (RECORDS));
  found_log_out (&found);
  g_assert_no_error (found.error);
  g_assert_cmpstr (found.text->str, ==, RECORDS_READ);
  g_assert_true (initiator_has_discovered (found.lab.initiator, "iqn.b"));
  g_assert_false (initiator_has_discovered (found.lab.initiator, "iqn"));
  g_assert_cmpuint (initiator_session_count (found.lab.initiator), ==, 0);
  found_clear (&found);
}

/* R-TEXT-003, R-DISC-013: at every octet, with C where a pair is cut. */
static void
test_cut_anywhere (void)
{
  static const char records[] = RECORDS;
  const gsize length = sizeof records - 1;
  for (gsize cut = 0; cut <= length; cut++) {
    Found found;
    const TextRequest request = found_begin (&found);
    found_answer (&found, &request, 0x77, cut > 0 && records[cut - 1] != '\0', records, cut);
    found_expect_next (&found, &request, 0x77);
    found_answer (&found, &request, TAG_NONE, FALSE, records + cut, length - cut);
    found_log_out (&found);
    g_assert_cmpstr (found.text->str, ==, RECORDS_READ);
    found_clear (&found);
  }
}

/* R-DISC-014; a host name is no address; no target at all is an answer. */
static void
test_without_addresses (void)
{
  static const struct {
    const char *text;
    gsize length;
    gboolean is_here;
  } cases[] = {
    { TEXT ("TargetName=iqn.a\0"), TRUE },
    { TEXT ("TargetName=iqn.a\0TargetAddress=storage.example,1\0"), TRUE },
    { NULL, 0, FALSE },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    Found found;
    char here[ADDRESS_TEXT_LENGTH];
    const TextRequest request = found_begin (&found);
    g_autofree char *expected =
        cases[i].is_here ? g_strdup_printf ("iqn.a %s,-1;", address_text (&found.lab.address, here))
                         : g_strdup ("");
    found_answer (&found, &request, TAG_NONE, FALSE, cases[i].text, cases[i].length);
    found_log_out (&found);
    g_assert_no_error (found.error);
    g_assert_cmpstr (found.text->str, ==, expected);
    found_clear (&found);
  }
}

static void
test_bad_answers (void)
{
  static const struct {
    const char *text;
    gsize length;
    const char *message;
  } bad[] = {
    { TEXT ("TargetAddress=10.0.0.1,1\0"), "expected TargetName before the first TargetAddress" },
    { TEXT ("TargetName=\0"), "expected a TargetName of 1 to 223 bytes" },
    { TEXT ("TargetName=a\0TargetAlias=b\0"), "expected TargetName or TargetAddress" },
    { TEXT ("TargetName=a"), "expected a NUL after the last pair" },
    { TEXT ("nothing\0"), "expected 'key=value'" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    Found found;
    const TextRequest request = found_begin (&found);
    found_answer (&found, &request, TAG_NONE, FALSE, bad[i].text, bad[i].length);
    found_wait (&found);
    g_assert_error (found.error, INITIATOR_ERROR, INITIATOR_ERROR_CONNECTION_FAILED);
    g_assert_nonnull (strstr (found.error->message, bad[i].message));
    g_assert_false (initiator_has_discovered (found.lab.initiator, "a"));
    wire_expect_end (found.wire, STREAM_END_RST);
    found_clear (&found);
  }
}

/* A list without end stops at its limit, not at the memory's. */
static void
test_endless (void)
{
  Found found;
  const TextRequest request = found_begin (&found);
  g_autoptr (GString) text = g_string_new (NULL);
  for (guint i = 0; i < 1000; i++)
    text_write (text, "TargetName", "iqn.2026-01.com.example:again");
  for (guint i = 0; !found.is_done && i < 10; i++) {
    found_answer (&found, &request, 0x77, FALSE, text->str, text->len);
    while (!found.is_done && found.wire->pdus.length == 0)
      lab_step (&found.lab);
    if (!found.is_done)
      found_expect_next (&found, &request, 0x77);
  }
  g_assert_nonnull (strstr (found.error->message, "expected at most 4096 targets"));
  found_clear (&found);
}

/* A pair without end, too. */
static void
test_endless_pair (void)
{
  Found found;
  const TextRequest request = found_begin (&found);
  g_autofree char *text = g_strnfill (8000, 'a');
  found_answer (&found, &request, 0x77, TRUE, text, 8000);
  found_expect_next (&found, &request, 0x77);
  found_answer (&found, &request, 0x77, TRUE, text, 8000);
  found_wait (&found);
  g_assert_nonnull (strstr (found.error->message, "expected a pair of at most"));
  found_clear (&found);
}

static void
test_silence (void)
{
  Found found;
  found_begin (&found);
  const gint64 began = found.lab.world->now_ns;
  found_wait (&found);
  g_assert_cmpint (found.lab.world->now_ns - began, >=, 29 * NS_PER_S);
  g_assert_cmpint (found.lab.world->now_ns - began, <=, 31 * NS_PER_S);
  g_assert_nonnull (strstr (found.error->message, "no Text Response in time"));
  lab_run_ns (&found.lab, 60 * NS_PER_S);
  g_assert_cmpuint (found.lab.wire_count, ==, 1); /* it does not come back */
  found_clear (&found);
}

static void
test_refused_login (void)
{
  Found found = { .text = g_string_new (NULL) };
  lab_init (&found.lab);
  initiator_discover (found.lab.initiator, &found.lab.address, found_done, &found);
  Wire *wire = lab_accept (&found.lab);
  const LoginRequest request = wire_expect_login (wire, NULL);
  LoginResponse response = wire_login_response (wire, &request);
  response.status = LOGIN_STATUS_SESSION_TYPE;
  wire_send_login (wire, &response, NULL, 0);
  found_wait (&found);
  g_assert_error (found.error, INITIATOR_ERROR, INITIATOR_ERROR_LOGIN_FAILED);
  found_clear (&found);
}

static void
test_node_goes (void)
{
  Found found;
  found_begin (&found);
  initiator_free (g_steal_pointer (&found.lab.initiator));
  g_assert_true (found.is_done);
  g_assert_nonnull (strstr (found.error->message, "went down"));
  found_clear (&found);
}

/* All is there, and only the Logout Response is missing. Whoever is told of targets now may connect to one. */
static void
test_node_goes_before_the_logout_is_over (void)
{
  Found found;
  const TextRequest request = found_begin (&found);
  found_answer (&found, &request, TAG_NONE, FALSE, TEXT (RECORDS));
  g_autoptr (WirePdu) logout = wire_expect (found.wire, OPCODE_LOGOUT_REQUEST);
  g_assert_false (found.is_done);
  initiator_free (g_steal_pointer (&found.lab.initiator));
  g_assert_true (found.is_done);
  g_assert_nonnull (strstr (found.error->message, "went down"));
  found_clear (&found);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/discovery/one response tells all, and the session is logged out", test_whole);
  g_test_add_func ("/discovery/a list may be cut at any octet", test_cut_anywhere);
  g_test_add_func ("/discovery/a target without an address is where we asked",
                   test_without_addresses);
  g_test_add_func ("/discovery/an answer that breaks a rule is an error", test_bad_answers);
  g_test_add_func ("/discovery/a list without end stops at its limit", test_endless);
  g_test_add_func ("/discovery/a pair without end stops at its limit", test_endless_pair);
  g_test_add_func ("/discovery/silence ends in time and is not tried again", test_silence);
  g_test_add_func ("/discovery/a refused login is told", test_refused_login);
  g_test_add_func ("/discovery/a node that goes ends its discoveries", test_node_goes);
  g_test_add_func ("/discovery/a node that goes before the logout is over has found nothing",
                   test_node_goes_before_the_logout_is_over);
  return g_test_run ();
}
