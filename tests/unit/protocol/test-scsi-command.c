/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/scsi-command.h"
#include "tests/unit/protocol/pdu-test.h"

/* RFC 7143 11.3: a final, simple WRITE(10) of 8 blocks at LBA 0x1000, LUN 1, 4096 bytes, all of them with the command */
static const char write_hex[] = "01 a1 0000  00 001000"
                                "0001000000000000"
                                "00000042 00001000 00000010 00000020"
                                "2a000000 10000000 08000000 00000000";

/* RFC 7143 11.4: a SCSI Response with 20 bytes of sense, underflow of 512 */
static const char response_hex[] = "21 82 00 02  00 000014"
                                   "00000000 00000000"
                                   "00000042 00000000"
                                   "00000020 00000011 0000008f"
                                   "00000002 00000000 00000200";

static const guint8 write_cdb[CDB_LENGTH] = { 0x2a, 0, 0, 0, 0x10, 0, 0, 0, 8 };

static void
test_a_command_has_the_rfc_layout (void)
{
  ScsiCommand command = { .data_segment_length = 4096,
                          .is_final = 1,
                          .writes = 1,
                          .attributes = 1,
                          .lun = UINT64_C (0x0001000000000000),
                          .initiator_task_tag = 0x42,
                          .expected_length = 4096,
                          .cmd_sn = 16,
                          .exp_stat_sn = 32 };
  guint8 bhs[BHS_LENGTH];
  scsi_command_set_cdb (&command, write_cdb);
  scsi_command_encode (&command, bhs);
  assert_bhs (bhs, write_hex);
}

static void
test_a_command_decodes_to_its_fields (void)
{
  guint8 bhs[BHS_LENGTH], cdb[CDB_LENGTH];
  ScsiCommand command;
  hex_bhs ("41 c4 0000  02 000000 4001000000000000 00000043 00000200 00000011 00000021"
           "28010203 04050607 08090a0b 0c0d0e0f",
           bhs);
  scsi_command_decode (&command, bhs);
  g_assert_cmpuint (command.immediate, ==, 1);
  g_assert_cmpuint (command.is_final, ==, 1);
  g_assert_cmpuint (command.reads, ==, 1);
  g_assert_cmpuint (command.writes, ==, 0);
  g_assert_cmpuint (command.attributes, ==, 4);
  g_assert_cmpuint (command.total_ahs_length, ==, 2);
  g_assert_cmphex (command.lun, ==, UINT64_C (0x4001000000000000));
  g_assert_cmphex (command.initiator_task_tag, ==, 0x43);
  g_assert_cmpuint (command.expected_length, ==, 512);
  g_assert_cmpuint (command.cmd_sn, ==, 17);
  g_assert_cmpuint (command.exp_stat_sn, ==, 33);
  scsi_command_get_cdb (&command, cdb);
  g_assert_cmpmem (cdb, CDB_LENGTH, bhs + 32, CDB_LENGTH);
}

static void
test_a_response_has_the_rfc_layout (void)
{
  const ScsiResponse response = { .data_segment_length = 20,
                                  .is_final = 1,
                                  .underflow = 1,
                                  .status = 2,
                                  .initiator_task_tag = 0x42,
                                  .stat_sn = 32,
                                  .exp_cmd_sn = 17,
                                  .max_cmd_sn = 0x8f,
                                  .exp_data_sn = 2,
                                  .residual = 512 };
  guint8 bhs[BHS_LENGTH];
  scsi_response_encode (&response, bhs);
  assert_bhs (bhs, response_hex);
}

static void
test_a_response_decodes_to_its_fields (void)
{
  guint8 bhs[BHS_LENGTH];
  ScsiResponse response;
  hex_bhs ("21 9c 01 08  00 000000 00000000 00000000 00000042 00000007"
           "00000020 00000011 0000008f 00000003 00000005 00000006",
           bhs);
  scsi_response_decode (&response, bhs);
  g_assert_cmpuint (response.bidi_overflow, ==, 1);
  g_assert_cmpuint (response.bidi_underflow, ==, 1);
  g_assert_cmpuint (response.overflow, ==, 1);
  g_assert_cmpuint (response.underflow, ==, 0);
  g_assert_cmpuint (response.response, ==, 1);
  g_assert_cmpuint (response.status, ==, 8);
  g_assert_cmpuint (response.snack_tag, ==, 7);
  g_assert_cmpuint (response.exp_data_sn, ==, 3);
  g_assert_cmpuint (response.bidi_residual, ==, 5);
  g_assert_cmpuint (response.residual, ==, 6);
}

static void
test_both_come_back_as_they_were (void)
{
  assert_round_trip (write_hex, ScsiCommand, scsi_command);
  assert_round_trip (response_hex, ScsiResponse, scsi_response);
}

/* R-DATA-012, R-DATA-013, R-DATA-015, R-DATA-016, R-DATA-018, R-PDU-013 */
static void
test_a_command_says_how_its_data_moves (void)
{
  const PduCase cases[] = {
    { NULL, 0, NULL, 0, NULL },
    { "F", 0, "DataSegmentLength", 512, NULL },
    { "F", 0, NULL, 0, "'SCSI Command': expected F with all 4096 bytes at once, got more to come" },
    { "W", 0, "F", 0, "'SCSI Command': expected W or F, got neither" },
    { "W", 0, NULL, 0,
      "'SCSI Command': expected R or W with a transfer of 4096 bytes, got neither" },
    { "W", 0, "ExpectedDataTransferLength", 0, NULL },
    { "R", 1, NULL, 0, "'SCSI Command': expected an AHS with R and W, got none" },
    { "R", 1, "TotalAHSLength", 2, NULL },
    { "ATTR", 4, NULL, 0, NULL },
    { "ATTR", 5, NULL, 0, "'SCSI Command': expected ATTR 0 to 4, got 5" },
    { "ITT", TAG_NONE, NULL, 0, "'SCSI Command': expected the ITT of a task, got 0xffffffff" },
  };
  assert_cases (write_hex, cases);
}

/* R-PDU-006, R-PDU-021, R-PDU-031 */
static void
test_a_response_is_of_one_piece (void)
{
  const PduCase cases[] = {
    { NULL, 0, NULL, 0, NULL },
    { "DataSegmentLength", 0, NULL, 0,
      "'SCSI Response': expected sense data with CHECK CONDITION, got none" },
    { "DataSegmentLength", 0, "Status", 0, NULL },
    { "DataSegmentLength", 0, "Response", 1, NULL },
    { "O", 1, NULL, 0, "'SCSI Response': expected O or U, got both" },
    { "o", 1, "u", 1, "'SCSI Response': expected o or u, got both" },
    { "O", 1, "Response", 0x80, NULL },
    { "ITT", TAG_NONE, NULL, 0, "'SCSI Response': expected the ITT of a task, got 0xffffffff" },
    { "TotalAHSLength", 3, NULL, 0, "'SCSI Response': expected TotalAHSLength 0, got 3" },
  };
  assert_cases (response_hex, cases);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scsi-command/a command has the RFC's layout",
                   test_a_command_has_the_rfc_layout);
  g_test_add_func ("/scsi-command/a command decodes to its fields",
                   test_a_command_decodes_to_its_fields);
  g_test_add_func ("/scsi-command/a response has the RFC's layout",
                   test_a_response_has_the_rfc_layout);
  g_test_add_func ("/scsi-command/a response decodes to its fields",
                   test_a_response_decodes_to_its_fields);
  g_test_add_func ("/scsi-command/both come back as they were", test_both_come_back_as_they_were);
  g_test_add_func ("/scsi-command/a command says how its data moves",
                   test_a_command_says_how_its_data_moves);
  g_test_add_func ("/scsi-command/a response is of one piece", test_a_response_is_of_one_piece);
  return g_test_run ();
}
