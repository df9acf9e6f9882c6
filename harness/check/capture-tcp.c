/* SPDX-License-Identifier: Apache-2.0 */
/* capture-tcp.c - segments to bytes
 *
 * Method: connections are found by their addresses, and among those of the same addresses by the MAC addresses that each direction
 * has shown. A flow knows the number of the byte that comes next; a segment behind it waits in a list in the order of numbers.
 * A hole is given up when too much waits behind it, or when the connection is over. Numbers are compared by their difference,
 * so they may wrap (RFC 9293 3.4).
 */
#include "harness/check/capture-tcp.h"

#include <string.h>

#define CAPTURE_TCP_MAGIC 0xCA97C901u

/* A segment that waits for those before it. */
typedef struct HeldSegment {
  guint32 seq;
  Slice slice;
  guint64 packet;
} HeldSegment;

struct CaptureFlow {
  guint8 from_mac[CAPTURE_MAC];
  guint8 to_mac[CAPTURE_MAC];
  gboolean is_seen;
  gboolean has_start;
  gboolean is_broken;
  guint32 first; /* of the SYN */
  guint32 next;  /* of the next byte */
  GArray *held;  /* of HeldSegment, by seq */
  gsize held_bytes;
};

struct CaptureTcp {
  guint32 magic; /* CAPTURE_TCP_MAGIC */
  const CaptureTcpEvents *events;
  gpointer data;
  GHashTable
      *places; /* both addresses, as text -> GPtrArray of CaptureConnection, the newest last */
  guint count;
};

/* ---- flows ---- */

static void
held_clear (gpointer item)
{
  slice_clear (&((HeldSegment *) item)->slice);
}

static CaptureFlow *
flow_new (void)
{
  CaptureFlow *flow = g_new0 (CaptureFlow, 1);
  flow->held = g_array_new (FALSE, FALSE, sizeof (HeldSegment));
  g_array_set_clear_func (flow->held, held_clear);
  return flow;
}

static void
flow_free (CaptureFlow *flow)
{
  g_array_unref (flow->held);
  g_free (flow);
}

static void
flow_start (CaptureFlow *flow, guint32 seq)
{
  flow->has_start = TRUE;
  flow->first = seq;
  flow->next = seq + 1;
}

static void
connection_break (CaptureConnection *connection, CaptureFlow *flow, guint64 packet)
{
  flow->is_broken = TRUE;
  g_array_set_size (flow->held, 0);
  if (connection->broken_packet == 0)
    connection->broken_packet = packet;
}

static void
flow_hold (CaptureFlow *flow, const CaptureSegment *segment)
{
  const HeldSegment held = { .seq = segment->seq,
                             .slice = slice_copy (segment->data, segment->length),
                             .packet = segment->packet };
  guint at = flow->held->len;
  while (at > 0 && (gint32) (g_array_index (flow->held, HeldSegment, at - 1).seq - held.seq) > 0)
    at--;
  g_array_insert_val (flow->held, at, held);
  flow->held_bytes += segment->length;
}

/* What of these bytes is new comes out. */
static void
flow_pass (CaptureTcp *tcp, CaptureConnection *connection, guint side, guint32 seq,
           const Slice *slice, const CaptureSegment *with)
{
  CaptureFlow *flow = connection->flows[side];
  const guint32 known = flow->next - seq;
  if (known >= slice->length)
    return;
  const Slice rest = { slice->buffer, slice->bytes + known, slice->length - known };
  flow->next += (guint32) rest.length;
  tcp->events->bytes (tcp->data, connection, side == 1, &rest, with);
}

static void
flow_pass_held (CaptureTcp *tcp, CaptureConnection *connection, guint side,
                const CaptureSegment *with)
{
  CaptureFlow *flow = connection->flows[side];
  while (flow->held->len > 0 && !flow->is_broken) {
    HeldSegment *held = &g_array_index (flow->held, HeldSegment, 0);
    if ((gint32) (held->seq - flow->next) > 0)
      return;
    flow_pass (tcp, connection, side, held->seq, &held->slice, with);
    flow->held_bytes -= held->slice.length;
    g_array_remove_index (flow->held, 0);
  }
}

static void
flow_take (CaptureTcp *tcp, CaptureConnection *connection, guint side,
           const CaptureSegment *segment)
{
  CaptureFlow *flow = connection->flows[side];
  if (segment->length == 0 && segment->sent_length == 0)
    return;
  if (!flow->has_start) {
    connection_break (connection, flow, segment->packet);
    return;
  }
  if ((gint32) (segment->seq - flow->next) > 0) {
    flow_hold (flow, segment);
    if (flow->held_bytes > CAPTURE_HELD_MAX)
      connection_break (connection, flow, g_array_index (flow->held, HeldSegment, 0).packet);
    return;
  }
  if (flow->next - segment->seq < segment->length) {
    g_autoptr (Buffer) buffer = buffer_new (segment->length);
    memcpy (buffer->bytes, segment->data, segment->length);
    const Slice slice = { buffer, buffer->bytes, segment->length };
    flow_pass (tcp, connection, side, segment->seq, &slice, segment);
  }
  flow_pass_held (tcp, connection, side, segment);
  /* Cut short by whoever captured: its end will not come again. */
  if (segment->length < segment->sent_length
      && flow->next == segment->seq + (guint32) segment->length)
    connection_break (connection, flow, segment->packet);
}

/* ---- connections ---- */

static char *
place_name (const CaptureSegment *segment)
{
  char from[ADDRESS_TEXT_LENGTH], to[ADDRESS_TEXT_LENGTH];
  address_text (&segment->from, from);
  address_text (&segment->to, to);
  return strcmp (from, to) < 0 ? g_strconcat (from, " ", to, NULL)
                               : g_strconcat (to, " ", from, NULL);
}

static void
connection_close (CaptureTcp *tcp, CaptureConnection *connection)
{
  for (guint side = 0; side < 2; side++) {
    CaptureFlow *flow = connection->flows[side];
    if (flow->held->len > 0 && !flow->is_broken)
      connection_break (connection, flow, g_array_index (flow->held, HeldSegment, 0).packet);
  }
  tcp->events->closed (tcp->data, connection);
  flow_free (connection->flows[0]);
  flow_free (connection->flows[1]);
  g_free (connection);
}

static CaptureConnection *
connection_new (CaptureTcp *tcp, const CaptureSegment *segment)
{
  const gboolean has_syn = (segment->flags & CAPTURE_SYN) != 0;
  /* Without a SYN: servers have the lower port. */
  const gboolean is_from_server =
      has_syn ? (segment->flags & CAPTURE_ACK) != 0 : segment->from.port < segment->to.port;
  CaptureConnection *connection = g_new0 (CaptureConnection, 1);
  connection->number = ++tcp->count;
  connection->client = is_from_server ? segment->to : segment->from;
  connection->server = is_from_server ? segment->from : segment->to;
  connection->has_start = has_syn && !is_from_server;
  connection->flows[0] = flow_new ();
  connection->flows[1] = flow_new ();
  tcp->events->opened (tcp->data, connection);
  return connection;
}

static guint
connection_side (const CaptureConnection *connection, const CaptureSegment *segment)
{
  return address_equal (&connection->client, &segment->from) ? 0 : 1;
}

static gboolean
macs_are (const CaptureFlow *flow, const guint8 *from, const guint8 *to)
{
  return memcmp (flow->from_mac, from, CAPTURE_MAC) == 0
         && memcmp (flow->to_mac, to, CAPTURE_MAC) == 0;
}

typedef enum PlaceMatch {
  MATCH_NONE,     /* this direction came another way so far */
  MATCH_UNSEEN,   /* this direction is new, and the other one went another way: routes may differ */
  MATCH_REVERSED, /* this direction is new, and the other one went this way */
  MATCH_SAME,
} PlaceMatch;

static PlaceMatch
connection_match (const CaptureConnection *connection, const CaptureSegment *segment)
{
  const guint side = connection_side (connection, segment);
  const CaptureFlow *flow = connection->flows[side];
  const CaptureFlow *other = connection->flows[1 - side];
  if (flow->is_seen)
    return macs_are (flow, segment->from_mac, segment->to_mac) ? MATCH_SAME : MATCH_NONE;
  return macs_are (other, segment->to_mac, segment->from_mac) ? MATCH_REVERSED : MATCH_UNSEEN;
}

static gboolean
is_opening (const CaptureSegment *segment)
{
  return (segment->flags & (CAPTURE_SYN | CAPTURE_ACK)) == CAPTURE_SYN;
}

/* The same SYN once more. */
static gboolean
is_opening_of (const CaptureConnection *connection, const CaptureSegment *segment)
{
  const CaptureFlow *flow = connection->flows[0];
  return connection_side (connection, segment) == 0 && flow->has_start
         && flow->first == segment->seq;
}

/* The best of those that there are; where one place is all that is known, its route may have changed. */
static CaptureConnection *
place_find (const GPtrArray *place, const CaptureSegment *segment)
{
  CaptureConnection *found = NULL;
  PlaceMatch best = MATCH_NONE;
  for (guint i = place->len; i > 0; i--) {
    CaptureConnection *connection = place->pdata[i - 1];
    const PlaceMatch match = connection_match (connection, segment);
    if (match > best) {
      found = connection;
      best = match;
    }
  }
  if (is_opening (segment))
    return best >= MATCH_REVERSED ? found : NULL;
  return found == NULL && place->len == 1 ? place->pdata[0] : found;
}

static void
connection_take (CaptureTcp *tcp, CaptureConnection *connection, const CaptureSegment *segment)
{
  const guint side = connection_side (connection, segment);
  CaptureFlow *flow = connection->flows[side];
  flow->is_seen = TRUE;
  memcpy (flow->from_mac, segment->from_mac, CAPTURE_MAC);
  memcpy (flow->to_mac, segment->to_mac, CAPTURE_MAC);
  if ((segment->flags & CAPTURE_SYN) != 0 && !flow->has_start)
    flow_start (flow, segment->seq);
  else if (connection->has_start && !flow->is_broken)
    flow_take (tcp, connection, side, segment);
}

static GPtrArray *
tcp_place (CaptureTcp *tcp, const CaptureSegment *segment)
{
  g_autofree char *name = place_name (segment);
  GPtrArray *place = g_hash_table_lookup (tcp->places, name);
  if (place == NULL) {
    place = g_ptr_array_new ();
    g_hash_table_insert (tcp->places, g_steal_pointer (&name), place);
  }
  return place;
}

CaptureTcp *
capture_tcp_new (const CaptureTcpEvents *events, gpointer data)
{
  CaptureTcp *tcp = g_new0 (CaptureTcp, 1);
  tcp->magic = CAPTURE_TCP_MAGIC;
  tcp->events = events;
  tcp->data = data;
  tcp->places =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  return tcp;
}

void
capture_tcp_add (CaptureTcp *tcp, const CaptureSegment *segment)
{
  CHECK (tcp, CAPTURE_TCP_MAGIC);
  GPtrArray *place = tcp_place (tcp, segment);
  CaptureConnection *connection = place_find (place, segment);
  if (connection != NULL && is_opening (segment) && !is_opening_of (connection, segment)) {
    g_ptr_array_remove (place, connection);
    connection_close (tcp, connection);
    connection = NULL;
  }
  /* What follows a connection that we did not see says nothing. */
  const gboolean is_worth_it = segment->sent_length > 0 || (segment->flags & CAPTURE_SYN) != 0;
  if (connection == NULL && is_worth_it) {
    connection = connection_new (tcp, segment);
    g_ptr_array_add (place, connection);
  }
  if (connection != NULL)
    connection_take (tcp, connection, segment);
}

static gint
by_number (gconstpointer a, gconstpointer b)
{
  const CaptureConnection *first = *(CaptureConnection *const *) a;
  const CaptureConnection *second = *(CaptureConnection *const *) b;
  return first->number < second->number ? -1 : 1;
}

void
capture_tcp_free (CaptureTcp *tcp)
{
  if (tcp == NULL)
    return;
  CHECK (tcp, CAPTURE_TCP_MAGIC);
  g_autoptr (GPtrArray) open = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer place;
  g_hash_table_iter_init (&iter, tcp->places);
  while (g_hash_table_iter_next (&iter, NULL, &place))
    g_ptr_array_extend (open, place, NULL, NULL);
  g_ptr_array_sort (open, by_number); /* not in the order of hashes */
  for (guint i = 0; i < open->len; i++)
    connection_close (tcp, open->pdata[i]);
  g_hash_table_unref (tcp->places);
  tcp->magic = 0;
  g_free (tcp);
}
