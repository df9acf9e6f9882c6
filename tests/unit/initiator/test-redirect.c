/* SPDX-License-Identifier: Apache-2.0 */
/* Redirected logins, one address at a time: RFC 7143 11.13.5, 13.8. What listens is lab->address; `dead` refuses. */
#include "tests/unit/initiator/wire.h"

#define DEAD "10.99.0.1:3260"

static void
wire_redirect (Wire *wire, LoginStatus status, const char *text, gsize length)
{
  const LoginRequest request = wire_expect_login (wire, NULL);
  LoginResponse response = wire_login_response (wire, &request);
  response.status = (guint16) status;
  wire_send_login (wire, &response, text, length);
  wire_expect_end (wire, STREAM_END_FIN);
}

/* "TargetAddress=" and each of them; %s is the address that listens. */
static void
wire_redirect_to (Wire *wire, LoginStatus status, const char *const *addresses)
{
  char here[ADDRESS_TEXT_LENGTH];
  g_autoptr (GString) text = g_string_new (NULL);
  address_text (&wire->lab->address, here);
  for (guint i = 0; addresses[i] != NULL; i++)
    text_write (text, "TargetAddress", strcmp (addresses[i], "here") == 0 ? here : addresses[i]);
  wire_redirect (wire, status, text->str, text->len);
}

static const char *
session_portal_text (const Lab *lab, char text[ADDRESS_TEXT_LENGTH])
{
  SessionInfo info;
  session_info (lab->session, &info);
  return address_text (&info.portal, text);
}

/* The dead, the nameless and the malformed are passed over, in the order in which they stand. */
static void
test_list (void)
{
  static const char *const list[] = { "storage.example", "10.0.0.1:0", DEAD, "here", NULL };
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  lab_connect (&lab);
  wire_redirect_to (lab_accept (&lab), LOGIN_STATUS_MOVED_TEMPORARILY, list);
  lab_accept_login (&lab);
  lab_wait_connects (&lab, 1);
  g_assert_no_error (lab.connect_error);
}

static void
test_bad_text (void)
{
  static const struct {
    const char *text;
    gsize length;
  } bad[] = {
    { NULL, 0 },
    { "TargetAddress=10.0.0.1", 22 }, /* no NUL */
    { "TargetAddress=\0", 15 },
    { "TargetName=10.0.0.1\0", 20 },
  };
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_auto (Lab) lab = { 0 };
    lab_init (&lab);
    lab_connect (&lab);
    wire_redirect (lab_accept (&lab), LOGIN_STATUS_MOVED_PERMANENTLY, bad[i].text, bad[i].length);
    lab_wait_connects (&lab, 1);
    g_assert_error (lab.connect_error, INITIATOR_ERROR, INITIATOR_ERROR_LOGIN_FAILED);
    g_assert_nonnull (strstr (lab.connect_error->message,
                              "expected a TargetAddress that can be reached, got none"));
    g_assert_cmpuint (lab.wire_count, ==, 1);
  }
}

/* R-REDIR-007 */
static void
test_bound (void)
{
  static const char *const here[] = { "here", NULL };
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  lab_connect (&lab);
  for (guint i = 0; i < 9; i++)
    wire_redirect_to (lab_accept (&lab), LOGIN_STATUS_MOVED_TEMPORARILY, here);
  lab_wait_connects (&lab, 1);
  g_assert_nonnull (strstr (lab.connect_error->message, "after at most 8 redirections"));
  g_assert_cmpuint (lab.wire_count, ==, 9);
}

/* A refusal behind a redirection is the answer: the other addresses are not asked whether they are kinder. */
static void
test_refusal_behind (void)
{
  static const char *const list[] = { "here", "here", NULL };
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  lab_connect (&lab);
  wire_redirect_to (lab_accept (&lab), LOGIN_STATUS_MOVED_TEMPORARILY, list);
  wire_redirect (lab_accept (&lab), LOGIN_STATUS_AUTHORIZATION_FAILURE, NULL, 0);
  lab_wait_connects (&lab, 1);
  g_assert_nonnull (strstr (lab.connect_error->message, "authorization failure"));
  lab_run_ns (&lab, 60 * NS_PER_S);
  g_assert_cmpuint (lab.wire_count, ==, 2);
}

/* R-REDIR-005: `portal` is what the session is told to begin at; there it is sent on as the two statuses say. */
static void
expect_portal (LoginStatus first, LoginStatus second, gboolean is_moved)
{
  static const char *const here[] = { "here", NULL };
  g_auto (Lab) lab = { 0 };
  Address begin;
  char text[ADDRESS_TEXT_LENGTH], expected[ADDRESS_TEXT_LENGTH];
  lab_init (&lab);
  const Address end = lab.address;
  g_assert_true (world_address_new (lab.world, lab.target_host, &begin, NULL));
  Listener *listener = lab.listener;
  lab.address = begin;
  lab_listen (&lab);
  Listener *first_listener = lab.listener;
  lab.listener = listener;
  lab_connect (&lab);
  lab.address = end; /* where "here" is from now on */
  wire_redirect_to (lab_accept (&lab), first, here);
  if (second != LOGIN_STATUS_SUCCESS)
    wire_redirect_to (lab_accept (&lab), second, here);
  lab_accept_login (&lab);
  lab_wait_connects (&lab, 1);
  g_assert_no_error (lab.connect_error);
  address_text (is_moved ? &end : &begin, expected);
  g_assert_cmpstr (session_portal_text (&lab, text), ==, expected);
  listener_free (first_listener);
}

static void
test_what_is_remembered (void)
{
  expect_portal (LOGIN_STATUS_MOVED_TEMPORARILY, LOGIN_STATUS_SUCCESS, FALSE);
  expect_portal (LOGIN_STATUS_MOVED_PERMANENTLY, LOGIN_STATUS_SUCCESS, TRUE);
  expect_portal (LOGIN_STATUS_MOVED_PERMANENTLY, LOGIN_STATUS_MOVED_TEMPORARILY, TRUE);
  expect_portal (LOGIN_STATUS_MOVED_TEMPORARILY, LOGIN_STATUS_MOVED_PERMANENTLY, FALSE);
}

/* A permanent move to where nobody answers moves nobody: the relogin begins at the portal that is known. */
static void
test_dead_end (void)
{
  static const char *const dead[] = { DEAD, NULL };
  g_auto (Lab) lab = { 0 };
  char text[ADDRESS_TEXT_LENGTH], here[ADDRESS_TEXT_LENGTH];
  lab_init (&lab);
  Wire *wire = lab_log_in (&lab);
  stream_reset (wire->stream);
  wire_redirect_to (lab_accept (&lab), LOGIN_STATUS_MOVED_PERMANENTLY, dead);
  lab_accept_login (&lab);
  while (!lab_session_is_up (&lab))
    lab_step (&lab);
  g_assert_cmpstr (session_portal_text (&lab, text), ==, address_text (&lab.address, here));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/redirect/the first address that can be reached is taken", test_list);
  g_test_add_func ("/redirect/one without an address is a refusal", test_bad_text);
  g_test_add_func ("/redirect/nine in a row are too many", test_bound);
  g_test_add_func ("/redirect/a refusal behind one is the answer", test_refusal_behind);
  g_test_add_func ("/redirect/the portal's own permanent move is remembered, no other",
                   test_what_is_remembered);
  g_test_add_func ("/redirect/a permanent move to a dead address moves nobody", test_dead_end);
  return g_test_run ();
}
