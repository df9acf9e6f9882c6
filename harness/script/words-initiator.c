/* SPDX-License-Identifier: Apache-2.0 */
/* words-initiator.c - `initiator`: a machine with our initiator on it, its life and its sessions */
#include "harness/script/command.h"
#include "harness/script/option-keys.h"
#include "harness/script/words-attempt.h"
#include "initiator/discovery.h"
#include "protocol/name.h"

#define INITIATOR_PREFIX "iqn.1991-05.com.microsoft:host"

/* What a scenario may set of the profile's timers. TIMER (member of InitiatorProfile, "text") */
#define TIMERS(TIMER)                                                                              \
  TIMER (connect_timeout, "until TCP must be connected")                                           \
  TIMER (login_timeout, "from then to full feature phase")                                         \
  TIMER (logout_timeout, "until the answer to a logout")                                           \
  TIMER (reconnect_delay, "between two attempts of a session that lost its connection")            \
  TIMER (reconnect_jitter,                                                                         \
         "up to so much is drawn and added to each delay of a reconnect; default none")            \
  TIMER (restore_retry, "between later attempts of a registered session at start")                 \
  TIMER (hold, "commands wait so long for a session that is down")                                 \
  TIMER (task_timeout, "until a command's status; then it is aborted")                             \
  TIMER (abort_timeout, "until the answer to an abort; then the LUN is reset")                     \
  TIMER (lun_reset_timeout, "until the answer to that; then the target is reset")                  \
  TIMER (target_reset_timeout, "until the answer to that; then the session logs in anew")          \
  TIMER (ping_interval, "between pings of an idle connection; 0: none")                            \
  TIMER (ping_timeout, "until a ping's answer; then the connection is taken for dead")

typedef struct InitiatorValues {
  const char *name;
  const char *profile;
  const char *multipath_check;
  guint64 first_cmd_sn;
  int keys;
#define TIMER(name, text) gint64 name##_ns;
  TIMERS (TIMER)
#undef TIMER
} InitiatorValues;

#define NO_CMD_SN G_MAXUINT64
#define NO_TIME   -1

static const Option initiator_rows[] = {
  { "name", OPTION_STRING, G_STRUCT_OFFSET (InitiatorValues, name), FALSE, "iSCSI name" },
  { "profile", OPTION_STRING, G_STRUCT_OFFSET (InitiatorValues, profile), FALSE,
    "'windows' (default) or 'linux': its timers and policies" },
  { "multipath_check", OPTION_STRING, G_STRUCT_OFFSET (InitiatorValues, multipath_check), FALSE,
    "'on' (default): a second session to a portal needs is_multipath_enabled; or 'off'" },
  { "first_cmd_sn", OPTION_NUMBER, G_STRUCT_OFFSET (InitiatorValues, first_cmd_sn), FALSE,
    "CmdSN with which each login begins; default: drawn" },
  { "keys", OPTION_VALUE, G_STRUCT_OFFSET (InitiatorValues, keys), FALSE,
    "what each login offers: { InitialR2T = 'Yes', DataPDUInOrder = 'No' }; default: the "
    "profile's" },
#define TIMER(name, text)                                                                          \
  { #name, OPTION_DURATION, G_STRUCT_OFFSET (InitiatorValues, name##_ns), FALSE, text },
  TIMERS (TIMER)
#undef TIMER
};

const OptionTable initiator_options = OPTION_TABLE ("lab:initiator", initiator_rows);

/* ---- life ---- */

static void
session_object_free (gpointer data)
{
  LabSession *session = data;
  session_unref (session->session);
  g_free (session);
}

/* Behind the initiator: no task of theirs is at a session any more. */
static void
initiator_drop_disks (LabInitiator *self)
{
  for (guint i = 0; i < self->disks->len; i++)
    lab_mpio_drop (self->disks->pdata[i]);
}

void
lab_initiator_free (gpointer data)
{
  LabInitiator *self = data;
  initiator_free (g_steal_pointer (&self->initiator));
  initiator_drop_disks (self);
  command_drop_resting (self);
  g_ptr_array_unref (self->disks);
  g_ptr_array_unref (self->resting);
  g_ptr_array_unref (self->sessions);
  key_values_clear (&self->keys);
  g_free (self->name);
  g_free (self);
}

LabSession *
lab_session_of (LabInitiator *initiator, Session *session)
{
  for (guint i = 0; i < initiator->sessions->len; i++) {
    LabSession *known = initiator->sessions->pdata[i];
    if (known->session == session)
      return known;
  }
  LabSession *object = g_new0 (LabSession, 1);
  script_object_init (&object->object, &session_class, initiator->object.lab);
  object->initiator = initiator;
  object->session = session_ref (session);
  g_ptr_array_add (initiator->sessions, object);
  return object;
}

static void
initiator_on_down (gpointer data, Host *host)
{
  LabInitiator *self = data;
  for (guint i = 0; i < self->sessions->len; i++)
    ((LabSession *) self->sessions->pdata[i])->is_gone = TRUE;
  lab_trouble_set (self->object.lab, &self->is_paused, FALSE);
  initiator_free (g_steal_pointer (&self->initiator));
  initiator_drop_disks (self);
  command_drop_resting (self);
}

static void
initiator_started (gpointer data, const GError *error)
{
  lab_call_done (data, error);
}

static LabCall *
initiator_begin (LabInitiator *self, const char *what)
{
  const InitiatorConfig config = { .name = self->name,
                                   .profile = self->profile,
                                   .is_multipath_check_off = self->is_multipath_check_off,
                                   .scans_units = TRUE,
                                   .has_first_cmd_sn = self->has_first_cmd_sn,
                                   .first_cmd_sn = self->first_cmd_sn,
                                   .wanted = &self->keys };
  LabCall *started = lab_call_new (self->object.lab, what);
  self->initiator = initiator_new (self->host, &config);
  initiator_start (self->initiator, initiator_started, started);
  return started;
}

/* How a word ends that waited for one thing without a result. */
static gboolean
word_ended (ScriptCall *call, GError **error)
{
  if (call->waited->error == NULL)
    return TRUE;
  g_propagate_error (error, g_error_copy (call->waited->error));
  return FALSE;
}

static gboolean
initiator_read_values (LabInitiator *self, const InitiatorValues *values, GError **error)
{
  const InitiatorProfile *profile = initiator_profile_find (values->profile);
  if (profile == NULL) {
    g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_USAGE,
                 "lab:initiator: 'profile': expected 'windows' or 'linux', got '%s'",
                 values->profile);
    return FALSE;
  }
  self->tuned = *profile;
#define TIMER(name, text)                                                                          \
  if (values->name##_ns != NO_TIME)                                                                \
    self->tuned.name##_ns = values->name##_ns;
  TIMERS (TIMER)
#undef TIMER
  self->profile = &self->tuned;
  self->has_first_cmd_sn = values->first_cmd_sn != NO_CMD_SN;
  self->first_cmd_sn = (guint32) values->first_cmd_sn;
  if (self->has_first_cmd_sn && values->first_cmd_sn > G_MAXUINT32) {
    g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_USAGE,
                 "lab:initiator: 'first_cmd_sn': expected 32 bits, got %" G_GUINT64_FORMAT,
                 values->first_cmd_sn);
    return FALSE;
  }
  initiator_profile_keys (profile, &self->keys);
  self->is_multipath_check_off = strcmp (values->multipath_check, "off") == 0;
  if (!self->is_multipath_check_off && strcmp (values->multipath_check, "on") != 0) {
    g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_USAGE,
                 "lab:initiator: 'multipath_check': expected 'on' or 'off', got '%s'",
                 values->multipath_check);
    return FALSE;
  }
  return TRUE;
}

gboolean
lab_add_initiator (ScriptCall *call, GError **error)
{
  Lab *lab = call->lab;
  if (call->waited != NULL) {
    LabInitiator *started = call->waited->result;
    script_push_object (call->L, &started->object);
    call->results = 1;
    return word_ended (call, error);
  }
  InitiatorValues values = { .profile = "windows",
                             .multipath_check = "on",
#define TIMER(name, text) .name##_ns = NO_TIME,
                             TIMERS (TIMER)
#undef TIMER
                                 .first_cmd_sn = NO_CMD_SN };
  if (!options_read (call->L, SCRIPT_FIRST, &initiator_options, &values, error))
    return FALSE;
  LabInitiator *self = g_new0 (LabInitiator, 1);
  script_object_init (&self->object, &initiator_class, lab);
  key_values_init (&self->keys);
  self->sessions = g_ptr_array_new_with_free_func (session_object_free);
  self->disks = g_ptr_array_new ();
  self->resting = g_ptr_array_new ();
  g_ptr_array_add (lab->initiators, self);
  self->name = values.name != NULL
                   ? name_prepare (values.name, error)
                   : g_strdup_printf ("%s%u", INITIATOR_PREFIX, lab->initiators->len);
  if (self->name == NULL)
    return FALSE;
  g_autofree char *host = g_strdup_printf ("initiator%u", lab->initiators->len);
  if (!initiator_read_values (self, &values, error)
      || !option_read_keys (call->L, values.keys, "lab:initiator", &self->keys, error))
    return FALSE;
  self->host = lab_host_new (lab, host, error);
  if (self->host == NULL)
    return FALSE;
  host_random (self->host, "disk retries", &self->retry_random);
  self->host->on_down = initiator_on_down;
  self->host->on_down_data = self;
  LabCall *started = initiator_begin (self, "lab:initiator");
  started->result = self;
  return script_wait (call, started);
}

static gboolean
initiator_must_be_up (LabInitiator *self, const char *word, GError **error)
{
  if (self->initiator != NULL)
    return lab_host_must_run (self->host, word, error);
  g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_FAILED,
               "initiator:%s: expected an initiator that is up, got one that is down", word);
  return FALSE;
}

/* ---- words: up and down ---- */

typedef struct CutValues {
  const char *unsynced;
} CutValues;

static const Option cut_options_rows[] = {
  { "unsynced", OPTION_STRING, G_STRUCT_OFFSET (CutValues, unsynced), FALSE,
    "what becomes of what was not synced: 'lose' (default), 'keep' or 'draw'; a real disk can but "
    "keep it, which is the default there" },
};
static const OptionTable cut_options = OPTION_TABLE ("initiator:power_cut", cut_options_rows);

static gboolean
word_power_cut (ScriptCall *call, GError **error)
{
  static const DiskCut cuts[] = {
    [FAULT_LOSE] = DISK_CUT_LOSE, [FAULT_KEEP] = DISK_CUT_KEEP, [FAULT_DRAW] = DISK_CUT_DRAW
  };
  LabInitiator *self = call->self;
  const gboolean is_live = call->lab->request->is_live;
  CutValues values = { is_live ? "keep" : "lose" };
  FaultUnsynced unsynced;
  if (!options_read (call->L, SCRIPT_FIRST, &cut_options, &values, error)
      || !fault_unsynced_find (values.unsynced, &unsynced, error))
    return FALSE;
  if (is_live && unsynced != FAULT_KEEP)
    return lab_skip (call->lab, error, "power_cut: a real disk keeps what was written to it");
  host_power_cut (self->host, cuts[unsynced]);
  return TRUE;
}

static gboolean
word_kill (ScriptCall *call, GError **error)
{
  LabInitiator *self = call->self;
  host_kill (self->host);
  return TRUE;
}

static gboolean
word_start (ScriptCall *call, GError **error)
{
  LabInitiator *self = call->self;
  if (call->waited != NULL)
    return word_ended (call, error);
  if (self->initiator != NULL)
    return TRUE;
  if (!host_start (self->host, error))
    return FALSE;
  return script_wait (call, initiator_begin (self, "initiator:start"));
}

static gboolean
word_pause (ScriptCall *call, GError **error)
{
  LabInitiator *self = call->self;
  return lab_host_pause (call, self->host, &self->is_paused, error);
}

static gboolean
word_resume (ScriptCall *call, GError **error)
{
  LabInitiator *self = call->self;
  return lab_host_resume (call, self->host, &self->is_paused, error);
}

static gboolean
word_clock_jump (ScriptCall *call, GError **error)
{
  LabInitiator *self = call->self;
  return lab_host_clock_jump (call, self->host, error);
}

static void
get_wall_time (gpointer self, lua_State *L)
{
  lua_pushinteger (L, host_wall_ns (((LabInitiator *) self)->host));
}

/* ---- words: sessions ---- */

typedef struct ConnectValues {
  const char *node_address;
  const char *portal;
  gboolean is_multipath_enabled;
  gboolean is_header_digest;
  gboolean is_data_digest;
  int discover;
  int scan;
  guint64 isid;
} ConnectValues;

static const Option connect_rows[] = {
  { "node_address", OPTION_STRING, G_STRUCT_OFFSET (ConnectValues, node_address), TRUE,
    "the target's name" },
  { "portal", OPTION_STRING, G_STRUCT_OFFSET (ConnectValues, portal), FALSE,
    "'address:port'; default: the first portal of the target of that name" },
  { "is_multipath_enabled", OPTION_BOOLEAN, G_STRUCT_OFFSET (ConnectValues, is_multipath_enabled),
    FALSE, "a further session to the same portal is wanted" },
  { "header_digest", OPTION_BOOLEAN, G_STRUCT_OFFSET (ConnectValues, is_header_digest), FALSE,
    "CRC32C over headers, or no login" },
  { "data_digest", OPTION_BOOLEAN, G_STRUCT_OFFSET (ConnectValues, is_data_digest), FALSE,
    "CRC32C over data, or no login" },
  { "discover", OPTION_BOOLEAN, G_STRUCT_OFFSET (ConnectValues, discover), FALSE,
    "look for it at the portal first, as 'is_discovered' tells; default: true for a target of the "
    "scenario" },
  { "scan", OPTION_BOOLEAN, G_STRUCT_OFFSET (ConnectValues, scan), FALSE,
    "look at its LUNs after each login: see session:luns; default: true for a target of the "
    "scenario" },
  { "isid", OPTION_NUMBER, G_STRUCT_OFFSET (ConnectValues, isid), FALSE,
    "as 0x400001370004; default: chosen, the lowest that is free" },
};
static const OptionTable connect_options = OPTION_TABLE ("initiator:connect_target", connect_rows);

typedef struct Connecting {
  LabInitiator *initiator;
  LabCall *call;
  char *target_name;
  ConnectOptions options;
} Connecting;

static void
connecting_over (Connecting *connecting, Session *session, const GError *error)
{
  LabCall *call = connecting->call;
  call->result = session != NULL ? lab_session_of (connecting->initiator, session) : NULL;
  lab_call_done (call, error);
  g_free (connecting->target_name);
  g_free (connecting);
}

static void
session_connected (gpointer data, Session *session, const GError *error)
{
  connecting_over (data, session, error);
}

static void
connecting_log_in (Connecting *connecting)
{
  initiator_connect (connecting->initiator->initiator, &connecting->options, session_connected,
                     connecting);
}

static void
connecting_discovered (gpointer data, const GPtrArray *targets, const GError *error)
{
  Connecting *connecting = data;
  for (guint i = 0; error == NULL && i < targets->len; i++)
    if (name_equal (connecting->target_name,
                    ((const DiscoveredTarget *) targets->pdata[i])->name)) {
      connecting_log_in (connecting);
      return;
    }
  g_autoptr (GError) missing = NULL;
  if (error == NULL)
    missing = g_error_new (SCRIPT_ERROR, SCRIPT_ERROR_FAILED,
                           "initiator:connect_target: expected '%s' among the %u targets that were "
                           "discovered, got none of that name",
                           connecting->target_name, targets->len);
  connecting_over (connecting, NULL, error != NULL ? error : missing);
}

static gboolean
connect_find_portal (ScriptCall *call, const ConnectValues *values, Address *ret_portal,
                     GError **error)
{
  if (values->portal != NULL)
    return address_parse (values->portal, 3260, ret_portal, error); /* R-MODEL-025 */
  const LabTarget *target = lab_find_target (call->lab, values->node_address);
  if (target == NULL) {
    g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_USAGE,
                 "initiator:connect_target: expected a portal, or the name of a target of this "
                 "scenario, got '%s'",
                 values->node_address);
    return FALSE;
  }
  *ret_portal = g_array_index (target->portals, Address, 0);
  return TRUE;
}

/* The call's result will be the LabSession. NULL after an error. */
static LabCall *
connect_begin (ScriptCall *call, const char *what, GError **error)
{
  LabInitiator *self = call->self;
  ConnectValues values = { .discover = -1, .scan = -1 };
  ConnectOptions options = { 0 };
  if (!initiator_must_be_up (self, what, error)
      || !options_read (call->L, SCRIPT_FIRST, &connect_options, &values, error)
      || !connect_find_portal (call, &values, &options.portal, error))
    return NULL;
  g_autofree char *word = g_strdup_printf ("initiator:%s", what);
  g_autofree char *name = name_prepare (values.node_address, error);
  if (name == NULL)
    return NULL;
  const gboolean is_of_scenario = lab_find_target (call->lab, name) != NULL;
  if (values.discover < 0)
    values.discover = is_of_scenario;
  if (values.scan < 0)
    values.scan = is_of_scenario;
  Connecting *connecting = g_new0 (Connecting, 1);
  connecting->initiator = self;
  connecting->call = lab_call_new (call->lab, word);
  connecting->target_name = g_steal_pointer (&name);
  options.target_name = connecting->target_name;
  options.is_multipath_enabled = values.is_multipath_enabled;
  options.is_header_digest = values.is_header_digest;
  options.is_data_digest = values.is_data_digest;
  options.scans_units = values.scan;
  options.isid = values.isid;
  connecting->options = options;
  LabCall *waiting = connecting->call;
  if (values.discover)
    initiator_discover (self->initiator, &options.portal, connecting_discovered, connecting);
  else
    connecting_log_in (connecting);
  return waiting;
}

static gboolean
word_connect_target (ScriptCall *call, GError **error)
{
  if (call->waited != NULL) {
    if (!word_ended (call, error))
      return FALSE;
    script_push_object (call->L, call->waited->result);
    call->results = 1;
    return TRUE;
  }
  LabCall *connecting = connect_begin (call, "connect_target", error);
  return connecting != NULL && script_wait (call, connecting);
}

static gboolean
word_start_connect_target (ScriptCall *call, GError **error)
{
  LabCall *connecting = connect_begin (call, "start_connect_target", error);
  if (connecting == NULL)
    return FALSE;
  lab_push_attempt (call, connecting);
  return TRUE;
}

typedef struct GetValues {
  int is_persistent;
  int is_connected;
  const char *target;
} GetValues;

static const Option get_rows[] = {
  { "is_persistent", OPTION_BOOLEAN, G_STRUCT_OFFSET (GetValues, is_persistent), FALSE,
    "only registered ones, or only the others" },
  { "is_connected", OPTION_BOOLEAN, G_STRUCT_OFFSET (GetValues, is_connected), FALSE,
    "only those that are up, or only the others" },
  { "target", OPTION_STRING, G_STRUCT_OFFSET (GetValues, target), FALSE, "only to this node" },
};
static const OptionTable get_options = OPTION_TABLE ("initiator:get_sessions", get_rows);

static gboolean
session_matches (const SessionInfo *info, const GetValues *values)
{
  return (values->is_persistent < 0 || values->is_persistent == info->is_persistent)
         && (values->is_connected < 0 || values->is_connected == info->is_connected)
         && (values->target == NULL || strcmp (values->target, info->target_name) == 0);
}

static gboolean
word_get_sessions (ScriptCall *call, GError **error)
{
  LabInitiator *self = call->self;
  GetValues values = { -1, -1, NULL };
  if (!options_read (call->L, SCRIPT_FIRST, &get_options, &values, error))
    return FALSE;
  lua_newtable (call->L);
  const guint count = self->initiator != NULL ? initiator_session_count (self->initiator) : 0;
  lua_Integer found = 0;
  for (guint i = 0; i < count; i++) {
    Session *session = initiator_session (self->initiator, i);
    SessionInfo info;
    session_info (session, &info);
    if (!session_matches (&info, &values))
      continue;
    script_push_object (call->L, &lab_session_of (self, session)->object);
    lua_rawseti (call->L, -2, ++found);
  }
  call->results = 1;
  return TRUE;
}

static void
get_name (gpointer self, lua_State *L)
{
  const LabInitiator *initiator = self;
  lua_pushstring (L, initiator->name);
}

static void
get_is_up (gpointer self, lua_State *L)
{
  const LabInitiator *initiator = self;
  lua_pushboolean (L, initiator->initiator != NULL);
}

static const ScriptWord words[] = {
  { "name", NULL, get_name, "iSCSI name", NULL },
  { "is_up", NULL, get_is_up, "it runs: neither killed nor without power", NULL },
  { "connect_target", word_connect_target, NULL, "logs in; the new session", &connect_options },
  { "start_connect_target", word_start_connect_target, NULL,
    "the same, as an attempt that goes on by itself", &connect_options },
  { "discover", initiator_word_discover, NULL,
    "list of { node_address, portals, groups } of the targets that the portal tells of",
    &discover_options },
  { "get_sessions", word_get_sessions, NULL, "list of its sessions, in the order of their making",
    &get_options },
  { "mpio_disk", lab_add_mpio, NULL, "one disk over several sessions", &mpio_options },
  { "power_cut", word_power_cut, NULL, "power goes; peers hear nothing", &cut_options },
  { "kill", word_kill, NULL, "the process dies; its machine closes what was open", NULL },
  { "start", word_start, NULL, "up again; goes on when the registry is read", NULL },
  { "pause", word_pause, NULL, "its process stops where it is; its machine goes on acknowledging",
    NULL },
  { "resume", word_resume, NULL, "it goes on: what waited comes late, in its order", NULL },
  { "clock_jump", word_clock_jump, NULL, "initiator:clock_jump ('1h' or '-30s'): of its wall clock",
    NULL },
  { "wall_time", NULL, get_wall_time, "nanoseconds since 1970 by its wall clock", NULL },
};

const ScriptClass initiator_class = { "initiator", words, G_N_ELEMENTS (words) };
