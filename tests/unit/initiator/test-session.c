/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/initiator/wire.h"

#define JOBS 80

/* Many tasks without data. */
typedef struct Jobs {
  Job job[JOBS];
  guint count;
} Jobs;

static void
jobs_submit (Jobs *jobs, Lab *lab, guint count)
{
  for (guint i = 0; i < count; i++) {
    g_assert_cmpuint (jobs->count, <, JOBS);
    job_init (&jobs->job[jobs->count], lab, "j");
    job_submit (&jobs->job[jobs->count++]);
  }
}

static void
jobs_clear (Jobs *jobs)
{
  for (guint i = 0; i < jobs->count; i++) {
    g_assert_cmpuint (jobs->job[i].done, ==, 1);
    job_clear (&jobs->job[i]);
  }
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Jobs, jobs_clear)

/* So many commands come, numbered from this one on, and then nothing. */
static void
expect_commands (Wire *wire, guint count, guint32 *cmd_sn)
{
  for (guint i = 0; i < count; i++)
    g_assert_cmpuint (wire_expect_command (wire).cmd_sn, ==, (*cmd_sn)++);
  wire_expect_silence (wire);
}

/* ---- the window ---- */

static Wire *
lab_log_in_window (Lab *lab, guint window, guint32 *ret_cmd_sn)
{
  lab_init (lab);
  lab->window = window;
  Wire *wire = lab_log_in (lab);
  *ret_cmd_sn = wire->exp_cmd_sn;
  return wire;
}

static void
test_window (void)
{
  g_auto (Jobs) jobs = { 0 };
  g_auto (Lab) lab = { 0 };
  guint32 cmd_sn;
  Wire *wire = lab_log_in_window (&lab, 3, &cmd_sn);
  jobs_submit (&jobs, &lab, 5);
  expect_commands (wire, 3, &cmd_sn);
}

/* R-NUM-018: exactly what the NOP-In allows. */
static void
test_window_reopens (void)
{
  g_auto (Jobs) jobs = { 0 };
  g_auto (Lab) lab = { 0 };
  guint32 cmd_sn;
  Wire *wire = lab_log_in_window (&lab, 0, &cmd_sn);
  jobs_submit (&jobs, &lab, 5);
  wire_expect_silence (wire);
  wire_send_window (wire, cmd_sn, cmd_sn + 1);
  expect_commands (wire, 2, &cmd_sn);
  wire_send_window (wire, cmd_sn, cmd_sn + 7);
  expect_commands (wire, 3, &cmd_sn);
}

/* R-NUM-015: MaxCmdSN below ExpCmdSN - 1; also by so much that it looks greater than ours. */
static void
test_impossible_window (void)
{
  g_auto (Jobs) jobs = { 0 };
  g_auto (Lab) lab = { 0 };
  guint32 cmd_sn;
  Wire *wire = lab_log_in_window (&lab, 1, &cmd_sn);
  wire_send_window (wire, cmd_sn + 10, cmd_sn + 8);
  jobs_submit (&jobs, &lab, 2);
  expect_commands (wire, 1, &cmd_sn);
}

/* R-NUM-016 */
static void
test_window_does_not_shrink (void)
{
  g_auto (Jobs) jobs = { 0 };
  g_auto (Lab) lab = { 0 };
  guint32 cmd_sn;
  Wire *wire = lab_log_in_window (&lab, 4, &cmd_sn);
  wire_send_window (wire, cmd_sn, cmd_sn - 1);
  lab_run_ns (&lab, NS_PER_MS);
  jobs_submit (&jobs, &lab, 5);
  expect_commands (wire, 4, &cmd_sn);
}

static void
test_max_pending (void)
{
  g_auto (Jobs) jobs = { 0 };
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  lab.profile.max_pending_tasks = 2;
  Wire *wire = lab_log_in (&lab);
  guint32 cmd_sn = wire->exp_cmd_sn;
  jobs_submit (&jobs, &lab, 3);
  expect_commands (wire, 2, &cmd_sn);
  wire_send_good (wire, jobs.job[0].task.initiator_task_tag);
  expect_commands (wire, 1, &cmd_sn);
}

/* R-NUM-003, R-NUM-004: each seed begins somewhere; one in four just below 2^32. */
static void
test_cmd_sn_wraps (void)
{
  for (guint64 seed = 1;; seed++) {
    g_auto (Jobs) jobs = { 0 };
    g_auto (Lab) lab = { 0 };
    g_assert_cmpuint (seed, <, 100);
    lab_init_seed (&lab, seed);
    Wire *wire = lab_log_in (&lab);
    const guint32 first = wire->exp_cmd_sn;
    if (first < G_MAXUINT32 - JOBS + 1)
      continue;
    jobs_submit (&jobs, &lab, JOBS);
    for (guint i = 0; i < JOBS; i++) {
      const ScsiCommand command = wire_expect_command (wire);
      g_assert_cmpuint (command.cmd_sn, ==, first + i);
      wire_send_good (wire, command.initiator_task_tag);
    }
    lab_run_ns (&lab, NS_PER_S);
    g_assert_cmpuint (lab.finished->len, ==, JOBS);
    return;
  }
}

/* R-MODEL-015, R-PDU-013, and RFC 7143 4.2.5.3: tags that are out are all different, and so are later ones for long. */
static void
test_tags (void)
{
  g_auto (Jobs) jobs = { 0 };
  g_auto (Lab) lab = { 0 };
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  lab_init (&lab);
  Wire *wire = lab_log_in (&lab);
  jobs_submit (&jobs, &lab, JOBS);
  for (guint i = 0; i < JOBS; i++) {
    const ScsiCommand command = wire_expect_command (wire);
    g_assert_cmphex (command.initiator_task_tag, !=, TAG_NONE);
    g_assert_true (g_hash_table_add (seen, GUINT_TO_POINTER (command.initiator_task_tag + 1)));
    wire_send_good (wire, command.initiator_task_tag);
  }
}

/* R-NUM-024 */
static void
test_exp_stat_sn (void)
{
  g_auto (Job) job = { 0 };
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  Wire *wire = lab_log_in (&lab);
  job_init (&job, &lab, "j");
  for (guint i = 0; i < 3; i++) {
    job_submit (&job);
    const ScsiCommand command = wire_expect_command (wire);
    g_assert_cmpuint (command.exp_stat_sn, ==, FIRST_STAT_SN + 2 + i);
    wire_send_good (wire, command.initiator_task_tag);
    job_expect (&job, TASK_OUTCOME_STATUS);
    task_again (&job.task);
    job.done = 0;
  }
}

/* ---- what is no task ---- */

/* R-NOP-001, R-NOP-003, R-NOP-005, R-NOP-007 */
static void
test_target_ping (void)
{
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  Wire *wire = lab_log_in (&lab);
  wire_send_nop_in (wire, (NopIn){ .initiator_task_tag = TAG_NONE,
                                   .target_transfer_tag = 0xabcd,
                                   .lun = lun_encode (5),
                                   .stat_sn = wire->stat_sn,
                                   .exp_cmd_sn = wire->exp_cmd_sn,
                                   .max_cmd_sn = wire->max_cmd_sn });
  g_autoptr (WirePdu) pdu = wire_expect (wire, OPCODE_NOP_OUT);
  NopOut nop;
  nop_out_decode (&nop, pdu->bhs);
  g_assert_cmpuint (nop.immediate, ==, 1);
  g_assert_cmpuint (nop.is_final, ==, 1);
  g_assert_cmphex (nop.initiator_task_tag, ==, TAG_NONE);
  g_assert_cmphex (nop.target_transfer_tag, ==, 0xabcd);
  g_assert_cmphex (nop.lun, ==, lun_encode (5));
  g_assert_cmpuint (nop.cmd_sn, ==, wire->exp_cmd_sn);
  g_assert_cmpuint (nop.exp_stat_sn, ==, wire->stat_sn); /* R-NOP-015: it took no number */
  g_assert_cmpuint (pdu->length, ==, 0);
}

/* R-NOP-002 */
static void
test_nop_in_without_question (void)
{
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  Wire *wire = lab_log_in (&lab);
  wire_send_window (wire, wire->exp_cmd_sn, wire->max_cmd_sn);
  wire_expect_silence (wire);
}

typedef struct Drop {
  const char *path;
  void (*send) (Wire *wire);
  const char *why;
} Drop;

static void
send_answer_to_no_ping (Wire *wire)
{
  wire_send_nop_in (wire, (NopIn){ .initiator_task_tag = 0x550001,
                                   .target_transfer_tag = TAG_NONE,
                                   .stat_sn = wire->stat_sn++,
                                   .exp_cmd_sn = wire->exp_cmd_sn,
                                   .max_cmd_sn = wire->max_cmd_sn });
}

static void
send_both_tags (Wire *wire)
{
  wire_send_nop_in (wire, (NopIn){ .initiator_task_tag = 1, .target_transfer_tag = 2 });
}

static void
send_ping_with_data (Wire *wire)
{
  guint8 bhs[BHS_LENGTH];
  const NopIn nop = { .is_final = 1, .initiator_task_tag = TAG_NONE, .target_transfer_tag = 2 };
  nop_in_encode (&nop, bhs);
  wire_send (wire, bhs, "ping", 4);
}

static void
send_reject (Wire *wire)
{
  guint8 bhs[BHS_LENGTH];
  const Reject reject = { .is_final = 1,
                          .reason = REJECT_INVALID_FIELD,
                          .initiator_task_tag = TAG_NONE,
                          .stat_sn = wire->stat_sn++ };
  reject_encode (&reject, bhs);
  wire_send (wire, bhs, bhs, BHS_LENGTH);
}

static void
send_command (Wire *wire)
{
  guint8 bhs[BHS_LENGTH];
  const ScsiCommand command = { .is_final = 1, .initiator_task_tag = 1 };
  scsi_command_encode (&command, bhs);
  wire_send (wire, bhs, NULL, 0);
}

static void
send_unassigned (Wire *wire)
{
  guint8 bhs[BHS_LENGTH] = { 0x2f, 0x80 };
  wire_send (wire, bhs, NULL, 0);
}

/* R-MODEL-005 */
static void
send_login (Wire *wire)
{
  const LoginRequest request = { .isid = wire->isid };
  const LoginResponse response = wire_login_response (wire, &request);
  wire_send_login (wire, &response, NULL, 0);
}

static void
send_logout (Wire *wire)
{
  guint8 bhs[BHS_LENGTH];
  const LogoutResponse response = { .is_final = 1, .stat_sn = wire->stat_sn++ };
  logout_response_encode (&response, bhs);
  wire_send (wire, bhs, NULL, 0);
}

/* R-DATA-021: 65536 is what the initiator declared. */
static void
send_too_long (Wire *wire)
{
  const DataIn data_in = wire_data_in (wire, 1, 0, 0);
  wire_send_data_in (wire, &data_in, 65537);
}

static void
send_ahs (Wire *wire)
{
  guint8 bhs[BHS_LENGTH];
  const NopIn nop = { .is_final = 1, .total_ahs_length = 1, .initiator_task_tag = TAG_NONE };
  nop_in_encode (&nop, bhs);
  wire_send (wire, bhs, NULL, 0);
  stream_send (wire->stream, slice_copy ("ahs!", 4));
}

static void
send_fin (Wire *wire)
{
  stream_shutdown (wire->stream);
}

static const Drop drops[] = {
  { "an answer to no ping", send_answer_to_no_ping,
    "NOP-In: expected the ITT of a ping, got 0x550001" },
  { "a NOP-In with both tags", send_both_tags, "'NOP-In': expected an ITT or a TTT, got both" },
  { "a ping with data", send_ping_with_data,
    "'NOP-In': expected no data segment, got 4 bytes" }, /* R-NOP-013 */
  { "a Reject", send_reject, "rejected by the target: invalid PDU field" },
  { "a request", send_command, "SCSI Command: not expected in state LOGGED_IN" },
  { "an unassigned opcode", send_unassigned, "reserved: not expected in state LOGGED_IN" },
  { "a Login Response", send_login, "Login Response: not expected in state LOGGED_IN" },
  { "a Logout Response", send_logout, "Logout Response: expected none, none was asked for" },
  { "a segment that is too long", send_too_long,
    "'Data-In': expected a data segment of at most 65536 bytes, got 65537" },
  { "an AHS", send_ahs, "'NOP-In': expected TotalAHSLength 0, got 1" },
  { "FIN", send_fin, "connection ended: fin" },
};

/* With a task on its way, so that it is seen to survive. */
static void
test_drop (gconstpointer data)
{
  const Drop *drop = data;
  g_auto (Job) job = { 0 };
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  Wire *wire = lab_log_in (&lab);
  job_init (&job, &lab, "j");
  job_submit (&job);
  wire_expect_command (wire);
  drop->send (wire);
  lab_expect_redone (&lab, wire, &job, drop->why);
}

/* ---- disconnect ---- */

static LogoutRequest
wire_expect_logout (Wire *wire)
{
  g_autoptr (WirePdu) pdu = wire_expect (wire, OPCODE_LOGOUT_REQUEST);
  LogoutRequest request;
  logout_request_decode (&request, pdu->bhs);
  return request;
}

static void
wire_send_logout_response (Wire *wire, const LogoutRequest *request, guint8 answer)
{
  guint8 bhs[BHS_LENGTH];
  const LogoutResponse response = { .is_final = 1,
                                    .response = answer,
                                    .initiator_task_tag = request->initiator_task_tag,
                                    .stat_sn = wire->stat_sn++,
                                    .exp_cmd_sn = wire->exp_cmd_sn,
                                    .max_cmd_sn = wire->max_cmd_sn };
  logout_response_encode (&response, bhs);
  wire_send (wire, bhs, NULL, 0);
}

static void
lab_disconnect (Lab *lab)
{
  session_disconnect (lab->session, lab_on_disconnect, lab);
}

static void
lab_expect_disconnected (Lab *lab)
{
  while (lab->disconnects == 0)
    lab_step (lab);
  g_assert_cmpuint (lab->disconnects, ==, 1);
  g_assert_cmpuint (initiator_session_count (lab->initiator), ==, 0);
}

static void
test_logout (void)
{
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  Wire *wire = lab_log_in (&lab);
  lab_disconnect (&lab);
  g_assert_cmpuint (lab.disconnects, ==, 0);
  const LogoutRequest request = wire_expect_logout (wire);
  g_assert_cmpuint (request.immediate, ==, 1);
  g_assert_cmpuint (request.is_final, ==, 1);
  g_assert_cmpuint (request.reason, ==, LOGOUT_CLOSE_SESSION);
  g_assert_cmpuint (request.cmd_sn, ==, wire->exp_cmd_sn);
  g_assert_cmpuint (request.exp_stat_sn, ==, wire->stat_sn);
  g_assert_cmphex (request.initiator_task_tag, !=, TAG_NONE);
  wire_send_logout_response (wire, &request, LOGOUT_CLOSED);
  lab_expect_disconnected (&lab);
  g_assert_no_error (lab.disconnect_error);
  g_assert_cmpstr (lab.down->str, ==, ""); /* RFC 7143 8.3.1: closed, not failed */
  wire_expect_end (wire, STREAM_END_FIN);
}

static void
test_logout_without_answer (void)
{
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  Wire *wire = lab_log_in (&lab);
  const gint64 begin = lab.world->now_ns;
  lab_disconnect (&lab);
  wire_expect_logout (wire);
  lab_expect_disconnected (&lab);
  g_assert_cmpint (lab.world->now_ns - begin, ==, 15 * NS_PER_S);
  g_assert_cmpstr (lab.down->str, ==, "no Logout Response in time");
  wire_expect_end (wire, STREAM_END_RST);
}

static void
test_logout_refused (void)
{
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  Wire *wire = lab_log_in (&lab);
  lab_disconnect (&lab);
  const LogoutRequest request = wire_expect_logout (wire);
  wire_send_logout_response (wire, &request, LOGOUT_CLEANUP_FAILED);
  lab_expect_disconnected (&lab);
  g_assert_cmpstr (lab.down->str, ==, "logout: expected response 0, got 3");
}

/* The target ends what it has before it answers the logout: its last words are heard, and change nothing. */
static void
test_logout_with_tasks (void)
{
  g_auto (Jobs) jobs = { 0 };
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  lab.window = 2;
  Wire *wire = lab_log_in (&lab);
  jobs_submit (&jobs, &lab, 3);
  const guint32 tag = wire_expect_command (wire).initiator_task_tag;
  wire_expect_command (wire);
  lab_disconnect (&lab);
  g_assert_cmpstr (task_outcome_name (jobs.job[0].task.outcome), ==, "lost");
  g_assert_cmpstr (task_outcome_name (jobs.job[1].task.outcome), ==, "lost");
  g_assert_cmpstr (task_outcome_name (jobs.job[2].task.outcome), ==, "not sent");
  const LogoutRequest request = wire_expect_logout (wire);
  wire_send_good (wire, tag);
  wire_send_logout_response (wire, &request, LOGOUT_CLOSED);
  lab_expect_disconnected (&lab);
  g_assert_cmpstr (lab.down->str, ==, "");
}

static void
test_logout_during_transfers (void)
{
  g_auto (Job) write = { 0 };
  g_auto (Job) read = { 0 };
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  lab.answers[0] = "InitialR2T=Yes";
  Wire *wire = lab_log_in (&lab);
  job_init_write (&write, &lab, "w", 16384);
  job_init_read (&read, &lab, "r", 2);
  job_submit (&write);
  job_submit (&read);
  const ScsiCommand command = wire_expect_command (wire);
  const guint32 tag = wire_expect_command (wire).initiator_task_tag;
  lab_disconnect (&lab);
  const LogoutRequest request = wire_expect_logout (wire);
  const R2t r2t = wire_r2t (wire, &command, 0, 8192, 8192);
  DataIn data_in = wire_data_in (wire, tag, 0, 0);
  wire_send_r2t (wire, &r2t);
  data_in.has_status = 1;
  data_in.stat_sn = wire->stat_sn++;
  wire_send_data_in (wire, &data_in, 1024);
  wire_send_logout_response (wire, &request, LOGOUT_CLOSED);
  lab_expect_disconnected (&lab);
  g_assert_cmpstr (lab.down->str, ==, "");
  g_assert_cmpuint (wire->pdus.length, ==, 0); /* R-LOGOUT-001 */
}

static void
test_disconnect_while_down (void)
{
  g_auto (Job) job = { 0 };
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  Wire *wire = lab_log_in (&lab);
  stream_reset (wire->stream);
  lab_run_ns (&lab, NS_PER_S);
  job_init (&job, &lab, "j");
  job_submit (&job);
  lab_disconnect (&lab);
  g_assert_cmpuint (lab.disconnects, ==, 0);
  lab_expect_disconnected (&lab);
  g_assert_no_error (lab.disconnect_error);
  job_expect (&job, TASK_OUTCOME_NOT_SENT);
  lab_run_ns (&lab, 60 * NS_PER_S);
  g_assert_cmpuint (lab.wire_count, ==, 1); /* it does not come back */
}

/* Each of these instants is that of an arrival for the connection that is being given up. */
static void
test_disconnect_while_connecting (void)
{
  for (guint latencies = 0; latencies <= 6; latencies++) {
    g_auto (Lab) lab = { 0 };
    lab_init (&lab);
    Wire *wire = lab_log_in (&lab);
    stream_reset (wire->stream);
    lab_run_ns (&lab, LATENCY_NS + TIME2WAIT_NS + latencies * LATENCY_NS);
    lab_disconnect (&lab);
    lab_expect_disconnected (&lab);
    lab_run_ns (&lab, NS_PER_S);
    g_assert_true (lab.wire_count == 1 || lab.wires[1]->has_ended);
  }
}

/* A session whose connect is not done can be found, and so be told to go. */
static void
test_disconnect_before_connected (void)
{
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  lab_connect (&lab);
  lab_run_ns (&lab, LATENCY_NS);
  session_disconnect (initiator_session (lab.initiator, 0), lab_on_disconnect, &lab);
  lab_expect_disconnected (&lab);
  g_assert_cmpuint (lab.connects, ==, 1);
  g_assert_error (lab.connect_error, INITIATOR_ERROR, INITIATOR_ERROR_CONNECTION_FAILED);
  g_assert_cmpstr (lab.connect_error->message, ==,
                   "connect to '" LAB_TARGET "': disconnected while it was down");
  g_assert_no_error (lab.disconnect_error);
}

static void
test_submit_while_leaving (void)
{
  g_auto (Job) job = { 0 };
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  Wire *wire = lab_log_in (&lab);
  lab_disconnect (&lab);
  wire_expect_logout (wire);
  job_init (&job, &lab, "j");
  job_submit (&job);
  g_assert_cmpuint (job.done, ==, 0);
  job_expect (&job, TASK_OUTCOME_NOT_SENT);
  g_assert_cmpuint (lab.disconnects, ==, 0);
}

/* ---- a second session ---- */

static void
test_second_refused (void)
{
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  lab_log_in (&lab);
  lab_connect_with (&lab, FALSE);
  g_assert_cmpuint (lab.connects, ==, 1);
  lab_wait_connects (&lab, 2);
  g_assert_error (lab.connect_error, INITIATOR_ERROR, INITIATOR_ERROR_ALREADY_LOGGED_IN);
  g_assert_cmpstr (lab.connect_error->message, ==,
                   "connect to '" LAB_TARGET
                   "': it has already been logged in through this portal: expected "
                   "IsMultipathEnabled for a second session, got none");
  g_assert_cmphex (initiator_error_code ((InitiatorError) lab.connect_error->code), ==, 0xefff003f);
  g_assert_cmpuint (initiator_session_count (lab.initiator), ==, 1);
  g_assert_cmpuint (lab.wire_count, ==, 1);
}

static void
test_identifier (void)
{
  g_auto (Lab) lab = { 0 };
  SessionInfo info;
  lab_init (&lab);
  lab_log_in (&lab);
  session_info (lab.session, &info);
  g_assert_true (
      g_regex_match_simple ("^ffff[0-9a-f]{12}-4000013700000001$", info.identifier, 0, 0));
}

/* ---- the end of the initiator ---- */

/* Every latency of a life: connecting, login, full feature phase, after a reset, reconnecting, logging out. */
static void
test_free_at_every_stage (void)
{
  for (guint stage = 0; stage < 14; stage++) {
    g_auto (Job) job = { 0 };
    g_auto (Lab) lab = { 0 };
    lab_init (&lab);
    lab_connect (&lab);
    job_init (&job, &lab, "j");
    lab.session = initiator_session (lab.initiator, 0);
    job_submit (&job);
    for (guint i = 0; i < stage; i++) {
      lab_run_ns (&lab, LATENCY_NS);
      Wire *wire = lab.wire_count > 0 ? lab.wires[lab.wire_count - 1] : NULL;
      if (wire != NULL && wire->pdus.length > 0
          && bhs_opcode (((WirePdu *) wire->pdus.head->data)->bhs) == OPCODE_LOGIN_REQUEST)
        wire_login_step (wire);
      if (stage % 2 == 1 && i == 10)
        stream_reset (wire->stream);
    }
    initiator_free (g_steal_pointer (&lab.initiator));
    g_assert_cmpuint (lab.connects, ==, 1);
    g_assert_cmpuint (job.done, ==, 1);
    g_assert_cmpstr (task_outcome_name (job.task.outcome), ==,
                     job.task.attempts > 0 ? "lost" : "not sent");
    lab_run_ns (&lab, 100 * NS_PER_S);
  }
}

static void
test_free_while_logging_out (void)
{
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  wire_expect_silence (lab_log_in (&lab));
  lab_disconnect (&lab);
  initiator_free (g_steal_pointer (&lab.initiator));
  g_assert_cmpuint (lab.disconnects, ==, 1);
  g_assert_error (lab.disconnect_error, INITIATOR_ERROR, INITIATOR_ERROR_CONNECTION_FAILED);
  g_assert_cmpstr (lab.disconnect_error->message, ==, "the initiator went down");
  lab_run_ns (&lab, 100 * NS_PER_S);
}

static void
test_free_after_power_cut (void)
{
  g_auto (Job) job = { 0 };
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  Wire *wire = lab_log_in (&lab);
  job_init (&job, &lab, "j");
  job_submit (&job);
  wire_expect_command (wire);
  host_power_cut (lab.host, DISK_CUT_LOSE);
  initiator_free (g_steal_pointer (&lab.initiator));
  g_assert_cmpstr (task_outcome_name (job.task.outcome), ==, "lost");
}

/* Its owner tries once more, and is told once more, before the session is gone. */
static void
on_done_try_again (gpointer data, Task *task)
{
  Job *job = data;
  if (job->done++ > 0)
    return;
  task_again (task);
  session_submit (job->lab->session, task);
}

static void
test_submit_from_the_end (void)
{
  Job job = { 0 };
  {
    g_auto (Lab) lab = { 0 };
    lab_init (&lab);
    Wire *wire = lab_log_in (&lab);
    job_init (&job, &lab, "j");
    job.task.done = on_done_try_again;
    job_submit (&job);
    wire_expect_command (wire);
    initiator_free (g_steal_pointer (&lab.initiator));
    lab_run_ns (&lab, NS_PER_S);
  }
  g_assert_cmpuint (job.done, ==, 2);
  job_clear (&job);
}

static void
add_window_tests (void)
{
  g_test_add_func ("/initiator/session/nothing goes beyond MaxCmdSN", test_window);
  g_test_add_func ("/initiator/session/a NOP-In opens the window again", test_window_reopens);
  g_test_add_func ("/initiator/session/an impossible window is ignored", test_impossible_window);
  g_test_add_func ("/initiator/session/the window does not shrink", test_window_does_not_shrink);
  g_test_add_func ("/initiator/session/no more is pending than the profile says", test_max_pending);
  g_test_add_func ("/initiator/session/CmdSN goes on after 2^32 - 1", test_cmd_sn_wraps);
  g_test_add_func ("/initiator/session/no tag is used twice", test_tags);
  g_test_add_func ("/initiator/session/ExpStatSN follows each response", test_exp_stat_sn);
}

static void
add_end_tests (void)
{
  g_test_add_func ("/initiator/session/a disconnect is a Logout", test_logout);
  g_test_add_func ("/initiator/session/a logout without answer ends after 15 s",
                   test_logout_without_answer);
  g_test_add_func ("/initiator/session/a logout that fails ends the session all the same",
                   test_logout_refused);
  g_test_add_func ("/initiator/session/a logout hears out the responses before its own",
                   test_logout_with_tasks);
  g_test_add_func ("/initiator/session/a logout sends no data any more",
                   test_logout_during_transfers);
  g_test_add_func ("/initiator/session/a session can be disconnected while it is down",
                   test_disconnect_while_down);
  g_test_add_func ("/initiator/session/a session can be disconnected while it comes back",
                   test_disconnect_while_connecting);
  g_test_add_func ("/initiator/session/a session can be disconnected before it is connected",
                   test_disconnect_before_connected);
  g_test_add_func ("/initiator/session/a leaving session takes no task", test_submit_while_leaving);
  g_test_add_func ("/initiator/session/a second one without multipath is refused",
                   test_second_refused);
  g_test_add_func ("/initiator/session/its identifier is made of adapter and number",
                   test_identifier);
  g_test_add_func ("/initiator/session/the initiator can go at every stage",
                   test_free_at_every_stage);
  g_test_add_func ("/initiator/session/the initiator can go while it logs out",
                   test_free_while_logging_out);
  g_test_add_func ("/initiator/session/the initiator can go after its host lost power",
                   test_free_after_power_cut);
  g_test_add_func ("/initiator/session/a task that is submitted from its own end ends again",
                   test_submit_from_the_end);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_window_tests ();
  g_test_add_func ("/initiator/session/a ping of the target is answered", test_target_ping);
  g_test_add_func ("/initiator/session/a NOP-In that asks nothing is not answered",
                   test_nop_in_without_question);
  for (guint i = 0; i < G_N_ELEMENTS (drops); i++) {
    g_autofree char *path =
        g_strdup_printf ("/initiator/session/drops the connection: %s", drops[i].path);
    g_test_add_data_func (path, &drops[i], test_drop);
  }
  add_end_tests ();
  return g_test_run ();
}
