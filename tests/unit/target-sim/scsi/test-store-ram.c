/* SPDX-License-Identifier: Apache-2.0 */
#include "target-sim/scsi/store.h"

static void
request_done (StoreRequest *request, StoreResult result)
{
  g_assert_cmpint (result, ==, STORE_OK);
  request->offset_bytes = G_MAXUINT64; /* it was called */
}

static void
write_bytes (Store *store, guint64 offset, const guint8 *bytes, gsize length)
{
  StoreRequest request = { .offset_bytes = offset, .done = request_done };
  /* in two slices, so that no piece is aligned */
  payload_append (&request.bytes, slice_copy (bytes, length / 3));
  payload_append (&request.bytes, slice_copy (bytes + length / 3, length - length / 3));
  store_write (store, &request);
  g_assert_cmpuint (request.offset_bytes, ==, G_MAXUINT64);
  payload_clear (&request.bytes);
}

static void
assert_bytes (Store *store, guint64 offset, const guint8 *bytes, gsize length)
{
  StoreRequest request = { .offset_bytes = offset, .length_bytes = length, .done = request_done };
  store_read (store, &request);
  g_autofree guint8 *got = g_malloc (length);
  g_assert_cmpuint (request.bytes.length, ==, length);
  payload_copy_out (&request.bytes, 0, got, length);
  g_assert_cmpmem (got, length, bytes, length);
  payload_clear (&request.bytes);
}

static void
test_zero (void)
{
  g_autoptr (Store) store = store_ram_new (UINT64_C (1) << 40);
  const guint8 zeros[4096] = { 0 };
  assert_bytes (store, 0, zeros, sizeof zeros);
  assert_bytes (store, (UINT64_C (1) << 40) - sizeof zeros, zeros, sizeof zeros);
}

static void
test_across_pages (void)
{
  g_autoptr (Store) store = store_ram_new (200 * 1024 * 1024);
  const gsize length = 300000;
  g_autofree guint8 *bytes = g_malloc (length);
  for (gsize i = 0; i < length; i++)
    bytes[i] = (guint8) (i * 7 + i / 251);
  /* over the edge between two regions */
  write_bytes (store, 64 * 1024 * 1024 - 100001, bytes, length);
  assert_bytes (store, 64 * 1024 * 1024 - 100001, bytes, length);
  const guint8 zero = 0;
  assert_bytes (store, 64 * 1024 * 1024 - 100002, &zero, 1);
  assert_bytes (store, 64 * 1024 * 1024 - 100001 + length, &zero, 1);
}

static void
unmap (Store *store, guint64 offset, guint64 length)
{
  StoreRequest request = { .offset_bytes = offset, .length_bytes = length, .done = request_done };
  store_unmap (store, &request);
  g_assert_cmpuint (request.offset_bytes, ==, G_MAXUINT64);
}

static void
assert_mapped (Store *store, guint64 offset, gboolean is_mapped, guint64 length)
{
  guint64 got = 0;
  g_assert_cmpint (store_is_mapped (store, offset, &got), ==, is_mapped);
  g_assert_cmpuint (got, ==, length);
}

#define KIB UINT64_C (1024)
#define MIB (1024 * KIB)

/* The middle of three pages goes, of the others what was asked for becomes zeros. */
static void
test_unmap (void)
{
  const guint64 begin = 64 * MIB - 128 * KIB;
  g_autoptr (Store) store = store_ram_new (200 * MIB);
  g_assert_cmpuint (store_unmap_bytes (store), ==, 64 * KIB);
  g_autofree guint8 *bytes = g_malloc (192 * KIB);
  memset (bytes, 0x5a, 192 * KIB);
  write_bytes (store, begin, bytes, 192 * KIB); /* over the edge between two regions */
  assert_mapped (store, 0, FALSE, begin);
  assert_mapped (store, begin + 1, TRUE, 192 * KIB - 1);
  unmap (store, begin + 64 * KIB - 512, 64 * KIB + 1024);
  memset (bytes + 64 * KIB - 512, 0, 64 * KIB + 1024);
  assert_bytes (store, begin, bytes, 192 * KIB);
  assert_mapped (store, begin, TRUE, 64 * KIB);
  assert_mapped (store, begin + 64 * KIB, FALSE, 64 * KIB);
  assert_mapped (store, begin + 128 * KIB, TRUE, 64 * KIB);
  assert_mapped (store, begin + 192 * KIB, FALSE, 200 * MIB - begin - 192 * KIB);
}

/* As quick for a unit that nobody has written to as for a small one, and a page that the end cuts short is a whole one. */
static void
test_unmap_all (void)
{
  g_autoptr (Store) store = store_ram_new ((UINT64_C (1) << 40) + 512);
  const guint8 byte[512] = { 1 };
  const guint8 zeros[512] = { 0 };
  write_bytes (store, UINT64_C (1) << 40, byte, sizeof byte);
  assert_mapped (store, UINT64_C (1) << 40, TRUE, 512);
  assert_mapped (store, 0, FALSE, UINT64_C (1) << 40);
  unmap (store, 0, (UINT64_C (1) << 40) + 512);
  assert_mapped (store, 0, FALSE, (UINT64_C (1) << 40) + 512);
  assert_bytes (store, UINT64_C (1) << 40, zeros, sizeof zeros);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store-ram/what was never written reads as zeros", test_zero);
  g_test_add_func ("/store-ram/a write across pages and regions reads back", test_across_pages);
  g_test_add_func ("/store-ram/what is unmapped is zeros, and whole pages go", test_unmap);
  g_test_add_func ("/store-ram/all of a large one is unmapped at once", test_unmap_all);
  return g_test_run ();
}
