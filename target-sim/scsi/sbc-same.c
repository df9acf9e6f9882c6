/* SPDX-License-Identifier: Apache-2.0 */
/* sbc-same.c - WRITE SAME(10) and (16): one block, over and over
 *
 * The range is one write of the store: its payload has the same slice again and again. With UNMAP a thin unit unmaps the range if
 * that leaves what was asked for, which is zeros (LBPRZ), and writes it if not (SBC-3 4.7.3.4.3).
 */
#include "target-sim/scsi/sbc.h"

#include "world/banned.h"

#define SAME_ANCHOR        0x10
#define SAME_UNMAP         0x08
#define SAME_NDOB          0x01 /* of WRITE SAME(16): no data-out, zeros are meant */
#define SAME_PATTERN_BYTES (1024u * 1024)

guint64
sbc_same_limit (const Lun *lun)
{
  return sbc_transfer_limit (lun);
}

static gboolean
same_has_data (const ScsiTask *task)
{
  return (task->cdb[1] & SAME_NDOB) == 0;
}

/* ANC_SUP is 0: nothing is anchored. The usage of the CDB says which of the bits are there. */
static gboolean
same_check_flags (ScsiTask *task)
{
  const guint8 unknown = task->cdb[1] & (guint8) ~(SBC_PROTECT | task->row->usage[1]);
  if (!sbc_check_protect (task))
    return FALSE;
  if (unknown != 0)
    return scsi_task_refuse_field (task, 1, (guint8) (g_bit_storage (unknown) - 1));
  if ((task->cdb[1] & SAME_UNMAP) != 0 && !task->lun->is_thin)
    return scsi_task_refuse_field (task, 1, 3);
  return TRUE;
}

/* WSNZ is 1: no number of blocks means nothing, least of all a whole unit. */
gboolean
sbc_check_same (ScsiTask *task)
{
  if (!same_check_flags (task) || !sbc_check_at_most (task, sbc_same_limit (task->lun)))
    return FALSE;
  if (task->request.length_bytes == 0)
    return sbc_refuse_blocks (task);
  task->transfer_length = same_has_data (task) ? task->lun->block_size : 0;
  if (!same_has_data (task))
    task->direction = SCSI_NO_DATA;
  return sbc_check_offered (task);
}

static void
same_write (ScsiTask *task)
{
  sbc_write_step (task, sbc_out_done);
}

static void
same_unmap (ScsiTask *task)
{
  task->request.done = sbc_out_done;
  store_unmap (task->lun->store, &task->request);
}

/* As many of the block as one slice should have. */
static Slice
same_pattern (const ScsiTask *task)
{
  const gsize block = task->lun->block_size;
  Buffer *buffer = buffer_new (MIN (task->request.length_bytes, SAME_PATTERN_BYTES));
  memset (buffer->bytes, 0, block);
  if (same_has_data (task))
    payload_copy_out (&task->data_out, 0, buffer->bytes, block);
  for (gsize at = block; at < buffer->size; at += block)
    memcpy (buffer->bytes + at, buffer->bytes, block);
  return slice_whole (buffer);
}

static gboolean
same_is_zero (const guint8 *bytes, gsize length)
{
  return bytes[0] == 0 && memcmp (bytes, bytes + 1, length - 1) == 0;
}

void
sbc_write_same (ScsiTask *task)
{
  const guint64 length = task->request.length_bytes;
  Slice pattern = same_pattern (task);
  const gboolean may_unmap =
      (task->cdb[1] & SAME_UNMAP) != 0 && same_is_zero (pattern.bytes, task->lun->block_size);
  for (guint64 at = 0; at < length && !may_unmap; at += pattern.length)
    payload_append (&task->request.bytes,
                    slice_sub (&pattern, 0, MIN (pattern.length, length - at)));
  slice_clear (&pattern);
  sbc_begin (task, FALSE, may_unmap ? same_unmap : same_write);
}
