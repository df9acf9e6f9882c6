/* SPDX-License-Identifier: Apache-2.0 */
/* session.c - a session: its tasks, its numbers, and its place among the node's sessions
 *
 * Method: a submitted task waits in `waiting`; session_pump gives it a CmdSN and a tag as soon as the target's window, the
 * profile's limit and the stream allow, and moves it to `pending`, which is in order of CmdSN. When the connection dies,
 * `pending` goes back to the front of `waiting` in the same order. Invariant: a task is in exactly one of the two lists, from
 * session_submit until task_finish.
 *
 * Not here: when to log in again (recovery.c), records (register.c, restore.c).
 */
#include "initiator/discovery.h"
#include "initiator/initiator-internal.h"

#include "world/banned.h"

#define SLOTS_FIRST  16
#define SLOT_MASK    0xffffu
#define FIRST_CMD_SN 1u
#define ISID_BASE    G_GUINT64_CONSTANT (0x400001370000)
#define TASK_TIMEOUTS                                                                              \
  5 /* so often a task may be the one that had no status in time; then it is given up */

static const char *const state_names[] = {
#define STATE(name) #name,
  SESSION_STATES (STATE)
#undef STATE
};

static const char *const event_names[] = {
#define EVENT(name) #name,
  SESSION_EVENTS (EVENT)
#undef EVENT
};

/* RFC 7143 8.3.1 and 8.3.4, initiator's side. At level 0 a session that failed is never continued (N4): the new login
 * clears it (N6) and starts another instance (N1). */
#define ROW(state, event, next, rfc)                                                               \
  {                                                                                                \
    SESSION_##state, SESSION_ON_##event, SESSION_##next, rfc, NULL                                 \
  }

static const MachineRow rows[] = {
  ROW (FREE, LOGIN, LOGGED_IN, "N1"),
  ROW (LOGGED_IN, CLOSE, FREE, "N3"),
  ROW (LOGGED_IN, FAIL, FAILED, "N5"),
  ROW (FAILED, REINSTATE, FREE, "N6"),
};

const Machine session_machine = { "session",
                                  state_names,
                                  G_N_ELEMENTS (state_names),
                                  event_names,
                                  G_N_ELEMENTS (event_names),
                                  rows,
                                  G_N_ELEMENTS (rows) };

static void
session_move (Session *session, SessionEvent event)
{
  machine_move (&session_machine, session->initiator->host, session->number, &session->state, event,
                session);
}

gboolean
session_is_logged_in (const Session *session)
{
  return session->state == SESSION_LOGGED_IN;
}

gboolean
session_is_up (const Session *session)
{
  return session_is_logged_in (session) && !session->is_leaving && !session->is_fencing;
}

/* ---- life ---- */

const Session *
session_find_isid (const Initiator *initiator, const char *target_name, guint64 isid)
{
  for (guint i = 0; i < initiator->sessions->len; i++) {
    const Session *session = initiator->sessions->pdata[i];
    if (session->isid == isid && strcmp (session->target_name, target_name) == 0)
      return session;
  }
  return NULL;
}

/* `is_taken`: by qualifier, up to `last`. */
static void
isid_mark (guint8 *is_taken, guint last, guint64 isid)
{
  const guint64 qualifier = isid - ISID_BASE;
  if (qualifier <= last)
    is_taken[qualifier] = TRUE;
}

guint64
session_choose_isid (const Initiator *initiator, const char *target_name, const GPtrArray *records)
{
  /* Of so many qualifiers, from 1, one is free. */
  const guint last = initiator->sessions->len + (records != NULL ? records->len : 0) + 1;
  CHECK_THAT (last <= G_MAXUINT16);
  g_autofree guint8 *is_taken = g_malloc0 (last + 1);
  for (guint i = 0; i < initiator->sessions->len; i++) {
    const Session *other = initiator->sessions->pdata[i];
    if (strcmp (other->target_name, target_name) == 0)
      isid_mark (is_taken, last, other->isid);
  }
  for (guint i = 0; records != NULL && i < records->len; i++) {
    const RegistryRecord *record = records->pdata[i];
    if (strcmp (record->target_name, target_name) == 0)
      isid_mark (is_taken, last, record->isid);
  }
  guint qualifier = 1;
  while (is_taken[qualifier])
    qualifier++;
  return ISID_BASE | qualifier;
}

/* The tags of another instance are not known to the target. */
static void
session_forget_concluded (Session *session)
{
  memset (session->concluded, 0xff, session->slot_count * sizeof (guint32)); /* TAG_NONE */
}

static Session *
session_alloc (Initiator *initiator, guint32 number, const char *target_name, const Address *portal)
{
  Session *session = g_new0 (Session, 1);
  session->magic = SESSION_MAGIC;
  session->references = 1;
  session->number = number;
  session->initiator = initiator;
  session->identifier = g_strdup_printf ("%016" G_GINT64_MODIFIER "x-40000137%08x",
                                         initiator->adapter_id, session->number);
  session->target_name = g_strdup (target_name);
  session->portal = *portal;
  session->records = g_array_new (FALSE, FALSE, sizeof (gint64));
  session->slot_count = SLOTS_FIRST;
  session->slots = g_new0 (Task *, SLOTS_FIRST);
  session->concluded = g_new (guint32, SLOTS_FIRST);
  session_forget_concluded (session);
  session->wait_ns = -1;
  key_values_init (&session->keys);
  recovery_init (session);
  redirect_init (session);
  units_init (session);
  return session;
}

Session *
session_new (Initiator *initiator, const ConnectOptions *options)
{
  Session *session =
      session_alloc (initiator, ++initiator->last_session, options->target_name, &options->portal);
  session->is_multipath_enabled = options->is_multipath_enabled;
  session->wanted_digests = (Digests){ options->is_header_digest, options->is_data_digest };
  session->units.is_wanted = options->scans_units;
  session->is_discovered = initiator_has_discovered (initiator, options->target_name);
  session->isid = options->isid != 0 ? options->isid
                                     : session_choose_isid (initiator, options->target_name, NULL);
  g_ptr_array_add (initiator->sessions, session);
  return session;
}

/* Numbers and ISIDs of their own, from the upper half, so that a discovery shifts no session's. */
Session *
session_new_discovery (Initiator *initiator, const Address *portal, Discovery *discovery)
{
  char text[ADDRESS_TEXT_LENGTH];
  const guint32 ordinal = ++initiator->last_discovery;
  Session *session =
      session_alloc (initiator, 0x80000000u | ordinal, address_text (portal, text), portal);
  session->isid = G_GUINT64_CONSTANT (0x400001378000) | (ordinal & 0x7fff);
  session->discovery = discovery;
  return session;
}

Session *
session_ref (Session *session)
{
  CHECK (session, SESSION_MAGIC);
  session->references++;
  return session;
}

void
session_unref (Session *session)
{
  if (session == NULL)
    return;
  CHECK (session, SESSION_MAGIC);
  if (--session->references > 0)
    return;
  CHECK_THAT (session->initiator == NULL);
  g_array_unref (session->records);
  g_clear_error (&session->refusal);
  key_values_clear (&session->keys);
  CHECK_THAT (session->managements == NULL);
  redirect_clear (session);
  units_clear (session);
  g_free (session->slots);
  g_free (session->concluded);
  g_free (session->identifier);
  g_free (session->target_name);
  session->magic = 0;
  g_free (session);
}

void
session_info (const Session *session, SessionInfo *ret_info)
{
  CHECK (session, SESSION_MAGIC);
  *ret_info = (SessionInfo){
    .identifier = session->identifier,
    .target_name = session->target_name,
    .portal = session->portal,
    .connected = session->redirect.here,
    .isid = session->isid,
    .tsih = session->tsih,
    .is_connected = session_is_up (session),
    .is_persistent = session->records->len > 0,
    .is_multipath_enabled = session->is_multipath_enabled,
    .is_discovered = session->is_discovered,
    .connections = session_is_up (session) ? 1 : 0,
    .logins = session->logins,
  };
}

const KeyValues *
session_keys (const Session *session)
{
  CHECK (session, SESSION_MAGIC);
  return &session->keys;
}

/* ---- the connection ---- */

void
session_retire_connection (Session *session)
{
  Connection *connection = g_steal_pointer (&session->connection);
  if (connection == NULL)
    return;
  connection_reinstate (connection);
  g_ptr_array_add (session->initiator->retired, connection);
  timer_arm (&session->initiator->reaper, 0);
}

/* RFC 7143 4.2.2.1: any number may be the first. Every fourth session begins just below 2^32, so that runs pass the wrap. */
static guint32
session_draw_cmd_sn (Session *session)
{
  if (session->initiator->has_first_cmd_sn)
    return session->initiator->first_cmd_sn;
  Random *random = &session->initiator->random;
  const guint32 number = (guint32) random_next (random);
  return number % 4 == 0 ? G_MAXUINT32 - number / 4 % 64 : number;
}

void
session_login_here (Session *session)
{
  session_retire_connection (session);
  session_forget_concluded (session);
  session->cmd_sn = session_draw_cmd_sn (session);
  session->connection = connection_new (session, session->is_fencing ? &session->fence_portal
                                                                     : &session->redirect.here);
}

void
session_try_login (Session *session)
{
  redirect_begin (session);
  session_login_here (session);
}

static void
session_connected (Session *session, const GError *error)
{
  const ConnectDone done = g_steal_pointer (&session->connect_done);
  if (done != NULL)
    done (session->connect_data, error == NULL ? session : NULL, error);
}

/* It leaves before it was ever connected: whoever waits for that must not take it for a success. */
static void
session_never_connected (Session *session, const GError *error, const char *why)
{
  g_autoptr (GError) own = g_error_new (INITIATOR_ERROR, INITIATOR_ERROR_CONNECTION_FAILED,
                                        "connect to '%s': %s", session->target_name, why);
  session_connected (session, error != NULL ? error : own);
}

void
session_on_logged_in (Session *session, Connection *connection)
{
  key_values_copy (&session->keys, &connection->negotiation.result);
  if (session->state == SESSION_FAILED)
    session_move (session, SESSION_ON_REINSTATE);
  session_move (session, SESSION_ON_LOGIN);
  if (session->is_fencing) {
    fence_on_logged_in (session);
    return;
  }
  session->logins++;
  session->is_restoring = FALSE;
  SESSION_LOG (session, EVENT_SESSION_UP, session->target_name, session->tsih, session->logins);
  recovery_on_logged_in (session);
  redirect_arrived (session);
  if (session->units.is_wanted)
    units_scan (session);
  else
    session_scanned (session);
}

void
session_scanned (Session *session)
{
  session_connected (session, NULL);
  session_pump (session);
  session_tell (session, SESSION_NEWS_UP);
}

void
session_on_login_failed (Session *session, Connection *connection, guint16 status, const char *why)
{
  if (redirect_follow (session, status))
    return;
  if (session->connect_done != NULL) {
    const InitiatorError code =
        status == 0 ? INITIATOR_ERROR_CONNECTION_FAILED : INITIATOR_ERROR_LOGIN_FAILED;
    g_autoptr (GError) error = g_error_new (INITIATOR_ERROR, (gint) code, "connect to '%s': %s",
                                            session->target_name, why);
    session_leave (session, error, why);
    return;
  }
  if (session->is_leaving) {
    session_leave (session, NULL, why);
    return;
  }
  if (fence_ended (session))
    session_tell (session, SESSION_NEWS_FENCE_FAILED);
  recovery_on_login_failed (session);
}

void
session_on_lost (Session *session, Connection *connection, const char *why)
{
  SESSION_LOG (session, EVENT_SESSION_DOWN, why);
  session_move (session, SESSION_ON_FAIL);
  if (session->is_leaving) {
    session_leave (session, NULL, why);
    return;
  }
  fence_ended (session);
  if (session->discovery != NULL) {
    g_autoptr (GError) error = g_error_new (INITIATOR_ERROR, INITIATOR_ERROR_CONNECTION_FAILED,
                                            "discovery at '%s': %s", session->target_name, why);
    session_leave (session, error, why);
    return;
  }
  session_park_tasks (session);
  units_stop (session);
  /* A task that was given up may have brought its owner to disconnect. */
  if (!session->is_leaving)
    recovery_on_connection_lost (session);
}

void
session_on_logged_out (Session *session, Connection *connection)
{
  session_move (session, SESSION_ON_CLOSE);
  if (fence_ended (session) && !session->is_leaving) {
    recovery_on_login_failed (session);
    return;
  }
  session_tell (session, SESSION_NEWS_FENCED);
  if (session->is_leaving) {
    session_leave (session, NULL, "logged out");
    return;
  }
  SESSION_LOG (session, EVENT_SESSION_DOWN, "logged out at the target's request");
  session_park_tasks (session);
  recovery_on_connection_lost (session);
}

void
session_disconnect (Session *session, SessionDone done, gpointer data)
{
  CHECK (session, SESSION_MAGIC);
  CHECK_THAT (session->initiator != NULL && session->disconnect_done == NULL);
  session->disconnect_done = done;
  session->disconnect_data = data;
  session_begin_leaving (session);
  recovery_clear (session);
  session_fail_tasks (session);
  if (session_is_logged_in (session) && session->connection->state == CONNECTION_IN_LOGOUT)
    return; /* the target asked first: the answer is under way */
  if (!session_is_logged_in (session))
    timer_arm (&session->retry_timer, 0); /* leaves away from this call */
  else if (!session->is_fencing)          /* which is logging out already */
    connection_logout (session->connection);
}

void
session_leave (Session *session, const GError *error, const char *why)
{
  Initiator *initiator = session->initiator;
  CHECK_THAT (initiator != NULL);
  session_ref (session);
  session_begin_leaving (session);
  /* What a `done` submits again has nobody who would end it later. */
  do
    session_fail_tasks (session);
  while (session->waiting.first != NULL);
  recovery_clear (session);
  if (session->state == SESSION_FAILED)
    session_move (session, SESSION_ON_REINSTATE);
  SESSION_LOG (session, EVENT_SESSION_GONE, why);
  session_retire_connection (session);
  session->initiator = NULL;
  session->state = SESSION_FREE;
  if (g_ptr_array_remove (initiator->sessions, session))
    session_unref (session);

  session_never_connected (session, error, why);
  const SessionDone done = g_steal_pointer (&session->disconnect_done);
  if (done != NULL)
    done (session->disconnect_data, error);
  session_unref (session);
}

/* ---- numbers and tags ---- */

/* RFC 7143 4.2.2.1: an impossible pair is ignored, and neither number ever goes back. R-NUM */
void
session_update_window (Session *session, guint32 exp_cmd_sn, guint32 max_cmd_sn)
{
  if (serial_less (max_cmd_sn, exp_cmd_sn - 1))
    return;
  if (serial_less (session->exp_cmd_sn, exp_cmd_sn))
    session->exp_cmd_sn = exp_cmd_sn;
  if (serial_less (session->max_cmd_sn, max_cmd_sn))
    session->max_cmd_sn = max_cmd_sn;
}

static guint32
tag_of (const Session *session, guint slot)
{
  return (guint32) session->tag_generation << 16 | slot;
}

static void
slots_grow (Session *session)
{
  const guint count = session->slot_count * 2;
  CHECK_THAT (count <= SLOT_MASK);
  session->slots = g_renew (Task *, session->slots, count);
  memset (session->slots + session->slot_count, 0, (count - session->slot_count) * sizeof (Task *));
  session->concluded = g_renew (guint32, session->concluded, count);
  memset (session->concluded + session->slot_count, 0xff,
          (count - session->slot_count) * sizeof (guint32));
  session->slot_count = count;
}

/* The next free slot in turn, and the generation with it, so that a tag is not used again soon (R-MODEL-015). */
static guint
slot_take (Session *session)
{
  if (session->pending.count + 1 >= session->slot_count)
    slots_grow (session);
  do {
    session->slot_next++;
    if (session->slot_next >= session->slot_count) {
      session->slot_next = 0;
      session->tag_generation++;
      if (session->tag_generation == SLOT_MASK)
        session->tag_generation = 0; /* so that no tag is 0xffffffff */
    }
  } while (session->slots[session->slot_next] != NULL);
  return session->slot_next;
}

guint32
session_new_tag (Session *session)
{
  return tag_of (session, slot_take (session));
}

Task *
session_find_task (Session *session, guint32 initiator_task_tag)
{
  const guint slot = initiator_task_tag & SLOT_MASK;
  Task *task = slot < session->slot_count ? session->slots[slot] : NULL;
  return task != NULL && task->initiator_task_tag == initiator_task_tag ? task : NULL;
}

/* ---- tasks ---- */

void
session_submit (Session *session, Task *task)
{
  CHECK (session, SESSION_MAGIC);
  CHECK (task, TASK_MAGIC);
  CHECK_THAT (task->session == NULL && session->initiator != NULL);
  CHECK_THAT (task->direction != TASK_WRITES || task->expected_length == task->data_out.length);
  CHECK_THAT (task->cdb_rest.length <= CDB_EXTENDED_MAX - CDB_LENGTH);
  task->session = session;
  task->outcome = TASK_OUTCOME_PENDING;
  SESSION_LOG (session, EVENT_TASK_SUBMITTED, NULL, task->cdb[0], task->expected_length);
  if (units_refuse (session, task))
    return;
  task_list_append (&session->waiting, task);
  recovery_hold_task (session);
  session_pump (session);
}

void
session_submit_first (Session *session, Task *task)
{
  CHECK (task, TASK_MAGIC);
  CHECK_THAT (task->session == NULL && session_is_up (session));
  task->session = session;
  SESSION_LOG (session, EVENT_TASK_SUBMITTED, NULL, task->cdb[0], task->expected_length);
  task_list_prepend (&session->waiting, task);
  session_pump (session);
}

static void
session_send_task (Session *session, Task *task)
{
  const guint slot = slot_take (session);
  task_list_remove (&session->waiting, task);
  task_list_append (&session->pending, task);
  session->slots[slot] = task;
  task->initiator_task_tag = tag_of (session, slot);
  task->cmd_sn = session->cmd_sn++;
  task->exp_data_sn = 0;
  task->attempts++;
  SESSION_LOG (session, EVENT_TASK_SENT, NULL, task->initiator_task_tag, task->cmd_sn,
               task->attempts);
  transfer_send_command (session->connection, task);
  const gint64 timeout_ns =
      task->timeout_ns > 0 ? task->timeout_ns : session->initiator->profile->task_timeout_ns;
  task->deadline_ns = host_now_ns (session->initiator->host) + timeout_ns;
  escalation_watch (session, task);
}

static gboolean
session_may_send (Session *session)
{
  return session->waiting.first != NULL && session_is_up (session)
         && serial_less_or_equal (session->cmd_sn, session->max_cmd_sn)
         && session->pending.count < session->initiator->profile->max_pending_tasks
         && session->holds == 0 && units_may_send (session, session->waiting.first)
         && connection_can_begin (session->connection);
}

void
session_pump (Session *session)
{
  if (!session_is_up (session))
    return;
  transfer_pump (session->connection);
  /* A transfer that waits must go before the commands behind it: unsolicited data keeps the commands' order. */
  while (session->connection->transfers == NULL && session_may_send (session)) {
    session_send_task (session, session->waiting.first);
    transfer_pump (session->connection);
  }
  stall_watch (session);
  async_log_out_if_drained (session);
}

static void
session_take_out (Session *session, Task *task)
{
  session->slots[task->initiator_task_tag & SLOT_MASK] = NULL;
  task_list_remove (&session->pending, task);
  if (session->managements != NULL)
    management_task_ended (session, task);
}

void
session_conclude_task (Session *session, Task *task)
{
  session_take_out (session, task);
  transfer_forget (session->connection, task);
  session->concluded[task->initiator_task_tag & SLOT_MASK] = task->initiator_task_tag;
}

gboolean
session_was_concluded (const Session *session, guint32 initiator_task_tag)
{
  const guint slot = initiator_task_tag & SLOT_MASK;
  return slot < session->slot_count && session->concluded[slot] == initiator_task_tag;
}

void
session_put_back (Session *session, Task *task)
{
  session_take_out (session, task);
  task_forget_data_in (task);
  task_list_prepend (&session->waiting, task);
  session_pump (session);
}

static gboolean
task_list_has (const TaskList *list, const Task *task)
{
  const Task *other = list->first;
  while (other != NULL && other != task)
    other = other->next;
  return other != NULL;
}

void
session_end_waiting_task (Session *session, Task *task)
{
  if (!task_list_has (&session->waiting, task))
    return;
  task_list_remove (&session->waiting, task);
  management_task_ended (session, task);
  task_finish (task, task->attempts > 0 ? TASK_OUTCOME_LOST : TASK_OUTCOME_NOT_SENT);
}

Task *
session_oldest_task (const Session *session)
{
  CHECK (session, SESSION_MAGIC);
  return session->pending.first != NULL ? session->pending.first : session->waiting.first;
}

void
session_task_has_status (Session *session, Task *task)
{
  session_take_out (session, task);
  session_ref (session);
  units_on_status (session, task);
  task_finish (task, TASK_OUTCOME_STATUS);
  session_pump (session);
  session_unref (session);
}

/* RFC 7143 7.2.1: the tasks of a failed session are gone at the target; what has no status will be sent anew, in the same
 * order, under new numbers. */
void
session_park_tasks (Session *session)
{
  management_drop_all (session, "the connection was lost");
  SESSION_LOG (session, EVENT_TASKS_PARKED, NULL, session->pending.count);
  Task *task;
  while ((task = session->pending.last) != NULL) {
    session_take_out (session, task);
    task_forget_data_in (task);
    task_list_prepend (&session->waiting, task);
  }
  while ((task = session->waiting.first) != NULL && task->timeouts >= TASK_TIMEOUTS) {
    task_list_remove (&session->waiting, task);
    task_finish (task, task->attempts > 0 ? TASK_OUTCOME_LOST : TASK_OUTCOME_NOT_SENT);
  }
}

void
session_fail_tasks (Session *session)
{
  Task *task;
  management_drop_all (session, "the session is given up");
  /* Only those that are here now: a `done` may submit again. */
  units_stop (session);
  units_finish_refused (session);
  TaskList pending = session->pending, waiting = session->waiting;
  session->pending = session->waiting = (TaskList){ 0 };
  memset (session->slots, 0, session->slot_count * sizeof (Task *));
  while ((task = pending.first) != NULL) {
    task_list_remove (&pending, task);
    if (session->connection != NULL)
      transfer_forget (session->connection, task);
    task_finish (task, TASK_OUTCOME_LOST);
  }
  while ((task = waiting.first) != NULL) {
    task_list_remove (&waiting, task);
    task_finish (task, task->attempts > 0 ? TASK_OUTCOME_LOST : TASK_OUTCOME_NOT_SENT);
  }
}
