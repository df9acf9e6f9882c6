/* SPDX-License-Identifier: Apache-2.0 */
#include "target-sim/transfer.h"

#include "target-sim/session.h"

#include "world/banned.h"

/* RFC 7143 11.4.7.2: "protocol service CRC error"; R-ERL-028: a gap in DataSN counts as a digest error. */
#define SENSE_CODE_PROTOCOL_CRC 0x4705

static guint32
key_of (const TargetTask *task, KeyId key)
{
  return task->session->keys.number[key];
}

void
transfer_clear (Transfer *transfer)
{
  payload_clear (&transfer->data);
  gather_clear (&transfer->early);
}

/* The first failure is the one that is told. */
static gboolean
transfer_fail (Transfer *transfer, guint16 code)
{
  if (transfer->failure == SENSE_CODE_NONE)
    transfer->failure = code;
  transfer_clear (transfer);
  return FALSE;
}

gboolean
transfer_is_receiving (const Transfer *transfer)
{
  return transfer->is_unsolicited || transfer->asked_count > 0;
}

/* ---- what comes without being asked for ---- */

/* R-DATA-003, R-DATA-004, 11.4.7.2: data that the session's keys do not allow. */
static gboolean
transfer_may_begin (const TargetTask *task, gboolean is_final, gsize immediate_length)
{
  if (immediate_length > 0 && !key_of (task, KEY_IMMEDIATE_DATA))
    return FALSE;
  if (!is_final && key_of (task, KEY_INITIAL_R2T))
    return FALSE;
  return immediate_length <= task->transfer.unsolicited.end;
}

void
transfer_begin (TargetTask *task, gboolean is_final, const Payload *immediate)
{
  Transfer *transfer = &task->transfer;
  transfer->unsolicited.end = MIN (key_of (task, KEY_FIRST_BURST_LENGTH), task->write_expected);
  transfer->is_unsolicited = !is_final && task->write_expected > 0;
  if (!transfer_may_begin (task, is_final, immediate->length))
    transfer_fail (transfer, SENSE_CODE_UNEXPECTED_UNSOLICITED_DATA);
  else
    payload_append_part (&transfer->data, immediate, 0, immediate->length);
  transfer->unsolicited.begin = (guint32) transfer->data.length;
  if (!transfer->is_unsolicited)
    transfer->unsolicited.end = transfer->unsolicited.begin;
}

/* ---- Data-Out ---- */

/* The F bit, or the last byte, ends a sequence. */
static void
transfer_end_sequence (Transfer *transfer)
{
  transfer->data_sn = 0; /* R-NUM-029 */
  transfer->sequence_length = 0;
  if (transfer->is_unsolicited) {
    transfer->is_unsolicited = FALSE;
    return;
  }
  transfer->asked_count--;
  memmove (&transfer->asked[0], &transfer->asked[1],
           transfer->asked_count * sizeof transfer->asked[0]);
}

static gboolean
transfer_tag_fits (const Transfer *transfer, guint32 target_transfer_tag)
{
  if (transfer->is_unsolicited)
    return target_transfer_tag == TAG_NONE; /* R-DATA-033 */
  return target_transfer_tag == transfer->asked[0].target_transfer_tag;
}

/* R-DATA-022, R-DATA-037, R-DATA-045: within what was asked, contiguous and in order if the key says so, no byte twice. Full
 * and final come together: RFC 7143 11.4.7.2 for what falls short, R-DATA-043 and R-DATA-044 for the F bit. */
static gboolean
transfer_take_bytes (TargetTask *task, const DataOut *pdu, const Payload *payload)
{
  Transfer *transfer = &task->transfer;
  const Burst *range =
      transfer->is_unsolicited ? &transfer->unsolicited : &transfer->asked[0].range;
  const guint64 after = (guint64) pdu->buffer_offset + payload->length;
  const guint64 sum = (guint64) transfer->sequence_length + payload->length;
  const gboolean is_in_turn = !key_of (task, KEY_DATA_PDU_IN_ORDER)
                              || pdu->buffer_offset == range->begin + transfer->sequence_length;
  if (pdu->buffer_offset < range->begin || after > range->end || !is_in_turn
      || (pdu->is_final && sum != burst_length (range))
      || !gather_add (&transfer->early, &transfer->data, pdu->buffer_offset, payload))
    return transfer_fail (transfer, SENSE_CODE_INCORRECT_AMOUNT_OF_DATA);
  transfer->sequence_length = (guint32) sum;
  return TRUE;
}

gboolean
transfer_take (TargetTask *task, const DataOut *pdu, const Payload *payload)
{
  Transfer *transfer = &task->transfer;
  if (!transfer_is_receiving (transfer))
    return FALSE; /* nobody asked: the task itself is not harmed (R-REJ-019) */
  gboolean is_good = transfer->failure == SENSE_CODE_NONE;
  const gboolean was_good = is_good;
  if (is_good && !transfer_tag_fits (transfer, pdu->target_transfer_tag))
    return FALSE;
  if (is_good && pdu->data_sn != transfer->data_sn)
    is_good = transfer_fail (transfer, SENSE_CODE_PROTOCOL_CRC);
  else if (is_good)
    is_good = transfer_take_bytes (task, pdu, payload);
  transfer->data_sn++;
  if (pdu->is_final)
    transfer_end_sequence (transfer);
  return is_good || !was_good; /* what follows a failure is swallowed, not rejected again */
}

/* RFC 7143 7.8 b, R-DIG-008, R-DIG-009: "protocol service CRC error", after all the data. Its F bit counts: the header is
 * believed, and no other PDU would end the sequence. */
void
transfer_lose (TargetTask *task, const DataOut *pdu)
{
  Transfer *transfer = &task->transfer;
  if (!transfer_is_receiving (transfer))
    return;
  transfer_fail (transfer, SENSE_CODE_PROTOCOL_CRC);
  transfer->data_sn++;
  if (pdu->is_final)
    transfer_end_sequence (transfer);
}

/* ---- R2T ---- */

static void
transfer_send_r2t (TargetTask *task, Burst range)
{
  Transfer *transfer = &task->transfer;
  TargetConnection *connection = task->session->connection;
  R2t r2t = {
    .is_final = 1,
    .lun = task->scsi.lun_field,
    .initiator_task_tag = task->itt,
    .target_transfer_tag = target_session_take_ttt (task->session),
    .stat_sn = connection->stat_sn, /* the next one, not consumed (R-DATA-051) */
    .exp_cmd_sn = task->session->exp_cmd_sn,
    .max_cmd_sn = target_session_max_cmd_sn (task->session),
    .r2t_sn = transfer->r2t_sn++,
    .buffer_offset = range.begin,
    .desired_length = burst_length (&range),
  };
  guint8 out[BHS_LENGTH];
  r2t_encode (&r2t, out);
  transfer->asked_length += burst_length (&range);
  transfer->asked[transfer->asked_count++] = (R2tAsked){ r2t.target_transfer_tag, range };
  target_connection_send (connection, out, NULL);
}

/* What is wanted and was neither sent unasked nor asked for. */
static Burst
transfer_left (const TargetTask *task)
{
  const Transfer *transfer = &task->transfer;
  Burst left = { transfer->unsolicited.end, MAX (transfer->wanted, transfer->unsolicited.end) };
  if (transfer->asked_length > 0)
    burst_take (&left, transfer->asked_length, key_of (task, KEY_DATA_SEQUENCE_IN_ORDER));
  return left;
}

/* R-DATA-047..049: contiguous ranges, each at most a burst, so many at once. Sending never calls back. */
gboolean
transfer_ask (TargetTask *task)
{
  Transfer *transfer = &task->transfer;
  const guint limit = MIN (key_of (task, KEY_MAX_OUTSTANDING_R2T), TRANSFER_R2T_MAX);
  Burst left = transfer_left (task);
  while (transfer->asked_count < limit && burst_length (&left) > 0)
    transfer_send_r2t (task, burst_take (&left, key_of (task, KEY_MAX_BURST_LENGTH),
                                         key_of (task, KEY_DATA_SEQUENCE_IN_ORDER)));
  return transfer->asked_count > 0;
}

/* ---- Data-In ---- */

typedef struct DataInPlan {
  Burst rest;        /* of the data, behind the present sequence */
  Burst sequence;    /* what is left of it */
  guint32 data_sn;   /* of the next PDU */
  gboolean collapse; /* the last PDU carries the status */
} DataInPlan;

static void
data_in_add_status (TargetTask *task, const Residual *residual, DataIn *pdu)
{
  pdu->has_status = 1;
  pdu->status = task->scsi.status;
  pdu->overflow = residual->is_overflow;
  pdu->underflow = residual->is_underflow;
  pdu->residual = residual->count;
  pdu->stat_sn = target_connection_take_stat_sn (task->session->connection);
}

/* R-DATA-021..023: at most what the initiator takes in one PDU, F at the end of each burst and of the whole. */
static void
data_in_send_next (TargetTask *task, const Residual *residual, DataInPlan *plan)
{
  TargetConnection *connection = task->session->connection;
  if (burst_length (&plan->sequence) == 0)
    plan->sequence = burst_take (&plan->rest, key_of (task, KEY_MAX_BURST_LENGTH),
                                 key_of (task, KEY_DATA_SEQUENCE_IN_ORDER));
  const Burst part = burst_take (&plan->sequence, connection->max_send_length,
                                 key_of (task, KEY_DATA_PDU_IN_ORDER));
  const gboolean is_final = burst_length (&plan->sequence) == 0;
  DataIn pdu = {
    .is_final = is_final,
    .initiator_task_tag = task->itt,
    .target_transfer_tag = TAG_NONE,
    .exp_cmd_sn = task->session->exp_cmd_sn,
    .max_cmd_sn = target_session_max_cmd_sn (task->session),
    .data_sn = plan->data_sn++,
    .buffer_offset = part.begin,
  };
  if (is_final && burst_length (&plan->rest) == 0 && plan->collapse)
    data_in_add_status (task, residual, &pdu);
  guint8 out[BHS_LENGTH];
  data_in_encode (&pdu, out);
  g_auto (Payload) segment = PAYLOAD_EMPTY;
  payload_append_part (&segment, &task->scsi.data_in, part.begin, burst_length (&part));
  target_connection_send (connection, out, &segment);
}

/* R-DATA-030, R-DATA-054: only GOOD rides on the last Data-In; sense needs a SCSI Response. */
gboolean
transfer_send_data_in (TargetTask *task, const Residual *residual, guint32 *ret_pdus)
{
  const guint32 total = (guint32) MIN (task->scsi.data_in.length, task->read_expected);
  DataInPlan plan = {
    .rest = { 0, total },
    .collapse = task->scsi.status == SCSI_GOOD,
  };
  while (burst_length (&plan.rest) > 0 || burst_length (&plan.sequence) > 0)
    data_in_send_next (task, residual, &plan);
  *ret_pdus = plan.data_sn;
  return total > 0 && plan.collapse;
}
