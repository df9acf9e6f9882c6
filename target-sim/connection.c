/* SPDX-License-Identifier: Apache-2.0 */
/* connection.c - from bytes to PDUs, and the connection's life
 *
 * Method: whole PDUs go to the login until it is done, then to the session. A PDU may end its own connection while the data
 * callback still has bytes in hand; target_connection_free then only closes, and the memory goes when the callback ends. Whoever
 * calls into the session or the login from here looks at connection->stream before going on: NULL means it is over.
 *
 * A peer that sends and does not read is not read from either: once STREAM_HIGH_WATER bytes of answers are queued, reading
 * stops until they have drained. What is then in the window is bounded by the session's.
 */
#include "target-sim/connection.h"

#include "target-sim/login.h"
#include "target-sim/session.h"
#include "target-sim/text.h"

#include "world/banned.h"

/* R-LOGIN-003: 8192 until the login is over, whatever is declared meanwhile. */
#define LOGIN_DATA_SEGMENT_MAX 8192

static const char *const state_names[] = {
#define STATE(name) #name,
  TARGET_CONNECTION_STATES (STATE)
#undef STATE
};

static const char *const event_names[] = {
#define EVENT(name) #name,
  TARGET_CONNECTION_EVENTS (EVENT)
#undef EVENT
};

#define ROW(from, event, to, rfc)                                                                  \
  {                                                                                                \
    TARGET_CONNECTION_##from, TARGET_CONNECTION_ON_##event, TARGET_CONNECTION_##to, rfc, NULL      \
  }

/* RFC 7143 8.1.4, R-STATE-003..015. M1 is the cleanup's end (8.2.2), which at error recovery level 0 comes at once. */
static const MachineRow rows[] = {
  ROW (FREE, ACCEPTED, XPT_UP, "T3"),
  ROW (XPT_UP, LOGIN_BEGAN, IN_LOGIN, "T4"),
  ROW (XPT_UP, GONE, FREE, "T6"),
  ROW (IN_LOGIN, LOGIN_DONE, LOGGED_IN, "T5"),
  ROW (IN_LOGIN, GONE, FREE, "T7"),
  ROW (LOGGED_IN, LOGGED_OUT, FREE, "T8"),
  ROW (LOGGED_IN, LOGOUT, IN_LOGOUT, "T9"),
  ROW (LOGGED_IN, GONE, CLEANUP_WAIT, "T15"),
  ROW (IN_LOGOUT, LOGGED_OUT, FREE, "T13"),
  ROW (IN_LOGOUT, GONE, CLEANUP_WAIT, "T17"),
  ROW (LOGGED_IN, ASK_LOGOUT, LOGOUT_REQUESTED, "T11"),
  ROW (LOGOUT_REQUESTED, ASK_LOGOUT, LOGOUT_REQUESTED, "T12"),
  ROW (LOGOUT_REQUESTED, LOGOUT, IN_LOGOUT, "T10"),
  ROW (LOGOUT_REQUESTED, GONE, CLEANUP_WAIT, "T16"),
  ROW (LOGOUT_REQUESTED, LOGGED_OUT, FREE, "T18"),
  ROW (CLEANUP_WAIT, CLEANED, FREE, "M1"),
};

const Machine target_connection_machine = {
  .name = "target-connection",
  .states = state_names,
  .state_count = G_N_ELEMENTS (state_names),
  .events = event_names,
  .event_count = G_N_ELEMENTS (event_names),
  .rows = rows,
  .row_count = G_N_ELEMENTS (rows),
};

void
target_connection_move (TargetConnection *connection, TargetConnectionEvent event)
{
  CHECK (connection, TARGET_CONNECTION_MAGIC);
  machine_move (&target_connection_machine, connection->host, connection->id, &connection->state,
                (guint8) event, connection);
}

/* ---- in ---- */

static void
target_connection_receive (TargetConnection *connection, const guint8 bhs[BHS_LENGTH],
                           const Payload *payload)
{
  pdu_log_received (connection->host, connection->id, bhs);
  if (connection->login != NULL)
    login_receive (connection, bhs, payload);
  else
    target_session_receive (connection->session, connection, bhs, payload);
}

/* Digests are on from full feature phase on, so there is a session. */
static void
target_connection_receive_damaged (TargetConnection *connection, const guint8 bhs[BHS_LENGTH])
{
  pdu_log_received (connection->host, connection->id, bhs);
  target_session_receive_damaged (connection->session, connection, bhs);
}

static void
target_connection_read_pdus (TargetConnection *connection, Slice *slice)
{
  g_autoptr (GError) error = NULL;
  while (connection->stream != NULL) {
    switch (framer_next (&connection->framer, slice, &error)) {
    case FRAMER_MORE:
      return;
    case FRAMER_BAD:
      target_connection_lose (connection, error->message);
      return;
    case FRAMER_PDU:
      target_connection_receive (connection, connection->framer.bhs, &connection->framer.data);
      break;
    case FRAMER_DAMAGED:
      target_connection_receive_damaged (connection, connection->framer.bhs);
      break;
    }
  }
}

static void
target_connection_release (TargetConnection *connection)
{
  framer_clear (&connection->framer);
  text_exchange_free (connection->text);
  connection->target->counters.connections_now--;
  connection->magic = 0;
  g_free (connection);
}

static void
target_connection_on_data (gpointer owner, const Slice *slice)
{
  TargetConnection *connection = owner;
  CHECK (connection, TARGET_CONNECTION_MAGIC);
  Slice mine = slice_ref (slice);
  connection->is_dispatching = TRUE;
  target_connection_read_pdus (connection, &mine);
  connection->is_dispatching = FALSE;
  slice_clear (&mine);
  if (connection->stream == NULL)
    target_connection_release (connection);
  else if (stream_queued (connection->stream) > STREAM_HIGH_WATER)
    stream_set_reading (connection->stream, FALSE);
}

static void
target_connection_on_drained (gpointer owner)
{
  TargetConnection *connection = owner;
  CHECK (connection, TARGET_CONNECTION_MAGIC);
  stream_set_reading (connection->stream, TRUE);
}

static void
target_connection_on_ended (gpointer owner, StreamEnd end)
{
  TargetConnection *connection = owner;
  CHECK (connection, TARGET_CONNECTION_MAGIC);
  target_connection_lose (connection, stream_end_name (end));
}

static const StreamEvents stream_events = {
  .data = target_connection_on_data,
  .drained = target_connection_on_drained,
  .ended = target_connection_on_ended,
};

/* ---- life ---- */

static void
target_connection_on_login_timeout (gpointer data)
{
  TargetConnection *connection = data;
  CHECK (connection, TARGET_CONNECTION_MAGIC);
  target_connection_lose (connection, "login took too long"); /* T6, T7 */
}

TargetConnection *
target_connection_new (TargetPortal *portal, Stream *stream)
{
  TargetConnection *connection = g_new0 (TargetConnection, 1);
  connection->magic = TARGET_CONNECTION_MAGIC;
  connection->id = stream->id;
  connection->portal = portal;
  connection->target = portal->target;
  connection->stat_sn = portal->target->first_stat_sn;
  portal->target->counters.connections_now++;
  connection->host = portal->target->host;
  connection->stream = stream;
  connection->login = login_new (connection);
  connection->link.data = connection;
  framer_init (&connection->framer, LOGIN_DATA_SEGMENT_MAX);
  timer_init (&connection->login_timer, connection->host, target_connection_on_login_timeout,
              connection);
  timer_arm (&connection->login_timer, TARGET_LOGIN_TIMEOUT_NS);
  g_queue_push_tail_link (&portal->connections, &connection->link);
  portal->in_login++;
  stream_attach (stream, &stream_events, connection);
  target_connection_move (connection, TARGET_CONNECTION_ON_ACCEPTED);
  return connection;
}

void
target_connection_choose_portal (TargetConnection *connection, TargetPortal *portal)
{
  CHECK (connection, TARGET_CONNECTION_MAGIC);
  CHECK_THAT (connection->login != NULL && portal->door == connection->portal->door);
  g_queue_unlink (&connection->portal->connections, &connection->link);
  connection->portal->in_login--;
  connection->target->counters.connections_now--;
  connection->portal = portal;
  connection->target = portal->target;
  connection->target->counters.connections_now++;
  g_queue_push_tail_link (&portal->connections, &connection->link);
  portal->in_login++;
}

static void
target_connection_end_login (TargetConnection *connection)
{
  if (connection->login == NULL)
    return;
  timer_disarm (&connection->login_timer);
  login_free (g_steal_pointer (&connection->login));
  connection->portal->in_login--;
}

void
target_connection_free (TargetConnection *connection)
{
  CHECK (connection, TARGET_CONNECTION_MAGIC);
  CHECK_THAT (connection->stream != NULL);
  target_connection_end_login (connection);
  connection->session = NULL;
  g_queue_unlink (&connection->portal->connections, &connection->link);
  stream_free (g_steal_pointer (&connection->stream));
  if (!connection->is_dispatching)
    target_connection_release (connection);
}

static void
target_connection_give_up (TargetConnection *connection, const char *why, gboolean is_reset)
{
  CHECK (connection, TARGET_CONNECTION_MAGIC);
  HOST_LOG (connection->host, EVENT_TARGET_DROPPED, why, connection->id);
  TargetSession *session = connection->session;
  target_connection_move (connection, TARGET_CONNECTION_ON_GONE);
  if (session != NULL)
    target_session_lose_connection (session); /* its tasks go before the transport does */
  if (connection->state == TARGET_CONNECTION_CLEANUP_WAIT)
    target_connection_move (connection, TARGET_CONNECTION_ON_CLEANED);
  if (is_reset)
    stream_reset (connection->stream);
  target_connection_free (connection);
}

void
target_connection_lose (TargetConnection *connection, const char *why)
{
  target_connection_give_up (connection, why, TRUE);
}

void
target_connection_drop (TargetConnection *connection, const char *why)
{
  target_connection_give_up (connection, why, FALSE);
}

void
target_connection_close (TargetConnection *connection)
{
  CHECK (connection, TARGET_CONNECTION_MAGIC);
  const gboolean is_in_login = connection->login != NULL;
  target_connection_move (connection, is_in_login ? TARGET_CONNECTION_ON_GONE
                                                  : TARGET_CONNECTION_ON_LOGGED_OUT);
  target_connection_free (connection);
}

void
target_connection_enter_full_feature (TargetConnection *connection, TargetSession *session,
                                      const KeyValues *agreed)
{
  CHECK (connection, TARGET_CONNECTION_MAGIC);
  connection->session = session;
  connection->max_send_length = agreed->number[KEY_MAX_RECV_DATA_SEGMENT_LENGTH];
  connection->digests = digests_agreed (agreed);
  connection->framer.digests = connection->digests;
  target_connection_end_login (connection); /* `agreed` may be the login's */
  connection->framer.max_data_segment_length =
      connection->target->wanted.number[KEY_MAX_RECV_DATA_SEGMENT_LENGTH];
  target_connection_move (connection, TARGET_CONNECTION_ON_LOGIN_DONE);
}

/* ---- out ---- */

guint32
target_connection_take_stat_sn (TargetConnection *connection)
{
  return connection->stat_sn++;
}

void
target_connection_send (TargetConnection *connection, guint8 bhs[BHS_LENGTH],
                        const Payload *payload)
{
  CHECK (connection, TARGET_CONNECTION_MAGIC);
  const PduExtras extras = { .digests = connection->digests };
  pdu_send_extras (connection->stream, connection->id, bhs, &extras, payload);
}

/* R-REJ-017: the complete header, AHS included, without digest. Only a PDU that has just come can have one: what was held for
 * its turn has been looked at on arrival. */
static Payload
rejected_header (const TargetConnection *connection, const guint8 bhs[BHS_LENGTH])
{
  const Framer *framer = &connection->framer;
  Payload header = payload_of (slice_copy (bhs, BHS_LENGTH));
  if (bhs == framer->bhs && framer->ahs_length > 0)
    payload_append (&header, slice_copy (framer->ahs, framer->ahs_length));
  return header;
}

void
target_connection_reject (TargetConnection *connection, RejectReason reason,
                          const guint8 bhs[BHS_LENGTH])
{
  CHECK (connection, TARGET_CONNECTION_MAGIC);
  HOST_LOG (connection->host, EVENT_TARGET_REJECT, NULL, connection->id, bhs_opcode (bhs), reason);
  connection->target->counters.rejects++;
  Reject reject = { .is_final = 1, .reason = reason, .initiator_task_tag = TAG_NONE };
  CONNECTION_NUMBER (connection, &reject);
  guint8 out[BHS_LENGTH];
  reject_encode (&reject, out);
  g_auto (Payload) header = rejected_header (connection, bhs);
  target_connection_send (connection, out, &header);
}
