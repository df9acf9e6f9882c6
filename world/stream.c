/* SPDX-License-Identifier: Apache-2.0 */
/* stream.c - what simulated and live streams share: the order owner, observers, tap, network */
#include "world/stream.h"

#include "world/world-events.h"
#include "world/world.h"

/* One observer of one stream. */
struct StreamWatch {
  StreamWatch *next;
  const StreamObserver *observer;
  gpointer data;
};

/* TELL (stream, sent, slice): each observer that wants to hear it. Nobody there costs the test of one pointer. */
#define TELL(stream, event, ...)                                                                   \
  do {                                                                                             \
    for (const StreamWatch *watch = (stream)->watches; watch != NULL; watch = watch->next)         \
      if (watch->observer->event != NULL)                                                          \
        watch->observer->event (watch->data, stream, ##__VA_ARGS__);                               \
  } while (0)

const char *
stream_end_name (guint64 end)
{
  static const char *const names[] = {
#define END(name, text) text,
    STREAM_ENDS (END)
#undef END
  };
  return end < G_N_ELEMENTS (names) ? names[end] : "?";
}

void
stream_init (Stream *stream, Host *host, const StreamOps *ops, guint32 id)
{
  stream->magic = STREAM_MAGIC;
  stream->host = host;
  stream->ops = ops;
  stream->id = id;
}

void
stream_attach (Stream *stream, const StreamEvents *events, gpointer owner)
{
  CHECK (stream, STREAM_MAGIC);
  CHECK_THAT (!stream->is_freed);
  stream->events = events;
  stream->owner = owner;
}

void
stream_add_observer (Stream *stream, const StreamObserver *observer, gpointer data)
{
  CHECK (stream, STREAM_MAGIC);
  StreamWatch *added = g_new0 (StreamWatch, 1);
  added->observer = observer;
  added->data = data;
  StreamWatch **place = &stream->watches;
  while (*place != NULL)
    place = &(*place)->next;
  *place = added;
}

void
stream_set_tap (Stream *stream, const StreamTap *tap, gpointer data)
{
  CHECK (stream, STREAM_MAGIC);
  CHECK_THAT (stream->tap == NULL);
  stream->tap = tap;
  stream->tap_data = data;
}

Stream *
stream_connect (Host *host, const Address *to, const StreamEvents *events, gpointer owner)
{
  CHECK (host, HOST_MAGIC);
  Stream *stream = host->ops->connect (host, to);
  stream_attach (stream, events, owner);
  if (host->on_stream != NULL)
    host->on_stream (host->on_stream_data, host, stream);
  return stream;
}

/* ---- behind the tap ---- */

static void
stream_wire_send (Stream *stream, Slice slice)
{
  TELL (stream, wire_sent, &slice);
  stream->ops->send (stream, slice);
}

static void
stream_wire_shutdown (Stream *stream)
{
  TELL (stream, wire_closing, STREAM_END_FIN);
  stream->ops->shutdown (stream);
}

static void
stream_wire_free (Stream *stream)
{
  if (stream->host->is_up)
    TELL (stream, wire_closing, STREAM_END_FIN);
  stream->ops->free (stream);
}

/* ---- the owner's end ---- */

void
stream_send (Stream *stream, Slice slice)
{
  CHECK (stream, STREAM_MAGIC);
  CHECK_THAT (!stream->is_freed);
  if (slice.length == 0 || !stream->host->is_up) {
    slice_clear (&slice);
    return;
  }
  TELL (stream, sent, &slice);
  if (stream->tap == NULL) {
    stream_wire_send (stream, slice);
    return;
  }
  stream->tap->outgoing (stream->tap_data, stream, &slice);
  slice_clear (&slice);
}

gsize
stream_queued (Stream *stream)
{
  CHECK (stream, STREAM_MAGIC);
  const gboolean asks_tap = stream->tap != NULL && stream->tap->held != NULL;
  return stream->ops->queued (stream)
         + (asks_tap ? stream->tap->held (stream->tap_data, stream) : 0);
}

void
stream_set_reading (Stream *stream, gboolean is_reading)
{
  CHECK (stream, STREAM_MAGIC);
  stream->is_stopped_by_owner = !is_reading;
  if (!stream->is_stopped_by_tap)
    stream->ops->set_reading (stream, is_reading);
}

void
stream_tap_set_reading (Stream *stream, gboolean is_reading)
{
  CHECK (stream, STREAM_MAGIC);
  if (stream->is_stopped_by_tap == !is_reading)
    return;
  stream->is_stopped_by_tap = !is_reading;
  if (!stream->is_stopped_by_owner)
    stream->ops->set_reading (stream, is_reading);
}

/* The tap holds bytes that must go before this end of the stream does. */
static gboolean
stream_tap_keeps (Stream *stream, StreamDirection direction, StreamEnd end)
{
  return stream->host->is_up && stream->tap != NULL && stream->tap->ending != NULL
         && stream->tap->ending (stream->tap_data, stream, direction, end);
}

void
stream_shutdown (Stream *stream)
{
  CHECK (stream, STREAM_MAGIC);
  if (!stream->host->is_up)
    return;
  TELL (stream, closing, STREAM_END_FIN);
  if (!stream_tap_keeps (stream, STREAM_OUT, STREAM_END_FIN))
    stream_wire_shutdown (stream);
}

void
stream_reset (Stream *stream)
{
  CHECK (stream, STREAM_MAGIC);
  if (!stream->host->is_up)
    return;
  HOST_LOG (stream->host, EVENT_STREAM_RESET, NULL, stream->id);
  const gboolean asks_tap = stream->tap != NULL && stream->tap->resetting != NULL;
  TELL (stream, closing, STREAM_END_RST);
  if (asks_tap && stream->tap->resetting (stream->tap_data, stream))
    return;
  TELL (stream, wire_closing, STREAM_END_RST);
  stream->ops->reset (stream);
}

void
stream_free (Stream *stream)
{
  if (stream == NULL)
    return;
  CHECK (stream, STREAM_MAGIC);
  CHECK_THAT (!stream->is_freed);
  if (stream->host->is_up)
    TELL (stream, closing, STREAM_END_FIN);
  stream->is_freed = TRUE;
  stream->events = NULL;
  stream->owner = NULL;
  if (!stream_tap_keeps (stream, STREAM_OUT, STREAM_END_FIN))
    stream_wire_free (stream);
}

void
stream_finish (Stream *stream)
{
  TELL (stream, freed);
  if (stream->tap != NULL && stream->tap->freed != NULL)
    stream->tap->freed (stream->tap_data, stream);
  for (StreamWatch *watch = stream->watches, *next; watch != NULL; watch = next) {
    next = watch->next;
    g_free (watch);
  }
  stream->watches = NULL;
  stream->tap = NULL;
  stream->magic = 0;
}

/* What reaches the owner's end of the stream. */
static void
stream_deliver (Stream *stream, const Slice *slice)
{
  if (stream->is_freed)
    return;
  TELL (stream, received, slice);
  if (stream->events != NULL && stream->events->data != NULL)
    stream->events->data (stream->owner, slice);
}

void
stream_arrived (Stream *stream, const Slice *slice)
{
  CHECK (stream, STREAM_MAGIC);
  TELL (stream, wire_received, slice);
  if (stream->tap != NULL)
    stream->tap->incoming (stream->tap_data, stream, slice);
  else
    stream_deliver (stream, slice);
}

void
stream_has_connected (Stream *stream)
{
  CHECK (stream, STREAM_MAGIC);
  TELL (stream, connected);
  if (stream->events != NULL && stream->events->connected != NULL)
    stream->events->connected (stream->owner);
}

void
stream_closes (Stream *stream, StreamEnd end)
{
  CHECK (stream, STREAM_MAGIC);
  TELL (stream, closing, end);
  TELL (stream, wire_closing, end);
}

static void
stream_tell_ended (Stream *stream, StreamEnd end)
{
  if (stream->is_freed)
    return;
  HOST_LOG (stream->host, EVENT_STREAM_ENDED, NULL, stream->id, end);
  TELL (stream, ended, end);
  if (stream->events != NULL && stream->events->ended != NULL)
    stream->events->ended (stream->owner, end);
}

void
stream_has_ended (Stream *stream, StreamEnd end)
{
  CHECK (stream, STREAM_MAGIC);
  if (!stream->is_broken_by_tap)
    TELL (stream, wire_ended, end);
  if (!stream_tap_keeps (stream, STREAM_IN, end))
    stream_tell_ended (stream, end);
}

void
stream_tap_pass (Stream *stream, StreamDirection direction, const Slice *slice)
{
  CHECK (stream, STREAM_MAGIC);
  if (slice->length == 0)
    return;
  if (direction == STREAM_OUT)
    stream_wire_send (stream, slice_ref (slice));
  else
    stream_deliver (stream, slice);
}

void
stream_tap_drained (Stream *stream)
{
  CHECK (stream, STREAM_MAGIC);
  if (!stream->is_freed && stream->events != NULL && stream->events->drained != NULL)
    stream->events->drained (stream->owner);
}

void
stream_tap_break (Stream *stream, StreamEnd end)
{
  CHECK (stream, STREAM_MAGIC);
  CHECK_THAT (end == STREAM_END_RST || end == STREAM_END_FIN || end == STREAM_END_TIMEOUT);
  if (!stream->host->is_up)
    return;
  HOST_LOG (stream->host, EVENT_STREAM_RESET, NULL, stream->id);
  TELL (stream, wire_closing, end);
  stream->is_broken_by_tap = TRUE;
  stream->ops->break_both (stream, end);
}

void
stream_tap_end (Stream *stream, StreamDirection direction, StreamEnd end)
{
  CHECK (stream, STREAM_MAGIC);
  if (direction == STREAM_IN)
    stream_tell_ended (stream, end);
  else if (stream->is_freed)
    stream_wire_free (stream);
  else if (stream->host->is_up)
    stream_wire_shutdown (stream);
}

Listener *
listener_new (Host *host, const Address *address, const ListenerEvents *events, gpointer owner,
              GError **error)
{
  CHECK (host, HOST_MAGIC);
  Listener *listener = host->ops->listen (host, address, error);
  if (listener == NULL)
    return NULL;
  listener->magic = LISTENER_MAGIC;
  listener->events = events;
  listener->owner = owner;
  return listener;
}

void
listener_free (Listener *listener)
{
  if (listener == NULL)
    return;
  CHECK (listener, LISTENER_MAGIC);
  listener->host->ops->listener_free (listener);
}
