/* SPDX-License-Identifier: Apache-2.0 */
/* VERIFY and WRITE AND VERIFY: against what, how far, and where the first difference is. */
#include "tests/unit/target-sim/scsi/unit.h"

#define BYTCHK(n) ((guint8) ((n) << 1))

static const ScsiOp verifies[] = { SCSI_OP_VERIFY_10, SCSI_OP_VERIFY_12, SCSI_OP_VERIFY_16 };
static const ScsiOp writes[] = { SCSI_OP_WRITE_AND_VERIFY_10, SCSI_OP_WRITE_AND_VERIFY_12,
                                 SCSI_OP_WRITE_AND_VERIFY_16 };

static void
run_blocks (Unit *unit, ScsiOp op, guint8 flags, guint32 blocks, const void *data, gsize length)
{
  guint8 cdb[CDB_LENGTH];
  cdb_build_blocks (cdb, op, 8, blocks);
  cdb[1] = flags;
  run_on (unit, 0, cdb, data, length);
}

/* Four blocks from block 8 on, each with its number. */
static void
unit_init_written (Unit *unit, guint8 bytes[2048])
{
  unit_init (unit);
  for (guint i = 0; i < 2048; i++)
    bytes[i] = (guint8) (i / 512 + 1);
  run_blocks (unit, SCSI_OP_WRITE_10, 0, 4, bytes, 2048);
}

static void
assert_good (const Unit *unit, guint64 moved)
{
  g_assert_cmphex (unit->task.status, ==, SCSI_GOOD);
  g_assert_cmpuint (unit->task.transfer_length, ==, moved);
  g_assert_cmpuint (unit->task.data_in.length, ==, 0);
}

static void
assert_differs_at (const Unit *unit, guint64 offset)
{
  assert_sense (unit, SENSE_MISCOMPARE, SENSE_CODE_MISCOMPARE_DURING_VERIFY);
  g_assert_true (unit->task.sense.has_information);
  g_assert_cmpuint (unit->task.sense.information, ==, offset);
}

/* BYTCHK 00b: there is no data-out. */
static void
test_medium (void)
{
  Unit unit;
  guint8 bytes[2048];
  unit_init_written (&unit, bytes);
  for (guint i = 0; i < G_N_ELEMENTS (verifies); i++) {
    run_blocks (&unit, verifies[i], BYTCHK (0), 4, NULL, 0);
    assert_good (&unit, 0);
    g_assert_cmpint (unit.task.direction, ==, SCSI_NO_DATA);
    run_blocks (&unit, verifies[i], BYTCHK (1), 0, NULL, 0); /* no block: no error, no data */
    assert_good (&unit, 0);
  }
  unit_clear (&unit);
}

static void
test_all (void)
{
  Unit unit;
  guint8 bytes[2048];
  unit_init_written (&unit, bytes);
  for (guint i = 0; i < G_N_ELEMENTS (verifies); i++) {
    bytes[2047] = 4;
    run_blocks (&unit, verifies[i], BYTCHK (1), 4, bytes, sizeof bytes);
    assert_good (&unit, sizeof bytes);
    bytes[2047] ^= 0x80;
    run_blocks (&unit, verifies[i], BYTCHK (1), 4, bytes, sizeof bytes);
    assert_differs_at (&unit, 2047);
    run_blocks (&unit, verifies[i], BYTCHK (1), 4, bytes, 1024); /* only two blocks came */
    assert_good (&unit, sizeof bytes);
  }
  unit_clear (&unit);
}

/* BYTCHK 11b: one block comes, and each on the medium is compared with it. */
static void
test_one_block (void)
{
  Unit unit;
  guint8 bytes[2048];
  guint8 same[2048];
  unit_init_written (&unit, bytes);
  memset (same, 0x5a, sizeof same);
  for (guint i = 0; i < G_N_ELEMENTS (verifies); i++) {
    run_blocks (&unit, verifies[i], BYTCHK (3), 4, bytes, 512);
    assert_differs_at (&unit, 512);
    run_blocks (&unit, SCSI_OP_WRITE_10, 0, 4, same, sizeof same);
    run_blocks (&unit, verifies[i], BYTCHK (3), 4, same, 512);
    assert_good (&unit, 512);
    run_blocks (&unit, verifies[i], BYTCHK (3), 4, same, 100); /* not even one block came */
    assert_sense (&unit, SENSE_ILLEGAL_REQUEST, SENSE_CODE_INVALID_FIELD_IN_CDB);
    run_blocks (&unit, SCSI_OP_WRITE_10, 0, 4, bytes, sizeof bytes);
  }
  unit_clear (&unit);
}

static void
test_reserved (void)
{
  Unit unit;
  unit_init (&unit);
  for (guint i = 0; i < G_N_ELEMENTS (verifies); i++) {
    run_blocks (&unit, verifies[i], BYTCHK (2), 1, NULL, 0);
    assert_field (&unit, SENSE_SPECIFIC_CDB_FIELD, 1, 2);
    for (guint how = 2; how <= 3; how++) {
      run_blocks (&unit, writes[i], BYTCHK (how), 1, NULL, 0);
      assert_field (&unit, SENSE_SPECIFIC_CDB_FIELD, 1, 2);
    }
  }
  unit_clear (&unit);
}

static void
test_write (void)
{
  Unit unit;
  guint8 bytes[1024];
  guint8 back[1024];
  unit_init (&unit);
  for (guint i = 0; i < G_N_ELEMENTS (writes); i++)
    for (guint how = 0; how <= 1; how++) {
      memset (bytes, (int) (0x10 + 2 * i + how), sizeof bytes);
      run_blocks (&unit, writes[i], BYTCHK (how), 2, bytes, sizeof bytes);
      assert_good (&unit, sizeof bytes);
      run_blocks (&unit, SCSI_OP_READ_10, 0, 2, NULL, 0);
      g_assert_cmpuint (data_in (&unit, back, sizeof back), ==, sizeof back);
      g_assert_cmpmem (bytes, sizeof bytes, back, sizeof back);
    }
  unit_clear (&unit);
}

/* ---- a medium that keeps something else ---- */

typedef struct BadStore {
  Store store; /* first */
  gboolean was_durable;
  StoreResult of_read;
  StoreResult of_write;
} BadStore;

static void
bad_read (Store *store, StoreRequest *request)
{
  Buffer *buffer = buffer_new (request->length_bytes);
  memset (buffer->bytes, 0, buffer->size);
  buffer->bytes[700] = 1;
  payload_append (&request->bytes, slice_whole (buffer));
  request->done (request, ((BadStore *) store)->of_read);
}

static void
bad_write (Store *store, StoreRequest *request)
{
  ((BadStore *) store)->was_durable = request->is_durable;
  request->done (request, ((BadStore *) store)->of_write);
}

static const StoreOps bad_ops = { .read = bad_read, .write = bad_write };

static void
test_bad_medium (void)
{
  Unit unit;
  BadStore bad = { .store = { STORE_MAGIC, &bad_ops, 65536 } };
  guint8 cdb[CDB_LENGTH];
  const guint8 zeros[1024] = { 0 };
  unit_init (&unit);
  g_assert_true (luns_add (&unit.luns, 1, 512, &bad.store, NULL));
  cdb_build_blocks (cdb, SCSI_OP_WRITE_AND_VERIFY_10, 0, 2);
  run_on (&unit, lun_encode (1), cdb, zeros, sizeof zeros);
  g_assert_cmphex (unit.task.status, ==, SCSI_GOOD); /* nobody asked what is there */
  g_assert_true (bad.was_durable);
  cdb[1] = BYTCHK (1);
  run_on (&unit, lun_encode (1), cdb, zeros, sizeof zeros);
  assert_differs_at (&unit, 700);
  bad.of_read = STORE_FAILED;
  run_on (&unit, lun_encode (1), cdb, zeros, sizeof zeros);
  assert_sense (&unit, SENSE_MEDIUM_ERROR, SENSE_CODE_UNRECOVERED_READ_ERROR);
  bad.of_write = STORE_FULL;
  run_on (&unit, lun_encode (1), cdb, zeros, sizeof zeros);
  assert_sense (&unit, SENSE_DATA_PROTECT, SENSE_CODE_SPACE_ALLOCATION_FAILED);
  cdb_build_blocks (cdb, SCSI_OP_VERIFY_16, 0, 2);
  run_on (&unit, lun_encode (1), cdb, NULL, 0);
  assert_sense (&unit, SENSE_MEDIUM_ERROR, SENSE_CODE_UNRECOVERED_READ_ERROR);
  unit_clear (&unit);
}

/* SBC-3 5.8: with IMMED or without, of some blocks or of all to the end. */
static void
test_pre_fetch (void)
{
  static const ScsiOp ops[] = { SCSI_OP_PRE_FETCH_10, SCSI_OP_PRE_FETCH_16 };
  Unit unit;
  unit_init (&unit);
  for (guint i = 0; i < G_N_ELEMENTS (ops); i++)
    for (guint flags = 0; flags <= 2; flags += 2)
      for (guint32 blocks = 0; blocks <= 1; blocks++) {
        run_blocks (&unit, ops[i], (guint8) flags, blocks, NULL, 0);
        g_assert_cmphex (unit.task.status, ==, SCSI_CONDITION_MET);
      }
  unit_clear (&unit);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sbc-verify/BYTCHK 0 moves no data", test_medium);
  g_test_add_func ("/sbc-verify/BYTCHK 1 compares all, and tells the first difference", test_all);
  g_test_add_func ("/sbc-verify/BYTCHK 3 compares each block with one", test_one_block);
  g_test_add_func ("/sbc-verify/other BYTCHK are refused", test_reserved);
  g_test_add_func ("/sbc-verify/WRITE AND VERIFY writes", test_write);
  g_test_add_func ("/sbc-verify/a medium that keeps something else is found out", test_bad_medium);
  g_test_add_func ("/sbc-verify/PRE-FETCH meets its condition", test_pre_fetch);
  return g_test_run ();
}
