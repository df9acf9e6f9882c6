/* SPDX-License-Identifier: Apache-2.0 */
/* observer-tasks.c - the tasks that are pending on a connection, by their tags
 *
 * A table of chains that doubles as it fills, so that finding is one step; tasks come from blocks and go to a spare list, so
 * that nothing is allocated while their number stays below what it once was. A task that is done keeps its place until its tag
 * is used again or observed_tasks_sweep: whoever answers an earlier PDU of the same piece of stream still finds it.
 */
#include "protocol/observer-internal.h"

#include "world/banned.h"

#define BUCKETS_FIRST 16
#define BLOCK_TASKS   16

void
observed_tasks_init (ObservedTasks *tasks)
{
  tasks->bucket_count = BUCKETS_FIRST;
  tasks->buckets = g_new0 (ObservedTask *, BUCKETS_FIRST);
  tasks->blocks = g_ptr_array_new_with_free_func (g_free);
}

void
observed_tasks_clear (ObservedTasks *tasks)
{
  g_free (tasks->buckets);
  g_ptr_array_unref (tasks->blocks);
}

/* Tags are often counted up by ones, or by 2^16: both spread. */
static ObservedTask **
tasks_bucket (const ObservedTasks *tasks, guint32 itt)
{
  return &tasks->buckets[(itt ^ itt >> 16) & (tasks->bucket_count - 1)];
}

ObservedTask *
observed_tasks_find (const ObservedTasks *tasks, guint32 itt)
{
  ObservedTask *task = *tasks_bucket (tasks, itt);
  while (task != NULL && task->itt != itt)
    task = task->next;
  return task;
}

static void
tasks_grow (ObservedTasks *tasks)
{
  ObservedTask **old = tasks->buckets;
  const guint old_count = tasks->bucket_count;
  tasks->bucket_count = old_count * 2;
  tasks->buckets = g_new0 (ObservedTask *, tasks->bucket_count);
  for (guint i = 0; i < old_count; i++) {
    ObservedTask *task = old[i];
    while (task != NULL) {
      ObservedTask *next = task->next;
      ObservedTask **bucket = tasks_bucket (tasks, task->itt);
      task->next = *bucket;
      *bucket = task;
      task = next;
    }
  }
  g_free (old);
}

static void
tasks_make_block (ObservedTasks *tasks)
{
  ObservedTask *block = g_new (ObservedTask, BLOCK_TASKS);
  g_ptr_array_add (tasks->blocks, block);
  tasks->made += BLOCK_TASKS;
  for (guint i = 0; i < BLOCK_TASKS; i++) {
    block[i].next = tasks->spare;
    tasks->spare = &block[i];
  }
}

static void
tasks_forget_done (ObservedTasks *tasks, ObservedTask *task)
{
  ObservedTask **link = &tasks->first_done;
  while (*link != task)
    link = &(*link)->done_next;
  *link = task->done_next;
}

static void
tasks_remove (ObservedTasks *tasks, ObservedTask *task)
{
  ObservedTask **link = tasks_bucket (tasks, task->itt);
  observed_tasks_close_burst (tasks, task);
  if (task->is_done)
    tasks_forget_done (tasks, task);
  while (*link != task)
    link = &(*link)->next;
  *link = task->next;
  task->next = tasks->spare;
  tasks->spare = task;
  tasks->count--;
}

ObservedTask *
observed_tasks_add (ObservedTasks *tasks, guint32 itt)
{
  ObservedTask *task = observed_tasks_find (tasks, itt);
  if (task != NULL)
    tasks_remove (tasks, task);
  if (tasks->spare == NULL && tasks->made >= OBSERVER_TASKS_MAX)
    return NULL;
  if (tasks->spare == NULL)
    tasks_make_block (tasks);
  if (tasks->count >= tasks->bucket_count)
    tasks_grow (tasks);
  task = tasks->spare;
  tasks->spare = task->next;
  memset (task, 0, G_STRUCT_OFFSET (ObservedTask, r2ts));
  memset (&task->ping_length, 0, sizeof *task - G_STRUCT_OFFSET (ObservedTask, ping_length));
  task->itt = itt;
  ObservedTask **bucket = tasks_bucket (tasks, itt);
  task->next = *bucket;
  *bucket = task;
  tasks->count++;
  return task;
}

void
observed_tasks_end (ObservedTasks *tasks, ObservedTask *task)
{
  if (task->is_done)
    return;
  observed_tasks_close_burst (tasks, task);
  task->is_done = TRUE;
  task->done_next = tasks->first_done;
  tasks->first_done = task;
}

void
observed_tasks_end_all (ObservedTasks *tasks, ObservedTaskTest test, gconstpointer data)
{
  for (guint i = 0; i < tasks->bucket_count; i++)
    for (ObservedTask *task = tasks->buckets[i]; task != NULL; task = task->next)
      if (test (task, data))
        observed_tasks_end (tasks, task);
}

void
observed_tasks_sweep (ObservedTasks *tasks)
{
  while (tasks->first_done != NULL)
    tasks_remove (tasks, tasks->first_done);
}

/* ---- unsolicited data that is on its way, in the order of the commands (R-DATA-008) ---- */

void
observed_tasks_open_burst (ObservedTasks *tasks, ObservedTask *task)
{
  task->is_unsolicited = TRUE;
  task->burst_next = NULL;
  if (tasks->last_burst != NULL)
    tasks->last_burst->burst_next = task;
  else
    tasks->first_burst = task;
  tasks->last_burst = task;
}

void
observed_tasks_close_burst (ObservedTasks *tasks, ObservedTask *task)
{
  if (!task->is_unsolicited)
    return;
  task->is_unsolicited = FALSE;
  ObservedTask **link = &tasks->first_burst;
  ObservedTask *before = NULL;
  while (*link != task) {
    before = *link;
    link = &before->burst_next;
  }
  *link = task->burst_next;
  if (tasks->last_burst == task)
    tasks->last_burst = before;
}
