/* SPDX-License-Identifier: Apache-2.0 */
/* queue.c - a binary heap of pointers into the owners' memory
 *
 * Each entry knows its slot, so that taking one out of the middle costs as little as taking the first.
 */
#include "world/queue.h"

#define SEQUENCE_BITS 56

static inline gboolean
entry_before (const QueueEntry *a, const QueueEntry *b)
{
  return a->time_ns != b->time_ns ? a->time_ns < b->time_ns : a->order < b->order;
}

static inline void
queue_put (Queue *queue, QueueEntry *entry, guint slot)
{
  queue->heap[slot] = entry;
  entry->slot = slot;
}

static void
queue_sift_up (Queue *queue, QueueEntry *entry, guint slot)
{
  while (slot > 1 && entry_before (entry, queue->heap[slot / 2])) {
    queue_put (queue, queue->heap[slot / 2], slot);
    slot /= 2;
  }
  queue_put (queue, entry, slot);
}

static void
queue_sift_down (Queue *queue, QueueEntry *entry, guint slot)
{
  for (;;) {
    guint child = slot * 2;
    if (child > queue->count)
      break;
    if (child < queue->count && entry_before (queue->heap[child + 1], queue->heap[child]))
      child++;
    if (!entry_before (queue->heap[child], entry))
      break;
    queue_put (queue, queue->heap[child], slot);
    slot = child;
  }
  queue_put (queue, entry, slot);
}

void
queue_init (Queue *queue)
{
  *queue = (Queue){ .room = 16 };
  queue->heap = g_new0 (QueueEntry *, queue->room);
}

void
queue_clear (Queue *queue)
{
  for (guint i = 1; i <= queue->count; i++)
    queue->heap[i]->slot = 0;
  g_free (queue->heap);
  *queue = (Queue){ 0 };
}

void
queue_push (Queue *queue, QueueEntry *entry, gint64 time_ns, QueuePriority priority)
{
  CHECK_THAT (entry->slot == 0);
  CHECK_THAT (entry->fire != NULL);
  if (queue->count + 1 >= queue->room) {
    queue->room *= 2;
    queue->heap = g_renew (QueueEntry *, queue->heap, queue->room);
  }
  entry->time_ns = time_ns;
  entry->order = (guint64) priority << SEQUENCE_BITS | queue->sequence++;
  queue_sift_up (queue, entry, ++queue->count);
}

void
queue_remove (Queue *queue, QueueEntry *entry)
{
  const guint slot = entry->slot;
  if (slot == 0)
    return;
  CHECK_THAT (slot <= queue->count && queue->heap[slot] == entry);
  QueueEntry *last = queue->heap[queue->count--];
  entry->slot = 0;
  if (last == entry)
    return;
  if (slot > 1 && entry_before (last, queue->heap[slot / 2]))
    queue_sift_up (queue, last, slot);
  else
    queue_sift_down (queue, last, slot);
}

QueueEntry *
queue_peek (const Queue *queue)
{
  return queue->count > 0 ? queue->heap[1] : NULL;
}

QueueEntry *
queue_pop (Queue *queue)
{
  QueueEntry *first = queue_peek (queue);
  if (first != NULL)
    queue_remove (queue, first);
  return first;
}
