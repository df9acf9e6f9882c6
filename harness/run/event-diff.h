/* SPDX-License-Identifier: Apache-2.0 */
/* event-diff.h - where two runs that should be one and the same part */
#pragma once

#include <glib.h>

typedef struct EventDiff {
  gboolean differs;
  guint64 line; /* from 1; differs only */
  char *first;  /* the line in each; NULL: that log has ended by then */
  char *second;
} EventDiff;

void event_diff_clear (EventDiff *diff);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (EventDiff, event_diff_clear)

/* Compares two event logs line by line, up to the first that differs. FALSE if one cannot be read. */
gboolean event_diff_files (const char *first_path, const char *second_path, EventDiff *ret_diff,
                           GError **error);
