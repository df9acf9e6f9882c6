/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/burst.h"
#include "protocol/gather.h"

#include <string.h>

static const char text[] = "abcdefghijklmnopqrst";

typedef struct Fixture {
  Gather gather;
  Payload whole;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->gather = GATHER_EMPTY;
  f->whole = PAYLOAD_EMPTY;
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  gather_clear (&f->gather);
  payload_clear (&f->whole);
}

static gboolean
add (Fixture *f, guint from, guint to)
{
  g_auto (Payload) piece = payload_of (slice_copy (text + from, to - from));
  return gather_add (&f->gather, &f->whole, from, &piece);
}

static void
assert_whole (const Fixture *f, gsize length)
{
  char bytes[sizeof text] = "";
  g_assert_cmpuint (f->whole.length, ==, length);
  payload_copy_out (&f->whole, 0, bytes, length);
  g_assert_cmpint (memcmp (bytes, text, length), ==, 0);
}

static void
in_order_nothing_waits (Fixture *f, gconstpointer data)
{
  for (guint i = 0; i < 20; i += 4) {
    g_assert_true (add (f, i, i + 4));
    assert_whole (f, i + 4);
    g_assert_cmpuint (gather_waiting (&f->gather), ==, 0);
  }
  g_assert_null (f->gather.waiting);
}

/* Five pieces in each of their 120 orders. */
static void
every_order_gives_the_whole (Fixture *f, gconstpointer data)
{
  for (guint n = 0; n < 120; n++) {
    guint left[] = { 0, 4, 8, 12, 16 };
    guint code = n;
    gsize added = 0;
    for (guint count = 5; count > 0; count--) {
      const guint pick = code % count;
      code /= count;
      g_assert_true (add (f, left[pick], left[pick] + 4));
      memmove (&left[pick], &left[pick + 1], (count - pick - 1) * sizeof left[0]);
      added += 4;
      g_assert_cmpuint (f->whole.length + gather_waiting (&f->gather), ==, added);
    }
    assert_whole (f, 20);
    g_assert_cmpuint (gather_waiting (&f->gather), ==, 0);
    tear_down (f, NULL);
    set_up (f, NULL);
  }
}

/* Against what waits and against what is whole: inside, at either edge, and around. */
static void
no_byte_is_taken_twice (Fixture *f, gconstpointer data)
{
  static const guint twice[][2] = { { 0, 4 }, { 3, 5 },   { 2, 9 },  { 8, 12 }, { 9, 10 },
                                    { 7, 9 }, { 11, 13 }, { 7, 13 }, { 4, 20 }, { 0, 20 } };
  g_assert_true (add (f, 0, 4));
  g_assert_true (add (f, 8, 12));
  g_assert_true (add (f, 16, 20));
  for (guint i = 0; i < G_N_ELEMENTS (twice); i++)
    g_assert_false (add (f, twice[i][0], twice[i][1]));
  assert_whole (f, 4);
  g_assert_cmpuint (gather_waiting (&f->gather), ==, 8);
  g_assert_true (add (f, 12, 16));
  g_assert_true (add (f, 4, 8));
  assert_whole (f, 20);
}

static void
no_bytes_are_no_part (Fixture *f, gconstpointer data)
{
  g_assert_true (add (f, 8, 8));
  g_assert_true (add (f, 0, 0));
  g_assert_null (f->gather.waiting);
}

/* ---- cutting ---- */

static void
bursts_are_cut_from_the_front_or_from_the_back (void)
{
  static const Burst parts[2][3] = { { { 16, 20 }, { 12, 16 }, { 10, 12 } },
                                     { { 10, 14 }, { 14, 18 }, { 18, 20 } } };
  for (gboolean is_in_order = FALSE; is_in_order <= TRUE; is_in_order++) {
    Burst burst = { 10, 20 };
    for (guint i = 0; i < 3; i++) {
      const Burst part = burst_take (&burst, 4, is_in_order);
      g_assert_cmpuint (part.begin, ==, parts[is_in_order][i].begin);
      g_assert_cmpuint (part.end, ==, parts[is_in_order][i].end);
    }
    g_assert_cmpuint (burst_length (&burst), ==, 0);
  }
}

static void
a_part_is_of_whole_words_but_for_the_last (void)
{
  for (gboolean is_in_order = FALSE; is_in_order <= TRUE; is_in_order++) {
    Burst burst = { 3, 3 + 17 };
    for (guint i = 0; i < 2; i++) {
      const Burst part = burst_take (&burst, 11, is_in_order);
      g_assert_cmpuint (burst_length (&part), ==, 8 + i);
    }
    g_assert_cmpuint (burst_length (&burst), ==, 0);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name) g_test_add ("/gather/" #name, Fixture, NULL, set_up, name, tear_down)
  ADD (in_order_nothing_waits);
  ADD (every_order_gives_the_whole);
  ADD (no_byte_is_taken_twice);
  ADD (no_bytes_are_no_part);
  g_test_add_func ("/burst/cut from the front, or from the back",
                   bursts_are_cut_from_the_front_or_from_the_back);
  g_test_add_func ("/burst/of whole words but for the last",
                   a_part_is_of_whole_words_but_for_the_last);
  return g_test_run ();
}
