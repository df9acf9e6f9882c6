/* SPDX-License-Identifier: Apache-2.0 */
/* path.c - one way to the unit: its state, what its session tells, and the writes whose old copy may still live
 *
 * A path does not fail because its session is down: for link_down_ns the session may come back, and holds what it has. It fails
 * when the session gives its tasks back, when the unit says so, or by word. It is used again when the checker has found it well.
 *
 * Doubtful are the tasks that were sent here, came back without status, and may change the medium. They stay with the path
 * until its old instance is known to be dead (fence.c); only then the disk may send them elsewhere. If they must end before,
 * the path is haunted: until it is fenced, what else would write waits with it.
 */
#include "initiator/mpio/mpio-internal.h"

#include "world/banned.h"

#define FENCE_AGAIN_NS (5 * NS_PER_S)

static const char *const state_names[] = {
#define STATE(name, text) #name,
  MPIO_PATH_STATES (STATE)
#undef STATE
};

static const char *const event_names[] = {
#define EVENT(name) #name,
  MPIO_PATH_EVENTS (EVENT)
#undef EVENT
};

#define ROW(state, event, next)                                                                    \
  {                                                                                                \
    MPIO_PATH_##state, MPIO_PATH_ON_##event, MPIO_PATH_##next, "", NULL                            \
  }

static const MachineRow rows[] = {
  ROW (FAILED, ACTIVATE, ACTIVE),  ROW (FAILED, REST, STANDBY), ROW (FAILED, REMOVE, REMOVED),
  ROW (STANDBY, ACTIVATE, ACTIVE), ROW (STANDBY, FAIL, FAILED), ROW (STANDBY, REMOVE, REMOVED),
  ROW (ACTIVE, REST, STANDBY),     ROW (ACTIVE, FAIL, FAILED),  ROW (ACTIVE, REMOVE, REMOVED),
};

const Machine mpio_path_machine = { "mpio-path",
                                    state_names,
                                    G_N_ELEMENTS (state_names),
                                    event_names,
                                    G_N_ELEMENTS (event_names),
                                    rows,
                                    G_N_ELEMENTS (rows) };

const char *
mpio_path_state_name (guint64 state)
{
  static const char *const names[] = {
#define STATE(name, text) text,
    MPIO_PATH_STATES (STATE)
#undef STATE
  };
  return state < G_N_ELEMENTS (names) ? names[state] : "?";
}

static void
path_move (MpioPath *path, MpioPathEvent event, const char *why)
{
  machine_move (&mpio_path_machine, path->disk->host, path->number, &path->state, (guint8) event,
                path);
  MPIO_LOG (path->disk, EVENT_MPIO_PATH, why, path->number, path->state);
}

gboolean
path_is_usable (const MpioPath *path)
{
  return path->state == MPIO_PATH_ACTIVE || path->state == MPIO_PATH_STANDBY;
}

gboolean
path_is_idle (const MpioPath *path)
{
  return path->in_flight == 0 && !path->probe.is_under_way && path->doubtful.length == 0
         && !path->is_haunted;
}

gboolean
path_session_is_up (const MpioPath *path)
{
  SessionInfo info;
  session_info (path->session, &info);
  return info.is_connected;
}

void
path_activate (MpioPath *path, const char *why)
{
  path_move (path, MPIO_PATH_ON_ACTIVATE, why);
}

void
path_rest (MpioPath *path, const char *why)
{
  path_move (path, MPIO_PATH_ON_REST, why);
}

void
path_fail (MpioPath *path, const char *why)
{
  if (!path_is_usable (path))
    return;
  path->failures++;
  path->is_verified = FALSE;
  path_move (path, MPIO_PATH_ON_FAIL, why);
  checker_watch (path);
  disk_path_failed (path->disk, path);
}

void
path_remove (MpioPath *path, const char *why)
{
  if (path->state == MPIO_PATH_REMOVED)
    return;
  const gboolean was_usable = path_is_usable (path);
  path_move (path, MPIO_PATH_ON_REMOVE, why);
  checker_watch (path);
  if (was_usable)
    disk_path_failed (path->disk, path);
}

/* ---- doubt ---- */

static void
path_is_clear (MpioPath *path)
{
  timer_disarm (&path->fence_timer);
  timer_disarm (&path->doubt_timer);
  path->is_haunted = FALSE;
  if (path->doubtful.length == 0)
    return;
  const guint count = disk_take_back (path->disk, &path->doubtful);
  MPIO_LOG (path->disk, EVENT_MPIO_FENCED, NULL, path->number, count);
}

void
path_doubt (MpioPath *path, MpioIo *io)
{
  MPIO_LOG (path->disk, EVENT_MPIO_DOUBTFUL, NULL, path->number);
  g_queue_push_tail_link (&path->doubtful, &io->link);
  if (!timer_is_armed (&path->doubt_timer))
    timer_arm (&path->doubt_timer, path->disk->profile.fence_limit_ns);
  disk_work_soon (path->disk);
}

/* RFC 7143 4.4.3, R-ISID-003: the nexus is named by the portal group, so only its portals lead to the old instance. */
static gboolean
path_shares_group (const MpioPath *helper, const MpioPath *path)
{
  SessionInfo ours, theirs;
  session_info (helper->session, &ours);
  session_info (path->session, &theirs);
  const KeyId group = KEY_TARGET_PORTAL_GROUP_TAG;
  return helper->state != MPIO_PATH_REMOVED && strcmp (ours.target_name, theirs.target_name) == 0
         && session_keys (helper->session)->number[group]
                == session_keys (path->session)->number[group];
}

static gboolean
path_needs_fence (const MpioPath *path)
{
  return path->doubtful.length > 0 || path->is_haunted;
}

void
path_plan_fence (MpioPath *path)
{
  if (!path_needs_fence (path) || timer_is_armed (&path->fence_timer))
    return;
  for (guint i = 0; i < path->disk->paths->len; i++) {
    const MpioPath *helper = disk_path (path->disk, i);
    SessionInfo info;
    if (helper == path || !path_is_usable (helper) || !path_session_is_up (helper)
        || !path_shares_group (helper, path))
      continue;
    session_info (helper->session, &info);
    session_fence (path->session, &info.portal);
    return;
  }
}

/* It must not be written over before the path is fenced, if ever it can be. */
void
path_haunt (MpioPath *path)
{
  for (guint i = 0; i < path->disk->paths->len && path->state != MPIO_PATH_REMOVED; i++)
    if (disk_path (path->disk, i) != path && path_shares_group (disk_path (path->disk, i), path))
      path->is_haunted = TRUE;
  disk_work_soon (path->disk);
}

void
path_give_up (MpioPath *path)
{
  timer_disarm (&path->doubt_timer);
  if (path->doubtful.length == 0)
    return;
  path_haunt (path);
  disk_give_up (path->disk, &path->doubtful);
}

/* Nobody could make sure in time: the caller must live with not knowing. Where no path is left there is nobody to wait for but
 * the paths, and for them as long as the disk holds. */
static void
path_doubt_over (gpointer data)
{
  MpioPath *path = data;
  CHECK (path, MPIO_PATH_MAGIC);
  if (disk_has_usable_path (path->disk) || path->disk->is_gone)
    path_give_up (path);
  else
    timer_arm (&path->doubt_timer, path->disk->profile.fence_limit_ns);
}

static void
path_fence_again (gpointer data)
{
  MpioPath *path = data;
  CHECK (path, MPIO_PATH_MAGIC);
  path_plan_fence (path);
}

/* ---- what the session tells ---- */

static void
path_on_up (MpioPath *path)
{
  path_is_clear (path);
  if (path->state != MPIO_PATH_REMOVED)
    checker_verify (path);
}

static void
path_on_held_out (MpioPath *path)
{
  path_fail (path, "its session was down too long");
}

static void
path_on_leaving (MpioPath *path)
{
  path->is_haunted = FALSE; /* without its session there is no way to fence it */
  path_remove (path, "its session leaves");
}

static void
path_on_fence_failed (MpioPath *path)
{
  if (path_needs_fence (path))
    timer_arm (&path->fence_timer, FENCE_AGAIN_NS);
}

static void
path_told (gpointer data, Session *session, SessionNews news)
{
  static void (*const on[]) (MpioPath *) = {
    [SESSION_NEWS_UP] = path_on_up,
    [SESSION_NEWS_HELD_OUT] = path_on_held_out,
    [SESSION_NEWS_LEAVING] = path_on_leaving,
    [SESSION_NEWS_FENCED] = path_is_clear,
    [SESSION_NEWS_FENCE_FAILED] = path_on_fence_failed,
  };
  MpioPath *path = data;
  CHECK (path, MPIO_PATH_MAGIC);
  on[news](path);
}

/* ---- life ---- */

MpioPath *
path_new (MpioDisk *disk, Session *session, guint64 lun)
{
  MpioPath *path = g_new0 (MpioPath, 1);
  path->magic = MPIO_PATH_MAGIC;
  path->number = ++disk->last_path;
  path->state = MPIO_PATH_FAILED;
  path->disk = disk;
  path->session = session_ref (session);
  path->lun = lun;
  g_queue_init (&path->doubtful);
  timer_init (&path->fence_timer, disk->host, path_fence_again, path);
  timer_init (&path->doubt_timer, disk->host, path_doubt_over, path);
  path->watch = (SessionWatch){ .told = path_told, .data = path };
  session_watch (session, &path->watch);
  session_set_hold (session, disk->profile.link_down_ns);
  checker_init (path);
  return path;
}

void
path_free (MpioPath *path)
{
  CHECK (path, MPIO_PATH_MAGIC);
  CHECK_THAT (path->in_flight == 0 && !path->probe.is_under_way && path->doubtful.length == 0);
  timer_disarm (&path->fence_timer);
  timer_disarm (&path->doubt_timer);
  checker_clear (path);
  session_unwatch (path->session, &path->watch);
  session_unref (path->session);
  path->magic = 0;
  g_free (path);
}
