/* SPDX-License-Identifier: Apache-2.0 */
/* sim-net.c - simulated TCP
 *
 * A connection is two ends that know each other. Each end has a pipe, which brings what the other one sends (sim-pipe.c); the
 * end's one queue entry stands at the time of the first item in it.
 *
 * An end whose machine lost power is cut off from its peer without a word. What the peer then sends finds nobody: while the
 * machine is down the bytes stay unacknowledged, until TIMEOUT; once it is up again, it answers with RST, as it knows of no
 * such connection. An end that was freed lives on until TCP is done with it: bytes that still come are answered with RST.
 *
 * A machine whose process was killed still has its TCP: it sends FIN for what was open, answers what still comes with RST and
 * refuses connects. Only one without power says nothing. One whose process is paused takes connects and bytes as ever; it is
 * the process that hears of them late.
 */
#include "world/sim/sim-stream.h"
#include "world/world-events.h"

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
  sim_pipe_init (self);
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
  sim_pipe_clear (self);
  sim_stream_acked (self);
  stream_part (self);
  if (self->previous != NULL)
    self->previous->next = self->next;
  else
    host->streams = self->next;
  if (self->next != NULL)
    self->next->previous = self->previous;
  stream_finish (&self->stream);
  g_free (self);
}

/* A freed end goes when nothing can come that it would have to answer. */
static void
stream_destroy_if_over (SimStream *self)
{
  const gboolean is_over = self->is_dead || (self->has_sent_fin && self->has_got_fin)
                           || (self->peer == NULL && self->inbox.count + self->waiting.count == 0);
  if (self->stream.is_freed && !self->is_busy && is_over)
    stream_destroy (self);
}

static void
stream_die (SimStream *self)
{
  self->is_dead = TRUE;
  self->is_open = FALSE;
  sim_pipe_clear (self);
  sim_stream_acked (self);
}

/* ---- sending ---- */

/* A machine without power answers nothing; one whose process died still has its TCP. */
static gboolean
host_answers (Host *host)
{
  return sim_host (host)->has_power;
}

static gboolean
stream_would_be_answered (const SimStream *self)
{
  return self->is_broken || (host_answers (self->remote_host) && sim_stream_paths_are_open (self));
}

/* Nobody on the other side knows this connection. */
void
sim_stream_sent_into_void (SimStream *self)
{
  if (stream_would_be_answered (self))
    sim_pipe_push_end (self, 2 * sim_stream_latency_ns (self), STREAM_END_RST);
  else
    sim_stream_expect_ack (self);
}

/* What was sent into silence is sent again by TCP, and now answered. */
void
sim_stream_probe (SimStream *self)
{
  if (self->peer != NULL || !self->is_open || !queue_entry_is_in (&self->timeout)
      || !stream_would_be_answered (self))
    return;
  sim_stream_acked (self);
  sim_pipe_push_end (self, 2 * sim_stream_latency_ns (self), STREAM_END_RST);
}

/* It gives up: what was not sent yet is forgotten, and the other side hears nothing of it. */
void
sim_stream_timed_out (SimStream *self)
{
  if (self->peer != NULL)
    sim_pipe_lose_waiting (self->peer);
  stream_part (self);
  if (self->stream.is_freed) {
    stream_die (self);
    stream_destroy_if_over (self);
    return;
  }
  sim_pipe_clear (self);
  self->is_open = FALSE;
  sim_pipe_push_end (self, 0, STREAM_END_TIMEOUT);
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
    sim_stream_sent_into_void (self);
    return;
  }
  sim_pipe_send (self->peer, (Item){ .kind = ITEM_DATA, .slice = slice });
  self->was_above = self->was_above || sim_pipe_queued_bytes (self->peer) > STREAM_LOW_WATER;
}

static gsize
sim_stream_queued (Stream *stream)
{
  const SimStream *self = sim_stream (stream);
  return self->peer != NULL ? sim_pipe_queued_bytes (self->peer) : 0;
}

static void
sim_stream_set_reading (Stream *stream, gboolean is_reading)
{
  SimStream *self = sim_stream (stream);
  self->is_paused = !is_reading;
  sim_pipe_schedule (self);
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
    sim_pipe_send (self->peer, (Item){ .kind = ITEM_FIN, .end = STREAM_END_FIN });
  else if (!stream->is_freed && !(self->is_peer_killed && stream_would_be_answered (self)))
    sim_stream_sent_into_void (self);
}

static void
sim_stream_reset (Stream *stream)
{
  SimStream *self = sim_stream (stream);
  if (self->peer != NULL)
    sim_pipe_reset (self->peer);
  stream_part (self);
  stream_die (self);
}

static void
sim_stream_break_both (Stream *stream, StreamEnd end)
{
  SimStream *self = sim_stream (stream);
  sim_stream_acked (self);
  if (self->peer != NULL) {
    sim_stream_acked (self->peer);
    sim_pipe_lose_waiting (self->peer);
    sim_pipe_push_end (self->peer, sim_stream_latency_ns (self), end);
    self->peer->is_broken = TRUE;
  } else if (!self->is_open) {
    sim_pipe_clear (self); /* its SYN: there is nothing yet to end with FIN */
    end = end == STREAM_END_FIN ? STREAM_END_RST : end;
  }
  self->is_broken = TRUE;
  sim_pipe_push_end (self, 0, end);
}

static void
sim_stream_free (Stream *stream)
{
  SimStream *self = sim_stream (stream);
  if (stream->host->is_up)
    sim_stream_shutdown (stream);
  self->freed_ns = sim_stream_now (self);
  self->is_paused = FALSE;
  if (self->peer == NULL)
    sim_stream_acked (self);
  sim_pipe_schedule (self);
  if (!self->is_open || !stream->host->is_up) {
    /* A SYN on its way finds nobody to answer to; a host that is down has no TCP. */
    if (self->peer != NULL)
      sim_pipe_reset (self->peer);
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
sim_net_host_address (const SimHost *host, guint number, gboolean is_ipv6)
{
  const guint8 index = (guint8) host->index;
  if (!is_ipv6)
    return (Address){ .ip = { 10, index, (guint8) number, 1 } };
  return (Address){ .ip = { 0xfd, 0, 0, index, 0, (guint8) number, [15] = 1 }, .is_ipv6 = TRUE };
}

Host *
sim_net_find_host (SimWorld *world, const Address *address)
{
  const guint index = address->ip[address->is_ipv6 ? 3 : 1];
  const guint number = address->ip[address->is_ipv6 ? 5 : 2];
  if (index == 0 || index > world->world.hosts->len)
    return NULL;
  Host *host = world->world.hosts->pdata[index - 1];
  const Address own = sim_net_host_address (sim_host (host), number, address->is_ipv6);
  const gboolean is_given_out = number <= sim_host (host)->address_count;
  return is_given_out && address_equal_ip (&own, address) ? host : NULL;
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
  self->stream.local = sim_net_host_address (sim_host (host), 0, to->is_ipv6);
  self->stream.local.port = (guint16) (49152 + self->stream.id % 16384);
  self->stream.remote = *to;
  if (!host->is_up) {
    self->is_dead = TRUE;
    return &self->stream;
  }
  sim_link_route (self);
  self->connect_started_ns = host->world->now_ns;
  self->syn_backoff_ns = NS_PER_S;
  log_addresses (&self->stream, EVENT_STREAM_CONNECT, "->");
  sim_pipe_push (self, sim_stream_latency_ns (self), (Item){ .kind = ITEM_SYN });
  return &self->stream;
}

static void
stream_hand_over (SimStream *self, Listener *listener)
{
  Host *host = listener->host;
  log_addresses (&self->stream, EVENT_STREAM_ACCEPTED, "<-");
  if (host->on_stream != NULL)
    host->on_stream (host->on_stream_data, host, &self->stream);
  listener->events->accepted (listener->owner, listener, &self->stream);
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
  other->out = self->in;
  other->in = self->out;
  self->peer = other;
  self->remote_host = listener->host;
  sim_pipe_push (self, sim_stream_latency_ns (other), (Item){ .kind = ITEM_CONNECTED });
  if (!listener->host->is_paused) {
    stream_hand_over (other, listener);
    return;
  }
  other->is_unaccepted = TRUE; /* the backlog: its process will hear of it when it runs again */
  sim_pipe_push (other, 0, (Item){ .kind = ITEM_ACCEPT });
}

/* The process runs again and takes it from the backlog, if it still listens. */
static void
stream_accept_late (SimStream *self)
{
  Listener *listener = find_listener (sim_stream_world (self), &self->stream.local);
  self->is_unaccepted = FALSE;
  if (listener != NULL) {
    stream_hand_over (self, listener);
    return;
  }
  sim_stream_reset (&self->stream);
  self->stream.is_freed = TRUE;
}

/* Nobody answers: the SYN is sent again after 1, 2, 4 ... s, until the time is over. */
static void
stream_retry_syn (SimStream *self)
{
  const gint64 deadline =
      self->connect_started_ns + sim_stream_world (self)->config.connect_timeout_ns;
  const gint64 now = sim_stream_now (self);
  if (now + self->syn_backoff_ns >= deadline) {
    sim_pipe_push_end (self, MAX (deadline - now, 0), STREAM_END_NO_ANSWER);
    return;
  }
  sim_pipe_push (self, self->syn_backoff_ns, (Item){ .kind = ITEM_SYN });
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
  SimWorld *world = sim_stream_world (self);
  const FaultAnswer answer = stream_ask_connect (self);
  Host *host = sim_net_find_host (world, &self->stream.remote);
  const gboolean is_reachable =
      host != NULL && host_answers (host) && sim_stream_paths_are_open (self);
  Listener *listener = find_listener (world, &self->stream.remote);
  if (answer == FAULT_DROP || (answer == FAULT_NONE && !is_reachable))
    stream_retry_syn (self);
  else if (answer != FAULT_NONE || listener == NULL)
    sim_pipe_push_end (self, sim_stream_latency_ns (self), STREAM_END_REFUSED);
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
    sim_pipe_reset (self->peer);
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
  stream_has_connected (&self->stream);
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
  case ITEM_ACCEPT:
    stream_accept_late (self);
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
  if (sender == NULL || !sender->was_above || sim_pipe_queued_bytes (self) > STREAM_LOW_WATER)
    return;
  sender->was_above = FALSE;
  if (sender->stream.events != NULL && sender->stream.events->drained != NULL)
    sender->stream.events->drained (sender->stream.owner);
}

static void
stream_fire (QueueEntry *entry)
{
  SimStream *self = (SimStream *) ((guint8 *) entry - G_STRUCT_OFFSET (SimStream, entry));
  const gint64 now = sim_stream_now (self);
  const Item *next;
  self->is_busy = TRUE;
  while ((next = sim_pipe_next (self)) != NULL && next->time_ns <= now) {
    /* A fatal one takes what is before it along. */
    Item item = next->kind == ITEM_FATAL ? *next : sim_pipe_pop (self);
    stream_deliver_item (self, &item);
  }
  sim_pipe_was_read (self);
  stream_tell_drained (self);
  self->is_busy = FALSE;
  sim_pipe_schedule (self);
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
  const gboolean has_unacked = sim_pipe_has_unacked (self);
  if (!is_silent) {
    stream_closes (&self->stream, STREAM_END_FIN);
    sim_stream_shutdown (&self->stream);
  } else if (peer != NULL)
    sim_pipe_lose_waiting (peer);
  self->stream.is_freed = self->stream.is_freed || self->is_unaccepted;
  stream_part (self);
  stream_die (self);
  stream_destroy_if_over (self);
  if (peer != NULL)
    peer->is_peer_killed = !is_silent;
  if (peer != NULL && has_unacked && !peer->stream.is_freed)
    sim_stream_sent_into_void (peer);
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
      if (self->remote_host == host)
        sim_stream_probe (self);
}

void
sim_net_host_paused (Host *host)
{
  for (SimStream *self = sim_host (host)->streams; self != NULL; self = self->next)
    sim_pipe_schedule (self);
}

static gint64
stream_first_ns (SimStream *self)
{
  const Item *next = sim_pipe_next (self);
  return next != NULL ? next->time_ns : G_MAXINT64;
}

/* Streams that have something of the same time: the older connection first. */
static gint
stream_compare_first (gconstpointer a, gconstpointer b)
{
  SimStream *x = *(SimStream *const *) a;
  SimStream *y = *(SimStream *const *) b;
  const gint64 x_ns = stream_first_ns (x);
  const gint64 y_ns = stream_first_ns (y);
  if (x_ns != y_ns)
    return x_ns < y_ns ? -1 : 1;
  if (x->stream.id != y->stream.id)
    return x->stream.id < y->stream.id ? -1 : 1;
  return (gint) x->stream.is_accepted - (gint) y->stream.is_accepted;
}

/* What waited comes now, in the order of its times. */
void
sim_net_host_resumed (Host *host)
{
  g_autoptr (GPtrArray) streams = g_ptr_array_new ();
  for (SimStream *self = sim_host (host)->streams; self != NULL; self = self->next)
    g_ptr_array_add (streams, self);
  g_ptr_array_sort (streams, stream_compare_first);
  for (guint i = 0; i < streams->len; i++)
    sim_pipe_schedule (streams->pdata[i]);
}

void
sim_net_free_host (SimHost *host)
{
  /* Streams and listeners that an owner still holds are leaks of the owner, who must go before the world; what is left here
   * are ends that TCP kept. */
  SimStream *next;
  for (SimStream *self = host->streams; self != NULL; self = next) {
    next = self->next;
    CHECK_THAT (self->stream.is_freed || self->is_unaccepted);
    stream_destroy (self);
  }
}
