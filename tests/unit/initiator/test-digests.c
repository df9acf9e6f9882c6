/* SPDX-License-Identifier: Apache-2.0 */
/* The initiator with digests and additional header segments (RFC 7143 7.8, 11.2.2, 11.2.3, 13.1). */
#include "tests/unit/initiator/wire.h"

/* Login requests and responses have no digests: the wire's framer learns of them when the login is over. */
static Wire *
lab_log_in_digests (Lab *lab, gboolean header, gboolean data)
{
  const ConnectOptions options = { .target_name = LAB_TARGET,
                                   .portal = lab->address,
                                   .is_header_digest = header,
                                   .is_data_digest = data };
  initiator_connect (lab->initiator, &options, lab_on_connect, lab);
  Wire *wire = lab_accept_login (lab);
  wire->framer.digests = (Digests){ header, data };
  lab_wait_connects (lab, 1);
  return wire;
}

static Wire *
lab_accept_digests (Lab *lab)
{
  Wire *wire = lab_accept_login (lab);
  wire->framer.digests = (Digests){ TRUE, TRUE };
  return wire;
}

typedef enum Wrong { WRONG_NOTHING, WRONG_HEADER, WRONG_DATA } Wrong;

/* A PDU with both digests, in one piece; `length` is a whole number of words. */
static void
send_digests (Wire *wire, guint8 bhs[BHS_LENGTH], const void *data, guint length, Wrong wrong)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  guint8 digest[DIGEST_LENGTH];
  wire_set (bhs, 5, 0, 24, length);
  g_byte_array_append (bytes, bhs, BHS_LENGTH);
  digest_of (bhs, BHS_LENGTH, digest);
  digest[1] ^= wrong == WRONG_HEADER ? 0x80 : 0;
  g_byte_array_append (bytes, digest, DIGEST_LENGTH);
  if (length > 0) {
    g_byte_array_append (bytes, data, length);
    digest_of (data, length, digest);
    digest[2] ^= wrong == WRONG_DATA ? 0x80 : 0;
    g_byte_array_append (bytes, digest, DIGEST_LENGTH);
  }
  stream_send (wire->stream, slice_copy (bytes->data, bytes->len));
}

static void
send_read_data (Wire *wire, guint32 tag, Wrong wrong)
{
  guint8 bhs[BHS_LENGTH], data[LAB_BLOCK] = { 1, 2, 3 };
  DataIn data_in = wire_data_in (wire, tag, 0, 0);
  data_in.has_status = 1;
  data_in.stat_sn = wire->stat_sn++;
  data_in_encode (&data_in, bhs);
  send_digests (wire, bhs, data, sizeof data, wrong);
}

/* ---- what is agreed on ---- */

static gboolean
offers (const GString *text, const char *pair)
{
  return memmem (text->str, text->len, pair, strlen (pair) + 1) != NULL;
}

static void
test_what_is_asked_for_is_the_only_offer (void)
{
  for (guint asked = 0; asked < 2; asked++) {
    g_auto (Lab) lab = { 0 };
    g_autoptr (GString) text = g_string_new (NULL);
    lab_init (&lab);
    const ConnectOptions options = { .target_name = LAB_TARGET,
                                     .portal = lab.address,
                                     .is_header_digest = asked,
                                     .is_data_digest = !asked };
    initiator_connect (lab.initiator, &options, lab_on_connect, &lab);
    Wire *wire = lab_accept (&lab);
    wire_login_step (wire);
    wire_expect_login (wire, text);
    g_assert_true (offers (text, asked ? "HeaderDigest=CRC32C" : "HeaderDigest=None"));
    g_assert_true (offers (text, asked ? "DataDigest=None" : "DataDigest=CRC32C"));
  }
}

static void
assert_no_login (const char *answer, const char *message)
{
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  lab.answers[0] = answer;
  const ConnectOptions options = { .target_name = LAB_TARGET,
                                   .portal = lab.address,
                                   .is_header_digest = TRUE };
  initiator_connect (lab.initiator, &options, lab_on_connect, &lab);
  wire_login (lab_accept (&lab));
  lab_wait_connects (&lab, 1);
  g_assert_error (lab.connect_error, INITIATOR_ERROR, INITIATOR_ERROR_CONNECTION_FAILED);
  g_assert_nonnull (strstr (lab.connect_error->message, message));
}

static void
test_without_what_was_asked_for_there_is_no_session (void)
{
  assert_no_login ("HeaderDigest=None",
                   "'HeaderDigest': expected an answer that the offer allows, got 'None'");
  assert_no_login ("HeaderDigest=Reject", "'HeaderDigest': expected a common value, got 'Reject'");
}

/* ---- what goes out: the wire's framer checks it all ---- */

/* Immediate, unsolicited and solicited data. R-DIG-001, R-KEY-007 */
static void
test_all_that_is_sent_carries_them (void)
{
  g_auto (Job) job = { 0 };
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  lab.answers[0] = "FirstBurstLength=1024";
  lab.answers[1] = "MaxRecvDataSegmentLength=512";
  Wire *wire = lab_log_in_digests (&lab, TRUE, TRUE);
  job_init_write (&job, &lab, "w", 2048);
  job_submit (&job);
  const ScsiCommand command = wire_expect_command (wire);
  g_assert_cmpuint (command.data_segment_length, ==, 512);
  wire_expect_data_out (wire, &job);
  guint8 bhs[BHS_LENGTH];
  const R2t r2t = wire_r2t (wire, &command, 0, 1024, 1024);
  r2t_encode (&r2t, bhs);
  send_digests (wire, bhs, NULL, 0, WRONG_NOTHING);
  wire_expect_data_out (wire, &job);
  wire_expect_data_out (wire, &job);
  const ScsiResponse response = wire_response (wire, command.initiator_task_tag);
  scsi_response_encode (&response, bhs);
  send_digests (wire, bhs, NULL, 0, WRONG_NOTHING);
  job_expect (&job, TASK_OUTCOME_STATUS);
}

/* R-DATA-019. A digest is made of what goes out, the second time too. */
static void
test_a_long_cdb_goes_as_an_ahs_each_time (void)
{
  static const guint8 expected[20] = { 0, 17, 1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 };
  g_auto (Job) job = { 0 };
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  Wire *wire = lab_log_in_digests (&lab, TRUE, TRUE);
  job_init (&job, &lab, "x");
  job.task.cdb_rest = slice_copy (expected + 4, 16);
  job_submit (&job);
  wire_expect_command (wire);
  g_assert_cmpmem (wire->ahs, wire->ahs_length, expected, sizeof expected);
  stream_reset (wire->stream);
  wire = lab_accept_digests (&lab);
  const ScsiCommand command = wire_expect_command (wire);
  g_assert_cmpuint (command.total_ahs_length, ==, 5);
  g_assert_cmpmem (wire->ahs, wire->ahs_length, expected, sizeof expected);
  guint8 bhs[BHS_LENGTH];
  const ScsiResponse response = wire_response (wire, command.initiator_task_tag);
  scsi_response_encode (&response, bhs);
  send_digests (wire, bhs, NULL, 0, WRONG_NOTHING);
  job_expect (&job, TASK_OUTCOME_STATUS);
}

/* ---- what comes wrong ---- */

static void
finish_on_the_next_connection (Lab *lab, Job *job)
{
  Wire *wire = lab_accept_digests (lab);
  const ScsiCommand again = wire_expect_command (wire);
  g_assert_cmpuint (job->done, ==, 0);
  send_read_data (wire, again.initiator_task_tag, WRONG_NOTHING);
  job_expect (job, TASK_OUTCOME_STATUS);
  g_assert_cmphex (job->task.status, ==, SCSI_GOOD);
  g_assert_cmpuint (job->task.data_in.length, ==, LAB_BLOCK);
}

static void
assert_recovers (Wrong wrong, const char *why)
{
  g_auto (Job) job = { 0 };
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  Wire *wire = lab_log_in_digests (&lab, TRUE, TRUE);
  job_init_read (&job, &lab, "r", 1);
  job_submit (&job);
  const ScsiCommand command = wire_expect_command (wire);
  send_read_data (wire, command.initiator_task_tag, wrong);
  finish_on_the_next_connection (&lab, &job);
  g_assert_true (g_str_has_prefix (lab.down->str, why));
}

/* R-DIG-006, R-DIG-011, R-DIG-012 */
static void
test_a_wrong_header_digest_recovers_the_session (void)
{
  assert_recovers (WRONG_HEADER, "header digest: expected 0x");
}

static void
test_a_damaged_data_in_is_discarded_and_the_session_recovered (void)
{
  assert_recovers (WRONG_DATA, "Data-In: data digest: expected the one of its 512 bytes, got 0x");
}

/* R-DIG-015: the status is not taken from a response whose sense is damaged. */
static void
test_a_damaged_response_ends_no_task (void)
{
  g_auto (Job) job = { 0 };
  g_auto (Lab) lab = { 0 };
  guint8 bhs[BHS_LENGTH];
  const guint8 sense[20] = { 0, SENSE_FIXED_LENGTH, 0x70, 0, SENSE_MEDIUM_ERROR };
  lab_init (&lab);
  Wire *wire = lab_log_in_digests (&lab, TRUE, TRUE);
  job_init_read (&job, &lab, "r", 1);
  job_submit (&job);
  const ScsiCommand command = wire_expect_command (wire);
  ScsiResponse response = wire_response (wire, command.initiator_task_tag);
  response.status = SCSI_CHECK_CONDITION;
  scsi_response_encode (&response, bhs);
  send_digests (wire, bhs, sense, sizeof sense, WRONG_DATA);
  finish_on_the_next_connection (&lab, &job);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/digests/what is asked for is the only offer",
                   test_what_is_asked_for_is_the_only_offer);
  g_test_add_func ("/digests/without what was asked for there is no session",
                   test_without_what_was_asked_for_there_is_no_session);
  g_test_add_func ("/digests/all that is sent carries them", test_all_that_is_sent_carries_them);
  g_test_add_func ("/digests/a long CDB goes as an AHS each time",
                   test_a_long_cdb_goes_as_an_ahs_each_time);
  g_test_add_func ("/digests/a wrong header digest recovers the session",
                   test_a_wrong_header_digest_recovers_the_session);
  g_test_add_func ("/digests/a damaged Data-In is discarded and the session recovered",
                   test_a_damaged_data_in_is_discarded_and_the_session_recovered);
  g_test_add_func ("/digests/a damaged response ends no task",
                   test_a_damaged_response_ends_no_task);
  return g_test_run ();
}
