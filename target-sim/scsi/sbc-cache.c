/* SPDX-License-Identifier: Apache-2.0 */
/* sbc-cache.c - SYNCHRONIZE CACHE and PRE-FETCH, (10) and (16)
 *
 * The store flushes as a whole, whatever the range is. With IMMED the status comes at once, and the flush goes on without its
 * task: it is the unit's (lun_flush). A store is its own cache, and any range fits in it: there is nothing to fetch.
 */
#include "target-sim/scsi/sbc.h"

#include "world/banned.h"

#define CACHE_IMMED 0x02

/* A number of blocks of 0 means to the end. */
gboolean
sbc_check_cache (ScsiTask *task)
{
  guint64 lba;
  guint32 blocks;
  cdb_read_blocks (task->cdb, &lba, &blocks);
  return sbc_check_range (task, lba, blocks);
}

/* TRUE: what IMMED could not tell has been told now, as a current error (SPC-4 4.5.5 allows a deferred one). */
static gboolean
cache_tells_of_loss (ScsiTask *task)
{
  if (!task->lun->has_lost_writes)
    return FALSE;
  task->lun->has_lost_writes = FALSE;
  scsi_task_refuse (task, SENSE_MEDIUM_ERROR, SENSE_CODE_WRITE_ERROR);
  scsi_task_finish (task);
  return TRUE;
}

void
sbc_synchronize (ScsiTask *task)
{
  if (cache_tells_of_loss (task))
    return;
  if ((task->cdb[1] & CACHE_IMMED) != 0) {
    lun_flush (task->lun);
    scsi_task_finish (task);
    return;
  }
  task->request.done = sbc_out_done;
  store_flush (task->lun->store, &task->request);
}

/* SBC-3 5.8: CONDITION MET says that all of the blocks fit. */
void
sbc_pre_fetch (ScsiTask *task)
{
  task->status = SCSI_CONDITION_MET;
  scsi_task_finish (task);
}
