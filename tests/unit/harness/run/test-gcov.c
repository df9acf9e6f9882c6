/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/run/gcov.h"

#include <glib/gstdio.h>
#include <unistd.h>

/* What two scenarios have left in a directory of this test's own: the second half of each path is that of an object. */
static const char *const files[] = {
  "scenarios-io-a.lua/src/peer/main.gcda", "scenarios-io-a.lua/src/peer/usr/list.gcda",
  "scenarios-io-a.lua/src/peer/zero.gcda", "scenarios-io-b.lua/src/peer/main.gcda",
  "scenarios-io-b.lua/src/peer/main.txt",
};

typedef struct Fixture {
  char *directory;
} Fixture;

static char *
fixture_path (const Fixture *fixture, const char *file)
{
  return g_build_filename (fixture->directory, file, NULL);
}

static void
fixture_set_up (Fixture *fixture, gconstpointer data)
{
  fixture->directory = g_dir_make_tmp ("iscsilab-test-XXXXXX", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (files); i++) {
    g_autofree char *path = fixture_path (fixture, files[i]);
    g_autofree char *place = g_path_get_dirname (path);
    g_assert_cmpint (g_mkdir_with_parents (place, 0777), ==, 0);
    g_assert_true (g_file_set_contents (path, "counters", -1, NULL));
  }
}

static void
tree_remove (const char *path)
{
  g_autoptr (GDir) directory = g_dir_open (path, 0, NULL);
  const char *name;
  while (directory != NULL && (name = g_dir_read_name (directory)) != NULL) {
    g_autofree char *entry = g_build_filename (path, name, NULL);
    tree_remove (entry);
  }
  g_remove (path);
}

static void
fixture_tear_down (Fixture *fixture, gconstpointer data)
{
  tree_remove (fixture->directory);
  g_free (fixture->directory);
}

static void
test_index (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) scenarios = g_ptr_array_new ();
  g_ptr_array_add (scenarios, (char *) "scenarios/io/a.lua");
  g_ptr_array_add (scenarios, (char *) "scenarios/io/nothing.lua");
  g_ptr_array_add (scenarios, (char *) "scenarios/io/b.lua");
  g_autoptr (GError) error = NULL;
  guint count = 0;
  g_assert_true (gcov_write_index (fixture->directory, scenarios, &count, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (count, ==, 2);

  g_autofree char *path = fixture_path (fixture, "index");
  g_autofree char *text = NULL;
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_autofree char *expected =
      g_strdup_printf ("scenarios/io/a.lua\t%1$s/scenarios-io-a.lua/src/peer\n"
                       "scenarios/io/a.lua\t%1$s/scenarios-io-a.lua/src/peer/usr\n"
                       "scenarios/io/b.lua\t%1$s/scenarios-io-b.lua/src/peer\n",
                       fixture->directory);
  g_assert_cmpstr (text, ==, expected);
}

static void
test_index_unwritable (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  g_autofree char *nowhere = fixture_path (fixture, "not-there");
  g_autoptr (GError) error = NULL;
  guint count = 7;
  g_assert_false (gcov_write_index (nowhere, none, &count, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
  g_assert_cmpuint (count, ==, 7);
}

static void
test_forget (Fixture *fixture, gconstpointer data)
{
  g_autofree char *own = gcov_scenario_directory (fixture->directory, "scenarios/io/b.lua");
  gcov_forget (own);
  for (guint i = 0; i < G_N_ELEMENTS (files); i++) {
    g_autofree char *path = fixture_path (fixture, files[i]);
    const gboolean is_gone = g_str_equal (files[i], "scenarios-io-b.lua/src/peer/main.gcda");
    g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS) != is_gone);
  }
}

/* What lies behind a link is somebody else's. */
static void
test_forget_link (Fixture *fixture, gconstpointer data)
{
  g_autofree char *other = fixture_path (fixture, "scenarios-io-a.lua");
  g_autofree char *link = fixture_path (fixture, "scenarios-io-b.lua/link");
  g_autofree char *behind = fixture_path (fixture, files[0]);
  g_assert_cmpint (symlink (other, link), ==, 0);
  g_autofree char *own = gcov_scenario_directory (fixture->directory, "scenarios/io/b.lua");
  gcov_forget (own);
  g_assert_true (g_file_test (behind, G_FILE_TEST_EXISTS));
}

static void
test_directory (void)
{
  g_autofree char *absolute = gcov_scenario_directory ("/tmp/c", "/home/x/s/a.lua");
  g_assert_cmpstr (absolute, ==, "/tmp/c/home-x-s-a.lua");
  g_autofree char *above = gcov_scenario_directory ("/tmp/./c", "../s/a.lua");
  g_assert_cmpstr (above, ==, "/tmp/c/s-a.lua");
  g_autofree char *here = g_get_current_dir ();
  g_autofree char *relative = gcov_scenario_directory ("c", "a.lua");
  g_autofree char *expected = g_build_filename (here, "c", "a.lua", NULL);
  g_assert_cmpstr (relative, ==, expected);
}

static void
test_environment (void)
{
  g_auto (GStrv) environment = gcov_environment ("/tmp/c/a.lua");
  g_assert_cmpstr (g_environ_getenv (environment, "GCOV_PREFIX"), ==, "/tmp/c/a.lua");
  g_assert_cmpstr (g_environ_getenv (environment, "GCOV_PREFIX_STRIP"), ==, "0");
  g_assert_cmpstr (g_environ_getenv (environment, "PATH"), ==, g_getenv ("PATH"));
}

#define ADD(name, test) g_test_add (name, Fixture, NULL, fixture_set_up, test, fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/gcov/the index names each directory with counters once, by scenario", test_index);
  ADD ("/gcov/an index that cannot be written is an error", test_index_unwritable);
  ADD ("/gcov/counters of an earlier run of this scenario go, nothing else", test_forget);
  ADD ("/gcov/what lies behind a link stays", test_forget_link);
  g_test_add_func ("/gcov/a scenario has an absolute directory of its own", test_directory);
  g_test_add_func ("/gcov/nothing of an object's path is left out", test_environment);
  return g_test_run ();
}
