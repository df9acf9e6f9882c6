/* SPDX-License-Identifier: Apache-2.0 */
/* store-file.c - a store in a file or on a block device
 *
 * Method: what the page cache can do at once is done inside the call (RWF_NOWAIT; on tmpfs everything is), with one system call
 * and one copy. What would have to wait for a device goes to the host's worker thread, as does every sync. A job of the worker
 * has all it needs for itself, so that a request can be cancelled while the thread is at it.
 *
 * What is durable: a write once it ended, if it was asked for (is_durable: FUA), else once a later flush ended. A process that
 * dies loses nothing that was answered: it is in the page cache.
 *
 * Files are locked with the lock of the open file description, against a second server. Deliberately absent: O_DIRECT, which
 * would make every request a matter for the thread.
 */
#include "harness/serve/store-file.h"

#include "harness/serve/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/vfs.h>
#include <unistd.h>

#define PARTS_AT_ONCE 64 /* slices in one system call */
#define ZEROS_AT_ONCE 65536
#define UNMAP_BYTES   4096 /* what the usual file systems let go of */

typedef struct FileStore {
  Store store; /* first */
  Host *host;
  int fd;
  gboolean is_memory;    /* tmpfs: nothing waits for a device */
  gboolean may_try_read; /* the file system knows RWF_NOWAIT for it; ext4 does for reads alone */
  gboolean may_try_write;
  GQueue jobs; /* of FileJob: at the worker */
} FileStore;

typedef struct FileJob FileJob;

struct FileJob {
  GList link; /* data: the job */
  FileStore *store;
  StoreRequest *request; /* NULL: cancelled */
  int (*run) (FileJob *job);
  guint64 offset;
  guint64 length;
  gsize done;     /* bytes that the call itself could move */
  Payload bytes;  /* a write's */
  Buffer *buffer; /* a read's */
  int flags;      /* of pwritev2 */
  int failure;    /* errno of the worker; 0: none */
};

static FileStore *
file_store (Store *store)
{
  return (FileStore *) store;
}

/* ---- system calls ---- */

/* The rest of the bytes from `done` on, as many parts as one call takes. */
static guint
gather (const Payload *bytes, gsize done, struct iovec parts[PARTS_AT_ONCE])
{
  const Slice *slices = payload_slices (bytes);
  guint count = 0;
  for (guint i = 0; i < bytes->count && count < PARTS_AT_ONCE; i++) {
    const gsize skip = MIN (done, slices[i].length);
    done -= skip;
    if (skip < slices[i].length)
      parts[count++] = (struct iovec){ (void *) (slices[i].bytes + skip), slices[i].length - skip };
  }
  return count;
}

/* Goes on from *done. 0: all is written; else errno. */
static int
file_write (int fd, const Payload *bytes, guint64 offset, gsize *done, int flags)
{
  struct iovec parts[PARTS_AT_ONCE];
  while (*done < bytes->length) {
    const guint count = gather (bytes, *done, parts);
    const gssize written = pwritev2 (fd, parts, (int) count, (off_t) (offset + *done), flags);
    if (written > 0)
      *done += (gsize) written;
    else if (written == 0)
      return EIO;
    else if (errno != EINTR)
      return errno;
  }
  return 0;
}

/* The same for a read. An end of the file is none of ours: somebody cut it short. */
static int
file_read (int fd, Buffer *buffer, guint64 offset, gsize *done, int flags)
{
  while (*done < buffer->size) {
    const struct iovec part = { buffer->bytes + *done, buffer->size - *done };
    const gssize got = preadv2 (fd, &part, 1, (off_t) (offset + *done), flags);
    if (got > 0)
      *done += (gsize) got;
    else if (got == 0)
      return EIO;
    else if (errno != EINTR)
      return errno;
  }
  return 0;
}

/* ---- jobs ---- */

static int
job_read (FileJob *job)
{
  return file_read (job->store->fd, job->buffer, job->offset, &job->done, 0);
}

static int
job_write (FileJob *job)
{
  return file_write (job->store->fd, &job->bytes, job->offset, &job->done, job->flags);
}

static int
job_flush (FileJob *job)
{
  return fdatasync (job->store->fd) == 0 ? 0 : errno;
}

/* Where holes cannot be punched, zeros are written. */
static int
file_unmap (int fd, guint64 offset, guint64 length)
{
  static const guint8 zeros[ZEROS_AT_ONCE];
  if (fallocate (fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t) offset, (off_t) length)
      == 0)
    return 0;
  if (errno != EOPNOTSUPP && errno != ENOSYS)
    return errno;
  while (length > 0) {
    const gssize written = pwrite (fd, zeros, MIN (length, sizeof zeros), (off_t) offset);
    if (written == 0)
      return EIO;
    if (written < 0 && errno != EINTR)
      return errno;
    offset += (guint64) MAX (written, 0);
    length -= (guint64) MAX (written, 0);
  }
  return 0;
}

static int
job_unmap (FileJob *job)
{
  return file_unmap (job->store->fd, job->offset, job->length);
}

static void
job_run (gpointer data)
{
  FileJob *job = data;
  job->failure = job->run (job);
}

static void
job_free (FileJob *job)
{
  g_queue_unlink (&job->store->jobs, &job->link);
  payload_clear (&job->bytes);
  buffer_unref (job->buffer);
  g_free (job);
}

static StoreResult
result_of (int failure)
{
  if (failure == 0)
    return STORE_OK;
  return failure == ENOSPC || failure == EDQUOT ? STORE_FULL : STORE_FAILED;
}

static void
job_done (gpointer data)
{
  FileJob *job = data;
  StoreRequest *request = job->request;
  const StoreResult result = result_of (job->failure);
  if (request != NULL && job->buffer != NULL && result == STORE_OK)
    payload_append (&request->bytes, slice_whole (g_steal_pointer (&job->buffer)));
  job_free (job);
  if (request != NULL)
    request->done (request, result);
}

static void
job_dropped (gpointer data)
{
  job_free (data);
}

static const WorkFns job_fns = { .run = job_run, .done = job_done, .dropped = job_dropped };

static FileJob *
job_new (FileStore *self, StoreRequest *request, int (*run) (FileJob *job))
{
  FileJob *job = g_new0 (FileJob, 1);
  job->link.data = job;
  job->store = self;
  job->request = request;
  job->run = run;
  job->offset = request->offset_bytes;
  job->length = request->length_bytes;
  g_queue_push_tail_link (&self->jobs, &job->link);
  return job;
}

static void
job_submit (FileJob *job)
{
  host_work (job->store->host, &job_fns, job);
}

/* ---- requests ---- */

/* EAGAIN: it would have to wait, or cannot be tried here. */
static int
try_flags (const FileStore *self)
{
  return self->is_memory ? 0 : RWF_NOWAIT;
}

static gboolean
must_wait (int failure, gboolean *may_try)
{
  if (failure == EOPNOTSUPP)
    *may_try = FALSE;
  return failure == EAGAIN || failure == EOPNOTSUPP;
}

static void
store_file_read (Store *store, StoreRequest *request)
{
  FileStore *self = file_store (store);
  Buffer *buffer = buffer_new (request->length_bytes);
  gsize done = 0;
  const int failure = self->may_try_read ? file_read (self->fd, buffer, request->offset_bytes,
                                                      &done, try_flags (self))
                                         : EAGAIN;
  if (must_wait (failure, &self->may_try_read)) {
    FileJob *job = job_new (self, request, job_read);
    job->buffer = buffer;
    job->done = done;
    job_submit (job);
    return;
  }
  if (failure == 0)
    payload_append (&request->bytes, slice_whole (buffer));
  else
    buffer_unref (buffer);
  request->done (request, result_of (failure));
}

static void
store_file_write (Store *store, StoreRequest *request)
{
  FileStore *self = file_store (store);
  gsize done = 0;
  const gboolean is_tried = self->is_memory || (self->may_try_write && !request->is_durable);
  const int failure = is_tried ? file_write (self->fd, &request->bytes, request->offset_bytes,
                                             &done, try_flags (self))
                               : EAGAIN;
  if (must_wait (failure, &self->may_try_write)) {
    FileJob *job = job_new (self, request, job_write);
    payload_append_part (&job->bytes, &request->bytes, 0, request->bytes.length);
    job->done = done;
    job->flags = request->is_durable ? RWF_DSYNC : 0;
    job_submit (job);
    return;
  }
  request->done (request, result_of (failure));
}

static void
store_file_flush (Store *store, StoreRequest *request)
{
  FileStore *self = file_store (store);
  if (self->is_memory)
    request->done (request, STORE_OK);
  else
    job_submit (job_new (self, request, job_flush));
}

static void
store_file_unmap (Store *store, StoreRequest *request)
{
  FileStore *self = file_store (store);
  if (self->is_memory)
    request->done (request,
                   result_of (file_unmap (self->fd, request->offset_bytes, request->length_bytes)));
  else
    job_submit (job_new (self, request, job_unmap));
}

/* What cannot tell has no holes. */
static gboolean
store_file_is_mapped (Store *store, guint64 offset_bytes, guint64 *ret_length_bytes)
{
  const int fd = file_store (store)->fd;
  const off_t data = lseek (fd, (off_t) offset_bytes, SEEK_DATA);
  const gboolean is_hole = data > (off_t) offset_bytes || (data < 0 && errno == ENXIO);
  off_t end = data;
  if (!is_hole)
    end = lseek (fd, (off_t) offset_bytes, SEEK_HOLE);
  if (end < 0 || (guint64) end > store->size_bytes)
    end = (off_t) store->size_bytes;
  *ret_length_bytes = (guint64) end - offset_bytes;
  return !is_hole;
}

/* The worker may be at it: what it uses is the job's. */
static void
store_file_cancel (Store *store, StoreRequest *request)
{
  for (GList *link = file_store (store)->jobs.head; link != NULL; link = link->next) {
    FileJob *job = link->data;
    if (job->request == request)
      job->request = NULL;
  }
}

static void
store_file_free (Store *store)
{
  FileStore *self = file_store (store);
  CHECK_THAT (self->jobs.length == 0);
  if (self->fd >= 0)
    close (self->fd);
  store->magic = 0;
  g_free (self);
}

static const StoreOps file_ops = {
  .read = store_file_read,
  .write = store_file_write,
  .flush = store_file_flush,
  .unmap = store_file_unmap,
  .is_mapped = store_file_is_mapped,
  .cancel = store_file_cancel,
  .free = store_file_free,
};

/* ---- opening ---- */

static gboolean
file_fail (const char *path, const char *what, int failure, GError **error)
{
  g_set_error (error, UNIT_ERROR, UNIT_ERROR_ENVIRONMENT, "file '%s': %s: %s", path, what,
               g_strerror (failure));
  return FALSE;
}

static gboolean
file_lock (int fd, const StoreFileConfig *config, GError **error)
{
  struct flock lock = { .l_type = config->is_read_only ? F_RDLCK : F_WRLCK, .l_whence = SEEK_SET };
  if (fcntl (fd, F_OFD_SETLK, &lock) == 0)
    return TRUE;
  if (errno != EAGAIN && errno != EACCES)
    return file_fail (config->path, "lock", errno, error);
  g_set_error (error, UNIT_ERROR, UNIT_ERROR_ENVIRONMENT,
               "file '%s': expected one that nobody else serves, got one that is locked",
               config->path);
  return FALSE;
}

/* What was just made, or was empty, gets its length; a file that has one keeps it. */
static gboolean
file_take_size (int fd, const StoreFileConfig *config, guint64 *ret_bytes, GError **error)
{
  const off_t end = lseek (fd, 0, SEEK_END); /* of a block device, too */
  if (end < 0)
    return file_fail (config->path, "size", errno, error);
  if (end == 0 && config->size_bytes > 0 && !config->is_read_only) {
    if (ftruncate (fd, (off_t) config->size_bytes) < 0)
      return file_fail (config->path, "size", errno, error);
  } else if (config->size_bytes != 0 && (guint64) end != config->size_bytes) {
    g_set_error (error, UNIT_ERROR, UNIT_ERROR_ENVIRONMENT,
                 "file '%s': expected %" G_GUINT64_FORMAT " bytes, got %" G_GUINT64_FORMAT,
                 config->path, config->size_bytes, (guint64) end);
    return FALSE;
  }
  *ret_bytes = config->size_bytes != 0 ? config->size_bytes : (guint64) end;
  return TRUE;
}

static gboolean
file_check_kind (int fd, const char *path, GError **error)
{
  struct stat status;
  if (fstat (fd, &status) < 0)
    return file_fail (path, "stat", errno, error);
  if (S_ISREG (status.st_mode) || S_ISBLK (status.st_mode))
    return TRUE;
  g_set_error (error, UNIT_ERROR, UNIT_ERROR_ENVIRONMENT,
               "file '%s': expected a file or a block device, got neither", path);
  return FALSE;
}

static gboolean
file_is_memory (int fd)
{
  struct statfs status;
  struct stat file;
  return fstatfs (fd, &status) == 0 && status.f_type == TMPFS_MAGIC && fstat (fd, &file) == 0
         && S_ISREG (file.st_mode);
}

static gboolean
store_file_open (FileStore *self, const StoreFileConfig *config, GError **error)
{
  const int create = config->size_bytes > 0 && !config->is_read_only ? O_CREAT : 0;
  self->fd =
      open (config->path,
            (config->is_read_only ? O_RDONLY : O_RDWR) | create | O_CLOEXEC | O_NONBLOCK, 0600);
  if (self->fd < 0)
    return file_fail (config->path, "open", errno, error);
  if (!file_check_kind (self->fd, config->path, error) || !file_lock (self->fd, config, error)
      || !file_take_size (self->fd, config, &self->store.size_bytes, error))
    return FALSE;
  self->is_memory = file_is_memory (self->fd);
  self->may_try_read = self->may_try_write = TRUE;
  return TRUE;
}

Store *
store_file_new (Host *host, const StoreFileConfig *config, GError **error)
{
  CHECK (host, HOST_MAGIC);
  FileStore *self = g_new0 (FileStore, 1);
  self->store = (Store){ STORE_MAGIC, &file_ops, 0, UNMAP_BYTES };
  self->host = host;
  self->fd = -1;
  g_queue_init (&self->jobs);
  if (store_file_open (self, config, error))
    return &self->store;
  store_free (&self->store);
  return NULL;
}
