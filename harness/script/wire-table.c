/* SPDX-License-Identifier: Apache-2.0 */
/* wire-table.c - tables of a script to PDUs and back
 *
 * The names of a table are looked at in bytewise order, whatever order Lua walks them in: of several mistakes the same one is
 * told each time.
 */
#include "harness/script/wire-table.h"

#define SHOWN_DATA 32u /* octets of a data segment in a message */

void
wire_table_clear (WireTable *table)
{
  g_clear_pointer (&table->word, g_free);
  g_clear_pointer (&table->given, g_ptr_array_unref);
  if (table->data != NULL)
    g_string_free (g_steal_pointer (&table->data), TRUE);
}

G_GNUC_PRINTF (3, 4)
static gboolean
table_fail (const WireTable *table, GError **error, const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  g_autofree char *what = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_USAGE, "%s: %s", table->word, what);
  return FALSE;
}

/* ---- opcodes and fields ---- */

static gboolean
opcode_find (const char *name, guint8 *ret_opcode)
{
  for (guint opcode = 0; opcode < 0x40; opcode++)
    if (pdu_type ((guint8) opcode) != NULL && strcmp (opcode_name (opcode), name) == 0) {
      *ret_opcode = (guint8) opcode;
      return TRUE;
    }
  return FALSE;
}

static gboolean
table_read_opcode (WireTable *table, lua_State *L, int index, GError **error)
{
  guint8 opcode;
  const int type = lua_getfield (L, index, "opcode");
  const lua_Integer number = lua_tointegerx (L, -1, NULL);
  const char *name = type == LUA_TSTRING ? lua_tostring (L, -1) : NULL;
  lua_pop (L, 1); /* the table keeps the string */
  if (type == LUA_TNIL)
    return TRUE;
  if (name != NULL && !opcode_find (name, &opcode))
    return table_fail (table, error, "'opcode': expected the RFC's name of a PDU, got '%s'", name);
  if (name == NULL && (type != LUA_TNUMBER || number < 0 || number > 0x3f))
    return table_fail (table, error, "'opcode': expected a name or a number from 0 to 63");
  table->bhs[0] = name != NULL ? opcode : (guint8) number;
  table->has_opcode = TRUE;
  return TRUE;
}

static char *
field_names (const PduType *type)
{
  GString *names = g_string_new ("opcode, data, hex, pattern, text, cdb, bytes");
  for (guint i = 0; type != NULL && i < type->field_count; i++)
    g_string_append_printf (names, ", %s", type->fields[i].name);
  return g_string_free (names, FALSE);
}

/* The value at the top of the stack. */
static gboolean
table_set_field (WireTable *table, lua_State *L, const char *name, GError **error)
{
  const PduType *type = table->has_opcode ? pdu_type (bhs_opcode (table->bhs)) : NULL;
  const PduField *field = type != NULL ? pdu_field (type, name) : NULL;
  if (field == NULL) {
    g_autofree char *names = field_names (type);
    return table_fail (table, error, "expected one of %s, got '%s'", names, name);
  }
  int is_integer = lua_isboolean (L, -1);
  const guint64 value =
      is_integer ? (guint64) lua_toboolean (L, -1) : (guint64) lua_tointegerx (L, -1, &is_integer);
  const guint64 most = wire_mask (field->bits);
  if (!is_integer || value > most)
    return table_fail (table, error, "'%s': expected an integer of %u bits", name, field->bits);
  wire_set (table->bhs, field->byte, field->shift, field->bits, value);
  g_ptr_array_add (table->given, g_strdup (name));
  return TRUE;
}

/* ---- octets ---- */

gboolean
wire_hex_read (const char *text, GString *out)
{
  for (const char *at = text; *at != '\0';) {
    if (g_ascii_isspace (*at)) {
      at++;
      continue;
    }
    if (!g_ascii_isxdigit (at[0]) || !g_ascii_isxdigit (at[1]))
      return FALSE;
    g_string_append_c (out,
                       (char) (g_ascii_xdigit_value (at[0]) << 4 | g_ascii_xdigit_value (at[1])));
    at += 2;
  }
  return TRUE;
}

static gboolean
table_read_cdb (WireTable *table, lua_State *L, GError **error)
{
  g_autoptr (GString) cdb = g_string_new (NULL);
  if (lua_type (L, -1) != LUA_TSTRING || !wire_hex_read (lua_tostring (L, -1), cdb)
      || cdb->len > 16)
    return table_fail (table, error, "'cdb': expected at most 16 octets in hex");
  memcpy (table->bhs + 32, cdb->str, cdb->len);
  g_ptr_array_add (table->given, g_strdup ("CDB"));
  g_ptr_array_add (table->given, g_strdup ("CDB2"));
  return TRUE;
}

static gboolean
table_read_data (WireTable *table, lua_State *L, GError **error)
{
  gsize length;
  if (lua_type (L, -1) != LUA_TSTRING)
    return table_fail (table, error, "'data': expected a string, got %s", luaL_typename (L, -1));
  const char *bytes = lua_tolstring (L, -1, &length);
  g_string_append_len (table->data, bytes, (gssize) length);
  return TRUE;
}

static gboolean
table_read_hex (WireTable *table, lua_State *L, GError **error)
{
  if (lua_type (L, -1) != LUA_TSTRING || !wire_hex_read (lua_tostring (L, -1), table->data))
    return table_fail (table, error, "'hex': expected octets in hex");
  return TRUE;
}

static gboolean
table_read_pattern (WireTable *table, lua_State *L, GError **error)
{
  gint64 length;
  g_autofree char *what = g_strdup_printf ("%s: 'pattern'", table->word);
  if (!option_read_value (L, -1, what, OPTION_SIZE, &length, error))
    return FALSE;
  if (length > WIRE_SEGMENT_MAX)
    return table_fail (table, error, "'pattern': expected at most %u octets", WIRE_SEGMENT_MAX);
  for (gint64 i = 0; i < length; i++)
    g_string_append_c (table->data, (char) i);
  return TRUE;
}

gboolean
wire_text_read_pair (lua_State *L, GString *out)
{
  if (lua_type (L, -1) != LUA_TTABLE)
    return FALSE;
  const int key = lua_rawgeti (L, -1, 1);
  const int value = lua_rawgeti (L, -2, 2);
  const gboolean is_pair = key == LUA_TSTRING && (value == LUA_TSTRING || value == LUA_TNUMBER);
  if (is_pair)
    text_write (out, lua_tostring (L, -2), lua_tostring (L, -1));
  lua_pop (L, 2);
  return is_pair;
}

static gboolean
table_read_text (WireTable *table, lua_State *L, GError **error)
{
  const lua_Unsigned count = lua_type (L, -1) == LUA_TTABLE ? lua_rawlen (L, -1) : 0;
  if (count == 0)
    return table_fail (table, error, "'text': expected a list as { { 'Key', 'value' } }");
  table->is_text = TRUE;
  for (lua_Unsigned i = 1; i <= count; i++) {
    lua_rawgeti (L, -1, (lua_Integer) i);
    const gboolean is_pair = wire_text_read_pair (L, table->data);
    lua_pop (L, 1);
    if (!is_pair)
      return table_fail (table, error, "'text': expected pairs as { 'Key', 'value' }");
  }
  return TRUE;
}

static gboolean
table_read_bytes (WireTable *table, lua_State *L, GError **error)
{
  if (lua_type (L, -1) != LUA_TTABLE)
    return table_fail (table, error, "'bytes': expected a table as { [offset] = value }");
  /* Each offset is its own: the order of the walk does not matter. */
  for (lua_pushnil (L); lua_next (L, -2) != 0; lua_pop (L, 1)) {
    const gboolean is_good = lua_isinteger (L, -2) && lua_isinteger (L, -1)
                             && lua_tointeger (L, -2) >= 0 && lua_tointeger (L, -2) < BHS_LENGTH
                             && lua_tointeger (L, -1) >= 0 && lua_tointeger (L, -1) <= 255;
    if (!is_good) {
      lua_pop (L, 2);
      return table_fail (table, error, "'bytes': expected offsets from 0 to 47 and octets");
    }
    table->bhs[lua_tointeger (L, -2)] = (guint8) lua_tointeger (L, -1);
    table->is_fixed[lua_tointeger (L, -2)] = TRUE;
  }
  return TRUE;
}

typedef struct SpecialRow {
  const char *name;
  gboolean is_data;
  gboolean is_last; /* after all fields */
  gboolean (*read) (WireTable *table, lua_State *L, GError **error);
} SpecialRow;

static const SpecialRow special_rows[] = {
  { "data", TRUE, FALSE, table_read_data },       { "hex", TRUE, FALSE, table_read_hex },
  { "pattern", TRUE, FALSE, table_read_pattern }, { "text", TRUE, FALSE, table_read_text },
  { "cdb", FALSE, FALSE, table_read_cdb },        { "bytes", FALSE, TRUE, table_read_bytes },
};

static const SpecialRow *
special_find (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (special_rows); i++)
    if (strcmp (special_rows[i].name, name) == 0)
      return &special_rows[i];
  return NULL;
}

/* ---- the table ---- */

static int
name_compare (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

/* Sorted, NULL-terminated; NULL after an error. */
static GPtrArray *
table_names (const WireTable *table, lua_State *L, int index, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  for (lua_pushnil (L); lua_next (L, index) != 0; lua_pop (L, 1)) {
    if (lua_type (L, -2) != LUA_TSTRING) {
      lua_pop (L, 2);
      table_fail (table, error, "expected names, got a list");
      return NULL;
    }
    g_ptr_array_add (names, g_strdup (lua_tostring (L, -2)));
  }
  g_ptr_array_sort (names, name_compare);
  return g_steal_pointer (&names);
}

static gboolean
table_read_one (WireTable *table, lua_State *L, const char *name, gboolean is_last_round,
                GError **error)
{
  const SpecialRow *special = special_find (name);
  if ((special != NULL && special->is_last) != is_last_round)
    return TRUE;
  if (special == NULL)
    return table_set_field (table, L, name, error);
  if (special->is_data && table->has_data)
    return table_fail (table, error, "expected one of data, hex, pattern, text, got '%s' too",
                       name);
  table->has_data = table->has_data || special->is_data;
  return special->read (table, L, error);
}

static gboolean
table_read_all (WireTable *table, lua_State *L, int index, const char *const *others,
                GError **error)
{
  g_autoptr (GPtrArray) names = table_names (table, L, index, error);
  for (guint i = 0; names != NULL && i < 2 * names->len; i++) {
    const char *name = names->pdata[i % names->len];
    if (strcmp (name, "opcode") == 0 || g_strv_contains (others, name))
      continue;
    lua_getfield (L, index, name);
    const gboolean is_good = table_read_one (table, L, name, i >= names->len, error);
    lua_pop (L, 1);
    if (!is_good)
      return FALSE;
  }
  return names != NULL;
}

gboolean
wire_table_read (lua_State *L, int index, const char *word, const char *const *others,
                 WireTable *ret_table, GError **error)
{
  *ret_table = (WireTable){ .word = g_strdup (word),
                            .given = g_ptr_array_new_with_free_func (g_free),
                            .data = g_string_new (NULL) };
  if (lua_type (L, index) != LUA_TTABLE)
    return table_fail (ret_table, error, "expected a table, got %s", luaL_typename (L, index));
  if (!table_read_opcode (ret_table, L, index, error)
      || !table_read_all (ret_table, L, index, others, error))
    return FALSE;
  g_ptr_array_sort (ret_table->given, name_compare);
  g_ptr_array_add (ret_table->given, NULL);
  return TRUE;
}

/* ---- text ---- */

static void
append_data (GString *out, const char *bytes, gsize length)
{
  if (length == 0)
    return;
  g_string_append (out, " data='");
  for (gsize i = 0; i < MIN (length, SHOWN_DATA * 8); i++) {
    const guint8 byte = (guint8) bytes[i];
    if (g_ascii_isprint (byte) && byte != '\\' && byte != '\'')
      g_string_append_c (out, (char) byte);
    else
      g_string_append_printf (out, "\\x%02x", byte);
  }
  g_string_append (out, length > SHOWN_DATA * 8 ? "...'" : "'");
}

char *
wire_pdu_text (const WirePdu *pdu)
{
  GString *out = g_string_new (NULL);
  pdu_print (pdu->bhs, out);
  append_data (out, (const char *) pdu->data.bytes, pdu->data.length);
  return g_string_free (out, FALSE);
}

static void
append_field (GString *out, const guint8 bhs[BHS_LENGTH], const PduField *field)
{
  const guint64 value = wire_get (bhs, field->byte, field->shift, field->bits);
  if (field->format == PDU_HEX)
    g_string_append_printf (out, " %s=0x%" G_GINT64_MODIFIER "x", field->name, value);
  else
    g_string_append_printf (out, " %s=%" G_GUINT64_FORMAT, field->name, value);
}

char *
wire_table_text (const WireTable *table)
{
  const PduType *type = pdu_type (bhs_opcode (table->bhs));
  GString *out = g_string_new (table->has_opcode ? opcode_name (bhs_opcode (table->bhs)) : "a PDU");
  for (guint i = 0; i + 1 < table->given->len; i++)
    append_field (out, table->bhs, pdu_field (type, table->given->pdata[i]));
  append_data (out, table->data->str, table->data->len);
  return g_string_free (out, FALSE);
}

/* ---- comparing ---- */

/* Each pair of the table, NUL included, is there as a whole. */
static gboolean
text_has_pairs (const Slice *data, const GString *pairs)
{
  for (gsize at = 0; at < pairs->len; at += strlen (pairs->str + at) + 1) {
    const gsize length = strlen (pairs->str + at) + 1;
    gboolean is_there = FALSE;
    for (gsize from = 0; !is_there && from + length <= data->length; from++)
      is_there = (from == 0 || data->bytes[from - 1] == '\0')
                 && memcmp (data->bytes + from, pairs->str + at, length) == 0;
    if (!is_there)
      return FALSE;
  }
  return TRUE;
}

static gboolean
table_matches_data (const WireTable *table, const WirePdu *pdu)
{
  if (!table->has_data)
    return TRUE;
  if (table->is_text)
    return text_has_pairs (&pdu->data, table->data);
  return pdu->data.length == table->data->len
         && memcmp (pdu->data.bytes != NULL ? (const char *) pdu->data.bytes : "", table->data->str,
                    table->data->len)
                == 0;
}

static gboolean
table_matches_fields (const WireTable *table, const WirePdu *pdu)
{
  const PduType *type = pdu_type (bhs_opcode (table->bhs));
  for (guint i = 0; i + 1 < table->given->len; i++) {
    const PduField *field = pdu_field (type, table->given->pdata[i]);
    if (wire_get (pdu->bhs, field->byte, field->shift, field->bits)
        != wire_get (table->bhs, field->byte, field->shift, field->bits))
      return FALSE;
  }
  return TRUE;
}

char *
wire_table_mismatch (const WireTable *table, const WirePdu *pdu)
{
  if (table->has_opcode && bhs_opcode (table->bhs) != bhs_opcode (pdu->bhs))
    return wire_pdu_text (pdu);
  if (table_matches_fields (table, pdu) && table_matches_data (table, pdu))
    return NULL;
  return wire_pdu_text (pdu);
}

/* ---- what the script gets ---- */

static gboolean
opcode_has_text (guint8 opcode)
{
  return opcode == OPCODE_LOGIN_REQUEST || opcode == OPCODE_LOGIN_RESPONSE
         || opcode == OPCODE_TEXT_REQUEST || opcode == OPCODE_TEXT_RESPONSE;
}

static void
push_pairs (lua_State *L, const Slice *data)
{
  lua_newtable (L);
  for (gsize at = 0; at < data->length;) {
    const char *pair = (const char *) data->bytes + at;
    const gsize length = strnlen (pair, data->length - at);
    const char *equals = memchr (pair, '=', length);
    if (equals != NULL) {
      lua_pushlstring (L, pair, (gsize) (equals - pair));
      lua_pushlstring (L, equals + 1, length - (gsize) (equals - pair) - 1);
      lua_rawset (L, -3);
    }
    at += length + 1;
  }
}

void
wire_table_push (lua_State *L, const WirePdu *pdu)
{
  const PduType *type = pdu_type (bhs_opcode (pdu->bhs));
  lua_newtable (L);
  lua_pushstring (L, opcode_name (bhs_opcode (pdu->bhs)));
  lua_setfield (L, -2, "opcode");
  for (guint i = 0; type != NULL && i < type->field_count; i++) {
    const PduField *field = &type->fields[i];
    lua_pushinteger (L, (lua_Integer) wire_get (pdu->bhs, field->byte, field->shift, field->bits));
    lua_setfield (L, -2, field->name);
  }
  lua_pushlstring (L, pdu->data.bytes != NULL ? (const char *) pdu->data.bytes : "",
                   pdu->data.length);
  lua_setfield (L, -2, "data");
  if (!opcode_has_text (bhs_opcode (pdu->bhs)))
    return;
  push_pairs (L, &pdu->data);
  lua_setfield (L, -2, "text");
}
