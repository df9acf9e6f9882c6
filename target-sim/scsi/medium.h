/* SPDX-License-Identifier: Apache-2.0 */
/* medium.h - what stands between a unit and its medium: there is none, it is out, it does not turn; and who keeps it in
 *
 * A fixed unit has power conditions (SBC-3 4.20) and always its medium. A removable one has no power conditions: it is ready
 * when its medium is in.
 */
#pragma once

#include "protocol/scsi/sense.h"

/* POWER CONDITION of START STOP UNIT (SBC-3 table 104); the gaps are reserved. */
typedef enum PowerCondition {
  POWER_START_VALID = 0x0, /* START and LOEJ say it */
  POWER_ACTIVE = 0x1,
  POWER_IDLE = 0x2,
  POWER_STANDBY = 0x3,
  POWER_LU_CONTROL = 0x7,
  POWER_FORCE_IDLE = 0xa,
  POWER_FORCE_STANDBY = 0xb,
} PowerCondition;

typedef struct Medium {
  gboolean is_removable;
  gboolean is_missing; /* none can be loaded */
  gboolean is_out;
  gboolean is_stopped;
  PowerCondition condition; /* of a fixed unit that is not stopped: ACTIVE, IDLE or STANDBY */
  GPtrArray *preventers;    /* nexuses, as names only: by whose will it stays in */
} Medium;

void medium_init (Medium *medium);
void medium_clear (Medium *medium);
/* A logical unit reset: it turns, and nobody prevents its removal; what is out stays out. */
void medium_reset (Medium *medium);

void medium_prevent (Medium *medium, gpointer nexus);
void medium_allow (Medium *medium, gpointer nexus); /* harmless if it did not prevent */
gboolean medium_is_prevented (const Medium *medium);

/* Why nothing can be read or written; FALSE: it can. */
gboolean medium_is_away (const Medium *medium, Sense *ret_sense);
/* What REQUEST SENSE tells of a unit that is well (SPC-4 5.12.8). */
Sense medium_condition_sense (const Medium *medium);
