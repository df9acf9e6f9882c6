/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/target-sim/scsi/pr.h"

#include "protocol/scsi/transport-id.h"

#define ROOM 1024

static gsize
pr_in (Pr *pr, ScsiOp op, guint32 allocation, guint8 ret_bytes[ROOM])
{
  guint8 cdb[CDB_LENGTH];
  cdb_build (cdb, op, allocation);
  g_assert_cmphex (run_as (pr, 2, cdb, NULL, 0), ==, SCSI_GOOD);
  return data_in (&pr->unit, ret_bytes, ROOM);
}

static void
keys_stand_in_the_order_of_registering (Pr *pr)
{
  guint8 bytes[ROOM];
  g_assert_cmpuint (pr_in (pr, SCSI_OP_PR_READ_KEYS, ROOM, bytes), ==, 8);
  pr_join (pr, 1);
  pr_join (pr, 0);
  g_assert_cmpuint (pr_in (pr, SCSI_OP_PR_READ_KEYS, ROOM, bytes), ==, 24);
  g_assert_cmpuint (wire_load (bytes, 4), ==, 2);
  g_assert_cmpuint (wire_load (bytes + 4, 4), ==, 16);
  g_assert_cmphex (wire_load (bytes + 8, 8), ==, KEY (1));
  g_assert_cmphex (wire_load (bytes + 16, 8), ==, KEY (0));
}

/* SPC-4 6.15.2: what does not fit is cut, and the length says how much there is. */
static void
what_does_not_fit_is_cut (Pr *pr)
{
  guint8 bytes[ROOM];
  pr_join (pr, 0);
  pr_join (pr, 1);
  g_assert_cmpuint (pr_in (pr, SCSI_OP_PR_READ_KEYS, 12, bytes), ==, 12);
  g_assert_cmpuint (wire_load (bytes + 4, 4), ==, 16);
}

static void
the_reservation_has_the_key_of_its_holder (Pr *pr)
{
  guint8 bytes[ROOM];
  pr_join (pr, 0);
  g_assert_cmpuint (pr_in (pr, SCSI_OP_PR_READ_RESERVATION, ROOM, bytes), ==, 8);
  pr_must (pr, 0, SCSI_OP_PR_RESERVE, EA_RO, KEY (0), 0);
  g_assert_cmpuint (pr_in (pr, SCSI_OP_PR_READ_RESERVATION, ROOM, bytes), ==, 24);
  g_assert_cmphex (wire_load (bytes + 8, 8), ==, KEY (0));
  g_assert_cmphex (bytes[21], ==, EA_RO);
}

static void
all_registrants_have_no_key (Pr *pr)
{
  guint8 bytes[ROOM];
  pr_join (pr, 0);
  pr_must (pr, 0, SCSI_OP_PR_RESERVE, WE_AR, KEY (0), 0);
  pr_in (pr, SCSI_OP_PR_READ_RESERVATION, ROOM, bytes);
  g_assert_cmphex (wire_load (bytes + 8, 8), ==, 0);
  g_assert_cmphex (bytes[21], ==, WE_AR);
}

static void
capabilities_are_what_the_unit_can (Pr *pr)
{
  guint8 bytes[ROOM];
  g_assert_cmpuint (pr_in (pr, SCSI_OP_PR_REPORT_CAPABILITIES, ROOM, bytes), ==, 8);
  g_assert_cmpuint (wire_load (bytes, 2), ==, 8);
  g_assert_cmphex (bytes[2], ==, 0x1d); /* CRH, SIP_C, ATP_C, PTPL_C */
  g_assert_cmphex (bytes[3], ==, 0xb0); /* TMV, ALLOW COMMANDS 011b */
  g_assert_cmphex (wire_load (bytes + 4, 2), ==, 0xea01);
  g_assert_cmphex (pr_out (pr, 0, SCSI_OP_PR_REGISTER, 0, 0, 5, PR_OUT_APTPL), ==, SCSI_GOOD);
  pr_in (pr, SCSI_OP_PR_REPORT_CAPABILITIES, ROOM, bytes);
  g_assert_cmphex (bytes[3], ==, 0xb1); /* PTPL_A */
  pr_state (pr)->memory = NULL;
  pr_in (pr, SCSI_OP_PR_REPORT_CAPABILITIES, ROOM, bytes);
  g_assert_cmphex (bytes[2], ==, 0x1c);
}

static void
full_status_names_every_nexus (Pr *pr)
{
  guint8 bytes[ROOM];
  TransportId id;
  gsize taken;
  pr_join (pr, 0);
  pr_join (pr, 1);
  pr_must (pr, 1, SCSI_OP_PR_RESERVE, WE, KEY (1), 0);
  const gsize length = pr_in (pr, SCSI_OP_PR_READ_FULL_STATUS, ROOM, bytes);
  g_assert_cmpuint (wire_load (bytes + 4, 4), ==, length - 8);
  const guint8 *entry = bytes + 8;
  for (guint i = 0; i < 2; i++) {
    g_assert_cmphex (wire_load (entry, 8), ==, KEY (i));
    g_assert_cmphex (entry[12], ==, i); /* R_HOLDER */
    g_assert_cmphex (entry[13], ==, i == 1 ? WE : 0);
    g_assert_cmpuint (wire_load (entry + 18, 2), ==, 7);
    g_assert_true (transport_id_decode (&id, entry + 24, wire_load (entry + 20, 4), &taken));
    g_assert_cmpstr (id.name, ==, pr->nexuses[i].port);
    entry += 24 + taken;
  }
  g_assert_cmpuint ((gsize) (entry - bytes), ==, length);
}

static const PrTest tests[] = {
  { "/pr-in/keys", keys_stand_in_the_order_of_registering },
  { "/pr-in/cut", what_does_not_fit_is_cut },
  { "/pr-in/reservation", the_reservation_has_the_key_of_its_holder },
  { "/pr-in/all-registrants", all_registrants_have_no_key },
  { "/pr-in/capabilities", capabilities_are_what_the_unit_can },
  { "/pr-in/full-status", full_status_names_every_nexus },
};

int
main (int argc, char **argv)
{
  return pr_tests_run (argc, argv, tests, G_N_ELEMENTS (tests));
}
