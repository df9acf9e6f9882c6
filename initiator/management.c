/* SPDX-License-Identifier: Apache-2.0 */
/* management.c - task management functions: sent, answered, or concluded without an answer (RFC 7143 4.2.3.3, 11.5, 11.6)
 *
 * Method: each request is a Management in its session's list until it has its answer, its time is over or its connection is
 * gone; whichever comes first takes it out of the list, and only that is told. What a completed function covers is concluded at
 * once: those tasks end as ABORTED, and what the target may still say of them is dropped (session_was_concluded). A status that
 * comes before the answer is the task's real end (R-TMF-061): then the function has found nothing.
 *
 * Requests are immediate: they need no room in the window, which stuck tasks may have closed. A task that was never sent is
 * ended here, without a word to the target.
 */
#include "initiator/initiator-internal.h"

#include "world/banned.h"

struct Management {
  Management *next;
  Session *session;
  guint32 initiator_task_tag;
  guint32 cmd_sn;
  guint8 function;
  guint64 lun;
  Task *task;           /* ABORT TASK: NULL once it has ended */
  TmfAnswer answer;     /* known without the target */
  gboolean is_answered; /* so it is: told when the timer fires */
  gboolean is_holding;  /* a reset that is out: counted in session->holds */
  Timer timer;
  ManagementDone done;
  gpointer data;
};

/* ---- the list ---- */

static void
management_take_out (Management *management)
{
  Management **link = &management->session->managements;
  while (*link != management)
    link = &(*link)->next;
  *link = management->next;
  timer_disarm (&management->timer);
  if (management->is_holding)
    management->session->holds--;
  management->is_holding = FALSE;
}

/* Its one end. `error`: there is no answer. */
static void
management_end (Management *management, TmfAnswer answer, const GError *error)
{
  Session *session = management->session;
  if (session->initiator != NULL)
    SESSION_LOG (session, EVENT_MANAGEMENT_DONE, error != NULL ? error->message : "",
                 management->function, answer);
  management->done (management->data, answer, error);
  session_unref (session);
  g_free (management);
}

void
management_drop_all (Session *session, const char *why)
{
  Management *management;
  while ((management = session->managements) != NULL) {
    g_autoptr (GError) error =
        g_error_new (INITIATOR_ERROR, INITIATOR_ERROR_CONNECTION_FAILED, "%s: %s",
                     tmf_function_name (management->function), why);
    management_take_out (management);
    management_end (management, TMF_ANSWER_REJECTED, error);
  }
}

void
management_task_ended (Session *session, const Task *task)
{
  for (Management *management = session->managements; management != NULL;
       management = management->next)
    if (management->task == task)
      management->task = NULL;
}

/* ---- what a function ends ---- */

/* R-TMF-003, R-TMF-036: of what was sent before it. While a reset is out nothing is sent (session->holds), so that a reset, which
 * goes by no CmdSN, needs no other rule. */
static gboolean
management_covers (const Management *management, const Task *task)
{
  switch ((TmfFunction) management->function) {
  case TMF_ABORT_TASK:
    return task == management->task;
  case TMF_ABORT_TASK_SET:
  case TMF_CLEAR_TASK_SET:
  case TMF_LUN_RESET:
    return task->lun == management->lun && serial_less (task->cmd_sn, management->cmd_sn);
  case TMF_TARGET_WARM_RESET:
  case TMF_TARGET_COLD_RESET:
    return TRUE;
  case TMF_CLEAR_ACA:
  case TMF_TASK_REASSIGN:
  case TMF_QUERY_TASK:
  case TMF_QUERY_TASK_SET:
  case TMF_NEXUS_RESET:
  case TMF_QUERY_ASYNC_EVENT:
    break;
  }
  return FALSE;
}

static gboolean
function_is_reset (guint8 function)
{
  return function == TMF_LUN_RESET || function == TMF_TARGET_WARM_RESET
         || function == TMF_TARGET_COLD_RESET;
}

static void
management_conclude (const Management *management)
{
  Session *session = management->session;
  TaskList covered = { 0 };
  for (Task *task = session->pending.first, *next; task != NULL; task = next) {
    next = task->next;
    if (!management_covers (management, task))
      continue;
    session_conclude_task (session, task);
    task_list_append (&covered, task);
  }
  Task *task;
  while ((task = covered.first) != NULL) {
    task_list_remove (&covered, task);
    task_finish (task, TASK_OUTCOME_ABORTED);
  }
}

/* 11.6.1: 0 and 1 are both SAM's FUNCTION COMPLETE. With 1 the target has no such task: its status is not on its way, as it
 * would have come before this answer; so nothing will come at all. */
static gboolean
management_is_complete (const Management *management, TmfAnswer answer)
{
  return answer == TMF_ANSWER_COMPLETE
         || (answer == TMF_ANSWER_NO_TASK && management->function == TMF_ABORT_TASK);
}

/* ---- answers ---- */

static Management *
management_find (Session *session, guint32 initiator_task_tag)
{
  Management *management = session->managements;
  while (management != NULL && management->initiator_task_tag != initiator_task_tag)
    management = management->next;
  return management;
}

static void
management_answered (Management *management, TmfAnswer answer)
{
  Session *session = session_ref (management->session);
  management_take_out (management);
  if (management_is_complete (management, answer))
    management_conclude (management);
  management_end (management, answer, NULL);
  session_pump (session);
  session_unref (session);
}

/* R-TMF-039: an answer that comes too late is dropped. */
void
management_on_response (Connection *connection, const guint8 bhs[BHS_LENGTH], const Payload *data)
{
  Session *session = connection->session;
  TmfResponse response;
  tmf_response_decode (&response, bhs);
  session_update_window (session, response.exp_cmd_sn, response.max_cmd_sn);
  if (!connection_take_stat_sn (connection, response.stat_sn))
    return;
  Management *management = management_find (session, response.initiator_task_tag);
  if (management != NULL && !management->is_answered)
    management_answered (management, (TmfAnswer) response.response);
  else
    SESSION_LOG (session, EVENT_LATE_ANSWER, NULL, response.initiator_task_tag);
}

static void management_begin (Management *management);

/* The task was to end unsent, and was sent before this event came. */
static gboolean
management_is_overtaken (const Management *management)
{
  const Task *task = management->task;
  return management->is_answered && task != NULL
         && session_find_task (management->session, task->initiator_task_tag) == task;
}

static void
management_timer_fired (gpointer data)
{
  Management *management = data;
  Session *session = session_ref (management->session);
  g_autoptr (GError) error = NULL;
  if (management_is_overtaken (management)) {
    management->is_answered = FALSE;
    management_begin (management);
    session_unref (session);
    return;
  }
  management_take_out (management);
  if (!management->is_answered)
    error = g_error_new (INITIATOR_ERROR, INITIATOR_ERROR_TIMED_OUT, "%s: no answer in time",
                         tmf_function_name (management->function));
  else if (management->task != NULL)
    session_end_waiting_task (session, management->task);
  management_end (management, management->answer, error);
  session_pump (session);
  session_unref (session);
}

/* ---- sending ---- */

static void
management_send (Management *management)
{
  Session *session = management->session;
  Connection *connection = session->connection;
  const Task *task = management->task;
  TmfRequest request = {
    .immediate = 1,
    .is_final = 1,
    .function = management->function,
    .lun = management->function <= TMF_LUN_RESET ? management->lun : 0, /* R-TMF-022 */
    .initiator_task_tag = management->initiator_task_tag,
    .referenced_task_tag = task != NULL ? task->initiator_task_tag : TAG_NONE, /* R-TMF-023 */
    .cmd_sn = session->cmd_sn,
    .exp_stat_sn = connection->exp_stat_sn,
    .ref_cmd_sn = task != NULL ? task->cmd_sn : 0, /* R-TMF-010, R-TMF-024 */
  };
  guint8 bhs[BHS_LENGTH];
  tmf_request_encode (&request, bhs);
  SESSION_LOG (session, EVENT_MANAGEMENT_SENT, NULL, request.function, request.initiator_task_tag,
               request.referenced_task_tag);
  connection_send (connection, bhs, NULL);
}

static Management *
management_new (Session *session, TmfFunction function, ManagementDone done, gpointer data)
{
  Management *management = g_new0 (Management, 1);
  *management = (Management){
    .session = session_ref (session), .function = (guint8) function, .done = done, .data = data
  };
  Management **link = &session->managements;
  while (*link != NULL)
    link = &(*link)->next;
  *link = management;
  timer_init (&management->timer, session->initiator->host, management_timer_fired, management);
  return management;
}

/* The answer comes from the world's loop, as every answer does. */
static void
management_answer_soon (Management *management, TmfAnswer answer)
{
  management->initiator_task_tag = TAG_NONE;
  management->answer = answer;
  management->is_answered = TRUE;
  timer_arm (&management->timer, 0);
}

static gint64
management_timeout_ns (const InitiatorProfile *profile, TmfFunction function)
{
  if (function == TMF_ABORT_TASK || function == TMF_ABORT_TASK_SET)
    return profile->abort_timeout_ns;
  return function == TMF_LUN_RESET || function == TMF_CLEAR_TASK_SET
             ? profile->lun_reset_timeout_ns
             : profile->target_reset_timeout_ns;
}

static void
management_begin (Management *management)
{
  Session *session = management->session;
  if (session->state != SESSION_LOGGED_IN || session->connection->state == CONNECTION_IN_LOGOUT) {
    timer_arm (&management->timer, 0); /* no answer can come */
    management->initiator_task_tag = TAG_NONE;
    return;
  }
  management->is_holding = function_is_reset (management->function);
  session->holds += management->is_holding;
  management->initiator_task_tag = session_new_tag (session);
  management->cmd_sn = session->cmd_sn;
  management_send (management);
  timer_arm (&management->timer, management_timeout_ns (session->initiator->profile,
                                                        (TmfFunction) management->function));
}

void
session_manage (Session *session, TmfFunction function, guint64 lun, ManagementDone done,
                gpointer data)
{
  CHECK (session, SESSION_MAGIC);
  CHECK_THAT (session->initiator != NULL && function != TMF_ABORT_TASK
              && function != TMF_TASK_REASSIGN);
  Management *management = management_new (session, function, done, data);
  management->lun = lun;
  management_begin (management);
}

void
session_abort (Session *session, Task *task, ManagementDone done, gpointer data)
{
  CHECK (session, SESSION_MAGIC);
  CHECK (task, TASK_MAGIC);
  CHECK_THAT (session->initiator != NULL && task->session == session);
  Management *management = management_new (session, TMF_ABORT_TASK, done, data);
  management->lun = task->lun;
  management->task = task;
  if (session_find_task (session, task->initiator_task_tag) != task)
    management_answer_soon (management, TMF_ANSWER_COMPLETE);
  else
    management_begin (management);
}
