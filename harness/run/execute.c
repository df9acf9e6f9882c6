/* SPDX-License-Identifier: Apache-2.0 */
/* execute.c - one scenario: load, run as a coroutine in the world's time, judge
 *
 * The driver has two hands: resume the script, step the world. The script runs until a word waits; the world goes on, one event
 * at a time, until the wait is over. Nothing else moves either.
 */
#include "harness/conformance/requirements.h"
#include "harness/script/lab.h"

#include "initiator/events.h"
#include "protocol/events.h"
#include "target-sim/faults/events.h"

#define MAX_MEMORY       (64 * 1024 * 1024)
#define MAX_INSTRUCTIONS G_GUINT64_CONSTANT (200000000)

const EventFamily *const *
harness_event_families (void)
{
  static const EventFamily *const families[] = { &world_events,     &protocol_events,
                                                 &initiator_events, &target_events,
                                                 &fault_events,     NULL };
  return families;
}

/* ---- the file ---- */

typedef struct ScenarioValues {
  const char *title;
  int covers;
  int run;
  gint64 liveness_ns;
  const char *not_live;
} ScenarioValues;

static const Option scenario_rows[] = {
  { "title", OPTION_STRING, G_STRUCT_OFFSET (ScenarioValues, title), TRUE,
    "one sentence: what is true if it passes" },
  { "covers", OPTION_VALUE, G_STRUCT_OFFSET (ScenarioValues, covers), FALSE,
    "list of the requirements that it is evidence for" },
  { "run", OPTION_VALUE, G_STRUCT_OFFSET (ScenarioValues, run), TRUE, "function (lab)" },
  { "liveness", OPTION_DURATION, G_STRUCT_OFFSET (ScenarioValues, liveness_ns), FALSE,
    "everything is back so long after the last fault; default '45s'" },
  { "not_live", OPTION_STRING, G_STRUCT_OFFSET (ScenarioValues, not_live), FALSE,
    "why it is nothing for real time: there it is skipped for this reason" },
};
const OptionTable scenario_options = OPTION_TABLE ("scenario", scenario_rows);

/* scenario { ... }: the table itself, once its rows are checked. */
static gboolean
word_scenario (lua_State *L, int *ret_results, GError **error)
{
  ScenarioValues values = { 0 };
  if (!options_read (L, 1, &scenario_options, &values, error))
    return FALSE;
  if (lua_type (L, values.run) != LUA_TFUNCTION) {
    g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_USAGE,
                 "scenario: 'run': expected a function, got %s", luaL_typename (L, values.run));
    return FALSE;
  }
  if (values.covers != 0 && lua_type (L, values.covers) != LUA_TTABLE) {
    g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_USAGE,
                 "scenario: 'covers': expected a list of ids, got %s",
                 luaL_typename (L, values.covers));
    return FALSE;
  }
  lua_pushvalue (L, 1);
  *ret_results = 1;
  return TRUE;
}

static void
usage_failed (ScenarioResult *result, const char *property, const char *actual)
{
  result->verdict = VERDICT_FAIL;
  result->failure = FAILURE_USAGE;
  result->property = g_strdup (property);
  result->expected = g_strdup ("a file that returns scenario { title = ..., run = ... }");
  result->actual = g_strdup (actual);
}

static gboolean
read_covers (lua_State *L, int index, ScenarioResult *result, GError **error)
{
  const lua_Unsigned count = lua_rawlen (L, index);
  for (lua_Unsigned i = 1; i <= count; i++) {
    const char *id;
    lua_rawgeti (L, index, (lua_Integer) i);
    if (!option_read_value (L, -1, "scenario: 'covers'", OPTION_STRING, &id, error))
      return FALSE;
    if (!requirement_check_id (id, error)) {
      g_prefix_error (error, "scenario: 'covers': ");
      return FALSE;
    }
    g_ptr_array_add (result->covers, g_strdup (id));
    lua_pop (L, 1);
  }
  return TRUE;
}

/* Leaves the function `run` on the stack. */
static gboolean
scenario_load (lua_State *L, const char *file, Lab *lab, ScenarioResult *result)
{
  g_autoptr (GError) error = NULL;
  sandbox_push_function (L, word_scenario, 0);
  lua_setglobal (L, "scenario");
  if (!sandbox_load_file (L, file, &error)) {
    usage_failed (result, "the scenario can be loaded", error->message);
    return FALSE;
  }
  const int status = lua_pcall (L, 0, 1, 0);
  if (status != LUA_OK) {
    g_autofree char *text = sandbox_error_text (L, status);
    usage_failed (result, "the scenario can be loaded", text);
    return FALSE;
  }
  ScenarioValues values = { .liveness_ns = LAB_LIVENESS_NS };
  if (!options_read (L, -1, &scenario_options, &values, &error)) {
    usage_failed (result, "the scenario is well formed", error->message);
    return FALSE;
  }
  result->title = g_strdup (values.title);
  random_init (&lab->random, lab->request->seed, values.title);
  lab->liveness_ns = values.liveness_ns;
  if (values.covers != 0 && !read_covers (L, values.covers, result, &error)) {
    usage_failed (result, "the scenario is well formed", error->message);
    return FALSE;
  }
  if (values.not_live != NULL && lab->request->is_live)
    return lab_skip (lab, NULL, "%s", values.not_live);
  lua_pushvalue (L, values.run);
  return TRUE;
}

/* ---- the driver ---- */

static void
world_has_stopped (Lab *lab)
{
  const char *bound = world_failure (lab->world);
  if (lab_real_time_is_over (lab)) {
    lab_skip_for_time (lab, NULL);
    return;
  }
  g_autofree char *actual =
      bound != NULL ? g_strdup_printf ("a bound of the world was passed: %s", bound)
                    : g_strdup_printf ("nothing will ever happen again, and %s still waits",
                                       lab->waiting->what);
  lab_fail (lab, FAILURE_LIVENESS, "liveness: what is asked for comes to an end", "it ends",
            actual);
}

/* The world goes on until the wait is over, or the run. */
static void
drive_world (Lab *lab)
{
  while (!lab_wait_is_over (lab)) {
    world_wake_at (lab->world, lab_wait_deadline (lab));
    if (lab_wait_has_failed (lab) || lab_is_stopped (lab))
      return;
    if (!world_step (lab->world)) {
      world_has_stopped (lab);
      return;
    }
  }
}

/* "file:line: message" -> where and message. */
static void
split_place (const char *text, char **ret_where, char **ret_message)
{
  const char *end = strstr (text, ": ");
  const char *colon = end != NULL ? g_strrstr_len (text, end - text, ":") : NULL;
  if (colon == NULL || !g_ascii_isdigit (colon[1])) {
    *ret_where = NULL;
    *ret_message = g_strdup (text);
    return;
  }
  *ret_where = g_strndup (text, (gsize) (end - text));
  *ret_message = g_strdup (end + 2);
}

/* The script raised. If a judge spoke first, its finding stands, and the script's place is where it was seen. */
static void
script_failed (Lab *lab, const char *text)
{
  g_autofree char *where = NULL;
  g_autofree char *message = NULL;
  split_place (text, &where, &message);
  if (lab->result->verdict != VERDICT_SKIP && lab->result->where == NULL)
    lab->result->where = g_steal_pointer (&where);
  lab_fail (lab, FAILURE_SCENARIO, "the scenario runs to its end", "no error", message);
}

static void
drive_script (Lab *lab, lua_State *co)
{
  int arguments = 1; /* lab */
  for (;;) {
    int results;
    const int status = lua_resume (co, NULL, arguments, &results);
    if (status == LUA_OK)
      return;
    if (status != LUA_YIELD) {
      g_autofree char *text = sandbox_error_text (co, status);
      script_failed (lab, text);
      return;
    }
    arguments = 0;
    drive_world (lab);
    /* Over or not, the script goes on: if the run is over, the word raises and the place is known. */
  }
}

static void
print_line (gpointer data, const char *line)
{
  g_printerr ("%s\n", line);
}

void
scenario_execute (const ScenarioRequest *request, ScenarioResult *ret_result)
{
  const SandboxLimits limits = { MAX_MEMORY, MAX_INSTRUCTIONS };
  g_autoptr (GError) error = NULL;
  scenario_result_init (ret_result);
  lua_State *L = sandbox_new (&limits, &error);
  Lab *lab = L != NULL ? lab_new (request, ret_result, &error) : NULL;
  if (lab == NULL) {
    ret_result->verdict = VERDICT_FAIL;
    ret_result->failure = FAILURE_ENVIRONMENT;
    ret_result->property = g_strdup ("the run can begin");
    ret_result->expected = g_strdup ("a world");
    ret_result->actual = g_strdup (error->message);
    sandbox_free (L);
    return;
  }
  sandbox_set_print (L, print_line, NULL);
  if (scenario_load (L, request->file, lab, ret_result)) {
    lua_State *co = lua_newthread (L);
    lua_insert (L, -2);
    lua_xmove (L, co, 1);
    script_push_object (co, &lab->object);
    drive_script (lab, co);
    lab_judge_end (lab);
    lab_fill_result (lab);
  }
  lab_free (lab);
  sandbox_free (L);
}
