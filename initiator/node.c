/* SPDX-License-Identifier: Apache-2.0 */
/* node.c - the initiator itself: a name, a registry, sessions */
#include "initiator/initiator-internal.h"
#include "initiator/mpio/mpio.h"

#include "protocol/name.h"

#include "world/banned.h"

G_DEFINE_QUARK (iscsilab_initiator_error, initiator_error)

guint32
initiator_error_code (InitiatorError error)
{
  static const guint32 codes[] = {
#define INITIATOR_ERROR_CODE(name, code, text) code,
    INITIATOR_ERRORS (INITIATOR_ERROR_CODE)
#undef INITIATOR_ERROR_CODE
  };
  CHECK_THAT ((guint) error < G_N_ELEMENTS (codes));
  return codes[error];
}

const Machine *const *
initiator_machines (void)
{
  static const Machine *const machines[] = { &connection_machine, &session_machine,
                                             &mpio_path_machine, NULL };
  return machines;
}

static void
initiator_reap (gpointer data)
{
  Initiator *initiator = data;
  CHECK (initiator, INITIATOR_MAGIC);
  g_ptr_array_set_size (initiator->retired, 0);
}

static void
connection_free_any (gpointer connection)
{
  connection_free (connection);
}

Initiator *
initiator_new (Host *host, const InitiatorConfig *config)
{
  CHECK (host, HOST_MAGIC);
  CHECK_THAT (config->name != NULL && config->profile != NULL && name_check (config->name, NULL));
  Initiator *initiator = g_new0 (Initiator, 1);
  initiator->magic = INITIATOR_MAGIC;
  initiator->host = host;
  initiator->name = g_strdup (config->name);
  initiator->profile = config->profile;
  key_values_init (&initiator->wanted);
  initiator_profile_keys (initiator->profile, &initiator->wanted);
  if (config->wanted != NULL)
    key_values_copy (&initiator->wanted, config->wanted);
  initiator->is_multipath_check_off = config->is_multipath_check_off;
  initiator->scans_units = config->scans_units;
  initiator->has_first_cmd_sn = config->has_first_cmd_sn;
  initiator->first_cmd_sn = config->first_cmd_sn;
  host_random (host, "initiator", &initiator->random);
  host_random (host, "reconnect jitter", &initiator->jitter);
  /* windows-semantics C3: it looks like the address of a kernel object, another one in each start. */
  initiator->adapter_id = config->adapter_id != 0
                              ? config->adapter_id
                              : (random_next (&initiator->random) ^ (guint64) host_now_ns (host))
                                    | G_GUINT64_CONSTANT (0xffff000000000000);
  initiator->sessions = g_ptr_array_new ();
  initiator->discoveries = g_ptr_array_new ();
  initiator->discovered = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  initiator->calls = g_ptr_array_new ();
  initiator->retired = g_ptr_array_new_with_free_func (connection_free_any);
  timer_init (&initiator->reaper, host, initiator_reap, initiator);
  initiator->registry =
      registry_new (host, config->registry_file != NULL ? config->registry_file : "registry.db");
  return initiator;
}

static void
initiator_drop_sessions (Initiator *initiator)
{
  g_autoptr (GError) error =
      g_error_new (INITIATOR_ERROR, INITIATOR_ERROR_CONNECTION_FAILED, "the initiator went down");
  while (initiator->sessions->len > 0)
    session_leave (initiator->sessions->pdata[0], error, "the initiator went down");
}

void
initiator_free (Initiator *initiator)
{
  if (initiator == NULL)
    return;
  CHECK (initiator, INITIATOR_MAGIC);
  registry_free (initiator->registry);
  restore_drop (initiator);
  registry_calls_drop (initiator);
  initiator_drop_sessions (initiator);
  discovery_drop_all (initiator);
  timer_disarm (&initiator->reaper);
  g_ptr_array_unref (initiator->retired);
  g_ptr_array_unref (initiator->sessions);
  g_ptr_array_unref (initiator->discoveries);
  g_hash_table_unref (initiator->discovered);
  g_ptr_array_unref (initiator->calls);
  key_values_clear (&initiator->wanted);
  g_free (initiator->name);
  initiator->magic = 0;
  g_free (initiator);
}

void
initiator_start (Initiator *initiator, InitiatorDone done, gpointer data)
{
  CHECK (initiator, INITIATOR_MAGIC);
  CHECK_THAT (initiator->start_done == NULL);
  restore_begin (initiator, done, data);
}

const char *
initiator_name (const Initiator *initiator)
{
  return initiator->name;
}

guint
initiator_session_count (const Initiator *initiator)
{
  CHECK (initiator, INITIATOR_MAGIC);
  return initiator->sessions->len;
}

guint
initiator_connection_count (const Initiator *initiator)
{
  CHECK (initiator, INITIATOR_MAGIC);
  return initiator->connection_count;
}

Session *
initiator_session (const Initiator *initiator, guint index)
{
  CHECK (initiator, INITIATOR_MAGIC);
  CHECK_THAT (index < initiator->sessions->len);
  return initiator->sessions->pdata[index];
}

/* ---- connect ---- */

static gboolean
is_logged_in_already (const Initiator *initiator, const ConnectOptions *options)
{
  for (guint i = 0; i < initiator->sessions->len; i++) {
    const Session *session = initiator->sessions->pdata[i];
    if (strcmp (session->target_name, options->target_name) == 0
        && address_equal (&session->portal, &options->portal))
      return TRUE;
  }
  return FALSE;
}

/* R-ISID-001, R-ISID-008: the type 11b, in its two highest bits, is reserved. NULL: it can be had. */
static GError *
isid_refusal (const Initiator *initiator, const ConnectOptions *options)
{
  const guint64 isid = options->isid;
  if (isid >> 46 >= 3)
    return g_error_new (INITIATOR_ERROR, INITIATOR_ERROR_INVALID_PARAMETER,
                        "connect to '%s': expected an ISID of 48 bits whose type is not 11b, got "
                        "%012" G_GINT64_MODIFIER "x",
                        options->target_name, isid);
  const Session *other =
      isid != 0 ? session_find_isid (initiator, options->target_name, isid) : NULL;
  if (other == NULL)
    return NULL;
  return g_error_new (INITIATOR_ERROR, INITIATOR_ERROR_INVALID_PARAMETER,
                      "connect to '%s': expected an ISID that is free, got %012" G_GINT64_MODIFIER
                      "x of session '%s'",
                      options->target_name, isid, other->identifier);
}

/* Why there will be no login; NULL: nothing is against it. */
static GError *
connect_refusal (const Initiator *initiator, const ConnectOptions *options)
{
  GError *why = NULL;
  if (!name_check (options->target_name, &why)) {
    g_autoptr (GError) error = why;
    return g_error_new (INITIATOR_ERROR, INITIATOR_ERROR_INVALID_PARAMETER, "connect: %s",
                        error->message);
  }
  if (options->is_multipath_enabled || initiator->is_multipath_check_off
      || !is_logged_in_already (initiator, options))
    return isid_refusal (initiator, options);
  return g_error_new (
      INITIATOR_ERROR, INITIATOR_ERROR_ALREADY_LOGGED_IN,
      "connect to '%s': it has already been logged in through this portal: expected "
      "IsMultipathEnabled for a second session, got none",
      options->target_name);
}

void
initiator_connect (Initiator *initiator, const ConnectOptions *options, ConnectDone done,
                   gpointer data)
{
  CHECK (initiator, INITIATOR_MAGIC);
  /* R-NAME-004. What cannot be prepared stays as it is, for the message. */
  g_autofree char *name = name_prepare (options->target_name, NULL);
  ConnectOptions prepared = *options;
  if (name != NULL)
    prepared.target_name = name;
  GError *refusal = connect_refusal (initiator, &prepared);
  Session *session = session_new (initiator, &prepared);
  session->connect_done = done;
  session->connect_data = data;
  if (refusal != NULL)
    recovery_refuse (session, refusal);
  else
    session_try_login (session);
}
