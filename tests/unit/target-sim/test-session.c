/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/target-sim/wire.h"

static ScsiCommand
test_unit_ready (Wire *wire)
{
  guint8 cdb[CDB_LENGTH];
  cdb_build (cdb, SCSI_OP_TEST_UNIT_READY, 0);
  return wire_command (wire, cdb, 0);
}

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

static void
assert_alive (Wire *wire)
{
  const ScsiCommand command = test_unit_ready (wire);
  wire_send_command (wire, &command, NULL, 0);
  const ScsiResponse response = wire_expect_response (wire, NULL);
  g_assert_cmphex (response.initiator_task_tag, ==, command.initiator_task_tag);
  g_assert_cmphex (response.status, ==, SCSI_GOOD);
}

static void
test_order (void)
{
  Lab lab;
  Wire wire;
  target_session_open (&lab, &wire);
  const ScsiCommand first = test_unit_ready (&wire);
  const ScsiCommand second = test_unit_ready (&wire);
  const ScsiCommand third = test_unit_ready (&wire);
  wire_send_command (&wire, &third, NULL, 0);
  wire_send_command (&wire, &second, NULL, 0);
  wire_expect_silence (&wire);
  wire_send_command (&wire, &first, NULL, 0);
  const ScsiCommand *order[] = { &first, &second, &third };
  for (guint i = 0; i < 3; i++)
    g_assert_cmphex (wire_expect_response (&wire, NULL).initiator_task_tag, ==,
                     order[i]->initiator_task_tag);
  target_session_close (&lab, &wire);
}

/* The data of a held write comes right behind it, long before its turn. */
static void
test_held_write_takes_its_data (void)
{
  Lab lab;
  Wire wire;
  target_session_open (&lab, &wire);
  g_autofree guint8 *data = pattern_new (512, 1);
  const ScsiCommand first = test_unit_ready (&wire);
  ScsiCommand write = wire_blocks (&wire, SCSI_OP_WRITE_10, 0, 1);
  write.is_final = 0;
  wire_send_command (&wire, &write, NULL, 0);
  const DataOut all = { .is_final = 1,
                        .initiator_task_tag = write.initiator_task_tag,
                        .target_transfer_tag = TAG_NONE,
                        .data_segment_length = 512 };
  wire_send_data (&wire, &all, data);
  wire_expect_silence (&wire);
  wire_send_command (&wire, &first, NULL, 0);
  g_assert_cmphex (wire_expect_response (&wire, NULL).initiator_task_tag, ==,
                   first.initiator_task_tag);
  g_assert_cmphex (wire_expect_response (&wire, NULL).status, ==, SCSI_GOOD);
  target_session_close (&lab, &wire);
}

static void
test_outside_window (void)
{
  Lab lab;
  Wire wire;
  target_session_open (&lab, &wire);
  ScsiCommand command = test_unit_ready (&wire);
  command.cmd_sn = 100 + 128;
  wire_send_command (&wire, &command, NULL, 0);
  command.cmd_sn = 99;
  wire_send_command (&wire, &command, NULL, 0);
  wire_expect_silence (&wire);
  wire.cmd_sn = 100;
  assert_alive (&wire);
  target_session_close (&lab, &wire);
}

static void
test_window (void)
{
  Lab lab;
  Wire wire;
  lab_init (&lab);
  lab.config.queue_depth = 2;
  lab_start (&lab);
  wire_open (&wire, &lab);
  wire_login (&wire);
  const ScsiCommand first = wire_blocks (&wire, SCSI_OP_WRITE_10, 0, 1);
  const ScsiCommand second = wire_blocks (&wire, SCSI_OP_WRITE_10, 1, 1);
  const ScsiCommand third = wire_blocks (&wire, SCSI_OP_WRITE_10, 2, 1);
  wire_send_command (&wire, &first, NULL, 0);
  wire_send_command (&wire, &second, NULL, 0);
  R2t request = wire_expect_r2t (&wire);
  g_assert_cmpuint (request.max_cmd_sn, ==, 101);
  request = wire_expect_r2t (&wire);
  g_assert_cmpuint (request.exp_cmd_sn, ==, 102);
  g_assert_cmpuint (request.max_cmd_sn, ==, 101); /* closed */
  wire_send_command (&wire, &third, NULL, 0);
  wire_expect_silence (&wire);
  target_session_close (&lab, &wire);
}

static void
test_wrap (void)
{
  Lab lab;
  Wire wire;
  lab_init (&lab);
  lab_start (&lab);
  wire_open (&wire, &lab);
  wire.cmd_sn = G_MAXUINT32 - 1;
  wire_login (&wire);
  for (guint i = 0; i < 4; i++)
    assert_alive (&wire);
  g_assert_cmpuint (wire.cmd_sn, ==, 2);
  target_session_close (&lab, &wire);
}

static void
test_immediate (void)
{
  Lab lab;
  Wire wire;
  target_session_open (&lab, &wire);
  ScsiCommand command = test_unit_ready (&wire);
  command.immediate = 1;
  wire.cmd_sn--;
  wire_send_command (&wire, &command, NULL, 0);
  g_assert_cmpuint (wire_expect_response (&wire, NULL).exp_cmd_sn, ==, 100);
  assert_alive (&wire);
  target_session_close (&lab, &wire);
}

static void
test_ping (void)
{
  Lab lab;
  Wire wire;
  target_session_open (&lab, &wire);
  guint8 bhs[BHS_LENGTH];
  const NopOut ping = { .immediate = 1,
                        .is_final = 1,
                        .initiator_task_tag = 55,
                        .target_transfer_tag = TAG_NONE,
                        .cmd_sn = wire.cmd_sn };
  nop_out_encode (&ping, bhs);
  wire_send (&wire, bhs, "hello", 5);
  WirePdu *pdu = wire_expect (&wire, OPCODE_NOP_IN);
  NopIn answer;
  nop_in_decode (&answer, pdu->bhs);
  g_assert_cmphex (answer.initiator_task_tag, ==, 55);
  g_assert_cmphex (answer.target_transfer_tag, ==, TAG_NONE);
  g_assert_cmpmem (g_bytes_get_data (pdu->data, NULL), g_bytes_get_size (pdu->data), "hello", 5);
  wire_pdu_free (pdu);
  target_session_close (&lab, &wire);
}

static void
test_not_supported (void)
{
  static const guint8 opcodes[] = { OPCODE_SNACK_REQUEST, 0x1c, 0x1d };
  Lab lab;
  Wire wire;
  target_session_open (&lab, &wire);
  for (guint i = 0; i < G_N_ELEMENTS (opcodes); i++) {
    guint8 bhs[BHS_LENGTH] = { (guint8) (0x40 | opcodes[i]), 0x80 };
    wire_send (&wire, bhs, NULL, 0);
    wire_expect_reject (&wire, REJECT_NOT_SUPPORTED);
  }
  assert_alive (&wire);
  g_assert_cmpuint (target_sim_counters (lab.target)->rejects, ==, G_N_ELEMENTS (opcodes));
  target_session_close (&lab, &wire);
}

static LogoutResponse
logout (Wire *wire, LogoutReason reason, guint16 cid)
{
  guint8 bhs[BHS_LENGTH];
  const LogoutRequest request = { .immediate = 1,
                                  .is_final = 1,
                                  .reason = reason,
                                  .initiator_task_tag = 66,
                                  .cid = cid,
                                  .cmd_sn = wire->cmd_sn };
  logout_request_encode (&request, bhs);
  wire_send (wire, bhs, NULL, 0);
  WirePdu *pdu = wire_expect (wire, OPCODE_LOGOUT_RESPONSE);
  LogoutResponse response;
  logout_response_decode (&response, pdu->bhs);
  wire_pdu_free (pdu);
  return response;
}

static void
test_logout (void)
{
  Lab lab;
  Wire wire;
  target_session_open (&lab, &wire);
  const ScsiCommand pending = wire_blocks (&wire, SCSI_OP_WRITE_10, 0, 1);
  wire_send_command (&wire, &pending, NULL, 0);
  wire_expect_r2t (&wire);
  g_assert_cmpuint (logout (&wire, LOGOUT_CLOSE_SESSION, 0).response, ==, LOGOUT_CLOSED);
  wire_expect_end (&wire, STREAM_END_FIN);
  g_assert_cmpuint (target_sim_counters (lab.target)->sessions_now, ==, 0);
  target_session_close (&lab, &wire);
}

static void
test_logout_of_another (void)
{
  Lab lab;
  Wire wire;
  target_session_open (&lab, &wire);
  g_assert_cmpuint (logout (&wire, LOGOUT_CLOSE_CONNECTION, 9).response, ==, LOGOUT_CID_NOT_FOUND);
  g_assert_cmpuint (logout (&wire, LOGOUT_REMOVE_FOR_RECOVERY, 1).response, ==,
                    LOGOUT_RECOVERY_NOT_SUPPORTED);
  assert_alive (&wire);
  target_session_close (&lab, &wire);
}

static void
test_retain (void)
{
  Lab lab;
  Wire wire;
  target_session_open (&lab, &wire);
  stream_reset (wire.stream);
  lab_run_ns (&lab, 21 * NS_PER_S);
  g_assert_cmpuint (target_sim_counters (lab.target)->sessions_now, ==, 1);
  lab_run_ns (&lab, 2 * NS_PER_S);
  g_assert_cmpuint (target_sim_counters (lab.target)->sessions_now, ==, 0);
  target_session_close (&lab, &wire);
}

static void
test_reinstatement (void)
{
  Lab lab;
  Wire old;
  Wire wire;
  target_session_open (&lab, &old);
  const ScsiCommand pending = wire_blocks (&old, SCSI_OP_WRITE_10, 0, 1);
  wire_send_command (&old, &pending, NULL, 0);
  wire_expect_r2t (&old);
  wire_open (&wire, &lab);
  wire_login (&wire);
  g_assert_cmpuint (wire.tsih, ==, 2);
  wire_expect_end (&old, STREAM_END_RST);
  assert_alive (&wire);
  g_assert_cmpuint (target_sim_counters (lab.target)->sessions_now, ==, 1);
  g_assert_cmpuint (target_sim_counters (lab.target)->reinstatements, ==, 1);
  wire_close (&old);
  target_session_close (&lab, &wire);
}

static void
test_other_isid (void)
{
  Lab lab;
  Wire first;
  Wire second;
  target_session_open (&lab, &first);
  wire_open (&second, &lab);
  second.isid++;
  wire_login (&second);
  assert_alive (&first);
  assert_alive (&second);
  g_assert_cmpuint (target_sim_counters (lab.target)->sessions_now, ==, 2);
  wire_close (&first);
  target_session_close (&lab, &second);
}

static void
test_second_connection (void)
{
  Lab lab;
  Wire first;
  Wire second;
  target_session_open (&lab, &first);
  wire_open (&second, &lab);
  second.tsih = first.tsih;
  second.cid = 2;
  const LoginRequest request = wire_login_request (&second);
  static const char keys[] = "InitiatorName=" LAB_INITIATOR "\0TargetName=" LAB_NAME "\0";
  const LoginResponse response =
      wire_login_exchange (&second, &request, keys, sizeof keys - 1, NULL);
  g_assert_cmphex (response.status, ==, LOGIN_STATUS_TOO_MANY_CONNECTIONS);
  assert_alive (&first);
  wire_close (&first);
  target_session_close (&lab, &second);
}

/* The session, its TSIH and its numbering go on; what was under way does not. */
static void
test_connection_reinstatement (void)
{
  Lab lab;
  Wire old;
  Wire wire;
  target_session_open (&lab, &old);
  assert_alive (&old);
  wire_open (&wire, &lab);
  wire.tsih = old.tsih;
  wire.cmd_sn = old.cmd_sn;
  static const char keys[] = "InitiatorName=" LAB_INITIATOR "\0TargetName=" LAB_NAME "\0";
  wire_login_with (&wire, keys, sizeof keys - 1);
  g_assert_cmpuint (wire.tsih, ==, old.tsih);
  wire_expect_end (&old, STREAM_END_RST);
  assert_alive (&wire);
  g_assert_cmpuint (target_sim_counters (lab.target)->sessions_now, ==, 1);
  wire_close (&old);
  target_session_close (&lab, &wire);
}

static void
test_unit_attention (void)
{
  Lab lab;
  Wire wire;
  lab_init (&lab);
  lab.config.power_on_unit_attention = TRUE;
  lab_start (&lab);
  wire_open (&wire, &lab);
  wire_login (&wire);
  const ScsiCommand command = test_unit_ready (&wire);
  wire_send_command (&wire, &command, NULL, 0);
  Sense sense;
  g_assert_cmphex (wire_expect_response (&wire, &sense).status, ==, SCSI_CHECK_CONDITION);
  g_assert_cmphex (sense.key, ==, SENSE_UNIT_ATTENTION);
  g_assert_cmphex (sense.code, ==, SENSE_CODE_POWER_ON_RESET);
  assert_alive (&wire);
  target_session_close (&lab, &wire);
}

static void
assert_attention (Wire *wire, guint16 code)
{
  const ScsiCommand command = test_unit_ready (wire);
  wire_send_command (wire, &command, NULL, 0);
  Sense sense;
  g_assert_cmphex (wire_expect_response (wire, &sense).status, ==, SCSI_CHECK_CONDITION);
  g_assert_cmphex (sense.key, ==, SENSE_UNIT_ATTENTION);
  g_assert_cmphex (sense.code, ==, code);
}

/* SAM-5 6.3.4: what the old instance had not told is told by the new one; else it tells of the loss. */
static void
test_unit_attention_of_reinstatement (void)
{
  Lab lab;
  Wire wire;
  lab_init (&lab);
  lab.config.power_on_unit_attention = TRUE;
  lab_start (&lab);
  for (guint i = 0; i < 3; i++) {
    wire_open (&wire, &lab);
    wire_login (&wire);
    if (i > 0) {
      assert_attention (&wire, i == 1 ? SENSE_CODE_POWER_ON_RESET : SENSE_CODE_NEXUS_LOSS);
      assert_alive (&wire);
    }
    stream_reset (wire.stream);
    wire_close (&wire);
  }
  lab_clear (&lab);
}

static void
test_free_after_host_down (void)
{
  Lab lab;
  Wire wire;
  target_session_open (&lab, &wire);
  host_kill (lab.target_host);
  target_sim_free (g_steal_pointer (&lab.target));
  g_assert_true (host_start (lab.target_host, NULL));
  lab_start (&lab);
  while (!wire.has_ended && world_step (lab.world))
    ;
  g_assert_true (wire.has_ended);
  wire_close (&wire);
  wire_open (&wire, &lab);
  wire_login (&wire);
  assert_alive (&wire);
  target_session_close (&lab, &wire);
}

/* A PDU that looks right at first sight: in or near the window, a few tags, a few units, sometimes data. */
static void
send_mangled (Wire *wire, Random *random)
{
  static const guint8 opcodes[] = { 0x00, 0x01, 0x01, 0x01, 0x02, 0x03, 0x05, 0x05, 0x05, 0x10 };
  static const guint8 cdbs[] = { 0x00, 0x12, 0x2a, 0x2a, 0x28, 0x8a, 0x88, 0xa0, 0xff };
  guint8 bhs[BHS_LENGTH] = { 0 };
  g_autofree guint8 *data = pattern_new (4096, 0);
  bhs[0] = opcodes[random_below (random, sizeof opcodes)];
  if (random_chance (random, 200000))
    bhs[0] |= 0x40;
  bhs[1] = (guint8) random_below (random, 256) & (random_chance (random, 500000) ? 0xa0 : 0xe1);
  bhs[9] = (guint8) random_below (random, 2);
  wire_set (bhs, 16, 0, 32, random_below (random, 12));
  wire_set (bhs, 20, 0, 32,
            random_chance (random, 500000) ? TAG_NONE : random_below (random, 8192));
  wire_set (bhs, 24, 0, 32,
            wire->cmd_sn + (random_chance (random, 700000) ? 0 : random_below (random, 6) - 2));
  bhs[32] = cdbs[random_below (random, sizeof cdbs)];
  if (bhs[0] == OPCODE_DATA_OUT) {
    wire_set (bhs, 20, 0, 32, random_chance (random, 500000) ? TAG_NONE : random_below (random, 4));
    wire_set (bhs, 36, 0, 32, random_below (random, 2));
    wire_set (bhs, 40, 0, 32, 512 * random_below (random, 4));
  } else {
    bhs[40] = (guint8) random_below (random, 16);
  }
  wire_send (wire, bhs, data, 512 * random_below (random, 5));
}

static void
test_mangled (void)
{
  guint64 commands = 0;
  guint64 rejects = 0;
  for (guint64 seed = 1; seed <= 100; seed++) {
    Lab lab;
    Wire wire;
    Random random;
    target_session_open (&lab, &wire);
    random_init (&random, seed, "mangle");
    for (guint i = 0; i < 60 && !wire.has_ended; i++) {
      send_mangled (&wire, &random);
      lab_run_ns (&lab, NS_PER_MS);
      const WirePdu *last = g_queue_peek_tail (&wire.pdus);
      if (last != NULL)
        wire.cmd_sn = (guint32) wire_get (last->bhs, 28, 0, 32); /* ExpCmdSN */
    }
    const TargetCounters *counters = target_sim_counters (lab.target);
    commands += counters->commands;
    rejects += counters->rejects;
    target_session_close (&lab, &wire);
  }
  g_assert_cmpuint (commands, >, 100);
  g_assert_cmpuint (rejects, >, 100);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session/commands run in the order of CmdSN", test_order);
  g_test_add_func ("/session/a held write takes its unsolicited data",
                   test_held_write_takes_its_data);
  g_test_add_func ("/session/a command outside the window is ignored", test_outside_window);
  g_test_add_func ("/session/the window closes at the queue depth", test_window);
  g_test_add_func ("/session/CmdSN wraps", test_wrap);
  g_test_add_func ("/session/an immediate command does not move ExpCmdSN", test_immediate);
  g_test_add_func ("/session/a ping comes back with its data", test_ping);
  g_test_add_func ("/session/what is not supported is rejected", test_not_supported);
  g_test_add_func ("/session/logout closes the session and the connection", test_logout);
  g_test_add_func ("/session/logout of what is not there changes nothing", test_logout_of_another);
  g_test_add_func ("/session/a lost connection's session waits, then goes", test_retain);
  g_test_add_func ("/session/the same ISID with TSIH 0 reinstates", test_reinstatement);
  g_test_add_func ("/session/another ISID is another session", test_other_isid);
  g_test_add_func ("/session/a second connection is one too many", test_second_connection);
  g_test_add_func ("/session/the same CID reinstates the connection",
                   test_connection_reinstatement);
  g_test_add_func ("/session/a new nexus is told of the power on, if configured",
                   test_unit_attention);
  g_test_add_func ("/session/a nexus that comes back is told of its loss, after what it missed",
                   test_unit_attention_of_reinstatement);
  g_test_add_func ("/session/the target can be freed after its host went down",
                   test_free_after_host_down);
  g_test_add_func ("/session/no order of mangled PDUs brings the target down", test_mangled);
  return g_test_run ();
}
