/* SPDX-License-Identifier: Apache-2.0 */
/* engines.h - a real initiator and a real target in a simulated world, and some tasks that move data in every way
 *
 * The keys are such that a write has immediate data, unsolicited Data-Out and R2Ts, and a read several Data-In.
 */
#pragma once

#include "initiator/events.h"
#include "initiator/initiator.h"
#include "protocol/events.h"
#include "protocol/framer.h"
#include "target-sim/target.h"
#include "world/sim/sim.h"

#define TARGET_NAME "iqn.2026-01.com.example:disk"
#define TASKS       8
#define TASK_BYTES  24576 /* more than the first burst: R2Ts and several Data-In */
#define LIVENESS_NS (3600 * NS_PER_S)

typedef struct Engines {
  World *world;
  Host *target_host;
  Host *initiator_host;
  Address address;
  Store *store;
  TargetSim *target;
  Initiator *initiator;
  Session *session;    /* NULL: not logged in, or refused */
  gboolean has_answer; /* to the connect */
  guint done;
  Task tasks[TASKS];
} Engines;

static inline void
engines_on_connected (gpointer data, Session *session, const GError *error)
{
  Engines *engines = data;
  g_assert_true ((session != NULL) == (error == NULL));
  engines->has_answer = TRUE;
  if (session != NULL)
    engines->session = session_ref (session);
}

static inline void
engines_add_target (Engines *engines)
{
  const TargetPortalConfig portal = { engines->address, 1 };
  const TargetLunConfig lun = { 0, 512, engines->store };
  KeyValues wanted;
  TargetConfig config;
  target_wanted_init (&wanted);
  wanted.number[KEY_MAX_RECV_DATA_SEGMENT_LENGTH] = 4096;
  wanted.number[KEY_FIRST_BURST_LENGTH] = 8192;
  wanted.number[KEY_MAX_BURST_LENGTH] = 8192;
  target_config_init (&config);
  config.name = TARGET_NAME;
  config.portals = &portal;
  config.portal_count = 1;
  config.luns = &lun;
  config.lun_count = 1;
  config.wanted = &wanted;
  config.power_on_unit_attention = FALSE; /* so that what is not disturbed is GOOD */
  engines->target = target_sim_new (engines->target_host, &config, NULL);
  g_assert_nonnull (engines->target);
  key_values_clear (&wanted);
}

/* on_stream sees each connection of the initiator as it is made. */
static inline void
engines_init (Engines *engines, void (*on_stream) (gpointer, Host *, Stream *), gpointer data)
{
  static const EventFamily *const families[] = { &world_events, &protocol_events, &initiator_events,
                                                 &target_events, NULL };
  const SimConfig sim = { .seed = 1, .events = families, .bounds = { .events = 2000000 } };
  *engines = (Engines){ .world = sim_world_new (&sim) };
  engines->target_host = world_host_new (engines->world, "target", NULL);
  engines->initiator_host = world_host_new (engines->world, "initiator", NULL);
  g_assert_true (world_address_new (engines->world, engines->target_host, &engines->address, NULL));
  engines->store = store_ram_new (1024 * 1024);
  engines_add_target (engines);
  const InitiatorConfig config = { .name = "iqn.2026-01.com.example:host",
                                   .profile = initiator_profile_find ("linux") };
  engines->initiator = initiator_new (engines->initiator_host, &config);
  engines->initiator_host->on_stream = on_stream;
  engines->initiator_host->on_stream_data = data;
}

static inline void
engines_clear (Engines *engines)
{
  initiator_free (engines->initiator);
  session_unref (engines->session);
  target_sim_free (engines->target);
  store_free (engines->store);
  world_free (engines->world);
}

/* Whether the login succeeds may be the caller's doing; that the connect is answered is not. */
static inline gboolean
engines_connect (Engines *engines)
{
  const ConnectOptions options = { .target_name = TARGET_NAME, .portal = engines->address };
  initiator_connect (engines->initiator, &options, engines_on_connected, engines);
  while (!engines->has_answer && world_step (engines->world))
    ;
  g_assert_true (engines->has_answer);
  return engines->session != NULL;
}

static inline void
engines_task_ended (gpointer data, Task *task)
{
  Engines *engines = data;
  engines->done++;
  g_assert_cmpuint (engines->done, <=, TASKS);
  g_assert_cmpuint (task->outcome, !=, TASK_OUTCOME_PENDING);
}

static inline void
engines_prepare_task (Engines *engines, Task *task, guint number)
{
  const gboolean reads = number % 2 != 0;
  task_init (task, engines_task_ended, engines);
  task->lun = lun_encode (0);
  task->direction = reads ? TASK_READS : TASK_WRITES;
  task->expected_length = TASK_BYTES;
  cdb_build_blocks (task->cdb, reads ? SCSI_OP_READ_16 : SCSI_OP_WRITE_16, number * 8,
                    TASK_BYTES / 512);
  if (reads)
    return;
  Buffer *buffer = buffer_new (TASK_BYTES);
  memset (buffer->bytes, (int) number, TASK_BYTES);
  task->data_out = payload_of (slice_whole (buffer));
}

/* Until all tasks have ended, each once, for as long as that may take at most. */
static inline void
engines_run_tasks (Engines *engines)
{
  const gint64 deadline = engines->world->now_ns + LIVENESS_NS;
  engines->done = 0;
  for (guint i = 0; i < TASKS; i++) {
    engines_prepare_task (engines, &engines->tasks[i], i);
    session_submit (engines->session, &engines->tasks[i]);
  }
  world_wake_at (engines->world, deadline);
  while (engines->done < TASKS && engines->world->now_ns < deadline && world_step (engines->world))
    ;
  g_assert_cmpstr (world_failure (engines->world), ==, NULL);
  g_assert_cmpuint (engines->done, ==, TASKS);
}

static inline void
engines_clear_tasks (Engines *engines, gboolean must_be_good)
{
  for (guint i = 0; i < TASKS; i++) {
    Task *task = &engines->tasks[i];
    if (must_be_good) {
      g_assert_cmpstr (task_outcome_name (task->outcome), ==, "status");
      g_assert_cmpstr (scsi_status_name (task->status), ==, scsi_status_name (SCSI_GOOD));
    }
    task_clear (task);
  }
}
