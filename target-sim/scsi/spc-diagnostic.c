/* SPDX-License-Identifier: Apache-2.0 */
/* spc-diagnostic.c - SEND DIAGNOSTIC and RECEIVE DIAGNOSTIC RESULTS (SPC-4 6.42, 6.30)
 *
 * A self-test reads the first block and the last. The default one and the short one in the foreground are that; one that reads
 * everything, or goes on in the background, is not offered. The only diagnostic page is the list of them.
 */
#include "target-sim/scsi/commands.h"

#include "world/banned.h"

#define DIAGNOSTIC_PF       0x10 /* octet 1 of SEND DIAGNOSTIC */
#define DIAGNOSTIC_SELFTEST 0x04
#define DIAGNOSTIC_PCV      0x01 /* octet 1 of RECEIVE DIAGNOSTIC RESULTS */
#define CODE_NONE           0
#define CODE_SHORT          5 /* in the foreground */
#define PAGE_LIST_LENGTH    4 /* of the page that asks for the list of pages */

static guint8
diagnostic_code (const ScsiTask *task)
{
  return task->cdb[1] >> 5;
}

gboolean
spc_check_send_diagnostic (ScsiTask *task)
{
  const gboolean is_test = (task->cdb[1] & DIAGNOSTIC_SELFTEST) != 0;
  const guint8 code = diagnostic_code (task);
  if (code != CODE_NONE && (code != CODE_SHORT || is_test))
    return scsi_task_refuse_field (task, 1, 7);
  if (cdb_allocation_length (task->cdb) > 0) {
    if (is_test || code != CODE_NONE)
      return scsi_task_refuse_field (task, 3, 7);
    if ((task->cdb[1] & DIAGNOSTIC_PF) == 0)
      return scsi_task_refuse_field (task, 1, 4);
  }
  return scsi_check_parameter_list (task);
}

/* ---- the self-test ---- */

static void
self_test_end (ScsiTask *task, gboolean has_failed)
{
  const guint64 lba = task->request.offset_bytes / task->lun->block_size;
  if (diagnostic_code (task) != CODE_NONE)
    scsi_log_self_test (task, diagnostic_code (task), has_failed, lba);
  if (has_failed)
    scsi_task_refuse (task, SENSE_HARDWARE_ERROR, SENSE_CODE_FAILED_SELF_TEST);
  scsi_task_finish (task);
}

static void
self_test_read (ScsiTask *task, guint64 lba,
                void (*done) (StoreRequest *request, StoreResult result))
{
  task->request.offset_bytes = lba * task->lun->block_size;
  task->request.length_bytes = task->lun->block_size;
  task->request.done = done;
  store_read (task->lun->store, &task->request);
}

static void
self_test_last_done (StoreRequest *request, StoreResult result)
{
  self_test_end (scsi_task_of (request), result != STORE_OK);
}

static void
self_test_first_done (StoreRequest *request, StoreResult result)
{
  ScsiTask *task = scsi_task_of (request);
  if (result != STORE_OK) {
    self_test_end (task, TRUE);
    return;
  }
  payload_clear (&task->request.bytes);
  self_test_read (task, task->lun->blocks - 1, self_test_last_done);
}

static gboolean
diagnostic_check_list (ScsiTask *task)
{
  guint8 page[PAGE_LIST_LENGTH];
  if (task->transfer_length != PAGE_LIST_LENGTH || task->data_out.length < PAGE_LIST_LENGTH)
    return scsi_task_refuse (task, SENSE_ILLEGAL_REQUEST, SENSE_CODE_PARAMETER_LIST_LENGTH);
  payload_copy_out (&task->data_out, 0, page, sizeof page);
  for (guint16 octet = 0; octet < sizeof page; octet++)
    if (page[octet] != 0)
      return scsi_task_refuse_parameter (task, SENSE_CODE_INVALID_FIELD_IN_PARAMETERS, octet, 7);
  return TRUE;
}

void
spc_send_diagnostic (ScsiTask *task)
{
  if ((task->cdb[1] & DIAGNOSTIC_SELFTEST) != 0 || diagnostic_code (task) != CODE_NONE) {
    Sense sense;
    if (!medium_is_away (&task->lun->medium, &sense)) {
      self_test_read (task, 0, self_test_first_done);
      return;
    }
    scsi_task_refuse (task, sense.key, sense.code);
  } else if (task->transfer_length > 0) {
    diagnostic_check_list (task);
  }
  scsi_task_finish (task);
}

gboolean
spc_check_receive_diagnostic (ScsiTask *task)
{
  const gboolean is_asked = (task->cdb[1] & DIAGNOSTIC_PCV) != 0;
  return task->cdb[2] == 0 || scsi_task_refuse_field (task, is_asked ? 2 : 1, is_asked ? 7 : 0);
}

/* SPC-4 7.2.8, Supported Diagnostic Pages: itself. */
void
spc_receive_diagnostic (ScsiTask *task)
{
  const guint8 page[] = { 0x00, 0x00, 0x00, 0x01, 0x00 };
  scsi_task_answer (task, page, sizeof page, cdb_allocation_length (task->cdb));
}
