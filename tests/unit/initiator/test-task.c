/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/initiator/wire.h"

/* ---- what goes out by itself ---- */

typedef struct Piece {
  guint32 offset;
  guint32 length;
  gboolean is_final;
} Piece;

typedef struct Split {
  const char *path;
  const char *answers[4];
  guint32 length;
  guint32 immediate;
  Piece pieces[4]; /* unsolicited Data-Out, until one without length */
} Split;

static const Split splits[] = {
  { "a short one is all immediate", { 0 }, 512, 512, { { 0 } } },
  { "immediate data is bound by what the target takes in one PDU",
    { 0 },
    16384,
    8192,
    { { 8192, 8192, TRUE } } },
  { "nothing without ImmediateData and with InitialR2T",
    { "ImmediateData=No", "InitialR2T=Yes" },
    1024,
    0,
    { { 0 } } },
  { "all is unsolicited without ImmediateData",
    { "ImmediateData=No", "FirstBurstLength=1024", "MaxRecvDataSegmentLength=512" },
    4096,
    0,
    { { 0, 512, FALSE }, { 512, 512, TRUE } } },
  { "immediate only, up to FirstBurstLength, with InitialR2T",
    { "InitialR2T=Yes", "FirstBurstLength=1024" },
    4096,
    1024,
    { { 0 } } },
  { "immediate data counts for the first burst",
    { "FirstBurstLength=1536", "MaxRecvDataSegmentLength=512" },
    4096,
    512,
    { { 512, 512, FALSE }, { 1024, 512, TRUE } } },
  { "the last one of a burst may be short",
    { "FirstBurstLength=1300", "MaxRecvDataSegmentLength=512" },
    4096,
    512,
    { { 512, 512, FALSE }, { 1024, 276, TRUE } } },
  { "a write shorter than the first burst ends with its data",
    { "MaxRecvDataSegmentLength=512" },
    1024,
    512,
    { { 512, 512, TRUE } } },
};

static void
lab_log_in_with (Lab *lab, const char *const *answers, guint count, Wire **ret_wire)
{
  lab_init (lab);
  for (guint i = 0; i < count; i++)
    lab->answers[i] = answers[i];
  *ret_wire = lab_log_in (lab);
}

static void
expect_pieces (Wire *wire, const Job *job, const ScsiCommand *command, const Piece *pieces)
{
  for (guint i = 0; i < 4 && pieces[i].length > 0; i++) {
    const DataOut data_out = wire_expect_data_out (wire, job);
    g_assert_cmpuint (data_out.buffer_offset, ==, pieces[i].offset);
    g_assert_cmpuint (data_out.data_segment_length, ==, pieces[i].length);
    g_assert_cmpuint (data_out.is_final, ==, pieces[i].is_final);
    g_assert_cmpuint (data_out.data_sn, ==, i);
    g_assert_cmphex (data_out.initiator_task_tag, ==, command->initiator_task_tag);
    g_assert_cmphex (data_out.target_transfer_tag, ==, TAG_NONE); /* R-DATA-033 */
    g_assert_cmphex (data_out.lun, ==, 0);
  }
}

static void
test_split (gconstpointer data)
{
  const Split *split = data;
  g_auto (Job) job = { 0 };
  g_auto (Lab) lab = { 0 };
  Wire *wire;
  lab_log_in_with (&lab, split->answers, 4, &wire);
  job_init_write (&job, &lab, "w", split->length);
  job_submit (&job);
  g_autoptr (WirePdu) pdu = wire_expect (wire, OPCODE_SCSI_COMMAND);
  ScsiCommand command;
  scsi_command_decode (&command, pdu->bhs);
  g_assert_cmpuint (command.writes, ==, 1);
  g_assert_cmpuint (command.reads, ==, 0);
  g_assert_cmpuint (command.expected_length, ==, split->length);
  g_assert_cmphex (command.lun, ==, lun_encode (3));
  g_assert_cmpuint (command.is_final, ==, split->pieces[0].length == 0);
  g_assert_cmpmem (pdu->data, pdu->length, job.bytes, split->immediate);
  expect_pieces (wire, &job, &command, split->pieces);
  wire_expect_silence (wire);
  wire_send_good (wire, command.initiator_task_tag);
  job_expect (&job, TASK_OUTCOME_STATUS);
}

/* ---- R2T ---- */

#define NO_FIRST_BURST "ImmediateData=No", "InitialR2T=Yes"

static const char *const solicited[] = { NO_FIRST_BURST, "MaxBurstLength=1536",
                                         "FirstBurstLength=512", "MaxRecvDataSegmentLength=512" };

static void
expect_burst (Wire *wire, const Job *job, const R2t *r2t)
{
  for (guint32 at = 0, data_sn = 0; at < r2t->desired_length; data_sn++) {
    const DataOut data_out = wire_expect_data_out (wire, job);
    g_assert_cmpuint (data_out.buffer_offset, ==, r2t->buffer_offset + at);
    g_assert_cmpuint (data_out.data_sn, ==, data_sn); /* R-NUM-029 */
    g_assert_cmphex (data_out.target_transfer_tag, ==, r2t->target_transfer_tag);
    g_assert_cmphex (data_out.lun, ==, r2t->lun); /* R-DATA-035 */
    at += data_out.data_segment_length;
    g_assert_cmpuint (data_out.data_segment_length, <=, 512);
    g_assert_cmpuint (data_out.is_final, ==, at == r2t->desired_length);
  }
}

static void
test_r2t (void)
{
  g_auto (Job) job = { 0 };
  g_auto (Lab) lab = { 0 };
  Wire *wire;
  lab_log_in_with (&lab, solicited, G_N_ELEMENTS (solicited), &wire);
  job_init_write (&job, &lab, "w", 2560);
  job_submit (&job);
  const ScsiCommand command = wire_expect_command (wire);
  const R2t first = wire_r2t (wire, &command, 0, 0, 1536);
  wire_send_r2t (wire, &first);
  expect_burst (wire, &job, &first);
  const R2t second = wire_r2t (wire, &command, 1, 1536, 1024);
  wire_send_r2t (wire, &second);
  expect_burst (wire, &job, &second);
  wire_expect_silence (wire);
  wire_send_good (wire, command.initiator_task_tag);
  job_expect (&job, TASK_OUTCOME_STATUS);
}

/* R-DATA-046: in the order of their arrival. */
static void
test_r2ts_in_order (void)
{
  g_auto (Job) job = { 0 };
  g_auto (Lab) lab = { 0 };
  Wire *wire;
  lab_log_in_with (&lab, solicited, G_N_ELEMENTS (solicited), &wire);
  job_init_write (&job, &lab, "w", 2048);
  job_submit (&job);
  const ScsiCommand command = wire_expect_command (wire);
  const R2t first = wire_r2t (wire, &command, 0, 0, 1024);
  const R2t second = wire_r2t (wire, &command, 1, 1024, 1024);
  wire_send_r2t (wire, &first);
  wire_send_r2t (wire, &second);
  expect_burst (wire, &job, &first);
  expect_burst (wire, &job, &second);
}

/* R-DATA-048: contiguous, with DataSequenceInOrder=Yes. */
static void
test_r2t_out_of_order (gconstpointer data)
{
  g_auto (Job) job = { 0 };
  g_auto (Lab) lab = { 0 };
  Wire *wire;
  lab_log_in_with (&lab, solicited, G_N_ELEMENTS (solicited), &wire);
  job_init_write (&job, &lab, "w", 2048);
  job_submit (&job);
  const ScsiCommand command = wire_expect_command (wire);
  const R2t first = wire_r2t (wire, &command, 0, 512, 512);
  const R2t second = wire_r2t (wire, &command, 1, GPOINTER_TO_UINT (data), 512);
  wire_send_r2t (wire, &first);
  expect_burst (wire, &job, &first);
  wire_send_r2t (wire, &second);
  g_autofree char *why =
      g_strdup_printf ("R2T: expected BufferOffset 1024, got %u", GPOINTER_TO_UINT (data));
  lab_expect_redone (&lab, wire, &job, why);
}

typedef struct BadR2t {
  const char *path;
  void (*change) (R2t *r2t);
  const char *why;
} BadR2t;

#define CHANGE(Type, function, statement)                                                          \
  static void function (Type *self)                                                                \
  {                                                                                                \
    statement;                                                                                     \
  }

CHANGE (R2t, r2t_out_of_range, self->buffer_offset = 2048)
CHANGE (R2t, r2t_over_the_end, self->buffer_offset = 1537)
CHANGE (R2t, r2t_too_long, self->desired_length = 1537)
CHANGE (R2t, r2t_of_nobody, self->initiator_task_tag = 0x770001)
CHANGE (R2t, r2t_second, self->r2t_sn = 1)
CHANGE (R2t, r2t_empty, self->desired_length = 0)
CHANGE (R2t, r2t_untagged, self->target_transfer_tag = TAG_NONE)
CHANGE (R2t, r2t_other_lun, self->lun = lun_encode (4))

static const BadR2t bad_r2ts[] = {
  { "for bytes behind the end", r2t_out_of_range,
    "R2T: expected at most byte 2048 of the task's data, got 512 at 2048" },
  { "over the end", r2t_over_the_end,
    "R2T: expected at most byte 2048 of the task's data, got 512 at 1537" },
  { "over MaxBurstLength", r2t_too_long, "R2T: expected at most MaxBurstLength 1536, got 1537" },
  { "for an unknown ITT", r2t_of_nobody, "R2T: expected the ITT of a pending task, got 0x770001" },
  { "with a gap in R2TSN", r2t_second, "R2T: expected number 0, got 1" },
  { "for nothing", r2t_empty, "'R2T': expected a DesiredDataTransferLength above 0, got 0" },
  { "without a TTT", r2t_untagged, "'R2T': expected a TTT, got 0xffffffff" },
  { "with another LUN", r2t_other_lun, /* R-MODEL-014 */
    "R2T: expected LUN 0x3000000000000, got 0x4000000000000" },
};

static void
test_bad_r2t (gconstpointer data)
{
  const BadR2t *bad = data;
  g_auto (Job) job = { 0 };
  g_auto (Lab) lab = { 0 };
  Wire *wire;
  lab_log_in_with (&lab, solicited, G_N_ELEMENTS (solicited), &wire);
  job_init_write (&job, &lab, "w", 2048);
  job_submit (&job);
  const ScsiCommand command = wire_expect_command (wire);
  R2t r2t = wire_r2t (wire, &command, 0, 0, 512);
  bad->change (&r2t);
  wire_send_r2t (wire, &r2t);
  lab_expect_redone (&lab, wire, &job, bad->why);
}

static void
test_r2t_twice (void)
{
  g_auto (Job) job = { 0 };
  g_auto (Lab) lab = { 0 };
  Wire *wire;
  lab_log_in_with (&lab, solicited, G_N_ELEMENTS (solicited), &wire);
  job_init_write (&job, &lab, "w", 2048);
  job_submit (&job);
  const ScsiCommand command = wire_expect_command (wire);
  const R2t r2t = wire_r2t (wire, &command, 0, 0, 512);
  wire_send_r2t (wire, &r2t);
  wire_expect_data_out (wire, &job);
  wire_send_r2t (wire, &r2t);
  lab_expect_redone (&lab, wire, &job, "R2T: expected number 1, got 0");
}

static void
test_r2t_for_a_read (void)
{
  g_auto (Job) job = { 0 };
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  Wire *wire = lab_log_in (&lab);
  job_init_read (&job, &lab, "r", 2);
  job_submit (&job);
  const ScsiCommand command = wire_expect_command (wire);
  const R2t r2t = wire_r2t (wire, &command, 0, 0, 512);
  wire_send_r2t (wire, &r2t);
  lab_expect_redone (&lab, wire, &job,
                     "R2T: expected at most byte 0 of the task's data, got 512 at 0");
}

/* ---- Data-In ---- */

static Wire *
lab_submit_read (Lab *lab, Job *job, guint32 *ret_tag)
{
  lab_init (lab);
  Wire *wire = lab_log_in (lab);
  job_init_read (job, lab, "r", 2);
  job_submit (job);
  const ScsiCommand command = wire_expect_command (wire);
  g_assert_cmpuint (command.reads, ==, 1);
  g_assert_cmpuint (command.is_final, ==, 1);
  g_assert_cmpuint (command.expected_length, ==, 1024);
  *ret_tag = command.initiator_task_tag;
  return wire;
}

static void
assert_data_in (const Job *job, gsize length)
{
  g_autofree guint8 *bytes = g_malloc0 (length);
  g_assert_cmpuint (job->task.data_in.length, ==, length);
  payload_copy_out (&job->task.data_in, 0, bytes, length);
  for (gsize i = 0; i < length; i++)
    g_assert_cmpuint (bytes[i], ==, (guint8) i);
}

static void
test_read (void)
{
  g_auto (Job) job = { 0 };
  g_auto (Lab) lab = { 0 };
  guint32 tag;
  Wire *wire = lab_submit_read (&lab, &job, &tag);
  const DataIn first = wire_data_in (wire, tag, 0, 0), empty = wire_data_in (wire, tag, 1, 512);
  const DataIn last = wire_data_in (wire, tag, 2, 512);
  wire_send_data_in (wire, &first, 512);
  wire_send_data_in (wire, &empty, 0); /* R-DATA-039 */
  wire_send_data_in (wire, &last, 512);
  ScsiResponse response = wire_response (wire, tag);
  response.exp_data_sn = 3;
  wire_send_response (wire, &response, NULL, 0);
  job_expect (&job, TASK_OUTCOME_STATUS);
  assert_data_in (&job, 1024);
  g_assert_cmpint (job.task.residual, ==, 0);
}

static void
test_status_in_data (void)
{
  g_auto (Job) job = { 0 };
  g_auto (Lab) lab = { 0 };
  guint32 tag;
  Wire *wire = lab_submit_read (&lab, &job, &tag);
  DataIn data_in = wire_data_in (wire, tag, 0, 0);
  data_in.has_status = data_in.underflow = 1;
  data_in.stat_sn = wire->stat_sn++;
  data_in.residual = 824;
  wire_send_data_in (wire, &data_in, 200);
  job_expect (&job, TASK_OUTCOME_STATUS);
  assert_data_in (&job, 200);
  g_assert_cmphex (job.task.status, ==, SCSI_GOOD);
  g_assert_cmpint (job.task.residual, ==, 824);
}

typedef struct BadDataIn {
  const char *path;
  void (*change) (DataIn *data_in);
  gsize length;
  const char *why;
} BadDataIn;

CHANGE (DataIn, data_in_gap, self->data_sn = 1)
CHANGE (DataIn, data_in_ahead, self->buffer_offset = 512)
CHANGE (DataIn, data_in_same, (void) self)
CHANGE (DataIn, data_in_of_nobody, self->initiator_task_tag = 0x770001)
CHANGE (DataIn, data_in_not_final, self->has_status = 1; self->is_final = 0)
CHANGE (DataIn, data_in_bad_status, self->has_status = 1; self->status = SCSI_BUSY)
CHANGE (DataIn, data_in_stat_sn, self->has_status = 1; self->stat_sn = FIRST_STAT_SN + 3)

static const BadDataIn bad_data_ins[] = {
  { "with a gap in DataSN", data_in_gap, 512, "Data-In: expected number 0, got 1" },
  { "at another offset", data_in_ahead, 512,
    "Data-In: expected offset 0 and at most 1024 bytes in all, got 512 at 512" },
  { "with more than was asked for", data_in_same, 1025,
    "Data-In: expected offset 0 and at most 1024 bytes in all, got 1025 at 0" },
  { "for an unknown ITT", data_in_of_nobody, 512,
    "Data-In: expected the ITT of a pending task, got 0x770001" },
  { "with a status and more to come", data_in_not_final, 512,
    "'Data-In': expected F with S, got S alone" },
  { "with a bad status", data_in_bad_status, 512,
    "'Data-In': expected a good status with S, got 0x08" },
  { "with a gap in StatSN", data_in_stat_sn, 512, "StatSN: expected 7002, got 7003" },
};

static void
test_bad_data_in (gconstpointer data)
{
  const BadDataIn *bad = data;
  g_auto (Job) job = { 0 };
  g_auto (Lab) lab = { 0 };
  guint32 tag;
  Wire *wire = lab_submit_read (&lab, &job, &tag);
  DataIn data_in = wire_data_in (wire, tag, 0, 0);
  bad->change (&data_in);
  wire_send_data_in (wire, &data_in, bad->length);
  lab_expect_redone (&lab, wire, &job, bad->why);
}

/* R-PDU-033 */
static void
test_data_in_for_a_write (void)
{
  g_auto (Job) job = { 0 };
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  Wire *wire = lab_log_in (&lab);
  job_init_write (&job, &lab, "w", 512);
  job_submit (&job);
  const ScsiCommand command = wire_expect_command (wire);
  const DataIn data_in = wire_data_in (wire, command.initiator_task_tag, 0, 0);
  wire_send_data_in (wire, &data_in, 512);
  lab_expect_redone (&lab, wire, &job, "Data-In: expected one for a read, got one for a write");
}

/* What came before the connection died does not stay in front of what comes after it. */
static void
test_read_begins_anew (void)
{
  g_auto (Job) job = { 0 };
  g_auto (Lab) lab = { 0 };
  guint32 tag;
  Wire *wire = lab_submit_read (&lab, &job, &tag);
  const DataIn half = wire_data_in (wire, tag, 0, 0);
  wire_send_data_in (wire, &half, 512);
  lab_run_ns (&lab, NS_PER_MS);
  stream_reset (wire->stream);
  Wire *next = lab_accept_login (&lab);
  DataIn all = wire_data_in (next, wire_expect_command (next).initiator_task_tag, 0, 0);
  all.has_status = 1;
  all.stat_sn = next->stat_sn++;
  wire_send_data_in (next, &all, 1024);
  job_expect (&job, TASK_OUTCOME_STATUS);
  assert_data_in (&job, 1024);
}

/* ---- SCSI Response ---- */

static void
test_residuals (void)
{
  g_auto (Job) job = { 0 };
  g_auto (Lab) lab = { 0 };
  guint32 tag;
  Wire *wire = lab_submit_read (&lab, &job, &tag);
  ScsiResponse response = wire_response (wire, tag);
  response.underflow = 1;
  response.residual = 1024;
  wire_send_response (wire, &response, NULL, 0);
  job_expect (&job, TASK_OUTCOME_STATUS);
  g_assert_cmpint (job.task.residual, ==, 1024);

  task_again (&job.task);
  job.done = 0;
  job_submit (&job);
  response = wire_response (wire, wire_expect_command (wire).initiator_task_tag);
  response.overflow = 1;
  response.residual = 0xffffffffu;
  wire_send_response (wire, &response, NULL, 0);
  job_expect (&job, TASK_OUTCOME_STATUS);
  g_assert_cmpint (job.task.residual, ==, -INT64_C (0xffffffff));
}

static void
test_sense (void)
{
  g_auto (Job) job = { 0 };
  g_auto (Lab) lab = { 0 };
  guint32 tag;
  guint8 bytes[2 + SENSE_FIXED_LENGTH] = { 0, SENSE_FIXED_LENGTH };
  const Sense sense = SENSE (SENSE_MEDIUM_ERROR, SENSE_CODE_UNRECOVERED_READ_ERROR);
  Wire *wire = lab_submit_read (&lab, &job, &tag);
  ScsiResponse response = wire_response (wire, tag);
  response.status = SCSI_CHECK_CONDITION;
  sense_encode (&sense, bytes + 2);
  wire_send_response (wire, &response, bytes, sizeof bytes);
  job_expect (&job, TASK_OUTCOME_STATUS);
  g_assert_cmphex (job.task.status, ==, SCSI_CHECK_CONDITION);
  g_assert_cmphex (job.task.sense.key, ==, SENSE_MEDIUM_ERROR);
  g_assert_cmphex (job.task.sense.code, ==, SENSE_CODE_UNRECOVERED_READ_ERROR);
}

/* Its own length lies: what is not there is not read. */
static void
test_sense_too_short (void)
{
  g_auto (Job) job = { 0 };
  g_auto (Lab) lab = { 0 };
  guint32 tag;
  const guint8 bytes[] = { 0xff, 0xff, 0x70 };
  Wire *wire = lab_submit_read (&lab, &job, &tag);
  ScsiResponse response = wire_response (wire, tag);
  response.status = SCSI_CHECK_CONDITION;
  wire_send_response (wire, &response, bytes, sizeof bytes);
  job_expect (&job, TASK_OUTCOME_STATUS);
  g_assert_cmphex (job.task.sense.key, ==, SENSE_NO_SENSE);
}

static void
test_busy (void)
{
  g_auto (Job) job = { 0 };
  g_auto (Lab) lab = { 0 };
  guint32 tag;
  Wire *wire = lab_submit_read (&lab, &job, &tag);
  ScsiResponse response = wire_response (wire, tag);
  response.status = SCSI_BUSY;
  wire_send_response (wire, &response, NULL, 0);
  job_expect (&job, TASK_OUTCOME_STATUS);
  g_assert_cmphex (job.task.status, ==, SCSI_BUSY);
}

typedef struct BadResponse {
  const char *path;
  void (*change) (ScsiResponse *response);
  const char *why;
} BadResponse;

CHANGE (ScsiResponse, response_failed, self->response = 1; self->status = SCSI_GOOD)
CHANGE (ScsiResponse, response_vendor, self->response = 0x80)
CHANGE (ScsiResponse, response_missing_data, self->exp_data_sn = 2)
CHANGE (ScsiResponse, response_stat_sn, self->stat_sn += 1)
CHANGE (ScsiResponse, response_old_stat_sn, self->stat_sn -= 1)
CHANGE (ScsiResponse, response_of_nobody, self->initiator_task_tag = 0x770001)
CHANGE (ScsiResponse, response_senseless, self->status = SCSI_CHECK_CONDITION)
CHANGE (ScsiResponse, response_contradiction, self->overflow = self->underflow = 1)

static const BadResponse bad_responses[] = {
  { "that the target failed", response_failed, "SCSI Response: expected response 0x00, got 0x01" },
  { "of the vendor", response_vendor, "SCSI Response: expected response 0x00, got 0x80" },
  { "whose data did not come", response_missing_data,
    "SCSI Response: expected ExpDataSN 0, got 2" },
  { "with a gap in StatSN", response_stat_sn, "StatSN: expected 7002, got 7003" },
  { "with an old StatSN", response_old_stat_sn, "StatSN: expected 7002, got 7001" },
  { "for an unknown ITT", response_of_nobody,
    "SCSI Response: expected the ITT of a pending task, got 0x770001" },
  { "with CHECK CONDITION and no sense", response_senseless,
    "'SCSI Response': expected sense data with CHECK CONDITION, got none" },
  { "with O and U", response_contradiction, "'SCSI Response': expected O or U, got both" },
};

static void
test_bad_response (gconstpointer data)
{
  const BadResponse *bad = data;
  g_auto (Job) job = { 0 };
  g_auto (Lab) lab = { 0 };
  guint32 tag;
  Wire *wire = lab_submit_read (&lab, &job, &tag);
  ScsiResponse response = wire_response (wire, tag);
  bad->change (&response);
  wire_send_response (wire, &response, NULL, 0);
  lab_expect_redone (&lab, wire, &job, bad->why);
}

/* ---- a task ---- */

static void
test_names (void)
{
  g_assert_cmpstr (task_outcome_name (TASK_OUTCOME_PENDING), ==, "pending");
  g_assert_cmpstr (task_outcome_name (TASK_OUTCOME_STATUS), ==, "status");
  g_assert_cmpstr (task_outcome_name (TASK_OUTCOME_NOT_SENT), ==, "not sent");
  g_assert_cmpstr (task_outcome_name (TASK_OUTCOME_LOST), ==, "lost");
  g_assert_cmpstr (task_outcome_name (99), ==, "?");
}

/* A second answer to the same ITT finds nobody: the task is not ended again. */
static void
test_answered_twice (void)
{
  g_auto (Job) job = { 0 };
  g_auto (Lab) lab = { 0 };
  guint32 tag;
  Wire *wire = lab_submit_read (&lab, &job, &tag);
  wire_send_good (wire, tag);
  wire_send_good (wire, tag);
  wire_expect_end (wire, STREAM_END_RST);
  g_assert_cmpuint (job.done, ==, 1);
}

#define ADD_ROWS(rows, prefix, test)                                                               \
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {                                                \
    g_autofree char *path = g_strdup_printf ("/initiator/task/%s%s", prefix, rows[i].path);        \
    g_test_add_data_func (path, &rows[i], test);                                                   \
  }

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD_ROWS (splits, "a write: ", test_split)
  g_test_add_func ("/initiator/task/an R2T is answered with what it asks for", test_r2t);
  g_test_add_func ("/initiator/task/R2Ts are answered in their order", test_r2ts_in_order);
  g_test_add_data_func ("/initiator/task/an R2T behind a gap recovers the session",
                        GUINT_TO_POINTER (1536), test_r2t_out_of_order);
  g_test_add_data_func ("/initiator/task/an R2T for what was asked for recovers the session",
                        GUINT_TO_POINTER (512), test_r2t_out_of_order);
  ADD_ROWS (bad_r2ts, "drops the connection: an R2T ", test_bad_r2t)
  g_test_add_func ("/initiator/task/drops the connection: an R2T twice", test_r2t_twice);
  g_test_add_func ("/initiator/task/drops the connection: an R2T for a read", test_r2t_for_a_read);
  g_test_add_func ("/initiator/task/a read gathers its data", test_read);
  g_test_add_func ("/initiator/task/a status may come with the data", test_status_in_data);
  ADD_ROWS (bad_data_ins, "drops the connection: a Data-In ", test_bad_data_in)
  g_test_add_func ("/initiator/task/drops the connection: a Data-In for a write",
                   test_data_in_for_a_write);
  g_test_add_func ("/initiator/task/a read that is redone begins anew", test_read_begins_anew);
  g_test_add_func ("/initiator/task/residuals come with their sign", test_residuals);
  g_test_add_func ("/initiator/task/sense comes with CHECK CONDITION", test_sense);
  g_test_add_func ("/initiator/task/sense that is cut is no sense", test_sense_too_short);
  g_test_add_func ("/initiator/task/another status is handed on", test_busy);
  ADD_ROWS (bad_responses, "drops the connection: a response ", test_bad_response)
  g_test_add_func ("/initiator/task/outcomes have names", test_names);
  g_test_add_func ("/initiator/task/a task that is answered twice ends once", test_answered_twice);
  return g_test_run ();
}
