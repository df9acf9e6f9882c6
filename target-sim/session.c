/* SPDX-License-Identifier: Apache-2.0 */
/* session.c - what comes in which order, and who may still send
 *
 * Method: a table says for each opcode whether it takes a place in the order of commands, what happens when it arrives, and what
 * when its turn comes. A command that came before its turn is held in a ring indexed by CmdSN; the ring is as long as the window
 * can be, so each place has one owner. A SCSI command opens its task on arrival, because its unsolicited data follow it at
 * once, whether or not its turn has come.
 *
 * The window: MaxCmdSN = ExpCmdSN - 1 + (queue depth - numbered tasks under way). Delivering a command moves ExpCmdSN up and the
 * room down, answering it gives the room back: so MaxCmdSN never falls (RFC 7143 4.2.2.1), and each rise is told by the PDU
 * that caused it.
 *
 * At error recovery level 0 a lost connection takes its tasks with it. Not here: task management (task-management.c), several
 * connections.
 */
#include "target-sim/session.h"

#include "protocol/serial.h"
#include "target-sim/async.h"
#include "target-sim/logout.h"
#include "target-sim/nop.h"
#include "target-sim/text.h"

#include "world/banned.h"

static const char *const state_names[] = {
#define STATE(name) #name,
  TARGET_SESSION_STATES (STATE)
#undef STATE
};

static const char *const event_names[] = {
#define EVENT(name) #name,
  TARGET_SESSION_EVENTS (EVENT)
#undef EVENT
};

#define ROW(from, event, to, rfc)                                                                  \
  {                                                                                                \
    TARGET_SESSION_##from, TARGET_SESSION_ON_##event, TARGET_SESSION_##to, rfc, NULL               \
  }

/* RFC 7143 8.3, R-STATE-021..029. N8, N9 and N11 do not occur: a session comes about, or goes on, when its login has succeeded. */
static const MachineRow rows[] = {
  ROW (FREE, LOGIN_BEGAN, ACTIVE, "N1"),
  ROW (ACTIVE, LOGIN_DONE, LOGGED_IN, "N2"),
  ROW (LOGGED_IN, CLOSED, FREE, "N3"),
  ROW (LOGGED_IN, LOST, FAILED, "N5"),
  ROW (FAILED, TIMED_OUT, FREE, "N6"),
  ROW (FAILED, CONTINUE, IN_CONTINUE, "N7"),
  ROW (IN_CONTINUE, CONTINUED, LOGGED_IN, "N10"),
};

const Machine target_session_machine = {
  .name = "target-session",
  .states = state_names,
  .state_count = G_N_ELEMENTS (state_names),
  .events = event_names,
  .event_count = G_N_ELEMENTS (event_names),
  .rows = rows,
  .row_count = G_N_ELEMENTS (rows),
};

static void
target_session_move (TargetSession *session, TargetSessionEvent event)
{
  CHECK (session, TARGET_SESSION_MAGIC);
  machine_move (&target_session_machine, session->host, session->tsih, &session->state,
                (guint8) event, session);
}

/* ---- life ---- */

/* What is waiting its turn came over the connection that is going. */
static void
target_session_drop_held (TargetSession *session)
{
  for (guint i = 0; session->held_count > 0; i++) {
    CHECK_THAT (i <= session->held_mask);
    HeldPdu *held = &session->held[i];
    if (!held->is_held)
      continue;
    payload_clear (&held->payload);
    held->is_held = held->is_plug = FALSE;
    session->held_count--;
  }
}

static void
target_session_terminate_tasks (TargetSession *session)
{
  while (session->tasks.head != NULL)
    task_free (session->tasks.head->data);
  target_session_drop_held (session);
  task_management_clear (session);
  timer_disarm (&session->drop_timer);
}

void
target_session_free (TargetSession *session)
{
  if (session == NULL)
    return;
  CHECK (session, TARGET_SESSION_MAGIC);
  target_session_terminate_tasks (session);
  while (session->spare != NULL) {
    TargetTask *task = session->spare;
    session->spare = task->spare_next;
    g_free (task);
  }
  timer_disarm (&session->retain_timer);
  scsi_nexus_clear (&session->nexus);
  key_values_clear (&session->keys);
  g_hash_table_unref (session->by_itt);
  g_free (session->held);
  g_free (session->initiator_name);
  if (session->connection != NULL)
    session->connection->session = NULL;
  session->magic = 0;
  g_free (session);
}

/* Out of the table, whatever the way. */
static void
target_session_end (TargetSession *session, const char *how)
{
  TargetSim *target = session->target;
  HOST_LOG (session->host, EVENT_TARGET_SESSION_ENDED, how, session->tsih);
  g_ptr_array_remove (target->sessions, session);
  node_count_sessions (target);
  target_session_free (session);
}

static void
target_session_on_retain_timeout (gpointer data)
{
  TargetSession *session = data;
  target_session_move (session, TARGET_SESSION_ON_TIMED_OUT);
  target_session_end (session, "timed out");
}

static void
target_session_init_window (TargetSession *session, guint32 first_cmd_sn)
{
  guint32 places = 1;
  while (places < session->queue_depth)
    places *= 2;
  session->held_mask = places - 1;
  session->held = g_new0 (HeldPdu, places);
  session->exp_cmd_sn = first_cmd_sn;
}

TargetSession *
target_session_new (TargetSim *target, const SessionIdentity *identity, const KeyValues *keys)
{
  TargetSession *session = g_new0 (TargetSession, 1);
  session->magic = TARGET_SESSION_MAGIC;
  session->target = target;
  session->host = target->host;
  session->tsih = node_take_tsih (target, keys->number[KEY_SESSION_TYPE] == SESSION_TYPE_DISCOVERY);
  session->isid = identity->isid;
  session->group_tag = identity->group_tag;
  session->unnamed_at = identity->unnamed_at;
  session->initiator_name = g_strdup (identity->initiator_name);
  session->queue_depth = target->queue_depth;
  session->by_itt = g_hash_table_new (NULL, NULL);
  g_queue_init (&session->tasks);
  key_values_init (&session->keys);
  key_values_copy (&session->keys, keys);
  target_session_init_window (session, identity->first_cmd_sn);
  scsi_nexus_init (&session->nexus, &target->luns, identity->group_tag);
  scsi_nexus_name (&session->nexus, session->initiator_name, session->isid);
  if (target->power_on_unit_attention)
    scsi_nexus_attend_all (&session->nexus, target->power_on_code);
  session->nexus.host = session->host;
  session->nexus.abort = task_management_abort_nexus;
  task_management_init (session);
  async_init (session);
  timer_init (&session->retain_timer, session->host, target_session_on_retain_timeout, session);
  target_session_move (session, TARGET_SESSION_ON_LOGIN_BEGAN);
  target_session_move (session, TARGET_SESSION_ON_LOGIN_DONE);
  g_ptr_array_add (target->sessions, session);
  node_count_sessions (target);
  HOST_LOG (session->host, EVENT_TARGET_SESSION_MADE, session->initiator_name, session->tsih);
  return session;
}

void
target_session_attach (TargetSession *session, TargetConnection *connection)
{
  CHECK (session, TARGET_SESSION_MAGIC);
  CHECK_THAT (session->connection == NULL && session->state == TARGET_SESSION_LOGGED_IN);
  session->connection = connection;
  session->cid = connection->cid;
}

/* ---- endings ---- */

void
target_session_close (TargetSession *session, const char *how)
{
  CHECK (session, TARGET_SESSION_MAGIC);
  target_session_move (session, session->state == TARGET_SESSION_FAILED
                                    ? TARGET_SESSION_ON_TIMED_OUT
                                    : TARGET_SESSION_ON_CLOSED);
  target_session_end (session, how);
}

/* The old connection is logged out implicitly: T8. Its peer may think it alive, so it is reset, not finished. */
static void
target_session_drop_connection (TargetSession *session)
{
  TargetConnection *connection = g_steal_pointer (&session->connection);
  if (connection == NULL)
    return;
  target_session_terminate_tasks (session);
  stream_reset (connection->stream);
  target_connection_close (connection);
}

GArray *
target_session_reinstate (TargetSession *session)
{
  CHECK (session, TARGET_SESSION_MAGIC);
  session->target->counters.reinstatements++;
  target_session_drop_connection (session);
  GArray *untold = g_array_ref (session->nexus.attentions);
  target_session_close (session, "reinstated");
  return untold;
}

void
target_session_reinstate_connection (TargetSession *session)
{
  CHECK (session, TARGET_SESSION_MAGIC);
  session->target->counters.reinstatements++;
  target_session_drop_connection (session);
  timer_disarm (&session->retain_timer);
  if (session->state == TARGET_SESSION_LOGGED_IN)
    target_session_move (session, TARGET_SESSION_ON_LOST);
  target_session_move (session, TARGET_SESSION_ON_CONTINUE);
  target_session_move (session, TARGET_SESSION_ON_CONTINUED);
}

void
target_session_lose_connection (TargetSession *session)
{
  CHECK (session, TARGET_SESSION_MAGIC);
  target_session_terminate_tasks (session);
  session->connection->session = NULL;
  session->connection = NULL;
  target_session_move (session, TARGET_SESSION_ON_LOST);
  const guint32 wait_s = session->keys.number[KEY_DEFAULT_TIME2WAIT];
  /* A discovery session has nothing to be kept for. */
  const guint32 retain_s =
      target_session_is_discovery (session) ? 0 : session->keys.number[KEY_DEFAULT_TIME2RETAIN];
  /* RFC 7143 13.16: with Time2Retain 0 the state is discarded at once, not after Time2Wait. */
  timer_arm (&session->retain_timer, retain_s == 0 ? 0 : ((gint64) wait_s + retain_s) * NS_PER_S);
}

/* ---- PDUs ---- */

/* arrive: FALSE if it was rejected, and so has no place in the order (R-REJ-021). deliver: in the order of CmdSN (R-NUM-007), or
 * at once if immediate; may end the connection and the session. */
typedef struct PduHandler {
  gboolean is_ordered;
  gboolean is_for_discovery; /* RFC 7143 4.3, R-MODEL-018: taken on a discovery session, too */
  gboolean (*arrive) (TargetConnection *connection, const guint8 bhs[BHS_LENGTH],
                      const Payload *payload);
  void (*deliver) (TargetConnection *connection, const guint8 bhs[BHS_LENGTH],
                   const Payload *payload);
} PduHandler;

/* R-MODEL-005: login happens once per connection. */
static gboolean
target_session_refuse_login (TargetConnection *connection, const guint8 bhs[BHS_LENGTH],
                             const Payload *payload)
{
  target_connection_reject (connection, REJECT_PROTOCOL_ERROR, bhs);
  return FALSE;
}

/* By opcode; what has neither function is not supported: Reject 05h (R-REJ-004). */
static const PduHandler handlers[0x40] = {
  [OPCODE_NOP_OUT] = { .is_ordered = TRUE, .deliver = nop_deliver },
  [OPCODE_SCSI_COMMAND] = { .is_ordered = TRUE,
                            .arrive = command_arrive,
                            .deliver = command_deliver },
  [OPCODE_LOGIN_REQUEST] = { .is_for_discovery = TRUE, .arrive = target_session_refuse_login },
  [OPCODE_TEXT_REQUEST] = { .is_ordered = TRUE, .is_for_discovery = TRUE, .deliver = text_deliver },
  [OPCODE_TMF_REQUEST] = { .is_ordered = TRUE,
                           .arrive = task_management_arrive,
                           .deliver = task_management_deliver },
  [OPCODE_DATA_OUT] = { .arrive = command_data_out },
  [OPCODE_LOGOUT_REQUEST] = { .is_ordered = TRUE,
                              .is_for_discovery = TRUE,
                              .deliver = logout_deliver },
};

static void
target_session_deliver_held (TargetSession *session, TargetConnection *connection)
{
  while (connection->session == session && session->held_count > 0) {
    HeldPdu *held = &session->held[session->exp_cmd_sn & session->held_mask];
    if (!held->is_held)
      return;
    g_auto (Payload) payload = held->payload;
    held->payload = PAYLOAD_EMPTY;
    held->is_held = FALSE;
    session->held_count--;
    session->exp_cmd_sn++;
    if (!held->is_plug)
      handlers[bhs_opcode (held->bhs)].deliver (connection, held->bhs, &payload);
    else
      held->is_plug = FALSE;
  }
}

static void
target_session_hold (TargetSession *session, guint32 cmd_sn, const guint8 bhs[BHS_LENGTH],
                     const Payload *payload)
{
  HeldPdu *held = &session->held[cmd_sn & session->held_mask];
  CHECK_THAT (!held->is_held);
  held->is_held = TRUE;
  memcpy (held->bhs, bhs, BHS_LENGTH);
  payload_append_part (&held->payload, payload, 0, payload->length);
  session->held_count++;
}

static void
target_session_place_plug (TargetSession *session, guint32 cmd_sn)
{
  HeldPdu *held = &session->held[cmd_sn & session->held_mask];
  CHECK_THAT (!held->is_held);
  held->is_held = held->is_plug = TRUE;
  session->held_count++;
}

void
target_session_plug (TargetSession *session, TargetConnection *connection, guint32 cmd_sn)
{
  target_session_place_plug (session, cmd_sn);
  target_session_deliver_held (session, connection);
}

void
target_session_plug_below (TargetSession *session, TargetConnection *connection, guint32 cmd_sn)
{
  if (!serial_between (session->exp_cmd_sn, cmd_sn, target_session_max_cmd_sn (session) + 1))
    return;
  for (guint32 next = session->exp_cmd_sn; next != cmd_sn; next++)
    if (!session->held[next & session->held_mask].is_held)
      target_session_place_plug (session, next);
  target_session_deliver_held (session, connection);
}

/* R-NUM-012, R-NUM-013: outside the window, or there already, is ignored without a word. */
gboolean
target_session_expects (const TargetSession *session, guint32 cmd_sn)
{
  if (target_session_max_cmd_sn (session) == session->exp_cmd_sn - 1)
    return FALSE;
  return serial_between (session->exp_cmd_sn, cmd_sn, target_session_max_cmd_sn (session))
         && !session->held[cmd_sn & session->held_mask].is_held;
}

static void
target_session_receive_ordered (TargetSession *session, TargetConnection *connection,
                                const PduHandler *handler, const guint8 bhs[BHS_LENGTH],
                                const Payload *payload)
{
  const guint32 cmd_sn = (guint32) wire_get (bhs, 24, 0, 32);
  if (!target_session_expects (session, cmd_sn))
    return;
  if (handler->arrive != NULL && !handler->arrive (connection, bhs, payload))
    return;
  if (cmd_sn != session->exp_cmd_sn) {
    target_session_hold (session, cmd_sn, bhs, payload);
    return;
  }
  session->exp_cmd_sn++;
  handler->deliver (connection, bhs, payload);
  target_session_deliver_held (session, connection);
  if (connection->session == session)
    task_management_advance (session);
}

static gboolean
pdu_is_immediate (const guint8 bhs[BHS_LENGTH])
{
  return (bhs[0] & 0x40) != 0;
}

void
target_session_receive (TargetSession *session, TargetConnection *connection,
                        const guint8 bhs[BHS_LENGTH], const Payload *payload)
{
  CHECK (session, TARGET_SESSION_MAGIC);
  const PduHandler *handler = &handlers[bhs_opcode (bhs)];
  if ((handler->arrive == NULL && handler->deliver == NULL)
      || (target_session_is_discovery (session) && !handler->is_for_discovery))
    target_connection_reject (connection, REJECT_NOT_SUPPORTED, bhs);
  else if (!pdu_validate (bhs, NULL))
    target_connection_reject (connection, REJECT_INVALID_FIELD, bhs);
  else if (handler->is_ordered && !pdu_is_immediate (bhs))
    target_session_receive_ordered (session, connection, handler, bhs, payload);
  else if ((handler->arrive == NULL || handler->arrive (connection, bhs, payload))
           && handler->deliver != NULL)
    handler->deliver (connection, bhs, payload);
}

/* RFC 7143 7.8, R-DIG-007: rejected and discarded; a command has then not come (R-DIG-010: ExpCmdSN stays), only a Data-Out has
 * consequences for its task. */
void
target_session_receive_damaged (TargetSession *session, TargetConnection *connection,
                                const guint8 bhs[BHS_LENGTH])
{
  CHECK (session, TARGET_SESSION_MAGIC);
  target_connection_reject (connection, REJECT_DATA_DIGEST, bhs);
  if (bhs_opcode (bhs) == OPCODE_DATA_OUT)
    command_data_out_damaged (connection, bhs);
}

gboolean
target_session_is_discovery (const TargetSession *session)
{
  return session->keys.number[KEY_SESSION_TYPE] == SESSION_TYPE_DISCOVERY;
}

guint32
target_session_max_cmd_sn (const TargetSession *session)
{
  return session->exp_cmd_sn - 1 + (session->queue_depth - session->numbered_tasks);
}

/* R-DATA-050: never the reserved value. */
guint32
target_session_take_ttt (TargetSession *session)
{
  if (session->next_ttt == TAG_NONE)
    session->next_ttt = 0;
  return session->next_ttt++;
}
