/* SPDX-License-Identifier: Apache-2.0 */
/* path.c - a path that is down: connections fall silent, connects get no answer
 *
 * The path is whatever the rule's place says: one portal, one initiator, all of it. Connections that are there when it goes
 * down get a hole each; none can come about meanwhile. It comes up again by itself or with the rule's lifting.
 */
#include "target-sim/faults/plan-internal.h"

#include "world/banned.h"

static void
path_time_is_over (gpointer data)
{
  PlanRule *rule = data;
  CHECK (rule, PLAN_RULE_MAGIC);
  path_come_up (rule);
}

void
path_go_down (PlanRule *rule, Host *host)
{
  const FaultPlan *plan = rule->plan;
  rule->is_down = TRUE;
  for (guint i = 0; i < plan->taps->len; i++) {
    Tap *tap = plan->taps->pdata[i];
    if (!tap->is_over && tap->hole == NULL && plan_rule_is_of_tap (rule, tap))
      tap_open_hole (tap, rule);
  }
  if (rule->rule.lasts_ns == 0)
    return;
  timer_disarm (&rule->down_timer);
  timer_init (&rule->down_timer, host, path_time_is_over, rule);
  timer_arm (&rule->down_timer, rule->rule.lasts_ns);
}

void
path_come_up (PlanRule *rule)
{
  const FaultPlan *plan = rule->plan;
  if (!rule->is_down)
    return;
  rule->is_down = FALSE;
  timer_disarm (&rule->down_timer);
  plan_note_end (rule, 0);
  for (guint i = 0; i < plan->taps->len; i++) {
    Tap *tap = plan->taps->pdata[i];
    if (tap->hole == rule)
      tap_close_hole (tap);
  }
}

gboolean
path_host_is_at (const FaultPlan *plan, const Host *host, const Address *portal)
{
  for (guint i = 0; i < plan->routes->len; i++) {
    const PlanRoute *route = &g_array_index (plan->routes, PlanRoute, i);
    if (route->host == host && address_equal (&route->portal, portal))
      return TRUE;
  }
  return FALSE;
}

gboolean
path_is_down (const FaultPlan *plan, Host *from, const Address *to)
{
  for (guint i = 0; i < plan->rules->len; i++) {
    const PlanRule *rule = plan_rule (plan, i);
    if (!rule->is_down || (rule->rule.has_portal && !address_equal (&rule->rule.portal, to)))
      continue;
    /* A host that is not the connecting one is the target's, if the address is one of its connections'. */
    if (rule->rule.host == NULL || rule->rule.host == from
        || path_host_is_at (plan, rule->rule.host, to))
      return TRUE;
  }
  return FALSE;
}
