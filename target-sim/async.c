/* SPDX-License-Identifier: Apache-2.0 */
/* async.c - what the target says without being asked, and what it does after it said so
 *
 * Method: a message goes out on the session's connection and takes a StatSN (R-ASYNC-001). A requested logout gets its time;
 * if none comes, the drop is announced and carried out (R-ASYNC-007). An announced drop follows its announcement at once, with
 * FIN, so that the announcement arrives; the session is kept for as long as was said (R-ASYNC-008, R-ASYNC-009). The other
 * events are only said.
 */
#include "target-sim/async.h"

#include "protocol/async.h"
#include "target-sim/portal.h"
#include "target-sim/session.h"

#include "world/banned.h"

/* 11.9.4: SenseLength, then the sense. Only a SCSI event has any (R-ASYNC-016). */
static Payload
async_segment (const TargetAsync *message)
{
  if (message->event != ASYNC_EVENT_SCSI)
    return PAYLOAD_EMPTY;
  Buffer *buffer = buffer_new (2 + SENSE_FIXED_LENGTH);
  wire_store (buffer->bytes, 2, SENSE_FIXED_LENGTH);
  sense_encode (&message->sense, buffer->bytes + 2);
  return payload_of (slice_whole (buffer));
}

static AsyncMessage
async_pdu (const TargetSession *session, const TargetAsync *message)
{
  const gboolean has_time = message->event == ASYNC_EVENT_LOGOUT_REQUEST
                            || message->event == ASYNC_EVENT_NEGOTIATION_REQUEST;
  const gboolean is_drop =
      message->event == ASYNC_EVENT_CONNECTION_DROP || message->event == ASYNC_EVENT_SESSION_DROP;
  /* R-ASYNC-014: a LUN where something happens to a unit. */
  const gboolean has_lun =
      message->event == ASYNC_EVENT_SCSI || message->event == ASYNC_EVENT_TASK_TERMINATION;
  return (AsyncMessage){
    .is_final = 1,
    .lun = has_lun ? lun_encode (message->lun) : 0,
    .initiator_task_tag = TAG_NONE,
    .event = message->event,
    .vendor_code = message->vendor_code,
    .parameter1 = message->event == ASYNC_EVENT_CONNECTION_DROP ? session->cid : 0,
    .parameter2 = is_drop ? message->time2wait_s : 0,
    .parameter3 = has_time  ? message->time_s
                  : is_drop ? message->time2retain_s
                            : 0,
  };
}

static void
async_send (TargetSession *session, const TargetAsync *message)
{
  AsyncMessage pdu = async_pdu (session, message);
  CONNECTION_NUMBER (session->connection, &pdu);
  HOST_LOG (session->host, EVENT_TARGET_ASYNC, NULL, session->tsih, pdu.event, pdu.parameter1,
            pdu.parameter2, pdu.parameter3);
  guint8 out[BHS_LENGTH];
  async_message_encode (&pdu, out);
  g_auto (Payload) segment = async_segment (message);
  target_connection_send (session->connection, out, &segment);
}

/* ---- what follows ---- */

static void
async_drop (TargetSession *session, const TargetAsync *message)
{
  const gint64 kept_ns = ((gint64) message->time2wait_s + message->time2retain_s) * NS_PER_S;
  target_connection_drop (session->connection, async_event_name (message->event));
  timer_arm (&session->retain_timer, message->time2retain_s == 0 ? 0 : kept_ns);
}

static void
async_await_logout (TargetSession *session, const TargetAsync *message)
{
  target_connection_move (session->connection, TARGET_CONNECTION_ON_ASK_LOGOUT); /* T11, T12 */
  timer_arm (&session->drop_timer, message->time_s * NS_PER_S);
}

static void
async_logout_is_late (gpointer data)
{
  TargetSession *session = data;
  CHECK (session, TARGET_SESSION_MAGIC);
  const TargetAsync message = {
    .event = ASYNC_EVENT_CONNECTION_DROP,
    .time2wait_s = (guint16) session->keys.number[KEY_DEFAULT_TIME2WAIT],
    .time2retain_s = (guint16) session->keys.number[KEY_DEFAULT_TIME2RETAIN],
  };
  async_send (session, &message);
  async_drop (session, &message);
}

void
async_init (TargetSession *session)
{
  timer_init (&session->drop_timer, session->host, async_logout_is_late, session);
}

/* By event; NULL: it is only said. */
static void (*const follows[]) (TargetSession *session, const TargetAsync *message) = {
  [ASYNC_EVENT_LOGOUT_REQUEST] = async_await_logout,
  [ASYNC_EVENT_CONNECTION_DROP] = async_drop,
  [ASYNC_EVENT_SESSION_DROP] = async_drop,
};

guint
target_sim_async (TargetSim *target, const TargetAsync *message)
{
  CHECK (target, TARGET_SIM_MAGIC);
  guint count = 0;
  for (guint i = 0; i < target->sessions->len; i++) {
    TargetSession *session = target->sessions->pdata[i];
    if (session->connection == NULL || (message->tsih != 0 && message->tsih != session->tsih))
      continue;
    async_send (session, message);
    if (message->event < G_N_ELEMENTS (follows) && follows[message->event] != NULL)
      follows[message->event](session, message);
    count++;
  }
  return count;
}
