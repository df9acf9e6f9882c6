/* SPDX-License-Identifier: Apache-2.0 */
/* The same numbers on every machine, streams that leave each other alone, and bounds without a bias. */
#include "world/random.h"

/* ---- known answers ---- */

/* The vectors of the authors' xoshiro256** and splitmix64, and of FNV-1a. */
static void
test_the_algorithms_are_the_published_ones (void)
{
  static const guint64 expected[] = {
    11520,
    0,
    1509978240,
    G_GUINT64_CONSTANT (1215971899390074240),
    G_GUINT64_CONSTANT (1216172134540287360),
    G_GUINT64_CONSTANT (607988272756665600),
    G_GUINT64_CONSTANT (16172922978634559625),
    G_GUINT64_CONSTANT (8476171486693032832),
    G_GUINT64_CONSTANT (10595114339597558777),
    G_GUINT64_CONSTANT (2904607092377533576),
  };
  Random random = { { 1, 2, 3, 4 } };
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    g_assert_cmpuint (random_next (&random), ==, expected[i]);
  g_assert_cmphex (random_mix (0), ==, G_GUINT64_CONSTANT (0xe220a8397b1dcdaf));
  g_assert_cmphex (random_hash_name (""), ==, G_GUINT64_CONSTANT (0xcbf29ce484222325));
  g_assert_cmphex (random_hash_name ("a"), ==, G_GUINT64_CONSTANT (0xaf63dc4c8601ec8c));
  g_assert_cmphex (random_hash_name ("foobar"), ==, G_GUINT64_CONSTANT (0x85944171f73967e8));
}

/* A change here makes every schedule and every seed that anyone noted worthless. */
static void
test_a_seed_and_a_name_give_these_numbers_for_ever (void)
{
  static const struct {
    guint64 seed;
    const char *name;
    guint64 numbers[4];
  } known[] = {
    { 1,
      "net",
      { G_GUINT64_CONSTANT (0xa78a9d72958bc584), G_GUINT64_CONSTANT (0xd4ad158976bff6ab),
        G_GUINT64_CONSTANT (0x6ed465d3294fadd3), G_GUINT64_CONSTANT (0x3fe31a45d7014a99) } },
    { 0,
      "",
      { G_GUINT64_CONSTANT (0x812766b744e14f20), G_GUINT64_CONSTANT (0xe7290fa72581a716),
        G_GUINT64_CONSTANT (0xd94fb12c3ac43c1c), G_GUINT64_CONSTANT (0x8ede4fa1b892efc9) } },
  };
  for (guint i = 0; i < G_N_ELEMENTS (known); i++) {
    Random random;
    random_init (&random, known[i].seed, known[i].name);
    for (guint j = 0; j < 4; j++)
      g_assert_cmphex (random_next (&random), ==, known[i].numbers[j]);
  }
}

/* ---- streams ---- */

static void
test_a_draw_in_one_stream_does_not_shift_another (void)
{
  Random alone, beside, other;
  random_init (&alone, 7, "disk");
  random_init (&beside, 7, "disk");
  random_init (&other, 7, "net");
  for (guint i = 0; i < 100; i++) {
    random_next (&other);
    random_below (&other, 3);
    g_assert_cmphex (random_next (&alone), ==, random_next (&beside));
  }
}

static void
assert_differ (guint64 seed_a, const char *name_a, guint64 seed_b, const char *name_b)
{
  Random a, b;
  random_init (&a, seed_a, name_a);
  random_init (&b, seed_b, name_b);
  for (guint i = 0; i < 16; i++)
    g_assert_cmphex (random_next (&a), !=, random_next (&b));
}

static void
test_another_name_or_seed_is_another_stream (void)
{
  assert_differ (7, "disk", 7, "net");
  assert_differ (7, "disk", 7, "disk2");
  assert_differ (7, "disk", 7, "");
  assert_differ (7, "disk", 8, "disk");
  assert_differ (0, "disk", G_MAXUINT64, "disk");
}

/* ---- bounds ---- */

static void
test_below_gives_every_number_under_its_limit_and_no_other (void)
{
  Random random;
  random_init (&random, 1, "below");
  for (guint64 limit = 1; limit <= 40; limit++) {
    guint64 seen = 0;
    for (guint i = 0; i < 1000; i++) {
      const guint64 value = random_below (&random, limit);
      g_assert_cmpuint (value, <, limit);
      seen |= G_GUINT64_CONSTANT (1) << value;
    }
    g_assert_cmphex (seen, ==, (G_GUINT64_CONSTANT (1) << limit) - 1);
  }
}

static void
test_below_gives_each_number_equally_often (void)
{
  Random random;
  guint counts[6] = { 0 };
  random_init (&random, 1, "even");
  for (guint i = 0; i < 60000; i++)
    counts[random_below (&random, 6)]++;
  for (guint i = 0; i < 6; i++) {
    g_assert_cmpuint (counts[i], >, 9600);
    g_assert_cmpuint (counts[i], <, 10400);
  }
}

/* With a limit of 2^63 + 1 a plain remainder would give all but two of the numbers twice as often; those draws are thrown away,
 * which is nearly every second. */
static void
test_below_throws_away_the_draws_that_would_bias_it (void)
{
  const guint64 limit = (G_GUINT64_CONSTANT (1) << 63) + 1;
  const guint64 skip = limit - 2; /* 2^64 modulo the limit */
  Random random, plain;
  guint thrown_away = 0;
  random_init (&random, 1, "bias");
  random_init (&plain, 1, "bias");
  for (guint i = 0; i < 1000; i++) {
    guint64 value;
    while ((value = random_next (&plain)) < skip)
      thrown_away++;
    g_assert_cmpuint (random_below (&random, limit), ==, value % limit);
  }
  g_assert_cmpuint (thrown_away, >, 800);
  g_assert_cmpuint (thrown_away, <, 1200);
}

static void
test_a_chance_is_in_parts_per_million (void)
{
  Random random;
  guint hits = 0;
  random_init (&random, 1, "chance");
  for (guint i = 0; i < 100000; i++) {
    g_assert_false (random_chance (&random, 0));
    g_assert_true (random_chance (&random, 1000000));
    hits += random_chance (&random, 250000);
  }
  g_assert_cmpuint (hits, >, 24500);
  g_assert_cmpuint (hits, <, 25500);
}

/* ---- bytes ---- */

static void
test_fill_writes_the_numbers_byte_by_byte_and_no_further (void)
{
  for (gsize length = 0; length <= 20; length++) {
    Random random, plain;
    guint8 bytes[24], expected[24];
    random_init (&random, 1, "fill");
    random_init (&plain, 1, "fill");
    for (gsize i = 0; i < sizeof expected; i += 8) {
      const guint64 word = random_next (&plain);
      for (guint j = 0; j < 8; j++)
        expected[i + j] = (guint8) (word >> (8 * j));
    }
    for (gsize i = 0; i < sizeof bytes; i++)
      bytes[i] = 0xee;
    random_fill (&random, bytes, length);
    g_assert_cmpmem (bytes, length, expected, length);
    for (gsize i = length; i < sizeof bytes; i++)
      g_assert_cmphex (bytes[i], ==, 0xee);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/world/random/the-algorithms-are-the-published-ones",
                   test_the_algorithms_are_the_published_ones);
  g_test_add_func ("/world/random/a-seed-and-a-name-give-these-numbers-for-ever",
                   test_a_seed_and_a_name_give_these_numbers_for_ever);
  g_test_add_func ("/world/random/a-draw-in-one-stream-does-not-shift-another",
                   test_a_draw_in_one_stream_does_not_shift_another);
  g_test_add_func ("/world/random/another-name-or-seed-is-another-stream",
                   test_another_name_or_seed_is_another_stream);
  g_test_add_func ("/world/random/below-gives-every-number-under-its-limit-and-no-other",
                   test_below_gives_every_number_under_its_limit_and_no_other);
  g_test_add_func ("/world/random/below-gives-each-number-equally-often",
                   test_below_gives_each_number_equally_often);
  g_test_add_func ("/world/random/below-throws-away-the-draws-that-would-bias-it",
                   test_below_throws_away_the_draws_that_would_bias_it);
  g_test_add_func ("/world/random/a-chance-is-in-parts-per-million",
                   test_a_chance_is_in_parts_per_million);
  g_test_add_func ("/world/random/fill-writes-the-numbers-byte-by-byte-and-no-further",
                   test_fill_writes_the_numbers_byte_by_byte_and_no_further);
  return g_test_run ();
}
