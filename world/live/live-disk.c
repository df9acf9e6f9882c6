/* SPDX-License-Identifier: Apache-2.0 */
/* live-disk.c - the files of a host, in a real directory of its own
 *
 * All calls go through the descriptor of the directory (openat and its kin), so that neither the working directory nor a rename
 * above it matters. Locks are Linux's open file description locks: of the open file, as disk.h wants them, not of the process,
 * and gone with it.
 *
 * Files of an earlier life of their host are dead: their calls fail with WORLD_ERROR_DOWN. `life` is the one thing here that the
 * loop's thread changes while the disk's thread may look.
 *
 * Deliberately absent: fault_ask and the event log. Both belong to the loop's thread, and most of these calls are made on the
 * other one; a fault of the disk is had in the simulated world.
 */
#include "world/live/live-internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct LiveFile {
  DiskFile file; /* first */
  int fd;
  gint life; /* of its host, when it was opened */
  DiskLock lock;
} LiveFile;

static inline LiveFile *
live_file (DiskFile *file)
{
  return (LiveFile *) file;
}

/* ---- errors ---- */

static void
disk_fail (const char *name, const char *operation, int failure, GError **error)
{
  if (failure == ENOENT)
    g_set_error (error, WORLD_ERROR, WORLD_ERROR_NOT_FOUND,
                 "file '%s': expected a file of this name, got none", name);
  else if (failure == ENOSPC || failure == EDQUOT || failure == EFBIG)
    g_set_error (error, WORLD_ERROR, WORLD_ERROR_FULL,
                 "file '%s': %s: expected space on the disk, got '%s'", name, operation,
                 g_strerror (failure));
  else
    g_set_error (error, WORLD_ERROR, WORLD_ERROR_IO, "file '%s': %s: got '%s'", name, operation,
                 g_strerror (failure));
}

static gboolean
name_is_valid (const char *kind, const char *name, GError **error)
{
  if (name[0] != '\0' && strchr (name, '/') == NULL && strcmp (name, ".") != 0
      && strcmp (name, "..") != 0)
    return TRUE;
  g_set_error (error, WORLD_ERROR, WORLD_ERROR_INVALID,
               "%s '%s': expected a name without '/' that is not empty, '.' or '..'", kind, name);
  return FALSE;
}

static gboolean
life_is (Host *host, gint life, const char *name, const char *operation, GError **error)
{
  const gboolean is_up = (life & 1) != 0;
  if (is_up && g_atomic_int_get (&live_host (host)->life) == life)
    return TRUE;
  g_set_error (error, WORLD_ERROR, WORLD_ERROR_DOWN,
               "file '%s': %s: expected a host that is up, got '%s' that went down", name,
               operation, host->name);
  return FALSE;
}

static gboolean
host_call_begin (Host *host, const char *name, const char *operation, GError **error)
{
  return name_is_valid ("file", name, error)
         && life_is (host, g_atomic_int_get (&live_host (host)->life), name, operation, error);
}

static gboolean
file_call_begin (LiveFile *file, const char *operation, GError **error)
{
  return life_is (file->file.host, file->life, file->file.name, operation, error);
}

static gboolean
file_call_end (LiveFile *file, const char *operation, int result, GError **error)
{
  if (result == 0)
    return TRUE;
  disk_fail (file->file.name, operation, errno, error);
  return FALSE;
}

/* ---- open and close ---- */

int
live_disk_open_directory (const char *parent, const char *name, GError **error)
{
  if (!name_is_valid ("host", name, error))
    return -1;
  g_autofree char *path = g_build_filename (parent, name, NULL);
  int fd = -1;
  if (mkdir (path, 0700) == 0 || errno == EEXIST)
    fd = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0)
    g_set_error (error, WORLD_ERROR, WORLD_ERROR_IO,
                 "directory '%s': expected to open it, got '%s'", path, g_strerror (errno));
  return fd;
}

static gboolean
descriptor_is_of_file (int fd, const char *name, GError **error)
{
  struct stat status;
  if (fstat (fd, &status) == 0 && S_ISREG (status.st_mode))
    return TRUE;
  g_set_error (error, WORLD_ERROR, WORLD_ERROR_INVALID,
               "file '%s': expected a regular file, got something else of this name", name);
  return FALSE;
}

static DiskFile *
live_disk_open (Host *host, const char *name, gboolean create, GError **error)
{
  if (!host_call_begin (host, name, "open", error))
    return NULL;
  const int flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | (create ? O_CREAT : 0);
  const int fd = openat (live_host (host)->directory_fd, name, flags, 0600);
  if (fd < 0) {
    disk_fail (name, "open", errno, error);
    return NULL;
  }
  if (!descriptor_is_of_file (fd, name, error)) {
    close (fd);
    return NULL;
  }
  LiveFile *file = g_new0 (LiveFile, 1);
  file->file = (DiskFile){ DISK_FILE_MAGIC, host, g_strdup (name) };
  file->fd = fd;
  file->life = g_atomic_int_get (&live_host (host)->life);
  return &file->file;
}

static void
live_disk_close (DiskFile *base)
{
  close (live_file (base)->fd);
  base->magic = 0;
  g_free (base->name);
  g_free (base);
}

/* ---- contents ---- */

static gboolean
live_disk_read (DiskFile *base, gint64 offset, void *ret_bytes, gsize length, gsize *ret_length,
                GError **error)
{
  LiveFile *file = live_file (base);
  CHECK_THAT (offset >= 0);
  if (!file_call_begin (file, "read", error))
    return FALSE;
  gsize done = 0;
  while (done < length) {
    const gssize part =
        pread (file->fd, (guint8 *) ret_bytes + done, length - done, offset + (gint64) done);
    if (part == 0)
      break;
    if (part > 0)
      done += (gsize) part;
    else if (errno != EINTR)
      return file_call_end (file, "read", -1, error);
  }
  *ret_length = done;
  return TRUE;
}

static gboolean
live_disk_write (DiskFile *base, gint64 offset, const void *bytes, gsize length, GError **error)
{
  LiveFile *file = live_file (base);
  CHECK_THAT (offset >= 0);
  if (!file_call_begin (file, "write", error))
    return FALSE;
  gsize done = 0;
  while (done < length) {
    const gssize part =
        pwrite (file->fd, (const guint8 *) bytes + done, length - done, offset + (gint64) done);
    if (part >= 0)
      done += (gsize) part;
    else if (errno != EINTR)
      return file_call_end (file, "write", -1, error);
  }
  return TRUE;
}

static gboolean
live_disk_truncate (DiskFile *base, gint64 size, GError **error)
{
  LiveFile *file = live_file (base);
  CHECK_THAT (size >= 0);
  return file_call_begin (file, "truncate", error)
         && file_call_end (file, "truncate", ftruncate (file->fd, size), error);
}

static gboolean
live_disk_size (DiskFile *base, gint64 *ret_size, GError **error)
{
  LiveFile *file = live_file (base);
  struct stat status;
  if (!file_call_begin (file, "size", error)
      || !file_call_end (file, "size", fstat (file->fd, &status), error))
    return FALSE;
  *ret_size = status.st_size;
  return TRUE;
}

static gboolean
live_disk_sync (DiskFile *base, GError **error)
{
  LiveFile *file = live_file (base);
  return file_call_begin (file, "sync", error)
         && file_call_end (file, "sync", fsync (file->fd), error);
}

/* ---- locks ---- */

static short
lock_kind (DiskLock lock)
{
  switch (lock) {
  case DISK_LOCK_NONE:
    return F_UNLCK;
  case DISK_LOCK_SHARED:
    return F_RDLCK;
  case DISK_LOCK_EXCLUSIVE:
    return F_WRLCK;
  }
  check_failed (__FILE__, __LINE__, "a lock that is in the list");
}

static gboolean
live_disk_lock (DiskFile *base, DiskLock lock, GError **error)
{
  LiveFile *file = live_file (base);
  struct flock whole = { .l_type = lock_kind (lock), .l_whence = SEEK_SET };
  if (!file_call_begin (file, "lock", error))
    return FALSE;
  if (fcntl (file->fd, F_OFD_SETLK, &whole) == 0) {
    file->lock = lock;
    return TRUE;
  }
  if (errno != EAGAIN && errno != EACCES)
    return file_call_end (file, "lock", -1, error);
  g_set_error (error, WORLD_ERROR, WORLD_ERROR_LOCKED,
               "file '%s': expected a free lock, got one that another holds", base->name);
  return FALSE;
}

/* The kernel is asked for a lock that only an exclusive one of somebody else would refuse. */
static gboolean
live_disk_is_locked_exclusively (DiskFile *base)
{
  const LiveFile *file = live_file (base);
  struct flock probe = { .l_type = F_RDLCK, .l_whence = SEEK_SET };
  if (file->lock == DISK_LOCK_EXCLUSIVE)
    return TRUE;
  return fcntl (file->fd, F_OFD_GETLK, &probe) == 0 && probe.l_type == F_WRLCK;
}

/* ---- the directory ---- */

static gboolean
host_call_end (const char *name, const char *operation, int result, GError **error)
{
  if (result == 0)
    return TRUE;
  disk_fail (name, operation, errno, error);
  return FALSE;
}

static gboolean
live_disk_exists (Host *host, const char *name, gboolean *ret_exists, GError **error)
{
  struct stat status;
  if (!host_call_begin (host, name, "exists", error))
    return FALSE;
  const int result = fstatat (live_host (host)->directory_fd, name, &status, AT_SYMLINK_NOFOLLOW);
  if (result < 0 && errno != ENOENT)
    return host_call_end (name, "exists", result, error);
  *ret_exists = result == 0;
  return TRUE;
}

static gboolean
live_disk_remove (Host *host, const char *name, GError **error)
{
  return host_call_begin (host, name, "remove", error)
         && host_call_end (name, "remove", unlinkat (live_host (host)->directory_fd, name, 0),
                           error);
}

static gboolean
live_disk_rename (Host *host, const char *from, const char *to, GError **error)
{
  const int directory = live_host (host)->directory_fd;
  return name_is_valid ("file", to, error) && host_call_begin (host, from, "rename", error)
         && host_call_end (from, "rename", renameat (directory, from, directory, to), error);
}

static gboolean
live_disk_sync_directory (Host *host, GError **error)
{
  return host_call_begin (host, "directory", "sync", error)
         && host_call_end ("directory", "sync", fsync (live_host (host)->directory_fd), error);
}

static gint
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

/* A descriptor of its own: the position of the directory's is shared by all who read it. */
static DIR *
directory_open (const LiveHost *host)
{
  const int fd = openat (host->directory_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *directory = fd >= 0 ? fdopendir (fd) : NULL;
  if (directory == NULL && fd >= 0)
    close (fd);
  return directory;
}

static char **
live_disk_list (Host *host, GError **error)
{
  if (!host_call_begin (host, "directory", "list", error))
    return NULL;
  DIR *directory = directory_open (live_host (host));
  if (directory == NULL) {
    disk_fail ("directory", "list", errno, error);
    return NULL;
  }
  GPtrArray *names = g_ptr_array_new ();
  const struct dirent *entry;
  while ((entry = readdir (directory)) != NULL)
    if (strcmp (entry->d_name, ".") != 0 && strcmp (entry->d_name, "..") != 0)
      g_ptr_array_add (names, g_strdup (entry->d_name));
  closedir (directory);
  g_ptr_array_sort (names, compare_names);
  g_ptr_array_add (names, NULL);
  return (char **) g_ptr_array_free (names, FALSE);
}

const DiskOps live_disk_ops = {
  .open = live_disk_open,
  .close = live_disk_close,
  .read = live_disk_read,
  .write = live_disk_write,
  .truncate = live_disk_truncate,
  .size = live_disk_size,
  .sync = live_disk_sync,
  .lock = live_disk_lock,
  .is_locked_exclusively = live_disk_is_locked_exclusively,
  .exists = live_disk_exists,
  .remove = live_disk_remove,
  .rename = live_disk_rename,
  .sync_directory = live_disk_sync_directory,
  .list = live_disk_list,
};
