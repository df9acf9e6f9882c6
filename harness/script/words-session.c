/* SPDX-License-Identifier: Apache-2.0 */
/* words-session.c - `session`: the properties of Get-IscsiSession, registering, and single SCSI commands */
#include "harness/script/command.h"
#include "harness/script/words-management.h"

#define INQUIRY_LENGTH  96
#define CAPACITY_LENGTH 32
#define LUNS_LENGTH     4096
#define INSTANCE        "ROOT\\ISCSIPRT\\0000_0"

static gboolean
session_must_be_there (LabSession *self, const char *word, GError **error)
{
  if (!self->is_gone)
    return lab_host_must_run (self->initiator->host, word, error);
  SessionInfo info;
  session_info (self->session, &info);
  g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_FAILED,
               "session:%s: session '%s': expected one that is there, got one that is gone", word,
               info.identifier);
  return FALSE;
}

/* ---- register, unregister, disconnect ---- */

static void
session_call_done (gpointer data, const GError *error)
{
  lab_call_done (data, error);
}

static gboolean
session_call_ended (ScriptCall *call, GError **error)
{
  if (call->waited->error == NULL)
    return TRUE;
  g_propagate_error (error, g_error_copy (call->waited->error));
  return FALSE;
}

typedef struct RegisterValues {
  gboolean is_multipath_enabled;
  const char *chap_username;
  const char *chap_secret;
} RegisterValues;

static const Option register_rows[] = {
  { "is_multipath_enabled", OPTION_BOOLEAN, G_STRUCT_OFFSET (RegisterValues, is_multipath_enabled),
    FALSE, "the login after a restart may be a further session to the same portal" },
  { "chap_username", OPTION_STRING, G_STRUCT_OFFSET (RegisterValues, chap_username), FALSE,
    "stored with the login" },
  { "chap_secret", OPTION_STRING, G_STRUCT_OFFSET (RegisterValues, chap_secret), FALSE,
    "12 to 16 bytes, stored with the login" },
};
static const OptionTable register_options = OPTION_TABLE ("session:register", register_rows);

static gboolean
register_check (const RegisterValues *values, GError **error)
{
  const gsize length = values->chap_secret != NULL ? strlen (values->chap_secret) : 12;
  if (length >= 12 && length <= 16)
    return TRUE;
  g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_USAGE,
               "session:register: 'chap_secret': expected 12 to 16 bytes, got %" G_GSIZE_FORMAT,
               length);
  return FALSE;
}

static gboolean
word_register (ScriptCall *call, GError **error)
{
  LabSession *self = call->self;
  if (call->waited != NULL)
    return session_call_ended (call, error);
  RegisterValues values = { 0 };
  if (!session_must_be_there (self, "register", error)
      || !options_read (call->L, SCRIPT_FIRST, &register_options, &values, error)
      || !register_check (&values, error))
    return FALSE;
  const RegisterOptions options = { values.is_multipath_enabled, values.chap_username,
                                    values.chap_secret };
  LabCall *registering = lab_call_new (call->lab, "session:register");
  session_register (self->session, &options, session_call_done, registering);
  return script_wait (call, registering);
}

static gboolean
word_unregister (ScriptCall *call, GError **error)
{
  LabSession *self = call->self;
  if (call->waited != NULL)
    return session_call_ended (call, error);
  if (!session_must_be_there (self, "unregister", error))
    return FALSE;
  LabCall *unregistering = lab_call_new (call->lab, "session:unregister");
  session_unregister (self->session, session_call_done, unregistering);
  return script_wait (call, unregistering);
}

/* For what ends with a cut: the script does not wait for an answer that cannot come. */
static gboolean
word_start_register (ScriptCall *call, GError **error)
{
  LabSession *self = call->self;
  RegisterValues values = { 0 };
  if (!session_must_be_there (self, "start_register", error)
      || !options_read (call->L, SCRIPT_FIRST, &register_options, &values, error)
      || !register_check (&values, error))
    return FALSE;
  const RegisterOptions options = { values.is_multipath_enabled, values.chap_username,
                                    values.chap_secret };
  session_register (self->session, &options, session_call_done,
                    lab_call_new (call->lab, "session:start_register"));
  return TRUE;
}

static gboolean
word_disconnect (ScriptCall *call, GError **error)
{
  LabSession *self = call->self;
  if (call->waited != NULL)
    return session_call_ended (call, error);
  if (!session_must_be_there (self, "disconnect", error))
    return FALSE;
  self->is_gone = TRUE;
  LabCall *leaving = lab_call_new (call->lab, "session:disconnect");
  session_disconnect (self->session, session_call_done, leaving);
  return script_wait (call, leaving);
}

/* ---- single commands ---- */

typedef struct Single {
  Command command;
  LabCall *call;
} Single;

static void
single_done (Command *command)
{
  lab_call_done (((Single *) command)->call, NULL);
}

static LabTarget *
session_target (const LabSession *self)
{
  SessionInfo info;
  session_info (self->session, &info);
  return lab_find_target (self->object.lab, info.target_name);
}

/* The n-th LUN of the session's target, from 1, as its number on the wire. */
static gboolean
session_read_lun (ScriptCall *call, const char *word, guint *ret_index, GError **error)
{
  const LabTarget *target = session_target (call->self);
  gint64 index = 1;
  g_autofree char *what = g_strdup_printf ("session:%s: which LUN", word);
  if (!lua_isnoneornil (call->L, SCRIPT_FIRST)
      && !option_read_value (call->L, SCRIPT_FIRST, what, OPTION_NUMBER, &index, error))
    return FALSE;
  if (target != NULL && index >= 1 && index <= (gint64) target->luns->len) {
    *ret_index = (guint) index - 1;
    return TRUE;
  }
  g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_USAGE,
               "%s: expected 1 to %u, got %" G_GINT64_FORMAT, what,
               target != NULL ? target->luns->len : 0, index);
  return FALSE;
}

static gboolean
single_submit (ScriptCall *call, const char *word, const guint8 cdb[CDB_LENGTH], guint32 length,
               guint16 lun, GError **error)
{
  LabSession *self = call->self;
  if (!session_must_be_there (self, word, error))
    return FALSE;
  g_autofree char *what = g_strdup_printf ("session:%s", word);
  Single *single = g_new0 (Single, 1);
  single->call = lab_call_new (call->lab, what);
  single->call->result = single;
  command_init (&single->command, self, single_done);
  Task *task = &single->command.task;
  memcpy (task->cdb, cdb, CDB_LENGTH);
  task->lun = lun_encode (lun);
  task->direction = length > 0 ? TASK_READS : TASK_NO_DATA;
  task->expected_length = length;
  command_submit (&single->command);
  return script_wait (call, single->call);
}

/* How each command's data becomes what the script gets: pushes one value. */
typedef void (*CommandPush) (lua_State *L, const guint8 *bytes, gsize length);

static gboolean
single_ended (ScriptCall *call, const char *word, CommandPush push, GError **error)
{
  Single *single = call->waited->result;
  const gboolean is_good = command_is_good (&single->command);
  if (is_good) {
    Slice bytes = payload_join (&single->command.task.data_in);
    push (call->L, bytes.bytes, bytes.length);
    slice_clear (&bytes);
    call->results = 1;
  } else {
    g_autofree char *got = command_text (&single->command);
    g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_FAILED, "session:%s: expected GOOD, got %s",
                 word, got);
  }
  command_clear (&single->command);
  g_free (single);
  return is_good;
}

static void
push_true (lua_State *L, const guint8 *bytes, gsize length)
{
  lua_pushboolean (L, TRUE);
}

static void
set_text (lua_State *L, const char *name, const guint8 *bytes, gsize length)
{
  g_autofree char *text = g_strndup ((const char *) bytes, length);
  lua_pushstring (L, g_strchomp (text));
  lua_setfield (L, -2, name);
}

static void
push_inquiry (lua_State *L, const guint8 *bytes, gsize length)
{
  lua_newtable (L);
  if (length < 36)
    return;
  lua_pushinteger (L, bytes[0] & 0x1f);
  lua_setfield (L, -2, "device_type");
  set_text (L, "vendor", bytes + 8, 8);
  set_text (L, "product", bytes + 16, 16);
  set_text (L, "revision", bytes + 32, 4);
}

static void
push_capacity (lua_State *L, const guint8 *bytes, gsize length)
{
  lua_newtable (L);
  if (length < 12)
    return;
  lua_pushinteger (L, (lua_Integer) wire_get (bytes, 0, 0, 64) + 1);
  lua_setfield (L, -2, "blocks");
  lua_pushinteger (L, (lua_Integer) wire_get (bytes, 8, 0, 32));
  lua_setfield (L, -2, "block_size");
}

static void
push_luns (lua_State *L, const guint8 *bytes, gsize length)
{
  lua_newtable (L);
  const gsize listed = length >= 8 ? (gsize) wire_get (bytes, 0, 0, 32) : 0;
  lua_Integer count = 0;
  for (gsize at = 8; at + 8 <= MIN (length, listed + 8); at += 8) {
    guint16 number;
    if (!lun_decode (wire_get (bytes + at, 0, 0, 64), &number))
      continue;
    lua_pushinteger (L, number);
    lua_rawseti (L, -2, ++count);
  }
}

static guint16
lun_number (ScriptCall *call, guint index)
{
  return g_array_index (session_target (call->self)->luns, LabLun, index).number;
}

static gboolean
word_inquiry (ScriptCall *call, GError **error)
{
  guint8 cdb[CDB_LENGTH];
  guint index;
  if (call->waited != NULL)
    return single_ended (call, "inquiry", push_inquiry, error);
  if (!session_read_lun (call, "inquiry", &index, error))
    return FALSE;
  cdb_build_inquiry (cdb, FALSE, 0, INQUIRY_LENGTH);
  return single_submit (call, "inquiry", cdb, INQUIRY_LENGTH, lun_number (call, index), error);
}

static gboolean
word_test_unit_ready (ScriptCall *call, GError **error)
{
  guint8 cdb[CDB_LENGTH];
  guint index;
  if (call->waited != NULL)
    return single_ended (call, "test_unit_ready", push_true, error);
  if (!session_read_lun (call, "test_unit_ready", &index, error))
    return FALSE;
  cdb_build (cdb, SCSI_OP_TEST_UNIT_READY, 0);
  return single_submit (call, "test_unit_ready", cdb, 0, lun_number (call, index), error);
}

static gboolean
word_read_capacity (ScriptCall *call, GError **error)
{
  guint8 cdb[CDB_LENGTH];
  guint index;
  if (call->waited != NULL)
    return single_ended (call, "read_capacity", push_capacity, error);
  if (!session_read_lun (call, "read_capacity", &index, error))
    return FALSE;
  cdb_build (cdb, SCSI_OP_READ_CAPACITY_16, CAPACITY_LENGTH);
  return single_submit (call, "read_capacity", cdb, CAPACITY_LENGTH, lun_number (call, index),
                        error);
}

static gboolean
word_report_luns (ScriptCall *call, GError **error)
{
  guint8 cdb[CDB_LENGTH];
  if (call->waited != NULL)
    return single_ended (call, "report_luns", push_luns, error);
  cdb_build (cdb, SCSI_OP_REPORT_LUNS, LUNS_LENGTH);
  return single_submit (call, "report_luns", cdb, LUNS_LENGTH, 0, error);
}

static gboolean
word_disk (ScriptCall *call, GError **error)
{
  guint index;
  return session_must_be_there (call->self, "disk", error)
         && session_read_lun (call, "disk", &index, error)
         && lab_open_disk (call, call->self, session_target (call->self), index, error);
}

/* ---- properties: those of MSFT_iSCSISession ---- */

static SessionInfo
info_of (gpointer self)
{
  const LabSession *session = self;
  SessionInfo info;
  session_info (session->session, &info);
  if (session->is_gone)
    info.is_connected = FALSE;
  return info;
}

#define GETTER(name, push)                                                                         \
  static void get_##name (gpointer self, lua_State *L)                                             \
  {                                                                                                \
    const SessionInfo info = info_of (self);                                                       \
    push;                                                                                          \
  }

static guint32
digest_of (gpointer self, KeyId key)
{
  const LabSession *session = self;
  return session_keys (session->session)->number[key];
}

GETTER (session_identifier, lua_pushstring (L, info.identifier))
GETTER (target_node_address, lua_pushstring (L, info.target_name))
GETTER (is_connected, lua_pushboolean (L, info.is_connected))
GETTER (is_persistent, lua_pushboolean (L, info.is_persistent))
GETTER (is_multipath_enabled, lua_pushboolean (L, info.is_multipath_enabled))
GETTER (number_of_connections, lua_pushinteger (L, info.connections))
GETTER (logins, lua_pushinteger (L, info.logins))
GETTER (is_discovered, lua_pushboolean (L, info.is_discovered))
GETTER (authentication_type, ((void) info, lua_pushstring (L, "NONE")))
GETTER (initiator_instance_name, ((void) info, lua_pushstring (L, INSTANCE)))
GETTER (initiator_portal_address, ((void) info, lua_pushstring (L, "")))
GETTER (is_data_digest, ((void) info, lua_pushboolean (L, digest_of (self, KEY_DATA_DIGEST) != 0)))
GETTER (is_header_digest,
        ((void) info, lua_pushboolean (L, digest_of (self, KEY_HEADER_DIGEST) != 0)))

static void
get_initiator_side_identifier (gpointer self, lua_State *L)
{
  g_autofree char *text = g_strdup_printf ("%012" G_GINT64_MODIFIER "x", info_of (self).isid);
  lua_pushstring (L, text);
}

/* As memory on a little-endian machine shows it: windows-semantics C3. */
static void
get_target_side_identifier (gpointer self, lua_State *L)
{
  const guint16 tsih = info_of (self).tsih;
  g_autofree char *text = g_strdup_printf ("%02x%02x", tsih & 0xff, tsih >> 8);
  lua_pushstring (L, text);
}

static void
push_address (lua_State *L, const Address *address)
{
  char text[ADDRESS_TEXT_LENGTH];
  lua_pushstring (L, address_text (address, text));
}

GETTER (portal, push_address (L, &info.portal))
GETTER (connected_portal, push_address (L, &info.connected))

static void
get_initiator_node_address (gpointer self, lua_State *L)
{
  const LabSession *session = self;
  lua_pushstring (L, session->initiator->name);
}

static const ScriptWord words[] = {
  { "authentication_type", NULL, get_authentication_type, "NONE, ONEWAYCHAP or MUTUALCHAP", NULL },
  { "initiator_instance_name", NULL, get_initiator_instance_name, "the adapter's name", NULL },
  { "initiator_node_address", NULL, get_initiator_node_address, "iSCSI name of the initiator",
    NULL },
  { "initiator_portal_address", NULL, get_initiator_portal_address, "empty: any", NULL },
  { "initiator_side_identifier", NULL, get_initiator_side_identifier, "ISID, 12 hex digits", NULL },
  { "is_connected", NULL, get_is_connected, "a live connection exists", NULL },
  { "is_data_digest", NULL, get_is_data_digest, "data digest is in use", NULL },
  { "is_discovered", NULL, get_is_discovered, "discovery was done against the target", NULL },
  { "is_header_digest", NULL, get_is_header_digest, "header digest is in use", NULL },
  { "is_multipath_enabled", NULL, get_is_multipath_enabled, "the login had the multipath flag",
    NULL },
  { "is_persistent", NULL, get_is_persistent, "will be made again when the machine restarts",
    NULL },
  { "number_of_connections", NULL, get_number_of_connections, "live connections", NULL },
  { "session_identifier", NULL, get_session_identifier, "two 16-digit hex numbers", NULL },
  { "target_node_address", NULL, get_target_node_address, "iSCSI name of the target", NULL },
  { "target_side_identifier", NULL, get_target_side_identifier, "TSIH, 4 hex digits", NULL },
  { "portal", NULL, get_portal, "'address:port' where its logins begin", NULL },
  { "connected_portal", NULL, get_connected_portal, "where the last login was sent", NULL },
  { "logins", NULL, get_logins, "how often it reached full feature phase", NULL },
  { "register", word_register, NULL, "makes it persistent; goes on when that is safe on the disk",
    &register_options },
  { "start_register", word_start_register, NULL, "the same, without waiting for the answer",
    &register_options },
  { "unregister", word_unregister, NULL, "not persistent any more; the session stays", NULL },
  { "disconnect", word_disconnect, NULL, "logs out; its registration stays", NULL },
  { "inquiry", word_inquiry, NULL, "table: device_type, vendor, product, revision", NULL },
  { "test_unit_ready", word_test_unit_ready, NULL, "true, or an error", NULL },
  { "read_capacity", word_read_capacity, NULL, "table: blocks, block_size", NULL },
  { "report_luns", word_report_luns, NULL, "list of LUN numbers", NULL },
  { "abort", word_abort, NULL, "ABORT TASK of the oldest task under way; gives the answer", NULL },
  { "abort_task_set", word_abort_task_set, NULL, "of the n-th LUN; gives the answer's name", NULL },
  { "clear_task_set", word_clear_task_set, NULL, "of the n-th LUN; gives the answer's name", NULL },
  { "lun_reset", word_lun_reset, NULL, "of the n-th LUN; gives the answer's name", NULL },
  { "target_reset", word_target_reset, NULL, "a warm one; gives the answer's name", NULL },
  { "cold_reset", word_cold_reset, NULL, "gives the answer's name; all connections end", NULL },
  { "luns", session_word_luns, NULL,
    "list of { lun, state, identity, device_type, vendor, product } as the last scan found them; "
    "state: present, gone, replaced",
    NULL },
  { "rescan", session_word_rescan, NULL, "looks at its LUNs again; does not wait", NULL },
  { "disk", word_disk, NULL, "session:disk (n): the n-th LUN of its target, from 1", NULL },
};

const ScriptClass session_class = { "session", words, G_N_ELEMENTS (words) };
