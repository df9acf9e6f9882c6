/* SPDX-License-Identifier: Apache-2.0 */
/* tgtd.c - the kind of peer that is told what to serve once it runs
 *
 * tgtd runs in the foreground, and tgtadm tells it what to serve over a control socket that TGT_IPC_SOCKET moves into our
 * directory, so that nothing of the system's is touched and no right is needed. Every call of tgtadm is a process with a
 * deadline; what it printed becomes the error's text. A tgtd whose port was taken runs on without a portal, so it is asked for
 * its portals. It does not heed SIGTERM.
 */
#include "harness/peers/peer-internal.h"

#include "world/check.h"

#include <gio/gio.h>
#include <string.h>
#include <sys/un.h>

#define TARGET_ID      "1"
#define CONTROL_SOCKET "control"

/* tgtd keeps it in a short. As the port was ours alone, so is very likely this number; it matters to a tgtd too old for
 * TGT_IPC_SOCKET only. */
static guint
control_port (const Peer *peer)
{
  return peer->portal.port & 0x7FFF;
}

/* ---- tgtadm ---- */

static gboolean
tool_judge (const Peer *peer, const char *const *words, gboolean is_over, int status,
            GError **error)
{
  if (is_over && status == 0)
    return TRUE;
  g_autofree char *command = g_strjoinv (" ", (char **) words);
  g_autofree char *said = process_last_words (peer->tool_log_path);
  g_autofree char *got = is_over ? process_status_text (status) : g_strdup ("no end in time");
  g_set_error (error, G_IO_ERROR, is_over ? G_IO_ERROR_FAILED : G_IO_ERROR_TIMED_OUT,
               "'tgtadm %s': expected exit status 0, got %s%s", command, got, said);
  return FALSE;
}

/* `words` follow the control port, and end with NULL. */
static gboolean
tool_run (const Peer *peer, const char *const *words, GError **error)
{
  g_autofree char *port = g_strdup_printf ("%u", control_port (peer));
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_ptr_array_add (argv, peer->programs[1]);
  g_ptr_array_add (argv, "--control-port");
  g_ptr_array_add (argv, port);
  for (guint i = 0; words[i] != NULL; i++)
    g_ptr_array_add (argv, (char *) words[i]);
  g_ptr_array_add (argv, NULL);

  GPid pid;
  if (!process_spawn ((const char *const *) argv->pdata, peer->environment, peer->tool_log_path,
                      TRUE, &pid, error))
    return FALSE;
  int status = 0;
  const gboolean is_over = process_wait (pid, peer->deadline_us, &status);
  if (!is_over)
    process_kill (pid);
  return tool_judge (peer, words, is_over, status, error);
}

#define TOOL_RUN(peer, error, ...)                                                                 \
  tool_run (peer, (const char *const[]){ "--lld", "iscsi", __VA_ARGS__, NULL }, error)

/* ---- the daemon ---- */

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
tgtd_prepare (Peer *peer, GError **error)
{
  g_autofree char *path = g_build_filename (peer->directory, CONTROL_SOCKET, NULL);
  peer->environment = g_environ_setenv (peer->environment, "TGT_IPC_SOCKET", path, TRUE);
  return socket_path_check (path, error);
}

static gboolean
tgtd_spawn (Peer *peer, GError **error)
{
  char portal[ADDRESS_TEXT_LENGTH];
  g_autofree char *port = g_strdup_printf ("%u", control_port (peer));
  g_autofree char *option = g_strconcat ("portal=", address_text (&peer->portal, portal), NULL);
  const char *const argv[] = {
    peer->programs[0], "--foreground", "--control-port", port, "--iscsi", option, NULL
  };
  return process_spawn (argv, peer->environment, peer->log_path, FALSE, &peer->pid, error);
}

/* It answers on its control socket once it is in its main loop, with "Portal: 127.0.0.1:40001,1": the portal group tag is at
 * the end. Its portal is bound before. */
static PeerAnswer
tgtd_ask (Peer *peer)
{
  if (peer->pid == 0 || !TOOL_RUN (peer, NULL, "--op", "show", "--mode", "portal"))
    return PEER_IS_SILENT;
  char portal[ADDRESS_TEXT_LENGTH];
  g_autofree char *line = g_strdup_printf ("Portal: %s,", address_text (&peer->portal, portal));
  g_autofree char *listed = NULL;
  const gboolean is_there = g_file_get_contents (peer->tool_log_path, &listed, NULL, NULL)
                            && strstr (listed, line) != NULL;
  return is_there ? PEER_SERVES : PEER_HAS_NO_PORTAL;
}

/* ---- what it serves ---- */

static gboolean
lun_add (const Peer *peer, guint index, GError **error)
{
  const PeerLun *lun = &g_array_index (peer->luns, PeerLun, index);
  g_autofree char *number = g_strdup_printf ("%u", peer->kind->first_lun + index);
  return TOOL_RUN (peer, error, "--op", "new", "--mode", "logicalunit", "--tid", TARGET_ID, "--lun",
                   number, "--backing-store", lun->path, "--blocksize",
                   G_STRINGIFY (PEER_BLOCK_BYTES));
}

/* By default it agrees to no digest. */
static gboolean
target_allow_digests (const Peer *peer, GError **error)
{
  static const char *const keys[] = { "HeaderDigest", "DataDigest" };
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    if (!TOOL_RUN (peer, error, "--op", "update", "--mode", "target", "--tid", TARGET_ID, "--name",
                   keys[i], "--value", "CRC32C,None"))
      return FALSE;
  return TRUE;
}

static gboolean
tgtd_serve (Peer *peer, GError **error)
{
  if (!TOOL_RUN (peer, error, "--op", "new", "--mode", "target", "--tid", TARGET_ID, "--targetname",
                 peer->target_name)
      || !target_allow_digests (peer, error))
    return FALSE;
  for (guint i = 0; i < peer->luns->len; i++)
    if (!lun_add (peer, i, error))
      return FALSE;
  /* Last: until now no initiator is let in, so that none sees half of the LUNs. */
  return TOOL_RUN (peer, error, "--op", "bind", "--mode", "target", "--tid", TARGET_ID,
                   "--initiator-address", "ALL");
}

/* tgtd ends on request only when it has no target left; a target in use goes by force. */
static gboolean
tgtd_end (Peer *peer)
{
  TOOL_RUN (peer, NULL, "--op", "delete", "--mode", "target", "--tid", TARGET_ID, "--force");
  return TOOL_RUN (peer, NULL, "--op", "delete", "--mode", "system");
}

const PeerKind peer_tgtd = {
  .name = "tgtd",
  .package = "tgt",
  .programs = { "tgtd", "tgtadm" },
  .first_lun = 1, /* LUN 0 is its controller */
  .silence = "an answer to tgtadm within 5 s",
  .prepare = tgtd_prepare,
  .spawn = tgtd_spawn,
  .ask = tgtd_ask,
  .serve = tgtd_serve,
  .end = tgtd_end,
};
