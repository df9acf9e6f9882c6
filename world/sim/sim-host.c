/* SPDX-License-Identifier: Apache-2.0 */
/* sim-host.c - one simulated machine: timers, work, and losing its power
 *
 * Going down drops timers, streams, listeners and unfinished work at one stroke, then tells the owner, who frees the engines
 * that ran here. From then on every call of those engines is without effect.
 */
#include "world/sim/sim-internal.h"
#include "world/world-events.h"

typedef struct SimWork {
  const WorkFns *fns;
  gpointer data;
  gboolean has_run;
} SimWork;

/* ---- work: run at its turn, done when the time that its disk calls took is over ---- */

static void
work_schedule (SimHost *host, gint64 delay_ns)
{
  queue_push (&host->host.world->queue, &host->work_entry, host->host.world->now_ns + delay_ns,
              QUEUE_ARRIVAL);
}

static void
work_fired (QueueEntry *entry)
{
  SimHost *host = (SimHost *) ((guint8 *) entry - G_STRUCT_OFFSET (SimHost, work_entry));
  if (host->host.is_paused) {
    host->is_work_late = TRUE;
    return;
  }
  SimWork *work = g_queue_peek_head (&host->works);
  if (!work->has_run) {
    work->has_run = TRUE;
    work->fns->run (work->data);
    work_schedule (host, sim_disk_take_cost_ns (host->disk));
    return;
  }
  g_queue_pop_head (&host->works);
  if (!g_queue_is_empty (&host->works))
    work_schedule (host, 0);
  work->fns->done (work->data);
  g_free (work);
}

static void
sim_work (Host *base, const WorkFns *fns, gpointer data)
{
  SimHost *host = sim_host (base);
  if (!base->is_up) {
    if (fns->dropped != NULL)
      fns->dropped (data);
    return;
  }
  SimWork *work = g_new0 (SimWork, 1);
  work->fns = fns;
  work->data = data;
  g_queue_push_tail (&host->works, work);
  if (host->works.length == 1)
    work_schedule (host, 0);
}

static void
works_drop (SimHost *host)
{
  queue_remove (&host->host.world->queue, &host->work_entry);
  host->is_work_late = FALSE;
  SimWork *work;
  while ((work = g_queue_pop_head (&host->works)) != NULL) {
    if (work->fns->dropped != NULL)
      work->fns->dropped (work->data);
    g_free (work);
  }
}

/* ---- up and down ---- */

static const HostOps sim_host_ops = {
  .work = sim_work,
  .connect = sim_net_connect,
  .listen = sim_net_listen,
  .listener_free = sim_net_listener_free,
  .disk = &sim_disk_ops,
};

Host *
sim_host_new (World *world, const char *name, GError **error)
{
  if (world->hosts->len >= 255) {
    g_set_error (error, WORLD_ERROR, WORLD_ERROR_BOUND,
                 "host '%s': expected at most 255 hosts in a world, got one more", name);
    return NULL;
  }
  SimHost *host = g_new0 (SimHost, 1);
  host_init (&host->host, world, &sim_host_ops, name);
  host->index = world->hosts->len + 1;
  host->has_power = TRUE;
  host->work_entry.fire = work_fired;
  g_queue_init (&host->works);
  host->disk = sim_disk_new (&host->host);
  HOST_LOG (&host->host, EVENT_HOST_UP, name);
  return &host->host;
}

static void
sim_host_go_down (Host *base, const char *how, gboolean is_silent)
{
  SimHost *host = sim_host (base);
  HOST_LOG (base, EVENT_HOST_DOWN, how);
  host->has_power = !is_silent;
  sim_net_host_down (base, is_silent);
  base->is_up = FALSE;
  base->is_paused = FALSE;
  host_drop_timers (base);
  works_drop (host);
}

/* Last of all, when everything of the host has settled: the owner may start it again at once. */
static void
sim_host_tell_down (Host *base)
{
  if (base->on_down != NULL)
    base->on_down (base->on_down_data, base);
}

void
sim_host_power_cut (Host *base, DiskCut unsynced)
{
  sim_host_go_down (base, "power cut", TRUE);
  sim_disk_power_cut (sim_host (base)->disk, unsynced);
  sim_host_tell_down (base);
}

void
sim_host_kill (Host *base)
{
  sim_host_go_down (base, "killed", FALSE);
  sim_disk_process_died (sim_host (base)->disk);
  sim_host_tell_down (base);
}

void
sim_host_paused (Host *base)
{
  sim_net_host_paused (base);
}

void
sim_host_resumed (Host *base)
{
  SimHost *host = sim_host (base);
  sim_net_host_resumed (base);
  if (host->is_work_late)
    work_schedule (host, 0);
  host->is_work_late = FALSE;
}

void
sim_host_cut_when_unwound (Host *host, DiskCut unsynced)
{
  SimWorld *world = sim_world_of (host);
  CHECK_THAT (world->down_pending == NULL || world->down_pending == host);
  world->down_pending = host;
  world->down_cut = unsynced;
}

gboolean
sim_host_start (Host *base, GError **error)
{
  base->is_up = TRUE;
  sim_host (base)->has_power = TRUE;
  sim_disk_power_on (sim_host (base)->disk);
  HOST_LOG (base, EVENT_HOST_UP, base->name);
  sim_net_host_up (base);
  return TRUE;
}

void
sim_host_free (Host *base)
{
  SimHost *host = sim_host (base);
  host_drop_timers (base);
  works_drop (host);
  sim_disk_free (host->disk);
  host_clear (base);
  g_free (host);
}
