/* SPDX-License-Identifier: Apache-2.0 */
/* object.c - classes of script objects on Lua userdata
 *
 * The userdata holds one pointer. __index finds a word in the class's table: a property is pushed, a method becomes a function
 * (made once, kept in the metatable). What a method waits for stands as a light userdata on top of its stack: scripts can make
 * none, so a call that finds one there is the second.
 */
#include "harness/script/object.h"

#include "harness/script/lab.h"

#define CREATION_VALUE 1 /* the user value that the sandbox sorts by */

static const char lab_key; /* its address names the Lab in the registry */

void
script_object_init (ScriptObject *object, const ScriptClass *class, Lab *lab)
{
  *object = (ScriptObject){ class, lab, LUA_NOREF, ++lab->last_object };
}

ScriptObject *
script_any_object (lua_State *L, int index)
{
  if (lua_type (L, index) != LUA_TUSERDATA || !lua_getmetatable (L, index))
    return NULL;
  const gboolean is_ours = lua_rawgetp (L, -1, &lab_key) != LUA_TNIL;
  lua_pop (L, 2);
  return is_ours ? *(ScriptObject **) lua_touserdata (L, index) : NULL;
}

gpointer
script_to_object (lua_State *L, int index, const ScriptClass *class, const char *what,
                  GError **error)
{
  ScriptObject *object = script_any_object (L, index);
  if (object != NULL && object->class == class)
    return object;
  g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_USAGE, "%s: expected a %s, got %s", what,
               class->name, object != NULL ? object->class->name : luaL_typename (L, index));
  return NULL;
}

/* ---- words ---- */

static const ScriptWord *
word_find (const ScriptClass *class, const char *name)
{
  for (guint i = 0; i < class->count; i++)
    if (strcmp (class->words[i].name, name) == 0)
      return &class->words[i];
  return NULL;
}

/* Upvalue 1: the ScriptWord, 2: the class. */
static gboolean
word_call (lua_State *L, int *ret_results, GError **error)
{
  const ScriptWord *word = lua_touserdata (L, SANDBOX_UPVALUE (1));
  const ScriptClass *class = lua_touserdata (L, SANDBOX_UPVALUE (2));
  ScriptObject *self = script_any_object (L, 1);
  if (self == NULL || self->class != class) {
    g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_USAGE,
                 "%s: expected a call as %s:%s (...), got one without its object", word->name,
                 class->name, word->name);
    return FALSE;
  }
  ScriptCall call = { .L = L, .lab = self->lab, .self = self };
  if (lua_type (L, -1) == LUA_TLIGHTUSERDATA) {
    call.waited = lua_touserdata (L, -1);
    lua_pop (L, 1);
  }
  if (lab_is_over (self->lab)) {
    g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_ENDED, "%s:%s: the run is over", class->name,
                 word->name);
    return FALSE;
  }
  if (!word->method (&call, error))
    return FALSE;
  *ret_results = call.results;
  return TRUE;
}

gboolean
script_wait (ScriptCall *call, LabCall *lab_call)
{
  lua_pushlightuserdata (call->L, lab_call);
  lab_wait_for (call->lab, lab_call);
  call->results = SANDBOX_WAIT;
  return TRUE;
}

static void
word_push_function (lua_State *L, const ScriptClass *class, const ScriptWord *word)
{
  if (lua_rawgetp (L, -1, word) == LUA_TFUNCTION)
    return;
  lua_pop (L, 1);
  lua_pushlightuserdata (L, (gpointer) word);
  lua_pushlightuserdata (L, (gpointer) class);
  sandbox_push_function (L, word_call, 2);
  lua_pushvalue (L, -1);
  lua_rawsetp (L, -3, word);
}

static char *
class_names (const ScriptClass *class)
{
  GString *names = g_string_new (NULL);
  for (guint i = 0; i < class->count; i++)
    g_string_append_printf (names, "%s%s", i > 0 ? ", " : "", class->words[i].name);
  return g_string_free (names, FALSE);
}

static gboolean
object_index (lua_State *L, int *ret_results, GError **error)
{
  ScriptObject *self = script_any_object (L, 1);
  const char *name = lua_type (L, 2) == LUA_TSTRING ? lua_tostring (L, 2) : "?";
  const ScriptWord *word = self != NULL ? word_find (self->class, name) : NULL;
  if (word == NULL) {
    g_autofree char *names = self != NULL ? class_names (self->class) : g_strdup ("its words");
    g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_USAGE, "%s: expected one of %s, got '%s'",
                 self != NULL ? self->class->name : "object", names, name);
    return FALSE;
  }
  if (word->get != NULL) {
    word->get (self, L);
  } else {
    lua_getmetatable (L, 1);
    word_push_function (L, self->class, word);
  }
  *ret_results = 1;
  return TRUE;
}

static gboolean
object_newindex (lua_State *L, int *ret_results, GError **error)
{
  g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_USAGE, "%s: expected no assignment to '%s'",
               luaL_typename (L, 1),
               lua_type (L, 2) == LUA_TSTRING ? lua_tostring (L, 2) : luaL_typename (L, 2));
  return FALSE;
}

/* ---- userdata ---- */

static void
push_metatable (lua_State *L, const ScriptClass *class)
{
  if (lua_rawgetp (L, LUA_REGISTRYINDEX, class) == LUA_TTABLE)
    return;
  lua_pop (L, 1);
  lua_newtable (L);
  lua_pushboolean (L, TRUE);
  lua_rawsetp (L, -2, &lab_key);
  lua_pushstring (L, class->name);
  lua_setfield (L, -2, "__name");
  lua_pushboolean (L, FALSE);
  lua_setfield (L, -2, "__metatable");
  sandbox_push_function (L, object_index, 0);
  lua_setfield (L, -2, "__index");
  sandbox_push_function (L, object_newindex, 0);
  lua_setfield (L, -2, "__newindex");
  lua_pushvalue (L, -1);
  lua_rawsetp (L, LUA_REGISTRYINDEX, class);
}

void
script_push_object (lua_State *L, ScriptObject *object)
{
  if (object == NULL) {
    lua_pushnil (L);
    return;
  }
  if (object->reference == LUA_NOREF) {
    ScriptObject **userdata = lua_newuserdatauv (L, sizeof *userdata, CREATION_VALUE);
    *userdata = object;
    lua_pushinteger (L, (lua_Integer) object->creation);
    lua_setiuservalue (L, -2, CREATION_VALUE);
    push_metatable (L, object->class);
    lua_setmetatable (L, -2);
    object->reference = luaL_ref (L, LUA_REGISTRYINDEX);
  }
  lua_rawgeti (L, LUA_REGISTRYINDEX, object->reference);
}
