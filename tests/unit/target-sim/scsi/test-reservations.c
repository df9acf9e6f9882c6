/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/target-sim/scsi/pr.h"

/* SPC-4 table 65 and SBC-3 table 5: what passes, for one who does not hold the reservation. */
typedef struct Passes {
  ScsiOp op;
  gboolean write_exclusive;  /* of another, of whatever of the three types of write exclusive */
  gboolean exclusive_access; /* likewise */
  gboolean reserve_6;        /* SPC-2 table 10 */
} Passes;

static const Passes passes[] = {
  { SCSI_OP_TEST_UNIT_READY, TRUE, TRUE, FALSE },
  { SCSI_OP_REQUEST_SENSE, TRUE, TRUE, TRUE },
  { SCSI_OP_INQUIRY, TRUE, TRUE, TRUE },
  { SCSI_OP_REPORT_LUNS, TRUE, TRUE, TRUE },
  { SCSI_OP_READ_CAPACITY_10, TRUE, TRUE, TRUE },
  { SCSI_OP_READ_CAPACITY_16, TRUE, TRUE, TRUE },
  { SCSI_OP_MODE_SENSE_6, TRUE, FALSE, FALSE },
  { SCSI_OP_MODE_SENSE_10, TRUE, FALSE, FALSE },
  { SCSI_OP_REPORT_SUPPORTED_OPERATION_CODES, TRUE, FALSE, FALSE },
  { SCSI_OP_REPORT_SUPPORTED_TMF, TRUE, FALSE, FALSE },
  { SCSI_OP_READ_6, TRUE, FALSE, FALSE },
  { SCSI_OP_READ_10, TRUE, FALSE, FALSE },
  { SCSI_OP_READ_12, TRUE, FALSE, FALSE },
  { SCSI_OP_READ_16, TRUE, FALSE, FALSE },
  { SCSI_OP_WRITE_6, FALSE, FALSE, FALSE },
  { SCSI_OP_WRITE_10, FALSE, FALSE, FALSE },
  { SCSI_OP_WRITE_12, FALSE, FALSE, FALSE },
  { SCSI_OP_WRITE_16, FALSE, FALSE, FALSE },
  { SCSI_OP_SYNCHRONIZE_CACHE_10, FALSE, FALSE, FALSE },
  { SCSI_OP_SYNCHRONIZE_CACHE_16, FALSE, FALSE, FALSE },
  { SCSI_OP_MODE_SELECT_6, FALSE, FALSE, FALSE },
  { SCSI_OP_MODE_SELECT_10, FALSE, FALSE, FALSE },
  { SCSI_OP_PR_READ_KEYS, TRUE, TRUE, FALSE },
  { SCSI_OP_PR_READ_RESERVATION, TRUE, TRUE, FALSE },
  { SCSI_OP_PR_READ_FULL_STATUS, TRUE, TRUE, FALSE },
  { SCSI_OP_PR_REPORT_CAPABILITIES, TRUE, TRUE, FALSE },
};

static gboolean
conflicts (Pr *pr, guint i, ScsiOp op)
{
  guint8 cdb[CDB_LENGTH];
  if (scsi_op_names_blocks (op))
    cdb_build_blocks (cdb, op, 0, 1);
  else
    cdb_build (cdb, op, 0);
  ScsiTask task;
  scsi_task_init (&task, &pr->nexuses[i], 0, cdb, on_done, &pr->unit);
  scsi_task_prepare (&task);
  const gboolean is_conflict = task.status == SCSI_RESERVATION_CONFLICT;
  scsi_task_clear (&task);
  return is_conflict;
}

typedef struct TypeCase {
  ReservationType type;
  gboolean is_exclusive_access;
  gboolean registrant_is_free;
} TypeCase;

static const TypeCase type_cases[] = {
  { WE, FALSE, FALSE },  { EA, TRUE, FALSE },    { WE_RO, FALSE, TRUE },
  { EA_RO, TRUE, TRUE }, { WE_AR, FALSE, TRUE }, { EA_AR, TRUE, TRUE },
};

/* 0 holds it, 1 is registered, 2 is a stranger. */
static void
each_type_against_each_command (Pr *pr)
{
  pr_join (pr, 0);
  pr_join (pr, 1);
  for (guint t = 0; t < G_N_ELEMENTS (type_cases); t++) {
    const TypeCase *type = &type_cases[t];
    pr_must (pr, 0, SCSI_OP_PR_RESERVE, type->type, KEY (0), 0);
    for (guint c = 0; c < G_N_ELEMENTS (passes); c++) {
      const gboolean may =
          type->is_exclusive_access ? passes[c].exclusive_access : passes[c].write_exclusive;
      g_test_message ("type %u, %s", type->type, scsi_op_info (passes[c].op)->name);
      g_assert_false (conflicts (pr, 0, passes[c].op));
      g_assert_cmpint (conflicts (pr, 1, passes[c].op), ==, !may && !type->registrant_is_free);
      g_assert_cmpint (conflicts (pr, 2, passes[c].op), ==, !may);
    }
    pr_must (pr, 0, SCSI_OP_PR_RELEASE, type->type, KEY (0), 0);
    pr_told (pr, 1);
  }
}

static void
a_registration_alone_forbids_nothing (Pr *pr)
{
  pr_join (pr, 0);
  g_assert_cmphex (pr_access (pr, 2, SCSI_OP_WRITE_10), ==, SCSI_GOOD);
}

/* SAM-5 5.14: an attention that waits is told before the conflict is. */
static void
an_attention_comes_before_the_conflict (Pr *pr)
{
  pr_join (pr, 0);
  pr_must (pr, 0, SCSI_OP_PR_RESERVE, EA, KEY (0), 0);
  scsi_nexus_attend (&pr->nexuses[1], 0, SENSE_CODE_PARAMETERS_CHANGED);
  g_assert_cmphex (pr_access (pr, 1, SCSI_OP_WRITE_10), ==, SCSI_CHECK_CONDITION);
  g_assert_cmphex (pr_access (pr, 1, SCSI_OP_WRITE_10), ==, SCSI_RESERVATION_CONFLICT);
}

/* The same initiator port at another target port is another nexus; the same one in another session is the same. */
static void
a_nexus_is_a_pair_of_ports (Pr *pr)
{
  pr_join (pr, 0);
  pr_must (pr, 0, SCSI_OP_PR_RESERVE, EA, KEY (0), 0);
  scsi_nexus_clear (&pr->nexuses[0]);
  scsi_nexus_init (&pr->nexuses[0], &pr->unit.luns, OTHER_PORT);
  scsi_nexus_name (&pr->nexuses[0], NODE, 0);
  g_assert_cmphex (pr_access (pr, 0, SCSI_OP_READ_10), ==, SCSI_RESERVATION_CONFLICT);
  scsi_nexus_clear (&pr->nexuses[0]);
  scsi_nexus_init (&pr->nexuses[0], &pr->unit.luns, 7);
  scsi_nexus_name (&pr->nexuses[0], NODE, 0);
  g_assert_cmphex (pr_access (pr, 0, SCSI_OP_READ_10), ==, SCSI_GOOD);
}

static void
a_reset_leaves_it_in_force (Pr *pr)
{
  pr_join (pr, 0);
  pr_must (pr, 0, SCSI_OP_PR_RESERVE, WE, KEY (0), 0);
  lun_reset (luns_find (&pr->unit.luns, 0));
  g_assert_cmphex (pr_access (pr, 1, SCSI_OP_WRITE_10), ==, SCSI_RESERVATION_CONFLICT);
}

static void
the_other_unit_is_free (Pr *pr)
{
  guint8 cdb[CDB_LENGTH];
  pr_join (pr, 0);
  pr_must (pr, 0, SCSI_OP_PR_RESERVE, EA, KEY (0), 0);
  cdb_build_blocks (cdb, SCSI_OP_READ_10, 0, 1);
  run_on (&pr->unit, lun_encode (300), cdb, NULL, 0);
  g_assert_cmphex (pr->unit.task.status, ==, SCSI_GOOD);
}

/* ---- RESERVE(6) ---- */

static guint8
six (Pr *pr, guint i, ScsiOp op)
{
  guint8 cdb[CDB_LENGTH];
  cdb_build (cdb, op, 0);
  return run_as (pr, i, cdb, NULL, 0);
}

static void
reserve_6_against_each_command (Pr *pr)
{
  g_assert_cmphex (six (pr, 0, SCSI_OP_RESERVE_6), ==, SCSI_GOOD);
  for (guint c = 0; c < G_N_ELEMENTS (passes); c++) {
    const guint8 opcode = scsi_op_info (passes[c].op)->opcode;
    g_test_message ("%s", scsi_op_info (passes[c].op)->name);
    g_assert_cmpint (conflicts (pr, 1, passes[c].op), ==, !passes[c].reserve_6);
    /* SPC-2 5.5.1: PERSISTENT RESERVE conflicts for its maker as well */
    g_assert_cmpint (conflicts (pr, 0, passes[c].op), ==, opcode == 0x5e);
  }
  g_assert_cmphex (pr_out (pr, 0, SCSI_OP_PR_REGISTER, 0, 0, 1, 0), ==, SCSI_RESERVATION_CONFLICT);
}

static void
reserve_6_is_its_makers (Pr *pr)
{
  g_assert_cmphex (six (pr, 0, SCSI_OP_RESERVE_6), ==, SCSI_GOOD);
  g_assert_cmphex (six (pr, 0, SCSI_OP_RESERVE_6), ==, SCSI_GOOD);
  g_assert_cmphex (six (pr, 1, SCSI_OP_RESERVE_6), ==, SCSI_RESERVATION_CONFLICT);
  g_assert_cmphex (six (pr, 1, SCSI_OP_RELEASE_6), ==, SCSI_GOOD);
  g_assert_cmphex (pr_access (pr, 1, SCSI_OP_READ_10), ==, SCSI_RESERVATION_CONFLICT);
  g_assert_cmphex (six (pr, 0, SCSI_OP_RELEASE_6), ==, SCSI_GOOD);
  g_assert_cmphex (pr_access (pr, 1, SCSI_OP_READ_10), ==, SCSI_GOOD);
}

static void
reserve_6_ends_with_a_reset (Pr *pr)
{
  six (pr, 0, SCSI_OP_RESERVE_6);
  lun_reset (luns_find (&pr->unit.luns, 0));
  g_assert_cmphex (pr_access (pr, 1, SCSI_OP_WRITE_10), ==, SCSI_GOOD);
}

static void
reserve_6_ends_with_its_nexus (Pr *pr)
{
  six (pr, 0, SCSI_OP_RESERVE_6);
  scsi_nexus_clear (&pr->nexuses[0]);
  g_assert_cmphex (pr_access (pr, 1, SCSI_OP_WRITE_10), ==, SCSI_GOOD);
  scsi_nexus_init (&pr->nexuses[0], &pr->unit.luns, 7);
}

/* SPC-4 5.12.3, CRH: where there are registrations it reserves nothing. */
static void
reserve_6_beside_registrations (Pr *pr)
{
  pr_join (pr, 0);
  pr_join (pr, 1);
  g_assert_cmphex (six (pr, 0, SCSI_OP_RESERVE_6), ==, SCSI_RESERVATION_CONFLICT);
  pr_must (pr, 0, SCSI_OP_PR_RESERVE, WE, KEY (0), 0);
  g_assert_cmphex (six (pr, 0, SCSI_OP_RESERVE_6), ==, SCSI_GOOD);
  g_assert_cmphex (six (pr, 1, SCSI_OP_RESERVE_6), ==, SCSI_RESERVATION_CONFLICT);
  g_assert_cmphex (six (pr, 1, SCSI_OP_RELEASE_6), ==, SCSI_RESERVATION_CONFLICT);
  pr_must (pr, 0, SCSI_OP_PR_RELEASE, WE, KEY (0), 0);
  pr_must (pr, 0, SCSI_OP_PR_RESERVE, EA_RO, KEY (0), 0);
  g_assert_cmphex (six (pr, 1, SCSI_OP_RESERVE_6), ==, SCSI_GOOD);
  g_assert_cmphex (six (pr, 2, SCSI_OP_RESERVE_6), ==, SCSI_RESERVATION_CONFLICT);
  g_assert_null (pr_state (pr)->reserver);
}

static void
third_parties_are_refused (Pr *pr)
{
  guint8 cdb[CDB_LENGTH] = { 0x16, 0x10 };
  g_assert_cmphex (run_as (pr, 0, cdb, NULL, 0), ==, SCSI_CHECK_CONDITION);
  assert_field (&pr->unit, SENSE_SPECIFIC_CDB_FIELD, 1, 4);
}

static const PrTest tests[] = {
  { "/reservations/types", each_type_against_each_command },
  { "/reservations/registration-alone", a_registration_alone_forbids_nothing },
  { "/reservations/attention-first", an_attention_comes_before_the_conflict },
  { "/reservations/nexus", a_nexus_is_a_pair_of_ports },
  { "/reservations/reset", a_reset_leaves_it_in_force },
  { "/reservations/other-unit", the_other_unit_is_free },
  { "/reservations/six/commands", reserve_6_against_each_command },
  { "/reservations/six/maker", reserve_6_is_its_makers },
  { "/reservations/six/reset", reserve_6_ends_with_a_reset },
  { "/reservations/six/nexus", reserve_6_ends_with_its_nexus },
  { "/reservations/six/registrations", reserve_6_beside_registrations },
  { "/reservations/six/third-party", third_parties_are_refused },
};

int
main (int argc, char **argv)
{
  return pr_tests_run (argc, argv, tests, G_N_ELEMENTS (tests));
}
