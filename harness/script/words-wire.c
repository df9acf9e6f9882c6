/* SPDX-License-Identifier: Apache-2.0 */
/* words-wire.c - `wire_initiator` and `wire_target`: one end of a connection, PDU by PDU
 *
 * A word that waits is called again after each thing that happens to the actor, and looks anew: it keeps nothing between two
 * calls but the time at which it began. What does not come as expected fails the scenario with both, what was expected and what came.
 */
#include "harness/script/words-wire.h"
#include "harness/script/allow.h"

#define DEFAULT_WITHIN (10 * NS_PER_S)
#define WIRE_NAME      "iqn.2026-01.example.iscsilab:wire"

/* ---- waiting ---- */

static void
wire_has_changed (gpointer data)
{
  LabWire *self = data;
  LabCall *waiting = g_steal_pointer (&self->waiting);
  if (waiting != NULL && !waiting->is_done)
    lab_call_done (waiting, NULL);
}

static gint64
wire_deadline (const ScriptCall *call, gint64 within_ns)
{
  return call->waited != NULL ? call->waited->until_ns : call->lab->world->now_ns + within_ns;
}

gboolean
lab_wire_wait (ScriptCall *call, const char *what, gint64 within_ns)
{
  LabWire *self = call->self;
  LabCall *waiting = lab_call_new (call->lab, what);
  waiting->liveness_ns = 0;
  waiting->until_ns = wire_deadline (call, within_ns);
  if (call->waited != NULL)
    waiting->started_ns = call->waited->started_ns;
  self->waiting = waiting;
  return script_wait (call, waiting);
}

gboolean
lab_wire_is_late (const ScriptCall *call)
{
  return call->waited != NULL && call->lab->world->now_ns >= call->waited->until_ns;
}

gboolean
lab_wire_fail (ScriptCall *call, const char *word, const char *expected, const char *actual,
               GError **error)
{
  const LabWire *self = call->self;
  g_autofree char *property = g_strdup_printf ("%s:%s", self->object.class->name, word);
  lab_fail (call->lab, FAILURE_SCENARIO, property, expected, actual);
  g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_ENDED, "%s: expected %s, got %s", property,
               expected, actual);
  return FALSE;
}

/* What came instead of what was waited for. */
static char *
wire_state_text (const LabWire *self)
{
  const WireLine *line = self->wire->line;
  if (line == NULL)
    return g_strdup ("no connection");
  if (line->has_ended)
    return g_strdup_printf ("the end of the connection: %s", stream_end_name (line->end));
  return g_strdup ("nothing in time");
}

static gboolean
wire_line_is_over (const LabWire *self)
{
  return self->wire->line == NULL || self->wire->line->has_ended;
}

/* ---- making them ---- */

typedef struct WireValues {
  const char *name;
} WireValues;

static const Option wire_rows[] = {
  { "name", OPTION_STRING, G_STRUCT_OFFSET (WireValues, name), FALSE, "iSCSI name" },
};
const OptionTable wire_initiator_options = OPTION_TABLE ("lab:wire_initiator", wire_rows);
const OptionTable wire_target_options = OPTION_TABLE ("lab:wire_target", wire_rows);

void
lab_wire_free (gpointer data)
{
  LabWire *self = data;
  wire_free (self->wire);
  lab_wire_login_clear (self);
  g_string_free (self->login_text, TRUE);
  wire_pdu_free (self->granted);
  g_free (self->name);
  g_free (self);
}

static gboolean
wire_start (LabWire *self, gboolean is_target, GError **error)
{
  Lab *lab = self->object.lab;
  g_autofree char *host = g_strdup_printf ("wire%u", lab->wires->len);
  Address address;
  self->host = lab_host_new (lab, host, error);
  if (self->host == NULL)
    return FALSE;
  g_ptr_array_add (lab->excused_hosts, self->host); /* what it breaks, it breaks on purpose */
  if (!is_target) {
    self->wire = wire_initiator_new (self->host);
  } else {
    if (!world_address_new (lab->world, self->host, &address, error))
      return FALSE;
    self->wire = wire_target_new (self->host, &address, error);
    if (self->wire == NULL)
      return FALSE;
  }
  self->wire->changed = wire_has_changed;
  self->wire->data = self;
  return TRUE;
}

static gboolean
wire_add (ScriptCall *call, gboolean is_target, GError **error)
{
  Lab *lab = call->lab;
  WireValues values = { 0 };
  const OptionTable *table = is_target ? &wire_target_options : &wire_initiator_options;
  if (!options_read (call->L, SCRIPT_FIRST, table, &values, error))
    return FALSE;
  if (lab_is_foreign (lab) && is_target)
    return lab_skip (lab, error, "%s: a wire target takes the place of a target",
                     lab->request->target);
  LabWire *self = g_new0 (LabWire, 1);
  script_object_init (&self->object, is_target ? &wire_target_class : &wire_initiator_class, lab);
  self->login_text = g_string_new (NULL);
  g_ptr_array_add (lab->wires, self);
  self->name = values.name != NULL ? g_strdup (values.name)
                                   : g_strdup_printf ("%s%u", WIRE_NAME, lab->wires->len);
  if (!wire_start (self, is_target, error))
    return FALSE;
  script_push_object (call->L, &self->object);
  call->results = 1;
  return TRUE;
}

gboolean
lab_add_wire_initiator (ScriptCall *call, GError **error)
{
  return wire_add (call, FALSE, error);
}

gboolean
lab_add_wire_target (ScriptCall *call, GError **error)
{
  return wire_add (call, TRUE, error);
}

/* ---- connections ---- */

typedef struct ConnectValues {
  const char *portal;
  gint64 within_ns;
} ConnectValues;

static const Option connect_rows[] = {
  { "portal", OPTION_STRING, G_STRUCT_OFFSET (ConnectValues, portal), TRUE, "'address:port'" },
  { "within", OPTION_DURATION, G_STRUCT_OFFSET (ConnectValues, within_ns), FALSE, "default '10s'" },
};
static const OptionTable connect_options = OPTION_TABLE ("wire_initiator:connect", connect_rows);

static gboolean
word_connect (ScriptCall *call, GError **error)
{
  LabWire *self = call->self;
  ConnectValues values = { .within_ns = DEFAULT_WITHIN };
  Address portal;
  if (!options_read (call->L, SCRIPT_FIRST, &connect_options, &values, error)
      || !address_parse (values.portal, 3260, &portal, error))
    return FALSE;
  if (call->waited == NULL)
    wire_connect (self->wire, &portal);
  else if (self->wire->line->is_connected)
    return TRUE;
  else if (wire_line_is_over (self) || lab_wire_is_late (call)) {
    g_autofree char *actual = wire_state_text (self);
    return lab_wire_fail (call, "connect", "a connection", actual, error);
  }
  return lab_wire_wait (call, "wire_initiator:connect", values.within_ns);
}

typedef struct WithinValues {
  gint64 within_ns;
  gint64 lasting_ns;
  const char *how;
  gboolean discards;
} WithinValues;

#define AT(member) G_STRUCT_OFFSET (WithinValues, member)

static const Option accept_rows[] = {
  { "within", OPTION_DURATION, AT (within_ns), FALSE, "default '10s'" },
};
static const OptionTable accept_options = OPTION_TABLE ("wire_target:accept", accept_rows);

static gboolean
word_accept (ScriptCall *call, GError **error)
{
  LabWire *self = call->self;
  WithinValues values = { .within_ns = DEFAULT_WITHIN };
  if (!options_read (call->L, SCRIPT_FIRST, &accept_options, &values, error))
    return FALSE;
  if (wire_accept (self->wire))
    return TRUE;
  if (lab_wire_is_late (call))
    return lab_wire_fail (call, "accept", "a connection", "none in time", error);
  return lab_wire_wait (call, "wire_target:accept", values.within_ns);
}

static const Option end_rows[] = {
  { "within", OPTION_DURATION, AT (within_ns), FALSE, "default '10s'" },
  { "how", OPTION_STRING, AT (how), FALSE, "'fin' or 'rst'; default: either" },
  { "discard", OPTION_BOOLEAN, AT (discards), FALSE,
    "PDUs that come before the end do not matter" },
};
static const OptionTable end_options = OPTION_TABLE ("wire:expect_close", end_rows);

static gboolean
end_is_as_wanted (const WireLine *line, const char *how)
{
  return how == NULL || strcmp (stream_end_name (line->end), how) == 0;
}

static gboolean
word_expect_close (ScriptCall *call, GError **error)
{
  LabWire *self = call->self;
  WithinValues values = { .within_ns = DEFAULT_WITHIN };
  if (!options_read (call->L, SCRIPT_FIRST, &end_options, &values, error))
    return FALSE;
  g_autofree char *expected =
      g_strdup_printf ("the end of the connection%s%s", values.how != NULL ? ": " : "",
                       values.how != NULL ? values.how : "");
  g_autoptr (WirePdu) pdu = NULL;
  while ((pdu = wire_take (self->wire)) != NULL) {
    if (!values.discards) {
      g_autofree char *actual = wire_pdu_text (pdu);
      return lab_wire_fail (call, "expect_close", expected, actual, error);
    }
    wire_pdu_free (g_steal_pointer (&pdu));
  }
  if (self->wire->line != NULL && self->wire->line->has_ended
      && end_is_as_wanted (self->wire->line, values.how))
    return TRUE;
  if (!wire_line_is_over (self) && !lab_wire_is_late (call))
    return lab_wire_wait (call, "wire:expect_close", values.within_ns);
  g_autofree char *actual = wire_state_text (self);
  return lab_wire_fail (call, "expect_close", expected, actual, error);
}

static const Option silence_rows[] = {
  { "lasting", OPTION_DURATION, AT (lasting_ns), FALSE, "default '1s'" },
};
static const OptionTable silence_options = OPTION_TABLE ("wire:expect_silence", silence_rows);

#undef AT

static gboolean
word_expect_silence (ScriptCall *call, GError **error)
{
  LabWire *self = call->self;
  WithinValues values = { .lasting_ns = NS_PER_S };
  if (!options_read (call->L, SCRIPT_FIRST, &silence_options, &values, error))
    return FALSE;
  g_autoptr (WirePdu) pdu = wire_take (self->wire);
  if (pdu != NULL || wire_line_is_over (self)) {
    g_autofree char *actual = pdu != NULL ? wire_pdu_text (pdu) : wire_state_text (self);
    return lab_wire_fail (call, "expect_silence", "no PDU, on a connection that stays", actual,
                          error);
  }
  return lab_wire_is_late (call) || lab_wire_wait (call, "wire:expect_silence", values.lasting_ns);
}

static gboolean
word_close (ScriptCall *call, GError **error)
{
  LabWire *self = call->self;
  wire_close (self->wire);
  return TRUE;
}

static gboolean
word_reset (ScriptCall *call, GError **error)
{
  LabWire *self = call->self;
  wire_reset (self->wire);
  return TRUE;
}

/* ---- PDUs ---- */

/* Not every target has a disk at LUN 0. */
static void
wire_fill_lun (const LabWire *self, WireTable *table, const char *const *given)
{
  const Lab *lab = self->object.lab;
  const guint8 opcode = bhs_opcode (table->bhs);
  const gboolean is_of_lun =
      opcode == OPCODE_SCSI_COMMAND || opcode == OPCODE_DATA_OUT || opcode == OPCODE_TMF_REQUEST;
  if (is_of_lun && lab_is_foreign (lab) && !g_strv_contains (given, "LUN"))
    wire_set (table->bhs, 8, 0, 64, lun_encode (lab_first_lun (lab)));
}

void
lab_wire_send (LabWire *self, WireTable *table)
{
  const char *const *given = (const char *const *) table->given->pdata;
  wire_fill_lun (self, table, given);
  /* Octets that were set by their place stand, whatever field they are in. */
  guint8 filled[BHS_LENGTH];
  memcpy (filled, table->bhs, BHS_LENGTH);
  wire_fill (self->wire, filled, given);
  for (guint i = 0; i < BHS_LENGTH; i++)
    if (!table->is_fixed[i])
      table->bhs[i] = filled[i];
  if (!g_strv_contains (given, "DataSegmentLength"))
    wire_set (table->bhs, 5, 0, 24, table->data->len);
  Slice data = slice_copy (table->data->str, table->data->len);
  wire_send (self->wire, table->bhs, &data);
  slice_clear (&data);
  wire_count (self->wire, table->bhs, given);
}

/* raw = "hex": these octets, and nothing else. */
static gboolean
wire_send_raw (LabWire *self, const char *word, const char *hex, GError **error)
{
  g_autoptr (GString) octets = g_string_new (NULL);
  if (!wire_hex_read (hex, octets) || octets->len == 0) {
    g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_USAGE, "%s: 'raw': expected octets in hex",
                 word);
    return FALSE;
  }
  wire_send_octets (self->wire, slice_copy (octets->str, octets->len));
  return TRUE;
}

static const char *
table_raw (lua_State *L, int index)
{
  if (lua_type (L, index) != LUA_TTABLE || lua_getfield (L, index, "raw") != LUA_TSTRING)
    return NULL;
  return lua_tostring (L, -1); /* stays on the stack: the word ends with it */
}

/* Where lengths are wrong, or octets are set by their place, what follows may be read as a PDU of its own. */
static Allowance
table_allowance (const WireTable *table)
{
  const char *const *given = (const char *const *) table->given->pdata;
  const gboolean has_lengths =
      g_strv_contains (given, "DataSegmentLength") || g_strv_contains (given, "TotalAHSLength");
  for (guint i = 0; i < BHS_LENGTH; i++)
    if (has_lengths || table->is_fixed[i])
      return ALLOW_BOTH;
  return pdu_allowance (table->bhs);
}

static gboolean
word_send (ScriptCall *call, GError **error)
{
  static const char *const none[] = { NULL };
  LabWire *self = call->self;
  g_autofree char *word = g_strdup_printf ("%s:send", self->object.class->name);
  const char *raw = table_raw (call->L, SCRIPT_FIRST);
  if (raw != NULL)
    return lab_allows (call->lab, ALLOW_BOTH, "a PDU in octets", error)
           && wire_send_raw (self, word, raw, error);
  g_auto (WireTable) table = { 0 };
  if (!wire_table_read (call->L, SCRIPT_FIRST, word, none, &table, error))
    return FALSE;
  if (!table.has_opcode) {
    g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_USAGE,
                 "%s: expected 'opcode' or 'raw', got none", word);
    return FALSE;
  }
  if (!lab_allows (call->lab, table_allowance (&table), word, error))
    return FALSE;
  lab_wire_send (self, &table);
  return TRUE;
}

static gboolean
expect_read_within (ScriptCall *call, gint64 *ret_within_ns, GError **error)
{
  *ret_within_ns = DEFAULT_WITHIN;
  const int type = lua_getfield (call->L, SCRIPT_FIRST, "within");
  const gboolean is_good =
      type == LUA_TNIL
      || option_read_value (call->L, -1, "expect: 'within'", OPTION_DURATION, ret_within_ns, error);
  lua_pop (call->L, 1);
  return is_good;
}

static gboolean
word_expect (ScriptCall *call, GError **error)
{
  static const char *const others[] = { "within", NULL };
  LabWire *self = call->self;
  g_autofree char *word = g_strdup_printf ("%s:expect", self->object.class->name);
  g_auto (WireTable) table = { 0 };
  gint64 within_ns;
  if (!wire_table_read (call->L, SCRIPT_FIRST, word, others, &table, error)
      || !expect_read_within (call, &within_ns, error))
    return FALSE;
  g_autoptr (WirePdu) pdu = wire_take (self->wire);
  if (pdu == NULL && !wire_line_is_over (self) && !lab_wire_is_late (call))
    return lab_wire_wait (call, word, within_ns);
  g_autofree char *actual =
      pdu != NULL ? wire_table_mismatch (&table, pdu) : wire_state_text (self);
  if (actual != NULL) {
    g_autofree char *expected = wire_table_text (&table);
    return lab_wire_fail (call, "expect", expected, actual, error);
  }
  wire_table_push (call->L, pdu);
  call->results = 1;
  return TRUE;
}

/* ---- properties ---- */

static void
get_name (gpointer self, lua_State *L)
{
  const LabWire *wire = self;
  lua_pushstring (L, wire->name);
}

static void
get_portal (gpointer self, lua_State *L)
{
  const LabWire *wire = self;
  char text[ADDRESS_TEXT_LENGTH];
  lua_pushstring (L, address_text (&wire->wire->listener->address, text));
}

static void
get_is_open (gpointer self, lua_State *L)
{
  const LabWire *wire = self;
  lua_pushboolean (L, !wire_line_is_over (wire) && wire->wire->line->is_connected);
}

static void
get_waiting (gpointer self, lua_State *L)
{
  const LabWire *wire = self;
  lua_pushinteger (L, wire->wire->line != NULL ? wire->wire->line->received.length : 0);
}

static void
get_cmd_sn (gpointer self, lua_State *L)
{
  const LabWire *wire = self;
  lua_pushinteger (L, wire->wire->cmd_sn);
}

static void
get_stat_sn (gpointer self, lua_State *L)
{
  const LabWire *wire = self;
  lua_pushinteger (L, wire->wire->stat_sn);
}

#define SEND_LINE                                                                                  \
  "{ opcode = 'NOP-Out', field = value, ... }: one PDU. Names are the RFC's fields, and data "     \
  "(string), hex, pattern (length), text ({ { 'Key', 'value' } }), cdb (hex), bytes ({ [offset] "  \
  "= octet }) or raw (hex: octets as they are). A field left open gets what a well-behaved end "   \
  "would send"
#define EXPECT_LINE                                                                                \
  "{ opcode = ..., field = value, within = '10s' }: the next PDU says this, or the scenario "      \
  "fails; returned as a table of its fields, with data and text"

#define COMMON_WORDS                                                                               \
  { "name", NULL, get_name, "iSCSI name", NULL },                                                  \
      { "is_open", NULL, get_is_open, "its connection is there", NULL },                           \
      { "pdus", NULL, get_waiting, "how many PDUs have come that nobody has looked at", NULL },    \
      { "send", word_send, NULL, SEND_LINE, NULL },                                                \
      { "expect", word_expect, NULL, EXPECT_LINE, NULL },                                          \
      { "expect_close", word_expect_close, NULL, "the peer ends the connection, without a PDU",    \
        &end_options },                                                                            \
      { "expect_silence", word_expect_silence, NULL,                                               \
        "no PDU comes for so long, and the connection stays", &silence_options },                  \
      { "close", word_close, NULL, "FIN; what comes can still be looked at", NULL },               \
  {                                                                                                \
    "reset", word_reset, NULL, "RST", NULL                                                         \
  }

static const ScriptWord initiator_words[] = {
  { "connect", word_connect, NULL, "a new connection; the present one is let go",
    &connect_options },
  { "login", lab_wire_initiator_login, NULL,
    "one Login Request straight to full feature phase; the Login Response as a table",
    &wire_initiator_login_options },
  { "cmd_sn", NULL, get_cmd_sn, "the CmdSN that the next command gets", NULL },
  COMMON_WORDS,
};

static const ScriptWord target_words[] = {
  { "portal", NULL, get_portal, "'address:port' where it listens", NULL },
  { "accept", word_accept, NULL, "goes on to the next connection that comes", &accept_options },
  { "login", lab_wire_target_login, NULL,
    "answers Login Requests until full feature phase, as a target without authentication",
    &wire_target_login_options },
  { "stat_sn", NULL, get_stat_sn, "the StatSN that the next status gets", NULL },
  COMMON_WORDS,
};

const ScriptClass wire_initiator_class = { "wire_initiator", initiator_words,
                                           G_N_ELEMENTS (initiator_words) };
const ScriptClass wire_target_class = { "wire_target", target_words, G_N_ELEMENTS (target_words) };
