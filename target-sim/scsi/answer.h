/* SPDX-License-Identifier: Apache-2.0 */
/* answer.h - the data-in of a command that tells something: built in a fixed array, then cut at the allocation length */
#pragma once

#include "protocol/bhs.h"

#define ANSWER_MAX 2048 /* longer ones are made on the heap by their handler */

typedef struct Answer {
  gsize length;
  guint8 bytes[ANSWER_MAX];
} Answer;

/* So many octets of zero, at the end. */
static inline guint8 *
answer_take (Answer *answer, gsize length)
{
  CHECK_THAT (answer->length + length <= ANSWER_MAX);
  guint8 *bytes = answer->bytes + answer->length;
  memset (bytes, 0, length);
  answer->length += length;
  return bytes;
}

static inline void
answer_add (Answer *answer, const void *bytes, gsize length)
{
  memcpy (answer_take (answer, length), bytes, length);
}

static inline void
answer_add_number (Answer *answer, guint octets, guint64 value)
{
  wire_store (answer_take (answer, octets), octets, value);
}

/* The length field at `at`, so many octets long, counts what stands behind it. */
static inline void
answer_close (Answer *answer, gsize at, guint octets)
{
  wire_store (answer->bytes + at, octets, answer->length - at - octets);
}
