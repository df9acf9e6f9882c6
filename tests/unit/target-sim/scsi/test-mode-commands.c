/* SPDX-License-Identifier: Apache-2.0 */
/* MODE SENSE and MODE SELECT by octets of SPC-4 7.5. */
#include "tests/unit/target-sim/scsi/unit.h"

#define CONTROL_LENGTH (4 + 12) /* a MODE SELECT(6) of the Control page alone */

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
sense_6 (Unit *unit, guint8 flags, guint8 page, guint8 *bytes)
{
  const guint8 cdb[CDB_LENGTH] = { 0x1a, flags, page, 0, 255 };
  run_on (unit, 0, cdb, NULL, 0);
  return data_in (unit, bytes, 255);
}

static void
select_6 (Unit *unit, const guint8 *list, guint8 length)
{
  const guint8 cdb[CDB_LENGTH] = { 0x15, 0x10, 0, 0, length };
  run_on (unit, 0, cdb, list, length);
}

static void
control_list (guint8 *list, guint8 flags, guint8 locks, guint8 aborts)
{
  const guint8 page[CONTROL_LENGTH] = {
    [4] = 0x0a, [5] = 10, [6] = flags, [8] = locks, [9] = aborts
  };
  memcpy (list, page, sizeof page);
}

static void
all_pages_in_order_of_their_codes (Unit *unit, gconstpointer data)
{
  static const guint8 codes[][2] = { { 0x01, 10 }, { 0x08, 18 }, { 0x0a, 10 }, { 0x1c, 10 } };
  guint8 bytes[255];
  const gsize length = sense_6 (unit, 0x08, 0x3f, bytes);
  gsize at = 4;
  g_assert_cmpuint (bytes[0], ==, length - 1);
  g_assert_cmphex (bytes[2], ==, 0x10); /* DPOFUA, not WP */
  g_assert_cmpuint (bytes[3], ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (codes); i++) {
    g_assert_cmphex (bytes[at], ==, codes[i][0]);
    g_assert_cmpuint (bytes[at + 1], ==, codes[i][1]);
    at += 2u + bytes[at + 1];
  }
  g_assert_cmpuint (at, ==, length);
}

static void
block_descriptors_short_and_long (Unit *unit, gconstpointer data)
{
  const guint8 ten[CDB_LENGTH] = { 0x5a, 0x10, 0x0a, 0, 0, 0, 0, 0, 255 };
  const guint8 in_short[8] = { 0, 0, 8, 0, 0, 0, 2, 0 };
  const guint8 in_long[16] = { 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 2, 0 };
  guint8 bytes[255];
  sense_6 (unit, 0, 0x0a, bytes);
  g_assert_cmpuint (bytes[3], ==, 8);
  g_assert_cmpmem (bytes + 4, 8, in_short, 8);
  run_on (unit, 0, ten, NULL, 0);
  const gsize length = data_in (unit, bytes, sizeof bytes);
  g_assert_cmpuint (wire_load (bytes, 2), ==, length - 2);
  g_assert_cmphex (bytes[4], ==, 0x01); /* LONGLBA */
  g_assert_cmpuint (wire_load (bytes + 6, 2), ==, 16);
  g_assert_cmpmem (bytes + 8, 16, in_long, 16);
}

static void
changeable_default_saved (Unit *unit, gconstpointer data)
{
  guint8 bytes[255];
  guint8 list[CONTROL_LENGTH];
  control_list (list, 0x02, 0x08, 0);
  select_6 (unit, list, sizeof list);
  g_assert_cmphex (unit->task.status, ==, SCSI_GOOD);
  sense_6 (unit, 0x08, 0x0a, bytes);
  g_assert_cmphex (bytes[8], ==, 0x08);
  sense_6 (unit, 0x08, 0x40 | 0x0a, bytes); /* changeable */
  g_assert_cmphex (bytes[6], ==, 0x04);
  g_assert_cmphex (bytes[8], ==, 0x08);
  g_assert_cmphex (bytes[9], ==, 0x40);
  sense_6 (unit, 0x08, 0x80 | 0x0a, bytes); /* default */
  g_assert_cmphex (bytes[8], ==, 0);
  const guint8 saved[CDB_LENGTH] = { 0x1a, 0, 0xc0 | 0x0a, 0, 255 };
  run_on (unit, 0, saved, NULL, 0);
  assert_sense (unit, SENSE_ILLEGAL_REQUEST, SENSE_CODE_SAVING_NOT_SUPPORTED);
}

static void
software_write_protect (Unit *unit, gconstpointer data)
{
  guint8 cdb[CDB_LENGTH], bytes[512] = { 0 }, list[CONTROL_LENGTH];
  control_list (list, 0x02, 0x08, 0);
  select_6 (unit, list, sizeof list);
  cdb_build_blocks (cdb, SCSI_OP_WRITE_10, 0, 1);
  run_on (unit, 0, cdb, bytes, sizeof bytes);
  assert_sense (unit, SENSE_DATA_PROTECT, SENSE_CODE_WRITE_PROTECTED);
  sense_6 (unit, 0x08, 0x0a, bytes);
  g_assert_cmphex (bytes[2], ==, 0x90);
  lun_reset (luns_find (&unit->luns, 0));
  run_on (unit, 0, cdb, bytes, sizeof bytes);
  g_assert_cmphex (unit->task.status, ==, SCSI_GOOD);
}

static void
sense_comes_in_the_format_asked_for (Unit *unit, gconstpointer data)
{
  const guint8 unknown[CDB_LENGTH] = { 0xff };
  guint8 bytes[SENSE_MAX], list[CONTROL_LENGTH];
  run_on (unit, 0, unknown, NULL, 0);
  g_assert_cmpuint (scsi_task_encode_sense (&unit->task, bytes), ==, SENSE_FIXED_LENGTH);
  control_list (list, 0x06, 0, 0);
  select_6 (unit, list, sizeof list);
  run_on (unit, 0, unknown, NULL, 0);
  g_assert_cmpuint (scsi_task_encode_sense (&unit->task, bytes), ==, 8);
  g_assert_cmphex (bytes[0], ==, 0x72);
}

/* SPC-4 5.14.7: those who did not change it are told. */
static void
the_others_are_told_of_a_change (Unit *unit, gconstpointer data)
{
  guint8 list[CONTROL_LENGTH];
  guint16 code;
  ScsiNexus other;
  scsi_nexus_init (&other, &unit->luns, 1);
  control_list (list, 0x02, 0, 0); /* as it is */
  select_6 (unit, list, sizeof list);
  g_assert_false (scsi_nexus_take_attention (&other, 0, &code));
  control_list (list, 0x02, 0, 0x40);
  select_6 (unit, list, sizeof list);
  g_assert_true (scsi_nexus_take_attention (&other, 0, &code));
  g_assert_cmphex (code, ==, SENSE_CODE_MODE_PARAMETERS_CHANGED);
  g_assert_false (scsi_nexus_take_attention (&unit->nexus, 0, &code));
  scsi_nexus_clear (&other);
}

typedef struct BadList {
  const char *name;
  guint8 length;
  guint8 octet; /* changed to `value` */
  guint8 value;
  guint16 code;
  guint16 field; /* 0: none is told */
} BadList;

static const BadList bad_lists[] = {
  { "cut in the header", 3, 0, 0, SENSE_CODE_PARAMETER_LIST_LENGTH, 0 },
  { "cut in a page", 9, 0, 0, SENSE_CODE_PARAMETER_LIST_LENGTH, 0 },
  { "a medium type", 16, 1, 5, SENSE_CODE_INVALID_FIELD_IN_PARAMETERS, 1 },
  { "a page that is none", 16, 4, 0x33, SENSE_CODE_INVALID_FIELD_IN_PARAMETERS, 4 },
  { "a page of another length", 16, 5, 9, SENSE_CODE_INVALID_FIELD_IN_PARAMETERS, 5 },
  { "a bit that stays as it is", 16, 7, 0x10, SENSE_CODE_INVALID_FIELD_IN_PARAMETERS, 7 },
  { "descriptors that are not there", 16, 3, 200, SENSE_CODE_PARAMETER_LIST_LENGTH, 0 },
};

static void
a_list_with_a_fault_changes_nothing (Unit *unit, gconstpointer data)
{
  const BadList *bad = data;
  guint8 list[CONTROL_LENGTH], bytes[255];
  control_list (list, 0x02, 0x08, 0);
  if (bad->value != 0)
    list[bad->octet] = bad->value;
  select_6 (unit, list, bad->length);
  assert_sense (unit, SENSE_ILLEGAL_REQUEST, bad->code);
  if (bad->field != 0)
    g_assert_cmpuint (unit->task.sense.field, ==, bad->field);
  sense_6 (unit, 0x08, 0x0a, bytes);
  g_assert_cmphex (bytes[8], ==, 0);
}

/* The first page would be good: it is not taken before the second has been judged. */
static void
half_a_list_is_not_taken (Unit *unit, gconstpointer data)
{
  guint8 list[CONTROL_LENGTH + 12] = { 0 }, bytes[255];
  control_list (list, 0x02, 0x08, 0);
  list[CONTROL_LENGTH] = 0x1c;
  list[CONTROL_LENGTH + 1] = 10;
  list[CONTROL_LENGTH + 2] = 0x08;
  select_6 (unit, list, sizeof list);
  assert_sense (unit, SENSE_ILLEGAL_REQUEST, SENSE_CODE_INVALID_FIELD_IN_PARAMETERS);
  assert_field (unit, SENSE_SPECIFIC_PARAMETER_FIELD, CONTROL_LENGTH + 2, SENSE_NO_BIT);
  sense_6 (unit, 0x08, 0x0a, bytes);
  g_assert_cmphex (bytes[8], ==, 0);
}

static void
cdbs_that_are_refused (Unit *unit, gconstpointer data)
{
  const guint8 page[CDB_LENGTH] = { 0x1a, 0, 0x33, 0, 255 };
  const guint8 subpage[CDB_LENGTH] = { 0x1a, 0, 0x0a, 7, 255 };
  const guint8 save[CDB_LENGTH] = { 0x15, 0x11, 0, 0, 16 };
  const guint8 no_format[CDB_LENGTH] = { 0x15, 0, 0, 0, 16 };
  run_on (unit, 0, page, NULL, 0);
  assert_field (unit, SENSE_SPECIFIC_CDB_FIELD, 2, 5);
  run_on (unit, 0, subpage, NULL, 0);
  assert_field (unit, SENSE_SPECIFIC_CDB_FIELD, 3, 7);
  run_on (unit, 0, save, NULL, 0);
  assert_field (unit, SENSE_SPECIFIC_CDB_FIELD, 1, 0);
  run_on (unit, 0, no_format, NULL, 0);
  assert_field (unit, SENSE_SPECIFIC_CDB_FIELD, 1, 4);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name) g_test_add ("/mode-commands/" #name, Unit, NULL, set_up, name, tear_down)
  ADD (all_pages_in_order_of_their_codes);
  ADD (block_descriptors_short_and_long);
  ADD (changeable_default_saved);
  ADD (software_write_protect);
  ADD (sense_comes_in_the_format_asked_for);
  ADD (the_others_are_told_of_a_change);
  ADD (half_a_list_is_not_taken);
  ADD (cdbs_that_are_refused);
  for (guint i = 0; i < G_N_ELEMENTS (bad_lists); i++) {
    g_autofree char *path = g_strdup_printf ("/mode-commands/refused: %s", bad_lists[i].name);
    g_test_add (path, Unit, &bad_lists[i], set_up, a_list_with_a_fault_changes_nothing, tear_down);
  }
  return g_test_run ();
}
