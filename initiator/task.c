/* SPDX-License-Identifier: Apache-2.0 */
#include "initiator/initiator-internal.h"

#include "world/banned.h"

const char *
task_outcome_name (guint64 outcome)
{
  static const char *const names[] = {
#define TASK_OUTCOME(name, text) text,
    TASK_OUTCOMES (TASK_OUTCOME)
#undef TASK_OUTCOME
  };
  return outcome < G_N_ELEMENTS (names) ? names[outcome] : "?";
}

/* What came of an attempt that is over. */
void
task_forget_data_in (Task *task)
{
  payload_clear (&task->data_in);
  gather_clear (&task->data_in_early);
  task->data_in_next = 0;
  task->is_in_sequence = FALSE;
}

void
task_init (Task *task, TaskDone done, gpointer data)
{
  *task = (Task){ .magic = TASK_MAGIC, .done = done, .data = data };
}

void
task_again (Task *task)
{
  CHECK (task, TASK_MAGIC);
  CHECK_THAT (task->session == NULL);
  task_forget_data_in (task);
  task->outcome = TASK_OUTCOME_PENDING;
  task->status = SCSI_GOOD;
  task->sense = SENSE (SENSE_NO_SENSE, SENSE_CODE_NONE);
  task->residual = 0;
  task->attempts = task->timeouts = 0;
}

void
task_clear (Task *task)
{
  CHECK (task, TASK_MAGIC);
  CHECK_THAT (task->session == NULL);
  slice_clear (&task->cdb_rest);
  payload_clear (&task->data_out);
  task_forget_data_in (task);
  task->magic = 0;
}

void
task_list_append (TaskList *list, Task *task)
{
  task->previous = list->last;
  task->next = NULL;
  if (list->last != NULL)
    list->last->next = task;
  else
    list->first = task;
  list->last = task;
  list->count++;
}

void
task_list_prepend (TaskList *list, Task *task)
{
  task->next = list->first;
  task->previous = NULL;
  if (list->first != NULL)
    list->first->previous = task;
  else
    list->last = task;
  list->first = task;
  list->count++;
}

void
task_list_remove (TaskList *list, Task *task)
{
  CHECK_THAT (list->count > 0);
  if (task->previous != NULL)
    task->previous->next = task->next;
  else
    list->first = task->next;
  if (task->next != NULL)
    task->next->previous = task->previous;
  else
    list->last = task->previous;
  task->next = task->previous = NULL;
  list->count--;
}

void
task_finish (Task *task, TaskOutcome outcome)
{
  CHECK (task, TASK_MAGIC);
  CHECK_THAT (outcome != TASK_OUTCOME_PENDING);
  Session *session = g_steal_pointer (&task->session);
  task->outcome = outcome;
  if (session != NULL && session->initiator != NULL)
    SESSION_LOG (session, EVENT_TASK_DONE, NULL, task->initiator_task_tag, outcome, task->status,
                 (guint64) task->residual);
  task->done (task->data, task);
}
