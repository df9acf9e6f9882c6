/* SPDX-License-Identifier: Apache-2.0 */
/* pattern.c - blocks that tell who wrote them
 *
 * After the head, word i of a block is a pad of (LBA, i), exclusive-or a key of the write. The pads of one LBA run through a
 * Weyl sequence, additions and shifts only, which the compiler turns into vector code: filling and checking go at the speed of
 * memory. The key is the id times an odd number, so that from any one word and the LBA the id can be computed back: that is
 * how the two halves of a torn block get their names.
 */
#include "harness/check/pattern.h"

#include "world/check.h"
#include "world/random.h"

#define HEAD_BYTES 16
#define HEAD_WORDS 2
#define PAD_STEP   G_GUINT64_CONSTANT (0x9e3779b97f4a7c15)
#define KEY_FACTOR G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9)
#define KEY_INVERSE                                                                                \
  G_GUINT64_CONSTANT (0x96de1b173f119089) /* KEY_FACTOR times this is 1, modulo 2^64 */
#define TORN_EVIDENCE 4 /* words in a row that must name the same write before it is believed */

static inline guint64
pattern_pad (guint64 base, gsize word)
{
  const guint64 state = base + word * PAD_STEP;
  return state ^ state >> 29;
}

static inline guint64
pattern_load (const guint8 *block, gsize word)
{
  guint64 value;
  memcpy (&value, block + word * sizeof value, sizeof value);
  return value;
}

static inline void
pattern_store (guint8 *block, gsize word, guint64 value)
{
  memcpy (block + word * sizeof value, &value, sizeof value);
}

static inline void
pattern_check_size (gsize block_size)
{
  CHECK_THAT (block_size >= PATTERN_BLOCK_MIN && block_size % sizeof (guint64) == 0);
}

void
pattern_fill (guint8 *block, gsize block_size, guint64 write_id, guint64 lba)
{
  pattern_check_size (block_size);
  CHECK_THAT (write_id != 0);
  pattern_store (block, 0, GUINT64_TO_BE (write_id));
  pattern_store (block, 1, GUINT64_TO_BE (lba));

  const guint64 base = random_mix (lba), key = write_id * KEY_FACTOR;
  const gsize words = block_size / sizeof (guint64);
  for (gsize i = HEAD_WORDS; i < words; i++)
    pattern_store (block, i, GUINT64_TO_LE (pattern_pad (base, i) ^ key));
}

void
pattern_fill_blocks (guint8 *bytes, gsize block_size, guint64 blocks, guint64 write_id, guint64 lba)
{
  for (guint64 i = 0; i < blocks; i++)
    pattern_fill (bytes + i * block_size, block_size, write_id, lba + i);
}

/* Without a branch in the loop, so that it becomes vector code: where it differs is asked only if it does. */
static gboolean
pattern_body_is (const guint8 *block, gsize words, guint64 base, guint64 key)
{
  guint64 difference = 0;
  for (gsize i = HEAD_WORDS; i < words; i++)
    difference |= GUINT64_FROM_LE (pattern_load (block, i)) ^ pattern_pad (base, i) ^ key;
  return difference == 0;
}

static gboolean
pattern_is_zero (const guint8 *block, gsize words, gsize from_word)
{
  guint64 any = 0;
  for (gsize i = from_word; i < words; i++)
    any |= pattern_load (block, i);
  return any == 0;
}

/* ---- what is wrong: slow, and only asked when something is ---- */

/* The write that this word would be of, at this LBA. */
static guint64
pattern_word_id (const guint8 *block, guint64 base, gsize word)
{
  return (GUINT64_FROM_LE (pattern_load (block, word)) ^ pattern_pad (base, word)) * KEY_INVERSE;
}

/* Whether the words from `from` on are all of one write; at least TORN_EVIDENCE of them. */
static gboolean
pattern_tail_id (const guint8 *block, gsize words, guint64 base, gsize from, guint64 *ret_write_id)
{
  if (words - from < TORN_EVIDENCE)
    return FALSE;
  const guint64 id = pattern_word_id (block, base, from);
  for (gsize i = from + 1; i < from + TORN_EVIDENCE; i++) {
    if (pattern_word_id (block, base, i) != id)
      return FALSE;
  }
  *ret_write_id = id;
  return TRUE;
}

/* The first word that is not of this write; `words` if all are. */
static gsize
pattern_first_other (const guint8 *block, gsize words, guint64 base, guint64 write_id)
{
  gsize i = HEAD_WORDS;
  while (i < words && pattern_word_id (block, base, i) == write_id)
    i++;
  return i;
}

/* The head is of write_id and for this LBA, the rest is not all of it. The word at `other` may itself be cut in two, so that
 * the tail is looked for one word later too. */
static char *
pattern_describe_torn (const guint8 *block, gsize words, guint64 base, guint64 write_id,
                       gsize other)
{
  const gsize at = other * sizeof (guint64);
  guint64 tail_id;
  if (pattern_is_zero (block, words, other))
    return g_strdup_printf ("torn: bytes 0 to %" G_GSIZE_FORMAT " are of write %" G_GUINT64_FORMAT
                            ", the rest was never written",
                            at - 1, write_id);
  if ((pattern_tail_id (block, words, base, other, &tail_id)
       || pattern_tail_id (block, words, base, other + 1, &tail_id))
      && tail_id != write_id)
    return g_strdup_printf ("torn: bytes 0 to %" G_GSIZE_FORMAT " are of write %" G_GUINT64_FORMAT
                            ", the rest of write %" G_GUINT64_FORMAT,
                            at - 1, write_id, tail_id);
  return g_strdup_printf ("damaged at byte %" G_GSIZE_FORMAT " of write %" G_GUINT64_FORMAT, at,
                          write_id);
}

/* The head is zeros, the rest is not: a tail of some write, at this LBA, may follow. */
static char *
pattern_describe_headless (const guint8 *block, gsize words, guint64 base)
{
  gsize first = HEAD_WORDS;
  while (first < words && pattern_load (block, first) == 0)
    first++;
  guint64 tail_id;
  if (first < words && pattern_tail_id (block, words, base, first, &tail_id))
    return g_strdup_printf ("torn: bytes 0 to %" G_GSIZE_FORMAT
                            " were never written, the rest is of write %" G_GUINT64_FORMAT,
                            first * sizeof (guint64) - 1, tail_id);
  return g_strdup ("not test data");
}

static char *
pattern_describe (const guint8 *block, gsize words, guint64 lba)
{
  const guint64 base = random_mix (lba);
  const guint64 id = GUINT64_FROM_BE (pattern_load (block, 0));
  const guint64 head_lba = GUINT64_FROM_BE (pattern_load (block, 1));
  if (head_lba != lba && id != 0
      && pattern_body_is (block, words, random_mix (head_lba), id * KEY_FACTOR))
    return g_strdup_printf ("misplaced: LBA %" G_GUINT64_FORMAT " of write %" G_GUINT64_FORMAT,
                            head_lba, id);
  if (id == 0 && head_lba == 0)
    return pattern_describe_headless (block, words, base);

  const gsize other = pattern_first_other (block, words, base, id);
  if (other == words)
    return g_strdup_printf (
        "damaged in its first %d bytes, the rest is of write %" G_GUINT64_FORMAT, HEAD_BYTES, id);
  if (head_lba == lba && id != 0)
    return pattern_describe_torn (block, words, base, id, other);
  return g_strdup ("not test data");
}

gboolean
pattern_check (const guint8 *block, gsize block_size, guint64 lba, guint64 *ret_write_id,
               char **ret_wrong)
{
  pattern_check_size (block_size);
  const gsize words = block_size / sizeof (guint64);
  const guint64 id = GUINT64_FROM_BE (pattern_load (block, 0));
  const guint64 head_lba = GUINT64_FROM_BE (pattern_load (block, 1));

  const gboolean is_whole =
      id == 0
          ? head_lba == 0 && pattern_is_zero (block, words, HEAD_WORDS)
          : head_lba == lba && pattern_body_is (block, words, random_mix (lba), id * KEY_FACTOR);
  if (is_whole && ret_write_id != NULL)
    *ret_write_id = id;
  if (!is_whole && ret_wrong != NULL)
    *ret_wrong = pattern_describe (block, words, lba);
  return is_whole;
}
