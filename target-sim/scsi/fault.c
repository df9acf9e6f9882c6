/* SPDX-License-Identifier: Apache-2.0 */
/* fault.c - where a rule can strike a command at the device server
 *
 * The host is asked once per command, when its CDB has been read and no unit attention stands before it: so a command that is
 * refused has not touched the store, and one that is held has all of its data. A held command is let go by its abort; one that
 * is late, by its timer too.
 */
#include "target-sim/scsi/commands.h"

#include "world/banned.h"

static gboolean
fault_set_status (ScsiTask *task, ScsiStatus status)
{
  task->status = status;
  task->transfer_length = 0;
  return TRUE;
}

static gboolean
fault_set_sense (ScsiTask *task, SenseKey key, guint16 code)
{
  scsi_task_refuse (task, key, code);
  return TRUE;
}

static guint16
fault_medium_code (const ScsiTask *task)
{
  return (task->row->flags & SCSI_WRITES) != 0 ? SENSE_CODE_WRITE_ERROR
                                               : SENSE_CODE_UNRECOVERED_READ_ERROR;
}

/* TRUE: the command is over, its status is set. */
gboolean
scsi_fault_strikes (ScsiTask *task)
{
  Host *host = task->nexus->host;
  if (host == NULL || host->fault_ask == NULL)
    return FALSE;
  const FaultQuestion question = { .point = FAULT_POINT_SCSI,
                                   .operation = scsi_cdb_name (task->cdb),
                                   .unit = task->lun != NULL ? task->lun->number : 0,
                                   .ret_delay_ns = &task->hold_ns };
  const FaultAnswer answer = host_fault_ask (host, &question);
  task->is_stuck = answer == FAULT_STUCK;
  if (answer == FAULT_BUSY)
    return fault_set_status (task, SCSI_BUSY);
  if (answer == FAULT_TASK_SET_FULL)
    return fault_set_status (task, SCSI_TASK_SET_FULL);
  if (answer == FAULT_MEDIUM_ERROR)
    return fault_set_sense (task, SENSE_MEDIUM_ERROR, fault_medium_code (task));
  if (answer == FAULT_UNIT_ATTENTION)
    return fault_set_sense (task, SENSE_UNIT_ATTENTION, SENSE_CODE_PARAMETERS_CHANGED);
  return FALSE;
}

static void
fault_hold_over (gpointer data)
{
  ScsiTask *task = data;
  CHECK (task, SCSI_TASK_MAGIC);
  g_clear_pointer (&task->hold, g_free);
  task->row->run (task);
}

/* TRUE: it does not run now. */
gboolean
scsi_fault_holds (ScsiTask *task)
{
  if (!task->is_stuck && task->hold_ns == 0)
    return FALSE;
  task->hold = g_new0 (Timer, 1);
  timer_init (task->hold, task->nexus->host, fault_hold_over, task);
  if (!task->is_stuck)
    timer_arm (task->hold, task->hold_ns);
  return TRUE;
}

gboolean
scsi_fault_let_go (ScsiTask *task)
{
  if (task->hold == NULL)
    return FALSE;
  timer_disarm (task->hold);
  g_clear_pointer (&task->hold, g_free);
  return TRUE;
}
