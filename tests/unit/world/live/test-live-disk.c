/* SPDX-License-Identifier: Apache-2.0 */
/* Files of a host in a real directory. */
#include "tests/unit/world/live/live-fixture.h"

#include <sys/stat.h>
#include <unistd.h>

static DiskFile *
open_file (Fixture *fixture, const char *name)
{
  g_autoptr (GError) error = NULL;
  DiskFile *file = disk_open (fixture->host, name, TRUE, &error);
  g_assert_no_error (error);
  return file;
}

static void
test_round_trip (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  char bytes[16];
  gsize length;
  gint64 size;
  DiskFile *file = open_file (fixture, "registry");
  g_assert_true (disk_write (file, 4, "data", 4, &error));
  g_assert_true (disk_sync (file, &error));
  g_assert_true (disk_sync_directory (fixture->host, &error));
  g_assert_true (disk_read (file, 0, bytes, sizeof bytes, &length, &error));
  g_assert_cmpmem (bytes, length, "\0\0\0\0data", 8);
  g_assert_true (disk_truncate (file, 6, &error));
  g_assert_true (disk_size (file, &size, &error));
  g_assert_cmpint (size, ==, 6);
  g_assert_true (disk_read (file, 6, bytes, sizeof bytes, &length, &error));
  g_assert_cmpuint (length, ==, 0);
  disk_close (file);
}

static void
test_modes (Fixture *fixture, gconstpointer data)
{
  GStatBuf status;
  disk_close (open_file (fixture, "secret"));
  g_autofree char *directory = g_build_filename (fixture->directory, "host", NULL);
  g_autofree char *file = g_build_filename (directory, "secret", NULL);
  g_assert_cmpint (g_stat (directory, &status), ==, 0);
  g_assert_cmphex (status.st_mode & 0777, ==, 0700);
  g_assert_cmpint (g_stat (file, &status), ==, 0);
  g_assert_cmphex (status.st_mode & 0777, ==, 0600);
}

static void
test_directory (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  gboolean exists;
  disk_close (open_file (fixture, "b"));
  disk_close (open_file (fixture, "a"));
  disk_close (open_file (fixture, "c"));
  g_assert_true (disk_rename (fixture->host, "c", "B", &error));
  g_assert_true (disk_remove (fixture->host, "a", &error));
  g_auto (GStrv) names = disk_list (fixture->host, &error);
  g_assert_cmpstrv (names, ((const char *const[]){ "B", "b", NULL }));
  g_assert_true (disk_exists (fixture->host, "a", &exists, &error));
  g_assert_false (exists);
  g_assert_true (disk_exists (fixture->host, "B", &exists, &error));
  g_assert_true (exists);
}

static void
test_missing_file (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (disk_open (fixture->host, "none", FALSE, &error));
  g_assert_error (error, WORLD_ERROR, WORLD_ERROR_NOT_FOUND);
  g_assert_cmpstr (error->message, ==, "file 'none': expected a file of this name, got none");
  g_clear_error (&error);
  g_assert_false (disk_remove (fixture->host, "none", &error));
  g_assert_error (error, WORLD_ERROR, WORLD_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (disk_rename (fixture->host, "none", "some", &error));
  g_assert_error (error, WORLD_ERROR, WORLD_ERROR_NOT_FOUND);
}

static void
test_names_stay_in_the_directory (Fixture *fixture, gconstpointer data)
{
  static const char *const names[] = { "", ".", "..", "../host", "a/b" };
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (disk_open (fixture->host, names[i], TRUE, &error));
    g_assert_error (error, WORLD_ERROR, WORLD_ERROR_INVALID);
  }
}

static void
test_only_regular_files (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (fixture->directory, "host", "pipe", NULL);
  g_autofree char *link = g_build_filename (fixture->directory, "host", "link", NULL);
  g_assert_cmpint (mkfifo (path, 0600), ==, 0);
  g_assert_null (disk_open (fixture->host, "pipe", FALSE, &error));
  g_assert_error (error, WORLD_ERROR, WORLD_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_cmpint (symlink ("/etc/hostname", link), ==, 0);
  g_assert_null (disk_open (fixture->host, "link", TRUE, &error));
  g_assert_error (error, WORLD_ERROR, WORLD_ERROR_IO);
}

static void
test_locks (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  DiskFile *one = open_file (fixture, "f");
  DiskFile *two = open_file (fixture, "f");
  g_assert_true (disk_lock (one, DISK_LOCK_SHARED, &error));
  g_assert_true (disk_lock (two, DISK_LOCK_SHARED, &error));
  g_assert_false (disk_is_locked_exclusively (one));
  g_assert_false (disk_lock (one, DISK_LOCK_EXCLUSIVE, &error));
  g_assert_error (error, WORLD_ERROR, WORLD_ERROR_LOCKED);
  g_assert_cmpstr (error->message, ==,
                   "file 'f': expected a free lock, got one that another holds");
  g_clear_error (&error);

  g_assert_true (disk_lock (two, DISK_LOCK_NONE, &error));
  g_assert_true (disk_lock (one, DISK_LOCK_EXCLUSIVE, &error));
  g_assert_true (disk_is_locked_exclusively (one));
  g_assert_true (disk_is_locked_exclusively (two));
  g_assert_false (disk_lock (two, DISK_LOCK_SHARED, &error));
  g_assert_error (error, WORLD_ERROR, WORLD_ERROR_LOCKED);
  g_clear_error (&error);
  disk_close (one);
  g_assert_true (disk_lock (two, DISK_LOCK_EXCLUSIVE, &error));
  disk_close (two);
}

static void
test_files_of_an_earlier_life (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  DiskFile *old = open_file (fixture, "f");
  g_assert_true (disk_write (old, 0, "kept", 4, &error));
  host_kill (fixture->host);
  g_assert_null (disk_open (fixture->host, "f", FALSE, &error));
  g_assert_error (error, WORLD_ERROR, WORLD_ERROR_DOWN);
  g_clear_error (&error);
  g_assert_true (host_start (fixture->host, &error));
  g_assert_false (disk_write (old, 0, "lost", 4, &error));
  g_assert_error (error, WORLD_ERROR, WORLD_ERROR_DOWN);
  g_clear_error (&error);
  disk_close (old);

  char bytes[4];
  gsize length;
  DiskFile *file = open_file (fixture, "f");
  g_assert_true (disk_read (file, 0, bytes, sizeof bytes, &length, &error));
  g_assert_cmpmem (bytes, length, "kept", 4);
  disk_close (file);
}

static void
test_files_outlive_the_world (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  gboolean exists;
  disk_close (open_file (fixture, "f"));
  world_free (fixture->world);
  fixture->world = fixture_world_new (fixture->directory);
  fixture->host = fixture_host_new (fixture, "host");
  g_assert_true (disk_exists (fixture->host, "f", &exists, &error));
  g_assert_true (exists);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  TEST ("/live-disk/what is written is read", test_round_trip);
  TEST ("/live-disk/files and directories are the user's alone", test_modes);
  TEST ("/live-disk/names can be listed, renamed and removed", test_directory);
  TEST ("/live-disk/a missing file is named", test_missing_file);
  TEST ("/live-disk/names stay in the directory", test_names_stay_in_the_directory);
  TEST ("/live-disk/only regular files are opened", test_only_regular_files);
  TEST ("/live-disk/locks are between open files", test_locks);
  TEST ("/live-disk/files of an earlier life are dead", test_files_of_an_earlier_life);
  TEST ("/live-disk/files outlive the world", test_files_outlive_the_world);
  return g_test_run ();
}
