/* SPDX-License-Identifier: Apache-2.0 */
/* READ DEFECT DATA by octets of SBC-3 5.15 and 5.16. */
#include "tests/unit/target-sim/scsi/unit.h"

#define BLOCK_FORMATS 7

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

static void
each_list_is_empty_in_each_format (Unit *unit, gconstpointer data)
{
  for (guint8 lists = 0; lists < 0x20; lists += 8)
    for (guint8 format = 0; format < BLOCK_FORMATS; format++) {
      const guint8 ten[CDB_LENGTH] = { 0x37, [2] = lists | format, [8] = 32 };
      const guint8 twelve[CDB_LENGTH] = { 0xb7, lists | format, [9] = 32 };
      const guint8 header[8] = { 0, lists | format };
      guint8 bytes[32];
      run_on (unit, 0, ten, NULL, 0);
      g_assert_cmpmem (bytes, data_in (unit, bytes, 32), header, 4);
      run_on (unit, 0, twelve, NULL, 0);
      g_assert_cmpmem (bytes, data_in (unit, bytes, 32), header, 8);
    }
}

static void
a_reserved_format_is_refused (Unit *unit, gconstpointer data)
{
  const guint8 ten[CDB_LENGTH] = { 0x37, [2] = 0x0f, [8] = 32 };
  const guint8 twelve[CDB_LENGTH] = { 0xb7, 0x0f, [9] = 32 };
  run_on (unit, 0, ten, NULL, 0);
  assert_sense (unit, SENSE_ILLEGAL_REQUEST, SENSE_CODE_INVALID_FIELD_IN_CDB);
  assert_field (unit, SENSE_SPECIFIC_CDB_FIELD, 2, 2);
  run_on (unit, 0, twelve, NULL, 0);
  assert_field (unit, SENSE_SPECIFIC_CDB_FIELD, 1, 2);
}

static void
it_is_cut_at_the_allocation_length (Unit *unit, gconstpointer data)
{
  const guint8 twelve[CDB_LENGTH] = { 0xb7, 0x08, [9] = 3 };
  guint8 bytes[3];
  run_on (unit, 0, twelve, NULL, 0);
  g_assert_cmpuint (data_in (unit, bytes, sizeof bytes), ==, 3);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name) g_test_add ("/defects/" #name, Unit, NULL, set_up, name, tear_down)
  ADD (each_list_is_empty_in_each_format);
  ADD (a_reserved_format_is_refused);
  ADD (it_is_cut_at_the_allocation_length);
  return g_test_run ();
}
