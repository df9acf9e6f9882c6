/* SPDX-License-Identifier: Apache-2.0 */
/* pr-out.c - PERSISTENT RESERVE OUT (SPC-4 6.16): its parameter list, who may, and how a change comes to be
 *
 * Method: a service action works on a copy of the unit's reservations and notes who is to be told. When it has gone well, and the
 * unit's memory has it if APTPL asks for that, the copy takes the place of the original and the others are told. So a command
 * that is refused, for whatever reason, has done nothing.
 */
#include "target-sim/scsi/pr-out.h"

#include "world/banned.h"

#define PR_OUT_LIST_MAX (64 * 1024)

/* has_key: only for who is registered, and with this key (SPC-4 5.12.6). counts: the generation goes up (5.12.2). */
typedef struct PrAction {
  gboolean (*act) (PrOut *out);
  gboolean has_key;
  gboolean counts;
} PrAction;

static const PrAction *
pr_action (const ScsiTask *task)
{
  static const PrAction actions[] = {
    { pr_register, FALSE, TRUE },
    { pr_reserve, TRUE, FALSE },
    { pr_release, TRUE, FALSE },
    { pr_clear, TRUE, TRUE },
    { pr_preempt, TRUE, TRUE },
    { pr_preempt_and_abort, TRUE, TRUE },
    { pr_register_and_ignore, FALSE, TRUE },
    { pr_register_and_move, TRUE, TRUE },
  };
  return &actions[scsi_command_op (task->row) - SCSI_OP_PR_REGISTER];
}

/* ---- what the service actions use ---- */

Registration *
pr_own (const PrOut *out)
{
  return reservations_find (&out->next, out->task->nexus);
}

void
pr_notify (PrOut *out, const Registration *registration, guint16 code, gboolean is_shut)
{
  const PrNotice notice = { .port = g_ref_string_acquire (registration->port),
                            .target_port = registration->target_port,
                            .code = code,
                            .is_shut = is_shut };
  g_array_append_val (out->notices, notice);
}

void
pr_notify_others (PrOut *out, guint16 code)
{
  const Registration *own = pr_own (out);
  for (guint i = 0; i < out->next.registrations->len; i++)
    if (reservations_at (&out->next, i) != own)
      pr_notify (out, reservations_at (&out->next, i), code, FALSE);
}

gboolean
pr_refuse_parameter (PrOut *out, guint16 octet, guint8 bit)
{
  return scsi_task_refuse_parameter (out->task, SENSE_CODE_INVALID_FIELD_IN_PARAMETERS, octet, bit);
}

/* ---- the CDB ---- */

/* Whether a list may be longer than 24 octets is told by a bit in it, of REGISTER, or by the action: REGISTER AND MOVE. */
gboolean
spc_check_pr_out (ScsiTask *task)
{
  const guint32 length = cdb_allocation_length (task->cdb);
  const ScsiOp op = scsi_command_op (task->row);
  const gboolean may_be_long = op == SCSI_OP_PR_REGISTER || op == SCSI_OP_PR_REGISTER_AND_MOVE;
  if (task->lun->reservations.reserver != NULL) /* SPC-2 5.5.1 */
    return scsi_task_conflict (task);
  if (length < PR_OUT_LIST_LENGTH || length > (may_be_long ? PR_OUT_LIST_MAX : PR_OUT_LIST_LENGTH))
    return scsi_task_refuse (task, SENSE_ILLEGAL_REQUEST, SENSE_CODE_PARAMETER_LIST_LENGTH);
  return scsi_check_parameter_list (task);
}

/* ---- the change ---- */

static void
pr_notice_clear (gpointer data)
{
  PrNotice *notice = data;
  g_ref_string_release (notice->port);
}

static void
pr_out_init (PrOut *out, ScsiTask *task)
{
  *out = (PrOut){ .task = task,
                  .list = payload_join (&task->data_out),
                  .notices = g_array_new (FALSE, FALSE, sizeof (PrNotice)) };
  g_array_set_clear_func (out->notices, pr_notice_clear);
  reservations_copy (&out->next, &task->lun->reservations);
}

static void
pr_out_clear (PrOut *out)
{
  reservations_clear (&out->next);
  g_array_unref (out->notices);
  slice_clear (&out->list);
}

static gboolean
pr_out_read (PrOut *out)
{
  if (out->list.length < out->task->transfer_length)
    return scsi_task_refuse (out->task, SENSE_ILLEGAL_REQUEST, SENSE_CODE_PARAMETER_LIST_LENGTH);
  out->list.length = out->task->transfer_length;
  out->key = wire_load (out->list.bytes, 8);
  out->action_key = wire_load (out->list.bytes + 8, 8);
  out->flags = out->list.bytes[20];
  return TRUE;
}

static gboolean
pr_out_may (const PrOut *out, const PrAction *action)
{
  const Registration *own = pr_own (out);
  return !action->has_key || (own != NULL && own->key == out->key)
         || scsi_task_conflict (out->task);
}

/* SPC-4 5.12.4: GOOD means that it is where a loss of power leaves it. */
static gboolean
pr_out_keep (PrOut *out)
{
  const Reservations *before = &out->task->lun->reservations;
  if ((!out->next.is_kept && !before->is_kept) || reservations_save (&out->next))
    return TRUE;
  return scsi_task_refuse (out->task, SENSE_HARDWARE_ERROR, SENSE_CODE_INTERNAL_TARGET_FAILURE);
}

/* A port may have several sessions, of which one only is not for discovery. */
static void
pr_tell (ScsiTask *task, const PrNotice *notice)
{
  const GPtrArray *nexuses = task->nexus->luns->nexuses;
  const guint16 lun = task->lun->number;
  for (guint i = 0; i < nexuses->len; i++) {
    ScsiNexus *nexus = nexuses->pdata[i];
    if (nexus->group_tag != notice->target_port || strcmp (nexus->port, notice->port) != 0)
      continue;
    if (notice->is_shut && nexus->abort != NULL)
      nexus->abort (nexus, lun, task);
    if (notice->code != SENSE_CODE_NONE)
      scsi_nexus_attend (nexus, lun, notice->code);
  }
}

static void
pr_out_commit (PrOut *out, const PrAction *action)
{
  ScsiTask *task = out->task;
  if (action->counts && !out->is_nothing)
    out->next.generation++;
  reservations_adopt (&task->lun->reservations, &out->next);
  for (guint i = 0; i < out->notices->len; i++)
    pr_tell (task, &g_array_index (out->notices, PrNotice, i));
}

static void
pr_fence_done (StoreRequest *request, StoreResult result)
{
  ScsiTask *task = (ScsiTask *) ((guint8 *) request - G_STRUCT_OFFSET (ScsiTask, request));
  CHECK (task, SCSI_TASK_MAGIC);
  if (result != STORE_OK)
    scsi_task_refuse (task, SENSE_MEDIUM_ERROR, SENSE_CODE_WRITE_ERROR);
  scsi_task_finish (task);
}

/* A write that was cancelled while the store was at it may still happen; when a flush that began later has ended, it has happened.
 * GOOD for PREEMPT AND ABORT is what a fence is built on, and so waits for that. */
static void
pr_out_finish (ScsiTask *task)
{
  if (task->status != SCSI_GOOD || scsi_command_op (task->row) != SCSI_OP_PR_PREEMPT_AND_ABORT) {
    scsi_task_finish (task);
    return;
  }
  task->request.done = pr_fence_done;
  store_flush (task->lun->store, &task->request);
}

void
spc_pr_out (ScsiTask *task)
{
  PrOut out;
  const PrAction *action = pr_action (task);
  pr_out_init (&out, task);
  if (pr_out_read (&out) && pr_out_may (&out, action) && action->act (&out) && pr_out_keep (&out))
    pr_out_commit (&out, action);
  pr_out_clear (&out);
  pr_out_finish (task);
}
