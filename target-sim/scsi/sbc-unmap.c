/* SPDX-License-Identifier: Apache-2.0 */
/* sbc-unmap.c - what a thin unit has that others have not: UNMAP, and GET LBA STATUS
 *
 * All descriptors are checked before the first is done. They are done one after another, each by the store: a list is short enough
 * for a store that ends inside its call.
 */
#include "target-sim/scsi/answer.h"
#include "target-sim/scsi/sbc.h"

#include "world/banned.h"

#define UNMAP_ANCHOR     0x01
#define UNMAP_HEADER     8
#define UNMAP_DESCRIPTOR 16

#define STATUS_HEADER          8
#define STATUS_DESCRIPTORS_MAX 64 /* the initiator asks on behind the last one */
#define STATUS_MAPPED          0
#define STATUS_DEALLOCATED     1

/* ---- UNMAP ---- */

typedef struct Extent {
  guint64 lba;
  guint32 blocks;
} Extent;

/* SBC-3 5.28: no list is no error; ANC_SUP is 0. */
gboolean
sbc_check_unmap (ScsiTask *task)
{
  task->transfer_length = cdb_allocation_length (task->cdb);
  if ((task->cdb[1] & UNMAP_ANCHOR) != 0)
    return scsi_task_refuse_field (task, 1, 0);
  if (task->transfer_length != 0 && task->transfer_length < UNMAP_HEADER)
    return scsi_task_refuse (task, SENSE_ILLEGAL_REQUEST, SENSE_CODE_PARAMETER_LIST_LENGTH);
  return TRUE;
}

static Extent
unmap_extent (const ScsiTask *task, guint index)
{
  guint8 bytes[UNMAP_DESCRIPTOR];
  payload_copy_out (&task->data_out, UNMAP_HEADER + (gsize) index * UNMAP_DESCRIPTOR, bytes,
                    sizeof bytes);
  return (Extent){ wire_load (bytes, 8), (guint32) wire_load (bytes + 8, 4) };
}

/* The last descriptor is ignored if it is not whole. */
static gboolean
unmap_check_header (ScsiTask *task, guint *ret_count)
{
  guint8 header[UNMAP_HEADER];
  if (task->data_out.length < UNMAP_HEADER)
    return scsi_task_refuse (task, SENSE_ILLEGAL_REQUEST, SENSE_CODE_PARAMETER_LIST_LENGTH);
  payload_copy_out (&task->data_out, 0, header, sizeof header);
  const gsize told = (gsize) wire_load (header + 2, 2);
  if (told > task->data_out.length - UNMAP_HEADER
      || told / UNMAP_DESCRIPTOR > SBC_UNMAP_DESCRIPTORS_MAX)
    return scsi_task_refuse_parameter (task, SENSE_CODE_INVALID_FIELD_IN_PARAMETERS, 2, 7);
  *ret_count = (guint) (told / UNMAP_DESCRIPTOR);
  return TRUE;
}

/* Leaves in the request what all of them lie in. */
static gboolean
unmap_check_extents (ScsiTask *task, guint count)
{
  guint64 begin = G_MAXUINT64, end = 0;
  for (guint i = 0; i < count; i++) {
    const Extent extent = unmap_extent (task, i);
    if (!sbc_check_range (task, extent.lba, extent.blocks))
      return FALSE;
    if (extent.blocks == 0)
      continue;
    begin = MIN (begin, extent.lba);
    end = MAX (end, extent.lba + extent.blocks);
  }
  task->request.offset_bytes = end > 0 ? begin * task->lun->block_size : 0;
  task->request.length_bytes = end > 0 ? (end - begin) * task->lun->block_size : 0;
  return TRUE;
}

static void unmap_next (ScsiTask *task);

static void
unmap_done (StoreRequest *request, StoreResult result)
{
  ScsiTask *task = scsi_task_of (request);
  if (!sbc_out_went_well (task, result))
    return;
  task->progress--;
  unmap_next (task);
}

static void
unmap_next (ScsiTask *task)
{
  while (task->progress > 0) {
    const Extent extent = unmap_extent (task, task->progress - 1);
    if (extent.blocks > 0) {
      task->request.offset_bytes = extent.lba * task->lun->block_size;
      task->request.length_bytes = (guint64) extent.blocks * task->lun->block_size;
      task->request.done = unmap_done;
      store_unmap (task->lun->store, &task->request);
      return;
    }
    task->progress--;
  }
  scsi_task_finish (task);
}

void
sbc_unmap (ScsiTask *task)
{
  if (task->transfer_length == 0 || !unmap_check_header (task, &task->progress)
      || !unmap_check_extents (task, task->progress) || task->request.length_bytes == 0)
    scsi_task_finish (task);
  else
    sbc_begin (task, FALSE, unmap_next);
}

/* ---- GET LBA STATUS ---- */

gboolean
sbc_check_lba_status (ScsiTask *task)
{
  return sbc_check_range (task, wire_load (task->cdb + 2, 8), 1);
}

/* A block is mapped if any of its bytes is. Returns for how many blocks the status holds. */
static guint64
lba_status (const Lun *lun, guint64 lba, guint8 *ret_status)
{
  guint64 bytes = 0;
  const gboolean is_mapped = store_is_mapped (lun->store, lba * lun->block_size, &bytes);
  const guint64 whole = bytes / lun->block_size;
  *ret_status = is_mapped || whole == 0 ? STATUS_MAPPED : STATUS_DEALLOCATED;
  const guint64 touched = whole + (bytes % lun->block_size != 0);
  const guint64 blocks = MAX (is_mapped ? touched : whole, 1);
  return MIN (MIN (blocks, lun->blocks - lba), G_MAXUINT32);
}

/* SBC-3 5.6: RTP, the reason why there is no more, is not told. */
void
sbc_get_lba_status (ScsiTask *task)
{
  Answer answer = { 0 };
  guint64 lba = wire_load (task->cdb + 2, 8);
  answer_take (&answer, STATUS_HEADER);
  for (guint i = 0; i < STATUS_DESCRIPTORS_MAX && lba < task->lun->blocks; i++) {
    guint8 *descriptor = answer_take (&answer, 16);
    const guint64 blocks = lba_status (task->lun, lba, &descriptor[12]);
    wire_store (descriptor, 8, lba);
    wire_store (descriptor + 8, 4, blocks);
    lba += blocks;
  }
  wire_store (answer.bytes, 4, answer.length - 4);
  scsi_task_answer (task, answer.bytes, answer.length, cdb_allocation_length (task->cdb));
}
