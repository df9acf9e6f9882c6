/* SPDX-License-Identifier: Apache-2.0 */
/* What must not be disturbed: COMPARE AND WRITE, ORWRITE and WRITE ATOMIC, on a store that takes its time. */
#include "target-sim/scsi/store-slow.h"
#include "tests/unit/target-sim/scsi/unit.h"
#include "world/sim/sim.h"
#include "world/world-events.h"

#define BLOCK 512

static void
run_blocks (Unit *unit, ScsiOp op, guint32 blocks, const void *data, gsize length)
{
  guint8 cdb[CDB_LENGTH];
  cdb_build_blocks (cdb, op, 4, blocks);
  run_on (unit, 0, cdb, data, length);
}

static void
assert_blocks (Unit *unit, const guint8 *bytes, guint32 blocks)
{
  guint8 back[4 * BLOCK];
  run_blocks (unit, SCSI_OP_READ_10, blocks, NULL, 0);
  const gsize length = data_in (unit, back, sizeof back);
  g_assert_cmpmem (back, length, bytes, blocks * BLOCK);
}

static void
test_compare_and_write (void)
{
  Unit unit;
  guint8 bytes[4 * BLOCK] = { 0 };
  unit_init (&unit);
  memset (bytes + 2 * BLOCK, 0xab, 2 * BLOCK);
  run_blocks (&unit, SCSI_OP_COMPARE_AND_WRITE, 2, bytes, sizeof bytes);
  g_assert_cmphex (unit.task.status, ==, SCSI_GOOD);
  g_assert_cmpuint (unit.task.transfer_length, ==, sizeof bytes);
  assert_blocks (&unit, bytes + 2 * BLOCK, 2);
  unit_clear (&unit);
}

/* SBC-3 5.2: nothing is written, and INFORMATION is the offset of the first byte that differs. */
static void
test_compare_differs (void)
{
  Unit unit;
  guint8 bytes[4 * BLOCK] = { 0 };
  unit_init (&unit);
  bytes[BLOCK + 3] = 1;
  memset (bytes + 2 * BLOCK, 0xab, 2 * BLOCK);
  run_blocks (&unit, SCSI_OP_COMPARE_AND_WRITE, 2, bytes, sizeof bytes);
  assert_sense (&unit, SENSE_MISCOMPARE, SENSE_CODE_MISCOMPARE_DURING_VERIFY);
  g_assert_true (unit.task.sense.has_information);
  g_assert_cmpuint (unit.task.sense.information, ==, BLOCK + 3);
  const guint8 zeros[2 * BLOCK] = { 0 };
  assert_blocks (&unit, zeros, 2);
  unit_clear (&unit);
}

/* With less data than it is about, or more, it is not done; of no block, it is good. */
static void
test_all_or_nothing (void)
{
  static const ScsiOp ops[] = { SCSI_OP_COMPARE_AND_WRITE, SCSI_OP_WRITE_ATOMIC_16 };
  Unit unit;
  guint8 bytes[4 * BLOCK] = { 0 };
  const guint8 zeros[2 * BLOCK] = { 0 };
  unit_init (&unit);
  memset (bytes, 0xcd, sizeof bytes);
  for (guint i = 0; i < G_N_ELEMENTS (ops); i++) {
    run_blocks (&unit, ops[i], 2, bytes, ops[i] == SCSI_OP_WRITE_ATOMIC_16 ? BLOCK : 3 * BLOCK);
    assert_sense (&unit, SENSE_ILLEGAL_REQUEST, SENSE_CODE_INVALID_FIELD_IN_CDB);
    assert_blocks (&unit, zeros, 2);
    run_blocks (&unit, ops[i], 0, bytes, BLOCK);
    assert_sense (&unit, SENSE_ILLEGAL_REQUEST, SENSE_CODE_INVALID_FIELD_IN_CDB);
    run_blocks (&unit, ops[i], 0, NULL, 0);
    g_assert_cmphex (unit.task.status, ==, SCSI_GOOD);
  }
  unit_clear (&unit);
}

/* The Block Limits page: each limit is taken, one block more is not. */
static void
test_limits (void)
{
  Unit unit;
  guint8 cdb[CDB_LENGTH];
  guint8 page[64];
  unit_init (&unit);
  g_autoptr (Store) large = store_ram_new (64 * 1024 * 1024);
  g_assert_true (luns_add (&unit.luns, 1, 65536, large, NULL));
  cdb_build_inquiry (cdb, TRUE, 0xb0, sizeof page);
  run_on (&unit, lun_encode (1), cdb, NULL, 0);
  data_in (&unit, page, sizeof page);
  g_assert_cmpuint (page[5], ==, 128);
  g_assert_cmpuint (wire_load (page + 44, 4), ==, 256);
  static const struct {
    ScsiOp op;
    guint32 limit;
    guint8 octet;
  } rows[] = { { SCSI_OP_COMPARE_AND_WRITE, 128, 13 },
               { SCSI_OP_WRITE_ATOMIC_16, 256, 12 },
               { SCSI_OP_ORWRITE_16, 256, 10 } };
  g_autofree guint8 *zeros = g_malloc0 (SBC_TRANSFER_MAX_BYTES);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    cdb_build_blocks (cdb, rows[i].op, 0, rows[i].limit);
    run_on (&unit, lun_encode (1), cdb, zeros, SBC_TRANSFER_MAX_BYTES);
    g_assert_cmphex (unit.task.status, ==, SCSI_GOOD);
    cdb_build_blocks (cdb, rows[i].op, 0, rows[i].limit + 1);
    run_on (&unit, lun_encode (1), cdb, NULL, 0);
    assert_field (&unit, SENSE_SPECIFIC_CDB_FIELD, rows[i].octet, 7);
  }
  unit_clear (&unit);
}

/* MAXIMUM ATOMIC BOUNDARY SIZE is 0: there is no boundary to ask for. */
static void
test_atomic_boundary (void)
{
  Unit unit;
  guint8 cdb[CDB_LENGTH];
  unit_init (&unit);
  cdb_build_blocks (cdb, SCSI_OP_WRITE_ATOMIC_16, 0, 1);
  cdb[11] = 1;
  run_on (&unit, 0, cdb, NULL, 0);
  assert_sense (&unit, SENSE_ILLEGAL_REQUEST, SENSE_CODE_INVALID_FIELD_IN_CDB);
  assert_field (&unit, SENSE_SPECIFIC_CDB_FIELD, 10, 7);
  unit_clear (&unit);
}

static void
test_or (void)
{
  Unit unit;
  guint8 bytes[2 * BLOCK];
  unit_init (&unit);
  memset (bytes, 0x41, sizeof bytes);
  run_blocks (&unit, SCSI_OP_ORWRITE_16, 2, bytes, sizeof bytes);
  assert_blocks (&unit, bytes, 2);
  memset (bytes, 0x86, BLOCK);
  run_blocks (&unit, SCSI_OP_ORWRITE_16, 2, bytes, BLOCK + 7); /* one whole block came */
  g_assert_cmphex (unit.task.status, ==, SCSI_GOOD);
  memset (bytes, 0xc7, BLOCK);
  assert_blocks (&unit, bytes, 2);
  unit_clear (&unit);
}

/* ---- beside each other ---- */

#define TASKS 3

typedef struct Beside {
  World *world;
  Host *host;
  Store *ram;
  Store *slow;
  Luns luns;
  ScsiNexus nexus;
  ScsiTask tasks[TASKS];
  GString *story;
} Beside;

static void
beside_done (gpointer owner, ScsiTask *task)
{
  Beside *beside = owner;
  g_string_append_printf (beside->story, "%u:%02x ", (guint) (task - beside->tasks), task->status);
}

static void
beside_init (Beside *beside)
{
  static const EventFamily *const families[] = { &world_events, NULL };
  *beside = (Beside){ .world = sim_world_new (&(SimConfig){ .seed = 1, .events = families }) };
  beside->host = world_host_new (beside->world, "target", NULL);
  beside->ram = store_ram_new (UNIT_BLOCKS * BLOCK);
  const StoreSlowConfig config = { .name = "store.0", .latency_ns = NS_PER_MS };
  beside->slow = store_slow_new (beside->host, beside->ram, &config);
  luns_init (&beside->luns, NAME);
  g_assert_true (luns_add (&beside->luns, 0, BLOCK, beside->slow, NULL));
  scsi_nexus_init (&beside->nexus, &beside->luns, 1);
  beside->nexus.host = beside->host;
  beside->story = g_string_new (NULL);
}

static void
beside_clear (Beside *beside)
{
  for (guint i = 0; i < TASKS; i++)
    if (beside->tasks[i].magic != 0) {
      scsi_task_cancel (&beside->tasks[i]);
      scsi_task_clear (&beside->tasks[i]);
    }
  scsi_nexus_clear (&beside->nexus);
  luns_clear (&beside->luns);
  store_free (beside->slow);
  store_free (beside->ram);
  g_string_free (beside->story, TRUE);
  world_free (beside->world);
}

static ScsiTask *
beside_start (Beside *beside, guint index, ScsiOp op, guint64 lba, guint8 old, guint8 new)
{
  guint8 cdb[CDB_LENGTH];
  guint8 bytes[2 * BLOCK];
  ScsiTask *task = &beside->tasks[index];
  memset (bytes, op == SCSI_OP_COMPARE_AND_WRITE ? old : new, BLOCK);
  memset (bytes + BLOCK, new, BLOCK);
  cdb_build_blocks (cdb, op, lba, 1);
  scsi_task_init (task, &beside->nexus, 0, cdb, beside_done, beside);
  task->offered_length = op == SCSI_OP_COMPARE_AND_WRITE ? sizeof bytes : BLOCK;
  g_assert_true (scsi_task_prepare (task));
  if (task->direction == SCSI_DATA_OUT)
    payload_append (&task->data_out, slice_copy (bytes, task->transfer_length));
  scsi_task_start (task);
  return task;
}

static void
beside_run (Beside *beside)
{
  while (world_step (beside->world))
    ;
}

/* Both compare with what was there at first: only one of them can be right. */
static void
test_one_wins (void)
{
  Beside beside;
  beside_init (&beside);
  beside_start (&beside, 0, SCSI_OP_COMPARE_AND_WRITE, 4, 0, 1);
  beside_start (&beside, 1, SCSI_OP_COMPARE_AND_WRITE, 4, 0, 2);
  beside_run (&beside);
  g_assert_cmpstr (beside.story->str, ==, "0:00 1:02 ");
  g_assert_cmphex (beside.tasks[1].sense.code, ==, SENSE_CODE_MISCOMPARE_DURING_VERIFY);
  beside_clear (&beside);
}

/* A WRITE that came later is not lost between its comparing and its writing, and one that came earlier is seen. */
static void
test_writes_around (void)
{
  Beside beside;
  beside_init (&beside);
  beside_start (&beside, 0, SCSI_OP_WRITE_16, 4, 0, 7);
  beside_start (&beside, 1, SCSI_OP_COMPARE_AND_WRITE, 4, 7, 8);
  beside_start (&beside, 2, SCSI_OP_WRITE_16, 4, 0, 9);
  beside_run (&beside);
  g_assert_cmpstr (beside.story->str, ==, "0:00 1:00 2:00 ");
  guint8 byte = 0;
  scsi_task_clear (&beside.tasks[0]);
  beside_start (&beside, 0, SCSI_OP_READ_16, 4, 0, 0);
  beside_run (&beside);
  payload_copy_out (&beside.tasks[0].data_in, 0, &byte, 1);
  g_assert_cmphex (byte, ==, 9);
  beside_clear (&beside);
}

/* Who is at other blocks, or only reads what others read, waits for nobody. */
static void
test_elsewhere (void)
{
  Beside beside;
  beside_init (&beside);
  beside_start (&beside, 0, SCSI_OP_COMPARE_AND_WRITE, 4, 0, 1);
  beside_start (&beside, 1, SCSI_OP_WRITE_16, 5, 0, 2);
  beside_start (&beside, 2, SCSI_OP_READ_16, 3, 0, 0);
  beside_run (&beside);
  g_assert_cmpstr (beside.story->str, ==, "1:00 2:00 0:00 ");
  beside_clear (&beside);
}

/* Neither who is at the blocks nor who waits for them leaves its place behind. */
static void
test_aborted (void)
{
  for (guint gone = 0; gone < 2; gone++) {
    Beside beside;
    beside_init (&beside);
    for (guint i = 0; i < TASKS; i++)
      beside_start (&beside, i, SCSI_OP_ORWRITE_16, 4, 0, (guint8) (1 << i));
    scsi_task_cancel (&beside.tasks[gone]);
    beside_run (&beside);
    g_assert_cmpstr (beside.story->str, ==, gone == 0 ? "1:00 2:00 " : "0:00 2:00 ");
    g_assert_cmpuint (beside.luns.list[0]->line.ranges.length, ==, 0);
    g_assert_cmpuint (beside.luns.list[0]->line.waiting, ==, 0);
    g_assert_cmpuint (beside.luns.list[0]->line.exclusive, ==, 0);
    beside_clear (&beside);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sbc-compare/what is equal is written", test_compare_and_write);
  g_test_add_func ("/sbc-compare/what differs is told, and stays", test_compare_differs);
  g_test_add_func ("/sbc-compare/nothing is done with half of the data", test_all_or_nothing);
  g_test_add_func ("/sbc-compare/the limits are those that are told", test_limits);
  g_test_add_func ("/sbc-compare/WRITE ATOMIC has no boundary", test_atomic_boundary);
  g_test_add_func ("/sbc-compare/ORWRITE adds bits", test_or);
  g_test_add_func ("/sbc-compare/of two that compare with the same, one wins", test_one_wins);
  g_test_add_func ("/sbc-compare/writes fall before or behind, not between", test_writes_around);
  g_test_add_func ("/sbc-compare/who is elsewhere does not wait", test_elsewhere);
  g_test_add_func ("/sbc-compare/an aborted one gives its place up", test_aborted);
  return g_test_run ();
}
