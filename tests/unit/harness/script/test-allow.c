/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/script/allow.h"
#include "protocol/bhs.h"

static Allowance
command_allowance (guint8 code)
{
  const guint8 cdb[16] = { code };
  return cdb_allowance (cdb);
}

static void
only_commands_that_are_known_to_be_harmless_are (void)
{
  guint harmless = 0;
  for (guint code = 0; code <= 0xff; code++)
    harmless += command_allowance ((guint8) code) == ALLOW_HARMLESS;
  g_assert_cmpuint (harmless, ==, 19);
  g_assert_cmpuint (command_allowance (0x28), ==, ALLOW_HARMLESS);   /* READ(10) */
  g_assert_cmpuint (command_allowance (0x8a), ==, ALLOW_DATALOSS);   /* WRITE(16) */
  g_assert_cmpuint (command_allowance (0x42), ==, ALLOW_DATALOSS);   /* UNMAP */
  g_assert_cmpuint (command_allowance (0x5f), ==, ALLOW_DISRUPTIVE); /* PERSISTENT RESERVE OUT */
  g_assert_cmpuint (command_allowance (0x48), ==, ALLOW_BOTH);       /* SANITIZE */
  g_assert_cmpuint (command_allowance (0x04), ==, ALLOW_BOTH);       /* FORMAT UNIT */
}

static void
a_pdu_is_judged_by_what_it_carries (void)
{
  guint8 bhs[BHS_LENGTH] = { OPCODE_SCSI_COMMAND };
  bhs[32] = 0x2a;
  g_assert_cmpuint (pdu_allowance (bhs), ==, ALLOW_DATALOSS);
  bhs[0] = OPCODE_TMF_REQUEST;
  bhs[1] = 0x80 | 1; /* ABORT TASK */
  g_assert_cmpuint (pdu_allowance (bhs), ==, ALLOW_HARMLESS);
  bhs[1] = 0x80 | 5; /* LOGICAL UNIT RESET */
  g_assert_cmpuint (pdu_allowance (bhs), ==, ALLOW_DISRUPTIVE);
  bhs[0] = 0x1c; /* a vendor's */
  g_assert_cmpuint (pdu_allowance (bhs), ==, ALLOW_BOTH);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/allow/only commands that are known to be harmless are",
                   only_commands_that_are_known_to_be_harmless_are);
  g_test_add_func ("/allow/a PDU is judged by what it carries", a_pdu_is_judged_by_what_it_carries);
  return g_test_run ();
}
