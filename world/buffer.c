/* SPDX-License-Identifier: Apache-2.0 */
#include "world/buffer.h"

Buffer *
buffer_new (gsize size)
{
  Buffer *buffer = g_malloc (sizeof (Buffer) + size);
  buffer->magic = BUFFER_MAGIC;
  buffer->references = 1;
  buffer->size = size;
  return buffer;
}

Buffer *
buffer_ref (Buffer *buffer)
{
  CHECK (buffer, BUFFER_MAGIC);
  CHECK_THAT (buffer->references < G_MAXUINT32);
  buffer->references++;
  return buffer;
}

void
buffer_unref (Buffer *buffer)
{
  if (buffer == NULL)
    return;
  CHECK (buffer, BUFFER_MAGIC);
  if (--buffer->references > 0)
    return;
  buffer->magic = 0;
  g_free (buffer);
}

Slice
slice_copy (const void *bytes, gsize length)
{
  if (length == 0)
    return SLICE_EMPTY;
  Buffer *buffer = buffer_new (length);
  memcpy (buffer->bytes, bytes, length);
  return slice_whole (buffer);
}

Slice
slice_whole (Buffer *buffer)
{
  CHECK (buffer, BUFFER_MAGIC);
  return (Slice){ buffer, buffer->bytes, buffer->size };
}

Slice
slice_ref (const Slice *slice)
{
  return slice_sub (slice, 0, slice->length);
}

Slice
slice_sub (const Slice *slice, gsize offset, gsize length)
{
  CHECK_THAT (offset <= slice->length && length <= slice->length - offset);
  if (length == 0)
    return SLICE_EMPTY;
  return (Slice){ buffer_ref (slice->buffer), slice->bytes + offset, length };
}

void
slice_skip (Slice *slice, gsize length)
{
  CHECK_THAT (length <= slice->length);
  slice->bytes += length;
  slice->length -= length;
}

void
slice_clear (Slice *slice)
{
  buffer_unref (slice->buffer);
  *slice = SLICE_EMPTY;
}

static Slice *
payload_reserve (Payload *payload)
{
  if (payload->heap == NULL && payload->count < PAYLOAD_LOCAL)
    return payload->local;
  if (payload->count >= payload->room) {
    const guint room = MAX (8u, payload->room * 2);
    Slice *heap = g_new (Slice, room);
    memcpy (heap, payload_slices (payload), payload->count * sizeof (Slice));
    g_free (payload->heap);
    payload->heap = heap;
    payload->room = room;
  }
  return payload->heap;
}

void
payload_append (Payload *payload, Slice slice)
{
  if (slice.length == 0) {
    slice_clear (&slice);
    return;
  }
  payload_reserve (payload)[payload->count++] = slice;
  payload->length += slice.length;
}

void
payload_append_part (Payload *payload, const Payload *from, gsize offset, gsize length)
{
  CHECK_THAT (offset <= from->length && length <= from->length - offset);
  const Slice *slices = payload_slices (from);
  for (guint i = 0; i < from->count && length > 0; i++) {
    if (offset >= slices[i].length) {
      offset -= slices[i].length;
      continue;
    }
    const gsize part = MIN (length, slices[i].length - offset);
    payload_append (payload, slice_sub (&slices[i], offset, part));
    length -= part;
    offset = 0;
  }
}

void
payload_copy_out (const Payload *payload, gsize offset, void *ret_bytes, gsize length)
{
  CHECK_THAT (offset <= payload->length && length <= payload->length - offset);
  const Slice *slices = payload_slices (payload);
  guint8 *to = ret_bytes;
  for (guint i = 0; i < payload->count && length > 0; i++) {
    if (offset >= slices[i].length) {
      offset -= slices[i].length;
      continue;
    }
    const gsize part = MIN (length, slices[i].length - offset);
    memcpy (to, slices[i].bytes + offset, part);
    to += part;
    length -= part;
    offset = 0;
  }
}

Slice
payload_join (const Payload *payload)
{
  if (payload->count == 0)
    return SLICE_EMPTY;
  if (payload->count == 1)
    return slice_ref (payload_slices (payload));
  Buffer *buffer = buffer_new (payload->length);
  payload_copy_out (payload, 0, buffer->bytes, payload->length);
  return slice_whole (buffer);
}

void
payload_clear (Payload *payload)
{
  const Slice *slices = payload_slices (payload);
  for (guint i = 0; i < payload->count; i++)
    buffer_unref (slices[i].buffer);
  g_free (payload->heap);
  *payload = PAYLOAD_EMPTY;
}

Payload
payload_of (Slice slice)
{
  Payload payload = PAYLOAD_EMPTY;
  payload_append (&payload, slice);
  return payload;
}
