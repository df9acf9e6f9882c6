/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/check/once.h"

static void
assert_wrong (Once *once, guint64 id, const char *expected)
{
  g_autofree char *wrong = NULL;
  g_assert_false (once_completed (once, id, &wrong));
  g_assert_cmpstr (wrong, ==, expected);
}

static void
a_task_that_completes_once_is_right (void)
{
  g_autoptr (Once) once = once_new ();
  once_submitted (once, 1);
  once_submitted (once, 2);
  g_assert_true (once_completed (once, 2, NULL));
  g_assert_true (once_completed (once, 1, NULL));
  g_autoptr (GArray) left = once_unfinished (once);
  g_assert_cmpuint (left->len, ==, 0);
}

static void
a_second_completion_is_reported (void)
{
  g_autoptr (Once) once = once_new ();
  once_submitted (once, 7);
  g_assert_true (once_completed (once, 7, NULL));
  assert_wrong (once, 7, "task 7 completed a second time");
}

static void
a_completion_of_nothing_is_reported (void)
{
  g_autoptr (Once) once = once_new ();
  assert_wrong (once, 9, "task 9 completed, but was never submitted");
  once_submitted (once, 3);
  once_submitted (once, 10);
  once_submitted (once, 20);
  assert_wrong (once, 9, "task 9 completed, but was never submitted");
  assert_wrong (once, 2, "task 2 completed, but was never submitted");
  assert_wrong (once, 21, "task 21 completed, but was never submitted");
}

static void
unfinished_tasks_are_listed_oldest_first (void)
{
  g_autoptr (Once) once = once_new ();
  for (guint64 id = 1; id <= 1000; id++)
    once_submitted (once, id);
  for (guint64 id = 1; id <= 1000; id++) {
    if (id % 400 != 0)
      g_assert_true (once_completed (once, id, NULL));
  }
  g_autoptr (GArray) left = once_unfinished (once);
  g_assert_cmpuint (left->len, ==, 2);
  g_assert_cmpuint (g_array_index (left, guint64, 0), ==, 400);
  g_assert_cmpuint (g_array_index (left, guint64, 1), ==, 800);
}

static void
an_id_that_does_not_grow_is_a_programmers_error (void)
{
  if (g_test_subprocess ()) {
    g_autoptr (Once) once = once_new ();
    once_submitted (once, 2);
    once_submitted (once, 2);
    return;
  }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*check failed: expected last == NULL || id > last->last*");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name) g_test_add_func ("/once/" #name, name)
  ADD (a_task_that_completes_once_is_right);
  ADD (a_second_completion_is_reported);
  ADD (a_completion_of_nothing_is_reported);
  ADD (unfinished_tasks_are_listed_oldest_first);
  ADD (an_id_that_does_not_grow_is_a_programmers_error);
#undef ADD
  return g_test_run ();
}
