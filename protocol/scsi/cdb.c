/* SPDX-License-Identifier: Apache-2.0 */
/* cdb.c - one row per command says where it is found; one more where its CDB keeps its two usual arguments */
#include "protocol/scsi/cdb.h"

#include "world/banned.h"

static const ScsiOpInfo ops[SCSI_OP_COUNT] = {
#define SCSI_OP(id, code, action, length, text)                                                    \
  [SCSI_OP_##id] = { .op = SCSI_OP_##id,                                                           \
                     .opcode = code,                                                               \
                     .service_action = action,                                                     \
                     .cdb_length = length,                                                         \
                     .name = text },
  SCSI_OPS (SCSI_OP)
#undef SCSI_OP
};

typedef struct CdbField {
  guint8 byte;
  guint8 octets; /* 0: no such field */
} CdbField;

/* How much may come back, or comes. */
static const CdbField allocations[SCSI_OP_COUNT] = {
  [SCSI_OP_REQUEST_SENSE] = { 4, 1 },
  [SCSI_OP_INQUIRY] = { 3, 2 },
  [SCSI_OP_MODE_SELECT_6] = { 4, 1 },
  [SCSI_OP_MODE_SENSE_6] = { 4, 1 },
  [SCSI_OP_RECEIVE_DIAGNOSTIC_RESULTS] = { 3, 2 },
  [SCSI_OP_SEND_DIAGNOSTIC] = { 3, 2 },
  [SCSI_OP_READ_DEFECT_DATA_10] = { 7, 2 },
  [SCSI_OP_WRITE_BUFFER] = { 6, 3 },
  [SCSI_OP_READ_BUFFER_10] = { 6, 3 },
  [SCSI_OP_UNMAP] = { 7, 2 },
  [SCSI_OP_SANITIZE_OVERWRITE] = { 7, 2 },
  [SCSI_OP_SANITIZE_BLOCK_ERASE] = { 7, 2 },
  [SCSI_OP_SANITIZE_CRYPTOGRAPHIC_ERASE] = { 7, 2 },
  [SCSI_OP_SANITIZE_EXIT_FAILURE_MODE] = { 7, 2 },
  [SCSI_OP_LOG_SENSE] = { 7, 2 },
  [SCSI_OP_MODE_SELECT_10] = { 7, 2 },
  [SCSI_OP_MODE_SENSE_10] = { 7, 2 },
  [SCSI_OP_PR_READ_KEYS] = { 7, 2 },
  [SCSI_OP_PR_READ_RESERVATION] = { 7, 2 },
  [SCSI_OP_PR_REPORT_CAPABILITIES] = { 7, 2 },
  [SCSI_OP_PR_READ_FULL_STATUS] = { 7, 2 },
  [SCSI_OP_PR_REGISTER] = { 5, 4 },
  [SCSI_OP_PR_RESERVE] = { 5, 4 },
  [SCSI_OP_PR_RELEASE] = { 5, 4 },
  [SCSI_OP_PR_CLEAR] = { 5, 4 },
  [SCSI_OP_PR_PREEMPT] = { 5, 4 },
  [SCSI_OP_PR_PREEMPT_AND_ABORT] = { 5, 4 },
  [SCSI_OP_PR_REGISTER_AND_IGNORE] = { 5, 4 },
  [SCSI_OP_PR_REGISTER_AND_MOVE] = { 5, 4 },
  [SCSI_OP_EXTENDED_COPY] = { 10, 4 },
  [SCSI_OP_RECEIVE_COPY_STATUS] = { 10, 4 },
  [SCSI_OP_RECEIVE_COPY_DATA] = { 10, 4 },
  [SCSI_OP_RECEIVE_COPY_OPERATING_PARAMETERS] = { 10, 4 },
  [SCSI_OP_RECEIVE_COPY_FAILURE_DETAILS] = { 10, 4 },
  [SCSI_OP_READ_CAPACITY_16] = { 10, 4 },
  [SCSI_OP_GET_LBA_STATUS] = { 10, 4 },
  [SCSI_OP_REPORT_LUNS] = { 6, 4 },
  [SCSI_OP_REPORT_IDENTIFYING_INFORMATION] = { 6, 4 },
  [SCSI_OP_REPORT_TARGET_PORT_GROUPS] = { 6, 4 },
  [SCSI_OP_REPORT_SUPPORTED_OPERATION_CODES] = { 6, 4 },
  [SCSI_OP_REPORT_SUPPORTED_TMF] = { 6, 4 },
  [SCSI_OP_REPORT_TIMESTAMP] = { 6, 4 },
  [SCSI_OP_SET_IDENTIFYING_INFORMATION] = { 6, 4 },
  [SCSI_OP_SET_TARGET_PORT_GROUPS] = { 6, 4 },
  [SCSI_OP_SET_TIMESTAMP] = { 6, 4 },
  [SCSI_OP_READ_DEFECT_DATA_12] = { 6, 4 },
};

/* Where the blocks of a command are. LBAs of six-octet CDBs have 21 bits. */
typedef struct CdbRange {
  CdbField lba;
  CdbField blocks;
} CdbRange;

#define RANGE_6                                                                                    \
  {                                                                                                \
    { 1, 3 },                                                                                      \
    {                                                                                              \
      4, 1                                                                                         \
    }                                                                                              \
  }
#define RANGE_10                                                                                   \
  {                                                                                                \
    { 2, 4 },                                                                                      \
    {                                                                                              \
      7, 2                                                                                         \
    }                                                                                              \
  }
#define RANGE_12                                                                                   \
  {                                                                                                \
    { 2, 4 },                                                                                      \
    {                                                                                              \
      6, 4                                                                                         \
    }                                                                                              \
  }
#define RANGE_16                                                                                   \
  {                                                                                                \
    { 2, 8 },                                                                                      \
    {                                                                                              \
      10, 4                                                                                        \
    }                                                                                              \
  }
#define LBA_6_MASK   0x1fffffu
#define BLOCKS_6_ALL 256

static const CdbRange ranges[SCSI_OP_COUNT] = {
  [SCSI_OP_READ_6] = RANGE_6,
  [SCSI_OP_WRITE_6] = RANGE_6,
  [SCSI_OP_READ_10] = RANGE_10,
  [SCSI_OP_WRITE_10] = RANGE_10,
  [SCSI_OP_WRITE_AND_VERIFY_10] = RANGE_10,
  [SCSI_OP_VERIFY_10] = RANGE_10,
  [SCSI_OP_PRE_FETCH_10] = RANGE_10,
  [SCSI_OP_SYNCHRONIZE_CACHE_10] = RANGE_10,
  [SCSI_OP_WRITE_SAME_10] = RANGE_10,
  [SCSI_OP_READ_16] = RANGE_16,
  [SCSI_OP_COMPARE_AND_WRITE] = { { 2, 8 }, { 13, 1 } },
  [SCSI_OP_WRITE_16] = RANGE_16,
  [SCSI_OP_ORWRITE_16] = RANGE_16,
  [SCSI_OP_WRITE_AND_VERIFY_16] = RANGE_16,
  [SCSI_OP_VERIFY_16] = RANGE_16,
  [SCSI_OP_PRE_FETCH_16] = RANGE_16,
  [SCSI_OP_SYNCHRONIZE_CACHE_16] = RANGE_16,
  [SCSI_OP_WRITE_SAME_16] = RANGE_16,
  [SCSI_OP_WRITE_ATOMIC_16] = { { 2, 8 }, { 12, 2 } },
  [SCSI_OP_READ_12] = RANGE_12,
  [SCSI_OP_WRITE_12] = RANGE_12,
  [SCSI_OP_WRITE_AND_VERIFY_12] = RANGE_12,
  [SCSI_OP_VERIFY_12] = RANGE_12,
};

const ScsiOpInfo *
scsi_op_info (ScsiOp op)
{
  CHECK_THAT (op < SCSI_OP_COUNT);
  return &ops[op];
}

/* The first row of this opcode, or of the next one that there is; SCSI_OP_COUNT: none. */
static guint
scsi_op_lower_bound (guint8 opcode)
{
  guint low = 0, high = SCSI_OP_COUNT;
  while (low < high) {
    const guint middle = low + (high - low) / 2;
    if (ops[middle].opcode < opcode)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

gboolean
scsi_opcode_is_known (guint8 opcode)
{
  const guint first = scsi_op_lower_bound (opcode);
  return first < SCSI_OP_COUNT && ops[first].opcode == opcode;
}

const ScsiOpInfo *
scsi_op_find (const guint8 cdb[CDB_LENGTH])
{
  for (guint i = scsi_op_lower_bound (cdb[0]); i < SCSI_OP_COUNT && ops[i].opcode == cdb[0]; i++)
    if (ops[i].service_action < 0 || ops[i].service_action == (cdb[1] & 0x1f))
      return &ops[i];
  return NULL;
}

const char *
scsi_cdb_name (const guint8 cdb[CDB_LENGTH])
{
  const ScsiOpInfo *info = scsi_op_find (cdb);
  return info != NULL ? info->name : "unknown";
}

static void
cdb_begin (guint8 ret_cdb[CDB_LENGTH], ScsiOp op)
{
  const ScsiOpInfo *info = scsi_op_info (op);
  memset (ret_cdb, 0, CDB_LENGTH);
  ret_cdb[0] = info->opcode;
  if (info->service_action >= 0)
    ret_cdb[1] = (guint8) info->service_action;
}

static void
cdb_put (guint8 ret_cdb[CDB_LENGTH], CdbField field, guint64 value)
{
  CHECK_THAT (value <= wire_mask (field.octets * 8));
  wire_store (ret_cdb + field.byte, field.octets, value);
}

gboolean
scsi_op_names_blocks (ScsiOp op)
{
  CHECK_THAT (op < SCSI_OP_COUNT);
  return ranges[op].lba.octets > 0;
}

void
cdb_build_blocks (guint8 ret_cdb[CDB_LENGTH], ScsiOp op, guint64 lba, guint32 blocks)
{
  CHECK_THAT (scsi_op_names_blocks (op));
  const gboolean is_short = scsi_op_info (op)->cdb_length == 6;
  CHECK_THAT (!is_short || (lba <= LBA_6_MASK && blocks >= 1 && blocks <= BLOCKS_6_ALL));
  cdb_begin (ret_cdb, op);
  cdb_put (ret_cdb, ranges[op].lba, lba);
  cdb_put (ret_cdb, ranges[op].blocks, is_short ? blocks % BLOCKS_6_ALL : blocks);
}

static const CdbRange *
cdb_range (const guint8 cdb[CDB_LENGTH])
{
  const ScsiOpInfo *info = scsi_op_find (cdb);
  CHECK_THAT (info != NULL && scsi_op_names_blocks (info->op));
  return &ranges[info->op];
}

guint8
cdb_blocks_octet (const guint8 cdb[CDB_LENGTH])
{
  return cdb_range (cdb)->blocks.byte;
}

void
cdb_read_blocks (const guint8 cdb[CDB_LENGTH], guint64 *ret_lba, guint32 *ret_blocks)
{
  const CdbRange *range = cdb_range (cdb);
  *ret_lba = wire_load (cdb + range->lba.byte, range->lba.octets);
  *ret_blocks = (guint32) wire_load (cdb + range->blocks.byte, range->blocks.octets);
  if (range->lba.octets == 3) {
    *ret_lba &= LBA_6_MASK;
    *ret_blocks = *ret_blocks == 0 ? BLOCKS_6_ALL : *ret_blocks;
  }
}

/* SPC-4 6.6: bit 0 of octet 1 is EVPD. */
void
cdb_build_inquiry (guint8 ret_cdb[CDB_LENGTH], gboolean is_vpd, guint8 page,
                   guint16 allocation_length)
{
  CHECK_THAT (is_vpd || page == 0);
  cdb_build (ret_cdb, SCSI_OP_INQUIRY, allocation_length);
  ret_cdb[1] = is_vpd ? 1 : 0;
  ret_cdb[2] = page;
}

void
cdb_build (guint8 ret_cdb[CDB_LENGTH], ScsiOp op, guint32 allocation_length)
{
  cdb_begin (ret_cdb, op);
  if (allocations[op].octets > 0)
    cdb_put (ret_cdb, allocations[op], allocation_length);
}

guint32
cdb_allocation_length (const guint8 cdb[CDB_LENGTH])
{
  const ScsiOpInfo *info = scsi_op_find (cdb);
  CHECK_THAT (info != NULL && allocations[info->op].octets > 0);
  return (guint32) wire_load (cdb + allocations[info->op].byte, allocations[info->op].octets);
}
