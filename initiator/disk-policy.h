/* SPDX-License-Identifier: Apache-2.0 */
/* disk-policy.h - what a disk driver makes of a command that did not end GOOD, as data
 *
 * The initiator brings tasks to an end; whether a command is tried again is its driver's business. A driver keeps a DiskTries
 * for each command and asks disk_policy_judge when a task of it has ended. One row per profile; a multipath disk asks the same.
 */
#pragma once

#include "world/random.h"

typedef struct Task Task;

typedef struct DiskPolicy {
  guint retries;         /* of a command, for what costs a try */
  guint attentions;      /* UNIT ATTENTIONs that it may meet besides */
  guint refusals;        /* BUSY and TASK SET FULL that it may meet besides */
  gint64 retry_delay_ns; /* before a try, but the first after a UNIT ATTENTION, which is at once */
  gint64 refusal_delay_ns; /* after the first refusal; each further one doubles it */
  gint64 refusal_delay_max_ns;
  guint32
      refusal_jitter_ppm; /* up to so much of the delay more, drawn: so that not all come back at once */
} DiskPolicy;

/* Of one command. Zeroed memory is a fresh one. */
typedef struct DiskTries {
  guint retries;
  guint attentions;
  guint refusals;
} DiskTries;

typedef enum DiskVerdict {
  DISK_DONE,   /* GOOD */
  DISK_AGAIN,  /* submit it again (task_again) after *ret_delay_ns */
  DISK_FAILED, /* no more: outcome, status and sense say why */
} DiskVerdict;

/* `task` has ended. LOST and NOT_SENT are never tried again: the initiator has done that already, as long as its profile
 * lets it hold a task. */
DiskVerdict disk_policy_judge (const DiskPolicy *policy, DiskTries *tries, const Task *task,
                               Random *random, gint64 *ret_delay_ns);
