/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/run/error.h"
#include "harness/run/scenario-list.h"

#include <glib/gstdio.h>
#include <unistd.h>

/* Each test runs in a directory of its own with this tree in it. */
static const struct {
  const char *path;
  const char *text;
} tree[] = {
  { "s/b/two.lua", "return scenario {\n  title = \"comes \\\"second\\\" here\",\n}\n" },
  { "s/b/notes.txt", "not a scenario" },
  { "s/a.lua", "return scenario {\n  title = 'the first',\n}\n" },
  { "s/B.lua", "-- no title\n" },
  { "s/c.lua", "return scenario { run = function () end,\n  title  = \"third\" }\n" },
};

typedef struct Fixture {
  char *before;
  char *directory;
} Fixture;

static void
fixture_set_up (Fixture *fixture, gconstpointer data)
{
  fixture->before = g_get_current_dir ();
  fixture->directory = g_dir_make_tmp ("iscsilab-test-XXXXXX", NULL);
  g_assert_cmpint (g_chdir (fixture->directory), ==, 0);
  g_assert_cmpint (g_mkdir_with_parents ("s/b", 0777), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (tree); i++)
    g_assert_true (g_file_set_contents (tree[i].path, tree[i].text, -1, NULL));
}

static void
fixture_tear_down (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (tree); i++)
    g_unlink (tree[i].path);
  g_rmdir ("s/b");
  g_rmdir ("s");
  g_assert_cmpint (g_chdir (fixture->before), ==, 0);
  g_rmdir (fixture->directory);
  g_free (fixture->before);
  g_free (fixture->directory);
}

#define PATHS(...) ((const char *const[]){ __VA_ARGS__, NULL })

static void
assert_list (const char *const *paths, const char *filter, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) list = scenario_list_new (paths, filter, NULL, &error);
  g_assert_no_error (error);
  g_ptr_array_add (list, NULL);
  g_autofree char *joined = g_strjoinv (" ", (char **) list->pdata);
  g_assert_cmpstr (joined, ==, expected);
}

static void
assert_refused (const char *const *paths, const char *filter, const char *message)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (scenario_list_new (paths, filter, NULL, &error));
  g_assert_error (error, RUN_ERROR, RUN_ERROR_USAGE);
  g_assert_cmpstr (error->message, ==, message);
}

static void
test_a_directory_is_searched_in_bytewise_order (Fixture *fixture, gconstpointer data)
{
  assert_list (PATHS ("s"), NULL, "s/B.lua s/a.lua s/b/two.lua s/c.lua");
}

static void
test_paths_keep_their_order_and_their_spelling (Fixture *fixture, gconstpointer data)
{
  assert_list (PATHS ("./s/c.lua", "s//a.lua", "s/c.lua"), NULL, "./s/c.lua s//a.lua s/c.lua");
}

static void
test_a_filter_looks_at_path_name_and_title (Fixture *fixture, gconstpointer data)
{
  assert_list (PATHS ("s"), "s/b/*", "s/b/two.lua");
  assert_list (PATHS ("s"), "*two*", "s/b/two.lua");
  assert_list (PATHS ("s"), "a.lua", "s/a.lua");
  assert_list (PATHS ("s"), "the first", "s/a.lua");
  assert_list (PATHS ("s"), "comes \"second\"*", "s/b/two.lua");
  assert_list (PATHS ("s"), "third", "s/c.lua");
}

static void
test_a_path_that_is_not_there_is_refused (Fixture *fixture, gconstpointer data)
{
  assert_refused (PATHS ("s/a.lua", "gone"), NULL,
                  "path 'gone': expected a scenario file or a directory, got nothing there");
}

static void
test_a_file_of_another_kind_is_refused (Fixture *fixture, gconstpointer data)
{
  assert_refused (PATHS ("s/b/notes.txt"), NULL,
                  "path 's/b/notes.txt': expected a scenario file, whose name ends with '.lua', "
                  "or a directory");
}

static void
test_nothing_selected_is_an_error (Fixture *fixture, gconstpointer data)
{
  assert_refused (PATHS ("s"), "nothing-like-this",
                  "no scenario selected: filter 'nothing-like-this' matches none of 4");
  g_assert_cmpint (g_mkdir ("empty", 0777), ==, 0);
  assert_refused (PATHS ("empty"), NULL, "no scenario selected: expected at least one *.lua file");
  g_rmdir ("empty");
}

static void
test_a_link_upwards_ends_the_search (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpint (symlink ("..", "s/b/up"), ==, 0);
  assert_list (PATHS ("s"), NULL, "s/B.lua s/a.lua s/b/two.lua s/c.lua");
  g_unlink ("s/b/up");
}

static void
assert_shard (const char *shard, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) list = scenario_list_new (PATHS ("s"), NULL, NULL, &error);
  g_assert_true (scenario_list_shard (list, shard, &error));
  g_ptr_array_add (list, NULL);
  g_autofree char *joined = g_strjoinv (" ", (char **) list->pdata);
  g_assert_cmpstr (joined, ==, expected);
}

static void
test_each_scenario_is_in_one_shard (Fixture *fixture, gconstpointer data)
{
  assert_shard ("1/1", "s/B.lua s/a.lua s/b/two.lua s/c.lua");
  assert_shard ("1/3", "s/B.lua s/c.lua");
  assert_shard ("2/3", "s/a.lua");
  assert_shard ("3/3", "s/b/two.lua");
  assert_shard ("4/1000", "s/c.lua");
}

static void
test_a_shard_that_cannot_be_is_refused (Fixture *fixture, gconstpointer data)
{
  static const struct {
    const char *shard;
    const char *message;
  } rows[] = {
    { "0/2", "shard '0/2': expected K/N, with K from 1 to N and N up to 1000" },
    { "3/2", "shard '3/2': expected K/N, with K from 1 to N and N up to 1000" },
    { "1/1001", "shard '1/1001': expected K/N, with K from 1 to N and N up to 1000" },
    { "1", "shard '1': expected K/N, with K from 1 to N and N up to 1000" },
    { "1/2/3", "shard '1/2/3': expected K/N, with K from 1 to N and N up to 1000" },
    { "5/9", "shard '5/9': expected at least 5 scenarios, got 4: nothing would run" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GPtrArray) list = scenario_list_new (PATHS ("s"), NULL, NULL, &error);
    g_assert_false (scenario_list_shard (list, rows[i].shard, &error));
    g_assert_error (error, RUN_ERROR, RUN_ERROR_USAGE);
    g_assert_cmpstr (error->message, ==, rows[i].message);
  }
}

static void
assert_found_with_s_installed (const char *path, const char *expected)
{
  g_autoptr (GPtrArray) list = scenario_list_new (PATHS (path), NULL, "s", NULL);
  g_assert_cmpstr (list != NULL ? list->pdata[0] : "nothing", ==, expected);
}

static void
test_installed_scenarios_stand_in_for_a_folder_that_is_not_there (Fixture *fixture,
                                                                  gconstpointer data)
{
  g_assert_cmpint (g_mkdir ("s/scenarios", 0777), ==, 0);
  g_assert_true (g_file_set_contents ("s/scenarios/one.lua", "", 0, NULL));
  assert_found_with_s_installed ("scenarios", "s/scenarios/one.lua");
  assert_found_with_s_installed ("scenarios/one.lua", "s/scenarios/one.lua");
  assert_found_with_s_installed ("scenarios-of-mine", "nothing");
  assert_found_with_s_installed ("./scenarios", "nothing");

  g_assert_cmpint (g_mkdir ("scenarios", 0777), ==, 0);
  assert_found_with_s_installed ("scenarios/one.lua", "nothing");
  g_rmdir ("scenarios");
  g_unlink ("s/scenarios/one.lua");
  g_rmdir ("s/scenarios");
}

#define ADD(sentence, function)                                                                    \
  g_test_add ("/scenario-list/" sentence, Fixture, NULL, fixture_set_up, function,                 \
              fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("a directory is searched in bytewise order", test_a_directory_is_searched_in_bytewise_order);
  ADD ("paths keep their order and their spelling", test_paths_keep_their_order_and_their_spelling);
  ADD ("a filter looks at path, name and title", test_a_filter_looks_at_path_name_and_title);
  ADD ("a path that is not there is refused", test_a_path_that_is_not_there_is_refused);
  ADD ("a file of another kind is refused", test_a_file_of_another_kind_is_refused);
  ADD ("nothing selected is an error", test_nothing_selected_is_an_error);
  ADD ("a link upwards ends the search", test_a_link_upwards_ends_the_search);
  ADD ("each scenario is in one shard", test_each_scenario_is_in_one_shard);
  ADD ("a shard that cannot be is refused", test_a_shard_that_cannot_be_is_refused);
  ADD ("installed scenarios stand in for a folder that is not there",
       test_installed_scenarios_stand_in_for_a_folder_that_is_not_there);
  return g_test_run ();
}
