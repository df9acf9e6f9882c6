/* SPDX-License-Identifier: Apache-2.0 */
#include "world/disk.h"

#include "world/world.h"

/* Every call goes to the host's own kind of disk; nothing is decided here. */
#define DISK(host) ((host)->ops->disk)

DiskFile *
disk_open (Host *host, const char *name, gboolean create, GError **error)
{
  CHECK (host, HOST_MAGIC);
  return DISK (host)->open (host, name, create, error);
}

void
disk_close (DiskFile *file)
{
  if (file == NULL)
    return;
  CHECK (file, DISK_FILE_MAGIC);
  DISK (file->host)->close (file);
}

gboolean
disk_read (DiskFile *file, gint64 offset, void *ret_bytes, gsize length, gsize *ret_length,
           GError **error)
{
  CHECK (file, DISK_FILE_MAGIC);
  return DISK (file->host)->read (file, offset, ret_bytes, length, ret_length, error);
}

gboolean
disk_write (DiskFile *file, gint64 offset, const void *bytes, gsize length, GError **error)
{
  CHECK (file, DISK_FILE_MAGIC);
  return DISK (file->host)->write (file, offset, bytes, length, error);
}

gboolean
disk_truncate (DiskFile *file, gint64 size, GError **error)
{
  CHECK (file, DISK_FILE_MAGIC);
  return DISK (file->host)->truncate (file, size, error);
}

gboolean
disk_size (DiskFile *file, gint64 *ret_size, GError **error)
{
  CHECK (file, DISK_FILE_MAGIC);
  return DISK (file->host)->size (file, ret_size, error);
}

gboolean
disk_sync (DiskFile *file, GError **error)
{
  CHECK (file, DISK_FILE_MAGIC);
  return DISK (file->host)->sync (file, error);
}

gboolean
disk_lock (DiskFile *file, DiskLock lock, GError **error)
{
  CHECK (file, DISK_FILE_MAGIC);
  return DISK (file->host)->lock (file, lock, error);
}

gboolean
disk_is_locked_exclusively (DiskFile *file)
{
  CHECK (file, DISK_FILE_MAGIC);
  return DISK (file->host)->is_locked_exclusively (file);
}

gboolean
disk_exists (Host *host, const char *name, gboolean *ret_exists, GError **error)
{
  CHECK (host, HOST_MAGIC);
  return DISK (host)->exists (host, name, ret_exists, error);
}

gboolean
disk_remove (Host *host, const char *name, GError **error)
{
  CHECK (host, HOST_MAGIC);
  return DISK (host)->remove (host, name, error);
}

gboolean
disk_rename (Host *host, const char *from, const char *to, GError **error)
{
  CHECK (host, HOST_MAGIC);
  return DISK (host)->rename (host, from, to, error);
}

gboolean
disk_sync_directory (Host *host, GError **error)
{
  CHECK (host, HOST_MAGIC);
  return DISK (host)->sync_directory (host, error);
}

char **
disk_list (Host *host, GError **error)
{
  CHECK (host, HOST_MAGIC);
  return DISK (host)->list (host, error);
}
