/* SPDX-License-Identifier: Apache-2.0 */
/* live-fixture.h - a live world with a host or two in a directory of its own, and ends of streams that note what they hear */
#pragma once

#include "world/live/live.h"
#include "world/world-events.h"

#include <glib/gstdio.h>

#define TEST_LIMIT_NS (20 * NS_PER_S) /* a test that takes longer hangs; it says nothing of speed */

typedef struct Fixture {
  World *world;
  Host *host;
  char *directory;
} Fixture;

static inline World *
fixture_world_new (const char *directory)
{
  static const EventFamily *const families[] = { &world_events, NULL };
  const LiveConfig config = { .seed = 1, .events = families, .disk_directory = directory };
  g_autoptr (GError) error = NULL;
  World *world = live_world_new (&config, &error);
  g_assert_no_error (error);
  return world;
}

static inline Host *
fixture_host_new (Fixture *fixture, const char *name)
{
  g_autoptr (GError) error = NULL;
  Host *host = world_host_new (fixture->world, name, &error);
  g_assert_no_error (error);
  return host;
}

static inline void
fixture_set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  fixture->directory = g_dir_make_tmp ("iscsilab-live-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->world = fixture_world_new (fixture->directory);
  fixture->host = fixture_host_new (fixture, "host");
}

static inline void
fixture_remove_tree (const char *path)
{
  GDir *directory = g_dir_open (path, 0, NULL);
  const char *name;
  while (directory != NULL && (name = g_dir_read_name (directory)) != NULL) {
    g_autofree char *child = g_build_filename (path, name, NULL);
    fixture_remove_tree (child);
  }
  g_clear_pointer (&directory, g_dir_close);
  g_remove (path);
}

static inline void
fixture_tear_down (Fixture *fixture, gconstpointer data)
{
  world_free (fixture->world);
  fixture_remove_tree (fixture->directory);
  g_free (fixture->directory);
}

/* Steps until the condition holds; fails the test if it does not within the limit. */
#define STEP_UNTIL(world, condition)                                                               \
  G_STMT_START                                                                                     \
  {                                                                                                \
    const gint64 step_limit_ns = (world)->now_ns + TEST_LIMIT_NS;                                  \
    world_wake_at (world, step_limit_ns);                                                          \
    while (!(condition)) {                                                                         \
      g_assert_true (world_step (world));                                                          \
      g_assert_cmpint ((world)->now_ns, <, step_limit_ns);                                         \
    }                                                                                              \
    world_wake_at (world, G_MAXINT64);                                                             \
  }                                                                                                \
  G_STMT_END

#define STEP_FOR(world, duration_ns)                                                               \
  G_STMT_START                                                                                     \
  {                                                                                                \
    const gint64 step_end_ns = (world)->now_ns + (duration_ns);                                    \
    world_wake_at (world, step_end_ns);                                                            \
    while ((world)->now_ns < step_end_ns)                                                          \
      g_assert_true (world_step (world));                                                          \
  }                                                                                                \
  G_STMT_END

/* ---- one end of a stream ---- */

typedef struct End {
  Stream *stream;
  GByteArray *received;
  guint connected;
  guint drained;
  guint ends;
  StreamEnd last_end;
  gboolean frees_on_data;
  gboolean frees_on_end;
  gboolean resets_on_data;
} End;

static inline void
end_connected (gpointer owner)
{
  ((End *) owner)->connected++;
}

static inline void
end_data (gpointer owner, const Slice *slice)
{
  End *end = owner;
  g_byte_array_append (end->received, slice->bytes, (guint) slice->length);
  if (end->frees_on_data)
    g_clear_pointer (&end->stream, stream_free);
  else if (end->resets_on_data)
    stream_reset (end->stream);
}

static inline void
end_drained (gpointer owner)
{
  ((End *) owner)->drained++;
}

static inline void
end_ended (gpointer owner, StreamEnd how)
{
  End *end = owner;
  end->ends++;
  end->last_end = how;
  if (end->frees_on_end)
    g_clear_pointer (&end->stream, stream_free);
}

static const StreamEvents end_events = {
  .connected = end_connected,
  .data = end_data,
  .drained = end_drained,
  .ended = end_ended,
};

/* ---- two ends and the listener between them ---- */

typedef struct Pair {
  Listener *listener;
  End client;
  End server;
} Pair;

static inline void
pair_accepted (gpointer owner, Listener *listener, Stream *stream)
{
  Pair *pair = owner;
  g_assert_null (pair->server.stream);
  pair->server.stream = stream;
  stream_attach (stream, &end_events, &pair->server);
}

static const ListenerEvents pair_listener_events = { .accepted = pair_accepted };

static inline void
pair_init (Pair *pair)
{
  *pair = (Pair){ 0 };
  pair->client.received = g_byte_array_new ();
  pair->server.received = g_byte_array_new ();
}

static inline void
pair_connect_at (Pair *pair, Host *server, Host *client, const Address *address)
{
  g_autoptr (GError) error = NULL;
  pair_init (pair);
  pair->listener = listener_new (server, address, &pair_listener_events, pair, &error);
  g_assert_no_error (error);
  pair->client.stream =
      stream_connect (client, &pair->listener->address, &end_events, &pair->client);
  STEP_UNTIL (server->world, pair->client.connected == 1 && pair->server.stream != NULL);
}

static inline void
pair_connect (Pair *pair, Host *server, Host *client)
{
  const Address loopback = { .ip = { 127, 0, 0, 1 } };
  pair_connect_at (pair, server, client, &loopback);
}

static inline void
pair_clear (Pair *pair)
{
  g_clear_pointer (&pair->client.stream, stream_free);
  g_clear_pointer (&pair->server.stream, stream_free);
  g_clear_pointer (&pair->listener, listener_free);
  g_byte_array_unref (pair->client.received);
  g_byte_array_unref (pair->server.received);
}

#define TEST(path, function)                                                                       \
  g_test_add (path, Fixture, NULL, fixture_set_up, function, fixture_tear_down)
