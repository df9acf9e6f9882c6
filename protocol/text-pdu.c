/* SPDX-License-Identifier: Apache-2.0 */
/* text-pdu.c - Text Request and Text Response (RFC 7143 11.10, 11.11) */
#include "protocol/text-pdu.h"

#include "world/banned.h"

static gboolean
text_request_validate (const guint8 bhs[BHS_LENGTH], GError **error)
{
  TextRequest request;
  text_request_decode (&request, bhs);
  if (!pdu_require_tag (bhs, error))
    return FALSE;
  /* RFC 7143 11.10.2, R-TXTFFP: what goes on cannot be final. */
  if (request.is_final && request.is_continued)
    return pdu_refuse (bhs, error, "expected F or C, got both");
  return TRUE;
}

static gboolean
text_response_validate (const guint8 bhs[BHS_LENGTH], GError **error)
{
  TextResponse response;
  text_response_decode (&response, bhs);
  if (!pdu_require_tag (bhs, error))
    return FALSE;
  if (response.is_final && response.is_continued)
    return pdu_refuse (bhs, error, "expected F or C, got both");
  /* RFC 7143 11.11.4, R-TXTFFP: a final response has no TTT, any other has one. */
  if ((response.target_transfer_tag == TAG_NONE) != (response.is_final != 0))
    return pdu_refuse (bhs, error, "expected TTT 0x%x with F and another without, got F=%u, 0x%x",
                       TAG_NONE, response.is_final, response.target_transfer_tag);
  return TRUE;
}

PDU_DEFINE (TextRequest, text_request, TEXT_REQUEST_FIELDS, OPCODE_TEXT_REQUEST, TRUE)
PDU_DEFINE (TextResponse, text_response, TEXT_RESPONSE_FIELDS, OPCODE_TEXT_RESPONSE, FALSE)
