/* SPDX-License-Identifier: Apache-2.0 */
/* What every block command checks, by the standard's words, and READ, WRITE and SYNCHRONIZE CACHE of every length. */
#include "tests/unit/target-sim/scsi/unit.h"

static void
run_blocks (Unit *unit, ScsiOp op, guint64 lba, guint32 blocks, const void *data, gsize length)
{
  guint8 cdb[CDB_LENGTH];
  cdb_build_blocks (cdb, op, lba, blocks);
  run_on (unit, 0, cdb, data, length);
}

static void
test_every_length (void)
{
  static const ScsiOp writes[] = { SCSI_OP_WRITE_6, SCSI_OP_WRITE_10, SCSI_OP_WRITE_12,
                                   SCSI_OP_WRITE_16 };
  static const ScsiOp reads[] = { SCSI_OP_READ_12, SCSI_OP_READ_16, SCSI_OP_READ_6,
                                  SCSI_OP_READ_10 };
  Unit unit;
  guint8 bytes[1024];
  guint8 back[1024];
  unit_init (&unit);
  for (guint i = 0; i < G_N_ELEMENTS (writes); i++) {
    memset (bytes, 0x41 + (int) i, sizeof bytes);
    run_blocks (&unit, writes[i], UNIT_BLOCKS - 2, 2, bytes, sizeof bytes);
    g_assert_cmphex (unit.task.status, ==, SCSI_GOOD);
    run_blocks (&unit, reads[i], UNIT_BLOCKS - 2, 2, NULL, 0);
    g_assert_cmpuint (data_in (&unit, back, sizeof back), ==, sizeof back);
    g_assert_cmpmem (bytes, sizeof bytes, back, sizeof back);
  }
  unit_clear (&unit);
}

/* SBC-3 5.10: a TRANSFER LENGTH of 0 is 256 blocks in the short command, and none in the others. */
static void
test_zero_blocks (void)
{
  static const guint8 read_6[CDB_LENGTH] = { 0x08 };
  Unit unit;
  unit_init (&unit);
  run_on (&unit, 0, read_6, NULL, 0);
  g_assert_cmphex (unit.task.status, ==, SCSI_GOOD);
  g_assert_cmpuint (unit.task.data_in.length, ==, 256 * 512);
  static const ScsiOp ops[] = { SCSI_OP_READ_10,  SCSI_OP_READ_12,  SCSI_OP_READ_16,
                                SCSI_OP_WRITE_10, SCSI_OP_WRITE_12, SCSI_OP_WRITE_16 };
  for (guint i = 0; i < G_N_ELEMENTS (ops); i++) {
    run_blocks (&unit, ops[i], 5, 0, NULL, 0);
    g_assert_cmphex (unit.task.status, ==, SCSI_GOOD);
    g_assert_cmpuint (unit.task.transfer_length, ==, 0);
  }
  unit_clear (&unit);
}

/* Every command that names blocks. */
static void
for_each_op (void (*try) (Unit *unit, ScsiOp op))
{
  Unit unit;
  unit_init (&unit);
  for (guint op = 0; op < SCSI_OP_COUNT; op++)
    if (scsi_op_names_blocks (op) && scsi_command_row_of (op) != NULL)
      try (&unit, op);
  unit_clear (&unit);
}

static void
try_out_of_range (Unit *unit, ScsiOp op)
{
  run_blocks (unit, op, UNIT_BLOCKS - 1, 2, NULL, 0);
  assert_sense (unit, SENSE_ILLEGAL_REQUEST, SENSE_CODE_LBA_OUT_OF_RANGE);
  g_assert_true (unit->task.sense.has_information);
  g_assert_cmpuint (unit->task.sense.information, ==, UNIT_BLOCKS);
  run_blocks (unit, op, UNIT_BLOCKS + 7, 1, NULL, 0);
  assert_sense (unit, SENSE_ILLEGAL_REQUEST, SENSE_CODE_LBA_OUT_OF_RANGE);
  g_assert_cmpuint (unit->task.sense.information, ==, UNIT_BLOCKS + 7);
  g_assert_cmpuint (unit->task.transfer_length, ==, 0);
  if (scsi_op_info (op)->cdb_length == 16) {
    run_blocks (unit, op, G_MAXUINT64, 2, NULL, 0);
    assert_sense (unit, SENSE_ILLEGAL_REQUEST, SENSE_CODE_LBA_OUT_OF_RANGE);
    g_assert_cmpuint (unit->task.sense.information, ==, G_MAXUINT64);
  }
}

static void
test_out_of_range (void)
{
  for_each_op (try_out_of_range);
}

/* SBC-3 4.22.2: INVALID FIELD IN CDB where the medium has no protection information. */
static void
try_protect (Unit *unit, ScsiOp op)
{
  if (scsi_command_row_of (op)->check == sbc_check_cache) /* has no such field */
    return;
  guint8 cdb[CDB_LENGTH];
  for (guint protect = 1; protect < 8; protect++) {
    cdb_build_blocks (cdb, op, 0, 1);
    cdb[1] |= (guint8) (protect << 5);
    run_on (unit, 0, cdb, NULL, 0);
    assert_sense (unit, SENSE_ILLEGAL_REQUEST, SENSE_CODE_INVALID_FIELD_IN_CDB);
    assert_field (unit, SENSE_SPECIFIC_CDB_FIELD, 1, 7);
  }
}

static void
test_protect (void)
{
  for_each_op (try_protect);
}

/* SBC-3 6.6.4: what is above MAXIMUM TRANSFER LENGTH is an INVALID FIELD IN CDB, and that itself is taken. */
static void
test_transfer_limit (void)
{
  Unit unit;
  guint8 cdb[CDB_LENGTH];
  guint8 page[64];
  unit_init (&unit);
  g_autoptr (Store) large = store_ram_new (64 * 1024 * 1024);
  g_assert_true (luns_add (&unit.luns, 1, 512, large, NULL));
  cdb_build_inquiry (cdb, TRUE, 0xb0, sizeof page);
  run_on (&unit, lun_encode (1), cdb, NULL, 0);
  data_in (&unit, page, sizeof page);
  const guint32 limit = (guint32) wire_load (page + 8, 4);
  g_assert_cmpuint (limit, ==, SBC_TRANSFER_MAX_BYTES / 512);
  static const struct {
    ScsiOp op;
    guint8 octet;
  } rows[] = { { SCSI_OP_READ_10, 7 },  { SCSI_OP_READ_12, 6 },  { SCSI_OP_READ_16, 10 },
               { SCSI_OP_WRITE_10, 7 }, { SCSI_OP_WRITE_12, 6 }, { SCSI_OP_WRITE_16, 10 } };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    cdb_build_blocks (cdb, rows[i].op, 0, limit + 1);
    run_on (&unit, lun_encode (1), cdb, NULL, 0);
    assert_sense (&unit, SENSE_ILLEGAL_REQUEST, SENSE_CODE_INVALID_FIELD_IN_CDB);
    assert_field (&unit, SENSE_SPECIFIC_CDB_FIELD, rows[i].octet, 7);
  }
  cdb_build_blocks (cdb, SCSI_OP_READ_16, 0, limit);
  run_on (&unit, lun_encode (1), cdb, NULL, 0);
  g_assert_cmpuint (unit.task.data_in.length, ==, SBC_TRANSFER_MAX_BYTES);
  unit_clear (&unit);
}

/* ---- a store that flushes when it likes ---- */

typedef struct LateStore {
  Store store; /* first */
  StoreRequest *flush;
  gboolean was_durable;
  guint cancels;
} LateStore;

static void
late_write (Store *store, StoreRequest *request)
{
  ((LateStore *) store)->was_durable = request->is_durable;
  request->done (request, STORE_OK);
}

static void
late_flush (Store *store, StoreRequest *request)
{
  ((LateStore *) store)->flush = request;
}

static void
late_cancel (Store *store, StoreRequest *request)
{
  LateStore *self = (LateStore *) store;
  g_assert_true (self->flush == request);
  self->flush = NULL;
  self->cancels++;
}

static const StoreOps late_ops = { .write = late_write,
                                   .flush = late_flush,
                                   .cancel = late_cancel };

static void
late_init (Unit *unit, LateStore *late)
{
  *late = (LateStore){ .store = { STORE_MAGIC, &late_ops, 1024 * 1024 * 1024 } };
  unit_init (unit);
  g_assert_true (luns_add (&unit->luns, 1, 512, &late->store, NULL));
}

static void
test_fua (void)
{
  static const ScsiOp ops[] = { SCSI_OP_WRITE_10, SCSI_OP_WRITE_12, SCSI_OP_WRITE_16 };
  Unit unit;
  LateStore late;
  guint8 cdb[CDB_LENGTH];
  const guint8 block[512] = { 0 };
  late_init (&unit, &late);
  for (guint i = 0; i < G_N_ELEMENTS (ops); i++)
    for (guint flags = 0; flags <= 0x18; flags += 0x08) { /* DPO is 10h */
      cdb_build_blocks (cdb, ops[i], 0, 1);
      cdb[1] = (guint8) flags;
      run_on (&unit, lun_encode (1), cdb, block, sizeof block);
      g_assert_cmphex (unit.task.status, ==, SCSI_GOOD);
      g_assert_cmpint (late.was_durable, ==, (flags & 0x08) != 0);
    }
  cdb_build_blocks (cdb, SCSI_OP_WRITE_6, 0x80000, 1); /* 08h in octet 1 is of the LBA here */
  run_on (&unit, lun_encode (1), cdb, block, sizeof block);
  g_assert_false (late.was_durable);
  unit_clear (&unit);
}

static void
start_synchronize (Unit *unit, ScsiOp op, guint8 flags)
{
  guint8 cdb[CDB_LENGTH];
  if (unit->task.magic != 0)
    scsi_task_clear (&unit->task);
  cdb_build_blocks (cdb, op, 3, 0);
  cdb[1] = flags;
  scsi_task_init (&unit->task, &unit->nexus, lun_encode (1), cdb, on_done, unit);
  g_assert_true (scsi_task_prepare (&unit->task));
  scsi_task_start (&unit->task);
}

static void
test_synchronize (void)
{
  static const ScsiOp ops[] = { SCSI_OP_SYNCHRONIZE_CACHE_10, SCSI_OP_SYNCHRONIZE_CACHE_16 };
  Unit unit;
  LateStore late;
  late_init (&unit, &late);
  for (guint i = 0; i < G_N_ELEMENTS (ops); i++) {
    start_synchronize (&unit, ops[i], 0);
    g_assert_cmpuint (unit.done, ==, i);
    late.flush->done (late.flush, STORE_OK);
    g_assert_cmpuint (unit.done, ==, i + 1);
    g_assert_cmphex (unit.task.status, ==, SCSI_GOOD);
  }
  start_synchronize (&unit, ops[1], 0);
  late.flush->done (late.flush, STORE_FAILED);
  assert_sense (&unit, SENSE_MEDIUM_ERROR, SENSE_CODE_WRITE_ERROR);
  unit_clear (&unit);
}

/* SBC-3 5.23: IMMED returns status as soon as the CDB has been checked; the flush is done all the same. */
static void
test_synchronize_immediate (void)
{
  Unit unit;
  LateStore late;
  late_init (&unit, &late);
  start_synchronize (&unit, SCSI_OP_SYNCHRONIZE_CACHE_16, 0x02);
  g_assert_cmpuint (unit.done, ==, 1);
  g_assert_nonnull (late.flush);
  late.flush->done (late.flush, STORE_OK);
  start_synchronize (&unit, SCSI_OP_SYNCHRONIZE_CACHE_10, 0x02);
  g_assert_cmpuint (unit.done, ==, 2);
  unit_clear (&unit);
  g_assert_cmpuint (late.cancels, ==, 1); /* nobody is left to wait for it */
}

/* Its status was GOOD when the flush failed: the next one tells, once. */
static void
test_immediate_fails (void)
{
  Unit unit;
  LateStore late;
  late_init (&unit, &late);
  start_synchronize (&unit, SCSI_OP_SYNCHRONIZE_CACHE_10, 0x02);
  g_assert_cmphex (unit.task.status, ==, SCSI_GOOD);
  late.flush->done (late.flush, STORE_FAILED);
  start_synchronize (&unit, SCSI_OP_SYNCHRONIZE_CACHE_16, 0);
  g_assert_cmpuint (unit.done, ==, 2);
  assert_sense (&unit, SENSE_MEDIUM_ERROR, SENSE_CODE_WRITE_ERROR);
  start_synchronize (&unit, SCSI_OP_SYNCHRONIZE_CACHE_16, 0);
  late.flush->done (late.flush, STORE_OK);
  g_assert_cmphex (unit.task.status, ==, SCSI_GOOD);
  unit_clear (&unit);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sbc/READ and WRITE of every length meet at the same blocks",
                   test_every_length);
  g_test_add_func ("/sbc/no blocks are 256 for READ(6) and none for others", test_zero_blocks);
  g_test_add_func ("/sbc/past the end: the first block that is not there is told",
                   test_out_of_range);
  g_test_add_func ("/sbc/protection information is refused, field by field", test_protect);
  g_test_add_func ("/sbc/MAXIMUM TRANSFER LENGTH is taken, and no more", test_transfer_limit);
  g_test_add_func ("/sbc/FUA reaches the store, DPO changes nothing", test_fua);
  g_test_add_func ("/sbc/SYNCHRONIZE CACHE ends when the store has", test_synchronize);
  g_test_add_func ("/sbc/IMMED ends at once, and the flush goes on", test_synchronize_immediate);
  g_test_add_func ("/sbc/a flush that failed behind IMMED is told by the next",
                   test_immediate_fails);
  return g_test_run ();
}
