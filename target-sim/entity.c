/* SPDX-License-Identifier: Apache-2.0 */
/* entity.c - several target nodes behind the same addresses
 *
 * Method: a connection that comes in at a door belongs to the first node there, until a Login Request names another
 * (login.c). So a node stays whole in itself, with its sessions, limits and counters, a lone node is nothing but an entity of
 * one, and what belongs to nobody, an unnamed discovery session, is the first node's.
 *
 * The entity lives as long as one of its nodes, or whoever made it, refers to it.
 */
#include "target-sim/entity.h"

#include "protocol/name.h"

#include "target-sim/connection.h"
#include "target-sim/portal.h"
#include "world/error.h"

#include "world/banned.h"

TargetEntity *
target_entity_new (Host *host)
{
  CHECK (host, HOST_MAGIC);
  TargetEntity *entity = g_new0 (TargetEntity, 1);
  entity->magic = TARGET_ENTITY_MAGIC;
  entity->references = 1;
  entity->host = host;
  entity->nodes = g_ptr_array_new ();
  entity->doors = g_ptr_array_new ();
  return entity;
}

TargetEntity *
target_entity_ref (TargetEntity *entity)
{
  CHECK (entity, TARGET_ENTITY_MAGIC);
  entity->references++;
  return entity;
}

void
target_entity_unref (TargetEntity *entity)
{
  if (entity == NULL)
    return;
  CHECK (entity, TARGET_ENTITY_MAGIC);
  if (--entity->references > 0)
    return;
  CHECK_THAT (entity->nodes->len == 0 && entity->doors->len == 0);
  g_ptr_array_unref (entity->nodes);
  g_ptr_array_unref (entity->doors);
  entity->magic = 0;
  g_free (entity);
}

/* ---- doors ---- */

static void
door_on_accepted (gpointer owner, Listener *listener, Stream *stream)
{
  TargetDoor *door = owner;
  CHECK (door, TARGET_DOOR_MAGIC);
  portal_accept (door->portals->pdata[0], stream);
}

static const ListenerEvents listener_events = { .accepted = door_on_accepted };

static void
door_free (TargetDoor *door)
{
  listener_free (door->listener);
  g_ptr_array_unref (door->portals);
  door->magic = 0;
  g_free (door);
}

static TargetDoor *
door_new (TargetEntity *entity, const Address *address, GError **error)
{
  TargetDoor *door = g_new0 (TargetDoor, 1);
  door->magic = TARGET_DOOR_MAGIC;
  door->entity = entity;
  door->portals = g_ptr_array_new ();
  door->listener = listener_new (entity->host, address, &listener_events, door, error);
  if (door->listener == NULL) {
    door_free (door);
    return NULL;
  }
  g_ptr_array_add (entity->doors, door);
  return door;
}

static TargetDoor *
entity_find_door (const TargetEntity *entity, const Address *address)
{
  for (guint i = 0; address->port != 0 && i < entity->doors->len; i++) {
    TargetDoor *door = entity->doors->pdata[i];
    if (address_equal (&door->listener->address, address))
      return door;
  }
  return NULL;
}

TargetPortal *
door_find_portal (const TargetDoor *door, const char *node_name)
{
  CHECK (door, TARGET_DOOR_MAGIC);
  for (guint i = 0; i < door->portals->len; i++) {
    TargetPortal *portal = door->portals->pdata[i];
    if (name_equal (node_name, portal->target->name))
      return portal;
  }
  return NULL;
}

TargetDoor *
entity_open_door (TargetEntity *entity, TargetPortal *portal, const Address *address,
                  GError **error)
{
  CHECK (entity, TARGET_ENTITY_MAGIC);
  TargetDoor *door = entity_find_door (entity, address);
  if (door != NULL && door_find_portal (door, portal->target->name) != NULL) {
    char text[ADDRESS_TEXT_LENGTH];
    g_set_error (error, WORLD_ERROR, WORLD_ERROR_IN_USE,
                 "target '%s': expected one node of this name at '%s', got two",
                 portal->target->name, address_text (address, text));
    return NULL;
  }
  if (door == NULL)
    door = door_new (entity, address, error);
  if (door != NULL)
    g_ptr_array_add (door->portals, portal);
  return door;
}

void
entity_leave_door (TargetDoor *door, TargetPortal *portal)
{
  CHECK (door, TARGET_DOOR_MAGIC);
  g_ptr_array_remove (door->portals, portal);
  if (door->portals->len > 0)
    return;
  g_ptr_array_remove (door->entity->doors, door);
  door_free (door);
}
