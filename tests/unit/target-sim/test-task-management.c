/* SPDX-License-Identifier: Apache-2.0 */
/* Task management functions at the target: what they end, what they wait for, who hears of it (RFC 7143 4.2.3, 11.5, 11.6). */
#include "tests/unit/target-sim/wire.h"

#include "protocol/tmf.h"
#include "target-sim/task-management.h"

#define OTHER_ISID UINT64_C (0x800000000002)

typedef struct Pair {
  Lab lab;
  Wire wire;
  Wire other; /* of another initiator port */
} Pair;

static void
pair_open (Pair *pair)
{
  lab_init (&pair->lab);
  lab_start (&pair->lab);
  wire_open (&pair->wire, &pair->lab);
  wire_login (&pair->wire);
  wire_open (&pair->other, &pair->lab);
  pair->other.isid = OTHER_ISID;
  wire_login (&pair->other);
}

static void
pair_close (Pair *pair)
{
  wire_close (&pair->wire);
  wire_close (&pair->other);
  lab_clear (&pair->lab);
}

static ScsiCommand
test_unit_ready (Wire *wire)
{
  guint8 cdb[CDB_LENGTH];
  cdb_build (cdb, SCSI_OP_TEST_UNIT_READY, 0);
  return wire_command (wire, cdb, 0);
}

/* An immediate one, as initiators send them. */
static TmfRequest
management (Wire *wire, TmfFunction function)
{
  return (TmfRequest){ .immediate = 1,
                       .is_final = 1,
                       .function = (guint8) function,
                       .initiator_task_tag = wire->itt++,
                       .referenced_task_tag = TAG_NONE,
                       .cmd_sn = wire->cmd_sn };
}

static TmfRequest
abort_of (Wire *wire, const ScsiCommand *command)
{
  TmfRequest request = management (wire, TMF_ABORT_TASK);
  request.referenced_task_tag = command->initiator_task_tag;
  request.ref_cmd_sn = command->cmd_sn;
  return request;
}

static void
send_management (Wire *wire, const TmfRequest *request)
{
  guint8 bhs[BHS_LENGTH];
  tmf_request_encode (request, bhs);
  wire_send (wire, bhs, NULL, 0);
}

static TmfResponse
expect_answer (Wire *wire, const TmfRequest *request, TmfAnswer answer)
{
  g_autoptr (GError) error = NULL;
  WirePdu *pdu = wire_expect (wire, OPCODE_TMF_RESPONSE);
  TmfResponse response;
  tmf_response_decode (&response, pdu->bhs);
  g_assert_true (pdu_validate (pdu->bhs, &error));
  g_assert_cmphex (response.initiator_task_tag, ==, request->initiator_task_tag);
  g_assert_cmpstr (tmf_answer_name (response.response), ==, tmf_answer_name (answer));
  wire_pdu_free (pdu);
  return response;
}

static void
assert_answer (Wire *wire, const TmfRequest *request, TmfAnswer answer)
{
  send_management (wire, request);
  expect_answer (wire, request, answer);
}

/* A write whose target waits for data that it has asked for; *ret_ttt: by which tag. */
static ScsiCommand
hanging_write (Wire *wire, guint32 *ret_ttt)
{
  const ScsiCommand write = wire_blocks (wire, SCSI_OP_WRITE_10, 0, 4);
  wire_send_command (wire, &write, NULL, 0);
  WirePdu *pdu = wire_expect (wire, OPCODE_R2T);
  R2t r2t;
  r2t_decode (&r2t, pdu->bhs);
  *ret_ttt = r2t.target_transfer_tag;
  wire_pdu_free (pdu);
  return write;
}

static void
give_data (Wire *wire, const ScsiCommand *write, guint32 ttt)
{
  g_autofree guint8 *data = g_malloc0 (2048);
  const DataOut all = { .is_final = 1,
                        .initiator_task_tag = write->initiator_task_tag,
                        .target_transfer_tag = ttt,
                        .data_segment_length = 2048 };
  wire_send_data (wire, &all, data);
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
assert_attention (Wire *wire, guint16 code)
{
  Sense sense;
  const ScsiCommand command = test_unit_ready (wire);
  wire_send_command (wire, &command, NULL, 0);
  const ScsiResponse response = wire_expect_response (wire, &sense);
  g_assert_cmphex (response.status, ==, SCSI_CHECK_CONDITION);
  g_assert_cmphex (sense.key, ==, SENSE_UNIT_ATTENTION);
  g_assert_cmphex (sense.code, ==, code);
}

/* ---- ABORT TASK ---- */

/* R-TMF-031, R-TMF-060: its data may still come, and is dropped; its tag may be used again. */
static void
test_abort_task (void)
{
  Pair pair;
  pair_open (&pair);
  guint32 ttt;
  const ScsiCommand write = hanging_write (&pair.wire, &ttt);
  const TmfRequest request = abort_of (&pair.wire, &write);
  assert_answer (&pair.wire, &request, TMF_ANSWER_COMPLETE);
  give_data (&pair.wire, &write, ttt);
  wire_expect_silence (&pair.wire);
  pair.wire.itt = write.initiator_task_tag;
  assert_alive (&pair.wire);
  g_assert_cmpuint (target_sim_counters (pair.lab.target)->rejects, ==, 0);
  pair_close (&pair);
}

/* R-TMF-033, R-TMF-059 */
static void
test_abort_answered_task (void)
{
  Pair pair;
  pair_open (&pair);
  const ScsiCommand command = test_unit_ready (&pair.wire);
  wire_send_command (&pair.wire, &command, NULL, 0);
  wire_expect_response (&pair.wire, NULL);
  const TmfRequest request = abort_of (&pair.wire, &command);
  assert_answer (&pair.wire, &request, TMF_ANSWER_NO_TASK);
  assert_alive (&pair.wire);
  pair_close (&pair);
}

/* R-TMF-032, R-TMF-058: the gap is closed, and the command, should it still come, is nothing. */
static void
test_abort_task_not_received (void)
{
  Pair pair;
  pair_open (&pair);
  const ScsiCommand lost = test_unit_ready (&pair.wire);
  const ScsiCommand held = test_unit_ready (&pair.wire);
  wire_send_command (&pair.wire, &held, NULL, 0);
  wire_expect_silence (&pair.wire);
  const TmfRequest request = abort_of (&pair.wire, &lost);
  send_management (&pair.wire, &request);
  g_assert_cmphex (wire_expect_response (&pair.wire, NULL).initiator_task_tag, ==,
                   held.initiator_task_tag);
  const TmfResponse response = expect_answer (&pair.wire, &request, TMF_ANSWER_COMPLETE);
  g_assert_cmpuint (response.exp_cmd_sn, ==, held.cmd_sn + 1);
  wire_send_command (&pair.wire, &lost, NULL, 0);
  wire_expect_silence (&pair.wire);
  assert_alive (&pair.wire);
  pair_close (&pair);
}

/* It has come and waits its turn behind another one: its place in the order stays. */
static void
test_abort_held_task (void)
{
  Pair pair;
  pair_open (&pair);
  const ScsiCommand first = test_unit_ready (&pair.wire);
  const ScsiCommand second = test_unit_ready (&pair.wire);
  wire_send_command (&pair.wire, &second, NULL, 0);
  const TmfRequest request = abort_of (&pair.wire, &second);
  assert_answer (&pair.wire, &request, TMF_ANSWER_COMPLETE);
  wire_send_command (&pair.wire, &first, NULL, 0);
  const ScsiResponse response = wire_expect_response (&pair.wire, NULL);
  g_assert_cmphex (response.initiator_task_tag, ==, first.initiator_task_tag);
  wire_expect_silence (&pair.wire);
  assert_alive (&pair.wire);
  pair_close (&pair);
}

/* R-TMF-012 */
static void
test_abort_of_task_management (void)
{
  Pair pair;
  pair_open (&pair);
  guint32 ttt;
  const ScsiCommand write = hanging_write (&pair.wire, &ttt);
  const TmfRequest set = management (&pair.wire, TMF_ABORT_TASK_SET);
  send_management (&pair.wire, &set);
  TmfRequest request = management (&pair.wire, TMF_ABORT_TASK);
  request.referenced_task_tag = set.initiator_task_tag;
  request.ref_cmd_sn = pair.wire.cmd_sn;
  assert_answer (&pair.wire, &request, TMF_ANSWER_REJECTED);
  give_data (&pair.wire, &write, ttt);
  expect_answer (&pair.wire, &set, TMF_ANSWER_COMPLETE);
  pair_close (&pair);
}

/* ---- several tasks ---- */

/* R-TMF-003, R-TMF-004, R-TMF-008, R-TMF-040: the response comes when the data is here, and no status of the task does. */
static void
test_set_waits_for_data (void)
{
  Pair pair;
  pair_open (&pair);
  guint32 ttt, other_ttt;
  const ScsiCommand write = hanging_write (&pair.wire, &ttt);
  const ScsiCommand theirs = hanging_write (&pair.other, &other_ttt);
  const TmfRequest request = management (&pair.wire, TMF_ABORT_TASK_SET);
  send_management (&pair.wire, &request);
  wire_expect_silence (&pair.wire);
  assert_alive (&pair.wire); /* its CmdSN is not lower than the request's */
  give_data (&pair.wire, &write, ttt);
  expect_answer (&pair.wire, &request, TMF_ANSWER_COMPLETE);
  give_data (&pair.other, &theirs, other_ttt); /* another nexus */
  g_assert_cmphex (wire_expect_response (&pair.other, NULL).status, ==, SCSI_GOOD);
  wire_expect_silence (&pair.wire);
  pair_close (&pair);
}

/* 11.5.1: data that never comes costs the connection. */
static void
test_set_does_not_wait_for_ever (void)
{
  Pair pair;
  pair_open (&pair);
  guint32 ttt;
  hanging_write (&pair.wire, &ttt);
  const TmfRequest request = management (&pair.wire, TMF_ABORT_TASK_SET);
  send_management (&pair.wire, &request);
  const gint64 before = pair.lab.world->now_ns;
  wire_expect_end (&pair.wire, STREAM_END_RST);
  g_assert_cmpint ((pair.lab.world->now_ns - before) / NS_PER_S, ==,
                   TARGET_MANAGEMENT_TIMEOUT_NS / NS_PER_S);
  assert_alive (&pair.other);
  pair_close (&pair);
}

/* R-TMF-041, R-TMF-063: what was sent before it has not all come. */
static void
test_set_waits_for_commands (void)
{
  Pair pair;
  pair_open (&pair);
  const ScsiCommand lost = wire_blocks (&pair.wire, SCSI_OP_READ_10, 0, 1);
  const TmfRequest request = management (&pair.wire, TMF_ABORT_TASK_SET);
  send_management (&pair.wire, &request);
  wire_expect_silence (&pair.wire);
  wire_send_command (&pair.wire, &lost, NULL, 0);
  expect_answer (&pair.wire, &request, TMF_ANSWER_COMPLETE);
  wire_expect_silence (&pair.wire);
  pair_close (&pair);
}

/* R-TMF-036: CLEAR TASK SET is everybody's; who lost a task is told so, once. */
static void
test_clear_task_set (void)
{
  Pair pair;
  pair_open (&pair);
  guint32 ttt;
  const ScsiCommand theirs = hanging_write (&pair.other, &ttt);
  const TmfRequest request = management (&pair.wire, TMF_CLEAR_TASK_SET);
  assert_answer (&pair.wire, &request, TMF_ANSWER_COMPLETE);
  wire_pdu_free (wire_expect (&pair.other, OPCODE_NOP_IN));
  give_data (&pair.other, &theirs, ttt);
  wire_expect_silence (&pair.other);
  assert_attention (&pair.other, SENSE_CODE_COMMANDS_CLEARED);
  assert_alive (&pair.other);
  assert_alive (&pair.wire);
  const TmfRequest again = management (&pair.wire, TMF_CLEAR_TASK_SET);
  assert_answer (&pair.wire, &again, TMF_ANSWER_COMPLETE);
  assert_alive (&pair.other); /* it lost nothing */
  pair_close (&pair);
}

/* ---- resets ---- */

/* R-TMF-013: all others hear of it, whether or not they lost a task; the issuer does not. */
static void
test_lun_reset (void)
{
  Pair pair;
  pair_open (&pair);
  const TmfRequest request = management (&pair.wire, TMF_LUN_RESET);
  assert_answer (&pair.wire, &request, TMF_ANSWER_COMPLETE);
  assert_alive (&pair.wire);
  assert_attention (&pair.other, SENSE_CODE_BUS_RESET);
  assert_alive (&pair.other);
  pair_close (&pair);
}

/* R-TMF-064: what has not come counts as come. */
static void
test_warm_reset_closes_the_gap (void)
{
  Pair pair;
  pair_open (&pair);
  const ScsiCommand lost = test_unit_ready (&pair.wire);
  const ScsiCommand held = test_unit_ready (&pair.wire);
  wire_send_command (&pair.wire, &held, NULL, 0);
  const TmfRequest request = management (&pair.wire, TMF_TARGET_WARM_RESET);
  send_management (&pair.wire, &request);
  const TmfResponse response = expect_answer (&pair.wire, &request, TMF_ANSWER_COMPLETE);
  g_assert_cmpuint (response.exp_cmd_sn, ==, pair.wire.cmd_sn);
  wire_send_command (&pair.wire, &lost, NULL, 0);
  wire_expect_silence (&pair.wire);
  assert_alive (&pair.wire);
  assert_attention (&pair.other, SENSE_CODE_BUS_RESET);
  pair_close (&pair);
}

/* R-TMF-016, R-TMF-034 */
static void
test_cold_reset (void)
{
  Pair pair;
  pair_open (&pair);
  pair.lab.config.power_on_unit_attention = TRUE;
  target_sim_free (pair.lab.target);
  lab_start (&pair.lab);
  wire_close (&pair.wire);
  wire_close (&pair.other);
  wire_open (&pair.wire, &pair.lab);
  wire_login (&pair.wire);
  wire_open (&pair.other, &pair.lab);
  pair.other.isid = OTHER_ISID;
  wire_login (&pair.other);
  const TmfRequest request = management (&pair.wire, TMF_TARGET_COLD_RESET);
  assert_answer (&pair.wire, &request, TMF_ANSWER_COMPLETE);
  wire_expect_end (&pair.wire, STREAM_END_FIN);
  wire_expect_end (&pair.other, STREAM_END_FIN);
  g_assert_cmpuint (target_sim_counters (pair.lab.target)->sessions_now, ==, 0);
  wire_close (&pair.other);
  wire_open (&pair.other, &pair.lab);
  wire_login (&pair.other);
  assert_attention (&pair.other, SENSE_CODE_POWER_ON);
  assert_alive (&pair.other);
  pair_close (&pair);
}

/* ---- the rest ---- */

/* R-TMF-001, R-TMF-002: every code has an answer, on a unit that is there and on one that is not. */
static void
test_every_function_has_an_answer (void)
{
  static const struct {
    guint8 function;
    TmfAnswer here;
    TmfAnswer elsewhere;
  } cases[] = {
    { 0, TMF_ANSWER_NOT_SUPPORTED, TMF_ANSWER_NOT_SUPPORTED },
    { TMF_ABORT_TASK, TMF_ANSWER_NO_TASK, TMF_ANSWER_NO_LUN },
    { TMF_ABORT_TASK_SET, TMF_ANSWER_COMPLETE, TMF_ANSWER_NO_LUN },
    { TMF_CLEAR_ACA, TMF_ANSWER_NOT_SUPPORTED, TMF_ANSWER_NOT_SUPPORTED },
    { TMF_CLEAR_TASK_SET, TMF_ANSWER_COMPLETE, TMF_ANSWER_NO_LUN },
    { TMF_LUN_RESET, TMF_ANSWER_COMPLETE, TMF_ANSWER_NO_LUN },
    { TMF_TARGET_WARM_RESET, TMF_ANSWER_COMPLETE, TMF_ANSWER_COMPLETE },
    { TMF_TASK_REASSIGN, TMF_ANSWER_NO_REASSIGN, TMF_ANSWER_NO_REASSIGN },
    { TMF_QUERY_TASK, TMF_ANSWER_NOT_SUPPORTED, TMF_ANSWER_NOT_SUPPORTED },
    { TMF_QUERY_TASK_SET, TMF_ANSWER_NOT_SUPPORTED, TMF_ANSWER_NOT_SUPPORTED },
    { TMF_NEXUS_RESET, TMF_ANSWER_NOT_SUPPORTED, TMF_ANSWER_NOT_SUPPORTED },
    { TMF_QUERY_ASYNC_EVENT, TMF_ANSWER_NOT_SUPPORTED, TMF_ANSWER_NOT_SUPPORTED },
    { 13, TMF_ANSWER_NOT_SUPPORTED, TMF_ANSWER_NOT_SUPPORTED },
    { 127, TMF_ANSWER_NOT_SUPPORTED, TMF_ANSWER_NOT_SUPPORTED },
  };
  Pair pair;
  pair_open (&pair);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    TmfRequest request = management (&pair.wire, (TmfFunction) cases[i].function);
    assert_answer (&pair.wire, &request, cases[i].here);
    request.initiator_task_tag = pair.wire.itt++;
    request.lun = lun_encode (9);
    assert_answer (&pair.wire, &request, cases[i].elsewhere);
  }
  assert_alive (&pair.wire);
  pair_close (&pair);
}

/* Two that wait end in one event; the connection may go while they do. */
static void
test_connection_goes_while_it_waits (void)
{
  Pair pair;
  pair_open (&pair);
  guint32 ttt;
  hanging_write (&pair.wire, &ttt);
  const TmfRequest request = management (&pair.wire, TMF_ABORT_TASK_SET);
  send_management (&pair.wire, &request);
  wire_expect_silence (&pair.wire);
  stream_reset (pair.wire.stream);
  lab_run_ns (&pair.lab, 2 * TARGET_MANAGEMENT_TIMEOUT_NS);
  assert_alive (&pair.other);
  pair_close (&pair);
}

static void
test_ninth_waiting_request_is_rejected (void)
{
  Pair pair;
  pair_open (&pair);
  guint32 ttt;
  hanging_write (&pair.wire, &ttt);
  for (guint i = 0; i <= TARGET_MANAGEMENT_MAX; i++) {
    const TmfRequest request = management (&pair.wire, TMF_ABORT_TASK_SET);
    send_management (&pair.wire, &request);
  }
  WirePdu *pdu = wire_expect (&pair.wire, OPCODE_REJECT);
  Reject reject;
  reject_decode (&reject, pdu->bhs);
  g_assert_cmphex (reject.reason, ==, REJECT_TOO_MANY_IMMEDIATE);
  wire_pdu_free (pdu);
  pair_close (&pair);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/target/tmf/abort-task", test_abort_task);
  g_test_add_func ("/target/tmf/abort-answered-task", test_abort_answered_task);
  g_test_add_func ("/target/tmf/abort-task-not-received", test_abort_task_not_received);
  g_test_add_func ("/target/tmf/abort-held-task", test_abort_held_task);
  g_test_add_func ("/target/tmf/abort-of-task-management", test_abort_of_task_management);
  g_test_add_func ("/target/tmf/set-waits-for-data", test_set_waits_for_data);
  g_test_add_func ("/target/tmf/set-does-not-wait-for-ever", test_set_does_not_wait_for_ever);
  g_test_add_func ("/target/tmf/set-waits-for-commands", test_set_waits_for_commands);
  g_test_add_func ("/target/tmf/clear-task-set", test_clear_task_set);
  g_test_add_func ("/target/tmf/lun-reset", test_lun_reset);
  g_test_add_func ("/target/tmf/warm-reset-closes-the-gap", test_warm_reset_closes_the_gap);
  g_test_add_func ("/target/tmf/cold-reset", test_cold_reset);
  g_test_add_func ("/target/tmf/every-function-has-an-answer", test_every_function_has_an_answer);
  g_test_add_func ("/target/tmf/connection-goes-while-it-waits",
                   test_connection_goes_while_it_waits);
  g_test_add_func ("/target/tmf/ninth-waiting-request-is-rejected",
                   test_ninth_waiting_request_is_rejected);
  return g_test_run ();
}
