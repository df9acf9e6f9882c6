/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/script/option-keys.h"

/* More than this the engines cannot do. */
typedef struct KeyLimit {
  KeyId id;
  guint32 most;
} KeyLimit;

static const KeyLimit key_limits[] = {
  { KEY_MAX_CONNECTIONS, 1 },
  { KEY_ERROR_RECOVERY_LEVEL, 0 },
  { KEY_AUTH_METHOD, AUTH_METHOD_NONE },
};

static gboolean
key_is_within (const KeyInfo *info, const char *text, guint32 value, const char *word,
               GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (key_limits); i++)
    if (key_limits[i].id == info->id && value > key_limits[i].most) {
      g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_USAGE,
                   "%s: 'keys': '%s': expected what both engines can do, got '%s'", word,
                   info->name, text);
      return FALSE;
    }
  return TRUE;
}

/* The name and the value are the two topmost of the stack. */
static gboolean
option_read_key (lua_State *L, const char *word, KeyValues *values, GError **error)
{
  if (lua_type (L, -2) != LUA_TSTRING) {
    g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_USAGE,
                 "%s: 'keys': expected names of keys, got a list", word);
    return FALSE;
  }
  const char *name = lua_tostring (L, -2);
  const KeyInfo *info = key_find (name);
  if (info == NULL || info->kind == KEY_KIND_TEXT) {
    g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_USAGE,
                 "%s: 'keys': expected the name of a key that is negotiated, got '%s'", word, name);
    return FALSE;
  }
  g_autofree char *text = lua_isinteger (L, -1) ? g_strdup_printf ("%lld", lua_tointeger (L, -1))
                                                : g_strdup (lua_tostring (L, -1));
  if (text == NULL) {
    g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_USAGE,
                 "%s: 'keys': '%s': expected a number or a string, got %s", word, name,
                 luaL_typename (L, -1));
    return FALSE;
  }
  guint32 *number = &values->number[info->id];
  if (info->kind == KEY_KIND_LIST ? !key_values_set_list (values, info->id, text, error)
                                  : !key_parse_number (info, text, number, error))
    return FALSE;
  return key_is_within (info, text, *number, word, error);
}

gboolean
option_read_keys (lua_State *L, int index, const char *word, KeyValues *values, GError **error)
{
  if (index == 0)
    return TRUE;
  if (lua_type (L, index) != LUA_TTABLE) {
    g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_USAGE, "%s: 'keys': expected a table, got %s",
                 word, luaL_typename (L, index));
    return FALSE;
  }
  /* Each key sets its own member: the order of the walk does not matter. */
  for (lua_pushnil (L); lua_next (L, index) != 0; lua_pop (L, 1))
    if (!option_read_key (L, word, values, error)) {
      lua_pop (L, 2);
      return FALSE;
    }
  return TRUE;
}
