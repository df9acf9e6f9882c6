/* SPDX-License-Identifier: Apache-2.0 */
/* block-line.h - who is at which bytes of a unit: what an atomic command waits for, and who waits for it
 *
 * Every command that touches the medium stands in its unit's line from its first step to its last. Two that overlap go side by
 * side, as simple tasks may (SAM-5 8.6.2), unless one of them is exclusive: then the later one waits until the earlier is gone.
 * Nobody passes one who waits for the same bytes, so that an exclusive one has its turn.
 */
#pragma once

#include "world/check.h"

typedef struct BlockRange BlockRange;

/* Lives inside its owner; zeroed memory is one that stands in no line. */
struct BlockRange {
  GList link; /* data: this; NULL: in no line */
  guint64 begin;
  guint64 end; /* behind the last byte */
  gboolean is_exclusive;
  gboolean is_waiting;
  /* Its turn has come after it had to wait. Called from whoever leaves: it may neither enter nor leave from inside. */
  void (*on_turn) (BlockRange *range);
};

typedef struct BlockLine {
  GQueue ranges; /* of BlockRange, as they came */
  guint exclusive;
  guint waiting;
} BlockLine;

/* TRUE: its turn is now. FALSE: on_turn will be called, unless it leaves before. */
gboolean block_line_enter (BlockLine *line, BlockRange *range);
void block_line_leave (BlockLine *line, BlockRange *range); /* harmless if it is not in it */
