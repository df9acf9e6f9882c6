/* SPDX-License-Identifier: Apache-2.0 */
/* words-wire.h - what the files of the wire actors' words share */
#pragma once

#include "harness/script/lab.h"
#include "harness/script/wire-table.h"
#include "protocol/negotiation.h"

typedef struct LabWire {
  ScriptObject object;
  Host *host;
  char *name;
  Wire *wire;
  LabCall *waiting;         /* NULL: no word waits for it */
  Negotiation *negotiation; /* a wire target's login under way; NULL: none */
  WirePdu *granted;         /* a wire initiator's login that is granted, and not over; NULL: none */
  guint tests_left;         /* how often that initiator still asks whether the unit is ready */
  GString *login_text;      /* of the responses to a wire initiator's login so far */
} LabWire;

/* Ends the present call of the word; it is called again when something has happened, at the latest `within_ns` after its first
 * call. */
gboolean lab_wire_wait (ScriptCall *call, const char *what, gint64 within_ns);
gboolean lab_wire_is_late (const ScriptCall *call);
/* The scenario fails. Always FALSE. */
gboolean lab_wire_fail (ScriptCall *call, const char *word, const char *expected,
                        const char *actual, GError **error);

/* Fills in what the table leaves open, sends, counts. */
void lab_wire_send (LabWire *self, WireTable *table);

/* ---- words-wire-login.c ---- */
extern const OptionTable wire_initiator_login_options;
extern const OptionTable wire_target_login_options;
gboolean lab_wire_initiator_login (ScriptCall *call, GError **error);
gboolean lab_wire_target_login (ScriptCall *call, GError **error);
void lab_wire_login_clear (LabWire *self);
