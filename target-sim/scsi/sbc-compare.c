/* SPDX-License-Identifier: Apache-2.0 */
/* sbc-compare.c - COMPARE AND WRITE (SBC-3 5.2): the first half of what comes is compared, the second is written if all is equal
 *
 * Nobody is at these blocks between the two, however long the store takes for each. Nothing is done with less data than the
 * command is about: it is all or nothing.
 */
#include "target-sim/scsi/sbc.h"

#include "world/banned.h"

#define COMPARE_BLOCKS_MAX 255 /* what the CDB can say */

guint8
sbc_compare_limit (const Lun *lun)
{
  return (guint8) MIN (COMPARE_BLOCKS_MAX, sbc_transfer_limit (lun) / 2);
}

gboolean
sbc_check_compare (ScsiTask *task)
{
  if (!sbc_check_at_most (task, sbc_compare_limit (task->lun)))
    return FALSE;
  task->transfer_length *= 2;
  return sbc_check_offered (task);
}

static void
compare_done (StoreRequest *request, StoreResult result)
{
  ScsiTask *task = scsi_task_of (request);
  if (!sbc_read_went_well (task, result))
    return;
  const gsize half = task->transfer_length / 2;
  if (!sbc_compare (task, half, half)) {
    scsi_task_finish (task);
    return;
  }
  payload_clear (&request->bytes);
  payload_append_part (&request->bytes, &task->data_out, half, half);
  request->is_durable = (task->cdb[1] & SBC_FUA) != 0;
  sbc_write_step (task, sbc_out_done);
}

static void
compare_begin (ScsiTask *task)
{
  sbc_read_step (task, compare_done);
}

void
sbc_compare_and_write (ScsiTask *task)
{
  if (task->transfer_length == 0)
    scsi_task_finish (task);
  else
    sbc_begin (task, TRUE, compare_begin);
}
