/* SPDX-License-Identifier: Apache-2.0 */
/* reserve-6.c - RESERVE(6) and RELEASE(6) (SPC-2 5.5.1), beside persistent reservations as CRH tells (SPC-4 5.12.3)
 *
 * Where anybody is registered they change nothing: they end with GOOD for one who is free of the persistent reservation anyway,
 * and conflict for the others.
 */
#include "target-sim/scsi/commands.h"

#include "world/banned.h"

gboolean
spc_check_reserve_6 (ScsiTask *task)
{
  if ((task->cdb[1] & 0x1f) != 0) /* third parties and extents, long gone */
    return scsi_task_refuse_field (task, 1, 4);
  return TRUE;
}

static gboolean
reserve_is_without_effect (const Reservations *reservations, const ScsiNexus *nexus)
{
  const Registration *registration = reservations_find (reservations, nexus);
  return reservations->type != RESERVATION_NONE && registration != NULL
         && (reservations_holds (reservations, registration)
             || reservation_type_is_shared (reservations->type));
}

/* TRUE: the persistent ones have decided. */
static gboolean
reserve_meets_registrations (ScsiTask *task)
{
  const Reservations *reservations = &task->lun->reservations;
  if (reservations->registrations->len == 0)
    return FALSE;
  if (!reserve_is_without_effect (reservations, task->nexus))
    scsi_task_conflict (task);
  return TRUE;
}

void
spc_reserve_6 (ScsiTask *task)
{
  Reservations *reservations = &task->lun->reservations;
  if (!reserve_meets_registrations (task)) {
    if (reservations->reserver != NULL && reservations->reserver != task->nexus)
      scsi_task_conflict (task);
    else
      reservations->reserver = task->nexus;
  }
  scsi_task_finish (task);
}

/* Of what another has reserved it releases nothing, and ends with GOOD. */
void
spc_release_6 (ScsiTask *task)
{
  Reservations *reservations = &task->lun->reservations;
  if (!reserve_meets_registrations (task) && reservations->reserver == task->nexus)
    reservations->reserver = NULL;
  scsi_task_finish (task);
}
