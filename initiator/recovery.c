/* SPDX-License-Identifier: Apache-2.0 */
/* recovery.c - what a session does when a connection dies
 *
 * Method: its tasks are parked, never lost (session.c); after Time2Wait it logs in again with its own ISID, which clears the
 * failed instance at the target (RFC 7143 6.3.5), and goes on trying at the profile's pace until it is back or told to leave.
 * Tasks wait no longer than the profile's hold time, then fail; reconnecting goes on. A connection that says nothing is found
 * dead by a task that nothing brings to an end (escalation.c) or by a ping.
 */
#include "initiator/initiator-internal.h"

#include "world/banned.h"

static void
recovery_retry (gpointer data)
{
  Session *session = data;
  CHECK (session, SESSION_MAGIC);
  if (session->refusal != NULL)
    session_leave (session, session->refusal, session->refusal->message);
  else if (session_is_logged_in (session) && !session->is_fencing)
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
  session_tell (session, SESSION_NEWS_HELD_OUT);
  session_fail_tasks (session);
}

void
recovery_init (Session *session)
{
  Host *host = session->initiator->host;
  session->hold_ns = session->initiator->profile->hold_ns;
  timer_init (&session->retry_timer, host, recovery_retry, session);
  timer_init (&session->hold_timer, host, recovery_hold_over, session);
  timer_init (&session->task_timer, host, escalation_timer_fired, session);
  stall_init (session);
}

void
recovery_clear (Session *session)
{
  timer_disarm (&session->retry_timer);
  timer_disarm (&session->hold_timer);
  escalation_reset (session);
  timer_disarm (&session->units.refuse_timer);
  timer_disarm (&session->units.later_timer);
  stall_reset (session);
}

/* The answer comes from the world's loop, as every answer does. */
void
recovery_refuse (Session *session, GError *why)
{
  session->refusal = why;
  timer_arm (&session->retry_timer, 0);
}

/* So that the hosts of a target that is back do not all come in the same instant. */
static gint64
recovery_jitter (Session *session, gint64 delay_ns)
{
  const gint64 most_ns = session->initiator->profile->reconnect_jitter_ns;
  if (most_ns <= 0)
    return delay_ns;
  return delay_ns + (gint64) random_below (&session->initiator->jitter, (guint64) most_ns + 1);
}

void
recovery_on_connection_lost (Session *session)
{
  /* R-TIMER-004: not before Time2Wait is over, the negotiated one or the one that was announced. */
  const gint64 wait_ns = session->wait_ns >= 0
                             ? session->wait_ns
                             : session->keys.number[KEY_DEFAULT_TIME2WAIT] * NS_PER_S;
  session->wait_ns = -1;
  escalation_reset (session);
  stall_reset (session);
  session->attempts = 0;
  session->not_before_ns = host_now_ns (session->initiator->host) + wait_ns;
  if (!session->is_hold_over)
    timer_arm (&session->hold_timer, session->hold_ns);
  timer_arm (&session->retry_timer, recovery_jitter (session, wait_ns));
}

void
recovery_on_login_failed (Session *session)
{
  const InitiatorProfile *profile = session->initiator->profile;
  session->attempts++;
  /* windows-semantics C5: at start the first retry comes soon, later ones at the service's pace. */
  const gboolean is_slow = session->is_restoring && session->attempts > 1;
  timer_arm (
      &session->retry_timer,
      recovery_jitter (session, is_slow ? profile->restore_retry_ns : profile->reconnect_delay_ns));
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
    timer_arm (&session->hold_timer, session->hold_ns);
}
