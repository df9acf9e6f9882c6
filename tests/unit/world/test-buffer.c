/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes travel by reference: who holds them, what a part is, and when they are copied. */
#include "world/buffer.h"

static Slice
slice_of (const char *text)
{
  return slice_copy (text, strlen (text));
}

static void
assert_bytes (const Slice *slice, const char *text)
{
  g_assert_cmpmem (slice->bytes, slice->length, text, strlen (text));
}

/* ---- buffers ---- */

static void
test_buffer_counts_its_references (void)
{
  g_autoptr (Buffer) buffer = buffer_new (16);
  g_assert_cmpuint (buffer->size, ==, 16);
  g_assert_cmpuint (buffer->references, ==, 1);
  g_assert_true (buffer_ref (buffer) == buffer);
  g_assert_cmpuint (buffer->references, ==, 2);
  buffer_unref (buffer);
  g_assert_cmpuint (buffer->references, ==, 1);
  buffer_unref (NULL);
}

/* ---- slices ---- */

static void
test_slice_copy_owns_a_copy (void)
{
  char text[] = "abc";
  Slice slice = slice_of (text);
  text[0] = 'x';
  assert_bytes (&slice, "abc");
  slice_clear (&slice);
  g_assert_null (slice.buffer);
  g_assert_cmpuint (slice.length, ==, 0);
}

static void
test_slice_of_nothing_holds_no_buffer (void)
{
  Slice nothing = slice_copy ("", 0);
  g_assert_null (nothing.buffer);
  Slice slice = slice_of ("abc");
  Slice part = slice_sub (&slice, 3, 0);
  g_assert_null (part.buffer);
  g_assert_cmpuint (slice.buffer->references, ==, 1);
  slice_clear (&nothing);
  slice_clear (&slice);
}

static void
test_slice_whole_takes_the_reference (void)
{
  Buffer *buffer = buffer_new (4);
  memcpy (buffer->bytes, "wxyz", 4);
  Slice slice = slice_whole (buffer);
  g_assert_cmpuint (buffer->references, ==, 1);
  g_assert_true (slice.bytes == buffer->bytes);
  assert_bytes (&slice, "wxyz");
  slice_clear (&slice);
}

static void
test_slice_part_is_the_same_bytes_and_outlives_the_whole (void)
{
  Slice slice = slice_of ("abcdef");
  Slice part = slice_sub (&slice, 2, 3);
  Slice again = slice_ref (&part);
  g_assert_true (part.bytes == slice.bytes + 2);
  g_assert_cmpuint (slice.buffer->references, ==, 3);
  slice_clear (&slice);
  slice_clear (&part);
  assert_bytes (&again, "cde");
  g_assert_cmpuint (again.buffer->references, ==, 1);
  slice_clear (&again);
}

static void
test_slice_skip_drops_bytes_at_the_front (void)
{
  Slice slice = slice_of ("abcdef");
  slice_skip (&slice, 4);
  assert_bytes (&slice, "ef");
  slice_skip (&slice, 2);
  g_assert_cmpuint (slice.length, ==, 0);
  slice_clear (&slice);
}

static void
slice_sub_past_the_end (void)
{
  Slice slice = slice_of ("abc");
  slice_sub (&slice, 2, 2);
}

static void
slice_sub_that_overflows (void)
{
  Slice slice = slice_of ("abc");
  slice_sub (&slice, 1, G_MAXSIZE);
}

static void
buffer_used_after_its_end (void)
{
  Buffer buffer = { .magic = 0, .references = 1 };
  buffer_ref (&buffer);
}

static void
assert_aborts (const char *test, const char *message)
{
  g_test_trap_subprocess (test, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr (message);
}

static void
test_slice_part_past_the_end_is_a_programmers_error (void)
{
  assert_aborts ("/world/buffer/subprocess/past", "*check failed: expected offset <= *");
  assert_aborts ("/world/buffer/subprocess/overflow", "*check failed: expected offset <= *");
  assert_aborts ("/world/buffer/subprocess/dead",
                 "*check failed: expected buffer is a live BUFFER_MAGIC*");
}

/* ---- payloads ---- */

/* "0" "11" "222" ...: slice number i is i + 1 times its digit. */
static Payload
payload_of_slices (guint count)
{
  Payload payload = PAYLOAD_EMPTY;
  for (guint i = 0; i < count; i++) {
    Buffer *buffer = buffer_new (i + 1);
    memset (buffer->bytes, '0' + (int) (i % 10), i + 1);
    payload_append (&payload, slice_whole (buffer));
  }
  return payload;
}

static void
test_payload_keeps_its_slices_in_order_as_it_grows (void)
{
  g_auto (Payload) payload = PAYLOAD_EMPTY;
  const guint8 *where[20];
  for (guint i = 0; i < G_N_ELEMENTS (where); i++) {
    Slice slice = slice_of ("xy");
    where[i] = slice.bytes;
    payload_append (&payload, slice);
    g_assert_true ((payload.heap != NULL) == (i >= PAYLOAD_LOCAL));
  }
  g_assert_cmpuint (payload.count, ==, G_N_ELEMENTS (where));
  g_assert_cmpuint (payload.length, ==, 2 * G_N_ELEMENTS (where));
  for (guint i = 0; i < payload.count; i++)
    g_assert_true (payload_slices (&payload)[i].bytes == where[i]);
}

static void
test_payload_drops_an_empty_slice_and_its_reference (void)
{
  g_auto (Payload) payload = PAYLOAD_EMPTY;
  Slice slice = slice_of ("abc");
  Slice used_up = slice_ref (&slice);
  slice_skip (&used_up, 3);
  payload_append (&payload, used_up);
  g_assert_cmpuint (payload.count, ==, 0);
  g_assert_cmpuint (slice.buffer->references, ==, 1);
  slice_clear (&slice);
}

static void
test_payload_of_a_slice_takes_it (void)
{
  Slice slice = slice_of ("abc");
  g_auto (Payload) payload = payload_of (slice);
  g_assert_cmpuint (payload.count, ==, 1);
  g_assert_cmpuint (payload.length, ==, 3);
  g_assert_cmpuint (slice.buffer->references, ==, 1);
  g_auto (Payload) nothing = payload_of (SLICE_EMPTY);
  g_assert_cmpuint (nothing.count, ==, 0);
}

static void
test_payload_clear_drops_every_reference (void)
{
  Slice slice = slice_of ("abc");
  Payload payload = PAYLOAD_EMPTY;
  for (guint i = 0; i < 5; i++)
    payload_append (&payload, slice_ref (&slice));
  g_assert_cmpuint (slice.buffer->references, ==, 6);
  payload_clear (&payload);
  payload_clear (&payload);
  g_assert_cmpuint (slice.buffer->references, ==, 1);
  g_assert_cmpuint (payload.length, ==, 0);
  slice_clear (&slice);
}

static void
test_payload_gives_out_any_part (void)
{
  g_auto (Payload) payload = payload_of_slices (5);
  static const char all[] = "011222333344444";
  g_assert_cmpuint (payload.length, ==, strlen (all));
  for (gsize offset = 0; offset <= payload.length; offset++)
    for (gsize length = 0; length <= payload.length - offset; length++) {
      char bytes[sizeof all];
      g_auto (Payload) part = PAYLOAD_EMPTY;
      payload_append_part (&part, &payload, offset, length);
      g_assert_cmpuint (part.length, ==, length);
      payload_copy_out (&part, 0, bytes, length);
      g_assert_cmpmem (bytes, length, all + offset, length);
      payload_copy_out (&payload, offset, bytes, length);
      g_assert_cmpmem (bytes, length, all + offset, length);
    }
}

static void
test_payload_part_copies_nothing (void)
{
  g_auto (Payload) payload = payload_of_slices (3);
  g_auto (Payload) part = PAYLOAD_EMPTY;
  payload_append_part (&part, &payload, 2, 3);
  const Slice *from = payload_slices (&payload);
  const Slice *slices = payload_slices (&part);
  g_assert_cmpuint (part.count, ==, 2);
  g_assert_true (slices[0].bytes == from[1].bytes + 1);
  g_assert_true (slices[1].bytes == from[2].bytes);
  g_assert_cmpuint (slices[0].length, ==, 1);
  g_assert_cmpuint (slices[1].length, ==, 2);
}

static void
test_payload_join_copies_only_several_slices (void)
{
  g_auto (Payload) nothing = PAYLOAD_EMPTY;
  g_auto (Payload) one = payload_of_slices (1);
  g_auto (Payload) several = payload_of_slices (4);
  Slice of_nothing = payload_join (&nothing);
  Slice of_one = payload_join (&one);
  Slice of_several = payload_join (&several);
  g_assert_null (of_nothing.buffer);
  g_assert_true (of_one.bytes == payload_slices (&one)[0].bytes);
  g_assert_cmpuint (of_one.buffer->references, ==, 2);
  assert_bytes (&of_several, "0112223333");
  g_assert_cmpuint (of_several.buffer->references, ==, 1);
  slice_clear (&of_one);
  slice_clear (&of_several);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/world/buffer/counts-its-references", test_buffer_counts_its_references);
  g_test_add_func ("/world/slice/copy-owns-a-copy", test_slice_copy_owns_a_copy);
  g_test_add_func ("/world/slice/of-nothing-holds-no-buffer",
                   test_slice_of_nothing_holds_no_buffer);
  g_test_add_func ("/world/slice/whole-takes-the-reference", test_slice_whole_takes_the_reference);
  g_test_add_func ("/world/slice/part-is-the-same-bytes-and-outlives-the-whole",
                   test_slice_part_is_the_same_bytes_and_outlives_the_whole);
  g_test_add_func ("/world/slice/skip-drops-bytes-at-the-front",
                   test_slice_skip_drops_bytes_at_the_front);
  g_test_add_func ("/world/buffer/subprocess/past", slice_sub_past_the_end);
  g_test_add_func ("/world/buffer/subprocess/overflow", slice_sub_that_overflows);
  g_test_add_func ("/world/buffer/subprocess/dead", buffer_used_after_its_end);
  g_test_add_func ("/world/slice/part-past-the-end-is-a-programmers-error",
                   test_slice_part_past_the_end_is_a_programmers_error);
  g_test_add_func ("/world/payload/keeps-its-slices-in-order-as-it-grows",
                   test_payload_keeps_its_slices_in_order_as_it_grows);
  g_test_add_func ("/world/payload/drops-an-empty-slice-and-its-reference",
                   test_payload_drops_an_empty_slice_and_its_reference);
  g_test_add_func ("/world/payload/of-a-slice-takes-it", test_payload_of_a_slice_takes_it);
  g_test_add_func ("/world/payload/clear-drops-every-reference",
                   test_payload_clear_drops_every_reference);
  g_test_add_func ("/world/payload/gives-out-any-part", test_payload_gives_out_any_part);
  g_test_add_func ("/world/payload/part-copies-nothing", test_payload_part_copies_nothing);
  g_test_add_func ("/world/payload/join-copies-only-several-slices",
                   test_payload_join_copies_only_several_slices);
  return g_test_run ();
}
