/* SPDX-License-Identifier: Apache-2.0 */
/* last-event.h - the newest record of a log, as its line */
#pragma once

#include "world/log.h"

typedef struct LastEvent {
  EventLog *log;
  GString *line;
} LastEvent;

static inline void
last_event_print (gpointer data, const guint64 *words, guint count)
{
  LastEvent *last = data;
  const EventPrinter printer = event_log_printer (last->log);
  event_print (&printer, words, last->line);
}

static inline char *
last_event (EventLog *log)
{
  LastEvent last = { log, g_string_new (NULL) };
  event_log_each (log, 1, last_event_print, &last);
  return g_string_free (last.line, FALSE);
}
