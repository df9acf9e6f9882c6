/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/initiator/wire.h"

/* ---- a reset at each point of a WRITE: it is done again from its beginning, and ends once ---- */

typedef enum Point {
  BEFORE_COMMAND,
  AFTER_COMMAND,
  AFTER_R2T,
  AFTER_FIRST_DATA,
  AFTER_SECOND_DATA,
  AFTER_LAST_DATA,
  POINTS
} Point;

static const char *const point_names[POINTS] = {
  "before the command",       "after the command",         "after the R2T",
  "after the first Data-Out", "after the second Data-Out", "after the last byte",
};

#define WRITE_LENGTH 1536

/* Serves the write as far as the point, but for its status; its tag. */
static guint32
wire_serve_write (Wire *wire, const Job *job, Point until)
{
  const ScsiCommand command = wire_expect_command (wire);
  g_assert_cmpuint (command.is_final, ==, 1);
  if (until == AFTER_COMMAND)
    return command.initiator_task_tag;
  const R2t r2t = wire_r2t (wire, &command, 0, 0, WRITE_LENGTH);
  wire_send_r2t (wire, &r2t);
  if (until == AFTER_R2T)
    lab_run_ns (wire->lab, LATENCY_NS / 2);
  for (guint i = 0; (guint) until > AFTER_R2T + i && i < 3; i++) {
    const DataOut data_out = wire_expect_data_out (wire, job);
    g_assert_cmpuint (data_out.buffer_offset, ==, 512 * i);
    g_assert_cmpuint (data_out.data_sn, ==, i);
    g_assert_cmpuint (data_out.is_final, ==, i == 2);
  }
  return command.initiator_task_tag;
}

static void
test_reset_in_write (gconstpointer data)
{
  const Point point = GPOINTER_TO_UINT (data);
  g_auto (Job) job = { 0 };
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  lab.answers[0] = "ImmediateData=No";
  lab.answers[1] = "InitialR2T=Yes";
  lab.answers[2] = "MaxRecvDataSegmentLength=512";
  Wire *wire = lab_log_in (&lab);
  job_init_write (&job, &lab, "w", WRITE_LENGTH);
  job_submit (&job);
  if (point != BEFORE_COMMAND)
    wire_serve_write (wire, &job, point);
  stream_reset (wire->stream);
  Wire *next = lab_accept_login (&lab);
  wire_send_good (next, wire_serve_write (next, &job, AFTER_LAST_DATA));
  job_expect (&job, TASK_OUTCOME_STATUS);
  g_assert_cmpstr (lab.down->str, ==, "connection ended: rst");
  g_assert_cmpuint (job.task.attempts, ==, 2);
  wire_expect_silence (next);
  g_assert_cmpuint (job.done, ==, 1);
}

/* The status and the reset come together: what has its status is done. */
static void
test_reset_behind_status (void)
{
  g_auto (Job) job = { 0 };
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  Wire *wire = lab_log_in (&lab);
  job_init (&job, &lab, "j");
  job_submit (&job);
  wire_send_good (wire, wire_expect_command (wire).initiator_task_tag);
  stream_shutdown (wire->stream);
  job_expect (&job, TASK_OUTCOME_STATUS);
  wire_expect_silence (lab_accept_login (&lab));
  g_assert_cmpuint (job.done, ==, 1);
}

/* ---- order ---- */

static void
test_order (void)
{
  Job jobs[4];
  static const char *const names[] = { "a", "b", "c", "d" };
  {
    g_auto (Lab) lab = { 0 };
    lab_init (&lab);
    lab.window = 3;
    Wire *wire = lab_log_in (&lab);
    for (guint i = 0; i < 3; i++) {
      job_init_read (&jobs[i], &lab, names[i], i + 1);
      job_submit (&jobs[i]);
    }
    for (guint i = 0; i < 3; i++)
      wire_expect_command (wire);
    stream_reset (wire->stream);
    lab_run_ns (&lab, NS_PER_S);
    job_init_read (&jobs[3], &lab, names[3], 4);
    job_submit (&jobs[3]);
    lab.window = 4;
    Wire *next = lab_accept_login (&lab);
    const guint32 first = next->exp_cmd_sn;
    for (guint i = 0; i < 4; i++) {
      const ScsiCommand command = wire_expect_command (next);
      g_assert_cmpuint (command.expected_length, ==, (i + 1) * LAB_BLOCK);
      g_assert_cmpuint (command.cmd_sn, ==, first + i);
      wire_send_good (next, command.initiator_task_tag);
    }
    lab_run_ns (&lab, NS_PER_S);
    g_assert_cmpstr (lab.finished->str, ==, "abcd");
  }
  for (guint i = 0; i < 4; i++)
    job_clear (&jobs[i]);
}

/* ---- how long tasks wait ---- */

static void
test_hold_over (void)
{
  g_auto (Job) sent = { 0 };
  g_auto (Job) waiting = { 0 };
  g_auto (Job) late = { 0 };
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  Wire *wire = lab_log_in (&lab);
  job_init (&sent, &lab, "s");
  job_submit (&sent);
  wire_expect_command (wire);
  lab_refuse_connects (&lab);
  stream_reset (wire->stream);
  const gint64 lost_ns = lab.world->now_ns + LATENCY_NS;
  lab_run_until (&lab, lost_ns + 30 * NS_PER_S);
  job_init (&waiting, &lab, "w");
  job_submit (&waiting);
  job_expect (&sent, TASK_OUTCOME_LOST);
  job_expect (&waiting, TASK_OUTCOME_NOT_SENT);
  g_assert_cmpint (sent.done_ns - lost_ns, ==, 60 * NS_PER_S);
  g_assert_cmpint (waiting.done_ns, ==, sent.done_ns);
  /* From then on nothing is held, and still the session tries. */
  job_init (&late, &lab, "l");
  job_submit (&late);
  g_assert_cmpuint (late.done, ==, 0);
  job_expect (&late, TASK_OUTCOME_NOT_SENT);
  g_assert_cmpint (late.done_ns, ==, sent.done_ns);
  lab_listen (&lab);
  lab_accept_login (&lab);
  lab_run_ns (&lab, NS_PER_S);
  g_assert_true (lab_session_is_up (&lab));
}

static void
test_hold_begins_anew (void)
{
  g_auto (Job) job = { 0 };
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  Wire *wire = lab_log_in (&lab);
  lab_refuse_connects (&lab);
  stream_reset (wire->stream);
  lab_run_ns (&lab, 70 * NS_PER_S); /* over */
  lab_listen (&lab);
  Wire *next = lab_accept_login (&lab);
  lab_run_ns (&lab, NS_PER_S);
  job_init (&job, &lab, "j");
  job_submit (&job);
  wire_expect_command (next);
  stream_reset (next->stream);
  Wire *last = lab_accept_login (&lab);
  wire_send_good (last, wire_expect_command (last).initiator_task_tag);
  job_expect (&job, TASK_OUTCOME_STATUS);
}

static void
test_task_timeout (void)
{
  g_auto (Job) job = { 0 };
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  Wire *wire = lab_log_in (&lab);
  job_init (&job, &lab, "j");
  const gint64 begin = lab.world->now_ns;
  job_submit (&job);
  wire_expect_command (wire);
  wire_expect_ladder (wire);
  g_assert_cmpint (wire->ended_ns - begin, ==, 75 * NS_PER_S + LADDER_NS + LATENCY_NS);
  lab_expect_redone (&lab, wire, &job, "a task had no status in time, and no function ended it");
}

/* Each task has its own time, from when it was sent. */
static void
test_second_task_timeout (void)
{
  g_auto (Job) first = { 0 };
  g_auto (Job) second = { 0 };
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  Wire *wire = lab_log_in (&lab);
  job_init (&first, &lab, "1");
  job_init (&second, &lab, "2");
  job_submit (&first);
  const guint32 tag = wire_expect_command (wire).initiator_task_tag;
  lab_run_ns (&lab, 40 * NS_PER_S);
  const gint64 begin = lab.world->now_ns;
  job_submit (&second);
  lab_run_ns (&lab, NS_PER_S);
  wire_send_good (wire, tag);
  job_expect (&first, TASK_OUTCOME_STATUS);
  wire_expect_command (wire);
  wire_expect_ladder (wire);
  g_assert_cmpint (wire->ended_ns - begin, ==, 75 * NS_PER_S + LADDER_NS + LATENCY_NS);
}

/* It was the late one five times: it does not hold up the others for ever. */
static void
test_given_up (void)
{
  g_auto (Job) job = { 0 };
  g_auto (Job) next = { 0 };
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  Wire *wire = lab_log_in (&lab);
  job_init (&job, &lab, "j");
  job_init (&next, &lab, "n");
  job_submit (&job);
  job_submit (&next);
  for (guint attempt = 1; attempt <= 5; attempt++) {
    wire_expect_command (wire);
    wire_expect_command (wire);
    g_assert_cmpuint (job.done, ==, 0);
    wire_expect_ladder (wire);
    wire = lab_accept_login (&lab);
  }
  job_expect (&job, TASK_OUTCOME_LOST);
  g_assert_cmpuint (job.task.attempts, ==, 5);
  wire_send_good (wire, wire_expect_command (wire).initiator_task_tag);
  job_expect (&next, TASK_OUTCOME_STATUS);
}

/* ---- pings ---- */

static NopOut
wire_expect_ping (Wire *wire)
{
  g_autoptr (WirePdu) pdu = wire_expect (wire, OPCODE_NOP_OUT);
  NopOut nop;
  nop_out_decode (&nop, pdu->bhs);
  g_assert_cmpuint (nop.immediate, ==, 1);
  g_assert_cmpuint (nop.cmd_sn, ==, wire->exp_cmd_sn);
  g_assert_cmphex (nop.initiator_task_tag, !=, TAG_NONE);
  g_assert_cmphex (nop.target_transfer_tag, ==, TAG_NONE); /* R-NOP-006 */
  return nop;
}

static void
wire_send_pong (Wire *wire, guint32 tag)
{
  wire_send_nop_in (wire, (NopIn){ .initiator_task_tag = tag,
                                   .target_transfer_tag = TAG_NONE,
                                   .stat_sn = wire->stat_sn++,
                                   .exp_cmd_sn = wire->exp_cmd_sn,
                                   .max_cmd_sn = wire->max_cmd_sn });
}

static Wire *
lab_log_in_linux (Lab *lab)
{
  lab_init (lab);
  lab->profile = *initiator_profile_find ("linux");
  return lab_log_in (lab);
}

static void
test_ping (void)
{
  g_auto (Lab) lab = { 0 };
  Wire *wire = lab_log_in_linux (&lab);
  for (guint i = 0; i < 3; i++) {
    const gint64 begin = lab.world->now_ns;
    const NopOut nop = wire_expect_ping (wire);
    g_assert_cmpint (lab.world->now_ns - begin, ==, 5 * NS_PER_S + LATENCY_NS);
    g_assert_cmpuint (nop.exp_stat_sn, ==, wire->stat_sn);
    wire_send_pong (wire, nop.initiator_task_tag);
    lab_run_ns (&lab, LATENCY_NS);
  }
  g_assert_true (lab_session_is_up (&lab));
}

static void
test_ping_without_answer (void)
{
  g_auto (Lab) lab = { 0 };
  Wire *wire = lab_log_in_linux (&lab);
  const gint64 begin = lab.world->now_ns;
  wire_expect_ping (wire);
  wire_expect_end (wire, STREAM_END_RST);
  g_assert_cmpint (wire->ended_ns - begin, ==, 10 * NS_PER_S + LATENCY_NS);
  g_assert_cmpstr (lab.down->str, ==, "no answer to a ping");
}

static void
test_ping_with_wrong_tag (void)
{
  g_auto (Lab) lab = { 0 };
  Wire *wire = lab_log_in_linux (&lab);
  const NopOut nop = wire_expect_ping (wire);
  wire_send_pong (wire, nop.initiator_task_tag + 1);
  wire_expect_end (wire, STREAM_END_RST);
}

/* Whatever arrives shows that the target lives. */
static void
test_no_ping_when_busy (void)
{
  g_auto (Lab) lab = { 0 };
  Wire *wire = lab_log_in_linux (&lab);
  for (guint i = 0; i < 5; i++) {
    lab_run_ns (&lab, 4 * NS_PER_S);
    wire_send_window (wire, wire->exp_cmd_sn, wire->max_cmd_sn);
  }
  g_assert_cmpuint (wire->pdus.length, ==, 0);
}

static void
test_windows_does_not_ping (void)
{
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  Wire *wire = lab_log_in (&lab);
  lab_run_ns (&lab, 3600 * NS_PER_S);
  wire_expect_silence (wire);
}

/* ---- when it comes back ---- */

static void
test_time2wait (void)
{
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  lab.answers[0] = "DefaultTime2Wait=7";
  Wire *wire = lab_log_in (&lab);
  stream_reset (wire->stream);
  const gint64 lost_ns = lab.world->now_ns + LATENCY_NS;
  Wire *next = lab_accept_login (&lab);
  g_assert_cmpint (next->opened_ns - lost_ns, ==, 7 * NS_PER_S + LATENCY_NS);
}

static void
test_reconnect_delay (void)
{
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  Wire *wire = lab_log_in (&lab);
  stream_reset (wire->stream);
  const LoginRequest request = wire_expect_login (lab_accept (&lab), NULL);
  for (guint i = 0; i < 4; i++) {
    Wire *refused = lab.wires[lab.wires_taken - 1];
    LoginResponse response = wire_login_response (refused, &request);
    response.status = LOGIN_STATUS_SERVICE_UNAVAILABLE;
    wire_send_login (refused, &response, NULL, 0);
    wire_expect_end (refused, STREAM_END_FIN);
    Wire *next = lab_accept (&lab);
    g_assert_cmpint (next->opened_ns - refused->ended_ns, ==, 5 * NS_PER_S);
    wire_expect_login (next, NULL);
  }
}

/* The last Login Response and a reset at once: it is up, then down, and comes back; no attempt is counted twice. */
static void
test_reset_behind_login (void)
{
  g_auto (Lab) lab = { 0 };
  SessionInfo info;
  lab_init (&lab);
  lab_connect (&lab);
  Wire *wire = lab_accept_login (&lab);
  stream_shutdown (wire->stream);
  lab_accept_login (&lab);
  lab_run_ns (&lab, NS_PER_S);
  g_assert_cmpuint (lab.connects, ==, 1);
  g_assert_no_error (lab.connect_error);
  session_info (lab.session, &info);
  g_assert_cmpuint (info.logins, ==, 2);
}

/* The owner of a task that was given up has had enough. */
static void
on_done_disconnect (gpointer data, Task *task)
{
  Job *job = data;
  job->done++;
  session_disconnect (job->lab->session, lab_on_disconnect, job->lab);
}

static void
test_disconnect_from_a_lost_task (void)
{
  g_auto (Job) job = { 0 };
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  Wire *wire = lab_log_in (&lab);
  job_init (&job, &lab, "j");
  job.task.done = on_done_disconnect;
  job_submit (&job);
  for (guint attempt = 1; attempt <= 5; attempt++) {
    wire_expect_command (wire);
    wire_expect_ladder (wire);
    if (attempt < 5)
      wire = lab_accept_login (&lab);
  }
  lab_run_ns (&lab, NS_PER_MS);
  g_assert_cmpuint (job.done, ==, 1);
  g_assert_cmpuint (lab.disconnects, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < POINTS; i++) {
    g_autofree char *path = g_strdup_printf (
        "/initiator/recovery/a write is done again after a reset %s", point_names[i]);
    g_test_add_data_func (path, GUINT_TO_POINTER (i), test_reset_in_write);
  }
#define ADD(name, test) g_test_add_func ("/initiator/recovery/" name, test)
  ADD ("a task with its status is not done again", test_reset_behind_status);
  ADD ("tasks are done again in their order", test_order);
  ADD ("tasks wait for the hold time and no longer", test_hold_over);
  ADD ("the hold time begins anew with each loss", test_hold_begins_anew);
  ADD ("a task without status costs its connection", test_task_timeout);
  ADD ("each task has its own time", test_second_task_timeout);
  ADD ("a task that was late five times is given up", test_given_up);
  ADD ("an idle connection is pinged by linux", test_ping);
  ADD ("a ping without answer costs the connection", test_ping_without_answer);
  ADD ("an answer to another ping costs the connection", test_ping_with_wrong_tag);
  ADD ("a busy connection is not pinged", test_no_ping_when_busy);
  ADD ("windows does not ping", test_windows_does_not_ping);
  ADD ("it comes back after the negotiated Time2Wait", test_time2wait);
  ADD ("a login that fails is tried again after 5 s", test_reconnect_delay);
  ADD ("a connection that ends with its login is lost", test_reset_behind_login);
  ADD ("a lost task's owner may disconnect", test_disconnect_from_a_lost_task);
  return g_test_run ();
}
