/* SPDX-License-Identifier: Apache-2.0 */
/* verdict.h - what becomes of a task that ended on a path (windows-semantics E3) */
#pragma once

#include "initiator/initiator.h"

typedef enum MpioVerdict {
  MPIO_GIVE,      /* it is the caller's */
  MPIO_FAIL_PATH, /* this path is no good: again on another */
  MPIO_RETRY,     /* again after retry_interval_ns, retry_count times */
  MPIO_AGAIN,     /* again at once, outside that count */
  MPIO_WAIT,      /* again after retry_interval_ns, until transition_limit_ns */
} MpioVerdict;

MpioVerdict verdict_of (const Task *task);
