/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/script/options.h"

#include "world/host.h"

G_DEFINE_QUARK (iscsilab_script_error, script_error)

typedef struct Unit {
  const char *name;
  gint64 scale;
} Unit;

static const Unit size_units[] = {
  { "", 1 },
  { "K", 1024 },
  { "M", 1024 * 1024 },
  { "G", 1024 * 1024 * 1024 },
};

static const Unit duration_units[] = {
  { "ns", 1 },       { "us", NS_PER_US },      { "ms", NS_PER_MS },
  { "s", NS_PER_S }, { "min", 60 * NS_PER_S }, { "h", 3600 * NS_PER_S },
};

/* A whole number and a unit, without a space; no float decides anything here. */
static gboolean
quantity_parse (const char *text, const Unit *units, guint count, gint64 *ret_value)
{
  char *end;
  if (!g_ascii_isdigit (text[0]))
    return FALSE;
  const guint64 number = g_ascii_strtoull (text, &end, 10);
  for (guint i = 0; i < count; i++)
    if (strcmp (end, units[i].name) == 0 && number <= (guint64) (G_MAXINT64 / units[i].scale)) {
      *ret_value = (gint64) number * units[i].scale;
      return TRUE;
    }
  return FALSE;
}

gboolean
size_parse (const char *text, guint64 *ret_bytes)
{
  gint64 value;
  if (!quantity_parse (text, size_units, G_N_ELEMENTS (size_units), &value))
    return FALSE;
  *ret_bytes = (guint64) value;
  return TRUE;
}

gboolean
duration_parse (const char *text, gint64 *ret_ns)
{
  return quantity_parse (text, duration_units, G_N_ELEMENTS (duration_units), ret_ns);
}

char *
duration_text (gint64 ns)
{
  for (guint i = G_N_ELEMENTS (duration_units) - 2; i > 0; i--) {
    const gint64 scale = duration_units[i - 1].scale;
    if (ns >= scale && i == 4)
      return ns % scale == 0 ? g_strdup_printf ("%" G_GINT64_FORMAT "s", ns / scale)
                             : g_strdup_printf ("%" G_GINT64_FORMAT ".%03" G_GINT64_FORMAT "s",
                                                ns / scale, ns % scale / NS_PER_MS);
    if (ns >= scale)
      return g_strdup_printf ("%" G_GINT64_FORMAT "%s", ns / scale, duration_units[i - 1].name);
  }
  return g_strdup_printf ("%" G_GINT64_FORMAT "ns", ns);
}

/* ---- one value ---- */

static gboolean
value_is_wrong (lua_State *L, int index, const char *what, const char *expected, GError **error)
{
  g_autofree char *got = NULL;
  if (lua_type (L, index) == LUA_TSTRING)
    got = g_strdup_printf ("'%s'", lua_tostring (L, index));
  else if (lua_isinteger (L, index))
    got = g_strdup_printf ("%lld", lua_tointeger (L, index));
  else
    got = g_strdup (luaL_typename (L, index));
  g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_USAGE, "%s: expected %s, got %s", what, expected,
               got);
  return FALSE;
}

static gboolean
read_integer (lua_State *L, int index, gint64 *ret_value)
{
  int is_integer = 0;
  if (lua_type (L, index) != LUA_TNUMBER)
    return FALSE;
  *ret_value = lua_tointegerx (L, index, &is_integer);
  return is_integer && *ret_value >= 0;
}

static gboolean
read_size (lua_State *L, int index, gint64 *ret_value)
{
  if (lua_type (L, index) == LUA_TSTRING)
    return quantity_parse (lua_tostring (L, index), size_units, G_N_ELEMENTS (size_units),
                           ret_value);
  return read_integer (L, index, ret_value);
}

static gboolean
read_duration (lua_State *L, int index, gint64 *ret_value)
{
  if (lua_type (L, index) == LUA_TSTRING)
    return duration_parse (lua_tostring (L, index), ret_value);
  if (!read_integer (L, index, ret_value) || *ret_value > G_MAXINT64 / NS_PER_S)
    return FALSE;
  *ret_value *= NS_PER_S;
  return TRUE;
}

gboolean
option_read_value (lua_State *L, int index, const char *what, OptionKind kind, gpointer ret_value,
                   GError **error)
{
  switch (kind) {
  case OPTION_STRING:
    if (lua_type (L, index) != LUA_TSTRING)
      return value_is_wrong (L, index, what, "a string", error);
    *(const char **) ret_value = lua_tostring (L, index);
    return TRUE;
  case OPTION_BOOLEAN:
    if (lua_type (L, index) != LUA_TBOOLEAN)
      return value_is_wrong (L, index, what, "true or false", error);
    *(gboolean *) ret_value = lua_toboolean (L, index);
    return TRUE;
  case OPTION_NUMBER:
    return read_integer (L, index, ret_value)
           || value_is_wrong (L, index, what, "an integer from 0 up", error);
  case OPTION_SIZE:
    return read_size (L, index, ret_value)
           || value_is_wrong (L, index, what, "bytes, as 4096 or '64K', '64M', '1G'", error);
  case OPTION_DURATION:
    return read_duration (L, index, ret_value)
           || value_is_wrong (L, index, what, "a time, as '30s', '5ms', '2min' or whole seconds",
                              error);
  case OPTION_VALUE:
    *(int *) ret_value = lua_absindex (L, index);
    return TRUE;
  }
  g_assert_not_reached ();
}

/* ---- the table ---- */

static const Option *
option_find (const OptionTable *table, const char *name)
{
  for (guint i = 0; i < table->count; i++)
    if (strcmp (table->options[i].name, name) == 0)
      return &table->options[i];
  return NULL;
}

static char *
option_names (const OptionTable *table)
{
  GString *names = g_string_new (NULL);
  for (guint i = 0; i < table->count; i++)
    g_string_append_printf (names, "%s%s", i > 0 ? ", " : "", table->options[i].name);
  return g_string_free (names, FALSE);
}

static gboolean
options_fail (const OptionTable *table, GError **error, const char *got)
{
  g_autofree char *names = option_names (table);
  g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_USAGE, "%s: expected a table of %s, got %s",
               table->word, names, got);
  return FALSE;
}

/* Every key must be one that the word knows. lua_next's order does not matter: of several unknown names the least is told. */
static gboolean
options_check_names (lua_State *L, int index, const OptionTable *table, GError **error)
{
  g_autofree char *unknown = NULL;
  lua_pushnil (L);
  while (lua_next (L, index) != 0) {
    lua_pop (L, 1);
    if (lua_type (L, -1) != LUA_TSTRING) {
      lua_pop (L, 1);
      return options_fail (table, error, "a value without a name");
    }
    const char *name = lua_tostring (L, -1);
    if (option_find (table, name) == NULL && (unknown == NULL || strcmp (name, unknown) < 0)) {
      g_free (unknown);
      unknown = g_strdup (name);
    }
  }
  if (unknown == NULL)
    return TRUE;
  g_autofree char *got = g_strdup_printf ("'%s'", unknown);
  return options_fail (table, error, got);
}

gboolean
options_read (lua_State *L, int index, const OptionTable *table, gpointer ret_values,
              GError **error)
{
  index = lua_absindex (L, index);
  const gboolean is_absent = lua_isnoneornil (L, index);
  if (!is_absent && lua_type (L, index) != LUA_TTABLE)
    return options_fail (table, error, luaL_typename (L, index));
  if (!is_absent && !options_check_names (L, index, table, error))
    return FALSE;
  luaL_checkstack (L, (int) table->count + 4, table->word);

  for (guint i = 0; i < table->count; i++) {
    const Option *option = &table->options[i];
    if (!is_absent)
      lua_pushstring (L, option->name), lua_rawget (L, index);
    if (is_absent || lua_isnil (L, -1)) {
      if (!is_absent)
        lua_pop (L, 1);
      if (!option->is_required)
        continue;
      g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_USAGE, "%s: expected '%s', got none",
                   table->word, option->name);
      return FALSE;
    }
    g_autofree char *what = g_strdup_printf ("%s: '%s'", table->word, option->name);
    if (!option_read_value (L, -1, what, option->kind, (guint8 *) ret_values + option->offset,
                            error))
      return FALSE;
    /* The table keeps a string alive; a value that the word looks at itself must stay on the stack. */
    if (option->kind != OPTION_VALUE)
      lua_pop (L, 1);
  }
  return TRUE;
}
