/* SPDX-License-Identifier: Apache-2.0 */
/* pr-reserve.c - the service actions that make a persistent reservation, end it, or take it from another (SPC-4 5.12.9 .. 11) */
#include "target-sim/scsi/pr-out.h"

#include "world/banned.h"

static guint8
pr_type (const PrOut *out)
{
  return out->task->cdb[2] & 0x0f;
}

static gboolean
pr_check_scope_and_type (PrOut *out)
{
  if (out->task->cdb[2] >> 4 != PR_SCOPE_UNIT)
    return scsi_task_refuse_field (out->task, 2, 7);
  return reservation_type_is_known (pr_type (out)) || scsi_task_refuse_field (out->task, 2, 3);
}

/* For the one that asks. */
static void
pr_establish (PrOut *out)
{
  for (guint i = 0; i < out->next.registrations->len; i++)
    reservations_at (&out->next, i)->is_holder = FALSE;
  out->next.type = pr_type (out);
  pr_own (out)->is_holder = !reservation_type_is_for_all (out->next.type);
}

static void
pr_end (PrOut *out)
{
  for (guint i = 0; i < out->next.registrations->len; i++)
    reservations_at (&out->next, i)->is_holder = FALSE;
  out->next.type = RESERVATION_NONE;
}

gboolean
pr_reserve (PrOut *out)
{
  if (!pr_check_scope_and_type (out))
    return FALSE;
  if (out->next.type == RESERVATION_NONE)
    pr_establish (out);
  else if (!reservations_holds (&out->next, pr_own (out)) || out->next.type != pr_type (out))
    return scsi_task_conflict (out->task);
  return TRUE;
}

/* One that holds nothing releases nothing, and is told GOOD. */
gboolean
pr_release (PrOut *out)
{
  const ReservationType type = out->next.type;
  if (type == RESERVATION_NONE || !reservations_holds (&out->next, pr_own (out)))
    return TRUE;
  if (out->task->cdb[2] != (PR_SCOPE_UNIT << 4 | type))
    return scsi_task_refuse (out->task, SENSE_ILLEGAL_REQUEST, SENSE_CODE_INVALID_RELEASE);
  pr_end (out);
  if (reservation_type_is_shared (type))
    pr_notify_others (out, SENSE_CODE_RESERVATIONS_RELEASED);
  return TRUE;
}

gboolean
pr_clear (PrOut *out)
{
  pr_notify_others (out, SENSE_CODE_RESERVATIONS_PREEMPTED);
  pr_end (out);
  g_array_set_size (out->next.registrations, 0);
  return TRUE;
}

/* ---- PREEMPT ---- */

/* Does it mean the reservation, or registrations alone? With all registrants as holders, the key 0 means the reservation. */
static gboolean
preempt_takes_reservation (const PrOut *out)
{
  if (out->next.type == RESERVATION_NONE)
    return FALSE;
  if (reservation_type_is_for_all (out->next.type))
    return out->action_key == 0;
  for (guint i = 0; i < out->next.registrations->len; i++)
    if (reservations_at (&out->next, i)->is_holder)
      return reservations_at (&out->next, i)->key == out->action_key;
  return FALSE;
}

/* SPC-4 5.12.11.4: whoever takes the reservation keeps his own registration, though it has the key. Returns how many are gone. */
static guint
preempt_registrations (PrOut *out, gboolean keeps_own, gboolean is_shut)
{
  guint count = 0;
  for (guint i = 0; i < out->next.registrations->len;) {
    const Registration *registration = reservations_at (&out->next, i);
    const gboolean is_own = registration == pr_own (out);
    if ((out->action_key != 0 && registration->key != out->action_key) || (is_own && keeps_own)) {
      i++;
      continue;
    }
    pr_notify (out, registration, is_own ? SENSE_CODE_NONE : SENSE_CODE_REGISTRATIONS_PREEMPTED,
               is_shut);
    g_array_remove_index (out->next.registrations, i);
    count++;
  }
  return count;
}

static gboolean
preempt (PrOut *out, gboolean is_shut)
{
  const ReservationType before = out->next.type;
  const gboolean takes = preempt_takes_reservation (out);
  if (out->action_key == 0 && !takes)
    return pr_refuse_parameter (out, 8, SENSE_NO_BIT);
  if (takes && !pr_check_scope_and_type (out))
    return FALSE;
  const guint count = preempt_registrations (out, takes, is_shut);
  if (takes) {
    if (pr_type (out) != before)
      pr_notify_others (out, SENSE_CODE_RESERVATIONS_RELEASED);
    pr_establish (out);
  } else if (count == 0) {
    return scsi_task_conflict (out->task);
  } else if (out->next.registrations->len == 0) {
    pr_end (out); /* all registrants held it, and none is left */
  }
  return TRUE;
}

gboolean
pr_preempt (PrOut *out)
{
  return preempt (out, FALSE);
}

gboolean
pr_preempt_and_abort (PrOut *out)
{
  return preempt (out, TRUE);
}
