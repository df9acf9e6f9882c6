/* SPDX-License-Identifier: Apache-2.0 */
/* portal.h - a node's side of an address: its portal group, and the connections to it that came in there */
#pragma once

#include "target-sim/entity.h"

struct TargetPortal {
  guint32 magic; /* TARGET_PORTAL_MAGIC */
  TargetSim *target;
  guint16 group_tag;
  TargetDoor *door; /* NULL: could not be opened */
  GStrv moved_to;   /* values of TargetAddress; NULL: logins are taken here */
  gboolean is_moved_permanently;
  gboolean is_move_told_late; /* with the last Login Request, not the first */
  GQueue connections;         /* of TargetConnection, by the link inside each */
  guint in_login;             /* of them: not yet in full feature phase */
};

#define TARGET_PORTAL_MAGIC 0x7A26E701u

TargetPortal *portal_new (TargetSim *target, const TargetPortalConfig *config, GError **error);
void portal_free (TargetPortal *portal); /* and its connections; NULL is fine */
void portal_accept (TargetPortal *portal, Stream *stream /* transfer full */);
const Address *portal_address (const TargetPortal *portal);
void portal_redirect (TargetPortal *portal, const TargetRedirect *redirect); /* NULL: no more */
