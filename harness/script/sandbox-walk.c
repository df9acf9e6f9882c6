/* SPDX-License-Identifier: Apache-2.0 */
/* sandbox-walk.c - pairs and next in an order that is the same in every run
 *
 * Lua walks a table in the order of its hash, which is salted per state. Here the keys are put in order first: booleans
 * (false, true), numbers by value, strings by their bytes, objects by creation number. A key without such a place (a table,
 * a function, a thread) makes the walk an error, whichever key the hash shows first.
 */
#include "harness/script/sandbox-internal.h"

#include <math.h>
#include <stdlib.h>

typedef enum WalkRank { WALK_BOOLEAN, WALK_NUMBER, WALK_STRING, WALK_OBJECT } WalkRank;

typedef struct WalkKey {
  WalkRank rank;
  gboolean is_float; /* WALK_NUMBER only */
  lua_Integer slot;  /* where the key itself is kept */
  union {
    lua_Integer integer;
    lua_Number number;
    struct {
      const char *bytes; /* borrowed from the Lua string */
      size_t length;
    } string;
  } as;
} WalkKey;

static int
walk_compare_integers (lua_Integer a, lua_Integer b)
{
  return (a > b) - (a < b);
}

/* Exact: a float near 2^63 has no neighbour that is an integer, so converting the integer instead would make ties. */
static int
walk_compare_mixed (lua_Integer integer, lua_Number number)
{
  if (number >= 0x1p63)
    return -1;
  if (number < -0x1p63)
    return 1;
  const lua_Number below = floor (number);
  const int order = walk_compare_integers (integer, (lua_Integer) below);
  return order != 0 ? order : -(number > below);
}

static int
walk_compare_numbers (const WalkKey *a, const WalkKey *b)
{
  if (a->is_float && b->is_float)
    return (a->as.number > b->as.number) - (a->as.number < b->as.number);
  if (a->is_float)
    return -walk_compare_mixed (b->as.integer, a->as.number);
  if (b->is_float)
    return walk_compare_mixed (a->as.integer, b->as.number);
  return walk_compare_integers (a->as.integer, b->as.integer);
}

/* By bytes, not by lua_compare, which asks the locale. */
static int
walk_compare_strings (const WalkKey *a, const WalkKey *b)
{
  const size_t a_length = a->as.string.length, b_length = b->as.string.length;
  const int order = memcmp (a->as.string.bytes, b->as.string.bytes, MIN (a_length, b_length));
  return order != 0 ? order : (a_length > b_length) - (a_length < b_length);
}

static int
walk_compare (const void *a_pointer, const void *b_pointer)
{
  const WalkKey *a = a_pointer, *b = b_pointer;
  if (a->rank != b->rank)
    return a->rank < b->rank ? -1 : 1;
  if (a->rank == WALK_NUMBER)
    return walk_compare_numbers (a, b);
  if (a->rank == WALK_STRING)
    return walk_compare_strings (a, b);
  return walk_compare_integers (a->as.integer, b->as.integer);
}

static gboolean
walk_read_object (lua_State *L, int index, WalkKey *ret_key)
{
  lua_getiuservalue (L, index, 1);
  const gboolean has_number = lua_isinteger (L, -1);
  if (has_number)
    *ret_key = (WalkKey){ .rank = WALK_OBJECT, .as.integer = lua_tointeger (L, -1) };
  lua_pop (L, 1);
  return has_number;
}

/* FALSE if the value has no place in the order. */
static gboolean
walk_read (lua_State *L, int index, WalkKey *ret_key)
{
  switch (lua_type (L, index)) {
  case LUA_TBOOLEAN:
    *ret_key = (WalkKey){ .rank = WALK_BOOLEAN, .as.integer = lua_toboolean (L, index) };
    return TRUE;
  case LUA_TNUMBER:
    *ret_key = (WalkKey){ .rank = WALK_NUMBER, .is_float = !lua_isinteger (L, index) };
    if (ret_key->is_float)
      ret_key->as.number = lua_tonumber (L, index);
    else
      ret_key->as.integer = lua_tointeger (L, index);
    return TRUE;
  case LUA_TSTRING:
    *ret_key = (WalkKey){ .rank = WALK_STRING };
    ret_key->as.string.bytes = lua_tolstring (L, index, &ret_key->as.string.length);
    return TRUE;
  case LUA_TUSERDATA:
    return walk_read_object (L, index, ret_key);
  }
  return FALSE;
}

/* The message does not name the key: which of several bad ones comes first is the hash's choice. */
static void
walk_read_key (lua_State *L, int index, WalkKey *ret_key)
{
  if (!walk_read (L, index, ret_key))
    luaL_error (L,
                "a table cannot be walked in a stable order: expected booleans, numbers, strings "
                "or objects as its keys, got a table, a function or a thread");
}

static lua_Integer
walk_count (lua_State *L, int table)
{
  lua_Integer count = 0;
  for (lua_pushnil (L); lua_next (L, table) != 0; lua_pop (L, 1))
    count++;
  return count;
}

/* Pushes the keys of the table at `table` as a sequence, in order. All memory is Lua's, so that an error leaks nothing. */
static void
walk_push_keys (lua_State *L, int table)
{
  const lua_Integer count = walk_count (L, table);
  lua_createtable (L, (int) MIN (count, G_MAXINT), 0); /* in order */
  const int sorted = lua_gettop (L);
  lua_createtable (L, (int) MIN (count, G_MAXINT), 0); /* as they come */
  const int unsorted = lua_gettop (L);
  WalkKey *keys = lua_newuserdatauv (L, MAX (count, 1) * sizeof *keys, 0);

  lua_Integer slot = 0;
  for (lua_pushnil (L); lua_next (L, table) != 0; lua_pop (L, 1)) {
    WalkKey *key = &keys[slot++];
    walk_read_key (L, -2, key);
    key->slot = slot;
    lua_pushvalue (L, -2);
    lua_rawseti (L, unsorted, slot);
  }
  qsort (keys, count, sizeof *keys, walk_compare);
  for (lua_Integer i = 0; i < count; i++) {
    lua_rawgeti (L, unsorted, keys[i].slot);
    lua_rawseti (L, sorted, i + 1);
  }
  lua_settop (L, sorted);
}

/* The iterator of pairs. Upvalues: the keys in order, how many of them were visited. */
static int
walk_step (lua_State *L)
{
  luaL_checktype (L, 1, LUA_TTABLE);
  lua_Integer position = lua_tointeger (L, lua_upvalueindex (2));
  for (;;) {
    lua_settop (L, 1);
    const int type = lua_rawgeti (L, lua_upvalueindex (1), ++position);
    lua_pushinteger (L, position);
    lua_replace (L, lua_upvalueindex (2));
    if (type == LUA_TNIL)
      return 1;
    lua_pushvalue (L, -1);
    if (lua_rawget (L, 1) != LUA_TNIL) /* else: taken away since the walk began */
      return 2;
  }
}

static int
walk_pairs_called (lua_State *L, int status, lua_KContext context)
{
  return 3;
}

static int
walk_pairs (lua_State *L)
{
  luaL_checkany (L, 1);
  if (luaL_getmetafield (L, 1, "__pairs") != LUA_TNIL) {
    lua_pushvalue (L, 1);
    lua_callk (L, 1, 3, 0, walk_pairs_called);
    return 3;
  }
  luaL_checktype (L, 1, LUA_TTABLE);
  lua_settop (L, 1);
  walk_push_keys (L, 1);
  lua_pushinteger (L, 0);
  lua_pushcclosure (L, walk_step, 2);
  lua_pushvalue (L, 1);
  lua_pushnil (L);
  return 3;
}

/* The smallest key after the given one, found anew in each call: next has no place to remember an order in. */
static int
walk_next (lua_State *L)
{
  luaL_checktype (L, 1, LUA_TTABLE);
  lua_settop (L, 2);
  const gboolean is_first = lua_isnil (L, 2);
  WalkKey after = { 0 }, best = { 0 }, key;
  if (!is_first)
    walk_read_key (L, 2, &after);

  lua_pushnil (L); /* 3: the best key; nil: none yet */
  for (lua_pushnil (L); lua_next (L, 1) != 0; lua_pop (L, 1)) {
    walk_read_key (L, -2, &key);
    if (!is_first && walk_compare (&key, &after) <= 0)
      continue;
    if (!lua_isnil (L, 3) && walk_compare (&key, &best) >= 0)
      continue;
    best = key;
    lua_pushvalue (L, -2);
    lua_replace (L, 3);
  }
  if (lua_isnil (L, 3))
    return 1;
  lua_pushvalue (L, 3);
  lua_rawget (L, 1);
  return 2;
}

const luaL_Reg sandbox_walk_base[] = {
  { "next", walk_next },
  { "pairs", walk_pairs },
  { NULL, NULL },
};
