/* SPDX-License-Identifier: Apache-2.0 */
/* log.h - the event log: typed binary records, and the fingerprint over them
 *
 * Each layer has a constant table of its event types (an EventFamily, with a range of ids of its own). A record is encoded
 * field by field as 64-bit words: no pointer, no padding, no wall time, so that the same run gives the same words on every
 * machine. The fingerprint is a rolling hash over all words ever logged. The log keeps the newest records in a ring of bounded
 * size; a sink may see each record as it is made (the whole log in a file, the crash ring in shared memory). Text is made on
 * print only.
 *
 * A record: word 0 = total words (16 bits) | type << 16 | actor << 32 | marks << 48; word 1 = time in ns; then the fields:
 * a number is one word; a TEXT is one word of length, then its bytes, zero-padded to words.
 */
#pragma once

#include "world/check.h"

typedef enum EventFieldKind {
  EVENT_END = 0, /* no more fields */
  EVENT_NUMBER,  /* unsigned, decimal */
  EVENT_SIGNED,
  EVENT_HEX,
  EVENT_NS,   /* a duration, printed with a unit */
  EVENT_NAME, /* a number printed by name_of */
  EVENT_TEXT, /* bytes; at most EVENT_TEXT_MAX are kept */
} EventFieldKind;

#define EVENT_FIELDS   8
#define EVENT_TEXT_MAX 240
#define EVENT_WORDS    (2 + EVENT_FIELDS + EVENT_TEXT_MAX / 8)

typedef struct EventField {
  const char *name;
  EventFieldKind kind;
  const char *(*name_of) (
      guint64 value); /* EVENT_NAME only; never NULL for a value that was logged */
} EventField;

typedef enum EventFlags {
  EVENT_PLAIN = 0,
  EVENT_OBSERVABLE = 1 << 0, /* a scenario's condition may have changed: it is asked again */
  EVENT_FAULT = 1 << 1,      /* marked in the print as the work of a fault */
} EventFlags;

typedef struct EventType {
  const char *name;
  EventFlags flags;
  EventField fields[EVENT_FIELDS]; /* at most one TEXT, and that one last */
} EventType;

typedef struct EventFamily {
  guint first_id;
  guint count;
  const EventType *types;
} EventFamily;

/* Ranges of ids, one per layer. */
enum {
  EVENTS_WORLD = 0,
  EVENTS_PROTOCOL = 64,
  EVENTS_INITIATOR = 128,
  EVENTS_TARGET = 192,
  EVENTS_FAULTS = 256,
  EVENTS_HARNESS = 320,
  EVENTS_LIMIT = 384,
};

typedef struct EventLog EventLog;

/* `words` is valid during the call only. */
typedef void (*EventSink) (gpointer data, const guint64 *words, guint count);

/* families: NULL-terminated array of what may be logged, all static const. ring_words: bound on what is kept. */
EventLog *event_log_new (const EventFamily *const *families, gsize ring_words);
void event_log_free (EventLog *log);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EventLog, event_log_free)

/* The clock of the log: where the time of a record is read. */
void event_log_set_clock (EventLog *log, const gint64 *now_ns);
void event_log_set_sink (EventLog *log, EventSink sink, gpointer data);

guint16 event_log_add_actor (EventLog *log,
                             const char *name); /* the column at the left of each line */

/* values: one per field that is not TEXT, in order; text may be NULL. The number of values is checked against the table. */
void event_log_add (EventLog *log, guint16 actor, guint id, const guint64 *values, guint count,
                    const char *text);

#define EVENT_LOG(log, actor, id, text, ...)                                                       \
  event_log_add (log, actor, id, (const guint64[]){ __VA_ARGS__ },                                 \
                 sizeof ((const guint64[]){ __VA_ARGS__ }) / sizeof (guint64), text)

guint64 event_log_fingerprint (const EventLog *log);
guint64 event_log_count (const EventLog *log);      /* records ever made */
guint64 event_log_observable (const EventLog *log); /* observable records ever made */
guint64 event_log_words (const EventLog *log);      /* words ever made: the bound on log bytes */

/* Newest records, oldest first: fn for each of the last `limit` in the ring. */
void event_log_each (const EventLog *log, guint limit, EventSink fn, gpointer data);

/* One line, without a newline: time, actor, name, fields. Marks a fault with '!' in its own column. Who reads records from
 * elsewhere fills in the tables and the names of the actors; event_log_printer has those of a log. */
typedef struct EventPrinter {
  const EventFamily *const *families;
  const char *(*actor_name) (gpointer data, guint16 actor);
  gpointer data;
} EventPrinter;

void event_print (const EventPrinter *printer, const guint64 *words, GString *out);
EventPrinter event_log_printer (EventLog *log); /* prints this log's own records */
