/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/harness/check/referee-cases.h"

#define TWO_R2TS "WR RT@44=00001000 RT@20=00000002@36=00000001@40=00001000@44=00001000 "

static const RefereeCase cases[] = {
  { "command-direction", LOGIN, "RD@1=41", "RD" },
  { "command-direction", LOGIN, "RD@1=81", "RD@1=81@20=00000000" },
  { "command-attribute", LOGIN, "RD@1=c5", "RD@1=c4" },
  { "command-bidirectional", LOGIN, "RD@1=e1", "RD@1=e1@4=01" },
  { "immediate-allowed", SAME ("ImmediateData=No|"), "WR+512", "WR" },
  { "immediate-allowed", LOGIN, "RD+512", "WR+512" },
  { "immediate-limit", SAME ("FirstBurstLength=512|"), "WR+516", "WR+512" },
  { "immediate-limit", LOGIN, "WR@20=00000200+516", "WR@20=00000200+512" },
  { "unsolicited-allowed", LOGIN, "WU", "WR" },
  { "unsolicited-allowed", SAME ("InitialR2T=Yes|"), "WU", "WR" },
  { "command-complete-is-final", UNSOLICITED, "WU@20=00000200+512", "WR@20=00000200+512" },
  { "data-out-task", LOGIN "WR RT", "OF@16=00000011+8192", "OF+8192" },
  { "data-out-task", LOGIN "RD", "OF+8192", "NO@24=00000002" },
  { "data-out-asked", LOGIN "WR RT", "OF@20=00000002+8192", "OF+8192" },
  { "data-out-asked", LOGIN "WR RT", "UF+8192", "OF+8192" },
  { "data-out-asked", LOGIN "WR RT OF+8192", "OF+8192", "" },
  { "data-out-r2t-order", SAME ("MaxOutstandingR2T=2|") TWO_R2TS, "OF@20=00000002@40=00001000+4096",
    "OF+4096 OF@20=00000002@40=00001000+4096" },
  { "data-out-data-sn", LOGIN "WR RT OO+4096", "OF@40=00001000+4096",
    "OF@36=00000001@40=00001000+4096" },
  { "data-out-data-sn", LOGIN "WR RT", "OF@36=00000001+8192", "OF+8192" },
  { "data-out-offset", LOGIN "WR RT OO+4096", "OO@36=00000001@40=00000800+2048",
    "OO@36=00000001@40=00001000+2048" },
  { "data-out-offset", UNSOLICITED "WU+2048", "UF+2048", "UF@40=00000800+2048" },
  { "data-out-bounds", LOGIN "WR RT@44=00001000", "OF+4100", "OF+4096" },
  { "data-out-bounds", UNSOLICITED "WU", "UF+4100", "UF+4096" },
  { "data-out-final", LOGIN "WR RT", "OF+4096", "OO+4096" },
  { "data-out-final", LOGIN "WR RT", "OO+8192", "OF+8192" },
  { "data-out-final", UNSOLICITED "WU", "UF+2048", "UO+2048" },
  { "data-out-lun", LOGIN "WR RT", "OF@8=0002+8192", "OF+8192" },
  { "data-out-lun-reserved", UNSOLICITED "WU", "UF@8=0001+4096", "UF+4096" },
  { "unsolicited-order", UNSOLICITED "WU WU@16=00000011@24=00000002", "UF@16=00000011+4096",
    "UF+4096 UF@16=00000011+4096" },
  { "data-out-word", LOGIN "WR RT", "OO+4095", "OO+4092" },
  { "r2t-task", LOGIN "WR", "RT@16=00000011", "RT" },
  { "r2t-task", LOGIN "RD", "RT", "DF+4096" },
  { "r2t-lun", LOGIN "WR", "RT@8=0002", "RT" },
  { "r2t-sn", LOGIN "WR", "RT@36=00000001", "RT" },
  { "r2t-sn", LOGIN "WR RT@44=00001000 OF+4096", "RT@20=00000002@40=00001000@44=00001000",
    "RT@20=00000002@36=00000001@40=00001000@44=00001000" },
  { "r2t-length", SAME ("FirstBurstLength=512|MaxBurstLength=4096|") "WR", "RT", "RT@44=00001000" },
  { "r2t-length", LOGIN "WR", "RT@44=00000000", "RT" },
  { "r2t-tag", LOGIN "WR", "RT@20=ffffffff", "RT@20=fffffffe" },
  { "r2t-tag", SAME ("MaxOutstandingR2T=2|") "WR RT@44=00001000",
    "RT@36=00000001@40=00001000@44=00001000",
    "RT@20=00000002@36=00000001@40=00001000@44=00001000" },
  { "r2t-count", LOGIN "WR RT@44=00001000", "RT@20=00000002@36=00000001@40=00001000@44=00001000",
    "OF+4096 RT@20=00000002@36=00000001@40=00001000@44=00001000" },
  { "r2t-count", SAME ("MaxOutstandingR2T=2|ErrorRecoveryLevel=1|") "WR RT@44=00001000",
    "RT@20=00000002@36=00000001@40=00001000@44=00001000", "OF+4096" },
  { "r2t-in-order", LOGIN "WR+512", "RT@44=00000200", "RT@40=00000200@44=00000200" },
  { "r2t-in-order", LOGIN "WR RT@44=00001000 OF+4096",
    "RT@20=00000002@36=00000001@40=00000800@44=00001000",
    "RT@20=00000002@36=00000001@40=00001000@44=00001000" },
  { "r2t-bounds", LOGIN "WR", "RT@44=00002004", "RT" },
  { "data-in-task", LOGIN "RD", "DF@16=00000011+8192", "DF+8192" },
  { "data-in-task", LOGIN "WR", "DF+8192", "RT" },
  { "data-in-data-sn", LOGIN "RD DF+4096", "DS@40=00001000+4096",
    "DS@36=00000001@40=00001000+4096" },
  { "data-in-offset", LOGIN "RD DI+4096", "DS@36=00000001@40=00000800+4096",
    "DS@36=00000001@40=00001000+4096" },
  { "data-in-bounds", LOGIN "RD DF+4096", "DF@36=00000001@40=00001000+4100",
    "DF@36=00000001@40=00001000+4096" },
  { "data-in-burst", SAME ("FirstBurstLength=512|MaxBurstLength=4096|") "RD DI+2048",
    "DF@36=00000001@40=00000800+2052", "DF@36=00000001@40=00000800+2048" },
  { "data-in-status-final", LOGIN "RD", "DS@1=01+8192", "DS+8192" },
  { "data-in-status-good", LOGIN "RD", "DS@3=02+8192", "DS@3=04+8192" },
  { "data-in-no-bidi-status", LOGIN "RD@1=e1@4=01", "DS+8192", "DF+8192" },
  { "data-in-residual-needs-status", LOGIN "RD", "DF@1=82@44=00000001+4096", "DF+4096" },
  { "data-in-acknowledge", LOGIN "RD", "DF@1=c0@8=0001@20=00000009+4096", "DF+4096" },
  { "data-in-tag", LEVEL1 "RD", "DF@1=c0@8=0001+4096", "DF@1=c0@8=0001@20=00000009+4096" },
  { "data-in-tag", LEVEL1 "RD", "DF@1=c0@20=00000009+4096", "DF@1=c0@8=0001@20=00000009+4096" },
  { "data-in-tag", LOGIN "RD", "DF@20=00000009+4096", "DF+4096" },
};

static void
each_rule_has_a_counterexample_and_a_neighbour (void)
{
  assert_family ("data", cases, G_N_ELEMENTS (cases));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/referee-data/each_rule_has_a_counterexample_and_a_neighbour",
                   each_rule_has_a_counterexample_and_a_neighbour);
  return g_test_run ();
}
