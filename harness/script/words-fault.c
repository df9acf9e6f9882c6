/* SPDX-License-Identifier: Apache-2.0 */
/* words-fault.c - lab:fault { on = ..., when = { ... }, act = "rst" } and the object that it gives
 *
 * `when` names one trigger: pdu, bytes, time, connect, disk or scsi. With scsi, lun = n is the n-th LUN. With pdu, every other name in it is a field of that PDU by the
 * RFC's spelling, and its value must be equal.
 */
#include "harness/script/allow.h"
#include "harness/script/lab.h"
#include "harness/script/wire-table.h"

typedef struct FaultValues {
  int on;
  int when;
  const char *act;
  const char *at;
  const char *direction;
  const char *portal;
  guint64 connection;
  int after;
  gint64 delay_ns;
  guint64 cut_bytes;
  const char *unsynced;
  guint64 times;
  gboolean is_optional;
  gint64 lasts_ns;
  gboolean is_one_way;
  guint64 rate;
  int of;
  int set;
  int add;
  guint64 offset;
  const char *octets;
  int insert;
  const char *key;
  const char *value;
  guint64 status;
  const char *address;
  guint64 reason;
  const char *state;
} FaultValues;

#define AT(member) G_STRUCT_OFFSET (FaultValues, member)

static const Option options[] = {
  { "on", OPTION_VALUE, AT (on), FALSE,
    "whose connections, connects or disk: a target or an initiator; default any" },
  { "when", OPTION_VALUE, AT (when), TRUE, "{ pdu = 'Data-Out', nth = 2 }, { disk = 'sync' } ..." },
  { "act", OPTION_STRING, AT (act), TRUE, "what happens: rst, fin, drop, delay ..." },
  { "at", OPTION_STRING, AT (at), FALSE, "'after' (default) or 'before' the PDU" },
  { "direction", OPTION_STRING, AT (direction), FALSE, "'to_target', 'to_initiator' or 'any'" },
  { "portal", OPTION_STRING, AT (portal), FALSE, "only connections to this 'address:port'" },
  { "connection", OPTION_NUMBER, AT (connection), FALSE,
    "only the k-th connection from one initiator to one portal" },
  { "after", OPTION_VALUE, AT (after), FALSE, "another fault that must have fired before" },
  { "delay", OPTION_DURATION, AT (delay_ns), FALSE,
    "of act = 'delay' and 'late'; of 'restart': how long it is down" },
  { "lasts", OPTION_DURATION, AT (lasts_ns), FALSE,
    "of black_hole, zero_window, path_down: it ends by itself; default: when it is lifted" },
  { "one_way", OPTION_BOOLEAN, AT (is_one_way), FALSE,
    "of black_hole, path_down: only `direction` is cut" },
  { "cut_bytes", OPTION_SIZE, AT (cut_bytes), FALSE,
    "of cut, truncate: what still passes; of shorten, split_text: how much of the data segment" },
  { "bytes_per_second", OPTION_SIZE, AT (rate), FALSE, "of act = 'slow'" },
  { "of", OPTION_VALUE, AT (of), FALSE, "of release, replay: an earlier fault" },
  { "set", OPTION_VALUE, AT (set), FALSE, "of act = 'overwrite': { MaxCmdSN = 7 }" },
  { "add", OPTION_VALUE, AT (add), FALSE, "of act = 'overwrite': { StatSN = 1, DataSN = -1 }" },
  { "offset", OPTION_NUMBER, AT (offset), FALSE,
    "of act = 'overwrite': where in the PDU, from its first octet; default 0" },
  { "octets", OPTION_STRING, AT (octets), FALSE, "of act = 'overwrite': in hex, at `offset`" },
  { "insert", OPTION_VALUE, AT (insert), FALSE,
    "of act = 'insert': { opcode = 'Reject', Reason = 4 }, as wire_initiator:send takes it" },
  { "key", OPTION_STRING, AT (key), FALSE, "of drop_key, repeat_key, replace_value, add_key" },
  { "value", OPTION_STRING, AT (value), FALSE, "of replace_value, add_key" },
  { "status", OPTION_NUMBER, AT (status), FALSE, "of act = 'login_status': 0x0301" },
  { "address", OPTION_STRING, AT (address), FALSE, "of act = 'login_status': TargetAddress" },
  { "reason", OPTION_NUMBER, AT (reason), FALSE, "of act = 'reject'; default 0x04" },
  { "state", OPTION_STRING, AT (state), FALSE,
    "of act = 'restart': its data are there ('keep', default) or its LUNs are blank ('lose')" },
  { "unsynced", OPTION_STRING, AT (unsynced), FALSE,
    "of act = 'power_cut': 'lose' (default), 'keep' or 'draw'" },
  { "times", OPTION_NUMBER, AT (times), FALSE, "how often; default 1; 0: without end" },
  { "optional", OPTION_BOOLEAN, AT (is_optional), FALSE, "need not fire" },
};

const OptionTable fault_options = OPTION_TABLE ("lab:fault", options);

/* ---- when ---- */

typedef struct WhenRow {
  const char *name;
  FaultWhen when;
} WhenRow;

static const WhenRow when_rows[] = {
  { "pdu", FAULT_WHEN_PDU },         { "bytes", FAULT_WHEN_BYTES }, { "time", FAULT_WHEN_TIME },
  { "connect", FAULT_WHEN_CONNECT }, { "disk", FAULT_WHEN_DISK },   { "scsi", FAULT_WHEN_SCSI },
};

static gboolean
when_fail (GError **error, const char *what)
{
  g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_USAGE, "lab:fault: 'when': %s", what);
  return FALSE;
}

/* The value at the top of the stack, for the trigger's own name. */
static gboolean
when_read_trigger (lua_State *L, FaultRule *rule, GError **error)
{
  switch (rule->when) {
  case FAULT_WHEN_PDU:
    return option_read_value (L, -1, "lab:fault: 'when.pdu'", OPTION_STRING, &rule->pdu, error);
  case FAULT_WHEN_BYTES:
    return option_read_value (L, -1, "lab:fault: 'when.bytes'", OPTION_SIZE, &rule->bytes, error);
  case FAULT_WHEN_TIME:
    return option_read_value (L, -1, "lab:fault: 'when.time'", OPTION_DURATION, &rule->at_ns,
                              error);
  case FAULT_WHEN_CONNECT:
    return TRUE;
  case FAULT_WHEN_DISK:
    return option_read_value (L, -1, "lab:fault: 'when.disk'", OPTION_STRING, &rule->operation,
                              error);
  case FAULT_WHEN_SCSI:
    return option_read_value (L, -1, "lab:fault: 'when.scsi'", OPTION_STRING, &rule->operation,
                              error);
  }
  g_assert_not_reached ();
}

static gboolean
when_find_trigger (lua_State *L, int index, FaultRule *rule, GError **error)
{
  guint found = 0;
  for (guint i = 0; i < G_N_ELEMENTS (when_rows); i++) {
    lua_pushstring (L, when_rows[i].name);
    if (lua_rawget (L, index) != LUA_TNIL) {
      found++;
      rule->when = when_rows[i].when;
      if (!when_read_trigger (L, rule, error))
        return FALSE;
    }
    lua_pop (L, 1);
  }
  return found == 1
         || when_fail (error, "expected exactly one of pdu, bytes, time, connect, disk, scsi");
}

static int
field_compare (gconstpointer a, gconstpointer b)
{
  return strcmp (((const FaultField *) a)->name, ((const FaultField *) b)->name);
}

static gboolean
when_is_trigger (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (when_rows); i++)
    if (strcmp (when_rows[i].name, name) == 0)
      return TRUE;
  return FALSE;
}

/* The n-th LUN of the embedded target, as session:disk (n) counts them. */
static gboolean
when_read_unit (lua_State *L, const char *name, FaultRule *rule, GError **error)
{
  guint64 index;
  if (strcmp (name, "lun") != 0)
    return when_fail (error, "expected of 'lun', 'nth' and 'chance_ppm' with scsi, got another");
  if (!option_read_value (L, -1, "lab:fault: 'when.lun'", OPTION_NUMBER, &index, error))
    return FALSE;
  if (index < 1 || index > 256)
    return when_fail (error, "expected 'lun' from 1 to 256");
  rule->has_unit = TRUE;
  rule->unit = (guint16) (index - 1);
  return TRUE;
}

/* every, nth, chance_ppm, suffix, a LUN, or the field of a PDU. */
static gboolean
when_read_other (lua_State *L, const char *name, FaultRule *rule, GError **error)
{
  guint64 chance_ppm;
  if (strcmp (name, "every") == 0)
    return option_read_value (L, -1, "lab:fault: 'when.every'", OPTION_DURATION, &rule->every_ns,
                              error);
  if (strcmp (name, "nth") == 0)
    return option_read_value (L, -1, "lab:fault: 'when.nth'", OPTION_NUMBER, &rule->nth, error);
  if (strcmp (name, "suffix") == 0)
    return option_read_value (L, -1, "lab:fault: 'when.suffix'", OPTION_STRING, &rule->suffix,
                              error);
  if (strcmp (name, "chance_ppm") == 0) {
    if (!option_read_value (L, -1, "lab:fault: 'when.chance_ppm'", OPTION_NUMBER, &chance_ppm,
                            error))
      return FALSE;
    rule->chance_ppm = (guint32) MIN (chance_ppm, G_MAXUINT32);
    return TRUE;
  }
  if (rule->when == FAULT_WHEN_SCSI)
    return when_read_unit (L, name, rule, error);
  if (rule->field_count == FAULT_FIELDS)
    return when_fail (error, "expected at most 4 fields of a PDU, got more");
  g_autofree char *what = g_strdup_printf ("lab:fault: 'when.%s'", name);
  FaultField *field = &rule->fields[rule->field_count++];
  field->name = name;
  return option_read_value (L, -1, what, OPTION_NUMBER, &field->value, error);
}

static gboolean
fault_read_when (lua_State *L, int index, FaultRule *rule, GError **error)
{
  if (lua_type (L, index) != LUA_TTABLE)
    return when_fail (error, "expected a table");
  if (!when_find_trigger (L, index, rule, error))
    return FALSE;
  for (lua_pushnil (L); lua_next (L, index) != 0; lua_pop (L, 1)) {
    const char *name = lua_type (L, -2) == LUA_TSTRING ? lua_tostring (L, -2) : NULL;
    if (name == NULL)
      return when_fail (error, "expected names, got a list");
    if (!when_is_trigger (name) && !when_read_other (L, name, rule, error))
      return FALSE;
  }
  /* The walk's order is the hash table's: it must not reach the rule's text. */
  qsort (rule->fields, rule->field_count, sizeof (FaultField), field_compare);
  return TRUE;
}

/* ---- where and what ---- */

static gboolean
fault_read_where (ScriptCall *call, const FaultValues *values, FaultRule *rule, GError **error)
{
  ScriptObject *on = values->on != 0 ? script_any_object (call->L, values->on) : NULL;
  if (on != NULL && on->class == &target_class)
    rule->host = ((LabTarget *) on)->host;
  else if (on != NULL && on->class == &initiator_class)
    rule->host = ((LabInitiator *) on)->host;
  else if (values->on != 0) {
    g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_USAGE,
                 "lab:fault: 'on': expected a target or an initiator, got %s",
                 on != NULL ? on->class->name : luaL_typename (call->L, values->on));
    return FALSE;
  }
  rule->has_portal = values->portal != NULL;
  rule->connection = (guint) MIN (values->connection, G_MAXUINT);
  if (rule->has_portal && !address_parse (values->portal, 3260, &rule->portal, error))
    return FALSE;
  if (values->after != 0) {
    LabFault *after =
        script_to_object (call->L, values->after, &fault_class, "lab:fault: 'after'", error);
    if (after == NULL)
      return FALSE;
    rule->after = after->rule;
  }
  return fault_direction_find (values->direction, &rule->direction, error);
}

/* `of`, like `after`, is another fault. */
static gboolean
fault_read_of (ScriptCall *call, const FaultValues *values, FaultRule *rule, GError **error)
{
  rule->of = FAULT_NO_RULE;
  if (values->of == 0)
    return TRUE;
  const LabFault *of =
      script_to_object (call->L, values->of, &fault_class, "lab:fault: 'of'", error);
  if (of != NULL)
    rule->of = of->rule;
  return of != NULL;
}

/* { DataSN = 7 }; a negative number is what it is in 64 bits. */
static gboolean
fault_read_fields (lua_State *L, int index, const char *what, FaultField *fields, guint *ret_count,
                   GError **error)
{
  if (index == 0)
    return TRUE;
  const gboolean is_table = lua_type (L, index) == LUA_TTABLE;
  gboolean is_good = is_table;
  if (is_table)
    lua_pushnil (L);
  for (; is_good && lua_next (L, index) != 0; lua_pop (L, 1)) {
    is_good = lua_type (L, -2) == LUA_TSTRING && lua_isinteger (L, -1) && *ret_count < FAULT_FIELDS;
    if (!is_good)
      break;
    fields[(*ret_count)++] = (FaultField){ lua_tostring (L, -2), (guint64) lua_tointeger (L, -1) };
  }
  if (!is_good)
    g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_USAGE,
                 "lab:fault: '%s': expected at most %d integers by the names of fields", what,
                 FAULT_FIELDS);
  qsort (fields, *ret_count, sizeof (FaultField), field_compare);
  return is_good;
}

static gboolean
fault_read_octets (const FaultValues *values, GString *octets, FaultRule *rule, GError **error)
{
  if (values->octets != NULL && (!wire_hex_read (values->octets, octets) || octets->len == 0)) {
    g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_USAGE,
                 "lab:fault: 'octets': expected octets in hex, got '%s'", values->octets);
    return FALSE;
  }
  rule->offset = values->offset;
  rule->octets = (const guint8 *) octets->str;
  rule->octet_count = octets->len;
  return TRUE;
}

static gboolean
fault_read_insert (ScriptCall *call, int index, WireTable *table, FaultRule *rule, GError **error)
{
  static const char *const none[] = { NULL };
  if (index == 0)
    return TRUE;
  if (!wire_table_read (call->L, index, "lab:fault: 'insert'", none, table, error))
    return FALSE;
  if (!table->has_opcode) {
    g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_USAGE,
                 "lab:fault: 'insert': expected an opcode, got none");
    return FALSE;
  }
  memcpy (rule->insert.bhs, table->bhs, BHS_LENGTH);
  rule->insert.data = (const guint8 *) table->data->str;
  rule->insert.length = table->data->len;
  rule->insert.given = (const char *const *) table->given->pdata;
  return TRUE;
}

static gboolean
fault_read_range (guint64 value, guint64 most, const char *what, GError **error)
{
  if (value > most)
    g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_USAGE,
                 "lab:fault: '%s': expected at most %" G_GUINT64_FORMAT ", got %" G_GUINT64_FORMAT,
                 what, most, value);
  return value <= most;
}

static gboolean
fault_read_words (const FaultValues *values, FaultRule *rule, GError **error)
{
  rule->key = values->key;
  rule->value = values->value;
  rule->address = values->address;
  rule->status = (guint16) values->status;
  rule->reason = (guint8) values->reason;
  rule->loses_state = strcmp (values->state, "lose") == 0;
  if (!rule->loses_state && strcmp (values->state, "keep") != 0) {
    g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_USAGE,
                 "lab:fault: 'state': expected 'keep' or 'lose', got '%s'", values->state);
    return FALSE;
  }
  return fault_read_range (values->status, G_MAXUINT16, "status", error)
         && fault_read_range (values->reason, G_MAXUINT8, "reason", error);
}

static gboolean
fault_read_what (const FaultValues *values, FaultRule *rule, GError **error)
{
  rule->delay_ns = values->delay_ns;
  rule->lasts_ns = values->lasts_ns;
  rule->is_one_way = values->is_one_way;
  rule->rate = values->rate;
  rule->cut_bytes = values->cut_bytes;
  rule->times = values->times;
  rule->is_optional = values->is_optional;
  return fault_act_find (values->act, &rule->act, error)
         && fault_position_find (values->at, &rule->position, error)
         && fault_unsynced_find (values->unsynced, &rule->unsynced, error)
         && fault_read_words (values, rule, error);
}

/* What comes out of it may be any command. */
static gboolean
act_forges (FaultAct act)
{
  static const FaultAct forging[] = { FAULT_ACT_OVERWRITE, FAULT_ACT_TRUNCATE, FAULT_ACT_SHORTEN,
                                      FAULT_ACT_INSERT, FAULT_ACT_UNKNOWN_OPCODE };
  for (guint i = 0; i < G_N_ELEMENTS (forging); i++)
    if (forging[i] == act)
      return TRUE;
  return FALSE;
}

/* The machines that the act is done to are the lab's own. */
static gboolean
fault_can_be_had (Lab *lab, const FaultRule *rule, GError **error)
{
  const FaultActInfo *info = fault_act_info (rule->act);
  const char *not_live = info->not_live != NULL ? info->not_live : fault_when_not_live (rule->when);
  if (lab->is_serving && rule->when == FAULT_WHEN_CONNECT)
    return lab_skip (lab, error, "fault '%s': the initiator's machine is asked, and is not ours",
                     info->name);
  if (lab->is_serving && rule->loses_state)
    return lab_skip (lab, error,
                     "fault '%s': 'state': expected 'keep': the data are not ours to lose",
                     info->name);
  if (lab->request->is_live && not_live != NULL)
    return lab_skip (lab, error, "fault '%s': %s", info->name, not_live);
  if (lab->remote != NULL && info->layer == FAULT_LAYER_LIFE)
    return lab_skip (lab, error, "fault '%s': %s is not ours to stop", info->name,
                     lab->remote->text);
  if (rule->direction != FAULT_TO_INITIATOR && act_forges (rule->act)
      && !lab_allows (lab, ALLOW_BOTH, info->name, error))
    return FALSE;
  if (rule->when == FAULT_WHEN_SCSI && lab_is_foreign (lab))
    return lab_skip (lab, error, "fault '%s': it strikes in the embedded target's device server",
                     info->name);
  return TRUE;
}

static gboolean
fault_read_all (ScriptCall *call, const FaultValues *values, FaultRule *rule, GError **error)
{
  lua_State *L = call->L;
  return fault_read_when (L, values->when, rule, error)
         && fault_read_where (call, values, rule, error)
         && fault_read_of (call, values, rule, error)
         && fault_read_fields (L, values->set, "set", rule->set, &rule->set_count, error)
         && fault_read_fields (L, values->add, "add", rule->add, &rule->add_count, error)
         && fault_read_what (values, rule, error) && fault_can_be_had (call->lab, rule, error);
}

gboolean
lab_add_fault (ScriptCall *call, GError **error)
{
  Lab *lab = call->lab;
  FaultValues values = {
    .at = "after", .direction = "any", .unsynced = "lose", .times = 1, .reason = 4, .state = "keep"
  };
  FaultRule rule;
  g_auto (WireTable) insert = { 0 };
  g_autoptr (GString) octets = g_string_new (NULL);
  fault_rule_init (&rule);
  if (!options_read (call->L, SCRIPT_FIRST, &fault_options, &values, error)
      || !fault_read_all (call, &values, &rule, error)
      || !fault_read_octets (&values, octets, &rule, error)
      || !fault_read_insert (call, values.insert, &insert, &rule, error))
    return FALSE;
  LabFault *fault = g_new0 (LabFault, 1);
  script_object_init (&fault->object, &fault_class, lab);
  g_ptr_array_add (lab->others, fault);
  if (!fault_plan_add (lab->plan, &rule, &fault->rule, error))
    return FALSE;
  script_push_object (call->L, &fault->object);
  call->results = 1;
  return TRUE;
}

/* ---- words ---- */

static gboolean
fault_lift (ScriptCall *call, GError **error)
{
  const LabFault *fault = call->self;
  fault_plan_lift (call->lab->plan, fault->rule);
  return TRUE;
}

static void
fault_get_fired (gpointer self, lua_State *L)
{
  const LabFault *fault = self;
  lua_pushinteger (L, (lua_Integer) fault_plan_rule_fired (fault->object.lab->plan, fault->rule));
}

static const ScriptWord words[] = {
  { "fired", NULL, fault_get_fired, "how often it has fired", NULL },
  { "lift", fault_lift, NULL, "it fires no more; what it held back goes on", NULL },
};

const ScriptClass fault_class = { "fault", words, G_N_ELEMENTS (words) };
