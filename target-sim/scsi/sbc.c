/* SPDX-License-Identifier: Apache-2.0 */
/* sbc.c - what the commands of a disk share (SBC-3): checks of their CDB, their turn, their steps at the store */
#include "target-sim/scsi/sbc.h"

#include "world/banned.h"

/* ---- checks ---- */

gboolean
sbc_check_range (ScsiTask *task, guint64 lba, guint64 blocks)
{
  const guint64 all = task->lun->blocks;
  if (lba <= all && blocks <= all - lba)
    return TRUE;
  scsi_task_refuse (task, SENSE_ILLEGAL_REQUEST, SENSE_CODE_LBA_OUT_OF_RANGE);
  task->sense.has_information = TRUE;
  task->sense.information = MAX (lba, all);
  return FALSE;
}

gboolean
sbc_check_protect (ScsiTask *task)
{
  return (task->cdb[1] & SBC_PROTECT) == 0 || scsi_task_refuse_field (task, 1, 7);
}

gboolean
sbc_refuse_blocks (ScsiTask *task)
{
  return scsi_task_refuse_field (task, cdb_blocks_octet (task->cdb), 7);
}

gboolean
sbc_check_at_most (ScsiTask *task, guint64 limit_blocks)
{
  guint64 lba;
  guint32 blocks;
  cdb_read_blocks (task->cdb, &lba, &blocks);
  if (!sbc_check_protect (task) || !sbc_check_range (task, lba, blocks))
    return FALSE;
  if (blocks > limit_blocks)
    return sbc_refuse_blocks (task);
  task->request.offset_bytes = lba * task->lun->block_size;
  task->request.length_bytes = (guint64) blocks * task->lun->block_size;
  task->transfer_length = task->request.length_bytes;
  return TRUE;
}

guint64
sbc_transfer_limit (const Lun *lun)
{
  return SBC_TRANSFER_MAX_BYTES / lun->block_size;
}

gboolean
sbc_check_blocks (ScsiTask *task)
{
  return sbc_check_at_most (task, sbc_transfer_limit (task->lun));
}

/* ---- data-out ---- */

guint64
sbc_came (const ScsiTask *task)
{
  const guint64 came = MIN (task->data_out.length, task->transfer_length);
  return came - came % task->lun->block_size;
}

gboolean
sbc_check_offered (ScsiTask *task)
{
  return task->offered_length == task->transfer_length || sbc_refuse_blocks (task);
}

/* ---- turns ---- */

static void
sbc_run_late (gpointer data)
{
  ScsiTask *task = data;
  CHECK (task, SCSI_TASK_MAGIC);
  g_clear_pointer (&task->hold, g_free);
  task->step (task);
}

/* Not from the stack of the one that has just left: it may be in the middle of anything. */
static void
sbc_on_turn (BlockRange *range)
{
  ScsiTask *task = (ScsiTask *) ((guint8 *) range - G_STRUCT_OFFSET (ScsiTask, range));
  CHECK (task, SCSI_TASK_MAGIC);
  timer_arm (task->hold, 0);
}

void
sbc_begin (ScsiTask *task, gboolean is_exclusive, void (*step) (ScsiTask *task))
{
  task->range.begin = task->request.offset_bytes;
  task->range.end = task->range.begin + task->request.length_bytes;
  task->range.is_exclusive = is_exclusive;
  task->range.on_turn = sbc_on_turn;
  if (block_line_enter (&task->lun->line, &task->range)) {
    step (task);
    return;
  }
  task->step = step;
  task->hold = g_new0 (Timer, 1);
  timer_init (task->hold, task->nexus->host, sbc_run_late, task);
}

/* ---- steps ---- */

gboolean
sbc_read_went_well (ScsiTask *task, StoreResult result)
{
  if (result == STORE_OK)
    return TRUE;
  scsi_task_refuse (task, SENSE_MEDIUM_ERROR, SENSE_CODE_UNRECOVERED_READ_ERROR);
  scsi_task_finish (task);
  return FALSE;
}

void
sbc_read_step (ScsiTask *task, void (*done) (StoreRequest *request, StoreResult result))
{
  task->request.done = done;
  store_read (task->lun->store, &task->request);
}

gboolean
sbc_out_went_well (ScsiTask *task, StoreResult result)
{
  if (result == STORE_OK)
    return TRUE;
  if (result == STORE_FULL) /* SBC-3 4.7.3.6 */
    scsi_task_refuse (task, SENSE_DATA_PROTECT, SENSE_CODE_SPACE_ALLOCATION_FAILED);
  else
    scsi_task_refuse (task, SENSE_MEDIUM_ERROR, SENSE_CODE_WRITE_ERROR);
  scsi_task_finish (task);
  return FALSE;
}

void
sbc_out_done (StoreRequest *request, StoreResult result)
{
  ScsiTask *task = scsi_task_of (request);
  if (sbc_out_went_well (task, result))
    scsi_task_finish (task);
}

void
sbc_write_step (ScsiTask *task, void (*done) (StoreRequest *request, StoreResult result))
{
  task->request.done = done;
  store_write (task->lun->store, &task->request);
}

/* ---- comparing ---- */

static gsize
first_difference (const guint8 *one, const guint8 *other, gsize length)
{
  if (memcmp (one, other, length) == 0)
    return length;
  gsize at = 0;
  while (one[at] == other[at])
    at++;
  return at;
}

/* SBC-3 5.2 (COMPARE AND WRITE): INFORMATION has the offset. */
gboolean
sbc_compare (ScsiTask *task, gsize length, gsize period)
{
  Slice wanted = payload_join (&task->data_out);
  Slice found = payload_join (&task->request.bytes);
  CHECK_THAT (MIN (period, length) <= wanted.length && length <= found.length);
  gsize at = 0;
  for (gsize piece = 0; at < length; at += piece) {
    piece = MIN (period, length - at);
    const gsize same = first_difference (wanted.bytes, found.bytes + at, piece);
    if (same < piece) {
      at += same;
      break;
    }
  }
  slice_clear (&wanted);
  slice_clear (&found);
  if (at >= length)
    return TRUE;
  scsi_task_refuse (task, SENSE_MISCOMPARE, SENSE_CODE_MISCOMPARE_DURING_VERIFY);
  task->sense.has_information = TRUE;
  task->sense.information = at;
  return FALSE;
}
