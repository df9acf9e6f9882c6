/* SPDX-License-Identifier: Apache-2.0 */
/* link-tap.c - lab:link on real TCP: the network between the ends is a tap at the initiator's end
 *
 * The kernel's loopback is a perfect network, so each imperfection stands before it. Method: what comes goes into a line of its
 * direction, each piece with its time: latency, jitter, the turn that bandwidth gives it, and the delay of TCP's
 * retransmissions for each time that it was lost. A piece leaves at its time, unless its direction is held. One that came
 * while the link was parted is as lost as its retransmissions, until one of them finds the link whole. Order is kept.
 *
 * An end of the stream is a piece as well. A reset by the owner does not pass a link that is parted or held: the connection
 * stays with the kernel, unread, until it does.
 *
 * Not here: TCP's user timeout of minutes, which no live run waits for; the handshake's latency, which is the kernel's own.
 */
#include "harness/script/link.h"

#define PIECE_BYTES  (64 * 1024)
#define LINE_BYTES   (4 * 1024 * 1024) /* of a direction; then the window is closed */
#define FIRST_RTO_NS (200 * NS_PER_MS) /* doubled each time */
#define LOSSES_MOST  10

typedef struct LinkTap LinkTap;

typedef struct Piece {
  Slice slice; /* empty: an end */
  StreamEnd end;
  gint64 sent_ns;
  gint64 due_ns;
  guint losses; /* times that TCP has sent it again */
  gboolean is_lost;
  gboolean is_reset; /* by the owner */
} Piece;

typedef struct LinkLine {
  QueueEntry entry; /* first */
  LinkTap *tap;
  StreamDirection way;
  GQueue pieces;
  gsize bytes;
  gint64 last_ns; /* when the last piece is due: order is kept */
  gboolean was_above;
} LinkLine;

struct LinkTap {
  Lab *lab;
  Stream *stream; /* NULL: it has gone, and so goes the tap */
  LinkLine lines[2];
  Random random;
};

static LinkWay
line_way (const LinkLine *line)
{
  return line->way == STREAM_OUT ? LINK_TO_TARGET : LINK_TO_INITIATOR;
}

/* ---- which link ---- */

static gboolean
link_has_portal (const LabLink *link, const Address *portal)
{
  if (link->has_portal)
    return address_equal (&link->portal, portal);
  for (guint i = 0; i < link->target->portals->len; i++)
    if (address_equal (&g_array_index (link->target->portals, Address, i), portal))
      return TRUE;
  return FALSE;
}

/* The newest that fits; NULL: none. */
static LabLink *
link_find (const Lab *lab, const Host *host, const Address *portal)
{
  for (guint i = lab->links->len; i > 0; i--) {
    LabLink *link = lab->links->pdata[i - 1];
    if (link->initiator->host == host && link_has_portal (link, portal))
      return link;
  }
  return NULL;
}

static LabLink *
line_link (const LinkLine *line)
{
  const Stream *stream = line->tap->stream;
  return link_find (line->tap->lab, stream->host, &stream->remote);
}

gboolean
link_loses_connect (const Lab *lab, const Host *from, const char *to)
{
  Address address;
  if (!address_parse (to, 0, &address, NULL))
    return FALSE;
  const LabLink *link = link_find (lab, from, &address);
  return link != NULL && (link->partition != LINK_NONE || link->hold != LINK_NONE);
}

/* ---- one line ---- */

static void
piece_free (gpointer data)
{
  Piece *piece = data;
  slice_clear (&piece->slice);
  g_free (piece);
}

/* When TCP sends it for the k-th time again: 0.2, 0.6, 1.4, 3 ... s after the first. */
static gint64
retransmission_ns (guint k)
{
  return FIRST_RTO_NS * ((INT64_C (1) << k) - 1);
}

static void
line_schedule (LinkLine *line)
{
  World *world = line->tap->lab->world;
  const Piece *head = g_queue_peek_head (&line->pieces);
  queue_remove (&world->queue, &line->entry);
  if (head == NULL)
    return;
  const LabLink *link = line_link (line);
  if (link != NULL && (link->hold & line_way (line)) != 0)
    return;
  queue_push (&world->queue, &line->entry, MAX (head->due_ns, world->now_ns), QUEUE_ARRIVAL);
}

/* A direction that cannot pass keeps the window's bytes and no more. */
static void
line_watch_reading (LinkLine *line)
{
  if (line->way == STREAM_IN && !line->tap->stream->is_freed)
    stream_tap_set_reading (line->tap->stream, line->bytes <= LINE_BYTES);
}

static gint64
line_draw_delay (LinkLine *line, LabLink *link, gsize length, Piece *piece)
{
  LinkTap *tap = line->tap;
  const LinkValues *values = &link->values;
  gint64 delay_ns = values->latency_ns;
  if (values->jitter_ns > 0)
    delay_ns += (gint64) random_below (&tap->random, (guint64) values->jitter_ns + 1);
  if (values->bandwidth > 0) {
    gint64 *busy_ns = &link->busy_until_ns[line->way];
    *busy_ns = MAX (*busy_ns, piece->sent_ns) + (gint64) (length * NS_PER_S / values->bandwidth);
    delay_ns += *busy_ns - piece->sent_ns;
  }
  while (piece->losses < LOSSES_MOST && random_chance (&tap->random, (guint32) values->loss_ppm))
    piece->losses++;
  return delay_ns + retransmission_ns (piece->losses);
}

/* TCP's checksum does not see it. */
static void
line_corrupt (LinkLine *line, Slice *slice)
{
  Random *random = &line->tap->random;
  Slice copy = slice_copy (slice->bytes, slice->length);
  copy.buffer->bytes[random_below (random, slice->length)] ^=
      (guint8) (1 + random_below (random, 255));
  slice_clear (slice);
  *slice = copy;
}

static void
line_push (LinkLine *line, Piece *piece)
{
  LabLink *link = line_link (line);
  piece->sent_ns = piece->due_ns = line->tap->lab->world->now_ns;
  if (link != NULL) {
    const LinkWay way = line_way (line);
    const gboolean is_conditioned = (link->direction & way) != 0;
    if (is_conditioned)
      piece->due_ns += line_draw_delay (line, link, piece->slice.length, piece);
    if (is_conditioned && piece->slice.length > 0
        && random_chance (&line->tap->random, (guint32) link->values.corrupt_ppm))
      line_corrupt (line, &piece->slice);
    piece->is_lost = (link->partition & way) != 0;
  }
  piece->due_ns = line->last_ns = MAX (piece->due_ns, line->last_ns);
  line->bytes += piece->slice.length;
  line->was_above = line->was_above || line->bytes > STREAM_LOW_WATER;
  g_queue_push_tail (&line->pieces, piece);
}

static gsize
line_draw_length (LinkLine *line, gsize left)
{
  const LabLink *link = line_link (line);
  const gboolean is_cut =
      link != NULL && link->values.segment_bytes > 0 && (link->direction & line_way (line)) != 0;
  if (!is_cut)
    return MIN (left, PIECE_BYTES);
  const gsize drawn = 1 + random_below (&line->tap->random, link->values.segment_bytes);
  return MIN (left, drawn);
}

static void
line_take (LinkLine *line, const Slice *slice)
{
  for (gsize done = 0; done < slice->length;) {
    const gsize length = line_draw_length (line, slice->length - done);
    Piece *piece = g_new0 (Piece, 1);
    piece->slice = slice_sub (slice, done, length);
    line_push (line, piece);
    done += length;
  }
  line_watch_reading (line);
  line_schedule (line);
}

static void
line_take_end (LinkLine *line, StreamEnd end, gboolean is_reset)
{
  Piece *piece = g_new0 (Piece, 1);
  piece->end = end;
  piece->is_reset = is_reset;
  line_push (line, piece);
  line_schedule (line);
}

static gboolean
line_is_idle (const LinkLine *line)
{
  return line->pieces.length == 0 && line_link (line) == NULL;
}

/* The head has its turn: FALSE, and a later time, if the link loses it once more. */
static gboolean
line_head_passes (LinkLine *line, Piece *head)
{
  const gint64 now_ns = line->tap->lab->world->now_ns;
  const LabLink *link = line_link (line);
  const gboolean is_parted = link != NULL && (link->partition & line_way (line)) != 0;
  if (!head->is_lost || (!is_parted && head->losses > 0))
    return TRUE;
  do
    head->losses++;
  while (head->sent_ns + retransmission_ns (head->losses) <= now_ns);
  head->due_ns = head->sent_ns + retransmission_ns (head->losses);
  return FALSE;
}

static void
line_emit (LinkLine *line, Piece *piece)
{
  Stream *stream = line->tap->stream;
  if (piece->slice.length > 0)
    stream_tap_pass (stream, line->way, &piece->slice);
  else if (piece->is_reset)
    stream->ops->reset (stream);
  else
    stream_tap_end (stream, line->way, piece->end);
}

/* To the owner, what is in the line is queued. */
static void
line_tell_drained (LinkLine *line)
{
  if (line->way != STREAM_OUT || !line->was_above || line->bytes > STREAM_LOW_WATER)
    return;
  line->was_above = FALSE;
  stream_tap_drained (line->tap->stream);
}

/* One piece for each event: going out, they are segments of their own as far as the kernel leaves them so. */
static void
line_fire (QueueEntry *entry)
{
  LinkLine *line = (LinkLine *) entry; /* its first member */
  Piece *head = g_queue_peek_head (&line->pieces);
  if (!line_head_passes (line, head)) {
    line_schedule (line);
    return;
  }
  g_queue_pop_head (&line->pieces);
  line->bytes -= head->slice.length;
  line_watch_reading (line);
  line_schedule (
      line); /* the memory of the stream stays until the step is over, and the line with it */
  line_emit (line, head);
  line_tell_drained (line);
  piece_free (head);
}

/* ---- the tap ---- */

static void
tap_outgoing (gpointer data, Stream *stream, const Slice *slice)
{
  LinkTap *tap = data;
  if (line_is_idle (&tap->lines[STREAM_OUT]))
    stream_tap_pass (stream, STREAM_OUT, slice);
  else
    line_take (&tap->lines[STREAM_OUT], slice);
}

static void
tap_incoming (gpointer data, Stream *stream, const Slice *slice)
{
  LinkTap *tap = data;
  if (line_is_idle (&tap->lines[STREAM_IN]))
    stream_tap_pass (stream, STREAM_IN, slice);
  else
    line_take (&tap->lines[STREAM_IN], slice);
}

static void
line_clear (LinkLine *line)
{
  queue_remove (&line->tap->lab->world->queue, &line->entry);
  g_queue_clear_full (&line->pieces, piece_free);
  line->bytes = 0;
}

/* A stream that failed takes nothing more. One that was freed reads nothing more: what comes would be answered with RST, ahead of
 * what is in line. */
static gboolean
tap_ending (gpointer data, Stream *stream, StreamDirection way, StreamEnd end)
{
  LinkTap *tap = data;
  LinkLine *line = &tap->lines[way];
  if (tap->lab->is_over)
    return FALSE;
  if (way == STREAM_IN && end != STREAM_END_FIN)
    line_clear (&tap->lines[STREAM_OUT]);
  if (line_is_idle (line))
    return FALSE;
  if (stream->is_freed)
    stream_tap_set_reading (stream, FALSE);
  line_take_end (line, end, FALSE);
  return TRUE;
}

static gboolean
tap_resetting (gpointer data, Stream *stream)
{
  LinkTap *tap = data;
  LinkLine *out = &tap->lines[STREAM_OUT];
  const LabLink *link = line_link (out);
  if (tap->lab->is_over || link == NULL || ((link->partition | link->hold) & LINK_TO_TARGET) == 0)
    return FALSE;
  line_clear (out);
  line_clear (&tap->lines[STREAM_IN]);
  stream_tap_set_reading (stream, FALSE);
  line_take_end (out, STREAM_END_RST, TRUE);
  return TRUE;
}

static void
tap_freed (gpointer data, Stream *stream)
{
  LinkTap *tap = data;
  line_clear (&tap->lines[STREAM_OUT]);
  line_clear (&tap->lines[STREAM_IN]);
  g_ptr_array_remove_fast (tap->lab->link_taps, tap);
  g_free (tap);
}

static gsize
tap_held (gpointer data, Stream *stream)
{
  return ((const LinkTap *) data)->lines[STREAM_OUT].bytes;
}

static const StreamTap link_tap = {
  .outgoing = tap_outgoing,
  .incoming = tap_incoming,
  .ending = tap_ending,
  .resetting = tap_resetting,
  .freed = tap_freed,
  .held = tap_held,
};

void
link_tap_stream (Lab *lab, Stream *stream)
{
  LinkTap *tap = g_new0 (LinkTap, 1);
  g_autofree char *name = g_strdup_printf ("link.%u", stream->id);
  tap->lab = lab;
  tap->stream = stream;
  for (guint way = STREAM_OUT; way <= STREAM_IN; way++) {
    LinkLine *line = &tap->lines[way];
    line->entry.fire = line_fire;
    line->tap = tap;
    line->way = way;
    g_queue_init (&line->pieces);
  }
  random_init (&tap->random, lab->request->seed, name);
  stream_set_tap (stream, &link_tap, tap);
  g_ptr_array_add (lab->link_taps, tap);
}

Host *
link_taps_find_host (const Lab *lab, const Address *local)
{
  for (guint i = 0; i < lab->link_taps->len; i++) {
    const LinkTap *tap = lab->link_taps->pdata[i];
    if (address_equal (&tap->stream->local, local))
      return tap->stream->host;
  }
  return NULL;
}

/* Pieces that wait for a hold to end go at once; lost ones keep the time of their next retransmission. */
void
link_taps_look (Lab *lab)
{
  for (guint i = 0; i < lab->link_taps->len; i++) {
    LinkTap *tap = lab->link_taps->pdata[i];
    line_schedule (&tap->lines[STREAM_OUT]);
    line_schedule (&tap->lines[STREAM_IN]);
  }
}
