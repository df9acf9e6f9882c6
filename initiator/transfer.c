/* SPDX-License-Identifier: Apache-2.0 */
/* transfer.c - the data of tasks: commands with immediate data, Data-Out as R2Ts ask for it, Data-In, status
 *
 * A write goes out in bursts. The first is ours to send (immediate, then unsolicited, if negotiated); each further one is asked
 * for by an R2T. A burst is a Transfer, and Transfers wait in one line, so that unsolicited data keeps the order of its
 * commands (RFC 7143 4.2.5.3) and a slow stream holds them all alike. Payload is referenced, never copied.
 */
#include "initiator/initiator-internal.h"

#include "world/banned.h"

static guint32
key (const Connection *connection, KeyId id)
{
  return connection->session->keys.number[id];
}

/* ---- commands ---- */

static guint32
immediate_length (const Connection *connection, const Task *task)
{
  if (!key (connection, KEY_IMMEDIATE_DATA))
    return 0;
  /* R-DATA: immediate data is bound by FirstBurstLength and by what the target takes in one PDU. */
  const guint32 limit = MIN (key (connection, KEY_FIRST_BURST_LENGTH),
                             key (connection, KEY_MAX_RECV_DATA_SEGMENT_LENGTH));
  return MIN (limit, (guint32) task->data_out.length);
}

static guint32
unsolicited_end (const Connection *connection, const Task *task, guint32 immediate)
{
  if (key (connection, KEY_INITIAL_R2T))
    return immediate;
  return MIN (key (connection, KEY_FIRST_BURST_LENGTH), (guint32) task->data_out.length);
}

static void
transfer_append (Connection *connection, Task *task, guint32 tag, guint32 offset, guint32 end)
{
  Transfer *transfer = g_new0 (Transfer, 1);
  *transfer = (Transfer){ .task = task, .target_transfer_tag = tag, .rest = { offset, end } };
  *connection->transfers_end = transfer;
  connection->transfers_end = &transfer->next;
}

void
transfer_send_command (Connection *connection, Task *task)
{
  const gboolean writes = task->direction == TASK_WRITES;
  const guint32 immediate = writes ? immediate_length (connection, task) : 0;
  const guint32 end = writes ? unsolicited_end (connection, task, immediate) : 0;
  ScsiCommand command = {
    .is_final = end == immediate, /* no unsolicited Data-Out follows */
    .reads = task->direction == TASK_READS,
    .writes = writes,
    .attributes = 1, /* SIMPLE */
    .lun = task->lun,
    .initiator_task_tag = task->initiator_task_tag,
    .expected_length = task->expected_length,
    .cmd_sn = task->cmd_sn,
    .exp_stat_sn = connection->exp_stat_sn,
  };
  scsi_command_set_cdb (&command, task->cdb);
  guint8 bhs[BHS_LENGTH];
  scsi_command_encode (&command, bhs);
  g_auto (Payload) payload = PAYLOAD_EMPTY;
  if (immediate > 0)
    payload_append_part (&payload, &task->data_out, 0, immediate);
  if (task->cdb_rest.length > 0) {
    const Ahs ahs = { .cdb_rest = task->cdb_rest.bytes,
                      .cdb_rest_length = (guint) task->cdb_rest.length };
    connection_send_ahs (connection, bhs, &ahs, &payload); /* R-DATA-019 */
  } else
    connection_send (connection, bhs, &payload);
  if (end > immediate)
    transfer_append (connection, task, TAG_NONE, immediate, end);
}

/* ---- Data-Out ---- */

static void
transfer_send_one (Connection *connection, Transfer *transfer)
{
  const Burst part =
      burst_take (&transfer->rest, key (connection, KEY_MAX_RECV_DATA_SEGMENT_LENGTH),
                  key (connection, KEY_DATA_PDU_IN_ORDER));
  const DataOut data_out = {
    .is_final = burst_length (&transfer->rest) == 0,
    .lun = transfer->target_transfer_tag != TAG_NONE ? transfer->task->lun : 0, /* 11.7.3 */
    .initiator_task_tag = transfer->task->initiator_task_tag,
    .target_transfer_tag = transfer->target_transfer_tag,
    .exp_stat_sn = connection->exp_stat_sn,
    .data_sn = transfer->data_sn++,
    .buffer_offset = part.begin,
  };
  guint8 bhs[BHS_LENGTH];
  data_out_encode (&data_out, bhs);
  g_auto (Payload) payload = PAYLOAD_EMPTY;
  payload_append_part (&payload, &transfer->task->data_out, part.begin, burst_length (&part));
  connection_send (connection, bhs, &payload);
}

static void
transfer_pop (Connection *connection)
{
  Transfer *transfer = connection->transfers;
  connection->transfers = transfer->next;
  if (connection->transfers == NULL)
    connection->transfers_end = &connection->transfers;
  g_free (transfer);
}

void
transfer_pump (Connection *connection)
{
  while (connection->transfers != NULL && connection_can_send (connection)) {
    Transfer *transfer = connection->transfers;
    transfer_send_one (connection, transfer);
    if (burst_length (&transfer->rest) == 0)
      transfer_pop (connection);
  }
}

void
transfer_forget (Connection *connection, const Task *task)
{
  Transfer **link = &connection->transfers;
  while (*link != NULL) {
    Transfer *transfer = *link;
    if (transfer->task != task) {
      link = &transfer->next;
      continue;
    }
    *link = transfer->next;
    g_free (transfer);
  }
  connection->transfers_end = link;
}

/* What was asked for by R2T; unsolicited data is promised by its command, and has no transfer tag. */
void
transfer_forget_unit (Connection *connection, guint64 lun)
{
  Transfer **link = &connection->transfers;
  while (*link != NULL) {
    Transfer *transfer = *link;
    if (transfer->task->lun != lun || transfer->target_transfer_tag == TAG_NONE) {
      link = &transfer->next;
      continue;
    }
    *link = transfer->next;
    g_free (transfer);
  }
  connection->transfers_end = link;
}

/* ---- arriving ---- */

/* Every PDU for a task must name one that is pending. NULL: it does not, and the connection is lost, unless it is late: of a
 * task that task management has concluded (R-TMF-005), or that was pending when we began to log out, where what the target
 * still says is heard out (RFC 7143 11.14). */
static Task *
transfer_find_task (Connection *connection, const char *what, guint32 tag)
{
  Task *task = session_find_task (connection->session, tag);
  if (task != NULL)
    return task;
  if (session_was_concluded (connection->session, tag))
    SESSION_LOG (connection->session, EVENT_LATE_ANSWER, NULL, tag);
  else if (connection->state != CONNECTION_IN_LOGOUT)
    connection_lose_printf (connection, "%s: expected the ITT of a pending task, got 0x%x", what,
                            tag);
  return NULL;
}

/* Data-In and R2T of a task are numbered together, without a hole. R-NUM */
static gboolean
transfer_take_data_sn (Connection *connection, Task *task, const char *what, guint32 data_sn)
{
  if (data_sn != task->exp_data_sn) {
    connection_lose_printf (connection, "%s: expected number %u, got %u", what, task->exp_data_sn,
                            data_sn);
    return FALSE;
  }
  task->exp_data_sn++;
  return TRUE;
}

/* R-DATA-048: what the first R2T leaves out may have come unasked. */
static gboolean
transfer_is_next (Connection *connection, const Task *task, const R2t *r2t)
{
  if (r2t->r2t_sn == 0 || r2t->buffer_offset == task->asked_end
      || !key (connection, KEY_DATA_SEQUENCE_IN_ORDER))
    return TRUE;
  connection_lose_printf (connection, "R2T: expected BufferOffset %u, got %u", task->asked_end,
                          r2t->buffer_offset);
  return FALSE;
}

void
transfer_on_r2t (Connection *connection, const guint8 bhs[BHS_LENGTH], const Payload *data)
{
  R2t r2t;
  r2t_decode (&r2t, bhs);
  session_update_window (connection->session, r2t.exp_cmd_sn, r2t.max_cmd_sn);
  Task *task = transfer_find_task (connection, "R2T", r2t.initiator_task_tag);
  if (task == NULL || !transfer_take_data_sn (connection, task, "R2T", r2t.r2t_sn))
    return;
  /* RFC 7143 4.2.5.3, R-MODEL-014 */
  if (r2t.lun != task->lun) {
    connection_lose_printf (
        connection, "R2T: expected LUN 0x%" G_GINT64_MODIFIER "x, got 0x%" G_GINT64_MODIFIER "x",
        task->lun, r2t.lun);
    return;
  }
  const guint64 end = (guint64) r2t.buffer_offset + r2t.desired_length;
  if (task->direction != TASK_WRITES || end > task->data_out.length) {
    connection_lose_printf (connection,
                            "R2T: expected at most byte %" G_GSIZE_FORMAT
                            " of the task's data, got %u at %u",
                            task->data_out.length, r2t.desired_length, r2t.buffer_offset);
    return;
  }
  if (r2t.desired_length > key (connection, KEY_MAX_BURST_LENGTH)) {
    connection_lose_printf (connection, "R2T: expected at most MaxBurstLength %u, got %u",
                            key (connection, KEY_MAX_BURST_LENGTH), r2t.desired_length);
    return;
  }
  if (!transfer_is_next (connection, task, &r2t))
    return;
  task->asked_end = (guint32) end;
  transfer_append (connection, task, r2t.target_transfer_tag, r2t.buffer_offset, (guint32) end);
  transfer_pump (connection);
}

/* What Data-In has brought, and what the residual count says is not there, is all: else a part was lost on its way, and GOOD is
 * not good. Where no Data-In came at all none was lost: that is the disk driver's to judge. As with a task that has no status in
 * time, a target that keeps on doing so is asked no more than TASK_TIMEOUTS times. R-RESID */
static gboolean
transfer_is_whole (Connection *connection, Task *task, guint8 status, gint64 residual)
{
  const gint64 announced = (gint64) task->expected_length - MAX (residual, 0);
  if (task->direction != TASK_READS || status != SCSI_GOOD || task->exp_data_sn == 0
      || ((gint64) task->data_in.length == announced && gather_waiting (&task->data_in_early) == 0))
    return TRUE;
  task->timeouts++;
  connection_lose_printf (connection,
                          "status GOOD: expected %" G_GINT64_FORMAT
                          " bytes before it, got %" G_GSIZE_FORMAT,
                          announced, task->data_in.length + gather_waiting (&task->data_in_early));
  return FALSE;
}

/* Targets that move away end commands so before the logout that they have asked for: those are for the next login. */
static gboolean
status_is_of_leaving (const Connection *connection, const Task *task)
{
  return connection->state != CONNECTION_LOGGED_IN && task->status == SCSI_CHECK_CONDITION
         && task->sense.key == SENSE_ILLEGAL_REQUEST
         && task->sense.code == SENSE_CODE_LUN_NOT_SUPPORTED;
}

static void
transfer_end_task (Connection *connection, Task *task, guint8 status, gint64 residual)
{
  if (!transfer_is_whole (connection, task, status, residual))
    return;
  task->status = status;
  task->residual = residual;
  transfer_forget (connection, task);
  if (status_is_of_leaving (connection, task)) {
    session_put_back (connection->session, task);
    return;
  }
  session_task_has_status (connection->session, task);
}

/* RFC 7143 13.18, 13.19: within a sequence, and from one to the next, each PDU goes on where the last one ended, but for the key
 * of that order that says No. No byte comes twice in any case. */
static gboolean
transfer_take_data_in (Connection *connection, Task *task, const DataIn *data_in,
                       const Payload *data)
{
  const gboolean goes_on =
      key (connection, KEY_DATA_PDU_IN_ORDER)
      && (task->is_in_sequence || key (connection, KEY_DATA_SEQUENCE_IN_ORDER));
  const guint64 end = (guint64) data_in->buffer_offset + data->length;
  if (end > task->expected_length || (goes_on && data_in->buffer_offset != task->data_in_next)) {
    connection_lose_printf (connection,
                            "Data-In: expected offset %u and at most %u bytes in all, got "
                            "%" G_GSIZE_FORMAT " at %u",
                            task->data_in_next, task->expected_length, data->length,
                            data_in->buffer_offset);
    return FALSE;
  }
  if (!gather_add (&task->data_in_early, &task->data_in, data_in->buffer_offset, data)) {
    connection_lose_printf (connection,
                            "Data-In: expected bytes that have not come yet, got %" G_GSIZE_FORMAT
                            " at %u again",
                            data->length, data_in->buffer_offset);
    return FALSE;
  }
  task->data_in_next = (guint32) end;
  task->is_in_sequence = !data_in->is_final;
  return TRUE;
}

void
transfer_on_data_in (Connection *connection, const guint8 bhs[BHS_LENGTH], const Payload *data)
{
  DataIn data_in;
  data_in_decode (&data_in, bhs);
  session_update_window (connection->session, data_in.exp_cmd_sn, data_in.max_cmd_sn);
  if (data_in.has_status && !connection_take_stat_sn (connection, data_in.stat_sn))
    return;
  Task *task = transfer_find_task (connection, "Data-In", data_in.initiator_task_tag);
  if (task == NULL || !transfer_take_data_sn (connection, task, "Data-In", data_in.data_sn))
    return;
  /* RFC 7143 7.13, R-PDU-033 */
  if (task->direction != TASK_READS) {
    connection_lose_printf (connection, "Data-In: expected one for a read, got one for a %s",
                            task->direction == TASK_WRITES ? "write" : "task without data");
    return;
  }
  if (!transfer_take_data_in (connection, task, &data_in, data) || !data_in.has_status)
    return;
  const gint64 residual = data_in.underflow  ? (gint64) data_in.residual
                          : data_in.overflow ? -(gint64) data_in.residual
                                             : 0;
  transfer_end_task (connection, task, data_in.status, residual);
}

/* The sense data stands behind its own length (RFC 7143 11.4.7.2). */
static void
transfer_take_sense (Task *task, const Payload *data)
{
  if (data->length < 2)
    return;
  Slice bytes = payload_join (data);
  const gsize length = MIN ((gsize) wire_get (bytes.bytes, 0, 0, 16), bytes.length - 2);
  if (!sense_decode (bytes.bytes + 2, length, &task->sense))
    task->sense = SENSE (SENSE_NO_SENSE, SENSE_CODE_NONE);
  slice_clear (&bytes);
}

void
transfer_on_response (Connection *connection, const guint8 bhs[BHS_LENGTH], const Payload *data)
{
  ScsiResponse response;
  scsi_response_decode (&response, bhs);
  session_update_window (connection->session, response.exp_cmd_sn, response.max_cmd_sn);
  if (!connection_take_stat_sn (connection, response.stat_sn))
    return;
  Task *task = transfer_find_task (connection, "SCSI Response", response.initiator_task_tag);
  if (task == NULL)
    return;
  if (response.response != 0) {
    /* 01: target failure; the task's fate is unknown, and only a new session makes sure of it. */
    connection_lose_printf (connection, "SCSI Response: expected response 0x00, got 0x%02x",
                            response.response);
    return;
  }
  if (response.status == SCSI_CHECK_CONDITION)
    transfer_take_sense (task, data);
  /* RFC 7143 11.4.8: ExpDataSN counts the Data-In PDUs; one that is missing before its status was lost. R-DATA */
  if (task->direction == TASK_READS && response.status == SCSI_GOOD
      && response.exp_data_sn != task->exp_data_sn) {
    connection_lose_printf (connection, "SCSI Response: expected ExpDataSN %u, got %u",
                            task->exp_data_sn, response.exp_data_sn);
    return;
  }
  const gint64 residual = response.underflow  ? (gint64) response.residual
                          : response.overflow ? -(gint64) response.residual
                                              : 0;
  transfer_end_task (connection, task, response.status, residual);
}
