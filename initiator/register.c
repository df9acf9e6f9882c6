/* SPDX-License-Identifier: Apache-2.0 */
/* register.c - Register-IscsiSession and Unregister-IscsiSession: a session's records
 *
 * A record is a copy of the login as it is now (windows-semantics C1, capture time); the session itself is not touched. The
 * session keeps the ids of its records, those made from it and the one that it was restored from, and Unregister removes just
 * these (G11).
 */
#include "initiator/initiator-internal.h"

#include "world/banned.h"

struct RegistryCall {
  Initiator *initiator;
  Session *session; /* a reference */
  GArray *ids;      /* of gint64: the records to remove; NULL: to register */
  SessionDone done;
  gpointer data;
};

static RegistryCall *
call_new (Session *session, SessionDone done, gpointer data)
{
  RegistryCall *call = g_new (RegistryCall, 1);
  *call = (RegistryCall){ session->initiator, session_ref (session), NULL, done, data };
  g_ptr_array_add (session->initiator->calls, call);
  return call;
}

static void
call_end (RegistryCall *call, const GError *error)
{
  g_ptr_array_remove (call->initiator->calls, call);
  if (call->done != NULL)
    call->done (call->data, error);
  session_unref (call->session);
  g_clear_pointer (&call->ids, g_array_unref);
  g_free (call);
}

static void
call_failed (RegistryCall *call, const char *what, const GError *error)
{
  HOST_LOG (call->initiator->host, EVENT_REGISTRY_FAILED, error->message);
  g_autoptr (GError) own =
      g_error_new (INITIATOR_ERROR, INITIATOR_ERROR_REGISTRY, "%s session '%s': %s", what,
                   call->session->identifier, error->message);
  call_end (call, own);
}

void
registry_calls_drop (Initiator *initiator)
{
  while (initiator->calls->len > 0) {
    g_autoptr (GError) error = g_error_new (INITIATOR_ERROR, INITIATOR_ERROR_REGISTRY,
                                            "the initiator went down before the registry answered");
    call_end (initiator->calls->pdata[0], error);
  }
}

static void
register_added (gpointer data, gint64 id, const GError *error)
{
  RegistryCall *call = data;
  if (error != NULL) {
    call_failed (call, "register", error);
    return;
  }
  g_array_append_val (call->session->records, id);
  HOST_LOG (call->initiator->host, EVENT_REGISTERED, NULL, call->session->number, (guint64) id);
  call_end (call, NULL);
}

void
session_register (Session *session, const RegisterOptions *options, SessionDone done, gpointer data)
{
  CHECK (session, SESSION_MAGIC);
  CHECK_THAT (session->initiator != NULL);
  Initiator *initiator = session->initiator;
  g_autoptr (RegistryRecord) record = registry_record_new ();
  record->target_name = g_strdup (session->target_name);
  record->portal = session->portal;
  record->initiator_name = g_strdup (initiator->name);
  record->is_multipath_enabled = options->is_multipath_enabled;
  record->isid = session->isid;
  record->header_digest = session->wanted_digests.header ? DIGEST_CRC32C : DIGEST_NONE;
  record->data_digest = session->wanted_digests.data ? DIGEST_CRC32C : DIGEST_NONE;
  record->chap_username = g_strdup (options->chap_username);
  record->chap_secret = g_strdup (options->chap_secret);
  registry_add (initiator->registry, record, register_added, call_new (session, done, data));
}

/* Not simply all that it has by now: a registration may have come in between. */
static void
session_forget_records (Session *session, const GArray *ids)
{
  for (guint i = 0; i < ids->len; i++)
    for (guint j = session->records->len; j > 0; j--)
      if (g_array_index (session->records, gint64, j - 1) == g_array_index (ids, gint64, i))
        g_array_remove_index (session->records, j - 1);
}

static void
unregister_removed (gpointer data, guint removed, const GError *error)
{
  RegistryCall *call = data;
  if (error != NULL) {
    call_failed (call, "unregister", error);
    return;
  }
  session_forget_records (call->session, call->ids);
  HOST_LOG (call->initiator->host, EVENT_UNREGISTERED, NULL, call->session->number, removed);
  if (removed > 0) {
    call_end (call, NULL);
    return;
  }
  g_autoptr (GError) none =
      g_error_new (INITIATOR_ERROR, INITIATOR_ERROR_NOT_FOUND,
                   "unregister session '%s': it is not registered", call->session->identifier);
  call_end (call, none);
}

void
session_unregister (Session *session, SessionDone done, gpointer data)
{
  CHECK (session, SESSION_MAGIC);
  CHECK_THAT (session->initiator != NULL);
  RegistryCall *call = call_new (session, done, data);
  call->ids = g_array_copy (session->records);
  registry_remove (session->initiator->registry, (const gint64 *) call->ids->data, call->ids->len,
                   unregister_removed, call);
}

/* ---- what a record learns later: a portal that has moved for good, an ISID of its own ---- */

static void
remember_done (gpointer data, guint changed, const GError *error)
{
  RegistryCall *call = data;
  if (error != NULL)
    call_failed (call, "remember what is new of", error);
  else
    call_end (call, NULL);
}

void
session_remember_portal (Session *session)
{
  if (session->records->len > 0)
    registry_move (session->initiator->registry, (const gint64 *) session->records->data,
                   session->records->len, &session->portal, remember_done,
                   call_new (session, NULL, NULL));
}

void
session_remember_isid (Session *session)
{
  CHECK_THAT (session->records->len == 1);
  registry_set_isid (session->initiator->registry, g_array_index (session->records, gint64, 0),
                     session->isid, remember_done, call_new (session, NULL, NULL));
}
