/* SPDX-License-Identifier: Apache-2.0 */
/* portal.h - an address at which the target listens, and the connections that came in there */
#pragma once

#include "target-sim/node.h"

struct TargetPortal {
  guint32 magic; /* TARGET_PORTAL_MAGIC */
  TargetSim *target;
  guint16 group_tag;
  Listener *listener;
  GQueue connections; /* of TargetConnection, by the link inside each */
  guint in_login;     /* of them: not yet in full feature phase */
};

#define TARGET_PORTAL_MAGIC 0x7A26E701u

TargetPortal *portal_new (TargetSim *target, const TargetPortalConfig *config, GError **error);
void portal_free (TargetPortal *portal); /* and its connections; NULL is fine */
const Address *portal_address (const TargetPortal *portal);
