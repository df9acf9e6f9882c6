/* SPDX-License-Identifier: Apache-2.0 */
/* events.h - what the initiator writes to the event log */
#pragma once

#include "world/log.h"

enum {
  EVENT_SESSION_UP = EVENTS_INITIATOR, /* session, TSIH, how many logins; text: target */
  EVENT_SESSION_DOWN,                  /* session; text: why */
  EVENT_SESSION_GONE,                  /* session; text: why */
  EVENT_LOGIN_FAILED,                  /* session, status; text: what was expected and what came */
  EVENT_TASK_SUBMITTED,                /* session, opcode of the CDB, expected length */
  EVENT_TASK_SENT,                     /* session, ITT, CmdSN, attempt */
  EVENT_TASK_DONE,                     /* session, ITT, outcome, status, residual */
  EVENT_TASKS_PARKED,                  /* session, how many */
  EVENT_REGISTERED,                    /* session, record */
  EVENT_UNREGISTERED,                  /* session, how many records */
  EVENT_RESTORING,                     /* session, record */
  EVENT_REGISTRY_FAILED,               /* text: why */
  EVENT_PROTOCOL_ERROR,                /* connection; text: what was expected and what came */
  EVENT_MPIO_PATH,                     /* disk, path, its state; text: why */
  EVENT_MPIO_FAIL_OVER,                /* disk, path that takes over */
  EVENT_MPIO_ALL_FAILED,               /* disk: its last path failed */
  EVENT_MPIO_GONE,                     /* disk: no path came back in time */
  EVENT_MPIO_DOUBTFUL,                 /* disk, path: a write waits until the path is fenced */
  EVENT_MPIO_FENCED,                   /* disk, path, how many writes go on */
  EVENT_TASK_LATE,                     /* session, ITT, how often */
  EVENT_LATE_ANSWER,                   /* session, ITT: dropped, what it is about was concluded */
  EVENT_MANAGEMENT_SENT,               /* session, function, ITT, ReferencedTaskTag */
  EVENT_MANAGEMENT_DONE,               /* session, function, answer; text: why there is none */
  EVENT_ASYNC_MESSAGE,                 /* session, event, its three parameters */
  EVENT_REDIRECTED,                    /* session, how often in this login; text: where */
  EVENT_UNIT,                          /* session, LUN, state; text: identity */
  EVENT_DISCOVERY_SKIPPED,             /* text: an address that was told and cannot be used */
};

extern const EventFamily initiator_events;
