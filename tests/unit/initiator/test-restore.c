/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/initiator/wire.h"

/* The answers of register, unregister and start, counted. */
typedef struct Answer {
  guint count;
  GError *error;
} Answer;

static void
answer_clear (Answer *answer)
{
  g_clear_error (&answer->error);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Answer, answer_clear)

static void
on_answer (gpointer data, const GError *error)
{
  Answer *answer = data;
  answer->count++;
  g_clear_error (&answer->error);
  answer->error = error != NULL ? g_error_copy (error) : NULL;
}

static void
lab_wait_answer (Lab *lab, Answer *answer, guint count)
{
  while (answer->count < count)
    lab_step (lab);
}

static void
lab_register (Lab *lab, gboolean is_multipath_enabled)
{
  g_auto (Answer) answer = { 0 };
  const RegisterOptions options = { .is_multipath_enabled = is_multipath_enabled };
  session_register (lab->session, &options, on_answer, &answer);
  g_assert_cmpuint (answer.count, ==, 0);
  lab_wait_answer (lab, &answer, 1);
  g_assert_no_error (answer.error);
}

static void
lab_unregister (Lab *lab, Answer *answer)
{
  session_unregister (lab->session, on_answer, answer);
  lab_wait_answer (lab, answer, 1);
}

/* Power goes and comes back; what follows is a new life of the node. */
static void
lab_restart (Lab *lab, Answer *answer)
{
  lab->session = NULL;
  host_power_cut (lab->host, DISK_CUT_LOSE);
  initiator_free (g_steal_pointer (&lab->initiator));
  g_assert_true (host_start (lab->host, NULL));
  lab->wires_taken = lab->wire_count;
  lab_start (lab);
  initiator_start (lab->initiator, on_answer, answer);
  g_assert_cmpuint (answer->count, ==, 0);
  lab_wait_answer (lab, answer, 1);
}

static gboolean
session_is_persistent (Session *session)
{
  SessionInfo info;
  session_info (session, &info);
  return info.is_persistent;
}

static void
test_start_of_an_empty_one (void)
{
  g_auto (Answer) answer = { 0 };
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  initiator_start (lab.initiator, on_answer, &answer);
  lab_wait_answer (&lab, &answer, 1);
  g_assert_no_error (answer.error);
  g_assert_cmpuint (initiator_session_count (lab.initiator), ==, 0);
}

static void
test_register (void)
{
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  Wire *wire = lab_log_in (&lab);
  g_assert_false (session_is_persistent (lab.session));
  lab_register (&lab, FALSE);
  g_assert_true (session_is_persistent (lab.session));
  wire_expect_silence (wire); /* the session itself is not touched */
}

static void
test_restored (void)
{
  g_auto (Answer) started = { 0 };
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  lab_log_in (&lab);
  lab_register (&lab, FALSE);
  lab_restart (&lab, &started);
  g_assert_no_error (started.error);
  g_assert_cmpuint (initiator_session_count (lab.initiator), ==, 1);
  Wire *wire = lab_accept_login (&lab);
  lab_run_ns (&lab, NS_PER_MS);
  lab.session = initiator_session (lab.initiator, 0);
  g_assert_true (lab_session_is_up (&lab));
  g_assert_true (session_is_persistent (lab.session));
  g_assert_cmphex (wire->isid, ==, UINT64_C (0x400001370001));
}

static void
test_not_registered_is_not_restored (void)
{
  g_auto (Answer) started = { 0 };
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  lab_log_in (&lab);
  lab_restart (&lab, &started);
  g_assert_no_error (started.error);
  g_assert_cmpuint (initiator_session_count (lab.initiator), ==, 0);
}

static void
test_unregister (void)
{
  g_auto (Answer) removed = { 0 };
  g_auto (Answer) started = { 0 };
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  lab_log_in (&lab);
  lab_register (&lab, TRUE);
  lab_register (&lab, TRUE);
  lab_unregister (&lab, &removed);
  g_assert_no_error (removed.error);
  g_assert_false (session_is_persistent (lab.session));
  lab_restart (&lab, &started);
  g_assert_cmpuint (initiator_session_count (lab.initiator), ==, 0);
}

static void
test_unregister_nothing (void)
{
  g_auto (Answer) removed = { 0 };
  g_auto (Lab) lab = { 0 };
  SessionInfo info;
  lab_init (&lab);
  lab_log_in (&lab);
  lab_unregister (&lab, &removed);
  session_info (lab.session, &info);
  g_autofree char *expected =
      g_strdup_printf ("unregister session '%s': it is not registered", info.identifier);
  g_assert_error (removed.error, INITIATOR_ERROR, INITIATOR_ERROR_NOT_FOUND);
  g_assert_cmpstr (removed.error->message, ==, expected);
}

/* One that was restored can be unregistered like the one it was made from. */
static void
test_unregister_restored (void)
{
  g_auto (Answer) removed = { 0 };
  g_auto (Answer) started = { 0 };
  g_auto (Answer) again = { 0 };
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  lab_log_in (&lab);
  lab_register (&lab, FALSE);
  lab_restart (&lab, &started);
  lab.session = initiator_session (lab.initiator, 0);
  lab_unregister (&lab, &removed);
  g_assert_no_error (removed.error);
  lab_restart (&lab, &again);
  g_assert_cmpuint (initiator_session_count (lab.initiator), ==, 0);
}

/* A registration that is under way is none yet; when it is there, the session knows of it. */
static void
test_unregister_behind_register (void)
{
  g_auto (Answer) added = { 0 };
  g_auto (Answer) removed = { 0 };
  g_auto (Answer) again = { 0 };
  g_auto (Lab) lab = { 0 };
  const RegisterOptions options = { 0 };
  lab_init (&lab);
  lab_log_in (&lab);
  session_register (lab.session, &options, on_answer, &added);
  lab_unregister (&lab, &removed);
  g_assert_no_error (added.error);
  g_assert_error (removed.error, INITIATOR_ERROR, INITIATOR_ERROR_NOT_FOUND);
  g_assert_true (session_is_persistent (lab.session));
  lab_unregister (&lab, &again);
  g_assert_no_error (again.error);
  g_assert_false (session_is_persistent (lab.session));
}

static void
restart_with_two_records (Lab *lab, gboolean is_multipath_enabled, Answer *started)
{
  lab_init (lab);
  lab_log_in (lab);
  lab_register (lab, is_multipath_enabled);
  lab_register (lab, is_multipath_enabled);
  lab_restart (lab, started);
  g_assert_no_error (started->error);
}

static void
test_two_records (void)
{
  g_auto (Answer) started = { 0 };
  g_auto (Lab) lab = { 0 };
  restart_with_two_records (&lab, TRUE, &started);
  g_assert_cmpuint (initiator_session_count (lab.initiator), ==, 2);
  Wire *first = lab_accept (&lab);
  Wire *second = lab_accept_login (&lab); /* neither waits for the other */
  wire_login (first);
  g_assert_cmphex (first->isid, !=, second->isid);
}

/* What the nexus was before the restart is ended by the ISID alone; the first session, not registered, leaves 1 free. */
static void
test_same_isid (void)
{
  g_auto (Answer) started = { 0 };
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  lab_log_in (&lab);
  g_assert_cmphex (lab_log_in (&lab)->isid, ==, UINT64_C (0x400001370002));
  lab_register (&lab, TRUE);
  lab_restart (&lab, &started);
  g_assert_cmphex (lab_accept_login (&lab)->isid, ==, UINT64_C (0x400001370002));
}

/* Of two records of one session the second is given 2, and has it still when the first is gone. */
static void
test_remembered_isid (void)
{
  g_auto (Answer) started = { 0 };
  g_auto (Answer) removed = { 0 };
  g_auto (Answer) again = { 0 };
  g_auto (Lab) lab = { 0 };
  restart_with_two_records (&lab, TRUE, &started);
  lab_accept_login (&lab);
  g_assert_cmphex (lab_accept_login (&lab)->isid, ==, UINT64_C (0x400001370002));
  lab.session = initiator_session (lab.initiator, 0);
  lab_unregister (&lab, &removed);
  g_assert_no_error (removed.error);
  lab_restart (&lab, &again);
  g_assert_cmphex (lab_accept_login (&lab)->isid, ==, UINT64_C (0x400001370002));
}

/* The second record of the session with 2 gets another, and not 3, which a later record has. */
static void
test_given_isids (void)
{
  g_auto (Answer) started = { 0 };
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  for (guint i = 1; i <= 2; i++) {
    lab_connect_as (&lab, UINT64_C (0x400001370001) + i);
    lab_accept_login (&lab);
    lab_wait_connects (&lab, i);
    lab_register (&lab, TRUE);
    if (i == 1)
      lab_register (&lab, TRUE);
  }
  lab_restart (&lab, &started);
  const guint64 expected[] = { UINT64_C (0x400001370002), UINT64_C (0x400001370001),
                               UINT64_C (0x400001370003) };
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    g_assert_cmphex (lab_accept_login (&lab)->isid, ==, expected[i]);
}

/* windows-semantics P6, G10: it stays in the registry all the same. */
static void
test_second_record_without_multipath (void)
{
  g_auto (Answer) started = { 0 };
  g_auto (Lab) lab = { 0 };
  restart_with_two_records (&lab, FALSE, &started);
  g_assert_cmpuint (initiator_session_count (lab.initiator), ==, 1);
  lab_accept_login (&lab);
  lab_run_ns (&lab, 100 * NS_PER_S);
  g_assert_cmpuint (lab.wire_count, ==, 2);
}

/* windows-semantics C5: the first retry comes soon, later ones each minute. */
static void
test_restore_pace (void)
{
  g_auto (Answer) started = { 0 };
  g_auto (Lab) lab = { 0 };
  gint64 ended_ns = 0;
  lab_init (&lab);
  lab_log_in (&lab);
  lab_register (&lab, FALSE);
  lab_restart (&lab, &started);
  for (guint attempt = 0; attempt < 4; attempt++) {
    Wire *wire = lab_accept (&lab);
    if (attempt > 0)
      g_assert_cmpint (wire->opened_ns - ended_ns, ==, (attempt == 1 ? 5 : 60) * NS_PER_S);
    stream_shutdown (wire->stream);
    wire_expect_login (wire, NULL);
    wire_expect_end (wire, STREAM_END_FIN);
    ended_ns = wire->ended_ns;
  }
}

/* Nobody was ever there: the hold time begins with the task. */
static void
test_hold_of_a_restored_one (void)
{
  g_auto (Job) job = { 0 };
  g_auto (Answer) started = { 0 };
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  lab_log_in (&lab);
  lab_register (&lab, FALSE);
  lab_refuse_connects (&lab);
  lab_restart (&lab, &started);
  lab_run_ns (&lab, 3 * NS_PER_S);
  lab.session = initiator_session (lab.initiator, 0);
  const gint64 begin = lab.world->now_ns;
  job_init (&job, &lab, "j");
  job_submit (&job);
  job_expect (&job, TASK_OUTCOME_NOT_SENT);
  g_assert_cmpint (job.done_ns - begin, ==, 60 * NS_PER_S);
}

/* ---- the end of the initiator while the registry is at work ---- */

static void
test_free_while_registering (void)
{
  g_auto (Answer) added = { 0 };
  g_auto (Answer) removed = { 0 };
  g_auto (Lab) lab = { 0 };
  const RegisterOptions options = { .chap_username = "user", .chap_secret = "secret of a test" };
  lab_init (&lab);
  lab_log_in (&lab);
  session_register (lab.session, &options, on_answer, &added);
  session_unregister (lab.session, on_answer, &removed);
  initiator_free (g_steal_pointer (&lab.initiator));
  g_assert_cmpuint (added.count, ==, 1);
  g_assert_cmpuint (removed.count, ==, 1);
  g_assert_error (added.error, INITIATOR_ERROR, INITIATOR_ERROR_REGISTRY);
  g_assert_cmpstr (added.error->message, ==,
                   "the initiator went down before the registry answered");
  lab_run_ns (&lab, NS_PER_S);
}

static void
test_free_while_starting (void)
{
  g_auto (Answer) started = { 0 };
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  initiator_start (lab.initiator, on_answer, &started);
  initiator_free (g_steal_pointer (&lab.initiator));
  g_assert_cmpuint (started.count, ==, 1);
  g_assert_cmpstr (started.error->message, ==,
                   "the initiator went down before the registry was read");
  lab_run_ns (&lab, NS_PER_S);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, test) g_test_add_func ("/initiator/restore/" name, test)
  ADD ("an empty registry restores nothing", test_start_of_an_empty_one);
  ADD ("a session can be registered and does not notice", test_register);
  ADD ("a registered session comes back", test_restored);
  ADD ("another one does not", test_not_registered_is_not_restored);
  ADD ("unregister removes all of a session's records", test_unregister);
  ADD ("unregister of an unregistered one is an error", test_unregister_nothing);
  ADD ("a restored session can be unregistered", test_unregister_restored);
  ADD ("unregister does not forget a registration under way", test_unregister_behind_register);
  ADD ("two records come back as two sessions", test_two_records);
  ADD ("a session comes back with its ISID", test_same_isid);
  ADD ("an ISID that was chosen at a start is remembered", test_remembered_isid);
  ADD ("an ISID that was asked for comes back with its session, once", test_given_isids);
  ADD ("a second record without multipath is refused", test_second_record_without_multipath);
  ADD ("attempts come after 5 s, then each minute", test_restore_pace);
  ADD ("a task waits for a restored session no longer than the hold time",
       test_hold_of_a_restored_one);
  ADD ("the initiator can go while it registers", test_free_while_registering);
  ADD ("the initiator can go while it starts", test_free_while_starting);
  return g_test_run ();
}
