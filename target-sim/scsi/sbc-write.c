/* SPDX-License-Identifier: Apache-2.0 */
/* sbc-write.c - WRITE(6), (10), (12), (16)
 *
 * A write may bring less than it says, when the initiator expected to move less (RFC 7143 11.4.5.1: overflow). The whole blocks
 * that came are written, and nothing else is touched.
 */
#include "target-sim/scsi/sbc.h"

#include "world/banned.h"

static void
write_begin (ScsiTask *task)
{
  sbc_write_step (task, sbc_out_done);
}

static void
write_what_came (ScsiTask *task)
{
  const guint64 length = sbc_came (task);
  if (length == 0) {
    scsi_task_finish (task);
    return;
  }
  payload_append_part (&task->request.bytes, &task->data_out, 0, length);
  task->request.length_bytes = length;
  sbc_begin (task, FALSE, write_begin);
}

/* In place of FUA it has a bit of the LBA. */
void
sbc_write_6 (ScsiTask *task)
{
  write_what_came (task);
}

void
sbc_write (ScsiTask *task)
{
  task->request.is_durable = (task->cdb[1] & SBC_FUA) != 0;
  write_what_came (task);
}
