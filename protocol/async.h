/* SPDX-License-Identifier: Apache-2.0 */
/* async.h - Asynchronous Message (RFC 7143 11.9) */
#pragma once

#include "protocol/bhs.h"

/* ASYNC_EVENT (NAME, value, "text") */
#define ASYNC_EVENTS(ASYNC_EVENT)                                                                  \
  ASYNC_EVENT (SCSI, 0, "SCSI event")                                                              \
  ASYNC_EVENT (LOGOUT_REQUEST, 1, "logout request")           /* Parameter3: seconds */            \
  ASYNC_EVENT (CONNECTION_DROP, 2, "connection drop")         /* Parameter1: CID, 2, 3: times */   \
  ASYNC_EVENT (SESSION_DROP, 3, "session drop")               /* Parameter2, 3: times */           \
  ASYNC_EVENT (NEGOTIATION_REQUEST, 4, "negotiation request") /* Parameter3: seconds */            \
  ASYNC_EVENT (TASK_TERMINATION, 5, "task termination")

typedef enum AsyncEvent {
#define ASYNC_EVENT(name, value, text) ASYNC_EVENT_##name = value,
  ASYNC_EVENTS (ASYNC_EVENT)
#undef ASYNC_EVENT
} AsyncEvent;

const char *async_event_name (guint64 event); /* "vendor event" from 248 on, else "unknown event" */

#define ASYNC_MESSAGE_FIELDS(FIELD)                                                                \
  BHS_FIELDS (FIELD)                                                                               \
  FIELD (guint8, is_final, "F", 1, 7, 1, FLAG)                                                     \
  FIELD (guint64, lun, "LUN", 8, 0, 64, HEX)                                                       \
  FIELD (guint32, initiator_task_tag, "ITT", 16, 0, 32, HEX)                                       \
  RESPONSE_NUMBERS (FIELD)                                                                         \
  FIELD (guint8, event, "AsyncEvent", 36, 0, 8, DEC)                                               \
  FIELD (guint8, vendor_code, "AsyncVCode", 37, 0, 8, DEC)                                         \
  FIELD (guint16, parameter1, "Parameter1", 38, 0, 16, DEC)                                        \
  FIELD (guint16, parameter2, "Parameter2", 40, 0, 16, DEC)                                        \
  FIELD (guint16, parameter3, "Parameter3", 42, 0, 16, DEC)

PDU_DECLARE (AsyncMessage, async_message, ASYNC_MESSAGE_FIELDS)
