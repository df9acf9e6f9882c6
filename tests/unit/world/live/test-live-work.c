/* SPDX-License-Identifier: Apache-2.0 */
/* Works run on another thread, one after the other; the loop hears of each. */
#include "tests/unit/world/live/live-fixture.h"

#define JOBS 5

typedef struct Job {
  GString *order; /* the loop's */
  char name;
  GThread *thread;
  gulong sleep_us;
  gint has_run; /* atomic */
  gboolean is_dropped;
  Host *kills;
} Job;

static void
job_run (gpointer data)
{
  Job *job = data;
  job->thread = g_thread_self ();
  g_usleep (job->sleep_us);
  g_atomic_int_set (&job->has_run, 1);
}

static void
job_done (gpointer data)
{
  Job *job = data;
  g_string_append_c (job->order, job->name);
  if (job->kills != NULL)
    host_kill (job->kills);
}

static void
job_dropped (gpointer data)
{
  Job *job = data;
  job->is_dropped = TRUE;
  g_string_append_c (job->order, '-');
  g_string_append_c (job->order, job->name);
}

static const WorkFns job_fns = { job_run, job_done, job_dropped };

static void
jobs_init (Job *jobs, GString *order)
{
  for (guint i = 0; i < JOBS; i++)
    jobs[i] = (Job){ .order = order, .name = (char) ('a' + i) };
}

static void
test_done_on_the_loop_in_order (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) order = g_string_new (NULL);
  Job jobs[JOBS];
  jobs_init (jobs, order);
  for (guint i = 0; i < JOBS; i++)
    host_work (fixture->host, &job_fns, &jobs[i]);
  g_assert_cmpuint (order->len, ==, 0);
  STEP_UNTIL (fixture->world, order->len == JOBS);
  g_assert_cmpstr (order->str, ==, "abcde");
  for (guint i = 0; i < JOBS; i++) {
    g_assert_true (jobs[i].thread == jobs[0].thread);
    g_assert_true (jobs[i].thread != g_thread_self ());
  }
  g_assert_false (world_step (fixture->world));
}

static void
test_kill_waits_for_the_running_work (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) order = g_string_new (NULL);
  Job jobs[JOBS];
  jobs_init (jobs, order);
  jobs[0].sleep_us = 20 * 1000;
  for (guint i = 0; i < JOBS; i++)
    host_work (fixture->host, &job_fns, &jobs[i]);
  g_usleep (5 * 1000); /* the first is very likely on its way */
  host_kill (fixture->host);
  g_assert_cmpstr (order->str, ==, "-a-b-c-d-e");
  g_assert_false (g_atomic_int_get (&jobs[1].has_run));
  g_assert_false (world_step (fixture->world));
}

static void
test_kill_in_done_drops_the_finished (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) order = g_string_new (NULL);
  Job jobs[JOBS];
  jobs_init (jobs, order);
  jobs[1].kills = fixture->host;
  for (guint i = 0; i < JOBS; i++)
    host_work (fixture->host, &job_fns, &jobs[i]);
  while (!g_atomic_int_get (&jobs[JOBS - 1].has_run))
    g_usleep (1000);
  STEP_UNTIL (fixture->world, order->len > 2);
  g_assert_cmpstr (order->str, ==, "ab-c-d-e");
}

/* They are done in their order when it goes on, or dropped in it when it dies instead. */
static void
test_finished_works_wait_for_a_paused_host (Fixture *fixture, gconstpointer data)
{
  const gboolean is_killed = GPOINTER_TO_INT (data);
  g_autoptr (GString) order = g_string_new (NULL);
  Job jobs[JOBS];
  jobs_init (jobs, order);
  host_pause (fixture->host);
  for (guint i = 0; i < JOBS; i++)
    host_work (fixture->host, &job_fns, &jobs[i]);
  while (!g_atomic_int_get (&jobs[JOBS - 1].has_run))
    g_usleep (1000);
  STEP_FOR (fixture->world, 20 * NS_PER_MS);
  g_assert_cmpuint (order->len, ==, 0);
  if (is_killed)
    host_kill (fixture->host);
  else
    host_resume (fixture->host);
  STEP_UNTIL (fixture->world, order->len >= JOBS);
  g_assert_cmpstr (order->str, ==, is_killed ? "-a-b-c-d-e" : "abcde");
  g_assert_false (world_step (fixture->world));
}

static void
test_works_of_another_host_go_on (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) order = g_string_new (NULL);
  Host *other = fixture_host_new (fixture, "other");
  Job jobs[JOBS];
  jobs_init (jobs, order);
  for (guint i = 0; i < JOBS; i++)
    host_work (i % 2 == 0 ? other : fixture->host, &job_fns, &jobs[i]);
  host_kill (fixture->host);
  STEP_UNTIL (fixture->world, order->len == 7);
  g_assert_cmpstr (order->str, ==, "-b-dace");
}

static void
test_work_on_a_dead_host_is_dropped (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) order = g_string_new (NULL);
  Job jobs[JOBS];
  jobs_init (jobs, order);
  host_kill (fixture->host);
  host_work (fixture->host, &job_fns, &jobs[0]);
  g_assert_cmpstr (order->str, ==, "-a");
}

static void
test_world_ends_with_work_pending (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) order = g_string_new (NULL);
  Job jobs[JOBS];
  jobs_init (jobs, order);
  World *world = fixture_world_new (fixture->directory);
  g_autoptr (GError) error = NULL;
  Host *host = world_host_new (world, "short-lived", &error);
  g_assert_no_error (error);
  for (guint i = 0; i < JOBS; i++)
    host_work (host, &job_fns, &jobs[i]);
  world_free (world);
  for (guint i = 0; i < JOBS; i++)
    g_assert_true (jobs[i].is_dropped);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  TEST ("/live-work/works run on one thread and are done on the loop, in order",
        test_done_on_the_loop_in_order);
  TEST ("/live-work/a kill waits for the work that runs and drops all",
        test_kill_waits_for_the_running_work);
  TEST ("/live-work/a kill in done drops what is finished", test_kill_in_done_drops_the_finished);
  TEST ("/live-work/finished works wait for a paused host",
        test_finished_works_wait_for_a_paused_host);
  g_test_add ("/live-work/a paused host that dies drops what has finished", Fixture,
              GINT_TO_POINTER (TRUE), fixture_set_up, test_finished_works_wait_for_a_paused_host,
              fixture_tear_down);
  TEST ("/live-work/works of another host go on", test_works_of_another_host_go_on);
  TEST ("/live-work/work on a dead host is dropped at once", test_work_on_a_dead_host_is_dropped);
  TEST ("/live-work/a world ends with work pending", test_world_ends_with_work_pending);
  return g_test_run ();
}
