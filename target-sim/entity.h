/* SPDX-License-Identifier: Apache-2.0 */
/* entity.h - a network entity (RFC 7143 4.1): the target nodes that are found behind the same addresses
 *
 * The entity owns the doors, one listener per address; each node that listens at the address has a TargetPortal of its own
 * behind the door, with its own portal group tag, since tags mean nothing beyond their node (RFC 7143 C).
 */
#pragma once

#include "target-sim/node.h"

typedef struct TargetDoor {
  guint32 magic; /* TARGET_DOOR_MAGIC */
  TargetEntity *entity;
  Listener *listener;
  GPtrArray *portals; /* of TargetPortal: one per node, in the order in which they came */
} TargetDoor;

#define TARGET_DOOR_MAGIC 0x7A26E706u

struct TargetEntity {
  guint32 magic; /* TARGET_ENTITY_MAGIC */
  guint references;
  Host *host;
  GPtrArray *nodes; /* of TargetSim, in order of making */
  GPtrArray *doors; /* of TargetDoor */
};

#define TARGET_ENTITY_MAGIC 0x7A26E707u

/* Port 0 is always another door. Fails if someone else has the address, or the same node has it already. */
TargetDoor *entity_open_door (TargetEntity *entity, TargetPortal *portal, const Address *address,
                              GError **error);
void entity_leave_door (TargetDoor *door, TargetPortal *portal); /* the last one shuts it */
/* The portal behind the same door that belongs to the node of this name; NULL: no such node there. */
TargetPortal *door_find_portal (const TargetDoor *door, const char *node_name);
