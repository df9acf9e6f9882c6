/* SPDX-License-Identifier: Apache-2.0 */
/* rule.c - one rule: is it sound, does it match, how is it told
 *
 * Names are looked up once, when the rule is added, so that a wrong one is an error of the scenario's line and not a rule that
 * silently never fires.
 */
#include "protocol/scsi/scsi.h"
#include "target-sim/faults/plan-internal.h"

#include "world/banned.h"

#define ALWAYS_PPM 1000000u

static const char *const directions[] = { "any", "to_target", "to_initiator" };
static const char *const positions[] = { "after", "before" };
static const char *const unsynced_names[] = { "lose", "keep", "draw" };

/* What the disk asks about: see world/disk.h. */
static const char *const operations[] = { "any",    "open",           "read", "write",  "truncate",
                                          "size",   "sync",           "lock", "exists", "remove",
                                          "rename", "sync directory", "list" };

/* What the device server asks about: see target-sim/scsi/fault.c. */
static const char *const commands[] = { "any",
#define SCSI_OP(name, code, text, length, action) text,
                                        SCSI_OPS (SCSI_OP)
#undef SCSI_OP
};

static const struct {
  const char *name;
  int opcode;
} pdus[] = {
#define OPCODE(name, value, text) { text, value },
  OPCODES (OPCODE)
#undef OPCODE
};

/* ---- names ---- */

static gboolean
name_find (const char *what, const char *const *names, guint count, const char *name,
           guint *ret_index, GError **error)
{
  for (guint i = 0; i < count; i++)
    if (strcmp (names[i], name) == 0) {
      *ret_index = i;
      return TRUE;
    }
  g_autoptr (GString) list = g_string_new (names[0]);
  for (guint i = 1; i < count; i++)
    g_string_append_printf (list, ", %s", names[i]);
  g_set_error (error, FAULT_ERROR, FAULT_ERROR_UNKNOWN, "%s: expected one of %s, got '%s'", what,
               list->str, name);
  return FALSE;
}

gboolean
fault_direction_find (const char *name, FaultDirection *ret_direction, GError **error)
{
  guint index;
  if (!name_find ("direction", directions, G_N_ELEMENTS (directions), name, &index, error))
    return FALSE;
  *ret_direction = (FaultDirection) index;
  return TRUE;
}

gboolean
fault_position_find (const char *name, FaultPosition *ret_position, GError **error)
{
  guint index;
  if (!name_find ("position", positions, G_N_ELEMENTS (positions), name, &index, error))
    return FALSE;
  *ret_position = (FaultPosition) index;
  return TRUE;
}

gboolean
fault_unsynced_find (const char *name, FaultUnsynced *ret_unsynced, GError **error)
{
  guint index;
  if (!name_find ("unsynced", unsynced_names, G_N_ELEMENTS (unsynced_names), name, &index, error))
    return FALSE;
  *ret_unsynced = (FaultUnsynced) index;
  return TRUE;
}

static const PduType *
rule_pdu_type (const PlanRule *self)
{
  return self->opcode >= 0 ? pdu_type ((guint8) self->opcode) : NULL;
}

/* ---- is it sound ---- */

G_GNUC_PRINTF (2, 3)
static gboolean
unsound (GError **error, const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  g_autofree char *message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error_literal (error, FAULT_ERROR, FAULT_ERROR_RULE, message);
  return FALSE;
}

static gboolean
rule_find_pdu (PlanRule *self, GError **error)
{
  self->opcode = -1;
  if (self->rule.pdu == NULL)
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (pdus); i++)
    if (strcmp (pdus[i].name, self->rule.pdu) == 0 && pdu_type ((guint8) pdus[i].opcode) != NULL) {
      self->opcode = pdus[i].opcode;
      return TRUE;
    }
  g_set_error (error, FAULT_ERROR, FAULT_ERROR_UNKNOWN,
               "pdu: expected the RFC's name of a PDU, got '%s'", self->rule.pdu);
  return FALSE;
}

static gboolean
field_is_unknown (const PduType *type, const char *pdu, const char *name, GError **error)
{
  g_autoptr (GString) list = g_string_new (NULL);
  for (guint i = 0; i < type->field_count; i++)
    g_string_append_printf (list, "%s%s", i > 0 ? ", " : "", type->fields[i].name);
  g_set_error (error, FAULT_ERROR, FAULT_ERROR_UNKNOWN,
               "field of '%s': expected one of %s, got '%s'", pdu, list->str, name);
  return FALSE;
}

static gboolean
rule_find_fields (PlanRule *self, GError **error)
{
  const FaultRule *rule = &self->rule;
  const PduType *type = rule_pdu_type (self);
  if (rule->field_count > FAULT_FIELDS)
    return unsound (error, "fields: expected at most %d, got %u", FAULT_FIELDS, rule->field_count);
  if (rule->field_count > 0 && type == NULL)
    return unsound (error, "fields: expected a pdu that has them, got none");
  for (guint i = 0; i < rule->field_count; i++) {
    const PduField *field = pdu_field (type, rule->fields[i].name);
    if (field == NULL)
      return field_is_unknown (type, rule->pdu, rule->fields[i].name, error);
    const guint64 most = G_MAXUINT64 >> (64 - MIN (field->bits, 64));
    if (rule->fields[i].value > most)
      return unsound (error,
                      "field '%s' of '%s': expected at most %" G_GUINT64_FORMAT
                      ", got %" G_GUINT64_FORMAT,
                      field->name, rule->pdu, most, rule->fields[i].value);
    self->fields[i] = field;
  }
  return TRUE;
}

/* A Data-Out on its way to the initiator is never met. */
static gboolean
rule_check_direction (const PlanRule *self, GError **error)
{
  const PduType *type = rule_pdu_type (self);
  if (type == NULL || self->rule.direction == FAULT_ANY_DIRECTION)
    return TRUE;
  const FaultDirection its = type->is_from_initiator ? FAULT_TO_TARGET : FAULT_TO_INITIATOR;
  return self->rule.direction == its
         || unsound (error, "direction of '%s': expected '%s', got '%s'", self->rule.pdu,
                     directions[its], directions[self->rule.direction]);
}

static gboolean
rule_check_time (const PlanRule *self, GError **error)
{
  Host *host = self->rule.host;
  if (host == NULL)
    return unsound (error, "host: expected the one whose clock a 'time' trigger goes by, got none");
  if (!host_is_up (host))
    return unsound (error, "host: expected '%s' to be up for a 'time' trigger, got it down",
                    host->name);
  if (self->rule.at_ns < host_now_ns (host))
    return unsound (error,
                    "at_ns: expected a time from %" G_GINT64_FORMAT " on, got %" G_GINT64_FORMAT,
                    host_now_ns (host), self->rule.at_ns);
  return TRUE;
}

static gboolean
rule_check_when (PlanRule *self, GError **error)
{
  const FaultRule *rule = &self->rule;
  guint ignored;
  switch (rule->when) {
  case FAULT_WHEN_PDU:
    return rule_find_pdu (self, error) && rule_find_fields (self, error)
           && rule_check_direction (self, error);
  case FAULT_WHEN_BYTES:
    return rule->bytes >= 1 || unsound (error, "bytes: expected at least 1, got 0");
  case FAULT_WHEN_TIME:
    return rule_check_time (self, error);
  case FAULT_WHEN_CONNECT:
    return rule->connection == 0
           || unsound (
               error,
               "connection: expected none with a 'connect' trigger, where nth counts, got %u",
               rule->connection);
  case FAULT_WHEN_DISK:
    return rule->operation == NULL
           || name_find ("operation", operations, G_N_ELEMENTS (operations), rule->operation,
                         &ignored, error);
  case FAULT_WHEN_SCSI:
    return rule->operation == NULL
           || name_find ("scsi", commands, G_N_ELEMENTS (commands), rule->operation, &ignored,
                         error);
  }
  return unsound (error, "when: expected a trigger, got %d", (int) rule->when);
}

static gboolean
rule_check_act (const PlanRule *self, GError **error)
{
  const FaultRule *rule = &self->rule;
  if (!fault_when_allows (rule->when, rule->act, error))
    return FALSE;
  if ((rule->act == FAULT_ACT_DELAY || rule->act == FAULT_ACT_LATE) && rule->delay_ns <= 0)
    return unsound (error, "delay_ns: expected more than 0, got %" G_GINT64_FORMAT, rule->delay_ns);
  const guint placed = FAULT_BIT (RST) | FAULT_BIT (FIN) | FAULT_BIT (BLACK_HOLE);
  if (rule->position == FAULT_BEFORE
      && (rule->when != FAULT_WHEN_PDU || !(placed & 1u << rule->act)))
    return unsound (error,
                    "position: expected 'before' only with a pdu and one of rst, fin, black_hole, "
                    "got it with '%s' and '%s'",
                    fault_when_name (rule->when), fault_act_name (rule->act));
  return TRUE;
}

static gboolean
rule_check_counts (const PlanRule *self, GError **error)
{
  const FaultRule *rule = &self->rule;
  if (rule->nth < 1)
    return unsound (error, "nth: expected at least 1, got 0");
  if (rule->when == FAULT_WHEN_TIME && rule->nth != 1)
    return unsound (
        error, "nth: expected 1 with a 'time' trigger, which comes once, got %" G_GUINT64_FORMAT,
        rule->nth);
  if (rule->chance_ppm > ALWAYS_PPM)
    return unsound (error, "chance_ppm: expected at most %u, got %u", ALWAYS_PPM, rule->chance_ppm);
  if (rule->after != FAULT_NO_RULE && rule->after >= self->plan->rules->len)
    return unsound (error, "after: expected the index of an earlier rule, got %u", rule->after);
  return TRUE;
}

/* ---- life ---- */

void
fault_rule_init (FaultRule *rule)
{
  *rule = (FaultRule){ .when = FAULT_WHEN_PDU,
                       .after = FAULT_NO_RULE,
                       .nth = 1,
                       .chance_ppm = ALWAYS_PPM,
                       .act = FAULT_ACT_RST,
                       .times = 1 };
}

static void
rule_own_strings (FaultRule *rule)
{
  rule->text = g_strdup (rule->text);
  rule->pdu = g_strdup (rule->pdu);
  rule->operation = g_strdup (rule->operation);
  rule->suffix = g_strdup (rule->suffix);
  for (guint i = 0; i < MIN (rule->field_count, FAULT_FIELDS); i++)
    rule->fields[i].name = g_strdup (rule->fields[i].name);
}

void
plan_rule_free (PlanRule *self)
{
  if (self == NULL)
    return;
  timer_disarm (&self->timer);
  for (guint i = 0; i < MIN (self->rule.field_count, FAULT_FIELDS); i++)
    g_free ((char *) self->rule.fields[i].name);
  g_free ((char *) self->rule.text);
  g_free ((char *) self->rule.pdu);
  g_free ((char *) self->rule.operation);
  g_free ((char *) self->rule.suffix);
  self->magic = 0;
  g_free (self);
}

PlanRule *
plan_rule_new (FaultPlan *plan, const FaultRule *rule, GError **error)
{
  PlanRule *self = g_new0 (PlanRule, 1);
  self->magic = PLAN_RULE_MAGIC;
  self->index = plan->rules->len;
  self->plan = plan;
  self->rule = *rule;
  self->opcode = -1;
  rule_own_strings (&self->rule);
  if (!rule_check_when (self, error) || !rule_check_act (self, error)
      || !rule_check_counts (self, error)) {
    plan_rule_free (self);
    return NULL;
  }
  char name[32];
  g_snprintf (name, sizeof name, "fault.%u", self->index);
  random_init (&self->random, plan->seed, name);
  return self;
}

/* ---- does it match ---- */

gboolean
plan_rule_is_armed (const PlanRule *self)
{
  const guint after = self->rule.after;
  return !self->is_lifted && (self->rule.times == 0 || self->fired < self->rule.times)
         && (after == FAULT_NO_RULE || plan_rule (self->plan, after)->fired > 0);
}

gboolean
plan_rule_is_due (PlanRule *self)
{
  if (++self->matches < self->rule.nth)
    return FALSE;
  return self->rule.chance_ppm == ALWAYS_PPM
         || random_chance (&self->random, self->rule.chance_ppm);
}

gboolean
plan_rule_is_of_tap (const PlanRule *self, const Tap *tap)
{
  const FaultRule *rule = &self->rule;
  return (rule->host == NULL || rule->host == tap->host || rule->host == tap->peer)
         && (!rule->has_portal || address_equal (&rule->portal, &tap->portal))
         && (rule->connection == 0 || rule->connection == tap->number);
}

gboolean
plan_rule_is_of_flow (const PlanRule *self, const TapFlow *flow)
{
  const FaultDirection its = flow->is_to_target ? FAULT_TO_TARGET : FAULT_TO_INITIATOR;
  return (self->rule.direction == FAULT_ANY_DIRECTION || self->rule.direction == its)
         && plan_rule_is_of_tap (self, flow->tap);
}

gboolean
plan_rule_is_of_pdu (const PlanRule *self, const TapFlow *flow)
{
  const guint8 *bhs = flow->framer.bhs;
  if (self->opcode >= 0 && self->opcode != bhs_opcode (bhs))
    return FALSE;
  if ((FAULT_ON_DIGESTS & 1u << self->rule.act) && !flow_has_digest (flow, self->rule.act))
    return FALSE;
  for (guint i = 0; i < self->rule.field_count; i++) {
    const PduField *field = self->fields[i];
    if (wire_get (bhs, field->byte, field->shift, field->bits) != self->rule.fields[i].value)
      return FALSE;
  }
  return TRUE;
}

/* ---- how it is told ---- */

static void
tell_duration (gint64 ns, GString *out)
{
  static const struct {
    gint64 scale;
    const char *unit;
  } units[] = { { NS_PER_S, "s" }, { NS_PER_MS, "ms" }, { NS_PER_US, "us" }, { 1, "ns" } };
  guint i = 0;
  while (ns % units[i].scale != 0)
    i++;
  g_string_append_printf (out, "%" G_GINT64_FORMAT "%s", ns / units[i].scale, units[i].unit);
}

/* The act, up to the preposition before what it struck. */
static void
tell_act (const PlanRule *self, GString *out)
{
  const FaultRule *rule = &self->rule;
  g_string_append (out, fault_act_name (rule->act));
  if (rule->act == FAULT_ACT_DELAY || rule->act == FAULT_ACT_LATE) {
    g_string_append (out, " of ");
    tell_duration (rule->delay_ns, out);
  }
  if (rule->when == FAULT_WHEN_BYTES)
    g_string_append (out, " after ");
  else if (rule->when == FAULT_WHEN_TIME)
    g_string_append (out, " at ");
  else if (rule->when == FAULT_WHEN_DISK)
    g_string_append (out, " at ");
  else if (rule->when == FAULT_WHEN_CONNECT)
    g_string_append (out, " of ");
  else if (rule->when == FAULT_WHEN_SCSI)
    g_string_append (out, " at ");
  else if (rule->act == FAULT_ACT_CUT)
    g_string_append_printf (out, " after %" G_GUINT64_FORMAT " bytes of ", rule->cut_bytes);
  else if (rule->act == FAULT_ACT_DROP || rule->act == FAULT_ACT_DELAY
           || (FAULT_ON_DIGESTS & 1u << rule->act))
    g_string_append (out, " of ");
  else
    g_string_append_printf (out, " %s ", positions[rule->position]);
}

/* The number that best tells PDUs of one kind apart. */
static void
tell_number (const guint8 bhs[BHS_LENGTH], GString *out)
{
  static const char *const numbers[] = { "DataSN", "R2TSN", "CmdSN", "StatSN" };
  const PduType *type = pdu_type (bhs_opcode (bhs));
  for (guint i = 0; type != NULL && i < G_N_ELEMENTS (numbers); i++) {
    const PduField *field = pdu_field (type, numbers[i]);
    if (field == NULL)
      continue;
    g_string_append_printf (out, " %s=%" G_GUINT64_FORMAT, field->name,
                            wire_get (bhs, field->byte, field->shift, field->bits));
    return;
  }
}

void
plan_rule_tell_pdu (const PlanRule *self, const guint8 bhs[BHS_LENGTH], GString *out)
{
  tell_act (self, out);
  g_string_append_printf (out, "%s #%" G_GUINT64_FORMAT, opcode_name (bhs_opcode (bhs)),
                          self->matches);
  tell_number (bhs, out);
}

void
plan_rule_tell_other (const PlanRule *self, GString *out)
{
  tell_act (self, out);
  if (self->rule.when == FAULT_WHEN_BYTES)
    g_string_append_printf (out, "%" G_GUINT64_FORMAT " bytes", self->rule.bytes);
  else if (self->rule.when == FAULT_WHEN_TIME)
    tell_duration (self->rule.at_ns, out);
}

static void
tell_wanted_pdu (const PlanRule *self, GString *out)
{
  g_string_append (out, self->rule.pdu != NULL ? self->rule.pdu : "PDU");
  for (guint i = 0; i < self->rule.field_count; i++)
    g_string_append_printf (out, " %s=%" G_GUINT64_FORMAT, self->fields[i]->name,
                            self->rule.fields[i].value);
}

/* A rule in words, before it met anything: for the report of those that never fired. */
char *
plan_rule_text (const PlanRule *self)
{
  const FaultRule *rule = &self->rule;
  if (rule->text != NULL)
    return g_strdup (rule->text);
  GString *out = g_string_new (NULL);
  plan_rule_tell_other (self, out);
  if (rule->when == FAULT_WHEN_PDU)
    tell_wanted_pdu (self, out);
  else if (rule->when == FAULT_WHEN_CONNECT)
    g_string_append (out, "connect");
  else if (rule->when == FAULT_WHEN_DISK || rule->when == FAULT_WHEN_SCSI)
    g_string_append (out, rule->operation != NULL ? rule->operation : "any");
  if (rule->suffix != NULL)
    g_string_append_printf (out, " of '*%s'", rule->suffix);
  if (rule->nth > 1)
    g_string_append_printf (out, " #%" G_GUINT64_FORMAT, rule->nth);
  return g_string_free (out, FALSE);
}
