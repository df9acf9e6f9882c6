/* SPDX-License-Identifier: Apache-2.0 */
/* command.c - the way of one SCSI command
 *
 *   arrive   the task is opened, immediate data is taken; unsolicited Data-Out may follow from here on
 *   deliver  its turn has come: the device server reads the CDB and says what it wants
 *   advance  asked again after each of these and after each Data-Out: wait for the data, ask for more by R2T, or run
 *   done     Data-In, then status
 *
 * A command that fails early still waits for the data that its initiator has begun to send, up to the F bit (R-REJ-014), so that
 * its tag is not free while Data-Out for it are on their way.
 */
#include "target-sim/command.h"

#include "protocol/ahs.h"
#include "target-sim/session.h"

#include "world/banned.h"

/* ---- answers ---- */

static void
command_count (const TargetTask *task)
{
  TargetCounters *counters = &task->session->target->counters;
  counters->commands++;
  if (task->scsi.status != SCSI_GOOD)
    return;
  counters->writes_done += task->scsi.direction == SCSI_DATA_OUT;
  counters->reads_done += task->scsi.direction == SCSI_DATA_IN;
}

/* RFC 7143 11.4.7: a length, then the sense. R-MODEL-021: it comes with the status, always. */
static Slice
command_sense_segment (const ScsiTask *task)
{
  guint8 bytes[2 + SENSE_MAX];
  const guint length = scsi_task_encode_sense (task, bytes + 2);
  wire_store (bytes, 2, length);
  return slice_copy (bytes, 2 + length);
}

static void
command_send_response (TargetTask *task, const Residual *residual, guint32 data_in_pdus)
{
  TargetConnection *connection = task->session->connection;
  ScsiResponse response = {
    .is_final = 1,
    .overflow = residual->is_overflow,
    .underflow = residual->is_underflow,
    .status = task->scsi.status,
    .initiator_task_tag = task->itt,
    .exp_data_sn = data_in_pdus,
    .residual = residual->count,
    /* RFC 7143 11.4.5.3: no command of ours moves data both ways, so nothing was read. */
    .bidi_underflow = task->is_bidirectional && task->read_expected > 0,
    .bidi_residual = task->is_bidirectional ? task->read_expected : 0,
  };
  CONNECTION_NUMBER (connection, &response);
  guint8 out[BHS_LENGTH];
  scsi_response_encode (&response, out);
  g_auto (Payload) segment = PAYLOAD_EMPTY;
  if (task->scsi.status == SCSI_CHECK_CONDITION)
    payload_append (&segment, command_sense_segment (&task->scsi));
  target_connection_send (connection, out, &segment);
}

/* R-RESID-005..007: what the command moves against what the initiator said that it would. */
static Residual
command_residual (const TargetTask *task)
{
  const guint64 expected = task->is_bidirectional ? task->write_expected
                                                  : MAX (task->read_expected, task->write_expected);
  const guint64 usable = task->scsi.direction == SCSI_DATA_IN    ? task->read_expected
                         : task->scsi.direction == SCSI_DATA_OUT ? task->write_expected
                                                                 : 0;
  const guint64 moves = task->scsi.transfer_length;
  if (moves > usable)
    return (Residual){ .is_overflow = TRUE, .count = (guint32) MIN (moves - usable, G_MAXUINT32) };
  if (moves < expected)
    return (Residual){ .is_underflow = TRUE, .count = (guint32) (expected - moves) };
  return (Residual){ 0 };
}

/* From here on the initiator may use the tag and the place in the window again: the PDU that says so is the status itself. */
static void
command_leave_window (TargetTask *task)
{
  if (!task->is_delivered)
    return;
  task->is_delivered = FALSE;
  if (task->is_immediate)
    task->session->immediate_tasks--;
  else
    task->session->numbered_tasks--;
}

static void
command_answer (TargetTask *task)
{
  const Residual residual = command_residual (task);
  guint16 lun = 0;
  lun_decode (task->scsi.lun_field, &lun);
  command_leave_window (task);
  command_count (task);
  HOST_LOG (task->session->host, EVENT_TARGET_COMMAND, NULL, lun, task->scsi.cdb[0],
            task->scsi.status);
  guint32 data_in_pdus = 0;
  if (!transfer_send_data_in (task, &residual, &data_in_pdus))
    command_send_response (task, &residual, data_in_pdus);
  task_free (task);
}

/* ---- the steps ---- */

static void
command_on_scsi_done (gpointer owner, ScsiTask *scsi)
{
  TargetTask *task = owner;
  CHECK (task, TARGET_TASK_MAGIC);
  task->is_running = FALSE;
  command_answer (task);
}

static void
command_run (TargetTask *task)
{
  task->scsi.data_out = task->transfer.data;
  task->transfer.data = PAYLOAD_EMPTY;
  task->is_running = TRUE;
  scsi_task_start (&task->scsi);
}

static gboolean
command_has_failed (const TargetTask *task)
{
  return task->is_refused || task->transfer.failure != SENSE_CODE_NONE;
}

static void
command_fail (TargetTask *task)
{
  if (!task->is_refused)
    scsi_task_refuse (&task->scsi, SENSE_ABORTED_COMMAND, task->transfer.failure);
  command_answer (task);
}

static void
command_advance (TargetTask *task)
{
  if (!task->is_delivered || task->is_running || task->transfer.is_unsolicited)
    return;
  if (task_management_holds (task->session, task))
    return;
  if (command_has_failed (task)) {
    if (!transfer_is_receiving (&task->transfer))
      command_fail (task);
  } else if (!transfer_ask (task)) {
    command_run (task);
  }
}

static TargetTask *
task_take (TargetSession *session)
{
  TargetTask *task = session->spare;
  if (task == NULL)
    return g_new0 (TargetTask, 1);
  session->spare = task->spare_next;
  memset (task, 0, sizeof *task);
  return task;
}

static TargetTask *
task_new (TargetSession *session, const ScsiCommand *command, const Ahs *ahs)
{
  guint8 cdb[CDB_LENGTH];
  scsi_command_get_cdb (command, cdb);
  TargetTask *task = task_take (session);
  task->magic = TARGET_TASK_MAGIC;
  task->session = session;
  task->itt = command->initiator_task_tag;
  task->cmd_sn = command->cmd_sn;
  task->is_immediate = command->immediate;
  task->is_bidirectional = command->reads && command->writes;
  task->read_expected = ahs->has_bidi_read ? ahs->bidi_read_length : command->expected_length;
  if (!command->reads)
    task->read_expected = 0;
  task->write_expected = command->writes ? command->expected_length : 0;
  task->link.data = task;
  scsi_task_init (&task->scsi, &session->nexus, command->lun, cdb, command_on_scsi_done, task);
  task->scsi.cdb_length += ahs->cdb_rest_length;
  task->scsi.offered_length = task->write_expected;
  g_queue_push_tail_link (&session->tasks, &task->link);
  g_hash_table_insert (session->by_itt, GUINT_TO_POINTER (task->itt), task);
  return task;
}

void
task_free (TargetTask *task)
{
  CHECK (task, TARGET_TASK_MAGIC);
  TargetSession *session = task->session;
  command_leave_window (task);
  scsi_task_cancel (&task->scsi);
  scsi_task_clear (&task->scsi);
  transfer_clear (&task->transfer);
  g_queue_unlink (&session->tasks, &task->link);
  g_hash_table_remove (session->by_itt, GUINT_TO_POINTER (task->itt));
  task->magic = 0;
  task->spare_next = session->spare;
  session->spare = task;
}

void
task_abort_aloud (TargetTask *task)
{
  CHECK (task, TARGET_TASK_MAGIC);
  scsi_task_cancel (&task->scsi);
  payload_clear (&task->scsi.data_in);
  task->scsi.status = SCSI_TASK_ABORTED;
  task->scsi.transfer_length = 0;
  if (task->session->connection != NULL)
    command_answer (task);
  else
    task_free (task);
}

TargetTask *
task_find (const TargetSession *session, guint32 itt)
{
  return g_hash_table_lookup (session->by_itt, GUINT_TO_POINTER (itt));
}

/* ---- the session's table ---- */

/* R-MODEL-015: a tag that is in use, R-NUM-005: too many at once. */
static gboolean
command_is_refused (TargetConnection *connection, const ScsiCommand *command,
                    const guint8 bhs[BHS_LENGTH])
{
  const TargetSession *session = connection->session;
  if (command->initiator_task_tag == TAG_NONE)
    target_connection_reject (connection, REJECT_INVALID_FIELD, bhs);
  else if (task_find (session, command->initiator_task_tag) != NULL
           || task_management_has_tag (session, command->initiator_task_tag))
    target_connection_reject (connection, REJECT_TASK_IN_PROGRESS, bhs);
  else if (command->immediate && session->immediate_tasks >= TARGET_IMMEDIATE_LIMIT)
    target_connection_reject (connection, REJECT_TOO_MANY_IMMEDIATE, bhs);
  else
    return FALSE;
  return TRUE;
}

/* The command is the PDU that has just come. Nonsense in an AHS is a format error, R-DATA-018 another. */
static gboolean
command_read_ahs (TargetConnection *connection, const ScsiCommand *command,
                  const guint8 bhs[BHS_LENGTH], Ahs *ret_ahs)
{
  const Framer *framer = &connection->framer;
  const gboolean is_bidirectional = command->reads && command->writes;
  if (ahs_decode (ret_ahs, framer->ahs, framer->ahs_length, NULL)
      && (!is_bidirectional || ret_ahs->has_bidi_read))
    return TRUE;
  target_connection_reject (connection, REJECT_INVALID_FIELD, bhs);
  return FALSE;
}

gboolean
command_arrive (TargetConnection *connection, const guint8 bhs[BHS_LENGTH], const Payload *payload)
{
  ScsiCommand command;
  Ahs ahs;
  scsi_command_decode (&command, bhs);
  if (command_is_refused (connection, &command, bhs)
      || !command_read_ahs (connection, &command, bhs, &ahs))
    return FALSE;
  task_management_reuse_tag (connection->session, command.initiator_task_tag);
  TargetTask *task = task_new (connection->session, &command, &ahs);
  transfer_begin (task, command.is_final, payload);
  return TRUE;
}

void
command_deliver (TargetConnection *connection, const guint8 bhs[BHS_LENGTH], const Payload *payload)
{
  TargetSession *session = connection->session;
  TargetTask *task = task_find (session, bhs_initiator_task_tag (bhs));
  /* Aborted while it waited its turn; its tag may be another's by now, its CmdSN is not. */
  if (task == NULL || task->cmd_sn != (guint32) wire_get (bhs, 24, 0, 32))
    return;
  task->is_delivered = TRUE;
  if (task->is_immediate)
    session->immediate_tasks++;
  else
    session->numbered_tasks++;
  task->is_refused = !scsi_task_prepare (&task->scsi);
  /* No command of ours moves data both ways. */
  if (!task->is_refused && task->is_bidirectional)
    task->is_refused =
        !scsi_task_refuse (&task->scsi, SENSE_ILLEGAL_REQUEST, SENSE_CODE_INVALID_FIELD_IN_CDB);
  if (task->scsi.direction == SCSI_DATA_OUT)
    task->transfer.wanted = (guint32) MIN (task->scsi.transfer_length, task->write_expected);
  command_advance (task);
}

/* R-MODEL-014: what belongs to a task agrees with it. */
gboolean
command_data_out (TargetConnection *connection, const guint8 bhs[BHS_LENGTH],
                  const Payload *payload)
{
  DataOut pdu;
  data_out_decode (&pdu, bhs);
  TargetSession *session = connection->session;
  TargetTask *task = task_find (session, pdu.initiator_task_tag);
  if (task == NULL && task_management_was_aborted (session, pdu.initiator_task_tag))
    return TRUE;
  if (task == NULL || !transfer_take (task, &pdu, payload))
    target_connection_reject (connection, REJECT_PROTOCOL_ERROR, bhs);
  if (task != NULL)
    command_advance (task);
  task_management_advance (session);
  return TRUE;
}

void
command_data_out_damaged (TargetConnection *connection, const guint8 bhs[BHS_LENGTH])
{
  DataOut pdu;
  data_out_decode (&pdu, bhs);
  TargetTask *task = task_find (connection->session, pdu.initiator_task_tag);
  if (task == NULL)
    return;
  transfer_lose (task, &pdu);
  command_advance (task);
}
