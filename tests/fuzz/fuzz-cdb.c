/* SPDX-License-Identifier: Apache-2.0 */
/* Commands of any bytes go to the device server, one after another, on two units of different block sizes, one of them thin. Each
 * is done at most once; a CHECK CONDITION has sense; no command answers with more than it says that it moves, or without being
 * asked to answer. What takes long (an erasure of a large unit) is given up in the midst.
 *
 * Input: for each command its unit (2 bytes: the LUN's first), its CDB (16 bytes), how much data-out comes (2 bytes). */
#include "target-sim/scsi/task.h"
#include "tests/fuzz/fuzz.h"
#include "world/sim/sim.h"
#include "world/world-events.h"

#define COMMANDS_MAX 32
#define STEPS_MAX    16 /* of the world, for each command */

static void
count_done (gpointer owner, ScsiTask *task)
{
  guint *done = owner;
  (*done)++;
}

static Payload
data_out_of (gsize length)
{
  Buffer *buffer = buffer_new (length);
  memset (buffer->bytes, 0x5a, length);
  return payload_of (slice_whole (buffer));
}

static void
check_task (const ScsiTask *task)
{
  g_assert_true (task->status == SCSI_GOOD || task->status == SCSI_CHECK_CONDITION
                 || task->status == SCSI_CONDITION_MET
                 || task->status == SCSI_RESERVATION_CONFLICT);
  if (task->status == SCSI_CHECK_CONDITION) {
    g_assert_cmpuint (task->sense.key, !=, SENSE_NO_SENSE);
    g_assert_cmpuint (task->data_in.length, ==, 0);
  }
  g_assert_cmpuint (task->data_in.length, <=, task->transfer_length);
  if (task->direction != SCSI_DATA_IN)
    g_assert_cmpuint (task->data_in.length, ==, 0);
}

static void
run_one (World *world, ScsiNexus *nexus, FuzzInput *input)
{
  guint8 cdb[CDB_LENGTH];
  guint done = 0;
  ScsiTask task;
  const guint64 lun = (guint64) fuzz_u16 (input) << 48;
  fuzz_fill (input, cdb, sizeof cdb);
  const guint16 length = fuzz_u16 (input);
  scsi_task_init (&task, nexus, lun, cdb, count_done, &done);
  task.offered_length = length;
  if (scsi_task_prepare (&task)) {
    if (task.direction == SCSI_DATA_OUT)
      task.data_out = data_out_of (length);
    scsi_task_start (&task);
    for (guint i = 0; i < STEPS_MAX && done == 0 && world_step (world); i++)
      ;
    g_assert_cmpuint (done, <=, 1);
  } else {
    g_assert_cmpuint (task.status, !=, SCSI_GOOD);
  }
  check_task (&task);
  scsi_task_cancel (&task);
  scsi_task_clear (&task);
}

int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize length)
{
  FuzzInput input = { bytes, length };
  static const EventFamily *const families[] = { &world_events, NULL };
  const SimConfig config = { .seed = 1, .events = families };
  g_autoptr (World) world = sim_world_new (&config);
  g_autoptr (Store) small = store_ram_new (64 * 1024 + 100);
  g_autoptr (Store) large = store_ram_new (UINT64_C (1) << 36);
  ScsiNexus nexus;
  Luns luns;
  luns_init (&luns, "iqn.2026-01.com.example:fuzz");
  g_assert_true (luns_add (&luns, 0, 512, small, NULL));
  g_assert_true (luns_add (&luns, 300, 4096, large, NULL));
  scsi_nexus_init (&nexus, &luns, 1);
  nexus.host = world_host_new (world, "target", NULL);
  scsi_nexus_attend_all (&nexus, SENSE_CODE_POWER_ON_RESET);
  for (guint i = 0; i < COMMANDS_MAX && input.length > 0; i++)
    run_one (world, &nexus, &input);
  scsi_nexus_clear (&nexus);
  luns_clear (&luns);
  return 0;
}
