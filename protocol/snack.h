/* SPDX-License-Identifier: Apache-2.0 */
/* snack.h - SNACK Request (RFC 7143 11.16); of use from error recovery level 1 on */
#pragma once

#include "protocol/bhs.h"

typedef enum SnackType {
  SNACK_DATA_OR_R2T = 0,
  SNACK_STATUS = 1,
  SNACK_DATA_ACK = 2,
  SNACK_R_DATA = 3,
} SnackType;

#define SNACK_REQUEST_FIELDS(FIELD)                                                                \
  BHS_FIELDS (FIELD)                                                                               \
  FIELD (guint8, is_final, "F", 1, 7, 1, FLAG)                                                     \
  FIELD (guint8, type, "Type", 1, 0, 4, DEC)                                                       \
  FIELD (guint64, lun, "LUN", 8, 0, 64, HEX)                                                       \
  FIELD (guint32, initiator_task_tag, "ITT", 16, 0, 32, HEX)                                       \
  FIELD (guint32, target_transfer_tag, "TTT", 20, 0, 32, HEX)                                      \
  FIELD (guint32, exp_stat_sn, "ExpStatSN", 28, 0, 32, DEC)                                        \
  FIELD (guint32, begin_run, "BegRun", 40, 0, 32, DEC)                                             \
  FIELD (guint32, run_length, "RunLength", 44, 0, 32, DEC)

PDU_DECLARE (SnackRequest, snack_request, SNACK_REQUEST_FIELDS)
