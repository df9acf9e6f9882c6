/* SPDX-License-Identifier: Apache-2.0 */
/* Task management at the initiator: what is asked for, whatever order answers come in, and the ladder of a late task. */
#include "tests/unit/initiator/wire.h"

typedef struct Answer {
  guint count;
  TmfAnswer answer;
  char *error;
} Answer;

static void
on_answer (gpointer data, TmfAnswer answer, const GError *error)
{
  Answer *self = data;
  self->count++;
  self->answer = answer;
  self->error = error != NULL ? g_strdup (error->message) : NULL;
}

static void
answer_clear (Answer *answer)
{
  g_free (answer->error);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Answer, answer_clear)

static void
answer_expect (Answer *answer, Lab *lab, TmfAnswer expected)
{
  while (answer->count == 0)
    lab_step (lab);
  g_assert_cmpuint (answer->count, ==, 1);
  g_assert_cmpstr (answer->error, ==, NULL);
  g_assert_cmpstr (tmf_answer_name (answer->answer), ==, tmf_answer_name (expected));
}

/* R-TMF-010, R-TMF-023, R-TMF-024: what it says of the task; what follows late is dropped, and the session stays. */
static void
test_abort_then_late_status (void)
{
  g_auto (Job) job = { 0 };
  g_auto (Job) next = { 0 };
  g_auto (Answer) answer = { 0 };
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  Wire *wire = lab_log_in (&lab);
  job_init (&job, &lab, "j");
  job_init (&next, &lab, "n");
  job_submit (&job);
  const ScsiCommand command = wire_expect_command (wire);
  session_abort (lab.session, &job.task, on_answer, &answer);
  const TmfRequest request = wire_expect_management (wire, TMF_ABORT_TASK);
  g_assert_cmphex (request.referenced_task_tag, ==, command.initiator_task_tag);
  g_assert_cmpuint (request.ref_cmd_sn, ==, command.cmd_sn);
  g_assert_cmphex (request.lun, ==, command.lun);
  wire_send_answer (wire, &request, TMF_ANSWER_COMPLETE);
  job_expect (&job, TASK_OUTCOME_ABORTED);
  answer_expect (&answer, &lab, TMF_ANSWER_COMPLETE);
  wire_send_good (wire, command.initiator_task_tag); /* R-TMF-005 */
  job_submit (&next);
  wire_send_good (wire, wire_expect_command (wire).initiator_task_tag);
  job_expect (&next, TASK_OUTCOME_STATUS);
  g_assert_cmpuint (job.done, ==, 1);
}

/* R-TMF-061: the status that comes first is the task's end. */
static void
test_status_before_the_answer (void)
{
  g_auto (Job) job = { 0 };
  g_auto (Answer) answer = { 0 };
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  Wire *wire = lab_log_in (&lab);
  job_init (&job, &lab, "j");
  job_submit (&job);
  const ScsiCommand command = wire_expect_command (wire);
  session_abort (lab.session, &job.task, on_answer, &answer);
  const TmfRequest request = wire_expect_management (wire, TMF_ABORT_TASK);
  wire_send_good (wire, command.initiator_task_tag);
  wire_send_answer (wire, &request, TMF_ANSWER_NO_TASK);
  job_expect (&job, TASK_OUTCOME_STATUS);
  answer_expect (&answer, &lab, TMF_ANSWER_NO_TASK);
  wire_expect_silence (wire);
}

/* What was never sent needs no word to the target. */
static void
test_abort_of_what_was_not_sent (void)
{
  g_auto (Job) first = { 0 };
  g_auto (Job) second = { 0 };
  g_auto (Answer) answer = { 0 };
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  lab.window = 1;
  Wire *wire = lab_log_in (&lab);
  job_init (&first, &lab, "1");
  job_init (&second, &lab, "2");
  job_submit (&first);
  job_submit (&second);
  wire_expect_command (wire);
  session_abort (lab.session, &second.task, on_answer, &answer);
  g_assert_cmpuint (second.done, ==, 0); /* never from inside the call */
  job_expect (&second, TASK_OUTCOME_NOT_SENT);
  answer_expect (&answer, &lab, TMF_ANSWER_COMPLETE);
  wire_expect_silence (wire);
}

/* A reset ends what was sent before it; nothing is sent while it is out. */
static void
test_lun_reset (void)
{
  g_auto (Job) reset = { 0 };
  g_auto (Job) other = { 0 };
  g_auto (Job) late = { 0 };
  g_auto (Answer) answer = { 0 };
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  Wire *wire = lab_log_in (&lab);
  job_init (&reset, &lab, "r");
  job_init (&other, &lab, "o");
  other.task.lun = lun_encode (1);
  job_init (&late, &lab, "l");
  job_submit (&reset);
  job_submit (&other);
  wire_expect_command (wire);
  const guint32 tag = wire_expect_command (wire).initiator_task_tag;
  session_manage (lab.session, TMF_LUN_RESET, 0, on_answer, &answer);
  const TmfRequest request = wire_expect_management (wire, TMF_LUN_RESET);
  g_assert_cmphex (request.referenced_task_tag, ==, TAG_NONE);
  job_submit (&late);
  wire_expect_silence (wire);
  wire_send_answer (wire, &request, TMF_ANSWER_COMPLETE);
  job_expect (&reset, TASK_OUTCOME_ABORTED);
  answer_expect (&answer, &lab, TMF_ANSWER_COMPLETE);
  wire_send_good (wire, wire_expect_command (wire).initiator_task_tag);
  job_expect (&late, TASK_OUTCOME_STATUS);
  wire_send_good (wire, tag);
  job_expect (&other, TASK_OUTCOME_STATUS);
}

/* R-TMF-039: too late an answer is nobody's. */
static void
test_answer_after_its_time (void)
{
  g_auto (Answer) answer = { 0 };
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  Wire *wire = lab_log_in (&lab);
  session_manage (lab.session, TMF_ABORT_TASK_SET, 0, on_answer, &answer);
  const TmfRequest request = wire_expect_management (wire, TMF_ABORT_TASK_SET);
  lab_run_ns (&lab, 16 * NS_PER_S);
  g_assert_cmpstr (answer.error, ==, "ABORT TASK SET: no answer in time");
  wire_send_answer (wire, &request, TMF_ANSWER_COMPLETE);
  wire_expect_silence (wire);
  g_assert_cmpuint (answer.count, ==, 1);
}

/* The connection takes the request with it: one end, and tasks go on after the login. */
static void
test_connection_lost_meanwhile (void)
{
  g_auto (Job) job = { 0 };
  g_auto (Answer) answer = { 0 };
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  Wire *wire = lab_log_in (&lab);
  job_init (&job, &lab, "j");
  job_submit (&job);
  wire_expect_command (wire);
  session_manage (lab.session, TMF_LUN_RESET, 0, on_answer, &answer);
  wire_expect_management (wire, TMF_LUN_RESET);
  stream_reset (wire->stream);
  lab_run_ns (&lab, NS_PER_S);
  g_assert_cmpstr (answer.error, ==, "LOGICAL UNIT RESET: the connection was lost");
  Wire *next = lab_accept_login (&lab);
  wire_send_good (next, wire_expect_command (next).initiator_task_tag);
  job_expect (&job, TASK_OUTCOME_STATUS);
  g_assert_cmpuint (answer.count, ==, 1);
}

/* ---- the ladder ---- */

/* R-TMF-057: the first step that helps is the last one; the task's own time begins the climb. */
static void
test_late_task_is_aborted (void)
{
  g_auto (Job) job = { 0 };
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  Wire *wire = lab_log_in (&lab);
  job_init (&job, &lab, "j");
  job.task.timeout_ns = 4 * NS_PER_S;
  const gint64 begin = lab.world->now_ns;
  job_submit (&job);
  wire_expect_command (wire);
  const TmfRequest request = wire_expect_management (wire, TMF_ABORT_TASK);
  g_assert_cmpint (lab.world->now_ns - begin, ==, 4 * NS_PER_S + LATENCY_NS);
  wire_send_answer (wire, &request, TMF_ANSWER_NO_TASK);
  job_expect (&job, TASK_OUTCOME_ABORTED);
  lab_run_ns (&lab, 200 * NS_PER_S);
  wire_expect_silence (wire);
}

/* An abort that is refused leads to the reset of the unit, which ends all of its tasks. */
static void
test_refused_abort_climbs (void)
{
  g_auto (Job) first = { 0 };
  g_auto (Job) second = { 0 };
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  Wire *wire = lab_log_in (&lab);
  job_init (&first, &lab, "1");
  job_init (&second, &lab, "2");
  job_submit (&first);
  job_submit (&second);
  wire_expect_command (wire);
  wire_expect_command (wire);
  const TmfRequest abort = wire_expect_management (wire, TMF_ABORT_TASK);
  wire_send_answer (wire, &abort, TMF_ANSWER_REJECTED);
  const TmfRequest reset = wire_expect_management (wire, TMF_LUN_RESET);
  wire_send_answer (wire, &reset, TMF_ANSWER_COMPLETE);
  job_expect (&first, TASK_OUTCOME_ABORTED);
  job_expect (&second, TASK_OUTCOME_ABORTED);
  wire_expect_silence (wire);
}

/* It got its status while the step was out. */
static void
test_status_ends_the_climb (void)
{
  g_auto (Job) job = { 0 };
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  Wire *wire = lab_log_in (&lab);
  job_init (&job, &lab, "j");
  job_submit (&job);
  const guint32 tag = wire_expect_command (wire).initiator_task_tag;
  wire_expect_management (wire, TMF_ABORT_TASK);
  wire_send_good (wire, tag);
  job_expect (&job, TASK_OUTCOME_STATUS);
  lab_run_ns (&lab, 60 * NS_PER_S);
  wire_expect_silence (wire);
}

#define ADD(text, test) g_test_add_func ("/initiator/management/" text, test)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("a status after the abort's answer is dropped", test_abort_then_late_status);
  ADD ("a status before the abort's answer is the task's end", test_status_before_the_answer);
  ADD ("what was not sent is ended without a word", test_abort_of_what_was_not_sent);
  ADD ("a reset ends what was sent before it, and holds the rest", test_lun_reset);
  ADD ("an answer after its time is dropped", test_answer_after_its_time);
  ADD ("a lost connection ends a request once", test_connection_lost_meanwhile);
  ADD ("a late task is aborted", test_late_task_is_aborted);
  ADD ("a refused abort leads to a reset of the unit", test_refused_abort_climbs);
  ADD ("a status ends the climb", test_status_ends_the_climb);
  return g_test_run ();
}
