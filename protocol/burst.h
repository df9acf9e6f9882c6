/* SPDX-License-Identifier: Apache-2.0 */
/* burst.h - a range of a task's data, and which part of it goes next (RFC 7143 13.18, 13.19)
 *
 * Ranges are cut twice: the data of a task into sequences of at most MaxBurstLength, a sequence into PDUs of at most the
 * receiver's MaxRecvDataSegmentLength. Where the key of the order says Yes, parts go from the front. Where it says No any order
 * is allowed, and ours is from the back: whoever agreed to it must cope with that, and what nobody does is not tested.
 */
#pragma once

#include <glib.h>

typedef struct Burst {
  guint32 begin; /* offsets within the task's data */
  guint32 end;   /* behind the last byte; begin: nothing is left */
} Burst;

static inline guint32
burst_length (const Burst *burst)
{
  return burst->end - burst->begin;
}

/* Takes the next part, at most `limit` bytes (at least 4) of what is left: whole words, but for the last part (R-DATA-040). */
static inline Burst
burst_take (Burst *burst, guint32 limit, gboolean is_in_order)
{
  const guint32 left = burst_length (burst);
  const guint32 length = left <= limit ? left : limit & ~3u;
  Burst part = { burst->begin, burst->begin + length };
  if (is_in_order) {
    burst->begin += length;
    return part;
  }
  part = (Burst){ burst->end - length, burst->end };
  burst->end -= length;
  return part;
}
