/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/harness/check/referee-cases.h"

/* Ten pings, more than an observer tells apart, and answers to nine of them. */
#define MANY_PINGS                                                                                 \
  "NT@20=00000020 NT@20=00000021 NT@20=00000022 NT@20=00000023 NT@20=00000024 NT@20=00000025 "     \
  "NT@20=00000026 NT@20=00000027 NT@20=00000028 NT@20=00000029 "                                   \
  "NA@20=00000020 NA@20=00000021 NA@20=00000022 NA@20=00000023 NA@20=00000024 NA@20=00000025 "     \
  "NA@20=00000026 NA@20=00000027 NA@20=00000028"

static const RefereeCase cases[] = {
  { "tmf-function", LOGIN "RD", "TM@1=8d", "TM" },
  { "tmf-function", LOGIN "RD", "TM@1=89", "TM@1=82@20=ffffffff@32=00000000" },
  { "tmf-function", SAME ("iSCSIProtocolLevel=2|") "RD", "TM@1=8d", "TM@1=89" },
  { "tmf-referenced-tag", LOGIN "RD", "TM@20=ffffffff", "TM" },
  { "tmf-referenced-tag", LOGIN "RD", "TM@1=85@32=00000000", "TM@1=85@20=ffffffff@32=00000000" },
  { "tmf-ref-cmd-sn", LOGIN "RD", "TM@32=00000002", "TM" },
  { "tmf-ref-cmd-sn-reserved", LOGIN "RD", "TM@1=85@20=ffffffff",
    "TM@1=85@20=ffffffff@32=00000000" },
  { "tmf-lun", LOGIN "RD", "TM@1=86@20=ffffffff@32=00000000",
    "TM@1=86@8=0000@20=ffffffff@32=00000000" },
  { "tmf-reassign-immediate", LOGIN "RD", "TM@0=02@1=88@8=0000@32=00000000",
    "TM@1=88@8=0000@32=00000000" },
  { "tmf-response-task", LOGIN "RD TM", "TP@16=00000010", "TP" },
  { "tmf-response-task", LOGIN "RD TM TP", "TP@24=00000003", "" },
  { "tmf-response-code", LOGIN "RD TM", "TP@2=07", "TP@2=ff" },
  { "text-one-at-a-time", LOGIN "TQ", "TQ@16=00000031@24=00000002",
    "TS TQ@16=00000031@24=00000002" },
  { "text-continued", LOGIN, "TQ@1=c0:Send", "TQ@1=40:Send" },
  { "text-continued", LOGIN "TQ", "TS@1=c0:Send", "TS@1=40@20=00000001:Send" },
  { "text-request-tag", LOGIN "TQ TS@1=00@20=00000005", "TQ@20=00000006@24=00000002@28=00000003",
    "TQ@20=00000005@24=00000002@28=00000003" },
  { "text-request-tag", LOGIN, "TQ@20=00000005", "TQ" },
  { "text-response-task", LOGIN "TQ", "TS@16=00000031", "TS" },
  { "text-response-final", LOGIN "TQ@1=00", "TS", "TS@1=00@20=00000005" },
  { "text-response-tag", LOGIN "TQ", "TS@20=00000005", "TS" },
  { "text-response-tag", LOGIN "TQ", "TS@1=00", "TS@1=00@20=00000005" },
  { "logout-reason", LOGIN, "LO@1=83", "LO@1=82" },
  { "nothing-after-logout", LOGIN "LO", "RD", "NA@20=ffffffff@8=0000" },
  { "nothing-after-logout", LOGIN "LO", "NO", "LP" },
  { "logout-response-task", LOGIN "LO", "LP@16=00000041", "LP" },
  { "logout-response-code", LOGIN "LO", "LP@2=04", "LP@2=03" },
  { "discovery-requests", "LQ:InitiatorName=iqn.i|SessionType=Discovery| LR ", "NO",
    "TQ:SendTargets=All|" },
  { "nop-out-immediate", LOGIN, "NO@0=00@16=ffffffff", "NO@0=00" },
  { "nop-out-tag", LOGIN "NT", "NA@20=00000008", "NA" },
  { "nop-out-tag", LOGIN "NT", "NA@8=0002", "NA" },
  { "nop-out-tag", LOGIN "NT NA", "NA", "NA@20=ffffffff@8=0000" },
  { "nop-out-tag", LOGIN "NT", "NA@16=00000051", "NA" },
  { "nop-out-tag", LOGIN MANY_PINGS, "NA@20=00000029 NA@20=00000029", "NA@20=00000029" },
  { "nop-in-task", LOGIN "NO", "NI@16=00000051", "NI" },
  { "nop-in-task", LOGIN "NO NI", "NI@24=00000003", "NW@24=00000003" },
  { "nop-in-echo", LOGIN "NO+64", "NI+60", "NI+64" },
  { "nop-in-echo", LOGIN_KEYS ("MaxRecvDataSegmentLength=512|", "") "NO+1024", "NI+500", "NI+512" },
  { "nop-in-answer-tag", LOGIN "NO", "NI@20=00000001", "NI" },
  { "nop-in-no-data", LOGIN, "NT+4", "NT" },
  { "snack-level", LOGIN "RD", "SN", "NO@24=00000002" },
  { "snack-type", LEVEL1 "RD", "SN@1=84", "SN" },
  { "snack-itt", LEVEL1 "RD", "SN@1=81", "SN@1=81@16=ffffffff" },
  { "snack-ttt", LEVEL1 "RD", "SN@1=82@16=ffffffff@44=00000000",
    "SN@1=82@16=ffffffff@20=00000009@44=00000000" },
  { "snack-ttt", LEVEL1 "RD", "SN@20=00000009", "SN" },
  { "snack-run", LEVEL1 "RD", "SN@1=83@20=00000009", "SN@1=83@20=00000009@44=00000000" },
  { "snack-run", LEVEL1 "RD", "SN@1=83@20=00000009@40=00000001@44=00000000",
    "SN@1=83@20=00000009@44=00000000" },
  { "reject-reason", LOGIN "NO", "RJ@2=0b=NO", "RJ=NO" },
  { "reject-reason", LOGIN "NO", "RJ@2=0d=NO", "RJ@2=0c=NO" },
  { "target-itt-reserved", LOGIN "NO", "RJ@16=00000050=NO", "RJ=NO" },
  { "target-itt-reserved", LOGIN, "AS@16=00000000", "AS" },
  { "reject-header", LOGIN "NO", "RJ+44", "RJ=NO" },
  { "reject-header", LOGIN "NO", "RJ+52", "RJ=NO" },
  { "async-event", LOGIN, "AS@36=06", "AS@36=f8" },
  { "async-fast-abort", LOGIN, "AS@36=05", "AS" },
  { "async-fast-abort",
    LOGIN_KEYS ("TaskReporting=FastAbort,ResponseFence,RFC3720|", "TaskReporting=RFC3720|"),
    "AS@36=05", "AS@36=01" },
};

static void
each_rule_has_a_counterexample_and_a_neighbour (void)
{
  assert_family ("requests", cases, G_N_ELEMENTS (cases));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/referee-requests/each_rule_has_a_counterexample_and_a_neighbour",
                   each_rule_has_a_counterexample_and_a_neighbour);
  return g_test_run ();
}
