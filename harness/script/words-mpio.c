/* SPDX-License-Identifier: Apache-2.0 */
/* words-mpio.c - `mpio_disk`: one LUN over several sessions of one initiator
 *
 * It has the words, jobs and judges of `disk`. The oracle is the LUN's, so what one path wrote is judged when another reads it.
 * Paths are added one after the other; if one is refused, the disk is not made.
 */
#include "harness/script/disk.h"

typedef struct LabMpio {
  LabDisk disk; /* first */
  LabInitiator *initiator;
  MpioDisk *mpio; /* NULL: its initiator went down */
} LabMpio;

/* ---- where its commands go ---- */

static void
mpio_way_submit (gpointer where, Command *command)
{
  const LabMpio *self = where;
  mpio_disk_submit (self->mpio, &command->io, &command->task);
}

static gboolean
mpio_way_is_gone (gpointer where)
{
  const LabMpio *self = where;
  return self->mpio == NULL;
}

static LabInitiator *
mpio_way_initiator (gpointer where)
{
  const LabMpio *self = where;
  return self->initiator;
}

static const CommandWay mpio_way = { mpio_way_submit, mpio_way_is_gone, mpio_way_initiator };

void
lab_mpio_drop (gpointer data)
{
  LabMpio *self = data;
  mpio_disk_free (g_steal_pointer (&self->mpio));
}

/* ---- making one ---- */

typedef struct MpioValues {
  int sessions;
  const char *policy;
  guint64 lun;
  guint64 preferred;
  gint64 link_down_ns;
  gint64 hold_ns;
  gint64 check_ns;
  gint64 recovery_ns;
  gint64 failback_ns;
  gint64 fence_limit_ns;
} MpioValues;

#define AT(member) G_STRUCT_OFFSET (MpioValues, member)

static const Option mpio_rows[] = {
  { "sessions", OPTION_VALUE, AT (sessions), TRUE, "list of its paths, in this order" },
  { "policy", OPTION_STRING, AT (policy), FALSE,
    "'fail over only', 'round robin' or 'least queue depth'; default: the profile's" },
  { "lun", OPTION_NUMBER, AT (lun), FALSE, "the n-th LUN of its target; default 1" },
  { "preferred", OPTION_NUMBER, AT (preferred), FALSE,
    "fail over only: the n-th path takes over again when it is back" },
  { "link_down", OPTION_DURATION, AT (link_down_ns), FALSE,
    "a session that is down so long gives its commands back" },
  { "hold", OPTION_DURATION, AT (hold_ns), FALSE,
    "commands wait so long after the last path failed" },
  { "check", OPTION_DURATION, AT (check_ns), FALSE, "between two checks of a path; 0: none" },
  { "recovery", OPTION_DURATION, AT (recovery_ns), FALSE,
    "between two checks of a failed path whose session is up" },
  { "failback", OPTION_DURATION, AT (failback_ns), FALSE,
    "until a preferred path that is back takes over" },
  { "fence_limit", OPTION_DURATION, AT (fence_limit_ns), FALSE,
    "a write in doubt waits so long for its path to be fenced, then it is given up" },
};

const OptionTable mpio_options = OPTION_TABLE ("initiator:mpio_disk", mpio_rows);

/* Paths that are being added, the sessions still to come in `sessions`. */
typedef struct Building {
  LabMpio *self;
  LabCall *call;
  GPtrArray *sessions; /* of LabSession, borrowed */
  guint next;
  gboolean is_opened_after; /* the disk is new: ask for its size at the end */
} Building;

static void building_step (Building *building);

static void
building_end (Building *building, const GError *error)
{
  LabCall *call = building->call;
  call->result = building->self;
  if (error == NULL && building->is_opened_after) {
    lab_disk_open (&building->self->disk, call);
  } else {
    g_autoptr (GError) own = error != NULL ? g_error_new (SCRIPT_ERROR, SCRIPT_ERROR_FAILED,
                                                          "%s: %s", call->what, error->message)
                                           : NULL;
    lab_call_done (call, own);
  }
  g_ptr_array_unref (building->sessions);
  g_free (building);
}

static void
building_path_added (gpointer data, const GError *error)
{
  Building *building = data;
  if (error != NULL)
    building_end (building, error);
  else
    building_step (building);
}

static guint16
session_lun_number (const LabSession *session, guint index)
{
  SessionInfo info;
  session_info (session->session, &info);
  const LabTarget *target = lab_find_target (session->object.lab, info.target_name);
  return target != NULL && index < target->luns->len
             ? g_array_index (target->luns, LabLun, index).number
             : (guint16) index;
}

static void
building_step (Building *building)
{
  g_autoptr (GError) error = NULL;
  if (building->next == building->sessions->len) {
    building_end (building, NULL);
    return;
  }
  LabSession *session = building->sessions->pdata[building->next++];
  const guint64 lun = lun_encode (session_lun_number (session, building->self->disk.index));
  if (!mpio_disk_add_path (building->self->mpio, session->session, lun, building_path_added,
                           building, &error))
    building_end (building, error);
}

static LabCall *
building_begin (LabMpio *self, GPtrArray *sessions /* transfer full */, const char *what,
                gboolean is_opened_after)
{
  Building *building = g_new0 (Building, 1);
  building->self = self;
  building->call = lab_call_new (self->disk.object.lab, what);
  building->sessions = sessions;
  building->is_opened_after = is_opened_after;
  LabCall *call = building->call;
  building_step (building);
  return call;
}

/* A session of this initiator that is there. */
static LabSession *
read_session (lua_State *L, int index, const LabInitiator *initiator, const char *what,
              GError **error)
{
  LabSession *session = script_to_object (L, index, &session_class, what, error);
  if (session == NULL || (session->initiator == initiator && !session->is_gone))
    return session;
  g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_USAGE,
               "%s: expected sessions of this initiator that are there, got one %s", what,
               session->is_gone ? "that is gone" : "of another initiator");
  return NULL;
}

static GPtrArray *
read_sessions (lua_State *L, int index, const LabInitiator *initiator, GError **error)
{
  static const char what[] = "initiator:mpio_disk: 'sessions'";
  g_autoptr (GPtrArray) sessions = g_ptr_array_new ();
  const lua_Unsigned count = lua_type (L, index) == LUA_TTABLE ? lua_rawlen (L, index) : 0;
  for (lua_Unsigned i = 1; i <= count; i++) {
    lua_rawgeti (L, index, (lua_Integer) i);
    LabSession *session = read_session (L, lua_gettop (L), initiator, what, error);
    lua_pop (L, 1);
    if (session == NULL)
      return NULL;
    g_ptr_array_add (sessions, session);
  }
  if (count > 0)
    return g_steal_pointer (&sessions);
  g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_USAGE,
               "%s: expected a list of one session or more, got none", what);
  return NULL;
}

static gboolean
read_policy (const char *word, const char *name, const MpioPolicy **ret_policy, GError **error)
{
  *ret_policy = name != NULL ? mpio_policy_find (name) : NULL;
  if (name == NULL || *ret_policy != NULL)
    return TRUE;
  g_autofree char *names = mpio_policy_names ();
  g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_USAGE, "%s: 'policy': expected %s, got '%s'", word,
               names, name);
  return FALSE;
}

static MpioProfile
profile_of (const MpioValues *values, const LabInitiator *initiator)
{
  MpioProfile profile = *mpio_profile_find (initiator->profile->name);
  const struct {
    gint64 asked;
    gint64 *place;
  } rows[] = {
    { values->link_down_ns, &profile.link_down_ns },
    { values->hold_ns, &profile.no_path_hold_ns },
    { values->check_ns, &profile.check_ns },
    { values->recovery_ns, &profile.recovery_ns },
    { values->failback_ns, &profile.failback_ns },
    { values->fence_limit_ns, &profile.fence_limit_ns },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (rows[i].asked >= 0)
      *rows[i].place = rows[i].asked;
  profile.check_max_ns = MAX (profile.check_max_ns, profile.check_ns);
  return profile;
}

static LabTarget *
target_of (const LabSession *session)
{
  SessionInfo info;
  session_info (session->session, &info);
  return lab_find_target (session->object.lab, info.target_name);
}

static LabMpio *
mpio_new (LabInitiator *initiator, LabTarget *target, const MpioValues *values,
          const MpioPolicy *policy)
{
  const MpioProfile profile = profile_of (values, initiator);
  const MpioConfig config = { .number = initiator->disks->len + 1,
                              .profile = &profile,
                              .policy = policy,
                              .preferred = (guint) values->preferred };
  LabMpio *self = g_new0 (LabMpio, 1);
  script_object_init (&self->disk.object, &mpio_class, initiator->object.lab);
  g_ptr_array_add (initiator->object.lab->others, self);
  g_ptr_array_add (initiator->disks, self);
  self->initiator = initiator;
  self->disk.way = &mpio_way;
  self->disk.where = self;
  self->disk.target = target;
  self->disk.index = (guint) values->lun - 1;
  self->mpio = mpio_disk_new (initiator->host, &config);
  return self;
}

static gboolean
word_ended (ScriptCall *call, GError **error)
{
  if (call->waited->error == NULL)
    return TRUE;
  g_propagate_error (error, g_error_copy (call->waited->error));
  return FALSE;
}

static gboolean
check_values (const MpioValues *values, const LabTarget *target, guint paths, GError **error)
{
  const guint luns = target != NULL ? target->luns->len : 0;
  if (values->lun < 1 || values->lun > luns)
    g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_USAGE,
                 "initiator:mpio_disk: 'lun': expected 1 to %u, got %" G_GUINT64_FORMAT, luns,
                 values->lun);
  else if (values->preferred > paths)
    g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_USAGE,
                 "initiator:mpio_disk: 'preferred': expected at most %u, got %" G_GUINT64_FORMAT,
                 paths, values->preferred);
  else
    return TRUE;
  return FALSE;
}

gboolean
lab_add_mpio (ScriptCall *call, GError **error)
{
  LabInitiator *initiator = call->self;
  if (call->waited != NULL) {
    script_push_object (call->L, call->waited->result);
    call->results = 1;
    return word_ended (call, error);
  }
  MpioValues values = { .lun = 1,
                        .link_down_ns = -1,
                        .hold_ns = -1,
                        .check_ns = -1,
                        .recovery_ns = -1,
                        .failback_ns = -1,
                        .fence_limit_ns = -1 };
  const MpioPolicy *policy;
  if (!options_read (call->L, SCRIPT_FIRST, &mpio_options, &values, error)
      || !read_policy ("initiator:mpio_disk", values.policy, &policy, error))
    return FALSE;
  g_autoptr (GPtrArray) sessions = read_sessions (call->L, values.sessions, initiator, error);
  if (sessions == NULL)
    return FALSE;
  LabTarget *target = target_of (sessions->pdata[0]);
  if (!check_values (&values, target, sessions->len, error))
    return FALSE;
  LabMpio *self = mpio_new (initiator, target, &values, policy);
  return script_wait (
      call, building_begin (self, g_steal_pointer (&sessions), "initiator:mpio_disk", TRUE));
}

/* ---- words ---- */

static gboolean
mpio_must_be_there (const LabMpio *self, const char *word, GError **error)
{
  if (self->mpio != NULL)
    return TRUE;
  g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_FAILED,
               "mpio_disk:%s: expected a disk whose initiator is up, got one that is gone", word);
  return FALSE;
}

static gboolean
word_add_path (ScriptCall *call, GError **error)
{
  LabMpio *self = call->self;
  if (call->waited != NULL)
    return word_ended (call, error);
  if (!mpio_must_be_there (self, "add_path", error))
    return FALSE;
  LabSession *session =
      read_session (call->L, SCRIPT_FIRST, self->initiator, "mpio_disk:add_path", error);
  if (session == NULL)
    return FALSE;
  GPtrArray *sessions = g_ptr_array_new ();
  g_ptr_array_add (sessions, session);
  return script_wait (call, building_begin (self, sessions, "mpio_disk:add_path", FALSE));
}

/* For the words that do something to the n-th path. */
static gboolean
on_path (ScriptCall *call, const char *word, void (*act) (MpioDisk *, guint), GError **error)
{
  const LabMpio *self = call->self;
  gint64 index = 0;
  if (!mpio_must_be_there (self, word, error)
      || !option_read_value (call->L, SCRIPT_FIRST, "mpio_disk: which path", OPTION_NUMBER, &index,
                             error))
    return FALSE;
  const guint count = mpio_disk_path_count (self->mpio);
  if (index >= 1 && index <= (gint64) count) {
    act (self->mpio, (guint) index - 1);
    return TRUE;
  }
  g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_USAGE,
               "mpio_disk:%s: expected a path from 1 to %u, got %" G_GINT64_FORMAT, word, count,
               index);
  return FALSE;
}

static gboolean
word_fail_path (ScriptCall *call, GError **error)
{
  return on_path (call, "fail_path", mpio_disk_fail_path, error);
}

static gboolean
word_check_path (ScriptCall *call, GError **error)
{
  return on_path (call, "check_path", mpio_disk_check_path, error);
}

static gboolean
word_remove_path (ScriptCall *call, GError **error)
{
  return on_path (call, "remove_path", mpio_disk_remove_path, error);
}

static gboolean
word_set_policy (ScriptCall *call, GError **error)
{
  const LabMpio *self = call->self;
  const char *name = NULL;
  const MpioPolicy *policy;
  if (!mpio_must_be_there (self, "set_policy", error)
      || !option_read_value (call->L, SCRIPT_FIRST, "mpio_disk:set_policy", OPTION_STRING, &name,
                             error)
      || !read_policy ("mpio_disk:set_policy", name, &policy, error))
    return FALSE;
  mpio_disk_set_policy (self->mpio, policy);
  return TRUE;
}

static void
set_number (lua_State *L, const char *name, guint64 value)
{
  lua_pushinteger (L, (lua_Integer) value);
  lua_setfield (L, -2, name);
}

static void
get_paths (gpointer data, lua_State *L)
{
  const LabMpio *self = data;
  lua_newtable (L);
  const guint count = self->mpio != NULL ? mpio_disk_path_count (self->mpio) : 0;
  for (guint i = 0; i < count; i++) {
    MpioPathInfo info;
    mpio_disk_path_info (self->mpio, i, &info);
    lua_newtable (L);
    lua_pushstring (L, mpio_path_state_name (info.state));
    lua_setfield (L, -2, "state");
    script_push_object (L, &lab_session_of (self->initiator, info.session)->object);
    lua_setfield (L, -2, "session");
    set_number (L, "in_flight", info.in_flight);
    set_number (L, "commands", info.commands);
    set_number (L, "failures", info.failures);
    lua_rawseti (L, -2, (lua_Integer) i + 1);
  }
}

static void
get_policy (gpointer data, lua_State *L)
{
  const LabMpio *self = data;
  lua_pushstring (L, self->mpio != NULL ? mpio_policy_name (mpio_disk_policy (self->mpio)) : NULL);
}

static void
get_identity (gpointer data, lua_State *L)
{
  const LabMpio *self = data;
  lua_pushstring (L, self->mpio != NULL ? mpio_disk_identity (self->mpio) : NULL);
}

static void
get_is_gone (gpointer data, lua_State *L)
{
  const LabMpio *self = data;
  lua_pushboolean (L, self->mpio == NULL || mpio_disk_is_gone (self->mpio));
}

static const ScriptWord words[] = {
  { "paths", NULL, get_paths,
    "list of tables: state ('active', 'standby', 'failed', 'removed'), session, in_flight, "
    "commands, failures",
    NULL },
  { "policy", NULL, get_policy, "its name", NULL },
  { "identity", NULL, get_identity, "by which its unit is known on every path", NULL },
  { "is_gone", NULL, get_is_gone, "no path came back in time, or its initiator went down", NULL },
  { "set_policy", word_set_policy, NULL, "mpio_disk:set_policy (name)", NULL },
  { "add_path", word_add_path, NULL,
    "mpio_disk:add_path (session): an error if its LUN is another one", NULL },
  { "fail_path", word_fail_path, NULL,
    "mpio_disk:fail_path (n): until the checker finds it well again", NULL },
  { "check_path", word_check_path, NULL, "mpio_disk:check_path (n): now", NULL },
  { "remove_path", word_remove_path, NULL, "mpio_disk:remove_path (n): for good", NULL },
  DISK_WORDS,
};

const ScriptClass mpio_class = { "mpio_disk", words, G_N_ELEMENTS (words) };
