/* SPDX-License-Identifier: Apache-2.0 */
/* paths.c - the public words for the paths of a disk: add, look at, fail, check, remove */
#include "initiator/mpio/mpio-internal.h"

#include "world/banned.h"

/* Removed paths are shown until another one is added and nothing of them is under way. */
static void
disk_forget_removed (MpioDisk *disk)
{
  for (guint i = disk->paths->len; i > 0; i--) {
    MpioPath *path = disk_path (disk, i - 1);
    if (path->state != MPIO_PATH_REMOVED || !path_is_idle (path))
      continue;
    g_ptr_array_remove_index (disk->paths, i - 1);
    path_free (path);
  }
}

static gboolean
disk_may_add (const MpioDisk *disk, const Session *session, GError **error)
{
  if (disk->paths->len >= MPIO_PATHS_MAX) {
    g_set_error (error, MPIO_ERROR, MPIO_ERROR_TOO_MANY, "expected at most %u paths, got one more",
                 MPIO_PATHS_MAX);
    return FALSE;
  }
  for (guint i = 0; i < disk->paths->len; i++) {
    const MpioPath *path = disk_path (disk, i);
    if (path->session != session || path->state == MPIO_PATH_REMOVED)
      continue;
    g_set_error (error, MPIO_ERROR, MPIO_ERROR_TAKEN,
                 "expected a session that is no path of this disk, got that of path %u",
                 path->number);
    return FALSE;
  }
  return TRUE;
}

gboolean
mpio_disk_add_path (MpioDisk *disk, Session *session, guint64 lun, MpioDone done, gpointer data,
                    GError **error)
{
  CHECK (disk, MPIO_DISK_MAGIC);
  CHECK_THAT (done != NULL);
  disk_forget_removed (disk);
  if (!disk_may_add (disk, session, error))
    return FALSE;
  MpioPath *path = path_new (disk, session, lun);
  path->add_done = done;
  path->add_data = data;
  g_ptr_array_add (disk->paths, path);
  checker_verify (path);
  return TRUE;
}

guint
mpio_disk_path_count (const MpioDisk *disk)
{
  CHECK (disk, MPIO_DISK_MAGIC);
  return disk->paths->len;
}

void
mpio_disk_path_info (const MpioDisk *disk, guint index, MpioPathInfo *ret_info)
{
  const MpioPath *path = disk_path (disk, index);
  *ret_info = (MpioPathInfo){ (MpioPathState) path->state, path->session, path->in_flight,
                              path->commands, path->failures };
}

void
mpio_disk_fail_path (MpioDisk *disk, guint index)
{
  path_fail (disk_path (disk, index), "by word");
}

void
mpio_disk_check_path (MpioDisk *disk, guint index)
{
  MpioPath *path = disk_path (disk, index);
  if (path->state != MPIO_PATH_REMOVED && path_session_is_up (path))
    checker_verify (path);
}

void
mpio_disk_remove_path (MpioDisk *disk, guint index)
{
  path_remove (disk_path (disk, index), "by word");
}
