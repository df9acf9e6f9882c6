/* SPDX-License-Identifier: Apache-2.0 */
#include "world/host.h"

#include "world/world.h"

gint64
host_now_ns (Host *host)
{
  return host->world->now_ns;
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

void
timer_arm (Timer *timer, gint64 delay_ns)
{
  CHECK_THAT (timer->host != NULL);
  CHECK_THAT (delay_ns >= 0);
  if (timer->host->is_up)
    timer->host->ops->timer_arm (timer->host, timer, delay_ns);
}

void
timer_disarm (Timer *timer)
{
  if (timer_is_armed (timer))
    timer->host->ops->timer_disarm (timer->host, timer);
}

void
host_work (Host *host, const WorkFns *fns, gpointer data)
{
  CHECK (host, HOST_MAGIC);
  host->ops->work (host, fns, data);
}
