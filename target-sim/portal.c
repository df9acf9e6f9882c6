/* SPDX-License-Identifier: Apache-2.0 */
#include "target-sim/portal.h"

#include "target-sim/connection.h"

#include "world/banned.h"

void
portal_accept (TargetPortal *portal, Stream *stream)
{
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

TargetPortal *
portal_new (TargetSim *target, const TargetPortalConfig *config, GError **error)
{
  CHECK (target, TARGET_SIM_MAGIC);
  TargetPortal *portal = g_new0 (TargetPortal, 1);
  portal->magic = TARGET_PORTAL_MAGIC;
  portal->target = target;
  portal->group_tag = config->group_tag;
  g_queue_init (&portal->connections);
  portal->door = entity_open_door (target->entity, portal, &config->address, error);
  if (portal->door == NULL) {
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
  if (portal->door != NULL)
    entity_leave_door (portal->door, portal);
  while (portal->connections.head != NULL)
    target_connection_free (portal->connections.head->data);
  g_strfreev (portal->moved_to);
  portal->magic = 0;
  g_free (portal);
}

const Address *
portal_address (const TargetPortal *portal)
{
  CHECK (portal, TARGET_PORTAL_MAGIC);
  return &portal->door->listener->address;
}

void
portal_redirect (TargetPortal *portal, const TargetRedirect *redirect)
{
  CHECK (portal, TARGET_PORTAL_MAGIC);
  g_clear_pointer (&portal->moved_to, g_strfreev);
  if (redirect == NULL)
    return;
  portal->moved_to = g_strdupv ((char **) redirect->addresses);
  portal->is_moved_permanently = redirect->is_permanent;
  portal->is_move_told_late = redirect->is_told_late;
}
