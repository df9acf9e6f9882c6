/* SPDX-License-Identifier: Apache-2.0 */
/* opcodes.c - what the device server can do, told from the table that it works by: REPORT SUPPORTED OPERATION CODES and
 * TASK MANAGEMENT FUNCTIONS (SPC-4 6.35, 6.36)
 */
#include "target-sim/scsi/answer.h"
#include "target-sim/scsi/commands.h"

#include "world/banned.h"

#define REPORT_RCTD 0x80

typedef enum ReportOption {
  REPORT_ALL,
  REPORT_OPCODE,         /* one without service actions */
  REPORT_SERVICE_ACTION, /* one with */
  REPORT_EITHER,
} ReportOption;

#define DESCRIPTOR_CTDP     0x02
#define DESCRIPTOR_SERVACTV 0x01
#define ONE_CTDP            0x80
#define ONE_SUPPORTED       0x03
#define ONE_NOT_SUPPORTED   0x01

#define TIMEOUTS_LENGTH      12
#define TIMEOUT_RECOMMENDED  30 /* seconds: what the usual disk driver grants anyway */
#define TMF_ABORT_TASK_BIT   0x80
#define TMF_ABORT_SET_BIT    0x40
#define TMF_CLEAR_SET_BIT    0x10
#define TMF_LUN_RESET_BIT    0x08
#define TMF_TARGET_RESET_BIT 0x02

static gboolean
opcode_has_actions (guint8 opcode)
{
  for (guint op = 0; op < SCSI_OP_COUNT; op++)
    if (scsi_op_info (op)->opcode == opcode && scsi_command_row_of (op) != NULL)
      return scsi_op_info (op)->service_action >= 0;
  return FALSE;
}

gboolean
spc_check_report_opcodes (ScsiTask *task)
{
  const guint8 option = task->cdb[2] & 0x07;
  const guint8 opcode = task->cdb[3];
  if (option > REPORT_EITHER)
    return scsi_task_refuse_field (task, 2, 2);
  if (option == REPORT_OPCODE && opcode_has_actions (opcode))
    return scsi_task_refuse_field (task, 2, 2);
  if (option == REPORT_SERVICE_ACTION && scsi_opcode_is_ours (opcode)
      && !opcode_has_actions (opcode))
    return scsi_task_refuse_field (task, 2, 2);
  return TRUE;
}

static void
answer_timeouts (Answer *answer)
{
  guint8 *bytes = answer_take (answer, TIMEOUTS_LENGTH);
  wire_store (bytes, 2, TIMEOUTS_LENGTH - 2);
  wire_store (bytes + 8, 4, TIMEOUT_RECOMMENDED);
}

static void
answer_command (const ScsiOpInfo *info, gboolean has_timeouts, Answer *answer)
{
  guint8 *bytes = answer_take (answer, 8);
  bytes[0] = info->opcode;
  if (info->service_action >= 0) {
    wire_store (bytes + 2, 2, (guint64) info->service_action);
    bytes[5] = DESCRIPTOR_SERVACTV;
  }
  if (has_timeouts)
    bytes[5] |= DESCRIPTOR_CTDP;
  wire_store (bytes + 6, 2, info->cdb_length);
  if (has_timeouts)
    answer_timeouts (answer);
}

static void
answer_all (const Lun *lun, gboolean has_timeouts, Answer *answer)
{
  answer_take (answer, 4);
  for (guint op = 0; op < SCSI_OP_COUNT; op++)
    if (scsi_command_row_of (op) != NULL && scsi_command_is_of (scsi_command_row_of (op), lun))
      answer_command (scsi_op_info (op), has_timeouts, answer);
  answer_close (answer, 0, 4);
}

/* The usage of a CDB: the opcode itself, the service action itself, and of the rest the bits that mean something. */
static void
answer_usage (const ScsiOpInfo *info, Answer *answer)
{
  guint8 *bytes = answer_take (answer, info->cdb_length);
  memcpy (bytes, scsi_command_row_of (info->op)->usage, info->cdb_length);
  bytes[0] = info->opcode;
  if (info->service_action >= 0)
    bytes[1] = (guint8) ((bytes[1] & 0xe0) | info->service_action);
}

static void
answer_one (const ScsiTask *task, gboolean has_timeouts, Answer *answer)
{
  const guint8 *cdb = task->cdb;
  guint8 wanted[CDB_LENGTH] = { cdb[3], cdb[5] & 0x1f };
  const gboolean is_wide = wire_load (cdb + 4, 2) > 0x1f;
  const ScsiCommandRow *row = is_wide ? NULL : scsi_command_row (wanted);
  guint8 *header = answer_take (answer, 4);
  if (row != NULL && !scsi_command_is_of (row, task->lun))
    row = NULL;
  header[1] = row != NULL ? ONE_SUPPORTED : ONE_NOT_SUPPORTED;
  if (row == NULL)
    return;
  if (has_timeouts)
    header[1] |= ONE_CTDP;
  wire_store (header + 2, 2, scsi_op_info (scsi_command_op (row))->cdb_length);
  answer_usage (scsi_op_info (scsi_command_op (row)), answer);
  if (has_timeouts)
    answer_timeouts (answer);
}

void
spc_report_opcodes (ScsiTask *task)
{
  const gboolean has_timeouts = (task->cdb[2] & REPORT_RCTD) != 0;
  Answer answer = { 0 };
  if ((task->cdb[2] & 0x07) == REPORT_ALL)
    answer_all (task->lun, has_timeouts, &answer);
  else
    answer_one (task, has_timeouts, &answer);
  scsi_task_answer (task, answer.bytes, answer.length, cdb_allocation_length (task->cdb));
}

/* REPD, the extended form, adds timeouts, all 0: not told. */
void
spc_report_tmf (ScsiTask *task)
{
  const gboolean is_extended = (task->cdb[2] & 0x80) != 0;
  guint8 bytes[16] = { TMF_ABORT_TASK_BIT | TMF_ABORT_SET_BIT | TMF_CLEAR_SET_BIT
                       | TMF_LUN_RESET_BIT | TMF_TARGET_RESET_BIT };
  bytes[3] = is_extended ? 0x0c : 0;
  scsi_task_answer (task, bytes, is_extended ? 16 : 4, cdb_allocation_length (task->cdb));
}
