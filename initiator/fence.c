/* SPDX-License-Identifier: Apache-2.0 */
/* fence.c - for a layer above that has several sessions: what it is told, and how it makes sure that a dead one is dead
 *
 * A write that was sent on a session which then fell silent may still lie in the network or at the target. To send it again
 * elsewhere is safe only once the old instance is known to be dead at the target, or the old copy may land on top of newer
 * data. At error recovery level 0 a login with the same ISID says just that: session reinstatement ends the old instance and
 * terminates its tasks (RFC 7143 6.3.5, R-REIN-009), and it does so through any portal of the same portal group, as the nexus
 * is named by ISID and group, not by addresses (R-ISID-003).
 *
 * Method: the session's own recovery makes the login, only to another portal, and logs out as soon as it stands. Never two
 * logins at once, so a fence cannot kill the session's own return. Not before Time2Wait either.
 */
#include "initiator/initiator-internal.h"

#include "world/banned.h"

/* ---- who is told ---- */

void
session_watch (Session *session, SessionWatch *watch)
{
  CHECK (session, SESSION_MAGIC);
  watch->next = NULL;
  SessionWatch **end = &session->watches;
  while (*end != NULL)
    end = &(*end)->next;
  *end = watch;
}

void
session_unwatch (Session *session, SessionWatch *watch)
{
  CHECK (session, SESSION_MAGIC);
  SessionWatch **place = &session->watches;
  while (*place != NULL && *place != watch)
    place = &(*place)->next;
  CHECK_THAT (*place == watch);
  *place = watch->next;
}

void
session_tell (Session *session, SessionNews news)
{
  for (SessionWatch *watch = session->watches; watch != NULL; watch = watch->next)
    watch->told (watch->data, session, news);
}

void
session_begin_leaving (Session *session)
{
  if (session->is_leaving)
    return;
  session->is_leaving = TRUE;
  session_tell (session, SESSION_NEWS_LEAVING);
}

void
session_set_hold (Session *session, gint64 hold_ns)
{
  CHECK (session, SESSION_MAGIC);
  CHECK_THAT (hold_ns >= 0);
  session->hold_ns = hold_ns;
}

/* ---- the fence ---- */

gboolean
session_fence (Session *session, const Address *portal)
{
  CHECK (session, SESSION_MAGIC);
  if (session->is_fencing)
    return TRUE;
  if (session->initiator == NULL || session->is_leaving || session->state == SESSION_LOGGED_IN)
    return FALSE;
  session->is_fencing = TRUE;
  session->fence_portal = *portal;
  const gint64 wait_ns = session->not_before_ns - host_now_ns (session->initiator->host);
  timer_arm (&session->retry_timer, MAX (wait_ns, 0));
  return TRUE;
}

void
fence_on_logged_in (Session *session)
{
  session_tell (session, SESSION_NEWS_FENCED);
  connection_logout (session->connection);
}

gboolean
fence_ended (Session *session)
{
  const gboolean was_fencing = session->is_fencing;
  session->is_fencing = FALSE;
  return was_fencing;
}
