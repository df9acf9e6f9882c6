/* SPDX-License-Identifier: Apache-2.0 */
/* scsi.c - status, sense, and CDBs as data (SAM-5, SPC-4, SBC-3)
 *
 * One row per command says where it is found by opcode and service action; a second table says where its CDB keeps the
 * allocation length. The block commands need no table: the length of the CDB tells where address and count are.
 */
#include "protocol/scsi/scsi.h"

#include "world/banned.h"

typedef struct NamedCode {
  guint8 code;
  const char *name;
} NamedCode;

static const char *
code_name (const NamedCode *rows, guint count, guint64 code, const char *otherwise)
{
  for (guint i = 0; i < count; i++)
    if (rows[i].code == code)
      return rows[i].name;
  return otherwise;
}

const char *
scsi_status_name (guint64 status)
{
  static const NamedCode rows[] = {
    { SCSI_GOOD, "GOOD" },
    { SCSI_CHECK_CONDITION, "CHECK CONDITION" },
    { SCSI_BUSY, "BUSY" },
    { SCSI_RESERVATION_CONFLICT, "RESERVATION CONFLICT" },
    { SCSI_TASK_SET_FULL, "TASK SET FULL" },
    { SCSI_ACA_ACTIVE, "ACA ACTIVE" },
    { SCSI_TASK_ABORTED, "TASK ABORTED" },
  };
  return code_name (rows, G_N_ELEMENTS (rows), status, "unknown status");
}

/* ---- sense (SPC-4 4.5) ---- */

#define SENSE_FIXED_CURRENT       0x70
#define SENSE_FIXED_DEFERRED      0x71
#define SENSE_DESCRIPTOR_CURRENT  0x72
#define SENSE_DESCRIPTOR_DEFERRED 0x73

const char *
sense_key_name (guint64 key)
{
  static const NamedCode rows[] = {
    { SENSE_NO_SENSE, "NO SENSE" },
    { SENSE_RECOVERED_ERROR, "RECOVERED ERROR" },
    { SENSE_NOT_READY, "NOT READY" },
    { SENSE_MEDIUM_ERROR, "MEDIUM ERROR" },
    { SENSE_HARDWARE_ERROR, "HARDWARE ERROR" },
    { SENSE_ILLEGAL_REQUEST, "ILLEGAL REQUEST" },
    { SENSE_UNIT_ATTENTION, "UNIT ATTENTION" },
    { SENSE_DATA_PROTECT, "DATA PROTECT" },
    { SENSE_ABORTED_COMMAND, "ABORTED COMMAND" },
    { SENSE_MISCOMPARE, "MISCOMPARE" },
  };
  return code_name (rows, G_N_ELEMENTS (rows), key, "unknown sense key");
}

void
sense_encode (const Sense *sense, guint8 ret_bytes[SENSE_FIXED_LENGTH])
{
  memset (ret_bytes, 0, SENSE_FIXED_LENGTH);
  ret_bytes[0] = SENSE_FIXED_CURRENT;
  ret_bytes[2] = sense->key & 0x0f;
  ret_bytes[7] = SENSE_FIXED_LENGTH - 8; /* additional length: what follows octet 7 */
  wire_store (ret_bytes + 12, 2, sense->code);
}

/* Sense that was cut before its code still has a key. */
static gboolean
sense_decode_fixed (const guint8 *bytes, gsize length, Sense *ret_sense)
{
  if (length < 8)
    return FALSE;
  const gboolean has_code = length >= 14 && bytes[7] >= 6;
  ret_sense->key = bytes[2] & 0x0f;
  ret_sense->code = has_code ? (guint16) wire_load (bytes + 12, 2) : SENSE_CODE_NONE;
  return TRUE;
}

static gboolean
sense_decode_descriptor (const guint8 *bytes, gsize length, Sense *ret_sense)
{
  if (length < 8)
    return FALSE;
  ret_sense->key = bytes[1] & 0x0f;
  ret_sense->code = (guint16) wire_load (bytes + 2, 2);
  return TRUE;
}

gboolean
sense_decode (const guint8 *bytes, gsize length, Sense *ret_sense)
{
  if (length == 0)
    return FALSE;
  switch (bytes[0] & 0x7f) { /* bit 7: VALID */
  case SENSE_FIXED_CURRENT:
  case SENSE_FIXED_DEFERRED:
    return sense_decode_fixed (bytes, length, ret_sense);
  case SENSE_DESCRIPTOR_CURRENT:
  case SENSE_DESCRIPTOR_DEFERRED:
    return sense_decode_descriptor (bytes, length, ret_sense);
  default:
    return FALSE;
  }
}

/* ---- commands ---- */

static const ScsiOpInfo ops[SCSI_OP_COUNT] = {
#define SCSI_OP(id, code, text, length, action)                                                    \
  [SCSI_OP_##id] = { .op = SCSI_OP_##id,                                                           \
                     .opcode = code,                                                               \
                     .service_action = action,                                                     \
                     .cdb_length = length,                                                         \
                     .name = text },
  SCSI_OPS (SCSI_OP)
#undef SCSI_OP
};

/* Where a CDB says how much may come back; no octets: it does not. */
static const struct {
  guint8 byte;
  guint8 octets;
} allocations[SCSI_OP_COUNT] = {
  [SCSI_OP_REQUEST_SENSE] = { 4, 1 },
  [SCSI_OP_INQUIRY] = { 3, 2 },
  [SCSI_OP_READ_CAPACITY_16] = { 10, 4 },
  [SCSI_OP_REPORT_LUNS] = { 6, 4 },
};

const ScsiOpInfo *
scsi_op_info (ScsiOp op)
{
  CHECK_THAT (op < SCSI_OP_COUNT);
  return &ops[op];
}

const ScsiOpInfo *
scsi_op_find (const guint8 cdb[CDB_LENGTH])
{
  for (guint i = 0; i < SCSI_OP_COUNT; i++)
    if (ops[i].opcode == cdb[0]
        && (ops[i].service_action < 0 || ops[i].service_action == (cdb[1] & 0x1f)))
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

/* SBC-3 5.11, 5.14, 5.40, 5.43: ten octets hold 32 and 16 bits, sixteen hold 64 and 32. */
void
cdb_build_blocks (guint8 ret_cdb[CDB_LENGTH], ScsiOp op, guint64 lba, guint32 blocks)
{
  const guint length = scsi_op_info (op)->cdb_length;
  cdb_begin (ret_cdb, op);
  CHECK_THAT (length == 10 || length == 16);
  if (length == 10) {
    CHECK_THAT (lba <= G_MAXUINT32 && blocks <= G_MAXUINT16);
    wire_store (ret_cdb + 2, 4, lba);
    wire_store (ret_cdb + 7, 2, blocks);
  } else {
    wire_store (ret_cdb + 2, 8, lba);
    wire_store (ret_cdb + 10, 4, blocks);
  }
}

void
cdb_read_blocks (const guint8 cdb[CDB_LENGTH], guint64 *ret_lba, guint32 *ret_blocks)
{
  const ScsiOpInfo *info = scsi_op_find (cdb);
  CHECK_THAT (info != NULL && (info->cdb_length == 10 || info->cdb_length == 16));
  const gboolean is_long = info->cdb_length == 16;
  *ret_lba = is_long ? wire_load (cdb + 2, 8) : wire_load (cdb + 2, 4);
  *ret_blocks = (guint32) (is_long ? wire_load (cdb + 10, 4) : wire_load (cdb + 7, 2));
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
  const guint octets = allocations[op].octets;
  if (octets == 0)
    return;
  CHECK_THAT ((guint64) allocation_length <= wire_mask (octets * 8));
  wire_store (ret_cdb + allocations[op].byte, octets, allocation_length);
}

guint32
cdb_allocation_length (const guint8 cdb[CDB_LENGTH])
{
  const ScsiOpInfo *info = scsi_op_find (cdb);
  CHECK_THAT (info != NULL && allocations[info->op].octets > 0);
  return (guint32) wire_load (cdb + allocations[info->op].byte, allocations[info->op].octets);
}

/* ---- LUNs (SAM-5 4.7.7): the first level in the upper 16 bits, the others 0 ---- */

#define LUN_LEVEL_SHIFT 48
#define LUN_FLAT        0x4000u
#define LUN_METHOD      0xc000u
#define LUN_FLAT_LIMIT  0x4000u
#define LUN_BUS_LIMIT   0x100u

guint64
lun_encode (guint16 number)
{
  CHECK_THAT (number < LUN_FLAT_LIMIT);
  const guint64 level = number < LUN_BUS_LIMIT ? number : LUN_FLAT | number;
  return level << LUN_LEVEL_SHIFT;
}

gboolean
lun_decode (guint64 lun, guint16 *ret_number)
{
  const guint16 level = (guint16) (lun >> LUN_LEVEL_SHIFT);
  const guint16 method = level & LUN_METHOD;
  if (lun << 16 != 0)
    return FALSE;
  /* Peripheral addressing of bus 0, or flat space; the other methods nobody here gives out. */
  if (method == LUN_FLAT || (method == 0 && level < LUN_BUS_LIMIT)) {
    *ret_number = level & ~LUN_METHOD;
    return TRUE;
  }
  return FALSE;
}
