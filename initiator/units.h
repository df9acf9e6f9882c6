/* SPDX-License-Identifier: Apache-2.0 */
/* units.h - the logical units behind a session, and that each is still the one it was
 *
 * A session that was asked to (ConnectOptions.scans_units) looks at its units after each login, before any task is sent:
 * REPORT LUNS, and what each unit calls itself. From its first scan on, a number means one unit. A number behind which another
 * one stands, or none, is quarantined: its tasks end as NOT_SENT, or LOST if they were sent before; INQUIRY, REPORT LUNS and
 * REQUEST SENSE alone go through, which a unit answers whatever it is. It is lifted when a scan finds the old unit there again.
 * What stands there instead can be used over a new session.
 *
 * A unit that tells no identity cannot be told from another, and is let through. So are commands that were under way when a
 * target changed the units of a session that is up: only a target that fails them can help there.
 */
#pragma once

#include "initiator/initiator.h"

/* UNIT_STATE (NAME, "text") */
#define UNIT_STATES(UNIT_STATE)                                                                    \
  UNIT_STATE (PRESENT, "present")                                                                  \
  UNIT_STATE (GONE, "gone")         /* nothing at its number */                                    \
  UNIT_STATE (REPLACED, "replaced") /* another unit at its number */

typedef enum UnitState {
#define UNIT_STATE(name, text) UNIT_##name,
  UNIT_STATES (UNIT_STATE)
#undef UNIT_STATE
} UnitState;

const char *unit_state_name (guint64 state);

/* Text is the session's, valid until its next event. */
typedef struct UnitInfo {
  guint16 lun;
  UnitState state;
  guint8 device_type;
  const char *vendor;
  const char *product;
  const char *identity; /* "naa.3...", "eui.", "name.", "t10.", "serial."; "": it tells none */
} UnitInfo;

gboolean session_scans_units (const Session *session);
guint session_unit_count (const Session *session);
void session_unit (const Session *session, guint index, UnitInfo *ret_info); /* by number, rising */

/* Looks again, as after a login; the session must be up and have been asked to scan. Also done by itself on UNIT ATTENTION
 * 3F/0E, REPORTED LUNS DATA HAS CHANGED, and 3F/03, INQUIRY DATA HAS CHANGED. */
void session_rescan (Session *session);
gboolean session_is_scanning (const Session *session);
