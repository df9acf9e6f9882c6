/* SPDX-License-Identifier: Apache-2.0 */
/* registry-vfs.c - SQLite's operating system is a Host
 *
 * Method: one sqlite3_vfs, registered as long as one transaction lasts, whose files are DiskFiles. So the power can be cut at
 * each write and each sync that SQLite makes.
 *
 * What SQLite is promised: sectors of 512 bytes and nothing else. No atomic write, no safe append, no powersafe overwrite, no
 * order: it must write its journal for the worst of disks, and the simulated one is that. There is no shared memory and no
 * mapping, hence no WAL.
 *
 * Names: a file that was made is not safe before the directory is synced. The first sync of a journal does that too; so the
 * journal's name, and that of a new database beside it, is safe before the database is written to. A removal syncs the
 * directory if SQLite asks (synchronous=EXTRA does).
 *
 * Locks: the disk knows SHARED and EXCLUSIVE only. RESERVED, PENDING and EXCLUSIVE are all its EXCLUSIVE, stronger than SQLite
 * needs: no reader beside a writer, no lock byte in the file.
 */
#include "initiator/registry-vfs.h"

#include "world/banned.h"

#define NAME_MAX_BYTES 256

/* SQLite asks for the date in functions that the registry does not use: one that is never mistaken for a real one. */
#define JULIAN_DAY_2000_MS (G_GINT64_CONSTANT (2451544) * 86400000 + 43200000)

struct RegistryVfs {
  sqlite3_vfs vfs; /* first */
  Host *host;
  Random random;
  GError *error;
  char name[32];
};

typedef struct VfsFile {
  sqlite3_file file; /* first */
  RegistryVfs *vfs;
  DiskFile *disk_file;
  int lock;                  /* SQLITE_LOCK_... */
  gboolean is_name_unsynced; /* its first sync must sync the directory too */
} VfsFile;

static inline RegistryVfs *
registry_vfs (sqlite3_vfs *vfs)
{
  return (RegistryVfs *) vfs;
}

static inline VfsFile *
vfs_file (sqlite3_file *file)
{
  return (VfsFile *) file;
}

/* The first cause is kept: what follows is mostly its consequence. */
static int
vfs_fail (RegistryVfs *vfs, int code, GError *error /* transfer full */)
{
  const gboolean is_full = g_error_matches (error, WORLD_ERROR, WORLD_ERROR_FULL);
  if (vfs->error == NULL)
    vfs->error = error;
  else
    g_error_free (error);
  return is_full ? SQLITE_FULL : code;
}

/* ---- files ---- */

static int
vfs_file_close (sqlite3_file *base)
{
  VfsFile *file = vfs_file (base);
  g_clear_pointer (&file->disk_file, disk_close);
  return SQLITE_OK;
}

static int
vfs_file_read (sqlite3_file *base, void *ret_bytes, int length, sqlite3_int64 offset)
{
  VfsFile *file = vfs_file (base);
  GError *error = NULL;
  gsize got = 0;
  if (!disk_read (file->disk_file, offset, ret_bytes, (gsize) length, &got, &error))
    return vfs_fail (file->vfs, SQLITE_IOERR_READ, error);
  if (got == (gsize) length)
    return SQLITE_OK;
  /* SQLite's rule: what is missing at the end is zeroed. */
  memset ((guint8 *) ret_bytes + got, 0, (gsize) length - got);
  return SQLITE_IOERR_SHORT_READ;
}

static int
vfs_file_write (sqlite3_file *base, const void *bytes, int length, sqlite3_int64 offset)
{
  VfsFile *file = vfs_file (base);
  GError *error = NULL;
  if (!disk_write (file->disk_file, offset, bytes, (gsize) length, &error))
    return vfs_fail (file->vfs, SQLITE_IOERR_WRITE, error);
  return SQLITE_OK;
}

static int
vfs_file_truncate (sqlite3_file *base, sqlite3_int64 size)
{
  VfsFile *file = vfs_file (base);
  GError *error = NULL;
  if (!disk_truncate (file->disk_file, size, &error))
    return vfs_fail (file->vfs, SQLITE_IOERR_TRUNCATE, error);
  return SQLITE_OK;
}

static int
vfs_file_sync (sqlite3_file *base, int flags)
{
  VfsFile *file = vfs_file (base);
  GError *error = NULL;
  if (!disk_sync (file->disk_file, &error))
    return vfs_fail (file->vfs, SQLITE_IOERR_FSYNC, error);
  if (!file->is_name_unsynced)
    return SQLITE_OK;
  if (!disk_sync_directory (file->vfs->host, &error))
    return vfs_fail (file->vfs, SQLITE_IOERR_DIR_FSYNC, error);
  file->is_name_unsynced = FALSE;
  return SQLITE_OK;
}

static int
vfs_file_size (sqlite3_file *base, sqlite3_int64 *ret_size)
{
  VfsFile *file = vfs_file (base);
  GError *error = NULL;
  gint64 size = 0;
  if (!disk_size (file->disk_file, &size, &error))
    return vfs_fail (file->vfs, SQLITE_IOERR_FSTAT, error);
  *ret_size = size;
  return SQLITE_OK;
}

static DiskLock
disk_lock_of (int lock)
{
  if (lock == SQLITE_LOCK_NONE)
    return DISK_LOCK_NONE;
  return lock == SQLITE_LOCK_SHARED ? DISK_LOCK_SHARED : DISK_LOCK_EXCLUSIVE;
}

static int
vfs_file_set_lock (VfsFile *file, int lock, int failure)
{
  GError *error = NULL;
  if (disk_lock_of (lock) != disk_lock_of (file->lock)
      && !disk_lock (file->disk_file, disk_lock_of (lock), &error)) {
    if (!g_error_matches (error, WORLD_ERROR, WORLD_ERROR_LOCKED))
      return vfs_fail (file->vfs, failure, error);
    g_error_free (error);
    return SQLITE_BUSY;
  }
  file->lock = lock;
  return SQLITE_OK;
}

static int
vfs_file_lock (sqlite3_file *base, int lock)
{
  VfsFile *file = vfs_file (base);
  return lock <= file->lock ? SQLITE_OK : vfs_file_set_lock (file, lock, SQLITE_IOERR_LOCK);
}

static int
vfs_file_unlock (sqlite3_file *base, int lock)
{
  VfsFile *file = vfs_file (base);
  return lock >= file->lock ? SQLITE_OK : vfs_file_set_lock (file, lock, SQLITE_IOERR_UNLOCK);
}

static int
vfs_file_check_reserved_lock (sqlite3_file *base, int *ret_is_reserved)
{
  VfsFile *file = vfs_file (base);
  *ret_is_reserved =
      file->lock > SQLITE_LOCK_SHARED || disk_is_locked_exclusively (file->disk_file);
  return SQLITE_OK;
}

static int
vfs_file_control (sqlite3_file *base, int operation, void *argument)
{
  return SQLITE_NOTFOUND;
}

static int
vfs_file_sector_size (sqlite3_file *base)
{
  return DISK_SECTOR;
}

static int
vfs_file_device_characteristics (sqlite3_file *base)
{
  return 0;
}

static const sqlite3_io_methods vfs_file_methods = {
  .iVersion = 1, /* no shared memory, no mapping */
  .xClose = vfs_file_close,
  .xRead = vfs_file_read,
  .xWrite = vfs_file_write,
  .xTruncate = vfs_file_truncate,
  .xSync = vfs_file_sync,
  .xFileSize = vfs_file_size,
  .xLock = vfs_file_lock,
  .xUnlock = vfs_file_unlock,
  .xCheckReservedLock = vfs_file_check_reserved_lock,
  .xFileControl = vfs_file_control,
  .xSectorSize = vfs_file_sector_size,
  .xDeviceCharacteristics = vfs_file_device_characteristics,
};

/* ---- the file system ---- */

static int
vfs_open (sqlite3_vfs *base, const char *name, sqlite3_file *base_file, int flags, int *ret_flags)
{
  RegistryVfs *vfs = registry_vfs (base);
  VfsFile *file = vfs_file (base_file);
  GError *error = NULL;
  *file = (VfsFile){ .vfs = vfs, .lock = SQLITE_LOCK_NONE };
  if (name == NULL) /* a temporary file: temp_store=MEMORY leaves none */
    return SQLITE_CANTOPEN;

  file->disk_file = disk_open (vfs->host, name, FALSE, &error);
  if (g_error_matches (error, WORLD_ERROR, WORLD_ERROR_NOT_FOUND)) {
    g_clear_error (&error);
    if (!(flags & SQLITE_OPEN_CREATE))
      return SQLITE_CANTOPEN;
    file->disk_file = disk_open (vfs->host, name, TRUE, &error);
  }
  if (file->disk_file == NULL)
    return vfs_fail (vfs, SQLITE_CANTOPEN, error);
  file->file.pMethods = &vfs_file_methods;
  /* Even if it was there already: the process that made it may have died before it synced. */
  file->is_name_unsynced = (flags & SQLITE_OPEN_CREATE) && (flags & SQLITE_OPEN_MAIN_JOURNAL);
  if (ret_flags != NULL)
    *ret_flags = flags;
  return SQLITE_OK;
}

static int
vfs_delete (sqlite3_vfs *base, const char *name, int is_directory_synced)
{
  RegistryVfs *vfs = registry_vfs (base);
  GError *error = NULL;
  if (!disk_remove (vfs->host, name, &error)) {
    if (!g_error_matches (error, WORLD_ERROR, WORLD_ERROR_NOT_FOUND))
      return vfs_fail (vfs, SQLITE_IOERR_DELETE, error);
    g_error_free (error);
    return SQLITE_IOERR_DELETE_NOENT;
  }
  if (is_directory_synced && !disk_sync_directory (vfs->host, &error))
    return vfs_fail (vfs, SQLITE_IOERR_DIR_FSYNC, error);
  return SQLITE_OK;
}

static int
vfs_access (sqlite3_vfs *base, const char *name, int flags, int *ret_is_there)
{
  RegistryVfs *vfs = registry_vfs (base);
  GError *error = NULL;
  gboolean exists = FALSE;
  if (!disk_exists (vfs->host, name, &exists, &error))
    return vfs_fail (vfs, SQLITE_IOERR_ACCESS, error);
  *ret_is_there = exists;
  return SQLITE_OK;
}

static int
vfs_full_pathname (sqlite3_vfs *base, const char *name, int room, char *ret_name)
{
  return g_strlcpy (ret_name, name, (gsize) room) < (gsize) room ? SQLITE_OK : SQLITE_CANTOPEN;
}

static int
vfs_randomness (sqlite3_vfs *base, int length, char *ret_bytes)
{
  random_fill (&registry_vfs (base)->random, ret_bytes, (gsize) length);
  return length;
}

/* A transaction that finds the file locked ends; the registry waits on a timer of the host instead. */
static int
vfs_sleep (sqlite3_vfs *base, int microseconds)
{
  return microseconds;
}

static int
vfs_current_time_int64 (sqlite3_vfs *base, sqlite3_int64 *ret_ms)
{
  *ret_ms = JULIAN_DAY_2000_MS;
  return SQLITE_OK;
}

static int
vfs_current_time (sqlite3_vfs *base, double *ret_days)
{
  *ret_days = (double) JULIAN_DAY_2000_MS / 86400000.0;
  return SQLITE_OK;
}

static int
vfs_get_last_error (sqlite3_vfs *base, int room, char *ret_text)
{
  return 0;
}

/* ---- life ---- */

RegistryVfs *
registry_vfs_new (Host *host, const Random *random)
{
  RegistryVfs *vfs = g_new0 (RegistryVfs, 1);
  vfs->host = host;
  vfs->random = *random;
  /* Many worlds may be at work in one process: the address is unique while it is registered, and needs no counter. */
  g_snprintf (vfs->name, sizeof vfs->name, "host-%" G_GINTPTR_MODIFIER "x", (guintptr) vfs);
  vfs->vfs = (sqlite3_vfs){
    .iVersion = 2,
    .szOsFile = sizeof (VfsFile),
    .mxPathname = NAME_MAX_BYTES,
    .zName = vfs->name,
    .xOpen = vfs_open,
    .xDelete = vfs_delete,
    .xAccess = vfs_access,
    .xFullPathname = vfs_full_pathname,
    .xRandomness = vfs_randomness,
    .xSleep = vfs_sleep,
    .xCurrentTime = vfs_current_time,
    .xGetLastError = vfs_get_last_error,
    .xCurrentTimeInt64 = vfs_current_time_int64,
  };
  const int code = sqlite3_vfs_register (&vfs->vfs, FALSE);
  CHECK_THAT (code == SQLITE_OK);
  return vfs;
}

void
registry_vfs_free (RegistryVfs *vfs)
{
  if (vfs == NULL)
    return;
  sqlite3_vfs_unregister (&vfs->vfs);
  g_clear_error (&vfs->error);
  g_free (vfs);
}

const char *
registry_vfs_name (const RegistryVfs *vfs)
{
  return vfs->name;
}

const GError *
registry_vfs_error (const RegistryVfs *vfs)
{
  return vfs->error;
}
