/* SPDX-License-Identifier: Apache-2.0 */
/* sim-world.c - virtual time: one ordered queue, one event at a time */
#include "world/sim/sim-stream.h"
#include "world/world-events.h"

#define DEFAULT_RING_WORDS   (64 * 1024)
#define DEFAULT_WINDOW_BYTES (6 * 1024 * 1024)
#define WALL_START_S         INT64_C (1767225600) /* 2026-01-01 00:00:00 UTC */

/* TRUE: there was a host whose power went in the midst of a call. */
static gboolean
sim_world_cut_pending (SimWorld *world)
{
  Host *host = g_steal_pointer (&world->down_pending);
  if (host != NULL)
    host_power_cut (host, world->down_cut);
  return host != NULL;
}

static gboolean
sim_world_step (World *base)
{
  SimWorld *world = sim_world (base);
  if (sim_world_cut_pending (world)) /* the driver itself called the disk */
    return TRUE;
  QueueEntry *entry = queue_pop (&base->queue);
  if (entry == NULL)
    return FALSE;

  CHECK_THAT (entry->time_ns >= base->now_ns);
  base->now_ns = entry->time_ns;
  base->events++;
  entry->fire (entry);
  sim_world_cut_pending (world);
  return TRUE;
}

static void
sim_world_woken (QueueEntry *entry)
{
}

static void
sim_world_wake_at (World *base, gint64 time_ns)
{
  SimWorld *world = sim_world (base);
  queue_remove (&base->queue, &world->wake);
  if (time_ns != G_MAXINT64)
    queue_push (&base->queue, &world->wake, MAX (time_ns, base->now_ns), QUEUE_LAST);
}

static gboolean
sim_world_address_new (World *base, Host *host, gboolean is_ipv6, Address *ret_address,
                       GError **error)
{
  SimHost *sim = sim_host (host);
  if (sim->address_count == 255) {
    g_set_error (error, WORLD_ERROR, WORLD_ERROR_BOUND,
                 "host '%s': expected at most 255 addresses, got one more", host->name);
    return FALSE;
  }
  *ret_address = sim_net_host_address (sim, ++sim->address_count, is_ipv6);
  ret_address->port = 3260;
  return TRUE;
}

static gint64
sim_world_wall_ns (World *base)
{
  return WALL_START_S * NS_PER_S + base->now_ns;
}

static void
sim_world_free (World *base)
{
  SimWorld *world = sim_world (base);
  for (guint i = 0; i < base->hosts->len; i++)
    sim_net_free_host (sim_host (base->hosts->pdata[i]));
  for (guint i = 0; i < base->hosts->len; i++)
    sim_host_free (base->hosts->pdata[i]);
  g_ptr_array_unref (world->listeners);
  sim_links_free (world);
  world_clear (base);
  g_free (world);
}

static const WorldOps sim_world_ops = {
  .step = sim_world_step,
  .wake_at = sim_world_wake_at,
  .host_new = sim_host_new,
  .address_new = sim_world_address_new,
  .wall_ns = sim_world_wall_ns,
  .host_power_cut = sim_host_power_cut,
  .host_kill = sim_host_kill,
  .host_paused = sim_host_paused,
  .host_resumed = sim_host_resumed,
  .host_start = sim_host_start,
  .free = sim_world_free,
};

static void
config_set_default (gint64 *value, gint64 fallback)
{
  if (*value == 0)
    *value = fallback;
}

World *
sim_world_new (const SimConfig *config)
{
  SimWorld *world = g_new0 (SimWorld, 1);
  world->config = *config;
  config_set_default (&world->config.latency_ns, 50 * NS_PER_US);
  config_set_default (&world->config.jitter_ns, 10 * NS_PER_US);
  config_set_default (&world->config.connect_timeout_ns, 127 * NS_PER_S);
  config_set_default (&world->config.user_timeout_ns, 924 * NS_PER_S);
  if (config->window_bytes == 0)
    world->config.window_bytes = DEFAULT_WINDOW_BYTES;
  config_set_default (&world->config.disk_call_ns, 20 * NS_PER_US);
  config_set_default (&world->config.disk_sync_ns, 2 * NS_PER_MS);

  const gsize ring = config->ring_words != 0 ? config->ring_words : DEFAULT_RING_WORDS;
  world_init (&world->world, &sim_world_ops, event_log_new (config->events, ring), config->seed);
  world->world.bounds = config->bounds;
  world->listeners = g_ptr_array_new ();
  random_init (&world->jitter, config->seed, "net.jitter");
  world->links = g_ptr_array_new_with_free_func (g_free);
  world->own_link = sim_link_new_own (world);
  world->wake.fire = sim_world_woken;
  return &world->world;
}
