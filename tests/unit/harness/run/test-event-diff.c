/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/run/event-diff.h"

#include <glib/gstdio.h>

static gboolean
diff_texts (const char *first, const char *second, EventDiff *ret_diff)
{
  g_autofree char *directory = g_dir_make_tmp ("iscsilab-test-XXXXXX", NULL);
  g_autofree char *first_path = g_build_filename (directory, "first", NULL);
  g_autofree char *second_path = g_build_filename (directory, "second", NULL);
  g_assert_true (g_file_set_contents (first_path, first, -1, NULL));
  g_assert_true (g_file_set_contents (second_path, second, -1, NULL));
  const gboolean is_read = event_diff_files (first_path, second_path, ret_diff, NULL);
  g_unlink (first_path);
  g_unlink (second_path);
  g_rmdir (directory);
  return is_read;
}

static void
test_equal_logs_do_not_differ (void)
{
  g_auto (EventDiff) diff = { 0 };
  g_assert_true (diff_texts ("a\nb\n", "a\nb\n", &diff));
  g_assert_false (diff.differs);
}

static void
test_the_first_line_that_differs_is_found (void)
{
  g_auto (EventDiff) diff = { 0 };
  g_assert_true (diff_texts ("a\nb\nc\n", "a\nx\ny\n", &diff));
  g_assert_true (diff.differs);
  g_assert_cmpuint (diff.line, ==, 2);
  g_assert_cmpstr (diff.first, ==, "b");
  g_assert_cmpstr (diff.second, ==, "x");
}

static void
test_a_log_that_ends_early_differs_there (void)
{
  g_auto (EventDiff) diff = { 0 };
  g_assert_true (diff_texts ("a\n", "a\nb\n", &diff));
  g_assert_cmpuint (diff.line, ==, 2);
  g_assert_null (diff.first);
  g_assert_cmpstr (diff.second, ==, "b");
}

static void
test_a_missing_log_is_an_error (void)
{
  g_auto (EventDiff) diff = { 0 };
  g_autoptr (GError) error = NULL;
  g_assert_false (event_diff_files ("/nonexistent/a", "/nonexistent/b", &diff, &error));
  g_assert_nonnull (error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/event-diff/equal logs do not differ", test_equal_logs_do_not_differ);
  g_test_add_func ("/event-diff/the first line that differs is found",
                   test_the_first_line_that_differs_is_found);
  g_test_add_func ("/event-diff/a log that ends early differs there",
                   test_a_log_that_ends_early_differs_there);
  g_test_add_func ("/event-diff/a missing log is an error", test_a_missing_log_is_an_error);
  return g_test_run ();
}
