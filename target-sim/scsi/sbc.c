/* SPDX-License-Identifier: Apache-2.0 */
/* sbc.c - the commands of a disk (SBC-3): how large, read, write, make safe
 *
 * A write may bring less than it says, when the initiator expected to move less (RFC 7143 11.4.5.1: overflow). The whole blocks
 * that came are written, and nothing else is touched.
 */
#include "target-sim/scsi/commands.h"

#include "world/banned.h"

#define SBC_FUA 0x08 /* in octet 1 of WRITE(10) and (16): no status before it is on the medium */

void
sbc_read_capacity_10 (ScsiTask *task)
{
  guint8 bytes[8] = { 0 };
  const guint64 last = task->lun->blocks - 1;
  wire_or (bytes, 0, 0, 32, MIN (last, G_MAXUINT32)); /* all ones: ask with READ CAPACITY(16) */
  wire_or (bytes, 4, 0, 32, task->lun->block_size);
  scsi_task_answer (task, bytes, sizeof bytes, sizeof bytes);
}

void
sbc_read_capacity_16 (ScsiTask *task)
{
  guint8 bytes[32] = { 0 };
  wire_or (bytes, 0, 0, 64, task->lun->blocks - 1);
  wire_or (bytes, 8, 0, 32, task->lun->block_size);
  scsi_task_answer (task, bytes, sizeof bytes, cdb_allocation_length (task->cdb));
}

static gboolean
sbc_check_range (ScsiTask *task, guint64 lba, guint64 blocks)
{
  if (lba > task->lun->blocks || blocks > task->lun->blocks - lba)
    return scsi_task_refuse (task, SENSE_ILLEGAL_REQUEST, SENSE_CODE_LBA_OUT_OF_RANGE);
  return TRUE;
}

gboolean
sbc_check_blocks (ScsiTask *task)
{
  guint64 lba;
  guint32 blocks;
  cdb_read_blocks (task->cdb, &lba, &blocks);
  if ((task->cdb[1] & 0xe0)
      != 0) /* RDPROTECT, WRPROTECT: the medium has no protection information */
    return scsi_task_refuse (task, SENSE_ILLEGAL_REQUEST, SENSE_CODE_INVALID_FIELD_IN_CDB);
  if (!sbc_check_range (task, lba, blocks))
    return FALSE;
  const guint64 length = (guint64) blocks * task->lun->block_size;
  if (length > SBC_TRANSFER_MAX_BYTES) /* SBC-3 6.6.4: above MAXIMUM TRANSFER LENGTH */
    return scsi_task_refuse (task, SENSE_ILLEGAL_REQUEST, SENSE_CODE_INVALID_FIELD_IN_CDB);
  task->transfer_length = length;
  task->request.offset_bytes = lba * task->lun->block_size;
  task->request.length_bytes = length;
  return TRUE;
}

static ScsiTask *
sbc_task_of (StoreRequest *request)
{
  ScsiTask *task = (ScsiTask *) ((guint8 *) request - G_STRUCT_OFFSET (ScsiTask, request));
  CHECK (task, SCSI_TASK_MAGIC);
  return task;
}

static void
sbc_read_done (StoreRequest *request, StoreResult result)
{
  ScsiTask *task = sbc_task_of (request);
  if (result != STORE_OK) {
    scsi_task_refuse (task, SENSE_MEDIUM_ERROR, SENSE_CODE_UNRECOVERED_READ_ERROR);
  } else {
    task->data_in = request->bytes;
    request->bytes = PAYLOAD_EMPTY;
  }
  scsi_task_finish (task);
}

void
sbc_read (ScsiTask *task)
{
  if (task->transfer_length == 0) {
    scsi_task_finish (task);
    return;
  }
  task->request.done = sbc_read_done;
  store_read (task->lun->store, &task->request);
}

static void
sbc_out_done (StoreRequest *request, StoreResult result)
{
  ScsiTask *task = sbc_task_of (request);
  if (result == STORE_FULL) /* SBC-3 4.7.3.6 */
    scsi_task_refuse (task, SENSE_DATA_PROTECT, SENSE_CODE_SPACE_ALLOCATION_FAILED);
  else if (result != STORE_OK)
    scsi_task_refuse (task, SENSE_MEDIUM_ERROR, SENSE_CODE_WRITE_ERROR);
  scsi_task_finish (task);
}

void
sbc_write (ScsiTask *task)
{
  const guint64 came = MIN (task->data_out.length, task->transfer_length);
  const guint64 length = came - came % task->lun->block_size;
  if (length == 0) {
    scsi_task_finish (task);
    return;
  }
  payload_append_part (&task->request.bytes, &task->data_out, 0, length);
  task->request.done = sbc_out_done;
  task->request.is_durable = (task->cdb[1] & SBC_FUA) != 0;
  store_write (task->lun->store, &task->request);
}

/* SYNCHRONIZE CACHE(10) has its range where READ(10) has it. A number of blocks of 0 means to the end. */
gboolean
sbc_check_synchronize (ScsiTask *task)
{
  const guint64 lba = wire_get (task->cdb, 2, 0, 32);
  const guint64 blocks = wire_get (task->cdb, 7, 0, 16);
  return sbc_check_range (task, lba, blocks);
}

void
sbc_synchronize (ScsiTask *task)
{
  task->request.done = sbc_out_done;
  store_flush (task->lun->store, &task->request);
}
