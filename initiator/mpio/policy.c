/* SPDX-License-Identifier: Apache-2.0 */
/* policy.c - which path takes the next task: windows-semantics E1, E2, one row per policy
 *
 * A policy is two things: are all paths that are well active, or one of them; and which of the active ones is next. Where one
 * is active, a path that is well again stands by, and the first one that stands by steps in when the active one fails. Paths stand in the order in which they were added; ties go to the earlier one.
 */
#include "initiator/mpio/mpio-internal.h"

#include "world/banned.h"

G_DEFINE_QUARK (iscsilab - mpio - error, mpio_error)

static MpioPath *
find_in_state (const MpioDisk *disk, MpioPathState state)
{
  for (guint i = 0; i < disk->paths->len; i++)
    if (disk_path (disk, i)->state == state)
      return disk_path (disk, i);
  return NULL;
}

/* ---- fail over only: one active path, the others stand by ---- */

static MpioPath *
one_choose (MpioDisk *disk)
{
  return find_in_state (disk, MPIO_PATH_ACTIVE);
}

/* ---- all paths active ---- */

/* The first active one at or after the cursor; the cursor moves behind it. */
static MpioPath *
ring_choose (MpioDisk *disk)
{
  for (guint i = 0; i < disk->paths->len; i++) {
    const guint index = (disk->cursor + i) % disk->paths->len;
    if (disk_path (disk, index)->state != MPIO_PATH_ACTIVE)
      continue;
    disk->cursor = index + 1;
    return disk_path (disk, index);
  }
  return NULL;
}

static MpioPath *
shortest_choose (MpioDisk *disk)
{
  MpioPath *best = NULL;
  for (guint i = 0; i < disk->paths->len; i++) {
    MpioPath *path = disk_path (disk, i);
    if (path->state == MPIO_PATH_ACTIVE && (best == NULL || path->in_flight < best->in_flight))
      best = path;
  }
  return best;
}

/* ---- the table ---- */

static const MpioPolicy policies[] = {
  { "fail over only", 1, FALSE, one_choose },
  { "round robin", 2, TRUE, ring_choose },
  { "least queue depth", 4, TRUE, shortest_choose },
};

const MpioPolicy *
mpio_policy_find (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (policies); i++)
    if (strcmp (policies[i].name, name) == 0)
      return &policies[i];
  return NULL;
}

const char *
mpio_policy_name (const MpioPolicy *policy)
{
  return policy->name;
}

char *
mpio_policy_names (void)
{
  GString *names = g_string_new (NULL);
  for (guint i = 0; i < G_N_ELEMENTS (policies); i++)
    g_string_append_printf (names, "%s'%s'", i > 0 ? ", " : "", policies[i].name);
  return g_string_free (names, FALSE);
}

/* ---- changes: windows-semantics E2 ---- */

/* A path that is back stands by, unless nothing is active; the preferred one may take over later. */
static void
one_arrived (MpioDisk *disk, MpioPath *path)
{
  if (find_in_state (disk, MPIO_PATH_ACTIVE) == NULL) {
    path_activate (path, "no other path is active");
    return;
  }
  path_rest (path, "another path is active");
  if (path->number == disk->preferred && disk->profile.failback_ns != MPIO_FOR_EVER)
    timer_arm (&disk->failback_timer, disk->profile.failback_ns);
}

void
policy_path_arrived (MpioDisk *disk, MpioPath *path)
{
  if (disk->policy->are_all_active)
    path_activate (path, "it is well");
  else
    one_arrived (disk, path);
}

void
policy_path_failed (MpioDisk *disk)
{
  MpioPath *next = find_in_state (disk, MPIO_PATH_STANDBY);
  if (next == NULL || find_in_state (disk, MPIO_PATH_ACTIVE) != NULL)
    return;
  path_activate (next, "the active path failed");
  MPIO_LOG (disk, EVENT_MPIO_FAIL_OVER, NULL, next->number);
}

/* Every path that is well comes to rest but the one that was active first; then each stands as if it had just arrived. */
void
policy_choose_anew (MpioDisk *disk)
{
  const MpioPath *first = find_in_state (disk, MPIO_PATH_ACTIVE);
  disk->cursor = 0;
  for (guint i = 0; i < disk->paths->len; i++) {
    MpioPath *path = disk_path (disk, i);
    if (path != first && path->state == MPIO_PATH_ACTIVE)
      path_rest (path, "the policy was changed");
  }
  for (guint i = 0; i < disk->paths->len && disk->policy->are_all_active; i++)
    if (disk_path (disk, i)->state == MPIO_PATH_STANDBY)
      path_activate (disk_path (disk, i), "the policy was changed");
}

void
policy_fail_back (MpioDisk *disk)
{
  for (guint i = 0; i < disk->paths->len; i++) {
    MpioPath *path = disk_path (disk, i);
    if (path->number != disk->preferred || path->state != MPIO_PATH_STANDBY)
      continue;
    path_rest (find_in_state (disk, MPIO_PATH_ACTIVE), "the preferred path is back");
    path_activate (path, "it is preferred");
  }
}
