/* SPDX-License-Identifier: Apache-2.0 */
/* sim-link.c - what it is like between two places, one way
 *
 * A link that nobody set does not exist: its streams have NULL, and pay one test of a pointer for it. One that was set is
 * found once per stream, and again for all streams when links change. Its draws come from a stream of numbers of its own,
 * named by its number, so that trouble on one link never shifts that of another.
 */
#include "world/sim/sim-stream.h"
#include "world/world-events.h"

#define LOSS_MOST     15 /* Linux's tcp_retries2: more losses in a row than this do not happen here */
#define PPM_CERTAINLY 1000000

struct SimLink {
  Host *from;
  Host *to;
  Address from_address;
  Address to_address;
  gboolean has_from_address;
  gboolean has_to_address;
  gboolean is_set;
  SimLinkConditions conditions; /* no member means "the world's" any more */
  gint64 busy_until_ns;         /* bandwidth: when the last byte so far has left */
  Random random;
};

/* ---- finding ---- */

static gboolean
place_is (const SimPlace *place, const Host *host, gboolean has_address, const Address *address)
{
  if (place->host != host || (place->address != NULL) != has_address)
    return FALSE;
  return !has_address || address_equal_ip (place->address, address);
}

static gboolean
link_fits (const SimLink *link, const Host *from, const Address *from_address, const Host *to,
           const Address *to_address)
{
  return link->is_set && link->from == from && link->to == to
         && (!link->has_from_address || address_equal_ip (&link->from_address, from_address))
         && (!link->has_to_address || address_equal_ip (&link->to_address, to_address));
}

static SimLink *
link_find (SimWorld *world, const Host *from, const Address *from_address, const Host *to,
           const Address *to_address)
{
  for (guint i = world->links->len; i > 0; i--) {
    SimLink *link = world->links->pdata[i - 1];
    if (link_fits (link, from, from_address, to, to_address))
      return link;
  }
  return world->own_link;
}

void
sim_link_route (SimStream *self)
{
  SimWorld *world = sim_stream_world (self);
  const Stream *stream = &self->stream;
  if (world->links->len == 0 && world->own_link == NULL)
    return;
  const Host *remote = sim_net_find_host (world, &stream->remote);
  self->out = link_find (world, stream->host, &stream->local, remote, &stream->remote);
  self->in = link_find (world, remote, &stream->remote, stream->host, &stream->local);
}

/* ---- setting ---- */

static SimLink *
link_new (SimWorld *world)
{
  SimLink *link = g_new0 (SimLink, 1);
  g_autofree char *name = g_strdup_printf ("net.link.%u", world->links->len);
  random_init (&link->random, world->config.seed, name);
  g_ptr_array_add (world->links, link);
  return link;
}

static SimLink *
link_get (SimWorld *world, const SimPlace *from, const SimPlace *to)
{
  for (guint i = 0; i < world->links->len; i++) {
    SimLink *link = world->links->pdata[i];
    if (place_is (from, link->from, link->has_from_address, &link->from_address)
        && place_is (to, link->to, link->has_to_address, &link->to_address))
      return link;
  }
  SimLink *link = link_new (world);
  link->from = from->host;
  link->to = to->host;
  link->has_from_address = from->address != NULL;
  link->has_to_address = to->address != NULL;
  if (link->has_from_address)
    link->from_address = *from->address;
  if (link->has_to_address)
    link->to_address = *to->address;
  return link;
}

static void
link_fill (SimLink *link, const SimConfig *config, const SimLinkConditions *conditions)
{
  SimLinkConditions *own = &link->conditions;
  *own = *conditions;
  CHECK_THAT (own->latency_ns >= 0);
  CHECK_THAT (own->loss_ppm <= PPM_CERTAINLY && own->corrupt_ppm <= PPM_CERTAINLY);
  if (own->latency_ns == 0)
    own->latency_ns = config->latency_ns;
  if (own->jitter_ns == 0)
    own->jitter_ns = config->jitter_ns;
  if (own->segment_bytes == 0)
    own->segment_bytes = config->segment_bytes;
  if (own->bandwidth == 0)
    link->busy_until_ns = 0;
}

static void
place_print (GString *text, const Host *host, const Address *address)
{
  char ip[ADDRESS_TEXT_LENGTH];
  g_string_append (text, host->name);
  if (address != NULL)
    g_string_append_printf (text, " %s", address_ip_text (address, ip));
}

static void
link_log (SimWorld *world, const SimLink *link)
{
  static const char *const passages[] = { "passes", "partitioned", "held" };
  const SimLinkConditions *is = &link->conditions;
  g_autoptr (GString) text = g_string_new (NULL);
  place_print (text, link->from, link->has_from_address ? &link->from_address : NULL);
  g_string_append (text, " -> ");
  place_print (text, link->to, link->has_to_address ? &link->to_address : NULL);
  if (!link->is_set)
    g_string_append (text, ": as the world is");
  else
    g_string_append_printf (text,
                            ": %s, latency %" G_GINT64_FORMAT " ns, jitter %" G_GINT64_FORMAT
                            " ns, bandwidth %" G_GUINT64_FORMAT ", loss %u ppm, corruption %u ppm, "
                            "segments %" G_GSIZE_FORMAT,
                            passages[is->passage], is->latency_ns, is->jitter_ns, is->bandwidth,
                            is->loss_ppm, is->corrupt_ppm, is->segment_bytes);
  event_log_add (world->world.log, 0, EVENT_LINK, NULL, 0, text->str);
}

/* Routes first, of all streams: what then happens on one may ask for the ways of another. */
static void
streams_route (SimWorld *world)
{
  const GPtrArray *hosts = world->world.hosts;
  for (guint i = 0; i < hosts->len; i++)
    for (SimStream *self = sim_host (hosts->pdata[i])->streams; self != NULL; self = self->next)
      sim_link_route (self);
  for (guint i = 0; i < hosts->len; i++)
    for (SimStream *self = sim_host (hosts->pdata[i])->streams; self != NULL; self = self->next)
      sim_pipe_path_changed (self);
}

void
sim_link_set (World *base, const SimPlace *from, const SimPlace *to,
              const SimLinkConditions *conditions)
{
  CHECK (base, WORLD_MAGIC);
  CHECK_THAT (!base->is_live);
  SimWorld *world = sim_world (base);
  SimLink *link = link_get (world, from, to);
  link->is_set = conditions != NULL;
  if (conditions != NULL)
    link_fill (link, &world->config, conditions);
  link_log (world, link);
  streams_route (world);
}

SimLink *
sim_link_new_own (SimWorld *world)
{
  if (world->config.segment_bytes == 0)
    return NULL;
  SimLink *link = g_new0 (SimLink, 1);
  random_init (&link->random, world->config.seed, "net.link.own");
  link_fill (link, &world->config, &(SimLinkConditions){ 0 });
  return link;
}

void
sim_links_free (SimWorld *world)
{
  g_ptr_array_unref (world->links);
  g_free (world->own_link);
}

/* ---- travelling ---- */

gboolean
sim_link_lets_nothing_pass (const SimLink *link)
{
  return link->conditions.passage != SIM_PASSES;
}

gboolean
sim_link_holds (const SimLink *link)
{
  return link != NULL && link->conditions.passage == SIM_HELD;
}

gsize
sim_link_segment_bytes (SimLink *link, gsize length)
{
  const gsize most = link != NULL ? link->conditions.segment_bytes : 0;
  if (most == 0)
    return length;
  const gsize drawn = 1 + (gsize) random_below (&link->random, most);
  return MIN (length, drawn);
}

/* When the last of these bytes has left, seen from now: behind everything that went this way before. */
static gint64
link_leave_ns (SimLink *link, gint64 now_ns, gsize bytes)
{
  if (link->conditions.bandwidth == 0)
    return 0;
  /* Split, so that no product passes 64 bits. */
  const guint64 whole_s = bytes / link->conditions.bandwidth;
  const guint64 rest = bytes % link->conditions.bandwidth;
  const guint64 rest_ns = rest < G_MAXUINT64 / NS_PER_S
                              ? rest * NS_PER_S / link->conditions.bandwidth
                              : rest / (link->conditions.bandwidth / NS_PER_S);
  link->busy_until_ns =
      MAX (now_ns, link->busy_until_ns) + (gint64) whole_s * NS_PER_S + (gint64) rest_ns;
  return link->busy_until_ns - now_ns;
}

static gint64
link_loss_ns (SimWorld *world, SimLink *link, guint32 stream_id)
{
  gint64 delay_ns = 0;
  gint64 rto_ns = SIM_RTO_FIRST_NS;
  for (guint i = 0; i < LOSS_MOST && random_chance (&link->random, link->conditions.loss_ppm);
       i++) {
    delay_ns += rto_ns;
    rto_ns = MIN (2 * rto_ns, SIM_RTO_MOST_NS);
  }
  if (delay_ns > 0)
    EVENT_LOG (world->world.log, 0, EVENT_LINK_LOST, NULL, stream_id, (guint64) delay_ns);
  return delay_ns;
}

/* Jitter is drawn, so that another seed is another interleaving; order within a stream is kept by the pipe. */
gint64
sim_link_transit_ns (SimWorld *world, SimLink *link, guint32 stream_id, gsize bytes)
{
  const gint64 jitter = link == NULL ? world->config.jitter_ns : link->conditions.jitter_ns;
  Random *random = link == NULL ? &world->jitter : &link->random;
  const gint64 drawn = jitter > 0 ? (gint64) random_below (random, (guint64) jitter + 1) : 0;
  if (link == NULL)
    return world->config.latency_ns + drawn;
  gint64 transit_ns =
      link_leave_ns (link, world->world.now_ns, bytes) + link->conditions.latency_ns + drawn;
  if (link->conditions.loss_ppm > 0 && bytes > 0)
    transit_ns += link_loss_ns (world, link, stream_id);
  return transit_ns;
}

/* Copied first: whoever sent these bytes still has them, and they are right there. */
void
sim_link_trouble (SimLink *link, SimStream *receiver, Slice *slice)
{
  if (link == NULL || link->conditions.corrupt_ppm == 0
      || !random_chance (&link->random, link->conditions.corrupt_ppm))
    return;
  Buffer *copy = buffer_new (slice->length);
  memcpy (copy->bytes, slice->bytes, slice->length);
  const gsize offset = (gsize) random_below (&link->random, slice->length);
  copy->bytes[offset] ^= (guint8) (1 + random_below (&link->random, 255));
  EVENT_LOG (receiver->stream.host->log, 0, EVENT_LINK_CORRUPTED, NULL, receiver->stream.id, offset,
             slice->length);
  slice_clear (slice);
  *slice = slice_whole (copy);
}
