/* SPDX-License-Identifier: Apache-2.0 */
/* live-stream.c - a byte stream over a real TCP socket
 *
 * Sending puts a reference into the outbox and the stream on the world's list of dirty ones; the loop writes it once per step,
 * many slices in one call. Only a socket that took less than it was given is watched for room. Receiving goes into the world's
 * one inbox buffer, from where the bytes travel on by reference; as soon as nobody holds any, the buffer is used from its
 * start again.
 *
 * How the kernel tells an end: recv gives what came before it, then 0 for FIN or the error for RST and timeouts. A stream that
 * does not read still hears of a reset at once; the bytes it did not take are lost then (RFC 9293 3.10.7.4: all segment queues
 * are flushed). Once both directions have their FIN the descriptor is closed, and the kernel does the rest.
 *
 * A freed stream stays until its outbox is written, for at most LINGER_NS. Every callback may free this stream or any other, or
 * take the host down: after each, the descriptor tells (-1) whether to go on; the memory stays until the step is over.
 */
#include "world/live/live-internal.h"
#include "world/world-events.h"

#include <errno.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define INBOX_BYTES     (256 * 1024)
#define INBOX_MIN_ROOM  (64 * 1024)
#define READS_PER_EVENT 4  /* then the other streams have their turn */
#define WRITE_SLICES    64 /* in one system call */
#define OUTBOX_KEEP     64 /* slots that an empty outbox may keep */
#define LINGER_NS       (10 * NS_PER_S)

/* While a fault lets nobody answer: as the kernel sends its SYN again, for 127 s in all. */
#define SYN_BACKOFF_NS     NS_PER_S
#define CONNECT_TIMEOUT_NS (127 * NS_PER_S)

typedef struct Outbox {
  Slice *slices; /* a ring */
  guint first;
  guint count;
  guint room;
  gsize bytes;
} Outbox;

struct LiveStream {
  Stream stream; /* first */
  LiveWatch watch;
  QueueEntry entry; /* what is posted, the next try to connect, or the end of the linger */
  GList dirty;      /* data: the stream */
  LiveStream *next; /* of this host */
  LiveStream *previous;
  Outbox outbox;
  gint64 connect_started_ns;
  gint64 syn_backoff_ns;
  StreamEnd posted_end; /* valid if has_posted_end */
  guint32 is_dirty : 1;
  guint32 is_connecting : 1;
  guint32 is_blocked : 1; /* the socket has no room: EPOLLOUT is waited for */
  guint32 is_paused : 1;  /* the owner does not read */
  guint32 is_muted : 1;   /* its host is paused: back into epoll at the resume */
  guint32 is_late : 1;    /* its host is paused, and `entry` was due */
  guint32 was_above : 1;  /* queued bytes passed the low water mark */
  guint32 wants_fin : 1;  /* shut down or freed: FIN after the outbox */
  guint32 has_sent_fin : 1;
  guint32 has_got_fin : 1;
  guint32 is_lingering : 1; /* let go for good, the outbox is still being written */
  guint32 is_over : 1;      /* no socket any more, and none to come */
  guint32 is_retrying : 1;  /* a fault answered the connect; `entry` asks again */
  guint32 is_buried : 1;
  guint32 is_broken : 1;      /* by a tap, with FIN: what is sent now is answered with RST */
  guint32 has_posted_fin : 1; /* told with the next event, not inside the call that caused it */
  guint32 has_posted_end : 1;
};

static LiveStream *
live_stream (Stream *stream)
{
  return (LiveStream *) stream;
}

static LiveWorld *
stream_world (const LiveStream *self)
{
  return live_world_of (self->stream.host);
}

static gboolean
stream_is_open (const LiveStream *self)
{
  return self->watch.fd >= 0;
}

static gboolean
stream_can_read (const LiveStream *self)
{
  return stream_is_open (self) && !self->is_connecting && !self->is_paused && !self->has_got_fin
         && !self->is_lingering;
}

/* ---- the outbox ---- */

static Slice *
outbox_at (const Outbox *outbox, guint index)
{
  return &outbox->slices[(outbox->first + index) % outbox->room];
}

static void
outbox_grow (Outbox *outbox)
{
  const guint room = MAX (8u, outbox->room * 2);
  Slice *slices = g_new (Slice, room);
  for (guint i = 0; i < outbox->count; i++)
    slices[i] = *outbox_at (outbox, i);
  g_free (outbox->slices);
  outbox->slices = slices;
  outbox->room = room;
  outbox->first = 0;
}

static void
outbox_push (Outbox *outbox, Slice slice)
{
  if (outbox->count == outbox->room)
    outbox_grow (outbox);
  outbox->bytes += slice.length;
  *outbox_at (outbox, outbox->count++) = slice;
}

/* Bytes at the front are written. */
static void
outbox_skip (Outbox *outbox, gsize length)
{
  outbox->bytes -= length;
  while (length > 0) {
    Slice *slice = outbox_at (outbox, 0);
    const gsize part = MIN (length, slice->length);
    slice_skip (slice, part);
    length -= part;
    if (slice->length > 0)
      return;
    slice_clear (slice);
    outbox->first = (outbox->first + 1) % outbox->room;
    outbox->count--;
  }
}

static void
outbox_clear (Outbox *outbox)
{
  for (guint i = 0; i < outbox->count; i++)
    slice_clear (outbox_at (outbox, i));
  g_free (outbox->slices);
  *outbox = (Outbox){ 0 };
}

static gsize
outbox_gather (const Outbox *outbox, struct iovec *ret_parts, guint *ret_count)
{
  gsize bytes = 0;
  *ret_count = MIN (outbox->count, WRITE_SLICES);
  for (guint i = 0; i < *ret_count; i++) {
    const Slice *slice = outbox_at (outbox, i);
    ret_parts[i] = (struct iovec){ (void *) slice->bytes, slice->length };
    bytes += slice->length;
  }
  return bytes;
}

/* Writes what the socket takes. 0, or EAGAIN if bytes are left, or what went wrong. sendmsg, because writev would raise
 * SIGPIPE. */
static int
outbox_write (Outbox *outbox, int fd)
{
  while (outbox->count > 0) {
    struct iovec parts[WRITE_SLICES];
    guint count;
    const gsize asked = outbox_gather (outbox, parts, &count);
    const struct msghdr message = { .msg_iov = parts, .msg_iovlen = count };
    const gssize written = sendmsg (fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (written < 0 && errno != EINTR)
      return errno;
    if (written > 0)
      outbox_skip (outbox, (gsize) written);
    if (written >= 0 && (gsize) written < asked)
      return EAGAIN;
  }
  if (outbox->room > OUTBOX_KEEP)
    outbox_clear (outbox);
  return 0;
}

/* ---- dirty streams ---- */

static void
stream_mark_dirty (LiveStream *self)
{
  if (self->is_dirty)
    return;
  self->is_dirty = TRUE;
  g_queue_push_tail_link (&stream_world (self)->dirty, &self->dirty);
}

static void
stream_unmark_dirty (LiveStream *self)
{
  if (self->is_dirty)
    g_queue_unlink (&stream_world (self)->dirty, &self->dirty);
  self->is_dirty = FALSE;
}

/* ---- closing ---- */

/* The descriptor goes, and what was still to be written, or to be told. */
static void
stream_close (LiveStream *self)
{
  LiveWorld *world = stream_world (self);
  live_watch_close (world, &self->watch);
  queue_remove (&world->world.queue, &self->entry);
  stream_unmark_dirty (self);
  outbox_clear (&self->outbox);
  self->is_over = TRUE;
  self->is_connecting = FALSE;
  self->is_retrying = FALSE;
  self->has_posted_fin = FALSE;
  self->has_posted_end = FALSE;
}

/* With RST. */
static void
stream_abort (LiveStream *self)
{
  const int fd = live_watch_take (stream_world (self), &self->watch);
  if (fd >= 0)
    live_socket_abort (fd);
  stream_close (self);
}

/* With FIN. A close with unread bytes would send RST, and the peer would lose what is on its way to it: bytes that are here
 * already are thrown away first (MSG_TRUNC copies nothing), to bytes that come later the kernel answers with RST. */
static void
stream_close_with_fin (LiveStream *self)
{
  if (stream_is_open (self) && !self->is_connecting) {
    for (guint i = 0; i < READS_PER_EVENT; i++)
      if (recv (self->watch.fd, NULL, G_MAXINT, MSG_TRUNC | MSG_DONTWAIT) <= 0)
        break;
    shutdown (self->watch.fd, SHUT_WR);
  }
  stream_close (self);
}

static void
stream_destroy (LiveWatch *watch)
{
  LiveStream *self = (LiveStream *) ((guint8 *) watch - G_STRUCT_OFFSET (LiveStream, watch));
  stream_finish (&self->stream);
  g_free (self);
}

/* The owner let go, and the socket is closed. */
static void
stream_bury_if_over (LiveStream *self)
{
  if (!self->stream.is_freed || stream_is_open (self) || self->is_buried)
    return;
  LiveHost *host = live_host (self->stream.host);
  stream_close (self); /* a try to connect, a post */
  if (self->previous != NULL)
    self->previous->next = self->next;
  else
    host->streams = self->next;
  if (self->next != NULL)
    self->next->previous = self->previous;
  self->is_buried = TRUE;
  live_world_bury (stream_world (self), &self->watch);
}

/* ---- ends ---- */

static StreamEnd
end_of_connect (int failure)
{
  switch (failure) {
  case ECONNREFUSED:
    return STREAM_END_REFUSED;
  case ETIMEDOUT:
  case EHOSTUNREACH:
  case ENETUNREACH:
    return STREAM_END_NO_ANSWER;
  case ECONNRESET:
    return STREAM_END_RST;
  }
  return STREAM_END_ERROR;
}

static StreamEnd
end_of_transfer (int failure)
{
  switch (failure) {
  case ECONNRESET:
  case EPIPE:
  case ECONNABORTED:
    return STREAM_END_RST;
  case ETIMEDOUT:
  case EHOSTUNREACH:
  case ENETUNREACH:
    return STREAM_END_TIMEOUT;
  }
  return STREAM_END_ERROR;
}

static void
stream_tell_end (LiveStream *self, StreamEnd end)
{
  stream_close (self);
  if (self->stream.is_freed)
    stream_bury_if_over (self);
  else
    stream_has_ended (&self->stream, end);
}

static void
stream_post (LiveStream *self)
{
  if (!queue_entry_is_in (&self->entry))
    live_world_post (stream_world (self), &self->entry, 0, QUEUE_ARRIVAL);
}

static void
stream_post_end (LiveStream *self, StreamEnd end)
{
  if (end == STREAM_END_FIN) {
    self->has_posted_fin = TRUE;
  } else {
    self->has_posted_end = TRUE;
    self->posted_end = end;
  }
  stream_post (self);
}

/* ---- what is watched ---- */

static void
stream_update_interest (LiveStream *self)
{
  guint32 interest = 0;
  if (self->is_connecting || self->is_blocked)
    interest |= EPOLLOUT;
  if (stream_can_read (self))
    interest |= EPOLLIN;
  if (G_UNLIKELY (self->stream.host->is_paused)) {
    self->watch.interest = interest;
    self->is_muted = stream_is_open (self);
    return;
  }
  live_watch_set (stream_world (self), &self->watch, interest);
}

/* ---- receiving ---- */

static gsize
inbox_room (LiveInbox *inbox)
{
  if (inbox->buffer != NULL && inbox->buffer->references == 1)
    inbox->used = 0;
  if (inbox->buffer == NULL || inbox->buffer->size - inbox->used < INBOX_MIN_ROOM) {
    buffer_unref (inbox->buffer);
    inbox->buffer = buffer_new (INBOX_BYTES);
    inbox->used = 0;
  }
  return inbox->buffer->size - inbox->used;
}

static Slice
inbox_take (LiveInbox *inbox, gsize length)
{
  Slice slice = { buffer_ref (inbox->buffer), inbox->buffer->bytes + inbox->used, length };
  inbox->used += length;
  return slice;
}

static void
stream_got_data (LiveStream *self, gsize length)
{
  if (self->stream.is_freed) {
    /* Freed, but a tap still holds bytes of it. RFC 9293 3.10.7: bytes for a closed connection are answered with RST. */
    stream_abort (self);
    stream_bury_if_over (self);
    return;
  }
  Slice slice = inbox_take (&stream_world (self)->inbox, length);
  stream_arrived (&self->stream, &slice);
  slice_clear (&slice);
}

/* One recv; what it gave, with its errno, and whether the socket may hold more. */
static gssize
stream_receive (LiveStream *self, gboolean *ret_has_more)
{
  LiveInbox *inbox = &stream_world (self)->inbox;
  const gsize room = inbox_room (inbox);
  const gssize length = recv (self->watch.fd, inbox->buffer->bytes + inbox->used, room, 0);
  *ret_has_more = length > 0 && (gsize) length == room;
  if (length > 0) {
    live_world_begin_event (stream_world (self));
    stream_got_data (self, (gsize) length);
  }
  return length;
}

static void
stream_got_fin (LiveStream *self)
{
  self->has_got_fin = TRUE;
  live_world_begin_event (stream_world (self));
  if (self->has_sent_fin)
    stream_close (self);
  else
    stream_update_interest (self);
  stream_has_ended (&self->stream, STREAM_END_FIN);
  stream_bury_if_over (self);
}

static void
stream_got_error (LiveStream *self, int failure)
{
  live_world_begin_event (stream_world (self));
  stream_tell_end (self, end_of_transfer (failure));
}

static void
stream_read (LiveStream *self)
{
  gboolean has_more = TRUE;
  for (guint i = 0; i < READS_PER_EVENT && has_more && stream_can_read (self); i++) {
    const gssize length = stream_receive (self, &has_more);
    if (length == 0)
      stream_got_fin (self);
    else if (length < 0 && errno != EAGAIN && errno != EINTR)
      stream_got_error (self, errno);
  }
}

/* ---- writing ---- */

/* A write that fails has taken the socket's error; what the peer sent before it is still there. */
static void
stream_write_failed (LiveStream *self, int failure)
{
  gboolean has_more;
  while (stream_can_read (self) && stream_receive (self, &has_more) > 0)
    ;
  if (stream_is_open (self))
    stream_got_error (self, failure);
}

static void
stream_tell_drained (LiveStream *self)
{
  if (!self->was_above || self->outbox.bytes > STREAM_LOW_WATER)
    return;
  self->was_above = FALSE;
  if (self->stream.events == NULL || self->stream.events->drained == NULL)
    return;
  live_world_begin_event (stream_world (self));
  self->stream.events->drained (self->stream.owner);
}

/* The outbox is empty, and nothing will come into it. */
static void
stream_send_fin (LiveStream *self)
{
  if (self->is_lingering || self->has_got_fin) {
    self->has_sent_fin = TRUE;
    stream_close_with_fin (self);
    stream_bury_if_over (self);
  } else if (!self->has_sent_fin) {
    self->has_sent_fin = TRUE;
    shutdown (self->watch.fd, SHUT_WR);
  }
}

void
live_stream_flush (LiveStream *self)
{
  self->is_dirty = FALSE;
  if (!stream_is_open (self) || self->is_connecting || self->is_blocked
      || self->stream.host->is_paused)
    return;
  const int failure = outbox_write (&self->outbox, self->watch.fd);
  if (failure != 0 && failure != EAGAIN) {
    stream_write_failed (self, failure);
    return;
  }
  self->is_blocked = failure == EAGAIN;
  if (self->outbox.count == 0 && self->wants_fin)
    stream_send_fin (self);
  stream_update_interest (self);
  stream_tell_drained (self);
}

/* ---- connecting ---- */

static void
stream_connected (LiveStream *self)
{
  self->is_connecting = FALSE;
  live_socket_names (self->watch.fd, &self->stream);
  stream_update_interest (self);
  if (self->wants_fin)
    stream_mark_dirty (self);
  HOST_LOG (self->stream.host, EVENT_STREAM_CONNECTED, NULL, self->stream.id);
  stream_has_connected (&self->stream);
}

/* A socket that met itself: nobody listens there, and the kernel gave it as its own port the one that it asked for. */
static gboolean
stream_is_its_own_peer (LiveStream *self)
{
  live_socket_names (self->watch.fd, &self->stream);
  return address_equal (&self->stream.local, &self->stream.remote);
}

static void
stream_connect_ready (LiveStream *self)
{
  const int failure = live_socket_take_error (self->watch.fd);
  live_world_begin_event (stream_world (self));
  if (failure != 0)
    stream_tell_end (self, end_of_connect (failure));
  else if (stream_is_its_own_peer (self))
    stream_tell_end (self, STREAM_END_REFUSED);
  else
    stream_connected (self);
}

static void
stream_open_socket (LiveStream *self)
{
  const Address *to = &self->stream.remote;
  const int fd = live_socket_new (to);
  if (fd < 0) {
    stream_post_end (self, STREAM_END_ERROR);
    return;
  }
  live_socket_set_nodelay (fd);
  self->is_connecting = TRUE;
  const int failure = live_socket_connect (fd, to) ? 0 : errno;
  if (failure != 0) {
    close (fd);
    self->is_connecting = FALSE;
    stream_post_end (self, end_of_connect (failure));
  } else if (!live_watch_open (stream_world (self), &self->watch, fd, EPOLLOUT)) {
    self->is_connecting = FALSE;
    stream_post_end (self, STREAM_END_ERROR);
  } else {
    live_socket_names (fd, &self->stream);
  }
}

static FaultAnswer
stream_ask_connect (LiveStream *self)
{
  char remote[ADDRESS_TEXT_LENGTH];
  const FaultQuestion question = { .point = FAULT_POINT_CONNECT,
                                   .operation = "connect",
                                   .subject = address_text (&self->stream.remote, remote),
                                   .ordinal = self->stream.id };
  return host_fault_ask (self->stream.host, &question);
}

/* A fault that lets nobody answer is asked again whenever TCP would send its SYN again. */
static void
stream_retry_connect (LiveStream *self)
{
  LiveWorld *world = stream_world (self);
  const gint64 left_ns =
      self->connect_started_ns + CONNECT_TIMEOUT_NS - live_world_clock_ns (world);
  if (left_ns <= 0) {
    stream_post_end (self, STREAM_END_NO_ANSWER);
    return;
  }
  self->is_retrying = TRUE;
  live_world_post (world, &self->entry, MIN (self->syn_backoff_ns, left_ns), QUEUE_ARRIVAL);
  self->syn_backoff_ns *= 2;
}

static void
stream_try_connect (LiveStream *self)
{
  const FaultAnswer answer = stream_ask_connect (self);
  if (answer == FAULT_DROP
      || (answer == FAULT_NONE
          && live_net_is_dark (self->stream.host->world, &self->stream.remote)))
    stream_retry_connect (self);
  else if (answer == FAULT_NONE)
    stream_open_socket (self);
  else
    stream_post_end (self, STREAM_END_REFUSED);
}

/* ---- what the loop brings ---- */

/* An error or both FINs on a stream that does not read. */
static void
stream_ended_unread (LiveStream *self)
{
  const int failure = live_socket_take_error (self->watch.fd);
  if (failure != 0)
    stream_got_error (self, failure);
  else if (self->has_got_fin || self->is_lingering)
    stream_got_error (self, ECONNRESET); /* a write has taken the error, and the socket is closed */
  else
    live_watch_mute (stream_world (self),
                     &self->watch); /* both FINs: it is read when the owner reads */
}

static void
stream_ready (LiveWatch *watch, guint32 events)
{
  LiveStream *self = (LiveStream *) ((guint8 *) watch - G_STRUCT_OFFSET (LiveStream, watch));
  CHECK (&self->stream, STREAM_MAGIC);
  if (self->is_connecting) {
    stream_connect_ready (self);
    return;
  }
  if (events & EPOLLOUT) {
    self->is_blocked = FALSE;
    stream_mark_dirty (self);
  }
  if (stream_can_read (self))
    stream_read (self);
  else if (events & (EPOLLERR | EPOLLHUP))
    stream_ended_unread (self);
}

/* Its entry in the queue stands for one thing at a time. */
static void
stream_fire (QueueEntry *entry)
{
  LiveStream *self = (LiveStream *) ((guint8 *) entry - G_STRUCT_OFFSET (LiveStream, entry));
  if (self->stream.host->is_paused) {
    self->is_late = TRUE;
    return;
  }
  if (self->is_lingering) {
    stream_abort (self);
    stream_bury_if_over (self);
    return;
  }
  if (self->is_retrying) {
    self->is_retrying = FALSE;
    stream_try_connect (self);
    return;
  }
  if (self->has_posted_fin) {
    self->has_posted_fin = FALSE;
    self->has_got_fin = TRUE;
    stream_has_ended (&self->stream, STREAM_END_FIN);
  }
  if (self->has_posted_end) /* not if the callback let the stream go */
    stream_tell_end (self, self->posted_end);
}

/* ---- what the owner asks for ---- */

static void
live_stream_send (Stream *stream, Slice slice)
{
  LiveStream *self = live_stream (stream);
  if (self->is_broken && !self->wants_fin) {
    self->is_broken = FALSE;
    stream_post_end (self, STREAM_END_RST);
  }
  if (!stream_is_open (self) || self->is_connecting || self->wants_fin) {
    slice_clear (&slice);
    return;
  }
  outbox_push (&self->outbox, slice);
  self->was_above = self->was_above || self->outbox.bytes > STREAM_LOW_WATER;
  if (!self->is_blocked)
    stream_mark_dirty (self);
}

static gsize
live_stream_queued (Stream *stream)
{
  return live_stream (stream)->outbox.bytes;
}

static void
live_stream_set_reading (Stream *stream, gboolean is_reading)
{
  LiveStream *self = live_stream (stream);
  self->is_paused = !is_reading;
  stream_update_interest (self);
}

static void
live_stream_shutdown (Stream *stream)
{
  LiveStream *self = live_stream (stream);
  self->wants_fin = TRUE;
  if (stream_is_open (self) && !self->is_connecting && !self->is_blocked)
    stream_mark_dirty (self);
}

static void
live_stream_reset (Stream *stream)
{
  stream_abort (live_stream (stream));
}

/* The peer's kernel cannot be made to time out: it sees RST. */
static void
live_stream_break_both (Stream *stream, StreamEnd end)
{
  LiveStream *self = live_stream (stream);
  if (self->is_over)
    return;
  if (end == STREAM_END_FIN && stream_is_open (self) && !self->is_connecting) {
    outbox_write (&self->outbox, self->watch.fd);
    stream_close_with_fin (self);
    self->is_broken = TRUE;
  } else {
    stream_abort (self);
  }
  stream_post_end (self, end);
}

static void
live_stream_free (Stream *stream)
{
  LiveStream *self = live_stream (stream);
  if (!stream_is_open (self) || self->is_connecting || !stream->host->is_up) {
    stream_close (self);
    stream_bury_if_over (self);
    return;
  }
  self->wants_fin = TRUE;
  self->is_lingering = TRUE;
  live_world_post (stream_world (self), &self->entry, LINGER_NS, QUEUE_ARRIVAL);
  if (self->is_blocked)
    stream_update_interest (self);
  else
    stream_mark_dirty (self);
}

static const StreamOps live_stream_ops = {
  .send = live_stream_send,
  .queued = live_stream_queued,
  .set_reading = live_stream_set_reading,
  .shutdown = live_stream_shutdown,
  .reset = live_stream_reset,
  .break_both = live_stream_break_both,
  .free = live_stream_free,
};

/* ---- life ---- */

static LiveStream *
stream_new (Host *host)
{
  LiveStream *self = g_new0 (LiveStream, 1);
  LiveHost *live = live_host (host);
  stream_init (&self->stream, host, &live_stream_ops, ++live_world_of (host)->last_stream_id);
  self->watch.fd = -1;
  self->watch.ready = stream_ready;
  self->watch.destroy = stream_destroy;
  self->entry.fire = stream_fire;
  self->dirty.data = self;
  self->next = live->streams;
  if (live->streams != NULL)
    live->streams->previous = self;
  live->streams = self;
  return self;
}

void
live_stream_log_addresses (Stream *stream, guint event, const char *arrow)
{
  char local[ADDRESS_TEXT_LENGTH], remote[ADDRESS_TEXT_LENGTH];
  char text[2 * ADDRESS_TEXT_LENGTH + 8];
  g_snprintf (text, sizeof text, "%s %s %s", address_text (&stream->local, local), arrow,
              address_text (&stream->remote, remote));
  HOST_LOG (stream->host, event, text, stream->id);
}

Stream *
live_stream_connect (Host *host, const Address *to)
{
  LiveStream *self = stream_new (host);
  self->stream.remote = *to;
  self->stream.local.is_ipv6 = to->is_ipv6;
  if (!host->is_up) {
    self->is_over = TRUE;
    return &self->stream;
  }
  self->connect_started_ns = live_world_clock_ns (live_world_of (host));
  self->syn_backoff_ns = SYN_BACKOFF_NS;
  stream_try_connect (self);
  live_stream_log_addresses (&self->stream, EVENT_STREAM_CONNECT, "->");
  return &self->stream;
}

Stream *
live_stream_accept (Host *host, int fd)
{
  LiveStream *self = stream_new (host);
  self->stream.is_accepted = TRUE;
  live_socket_set_nodelay (fd);
  live_socket_names (fd, &self->stream);
  if (live_watch_open (live_world_of (host), &self->watch, fd, EPOLLIN))
    return &self->stream;
  self->stream.is_freed = TRUE;
  stream_bury_if_over (self);
  return NULL;
}

/* What the engine had sent is the machine's to deliver, as far as the socket takes it. */
void
live_stream_host_down (LiveStream *self)
{
  stream_closes (&self->stream, STREAM_END_FIN);
  if (stream_is_open (self) && !self->is_connecting)
    outbox_write (&self->outbox, self->watch.fd);
  stream_close_with_fin (self);
  stream_bury_if_over (self);
}

int
live_stream_go_dark (LiveStream *self)
{
  const int fd = self->is_connecting ? -1 : live_watch_take (stream_world (self), &self->watch);
  stream_close (self);
  stream_bury_if_over (self);
  return fd;
}

/* What was sent before is the machine's to deliver, as far as the socket takes it; why it does not, the next write tells. */
void
live_stream_pause (LiveStream *self)
{
  if (stream_is_open (self) && !self->is_connecting && !self->is_blocked)
    outbox_write (&self->outbox, self->watch.fd);
  self->is_muted = self->watch.is_in_epoll;
  live_watch_mute (stream_world (self), &self->watch);
}

void
live_stream_resume (LiveStream *self)
{
  if (self->is_muted && stream_is_open (self)) {
    CHECK_THAT (live_watch_enter (stream_world (self), &self->watch, self->watch.interest));
    stream_mark_dirty (self);
  }
  if (self->is_late)
    stream_post (self);
  self->is_muted = self->is_late = FALSE;
}

LiveStream *
live_stream_next (const LiveStream *self)
{
  return self->next;
}
