/* SPDX-License-Identifier: Apache-2.0 */
/* What comes next: by time, then priority, then the order of pushing, whatever is taken out in between. */
#include "world/queue.h"

#include "world/random.h"

#define MANY       500
#define OPERATIONS 10000

static void
never_fired (QueueEntry *entry)
{
  g_assert_not_reached ();
}

static void
entries_init (QueueEntry *entries, guint count)
{
  for (guint i = 0; i < count; i++)
    entries[i] = (QueueEntry){ .fire = never_fired };
}

static void
assert_pops (Queue *queue, QueueEntry *entries, const guint *order, guint count)
{
  for (guint i = 0; i < count; i++) {
    g_assert_true (queue_peek (queue) == &entries[order[i]]);
    g_assert_true (queue_pop (queue) == &entries[order[i]]);
    g_assert_false (queue_entry_is_in (&entries[order[i]]));
  }
  g_assert_null (queue_peek (queue));
  g_assert_null (queue_pop (queue));
}

static void
test_the_earliest_comes_first (void)
{
  Queue queue;
  QueueEntry entries[5];
  static const gint64 times[] = { 30, 10, G_MAXINT64, 0, 20 };
  queue_init (&queue);
  entries_init (entries, 5);
  for (guint i = 0; i < 5; i++)
    queue_push (&queue, &entries[i], times[i], QUEUE_TIMER);
  g_assert_cmpuint (queue.count, ==, 5);
  assert_pops (&queue, entries, (const guint[]){ 3, 1, 4, 0, 2 }, 5);
  queue_clear (&queue);
}

static void
test_at_one_time_the_priority_decides (void)
{
  Queue queue;
  QueueEntry entries[4];
  queue_init (&queue);
  entries_init (entries, 4);
  queue_push (&queue, &entries[0], 7, QUEUE_LAST);
  queue_push (&queue, &entries[1], 7, QUEUE_TIMER);
  queue_push (&queue, &entries[2], 7, QUEUE_ARRIVAL);
  queue_push (&queue, &entries[3], 7, QUEUE_FIRST);
  assert_pops (&queue, entries, (const guint[]){ 3, 2, 1, 0 }, 4);
  queue_clear (&queue);
}

static void
test_equals_come_in_the_order_of_pushing (void)
{
  Queue queue;
  QueueEntry entries[100];
  guint order[100];
  queue_init (&queue);
  entries_init (entries, 100);
  for (guint i = 0; i < 100; i++) {
    order[i] = (i * 37 + 5) % 100; /* not the order of their addresses */
    queue_push (&queue, &entries[order[i]], 7, QUEUE_TIMER);
  }
  assert_pops (&queue, entries, order, 100);
  queue_clear (&queue);
}

static void
test_an_entry_moved_away_and_back_is_the_last_of_its_equals (void)
{
  Queue queue;
  QueueEntry entries[3];
  queue_init (&queue);
  entries_init (entries, 3);
  for (guint i = 0; i < 3; i++)
    queue_push (&queue, &entries[i], 7, QUEUE_TIMER);
  queue_remove (&queue, &entries[0]);
  queue_push (&queue, &entries[0], 7, QUEUE_TIMER);
  assert_pops (&queue, entries, (const guint[]){ 1, 2, 0 }, 3);
  queue_clear (&queue);
}

static void
test_any_entry_can_be_taken_out (void)
{
  for (guint out = 0; out < 9; out++) {
    Queue queue;
    QueueEntry entries[9];
    guint order[9], count = 0;
    queue_init (&queue);
    entries_init (entries, 9);
    for (guint i = 0; i < 9; i++)
      queue_push (&queue, &entries[i], (gint64) (i * 4 % 9), QUEUE_TIMER);
    queue_remove (&queue, &entries[out]);
    g_assert_false (queue_entry_is_in (&entries[out]));
    for (guint time = 0; time < 9; time++)
      if (time * 7 % 9 != out) /* 4 * 7 = 1 modulo 9 */
        order[count++] = time * 7 % 9;
    assert_pops (&queue, entries, order, count);
    queue_clear (&queue);
  }
}

static void
test_taking_out_what_is_not_in_does_nothing (void)
{
  Queue queue;
  QueueEntry entries[2];
  queue_init (&queue);
  entries_init (entries, 2);
  queue_push (&queue, &entries[0], 1, QUEUE_TIMER);
  queue_remove (&queue, &entries[1]);
  g_assert_cmpuint (queue.count, ==, 1);
  queue_clear (&queue);
}

static void
test_clear_takes_out_and_fires_nothing (void)
{
  Queue queue;
  QueueEntry entries[40];
  queue_init (&queue);
  entries_init (entries, 40);
  for (guint i = 0; i < 40; i++)
    queue_push (&queue, &entries[i], i, QUEUE_TIMER);
  queue_clear (&queue);
  for (guint i = 0; i < 40; i++)
    g_assert_false (queue_entry_is_in (&entries[i]));
}

/* ---- against a list that is searched from end to end ---- */

typedef struct Known {
  QueueEntry entry;
  gint64 time_ns;
  QueuePriority priority;
  guint64 sequence;
  gboolean is_in;
} Known;

static gboolean
known_before (const Known *a, const Known *b)
{
  if (a->time_ns != b->time_ns)
    return a->time_ns < b->time_ns;
  if (a->priority != b->priority)
    return a->priority < b->priority;
  return a->sequence < b->sequence;
}

static Known *
known_first (Known *known)
{
  Known *first = NULL;
  for (guint i = 0; i < MANY; i++)
    if (known[i].is_in && (first == NULL || known_before (&known[i], first)))
      first = &known[i];
  return first;
}

static void
known_push (Known *known, Queue *queue, Random *random, guint64 sequence)
{
  known->time_ns = (gint64) random_below (random, 50); /* many equal ones */
  known->priority = (QueuePriority) random_below (random, 4);
  known->sequence = sequence;
  known->is_in = TRUE;
  queue_push (queue, &known->entry, known->time_ns, known->priority);
}

static void
known_pop (Known *known, Queue *queue)
{
  Known *first = known_first (known);
  QueueEntry *entry = queue_pop (queue);
  g_assert_true (entry == (first != NULL ? &first->entry : NULL));
  if (first != NULL)
    first->is_in = FALSE;
}

static void
test_ten_thousand_random_operations_agree_with_a_plain_list (void)
{
  g_autofree Known *known = g_new0 (Known, MANY);
  Queue queue;
  Random random;
  random_init (&random, 1, "queue");
  queue_init (&queue);
  for (guint i = 0; i < MANY; i++)
    known[i].entry.fire = never_fired;

  for (guint i = 0; i < OPERATIONS; i++) {
    Known *one = &known[random_below (&random, MANY)];
    if (random_chance (&random, 250000)) {
      known_pop (known, &queue);
    } else if (one->is_in) {
      queue_remove (&queue, &one->entry);
      one->is_in = FALSE;
    } else {
      known_push (one, &queue, &random, i);
    }
    g_assert_true (queue_entry_is_in (&one->entry) == one->is_in);
  }
  while (queue.count > 0)
    known_pop (known, &queue);
  g_assert_null (known_first (known));
  queue_clear (&queue);
}

/* ---- misuse ---- */

static void
push_twice (void)
{
  Queue queue;
  QueueEntry entry = { .fire = never_fired };
  queue_init (&queue);
  queue_push (&queue, &entry, 1, QUEUE_TIMER);
  queue_push (&queue, &entry, 2, QUEUE_TIMER);
}

static void
test_pushing_twice_is_a_programmers_error (void)
{
  g_test_trap_subprocess ("/world/queue/subprocess/twice", 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*check failed: expected entry->slot == 0*");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/world/queue/the-earliest-comes-first", test_the_earliest_comes_first);
  g_test_add_func ("/world/queue/at-one-time-the-priority-decides",
                   test_at_one_time_the_priority_decides);
  g_test_add_func ("/world/queue/equals-come-in-the-order-of-pushing",
                   test_equals_come_in_the_order_of_pushing);
  g_test_add_func ("/world/queue/an-entry-moved-away-and-back-is-the-last-of-its-equals",
                   test_an_entry_moved_away_and_back_is_the_last_of_its_equals);
  g_test_add_func ("/world/queue/any-entry-can-be-taken-out", test_any_entry_can_be_taken_out);
  g_test_add_func ("/world/queue/taking-out-what-is-not-in-does-nothing",
                   test_taking_out_what_is_not_in_does_nothing);
  g_test_add_func ("/world/queue/clear-takes-out-and-fires-nothing",
                   test_clear_takes_out_and_fires_nothing);
  g_test_add_func ("/world/queue/ten-thousand-random-operations-agree-with-a-plain-list",
                   test_ten_thousand_random_operations_agree_with_a_plain_list);
  g_test_add_func ("/world/queue/subprocess/twice", push_twice);
  g_test_add_func ("/world/queue/pushing-twice-is-a-programmers-error",
                   test_pushing_twice_is_a_programmers_error);
  return g_test_run ();
}
