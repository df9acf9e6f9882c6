/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/harness/check/referee-cases.h"

static const RefereeCase cases[] = {
  { "opcode-side", LOGIN, "TQ<", "TQ" },
  { "opcode-known", LOGIN, "NO@0=47", "NO" },
  { "before-full-feature", "", "RD", "LQ:" NAMES },
  { "before-full-feature", "LQ:" NAMES, "NW@24=00000001", "LR:TargetPortalGroupTag=1|" },
  { "no-second-login", LOGIN, "LQ:" NAMES, "RD" },
  { "nothing-after-the-end", LOGIN "LO LP", "NW@24=00000003", "" },
  { "nothing-after-the-end", LOGIN "LO LP", "AS@24=00000003", "NA@20=ffffffff@8=0000" },
  { "nothing-after-the-end", "LQ:" NAMES " LR@36=0203", "LR@36=0203", "" },
  { "reserved-zero", LOGIN, "RD@3=01", "RD" },
  { "reserved-zero", LOGIN "RD", "DS@1=a1+8192", "DS+8192" },
  { "reserved-zero", LOGIN, "NO@44=00000001", "NO" },
  { "reserved-zero", LOGIN, "LO@15=01", "LO@20=0001" },
  { "fixed-final", LOGIN, "NO@1=00", "NO" },
  { "fixed-final", LOGIN "WR", "SR@1=02@44=00002000", "RT" },
  { "no-ahs", LOGIN, "NO@4=01", "NO" },
  { "no-ahs", LOGIN "RD", "DS@4=01+8192", "DS+8192" },
  { "no-data", LOGIN "WR", "RT+4", "RT" },
  { "no-data", LOGIN, "LO+4", "LO" },
  { "segment-limit", LOGIN "RD@20=00004000", "DF+8196", "DF+8192" },
  { "segment-limit", SAME ("MaxRecvDataSegmentLength=512|") "WR RT", "OO+516", "OO+512" },
  { "segment-limit", "", "LQ+8193", "LQ:" NAMES },
  { "padding-zero", LOGIN, "NO+5~", "NO+5" },
  { "header-digest", SAME ("HeaderDigest=CRC32C|") "digests", "NO!", "NO" },
  { "data-digest",
    LOGIN_KEYS ("HeaderDigest=CRC32C|DataDigest=CRC32C|",
                "HeaderDigest=CRC32C|DataDigest=CRC32C|") "digests",
    "NO+7&", "NO+7" },
  { "level-2-only", LOGIN, "RD@2=10", "RD" },
  { "level-2-only", LOGIN "WR", "SR@8=0001@1=82@44=00002000", "SR@1=82@44=00002000" },
  { "level-2-only", LOGIN, "RD@2=20", "RD@2=00" },
};

static void
each_rule_has_a_counterexample_and_a_neighbour (void)
{
  assert_family ("format", cases, G_N_ELEMENTS (cases));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/referee-format/each_rule_has_a_counterexample_and_a_neighbour",
                   each_rule_has_a_counterexample_and_a_neighbour);
  return g_test_run ();
}
