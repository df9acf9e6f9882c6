/* SPDX-License-Identifier: Apache-2.0 */
/* sim-stream.h - one end of a simulated connection, as the files of the simulated network share it
 *
 *   sim-net.c   what TCP says: connect, FIN, RST, silence, who answers for an end that is gone
 *   sim-pipe.c  how bytes come from one end to the other: order, window, segments, waiting, acknowledgement
 *   sim-link.c  what it is like between two places: latency, bandwidth, loss, partition
 */
#pragma once

#include "world/sim/sim-internal.h"

/* RFC 6298 begins with 1 s, and every stack with less; each further wait is twice the one before. */
#define SIM_RTO_FIRST_NS (200 * NS_PER_MS)
#define SIM_RTO_MOST_NS  (120 * NS_PER_S)

typedef enum ItemKind {
  ITEM_DATA,
  ITEM_FIN,
  ITEM_SYN,
  ITEM_CONNECTED,
  ITEM_ACCEPT, /* to an end whose process was paused when the SYN came */
  ITEM_FATAL,
} ItemKind;

typedef struct Item {
  gint64 time_ns; /* of arrival */
  ItemKind kind;
  StreamEnd end; /* ITEM_FATAL: how */
  Slice slice;   /* ITEM_DATA */
} Item;

typedef struct ItemRing {
  Item *items;
  guint first;
  guint count;
  guint room;
  gsize bytes;
} ItemRing;

struct SimStream {
  Stream stream; /* first */
  QueueEntry entry;
  QueueEntry relaunch; /* the sender's TCP tries again what waits */
  QueueEntry timeout;  /* something that this end sent is not acknowledged */
  SimStream *peer;     /* NULL: not there yet, or gone */
  Host *remote_host;   /* whose machine answers for a peer that is gone */
  SimStream *next;     /* of this host */
  SimStream *previous;
  SimLink *out; /* the way of what this end sends; NULL: the world's own latency and nothing else */
  SimLink *in;
  ItemRing inbox;         /* on its way to this end, or here and unread */
  ItemRing waiting;       /* behind them: still with the peer's TCP, or held by a device between */
  gint64 last_arrival_ns; /* TCP keeps order, whatever the latency does */
  gint64 unacked_since_ns;
  gsize unacked_bytes; /* that left for this end while no acknowledgement could go back */
  gint64 connect_started_ns;
  gint64 syn_backoff_ns;
  gint64 freed_ns; /* bytes that came until then are thrown away, later ones answered with RST */
  guint32 is_open : 1; /* connected, as far as this end knows, and not dead */
  guint32
      is_dead : 1; /* reset, timed out, or its host went down: nothing more in either direction */
  guint32 is_broken : 1;      /* a device between took it down: what is sent is answered with RST */
  guint32 is_peer_killed : 1; /* its machine closes for it: takes our FIN, answers bytes with RST */
  guint32 is_unaccepted : 1;  /* ITEM_ACCEPT was not delivered yet: nobody owns this end */
  guint32 was_held : 1;       /* a device between holds what waits for this end */
  guint32 wants_fin : 1;      /* shut down before it was connected */
  guint32 has_sent_fin : 1;
  guint32 has_got_fin : 1;
  guint32 is_paused : 1; /* the owner does not read */
  guint32 was_above : 1; /* queued bytes passed the low water mark */
  guint32 is_busy : 1;   /* its items are being delivered: must not be destroyed */
};

static inline SimStream *
sim_stream (Stream *stream)
{
  return (SimStream *) stream;
}

static inline SimWorld *
sim_stream_world (SimStream *self)
{
  return sim_world_of (self->stream.host);
}

static inline gint64
sim_stream_now (SimStream *self)
{
  return self->stream.host->world->now_ns;
}

/* ---- sim-link.c ---- */

/* Finds the two ways of this end; anew when links change. */
void sim_link_route (SimStream *self);
void sim_links_free (SimWorld *world);
SimLink *sim_link_new_own (SimWorld *world); /* of the configuration; NULL: it wants none */

gboolean sim_link_lets_nothing_pass (const SimLink *link);

static inline gboolean
sim_link_is_closed (const SimLink *link)
{
  return G_UNLIKELY (link != NULL) && sim_link_lets_nothing_pass (link);
}

gint64 sim_link_transit_ns (SimWorld *world, SimLink *link, guint32 stream_id, gsize bytes);
gsize sim_link_segment_bytes (SimLink *link, gsize length); /* how much of it goes in one piece */
gboolean sim_link_holds (const SimLink *link); /* closed, by a device that forgets nothing */
void sim_link_trouble (SimLink *link, SimStream *receiver, Slice *slice); /* corrupts it, or not */

/* ---- sim-pipe.c: what follows is about the way to `self` ---- */

/* To be told after delay_ns, behind what is already on its way. */
void sim_pipe_push (SimStream *self, gint64 delay_ns, Item item);
void sim_pipe_push_end (SimStream *self, gint64 delay_ns, StreamEnd end);

/* DATA or FIN from the peer's TCP: goes as soon as path and window let it. */
void sim_pipe_send (SimStream *self, Item item);
/* RST from the peer's end: what it had not sent is forgotten. Lost if the path is closed, unless a device
 * between holds it. */
void sim_pipe_reset (SimStream *self);

const Item *sim_pipe_next (SimStream *self); /* what is to be told next; NULL: nothing as yet */
Item sim_pipe_pop (SimStream *self);
void sim_pipe_schedule (SimStream *self);
void sim_pipe_clear (SimStream *self);
/* The owner has read: the window may be open again. */
void sim_pipe_was_read (SimStream *self);
/* The sender lost its memory: what it had not sent is gone, but for what a device holds. */
void sim_pipe_lose_waiting (SimStream *self);
/* The two paths are other ones now, or have changed. */
void sim_pipe_path_changed (SimStream *self);
gboolean sim_pipe_has_unacked (SimStream *self); /* sent to this end, and not here yet */
gsize sim_pipe_queued_bytes (const SimStream *self);
void sim_pipe_init (SimStream *self);

/* ---- acknowledgement: of what `self` sent ---- */

void sim_stream_expect_ack (SimStream *self);
void sim_stream_acked (SimStream *self);
gboolean sim_stream_paths_are_open (const SimStream *self); /* both ways */
/* Latency of one segment from this end, now. */
gint64 sim_stream_latency_ns (SimStream *self);

/* ---- sim-net.c ---- */

void sim_stream_timed_out (SimStream *self);
/* The peer is gone, and its machine may answer by now to what was sent. */
void sim_stream_probe (SimStream *self);
/* The peer is gone: RST if its machine can answer, else silence. */
void sim_stream_sent_into_void (SimStream *self);
