/* SPDX-License-Identifier: Apache-2.0 */
/* commands.c - which commands the device server knows: one row each, found by opcode and service action */
#include "target-sim/scsi/commands.h"

#include "world/banned.h"

/* Usage of CDBs, from octet 1 on (octet 0 is the opcode). CONTROL has NACA only, and no unit here establishes an ACA. */
#define USAGE_ALLOCATION_6      [4] = 0xff
#define USAGE_ALLOCATION_10     [7] = 0xff, [8] = 0xff
#define USAGE_ALLOCATION_12     [6] = 0xff, [7] = 0xff, [8] = 0xff, [9] = 0xff
#define USAGE_ALLOCATION_BUFFER [6] = 0xff, [7] = 0xff, [8] = 0xff
#define USAGE_ALLOCATION_16     [10] = 0xff, [11] = 0xff, [12] = 0xff, [13] = 0xff
#define USAGE_LBA_4             [2] = 0xff, [3] = 0xff, [4] = 0xff, [5] = 0xff
#define USAGE_LBA_8             USAGE_LBA_4, [6] = 0xff, [7] = 0xff, [8] = 0xff, [9] = 0xff
#define USAGE_BLOCKS_10         [7] = 0xff, [8] = 0xff
#define USAGE_BLOCKS_16         [10] = 0xff, [11] = 0xff, [12] = 0xff, [13] = 0xff
#define USAGE_DPO_FUA           [1] = 0x18
#define USAGE_BLOCKS_12         [6] = 0xff, [7] = 0xff, [8] = 0xff, [9] = 0xff
#define USAGE_LBA_BLOCKS_6      [1] = 0x1f, [2] = 0xff, [3] = 0xff, [4] = 0xff
#define USAGE_VERIFY            [1] = 0x16 /* DPO, BYTCHK */
#define USAGE_LIST_PR           [5] = 0xff, [6] = 0xff, [7] = 0xff, [8] = 0xff

/* PERSISTENT RESERVE: whether they may is for them to say, by who is registered with which key. Scope and type mean something to
 * those that make a reservation or end it. */
#define PR_IN_ROW(handler)                                                                         \
  {                                                                                                \
    .direction = SCSI_DATA_IN, .flags = SCSI_NO_MEDIUM, .access = SCSI_ACCESS_PERSISTENT,          \
    .usage = { USAGE_ALLOCATION_10 }, .check = spc_check_pr_in, .run = handler                     \
  }
#define PR_OUT_ROW(scope_and_type)                                                                 \
  {                                                                                                \
    .direction = SCSI_DATA_OUT, .flags = SCSI_NO_MEDIUM, .access = SCSI_ACCESS_PERSISTENT,         \
    .usage = { [2] = (scope_and_type), USAGE_LIST_PR }, .check = spc_check_pr_out,                 \
    .run = spc_pr_out                                                                              \
  }

static const ScsiCommandRow rows[SCSI_OP_COUNT] = {
  [SCSI_OP_TEST_UNIT_READY] = { .access = SCSI_ACCESS_PERSISTENT, .run = spc_test_unit_ready },
  [SCSI_OP_REQUEST_SENSE] = { .direction = SCSI_DATA_IN,
                              .flags = SCSI_ANY_LUN | SCSI_IGNORES_UNIT_ATTENTION,
                              .access = SCSI_ACCESS_ALLOWED,
                              .usage = { [1] = 0x01, USAGE_ALLOCATION_6 },
                              .run = spc_request_sense },
  [SCSI_OP_FORMAT_UNIT] = { .direction = SCSI_DATA_OUT,
                            .flags = SCSI_WRITES | SCSI_FORMATS,
                            .usage = { [1] = 0xff },
                            .check = sbc_check_format,
                            .run = sbc_format },
  [SCSI_OP_READ_6] = { .direction = SCSI_DATA_IN,
                       .access = SCSI_ACCESS_READS,
                       .usage = { USAGE_LBA_BLOCKS_6 },
                       .check = sbc_check_blocks,
                       .run = sbc_read },
  [SCSI_OP_WRITE_6] = { .direction = SCSI_DATA_OUT,
                        .flags = SCSI_WRITES,
                        .usage = { USAGE_LBA_BLOCKS_6 },
                        .check = sbc_check_blocks,
                        .run = sbc_write_6 },
  [SCSI_OP_INQUIRY] = { .direction = SCSI_DATA_IN,
                        .flags = SCSI_ANY_LUN | SCSI_IGNORES_UNIT_ATTENTION,
                        .access = SCSI_ACCESS_ALLOWED,
                        .usage = { [1] = 0x01, [2] = 0xff, [3] = 0xff, [4] = 0xff },
                        .check = spc_check_inquiry,
                        .run = spc_inquiry },
  [SCSI_OP_MODE_SELECT_6] = { .direction = SCSI_DATA_OUT,
                              .flags = SCSI_NO_MEDIUM,
                              .usage = { [1] = 0x11, USAGE_ALLOCATION_6 },
                              .check = spc_check_mode_select,
                              .run = spc_mode_select },
  [SCSI_OP_RESERVE_6] = { .flags = SCSI_NO_MEDIUM,
                          .access = SCSI_ACCESS_ALLOWED,
                          .check = spc_check_reserve_6,
                          .run = spc_reserve_6 },
  [SCSI_OP_RELEASE_6] = { .flags = SCSI_NO_MEDIUM,
                          .access = SCSI_ACCESS_ALLOWED,
                          .check = spc_check_reserve_6,
                          .run = spc_release_6 },
  [SCSI_OP_MODE_SENSE_6] = { .direction = SCSI_DATA_IN,
                             .flags = SCSI_NO_MEDIUM,
                             .access = SCSI_ACCESS_READS,
                             .usage = { [1] = 0x08, [2] = 0xff, [3] = 0xff, USAGE_ALLOCATION_6 },
                             .check = spc_check_mode_sense,
                             .run = spc_mode_sense },
  [SCSI_OP_START_STOP_UNIT] = { .flags = SCSI_NO_MEDIUM,
                                .usage = { [1] = 0x01, [3] = 0x0f, [4] = 0xf7 },
                                .check = spc_check_start_stop,
                                .run = spc_start_stop },
  [SCSI_OP_RECEIVE_DIAGNOSTIC_RESULTS] = { .direction = SCSI_DATA_IN,
                                           .flags = SCSI_NO_MEDIUM,
                                           .usage = { [1] = 0x01,
                                                      [2] = 0xff,
                                                      [3] = 0xff,
                                                      [4] = 0xff },
                                           .check = spc_check_receive_diagnostic,
                                           .run = spc_receive_diagnostic },
  [SCSI_OP_SEND_DIAGNOSTIC] = { .direction = SCSI_DATA_OUT,
                                .flags = SCSI_NO_MEDIUM,
                                .usage = { [1] = 0xf4, [3] = 0xff, [4] = 0xff },
                                .check = spc_check_send_diagnostic,
                                .run = spc_send_diagnostic },
  [SCSI_OP_PREVENT_ALLOW_MEDIUM_REMOVAL] = { .flags = SCSI_NO_MEDIUM,
                                             .usage = { [4] = 0x03 },
                                             .check = spc_check_prevent_allow,
                                             .run = spc_prevent_allow },
  [SCSI_OP_READ_CAPACITY_10] = { .direction = SCSI_DATA_IN,
                                 .access = SCSI_ACCESS_ALLOWED,
                                 .run = sbc_read_capacity_10 },
  [SCSI_OP_READ_10] = { .direction = SCSI_DATA_IN,
                        .access = SCSI_ACCESS_READS,
                        .usage = { USAGE_DPO_FUA, USAGE_LBA_4, USAGE_BLOCKS_10 },
                        .check = sbc_check_blocks,
                        .run = sbc_read },
  [SCSI_OP_WRITE_10] = { .direction = SCSI_DATA_OUT,
                         .flags = SCSI_WRITES,
                         .usage = { USAGE_DPO_FUA, USAGE_LBA_4, USAGE_BLOCKS_10 },
                         .check = sbc_check_blocks,
                         .run = sbc_write },
  [SCSI_OP_WRITE_AND_VERIFY_10] = { .direction = SCSI_DATA_OUT,
                                    .flags = SCSI_WRITES,
                                    .usage = { [1] = 0x12, USAGE_LBA_4, USAGE_BLOCKS_10 },
                                    .check = sbc_check_write_and_verify,
                                    .run = sbc_write_and_verify },
  [SCSI_OP_VERIFY_10] = { .direction = SCSI_DATA_OUT,
                          .access = SCSI_ACCESS_READS,
                          .usage = { USAGE_VERIFY, USAGE_LBA_4, USAGE_BLOCKS_10 },
                          .check = sbc_check_verify,
                          .run = sbc_verify },
  [SCSI_OP_PRE_FETCH_10] = { .access = SCSI_ACCESS_READS,
                             .usage = { [1] = 0x02, USAGE_LBA_4, USAGE_BLOCKS_10 },
                             .check = sbc_check_cache,
                             .run = sbc_pre_fetch },
  [SCSI_OP_SYNCHRONIZE_CACHE_10] = { .usage = { [1] = 0x02, USAGE_LBA_4, USAGE_BLOCKS_10 },
                                     .check = sbc_check_cache,
                                     .run = sbc_synchronize },
  [SCSI_OP_READ_DEFECT_DATA_10] = { .direction = SCSI_DATA_IN,
                                    .access = SCSI_ACCESS_READS,
                                    .usage = { [2] = 0x1f, USAGE_ALLOCATION_10 },
                                    .check = sbc_check_defects,
                                    .run = sbc_read_defects },
  [SCSI_OP_WRITE_BUFFER] = { .direction = SCSI_DATA_OUT,
                             .flags = SCSI_NO_MEDIUM,
                             .usage = { [1] = 0x1f,
                                        [2] = 0xff,
                                        [3] = 0xff,
                                        [4] = 0xff,
                                        [5] = 0xff,
                                        USAGE_ALLOCATION_BUFFER },
                             .check = spc_check_write_buffer,
                             .run = spc_write_buffer },
  [SCSI_OP_READ_BUFFER_10] = { .direction = SCSI_DATA_IN,
                               .flags = SCSI_NO_MEDIUM,
                               .usage = { [1] = 0x1f,
                                          [2] = 0xff,
                                          [3] = 0xff,
                                          [4] = 0xff,
                                          [5] = 0xff,
                                          USAGE_ALLOCATION_BUFFER },
                               .check = spc_check_read_buffer,
                               .run = spc_read_buffer },
  [SCSI_OP_WRITE_SAME_10] = { .direction = SCSI_DATA_OUT,
                              .flags = SCSI_WRITES,
                              .usage = { [1] = 0x08, USAGE_LBA_4, USAGE_BLOCKS_10 },
                              .check = sbc_check_same,
                              .run = sbc_write_same },
  [SCSI_OP_UNMAP] = { .direction = SCSI_DATA_OUT,
                      .flags = SCSI_WRITES | SCSI_NEEDS_THIN,
                      .usage = { USAGE_ALLOCATION_10 },
                      .check = sbc_check_unmap,
                      .run = sbc_unmap },
  [SCSI_OP_SANITIZE_OVERWRITE] = { .direction = SCSI_DATA_OUT,
                                   .flags = SCSI_WRITES | SCSI_SANITIZES,
                                   .usage = { [1] = 0xa0, USAGE_ALLOCATION_10 },
                                   .check = sbc_check_overwrite,
                                   .run = sbc_sanitize_overwrite },
  [SCSI_OP_SANITIZE_BLOCK_ERASE] = { .flags = SCSI_WRITES | SCSI_SANITIZES,
                                     .usage = { [1] = 0xa0, USAGE_ALLOCATION_10 },
                                     .check = sbc_check_sanitize,
                                     .run = sbc_sanitize_erase },
  [SCSI_OP_SANITIZE_CRYPTOGRAPHIC_ERASE] = { .flags = SCSI_WRITES | SCSI_SANITIZES,
                                             .usage = { [1] = 0xa0, USAGE_ALLOCATION_10 },
                                             .check = sbc_check_sanitize,
                                             .run = sbc_sanitize_erase },
  [SCSI_OP_SANITIZE_EXIT_FAILURE_MODE] = { .flags = SCSI_WRITES | SCSI_SANITIZES,
                                           .usage = { [1] = 0x80, USAGE_ALLOCATION_10 },
                                           .check = sbc_check_sanitize,
                                           .run = sbc_sanitize_exit_failure },
  [SCSI_OP_LOG_SENSE] = { .direction = SCSI_DATA_IN,
                          .flags = SCSI_NO_MEDIUM,
                          .access = SCSI_ACCESS_ALLOWED,
                          .usage = { [1] = 0x01,
                                     [2] = 0xff,
                                     [3] = 0xff,
                                     [5] = 0xff,
                                     [6] = 0xff,
                                     USAGE_ALLOCATION_10 },
                          .check = spc_check_log_sense,
                          .run = spc_log_sense },
  [SCSI_OP_MODE_SELECT_10] = { .direction = SCSI_DATA_OUT,
                               .flags = SCSI_NO_MEDIUM,
                               .usage = { [1] = 0x11, USAGE_ALLOCATION_10 },
                               .check = spc_check_mode_select,
                               .run = spc_mode_select },
  [SCSI_OP_MODE_SENSE_10] = { .direction = SCSI_DATA_IN,
                              .flags = SCSI_NO_MEDIUM,
                              .access = SCSI_ACCESS_READS,
                              .usage = { [1] = 0x18, [2] = 0xff, [3] = 0xff, USAGE_ALLOCATION_10 },
                              .check = spc_check_mode_sense,
                              .run = spc_mode_sense },
  [SCSI_OP_PR_READ_KEYS] = PR_IN_ROW (spc_pr_read_keys),
  [SCSI_OP_PR_READ_RESERVATION] = PR_IN_ROW (spc_pr_read_reservation),
  [SCSI_OP_PR_REPORT_CAPABILITIES] = PR_IN_ROW (spc_pr_report_capabilities),
  [SCSI_OP_PR_READ_FULL_STATUS] = PR_IN_ROW (spc_pr_read_full_status),
  [SCSI_OP_PR_REGISTER] = PR_OUT_ROW (0),
  [SCSI_OP_PR_RESERVE] = PR_OUT_ROW (0xff),
  [SCSI_OP_PR_RELEASE] = PR_OUT_ROW (0xff),
  [SCSI_OP_PR_CLEAR] = PR_OUT_ROW (0),
  [SCSI_OP_PR_PREEMPT] = PR_OUT_ROW (0xff),
  [SCSI_OP_PR_PREEMPT_AND_ABORT] = PR_OUT_ROW (0xff),
  [SCSI_OP_PR_REGISTER_AND_IGNORE] = PR_OUT_ROW (0),
  [SCSI_OP_PR_REGISTER_AND_MOVE] = PR_OUT_ROW (0),
  [SCSI_OP_READ_16] = { .direction = SCSI_DATA_IN,
                        .access = SCSI_ACCESS_READS,
                        .usage = { USAGE_DPO_FUA, USAGE_LBA_8, USAGE_BLOCKS_16 },
                        .check = sbc_check_blocks,
                        .run = sbc_read },
  [SCSI_OP_COMPARE_AND_WRITE] = { .direction = SCSI_DATA_OUT,
                                  .flags = SCSI_WRITES,
                                  .usage = { USAGE_DPO_FUA, USAGE_LBA_8, [13] = 0xff },
                                  .check = sbc_check_compare,
                                  .run = sbc_compare_and_write },
  [SCSI_OP_WRITE_16] = { .direction = SCSI_DATA_OUT,
                         .flags = SCSI_WRITES,
                         .usage = { USAGE_DPO_FUA, USAGE_LBA_8, USAGE_BLOCKS_16 },
                         .check = sbc_check_blocks,
                         .run = sbc_write },
  [SCSI_OP_ORWRITE_16] = { .direction = SCSI_DATA_OUT,
                           .flags = SCSI_WRITES,
                           .usage = { USAGE_DPO_FUA, USAGE_LBA_8, USAGE_BLOCKS_16 },
                           .check = sbc_check_blocks,
                           .run = sbc_or_write },
  [SCSI_OP_WRITE_AND_VERIFY_16] = { .direction = SCSI_DATA_OUT,
                                    .flags = SCSI_WRITES,
                                    .usage = { [1] = 0x12, USAGE_LBA_8, USAGE_BLOCKS_16 },
                                    .check = sbc_check_write_and_verify,
                                    .run = sbc_write_and_verify },
  [SCSI_OP_VERIFY_16] = { .direction = SCSI_DATA_OUT,
                          .access = SCSI_ACCESS_READS,
                          .usage = { USAGE_VERIFY, USAGE_LBA_8, USAGE_BLOCKS_16 },
                          .check = sbc_check_verify,
                          .run = sbc_verify },
  [SCSI_OP_PRE_FETCH_16] = { .access = SCSI_ACCESS_READS,
                             .usage = { [1] = 0x02, USAGE_LBA_8, USAGE_BLOCKS_16 },
                             .check = sbc_check_cache,
                             .run = sbc_pre_fetch },
  [SCSI_OP_SYNCHRONIZE_CACHE_16] = { .usage = { [1] = 0x02, USAGE_LBA_8, USAGE_BLOCKS_16 },
                                     .check = sbc_check_cache,
                                     .run = sbc_synchronize },
  [SCSI_OP_WRITE_SAME_16] = { .direction = SCSI_DATA_OUT,
                              .flags = SCSI_WRITES,
                              .usage = { [1] = 0x09, USAGE_LBA_8, USAGE_BLOCKS_16 },
                              .check = sbc_check_same,
                              .run = sbc_write_same },
  [SCSI_OP_WRITE_ATOMIC_16] = { .direction = SCSI_DATA_OUT,
                                .flags = SCSI_WRITES,
                                .usage = { USAGE_DPO_FUA, USAGE_LBA_8, [10] = 0xff, [11] = 0xff,
                                           [12] = 0xff, [13] = 0xff },
                                .check = sbc_check_write_atomic,
                                .run = sbc_write_atomic },
  [SCSI_OP_READ_CAPACITY_16] = { .direction = SCSI_DATA_IN,
                                 .access = SCSI_ACCESS_ALLOWED,
                                 .usage = { USAGE_ALLOCATION_16 },
                                 .run = sbc_read_capacity_16 },
  [SCSI_OP_GET_LBA_STATUS] = { .direction = SCSI_DATA_IN,
                               .flags = SCSI_NEEDS_THIN,
                               .access = SCSI_ACCESS_READS,
                               .usage = { USAGE_LBA_8, USAGE_ALLOCATION_16 },
                               .check = sbc_check_lba_status,
                               .run = sbc_get_lba_status },
  [SCSI_OP_REPORT_LUNS] = { .direction = SCSI_DATA_IN,
                            .flags = SCSI_ANY_LUN | SCSI_IGNORES_UNIT_ATTENTION,
                            .access = SCSI_ACCESS_ALLOWED,
                            .usage = { [2] = 0xff, USAGE_ALLOCATION_12 },
                            .check = spc_check_report_luns,
                            .run = spc_report_luns },
  [SCSI_OP_REPORT_IDENTIFYING_INFORMATION] = { .direction = SCSI_DATA_IN,
                                               .flags = SCSI_NO_MEDIUM,
                                               .access = SCSI_ACCESS_ALLOWED,
                                               .usage = { USAGE_ALLOCATION_12, [10] = 0xfe },
                                               .check = spc_check_report_information,
                                               .run = spc_report_information },
  [SCSI_OP_REPORT_SUPPORTED_OPERATION_CODES] = { .direction = SCSI_DATA_IN,
                                                 .flags = SCSI_NO_MEDIUM,
                                                 .access = SCSI_ACCESS_READS,
                                                 .usage = { [2] = 0x87,
                                                            [3] = 0xff,
                                                            [4] = 0xff,
                                                            [5] = 0xff,
                                                            USAGE_ALLOCATION_12 },
                                                 .check = spc_check_report_opcodes,
                                                 .run = spc_report_opcodes },
  [SCSI_OP_REPORT_SUPPORTED_TMF] = { .direction = SCSI_DATA_IN,
                                     .flags = SCSI_NO_MEDIUM,
                                     .access = SCSI_ACCESS_READS,
                                     .usage = { [2] = 0x80, USAGE_ALLOCATION_12 },
                                     .run = spc_report_tmf },
  [SCSI_OP_REPORT_TIMESTAMP] = { .direction = SCSI_DATA_IN,
                                 .flags = SCSI_NO_MEDIUM,
                                 .access = SCSI_ACCESS_ALLOWED,
                                 .usage = { USAGE_ALLOCATION_12 },
                                 .run = spc_report_timestamp },
  [SCSI_OP_SET_IDENTIFYING_INFORMATION] = { .direction = SCSI_DATA_OUT,
                                            .flags = SCSI_NO_MEDIUM,
                                            .usage = { USAGE_ALLOCATION_12, [10] = 0xfe },
                                            .check = spc_check_set_information,
                                            .run = spc_set_information },
  [SCSI_OP_SET_TIMESTAMP] = { .direction = SCSI_DATA_OUT,
                              .flags = SCSI_NO_MEDIUM,
                              .usage = { USAGE_ALLOCATION_12 },
                              .check = scsi_check_parameter_list,
                              .run = spc_set_timestamp },
  [SCSI_OP_READ_12] = { .direction = SCSI_DATA_IN,
                        .access = SCSI_ACCESS_READS,
                        .usage = { USAGE_DPO_FUA, USAGE_LBA_4, USAGE_BLOCKS_12 },
                        .check = sbc_check_blocks,
                        .run = sbc_read },
  [SCSI_OP_WRITE_12] = { .direction = SCSI_DATA_OUT,
                         .flags = SCSI_WRITES,
                         .usage = { USAGE_DPO_FUA, USAGE_LBA_4, USAGE_BLOCKS_12 },
                         .check = sbc_check_blocks,
                         .run = sbc_write },
  [SCSI_OP_WRITE_AND_VERIFY_12] = { .direction = SCSI_DATA_OUT,
                                    .flags = SCSI_WRITES,
                                    .usage = { [1] = 0x12, USAGE_LBA_4, USAGE_BLOCKS_12 },
                                    .check = sbc_check_write_and_verify,
                                    .run = sbc_write_and_verify },
  [SCSI_OP_VERIFY_12] = { .direction = SCSI_DATA_OUT,
                          .access = SCSI_ACCESS_READS,
                          .usage = { USAGE_VERIFY, USAGE_LBA_4, USAGE_BLOCKS_12 },
                          .check = sbc_check_verify,
                          .run = sbc_verify },
  [SCSI_OP_READ_DEFECT_DATA_12] = { .direction = SCSI_DATA_IN,
                                    .access = SCSI_ACCESS_READS,
                                    .usage = { [1] = 0x1f,
                                               [2] = 0xff,
                                               [3] = 0xff,
                                               [4] = 0xff,
                                               [5] = 0xff,
                                               USAGE_ALLOCATION_12 },
                                    .check = sbc_check_defects,
                                    .run = sbc_read_defects },
};

const ScsiCommandRow *
scsi_command_row_of (ScsiOp op)
{
  return rows[op].run != NULL ? &rows[op] : NULL;
}

const ScsiCommandRow *
scsi_command_row (const guint8 cdb[CDB_LENGTH])
{
  const ScsiOpInfo *info = scsi_op_find (cdb);
  return info != NULL ? scsi_command_row_of (info->op) : NULL;
}

ScsiOp
scsi_command_op (const ScsiCommandRow *row)
{
  return (ScsiOp) (row - rows);
}

gboolean
scsi_command_is_of (const ScsiCommandRow *row, const Lun *lun)
{
  return (row->flags & SCSI_NEEDS_THIN) == 0 || (lun != NULL && lun->is_thin);
}

gboolean
scsi_opcode_is_ours (guint8 opcode)
{
  for (guint op = 0; op < SCSI_OP_COUNT; op++)
    if (scsi_op_info (op)->opcode == opcode && rows[op].run != NULL)
      return TRUE;
  return FALSE;
}

gboolean
scsi_check_parameter_list (ScsiTask *task)
{
  task->transfer_length = cdb_allocation_length (task->cdb);
  return TRUE;
}
