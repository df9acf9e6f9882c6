/* SPDX-License-Identifier: Apache-2.0 */
/* served.c - the script of `iscsilab target`: loaded, run as a coroutine, never waited for
 *
 * The driver is the server's loop. Nothing is judged: no oracle, no referee, no liveness; a rule that never fires is told at
 * the end and is no failure. What a scenario would be skipped for is an error here.
 */
#include "harness/script/served.h"

#define MAX_MEMORY (64 * 1024 * 1024)
#define MAX_INSTRUCTIONS                                                                           \
  G_GUINT64_CONSTANT (2000000000) /* a script that only waits gets through days with them */
/* A target that a rule has stopped for good leaves nothing that the world could wait for: it is to wait nevertheless. */
#define IDLE_NS (3600 * NS_PER_S)

struct ServedScript {
  Lab *lab;
  lua_State *L;
  lua_State *co; /* NULL: it has returned */
};

typedef struct ServedValues {
  int run;
} ServedValues;

static const Option served_rows[] = {
  { "run", OPTION_VALUE, G_STRUCT_OFFSET (ServedValues, run), TRUE, "function (lab, target)" },
};
const OptionTable served_options = OPTION_TABLE ("target_script", served_rows);

/* target_script { ... }: the table itself, once its rows are checked. */
static gboolean
word_target_script (lua_State *L, int *ret_results, GError **error)
{
  ServedValues values = { 0 };
  if (!options_read (L, 1, &served_options, &values, error))
    return FALSE;
  if (lua_type (L, values.run) != LUA_TFUNCTION) {
    g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_USAGE,
                 "target_script: 'run': expected a function, got %s",
                 luaL_typename (L, values.run));
    return FALSE;
  }
  lua_pushvalue (L, 1);
  *ret_results = 1;
  return TRUE;
}

static gboolean
script_fail (const char *text, GError **error)
{
  g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_USAGE, "%s", text);
  return FALSE;
}

static gboolean
script_raised (lua_State *L, int status, GError **error)
{
  g_autofree char *text = sandbox_error_text (L, status);
  return script_fail (text, error);
}

/* Leaves the function `run` on the stack. */
static gboolean
script_load (lua_State *L, const char *file, GError **error)
{
  sandbox_push_function (L, word_target_script, 0);
  lua_setglobal (L, "target_script");
  if (!sandbox_load_file (L, file, error))
    return FALSE;
  const int status = lua_pcall (L, 0, 1, 0);
  if (status != LUA_OK)
    return script_raised (L, status, error);
  ServedValues values = { 0 };
  if (lua_type (L, -1) == LUA_TTABLE && options_read (L, -1, &served_options, &values, NULL)
      && lua_type (L, values.run) == LUA_TFUNCTION) {
    lua_pushvalue (L, values.run);
    return TRUE;
  }
  g_autofree char *text = g_strdup_printf (
      "%s: expected a file that returns target_script { run = ... }, got one that does not", file);
  return script_fail (text, error);
}

/* Ends it: it has returned, or has raised. */
static gboolean
script_resume (ServedScript *script, int arguments, GError **error)
{
  int results;
  const int status = lua_resume (script->co, NULL, arguments, &results);
  if (status == LUA_YIELD)
    return TRUE;
  lua_State *co = g_steal_pointer (&script->co);
  return status == LUA_OK || script_raised (co, status, error);
}

ServedScript *
served_script_new (LabTarget *target, const char *file, SandboxPrint print, gpointer print_data,
                   GError **error)
{
  const SandboxLimits limits = { MAX_MEMORY, MAX_INSTRUCTIONS };
  g_autoptr (ServedScript) script = g_new0 (ServedScript, 1);
  script->lab = target->object.lab;
  script->L = sandbox_new (&limits, error);
  if (script->L == NULL)
    return NULL;
  sandbox_set_print (script->L, print, print_data);
  if (!script_load (script->L, file, error))
    return NULL;
  script->co = lua_newthread (script->L);
  lua_insert (script->L, -2);
  lua_xmove (script->L, script->co, 1);
  script_push_object (script->co, &script->lab->object);
  script_push_object (script->co, &target->object);
  if (!script_resume (script, 2, error) || !served_script_go_on (script, error))
    return NULL;
  return g_steal_pointer (&script);
}

/* A target's counters move without an event, and here no initiator of ours has one: a condition is asked once for each step. */
static gboolean
script_may_go_on (const ServedScript *script, gboolean is_new_step)
{
  Lab *lab = script->lab;
  return script->co != NULL
         && (lab_wait_is_over (lab) || (is_new_step && lab->waiting->is_observing));
}

gboolean
served_script_go_on (ServedScript *script, GError **error)
{
  Lab *lab = script->lab;
  for (gboolean is_new_step = TRUE; script_may_go_on (script, is_new_step); is_new_step = FALSE)
    if (!script_resume (script, 0, error))
      return FALSE;
  const gint64 deadline_ns = script->co != NULL ? lab_wait_deadline (lab) : G_MAXINT64;
  world_wake_at (lab->world, MIN (deadline_ns, lab->world->now_ns + IDLE_NS));
  if (!lab_is_over (lab))
    return TRUE;
  /* A rule's deed has failed: a target that cannot start again. */
  g_autofree char *text = g_strdup_printf ("%s: expected %s, got %s", lab->result->property,
                                           lab->result->expected, lab->result->actual);
  return script_fail (text, error);
}

void
served_script_free (ServedScript *script)
{
  if (script == NULL)
    return;
  sandbox_free (script->L);
  g_free (script);
}
