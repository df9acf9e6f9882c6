/* SPDX-License-Identifier: Apache-2.0 */
/* redirect.c - a login that is sent elsewhere (RFC 7143 11.13.5)
 *
 * Method: the addresses of a redirection become the session's detours, and the login goes on at the first of them at once; at
 * the next one if a detour cannot be reached. No more than REDIRECT_HOPS_MAX connections are made beyond the first, so that
 * targets that send us round in a circle end as a login that failed (R-REDIR-007).
 *
 * Each new login of the session begins at its portal again. That stays what it was after a temporary move. A permanent one
 * changes it, but only once a login has succeeded behind it, and only if no temporary one came before: what a stand-in says is
 * not the portal's word.
 */
#include "initiator/initiator-internal.h"
#include "protocol/target-address.h"

#include "world/banned.h"

#define REDIRECT_HOPS_MAX      8
#define REDIRECT_ADDRESSES_MAX 8 /* of one response; further ones are not looked at */

gboolean
redirect_is_status (guint16 status)
{
  return status == LOGIN_STATUS_MOVED_TEMPORARILY || status == LOGIN_STATUS_MOVED_PERMANENTLY;
}

void
redirect_init (Session *session)
{
  session->redirect.detours = g_array_new (FALSE, FALSE, sizeof (Address));
}

void
redirect_clear (Session *session)
{
  g_array_unref (session->redirect.detours);
}

void
redirect_begin (Session *session)
{
  Redirect *redirect = &session->redirect;
  g_array_set_size (redirect->detours, 0);
  redirect->here = session->portal;
  redirect->hops = 0;
  redirect->is_detour = redirect->has_moved = redirect->is_moving = FALSE;
}

/* RFC 7143 13.8: a tag does not belong here, and says nothing if it is there. A host name is passed over. */
static gboolean
redirect_read (Redirect *redirect, Connection *connection, const Payload *data, GError **error)
{
  TextReader *text = &connection->text;
  text_reader_reset (text);
  if (!text_reader_add (text, data, error) || !text_reader_finish (text, error))
    return FALSE;
  for (guint i = 0; i < text_reader_count (text); i++) {
    const TextPair *pair = text_reader_get (text, i);
    Address address;
    gint32 group_tag;
    if (strcmp (pair->key, key_info (KEY_TARGET_ADDRESS)->name) == 0
        && redirect->detours->len < REDIRECT_ADDRESSES_MAX
        && target_address_parse (pair->value, &address, &group_tag, NULL))
      g_array_append_val (redirect->detours, address);
  }
  return TRUE;
}

const char *
redirect_take (Connection *connection, guint16 status, const Payload *data)
{
  Redirect *redirect = &connection->session->redirect;
  g_array_set_size (redirect->detours, 0);
  if (redirect->hops >= REDIRECT_HOPS_MAX)
    return ": expected to arrive after at most 8 redirections";
  if (!redirect_read (redirect, connection, data, NULL) || redirect->detours->len == 0)
    return ": expected a TargetAddress that can be reached, got none";
  redirect->is_moving = status == LOGIN_STATUS_MOVED_PERMANENTLY;
  redirect->is_detour = redirect->is_detour || !redirect->is_moving;
  return "";
}

gboolean
redirect_follow (Session *session, guint16 status)
{
  Redirect *redirect = &session->redirect;
  const gboolean is_unreachable = status == LOGIN_STATUS_SUCCESS; /* it failed without one */
  if (session->is_leaving || redirect->detours->len == 0 || redirect->hops >= REDIRECT_HOPS_MAX
      || !(redirect_is_status (status) || is_unreachable))
    return FALSE;
  redirect->here = g_array_index (redirect->detours, Address, 0);
  g_array_remove_index (redirect->detours, 0);
  redirect->hops++;
  if (redirect->is_moving && !redirect->is_detour) {
    redirect->has_moved = TRUE;
    redirect->moved_to = redirect->here;
  }
  char text[ADDRESS_TEXT_LENGTH];
  SESSION_LOG (session, EVENT_REDIRECTED, address_text (&redirect->here, text), redirect->hops);
  session_login_here (session);
  return TRUE;
}

/* R-REDIR-005 */
void
redirect_arrived (Session *session)
{
  Redirect *redirect = &session->redirect;
  g_array_set_size (redirect->detours, 0);
  if (!redirect->has_moved)
    return;
  redirect->has_moved = FALSE;
  session->portal = redirect->moved_to;
  session_remember_portal (session);
}
