/* SPDX-License-Identifier: Apache-2.0 */
/* profile.c - every timer and default of a multipath disk, one row per profile (windows-semantics E4) */
#include "initiator/mpio/mpio.h"

#include "world/banned.h"

static const MpioProfile profiles[] = {
  {
      .name = "windows",
      .policy = "round robin",           /* of symmetric units */
      .link_down_ns = 15 * NS_PER_S,     /* LinkDownTime */
      .no_path_hold_ns = 20 * NS_PER_S,  /* PDORemovePeriod */
      .retry_count = 3,                  /* RetryCount */
      .retry_interval_ns = 1 * NS_PER_S, /* RetryInterval */
      .transition_limit_ns = 60 * NS_PER_S,
      .check_ns = 0, /* PathVerifyEnabled = 0; PathVerificationPeriod would be 30 s */
      .check_max_ns = 0,
      .recovery_ns = 40 * NS_PER_S, /* PathRecoveryInterval: 2 x PDORemovePeriod */
      .failback_ns = 0,             /* to a preferred path, where one is set */
      .fence_limit_ns = 60 * NS_PER_S,
  },
  {
      .name = "linux",
      .policy = "round robin",
      .link_down_ns = 5 * NS_PER_S, /* fast_io_fail_tmo */
      .no_path_hold_ns = 0,         /* no_path_retry fail */
      .retry_count = 5,             /* the disk driver's */
      .retry_interval_ns = 1 * NS_PER_S,
      .transition_limit_ns = 60 * NS_PER_S,
      .check_ns = 5 * NS_PER_S,      /* polling_interval */
      .check_max_ns = 20 * NS_PER_S, /* max_polling_interval */
      .recovery_ns = 5 * NS_PER_S,
      .failback_ns = MPIO_FOR_EVER, /* failback manual */
      .fence_limit_ns = 60 * NS_PER_S,
  },
};

const MpioProfile *
mpio_profile_find (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (profiles); i++)
    if (strcmp (profiles[i].name, name) == 0)
      return &profiles[i];
  return NULL;
}
