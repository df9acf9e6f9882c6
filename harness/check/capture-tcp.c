/* SPDX-License-Identifier: Apache-2.0 */
/* capture-tcp.c - segments to bytes
 *
 * Method: connections are found by their addresses, and among those of the same addresses by the MAC addresses that each direction
 * has shown. A flow knows the number of the byte that comes next; a segment waits, in the order of numbers, while bytes before it
 * are missing, or bytes that its acknowledgement shows its sender to have had: then it is the capture that lacks them, and what
 * answers them cannot be understood. A hole is given up when too much waits behind it, or when the connection is over. Numbers are compared by their difference,
 * so they may wrap (RFC 9293 3.4).
 */
#include "harness/check/capture-tcp.h"

#include <string.h>

#define CAPTURE_TCP_MAGIC 0xCA97C901u

/* A segment that waits for those before it. */
typedef struct HeldSegment {
  CaptureSegment segment; /* its `data` is not valid */
  Slice slice;
} HeldSegment;

struct CaptureFlow {
  guint8 from_mac[CAPTURE_MAC];
  guint8 to_mac[CAPTURE_MAC];
  gboolean is_seen;
  gboolean has_start;
  guint32 first; /* of the SYN */
  guint32 next;  /* of the next byte */
  GArray *held;  /* of HeldSegment, by number */
};

struct CaptureTcp {
  guint32 magic; /* CAPTURE_TCP_MAGIC */
  const CaptureTcpEvents *events;
  gpointer data;
  GHashTable *places; /* both addresses as text -> GPtrArray of CaptureConnection, newest last */
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
connection_break (CaptureConnection *connection, guint64 packet)
{
  connection->broken_packet = packet;
  for (guint side = 0; side < 2; side++)
    g_array_set_size (connection->flows[side]->held, 0);
}

static guint64
connection_first_held (const CaptureConnection *connection)
{
  guint64 first = G_MAXUINT64;
  for (guint side = 0; side < 2; side++) {
    const GArray *held = connection->flows[side]->held;
    for (guint i = 0; i < held->len; i++)
      first = MIN (first, g_array_index (held, HeldSegment, i).segment.packet);
  }
  return first;
}

static void
connection_hold (CaptureConnection *connection, guint side, const CaptureSegment *segment)
{
  GArray *list = connection->flows[side]->held;
  const HeldSegment held = { *segment, slice_copy (segment->data, segment->length) };
  guint at = list->len;
  while (at > 0
         && (gint32) (g_array_index (list, HeldSegment, at - 1).segment.seq - segment->seq) > 0)
    at--;
  g_array_insert_val (list, at, held);
  connection->held_bytes += segment->length;
  if (connection->held_bytes > CAPTURE_HELD_MAX)
    connection_break (connection, connection_first_held (connection));
}

/* Neither are bytes before it missing, nor bytes of the other direction that its sender has had already. A FIN counts as one. */
static gboolean
is_ready (const CaptureConnection *connection, guint side, const CaptureSegment *segment)
{
  const CaptureFlow *flow = connection->flows[side];
  const CaptureFlow *other = connection->flows[1 - side];
  const gboolean is_ahead = (segment->flags & CAPTURE_ACK) != 0
                            && (!other->has_start || (gint32) (segment->ack - other->next) > 1);
  return !is_ahead && (gint32) (segment->seq - flow->next) <= 0;
}

/* What of these bytes is new comes out. */
static void
connection_pass (CaptureTcp *tcp, CaptureConnection *connection, guint side,
                 const CaptureSegment *segment, const Slice *slice)
{
  CaptureFlow *flow = connection->flows[side];
  const guint32 known = flow->next - segment->seq;
  if (known >= slice->length)
    return;
  const Slice rest = { slice->buffer, slice->bytes + known, slice->length - known };
  flow->next += (guint32) rest.length;
  tcp->events->bytes (tcp->data, connection, side == 1, &rest, segment);
  /* Cut short by whoever captured: its end will not come again. */
  if (segment->length < segment->sent_length)
    connection_break (connection, segment->packet);
}

static gboolean
connection_pass_held (CaptureTcp *tcp, CaptureConnection *connection, guint side)
{
  GArray *list = connection->flows[side]->held;
  if (list->len == 0 || !is_ready (connection, side, &g_array_index (list, HeldSegment, 0).segment))
    return FALSE;
  HeldSegment held = g_array_index (list, HeldSegment, 0);
  Slice slice = slice_ref (&held.slice);
  connection->held_bytes -= slice.length;
  g_array_remove_index (list, 0);
  connection_pass (tcp, connection, side, &held.segment, &slice);
  slice_clear (&slice);
  return TRUE;
}

static void
connection_take_data (CaptureTcp *tcp, CaptureConnection *connection, guint side,
                      const CaptureSegment *segment)
{
  if (!connection->flows[side]->has_start) {
    connection_break (connection, segment->packet);
    return;
  }
  if (!is_ready (connection, side, segment)) {
    connection_hold (connection, side, segment);
    return;
  }
  Slice slice = slice_copy (segment->data, segment->length);
  connection_pass (tcp, connection, side, segment, &slice);
  slice_clear (&slice);
  while (connection_pass_held (tcp, connection, 0) || connection_pass_held (tcp, connection, 1))
    ;
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
  const guint64 first = connection_first_held (connection);
  if (first != G_MAXUINT64)
    connection_break (connection, first);
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
  else if (connection->has_start && connection->broken_packet == 0 && segment->sent_length > 0)
    connection_take_data (tcp, connection, side, segment);
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
