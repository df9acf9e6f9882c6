/* SPDX-License-Identifier: Apache-2.0 */
/* The target with additional header segments (RFC 7143 11.2.2): CDBs that are too long for it, and reads with writes. */
#include "protocol/ahs.h"
#include "protocol/nop.h"
#include "tests/unit/target-sim/wire.h"

static void
session_open (Lab *lab, Wire *wire)
{
  lab_init (lab);
  lab_start (lab);
  wire_open (wire, lab);
  wire_login (wire);
}

static void
session_close (Lab *lab, Wire *wire)
{
  wire_close (wire);
  lab_clear (lab);
}

static void
send_octets (Wire *wire, guint8 bhs[BHS_LENGTH], const guint8 *ahs, guint length)
{
  const PduExtras extras = { ahs, length, { FALSE, FALSE } };
  pdu_send_extras (wire->stream, wire->stream->id, bhs, &extras, NULL);
}

static void
send_ahs (Wire *wire, const ScsiCommand *command, const Ahs *ahs)
{
  guint8 bhs[BHS_LENGTH], octets[AHS_LENGTH_MAX];
  scsi_command_encode (command, bhs);
  send_octets (wire, bhs, octets, ahs_encode (ahs, octets));
}

/* R-DATA-019. A first octet that we know does not make it ours. */
static void
test_a_long_cdb_is_an_invalid_opcode (void)
{
  static const guint8 first[] = { 0x7f, 0x28 };
  Lab lab;
  Wire wire;
  session_open (&lab, &wire);
  for (guint i = 0; i < G_N_ELEMENTS (first); i++) {
    const guint8 cdb[CDB_LENGTH] = { first[i] };
    const Ahs ahs = { .cdb_rest = cdb, .cdb_rest_length = 16 };
    Sense sense;
    ScsiCommand command = wire_command (&wire, cdb, 512);
    command.reads = 1;
    send_ahs (&wire, &command, &ahs);
    const ScsiResponse response = wire_expect_response (&wire, &sense);
    g_assert_cmphex (response.status, ==, SCSI_CHECK_CONDITION);
    g_assert_cmphex (sense.key, ==, SENSE_ILLEGAL_REQUEST);
    g_assert_cmphex (sense.code, ==, SENSE_CODE_INVALID_OPCODE);
    g_assert_cmpuint (response.underflow, ==, 1);
    g_assert_cmpuint (response.residual, ==, 512);
  }
  session_close (&lab, &wire);
}

/* SPC-4 4.5.4: the unit comes first. */
static void
test_a_long_cdb_for_a_unit_that_is_not_there_says_so (void)
{
  Lab lab;
  Wire wire;
  Sense sense;
  const guint8 cdb[CDB_LENGTH] = { 0x7f };
  session_open (&lab, &wire);
  ScsiCommand command = wire_command (&wire, cdb, 0);
  command.lun = lun_encode (7);
  send_ahs (&wire, &command, &(Ahs){ .cdb_rest = cdb, .cdb_rest_length = 16 });
  wire_expect_response (&wire, &sense);
  g_assert_cmphex (sense.code, ==, SENSE_CODE_LUN_NOT_SUPPORTED);
  session_close (&lab, &wire);
}

/* RFC 7143 11.4.5: each direction has its own residual. R-DATA-018 */
static void
test_a_command_both_ways_is_refused_with_both_residuals (void)
{
  Lab lab;
  Wire wire;
  Sense sense;
  session_open (&lab, &wire);
  ScsiCommand command = wire_blocks (&wire, SCSI_OP_READ_10, 0, 2);
  command.writes = 1;
  send_ahs (&wire, &command, &(Ahs){ .has_bidi_read = TRUE, .bidi_read_length = 512 });
  const ScsiResponse response = wire_expect_response (&wire, &sense);
  g_assert_cmphex (sense.code, ==, SENSE_CODE_INVALID_FIELD_IN_CDB);
  g_assert_cmpuint (response.underflow, ==, 1);
  g_assert_cmpuint (response.residual, ==, 1024);
  g_assert_cmpuint (response.bidi_underflow, ==, 1);
  g_assert_cmpuint (response.bidi_residual, ==, 512);
  session_close (&lab, &wire);
}

/* R-PDU-014, R-PDU-015, R-DATA-018, R-REJ-017: the Reject shows the whole header, and the place in the order stays free. */
static void
test_nonsense_in_an_ahs_is_rejected_with_the_whole_header (void)
{
  static const guint8 cases[][8] = {
    { 0, 5, 3, 0, 1, 2, 3, 4 },    /* a reserved type */
    { 0, 0x40, 1, 0, 1, 2, 3, 4 }, /* beyond TotalAHSLength */
    { 0, 5, 1, 0, 1, 2, 3, 4 },    /* R and W without a bidirectional read length */
    { 0, 2, 1, 0, 1, 0, 0, 0 },    /* the same */
    { 0, 1, 1, 0, 0, 1, 1, 0 },    /* an Extended CDB of nothing */
    { 0, 4, 2, 0, 1, 2, 3, 4 },    /* a length that the type has not */
  };
  Lab lab;
  Wire wire;
  session_open (&lab, &wire);
  ScsiCommand command = wire_blocks (&wire, SCSI_OP_READ_10, 0, 1);
  command.writes = 1;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    guint8 bhs[BHS_LENGTH];
    scsi_command_encode (&command, bhs);
    send_octets (&wire, bhs, cases[i], 8);
    WirePdu *pdu = wire_expect (&wire, OPCODE_REJECT);
    const guint8 *header = g_bytes_get_data (pdu->data, NULL);
    g_assert_cmpuint (g_bytes_get_size (pdu->data), ==, BHS_LENGTH + 8);
    g_assert_cmpmem (header, BHS_LENGTH, bhs, BHS_LENGTH);
    g_assert_cmpmem (header + BHS_LENGTH, 8, cases[i], 8);
    g_assert_cmphex (wire_get (pdu->bhs, 2, 0, 8), ==, REJECT_INVALID_FIELD);
    wire_pdu_free (pdu);
  }
  ScsiCommand good = wire_blocks (&wire, SCSI_OP_READ_10, 0, 1);
  good.cmd_sn = command.cmd_sn;
  guint8 bytes[512];
  wire_send_command (&wire, &good, NULL, 0);
  wire_expect_data_in (&wire, bytes, sizeof bytes);
  session_close (&lab, &wire);
}

/* R-PDU-009 */
static void
test_an_ahs_on_a_ping_is_rejected (void)
{
  static const guint8 ahs[8] = { 0, 5, 2, 0, 0, 0, 2, 0 };
  Lab lab;
  Wire wire;
  guint8 bhs[BHS_LENGTH];
  session_open (&lab, &wire);
  const NopOut ping = { .immediate = 1,
                        .is_final = 1,
                        .initiator_task_tag = 0x55,
                        .target_transfer_tag = TAG_NONE,
                        .cmd_sn = wire.cmd_sn };
  nop_out_encode (&ping, bhs);
  send_octets (&wire, bhs, ahs, sizeof ahs);
  WirePdu *pdu = wire_expect (&wire, OPCODE_REJECT);
  g_assert_cmpuint (g_bytes_get_size (pdu->data), ==, BHS_LENGTH + sizeof ahs);
  wire_pdu_free (pdu);
  session_close (&lab, &wire);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/target-ahs/a long CDB is an invalid opcode",
                   test_a_long_cdb_is_an_invalid_opcode);
  g_test_add_func ("/target-ahs/a long CDB for a unit that is not there says so",
                   test_a_long_cdb_for_a_unit_that_is_not_there_says_so);
  g_test_add_func ("/target-ahs/a command both ways is refused with both residuals",
                   test_a_command_both_ways_is_refused_with_both_residuals);
  g_test_add_func ("/target-ahs/nonsense in an AHS is rejected with the whole header",
                   test_nonsense_in_an_ahs_is_rejected_with_the_whole_header);
  g_test_add_func ("/target-ahs/an AHS on a ping is rejected", test_an_ahs_on_a_ping_is_rejected);
  return g_test_run ();
}
