/* SPDX-License-Identifier: Apache-2.0 */
#include "target-sim/portal.h"

#include "target-sim/connection.h"

#include "world/banned.h"

static void
portal_on_accepted (gpointer owner, Listener *listener, Stream *stream)
{
  TargetPortal *portal = owner;
  CHECK (portal, TARGET_PORTAL_MAGIC);
  if (portal->in_login >= portal->target->login_limit) {
    HOST_LOG (portal->target->host, EVENT_TARGET_DROPPED, "too many connections in login",
              stream->id);
    stream_reset (stream);
    stream_free (stream);
    return;
  }
  target_connection_new (portal, stream);
}

static const ListenerEvents listener_events = { .accepted = portal_on_accepted };

TargetPortal *
portal_new (TargetSim *target, const TargetPortalConfig *config, GError **error)
{
  CHECK (target, TARGET_SIM_MAGIC);
  TargetPortal *portal = g_new0 (TargetPortal, 1);
  portal->magic = TARGET_PORTAL_MAGIC;
  portal->target = target;
  portal->group_tag = config->group_tag;
  g_queue_init (&portal->connections);
  portal->listener = listener_new (target->host, &config->address, &listener_events, portal, error);
  if (portal->listener == NULL) {
    portal_free (portal);
    return NULL;
  }
  return portal;
}

void
portal_free (TargetPortal *portal)
{
  if (portal == NULL)
    return;
  CHECK (portal, TARGET_PORTAL_MAGIC);
  listener_free (portal->listener);
  while (portal->connections.head != NULL)
    target_connection_free (portal->connections.head->data);
  portal->magic = 0;
  g_free (portal);
}

const Address *
portal_address (const TargetPortal *portal)
{
  CHECK (portal, TARGET_PORTAL_MAGIC);
  return &portal->listener->address;
}
