/* SPDX-License-Identifier: Apache-2.0 */
/* sbc-read.c - READ(6), (10), (12), (16)
 *
 * DPO is advice and FUA has nothing to ask of a store, which never reads anything older than what was written last.
 */
#include "target-sim/scsi/sbc.h"

#include "world/banned.h"

static void
read_done (StoreRequest *request, StoreResult result)
{
  ScsiTask *task = scsi_task_of (request);
  if (!sbc_read_went_well (task, result))
    return;
  task->data_in = request->bytes;
  request->bytes = PAYLOAD_EMPTY;
  scsi_task_finish (task);
}

static void
read_begin (ScsiTask *task)
{
  sbc_read_step (task, read_done);
}

void
sbc_read (ScsiTask *task)
{
  if (task->transfer_length == 0)
    scsi_task_finish (task);
  else
    sbc_begin (task, FALSE, read_begin);
}
