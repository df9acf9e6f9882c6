/* SPDX-License-Identifier: Apache-2.0 */
/* life.c - targets that crash, lose power or restart by a fault's doing
 *
 * The plan tells of it in the midst of an event, with engines on the stack that are to die. So a deed is put into the world's queue:
 * it is done at the same instant, before anything else happens, from outside every engine.
 */
#include "harness/script/life.h"

typedef struct LabDeed {
  QueueEntry entry; /* first */
  Lab *lab;
  LabTarget *target;
  FaultAct act;
  DiskCut unsynced;
  gboolean loses_state;
  gboolean is_start; /* of a restart: the second half */
  gint64 delay_ns;   /* between the halves */
} LabDeed;

void
lab_deed_free (gpointer data)
{
  LabDeed *deed = data;
  queue_remove (&deed->lab->world->queue, &deed->entry);
  g_free (deed);
}

static void
deed_queue (LabDeed *deed, gint64 delay_ns)
{
  World *world = deed->lab->world;
  queue_push (&world->queue, &deed->entry, world->now_ns + delay_ns, QUEUE_FIRST);
}

static void
deed_start (LabDeed *deed)
{
  g_autoptr (GError) error = NULL;
  if (lab_target_is_up (deed->target) || lab_target_start (deed->target, &error))
    return;
  lab_fail (deed->lab, FAILURE_ENVIRONMENT, "a target can be started again", "a target that is up",
            error->message);
}

static void
deed_stop (LabDeed *deed)
{
  g_autoptr (GError) error = NULL;
  if (!lab_target_is_up (deed->target))
    return;
  lab_target_stop (deed->target, deed->act == FAULT_ACT_POWER_CUT, deed->unsynced);
  if (deed->loses_state && !lab_target_lose_data (deed->target, &error))
    lab_fail (deed->lab, FAILURE_ENVIRONMENT, "a target can lose its data", "blank LUNs",
              error->message);
}

static void
deed_fire (QueueEntry *entry)
{
  LabDeed *deed = (LabDeed *) entry;
  if (deed->is_start) {
    deed_start (deed);
    return;
  }
  deed_stop (deed);
  if (deed->act != FAULT_ACT_RESTART)
    return;
  deed->is_start = TRUE;
  deed_queue (deed, deed->delay_ns);
}

/* The host is the one where the tap stands. That is the initiator's if the target is foreign: then the rule says which target, or
 * there is only one. */
static LabTarget *
target_on_host (const Lab *lab, const Host *host, const FaultRule *rule)
{
  if (rule->host != NULL)
    host = rule->host;
  else if (lab_is_foreign (lab) && lab->targets->len == 1)
    return lab->targets->pdata[0];
  for (guint i = 0; i < lab->targets->len; i++) {
    LabTarget *target = lab->targets->pdata[i];
    if (target->host == host)
      return target;
  }
  return NULL;
}

void
lab_on_life (gpointer data, Host *host, const FaultRule *rule)
{
  static const DiskCut cuts[] = {
    [FAULT_LOSE] = DISK_CUT_LOSE, [FAULT_KEEP] = DISK_CUT_KEEP, [FAULT_DRAW] = DISK_CUT_DRAW
  };
  Lab *lab = data;
  LabTarget *target = target_on_host (lab, host, rule);
  if (target == NULL) {
    lab_fail (lab, FAILURE_USAGE, "crash, restart and power_cut strike a target of lab:target",
              "a connection to one of them", host->name);
    return;
  }
  LabDeed *deed = g_new0 (LabDeed, 1);
  deed->entry.fire = deed_fire;
  deed->lab = lab;
  deed->target = target;
  deed->act = rule->act;
  deed->unsynced = cuts[rule->unsynced];
  deed->loses_state = rule->loses_state;
  deed->delay_ns = rule->delay_ns;
  g_ptr_array_add (lab->deeds, deed);
  deed_queue (deed, 0);
}
