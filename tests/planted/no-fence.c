/* SPDX-License-Identifier: Apache-2.0 */
/* wrap: session_fence */
/* An initiator that says of each silent session that it is fenced, and does nothing: the old copy of a write that is done again
 * on another path may still reach the unit, on top of newer data. */
#include "initiator/initiator.h"

void session_tell (Session *session, SessionNews news);
gboolean __wrap_session_fence (Session *session, const Address *portal);

gboolean
__wrap_session_fence (Session *session, const Address *portal)
{
  session_tell (session, SESSION_NEWS_FENCED);
  return TRUE;
}
