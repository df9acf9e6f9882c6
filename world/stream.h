/* SPDX-License-Identifier: Apache-2.0 */
/* stream.h - a byte stream between two hosts, with TCP's meaning
 *
 * The way of a byte out: stream_send -> observers -> tap -> the network. The way in: the network -> tap -> observers ->
 * events->data. So an observer sees what its engine really sent and really received, and the tap stands between the engine's
 * end and the wire, in both worlds. Its functions of the wire see the other side of the tap: what the network was given, and
 * what it brought. A stream has as many observers as it is given, and at most one tap.
 *
 * Sending never blocks and never takes a part: it is queued. A sender bounds itself by stream_queued and events->drained.
 */
#pragma once

#include "world/host.h"

/* How a stream ended. FIN alone leaves the other direction open. */
#define STREAM_ENDS(END)                                                                           \
  END (FIN, "fin")             /* the peer will send no more; we still can */                      \
  END (RST, "rst")             /* reset by the peer, or by what stands between */                  \
  END (REFUSED, "refused")     /* no listener there */                                             \
  END (NO_ANSWER, "no answer") /* nobody answered the connect */                                   \
  END (TIMEOUT, "timeout")     /* sent bytes were not acknowledged in time */                      \
  END (ERROR, "error")         /* live only: any other error of the socket */

typedef enum StreamEnd {
#define END(name, text) STREAM_END_##name,
  STREAM_ENDS (END)
#undef END
} StreamEnd;

const char *stream_end_name (guint64 end);

/* All optional. `slice` is borrowed: slice_ref or slice_sub to keep bytes. A callback may free its stream. */
struct StreamEvents {
  void (*connected) (gpointer owner);
  void (*data) (gpointer owner, const Slice *slice);
  void (*drained) (
      gpointer owner); /* queued bytes fell to STREAM_LOW_WATER or below after having been above */
  void (*ended) (gpointer owner,
                 StreamEnd end); /* FIN at most once; the others once, and nothing follows */
};

#define STREAM_LOW_WATER  (128 * 1024)
#define STREAM_HIGH_WATER (512 * 1024) /* where a well-behaved sender stops */

/* Sees, changes nothing, and must not free the stream. All optional. Several on one stream are told in the order in which they
 * were added, each with its own data. */
typedef struct StreamObserver {
  void (*sent) (gpointer data, Stream *stream, const Slice *slice);
  void (*received) (gpointer data, Stream *stream, const Slice *slice);
  void (*ended) (gpointer data, Stream *stream, StreamEnd end);
  void (*freed) (gpointer data, Stream *stream); /* the last call: `data` may go */
  void (*connected) (gpointer data, Stream *stream);
  /* This end's direction is over: FIN, maybe told more than once (stream_shutdown, stream_free), or RST. */
  void (*closing) (gpointer data, Stream *stream, StreamEnd end);
  /* The same, between tap and network. A stream that its tap broke is closing, and never ended. */
  void (*wire_sent) (gpointer data, Stream *stream, const Slice *slice);
  void (*wire_received) (gpointer data, Stream *stream, const Slice *slice);
  void (*wire_ended) (gpointer data, Stream *stream, StreamEnd end);
  void (*wire_closing) (gpointer data, Stream *stream, StreamEnd end);
} StreamObserver;

typedef struct StreamWatch StreamWatch;

typedef enum StreamDirection { STREAM_OUT, STREAM_IN } StreamDirection;

/* Stands between the stream and the network: what it is given goes on only if it says stream_tap_pass. It may pass less, more
 * or something else, and may break the stream. */
typedef struct StreamTap {
  void (*outgoing) (gpointer data, Stream *stream, const Slice *slice);
  void (*incoming) (gpointer data, Stream *stream, const Slice *slice);
  /* A direction ends: out, the owner's FIN (stream_shutdown, stream_free); in, what the network tells. TRUE: the tap keeps it
   * back, behind bytes that it holds, and may say stream_tap_end later. May be NULL. */
  gboolean (*ending) (gpointer data, Stream *stream, StreamDirection direction, StreamEnd end);
  /* The owner resets. TRUE: the reset is lost on its way, and the stream is the tap's to end. May be NULL. */
  gboolean (*resetting) (gpointer data, Stream *stream);
  void (*freed) (gpointer data, Stream *stream);
  /* Bytes of the owner that it holds back: they are queued, too. May be NULL. */
  gsize (*held) (gpointer data, Stream *stream);
} StreamTap;

typedef struct StreamOps {
  void (*send) (Stream *stream, Slice slice /* transfer full */);
  gsize (*queued) (Stream *stream);
  void (*set_reading) (Stream *stream, gboolean is_reading);
  void (*shutdown) (Stream *stream);
  void (*reset) (Stream *stream);
  void (*break_both) (Stream *stream, StreamEnd end);
  void (*free) (Stream *stream); /* the owner let go: events are NULL by now */
} StreamOps;

/* The part that both kinds share; a simulated or live stream begins with one. Owners use functions only. */
struct Stream {
  guint32 magic; /* STREAM_MAGIC */
  guint32 id;    /* in the order of making, per world; both ends of a simulated stream share it */
  gboolean is_accepted;         /* made by a listener; FALSE: by stream_connect */
  gboolean is_freed;            /* the owner let go */
  gboolean is_stopped_by_owner; /* stream_set_reading, stream_tap_set_reading: FALSE */
  gboolean is_stopped_by_tap;
  gboolean is_broken_by_tap;
  Host *host;
  const StreamOps *ops;
  const StreamEvents *events;
  gpointer owner;
  StreamWatch *watches; /* in the order of their adding; NULL: nobody watches */
  const StreamTap *tap;
  gpointer tap_data;
  Address local;
  Address remote;
};

#define STREAM_MAGIC 0x57BEA301u

/* Never fails at once: refused or unanswered comes as events->ended. `to` must be reachable by name of its address only. */
Stream *stream_connect (Host *host, const Address *to, const StreamEvents *events, gpointer owner);

void stream_attach (Stream *stream, const StreamEvents *events,
                    gpointer owner); /* for an accepted stream */
/* Until the stream goes: there is no way to take it away. */
void stream_add_observer (Stream *stream, const StreamObserver *observer, gpointer data);
void stream_set_tap (Stream *stream, const StreamTap *tap, gpointer data);

/* Before the stream is connected, after FIN was sent, or the stream ended, or its host is down: dropped. */
void stream_send (Stream *stream, Slice slice /* transfer full */);
gsize stream_queued (Stream *stream);
void stream_set_reading (Stream *stream,
                         gboolean is_reading); /* FALSE closes the window once it is full */
void stream_shutdown (Stream *stream);         /* FIN after what is queued; receiving goes on */
void stream_reset (Stream *stream);            /* RST now; no event of ours follows */
/* Close and let go: FIN after what is queued; RST instead if bytes arrive later. No event follows. NULL is fine. */
void stream_free (Stream *stream);

/* For a tap: pass bytes on in their direction, or break the stream for both ends as a device between them would. The local
 * end hears of it by an event, not inside this call. */
void stream_tap_pass (Stream *stream, StreamDirection direction, const Slice *slice);
void stream_tap_break (Stream *stream, StreamEnd end);
/* The tap's own stop, on top of the owner's: bytes come in only while neither has said FALSE. */
void stream_tap_set_reading (Stream *stream, gboolean is_reading);
/* What `held` says has fallen to STREAM_LOW_WATER or below after having been above. */
void stream_tap_drained (Stream *stream);
/* The end that `ending` kept back takes its course. The stream may be gone after this. */
void stream_tap_end (Stream *stream, StreamDirection direction, StreamEnd end);

/* ---- for the implementations: what the network brought ---- */
void stream_init (Stream *stream, Host *host, const StreamOps *ops, guint32 id);
void stream_arrived (Stream *stream, const Slice *slice);
void stream_closes (Stream *stream, StreamEnd end); /* a machine ends what its process left open */
void stream_has_connected (Stream *stream);         /* the stream may be gone after this */
void stream_has_ended (Stream *stream, StreamEnd end);
void stream_finish (Stream *stream); /* tells observers and tap that the stream goes */

/* ---- listeners ---- */

struct ListenerEvents {
  /* The owner keeps the stream and attaches itself, or frees it. */
  void (*accepted) (gpointer owner, Listener *listener, Stream *stream /* transfer full */);
};

struct Listener {
  guint32 magic; /* LISTENER_MAGIC */
  Host *host;
  const ListenerEvents *events;
  gpointer owner;
  Address address;
};

#define LISTENER_MAGIC 0x115E0E01u

/* Port 0 takes a free one on a live host: see listener->address. */
Listener *listener_new (Host *host, const Address *address, const ListenerEvents *events,
                        gpointer owner, GError **error);
void listener_free (Listener *listener); /* NULL is fine; accepted streams stay */
