/* SPDX-License-Identifier: Apache-2.0 */
/* sbc-or.c - ORWRITE(16) (SBC-3 5.7): what comes is added, bit by bit, to what is there */
#include "target-sim/scsi/sbc.h"

#include "world/banned.h"

static void
or_read_done (StoreRequest *request, StoreResult result)
{
  ScsiTask *task = scsi_task_of (request);
  if (!sbc_read_went_well (task, result))
    return;
  Buffer *sum = buffer_new (request->bytes.length);
  payload_copy_out (&request->bytes, 0, sum->bytes, sum->size);
  gsize at = 0;
  for (guint i = 0; i < task->data_out.count && at < sum->size; i++) {
    const Slice *slice = &payload_slices (&task->data_out)[i];
    for (gsize j = 0; j < slice->length && at < sum->size; j++)
      sum->bytes[at++] |= slice->bytes[j];
  }
  payload_clear (&request->bytes);
  payload_append (&request->bytes, slice_whole (sum));
  request->is_durable = (task->cdb[1] & SBC_FUA) != 0;
  sbc_write_step (task, sbc_out_done);
}

static void
or_begin (ScsiTask *task)
{
  sbc_read_step (task, or_read_done);
}

/* Like a WRITE, it does what came in whole blocks. */
void
sbc_or_write (ScsiTask *task)
{
  task->request.length_bytes = sbc_came (task);
  if (task->request.length_bytes == 0)
    scsi_task_finish (task);
  else
    sbc_begin (task, TRUE, or_begin);
}
