/* SPDX-License-Identifier: Apache-2.0 */
/* nexus.h - an I_T nexus as the device server knows it: what one initiator port has still to be told at one target port
 *
 * A nexus is known to its units from scsi_nexus_init to scsi_nexus_clear, so that what one initiator does can be told to the
 * others; it must not move in between.
 */
#pragma once

#include "target-sim/scsi/lun.h"

typedef struct UnitAttention {
  guint16 lun;
  guint16 code; /* asc << 8 | ascq */
} UnitAttention;

/* SAM-5 4.6.9: what the device server remembers of one initiator port at one target port. */
typedef struct ScsiTask ScsiTask;

struct ScsiNexus {
  guint32 magic; /* SCSI_NEXUS_MAGIC */
  Luns *luns;
  Host *
      host; /* whose faults strike its commands (FAULT_POINT_SCSI), and whose timers erasures take. NULL: no faults, and no
               * FORMAT UNIT or SANITIZE must come */
  guint16 group_tag; /* of the target port: the iSCSI portal group, and its relative identifier */
  char *port; /* of the initiator: its name as protocol/scsi/transport-id.h has it; "": none */
  GArray *attentions; /* of UnitAttention: the order in which they are reported */
  /* Ends its tasks at the unit, but `except`, for one that preempted it; NULL: it has none that another can end. */
  void (*abort) (ScsiNexus *nexus, guint16 lun, const ScsiTask *except);
};

#define SCSI_NEXUS_MAGIC 0x0E705001u

void scsi_nexus_init (ScsiNexus *nexus, Luns *luns, guint16 group_tag);
void scsi_nexus_name (ScsiNexus *nexus, const char *initiator_name, guint64 isid);
void scsi_nexus_clear (ScsiNexus *nexus);
void scsi_nexus_attend (ScsiNexus *nexus, guint16 lun,
                        guint16 code); /* queues it, once per unit and code */
void scsi_nexus_attend_all (ScsiNexus *nexus, guint16 code);
/* Every other nexus to the same units. */
void scsi_nexus_attend_others (const ScsiNexus *nexus, guint16 lun, guint16 code);
/* SAM-5 6.3.4: the nexus was lost and is back. `untold` is what it had not reported: for each unit that stays, and a unit about
 * which no power-on or reset is among it is told of the nexus loss. Replaces what is queued. */
void scsi_nexus_inherit (ScsiNexus *nexus, const GArray *untold);
gboolean scsi_nexus_take_attention (ScsiNexus *nexus, guint16 lun,
                                    guint16 *ret_code); /* the oldest, and forgets it */
