/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/script/sandbox.h"

#include <glib/gstdio.h>
#include <string.h>

#define FILE_NAME "t.lua"

static const SandboxLimits generous = { 8 << 20, 10000000 };

static void
collect_line (gpointer data, const char *line)
{
  g_string_append_printf (data, "%s\n", line);
}

static void
write_script (const char *text, gssize length)
{
  g_assert_true (g_file_set_contents (FILE_NAME, text, length, NULL));
}

static lua_State *
state_new (const SandboxLimits *limits, GString *output)
{
  g_autoptr (GError) error = NULL;
  lua_State *L = sandbox_new (limits, &error);
  g_assert_no_error (error);
  sandbox_set_print (L, collect_line, output);
  return L;
}

/* Runs a script as the harness does, in a coroutine, to its end; a wait is resumed at once. Returns its error, or NULL. */
static char *
run_in (lua_State *L, const char *script)
{
  g_autoptr (GError) error = NULL;
  write_script (script, -1);
  if (!sandbox_load_file (L, FILE_NAME, &error))
    return g_strdup (error->message);
  lua_State *thread = lua_newthread (L);
  lua_insert (L, -2);
  lua_xmove (L, thread, 1);
  int results, status;
  while ((status = lua_resume (thread, L, 0, &results)) == LUA_YIELD)
    lua_pop (thread, results);
  char *text = status == LUA_OK ? NULL : sandbox_error_text (thread, status);
  lua_pop (L, 1);
  return text;
}

static char *
run_bounded (const SandboxLimits *limits, const char *script, GString *output)
{
  lua_State *L = state_new (limits, output);
  char *text = run_in (L, script);
  sandbox_free (L);
  return text;
}

static void
assert_prints (const char *script, const char *expected)
{
  g_autoptr (GString) output = g_string_new (NULL);
  g_autofree char *text = run_bounded (&generous, script, output);
  g_assert_cmpstr (text, ==, NULL);
  g_assert_cmpstr (output->str, ==, expected);
}

static void
assert_fails (const char *script, const char *expected)
{
  g_autoptr (GString) output = g_string_new (NULL);
  g_autofree char *text = run_bounded (&generous, script, output);
  g_assert_cmpstr (text, ==, expected);
}

/* ---- what is there ---- */

static void
names_that_break_determinism_are_not_there (void)
{
  static const char *const names[] = { "coroutine",     "debug",      "io",     "os",
                                       "package",       "require",    "dofile", "load",
                                       "loadfile",      "loadstring", "_G",     "warn",
                                       "collectgarbage" };
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *script = g_strdup_printf ("local x = %s", names[i]);
    g_autofree char *expected = g_strdup_printf ("t.lua:1: undefined variable '%s'", names[i]);
    assert_fails (script, expected);
  }
  assert_prints ("print (string.dump, math.random, math.randomseed)", "nil\tnil\tnil\n");
}

static void
the_rest_of_the_language_is_there (void)
{
  assert_prints ("print (type (1), tonumber ('0x10'), select ('#', 1, 2), rawlen {1}, rawequal (1, "
                 "1), rawget ({5}, 1))\n"
                 "print (math.huge, math.maxinteger, utf8.char (228), ('x'):rep (3), table.concat "
                 "({1, 2}, ','))\n"
                 "for i, v in ipairs {7, 8} do print (i, v) end\n"
                 "print (pcall (error, 'e'), select (2, xpcall (error, function (m) return m .. "
                 "'!' end, 'e')))\n"
                 "print (rawget (rawset ({}, 1, 2), 1), (assert (3)), getmetatable (setmetatable "
                 "({}, {__metatable = 4})))",
                 "number\t16\t2\t1\ttrue\t5\n"
                 "inf\t9223372036854775807\tä\txxx\t1,2\n"
                 "1\t7\n2\t8\n"
                 "false\te!\n"
                 "2\t3\t4\n");
}

static void
an_unknown_variable_is_an_error_that_names_it (void)
{
  assert_fails ("local a = 1\nlocal b = a + tragets", "t.lua:2: undefined variable 'tragets'");
}

static void
an_assignment_to_a_global_is_an_error_that_names_it (void)
{
  assert_fails ("\nx = 1", "t.lua:2: assignment to undefined variable 'x'");
  assert_fails ("function f () end", "t.lua:1: assignment to undefined variable 'f'");
  assert_fails ("rawset (_ENV, 'x', 1)", "t.lua:1: assignment to undefined variable 'x'");
  assert_fails ("print = nil", "t.lua:1: assignment to undefined variable 'print'");
  assert_fails ("setmetatable (_ENV, {})", "t.lua:1: cannot change a protected metatable");
}

static void
a_global_of_the_program_is_seen (void)
{
  g_autoptr (GString) output = g_string_new (NULL);
  lua_State *L = state_new (&generous, output);
  lua_pushinteger (L, 42);
  lua_setglobal (L, "answer");
  g_autofree char *text = run_in (L, "print (answer)");
  g_assert_cmpstr (text, ==, NULL);
  g_assert_cmpstr (output->str, ==, "42\n");
  sandbox_free (L);
}

static void
the_metatable_of_strings_is_out_of_reach (void)
{
  assert_prints ("print (getmetatable (''), ('%d'):format (3))", "false\t3\n");
}

static void
gc_and_mode_are_refused (void)
{
  assert_fails (
      "setmetatable ({}, {__gc = print})",
      "t.lua:1: setmetatable: '__gc' is refused: when memory is collected differs from run to run");
  assert_fails ("setmetatable ({}, {__mode = 'k'})",
                "t.lua:1: setmetatable: '__mode' is refused: when memory is collected differs from "
                "run to run");
  assert_prints ("print (setmetatable ({}, {__index = {a = 1}}).a, getmetatable (setmetatable "
                 "(setmetatable ({}, {}), nil)))",
                 "1\tnil\n");
}

/* ---- values as text ---- */

static void
tables_and_functions_show_no_address (void)
{
  assert_prints (
      "local named = setmetatable ({}, {__name = 'Session'})\n"
      "local text = setmetatable ({}, {__tostring = function () return 'mine' end})\n"
      "print ({}, print, named, text)\n"
      "print (tostring {}, tostring (print), tostring (named), tostring (text), tostring (nil))\n"
      "print (string.format ('%s %5s|%-9s| %s %s %s %d%%', {}, true, print, named, text, 'x', 7))",
      "table\tfunction\tSession\tmine\n"
      "table\tfunction\tSession\tmine\tnil\n"
      "table  true|function | Session mine x 7%\n");
}

static void
the_format_of_an_address_is_refused (void)
{
  static const char *const expected =
      "t.lua:1: string.format: '%p' is refused: an address differs from run to run";
  assert_fails ("string.format ('%p', {})", expected);
  assert_fails ("local s = ('%% %d %-20p'):format (1, {})", expected);
}

static void
errors_of_format_name_the_callers_line (void)
{
  assert_fails ("\nstring.format ('%d', 'x')",
                "t.lua:2: bad argument #2 to 'format' (number expected, got string)");
  assert_fails ("string.format ('%s')", "t.lua:1: bad argument #2 to 'format' (no value)");
  assert_fails ("string.format ('%y', 1)", "t.lua:1: invalid conversion '%y' to 'format'");
}

static void
an_error_that_is_no_string_becomes_text (void)
{
  assert_fails ("error {}", "table");
  assert_fails ("error (setmetatable ({}, {__tostring = function () return 'words' end}))",
                "words");
  assert_fails ("error (setmetatable ({}, {__tostring = function () error 'x' end}))",
                "an error that is a table");
  assert_fails ("error ()", "nil");
}

/* ---- order ---- */

static void
pairs_walks_in_order (void)
{
  assert_prints ("local t = {[2] = 1, [1] = 1, [1.5] = 1, [-3] = 1, b = 1, a = 1, ['B'] = 1, ab = "
                 "1, [''] = 1,\n"
                 "  [true] = 1, [false] = 1, [math.huge] = 1, [-math.huge] = 1, ['a\\0b'] = 1}\n"
                 "local s = ''\n"
                 "for k in pairs (t) do s = s .. tostring (k):gsub ('\\0', '0') .. ' ' end\n"
                 "print (s)",
                 "false true -inf -3 1 1.5 2 inf  B a a0b ab b \n");
}

static void
integers_and_floats_near_2_to_the_63_keep_their_order (void)
{
  assert_prints ("local m = math.maxinteger\n"
                 "for k in pairs {[2.0^63] = 1, [m] = 1, [m - 1] = 1, [2^53] = 1, [2^53 + 0.0] = "
                 "1, [(1 << 53) + 1] = 1,\n"
                 "  [-2.0^64] = 1, [math.mininteger] = 1} do print (k) end",
                 "-1.844674407371e+19\n-9223372036854775808\n9007199254740992\n9007199254740993\n"
                 "9223372036854775806\n9223372036854775807\n9.2233720368548e+18\n");
}

static void
next_walks_in_the_same_order (void)
{
  assert_prints ("local t, k = {c = 1, a = 2, [10] = 3, [9] = 4, [true] = 5}\n"
                 "repeat k = next (t, k) print (k) until k == nil\n"
                 "print (next {}, next ({7}))",
                 "true\n9\n10\na\nc\nnil\nnil\t1\t7\n");
}

static void
a_key_without_a_place_in_the_order_is_an_error (void)
{
  static const char *const expected = "t.lua:1: a table cannot be walked in a stable order: "
                                      "expected booleans, numbers, strings or objects as its "
                                      "keys, got a table, a function or a thread";
  assert_fails ("for k in pairs {[{}] = 1} do end", expected);
  assert_fails ("for k in pairs {a = 1, [print] = 1} do end", expected);
  assert_fails ("next {[{}] = 1}", expected);
}

static void
pairs_visits_what_is_still_there_of_what_was_there (void)
{
  assert_prints ("local t = {a = 1, b = 2, c = 3}\n"
                 "for k, v in pairs (t) do print (k, v) t.b = nil t.d = 4 t.c = 30 end",
                 "a\t1\nc\t30\n");
}

static void
pairs_honours_its_metamethod_and_refuses_the_rest (void)
{
  assert_prints (
      "local t = setmetatable ({}, {__pairs = function (t) return next, {x = 1}, nil end})\n"
      "for k, v in pairs (t) do print (k, v) end",
      "x\t1\n");
  assert_fails ("pairs (nil)", "t.lua:1: bad argument #1 to 'pairs' (table expected, got nil)");
}

/* An object as bindings make them, with its creation number as user value 1. */
static gboolean
make_object (lua_State *L, int *ret_results, GError **error)
{
  lua_newuserdatauv (L, 1, 1);
  lua_pushvalue (L, 1);
  lua_setiuservalue (L, -2, 1);
  lua_newtable (L);
  lua_pushliteral (L, "Object");
  lua_setfield (L, -2, "__name");
  lua_setmetatable (L, -2);
  *ret_results = 1;
  return TRUE;
}

static void
objects_walk_by_their_creation_number (void)
{
  g_autoptr (GString) output = g_string_new (NULL);
  lua_State *L = state_new (&generous, output);
  sandbox_push_function (L, make_object, 0);
  lua_setglobal (L, "object");
  g_autofree char *text = run_in (L, "local t = {z = 'z'}\n"
                                     "for i = 20, 1, -1 do t[object (i)] = i end\n"
                                     "local s = ''\n"
                                     "for k, v in pairs (t) do s = s .. v .. ' ' end\n"
                                     "print (s, object (1))");
  g_assert_cmpstr (text, ==, NULL);
  g_assert_cmpstr (output->str, ==,
                   "z 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 \tObject\n");
  text = run_in (L, "next {[object 'no number'] = 1}");
  g_assert_true (g_str_has_prefix (text, "t.lua:1: a table cannot be walked"));
  sandbox_free (L);
}

static void
two_states_walk_alike (void)
{
  static const char script[] = "local t, x = {}, 1\n"
                               "for i = 1, 500 do x = x * 6364136223846793005 + "
                               "1442695040888963407; t['k' .. (x >> 40)] = i; t[x >> 50] = i end\n"
                               "for k, v in pairs (t) do print (k, v) end\n"
                               "local k repeat k = next (t, k) print (k) until k == nil";
  g_autoptr (GString) first = g_string_new (NULL), second = g_string_new (NULL);
  /* Both at once, so that their seeds, which are made of addresses, differ. */
  lua_State *a = state_new (&generous, first), *b = state_new (&generous, second);
  g_autofree char *a_text = run_in (a, script), *b_text = run_in (b, script);
  g_assert_cmpstr (a_text, ==, NULL);
  g_assert_cmpstr (b_text, ==, NULL);
  g_assert_cmpuint (first->len, >, 5000);
  g_assert_cmpstr (first->str, ==, second->str);
  sandbox_free (a);
  sandbox_free (b);
}

/* ---- table.sort ---- */

static void
sort_is_stable (void)
{
  assert_prints ("local t = {}\n"
                 "for i = 1, 1000 do t[i] = {key = i * 7 % 10, at = i} end\n"
                 "table.sort (t, function (a, b) return a.key < b.key end)\n"
                 "for i = 2, #t do\n"
                 "  local a, b = t[i - 1], t[i]\n"
                 "  assert (a.key < b.key or a.key == b.key and a.at < b.at)\n"
                 "end\n"
                 "print (#t, t[1].at, t[1000].at)",
                 "1000\t10\t997\n");
}

static void
sort_without_a_function_uses_less_than (void)
{
  assert_prints ("local t = {3, 1.5, -2, 10, 3}\ntable.sort (t)\nprint (table.concat (t, ' '))\n"
                 "t = {'b', 'B', 'a'}\ntable.sort (t)\nprint (table.concat (t, ' '))\n"
                 "table.sort {} table.sort {1}\n"
                 "local m = {__lt = function (a, b) return a.v < b.v end}\n"
                 "t = {setmetatable ({v = 2}, m), setmetatable ({v = 1}, m)}\ntable.sort "
                 "(t)\nprint (t[1].v, t[2].v)",
                 "-2 1.5 3 3 10\nB a b\n1\t2\n");
}

static void
an_error_in_a_comparison_leaves_the_table_as_it_was (void)
{
  assert_prints ("local t, n = {3, 2, 1}, 0\n"
                 "print (pcall (table.sort, t, function () n = n + 1 if n == 2 then error ('no', "
                 "0) end return true end))\n"
                 "print (table.concat (t, ' '))",
                 "false\tno\n3 2 1\n");
  assert_fails ("table.sort {1, 'x'}",
                "t.lua:1: table.sort: cannot compare a string with a number");
  assert_fails ("table.sort ({1, 2}, 5)",
                "t.lua:1: bad argument #2 to 'sort' (function expected, got number)");
}

static void
a_comparison_that_is_no_order_does_no_harm (void)
{
  assert_prints ("local t, n, sum = {}, 0, 0\n"
                 "for i = 1, 1000 do t[i] = i end\n"
                 "table.sort (t, function () return true end)\n"
                 "table.sort (t, function () n = n + 1 return n % 3 == 0 end)\n"
                 "for _, v in ipairs (t) do sum = sum + v end\n"
                 "print (#t, sum)",
                 "1000\t500500\n");
}

/* ---- bounds ---- */

static void
too_many_instructions_are_an_error_that_names_the_bound (void)
{
  const SandboxLimits limits = { 0, 5000 };
  g_autofree char *text = run_bounded (&limits, "\nwhile true do end", NULL);
  g_assert_cmpstr (text, ==, "t.lua:2: passed the bound of 5000 instructions");
}

static void
the_instruction_bound_is_met_at_the_same_place_in_each_run (void)
{
  const SandboxLimits limits = { 0, 100000 };
  char *counted[2] = { NULL, NULL };
  for (guint i = 0; i < 2; i++) {
    g_autoptr (GString) output = g_string_new (NULL);
    g_free (run_bounded (&limits, "local i = 0 while true do i = i + 1 print (i, {}, 'x' .. i) end",
                         output));
    counted[i] = g_string_free (g_steal_pointer (&output), FALSE);
  }
  g_assert_cmpuint (strlen (counted[0]), >, 10000);
  g_assert_cmpstr (counted[0], ==, counted[1]);
  g_free (counted[0]);
  g_free (counted[1]);
}

static void
pcall_cannot_catch_the_instruction_bound (void)
{
  static const char *const scripts[] = {
    "while true do pcall (function () while true do end end) end",
    "pcall (function () while true do end end) while true do end",
    "while true do xpcall (function () while true do end end, function () while true do end end) "
    "end",
    "local f <const> = function () local x <close> = setmetatable ({}, {__close = function () "
    "while true do end end}) "
    "while true do end end while true do pcall (f) end"
  };
  const SandboxLimits limits = { 1 << 20, 20000 };
  for (guint i = 0; i < G_N_ELEMENTS (scripts); i++) {
    lua_State *L = state_new (&limits, NULL);
    g_autofree char *text = run_in (L, scripts[i]);
    g_assert_cmpstr (text, ==, "t.lua:1: passed the bound of 20000 instructions");
    g_assert_true (sandbox_is_bound_passed (L));
    sandbox_free (L);
  }
}

static void
too_much_memory_is_an_error_that_names_the_bound (void)
{
  static const char *const scripts[] = {
    "\nlocal s = ('x'):rep (1 << 30)", "\nlocal t = {} while true do t[#t + 1] = 'x' .. #t end",
    "\nwhile true do pcall (function () local t = {} while true do t[#t + 1] = {} end end) end"
  };
  const SandboxLimits limits = { 300000, 0 };
  for (guint i = 0; i < G_N_ELEMENTS (scripts); i++) {
    lua_State *L = state_new (&limits, NULL);
    g_autofree char *text = run_in (L, scripts[i]);
    g_assert_cmpstr (text, ==, "t.lua:2: passed the bound of 300000 bytes of memory");
    g_assert_true (sandbox_is_bound_passed (L));
    sandbox_free (L);
  }
}

static void
garbage_does_not_count_against_the_memory_bound (void)
{
  const SandboxLimits limits = { 300000, 0 };
  g_autofree char *text =
      run_bounded (&limits, "for i = 1, 10000 do local s = ('x'):rep (1000) .. i end", NULL);
  g_assert_cmpstr (text, ==, NULL);
}

static void
a_bound_too_small_for_the_libraries_is_an_error (void)
{
  for (gsize bytes = 1; bytes < 20000; bytes += 500) {
    const SandboxLimits limits = { bytes, 0 };
    g_autoptr (GError) error = NULL;
    lua_State *L = sandbox_new (&limits, &error);
    if (L == NULL)
      g_assert_error (error, SANDBOX_ERROR, SANDBOX_ERROR_BOUND);
    sandbox_free (L);
  }
  const SandboxLimits limits = { 1000, 0 };
  g_autoptr (GError) error = NULL;
  g_assert_null (sandbox_new (&limits, &error));
  g_assert_cmpstr (error->message, ==,
                   "the bound of 1000 bytes of memory does not do for an empty script");
}

/* ---- loading ---- */

static void
assert_does_not_load (const char *path, SandboxError code, const char *expected)
{
  g_autoptr (GError) error = NULL;
  lua_State *L = state_new (&generous, NULL);
  g_assert_false (sandbox_load_file (L, path, &error));
  g_assert_error (error, SANDBOX_ERROR, (int) code);
  g_assert_cmpstr (error->message, ==, expected);
  g_assert_cmpint (lua_gettop (L), ==, 0);
  sandbox_free (L);
}

static void
a_file_that_does_not_load_says_where_and_why (void)
{
  write_script ("local x = 1\nlocal = 2", -1);
  assert_does_not_load (FILE_NAME, SANDBOX_ERROR_SYNTAX, "t.lua:2: <name> expected near '='");
  write_script ("\x1bLua rest", -1);
  assert_does_not_load (FILE_NAME, SANDBOX_ERROR_SYNTAX,
                        "t.lua:1: expected Lua text, got a compiled chunk");
  assert_does_not_load ("missing.lua", SANDBOX_ERROR_FILE,
                        "cannot open missing.lua: No such file or directory");
}

static void
a_file_too_large_for_the_memory_bound_says_so (void)
{
  g_autofree char *text = g_strnfill (1000000, 'a');
  g_autofree char *script = g_strdup_printf ("return '%s'", text);
  write_script (script, -1);
  const SandboxLimits limits = { 200000, 0 };
  g_autoptr (GError) error = NULL;
  lua_State *L = state_new (&limits, NULL);
  g_assert_false (sandbox_load_file (L, FILE_NAME, &error));
  g_assert_error (error, SANDBOX_ERROR, SANDBOX_ERROR_BOUND);
  g_assert_cmpstr (error->message, ==, "t.lua:1: passed the bound of 200000 bytes of memory");
  sandbox_free (L);
}

/* ---- the trampoline ---- */

static gboolean
fail_or_sum (lua_State *L, int *ret_results, GError **error)
{
  g_autofree char *held = g_strdup ("freed before the error is raised, or the leak checker speaks");
  if (lua_type (L, 1) != LUA_TNUMBER) {
    g_set_error (error, SANDBOX_ERROR, SANDBOX_ERROR_FILE, "expected a number, got '%s'",
                 luaL_typename (L, 1));
    return FALSE;
  }
  lua_pushnumber (L, lua_tonumber (L, 1) + lua_tonumber (L, SANDBOX_UPVALUE (1)));
  lua_pushvalue (L, SANDBOX_UPVALUE (2));
  *ret_results = 2;
  return TRUE;
}

static void
a_function_in_c_returns_results_or_raises_with_its_callers_line (void)
{
  g_autoptr (GString) output = g_string_new (NULL);
  lua_State *L = state_new (&generous, output);
  lua_pushnumber (L, 0.5);
  lua_pushliteral (L, "second");
  sandbox_push_function (L, fail_or_sum, 2);
  lua_setglobal (L, "sum");
  g_assert_cmpint (lua_gettop (L), ==, 0);
  g_autofree char *text = run_in (L, "print (sum (1))\nprint (pcall (sum, {}))\nsum 'x'");
  g_assert_cmpstr (output->str, ==, "1.5\tsecond\nfalse\texpected a number, got 'table'\n");
  g_assert_cmpstr (text, ==, "t.lua:3: expected a number, got 'string'");
  sandbox_free (L);
}

/* Waits twice: counts its calls by what it pushed. */
static gboolean
wait_twice (lua_State *L, int *ret_results, GError **error)
{
  g_autofree char *held = g_strdup ("freed before the yield");
  lua_pushinteger (L, 1);
  *ret_results = lua_gettop (L) == 4 ? 1 : SANDBOX_WAIT;
  if (*ret_results == 1)
    lua_pushvalue (L, 1);
  return TRUE;
}

static void
a_function_in_c_that_waits_is_called_again (void)
{
  g_autoptr (GString) output = g_string_new (NULL);
  lua_State *L = state_new (&generous, output);
  sandbox_push_function (L, wait_twice, 0);
  lua_setglobal (L, "wait");
  g_autofree char *text = run_in (L, "print (wait 'argument', pcall (wait, 'inside pcall'))\n"
                                     "table.sort ({1, 2}, function () wait 'x' end)");
  g_assert_cmpstr (output->str, ==, "argument\ttrue\tinside pcall\n");
  g_assert_cmpstr (
      text, ==,
      "t.lua:2: cannot wait here: a condition, a comparison and a metamethod must answer at once");
  sandbox_free (L);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_autofree char *directory = g_dir_make_tmp ("sandbox-XXXXXX", NULL);
  g_assert_no_errno (g_chdir (directory)); /* so that messages name the file alone */
#define ADD(name) g_test_add_func ("/sandbox/" #name, name)
  ADD (names_that_break_determinism_are_not_there);
  ADD (the_rest_of_the_language_is_there);
  ADD (an_unknown_variable_is_an_error_that_names_it);
  ADD (an_assignment_to_a_global_is_an_error_that_names_it);
  ADD (a_global_of_the_program_is_seen);
  ADD (the_metatable_of_strings_is_out_of_reach);
  ADD (gc_and_mode_are_refused);
  ADD (tables_and_functions_show_no_address);
  ADD (the_format_of_an_address_is_refused);
  ADD (errors_of_format_name_the_callers_line);
  ADD (an_error_that_is_no_string_becomes_text);
  ADD (pairs_walks_in_order);
  ADD (integers_and_floats_near_2_to_the_63_keep_their_order);
  ADD (next_walks_in_the_same_order);
  ADD (a_key_without_a_place_in_the_order_is_an_error);
  ADD (pairs_visits_what_is_still_there_of_what_was_there);
  ADD (pairs_honours_its_metamethod_and_refuses_the_rest);
  ADD (objects_walk_by_their_creation_number);
  ADD (two_states_walk_alike);
  ADD (sort_is_stable);
  ADD (sort_without_a_function_uses_less_than);
  ADD (an_error_in_a_comparison_leaves_the_table_as_it_was);
  ADD (a_comparison_that_is_no_order_does_no_harm);
  ADD (too_many_instructions_are_an_error_that_names_the_bound);
  ADD (the_instruction_bound_is_met_at_the_same_place_in_each_run);
  ADD (pcall_cannot_catch_the_instruction_bound);
  ADD (too_much_memory_is_an_error_that_names_the_bound);
  ADD (garbage_does_not_count_against_the_memory_bound);
  ADD (a_bound_too_small_for_the_libraries_is_an_error);
  ADD (a_file_that_does_not_load_says_where_and_why);
  ADD (a_file_too_large_for_the_memory_bound_says_so);
  ADD (a_function_in_c_returns_results_or_raises_with_its_callers_line);
  ADD (a_function_in_c_that_waits_is_called_again);
#undef ADD
  const int status = g_test_run ();
  g_unlink (FILE_NAME);
  g_rmdir (directory);
  return status;
}
