/* SPDX-License-Identifier: Apache-2.0 */
/* words-discovery.c - which targets there are, and targets that send their initiators elsewhere */
#include "harness/script/lab.h"
#include "initiator/discovery.h"

/* ---- initiator:discover ---- */

typedef struct DiscoverValues {
  const char *portal;
} DiscoverValues;

static const Option discover_rows[] = {
  { "portal", OPTION_STRING, G_STRUCT_OFFSET (DiscoverValues, portal), TRUE, "'address:port'" },
};
const OptionTable discover_options = OPTION_TABLE ("initiator:discover", discover_rows);

static void
target_copy_free (gpointer data)
{
  DiscoveredTarget *target = data;
  g_array_unref (target->portals);
  g_free (target->name);
  g_free (target);
}

static GPtrArray *
targets_copy (const GPtrArray *targets)
{
  GPtrArray *copy = g_ptr_array_new_with_free_func (target_copy_free);
  for (guint i = 0; i < targets->len; i++) {
    const DiscoveredTarget *target = targets->pdata[i];
    DiscoveredTarget *mine = g_new0 (DiscoveredTarget, 1);
    mine->name = g_strdup (target->name);
    mine->portals = g_array_copy (target->portals);
    g_ptr_array_add (copy, mine);
  }
  return copy;
}

static void
discovered (gpointer data, const GPtrArray *targets, const GError *error)
{
  LabCall *call = data;
  call->result = error == NULL ? targets_copy (targets) : NULL;
  lab_call_done (call, error);
}

static void
push_discovered (lua_State *L, const DiscoveredTarget *target)
{
  const int count = (int) target->portals->len;
  lua_createtable (L, 0, 3);
  lua_pushstring (L, target->name);
  lua_setfield (L, -2, "node_address");
  lua_createtable (L, count, 0);
  lua_createtable (L, count, 0);
  for (int i = 0; i < count; i++) {
    const DiscoveredPortal *portal = &g_array_index (target->portals, DiscoveredPortal, (guint) i);
    char text[ADDRESS_TEXT_LENGTH];
    lua_pushinteger (L, portal->group_tag);
    lua_rawseti (L, -2, i + 1);
    lua_pushstring (L, address_text (&portal->address, text));
    lua_rawseti (L, -3, i + 1);
  }
  lua_setfield (L, -3, "groups");
  lua_setfield (L, -2, "portals");
}

static gboolean
discover_ended (ScriptCall *call, GError **error)
{
  g_autoptr (GPtrArray) targets = g_steal_pointer (&call->waited->result);
  if (call->waited->error != NULL) {
    g_propagate_error (error, g_error_copy (call->waited->error));
    return FALSE;
  }
  lua_createtable (call->L, (int) targets->len, 0);
  for (guint i = 0; i < targets->len; i++) {
    push_discovered (call->L, targets->pdata[i]);
    lua_rawseti (call->L, -2, (lua_Integer) i + 1);
  }
  call->results = 1;
  return TRUE;
}

gboolean
initiator_word_discover (ScriptCall *call, GError **error)
{
  LabInitiator *self = call->self;
  DiscoverValues values = { 0 };
  Address portal;
  if (call->waited != NULL)
    return discover_ended (call, error);
  if (!options_read (call->L, SCRIPT_FIRST, &discover_options, &values, error)
      || !address_parse (values.portal, 3260, &portal, error))
    return FALSE;
  if (self->initiator == NULL) {
    g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_FAILED,
                 "initiator:discover: expected an initiator that is up, got one that is down");
    return FALSE;
  }
  LabCall *discovering = lab_call_new (call->lab, "initiator:discover");
  initiator_discover (self->initiator, &portal, discovered, discovering);
  return script_wait (call, discovering);
}

/* ---- target:redirect ---- */

typedef struct RedirectValues {
  int to;
  const char *portal;
  gboolean permanent;
  gboolean late;
} RedirectValues;

static const Option redirect_rows[] = {
  { "to", OPTION_VALUE, G_STRUCT_OFFSET (RedirectValues, to), TRUE,
    "'address:port', or a list of them in order of preference; an empty list breaks the rule that "
    "there is one" },
  { "portal", OPTION_STRING, G_STRUCT_OFFSET (RedirectValues, portal), FALSE,
    "which of its portals says so; default: all" },
  { "permanent", OPTION_BOOLEAN, G_STRUCT_OFFSET (RedirectValues, permanent), FALSE,
    "moved for good; default: for now" },
  { "late", OPTION_BOOLEAN, G_STRUCT_OFFSET (RedirectValues, late), FALSE,
    "said at the end of the login, not at once" },
};
const OptionTable redirect_options = OPTION_TABLE ("target:redirect", redirect_rows);

static gboolean
redirect_must_work (const LabTarget *target, const char *word, GError **error)
{
  Lab *lab = target->object.lab;
  if (lab_is_foreign (lab))
    return lab_skip (lab, error, "%s: target:%s is for the embedded target", lab->request->target,
                     word);
  if (target->sim != NULL)
    return TRUE;
  g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_FAILED,
               "target:%s: expected a target that is up, got one that is down", word);
  return FALSE;
}

/* The strings of a string or a list; borrowed from the script, which holds them during the call. */
static gboolean
redirect_read_addresses (lua_State *L, int index, GPtrArray *addresses, GError **error)
{
  const lua_Unsigned count = lua_istable (L, index) ? lua_rawlen (L, index) : 0;
  gboolean is_good = lua_istable (L, index) || lua_type (L, index) == LUA_TSTRING;
  if (lua_type (L, index) == LUA_TSTRING)
    g_ptr_array_add (addresses, (gpointer) lua_tostring (L, index));
  for (lua_Unsigned i = 1; is_good && i <= count; i++) {
    is_good = lua_rawgeti (L, index, (lua_Integer) i) == LUA_TSTRING;
    if (is_good)
      g_ptr_array_add (addresses, (gpointer) lua_tostring (L, -1));
    lua_pop (L, 1);
  }
  g_ptr_array_add (addresses, NULL);
  if (!is_good)
    g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_USAGE,
                 "target:redirect: 'to': expected 'address:port' or a list of them, got %s",
                 luaL_typename (L, index));
  return is_good;
}

static gboolean
redirect_set (const LabTarget *target, const char *portal, const TargetRedirect *redirect,
              GError **error)
{
  gboolean is_found = FALSE;
  for (guint i = 0; i < target->portals->len; i++) {
    char text[ADDRESS_TEXT_LENGTH];
    const Address *address = &g_array_index (target->portals, Address, i);
    if (portal != NULL && strcmp (address_text (address, text), portal) != 0)
      continue;
    target_sim_redirect (target->sim, i, redirect);
    is_found = TRUE;
  }
  if (!is_found)
    g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_USAGE,
                 "target:redirect: 'portal': expected one of the target's, got '%s'", portal);
  return is_found;
}

gboolean
target_word_redirect (ScriptCall *call, GError **error)
{
  const LabTarget *target = call->self;
  RedirectValues values = { 0 };
  g_autoptr (GPtrArray) addresses = g_ptr_array_new ();
  if (!redirect_must_work (target, "redirect", error)
      || !options_read (call->L, SCRIPT_FIRST, &redirect_options, &values, error)
      || !redirect_read_addresses (call->L, values.to, addresses, error))
    return FALSE;
  const TargetRedirect redirect = { (const char *const *) addresses->pdata, values.permanent,
                                    values.late };
  return redirect_set (target, values.portal, &redirect, error);
}

gboolean
target_word_redirect_off (ScriptCall *call, GError **error)
{
  return redirect_must_work (call->self, "redirect_off", error)
         && redirect_set (call->self, NULL, NULL, error);
}
