/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/serve/store-file.h"
#include "harness/serve/unit.h"

#include "tests/unit/world/live/live-fixture.h"

#include <unistd.h>

#define SIZE (UINT64_C (1024) * 1024)

/* Where requests end inside their call, and where some are a matter for the thread. */
static const char *const places[] = { "/dev/shm", "." };

typedef struct Test {
  Fixture live;
  char *directory;
  char *path;
  Store *store;
} Test;

typedef struct Asked {
  StoreRequest request; /* first */
  guint done;
  StoreResult result;
} Asked;

static void
asked_done (StoreRequest *request, StoreResult result)
{
  Asked *asked = (Asked *) request;
  asked->done++;
  asked->result = result;
}

static Store *
open_store (Test *test, guint64 size, gboolean is_read_only, GError **error)
{
  const StoreFileConfig config = { test->path, size, is_read_only };
  return store_file_new (test->live.host, &config, error);
}

static void
test_open (Test *test)
{
  g_autoptr (GError) error = NULL;
  test->store = open_store (test, SIZE, FALSE, &error);
  g_assert_no_error (error);
}

static void
set_up (Test *test, gconstpointer data)
{
  fixture_set_up (&test->live, NULL);
  test->directory = g_strdup_printf ("%s/iscsilab-store-XXXXXX", (const char *) data);
  g_assert_nonnull (g_mkdtemp (test->directory));
  test->path = g_build_filename (test->directory, "disk", NULL);
  test_open (test);
}

static void
tear_down (Test *test, gconstpointer data)
{
  fixture_tear_down (&test->live, NULL);
  store_free (test->store);
  fixture_remove_tree (test->directory);
  g_free (test->directory);
  g_free (test->path);
}

static void
fill (guint8 *bytes, gsize length, guint seed)
{
  for (gsize i = 0; i < length; i++)
    bytes[i] = (guint8) (seed + i * 7 + i / 251);
}

static void
begin_write (Test *test, Asked *asked, guint64 offset, const guint8 *bytes, gsize length)
{
  asked->request.offset_bytes = offset;
  asked->request.done = asked_done;
  /* more slices than one system call takes */
  for (gsize at = 0; at < length; at += 100)
    payload_append (&asked->request.bytes, slice_copy (bytes + at, MIN (100, length - at)));
  store_write (test->store, &asked->request);
}

static void
write_bytes (Test *test, guint64 offset, const guint8 *bytes, gsize length, gboolean is_durable)
{
  Asked asked = { .request.is_durable = is_durable };
  begin_write (test, &asked, offset, bytes, length);
  STEP_UNTIL (test->live.world, asked.done > 0);
  g_assert_cmpuint (asked.done, ==, 1);
  g_assert_cmpint (asked.result, ==, STORE_OK);
  payload_clear (&asked.request.bytes);
}

static StoreResult
read_bytes (Test *test, guint64 offset, guint8 *ret_bytes, gsize length)
{
  Asked asked = { .request = {
                      .offset_bytes = offset, .length_bytes = length, .done = asked_done } };
  store_read (test->store, &asked.request);
  STEP_UNTIL (test->live.world, asked.done > 0);
  g_assert_cmpuint (asked.done, ==, 1);
  if (asked.result == STORE_OK)
    payload_copy_out (&asked.request.bytes, 0, ret_bytes, length);
  payload_clear (&asked.request.bytes);
  return asked.result;
}

static void
assert_bytes (Test *test, guint64 offset, const guint8 *bytes, gsize length)
{
  g_autofree guint8 *got = g_malloc (length);
  g_assert_cmpint (read_bytes (test, offset, got, length), ==, STORE_OK);
  g_assert_cmpmem (got, length, bytes, length);
}

static void
test_reads_back (Test *test, gconstpointer data)
{
  const guint8 zeros[512] = { 0 };
  guint8 bytes[20000];
  fill (bytes, sizeof bytes, 1);
  write_bytes (test, 512, bytes, sizeof bytes, FALSE);
  assert_bytes (test, 512, bytes, sizeof bytes);
  assert_bytes (test, 0, zeros, sizeof zeros);
  assert_bytes (test, SIZE - 512, zeros, sizeof zeros);
}

static void
test_stays (Test *test, gconstpointer data)
{
  guint8 bytes[4096];
  fill (bytes, sizeof bytes, 2);
  write_bytes (test, 8192, bytes, sizeof bytes, FALSE);
  store_free (g_steal_pointer (&test->store));
  test_open (test);
  assert_bytes (test, 8192, bytes, sizeof bytes);
}

static void
test_durable (Test *test, gconstpointer data)
{
  guint8 bytes[9000];
  fill (bytes, sizeof bytes, 3);
  write_bytes (test, 4096, bytes, sizeof bytes, TRUE);
  assert_bytes (test, 4096, bytes, sizeof bytes);
  Asked flush = { .request.done = asked_done };
  store_flush (test->store, &flush.request);
  STEP_UNTIL (test->live.world, flush.done > 0);
  g_assert_cmpint (flush.result, ==, STORE_OK);
}

/* The bytes of the request go at once; the thread may still be at them. */
static void
test_cancelled (Test *test, gconstpointer data)
{
  guint8 bytes[4096];
  fill (bytes, sizeof bytes, 4);
  Asked asked = { .request.is_durable = TRUE };
  begin_write (test, &asked, 0, bytes, sizeof bytes);
  store_cancel (test->store, &asked.request);
  payload_clear (&asked.request.bytes);
  const guint done = asked.done; /* 1 where it ended inside its call */
  STEP_UNTIL (test->live.world, live_world_is_quiet (test->live.world));
  g_assert_cmpuint (asked.done, ==, done);
}

static void
test_host_down (Test *test, gconstpointer data)
{
  const guint8 bytes[512] = { 1 };
  Asked asked = { .request.is_durable = TRUE };
  begin_write (test, &asked, 0, bytes, sizeof bytes);
  store_cancel (test->store, &asked.request);
  payload_clear (&asked.request.bytes);
  host_kill (test->live.host);
  store_free (g_steal_pointer (&test->store)); /* no job is left, or it would say so */
}

static void
test_cut_short (Test *test, gconstpointer data)
{
  guint8 got[4096];
  g_assert_cmpint (truncate (test->path, 1000), ==, 0);
  g_assert_cmpint (read_bytes (test, 0, got, sizeof got), ==, STORE_FAILED);
  g_assert_cmpint (read_bytes (test, 8192, got, sizeof got), ==, STORE_FAILED);
}

static void
assert_refused (Test *test, guint64 size, gboolean is_read_only, const char *what)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (open_store (test, size, is_read_only, &error));
  g_assert_error (error, UNIT_ERROR, UNIT_ERROR_ENVIRONMENT);
  g_autofree char *wanted = g_strdup_printf ("file '%s': %s", test->path, what);
  g_assert_cmpstr (error->message, ==, wanted);
}

static void
test_refused (Test *test, gconstpointer data)
{
  const char *locked = "expected one that nobody else serves, got one that is locked";
  assert_refused (test, SIZE, FALSE, locked);
  assert_refused (test, 0, TRUE, locked);
  store_free (g_steal_pointer (&test->store));
  assert_refused (test, SIZE / 2, FALSE, "expected 524288 bytes, got 1048576");
  g_assert_cmpint (g_remove (test->path), ==, 0);
  assert_refused (test, 0, FALSE, "open: No such file or directory");
  assert_refused (test, SIZE, TRUE, "open: No such file or directory");
  g_assert_cmpint (g_mkdir (test->path, 0700), ==, 0);
  assert_refused (test, 0, TRUE, "expected a file or a block device, got neither");
}

static void
test_readers (Test *test, gconstpointer data)
{
  guint8 bytes[512];
  fill (bytes, sizeof bytes, 5);
  write_bytes (test, 0, bytes, sizeof bytes, FALSE);
  store_free (g_steal_pointer (&test->store));
  g_autoptr (GError) error = NULL;
  g_autoptr (Store) other = open_store (test, 0, TRUE, &error);
  g_assert_no_error (error);
  test->store = open_store (test, 0, TRUE, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (store_size (test->store), ==, SIZE);
  assert_bytes (test, 0, bytes, sizeof bytes);
}

/* Which holes there are is the file system's to say, but for tmpfs; what is written is never one. */
static void
test_unmap (Test *test, gconstpointer data)
{
  g_autofree guint8 *bytes = g_malloc (65536);
  guint64 length = 0;
  fill (bytes, 65536, 3);
  write_bytes (test, 0, bytes, 65536, FALSE);
  Asked unmap = {
    .request = { .offset_bytes = 12288 - 512, .length_bytes = 16384 + 1024, .done = asked_done }
  };
  store_unmap (test->store, &unmap.request);
  STEP_UNTIL (test->live.world, unmap.done > 0);
  g_assert_cmpuint (unmap.done, ==, 1);
  g_assert_cmpint (unmap.result, ==, STORE_OK);
  memset (bytes + 12288 - 512, 0, 16384 + 1024);
  assert_bytes (test, 0, bytes, 65536);
  g_assert_true (store_is_mapped (test->store, 12288 - 513, &length));
  if (data == places[0]) {
    g_assert_cmpuint (length, ==, 513);
    g_assert_false (store_is_mapped (test->store, 12288, &length));
    g_assert_cmpuint (length, ==, 16384);
    g_assert_false (store_is_mapped (test->store, 65536, &length));
    g_assert_cmpuint (length, ==, SIZE - 65536);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (places); i++) {
    const struct {
      const char *name;
      void (*run) (Test *test, gconstpointer data);
    } tests[] = {
      { "what was written reads back, the rest is zero", test_reads_back },
      { "what was written is there when it is opened again", test_stays },
      { "a durable write and a flush end", test_durable },
      { "a cancelled write never ends", test_cancelled },
      { "a host that goes down drops its jobs", test_host_down },
      { "a file that was cut short fails its reads", test_cut_short },
      { "what cannot be served is refused", test_refused },
      { "what is unmapped reads as zeros", test_unmap },
      { "several may read one file", test_readers },
    };
    for (guint j = 0; j < G_N_ELEMENTS (tests); j++) {
      g_autofree char *path =
          g_strdup_printf ("/store-file/%s: %s", i == 0 ? "in memory" : "on disk", tests[j].name);
      g_test_add (path, Test, places[i], set_up, tests[j].run, tear_down);
    }
  }
  return g_test_run ();
}
