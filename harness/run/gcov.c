/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/run/gcov.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#define COUNTERS ".gcda"

char *
gcov_scenario_directory (const char *directory, const char *scenario)
{
  g_autofree char *flat = g_strdelimit (g_strdup (scenario), "/", '-');
  g_autofree char *whole = g_canonicalize_filename (directory, NULL);
  return g_build_filename (whole, flat + strspn (flat, "-."), NULL);
}

char **
gcov_environment (const char *scenario_directory)
{
  char **environment = g_environ_setenv (g_get_environ (), "GCOV_PREFIX", scenario_directory, TRUE);
  return g_environ_setenv (environment, "GCOV_PREFIX_STRIP", "0", TRUE);
}

/* ---- what lies below a directory ---- */

static gboolean
path_is_directory (const char *path)
{
  struct stat status;
  return lstat (path, &status) == 0 && S_ISDIR (status.st_mode);
}

/* Appends the paths of all files with counters, in no order. */
static void
counters_find (const char *path, GPtrArray *files)
{
  g_autoptr (GDir) directory = g_dir_open (path, 0, NULL);
  const char *name;
  while (directory != NULL && (name = g_dir_read_name (directory)) != NULL) {
    g_autofree char *entry = g_build_filename (path, name, NULL);
    if (path_is_directory (entry))
      counters_find (entry, files);
    else if (g_str_has_suffix (name, COUNTERS))
      g_ptr_array_add (files, g_steal_pointer (&entry));
  }
}

void
gcov_forget (const char *scenario_directory)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_free);
  counters_find (scenario_directory, files);
  for (guint i = 0; i < files->len; i++)
    g_unlink (files->pdata[i]);
}

/* ---- the index ---- */

static gint
text_compare (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

/* The lines of one scenario. */
static gboolean
index_add (GString *index, const char *directory, const char *scenario)
{
  g_autofree char *own = gcov_scenario_directory (directory, scenario);
  g_autoptr (GPtrArray) places = g_ptr_array_new_with_free_func (g_free);
  counters_find (own, places);
  for (guint i = 0; i < places->len; i++) {
    char *file = places->pdata[i];
    places->pdata[i] = g_path_get_dirname (file);
    g_free (file);
  }
  g_ptr_array_sort (places, text_compare);
  for (guint i = 0; i < places->len; i++)
    if (i == 0 || strcmp (places->pdata[i], places->pdata[i - 1]) != 0)
      g_string_append_printf (index, "%s\t%s\n", scenario, (const char *) places->pdata[i]);
  return places->len > 0;
}

gboolean
gcov_write_index (const char *directory, const GPtrArray *scenarios, guint *ret_count,
                  GError **error)
{
  g_autoptr (GString) index = g_string_new (NULL);
  g_autofree char *path = g_build_filename (directory, "index", NULL);
  guint count = 0;
  for (guint i = 0; i < scenarios->len; i++)
    count += index_add (index, directory, scenarios->pdata[i]);
  if (!g_file_set_contents (path, index->str, (gssize) index->len, error))
    return FALSE;
  *ret_count = count;
  return TRUE;
}
