/* SPDX-License-Identifier: Apache-2.0 */
/* login.h - Login Request and Login Response (RFC 7143 11.12, 11.13) */
#pragma once

#include "protocol/bhs.h"

typedef enum LoginStage {
  LOGIN_STAGE_SECURITY = 0,
  LOGIN_STAGE_OPERATIONAL = 1,
  LOGIN_STAGE_FULL_FEATURE = 3,
} LoginStage;

#define LOGIN_REQUEST_FIELDS(FIELD)                                                                \
  REQUEST_FIELDS (FIELD)                                                                           \
  FIELD (guint8, transit, "T", 1, 7, 1, FLAG)                                                      \
  FIELD (guint8, is_continued, "C", 1, 6, 1, FLAG)                                                 \
  FIELD (guint8, current_stage, "CSG", 1, 2, 2, DEC)                                               \
  FIELD (guint8, next_stage, "NSG", 1, 0, 2, DEC)                                                  \
  FIELD (guint8, version_max, "Version-max", 2, 0, 8, HEX)                                         \
  FIELD (guint8, version_min, "Version-min", 3, 0, 8, HEX)                                         \
  FIELD (guint64, isid, "ISID", 8, 0, 48, HEX)                                                     \
  FIELD (guint16, tsih, "TSIH", 14, 0, 16, HEX)                                                    \
  FIELD (guint32, initiator_task_tag, "ITT", 16, 0, 32, HEX)                                       \
  FIELD (guint16, cid, "CID", 20, 0, 16, DEC)                                                      \
  REQUEST_NUMBERS (FIELD)

#define LOGIN_RESPONSE_FIELDS(FIELD)                                                               \
  BHS_FIELDS (FIELD)                                                                               \
  FIELD (guint8, transit, "T", 1, 7, 1, FLAG)                                                      \
  FIELD (guint8, is_continued, "C", 1, 6, 1, FLAG)                                                 \
  FIELD (guint8, current_stage, "CSG", 1, 2, 2, DEC)                                               \
  FIELD (guint8, next_stage, "NSG", 1, 0, 2, DEC)                                                  \
  FIELD (guint8, version_max, "Version-max", 2, 0, 8, HEX)                                         \
  FIELD (guint8, version_active, "Version-active", 3, 0, 8, HEX)                                   \
  FIELD (guint64, isid, "ISID", 8, 0, 48, HEX)                                                     \
  FIELD (guint16, tsih, "TSIH", 14, 0, 16, HEX)                                                    \
  FIELD (guint32, initiator_task_tag, "ITT", 16, 0, 32, HEX)                                       \
  RESPONSE_NUMBERS (FIELD)                                                                         \
  FIELD (guint16, status, "Status", 36, 0, 16, HEX) /* class << 8 | detail */

PDU_DECLARE (LoginRequest, login_request, LOGIN_REQUEST_FIELDS)
PDU_DECLARE (LoginResponse, login_response, LOGIN_RESPONSE_FIELDS)

/* RFC 7143 11.13.5: LOGIN_STATUS (NAME, class << 8 | detail, "text") */
#define LOGIN_STATUSES(LOGIN_STATUS)                                                               \
  LOGIN_STATUS (SUCCESS, 0x0000, "success")                                                        \
  LOGIN_STATUS (MOVED_TEMPORARILY, 0x0101, "target moved temporarily")                             \
  LOGIN_STATUS (MOVED_PERMANENTLY, 0x0102, "target moved permanently")                             \
  LOGIN_STATUS (INITIATOR_ERROR, 0x0200, "initiator error")                                        \
  LOGIN_STATUS (AUTHENTICATION_FAILURE, 0x0201, "authentication failure")                          \
  LOGIN_STATUS (AUTHORIZATION_FAILURE, 0x0202, "authorization failure")                            \
  LOGIN_STATUS (NOT_FOUND, 0x0203, "not found")                                                    \
  LOGIN_STATUS (TARGET_REMOVED, 0x0204, "target removed")                                          \
  LOGIN_STATUS (UNSUPPORTED_VERSION, 0x0205, "unsupported version")                                \
  LOGIN_STATUS (TOO_MANY_CONNECTIONS, 0x0206, "too many connections")                              \
  LOGIN_STATUS (MISSING_PARAMETER, 0x0207, "missing parameter")                                    \
  LOGIN_STATUS (CANNOT_INCLUDE, 0x0208, "can't include in session")                                \
  LOGIN_STATUS (SESSION_TYPE, 0x0209, "session type not supported")                                \
  LOGIN_STATUS (NO_SESSION, 0x020a, "session does not exist")                                      \
  LOGIN_STATUS (INVALID_DURING_LOGIN, 0x020b, "invalid during login")                              \
  LOGIN_STATUS (TARGET_ERROR, 0x0300, "target error")                                              \
  LOGIN_STATUS (SERVICE_UNAVAILABLE, 0x0301, "service unavailable")                                \
  LOGIN_STATUS (OUT_OF_RESOURCES, 0x0302, "out of resources")

typedef enum LoginStatus {
#define LOGIN_STATUS(name, value, text) LOGIN_STATUS_##name = value,
  LOGIN_STATUSES (LOGIN_STATUS)
#undef LOGIN_STATUS
} LoginStatus;

const char *login_status_name (guint64 status); /* "unknown status" for others */
