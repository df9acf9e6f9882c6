/* SPDX-License-Identifier: Apache-2.0 */
/* Against a real tgtd, seen through libiscsi's tools. Where tgtd itself must misbehave, a script of its name, first in PATH,
 * takes its place. */
#include "harness/peers/peer.h"

#include <arpa/inet.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define NAME  "iqn.2026-01.org.example:peer"
#define MIB   (G_GUINT64_CONSTANT (1) << 20)
#define START ((const guint64[]){ 64 * MIB, 3 * MIB })

/* tgtd lies in /usr/sbin, which is not in everybody's PATH. */
static gboolean
is_missing (const char *program)
{
  g_autofree char *in_sbin = g_build_filename ("/usr/sbin", program, NULL);
  g_autofree char *in_path = g_find_program_in_path (program);
  if (in_path != NULL || g_file_test (in_sbin, G_FILE_TEST_IS_EXECUTABLE))
    return FALSE;
  g_autofree char *reason = g_strdup_printf ("'%s' is not installed", program);
  g_test_skip (reason);
  return TRUE;
}

static Peer *
start (void)
{
  g_autoptr (GError) error = NULL;
  Peer *tgtd = peer_start (peer_kind_find ("tgtd"), NAME, START, 2, &error);
  g_assert_no_error (error);
  return tgtd;
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

/* What `program URL` prints, where the URL is the portal and then `rest`. */
static char *
tool_output (const Peer *tgtd, const char *program, const char *option, const char *rest)
{
  char portal[ADDRESS_TEXT_LENGTH];
  g_autoptr (GError) error = NULL;
  g_autofree char *url =
      g_strdup_printf ("iscsi://%s%s", address_text (peer_portal (tgtd), portal), rest);
  char *argv[] = { "timeout", "10", (char *) program, url, (char *) option, NULL };
  char *output = NULL;
  int status = 0;
  g_spawn_sync (NULL, argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &output, NULL, &status, &error);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
  return output;
}

static void
assert_has (const char *text, const char *wanted)
{
  if (strstr (text, wanted) == NULL)
    g_error ("expected '%s', got '%s'", wanted, text);
}

/* ---- what it serves ---- */

static void
the_target_and_one_lun_per_size_are_listed (void)
{
  if (is_missing ("tgtd") || is_missing ("iscsi-ls"))
    return;
  g_autoptr (Peer) tgtd = start ();
  g_autofree char *listed = tool_output (tgtd, "iscsi-ls", "--show-luns", "");
  assert_has (listed, "Target:" NAME " Portal:127.0.0.1:");
  assert_has (listed, "Lun:1    Type:DIRECT_ACCESS");
  assert_has (listed, "Lun:2    Type:DIRECT_ACCESS");
  g_assert_null (strstr (listed, "Lun:3 "));
}

static void
a_lun_has_its_size_in_blocks_of_512 (void)
{
  if (is_missing ("tgtd") || is_missing ("iscsi-readcapacity16"))
    return;
  g_autoptr (Peer) tgtd = start ();
  g_autofree char *first = tool_output (tgtd, "iscsi-readcapacity16", NULL, "/" NAME "/1");
  assert_has (first, "LOGICAL BLOCK LENGTH IN BYTES:512\n");
  assert_has (first, "Total size:67108864\n");
  g_autofree char *second = tool_output (tgtd, "iscsi-readcapacity16", NULL, "/" NAME "/2");
  assert_has (second, "Total size:3145728\n");
}

static void
two_at_once_do_not_disturb_each_other (void)
{
  if (is_missing ("tgtd"))
    return;
  g_autoptr (Peer) first = start ();
  Peer *second = start ();
  g_assert_false (address_equal (peer_portal (first), peer_portal (second)));
  g_assert_cmpstr (peer_log_path (first), !=, peer_log_path (second));
  peer_free (second);
  g_assert_true (is_listening (peer_portal (first)));
}

/* ---- how it ends ---- */

static void
neither_process_nor_directory_is_left_when_freed (void)
{
  if (is_missing ("tgtd"))
    return;
  Peer *tgtd = start ();
  const Address portal = *peer_portal (tgtd);
  g_autofree char *directory = g_path_get_dirname (peer_log_path (tgtd));
  g_assert_true (is_listening (&portal));
  g_assert_true (g_file_test (peer_log_path (tgtd), G_FILE_TEST_IS_REGULAR));
  peer_free (tgtd);
  g_assert_false (is_listening (&portal));
  g_assert_false (g_file_test (directory, G_FILE_TEST_EXISTS));
  g_assert_cmpint (waitpid (-1, NULL, WNOHANG), ==, -1); /* no child, not even a zombie */
  peer_free (NULL);
}

static void
a_connection_in_use_does_not_delay_its_end (void)
{
  if (is_missing ("tgtd"))
    return;
  Peer *tgtd = start ();
  const Address *portal = peer_portal (tgtd);
  struct sockaddr_in name = { .sin_family = AF_INET, .sin_port = htons (portal->port) };
  memcpy (&name.sin_addr, portal->ip, sizeof name.sin_addr);
  const int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (connect (fd, (struct sockaddr *) &name, sizeof name), ==, 0);
  const gint64 start_us = g_get_monotonic_time ();
  peer_free (tgtd);
  g_assert_cmpint (g_get_monotonic_time () - start_us, <, 4 * G_USEC_PER_SEC);
  close (fd);
}

typedef struct Born {
  Address portal;
  char directory[256];
} Born;

static _Noreturn void
parent_run (int report_fd)
{
  Peer *tgtd = start ();
  g_autofree char *directory = g_path_get_dirname (peer_log_path (tgtd));
  Born born = { .portal = *peer_portal (tgtd) };
  g_strlcpy (born.directory, directory, sizeof born.directory);
  g_assert_cmpint (write (report_fd, &born, sizeof born), ==, sizeof born);
  for (;;)
    pause ();
}

/* What a parent killed by SIGKILL could not tidy up; that nothing large is in it is part of the promise. */
static void
assert_litter_is_small (const char *path)
{
  g_autoptr (GDir) directory = g_dir_open (path, 0, NULL);
  g_assert_nonnull (directory);
  const char *name;
  while ((name = g_dir_read_name (directory)) != NULL) {
    g_autofree char *file = g_build_filename (path, name, NULL);
    GStatBuf status;
    g_assert_cmpint (g_stat (file, &status), ==, 0);
    g_assert_cmpint (status.st_size, <, 65536);
    g_assert_cmpint (g_unlink (file), ==, 0);
  }
  g_assert_cmpint (g_rmdir (path), ==, 0);
}

static void
it_dies_with_a_parent_that_is_killed (void)
{
  if (is_missing ("tgtd"))
    return;
  int ends[2];
  g_assert_cmpint (pipe (ends), ==, 0);
  const pid_t parent = fork ();
  if (parent == 0)
    parent_run (ends[1]);
  close (ends[1]);
  Born born;
  g_assert_cmpint (read (ends[0], &born, sizeof born), ==, sizeof born);
  close (ends[0]);
  g_assert_true (is_listening (&born.portal));
  kill (parent, SIGKILL);
  g_assert_cmpint (waitpid (parent, NULL, 0), ==, parent);
  const gint64 deadline_us = g_get_monotonic_time () + 5 * G_USEC_PER_SEC;
  while (is_listening (&born.portal)) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline_us);
    g_usleep (10000);
  }
  assert_litter_is_small (born.directory);
}

/* ---- what goes wrong ---- */

typedef struct Stage {
  char *directory; /* first in PATH */
  char *path;      /* PATH as it was */
} Stage;

static void
stage_set (Stage *stage, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  stage->directory = g_dir_make_tmp ("test-tgtd-XXXXXX", &error);
  g_assert_no_error (error);
  stage->path = g_strdup (g_getenv ("PATH"));
  g_autofree char *path = g_strconcat (stage->directory, ":", stage->path, NULL);
  g_setenv ("PATH", path, TRUE);
}

static void
stage_play (const Stage *stage, const char *program, const char *script)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *file = g_build_filename (stage->directory, program, NULL);
  g_autofree char *text = g_strconcat ("#!/bin/sh\n", script, "\n", NULL);
  g_file_set_contents_full (file, text, -1, G_FILE_SET_CONTENTS_NONE, 0700, &error);
  g_assert_no_error (error);
}

static void
stage_clear (Stage *stage, gconstpointer unused)
{
  g_setenv ("PATH", stage->path, TRUE);
  for (const char *const *name = (const char *const[]){ "tgtd", "tgtadm", NULL }; *name; name++) {
    g_autofree char *file = g_build_filename (stage->directory, *name, NULL);
    g_unlink (file);
  }
  g_assert_cmpint (g_rmdir (stage->directory), ==, 0); /* and nothing else was put there */
  g_free (stage->directory);
  g_free (stage->path);
}

/* The error's text with the remark about rights taken out: the tests run as root and as anybody. */
static void
assert_refused (int code, const char *message)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (peer_start (peer_kind_find ("tgtd"), NAME, START, 2, &error));
  g_assert_error (error, G_IO_ERROR, code);
  g_autoptr (GString) text = g_string_new (error->message);
  g_string_replace (text, " (not run as root)", "", 0);
  g_assert_cmpstr (text->str, ==, message);
  g_assert_cmpint (waitpid (-1, NULL, WNOHANG), ==, -1);
}

static void
a_tgtd_that_ends_at_once_is_quoted (Stage *stage, gconstpointer unused)
{
  if (is_missing ("tgtadm"))
    return;
  stage_play (stage, "tgtd", "echo first; echo 'no room at the inn' >&2; exit 3");
  assert_refused (G_IO_ERROR_FAILED, "'tgtd': expected it to serve, got exit status 3; its last "
                                     "line: 'no room at the inn'");
}

static void
a_tgtd_that_never_answers_is_given_up_in_time (Stage *stage, gconstpointer unused)
{
  stage_play (stage, "tgtd", "trap '' TERM; exec sleep 60");
  stage_play (stage, "tgtadm", "exec sleep 60");
  const gint64 start_us = g_get_monotonic_time ();
  assert_refused (G_IO_ERROR_TIMED_OUT,
                  "'tgtd': expected an answer to tgtadm within 5 s, got none");
  g_assert_cmpint (g_get_monotonic_time () - start_us, <, 9 * G_USEC_PER_SEC);
}

/* A tgtd whose port was taken from under it runs on without a portal. */
static void
a_tgtd_without_our_portal_is_not_taken_for_started (Stage *stage, gconstpointer unused)
{
  stage_play (stage, "tgtd", "exec sleep 60");
  stage_play (stage, "tgtadm", "echo Portal: 127.0.0.1:1,1");
  assert_refused (G_IO_ERROR_ADDRESS_IN_USE, "'tgtd': expected a port of 127.0.0.1 to listen on, "
                                             "got one already in use at each attempt");
}

static void
a_call_that_tgtadm_refuses_is_quoted (void)
{
  if (is_missing ("tgtd"))
    return;
  g_autoptr (GError) error = NULL;
  g_assert_null (peer_start (peer_kind_find ("tgtd"), "no blanks please", START, 2, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
  g_assert_cmpstr (error->message, ==,
                   "'tgtadm --lld iscsi --op new --mode target --tid 1 --targetname no blanks "
                   "please': expected exit status 0, got exit status 22; its last line: 'tgtadm: "
                   "invalid request'");
}

static void
a_path_too_long_for_a_socket_is_refused (void)
{
  if (is_missing ("tgtd"))
    return;
  if (!g_test_subprocess ()) {
    g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
    g_test_trap_assert_passed ();
    return;
  }
  /* Not g_dir_make_tmp: GLib reads TMPDIR once. */
  char top[] = "/tmp/test-tgtd-XXXXXX";
  g_assert_nonnull (g_mkdtemp (top));
  g_autofree char *name = g_strnfill (90, 'x');
  g_autofree char *directory = g_build_filename (top, name, NULL);
  g_autoptr (GError) error = NULL;
  g_assert_cmpint (g_mkdir (directory, 0700), ==, 0);
  g_setenv ("TMPDIR", directory, TRUE);
  g_assert_null (peer_start (peer_kind_find ("tgtd"), NAME, START, 2, &error));
  g_assert_cmpint (g_rmdir (directory), ==, 0); /* empty again */
  g_assert_cmpint (g_rmdir (top), ==, 0);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FILENAME_TOO_LONG);
  assert_has (error->message, "expected a path of at most 101 bytes for a socket, got ");
}

#define STAGED(name, function)                                                                     \
  g_test_add ("/peers/tgtd/" name, Stage, NULL, stage_set, function, stage_clear)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/peers/tgtd/the target and one LUN per size are listed",
                   the_target_and_one_lun_per_size_are_listed);
  g_test_add_func ("/peers/tgtd/a LUN has its size in blocks of 512",
                   a_lun_has_its_size_in_blocks_of_512);
  g_test_add_func ("/peers/tgtd/two at once do not disturb each other",
                   two_at_once_do_not_disturb_each_other);
  g_test_add_func ("/peers/tgtd/neither process nor directory is left when freed",
                   neither_process_nor_directory_is_left_when_freed);
  g_test_add_func ("/peers/tgtd/a connection in use does not delay its end",
                   a_connection_in_use_does_not_delay_its_end);
  g_test_add_func ("/peers/tgtd/it dies with a parent that is killed",
                   it_dies_with_a_parent_that_is_killed);
  g_test_add_func ("/peers/tgtd/a call that tgtadm refuses is quoted",
                   a_call_that_tgtadm_refuses_is_quoted);
  g_test_add_func ("/peers/tgtd/a path too long for a socket is refused",
                   a_path_too_long_for_a_socket_is_refused);
  STAGED ("a tgtd that ends at once is quoted", a_tgtd_that_ends_at_once_is_quoted);
  STAGED ("a tgtd without our portal is not taken for started",
          a_tgtd_without_our_portal_is_not_taken_for_started);
  STAGED ("a tgtd that never answers is given up in time",
          a_tgtd_that_never_answers_is_given_up_in_time);
  return g_test_run ();
}
