/* SPDX-License-Identifier: Apache-2.0 */
/* events.h - what protocol/ writes to the event log */
#pragma once

#include "world/log.h"

enum {
  EVENT_PDU_SENT =
      EVENTS_PROTOCOL, /* connection, opcode, ITT, octets 24..27 (CmdSN or StatSN), DataSN/R2TSN, length */
  EVENT_PDU_RECEIVED, /* the same */
  EVENT_STATE,        /* object; text: "machine: FROM -> TO on EVENT (T1)" */
};

extern const EventFamily protocol_events;
