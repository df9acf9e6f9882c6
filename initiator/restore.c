/* SPDX-License-Identifier: Apache-2.0 */
/* restore.c - registered sessions at start (windows-semantics C5)
 *
 * Each record becomes a session of its own, with its own timers: none waits for another. A second record for the same target
 * and portal is accepted only with IsMultipathEnabled (P6, G10); it stays in the registry all the same.
 *
 * Each comes back with its ISID: the login then ends what the session was before the restart (RFC 7143 6.3.5, R-ISID-004), and
 * with it writes that may still be on their way; and what a target keeps for the initiator port, as a reservation, is found
 * again. Of several records of one session the first gets it, as no two sessions may have it at once (4.4.3, R-ISID-001); for
 * the others one is chosen that no record has, and remembered for the next start.
 */
#include "initiator/initiator-internal.h"

#include "world/banned.h"

static const Session *
find_session (const Initiator *initiator, const RegistryRecord *record)
{
  for (guint i = 0; i < initiator->sessions->len; i++) {
    const Session *session = initiator->sessions->pdata[i];
    if (strcmp (session->target_name, record->target_name) == 0
        && address_equal (&session->portal, &record->portal))
      return session;
  }
  return NULL;
}

static gboolean
record_is_accepted (const Initiator *initiator, const RegistryRecord *record)
{
  if (record->is_multipath_enabled || initiator->is_multipath_check_off
      || find_session (initiator, record) == NULL)
    return TRUE;
  g_autofree char *why = g_strdup_printf (
      "record %" G_GINT64_FORMAT " for '%s': expected IsMultipathEnabled for a "
      "second session (0x%08x), got none",
      record->id, record->target_name, initiator_error_code (INITIATOR_ERROR_ALREADY_LOGGED_IN));
  HOST_LOG (initiator->host, EVENT_REGISTRY_FAILED, why);
  return FALSE;
}

static void
restore_record (Initiator *initiator, const RegistryRecord *record, const GPtrArray *records)
{
  if (!record_is_accepted (initiator, record))
    return;
  const gboolean is_isid_free =
      session_find_isid (initiator, record->target_name, record->isid) == NULL;
  const ConnectOptions options = {
    .target_name = record->target_name,
    .portal = record->portal,
    .is_multipath_enabled = record->is_multipath_enabled,
    .is_header_digest = record->header_digest == DIGEST_CRC32C,
    .is_data_digest = record->data_digest == DIGEST_CRC32C,
    .scans_units = initiator->scans_units,
    .isid =
        is_isid_free ? record->isid : session_choose_isid (initiator, record->target_name, records)
  };
  Session *session = session_new (initiator, &options);
  g_array_append_val (session->records, record->id);
  if (!is_isid_free)
    session_remember_isid (session);
  session->is_restoring = TRUE;
  SESSION_LOG (session, EVENT_RESTORING, NULL, (guint64) record->id);
  session_try_login (session);
}

static void
restore_ended (Initiator *initiator, const GError *error)
{
  const InitiatorDone done = g_steal_pointer (&initiator->start_done);
  if (done != NULL)
    done (initiator->start_data, error);
}

static void
restore_loaded (gpointer data, GPtrArray *records, const GError *error)
{
  Initiator *initiator = data;
  CHECK (initiator, INITIATOR_MAGIC);
  if (error != NULL) {
    HOST_LOG (initiator->host, EVENT_REGISTRY_FAILED, error->message);
  } else {
    for (guint i = 0; i < records->len; i++)
      restore_record (initiator, records->pdata[i], records);
    g_ptr_array_unref (records);
  }
  restore_ended (initiator, error);
}

void
restore_drop (Initiator *initiator)
{
  g_autoptr (GError) error = g_error_new (INITIATOR_ERROR, INITIATOR_ERROR_REGISTRY,
                                          "the initiator went down before the registry was read");
  restore_ended (initiator, error);
}

void
restore_begin (Initiator *initiator, InitiatorDone done, gpointer data)
{
  initiator->start_done = done;
  initiator->start_data = data;
  registry_load (initiator->registry, restore_loaded, initiator);
}
