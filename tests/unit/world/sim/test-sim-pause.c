/* SPDX-License-Identifier: Apache-2.0 */
/* A simulated machine: pause and resume, the wall clock, addresses of both versions. */
#include "tests/unit/world/sim/sim-fixture.h"

typedef struct Alarm {
  Timer timer;
  GString *story;
  char name;
} Alarm;

static void
alarm_fired (gpointer data)
{
  Alarm *alarm = data;
  g_string_append_printf (alarm->story, "%c@%" G_GINT64_FORMAT " ", alarm->name,
                          host_now_ns (alarm->timer.host) / NS_PER_S);
}

static void
alarm_set (Alarm *alarm, Host *host, GString *story, char name, gint64 delay_ns)
{
  *alarm = (Alarm){ .story = story, .name = name };
  timer_init (&alarm->timer, host, alarm_fired, alarm);
  timer_arm (&alarm->timer, delay_ns);
}

/* ---- pause ---- */

static void
test_timers_of_a_paused_host_are_late_and_in_order (void)
{
  g_auto (Net) net;
  net_init (&net);
  g_autoptr (GString) story = g_string_new (NULL);
  Alarm alarms[4];
  alarm_set (&alarms[0], net.client_host, story, 'c', 3 * NS_PER_S);
  alarm_set (&alarms[1], net.client_host, story, 'a', 2 * NS_PER_S);
  alarm_set (&alarms[2], net.client_host, story, 'd', 30 * NS_PER_S);
  alarm_set (&alarms[3], net.client_host, story, 'b', 2 * NS_PER_S);
  net_run_for (&net, NS_PER_S);
  host_pause (net.client_host);
  net_run_for (&net, 9 * NS_PER_S);
  g_assert_cmpstr (story->str, ==, "");
  host_resume (net.client_host);
  net_run (&net);
  g_assert_cmpstr (story->str, ==, "a@10 b@10 c@10 d@30 ");
}

static void
test_a_late_timer_can_be_disarmed_and_armed_anew (void)
{
  g_auto (Net) net;
  net_init (&net);
  g_autoptr (GString) story = g_string_new (NULL);
  Alarm alarms[2];
  alarm_set (&alarms[0], net.client_host, story, 'a', NS_PER_S);
  alarm_set (&alarms[1], net.client_host, story, 'b', NS_PER_S);
  host_pause (net.client_host);
  net_run_for (&net, 2 * NS_PER_S);
  g_assert_true (timer_is_armed (&alarms[0].timer));
  timer_disarm (&alarms[0].timer);
  g_assert_false (timer_is_armed (&alarms[0].timer));
  timer_arm (&alarms[1].timer, 5 * NS_PER_S);
  host_resume (net.client_host);
  net_run (&net);
  g_assert_cmpstr (story->str, ==, "b@7 ");
}

static void
test_timers_of_another_host_do_not_feel_the_pause (void)
{
  g_auto (Net) net;
  net_init (&net);
  g_autoptr (GString) story = g_string_new (NULL);
  Alarm alarm;
  alarm_set (&alarm, net.server_host, story, 'a', NS_PER_S);
  host_pause (net.client_host);
  net_run (&net);
  g_assert_cmpstr (story->str, ==, "a@1 ");
}

static void
test_what_arrives_waits_for_the_resume (void)
{
  g_auto (Net) net;
  net_init (&net);
  net_establish (&net);
  host_pause (net.server_host);
  end_send (&net.client, "first");
  end_send (&net.client, "second");
  stream_shutdown (net.client.stream);
  net_run_for (&net, 5000 * NS_PER_S); /* longer than the user timeout: the machine acknowledges */
  assert_heard (&net.server, "");
  assert_heard (&net.client, "");
  host_resume (net.server_host);
  net_run (&net);
  assert_heard (&net.server, "data:5 data:6 fin");
}

static void
test_a_paused_reader_closes_its_window (void)
{
  g_auto (Net) net;
  net_init_with (&net, (SimConfig){ .seed = 1, .window_bytes = 4 });
  net_establish (&net);
  host_pause (net.server_host);
  end_send (&net.client, "abcdef");
  net_run_for (&net, 5000 * NS_PER_S);
  g_assert_cmpuint (stream_queued (net.client.stream), ==, 6);
  host_resume (net.server_host);
  net_run (&net);
  assert_heard (&net.server, "data:4 data:2");
  assert_heard (&net.client, "");
}

static void
test_a_connect_to_a_paused_process_is_accepted_by_its_machine (void)
{
  g_auto (Net) net;
  net_init (&net);
  host_pause (net.server_host);
  net_connect (&net);
  net_run_for (&net, NS_PER_S);
  assert_heard (&net.client, "connected");
  g_assert_cmpuint (net.accepted, ==, 0);
  end_send (&net.client, "hello");
  net_run_for (&net, NS_PER_S);
  host_resume (net.server_host);
  net_run (&net);
  g_assert_cmpuint (net.accepted, ==, 1);
  assert_heard (&net.server, "data:5");
}

static void
test_a_backlog_whose_listener_went_is_reset (void)
{
  g_auto (Net) net;
  net_init (&net);
  host_pause (net.server_host);
  net_connect (&net);
  net_run_for (&net, NS_PER_S);
  listener_free (g_steal_pointer (&net.listener));
  host_resume (net.server_host);
  net_run (&net);
  assert_heard (&net.client, "connected rst");
}

static void
test_a_backlog_goes_down_with_its_machine (void)
{
  g_auto (Net) net;
  net_init (&net);
  host_pause (net.server_host);
  net_connect (&net);
  net_run_for (&net, NS_PER_S);
  host_kill (net.server_host);
  net_run (&net);
  assert_heard (&net.client, "connected fin");
}

static void
test_a_world_may_end_while_a_backlog_waits (void)
{
  g_auto (Net) net;
  net_init (&net);
  host_pause (net.server_host);
  net_connect (&net);
  net_run_for (&net, NS_PER_S);
  assert_heard (&net.client, "connected");
}

static void
test_a_host_that_goes_down_is_paused_no_more (void)
{
  g_auto (Net) net;
  net_init (&net);
  g_autoptr (GString) story = g_string_new (NULL);
  Alarm alarm;
  alarm_set (&alarm, net.client_host, story, 'a', NS_PER_S);
  host_pause (net.client_host);
  net_run_for (&net, 2 * NS_PER_S);
  host_power_cut (net.client_host, DISK_CUT_LOSE);
  g_assert_true (host_start (net.client_host, NULL));
  net_connect (&net);
  net_run (&net);
  assert_heard (&net.client, "connected");
  g_assert_cmpstr (story->str, ==, "");
}

static void
work_run (gpointer data)
{
  g_string_append (data, "run ");
}

static void
work_done (gpointer data)
{
  g_string_append (data, "done");
}

static void
test_work_of_a_paused_host_ends_after_the_resume (void)
{
  static const WorkFns fns = { .run = work_run, .done = work_done };
  g_auto (Net) net;
  net_init (&net);
  g_autoptr (GString) story = g_string_new (NULL);
  host_pause (net.client_host);
  host_work (net.client_host, &fns, story);
  net_run_for (&net, NS_PER_S);
  g_assert_cmpstr (story->str, ==, "");
  host_resume (net.client_host);
  net_run (&net);
  g_assert_cmpstr (story->str, ==, "run done");
}

static void
test_pause_and_resume_are_idempotent (void)
{
  g_auto (Net) net;
  net_init (&net);
  host_resume (net.client_host);
  host_pause (net.client_host);
  host_pause (net.client_host);
  host_resume (net.client_host);
  net_establish (&net);
}

/* ---- the wall clock ---- */

static void
test_a_clock_jump_moves_the_wall_clock_of_one_host_and_no_timer (void)
{
  g_auto (Net) net;
  net_init (&net);
  g_autoptr (GString) story = g_string_new (NULL);
  Alarm alarm;
  alarm_set (&alarm, net.client_host, story, 'a', 5 * NS_PER_S);
  const gint64 before = host_wall_ns (net.client_host);
  host_clock_jump (net.client_host, 3600 * NS_PER_S);
  g_assert_cmpint (host_wall_ns (net.client_host), ==, before + 3600 * NS_PER_S);
  g_assert_cmpint (host_wall_ns (net.server_host), ==, before);
  g_assert_cmpint (host_now_ns (net.client_host), ==, 0);
  host_clock_jump (net.client_host, -7200 * NS_PER_S);
  net_run (&net);
  g_assert_cmpstr (story->str, ==, "a@5 ");
  g_assert_cmpint (host_wall_ns (net.client_host), ==, before - 3595 * NS_PER_S);
}

static void
test_the_simulated_wall_clock_begins_in_2026 (void)
{
  g_auto (Net) net;
  net_init (&net);
  g_autoptr (GDateTime) time =
      g_date_time_new_from_unix_utc (host_wall_ns (net.client_host) / NS_PER_S);
  g_autofree char *text = g_date_time_format_iso8601 (time);
  g_assert_cmpstr (text, ==, "2026-01-01T00:00:00Z");
}

/* ---- addresses ---- */

static void
test_a_portal_may_have_an_address_of_version_6 (void)
{
  char text[ADDRESS_TEXT_LENGTH];
  g_auto (Net) net;
  net_init (&net);
  listener_free (net.listener);
  g_assert_true (world_address_new6 (net.world, net.server_host, &net.address, NULL));
  g_assert_cmpstr (address_text (&net.address, text), ==, "[fd00:2:2::1]:3260");
  net_listen (&net);
  net_connect (&net);
  net_run (&net);
  assert_heard (&net.client, "connected");
  g_assert_cmpstr (address_ip_text (&net.client.stream->local, text), ==, "fd00:1::1");
}

static void
test_an_address_of_version_6_that_was_not_given_out_does_not_answer (void)
{
  static const char *const none[] = { "[fd00:2:9::1]", "[fd00:2:1::2]", "[fd01:2:1::1]",
                                      "[fd00:9:1::1]" };
  for (guint i = 0; i < G_N_ELEMENTS (none); i++) {
    g_auto (Net) net;
    net_init (&net);
    g_assert_true (address_parse (none[i], 3260, &net.address, NULL));
    net_connect (&net);
    net_run (&net);
    assert_heard (&net.client, "no answer");
  }
}

#define TEST(function) g_test_add_func ("/world/sim/pause/" #function, test_##function)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  TEST (timers_of_a_paused_host_are_late_and_in_order);
  TEST (a_late_timer_can_be_disarmed_and_armed_anew);
  TEST (timers_of_another_host_do_not_feel_the_pause);
  TEST (what_arrives_waits_for_the_resume);
  TEST (a_paused_reader_closes_its_window);
  TEST (a_connect_to_a_paused_process_is_accepted_by_its_machine);
  TEST (a_backlog_whose_listener_went_is_reset);
  TEST (a_backlog_goes_down_with_its_machine);
  TEST (a_world_may_end_while_a_backlog_waits);
  TEST (a_host_that_goes_down_is_paused_no_more);
  TEST (work_of_a_paused_host_ends_after_the_resume);
  TEST (pause_and_resume_are_idempotent);
  TEST (a_clock_jump_moves_the_wall_clock_of_one_host_and_no_timer);
  TEST (the_simulated_wall_clock_begins_in_2026);
  TEST (a_portal_may_have_an_address_of_version_6);
  TEST (an_address_of_version_6_that_was_not_given_out_does_not_answer);
  return g_test_run ();
}
