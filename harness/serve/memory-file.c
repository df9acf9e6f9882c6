/* SPDX-License-Identifier: Apache-2.0 */
/* memory-file.c - what a unit remembers, in a small file beside the one that it stands in
 *
 * A save writes a new file, syncs it, and renames it over the old one; then the directory is synced. So there is always one whole
 * record, the old or the new one. The calls wait for the disk: reservations with APTPL are made a few times in the life of a
 * cluster. Who serves the store has locked it, and so nobody else writes here.
 */
#include "harness/serve/memory-file.h"

#include "harness/serve/unit.h"

#include <fcntl.h>
#include <unistd.h>

typedef struct FileMemory {
  UnitMemory memory; /* first */
  char *path;
  char *directory;
} FileMemory;

static gboolean
sync_directory (const char *path)
{
  const int fd = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const gboolean is_synced = fd >= 0 && fsync (fd) == 0;
  if (fd >= 0)
    close (fd);
  return is_synced;
}

static gboolean
memory_file_save (UnitMemory *memory, const guint8 *bytes, gsize length)
{
  const FileMemory *self = (const FileMemory *) memory;
  const GFileSetContentsFlags flags = G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE;
  return g_file_set_contents_full (self->path, (const char *) bytes, (gssize) length, flags, 0600,
                                   NULL)
         && sync_directory (self->directory);
}

static void
memory_file_free (UnitMemory *memory)
{
  FileMemory *self = (FileMemory *) memory;
  g_free (self->path);
  g_free (self->directory);
  g_free (self);
}

static const UnitMemoryOps file_ops = { .save = memory_file_save, .free = memory_file_free };

UnitMemory *
memory_file_new (const char *store_path, GError **error)
{
  g_autoptr (GError) own = NULL;
  g_autofree char *bytes = NULL;
  gsize length = 0;
  FileMemory *self = g_new0 (FileMemory, 1);
  self->memory = (UnitMemory){ UNIT_MEMORY_MAGIC, &file_ops, NULL };
  self->path = g_strconcat (store_path, MEMORY_FILE_SUFFIX, NULL);
  self->directory = g_path_get_dirname (store_path);
  if (g_file_get_contents (self->path, &bytes, &length, &own)) {
    self->memory.bytes = g_bytes_new_take (g_steal_pointer (&bytes), length);
  } else if (!g_error_matches (own, G_FILE_ERROR, G_FILE_ERROR_NOENT)) {
    g_set_error (error, UNIT_ERROR, UNIT_ERROR_ENVIRONMENT, "file '%s': read: %s", self->path,
                 own->message);
    unit_memory_free (&self->memory);
    return NULL;
  }
  return &self->memory;
}
