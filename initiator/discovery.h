/* SPDX-License-Identifier: Apache-2.0 */
/* discovery.h - which targets are there (RFC 7143 C): SendTargets over a discovery session
 *
 * What is read is bounded: DISCOVERY_TARGETS_MAX targets with DISCOVERY_PORTALS_MAX portals each, and DISCOVERY_TEXT_MAX bytes in
 * all. More is an error, not a part.
 */
#pragma once

#include "initiator/initiator.h"

#define DISCOVERY_TARGETS_MAX 4096
#define DISCOVERY_PORTALS_MAX 256
#define DISCOVERY_TEXT_MAX    (4 * 1024 * 1024)

typedef struct DiscoveredPortal {
  Address address;
  gint32 group_tag; /* -1: the target did not say */
} DiscoveredPortal;

typedef struct DiscoveredTarget {
  char *name;
  GArray *
      portals; /* of DiscoveredPortal, in the target's order; those told by a host name are left out */
} DiscoveredTarget;

/* `targets` is of DiscoveredTarget, in the order in which they were told, and valid during the call; NULL on an error. */
typedef void (*DiscoverDone) (gpointer data, const GPtrArray *targets, const GError *error);

/* A session of its own for the purpose, logged out before `done`. A redirection is followed. An answer that is late by the
 * profile's login timeout, or breaks a rule, is an error. */
void initiator_discover (Initiator *initiator, const Address *portal, DiscoverDone done,
                         gpointer data);

/* A discovery of this node's has told of the target. */
gboolean initiator_has_discovered (const Initiator *initiator, const char *target_name);
