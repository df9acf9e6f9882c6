/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/reject.h"
#include "tests/unit/protocol/pdu-test.h"

/* RFC 7143 11.17: invalid PDU field, with the 48 octets of the bad header */
static const char reject_hex[] = "3f 80 09 00  00 000030"
                                 "0000000000000000"
                                 "ffffffff 00000000 00000020 00000011 0000008f"
                                 "00000006 00000000 00000000";

static void
test_a_reject_has_the_rfc_layout (void)
{
  const Reject reject = { .data_segment_length = 48,
                          .is_final = 1,
                          .reason = REJECT_INVALID_FIELD,
                          .initiator_task_tag = TAG_NONE,
                          .stat_sn = 32,
                          .exp_cmd_sn = 17,
                          .max_cmd_sn = 0x8f,
                          .data_sn = 6 };
  guint8 bhs[BHS_LENGTH];
  reject_encode (&reject, bhs);
  assert_bhs (bhs, reject_hex);
}

static void
test_a_reject_comes_back_as_it_was (void)
{
  assert_round_trip (reject_hex, Reject, reject);
}

/* R-REJ-017 */
static void
test_a_reject_holds_the_rejected_header (void)
{
  const PduCase cases[] = {
    { NULL, 0, NULL, 0, NULL },
    { "DataSegmentLength", 64, NULL, 0, NULL },
    { "DataSegmentLength", 47, NULL, 0,
      "'Reject': expected the header of the rejected PDU, got 47 bytes" },
    { "Reason", 0x7f, NULL, 0, NULL },
  };
  assert_cases (reject_hex, cases);
}

static void
test_a_reason_has_a_name (void)
{
  g_assert_cmpstr (reject_reason_name (0x02), ==, "data digest error");
  g_assert_cmpstr (reject_reason_name (0x0c), ==, "waiting for logout");
  g_assert_cmpstr (reject_reason_name (0x01), ==, "unknown reason");
  g_assert_cmpstr (reject_reason_name (0x102), ==, "unknown reason");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/reject/a Reject has the RFC's layout", test_a_reject_has_the_rfc_layout);
  g_test_add_func ("/reject/a Reject comes back as it was", test_a_reject_comes_back_as_it_was);
  g_test_add_func ("/reject/a Reject holds the rejected header",
                   test_a_reject_holds_the_rejected_header);
  g_test_add_func ("/reject/a reason has a name", test_a_reason_has_a_name);
  return g_test_run ();
}
