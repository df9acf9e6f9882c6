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
  EVENT_HOST_PAUSED,            /* text: name */
  EVENT_HOST_RESUMED,           /* text: name */
  EVENT_CLOCK_JUMP,             /* by: ns, signed */
  EVENT_LINK,                   /* text: "from -> to: what it is like now" */
  EVENT_LINK_LOST,              /* stream, delay: a segment is lost and sent again */
  EVENT_LINK_CORRUPTED,         /* stream, offset in the segment, its length */
};

extern const EventFamily world_events;
