/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/initiator/mpio/lab.h"

static void
assert_commands (Lab *lab, guint a, guint b, guint c)
{
  g_assert_cmpuint (lab_path (lab, 0).commands, ==, a);
  g_assert_cmpuint (lab_path (lab, 1).commands, ==, b);
  g_assert_cmpuint (lab_path (lab, 2).commands, ==, c);
}

static void
test_policies_are_found_by_name (void)
{
  g_autofree char *names = mpio_policy_names ();
  g_assert_cmpstr (names, ==, "'fail over only', 'round robin', 'least queue depth'");
  g_assert_cmpstr (mpio_policy_name (mpio_policy_find ("round robin")), ==, "round robin");
  g_assert_null (mpio_policy_find ("Round Robin"));
}

static void
test_each_profile_names_a_policy_that_is_there (void)
{
  g_assert_nonnull (mpio_policy_find (mpio_profile_find ("windows")->policy));
  g_assert_nonnull (mpio_policy_find (mpio_profile_find ("linux")->policy));
  g_assert_null (mpio_profile_find ("solaris"));
}

/* windows-semantics E1: the first usable standby in list order becomes active; a path that is back stands by. */
static void
test_fail_over_only_takes_the_next_in_order_and_stays_there (void)
{
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  lab_make_disk (&lab, "fail over only", 3, 0);
  lab_assert_paths (&lab, "active standby standby");
  lab_read (&lab, 3);
  assert_commands (&lab, 3, 0, 0);
  mpio_disk_fail_path (lab.disk, 0);
  lab_assert_paths (&lab, "failed active standby");
  mpio_disk_check_path (lab.disk, 0);
  lab_run_for (&lab, NS_PER_MS);
  lab_assert_paths (&lab, "standby active standby");
  lab_read (&lab, 2);
  assert_commands (&lab, 3, 2, 0);
}

static void
test_the_preferred_path_takes_over_again_after_the_failback_time (void)
{
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  lab.profile.failback_ns = 10 * NS_PER_S;
  lab_make_disk (&lab, "fail over only", 2, 1);
  mpio_disk_fail_path (lab.disk, 0);
  mpio_disk_check_path (lab.disk, 0);
  lab_run_for (&lab, 9 * NS_PER_S);
  lab_assert_paths (&lab, "standby active");
  lab_run_for (&lab, 2 * NS_PER_S);
  lab_assert_paths (&lab, "active standby");
}

static void
test_without_failback_the_preferred_path_stands_by (void)
{
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  lab.profile.failback_ns = MPIO_FOR_EVER;
  lab_make_disk (&lab, "fail over only", 2, 1);
  mpio_disk_fail_path (lab.disk, 0);
  mpio_disk_check_path (lab.disk, 0);
  lab_run_for (&lab, 3600 * NS_PER_S);
  lab_assert_paths (&lab, "standby active");
}

static void
test_round_robin_goes_round_and_past_what_failed (void)
{
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  lab_make_disk (&lab, "round robin", 3, 0);
  lab_assert_paths (&lab, "active active active");
  lab_read (&lab, 7);
  assert_commands (&lab, 3, 2, 2);
  mpio_disk_fail_path (lab.disk, 1); /* it was its turn */
  lab_read (&lab, 4);
  assert_commands (&lab, 5, 2, 4);
}

static void
test_least_queue_depth_takes_the_emptiest_and_of_equals_the_first (void)
{
  g_auto (Lab) lab = { 0 };
  Read reads[7];
  lab_init (&lab);
  lab_make_disk (&lab, "least queue depth", 3, 0);
  for (guint i = 0; i < G_N_ELEMENTS (reads); i++)
    lab_submit (&lab, &reads[i]);
  assert_commands (&lab, 3, 2, 2);
  g_assert_cmpuint (lab_path (&lab, 0).in_flight, ==, 3);
  for (guint i = 0; i < G_N_ELEMENTS (reads); i++) {
    lab_wait (&lab, &reads[i]);
    task_clear (&reads[i].task);
  }
  lab_read (&lab, 2);
  assert_commands (&lab, 5, 2, 2);
}

static void
test_a_new_policy_moves_the_paths_but_not_the_active_one (void)
{
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  lab_make_disk (&lab, "fail over only", 3, 0);
  mpio_disk_fail_path (lab.disk, 0);
  mpio_disk_set_policy (lab.disk, mpio_policy_find ("round robin"));
  lab_assert_paths (&lab, "failed active active");
  mpio_disk_set_policy (lab.disk, mpio_policy_find ("fail over only"));
  lab_assert_paths (&lab, "failed active standby");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define TEST(name) g_test_add_func ("/initiator/mpio/policy/" #name, test_##name)
  TEST (policies_are_found_by_name);
  TEST (each_profile_names_a_policy_that_is_there);
  TEST (fail_over_only_takes_the_next_in_order_and_stays_there);
  TEST (the_preferred_path_takes_over_again_after_the_failback_time);
  TEST (without_failback_the_preferred_path_stands_by);
  TEST (round_robin_goes_round_and_past_what_failed);
  TEST (least_queue_depth_takes_the_emptiest_and_of_equals_the_first);
  TEST (a_new_policy_moves_the_paths_but_not_the_active_one);
  return g_test_run ();
}
