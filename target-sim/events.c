/* SPDX-License-Identifier: Apache-2.0 */
#include "target-sim/events.h"

#include "protocol/async.h"
#include "protocol/events.h"
#include "protocol/login.h"
#include "protocol/reject.h"
#include "protocol/scsi/scsi.h"
#include "protocol/tmf.h"
#include "target-sim/faults/events.h"
#include "target-sim/target.h"
#include "world/world-events.h"

#include "world/banned.h"

#define AT(id) [(id) -EVENTS_TARGET]

static const EventType types[] = {
  AT (EVENT_TARGET_LOGIN_ACCEPTED) = { "login-accepted",
                                       EVENT_OBSERVABLE,
                                       { { "connection", EVENT_NUMBER, NULL },
                                         { "tsih", EVENT_NUMBER, NULL },
                                         { "initiator", EVENT_TEXT, NULL } } },
  AT (EVENT_TARGET_LOGIN_REFUSED) = { "login-refused",
                                      EVENT_OBSERVABLE,
                                      { { "connection", EVENT_NUMBER, NULL },
                                        { "status", EVENT_NAME, login_status_name },
                                        { "", EVENT_TEXT, NULL } } },
  AT (EVENT_TARGET_SESSION_MADE) = { "session-made",
                                     EVENT_OBSERVABLE,
                                     { { "tsih", EVENT_NUMBER, NULL },
                                       { "initiator", EVENT_TEXT, NULL } } },
  AT (EVENT_TARGET_SESSION_ENDED) = { "session-ended",
                                      EVENT_OBSERVABLE,
                                      { { "tsih", EVENT_NUMBER, NULL },
                                        { "", EVENT_TEXT, NULL } } },
  AT (EVENT_TARGET_COMMAND) = { "command",
                                EVENT_PLAIN,
                                { { "lun", EVENT_HEX, NULL },
                                  { "opcode", EVENT_HEX, NULL },
                                  { "status", EVENT_NAME, scsi_status_name } } },
  AT (EVENT_TARGET_REJECT) = { "reject",
                               EVENT_OBSERVABLE,
                               { { "connection", EVENT_NUMBER, NULL },
                                 { "opcode", EVENT_HEX, NULL },
                                 { "reason", EVENT_NAME, reject_reason_name } } },
  AT (EVENT_TARGET_DROPPED) = { "dropped",
                                EVENT_OBSERVABLE,
                                { { "connection", EVENT_NUMBER, NULL },
                                  { "", EVENT_TEXT, NULL } } },
  AT (EVENT_TARGET_MANAGEMENT) = { "task-management",
                                   EVENT_OBSERVABLE,
                                   { { "tsih", EVENT_NUMBER, NULL },
                                     { "function", EVENT_NAME, tmf_function_name },
                                     { "answer", EVENT_NAME, tmf_answer_name } } },
  AT (EVENT_TARGET_ASYNC) = { "async-message",
                              EVENT_OBSERVABLE,
                              { { "tsih", EVENT_NUMBER, NULL },
                                { "event", EVENT_NAME, async_event_name },
                                { "parameter1", EVENT_NUMBER, NULL },
                                { "parameter2", EVENT_NUMBER, NULL },
                                { "parameter3", EVENT_NUMBER, NULL } } },
};

const EventFamily target_events = { EVENTS_TARGET, G_N_ELEMENTS (types), types };

const EventFamily *const *
target_sim_event_families (void)
{
  static const EventFamily *const families[] = { &world_events, &protocol_events, &target_events,
                                                 &fault_events, NULL };
  return families;
}
