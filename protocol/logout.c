/* SPDX-License-Identifier: Apache-2.0 */
/* logout.c - Logout Request and Logout Response (RFC 7143 11.14, 11.15) */
#include "protocol/logout.h"

#include "world/banned.h"

static gboolean
logout_request_validate (const guint8 bhs[BHS_LENGTH], GError **error)
{
  LogoutRequest request;
  logout_request_decode (&request, bhs);
  /* RFC 7143 11.14.2, R-LOGOUT-011 */
  if (!pdu_require_tag (bhs, error) || !pdu_require_no_data (bhs, error))
    return FALSE;
  /* RFC 7143 11.14.1, R-LOGOUT-010 */
  if (request.reason > LOGOUT_REMOVE_FOR_RECOVERY)
    return pdu_refuse (bhs, error, "expected a ReasonCode of 0 to 2, got %u", request.reason);
  return TRUE;
}

static gboolean
logout_response_validate (const guint8 bhs[BHS_LENGTH], GError **error)
{
  LogoutResponse response;
  logout_response_decode (&response, bhs);
  /* RFC 7143 11.15.2, R-LOGOUT-018 */
  if (!pdu_require_tag (bhs, error) || !pdu_require_no_data (bhs, error))
    return FALSE;
  /* RFC 7143 11.15.1, R-LOGOUT-017, R-PDU-004 */
  if (response.response > LOGOUT_CLEANUP_FAILED)
    return pdu_refuse (bhs, error, "expected a Response of 0 to 3, got %u", response.response);
  return TRUE;
}

PDU_DEFINE (LogoutRequest, logout_request, LOGOUT_REQUEST_FIELDS, OPCODE_LOGOUT_REQUEST, TRUE)
PDU_DEFINE (LogoutResponse, logout_response, LOGOUT_RESPONSE_FIELDS, OPCODE_LOGOUT_RESPONSE, FALSE)
