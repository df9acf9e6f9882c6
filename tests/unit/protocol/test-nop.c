/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/nop.h"
#include "tests/unit/protocol/pdu-test.h"

/* RFC 7143 11.18: an immediate ping with four bytes */
static const char nop_out_hex[] = "40 80 0000  00 000004"
                                  "0000000000000000"
                                  "00000042 ffffffff 00000010 00000020"
                                  "00000000 00000000 00000000 00000000";

/* RFC 7143 11.19: a ping of the target */
static const char nop_in_hex[] = "20 80 0000  00 000000"
                                 "0001000000000000"
                                 "ffffffff 00000077 00000020 00000011"
                                 "0000008f 00000000 00000000 00000000";

static void
test_nop_out_has_the_rfc_layout (void)
{
  const NopOut nop = { .immediate = 1,
                       .data_segment_length = 4,
                       .is_final = 1,
                       .initiator_task_tag = 0x42,
                       .target_transfer_tag = TAG_NONE,
                       .cmd_sn = 16,
                       .exp_stat_sn = 32 };
  guint8 bhs[BHS_LENGTH];
  nop_out_encode (&nop, bhs);
  assert_bhs (bhs, nop_out_hex);
}

static void
test_nop_in_decodes_to_its_fields (void)
{
  guint8 bhs[BHS_LENGTH];
  NopIn nop;
  hex_bhs (nop_in_hex, bhs);
  nop_in_decode (&nop, bhs);
  g_assert_cmphex (nop.lun, ==, UINT64_C (0x0001000000000000));
  g_assert_cmphex (nop.initiator_task_tag, ==, TAG_NONE);
  g_assert_cmphex (nop.target_transfer_tag, ==, 0x77);
  g_assert_cmpuint (nop.stat_sn, ==, 32);
  g_assert_cmpuint (nop.exp_cmd_sn, ==, 17);
  g_assert_cmpuint (nop.max_cmd_sn, ==, 0x8f);
}

static void
test_both_come_back_as_they_were (void)
{
  assert_round_trip (nop_out_hex, NopOut, nop_out);
  assert_round_trip (nop_in_hex, NopIn, nop_in);
}

/* R-NOP-005 */
static void
test_nop_out_without_a_tag_is_immediate (void)
{
  const PduCase cases[] = {
    { NULL, 0, NULL, 0, NULL },
    { "I", 0, NULL, 0, NULL },
    { "ITT", TAG_NONE, NULL, 0, NULL },
    { "ITT", TAG_NONE, "TTT", 0x77, NULL },
    { "ITT", TAG_NONE, "I", 0, "'NOP-Out': expected I with ITT 0xffffffff, got I=0" },
    { "TotalAHSLength", 1, NULL, 0, "'NOP-Out': expected TotalAHSLength 0, got 1" },
  };
  assert_cases (nop_out_hex, cases);
}

/* R-NOP-011, R-NOP-013, R-PDU-031 */
static void
test_nop_in_is_a_ping_or_an_answer (void)
{
  const PduCase cases[] = {
    { NULL, 0, NULL, 0, NULL },
    { "TTT", TAG_NONE, NULL, 0, NULL },
    { "ITT", 0x42, "TTT", TAG_NONE, NULL },
    { "ITT", 0x42, NULL, 0, "'NOP-In': expected an ITT or a TTT, got both" },
    { "DataSegmentLength", 4, NULL, 0, "'NOP-In': expected no data segment, got 4 bytes" },
  };
  assert_cases (nop_in_hex, cases);
}

static void
test_the_answer_to_a_ping_may_have_data (void)
{
  guint8 bhs[BHS_LENGTH];
  hex_bhs (nop_in_hex, bhs);
  bhs_set (bhs, "ITT", 0x42);
  bhs_set (bhs, "TTT", TAG_NONE);
  bhs_set (bhs, "DataSegmentLength", 8192);
  g_assert_true (pdu_validate (bhs, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/nop/NOP-Out has the RFC's layout", test_nop_out_has_the_rfc_layout);
  g_test_add_func ("/nop/NOP-In decodes to its fields", test_nop_in_decodes_to_its_fields);
  g_test_add_func ("/nop/both come back as they were", test_both_come_back_as_they_were);
  g_test_add_func ("/nop/NOP-Out without a tag is immediate",
                   test_nop_out_without_a_tag_is_immediate);
  g_test_add_func ("/nop/NOP-In is a ping or an answer", test_nop_in_is_a_ping_or_an_answer);
  g_test_add_func ("/nop/the answer to a ping may have data",
                   test_the_answer_to_a_ping_may_have_data);
  return g_test_run ();
}
