/* SPDX-License-Identifier: Apache-2.0 */
/* Against a real istgt: what it has beyond a tgtd's test is that it reads a file, and that it lives several lives. */
#include "harness/peers/peer.h"

#include <arpa/inet.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define NAME "iqn.2026-01.org.example:peer"

static gboolean
is_missing (void)
{
  g_autofree char *in_path = g_find_program_in_path ("istgt");
  if (in_path != NULL || g_file_test ("/usr/sbin/istgt", G_FILE_TEST_IS_EXECUTABLE))
    return FALSE;
  g_test_skip ("'istgt' is not installed");
  return TRUE;
}

static Peer *
start (void)
{
  const guint64 sizes[] = { 1 << 20, 3 << 19 };
  g_autoptr (GError) error = NULL;
  Peer *peer = peer_start (peer_kind_find ("istgt"), NAME, sizes, 2, &error);
  g_assert_no_error (error);
  return peer;
}

static gboolean
is_listening (const Address *address)
{
  struct sockaddr_in name = { .sin_family = AF_INET, .sin_port = htons (address->port) };
  memcpy (&name.sin_addr, address->ip, sizeof name.sin_addr);
  const int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (fd, >=, 0);
  const gboolean is_open = connect (fd, (struct sockaddr *) &name, sizeof name) == 0;
  close (fd);
  return is_open;
}

static void
each_size_is_a_lun_of_so_many_blocks (void)
{
  if (is_missing ())
    return;
  g_autoptr (Peer) peer = start ();
  g_autofree char *log = NULL;
  g_assert_true (g_file_get_contents (peer_log_path (peer), &log, NULL, NULL));
  g_assert_nonnull (strstr (log, "LUN0 2048 blocks, 512 bytes/block"));
  g_assert_nonnull (strstr (log, "LUN1 3072 blocks, 512 bytes/block"));
}

static void
one_that_was_killed_is_back_at_its_portal (void)
{
  if (is_missing ())
    return;
  g_autoptr (Peer) peer = start ();
  g_autoptr (GError) error = NULL;
  const Address portal = *peer_portal (peer);
  peer_kill (peer);
  g_assert_false (peer_is_up (peer) || is_listening (&portal));
  g_assert_true (peer_restart (peer, &error));
  g_assert_no_error (error);
  g_assert_true (peer_is_up (peer) && is_listening (&portal));
  g_assert_true (address_equal (peer_portal (peer), &portal));
}

static void
a_paused_one_ends_with_its_directory (void)
{
  if (is_missing ())
    return;
  Peer *peer = start ();
  const Address portal = *peer_portal (peer);
  g_autofree char *directory = g_path_get_dirname (peer_log_path (peer));
  peer_pause (peer);
  peer_free (peer);
  g_assert_false (is_listening (&portal) || g_file_test (directory, G_FILE_TEST_EXISTS));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/peers/istgt/each size is a LUN of so many blocks",
                   each_size_is_a_lun_of_so_many_blocks);
  g_test_add_func ("/peers/istgt/one that was killed is back at its portal",
                   one_that_was_killed_is_back_at_its_portal);
  g_test_add_func ("/peers/istgt/a paused one ends with its directory",
                   a_paused_one_ends_with_its_directory);
  return g_test_run ();
}
