/* SPDX-License-Identifier: Apache-2.0 */
/* negotiation.h - one negotiation engine for both ends (RFC 7143 6.2, 6.3, 13)
 *
 * The engine holds what this end wants (`wanted`, never changed by results, so that the next login offers the same again) and
 * what is in force (`result`). For MINIMUM, MAXIMUM, AND, OR and FIRST keys the result is the common one; for a declared key it
 * is what the peer declared: result.number[KEY_MAX_RECV_DATA_SEGMENT_LENGTH] bounds what we send, wanted's what we accept.
 */
#pragma once

#include "protocol/keys.h"

typedef enum NegotiationSide { NEGOTIATION_INITIATOR, NEGOTIATION_TARGET } NegotiationSide;

typedef struct Negotiation {
  NegotiationSide side;
  gboolean is_discovery;
  gboolean is_leading; /* the login of the session's leading connection */
  KeyValues wanted;
  KeyValues result;
  guint64 offered; /* bit per KeyId: we sent it and wait for the answer */
  guint64 settled; /* bit per KeyId: has its result; a second time is an error (R-TEXT) */
  guint64 acceptable[KEY_COUNT]; /* LIST: bit per value that this end would take; preference is the order of the names,
                                    highest index first, except that AuthMethod None and digest None are offered last */
} Negotiation;

void negotiation_init (Negotiation *negotiation, NegotiationSide side, const KeyValues *wanted);
void negotiation_clear (Negotiation *negotiation);

/* The initiator's offers for a stage: for each key of that stage, wanted value. Declared keys that have a text or differ from
 * the default are declared. In the operational stage every negotiable key is offered, so that the result never rests on a
 * default that a peer may see differently. */
void negotiation_write_offers (Negotiation *negotiation, gboolean is_security_stage, GString *segment);

/* What this end declares on its own account with its first operational answer (the target: MaxRecvDataSegmentLength). */
void negotiation_write_declarations (Negotiation *negotiation, GString *segment);

/* One pair from the peer: the answer to our offer, an offer (its answer goes to `segment`), or a declaration. Not understood:
 * answered NotUnderstood. FALSE: the login must fail; error tells what was expected and what came. */
gboolean negotiation_read (Negotiation *negotiation, const TextPair *pair, GString *segment, GError **error);

/* After the last pair: limits between keys (FirstBurstLength <= MaxBurstLength), and no offer without its answer. */
gboolean negotiation_finish (Negotiation *negotiation, GError **error);
