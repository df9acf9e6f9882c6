/* SPDX-License-Identifier: Apache-2.0 */
/* What is on a simulated disk after a power cut, and what its calls say. */
#include "world/sim/sim.h"
#include "world/world-events.h"

#define KIB 1024

static const EventFamily *const families[] = { &world_events, NULL };

/* One host with one disk; the call number `fault_at` gets `answer`. */
typedef struct Lab {
  World *world;
  Host *host;
  guint64 fault_at;
  FaultAnswer answer;
  char *operation; /* of the last question */
  guint64 ordinal;
} Lab;

static FaultAnswer
lab_answer (gpointer data, Host *host, const FaultQuestion *question)
{
  Lab *lab = data;
  g_assert_cmpint (question->point, ==, FAULT_POINT_DISK);
  g_assert_cmpuint (question->ordinal, ==, lab->ordinal + 1);
  lab->ordinal = question->ordinal;
  g_free (lab->operation);
  lab->operation = g_strdup_printf ("%s %s", question->operation, question->subject);
  return question->ordinal == lab->fault_at ? lab->answer : FAULT_NONE;
}

static void
lab_init (Lab *lab, guint64 seed)
{
  const SimConfig config = { .seed = seed, .events = families };
  *lab = (Lab){ .world = sim_world_new (&config) };
  lab->host = world_host_new (lab->world, "node", NULL);
  g_assert_nonnull (lab->host);
  lab->host->fault_ask = lab_answer;
  lab->host->fault_data = lab;
}

static void
lab_clear (Lab *lab)
{
  world_free (lab->world);
  g_free (lab->operation);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Lab, lab_clear)

static void
lab_fault_next (Lab *lab, FaultAnswer answer)
{
  lab->fault_at = lab->ordinal + 1;
  lab->answer = answer;
}

static void
lab_cut (Lab *lab, DiskCut unsynced)
{
  host_power_cut (lab->host, unsynced);
  g_assert_true (host_start (lab->host, NULL));
}

static void
wake (gpointer data)
{
}

/* An event, after which a cut that a fault asked for has come about; then the machine is up again. */
static void
lab_cut_by_fault (Lab *lab)
{
  Timer timer;
  timer_init (&timer, lab->host, wake, NULL);
  timer_arm (&timer, 0);
  while (lab->host->is_up)
    g_assert_true (world_step (lab->world));
  g_assert_true (host_start (lab->host, NULL));
}

static DiskFile *
lab_open (Lab *lab, const char *name)
{
  GError *error = NULL;
  DiskFile *file = disk_open (lab->host, name, TRUE, &error);
  g_assert_no_error (error);
  return file;
}

static void
put (DiskFile *file, gint64 offset, guint8 byte, gsize length)
{
  g_autofree guint8 *bytes = g_malloc (length);
  GError *error = NULL;
  memset (bytes, byte, length);
  disk_write (file, offset, bytes, length, &error);
  g_assert_no_error (error);
}

static void
sync_file (DiskFile *file)
{
  GError *error = NULL;
  disk_sync (file, &error);
  g_assert_no_error (error);
}

static void
sync_names (Lab *lab)
{
  GError *error = NULL;
  disk_sync_directory (lab->host, &error);
  g_assert_no_error (error);
}

/* A file of this length with every byte 'o', safe on the disk; still open. */
static DiskFile *
lab_make_durable (Lab *lab, const char *name, gsize length)
{
  DiskFile *file = lab_open (lab, name);
  put (file, 0, 'o', length);
  sync_file (file);
  sync_names (lab);
  return file;
}

static GByteArray *
lab_contents (Lab *lab, const char *name)
{
  GError *error = NULL;
  GByteArray *bytes = g_byte_array_new ();
  gsize got = 0;
  g_byte_array_set_size (bytes, 64 * KIB);
  DiskFile *file = disk_open (lab->host, name, FALSE, &error);
  g_assert_no_error (error);
  disk_read (file, 0, bytes->data, bytes->len, &got, &error);
  g_assert_no_error (error);
  disk_close (file);
  g_byte_array_set_size (bytes, (guint) got);
  return bytes;
}

static void
assert_all (Lab *lab, const char *name, guint8 byte, gsize length)
{
  g_autoptr (GByteArray) bytes = lab_contents (lab, name);
  g_assert_cmpuint (bytes->len, ==, length);
  for (guint i = 0; i < bytes->len; i++)
    g_assert_cmpint (bytes->data[i], ==, byte);
}

static char *
lab_names (Lab *lab)
{
  GError *error = NULL;
  g_auto (GStrv) names = disk_list (lab->host, &error);
  g_assert_no_error (error);
  return g_strjoinv (" ", names);
}

#define assert_names(lab, expected)                                                                \
  do {                                                                                             \
    g_autofree char *names_ = lab_names (lab);                                                     \
    g_assert_cmpstr (names_, ==, expected);                                                        \
  } while (0)

/* ---- contents ---- */

static void
what_was_written_is_read_and_a_gap_is_zeros (void)
{
  g_auto (Lab) lab = { 0 };
  lab_init (&lab, 1);
  DiskFile *file = lab_open (&lab, "f");
  gint64 size = 0;
  put (file, 1000, 'x', 10);
  g_assert_true (disk_size (file, &size, NULL));
  g_assert_cmpint (size, ==, 1010);

  guint8 bytes[20];
  gsize got = 0;
  g_assert_true (disk_read (file, 995, bytes, sizeof bytes, &got, NULL));
  g_assert_cmpmem (bytes, got, "\0\0\0\0\0xxxxxxxxxx", 15);
  g_assert_true (disk_read (file, 5000, bytes, sizeof bytes, &got, NULL));
  g_assert_cmpuint (got, ==, 0);
  disk_close (file);
}

static void
a_write_that_was_not_synced_is_lost (void)
{
  g_auto (Lab) lab = { 0 };
  lab_init (&lab, 1);
  DiskFile *file = lab_make_durable (&lab, "f", 2000);
  put (file, 100, 'n', 3000);
  disk_close (file);
  lab_cut (&lab, DISK_CUT_LOSE);
  assert_all (&lab, "f", 'o', 2000);
}

static void
a_write_that_was_synced_is_there (void)
{
  g_auto (Lab) lab = { 0 };
  lab_init (&lab, 1);
  DiskFile *file = lab_make_durable (&lab, "f", 2000);
  put (file, 0, 'n', 3000);
  sync_file (file);
  disk_close (file);
  lab_cut (&lab, DISK_CUT_LOSE);
  assert_all (&lab, "f", 'n', 3000);
}

static void
a_cut_that_keeps_keeps_all (void)
{
  g_auto (Lab) lab = { 0 };
  lab_init (&lab, 1);
  DiskFile *file = lab_open (&lab, "f");
  put (file, 0, 'n', 3000);
  disk_close (file);
  lab_cut (&lab, DISK_CUT_KEEP);
  lab_cut (&lab, DISK_CUT_LOSE); /* what a cut left is durable */
  assert_all (&lab, "f", 'n', 3000);
}

static void
a_truncation_is_lost_or_synced_as_a_write_is (void)
{
  g_auto (Lab) lab = { 0 };
  lab_init (&lab, 1);
  DiskFile *file = lab_make_durable (&lab, "f", 2000);
  g_assert_true (disk_truncate (file, 100, NULL));
  disk_close (file);
  assert_all (&lab, "f", 'o', 100);
  lab_cut (&lab, DISK_CUT_LOSE);
  assert_all (&lab, "f", 'o', 2000);

  file = lab_open (&lab, "f");
  g_assert_true (disk_truncate (file, 100, NULL));
  g_assert_true (disk_truncate (file, 2000, NULL));
  sync_file (file);
  disk_close (file);
  lab_cut (&lab, DISK_CUT_LOSE);
  g_autoptr (GByteArray) bytes = lab_contents (&lab, "f");
  g_assert_cmpuint (bytes->len, ==, 2000);
  g_assert_cmpint (bytes->data[99], ==, 'o');
  g_assert_cmpint (bytes->data[100], ==, 0);
}

static void
a_process_that_dies_loses_nothing (void)
{
  g_auto (Lab) lab = { 0 };
  lab_init (&lab, 1);
  DiskFile *file = lab_open (&lab, "f");
  put (file, 0, 'n', 700);
  host_kill (lab.host);
  disk_close (file);
  g_assert_true (host_start (lab.host, NULL));
  assert_all (&lab, "f", 'n', 700);
  lab_cut (&lab, DISK_CUT_LOSE); /* but it is no safer than before */
  assert_names (&lab, "");
}

/* ---- torn ---- */

#define TORN_SECTORS 16

/* Sixteen old sectors, overwritten, drawn. */
static GByteArray *
draw_overwrite (guint64 seed)
{
  g_auto (Lab) lab = { 0 };
  lab_init (&lab, seed);
  DiskFile *file = lab_make_durable (&lab, "f", TORN_SECTORS * DISK_SECTOR);
  put (file, 0, 'n', TORN_SECTORS * DISK_SECTOR);
  disk_close (file);
  lab_cut (&lab, DISK_CUT_DRAW);
  return lab_contents (&lab, "f");
}

static void
a_drawn_sector_is_old_new_or_torn_once (void)
{
  guint old = 0, new = 0, torn = 0;
  for (guint64 seed = 1; seed <= 10; seed++) {
    g_autoptr (GByteArray) bytes = draw_overwrite (seed);
    g_assert_cmpuint (bytes->len, ==, TORN_SECTORS * DISK_SECTOR);
    for (guint sector = 0; sector < TORN_SECTORS; sector++) {
      const guint8 *at = bytes->data + sector * DISK_SECTOR;
      guint fresh = 0;
      while (fresh < DISK_SECTOR && at[fresh] == 'n')
        fresh++;
      for (guint i = fresh; i < DISK_SECTOR; i++)
        g_assert_cmpint (at[i], ==, 'o');
      old += fresh == 0;
      new += fresh == DISK_SECTOR;
      torn += fresh > 0 && fresh < DISK_SECTOR;
    }
  }
  g_test_message ("%u old, %u new, %u torn sectors", old, new, torn);
  g_assert_cmpuint (MIN (MIN (old, new), torn), >, 20);
}

static void
the_same_seed_draws_the_same_disk (void)
{
  g_autoptr (GByteArray) first = draw_overwrite (7);
  g_autoptr (GByteArray) second = draw_overwrite (7);
  g_autoptr (GByteArray) other = draw_overwrite (8);
  g_assert_cmpmem (first->data, first->len, second->data, second->len);
  g_assert_cmpint (memcmp (first->data, other->data, first->len), !=, 0);
}

static void
a_drawn_size_is_the_old_or_the_new (void)
{
  guint old = 0, new = 0;
  for (guint64 seed = 1; seed <= 20; seed++) {
    g_auto (Lab) lab = { 0 };
    lab_init (&lab, seed);
    DiskFile *file = lab_make_durable (&lab, "f", 300);
    put (file, 300, 'n', 700);
    disk_close (file);
    lab_cut (&lab, DISK_CUT_DRAW);
    g_autoptr (GByteArray) bytes = lab_contents (&lab, "f");
    g_assert_true (bytes->len == 300 || bytes->len == 1000);
    for (guint i = 0; i < bytes->len; i++)
      g_assert_true (bytes->data[i] == (i < 300 ? 'o' : 'n') || (i >= 300 && bytes->data[i] == 0));
    old += bytes->len == 300;
    new += bytes->len == 1000;
  }
  g_assert_cmpuint (MIN (old, new), >, 2);
}

/* ---- names ---- */

static void
a_new_name_is_lost_without_a_sync_of_the_directory (void)
{
  g_auto (Lab) lab = { 0 };
  lab_init (&lab, 1);
  DiskFile *file = lab_open (&lab, "f");
  put (file, 0, 'n', 10);
  sync_file (file);
  disk_close (file);
  assert_names (&lab, "f");
  lab_cut (&lab, DISK_CUT_LOSE);
  assert_names (&lab, "");
}

static void
a_name_that_was_synced_may_have_no_contents (void)
{
  g_auto (Lab) lab = { 0 };
  lab_init (&lab, 1);
  DiskFile *file = lab_open (&lab, "f");
  put (file, 0, 'n', 10);
  sync_names (&lab);
  disk_close (file);
  lab_cut (&lab, DISK_CUT_LOSE);
  assert_all (&lab, "f", 'n', 0);
}

static void
a_removed_file_comes_back_without_a_sync_of_the_directory (void)
{
  g_auto (Lab) lab = { 0 };
  lab_init (&lab, 1);
  disk_close (lab_make_durable (&lab, "f", 10));
  g_assert_true (disk_remove (lab.host, "f", NULL));
  assert_names (&lab, "");
  lab_cut (&lab, DISK_CUT_LOSE);
  assert_all (&lab, "f", 'o', 10);

  g_assert_true (disk_remove (lab.host, "f", NULL));
  sync_names (&lab);
  lab_cut (&lab, DISK_CUT_LOSE);
  assert_names (&lab, "");
}

static void
a_rename_replaces_and_is_undone_without_a_sync_of_the_directory (void)
{
  g_auto (Lab) lab = { 0 };
  lab_init (&lab, 1);
  disk_close (lab_make_durable (&lab, "a", 10));
  DiskFile *file = lab_make_durable (&lab, "b", 20);
  disk_close (file);
  g_assert_true (disk_rename (lab.host, "a", "b", NULL));
  assert_names (&lab, "b");
  assert_all (&lab, "b", 'o', 10);
  lab_cut (&lab, DISK_CUT_LOSE);
  assert_names (&lab, "a b");
  assert_all (&lab, "b", 'o', 20);

  g_assert_true (disk_rename (lab.host, "a", "b", NULL));
  sync_names (&lab);
  lab_cut (&lab, DISK_CUT_LOSE);
  assert_names (&lab, "b");
  assert_all (&lab, "b", 'o', 10);
}

/* Of two renames of one file the second is never there without the first, and a file never has two names. */
static void
drawn_changes_of_one_name_keep_their_order (void)
{
  GHashTable *seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint64 seed = 1; seed <= 40; seed++) {
    g_auto (Lab) lab = { 0 };
    lab_init (&lab, seed);
    disk_close (lab_make_durable (&lab, "a", 10));
    g_assert_true (disk_rename (lab.host, "a", "b", NULL));
    g_assert_true (disk_rename (lab.host, "b", "c", NULL));
    lab_cut (&lab, DISK_CUT_DRAW);
    g_hash_table_add (seen, lab_names (&lab));
  }
  g_assert_true (g_hash_table_contains (seen, "a"));
  g_assert_true (g_hash_table_contains (seen, "b"));
  g_assert_true (g_hash_table_contains (seen, "c"));
  g_assert_cmpuint (g_hash_table_size (seen), ==, 3);
  g_hash_table_unref (seen);
}

static void
a_removed_file_can_be_used_by_who_has_it_open (void)
{
  g_auto (Lab) lab = { 0 };
  lab_init (&lab, 1);
  DiskFile *file = lab_make_durable (&lab, "f", 10);
  guint8 byte = 0;
  gsize got = 0;
  gboolean exists = TRUE;
  g_assert_true (disk_remove (lab.host, "f", NULL));
  g_assert_true (disk_exists (lab.host, "f", &exists, NULL));
  g_assert_false (exists);
  g_assert_true (disk_read (file, 0, &byte, 1, &got, NULL));
  g_assert_cmpint (byte, ==, 'o');
  disk_close (file);
}

static void
names_are_listed_sorted (void)
{
  g_auto (Lab) lab = { 0 };
  lab_init (&lab, 1);
  disk_close (lab_open (&lab, "b"));
  disk_close (lab_open (&lab, "c"));
  disk_close (lab_open (&lab, "a"));
  assert_names (&lab, "a b c");
}

static void
a_missing_file_is_said_to_be_missing (void)
{
  g_auto (Lab) lab = { 0 };
  lab_init (&lab, 1);
  g_autoptr (GError) error = NULL;
  g_assert_null (disk_open (lab.host, "f", FALSE, &error));
  g_assert_error (error, WORLD_ERROR, WORLD_ERROR_NOT_FOUND);
  g_assert_cmpstr (error->message, ==, "file 'f': expected a file of this name, got none");
  g_clear_error (&error);
  g_assert_false (disk_remove (lab.host, "f", &error));
  g_assert_error (error, WORLD_ERROR, WORLD_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (disk_rename (lab.host, "f", "g", &error));
  g_assert_error (error, WORLD_ERROR, WORLD_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (disk_open (lab.host, "a/b", TRUE, &error));
  g_assert_error (error, WORLD_ERROR, WORLD_ERROR_INVALID);
}

/* ---- locks ---- */

static void
many_share_a_lock_or_one_excludes (void)
{
  g_auto (Lab) lab = { 0 };
  lab_init (&lab, 1);
  g_autoptr (GError) error = NULL;
  DiskFile *a = lab_open (&lab, "f");
  DiskFile *b = lab_open (&lab, "f");
  g_assert_true (disk_lock (a, DISK_LOCK_SHARED, NULL));
  g_assert_true (disk_lock (b, DISK_LOCK_SHARED, NULL));
  g_assert_false (disk_lock (a, DISK_LOCK_EXCLUSIVE, &error));
  g_assert_error (error, WORLD_ERROR, WORLD_ERROR_LOCKED);
  g_assert_cmpstr (error->message, ==,
                   "file 'f': expected a free lock, got one that another holds");

  disk_close (b); /* releases */
  g_assert_true (disk_lock (a, DISK_LOCK_EXCLUSIVE, NULL));
  b = lab_open (&lab, "f");
  g_assert_true (disk_is_locked_exclusively (b));
  g_assert_false (disk_lock (b, DISK_LOCK_SHARED, NULL));
  g_assert_true (disk_lock (a, DISK_LOCK_SHARED, NULL));
  g_assert_true (disk_lock (b, DISK_LOCK_SHARED, NULL));
  g_assert_true (disk_lock (a, DISK_LOCK_NONE, NULL));
  g_assert_true (disk_lock (b, DISK_LOCK_EXCLUSIVE, NULL));
  disk_close (a);
  disk_close (b);
}

static void
a_host_that_goes_down_leaves_no_lock (void)
{
  g_auto (Lab) lab = { 0 };
  lab_init (&lab, 1);
  DiskFile *before = lab_make_durable (&lab, "f", 1);
  g_assert_true (disk_lock (before, DISK_LOCK_EXCLUSIVE, NULL));
  lab_cut (&lab, DISK_CUT_LOSE);
  DiskFile *after = lab_open (&lab, "f");
  g_assert_true (disk_lock (after, DISK_LOCK_EXCLUSIVE, NULL));

  g_autoptr (GError) error = NULL;
  g_assert_false (disk_sync (before, &error)); /* open when the power went: dead for ever */
  g_assert_error (error, WORLD_ERROR, WORLD_ERROR_DOWN);
  disk_close (before);
  g_assert_true (disk_is_locked_exclusively (after));
  disk_close (after);
}

/* ---- faults ---- */

static void
a_call_that_fails_has_no_effect (void)
{
  g_auto (Lab) lab = { 0 };
  lab_init (&lab, 1);
  DiskFile *file = lab_make_durable (&lab, "f", 600);
  g_autoptr (GError) error = NULL;
  lab_fault_next (&lab, FAULT_FULL);
  g_assert_false (disk_write (file, 0, "new", 3, &error));
  g_assert_error (error, WORLD_ERROR, WORLD_ERROR_FULL);
  g_assert_cmpstr (lab.operation, ==, "write f");
  g_clear_error (&error);
  lab_fault_next (&lab, FAULT_FAIL);
  g_assert_false (disk_truncate (file, 3, &error));
  g_assert_error (error, WORLD_ERROR, WORLD_ERROR_IO);
  g_assert_cmpstr (error->message, ==, "file 'f': truncate: got an error of the disk");
  disk_close (file);
  assert_all (&lab, "f", 'o', 600);
}

static void
a_sync_that_fails_makes_nothing_safe (void)
{
  g_auto (Lab) lab = { 0 };
  lab_init (&lab, 1);
  DiskFile *file = lab_make_durable (&lab, "f", 600);
  put (file, 0, 'n', 600);
  lab_fault_next (&lab, FAULT_FAIL);
  g_assert_false (disk_sync (file, NULL));
  disk_close (file);
  lab_cut (&lab, DISK_CUT_LOSE);
  assert_all (&lab, "f", 'o', 600);
}

static void
after_a_cut_inside_a_call_every_call_fails (void)
{
  g_auto (Lab) lab = { 0 };
  lab_init (&lab, 1);
  DiskFile *file = lab_make_durable (&lab, "f", 600);
  g_autoptr (GError) error = NULL;
  gboolean exists;
  lab_fault_next (&lab, FAULT_POWER_CUT_LOSE);
  g_assert_false (disk_sync (file, &error));
  g_assert_error (error, WORLD_ERROR, WORLD_ERROR_DOWN);
  g_assert_cmpstr (error->message, ==,
                   "file 'f': sync: expected a host that is up, got 'node' without power");
  g_clear_error (&error);
  g_assert_false (disk_exists (lab.host, "f", &exists, &error));
  g_assert_error (error, WORLD_ERROR, WORLD_ERROR_DOWN);
  g_assert_true (lab.host->is_up); /* until the stack has unwound */
  lab_cut_by_fault (&lab);
  disk_close (file);
  assert_all (&lab, "f", 'o', 600);
}

static void
the_write_in_which_power_goes_may_be_there (void)
{
  const FaultAnswer answers[] = { FAULT_POWER_CUT_LOSE, FAULT_POWER_CUT_KEEP };
  const guint8 expected[] = { 'o', 'n' };
  for (guint i = 0; i < G_N_ELEMENTS (answers); i++) {
    g_auto (Lab) lab = { 0 };
    lab_init (&lab, 1);
    DiskFile *file = lab_make_durable (&lab, "f", 3);
    lab_fault_next (&lab, answers[i]);
    g_assert_false (disk_write (file, 0, "nnn", 3, NULL));
    disk_close (file);
    lab_cut_by_fault (&lab);
    assert_all (&lab, "f", expected[i], 3);
  }
}

static void
the_removal_in_which_power_goes_may_be_there (void)
{
  g_auto (Lab) lab = { 0 };
  lab_init (&lab, 1);
  disk_close (lab_make_durable (&lab, "f", 3));
  lab_fault_next (&lab, FAULT_POWER_CUT_KEEP);
  g_assert_false (disk_remove (lab.host, "f", NULL));
  lab_cut_by_fault (&lab);
  assert_names (&lab, "");
}

/* ---- time ---- */

static void
work_run (gpointer data)
{
  Lab *lab = data;
  DiskFile *file = lab_open (lab, "f"); /* one call */
  put (file, 0, 'n', 1);                /* two */
  sync_file (file);                     /* three, and a sync */
  disk_close (file);                    /* no call */
}

static void
work_done (gpointer data)
{
  Lab *lab = data;
  lab->fault_at = 0;
  g_assert_cmpint (host_now_ns (lab->host), ==, 3 * 20 * NS_PER_US + 2 * NS_PER_MS);
}

static void
work_takes_the_time_of_its_calls (void)
{
  static const WorkFns fns = { work_run, work_done, NULL };
  g_auto (Lab) lab = { 0 };
  lab_init (&lab, 1);
  lab.fault_at = 1000;
  host_work (lab.host, &fns, &lab);
  while (world_step (lab.world))
    continue;
  g_assert_cmpuint (lab.fault_at, ==, 0);
}

#define ADD(test) g_test_add_func ("/world/sim/disk/" #test, test)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD (what_was_written_is_read_and_a_gap_is_zeros);
  ADD (a_write_that_was_not_synced_is_lost);
  ADD (a_write_that_was_synced_is_there);
  ADD (a_cut_that_keeps_keeps_all);
  ADD (a_truncation_is_lost_or_synced_as_a_write_is);
  ADD (a_process_that_dies_loses_nothing);
  ADD (a_drawn_sector_is_old_new_or_torn_once);
  ADD (the_same_seed_draws_the_same_disk);
  ADD (a_drawn_size_is_the_old_or_the_new);
  ADD (a_new_name_is_lost_without_a_sync_of_the_directory);
  ADD (a_name_that_was_synced_may_have_no_contents);
  ADD (a_removed_file_comes_back_without_a_sync_of_the_directory);
  ADD (a_rename_replaces_and_is_undone_without_a_sync_of_the_directory);
  ADD (drawn_changes_of_one_name_keep_their_order);
  ADD (a_removed_file_can_be_used_by_who_has_it_open);
  ADD (names_are_listed_sorted);
  ADD (a_missing_file_is_said_to_be_missing);
  ADD (many_share_a_lock_or_one_excludes);
  ADD (a_host_that_goes_down_leaves_no_lock);
  ADD (a_call_that_fails_has_no_effect);
  ADD (a_sync_that_fails_makes_nothing_safe);
  ADD (after_a_cut_inside_a_call_every_call_fails);
  ADD (the_write_in_which_power_goes_may_be_there);
  ADD (the_removal_in_which_power_goes_may_be_there);
  ADD (work_takes_the_time_of_its_calls);
  return g_test_run ();
}
