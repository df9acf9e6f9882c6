/* SPDX-License-Identifier: Apache-2.0 */
/* Records, the ring that keeps the newest of them, the fingerprint over all, and the line that is printed. */
#include "world/log.h"

#include "world/random.h"

static const char *
color_name (guint64 value)
{
  return value == 1 ? "red" : "blue";
}

enum { LAMP_ON, LAMP_PAINTED, LAMP_SAID, LAMP_FULL, LAMP_HOLE, LAMP_BROKE };

static const EventType lamp_types[] = {
  [LAMP_ON] = { "on", EVENT_OBSERVABLE, { { "watts", EVENT_NUMBER, NULL } } },
  [LAMP_PAINTED] = { "painted",
                     EVENT_PLAIN,
                     { { "count", EVENT_NUMBER, NULL },
                       { "offset", EVENT_SIGNED, NULL },
                       { "mask", EVENT_HEX, NULL },
                       { "took", EVENT_NS, NULL },
                       { "color", EVENT_NAME, color_name },
                       { "", EVENT_NUMBER, NULL } } },
  [LAMP_SAID] = { "said",
                  EVENT_PLAIN,
                  { { "lamp", EVENT_NUMBER, NULL }, { "", EVENT_TEXT, NULL } } },
  [LAMP_FULL] = { "full",
                  EVENT_PLAIN,
                  { { "a", EVENT_NUMBER, NULL },
                    { "b", EVENT_NUMBER, NULL },
                    { "c", EVENT_NUMBER, NULL },
                    { "d", EVENT_NUMBER, NULL },
                    { "e", EVENT_NUMBER, NULL },
                    { "f", EVENT_NUMBER, NULL },
                    { "g", EVENT_NUMBER, NULL },
                    { "note", EVENT_TEXT, NULL } } },
  [LAMP_BROKE] = { "broke", EVENT_FAULT | EVENT_OBSERVABLE, { { "why", EVENT_TEXT, NULL } } },
};

static const EventFamily lamp_events = { 0, G_N_ELEMENTS (lamp_types), lamp_types };
static const EventFamily *const families[] = { &lamp_events, NULL };

#define RING_WORDS (4 * EVENT_WORDS) /* the least that is allowed */

static EventLog *
log_new (void)
{
  EventLog *log = event_log_new (families, RING_WORDS);
  g_assert_cmpuint (event_log_add_actor (log, "world"), ==, 0);
  g_assert_cmpuint (event_log_add_actor (log, "hall"), ==, 1);
  return log;
}

static void
log_said (EventLog *log, const char *text)
{
  EVENT_LOG (log, 1, LAMP_SAID, text, 5);
}

/* ---- print ---- */

typedef struct Lines {
  EventPrinter printer;
  GString *text;
} Lines;

static void
lines_add (gpointer data, const guint64 *words, guint count)
{
  Lines *lines = data;
  event_print (&lines->printer, words, lines->text);
  g_string_append_c (lines->text, '\n');
}

static void
assert_prints (EventLog *log, guint limit, const char *expected)
{
  Lines lines = { event_log_printer (log), g_string_new (NULL) };
  event_log_each (log, limit, lines_add, &lines);
  g_assert_cmpstr (lines.text->str, ==, expected);
  g_string_free (lines.text, TRUE);
}

static void
test_a_line_has_time_actor_name_and_each_kind_of_field (void)
{
  g_autoptr (EventLog) log = log_new ();
  const gint64 now = G_GINT64_CONSTANT (12000000034);
  event_log_set_clock (log, &now);
  EVENT_LOG (log, 1, LAMP_PAINTED, NULL, G_MAXUINT64, (guint64) -7, 0xbeef, 1500000, 1, 9);
  assert_prints (log, 1,
                 "    12.000000034     hall       painted        count=18446744073709551615 "
                 "offset=-7 mask=0xbeef took=1.500ms color=red 9\n");
}

static void
test_a_duration_has_the_unit_that_fits_it (void)
{
  static const struct {
    guint64 ns;
    const char *text;
  } rows[] = {
    { 0, "0ns" },
    { 999, "999ns" },
    { 1000, "1us" },
    { 20500, "20.500us" },
    { 2000000, "2ms" },
    { G_GUINT64_CONSTANT (924000000000), "924s" },
    { G_GUINT64_CONSTANT (1000999999), "1s" }, /* three digits, cut off */
    { (guint64) -5, "-5ns" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (EventLog) log = log_new ();
    g_autofree char *expected =
        g_strdup_printf ("     0.000000000     world      painted       "
                         " count=0 offset=0 mask=0x0 took=%s color=blue 0\n",
                         rows[i].text);
    EVENT_LOG (log, 0, LAMP_PAINTED, NULL, 0, 0, 0, rows[i].ns, 0, 0);
    assert_prints (log, 1, expected);
  }
}

static void
test_a_fault_is_marked_in_its_own_column (void)
{
  g_autoptr (EventLog) log = log_new ();
  event_log_add (log, 1, LAMP_BROKE, NULL, 0, "stone");
  assert_prints (log, 1, "     0.000000000  !  hall       broke          why=stone\n");
}

static void
test_what_the_tables_do_not_know_is_printed_as_such (void)
{
  Lines lines = { { families, NULL, NULL }, g_string_new (NULL) };
  g_autoptr (EventLog) log = log_new ();
  const guint64 beyond[] = { 2 | 99 << 16 | G_GUINT64_CONSTANT (7) << 32, 0 };
  const guint64 hole[] = { 2 | LAMP_HOLE << 16, 0 };
  lines.printer = event_log_printer (log);
  lines_add (&lines, beyond, 2);
  lines_add (&lines, hole, 2);
  g_assert_cmpstr (lines.text->str, ==,
                   "     0.000000000     ?          unknown-event-99\n"
                   "     0.000000000     world      unknown-event-4\n");
  g_string_free (lines.text, TRUE);
}

/* ---- text ---- */

static void
test_text_is_cut_at_its_bound (void)
{
  g_autoptr (EventLog) log = log_new ();
  g_autofree char *just = g_strnfill (EVENT_TEXT_MAX, 'x');
  g_autofree char *longer = g_strnfill (EVENT_TEXT_MAX + 1, 'x');
  g_autofree char *expected =
      g_strdup_printf ("     0.000000000     hall       said           lamp=5 %s\n"
                       "     0.000000000     hall       said           lamp=5 %s\n",
                       just, just);
  log_said (log, just);
  log_said (log, longer);
  assert_prints (log, 2, expected);
}

static void
test_the_largest_record_has_room (void)
{
  g_autoptr (EventLog) log = log_new ();
  g_autofree char *text = g_strnfill (2 * EVENT_TEXT_MAX, 'x');
  EVENT_LOG (log, 1, LAMP_FULL, text, 1, 2, 3, 4, 5, 6, 7);
  g_assert_cmpuint (event_log_words (log), ==, EVENT_WORDS);
}

static void
test_text_prints_without_control_characters (void)
{
  g_autoptr (EventLog) log = log_new ();
  log_said (log, "two\nlines\t\x1b[31m");
  log_said (log, NULL);
  assert_prints (log, 2,
                 "     0.000000000     hall       said           lamp=5 two?lines??[31m\n"
                 "     0.000000000     hall       said           lamp=5 \n");
}

/* ---- counts, the sink, the record ---- */

typedef struct Seen {
  GArray *words; /* of all records */
  guint records;
} Seen;

static void
seen_add (gpointer data, const guint64 *words, guint count)
{
  Seen *seen = data;
  g_assert_cmpuint (words[0] & 0xffff, ==, count);
  g_array_append_vals (seen->words, words, count);
  seen->records++;
}

static void
test_a_record_is_the_words_that_the_header_says (void)
{
  g_autoptr (EventLog) log = log_new ();
  g_autoptr (GArray) words = g_array_new (FALSE, FALSE, sizeof (guint64));
  Seen seen = { words, 0 };
  const gint64 now = 77;
  event_log_set_clock (log, &now);
  event_log_set_sink (log, seen_add, &seen);
  log_said (log, "abcdefghi");
  const guint64 expected[] = { 6 | LAMP_SAID << 16 | G_GUINT64_CONSTANT (1) << 32,
                               77,
                               5,
                               9,
                               G_GUINT64_CONSTANT (0x6867666564636261),
                               0x69 };
  g_assert_cmpmem (words->data, words->len * sizeof (guint64), expected, sizeof expected);
}

static void
test_the_sink_sees_each_record_as_it_is_made (void)
{
  g_autoptr (EventLog) log = log_new ();
  g_autoptr (GArray) words = g_array_new (FALSE, FALSE, sizeof (guint64));
  Seen seen = { words, 0 };
  EVENT_LOG (log, 1, LAMP_ON, NULL, 1); /* before it was there */
  event_log_set_sink (log, seen_add, &seen);
  for (guint i = 0; i < 1000; i++)
    EVENT_LOG (log, 1, LAMP_ON, NULL, i);
  g_assert_cmpuint (seen.records, ==, 1000);
  g_assert_cmpuint (words->len, ==, 3000);
  event_log_set_sink (log, NULL, NULL);
  EVENT_LOG (log, 1, LAMP_ON, NULL, 1);
  g_assert_cmpuint (seen.records, ==, 1000);
}

static void
test_counts_are_of_all_records_ever_made (void)
{
  g_autoptr (EventLog) log = log_new ();
  for (guint i = 0; i < 500; i++) {
    EVENT_LOG (log, 1, LAMP_ON, NULL, i);
    log_said (log, "abc");
  }
  event_log_add (log, 1, LAMP_BROKE, NULL, 0, NULL);
  g_assert_cmpuint (event_log_count (log), ==, 1001);
  g_assert_cmpuint (event_log_observable (log), ==, 501);
  g_assert_cmpuint (event_log_words (log), ==, 500 * 3 + 500 * 5 + 3);
}

/* ---- the ring ---- */

static void
test_the_ring_keeps_the_newest_oldest_first (void)
{
  g_autoptr (EventLog) log = log_new ();
  for (guint i = 1; i <= 1000; i++)
    EVENT_LOG (log, 1, LAMP_ON, NULL, i);
  assert_prints (log, 3,
                 "     0.000000000     hall       on             watts=998\n"
                 "     0.000000000     hall       on             watts=999\n"
                 "     0.000000000     hall       on             watts=1000\n");
  assert_prints (log, 0, "");
}

static void
test_an_empty_log_has_no_records (void)
{
  g_autoptr (EventLog) log = log_new ();
  assert_prints (log, G_MAXUINT, "");
}

/* What is in the ring is always the end of what was ever made, word for word, and fills most of the ring. */
static void
assert_ring_is_a_tail (EventLog *log, const GArray *all, guint ring_words)
{
  g_autoptr (GArray) kept = g_array_new (FALSE, FALSE, sizeof (guint64));
  Seen seen = { kept, 0 };
  event_log_each (log, G_MAXUINT, seen_add, &seen);
  g_assert_cmpuint (kept->len, <=, ring_words);
  g_assert_cmpuint (kept->len, >=, MIN (all->len, ring_words - 2 * EVENT_WORDS - 2));
  const guint64 *tail = &g_array_index (all, guint64, all->len - kept->len);
  g_assert_cmpmem (kept->data, kept->len * sizeof (guint64), tail, kept->len * sizeof (guint64));
}

/* Logs records of any length, and looks at the ring after each `stride` of them. */
static void
log_any_length (EventLog *log, guint ring_words, guint stride)
{
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (guint64));
  Seen seen = { all, 0 };
  Random random;
  random_init (&random, 1, "log");
  event_log_set_sink (log, seen_add, &seen);
  for (guint i = 0; i < 5000; i++) {
    g_autofree char *text = g_strnfill (random_below (&random, EVENT_TEXT_MAX + 1), 'y');
    if (random_chance (&random, 500000))
      EVENT_LOG (log, 1, LAMP_ON, NULL, i);
    else
      EVENT_LOG (log, 1, LAMP_FULL, text, i, 0, 0, 0, 0, 0, 0);
    if (i % stride == 0)
      assert_ring_is_a_tail (log, all, ring_words);
  }
}

static void
test_records_of_any_length_wrap_whole (void)
{
  g_autoptr (EventLog) log = log_new ();
  log_any_length (log, RING_WORDS, 1);
}

static void
test_a_large_ring_drops_nothing_before_it_is_full (void)
{
  const guint ring_words = 12345; /* not what doubling comes to */
  g_autoptr (EventLog) log = event_log_new (families, ring_words);
  log_any_length (log, ring_words, 7);
}

/* ---- the fingerprint ---- */

typedef struct Run {
  gint64 now;
  guint16 actor;
  guint id;
  guint64 values[6];
  const char *text;
} Run;

static guint64
run_fingerprint (const Run *run)
{
  g_autoptr (EventLog) log = log_new ();
  event_log_set_clock (log, &run->now);
  EVENT_LOG (log, 0, LAMP_ON, NULL, 1);
  event_log_add (log, run->actor, run->id, run->values, run->id == LAMP_PAINTED ? 6 : 1, run->text);
  EVENT_LOG (log, 0, LAMP_ON, NULL, 2);
  return event_log_fingerprint (log);
}

static void
test_equal_runs_have_equal_fingerprints (void)
{
  const Run run = { 5, 1, LAMP_PAINTED, { 1, 2, 3, 4, 5, 6 }, NULL };
  const Run said = { 5, 1, LAMP_SAID, { 1 }, "abc" };
  g_assert_cmphex (run_fingerprint (&run), ==, run_fingerprint (&run));
  g_assert_cmphex (run_fingerprint (&said), ==, run_fingerprint (&said));
}

static void
test_any_field_changes_the_fingerprint (void)
{
  const Run base = { 5, 1, LAMP_PAINTED, { 1, 2, 3, 4, 5, 6 }, NULL };
  const guint64 fingerprint = run_fingerprint (&base);
  Run other = base;
  other.now++;
  g_assert_cmphex (run_fingerprint (&other), !=, fingerprint);
  other = base;
  other.actor = 0;
  g_assert_cmphex (run_fingerprint (&other), !=, fingerprint);
  for (guint field = 0; field < 6; field++)
    for (guint bit = 0; bit < 64; bit++) {
      other = base;
      other.values[field] ^= G_GUINT64_CONSTANT (1) << bit;
      g_assert_cmphex (run_fingerprint (&other), !=, fingerprint);
    }
}

static void
test_text_and_type_change_the_fingerprint (void)
{
  const Run base = { 5, 1, LAMP_SAID, { 1 }, "abc" };
  static const char *const texts[] = { NULL, "", "abd", "ab", "abc ", "abcabcabcabc" };
  const guint64 fingerprint = run_fingerprint (&base);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    Run other = base;
    other.text = texts[i];
    g_assert_cmphex (run_fingerprint (&other), !=, fingerprint);
  }
  const Run on = { 5, 1, LAMP_ON, { 1 }, NULL };
  g_assert_cmphex (run_fingerprint (&on), !=, fingerprint);
}

static void
test_order_and_number_change_the_fingerprint (void)
{
  g_autoptr (EventLog) a = log_new ();
  g_autoptr (EventLog) b = log_new ();
  EVENT_LOG (a, 0, LAMP_ON, NULL, 1);
  EVENT_LOG (a, 0, LAMP_ON, NULL, 2);
  EVENT_LOG (b, 0, LAMP_ON, NULL, 2);
  EVENT_LOG (b, 0, LAMP_ON, NULL, 1);
  g_assert_cmphex (event_log_fingerprint (a), !=, event_log_fingerprint (b));
  const guint64 before = event_log_fingerprint (a);
  EVENT_LOG (a, 0, LAMP_ON, NULL, 2);
  g_assert_cmphex (event_log_fingerprint (a), !=, before);
}

static void
test_the_ring_has_no_say_in_the_fingerprint (void)
{
  g_autoptr (EventLog) small = log_new ();
  g_autoptr (EventLog) large = event_log_new (families, 100 * RING_WORDS);
  for (guint i = 0; i < 1000; i++) {
    EVENT_LOG (small, 0, LAMP_ON, NULL, i);
    EVENT_LOG (large, 0, LAMP_ON, NULL, i);
  }
  g_assert_cmphex (event_log_fingerprint (small), ==, event_log_fingerprint (large));
}

/* ---- misuse ---- */

static void
log_too_few_values (void)
{
  EVENT_LOG (log_new (), 0, LAMP_PAINTED, NULL, 1, 2);
}

static void
log_unknown_event (void)
{
  EVENT_LOG (log_new (), 0, LAMP_HOLE, NULL, 1);
}

static void
test_a_record_that_is_not_as_its_table_says_is_a_programmers_error (void)
{
  g_test_trap_subprocess ("/world/log/subprocess/few", 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*check failed: expected count == log->numbers*");
  g_test_trap_subprocess ("/world/log/subprocess/unknown", 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*check failed: expected id < EVENTS_LIMIT*");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define TEST(path, function) g_test_add_func ("/world/log/" path, function)
  TEST ("a-line-has-time-actor-name-and-each-kind-of-field",
        test_a_line_has_time_actor_name_and_each_kind_of_field);
  TEST ("a-duration-has-the-unit-that-fits-it", test_a_duration_has_the_unit_that_fits_it);
  TEST ("a-fault-is-marked-in-its-own-column", test_a_fault_is_marked_in_its_own_column);
  TEST ("what-the-tables-do-not-know-is-printed-as-such",
        test_what_the_tables_do_not_know_is_printed_as_such);
  TEST ("text-is-cut-at-its-bound", test_text_is_cut_at_its_bound);
  TEST ("the-largest-record-has-room", test_the_largest_record_has_room);
  TEST ("text-prints-without-control-characters", test_text_prints_without_control_characters);
  TEST ("a-record-is-the-words-that-the-header-says",
        test_a_record_is_the_words_that_the_header_says);
  TEST ("the-sink-sees-each-record-as-it-is-made", test_the_sink_sees_each_record_as_it_is_made);
  TEST ("counts-are-of-all-records-ever-made", test_counts_are_of_all_records_ever_made);
  TEST ("the-ring-keeps-the-newest-oldest-first", test_the_ring_keeps_the_newest_oldest_first);
  TEST ("an-empty-log-has-no-records", test_an_empty_log_has_no_records);
  TEST ("records-of-any-length-wrap-whole", test_records_of_any_length_wrap_whole);
  TEST ("equal-runs-have-equal-fingerprints", test_equal_runs_have_equal_fingerprints);
  TEST ("any-field-changes-the-fingerprint", test_any_field_changes_the_fingerprint);
  TEST ("text-and-type-change-the-fingerprint", test_text_and_type_change_the_fingerprint);
  TEST ("order-and-number-change-the-fingerprint", test_order_and_number_change_the_fingerprint);
  TEST ("a-large-ring-drops-nothing-before-it-is-full",
        test_a_large_ring_drops_nothing_before_it_is_full);
  TEST ("the-ring-has-no-say-in-the-fingerprint", test_the_ring_has_no_say_in_the_fingerprint);
  TEST ("subprocess/few", log_too_few_values);
  TEST ("subprocess/unknown", log_unknown_event);
  TEST ("a-record-that-is-not-as-its-table-says-is-a-programmers-error",
        test_a_record_that_is_not_as_its_table_says_is_a_programmers_error);
#undef TEST
  return g_test_run ();
}
