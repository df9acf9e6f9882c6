/* SPDX-License-Identifier: Apache-2.0 */
/* framer.c - from bytes to PDUs, and from PDUs to bytes
 *
 * Method: the header is gathered in the framer, because it may come in pieces; AHS and padding are stepped over; the data
 * segment is a list of parts of the slices that came, each with its own reference. Invariant: while a PDU is incomplete,
 * ahs_left, data_left and padding_left count what is still to come of it. The limit is judged at the header, so that a
 * peer cannot make us keep more than one segment of the size that we declared. On the way out a header and its padding share
 * one buffer, and the payload goes by reference.
 */
#include "protocol/framer.h"

#include "protocol/events.h"

#include "world/banned.h"

#define PADDING_MAX        3
#define SEGMENT_LENGTH_MAX 0xffffffu /* 24 bits */

/* RFC 7143 11.1, R-PDU-005: segments end on a word. */
static guint
padding_of (gsize length)
{
  return -length & PADDING_MAX;
}

void
framer_init (Framer *framer, guint32 max_data_segment_length)
{
  *framer = (Framer){ .max_data_segment_length = max_data_segment_length };
}

void
framer_clear (Framer *framer)
{
  payload_clear (&framer->data);
  framer->bhs_have = 0;
  framer->is_handed_out = FALSE;
}

/* ---- in ---- */

static gboolean
framer_take_header (Framer *framer, Slice *slice)
{
  const gsize take = MIN (BHS_LENGTH - framer->bhs_have, slice->length);
  if (framer->bhs_have == BHS_LENGTH)
    return TRUE;
  if (take == 0)
    return FALSE;
  memcpy (framer->bhs + framer->bhs_have, slice->bytes, take);
  framer->bhs_have += take;
  slice_skip (slice, take);
  if (framer->bhs_have < BHS_LENGTH)
    return FALSE;
  framer->ahs_left = bhs_ahs_length (framer->bhs);
  framer->data_left = bhs_data_segment_length (framer->bhs);
  framer->padding_left = padding_of (framer->data_left);
  return TRUE;
}

/* Asked again with each piece, so that after a bad header nothing more is taken. R-DATA-021, R-LOGIN-003, R-PDU-030 */
static gboolean
framer_check_length (const Framer *framer, GError **error)
{
  const guint32 length = bhs_data_segment_length (framer->bhs);
  if (length <= framer->max_data_segment_length)
    return TRUE;
  g_set_error (error, PROTOCOL_ERROR, PROTOCOL_ERROR_TOO_LONG,
               "'%s': expected a data segment of at most %u bytes, got %u",
               opcode_name (bhs_opcode (framer->bhs)), framer->max_data_segment_length, length);
  return FALSE;
}

static void
framer_skip (Slice *slice, guint *left)
{
  const gsize take = MIN (*left, slice->length);
  slice_skip (slice, take);
  *left -= take;
}

static void
framer_take_data (Framer *framer, Slice *slice)
{
  const gsize take = MIN (framer->data_left, slice->length);
  if (take == 0)
    return;
  payload_append (&framer->data, slice_sub (slice, 0, take));
  slice_skip (slice, take);
  framer->data_left -= take;
}

FramerResult
framer_next (Framer *framer, Slice *slice, GError **error)
{
  if (framer->is_handed_out)
    framer_clear (framer);
  if (!framer_take_header (framer, slice))
    return FRAMER_MORE;
  if (!framer_check_length (framer, error))
    return FRAMER_BAD;
  framer_skip (slice, &framer->ahs_left);
  if (framer->ahs_left > 0)
    return FRAMER_MORE;
  framer_take_data (framer, slice);
  if (framer->data_left > 0)
    return FRAMER_MORE;
  framer_skip (slice, &framer->padding_left);
  if (framer->padding_left > 0)
    return FRAMER_MORE;
  framer->is_handed_out = TRUE;
  return FRAMER_PDU;
}

/* ---- out ---- */

/* Octets 36 to 39 hold DataSN or R2TSN only here. */
static guint32
bhs_data_sn (const guint8 bhs[BHS_LENGTH])
{
  const guint8 opcode = bhs_opcode (bhs);
  if (opcode != OPCODE_DATA_OUT && opcode != OPCODE_DATA_IN && opcode != OPCODE_R2T)
    return 0;
  return (guint32) wire_get (bhs, 36, 0, 32);
}

static void
pdu_log (Host *host, guint event, guint32 connection, const guint8 bhs[BHS_LENGTH])
{
  HOST_LOG (host, event, NULL, connection, bhs_opcode (bhs), bhs_initiator_task_tag (bhs),
            wire_get (bhs, 24, 0, 32), bhs_data_sn (bhs), bhs_data_segment_length (bhs));
}

void
pdu_send (Stream *stream, guint32 connection, guint8 bhs[BHS_LENGTH], const Payload *payload)
{
  CHECK (stream, STREAM_MAGIC);
  const gsize length = payload != NULL ? payload->length : 0;
  CHECK_THAT (length <= SEGMENT_LENGTH_MAX);
  wire_set (bhs, 5, 0, 24, length);
  pdu_log (stream->host, EVENT_PDU_SENT, connection, bhs);

  const guint padding = padding_of (length);
  Buffer *buffer = buffer_new (BHS_LENGTH + padding);
  memcpy (buffer->bytes, bhs, BHS_LENGTH);
  memset (buffer->bytes + BHS_LENGTH, 0, padding);
  Slice header = slice_whole (buffer);
  Slice tail = slice_sub (&header, BHS_LENGTH, padding);
  header.length = BHS_LENGTH;

  stream_send (stream, header);
  for (guint i = 0; payload != NULL && i < payload->count; i++)
    stream_send (stream, slice_ref (&payload_slices (payload)[i]));
  if (padding > 0)
    stream_send (stream, tail);
}

void
pdu_log_received (Host *host, guint32 connection, const guint8 bhs[BHS_LENGTH])
{
  CHECK (host, HOST_MAGIC);
  pdu_log (host, EVENT_PDU_RECEIVED, connection, bhs);
}
