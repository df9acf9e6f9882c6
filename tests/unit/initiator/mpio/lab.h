/* SPDX-License-Identifier: Apache-2.0 */
/* lab.h - an initiator and a target with some portals, both ours, in a simulated world: what paths are made of */
#pragma once

#include "harness/run/scenario.h"
#include "initiator/mpio/mpio.h"
#include "target-sim/target.h"
#include "world/sim/sim.h"

#define LAB_PORTALS 3
#define LAB_BLOCK   512

typedef struct Lab {
  World *world;
  Host *host;
  Host *target_host;
  Address portals[LAB_PORTALS];
  Store *stores[2];
  TargetSim *target;
  Initiator *initiator;
  Session *sessions[LAB_PORTALS];
  guint session_count;
  MpioProfile profile;
  MpioDisk *disk;
  guint answers;
  GError *error;
} Lab;

static inline void
lab_step (Lab *lab)
{
  g_assert_true (world_step (lab->world));
}

static inline void
lab_run_for (Lab *lab, gint64 time_ns)
{
  const gint64 until = lab->world->now_ns + time_ns;
  while (lab->world->now_ns < until) {
    world_wake_at (lab->world, until);
    lab_step (lab);
  }
}

static inline void
lab_start_target (Lab *lab)
{
  TargetPortalConfig portals[LAB_PORTALS];
  const TargetLunConfig luns[] = {
    { .number = 0, .block_size = LAB_BLOCK, .store = lab->stores[0] },
    { .number = 1, .block_size = LAB_BLOCK, .store = lab->stores[1] },
  };
  TargetConfig config;
  for (guint i = 0; i < LAB_PORTALS; i++)
    portals[i] = (TargetPortalConfig){ lab->portals[i], 1 };
  target_config_init (&config);
  config.name = "iqn.2026-01.com.example:disk";
  config.portals = portals;
  config.portal_count = LAB_PORTALS;
  config.luns = luns;
  config.lun_count = G_N_ELEMENTS (luns);
  lab->target = target_sim_new (lab->target_host, &config, NULL);
  g_assert_nonnull (lab->target);
}

static inline void
lab_connected (gpointer data, Session *session, const GError *error)
{
  Lab *lab = data;
  g_assert_no_error (error);
  lab->sessions[lab->session_count++] = session;
}

static inline void
lab_connect (Lab *lab, guint portal)
{
  const ConnectOptions options = { .target_name = "iqn.2026-01.com.example:disk",
                                   .portal = lab->portals[portal],
                                   .is_multipath_enabled = TRUE };
  const guint before = lab->session_count;
  initiator_connect (lab->initiator, &options, lab_connected, lab);
  while (lab->session_count == before)
    lab_step (lab);
}

static inline void
lab_answered (gpointer data, const GError *error)
{
  Lab *lab = data;
  lab->answers++;
  g_clear_error (&lab->error);
  lab->error = error != NULL ? g_error_copy (error) : NULL;
}

/* TRUE: it is a path now; else lab->error says why not. */
static inline gboolean
lab_add_path (Lab *lab, guint session, guint16 lun)
{
  const guint before = lab->answers;
  g_clear_error (&lab->error);
  if (!mpio_disk_add_path (lab->disk, lab->sessions[session], lun_encode (lun), lab_answered, lab,
                           &lab->error))
    return FALSE;
  g_assert_cmpuint (lab->answers, ==, before); /* not inside the call */
  while (lab->answers == before)
    lab_step (lab);
  return lab->error == NULL;
}

/* World, target, sessions over each portal; the profile is windows' and may be changed until lab_make_disk. */
static inline void
lab_init (Lab *lab)
{
  const SimConfig sim = { .seed = 1, .events = harness_event_families () };
  const InitiatorConfig config = { .name = "iqn.2026-01.com.example:host",
                                   .profile = initiator_profile_find ("windows") };
  lab->world = sim_world_new (&sim);
  lab->host = world_host_new (lab->world, "initiator", NULL);
  lab->target_host = world_host_new (lab->world, "target", NULL);
  for (guint i = 0; i < LAB_PORTALS; i++)
    g_assert_true (world_address_new (lab->world, lab->target_host, &lab->portals[i], NULL));
  for (guint i = 0; i < 2; i++)
    lab->stores[i] = store_ram_new (LAB_BLOCK * 1024);
  lab_start_target (lab);
  lab->initiator = initiator_new (lab->host, &config);
  for (guint i = 0; i < LAB_PORTALS; i++)
    lab_connect (lab, i);
  lab->profile = *mpio_profile_find ("windows");
}

/* With the first `paths` sessions as its paths. */
static inline void
lab_make_disk (Lab *lab, const char *policy, guint paths, guint preferred)
{
  const MpioConfig config = { .number = 1,
                              .profile = &lab->profile,
                              .policy = mpio_policy_find (policy),
                              .preferred = preferred };
  lab->disk = mpio_disk_new (lab->host, &config);
  for (guint i = 0; i < paths; i++)
    g_assert_true (lab_add_path (lab, i, 0));
}

static inline void
lab_clear (Lab *lab)
{
  initiator_free (lab->initiator);
  mpio_disk_free (lab->disk);
  target_sim_free (lab->target);
  for (guint i = 0; i < 2; i++)
    store_free (lab->stores[i]);
  world_free (lab->world);
  g_clear_error (&lab->error);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Lab, lab_clear)

static inline MpioPathInfo
lab_path (Lab *lab, guint index)
{
  MpioPathInfo info;
  mpio_disk_path_info (lab->disk, index, &info);
  return info;
}

/* The states of all paths: "active standby failed". */
static inline void
lab_assert_paths (Lab *lab, const char *expected)
{
  g_autoptr (GString) text = g_string_new (NULL);
  for (guint i = 0; i < mpio_disk_path_count (lab->disk); i++)
    g_string_append_printf (text, "%s%s", i > 0 ? " " : "",
                            mpio_path_state_name (lab_path (lab, i).state));
  g_assert_cmpstr (text->str, ==, expected);
}

/* ---- reads of one block ---- */

typedef struct Read {
  Task task;
  MpioIo io;
  guint done;
} Read;

static inline void
read_done (gpointer data, Task *task)
{
  ((Read *) data)->done++;
}

static inline void
lab_submit (Lab *lab, Read *read)
{
  task_init (&read->task, read_done, read);
  read->done = 0;
  cdb_build_blocks (read->task.cdb, SCSI_OP_READ_16, 0, 1);
  read->task.direction = TASK_READS;
  read->task.expected_length = LAB_BLOCK;
  mpio_disk_submit (lab->disk, &read->io, &read->task);
  g_assert_cmpuint (read->done, ==, 0);
}

static inline void
lab_wait (Lab *lab, Read *read)
{
  while (read->done == 0)
    lab_step (lab);
  g_assert_cmpuint (read->done, ==, 1);
}

static inline void
lab_read (Lab *lab, guint count)
{
  for (guint i = 0; i < count; i++) {
    Read read;
    lab_submit (lab, &read);
    lab_wait (lab, &read);
    g_assert_cmpint (read.task.outcome, ==, TASK_OUTCOME_STATUS);
    g_assert_cmpint (read.task.status, ==, SCSI_GOOD);
    task_clear (&read.task);
  }
}
