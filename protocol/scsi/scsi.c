/* SPDX-License-Identifier: Apache-2.0 */
/* scsi.c - status and LUNs (SAM-5) */
#include "protocol/scsi/scsi.h"

#include "world/banned.h"

const char *
scsi_status_name (guint64 status)
{
  static const struct {
    guint8 code;
    const char *name;
  } rows[] = {
    { SCSI_GOOD, "GOOD" },
    { SCSI_CHECK_CONDITION, "CHECK CONDITION" },
    { SCSI_CONDITION_MET, "CONDITION MET" },
    { SCSI_BUSY, "BUSY" },
    { SCSI_RESERVATION_CONFLICT, "RESERVATION CONFLICT" },
    { SCSI_TASK_SET_FULL, "TASK SET FULL" },
    { SCSI_ACA_ACTIVE, "ACA ACTIVE" },
    { SCSI_TASK_ABORTED, "TASK ABORTED" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (rows[i].code == status)
      return rows[i].name;
  return "unknown status";
}

/* ---- LUNs (SAM-5 4.7.7): the first level in the upper 16 bits, the others 0 ---- */

#define LUN_LEVEL_SHIFT 48
#define LUN_FLAT        0x4000u
#define LUN_METHOD      0xc000u
#define LUN_FLAT_LIMIT  0x4000u
#define LUN_BUS_LIMIT   0x100u

guint64
lun_encode (guint16 number)
{
  CHECK_THAT (number < LUN_FLAT_LIMIT);
  const guint64 level = number < LUN_BUS_LIMIT ? number : LUN_FLAT | number;
  return level << LUN_LEVEL_SHIFT;
}

gboolean
lun_decode (guint64 lun, guint16 *ret_number)
{
  const guint16 level = (guint16) (lun >> LUN_LEVEL_SHIFT);
  const guint16 method = level & LUN_METHOD;
  if (lun << 16 != 0)
    return FALSE;
  /* Peripheral addressing of bus 0, or flat space; the other methods nobody here gives out. */
  if (method == LUN_FLAT || (method == 0 && level < LUN_BUS_LIMIT)) {
    *ret_number = level & ~LUN_METHOD;
    return TRUE;
  }
  return FALSE;
}
