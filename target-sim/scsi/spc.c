/* SPDX-License-Identifier: Apache-2.0 */
/* spc.c - the short commands that every kind of device has (SPC-4): are you ready, what is wrong, which units are there */
#include "target-sim/scsi/commands.h"

#include "world/banned.h"

/* ---- TEST UNIT READY, REQUEST SENSE ---- */

void
spc_test_unit_ready (ScsiTask *task)
{
  scsi_task_finish (task);
}

/* With autosense (R-MODEL-021) nothing is kept to be asked for, but SPC-4 6.39 hands out a pending unit attention here. */
void
spc_request_sense (ScsiTask *task)
{
  Sense sense = SENSE (SENSE_NO_SENSE, SENSE_CODE_NONE);
  guint16 code;
  if (task->lun == NULL)
    sense = SENSE (SENSE_ILLEGAL_REQUEST, SENSE_CODE_LUN_NOT_SUPPORTED);
  else if (scsi_nexus_take_attention (task->nexus, task->lun->number, &code))
    sense = SENSE (SENSE_UNIT_ATTENTION, code);
  guint8 bytes[SENSE_MAX];
  guint length = SENSE_FIXED_LENGTH;
  if ((task->cdb[1] & 0x01) != 0) /* DESC */
    length = sense_encode_descriptor (&sense, bytes);
  else
    sense_encode (&sense, bytes);
  scsi_task_answer (task, bytes, length, cdb_allocation_length (task->cdb));
}

/* ---- REPORT LUNS ---- */

/* SELECT REPORT: 0 all but well known, 1 well known (we have none), 2 all */
gboolean
spc_check_report_luns (ScsiTask *task)
{
  if (task->cdb[2] > 2)
    return scsi_task_refuse (task, SENSE_ILLEGAL_REQUEST, SENSE_CODE_INVALID_FIELD_IN_CDB);
  return TRUE;
}

void
spc_report_luns (ScsiTask *task)
{
  const Luns *luns = task->nexus->luns;
  const guint count = task->cdb[2] == 1 ? 0 : luns->count;
  const gsize length = 8 + 8 * (gsize) count;
  g_autofree guint8 *bytes = g_malloc0 (length);
  wire_or (bytes, 0, 0, 32, 8 * (guint64) count);
  for (guint i = 0; i < count; i++)
    wire_or (bytes + 8 + 8 * (gsize) i, 0, 0, 64, lun_encode (luns->list[i]->number));
  scsi_task_answer (task, bytes, length, cdb_allocation_length (task->cdb));
}
