/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/target-sim/scsi/unit.h"

static void
set_up (Unit *unit, gconstpointer data)
{
  unit_init (unit);
}

static void
tear_down (Unit *unit, gconstpointer data)
{
  unit_clear (unit);
}

static gsize
report (Unit *unit, guint8 options, guint8 opcode, guint8 action, guint8 *bytes)
{
  const guint8 cdb[CDB_LENGTH] = { 0xa3, 0x0c, options, opcode, 0, action, 0, 0, 0x10, 0 };
  run_on (unit, 0, cdb, NULL, 0);
  return data_in (unit, bytes, 4096);
}

static void
every_command_that_is_listed_is_known (Unit *unit, gconstpointer data)
{
  guint8 bytes[4096];
  const gsize length = report (unit, 0, 0, 0, bytes);
  g_assert_cmpuint (wire_load (bytes, 4), ==, length - 4);
  for (gsize at = 4; at < length; at += 8) {
    const guint8 cdb[CDB_LENGTH] = { bytes[at], bytes[at + 3] };
    const ScsiCommandRow *row = scsi_command_row (cdb);
    g_assert_nonnull (row);
    g_assert_cmpuint (wire_load (bytes + at + 6, 2), ==,
                      scsi_op_info (scsi_command_op (row))->cdb_length);
  }
}

static void
timeouts_stand_behind_each (Unit *unit, gconstpointer data)
{
  guint8 bytes[4096];
  const gsize length = report (unit, 0x80, 0, 0, bytes);
  for (gsize at = 4; at < length; at += 20) {
    g_assert_cmphex (bytes[at + 5] & 0x02, ==, 0x02);
    g_assert_cmpuint (wire_load (bytes + at + 8, 2), ==, 10);
  }
  g_assert_cmpuint ((length - 4) % 20, ==, 0);
}

static void
usage_of_one (Unit *unit, gconstpointer data)
{
  const guint8 read_10[] = { 0x28, 0x18, 0xff, 0xff, 0xff, 0xff, 0, 0xff, 0xff, 0 };
  const guint8 capacity[] = { 0x9e, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0, 0 };
  guint8 bytes[4096];
  report (unit, 1, 0x28, 0, bytes);
  g_assert_cmphex (bytes[1], ==, 0x03);
  g_assert_cmpmem (bytes + 4, wire_load (bytes + 2, 2), read_10, sizeof read_10);
  report (unit, 2, 0x9e, 0x10, bytes);
  g_assert_cmpmem (bytes + 4, wire_load (bytes + 2, 2), capacity, sizeof capacity);
  g_assert_cmpuint (report (unit, 1, 0xff, 0, bytes), ==, 4);
  g_assert_cmphex (bytes[1], ==, 0x01);
}

/* SPC-4 6.35: an opcode with service actions is not asked for without, nor the other way. */
static void
the_question_has_to_fit (Unit *unit, gconstpointer data)
{
  const guint8 bad[][CDB_LENGTH] = { { 0xa3, 0x0c, 1, 0x9e },
                                     { 0xa3, 0x0c, 2, 0x28 },
                                     { 0xa3, 0x0c, 7 } };
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    run_on (unit, 0, bad[i], NULL, 0);
    assert_sense (unit, SENSE_ILLEGAL_REQUEST, SENSE_CODE_INVALID_FIELD_IN_CDB);
    assert_field (unit, SENSE_SPECIFIC_CDB_FIELD, 2, 2);
  }
}

static void
an_action_that_is_none_is_a_field (Unit *unit, gconstpointer data)
{
  const guint8 action[CDB_LENGTH] = { 0x9e, 0x1f };
  const guint8 opcode[CDB_LENGTH] = { 0xfe };
  run_on (unit, 0, action, NULL, 0);
  assert_sense (unit, SENSE_ILLEGAL_REQUEST, SENSE_CODE_INVALID_FIELD_IN_CDB);
  assert_field (unit, SENSE_SPECIFIC_CDB_FIELD, 1, 4);
  run_on (unit, 0, opcode, NULL, 0);
  assert_sense (unit, SENSE_ILLEGAL_REQUEST, SENSE_CODE_INVALID_OPCODE);
}

static void
task_management_functions (Unit *unit, gconstpointer data)
{
  const guint8 cdb[CDB_LENGTH] = { 0xa3, 0x0d, 0, 0, 0, 0, 0, 0, 0, 255 };
  guint8 bytes[255];
  run_on (unit, 0, cdb, NULL, 0);
  g_assert_cmpuint (data_in (unit, bytes, sizeof bytes), ==, 4);
  g_assert_cmphex (bytes[0], ==, 0xda);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name) g_test_add ("/opcodes/" #name, Unit, NULL, set_up, name, tear_down)
  ADD (every_command_that_is_listed_is_known);
  ADD (timeouts_stand_behind_each);
  ADD (usage_of_one);
  ADD (the_question_has_to_fit);
  ADD (an_action_that_is_none_is_a_field);
  ADD (task_management_functions);
  return g_test_run ();
}
