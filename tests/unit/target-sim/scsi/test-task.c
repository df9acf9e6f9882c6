/* SPDX-License-Identifier: Apache-2.0 */
/* The device server without a wire: CDBs in, status, sense and data out. */
#include "tests/unit/target-sim/scsi/unit.h"

static void
test_pages (void)
{
  Unit unit;
  guint8 cdb[CDB_LENGTH];
  guint8 bytes[256];
  unit_init (&unit);
  cdb_build_inquiry (cdb, TRUE, 0x00, 255);
  run_on (&unit, 0, cdb, NULL, 0);
  const gsize length = data_in (&unit, bytes, sizeof bytes);
  g_assert_cmpuint (length, ==, 4u + bytes[3]);
  guint8 list[256];
  memcpy (list, bytes, length);
  for (gsize i = 4; i < length; i++) {
    cdb_build_inquiry (cdb, TRUE, list[i], 255);
    run_on (&unit, 0, cdb, NULL, 0);
    const gsize page_length = data_in (&unit, bytes, sizeof bytes);
    g_assert_cmphex (bytes[1], ==, list[i]);
    g_assert_cmpuint (page_length, ==, 4u + wire_get (bytes, 2, 0, 16));
  }
  unit_clear (&unit);
}

static void
test_identity (void)
{
  guint8 cdb[CDB_LENGTH];
  guint8 first[256];
  guint8 second[256];
  Unit unit;
  cdb_build_inquiry (cdb, TRUE, 0x83, 255);
  unit_init (&unit);
  run_on (&unit, 0, cdb, NULL, 0);
  const gsize length = data_in (&unit, first, sizeof first);
  unit_clear (&unit);
  unit_init (&unit);
  run_on (&unit, 0, cdb, NULL, 0);
  g_assert_cmpuint (data_in (&unit, second, sizeof second), ==, length);
  g_assert_cmpmem (first, length, second, length);
  run_on (&unit, lun_encode (300), cdb, NULL, 0);
  data_in (&unit, second, sizeof second);
  g_assert_true (memcmp (first + 8, second + 8, 8) != 0); /* the NAA */
  g_assert_nonnull (memmem (first, length, NAME ",t,0x0007", sizeof NAME ",t,0x0007"));
  unit_clear (&unit);
}

static void
test_allocation_length (void)
{
  Unit unit;
  guint8 cdb[CDB_LENGTH];
  guint8 bytes[96];
  unit_init (&unit);
  cdb_build_inquiry (cdb, FALSE, 0, 5);
  run_on (&unit, 0, cdb, NULL, 0);
  g_assert_cmpuint (data_in (&unit, bytes, sizeof bytes), ==, 5);
  g_assert_cmpuint (bytes[4], ==, 91);
  unit_clear (&unit);
}

static void
test_report_luns (void)
{
  Unit unit;
  guint8 cdb[CDB_LENGTH];
  guint8 bytes[64];
  unit_init (&unit);
  cdb_build (cdb, SCSI_OP_REPORT_LUNS, sizeof bytes);
  run_on (&unit, 0, cdb, NULL, 0);
  g_assert_cmpuint (data_in (&unit, bytes, sizeof bytes), ==, 24);
  g_assert_cmpuint (wire_get (bytes, 0, 0, 32), ==, 16);
  g_assert_cmphex (wire_get (bytes, 8, 0, 64), ==, 0);
  g_assert_cmphex (wire_get (bytes, 16, 0, 64), ==, lun_encode (300));
  unit_clear (&unit);
}

static void
test_capacity (void)
{
  Unit unit;
  guint8 cdb[CDB_LENGTH];
  guint8 bytes[32];
  unit_init (&unit);
  cdb_build (cdb, SCSI_OP_READ_CAPACITY_10, 8);
  run_on (&unit, 0, cdb, NULL, 0);
  g_assert_cmpuint (data_in (&unit, bytes, sizeof bytes), ==, 8);
  g_assert_cmpuint (wire_get (bytes, 0, 0, 32), ==, UNIT_BLOCKS - 1);
  g_assert_cmpuint (wire_get (bytes, 4, 0, 32), ==, 512);
  cdb_build (cdb, SCSI_OP_READ_CAPACITY_16, 32);
  run_on (&unit, 0, cdb, NULL, 0);
  g_assert_cmpuint (data_in (&unit, bytes, sizeof bytes), ==, 32);
  g_assert_cmpuint (wire_get (bytes, 0, 0, 64), ==, UNIT_BLOCKS - 1);
  unit_clear (&unit);
}

static void
test_write_read (void)
{
  static const ScsiOp writes[] = { SCSI_OP_WRITE_10, SCSI_OP_WRITE_16 };
  static const ScsiOp reads[] = { SCSI_OP_READ_16, SCSI_OP_READ_10 };
  Unit unit;
  guint8 cdb[CDB_LENGTH];
  guint8 bytes[1024];
  guint8 back[1024];
  unit_init (&unit);
  for (guint i = 0; i < 2; i++) {
    memset (bytes, 0x41 + (int) i, sizeof bytes);
    cdb_build_blocks (cdb, writes[i], UNIT_BLOCKS - 2, 2);
    run_on (&unit, 0, cdb, bytes, sizeof bytes);
    g_assert_cmphex (unit.task.status, ==, SCSI_GOOD);
    cdb_build_blocks (cdb, reads[i], UNIT_BLOCKS - 2, 2);
    run_on (&unit, 0, cdb, NULL, 0);
    g_assert_cmpuint (data_in (&unit, back, sizeof back), ==, sizeof back);
    g_assert_cmpmem (bytes, sizeof bytes, back, sizeof back);
  }
  unit_clear (&unit);
}

static void
test_range (void)
{
  Unit unit;
  guint8 cdb[CDB_LENGTH];
  unit_init (&unit);
  cdb_build_blocks (cdb, SCSI_OP_READ_10, UNIT_BLOCKS - 1, 2);
  run_on (&unit, 0, cdb, NULL, 0);
  assert_sense (&unit, SENSE_ILLEGAL_REQUEST, SENSE_CODE_LBA_OUT_OF_RANGE);
  cdb_build_blocks (cdb, SCSI_OP_READ_16, G_MAXUINT64, 2);
  run_on (&unit, 0, cdb, NULL, 0);
  assert_sense (&unit, SENSE_ILLEGAL_REQUEST, SENSE_CODE_LBA_OUT_OF_RANGE);
  unit_clear (&unit);
}

static void
test_unknown_opcode (void)
{
  Unit unit;
  const guint8 cdb[CDB_LENGTH] = { 0xc1 };
  unit_init (&unit);
  run_on (&unit, 0, cdb, NULL, 0);
  assert_sense (&unit, SENSE_ILLEGAL_REQUEST, SENSE_CODE_INVALID_OPCODE);
  unit_clear (&unit);
}

static void
test_invalid_field (void)
{
  Unit unit;
  guint8 cdb[CDB_LENGTH];
  unit_init (&unit);
  cdb_build_inquiry (cdb, FALSE, 0, 255);
  cdb[2] = 0x80; /* a page without EVPD */
  run_on (&unit, 0, cdb, NULL, 0);
  assert_sense (&unit, SENSE_ILLEGAL_REQUEST, SENSE_CODE_INVALID_FIELD_IN_CDB);
  cdb_build_inquiry (cdb, TRUE, 0x99, 255);
  run_on (&unit, 0, cdb, NULL, 0);
  assert_sense (&unit, SENSE_ILLEGAL_REQUEST, SENSE_CODE_INVALID_FIELD_IN_CDB);
  unit_clear (&unit);
}

static void
test_no_such_unit (void)
{
  Unit unit;
  guint8 cdb[CDB_LENGTH];
  guint8 bytes[96];
  unit_init (&unit);
  cdb_build (cdb, SCSI_OP_TEST_UNIT_READY, 0);
  run_on (&unit, lun_encode (5), cdb, NULL, 0);
  assert_sense (&unit, SENSE_ILLEGAL_REQUEST, SENSE_CODE_LUN_NOT_SUPPORTED);
  cdb_build_inquiry (cdb, FALSE, 0, 96);
  run_on (&unit, lun_encode (5), cdb, NULL, 0);
  data_in (&unit, bytes, sizeof bytes);
  g_assert_cmphex (bytes[0], ==, 0x7f);
  unit_clear (&unit);
}

static void
test_attention (void)
{
  Unit unit;
  guint8 cdb[CDB_LENGTH];
  guint8 bytes[96];
  unit_init (&unit);
  scsi_nexus_attend_all (&unit.nexus, SENSE_CODE_POWER_ON_RESET);
  scsi_nexus_attend (&unit.nexus, 0, SENSE_CODE_POWER_ON_RESET); /* known already */
  cdb_build_inquiry (cdb, FALSE, 0, 96);
  run_on (&unit, 0, cdb, NULL, 0);
  data_in (&unit, bytes, sizeof bytes);
  cdb_build (cdb, SCSI_OP_TEST_UNIT_READY, 0);
  run_on (&unit, 0, cdb, NULL, 0);
  assert_sense (&unit, SENSE_UNIT_ATTENTION, SENSE_CODE_POWER_ON_RESET);
  run_on (&unit, 0, cdb, NULL, 0);
  g_assert_cmphex (unit.task.status, ==, SCSI_GOOD);
  run_on (&unit, lun_encode (300), cdb, NULL, 0);
  assert_sense (&unit, SENSE_UNIT_ATTENTION, SENSE_CODE_POWER_ON_RESET);
  unit_clear (&unit);
}

static void
test_request_sense (void)
{
  Unit unit;
  const guint8 cdb[CDB_LENGTH] = { 0x03, 0, 0, 0, 18 };
  guint8 bytes[18];
  Sense sense;
  unit_init (&unit);
  scsi_nexus_attend (&unit.nexus, 0, SENSE_CODE_NEXUS_LOSS);
  run_on (&unit, 0, cdb, NULL, 0);
  g_assert_true (sense_decode (bytes, data_in (&unit, bytes, sizeof bytes), &sense));
  g_assert_cmphex (sense.code, ==, SENSE_CODE_NEXUS_LOSS);
  run_on (&unit, 0, cdb, NULL, 0);
  g_assert_true (sense_decode (bytes, data_in (&unit, bytes, sizeof bytes), &sense));
  g_assert_cmphex (sense.key, ==, SENSE_NO_SENSE);
  unit_clear (&unit);
}

/* ---- a store that answers when it likes, or not at all ---- */

typedef struct SlowStore {
  Store store; /* first */
  StoreRequest *pending;
} SlowStore;

static void
slow_take (Store *store, StoreRequest *request)
{
  ((SlowStore *) store)->pending = request;
}

static void
slow_cancel (Store *store, StoreRequest *request)
{
  g_assert_true (((SlowStore *) store)->pending == request);
  ((SlowStore *) store)->pending = NULL;
}

static const StoreOps slow_ops = {
  .read = slow_take, .write = slow_take, .flush = slow_take, .cancel = slow_cancel
};

static void
start_slow (Unit *unit, SlowStore *slow, ScsiOp op, guint8 flags)
{
  guint8 cdb[CDB_LENGTH];
  *slow = (SlowStore){ .store = { STORE_MAGIC, &slow_ops, 1024 * 1024 } };
  unit_init (unit);
  g_assert_true (luns_add (&unit->luns, 1, 512, &slow->store, NULL));
  cdb_build_blocks (cdb, op, 0, 1);
  cdb[1] |= flags;
  scsi_task_init (&unit->task, &unit->nexus, lun_encode (1), cdb, on_done, unit);
  g_assert_true (scsi_task_prepare (&unit->task));
  const guint8 block[512] = { 0 };
  payload_append (&unit->task.data_out, slice_copy (block, op == SCSI_OP_WRITE_10 ? 512 : 0));
  scsi_task_start (&unit->task);
  g_assert_cmpuint (unit->done, ==, 0);
}

static void
start_slow_read (Unit *unit, SlowStore *slow)
{
  start_slow (unit, slow, SCSI_OP_READ_10, 0);
}

static void
test_medium_error (void)
{
  Unit unit;
  SlowStore slow;
  start_slow_read (&unit, &slow);
  slow.pending->done (slow.pending, STORE_FAILED);
  g_assert_cmpuint (unit.done, ==, 1);
  assert_sense (&unit, SENSE_MEDIUM_ERROR, SENSE_CODE_UNRECOVERED_READ_ERROR);
  unit_clear (&unit);
}

/* SBC-3: a thin unit whose store has no room left says so, and is not broken. */
static void
test_full (void)
{
  Unit unit;
  SlowStore slow;
  start_slow (&unit, &slow, SCSI_OP_WRITE_10, 0);
  slow.pending->done (slow.pending, STORE_FULL);
  g_assert_cmpuint (unit.done, ==, 1);
  assert_sense (&unit, SENSE_DATA_PROTECT, SENSE_CODE_SPACE_ALLOCATION_FAILED);
  unit_clear (&unit);
}

static void
test_durable (void)
{
  for (guint flags = 0; flags <= 0x08; flags += 0x08) {
    Unit unit;
    SlowStore slow;
    start_slow (&unit, &slow, SCSI_OP_WRITE_10, (guint8) flags); /* FUA */
    g_assert_true (slow.pending->is_durable == (flags != 0));
    slow.pending->done (slow.pending, STORE_OK);
    unit_clear (&unit);
  }
}

static void
test_write_protected (void)
{
  Unit unit;
  guint8 cdb[CDB_LENGTH];
  unit_init (&unit);
  luns_protect (&unit.luns, 0);
  cdb_build_blocks (cdb, SCSI_OP_WRITE_16, 0, 1);
  scsi_task_init (&unit.task, &unit.nexus, lun_encode (0), cdb, on_done, &unit);
  g_assert_false (scsi_task_prepare (&unit.task));
  assert_sense (&unit, SENSE_DATA_PROTECT, SENSE_CODE_WRITE_PROTECTED);
  g_assert_cmpuint (unit.task.transfer_length, ==, 0);
  unit_clear (&unit);
}

static void
test_cancel (void)
{
  Unit unit;
  SlowStore slow;
  start_slow_read (&unit, &slow);
  scsi_task_cancel (&unit.task);
  g_assert_null (slow.pending);
  g_assert_cmpuint (unit.done, ==, 0);
  unit_clear (&unit);
}

/* Its data are still on their way when an administrator maps a smaller unit behind its number. */
static void
test_swap_under_way (void)
{
  Unit unit;
  guint8 cdb[CDB_LENGTH];
  guint8 bytes[512];
  guint8 back[512];
  unit_init (&unit);
  g_autoptr (Store) small = store_ram_new (512);
  g_assert_true (luns_add (&unit.luns, 1, 512, small, NULL));
  memset (bytes, 0x77, sizeof bytes);
  cdb_build_blocks (cdb, SCSI_OP_WRITE_10, UNIT_BLOCKS - 1, 1);
  scsi_task_init (&unit.task, &unit.nexus, lun_encode (0), cdb, on_done, &unit);
  g_assert_true (scsi_task_prepare (&unit.task));
  luns_swap (&unit.luns, 0, 1);
  payload_append (&unit.task.data_out, slice_copy (bytes, sizeof bytes));
  scsi_task_start (&unit.task);
  g_assert_cmphex (unit.task.status, ==, SCSI_GOOD);
  cdb_build_blocks (cdb, SCSI_OP_READ_10, UNIT_BLOCKS - 1, 1);
  run_on (&unit, lun_encode (1), cdb, NULL, 0);
  g_assert_cmpuint (data_in (&unit, back, sizeof back), ==, sizeof back);
  g_assert_cmpmem (bytes, sizeof bytes, back, sizeof back);
  unit_clear (&unit);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/task/each page in the list of pages is there", test_pages);
  g_test_add_func ("/task/a unit's identity is its own and lasts", test_identity);
  g_test_add_func ("/task/INQUIRY is cut at the allocation length", test_allocation_length);
  g_test_add_func ("/task/REPORT LUNS lists the units by number", test_report_luns);
  g_test_add_func ("/task/READ CAPACITY tells the last block", test_capacity);
  g_test_add_func ("/task/what was written reads back", test_write_read);
  g_test_add_func ("/task/past the end is out of range", test_range);
  g_test_add_func ("/task/an unknown opcode is an illegal request", test_unknown_opcode);
  g_test_add_func ("/task/a bad field is an illegal request", test_invalid_field);
  g_test_add_func ("/task/a unit that is not there says so", test_no_such_unit);
  g_test_add_func ("/task/a unit attention is told once, per unit, and not to INQUIRY",
                   test_attention);
  g_test_add_func ("/task/REQUEST SENSE hands out a unit attention", test_request_sense);
  g_test_add_func ("/task/a failed read is a medium error", test_medium_error);
  g_test_add_func ("/task/a store that is full is no medium error", test_full);
  g_test_add_func ("/task/FUA is the store's to keep", test_durable);
  g_test_add_func ("/task/nobody writes to a unit that is write protected", test_write_protected);
  g_test_add_func ("/task/a command ends at the unit that it began at", test_swap_under_way);
  g_test_add_func ("/task/a cancelled task never calls back", test_cancel);
  return g_test_run ();
}
