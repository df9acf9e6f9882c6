/* SPDX-License-Identifier: Apache-2.0 */
/* What a rule makes of a command at the device server. */
#include "target-sim/scsi/commands.h"
#include "world/sim/sim.h"

#define NAME "iqn.2026-01.com.example:disk"

typedef struct Unit {
  World *world;
  Host *host;
  Store *store;
  Luns luns;
  ScsiNexus nexus;
  ScsiTask task;
  guint done;
  FaultAnswer answer;
  gint64 delay_ns;
  char *asked; /* of the last question */
} Unit;

static void
on_done (gpointer owner, ScsiTask *task)
{
  Unit *unit = owner;
  unit->done++;
}

static FaultAnswer
on_ask (gpointer data, Host *host, const FaultQuestion *question)
{
  Unit *unit = data;
  g_assert_cmpint (question->point, ==, FAULT_POINT_SCSI);
  g_free (unit->asked);
  unit->asked = g_strdup_printf ("%s to %u", question->operation, question->unit);
  *question->ret_delay_ns = unit->delay_ns;
  return unit->answer;
}

/* A WRITE(10) of one block, which meets this answer; TRUE: it was to run. */
static gboolean
unit_write (Unit *unit, FaultAnswer answer, gint64 delay_ns)
{
  guint8 cdb[CDB_LENGTH];
  static const EventFamily *const families[] = { &world_events, NULL };
  const SimConfig config = { .seed = 1, .events = families };
  *unit = (Unit){ .world = sim_world_new (&config), .answer = answer, .delay_ns = delay_ns };
  unit->host = world_host_new (unit->world, "target", NULL);
  unit->host->fault_ask = on_ask;
  unit->host->fault_data = unit;
  unit->store = store_ram_new (512 * 16);
  luns_init (&unit->luns, NAME);
  g_assert_true (luns_add (&unit->luns, 3, 512, unit->store, NULL));
  scsi_nexus_init (&unit->nexus, &unit->luns, 1);
  unit->nexus.host = unit->host;
  cdb_build_blocks (cdb, SCSI_OP_WRITE_10, 0, 1);
  scsi_task_init (&unit->task, &unit->nexus, lun_encode (3), cdb, on_done, unit);
  if (!scsi_task_prepare (&unit->task))
    return FALSE;
  payload_append (&unit->task.data_out, slice_whole (buffer_new (512)));
  scsi_task_start (&unit->task);
  return TRUE;
}

static void
unit_clear (Unit *unit)
{
  scsi_task_cancel (&unit->task);
  scsi_task_clear (&unit->task);
  scsi_nexus_clear (&unit->nexus);
  luns_clear (&unit->luns);
  store_free (unit->store);
  g_free (unit->asked);
  world_free (unit->world);
}

static void
test_answers (void)
{
  static const struct {
    FaultAnswer answer;
    ScsiStatus status;
    SenseKey key;
  } cases[] = {
    { FAULT_BUSY, SCSI_BUSY, SENSE_NO_SENSE },
    { FAULT_TASK_SET_FULL, SCSI_TASK_SET_FULL, SENSE_NO_SENSE },
    { FAULT_MEDIUM_ERROR, SCSI_CHECK_CONDITION, SENSE_MEDIUM_ERROR },
    { FAULT_UNIT_ATTENTION, SCSI_CHECK_CONDITION, SENSE_UNIT_ATTENTION },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    Unit unit;
    g_assert_false (unit_write (&unit, cases[i].answer, 0));
    g_assert_cmpstr (unit.asked, ==, "WRITE(10) to 3");
    g_assert_cmphex (unit.task.status, ==, cases[i].status);
    g_assert_cmphex (unit.task.sense.key, ==, cases[i].key);
    g_assert_cmpuint (unit.task.transfer_length, ==, 0);
    unit_clear (&unit);
  }
}

static void
test_stuck (void)
{
  Unit unit;
  g_assert_true (unit_write (&unit, FAULT_STUCK, 0));
  while (world_step (unit.world))
    ;
  g_assert_cmpuint (unit.done, ==, 0);
  unit_clear (&unit);
}

static void
test_late (void)
{
  Unit unit;
  g_assert_true (unit_write (&unit, FAULT_LATE, 3 * NS_PER_S));
  g_assert_cmpuint (unit.done, ==, 0);
  while (world_step (unit.world))
    ;
  g_assert_cmpuint (unit.done, ==, 1);
  g_assert_cmpint (unit.world->now_ns, ==, 3 * NS_PER_S);
  g_assert_cmphex (unit.task.status, ==, SCSI_GOOD);
  unit_clear (&unit);
}

static void
test_late_and_cancelled (void)
{
  Unit unit;
  g_assert_true (unit_write (&unit, FAULT_LATE, 3 * NS_PER_S));
  scsi_task_cancel (&unit.task);
  while (world_step (unit.world))
    ;
  g_assert_cmpuint (unit.done, ==, 0);
  unit_clear (&unit);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scsi-fault/each answer has its status", test_answers);
  g_test_add_func ("/scsi-fault/a stuck command never ends", test_stuck);
  g_test_add_func ("/scsi-fault/a late one runs after its time", test_late);
  g_test_add_func ("/scsi-fault/a late one that is cancelled never runs", test_late_and_cancelled);
  return g_test_run ();
}
