/* SPDX-License-Identifier: Apache-2.0 */
#include "target-sim/faults/events.h"

#include "world/banned.h"

#define AT(id) [(id) -EVENTS_FAULTS]
#define MARKED (EVENT_FAULT | EVENT_OBSERVABLE)

static const EventType types[] = {
  AT (EVENT_FAULT_FIRED) = { "fault",
                             MARKED,
                             { { "ordinal", EVENT_NUMBER, NULL },
                               { "rule", EVENT_NUMBER, NULL },
                               { "", EVENT_TEXT, NULL } } },
  AT (EVENT_FAULT_ENDED) = { "fault-ended",
                             MARKED,
                             { { "rule", EVENT_NUMBER, NULL },
                               { "connection", EVENT_NUMBER, NULL } } },
  AT (EVENT_FAULT_LIFTED) = { "fault-lifted", MARKED, { { "rule", EVENT_NUMBER, NULL } } },
  AT (EVENT_FAULT_UNFRAMED) = { "unframed",
                                MARKED,
                                { { "connection", EVENT_NUMBER, NULL },
                                  { "", EVENT_TEXT, NULL } } },
  AT (EVENT_FAULT_GAVE_UP) = { "gave-up",
                               MARKED,
                               { { "connection", EVENT_NUMBER, NULL }, { "", EVENT_TEXT, NULL } } },
};

const EventFamily fault_events = { EVENTS_FAULTS, G_N_ELEMENTS (types), types };
