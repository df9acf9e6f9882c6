/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/bench/rig.h"

#include "harness/run/scenario.h"

#include <unistd.h>

#define TARGET_NAME    "iqn.2026-01.com.example:bench-target"
#define INITIATOR_NAME "iqn.2026-01.com.example:bench-initiator"
#define QUEUE_DEPTH    256

G_DEFINE_QUARK (iscsilab_bench_error, bench_error)

static void
rig_on_stream (gpointer data, Host *host, Stream *stream)
{
  Rig *rig = data;
  rig->newest = stream;
  if (rig->referee != NULL)
    referee_watch (rig->referee, stream, REFEREE_LOCAL);
}

/* ---- judges ---- */

static void
rig_tap_stream (gpointer data, Host *host, Stream *stream)
{
  Rig *rig = data;
  if (rig->plan != NULL)
    fault_plan_tap_stream (rig->plan, stream);
  referee_watch (rig->referee, stream, REFEREE_LOCAL);
}

static void
rig_on_violation (gpointer data, const RefereeViolation *violation)
{
  world_fail (data, "%s: expected %s, got %s", violation->rule, violation->expected,
              violation->actual);
}

static gboolean
rig_add_judges (Rig *rig, guint64 seed, GError **error)
{
  rig->oracle = oracle_new (RIG_BLOCK_SIZE);
  rig->once = once_new ();
  rig->plan = fault_plan_new (rig->world->log, seed);
  const int fd = crash_ring_create (seed, error);
  if (fd < 0)
    return FALSE;
  rig->ring = crash_ring_open (fd, error);
  close (fd);
  if (rig->ring == NULL)
    return FALSE;
  event_log_set_sink (rig->world->log, crash_ring_sink, rig->ring);
  return TRUE;
}

/* ---- the target ---- */

static gboolean
rig_add_target (Rig *rig, const RigConfig *config, GError **error)
{
  g_autofree TargetPortalConfig *portals = g_new0 (TargetPortalConfig, config->portals);
  for (guint i = 0; i < config->portals; i++) {
    portals[i].group_tag = 1;
    if (!world_address_new (rig->world, rig->target_host, &portals[i].address, error))
      return FALSE;
  }
  rig->store = store_ram_new (RIG_DISK_BYTES);
  const TargetLunConfig lun = { .number = 0, .block_size = RIG_BLOCK_SIZE, .store = rig->store };
  TargetConfig target;
  target_config_init (&target);
  target.name = TARGET_NAME;
  target.portals = portals;
  target.portal_count = config->portals;
  target.luns = &lun;
  target.lun_count = 1;
  target.power_on_unit_attention = FALSE; /* a measured command is GOOD, or it is none */
  target.queue_depth = QUEUE_DEPTH;
  target.session_limit = MAX (target.session_limit, config->sessions);
  target.login_limit = MAX (target.login_limit, config->sessions);
  rig->target = target_sim_new (rig->target_host, &target, error);
  return rig->target != NULL;
}

/* ---- the initiator and its sessions ---- */

static void
rig_on_connected (gpointer data, Session *session, const GError *error)
{
  Rig *rig = data;
  if (session != NULL)
    g_ptr_array_add (rig->sessions, session_ref (session));
  else
    rig->failed_connects++;
}

typedef struct Connecting {
  const Rig *rig;
  guint wanted;
} Connecting;

static gboolean
connecting_is_over (gpointer data)
{
  const Connecting *connecting = data;
  return connecting->rig->sessions->len + connecting->rig->failed_connects == connecting->wanted;
}

static gboolean
rig_connect (Rig *rig, const RigConfig *config, GError **error)
{
  for (guint i = 0; i < config->sessions; i++) {
    const ConnectOptions options = {
      .target_name = TARGET_NAME,
      .portal = *target_sim_portal_address (rig->target, i % config->portals),
      .is_multipath_enabled = TRUE,
    };
    initiator_connect (rig->initiator, &options, rig_on_connected, rig);
  }
  Connecting connecting = { rig, config->sessions };
  if (!rig_run (rig, connecting_is_over, &connecting, error))
    return FALSE;
  if (rig->failed_connects == 0)
    return TRUE;
  g_set_error (error, BENCH_ERROR, BENCH_ERROR_FAILED, "login: expected %u sessions, got %u",
               config->sessions, rig->sessions->len);
  return FALSE;
}

/* ---- life ---- */

static gboolean
rig_build (Rig *rig, const RigConfig *config, GError **error)
{
  const SimConfig sim = { .seed = config->seed, .events = harness_event_families () };
  rig->world = sim_world_new (&sim);
  if (config->is_judged || config->is_refereed)
    rig->referee = referee_new (rig_on_violation, rig->world);
  if (config->is_judged && !rig_add_judges (rig, config->seed, error))
    return FALSE;
  rig->target_host = world_host_new (rig->world, "target", error);
  rig->initiator_host = world_host_new (rig->world, "initiator", error);
  if (rig->target_host == NULL || rig->initiator_host == NULL
      || !rig_add_target (rig, config, error))
    return FALSE;
  if (rig->referee != NULL) {
    rig->target_host->on_stream = rig_tap_stream;
    rig->target_host->on_stream_data = rig;
  }
  rig->initiator_host->on_stream = rig_on_stream;
  rig->initiator_host->on_stream_data = rig;
  const InitiatorConfig initiator = { .name = INITIATOR_NAME,
                                      .profile = initiator_profile_find ("windows"),
                                      .is_multipath_check_off = TRUE };
  rig->initiator = initiator_new (rig->initiator_host, &initiator);
  return rig_connect (rig, config, error);
}

Rig *
rig_new (const RigConfig *config, GError **error)
{
  CHECK_THAT (config->sessions > 0 && config->portals > 0);
  g_autoptr (Rig) rig = g_new0 (Rig, 1);
  rig->sessions = g_ptr_array_new_with_free_func ((GDestroyNotify) session_unref);
  return rig_build (rig, config, error) ? g_steal_pointer (&rig) : NULL;
}

void
rig_free (Rig *rig)
{
  if (rig == NULL)
    return;
  if (rig->initiator != NULL)
    initiator_free (rig->initiator);
  g_ptr_array_unref (rig->sessions);
  target_sim_free (rig->target);
  store_free (rig->store);
  fault_plan_free (rig->plan);
  world_free (rig->world);
  referee_free (rig->referee);
  oracle_free (rig->oracle);
  once_free (rig->once);
  crash_ring_free (rig->ring);
  g_free (rig);
}

gboolean
rig_run (Rig *rig, RigIsOver is_over, gpointer data, GError **error)
{
  while (!is_over (data))
    if (!world_step (rig->world)) {
      const char *failure = world_failure (rig->world);
      g_set_error (error, BENCH_ERROR, BENCH_ERROR_FAILED,
                   "the world: expected to go on, got to its end: %s",
                   failure != NULL ? failure : "nothing will ever happen again");
      return FALSE;
    }
  return TRUE;
}
