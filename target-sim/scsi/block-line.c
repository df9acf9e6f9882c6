/* SPDX-License-Identifier: Apache-2.0 */
#include "target-sim/scsi/block-line.h"

#include "world/banned.h"

static gboolean
ranges_exclude (const BlockRange *one, const BlockRange *other)
{
  return (one->is_exclusive || other->is_exclusive) && one->begin < other->end
         && other->begin < one->end;
}

static gboolean
line_is_clear_before (const BlockRange *range)
{
  for (const GList *link = range->link.prev; link != NULL; link = link->prev)
    if (ranges_exclude (link->data, range))
      return FALSE;
  return TRUE;
}

gboolean
block_line_enter (BlockLine *line, BlockRange *range)
{
  CHECK_THAT (range->link.data == NULL && range->begin < range->end);
  range->link.data = range;
  g_queue_push_tail_link (&line->ranges, &range->link);
  line->exclusive += range->is_exclusive;
  range->is_waiting = line->exclusive > 0 && !line_is_clear_before (range);
  line->waiting += range->is_waiting;
  return !range->is_waiting;
}

static void
line_call (BlockLine *line)
{
  for (GList *link = line->ranges.head; link != NULL && line->waiting > 0; link = link->next) {
    BlockRange *range = link->data;
    if (!range->is_waiting || !line_is_clear_before (range))
      continue;
    range->is_waiting = FALSE;
    line->waiting--;
    range->on_turn (range);
  }
}

void
block_line_leave (BlockLine *line, BlockRange *range)
{
  if (range->link.data == NULL)
    return;
  g_queue_unlink (&line->ranges, &range->link);
  range->link.data = NULL;
  line->exclusive -= range->is_exclusive;
  line->waiting -= range->is_waiting;
  range->is_waiting = FALSE;
  line_call (line);
}
