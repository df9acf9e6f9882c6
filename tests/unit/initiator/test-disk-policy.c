/* SPDX-License-Identifier: Apache-2.0 */
/* What a disk driver makes of each end of a task, and how long it waits. */
#include "initiator/disk-policy.h"

#include "initiator/initiator.h"

static const DiskPolicy policy = { .retries = 2,
                                   .attentions = 3,
                                   .refusals = 4,
                                   .retry_delay_ns = 7 * NS_PER_MS,
                                   .refusal_delay_ns = 100 * NS_PER_MS,
                                   .refusal_delay_max_ns = 300 * NS_PER_MS };

/* How often in a row it says AGAIN to this end. */
static guint
count_tries (const Task *task)
{
  DiskTries tries = { 0 };
  Random random;
  gint64 delay_ns;
  guint count = 0;
  random_init (&random, 1, "disk");
  while (disk_policy_judge (&policy, &tries, task, &random, &delay_ns) == DISK_AGAIN)
    count++;
  return count;
}

static void
test_every_end (void)
{
  static const struct {
    TaskOutcome outcome;
    guint8 status;
    Sense sense;
    guint tries;
  } cases[] = {
    { TASK_OUTCOME_LOST, 0, { 0 }, 0 },
    { TASK_OUTCOME_NOT_SENT, 0, { 0 }, 0 },
    { TASK_OUTCOME_ABORTED, 0, { 0 }, 2 },
    { TASK_OUTCOME_STATUS, SCSI_BUSY, { 0 }, 4 },
    { TASK_OUTCOME_STATUS, SCSI_TASK_SET_FULL, { 0 }, 4 },
    { TASK_OUTCOME_STATUS, SCSI_TASK_ABORTED, { 0 }, 2 },
    { TASK_OUTCOME_STATUS, SCSI_RESERVATION_CONFLICT, { 0 }, 0 },
    { TASK_OUTCOME_STATUS, SCSI_CHECK_CONDITION, { SENSE_UNIT_ATTENTION, 0x2900 }, 3 },
    { TASK_OUTCOME_STATUS, SCSI_CHECK_CONDITION, { SENSE_NOT_READY, SENSE_CODE_NOT_READY }, 2 },
    { TASK_OUTCOME_STATUS, SCSI_CHECK_CONDITION, { SENSE_NOT_READY, 0x3a00 }, 0 },
    { TASK_OUTCOME_STATUS, SCSI_CHECK_CONDITION, { SENSE_ABORTED_COMMAND, 0x4705 }, 2 },
    { TASK_OUTCOME_STATUS, SCSI_CHECK_CONDITION, { SENSE_MEDIUM_ERROR, 0x1100 }, 0 },
    { TASK_OUTCOME_STATUS, SCSI_CHECK_CONDITION, { SENSE_ILLEGAL_REQUEST, 0x2400 }, 0 },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    const Task task = { .outcome = cases[i].outcome,
                        .status = cases[i].status,
                        .sense = cases[i].sense };
    g_assert_cmpuint (count_tries (&task), ==, cases[i].tries);
  }
}

static void
test_good_is_done (void)
{
  const Task task = { .outcome = TASK_OUTCOME_STATUS, .status = SCSI_GOOD };
  DiskTries tries = { 0 };
  Random random;
  gint64 delay_ns;
  g_assert_cmpint (disk_policy_judge (&policy, &tries, &task, &random, &delay_ns), ==, DISK_DONE);
}

static void
test_refusals_back_off (void)
{
  static const gint64 expected_ms[] = { 100, 200, 300, 300 };
  const Task task = { .outcome = TASK_OUTCOME_STATUS, .status = SCSI_BUSY };
  DiskTries tries = { 0 };
  Random random;
  gint64 delay_ns;
  random_init (&random, 1, "disk");
  for (guint i = 0; i < G_N_ELEMENTS (expected_ms); i++) {
    g_assert_cmpint (disk_policy_judge (&policy, &tries, &task, &random, &delay_ns), ==,
                     DISK_AGAIN);
    g_assert_cmpint (delay_ns, ==, expected_ms[i] * NS_PER_MS);
  }
}

static void
test_jitter_is_drawn_and_bounded (void)
{
  const Task task = { .outcome = TASK_OUTCOME_STATUS, .status = SCSI_BUSY };
  DiskPolicy drawn = policy;
  Random random;
  drawn.refusal_jitter_ppm = 500000;
  random_init (&random, 1, "disk");
  gint64 least = G_MAXINT64, most = 0;
  for (guint i = 0; i < 200; i++) {
    DiskTries tries = { 0 };
    gint64 delay_ns;
    disk_policy_judge (&drawn, &tries, &task, &random, &delay_ns);
    least = MIN (least, delay_ns);
    most = MAX (most, delay_ns);
  }
  g_assert_cmpint (least, >=, 100 * NS_PER_MS);
  g_assert_cmpint (most, <=, 150 * NS_PER_MS);
  g_assert_cmpint (most - least, >, 40 * NS_PER_MS);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/initiator/disk-policy/every end has its worth", test_every_end);
  g_test_add_func ("/initiator/disk-policy/good is done", test_good_is_done);
  g_test_add_func ("/initiator/disk-policy/refusals back off", test_refusals_back_off);
  g_test_add_func ("/initiator/disk-policy/jitter is drawn and bounded",
                   test_jitter_is_drawn_and_bounded);
  return g_test_run ();
}
