/* SPDX-License-Identifier: Apache-2.0 */
/* Thin units: what they say of themselves, UNMAP with its list, GET LBA STATUS. */
#include "tests/unit/target-sim/scsi/unit.h"

#define PAGE_BLOCKS 128 /* of the store in memory */

typedef struct Extent {
  guint64 lba;
  guint32 blocks;
} Extent;

static void
unit_init_thin (Unit *unit)
{
  guint8 cdb[CDB_LENGTH];
  g_autofree guint8 *bytes = g_malloc (UNIT_BLOCKS * 512);
  unit_init (unit);
  luns_make_thin (&unit->luns, 0);
  memset (bytes, 0xee, UNIT_BLOCKS * 512);
  cdb_build_blocks (cdb, SCSI_OP_WRITE_10, 0, UNIT_BLOCKS);
  run_on (unit, 0, cdb, bytes, UNIT_BLOCKS * 512);
}

static gsize
build_list (guint8 *list, const Extent *extents, guint count)
{
  memset (list, 0, 8 + 16 * (gsize) count);
  wire_store (list, 2, 6 + 16 * count);
  wire_store (list + 2, 2, 16 * count);
  for (guint i = 0; i < count; i++) {
    wire_store (list + 8 + 16 * i, 8, extents[i].lba);
    wire_store (list + 16 + 16 * i, 4, extents[i].blocks);
  }
  return 8 + 16 * (gsize) count;
}

static void
run_list (Unit *unit, const guint8 *list, gsize length)
{
  guint8 cdb[CDB_LENGTH];
  cdb_build (cdb, SCSI_OP_UNMAP, (guint32) length);
  run_on (unit, 0, cdb, list, length);
}

static guint8
first_byte (Unit *unit, guint64 lba)
{
  guint8 cdb[CDB_LENGTH];
  guint8 bytes[512];
  cdb_build_blocks (cdb, SCSI_OP_READ_10, lba, 1);
  run_on (unit, 0, cdb, NULL, 0);
  data_in (unit, bytes, sizeof bytes);
  return bytes[0];
}

static void
test_unmap (void)
{
  static const Extent extents[] = {
    { PAGE_BLOCKS - 1, 2 }, { 700, 0 }, { 4 * PAGE_BLOCKS, PAGE_BLOCKS }, { UNIT_BLOCKS - 1, 1 }
  };
  Unit unit;
  guint8 list[8 + sizeof extents];
  unit_init_thin (&unit);
  const gsize length = build_list (list, extents, G_N_ELEMENTS (extents));
  run_list (&unit, list, length);
  g_assert_cmphex (unit.task.status, ==, SCSI_GOOD);
  g_assert_cmpuint (unit.task.transfer_length, ==, length);
  for (guint64 lba = 0; lba < UNIT_BLOCKS; lba++) {
    gboolean is_inside = FALSE;
    for (guint i = 0; i < G_N_ELEMENTS (extents); i++)
      is_inside |= lba >= extents[i].lba && lba < extents[i].lba + extents[i].blocks;
    g_assert_cmphex (first_byte (&unit, lba), ==, is_inside ? 0 : 0xee);
  }
  unit_clear (&unit);
}

/* SBC-3 5.28: one bad descriptor, and none of them is done. */
static void
test_out_of_range (void)
{
  static const Extent extents[] = { { 0, 1 }, { UNIT_BLOCKS - 1, 2 } };
  Unit unit;
  guint8 list[40];
  unit_init_thin (&unit);
  run_list (&unit, list, build_list (list, extents, 2));
  assert_sense (&unit, SENSE_ILLEGAL_REQUEST, SENSE_CODE_LBA_OUT_OF_RANGE);
  g_assert_cmpuint (unit.task.sense.information, ==, UNIT_BLOCKS);
  g_assert_cmphex (first_byte (&unit, 0), ==, 0xee);
  unit_clear (&unit);
}

static void
test_list (void)
{
  static const Extent extent = { 0, 1 };
  Unit unit;
  guint8 cdb[CDB_LENGTH];
  guint8 list[40] = { 0 };
  unit_init_thin (&unit);
  run_list (&unit, NULL, 0); /* no list is no error */
  g_assert_cmphex (unit.task.status, ==, SCSI_GOOD);
  run_list (&unit, list, 8); /* nor is one without a descriptor */
  g_assert_cmphex (unit.task.status, ==, SCSI_GOOD);
  run_list (&unit, list, 7);
  assert_sense (&unit, SENSE_ILLEGAL_REQUEST, SENSE_CODE_PARAMETER_LIST_LENGTH);
  build_list (list, &extent, 1);
  run_list (&unit, list, 23); /* says more than there is */
  assert_sense (&unit, SENSE_ILLEGAL_REQUEST, SENSE_CODE_INVALID_FIELD_IN_PARAMETERS);
  assert_field (&unit, SENSE_SPECIFIC_PARAMETER_FIELD, 2, 7);
  cdb_build (cdb, SCSI_OP_UNMAP, 24);
  cdb[1] = 1; /* ANCHOR */
  run_on (&unit, 0, cdb, list, 24);
  assert_sense (&unit, SENSE_ILLEGAL_REQUEST, SENSE_CODE_INVALID_FIELD_IN_CDB);
  assert_field (&unit, SENSE_SPECIFIC_CDB_FIELD, 1, 0);
  g_assert_cmphex (first_byte (&unit, 0), ==, 0xee);
  wire_store (list + 2, 2, 31); /* the second one is not whole: ignored */
  wire_store (list + 24, 8, 1);
  run_list (&unit, list, 39);
  g_assert_cmphex (unit.task.status, ==, SCSI_GOOD);
  g_assert_cmphex (first_byte (&unit, 0), ==, 0);
  unit_clear (&unit);
}

/* MAXIMUM UNMAP BLOCK DESCRIPTOR COUNT is taken, by a store that ends inside its call, and no more. */
static void
test_limit (void)
{
  Unit unit;
  guint8 cdb[CDB_LENGTH];
  guint8 page[64];
  unit_init_thin (&unit);
  cdb_build_inquiry (cdb, TRUE, 0xb0, sizeof page);
  run_on (&unit, 0, cdb, NULL, 0);
  data_in (&unit, page, sizeof page);
  g_assert_cmphex (wire_load (page + 20, 4), ==, G_MAXUINT32);
  g_assert_cmpuint (wire_load (page + 28, 4), ==, PAGE_BLOCKS);
  const guint limit = (guint) wire_load (page + 24, 4);
  g_autofree Extent *extents = g_new (Extent, limit + 1);
  for (guint i = 0; i <= limit; i++)
    extents[i] = (Extent){ 2 * (guint64) i, 1 };
  g_autofree guint8 *list = g_malloc (8 + 16 * (limit + 1));
  run_list (&unit, list, build_list (list, extents, limit + 1));
  assert_sense (&unit, SENSE_ILLEGAL_REQUEST, SENSE_CODE_INVALID_FIELD_IN_PARAMETERS);
  g_assert_cmphex (first_byte (&unit, 0), ==, 0xee);
  run_list (&unit, list, build_list (list, extents, limit));
  g_assert_cmphex (unit.task.status, ==, SCSI_GOOD);
  for (guint i = 0; i < limit; i++)
    g_assert_cmphex (first_byte (&unit, extents[i].lba), ==, 0);
  unit_clear (&unit);
}

static gsize
ask_status (Unit *unit, guint64 lba, guint8 *bytes, gsize room)
{
  guint8 cdb[CDB_LENGTH];
  cdb_build (cdb, SCSI_OP_GET_LBA_STATUS, (guint32) room);
  wire_store (cdb + 2, 8, lba);
  run_on (unit, 0, cdb, NULL, 0);
  return unit->task.status == SCSI_GOOD ? data_in (unit, bytes, room) : 0;
}

static void
test_status (void)
{
  static const Extent extent = { PAGE_BLOCKS, PAGE_BLOCKS };
  static const guint32 expected[3][3] = { { 100, PAGE_BLOCKS - 100, 0 },
                                          { PAGE_BLOCKS, PAGE_BLOCKS, 1 },
                                          { 2 * PAGE_BLOCKS, UNIT_BLOCKS - 2 * PAGE_BLOCKS, 0 } };
  Unit unit;
  guint8 bytes[256];
  unit_init_thin (&unit);
  run_list (&unit, bytes, build_list (bytes, &extent, 1));
  g_assert_cmpuint (ask_status (&unit, 100, bytes, sizeof bytes), ==, 8 + 3 * 16);
  g_assert_cmpuint (wire_load (bytes, 4), ==, 4 + 3 * 16);
  for (guint i = 0; i < 3; i++) {
    const guint8 *descriptor = bytes + 8 + 16 * i;
    g_assert_cmpuint (wire_load (descriptor, 8), ==, expected[i][0]);
    g_assert_cmpuint (wire_load (descriptor + 8, 4), ==, expected[i][1]);
    g_assert_cmpuint (descriptor[12], ==, expected[i][2]);
  }
  g_assert_cmpuint (ask_status (&unit, 100, bytes, 24), ==,
                    24); /* cut, and still told as a whole */
  g_assert_cmpuint (wire_load (bytes, 4), ==, 4 + 3 * 16);
  ask_status (&unit, UNIT_BLOCKS, bytes, sizeof bytes);
  assert_sense (&unit, SENSE_ILLEGAL_REQUEST, SENSE_CODE_LBA_OUT_OF_RANGE);
  unit_clear (&unit);
}

/* What a thin unit says on four occasions, and one that is not says not. */
static void
test_says_so (void)
{
  for (guint is_thin = 0; is_thin <= 1; is_thin++) {
    Unit unit;
    guint8 cdb[CDB_LENGTH];
    guint8 bytes[64];
    unit_init (&unit);
    if (is_thin)
      luns_make_thin (&unit.luns, 0);
    cdb_build (cdb, SCSI_OP_READ_CAPACITY_16, 32);
    run_on (&unit, 0, cdb, NULL, 0);
    data_in (&unit, bytes, sizeof bytes);
    g_assert_cmphex (bytes[14], ==, is_thin ? 0xc0 : 0); /* LBPME, LBPRZ */
    cdb_build_inquiry (cdb, TRUE, 0xb2, sizeof bytes);
    run_on (&unit, 0, cdb, NULL, 0);
    data_in (&unit, bytes, sizeof bytes);
    g_assert_cmphex (bytes[5], ==, is_thin ? 0xe4 : 0); /* LBPU, LBPWS, LBPWS10, LBPRZ */
    g_assert_cmphex (bytes[6], ==, is_thin ? 2 : 0);
    cdb_build (cdb, SCSI_OP_REPORT_SUPPORTED_OPERATION_CODES, sizeof bytes);
    cdb[2] = 1;
    cdb[3] = 0x42;
    run_on (&unit, 0, cdb, NULL, 0);
    data_in (&unit, bytes, sizeof bytes);
    g_assert_cmpuint (bytes[1] & 0x07, ==, is_thin ? 3 : 1);
    cdb_build (cdb, SCSI_OP_UNMAP, 0);
    run_on (&unit, 0, cdb, NULL, 0);
    if (is_thin)
      g_assert_cmphex (unit.task.status, ==, SCSI_GOOD);
    else
      assert_sense (&unit, SENSE_ILLEGAL_REQUEST, SENSE_CODE_INVALID_OPCODE);
    unit_clear (&unit);
  }
}

/* MEDIUM ROTATION RATE: there is nothing to rotate. */
static void
test_characteristics (void)
{
  Unit unit;
  guint8 cdb[CDB_LENGTH];
  guint8 bytes[64];
  unit_init (&unit);
  cdb_build_inquiry (cdb, TRUE, 0xb1, sizeof bytes);
  run_on (&unit, 0, cdb, NULL, 0);
  g_assert_cmpuint (data_in (&unit, bytes, sizeof bytes), ==, 64);
  g_assert_cmpuint (wire_load (bytes + 4, 2), ==, 1);
  unit_clear (&unit);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sbc-unmap/what is unmapped is zeros, and nothing else is", test_unmap);
  g_test_add_func ("/sbc-unmap/one extent past the end, and nothing is done", test_out_of_range);
  g_test_add_func ("/sbc-unmap/the list is what it says", test_list);
  g_test_add_func ("/sbc-unmap/as many descriptors as are told", test_limit);
  g_test_add_func ("/sbc-unmap/GET LBA STATUS tells extent by extent", test_status);
  g_test_add_func ("/sbc-unmap/a unit is thin or not, whomever one asks", test_says_so);
  g_test_add_func ("/sbc-unmap/nothing rotates", test_characteristics);
  return g_test_run ();
}
