/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/script/command.h"

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
command_again (gpointer data)
{
  Command *command = data;
  LabInitiator *initiator = command->way->initiator (command->where);
  g_ptr_array_remove (initiator->resting, command);
  if (command->way->is_gone (command->where)) {
    command->done (command);
    return;
  }
  task_again (&command->task);
  command_submit (command);
}

/* It comes from the world's loop, also where there is no delay: a driver's retry is an event of its own. */
static void
command_rest (Command *command, gint64 delay_ns)
{
  g_ptr_array_add (command->way->initiator (command->where)->resting, command);
  timer_arm (&command->timer, delay_ns);
}

static void
command_task_done (gpointer data, Task *task)
{
  Command *command = data;
  LabInitiator *initiator = command->way->initiator (command->where);
  if (!command_completed_once (command))
    return;
  gint64 delay_ns;
  const DiskVerdict verdict = disk_policy_judge (&initiator->profile->disk, &command->tries, task,
                                                 &initiator->retry_random, &delay_ns);
  if (verdict == DISK_AGAIN && !command->way->is_gone (command->where)
      && initiator->initiator != NULL)
    command_rest (command, delay_ns);
  else
    command->done (command);
}

void
command_drop_resting (LabInitiator *initiator)
{
  while (initiator->resting->len > 0) {
    Command *command = g_ptr_array_remove_index (initiator->resting, 0);
    timer_disarm (&command->timer);
    command->done (command);
  }
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

static LabInitiator *
session_way_initiator (gpointer where)
{
  return ((LabSession *) where)->initiator;
}

const CommandWay session_way = { session_way_submit, session_way_is_gone, session_way_initiator };

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
  timer_init (&command->timer, way->initiator (where)->host, command_again, command);
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
  CHECK_THAT (!timer_is_armed (&command->timer));
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
