/* SPDX-License-Identifier: Apache-2.0 */
/* events.h - what target-sim/faults writes to the event log, in the column of an actor of its own */
#pragma once

#include "world/log.h"

enum {
  EVENT_FAULT_FIRED =
      EVENTS_FAULTS,    /* ordinal, rule; text: "rst after Data-Out #2 DataSN=1 on connection 3" */
  EVENT_FAULT_ENDED,    /* rule, connection: a delay is over, a black hole is open again */
  EVENT_FAULT_LIFTED,   /* rule: it will not fire again */
  EVENT_FAULT_UNFRAMED, /* connection; text: why its bytes pass without being looked at */
  EVENT_FAULT_GAVE_UP,  /* connection; text: why what was held back broke it */
};

extern const EventFamily fault_events;
