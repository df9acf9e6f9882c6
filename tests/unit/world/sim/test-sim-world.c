/* SPDX-License-Identifier: Apache-2.0 */
/* The simulated world: what comes first at one instant, and the bounds that a run may not pass. */
#include "tests/unit/world/sim/sim-fixture.h"

/* ---- one instant ---- */

typedef struct Note {
  Timer timer;
  GString *story;
  const char *text;
} Note;

static void
note_fired (gpointer data)
{
  const Note *note = data;
  g_string_append (note->story, note->text);
}

static void
note_arm (Note *note, Host *host, GString *story, const char *text, gint64 delay_ns)
{
  *note = (Note){ .story = story, .text = text };
  timer_init (&note->timer, host, note_fired, note);
  timer_arm (&note->timer, delay_ns);
}

static void
test_timers_of_one_instant_fire_in_the_order_of_arming (void)
{
  g_auto (Net) net;
  net_init (&net);
  g_autoptr (GString) story = g_string_new (NULL);
  Note notes[3];
  note_arm (&notes[0], net.client_host, story, "a", NS_PER_S);
  note_arm (&notes[1], net.server_host, story, "b", NS_PER_S);
  note_arm (&notes[2], net.client_host, story, "c", NS_PER_S);
  timer_arm (&notes[0].timer, NS_PER_S); /* armed anew: now the last */
  net_run (&net);
  g_assert_cmpstr (story->str, ==, "bca");
}

static void
end_tells (End *end)
{
  g_string_append (end->other, "arrival ");
}

static void
test_an_answer_at_the_nanosecond_of_its_deadline_is_in_time (void)
{
  g_auto (Net) net;
  net_init (&net);
  net_establish (&net);
  g_autoptr (GString) story = g_string_new (NULL);
  net.client.other = story;
  net.client.then = end_tells;
  Note deadline;
  note_arm (&deadline, net.client_host, story, "deadline ", LATENCY_NS);
  end_send (&net.server, "answer");
  net_run (&net);
  g_assert_cmpstr (story->str, ==, "arrival deadline ");
}

static void
test_the_driver_is_woken_last (void)
{
  g_auto (Net) net;
  net_init (&net);
  g_autoptr (GString) story = g_string_new (NULL);
  Note note;
  world_wake_at (net.world, NS_PER_S);
  note_arm (&note, net.client_host, story, "timer", NS_PER_S);
  g_assert_true (world_step (net.world));
  g_assert_cmpstr (story->str, ==, "timer");
  g_assert_true (world_step (net.world));
  g_assert_false (world_step (net.world));
}

/* ---- bounds ---- */

typedef struct Ticker {
  Timer timer;
  gboolean is_logging;
} Ticker;

static void
ticker_fired (gpointer data)
{
  Ticker *ticker = data;
  if (ticker->is_logging)
    HOST_LOG (ticker->timer.host, EVENT_STREAM_CONNECTED, NULL, 1);
  timer_arm (&ticker->timer, NS_PER_S);
}

static void
assert_stops (WorldBounds bounds, const char *failure)
{
  g_auto (Net) net;
  net_init_with (&net, (SimConfig){ .seed = 1, .bounds = bounds });
  Ticker ticker = { .is_logging = TRUE };
  timer_init (&ticker.timer, net.client_host, ticker_fired, &ticker);
  timer_arm (&ticker.timer, NS_PER_S);
  guint steps = 0;
  while (world_step (net.world))
    g_assert_cmpuint (++steps, <, 1000);
  g_assert_cmpstr (world_failure (net.world), ==, failure);
  g_assert_false (world_step (net.world));
  timer_disarm (&ticker.timer);
}

static void
test_a_bound_on_events_is_a_named_failure (void)
{
  assert_stops ((WorldBounds){ .events = 10 }, "events: expected at most 10");
}

static void
test_a_bound_on_time_is_a_named_failure (void)
{
  assert_stops ((WorldBounds){ .time_ns = 5 * NS_PER_S + NS_PER_MS },
                "time: expected at most 5.001000000 s, got 6.000000000 s");
}

static void
test_a_bound_on_the_log_is_a_named_failure (void)
{
  assert_stops ((WorldBounds){ .log_words = 100 }, "log: expected at most 800 bytes");
}

static void
test_a_bound_on_the_queue_is_a_named_failure (void)
{
  g_auto (Net) net;
  net_init_with (&net, (SimConfig){ .seed = 1, .bounds = { .queue_depth = 2 } });
  g_autoptr (GString) story = g_string_new (NULL);
  Note notes[3];
  for (guint i = 0; i < G_N_ELEMENTS (notes); i++)
    note_arm (&notes[i], net.client_host, story, "a", NS_PER_S);
  g_assert_false (world_step (net.world));
  g_assert_cmpstr (world_failure (net.world), ==, "queue: expected at most 2 events, got 3");
}

static void
test_hosts_and_addresses_are_bounded (void)
{
  g_auto (Net) net;
  net_init (&net);
  g_autoptr (GError) error = NULL;
  Address address;
  for (guint i = 1; i < 255; i++)
    g_assert_true (i % 2 == 0 ? world_address_new (net.world, net.server_host, &address, &error)
                              : world_address_new6 (net.world, net.server_host, &address, &error));
  g_assert_false (world_address_new (net.world, net.server_host, &address, &error));
  g_assert_error (error, WORLD_ERROR, WORLD_ERROR_BOUND);
  g_assert_cmpstr (error->message, ==,
                   "host 'server': expected at most 255 addresses, got one more");
  g_clear_error (&error);
  for (guint i = 2; i < 255; i++)
    g_assert_nonnull (world_host_new (net.world, "another", &error));
  g_assert_null (world_host_new (net.world, "last", &error));
  g_assert_cmpstr (error->message, ==,
                   "host 'last': expected at most 255 hosts in a world, got one more");
}

#define TEST(function) g_test_add_func ("/world/sim/world/" #function, test_##function)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  TEST (timers_of_one_instant_fire_in_the_order_of_arming);
  TEST (an_answer_at_the_nanosecond_of_its_deadline_is_in_time);
  TEST (the_driver_is_woken_last);
  TEST (a_bound_on_events_is_a_named_failure);
  TEST (a_bound_on_time_is_a_named_failure);
  TEST (a_bound_on_the_log_is_a_named_failure);
  TEST (a_bound_on_the_queue_is_a_named_failure);
  TEST (hosts_and_addresses_are_bounded);
  return g_test_run ();
}
