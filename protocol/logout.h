/* SPDX-License-Identifier: Apache-2.0 */
/* logout.h - Logout Request and Logout Response (RFC 7143 11.14, 11.15) */
#pragma once

#include "protocol/bhs.h"

typedef enum LogoutReason {
  LOGOUT_CLOSE_SESSION = 0,
  LOGOUT_CLOSE_CONNECTION = 1,
  LOGOUT_REMOVE_FOR_RECOVERY = 2,
} LogoutReason;

typedef enum LogoutAnswer {
  LOGOUT_CLOSED = 0,
  LOGOUT_CID_NOT_FOUND = 1,
  LOGOUT_RECOVERY_NOT_SUPPORTED = 2,
  LOGOUT_CLEANUP_FAILED = 3,
} LogoutAnswer;

#define LOGOUT_REQUEST_FIELDS(FIELD)                                                               \
  REQUEST_FIELDS (FIELD)                                                                           \
  FIELD (guint8, is_final, "F", 1, 7, 1, FLAG)                                                     \
  FIELD (guint8, reason, "ReasonCode", 1, 0, 7, DEC)                                               \
  FIELD (guint32, initiator_task_tag, "ITT", 16, 0, 32, HEX)                                       \
  FIELD (guint16, cid, "CID", 20, 0, 16, DEC)                                                      \
  REQUEST_NUMBERS (FIELD)

#define LOGOUT_RESPONSE_FIELDS(FIELD)                                                              \
  BHS_FIELDS (FIELD)                                                                               \
  FIELD (guint8, is_final, "F", 1, 7, 1, FLAG)                                                     \
  FIELD (guint8, response, "Response", 2, 0, 8, DEC)                                               \
  FIELD (guint32, initiator_task_tag, "ITT", 16, 0, 32, HEX)                                       \
  RESPONSE_NUMBERS (FIELD)                                                                         \
  FIELD (guint16, time2wait_s, "Time2Wait", 40, 0, 16, DEC)                                        \
  FIELD (guint16, time2retain_s, "Time2Retain", 42, 0, 16, DEC)

PDU_DECLARE (LogoutRequest, logout_request, LOGOUT_REQUEST_FIELDS)
PDU_DECLARE (LogoutResponse, logout_response, LOGOUT_RESPONSE_FIELDS)
