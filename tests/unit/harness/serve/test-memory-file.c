/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/serve/memory-file.h"

#include <glib/gstdio.h>

typedef struct Test {
  char *directory;
  char *store;
  char *path;
} Test;

static void
set_up (Test *test, gconstpointer data)
{
  test->directory = g_dir_make_tmp ("iscsilab-memory-XXXXXX", NULL);
  g_assert_nonnull (test->directory);
  test->store = g_build_filename (test->directory, "disk", NULL);
  test->path = g_strconcat (test->store, MEMORY_FILE_SUFFIX, NULL);
}

static void
tear_down (Test *test, gconstpointer data)
{
  g_unlink (test->path);
  g_rmdir (test->path);
  g_chmod (test->directory, 0700);
  g_assert_cmpint (g_rmdir (test->directory), ==, 0);
  g_free (test->path);
  g_free (test->store);
  g_free (test->directory);
}

static UnitMemory *
open_memory (Test *test)
{
  g_autoptr (GError) error = NULL;
  UnitMemory *memory = memory_file_new (test->store, &error);
  g_assert_no_error (error);
  return memory;
}

static void
what_was_saved_is_there_again (Test *test, gconstpointer data)
{
  static const char *const texts[] = { "the first, which is long", "the second" };
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (UnitMemory) memory = open_memory (test);
    g_assert_true (unit_memory_save (memory, (const guint8 *) texts[i], strlen (texts[i])));
    g_autoptr (UnitMemory) again = open_memory (test);
    gsize length;
    const guint8 *bytes = unit_memory_bytes (again, &length);
    g_assert_cmpmem (bytes, length, texts[i], strlen (texts[i]));
  }
}

static void
nothing_saved_leaves_no_file (Test *test, gconstpointer data)
{
  gsize length;
  g_autoptr (UnitMemory) memory = open_memory (test);
  g_assert_null (unit_memory_bytes (memory, &length));
  g_assert_false (g_file_test (test->path, G_FILE_TEST_EXISTS));
}

static void
what_cannot_be_written_is_not_remembered (Test *test, gconstpointer data)
{
  g_autoptr (UnitMemory) memory = open_memory (test);
  gsize length;
  g_assert_cmpint (g_mkdir (test->path, 0700), ==, 0); /* no file can take its place */
  g_assert_false (unit_memory_save (memory, (const guint8 *) "a", 1));
  g_assert_null (unit_memory_bytes (memory, &length));
}

static void
what_cannot_be_read_is_an_error (Test *test, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_assert_cmpint (g_mkdir (test->path, 0700), ==, 0);
  g_assert_null (memory_file_new (test->store, &error));
  g_autofree char *prefix = g_strdup_printf ("file '%s': read: ", test->path);
  g_assert_true (g_str_has_prefix (error->message, prefix));
}

#define TEST(path, function)                                                                       \
  g_test_add ("/memory-file/" path, Test, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  TEST ("again", what_was_saved_is_there_again);
  TEST ("nothing", nothing_saved_leaves_no_file);
  TEST ("fails", what_cannot_be_written_is_not_remembered);
  TEST ("unreadable", what_cannot_be_read_is_an_error);
  return g_test_run ();
}
