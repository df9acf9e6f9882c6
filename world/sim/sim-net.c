/* SPDX-License-Identifier: Apache-2.0 */
/* sim-net.c - simulated TCP
 *
 * A connection is two ends that know each other. Each end has an inbox: what the network will bring it, in order, each item
 * with its time of arrival; the end's one queue entry stands at the time of the first. Sending puts a reference to the bytes
 * into the peer's inbox; nothing is copied.
 *
 * An end whose machine lost power is cut off from its peer without a word. What the peer then sends finds nobody: while the
 * machine is down the bytes stay unacknowledged, until TIMEOUT; once it is up again, it answers with RST, as it knows of no
 * such connection. An end that was freed lives on until TCP is done with it: bytes that still come are answered with RST.
 *
 * A machine whose process was killed still has its TCP: it sends FIN for what was open, answers what still comes with RST and
 * refuses connects. Only one without power says nothing.
 */
#include "world/sim/sim-internal.h"
#include "world/world-events.h"

typedef enum ItemKind { ITEM_DATA, ITEM_FIN, ITEM_SYN, ITEM_CONNECTED, ITEM_FATAL } ItemKind;

typedef struct Item {
  gint64 time_ns;
  ItemKind kind;
  StreamEnd end; /* ITEM_FATAL: how */
  Slice slice;   /* ITEM_DATA */
} Item;

struct SimStream {
  Stream stream; /* first */
  QueueEntry entry;
  SimStream *peer;   /* NULL: not there yet, or gone */
  Host *remote_host; /* whose machine answers for a peer that is gone */
  SimStream *next;   /* of this host */
  SimStream *previous;
  Item *items; /* a ring */
  guint first;
  guint count;
  guint room;
  gsize inbox_bytes;
  gint64 last_arrival_ns; /* TCP keeps order, whatever the latency does */
  gint64 connect_started_ns;
  gint64 syn_backoff_ns;
  gint64 freed_ns; /* bytes that came until then are thrown away, later ones answered with RST */
  guint32 is_open : 1; /* connected, as far as this end knows, and not dead */
  guint32
      is_dead : 1; /* reset, timed out, or its host went down: nothing more in either direction */
  guint32
      is_broken : 1; /* a device between, or the peer's end, took it down: what is sent is answered with RST */
  guint32 wants_fin : 1; /* shut down before it was connected */
  guint32 has_sent_fin : 1;
  guint32 has_got_fin : 1;
  guint32 is_paused : 1;   /* the owner does not read */
  guint32 was_above : 1;   /* queued bytes passed the low water mark */
  guint32 has_unacked : 1; /* sent into silence: the last of its inbox is TIMEOUT */
  guint32 is_busy : 1;     /* its items are being delivered: must not be destroyed */
};

static SimStream *
sim_stream (Stream *stream)
{
  return (SimStream *) stream;
}

static SimWorld *
stream_world (SimStream *self)
{
  return sim_world_of (self->stream.host);
}

static gint64
stream_now (SimStream *self)
{
  return self->stream.host->world->now_ns;
}

/* ---- the inbox ---- */

static Item *
inbox_last (SimStream *self)
{
  return &self->items[(self->first + self->count - 1) % self->room];
}

/* What is to be told next; NULL: nothing, until the owner reads or more comes. RFC 9293 3.10.7.4: a reset flushes all segment
 * queues, so an owner that does not read hears of it at once and the bytes that it did not take are lost. */
static const Item *
inbox_next (SimStream *self)
{
  if (self->count == 0)
    return NULL;
  const Item *first = &self->items[self->first];
  if (!self->is_paused || first->kind != ITEM_DATA)
    return first;
  const Item *last = inbox_last (self);
  return last->kind == ITEM_FATAL ? last : NULL;
}

static void
inbox_schedule (SimStream *self)
{
  Queue *queue = &self->stream.host->world->queue;
  queue_remove (queue, &self->entry);
  if (self->is_dead || self->is_busy)
    return;
  const Item *next = inbox_next (self);
  if (next != NULL)
    queue_push (queue, &self->entry, MAX (next->time_ns, stream_now (self)), QUEUE_ARRIVAL);
}

static void
inbox_grow (SimStream *self)
{
  const guint room = MAX (8u, self->room * 2);
  Item *items = g_new (Item, room);
  for (guint i = 0; i < self->count; i++)
    items[i] = self->items[(self->first + i) % self->room];
  g_free (self->items);
  self->items = items;
  self->room = room;
  self->first = 0;
}

static void
inbox_push (SimStream *self, gint64 delay_ns, Item item)
{
  if (self->is_dead) {
    slice_clear (&item.slice);
    return;
  }
  item.time_ns = MAX (stream_now (self) + delay_ns, self->last_arrival_ns);
  self->last_arrival_ns = item.time_ns;
  if (self->count == self->room)
    inbox_grow (self);
  self->items[(self->first + self->count++) % self->room] = item;
  self->inbox_bytes += item.slice.length;
  if (self->count == 1 || item.kind == ITEM_FATAL)
    inbox_schedule (self);
}

static Item
inbox_pop (SimStream *self)
{
  const Item item = self->items[self->first];
  self->first = (self->first + 1) % self->room;
  self->count--;
  self->inbox_bytes -= item.slice.length;
  return item;
}

static void
inbox_clear (SimStream *self)
{
  while (self->count > 0) {
    Item item = inbox_pop (self);
    slice_clear (&item.slice);
  }
  self->last_arrival_ns = 0;
  queue_remove (&self->stream.host->world->queue, &self->entry);
}

static void
inbox_push_end (SimStream *self, gint64 delay_ns, StreamEnd end)
{
  const ItemKind kind = end == STREAM_END_FIN ? ITEM_FIN : ITEM_FATAL;
  inbox_push (self, delay_ns, (Item){ .kind = kind, .end = end });
}

/* An answer came after all, or nobody waits for one any more. */
static void
inbox_take_back_timeout (SimStream *self)
{
  if (!self->has_unacked || self->is_dead)
    return;
  CHECK_THAT (self->count > 0 && inbox_last (self)->end == STREAM_END_TIMEOUT);
  self->has_unacked = FALSE;
  self->count--;
  self->last_arrival_ns = self->count > 0 ? inbox_last (self)->time_ns : 0;
  inbox_schedule (self);
}

/* Bytes or FIN are on their way: their sender has no acknowledgement yet. */
static gboolean
inbox_has_unacked (SimStream *self)
{
  if (self->count == 0 || inbox_last (self)->time_ns <= stream_now (self))
    return FALSE;
  const ItemKind kind = inbox_last (self)->kind;
  return kind == ITEM_DATA || kind == ITEM_FIN;
}

/* Of one segment. Drawn, so that another seed is another interleaving; order within a stream is kept by the inbox. */
static gint64
latency (SimStream *self)
{
  SimWorld *world = stream_world (self);
  const gint64 jitter = world->config.jitter_ns;
  return world->config.latency_ns
         + (jitter > 0 ? (gint64) random_below (&world->jitter, (guint64) jitter + 1) : 0);
}

/* ---- life ---- */

static void stream_fire (QueueEntry *entry);
static const StreamOps sim_stream_ops;

static SimStream *
stream_new (Host *host, guint32 id)
{
  SimStream *self = g_new0 (SimStream, 1);
  SimHost *sim = sim_host (host);
  stream_init (&self->stream, host, &sim_stream_ops, id);
  self->entry.fire = stream_fire;
  self->next = sim->streams;
  if (sim->streams != NULL)
    sim->streams->previous = self;
  sim->streams = self;
  return self;
}

static void
stream_part (SimStream *self)
{
  if (self->peer != NULL)
    self->peer->peer = NULL;
  self->peer = NULL;
}

static void
stream_destroy (SimStream *self)
{
  SimHost *host = sim_host (self->stream.host);
  inbox_clear (self);
  stream_part (self);
  if (self->previous != NULL)
    self->previous->next = self->next;
  else
    host->streams = self->next;
  if (self->next != NULL)
    self->next->previous = self->previous;
  stream_finish (&self->stream);
  g_free (self->items);
  g_free (self);
}

/* A freed end goes when nothing can come that it would have to answer. */
static void
stream_destroy_if_over (SimStream *self)
{
  const gboolean is_over = self->is_dead || (self->has_sent_fin && self->has_got_fin)
                           || (self->peer == NULL && self->count == 0);
  if (self->stream.is_freed && !self->is_busy && is_over)
    stream_destroy (self);
}

static void
stream_die (SimStream *self)
{
  self->is_dead = TRUE;
  self->is_open = FALSE;
  inbox_clear (self);
}

/* ---- sending ---- */

/* A machine without power answers nothing; one whose process died still has its TCP. */
static gboolean
host_answers (Host *host)
{
  return sim_host (host)->has_power;
}

/* Nobody on the other side knows this connection. */
static void
stream_sent_into_void (SimStream *self)
{
  if (self->is_broken || host_answers (self->remote_host)) {
    inbox_push_end (self, 2 * latency (self), STREAM_END_RST);
  } else if (!self->has_unacked) {
    self->has_unacked = TRUE;
    inbox_push_end (self, stream_world (self)->config.user_timeout_ns, STREAM_END_TIMEOUT);
  }
}

static void
sim_stream_send (Stream *stream, Slice slice)
{
  SimStream *self = sim_stream (stream);
  if (self->is_dead || self->has_sent_fin || !self->is_open) {
    slice_clear (&slice);
    return;
  }
  if (self->peer == NULL || self->is_broken) {
    slice_clear (&slice);
    stream_sent_into_void (self);
    return;
  }
  inbox_push (self->peer, latency (self), (Item){ .kind = ITEM_DATA, .slice = slice });
  self->was_above = self->was_above || self->peer->inbox_bytes > STREAM_LOW_WATER;
}

static gsize
sim_stream_queued (Stream *stream)
{
  const SimStream *self = sim_stream (stream);
  return self->peer != NULL ? self->peer->inbox_bytes : 0;
}

static void
sim_stream_set_reading (Stream *stream, gboolean is_reading)
{
  SimStream *self = sim_stream (stream);
  self->is_paused = !is_reading;
  inbox_schedule (self);
}

static void
sim_stream_shutdown (Stream *stream)
{
  SimStream *self = sim_stream (stream);
  self->wants_fin = TRUE; /* before it is connected: FIN follows when it is */
  if (self->is_dead || self->has_sent_fin || !self->is_open)
    return;
  self->has_sent_fin = TRUE;
  if (self->is_broken)
    return;
  if (self->peer != NULL)
    inbox_push_end (self->peer, latency (self), STREAM_END_FIN);
  else if (!stream->is_freed)
    stream_sent_into_void (self);
}

static void
sim_stream_reset (Stream *stream)
{
  SimStream *self = sim_stream (stream);
  if (self->peer != NULL)
    inbox_push_end (self->peer, latency (self), STREAM_END_RST);
  stream_part (self);
  stream_die (self);
}

static void
sim_stream_break_both (Stream *stream, StreamEnd end)
{
  SimStream *self = sim_stream (stream);
  inbox_take_back_timeout (self);
  if (self->peer != NULL) {
    inbox_push_end (self->peer, latency (self), end);
    self->peer->is_broken = TRUE;
  } else if (!self->is_open) {
    inbox_clear (self); /* its SYN: there is nothing yet to end with FIN */
    end = end == STREAM_END_FIN ? STREAM_END_RST : end;
  }
  self->is_broken = TRUE;
  inbox_push_end (self, 0, end);
}

static void
sim_stream_free (Stream *stream)
{
  SimStream *self = sim_stream (stream);
  if (stream->host->is_up)
    sim_stream_shutdown (stream);
  self->freed_ns = stream_now (self);
  self->is_paused = FALSE;
  inbox_take_back_timeout (self);
  inbox_schedule (self);
  if (!self->is_open || !stream->host->is_up) {
    /* A SYN on its way finds nobody to answer to; a host that is down has no TCP. */
    if (self->peer != NULL)
      inbox_push_end (self->peer, latency (self), STREAM_END_RST);
    stream_part (self);
    stream_die (self);
  }
  stream_destroy_if_over (self);
}

static const StreamOps sim_stream_ops = {
  .send = sim_stream_send,
  .queued = sim_stream_queued,
  .set_reading = sim_stream_set_reading,
  .shutdown = sim_stream_shutdown,
  .reset = sim_stream_reset,
  .break_both = sim_stream_break_both,
  .free = sim_stream_free,
};

/* ---- connecting ---- */

Address
sim_net_host_address (const SimHost *host, guint number)
{
  return (Address){ .ip = { 10, (guint8) host->index, (guint8) number, 1 } };
}

Host *
sim_net_find_host (SimWorld *world, const Address *address)
{
  if (address->is_ipv6 || address->ip[0] != 10 || address->ip[3] != 1)
    return NULL;
  const guint index = address->ip[1];
  if (index == 0 || index > world->world.hosts->len)
    return NULL;
  Host *host = world->world.hosts->pdata[index - 1];
  return address->ip[2] <= sim_host (host)->address_count ? host : NULL;
}

static Listener *
find_listener (SimWorld *world, const Address *address)
{
  for (guint i = 0; i < world->listeners->len; i++) {
    Listener *listener = world->listeners->pdata[i];
    if (address_equal (&listener->address, address))
      return listener;
  }
  return NULL;
}

static void
log_addresses (Stream *stream, guint event, const char *arrow)
{
  char local[ADDRESS_TEXT_LENGTH], remote[ADDRESS_TEXT_LENGTH];
  char text[2 * ADDRESS_TEXT_LENGTH + 8];
  g_snprintf (text, sizeof text, "%s %s %s", address_text (&stream->local, local), arrow,
              address_text (&stream->remote, remote));
  HOST_LOG (stream->host, event, text, stream->id);
}

Stream *
sim_net_connect (Host *host, const Address *to)
{
  SimWorld *world = sim_world_of (host);
  SimStream *self = stream_new (host, ++world->last_stream_id);
  self->stream.local = sim_net_host_address (sim_host (host), 0);
  self->stream.local.port = (guint16) (49152 + self->stream.id % 16384);
  self->stream.remote = *to;
  if (!host->is_up) {
    self->is_dead = TRUE;
    return &self->stream;
  }
  self->connect_started_ns = host->world->now_ns;
  self->syn_backoff_ns = NS_PER_S;
  log_addresses (&self->stream, EVENT_STREAM_CONNECT, "->");
  inbox_push (self, latency (self), (Item){ .kind = ITEM_SYN });
  return &self->stream;
}

static void
stream_accept (SimStream *self, Listener *listener)
{
  SimStream *other = stream_new (listener->host, self->stream.id);
  other->stream.is_accepted = TRUE;
  other->stream.local = self->stream.remote;
  other->stream.remote = self->stream.local;
  other->is_open = TRUE;
  other->peer = self;
  other->remote_host = self->stream.host;
  self->peer = other;
  self->remote_host = listener->host;
  inbox_push (self, latency (self), (Item){ .kind = ITEM_CONNECTED });
  log_addresses (&other->stream, EVENT_STREAM_ACCEPTED, "<-");
  if (listener->host->on_stream != NULL)
    listener->host->on_stream (listener->host->on_stream_data, listener->host, &other->stream);
  listener->events->accepted (listener->owner, listener, &other->stream);
}

/* Nobody answers: the SYN is sent again after 1, 2, 4 ... s, until the time is over. */
static void
stream_retry_syn (SimStream *self)
{
  const gint64 deadline = self->connect_started_ns + stream_world (self)->config.connect_timeout_ns;
  const gint64 now = stream_now (self);
  if (now + self->syn_backoff_ns >= deadline) {
    inbox_push_end (self, MAX (deadline - now, 0), STREAM_END_NO_ANSWER);
    return;
  }
  inbox_push (self, self->syn_backoff_ns, (Item){ .kind = ITEM_SYN });
  self->syn_backoff_ns *= 2;
}

static FaultAnswer
stream_ask_connect (SimStream *self)
{
  char remote[ADDRESS_TEXT_LENGTH];
  const FaultQuestion question = { .point = FAULT_POINT_CONNECT,
                                   .operation = "connect",
                                   .subject = address_text (&self->stream.remote, remote),
                                   .ordinal = self->stream.id };
  return host_fault_ask (self->stream.host, &question);
}

/* The SYN is where it was sent to. */
static void
stream_syn_arrived (SimStream *self)
{
  SimWorld *world = stream_world (self);
  const FaultAnswer answer = stream_ask_connect (self);
  Host *host = sim_net_find_host (world, &self->stream.remote);
  const gboolean is_reachable = host != NULL && host_answers (host);
  Listener *listener = find_listener (world, &self->stream.remote);
  if (answer == FAULT_DROP || (answer == FAULT_NONE && !is_reachable))
    stream_retry_syn (self);
  else if (answer != FAULT_NONE || listener == NULL)
    inbox_push_end (self, latency (self), STREAM_END_REFUSED);
  else
    stream_accept (self, listener);
}

/* ---- arriving ---- */

static void
stream_got_data (SimStream *self, const Item *item)
{
  if (!self->stream.is_freed) {
    stream_arrived (&self->stream, &item->slice);
    return;
  }
  if (item->time_ns <= self->freed_ns)
    return; /* was here when the owner let go */
  /* RFC 9293 3.10.7: bytes for a closed connection are answered with RST. */
  if (self->peer != NULL)
    inbox_push_end (self->peer, latency (self), STREAM_END_RST);
  stream_part (self);
  stream_die (self);
}

static void
stream_got_connected (SimStream *self)
{
  self->is_open = TRUE;
  HOST_LOG (self->stream.host, EVENT_STREAM_CONNECTED, NULL, self->stream.id);
  if (self->wants_fin)
    sim_stream_shutdown (&self->stream);
  if (self->stream.events != NULL && self->stream.events->connected != NULL)
    self->stream.events->connected (self->stream.owner);
}

/* At most one FIN is told: a device between may have sent one of its own. */
static void
stream_got_fin (SimStream *self)
{
  if (self->has_got_fin)
    return;
  self->has_got_fin = TRUE;
  stream_has_ended (&self->stream, STREAM_END_FIN);
}

static void
stream_deliver_item (SimStream *self, Item *item)
{
  switch (item->kind) {
  case ITEM_DATA:
    stream_got_data (self, item);
    slice_clear (&item->slice);
    break;
  case ITEM_FIN:
    stream_got_fin (self);
    break;
  case ITEM_SYN:
    stream_syn_arrived (self);
    break;
  case ITEM_CONNECTED:
    stream_got_connected (self);
    break;
  case ITEM_FATAL:
    stream_part (self);
    stream_die (self);
    stream_has_ended (&self->stream, item->end);
    break;
  }
}

/* The other end may send again: the window is open. */
static void
stream_tell_drained (SimStream *self)
{
  SimStream *sender = self->peer;
  if (sender == NULL || !sender->was_above || self->inbox_bytes > STREAM_LOW_WATER)
    return;
  sender->was_above = FALSE;
  if (sender->stream.events != NULL && sender->stream.events->drained != NULL)
    sender->stream.events->drained (sender->stream.owner);
}

static void
stream_fire (QueueEntry *entry)
{
  SimStream *self = (SimStream *) ((guint8 *) entry - G_STRUCT_OFFSET (SimStream, entry));
  const gint64 now = stream_now (self);
  const Item *next;
  self->is_busy = TRUE;
  while ((next = inbox_next (self)) != NULL && next->time_ns <= now) {
    /* A fatal one takes what is before it along. */
    Item item = next->kind == ITEM_FATAL ? *next : inbox_pop (self);
    stream_deliver_item (self, &item);
  }
  stream_tell_drained (self);
  self->is_busy = FALSE;
  inbox_schedule (self);
  stream_destroy_if_over (self);
}

/* ---- listeners ---- */

Listener *
sim_net_listen (Host *host, const Address *address, GError **error)
{
  SimWorld *world = sim_world_of (host);
  char text[ADDRESS_TEXT_LENGTH];
  if (!host->is_up) {
    g_set_error (error, WORLD_ERROR, WORLD_ERROR_DOWN, "host '%s': expected a host that is up",
                 host->name);
    return NULL;
  }
  if (sim_net_find_host (world, address) != host) {
    g_set_error (error, WORLD_ERROR, WORLD_ERROR_INVALID,
                 "listen on '%s': expected an address of host '%s'", address_text (address, text),
                 host->name);
    return NULL;
  }
  if (find_listener (world, address) != NULL) {
    g_set_error (error, WORLD_ERROR, WORLD_ERROR_IN_USE, "listen on '%s': the address is in use",
                 address_text (address, text));
    return NULL;
  }
  Listener *listener = g_new0 (Listener, 1);
  listener->host = host;
  listener->address = *address;
  g_ptr_array_add (world->listeners, listener);
  return listener;
}

void
sim_net_listener_free (Listener *listener)
{
  /* A host that went down has taken its listeners out already. */
  g_ptr_array_remove (sim_world_of (listener->host)->listeners, listener);
  listener->magic = 0;
  g_free (listener);
}

/* ---- hosts go down and come up ---- */

static void
listeners_of_host_down (SimWorld *world, Host *host)
{
  for (guint i = world->listeners->len; i > 0; i--)
    if (((Listener *) world->listeners->pdata[i - 1])->host == host)
      g_ptr_array_remove_index (world->listeners, i - 1);
}

/* What is on its way to this end is not acknowledged any more: silence, or RST behind the FIN of a machine that has power. */
static void
stream_lose_host (SimStream *self, gboolean is_silent)
{
  SimStream *peer = self->peer;
  const gboolean has_unacked = inbox_has_unacked (self);
  if (!is_silent)
    sim_stream_shutdown (&self->stream);
  stream_part (self);
  stream_die (self);
  stream_destroy_if_over (self);
  if (peer == NULL)
    return;
  peer->is_broken = peer->is_broken || !is_silent;
  if (has_unacked && !peer->stream.is_freed)
    stream_sent_into_void (peer);
}

/* Ends on other machines that nobody owns any more, and that waited for this one. */
static void
streams_sweep (SimHost *host)
{
  SimStream *next;
  for (SimStream *self = host->streams; self != NULL; self = next) {
    next = self->next;
    stream_destroy_if_over (self);
  }
}

void
sim_net_host_down (Host *host, gboolean is_silent)
{
  listeners_of_host_down (sim_world_of (host), host);
  SimStream *next;
  for (SimStream *self = sim_host (host)->streams; self != NULL; self = next) {
    next = self->next;
    stream_lose_host (self, is_silent);
  }
  const GPtrArray *hosts = host->world->hosts;
  for (guint i = 0; i < hosts->len; i++)
    streams_sweep (sim_host (hosts->pdata[i]));
}

/* What was sent to a machine that lost its memory is sent again by TCP, and now answered. */
void
sim_net_host_up (Host *host)
{
  const GPtrArray *hosts = host->world->hosts;
  for (guint i = 0; i < hosts->len; i++)
    for (SimStream *self = sim_host (hosts->pdata[i])->streams; self != NULL; self = self->next)
      if (self->has_unacked && self->remote_host == host && !self->is_dead) {
        inbox_take_back_timeout (self);
        inbox_push_end (self, 2 * latency (self), STREAM_END_RST);
      }
}

void
sim_net_free_host (SimHost *host)
{
  /* Streams and listeners that an owner still holds are leaks of the owner, who must go before the world; what is left here
   * are ends that TCP kept. */
  SimStream *next;
  for (SimStream *self = host->streams; self != NULL; self = next) {
    next = self->next;
    CHECK_THAT (self->stream.is_freed);
    stream_destroy (self);
  }
}
