/* SPDX-License-Identifier: Apache-2.0 */
/* istgt.c - the kind of peer that reads what it serves from a file
 *
 * istgt writes its pid file once it listens, which is how it tells that it serves; one whose port was taken says so and ends.
 * There is no control portal: SIGTERM ends it, and it is killed where that takes too long.
 *
 * MaxBurstLength and the rest are its own defaults, but for Time2Retain, which is as short as with the others.
 */
#include "harness/peers/peer-internal.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

static const char head[] = "[Global]\n"
                           "  NodeBase \"iqn.2026-01.example.iscsilab\"\n"
                           "  PidFile %1$s/pid\n"
                           "  AuthFile %1$s/auth.conf\n"
                           "  MediaDirectory %1$s\n"
                           "  Timeout 30\n"
                           "  NopInInterval 20\n"
                           "  DiscoveryAuthMethod None\n"
                           "  MaxSessions 64\n"
                           "  MaxConnections 4\n"
                           "  MaxR2T 32\n"
                           "  MaxOutstandingR2T 16\n"
                           "  DefaultTime2Wait 2\n"
                           "  DefaultTime2Retain 20\n"
                           "  FirstBurstLength 262144\n"
                           "  MaxBurstLength 1048576\n"
                           "  MaxRecvDataSegmentLength 262144\n"
                           "  InitialR2T Yes\n"
                           "  ImmediateData Yes\n"
                           "  DataPDUInOrder Yes\n"
                           "  DataSequenceInOrder Yes\n"
                           "  ErrorRecoveryLevel 0\n"
                           "[UnitControl]\n"
                           "[PortalGroup1]\n"
                           "  Portal DA1 %2$s\n"
                           "[InitiatorGroup1]\n"
                           "  InitiatorName \"ALL\"\n"
                           "  Netmask ALL\n"
                           "[LogicalUnit1]\n"
                           "  TargetName %3$s\n"
                           "  Mapping PortalGroup1 InitiatorGroup1\n"
                           "  AuthMethod None\n"
                           "  UseDigest Auto\n"
                           "  UnitType Disk\n"
                           "  QueueDepth 64\n";

static char *
file_path (const Peer *peer, const char *name)
{
  return g_build_filename (peer->directory, name, NULL);
}

/* Anew for each life: the portal is in it. */
static gboolean
configuration_write (const Peer *peer, const char *path, GError **error)
{
  char portal[ADDRESS_TEXT_LENGTH];
  g_autoptr (GString) text = g_string_new (NULL);
  g_string_printf (text, head, peer->directory, address_text (&peer->portal, portal),
                   peer->target_name);
  for (guint i = 0; i < peer->luns->len; i++) {
    const PeerLun *lun = &g_array_index (peer->luns, PeerLun, i);
    g_string_append_printf (text, "  LUN%u Storage %s %" G_GUINT64_FORMAT "\n",
                            peer->kind->first_lun + i, lun->path, lun->bytes);
  }
  return g_file_set_contents (path, text->str, (gssize) text->len, error);
}

static gboolean
istgt_prepare (Peer *peer, GError **error)
{
  g_autofree char *secrets = file_path (peer, "auth.conf");
  return g_file_set_contents (secrets, "", 0, error);
}

static gboolean
istgt_spawn (Peer *peer, GError **error)
{
  g_autofree char *configuration = file_path (peer, "istgt.conf");
  g_autofree char *pid = file_path (peer, "pid");
  g_unlink (pid);
  if (!configuration_write (peer, configuration, error))
    return FALSE;
  const char *const argv[] = { peer->programs[0], "-c", configuration, "-p", pid, "-D", NULL };
  return process_spawn (argv, peer->environment, peer->log_path, FALSE, &peer->pid, error);
}

static PeerAnswer
istgt_ask (Peer *peer)
{
  g_autofree char *pid = file_path (peer, "pid");
  g_autofree char *log = NULL;
  if (g_file_test (pid, G_FILE_TEST_EXISTS))
    return PEER_SERVES;
  const gboolean has_no_portal = peer->pid == 0
                                 && g_file_get_contents (peer->log_path, &log, NULL, NULL)
                                 && strstr (log, "istgt_open_portal: ***ERROR***") != NULL;
  return has_no_portal ? PEER_HAS_NO_PORTAL : PEER_IS_SILENT;
}

static gboolean
istgt_end (Peer *peer)
{
  return kill (peer->pid, SIGTERM) == 0;
}

const PeerKind peer_istgt = {
  .name = "istgt",
  .package = "istgt",
  .programs = { "istgt" },
  .silence = "its pid file within 5 s",
  .prepare = istgt_prepare,
  .spawn = istgt_spawn,
  .ask = istgt_ask,
  .end = istgt_end,
};
