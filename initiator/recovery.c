/* SPDX-License-Identifier: Apache-2.0 */
/* recovery.c - what a session does when a connection dies
 *
 * Method: its tasks are parked, never lost (session.c); after Time2Wait it logs in again with its own ISID, which clears the
 * failed instance at the target (RFC 7143 6.3.5), and goes on trying at the profile's pace until it is back or told to leave.
 * Tasks wait no longer than the profile's hold time, then fail; reconnecting goes on. A connection that says nothing is found
 * dead by the oldest task's deadline or by a ping; one that lets no task out, by how long it has done so.
 */
#include "initiator/initiator-internal.h"

#include "world/banned.h"

static void
recovery_retry (gpointer data)
{
  Session *session = data;
  CHECK (session, SESSION_MAGIC);
  if (session->is_refused) {
    g_autoptr (GError) error =
        g_error_new (INITIATOR_ERROR, INITIATOR_ERROR_ALREADY_LOGGED_IN,
                     "connect to '%s': it has already been logged in through this portal: expected "
                     "IsMultipathEnabled for a second session, got none",
                     session->target_name);
    session_leave (session, error, "already logged in");
  } else if (session_is_logged_in (session))
    connection_logout (session->connection); /* it came back after it was told to leave */
  else if (session->is_leaving)
    session_leave (session, NULL, "disconnected while it was down");
  else
    session_try_login (session);
}

static void
recovery_hold_over (gpointer data)
{
  Session *session = data;
  CHECK (session, SESSION_MAGIC);
  session->is_hold_over = TRUE;
  session_fail_tasks (session);
}

/* When the oldest task should have its status. If none is under way although some wait, the target lets none through: a window that
 * stays closed, bytes that it does not read. That is over when the stall is. 0: nothing is due. */
static gint64
recovery_deadline_ns (const Session *session)
{
  if (session->pending.first != NULL)
    return session->pending.first->deadline_ns;
  return session->waiting.first != NULL ? session->stall_deadline_ns : 0;
}

static void
recovery_task_late (gpointer data)
{
  Session *session = data;
  CHECK (session, SESSION_MAGIC);
  const gint64 deadline_ns = recovery_deadline_ns (session);
  if (deadline_ns == 0 || !session_is_up (session))
    return;
  if (deadline_ns > host_now_ns (session->initiator->host)) {
    recovery_watch_tasks (session);
    return;
  }
  const gboolean is_stalled = session->pending.first == NULL;
  Task *oldest = is_stalled ? session->waiting.first : session->pending.first;
  oldest->timeouts++;
  connection_lose (session->connection,
                   is_stalled ? "no task could be sent in time" : "a task had no status in time");
}

void
recovery_init (Session *session)
{
  Host *host = session->initiator->host;
  timer_init (&session->retry_timer, host, recovery_retry, session);
  timer_init (&session->hold_timer, host, recovery_hold_over, session);
  timer_init (&session->task_timer, host, recovery_task_late, session);
}

void
recovery_clear (Session *session)
{
  timer_disarm (&session->retry_timer);
  timer_disarm (&session->hold_timer);
  timer_disarm (&session->task_timer);
}

/* The answer comes from the world's loop, as every answer does. */
void
recovery_refuse (Session *session)
{
  session->is_refused = TRUE;
  timer_arm (&session->retry_timer, 0);
}

void
recovery_on_connection_lost (Session *session)
{
  const InitiatorProfile *profile = session->initiator->profile;
  timer_disarm (&session->task_timer);
  session->stall_deadline_ns = 0;
  session->attempts = 0;
  timer_arm (&session->hold_timer, profile->hold_ns);
  /* R-TIMER: not before Time2Wait is over. */
  timer_arm (&session->retry_timer, session->keys.number[KEY_DEFAULT_TIME2WAIT] * NS_PER_S);
}

void
recovery_on_login_failed (Session *session)
{
  const InitiatorProfile *profile = session->initiator->profile;
  session->attempts++;
  /* windows-semantics C5: at start the first retry comes soon, later ones at the service's pace. */
  const gboolean is_slow = session->is_restoring && session->attempts > 1;
  timer_arm (&session->retry_timer,
             is_slow ? profile->restore_retry_ns : profile->reconnect_delay_ns);
}

void
recovery_on_logged_in (Session *session)
{
  session->attempts = 0;
  session->is_hold_over = FALSE;
  timer_disarm (&session->hold_timer);
}

/* The hold time begins when a connection is lost; of a session that never had one, with the first task that waits for it. */
void
recovery_hold_task (Session *session)
{
  if (session->is_hold_over || session->is_leaving)
    timer_arm (&session->hold_timer, 0);
  else if (!session_is_up (session) && !timer_is_armed (&session->hold_timer))
    timer_arm (&session->hold_timer, session->initiator->profile->hold_ns);
}

void
recovery_watch_tasks (Session *session)
{
  const Initiator *initiator = session->initiator;
  const gint64 now_ns = host_now_ns (initiator->host);
  if (session->pending.first != NULL || session->waiting.first == NULL)
    session->stall_deadline_ns = 0;
  else if (session->stall_deadline_ns == 0)
    session->stall_deadline_ns = now_ns + initiator->profile->task_timeout_ns;
  const gint64 deadline_ns = recovery_deadline_ns (session);
  /* Armed for a task that has ended since, it finds out when it fires: cheaper than to move it with each command. */
  if (deadline_ns != 0 && !timer_is_armed (&session->task_timer))
    timer_arm (&session->task_timer, MAX (deadline_ns - now_ns, 0));
}
