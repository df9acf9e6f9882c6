/* SPDX-License-Identifier: Apache-2.0 */
/* node.h - the target node as its own files see it: portals, sessions, units, counters */
#pragma once

#include "target-sim/scsi/task.h"
#include "target-sim/target.h"

typedef struct TargetDoor TargetDoor;
typedef struct TargetPortal TargetPortal;
typedef struct TargetConnection TargetConnection;
typedef struct TargetSession TargetSession;

struct TargetSim {
  guint32 magic; /* TARGET_SIM_MAGIC */
  Host *host;
  TargetEntity *entity; /* a reference */
  char *name;
  KeyValues wanted;
  Luns luns;
  GPtrArray *portals;  /* of TargetPortal */
  GPtrArray *sessions; /* of TargetSession, oldest first */
  guint queue_depth;
  guint session_limit;
  guint login_limit;
  GArray *tsihs; /* of guint16: as config.tsihs, what is left of them */
  guint16 next_tsih;
  guint32 first_stat_sn;
  gboolean power_on_unit_attention;
  guint16 power_on_code; /* of the sense: what a new nexus is told */
  TargetCounters counters;
};

#define TARGET_SIM_MAGIC 0x7A26E700u

/* A power-on event without a loss of power (RFC 7143 11.5.1, R-TMF-034): all connections end, after what was sent on them, and
 * all sessions with them. */
void node_restart (TargetSim *target);
/* Never 0, never one in use; RFC 7143 11.12.6, R-ISID-002. A discovery session takes none that was configured. */
guint16 node_take_tsih (TargetSim *target, gboolean is_discovery);
TargetSession *node_find_session (const TargetSim *target, guint16 tsih);
/* RFC 7143 4.4.3, the ISID RULE (R-ISID-001): at most one session has these four (the target's name is the fourth). A
 * discovery session that named no target has the door in the tag's and the name's place (7.4.2.1, the UNNAMED ISID RULE). */
TargetSession *node_find_nexus (const TargetSim *target, const char *initiator_name, guint64 isid,
                                guint16 group_tag, const TargetDoor *unnamed_at);
void node_count_sessions (TargetSim *target); /* into its counters */
