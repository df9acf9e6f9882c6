/* SPDX-License-Identifier: Apache-2.0 */
/* pr.h - one unit and several initiators, who register and reserve */
#pragma once

#include "target-sim/scsi/pr-out.h"

#include "tests/unit/target-sim/scsi/unit.h"

#define WE    RESERVATION_WRITE_EXCLUSIVE
#define EA    RESERVATION_EXCLUSIVE_ACCESS
#define WE_RO RESERVATION_WRITE_EXCLUSIVE_REGISTRANTS_ONLY
#define EA_RO RESERVATION_EXCLUSIVE_ACCESS_REGISTRANTS_ONLY
#define WE_AR RESERVATION_WRITE_EXCLUSIVE_ALL_REGISTRANTS
#define EA_AR RESERVATION_EXCLUSIVE_ACCESS_ALL_REGISTRANTS

#define INITIATORS 3
#define KEY(i)     (UINT64_C (0xa0a0) + (i)) /* of the i-th */
#define NODE       "iqn.2026-01.com.example:node"
#define OTHER_PORT 8 /* of the target, which has 7 too */

/* The i-th initiator port is that of ISID i at NODE, and comes to target port 7. */
typedef struct Pr {
  Unit unit;
  UnitMemory *memory;
  ScsiNexus nexuses[INITIATORS];
} Pr;

G_GNUC_UNUSED static void
pr_begin (Pr *pr)
{
  *pr = (Pr){ .memory = unit_memory_ram_new () };
  unit_init (&pr->unit);
  luns_add_port (&pr->unit.luns, OTHER_PORT);
  g_assert_true (luns_remember (&pr->unit.luns, 0, pr->memory, NULL));
  for (guint i = 0; i < INITIATORS; i++) {
    scsi_nexus_init (&pr->nexuses[i], &pr->unit.luns, 7);
    scsi_nexus_name (&pr->nexuses[i], NODE, i);
  }
}

G_GNUC_UNUSED static void
pr_end_all (Pr *pr)
{
  for (guint i = 0; i < INITIATORS; i++)
    scsi_nexus_clear (&pr->nexuses[i]);
  if (pr->unit.task.magic == 0) /* which unit_clear wants */
    scsi_task_init (&pr->unit.task, &pr->unit.nexus, 0, (const guint8[CDB_LENGTH]){ 0 }, on_done,
                    &pr->unit);
  unit_clear (&pr->unit);
  unit_memory_free (pr->memory);
}

/* As run_on, for the i-th initiator. Returns the status. */
G_GNUC_UNUSED static guint8
run_as (Pr *pr, guint i, const guint8 cdb[CDB_LENGTH], const void *data, gsize length)
{
  ScsiTask *task = &pr->unit.task;
  if (task->magic != 0)
    scsi_task_clear (task);
  scsi_task_init (task, &pr->nexuses[i], 0, cdb, on_done, &pr->unit);
  if (scsi_task_prepare (task)) {
    if (length > 0)
      payload_append (&task->data_out, slice_copy (data, length));
    scsi_task_start (task);
  }
  return task->status;
}

G_GNUC_UNUSED static guint8
pr_out_list (Pr *pr, guint i, ScsiOp op, guint8 scope_and_type, const guint8 *list, guint32 length)
{
  guint8 cdb[CDB_LENGTH];
  cdb_build (cdb, op, length);
  cdb[2] = scope_and_type;
  return run_as (pr, i, cdb, list, length);
}

G_GNUC_UNUSED static guint8
pr_out (Pr *pr, guint i, ScsiOp op, guint8 scope_and_type, guint64 key, guint64 action_key,
        guint8 flags)
{
  guint8 list[PR_OUT_LIST_LENGTH] = { 0 };
  wire_store (list, 8, key);
  wire_store (list + 8, 8, action_key);
  list[20] = flags;
  return pr_out_list (pr, i, op, scope_and_type, list, sizeof list);
}

G_GNUC_UNUSED static void
pr_must (Pr *pr, guint i, ScsiOp op, guint8 scope_and_type, guint64 key, guint64 action_key)
{
  g_assert_cmphex (pr_out (pr, i, op, scope_and_type, key, action_key, 0), ==, SCSI_GOOD);
}

G_GNUC_UNUSED static void
pr_join (Pr *pr, guint i)
{
  pr_must (pr, i, SCSI_OP_PR_REGISTER, 0, 0, KEY (i));
}

G_GNUC_UNUSED static guint8
pr_access (Pr *pr, guint i, ScsiOp op)
{
  guint8 cdb[CDB_LENGTH], block[512] = { 0 };
  cdb_build_blocks (cdb, op, 0, 1);
  return run_as (pr, i, cdb, block, op == SCSI_OP_WRITE_10 ? sizeof block : 0);
}

G_GNUC_UNUSED static Reservations *
pr_state (Pr *pr)
{
  return &luns_find (&pr->unit.luns, 0)->reservations;
}

/* The next thing that the i-th is told; SENSE_CODE_NONE: nothing. */
G_GNUC_UNUSED static guint16
pr_told (Pr *pr, guint i)
{
  guint16 code = SENSE_CODE_NONE;
  scsi_nexus_take_attention (&pr->nexuses[i], 0, &code);
  return code;
}

typedef struct PrTest {
  const char *path;
  void (*run) (Pr *pr);
} PrTest;

G_GNUC_UNUSED static void
pr_test_run (gconstpointer data)
{
  const PrTest *test = data;
  Pr pr;
  pr_begin (&pr);
  test->run (&pr);
  pr_end_all (&pr);
}

G_GNUC_UNUSED static int
pr_tests_run (int argc, char **argv, const PrTest *tests, guint count)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < count; i++)
    g_test_add_data_func (tests[i].path, &tests[i], pr_test_run);
  return g_test_run ();
}
