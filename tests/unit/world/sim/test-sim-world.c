/* SPDX-License-Identifier: Apache-2.0 */
/* Time, bounds, and the promise that the same seed is the same run. */
#include "tests/unit/world/sim/sim-fixture.h"

static void
nothing (gpointer data)
{
}

static void
count (gpointer data)
{
  ++*(guint *) data;
}

/* ---- time ---- */

static void
test_a_world_at_rest_has_no_step (void)
{
  g_auto (Net) net;
  net_init (&net);
  g_assert_false (world_step (net.world));
  g_assert_null (world_failure (net.world));
  g_assert_cmpint (net.world->now_ns, ==, 0);
}

static void
test_a_step_is_one_event_at_its_time (void)
{
  g_auto (Net) net;
  Timer timers[2];
  guint fired = 0;
  net_init (&net);
  for (guint i = 0; i < 2; i++) {
    timer_init (&timers[i], net.client_host, count, &fired);
    timer_arm (&timers[i], NS_PER_S);
  }
  g_assert_true (world_step (net.world));
  g_assert_cmpuint (fired, ==, 1);
  g_assert_cmpint (net.world->now_ns, ==, NS_PER_S);
  g_assert_cmpint (host_now_ns (net.server_host), ==, NS_PER_S);
  g_assert_cmpuint (net.world->events, ==, 1);
  g_assert_true (world_step (net.world));
  g_assert_cmpuint (fired, ==, 2);
  g_assert_false (world_step (net.world));
}

static void
test_a_wake_makes_a_step_at_its_time (void)
{
  g_auto (Net) net;
  net_init (&net);
  world_wake_at (net.world, 5 * NS_PER_S);
  world_wake_at (net.world, 3 * NS_PER_S); /* moved */
  g_assert_true (world_step (net.world));
  g_assert_cmpint (net.world->now_ns, ==, 3 * NS_PER_S);
  g_assert_false (world_step (net.world));
  world_wake_at (net.world, 4 * NS_PER_S);
  world_wake_at (net.world, G_MAXINT64); /* none */
  g_assert_false (world_step (net.world));
}

static void
test_a_wake_in_the_past_is_now (void)
{
  g_auto (Net) net;
  net_init (&net);
  net_run_for (&net, 5 * NS_PER_S);
  world_wake_at (net.world, NS_PER_S);
  g_assert_true (world_step (net.world));
  g_assert_cmpint (net.world->now_ns, ==, 5 * NS_PER_S);
}

static void
test_a_wake_is_the_last_of_its_instant (void)
{
  g_auto (Net) net;
  Timer timer;
  guint fired = 0;
  net_init (&net);
  world_wake_at (net.world, NS_PER_S);
  timer_init (&timer, net.client_host, count, &fired);
  timer_arm (&timer, NS_PER_S);
  g_assert_true (world_step (net.world));
  g_assert_cmpuint (fired, ==, 1);
  g_assert_true (world_step (net.world));
  g_assert_false (world_step (net.world));
}

/* ---- bounds ---- */

/* A clock that ticks each second, for ever. */
typedef struct Clock {
  Timer timer;
  guint ticks;
} Clock;

static void
clock_tick (gpointer data)
{
  Clock *clock = data;
  clock->ticks++;
  timer_arm (&clock->timer, NS_PER_S);
}

static void
clock_start (Clock *clock, Net *net)
{
  *clock = (Clock){ 0 };
  timer_init (&clock->timer, net->client_host, clock_tick, clock);
  timer_arm (&clock->timer, NS_PER_S);
}

static void
run_to_failure (Net *net, const char *failure)
{
  for (guint i = 0; i < 10000 && world_step (net->world); i++)
    ;
  g_assert_cmpstr (world_failure (net->world), ==, failure);
  g_assert_false (world_step (net->world)); /* and so it stays */
  g_assert_cmpstr (world_failure (net->world), ==, failure);
}

static void
test_too_many_events_are_a_failure_with_a_name (void)
{
  g_auto (Net) net;
  Clock clock;
  net_init_with (&net, (SimConfig){ .bounds = { .events = 10 } });
  clock_start (&clock, &net);
  run_to_failure (&net, "events: expected at most 10");
  g_assert_cmpuint (clock.ticks, ==, 10);
}

static void
test_too_much_time_is_a_failure_with_a_name (void)
{
  g_auto (Net) net;
  Clock clock;
  net_init_with (&net, (SimConfig){ .bounds = { .time_ns = 2500 * NS_PER_MS } });
  clock_start (&clock, &net);
  run_to_failure (&net, "time: expected at most 2.500000000 s, got 3.000000000 s");
}

static void
test_time_that_just_reaches_its_bound_is_fine (void)
{
  g_auto (Net) net;
  net_init_with (&net, (SimConfig){ .bounds = { .time_ns = NS_PER_S } });
  net_run_for (&net, NS_PER_S);
  g_assert_false (world_step (net.world));
  g_assert_null (world_failure (net.world));
}

static void
test_too_long_a_queue_is_a_failure_with_a_name (void)
{
  g_auto (Net) net;
  Timer timers[6];
  net_init_with (&net, (SimConfig){ .bounds = { .queue_depth = 5 } });
  for (guint i = 0; i < 6; i++) {
    timer_init (&timers[i], net.client_host, nothing, NULL);
    timer_arm (&timers[i], NS_PER_S);
    if (i == 4) {
      world_wake_at (net.world, G_MAXINT64);
      g_assert_null (world_failure (net.world));
    }
  }
  run_to_failure (&net, "queue: expected at most 5 events, got 6");
  for (guint i = 0; i < 6; i++) {
    g_assert_true (timer_is_armed (&timers[i])); /* none was lost */
    timer_disarm (&timers[i]);
  }
}

static void
test_a_queue_that_just_reaches_its_bound_is_fine (void)
{
  g_auto (Net) net;
  Timer timers[5];
  guint fired = 0;
  net_init_with (&net, (SimConfig){ .bounds = { .queue_depth = 5 } });
  for (guint i = 0; i < 5; i++) {
    timer_init (&timers[i], net.client_host, count, &fired);
    timer_arm (&timers[i], NS_PER_S);
  }
  net_run (&net);
  g_assert_cmpuint (fired, ==, 5);
}

static void
connect_again (gpointer data)
{
  Net *net = data;
  end_free_stream (&net->client);
  net_connect (net);
}

static void
test_too_much_log_is_a_failure_with_a_name (void)
{
  g_auto (Net) net;
  net_init_with (&net, (SimConfig){ .bounds = { .log_words = 500 } });
  for (guint i = 0; i < 100; i++) {
    connect_again (&net);
    for (guint j = 0; j < 10; j++)
      world_step (net.world);
  }
  run_to_failure (&net, "log: expected at most 4000 bytes");
}

static void
last_line (gpointer data, const guint64 *words, guint length)
{
  GString *line = ((gpointer *) data)[1];
  const EventPrinter *printer = ((gpointer *) data)[0];
  event_print (printer, words, line);
}

static void
test_the_log_tells_which_bound_was_passed (void)
{
  g_auto (Net) net;
  Clock clock;
  g_autoptr (GString) line = g_string_new (NULL);
  net_init_with (&net, (SimConfig){ .bounds = { .events = 1 } });
  clock_start (&clock, &net);
  run_to_failure (&net, "events: expected at most 1");
  EventPrinter printer = event_log_printer (net.world->log);
  event_log_each (net.world->log, 1, last_line, (gpointer[]){ &printer, line });
  g_assert_cmpstr (line->str, ==,
                   "     1.000000000     world      bound-passed   events: expected at most 1");
}

/* ---- hosts and addresses ---- */

static void
test_a_world_has_at_most_255_hosts (void)
{
  static const EventFamily *const families[] = { &world_events, NULL };
  const SimConfig config = { .seed = 1, .events = families };
  g_autoptr (World) world = sim_world_new (&config);
  g_autoptr (GError) error = NULL;
  Host *host = NULL;
  Address address;
  for (guint i = 1; i <= 255; i++) {
    g_autofree char *name = g_strdup_printf ("host%u", i);
    host = world_host_new (world, name, &error);
    g_assert_no_error (error);
  }
  g_assert_true (world_address_new (world, host, &address, &error));
  g_assert_cmpmem (address.ip, 4, ((const guint8[]){ 10, 255, 1, 1 }), 4);
  g_assert_null (world_host_new (world, "more", &error));
  g_assert_error (error, WORLD_ERROR, WORLD_ERROR_BOUND);
  g_assert_cmpstr (error->message, ==,
                   "host 'more': expected at most 255 hosts in a world, got one more");
  g_assert_cmpuint (world->hosts->len, ==, 255);
}

static void
test_a_host_has_at_most_255_addresses (void)
{
  g_auto (Net) net;
  g_autoptr (GError) error = NULL;
  Address address;
  net_init (&net);
  for (guint i = 1; i <= 255; i++) {
    char text[ADDRESS_TEXT_LENGTH];
    g_autofree char *expected = g_strdup_printf ("10.1.%u.1:3260", i);
    g_assert_true (world_address_new (net.world, net.client_host, &address, &error));
    g_assert_cmpstr (address_text (&address, text), ==, expected);
  }
  g_assert_false (world_address_new (net.world, net.client_host, &address, &error));
  g_assert_error (error, WORLD_ERROR, WORLD_ERROR_BOUND);
  g_assert_cmpstr (error->message, ==,
                   "host 'client': expected at most 255 addresses, got one more");
}

/* ---- the end of a world ---- */

static const WorkFns never_done = { nothing, nothing, count };

/* The sanitizer tells what was not freed. */
static void
test_a_world_in_full_swing_frees_everything (void)
{
  Net net;
  Timer timer;
  guint dropped = 0;
  DiskFile *file;
  net_init (&net);
  net_establish (&net);
  timer_init (&timer, net.client_host, nothing, NULL);
  timer_arm (&timer, NS_PER_S);
  world_wake_at (net.world, NS_PER_S);
  host_work (net.client_host, &never_done, &dropped);
  host_work (net.client_host, &never_done, &dropped);
  file = disk_open (net.client_host, "file", TRUE, NULL);
  g_assert_true (disk_write (file, 0, "abc", 3, NULL));
  disk_close (file);
  end_send (&net.client, "on its way");
  end_send (&net.server, "on its way");
  net_clear (&net); /* its owners let go, its connections are still at it */
  g_assert_cmpuint (dropped, ==, 2);
  g_assert_false (timer_is_armed (&timer));
}

/* ---- the same run ---- */

/* A life with everything that could depend on something hidden: several streams, a crash, timers, work. */
static void
live_for_a_while (Net *net)
{
  Clock clock;
  guint dropped = 0;
  clock_start (&clock, net);
  for (guint i = 0; i < 20; i++) {
    connect_again (net);
    host_work (net->server_host, &never_done, &dropped);
    net_run_for (net, 200 * NS_PER_US);
    end_send (&net->client, "hello");
    if (i % 5 == 0) {
      host_power_cut (net->server_host, DISK_CUT_DRAW);
      end_free_stream (&net->server);
      listener_free (g_steal_pointer (&net->listener));
      net_run_for (net, NS_PER_S);
      g_assert_true (host_start (net->server_host, NULL));
      net_listen (net);
    }
    net_run_for (net, 10 * NS_PER_MS);
  }
  timer_disarm (&clock.timer);
}

static guint64
fingerprint_of (guint64 seed, gint64 jitter_ns)
{
  g_auto (Net) net;
  net_init_with (&net, (SimConfig){ .seed = seed, .jitter_ns = jitter_ns });
  live_for_a_while (&net);
  g_assert_cmpuint (event_log_count (net.world->log), >, 60);
  return event_log_fingerprint (net.world->log);
}

static void
test_the_same_seed_is_the_same_run (void)
{
  g_assert_cmphex (fingerprint_of (1, NS_PER_MS), ==, fingerprint_of (1, NS_PER_MS));
  g_assert_cmphex (fingerprint_of (1, -1), ==, fingerprint_of (1, -1));
}

static void
test_another_seed_is_another_run_where_something_is_drawn (void)
{
  g_assert_cmphex (fingerprint_of (1, NS_PER_MS), !=, fingerprint_of (2, NS_PER_MS));
  g_assert_cmphex (fingerprint_of (1, -1), ==, fingerprint_of (2, -1)); /* nothing is drawn */
}

static void
test_worlds_side_by_side_do_not_disturb_each_other (void)
{
  g_auto (Net) a, b;
  Clock clock_a, clock_b;
  net_init (&a);
  net_init (&b);
  clock_start (&clock_a, &a);
  clock_start (&clock_b, &b);
  net_connect (&a);
  net_connect (&b);
  for (guint i = 0; i < 50; i++) {
    g_assert_true (world_step (a.world));
    if (i % 3 == 0)
      g_assert_true (world_step (b.world));
  }
  for (guint i = 0; b.world->events < a.world->events; i++)
    g_assert_true (world_step (b.world));
  g_assert_cmpint (a.world->now_ns, ==, b.world->now_ns);
  g_assert_cmphex (event_log_fingerprint (a.world->log), ==, event_log_fingerprint (b.world->log));
  timer_disarm (&clock_a.timer);
  timer_disarm (&clock_b.timer);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define TEST(path, function) g_test_add_func ("/world/sim/world/" path, function)
  TEST ("a-world-at-rest-has-no-step", test_a_world_at_rest_has_no_step);
  TEST ("a-step-is-one-event-at-its-time", test_a_step_is_one_event_at_its_time);
  TEST ("a-wake-makes-a-step-at-its-time", test_a_wake_makes_a_step_at_its_time);
  TEST ("a-wake-in-the-past-is-now", test_a_wake_in_the_past_is_now);
  TEST ("a-wake-is-the-last-of-its-instant", test_a_wake_is_the_last_of_its_instant);
  TEST ("too-many-events-are-a-failure-with-a-name",
        test_too_many_events_are_a_failure_with_a_name);
  TEST ("too-much-time-is-a-failure-with-a-name", test_too_much_time_is_a_failure_with_a_name);
  TEST ("time-that-just-reaches-its-bound-is-fine", test_time_that_just_reaches_its_bound_is_fine);
  TEST ("too-long-a-queue-is-a-failure-with-a-name",
        test_too_long_a_queue_is_a_failure_with_a_name);
  TEST ("a-queue-that-just-reaches-its-bound-is-fine",
        test_a_queue_that_just_reaches_its_bound_is_fine);
  TEST ("too-much-log-is-a-failure-with-a-name", test_too_much_log_is_a_failure_with_a_name);
  TEST ("the-log-tells-which-bound-was-passed", test_the_log_tells_which_bound_was_passed);
  TEST ("a-world-has-at-most-255-hosts", test_a_world_has_at_most_255_hosts);
  TEST ("a-host-has-at-most-255-addresses", test_a_host_has_at_most_255_addresses);
  TEST ("a-world-in-full-swing-frees-everything", test_a_world_in_full_swing_frees_everything);
  TEST ("the-same-seed-is-the-same-run", test_the_same_seed_is_the_same_run);
  TEST ("another-seed-is-another-run-where-something-is-drawn",
        test_another_seed_is_another_run_where_something_is_drawn);
  TEST ("worlds-side-by-side-do-not-disturb-each-other",
        test_worlds_side_by_side_do_not_disturb_each_other);
#undef TEST
  return g_test_run ();
}
