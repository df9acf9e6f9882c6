/* SPDX-License-Identifier: Apache-2.0 */
/* words-lab.c - the words of `lab`: making machines, faults, waiting, expecting */
#include "harness/conformance/requirements.h"
#include "harness/script/lab.h"

/* ---- time ---- */

static gboolean
lab_sleep (ScriptCall *call, GError **error)
{
  if (call->waited != NULL)
    return TRUE;
  gint64 duration_ns;
  if (!option_read_value (call->L, SCRIPT_FIRST, "lab:sleep", OPTION_DURATION, &duration_ns, error))
    return FALSE;
  LabCall *sleep = lab_call_new (call->lab, "lab:sleep");
  sleep->liveness_ns = 0;
  sleep->until_ns = call->lab->world->now_ns + duration_ns;
  return script_wait (call, sleep);
}

static gboolean
lab_draw (ScriptCall *call, GError **error)
{
  gint64 limit;
  if (!option_read_value (call->L, SCRIPT_FIRST, "lab:draw", OPTION_NUMBER, &limit, error))
    return FALSE;
  if (limit < 1) {
    g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_USAGE,
                 "lab:draw: expected a limit from 1 up, got 0");
    return FALSE;
  }
  lua_pushinteger (call->L, (lua_Integer) random_below (&call->lab->random, (guint64) limit) + 1);
  call->results = 1;
  return TRUE;
}

static void
lab_get_now (gpointer self, lua_State *L)
{
  const Lab *lab = self;
  lua_pushinteger (L, lab->world->now_ns);
}

static void
lab_get_is_live (gpointer self, lua_State *L)
{
  lua_pushboolean (L, ((const Lab *) self)->request->is_live);
}

static void
lab_get_slack (gpointer self, lua_State *L)
{
  lua_pushinteger (L, lab_slack_ns (self));
}

/* TRUE: *ret_holds is set. The condition must not wait: it is called in the midst of an event. */
static gboolean
ask_condition (ScriptCall *call, int index, gboolean *ret_holds, GError **error)
{
  lua_State *L = call->L;
  lua_pushvalue (L, index);
  const int status = lua_pcall (L, 0, 1, 0);
  if (status != LUA_OK) {
    g_autofree char *text = sandbox_error_text (L, status);
    lua_pop (L, 1);
    g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_USAGE, "lab:within: the condition failed: %s",
                 text);
    return FALSE;
  }
  *ret_holds = lua_toboolean (L, -1);
  lua_pop (L, 1);
  return TRUE;
}

static gboolean
within_failed (Lab *lab, const LabCall *waited, const char *what, GError **error)
{
  const gint64 limit_ns = waited->until_ns - waited->started_ns - lab_slack_ns (lab);
  g_autofree char *limit = duration_text (limit_ns);
  g_autofree char *property = g_strdup_printf ("within %s: %s", limit, what);
  g_autofree char *actual = g_strdup_printf (
      "false at %" G_GINT64_FORMAT ".%09" G_GINT64_FORMAT " s, when the time was over",
      lab->world->now_ns / NS_PER_S, lab->world->now_ns % NS_PER_S);
  lab_fail (lab, FAILURE_LIVENESS, property, "true", actual);
  g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_ENDED, "not %s", property);
  return FALSE;
}

static gboolean
lab_within (ScriptCall *call, GError **error)
{
  lua_State *L = call->L;
  Lab *lab = call->lab;
  const char *what;
  gint64 limit_ns;
  if (!option_read_value (L, SCRIPT_FIRST, "lab:within", OPTION_DURATION, &limit_ns, error)
      || !option_read_value (L, SCRIPT_FIRST + 1, "lab:within: what is expected", OPTION_STRING,
                             &what, error))
    return FALSE;
  if (lua_type (L, SCRIPT_FIRST + 2) != LUA_TFUNCTION) {
    g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_USAGE,
                 "lab:within: expected (time, what, condition), got no function");
    return FALSE;
  }
  gboolean holds;
  if (!ask_condition (call, SCRIPT_FIRST + 2, &holds, error))
    return FALSE;
  if (holds)
    return TRUE;

  LabCall *waited = call->waited;
  if (waited == NULL) {
    waited = lab_call_new (lab, "lab:within");
    waited->liveness_ns = 0;
    waited->is_observing = TRUE;
    waited->until_ns = lab->world->now_ns + limit_ns + lab_slack_ns (lab);
  }
  if (lab->world->now_ns >= waited->until_ns)
    return within_failed (lab, waited, what, error);
  return script_wait (call, waited);
}

/* ---- expecting ---- */

static char *
value_text (lua_State *L, int index)
{
  if (lua_type (L, index) == LUA_TSTRING)
    return g_strdup_printf ("'%s'", lua_tostring (L, index));
  char *text = g_strdup (sandbox_to_text (L, index));
  lua_pop (L, 1);
  return text;
}

static gboolean
expectation_failed (Lab *lab, const char *what, const char *expected, const char *actual,
                    GError **error)
{
  lab_fail (lab, FAILURE_SCENARIO, what, expected, actual);
  g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_ENDED, "%s: expected %s, got %s", what, expected,
               actual);
  return FALSE;
}

static gboolean
lab_equal (ScriptCall *call, GError **error)
{
  lua_State *L = call->L;
  const char *what;
  if (!option_read_value (L, SCRIPT_FIRST + 2, "lab:equal: (actual, expected, what)", OPTION_STRING,
                          &what, error))
    return FALSE;
  if (lua_rawequal (L, SCRIPT_FIRST, SCRIPT_FIRST + 1))
    return TRUE;
  g_autofree char *actual = value_text (L, SCRIPT_FIRST);
  g_autofree char *expected = value_text (L, SCRIPT_FIRST + 1);
  return expectation_failed (call->lab, what, expected, actual, error);
}

static gboolean
lab_expect (ScriptCall *call, GError **error)
{
  lua_State *L = call->L;
  const char *what;
  if (!option_read_value (L, SCRIPT_FIRST + 1, "lab:expect: (condition, what)", OPTION_STRING,
                          &what, error))
    return FALSE;
  if (lua_toboolean (L, SCRIPT_FIRST))
    return TRUE;
  g_autofree char *actual = value_text (L, SCRIPT_FIRST);
  return expectation_failed (call->lab, what, "true", actual, error);
}

/* An assertion that judges a requirement: it counts as evaluated whether it holds or not; only a passing run makes it proof. */
static gboolean
lab_check (ScriptCall *call, GError **error)
{
  lua_State *L = call->L;
  const char *id, *what;
  if (!option_read_value (L, SCRIPT_FIRST, "lab:check: which requirement", OPTION_STRING, &id,
                          error)
      || !option_read_value (L, SCRIPT_FIRST + 2, "lab:check: (id, condition, what)", OPTION_STRING,
                             &what, error)
      || !requirement_check_id (id, error))
    return FALSE;
  figures_add (call->lab->result->evaluated, id, 1);
  if (lua_toboolean (L, SCRIPT_FIRST + 1))
    return TRUE;
  g_autofree char *actual = value_text (L, SCRIPT_FIRST + 1);
  g_autofree char *property = g_strdup_printf ("%s (%s)", what, id);
  return expectation_failed (call->lab, property, "true", actual, error);
}

static const ScriptWord words[] = {
  { "target", lab_add_target, NULL, "a target with its portals and LUNs, listening",
    &target_options },
  { "initiator", lab_add_initiator, NULL, "a machine with an initiator, started",
    &initiator_options },
  { "link", lab_add_link, NULL, "what the network between an initiator and a target is like",
    &link_options },
  { "fault", lab_add_fault, NULL, "a rule of what goes wrong: where, when, what", &fault_options },
  { "wire_initiator", lab_add_wire_initiator, NULL, "an initiator's end of a connection, by hand",
    &wire_initiator_options },
  { "wire_target", lab_add_wire_target, NULL, "a target's end of connections, by hand",
    &wire_target_options },
  { "sleep", lab_sleep, NULL, "lab:sleep (time): lets so much time pass", NULL },
  { "within", lab_within, NULL,
    "lab:within (time, what, condition): goes on as soon as the condition holds; fails if it does "
    "not in time",
    NULL },
  { "equal", lab_equal, NULL, "lab:equal (actual, expected, what): fails unless both are equal",
    NULL },
  { "expect", lab_expect, NULL, "lab:expect (condition, what): fails unless the condition holds",
    NULL },
  { "check", lab_check, NULL,
    "lab:check (id, condition, what): the same, as the judgement of a requirement", NULL },
  { "excuse", lab_excuse, NULL,
    "lab:excuse (rule): from now on this rule of the referee may be broken, and must be before the "
    "end",
    NULL },
  { "draw", lab_draw, NULL, "lab:draw (n): a number from 1 to n, drawn from the seed", NULL },
  { "now", NULL, lab_get_now, "nanoseconds since the world began", NULL },
  { "slack", NULL, lab_get_slack,
    "nanoseconds that a bound on time may be passed by, lab:within's included: 0 in simulated time",
    NULL },
  { "is_live", NULL, lab_get_is_live,
    "true on real TCP and in real time: where a simulated run tries all, fewer will do", NULL },
};

const ScriptClass lab_class = { "lab", words, G_N_ELEMENTS (words) };

/* Beside a server: neither machines nor judges. */
static const ScriptWord serving_words[] = {
  { "fault", lab_add_fault, NULL, "a rule of what goes wrong at the target: where, when, what",
    &fault_options },
  { "sleep", lab_sleep, NULL, "lab:sleep (time): lets so much time pass", NULL },
  { "within", lab_within, NULL,
    "lab:within (time, what, condition): goes on as soon as the condition holds; ends the server "
    "if it does not in time",
    NULL },
  { "draw", lab_draw, NULL, "lab:draw (n): a number from 1 to n, drawn from the seed", NULL },
  { "now", NULL, lab_get_now, "nanoseconds since the server began", NULL },
};

const ScriptClass serving_class = { "lab", serving_words, G_N_ELEMENTS (serving_words) };
