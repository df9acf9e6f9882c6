/* SPDX-License-Identifier: Apache-2.0 */
/* events.c - the fields of what protocol/ logs */
#include "protocol/events.h"

#include "protocol/bhs.h"

#include "world/banned.h"

#define AT(id) [(id) -EVENTS_PROTOCOL]

/* SN is what octets 24 to 27 hold: CmdSN of a request, StatSN of a response. */
#define PDU_EVENT_FIELDS                                                                           \
  {                                                                                                \
    { "connection", EVENT_NUMBER, NULL }, { "pdu", EVENT_NAME, opcode_name },                      \
        { "ITT", EVENT_HEX, NULL }, { "SN", EVENT_NUMBER, NULL },                                  \
        { "DataSN", EVENT_NUMBER, NULL }, { "length", EVENT_NUMBER, NULL },                        \
  }

static const EventType types[] = {
  AT (EVENT_PDU_SENT) = { "pdu-sent", EVENT_PLAIN, PDU_EVENT_FIELDS },
  AT (EVENT_PDU_RECEIVED) = { "pdu-received", EVENT_PLAIN, PDU_EVENT_FIELDS },
  AT (EVENT_STATE) = { "state",
                       EVENT_OBSERVABLE,
                       { { "object", EVENT_NUMBER, NULL }, { "", EVENT_TEXT, NULL } } },
};

const EventFamily protocol_events = { EVENTS_PROTOCOL, G_N_ELEMENTS (types), types };
