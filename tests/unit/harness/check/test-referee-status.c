/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/harness/check/referee-cases.h"

static const RefereeCase cases[] = {
  { "response-task", LOGIN "RD", "SR@16=00000011", "SR@1=82@44=00002000" },
  { "response-task", LOGIN "RD DS+8192", "SR@24=00000003", "" },
  { "response-task", LOGIN "RD TM TP", "SR@24=00000003@1=82@44=00002000", "" },
  { "response-code", LOGIN "RD", "SR@2=02", "SR@2=01" },
  { "response-waits-for-data", LOGIN "WR RT", "SR@1=82@44=00002000", "OF+8192 SR" },
  { "response-waits-for-data", UNSOLICITED "WU", "SR@3=08@1=82@44=00002000",
    "UF+4096 SR@3=08@1=82@44=00002000" },
  { "response-ends-sequence", LOGIN "RD DI+8192", "SR@36=00000001", "SR@3=08@2=01" },
  { "residual-exclusive", LOGIN "RD", "SR@1=86@44=00002000", "SR@1=82@44=00002000" },
  { "residual-exclusive", LOGIN "RD", "SR@1=9a@44=00002000", "SR@1=8a@44=00002000" },
  { "residual-needs-completion", LOGIN "RD", "SR@2=01@1=82@44=00002000", "SR@2=01" },
  { "residual-count", LOGIN "RD", "DS@1=83+8192", "DS@1=85@44=00000001+8192" },
  { "residual-zero", LOGIN "RD", "DS@44=00000001+8192", "DS+8192" },
  { "residual-within", LOGIN "WR", "SR@1=82@44=00002001", "SR@1=82@44=00002000" },
  { "residual-of-read", LOGIN "RD", "DS+4096", "DS@1=83@44=00001000+4096" },
  { "residual-of-read", LOGIN "RD DF+8192", "SR@36=00000001@1=82@44=00000004", "SR@36=00000001" },
  { "residual-of-write", LOGIN "WR+512", "SR", "SR@1=82@44=00001e00" },
  { "bidi-residual-reserved", LOGIN "RD", "SR@1=82@40=0000000100002000", "SR@1=82@44=00002000" },
  { "exp-data-sn", LOGIN "RD DI+4096 DF@36=00000001@40=00001000+4096", "SR@36=00000001",
    "SR@36=00000002" },
  { "exp-data-sn", LOGIN "RD DF+8192", "SR@2=01@36=00000001", "SR@2=01" },
  { "snack-tag", LOGIN "WR+8192", "SR@20=00000001", "SR" },
  { "sense-present", LOGIN "RD", "SR@3=02@1=82@44=00002000", "SR@3=08@1=82@44=00002000" },
  { "sense-length", LOGIN "RD", "SR@3=02@1=82@44=00002000#0005f0000500",
    "SR@3=02@1=82@44=00002000#0004f0000500" },
};

static void
each_rule_has_a_counterexample_and_a_neighbour (void)
{
  assert_family ("status", cases, G_N_ELEMENTS (cases));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/referee-status/each_rule_has_a_counterexample_and_a_neighbour",
                   each_rule_has_a_counterexample_and_a_neighbour);
  return g_test_run ();
}
