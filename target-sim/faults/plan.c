/* SPDX-License-Identifier: Apache-2.0 */
/* plan.c - the set of rules of one run, and the account of what they did
 *
 * Everything that fires comes through plan_fire: it alone gives ordinals, and the order of ordinals is the order of events. The
 * plan draws nothing but from its rules' own random streams, so that a rule that is added never shifts another one's chances.
 */
#include "target-sim/faults/events.h"
#include "target-sim/faults/plan-internal.h"

#include "world/banned.h"

#define PLAN_LOG(plan, id, text, ...) EVENT_LOG ((plan)->log, (plan)->actor, id, text, __VA_ARGS__)

static void
fired_clear (gpointer item)
{
  g_free (((PlanFired *) item)->text);
}

FaultPlan *
fault_plan_new (EventLog *log, guint64 seed)
{
  FaultPlan *plan = g_new0 (FaultPlan, 1);
  plan->magic = FAULT_PLAN_MAGIC;
  plan->log = log;
  plan->actor = event_log_add_actor (log, "faults");
  plan->seed = seed;
  plan->rules = g_ptr_array_new_with_free_func ((GDestroyNotify) plan_rule_free);
  plan->taps = g_ptr_array_new ();
  plan->routes = g_array_new (FALSE, FALSE, sizeof (PlanRoute));
  plan->fired = g_array_new (FALSE, FALSE, sizeof (PlanFired));
  g_array_set_clear_func (plan->fired, fired_clear);
  plan->connects = g_hash_table_new (g_direct_hash, g_direct_equal);
  return plan;
}

void
fault_plan_free (FaultPlan *plan)
{
  if (plan == NULL)
    return;
  CHECK (plan, FAULT_PLAN_MAGIC);
  for (guint i = 0; i < plan->taps->len; i++)
    tap_detach (plan->taps->pdata[i]);
  g_ptr_array_unref (plan->taps);
  g_ptr_array_unref (plan->rules);
  g_array_unref (plan->routes);
  g_array_unref (plan->fired);
  g_hash_table_unref (plan->connects);
  plan->magic = 0;
  g_free (plan);
}

static void
rule_time_came (gpointer data)
{
  PlanRule *rule = data;
  CHECK (rule, PLAN_RULE_MAGIC);
  if (plan_rule_is_armed (rule) && plan_rule_is_due (rule))
    tap_strike_now (rule);
  if (rule->rule.every_ns > 0 && plan_rule_is_armed (rule))
    timer_arm (&rule->timer, rule->rule.every_ns);
}

gboolean
fault_plan_add (FaultPlan *plan, const FaultRule *asked, guint *ret_index, GError **error)
{
  CHECK (plan, FAULT_PLAN_MAGIC);
  PlanRule *rule = plan_rule_new (plan, asked, error);
  if (rule == NULL)
    return FALSE;
  Host *host = rule->rule.host;
  if (host != NULL)
    plan->clock = host;
  if (rule->rule.when == FAULT_WHEN_TIME) {
    timer_init (&rule->timer, host, rule_time_came, rule);
    timer_arm (&rule->timer, rule->rule.at_ns - host_now_ns (host));
  }
  g_ptr_array_add (plan->rules, rule);
  if (ret_index != NULL)
    *ret_index = rule->index;
  return TRUE;
}

/* ---- what happened ---- */

static void
plan_changed (FaultPlan *plan)
{
  if (plan->clock != NULL)
    plan->last_lifted_ns = host_now_ns (plan->clock);
}

void
plan_fire (PlanRule *rule, Host *host, const TapFlow *flow, GString *text)
{
  FaultPlan *plan = rule->plan;
  rule->fired++;
  plan->clock = host;
  plan_changed (plan);
  PlanFired fired = { .time_ns = host_now_ns (host),
                      .text = g_string_free (text, FALSE),
                      .rule = rule->index };
  if (flow != NULL) {
    fired.connection = flow->tap->id;
    fired.is_to_target = flow->is_to_target;
    fired.pdu = rule->rule.when == FAULT_WHEN_PDU ? flow->pdus : 0;
  }
  g_array_append_val (plan->fired, fired);
  PLAN_LOG (plan, EVENT_FAULT_FIRED, fired.text, plan->fired->len, rule->index);
}

void
plan_life (PlanRule *rule, Host *host)
{
  const FaultPlan *plan = rule->plan;
  CHECK_THAT (plan->life != NULL);
  plan->life (plan->life_data, host, &rule->rule);
}

void
fault_plan_set_life (FaultPlan *plan, FaultLife life, gpointer data)
{
  CHECK (plan, FAULT_PLAN_MAGIC);
  plan->life = life;
  plan->life_data = data;
}

void
plan_note_end (PlanRule *rule, guint32 connection)
{
  plan_changed (rule->plan);
  PLAN_LOG (rule->plan, EVENT_FAULT_ENDED, NULL, rule->index, connection);
}

void
fault_plan_lift (FaultPlan *plan, guint index)
{
  CHECK (plan, FAULT_PLAN_MAGIC);
  CHECK_THAT (index < plan->rules->len);
  PlanRule *rule = plan_rule (plan, index);
  if (rule->is_lifted)
    return;
  rule->is_lifted = TRUE;
  timer_disarm (&rule->timer);
  plan_changed (plan);
  PLAN_LOG (plan, EVENT_FAULT_LIFTED, NULL, index);
  path_come_up (rule);
  for (guint i = 0; i < plan->taps->len; i++)
    tap_lift (plan->taps->pdata[i], rule);
}

void
fault_plan_lift_all (FaultPlan *plan)
{
  CHECK (plan, FAULT_PLAN_MAGIC);
  for (guint i = 0; i < plan->rules->len; i++)
    fault_plan_lift (plan, i);
}

/* ---- for the judges and the report ---- */

guint
fault_plan_rule_count (const FaultPlan *plan)
{
  return plan->rules->len;
}

guint64
fault_plan_rule_fired (const FaultPlan *plan, guint index)
{
  CHECK_THAT (index < plan->rules->len);
  return plan_rule (plan, index)->fired;
}

guint
fault_plan_fired_count (const FaultPlan *plan)
{
  return plan->fired->len;
}

const char *
fault_plan_fired_text (const FaultPlan *plan, guint i)
{
  CHECK_THAT (i < plan->fired->len);
  return g_array_index (plan->fired, PlanFired, i).text;
}

gint64
fault_plan_fired_ns (const FaultPlan *plan, guint i)
{
  CHECK_THAT (i < plan->fired->len);
  return g_array_index (plan->fired, PlanFired, i).time_ns;
}

void
fault_plan_firing (const FaultPlan *plan, guint i, FaultFiring *ret_firing)
{
  CHECK_THAT (i < plan->fired->len);
  const PlanFired *fired = &g_array_index (plan->fired, PlanFired, i);
  *ret_firing = (FaultFiring){ .rule = fired->rule,
                               .act = plan_rule (plan, fired->rule)->rule.act,
                               .time_ns = fired->time_ns,
                               .text = fired->text,
                               .connection = fired->connection,
                               .is_to_target = fired->is_to_target,
                               .pdu = fired->pdu };
}

char *
fault_plan_rule_text (const FaultPlan *plan, guint index)
{
  CHECK_THAT (index < plan->rules->len);
  return plan_rule_text (plan_rule (plan, index));
}

FaultAct
fault_plan_rule_act (const FaultPlan *plan, guint index)
{
  CHECK_THAT (index < plan->rules->len);
  return plan_rule (plan, index)->rule.act;
}

char **
fault_plan_unfired (const FaultPlan *plan)
{
  CHECK (plan, FAULT_PLAN_MAGIC);
  GPtrArray *texts = g_ptr_array_new ();
  for (guint i = 0; i < plan->rules->len; i++) {
    const PlanRule *rule = plan_rule (plan, i);
    if (rule->fired > 0 || rule->rule.is_optional)
      continue;
    g_autofree char *text = plan_rule_text (rule);
    g_ptr_array_add (texts, g_strdup_printf ("'%s': expected match %" G_GUINT64_FORMAT
                                             ", got %" G_GUINT64_FORMAT " of them",
                                             text, rule->rule.nth, rule->matches));
  }
  g_ptr_array_add (texts, NULL);
  return (char **) g_ptr_array_free (texts, FALSE);
}

gint64
fault_plan_last_lifted_ns (const FaultPlan *plan)
{
  return plan->last_lifted_ns;
}

guint
fault_plan_in_force (const FaultPlan *plan)
{
  CHECK (plan, FAULT_PLAN_MAGIC);
  guint count = 0;
  for (guint i = 0; i < plan->taps->len; i++)
    count += tap_blocks (plan->taps->pdata[i]);
  for (guint i = 0; i < plan->rules->len; i++)
    count += plan_rule (plan, i)->is_down;
  return count;
}
