/* SPDX-License-Identifier: Apache-2.0 */
/* discovery.c - the records of targets and their addresses (RFC 7143 C)
 *
 * A discovery session is told of every node of the network entity, whatever address it came in by: All, or one by its name. A
 * normal session is told of its own node only. Each record has all portals of its node, with their groups (R-DISC-003,
 * R-DISC-012). A portal that listens at any address is known by the one that the asking connection came in by.
 */
#include "target-sim/discovery.h"

#include "protocol/name.h"

#include "target-sim/session.h"

#include "world/banned.h"

static gboolean
address_is_any (const Address *address)
{
  static const guint8 any[16] = { 0 };
  return memcmp (address->ip, any, sizeof any) == 0;
}

/* R-DISC-010, RFC 7143 13.8: with the portal group's tag. */
static void
discovery_write_portal (const TargetConnection *connection, const TargetPortal *portal,
                        GString *reply)
{
  char text[ADDRESS_TEXT_LENGTH];
  Address address = *portal_address (portal);
  if (address_is_any (&address)) {
    address = connection->stream->local;
    address.port = portal_address (portal)->port;
  }
  g_autofree char *value =
      g_strdup_printf ("%s,%u", address_text (&address, text), portal->group_tag);
  text_write (reply, key_info (KEY_TARGET_ADDRESS)->name, value);
}

static void
discovery_write_node (const TargetConnection *connection, const TargetSim *target, GString *reply)
{
  text_write (reply, key_info (KEY_TARGET_NAME)->name, target->name);
  for (guint i = 0; i < target->portals->len; i++)
    discovery_write_portal (connection, target->portals->pdata[i], reply);
}

/* R-DISC-004, R-DISC-007, R-DISC-009: never of another node, and All is not for it. */
static gboolean
discovery_answer_normal (const TargetConnection *connection, const char *value, GString *reply)
{
  if (strcmp (value, "All") == 0)
    return FALSE;
  if (*value == '\0' || name_equal (value, connection->target->name))
    discovery_write_node (connection, connection->target, reply);
  return TRUE;
}

gboolean
discovery_answer (const TargetConnection *connection, const char *value, GString *reply)
{
  CHECK (connection, TARGET_CONNECTION_MAGIC);
  if (!target_session_is_discovery (connection->session))
    return discovery_answer_normal (connection, value, reply);
  /* RFC 7143 C: nothing stands for the target that was logged in to, and here is none. */
  if (*value == '\0')
    return FALSE;
  const GPtrArray *nodes = connection->target->entity->nodes;
  const gboolean is_all = strcmp (value, "All") == 0;
  for (guint i = 0; i < nodes->len; i++) {
    const TargetSim *target = nodes->pdata[i];
    if (is_all || name_equal (value, target->name))
      discovery_write_node (connection, target, reply);
  }
  return TRUE;
}
