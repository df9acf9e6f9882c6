/* SPDX-License-Identifier: Apache-2.0 */
/* live-work.c - the one thread beside the loop: works run there, in the order of submission
 *
 * A work goes from `pending` to `running` on the thread, and to `finished`, from where the loop takes it: an eventfd in the
 * epoll set says that there is one. The thread touches nothing but the work's own data and the disk; log, streams, timers and
 * Buffers belong to the loop.
 *
 * A host that goes down drops its works in the order of their submission. One that runs at that moment is waited for, so that
 * what it uses is not freed under it and nothing of a dead host goes on; a work is as long as its disk calls.
 */
#include "world/live/live-internal.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

typedef struct LiveWork {
  GList link; /* data: the work */
  Host *host;
  const WorkFns *fns;
  gpointer data;
} LiveWork;

struct LiveWorker {
  LiveWatch watch; /* of the eventfd */
  LiveWorld *world;
  GThread *thread;
  guint count; /* of works that are not done and not dropped; the loop's */
  GMutex mutex;
  GCond submitted; /* or is_stopping */
  GCond ran;
  /* under the mutex: */
  GQueue pending;
  GQueue finished;
  LiveWork *running;
  gboolean is_stopping;
};

/* ---- on the thread ---- */

static LiveWork *
worker_next (LiveWorker *self)
{
  while (self->pending.length == 0 && !self->is_stopping)
    g_cond_wait (&self->submitted, &self->mutex);
  return self->is_stopping ? NULL : g_queue_pop_head_link (&self->pending)->data;
}

static void
worker_tell_loop (LiveWorker *self)
{
  const guint64 one = 1;
  CHECK_THAT (write (self->watch.fd, &one, sizeof one) == sizeof one);
}

static gpointer
worker_main (gpointer data)
{
  LiveWorker *self = data;
  g_mutex_lock (&self->mutex);
  while ((self->running = worker_next (self)) != NULL) {
    g_mutex_unlock (&self->mutex);
    self->running->fns->run (self->running->data);
    g_mutex_lock (&self->mutex);

    const gboolean is_first = self->finished.length == 0;
    g_queue_push_tail_link (&self->finished, &self->running->link);
    self->running = NULL;
    g_cond_signal (&self->ran);
    if (is_first)
      worker_tell_loop (self);
  }
  g_mutex_unlock (&self->mutex);
  return NULL;
}

/* ---- on the loop ---- */

static LiveWork *
worker_take_finished (LiveWorker *self)
{
  g_mutex_lock (&self->mutex);
  GList *link = g_queue_pop_head_link (&self->finished);
  g_mutex_unlock (&self->mutex);
  return link != NULL ? link->data : NULL;
}

static guint
worker_finished_count (LiveWorker *self)
{
  g_mutex_lock (&self->mutex);
  const guint count = self->finished.length;
  g_mutex_unlock (&self->mutex);
  return count;
}

static void
work_end (LiveWorker *self, LiveWork *work, void (*how) (gpointer data))
{
  self->count--;
  if (how != NULL)
    how (work->data);
  g_free (work);
}

/* As many as there are now; a done() may drop others of them. */
static void
worker_ready (LiveWatch *watch, guint32 events)
{
  LiveWorker *self = (LiveWorker *) watch; /* its first member */
  guint64 ignored;
  if (read (watch->fd, &ignored, sizeof ignored) < 0)
    return;
  LiveWork *work;
  guint count = worker_finished_count (self);
  for (; count > 0 && (work = worker_take_finished (self)) != NULL; count--) {
    if (work->host->is_paused) {
      g_queue_push_tail_link (&live_host (work->host)->late_works, &work->link);
      continue;
    }
    live_world_begin_event (self->world);
    work_end (self, work, work->fns->done);
  }
  if (worker_finished_count (self) > 0)
    worker_tell_loop (self);
}

gboolean
live_worker_is_busy (const LiveWorker *worker)
{
  return worker->count > 0;
}

void
live_work (Host *host, const WorkFns *fns, gpointer data)
{
  LiveWorker *self = live_world_of (host)->worker;
  if (!host->is_up) {
    if (fns->dropped != NULL)
      fns->dropped (data);
    return;
  }
  LiveWork *work = g_new0 (LiveWork, 1);
  *work = (LiveWork){ .link = { .data = work }, .host = host, .fns = fns, .data = data };
  self->count++;
  g_mutex_lock (&self->mutex);
  g_queue_push_tail_link (&self->pending, &work->link);
  g_cond_signal (&self->submitted);
  g_mutex_unlock (&self->mutex);
}

/* Moves the works of one host to `to`, in their order. */
static void
queue_move_host (GQueue *from, GQueue *to, const Host *host)
{
  GList *next;
  for (GList *link = from->head; link != NULL; link = next) {
    next = link->next;
    if (((const LiveWork *) link->data)->host == host) {
      g_queue_unlink (from, link);
      g_queue_push_tail_link (to, link);
    }
  }
}

void
live_worker_drop_host (LiveWorker *self, Host *host)
{
  GQueue dropped = G_QUEUE_INIT;
  GQueue waiting = G_QUEUE_INIT;
  g_mutex_lock (&self->mutex);
  queue_move_host (&self->pending, &waiting, host);
  while (self->running != NULL && self->running->host == host)
    g_cond_wait (&self->ran, &self->mutex);
  queue_move_host (&live_host (host)->late_works, &dropped, host);
  queue_move_host (&self->finished, &dropped, host);
  queue_move_host (&waiting, &dropped, host);
  g_mutex_unlock (&self->mutex);

  GList *link;
  while ((link = g_queue_pop_head_link (&dropped)) != NULL) {
    LiveWork *work = link->data;
    work_end (self, work, work->fns->dropped);
  }
}

/* Ahead of what has finished since, as if the loop had not come to it yet. */
void
live_worker_host_resumed (LiveWorker *self, Host *host)
{
  GQueue *late = &live_host (host)->late_works;
  if (late->length == 0)
    return;
  g_mutex_lock (&self->mutex);
  queue_move_host (&self->finished, late, host);
  queue_move_host (late, &self->finished, host);
  g_mutex_unlock (&self->mutex);
  worker_tell_loop (self);
}

/* ---- life ---- */

static gboolean
worker_start (LiveWorker *self, GError **error)
{
  if (self->watch.fd < 0 || !live_watch_enter (self->world, &self->watch, EPOLLIN)) {
    g_set_error (error, WORLD_ERROR, WORLD_ERROR_IO, "disk thread: expected an eventfd, got '%s'",
                 g_strerror (errno));
    return FALSE;
  }
  self->thread = g_thread_try_new ("disk", worker_main, self, error);
  return self->thread != NULL;
}

LiveWorker *
live_worker_new (LiveWorld *world, GError **error)
{
  LiveWorker *self = g_new0 (LiveWorker, 1);
  self->world = world;
  self->watch.ready = worker_ready;
  self->watch.fd = eventfd (0, EFD_NONBLOCK | EFD_CLOEXEC);
  g_mutex_init (&self->mutex);
  g_cond_init (&self->submitted);
  g_cond_init (&self->ran);
  if (!worker_start (self, error)) {
    live_worker_free (self);
    return NULL;
  }
  return self;
}

static void
worker_stop (LiveWorker *self)
{
  g_mutex_lock (&self->mutex);
  self->is_stopping = TRUE;
  g_cond_signal (&self->submitted);
  g_mutex_unlock (&self->mutex);
  g_thread_join (self->thread);
}

void
live_worker_free (LiveWorker *self)
{
  if (self == NULL)
    return;
  if (self->thread != NULL)
    worker_stop (self);
  CHECK_THAT (self->count == 0);
  if (self->watch.fd >= 0)
    close (self->watch.fd);
  g_cond_clear (&self->ran);
  g_cond_clear (&self->submitted);
  g_mutex_clear (&self->mutex);
  g_free (self);
}
