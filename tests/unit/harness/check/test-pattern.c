/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/check/pattern.h"

#include <string.h>

#define SIZE 512

static void
assert_wrong (const guint8 *block, gsize size, guint64 lba, const char *expected)
{
  g_autofree char *wrong = NULL;
  guint64 id = 77;
  g_assert_false (pattern_check (block, size, lba, &id, &wrong));
  g_assert_cmpstr (wrong, ==, expected);
  g_assert_cmpuint (id, ==, 77);
}

static void
a_filled_block_is_whole_and_names_its_write (void)
{
  static const gsize sizes[] = { 32, 512, 520, 4096 };
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autofree guint8 *block = g_malloc (sizes[i]);
    guint64 id = 0;
    pattern_fill (block, sizes[i], G_MAXUINT64 - 5, G_MAXUINT64 - i);
    g_assert_true (pattern_check (block, sizes[i], G_MAXUINT64 - i, &id, NULL));
    g_assert_cmpuint (id, ==, G_MAXUINT64 - 5);
  }
}

static void
the_head_is_the_write_and_the_lba_big_endian (void)
{
  static const guint8 head[16] = { 0, 0, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 0, 0, 3, 4 };
  guint8 block[SIZE];
  pattern_fill (block, SIZE, 0x102, 0x304);
  g_assert_cmpmem (block, 16, head, 16);
}

static void
a_block_of_zeros_is_write_0_at_any_lba (void)
{
  const guint8 block[SIZE] = { 0 };
  guint64 id = 1;
  g_assert_true (pattern_check (block, SIZE, 9, &id, NULL));
  g_assert_cmpuint (id, ==, 0);
}

static void
a_run_of_blocks_counts_its_lba_up (void)
{
  guint8 blocks[3 * SIZE];
  pattern_fill_blocks (blocks, SIZE, 3, 4, 100);
  for (guint i = 0; i < 3; i++)
    g_assert_true (pattern_check (blocks + i * SIZE, SIZE, 100 + i, NULL, NULL));
}

static void
a_torn_block_names_both_writes (void)
{
  guint8 block[4096], old[4096];
  pattern_fill (block, 4096, 5, 9);
  pattern_fill (old, 4096, 3, 9);
  memcpy (block + 512, old + 512, 4096 - 512);
  assert_wrong (block, 4096, 9, "torn: bytes 0 to 511 are of write 5, the rest of write 3");
}

static void
a_block_torn_inside_a_word_names_both_writes (void)
{
  guint8 block[SIZE], old[SIZE];
  pattern_fill (block, SIZE, 5, 9);
  pattern_fill (old, SIZE, 3, 9);
  memcpy (block + 101, old + 101, SIZE - 101);
  assert_wrong (block, SIZE, 9, "torn: bytes 0 to 95 are of write 5, the rest of write 3");
  memcpy (block + 100, old + 100, SIZE - 100);
  g_assert_false (pattern_check (block, SIZE, 9, NULL, NULL));
}

static void
a_block_torn_against_zeros_says_so (void)
{
  guint8 block[SIZE];
  pattern_fill (block, SIZE, 5, 9);
  memset (block + 256, 0, 256);
  assert_wrong (block, SIZE, 9, "torn: bytes 0 to 255 are of write 5, the rest was never written");

  pattern_fill (block, SIZE, 5, 9);
  memset (block, 0, 256);
  assert_wrong (block, SIZE, 9, "torn: bytes 0 to 255 were never written, the rest is of write 5");
}

static void
a_misplaced_block_names_its_true_place (void)
{
  guint8 block[SIZE];
  pattern_fill (block, SIZE, 5, 9);
  assert_wrong (block, SIZE, 10, "misplaced: LBA 9 of write 5");
}

static void
any_single_wrong_bit_is_seen (void)
{
  guint8 block[SIZE];
  pattern_fill (block, SIZE, 5, 9);
  for (guint bit = 0; bit < SIZE * 8; bit++) {
    block[bit / 8] ^= 1 << bit % 8;
    g_assert_false (pattern_check (block, SIZE, 9, NULL, NULL));
    block[bit / 8] ^= 1 << bit % 8;
  }
  block[200] ^= 0x10;
  assert_wrong (block, SIZE, 9, "damaged at byte 200 of write 5");
}

static void
what_is_no_test_data_is_called_so (void)
{
  guint8 block[SIZE];
  memset (block, 0xa5, SIZE);
  assert_wrong (block, SIZE, 9, "not test data");
  memset (block, 0, 16);
  assert_wrong (block, SIZE, 9, "not test data");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name) g_test_add_func ("/pattern/" #name, name)
  ADD (a_filled_block_is_whole_and_names_its_write);
  ADD (the_head_is_the_write_and_the_lba_big_endian);
  ADD (a_block_of_zeros_is_write_0_at_any_lba);
  ADD (a_run_of_blocks_counts_its_lba_up);
  ADD (a_torn_block_names_both_writes);
  ADD (a_block_torn_inside_a_word_names_both_writes);
  ADD (a_block_torn_against_zeros_says_so);
  ADD (a_misplaced_block_names_its_true_place);
  ADD (any_single_wrong_bit_is_seen);
  ADD (what_is_no_test_data_is_called_so);
#undef ADD
  return g_test_run ();
}
