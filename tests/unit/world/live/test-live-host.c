/* SPDX-License-Identifier: Apache-2.0 */
/* A host goes down and comes up again. */
#include "tests/unit/world/live/live-fixture.h"

typedef struct Engine {
  Pair *pair;
  Timer timer;
  guint fired;
  guint downs;
} Engine;

static void
engine_fire (gpointer data)
{
  ((Engine *) data)->fired++;
}

/* As an owner does: the engines that ran there are freed. */
static void
engine_down (gpointer data, Host *host)
{
  Engine *engine = data;
  g_assert_false (host->is_up);
  g_assert_false (timer_is_armed (&engine->timer));
  engine->downs++;
  g_clear_pointer (&engine->pair->server.stream, stream_free);
  g_clear_pointer (&engine->pair->listener, listener_free);
}

static void
engine_init (Engine *engine, Fixture *fixture, Pair *pair, Host *client)
{
  *engine = (Engine){ .pair = pair };
  pair_connect (pair, fixture->host, client);
  timer_init (&engine->timer, fixture->host, engine_fire, engine);
  timer_arm (&engine->timer, NS_PER_MS);
  fixture->host->on_down = engine_down;
  fixture->host->on_down_data = engine;
}

static void
test_kill_closes_with_fin (Fixture *fixture, gconstpointer data)
{
  Pair pair;
  Engine engine;
  engine_init (&engine, fixture, &pair, fixture_host_new (fixture, "client"));
  const Address address = pair.listener->address;
  stream_send (pair.server.stream, slice_copy ("sent", 4));
  host_kill (fixture->host);
  g_assert_cmpuint (engine.downs, ==, 1);
  STEP_UNTIL (fixture->world, pair.client.ends == 1);
  g_assert_cmpint (pair.client.last_end, ==, STREAM_END_FIN);
  g_assert_cmpmem (pair.client.received->data, pair.client.received->len, "sent", 4);
  g_assert_cmpuint (engine.fired, ==, 0);

  End late = { .received = g_byte_array_new () };
  late.stream = stream_connect (pair.client.stream->host, &address, &end_events, &late);
  STEP_UNTIL (fixture->world, late.ends == 1);
  g_assert_cmpint (late.last_end, ==, STREAM_END_REFUSED);
  stream_free (late.stream);
  g_byte_array_unref (late.received);
  pair_clear (&pair);
}

/* Nothing comes: not what was queued, no end, and no answer to a connect. RST comes when the machine is up again. */
static void
test_power_cut_is_silent (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  Pair pair;
  Engine engine;
  engine_init (&engine, fixture, &pair, fixture_host_new (fixture, "client"));
  stream_send (pair.server.stream, slice_copy ("never", 5));
  host_power_cut (fixture->host, DISK_CUT_KEEP);
  stream_send (pair.client.stream, slice_copy ("to nobody", 9));
  STEP_FOR (fixture->world, 50 * NS_PER_MS);
  g_assert_cmpuint (engine.downs, ==, 1);
  g_assert_cmpuint (engine.fired + pair.client.ends + pair.client.received->len, ==, 0);

  g_assert_true (host_start (fixture->host, &error));
  STEP_UNTIL (fixture->world, pair.client.ends == 1);
  g_assert_cmpint (pair.client.last_end, ==, STREAM_END_RST);
  g_assert_cmpuint (pair.client.received->len, ==, 0);
  pair_clear (&pair);
}

static void
test_nobody_answers_at_a_dark_host (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  Address address;
  Host *client = fixture_host_new (fixture, "client");
  g_assert_true (world_address_new (fixture->world, fixture->host, &address, &error));
  host_power_cut (fixture->host, DISK_CUT_KEEP);
  End end = { .received = g_byte_array_new () };
  end.stream = stream_connect (client, &address, &end_events, &end);
  STEP_FOR (fixture->world, 50 * NS_PER_MS);
  g_assert_cmpuint (end.connected + end.ends, ==, 0);

  g_assert_true (host_start (fixture->host, &error));
  STEP_UNTIL (fixture->world, end.ends == 1); /* the SYN that is sent again finds no listener */
  g_assert_cmpint (end.last_end, ==, STREAM_END_REFUSED);
  stream_free (end.stream);
  g_byte_array_unref (end.received);
}

/* In the kernel's backlog, connected as far as the peer can tell. */
static void
test_a_connection_that_nobody_accepted_goes_dark (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  const Address loopback = { .ip = { 127, 0, 0, 1 } };
  Host *client = fixture_host_new (fixture, "client");
  Pair pair;
  pair_init (&pair);
  pair.listener = listener_new (fixture->host, &loopback, &pair_listener_events, &pair, &error);
  g_assert_no_error (error);
  host_pause (fixture->host);
  pair.client.stream = stream_connect (client, &pair.listener->address, &end_events, &pair.client);
  STEP_UNTIL (fixture->world, pair.client.connected == 1);
  host_power_cut (fixture->host, DISK_CUT_KEEP);
  STEP_FOR (fixture->world, 50 * NS_PER_MS);
  g_assert_cmpuint (pair.client.ends, ==, 0);
  g_assert_true (host_start (fixture->host, &error));
  STEP_UNTIL (fixture->world, pair.client.ends == 1);
  g_assert_cmpint (pair.client.last_end, ==, STREAM_END_RST);
  pair_clear (&pair);
}

/* The kernel takes bytes and connects; the process hears of them when it goes on. What it sent before is on its way. */
static void
test_a_paused_process_hears_nothing (Fixture *fixture, gconstpointer data)
{
  Pair pair, late = { 0 };
  Engine engine;
  Host *client = fixture_host_new (fixture, "client");
  engine_init (&engine, fixture, &pair, client);
  stream_send (pair.server.stream, slice_copy ("before", 6));
  host_pause (fixture->host);
  stream_send (pair.client.stream, slice_copy ("meanwhile", 9));
  pair_init (&late);
  pair.listener->owner = &late;
  late.client.stream = stream_connect (client, &pair.listener->address, &end_events, &late.client);
  STEP_UNTIL (fixture->world, late.client.connected == 1 && pair.client.received->len == 6);
  STEP_FOR (fixture->world, 20 * NS_PER_MS);
  g_assert_cmpuint (engine.fired + pair.server.received->len, ==, 0);
  g_assert_null (late.server.stream);

  host_resume (fixture->host);
  STEP_UNTIL (fixture->world, pair.server.received->len == 9 && late.server.stream != NULL);
  STEP_UNTIL (fixture->world, engine.fired == 1);
  pair_clear (&late);
  pair_clear (&pair);
}

static void
test_a_paused_process_hears_of_an_end_late (Fixture *fixture, gconstpointer data)
{
  Pair pair;
  pair_connect (&pair, fixture->host, fixture_host_new (fixture, "client"));
  stream_set_reading (pair.server.stream, FALSE);
  host_pause (fixture->host);
  stream_reset (pair.client.stream);
  STEP_FOR (fixture->world, 20 * NS_PER_MS);
  g_assert_cmpuint (pair.server.ends, ==, 0);
  host_resume (fixture->host);
  STEP_UNTIL (fixture->world, pair.server.ends == 1);
  g_assert_cmpint (pair.server.last_end, ==, STREAM_END_RST);
  pair_clear (&pair);
}

static void
test_streams_that_outlive_their_host_are_dead (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  Pair pair;
  pair_connect (&pair, fixture->host, fixture_host_new (fixture, "client"));
  host_kill (fixture->host);
  stream_send (pair.server.stream, slice_copy ("x", 1));
  stream_shutdown (pair.server.stream);
  stream_reset (pair.server.stream);
  g_assert_true (host_start (fixture->host, &error));
  stream_send (pair.server.stream, slice_copy ("x", 1));
  STEP_UNTIL (fixture->world, pair.client.ends == 1);
  g_assert_cmpuint (pair.client.received->len, ==, 0);
  g_assert_cmpuint (pair.server.ends, ==, 0);
  pair_clear (&pair);
}

static void
test_start_serves_the_same_address_again (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  Address address;
  Host *client = fixture_host_new (fixture, "client");
  g_assert_true (world_address_new (fixture->world, fixture->host, &address, &error));
  for (guint i = 0; i < 3; i++) {
    Pair pair;
    pair_connect_at (&pair, fixture->host, client, &address);
    host_kill (fixture->host);
    g_clear_pointer (&pair.listener, listener_free);
    g_assert_true (host_start (fixture->host, &error));
    pair_clear (&pair);
  }
}

static void
test_a_portal_of_version_6 (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  char text[ADDRESS_TEXT_LENGTH];
  Address address;
  Pair pair;
  if (!world_address_new6 (fixture->world, fixture->host, &address, &error)) {
    g_assert_error (error, WORLD_ERROR, WORLD_ERROR_INVALID);
    g_test_skip ("this machine has no loopback of version 6");
    return;
  }
  g_assert_true (g_str_has_prefix (address_text (&address, text), "[::1]:"));
  pair_connect_at (&pair, fixture->host, fixture_host_new (fixture, "client"), &address);
  g_assert_true (address_equal (&pair.client.stream->remote, &address));
  g_assert_true (pair.client.stream->local.is_ipv6);
  pair_clear (&pair);
}

static void
test_a_clock_jump_is_one_hosts (Fixture *fixture, gconstpointer data)
{
  Host *other = fixture_host_new (fixture, "other");
  const gint64 now_ns = g_get_real_time () * NS_PER_US;
  host_clock_jump (other, -3600 * NS_PER_S);
  g_assert_cmpint (ABS (host_wall_ns (fixture->host) - now_ns), <, 60 * NS_PER_S);
  g_assert_cmpint (ABS (host_wall_ns (other) + 3600 * NS_PER_S - now_ns), <, 60 * NS_PER_S);
}

static void
test_timers_and_connects_of_a_dead_host_do_nothing (Fixture *fixture, gconstpointer data)
{
  Engine engine = { 0 };
  End end = { 0 };
  const Address address = { .ip = { 127, 0, 0, 1 }, .port = 9 };
  timer_init (&engine.timer, fixture->host, engine_fire, &engine);
  host_kill (fixture->host);
  timer_arm (&engine.timer, 0);
  end.stream = stream_connect (fixture->host, &address, &end_events, &end);
  g_assert_false (world_step (fixture->world));
  g_assert_cmpuint (engine.fired + end.ends, ==, 0);
  stream_free (end.stream);
}

static void
test_name_of_a_host (Fixture *fixture, gconstpointer data)
{
  static const char *const names[] = { "", ".", "..", "a/b" };
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (world_host_new (fixture->world, names[i], &error));
    g_assert_error (error, WORLD_ERROR, WORLD_ERROR_INVALID);
  }
  g_autoptr (GError) error = NULL;
  g_assert_null (world_host_new (fixture->world, "host", &error));
  g_assert_error (error, WORLD_ERROR, WORLD_ERROR_IN_USE);
  g_assert_cmpstr (error->message, ==,
                   "host 'host': expected a name of its own, got one that another host has");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  TEST ("/live-host/a kill delivers what was sent and closes with fin", test_kill_closes_with_fin);
  TEST ("/live-host/a power cut is silent, and a reset once the host is up again",
        test_power_cut_is_silent);
  TEST ("/live-host/nobody answers at a host without power", test_nobody_answers_at_a_dark_host);
  TEST ("/live-host/a connection that nobody accepted goes silent with its host",
        test_a_connection_that_nobody_accepted_goes_dark);
  TEST ("/live-host/a paused process hears nothing until it goes on",
        test_a_paused_process_hears_nothing);
  TEST ("/live-host/a paused process hears of an end late",
        test_a_paused_process_hears_of_an_end_late);
  TEST ("/live-host/streams that outlive their host are dead",
        test_streams_that_outlive_their_host_are_dead);
  TEST ("/live-host/a host that starts again serves the same address",
        test_start_serves_the_same_address_again);
  TEST ("/live-host/a portal may have an address of version 6", test_a_portal_of_version_6);
  TEST ("/live-host/a clock jump is one host's", test_a_clock_jump_is_one_hosts);
  TEST ("/live-host/timers and connects of a dead host do nothing",
        test_timers_and_connects_of_a_dead_host_do_nothing);
  TEST ("/live-host/a host needs a name that is a file's, and its own", test_name_of_a_host);
  return g_test_run ();
}
