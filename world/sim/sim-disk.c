/* SPDX-License-Identifier: Apache-2.0 */
/* sim-disk.c - a disk that forgets what nobody synced
 *
 * Method: a file is an inode with two images, the bytes as a reader sees them and the bytes that are durable, and a flag per
 * sector where the two may differ. The directory likewise: the names as seen, the durable names, and the changes between them
 * in the order in which they were made. disk_sync makes the first image of one inode durable, disk_sync_directory the changes
 * of names; neither does the other's work. A power cut settles both: lose, keep, or draw.
 *
 * What is drawn: each change of a name is there or not (of one file, never a later change without the earlier one); a file
 * whose size changed has the old or the new one; each unsynced sector is old, new, or torn: new up to a drawn byte, old behind
 * it. A sector that a longer size uncovers and that was lost reads as zeros.
 *
 * Each call is first put to host_fault_ask, with an ordinal that counts the calls of this host since the world began. A call
 * in which power goes counts as begun: what it would have changed is among the unsynced. A sync that fails leaves everything
 * unsynced; the next one may succeed.
 *
 * Deliberately absent: directories, links, permissions, bytes that rot. A file's memory is its size, twice.
 */
#include "world/sim/sim-internal.h"
#include "world/world-events.h"

#define SIZE_MAX_BYTES (G_GINT64_CONSTANT (1) << 30) /* of a file: it lives in memory */

typedef struct SimFile SimFile;

typedef struct SimInode {
  guint references;      /* names, changes of names, open files */
  gboolean is_cut_short; /* while a cut is drawn: an earlier change of its name was lost */
  GByteArray *bytes;     /* as a reader sees them */
  GByteArray *durable;   /* as they are after a cut that loses everything */
  GByteArray *unsynced;  /* a flag per sector; behind its end: synced */
  guint shared;          /* open files that hold the lock SHARED */
  SimFile *exclusive;    /* the one that holds it EXCLUSIVE */
} SimInode;

/* A file was made (no `from`), removed (no `to`) or renamed. */
typedef struct NameChange {
  char *from;
  char *to;
  SimInode *inode;
} NameChange;

struct SimDisk {
  Host *host;
  gboolean is_down;     /* power went, or the process died: every call fails until power_on */
  GTree *names;         /* char * -> SimInode, sorted by name */
  GTree *durable_names; /* the same, as the directory was last synced */
  GPtrArray *changes;   /* of NameChange: what leads from the second to the first */
  GPtrArray *open;      /* of SimFile */
  Random cut_random;
  guint64 ordinal; /* of the last call that was asked for */
  gint64 cost_ns;
};

struct SimFile {
  DiskFile file;   /* first */
  SimInode *inode; /* NULL: the file was open when its host went down */
  DiskLock lock;
};

static inline SimDisk *
sim_disk_of (Host *host)
{
  return sim_host (host)->disk;
}

static inline SimFile *
sim_file (DiskFile *file)
{
  return (SimFile *) file;
}

/* ---- inodes ---- */

static SimInode *
inode_new (void)
{
  SimInode *inode = g_new0 (SimInode, 1);
  inode->references = 1;
  inode->bytes = g_byte_array_new ();
  inode->durable = g_byte_array_new ();
  inode->unsynced = g_byte_array_new ();
  return inode;
}

static SimInode *
inode_ref (SimInode *inode)
{
  inode->references++;
  return inode;
}

static void
inode_unref (gpointer data)
{
  SimInode *inode = data;
  CHECK_THAT (inode->references > 0);
  if (--inode->references > 0)
    return;
  g_byte_array_unref (inode->bytes);
  g_byte_array_unref (inode->durable);
  g_byte_array_unref (inode->unsynced);
  g_free (inode);
}

/* Growth is zeros. */
static void
bytes_resize (GByteArray *array, gsize size)
{
  const gsize old = array->len;
  CHECK_THAT (size <= G_MAXUINT);
  g_byte_array_set_size (array, (guint) size);
  if (size > old)
    memset (array->data + old, 0, size - old);
}

static void
bytes_copy (GByteArray *to, const GByteArray *from)
{
  g_byte_array_set_size (to, 0);
  g_byte_array_append (to, from->data, from->len);
}

static void
inode_mark_unsynced (SimInode *inode, gsize from, gsize to)
{
  const gsize first = from / DISK_SECTOR;
  const gsize end = (to + DISK_SECTOR - 1) / DISK_SECTOR;
  if (from >= to)
    return;
  if (end > inode->unsynced->len)
    bytes_resize (inode->unsynced, end);
  memset (inode->unsynced->data + first, 1, end - first);
}

static void
inode_resize (SimInode *inode, gsize size)
{
  const gsize old = inode->bytes->len;
  bytes_resize (inode->bytes, size);
  inode_mark_unsynced (inode, MIN (old, size), MAX (old, size));
}

static void
inode_write (SimInode *inode, gsize offset, const void *bytes, gsize length)
{
  if (length == 0)
    return;
  if (offset + length > inode->bytes->len)
    inode_resize (inode, offset + length);
  memcpy (inode->bytes->data + offset, bytes, length);
  inode_mark_unsynced (inode, offset, offset + length);
}

/* How many bytes of an unsynced sector are new after the cut. */
static gsize
sector_draw (Random *random)
{
  switch (random_below (random, 3)) {
  case 0:
    return 0;
  case 1:
    return DISK_SECTOR;
  }
  return 1 + (gsize) random_below (random, DISK_SECTOR - 1);
}

/* Copies the unsynced sectors to the durable image; all of each, or as drawn if there is a `random`. */
static void
inode_settle_sectors (SimInode *inode, Random *random)
{
  for (gsize sector = 0; sector < inode->unsynced->len; sector++) {
    if (!inode->unsynced->data[sector])
      continue;
    const gsize length = random != NULL ? sector_draw (random) : DISK_SECTOR;
    const gsize offset = sector * DISK_SECTOR;
    if (offset < inode->durable->len)
      memcpy (inode->durable->data + offset, inode->bytes->data + offset,
              MIN (length, inode->durable->len - offset));
  }
  g_byte_array_set_size (inode->unsynced, 0);
}

static void
inode_sync (SimInode *inode)
{
  bytes_resize (inode->durable, inode->bytes->len);
  inode_settle_sectors (inode, NULL);
}

/* Both images are made as long as the longer one while the sectors are settled: a sector may be kept though the size that
 * uncovers it is lost, and the other way round. */
static void
inode_draw (SimInode *inode, Random *random)
{
  const gsize old = inode->durable->len;
  const gsize new = inode->bytes->len;
  const gsize size = old == new || random_below (random, 2) == 0 ? old : new;

  bytes_resize (inode->bytes, MAX (old, new));
  bytes_resize (inode->durable, MAX (old, new));
  inode_settle_sectors (inode, random);
  bytes_resize (inode->durable, size);
}

static void
inode_settle (SimInode *inode, DiskCut unsynced, Random *random)
{
  switch (unsynced) {
  case DISK_CUT_LOSE:
    break;
  case DISK_CUT_KEEP:
    inode_sync (inode);
    break;
  case DISK_CUT_DRAW:
    inode_draw (inode, random);
    break;
  }
  g_byte_array_set_size (inode->unsynced, 0);
  bytes_copy (inode->bytes, inode->durable);
  inode->is_cut_short = FALSE;
}

/* ---- names ---- */

static gint
names_compare (gconstpointer a, gconstpointer b, gpointer data)
{
  return strcmp (a, b);
}

static GTree *
names_new (void)
{
  return g_tree_new_full (names_compare, NULL, g_free, inode_unref);
}

static void
name_change_free (gpointer data)
{
  NameChange *change = data;
  g_free (change->from);
  g_free (change->to);
  inode_unref (change->inode);
  g_free (change);
}

/* The name may belong to another file by now, if a change between was lost: then it stays. */
static void
names_apply (GTree *names, const NameChange *change)
{
  if (change->from != NULL && g_tree_lookup (names, change->from) == change->inode)
    g_tree_remove (names, change->from);
  if (change->to != NULL)
    g_tree_replace (names, g_strdup (change->to), inode_ref (change->inode));
}

static void
sim_disk_change_name (SimDisk *disk, const char *from, const char *to, SimInode *inode)
{
  NameChange *change = g_new (NameChange, 1);
  *change = (NameChange){ g_strdup (from), g_strdup (to), inode_ref (inode) };
  names_apply (disk->names, change);
  g_ptr_array_add (disk->changes, change);
}

static gboolean
change_is_kept (NameChange *change, DiskCut unsynced, Random *random)
{
  if (unsynced != DISK_CUT_DRAW)
    return unsynced == DISK_CUT_KEEP;
  if (change->inode->is_cut_short || random_below (random, 2) == 0)
    change->inode->is_cut_short = TRUE;
  return !change->inode->is_cut_short;
}

static void
sim_disk_settle_names (SimDisk *disk, DiskCut unsynced)
{
  for (guint i = 0; i < disk->changes->len; i++) {
    NameChange *change = disk->changes->pdata[i];
    if (change_is_kept (change, unsynced, &disk->cut_random))
      names_apply (disk->durable_names, change);
  }
  g_ptr_array_set_size (disk->changes, 0);
}

/* ---- life ---- */

SimDisk *
sim_disk_new (Host *host)
{
  SimDisk *disk = g_new0 (SimDisk, 1);
  disk->host = host;
  disk->names = names_new ();
  disk->durable_names = names_new ();
  disk->changes = g_ptr_array_new_with_free_func (name_change_free);
  disk->open = g_ptr_array_new ();
  host_random (host, "disk.cut", &disk->cut_random);
  return disk;
}

/* Whoever opened a file still closes it, to free its memory; it leads nowhere. */
static void
sim_disk_detach_open_files (SimDisk *disk)
{
  for (guint i = 0; i < disk->open->len; i++) {
    SimFile *file = disk->open->pdata[i];
    file->inode->exclusive = NULL;
    file->inode->shared = 0;
    g_clear_pointer (&file->inode, inode_unref);
    file->lock = DISK_LOCK_NONE;
  }
  g_ptr_array_set_size (disk->open, 0);
}

void
sim_disk_free (SimDisk *disk)
{
  if (disk == NULL)
    return;
  sim_disk_detach_open_files (disk);
  g_ptr_array_unref (disk->open);
  g_ptr_array_unref (disk->changes);
  g_tree_unref (disk->names);
  g_tree_unref (disk->durable_names);
  g_free (disk);
}

typedef struct Settling {
  SimDisk *disk;
  DiskCut unsynced;
} Settling;

static gboolean
settle_one (gpointer name, gpointer inode, gpointer data)
{
  const Settling *settling = data;
  inode_settle (inode, settling->unsynced, &settling->disk->cut_random);
  g_tree_replace (settling->disk->names, g_strdup (name), inode_ref (inode));
  return FALSE;
}

void
sim_disk_power_cut (SimDisk *disk, DiskCut unsynced)
{
  disk->is_down = TRUE;
  sim_disk_detach_open_files (disk);
  sim_disk_settle_names (disk, unsynced);

  g_tree_unref (disk->names);
  disk->names = names_new ();
  Settling settling = { disk, unsynced };
  g_tree_foreach (disk->durable_names, settle_one, &settling);
}

void
sim_disk_process_died (SimDisk *disk)
{
  disk->is_down = TRUE;
  sim_disk_detach_open_files (disk);
}

void
sim_disk_power_on (SimDisk *disk)
{
  disk->is_down = FALSE;
  disk->cost_ns = 0; /* of the work that was dropped */
}

gint64
sim_disk_take_cost_ns (SimDisk *disk)
{
  const gint64 cost_ns = disk->cost_ns;
  disk->cost_ns = 0;
  return cost_ns;
}

/* ---- what each call does first ---- */

typedef enum CallFate {
  CALL_GOES_ON,
  CALL_FAILS,         /* without effect; the error is set */
  CALL_IS_INTERRUPTED /* power goes now: the effect is unsynced, and the call fails; the error is set */
} CallFate;

static void
set_down_error (Host *host, const char *operation, const char *subject, GError **error)
{
  g_set_error (error, WORLD_ERROR, WORLD_ERROR_DOWN,
               "file '%s': %s: expected a host that is up, got '%s' without power", subject,
               operation, host->name);
}

static CallFate
call_interrupt (SimDisk *disk, DiskCut unsynced, const FaultQuestion *question, GError **error)
{
  disk->is_down = TRUE;
  sim_host_cut_when_unwound (disk->host, unsynced);
  set_down_error (disk->host, question->operation, question->subject, error);
  return CALL_IS_INTERRUPTED;
}

static CallFate
call_answer (SimDisk *disk, const FaultQuestion *question, GError **error)
{
  switch (host_fault_ask (disk->host, question)) {
  case FAULT_NONE:
    return CALL_GOES_ON;
  case FAULT_FAIL:
    g_set_error (error, WORLD_ERROR, WORLD_ERROR_IO, "file '%s': %s: got an error of the disk",
                 question->subject, question->operation);
    return CALL_FAILS;
  case FAULT_FULL:
    g_set_error (error, WORLD_ERROR, WORLD_ERROR_FULL,
                 "file '%s': %s: expected space on the disk, got none left", question->subject,
                 question->operation);
    return CALL_FAILS;
  case FAULT_POWER_CUT_LOSE:
    return call_interrupt (disk, DISK_CUT_LOSE, question, error);
  case FAULT_POWER_CUT_KEEP:
    return call_interrupt (disk, DISK_CUT_KEEP, question, error);
  case FAULT_POWER_CUT_DRAW:
    return call_interrupt (disk, DISK_CUT_DRAW, question, error);
  case FAULT_DROP: /* of a connect only; those below of a SCSI command */
  case FAULT_STUCK:
  case FAULT_LATE:
  case FAULT_BUSY:
  case FAULT_TASK_SET_FULL:
  case FAULT_MEDIUM_ERROR:
  case FAULT_UNIT_ATTENTION:
    break;
  }
  check_failed (__FILE__, __LINE__, "a fault that a disk can have");
}

static CallFate
call_begin (SimDisk *disk, const char *operation, const char *subject, GError **error)
{
  if (disk->is_down) {
    set_down_error (disk->host, operation, subject, error);
    return CALL_FAILS;
  }
  disk->cost_ns += sim_world_of (disk->host)->config.disk_call_ns;
  const FaultQuestion question = { .point = FAULT_POINT_DISK,
                                   .operation = operation,
                                   .subject = subject,
                                   .ordinal = ++disk->ordinal };
  return call_answer (disk, &question, error);
}

/* A file that was open when its host went down stays dead after the host is up again. */
static CallFate
call_begin_on_file (SimFile *file, const char *operation, GError **error)
{
  if (file->inode == NULL) {
    set_down_error (file->file.host, operation, file->file.name, error);
    return CALL_FAILS;
  }
  return call_begin (sim_disk_of (file->file.host), operation, file->file.name, error);
}

/* Only what changes the disk, or promises something, is worth a line. */
static void
call_log (SimDisk *disk, const char *operation, const char *subject, gint64 offset, gsize length)
{
  char text[EVENT_TEXT_MAX];
  g_snprintf (text, sizeof text, "%s %s", operation, subject);
  HOST_LOG (disk->host, EVENT_DISK, text, disk->ordinal, (guint64) offset, length);
}

/* ---- open and close ---- */

static gboolean
name_is_valid (const char *name, GError **error)
{
  if (name[0] != '\0' && strchr (name, '/') == NULL)
    return TRUE;
  g_set_error (error, WORLD_ERROR, WORLD_ERROR_INVALID,
               "file '%s': expected a name without '/' that is not empty", name);
  return FALSE;
}

static void
set_not_found_error (const char *name, GError **error)
{
  g_set_error (error, WORLD_ERROR, WORLD_ERROR_NOT_FOUND,
               "file '%s': expected a file of this name, got none", name);
}

static DiskFile *
sim_file_new (SimDisk *disk, const char *name, SimInode *inode)
{
  SimFile *file = g_new0 (SimFile, 1);
  file->file = (DiskFile){ DISK_FILE_MAGIC, disk->host, g_strdup (name) };
  file->inode = inode_ref (inode);
  g_ptr_array_add (disk->open, file);
  return &file->file;
}

static SimInode *
sim_disk_make_file (SimDisk *disk, const char *name)
{
  SimInode *inode = inode_new ();
  sim_disk_change_name (disk, NULL, name, inode);
  inode_unref (inode); /* the names hold it now */
  return inode;
}

static DiskFile *
sim_disk_open (Host *host, const char *name, gboolean create, GError **error)
{
  SimDisk *disk = sim_disk_of (host);
  if (!name_is_valid (name, error))
    return NULL;
  const CallFate fate = call_begin (disk, "open", name, error);
  if (fate == CALL_FAILS)
    return NULL;

  SimInode *inode = g_tree_lookup (disk->names, name);
  if (inode == NULL && create)
    inode = sim_disk_make_file (disk, name);
  if (fate == CALL_IS_INTERRUPTED)
    return NULL;
  if (inode == NULL) {
    set_not_found_error (name, error);
    return NULL;
  }
  return sim_file_new (disk, name, inode);
}

static void
sim_file_unlock (SimFile *file)
{
  switch (file->lock) {
  case DISK_LOCK_NONE:
    break;
  case DISK_LOCK_SHARED:
    file->inode->shared--;
    break;
  case DISK_LOCK_EXCLUSIVE:
    file->inode->exclusive = NULL;
    break;
  }
  file->lock = DISK_LOCK_NONE;
}

static void
sim_disk_close (DiskFile *base)
{
  SimFile *file = sim_file (base);
  if (file->inode != NULL) {
    sim_file_unlock (file);
    g_ptr_array_remove_fast (sim_disk_of (base->host)->open, file);
    inode_unref (file->inode);
  }
  base->magic = 0;
  g_free (base->name);
  g_free (file);
}

/* ---- contents ---- */

static gboolean
sim_disk_read (DiskFile *base, gint64 offset, void *ret_bytes, gsize length, gsize *ret_length,
               GError **error)
{
  SimFile *file = sim_file (base);
  CHECK_THAT (offset >= 0);
  if (call_begin_on_file (file, "read", error) != CALL_GOES_ON)
    return FALSE;

  const GByteArray *bytes = file->inode->bytes;
  const gsize there = offset < bytes->len ? bytes->len - (gsize) offset : 0;
  *ret_length = MIN (length, there);
  if (*ret_length > 0)
    memcpy (ret_bytes, bytes->data + offset, *ret_length);
  return TRUE;
}

static gboolean
size_is_valid (const DiskFile *file, const char *operation, gint64 offset, gsize length,
               GError **error)
{
  if (length <= SIZE_MAX_BYTES && offset <= SIZE_MAX_BYTES - (gint64) length)
    return TRUE;
  g_set_error (error, WORLD_ERROR, WORLD_ERROR_FULL,
               "file '%s': %s: expected at most %" G_GINT64_FORMAT
               " bytes in a file, got offset %" G_GINT64_FORMAT " and length %" G_GSIZE_FORMAT,
               file->name, operation, SIZE_MAX_BYTES, offset, length);
  return FALSE;
}

static gboolean
sim_disk_write (DiskFile *base, gint64 offset, const void *bytes, gsize length, GError **error)
{
  SimFile *file = sim_file (base);
  CHECK_THAT (offset >= 0);
  if (!size_is_valid (base, "write", offset, length, error))
    return FALSE;
  const CallFate fate = call_begin_on_file (file, "write", error);
  if (fate == CALL_FAILS)
    return FALSE;

  call_log (sim_disk_of (base->host), "write", base->name, offset, length);
  inode_write (file->inode, (gsize) offset, bytes, length);
  return fate == CALL_GOES_ON;
}

static gboolean
sim_disk_truncate (DiskFile *base, gint64 size, GError **error)
{
  SimFile *file = sim_file (base);
  CHECK_THAT (size >= 0);
  if (!size_is_valid (base, "truncate", size, 0, error))
    return FALSE;
  const CallFate fate = call_begin_on_file (file, "truncate", error);
  if (fate == CALL_FAILS)
    return FALSE;

  call_log (sim_disk_of (base->host), "truncate", base->name, size, 0);
  inode_resize (file->inode, (gsize) size);
  return fate == CALL_GOES_ON;
}

static gboolean
sim_disk_size (DiskFile *base, gint64 *ret_size, GError **error)
{
  SimFile *file = sim_file (base);
  if (call_begin_on_file (file, "size", error) != CALL_GOES_ON)
    return FALSE;
  *ret_size = file->inode->bytes->len;
  return TRUE;
}

static void
sim_disk_pay_for_sync (SimDisk *disk)
{
  disk->cost_ns += sim_world_of (disk->host)->config.disk_sync_ns;
}

static gboolean
sim_disk_sync (DiskFile *base, GError **error)
{
  SimFile *file = sim_file (base);
  SimDisk *disk = sim_disk_of (base->host);
  if (call_begin_on_file (file, "sync", error) != CALL_GOES_ON)
    return FALSE;
  sim_disk_pay_for_sync (disk);
  call_log (disk, "sync", base->name, 0, file->inode->bytes->len);
  inode_sync (file->inode);
  return TRUE;
}

/* ---- locks ---- */

static gboolean
lock_is_free (const SimFile *file, DiskLock lock)
{
  const SimInode *inode = file->inode;
  const guint shared_by_others = inode->shared - (file->lock == DISK_LOCK_SHARED);
  const gboolean is_exclusive_of_another = inode->exclusive != NULL && inode->exclusive != file;
  switch (lock) {
  case DISK_LOCK_NONE:
    return TRUE;
  case DISK_LOCK_SHARED:
    return !is_exclusive_of_another;
  case DISK_LOCK_EXCLUSIVE:
    return !is_exclusive_of_another && shared_by_others == 0;
  }
  check_failed (__FILE__, __LINE__, "a lock that is in the list");
}

static gboolean
sim_disk_lock (DiskFile *base, DiskLock lock, GError **error)
{
  SimFile *file = sim_file (base);
  if (call_begin_on_file (file, "lock", error) != CALL_GOES_ON)
    return FALSE;
  if (!lock_is_free (file, lock)) {
    g_set_error (error, WORLD_ERROR, WORLD_ERROR_LOCKED,
                 "file '%s': expected a free lock, got one that another holds", base->name);
    return FALSE;
  }
  sim_file_unlock (file);
  file->lock = lock;
  if (lock == DISK_LOCK_SHARED)
    file->inode->shared++;
  else if (lock == DISK_LOCK_EXCLUSIVE)
    file->inode->exclusive = file;
  return TRUE;
}

static gboolean
sim_disk_is_locked_exclusively (DiskFile *base)
{
  const SimFile *file = sim_file (base);
  return file->inode != NULL && file->inode->exclusive != NULL;
}

/* ---- the directory ---- */

static gboolean
sim_disk_exists (Host *host, const char *name, gboolean *ret_exists, GError **error)
{
  SimDisk *disk = sim_disk_of (host);
  if (call_begin (disk, "exists", name, error) != CALL_GOES_ON)
    return FALSE;
  *ret_exists = g_tree_lookup (disk->names, name) != NULL;
  return TRUE;
}

/* Who has the file open goes on with it. */
static gboolean
sim_disk_remove (Host *host, const char *name, GError **error)
{
  SimDisk *disk = sim_disk_of (host);
  const CallFate fate = call_begin (disk, "remove", name, error);
  if (fate == CALL_FAILS)
    return FALSE;

  SimInode *inode = g_tree_lookup (disk->names, name);
  if (inode == NULL) {
    if (fate == CALL_GOES_ON)
      set_not_found_error (name, error);
    return FALSE;
  }
  call_log (disk, "remove", name, 0, 0);
  sim_disk_change_name (disk, name, NULL, inode);
  return fate == CALL_GOES_ON;
}

/* A file that has the new name already is replaced. */
static gboolean
sim_disk_rename (Host *host, const char *from, const char *to, GError **error)
{
  SimDisk *disk = sim_disk_of (host);
  if (!name_is_valid (to, error))
    return FALSE;
  const CallFate fate = call_begin (disk, "rename", from, error);
  if (fate == CALL_FAILS)
    return FALSE;

  SimInode *inode = g_tree_lookup (disk->names, from);
  if (inode == NULL) {
    if (fate == CALL_GOES_ON)
      set_not_found_error (from, error);
    return FALSE;
  }
  g_autofree char *names = g_strdup_printf ("%s -> %s", from, to);
  call_log (disk, "rename", names, 0, 0);
  if (strcmp (from, to) != 0)
    sim_disk_change_name (disk, from, to, inode);
  return fate == CALL_GOES_ON;
}

static gboolean
sim_disk_sync_directory (Host *host, GError **error)
{
  SimDisk *disk = sim_disk_of (host);
  if (call_begin (disk, "sync directory", "", error) != CALL_GOES_ON)
    return FALSE;
  sim_disk_pay_for_sync (disk);
  call_log (disk, "sync", "directory", 0, disk->changes->len);
  sim_disk_settle_names (disk, DISK_CUT_KEEP);
  return TRUE;
}

static gboolean
list_add (gpointer name, gpointer inode, gpointer data)
{
  g_ptr_array_add (data, g_strdup (name));
  return FALSE;
}

static char **
sim_disk_list (Host *host, GError **error)
{
  SimDisk *disk = sim_disk_of (host);
  if (call_begin (disk, "list", "", error) != CALL_GOES_ON)
    return NULL;
  GPtrArray *list = g_ptr_array_new ();
  g_tree_foreach (disk->names, list_add, list);
  g_ptr_array_add (list, NULL);
  return (char **) g_ptr_array_free (list, FALSE);
}

const DiskOps sim_disk_ops = {
  .open = sim_disk_open,
  .close = sim_disk_close,
  .read = sim_disk_read,
  .write = sim_disk_write,
  .truncate = sim_disk_truncate,
  .size = sim_disk_size,
  .sync = sim_disk_sync,
  .lock = sim_disk_lock,
  .is_locked_exclusively = sim_disk_is_locked_exclusively,
  .exists = sim_disk_exists,
  .remove = sim_disk_remove,
  .rename = sim_disk_rename,
  .sync_directory = sim_disk_sync_directory,
  .list = sim_disk_list,
};
