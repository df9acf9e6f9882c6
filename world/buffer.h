/* SPDX-License-Identifier: Apache-2.0 */
/* buffer.h - bytes that travel by reference
 *
 * A Buffer is a counted block of bytes. A Slice is a view of a part of one and holds a reference. A Payload is a sequence
 * of slices: the data segment of one PDU, or the data of one task. A 4 KiB write is a Slice of the caller's buffer from the
 * script to the store; nothing on its way copies it.
 *
 * Once a byte was sent it is not written again: whoever wants to change data in flight (a fault) copies it first.
 * Counts are not atomic: a Buffer belongs to one world, and a world runs on one thread.
 */
#pragma once

#include "world/check.h"

typedef struct Buffer Buffer;

struct Buffer {
  guint32 magic; /* BUFFER_MAGIC */
  guint32 references;
  gsize size;
  guint8 bytes[];
};

#define BUFFER_MAGIC 0xB0FFE201u

Buffer *buffer_new (gsize size); /* contents are undefined */
Buffer *buffer_ref (Buffer *buffer);
void buffer_unref (Buffer *buffer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Buffer, buffer_unref)

typedef struct Slice {
  Buffer *buffer; /* NULL only in an empty slice */
  const guint8 *bytes;
  gsize length;
} Slice;

#define SLICE_EMPTY ((Slice){ NULL, NULL, 0 })

Slice slice_copy (const void *bytes, gsize length);     /* a new buffer with a copy */
Slice slice_whole (Buffer *buffer /* transfer full */); /* all of it */
Slice slice_ref (const Slice *slice);                   /* the same bytes, one more reference */
Slice slice_sub (const Slice *slice, gsize offset,
                 gsize length);               /* a part, with its own reference */
void slice_skip (Slice *slice, gsize length); /* drop bytes at the front; length <= slice->length */
void slice_clear (Slice *slice);              /* drop the reference; the slice is empty */

#define PAYLOAD_LOCAL 2

typedef struct Payload {
  guint count;  /* slices */
  guint room;   /* of `heap` */
  gsize length; /* bytes, all slices together */
  Slice local[PAYLOAD_LOCAL];
  Slice *heap; /* in use once count passed PAYLOAD_LOCAL */
} Payload;

#define PAYLOAD_EMPTY ((Payload){ 0 })

static inline const Slice *
payload_slices (const Payload *payload)
{
  return payload->heap != NULL ? payload->heap : payload->local;
}

void payload_append (Payload *payload,
                     Slice slice /* transfer full */); /* an empty slice is dropped */
void payload_append_part (Payload *payload, const Payload *from, gsize offset, gsize length);
void payload_copy_out (const Payload *payload, gsize offset, void *ret_bytes, gsize length);
Slice payload_join (const Payload *payload); /* one slice; copies only if there are several */
void payload_clear (Payload *payload);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Payload, payload_clear)

/* A payload around a slice. */
Payload payload_of (Slice slice /* transfer full */);
