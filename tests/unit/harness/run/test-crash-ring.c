/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/run/crash-ring.h"
#include "harness/run/error.h"

#include <glib/gstdio.h>
#include <sys/mman.h>
#include <unistd.h>

enum { EVENT_STEP = EVENTS_HARNESS, EVENT_CUT };

static const EventType types[] = {
  { "step", EVENT_PLAIN, { { "n", EVENT_NUMBER, NULL }, { "", EVENT_TEXT, NULL } } },
  { "cut", EVENT_FAULT, { { "n", EVENT_NUMBER, NULL } } },
};
static const EventFamily family = { EVENTS_HARNESS, G_N_ELEMENTS (types), types };
static const EventFamily *const families[] = { &family, NULL };

typedef struct Fixture {
  int fd;
  CrashRing *child;  /* as the writer maps it */
  CrashRing *parent; /* as the reader does */
  EventLog *log;
  gint64 now_ns;
} Fixture;

static void
fixture_set_up (Fixture *fixture, gconstpointer data)
{
  fixture->fd = crash_ring_create (42, NULL);
  g_assert_cmpint (fixture->fd, >=, 0);
  fixture->child = crash_ring_open (fixture->fd, NULL);
  fixture->parent = crash_ring_open (fixture->fd, NULL);
  fixture->log = event_log_new (families, 4096);
  event_log_set_clock (fixture->log, &fixture->now_ns);
  event_log_set_sink (fixture->log, crash_ring_sink, fixture->child);
  crash_ring_add_actor (fixture->child, event_log_add_actor (fixture->log, "target"), "target");
}

static void
fixture_tear_down (Fixture *fixture, gconstpointer data)
{
  event_log_free (fixture->log);
  crash_ring_free (fixture->child);
  crash_ring_free (fixture->parent);
  close (fixture->fd);
}

typedef struct Print {
  EventPrinter printer;
  GString *line;
} Print;

static void
print_event (gpointer data, const guint64 *words, guint count)
{
  Print *print = data;
  event_print (&print->printer, words, print->line);
}

/* The newest event, as the log itself prints it. */
static char *
log_line (const Fixture *fixture)
{
  Print print = { event_log_printer (fixture->log), g_string_new (NULL) };
  event_log_each (fixture->log, 1, print_event, &print);
  return g_string_free (print.line, FALSE);
}

static void
test_the_parent_reads_what_the_child_logged (Fixture *fixture, gconstpointer data)
{
  fixture->now_ns = 2030000000;
  EVENT_LOG (fixture->log, 0, EVENT_STEP, "hello", 7);
  g_autofree char *expected = log_line (fixture);
  g_autoptr (GPtrArray) lines = crash_ring_lines (fixture->parent, families, 10);
  g_assert_cmpuint (lines->len, ==, 1);
  g_assert_cmpstr (lines->pdata[0], ==, expected);
  g_assert_nonnull (strstr (expected, "target"));
  g_assert_cmpuint (crash_ring_seed (fixture->parent), ==, 42);
}

static void
test_a_fault_is_marked (Fixture *fixture, gconstpointer data)
{
  EVENT_LOG (fixture->log, 0, EVENT_CUT, NULL, 1);
  g_autoptr (GPtrArray) lines = crash_ring_lines (fixture->parent, families, 10);
  g_assert_nonnull (strstr (lines->pdata[0], " ! "));
}

static void
test_only_the_newest_are_shown (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 10; i++)
    EVENT_LOG (fixture->log, 0, EVENT_CUT, NULL, i);
  g_autoptr (GPtrArray) lines = crash_ring_lines (fixture->parent, families, 3);
  g_assert_cmpuint (lines->len, ==, 3);
  g_assert_true (g_str_has_suffix (lines->pdata[0], "n=7"));
  g_assert_true (g_str_has_suffix (lines->pdata[2], "n=9"));
}

/* Records of all lengths, many times round: the ring stays a sequence of whole records without a gap. */
static void
test_the_ring_drops_whole_records (Fixture *fixture, gconstpointer data)
{
  char text[EVENT_TEXT_MAX + 1] = "";
  for (guint i = 0; i < 20000; i++) {
    memset (text, 'x', i % EVENT_TEXT_MAX);
    text[i % EVENT_TEXT_MAX] = '\0';
    EVENT_LOG (fixture->log, 0, EVENT_STEP, text, i);
  }
  g_autoptr (GPtrArray) lines = crash_ring_lines (fixture->parent, families, G_MAXUINT);
  g_assert_cmpuint (lines->len, >, CRASH_RING_WORDS / EVENT_WORDS);
  for (guint i = 0; i < lines->len; i++) {
    g_autofree char *number = g_strdup_printf (" n=%u ", 20000 - lines->len + i);
    g_assert_nonnull (strstr (lines->pdata[i], number));
  }
}

static void
test_an_actor_without_a_name_is_a_question_mark (Fixture *fixture, gconstpointer data)
{
  EVENT_LOG (fixture->log, 9, EVENT_CUT, NULL, 1);
  EVENT_LOG (fixture->log, 60000, EVENT_CUT, NULL, 1);
  crash_ring_add_actor (fixture->child, 60000, "too many");
  g_autoptr (GPtrArray) lines = crash_ring_lines (fixture->parent, families, 10);
  g_assert_nonnull (strstr (lines->pdata[0], "  ? "));
  g_assert_nonnull (strstr (lines->pdata[1], "  ? "));
}

static void
test_the_first_note_stays (Fixture *fixture, gconstpointer data)
{
  g_autofree char *longer = g_strnfill (2 * CRASH_RING_NOTE, 'x');
  g_assert_null (crash_ring_get_note (fixture->parent));
  crash_ring_note (fixture->child, longer);
  crash_ring_note (fixture->child, "second");
  g_assert_cmpuint (strlen (crash_ring_get_note (fixture->parent)), ==, CRASH_RING_NOTE - 1);
}

/* Whatever a dying process leaves: no crash here, and nothing printed that was not logged. */
static void
test_a_scribbled_ring_is_harmless (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 100; i++)
    EVENT_LOG (fixture->log, 0, EVENT_STEP, "text", i);
  const off_t size = lseek (fixture->fd, 0, SEEK_END);
  guint8 *bytes = mmap (NULL, (size_t) size, PROT_READ | PROT_WRITE, MAP_SHARED, fixture->fd, 0);
  g_assert_true (bytes != MAP_FAILED);
  for (gsize at = 0; at < 8192; at += 5) {
    const guint8 before = bytes[at];
    bytes[at] ^= 0xa5;
    g_autoptr (GPtrArray) lines = crash_ring_lines (fixture->parent, families, 1000);
    g_assert_cmpuint (lines->len, <=, 100);
    crash_ring_get_note (fixture->parent);
    bytes[at] = before;
  }
  memset (bytes + 8, 0xff, (size_t) size - 8);
  g_autoptr (GPtrArray) lines = crash_ring_lines (fixture->parent, families, 1000);
  g_assert_cmpuint (lines->len, ==, 0);
  munmap (bytes, (size_t) size);
}

static void
test_a_trace_has_every_event (Fixture *fixture, gconstpointer data)
{
  g_autofree char *directory = g_dir_make_tmp ("iscsilab-test-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (directory, "trace", NULL);
  g_autofree char *text = NULL;
  g_assert_true (crash_ring_trace (fixture->child, path, families, NULL));
  EVENT_LOG (fixture->log, 0, EVENT_STEP, "one", 1);
  EVENT_LOG (fixture->log, 0, EVENT_CUT, NULL, 2);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 3);
  g_assert_true (g_str_has_suffix (lines[0], "n=1 one"));
  g_assert_true (g_str_has_suffix (lines[1], "n=2"));
  g_unlink (path);
  g_rmdir (directory);
}

static void
test_memory_of_another_size_is_refused (void)
{
  g_autoptr (GError) error = NULL;
  const int fd = memfd_create ("short", MFD_CLOEXEC);
  g_assert_null (crash_ring_open (fd, &error));
  g_assert_error (error, RUN_ERROR, RUN_ERROR_ENVIRONMENT);
  g_assert_true (g_str_has_suffix (error->message, "bytes of shared memory, got 0"));
  close (fd);
}

#define ADD(sentence, function)                                                                    \
  g_test_add ("/crash-ring/" sentence, Fixture, NULL, fixture_set_up, function, fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("the parent reads what the child logged", test_the_parent_reads_what_the_child_logged);
  ADD ("a fault is marked", test_a_fault_is_marked);
  ADD ("only the newest are shown", test_only_the_newest_are_shown);
  ADD ("the ring drops whole records", test_the_ring_drops_whole_records);
  ADD ("an actor without a name is a question mark",
       test_an_actor_without_a_name_is_a_question_mark);
  ADD ("the first note stays", test_the_first_note_stays);
  ADD ("a scribbled ring is harmless", test_a_scribbled_ring_is_harmless);
  ADD ("a trace has every event", test_a_trace_has_every_event);
  g_test_add_func ("/crash-ring/memory of another size is refused",
                   test_memory_of_another_size_is_refused);
  return g_test_run ();
}
