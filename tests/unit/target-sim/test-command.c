/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/target-sim/wire.h"

static void
target_session_open (Lab *lab, Wire *wire)
{
  lab_init (lab);
  lab_start (lab);
  wire_open (wire, lab);
  wire_login (wire);
}

static void
target_session_close (Lab *lab, Wire *wire)
{
  wire_close (wire);
  lab_clear (lab);
}

/* What the store holds, without the wire. */
static void
store_done (StoreRequest *request, StoreResult result)
{
  g_assert_cmpint (result, ==, STORE_OK);
}

static void
assert_stored (Lab *lab, guint64 offset, const guint8 *expected, gsize length)
{
  StoreRequest request = { .offset_bytes = offset, .length_bytes = length, .done = store_done };
  store_read (lab->store, &request);
  g_autofree guint8 *bytes = g_malloc (length);
  payload_copy_out (&request.bytes, 0, bytes, length);
  g_assert_cmpmem (bytes, length, expected, length);
  payload_clear (&request.bytes);
}

static void
send_burst (Wire *wire, const ScsiCommand *command, guint32 tag, const guint8 *data, guint32 offset,
            guint32 length)
{
  DataOut pdu = { .lun = command->lun,
                  .initiator_task_tag = command->initiator_task_tag,
                  .target_transfer_tag = tag };
  for (guint32 at = 0; at < length; at += pdu.data_segment_length) {
    pdu.data_segment_length = MIN (4096, length - at);
    pdu.buffer_offset = offset + at;
    pdu.is_final = at + pdu.data_segment_length == length;
    wire_send_data (wire, &pdu, data);
    pdu.data_sn++;
  }
}

static void
test_inquiry (void)
{
  Lab lab;
  Wire wire;
  target_session_open (&lab, &wire);
  guint8 cdb[CDB_LENGTH];
  guint8 bytes[96];
  cdb_build_inquiry (cdb, FALSE, 0, sizeof bytes);
  ScsiCommand command = wire_command (&wire, cdb, sizeof bytes);
  command.reads = 1;
  wire_send_command (&wire, &command, NULL, 0);
  const DataIn answer = wire_expect_data_in (&wire, bytes, sizeof bytes);
  g_assert_cmphex (answer.status, ==, SCSI_GOOD);
  g_assert_cmpuint (answer.underflow + answer.overflow, ==, 0);
  g_assert_cmphex (bytes[0], ==, 0);
  g_assert_cmpmem (bytes + 8, 8, "ISCSILAB", 8);
  target_session_close (&lab, &wire);
}

static void
test_immediate_write (void)
{
  Lab lab;
  Wire wire;
  target_session_open (&lab, &wire);
  g_autofree guint8 *data = pattern_new (1024, 7);
  const ScsiCommand command = wire_blocks (&wire, SCSI_OP_WRITE_10, 5, 2);
  wire_send_command (&wire, &command, data, 1024);
  const ScsiResponse response = wire_expect_response (&wire, NULL);
  g_assert_cmphex (response.status, ==, SCSI_GOOD);
  g_assert_cmpuint (response.exp_cmd_sn, ==, 101);
  g_assert_cmpuint (response.max_cmd_sn, ==, 101 + 127);
  assert_stored (&lab, 5 * 512, data, 1024);
  g_assert_cmpuint (target_sim_counters (lab.target)->writes_done, ==, 1);
  target_session_close (&lab, &wire);
}

/* 40 KiB: 4 KiB immediate, 4 KiB unsolicited (FirstBurstLength 8 KiB), then R2Ts of 16 KiB (MaxBurstLength). */
static void
test_write_in_all_ways (void)
{
  Lab lab;
  Wire wire;
  target_session_open (&lab, &wire);
  const guint32 length = 40 * 1024;
  g_autofree guint8 *data = pattern_new (length, 1);
  ScsiCommand command = wire_blocks (&wire, SCSI_OP_WRITE_16, 100, length / 512);
  command.is_final = 0;
  wire_send_command (&wire, &command, data, 4096);
  send_burst (&wire, &command, TAG_NONE, data, 4096, 4096);
  R2t request = wire_expect_r2t (&wire);
  g_assert_cmpuint (request.r2t_sn, ==, 0);
  g_assert_cmpuint (request.buffer_offset, ==, 8192);
  g_assert_cmpuint (request.desired_length, ==, 16384);
  g_assert_cmphex (request.lun, ==, command.lun);
  send_burst (&wire, &command, request.target_transfer_tag, data, 8192, 16384);
  request = wire_expect_r2t (&wire);
  g_assert_cmpuint (request.r2t_sn, ==, 1);
  g_assert_cmpuint (request.buffer_offset, ==, 24576);
  g_assert_cmpuint (request.desired_length, ==, 16384);
  send_burst (&wire, &command, request.target_transfer_tag, data, 24576, 16384);
  const ScsiResponse response = wire_expect_response (&wire, NULL);
  g_assert_cmphex (response.status, ==, SCSI_GOOD);
  g_assert_cmpuint (response.underflow + response.overflow, ==, 0);
  assert_stored (&lab, 100 * 512, data, length);
  target_session_close (&lab, &wire);
}

static void
test_outstanding_r2ts (void)
{
  static const char keys[] = "InitiatorName=" LAB_INITIATOR "\0TargetName=" LAB_NAME
                             "\0MaxOutstandingR2T=2\0MaxBurstLength=512\0FirstBurstLength=512\0";
  Lab lab;
  Wire wire;
  lab_init (&lab);
  lab.wanted.number[KEY_MAX_OUTSTANDING_R2T] = 8;
  lab_start (&lab);
  wire_open (&wire, &lab);
  wire_login_with (&wire, keys, sizeof keys - 1);
  g_autofree guint8 *data = pattern_new (1536, 3);
  const ScsiCommand command = wire_blocks (&wire, SCSI_OP_WRITE_10, 0, 3);
  wire_send_command (&wire, &command, NULL, 0);
  R2t requests[3];
  requests[0] = wire_expect_r2t (&wire);
  requests[1] = wire_expect_r2t (&wire);
  wire_expect_silence (&wire);
  send_burst (&wire, &command, requests[0].target_transfer_tag, data, 0, 512);
  requests[2] = wire_expect_r2t (&wire);
  send_burst (&wire, &command, requests[1].target_transfer_tag, data, 512, 512);
  send_burst (&wire, &command, requests[2].target_transfer_tag, data, 1024, 512);
  g_assert_cmphex (wire_expect_response (&wire, NULL).status, ==, SCSI_GOOD);
  assert_stored (&lab, 0, data, 1536);
  target_session_close (&lab, &wire);
}

static void
test_read_back (void)
{
  Lab lab;
  Wire wire;
  target_session_open (&lab, &wire);
  const guint32 length = 40 * 1024;
  g_autofree guint8 *data = pattern_new (length, 9);
  g_autofree guint8 *back = g_malloc0 (length);
  StoreRequest request = { .done = store_done, .bytes = payload_of (slice_copy (data, length)) };
  store_write (lab.store, &request);
  payload_clear (&request.bytes);
  const ScsiCommand command = wire_blocks (&wire, SCSI_OP_READ_10, 0, length / 512);
  wire_send_command (&wire, &command, NULL, 0);
  const DataIn last = wire_expect_data_in (&wire, back, length);
  g_assert_cmphex (last.status, ==, SCSI_GOOD);
  g_assert_cmpuint (last.data_sn, ==, 9); /* ten PDUs of 4096 */
  g_assert_cmpmem (back, length, data, length);
  g_assert_cmpuint (target_sim_counters (lab.target)->reads_done, ==, 1);
  target_session_close (&lab, &wire);
}

static void
test_read_bursts (void)
{
  Lab lab;
  Wire wire;
  target_session_open (&lab, &wire);
  const ScsiCommand command = wire_blocks (&wire, SCSI_OP_READ_10, 0, 40 * 2);
  wire_send_command (&wire, &command, NULL, 0);
  for (guint i = 0; i < 10; i++) {
    WirePdu *pdu = wire_expect (&wire, OPCODE_DATA_IN);
    DataIn data_in;
    data_in_decode (&data_in, pdu->bhs);
    g_assert_cmpuint (data_in.is_final, ==, i == 3 || i == 7 || i == 9);
    g_assert_cmpuint (data_in.has_status, ==, i == 9);
    wire_pdu_free (pdu);
  }
  target_session_close (&lab, &wire);
}

static void
test_underflow (void)
{
  Lab lab;
  Wire wire;
  target_session_open (&lab, &wire);
  guint8 bytes[2048];
  ScsiCommand command = wire_blocks (&wire, SCSI_OP_READ_10, 0, 2);
  command.expected_length = 2048;
  wire_send_command (&wire, &command, NULL, 0);
  const DataIn last = wire_expect_data_in (&wire, bytes, sizeof bytes);
  g_assert_cmpuint (last.underflow, ==, 1);
  g_assert_cmpuint (last.overflow, ==, 0);
  g_assert_cmpuint (last.residual, ==, 1024);
  target_session_close (&lab, &wire);
}

static void
test_overflow_write (void)
{
  Lab lab;
  Wire wire;
  target_session_open (&lab, &wire);
  g_autofree guint8 *data = pattern_new (512, 4);
  const guint8 zeros[512] = { 0 };
  ScsiCommand command = wire_blocks (&wire, SCSI_OP_WRITE_10, 0, 2);
  command.expected_length = 512;
  wire_send_command (&wire, &command, data, 512);
  const ScsiResponse response = wire_expect_response (&wire, NULL);
  g_assert_cmphex (response.status, ==, SCSI_GOOD);
  g_assert_cmpuint (response.overflow, ==, 1);
  g_assert_cmpuint (response.residual, ==, 512);
  assert_stored (&lab, 0, data, 512);
  assert_stored (&lab, 512, zeros, 512);
  target_session_close (&lab, &wire);
}

/* The data that follows the command is waited for before the status comes. */
static void
test_refused_write_takes_its_data (void)
{
  Lab lab;
  Wire wire;
  target_session_open (&lab, &wire);
  g_autofree guint8 *data = pattern_new (4096, 4);
  ScsiCommand command = wire_blocks (&wire, SCSI_OP_WRITE_10, LAB_BLOCKS, 8);
  command.is_final = 0;
  wire_send_command (&wire, &command, NULL, 0);
  wire_expect_silence (&wire);
  send_burst (&wire, &command, TAG_NONE, data, 0, 4096);
  Sense sense;
  const ScsiResponse response = wire_expect_response (&wire, &sense);
  g_assert_cmphex (response.status, ==, SCSI_CHECK_CONDITION);
  g_assert_cmphex (sense.code, ==, SENSE_CODE_LBA_OUT_OF_RANGE);
  g_assert_cmpuint (response.underflow, ==, 1);
  g_assert_cmpuint (response.residual, ==, 4096);
  target_session_close (&lab, &wire);
}

/* Opens a write that has been asked for all its 1024 octets, then sends one Data-Out with `wrong` fields, which is rejected. */
static void
assert_data_out_fails (DataOut wrong, guint16 sense_code)
{
  static const char keys[] = "InitiatorName=" LAB_INITIATOR "\0TargetName=" LAB_NAME "\0";
  Lab lab;
  Wire wire;
  lab_init (&lab);
  lab.wanted.number[KEY_INITIAL_R2T] = 1;
  lab_start (&lab);
  wire_open (&wire, &lab);
  wire_login_with (&wire, keys, sizeof keys - 1);
  g_autofree guint8 *data = pattern_new (4096, 4);
  const ScsiCommand command = wire_blocks (&wire, SCSI_OP_WRITE_10, 0, 2);
  wire_send_command (&wire, &command, NULL, 0);
  const R2t request = wire_expect_r2t (&wire);
  wrong.initiator_task_tag = command.initiator_task_tag;
  wrong.target_transfer_tag = request.target_transfer_tag;
  wire_send_data (&wire, &wrong, data);
  wire_expect_reject (&wire, REJECT_PROTOCOL_ERROR);
  if (!wrong.is_final) {
    const DataOut last = { .is_final = 1,
                           .initiator_task_tag = command.initiator_task_tag,
                           .target_transfer_tag = request.target_transfer_tag,
                           .data_segment_length = 512,
                           .buffer_offset = 512 };
    wire_expect_silence (&wire);
    wire_send_data (&wire, &last, data);
  }
  Sense sense;
  g_assert_cmphex (wire_expect_response (&wire, &sense).status, ==, SCSI_CHECK_CONDITION);
  g_assert_cmphex (sense.key, ==, SENSE_ABORTED_COMMAND);
  g_assert_cmphex (sense.code, ==, sense_code);
  const guint8 zeros[512] = { 0 };
  assert_stored (&lab, 0, zeros, 512);
  target_session_close (&lab, &wire);
}

static void
test_wrong_data_sn (void)
{
  assert_data_out_fails ((DataOut){ .data_sn = 1, .data_segment_length = 512 }, 0x4705);
}

static void
test_wrong_offset (void)
{
  assert_data_out_fails ((DataOut){ .buffer_offset = 512, .data_segment_length = 512 },
                         SENSE_CODE_INCORRECT_AMOUNT_OF_DATA);
}

static void
test_too_long (void)
{
  assert_data_out_fails ((DataOut){ .is_final = 1, .data_segment_length = 1536 },
                         SENSE_CODE_INCORRECT_AMOUNT_OF_DATA);
}

static void
test_too_short (void)
{
  assert_data_out_fails ((DataOut){ .is_final = 1, .data_segment_length = 512 },
                         SENSE_CODE_INCORRECT_AMOUNT_OF_DATA);
}

static void
test_wrong_ttt (void)
{
  Lab lab;
  Wire wire;
  target_session_open (&lab, &wire);
  g_autofree guint8 *data = pattern_new (1024, 4);
  const ScsiCommand command = wire_blocks (&wire, SCSI_OP_WRITE_10, 0, 2);
  wire_send_command (&wire, &command, NULL, 0);
  const R2t request = wire_expect_r2t (&wire);
  send_burst (&wire, &command, request.target_transfer_tag + 1, data, 0, 1024);
  wire_expect_reject (&wire, REJECT_PROTOCOL_ERROR);
  send_burst (&wire, &command, request.target_transfer_tag, data, 0, 1024);
  g_assert_cmphex (wire_expect_response (&wire, NULL).status, ==, SCSI_GOOD);
  assert_stored (&lab, 0, data, 1024);
  target_session_close (&lab, &wire);
}

static void
test_unexpected_immediate_data (void)
{
  static const char keys[] =
      "InitiatorName=" LAB_INITIATOR "\0TargetName=" LAB_NAME "\0ImmediateData=No\0";
  Lab lab;
  Wire wire;
  lab_init (&lab);
  lab_start (&lab);
  wire_open (&wire, &lab);
  wire_login_with (&wire, keys, sizeof keys - 1);
  g_autofree guint8 *data = pattern_new (512, 4);
  const ScsiCommand command = wire_blocks (&wire, SCSI_OP_WRITE_10, 0, 1);
  wire_send_command (&wire, &command, data, 512);
  Sense sense;
  g_assert_cmphex (wire_expect_response (&wire, &sense).status, ==, SCSI_CHECK_CONDITION);
  g_assert_cmphex (sense.code, ==, SENSE_CODE_UNEXPECTED_UNSOLICITED_DATA);
  target_session_close (&lab, &wire);
}

static void
test_tag_in_use (void)
{
  Lab lab;
  Wire wire;
  target_session_open (&lab, &wire);
  const ScsiCommand first = wire_blocks (&wire, SCSI_OP_WRITE_10, 0, 1);
  wire_send_command (&wire, &first, NULL, 0);
  wire_expect_r2t (&wire);
  ScsiCommand second = wire_blocks (&wire, SCSI_OP_WRITE_10, 1, 1);
  second.initiator_task_tag = first.initiator_task_tag;
  wire_send_command (&wire, &second, NULL, 0);
  wire_expect_reject (&wire, REJECT_TASK_IN_PROGRESS);
  target_session_close (&lab, &wire);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/command/INQUIRY comes back with its status in one Data-In", test_inquiry);
  g_test_add_func ("/command/a write with all its data immediate", test_immediate_write);
  g_test_add_func ("/command/a write with immediate, unsolicited and solicited data",
                   test_write_in_all_ways);
  g_test_add_func ("/command/as many R2Ts at once as were agreed", test_outstanding_r2ts);
  g_test_add_func ("/command/a read comes in PDUs that the initiator can take", test_read_back);
  g_test_add_func ("/command/a read has F at the end of each burst", test_read_bursts);
  g_test_add_func ("/command/less than expected is an underflow", test_underflow);
  g_test_add_func ("/command/more than expected is an overflow, and only what came is written",
                   test_overflow_write);
  g_test_add_func ("/command/a refused write waits for the data on its way",
                   test_refused_write_takes_its_data);
  g_test_add_func ("/command/a gap in DataSN fails the write", test_wrong_data_sn);
  g_test_add_func ("/command/a gap in the offset fails the write", test_wrong_offset);
  g_test_add_func ("/command/more data than asked for fails the write", test_too_long);
  g_test_add_func ("/command/less data than asked for fails the write", test_too_short);
  g_test_add_func ("/command/data for another R2T is rejected and harms nothing", test_wrong_ttt);
  g_test_add_func ("/command/immediate data against the agreement", test_unexpected_immediate_data);
  g_test_add_func ("/command/a task tag that is in use is rejected", test_tag_in_use);
  return g_test_run ();
}
