/* SPDX-License-Identifier: Apache-2.0 */
/* ask.c - the plan's answers to the host: a disk call, a connect, a SCSI command
 *
 * A connect is asked about once per SYN. The answer to the first one holds for all that TCP sends again, as the count is of
 * connects and not of packets.
 */
#include "target-sim/faults/plan-internal.h"

#include "world/banned.h"

static gboolean
rule_is_of_call (const PlanRule *self, Host *host, const FaultQuestion *question)
{
  const FaultRule *rule = &self->rule;
  return rule->when == FAULT_WHEN_DISK && (rule->host == NULL || rule->host == host)
         && (rule->operation == NULL || strcmp (rule->operation, "any") == 0
             || strcmp (rule->operation, question->operation) == 0)
         && (rule->suffix == NULL
             || (question->subject != NULL && g_str_has_suffix (question->subject, rule->suffix)));
}

static gboolean
rule_is_of_connect (const PlanRule *self, Host *host, const Address *to)
{
  const FaultRule *rule = &self->rule;
  return rule->when == FAULT_WHEN_CONNECT && (rule->host == NULL || rule->host == host)
         && (!rule->has_portal || address_equal (&rule->portal, to));
}

static FaultAnswer
rule_disk_answer (const PlanRule *self)
{
  static const FaultAnswer cuts[] = { [FAULT_LOSE] = FAULT_POWER_CUT_LOSE,
                                      [FAULT_KEEP] = FAULT_POWER_CUT_KEEP,
                                      [FAULT_DRAW] = FAULT_POWER_CUT_DRAW };
  if (self->rule.act == FAULT_ACT_POWER_CUT)
    return cuts[self->rule.unsynced];
  return self->rule.act == FAULT_ACT_FULL ? FAULT_FULL : FAULT_FAIL;
}

static FaultAnswer
rule_connect_answer (const PlanRule *self)
{
  return self->rule.act == FAULT_ACT_REFUSE ? FAULT_FAIL : FAULT_DROP;
}

static FaultAnswer
plan_ask_disk (FaultPlan *plan, Host *host, const FaultQuestion *question)
{
  PlanRule *chosen = NULL;
  for (guint i = 0; i < plan->rules->len; i++) {
    PlanRule *rule = plan_rule (plan, i);
    if (rule_is_of_call (rule, host, question) && plan_rule_is_armed (rule)
        && plan_rule_is_due (rule) && chosen == NULL)
      chosen = rule;
  }
  if (chosen == NULL)
    return FAULT_NONE;
  GString *text = g_string_new (NULL);
  plan_rule_tell_other (chosen, text);
  g_string_append_printf (text, "%s #%" G_GUINT64_FORMAT " of '%s' on '%s'", question->operation,
                          chosen->matches, question->subject != NULL ? question->subject : "",
                          host->name);
  plan_fire (chosen, host, text);
  return rule_disk_answer (chosen);
}

static PlanRule *
plan_choose_for_connect (FaultPlan *plan, Host *host, const Address *to)
{
  PlanRule *chosen = NULL;
  for (guint i = 0; i < plan->rules->len; i++) {
    PlanRule *rule = plan_rule (plan, i);
    if (rule_is_of_connect (rule, host, to) && plan_rule_is_armed (rule) && plan_rule_is_due (rule)
        && chosen == NULL)
      chosen = rule;
  }
  return chosen;
}

static FaultAnswer
plan_ask_first_syn (FaultPlan *plan, Host *host, const FaultQuestion *question)
{
  Address to;
  CHECK_THAT (address_parse (question->subject, 0, &to, NULL));
  PlanRule *chosen = plan_choose_for_connect (plan, host, &to);
  g_hash_table_insert (plan->connects, GUINT_TO_POINTER ((guint) question->ordinal),
                       GUINT_TO_POINTER (chosen != NULL ? chosen->index + 1 : 0));
  if (chosen == NULL)
    return FAULT_NONE;
  GString *text = g_string_new (NULL);
  plan_rule_tell_other (chosen, text);
  g_string_append_printf (text, "connect #%" G_GUINT64_FORMAT " from '%s' to %s", chosen->matches,
                          host->name, question->subject);
  plan_fire (chosen, host, text);
  return rule_connect_answer (chosen);
}

static FaultAnswer
plan_ask_connect (FaultPlan *plan, Host *host, const FaultQuestion *question)
{
  FaultAnswer answer = FAULT_NONE;
  gpointer known;
  if (g_hash_table_lookup_extended (plan->connects, GUINT_TO_POINTER ((guint) question->ordinal),
                                    NULL, &known)) {
    const guint rule = GPOINTER_TO_UINT (known);
    if (rule > 0 && !plan_rule (plan, rule - 1)->is_lifted)
      answer = rule_connect_answer (plan_rule (plan, rule - 1));
  } else {
    answer = plan_ask_first_syn (plan, host, question);
  }
  plan->accepting_id = answer == FAULT_NONE ? (guint32) question->ordinal : 0;
  plan->accepting_from = host;
  return answer;
}

/* ---- a SCSI command ---- */

static gboolean
rule_is_of_command (const PlanRule *self, Host *host, const FaultQuestion *question)
{
  const FaultRule *rule = &self->rule;
  return rule->when == FAULT_WHEN_SCSI && (rule->host == NULL || rule->host == host)
         && (!rule->has_unit || rule->unit == question->unit)
         && (rule->operation == NULL || strcmp (rule->operation, "any") == 0
             || strcmp (rule->operation, question->operation) == 0);
}

static FaultAnswer
rule_command_answer (const PlanRule *self, const FaultQuestion *question)
{
  static const FaultAnswer answers[FAULT_ACT_COUNT] = {
    [FAULT_ACT_STUCK] = FAULT_STUCK,
    [FAULT_ACT_LATE] = FAULT_LATE,
    [FAULT_ACT_BUSY] = FAULT_BUSY,
    [FAULT_ACT_TASK_SET_FULL] = FAULT_TASK_SET_FULL,
    [FAULT_ACT_MEDIUM_ERROR] = FAULT_MEDIUM_ERROR,
    [FAULT_ACT_UNIT_ATTENTION] = FAULT_UNIT_ATTENTION,
  };
  if (self->rule.act == FAULT_ACT_LATE)
    *question->ret_delay_ns = self->rule.delay_ns;
  return answers[self->rule.act];
}

static FaultAnswer
plan_ask_command (FaultPlan *plan, Host *host, const FaultQuestion *question)
{
  PlanRule *chosen = NULL;
  for (guint i = 0; i < plan->rules->len; i++) {
    PlanRule *rule = plan_rule (plan, i);
    if (rule_is_of_command (rule, host, question) && plan_rule_is_armed (rule)
        && plan_rule_is_due (rule) && chosen == NULL)
      chosen = rule;
  }
  if (chosen == NULL)
    return FAULT_NONE;
  GString *text = g_string_new (NULL);
  plan_rule_tell_other (chosen, text);
  g_string_append_printf (text, "%s #%" G_GUINT64_FORMAT " to unit %u of '%s'", question->operation,
                          chosen->matches, question->unit, host->name);
  plan_fire (chosen, host, text);
  return rule_command_answer (chosen, question);
}

FaultAnswer
fault_plan_ask (gpointer data, Host *host, const FaultQuestion *question)
{
  FaultPlan *plan = data;
  CHECK (plan, FAULT_PLAN_MAGIC);
  CHECK (host, HOST_MAGIC);
  switch (question->point) {
  case FAULT_POINT_DISK:
    return plan_ask_disk (plan, host, question);
  case FAULT_POINT_CONNECT:
    return plan_ask_connect (plan, host, question);
  case FAULT_POINT_SCSI:
    return plan_ask_command (plan, host, question);
  }
  return FAULT_NONE;
}
