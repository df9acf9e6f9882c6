/* SPDX-License-Identifier: Apache-2.0 */
/* events.h - what target-sim/ writes to the event log */
#pragma once

#include "world/log.h"

enum {
  EVENT_TARGET_LOGIN_ACCEPTED = EVENTS_TARGET, /* connection, tsih; text: initiator */
  EVENT_TARGET_LOGIN_REFUSED,                  /* connection, status; text: why */
  EVENT_TARGET_SESSION_MADE,                   /* tsih; text: initiator */
  EVENT_TARGET_SESSION_ENDED,                  /* tsih; text: how */
  EVENT_TARGET_COMMAND,                        /* lun, opcode, status */
  EVENT_TARGET_REJECT,                         /* connection, opcode, reason */
  EVENT_TARGET_DROPPED,                        /* connection; text: why this end gave it up */
  EVENT_TARGET_MANAGEMENT,                     /* tsih, function, answer */
  EVENT_TARGET_ASYNC,                          /* tsih, event, and its three parameters */
};

extern const EventFamily target_events;
