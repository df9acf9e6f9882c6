/* SPDX-License-Identifier: Apache-2.0 */
#include "initiator/mpio/verdict.h"

static MpioVerdict
verdict (TaskOutcome outcome, guint8 status, SenseKey key, guint16 code)
{
  const Task task = { .outcome = outcome, .status = status, .sense = { key, code } };
  return verdict_of (&task);
}

static void
test_a_task_without_status_fails_its_path (void)
{
  g_assert_cmpint (verdict (TASK_OUTCOME_LOST, 0, 0, 0), ==, MPIO_FAIL_PATH);
  g_assert_cmpint (verdict (TASK_OUTCOME_NOT_SENT, 0, 0, 0), ==, MPIO_FAIL_PATH);
}

static void
test_a_status_is_the_callers_unless_it_asks_for_a_retry (void)
{
  g_assert_cmpint (verdict (TASK_OUTCOME_STATUS, 0x00, 0, 0), ==, MPIO_GIVE);
  g_assert_cmpint (verdict (TASK_OUTCOME_STATUS, 0x18, 0, 0), ==, MPIO_GIVE); /* conflict */
  g_assert_cmpint (verdict (TASK_OUTCOME_STATUS, 0x08, 0, 0), ==, MPIO_RETRY);
  g_assert_cmpint (verdict (TASK_OUTCOME_STATUS, 0x28, 0, 0), ==, MPIO_RETRY);
  g_assert_cmpint (verdict (TASK_OUTCOME_STATUS, 0x40, 0, 0), ==, MPIO_RETRY);
}

/* windows-semantics E3, each line of it. */
static void
test_sense_is_read_by_the_table (void)
{
  static const struct {
    guint8 key;
    guint16 code;
    MpioVerdict verdict;
  } rows[] = {
    { 0x0, 0x0400, MPIO_FAIL_PATH }, { 0x5, 0x2500, MPIO_FAIL_PATH },
    { 0x2, 0x040b, MPIO_FAIL_PATH }, { 0x2, 0x040c, MPIO_FAIL_PATH },
    { 0x2, 0x040a, MPIO_WAIT },      { 0x2, 0x0403, MPIO_RETRY },
    { 0x4, 0x3e02, MPIO_RETRY },     { 0x6, 0x2900, MPIO_RETRY },
    { 0x6, 0x2907, MPIO_RETRY },     { 0x6, 0x2902, MPIO_GIVE },
    { 0x6, 0x2a04, MPIO_AGAIN },     { 0x6, 0x2a06, MPIO_AGAIN },
    { 0x6, 0x2a09, MPIO_GIVE },      { 0x6, 0x3f03, MPIO_GIVE },
    { 0x6, 0x3f0e, MPIO_GIVE },      { 0x3, 0x1100, MPIO_GIVE },
    { 0x5, 0x2400, MPIO_GIVE },      { 0x7, 0x2700, MPIO_GIVE },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpint (verdict (TASK_OUTCOME_STATUS, 0x02, rows[i].key, rows[i].code), ==,
                     rows[i].verdict);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define TEST(name) g_test_add_func ("/initiator/mpio/verdict/" #name, test_##name)
  TEST (a_task_without_status_fails_its_path);
  TEST (a_status_is_the_callers_unless_it_asks_for_a_retry);
  TEST (sense_is_read_by_the_table);
  return g_test_run ();
}
