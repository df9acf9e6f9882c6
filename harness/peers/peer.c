/* SPDX-License-Identifier: Apache-2.0 */
/* peer.c - the life of a private peer: its directory, port and backing files, its start, its certain end
 *
 * The port is one that the kernel has just called free; another process may take it before the peer does. So a peer counts as
 * started only once it is known to have our portal, and otherwise another port is tried.
 *
 * A backing file never has a name that lasts: we hold it open, and the peer opens it through /proc. It outlives a peer that is
 * killed, so that the next life has the same data, and its space is given back when both of us are gone.
 *
 * The end is certain in three ways. peer_free asks for it, then kills by process id. If we die, the kernel kills the peer
 * (process.c). What a SIGKILL of ours leaves in the directory for temporary files is a log and a configuration or a socket, of
 * a few hundred bytes.
 *
 * Not here: CHAP, several portals or targets. A scenario that needs them runs against the embedded target.
 */
#include "harness/peers/peer-internal.h"

#include "world/check.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PEER_MAGIC     0x9EE4D001u
#define PORT_ATTEMPTS  8
#define START_LIMIT_US (G_GINT64_CONSTANT (5) * G_USEC_PER_SEC)
#define END_LIMIT_US   (G_GINT64_CONSTANT (1) * G_USEC_PER_SEC)
#define POLL_US        2000

static const PeerKind *const kinds[] = { &peer_tgtd, &peer_istgt };

const PeerKind *
peer_kind_find (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_str_equal (kinds[i]->name, name))
      return kinds[i];
  return NULL;
}

char *
peer_kind_names (void)
{
  GString *names = g_string_new (NULL);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    g_string_append_printf (names, "%s%s", i > 0 ? ", " : "", kinds[i]->name);
  return g_string_free (names, FALSE);
}

guint16
peer_kind_first_lun (const PeerKind *kind)
{
  return kind->first_lun;
}

const Address *
peer_portal (const Peer *peer)
{
  CHECK (peer, PEER_MAGIC);
  return &peer->portal;
}

const char *
peer_log_path (const Peer *peer)
{
  CHECK (peer, PEER_MAGIC);
  return peer->log_path;
}

gboolean
peer_is_up (const Peer *peer)
{
  CHECK (peer, PEER_MAGIC);
  return peer->pid != 0;
}

static gboolean
fail_daemon (const Peer *peer, GIOErrorEnum code, const char *expected, const char *got,
             GError **error)
{
  g_autofree char *words = process_last_words (peer->log_path);
  g_set_error (error, G_IO_ERROR, code, "'%s': expected %s, got %s%s%s", peer->kind->name, expected,
               got, geteuid () == 0 ? "" : " (not run as root)", words);
  return FALSE;
}

/* ---- a peer that serves our portal ---- */

/* A port of the loopback address that is free now. */
static gboolean
port_find (Address *ret_address, GError **error)
{
  struct sockaddr_in name = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t length = sizeof name;
  const int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const gboolean is_found = fd >= 0 && bind (fd, (struct sockaddr *) &name, length) == 0
                            && getsockname (fd, (struct sockaddr *) &name, &length) == 0;
  const int number = errno;
  if (fd >= 0)
    close (fd);
  if (!is_found)
    return fail_errno ("127.0.0.1", "a free port", number, error);
  *ret_address = (Address){ .port = ntohs (name.sin_port) };
  memcpy (ret_address->ip, &name.sin_addr, sizeof name.sin_addr);
  return TRUE;
}

/* Until it serves, or is known not to have the portal; FALSE: it has ended or is silent. */
static gboolean
daemon_wait (Peer *peer, PeerAnswer *ret_answer, GError **error)
{
  for (;;) {
    int status;
    const gboolean is_over = process_is_over (peer->pid, &status);
    if (is_over)
      peer->pid = 0;
    *ret_answer = peer->kind->ask (peer);
    if (*ret_answer == PEER_HAS_NO_PORTAL || (*ret_answer == PEER_SERVES && !is_over))
      return TRUE;
    if (is_over) {
      g_autofree char *got = process_status_text (status);
      return fail_daemon (peer, G_IO_ERROR_FAILED, "it to serve", got, error);
    }
    if (g_get_monotonic_time () >= peer->deadline_us)
      return fail_daemon (peer, G_IO_ERROR_TIMED_OUT, peer->kind->silence, "none", error);
    g_usleep (POLL_US);
  }
}

static void
daemon_kill (Peer *peer)
{
  if (peer->pid != 0)
    process_kill (peer->pid);
  peer->pid = 0;
  peer->is_paused = FALSE;
}

/* One life. `attempts`: at as many ports; 0: at the one that it has. */
static gboolean
daemon_start (Peer *peer, guint attempts, GError **error)
{
  peer->deadline_us = g_get_monotonic_time () + START_LIMIT_US;
  for (guint attempt = 0; attempt < MAX (attempts, 1); attempt++) {
    PeerAnswer answer;
    if ((attempts > 0 && !port_find (&peer->portal, error)) || !peer->kind->spawn (peer, error)
        || !daemon_wait (peer, &answer, error))
      return FALSE;
    if (answer == PEER_SERVES)
      return peer->kind->serve == NULL || peer->kind->serve (peer, error);
    daemon_kill (peer);
  }
  return fail_daemon (peer, G_IO_ERROR_ADDRESS_IN_USE, "a port of 127.0.0.1 to listen on",
                      "one already in use at each attempt", error);
}

/* ---- what it has ---- */

/* The path of a user who is not root often lacks the folder in which the programs lie. */
static char *
program_find (const PeerKind *kind, const char *name, GError **error)
{
  g_autofree char *in_sbin = g_build_filename ("/usr/sbin", name, NULL);
  char *found = g_find_program_in_path (name);
  if (found == NULL && g_file_test (in_sbin, G_FILE_TEST_IS_EXECUTABLE))
    found = g_steal_pointer (&in_sbin);
  if (found == NULL)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                 "'%s': expected a program in PATH or in /usr/sbin, got none; it is in the Debian "
                 "package '%s'",
                 name, kind->package);
  return found;
}

static gboolean
peer_find_programs (Peer *peer, GError **error)
{
  for (guint i = 0; i < PEER_PROGRAMS && peer->kind->programs[i] != NULL; i++) {
    peer->programs[i] = program_find (peer->kind, peer->kind->programs[i], error);
    if (peer->programs[i] == NULL)
      return FALSE;
  }
  return TRUE;
}

static gboolean
peer_make_directory (Peer *peer, GError **error)
{
  g_autofree char *name = g_strdup_printf ("iscsilab-%s-XXXXXX", peer->kind->name);
  g_autofree char *pattern = g_build_filename (g_get_tmp_dir (), name, NULL);
  if (g_mkdtemp (pattern) == NULL)
    return fail_errno (pattern, "a temporary directory", errno, error);
  peer->directory = g_steal_pointer (&pattern);
  peer->log_path = g_build_filename (peer->directory, "daemon.log", NULL);
  peer->tool_log_path = g_build_filename (peer->directory, "tool.log", NULL);
  return TRUE;
}

/* Sparse: it takes up space as it is written. */
static gboolean
peer_add_lun (Peer *peer, guint64 bytes, GError **error)
{
  CHECK_THAT (bytes > 0 && bytes % PEER_BLOCK_BYTES == 0 && bytes <= G_MAXINT64);
  g_autofree char *name = g_strdup_printf ("lun-%u", peer->luns->len);
  g_autofree char *path = g_build_filename (peer->directory, name, NULL);
  const int fd = open (path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0)
    return fail_errno (path, "a backing file", errno, error);
  g_unlink (path);
  const PeerLun lun = { bytes, fd, g_strdup_printf ("/proc/%d/fd/%d", (int) getpid (), fd) };
  g_array_append_val (peer->luns, lun);
  return ftruncate (fd, (off_t) bytes) == 0
         || fail_errno (path, "a sparse file of the LUN's size", errno, error);
}

static void
lun_clear (gpointer data)
{
  PeerLun *lun = data;
  close (lun->fd);
  g_free (lun->path);
}

static gboolean
peer_make (Peer *peer, const guint64 *lun_bytes, guint lun_count, GError **error)
{
  if (!peer_find_programs (peer, error) || !peer_make_directory (peer, error))
    return FALSE;
  for (guint i = 0; i < lun_count; i++)
    if (!peer_add_lun (peer, lun_bytes[i], error))
      return FALSE;
  return peer->kind->prepare == NULL || peer->kind->prepare (peer, error);
}

/* ---- its life ---- */

Peer *
peer_start (const PeerKind *kind, const char *target_name, const guint64 *lun_bytes,
            guint lun_count, GError **error)
{
  CHECK_THAT (kind != NULL && target_name != NULL && (lun_bytes != NULL || lun_count == 0));
  CHECK_THAT (gettid () == getpid ()); /* PR_SET_PDEATHSIG means the thread, not the process */
  g_autoptr (Peer) peer = g_new0 (Peer, 1);
  peer->magic = PEER_MAGIC;
  peer->kind = kind;
  peer->target_name = g_strdup (target_name);
  peer->environment = g_get_environ ();
  peer->luns = g_array_new (FALSE, FALSE, sizeof (PeerLun));
  g_array_set_clear_func (peer->luns, lun_clear);
  if (!peer_make (peer, lun_bytes, lun_count, error) || !daemon_start (peer, PORT_ATTEMPTS, error))
    return NULL;
  return g_steal_pointer (&peer);
}

void
peer_kill (Peer *peer)
{
  CHECK (peer, PEER_MAGIC);
  daemon_kill (peer);
}

gboolean
peer_restart (Peer *peer, GError **error)
{
  CHECK (peer, PEER_MAGIC);
  CHECK_THAT (peer->pid == 0);
  if (daemon_start (peer, 0, error))
    return TRUE;
  daemon_kill (peer);
  return FALSE;
}

gboolean
peer_lose_data (Peer *peer, GError **error)
{
  CHECK (peer, PEER_MAGIC);
  CHECK_THAT (peer->pid == 0);
  for (guint i = 0; i < peer->luns->len; i++) {
    const PeerLun *lun = &g_array_index (peer->luns, PeerLun, i);
    if (ftruncate (lun->fd, 0) != 0 || ftruncate (lun->fd, (off_t) lun->bytes) != 0)
      return fail_errno (lun->path, "a blank LUN", errno, error);
  }
  return TRUE;
}

void
peer_pause (Peer *peer)
{
  CHECK (peer, PEER_MAGIC);
  CHECK_THAT (peer->pid != 0);
  kill (peer->pid, SIGSTOP);
  peer->is_paused = TRUE;
}

void
peer_resume (Peer *peer)
{
  CHECK (peer, PEER_MAGIC);
  CHECK_THAT (peer->pid != 0);
  kill (peer->pid, SIGCONT);
  peer->is_paused = FALSE;
}

static void
daemon_end (Peer *peer)
{
  int status;
  peer->deadline_us = g_get_monotonic_time () + END_LIMIT_US;
  if (!peer->is_paused && peer->kind->end != NULL && peer->kind->end (peer)
      && process_wait (peer->pid, peer->deadline_us, &status))
    peer->pid = 0;
  daemon_kill (peer);
}

/* Flat: no peer makes directories. */
static void
directory_remove (const char *path)
{
  g_autoptr (GDir) directory = g_dir_open (path, 0, NULL);
  const char *name;
  while (directory != NULL && (name = g_dir_read_name (directory)) != NULL) {
    g_autofree char *file = g_build_filename (path, name, NULL);
    g_unlink (file);
  }
  g_rmdir (path);
}

void
peer_free (Peer *peer)
{
  if (peer == NULL)
    return;
  CHECK (peer, PEER_MAGIC);
  if (peer->pid != 0)
    daemon_end (peer);
  if (peer->directory != NULL)
    directory_remove (peer->directory);
  for (guint i = 0; i < PEER_PROGRAMS; i++)
    g_free (peer->programs[i]);
  g_free (peer->target_name);
  g_free (peer->directory);
  g_free (peer->log_path);
  g_free (peer->tool_log_path);
  g_strfreev (peer->environment);
  g_array_unref (peer->luns);
  peer->magic = 0;
  g_free (peer);
}
