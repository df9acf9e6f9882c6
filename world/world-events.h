/* SPDX-License-Identifier: Apache-2.0 */
/* world-events.h - what world/ writes to the event log */
#pragma once

#include "world/log.h"

enum {
  EVENT_HOST_UP = EVENTS_WORLD, /* text: name */
  EVENT_HOST_DOWN,              /* text: "power cut" or "killed" */
  EVENT_STREAM_CONNECT,         /* stream; text: "local -> remote" */
  EVENT_STREAM_CONNECTED,       /* stream */
  EVENT_STREAM_ACCEPTED,        /* stream; text: "local <- remote" */
  EVENT_STREAM_ENDED,           /* stream, how: what this end was told */
  EVENT_STREAM_RESET,           /* stream: this end, or a device between, sends RST */
  EVENT_DISK,                   /* ordinal, offset, length; text: "operation name" */
  EVENT_BOUND,                  /* text: which bound was passed */
};
