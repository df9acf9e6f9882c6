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

/* The stage that arriving pairs belong to. ANY: the owner judges by itself which keys may come when. */
typedef enum NegotiationStage {
  NEGOTIATION_STAGE_ANY,
  NEGOTIATION_STAGE_SECURITY,
  NEGOTIATION_STAGE_OPERATIONAL,
} NegotiationStage;

typedef struct Negotiation {
  NegotiationSide side;
  NegotiationStage stage; /* ANY at first; set by negotiation_write_offers, or by the owner */
  gboolean is_discovery;  /* from wanted's SessionType, or the peer's */
  gboolean is_leading;    /* the login of the session's leading connection; TRUE at first */
  KeyValues wanted;
  KeyValues result;
  guint64 offered;  /* bit per KeyId: we sent it and wait for the answer */
  guint64 declared; /* bit per KeyId: we declared it */
  guint64 settled;  /* bit per KeyId: has its result; a second time is an error (R-LOGIN-016) */
  /* LIST: bit per value that this end would take. At first those of wanted's list (key_values_set_list); without one the wanted
   * value and the key's value 0 (None; RFC3720), and for an initiator what R-KEY-049 makes it offer; the owner may set others. Offered are these: the wanted one first, then the others
   * from the highest number down, so that None is the last resort. */
  guint64 acceptable[KEY_COUNT];
} Negotiation;

/* `wanted` is copied. */
void negotiation_init (Negotiation *negotiation, NegotiationSide side, const KeyValues *wanted);
void negotiation_clear (Negotiation *negotiation);

/* The initiator's offers for a stage: for each key of that stage, wanted value. Declared keys that have a text or differ from
 * the default are declared, once. In the operational stage every negotiable key is offered, so that the result never rests on a
 * default that a peer may see differently; but not what is irrelevant on a discovery session. Enters the stage. */
void negotiation_write_offers (Negotiation *negotiation, gboolean is_security_stage,
                               GString *segment);

/* What this end declares on its own account with its first operational answer: MaxRecvDataSegmentLength, and what else it may
 * declare, was given and did not go out yet. */
void negotiation_write_declarations (Negotiation *negotiation, GString *segment);

/* One pair from the peer: the answer to our offer, an offer (its answer goes to `segment`), or a declaration. A key that is not
 * in the table is answered NotUnderstood, an obsolete one Reject; so is an offer without an admissible value, and the default
 * stays in force. FALSE: the login must fail; error (PROTOCOL_ERROR_NEGOTIATION) tells what was expected and what came: a key a
 * second time, of another stage or sender, Reject, Irrelevant or NotUnderstood where nothing was offered, a declaration that is
 * not a value of its key, an answer that the offer did not allow. */
gboolean negotiation_read (Negotiation *negotiation, const TextPair *pair, GString *segment,
                           GError **error);

/* After the last pair: limits between keys (FirstBurstLength <= MaxBurstLength), no offer without its answer, and what one
 * result implies for another. */
gboolean negotiation_finish (Negotiation *negotiation, GError **error);
