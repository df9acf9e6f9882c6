/* SPDX-License-Identifier: Apache-2.0 */
/* once.c - who was submitted, and who of them is still open
 *
 * Open tasks stand in a list in the order of submission, with a table from the id to its link (looked up, never walked). Which
 * ids were ever submitted is kept as ranges, of which dense ids need one: an id in a range that is not open has completed.
 */
#include "harness/check/once.h"

#include "world/check.h"

#define ONCE_MAGIC 0x0DCE0001u

typedef struct OnceRange {
  guint64 first;
  guint64 last;
} OnceRange;

typedef struct OnceTask {
  guint64 id;
  GList link; /* in open; its data is the task */
} OnceTask;

struct Once {
  guint32 magic; /* ONCE_MAGIC */
  GQueue open;
  GHashTable *tasks; /* by id; owns */
  GArray *ranges;    /* of OnceRange, ascending, with gaps between */
};

Once *
once_new (void)
{
  Once *once = g_new0 (Once, 1);
  once->magic = ONCE_MAGIC;
  g_queue_init (&once->open);
  once->tasks = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, g_free);
  once->ranges = g_array_new (FALSE, FALSE, sizeof (OnceRange));
  return once;
}

void
once_free (Once *once)
{
  if (once == NULL)
    return;
  CHECK (once, ONCE_MAGIC);
  g_hash_table_unref (once->tasks);
  g_array_unref (once->ranges);
  once->magic = 0;
  g_free (once);
}

static void
once_extend_ranges (Once *once, guint64 id)
{
  OnceRange *last = once->ranges->len > 0
                        ? &g_array_index (once->ranges, OnceRange, once->ranges->len - 1)
                        : NULL;
  CHECK_THAT (last == NULL || id > last->last);
  if (last != NULL && id == last->last + 1) {
    last->last = id;
    return;
  }
  const OnceRange range = { id, id };
  g_array_append_val (once->ranges, range);
}

static gboolean
once_was_submitted (const Once *once, guint64 id)
{
  guint low = 0, high = once->ranges->len; /* the answer is in [low, high) */
  while (low < high) {
    const guint middle = low + (high - low) / 2;
    const OnceRange *range = &g_array_index (once->ranges, OnceRange, middle);
    if (id >= range->first && id <= range->last)
      return TRUE;
    if (id < range->first)
      high = middle;
    else
      low = middle + 1;
  }
  return FALSE;
}

void
once_submitted (Once *once, guint64 id)
{
  CHECK (once, ONCE_MAGIC);
  once_extend_ranges (once, id);
  OnceTask *task = g_new0 (OnceTask, 1);
  task->id = id;
  task->link.data = task;
  g_queue_push_tail_link (&once->open, &task->link);
  g_hash_table_insert (once->tasks, &task->id, task);
}

gboolean
once_completed (Once *once, guint64 id, char **ret_wrong)
{
  CHECK (once, ONCE_MAGIC);
  OnceTask *task = g_hash_table_lookup (once->tasks, &id);
  if (task != NULL) {
    g_queue_unlink (&once->open, &task->link);
    g_hash_table_remove (once->tasks, &id);
    return TRUE;
  }
  if (ret_wrong != NULL)
    *ret_wrong =
        g_strdup_printf (once_was_submitted (once, id)
                             ? "task %" G_GUINT64_FORMAT " completed a second time"
                             : "task %" G_GUINT64_FORMAT " completed, but was never submitted",
                         id);
  return FALSE;
}

GArray *
once_unfinished (const Once *once)
{
  CHECK (once, ONCE_MAGIC);
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (guint64));
  for (const GList *link = once->open.head; link != NULL; link = link->next) {
    const OnceTask *task = link->data;
    g_array_append_val (ids, task->id);
  }
  return ids;
}
