/* SPDX-License-Identifier: Apache-2.0 */
/* connection.c - one TCP connection of a session, from connect to its end
 *
 * Method: bytes go through the framer; whole PDUs are given to the handler that the table has for their opcode. Every way in
 * which a connection can die ends in connection_lose, which leaves the state machine and tells the session once. After that
 * the connection is inert; the session frees it.
 */
#include "initiator/initiator-internal.h"

#include "world/banned.h"

#define LOGIN_SEGMENT_MAX 8192 /* RFC 7143 6.1: until declared otherwise, and always during login */

static const char *const state_names[] = {
#define STATE(name) #name,
  CONNECTION_STATES (STATE)
#undef STATE
};

static const char *const event_names[] = {
#define EVENT(name) #name,
  CONNECTION_EVENTS (EVENT)
#undef EVENT
};

/* RFC 7143 8.1.4, initiator's side. R-STATE */
#define ROW(state, event, next, rfc)                                                               \
  {                                                                                                \
    CONNECTION_##state, CONNECTION_ON_##event, CONNECTION_##next, rfc, NULL                        \
  }

static const MachineRow rows[] = {
  ROW (FREE, CONNECT, XPT_WAIT, "T1"),
  ROW (XPT_WAIT, CONNECT_FAILED, FREE, "T2"),
  ROW (XPT_WAIT, CONNECTED, IN_LOGIN, "T4"),
  ROW (IN_LOGIN, LOGIN_DONE, LOGGED_IN, "T5"),
  ROW (IN_LOGIN, LOGIN_FAILED, FREE, "T7"),
  ROW (LOGGED_IN, LOGOUT, IN_LOGOUT, "T9"),
  ROW (IN_LOGOUT, LOGOUT_DONE, FREE, "T13"),
  ROW (LOGGED_IN, LOST, CLEANUP_WAIT, "T15"),
  ROW (IN_LOGOUT, LOST, CLEANUP_WAIT, "T17"),
  ROW (CLEANUP_WAIT, REINSTATE, FREE, "M2"),
  ROW (LOGGED_IN, ASK_LOGOUT, LOGOUT_REQUESTED, "T11"),
  ROW (LOGOUT_REQUESTED, ASK_LOGOUT, LOGOUT_REQUESTED, "T12"),
  ROW (IN_LOGOUT, ASK_LOGOUT, IN_LOGOUT, "T14"),
  ROW (LOGOUT_REQUESTED, LOGOUT, IN_LOGOUT, "T10"),
  ROW (LOGOUT_REQUESTED, LOST, CLEANUP_WAIT, "T16"),
};

const Machine connection_machine = { "connection",
                                     state_names,
                                     G_N_ELEMENTS (state_names),
                                     event_names,
                                     G_N_ELEMENTS (event_names),
                                     rows,
                                     G_N_ELEMENTS (rows) };

static const InitiatorProfile *
connection_profile (const Connection *connection)
{
  return connection->session->initiator->profile;
}

static void
connection_move (Connection *connection, ConnectionEvent event)
{
  machine_move (&connection_machine, connection->host, connection->id, &connection->state, event,
                connection);
}

/* ---- the end ---- */

/* Nothing comes from TCP any more. The object stays until the session retires it, as its own callbacks may be on the stack. */
static void
connection_close (Connection *connection)
{
  connection->is_over = TRUE;
  timer_disarm (&connection->timer);
  stream_free (g_steal_pointer (&connection->stream));
}

void
connection_reinstate (Connection *connection)
{
  connection_close (connection);
  if (connection->state == CONNECTION_CLEANUP_WAIT)
    connection_move (connection, CONNECTION_ON_REINSTATE);
}

/* A connection that has carried tasks and is given up is reset, not finished: what TCP still has to send for it must not reach
 * the target later, behind what was sent anew elsewhere. */
static void
connection_abort (Connection *connection)
{
  const gboolean is_in_login =
      connection->state == CONNECTION_XPT_WAIT || connection->state == CONNECTION_IN_LOGIN;
  if (connection->stream != NULL && !is_in_login)
    stream_reset (connection->stream);
  connection_close (connection);
}

void
connection_lose (Connection *connection, const char *why)
{
  CHECK (connection, CONNECTION_MAGIC);
  if (connection->is_over)
    return;
  connection_abort (connection);
  Session *session = connection->session;
  switch ((ConnectionState) connection->state) {
  case CONNECTION_XPT_WAIT:
    connection_move (connection, CONNECTION_ON_CONNECT_FAILED);
    session_on_login_failed (session, connection, LOGIN_STATUS_SUCCESS, why);
    break;
  case CONNECTION_IN_LOGIN:
    connection_move (connection, CONNECTION_ON_LOGIN_FAILED);
    session_on_login_failed (session, connection, connection->login_status, why);
    break;
  case CONNECTION_LOGGED_IN:
  case CONNECTION_LOGOUT_REQUESTED:
  case CONNECTION_IN_LOGOUT:
    connection_move (connection, CONNECTION_ON_LOST);
    session_on_lost (session, connection, why);
    break;
  case CONNECTION_FREE:
  case CONNECTION_CLEANUP_WAIT:
    CHECK_THAT (!"a connection that is over cannot be lost");
  }
}

void
connection_lose_printf (Connection *connection, const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  g_autofree char *why = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  HOST_LOG (connection->host, EVENT_PROTOCOL_ERROR, why, connection->id);
  connection_lose (connection, why);
}

void
connection_free (Connection *connection)
{
  if (connection == NULL)
    return;
  CHECK (connection, CONNECTION_MAGIC);
  while (connection->transfers != NULL) {
    Transfer *transfer = connection->transfers;
    connection->transfers = transfer->next;
    g_free (transfer);
  }
  timer_disarm (&connection->timer);
  stream_free (connection->stream);
  framer_clear (&connection->framer);
  negotiation_clear (&connection->negotiation);
  text_reader_clear (&connection->text);
  session_unref (connection->session);
  connection->initiator->connection_count--;
  connection->magic = 0;
  g_free (connection);
}

/* ---- numbers ---- */

/* RFC 7143 4.2.2.2: at level 0 a hole in StatSN means a lost response, and the connection with it. R-NUM */
gboolean
connection_take_stat_sn (Connection *connection, guint32 stat_sn)
{
  if (connection->has_stat_sn && stat_sn != connection->exp_stat_sn) {
    connection_lose_printf (connection, "StatSN: expected %u, got %u", connection->exp_stat_sn,
                            stat_sn);
    return FALSE;
  }
  connection->has_stat_sn = TRUE;
  connection->exp_stat_sn = stat_sn + 1;
  return TRUE;
}

gboolean
connection_can_send (Connection *connection)
{
  return (connection->state == CONNECTION_LOGGED_IN
          || connection->state == CONNECTION_LOGOUT_REQUESTED)
         && stream_queued (connection->stream) < STREAM_HIGH_WATER;
}

gboolean
connection_can_begin (Connection *connection)
{
  return connection->state == CONNECTION_LOGGED_IN && connection_can_send (connection);
}

void
connection_send (Connection *connection, guint8 bhs[BHS_LENGTH], const Payload *payload)
{
  const PduExtras extras = { .digests = connection->digests };
  pdu_send_extras (connection->stream, connection->id, bhs, &extras, payload);
}

void
connection_send_ahs (Connection *connection, guint8 bhs[BHS_LENGTH], const Ahs *ahs,
                     const Payload *payload)
{
  guint8 octets[AHS_LENGTH_MAX];
  const guint length = ahs_encode (ahs, octets);
  const PduExtras extras = { octets, length, connection->digests };
  pdu_send_extras (connection->stream, connection->id, bhs, &extras, payload);
}

/* ---- the timer, by state ---- */

static void
connection_ping (Connection *connection)
{
  Session *session = connection->session;
  connection->ping_tag = session_new_tag (session);
  const NopOut nop = { .immediate = 1, /* R-NOP: a ping does not use up the window */
                       .is_final = 1,
                       .initiator_task_tag = connection->ping_tag,
                       .target_transfer_tag = TAG_NONE,
                       .cmd_sn = session->cmd_sn,
                       .exp_stat_sn = connection->exp_stat_sn };
  guint8 bhs[BHS_LENGTH];
  nop_out_encode (&nop, bhs);
  connection->is_ping_out = TRUE;
  connection_send (connection, bhs, NULL);
  timer_arm (&connection->timer, connection_profile (connection)->ping_timeout_ns);
}

static void
connection_keep_alive (Connection *connection)
{
  const InitiatorProfile *profile = connection_profile (connection);
  /* While a ping is out anything that comes shows that the peer lives: the answer may stand behind a lot of slow data. */
  const gint64 patience_ns =
      connection->is_ping_out ? profile->ping_timeout_ns : profile->ping_interval_ns;
  const gint64 idle_ns = host_now_ns (connection->host) - connection->last_arrival_ns;
  if (idle_ns < patience_ns)
    timer_arm (&connection->timer, patience_ns - idle_ns);
  else if (connection->is_ping_out)
    connection_lose (connection, "no answer to a ping");
  else
    connection_ping (connection);
}

static void
connection_timer_fired (gpointer data)
{
  Connection *connection = data;
  CHECK (connection, CONNECTION_MAGIC);
  switch ((ConnectionState) connection->state) {
  case CONNECTION_XPT_WAIT:
    connection_lose (connection, "no answer to the connect in time");
    break;
  case CONNECTION_IN_LOGIN:
    connection_lose (connection, "the login did not end in time");
    break;
  case CONNECTION_LOGGED_IN:
    connection_keep_alive (connection);
    break;
  case CONNECTION_LOGOUT_REQUESTED:
    connection_logout (connection);
    break;
  case CONNECTION_IN_LOGOUT:
    connection_lose (connection, "no Logout Response in time");
    break;
  case CONNECTION_FREE:
  case CONNECTION_CLEANUP_WAIT:
    CHECK_THAT (!"the timer of a connection that is over is disarmed");
  }
}

void
connection_enter_full_feature_phase (Connection *connection)
{
  const InitiatorProfile *profile = connection_profile (connection);
  connection->framer.max_data_segment_length =
      connection->negotiation.wanted.number[KEY_MAX_RECV_DATA_SEGMENT_LENGTH];
  connection->digests = digests_agreed (&connection->negotiation.result);
  connection->framer.digests = connection->digests;
  connection_move (connection, CONNECTION_ON_LOGIN_DONE);
  timer_disarm (&connection->timer);
  /* R-MODEL-018: a discovery session may not ping. */
  if (profile->ping_interval_ns > 0 && connection->session->discovery == NULL)
    timer_arm (&connection->timer, profile->ping_interval_ns);
  session_on_logged_in (connection->session, connection);
}

/* ---- logout ---- */

void
connection_ask_logout (Connection *connection)
{
  connection_move (connection, CONNECTION_ON_ASK_LOGOUT);
}

void
connection_logout (Connection *connection)
{
  Session *session = connection->session;
  const LogoutRequest logout = { .immediate = 1,
                                 .is_final = 1,
                                 .reason = LOGOUT_CLOSE_SESSION,
                                 .initiator_task_tag = session_new_tag (session),
                                 .cid = connection->cid,
                                 .cmd_sn = session->cmd_sn,
                                 .exp_stat_sn = connection->exp_stat_sn };
  guint8 bhs[BHS_LENGTH];
  logout_request_encode (&logout, bhs);
  connection_move (connection, CONNECTION_ON_LOGOUT);
  connection_send (connection, bhs, NULL);
  timer_arm (&connection->timer, async_logout_timeout_ns (session));
}

static void
connection_on_logout_response (Connection *connection, const guint8 bhs[BHS_LENGTH],
                               const Payload *data)
{
  LogoutResponse response;
  logout_response_decode (&response, bhs);
  if (connection->state != CONNECTION_IN_LOGOUT) {
    connection_lose_printf (connection, "Logout Response: expected none, none was asked for");
    return;
  }
  if (!connection_take_stat_sn (connection, response.stat_sn))
    return;
  if (response.response != LOGOUT_CLOSED) {
    connection_lose_printf (connection, "logout: expected response 0, got %u", response.response);
    return;
  }
  connection->session->wait_ns = response.time2wait_s * NS_PER_S; /* R-TIMER-004 */
  connection_close (connection);
  connection_move (connection, CONNECTION_ON_LOGOUT_DONE);
  session_on_logged_out (connection->session, connection);
}

/* ---- NOP and Reject ---- */

static void
connection_on_nop_in (Connection *connection, const guint8 bhs[BHS_LENGTH], const Payload *data)
{
  Session *session = connection->session;
  NopIn nop;
  nop_in_decode (&nop, bhs);
  session_update_window (session, nop.exp_cmd_sn, nop.max_cmd_sn);
  if (nop.initiator_task_tag != TAG_NONE) {
    /* R-NOP-009: it answers a ping of ours. */
    if (!connection->is_ping_out || nop.initiator_task_tag != connection->ping_tag) {
      connection_lose_printf (connection, "NOP-In: expected the ITT of a ping, got 0x%x",
                              nop.initiator_task_tag);
      return;
    }
    if (!connection_take_stat_sn (connection, nop.stat_sn))
      return;
    connection->is_ping_out = FALSE;
    if (connection->state == CONNECTION_LOGGED_IN)
      timer_arm (&connection->timer, connection_profile (connection)->ping_interval_ns);
  }
  if (nop.target_transfer_tag != TAG_NONE) {
    /* RFC 7143 11.18: its ping is answered with its tag, its LUN and its data. R-NOP */
    const NopOut answer = { .immediate = 1,
                            .is_final = 1,
                            .lun = nop.lun,
                            .initiator_task_tag = TAG_NONE,
                            .target_transfer_tag = nop.target_transfer_tag,
                            .cmd_sn = session->cmd_sn,
                            .exp_stat_sn = connection->exp_stat_sn };
    guint8 reply[BHS_LENGTH];
    nop_out_encode (&answer, reply);
    connection_send (connection, reply, data);
  }
  session_pump (session);
}

/* At level 0 a rejected PDU is lost, and its task with it: only a new session makes sure of it. R-REJ */
static void
connection_on_reject (Connection *connection, const guint8 bhs[BHS_LENGTH], const Payload *data)
{
  Reject reject;
  reject_decode (&reject, bhs);
  connection_lose_printf (connection, "rejected by the target: %s",
                          reject_reason_name (reject.reason));
}

/* ---- arriving PDUs ---- */

typedef void (*PduHandler) (Connection *, const guint8[BHS_LENGTH], const Payload *);

static const struct {
  Opcode opcode;
  gboolean is_for_login; /* may come before full feature phase, and only then (R-MODEL-008) */
  PduHandler handle;
} handlers[] = {
  { OPCODE_DATA_IN, FALSE, transfer_on_data_in },
  { OPCODE_SCSI_RESPONSE, FALSE, transfer_on_response },
  { OPCODE_R2T, FALSE, transfer_on_r2t },
  { OPCODE_NOP_IN, FALSE, connection_on_nop_in },
  { OPCODE_TMF_RESPONSE, FALSE, management_on_response },
  { OPCODE_ASYNC_MESSAGE, FALSE, async_on_message },
  { OPCODE_LOGIN_RESPONSE, TRUE, login_on_response },
  { OPCODE_LOGOUT_RESPONSE, FALSE, connection_on_logout_response },
  { OPCODE_REJECT, FALSE, connection_on_reject },
  { OPCODE_TEXT_RESPONSE, FALSE, discovery_on_text_response },
};

static PduHandler
handler_find (const Connection *connection, guint8 opcode)
{
  const gboolean is_login = connection->state == CONNECTION_IN_LOGIN;
  for (guint i = 0; i < G_N_ELEMENTS (handlers); i++)
    if (handlers[i].opcode == opcode)
      return handlers[i].is_for_login == is_login ? handlers[i].handle : NULL;
  return NULL;
}

static void
connection_on_pdu (Connection *connection)
{
  const guint8 *bhs = connection->framer.bhs;
  const PduHandler handle = handler_find (connection, bhs_opcode (bhs));
  pdu_log_received (connection->host, connection->id, bhs);
  if (handle == NULL) {
    connection_lose_printf (connection, "%s: not expected in state %s",
                            opcode_name (bhs_opcode (bhs)), state_names[connection->state]);
    return;
  }
  g_autoptr (GError) error = NULL;
  if (!pdu_validate (bhs, &error)) {
    connection_lose_printf (connection, "%s", error->message);
    return;
  }
  handle (connection, bhs, &connection->framer.data);
}

/* RFC 7143 7.8, R-DIG-011..016: discarded. At level 0 nothing can bring it again (no SNACK): whatever it was, the session is
 * recovered, and a task of it is done anew. */
static void
connection_on_damaged_pdu (Connection *connection)
{
  const Framer *framer = &connection->framer;
  pdu_log_received (connection->host, connection->id, framer->bhs);
  connection_lose_printf (
      connection, "%s: data digest: expected the one of its %u bytes, got 0x%08x",
      opcode_name (bhs_opcode (framer->bhs)), bhs_data_segment_length (framer->bhs),
      (guint) wire_load (framer->data_digest, DIGEST_LENGTH));
}

/* ---- TCP ---- */

static void
connection_on_connected (gpointer owner)
{
  Connection *connection = owner;
  CHECK (connection, CONNECTION_MAGIC);
  connection_move (connection, CONNECTION_ON_CONNECTED);
  timer_arm (&connection->timer, connection_profile (connection)->login_timeout_ns);
  login_begin (connection); /* R-MODEL-004: at once */
}

static void
connection_on_data (gpointer owner, const Slice *slice)
{
  Connection *connection = owner;
  CHECK (connection, CONNECTION_MAGIC);
  Slice rest = slice_ref (slice);
  connection->last_arrival_ns = host_now_ns (connection->host);

  FramerResult result = FRAMER_MORE;
  g_autoptr (GError) error = NULL;
  while (!connection->is_over
         && (result = framer_next (&connection->framer, &rest, &error)) == FRAMER_PDU)
    connection_on_pdu (connection);
  if (result == FRAMER_DAMAGED)
    connection_on_damaged_pdu (connection);
  else if (result == FRAMER_BAD)
    connection_lose_printf (connection, "%s", error->message);
  slice_clear (&rest);
}

static void
connection_on_drained (gpointer owner)
{
  Connection *connection = owner;
  CHECK (connection, CONNECTION_MAGIC);
  session_pump (connection->session);
}

static void
connection_on_ended (gpointer owner, StreamEnd end)
{
  Connection *connection = owner;
  g_autofree char *why = g_strdup_printf ("connection ended: %s", stream_end_name (end));
  connection_lose (connection, why);
}

static const StreamEvents stream_events = {
  .connected = connection_on_connected,
  .data = connection_on_data,
  .drained = connection_on_drained,
  .ended = connection_on_ended,
};

/* windows-semantics B: what is asked for is required; a target without it is not logged in to. */
static void
connection_want_digest (KeyValues *wanted, KeyId key, gboolean is_wanted)
{
  if (is_wanted) /* else what the node offers in any case */
    CHECK_THAT (key_values_set_list (wanted, key, "CRC32C", NULL));
}

Connection *
connection_new (Session *session, const Address *portal)
{
  Initiator *initiator = session->initiator;
  Connection *connection = g_new0 (Connection, 1);
  connection->magic = CONNECTION_MAGIC;
  connection->id = ++initiator->last_connection;
  connection->initiator = initiator;
  initiator->connection_count++;
  connection->host = initiator->host;
  connection->session = session_ref (session);
  connection->transfers_end = &connection->transfers;
  framer_init (&connection->framer, LOGIN_SEGMENT_MAX);
  text_reader_init (&connection->text);

  KeyValues wanted;
  key_values_init (&wanted);
  key_values_copy (&wanted, &initiator->wanted);
  connection_want_digest (&wanted, KEY_HEADER_DIGEST, session->wanted_digests.header);
  connection_want_digest (&wanted, KEY_DATA_DIGEST, session->wanted_digests.data);
  if (session->discovery != NULL)
    wanted.number[KEY_SESSION_TYPE] = SESSION_TYPE_DISCOVERY;
  negotiation_init (&connection->negotiation, NEGOTIATION_INITIATOR, &wanted);
  key_values_clear (&wanted);

  timer_init (&connection->timer, initiator->host, connection_timer_fired, connection);
  timer_arm (&connection->timer, initiator->profile->connect_timeout_ns);
  connection->stream = stream_connect (initiator->host, portal, &stream_events, connection);
  connection_move (connection, CONNECTION_ON_CONNECT);
  return connection;
}
