/* SPDX-License-Identifier: Apache-2.0 */
/* async.c - what the target says without being asked (RFC 7143 11.9)
 *
 * A requested logout (1) is honoured early and without loss: from the request on no command is sent on that connection
 * (R-ASYNC-006); what is under way has half of the time to end; then comes the logout, at the latest then. The session logs in
 * again after the Time2Wait of the answer and goes on with what waited. A negotiation request (4) is honoured in the same way,
 * as 11.9.1 permits: the new login is the negotiation. An announced drop (2, 3) is a lost connection (R-ERL-012) with the times
 * of the message. Task termination (5) is acknowledged as 11.9.1 orders. Messages are dealt with as they come, so that a flood
 * of them fills nothing.
 */
#include "initiator/initiator-internal.h"

#include "world/banned.h"

#define ANSWER_NS (5 * NS_PER_S) /* for a Logout Response that was asked for by who must send it */

void
async_log_out_if_drained (Session *session)
{
  Connection *connection = session->connection;
  if (connection->state == CONNECTION_LOGOUT_REQUESTED && session->pending.count == 0)
    connection_logout (connection);
}

gint64
async_logout_timeout_ns (const Session *session)
{
  const gint64 timeout_ns = session->initiator->profile->logout_timeout_ns;
  return session->is_leaving ? timeout_ns : MIN (timeout_ns, ANSWER_NS);
}

/* T11, T12, T14. A later request does not put off an earlier one. */
static void
async_on_logout_request (Connection *connection, const AsyncMessage *message)
{
  const gboolean is_first = connection->state == CONNECTION_LOGGED_IN;
  connection_ask_logout (connection);
  if (!is_first)
    return;
  timer_arm (&connection->timer, message->parameter3 * NS_PER_S / 2);
  async_log_out_if_drained (connection->session);
}

static void
async_on_drop (Connection *connection, const AsyncMessage *message)
{
  if (message->event == ASYNC_EVENT_CONNECTION_DROP && message->parameter1 != connection->cid)
    return; /* there is no other connection of this session */
  connection->session->wait_ns = message->parameter2 * NS_PER_S;
  connection_lose (connection, async_event_name (message->event));
}

/* R-ASYNC-011: in this order. What was to be sent is of no use any more; the tasks end by their deadlines if they were not
 * terminated after all. */
static void
async_on_task_termination (Connection *connection, const AsyncMessage *message)
{
  transfer_forget_unit (connection, message->lun);
  const NopOut nop = { .immediate = 1,
                       .is_final = 1,
                       .lun = message->lun,
                       .initiator_task_tag = TAG_NONE,
                       .target_transfer_tag = TAG_NONE,
                       .cmd_sn = connection->session->cmd_sn,
                       .exp_stat_sn = connection->exp_stat_sn };
  guint8 bhs[BHS_LENGTH];
  nop_out_encode (&nop, bhs);
  connection_send (connection, bhs, NULL);
}

/* By event; NULL, and what is beyond: taken note of (R-ASYNC-002, R-ASYNC-013, R-ASYNC-015). */
static void (*const handlers[]) (Connection *connection, const AsyncMessage *message) = {
  [ASYNC_EVENT_LOGOUT_REQUEST] = async_on_logout_request,
  [ASYNC_EVENT_CONNECTION_DROP] = async_on_drop,
  [ASYNC_EVENT_SESSION_DROP] = async_on_drop,
  [ASYNC_EVENT_NEGOTIATION_REQUEST] = async_on_logout_request,
  [ASYNC_EVENT_TASK_TERMINATION] = async_on_task_termination,
};

void
async_on_message (Connection *connection, const guint8 bhs[BHS_LENGTH], const Payload *data)
{
  Session *session = connection->session;
  AsyncMessage message;
  async_message_decode (&message, bhs);
  if (!connection_take_stat_sn (connection, message.stat_sn)) /* R-ASYNC-001 */
    return;
  session_update_window (session, message.exp_cmd_sn, message.max_cmd_sn);
  SESSION_LOG (session, EVENT_ASYNC_MESSAGE, NULL, message.event, message.parameter1,
               message.parameter2, message.parameter3);
  if (message.event < G_N_ELEMENTS (handlers) && handlers[message.event] != NULL)
    handlers[message.event](connection, &message);
}
