/* SPDX-License-Identifier: Apache-2.0 */
/* sandbox-text.c - values as text, without addresses
 *
 * Stock Lua shows a table as "table: 0x55d0c1a2": an address, another one in each run. There are three ways to that text:
 * tostring, string.format ("%s") and print, all through luaL_tolstring; all three go through sandbox_to_text here. The
 * fourth, string.format ("%p"), is refused.
 */
#include "harness/script/sandbox-internal.h"

static gboolean
text_is_plain (int type)
{
  return type == LUA_TNIL || type == LUA_TBOOLEAN || type == LUA_TNUMBER || type == LUA_TSTRING;
}

const char *
sandbox_to_text (lua_State *L, int index)
{
  index = lua_absindex (L, index);
  if (text_is_plain (lua_type (L, index)))
    return luaL_tolstring (L, index, NULL);

  if (luaL_getmetafield (L, index, "__tostring") != LUA_TNIL) {
    lua_pop (L, 1);
    return luaL_tolstring (L, index, NULL); /* calls it, and insists on a string */
  }
  const int type = luaL_getmetafield (L, index, "__name");
  if (type == LUA_TSTRING)
    return lua_tostring (L, -1);
  if (type != LUA_TNIL)
    lua_pop (L, 1);
  return lua_pushstring (L, luaL_typename (L, index));
}

static int
text_tostring (lua_State *L)
{
  luaL_checkany (L, 1);
  sandbox_to_text (L, 1);
  return 1;
}

static int
text_print (lua_State *L)
{
  const Sandbox *sandbox = sandbox_of (L);
  const int count = lua_gettop (L);
  luaL_checkstack (L, 2 * count + LUA_MINSTACK, "too many values to print");
  for (int i = 1; i <= count; i++) {
    if (i > 1)
      lua_pushliteral (L, "\t");
    sandbox_to_text (L, i);
  }
  lua_concat (L, lua_gettop (L) - count);
  if (sandbox->print != NULL)
    sandbox->print (sandbox->print_data, lua_tostring (L, -1));
  return 0;
}

/* One conversion of a format and the argument that it takes. */
static void
text_format_argument (lua_State *L, char conversion, int argument)
{
  if (conversion == 'p')
    luaL_error (L, "string.format: '%%p' is refused: an address differs from run to run");
  if (conversion != 's' || argument > lua_gettop (L))
    return;
  if (text_is_plain (lua_type (L, argument)))
    return;
  sandbox_to_text (L, argument);
  lua_replace (L, argument);
}

static int
text_format (lua_State *L)
{
  size_t length;
  const char *at = luaL_checklstring (L, 1, &length);
  const char *end = at + length;
  int argument = 1;
  while ((at = memchr (at, '%', end - at)) != NULL) {
    at++;
    if (*at == '%') {
      at++;
      continue;
    }
    at += strspn (at, "-+ #0123456789."); /* stops at the string's final zero at the latest */
    text_format_argument (L, *at, ++argument);
  }
  return sandbox_of (L)->stock_format (L);
}

const luaL_Reg sandbox_text_base[] = {
  { "print", text_print },
  { "tostring", text_tostring },
  { NULL, NULL },
};

const luaL_Reg sandbox_text_string[] = {
  { "format", text_format },
  { NULL, NULL },
};
