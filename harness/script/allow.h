/* SPDX-License-Identifier: Apache-2.0 */
/* allow.h - what a scenario may do to a target that somebody else runs
 *
 * Against iscsi://... nothing is written unless --dataloss was given, and nothing is reset, reserved or changed for others unless
 * --disruptive was. A scenario that needs more is skipped, with the word that needs it as the reason. The embedded target and
 * a tgtd or istgt of ours take everything.
 */
#pragma once

#include "harness/script/lab.h"

typedef enum Allowance {
  ALLOW_HARMLESS = 0,
  ALLOW_DATALOSS = 1,
  ALLOW_DISRUPTIVE = 2,
  ALLOW_BOTH = 3,
} Allowance;

/* TRUE, or the scenario is skipped: then *error unwinds it. `what`: "disk:write". */
gboolean lab_allows (Lab *lab, Allowance needed, const char *what, GError **error);

/* By its first octet; an operation code that is not known may do anything. */
Allowance cdb_allowance (const guint8 *cdb);
Allowance tmf_allowance (guint8 function);
/* Of a PDU that a scenario made, with 48 octets of header. */
Allowance pdu_allowance (const guint8 *bhs);

/* What the engine does by itself when a unit does not answer: its resets do not leave the house where they are not allowed. */
gboolean lab_hold_resets_back (Lab *lab, GError **error);
