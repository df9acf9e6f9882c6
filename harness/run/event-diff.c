/* SPDX-License-Identifier: Apache-2.0 */
/* event-diff.c - two logs, read side by side: they may be far larger than what one wants in memory */
#include "harness/run/event-diff.h"

#include <gio/gio.h>
#include <string.h>

void
event_diff_clear (EventDiff *diff)
{
  g_free (diff->first);
  g_free (diff->second);
  *diff = (EventDiff){ 0 };
}

static GDataInputStream *
log_open (const char *path, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInputStream) stream = g_file_read (file, NULL, error);
  return stream != NULL ? g_data_input_stream_new (G_INPUT_STREAM (stream)) : NULL;
}

/* FALSE on an error; at the end *ret_line is NULL. */
static gboolean
log_line (GDataInputStream *log, char **ret_line, GError **error)
{
  g_autoptr (GError) cause = NULL;
  *ret_line = g_data_input_stream_read_line (log, NULL, NULL, &cause);
  if (cause == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&cause));
  return FALSE;
}

gboolean
event_diff_files (const char *first_path, const char *second_path, EventDiff *ret_diff,
                  GError **error)
{
  g_autoptr (GDataInputStream) first_log = log_open (first_path, error);
  if (first_log == NULL)
    return FALSE;
  g_autoptr (GDataInputStream) second_log = log_open (second_path, error);
  if (second_log == NULL)
    return FALSE;

  *ret_diff = (EventDiff){ 0 };
  for (guint64 line = 1;; line++) {
    g_autofree char *first = NULL;
    g_autofree char *second = NULL;
    if (!log_line (first_log, &first, error) || !log_line (second_log, &second, error))
      return FALSE;
    if (first == NULL && second == NULL)
      return TRUE;
    if (g_strcmp0 (first, second) != 0) {
      *ret_diff = (EventDiff){ TRUE, line, g_steal_pointer (&first), g_steal_pointer (&second) };
      return TRUE;
    }
  }
}
