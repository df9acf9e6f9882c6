/* SPDX-License-Identifier: Apache-2.0 */
/* live-host.c - one host of the real world: timers, and going down
 *
 * In a live world a host is a name, a directory, and a share of the loop. Killing one does what the kernel does for a process
 * that dies: its sockets are closed. Cutting its power leaves them open and silent.
 */
#include "world/live/live-internal.h"
#include "world/world-events.h"

#include <unistd.h>

/* A callback may take long: delays count from now, not from when the loop woke up. */
static gint64
live_host_clock_ns (Host *base)
{
  return live_world_clock_ns (live_world_of (base));
}

/* ---- life ---- */

static const HostOps live_host_ops = {
  .clock_ns = live_host_clock_ns,
  .work = live_work,
  .connect = live_stream_connect,
  .listen = live_net_listen,
  .listener_free = live_net_listener_free,
  .disk = &live_disk_ops,
};

static gboolean
name_is_free (const World *world, const char *name, GError **error)
{
  for (guint i = 0; i < world->hosts->len; i++)
    if (strcmp (((const Host *) world->hosts->pdata[i])->name, name) == 0) {
      g_set_error (error, WORLD_ERROR, WORLD_ERROR_IN_USE,
                   "host '%s': expected a name of its own, got one that another host has", name);
      return FALSE;
    }
  return TRUE;
}

Host *
live_host_new (World *world, const char *name, GError **error)
{
  if (!name_is_free (world, name, error))
    return NULL;
  const char *parent = live_world (world)->disk_directory;
  const int directory_fd = parent != NULL ? live_disk_open_directory (parent, name, error) : -1;
  if (parent != NULL && directory_fd < 0)
    return NULL;
  LiveHost *host = g_new0 (LiveHost, 1);
  host_init (&host->host, world, &live_host_ops, name);
  host->directory_fd = directory_fd;
  host->life = 1;
  host->has_power = TRUE;
  host->reserved = g_array_new (FALSE, FALSE, sizeof (int));
  host->dark = g_array_new (FALSE, FALSE, sizeof (int));
  g_queue_init (&host->late_works);
  HOST_LOG (&host->host, EVENT_HOST_UP, name);
  return &host->host;
}

static void
live_host_go_down (Host *base, const char *how, gboolean has_power)
{
  HOST_LOG (base, EVENT_HOST_DOWN, how);
  live_host (base)->has_power = has_power;
  live_net_host_down (base);
  base->is_up = FALSE;
  base->is_paused = FALSE;
  g_atomic_int_inc (
      &live_host (base)->life); /* a work that runs now meets it at its next disk call */
  host_drop_timers (base);
  live_worker_drop_host (live_world_of (base)->worker, base);
  if (base->on_down != NULL)
    base->on_down (base->on_down_data, base);
}

void
live_host_power_cut (Host *base, DiskCut unsynced)
{
  live_host_go_down (base, "power cut", FALSE);
}

void
live_host_kill (Host *base)
{
  live_host_go_down (base, "killed", TRUE);
}

gboolean
live_host_start (Host *base, GError **error)
{
  g_atomic_int_inc (&live_host (base)->life);
  live_host (base)->has_power = TRUE;
  base->is_up = TRUE;
  HOST_LOG (base, EVENT_HOST_UP, base->name);
  live_net_host_up (base);
  return TRUE;
}

void
live_host_paused (Host *base)
{
  live_net_host_paused (base);
}

void
live_host_resumed (Host *base)
{
  live_net_host_resumed (base);
  live_worker_host_resumed (live_world_of (base)->worker, base);
}

void
live_host_free (Host *base)
{
  LiveHost *host = live_host (base);
  host_drop_timers (base);
  live_worker_drop_host (live_world_of (base)->worker, base);
  for (guint i = 0; i < host->reserved->len; i++)
    close (g_array_index (host->reserved, int, i));
  g_array_unref (host->reserved);
  g_array_unref (host->dark);
  if (host->directory_fd >= 0)
    close (host->directory_fd);
  host_clear (base);
  g_free (host);
}
