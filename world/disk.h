/* SPDX-License-Identifier: Apache-2.0 */
/* disk.h - the named files of a host
 *
 * Calls are synchronous and belong inside a host_work. Names are flat: no directories but the one. What was written is safe
 * after disk_sync; that a file was made, renamed or removed is safe after disk_sync_directory. When power is cut, what was not
 * synced may be lost, kept or torn by sector (512 bytes).
 *
 * Locks are of the whole file, between open files: any number of SHARED or one EXCLUSIVE. They are advisory.
 */
#pragma once

#include "world/host.h"

typedef enum DiskLock { DISK_LOCK_NONE, DISK_LOCK_SHARED, DISK_LOCK_EXCLUSIVE } DiskLock;

#define DISK_SECTOR 512

/* NULL with WORLD_ERROR_NOT_FOUND if there is no such file and `create` is FALSE. */
DiskFile *disk_open (Host *host, const char *name, gboolean create, GError **error);
void disk_close (DiskFile *file); /* releases its lock; NULL is fine */

/* *ret_length may be less than asked only at the end of the file. */
gboolean disk_read (DiskFile *file, gint64 offset, void *ret_bytes, gsize length, gsize *ret_length,
                    GError **error);
gboolean disk_write (DiskFile *file, gint64 offset, const void *bytes, gsize length,
                     GError **error);
gboolean disk_truncate (DiskFile *file, gint64 size, GError **error);
gboolean disk_size (DiskFile *file, gint64 *ret_size, GError **error);
gboolean disk_sync (DiskFile *file, GError **error);

/* WORLD_ERROR_LOCKED if another open file stands in the way; never waits. */
gboolean disk_lock (DiskFile *file, DiskLock lock, GError **error);
gboolean disk_is_locked_exclusively (DiskFile *file); /* by anyone */

gboolean disk_exists (Host *host, const char *name, gboolean *ret_exists, GError **error);
gboolean disk_remove (Host *host, const char *name, GError **error);
gboolean disk_rename (Host *host, const char *from, const char *to, GError **error);
gboolean disk_sync_directory (Host *host, GError **error);
char **disk_list (Host *host, GError **error); /* sorted by name, NULL-terminated */

struct DiskFile {
  guint32 magic; /* DISK_FILE_MAGIC */
  Host *host;
  char *name;
};

#define DISK_FILE_MAGIC 0xD15CF11Eu

typedef struct DiskOps {
  DiskFile *(*open) (Host *host, const char *name, gboolean create, GError **error);
  void (*close) (DiskFile *file);
  gboolean (*read) (DiskFile *file, gint64 offset, void *ret_bytes, gsize length, gsize *ret_length,
                    GError **error);
  gboolean (*write) (DiskFile *file, gint64 offset, const void *bytes, gsize length,
                     GError **error);
  gboolean (*truncate) (DiskFile *file, gint64 size, GError **error);
  gboolean (*size) (DiskFile *file, gint64 *ret_size, GError **error);
  gboolean (*sync) (DiskFile *file, GError **error);
  gboolean (*lock) (DiskFile *file, DiskLock lock, GError **error);
  gboolean (*is_locked_exclusively) (DiskFile *file);
  gboolean (*exists) (Host *host, const char *name, gboolean *ret_exists, GError **error);
  gboolean (*remove) (Host *host, const char *name, GError **error);
  gboolean (*rename) (Host *host, const char *from, const char *to, GError **error);
  gboolean (*sync_directory) (Host *host, GError **error);
  char **(*list) (Host *host, GError **error);
} DiskOps;
