/* SPDX-License-Identifier: Apache-2.0 */
/* gather.h - the data of a task, put together from PDUs that come in any order (RFC 7143 13.18, 13.19)
 *
 * What has come without a hole from offset 0 on is the Payload `whole`; what came before its turn waits here, until the hole in
 * front of it is filled. In order nothing ever waits, and a Gather is one pointer. Nothing is copied.
 *
 * At most as many parts wait as data bytes were received: the owner bounds it by the length that it takes of a task.
 */
#pragma once

#include "world/buffer.h"

typedef struct Gather {
  GArray *waiting; /* of parts, highest offset first, neighbours joined; NULL: none ever waited */
} Gather;

#define GATHER_EMPTY ((Gather){ NULL })

/* Adds what belongs at `offset`. FALSE, and nothing was added: a part of it is there already (R-DATA-022: no overlay). */
gboolean gather_add (Gather *gather, Payload *whole, guint64 offset, const Payload *piece);
/* Bytes that wait; 0: `whole` is all that has come. */
gsize gather_waiting (const Gather *gather);
void gather_clear (Gather *gather);
