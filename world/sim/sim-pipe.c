/* SPDX-License-Identifier: Apache-2.0 */
/* sim-pipe.c - how bytes come from one end of a simulated connection to the other
 *
 * The way to an end is two rings of items. In its inbox is what the network has: each item with its time of arrival, none
 * before the one in front of it, and all of it together no more than the window. Behind, in `waiting`, is what the sender's
 * TCP may not send yet, because the window is full or the path is closed, or what a device between holds. On a plain path
 * with room in the window an item goes straight to the inbox: one reference, no copy.
 *
 * What waits is tried again when the owner has read (a window update travels back), when a held path is let go, and after a
 * partition with the next retransmission, counted from the first byte that was not acknowledged.
 *
 * Acknowledgements are not items: bytes on open paths count as acknowledged. While a path is closed, in either direction,
 * the sender of anything has a clock running, the user timeout. A window that is full is no such case: its probes are
 * answered by the machine (RFC 9293 3.8.6.1), however long the owner sleeps.
 */
#include "world/sim/sim-stream.h"

/* ---- rings ---- */

static Item *
ring_last (ItemRing *ring)
{
  return &ring->items[(ring->first + ring->count - 1) % ring->room];
}

static void
ring_grow (ItemRing *ring)
{
  const guint room = MAX (8u, ring->room * 2);
  Item *items = g_new (Item, room);
  for (guint i = 0; i < ring->count; i++)
    items[i] = ring->items[(ring->first + i) % ring->room];
  g_free (ring->items);
  ring->items = items;
  ring->room = room;
  ring->first = 0;
}

static void
ring_push (ItemRing *ring, const Item *item)
{
  if (ring->count == ring->room)
    ring_grow (ring);
  ring->items[(ring->first + ring->count++) % ring->room] = *item;
  ring->bytes += item->slice.length;
}

static Item
ring_pop (ItemRing *ring)
{
  const Item item = ring->items[ring->first];
  ring->first = (ring->first + 1) % ring->room;
  ring->count--;
  ring->bytes -= item.slice.length;
  return item;
}

static void
ring_clear (ItemRing *ring)
{
  while (ring->count > 0) {
    Item item = ring_pop (ring);
    slice_clear (&item.slice);
  }
  g_free (ring->items);
  *ring = (ItemRing){ 0 };
}

/* ---- the inbox ---- */

/* RFC 9293 3.10.7.4: a reset flushes all segment queues, so an owner that does not read hears of it at once and the bytes
 * that it did not take are lost. */
const Item *
sim_pipe_next (SimStream *self)
{
  ItemRing *inbox = &self->inbox;
  if (inbox->count == 0)
    return NULL;
  const Item *first = &inbox->items[inbox->first];
  if (!self->is_paused || first->kind != ITEM_DATA)
    return first;
  const Item *last = ring_last (inbox);
  return last->kind == ITEM_FATAL ? last : NULL;
}

Item
sim_pipe_pop (SimStream *self)
{
  return ring_pop (&self->inbox);
}

void
sim_pipe_schedule (SimStream *self)
{
  Queue *queue = &self->stream.host->world->queue;
  queue_remove (queue, &self->entry);
  if (self->is_dead || self->is_busy || self->stream.host->is_paused)
    return;
  const Item *next = sim_pipe_next (self);
  if (next != NULL)
    queue_push (queue, &self->entry, MAX (next->time_ns, sim_stream_now (self)), QUEUE_ARRIVAL);
}

void
sim_pipe_push (SimStream *self, gint64 delay_ns, Item item)
{
  if (self->is_dead) {
    slice_clear (&item.slice);
    return;
  }
  item.time_ns = MAX (sim_stream_now (self) + delay_ns, self->last_arrival_ns);
  self->last_arrival_ns = item.time_ns;
  ring_push (&self->inbox, &item);
  if (self->inbox.count == 1 || item.kind == ITEM_FATAL)
    sim_pipe_schedule (self);
}

void
sim_pipe_push_end (SimStream *self, gint64 delay_ns, StreamEnd end)
{
  const ItemKind kind = end == STREAM_END_FIN ? ITEM_FIN : ITEM_FATAL;
  sim_pipe_push (self, delay_ns, (Item){ .kind = kind, .end = end });
}

void
sim_pipe_clear (SimStream *self)
{
  Queue *queue = &self->stream.host->world->queue;
  ring_clear (&self->inbox);
  ring_clear (&self->waiting);
  self->last_arrival_ns = 0;
  queue_remove (queue, &self->entry);
  queue_remove (queue, &self->relaunch);
}

gsize
sim_pipe_queued_bytes (const SimStream *self)
{
  return self->inbox.bytes + self->waiting.bytes;
}

gboolean
sim_pipe_has_unacked (SimStream *self)
{
  if (self->waiting.count > 0)
    return TRUE;
  if (self->inbox.count == 0)
    return FALSE;
  const Item *last = ring_last (&self->inbox);
  const gboolean is_under_way = last->time_ns > sim_stream_now (self);
  return is_under_way && (last->kind == ITEM_DATA || last->kind == ITEM_FIN);
}

/* ---- acknowledgement ---- */

gint64
sim_stream_latency_ns (SimStream *self)
{
  return sim_link_transit_ns (sim_stream_world (self), self->out, self->stream.id, 0);
}

gboolean
sim_stream_paths_are_open (const SimStream *self)
{
  return !sim_link_is_closed (self->out) && !sim_link_is_closed (self->in);
}

void
sim_stream_expect_ack (SimStream *self)
{
  if (queue_entry_is_in (&self->timeout) || self->is_dead)
    return;
  const gint64 now = sim_stream_now (self);
  self->unacked_since_ns = now;
  queue_push (&self->stream.host->world->queue, &self->timeout,
              now + sim_stream_world (self)->config.user_timeout_ns, QUEUE_ARRIVAL);
}

void
sim_stream_acked (SimStream *self)
{
  queue_remove (&self->stream.host->world->queue, &self->timeout);
}

/* When TCP, which has had no answer since then, sends the next time. */
static gint64
next_retransmission_ns (gint64 since_ns, gint64 now_ns)
{
  gint64 at_ns = since_ns + SIM_RTO_FIRST_NS;
  for (gint64 rto_ns = SIM_RTO_FIRST_NS; at_ns < now_ns; at_ns += rto_ns)
    rto_ns = MIN (2 * rto_ns, SIM_RTO_MOST_NS);
  return at_ns;
}

/* ---- sending ---- */

static gsize
window_space (const SimStream *self)
{
  const gsize window = sim_world_of (self->stream.host)->config.window_bytes;
  const gsize used = MAX (self->inbox.bytes, self->unacked_bytes);
  return window > used ? window - used : 0;
}

static void
pipe_launch_data (SimStream *self, Slice slice)
{
  if (sim_link_is_closed (
          self->out)) /* no acknowledgement comes back: the window stays as full as it is */
    self->unacked_bytes += slice.length;
  const gint64 transit_ns =
      sim_link_transit_ns (sim_stream_world (self), self->in, self->stream.id, slice.length);
  sim_link_trouble (self->in, self, &slice);
  sim_pipe_push (self, transit_ns, (Item){ .kind = ITEM_DATA, .slice = slice });
}

/* One segment of the first item that waits. FALSE: the window is full. */
static gboolean
pipe_launch_segment (SimStream *self)
{
  ItemRing *waiting = &self->waiting;
  Slice *slice = &waiting->items[waiting->first].slice;
  const gsize space = window_space (self);
  if (space == 0)
    return FALSE;
  const gsize length = sim_link_segment_bytes (self->in, MIN (space, slice->length));
  if (length == slice->length) {
    Item item = ring_pop (waiting);
    pipe_launch_data (self, item.slice);
    return TRUE;
  }
  pipe_launch_data (self, slice_sub (slice, 0, length));
  slice_skip (slice, length);
  waiting->bytes -= length;
  return TRUE;
}

static void
pipe_launch (SimStream *self)
{
  while (self->waiting.count > 0 && !sim_link_is_closed (self->in)) {
    if (self->waiting.items[self->waiting.first].kind == ITEM_DATA) {
      if (!pipe_launch_segment (self))
        return;
      continue;
    }
    const Item item = ring_pop (&self->waiting);
    sim_pipe_push (
        self, sim_link_transit_ns (sim_stream_world (self), self->in, self->stream.id, 0), item);
  }
}

void
sim_pipe_send (SimStream *self, Item item)
{
  if (self->is_dead) {
    slice_clear (&item.slice);
    return;
  }
  const gboolean is_plain = self->in == NULL && self->out == NULL;
  if (G_LIKELY (is_plain && self->waiting.count == 0 && item.slice.length <= window_space (self))) {
    sim_pipe_push (self, sim_link_transit_ns (sim_stream_world (self), NULL, 0, 0), item);
    return;
  }
  ring_push (&self->waiting, &item);
  pipe_launch (self);
  if (self->peer != NULL && !sim_stream_paths_are_open (self))
    sim_stream_expect_ack (self->peer);
}

void
sim_pipe_reset (SimStream *self)
{
  const Item reset = { .kind = ITEM_FATAL, .end = STREAM_END_RST };
  if (sim_link_holds (self->in)) {
    ring_push (&self->waiting, &reset);
    return;
  }
  ring_clear (&self->waiting);
  if (!sim_link_is_closed (self->in))
    sim_pipe_push (
        self, sim_link_transit_ns (sim_stream_world (self), self->in, self->stream.id, 0), reset);
}

void
sim_pipe_lose_waiting (SimStream *self)
{
  if (!sim_link_holds (self->in))
    ring_clear (&self->waiting);
}

/* ---- trying again ---- */

static void
pipe_relaunch_at (SimStream *self, gint64 time_ns)
{
  Queue *queue = &self->stream.host->world->queue;
  queue_remove (queue, &self->relaunch);
  queue_push (queue, &self->relaunch, time_ns, QUEUE_ARRIVAL);
}

static void
pipe_relaunch_fired (QueueEntry *entry)
{
  SimStream *self = (SimStream *) ((guint8 *) entry - G_STRUCT_OFFSET (SimStream, relaunch));
  if (sim_stream_paths_are_open (self)) {
    self->unacked_bytes = 0;
    if (self->peer != NULL)
      sim_stream_acked (self->peer);
  }
  pipe_launch (self);
}

/* A window update on its way back; while that way is closed, the sender learns of it by a probe after the heal. */
void
sim_pipe_was_read (SimStream *self)
{
  if (self->waiting.count == 0 || self->is_dead || queue_entry_is_in (&self->relaunch)
      || !sim_stream_paths_are_open (self) || window_space (self) == 0)
    return;
  pipe_relaunch_at (self, sim_stream_now (self) + sim_stream_latency_ns (self));
}

static void
timeout_fired (QueueEntry *entry)
{
  sim_stream_timed_out ((SimStream *) ((guint8 *) entry - G_STRUCT_OFFSET (SimStream, timeout)));
}

/* The way to this end is open, or open again. If nothing waits, it may be the acknowledgement that was lost, and comes with
 * the retransmission. */
static void
pipe_try_again (SimStream *self)
{
  const gint64 now = sim_stream_now (self);
  const SimStream *sender = self->peer;
  const gboolean is_unacked = sender != NULL && queue_entry_is_in (&sender->timeout);
  if (self->waiting.count == 0 && self->unacked_bytes == 0 && !is_unacked)
    return;
  pipe_relaunch_at (self, is_unacked && !self->was_held
                              ? next_retransmission_ns (sender->unacked_since_ns, now)
                              : now);
  self->was_held = FALSE;
}

void
sim_pipe_path_changed (SimStream *self)
{
  if (self->is_dead)
    return;
  sim_stream_probe (self);
  if (sim_link_is_closed (self->in))
    self->was_held = sim_link_holds (self->in);
  else
    pipe_try_again (self);
  if (self->peer != NULL && !sim_stream_paths_are_open (self) && sim_pipe_has_unacked (self))
    sim_stream_expect_ack (self->peer);
}

void
sim_pipe_init (SimStream *self)
{
  self->relaunch.fire = pipe_relaunch_fired;
  self->timeout.fire = timeout_fired;
}
