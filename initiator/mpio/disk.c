/* SPDX-License-Identifier: Apache-2.0 */
/* disk.c - the way of one task over the paths of its disk
 *
 * Method: a submitted task waits in `waiting` until the policy names an active path whose unit was verified; the session there
 * has it until it ends. What the end says is looked up (verdict.c): it is given to the caller, or the task goes back to
 * `waiting`, to `retrying` until its time, or to the doubtful of its path. Invariant: a submitted task is in exactly one of
 * these queues, or at one session.
 *
 * What follows from a failure is done away from the session's call, by the work timer. When the last path fails, the tasks wait
 * for the profile's hold time from that moment; then they end, and so does each further one at once, until a path is back.
 */
#include "initiator/mpio/mpio-internal.h"

#include "world/banned.h"

#define FAIL_OVERS 32 /* a task that fails each path it is given to is not asked for any more */

MpioPath *
disk_path (const MpioDisk *disk, guint index)
{
  CHECK (disk, MPIO_DISK_MAGIC);
  CHECK_THAT (index < disk->paths->len);
  return disk->paths->pdata[index];
}

gboolean
disk_has_usable_path (const MpioDisk *disk)
{
  for (guint i = 0; i < disk->paths->len; i++)
    if (path_is_usable (disk_path (disk, i)))
      return TRUE;
  return FALSE;
}

void
disk_work_soon (MpioDisk *disk)
{
  if (!timer_is_armed (&disk->work_timer))
    timer_arm (&disk->work_timer, 0);
}

/* ---- the end of a task ---- */

static void
io_finish (MpioIo *io, TaskOutcome outcome)
{
  Task *task = io->task;
  io->disk = NULL;
  io->path = NULL;
  task->done = io->done;
  task->data = io->data;
  task->outcome = outcome;
  task->done (task->data, task);
}

void
disk_give_up (MpioDisk *disk, GQueue *queue)
{
  /* Only those that are here now: a `done` may submit again. */
  for (guint left = queue->length; left > 0; left--) {
    MpioIo *io = g_queue_pop_head_link (queue)->data;
    io_finish (io, io->was_sent ? TASK_OUTCOME_LOST : TASK_OUTCOME_NOT_SENT);
  }
}

guint
disk_take_back (MpioDisk *disk, GQueue *queue)
{
  const guint count = queue->length;
  GList *link;
  while ((link = g_queue_pop_tail_link (queue)) != NULL)
    g_queue_push_head_link (&disk->waiting, link);
  disk_work_soon (disk);
  return count;
}

/* ---- sending ---- */

static void io_on_task_done (gpointer data, Task *task);

static void
io_send (MpioIo *io, MpioPath *path)
{
  Task *task = io->task;
  io->path = path;
  path->in_flight++;
  path->commands++;
  task_again (task);
  task->done = io_on_task_done;
  task->data = io;
  task->lun = path->lun;
  session_submit (path->session, task);
}

/* What only reads does no harm to anybody's order. */
static gboolean
io_only_reads (const MpioIo *io)
{
  return io->task->direction == TASK_READS;
}

static MpioPath *
disk_find_haunted (const MpioDisk *disk)
{
  for (guint i = 0; i < disk->paths->len; i++)
    if (disk_path (disk, i)->is_haunted)
      return disk_path (disk, i);
  return NULL;
}

/* What would write must not come before the old copies of tasks that ended: it waits with them. */
static void
disk_sort_out (MpioDisk *disk)
{
  MpioPath *haunted = disk_find_haunted (disk);
  GList *next;
  for (GList *link = disk->waiting.head; link != NULL && haunted != NULL; link = next) {
    MpioIo *io = link->data;
    next = link->next;
    if (io_only_reads (io))
      continue;
    g_queue_unlink (&disk->waiting, link);
    path_doubt (haunted, io);
  }
}

static void
disk_pump (MpioDisk *disk)
{
  disk_sort_out (disk);
  while (disk->waiting.length > 0) {
    const guint cursor = disk->cursor;
    MpioPath *path = disk->policy->choose (disk);
    if (path == NULL)
      return;
    if (!path->is_verified) {
      disk->cursor = cursor; /* its turn stays */
      return;
    }
    io_send (g_queue_pop_head_link (&disk->waiting)->data, path);
  }
}

static void
disk_work (gpointer data)
{
  MpioDisk *disk = data;
  CHECK (disk, MPIO_DISK_MAGIC);
  if (disk->is_gone)
    disk_give_up (disk, &disk->waiting);
  for (guint i = 0; i < disk->paths->len; i++)
    path_plan_fence (disk_path (disk, i));
  disk_pump (disk);
}

/* ---- after a try ---- */

static void
io_wait (MpioIo *io)
{
  g_queue_push_tail_link (&io->disk->waiting, &io->link);
  disk_work_soon (io->disk);
}

static void
io_retry_later (MpioIo *io)
{
  MpioDisk *disk = io->disk;
  io->due_ns = host_now_ns (disk->host) + disk->profile.retry_interval_ns;
  g_queue_push_tail_link (&disk->retrying, &io->link);
  if (!timer_is_armed (&disk->retry_timer))
    timer_arm (&disk->retry_timer, disk->profile.retry_interval_ns);
}

static void
disk_retry_due (gpointer data)
{
  MpioDisk *disk = data;
  CHECK (disk, MPIO_DISK_MAGIC);
  const gint64 now = host_now_ns (disk->host);
  while (disk->retrying.length > 0) {
    MpioIo *io = disk->retrying.head->data;
    if (io->due_ns > now) {
      timer_arm (&disk->retry_timer, io->due_ns - now);
      return;
    }
    g_queue_unlink (&disk->retrying, &io->link);
    io_wait (io);
  }
}

static void
io_fail_path (MpioIo *io, MpioPath *path)
{
  const Task *task = io->task;
  const gboolean is_lost = task->outcome == TASK_OUTCOME_LOST;
  io->was_sent = io->was_sent || is_lost;
  path_fail (path, task->outcome == TASK_OUTCOME_STATUS ? "its unit is not there"
                                                        : "it gave a task back");
  if (++io->fail_overs > FAIL_OVERS) {
    if (is_lost && !io_only_reads (io))
      path_haunt (path);
    io_finish (io, task->outcome);
  } else if (is_lost && !io_only_reads (io)) {
    path_doubt (path, io);
  } else {
    io_wait (io);
  }
}

static void
io_retry (MpioIo *io, MpioPath *path)
{
  if (io->retries++ < io->disk->profile.retry_count)
    io_retry_later (io);
  else
    io_finish (io, io->task->outcome);
}

static gboolean
io_is_within_limit (const MpioIo *io)
{
  return host_now_ns (io->disk->host) - io->started_ns < io->disk->profile.transition_limit_ns;
}

static void
io_again (MpioIo *io, MpioPath *path)
{
  if (io_is_within_limit (io))
    io_wait (io);
  else
    io_finish (io, io->task->outcome);
}

static void
io_retry_in_transition (MpioIo *io, MpioPath *path)
{
  if (io_is_within_limit (io))
    io_retry_later (io);
  else
    io_finish (io, io->task->outcome);
}

static void
io_give (MpioIo *io, MpioPath *path)
{
  io_finish (io, io->task->outcome);
}

static void
io_on_task_done (gpointer data, Task *task)
{
  static void (*const by_verdict[]) (MpioIo *, MpioPath *) = {
    [MPIO_GIVE] = io_give,   [MPIO_FAIL_PATH] = io_fail_path,      [MPIO_RETRY] = io_retry,
    [MPIO_AGAIN] = io_again, [MPIO_WAIT] = io_retry_in_transition,
  };
  MpioIo *io = data;
  MpioPath *path = io->path;
  CHECK (path, MPIO_PATH_MAGIC);
  CHECK_THAT (io->task == task && path->in_flight > 0);
  path->in_flight--;
  by_verdict[verdict_of (task)](io, path);
}

void
mpio_disk_submit (MpioDisk *disk, MpioIo *io, Task *task)
{
  CHECK (disk, MPIO_DISK_MAGIC);
  CHECK (task, TASK_MAGIC);
  *io = (MpioIo){ .task = task,
                  .done = task->done,
                  .data = task->data,
                  .disk = disk,
                  .started_ns = host_now_ns (disk->host) };
  io->link.data = io;
  g_queue_push_tail_link (&disk->waiting, &io->link);
  if (disk->is_gone)
    disk_work_soon (disk);
  else if (disk->waiting.length == 1)
    disk_pump (disk);
}

/* ---- paths come and go ---- */

static void
disk_hold_over (gpointer data)
{
  MpioDisk *disk = data;
  CHECK (disk, MPIO_DISK_MAGIC);
  disk->is_gone = TRUE;
  MPIO_LOG (disk, EVENT_MPIO_GONE, NULL);
  disk_give_up (disk, &disk->waiting);
  disk_give_up (disk, &disk->retrying);
  for (guint i = 0; i < disk->paths->len; i++)
    path_give_up (disk_path (disk, i));
}

void
disk_path_arrived (MpioDisk *disk, MpioPath *path)
{
  timer_disarm (&disk->hold_timer);
  disk->is_gone = FALSE;
  policy_path_arrived (disk, path);
  disk_work_soon (disk);
}

void
disk_path_failed (MpioDisk *disk, MpioPath *path)
{
  policy_path_failed (disk);
  disk_work_soon (disk);
  if (disk_has_usable_path (disk))
    return;
  MPIO_LOG (disk, EVENT_MPIO_ALL_FAILED, NULL);
  if (disk->profile.no_path_hold_ns != MPIO_FOR_EVER)
    timer_arm (&disk->hold_timer, disk->profile.no_path_hold_ns);
}

static void
disk_fail_back (gpointer data)
{
  MpioDisk *disk = data;
  CHECK (disk, MPIO_DISK_MAGIC);
  policy_fail_back (disk);
}

/* ---- life ---- */

MpioDisk *
mpio_disk_new (Host *host, const MpioConfig *config)
{
  CHECK (host, HOST_MAGIC);
  MpioDisk *disk = g_new0 (MpioDisk, 1);
  disk->magic = MPIO_DISK_MAGIC;
  disk->number = config->number;
  disk->host = host;
  disk->profile = *config->profile;
  disk->policy =
      config->policy != NULL ? config->policy : mpio_policy_find (config->profile->policy);
  CHECK_THAT (disk->policy != NULL);
  disk->preferred = config->preferred;
  disk->is_gone = TRUE; /* until the first path is well */
  disk->paths = g_ptr_array_new ();
  g_queue_init (&disk->waiting);
  g_queue_init (&disk->retrying);
  timer_init (&disk->work_timer, host, disk_work, disk);
  timer_init (&disk->retry_timer, host, disk_retry_due, disk);
  timer_init (&disk->hold_timer, host, disk_hold_over, disk);
  timer_init (&disk->failback_timer, host, disk_fail_back, disk);
  return disk;
}

void
mpio_disk_free (MpioDisk *disk)
{
  if (disk == NULL)
    return;
  CHECK (disk, MPIO_DISK_MAGIC);
  disk_hold_over (disk);
  /* What these ended tasks' owners submitted meanwhile ends too. */
  while (disk->waiting.length > 0)
    disk_give_up (disk, &disk->waiting);
  timer_disarm (&disk->work_timer);
  timer_disarm (&disk->retry_timer);
  timer_disarm (&disk->hold_timer);
  timer_disarm (&disk->failback_timer);
  for (guint i = 0; i < disk->paths->len; i++)
    path_free (disk->paths->pdata[i]);
  g_ptr_array_unref (disk->paths);
  g_free (disk->identity);
  disk->magic = 0;
  g_free (disk);
}

const MpioPolicy *
mpio_disk_policy (const MpioDisk *disk)
{
  return disk->policy;
}

void
mpio_disk_set_policy (MpioDisk *disk, const MpioPolicy *policy)
{
  CHECK (disk, MPIO_DISK_MAGIC);
  disk->policy = policy;
  policy_choose_anew (disk);
  disk_work_soon (disk);
}

const char *
mpio_disk_identity (const MpioDisk *disk)
{
  return disk->identity;
}

gboolean
mpio_disk_is_gone (const MpioDisk *disk)
{
  return disk->is_gone;
}
