/* SPDX-License-Identifier: Apache-2.0 */
/* nop.h - NOP-Out and NOP-In (RFC 7143 11.18, 11.19) */
#pragma once

#include "protocol/bhs.h"

#define NOP_OUT_FIELDS(FIELD)                                                                      \
  REQUEST_FIELDS (FIELD)                                                                           \
  FIELD (guint8, is_final, "F", 1, 7, 1, FLAG)                                                     \
  FIELD (guint64, lun, "LUN", 8, 0, 64, HEX)                                                       \
  FIELD (guint32, initiator_task_tag, "ITT", 16, 0, 32, HEX)                                       \
  FIELD (guint32, target_transfer_tag, "TTT", 20, 0, 32, HEX)                                      \
  REQUEST_NUMBERS (FIELD)

#define NOP_IN_FIELDS(FIELD)                                                                       \
  BHS_FIELDS (FIELD)                                                                               \
  FIELD (guint8, is_final, "F", 1, 7, 1, FLAG)                                                     \
  FIELD (guint64, lun, "LUN", 8, 0, 64, HEX)                                                       \
  FIELD (guint32, initiator_task_tag, "ITT", 16, 0, 32, HEX)                                       \
  FIELD (guint32, target_transfer_tag, "TTT", 20, 0, 32, HEX)                                      \
  RESPONSE_NUMBERS (FIELD)

PDU_DECLARE (NopOut, nop_out, NOP_OUT_FIELDS)
PDU_DECLARE (NopIn, nop_in, NOP_IN_FIELDS)
