/* SPDX-License-Identifier: Apache-2.0 */
/* escalation.c - a task has no status in time: what is tried, in which order, and for how long
 *
 * Method: a ladder. ABORT TASK for the task that is late; if that is not answered, or refused, LOGICAL UNIT RESET; then TARGET
 * WARM RESET; then the session is given up and logs in anew, which parks its tasks (session.c). Each step has its own time from
 * the profile. The first step that helps ends the climb; the next late task starts at the foot again. RFC 7143 7.11, R-TMF-057.
 *
 * Every task has its own deadline. One timer stands for the earliest of them; tasks that end do not move it, as it finds out
 * when it fires, so that a command costs a comparison and no queue operation.
 */
#include "initiator/initiator-internal.h"

#include "world/banned.h"

static const TmfFunction ladder[] = { TMF_ABORT_TASK, TMF_LUN_RESET, TMF_TARGET_WARM_RESET };

static void
escalation_arm (Session *session, gint64 deadline_ns)
{
  const gint64 now_ns = host_now_ns (session->initiator->host);
  session->escalation.armed_ns = deadline_ns;
  timer_arm (&session->task_timer, MAX (deadline_ns - now_ns, 0));
}

void
escalation_watch (Session *session, const Task *task)
{
  if (!timer_is_armed (&session->task_timer) || task->deadline_ns < session->escalation.armed_ns)
    escalation_arm (session, task->deadline_ns);
}

void
escalation_reset (Session *session)
{
  session->escalation = (Escalation){ 0 };
  timer_disarm (&session->task_timer);
}

/* ---- the ladder ---- */

static void escalation_climb (Session *session, Task *task);

static void
escalation_over (Session *session)
{
  session->escalation = (Escalation){ 0 };
  escalation_look (session);
}

/* The late task may have got its status while the step was out: then there is nothing to climb for. */
static void
escalation_answered (gpointer data, TmfAnswer answer, const GError *error)
{
  Session *session = data;
  CHECK (session, SESSION_MAGIC);
  if (!session_is_up (session))
    return; /* the connection took the step with it: escalation_reset */
  Task *late = session_find_task (session, session->escalation.initiator_task_tag);
  if (late == NULL)
    escalation_over (session);
  else
    escalation_climb (session, late);
}

static void
escalation_climb (Session *session, Task *task)
{
  const guint step = session->escalation.step++;
  if (step == G_N_ELEMENTS (ladder)) {
    connection_lose (session->connection, "a task had no status in time, and no function ended it");
    return;
  }
  if (ladder[step] == TMF_ABORT_TASK)
    session_abort (session, task, escalation_answered, session);
  else
    session_manage (session, ladder[step], task->lun, escalation_answered, session);
}

/* ---- who is late ---- */

static Task *
escalation_earliest (Session *session)
{
  Task *earliest = NULL;
  for (Task *task = session->pending.first; task != NULL; task = task->next)
    if (earliest == NULL || task->deadline_ns < earliest->deadline_ns)
      earliest = task;
  return earliest;
}

void
escalation_look (Session *session)
{
  if (!session_is_up (session) || session->escalation.step > 0
      || session->connection->state == CONNECTION_IN_LOGOUT)
    return; /* a logout has a time of its own */
  Task *task = escalation_earliest (session);
  if (task == NULL)
    return;
  if (task->deadline_ns > host_now_ns (session->initiator->host)) {
    escalation_arm (session, task->deadline_ns);
    return;
  }
  task->timeouts++;
  session->escalation.initiator_task_tag = task->initiator_task_tag;
  SESSION_LOG (session, EVENT_TASK_LATE, NULL, task->initiator_task_tag, task->timeouts);
  escalation_climb (session, task);
}

void
escalation_timer_fired (gpointer data)
{
  Session *session = data;
  CHECK (session, SESSION_MAGIC);
  escalation_look (session);
}
