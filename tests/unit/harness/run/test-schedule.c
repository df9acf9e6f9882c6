/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/run/schedule.h"

#include "harness/run/error.h"

#include <glib/gstdio.h>

static char *
temporary_file (const char *text)
{
  g_autofree char *directory = g_dir_make_tmp ("schedule-XXXXXX", NULL);
  char *path = g_build_filename (directory, "a.schedule", NULL);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return path;
}

static void
temporary_remove (char *path /* transfer full */)
{
  g_autofree char *directory = g_path_get_dirname (path);
  g_unlink (path);
  g_rmdir (directory);
  g_free (path);
}

static void
test_a_schedule_is_read_as_it_was_written (void)
{
  char *path = temporary_file ("");
  const Schedule before = { .path = (char *) "t/a.lua",
                            .text = (char *) "return scenario {\n}\n",
                            .seed = G_MAXUINT64,
                            .has_fingerprint = TRUE,
                            .fingerprint = G_GUINT64_CONSTANT (0xfedcba9876543210) };
  g_assert_true (schedule_save (path, &before, NULL, NULL));
  g_auto (Schedule) after = { 0 };
  g_autofree char *build = schedule_build_id ();
  g_assert_true (schedule_load (path, &after, NULL));
  g_assert_cmpstr (after.path, ==, "t/a.lua");
  g_assert_cmpstr (after.text, ==, before.text);
  g_assert_cmpstr (after.build, ==, build);
  g_assert_cmpstr (after.profile, ==, "windows");
  g_assert_null (after.target);
  g_assert_cmpuint (after.seed, ==, G_MAXUINT64);
  g_assert_true (after.has_fingerprint);
  g_assert_cmphex (after.fingerprint, ==, before.fingerprint);
  temporary_remove (path);
}

static void
test_a_run_that_died_has_no_fingerprint (void)
{
  char *path = temporary_file ("");
  const Schedule before = { .path = (char *) "t/a.lua", .text = (char *) "x", .seed = 1 };
  g_auto (Schedule) after = { 0 };
  g_assert_true (schedule_save (path, &before, NULL, NULL));
  g_assert_true (schedule_load (path, &after, NULL));
  g_assert_false (after.has_fingerprint);
  temporary_remove (path);
}

static void
assert_refused (const char *text, const char *message)
{
  char *path = temporary_file (text);
  g_auto (Schedule) schedule = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *expected = g_strdup_printf ("schedule '%s': %s", path, message);
  g_assert_false (schedule_load (path, &schedule, &error));
  g_assert_error (error, RUN_ERROR, RUN_ERROR_USAGE);
  g_assert_true (g_str_has_prefix (error->message, expected));
  temporary_remove (path);
}

static void
test_what_is_no_schedule_is_refused_with_its_name (void)
{
  assert_refused ("not json", "expected a file of JSON, got ");
  assert_refused ("[]", "expected a JSON object");
  assert_refused ("{}", "expected format 1, got 0");
  assert_refused ("{ \"format\": 2 }", "expected format 1, got 2");
  assert_refused ("{ \"format\": 1 }", "member 'build': expected text");
  assert_refused ("{ \"format\": 1, \"build\": \"b\", \"profile\": \"p\", \"path\": \"p\","
                  " \"scenario\": \"s\", \"seed\": 7 }",
                  "member 'seed': expected a number as text");
  assert_refused ("{ \"format\": 1, \"build\": \"b\", \"profile\": \"p\", \"path\": \"p\","
                  " \"scenario\": \"s\", \"seed\": \"7\", \"fingerprint\": \"none\" }",
                  "member 'fingerprint': expected 16 hex digits or null");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define TEST(name) g_test_add_func ("/schedule/" #name, test_##name)
  TEST (a_schedule_is_read_as_it_was_written);
  TEST (a_run_that_died_has_no_fingerprint);
  TEST (what_is_no_schedule_is_refused_with_its_name);
#undef TEST
  return g_test_run ();
}
