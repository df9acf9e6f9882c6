/* SPDX-License-Identifier: Apache-2.0 */
/* machine.c - finds a row, moves, logs
 *
 * A machine has a few dozen rows at most: they are walked. The action runs last and may free what holds the state, so nothing
 * is touched after it.
 */
#include "protocol/machine.h"

#include "protocol/events.h"

#include "world/banned.h"

const MachineRow *
machine_find (const Machine *machine, guint8 state, guint8 event)
{
  for (guint i = 0; i < machine->row_count; i++)
    if (machine->rows[i].state == state && machine->rows[i].event == event)
      return &machine->rows[i];
  return NULL;
}

static const MachineRow *
machine_require (const Machine *machine, guint8 state, guint8 event)
{
  CHECK_THAT (state < machine->state_count && event < machine->event_count);
  const MachineRow *row = machine_find (machine, state, event);
  if (row == NULL) {
    char what[EVENT_TEXT_MAX];
    g_snprintf (what, sizeof what, "machine '%s' has a row for %s in state %s", machine->name,
                machine->events[event], machine->states[state]);
    check_failed (__FILE__, __LINE__, what);
  }
  CHECK_THAT (row->next < machine->state_count);
  return row;
}

void
machine_row_text (const Machine *machine, const MachineRow *row, char *ret_text, gsize length)
{
  const gboolean has_name = row->rfc != NULL && row->rfc[0] != '\0';
  g_snprintf (ret_text, length, "%s: %s -> %s on %s%s%s%s", machine->name,
              machine->states[row->state], machine->states[row->next], machine->events[row->event],
              has_name ? " (" : "", has_name ? row->rfc : "", has_name ? ")" : "");
}

static void
machine_log (const Machine *machine, Host *host, guint32 object, const MachineRow *row)
{
  char text[EVENT_TEXT_MAX];
  machine_row_text (machine, row, text, sizeof text);
  HOST_LOG (host, EVENT_STATE, text, object);
}

void
machine_move (const Machine *machine, Host *host, guint32 object, guint8 *state, guint8 event,
              gpointer self)
{
  CHECK (host, HOST_MAGIC);
  const MachineRow *row = machine_require (machine, *state, event);
  *state = row->next;
  machine_log (machine, host, object, row);
  if (row->action != NULL)
    row->action (self);
}
