/* SPDX-License-Identifier: Apache-2.0 */
/* seal.c - digests taken off a PDU before it is changed, and put on again behind the change
 *
 * A fault that forges a PDU forges its digests with it: else every act on a connection with digests would be a digest error, and
 * nothing more. Who wants those has acts of their own (tap-digests.c). R-DIG-001, R-DIG-002
 */
#include "target-sim/faults/plan-internal.h"

#include "world/banned.h"

/* Header and AHS, as far as they are there. */
static gsize
head_length (const Payload *pdu)
{
  guint8 bhs[BHS_LENGTH];
  CHECK_THAT (pdu->length >= BHS_LENGTH);
  payload_copy_out (pdu, 0, bhs, BHS_LENGTH);
  return MIN (BHS_LENGTH + bhs_ahs_length (bhs), pdu->length);
}

Payload
seal_open (const Payload *pdu, Digests digests)
{
  const gsize head = head_length (pdu);
  const gsize data = MIN (head + (digests.header ? DIGEST_LENGTH : 0), pdu->length);
  const gsize has_data = pdu->length - data > DIGEST_LENGTH;
  const gsize tail = digests.data && has_data ? DIGEST_LENGTH : 0;
  Payload plain = PAYLOAD_EMPTY;
  payload_append_part (&plain, pdu, 0, head);
  payload_append_part (&plain, pdu, data, pdu->length - data - tail);
  return plain;
}

static void
seal_append (Payload *sealed, const Payload *plain, gsize offset, gsize length, gboolean is_wanted)
{
  Payload part = PAYLOAD_EMPTY;
  payload_append_part (&part, plain, offset, length);
  payload_append_part (sealed, &part, 0, part.length);
  if (is_wanted && length > 0) {
    guint8 octets[DIGEST_LENGTH];
    digest_end (digest_add_payload (digest_begin (), &part), octets);
    payload_append (sealed, slice_copy (octets, DIGEST_LENGTH));
  }
  payload_clear (&part);
}

Payload
seal_close (const Payload *plain, Digests digests)
{
  const gsize head = head_length (plain);
  Payload sealed = PAYLOAD_EMPTY;
  seal_append (&sealed, plain, 0, head, digests.header);
  seal_append (&sealed, plain, head, plain->length - head, digests.data);
  return sealed;
}
