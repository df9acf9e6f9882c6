/* SPDX-License-Identifier: Apache-2.0 */
/* sandbox.c - the Lua state: its bounds, its globals, and the trampoline into C
 *
 * Method: the stock libraries are opened, what must not be there is taken out, and what must be different is written over by
 * words of ours (sandbox-text.c, sandbox-walk.c, sandbox-sort.c, and the few here). The libraries are not entered in Lua's
 * table of loaded modules: lauxlib would search that in hash order for a function's name when it words an error.
 *
 * A script's globals are an empty table of their own. Reads fall through to the real globals, and from there to an error;
 * writes are an error. So a forgotten `local` is found at its line.
 *
 * Bounds: memory is counted by the allocator, instructions by Lua's count hook, both over all coroutines. Neither can be
 * caught by a script: pcall raises it again.
 */
#include "harness/script/sandbox-internal.h"

#include <lualib.h>
#include <stdlib.h>

#define ENVIRONMENT                                                                                \
  "iscsilab.environment" /* in the registry: the table that scripts have for globals */
#define INSTRUCTIONS_PER_COUNT 1000

G_DEFINE_QUARK (iscsilab_sandbox_error, sandbox_error)

Sandbox *
sandbox_of (lua_State *L)
{
  void *data;
  lua_getallocf (L, &data);
  Sandbox *sandbox = data;
  CHECK (sandbox, SANDBOX_MAGIC);
  return sandbox;
}

/* ---- bounds ---- */

/* As lua_Alloc asks: for a new block, old_size is not a size. To shrink always succeeds. */
static void *
bound_allocate (void *data, void *block, size_t old_size, size_t new_size)
{
  Sandbox *sandbox = data;
  const gsize held = block != NULL ? old_size : 0;
  if (new_size == 0) {
    sandbox->memory_used -= held;
    free (block);
    return NULL;
  }
  const gsize limit = sandbox->limits.memory_bytes;
  const gsize others = sandbox->memory_used - held;
  if (limit != 0 && new_size > held && (others > limit || new_size > limit - others)) {
    sandbox->is_memory_refused = TRUE;
    return NULL;
  }
  void *moved = realloc (block, new_size);
  if (moved != NULL)
    sandbox->memory_used = others + new_size;
  return moved;
}

/* `level`: the function to blame, 0 is the running one. */
static int
bound_raise_instructions (lua_State *L, int level)
{
  luaL_where (L, level);
  lua_pushfstring (L, "passed the bound of %I instructions",
                   (LUAI_UACINT) sandbox_of (L)->limits.instructions);
  lua_concat (L, 2);
  return lua_error (L);
}

static void
bound_on_count (lua_State *L, lua_Debug *record)
{
  Sandbox *sandbox = sandbox_of (L);
  sandbox->instructions += sandbox->interval;
  if (sandbox->instructions < sandbox->limits.instructions)
    return;
  sandbox->is_bound_passed = TRUE;
  bound_raise_instructions (L, 0);
}

/* Coroutines inherit the hook from the thread that makes them. */
static void
bound_instructions (lua_State *L, Sandbox *sandbox)
{
  if (sandbox->limits.instructions == 0)
    return;
  sandbox->interval = (int) MIN (sandbox->limits.instructions, INSTRUCTIONS_PER_COUNT);
  lua_sethook (L, bound_on_count, LUA_MASKCOUNT, sandbox->interval);
}

static gboolean
bound_is_memory (const Sandbox *sandbox, int status)
{
  return status == LUA_ERRMEM && sandbox->is_memory_refused;
}

/* ---- errors out ---- */

/* The innermost line of script on L's stack, "file:line: ". No Lua memory is used: there may be none. */
static char *
error_place (lua_State *L)
{
  lua_Debug record;
  for (int level = 0; lua_getstack (L, level, &record); level++) {
    lua_getinfo (L, "Sl", &record);
    if (record.currentline > 0)
      return g_strdup_printf ("%s:%d: ", record.short_src, record.currentline);
  }
  return g_strdup ("");
}

static int
error_to_text (lua_State *L)
{
  sandbox_to_text (L, 1);
  return 1;
}

/* On the main thread: a coroutine that died cannot call anything. */
static char *
error_object_text (lua_State *L)
{
  lua_rawgeti (L, LUA_REGISTRYINDEX, LUA_RIDX_MAINTHREAD);
  lua_State *main_thread = lua_tothread (L, -1);
  lua_pop (L, 1);

  lua_pushcfunction (main_thread, error_to_text);
  lua_pushvalue (L, main_thread == L ? -2 : -1);
  if (main_thread != L)
    lua_xmove (L, main_thread, 1);
  char *text = lua_pcall (main_thread, 1, 1, 0) == LUA_OK
                   ? g_strdup (lua_tostring (main_thread, -1))
                   : g_strdup_printf ("an error that is a %s", luaL_typename (L, -1));
  lua_pop (main_thread, 1);
  return text;
}

char *
sandbox_error_text (lua_State *L, int status)
{
  Sandbox *sandbox = sandbox_of (L);
  CHECK_THAT (status != LUA_OK && status != LUA_YIELD);
  if (bound_is_memory (sandbox, status)) {
    sandbox->is_bound_passed = TRUE;
    g_autofree char *place = error_place (L);
    return g_strdup_printf ("%spassed the bound of %" G_GSIZE_FORMAT " bytes of memory", place,
                            sandbox->limits.memory_bytes);
  }
  if (lua_type (L, -1) == LUA_TSTRING)
    return g_strdup (lua_tostring (L, -1));
  return error_object_text (L);
}

gboolean
sandbox_is_bound_passed (lua_State *L)
{
  return sandbox_of (L)->is_bound_passed;
}

/* ---- words of the language that are different here ---- */

/* What pcall and xpcall come back with; `below` values of theirs lie under it. */
static int
word_protected (lua_State *L, int status, lua_KContext below)
{
  if (status == LUA_OK || status == LUA_YIELD)
    return lua_gettop (L) - (int) below;

  Sandbox *sandbox = sandbox_of (L);
  if (bound_is_memory (sandbox, status)) {
    sandbox->is_bound_passed = TRUE;
    return lua_error (L); /* the same object: to word another one might need memory */
  }
  if (sandbox->is_bound_passed)
    return bound_raise_instructions (L, 1);
  lua_pushboolean (L, FALSE);
  lua_pushvalue (L, -2);
  return 2;
}

static int
word_pcall (lua_State *L)
{
  luaL_checkany (L, 1);
  lua_pushboolean (L, TRUE);
  lua_insert (L, 1);
  const int status = lua_pcallk (L, lua_gettop (L) - 2, LUA_MULTRET, 0, 0, word_protected);
  return word_protected (L, status, 0);
}

/* The script's handler, unless a bound was passed: Lua calls it from inside the count hook, where it counts nothing, so that
 * a handler that loops would loop for ever. */
static int
word_handler (lua_State *L)
{
  if (sandbox_of (L)->is_bound_passed)
    return 1;
  lua_pushvalue (L, lua_upvalueindex (1));
  lua_insert (L, 1);
  lua_call (L, 1, 1);
  return 1;
}

static int
word_xpcall (lua_State *L)
{
  const int arguments = lua_gettop (L) - 2;
  luaL_checktype (L, 2, LUA_TFUNCTION);
  lua_pushvalue (L, 2);
  lua_pushcclosure (L, word_handler, 1);
  lua_replace (L, 2);
  lua_pushboolean (L, TRUE);
  lua_pushvalue (L, 1);
  lua_rotate (L, 3, 2); /* function, handler, true, function, arguments */
  const int status = lua_pcallk (L, arguments, LUA_MULTRET, 2, 2, word_protected);
  return word_protected (L, status, 2);
}

static int
word_setmetatable (lua_State *L)
{
  static const char *const refused[] = { "__gc", "__mode" };
  for (guint i = 0; i < G_N_ELEMENTS (refused) && lua_istable (L, 2); i++) {
    lua_pushstring (L, refused[i]);
    if (lua_rawget (L, 2) != LUA_TNIL)
      return luaL_error (
          L, "setmetatable: '%s' is refused: when memory is collected differs from run to run",
          refused[i]);
    lua_pop (L, 1);
  }
  return sandbox_of (L)->stock_setmetatable (L);
}

static int
word_assign (lua_State *L)
{
  return luaL_error (L, "assignment to undefined variable '%s'", sandbox_to_text (L, 2));
}

static int
word_undefined (lua_State *L)
{
  return luaL_error (L, "undefined variable '%s'", sandbox_to_text (L, 2));
}

static int
word_rawset (lua_State *L)
{
  lua_getfield (L, LUA_REGISTRYINDEX, ENVIRONMENT);
  if (lua_rawequal (L, 1, -1))
    return word_assign (L);
  lua_pop (L, 1);
  return sandbox_of (L)->stock_rawset (L);
}

static const luaL_Reg base_words[] = {
  { "pcall", word_pcall },
  { "rawset", word_rawset },
  { "setmetatable", word_setmetatable },
  { "xpcall", word_xpcall },
  { NULL, NULL },
};

/* ---- building the state ---- */

static const char *const base_removed[] = { "_G",       "collectgarbage", "dofile", "load",
                                            "loadfile", "warn",           NULL };
static const char *const string_removed[] = { "dump", NULL };
static const char *const math_removed[] = { "random", "randomseed", NULL };

/* The function of that name in the table on top. */
static lua_CFunction
build_stock (lua_State *L, const char *name)
{
  lua_getfield (L, -1, name);
  const lua_CFunction function = lua_tocfunction (L, -1);
  CHECK_THAT (function != NULL);
  lua_pop (L, 1);
  return function;
}

/* Takes names out of the table on top. */
static void
build_remove (lua_State *L, const char *const *names)
{
  for (; *names != NULL; names++) {
    lua_pushnil (L);
    lua_setfield (L, -2, *names);
  }
}

/* Opens a library, and leaves its table on top. */
static void
build_open (lua_State *L, lua_CFunction open)
{
  lua_pushcfunction (L, open);
  lua_call (L, 0, 1);
}

static void
build_base (lua_State *L, Sandbox *sandbox)
{
  build_open (L, luaopen_base);
  sandbox->stock_setmetatable = build_stock (L, "setmetatable");
  sandbox->stock_rawset = build_stock (L, "rawset");
  build_remove (L, base_removed);
  luaL_setfuncs (L, base_words, 0);
  luaL_setfuncs (L, sandbox_text_base, 0);
  luaL_setfuncs (L, sandbox_walk_base, 0);
  lua_pop (L, 1);
}

static void
build_libraries (lua_State *L, Sandbox *sandbox)
{
  build_open (L, luaopen_string);
  sandbox->stock_format = build_stock (L, "format");
  build_remove (L, string_removed);
  luaL_setfuncs (L, sandbox_text_string, 0);
  lua_setglobal (L, "string");

  build_open (L, luaopen_table);
  luaL_setfuncs (L, sandbox_sort_table, 0);
  lua_setglobal (L, "table");

  build_open (L, luaopen_math);
  build_remove (L, math_removed);
  lua_setglobal (L, "math");

  build_open (L, luaopen_utf8);
  lua_setglobal (L, "utf8");
}

/* Closes the metatable on top: getmetatable shows false in its place, setmetatable does not change it. */
static void
build_protect (lua_State *L)
{
  lua_pushboolean (L, FALSE);
  lua_setfield (L, -2, "__metatable");
}

static void
build_protect_strings (lua_State *L)
{
  lua_pushliteral (L, "");
  lua_getmetatable (L, -1);
  build_protect (L);
  lua_pop (L, 2);
}

static void
build_environment (lua_State *L)
{
  lua_newtable (L); /* what scripts see: always empty */
  lua_newtable (L);
  build_protect (L);
  lua_pushcfunction (L, word_assign);
  lua_setfield (L, -2, "__newindex");
  lua_pushglobaltable (L);
  lua_newtable (L);
  build_protect (L);
  lua_pushcfunction (L, word_undefined);
  lua_setfield (L, -2, "__index");
  lua_setmetatable (L, -2);
  lua_setfield (L, -2, "__index");
  lua_setmetatable (L, -2);
  lua_setfield (L, LUA_REGISTRYINDEX, ENVIRONMENT);
}

static int
build_all (lua_State *L)
{
  Sandbox *sandbox = sandbox_of (L);
  build_base (L, sandbox);
  build_libraries (L, sandbox);
  build_protect_strings (L);
  build_environment (L);
  return 0;
}

/* An error that nobody protects from is ours, never a script's. */
static int
sandbox_panic (lua_State *L)
{
  check_failed (__FILE__, __LINE__, "no Lua error outside of a protected call");
}

lua_State *
sandbox_new (const SandboxLimits *limits, GError **error)
{
  Sandbox *sandbox = g_new0 (Sandbox, 1);
  sandbox->magic = SANDBOX_MAGIC;
  sandbox->limits = *limits;

  lua_State *L = lua_newstate (bound_allocate, sandbox);
  if (L != NULL) {
    lua_atpanic (L, sandbox_panic);
    lua_pushcfunction (L, build_all);
    if (lua_pcall (L, 0, 0, 0) == LUA_OK) {
      bound_instructions (L, sandbox);
      return L;
    }
    lua_close (L);
  }
  g_free (sandbox);
  g_set_error (error, SANDBOX_ERROR, SANDBOX_ERROR_BOUND,
               "the bound of %" G_GSIZE_FORMAT " bytes of memory does not do for an empty script",
               limits->memory_bytes);
  return NULL;
}

void
sandbox_free (lua_State *L)
{
  if (L == NULL)
    return;
  Sandbox *sandbox = sandbox_of (L);
  lua_close (L);
  g_clear_error (&sandbox->raised);
  sandbox->magic = 0;
  g_free (sandbox);
}

void
sandbox_set_print (lua_State *L, SandboxPrint print, gpointer data)
{
  Sandbox *sandbox = sandbox_of (L);
  sandbox->print = print;
  sandbox->print_data = data;
}

/* ---- loading ---- */

/* Argument: the path. Results: a SandboxError and a message, or nil and the chunk. */
static int
load_file (lua_State *L)
{
  const char *path = lua_touserdata (L, 1);
  const int status = luaL_loadfilex (L, path, "t");
  if (status != LUA_OK) {
    if (status == LUA_ERRMEM)
      return lua_error (L);
    lua_pushinteger (L, status == LUA_ERRFILE ? SANDBOX_ERROR_FILE : SANDBOX_ERROR_SYNTAX);
    lua_insert (L, -2);
    return 2;
  }
  lua_getfield (L, LUA_REGISTRYINDEX, ENVIRONMENT);
  CHECK_THAT (lua_setupvalue (L, -2, 1) != NULL); /* _ENV, which every chunk has */
  lua_pushnil (L);
  lua_insert (L, -2);
  return 2;
}

/* Lua words this one without the file. */
static gboolean
load_is_compiled (const char *message)
{
  return g_str_has_prefix (message, "attempt to load a binary chunk");
}

gboolean
sandbox_load_file (lua_State *L, const char *path, GError **error)
{
  lua_pushcfunction (L, load_file);
  lua_pushlightuserdata (L, (void *) path);
  const int status = lua_pcall (L, 1, 2, 0);
  if (status != LUA_OK) {
    g_autofree char *text = sandbox_error_text (L, status);
    g_set_error (error, SANDBOX_ERROR, SANDBOX_ERROR_BOUND, "%s:1: %s", path, text);
    lua_pop (L, 1);
    return FALSE;
  }
  if (lua_isnil (L, -2)) {
    lua_remove (L, -2);
    return TRUE;
  }
  const char *message = lua_tostring (L, -1);
  const int code = (int) lua_tointeger (L, -2);
  if (load_is_compiled (message))
    g_set_error (error, SANDBOX_ERROR, code, "%s:1: expected Lua text, got a compiled chunk", path);
  else
    g_set_error_literal (error, SANDBOX_ERROR, code, message);
  lua_pop (L, 2);
  return FALSE;
}

/* ---- the trampoline ---- */

/* The GError moves to the sandbox first: any of these pushes may raise for want of memory. */
static int
trampoline_raise (lua_State *L, GError *error /* transfer full */)
{
  Sandbox *sandbox = sandbox_of (L);
  g_clear_error (&sandbox->raised);
  sandbox->raised = error;
  luaL_where (L, 1);
  lua_pushstring (L, error->message);
  lua_concat (L, 2);
  return lua_error (L);
}

static int trampoline_resumed (lua_State *L, int status, lua_KContext context);

static int
trampoline (lua_State *L)
{
  const SandboxFn fn = (SandboxFn) lua_touserdata (L, lua_upvalueindex (1));
  GError *error = NULL;
  int results = 0;
  const gboolean is_done = fn (L, &results, &error);
  CHECK_THAT (is_done == (error == NULL));
  if (!is_done)
    return trampoline_raise (L, error);
  if (results != SANDBOX_WAIT)
    return results;
  if (!lua_isyieldable (L))
    return luaL_error (
        L, "cannot wait here: a condition, a comparison and a metamethod must answer at once");
  return lua_yieldk (L, 0, 0, trampoline_resumed);
}

static int
trampoline_resumed (lua_State *L, int status, lua_KContext context)
{
  return trampoline (L);
}

void
sandbox_push_function (lua_State *L, SandboxFn fn, int upvalues)
{
  lua_pushlightuserdata (L, (void *) fn);
  lua_insert (L, -1 - upvalues);
  lua_pushcclosure (L, trampoline, upvalues + 1);
}
