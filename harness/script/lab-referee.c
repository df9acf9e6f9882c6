/* SPDX-License-Identifier: Apache-2.0 */
/* lab-referee.c - the referee in a run: who is watched how, what a violation means, and what a scenario may excuse
 *
 * A scenario that makes one of our engines break a rule on purpose says so, rule by rule; an excuse that nobody needed fails it,
 * as a fault does that never fired. A host of which nothing is expected (an actor that speaks raw PDUs) is excused as a whole.
 */
#include "harness/script/lab.h"

/* Once a fault was at work between us and a foreign target, what it sends may be an answer to what we never sent. */
static gboolean
is_beyond_judging (const Lab *lab, const RefereeViolation *violation)
{
  return lab_is_foreign (lab) && violation->from == OBSERVER_TARGET
         && fault_plan_fired_count (lab->plan) > 0;
}

/* What peers that we know are known to do: seen, and not held against the scenario that met it. */
static const struct {
  const char *target;
  const char *rule;
} deviations[] = {
  { "tgtd", "exp-data-sn" },        /* a CHECK CONDITION behind Data-In has ExpDataSN 0 */
  { "tgtd", "data-in-burst" },      /* MaxBurstLength bounds no sequence of Data-In */
  { "istgt", "data-in-burst" },     /* the same */
  { "istgt", "exp-cmd-sn-known" },  /* an immediate Text Request moves its ExpCmdSN */
  { "istgt", "exp-cmd-sn-back" },   /* two threads send, each with the ExpCmdSN that it saw */
  { "istgt", "stat-sn-not-taken" }, /* the same of the StatSN of an R2T */
};

static gboolean
is_known_deviation (const Lab *lab, const RefereeViolation *violation)
{
  if (!lab_is_foreign (lab) || violation->from != OBSERVER_TARGET)
    return FALSE;
  if (lab->remote != NULL)
    return g_ptr_array_find_with_equal_func (lab->remote->excused, violation->rule, g_str_equal,
                                             NULL);
  for (guint i = 0; i < G_N_ELEMENTS (deviations); i++)
    if (g_str_equal (deviations[i].target, lab->request->target)
        && g_str_equal (deviations[i].rule, violation->rule))
      return TRUE;
  return FALSE;
}

static ScenarioFigure *
find_excuse (const Lab *lab, const char *rule)
{
  for (guint i = 0; i < lab->excused_rules->len; i++) {
    ScenarioFigure *excuse = &g_array_index (lab->excused_rules, ScenarioFigure, i);
    if (g_str_equal (excuse->name, rule))
      return excuse;
  }
  return NULL;
}

static void
on_violation (gpointer data, const RefereeViolation *violation)
{
  Lab *lab = data;
  ScenarioFigure *excuse = find_excuse (lab, violation->rule);
  if (excuse != NULL)
    excuse->value++;
  if (excuse != NULL || is_beyond_judging (lab, violation) || is_known_deviation (lab, violation))
    return;
  g_autofree char *property = g_strdup_printf ("%s (%s: %s)", violation->sentence, violation->rule,
                                               violation->requirements);
  g_autofree char *actual =
      g_strdup_printf ("%s, from the %s at %s: %s", violation->actual,
                       observer_side_name (violation->from), violation->end, violation->pdu);
  lab_fail (lab, FAILURE_PROTOCOL, property, violation->expected, actual);
}

void
lab_judge_wire_begin (Lab *lab)
{
  lab->referee = referee_new (on_violation, lab);
  lab->excused_hosts = g_ptr_array_new ();
  lab->excused_rules = figures_new ();
}

void
lab_judge_wire_free (Lab *lab)
{
  referee_free (lab->referee);
  g_ptr_array_unref (lab->excused_hosts);
  g_array_unref (lab->excused_rules);
}

/* A foreign target's PDUs can be seen at our end only. */
void
lab_judge_wire_of (Lab *lab, Host *host, Stream *stream)
{
  RefereeScope scope = lab_is_foreign (lab) ? REFEREE_BOTH : REFEREE_LOCAL;
  if (g_ptr_array_find (lab->excused_hosts, host, NULL))
    scope = REFEREE_NOBODY;
  referee_watch (lab->referee, stream, scope);
}

void
lab_judge_wire_end (Lab *lab)
{
  for (guint i = 0; i < lab->excused_rules->len; i++) {
    const ScenarioFigure *excuse = &g_array_index (lab->excused_rules, ScenarioFigure, i);
    if (excuse->value > 0)
      continue;
    g_autofree char *actual = g_strdup_printf ("'%s' was kept throughout", excuse->name);
    lab_fail (lab, FAILURE_SCENARIO, "every rule that is excused is broken",
              "each of them broken at least once", actual);
  }
}

void
lab_judge_wire_fill (Lab *lab)
{
  for (guint i = 0; i < referee_rule_count (); i++) {
    const guint64 count = referee_evaluated (lab->referee, i);
    if (count == 0)
      continue;
    const char *ids = referee_rule_requirements (i);
    g_autofree char *first = g_strndup (ids, strcspn (ids, " "));
    figures_add (lab->result->rules, referee_rule_id (i), count);
    figures_add (lab->result->evaluated, first, count);
  }
}

void
lab_excuse_host (Lab *lab, Host *host)
{
  g_ptr_array_add (lab->excused_hosts, host);
}

gboolean
lab_excuse (ScriptCall *call, GError **error)
{
  const char *rule;
  if (!option_read_value (call->L, SCRIPT_FIRST, "lab:excuse", OPTION_STRING, &rule, error))
    return FALSE;
  for (guint i = 0; i < referee_rule_count (); i++)
    if (g_str_equal (referee_rule_id (i), rule)) {
      figures_add (call->lab->excused_rules, rule, 0);
      return TRUE;
    }
  g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_USAGE,
               "lab:excuse: expected a rule of the referee, got '%s'", rule);
  return FALSE;
}
