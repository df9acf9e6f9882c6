/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/script/command.h"

static gboolean
is_attention (const Task *task)
{
  return task->outcome == TASK_OUTCOME_STATUS && task->status == SCSI_CHECK_CONDITION
         && task->sense.key == SENSE_UNIT_ATTENTION;
}

static gboolean
command_completed_once (Command *command)
{
  Lab *lab = command->lab;
  g_autofree char *wrong = NULL;
  if (once_completed (lab->once, command->number, &wrong))
    return TRUE;
  lab_fail (lab, FAILURE_WRONG_DATA, "every task completes exactly once", "one completion", wrong);
  return FALSE;
}

static void
command_task_done (gpointer data, Task *task)
{
  Command *command = data;
  if (!command_completed_once (command))
    return;
  if (is_attention (task) && command->attentions < COMMAND_ATTENTIONS
      && !command->way->is_gone (command->where)) {
    command->attentions++;
    task_again (task);
    command_submit (command);
    return;
  }
  command->done (command);
}

static void
session_way_submit (gpointer where, Command *command)
{
  session_submit (((LabSession *) where)->session, &command->task);
}

static gboolean
session_way_is_gone (gpointer where)
{
  return ((LabSession *) where)->is_gone;
}

static Host *
session_way_host (gpointer where)
{
  return ((LabSession *) where)->initiator->host;
}

const CommandWay session_way = { session_way_submit, session_way_is_gone, session_way_host };

void
command_init (Command *command, LabSession *session, CommandDone done)
{
  command_init_on (command, session->object.lab, &session_way, session, done);
}

void
command_init_on (Command *command, Lab *lab, const CommandWay *way, gpointer where,
                 CommandDone done)
{
  *command = (Command){ .lab = lab, .way = way, .where = where, .done = done };
  task_init (&command->task, command_task_done, command);
}

void
command_submit (Command *command)
{
  Lab *lab = command->lab;
  command->number = ++lab->last_task;
  once_submitted (lab->once, command->number);
  command->way->submit (command->where, command);
}

void
command_clear (Command *command)
{
  task_clear (&command->task);
}

gboolean
command_is_good (const Command *command)
{
  return command->task.outcome == TASK_OUTCOME_STATUS && command->task.status == SCSI_GOOD;
}

char *
command_text (const Command *command)
{
  const Task *task = &command->task;
  if (task->outcome != TASK_OUTCOME_STATUS)
    return g_strdup (task_outcome_name (task->outcome));
  if (task->status != SCSI_CHECK_CONDITION)
    return g_strdup (scsi_status_name (task->status));
  return g_strdup_printf ("CHECK CONDITION, %s, %02x/%02x", sense_key_name (task->sense.key),
                          task->sense.code >> 8, task->sense.code & 0xff);
}
