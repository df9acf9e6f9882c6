/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/harness/check/referee-cases.h"

#define LONG_15  "abcdefghijklmno"
#define LONG_75  LONG_15 LONG_15 LONG_15 LONG_15 LONG_15
#define LONG_255 LONG_75 LONG_75 LONG_75 LONG_15 LONG_15

static const RefereeCase cases[] = {
  { "text-terminated", "", "LQ:" NAMES "InitiatorAlias=x", "LQ:" NAMES "InitiatorAlias=x|" },
  { "text-pairs", "", "LQ:" NAMES "Alone|", "LQ:" NAMES "X-com.example.a=1|" },
  { "text-pairs", "", "LQ:" NAMES "maxBurstLength=512|", "LQ:" NAMES "iSCSIProtocolLevel=1|" },
  { "value-length", "", "LQ:" NAMES "InitiatorAlias=" LONG_255 "x|",
    "LQ:" NAMES "InitiatorAlias=" LONG_255 "|" },
  { "initiator-name", "", "LQ:TargetName=iqn.t|", "LQ:" NAMES },
  { "target-name", "", "LQ:InitiatorName=iqn.i|", "LQ:InitiatorName=iqn.i|SessionType=Discovery|" },
  { "target-name", "LQ@1=44:InitiatorName=iqn.i|Target LR@1=04@14=0000",
    "LQ@28=00000002:Alias=iqn.t|", "LQ@28=00000002:Name=iqn.t|" },
  { "group-tag", "LQ:" NAMES, "LR:TargetAlias=x|", "LR:TargetPortalGroupTag=1|" },
  { "key-sender", "LQ:" NAMES, "LR:TargetPortalGroupTag=1|InitiatorAlias=x|",
    "LR:TargetPortalGroupTag=1|TargetAlias=x|" },
  { "key-sender", "", "LQ:" NAMES "TargetAlias=x|", "LQ:" NAMES "InitiatorAlias=x|" },
  { "key-sender", "LQ:" NAMES, "LR:TargetPortalGroupTag=1|TargetName=iqn.t|",
    "LR:TargetPortalGroupTag=1|" },
  { "key-stage", "", "LQ@1=81:" NAMES "MaxBurstLength=512|", "LQ:" NAMES "MaxBurstLength=512|" },
  { "key-stage", "", "LQ:" NAMES "AuthMethod=None|", "LQ@1=81:" NAMES "AuthMethod=None|" },
  { "key-stage", "", "LQ:" NAMES "SendTargets=All|", "LQ:" NAMES },
  { "key-leading", "", "LQ@14=0007:" NAMES "InitialR2T=No|",
    "LQ@14=0007:" NAMES "HeaderDigest=None|" },
  { "key-once", "", "LQ:" NAMES "MaxBurstLength=512|MaxBurstLength=512|",
    "LQ:" NAMES "MaxBurstLength=512|" },
  { "key-once", "LQ@1=04:" NAMES "MaxBurstLength=512| LR@1=04@14=0000:TargetPortalGroupTag=1|",
    "LQ@28=00000002:MaxBurstLength=512|", "LQ@28=00000002:FirstBurstLength=512|" },
  { "vendor-keys", "LQ@1=81:InitiatorName=iqn.i|SessionType=Discovery| LR@1=81@14=0000",
    "LQ@28=00000002:X-com.example.a=1|", "LQ@28=00000002:HeaderDigest=None|" },
  { "key-value", "", "LQ:" NAMES "MaxBurstLength=511|", "LQ:" NAMES "MaxBurstLength=0x200|" },
  { "key-value", "", "LQ:" NAMES "InitialR2T=yes|", "LQ:" NAMES "InitialR2T=Yes|" },
  { "key-value", "", "LQ:" NAMES "ErrorRecoveryLevel=3|", "LQ:" NAMES "ErrorRecoveryLevel=2|" },
  { "key-value", "", "LQ:" NAMES "MaxRecvDataSegmentLength=16777216|",
    "LQ:" NAMES "MaxRecvDataSegmentLength=16777215|" },
  { "offer-not-reserved", "", "LQ:" NAMES "HeaderDigest=Irrelevant|",
    "LQ:" NAMES "HeaderDigest=None|" },
  { "key-understood", "LQ:" NAMES "MaxBurstLength=512|",
    "LR:TargetPortalGroupTag=1|MaxBurstLength=NotUnderstood|",
    "LR:TargetPortalGroupTag=1|MaxBurstLength=Reject|" },
  { "newer-key-understood", "LQ:" NAMES "iSCSIProtocolLevel=1|",
    "LR:TargetPortalGroupTag=1|iSCSIProtocolLevel=NotUnderstood|",
    "LR:TargetPortalGroupTag=1|iSCSIProtocolLevel=1|" },
  { "answer-allowed", "LQ:" NAMES "MaxBurstLength=65536|",
    "LR:TargetPortalGroupTag=1|MaxBurstLength=65537|",
    "LR:TargetPortalGroupTag=1|MaxBurstLength=65536|" },
  { "answer-allowed", "LQ:" NAMES "DefaultTime2Wait=5|",
    "LR:TargetPortalGroupTag=1|DefaultTime2Wait=4|",
    "LR:TargetPortalGroupTag=1|DefaultTime2Wait=6|" },
  { "answer-allowed", "LQ:" NAMES "ImmediateData=No|",
    "LR:TargetPortalGroupTag=1|ImmediateData=Yes|", "LR:TargetPortalGroupTag=1|ImmediateData=No|" },
  { "answer-allowed", "LQ:" NAMES "InitialR2T=Yes|", "LR:TargetPortalGroupTag=1|InitialR2T=No|",
    "LR:TargetPortalGroupTag=1|" },
  { "answer-allowed", "LQ:" NAMES "HeaderDigest=None|",
    "LR:TargetPortalGroupTag=1|HeaderDigest=CRC32C|",
    "LR:TargetPortalGroupTag=1|HeaderDigest=None|" },
  { "mark-int-rejected", "LQ:" NAMES "OFMarkInt=2048|", "LR:TargetPortalGroupTag=1|OFMarkInt=2048|",
    "LR:TargetPortalGroupTag=1|OFMarkInt=Reject|" },
  { "task-reporting-offer", "", "LQ:" NAMES "TaskReporting=FastAbort,RFC3720|",
    "LQ:" NAMES "TaskReporting=FastAbort,ResponseFence,RFC3720|" },
  { "transit-without-question", "LQ:" NAMES, "LR:TargetPortalGroupTag=1|MaxBurstLength=512|",
    "LR:TargetPortalGroupTag=1|MaxRecvDataSegmentLength=512|" },
  { "offers-answered", "LQ:" NAMES "MaxBurstLength=65536|", "LR:TargetPortalGroupTag=1|",
    "LR:TargetPortalGroupTag=1|MaxBurstLength=65536|" },
  { "offers-answered", "LQ:" NAMES "ImmediateData=Yes|", "LR:TargetPortalGroupTag=1|",
    "LR:TargetPortalGroupTag=1|ImmediateData=No|" },
  { "burst-order", "LQ:" NAMES "FirstBurstLength=65536|MaxBurstLength=65536|",
    "LR:TargetPortalGroupTag=1|FirstBurstLength=65536|MaxBurstLength=512|",
    "LR:TargetPortalGroupTag=1|FirstBurstLength=512|MaxBurstLength=512|" },
  { "redirect-address", "LQ:" NAMES, "LR@36=0101:TargetAlias=x|",
    "LR@36=0101:TargetAddress=10.0.0.1:3260|" },
  { "redirect-address", "LQ:" NAMES, "LR@36=0102:TargetAddress=10.0.0.1:3260,1|",
    "LR@36=0102:TargetAddress=10.0.0.1:3260|" },
  { "text-keys", LOGIN, "TQ:MaxBurstLength=512|", "TQ:MaxRecvDataSegmentLength=512|" },
  { "send-targets-alone", LOGIN, "TQ:SendTargets=|InitiatorAlias=x|", "TQ:SendTargets=|" },
  { "send-targets-record", LOGIN "TQ:SendTargets=|",
    "TS:TargetAddress=10.0.0.1,1|TargetName=iqn.t|",
    "TS:TargetName=iqn.t|TargetAddress=10.0.0.1,1|" },
  { "send-targets-record", LOGIN "TQ:SendTargets=|", "TS:TargetName=iqn.t|TargetAddress=10.0.0.1|",
    "TS:TargetName=iqn.t|TargetAddress=10.0.0.1,1|" },
};

static void
each_rule_has_a_counterexample_and_a_neighbour (void)
{
  assert_family ("keys", cases, G_N_ELEMENTS (cases));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/referee-keys/each_rule_has_a_counterexample_and_a_neighbour",
                   each_rule_has_a_counterexample_and_a_neighbour);
  return g_test_run ();
}
