/* SPDX-License-Identifier: Apache-2.0 */
#include "initiator/events.h"

#include "initiator/initiator.h"
#include "initiator/mpio/mpio.h"
#include "initiator/units.h"
#include "protocol/async.h"

#include "world/banned.h"

#define AT(id) [(id) -EVENTS_INITIATOR]
#define SESSION                                                                                    \
  {                                                                                                \
    "session", EVENT_NUMBER, NULL                                                                  \
  }
#define DISK                                                                                       \
  {                                                                                                \
    "disk", EVENT_NUMBER, NULL                                                                     \
  }
#define PATH                                                                                       \
  {                                                                                                \
    "path", EVENT_NUMBER, NULL                                                                     \
  }
#define TEXT                                                                                       \
  {                                                                                                \
    "", EVENT_TEXT, NULL                                                                           \
  }

static const EventType types[] = {
  AT (EVENT_SESSION_UP) = { "session-up",
                            EVENT_OBSERVABLE,
                            { SESSION,
                              { "TSIH", EVENT_HEX, NULL },
                              { "logins", EVENT_NUMBER, NULL },
                              TEXT } },
  AT (EVENT_SESSION_DOWN) = { "session-down", EVENT_OBSERVABLE, { SESSION, TEXT } },
  AT (EVENT_SESSION_GONE) = { "session-gone", EVENT_OBSERVABLE, { SESSION, TEXT } },
  AT (EVENT_LOGIN_FAILED) = { "login-failed",
                              EVENT_OBSERVABLE,
                              { SESSION, { "status", EVENT_NAME, login_status_name }, TEXT } },
  AT (EVENT_TASK_SUBMITTED) = { "task-submitted",
                                EVENT_PLAIN,
                                { SESSION,
                                  { "opcode", EVENT_HEX, NULL },
                                  { "length", EVENT_NUMBER, NULL } } },
  AT (EVENT_TASK_SENT) = { "task-sent",
                           EVENT_PLAIN,
                           { SESSION,
                             { "ITT", EVENT_HEX, NULL },
                             { "CmdSN", EVENT_NUMBER, NULL },
                             { "attempt", EVENT_NUMBER, NULL } } },
  AT (EVENT_TASK_DONE) = { "task-done",
                           EVENT_OBSERVABLE,
                           { SESSION,
                             { "ITT", EVENT_HEX, NULL },
                             { "outcome", EVENT_NAME, task_outcome_name },
                             { "status", EVENT_NAME, scsi_status_name },
                             { "residual", EVENT_SIGNED, NULL } } },
  AT (EVENT_TASKS_PARKED) = { "tasks-parked",
                              EVENT_PLAIN,
                              { SESSION, { "tasks", EVENT_NUMBER, NULL } } },
  AT (EVENT_REGISTERED) = { "registered",
                            EVENT_OBSERVABLE,
                            { SESSION, { "record", EVENT_NUMBER, NULL } } },
  AT (EVENT_UNREGISTERED) = { "unregistered",
                              EVENT_OBSERVABLE,
                              { SESSION, { "records", EVENT_NUMBER, NULL } } },
  AT (EVENT_RESTORING) = { "restoring",
                           EVENT_OBSERVABLE,
                           { SESSION, { "record", EVENT_NUMBER, NULL } } },
  AT (EVENT_REGISTRY_FAILED) = { "registry-failed", EVENT_OBSERVABLE, { TEXT } },
  AT (EVENT_PROTOCOL_ERROR) = { "protocol-error",
                                EVENT_OBSERVABLE,
                                { { "connection", EVENT_NUMBER, NULL }, TEXT } },
  AT (EVENT_MPIO_PATH) = { "mpio-path",
                           EVENT_OBSERVABLE,
                           { DISK, PATH, { "state", EVENT_NAME, mpio_path_state_name }, TEXT } },
  AT (EVENT_MPIO_FAIL_OVER) = { "mpio-fail-over", EVENT_OBSERVABLE, { DISK, PATH } },
  AT (EVENT_MPIO_ALL_FAILED) = { "mpio-all-paths-failed", EVENT_OBSERVABLE, { DISK } },
  AT (EVENT_MPIO_GONE) = { "mpio-gone", EVENT_OBSERVABLE, { DISK } },
  AT (EVENT_MPIO_DOUBTFUL) = { "mpio-doubtful", EVENT_PLAIN, { DISK, PATH } },
  AT (EVENT_MPIO_FENCED) = { "mpio-fenced",
                             EVENT_OBSERVABLE,
                             { DISK, PATH, { "writes", EVENT_NUMBER, NULL } } },
  AT (EVENT_TASK_LATE) = { "task-late",
                           EVENT_OBSERVABLE,
                           { SESSION,
                             { "ITT", EVENT_HEX, NULL },
                             { "times", EVENT_NUMBER, NULL } } },
  AT (EVENT_LATE_ANSWER) = { "late-answer", EVENT_PLAIN, { SESSION, { "ITT", EVENT_HEX, NULL } } },
  AT (EVENT_MANAGEMENT_SENT) = { "management-sent",
                                 EVENT_OBSERVABLE,
                                 { SESSION,
                                   { "function", EVENT_NAME, tmf_function_name },
                                   { "ITT", EVENT_HEX, NULL },
                                   { "task", EVENT_HEX, NULL } } },
  AT (EVENT_MANAGEMENT_DONE) = { "management-done",
                                 EVENT_OBSERVABLE,
                                 { SESSION,
                                   { "function", EVENT_NAME, tmf_function_name },
                                   { "answer", EVENT_NAME, tmf_answer_name },
                                   TEXT } },
  AT (EVENT_ASYNC_MESSAGE) = { "async-message",
                               EVENT_OBSERVABLE,
                               { SESSION,
                                 { "event", EVENT_NAME, async_event_name },
                                 { "parameter1", EVENT_NUMBER, NULL },
                                 { "parameter2", EVENT_NUMBER, NULL },
                                 { "parameter3", EVENT_NUMBER, NULL } } },
  AT (EVENT_REDIRECTED) = { "redirected",
                            EVENT_OBSERVABLE,
                            { SESSION, { "hop", EVENT_NUMBER, NULL }, TEXT } },
  AT (EVENT_UNIT) = { "unit",
                      EVENT_OBSERVABLE,
                      { SESSION,
                        { "LUN", EVENT_NUMBER, NULL },
                        { "state", EVENT_NAME, unit_state_name },
                        TEXT } },
  AT (EVENT_DISCOVERY_SKIPPED) = { "discovery-skipped", EVENT_PLAIN, { TEXT } },
};

const EventFamily initiator_events = { EVENTS_INITIATOR, G_N_ELEMENTS (types), types };
