/* SPDX-License-Identifier: Apache-2.0 */
/* log-pages.c - LOG SENSE (SPC-4 6.8, 7.3; SBC-3 6.4): what the unit counted
 *
 * A page is a row of a table, and so is what the lists of pages and subpages say. Only what is counted is told; there is no
 * thermometer, and nothing is saved.
 */
#include "target-sim/scsi/answer.h"
#include "target-sim/scsi/commands.h"

#include "world/banned.h"

#define LOG_PPC 0x02 /* octet 1 */
#define LOG_SP  0x01
#define LOG_PC_CUMULATIVE                                                                          \
  1 /* the other values are thresholds, which nothing has, and the default of 0 */
#define LOG_PC_DEFAULT   3
#define LOG_PAGE         0x3f
#define LOG_SPF          0x40 /* in the page's first octet: a subpage code follows */
#define LOG_SUBPAGES     0xff
#define PARAMETER_LIST   0x03 /* FORMAT AND LINKING: a binary list */
#define PARAMETER_HEADER 4
#define COUNTER_BYTES    0x0005
#define COUNTER_ERRORS   0x0006
#define SELF_TEST_LENGTH 16
#define SELF_TEST_FAILED 0x7 /* in a segment that is not told */
#define NO_TEMPERATURE   0xff

static guint8 *
log_parameter (Answer *answer, guint16 code, guint8 length)
{
  guint8 *header = answer_take (answer, PARAMETER_HEADER + (gsize) length);
  wire_store (header, 2, code);
  header[2] = PARAMETER_LIST;
  header[3] = length;
  return header + PARAMETER_HEADER;
}

static void
log_counter (const ScsiTask *task, LogKind kind, Answer *answer)
{
  static const LogCounter none = { 0 };
  const LogCounter *counter =
      task->cdb[2] >> 6 == LOG_PC_DEFAULT ? &none : &task->lun->log.counters[kind];
  const struct {
    guint16 code;
    guint64 value;
  } rows[] = { { COUNTER_BYTES, counter->bytes }, { COUNTER_ERRORS, counter->uncorrected_errors } };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    guint8 *value = log_parameter (answer, rows[i].code, 8);
    value[-2] = 0; /* FORMAT AND LINKING: a counter */
    wire_store (value, 8, rows[i].value);
  }
}

static void
log_writes (const ScsiTask *task, Answer *answer)
{
  log_counter (task, LOG_WRITES, answer);
}

static void
log_reads (const ScsiTask *task, Answer *answer)
{
  log_counter (task, LOG_READS, answer);
}

static void
log_verifies (const ScsiTask *task, Answer *answer)
{
  log_counter (task, LOG_VERIFIES, answer);
}

/* SPC-4 7.3.21: always twenty; those that were not run are zeros. */
static void
log_self_tests (const ScsiTask *task, Answer *answer)
{
  const UnitLog *log = &task->lun->log;
  for (guint i = 0; i < LOG_SELF_TESTS; i++) {
    const LogSelfTest *test = &log->self_tests[i];
    guint8 *bytes = log_parameter (answer, (guint16) (i + 1), SELF_TEST_LENGTH);
    if (i >= log->self_test_count)
      continue;
    bytes[0] = (guint8) (test->code << 5 | (test->has_failed ? SELF_TEST_FAILED : 0));
    wire_store (bytes + 2, 2, test->hours);
    wire_store (bytes + 4, 8, test->has_failed ? test->failed_lba : G_MAXUINT64);
  }
}

/* SPC-4 7.3.8: no exception is pending. */
static void
log_exceptions (const ScsiTask *task, Answer *answer)
{
  guint8 *bytes = log_parameter (answer, 0x0000, 4);
  bytes[2] = NO_TEMPERATURE;
}

static void log_pages (const ScsiTask *task, Answer *answer);
static void log_pages_and_subpages (const ScsiTask *task, Answer *answer);

static const struct LogPage {
  guint8 code;
  guint8 subpage;
  gboolean has_parameters; /* otherwise it is a list */
  gboolean has_thresholds; /* it would have: of counters */
  void (*fill) (const ScsiTask *task, Answer *answer);
} pages[] = {
  { 0x00, 0x00, FALSE, FALSE, log_pages },
  { 0x00, LOG_SUBPAGES, FALSE, FALSE, log_pages_and_subpages },
  { 0x02, 0x00, TRUE, TRUE, log_writes },
  { 0x03, 0x00, TRUE, TRUE, log_reads },
  { 0x05, 0x00, TRUE, TRUE, log_verifies },
  { 0x10, 0x00, TRUE, FALSE, log_self_tests },
  { 0x2f, 0x00, TRUE, FALSE, log_exceptions },
};

static void
log_pages (const ScsiTask *task, Answer *answer)
{
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    if (pages[i].subpage == 0)
      answer_add_number (answer, 1, pages[i].code);
}

static void
log_pages_and_subpages (const ScsiTask *task, Answer *answer)
{
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    answer_add_number (answer, 2, (guint64) pages[i].code << 8 | pages[i].subpage);
}

/* Those of one page (SPC-4 7.3.17). */
static void
log_subpages (guint8 code, Answer *answer)
{
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    if (pages[i].code == code)
      answer_add_number (answer, 2, (guint64) code << 8 | pages[i].subpage);
  answer_add_number (answer, 2, (guint64) code << 8 | LOG_SUBPAGES);
}

static const struct LogPage *
log_find (guint8 code, guint8 subpage)
{
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    if (pages[i].code == code && pages[i].subpage == subpage)
      return &pages[i];
  return NULL;
}

gboolean
spc_check_log_sense (ScsiTask *task)
{
  const guint8 control = task->cdb[2] >> 6;
  const guint8 code = task->cdb[2] & LOG_PAGE;
  const guint8 subpage = task->cdb[3];
  const struct LogPage *page = log_find (code, subpage);
  if ((task->cdb[1] & LOG_SP) != 0) /* nothing is saved */
    return scsi_task_refuse_field (task, 1, 0);
  if ((task->cdb[1] & LOG_PPC) != 0)
    return scsi_task_refuse_field (task, 1, 1);
  if (log_find (code, 0) == NULL)
    return scsi_task_refuse_field (task, 2, 5);
  if (page == NULL && subpage != LOG_SUBPAGES)
    return scsi_task_refuse_field (task, 3, 7);
  if (page != NULL && page->has_thresholds && control != LOG_PC_CUMULATIVE
      && control != LOG_PC_DEFAULT)
    return scsi_task_refuse_field (task, 2, 7);
  return (page != NULL && page->has_parameters) || wire_load (task->cdb + 5, 2) == 0
         || scsi_task_refuse_field (task, 5, 7);
}

/* What stands before the first parameter of PARAMETER POINTER or more is left out. FALSE: all of it. */
static gboolean
log_skip (Answer *answer, guint16 pointer)
{
  gsize at = PARAMETER_HEADER;
  while (at < answer->length && wire_load (answer->bytes + at, 2) < pointer)
    at += PARAMETER_HEADER + answer->bytes[at + 3];
  memmove (answer->bytes + PARAMETER_HEADER, answer->bytes + at, answer->length - at);
  answer->length -= at - PARAMETER_HEADER;
  return answer->length > PARAMETER_HEADER;
}

void
spc_log_sense (ScsiTask *task)
{
  const guint8 code = task->cdb[2] & LOG_PAGE;
  const struct LogPage *page = log_find (code, task->cdb[3]);
  Answer answer = { 0 };
  guint8 *header = answer_take (&answer, PARAMETER_HEADER);
  header[0] = (guint8) (code | (task->cdb[3] != 0 ? LOG_SPF : 0));
  header[1] = task->cdb[3];
  if (page != NULL)
    page->fill (task, &answer);
  else
    log_subpages (code, &answer);
  if (page != NULL && page->has_parameters
      && !log_skip (&answer, (guint16) wire_load (task->cdb + 5, 2))) {
    scsi_task_refuse_field (task, 5, 7);
    scsi_task_finish (task);
    return;
  }
  answer_close (&answer, 2, 2);
  scsi_task_answer (task, answer.bytes, answer.length, cdb_allocation_length (task->cdb));
}

/* ---- counting ---- */

static gboolean
log_kind (const ScsiTask *task, LogKind *ret_kind)
{
  if (task->lun == NULL || task->row == NULL || !scsi_op_names_blocks (scsi_command_op (task->row)))
    return FALSE;
  *ret_kind = (task->row->flags & SCSI_WRITES) != 0  ? LOG_WRITES
              : task->row->direction == SCSI_DATA_IN ? LOG_READS
                                                     : LOG_VERIFIES;
  return TRUE;
}

void
scsi_log_end (const ScsiTask *task)
{
  LogKind kind;
  if (!log_kind (task, &kind))
    return;
  LogCounter *counter = &task->lun->log.counters[kind];
  if (task->status == SCSI_GOOD)
    counter->bytes += task->request.length_bytes;
  else if (task->status == SCSI_CHECK_CONDITION && task->sense.key == SENSE_MEDIUM_ERROR)
    counter->uncorrected_errors++;
}

void
scsi_log_self_test (ScsiTask *task, guint8 code, gboolean has_failed, guint64 lba)
{
  UnitLog *log = &task->lun->log;
  const gint64 now = task->nexus->host != NULL ? host_now_ns (task->nexus->host) : 0;
  memmove (&log->self_tests[1], &log->self_tests[0],
           (LOG_SELF_TESTS - 1) * sizeof log->self_tests[0]);
  log->self_tests[0] =
      (LogSelfTest){ .code = code,
                     .has_failed = has_failed,
                     .failed_lba = lba,
                     .hours = (guint16) MIN (now / (3600 * NS_PER_S), G_MAXUINT16) };
  log->self_test_count = MIN (log->self_test_count + 1, LOG_SELF_TESTS);
}
