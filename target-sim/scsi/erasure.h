/* SPDX-License-Identifier: Apache-2.0 */
/* erasure.h - what overwrites a whole unit, and takes its time: SANITIZE and FORMAT UNIT
 *
 * An erasure is the unit's, not its command's: it goes on when the command is aborted, its session ends or the unit is reset
 * (SBC-3 4.11.3). It waits until the commands that came before are gone from the blocks; whatever comes later ends with NOT READY
 * and its progress, and a store that takes its time is seen at work. When it fails, every command but the next erasure ends with
 * MEDIUM ERROR. It does not outlive the target: after a power cut, what is not yet overwritten is as it was.
 */
#pragma once

#include "target-sim/scsi/task.h"

typedef struct ErasurePlan {
  guint16 in_progress; /* sense codes: meanwhile, and after it has failed */
  guint16 failed;
  guint passes;           /* 1 or more */
  gboolean is_inverted;   /* each writes the complement of the one before */
  gboolean may_be_exited; /* SANITIZE, EXIT FAILURE MODE ends what a failure leaves (AUSE) */
  const guint8 *pattern;  /* NULL: zeros */
  gsize pattern_length;   /* over again from the beginning of each block */
} ErasurePlan;

/* At a task that runs. It is finished at once if it is not to wait, otherwise when the erasure has ended. */
void erasure_begin (ScsiTask *task, const ErasurePlan *plan, gboolean is_waited_for);
/* The task that waits is gone. Harmless for any other. */
void erasure_forget (Erasure *erasure, const ScsiTask *task);
void erasure_free (Erasure *erasure); /* NULL is fine */

/* Why the unit does nothing else. */
gboolean lun_is_being_erased (const Lun *lun, Sense *ret_sense);
gboolean lun_has_failed_erasure (const Lun *lun, Sense *ret_sense);
