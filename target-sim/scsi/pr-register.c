/* SPDX-License-Identifier: Apache-2.0 */
/* pr-register.c - the service actions that register and unregister, or hand a reservation on (SPC-4 5.12.7, 5.12.8, 5.12.11.2) */
#include "protocol/scsi/transport-id.h"
#include "target-sim/scsi/pr-out.h"

#include "world/banned.h"

#define MOVE_UNREG 0x02 /* octet 17 */
#define MOVE_APTPL 0x01

static gboolean
pr_has_no_room (PrOut *out)
{
  return scsi_task_refuse (out->task, SENSE_ILLEGAL_REQUEST,
                           SENSE_CODE_INSUFFICIENT_REGISTRATION_RESOURCES);
}

static gboolean
pr_check_aptpl (PrOut *out, guint8 flags, guint16 octet)
{
  return (flags & PR_OUT_APTPL) == 0 || out->next.memory != NULL
         || pr_refuse_parameter (out, octet, 0);
}

/* ---- at one target port, or at all ---- */

/* SPC-4 5.12.11.2: the reservation goes with its holder, or with the last of all registrants. */
static void
pr_unregister_at (PrOut *out, const char *port, guint16 target_port)
{
  Reservations *next = &out->next;
  const gint index = reservations_index (next, port, target_port);
  if (index < 0)
    return;
  const gboolean is_holder = reservations_at (next, (guint) index)->is_holder;
  const ReservationType type = next->type;
  g_array_remove_index (next->registrations, (guint) index);
  if (!is_holder && next->registrations->len > 0)
    return;
  next->type = RESERVATION_NONE;
  if (reservation_type_is_shared (type))
    pr_notify_others (out, SENSE_CODE_RESERVATIONS_RELEASED);
}

static gboolean
pr_set_at (PrOut *out, const char *port, guint16 target_port)
{
  if (out->action_key != 0)
    return reservations_register (&out->next, port, target_port, out->action_key)
           || pr_has_no_room (out);
  pr_unregister_at (out, port, target_port);
  return TRUE;
}

static gboolean
pr_set (PrOut *out, const char *port)
{
  const ScsiNexus *nexus = out->task->nexus;
  const GArray *ports = nexus->luns->target_ports;
  if (!pr_set_at (out, port, nexus->group_tag))
    return FALSE;
  for (guint i = 0; (out->flags & PR_OUT_ALL_TG_PT) != 0 && i < ports->len; i++)
    if (g_array_index (ports, guint16, i) != nexus->group_tag
        && !pr_set_at (out, port, g_array_index (ports, guint16, i)))
      return FALSE;
  return TRUE;
}

/* ---- SPEC_I_PT ---- */

/* SPC-4 7.6.4.6: the node means those of its ports that are known. */
static gboolean
pr_set_node (PrOut *out, const char *node, guint16 octet)
{
  const GPtrArray *nexuses = out->task->nexus->luns->nexuses;
  const gsize length = strlen (node);
  guint count = 0;
  for (guint i = 0; i < nexuses->len; i++) {
    const char *port = ((const ScsiNexus *) nexuses->pdata[i])->port;
    if (strncmp (port, node, length) != 0 || !g_str_has_prefix (port + length, PORT_NAME_DIVIDER))
      continue;
    if (!pr_set (out, port))
      return FALSE;
    count++;
  }
  return count > 0 || pr_refuse_parameter (out, octet, SENSE_NO_BIT);
}

static gboolean
pr_set_listed (PrOut *out)
{
  const guint8 *bytes = out->list.bytes;
  gsize at = PR_OUT_LIST_LENGTH + 4;
  if (out->list.length < at || wire_load (bytes + at - 4, 4) != out->list.length - at)
    return scsi_task_refuse (out->task, SENSE_ILLEGAL_REQUEST, SENSE_CODE_PARAMETER_LIST_LENGTH);
  while (at < out->list.length) {
    TransportId id;
    gsize length;
    if (!transport_id_decode (&id, bytes + at, out->list.length - at, &length))
      return pr_refuse_parameter (out, (guint16) at, SENSE_NO_BIT);
    if (!(id.is_port ? pr_set (out, id.name) : pr_set_node (out, id.name, (guint16) at)))
      return FALSE;
    at += length;
  }
  return TRUE;
}

/* ---- REGISTER ---- */

/* What stands behind the 24 octets must be what the bits say. */
static gboolean
pr_check_register (PrOut *out, gboolean may_list)
{
  const gboolean is_list = (out->flags & PR_OUT_SPEC_I_PT) != 0;
  if (is_list && (!may_list || pr_own (out) != NULL || out->action_key == 0))
    return pr_refuse_parameter (out, 20, 3);
  if (!is_list && out->list.length != PR_OUT_LIST_LENGTH)
    return scsi_task_refuse (out->task, SENSE_ILLEGAL_REQUEST, SENSE_CODE_PARAMETER_LIST_LENGTH);
  return pr_check_aptpl (out, out->flags, 20);
}

static gboolean
pr_register_checked (PrOut *out)
{
  out->is_nothing = pr_own (out) == NULL && out->action_key == 0;
  if (out->is_nothing)
    return TRUE;
  out->next.is_kept = (out->flags & PR_OUT_APTPL) != 0;
  return pr_set (out, out->task->nexus->port)
         && ((out->flags & PR_OUT_SPEC_I_PT) == 0 || pr_set_listed (out));
}

gboolean
pr_register (PrOut *out)
{
  const Registration *own = pr_own (out);
  if (out->key != (own != NULL ? own->key : 0))
    return scsi_task_conflict (out->task);
  return pr_check_register (out, TRUE) && pr_register_checked (out);
}

gboolean
pr_register_and_ignore (PrOut *out)
{
  return pr_check_register (out, FALSE) && pr_register_checked (out);
}

/* ---- REGISTER AND MOVE ---- */

static gboolean
move_port_is_known (const PrOut *out, guint16 target_port)
{
  const GArray *ports = out->task->nexus->luns->target_ports;
  for (guint i = 0; i < ports->len; i++)
    if (g_array_index (ports, guint16, i) == target_port)
      return TRUE;
  return FALSE;
}

/* To whom: one port, and not the one that asks. */
static gboolean
move_read (PrOut *out, TransportId *ret_id, guint16 *ret_target_port)
{
  const guint8 *bytes = out->list.bytes;
  const ScsiNexus *nexus = out->task->nexus;
  gsize length = 0;
  if (wire_load (bytes + 20, 4) != out->list.length - PR_OUT_LIST_LENGTH)
    return scsi_task_refuse (out->task, SENSE_ILLEGAL_REQUEST, SENSE_CODE_PARAMETER_LIST_LENGTH);
  if (out->action_key == 0)
    return pr_refuse_parameter (out, 8, SENSE_NO_BIT);
  *ret_target_port = (guint16) wire_load (bytes + 18, 2);
  if (!move_port_is_known (out, *ret_target_port))
    return pr_refuse_parameter (out, 18, SENSE_NO_BIT);
  if (!transport_id_decode (ret_id, bytes + PR_OUT_LIST_LENGTH,
                            out->list.length - PR_OUT_LIST_LENGTH, &length)
      || length != out->list.length - PR_OUT_LIST_LENGTH || !ret_id->is_port
      || (*ret_target_port == nexus->group_tag && strcmp (ret_id->name, nexus->port) == 0))
    return pr_refuse_parameter (out, PR_OUT_LIST_LENGTH, SENSE_NO_BIT);
  return TRUE;
}

/* SPC-4 5.12.8: only the one holder can hand it on; where all hold it there is nothing to hand. */
static gboolean
move_check_holder (PrOut *out)
{
  if (reservation_type_is_for_all (out->next.type))
    return scsi_task_conflict (out->task);
  return pr_own (out)->is_holder || scsi_task_refuse_field (out->task, 1, 4);
}

gboolean
pr_register_and_move (PrOut *out)
{
  TransportId id;
  guint16 target_port = 0;
  const guint8 flags = out->list.bytes[17];
  if (!move_check_holder (out) || !move_read (out, &id, &target_port)
      || !pr_check_aptpl (out, flags & MOVE_APTPL, 17))
    return FALSE;
  if (!reservations_register (&out->next, id.name, target_port, out->action_key))
    return pr_has_no_room (out);
  const ScsiNexus *nexus = out->task->nexus;
  pr_own (out)->is_holder = FALSE;
  const gint there = reservations_index (&out->next, id.name, target_port);
  reservations_at (&out->next, (guint) there)->is_holder = TRUE;
  out->next.is_kept = (flags & MOVE_APTPL) != 0;
  if ((flags & MOVE_UNREG) != 0)
    pr_unregister_at (out, nexus->port, nexus->group_tag);
  return TRUE;
}
