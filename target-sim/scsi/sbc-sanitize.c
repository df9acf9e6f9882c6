/* SPDX-License-Identifier: Apache-2.0 */
/* sbc-sanitize.c - SANITIZE (SBC-3 5.24): OVERWRITE, BLOCK ERASE, CRYPTOGRAPHIC ERASE, EXIT FAILURE MODE
 *
 * A block that was erased, or whose key is gone, reads as zeros; nothing of what was there is left in the store.
 */
#include "target-sim/scsi/commands.h"
#include "target-sim/scsi/erasure.h"

#include "world/banned.h"

#define SANITIZE_IMMED          0x80 /* octet 1 */
#define SANITIZE_RESERVED       0x40
#define SANITIZE_AUSE           0x20
#define OVERWRITE_HEADER_LENGTH 4
#define OVERWRITE_INVERT        0x80 /* octet 0 of the parameter list */
#define OVERWRITE_TEST          0x60
#define OVERWRITE_COUNT         0x1f

/* ---- checks ---- */

static gboolean
sanitize_check_reserved (ScsiTask *task)
{
  if ((task->cdb[1] & SANITIZE_RESERVED) != 0)
    return scsi_task_refuse_field (task, 1, 6);
  for (guint16 octet = 2; octet < 7; octet++)
    if (task->cdb[octet] != 0)
      return scsi_task_refuse_field (task, octet, SENSE_NO_BIT);
  return TRUE;
}

gboolean
sbc_check_sanitize (ScsiTask *task)
{
  if (!sanitize_check_reserved (task))
    return FALSE;
  return cdb_allocation_length (task->cdb) == 0 || scsi_task_refuse_field (task, 7, 7);
}

/* A header, and a pattern of one byte up to one block. */
gboolean
sbc_check_overwrite (ScsiTask *task)
{
  const guint32 length = cdb_allocation_length (task->cdb);
  if (!sanitize_check_reserved (task))
    return FALSE;
  if (length <= OVERWRITE_HEADER_LENGTH || length > OVERWRITE_HEADER_LENGTH + task->lun->block_size)
    return scsi_task_refuse_field (task, 7, 7);
  return scsi_check_parameter_list (task);
}

/* ---- beginning ---- */

static void
sanitize_begin (ScsiTask *task, ErasurePlan plan)
{
  plan.in_progress = SENSE_CODE_SANITIZE_IN_PROGRESS;
  plan.failed = SENSE_CODE_SANITIZE_FAILED;
  plan.may_be_exited = (task->cdb[1] & SANITIZE_AUSE) != 0;
  erasure_begin (task, &plan, (task->cdb[1] & SANITIZE_IMMED) == 0);
}

void
sbc_sanitize_erase (ScsiTask *task)
{
  sanitize_begin (task, (ErasurePlan){ .passes = 1 });
}

static gboolean
overwrite_check_list (ScsiTask *task, const Slice *list)
{
  if (list->length < task->transfer_length)
    return scsi_task_refuse (task, SENSE_ILLEGAL_REQUEST, SENSE_CODE_PARAMETER_LIST_LENGTH);
  const guint64 pattern = wire_load (list->bytes + 2, 2);
  if ((list->bytes[0] & OVERWRITE_TEST) != 0)
    return scsi_task_refuse_parameter (task, SENSE_CODE_INVALID_FIELD_IN_PARAMETERS, 0, 6);
  if ((list->bytes[0] & OVERWRITE_COUNT) == 0)
    return scsi_task_refuse_parameter (task, SENSE_CODE_INVALID_FIELD_IN_PARAMETERS, 0, 4);
  if (pattern == 0 || pattern > task->lun->block_size)
    return scsi_task_refuse_parameter (task, SENSE_CODE_INVALID_FIELD_IN_PARAMETERS, 2, 7);
  if (pattern > task->transfer_length - OVERWRITE_HEADER_LENGTH)
    return scsi_task_refuse (task, SENSE_ILLEGAL_REQUEST, SENSE_CODE_PARAMETER_LIST_LENGTH);
  return TRUE;
}

void
sbc_sanitize_overwrite (ScsiTask *task)
{
  Slice list = payload_join (&task->data_out);
  if (overwrite_check_list (task, &list))
    sanitize_begin (task, (ErasurePlan){ .passes = list.bytes[0] & OVERWRITE_COUNT,
                                         .is_inverted = (list.bytes[0] & OVERWRITE_INVERT) != 0,
                                         .pattern = list.bytes + OVERWRITE_HEADER_LENGTH,
                                         .pattern_length = wire_load (list.bytes + 2, 2) });
  else
    scsi_task_finish (task);
  slice_clear (&list);
}

/* SBC-3 5.24.2.5: only what was sanitized with AUSE comes back unsanitized. */
void
sbc_sanitize_exit_failure (ScsiTask *task)
{
  Lun *lun = task->lun;
  if (lun->erasure_failed != SENSE_CODE_NONE && !lun->may_exit_failure)
    scsi_task_refuse_field (task, 1, 4);
  else
    lun->erasure_failed = SENSE_CODE_NONE;
  scsi_task_finish (task);
}
