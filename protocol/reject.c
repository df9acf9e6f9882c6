/* SPDX-License-Identifier: Apache-2.0 */
/* reject.c - Reject (RFC 7143 11.17)
 *
 * A reason that the RFC does not assign is let through: the initiator gives the connection up for any of them, and the reason
 * says more than a format error would.
 */
#include "protocol/reject.h"

#include "world/banned.h"

const char *
reject_reason_name (guint64 reason)
{
  static const struct {
    guint8 reason;
    const char *name;
  } rows[] = {
#define REJECT_REASON(name, value, text) { value, text },
    REJECT_REASONS (REJECT_REASON)
#undef REJECT_REASON
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (rows[i].reason == reason)
      return rows[i].name;
  return "unknown reason";
}

static gboolean
reject_validate (const guint8 bhs[BHS_LENGTH], GError **error)
{
  /* RFC 7143 11.17.4, R-REJ-017 */
  const guint32 length = bhs_data_segment_length (bhs);
  if (length < BHS_LENGTH)
    return pdu_refuse (bhs, error, "expected the header of the rejected PDU, got %u bytes", length);
  return TRUE;
}

PDU_DEFINE (Reject, reject, REJECT_FIELDS, OPCODE_REJECT, FALSE)
