/* SPDX-License-Identifier: Apache-2.0 */
#include "target-sim/scsi/erasure.h"

#include "target-sim/scsi/commands.h"

#include "world/banned.h"

#define CHUNK_BYTES    (1024u * 1024) /* whole blocks, of whatever size */
#define PROGRESS_WHOLE 65536u

struct Erasure {
  guint32 magic; /* ERASURE_MAGIC */
  Lun *lun;
  ScsiTask *task; /* that waits for it; NULL: none does */
  ErasurePlan plan;
  Slice chunks[2]; /* for even passes and for odd ones */
  guint pass;
  guint64 at_bytes;      /* in this pass */
  gboolean is_unmapping; /* SBC-3 4.7.3.5: zeros that take no room, on a unit that is thin */
  gboolean is_flushing;
  BlockRange range;
  Timer
      timer; /* the next step: never from inside the one before, a store in memory would go on for ever */
  StoreRequest request;
};

#define ERASURE_MAGIC 0xE2A5E001u

/* ---- what is written ---- */

static Slice
chunk_new (const ErasurePlan *plan, guint32 block_size, guint64 length, guint8 mask)
{
  Buffer *buffer = buffer_new (length);
  for (gsize at = 0; at < length; at++)
    buffer->bytes[at] =
        plan->pattern == NULL ? mask : plan->pattern[at % block_size % plan->pattern_length] ^ mask;
  return slice_whole (buffer);
}

static guint64
erasure_length (const Erasure *erasure)
{
  return erasure->lun->blocks * erasure->lun->block_size;
}

/* ---- the end ---- */

static void
erasure_end (Erasure *erasure, StoreResult result)
{
  Lun *lun = erasure->lun;
  ScsiTask *task = g_steal_pointer (&erasure->task);
  const guint16 failed = erasure->plan.failed;
  lun->erasure_failed = result == STORE_OK ? SENSE_CODE_NONE : failed;
  lun->may_exit_failure = erasure->plan.may_be_exited;
  lun->erasure = NULL;
  erasure_free (erasure);
  if (task == NULL)
    return;
  if (result != STORE_OK)
    scsi_task_refuse (task, SENSE_MEDIUM_ERROR, failed);
  scsi_task_finish (task);
}

void
erasure_free (Erasure *erasure)
{
  if (erasure == NULL)
    return;
  CHECK (erasure, ERASURE_MAGIC);
  timer_disarm (&erasure->timer);
  store_cancel (erasure->lun->store, &erasure->request);
  block_line_leave (&erasure->lun->line, &erasure->range);
  payload_clear (&erasure->request.bytes);
  slice_clear (&erasure->chunks[0]);
  slice_clear (&erasure->chunks[1]);
  erasure->magic = 0;
  g_free (erasure);
}

void
erasure_forget (Erasure *erasure, const ScsiTask *task)
{
  if (erasure != NULL && erasure->task == task)
    erasure->task = NULL;
}

/* ---- steps ---- */

static void
erasure_step_done (StoreRequest *request, StoreResult result)
{
  Erasure *erasure = (Erasure *) ((guint8 *) request - G_STRUCT_OFFSET (Erasure, request));
  CHECK (erasure, ERASURE_MAGIC);
  if (result != STORE_OK || erasure->is_flushing) {
    erasure_end (erasure, result);
    return;
  }
  erasure->at_bytes += request->length_bytes;
  payload_clear (&request->bytes);
  if (erasure->at_bytes == erasure_length (erasure)) {
    erasure->at_bytes = 0;
    erasure->pass++;
  }
  timer_arm (&erasure->timer, 0);
}

static void
erasure_step (gpointer data)
{
  Erasure *erasure = data;
  CHECK (erasure, ERASURE_MAGIC);
  erasure->request.done = erasure_step_done;
  if (erasure->pass == erasure->plan.passes) {
    erasure->is_flushing = TRUE;
    store_flush (erasure->lun->store, &erasure->request);
    return;
  }
  erasure->request.offset_bytes = erasure->at_bytes;
  if (erasure->is_unmapping) {
    erasure->request.length_bytes = MIN (CHUNK_BYTES, erasure_length (erasure) - erasure->at_bytes);
    store_unmap (erasure->lun->store, &erasure->request);
    return;
  }
  const Slice *chunk = &erasure->chunks[erasure->plan.is_inverted ? erasure->pass % 2 : 0];
  const guint64 length = MIN (chunk->length, erasure_length (erasure) - erasure->at_bytes);
  payload_append (&erasure->request.bytes, slice_sub (chunk, 0, length));
  store_write (erasure->lun->store, &erasure->request);
}

static void
erasure_on_turn (BlockRange *range)
{
  Erasure *erasure = (Erasure *) ((guint8 *) range - G_STRUCT_OFFSET (Erasure, range));
  CHECK (erasure, ERASURE_MAGIC);
  timer_arm (&erasure->timer, 0);
}

void
erasure_begin (ScsiTask *task, const ErasurePlan *plan, gboolean is_waited_for)
{
  Lun *lun = task->lun;
  CHECK_THAT (lun->erasure == NULL && plan->passes > 0);
  Erasure *erasure = g_new0 (Erasure, 1);
  erasure->magic = ERASURE_MAGIC;
  erasure->lun = lun;
  erasure->plan = *plan;
  erasure->plan.pattern = NULL;
  erasure->is_unmapping = lun->is_thin && plan->pattern == NULL && !plan->is_inverted;
  const guint64 length = MIN (CHUNK_BYTES, erasure_length (erasure));
  erasure->chunks[0] = chunk_new (plan, lun->block_size, length, 0x00);
  if (plan->is_inverted)
    erasure->chunks[1] = chunk_new (plan, lun->block_size, length, 0xff);
  erasure->task = is_waited_for ? task : NULL;
  timer_init (&erasure->timer, task->nexus->host, erasure_step, erasure);
  erasure->range = (BlockRange){ .end = erasure_length (erasure),
                                 .is_exclusive = TRUE,
                                 .on_turn = erasure_on_turn };
  lun->erasure = erasure;
  if (block_line_enter (&lun->line, &erasure->range))
    timer_arm (&erasure->timer, 0);
  if (!is_waited_for)
    scsi_task_finish (task);
}

/* ---- what others are told ---- */

gboolean
lun_is_being_erased (const Lun *lun, Sense *ret_sense)
{
  const Erasure *erasure = lun->erasure;
  if (erasure == NULL)
    return FALSE;
  const guint64 chunks = (erasure_length (erasure) + CHUNK_BYTES - 1) / CHUNK_BYTES;
  const guint64 done = erasure->pass * chunks + erasure->at_bytes / CHUNK_BYTES;
  *ret_sense = SENSE (SENSE_NOT_READY, erasure->plan.in_progress);
  ret_sense->specific = SENSE_SPECIFIC_PROGRESS;
  ret_sense->field =
      (guint16) MIN (done * PROGRESS_WHOLE / (chunks * erasure->plan.passes), PROGRESS_WHOLE - 1);
  return TRUE;
}

gboolean
lun_has_failed_erasure (const Lun *lun, Sense *ret_sense)
{
  if (lun->erasure_failed == SENSE_CODE_NONE)
    return FALSE;
  *ret_sense = SENSE (SENSE_MEDIUM_ERROR, lun->erasure_failed);
  return TRUE;
}
