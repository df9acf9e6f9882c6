/* SPDX-License-Identifier: Apache-2.0 */
/* words-management.c - task management on a session, and what a target says without being asked */
#include "harness/script/words-management.h"
#include "harness/script/allow.h"

#include "protocol/async.h"

/* ---- task management ---- */

typedef struct ManagementCall {
  LabCall *call;
  TmfAnswer answer;
} ManagementCall;

static void
management_answered (gpointer data, TmfAnswer answer, const GError *error)
{
  ManagementCall *management = data;
  management->answer = answer;
  lab_call_done (management->call, error);
}

static ManagementCall *
management_call_new (ScriptCall *call, const char *what)
{
  ManagementCall *management = g_new0 (ManagementCall, 1);
  management->call = lab_call_new (call->lab, what);
  management->call->result = management;
  return management;
}

/* The answer's name in the RFC; no answer is an error. */
static gboolean
management_ended (ScriptCall *call, GError **error)
{
  g_autofree ManagementCall *management = g_steal_pointer (&call->waited->result);
  if (call->waited->error != NULL) {
    g_propagate_error (error, g_error_copy (call->waited->error));
    return FALSE;
  }
  lua_pushstring (call->L, tmf_answer_name (management->answer));
  call->results = 1;
  return TRUE;
}

static gboolean
session_is_there (const LabSession *self, const char *word, GError **error)
{
  if (!self->is_gone)
    return TRUE;
  g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_FAILED,
               "session:%s: expected a session that is there, got one that is gone", word);
  return FALSE;
}

static LabTarget *
session_target (const LabSession *self)
{
  SessionInfo info;
  session_info (self->session, &info);
  return lab_find_target (self->object.lab, info.target_name);
}

/* The argument, if there is one: the n-th LUN, from 1. */
static gboolean
session_read_unit (ScriptCall *call, const char *word, guint64 *ret_lun, GError **error)
{
  const LabTarget *target = session_target (call->self);
  guint64 index = 1;
  g_autofree char *what = g_strdup_printf ("session:%s: which LUN", word);
  if (!lua_isnoneornil (call->L, SCRIPT_FIRST)
      && !option_read_value (call->L, SCRIPT_FIRST, what, OPTION_NUMBER, &index, error))
    return FALSE;
  if (target == NULL || index < 1 || index > target->luns->len) {
    g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_USAGE,
                 "%s: expected 1 to %u, got %" G_GUINT64_FORMAT, what,
                 target != NULL ? target->luns->len : 0, index);
    return FALSE;
  }
  *ret_lun = lun_encode (g_array_index (target->luns, LabLun, index - 1).number);
  return TRUE;
}

static gboolean
session_word (ScriptCall *call, const char *word, TmfFunction function, gboolean has_unit,
              GError **error)
{
  LabSession *self = call->self;
  guint64 lun = 0;
  if (call->waited != NULL)
    return management_ended (call, error);
  if (!session_is_there (self, word, error)
      || (has_unit && !session_read_unit (call, word, &lun, error)))
    return FALSE;
  if (!lab_allows (call->lab, tmf_allowance (function), word, error))
    return FALSE;
  ManagementCall *management = management_call_new (call, word);
  session_manage (self->session, function, lun, management_answered, management);
  return script_wait (call, management->call);
}

gboolean
word_abort_task_set (ScriptCall *call, GError **error)
{
  return session_word (call, "abort_task_set", TMF_ABORT_TASK_SET, TRUE, error);
}

gboolean
word_clear_task_set (ScriptCall *call, GError **error)
{
  return session_word (call, "clear_task_set", TMF_CLEAR_TASK_SET, TRUE, error);
}

gboolean
word_lun_reset (ScriptCall *call, GError **error)
{
  return session_word (call, "lun_reset", TMF_LUN_RESET, TRUE, error);
}

gboolean
word_target_reset (ScriptCall *call, GError **error)
{
  return session_word (call, "target_reset", TMF_TARGET_WARM_RESET, FALSE, error);
}

gboolean
word_cold_reset (ScriptCall *call, GError **error)
{
  return session_word (call, "cold_reset", TMF_TARGET_COLD_RESET, FALSE, error);
}

gboolean
word_abort (ScriptCall *call, GError **error)
{
  LabSession *self = call->self;
  if (call->waited != NULL)
    return management_ended (call, error);
  if (!session_is_there (self, "abort", error))
    return FALSE;
  Task *task = session_oldest_task (self->session);
  if (task == NULL) {
    g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_FAILED,
                 "session:abort: expected a task under way, got none");
    return FALSE;
  }
  ManagementCall *management = management_call_new (call, "session:abort");
  session_abort (self->session, task, management_answered, management);
  return script_wait (call, management->call);
}

/* ---- asynchronous messages ---- */

typedef struct AsyncValues {
  const char *event;
  guint64 code;
  guint64 lun;
  gint64 time_ns;
  gint64 time2wait_ns;
  gint64 time2retain_ns;
  guint64 times;
} AsyncValues;

#define AT(member) G_STRUCT_OFFSET (AsyncValues, member)

static const Option async_rows[] = {
  { "event", OPTION_STRING, AT (event), FALSE,
    "'SCSI event', 'logout request', 'connection drop', 'session drop', 'negotiation request' or "
    "'task termination'" },
  { "code", OPTION_NUMBER, AT (code), FALSE, "instead of event: any AsyncEvent up to 255" },
  { "lun", OPTION_NUMBER, AT (lun), FALSE, "of what happens to a unit: the n-th; default 1" },
  { "time", OPTION_DURATION, AT (time_ns), FALSE, "of a request: until when; default '3s'" },
  { "time2wait", OPTION_DURATION, AT (time2wait_ns), FALSE, "of a drop; default '2s'" },
  { "time2retain", OPTION_DURATION, AT (time2retain_ns), FALSE, "of a drop; default '20s'" },
  { "times", OPTION_NUMBER, AT (times), FALSE, "how many of them at once; default 1" },
};

const OptionTable async_options = OPTION_TABLE ("target:async_message", async_rows);

static gboolean
async_find_event (const AsyncValues *values, guint8 *ret_event, GError **error)
{
  if (values->event == NULL && values->code <= G_MAXUINT8) {
    *ret_event = (guint8) values->code;
    return TRUE;
  }
  for (guint event = ASYNC_EVENT_SCSI; event <= ASYNC_EVENT_TASK_TERMINATION; event++)
    if (values->event != NULL && strcmp (async_event_name (event), values->event) == 0) {
      *ret_event = (guint8) event;
      return TRUE;
    }
  g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_USAGE,
               "target:async_message: expected the name of an event or a code up to 255, got '%s'",
               values->event != NULL ? values->event : "a larger one");
  return FALSE;
}

/* Whole seconds: the message has no other. */
static gboolean
async_read_seconds (const char *name, gint64 ns, guint16 *ret_s, GError **error)
{
  if (ns >= 0 && ns % NS_PER_S == 0 && ns / NS_PER_S <= G_MAXUINT16) {
    *ret_s = (guint16) (ns / NS_PER_S);
    return TRUE;
  }
  g_autofree char *got = duration_text (ns);
  g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_USAGE,
               "target:async_message: '%s': expected whole seconds up to 65535, got %s", name, got);
  return FALSE;
}

gboolean
word_async_message (ScriptCall *call, GError **error)
{
  LabTarget *target = call->self;
  AsyncValues values = { .code = G_MAXUINT64,
                         .lun = 1,
                         .time_ns = 3 * NS_PER_S,
                         .time2wait_ns = 2 * NS_PER_S,
                         .time2retain_ns = 20 * NS_PER_S,
                         .times = 1 };
  TargetAsync message = { .sense = { SENSE_UNIT_ATTENTION, SENSE_CODE_PARAMETERS_CHANGED } };
  if (lab_is_foreign (call->lab))
    return lab_skip (call->lab, error, "%s: target:async_message is for the embedded target",
                     call->lab->request->target);
  if (!options_read (call->L, SCRIPT_FIRST, &async_options, &values, error)
      || !async_find_event (&values, &message.event, error)
      || !async_read_seconds ("time", values.time_ns, &message.time_s, error)
      || !async_read_seconds ("time2wait", values.time2wait_ns, &message.time2wait_s, error)
      || !async_read_seconds ("time2retain", values.time2retain_ns, &message.time2retain_s, error))
    return FALSE;
  if (target->sim == NULL || values.lun < 1 || values.lun > target->luns->len) {
    g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_FAILED,
                 "target:async_message: expected a target that is up and has such a LUN");
    return FALSE;
  }
  message.lun = g_array_index (target->luns, LabLun, values.lun - 1).number;
  guint sent = 0;
  for (guint64 i = 0; i < values.times; i++)
    sent += target_sim_async (target->sim, &message);
  lua_pushinteger (call->L, sent);
  call->results = 1;
  return TRUE;
}
