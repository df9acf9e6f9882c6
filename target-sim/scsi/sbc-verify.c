/* SPDX-License-Identifier: Apache-2.0 */
/* sbc-verify.c - VERIFY and WRITE AND VERIFY, (10), (12) and (16)
 *
 * To verify is to read from the store; BYTCHK says against what. The limit of a transfer holds for what is only read, too, so that
 * no command reads a unit of any size into memory.
 */
#include "target-sim/scsi/sbc.h"

#include "world/banned.h"

/* BYTCHK, in octet 1 (SBC-3 5.27) */
typedef enum ByteCheck {
  BYTE_CHECK_MEDIUM, /* it can be read */
  BYTE_CHECK_ALL,    /* it is what came */
  BYTE_CHECK_RESERVED,
  BYTE_CHECK_ONE_BLOCK, /* each block is the one that came */
} ByteCheck;

#define BYTE_CHECK_BIT 2

static ByteCheck
byte_check (const ScsiTask *task)
{
  return (ByteCheck) (task->cdb[1] >> 1 & 0x03);
}

gboolean
sbc_check_verify (ScsiTask *task)
{
  if (byte_check (task) == BYTE_CHECK_RESERVED)
    return scsi_task_refuse_field (task, 1, BYTE_CHECK_BIT);
  if (!sbc_check_blocks (task))
    return FALSE;
  if (byte_check (task) == BYTE_CHECK_ONE_BLOCK) {
    task->transfer_length = MIN (task->transfer_length, task->lun->block_size);
    return sbc_check_offered (task);
  }
  if (byte_check (task) == BYTE_CHECK_MEDIUM)
    task->transfer_length = 0;
  if (task->transfer_length == 0)
    task->direction = SCSI_NO_DATA;
  return TRUE;
}

static void
verify_done (StoreRequest *request, StoreResult result)
{
  ScsiTask *task = scsi_task_of (request);
  if (!sbc_read_went_well (task, result))
    return;
  if (byte_check (task) == BYTE_CHECK_ALL)
    sbc_compare (task, request->length_bytes, request->length_bytes);
  else if (byte_check (task) == BYTE_CHECK_ONE_BLOCK)
    sbc_compare (task, request->length_bytes, task->lun->block_size);
  scsi_task_finish (task);
}

static void
verify_begin (ScsiTask *task)
{
  sbc_read_step (task, verify_done);
}

void
sbc_verify (ScsiTask *task)
{
  if (byte_check (task) == BYTE_CHECK_ALL)
    task->request.length_bytes = sbc_came (task);
  if (task->request.length_bytes == 0)
    scsi_task_finish (task);
  else
    sbc_begin (task, FALSE, verify_begin);
}

/* SBC-3 5.36: only the first two are defined here. */
gboolean
sbc_check_write_and_verify (ScsiTask *task)
{
  if (byte_check (task) > BYTE_CHECK_ALL)
    return scsi_task_refuse_field (task, 1, BYTE_CHECK_BIT);
  return sbc_check_blocks (task);
}

static void
written_done (StoreRequest *request, StoreResult result)
{
  ScsiTask *task = scsi_task_of (request);
  if (!sbc_out_went_well (task, result))
    return;
  payload_clear (&request->bytes);
  verify_begin (task);
}

static void
write_and_verify_begin (ScsiTask *task)
{
  sbc_write_step (task, written_done);
}

/* What is verified is the medium, so the write ends there. */
void
sbc_write_and_verify (ScsiTask *task)
{
  const guint64 length = sbc_came (task);
  if (length == 0) {
    scsi_task_finish (task);
    return;
  }
  payload_append_part (&task->request.bytes, &task->data_out, 0, length);
  task->request.length_bytes = length;
  task->request.is_durable = TRUE;
  sbc_begin (task, FALSE, write_and_verify_begin);
}
