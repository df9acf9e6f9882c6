/* SPDX-License-Identifier: Apache-2.0 */
/* commands.c - which commands the device server knows: one row each, found by opcode and service action */
#include "target-sim/scsi/commands.h"

#include "world/banned.h"

static const ScsiCommandRow rows[SCSI_OP_COUNT] = {
  [SCSI_OP_TEST_UNIT_READY] = { .op = SCSI_OP_TEST_UNIT_READY, .run = spc_test_unit_ready },
  [SCSI_OP_REQUEST_SENSE] = { .op = SCSI_OP_REQUEST_SENSE,
                              .direction = SCSI_DATA_IN,
                              .flags = SCSI_ANY_LUN | SCSI_IGNORES_UNIT_ATTENTION,
                              .check = spc_check_request_sense,
                              .run = spc_request_sense },
  [SCSI_OP_INQUIRY] = { .op = SCSI_OP_INQUIRY,
                        .direction = SCSI_DATA_IN,
                        .flags = SCSI_ANY_LUN | SCSI_IGNORES_UNIT_ATTENTION,
                        .check = spc_check_inquiry,
                        .run = spc_inquiry },
  [SCSI_OP_REPORT_LUNS] = { .op = SCSI_OP_REPORT_LUNS,
                            .direction = SCSI_DATA_IN,
                            .flags = SCSI_ANY_LUN | SCSI_IGNORES_UNIT_ATTENTION,
                            .check = spc_check_report_luns,
                            .run = spc_report_luns },
  [SCSI_OP_READ_CAPACITY_10] = { .op = SCSI_OP_READ_CAPACITY_10,
                                 .direction = SCSI_DATA_IN,
                                 .run = sbc_read_capacity_10 },
  [SCSI_OP_READ_CAPACITY_16] = { .op = SCSI_OP_READ_CAPACITY_16,
                                 .direction = SCSI_DATA_IN,
                                 .run = sbc_read_capacity_16 },
  [SCSI_OP_READ_10] = { .op = SCSI_OP_READ_10,
                        .direction = SCSI_DATA_IN,
                        .check = sbc_check_blocks,
                        .run = sbc_read },
  [SCSI_OP_READ_16] = { .op = SCSI_OP_READ_16,
                        .direction = SCSI_DATA_IN,
                        .check = sbc_check_blocks,
                        .run = sbc_read },
  [SCSI_OP_WRITE_10] = { .op = SCSI_OP_WRITE_10,
                         .direction = SCSI_DATA_OUT,
                         .flags = SCSI_WRITES,
                         .check = sbc_check_blocks,
                         .run = sbc_write },
  [SCSI_OP_WRITE_16] = { .op = SCSI_OP_WRITE_16,
                         .direction = SCSI_DATA_OUT,
                         .flags = SCSI_WRITES,
                         .check = sbc_check_blocks,
                         .run = sbc_write },
  [SCSI_OP_SYNCHRONIZE_CACHE_10] = { .op = SCSI_OP_SYNCHRONIZE_CACHE_10,
                                     .check = sbc_check_synchronize,
                                     .run = sbc_synchronize },
};

const ScsiCommandRow *
scsi_command_row (const guint8 cdb[CDB_LENGTH])
{
  const ScsiOpInfo *info = scsi_op_find (cdb);
  if (info == NULL || rows[info->op].run == NULL)
    return NULL;
  return &rows[info->op];
}
