/* SPDX-License-Identifier: Apache-2.0 */
/* START STOP UNIT by SBC-3 5.23, PREVENT ALLOW MEDIUM REMOVAL by SPC-4 6.19, and what a unit without its medium does. */
#include "tests/unit/target-sim/scsi/unit.h"

#define START 0x01
#define LOEJ  0x02

static void
set_up (Unit *unit, gconstpointer data)
{
  unit_init (unit);
}

static void
set_up_removable (Unit *unit, gconstpointer data)
{
  unit_init (unit);
  luns_make_removable (&unit->luns, 0, FALSE);
}

static void
tear_down (Unit *unit, gconstpointer data)
{
  unit_clear (unit);
}

static void
start_stop (Unit *unit, guint8 what)
{
  const guint8 cdb[CDB_LENGTH] = { 0x1b, [4] = what };
  run_on (unit, 0, cdb, NULL, 0);
}

static void
prevent (Unit *unit, guint8 what)
{
  const guint8 cdb[CDB_LENGTH] = { 0x1e, [4] = what };
  run_on (unit, 0, cdb, NULL, 0);
}

static void
test_unit_ready (Unit *unit)
{
  const guint8 cdb[CDB_LENGTH] = { 0x00 };
  run_on (unit, 0, cdb, NULL, 0);
}

static void
request_sense (Unit *unit, Sense *ret_sense)
{
  const guint8 cdb[CDB_LENGTH] = { 0x03, [4] = 252 };
  guint8 bytes[252];
  run_on (unit, 0, cdb, NULL, 0);
  g_assert_true (sense_decode (bytes, data_in (unit, bytes, sizeof bytes), ret_sense));
}

static void
assert_good (const Unit *unit)
{
  g_assert_cmphex (unit->task.status, ==, SCSI_GOOD);
}

/* What the medium is needed for, and what not. */
static void
assert_away (Unit *unit, guint16 code)
{
  static const ScsiOp needing[] = { SCSI_OP_READ_10, SCSI_OP_WRITE_16, SCSI_OP_SYNCHRONIZE_CACHE_10,
                                    SCSI_OP_READ_CAPACITY_10, SCSI_OP_READ_CAPACITY_16 };
  static const guint8 others[][CDB_LENGTH] = {
    { 0x12, [4] = 96 },          /* INQUIRY */
    { 0x1a, 0, 0x3f, [4] = 96 }, /* MODE SENSE(6) */
    { 0xa0, [9] = 96 },          /* REPORT LUNS */
    { 0xa3, 0x0c, [9] = 96 },    /* REPORT SUPPORTED OPERATION CODES */
    { 0x1e },                    /* PREVENT ALLOW MEDIUM REMOVAL */
  };
  Sense sense;
  guint8 cdb[CDB_LENGTH];
  test_unit_ready (unit);
  assert_sense (unit, SENSE_NOT_READY, code);
  for (guint i = 0; i < G_N_ELEMENTS (needing); i++) {
    if (scsi_op_names_blocks (needing[i]))
      cdb_build_blocks (cdb, needing[i], 0, 1);
    else
      cdb_build (cdb, needing[i], 32);
    run_on (unit, 0, cdb, NULL, 0);
    assert_sense (unit, SENSE_NOT_READY, code);
  }
  for (guint i = 0; i < G_N_ELEMENTS (others); i++) {
    run_on (unit, 0, others[i], NULL, 0);
    assert_good (unit);
  }
  request_sense (unit, &sense);
  g_assert_cmphex (sense.key, ==, SENSE_NOT_READY);
  g_assert_cmphex (sense.code, ==, code);
}

static void
a_stopped_unit_is_not_ready_until_it_is_started (Unit *unit, gconstpointer data)
{
  start_stop (unit, 0);
  assert_good (unit);
  assert_away (unit, 0x0402);
  start_stop (unit, START);
  assert_good (unit);
  test_unit_ready (unit);
  assert_good (unit);
}

static void
a_reset_starts_it (Unit *unit, gconstpointer data)
{
  start_stop (unit, 0);
  lun_reset (luns_find (&unit->luns, 0));
  test_unit_ready (unit);
  assert_good (unit);
}

/* SPC-4 5.12: idle and standby serve every command; REQUEST SENSE tells them. */
static void
power_conditions_are_told (Unit *unit, gconstpointer data)
{
  static const struct {
    guint8 condition;
    guint16 code;
  } rows[] = { { 0x2, 0x5e03 }, { 0x3, 0x5e04 }, { 0xa, 0x5e03 },
               { 0xb, 0x5e04 }, { 0x7, 0 },      { 0x1, 0 } };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    Sense sense;
    start_stop (unit, (guint8) (rows[i].condition << 4));
    assert_good (unit);
    test_unit_ready (unit);
    assert_good (unit);
    request_sense (unit, &sense);
    g_assert_cmphex (sense.key, ==, SENSE_NO_SENSE);
    g_assert_cmphex (sense.code, ==, rows[i].code);
  }
}

static void
a_power_condition_starts_what_was_stopped (Unit *unit, gconstpointer data)
{
  start_stop (unit, 0);
  start_stop (unit, 0x30);
  test_unit_ready (unit);
  assert_good (unit);
}

static void
a_fixed_unit_refuses (Unit *unit, gconstpointer data)
{
  static const guint8 reserved[] = { 0x4, 0x5, 0x6, 0x8, 0x9, 0xc, 0xd, 0xe, 0xf };
  for (guint i = 0; i < G_N_ELEMENTS (reserved); i++) {
    start_stop (unit, (guint8) (reserved[i] << 4));
    assert_sense (unit, SENSE_ILLEGAL_REQUEST, SENSE_CODE_INVALID_FIELD_IN_CDB);
    assert_field (unit, SENSE_SPECIFIC_CDB_FIELD, 4, 7);
  }
  start_stop (unit, LOEJ);
  assert_sense (unit, SENSE_ILLEGAL_REQUEST, SENSE_CODE_INVALID_FIELD_IN_CDB);
  assert_field (unit, SENSE_SPECIFIC_CDB_FIELD, 4, 1);
  test_unit_ready (unit);
  assert_good (unit);
}

static void
a_medium_goes_out_and_comes_back (Unit *unit, gconstpointer data)
{
  guint16 code;
  ScsiNexus other;
  scsi_nexus_init (&other, &unit->luns, 1);
  start_stop (unit, LOEJ);
  assert_good (unit);
  assert_away (unit, 0x3a00);
  g_assert_false (scsi_nexus_take_attention (&other, 0, &code));
  start_stop (unit, LOEJ | START);
  assert_good (unit);
  test_unit_ready (unit);
  assert_good (unit);
  g_assert_true (scsi_nexus_take_attention (&other, 0, &code));
  g_assert_cmphex (code, ==, 0x2800);
  scsi_nexus_clear (&other);
}

static void
nothing_but_loej_moves_a_removable_medium (Unit *unit, gconstpointer data)
{
  static const guint8 others[] = { 0, START, 0x10 | LOEJ, 0xf0 | LOEJ, 0x30 };
  for (guint i = 0; i < G_N_ELEMENTS (others); i++) {
    start_stop (unit, others[i]);
    assert_good (unit);
    test_unit_ready (unit);
    assert_good (unit);
  }
}

static void
a_removable_unit_says_so (Unit *unit, gconstpointer data)
{
  const guint8 cdb[CDB_LENGTH] = { 0x12, [4] = 36 };
  guint8 bytes[36];
  run_on (unit, 0, cdb, NULL, 0);
  data_in (unit, bytes, sizeof bytes);
  g_assert_cmphex (bytes[1], ==, 0x80);
  run_on (unit, lun_encode (300), cdb, NULL, 0);
  data_in (unit, bytes, sizeof bytes);
  g_assert_cmphex (bytes[1], ==, 0);
}

static void
an_empty_unit_has_nothing_to_load (Unit *unit, gconstpointer data)
{
  luns_make_removable (&unit->luns, 0, TRUE);
  assert_away (unit, 0x3a00);
  start_stop (unit, LOEJ | START);
  assert_sense (unit, SENSE_NOT_READY, 0x3a00);
  assert_away (unit, 0x3a00);
}

/* SPC-4 6.19: while one nexus prevents it, nobody takes it out; the will ends with its nexus, and with a reset. */
static void
a_medium_stays_as_long_as_one_wants_it (Unit *unit, gconstpointer data)
{
  ScsiNexus other;
  scsi_nexus_init (&other, &unit->luns, 1);
  prevent (unit, 1);
  prevent (unit, 1);
  medium_prevent (&luns_find (&unit->luns, 0)->medium, &other);
  start_stop (unit, LOEJ);
  assert_sense (unit, SENSE_ILLEGAL_REQUEST, 0x5302);
  prevent (unit, 0);
  start_stop (unit, LOEJ);
  assert_sense (unit, SENSE_ILLEGAL_REQUEST, 0x5302);
  scsi_nexus_clear (&other);
  start_stop (unit, LOEJ);
  assert_good (unit);
  prevent (unit, 1);
  start_stop (unit, LOEJ | START);
  assert_sense (unit, SENSE_ILLEGAL_REQUEST, 0x5302);
  lun_reset (luns_find (&unit->luns, 0));
  start_stop (unit, LOEJ | START);
  assert_good (unit);
}

static void
prevent_has_one_bit (Unit *unit, gconstpointer data)
{
  for (guint8 what = 2; what < 4; what++) {
    prevent (unit, what);
    assert_sense (unit, SENSE_ILLEGAL_REQUEST, SENSE_CODE_INVALID_FIELD_IN_CDB);
    assert_field (unit, SENSE_SPECIFIC_CDB_FIELD, 4, 1);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name) g_test_add ("/start-stop/fixed/" #name, Unit, NULL, set_up, name, tear_down)
  ADD (a_stopped_unit_is_not_ready_until_it_is_started);
  ADD (a_reset_starts_it);
  ADD (power_conditions_are_told);
  ADD (a_power_condition_starts_what_was_stopped);
  ADD (a_fixed_unit_refuses);
  ADD (prevent_has_one_bit);
#undef ADD
#define ADD(name)                                                                                  \
  g_test_add ("/start-stop/removable/" #name, Unit, NULL, set_up_removable, name, tear_down)
  ADD (a_medium_goes_out_and_comes_back);
  ADD (nothing_but_loej_moves_a_removable_medium);
  ADD (a_removable_unit_says_so);
  ADD (an_empty_unit_has_nothing_to_load);
  ADD (a_medium_stays_as_long_as_one_wants_it);
  return g_test_run ();
}
