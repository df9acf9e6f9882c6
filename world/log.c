/* SPDX-License-Identifier: Apache-2.0 */
/* log.c - the ring of records, the rolling hash, and the print
 *
 * The ring is one array of words; a record never wraps: one that does not fit before the end is put at the start, behind a
 * word 0 that means "go on at the start". Old records are dropped whole. The array grows up to its bound before anything is
 * dropped.
 */
#include "world/log.h"

#define RING_FIRST_WORDS 1024

#define FOLD_A G_GUINT64_CONSTANT (0xa0761d6478bd642f)
#define FOLD_B G_GUINT64_CONSTANT (0xe7037ed1a0b428db)

struct EventLog {
  const EventFamily *const *families;
  const EventType *types[EVENTS_LIMIT]; /* by id */
  guint8 numbers[EVENTS_LIMIT];         /* fields that are not TEXT */
  const gint64 *now_ns;
  EventSink sink;
  gpointer sink_data;
  GPtrArray *actors; /* of char * */
  guint64 fingerprint;
  guint64 count;
  guint64 observable;
  guint64 words;
  guint64 *ring;
  gsize room;
  gsize room_limit;
  gsize head; /* the oldest record */
  gsize tail; /* where the next goes */
  gsize kept; /* records in the ring */
};

static const EventType *
families_find (const EventFamily *const *families, guint id)
{
  for (; *families != NULL; families++)
    if (id >= (*families)->first_id && id < (*families)->first_id + (*families)->count)
      return &(*families)->types[id - (*families)->first_id];
  return NULL;
}

static guint
type_numbers (const EventType *type)
{
  guint count = 0;
  for (guint i = 0; i < EVENT_FIELDS && type->fields[i].kind != EVENT_END; i++)
    count += type->fields[i].kind != EVENT_TEXT;
  return count;
}

static gboolean
type_has_text (const EventType *type, guint numbers)
{
  return numbers < EVENT_FIELDS && type->fields[numbers].kind == EVENT_TEXT;
}

EventLog *
event_log_new (const EventFamily *const *families, gsize ring_words)
{
  CHECK_THAT (ring_words >= 4 * EVENT_WORDS);
  EventLog *log = g_new0 (EventLog, 1);
  log->families = families;
  log->actors = g_ptr_array_new_with_free_func (g_free);
  log->room_limit = ring_words;
  log->room = MIN (ring_words, RING_FIRST_WORDS);
  log->ring = g_new (guint64, log->room);
  for (guint id = 0; id < EVENTS_LIMIT; id++) {
    log->types[id] = families_find (families, id);
    if (log->types[id] != NULL && log->types[id]->name != NULL)
      log->numbers[id] = (guint8) type_numbers (log->types[id]);
  }
  return log;
}

void
event_log_free (EventLog *log)
{
  if (log == NULL)
    return;
  g_ptr_array_unref (log->actors);
  g_free (log->ring);
  g_free (log);
}

void
event_log_set_clock (EventLog *log, const gint64 *now_ns)
{
  log->now_ns = now_ns;
}

void
event_log_set_sink (EventLog *log, EventSink sink, gpointer data)
{
  log->sink = sink;
  log->sink_data = data;
}

guint16
event_log_add_actor (EventLog *log, const char *name)
{
  CHECK_THAT (log->actors->len < G_MAXUINT16);
  g_ptr_array_add (log->actors, g_strdup (name));
  return (guint16) (log->actors->len - 1);
}

static inline guint
record_words (guint64 first)
{
  return first & 0xffff;
}

static void
ring_drop_oldest (EventLog *log)
{
  log->head += record_words (log->ring[log->head]);
  if (log->head == log->room || log->ring[log->head] == 0)
    log->head = 0;
  log->kept--;
}

/* A world that does little needs little. Until the ring has its full size nothing in it was ever dropped. */
static void
ring_grow (EventLog *log, guint count)
{
  while (log->room < log->room_limit && log->room - log->tail < count + 1) {
    log->room = MIN (log->room * 2, log->room_limit);
    log->ring = g_renew (guint64, log->ring, log->room);
  }
}

/* Room for `count` words in one piece, and one more for the "go on at the start" mark. */
static guint64 *
ring_reserve (EventLog *log, guint count)
{
  if (log->kept == 0)
    log->head = log->tail = 0;
  if (log->room - log->tail < count + 1)
    ring_grow (log, count);
  if (log->room - log->tail < count + 1) {
    while (log->kept > 0 && log->head >= log->tail)
      ring_drop_oldest (log);
    log->ring[log->tail] = 0;
    log->tail = 0;
  }
  while (log->kept > 0 && log->head >= log->tail && log->head < log->tail + count + 1)
    ring_drop_oldest (log);
  guint64 *words = log->ring + log->tail;
  log->tail += count;
  log->kept++;
  return words;
}

/* One multiplication of 64 by 64 bits takes two words in, and both halves of its product are kept. The words' places are in
 * the constants. So the pairs of a record do not wait for each other, and only the last step hangs on the record before. */
static inline guint64
fold_pair (guint64 a, guint64 b, guint place)
{
  const guint64 step = place * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
  const unsigned __int128 product =
      (unsigned __int128) (a ^ (FOLD_A + step)) * (b ^ (FOLD_B - step));
  return (guint64) product ^ (guint64) (product >> 64);
}

static inline void
log_fold (EventLog *log, const guint64 *words, guint count)
{
  guint64 sum = 0;
  for (guint i = 0; i + 1 < count; i += 2)
    sum += fold_pair (words[i], words[i + 1], i);
  if (count % 2 != 0)
    sum += fold_pair (words[count - 1], 0, count);
  log->fingerprint = fold_pair (log->fingerprint, sum, EVENT_WORDS);
}

static inline guint
text_words (gsize length)
{
  return 1 + (guint) (length + 7) / 8;
}

static void
put_text (guint64 *words, const char *text, gsize length)
{
  const guint count = text_words (length);
  words[count - 1] = 0;
  words[0] = length;
  if (length > 0)
    memcpy (words + 1, text, length);
  /* The words are numbers: the same text is the same number on every machine. */
  for (guint i = 1; i < count; i++)
    words[i] = GUINT64_FROM_LE (words[i]);
}

void
event_log_add (EventLog *log, guint16 actor, guint id, const guint64 *values, guint count,
               const char *text)
{
  CHECK_THAT (id < EVENTS_LIMIT && log->types[id] != NULL && log->types[id]->name != NULL);
  const EventType *type = log->types[id];
  CHECK_THAT (count == log->numbers[id]);

  const gboolean has_text = type_has_text (type, count);
  const gsize length = has_text && text != NULL ? strnlen (text, EVENT_TEXT_MAX) : 0;
  const guint used = 2 + count + (has_text ? text_words (length) : 0);
  guint64 *words = ring_reserve (log, used); /* made where it stays */
  words[0] = used | (guint64) id << 16 | (guint64) actor << 32;
  words[1] = (guint64) (log->now_ns != NULL ? *log->now_ns : 0);
  for (guint i = 0; i < count; i++)
    words[2 + i] = values[i];
  if (has_text)
    put_text (words + 2 + count, text, length);

  log_fold (log, words, used);
  log->count++;
  log->words += used;
  log->observable += (type->flags & EVENT_OBSERVABLE) != 0;
  if (log->sink != NULL)
    log->sink (log->sink_data, words, used);
}

guint64
event_log_fingerprint (const EventLog *log)
{
  guint64 hash = log->fingerprint ^ log->count;
  hash = (hash ^ hash >> 29) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  return hash ^ hash >> 32;
}

guint64
event_log_count (const EventLog *log)
{
  return log->count;
}

guint64
event_log_observable (const EventLog *log)
{
  return log->observable;
}

guint64
event_log_words (const EventLog *log)
{
  return log->words;
}

void
event_log_each (const EventLog *log, guint limit, EventSink fn, gpointer data)
{
  gsize at = log->head;
  for (gsize i = 0; i < log->kept; i++) {
    const guint words = record_words (log->ring[at]);
    if (log->kept - i <= limit)
      fn (data, log->ring + at, words);
    at += words;
    if (at == log->room || (i + 1 < log->kept && log->ring[at] == 0))
      at = 0;
  }
}

/* ---- print ---- */

static void
print_ns (gint64 ns, GString *out)
{
  static const struct {
    gint64 scale;
    const char *unit;
  } units[] = { { 1000000000, "s" }, { 1000000, "ms" }, { 1000, "us" } };
  for (guint i = 0; i < G_N_ELEMENTS (units); i++)
    if (ns >= units[i].scale) {
      const gint64 rest = ns % units[i].scale * 1000 / units[i].scale;
      g_string_append_printf (out, "%" G_GINT64_FORMAT, ns / units[i].scale);
      if (rest != 0)
        g_string_append_printf (out, ".%03" G_GINT64_FORMAT, rest);
      g_string_append (out, units[i].unit);
      return;
    }
  g_string_append_printf (out, "%" G_GINT64_FORMAT "ns", ns);
}

static void
print_number (const EventField *field, guint64 value, GString *out)
{
  if (field->name[0] != '\0')
    g_string_append_printf (out, " %s=", field->name);
  else
    g_string_append_c (out, ' ');
  switch (field->kind) {
  case EVENT_NUMBER:
    g_string_append_printf (out, "%" G_GUINT64_FORMAT, value);
    break;
  case EVENT_SIGNED:
    g_string_append_printf (out, "%" G_GINT64_FORMAT, (gint64) value);
    break;
  case EVENT_HEX:
    g_string_append_printf (out, "0x%" G_GINT64_MODIFIER "x", value);
    break;
  case EVENT_NS:
    print_ns ((gint64) value, out);
    break;
  case EVENT_NAME:
    g_string_append (out, field->name_of (value));
    break;
  case EVENT_TEXT:
  case EVENT_END:
    CHECK_THAT (!"a number");
  }
}

static void
print_text (const EventField *field, const guint64 *words, GString *out)
{
  g_string_append_c (out, ' ');
  if (field->name[0] != '\0')
    g_string_append_printf (out, "%s=", field->name);
  for (guint64 i = 0; i < words[0] && i < EVENT_TEXT_MAX; i++) {
    const char byte = (char) (words[1 + i / 8] >> (8 * (i % 8)));
    g_string_append_c (out, g_ascii_isprint (byte) ? byte : '?');
  }
}

void
event_print (const EventPrinter *printer, const guint64 *words, GString *out)
{
  const guint id = words[0] >> 16 & 0xffff;
  const guint16 actor = words[0] >> 32 & 0xffff;
  const EventType *type = families_find (printer->families, id);
  const gint64 time_ns = (gint64) words[1];

  g_string_append_printf (out, "%6" G_GINT64_FORMAT ".%09" G_GINT64_FORMAT "  %c  %-10s ",
                          time_ns / 1000000000, time_ns % 1000000000,
                          type != NULL && type->flags & EVENT_FAULT ? '!' : ' ',
                          printer->actor_name (printer->data, actor));
  if (type == NULL || type->name == NULL) {
    g_string_append_printf (out, "unknown-event-%u", id);
    return;
  }
  g_string_append_printf (out, "%-14s", type->name);
  const guint64 *value = words + 2;
  for (guint i = 0; i < EVENT_FIELDS && type->fields[i].kind != EVENT_END; i++) {
    if (type->fields[i].kind == EVENT_TEXT)
      print_text (&type->fields[i], value, out);
    else
      print_number (&type->fields[i], *value++, out);
  }
}

static const char *
log_actor_name (gpointer data, guint16 actor)
{
  const EventLog *log = data;
  return actor < log->actors->len ? log->actors->pdata[actor] : "?";
}

EventPrinter
event_log_printer (EventLog *log)
{
  return (EventPrinter){ log->families, log_actor_name, log };
}
