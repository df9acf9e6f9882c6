/* SPDX-License-Identifier: Apache-2.0 */
/* sbc-capacity.c - READ CAPACITY: how large a unit is */
#include "target-sim/scsi/commands.h"

#include "world/banned.h"

#define CAPACITY_LBPME 0x80 /* thin provisioning */
#define CAPACITY_LBPRZ 0x40 /* what is not mapped reads as zeros */

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
  if (task->lun->is_thin)
    bytes[14] = CAPACITY_LBPME | CAPACITY_LBPRZ;
  scsi_task_answer (task, bytes, sizeof bytes, cdb_allocation_length (task->cdb));
}
