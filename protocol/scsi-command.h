/* SPDX-License-Identifier: Apache-2.0 */
/* scsi-command.h - SCSI Command and SCSI Response (RFC 7143 11.3, 11.4) */
#pragma once

#include "protocol/bhs.h"

#define CDB_LENGTH 16

#define SCSI_COMMAND_FIELDS(FIELD)                                                                 \
  REQUEST_FIELDS (FIELD)                                                                           \
  FIELD (guint8, is_final, "F", 1, 7, 1, FLAG)                                                     \
  FIELD (guint8, reads, "R", 1, 6, 1, FLAG)                                                        \
  FIELD (guint8, writes, "W", 1, 5, 1, FLAG)                                                       \
  FIELD (guint8, attributes, "ATTR", 1, 0, 3, DEC)                                                 \
  FIELD (guint64, lun, "LUN", 8, 0, 64, HEX)                                                       \
  FIELD (guint32, initiator_task_tag, "ITT", 16, 0, 32, HEX)                                       \
  FIELD (guint32, expected_length, "ExpectedDataTransferLength", 20, 0, 32, DEC)                   \
  REQUEST_NUMBERS (FIELD)                                                                          \
  FIELD (guint64, cdb_high, "CDB", 32, 0, 64, HEX) /* the CDB's first eight octets */              \
  FIELD (guint64, cdb_low, "CDB2", 40, 0, 64, HEX)

#define SCSI_RESPONSE_FIELDS(FIELD)                                                                \
  BHS_FIELDS (FIELD)                                                                               \
  FIELD (guint8, is_final, "F", 1, 7, 1, FLAG)                                                     \
  FIELD (guint8, bidi_overflow, "o", 1, 4, 1, FLAG)                                                \
  FIELD (guint8, bidi_underflow, "u", 1, 3, 1, FLAG)                                               \
  FIELD (guint8, overflow, "O", 1, 2, 1, FLAG)                                                     \
  FIELD (guint8, underflow, "U", 1, 1, 1, FLAG)                                                    \
  FIELD (guint8, response, "Response", 2, 0, 8, HEX)                                               \
  FIELD (guint8, status, "Status", 3, 0, 8, HEX)                                                   \
  FIELD (guint32, initiator_task_tag, "ITT", 16, 0, 32, HEX)                                       \
  FIELD (guint32, snack_tag, "SNACKTag", 20, 0, 32, HEX)                                           \
  RESPONSE_NUMBERS (FIELD)                                                                         \
  FIELD (guint32, exp_data_sn, "ExpDataSN", 36, 0, 32, DEC)                                        \
  FIELD (guint32, bidi_residual, "BidirectionalReadResidualCount", 40, 0, 32, DEC)                 \
  FIELD (guint32, residual, "ResidualCount", 44, 0, 32, DEC)

PDU_DECLARE (ScsiCommand, scsi_command, SCSI_COMMAND_FIELDS)
PDU_DECLARE (ScsiResponse, scsi_response, SCSI_RESPONSE_FIELDS)

void scsi_command_set_cdb (ScsiCommand *self, const guint8 cdb[CDB_LENGTH]);
void scsi_command_get_cdb (const ScsiCommand *self, guint8 ret_cdb[CDB_LENGTH]);
