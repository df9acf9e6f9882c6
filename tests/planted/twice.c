/* SPDX-License-Identifier: Apache-2.0 */
/* wrap: task_finish */
/* An initiator that completes one task twice, as one does that gets a late answer after its own timeout. */
#include "initiator/initiator.h"

void __real_task_finish (Task *task, TaskOutcome outcome);
void __wrap_task_finish (Task *task, TaskOutcome outcome);

static guint finished;

void
__wrap_task_finish (Task *task, TaskOutcome outcome)
{
  const TaskDone done = task->done;
  const gpointer data = task->data;
  __real_task_finish (task, outcome);
  if (++finished == 20)
    done (data, task);
}
