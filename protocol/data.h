/* SPDX-License-Identifier: Apache-2.0 */
/* data.h - Data-Out, Data-In and R2T (RFC 7143 11.7, 11.8) */
#pragma once

#include "protocol/bhs.h"

#define DATA_OUT_FIELDS(FIELD)                                                                     \
  BHS_FIELDS (FIELD)                                                                               \
  FIELD (guint8, is_final, "F", 1, 7, 1, FLAG)                                                     \
  FIELD (guint64, lun, "LUN", 8, 0, 64, HEX)                                                       \
  FIELD (guint32, initiator_task_tag, "ITT", 16, 0, 32, HEX)                                       \
  FIELD (guint32, target_transfer_tag, "TTT", 20, 0, 32, HEX)                                      \
  FIELD (guint32, exp_stat_sn, "ExpStatSN", 28, 0, 32, DEC)                                        \
  FIELD (guint32, data_sn, "DataSN", 36, 0, 32, DEC)                                               \
  FIELD (guint32, buffer_offset, "BufferOffset", 40, 0, 32, DEC)

#define DATA_IN_FIELDS(FIELD)                                                                      \
  BHS_FIELDS (FIELD)                                                                               \
  FIELD (guint8, is_final, "F", 1, 7, 1, FLAG)                                                     \
  FIELD (guint8, acknowledge, "A", 1, 6, 1, FLAG)                                                  \
  FIELD (guint8, overflow, "O", 1, 2, 1, FLAG)                                                     \
  FIELD (guint8, underflow, "U", 1, 1, 1, FLAG)                                                    \
  FIELD (guint8, has_status, "S", 1, 0, 1, FLAG)                                                   \
  FIELD (guint8, status, "Status", 3, 0, 8, HEX)                                                   \
  FIELD (guint64, lun, "LUN", 8, 0, 64, HEX)                                                       \
  FIELD (guint32, initiator_task_tag, "ITT", 16, 0, 32, HEX)                                       \
  FIELD (guint32, target_transfer_tag, "TTT", 20, 0, 32, HEX)                                      \
  RESPONSE_NUMBERS (FIELD)                                                                         \
  FIELD (guint32, data_sn, "DataSN", 36, 0, 32, DEC)                                               \
  FIELD (guint32, buffer_offset, "BufferOffset", 40, 0, 32, DEC)                                   \
  FIELD (guint32, residual, "ResidualCount", 44, 0, 32, DEC)

#define R2T_FIELDS(FIELD)                                                                          \
  BHS_FIELDS (FIELD)                                                                               \
  FIELD (guint8, is_final, "F", 1, 7, 1, FLAG)                                                     \
  FIELD (guint64, lun, "LUN", 8, 0, 64, HEX)                                                       \
  FIELD (guint32, initiator_task_tag, "ITT", 16, 0, 32, HEX)                                       \
  FIELD (guint32, target_transfer_tag, "TTT", 20, 0, 32, HEX)                                      \
  RESPONSE_NUMBERS (FIELD)                                                                         \
  FIELD (guint32, r2t_sn, "R2TSN", 36, 0, 32, DEC)                                                 \
  FIELD (guint32, buffer_offset, "BufferOffset", 40, 0, 32, DEC)                                   \
  FIELD (guint32, desired_length, "DesiredDataTransferLength", 44, 0, 32, DEC)

PDU_DECLARE (DataOut, data_out, DATA_OUT_FIELDS)
PDU_DECLARE (DataIn, data_in, DATA_IN_FIELDS)
PDU_DECLARE (R2t, r2t, R2T_FIELDS)
