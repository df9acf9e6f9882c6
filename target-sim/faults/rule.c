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
#define SCSI_OP(name, code, action, length, text) text,
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

/* `any_value`: what is added may be any number, as it is taken modulo the field's width. */
static gboolean
rule_find_fields (const PlanRule *self, const FaultField *fields, guint count, gboolean any_value,
                  const PduField **ret_fields, GError **error)
{
  const PduType *type = rule_pdu_type (self);
  if (count > FAULT_FIELDS)
    return unsound (error, "fields: expected at most %d, got %u", FAULT_FIELDS, count);
  if (count > 0 && type == NULL)
    return unsound (error, "fields: expected a pdu that has them, got none");
  for (guint i = 0; i < count; i++) {
    const PduField *field = pdu_field (type, fields[i].name);
    if (field == NULL)
      return field_is_unknown (type, self->rule.pdu, fields[i].name, error);
    const guint64 most = any_value ? G_MAXUINT64 : G_MAXUINT64 >> (64 - MIN (field->bits, 64));
    if (fields[i].value > most)
      return unsound (error,
                      "field '%s' of '%s': expected at most %" G_GUINT64_FORMAT
                      ", got %" G_GUINT64_FORMAT,
                      field->name, self->rule.pdu, most, fields[i].value);
    ret_fields[i] = field;
  }
  return TRUE;
}

static gboolean
rule_find_all_fields (PlanRule *self, GError **error)
{
  const FaultRule *rule = &self->rule;
  return rule_find_fields (self, rule->fields, rule->field_count, FALSE, self->fields, error)
         && rule_find_fields (self, rule->set, rule->set_count, FALSE, self->set, error)
         && rule_find_fields (self, rule->add, rule->add_count, TRUE, self->add, error);
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
    return rule_find_pdu (self, error) && rule_find_all_fields (self, error)
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

/* ---- what each act needs ---- */

#define FAULT_PLACED                                                                               \
  (FAULT_BIT (RST) | FAULT_BIT (FIN) | FAULT_BIT (BLACK_HOLE) | FAULT_BIT (HALF_CLOSE)             \
   | FAULT_BIT (PATH_DOWN) | FAULT_BIT (CRASH) | FAULT_BIT (RESTART) | FAULT_BIT (POWER_CUT))
#define FAULT_LASTING (FAULT_BIT (BLACK_HOLE) | FAULT_BIT (ZERO_WINDOW) | FAULT_BIT (PATH_DOWN))
#define FAULT_ONE_WAY (FAULT_BIT (BLACK_HOLE) | FAULT_BIT (PATH_DOWN))

static gboolean
rule_is_in (const PlanRule *self, guint64 acts)
{
  return (acts & UINT64_C (1) << self->rule.act) != 0;
}

static gboolean
rule_is_on_pdu (const PlanRule *self, Opcode opcode)
{
  return self->rule.when == FAULT_WHEN_PDU && self->opcode == (int) opcode;
}

static gboolean
need_delay (const PlanRule *self, GError **error)
{
  return self->rule.delay_ns > 0
         || unsound (error, "delay_ns: expected more than 0, got %" G_GINT64_FORMAT,
                     self->rule.delay_ns);
}

static gboolean
need_rate (const PlanRule *self, GError **error)
{
  return (self->rule.rate >= 1 && self->rule.rate <= NS_PER_S)
         || unsound (error, "rate: expected 1 to 10^9 bytes per second, got %" G_GUINT64_FORMAT,
                     self->rule.rate);
}

static gboolean
need_held (const PlanRule *self, GError **error)
{
  const guint of = self->rule.of;
  return (of < self->plan->rules->len && plan_rule (self->plan, of)->rule.act == FAULT_ACT_HOLD)
         || unsound (error, "of: expected the index of an earlier rule that holds, got %u", of);
}

static gboolean
need_met (const PlanRule *self, GError **error)
{
  const guint of = self->rule.of;
  return (of < self->plan->rules->len && plan_rule (self->plan, of)->rule.when == FAULT_WHEN_PDU)
         || unsound (error, "of: expected the index of an earlier rule that meets PDUs, got %u",
                     of);
}

static gboolean
need_change (const PlanRule *self, GError **error)
{
  const FaultRule *rule = &self->rule;
  return rule->set_count + rule->add_count + rule->octet_count > 0
         || unsound (error, "overwrite: expected one of set, add, octets, got none");
}

static gboolean
need_insert (const PlanRule *self, GError **error)
{
  return self->rule.insert.given != NULL
         || unsound (error, "insert: expected a PDU to put in, got none");
}

static gboolean
need_request (const PlanRule *self, GError **error)
{
  const PduType *type = rule_pdu_type (self);
  return (type != NULL && type->is_from_initiator)
         || unsound (error, "%s: expected a pdu that an initiator sends, got '%s'",
                     fault_act_name (self->rule.act),
                     self->rule.pdu != NULL ? self->rule.pdu : "any");
}

static gboolean
need_login_status (const PlanRule *self, GError **error)
{
  if (self->rule.status == 0)
    return unsound (error, "status: expected a Status-Class and detail that are not 0, got 0");
  return rule_is_on_pdu (self, OPCODE_LOGIN_REQUEST)
         || unsound (error, "login_status: expected the pdu 'Login Request'");
}

static gboolean
pdu_has_text (const PlanRule *self)
{
  return rule_is_on_pdu (self, OPCODE_LOGIN_REQUEST) || rule_is_on_pdu (self, OPCODE_LOGIN_RESPONSE)
         || rule_is_on_pdu (self, OPCODE_TEXT_REQUEST)
         || rule_is_on_pdu (self, OPCODE_TEXT_RESPONSE);
}

static gboolean
need_key (const PlanRule *self, GError **error)
{
  if (self->rule.key == NULL)
    return unsound (error, "key: expected the name of a key, got none");
  return pdu_has_text (self)
         || unsound (error, "key: expected a pdu with text, got '%s'",
                     self->rule.pdu != NULL ? self->rule.pdu : "any");
}

static gboolean
need_key_and_value (const PlanRule *self, GError **error)
{
  if (self->rule.value == NULL)
    return unsound (error, "value: expected the value of a key, got none");
  return need_key (self, error);
}

static gboolean
need_split (const PlanRule *self, GError **error)
{
  if (self->rule.cut_bytes == 0)
    return unsound (error, "cut_bytes: expected at least 1, got 0");
  return rule_is_on_pdu (self, OPCODE_LOGIN_REQUEST) || rule_is_on_pdu (self, OPCODE_LOGIN_RESPONSE)
         || unsound (error, "split_text: expected the pdu 'Login Request' or 'Login Response'");
}

static gboolean
need_life (const PlanRule *self, GError **error)
{
  return self->rule.when == FAULT_WHEN_DISK || self->plan->life != NULL
         || unsound (error, "%s: expected somebody who can do it to the target, got nobody",
                     fault_act_name (self->rule.act));
}

static const struct {
  FaultAct act;
  gboolean (*check) (const PlanRule *self, GError **error);
} needs[] = {
  { FAULT_ACT_DELAY, need_delay },
  { FAULT_ACT_LATE, need_delay },
  { FAULT_ACT_SLOW, need_rate },
  { FAULT_ACT_RELEASE, need_held },
  { FAULT_ACT_REPLAY, need_met },
  { FAULT_ACT_OVERWRITE, need_change },
  { FAULT_ACT_INSERT, need_insert },
  { FAULT_ACT_REJECT, need_request },
  { FAULT_ACT_LOGIN_STATUS, need_login_status },
  { FAULT_ACT_DROP_KEY, need_key },
  { FAULT_ACT_REPEAT_KEY, need_key },
  { FAULT_ACT_REPLACE_VALUE, need_key_and_value },
  { FAULT_ACT_ADD_KEY, need_key_and_value },
  { FAULT_ACT_SPLIT_TEXT, need_split },
  { FAULT_ACT_CRASH, need_life },
  { FAULT_ACT_RESTART, need_life },
  { FAULT_ACT_POWER_CUT, need_life },
};

static gboolean
rule_check_position (const PlanRule *self, GError **error)
{
  const FaultRule *rule = &self->rule;
  return rule->position == FAULT_AFTER
         || (rule->when == FAULT_WHEN_PDU && rule_is_in (self, FAULT_PLACED))
         || unsound (error,
                     "position: expected 'before' only with a pdu and one of rst, fin, "
                     "black_hole, half_close, path_down, crash, restart, power_cut, got it with "
                     "'%s' and '%s'",
                     fault_when_name (rule->when), fault_act_name (rule->act));
}

static gboolean
rule_check_extent (const PlanRule *self, GError **error)
{
  const FaultRule *rule = &self->rule;
  if (rule->lasts_ns < 0 || (rule->lasts_ns > 0 && !rule_is_in (self, FAULT_LASTING)))
    return unsound (error,
                    "lasts_ns: expected it with black_hole, zero_window or path_down, got "
                    "it with '%s'",
                    fault_act_name (rule->act));
  if (rule->is_one_way && !rule_is_in (self, FAULT_ONE_WAY))
    return unsound (error, "one_way: expected it with black_hole or path_down, got it with '%s'",
                    fault_act_name (rule->act));
  if (rule->is_one_way && rule->direction == FAULT_ANY_DIRECTION)
    return unsound (error, "one_way: expected a direction, got 'any'");
  return rule->every_ns == 0 || (rule->when == FAULT_WHEN_TIME && rule->every_ns > 0)
         || unsound (error, "every_ns: expected it with a 'time' trigger, got it with '%s'",
                     fault_when_name (rule->when));
}

static gboolean
rule_check_act (const PlanRule *self, GError **error)
{
  const FaultRule *rule = &self->rule;
  if (!fault_when_allows (rule->when, rule->act, error))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (needs); i++)
    if (needs[i].act == rule->act && !needs[i].check (self, error))
      return FALSE;
  return rule_check_position (self, error) && rule_check_extent (self, error);
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
fields_own (FaultField *fields, guint count)
{
  for (guint i = 0; i < MIN (count, FAULT_FIELDS); i++)
    fields[i].name = g_strdup (fields[i].name);
}

static void
fields_free (FaultField *fields, guint count)
{
  for (guint i = 0; i < MIN (count, FAULT_FIELDS); i++)
    g_free ((char *) fields[i].name);
}

static void
rule_own_strings (FaultRule *rule)
{
  rule->text = g_strdup (rule->text);
  rule->pdu = g_strdup (rule->pdu);
  rule->operation = g_strdup (rule->operation);
  rule->suffix = g_strdup (rule->suffix);
  rule->key = g_strdup (rule->key);
  rule->value = g_strdup (rule->value);
  rule->address = g_strdup (rule->address);
  rule->octets = g_memdup2 (rule->octets, rule->octet_count);
  rule->insert.data = g_memdup2 (rule->insert.data, rule->insert.length);
  rule->insert.given = (const char *const *) g_strdupv ((char **) rule->insert.given);
  fields_own (rule->fields, rule->field_count);
  fields_own (rule->set, rule->set_count);
  fields_own (rule->add, rule->add_count);
}

static void
rule_free_strings (FaultRule *rule)
{
  g_free ((char *) rule->text);
  g_free ((char *) rule->pdu);
  g_free ((char *) rule->operation);
  g_free ((char *) rule->suffix);
  g_free ((char *) rule->key);
  g_free ((char *) rule->value);
  g_free ((char *) rule->address);
  g_free ((guint8 *) rule->octets);
  g_free ((guint8 *) rule->insert.data);
  g_strfreev ((char **) rule->insert.given);
  fields_free (rule->fields, rule->field_count);
  fields_free (rule->set, rule->set_count);
  fields_free (rule->add, rule->add_count);
}

void
plan_rule_free (PlanRule *self)
{
  if (self == NULL)
    return;
  timer_disarm (&self->timer);
  timer_disarm (&self->down_timer);
  payload_clear (&self->kept);
  rule_free_strings (&self->rule);
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
  return (rule->host == NULL || rule->host == tap->host || rule->host == tap->peer
          || (!tap->stream->is_accepted && path_host_is_at (self->plan, rule->host, &tap->portal)))
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
  if (rule_is_in (self, FAULT_ON_DIGESTS) && !flow_has_digest (flow, self->rule.act))
    return FALSE;
  for (guint i = 0; i < self->rule.field_count; i++) {
    const PduField *field = self->fields[i];
    if (wire_get (bhs, field->byte, field->shift, field->bits) != self->rule.fields[i].value)
      return FALSE;
  }
  return TRUE;
}

gboolean
plan_rule_fits_pdu (const PlanRule *self, const TapFlow *flow)
{
  const guint8 *bhs = flow->framer.bhs;
  const guint64 on_key = FAULT_BIT (DROP_KEY) | FAULT_BIT (REPEAT_KEY) | FAULT_BIT (REPLACE_VALUE);
  const guint32 length = bhs_data_segment_length (bhs);
  if (rule_is_in (self, on_key))
    return flow_has_key (flow, self->rule.key);
  if (rule_is_in (self, FAULT_BIT (BAD_PADDING)))
    return length % 4 != 0;
  if (rule_is_in (self, FAULT_BIT (SHORTEN) | FAULT_BIT (SPLIT_TEXT)))
    return length > self->rule.cut_bytes;
  return !rule_is_in (self, FAULT_BIT (REPLAY))
         || plan_rule (self->plan, self->rule.of)->kept.length > 0;
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
  const guint64 behind = FAULT_BIT (RELEASE) | FAULT_BIT (REPLAY) | FAULT_BIT (INSERT);
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
  else if (rule_is_in (self, FAULT_PLACED))
    g_string_append_printf (out, " %s ", positions[rule->position]);
  else if (rule_is_in (self, behind))
    g_string_append (out, " after ");
  else
    g_string_append (out, rule->act == FAULT_ACT_ZERO_WINDOW ? " before " : " of ");
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
