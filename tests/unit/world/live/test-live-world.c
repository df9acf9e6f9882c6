/* SPDX-License-Identifier: Apache-2.0 */
/* The loop: time, wake, bounds, and when nothing is left to happen. */
#include "tests/unit/world/live/live-fixture.h"

#include <fcntl.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define TIMERS 3

typedef struct Alarm {
  Timer timer;
  GString *order;
  char name;
  gint64 fired_ns;
  gint64 again_ns; /* > 0: once more */
} Alarm;

static void
alarm_fire (gpointer data)
{
  Alarm *alarm = data;
  alarm->fired_ns = alarm->timer.host->world->now_ns;
  g_string_append_c (alarm->order, alarm->name);
  if (alarm->again_ns > 0)
    timer_arm (&alarm->timer, alarm->again_ns);
  alarm->again_ns = 0;
}

static void
alarm_init (Alarm *alarm, Host *host, GString *order, char name)
{
  *alarm = (Alarm){ .order = order, .name = name };
  timer_init (&alarm->timer, host, alarm_fire, alarm);
}

static void
test_timers_fire_in_order (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) order = g_string_new (NULL);
  Alarm alarms[TIMERS];
  for (guint i = 0; i < TIMERS; i++)
    alarm_init (&alarms[i], fixture->host, order, (char) ('a' + i));
  timer_arm (&alarms[2].timer, 2 * NS_PER_MS);
  timer_arm (&alarms[0].timer, 6 * NS_PER_MS);
  timer_arm (&alarms[1].timer, 4 * NS_PER_MS);
  STEP_UNTIL (fixture->world, order->len == TIMERS);
  g_assert_cmpstr (order->str, ==, "cba");
  g_assert_false (world_step (fixture->world));
}

static void
test_timer_is_never_early (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) order = g_string_new (NULL);
  Alarm alarm;
  alarm_init (&alarm, fixture->host, order, 'x');
  for (guint i = 1; i <= 20; i++) {
    const gint64 before_us = g_get_monotonic_time ();
    timer_arm (&alarm.timer, 300 * NS_PER_US);
    STEP_UNTIL (fixture->world, order->len == i);
    g_assert_cmpint (g_get_monotonic_time () - before_us, >=, 300);
  }
}

static void
test_timer_may_be_moved_and_disarmed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) order = g_string_new (NULL);
  Alarm early, late;
  alarm_init (&early, fixture->host, order, 'e');
  alarm_init (&late, fixture->host, order, 'l');
  timer_arm (&early.timer, 30 * NS_PER_S);
  timer_arm (&late.timer, 1 * NS_PER_MS);
  timer_arm (&early.timer, 0);
  timer_disarm (&late.timer);
  timer_disarm (&late.timer);
  g_assert_false (timer_is_armed (&late.timer));
  STEP_FOR (fixture->world, 5 * NS_PER_MS);
  g_assert_cmpstr (order->str, ==, "e");
}

static void
test_timer_may_be_armed_again_in_its_callback (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) order = g_string_new (NULL);
  Alarm alarm;
  alarm_init (&alarm, fixture->host, order, 'x');
  alarm.again_ns = 3 * NS_PER_MS;
  timer_arm (&alarm.timer, 0);
  STEP_UNTIL (fixture->world, order->len == 1);
  const gint64 first_ns = alarm.fired_ns;
  g_assert_true (timer_is_armed (&alarm.timer));
  STEP_UNTIL (fixture->world, order->len == 2);
  g_assert_cmpint (alarm.fired_ns, >=, first_ns + 3 * NS_PER_MS);
}

/* Both directions: the clock is the wall's times the pace, and a sleep of the world is as much shorter. */
static void
test_a_world_keeps_its_pace (Fixture *fixture, gconstpointer data)
{
  static const EventFamily *const families[] = { &world_events, NULL };
  g_autoptr (GError) error = NULL;
  const LiveConfig config = { .events = families,
                              .disk_directory = fixture->directory,
                              .pace = 100 };
  const gint64 before_us = g_get_monotonic_time ();
  g_autoptr (World) world = live_world_new (&config, &error);
  g_assert_no_error (error);
  const gint64 wall_ns = world->ops->wall_ns (world);
  STEP_FOR (world, 2 * NS_PER_S);
  const gint64 spent_us = g_get_monotonic_time () - before_us;
  g_assert_cmpint (spent_us, >=, 2 * G_USEC_PER_SEC / 100);
  g_assert_cmpint (world->now_ns, <=, spent_us * 1000 * 100);
  g_assert_cmpint (world->ops->wall_ns (world) - wall_ns, >=, 2 * NS_PER_S - NS_PER_S / 10);
}

static void
test_nothing_can_happen (Fixture *fixture, gconstpointer data)
{
  g_assert_false (world_step (fixture->world));
  g_assert_null (world_failure (fixture->world));
}

static void
test_wake (Fixture *fixture, gconstpointer data)
{
  const gint64 at_ns = fixture->world->now_ns + 10 * NS_PER_MS;
  world_wake_at (fixture->world, at_ns);
  while (fixture->world->now_ns < at_ns)
    g_assert_true (world_step (fixture->world));
  g_assert_cmpint (fixture->world->now_ns, <, at_ns + NS_PER_S);
  g_assert_false (world_step (fixture->world));

  world_wake_at (fixture->world, at_ns); /* a time that has passed: at once */
  g_assert_true (world_step (fixture->world));
  world_wake_at (fixture->world, at_ns + 100 * NS_PER_S);
  world_wake_at (fixture->world, G_MAXINT64);
  g_assert_false (world_step (fixture->world));
}

static void
test_bound_on_time (Fixture *fixture, gconstpointer data)
{
  fixture->world->bounds.time_ns = fixture->world->now_ns + 5 * NS_PER_MS;
  world_wake_at (fixture->world, 100 * NS_PER_S);
  while (world_step (fixture->world))
    g_assert_cmpint (fixture->world->now_ns, <, 2 * NS_PER_S);
  g_assert_true (g_str_has_prefix (world_failure (fixture->world), "time: expected at most"));
}

static void
test_bound_on_events (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) order = g_string_new (NULL);
  Alarm alarm;
  alarm_init (&alarm, fixture->host, order, 'x');
  fixture->world->bounds.events = 1;
  timer_arm (&alarm.timer, 0);
  while (world_step (fixture->world))
    ;
  g_assert_cmpstr (order->str, ==, "x");
  g_assert_cmpstr (world_failure (fixture->world), ==, "events: expected at most 1");
}

static void
test_directory_must_exist (Fixture *fixture, gconstpointer data)
{
  static const EventFamily *const families[] = { &world_events, NULL };
  g_autoptr (GError) error = NULL;
  const LiveConfig config = { .events = families, .disk_directory = "/nowhere/at/all" };
  g_assert_null (live_world_new (&config, &error));
  g_assert_error (error, WORLD_ERROR, WORLD_ERROR_INVALID);
  g_assert_cmpstr (error->message, ==,
                   "disk directory '/nowhere/at/all': expected a directory that exists");
}

static void
test_without_disk (Fixture *fixture, gconstpointer data)
{
  static const EventFamily *const families[] = { &world_events, NULL };
  g_autoptr (GError) error = NULL;
  const LiveConfig config = { .events = families };
  g_autoptr (World) world = live_world_new (&config, &error);
  g_assert_no_error (error);
  Host *host = world_host_new (world, "host", &error);
  g_assert_no_error (error);
  g_assert_null (disk_open (host, "file", TRUE, &error));
  g_assert_error (error, WORLD_ERROR, WORLD_ERROR_IO);
}

/* An eventfd of the driver's; each call reads it. */
typedef struct Driver {
  int fd;
  guint calls;
} Driver;

static void
driver_ready (gpointer data)
{
  Driver *driver = data;
  guint64 value;
  g_assert_cmpint (read (driver->fd, &value, sizeof value), ==, sizeof value);
  driver->calls++;
}

static void
test_driver_wakes (Fixture *fixture, gconstpointer data)
{
  const guint64 one = 1;
  g_autoptr (GError) error = NULL;
  Driver driver = { .fd = eventfd (0, EFD_NONBLOCK | EFD_CLOEXEC) };
  g_assert_true (live_world_watch (fixture->world, driver.fd, driver_ready, &driver, &error));
  g_assert_false (world_step (fixture->world)); /* it keeps nothing going */
  world_wake_at (fixture->world, fixture->world->now_ns + TEST_LIMIT_NS);
  for (guint i = 1; i <= 3; i++) {
    g_assert_cmpint (write (driver.fd, &one, sizeof one), ==, sizeof one);
    g_assert_true (world_step (fixture->world));
    g_assert_cmpuint (driver.calls, ==, i);
  }
  close (driver.fd);
}

static void
test_driver_must_be_pollable (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  const int fd = open ("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  g_assert_false (live_world_watch (fixture->world, fd, driver_ready, NULL, &error));
  g_assert_error (error, WORLD_ERROR, WORLD_ERROR_IO);
  close (fd);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  TEST ("/live-world/timers fire in the order of their deadlines", test_timers_fire_in_order);
  TEST ("/live-world/a timer is never early", test_timer_is_never_early);
  TEST ("/live-world/a timer may be moved and disarmed", test_timer_may_be_moved_and_disarmed);
  TEST ("/live-world/a timer may be armed again in its callback",
        test_timer_may_be_armed_again_in_its_callback);
  TEST ("/live-world/a world keeps its pace", test_a_world_keeps_its_pace);
  TEST ("/live-world/a step says when nothing can happen", test_nothing_can_happen);
  TEST ("/live-world/a step returns at the wake", test_wake);
  TEST ("/live-world/the bound on time ends a sleep", test_bound_on_time);
  TEST ("/live-world/the bound on events ends the run", test_bound_on_events);
  TEST ("/live-world/the disk directory must exist", test_directory_must_exist);
  TEST ("/live-world/without a directory hosts have no disk", test_without_disk);
  TEST ("/live-world/the driver's descriptor wakes the loop", test_driver_wakes);
  TEST ("/live-world/the driver's descriptor must be one to wait for",
        test_driver_must_be_pollable);
  return g_test_run ();
}
