/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/target-sim/scsi/pr.h"

/* As after a loss of power: a new set of units, and the memory that the old one had. */
static void
power_cut (Pr *pr)
{
  luns_power_on (&pr->unit.luns);
}

static void
without_aptpl_all_is_gone (Pr *pr)
{
  pr_join (pr, 0);
  pr_must (pr, 0, SCSI_OP_PR_RESERVE, WE, KEY (0), 0);
  power_cut (pr);
  g_assert_cmpuint (pr_state (pr)->registrations->len, ==, 0);
  g_assert_cmphex (pr_access (pr, 1, SCSI_OP_WRITE_10), ==, SCSI_GOOD);
}

static void
with_aptpl_all_but_the_generation_stays (Pr *pr)
{
  pr_join (pr, 1);
  g_assert_cmphex (pr_out (pr, 0, SCSI_OP_PR_REGISTER, 0, 0, KEY (0), PR_OUT_APTPL), ==, SCSI_GOOD);
  pr_must (pr, 0, SCSI_OP_PR_RESERVE, EA_RO, KEY (0), 0);
  power_cut (pr);
  g_assert_cmpuint (pr_state (pr)->registrations->len, ==, 2);
  g_assert_cmpuint (pr_state (pr)->type, ==, EA_RO);
  g_assert_true (pr_state (pr)->is_kept);
  g_assert_cmpuint (pr_state (pr)->generation, ==, 0);
  g_assert_cmphex (pr_access (pr, 1, SCSI_OP_WRITE_10), ==, SCSI_GOOD);
  g_assert_cmphex (pr_access (pr, 2, SCSI_OP_WRITE_10), ==, SCSI_RESERVATION_CONFLICT);
  pr_must (pr, 0, SCSI_OP_PR_RELEASE, EA_RO, KEY (0), 0);
}

/* SPC-4 5.12.4: the last registration says which it is. */
static void
aptpl_can_be_taken_back (Pr *pr)
{
  pr_out (pr, 0, SCSI_OP_PR_REGISTER, 0, 0, KEY (0), PR_OUT_APTPL);
  pr_join (pr, 1);
  power_cut (pr);
  g_assert_cmpuint (pr_state (pr)->registrations->len, ==, 0);
}

static void
without_a_memory_aptpl_is_refused (Pr *pr)
{
  pr_state (pr)->memory = NULL;
  pr_out (pr, 0, SCSI_OP_PR_REGISTER, 0, 0, KEY (0), PR_OUT_APTPL);
  assert_sense (&pr->unit, SENSE_ILLEGAL_REQUEST, SENSE_CODE_INVALID_FIELD_IN_PARAMETERS);
  assert_field (&pr->unit, SENSE_SPECIFIC_PARAMETER_FIELD, 20, 0);
}

static gboolean
save_nothing (UnitMemory *memory, const guint8 *bytes, gsize length)
{
  return FALSE;
}

static void
free_nothing (UnitMemory *memory)
{
}

/* What cannot be made safe is not done, and nobody is told of it. */
static void
a_memory_that_fails_undoes_the_command (Pr *pr)
{
  static const UnitMemoryOps ops = { save_nothing, free_nothing };
  UnitMemory broken = { UNIT_MEMORY_MAGIC, &ops, NULL };
  pr_out (pr, 0, SCSI_OP_PR_REGISTER, 0, 0, KEY (0), PR_OUT_APTPL);
  pr_out (pr, 1, SCSI_OP_PR_REGISTER, 0, 0, KEY (1), PR_OUT_APTPL);
  pr_state (pr)->memory = &broken;
  pr_out (pr, 1, SCSI_OP_PR_CLEAR, 0, KEY (1), 0, 0);
  assert_sense (&pr->unit, SENSE_HARDWARE_ERROR, SENSE_CODE_INTERNAL_TARGET_FAILURE);
  g_assert_cmpuint (pr_state (pr)->registrations->len, ==, 2);
  g_assert_cmpuint (pr_state (pr)->generation, ==, 2);
  g_assert_cmphex (pr_told (pr, 0), ==, SENSE_CODE_NONE);
}

/* Every octet of a record counts. */
static void
a_damaged_record_is_not_taken (Pr *pr)
{
  pr_out (pr, 0, SCSI_OP_PR_REGISTER, 0, 0, KEY (0), PR_OUT_APTPL);
  gsize length;
  const guint8 *bytes = unit_memory_bytes (pr->memory, &length);
  for (gsize i = 0; i < length; i++) {
    g_autofree guint8 *damaged = g_memdup2 (bytes, length);
    g_autoptr (UnitMemory) memory = unit_memory_ram_new ();
    g_autoptr (GError) error = NULL;
    Reservations reservations;
    damaged[i] ^= 0x01;
    unit_memory_save (memory, damaged, length);
    reservations_init (&reservations);
    reservations.memory = memory;
    g_assert_false (reservations_power_on (&reservations, &error));
    g_assert_nonnull (error);
    g_assert_cmpuint (reservations.registrations->len, ==, 0);
    reservations_clear (&reservations);
  }
}

static void
a_unit_with_a_foreign_memory_does_not_start (Pr *pr)
{
  g_autoptr (GError) error = NULL;
  unit_memory_save (pr->memory, (const guint8 *) "no such thing", 13);
  g_assert_false (luns_remember (&pr->unit.luns, 0, pr->memory, &error));
  g_assert_cmpstr (
      error->message, ==,
      "lun '0': reservations: expected a record that this program wrote, got 13 octets "
      "of something else");
}

static const PrTest tests[] = {
  { "/reservations-memory/lost", without_aptpl_all_is_gone },
  { "/reservations-memory/kept", with_aptpl_all_but_the_generation_stays },
  { "/reservations-memory/taken-back", aptpl_can_be_taken_back },
  { "/reservations-memory/none", without_a_memory_aptpl_is_refused },
  { "/reservations-memory/fails", a_memory_that_fails_undoes_the_command },
  { "/reservations-memory/damaged", a_damaged_record_is_not_taken },
  { "/reservations-memory/foreign", a_unit_with_a_foreign_memory_does_not_start },
};

int
main (int argc, char **argv)
{
  return pr_tests_run (argc, argv, tests, G_N_ELEMENTS (tests));
}
