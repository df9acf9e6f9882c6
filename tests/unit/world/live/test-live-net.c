/* SPDX-License-Identifier: Apache-2.0 */
/* Listeners and addresses. */
#include "tests/unit/world/live/live-fixture.h"

static void
test_port_0_takes_a_free_one (Fixture *fixture, gconstpointer data)
{
  Pair pair;
  pair_connect (&pair, fixture->host, fixture->host);
  g_assert_cmpuint (pair.listener->address.port, !=, 0);
  g_assert_true (address_equal (&pair.client.stream->remote, &pair.listener->address));
  g_assert_true (address_equal (&pair.client.stream->remote, &pair.server.stream->local));
  g_assert_true (address_equal (&pair.client.stream->local, &pair.server.stream->remote));
  g_assert_true (pair.server.stream->is_accepted);
  g_assert_false (pair.client.stream->is_accepted);
  pair_clear (&pair);
}

static void
test_address_in_use (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  char text[ADDRESS_TEXT_LENGTH];
  Pair pair;
  pair_connect (&pair, fixture->host, fixture->host);
  const Address address = pair.listener->address;
  g_assert_null (listener_new (fixture->host, &address, &pair_listener_events, &pair, &error));
  g_assert_error (error, WORLD_ERROR, WORLD_ERROR_IN_USE);
  g_autofree char *expected =
      g_strdup_printf ("listen on '%s': the address is in use", address_text (&address, text));
  g_assert_cmpstr (error->message, ==, expected);
  pair_clear (&pair);
}

static void
test_address_of_another_machine (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  const Address address = { .ip = { 192, 0, 2, 1 }, .port = 3260 }; /* RFC 5737: nobody's */
  g_assert_null (listener_new (fixture->host, &address, &pair_listener_events, NULL, &error));
  g_assert_error (error, WORLD_ERROR, WORLD_ERROR_INVALID);
  g_assert_true (g_str_has_prefix (error->message, "listen on '192.0.2.1:3260': expected"));
}

static void
test_new_addresses_are_distinct_and_can_be_listened_on (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  Address one, two;
  g_assert_true (world_address_new (fixture->world, fixture->host, &one, &error));
  g_assert_true (world_address_new (fixture->world, fixture->host, &two, &error));
  g_assert_false (address_equal (&one, &two));
  Listener *first = listener_new (fixture->host, &one, &pair_listener_events, NULL, &error);
  g_assert_no_error (error);
  Listener *second = listener_new (fixture->host, &two, &pair_listener_events, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (address_equal (&first->address, &one));
  listener_free (first);
  listener_free (second);
}

static void
free_both (gpointer owner, Listener *listener, Stream *stream)
{
  Listener **mine = owner;
  stream_free (stream);
  g_clear_pointer (mine, listener_free);
}

static void
test_listener_may_be_freed_in_accepted (Fixture *fixture, gconstpointer data)
{
  static const ListenerEvents events = { .accepted = free_both };
  const Address loopback = { .ip = { 127, 0, 0, 1 } };
  g_autoptr (GError) error = NULL;
  End ends[3] = { 0 };
  Listener *listener = listener_new (fixture->host, &loopback, &events, &listener, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    ends[i].stream = stream_connect (fixture->host, &listener->address, &end_events, &ends[i]);
  STEP_UNTIL (fixture->world, ends[0].ends > 0 && ends[1].ends > 0 && ends[2].ends > 0);
  g_assert_null (listener);
  g_assert_cmpint (ends[0].last_end, ==, STREAM_END_FIN);
  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    stream_free (ends[i].stream);
}

static void
test_ipv6 (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  const Address loopback = { .ip = { [15] = 1 }, .is_ipv6 = TRUE };
  Listener *probe = listener_new (fixture->host, &loopback, &pair_listener_events, NULL, &error);
  if (probe == NULL) {
    g_test_skip (error->message);
    return;
  }
  listener_free (probe);
  Pair pair;
  pair_connect_at (&pair, fixture->host, fixture->host, &loopback);
  g_assert_true (pair.server.stream->remote.is_ipv6);
  stream_send (pair.client.stream, slice_copy ("six", 3));
  STEP_UNTIL (fixture->world, pair.server.received->len == 3);
  pair_clear (&pair);
}

static void
note_stream (gpointer data, Host *host, Stream *stream)
{
  g_string_append (data, stream->is_accepted ? "accepted " : "connecting ");
}

static void
test_on_stream_sees_each_end (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) seen = g_string_new (NULL);
  fixture->host->on_stream = note_stream;
  fixture->host->on_stream_data = seen;
  Pair pair;
  pair_connect (&pair, fixture->host, fixture->host);
  g_assert_cmpstr (seen->str, ==, "connecting accepted ");
  pair_clear (&pair);
}

static void
collect_name (gpointer data, const guint64 *words, guint count)
{
  const guint id = (guint) (words[0] >> 16) & 0xFFFF;
  g_string_append_printf (data, "%s ", world_events.types[id - world_events.first_id].name);
}

static void
test_log_tells_the_story (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) story = g_string_new (NULL);
  Pair pair;
  pair_connect (&pair, fixture->host, fixture->host);
  stream_reset (pair.server.stream);
  STEP_UNTIL (fixture->world, pair.client.ends == 1);
  event_log_each (fixture->world->log, 100, collect_name, story);
  /* Which end hears of the other first is the kernel's to say. */
  g_assert_true (g_str_equal (story->str, "host-up connect connected accepted reset ended ")
                 || g_str_equal (story->str, "host-up connect accepted connected reset ended "));
  pair_clear (&pair);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  TEST ("/live-net/port 0 takes a free one, and both ends know their addresses",
        test_port_0_takes_a_free_one);
  TEST ("/live-net/a second listener on an address is refused", test_address_in_use);
  TEST ("/live-net/an address of another machine is refused", test_address_of_another_machine);
  TEST ("/live-net/new addresses are distinct and can be listened on",
        test_new_addresses_are_distinct_and_can_be_listened_on);
  TEST ("/live-net/a listener may be freed in accepted", test_listener_may_be_freed_in_accepted);
  TEST ("/live-net/ipv6 works as ipv4 does", test_ipv6);
  TEST ("/live-net/on_stream sees each end", test_on_stream_sees_each_end);
  TEST ("/live-net/the log tells the story", test_log_tells_the_story);
  return g_test_run ();
}
