/* SPDX-License-Identifier: Apache-2.0 */
/* spc-start-stop.c - START STOP UNIT (SBC-3 5.23) and PREVENT ALLOW MEDIUM REMOVAL (SPC-4 6.19)
 *
 * Nothing here turns, so that every change has ended before its status, and IMMED changes nothing. On a removable unit only LOEJ
 * does anything: it has no power conditions, and whatever else is asked for is taken and has no effect.
 */
#include "target-sim/scsi/commands.h"

#include "world/banned.h"

#define START_NO_FLUSH 0x04
#define START_LOEJ     0x02
#define START_START    0x01
#define PREVENT_FIELD  0x03

/* What a fixed unit is after a POWER CONDITION; FORCE_... begin a timer at its end, of which it has none. */
static const struct {
  gboolean is_known;
  PowerCondition then;
} conditions[16] = {
  [POWER_ACTIVE] = { TRUE, POWER_ACTIVE },   [POWER_IDLE] = { TRUE, POWER_IDLE },
  [POWER_STANDBY] = { TRUE, POWER_STANDBY }, [POWER_LU_CONTROL] = { TRUE, POWER_ACTIVE },
  [POWER_FORCE_IDLE] = { TRUE, POWER_IDLE }, [POWER_FORCE_STANDBY] = { TRUE, POWER_STANDBY },
};

static guint8
start_condition (const ScsiTask *task)
{
  return task->cdb[4] >> 4;
}

gboolean
spc_check_start_stop (ScsiTask *task)
{
  const Medium *medium = &task->lun->medium;
  const guint8 condition = start_condition (task);
  if (medium->is_removable) {
    if (condition == POWER_START_VALID && (task->cdb[4] & START_LOEJ) != 0
        && medium_is_prevented (medium))
      return scsi_task_refuse (task, SENSE_ILLEGAL_REQUEST, SENSE_CODE_MEDIUM_REMOVAL_PREVENTED);
    return TRUE;
  }
  if (condition != POWER_START_VALID)
    return conditions[condition].is_known || scsi_task_refuse_field (task, 4, 7);
  return (task->cdb[4] & START_LOEJ) == 0 || scsi_task_refuse_field (task, 4, 1);
}

static void
start_load_or_eject (ScsiTask *task)
{
  Medium *medium = &task->lun->medium;
  const gboolean is_out = (task->cdb[4] & START_START) == 0;
  if (!is_out && medium->is_missing) {
    scsi_task_refuse (task, SENSE_NOT_READY, SENSE_CODE_MEDIUM_NOT_PRESENT);
    return;
  }
  if (medium->is_out && !is_out) /* SBC-3 4.5: those who did not load it */
    scsi_nexus_attend_others (task->nexus, task->lun->number, SENSE_CODE_MEDIUM_MAY_HAVE_CHANGED);
  medium->is_out = is_out;
}

static void
start_set_power (ScsiTask *task)
{
  Medium *medium = &task->lun->medium;
  const guint8 condition = start_condition (task);
  medium->is_stopped = condition == POWER_START_VALID && (task->cdb[4] & START_START) == 0;
  medium->condition = condition == POWER_START_VALID ? POWER_ACTIVE : conditions[condition].then;
}

static void
start_carry_out (ScsiTask *task)
{
  if (!task->lun->medium.is_removable)
    start_set_power (task);
  else if (start_condition (task) == POWER_START_VALID && (task->cdb[4] & START_LOEJ) != 0)
    start_load_or_eject (task);
  scsi_task_finish (task);
}

static void
start_flushed (StoreRequest *request, StoreResult result)
{
  ScsiTask *task = scsi_task_of (request);
  if (result == STORE_OK) {
    start_carry_out (task);
    return;
  }
  scsi_task_refuse (task, SENSE_MEDIUM_ERROR, SENSE_CODE_WRITE_ERROR);
  scsi_task_finish (task);
}

/* What takes the medium away makes it safe first, unless NO_FLUSH (SBC-3 5.23). */
void
spc_start_stop (ScsiTask *task)
{
  Sense sense;
  const gboolean is_leaving = (task->cdb[4] & (START_START | START_NO_FLUSH)) == 0;
  if (!is_leaving || medium_is_away (&task->lun->medium, &sense)) {
    start_carry_out (task);
    return;
  }
  task->request.done = start_flushed;
  store_flush (task->lun->store, &task->request);
}

gboolean
spc_check_prevent_allow (ScsiTask *task)
{
  return (task->cdb[4] & PREVENT_FIELD) <= 1 || scsi_task_refuse_field (task, 4, 1);
}

/* The will of one nexus: it ends with the nexus, or with a reset. */
void
spc_prevent_allow (ScsiTask *task)
{
  if ((task->cdb[4] & PREVENT_FIELD) != 0)
    medium_prevent (&task->lun->medium, task->nexus);
  else
    medium_allow (&task->lun->medium, task->nexus);
  scsi_task_finish (task);
}
