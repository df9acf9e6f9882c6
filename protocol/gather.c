/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/gather.h"

#include "world/banned.h"

typedef struct Part {
  guint64 offset;
  Payload bytes;
} Part;

static Part *
gather_part (const Gather *gather, guint index)
{
  return &g_array_index (gather->waiting, Part, index);
}

static guint64
part_end (const Part *part)
{
  return part->offset + part->bytes.length;
}

static void
part_clear (gpointer part)
{
  payload_clear (&((Part *) part)->bytes);
}

/* The first of those that lie below `offset`: where a part at `offset` goes. */
static guint
gather_find (const Gather *gather, guint64 offset)
{
  guint low = 0, high = gather->waiting->len;
  while (low < high) {
    const guint middle = low + (high - low) / 2;
    if (gather_part (gather, middle)->offset >= offset)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/* What has waited for `whole` to reach it. The lowest part is the last of the array. */
static void
gather_catch_up (Gather *gather, Payload *whole)
{
  while (gather->waiting != NULL && gather->waiting->len > 0) {
    const guint last = gather->waiting->len - 1;
    Part *part = gather_part (gather, last);
    if (part->offset != whole->length)
      return;
    payload_append_part (whole, &part->bytes, 0, part->bytes.length);
    g_array_set_size (gather->waiting, last);
  }
}

static gboolean
gather_wait (Gather *gather, guint64 offset, const Payload *piece)
{
  if (gather->waiting == NULL) {
    gather->waiting = g_array_new (FALSE, FALSE, sizeof (Part));
    g_array_set_clear_func (gather->waiting, part_clear);
  }
  const guint index = gather_find (gather, offset);
  if (index > 0 && gather_part (gather, index - 1)->offset < offset + piece->length)
    return FALSE;
  Part *below = index < gather->waiting->len ? gather_part (gather, index) : NULL;
  if (below != NULL && part_end (below) > offset)
    return FALSE;
  if (below != NULL && part_end (below) == offset) {
    payload_append_part (&below->bytes, piece, 0, piece->length);
    return TRUE;
  }
  Part part = { offset, PAYLOAD_EMPTY };
  payload_append_part (&part.bytes, piece, 0, piece->length);
  g_array_insert_val (gather->waiting, index, part);
  return TRUE;
}

gboolean
gather_add (Gather *gather, Payload *whole, guint64 offset, const Payload *piece)
{
  if (piece->length == 0)
    return TRUE;
  if (offset < whole->length)
    return FALSE;
  if (offset > whole->length)
    return gather_wait (gather, offset, piece);
  if (gather->waiting != NULL && gather->waiting->len > 0
      && gather_part (gather, gather->waiting->len - 1)->offset < offset + piece->length)
    return FALSE;
  payload_append_part (whole, piece, 0, piece->length);
  gather_catch_up (gather, whole);
  return TRUE;
}

gsize
gather_waiting (const Gather *gather)
{
  gsize bytes = 0;
  for (guint i = 0; gather->waiting != NULL && i < gather->waiting->len; i++)
    bytes += gather_part (gather, i)->bytes.length;
  return bytes;
}

void
gather_clear (Gather *gather)
{
  if (gather->waiting != NULL)
    g_array_unref (gather->waiting);
  gather->waiting = NULL;
}
