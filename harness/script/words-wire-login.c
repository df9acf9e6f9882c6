/* SPDX-License-Identifier: Apache-2.0 */
/* words-wire-login.c - the wire actors' comfort: a plain login, for tests whose subject is something else
 *
 * The initiator asks for everything in one request (R-LOGIN-027). A target that does not yet go on, since it has offers of its
 * own, gets what it offers, but for digests. The target answers each request as the negotiation engine
 * does; nothing is authenticated.
 */
#include "harness/script/words-wire.h"
#include "protocol/login.h"

#define LOGIN_WITHIN (10 * NS_PER_S)

typedef struct LoginValues {
  const char *target;
  const char *name;
  guint64 isid;
  guint64 tsih;
  guint64 cid;
  guint64 cmd_sn;
  int keys;
} LoginValues;

#define AT(member) G_STRUCT_OFFSET (LoginValues, member)

static const Option initiator_rows[] = {
  { "target", OPTION_STRING, AT (target), TRUE, "TargetName" },
  { "name", OPTION_STRING, AT (name), FALSE, "InitiatorName; default its own" },
  { "isid", OPTION_NUMBER, AT (isid), FALSE, "default 0x400001370001" },
  { "tsih", OPTION_NUMBER, AT (tsih), FALSE, "default 0: a new session" },
  { "cid", OPTION_NUMBER, AT (cid), FALSE, "default 0" },
  { "cmd_sn", OPTION_NUMBER, AT (cmd_sn), FALSE, "the first CmdSN; default 1" },
  { "keys", OPTION_VALUE, AT (keys), FALSE, "{ { 'InitialR2T', 'No' }, ... }: offers" },
};
const OptionTable wire_initiator_login_options =
    OPTION_TABLE ("wire_initiator:login", initiator_rows);

static const Option target_rows[] = {
  { "tsih", OPTION_NUMBER, AT (tsih), FALSE, "default 1" },
  { "keys", OPTION_VALUE, AT (keys), FALSE, "{ MaxBurstLength = 4096, ... }: what it agrees to" },
};
const OptionTable wire_target_login_options = OPTION_TABLE ("wire_target:login", target_rows);

#undef AT

/* ---- the initiator ---- */

static gboolean
login_add_keys (ScriptCall *call, int index, GString *text, GError **error)
{
  lua_State *L = call->L;
  const lua_Unsigned count =
      index != 0 && lua_type (L, index) == LUA_TTABLE ? lua_rawlen (L, index) : 0;
  for (lua_Unsigned i = 1; i <= count; i++) {
    lua_rawgeti (L, index, (lua_Integer) i);
    const gboolean is_pair = wire_text_read_pair (L, text);
    lua_pop (L, 1);
    if (!is_pair) {
      g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_USAGE,
                   "wire_initiator:login: 'keys': expected pairs as { 'Key', 'value' }");
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
login_add_offers (ScriptCall *call, const LoginValues *values, GString *text, GError **error)
{
  const LabWire *self = call->self;
  text_write (text, "InitiatorName", values->name != NULL ? values->name : self->name);
  text_write (text, "SessionType", "Normal");
  text_write (text, "TargetName", values->target);
  return login_add_keys (call, values->keys, text, error);
}

static gboolean
login_has_offered (ScriptCall *call, const LoginValues *values, const char *key, GError **error)
{
  g_autoptr (GString) offers = g_string_new (NULL);
  g_autofree char *start = g_strconcat (key, "=", NULL);
  if (!login_add_offers (call, values, offers, error))
    return TRUE;
  for (gsize at = 0; at < offers->len; at += strlen (offers->str + at) + 1)
    if (g_str_has_prefix (offers->str + at, start))
      return TRUE;
  return FALSE;
}

/* What the target offers, and does not merely declare or answer. */
static gboolean
login_add_answers (ScriptCall *call, const LoginValues *values, const WirePdu *pdu, GString *text,
                   GError **error)
{
  TextReader reader;
  text_reader_init (&reader);
  g_auto (Payload) segment = payload_of (slice_ref (&pdu->data));
  const gboolean is_good =
      text_reader_add (&reader, &segment, error) && text_reader_finish (&reader, error);
  for (guint i = 0; is_good && i < text_reader_count (&reader); i++) {
    const TextPair *pair = text_reader_get (&reader, i);
    const KeyInfo *info = key_find (pair->key);
    if (info != NULL && info->result != KEY_RESULT_DECLARE
        && !login_has_offered (call, values, pair->key, error))
      text_write (text, pair->key, info->kind == KEY_KIND_LIST ? "None" : pair->value);
  }
  text_reader_clear (&reader);
  return is_good;
}

/* `answered`: the response that asks for another request; NULL: this is the first. */
static gboolean
login_send_request (ScriptCall *call, const LoginValues *values, const WirePdu *answered,
                    GError **error)
{
  static const char *const given[] = { "CmdSN", "T", "CSG", "NSG", "ISID", "TSIH", "CID", NULL };
  LabWire *self = call->self;
  const LoginRequest request = { .transit = 1,
                                 .current_stage = LOGIN_STAGE_OPERATIONAL,
                                 .next_stage = LOGIN_STAGE_FULL_FEATURE,
                                 .isid = values->isid,
                                 .tsih = (guint16) values->tsih,
                                 .cid = (guint16) values->cid,
                                 .cmd_sn = (guint32) values->cmd_sn };
  g_auto (WireTable)
      table = { .given = g_ptr_array_new_with_free_func (g_free), .data = g_string_new (NULL) };
  for (guint i = 0; i < G_N_ELEMENTS (given); i++)
    g_ptr_array_add (table.given, g_strdup (given[i]));
  login_request_encode (&request, table.bhs);
  if (answered == NULL ? !login_add_offers (call, values, table.data, error)
                       : !login_add_answers (call, values, answered, table.data, error))
    return FALSE;
  lab_wire_send (self, &table);
  return TRUE;
}

/* ---- a target that has something to tell first ---- */

#define ATTENTION_TRIES 4

/* Immediate: it takes no CmdSN. */
static void
login_send_test (LabWire *self)
{
  const ScsiCommand command = { .immediate = 1, .is_final = 1 };
  g_auto (WireTable)
      table = { .given = g_ptr_array_new_with_free_func (g_free), .data = g_string_new (NULL) };
  g_ptr_array_add (table.given, NULL);
  scsi_command_encode (&command, table.bhs);
  lab_wire_send (self, &table);
}

/* A scenario that asks for no UNIT ATTENTION gets none from a foreign target either: it is told it here. */
static gboolean
login_is_followed_by_tests (const LabWire *self, const char *target_name)
{
  const LabTarget *target = lab_find_target (self->object.lab, target_name);
  return target != NULL && lab_is_foreign (self->object.lab) && !target->has_power_on_attention;
}

/* The login's response as if it had come last. */
static void
login_take_numbers (LabWire *self, const WirePdu *pdu)
{
  guint8 *bhs = self->granted->bhs;
  memcpy (bhs + 24, pdu->bhs + 24, 12); /* StatSN, ExpCmdSN, MaxCmdSN */
}

static gboolean
login_take_test (ScriptCall *call, const WirePdu *pdu, GError **error)
{
  LabWire *self = call->self;
  ScsiResponse response = { 0 };
  if (bhs_opcode (pdu->bhs) == OPCODE_SCSI_RESPONSE)
    scsi_response_decode (&response, pdu->bhs);
  else
    self->tests_left = 0;
  const gboolean is_good = bhs_opcode (pdu->bhs) == OPCODE_SCSI_RESPONSE && response.status == 0;
  if (!is_good && self->tests_left == 0) {
    g_autofree char *actual = wire_pdu_text (pdu);
    return lab_wire_fail (call, "login", "SCSI Response Status=0x0", actual, error);
  }
  self->tests_left = is_good ? 0 : self->tests_left - 1;
  login_take_numbers (self, pdu);
  return TRUE;
}

static gboolean
login_is_granted (const WirePdu *pdu, gboolean *ret_is_final)
{
  LoginResponse response = { 0 };
  if (pdu == NULL || bhs_opcode (pdu->bhs) != OPCODE_LOGIN_RESPONSE)
    return FALSE;
  login_response_decode (&response, pdu->bhs);
  *ret_is_final = response.transit;
  return response.status == 0;
}

static gboolean
login_begin_initiator (ScriptCall *call, const LoginValues *values, GError **error)
{
  LabWire *self = call->self;
  g_string_truncate (self->login_text, 0);
  self->tests_left = 0;
  g_clear_pointer (&self->granted, wire_pdu_free);
  return login_send_request (call, values, NULL, error);
}

/* A Login Response. */
static gboolean
login_take_response (ScriptCall *call, const LoginValues *values, WirePdu *pdu /* transfer full */,
                     GError **error)
{
  LabWire *self = call->self;
  g_autoptr (WirePdu) own = pdu;
  gboolean is_final = FALSE;
  if (!login_is_granted (pdu, &is_final)) {
    g_autofree char *actual = wire_pdu_text (pdu);
    return lab_wire_fail (call, "login", "Login Response Status=0x0", actual, error);
  }
  g_string_append_len (self->login_text, (const char *) pdu->data.bytes, (gssize) pdu->data.length);
  if (!is_final)
    return login_send_request (call, values, pdu, error);
  self->granted = g_steal_pointer (&own);
  self->tests_left = login_is_followed_by_tests (self, values->target) ? ATTENTION_TRIES : 0;
  return TRUE;
}

/* What the script gets is the last response, with the text of all of them. */
static gboolean
login_over (ScriptCall *call)
{
  LabWire *self = call->self;
  g_autoptr (WirePdu) pdu = g_steal_pointer (&self->granted);
  slice_clear (&pdu->data);
  pdu->data = slice_copy (self->login_text->str, self->login_text->len);
  wire_table_push (call->L, pdu);
  call->results = 1;
  return TRUE;
}

gboolean
lab_wire_initiator_login (ScriptCall *call, GError **error)
{
  LabWire *self = call->self;
  LoginValues values = { .isid = G_GUINT64_CONSTANT (0x400001370001), .cmd_sn = 1 };
  if (!options_read (call->L, SCRIPT_FIRST, &wire_initiator_login_options, &values, error)
      || (call->waited == NULL && !login_begin_initiator (call, &values, error)))
    return FALSE;
  g_autoptr (WirePdu) pdu = wire_take (self->wire);
  if (pdu == NULL) {
    const gboolean is_over = self->wire->line == NULL || self->wire->line->has_ended;
    return is_over || lab_wire_is_late (call)
               ? lab_wire_fail (call, "login", "Login Response Status=0x0", "no answer", error)
               : lab_wire_wait (call, "wire_initiator:login", LOGIN_WITHIN);
  }
  if (self->granted != NULL ? !login_take_test (call, pdu, error)
                            : !login_take_response (call, &values, g_steal_pointer (&pdu), error))
    return FALSE;
  if (self->granted != NULL && self->tests_left == 0)
    return login_over (call);
  if (self->granted != NULL)
    login_send_test (self);
  return lab_wire_wait (call, "wire_initiator:login", LOGIN_WITHIN);
}

/* ---- the target ---- */

void
lab_wire_login_clear (LabWire *self)
{
  if (self->negotiation == NULL)
    return;
  negotiation_clear (self->negotiation);
  g_clear_pointer (&self->negotiation, g_free);
}

/* { Key = value } over the defaults; each key sets its own member, so that the order of the walk does not matter. */
static gboolean
login_read_wanted (lua_State *L, int index, KeyValues *wanted, GError **error)
{
  if (index == 0 || lua_type (L, index) != LUA_TTABLE)
    return TRUE;
  for (lua_pushnil (L); lua_next (L, index) != 0; lua_pop (L, 1)) {
    const KeyInfo *info = lua_type (L, -2) == LUA_TSTRING ? key_find (lua_tostring (L, -2)) : NULL;
    g_autofree char *text = lua_isinteger (L, -1) ? g_strdup_printf ("%lld", lua_tointeger (L, -1))
                                                  : g_strdup (lua_tostring (L, -1));
    if (info != NULL && info->kind != KEY_KIND_TEXT && text != NULL
        && key_parse_number (info, text, &wanted->number[info->id], error))
      continue;
    lua_pop (L, 2);
    if (*error == NULL)
      g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_USAGE,
                   "wire_target:login: 'keys': expected { Key = value }");
    return FALSE;
  }
  return TRUE;
}

static gboolean
login_begin (ScriptCall *call, const LoginValues *values, GError **error)
{
  LabWire *self = call->self;
  KeyValues wanted;
  g_autoptr (GError) own = NULL;
  target_wanted_init (&wanted);
  const gboolean is_good = login_read_wanted (call->L, values->keys, &wanted, &own);
  if (is_good) {
    lab_wire_login_clear (self);
    self->negotiation = g_new0 (Negotiation, 1);
    negotiation_init (self->negotiation, NEGOTIATION_TARGET, &wanted);
  } else {
    g_propagate_error (error, g_steal_pointer (&own));
  }
  key_values_clear (&wanted);
  return is_good;
}

static gboolean
login_read_pairs (LabWire *self, const WirePdu *pdu, GString *reply, GError **error)
{
  TextReader reader;
  text_reader_init (&reader);
  g_auto (Payload) segment = payload_of (slice_ref (&pdu->data));
  gboolean is_good =
      text_reader_add (&reader, &segment, error) && text_reader_finish (&reader, error);
  for (guint i = 0; is_good && i < text_reader_count (&reader); i++)
    is_good = negotiation_read (self->negotiation, text_reader_get (&reader, i), reply, error);
  text_reader_clear (&reader);
  return is_good;
}

static void
login_send_response (LabWire *self, const LoginRequest *request, guint16 tsih, GString *reply)
{
  const gboolean is_final = request->transit && request->next_stage == LOGIN_STAGE_FULL_FEATURE;
  const LoginResponse response = { .transit = request->transit,
                                   .current_stage = request->current_stage,
                                   .next_stage = request->transit ? request->next_stage : 0,
                                   .isid = request->isid,
                                   .tsih = is_final ? tsih : 0 };
  g_auto (WireTable) table = { .given = g_ptr_array_new_with_free_func (g_free),
                               .data = g_string_new_len (reply->str, (gssize) reply->len) };
  g_ptr_array_add (table.given, NULL);
  login_response_encode (&response, table.bhs);
  lab_wire_send (self, &table);
}

/* One request. *ret_is_final: it was the last. */
static gboolean
login_answer (LabWire *self, const WirePdu *pdu, guint16 tsih, gboolean *ret_is_final,
              GError **error)
{
  LoginRequest request;
  login_request_decode (&request, pdu->bhs);
  g_autoptr (GString) reply = g_string_new (NULL);
  const gboolean is_first = self->negotiation->settled == 0;
  if (!login_read_pairs (self, pdu, reply, error))
    return FALSE;
  if (is_first) /* R-LOGIN-028 */
    text_write_number (reply, "TargetPortalGroupTag", 1);
  if (request.current_stage == LOGIN_STAGE_OPERATIONAL)
    negotiation_write_declarations (self->negotiation, reply);
  *ret_is_final = request.transit && request.next_stage == LOGIN_STAGE_FULL_FEATURE;
  login_send_response (self, &request, tsih, reply);
  return TRUE;
}

gboolean
lab_wire_target_login (ScriptCall *call, GError **error)
{
  LabWire *self = call->self;
  LoginValues values = { .tsih = 1 };
  if (!options_read (call->L, SCRIPT_FIRST, &wire_target_login_options, &values, error)
      || (call->waited == NULL && !login_begin (call, &values, error)))
    return FALSE;
  g_autoptr (WirePdu) pdu = NULL;
  while ((pdu = wire_take (self->wire)) != NULL) {
    gboolean is_final = FALSE;
    if (bhs_opcode (pdu->bhs) != OPCODE_LOGIN_REQUEST) {
      g_autofree char *actual = wire_pdu_text (pdu);
      return lab_wire_fail (call, "login", "Login Request", actual, error);
    }
    if (!login_answer (self, pdu, (guint16) values.tsih, &is_final, error))
      return FALSE;
    if (is_final)
      return TRUE;
    wire_pdu_free (g_steal_pointer (&pdu));
  }
  const gboolean is_over = self->wire->line == NULL || self->wire->line->has_ended;
  if (!is_over && !lab_wire_is_late (call))
    return lab_wire_wait (call, "wire_target:login", LOGIN_WITHIN);
  return lab_wire_fail (call, "login", "a login to its end",
                        is_over ? "the end of the connection" : "nothing in time", error);
}
