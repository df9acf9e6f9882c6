/* SPDX-License-Identifier: Apache-2.0 */
/* scsi.h - what both ends say of SCSI: status and LUNs here (SAM-5), sense and commands in their own headers */
#pragma once

#include "protocol/scsi/cdb.h"
#include "protocol/scsi/sense.h"

typedef enum ScsiStatus {
  SCSI_GOOD = 0x00,
  SCSI_CHECK_CONDITION = 0x02,
  SCSI_CONDITION_MET = 0x04,
  SCSI_BUSY = 0x08,
  SCSI_RESERVATION_CONFLICT = 0x18,
  SCSI_TASK_SET_FULL = 0x28,
  SCSI_ACA_ACTIVE = 0x30,
  SCSI_TASK_ABORTED = 0x40,
} ScsiStatus;

const char *scsi_status_name (guint64 status);

/* LUN number to the 8-octet field: peripheral addressing below 256, flat below 16384 (SAM-5 4.7.7). */
guint64 lun_encode (guint16 number);
gboolean
lun_decode (guint64 lun,
            guint16 *ret_number); /* FALSE: an addressing method or level that we do not know */
