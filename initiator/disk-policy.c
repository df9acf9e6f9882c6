/* SPDX-License-Identifier: Apache-2.0 */
/* disk-policy.c - a table of ends, and what each is worth
 *
 * SAM-5 5.3: BUSY and TASK SET FULL say that the command was not taken on, so that trying again later is always right; a UNIT
 * ATTENTION tells of something past, so that trying again at once is. The rest costs one of few tries, or is final.
 */
#include "initiator/disk-policy.h"

#include "initiator/initiator.h"

#include "world/banned.h"

typedef enum Worth { WORTH_NOTHING, WORTH_TRY, WORTH_ATTENTION, WORTH_REFUSAL } Worth;

static const struct {
  guint8 status;
  Worth worth;
} status_worths[] = {
  { SCSI_BUSY, WORTH_REFUSAL },
  { SCSI_TASK_SET_FULL, WORTH_REFUSAL },
  { SCSI_TASK_ABORTED, WORTH_TRY },
};

#define ANY_CODE 0xffff

/* Of CHECK CONDITION; the first row that fits. A medium or the request itself does not get better by asking again. */
static const struct {
  SenseKey key;
  guint16 code;
  Worth worth;
} sense_worths[] = {
  { SENSE_UNIT_ATTENTION, ANY_CODE, WORTH_ATTENTION },
  { SENSE_NOT_READY, SENSE_CODE_NOT_READY, WORTH_TRY },
  { SENSE_ABORTED_COMMAND, ANY_CODE, WORTH_TRY },
  { SENSE_HARDWARE_ERROR, ANY_CODE, WORTH_TRY },
};

static Worth
sense_worth (const Sense *sense)
{
  for (guint i = 0; i < G_N_ELEMENTS (sense_worths); i++)
    if (sense_worths[i].key == sense->key
        && (sense_worths[i].code == ANY_CODE || sense_worths[i].code == sense->code))
      return sense_worths[i].worth;
  return WORTH_NOTHING;
}

static Worth
task_worth (const Task *task)
{
  if (task->outcome == TASK_OUTCOME_ABORTED)
    return WORTH_TRY;
  if (task->outcome != TASK_OUTCOME_STATUS)
    return WORTH_NOTHING;
  if (task->status == SCSI_CHECK_CONDITION)
    return sense_worth (&task->sense);
  for (guint i = 0; i < G_N_ELEMENTS (status_worths); i++)
    if (status_worths[i].status == task->status)
      return status_worths[i].worth;
  return WORTH_NOTHING;
}

static DiskVerdict
spend (guint *spent, guint limit)
{
  if (*spent >= limit)
    return DISK_FAILED;
  ++*spent;
  return DISK_AGAIN;
}

/* Doubled with each refusal, up to the limit; then the drawn part. */
static gint64
refusal_delay_ns (const DiskPolicy *policy, guint refusals, Random *random)
{
  gint64 delay_ns = policy->refusal_delay_ns;
  for (guint i = 1; i < refusals && delay_ns < policy->refusal_delay_max_ns; i++)
    delay_ns *= 2;
  delay_ns = MIN (delay_ns, policy->refusal_delay_max_ns);
  const gint64 most_ns = delay_ns / 1000000 * policy->refusal_jitter_ppm;
  return most_ns > 0 ? delay_ns + (gint64) random_below (random, (guint64) most_ns + 1) : delay_ns;
}

DiskVerdict
disk_policy_judge (const DiskPolicy *policy, DiskTries *tries, const Task *task, Random *random,
                   gint64 *ret_delay_ns)
{
  CHECK_THAT (task->outcome != TASK_OUTCOME_PENDING);
  *ret_delay_ns = 0;
  if (task->outcome == TASK_OUTCOME_STATUS && task->status == SCSI_GOOD)
    return DISK_DONE;
  DiskVerdict verdict;
  switch (task_worth (task)) {
  case WORTH_ATTENTION:
    return spend (&tries->attentions, policy->attentions);
  case WORTH_TRY:
    verdict = spend (&tries->retries, policy->retries);
    *ret_delay_ns = policy->retry_delay_ns;
    return verdict;
  case WORTH_REFUSAL:
    verdict = spend (&tries->refusals, policy->refusals);
    *ret_delay_ns = refusal_delay_ns (policy, tries->refusals, random);
    return verdict;
  case WORTH_NOTHING:
    break;
  }
  return DISK_FAILED;
}
