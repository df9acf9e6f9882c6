/* SPDX-License-Identifier: Apache-2.0 */
/* unit.h - the device server without a wire: CDBs in, status, sense and data out */
#pragma once

#include "target-sim/scsi/commands.h"

#define UNIT_BLOCKS 2048
#define NAME        "iqn.2026-01.com.example:disk"

typedef struct Unit {
  Store *store;
  Luns luns;
  ScsiNexus nexus;
  ScsiTask task;
  guint done;
} Unit;

static void
on_done (gpointer owner, ScsiTask *task)
{
  Unit *unit = owner;
  unit->done++;
}

G_GNUC_UNUSED static void
unit_init (Unit *unit)
{
  *unit = (Unit){ .store = store_ram_new (UNIT_BLOCKS * 512) };
  luns_init (&unit->luns, NAME);
  g_assert_true (luns_add (&unit->luns, 300, 512, unit->store, NULL));
  g_assert_true (luns_add (&unit->luns, 0, 512, unit->store, NULL));
  luns_add_port (&unit->luns, 7);
  scsi_nexus_init (&unit->nexus, &unit->luns, 7);
}

G_GNUC_UNUSED static void
unit_clear (Unit *unit)
{
  scsi_task_clear (&unit->task);
  scsi_nexus_clear (&unit->nexus);
  luns_clear (&unit->luns);
  store_free (unit->store);
}

/* One command to the end; what it said stays in unit->task until the next. */
G_GNUC_UNUSED static void
run_on (Unit *unit, guint64 lun, const guint8 cdb[CDB_LENGTH], const void *data, gsize length)
{
  if (unit->task.magic != 0)
    scsi_task_clear (&unit->task);
  scsi_task_init (&unit->task, &unit->nexus, lun, cdb, on_done, unit);
  unit->task.offered_length = length;
  if (!scsi_task_prepare (&unit->task))
    return;
  if (length > 0)
    payload_append (&unit->task.data_out, slice_copy (data, length));
  const guint before = unit->done;
  scsi_task_start (&unit->task);
  g_assert_cmpuint (unit->done, ==, before + 1);
}

G_GNUC_UNUSED static gsize
data_in (const Unit *unit, guint8 *bytes, gsize room)
{
  g_assert_cmphex (unit->task.status, ==, SCSI_GOOD);
  g_assert_cmpuint (unit->task.data_in.length, <=, room);
  g_assert_cmpuint (unit->task.data_in.length, ==, unit->task.transfer_length);
  payload_copy_out (&unit->task.data_in, 0, bytes, unit->task.data_in.length);
  return unit->task.data_in.length;
}

G_GNUC_UNUSED static void
assert_sense (const Unit *unit, SenseKey key, guint16 code)
{
  g_assert_cmphex (unit->task.status, ==, SCSI_CHECK_CONDITION);
  g_assert_cmphex (unit->task.sense.key, ==, key);
  g_assert_cmphex (unit->task.sense.code, ==, code);
}

/* Where an ILLEGAL REQUEST says that it found the fault. */
G_GNUC_UNUSED static void
assert_field (const Unit *unit, SenseSpecific specific, guint16 octet, guint8 bit)
{
  g_assert_cmpint (unit->task.sense.specific, ==, specific);
  g_assert_cmpuint (unit->task.sense.field, ==, octet);
  g_assert_cmpuint (unit->task.sense.bit, ==, bit);
}
