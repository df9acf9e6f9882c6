/* SPDX-License-Identifier: Apache-2.0 */
#include "target-sim/scsi/task.h"

#include "target-sim/scsi/commands.h"
#include "target-sim/scsi/erasure.h"

#include "world/banned.h"

void
scsi_task_init (ScsiTask *task, ScsiNexus *nexus, guint64 lun_field, const guint8 cdb[CDB_LENGTH],
                void (*done) (gpointer owner, ScsiTask *task), gpointer owner)
{
  CHECK (nexus, SCSI_NEXUS_MAGIC);
  *task = (ScsiTask){ .magic = SCSI_TASK_MAGIC,
                      .nexus = nexus,
                      .lun_field = lun_field,
                      .cdb_length = CDB_LENGTH,
                      .done = done,
                      .owner = owner };
  memcpy (task->cdb, cdb, CDB_LENGTH);
}

gboolean
scsi_task_refuse (ScsiTask *task, SenseKey key, guint16 code)
{
  task->status = SCSI_CHECK_CONDITION;
  task->sense = SENSE (key, code);
  task->transfer_length = 0;
  payload_clear (&task->data_in);
  return FALSE;
}

gboolean
scsi_task_conflict (ScsiTask *task)
{
  task->status = SCSI_RESERVATION_CONFLICT;
  task->transfer_length = 0;
  return FALSE;
}

gboolean
scsi_task_refuse_field (ScsiTask *task, guint16 octet, guint8 bit)
{
  scsi_task_refuse (task, SENSE_ILLEGAL_REQUEST, SENSE_CODE_INVALID_FIELD_IN_CDB);
  task->sense.specific = SENSE_SPECIFIC_CDB_FIELD;
  task->sense.field = octet;
  task->sense.bit = bit;
  return FALSE;
}

gboolean
scsi_task_refuse_parameter (ScsiTask *task, guint16 code, guint16 octet, guint8 bit)
{
  scsi_task_refuse (task, SENSE_ILLEGAL_REQUEST, code);
  task->sense.specific = SENSE_SPECIFIC_PARAMETER_FIELD;
  task->sense.field = octet;
  task->sense.bit = bit;
  return FALSE;
}

guint
scsi_task_encode_sense (const ScsiTask *task, guint8 ret_bytes[SENSE_MAX])
{
  if (task->lun != NULL && modes_want_descriptors (&task->lun->modes))
    return sense_encode_descriptor (&task->sense, ret_bytes);
  sense_encode (&task->sense, ret_bytes);
  return SENSE_FIXED_LENGTH;
}

static Lun *
scsi_task_find_lun (const ScsiTask *task)
{
  guint16 number;
  return lun_decode (task->lun_field, &number) ? luns_find (task->nexus->luns, number) : NULL;
}

/* SAM-5 5.14: a pending unit attention is told instead of running the command. */
static gboolean
scsi_task_meets_attention (ScsiTask *task)
{
  guint16 code;
  if ((task->row->flags & SCSI_IGNORES_UNIT_ATTENTION) != 0 || task->lun == NULL
      || !scsi_nexus_take_attention (task->nexus, task->lun->number, &code))
    return FALSE;
  scsi_task_refuse (task, SENSE_UNIT_ATTENTION, code);
  return TRUE;
}

/* SPC-4 5.10, SBC-3 4.20: without its medium a unit does what needs none; SBC-3 4.11: while it is erased, and after that has
 * failed, only what SPC-4 5.14 lets pass a unit attention, too. */
static gboolean
scsi_task_is_kept_off (ScsiTask *task)
{
  const guint flags = task->row->flags;
  const Lun *lun = task->lun;
  Sense sense;
  if (lun == NULL || (flags & SCSI_IGNORES_UNIT_ATTENTION) != 0)
    return FALSE;
  if (!lun_is_being_erased (lun, &sense)
      && ((flags & SCSI_SANITIZES) != 0
          || ((flags & SCSI_FORMATS) != 0 && lun->erasure_failed == SENSE_CODE_FORMAT_FAILED)
          || !lun_has_failed_erasure (lun, &sense))
      && ((flags & SCSI_NO_MEDIUM) != 0 || !medium_is_away (&lun->medium, &sense)))
    return FALSE;
  scsi_task_refuse (task, sense.key, sense.code);
  task->sense = sense;
  return TRUE;
}

gboolean
scsi_task_prepare (ScsiTask *task)
{
  CHECK (task, SCSI_TASK_MAGIC);
  task->lun = scsi_task_find_lun (task);
  /* No command of ours is longer: whatever the first octet says, this is not one of them. */
  task->row = task->cdb_length == CDB_LENGTH ? scsi_command_row (task->cdb) : NULL;
  /* SPC-4 4.5.4: for a unit that is not there, 25/00 comes before any look at the opcode. */
  if (task->lun == NULL && (task->row == NULL || (task->row->flags & SCSI_ANY_LUN) == 0))
    return scsi_task_refuse (task, SENSE_ILLEGAL_REQUEST, SENSE_CODE_LUN_NOT_SUPPORTED);
  if (task->row != NULL && !scsi_command_is_of (task->row, task->lun))
    return scsi_task_refuse (task, SENSE_ILLEGAL_REQUEST, SENSE_CODE_INVALID_OPCODE);
  if (task->row == NULL)
    return task->cdb_length == CDB_LENGTH && scsi_opcode_is_ours (task->cdb[0])
               ? scsi_task_refuse_field (task, 1, 4) /* not with this service action */
               : scsi_task_refuse (task, SENSE_ILLEGAL_REQUEST, SENSE_CODE_INVALID_OPCODE);
  if (scsi_task_meets_attention (task) || scsi_task_is_kept_off (task))
    return FALSE;
  if (task->lun != NULL
      && reservations_conflict (&task->lun->reservations, task->nexus, task->row->access))
    return scsi_task_conflict (task);
  if (task->lun != NULL && lun_is_write_protected (task->lun)
      && (task->row->flags & SCSI_WRITES) != 0)
    return scsi_task_refuse (task, SENSE_DATA_PROTECT, SENSE_CODE_WRITE_PROTECTED);
  task->direction = task->row->direction;
  if (scsi_fault_strikes (task)) {
    scsi_log_end (task);
    return FALSE;
  }
  return task->row->check == NULL || task->row->check (task);
}

void
scsi_task_start (ScsiTask *task)
{
  CHECK (task, SCSI_TASK_MAGIC);
  CHECK_THAT (task->row != NULL && !task->is_running);
  task->is_running = TRUE;
  if (scsi_task_is_kept_off (task)) /* since its data-out is on its way */
    scsi_task_finish (task);
  else if (!scsi_fault_holds (task))
    task->row->run (task);
}

static void
scsi_task_leave_line (ScsiTask *task)
{
  if (task->lun != NULL)
    block_line_leave (&task->lun->line, &task->range);
}

ScsiTask *
scsi_task_of (StoreRequest *request)
{
  ScsiTask *task = (ScsiTask *) ((guint8 *) request - G_STRUCT_OFFSET (ScsiTask, request));
  CHECK (task, SCSI_TASK_MAGIC);
  return task;
}

void
scsi_task_finish (ScsiTask *task)
{
  CHECK (task, SCSI_TASK_MAGIC);
  CHECK_THAT (task->is_running);
  task->is_running = FALSE;
  scsi_task_leave_line (task);
  scsi_log_end (task);
  task->done (task->owner, task);
}

void
scsi_task_answer (ScsiTask *task, const guint8 *bytes, gsize length, gsize allocation_length)
{
  task->transfer_length = MIN (length, allocation_length);
  payload_append (&task->data_in, slice_copy (bytes, task->transfer_length));
  scsi_task_finish (task);
}

void
scsi_task_cancel (ScsiTask *task)
{
  CHECK (task, SCSI_TASK_MAGIC);
  if (!scsi_fault_let_go (task) && task->is_running && task->lun != NULL)
    store_cancel (task->lun->store, &task->request);
  scsi_task_leave_line (task);
  if (task->lun != NULL)
    erasure_forget (task->lun->erasure, task);
  task->is_running = FALSE;
}

void
scsi_task_clear (ScsiTask *task)
{
  CHECK (task, SCSI_TASK_MAGIC);
  CHECK_THAT (!task->is_running);
  payload_clear (&task->data_out);
  payload_clear (&task->data_in);
  payload_clear (&task->request.bytes);
  task->magic = 0;
}
