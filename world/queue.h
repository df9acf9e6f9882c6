/* SPDX-License-Identifier: Apache-2.0 */
/* queue.h - what happens next: an ordered queue of entries that live inside their owners
 *
 * Order is (time, priority, sequence number) and nothing else: of two entries with equal time and priority, the one that was
 * pushed first comes first. The simulated world runs on one; the live world keeps its timers in one. An entry is a member of
 * the object it fires for, so that a push allocates nothing but the heap's own array.
 */
#pragma once

#include "world/check.h"

typedef struct QueueEntry QueueEntry;
typedef void (*QueueFire) (QueueEntry *entry);

struct QueueEntry {
  gint64 time_ns;
  guint64 order; /* priority in the top 8 bits, sequence number below */
  guint slot;    /* 0: not in a queue */
  QueueFire fire;
};

/* At one instant: first what the disk and the network bring, then timers, so that an answer which arrives at the very
 * nanosecond of its deadline is in time. */
typedef enum QueuePriority {
  QUEUE_FIRST = 0,
  QUEUE_ARRIVAL = 1,
  QUEUE_TIMER = 2,
  QUEUE_LAST = 3,
} QueuePriority;

typedef struct Queue {
  QueueEntry **heap; /* heap[1] is next; heap[0] is unused */
  guint count;
  guint room;
  guint64 sequence;
} Queue;

void queue_init (Queue *queue);
void queue_clear (Queue *queue); /* entries are taken out, not fired */

void queue_push (Queue *queue, QueueEntry *entry, gint64 time_ns, QueuePriority priority);
void queue_remove (Queue *queue, QueueEntry *entry); /* nothing if it is not in */
QueueEntry *queue_peek (const Queue *queue);         /* NULL if empty */
QueueEntry *queue_pop (Queue *queue);                /* taken out; NULL if empty */

static inline gboolean
queue_entry_is_in (const QueueEntry *entry)
{
  return entry->slot != 0;
}
