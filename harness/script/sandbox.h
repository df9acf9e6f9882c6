/* SPDX-License-Identifier: Apache-2.0 */
/* sandbox.h - a Lua state in which the same script does the same thing every time
 *
 * What a script can reach is the language, `string`, `table`, `math` and `utf8`, less everything that would show it an
 * address, the time, a file, a random number or the order of a hash table:
 *
 *   not there        coroutine, debug, io, os, package, require, dofile, load, loadfile, collectgarbage, warn, _G,
 *                    string.dump, math.random, math.randomseed
 *   pairs, next      walk in the order booleans, numbers, strings by their bytes, objects by creation number; any other key
 *                    is an error. pairs takes a snapshot: a key that is set while it walks is not visited. A __pairs
 *                    metamethod is honoured as in stock Lua: what it can do is as deterministic as any script. One step of
 *                    next costs the size of the table: pairs is for loops, next for asking whether a table is empty
 *   table.sort       stable; a comparison that raises leaves the table as it was, one that is no order cannot do harm
 *   tostring, %s     "table", "function", or the metatable's __name, without an address; %p is refused
 *   setmetatable     refuses __gc and __mode: when the collector runs must not be seen
 *   globals          reading an unknown one and writing any is an error that names it
 *   pcall, xpcall    cannot catch that a bound was passed
 *
 * What Lua itself leaves undefined stays so: `#t` of a table with holes. A __mode that a script sets in a metatable already in
 * use is not noticed. A C function that runs long (a pattern that backtracks) executes one instruction. The program must leave the categories LC_NUMERIC
 * and LC_COLLATE of its locale at "C". The memory bound is for runaway scripts: the exact byte at which it is passed may
 * differ from run to run, because Lua salts its string hashes; the instruction bound is exact.
 *
 * For bindings: an object is a full userdata whose user value 1 holds its creation number, an integer, unique in the state.
 * Its __gc may free memory and nothing else, because the time of a collection is not part of the run.
 */
#pragma once

#include <glib.h>
#include <lauxlib.h>
#include <lua.h>

typedef struct SandboxLimits {
  gsize memory_bytes; /* 0: no bound */
  guint64
      instructions; /* of Lua's machine, all coroutines together, in steps of 1,000; 0: no bound */
} SandboxLimits;

#define SANDBOX_ERROR (sandbox_error_quark ())
GQuark sandbox_error_quark (void);

typedef enum SandboxError {
  SANDBOX_ERROR_FILE,   /* cannot be read */
  SANDBOX_ERROR_SYNTAX, /* is not Lua text */
  SANDBOX_ERROR_BOUND,  /* a bound of SandboxLimits was passed */
} SandboxError;

/* NULL with SANDBOX_ERROR_BOUND if the memory does not even do for the libraries. */
lua_State *sandbox_new (const SandboxLimits *limits, GError **error);
void sandbox_free (lua_State *L); /* the main thread, as sandbox_new returned it; NULL is fine */

/* Text only, no compiled chunks. Leaves the chunk on the stack, not yet called. The message begins with "file:line: " when
 * there is a line to blame. The script sees the globals that lua_setglobal made, and cannot change them. */
gboolean sandbox_load_file (lua_State *L, const char *path, GError **error);

/* What lua_pcall or lua_resume left on top of L after it returned `status`, as text, transfer full. It begins with
 * "file:line: " when Lua knows the place. The stack stays as it was. Works on a coroutine that died of the error. */
char *sandbox_error_text (lua_State *L, int status);

/* TRUE once a bound was passed: the script has been stopped for good. */
gboolean sandbox_is_bound_passed (lua_State *L);

/* Where print goes: one call per line, without its line feed. Without a hook, print does nothing. */
typedef void (*SandboxPrint) (gpointer data, const char *line);
void sandbox_set_print (lua_State *L, SandboxPrint print, gpointer data);

/* As luaL_tolstring, without addresses: pushes the text, and returns it. Raises what a __tostring raises. */
const char *sandbox_to_text (lua_State *L, int index);

/* ---- the way from Lua into C ----
 *
 * A Lua error is a longjmp, and must not pass over a frame that has something to free. So a binding never raises: it is a
 * SandboxFn, which returns FALSE with *error set, after its own g_autoptr have run; the one C function that Lua really calls
 * is a trampoline, which holds nothing and turns the GError into a Lua error, "file:line: message".
 *
 * A SandboxFn has its arguments at 1.. as any lua_CFunction. It looks at them with what cannot raise (lua_type,
 * lua_tointegerx, lua_tolstring on a string or number, lua_touserdata, luaL_testudata), never with luaL_check..., and it
 * calls Lua functions with lua_pcall only. What allocates in Lua (lua_push..., lua_newtable) raises if memory runs out; that
 * ends the run, and what leaks then leaks once.
 *
 * It says TRUE and how many values on top are the results, or SANDBOX_WAIT: then the coroutine yields, with no values, and
 * once the driver resumes it, with none, the same function is called again with its stack as it left it. So it tells its
 * second call from its first by what it pushed. SANDBOX_WAIT where nothing can wait (in a comparison of table.sort, in a
 * function that C has called) is an error of the script.
 */
#define SANDBOX_WAIT (-1)

typedef gboolean (*SandboxFn) (lua_State *L, int *ret_results, GError **error);

/* Pushes fn as a Lua function; pops `upvalues` values, which fn finds at SANDBOX_UPVALUE (1) and up. */
void sandbox_push_function (lua_State *L, SandboxFn fn, int upvalues);

#define SANDBOX_UPVALUE(n) lua_upvalueindex ((n) + 1)
