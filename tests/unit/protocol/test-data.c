/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/data.h"
#include "tests/unit/protocol/pdu-test.h"

/* RFC 7143 11.7: the last of a burst that answers an R2T with TTT 0x77: 512 bytes at 1024 */
static const char data_out_hex[] = "05 80 0000  00 000200"
                                   "0001000000000000"
                                   "00000042 00000077 00000000 00000020"
                                   "00000000 00000003 00000400 00000000";

/* RFC 7143 11.7: the last Data-In of a read, with status GOOD and an underflow of 16 */
static const char data_in_hex[] = "25 83 00 00  00 000800"
                                  "0000000000000000"
                                  "00000042 ffffffff"
                                  "00000020 00000011 0000008f"
                                  "00000005 00002000 00000010";

/* RFC 7143 11.8: 65536 bytes from 4096 on */
static const char r2t_hex[] = "31 80 0000  00 000000"
                              "0001000000000000"
                              "00000042 00000077"
                              "00000020 00000011 0000008f"
                              "00000001 00001000 00010000";

static void
test_data_out_has_the_rfc_layout (void)
{
  const DataOut data = { .data_segment_length = 512,
                         .is_final = 1,
                         .lun = UINT64_C (0x0001000000000000),
                         .initiator_task_tag = 0x42,
                         .target_transfer_tag = 0x77,
                         .exp_stat_sn = 32,
                         .data_sn = 3,
                         .buffer_offset = 1024 };
  guint8 bhs[BHS_LENGTH];
  data_out_encode (&data, bhs);
  assert_bhs (bhs, data_out_hex);
}

static void
test_data_in_has_the_rfc_layout (void)
{
  const DataIn data = { .data_segment_length = 2048,
                        .is_final = 1,
                        .underflow = 1,
                        .has_status = 1,
                        .initiator_task_tag = 0x42,
                        .target_transfer_tag = TAG_NONE,
                        .stat_sn = 32,
                        .exp_cmd_sn = 17,
                        .max_cmd_sn = 0x8f,
                        .data_sn = 5,
                        .buffer_offset = 8192,
                        .residual = 16 };
  guint8 bhs[BHS_LENGTH];
  data_in_encode (&data, bhs);
  assert_bhs (bhs, data_in_hex);
}

static void
test_r2t_has_the_rfc_layout (void)
{
  const R2t r2t = { .is_final = 1,
                    .lun = UINT64_C (0x0001000000000000),
                    .initiator_task_tag = 0x42,
                    .target_transfer_tag = 0x77,
                    .stat_sn = 32,
                    .exp_cmd_sn = 17,
                    .max_cmd_sn = 0x8f,
                    .r2t_sn = 1,
                    .buffer_offset = 4096,
                    .desired_length = 65536 };
  guint8 bhs[BHS_LENGTH];
  r2t_encode (&r2t, bhs);
  assert_bhs (bhs, r2t_hex);
}

static void
test_data_in_decodes_to_its_fields (void)
{
  guint8 bhs[BHS_LENGTH];
  DataIn data;
  hex_bhs ("25 c5 00 04  00 ffffff 0102030405060708 11121314 21222324 31323334 41424344"
           "51525354 61626364 71727374 81828384",
           bhs);
  data_in_decode (&data, bhs);
  g_assert_cmpuint (data.is_final, ==, 1);
  g_assert_cmpuint (data.acknowledge, ==, 1);
  g_assert_cmpuint (data.overflow, ==, 1);
  g_assert_cmpuint (data.underflow, ==, 0);
  g_assert_cmpuint (data.has_status, ==, 1);
  g_assert_cmphex (data.status, ==, 4);
  g_assert_cmphex (data.data_segment_length, ==, 0xffffff);
  g_assert_cmphex (data.lun, ==, UINT64_C (0x0102030405060708));
  g_assert_cmphex (data.initiator_task_tag, ==, 0x11121314);
  g_assert_cmphex (data.target_transfer_tag, ==, 0x21222324);
  g_assert_cmphex (data.stat_sn, ==, 0x31323334);
  g_assert_cmphex (data.exp_cmd_sn, ==, 0x41424344);
  g_assert_cmphex (data.max_cmd_sn, ==, 0x51525354);
  g_assert_cmphex (data.data_sn, ==, 0x61626364);
  g_assert_cmphex (data.buffer_offset, ==, 0x71727374);
  g_assert_cmphex (data.residual, ==, 0x81828384);
}

static void
test_all_come_back_as_they_were (void)
{
  assert_round_trip (data_out_hex, DataOut, data_out);
  assert_round_trip (data_in_hex, DataIn, data_in);
  assert_round_trip (r2t_hex, R2t, r2t);
}

/* R-DATA-033, R-DATA-037, R-DATA-039 */
static void
test_data_out_belongs_to_a_task (void)
{
  const PduCase cases[] = {
    { NULL, 0, NULL, 0, NULL },
    { "DataSegmentLength", 0, "F", 0, NULL },
    { "TTT", TAG_NONE, NULL, 0, NULL },
    { "ITT", TAG_NONE, NULL, 0, "'Data-Out': expected the ITT of a task, got 0xffffffff" },
    { "BufferOffset", 0xfffffdff, NULL, 0, NULL },
    { "BufferOffset", 0xfffffe00, NULL, 0,
      "'Data-Out': expected an end below 2^32, got offset 4294966784 and length 512" },
  };
  assert_cases (data_out_hex, cases);
}

/* R-DATA-025, R-DATA-030, R-DATA-032 */
static void
test_data_in_carries_status_only_at_its_good_end (void)
{
  const PduCase cases[] = {
    { NULL, 0, NULL, 0, NULL },
    { "F", 0, NULL, 0, "'Data-In': expected F with S, got S alone" },
    { "F", 0, "S", 0, NULL },
    { "Status", 0x04, NULL, 0, NULL },
    { "Status", 0x02, NULL, 0, "'Data-In': expected a good status with S, got 0x02" },
    { "Status", 0x02, "S", 0, NULL },
    { "O", 1, NULL, 0, "'Data-In': expected O or U, got both" },
    { "O", 1, "S", 0, NULL },
    { "A", 1, NULL, 0, NULL },
    { "ITT", TAG_NONE, NULL, 0, "'Data-In': expected the ITT of a task, got 0xffffffff" },
  };
  assert_cases (data_in_hex, cases);
}

/* R-DATA-049, R-DATA-050, R-DATA-052 */
static void
test_r2t_asks_for_something (void)
{
  const PduCase cases[] = {
    { NULL, 0, NULL, 0, NULL },
    { "DesiredDataTransferLength", 0, NULL, 0,
      "'R2T': expected a DesiredDataTransferLength above 0, got 0" },
    { "TTT", TAG_NONE, NULL, 0, "'R2T': expected a TTT, got 0xffffffff" },
    { "ITT", TAG_NONE, NULL, 0, "'R2T': expected the ITT of a task, got 0xffffffff" },
    { "DataSegmentLength", 4, NULL, 0, "'R2T': expected no data segment, got 4 bytes" },
    { "BufferOffset", 0xffff0000, NULL, 0,
      "'R2T': expected an end below 2^32, got offset 4294901760 and length 65536" },
  };
  assert_cases (r2t_hex, cases);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/data/Data-Out has the RFC's layout", test_data_out_has_the_rfc_layout);
  g_test_add_func ("/data/Data-In has the RFC's layout", test_data_in_has_the_rfc_layout);
  g_test_add_func ("/data/R2T has the RFC's layout", test_r2t_has_the_rfc_layout);
  g_test_add_func ("/data/Data-In decodes to its fields", test_data_in_decodes_to_its_fields);
  g_test_add_func ("/data/all come back as they were", test_all_come_back_as_they_were);
  g_test_add_func ("/data/Data-Out belongs to a task", test_data_out_belongs_to_a_task);
  g_test_add_func ("/data/Data-In carries status only at its good end",
                   test_data_in_carries_status_only_at_its_good_end);
  g_test_add_func ("/data/R2T asks for something", test_r2t_asks_for_something);
  return g_test_run ();
}
