/* SPDX-License-Identifier: Apache-2.0 */
/* task-management.h - Task Management Function Requests at the target (RFC 7143 4.2.3, 11.5, 11.6) */
#pragma once

#include "protocol/tmf.h"
#include "target-sim/connection.h"

typedef struct ScsiNexus ScsiNexus;
typedef struct ScsiTask ScsiTask;
typedef struct TargetTask TargetTask;

#define TARGET_MANAGEMENT_MAX 8 /* requests that wait at once, per session */
#define TARGET_ABORTED_MAX    256
/* A request waits so long for what its initiator owes, then the connection goes, as RFC 7143 11.5.1 allows. */
#define TARGET_MANAGEMENT_TIMEOUT_NS (10 * NS_PER_S)

/* Part of a session. Zeroed memory and task_management_init make one. */
typedef struct TaskManagement {
  TmfRequest waiting[TARGET_MANAGEMENT_MAX]; /* oldest first */
  guint count;
  Timer timer;
  Timer look_timer; /* another initiator ended tasks: what waited for them may act */
  /* Tags whose Data-Out may still be on their way: the last ones, as a ring. */
  guint32 aborted[TARGET_ABORTED_MAX];
  guint aborted_count;
} TaskManagement;

void task_management_init (TargetSession *session);
/* The connection is gone, and who would have got the answers with it. */
void task_management_clear (TargetSession *session);

/* For the session's table of opcodes. deliver may end every connection and session of the target: TARGET COLD RESET. */
gboolean task_management_arrive (TargetConnection *connection, const guint8 bhs[BHS_LENGTH],
                                 const Payload *payload);
void task_management_deliver (TargetConnection *connection, const guint8 bhs[BHS_LENGTH],
                              const Payload *payload);

/* Something happened that a waiting request may have waited for. */
void task_management_advance (TargetSession *session);

/* This task will be aborted as soon as its data is here: it must neither run nor ask for more. */
gboolean task_management_holds (const TargetSession *session, const TargetTask *task);
gboolean task_management_has_tag (const TargetSession *session, guint32 itt); /* a waiting one's */

/* For the nexus of a session: see ScsiNexus.abort. */
void task_management_abort_nexus (ScsiNexus *nexus, guint16 lun, const ScsiTask *except);

/* R-TMF-060: Data-Out for a task that was aborted under way is dropped without a word. */
gboolean task_management_was_aborted (const TargetSession *session, guint32 itt);
void task_management_reuse_tag (TargetSession *session, guint32 itt); /* it is another task's now */
