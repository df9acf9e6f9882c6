/* SPDX-License-Identifier: Apache-2.0 */
/* scenario-list.c - paths to scenarios, in an order that no file system decides
 *
 * A directory is read whole, its names are sorted bytewise, then taken one by one: files and directories mixed, as `sort`
 * on the full paths would have it but for '/' against other bytes. The same tree gives the same list on every machine.
 */
#include "harness/run/scenario-list.h"
#include "harness/run/error.h"

#include <fnmatch.h>
#include <string.h>

#define SCENARIOS "scenarios"
#define SHARD_MAX 1000

static gint
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static GPtrArray *
directory_names (const char *directory, GError **error)
{
  g_autoptr (GDir) dir = g_dir_open (directory, 0, error);
  if (dir == NULL)
    return NULL;
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  for (const char *name; (name = g_dir_read_name (dir)) != NULL;)
    g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  return names;
}

/* A link to a directory is not followed: it could lead back up. */
static gboolean
directory_search (const char *directory, GPtrArray *paths, GError **error)
{
  g_autoptr (GPtrArray) names = directory_names (directory, error);
  if (names == NULL)
    return FALSE;
  for (guint i = 0; i < names->len; i++) {
    const char *name = names->pdata[i];
    g_autofree char *path = g_build_filename (directory, name, NULL);
    if (g_file_test (path, G_FILE_TEST_IS_DIR)) {
      if (!g_file_test (path, G_FILE_TEST_IS_SYMLINK) && !directory_search (path, paths, error))
        return FALSE;
    } else if (g_str_has_suffix (name, ".lua"))
      g_ptr_array_add (paths, g_steal_pointer (&path));
  }
  return TRUE;
}

static gboolean
path_add (const char *path, GPtrArray *paths, GError **error)
{
  if (g_file_test (path, G_FILE_TEST_IS_DIR)) {
    g_autoptr (GError) cause = NULL;
    if (directory_search (path, paths, &cause))
      return TRUE;
    g_set_error (error, RUN_ERROR, RUN_ERROR_USAGE, "directory '%s': cannot be read: %s", path,
                 cause->message);
    return FALSE;
  }
  if (!g_file_test (path, G_FILE_TEST_EXISTS)) {
    g_set_error (error, RUN_ERROR, RUN_ERROR_USAGE,
                 "path '%s': expected a scenario file or a directory, got nothing there", path);
    return FALSE;
  }
  if (!g_str_has_suffix (path, ".lua")) {
    g_set_error (error, RUN_ERROR, RUN_ERROR_USAGE,
                 "path '%s': expected a scenario file, whose name ends with '.lua', or a directory",
                 path);
    return FALSE;
  }
  g_ptr_array_add (paths, g_strdup (path));
  return TRUE;
}

char *
scenario_file_title (const char *path)
{
  g_autofree char *text = NULL;
  gsize length;
  if (!g_file_get_contents (path, &text, &length, NULL) || !g_utf8_validate (text, length, NULL))
    return NULL;
  g_autoptr (GRegex) regex = g_regex_new (
      "^\\s*title\\s*=\\s*([\"'])((?:\\\\.|(?!\\1)[^\\\\\\n])*)\\1", G_REGEX_MULTILINE, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  if (!g_regex_match (regex, text, 0, &match))
    return NULL;
  g_autofree char *quoted = g_match_info_fetch (match, 2);
  return g_strcompress (quoted);
}

static gboolean
filter_matches (const char *filter, const char *path)
{
  g_autofree char *name = g_path_get_basename (path);
  if (fnmatch (filter, path, 0) == 0 || fnmatch (filter, name, 0) == 0)
    return TRUE;
  g_autofree char *title = scenario_file_title (path);
  return title != NULL && fnmatch (filter, title, 0) == 0;
}

static void
paths_filter (GPtrArray *paths, const char *filter)
{
  guint kept = 0;
  for (guint i = 0; i < paths->len; i++)
    if (filter_matches (filter, paths->pdata[i])) {
      char *path = g_steal_pointer (&paths->pdata[i]);
      g_free (paths->pdata[kept]);
      paths->pdata[kept++] = path;
    }
  g_ptr_array_set_size (paths, (gint) kept);
}

char *
scenario_list_installed (void)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  if (program == NULL)
    return NULL;
  g_autofree char *folder = g_path_get_dirname (program);
  g_autofree char *above = g_path_get_dirname (folder);
  g_autofree char *data = g_build_filename (above, "share", "iscsilab", NULL);
  g_autofree char *scenarios = g_build_filename (data, SCENARIOS, NULL);
  return g_file_test (scenarios, G_FILE_TEST_IS_DIR) ? g_steal_pointer (&data) : NULL;
}

/* A path of the installed scenarios, where the present folder has no "scenarios" of its own. */
static char *
path_find (const char *path, const char *installed)
{
  const gsize length = strlen (SCENARIOS);
  const gboolean is_ours = strncmp (path, SCENARIOS, length) == 0
                           && (path[length] == '\0' || path[length] == G_DIR_SEPARATOR);
  if (installed == NULL || !is_ours || g_file_test (SCENARIOS, G_FILE_TEST_EXISTS))
    return g_strdup (path);
  return g_build_filename (installed, path, NULL);
}

GPtrArray *
scenario_list_new (const char *const *paths, const char *filter, const char *installed,
                   GError **error)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (g_free);
  for (; *paths != NULL; paths++) {
    g_autofree char *path = path_find (*paths, installed);
    if (!path_add (path, found, error))
      return NULL;
  }
  const guint before = found->len;
  if (filter != NULL)
    paths_filter (found, filter);
  if (found->len > 0)
    return g_steal_pointer (&found);
  if (before == 0)
    g_set_error (error, RUN_ERROR, RUN_ERROR_USAGE,
                 "no scenario selected: expected at least one *.lua file");
  else
    g_set_error (error, RUN_ERROR, RUN_ERROR_USAGE,
                 "no scenario selected: filter '%s' matches none of %u", filter, before);
  return NULL;
}

static gboolean
shard_parse (const char *text, guint *ret_number, guint *ret_count)
{
  g_auto (GStrv) parts = g_strsplit (text, "/", 3);
  guint64 number, count;
  if (g_strv_length (parts) != 2
      || !g_ascii_string_to_unsigned (parts[1], 10, 1, SHARD_MAX, &count, NULL)
      || !g_ascii_string_to_unsigned (parts[0], 10, 1, count, &number, NULL))
    return FALSE;
  *ret_number = (guint) number;
  *ret_count = (guint) count;
  return TRUE;
}

gboolean
scenario_list_shard (GPtrArray *paths, const char *shard, GError **error)
{
  guint number, count;
  if (!shard_parse (shard, &number, &count)) {
    g_set_error (error, RUN_ERROR, RUN_ERROR_USAGE,
                 "shard '%s': expected K/N, with K from 1 to N and N up to %d", shard, SHARD_MAX);
    return FALSE;
  }
  if (paths->len < number) {
    g_set_error (error, RUN_ERROR, RUN_ERROR_USAGE,
                 "shard '%s': expected at least %u scenarios, got %u: nothing would run", shard,
                 number, paths->len);
    return FALSE;
  }
  guint kept = 0;
  for (guint i = 0; i < paths->len; i++) {
    char *path = g_steal_pointer (&paths->pdata[i]);
    if (i % count == number - 1)
      paths->pdata[kept++] = path;
    else
      g_free (path);
  }
  g_ptr_array_set_size (paths, (gint) kept);
  return TRUE;
}
