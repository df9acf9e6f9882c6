/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/initiator/mpio/lab.h"

/* Every pair of state and event: where it leads, or that it has no row. */
static void
test_the_machine_has_these_rows_and_no_other (void)
{
  static const int next[4][4] = {
    /*                     ACTIVATE          REST               FAIL              REMOVE */
    [MPIO_PATH_FAILED] = { MPIO_PATH_ACTIVE, MPIO_PATH_STANDBY, -1, MPIO_PATH_REMOVED },
    [MPIO_PATH_ACTIVE] = { -1, MPIO_PATH_STANDBY, MPIO_PATH_FAILED, MPIO_PATH_REMOVED },
    [MPIO_PATH_STANDBY] = { MPIO_PATH_ACTIVE, -1, MPIO_PATH_FAILED, MPIO_PATH_REMOVED },
    [MPIO_PATH_REMOVED] = { -1, -1, -1, -1 },
  };
  g_assert_cmpuint (mpio_path_machine.state_count, ==, 4);
  g_assert_cmpuint (mpio_path_machine.event_count, ==, 4);
  for (guint8 state = 0; state < 4; state++)
    for (guint8 event = 0; event < 4; event++) {
      const MachineRow *row = machine_find (&mpio_path_machine, state, event);
      g_assert_cmpint (row != NULL ? row->next : -1, ==, next[state][event]);
    }
}

static void
test_the_first_path_names_the_unit_and_others_must_agree (void)
{
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  lab_make_disk (&lab, "round robin", 1, 0);
  g_assert_true (g_str_has_prefix (mpio_disk_identity (lab.disk), "naa.3"));
  g_assert_false (lab_add_path (&lab, 1, 1));
  g_assert_error (lab.error, MPIO_ERROR, MPIO_ERROR_OTHER_UNIT);
  g_assert_true (g_str_has_prefix (lab.error->message, "path 2: expected the unit 'naa.3"));
  g_assert_true (lab_add_path (&lab, 1, 0));
  lab_assert_paths (&lab, "active active");
}

static void
test_a_session_is_one_path_once_and_a_unit_must_be_there (void)
{
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  lab_make_disk (&lab, "round robin", 1, 0);
  g_assert_false (lab_add_path (&lab, 0, 0));
  g_assert_error (lab.error, MPIO_ERROR, MPIO_ERROR_TAKEN);
  g_assert_false (lab_add_path (&lab, 1, 7));
  g_assert_error (lab.error, MPIO_ERROR, MPIO_ERROR_NO_ANSWER);
  g_assert_cmpstr (lab.error->message, ==,
                   "path 2: expected a unit that says its name and is ready, got one whose answer "
                   "was ILLEGAL REQUEST, 25/00");
}

static void
test_without_a_path_a_task_ends_at_once_as_not_sent (void)
{
  g_auto (Lab) lab = { 0 };
  Read read;
  lab_init (&lab);
  lab_make_disk (&lab, "round robin", 0, 0);
  const gint64 start = lab.world->now_ns;
  lab_submit (&lab, &read);
  lab_wait (&lab, &read);
  g_assert_cmpint (lab.world->now_ns, ==, start);
  g_assert_cmpint (read.task.outcome, ==, TASK_OUTCOME_NOT_SENT);
  task_clear (&read.task);
}

static void
on_disconnected (gpointer data, const GError *error)
{
  *(gboolean *) data = TRUE;
}

static void
test_a_session_that_leaves_takes_its_path_along (void)
{
  g_auto (Lab) lab = { 0 };
  gboolean is_out = FALSE;
  Read reads[2];
  lab_init (&lab);
  lab_make_disk (&lab, "round robin", 2, 0);
  for (guint i = 0; i < 2; i++)
    lab_submit (&lab, &reads[i]);
  session_disconnect (lab.sessions[0], on_disconnected, &is_out);
  lab_assert_paths (&lab, "removed active");
  for (guint i = 0; i < 2; i++) {
    lab_wait (&lab, &reads[i]);
    g_assert_cmpint (reads[i].task.outcome, ==, TASK_OUTCOME_STATUS);
    task_clear (&reads[i].task);
  }
  lab_read (&lab, 3);
  g_assert_true (is_out);
  g_assert_true (lab_add_path (&lab, 2, 0)); /* and the removed one is forgotten */
  lab_assert_paths (&lab, "active active");
}

/* windows-semantics E4: counted from the failure of the last path. */
static void
test_tasks_wait_for_a_path_exactly_the_hold_time (void)
{
  g_auto (Lab) lab = { 0 };
  Read read;
  lab_init (&lab);
  lab_make_disk (&lab, "round robin", 2, 0);
  mpio_disk_fail_path (lab.disk, 0);
  lab_run_for (&lab, NS_PER_S);
  mpio_disk_fail_path (lab.disk, 1);
  const gint64 last = lab.world->now_ns;
  lab_submit (&lab, &read);
  lab_wait (&lab, &read);
  g_assert_cmpint (lab.world->now_ns - last, ==, 20 * NS_PER_S);
  g_assert_cmpint (read.task.outcome, ==, TASK_OUTCOME_NOT_SENT);
  g_assert_true (mpio_disk_is_gone (lab.disk));
  task_clear (&read.task);
  mpio_disk_check_path (lab.disk, 1);
  lab_run_for (&lab, NS_PER_MS);
  g_assert_false (mpio_disk_is_gone (lab.disk));
  lab_read (&lab, 1);
}

/* Each event zero, one or two times: the count of usable paths is what the states say (no counter to go wrong). */
static void
test_a_failure_told_twice_counts_once (void)
{
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  lab_make_disk (&lab, "fail over only", 2, 0);
  mpio_disk_fail_path (lab.disk, 0);
  mpio_disk_fail_path (lab.disk, 0);
  g_assert_cmpuint (lab_path (&lab, 0).failures, ==, 1);
  mpio_disk_remove_path (lab.disk, 0);
  mpio_disk_remove_path (lab.disk, 0);
  mpio_disk_fail_path (lab.disk, 0);
  lab_assert_paths (&lab, "removed active");
  lab_read (&lab, 1);
}

/* A failed path whose session is up is asked again at recovery_ns: 40 s with the windows profile. */
static void
test_a_failed_path_is_taken_back_at_the_recovery_interval (void)
{
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  lab_make_disk (&lab, "round robin", 2, 0);
  mpio_disk_fail_path (lab.disk, 1);
  lab_run_for (&lab, 40 * NS_PER_S - NS_PER_MS);
  lab_assert_paths (&lab, "active failed");
  lab_run_for (&lab, 2 * NS_PER_MS);
  lab_assert_paths (&lab, "active active");
}

/* polling_interval of the linux profile doubles up to four times itself: 5, 10, 20, 20. */
static void
test_checks_of_a_well_path_grow_rare (void)
{
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  lab.profile = *mpio_profile_find ("linux");
  lab_make_disk (&lab, "round robin", 1, 0);
  const guint64 before = target_sim_counters (lab.target)->commands;
  const gint64 seconds[] = { 5, 10, 20, 20 };
  for (guint i = 0; i < G_N_ELEMENTS (seconds); i++) {
    lab_run_for (&lab, seconds[i] * NS_PER_S);
    lab_run_for (&lab, NS_PER_S / 10);
    g_assert_cmpuint (target_sim_counters (lab.target)->commands - before, ==, i + 1);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define TEST(name) g_test_add_func ("/initiator/mpio/path/" #name, test_##name)
  TEST (the_machine_has_these_rows_and_no_other);
  TEST (the_first_path_names_the_unit_and_others_must_agree);
  TEST (a_session_is_one_path_once_and_a_unit_must_be_there);
  TEST (without_a_path_a_task_ends_at_once_as_not_sent);
  TEST (a_session_that_leaves_takes_its_path_along);
  TEST (tasks_wait_for_a_path_exactly_the_hold_time);
  TEST (a_failure_told_twice_counts_once);
  TEST (a_failed_path_is_taken_back_at_the_recovery_interval);
  TEST (checks_of_a_well_path_grow_rare);
  return g_test_run ();
}
