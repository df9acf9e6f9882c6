/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/harness/check/referee-cases.h"

#define STAGE1 "LQ@1=81:" NAMES " LR@1=81@14=0000:TargetPortalGroupTag=1| "

static const RefereeCase cases[] = {
  { "login-immediate", "", "LQ@0=03:" NAMES, "LQ:" NAMES },
  { "login-itt", STAGE1, "LQ@16=00000001@28=00000002", "LQ@28=00000002" },
  { "login-itt", "LQ:" NAMES, "LR@16=00000001:TargetPortalGroupTag=1|",
    "LR:TargetPortalGroupTag=1|" },
  { "login-tsih", STAGE1, "LQ@14=0001@28=00000002", "LQ@28=00000002" },
  { "login-isid", STAGE1, "LQ@12=0002@28=00000002", "LQ@28=00000002" },
  { "login-isid", "LQ:" NAMES, "LR@12=0002:TargetPortalGroupTag=1|", "LR:TargetPortalGroupTag=1|" },
  { "login-cid", STAGE1, "LQ@20=0001@28=00000002", "LQ@28=00000002" },
  { "login-version-range", "", "LQ@2=01:" NAMES, "LQ:" NAMES },
  { "login-version-constant", STAGE1, "LQ@2=01@28=00000002", "LQ@28=00000002" },
  { "isid-type", "", "LQ@8=c0:" NAMES, "LQ@8=80:" NAMES },
  { "login-one-at-a-time", "LQ@1=04:" NAMES, "LQ", "LR@1=04@14=0000:TargetPortalGroupTag=1|" },
  { "login-continued", "", "LQ@1=c7:" NAMES, "LQ@1=44:" NAMES },
  { "login-continued", "LQ:" NAMES, "LR@1=c7", "LR@1=44@14=0000" },
  { "login-stage-codes", "", "LQ@1=8b:" NAMES, "LQ:" NAMES },
  { "login-stage-codes", "", "LQ@1=82:" NAMES, "LQ@1=81:" NAMES },
  { "login-stage-codes", "", "LQ@1=85:" NAMES, "LQ@1=83:" NAMES },
  { "login-stage-present", STAGE1, "LQ@1=81@28=00000002", "LQ@28=00000002" },
  { "login-stage-present", "LQ@1=81:" NAMES, "LR@1=87:TargetPortalGroupTag=1|",
    "LR@1=81@14=0000:TargetPortalGroupTag=1|" },
  { "login-answers-continued", "LQ@1=44:" NAMES, "LR@1=04@14=0000:TargetPortalGroupTag=1|",
    "LR@1=04@14=0000" },
  { "login-answers-continued", "LQ:" NAMES " LR@1=44@14=0000:Target",
    "LQ@1=04@28=00000002:MaxBurstLength=512|", "LQ@1=04@28=00000002" },
  { "login-response-asked", STAGE1, "LR@24=00000002", "LQ@28=00000002 LR@24=00000002" },
  { "login-transit-asked", "LQ@1=04:" NAMES, "LR:TargetPortalGroupTag=1|",
    "LR@1=04@14=0000:TargetPortalGroupTag=1|" },
  { "login-next-stage", "LQ@1=81:" NAMES, "LR@1=83:TargetPortalGroupTag=1|",
    "LR@1=81@14=0000:TargetPortalGroupTag=1|" },
  { "login-target-versions", STAGE1 " LQ@28=00000002", "LR@24=00000002@2=01", "LR@24=00000002" },
  { "login-version-active", "LQ:" NAMES, "LR@3=01:TargetPortalGroupTag=1|",
    "LR:TargetPortalGroupTag=1|" },
  { "login-response-tsih", "LQ:" NAMES, "LR@14=0000:TargetPortalGroupTag=1|",
    "LR:TargetPortalGroupTag=1|" },
  { "login-response-tsih", "LQ@1=81:" NAMES, "LR@1=81:TargetPortalGroupTag=1|",
    "LR@1=81@14=0000:TargetPortalGroupTag=1|" },
  { "login-status-known", "LQ:" NAMES, "LR@36=020c", "LR@36=020b" },
  { "login-status-known", "LQ:" NAMES, "LR@36=0103", "LR@36=0300" },
};

static void
each_rule_has_a_counterexample_and_a_neighbour (void)
{
  assert_family ("login", cases, G_N_ELEMENTS (cases));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/referee-login/each_rule_has_a_counterexample_and_a_neighbour",
                   each_rule_has_a_counterexample_and_a_neighbour);
  return g_test_run ();
}
