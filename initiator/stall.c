/* SPDX-License-Identifier: Apache-2.0 */
/* stall.c - a session that is up, and a target that lets no task out
 *
 * While nothing is under way no task has a deadline, and while the session is up no hold time runs. A window that stays closed, or a
 * peer that does not read, would keep waiting tasks for ever on a session that looks healthy. So from the moment that tasks wait
 * and none is under way, the target has as long as for one task; then the connection is taken for dead, and the next login
 * begins with a window of its own.
 */
#include "initiator/initiator-internal.h"

#include "world/banned.h"

static gboolean
session_is_stalled (const Session *session)
{
  return session_is_up (session) && session->pending.first == NULL
         && session->waiting.first != NULL;
}

static void
stall_is_over (gpointer data)
{
  Session *session = data;
  CHECK (session, SESSION_MAGIC);
  if (!session_is_stalled (session))
    return;
  session->waiting.first->timeouts++;
  connection_lose (session->connection, "no task could be sent in time");
}

void
stall_init (Session *session)
{
  timer_init (&session->stall_timer, session->initiator->host, stall_is_over, session);
}

void
stall_watch (Session *session)
{
  if (!session_is_stalled (session))
    timer_disarm (&session->stall_timer);
  else if (!timer_is_armed (&session->stall_timer))
    timer_arm (&session->stall_timer, session->initiator->profile->task_timeout_ns);
}

void
stall_reset (Session *session)
{
  timer_disarm (&session->stall_timer);
}
