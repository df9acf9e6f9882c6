/* SPDX-License-Identifier: Apache-2.0 */
/* One simulated machine: its timers, its work, its random numbers, and what is left when it goes down. */
#include "tests/unit/world/sim/sim-fixture.h"

#define DISK_CALL_NS (20 * NS_PER_US)
#define DISK_SYNC_NS (2 * NS_PER_MS)

/* ---- timers ---- */

/* A timer that writes its name into a story. */
typedef struct Alarm Alarm;
struct Alarm {
  Timer timer;
  const char *name;
  GString *story;
  gint64 fired_ns;
  void (*then) (Alarm *alarm);
  Alarm *other;
};

static void
alarm_fired (gpointer data)
{
  Alarm *alarm = data;
  g_string_append (alarm->story, alarm->name);
  alarm->fired_ns = host_now_ns (alarm->timer.host);
  if (alarm->then != NULL)
    alarm->then (alarm);
}

static void
alarm_init (Alarm *alarm, Net *net, const char *name, GString *story)
{
  *alarm = (Alarm){ .name = name, .story = story };
  timer_init (&alarm->timer, net->client_host, alarm_fired, alarm);
}

static void
test_a_timer_fires_once_at_its_time (void)
{
  g_autoptr (GString) story = g_string_new (NULL);
  g_auto (Net) net;
  Alarm alarm;
  net_init (&net);
  alarm_init (&alarm, &net, "a", story);
  timer_arm (&alarm.timer, 7 * NS_PER_S);
  g_assert_true (timer_is_armed (&alarm.timer));
  net_run (&net);
  g_assert_false (timer_is_armed (&alarm.timer));
  g_assert_cmpstr (story->str, ==, "a");
  g_assert_cmpint (alarm.fired_ns, ==, 7 * NS_PER_S);
}

static void
test_a_delay_of_nothing_is_not_inside_the_call (void)
{
  g_autoptr (GString) story = g_string_new (NULL);
  g_auto (Net) net;
  Alarm alarm;
  net_init (&net);
  alarm_init (&alarm, &net, "a", story);
  timer_arm (&alarm.timer, 0);
  g_assert_cmpstr (story->str, ==, "");
  net_run (&net);
  g_assert_cmpstr (story->str, ==, "a");
  g_assert_cmpint (alarm.fired_ns, ==, 0);
}

static void
test_arming_an_armed_timer_moves_it (void)
{
  g_autoptr (GString) story = g_string_new (NULL);
  g_auto (Net) net;
  Alarm alarm;
  net_init (&net);
  alarm_init (&alarm, &net, "a", story);
  timer_arm (&alarm.timer, NS_PER_S);
  timer_arm (&alarm.timer, 5 * NS_PER_S);
  net_run (&net);
  g_assert_cmpstr (story->str, ==, "a");
  g_assert_cmpint (alarm.fired_ns, ==, 5 * NS_PER_S);
}

static void
test_a_disarmed_timer_does_not_fire (void)
{
  g_autoptr (GString) story = g_string_new (NULL);
  g_auto (Net) net;
  Alarm alarm;
  Timer never_used = { 0 };
  net_init (&net);
  alarm_init (&alarm, &net, "a", story);
  timer_arm (&alarm.timer, NS_PER_S);
  timer_disarm (&alarm.timer);
  timer_disarm (&alarm.timer);
  timer_disarm (&never_used);
  net_run (&net);
  g_assert_cmpstr (story->str, ==, "");
}

static void
test_equal_deadlines_fire_in_the_order_of_arming (void)
{
  g_autoptr (GString) story = g_string_new (NULL);
  g_auto (Net) net;
  Alarm alarms[4];
  static const char *const names[] = { "a", "b", "c", "d" };
  net_init (&net);
  for (guint i = 0; i < 4; i++)
    alarm_init (&alarms[i], &net, names[i], story);
  for (guint i = 4; i > 0; i--)
    timer_arm (&alarms[i - 1].timer, NS_PER_S);
  timer_arm (&alarms[2].timer, NS_PER_S); /* again: now the last */
  net_run (&net);
  g_assert_cmpstr (story->str, ==, "dbac");
}

static void
alarm_arms_again (Alarm *alarm)
{
  if (alarm->story->len < 3)
    timer_arm (&alarm->timer, NS_PER_S);
}

static void
test_a_timer_may_arm_itself_again (void)
{
  g_autoptr (GString) story = g_string_new (NULL);
  g_auto (Net) net;
  Alarm alarm;
  net_init (&net);
  alarm_init (&alarm, &net, "a", story);
  alarm.then = alarm_arms_again;
  timer_arm (&alarm.timer, NS_PER_S);
  net_run (&net);
  g_assert_cmpstr (story->str, ==, "aaa");
  g_assert_cmpint (alarm.fired_ns, ==, 3 * NS_PER_S);
}

static void
alarm_disarms_other (Alarm *alarm)
{
  timer_disarm (&alarm->other->timer);
}

static void
test_a_timer_may_disarm_another_of_the_same_instant (void)
{
  g_autoptr (GString) story = g_string_new (NULL);
  g_auto (Net) net;
  Alarm a, b;
  net_init (&net);
  alarm_init (&a, &net, "a", story);
  alarm_init (&b, &net, "b", story);
  a.then = alarm_disarms_other;
  a.other = &b;
  timer_arm (&a.timer, NS_PER_S);
  timer_arm (&b.timer, NS_PER_S);
  net_run (&net);
  g_assert_cmpstr (story->str, ==, "a");
}

static void
alarm_frees_itself (Alarm *alarm)
{
  g_free (alarm);
}

static void
test_a_timer_may_free_its_own_memory (void)
{
  g_autoptr (GString) story = g_string_new (NULL);
  g_auto (Net) net;
  Alarm *alarm = g_new (Alarm, 1);
  net_init (&net);
  alarm_init (alarm, &net, "a", story);
  alarm->then = alarm_frees_itself;
  timer_arm (&alarm->timer, NS_PER_S);
  net_run (&net);
  g_assert_cmpstr (story->str, ==, "a");
}

static void
test_the_longest_delay_does_not_overflow (void)
{
  g_autoptr (GString) story = g_string_new (NULL);
  g_auto (Net) net;
  Alarm soon, never;
  net_init (&net);
  alarm_init (&soon, &net, "s", story);
  alarm_init (&never, &net, "n", story);
  net_run_for (&net, NS_PER_S);
  timer_arm (&never.timer, G_MAXINT64);
  timer_arm (&soon.timer, NS_PER_S);
  net_run_for (&net, 3 * NS_PER_S);
  g_assert_cmpstr (story->str, ==, "s");
  g_assert_true (timer_is_armed (&never.timer));
  timer_disarm (&never.timer);
}

static void
alarm_notes_data (Alarm *alarm)
{
  const Net *net = (const Net *) alarm->other;
  g_string_append (alarm->story, net->server.heard->str);
}

/* An answer that arrives at the very nanosecond of its deadline is in time, although the timer was armed first. */
static void
test_what_arrives_comes_before_a_timer_of_the_same_instant (void)
{
  g_autoptr (GString) story = g_string_new (NULL);
  g_auto (Net) net;
  Alarm alarm;
  net_init (&net);
  net_establish (&net);
  alarm_init (&alarm, &net, "timer after ", story);
  alarm.then = alarm_notes_data;
  alarm.other = (Alarm *) &net;
  timer_arm (&alarm.timer, LATENCY_NS);
  end_send (&net.client, "abc");
  net_run (&net);
  g_assert_cmpint (alarm.fired_ns, ==, net.server.heard_ns);
  g_assert_cmpstr (story->str, ==, "timer after data:3");
}

static void
arm_with_a_negative_delay (void)
{
  Net net;
  Alarm alarm;
  net_init (&net);
  alarm_init (&alarm, &net, "a", NULL);
  timer_arm (&alarm.timer, -1);
}

static void
arm_without_init (void)
{
  Timer timer = { 0 };
  timer_arm (&timer, 1);
}

static void
test_a_negative_delay_or_no_init_is_a_programmers_error (void)
{
  g_test_trap_subprocess ("/world/sim/host/subprocess/negative", 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*check failed: expected delay_ns >= 0*");
  g_test_trap_subprocess ("/world/sim/host/subprocess/init", 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*check failed: expected *host*");
}

/* ---- random numbers ---- */

static guint64
draw (Host *host, const char *name)
{
  Random random;
  host_random (host, name, &random);
  return random_next (&random);
}

static void
test_random_streams_are_of_a_seed_a_host_and_a_name (void)
{
  g_auto (Net) net, same, other;
  net_init (&net);
  net_init (&same);
  net_init_with (&other, (SimConfig){ .seed = 2 });
  g_assert_cmphex (draw (net.client_host, "x"), ==, draw (net.client_host, "x"));
  g_assert_cmphex (draw (net.client_host, "x"), ==, draw (same.client_host, "x"));
  g_assert_cmphex (draw (net.client_host, "x"), !=, draw (net.client_host, "y"));
  g_assert_cmphex (draw (net.client_host, "x"), !=, draw (net.server_host, "x"));
  g_assert_cmphex (draw (net.client_host, "x"), !=, draw (other.client_host, "x"));
}

/* ---- work ---- */

/* A work that makes so many calls of the disk and tells how it went: "run1 done1". */
typedef struct Job {
  Host *host;
  GString *story;
  guint number;
  guint calls;
  guint syncs;
  gint64 run_ns;
  gint64 done_ns;
  struct Job *next; /* submitted by done */
} Job;

static void
job_note (Job *job, const char *what)
{
  g_string_append_printf (job->story, "%s%s%u", job->story->len > 0 ? " " : "", what, job->number);
}

static void
job_run (gpointer data)
{
  Job *job = data;
  job_note (job, "run");
  job->run_ns = host_now_ns (job->host);
  for (guint i = 0; i < job->calls; i++) {
    gboolean exists;
    if (!disk_exists (job->host, "file", &exists, NULL))
      job_note (job, "failed");
  }
  for (guint i = 0; i < job->syncs; i++)
    disk_sync_directory (job->host, NULL);
}

static const WorkFns job_fns;

static void
job_done (gpointer data)
{
  Job *job = data;
  job_note (job, "done");
  job->done_ns = host_now_ns (job->host);
  if (job->next != NULL)
    host_work (job->host, &job_fns, job->next);
}

static void
job_dropped (gpointer data)
{
  job_note (data, "dropped");
}

static const WorkFns job_fns = { job_run, job_done, job_dropped };
static const WorkFns job_fns_without_dropped = { job_run, job_done, NULL };

typedef struct Shop {
  Net net;
  GString *story;
  Job jobs[3];
} Shop;

static void
shop_init (Shop *shop)
{
  net_init (&shop->net);
  shop->story = g_string_new (NULL);
  for (guint i = 0; i < 3; i++)
    shop->jobs[i] = (Job){ .host = shop->net.client_host, .story = shop->story, .number = i + 1 };
}

static void
shop_clear (Shop *shop)
{
  net_clear (&shop->net);
  g_string_free (shop->story, TRUE);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Shop, shop_clear)

static void
shop_submit (Shop *shop, guint number)
{
  host_work (shop->jobs[number - 1].host, &job_fns, &shop->jobs[number - 1]);
}

static void
test_work_is_done_one_at_a_time_in_the_order_of_submission (void)
{
  g_auto (Shop) shop;
  shop_init (&shop);
  for (guint i = 1; i <= 3; i++) {
    shop.jobs[i - 1].calls = 4 - i; /* the first takes longest */
    shop_submit (&shop, i);
  }
  g_assert_cmpstr (shop.story->str, ==, ""); /* not inside the call */
  net_run (&shop.net);
  g_assert_cmpstr (shop.story->str, ==, "run1 done1 run2 done2 run3 done3");
  g_assert_cmpint (shop.jobs[1].run_ns, ==, shop.jobs[0].done_ns);
}

static void
test_work_takes_the_time_that_its_disk_calls_cost (void)
{
  g_auto (Shop) shop;
  shop_init (&shop);
  shop.jobs[0].calls = 3;
  shop.jobs[1].syncs = 2;
  for (guint i = 1; i <= 3; i++)
    shop_submit (&shop, i);
  net_run (&shop.net);
  g_assert_cmpint (shop.jobs[0].done_ns, ==, 3 * DISK_CALL_NS);
  g_assert_cmpint (shop.jobs[1].done_ns - shop.jobs[1].run_ns, ==,
                   2 * (DISK_CALL_NS + DISK_SYNC_NS));
  g_assert_cmpint (shop.jobs[2].done_ns - shop.jobs[2].run_ns, ==, 0);
}

static void
test_the_cost_of_a_disk_call_is_configured (void)
{
  g_autoptr (GString) story = g_string_new (NULL);
  g_auto (Net) net;
  net_init_with (&net, (SimConfig){ .seed = 1, .disk_call_ns = 1, .disk_sync_ns = 100 });
  Job job = { .host = net.client_host, .story = story, .calls = 3, .syncs = 1 };
  host_work (net.client_host, &job_fns, &job);
  net_run (&net);
  g_assert_cmpint (job.done_ns, ==, 4 * 1 + 100); /* a sync is a call, too */
}

static void
test_done_may_submit_more_work (void)
{
  g_auto (Shop) shop;
  shop_init (&shop);
  shop.jobs[0].next = &shop.jobs[2];
  shop_submit (&shop, 1);
  shop_submit (&shop, 2);
  net_run (&shop.net);
  g_assert_cmpstr (shop.story->str, ==, "run1 done1 run2 done2 run3 done3");
}

static void
test_hosts_work_side_by_side (void)
{
  g_auto (Shop) shop;
  shop_init (&shop);
  shop.jobs[0].calls = 2;
  shop.jobs[1].calls = 1;
  shop.jobs[1].host = shop.net.server_host;
  shop_submit (&shop, 1);
  shop_submit (&shop, 2);
  net_run (&shop.net);
  g_assert_cmpstr (shop.story->str, ==, "run1 run2 done2 done1");
}

static void
test_work_that_was_not_done_is_dropped_when_the_host_goes_down (void)
{
  g_auto (Shop) shop;
  shop_init (&shop);
  shop.jobs[0].calls = 1;
  shop_submit (&shop, 1);
  shop_submit (&shop, 2);
  g_assert_true (world_step (shop.net.world));
  host_power_cut (shop.net.client_host, DISK_CUT_LOSE);
  g_assert_cmpstr (shop.story->str, ==, "run1 dropped1 dropped2");
  g_assert_true (host_start (shop.net.client_host, NULL));
  shop_submit (&shop, 3);
  net_run (&shop.net);
  g_assert_cmpstr (shop.story->str, ==, "run1 dropped1 dropped2 run3 done3");
}

static void
test_work_on_a_host_that_is_down_is_dropped (void)
{
  g_auto (Shop) shop;
  shop_init (&shop);
  host_kill (shop.net.client_host);
  shop_submit (&shop, 1);
  host_work (shop.net.client_host, &job_fns_without_dropped, &shop.jobs[1]);
  net_run (&shop.net);
  g_assert_cmpstr (shop.story->str, ==, "dropped1");
}

static void
test_work_without_dropped_is_dropped_in_silence (void)
{
  g_auto (Shop) shop;
  shop_init (&shop);
  host_work (shop.net.client_host, &job_fns_without_dropped, &shop.jobs[0]);
  host_kill (shop.net.client_host);
  net_run (&shop.net);
  g_assert_cmpstr (shop.story->str, ==, "");
}

/* ---- up and down ---- */

typedef struct Downs {
  guint count;
  gboolean starts;
} Downs;

static void
note_down (gpointer data, Host *host)
{
  Downs *downs = data;
  downs->count++;
  g_assert_false (host_is_up (host));
  if (downs->starts)
    g_assert_true (host_start (host, NULL));
}

static void
host_note_downs (Host *host, Downs *downs)
{
  host->on_down = note_down;
  host->on_down_data = downs;
}

static void
test_on_down_is_called_once (void)
{
  g_auto (Net) net;
  Downs downs = { 0 };
  net_init (&net);
  host_note_downs (net.client_host, &downs);
  g_assert_true (host_is_up (net.client_host));
  host_power_cut (net.client_host, DISK_CUT_LOSE);
  g_assert_false (host_is_up (net.client_host));
  host_power_cut (net.client_host, DISK_CUT_LOSE);
  host_kill (net.client_host);
  g_assert_cmpuint (downs.count, ==, 1);
  g_assert_true (host_start (net.client_host, NULL));
  g_assert_true (host_start (net.client_host, NULL));
  host_kill (net.client_host);
  g_assert_cmpuint (downs.count, ==, 2);
}

static void
test_on_down_may_start_the_host_at_once (void)
{
  g_auto (Net) net;
  Downs downs = { .starts = TRUE };
  net_init (&net);
  host_note_downs (net.server_host, &downs);
  host_power_cut (net.server_host, DISK_CUT_LOSE);
  g_assert_true (host_is_up (net.server_host));
  listener_free (g_steal_pointer (&net.listener));
  net_listen (&net);
  net_establish (&net);
}

static void
test_a_host_that_goes_down_drops_its_timers_and_listeners (void)
{
  g_autoptr (GString) story = g_string_new (NULL);
  g_auto (Net) net;
  Alarm alarms[3];
  net_init (&net);
  for (guint i = 0; i < 3; i++) {
    alarm_init (&alarms[i], &net, "a", story);
    timer_arm (&alarms[i].timer, NS_PER_S);
  }
  host_power_cut (net.client_host, DISK_CUT_LOSE);
  for (guint i = 0; i < 3; i++)
    g_assert_false (timer_is_armed (&alarms[i].timer));
  host_power_cut (net.server_host, DISK_CUT_LOSE);
  g_assert_true (host_start (net.server_host, NULL));
  g_assert_true (host_start (net.client_host, NULL));
  net_connect (&net);
  net_run (&net);
  g_assert_cmpstr (story->str, ==, "");
  assert_heard (&net.client, "refused");
}

static void
test_calls_of_a_host_that_is_down_are_without_effect (void)
{
  g_autoptr (GString) story = g_string_new (NULL);
  g_auto (Net) net;
  Alarm alarm;
  Slice slice = slice_copy ("abc", 3);
  net_init (&net);
  net_establish (&net);
  alarm_init (&alarm, &net, "a", story);
  host_power_cut (net.client_host, DISK_CUT_LOSE);
  timer_arm (&alarm.timer, 0);
  stream_send (net.client.stream, slice_ref (&slice));
  stream_shutdown (net.client.stream);
  stream_reset (net.client.stream);
  stream_set_reading (net.client.stream, FALSE);
  g_assert_cmpuint (stream_queued (net.client.stream), ==, 0);
  net_run (&net);
  g_assert_cmpstr (story->str, ==, "");
  assert_heard (&net.server, "");
  g_assert_cmpuint (slice.buffer->references, ==, 1);
  slice_clear (&slice);
}

static void
test_streams_of_an_earlier_life_stay_dead (void)
{
  g_auto (Net) net;
  net_init (&net);
  net_establish (&net);
  host_power_cut (net.client_host, DISK_CUT_LOSE);
  g_assert_true (host_start (net.client_host, NULL));
  end_send (&net.client, "abc");
  end_free_stream (&net.client);
  net_run (&net);
  assert_heard (&net.server, "");
}

static void
test_the_log_tells_of_up_and_down (void)
{
  g_auto (Net) net;
  net_init (&net);
  const guint64 before = event_log_observable (net.world->log);
  host_kill (net.client_host);
  host_start (net.client_host, NULL);
  g_assert_cmpuint (event_log_observable (net.world->log), ==, before + 2);
}

/* ---- power cut from inside a call ---- */

typedef struct Cut {
  guint at; /* this call of the disk */
  gboolean has_gone_down;
} Cut;

static FaultAnswer
cut_answer (gpointer data, Host *host, const FaultQuestion *question)
{
  const Cut *cut = data;
  g_assert_cmpint (question->point, ==, FAULT_POINT_DISK);
  return question->ordinal == cut->at ? FAULT_POWER_CUT_LOSE : FAULT_NONE;
}

static void
cut_down (gpointer data, Host *host)
{
  ((Cut *) data)->has_gone_down = TRUE;
}

static void
host_cut_at (Host *host, Cut *cut)
{
  host->fault_ask = cut_answer;
  host->fault_data = cut;
  host->on_down = cut_down;
  host->on_down_data = cut;
}

static void
test_a_power_cut_within_work_takes_the_host_down_when_the_stack_has_unwound (void)
{
  g_auto (Shop) shop;
  Cut cut = { .at = 2 };
  shop_init (&shop);
  host_cut_at (shop.net.client_host, &cut);
  shop.jobs[0].calls = 3;
  shop_submit (&shop, 1);
  g_assert_true (world_step (shop.net.world));
  g_assert_cmpstr (shop.story->str, ==, "run1 failed1 failed1 dropped1");
  g_assert_true (cut.has_gone_down);
  g_assert_false (host_is_up (shop.net.client_host));
}

/* The driver itself calls the disk: there is no event to wait for. */
static void
test_a_power_cut_outside_of_any_event_comes_with_the_next_step (void)
{
  g_auto (Net) net;
  Cut cut = { .at = 1 };
  gboolean exists;
  net_init (&net);
  host_cut_at (net.client_host, &cut);
  g_assert_false (disk_exists (net.client_host, "file", &exists, NULL));
  g_assert_true (host_is_up (net.client_host));
  g_assert_true (world_step (net.world));
  g_assert_true (cut.has_gone_down);
  g_assert_false (world_step (net.world));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define TEST(path, function) g_test_add_func ("/world/sim/host/" path, function)
  TEST ("subprocess/negative", arm_with_a_negative_delay);
  TEST ("subprocess/init", arm_without_init);
  TEST ("a-timer-fires-once-at-its-time", test_a_timer_fires_once_at_its_time);
  TEST ("a-delay-of-nothing-is-not-inside-the-call",
        test_a_delay_of_nothing_is_not_inside_the_call);
  TEST ("arming-an-armed-timer-moves-it", test_arming_an_armed_timer_moves_it);
  TEST ("a-disarmed-timer-does-not-fire", test_a_disarmed_timer_does_not_fire);
  TEST ("equal-deadlines-fire-in-the-order-of-arming",
        test_equal_deadlines_fire_in_the_order_of_arming);
  TEST ("a-timer-may-arm-itself-again", test_a_timer_may_arm_itself_again);
  TEST ("a-timer-may-disarm-another-of-the-same-instant",
        test_a_timer_may_disarm_another_of_the_same_instant);
  TEST ("a-timer-may-free-its-own-memory", test_a_timer_may_free_its_own_memory);
  TEST ("the-longest-delay-does-not-overflow", test_the_longest_delay_does_not_overflow);
  TEST ("what-arrives-comes-before-a-timer-of-the-same-instant",
        test_what_arrives_comes_before_a_timer_of_the_same_instant);
  TEST ("a-negative-delay-or-no-init-is-a-programmers-error",
        test_a_negative_delay_or_no_init_is_a_programmers_error);
  TEST ("random-streams-are-of-a-seed-a-host-and-a-name",
        test_random_streams_are_of_a_seed_a_host_and_a_name);
  TEST ("work-is-done-one-at-a-time-in-the-order-of-submission",
        test_work_is_done_one_at_a_time_in_the_order_of_submission);
  TEST ("work-takes-the-time-that-its-disk-calls-cost",
        test_work_takes_the_time_that_its_disk_calls_cost);
  TEST ("the-cost-of-a-disk-call-is-configured", test_the_cost_of_a_disk_call_is_configured);
  TEST ("done-may-submit-more-work", test_done_may_submit_more_work);
  TEST ("hosts-work-side-by-side", test_hosts_work_side_by_side);
  TEST ("work-that-was-not-done-is-dropped-when-the-host-goes-down",
        test_work_that_was_not_done_is_dropped_when_the_host_goes_down);
  TEST ("work-on-a-host-that-is-down-is-dropped", test_work_on_a_host_that_is_down_is_dropped);
  TEST ("work-without-dropped-is-dropped-in-silence",
        test_work_without_dropped_is_dropped_in_silence);
  TEST ("on-down-is-called-once", test_on_down_is_called_once);
  TEST ("on-down-may-start-the-host-at-once", test_on_down_may_start_the_host_at_once);
  TEST ("a-host-that-goes-down-drops-its-timers-and-listeners",
        test_a_host_that_goes_down_drops_its_timers_and_listeners);
  TEST ("calls-of-a-host-that-is-down-are-without-effect",
        test_calls_of_a_host_that_is_down_are_without_effect);
  TEST ("streams-of-an-earlier-life-stay-dead", test_streams_of_an_earlier_life_stay_dead);
  TEST ("the-log-tells-of-up-and-down", test_the_log_tells_of_up_and_down);
  TEST ("a-power-cut-within-work-takes-the-host-down-when-the-stack-has-unwound",
        test_a_power_cut_within_work_takes_the_host_down_when_the_stack_has_unwound);
  TEST ("a-power-cut-outside-of-any-event-comes-with-the-next-step",
        test_a_power_cut_outside_of_any_event_comes_with_the_next_step);
#undef TEST
  return g_test_run ();
}
