/* SPDX-License-Identifier: Apache-2.0 */
/* scsi.h - status, sense, and CDBs as data (SAM-5, SPC-4, SBC-3) */
#pragma once

#include "protocol/scsi-command.h"

typedef enum ScsiStatus {
  SCSI_GOOD = 0x00,
  SCSI_CHECK_CONDITION = 0x02,
  SCSI_BUSY = 0x08,
  SCSI_RESERVATION_CONFLICT = 0x18,
  SCSI_TASK_SET_FULL = 0x28,
  SCSI_ACA_ACTIVE = 0x30,
  SCSI_TASK_ABORTED = 0x40,
} ScsiStatus;

const char *scsi_status_name (guint64 status);

typedef enum SenseKey {
  SENSE_NO_SENSE = 0x0,
  SENSE_RECOVERED_ERROR = 0x1,
  SENSE_NOT_READY = 0x2,
  SENSE_MEDIUM_ERROR = 0x3,
  SENSE_HARDWARE_ERROR = 0x4,
  SENSE_ILLEGAL_REQUEST = 0x5,
  SENSE_UNIT_ATTENTION = 0x6,
  SENSE_DATA_PROTECT = 0x7,
  SENSE_ABORTED_COMMAND = 0xb,
  SENSE_MISCOMPARE = 0xe,
} SenseKey;

/* asc << 8 | ascq */
typedef enum SenseCode {
  SENSE_CODE_NONE = 0x0000,
  SENSE_CODE_INVALID_OPCODE = 0x2000,
  SENSE_CODE_LBA_OUT_OF_RANGE = 0x2100,
  SENSE_CODE_INVALID_FIELD_IN_CDB = 0x2400,
  SENSE_CODE_LUN_NOT_SUPPORTED = 0x2500,
  SENSE_CODE_POWER_ON_RESET = 0x2900,
  SENSE_CODE_POWER_ON = 0x2901,
  SENSE_CODE_BUS_RESET = 0x2903, /* BUS DEVICE RESET FUNCTION OCCURRED */
  SENSE_CODE_NEXUS_LOSS = 0x2907,
  SENSE_CODE_PARAMETERS_CHANGED = 0x2a00,
  SENSE_CODE_COMMANDS_CLEARED = 0x2f00, /* by another initiator */
  SENSE_CODE_NOT_READY = 0x0401,        /* in process of becoming ready */
  SENSE_CODE_INQUIRY_DATA_CHANGED = 0x3f03,
  SENSE_CODE_REPORTED_LUNS_CHANGED = 0x3f0e,
  SENSE_CODE_UNEXPECTED_UNSOLICITED_DATA = 0x0c0c,
  SENSE_CODE_INCORRECT_AMOUNT_OF_DATA = 0x0c0d,
  SENSE_CODE_UNRECOVERED_READ_ERROR = 0x1100,
  SENSE_CODE_WRITE_ERROR = 0x0c00,
  SENSE_CODE_WRITE_PROTECTED = 0x2700,
  SENSE_CODE_SPACE_ALLOCATION_FAILED = 0x2707, /* a thin unit's store is full */
} SenseCode;

typedef struct Sense {
  SenseKey key;
  guint16 code; /* asc << 8 | ascq */
} Sense;

#define SENSE_FIXED_LENGTH 18

/* Fixed format, current error. A SCSI Response carries it behind a two-octet length (RFC 7143 11.4.7.2). */
void sense_encode (const Sense *sense, guint8 ret_bytes[SENSE_FIXED_LENGTH]);
gboolean sense_decode (const guint8 *bytes, gsize length,
                       Sense *ret_sense); /* fixed and descriptor format */
const char *sense_key_name (guint64 key);

/* SCSI_OP (NAME, opcode, "name", CDB length, service action or -1) */
#define SCSI_OPS(SCSI_OP)                                                                          \
  SCSI_OP (TEST_UNIT_READY, 0x00, "TEST UNIT READY", 6, -1)                                        \
  SCSI_OP (REQUEST_SENSE, 0x03, "REQUEST SENSE", 6, -1)                                            \
  SCSI_OP (INQUIRY, 0x12, "INQUIRY", 6, -1)                                                        \
  SCSI_OP (READ_CAPACITY_10, 0x25, "READ CAPACITY(10)", 10, -1)                                    \
  SCSI_OP (READ_10, 0x28, "READ(10)", 10, -1)                                                      \
  SCSI_OP (WRITE_10, 0x2a, "WRITE(10)", 10, -1)                                                    \
  SCSI_OP (SYNCHRONIZE_CACHE_10, 0x35, "SYNCHRONIZE CACHE(10)", 10, -1)                            \
  SCSI_OP (READ_16, 0x88, "READ(16)", 16, -1)                                                      \
  SCSI_OP (WRITE_16, 0x8a, "WRITE(16)", 16, -1)                                                    \
  SCSI_OP (READ_CAPACITY_16, 0x9e, "READ CAPACITY(16)", 16, 0x10)                                  \
  SCSI_OP (REPORT_LUNS, 0xa0, "REPORT LUNS", 12, -1)

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
const char *scsi_cdb_name (const guint8 cdb[CDB_LENGTH]); /* "unknown" for others */

/* The block commands READ and WRITE (10) and (16): where they begin and how many blocks they move. */
void cdb_build_blocks (guint8 ret_cdb[CDB_LENGTH], ScsiOp op, guint64 lba, guint32 blocks);
void cdb_read_blocks (const guint8 cdb[CDB_LENGTH], guint64 *ret_lba, guint32 *ret_blocks);

void cdb_build_inquiry (guint8 ret_cdb[CDB_LENGTH], gboolean is_vpd, guint8 page,
                        guint16 allocation_length);
/* TEST UNIT READY, READ CAPACITY and REPORT LUNS, whose only argument is how much may come back. */
void cdb_build (guint8 ret_cdb[CDB_LENGTH], ScsiOp op, guint32 allocation_length);
guint32 cdb_allocation_length (
    const guint8 cdb[CDB_LENGTH]); /* of INQUIRY, REPORT LUNS, READ CAPACITY(16), REQUEST SENSE */

/* LUN number to the 8-octet field: peripheral addressing below 256, flat below 16384 (SAM-5 4.7.7). */
guint64 lun_encode (guint16 number);
gboolean
lun_decode (guint64 lun,
            guint16 *ret_number); /* FALSE: an addressing method or level that we do not know */
