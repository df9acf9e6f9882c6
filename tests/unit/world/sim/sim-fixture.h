/* SPDX-License-Identifier: Apache-2.0 */
/* sim-fixture.h - a simulated client and server, and ends of streams that note what they hear
 *
 * Latency is 50 us and never more, so that each arrival has a time that a test can name.
 */
#pragma once

#include "world/sim/sim.h"
#include "world/world-events.h"

#define LATENCY_NS         (50 * NS_PER_US)
#define CONNECT_TIMEOUT_NS (127 * NS_PER_S)
#define USER_TIMEOUT_NS    (924 * NS_PER_S)
#define CONNECTED_NS       (2 * LATENCY_NS) /* a SYN there, an answer back */

/* One end of a connection and the story that it heard: "connected data:5 fin". */
typedef struct End End;
struct End {
  Stream *stream;
  GString *heard;
  gint64 heard_ns;         /* when the last of it */
  GByteArray *bytes;       /* all data */
  const guint8 *where;     /* of the last data, where it lay */
  void (*then) (End *end); /* called after each event, as the owner's reaction; may be NULL */
  gpointer other;          /* what `then` acts on, besides the end */
};

typedef struct Net {
  World *world;
  Host *client_host;
  Host *server_host;
  Address address; /* of the server */
  Listener *listener;
  End client;
  End server;
  guint accepted;
} Net;

static inline void
end_hear (End *end, const char *what)
{
  if (end->heard->len > 0)
    g_string_append_c (end->heard, ' ');
  g_string_append (end->heard, what);
  if (end->stream != NULL)
    end->heard_ns = host_now_ns (end->stream->host);
  if (end->then != NULL)
    end->then (end);
}

static inline void
end_connected (gpointer owner)
{
  end_hear (owner, "connected");
}

static inline void
end_data (gpointer owner, const Slice *slice)
{
  End *end = owner;
  char text[32];
  g_snprintf (text, sizeof text, "data:%" G_GSIZE_FORMAT, slice->length);
  g_byte_array_append (end->bytes, slice->bytes, (guint) slice->length);
  end->where = slice->bytes;
  end_hear (end, text);
}

static inline void
end_drained (gpointer owner)
{
  end_hear (owner, "drained");
}

static inline void
end_ended (gpointer owner, StreamEnd how)
{
  end_hear (owner, stream_end_name (how));
}

static const StreamEvents end_events = {
  .connected = end_connected,
  .data = end_data,
  .drained = end_drained,
  .ended = end_ended,
};

static inline void
end_init (End *end)
{
  *end = (End){ .heard = g_string_new (NULL), .bytes = g_byte_array_new () };
}

static inline void
end_free_stream (End *end)
{
  stream_free (g_steal_pointer (&end->stream));
}

static inline void
end_clear (End *end)
{
  end_free_stream (end);
  g_string_free (end->heard, TRUE);
  g_byte_array_unref (end->bytes);
}

static inline void
end_send (End *end, const char *text)
{
  stream_send (end->stream, slice_copy (text, strlen (text)));
}

/* The last connection is the server's end; one before it is let go. */
static inline void
net_accepted (gpointer owner, Listener *listener, Stream *stream)
{
  Net *net = owner;
  g_assert_true (listener == net->listener);
  end_free_stream (&net->server);
  net->server.stream = stream;
  net->accepted++;
  stream_attach (stream, &end_events, &net->server);
}

static const ListenerEvents net_listener_events = { .accepted = net_accepted };

static inline void
net_listen (Net *net)
{
  g_autoptr (GError) error = NULL;
  net->listener = listener_new (net->server_host, &net->address, &net_listener_events, net, &error);
  g_assert_no_error (error);
}

static inline void
net_init_with (Net *net, SimConfig config)
{
  static const EventFamily *const families[] = { &world_events, NULL };
  g_autoptr (GError) error = NULL;
  *net = (Net){ 0 };
  config.events = families;
  config.jitter_ns = config.jitter_ns == 0 ? -1 : config.jitter_ns;
  net->world = sim_world_new (&config);
  net->client_host = world_host_new (net->world, "client", &error);
  g_assert_no_error (error);
  net->server_host = world_host_new (net->world, "server", &error);
  g_assert_no_error (error);
  world_address_new (net->world, net->server_host, &net->address, &error);
  g_assert_no_error (error);
  end_init (&net->client);
  end_init (&net->server);
  net_listen (net);
}

static inline void
net_init (Net *net)
{
  net_init_with (net, (SimConfig){ .seed = 1 });
}

static inline void
net_clear (Net *net)
{
  end_clear (&net->client);
  end_clear (&net->server);
  listener_free (net->listener);
  world_free (net->world);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Net, net_clear)

static inline void
net_connect (Net *net)
{
  net->client.stream = stream_connect (net->client_host, &net->address, &end_events, &net->client);
}

/* Until nothing will ever happen again. */
static inline void
net_run (Net *net)
{
  while (world_step (net->world))
    ;
  g_assert_null (world_failure (net->world));
}

/* Everything up to and at this time from now. */
static inline void
net_run_for (Net *net, gint64 delay_ns)
{
  const gint64 until = net->world->now_ns + delay_ns;
  world_wake_at (net->world, until);
  while (net->world->now_ns < until)
    g_assert_true (world_step (net->world));
}

/* Both ends are there, and their stories begin anew. */
static inline void
net_establish (Net *net)
{
  net_connect (net);
  net_run (net);
  g_assert_cmpstr (net->client.heard->str, ==, "connected");
  g_assert_nonnull (net->server.stream);
  g_string_truncate (net->client.heard, 0);
}

#define assert_heard(end, story) g_assert_cmpstr ((end)->heard->str, ==, story)
