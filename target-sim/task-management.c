/* SPDX-License-Identifier: Apache-2.0 */
/* task-management.c - which tasks a function takes, when it may act, and who hears of it
 *
 * Method: a table says of each function whose tasks and which units it reaches, and what the other initiators are told. ABORT
 * TASK acts at once. The others follow RFC 7143 4.2.3.3: a request waits until every command before it has come (b) and its
 * own initiator has answered every R2T of the tasks that are meant (a); meanwhile those tasks neither run nor ask for more.
 * Then all of them end without a status, and the response goes out. With one connection per session nothing can overtake that
 * response, and what came before it was sent before it: the fence of (d) and (e) is TCP's order.
 *
 * Tasks of other initiators end silently where the unit's TAS is 0: they learn of it by UNIT ATTENTION, on their next command, and
 * by a NOP-In that tells them of the room in their window. Where it is 1 they end with TASK ABORTED.
 *
 * Not here: TASK REASSIGN (error recovery level 2), FastAbort (TaskReporting stays RFC3720), ACA (NACA is refused: NormACA 0).
 */
#include "target-sim/task-management.h"

#include "protocol/nop.h"
#include "protocol/serial.h"
#include "target-sim/session.h"

#include "world/banned.h"

typedef enum Reach {
  REACH_NOTHING,   /* not one of those that end several tasks */
  REACH_NEXUS,     /* the issuing session's tasks on one unit */
  REACH_UNIT,      /* everybody's tasks on one unit */
  REACH_ALL_UNITS, /* everybody's tasks */
} Reach;

typedef struct FunctionRow {
  TmfAnswer answer; /* where nothing is reached: what is said */
  Reach reach;
  gboolean is_reset;    /* takes tasks whatever their CmdSN (11.5.1), tells every other nexus */
  gboolean is_power_on; /* ends all sessions too */
  guint16 attention;    /* what other initiators are told */
} FunctionRow;

/* R-TMF-036. What is not here is not supported: R-TMF-002. */
static const FunctionRow rows[] = {
  [TMF_ABORT_TASK] = { .answer = TMF_ANSWER_COMPLETE },
  [TMF_ABORT_TASK_SET] = { .reach = REACH_NEXUS },
  [TMF_CLEAR_ACA] = { .answer = TMF_ANSWER_NOT_SUPPORTED },
  [TMF_CLEAR_TASK_SET] = { .reach = REACH_UNIT, .attention = SENSE_CODE_COMMANDS_CLEARED },
  [TMF_LUN_RESET] = { .reach = REACH_UNIT, .is_reset = TRUE, .attention = SENSE_CODE_BUS_RESET },
  [TMF_TARGET_WARM_RESET] = { .reach = REACH_ALL_UNITS,
                              .is_reset = TRUE,
                              .attention = SENSE_CODE_BUS_RESET },
  [TMF_TARGET_COLD_RESET] = { .reach = REACH_ALL_UNITS, .is_reset = TRUE, .is_power_on = TRUE },
  [TMF_TASK_REASSIGN] = { .answer = TMF_ANSWER_NO_REASSIGN },
};

static const FunctionRow *
function_row (guint8 function)
{
  static const FunctionRow unknown = { .answer = TMF_ANSWER_NOT_SUPPORTED };
  return function > 0 && function < G_N_ELEMENTS (rows) ? &rows[function] : &unknown;
}

/* ---- answers ---- */

static void
management_respond (TargetSession *session, const TmfRequest *request, TmfAnswer answer)
{
  TargetConnection *connection = session->connection;
  HOST_LOG (session->host, EVENT_TARGET_MANAGEMENT, NULL, session->tsih, request->function, answer);
  TmfResponse response = { .is_final = 1,
                           .response = (guint8) answer,
                           .initiator_task_tag = request->initiator_task_tag };
  CONNECTION_NUMBER (connection, &response);
  guint8 out[BHS_LENGTH];
  tmf_response_encode (&response, out);
  target_connection_send (connection, out, NULL);
}

/* An initiator whose tasks ended silently may stand before a closed window: R-NOP, a NOP-In without tags carries numbers. */
static void
management_tell_window (TargetSession *session)
{
  TargetConnection *connection = session->connection;
  if (connection == NULL)
    return;
  const NopIn nop = { .is_final = 1,
                      .initiator_task_tag = TAG_NONE,
                      .target_transfer_tag = TAG_NONE,
                      .stat_sn = connection->stat_sn, /* the next one, not consumed */
                      .exp_cmd_sn = session->exp_cmd_sn,
                      .max_cmd_sn = target_session_max_cmd_sn (session) };
  guint8 out[BHS_LENGTH];
  nop_in_encode (&nop, out);
  target_connection_send (connection, out, NULL);
}

/* ---- ending tasks ---- */

static void
management_abort (TargetTask *task)
{
  TaskManagement *management = &task->session->management;
  if (transfer_is_receiving (&task->transfer))
    management->aborted[management->aborted_count++ % TARGET_ABORTED_MAX] = task->itt;
  task_free (task);
}

/* SAM-5 5.6: by what another initiator did. */
static void
management_abort_third_party (TargetTask *task)
{
  TaskManagement *management = &task->session->management;
  if (task->scsi.lun == NULL || !modes_tell_aborts (&task->scsi.lun->modes)) {
    management_abort (task);
    return;
  }
  if (transfer_is_receiving (&task->transfer))
    management->aborted[management->aborted_count++ % TARGET_ABORTED_MAX] = task->itt;
  task_abort_aloud (task);
}

gboolean
task_management_was_aborted (const TargetSession *session, guint32 itt)
{
  const TaskManagement *management = &session->management;
  for (guint i = 0; i < MIN (management->aborted_count, TARGET_ABORTED_MAX); i++)
    if (management->aborted[i] == itt)
      return TRUE;
  return FALSE;
}

void
task_management_reuse_tag (TargetSession *session, guint32 itt)
{
  TaskManagement *management = &session->management;
  for (guint i = 0; i < MIN (management->aborted_count, TARGET_ABORTED_MAX); i++)
    if (management->aborted[i] == itt)
      management->aborted[i] = TAG_NONE;
}

/* R-TMF-003, R-TMF-036: is this task of the issuing session meant? */
static gboolean
request_covers (const TmfRequest *request, const TargetTask *task)
{
  const FunctionRow *row = function_row (request->function);
  if (row->reach == REACH_NOTHING)
    return FALSE;
  if (row->reach != REACH_ALL_UNITS && task->scsi.lun_field != request->lun)
    return FALSE;
  return row->is_reset || task->is_immediate || serial_less (task->cmd_sn, request->cmd_sn);
}

/* Of a session other than the issuing one, whose CmdSN is another count. */
static gboolean
request_covers_third_party (const TmfRequest *request, const TargetTask *task)
{
  return function_row (request->function)->reach == REACH_ALL_UNITS
         || task->scsi.lun_field == request->lun;
}

static guint
management_abort_covered (TargetSession *session, const TmfRequest *request, gboolean is_issuer)
{
  guint count = 0;
  for (GList *link = session->tasks.head, *next; link != NULL; link = next) {
    next = link->next;
    TargetTask *task = link->data;
    if (is_issuer ? !request_covers (request, task) : !request_covers_third_party (request, task))
      continue;
    if (is_issuer)
      management_abort (task);
    else
      management_abort_third_party (task);
    count++;
  }
  return count;
}

/* SAM-5 6.3.3: the units that a reset reaches forget what they were set to. */
static void
management_reset_units (Luns *luns, const TmfRequest *request)
{
  const FunctionRow *row = function_row (request->function);
  guint16 number;
  const gboolean is_one = lun_decode (request->lun, &number);
  for (guint i = 0; row->is_reset && i < luns->count; i++)
    if (row->reach == REACH_ALL_UNITS || (is_one && luns->list[i]->number == number))
      lun_reset (luns->list[i]);
}

static void
management_attend (TargetSession *session, const TmfRequest *request)
{
  const FunctionRow *row = function_row (request->function);
  guint16 number;
  if (row->attention == SENSE_CODE_NONE)
    return;
  if (row->reach == REACH_ALL_UNITS)
    scsi_nexus_attend_all (&session->nexus, row->attention);
  else if (lun_decode (request->lun, &number))
    scsi_nexus_attend (&session->nexus, number, row->attention);
}

static gboolean
request_tells_aborts (const TargetSession *session, const TmfRequest *request)
{
  guint16 number;
  const Lun *lun =
      lun_decode (request->lun, &number) ? luns_find (session->nexus.luns, number) : NULL;
  return lun != NULL && modes_tell_aborts (&lun->modes);
}

/* SAM-5 5.14, 7.2, 7.3, 7.5: a reset is told to every other nexus, CLEAR TASK SET to those that lost tasks, unless TAS told them by
 * status. R-TMF-013 */
static void
management_reach_others (const TargetSession *issuer, const TmfRequest *request)
{
  const FunctionRow *row = function_row (request->function);
  const GPtrArray *sessions = issuer->target->sessions;
  const gboolean is_told = request_tells_aborts (issuer, request);
  for (guint i = 0; i < sessions->len; i++) {
    TargetSession *session = sessions->pdata[i];
    if (session == issuer)
      continue;
    const guint count = management_abort_covered (session, request, FALSE);
    if (row->is_reset || (count > 0 && !is_told))
      management_attend (session, request);
    if (count > 0)
      management_tell_window (session);
  }
}

/* Requests of others may have waited for tasks that are gone now. */
static void
management_advance_others (const TargetSession *issuer)
{
  const GPtrArray *sessions = issuer->target->sessions;
  for (guint i = 0; i < sessions->len; i++)
    if (sessions->pdata[i] != issuer)
      task_management_advance (sessions->pdata[i]);
}

static void
management_execute (TargetSession *session, const TmfRequest *request)
{
  const FunctionRow *row = function_row (request->function);
  TargetConnection *connection = session->connection;
  management_abort_covered (session, request, TRUE);
  if (row->reach != REACH_NEXUS)
    management_reach_others (session, request);
  management_reset_units (session->nexus.luns, request); /* TAS has had its say */
  /* 4.2.3.3 b, R-TMF-064: for a target's reset the commands that have not come count as come. */
  if (row->reach == REACH_ALL_UNITS)
    target_session_plug_below (session, connection, request->cmd_sn);
  if (connection->session != session)
    return; /* what was held behind the gap was a logout */
  management_respond (session, request, TMF_ANSWER_COMPLETE);
  if (row->is_power_on)
    node_restart (session->target); /* R-TMF-016: response first, as far as it goes */
  else if (row->reach != REACH_NEXUS)
    management_advance_others (session);
}

/* ---- waiting ---- */

/* 4.2.3.3 a and b, R-TMF-040, R-TMF-041 */
static gboolean
request_is_ready (const TargetSession *session, const TmfRequest *request)
{
  if (function_row (request->function)->reach != REACH_ALL_UNITS
      && serial_less (session->exp_cmd_sn, request->cmd_sn))
    return FALSE;
  for (const GList *link = session->tasks.head; link != NULL; link = link->next) {
    const TargetTask *task = link->data;
    if (request_covers (request, task) && transfer_is_receiving (&task->transfer))
      return FALSE;
  }
  return TRUE;
}

gboolean
task_management_holds (const TargetSession *session, const TargetTask *task)
{
  const TaskManagement *management = &session->management;
  for (guint i = 0; i < management->count; i++)
    if (request_covers (&management->waiting[i], task))
      return TRUE;
  return FALSE;
}

gboolean
task_management_has_tag (const TargetSession *session, guint32 itt)
{
  const TaskManagement *management = &session->management;
  for (guint i = 0; i < management->count; i++)
    if (management->waiting[i].initiator_task_tag == itt)
      return TRUE;
  return FALSE;
}

static gboolean
management_take_ready (TargetSession *session, TmfRequest *ret_request)
{
  TaskManagement *management = &session->management;
  for (guint i = 0; i < management->count; i++) {
    if (!request_is_ready (session, &management->waiting[i]))
      continue;
    *ret_request = management->waiting[i];
    management->count--;
    memmove (&management->waiting[i], &management->waiting[i + 1],
             (management->count - i) * sizeof management->waiting[0]);
    return TRUE;
  }
  return FALSE;
}

/* A request is taken out before it acts, so that what it sets off may come back here. Only a cold reset frees the session, and
 * that leaves nothing waiting. */
void
task_management_advance (TargetSession *session)
{
  TmfRequest request;
  while (session->management.count > 0 && management_take_ready (session, &request)) {
    const gboolean is_last = function_row (request.function)->is_power_on;
    if (session->management.count == 0)
      timer_disarm (&session->management.timer);
    management_execute (session, &request);
    if (is_last)
      return;
  }
}

static void
management_look (gpointer data)
{
  TargetSession *session = data;
  CHECK (session, TARGET_SESSION_MAGIC);
  task_management_advance (session);
}

static void
management_waited_too_long (gpointer data)
{
  TargetSession *session = data;
  CHECK (session, TARGET_SESSION_MAGIC);
  target_connection_lose (session->connection,
                          "task management: expected the data that R2Ts ask for, got none in time");
}

void
task_management_init (TargetSession *session)
{
  timer_init (&session->management.timer, session->host, management_waited_too_long, session);
  timer_init (&session->management.look_timer, session->host, management_look, session);
}

void
task_management_clear (TargetSession *session)
{
  session->management.count = 0;
  session->management.aborted_count = 0;
  timer_disarm (&session->management.timer);
  timer_disarm (&session->management.look_timer);
}

/* ---- PREEMPT AND ABORT ---- */

static TargetTask *
session_find_on_unit (const TargetSession *session, guint16 number, const ScsiTask *except)
{
  for (const GList *link = session->tasks.head; link != NULL; link = link->next) {
    TargetTask *task = link->data;
    if (task->is_delivered && &task->scsi != except && task->scsi.lun != NULL
        && task->scsi.lun->number == number)
      return task;
  }
  return NULL;
}

/* What waits here may act only later: it could end the very command that is at it. Each search begins anew, because the end of one
 * task may be what another has waited for. */
void
task_management_abort_nexus (ScsiNexus *nexus, guint16 lun, const ScsiTask *except)
{
  TargetSession *session =
      (TargetSession *) ((guint8 *) nexus - G_STRUCT_OFFSET (TargetSession, nexus));
  CHECK (session, TARGET_SESSION_MAGIC);
  const gboolean is_other = except->nexus != nexus;
  TargetTask *task = session_find_on_unit (session, lun, except);
  if (task == NULL)
    return;
  if (is_other && !modes_tell_aborts (&task->scsi.lun->modes))
    scsi_nexus_attend (nexus, lun, SENSE_CODE_COMMANDS_CLEARED);
  for (; task != NULL; task = session_find_on_unit (session, lun, except))
    if (is_other)
      management_abort_third_party (task);
    else
      management_abort (task);
  if (is_other)
    management_tell_window (session);
  timer_arm (&session->management.look_timer, 0);
}

/* ---- ABORT TASK ---- */

/* RFC 7143 11.6.1: of a task that is not here, RefCmdSN tells whether it may still come. It counts as come: R-TMF-032,
 * R-TMF-058. In the place of one that did come there is nothing to end: R-TMF-033. */
static TmfAnswer
management_abort_unknown (TargetSession *session, const TmfRequest *request)
{
  if (!serial_less (request->ref_cmd_sn, request->cmd_sn)
      || !target_session_expects (session, request->ref_cmd_sn))
    return TMF_ANSWER_NO_TASK;
  target_session_plug (session, session->connection, request->ref_cmd_sn);
  return TMF_ANSWER_COMPLETE;
}

static TmfAnswer
management_abort_task (TargetSession *session, const TmfRequest *request)
{
  if (task_management_has_tag (session, request->referenced_task_tag))
    return TMF_ANSWER_REJECTED; /* R-TMF-012 */
  TargetTask *task = task_find (session, request->referenced_task_tag);
  if (task == NULL)
    return management_abort_unknown (session, request);
  if (task->scsi.lun_field != request->lun)
    return TMF_ANSWER_NO_TASK;
  management_abort (task); /* R-TMF-031 */
  return TMF_ANSWER_COMPLETE;
}

/* ---- the session's table ---- */

gboolean
task_management_arrive (TargetConnection *connection, const guint8 bhs[BHS_LENGTH],
                        const Payload *payload)
{
  const TargetSession *session = connection->session;
  const guint32 itt = bhs_initiator_task_tag (bhs);
  if (task_find (session, itt) != NULL || task_management_has_tag (session, itt))
    target_connection_reject (connection, REJECT_TASK_IN_PROGRESS, bhs);
  else if (session->management.count == TARGET_MANAGEMENT_MAX)
    target_connection_reject (connection, REJECT_TOO_MANY_IMMEDIATE, bhs);
  else
    return TRUE;
  return FALSE;
}

/* R-TMF-022: the functions that name a unit. */
static gboolean
request_has_unit (const TargetSession *session, const TmfRequest *request)
{
  guint16 number;
  if (request->function > TMF_LUN_RESET)
    return TRUE;
  return lun_decode (request->lun, &number) && luns_find (session->nexus.luns, number) != NULL;
}

static void
management_wait (TargetSession *session, const TmfRequest *request)
{
  TaskManagement *management = &session->management;
  if (management->count == TARGET_MANAGEMENT_MAX) {
    management_respond (session, request,
                        TMF_ANSWER_REJECTED); /* some were held before their turn */
    return;
  }
  management->waiting[management->count++] = *request;
  if (!timer_is_armed (&management->timer))
    timer_arm (&management->timer, TARGET_MANAGEMENT_TIMEOUT_NS);
  task_management_advance (session);
}

void
task_management_deliver (TargetConnection *connection, const guint8 bhs[BHS_LENGTH],
                         const Payload *payload)
{
  TargetSession *session = connection->session;
  TmfRequest request;
  tmf_request_decode (&request, bhs);
  const FunctionRow *row = function_row (request.function);
  TmfAnswer answer = row->answer;
  if (row->answer != TMF_ANSWER_NOT_SUPPORTED && !request_has_unit (session, &request)) {
    answer = TMF_ANSWER_NO_LUN;
  } else if (row->reach != REACH_NOTHING) {
    management_wait (session, &request);
    return;
  } else if (request.function == TMF_ABORT_TASK) {
    answer = management_abort_task (session, &request);
  }
  if (connection->session != session)
    return; /* behind a gap that was closed there was a logout */
  management_respond (session, &request, answer);
  task_management_advance (session);
}
