/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/target-sim/scsi/pr.h"

#include "protocol/scsi/transport-id.h"

static guint
registered (Pr *pr)
{
  return pr_state (pr)->registrations->len;
}

static gboolean
is_holder (Pr *pr, guint i)
{
  const Registration *registration = reservations_find (pr_state (pr), &pr->nexuses[i]);
  return registration != NULL && pr_state (pr)->type != RESERVATION_NONE
         && reservations_holds (pr_state (pr), registration);
}

/* 0 holds, 1 and 2 are registered. */
static void
everybody_joins (Pr *pr, ReservationType type)
{
  for (guint i = 0; i < INITIATORS; i++)
    pr_join (pr, i);
  pr_must (pr, 0, SCSI_OP_PR_RESERVE, type, KEY (0), 0);
}

/* ---- the parameter list ---- */

static void
a_list_is_24_octets_long (Pr *pr)
{
  const guint8 list[32] = { 0 };
  pr_out_list (pr, 0, SCSI_OP_PR_REGISTER, 0, list, 23);
  assert_sense (&pr->unit, SENSE_ILLEGAL_REQUEST, SENSE_CODE_PARAMETER_LIST_LENGTH);
  pr_out_list (pr, 0, SCSI_OP_PR_REGISTER, 0, list, 25);
  assert_sense (&pr->unit, SENSE_ILLEGAL_REQUEST, SENSE_CODE_PARAMETER_LIST_LENGTH);
  pr_out_list (pr, 0, SCSI_OP_PR_CLEAR, 0, list, 28);
  assert_sense (&pr->unit, SENSE_ILLEGAL_REQUEST, SENSE_CODE_PARAMETER_LIST_LENGTH);
}

static void
a_list_that_did_not_come_is_refused (Pr *pr)
{
  const guint8 list[PR_OUT_LIST_LENGTH] = { [15] = 1 };
  guint8 cdb[CDB_LENGTH];
  cdb_build (cdb, SCSI_OP_PR_REGISTER, sizeof list);
  run_as (pr, 0, cdb, list, 16);
  assert_sense (&pr->unit, SENSE_ILLEGAL_REQUEST, SENSE_CODE_PARAMETER_LIST_LENGTH);
  g_assert_cmpuint (registered (pr), ==, 0);
}

/* ---- REGISTER ---- */

static void
register_wants_the_present_key (Pr *pr)
{
  g_assert_cmphex (pr_out (pr, 0, SCSI_OP_PR_REGISTER, 0, 5, 6, 0), ==, SCSI_RESERVATION_CONFLICT);
  pr_join (pr, 0);
  g_assert_cmphex (pr_out (pr, 0, SCSI_OP_PR_REGISTER, 0, 0, 6, 0), ==, SCSI_RESERVATION_CONFLICT);
  pr_must (pr, 0, SCSI_OP_PR_REGISTER, 0, KEY (0), 6);
  g_assert_cmpuint (reservations_at (pr_state (pr), 0)->key, ==, 6);
  pr_must (pr, 0, SCSI_OP_PR_REGISTER, 0, 6, 0);
  g_assert_cmpuint (registered (pr), ==, 0);
}

static void
register_and_ignore_wants_no_key (Pr *pr)
{
  pr_must (pr, 0, SCSI_OP_PR_REGISTER_AND_IGNORE, 0, 77, 5);
  pr_must (pr, 0, SCSI_OP_PR_REGISTER_AND_IGNORE, 0, 78, 6);
  g_assert_cmpuint (reservations_at (pr_state (pr), 0)->key, ==, 6);
  pr_must (pr, 0, SCSI_OP_PR_REGISTER_AND_IGNORE, 0, 79, 0);
  g_assert_cmpuint (registered (pr), ==, 0);
}

/* SPC-4 5.12.2: what registers and what removes registrations counts; a reservation alone does not, nor what changes nothing. */
static void
the_generation_counts_changes_of_registrations (Pr *pr)
{
  pr_must (pr, 0, SCSI_OP_PR_REGISTER, 0, 0, 0);
  g_assert_cmpuint (pr_state (pr)->generation, ==, 0);
  pr_join (pr, 0);
  pr_join (pr, 1);
  g_assert_cmpuint (pr_state (pr)->generation, ==, 2);
  pr_must (pr, 0, SCSI_OP_PR_RESERVE, WE, KEY (0), 0);
  pr_must (pr, 0, SCSI_OP_PR_RELEASE, WE, KEY (0), 0);
  pr_out (pr, 0, SCSI_OP_PR_REGISTER, 0, 99, 1, 0);
  g_assert_cmpuint (pr_state (pr)->generation, ==, 2);
  pr_must (pr, 0, SCSI_OP_PR_PREEMPT, WE, KEY (0), KEY (1));
  pr_must (pr, 0, SCSI_OP_PR_CLEAR, 0, KEY (0), 0);
  g_assert_cmpuint (pr_state (pr)->generation, ==, 4);
}

static void
all_tg_pt_registers_at_every_target_port (Pr *pr)
{
  g_assert_cmphex (pr_out (pr, 0, SCSI_OP_PR_REGISTER, 0, 0, 5, PR_OUT_ALL_TG_PT), ==, SCSI_GOOD);
  g_assert_cmpuint (registered (pr), ==, 2);
  g_assert_cmpint (reservations_index (pr_state (pr), pr->nexuses[0].port, OTHER_PORT), >=, 0);
  g_assert_cmphex (pr_out (pr, 0, SCSI_OP_PR_REGISTER, 0, 5, 0, PR_OUT_ALL_TG_PT), ==, SCSI_GOOD);
  g_assert_cmpuint (registered (pr), ==, 0);
}

static void
there_is_a_limit_to_registrations (Pr *pr)
{
  char name[PORT_NAME_MAX + 1];
  for (guint i = 0; i < REGISTRATION_MAX; i++) {
    port_name (name, NODE, 1000 + i);
    g_assert_true (reservations_register (pr_state (pr), name, 7, 1));
  }
  pr_out (pr, 0, SCSI_OP_PR_REGISTER, 0, 0, 5, 0);
  assert_sense (&pr->unit, SENSE_ILLEGAL_REQUEST, SENSE_CODE_INSUFFICIENT_REGISTRATION_RESOURCES);
}

/* ---- SPEC_I_PT ---- */

static guint8
register_listed (Pr *pr, guint i, const char *port, guint32 said)
{
  guint8 list[28 + TRANSPORT_ID_MAX] = { [15] = 5, [20] = PR_OUT_SPEC_I_PT };
  const gsize length = transport_id_encode (list + 28, port);
  wire_store (list + 24, 4, said != 0 ? said : length);
  return pr_out_list (pr, i, SCSI_OP_PR_REGISTER, 0, list, (guint32) (28 + length));
}

static void
spec_i_pt_registers_others_too (Pr *pr)
{
  g_assert_cmphex (register_listed (pr, 0, pr->nexuses[2].port, 0), ==, SCSI_GOOD);
  g_assert_cmpuint (registered (pr), ==, 2);
  g_assert_nonnull (reservations_find (pr_state (pr), &pr->nexuses[2]));
  g_assert_null (reservations_find (pr_state (pr), &pr->nexuses[1]));
}

static void
spec_i_pt_with_a_node_means_its_ports (Pr *pr)
{
  guint8 list[28 + 4 + 32] = { [15] = 5, [20] = PR_OUT_SPEC_I_PT, [27] = 36, [28] = 5, [31] = 32 };
  G_STATIC_ASSERT (sizeof NODE <= 32);
  memcpy (list + 32, NODE, sizeof NODE);
  g_assert_cmphex (pr_out_list (pr, 0, SCSI_OP_PR_REGISTER, 0, list, sizeof list), ==, SCSI_GOOD);
  g_assert_cmpuint (registered (pr), ==, INITIATORS);
}

static void
spec_i_pt_is_all_or_nothing (Pr *pr)
{
  guint8 list[28 + 2 * TRANSPORT_ID_MAX] = { [15] = 5, [20] = PR_OUT_SPEC_I_PT };
  const gsize first = transport_id_encode (list + 28, pr->nexuses[1].port);
  const gsize second = transport_id_encode (list + 28 + first, pr->nexuses[2].port);
  list[28 + first] = 0x46; /* of another protocol */
  wire_store (list + 24, 4, first + second);
  pr_out_list (pr, 0, SCSI_OP_PR_REGISTER, 0, list, (guint32) (28 + first + second));
  assert_sense (&pr->unit, SENSE_ILLEGAL_REQUEST, SENSE_CODE_INVALID_FIELD_IN_PARAMETERS);
  g_assert_cmpuint (pr->unit.task.sense.field, ==, 28 + first);
  g_assert_cmpuint (registered (pr), ==, 0);
}

static void
spec_i_pt_of_another_length_is_refused (Pr *pr)
{
  register_listed (pr, 0, pr->nexuses[2].port, 24);
  assert_sense (&pr->unit, SENSE_ILLEGAL_REQUEST, SENSE_CODE_PARAMETER_LIST_LENGTH);
}

static void
spec_i_pt_is_for_who_is_not_registered (Pr *pr)
{
  pr_join (pr, 0);
  pr_out (pr, 0, SCSI_OP_PR_REGISTER, 0, KEY (0), 5, PR_OUT_SPEC_I_PT);
  assert_sense (&pr->unit, SENSE_ILLEGAL_REQUEST, SENSE_CODE_INVALID_FIELD_IN_PARAMETERS);
  assert_field (&pr->unit, SENSE_SPECIFIC_PARAMETER_FIELD, 20, 3);
  pr_out (pr, 1, SCSI_OP_PR_REGISTER_AND_IGNORE, 0, 0, 5, PR_OUT_SPEC_I_PT);
  assert_field (&pr->unit, SENSE_SPECIFIC_PARAMETER_FIELD, 20, 3);
}

/* ---- unregistering ---- */

typedef struct GoneCase {
  ReservationType type;
  gboolean is_over; /* as its holder unregisters */
  gboolean is_told;
} GoneCase;

static const GoneCase gone_cases[] = {
  { WE, TRUE, FALSE },   { EA, TRUE, FALSE },     { WE_RO, TRUE, TRUE },
  { EA_RO, TRUE, TRUE }, { WE_AR, FALSE, FALSE }, { EA_AR, FALSE, FALSE },
};

/* SPC-4 5.12.11.2.1 */
static void
a_holder_that_unregisters_releases (Pr *pr)
{
  for (guint i = 0; i < G_N_ELEMENTS (gone_cases); i++) {
    const GoneCase *gone = &gone_cases[i];
    g_test_message ("type %u", gone->type);
    everybody_joins (pr, gone->type);
    pr_must (pr, 0, SCSI_OP_PR_REGISTER, 0, KEY (0), 0);
    g_assert_cmpint (pr_state (pr)->type == RESERVATION_NONE, ==, gone->is_over);
    g_assert_cmphex (pr_told (pr, 1), ==,
                     gone->is_told ? SENSE_CODE_RESERVATIONS_RELEASED : SENSE_CODE_NONE);
    g_assert_cmphex (pr_told (pr, 0), ==, SENSE_CODE_NONE);
    pr_must (pr, 1, SCSI_OP_PR_CLEAR, 0, KEY (1), 0);
    pr_told (pr, 2);
    pr_told (pr, 2);
  }
}

static void
the_last_of_all_registrants_releases (Pr *pr)
{
  everybody_joins (pr, WE_AR);
  for (guint i = 0; i < INITIATORS; i++) {
    g_assert_cmpuint (pr_state (pr)->type, ==, WE_AR);
    pr_must (pr, i, SCSI_OP_PR_REGISTER, 0, KEY (i), 0);
  }
  g_assert_cmpuint (pr_state (pr)->type, ==, RESERVATION_NONE);
}

/* ---- RESERVE, RELEASE, CLEAR ---- */

static void
only_who_is_registered_may (Pr *pr)
{
  static const ScsiOp ops[] = { SCSI_OP_PR_RESERVE, SCSI_OP_PR_RELEASE, SCSI_OP_PR_CLEAR,
                                SCSI_OP_PR_PREEMPT, SCSI_OP_PR_PREEMPT_AND_ABORT };
  pr_join (pr, 0);
  for (guint i = 0; i < G_N_ELEMENTS (ops); i++) {
    g_assert_cmphex (pr_out (pr, 1, ops[i], WE, 0, KEY (0), 0), ==, SCSI_RESERVATION_CONFLICT);
    g_assert_cmphex (pr_out (pr, 0, ops[i], WE, 7, KEY (0), 0), ==, SCSI_RESERVATION_CONFLICT);
  }
  g_assert_cmpuint (registered (pr), ==, 1);
}

static void
reserve_again_is_good_and_otherwise_conflicts (Pr *pr)
{
  everybody_joins (pr, WE);
  pr_must (pr, 0, SCSI_OP_PR_RESERVE, WE, KEY (0), 0);
  g_assert_cmphex (pr_out (pr, 0, SCSI_OP_PR_RESERVE, EA, KEY (0), 0, 0), ==,
                   SCSI_RESERVATION_CONFLICT);
  g_assert_cmphex (pr_out (pr, 1, SCSI_OP_PR_RESERVE, WE, KEY (1), 0, 0), ==,
                   SCSI_RESERVATION_CONFLICT);
}

static void
all_registrants_hold (Pr *pr)
{
  everybody_joins (pr, EA_AR);
  for (guint i = 0; i < INITIATORS; i++) {
    g_assert_true (is_holder (pr, i));
    pr_must (pr, i, SCSI_OP_PR_RESERVE, EA_AR, KEY (i), 0);
  }
  pr_must (pr, 2, SCSI_OP_PR_RELEASE, EA_AR, KEY (2), 0);
  g_assert_cmpuint (pr_state (pr)->type, ==, RESERVATION_NONE);
}

static void
scopes_and_types_that_are_none_are_refused (Pr *pr)
{
  static const guint8 types[] = { 0, 2, 4, 9, 15 };
  pr_join (pr, 0);
  for (guint i = 0; i < G_N_ELEMENTS (types); i++) {
    pr_out (pr, 0, SCSI_OP_PR_RESERVE, types[i], KEY (0), 0, 0);
    assert_field (&pr->unit, SENSE_SPECIFIC_CDB_FIELD, 2, 3);
  }
  pr_out (pr, 0, SCSI_OP_PR_RESERVE, 0x20 | WE, KEY (0), 0, 0);
  assert_field (&pr->unit, SENSE_SPECIFIC_CDB_FIELD, 2, 7);
}

static void
release_names_the_type_that_is_held (Pr *pr)
{
  everybody_joins (pr, WE);
  pr_must (pr, 1, SCSI_OP_PR_RELEASE, WE, KEY (1), 0);
  g_assert_cmpuint (pr_state (pr)->type, ==, WE);
  pr_out (pr, 0, SCSI_OP_PR_RELEASE, EA, KEY (0), 0, 0);
  assert_sense (&pr->unit, SENSE_ILLEGAL_REQUEST, SENSE_CODE_INVALID_RELEASE);
  pr_must (pr, 0, SCSI_OP_PR_RELEASE, WE, KEY (0), 0);
  g_assert_cmpuint (pr_state (pr)->type, ==, RESERVATION_NONE);
}

/* SPC-4 5.12.11.2.2: of those types that registrants share. */
static void
a_release_is_told_to_registrants (Pr *pr)
{
  static const ReservationType types[] = { WE, EA, WE_RO, EA_RO, WE_AR, EA_AR };
  for (guint i = 0; i < INITIATORS; i++)
    pr_join (pr, i);
  for (guint i = 0; i < G_N_ELEMENTS (types); i++) {
    const guint16 told = types[i] >= WE_RO ? SENSE_CODE_RESERVATIONS_RELEASED : SENSE_CODE_NONE;
    pr_must (pr, 0, SCSI_OP_PR_RESERVE, types[i], KEY (0), 0);
    pr_must (pr, 0, SCSI_OP_PR_RELEASE, types[i], KEY (0), 0);
    g_assert_cmphex (pr_told (pr, 0), ==, SENSE_CODE_NONE);
    g_assert_cmphex (pr_told (pr, 1), ==, told);
    g_assert_cmphex (pr_told (pr, 2), ==, told);
  }
}

static void
clear_takes_everything_and_says_so (Pr *pr)
{
  everybody_joins (pr, EA);
  pr_must (pr, 1, SCSI_OP_PR_CLEAR, 0, KEY (1), 0);
  g_assert_cmpuint (registered (pr), ==, 0);
  g_assert_cmpuint (pr_state (pr)->type, ==, RESERVATION_NONE);
  g_assert_cmphex (pr_told (pr, 0), ==, SENSE_CODE_RESERVATIONS_PREEMPTED);
  g_assert_cmphex (pr_told (pr, 1), ==, SENSE_CODE_NONE);
  g_assert_cmphex (pr_told (pr, 2), ==, SENSE_CODE_RESERVATIONS_PREEMPTED);
}

/* ---- PREEMPT ---- */

static void
preempt_takes_the_reservation (Pr *pr)
{
  everybody_joins (pr, WE);
  pr_must (pr, 1, SCSI_OP_PR_PREEMPT, WE, KEY (1), KEY (0));
  g_assert_true (is_holder (pr, 1));
  g_assert_cmpuint (registered (pr), ==, 2);
  g_assert_cmphex (pr_told (pr, 0), ==, SENSE_CODE_REGISTRATIONS_PREEMPTED);
  g_assert_cmphex (pr_told (pr, 2), ==, SENSE_CODE_NONE);
  g_assert_cmphex (pr_access (pr, 0, SCSI_OP_WRITE_10), ==, SCSI_RESERVATION_CONFLICT);
}

static void
preempt_with_another_type_is_told (Pr *pr)
{
  everybody_joins (pr, WE);
  pr_must (pr, 1, SCSI_OP_PR_PREEMPT, EA_RO, KEY (1), KEY (0));
  g_assert_cmpuint (pr_state (pr)->type, ==, EA_RO);
  g_assert_cmphex (pr_told (pr, 2), ==, SENSE_CODE_RESERVATIONS_RELEASED);
  g_assert_cmphex (pr_told (pr, 1), ==, SENSE_CODE_NONE);
}

static void
preempt_of_registrations_leaves_the_reservation (Pr *pr)
{
  everybody_joins (pr, WE);
  pr_must (pr, 1, SCSI_OP_PR_PREEMPT, EA, KEY (1), KEY (2));
  g_assert_true (is_holder (pr, 0));
  g_assert_cmpuint (pr_state (pr)->type, ==, WE);
  g_assert_null (reservations_find (pr_state (pr), &pr->nexuses[2]));
  g_assert_cmphex (pr_told (pr, 2), ==, SENSE_CODE_REGISTRATIONS_PREEMPTED);
}

static void
preempt_of_a_key_that_nobody_has_conflicts (Pr *pr)
{
  everybody_joins (pr, WE);
  g_assert_cmphex (pr_out (pr, 1, SCSI_OP_PR_PREEMPT, WE, KEY (1), 12345, 0), ==,
                   SCSI_RESERVATION_CONFLICT);
}

static void
preempt_of_key_0_is_for_all_registrants_alone (Pr *pr)
{
  everybody_joins (pr, WE);
  pr_out (pr, 1, SCSI_OP_PR_PREEMPT, WE, KEY (1), 0, 0);
  assert_sense (&pr->unit, SENSE_ILLEGAL_REQUEST, SENSE_CODE_INVALID_FIELD_IN_PARAMETERS);
  g_assert_cmpuint (pr->unit.task.sense.field, ==, 8);
  pr_must (pr, 0, SCSI_OP_PR_RELEASE, WE, KEY (0), 0);
  pr_must (pr, 0, SCSI_OP_PR_RESERVE, WE_AR, KEY (0), 0);
  pr_must (pr, 1, SCSI_OP_PR_PREEMPT, EA, KEY (1), 0);
  g_assert_cmpuint (registered (pr), ==, 1);
  g_assert_true (is_holder (pr, 1));
  g_assert_cmphex (pr_told (pr, 0), ==, SENSE_CODE_REGISTRATIONS_PREEMPTED);
  g_assert_cmphex (pr_told (pr, 2), ==, SENSE_CODE_REGISTRATIONS_PREEMPTED);
}

/* With all registrants as holders a key means those who have it, and the rest holds on. */
static void
preempt_of_one_of_all_registrants (Pr *pr)
{
  everybody_joins (pr, WE_AR);
  pr_must (pr, 1, SCSI_OP_PR_PREEMPT, EA, KEY (1), KEY (0));
  g_assert_cmpuint (pr_state (pr)->type, ==, WE_AR);
  g_assert_cmpuint (registered (pr), ==, 2);
}

/* Of a key that several share, the one who takes the reservation stays. */
static void
preempt_of_ones_own_key (Pr *pr)
{
  for (guint i = 0; i < INITIATORS; i++)
    pr_must (pr, i, SCSI_OP_PR_REGISTER, 0, 0, 5);
  pr_must (pr, 0, SCSI_OP_PR_RESERVE, WE, 5, 0);
  pr_must (pr, 1, SCSI_OP_PR_PREEMPT, WE, 5, 5);
  g_assert_cmpuint (registered (pr), ==, 1);
  g_assert_true (is_holder (pr, 1));
}

static guint aborts;

static void
count_abort (ScsiNexus *nexus, guint16 lun, const ScsiTask *except)
{
  g_assert_true (except->nexus != nexus);
  g_assert_cmpuint (lun, ==, 0);
  aborts++;
}

static void
preempt_and_abort_ends_the_tasks_of_the_preempted (Pr *pr)
{
  everybody_joins (pr, WE);
  for (guint i = 0; i < INITIATORS; i++)
    pr->nexuses[i].abort = count_abort;
  aborts = 0;
  pr_must (pr, 1, SCSI_OP_PR_PREEMPT, WE, KEY (1), KEY (0));
  g_assert_cmpuint (aborts, ==, 0);
  pr_must (pr, 1, SCSI_OP_PR_PREEMPT_AND_ABORT, WE, KEY (1), KEY (2));
  g_assert_cmpuint (aborts, ==, 1);
}

static guint flushes;
static StoreResult flush_result;

static void
count_flush (Store *store, StoreRequest *request)
{
  flushes++;
  request->done (request, flush_result);
}

/* A store may be at a write that has been cancelled: a flush behind it says when that is over. */
static void
preempt_and_abort_waits_for_the_store (Pr *pr)
{
  Store *store = luns_find (&pr->unit.luns, 0)->store;
  const StoreOps *before = store->ops;
  StoreOps ops = *before;
  ops.flush = count_flush;
  store->ops = &ops;
  flushes = 0;
  everybody_joins (pr, WE);
  pr_must (pr, 1, SCSI_OP_PR_PREEMPT, WE, KEY (1), KEY (0));
  g_assert_cmpuint (flushes, ==, 0);
  pr_must (pr, 1, SCSI_OP_PR_PREEMPT_AND_ABORT, WE, KEY (1), KEY (2));
  g_assert_cmpuint (flushes, ==, 1);
  pr_told (pr, 2);
  pr_join (pr, 2);
  flush_result = STORE_FAILED;
  pr_out (pr, 1, SCSI_OP_PR_PREEMPT_AND_ABORT, WE, KEY (1), KEY (2), 0);
  assert_sense (&pr->unit, SENSE_MEDIUM_ERROR, SENSE_CODE_WRITE_ERROR);
  flush_result = STORE_OK;
  store->ops = before;
}

/* ---- REGISTER AND MOVE ---- */

static guint8
move (Pr *pr, guint i, const char *port, guint64 action_key, guint8 flags)
{
  guint8 list[PR_OUT_LIST_LENGTH + TRANSPORT_ID_MAX] = { [17] = flags, [19] = 7 };
  wire_store (list, 8, KEY (i));
  wire_store (list + 8, 8, action_key);
  const gsize length = transport_id_encode (list + PR_OUT_LIST_LENGTH, port);
  wire_store (list + 20, 4, length);
  return pr_out_list (pr, i, SCSI_OP_PR_REGISTER_AND_MOVE, 0, list,
                      (guint32) (PR_OUT_LIST_LENGTH + length));
}

static void
move_hands_the_reservation_on (Pr *pr)
{
  pr_join (pr, 0);
  pr_must (pr, 0, SCSI_OP_PR_RESERVE, EA, KEY (0), 0);
  g_assert_cmphex (move (pr, 0, pr->nexuses[1].port, 9, 0), ==, SCSI_GOOD);
  g_assert_cmpuint (registered (pr), ==, 2);
  g_assert_false (is_holder (pr, 0));
  g_assert_true (is_holder (pr, 1));
  g_assert_cmpuint (pr_state (pr)->type, ==, EA);
  pr_must (pr, 1, SCSI_OP_PR_RELEASE, EA, 9, 0);
}

static void
move_may_unregister (Pr *pr)
{
  pr_join (pr, 0);
  pr_must (pr, 0, SCSI_OP_PR_RESERVE, EA_RO, KEY (0), 0);
  g_assert_cmphex (move (pr, 0, pr->nexuses[1].port, 9, 0x02), ==, SCSI_GOOD);
  g_assert_cmpuint (registered (pr), ==, 1);
  g_assert_true (is_holder (pr, 1));
  g_assert_cmphex (pr_told (pr, 1), ==, SENSE_CODE_NONE);
}

static void
move_is_the_holders (Pr *pr)
{
  everybody_joins (pr, EA);
  move (pr, 1, pr->nexuses[2].port, 9, 0);
  assert_field (&pr->unit, SENSE_SPECIFIC_CDB_FIELD, 1, 4);
  move (pr, 0, pr->nexuses[0].port, 9, 0);
  assert_field (&pr->unit, SENSE_SPECIFIC_PARAMETER_FIELD, PR_OUT_LIST_LENGTH, SENSE_NO_BIT);
  move (pr, 0, pr->nexuses[1].port, 0, 0);
  assert_field (&pr->unit, SENSE_SPECIFIC_PARAMETER_FIELD, 8, SENSE_NO_BIT);
  pr_must (pr, 0, SCSI_OP_PR_RELEASE, EA, KEY (0), 0);
  pr_must (pr, 0, SCSI_OP_PR_RESERVE, EA_AR, KEY (0), 0);
  g_assert_cmphex (move (pr, 0, pr->nexuses[1].port, 9, 0), ==, SCSI_RESERVATION_CONFLICT);
}

static const PrTest tests[] = {
  { "/pr-out/list/length", a_list_is_24_octets_long },
  { "/pr-out/list/cut", a_list_that_did_not_come_is_refused },
  { "/pr-out/register/key", register_wants_the_present_key },
  { "/pr-out/register/ignore", register_and_ignore_wants_no_key },
  { "/pr-out/generation", the_generation_counts_changes_of_registrations },
  { "/pr-out/register/all-ports", all_tg_pt_registers_at_every_target_port },
  { "/pr-out/register/limit", there_is_a_limit_to_registrations },
  { "/pr-out/listed/others", spec_i_pt_registers_others_too },
  { "/pr-out/listed/node", spec_i_pt_with_a_node_means_its_ports },
  { "/pr-out/listed/whole", spec_i_pt_is_all_or_nothing },
  { "/pr-out/listed/length", spec_i_pt_of_another_length_is_refused },
  { "/pr-out/listed/registered", spec_i_pt_is_for_who_is_not_registered },
  { "/pr-out/unregister/holder", a_holder_that_unregisters_releases },
  { "/pr-out/unregister/last", the_last_of_all_registrants_releases },
  { "/pr-out/strangers", only_who_is_registered_may },
  { "/pr-out/reserve/again", reserve_again_is_good_and_otherwise_conflicts },
  { "/pr-out/reserve/all-registrants", all_registrants_hold },
  { "/pr-out/reserve/type", scopes_and_types_that_are_none_are_refused },
  { "/pr-out/release/type", release_names_the_type_that_is_held },
  { "/pr-out/release/told", a_release_is_told_to_registrants },
  { "/pr-out/clear", clear_takes_everything_and_says_so },
  { "/pr-out/preempt/reservation", preempt_takes_the_reservation },
  { "/pr-out/preempt/type", preempt_with_another_type_is_told },
  { "/pr-out/preempt/registrations", preempt_of_registrations_leaves_the_reservation },
  { "/pr-out/preempt/nobody", preempt_of_a_key_that_nobody_has_conflicts },
  { "/pr-out/preempt/key-0", preempt_of_key_0_is_for_all_registrants_alone },
  { "/pr-out/preempt/one-of-all", preempt_of_one_of_all_registrants },
  { "/pr-out/preempt/own-key", preempt_of_ones_own_key },
  { "/pr-out/preempt/abort", preempt_and_abort_ends_the_tasks_of_the_preempted },
  { "/pr-out/preempt/store", preempt_and_abort_waits_for_the_store },
  { "/pr-out/move/reservation", move_hands_the_reservation_on },
  { "/pr-out/move/unregister", move_may_unregister },
  { "/pr-out/move/refused", move_is_the_holders },
};

int
main (int argc, char **argv)
{
  return pr_tests_run (argc, argv, tests, G_N_ELEMENTS (tests));
}
