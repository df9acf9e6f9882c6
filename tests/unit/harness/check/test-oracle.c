/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/check/oracle.h"
#include "harness/check/pattern.h"

#define SIZE 512

static guint64
write_done (Oracle *oracle, guint64 lba, guint64 blocks)
{
  const guint64 id = oracle_write_begin (oracle, lba, blocks);
  oracle_write_end (oracle, id, ORACLE_DONE);
  return id;
}

static void
append_block (Payload *data, guint64 write_id, guint64 lba)
{
  guint8 block[SIZE] = { 0 };
  if (write_id != 0)
    pattern_fill (block, SIZE, write_id, lba);
  payload_append (data, slice_copy (block, SIZE));
}

/* An open read of one block returns what that write put there. */
static gboolean
read_returns (Oracle *oracle, guint64 read_id, guint64 lba, guint64 write_id, OracleViolation *ret)
{
  g_auto (Payload) data = PAYLOAD_EMPTY;
  append_block (&data, write_id, lba);
  return oracle_read_end (oracle, read_id, &data, ret);
}

static void
assert_permitted (Oracle *oracle, guint64 lba, guint64 write_id)
{
  g_auto (OracleViolation) violation = { 0 };
  g_assert_true (
      read_returns (oracle, oracle_read_begin (oracle, lba, 1), lba, write_id, &violation));
  g_assert_null (violation.actual);
}

static void
assert_violation (Oracle *oracle, guint64 lba, guint64 write_id, const char *expected,
                  const char *actual)
{
  g_auto (OracleViolation) violation = { 0 };
  g_assert_false (
      read_returns (oracle, oracle_read_begin (oracle, lba, 1), lba, write_id, &violation));
  g_assert_cmpuint (violation.lba, ==, lba);
  g_assert_cmpstr (violation.property, ==, "no lost, stale, torn or misplaced write");
  g_assert_cmpstr (violation.expected, ==, expected);
  g_assert_cmpstr (violation.actual, ==, actual);
}

static void
an_unwritten_block_reads_as_zeros (void)
{
  g_autoptr (Oracle) oracle = oracle_new (SIZE);
  assert_permitted (oracle, G_MAXUINT64 - 1, 0);
  assert_violation (oracle, 4, 1, "block 4: its initial zeros",
                    "write 1, which was never submitted");
}

static void
ids_begin_at_1_and_grow (void)
{
  g_autoptr (Oracle) oracle = oracle_new (SIZE);
  g_assert_cmpuint (oracle_write_begin (oracle, 0, 1), ==, 1);
  g_assert_cmpuint (oracle_write_begin (oracle, 0, 1), ==, 2);
}

static void
a_write_that_is_done_is_read_back (void)
{
  g_autoptr (Oracle) oracle = oracle_new (SIZE);
  const guint64 id = write_done (oracle, 17, 1);
  assert_permitted (oracle, 17, id);
}

static void
a_lost_write_is_reported (void)
{
  g_autoptr (Oracle) oracle = oracle_new (SIZE);
  write_done (oracle, 17, 1);
  assert_violation (oracle, 17, 0, "block 17: write 1",
                    "the initial zeros, superseded by write 1 which ended before the read began");
}

static void
a_stale_write_is_reported (void)
{
  g_autoptr (Oracle) oracle = oracle_new (SIZE);
  write_done (oracle, 17, 1);
  write_done (oracle, 17, 1);
  write_done (oracle, 17, 1);
  assert_violation (oracle, 17, 1, "block 17: write 3",
                    "write 1, superseded by write 3 which ended before the read began");
  assert_violation (oracle, 17, 2, "block 17: write 3",
                    "write 2, superseded by write 3 which ended before the read began");
  assert_permitted (oracle, 17, 3);
}

static void
two_writes_at_once_may_land_in_either_order (void)
{
  g_autoptr (Oracle) oracle = oracle_new (SIZE);
  write_done (oracle, 17, 1);
  const guint64 a = oracle_write_begin (oracle, 17, 1);
  const guint64 b = oracle_write_begin (oracle, 17, 1);
  oracle_write_end (oracle, b, ORACLE_DONE);
  oracle_write_end (oracle, a, ORACLE_DONE);
  assert_permitted (oracle, 17, a);
  assert_permitted (oracle, 17, b);
  assert_violation (oracle, 17, 1, "block 17: write 2 or 3",
                    "write 1, superseded by write 3 which ended before the read began");
}

static void
a_read_beside_an_open_write_may_see_it_or_not (void)
{
  g_autoptr (Oracle) oracle = oracle_new (SIZE);
  write_done (oracle, 17, 1);
  oracle_write_begin (oracle, 17, 1);
  assert_permitted (oracle, 17, 2);
  assert_permitted (oracle, 17, 1);
  assert_violation (oracle, 17, 0, "block 17: write 1 or 2",
                    "the initial zeros, superseded by write 1 which ended before the read began");
}

static void
a_read_may_see_what_was_there_when_it_began (void)
{
  g_autoptr (Oracle) oracle = oracle_new (SIZE);
  g_auto (OracleViolation) violation = { 0 };
  write_done (oracle, 17, 1);
  const guint64 read = oracle_read_begin (oracle, 17, 1);
  write_done (oracle, 17, 1);
  write_done (oracle, 17, 1);
  const guint64 later = oracle_read_begin (oracle, 17, 1);
  g_assert_true (read_returns (oracle, read, 17, 1, &violation));
  g_assert_false (read_returns (oracle, later, 17, 1, &violation));
  g_assert_cmpstr (violation.expected, ==, "block 17: write 3");
}

static void
a_read_may_see_a_write_that_began_after_it (void)
{
  g_autoptr (Oracle) oracle = oracle_new (SIZE);
  g_auto (OracleViolation) violation = { 0 };
  const guint64 read = oracle_read_begin (oracle, 17, 1);
  const guint64 id = write_done (oracle, 17, 1);
  g_assert_true (read_returns (oracle, read, 17, id, &violation));
}

static void
a_write_of_unknown_outcome_may_show_and_supersedes_nothing (void)
{
  static const OracleOutcome outcomes[] = { ORACLE_UNKNOWN, ORACLE_FAILED };
  for (guint i = 0; i < G_N_ELEMENTS (outcomes); i++) {
    g_autoptr (Oracle) oracle = oracle_new (SIZE);
    write_done (oracle, 17, 1);
    oracle_write_end (oracle, oracle_write_begin (oracle, 17, 1), outcomes[i]);
    assert_permitted (oracle, 17, 2);
    assert_permitted (oracle, 17, 1);
    assert_violation (oracle, 17, 0, "block 17: write 1 or 2",
                      "the initial zeros, superseded by write 1 which ended before the read began");
  }
}

static void
a_write_of_unknown_outcome_must_not_come_back_over_a_later_one (void)
{
  g_autoptr (Oracle) oracle = oracle_new (SIZE);
  oracle_write_end (oracle, oracle_write_begin (oracle, 17, 1), ORACLE_UNKNOWN);
  write_done (oracle, 17, 1);
  assert_violation (oracle, 17, 1, "block 17: write 2",
                    "write 1, superseded by write 2 which ended before the read began");
}

static void
zeros_stay_possible_until_a_write_is_done (void)
{
  g_autoptr (Oracle) oracle = oracle_new (SIZE);
  oracle_write_end (oracle, oracle_write_begin (oracle, 17, 1), ORACLE_FAILED);
  assert_permitted (oracle, 17, 0);
  assert_violation (oracle, 17, 9, "block 17: its initial zeros or write 1",
                    "write 9, which was never submitted");
}

static void
each_block_of_a_write_is_judged_for_itself (void)
{
  g_autoptr (Oracle) oracle = oracle_new (SIZE);
  g_auto (OracleViolation) violation = { 0 };
  write_done (oracle, 254, 4); /* across the bounds of a page */
  write_done (oracle, 255, 2);
  g_auto (Payload) right = PAYLOAD_EMPTY;
  append_block (&right, 1, 254);
  append_block (&right, 2, 255);
  append_block (&right, 2, 256);
  append_block (&right, 1, 257);
  g_assert_true (oracle_read_end (oracle, oracle_read_begin (oracle, 254, 4), &right, &violation));

  g_auto (Payload) wrong = PAYLOAD_EMPTY;
  append_block (&wrong, 1, 254);
  append_block (&wrong, 1, 255);
  append_block (&wrong, 1, 256);
  append_block (&wrong, 1, 257);
  g_assert_false (oracle_read_end (oracle, oracle_read_begin (oracle, 254, 4), &wrong, &violation));
  g_assert_cmpstr (violation.expected, ==, "block 255: write 2");
  g_assert_cmpstr (violation.actual, ==,
                   "write 1, superseded by write 2 which ended before the read began; "
                   "wrong blocks of this read: 2");
}

static void
a_write_does_not_touch_the_blocks_beside_it (void)
{
  g_autoptr (Oracle) oracle = oracle_new (SIZE);
  write_done (oracle, 10, 2);
  oracle_write_begin (oracle, 13, 1);
  assert_permitted (oracle, 9, 0);
  assert_permitted (oracle, 12, 0);
  assert_violation (oracle, 12, 2, "block 12: its initial zeros",
                    "write 2, which never wrote this block");
}

static void
a_block_across_slices_is_judged_as_one (void)
{
  g_autoptr (Oracle) oracle = oracle_new (SIZE);
  g_auto (OracleViolation) violation = { 0 };
  guint8 bytes[3 * SIZE];
  pattern_fill_blocks (bytes, SIZE, 3, write_done (oracle, 5, 3), 5);
  static const gsize cuts[] = { 0, 1, 100, SIZE, SIZE + 7, 2 * SIZE + 500, 3 * SIZE };
  g_auto (Payload) data = PAYLOAD_EMPTY;
  for (guint i = 1; i < G_N_ELEMENTS (cuts); i++)
    payload_append (&data, slice_copy (bytes + cuts[i - 1], cuts[i] - cuts[i - 1]));
  g_assert_true (oracle_read_end (oracle, oracle_read_begin (oracle, 5, 3), &data, &violation));
}

static void
torn_and_misplaced_blocks_are_reported_in_words (void)
{
  g_autoptr (Oracle) oracle = oracle_new (SIZE);
  g_auto (OracleViolation) misplaced = { 0 }, torn = { 0 };
  write_done (oracle, 5, 2);
  guint8 bytes[SIZE];
  pattern_fill (bytes, SIZE, 1, 6);
  g_auto (Payload) elsewhere = payload_of (slice_copy (bytes, SIZE));
  g_assert_false (
      oracle_read_end (oracle, oracle_read_begin (oracle, 5, 1), &elsewhere, &misplaced));
  g_assert_cmpstr (misplaced.expected, ==, "block 5: write 1");
  g_assert_cmpstr (misplaced.actual, ==, "misplaced: LBA 6 of write 1");

  pattern_fill (bytes, SIZE, 1, 5);
  memset (bytes + 128, 0, SIZE - 128);
  g_auto (Payload) half = payload_of (slice_copy (bytes, SIZE));
  g_assert_false (oracle_read_end (oracle, oracle_read_begin (oracle, 5, 1), &half, &torn));
  g_assert_cmpstr (torn.actual, ==,
                   "torn: bytes 0 to 127 are of write 1, the rest was never written");
}

static void
a_short_read_is_reported (void)
{
  g_autoptr (Oracle) oracle = oracle_new (SIZE);
  g_auto (OracleViolation) violation = { 0 };
  g_auto (Payload) data = PAYLOAD_EMPTY;
  append_block (&data, 0, 1);
  g_assert_false (oracle_read_end (oracle, oracle_read_begin (oracle, 1, 2), &data, &violation));
  g_assert_cmpstr (violation.property, ==, "a read that is done returns all of its data");
  g_assert_cmpstr (violation.expected, ==, "1024 bytes");
  g_assert_cmpstr (violation.actual, ==, "512 bytes");
}

static void
a_read_that_failed_is_not_judged (void)
{
  g_autoptr (Oracle) oracle = oracle_new (SIZE);
  write_done (oracle, 1, 1);
  g_assert_true (oracle_read_end (oracle, oracle_read_begin (oracle, 1, 1), NULL, NULL));
}

static void
superseded_writes_are_forgotten (void)
{
  g_autoptr (Oracle) oracle = oracle_new (SIZE);
  for (guint i = 0; i < 1000; i++)
    write_done (oracle, i % 3, 4);
  g_assert_cmpuint (oracle_write_count (oracle), <=, 6);
}

static void
an_open_read_keeps_what_it_may_return (void)
{
  g_autoptr (Oracle) oracle = oracle_new (SIZE);
  g_auto (OracleViolation) violation = { 0 };
  write_done (oracle, 0, 1);
  const guint64 read = oracle_read_begin (oracle, 0, 1);
  for (guint i = 0; i < 100; i++)
    write_done (oracle, 0, 1);
  g_assert_cmpuint (oracle_write_count (oracle), ==, 101);
  g_assert_true (read_returns (oracle, read, 0, 1, &violation));
  write_done (oracle, 0, 1);
  g_assert_cmpuint (oracle_write_count (oracle), ==, 1);
}

/* The figure is in the message: no test here asserts on time. */
static void
a_lun_of_64_mib_is_written_and_verified (void)
{
  const gsize io = 256 * 1024, total = 64 * 1024 * 1024;
  g_autoptr (Oracle) oracle = oracle_new (SIZE);
  g_autofree guint8 *store = g_malloc (total);
  memset (store, 1, total);
  g_auto (OracleViolation) violation = { 0 };
  const gint64 start = g_get_monotonic_time ();
  for (gsize at = 0; at < total; at += io) {
    const guint64 id = oracle_write_begin (oracle, at / SIZE, io / SIZE);
    pattern_fill_blocks (store + at, SIZE, io / SIZE, id, at / SIZE);
    oracle_write_end (oracle, id, ORACLE_DONE);
  }
  gint64 copying = 0;
  for (gsize at = 0; at < total; at += io) {
    const guint64 id = oracle_read_begin (oracle, at / SIZE, io / SIZE);
    const gint64 copy = g_get_monotonic_time ();
    g_auto (Payload) data = payload_of (slice_copy (store + at, io));
    copying += g_get_monotonic_time () - copy;
    g_assert_true (oracle_read_end (oracle, id, &data, &violation));
  }
  g_test_message ("%" G_GINT64_FORMAT " us", g_get_monotonic_time () - start - copying);
}

static void
what_lies_where_nobody_wrote_may_be_unknown (void)
{
  g_autoptr (Oracle) oracle = oracle_new (SIZE);
  oracle_forget_zeros (oracle);
  assert_permitted (oracle, 4, 0);
  assert_permitted (oracle, 4, 77); /* of somebody else's run */
  const guint64 write_id = write_done (oracle, 4, 1);
  assert_permitted (oracle, 4, write_id);
  g_auto (OracleViolation) violation = { 0 };
  g_assert_false (read_returns (oracle, oracle_read_begin (oracle, 4, 1), 4, 77, &violation));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name) g_test_add_func ("/oracle/" #name, name)
  ADD (an_unwritten_block_reads_as_zeros);
  ADD (ids_begin_at_1_and_grow);
  ADD (a_write_that_is_done_is_read_back);
  ADD (a_lost_write_is_reported);
  ADD (a_stale_write_is_reported);
  ADD (two_writes_at_once_may_land_in_either_order);
  ADD (a_read_beside_an_open_write_may_see_it_or_not);
  ADD (a_read_may_see_what_was_there_when_it_began);
  ADD (a_read_may_see_a_write_that_began_after_it);
  ADD (a_write_of_unknown_outcome_may_show_and_supersedes_nothing);
  ADD (a_write_of_unknown_outcome_must_not_come_back_over_a_later_one);
  ADD (zeros_stay_possible_until_a_write_is_done);
  ADD (each_block_of_a_write_is_judged_for_itself);
  ADD (a_write_does_not_touch_the_blocks_beside_it);
  ADD (a_block_across_slices_is_judged_as_one);
  ADD (torn_and_misplaced_blocks_are_reported_in_words);
  ADD (a_short_read_is_reported);
  ADD (a_read_that_failed_is_not_judged);
  ADD (superseded_writes_are_forgotten);
  ADD (an_open_read_keeps_what_it_may_return);
  ADD (a_lun_of_64_mib_is_written_and_verified);
  ADD (what_lies_where_nobody_wrote_may_be_unknown);
#undef ADD
  return g_test_run ();
}
