/* SPDX-License-Identifier: Apache-2.0 */
/* verdict.c - what a task's end says about its path: windows-semantics E3, as rows. The first row that fits counts. */
#include "initiator/mpio/verdict.h"

#include "world/banned.h"

#define ANY -1

/* Sense of CHECK CONDITION. ascq ANY: all of them. */
static const struct {
  gint key;
  gint asc;
  gint ascq;
  MpioVerdict verdict;
} sense_rows[] = {
  { SENSE_NO_SENSE, 0x04, 0x00, MPIO_FAIL_PATH },        /* not ready, cause not reportable */
  { SENSE_ILLEGAL_REQUEST, 0x25, 0x00, MPIO_FAIL_PATH }, /* no such unit behind this port */
  { SENSE_NOT_READY, 0x04, 0x0a, MPIO_WAIT },            /* asymmetric access state transition */
  { SENSE_NOT_READY, 0x04, 0x0b, MPIO_FAIL_PATH },       /* target port in standby state */
  { SENSE_NOT_READY, 0x04, 0x0c, MPIO_FAIL_PATH },       /* target port in unavailable state */
  { SENSE_NOT_READY, 0x04, 0x03, MPIO_RETRY },           /* manual intervention required */
  { SENSE_HARDWARE_ERROR, 0x3e, 0x02, MPIO_RETRY },      /* timeout on logical unit */
  { SENSE_UNIT_ATTENTION, 0x29, 0x02, MPIO_GIVE },       /* bus reset occurred */
  { SENSE_UNIT_ATTENTION, 0x2a, 0x04, MPIO_AGAIN },      /* reservations released */
  { SENSE_UNIT_ATTENTION, 0x2a, 0x06, MPIO_AGAIN },      /* asymmetric access state changed */
  { SENSE_UNIT_ATTENTION, 0x2a, 0x09, MPIO_GIVE },       /* capacity data has changed */
  { SENSE_UNIT_ATTENTION, 0x3f, 0x03, MPIO_GIVE },       /* INQUIRY data has changed */
  { SENSE_UNIT_ATTENTION, 0x3f, 0x0e, MPIO_GIVE },       /* reported LUNs data has changed */
  /* Power on, reset, nexus loss and the rest: the command was not begun, and may be sent again (SAM-5 5.14). */
  { SENSE_UNIT_ATTENTION, ANY, ANY, MPIO_RETRY },
};

static const struct {
  ScsiStatus status;
  MpioVerdict verdict;
} status_rows[] = {
  { SCSI_BUSY, MPIO_RETRY },
  { SCSI_TASK_SET_FULL, MPIO_RETRY },
  { SCSI_TASK_ABORTED, MPIO_RETRY }, /* another nexus did it */
};

static gboolean
fits (gint wanted, gint value)
{
  return wanted == ANY || wanted == value;
}

static MpioVerdict
verdict_of_sense (const Sense *sense)
{
  for (guint i = 0; i < G_N_ELEMENTS (sense_rows); i++)
    if (fits (sense_rows[i].key, (gint) sense->key) && fits (sense_rows[i].asc, sense->code >> 8)
        && fits (sense_rows[i].ascq, sense->code & 0xff))
      return sense_rows[i].verdict;
  return MPIO_GIVE;
}

MpioVerdict
verdict_of (const Task *task)
{
  if (task->outcome != TASK_OUTCOME_STATUS)
    return MPIO_FAIL_PATH;
  if (task->status == SCSI_CHECK_CONDITION)
    return verdict_of_sense (&task->sense);
  for (guint i = 0; i < G_N_ELEMENTS (status_rows); i++)
    if (status_rows[i].status == task->status)
      return status_rows[i].verdict;
  return MPIO_GIVE;
}
