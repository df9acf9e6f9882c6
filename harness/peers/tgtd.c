/* SPDX-License-Identifier: Apache-2.0 */
/* tgtd.c - starting a tgtd, telling it what to serve, and its certain end
 *
 * Method: tgtd runs in the foreground, and tgtadm tells it what to serve over a control socket that TGT_IPC_SOCKET moves into
 * our directory, so that nothing of the system's is touched and no right is needed. Every call of tgtadm is a process with a
 * deadline; what it printed becomes the error's text.
 *
 * The port is one that the kernel has just called free; another process may take it before tgtd does. tgtd then runs on
 * without a portal, so it counts as started only once tgtadm lists our portal, and otherwise another port is tried.
 *
 * The end is certain in three ways. tgtd_free asks for it, then kills by process id (tgtd does not heed SIGTERM). If we die,
 * the kernel kills tgtd (PR_SET_PDEATHSIG). A backing file loses its name as soon as tgtd has opened it, so that the data's
 * space is given back even then; a log and a socket of a few hundred bytes are what a SIGKILL of ours leaves in the
 * directory for temporary files.
 *
 * Not here: CHAP, several portals or targets. A scenario that needs them runs against the embedded target.
 */
#include "harness/peers/tgtd.h"

#include "world/check.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define TGTD_MAGIC     0x7467D001u
#define PORT_ATTEMPTS  8
#define START_LIMIT_US (G_GINT64_CONSTANT (5) * G_USEC_PER_SEC)
#define END_LIMIT_US   (G_GINT64_CONSTANT (1) * G_USEC_PER_SEC)
#define POLL_US        2000
#define STATUS_UNSEEN  (-1) /* the process was waited for by somebody else */
#define BLOCK_BYTES    512
#define TARGET_ID      "1"
#define CONTROL_SOCKET "control"

struct Tgtd {
  guint32 magic; /* TGTD_MAGIC */
  GPid pid;      /* 0: not running */
  Address portal;
  guint control_port;
  gint64 deadline_us; /* of the monotonic clock: for whatever runs now */
  char *daemon;       /* path of tgtd */
  char *tool;         /* path of tgtadm */
  char *directory;
  char *log_path;
  char *tool_log_path; /* what the last call of tgtadm printed */
  char **environment;
};

const Address *
tgtd_portal (const Tgtd *tgtd)
{
  CHECK (tgtd, TGTD_MAGIC);
  return &tgtd->portal;
}

const char *
tgtd_log_path (const Tgtd *tgtd)
{
  CHECK (tgtd, TGTD_MAGIC);
  return tgtd->log_path;
}

/* "'SUBJECT': what the system call says", under its own code. */
static gboolean
fail_errno (const char *subject, const char *expected, int number, GError **error)
{
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (number), "'%s': expected %s, got: %s",
               subject, expected, g_strerror (number));
  return FALSE;
}

/* ---- processes ---- */

/* Runs in the child, between fork and exec. */
static void
process_setup (gpointer data)
{
  const pid_t parent = GPOINTER_TO_INT (data);
  /* If the parent died before the request was made, no signal will come: the second half sees that. */
  if (prctl (PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid () != parent)
    _exit (127);
}

/* Both outputs go to a new file at `output_path`. */
static gboolean
process_spawn (const Tgtd *tgtd, const char *const *argv, const char *output_path, GPid *ret_pid,
               GError **error)
{
  const int output = open (output_path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
  if (output < 0)
    return fail_errno (output_path, "a file for output", errno, error);
  g_autoptr (GError) spawn_error = NULL;
  const gboolean is_spawned = g_spawn_async_with_fds (
      NULL, (char **) argv, tgtd->environment, G_SPAWN_DO_NOT_REAP_CHILD, process_setup,
      GINT_TO_POINTER (getpid ()), ret_pid, -1, output, output, &spawn_error);
  close (output);
  if (!is_spawned)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "'%s': expected a process, got: %s", argv[0],
                 spawn_error->message);
  return is_spawned;
}

/* Does not wait. TRUE: it has ended and is reaped, its id is nobody's now. */
static gboolean
process_is_over (GPid pid, int *ret_status)
{
  int status;
  const pid_t ended = waitpid (pid, &status, WNOHANG);
  if (ended == 0 || (ended < 0 && errno == EINTR))
    return FALSE;
  *ret_status = ended == pid ? status : STATUS_UNSEEN;
  return TRUE;
}

static gboolean
process_wait (GPid pid, gint64 deadline_us, int *ret_status)
{
  while (!process_is_over (pid, ret_status)) {
    if (g_get_monotonic_time () >= deadline_us)
      return FALSE;
    g_usleep (POLL_US);
  }
  return TRUE;
}

static void
process_kill (GPid pid)
{
  kill (pid, SIGKILL);
  while (waitpid (pid, NULL, 0) < 0 && errno == EINTR)
    ;
}

/* ---- what a tool said ---- */

static char *
status_text (int status)
{
  if (status == STATUS_UNSEEN)
    return g_strdup ("an end that somebody else waited for");
  if (WIFSIGNALED (status))
    return g_strdup_printf ("signal %d", WTERMSIG (status));
  return g_strdup_printf ("exit status %d", WEXITSTATUS (status));
}

static char *
last_line (const char *path)
{
  g_autofree char *bytes = NULL;
  gsize length = 0;
  if (!g_file_get_contents (path, &bytes, &length, NULL))
    return g_strdup ("");
  g_autofree char *text = g_utf8_make_valid (bytes, (gssize) length);
  g_strchomp (text);
  const char *newline = strrchr (text, '\n');
  return g_strdup (newline != NULL ? newline + 1 : text);
}

/* "; its last line: '...'", or nothing. */
static char *
last_words (const char *path)
{
  g_autofree char *line = last_line (path);
  return line[0] != '\0' ? g_strdup_printf ("; its last line: '%s'", line) : g_strdup ("");
}

static gboolean
fail_daemon (const Tgtd *tgtd, GIOErrorEnum code, const char *expected, const char *got,
             GError **error)
{
  g_autofree char *words = last_words (tgtd->log_path);
  g_set_error (error, G_IO_ERROR, code, "'tgtd': expected %s, got %s%s%s", expected, got,
               geteuid () == 0 ? "" : " (not run as root)", words);
  return FALSE;
}

/* ---- tgtadm ---- */

static gboolean
tool_judge (const Tgtd *tgtd, const char *const *words, gboolean is_over, int status,
            GError **error)
{
  if (is_over && status == 0)
    return TRUE;
  g_autofree char *command = g_strjoinv (" ", (char **) words);
  g_autofree char *said = last_words (tgtd->tool_log_path);
  g_autofree char *got = is_over ? status_text (status) : g_strdup ("no end in time");
  g_set_error (error, G_IO_ERROR, is_over ? G_IO_ERROR_FAILED : G_IO_ERROR_TIMED_OUT,
               "'tgtadm %s': expected exit status 0, got %s%s", command, got, said);
  return FALSE;
}

/* `words` follow the control port, and end with NULL. */
static gboolean
tool_run (const Tgtd *tgtd, const char *const *words, GError **error)
{
  g_autofree char *control_port = g_strdup_printf ("%u", tgtd->control_port);
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_ptr_array_add (argv, tgtd->tool);
  g_ptr_array_add (argv, "--control-port");
  g_ptr_array_add (argv, control_port);
  for (guint i = 0; words[i] != NULL; i++)
    g_ptr_array_add (argv, (char *) words[i]);
  g_ptr_array_add (argv, NULL);

  GPid pid;
  if (!process_spawn (tgtd, (const char *const *) argv->pdata, tgtd->tool_log_path, &pid, error))
    return FALSE;
  int status = 0;
  const gboolean is_over = process_wait (pid, tgtd->deadline_us, &status);
  if (!is_over)
    process_kill (pid);
  return tool_judge (tgtd, words, is_over, status, error);
}

#define TOOL_RUN(tgtd, error, ...)                                                                 \
  tool_run (tgtd, (const char *const[]){ "--lld", "iscsi", __VA_ARGS__, NULL }, error)

/* ---- a tgtd that serves our portal ---- */

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

static gboolean
daemon_spawn (Tgtd *tgtd, GError **error)
{
  char portal[ADDRESS_TEXT_LENGTH];
  address_text (&tgtd->portal, portal);
  g_autofree char *control_port = g_strdup_printf ("%u", tgtd->control_port);
  g_autofree char *option = g_strconcat ("portal=", portal, NULL);
  const char *const argv[] = { tgtd->daemon, "--foreground", "--control-port",
                               control_port, "--iscsi",      option,
                               NULL };
  return process_spawn (tgtd, argv, tgtd->log_path, &tgtd->pid, error);
}

/* It answers on its control socket once it is in its main loop; its portal is bound before. */
static gboolean
daemon_wait (Tgtd *tgtd, GError **error)
{
  int status;
  while (!TOOL_RUN (tgtd, NULL, "--op", "show", "--mode", "portal")) {
    if (process_is_over (tgtd->pid, &status)) {
      tgtd->pid = 0;
      g_autofree char *got = status_text (status);
      return fail_daemon (tgtd, G_IO_ERROR_FAILED, "it to serve", got, error);
    }
    if (g_get_monotonic_time () >= tgtd->deadline_us)
      return fail_daemon (tgtd, G_IO_ERROR_TIMED_OUT, "an answer to tgtadm within 5 s", "none",
                          error);
    g_usleep (POLL_US);
  }
  return TRUE;
}

/* tgtadm has just listed the portals: "Portal: 127.0.0.1:40001,1", with the portal group tag at the end. */
static gboolean
daemon_has_portal (const Tgtd *tgtd)
{
  char portal[ADDRESS_TEXT_LENGTH];
  g_autofree char *line = g_strdup_printf ("Portal: %s,", address_text (&tgtd->portal, portal));
  g_autofree char *listed = NULL;
  return g_file_get_contents (tgtd->tool_log_path, &listed, NULL, NULL)
         && strstr (listed, line) != NULL;
}

static gboolean
daemon_start (Tgtd *tgtd, GError **error)
{
  for (guint attempt = 0; attempt < PORT_ATTEMPTS; attempt++) {
    if (!port_find (&tgtd->portal, error))
      return FALSE;
    /* tgtd keeps it in a short. As the port was ours alone, so is very likely this number; it matters to a tgtd too old for
     * TGT_IPC_SOCKET only. */
    tgtd->control_port = tgtd->portal.port & 0x7FFF;
    if (!daemon_spawn (tgtd, error) || !daemon_wait (tgtd, error))
      return FALSE;
    if (daemon_has_portal (tgtd))
      return TRUE;
    process_kill (tgtd->pid);
    tgtd->pid = 0;
  }
  return fail_daemon (tgtd, G_IO_ERROR_ADDRESS_IN_USE, "a port of 127.0.0.1 to listen on",
                      "one already in use at each attempt", error);
}

/* ---- what it serves ---- */

/* Sparse: it takes up space as it is written. */
static gboolean
backing_create (const char *path, guint64 bytes, GError **error)
{
  const int fd = open (path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  const gboolean is_made = fd >= 0 && ftruncate (fd, (off_t) bytes) == 0;
  const int number = errno;
  if (fd >= 0)
    close (fd);
  return is_made || fail_errno (path, "a sparse file of the LUN's size", number, error);
}

static gboolean
lun_add (const Tgtd *tgtd, guint lun, guint64 bytes, GError **error)
{
  CHECK_THAT (bytes > 0 && bytes % BLOCK_BYTES == 0 && bytes <= G_MAXINT64);
  g_autofree char *number = g_strdup_printf ("%u", lun);
  g_autofree char *name = g_strconcat ("lun-", number, NULL);
  g_autofree char *path = g_build_filename (tgtd->directory, name, NULL);
  if (!backing_create (path, bytes, error)
      || !TOOL_RUN (tgtd, error, "--op", "new", "--mode", "logicalunit", "--tid", TARGET_ID,
                    "--lun", number, "--backing-store", path, "--blocksize",
                    G_STRINGIFY (BLOCK_BYTES)))
    return FALSE;
  g_unlink (path); /* tgtd holds it open for as long as the LUN lives */
  return TRUE;
}

/* By default it agrees to no digest. */
static gboolean
target_allow_digests (const Tgtd *tgtd, GError **error)
{
  static const char *const keys[] = { "HeaderDigest", "DataDigest" };
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    if (!TOOL_RUN (tgtd, error, "--op", "update", "--mode", "target", "--tid", TARGET_ID, "--name",
                   keys[i], "--value", "CRC32C,None"))
      return FALSE;
  return TRUE;
}

static gboolean
target_add (const Tgtd *tgtd, const char *name, const guint64 *lun_bytes, guint lun_count,
            GError **error)
{
  if (!TOOL_RUN (tgtd, error, "--op", "new", "--mode", "target", "--tid", TARGET_ID, "--targetname",
                 name)
      || !target_allow_digests (tgtd, error))
    return FALSE;
  for (guint i = 0; i < lun_count; i++) {
    if (!lun_add (tgtd, i + 1, lun_bytes[i], error))
      return FALSE;
  }
  /* Last: until now no initiator is let in, so that none sees half of the LUNs. */
  return TOOL_RUN (tgtd, error, "--op", "bind", "--mode", "target", "--tid", TARGET_ID,
                   "--initiator-address", "ALL");
}

/* ---- start and end ---- */

/* The path of a user who is not root often lacks the folder in which both programs lie. */
static char *
program_find (const char *name, GError **error)
{
  g_autofree char *in_sbin = g_build_filename ("/usr/sbin", name, NULL);
  char *found = g_find_program_in_path (name);
  if (found == NULL && g_file_test (in_sbin, G_FILE_TEST_IS_EXECUTABLE))
    found = g_steal_pointer (&in_sbin);
  if (found == NULL)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                 "'%s': expected a program in PATH or in /usr/sbin, got none; it is in the Debian "
                 "package 'tgt'",
                 name);
  return found;
}

/* tgtd cuts a path that is too long for a socket's address, and then nobody finds it. */
static gboolean
socket_path_check (const char *path, GError **error)
{
  const gsize most = sizeof ((struct sockaddr_un *) NULL)->sun_path - sizeof ".65535";
  if (strlen (path) <= most)
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FILENAME_TOO_LONG,
               "'%s': expected a path of at most %u bytes for a socket, got %u; TMPDIR says where",
               path, (guint) most, (guint) strlen (path));
  return FALSE;
}

static gboolean
directory_make (Tgtd *tgtd, GError **error)
{
  g_autofree char *pattern = g_build_filename (g_get_tmp_dir (), "iscsilab-tgtd-XXXXXX", NULL);
  if (g_mkdtemp (pattern) == NULL)
    return fail_errno (pattern, "a temporary directory", errno, error);
  tgtd->directory = g_steal_pointer (&pattern);
  tgtd->log_path = g_build_filename (tgtd->directory, "tgtd.log", NULL);
  tgtd->tool_log_path = g_build_filename (tgtd->directory, "tgtadm.log", NULL);
  g_autofree char *socket_path = g_build_filename (tgtd->directory, CONTROL_SOCKET, NULL);
  tgtd->environment = g_environ_setenv (g_get_environ (), "TGT_IPC_SOCKET", socket_path, TRUE);
  return socket_path_check (socket_path, error);
}

static gboolean
tgtd_prepare (Tgtd *tgtd, GError **error)
{
  tgtd->daemon = program_find ("tgtd", error);
  if (tgtd->daemon == NULL)
    return FALSE;
  tgtd->tool = program_find ("tgtadm", error);
  return tgtd->tool != NULL && directory_make (tgtd, error);
}

Tgtd *
tgtd_start (const char *target_name, const guint64 *lun_bytes, guint lun_count, GError **error)
{
  CHECK_THAT (target_name != NULL && (lun_bytes != NULL || lun_count == 0));
  CHECK_THAT (gettid () == getpid ()); /* PR_SET_PDEATHSIG means the thread, not the process */
  g_autoptr (Tgtd) tgtd = g_new0 (Tgtd, 1);
  tgtd->magic = TGTD_MAGIC;
  tgtd->deadline_us = g_get_monotonic_time () + START_LIMIT_US;
  if (!tgtd_prepare (tgtd, error) || !daemon_start (tgtd, error)
      || !target_add (tgtd, target_name, lun_bytes, lun_count, error))
    return NULL;
  return g_steal_pointer (&tgtd);
}

/* tgtd ends on request only when it has no target left; a target in use goes by force. */
static void
daemon_end (Tgtd *tgtd)
{
  int status;
  tgtd->deadline_us = g_get_monotonic_time () + END_LIMIT_US;
  TOOL_RUN (tgtd, NULL, "--op", "delete", "--mode", "target", "--tid", TARGET_ID, "--force");
  const gboolean is_asked = TOOL_RUN (tgtd, NULL, "--op", "delete", "--mode", "system");
  if (!is_asked || !process_wait (tgtd->pid, tgtd->deadline_us, &status))
    process_kill (tgtd->pid);
  tgtd->pid = 0;
}

/* Flat: tgtd makes no directories. */
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
tgtd_free (Tgtd *tgtd)
{
  if (tgtd == NULL)
    return;
  CHECK (tgtd, TGTD_MAGIC);
  if (tgtd->pid != 0)
    daemon_end (tgtd);
  if (tgtd->directory != NULL)
    directory_remove (tgtd->directory);
  g_free (tgtd->daemon);
  g_free (tgtd->tool);
  g_free (tgtd->directory);
  g_free (tgtd->log_path);
  g_free (tgtd->tool_log_path);
  g_strfreev (tgtd->environment);
  tgtd->magic = 0;
  g_free (tgtd);
}
