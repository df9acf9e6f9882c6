/* SPDX-License-Identifier: Apache-2.0 */
/* machine.h - state machines as tables: (state, event, next, RFC's name of the transition, action)
 *
 * A module declares its states, its events and its rows; from the tables come the names, the check, the log and (later) the
 * coverage list and the diagram. A pair that no row declares is a programmer's error: an input that a peer can cause must be
 * asked for with machine_allows first, or have a row.
 */
#pragma once

#include "world/host.h"

typedef struct MachineRow {
  guint8 state;
  guint8 event;
  guint8 next;
  const char *rfc;                /* "T1", "N3", or "" where the RFC has no name for it */
  void (*action) (gpointer self); /* after the move; may be NULL; may free self */
} MachineRow;

typedef struct Machine {
  const char *name;
  const char *const *states;
  guint state_count;
  const char *const *events;
  guint event_count;
  const MachineRow *rows;
  guint row_count;
} Machine;

const MachineRow *machine_find (const Machine *machine, guint8 state,
                                guint8 event); /* NULL: none */

static inline gboolean
machine_allows (const Machine *machine, guint8 state, guint8 event)
{
  return machine_find (machine, state, event) != NULL;
}

/* "machine: FROM -> TO on EVENT (T1)", as EVENT_STATE has it: the name of a row in every report. */
void machine_row_text (const Machine *machine, const MachineRow *row, char *ret_text, gsize length);

/* Moves *state, logs EVENT_STATE under `object` (its number in the log), then calls the row's action with self. */
void machine_move (const Machine *machine, Host *host, guint32 object, guint8 *state, guint8 event,
                   gpointer self);
