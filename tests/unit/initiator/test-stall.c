/* SPDX-License-Identifier: Apache-2.0 */
/* A session that is up while its target lets no task through: its window is closed, so that no task's own deadline finds it, or it
 * waits for a CmdSN that was never sent, so that each task is ended by a function and the next one is late again. */
#include "tests/unit/initiator/wire.h"

/* A target that takes logins and then keeps its window closed. */
static Wire *
lab_log_in_closed (Lab *lab)
{
  lab_init (lab);
  lab->window = 0;
  return lab_log_in (lab);
}

static void
test_closed_window (void)
{
  g_auto (Job) job = { 0 };
  g_auto (Lab) lab = { 0 };
  Wire *wire = lab_log_in_closed (&lab);
  job_init (&job, &lab, "j");
  const gint64 submitted_ns = lab.world->now_ns;
  job_submit (&job);
  lab.window = 1;
  lab_expect_redone (&lab, wire, &job, "no task could be sent in time");
  g_assert_cmpint (wire->ended_ns - submitted_ns, ==, lab.profile.task_timeout_ns + LATENCY_NS);
  g_assert_cmpuint (job.task.attempts, ==, 1);
}

/* The stall of before is forgotten with the first task that gets through. */
static void
test_window_opens (void)
{
  g_auto (Job) first = { 0 };
  g_auto (Job) second = { 0 };
  g_auto (Lab) lab = { 0 };
  Wire *wire = lab_log_in_closed (&lab);
  job_init (&first, &lab, "a");
  job_init (&second, &lab, "b");
  job_submit (&first);
  lab_run_ns (&lab, lab.profile.task_timeout_ns - NS_PER_S);
  wire_send_window (wire, wire->exp_cmd_sn, wire->exp_cmd_sn);
  wire_send_good (wire, wire_expect_command (wire).initiator_task_tag);
  job_expect (&first, TASK_OUTCOME_STATUS);
  job_submit (&second);
  lab_run_ns (&lab, lab.profile.task_timeout_ns - NS_PER_S);
  g_assert_false (wire->has_ended);
  wire_send_window (wire, wire->exp_cmd_sn, wire->exp_cmd_sn);
  wire_send_good (wire, wire_expect_command (wire).initiator_task_tag);
  job_expect (&second, TASK_OUTCOME_STATUS);
  g_assert_cmpstr (lab.down->str, ==, "");
}

static void
test_given_up (void)
{
  g_auto (Job) job = { 0 };
  g_auto (Lab) lab = { 0 };
  Wire *wire = lab_log_in_closed (&lab);
  job_init (&job, &lab, "j");
  job_submit (&job);
  for (guint i = 1; i <= 5; i++) {
    wire_expect_end (wire, STREAM_END_RST);
    wire = lab_accept_login (&lab);
  }
  job_expect (&job, TASK_OUTCOME_NOT_SENT);
  wire_expect_silence (wire);
}

/* The target has the abort done, and still waits for the CmdSN before: as if a command before it had been made immediate on the
 * way. */
static void
test_hole (void)
{
  g_auto (Job) first = { 0 };
  g_auto (Job) second = { 0 };
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  Wire *wire = lab_log_in (&lab);
  job_init (&first, &lab, "a");
  job_init (&second, &lab, "b");
  first.task.timeout_ns = 4 * NS_PER_S;
  job_submit (&first);
  const ScsiCommand command = wire_expect_command (wire);
  const TmfRequest request = wire_expect_management (wire, TMF_ABORT_TASK);
  wire->exp_cmd_sn = command.cmd_sn;
  wire_send_answer (wire, &request, TMF_ANSWER_COMPLETE);
  job_expect (&first, TASK_OUTCOME_ABORTED);
  wire_expect_end (wire, STREAM_END_RST);
  g_autofree char *why =
      g_strdup_printf ("ExpCmdSN: expected to pass %u of a task that was ended, got %u",
                       command.cmd_sn, command.cmd_sn);
  g_assert_cmpstr (lab.down->str, ==, why);
  job_submit (&second);
  Wire *next = lab_accept_login (&lab);
  wire_send_good (next, wire_expect_command (next).initiator_task_tag);
  job_expect (&second, TASK_OUTCOME_STATUS);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, test) g_test_add_func ("/initiator/stall/" name, test)
  ADD ("a window that stays closed costs the connection", test_closed_window);
  ADD ("a window that opens in time costs nothing", test_window_opens);
  ADD ("a task that could never be sent is given up", test_given_up);
  ADD ("a hole in CmdSN that an abort leaves costs the connection", test_hole);
  return g_test_run ();
}
