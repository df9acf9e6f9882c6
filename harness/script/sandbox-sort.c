/* SPDX-License-Identifier: Apache-2.0 */
/* sandbox-sort.c - table.sort: a stable merge sort
 *
 * Lua's own quicksort is unstable, takes its pivot from the clock in large arrays, and raises or not on a function that is no
 * order. Here the elements are copied aside, a permutation of them is merged bottom up, and only then is the table written: an
 * error in a comparison leaves it as it was, and a comparison that contradicts itself yields some permutation.
 *
 * On the stack meanwhile: 1 the table, 2 the function or nil, 3 the elements, 4 two permutations.
 */
#include "harness/script/sandbox-internal.h"

static gboolean
sort_has_less_than (lua_State *L, int index)
{
  return luaL_getmetafield (L, index, "__lt") != LUA_TNIL;
}

/* Lua's own error for this would not name the script's line, since it arises in C. */
static void
sort_check_comparable (lua_State *L)
{
  const int a = lua_type (L, -2), b = lua_type (L, -1), top = lua_gettop (L);
  if (a == b && (a == LUA_TNUMBER || a == LUA_TSTRING))
    return;
  if (!sort_has_less_than (L, top - 1) && !sort_has_less_than (L, top))
    luaL_error (L, "table.sort: cannot compare a %s with a %s", lua_typename (L, a),
                lua_typename (L, b));
  lua_settop (L, top);
}

static gboolean
sort_is_less (lua_State *L, guint32 a, guint32 b)
{
  if (lua_isnil (L, 2)) {
    lua_rawgeti (L, 3, a);
    lua_rawgeti (L, 3, b);
    sort_check_comparable (L);
    const gboolean is_less = lua_compare (L, -2, -1, LUA_OPLT);
    lua_pop (L, 2);
    return is_less;
  }
  lua_pushvalue (L, 2);
  lua_rawgeti (L, 3, a);
  lua_rawgeti (L, 3, b);
  lua_call (L, 2, 1);
  const gboolean is_less = lua_toboolean (L, -1);
  lua_pop (L, 1);
  return is_less;
}

/* from[low, middle) and from[middle, high) into to[low, high). Of equals the left one goes first. */
static void
sort_merge (lua_State *L, const guint32 *from, guint32 *to, gsize low, gsize middle, gsize high)
{
  gsize left = low, right = middle;
  for (gsize i = low; i < high; i++) {
    const gboolean takes_right =
        left == middle || (right < high && sort_is_less (L, from[right], from[left]));
    to[i] = takes_right ? from[right++] : from[left++];
  }
}

static const guint32 *
sort_permute (lua_State *L, guint32 *from, guint32 *to, gsize count)
{
  for (gsize width = 1; width < count; width *= 2) {
    for (gsize low = 0; low < count; low += 2 * width)
      sort_merge (L, from, to, low, MIN (low + width, count), MIN (low + 2 * width, count));
    guint32 *swap = from;
    from = to;
    to = swap;
  }
  return from;
}

static int
sort_table (lua_State *L)
{
  luaL_checktype (L, 1, LUA_TTABLE);
  const lua_Integer count = luaL_len (L, 1);
  luaL_argcheck (L, count < G_MAXINT32, 1, "array too big");
  if (!lua_isnoneornil (L, 2))
    luaL_checktype (L, 2, LUA_TFUNCTION);
  if (count < 2)
    return 0;

  lua_settop (L, 2);
  lua_createtable (L, (int) count, 0);
  guint32 *order = lua_newuserdatauv (L, 2 * (gsize) count * sizeof *order, 0);
  for (guint32 i = 1; i <= count; i++) {
    order[i - 1] = i;
    lua_geti (L, 1, i);
    lua_rawseti (L, 3, i);
  }
  const guint32 *sorted = sort_permute (L, order, order + count, (gsize) count);
  for (lua_Integer i = 0; i < count; i++) {
    lua_rawgeti (L, 3, sorted[i]);
    lua_seti (L, 1, i + 1);
  }
  return 0;
}

const luaL_Reg sandbox_sort_table[] = {
  { "sort", sort_table },
  { NULL, NULL },
};
