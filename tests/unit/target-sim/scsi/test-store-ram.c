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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store-ram/what was never written reads as zeros", test_zero);
  g_test_add_func ("/store-ram/a write across pages and regions reads back", test_across_pages);
  return g_test_run ();
}
