/* SPDX-License-Identifier: Apache-2.0 */
#include "world/host.h"

#include "world/world.h"

gint64
host_now_ns (Host *host)
{
  return host->world->now_ns;
}

gint64
host_wall_ns (Host *host)
{
  return host->world->ops->wall_ns (host->world) + host->wall_skew_ns;
}

void
host_random (Host *host, const char *name, Random *ret_random)
{
  random_init (ret_random, host->seed, name);
}

FaultAnswer
host_fault_ask (Host *host, const FaultQuestion *question)
{
  return host->fault_ask != NULL ? host->fault_ask (host->fault_data, host, question) : FAULT_NONE;
}

void
host_init (Host *host, World *world, const HostOps *ops, const char *name)
{
  host->magic = HOST_MAGIC;
  host->is_up = TRUE;
  host->ops = ops;
  host->world = world;
  host->name = g_strdup (name);
  host->log = world->log;
  host->actor = event_log_add_actor (world->log, name);
  host->seed = random_mix (world->seed ^ random_hash_name (name));
}

void
host_clear (Host *host)
{
  g_free (host->name);
  host->magic = 0;
}

void
timer_init (Timer *timer, Host *host, TimerFire fire, gpointer data)
{
  CHECK (host, HOST_MAGIC);
  *timer = (Timer){ .host = host, .fire = fire, .data = data };
}

static void
timer_link (Timer *timer)
{
  Host *host = timer->host;
  timer->next = host->timers;
  timer->previous = NULL;
  if (host->timers != NULL)
    host->timers->previous = timer;
  host->timers = timer;
}

static void
timer_unlink (Timer *timer)
{
  if (timer->previous != NULL)
    timer->previous->next = timer->next;
  else
    timer->host->timers = timer->next;
  if (timer->next != NULL)
    timer->next->previous = timer->previous;
  timer->next = timer->previous = NULL;
}

static void
timer_fired (QueueEntry *entry)
{
  Timer *timer = (Timer *) entry; /* its first member */
  if (G_UNLIKELY (timer->host->is_paused)) {
    timer->is_late = TRUE; /* its entry keeps the time and the order for later */
    return;
  }
  timer_unlink (timer);
  timer->fire (timer->data);
}

void
timer_arm (Timer *timer, gint64 delay_ns)
{
  Host *host = timer->host;
  CHECK (host, HOST_MAGIC);
  CHECK_THAT (delay_ns >= 0);
  timer_disarm (timer);
  if (!host->is_up)
    return;
  const gint64 now = host->ops->clock_ns != NULL ? host->ops->clock_ns (host) : host->world->now_ns;
  const gint64 deadline = delay_ns > G_MAXINT64 - now ? G_MAXINT64 : now + delay_ns;
  timer->entry.fire = timer_fired;
  timer_link (timer);
  queue_push (&host->world->queue, &timer->entry, deadline, QUEUE_TIMER);
}

void
timer_disarm (Timer *timer)
{
  if (!timer_is_armed (timer))
    return;
  queue_remove (&timer->host->world->queue, &timer->entry);
  timer->is_late = FALSE;
  timer_unlink (timer);
}

void
host_drop_timers (Host *host)
{
  while (host->timers != NULL)
    timer_disarm (host->timers);
}

static gint
timer_compare (gconstpointer a, gconstpointer b)
{
  const QueueEntry *x = &(*(Timer *const *) a)->entry;
  const QueueEntry *y = &(*(Timer *const *) b)->entry;
  if (x->time_ns != y->time_ns)
    return x->time_ns < y->time_ns ? -1 : 1;
  return x->order < y->order ? -1 : 1;
}

void
host_fire_late_timers (Host *host)
{
  g_autoptr (GPtrArray) late = g_ptr_array_new ();
  for (Timer *timer = host->timers; timer != NULL; timer = timer->next)
    if (timer->is_late)
      g_ptr_array_add (late, timer);
  g_ptr_array_sort (late, timer_compare);
  for (guint i = 0; i < late->len; i++) {
    Timer *timer = late->pdata[i];
    timer->is_late = FALSE;
    queue_push (&host->world->queue, &timer->entry, host->world->now_ns, QUEUE_TIMER);
  }
}

void
host_work (Host *host, const WorkFns *fns, gpointer data)
{
  CHECK (host, HOST_MAGIC);
  host->ops->work (host, fns, data);
}
