/* SPDX-License-Identifier: Apache-2.0 */
/* snack.c - SNACK Request (RFC 7143 11.16) */
#include "protocol/snack.h"

#include "world/banned.h"

static gboolean
snack_request_validate (const guint8 bhs[BHS_LENGTH], GError **error)
{
  SnackRequest request;
  snack_request_decode (&request, bhs);
  if (request.type > SNACK_R_DATA)
    return pdu_refuse (bhs, error, "expected a Type of 0 to 3, got %u", request.type);
  return pdu_require_no_data (bhs, error);
}

PDU_DEFINE (SnackRequest, snack_request, SNACK_REQUEST_FIELDS, OPCODE_SNACK_REQUEST, TRUE)
