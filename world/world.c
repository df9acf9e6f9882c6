/* SPDX-License-Identifier: Apache-2.0 */
#include "world/world.h"

#include "world/world-events.h"

void
world_init (World *world, const WorldOps *ops, EventLog *log, guint64 seed)
{
  world->magic = WORLD_MAGIC;
  world->ops = ops;
  world->log = log;
  world->seed = seed;
  world->hosts = g_ptr_array_new ();
  queue_init (&world->queue);
  event_log_set_clock (log, &world->now_ns);
  event_log_add_actor (log, "world");
}

void
world_fail (World *world, const char *format, ...)
{
  if (world->failure != NULL)
    return;
  va_list arguments;
  va_start (arguments, format);
  world->failure = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  event_log_add (world->log, 0, EVENT_BOUND, NULL, 0, world->failure);
}

static gboolean
world_is_within_bounds (World *world)
{
  const WorldBounds *bounds = &world->bounds;
  if (bounds->events != 0 && world->events >= bounds->events)
    world_fail (world, "events: expected at most %" G_GUINT64_FORMAT, bounds->events);
  else if (bounds->time_ns != 0 && world->now_ns > bounds->time_ns)
    world_fail (world,
                "time: expected at most %" G_GINT64_FORMAT ".%09" G_GINT64_FORMAT
                " s, got %" G_GINT64_FORMAT ".%09" G_GINT64_FORMAT " s",
                bounds->time_ns / NS_PER_S, bounds->time_ns % NS_PER_S, world->now_ns / NS_PER_S,
                world->now_ns % NS_PER_S);
  else if (bounds->queue_depth != 0 && world->queue.count > bounds->queue_depth)
    world_fail (world, "queue: expected at most %" G_GUINT64_FORMAT " events, got %u",
                bounds->queue_depth, world->queue.count);
  else if (bounds->log_words != 0 && event_log_words (world->log) > bounds->log_words)
    world_fail (world, "log: expected at most %" G_GUINT64_FORMAT " bytes", bounds->log_words * 8);
  return world->failure == NULL;
}

gboolean
world_step (World *world)
{
  CHECK (world, WORLD_MAGIC);
  return world_is_within_bounds (world) && world->ops->step (world);
}

const char *
world_failure (const World *world)
{
  return world->failure;
}

void
world_wake_at (World *world, gint64 time_ns)
{
  CHECK (world, WORLD_MAGIC);
  world->ops->wake_at (world, time_ns);
}

Host *
world_host_new (World *world, const char *name, GError **error)
{
  CHECK (world, WORLD_MAGIC);
  Host *host = world->ops->host_new (world, name, error);
  if (host != NULL)
    g_ptr_array_add (world->hosts, host);
  return host;
}

gboolean
world_address_new (World *world, Host *host, Address *ret_address, GError **error)
{
  CHECK (world, WORLD_MAGIC);
  return world->ops->address_new (world, host, FALSE, ret_address, error);
}

gboolean
world_address_new6 (World *world, Host *host, Address *ret_address, GError **error)
{
  CHECK (world, WORLD_MAGIC);
  return world->ops->address_new (world, host, TRUE, ret_address, error);
}

void
host_power_cut (Host *host, DiskCut unsynced)
{
  CHECK (host, HOST_MAGIC);
  if (host->is_up)
    host->world->ops->host_power_cut (host, unsynced);
}

void
host_kill (Host *host)
{
  CHECK (host, HOST_MAGIC);
  if (host->is_up)
    host->world->ops->host_kill (host);
}

gboolean
host_start (Host *host, GError **error)
{
  CHECK (host, HOST_MAGIC);
  return host->is_up || host->world->ops->host_start (host, error);
}

gboolean
host_can_pause (const Host *host)
{
  CHECK (host, HOST_MAGIC);
  return host->world->ops->host_paused != NULL;
}

void
host_pause (Host *host)
{
  CHECK_THAT (host_can_pause (host));
  if (!host->is_up || host->is_paused)
    return;
  HOST_LOG (host, EVENT_HOST_PAUSED, host->name);
  host->is_paused = TRUE;
  host->world->ops->host_paused (host);
}

void
host_resume (Host *host)
{
  CHECK_THAT (host_can_pause (host));
  if (!host->is_paused)
    return;
  HOST_LOG (host, EVENT_HOST_RESUMED, host->name);
  host->is_paused = FALSE;
  host_fire_late_timers (host);
  host->world->ops->host_resumed (host);
}

void
host_clock_jump (Host *host, gint64 by_ns)
{
  CHECK (host, HOST_MAGIC);
  host->wall_skew_ns += by_ns;
  HOST_LOG (host, EVENT_CLOCK_JUMP, NULL, (guint64) by_ns);
}

void
world_free (World *world)
{
  if (world == NULL)
    return;
  CHECK (world, WORLD_MAGIC);
  world->ops->free (world);
}

/* For the implementations' free, after their hosts are gone. */
void
world_clear (World *world)
{
  g_ptr_array_unref (world->hosts);
  queue_clear (&world->queue);
  event_log_free (world->log);
  g_free (world->failure);
  world->magic = 0;
}
