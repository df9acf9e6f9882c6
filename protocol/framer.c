/* SPDX-License-Identifier: Apache-2.0 */
/* framer.c - from bytes to PDUs, and from PDUs to bytes
 *
 * Method: the header is gathered in the framer, because it may come in pieces, and so are AHS and digests; the data segment is a
 * list of parts of the slices that came, each with its own reference. Invariant: while a PDU is incomplete, the `have` and
 * `left` counters say how far it is, part by part in the order of the wire. Limits are judged at the header, so that a peer
 * cannot make us keep more than one segment of the size that we declared; with a header digest the digest is judged first,
 * since a damaged length means nothing. The CRC of the data grows as the data comes.
 *
 * On the way out header, AHS, digests and padding share one buffer, and the payload goes by reference.
 */
#include "protocol/framer.h"

#include "protocol/ahs.h"
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
  g_clear_pointer (&framer->ahs, g_free);
  framer->ahs_length = 0;
  framer->bhs_have = 0;
  framer->is_handed_out = FALSE;
}

/* ---- in: header ---- */

/* The header is whole: what else is to come. */
static void
framer_plan (Framer *framer)
{
  framer->ahs_length = bhs_ahs_length (framer->bhs);
  framer->ahs_have = 0;
  framer->header_digest_have = 0;
  framer->data_left = bhs_data_segment_length (framer->bhs);
  framer->padding_left = padding_of (framer->data_left);
  /* R-DIG-002: no data, no data digest. */
  framer->data_digest_left = framer->digests.data && framer->data_left > 0 ? DIGEST_LENGTH : 0;
  framer->data_crc = digest_begin ();
  if (framer->ahs_length > 0)
    framer->ahs = g_malloc (framer->ahs_length);
}

/* Fills `bytes` up to `length` octets; TRUE: they are all here. */
static gboolean
gather (guint8 *bytes, guint length, guint *have, Slice *slice)
{
  const gsize take = MIN (length - *have, slice->length);
  if (take > 0) {
    memcpy (bytes + *have, slice->bytes, take);
    *have += take;
    slice_skip (slice, take);
  }
  return *have == length;
}

static gboolean
framer_take_header (Framer *framer, Slice *slice)
{
  if (framer->bhs_have == BHS_LENGTH)
    return TRUE;
  if (!gather (framer->bhs, BHS_LENGTH, &framer->bhs_have, slice))
    return FALSE;
  framer_plan (framer);
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

/* RFC 7143 11.2.3, R-DIG-001: over BHS and AHS. */
static gboolean
framer_check_header_digest (const Framer *framer, GError **error)
{
  guint8 octets[DIGEST_LENGTH];
  if (framer->is_blind_to_errors)
    return TRUE;
  const guint32 crc = digest_add (digest_begin (), framer->bhs, BHS_LENGTH);
  digest_end (digest_add (crc, framer->ahs, framer->ahs_length), octets);
  if (memcmp (octets, framer->header_digest, DIGEST_LENGTH) == 0)
    return TRUE;
  /* The header itself is not quoted: nothing in it can be believed. */
  g_set_error (error, PROTOCOL_ERROR, PROTOCOL_ERROR_DIGEST,
               "header digest: expected 0x%08x, got 0x%08x", (guint) wire_load (octets, 4),
               (guint) wire_load (framer->header_digest, 4));
  return FALSE;
}

static FramerResult
framer_next_header (Framer *framer, Slice *slice, GError **error)
{
  if (!framer_take_header (framer, slice))
    return FRAMER_MORE;
  if (!framer->digests.header && !framer_check_length (framer, error))
    return FRAMER_BAD;
  if (!gather (framer->ahs, framer->ahs_length, &framer->ahs_have, slice))
    return FRAMER_MORE;
  if (!framer->digests.header)
    return FRAMER_PDU;
  if (framer->header_digest_have < DIGEST_LENGTH
      && !gather (framer->header_digest, DIGEST_LENGTH, &framer->header_digest_have, slice))
    return FRAMER_MORE;
  if (!framer_check_header_digest (framer, error) || !framer_check_length (framer, error))
    return FRAMER_BAD;
  return FRAMER_PDU;
}

/* ---- in: data ---- */

static void
framer_add_to_crc (Framer *framer, const guint8 *bytes, gsize length)
{
  if (framer->digests.data && !framer->is_blind_to_errors)
    framer->data_crc = digest_add (framer->data_crc, bytes, length);
}

static gboolean
framer_take_data (Framer *framer, Slice *slice)
{
  const gsize take = MIN (framer->data_left, slice->length);
  if (take > 0) {
    framer_add_to_crc (framer, slice->bytes, take);
    payload_append (&framer->data, slice_sub (slice, 0, take));
    slice_skip (slice, take);
    framer->data_left -= take;
  }
  return framer->data_left == 0;
}

/* R-DIG-005: whatever it holds, it is part of the digest. */
static gboolean
framer_take_padding (Framer *framer, Slice *slice)
{
  const gsize take = MIN (framer->padding_left, slice->length);
  if (take > 0) {
    framer_add_to_crc (framer, slice->bytes, take);
    slice_skip (slice, take);
    framer->padding_left -= take;
  }
  return framer->padding_left == 0;
}

static gboolean
framer_take_data_digest (Framer *framer, Slice *slice)
{
  guint have = DIGEST_LENGTH - framer->data_digest_left;
  if (framer->data_digest_left > 0)
    gather (framer->data_digest, DIGEST_LENGTH, &have, slice);
  framer->data_digest_left = DIGEST_LENGTH - have;
  return framer->data_digest_left == 0;
}

static gboolean
framer_data_is_whole (const Framer *framer)
{
  guint8 octets[DIGEST_LENGTH];
  if (!framer->digests.data || framer->is_blind_to_errors || framer->data.length == 0)
    return TRUE;
  digest_end (framer->data_crc, octets);
  return memcmp (octets, framer->data_digest, DIGEST_LENGTH) == 0;
}

FramerResult
framer_next (Framer *framer, Slice *slice, GError **error)
{
  if (framer->is_handed_out)
    framer_clear (framer);
  const FramerResult result = framer_next_header (framer, slice, error);
  if (result != FRAMER_PDU)
    return result;
  if (!framer_take_data (framer, slice) || !framer_take_padding (framer, slice)
      || !framer_take_data_digest (framer, slice))
    return FRAMER_MORE;
  framer->is_handed_out = TRUE;
  return framer_data_is_whole (framer) ? FRAMER_PDU : FRAMER_DAMAGED;
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

/* The payload's padding and digest, which stand behind it. */
static guint
write_tail (guint8 *bytes, const PduExtras *extras, const Payload *payload, gsize length)
{
  const guint padding = padding_of (length);
  memset (bytes, 0, padding);
  if (!extras->digests.data || length == 0)
    return padding;
  const guint32 crc = digest_add_payload (digest_begin (), payload);
  digest_end (digest_add (crc, bytes, padding), bytes + padding);
  return padding + DIGEST_LENGTH;
}

static guint
write_head (guint8 *bytes, const guint8 bhs[BHS_LENGTH], const PduExtras *extras)
{
  const guint length = BHS_LENGTH + extras->ahs_length;
  memcpy (bytes, bhs, BHS_LENGTH);
  if (extras->ahs_length > 0)
    memcpy (bytes + BHS_LENGTH, extras->ahs, extras->ahs_length);
  if (!extras->digests.header)
    return length;
  digest_of (bytes, length, bytes + length);
  return length + DIGEST_LENGTH;
}

void
pdu_send_extras (Stream *stream, guint32 connection, guint8 bhs[BHS_LENGTH],
                 const PduExtras *extras, const Payload *payload)
{
  CHECK (stream, STREAM_MAGIC);
  const gsize length = payload != NULL ? payload->length : 0;
  CHECK_THAT (length <= SEGMENT_LENGTH_MAX);
  CHECK_THAT (extras->ahs_length % 4 == 0 && extras->ahs_length <= AHS_LENGTH_MAX);
  if (extras->ahs_length > 0)
    wire_set (bhs, 4, 0, 8, extras->ahs_length / 4);
  wire_set (bhs, 5, 0, 24, length);
  pdu_log (stream->host, EVENT_PDU_SENT, connection, bhs);

  Buffer *buffer =
      buffer_new (BHS_LENGTH + extras->ahs_length + DIGEST_LENGTH + PADDING_MAX + DIGEST_LENGTH);
  const guint head = write_head (buffer->bytes, bhs, extras);
  const guint behind = write_tail (buffer->bytes + head, extras, payload, length);
  Slice header = slice_whole (buffer);
  Slice tail = slice_sub (&header, head, behind);
  header.length = head;

  stream_send (stream, header);
  for (guint i = 0; payload != NULL && i < payload->count; i++)
    stream_send (stream, slice_ref (&payload_slices (payload)[i]));
  if (behind > 0)
    stream_send (stream, tail);
}

void
pdu_send (Stream *stream, guint32 connection, guint8 bhs[BHS_LENGTH], const Payload *payload)
{
  const PduExtras none = { NULL, 0, { FALSE, FALSE } };
  pdu_send_extras (stream, connection, bhs, &none, payload);
}

void
pdu_log_received (Host *host, guint32 connection, const guint8 bhs[BHS_LENGTH])
{
  CHECK (host, HOST_MAGIC);
  pdu_log (host, EVENT_PDU_RECEIVED, connection, bhs);
}
