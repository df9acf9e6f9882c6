/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/harness/check/referee-cases.h"

static const RefereeCase cases[] = {
  { "cmd-sn-order", LOGIN "RD", "RD@16=00000011@24=00000003", "RD@16=00000011@24=00000002" },
  { "cmd-sn-order", LOGIN "RD", "RD@16=00000011", "RD@16=00000011@24=00000002" },
  { "cmd-sn-order",
    "LQ@24=ffffffff:" NAMES " LR@28=ffffffff@32=0000001f:TargetPortalGroupTag=1| RD@24=ffffffff",
    "RD@16=00000011@24=00000001", "RD@16=00000011@24=00000000" },
  { "cmd-sn-immediate", LOGIN "RD", "NO", "NO@24=00000002" },
  { "cmd-sn-immediate", LOGIN "NO", "NO@16=00000051@24=00000002", "NO@16=00000051" },
  { "cmd-sn-window", "LQ:" NAMES " LR@32=00000001:TargetPortalGroupTag=1| RD",
    "RD@16=00000011@24=00000002", "NO@24=00000002" },
  { "exp-stat-sn-known", LOGIN, "RD@28=00000003", "RD" },
  { "exp-stat-sn-back", LOGIN "NO NI NO@28=00000003", "NO@16=00000051",
    "NO@16=00000051@28=00000003" },
  { "login-cmd-sn", "LQ@1=81:" NAMES " LR@1=81@14=0000:TargetPortalGroupTag=1|",
    "LQ@24=00000002@28=00000002", "LQ@28=00000002" },
  { "login-exp-stat-sn", "LQ@1=81:" NAMES " LR@1=81@14=0000:TargetPortalGroupTag=1|",
    "LQ@28=00000001", "LQ@28=00000002" },
  { "itt-reserved", LOGIN, "RD@16=ffffffff", "RD@16=fffffffe" },
  { "itt-reserved", LOGIN, "TQ@16=ffffffff", "TQ" },
  { "itt-unique", LOGIN "RD", "RD@24=00000002", "RD@16=00000011@24=00000002" },
  { "itt-unique", LOGIN "RD", "TM@16=00000010", "TM" },
  { "itt-unique", LOGIN "RD@20=00004000 DF+8192", "RD@24=00000002",
    "DS@36=00000001@40=00002000+8192 RD@24=00000002" },
  { "stat-sn-next", LOGIN "NO", "NI@24=00000003", "NI" },
  { "stat-sn-next", LOGIN "NO NI", "AS", "AS@24=00000003" },
  { "stat-sn-next", LOGIN "RD", "DS@24=00000001+8192", "DS+8192" },
  { "stat-sn-not-taken", LOGIN "NO NI", "NW", "NW@24=00000003" },
  { "stat-sn-not-taken", LOGIN "WR", "RT@24=00000001", "RT" },
  { "max-cmd-sn-floor", LOGIN "NO", "NI@32=ffffffff", "NI@32=00000000" },
  { "exp-cmd-sn-known", LOGIN "NO", "NI@28=00000002", "NI" },
  { "exp-cmd-sn-back", LOGIN "RD DS+8192", "NW@24=00000003", "NW@24=00000003@28=00000002" },
  { "status-acknowledges", LOGIN "RD", "DS@28=00000001+8192", "DS+8192" },
  { "status-acknowledges", LOGIN "WR@20=00000000", "SR@28=00000001", "SR" },
  { "login-exp-cmd-sn", "LQ:" NAMES, "LR@28=00000002:TargetPortalGroupTag=1|",
    "LR:TargetPortalGroupTag=1|" },
};

static void
each_rule_has_a_counterexample_and_a_neighbour (void)
{
  assert_family ("numbers", cases, G_N_ELEMENTS (cases));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/referee-numbers/each_rule_has_a_counterexample_and_a_neighbour",
                   each_rule_has_a_counterexample_and_a_neighbour);
  return g_test_run ();
}
