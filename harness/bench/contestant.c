/* SPDX-License-Identifier: Apache-2.0 */
/* contestant.c - starting the targets that are measured
 *
 * Files are filled through the server's own descriptor of them: tgtd's backing file has lost its name by then, and what is the
 * same for all is fair to all. A server is found among our children, of which there is no other while it is started.
 */
#include "harness/bench/contestant.h"

#include "harness/peers/peer.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define TARGET_NAME  "iqn.2026-01.com.example:bench-target"
#define MEMORY_PLACE "/dev/shm"
#define FILL_BYTES   (1024 * 1024)

struct Contestant {
  GPid pid;
  char *url;
  Peer *tgtd;
  GSubprocess *process; /* ours */
  char *directory;      /* of our file */
};

static gboolean
fail (GError **error, BenchError code, const char *what, const char *got)
{
  g_set_error (error, BENCH_ERROR, code, "%s: %s", what, got);
  return FALSE;
}

const char *
contestant_url (const Contestant *contestant)
{
  return contestant->url;
}

gint64
contestant_cpu_ns (const Contestant *contestant)
{
  clockid_t clock;
  struct timespec spent;
  if (clock_getcpuclockid (contestant->pid, &clock) != 0 || clock_gettime (clock, &spent) != 0)
    return 0;
  return spent.tv_sec * NS_PER_S + spent.tv_nsec;
}

/* ---- its disk ---- */

static gboolean
fill_file (int fd, GError **error)
{
  g_autofree guint8 *bytes = g_malloc (FILL_BYTES);
  for (guint64 at = 0; at < CONTESTANT_BYTES; at += FILL_BYTES) {
    for (gsize i = 0; i < FILL_BYTES; i++)
      bytes[i] = (guint8) (at / FILL_BYTES + i * 7 + i / 251);
    if (pwrite (fd, bytes, FILL_BYTES, (off_t) at) != FILL_BYTES)
      return fail (error, BENCH_ERROR_FAILED, "filling the disk: expected room on " MEMORY_PLACE,
                   g_strerror (errno));
  }
  return TRUE;
}

/* The file that is as long as the disk. Transfer full; -1: none. */
static int
backing_open (GPid pid)
{
  g_autofree char *directory = g_strdup_printf ("/proc/%d/fd", (int) pid);
  DIR *listing = opendir (directory);
  const struct dirent *entry;
  int fd = -1;
  while (listing != NULL && fd < 0 && (entry = readdir (listing)) != NULL) {
    g_autofree char *path = g_build_filename (directory, entry->d_name, NULL);
    struct stat status;
    if (stat (path, &status) == 0 && S_ISREG (status.st_mode)
        && (guint64) status.st_size == CONTESTANT_BYTES)
      fd = open (path, O_WRONLY | O_CLOEXEC);
  }
  if (listing != NULL)
    closedir (listing);
  return fd;
}

static gboolean
contestant_fill (const Contestant *self, GError **error)
{
  const int fd = backing_open (self->pid);
  if (fd < 0)
    return fail (error, BENCH_ERROR_FAILED, self->url, "expected its disk's file open, got none");
  const gboolean is_filled = fill_file (fd, error);
  close (fd);
  return is_filled;
}

/* ---- ours ---- */

static void
die_with_parent (gpointer data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

/* Its first line is "listening on URL". */
static gboolean
ours_read_url (Contestant *self, GError **error)
{
  g_autoptr (GDataInputStream) out =
      g_data_input_stream_new (g_subprocess_get_stdout_pipe (self->process));
  g_autofree char *line = g_data_input_stream_read_line (out, NULL, NULL, error);
  if (line == NULL || !g_str_has_prefix (line, "listening on ")) {
    g_clear_error (error);
    return fail (error, BENCH_ERROR_FAILED, "iscsilab target: expected 'listening on ...', got",
                 line != NULL ? line : "nothing");
  }
  self->url = g_strdup (line + strlen ("listening on "));
  return TRUE;
}

static gboolean
ours_start (Contestant *self, gboolean is_file, GError **error)
{
  g_autoptr (GSubprocessLauncher) launcher =
      g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  g_subprocess_launcher_set_child_setup (launcher, die_with_parent, NULL, NULL);
  g_autofree char *disk = is_file ? g_strdup_printf ("%" G_GUINT64_FORMAT ",file=%s/disk",
                                                     CONTESTANT_BYTES, self->directory)
                                  : g_strdup_printf ("%" G_GUINT64_FORMAT, CONTESTANT_BYTES);
  self->process =
      g_subprocess_launcher_spawn (launcher, error, "/proc/self/exe", "target", "--listen",
                                   "127.0.0.1:0", "--name", TARGET_NAME, "--lun", disk, NULL);
  if (self->process == NULL || !ours_read_url (self, error))
    return FALSE;
  self->pid = (GPid) g_ascii_strtoll (g_subprocess_get_identifier (self->process), NULL, 10);
  return !is_file || contestant_fill (self, error);
}

/* ---- tgtd ---- */

/* The one child that we have. */
static GPid
only_child (void)
{
  g_autofree char *path = g_strdup_printf ("/proc/self/task/%d/children", (int) getpid ());
  g_autofree char *text = NULL;
  return g_file_get_contents (path, &text, NULL, NULL) ? (GPid) g_ascii_strtoll (text, NULL, 10)
                                                       : 0;
}

static gboolean
tgtd_begin (Contestant *self, GError **error)
{
  const PeerKind *kind = peer_kind_find ("tgtd");
  const guint64 bytes = CONTESTANT_BYTES;
  char portal[ADDRESS_TEXT_LENGTH];
  g_autoptr (GError) own = NULL;
  self->tgtd = peer_start (kind, TARGET_NAME, &bytes, 1, &own);
  if (self->tgtd == NULL)
    return fail (error,
                 g_error_matches (own, G_IO_ERROR, G_IO_ERROR_NOT_FOUND) ? BENCH_ERROR_UNAVAILABLE
                                                                         : BENCH_ERROR_FAILED,
                 "tgtd", own->message);
  self->pid = only_child ();
  self->url = g_strdup_printf ("iscsi://%s/%s/%u", address_text (peer_portal (self->tgtd), portal),
                               TARGET_NAME, peer_kind_first_lun (kind));
  return contestant_fill (self, error);
}

/* ---- life ---- */

Contestant *
contestant_start (ContestantKind kind, GError **error)
{
  if (!g_file_test (MEMORY_PLACE, G_FILE_TEST_IS_DIR)) {
    fail (error, BENCH_ERROR_UNAVAILABLE, MEMORY_PLACE, "expected a tmpfs there, got none");
    return NULL;
  }
  g_setenv ("TMPDIR", MEMORY_PLACE, TRUE); /* before GLib looks for the first time: tgtd's disk */
  g_autoptr (Contestant) self = g_new0 (Contestant, 1);
  self->directory = g_dir_make_tmp ("iscsilab-bench-XXXXXX", error);
  if (self->directory == NULL)
    return NULL;
  const gboolean is_started = kind == CONTESTANT_TGTD
                                  ? tgtd_begin (self, error)
                                  : ours_start (self, kind == CONTESTANT_OURS, error);
  return is_started ? g_steal_pointer (&self) : NULL;
}

void
contestant_free (Contestant *self)
{
  if (self == NULL)
    return;
  if (self->process != NULL) {
    g_subprocess_send_signal (self->process, SIGTERM);
    g_subprocess_wait (self->process, NULL, NULL);
    g_object_unref (self->process);
  }
  peer_free (self->tgtd);
  if (self->directory != NULL) {
    g_autofree char *disk = g_build_filename (self->directory, "disk", NULL);
    g_unlink (disk);
    g_rmdir (self->directory);
  }
  g_free (self->directory);
  g_free (self->url);
  g_free (self);
}
