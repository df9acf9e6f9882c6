/* SPDX-License-Identifier: Apache-2.0 */
/* cdb.h - commands and their CDBs as data (SPC-4, SBC-3, SBC-4)
 *
 * A command is found by its opcode and, where it has one, by its service action. The table is in order of opcodes.
 */
#pragma once

#include "protocol/scsi-command.h"

/* SCSI_OP (NAME, opcode, service action or -1, CDB length, "name") */
#define SCSI_OPS(SCSI_OP)                                                                          \
  SCSI_OP (TEST_UNIT_READY, 0x00, -1, 6, "TEST UNIT READY")                                        \
  SCSI_OP (REQUEST_SENSE, 0x03, -1, 6, "REQUEST SENSE")                                            \
  SCSI_OP (FORMAT_UNIT, 0x04, -1, 6, "FORMAT UNIT")                                                \
  SCSI_OP (READ_6, 0x08, -1, 6, "READ(6)")                                                         \
  SCSI_OP (WRITE_6, 0x0a, -1, 6, "WRITE(6)")                                                       \
  SCSI_OP (INQUIRY, 0x12, -1, 6, "INQUIRY")                                                        \
  SCSI_OP (MODE_SELECT_6, 0x15, -1, 6, "MODE SELECT(6)")                                           \
  SCSI_OP (RESERVE_6, 0x16, -1, 6, "RESERVE(6)")                                                   \
  SCSI_OP (RELEASE_6, 0x17, -1, 6, "RELEASE(6)")                                                   \
  SCSI_OP (MODE_SENSE_6, 0x1a, -1, 6, "MODE SENSE(6)")                                             \
  SCSI_OP (START_STOP_UNIT, 0x1b, -1, 6, "START STOP UNIT")                                        \
  SCSI_OP (RECEIVE_DIAGNOSTIC_RESULTS, 0x1c, -1, 6, "RECEIVE DIAGNOSTIC RESULTS")                  \
  SCSI_OP (SEND_DIAGNOSTIC, 0x1d, -1, 6, "SEND DIAGNOSTIC")                                        \
  SCSI_OP (PREVENT_ALLOW_MEDIUM_REMOVAL, 0x1e, -1, 6, "PREVENT ALLOW MEDIUM REMOVAL")              \
  SCSI_OP (READ_CAPACITY_10, 0x25, -1, 10, "READ CAPACITY(10)")                                    \
  SCSI_OP (READ_10, 0x28, -1, 10, "READ(10)")                                                      \
  SCSI_OP (WRITE_10, 0x2a, -1, 10, "WRITE(10)")                                                    \
  SCSI_OP (WRITE_AND_VERIFY_10, 0x2e, -1, 10, "WRITE AND VERIFY(10)")                              \
  SCSI_OP (VERIFY_10, 0x2f, -1, 10, "VERIFY(10)")                                                  \
  SCSI_OP (PRE_FETCH_10, 0x34, -1, 10, "PRE-FETCH(10)")                                            \
  SCSI_OP (SYNCHRONIZE_CACHE_10, 0x35, -1, 10, "SYNCHRONIZE CACHE(10)")                            \
  SCSI_OP (READ_DEFECT_DATA_10, 0x37, -1, 10, "READ DEFECT DATA(10)")                              \
  SCSI_OP (WRITE_BUFFER, 0x3b, -1, 10, "WRITE BUFFER")                                             \
  SCSI_OP (READ_BUFFER_10, 0x3c, -1, 10, "READ BUFFER(10)")                                        \
  SCSI_OP (WRITE_SAME_10, 0x41, -1, 10, "WRITE SAME(10)")                                          \
  SCSI_OP (UNMAP, 0x42, -1, 10, "UNMAP")                                                           \
  SCSI_OP (SANITIZE_OVERWRITE, 0x48, 0x01, 10, "SANITIZE, OVERWRITE")                              \
  SCSI_OP (SANITIZE_BLOCK_ERASE, 0x48, 0x02, 10, "SANITIZE, BLOCK ERASE")                          \
  SCSI_OP (SANITIZE_CRYPTOGRAPHIC_ERASE, 0x48, 0x03, 10, "SANITIZE, CRYPTOGRAPHIC ERASE")          \
  SCSI_OP (SANITIZE_EXIT_FAILURE_MODE, 0x48, 0x1f, 10, "SANITIZE, EXIT FAILURE MODE")              \
  SCSI_OP (LOG_SENSE, 0x4d, -1, 10, "LOG SENSE")                                                   \
  SCSI_OP (MODE_SELECT_10, 0x55, -1, 10, "MODE SELECT(10)")                                        \
  SCSI_OP (MODE_SENSE_10, 0x5a, -1, 10, "MODE SENSE(10)")                                          \
  SCSI_OP (PR_READ_KEYS, 0x5e, 0x00, 10, "PERSISTENT RESERVE IN, READ KEYS")                       \
  SCSI_OP (PR_READ_RESERVATION, 0x5e, 0x01, 10, "PERSISTENT RESERVE IN, READ RESERVATION")         \
  SCSI_OP (PR_REPORT_CAPABILITIES, 0x5e, 0x02, 10, "PERSISTENT RESERVE IN, REPORT CAPABILITIES")   \
  SCSI_OP (PR_READ_FULL_STATUS, 0x5e, 0x03, 10, "PERSISTENT RESERVE IN, READ FULL STATUS")         \
  SCSI_OP (PR_REGISTER, 0x5f, 0x00, 10, "PERSISTENT RESERVE OUT, REGISTER")                        \
  SCSI_OP (PR_RESERVE, 0x5f, 0x01, 10, "PERSISTENT RESERVE OUT, RESERVE")                          \
  SCSI_OP (PR_RELEASE, 0x5f, 0x02, 10, "PERSISTENT RESERVE OUT, RELEASE")                          \
  SCSI_OP (PR_CLEAR, 0x5f, 0x03, 10, "PERSISTENT RESERVE OUT, CLEAR")                              \
  SCSI_OP (PR_PREEMPT, 0x5f, 0x04, 10, "PERSISTENT RESERVE OUT, PREEMPT")                          \
  SCSI_OP (PR_PREEMPT_AND_ABORT, 0x5f, 0x05, 10, "PERSISTENT RESERVE OUT, PREEMPT AND ABORT")      \
  SCSI_OP (PR_REGISTER_AND_IGNORE, 0x5f, 0x06, 10,                                                 \
           "PERSISTENT RESERVE OUT, REGISTER AND IGNORE EXISTING KEY")                             \
  SCSI_OP (PR_REGISTER_AND_MOVE, 0x5f, 0x07, 10, "PERSISTENT RESERVE OUT, REGISTER AND MOVE")      \
  SCSI_OP (EXTENDED_COPY, 0x83, 0x00, 16, "EXTENDED COPY(LID1)")                                   \
  SCSI_OP (RECEIVE_COPY_STATUS, 0x84, 0x00, 16, "RECEIVE COPY STATUS(LID1)")                       \
  SCSI_OP (RECEIVE_COPY_DATA, 0x84, 0x01, 16, "RECEIVE COPY DATA(LID1)")                           \
  SCSI_OP (RECEIVE_COPY_OPERATING_PARAMETERS, 0x84, 0x03, 16, "RECEIVE COPY OPERATING PARAMETERS") \
  SCSI_OP (RECEIVE_COPY_FAILURE_DETAILS, 0x84, 0x04, 16, "RECEIVE COPY FAILURE DETAILS(LID1)")     \
  SCSI_OP (READ_16, 0x88, -1, 16, "READ(16)")                                                      \
  SCSI_OP (COMPARE_AND_WRITE, 0x89, -1, 16, "COMPARE AND WRITE")                                   \
  SCSI_OP (WRITE_16, 0x8a, -1, 16, "WRITE(16)")                                                    \
  SCSI_OP (ORWRITE_16, 0x8b, -1, 16, "ORWRITE(16)")                                                \
  SCSI_OP (WRITE_AND_VERIFY_16, 0x8e, -1, 16, "WRITE AND VERIFY(16)")                              \
  SCSI_OP (VERIFY_16, 0x8f, -1, 16, "VERIFY(16)")                                                  \
  SCSI_OP (PRE_FETCH_16, 0x90, -1, 16, "PRE-FETCH(16)")                                            \
  SCSI_OP (SYNCHRONIZE_CACHE_16, 0x91, -1, 16, "SYNCHRONIZE CACHE(16)")                            \
  SCSI_OP (WRITE_SAME_16, 0x93, -1, 16, "WRITE SAME(16)")                                          \
  SCSI_OP (WRITE_ATOMIC_16, 0x9c, -1, 16, "WRITE ATOMIC(16)")                                      \
  SCSI_OP (READ_CAPACITY_16, 0x9e, 0x10, 16, "READ CAPACITY(16)")                                  \
  SCSI_OP (GET_LBA_STATUS, 0x9e, 0x12, 16, "GET LBA STATUS")                                       \
  SCSI_OP (REPORT_LUNS, 0xa0, -1, 12, "REPORT LUNS")                                               \
  SCSI_OP (REPORT_IDENTIFYING_INFORMATION, 0xa3, 0x05, 12, "REPORT IDENTIFYING INFORMATION")       \
  SCSI_OP (REPORT_TARGET_PORT_GROUPS, 0xa3, 0x0a, 12, "REPORT TARGET PORT GROUPS")                 \
  SCSI_OP (REPORT_SUPPORTED_OPERATION_CODES, 0xa3, 0x0c, 12, "REPORT SUPPORTED OPERATION CODES")   \
  SCSI_OP (REPORT_SUPPORTED_TMF, 0xa3, 0x0d, 12, "REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS")     \
  SCSI_OP (REPORT_TIMESTAMP, 0xa3, 0x0f, 12, "REPORT TIMESTAMP")                                   \
  SCSI_OP (SET_IDENTIFYING_INFORMATION, 0xa4, 0x06, 12, "SET IDENTIFYING INFORMATION")             \
  SCSI_OP (SET_TARGET_PORT_GROUPS, 0xa4, 0x0a, 12, "SET TARGET PORT GROUPS")                       \
  SCSI_OP (SET_TIMESTAMP, 0xa4, 0x0f, 12, "SET TIMESTAMP")                                         \
  SCSI_OP (READ_12, 0xa8, -1, 12, "READ(12)")                                                      \
  SCSI_OP (WRITE_12, 0xaa, -1, 12, "WRITE(12)")                                                    \
  SCSI_OP (WRITE_AND_VERIFY_12, 0xae, -1, 12, "WRITE AND VERIFY(12)")                              \
  SCSI_OP (VERIFY_12, 0xaf, -1, 12, "VERIFY(12)")                                                  \
  SCSI_OP (READ_DEFECT_DATA_12, 0xb7, -1, 12, "READ DEFECT DATA(12)")

typedef enum ScsiOp {
#define SCSI_OP(name, ...) SCSI_OP_##name,
  SCSI_OPS (SCSI_OP)
#undef SCSI_OP
      SCSI_OP_COUNT
} ScsiOp;

typedef struct ScsiOpInfo {
  ScsiOp op;
  guint8 opcode;
  gint8 service_action; /* -1: none */
  guint8 cdb_length;
  const char *name;
} ScsiOpInfo;

const ScsiOpInfo *scsi_op_info (ScsiOp op);
const ScsiOpInfo *
scsi_op_find (const guint8 cdb[CDB_LENGTH]); /* by opcode and service action; NULL: unknown */
/* The opcode is known, though perhaps not with this service action. */
gboolean scsi_opcode_is_known (guint8 opcode);
const char *scsi_cdb_name (const guint8 cdb[CDB_LENGTH]); /* "unknown" for others */

/* The block commands (READ, WRITE, VERIFY, ... of any length): where they begin and how many blocks they name. A READ(6) or
 * WRITE(6) of 0 blocks is one of 256 (SBC-3 5.10). */
void cdb_build_blocks (guint8 ret_cdb[CDB_LENGTH], ScsiOp op, guint64 lba, guint32 blocks);
void cdb_read_blocks (const guint8 cdb[CDB_LENGTH], guint64 *ret_lba, guint32 *ret_blocks);
gboolean scsi_op_names_blocks (ScsiOp op);
guint8 cdb_blocks_octet (const guint8 cdb[CDB_LENGTH]); /* of the number of blocks, the first */

void cdb_build_inquiry (guint8 ret_cdb[CDB_LENGTH], gboolean is_vpd, guint8 page,
                        guint16 allocation_length);
/* A command whose only argument, if any, is how much may come back, or comes as its parameter list. */
void cdb_build (guint8 ret_cdb[CDB_LENGTH], ScsiOp op, guint32 allocation_length);
/* The allocation length, or the parameter list length, of a command that has one. */
guint32 cdb_allocation_length (const guint8 cdb[CDB_LENGTH]);
