/* SPDX-License-Identifier: Apache-2.0 */
/* WRITE SAME: one block again and again, written or unmapped. */
#include "tests/unit/target-sim/scsi/unit.h"

#define ANCHOR 0x10
#define UNMAP  0x08
#define NDOB   0x01

static const ScsiOp ops[] = { SCSI_OP_WRITE_SAME_10, SCSI_OP_WRITE_SAME_16 };

static void
run_same (Unit *unit, ScsiOp op, guint8 flags, guint32 blocks, const void *data, gsize length)
{
  guint8 cdb[CDB_LENGTH];
  cdb_build_blocks (cdb, op, 128, blocks);
  cdb[1] = flags;
  run_on (unit, 0, cdb, data, length);
}

static void
assert_refused_at (const Unit *unit, guint16 octet, guint8 bit)
{
  assert_sense (unit, SENSE_ILLEGAL_REQUEST, SENSE_CODE_INVALID_FIELD_IN_CDB);
  assert_field (unit, SENSE_SPECIFIC_CDB_FIELD, octet, bit);
}

/* Blocks 128 to 383 are `block`, what is beside them is not. */
static void
assert_same (Unit *unit, const guint8 block[512])
{
  g_autofree guint8 *bytes = g_malloc (258 * 512);
  guint8 cdb[CDB_LENGTH];
  cdb_build_blocks (cdb, SCSI_OP_READ_10, 127, 258);
  run_on (unit, 0, cdb, NULL, 0);
  data_in (unit, bytes, 258 * 512);
  g_assert_cmphex (bytes[511], ==, 0xee);
  g_assert_cmphex (bytes[257 * 512], ==, 0xee);
  for (guint i = 1; i <= 256; i++)
    g_assert_cmpmem (bytes + i * 512, 512, block, 512);
}

static void
fill (Unit *unit)
{
  guint8 cdb[CDB_LENGTH];
  g_autofree guint8 *bytes = g_malloc (UNIT_BLOCKS * 512);
  memset (bytes, 0xee, UNIT_BLOCKS * 512);
  cdb_build_blocks (cdb, SCSI_OP_WRITE_10, 0, UNIT_BLOCKS);
  run_on (unit, 0, cdb, bytes, UNIT_BLOCKS * 512);
}

static void
test_writes (void)
{
  Unit unit;
  guint8 block[512];
  unit_init (&unit);
  for (guint i = 0; i < 512; i++)
    block[i] = (guint8) (i * 7);
  for (guint i = 0; i < G_N_ELEMENTS (ops); i++) {
    fill (&unit);
    run_same (&unit, ops[i], 0, 256, block, sizeof block);
    g_assert_cmphex (unit.task.status, ==, SCSI_GOOD);
    g_assert_cmpuint (unit.task.transfer_length, ==, 512);
    assert_same (&unit, block);
  }
  unit_clear (&unit);
}

static gboolean
is_mapped (const Unit *unit)
{
  guint64 length;
  return store_is_mapped (unit->store, 65536, &length);
}

/* SBC-3 4.7.3.4.3: what is unmapped reads as zeros, so only zeros are unmapped. */
static void
test_unmaps (void)
{
  Unit unit;
  guint8 block[512] = { 0 };
  unit_init (&unit);
  luns_make_thin (&unit.luns, 0);
  for (guint i = 0; i < G_N_ELEMENTS (ops); i++) {
    block[511] = 1;
    fill (&unit);
    run_same (&unit, ops[i], UNMAP, 256, block, sizeof block);
    g_assert_true (is_mapped (&unit));
    assert_same (&unit, block);
    block[511] = 0;
    run_same (&unit, ops[i], 0, 256, block, sizeof block); /* nobody asked to unmap */
    g_assert_true (is_mapped (&unit));
    assert_same (&unit, block);
    fill (&unit);
    run_same (&unit, ops[i], UNMAP, 256, block, sizeof block);
    g_assert_false (is_mapped (&unit));
    assert_same (&unit, block);
  }
  unit_clear (&unit);
}

/* NDOB: there is no data-out, and zeros are meant. */
static void
test_no_data (void)
{
  Unit unit;
  const guint8 zeros[512] = { 0 };
  unit_init (&unit);
  luns_make_thin (&unit.luns, 0);
  for (guint flags = NDOB; flags <= (NDOB | UNMAP); flags += UNMAP) {
    fill (&unit);
    run_same (&unit, SCSI_OP_WRITE_SAME_16, (guint8) flags, 256, NULL, 0);
    g_assert_cmphex (unit.task.status, ==, SCSI_GOOD);
    g_assert_cmpint (unit.task.direction, ==, SCSI_NO_DATA);
    g_assert_cmpint (is_mapped (&unit), ==, flags == NDOB);
    assert_same (&unit, zeros);
  }
  run_same (&unit, SCSI_OP_WRITE_SAME_16, NDOB, 256, zeros, sizeof zeros);
  assert_refused_at (&unit, 10, 7);
  unit_clear (&unit);
}

static void
test_refused (void)
{
  Unit unit;
  const guint8 block[1024] = { 0 };
  unit_init (&unit);
  for (guint i = 0; i < G_N_ELEMENTS (ops); i++) {
    const guint8 blocks_at = ops[i] == SCSI_OP_WRITE_SAME_10 ? 7 : 10;
    run_same (&unit, ops[i], 0, 0, block, 512); /* WSNZ */
    assert_refused_at (&unit, blocks_at, 7);
    run_same (&unit, ops[i], ANCHOR, 1, block, 512); /* ANC_SUP is 0, with UNMAP and without */
    assert_refused_at (&unit, 1, 4);
    run_same (&unit, ops[i], ANCHOR | UNMAP, 1, block, 512);
    assert_refused_at (&unit, 1, 4);
    run_same (&unit, ops[i], UNMAP, 1, block, 512); /* the unit is not thin */
    assert_refused_at (&unit, 1, 3);
    run_same (&unit, ops[i], 0, 1, block, 1024); /* which of the two? */
    assert_refused_at (&unit, blocks_at, 7);
    run_same (&unit, ops[i], 0, 1, block, 100);
    assert_refused_at (&unit, blocks_at, 7);
  }
  run_same (&unit, SCSI_OP_WRITE_SAME_10, NDOB, 1, NULL, 0);
  assert_refused_at (&unit, 1, 0);
  unit_clear (&unit);
}

static void
test_limit (void)
{
  Unit unit;
  guint8 cdb[CDB_LENGTH];
  guint8 bytes[64];
  const guint8 block[512] = { 9 };
  unit_init (&unit);
  g_autoptr (Store) large = store_ram_new (64 * 1024 * 1024);
  g_assert_true (luns_add (&unit.luns, 1, 512, large, NULL));
  cdb_build_inquiry (cdb, TRUE, 0xb0, sizeof bytes);
  run_on (&unit, lun_encode (1), cdb, NULL, 0);
  data_in (&unit, bytes, sizeof bytes);
  g_assert_cmphex (bytes[4] & 0x01, ==, 1); /* WSNZ */
  const guint32 limit = (guint32) wire_load (bytes + 36, 8);
  cdb_build_blocks (cdb, SCSI_OP_WRITE_SAME_16, 1, limit + 1);
  run_on (&unit, lun_encode (1), cdb, block, sizeof block);
  assert_refused_at (&unit, 10, 7);
  cdb_build_blocks (cdb, SCSI_OP_WRITE_SAME_16, 1, limit);
  run_on (&unit, lun_encode (1), cdb, block, sizeof block);
  g_assert_cmphex (unit.task.status, ==, SCSI_GOOD);
  for (guint lba = limit - 1; lba <= limit + 1; lba++) {
    guint8 back[512];
    cdb_build_blocks (cdb, SCSI_OP_READ_10, lba, 1);
    run_on (&unit, lun_encode (1), cdb, NULL, 0);
    data_in (&unit, back, sizeof back);
    g_assert_cmphex (back[0], ==, lba <= limit ? 9 : 0);
  }
  unit_clear (&unit);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sbc-same/each block is the one that came, and none beside", test_writes);
  g_test_add_func ("/sbc-same/UNMAP unmaps zeros, and writes all else", test_unmaps);
  g_test_add_func ("/sbc-same/NDOB means zeros", test_no_data);
  g_test_add_func ("/sbc-same/what cannot be is refused where it stands", test_refused);
  g_test_add_func ("/sbc-same/MAXIMUM WRITE SAME LENGTH is taken, and no more", test_limit);
  return g_test_run ();
}
