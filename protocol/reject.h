/* SPDX-License-Identifier: Apache-2.0 */
/* reject.h - Reject (RFC 7143 11.17); its data segment is the header of the PDU that was rejected */
#pragma once

#include "protocol/bhs.h"

/* REJECT_REASON (NAME, value, "text") */
#define REJECT_REASONS(REJECT_REASON)                                                              \
  REJECT_REASON (DATA_DIGEST, 0x02, "data digest error")                                           \
  REJECT_REASON (SNACK, 0x03, "SNACK reject")                                                      \
  REJECT_REASON (PROTOCOL_ERROR, 0x04, "protocol error")                                           \
  REJECT_REASON (NOT_SUPPORTED, 0x05, "command not supported")                                     \
  REJECT_REASON (TOO_MANY_IMMEDIATE, 0x06, "too many immediate commands")                          \
  REJECT_REASON (TASK_IN_PROGRESS, 0x07, "task in progress")                                       \
  REJECT_REASON (INVALID_DATA_ACK, 0x08, "invalid data acknowledgment")                            \
  REJECT_REASON (INVALID_FIELD, 0x09, "invalid PDU field")                                         \
  REJECT_REASON (LONG_OPERATION, 0x0a, "long operation")                                           \
  REJECT_REASON (NEGOTIATION_RESET, 0x0b, "negotiation reset")                                     \
  REJECT_REASON (WAITING_FOR_LOGOUT, 0x0c, "waiting for logout")

typedef enum RejectReason {
#define REJECT_REASON(name, value, text) REJECT_##name = value,
  REJECT_REASONS (REJECT_REASON)
#undef REJECT_REASON
} RejectReason;

const char *reject_reason_name (guint64 reason);

#define REJECT_FIELDS(FIELD)                                                                       \
  BHS_FIELDS (FIELD)                                                                               \
  FIELD (guint8, is_final, "F", 1, 7, 1, FLAG)                                                     \
  FIELD (guint8, reason, "Reason", 2, 0, 8, HEX)                                                   \
  FIELD (guint32, initiator_task_tag, "ITT", 16, 0, 32, HEX)                                       \
  RESPONSE_NUMBERS (FIELD)                                                                         \
  FIELD (guint32, data_sn, "DataSN", 36, 0, 32, DEC)

PDU_DECLARE (Reject, reject, REJECT_FIELDS)
