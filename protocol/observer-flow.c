/* SPDX-License-Identifier: Apache-2.0 */
/* observer-flow.c - one direction of a connection, from bytes to PDUs
 *
 * Method: a PDU is six parts in a row (header, AHS, header digest, data, padding, data digest), each with its length, known once
 * the header is there. Each part takes what it gets; when the last has all of its bytes the PDU is whole. Digests are computed
 * as the bytes pass (RFC 7143 11.2.3, R-DIG-001, R-DIG-002); data is kept by reference, and only of short segments.
 */
#include "protocol/observer-internal.h"

#include "world/banned.h"

typedef enum FlowPart {
  PART_HEADER,
  PART_AHS,
  PART_HEADER_DIGEST,
  PART_DATA,
  PART_PADDING,
  PART_DATA_DIGEST,
  PART_COUNT,
} FlowPart;

struct ObserverFlow {
  FlowPart part;
  guint left; /* octets of the part that are to come */
  gboolean is_handed_out;
  gboolean has_header_digest;
  gboolean has_data_digest;
  gboolean is_padding_zero;
  gboolean is_header_digest_good;
  gboolean is_data_digest_good;
  guint32 crc; /* of the part that is under way, and those that share its digest */
  guint digest_at;
  guint8 digest[4];
  guint8 bhs[SEEN_BHS];
  Payload data;
};

#define FLOW_CRC_START 0xffffffffu

/* CRC32C (RFC 7143 13.1, R-DIG-003), an octet at a time as the sum of its halves: this one is for judging, the engines have
 * their own. */
static guint32
crc_add (guint32 crc, const guint8 *bytes, gsize length)
{
  static const guint32 upper[16] = {
    0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1, 0x417b1dbc, 0x5125dad3, 0x61c69362, 0x7198540d,
    0x82f63b78, 0x92a8fc17, 0xa24bb5a6, 0xb21572c9, 0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75,
  };
  static const guint32 lower[16] = {
    0x00000000, 0xf26b8303, 0xe13b70f7, 0x1350f3f4, 0xc79a971f, 0x35f1141c, 0x26a1e7e8, 0xd4ca64eb,
    0x8ad958cf, 0x78b2dbcc, 0x6be22838, 0x9989ab3b, 0x4d43cfd0, 0xbf284cd3, 0xac78bf27, 0x5e133c24,
  };
  for (gsize i = 0; i < length; i++) {
    const guint8 octet = (guint8) crc ^ bytes[i];
    crc = crc >> 8 ^ upper[octet >> 4] ^ lower[octet & 15];
  }
  return crc;
}

ObserverFlow *
observer_flow_new (void)
{
  ObserverFlow *flow = g_new0 (ObserverFlow, 1);
  flow->left = SEEN_BHS;
  return flow;
}

void
observer_flow_free (ObserverFlow *flow)
{
  if (flow == NULL)
    return;
  payload_clear (&flow->data);
  g_free (flow);
}

void
observer_flow_set_digests (ObserverFlow *flow, gboolean has_header, gboolean has_data)
{
  flow->has_header_digest = has_header;
  flow->has_data_digest = has_data;
}

/* ---- the parts ---- */

static guint
part_length (const ObserverFlow *flow, FlowPart part)
{
  const guint data = seen_data_length (flow->bhs);
  switch (part) {
  case PART_HEADER:
    return SEEN_BHS;
  case PART_AHS:
    return seen_ahs_words (flow->bhs) * 4u;
  case PART_HEADER_DIGEST:
    return flow->has_header_digest ? 4 : 0;
  case PART_DATA:
    return data;
  case PART_PADDING:
    return -data & 3;
  case PART_DATA_DIGEST:
    return flow->has_data_digest && data > 0 ? 4 : 0;
  case PART_COUNT:
    break;
  }
  return 0;
}

static void
take_digest (ObserverFlow *flow, const Slice *rest, guint take, gboolean *ret_is_good)
{
  memcpy (flow->digest + flow->digest_at, rest->bytes, take);
  flow->digest_at += take;
  if (flow->digest_at < 4)
    return;
  /* The least significant octet first (RFC 7143 13.1, A.4). */
  const guint32 crc = ~flow->crc;
  *ret_is_good = TRUE;
  for (guint i = 0; i < 4; i++)
    if (flow->digest[i] != (guint8) (crc >> (8 * i)))
      *ret_is_good = FALSE;
  flow->digest_at = 0;
  flow->crc = FLOW_CRC_START;
}

static void
take_padding (ObserverFlow *flow, const Slice *rest, guint take)
{
  for (guint i = 0; i < take; i++)
    if (rest->bytes[i] != 0)
      flow->is_padding_zero = FALSE;
}

static void
take_data (ObserverFlow *flow, const Slice *rest, guint take)
{
  if (seen_data_length (flow->bhs) <= OBSERVER_KEPT_MAX)
    payload_append (&flow->data, slice_sub (rest, 0, take));
}

static void
flow_take (ObserverFlow *flow, const Slice *rest, guint take)
{
  const gboolean is_header = flow->part <= PART_AHS;
  const gboolean is_summed = is_header ? flow->has_header_digest : flow->has_data_digest;
  switch (flow->part) {
  case PART_HEADER:
    memcpy (flow->bhs + SEEN_BHS - flow->left, rest->bytes, take);
    break;
  case PART_AHS:
    break;
  case PART_DATA:
    take_data (flow, rest, take);
    break;
  case PART_PADDING:
    take_padding (flow, rest, take);
    break;
  case PART_HEADER_DIGEST:
    take_digest (flow, rest, take, &flow->is_header_digest_good);
    return;
  case PART_DATA_DIGEST:
    take_digest (flow, rest, take, &flow->is_data_digest_good);
    return;
  case PART_COUNT:
    CHECK_THAT (!"nothing is taken behind the last part");
  }
  if (is_summed)
    flow->crc = crc_add (flow->crc, rest->bytes, take);
}

/* ---- PDUs ---- */

static void
flow_begin (ObserverFlow *flow)
{
  payload_clear (&flow->data);
  flow->is_handed_out = FALSE;
  flow->part = PART_HEADER;
  flow->left = SEEN_BHS;
  flow->crc = FLOW_CRC_START;
  flow->is_padding_zero = flow->is_header_digest_good = flow->is_data_digest_good = TRUE;
}

static void
flow_hand_out (ObserverFlow *flow, ObservedPdu *ret_pdu)
{
  const guint32 length = seen_data_length (flow->bhs);
  flow->is_handed_out = TRUE;
  *ret_pdu = (ObservedPdu){
    .opcode = seen_opcode (flow->bhs),
    .bhs = flow->bhs,
    .ahs_length = seen_ahs_words (flow->bhs) * 4u,
    .length = length,
    .data = &flow->data,
    .is_kept = length <= OBSERVER_KEPT_MAX,
    .is_padding_zero = flow->is_padding_zero,
    .has_header_digest = flow->has_header_digest,
    .has_data_digest = flow->has_data_digest && length > 0,
    .is_header_digest_good = flow->is_header_digest_good,
    .is_data_digest_good = flow->is_data_digest_good,
  };
}

gboolean
observer_flow_next (ObserverFlow *flow, Slice *rest, ObservedPdu *ret_pdu)
{
  if (flow->is_handed_out || (flow->part == PART_HEADER && flow->left == SEEN_BHS))
    flow_begin (flow);
  while (flow->part < PART_COUNT) {
    if (flow->left > 0) {
      const guint take = (guint) MIN (rest->length, flow->left);
      if (take == 0)
        return FALSE;
      flow_take (flow, rest, take);
      flow->left -= take;
      rest->bytes += take;
      rest->length -= take;
    }
    if (flow->left > 0)
      return FALSE;
    flow->part++;
    flow->left = part_length (flow, flow->part);
  }
  flow_hand_out (flow, ret_pdu);
  return TRUE;
}
