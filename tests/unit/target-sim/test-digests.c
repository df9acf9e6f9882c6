/* SPDX-License-Identifier: Apache-2.0 */
/* The target with digests (RFC 7143 7.8, 11.2.3, 13.1): what it agrees to, what it sends, what it does with wrong ones. */
#include "protocol/nop.h"
#include "tests/unit/target-sim/wire.h"

#define NAMES "InitiatorName=" LAB_INITIATOR "\0TargetName=" LAB_NAME "\0SessionType=Normal\0"
#define BOTH  "HeaderDigest=CRC32C\0DataDigest=CRC32C\0"
#define LIMIT "MaxRecvDataSegmentLength=4096\0InitialR2T=No\0FirstBurstLength=8192\0"

static void
digests_open (Lab *lab, Wire *wire)
{
  lab_init (lab);
  lab_start (lab);
  wire_open (wire, lab);
  wire_login_with (wire, NAMES BOTH LIMIT, sizeof NAMES BOTH LIMIT - 1);
  wire->framer.digests = (Digests){ TRUE, TRUE };
}

static void
digests_close (Lab *lab, Wire *wire)
{
  wire_close (wire);
  lab_clear (lab);
}

typedef enum Wrong { WRONG_NOTHING, WRONG_HEADER, WRONG_DATA } Wrong;

/* A PDU with both digests, one of them wrong if asked for, in one piece. */
static void
send_digests (Wire *wire, guint8 bhs[BHS_LENGTH], const void *data, guint length, Wrong wrong)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  guint8 digest[DIGEST_LENGTH];
  wire_set (bhs, 5, 0, 24, length);
  g_byte_array_append (bytes, bhs, BHS_LENGTH);
  digest_of (bhs, BHS_LENGTH, digest);
  digest[0] ^= wrong == WRONG_HEADER;
  g_byte_array_append (bytes, digest, DIGEST_LENGTH);
  if (length > 0) {
    g_byte_array_append (bytes, data, length);
    while (bytes->len % 4 != 0)
      g_byte_array_append (bytes, (const guint8 *) "", 1);
    const guint start = BHS_LENGTH + DIGEST_LENGTH;
    digest_of (bytes->data + start, bytes->len - start, digest);
    digest[3] ^= wrong == WRONG_DATA;
    g_byte_array_append (bytes, digest, DIGEST_LENGTH);
  }
  stream_send (wire->stream, slice_copy (bytes->data, bytes->len));
}

static void
send_command (Wire *wire, const ScsiCommand *command, const void *data, guint length, Wrong wrong)
{
  guint8 bhs[BHS_LENGTH];
  scsi_command_encode (command, bhs);
  send_digests (wire, bhs, data, length, wrong);
}

static void
send_data (Wire *wire, const ScsiCommand *command, guint32 tag, guint32 number, gboolean is_final,
           Wrong wrong)
{
  static const guint8 data[4096] = { 0x5a };
  const DataOut pdu = { .is_final = is_final,
                        .initiator_task_tag = command->initiator_task_tag,
                        .target_transfer_tag = tag,
                        .data_sn = number,
                        .buffer_offset = number * 4096 };
  guint8 bhs[BHS_LENGTH];
  data_out_encode (&pdu, bhs);
  send_digests (wire, bhs, data, sizeof data, wrong);
}

/* ---- what is agreed on ---- */

static void
assert_answers (const char *list, const char *offer, gsize length, const char *answer)
{
  Lab lab;
  Wire wire;
  g_autofree char *text = NULL;
  lab_init (&lab);
  if (list != NULL)
    g_assert_true (key_values_set_list (&lab.wanted, KEY_HEADER_DIGEST, list, NULL));
  lab_start (&lab);
  wire_open (&wire, &lab);
  const LoginRequest request = wire_login_request (&wire);
  g_autoptr (GString) keys = g_string_new_len (NAMES, sizeof NAMES - 1);
  g_string_append_len (keys, offer, (gssize) length);
  wire_login_exchange (&wire, &request, keys->str, keys->len, &text);
  g_assert_nonnull (strstr (text, answer));
  digests_close (&lab, &wire);
}

#define ASSERT_ANSWERS(list, offer, answer)                                                        \
  assert_answers (list, "HeaderDigest=" offer "\0", sizeof "HeaderDigest=" offer, answer)

/* R-KEY-005, R-TEXT-031, R-TEXT-033: the first of the initiator's list that is in ours. */
static void
test_the_initiator_s_order_decides (void)
{
  ASSERT_ANSWERS (NULL, "CRC32C,None", "HeaderDigest=CRC32C");
  ASSERT_ANSWERS (NULL, "None,CRC32C", "HeaderDigest=None");
  ASSERT_ANSWERS (NULL, "X-new,CRC32C", "HeaderDigest=CRC32C");
  ASSERT_ANSWERS ("None", "CRC32C,None", "HeaderDigest=None");
  ASSERT_ANSWERS ("None", "CRC32C", "HeaderDigest=Reject");
  ASSERT_ANSWERS ("CRC32C", "None,CRC32C", "HeaderDigest=CRC32C");
}

/* R-KEY-007, R-DIG-002: no digest in the login, both on what follows; no data, no data digest. The framer here checks. */
static void
test_full_feature_phase_has_them_and_login_has_not (void)
{
  Lab lab;
  Wire wire;
  guint8 bytes[512];
  digests_open (&lab, &wire);
  const ScsiCommand read = wire_blocks (&wire, SCSI_OP_READ_10, 0, 1);
  send_command (&wire, &read, NULL, 0, WRONG_NOTHING);
  g_assert_cmphex (wire_expect_data_in (&wire, bytes, sizeof bytes).status, ==, SCSI_GOOD);

  guint8 cdb[CDB_LENGTH];
  cdb_build (cdb, SCSI_OP_TEST_UNIT_READY, 0);
  const ScsiCommand ready = wire_command (&wire, cdb, 0);
  send_command (&wire, &ready, NULL, 0, WRONG_NOTHING);
  g_assert_cmphex (wire_expect_response (&wire, NULL).status, ==, SCSI_GOOD);
  g_assert_cmpuint (wire.framer.bhs_have, ==, 0); /* no octet is left over */
  digests_close (&lab, &wire);
}

/* ---- what is wrong ---- */

/* R-DIG-006 */
static void
test_a_wrong_header_digest_ends_the_connection (void)
{
  Lab lab;
  Wire wire;
  digests_open (&lab, &wire);
  const ScsiCommand read = wire_blocks (&wire, SCSI_OP_READ_10, 0, 1);
  send_command (&wire, &read, NULL, 0, WRONG_HEADER);
  wire_expect_end (&wire, STREAM_END_RST);
  g_assert_cmpuint (target_sim_counters (lab.target)->commands, ==, 0);
  digests_close (&lab, &wire);
}

/* R-DIG-010: the command has not come, and comes again under its number. */
static void
test_damaged_immediate_data_leaves_the_command_s_place_free (void)
{
  Lab lab;
  Wire wire;
  guint8 data[512] = { 1, 2, 3 };
  digests_open (&lab, &wire);
  ScsiCommand write = wire_blocks (&wire, SCSI_OP_WRITE_10, 0, 1);
  send_command (&wire, &write, data, sizeof data, WRONG_DATA);
  wire_expect_reject (&wire, REJECT_DATA_DIGEST);
  g_assert_cmpuint (target_sim_counters (lab.target)->commands, ==, 0);
  send_command (&wire, &write, data, sizeof data, WRONG_NOTHING);
  const ScsiResponse response = wire_expect_response (&wire, NULL);
  g_assert_cmphex (response.status, ==, SCSI_GOOD);
  g_assert_cmpuint (response.exp_cmd_sn, ==, write.cmd_sn + 1);
  digests_close (&lab, &wire);
}

/* R-DIG-008, R-DIG-009: Reject at once, CHECK CONDITION only after the last of the data. */
static void
test_a_damaged_data_out_fails_its_task_when_all_data_is_over (void)
{
  Lab lab;
  Wire wire;
  Sense sense;
  digests_open (&lab, &wire);
  const ScsiCommand write = wire_blocks (&wire, SCSI_OP_WRITE_10, 0, 24);
  send_command (&wire, &write, NULL, 0, WRONG_NOTHING);
  const R2t asked = wire_expect_r2t (&wire);
  g_assert_cmpuint (asked.desired_length, ==, 24 * 512);
  send_data (&wire, &write, asked.target_transfer_tag, 0, FALSE, WRONG_DATA);
  wire_expect_reject (&wire, REJECT_DATA_DIGEST);
  send_data (&wire, &write, asked.target_transfer_tag, 1, FALSE, WRONG_NOTHING);
  wire_expect_silence (&wire);
  send_data (&wire, &write, asked.target_transfer_tag, 2, TRUE, WRONG_NOTHING);
  g_assert_cmphex (wire_expect_response (&wire, &sense).status, ==, SCSI_CHECK_CONDITION);
  g_assert_cmphex (sense.key, ==, SENSE_ABORTED_COMMAND);
  g_assert_cmphex (sense.code, ==, 0x4705);
  g_assert_cmpuint (target_sim_counters (lab.target)->writes_done, ==, 0);
  digests_close (&lab, &wire);
}

static void
test_the_last_data_out_may_be_the_damaged_one (void)
{
  Lab lab;
  Wire wire;
  Sense sense;
  digests_open (&lab, &wire);
  ScsiCommand write = wire_blocks (&wire, SCSI_OP_WRITE_10, 0, 16);
  write.is_final = 0; /* both Data-Out are unsolicited */
  send_command (&wire, &write, NULL, 0, WRONG_NOTHING);
  send_data (&wire, &write, TAG_NONE, 0, FALSE, WRONG_NOTHING);
  send_data (&wire, &write, TAG_NONE, 1, TRUE, WRONG_DATA);
  wire_expect_reject (&wire, REJECT_DATA_DIGEST);
  wire_expect_response (&wire, &sense);
  g_assert_cmphex (sense.code, ==, 0x4705);
  digests_close (&lab, &wire);
}

static void
test_a_damaged_data_out_that_nobody_waits_for_is_only_rejected (void)
{
  Lab lab;
  Wire wire;
  digests_open (&lab, &wire);
  const ScsiCommand nobody = { .initiator_task_tag = 0x999 };
  send_data (&wire, &nobody, TAG_NONE, 0, TRUE, WRONG_DATA);
  wire_expect_reject (&wire, REJECT_DATA_DIGEST);
  wire_expect_silence (&wire);
  digests_close (&lab, &wire);
}

/* R-DIG-007 */
static void
test_a_damaged_ping_is_rejected_and_not_answered (void)
{
  Lab lab;
  Wire wire;
  guint8 bhs[BHS_LENGTH];
  digests_open (&lab, &wire);
  const NopOut ping = { .is_final = 1,
                        .initiator_task_tag = 0x55,
                        .target_transfer_tag = TAG_NONE,
                        .cmd_sn = wire.cmd_sn };
  nop_out_encode (&ping, bhs);
  send_digests (&wire, bhs, "ping!", 5, WRONG_DATA);
  wire_expect_reject (&wire, REJECT_DATA_DIGEST);
  send_digests (&wire, bhs, "ping!", 5, WRONG_NOTHING);
  WirePdu *answer = wire_expect (&wire, OPCODE_NOP_IN);
  g_assert_cmpmem (g_bytes_get_data (answer->data, NULL), g_bytes_get_size (answer->data), "ping!",
                   5);
  wire_pdu_free (answer);
  digests_close (&lab, &wire);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/digests/the initiator's order decides", test_the_initiator_s_order_decides);
  g_test_add_func ("/digests/full feature phase has them and login has not",
                   test_full_feature_phase_has_them_and_login_has_not);
  g_test_add_func ("/digests/a wrong header digest ends the connection",
                   test_a_wrong_header_digest_ends_the_connection);
  g_test_add_func ("/digests/damaged immediate data leaves the command's place free",
                   test_damaged_immediate_data_leaves_the_command_s_place_free);
  g_test_add_func ("/digests/a damaged Data-Out fails its task when all data is over",
                   test_a_damaged_data_out_fails_its_task_when_all_data_is_over);
  g_test_add_func ("/digests/the last Data-Out may be the damaged one",
                   test_the_last_data_out_may_be_the_damaged_one);
  g_test_add_func ("/digests/a damaged Data-Out that nobody waits for is only rejected",
                   test_a_damaged_data_out_that_nobody_waits_for_is_only_rejected);
  g_test_add_func ("/digests/a damaged ping is rejected and not answered",
                   test_a_damaged_ping_is_rejected_and_not_answered);
  return g_test_run ();
}
