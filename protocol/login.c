/* SPDX-License-Identifier: Apache-2.0 */
/* login.c - Login Request and Login Response (RFC 7143 11.12, 11.13)
 *
 * Judged here is what one header says by itself. That stages follow each other, that a response fits its request, and which
 * status an error becomes, is known to the login of either engine.
 */
#include "protocol/login.h"

#include "world/banned.h"

#define ISID_TYPE_SHIFT    46
#define ISID_TYPE_RESERVED 3

const char *
login_status_name (guint64 status)
{
  static const struct {
    guint16 status;
    const char *name;
  } rows[] = {
#define LOGIN_STATUS(name, value, text) { value, text },
    LOGIN_STATUSES (LOGIN_STATUS)
#undef LOGIN_STATUS
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (rows[i].status == status)
      return rows[i].name;
  return "unknown status";
}

/* RFC 7143 6.3: security leads to the two others, operational to full feature, nothing back. R-LOGIN-014, R-LOGIN-044 */
static gboolean
login_validate_stages (const guint8 bhs[BHS_LENGTH], guint current, guint next, gboolean is_transit,
                       GError **error)
{
  if (current != LOGIN_STAGE_SECURITY && current != LOGIN_STAGE_OPERATIONAL)
    return pdu_refuse (bhs, error, "expected CSG 0 or 1, got %u", current);
  if (!is_transit)
    return TRUE; /* NSG is reserved then: not looked at */
  if (next != LOGIN_STAGE_FULL_FEATURE && next != LOGIN_STAGE_OPERATIONAL)
    return pdu_refuse (bhs, error, "expected NSG 1 or 3, got %u", next);
  if (next <= current)
    return pdu_refuse (bhs, error, "expected NSG above CSG %u, got %u", current, next);
  return TRUE;
}

static gboolean
login_request_validate (const guint8 bhs[BHS_LENGTH], GError **error)
{
  LoginRequest request;
  login_request_decode (&request, bhs);
  if (!pdu_require_tag (bhs, error))
    return FALSE;
  /* RFC 7143 11.12.2, R-LOGIN-043, R-TEXT-013 */
  if (request.is_continued && request.transit)
    return pdu_refuse (bhs, error, "expected T or C, got both");
  /* RFC 7143 11.12.5, R-PDU-004 */
  if (request.isid >> ISID_TYPE_SHIFT == ISID_TYPE_RESERVED)
    return pdu_refuse (bhs, error, "expected an ISID of type 0 to 2, got type 3");
  return login_validate_stages (bhs, request.current_stage, request.next_stage, request.transit,
                                error);
}

static gboolean
login_response_validate (const guint8 bhs[BHS_LENGTH], GError **error)
{
  LoginResponse response;
  login_response_decode (&response, bhs);
  /* R-LOGIN-064: with another status the login is over, and the other fields mean nothing. */
  if (response.status != LOGIN_STATUS_SUCCESS)
    return TRUE;
  if (!pdu_require_tag (bhs, error))
    return FALSE;
  /* RFC 7143 11.13.7, R-LOGIN-061, R-TEXT-013 */
  if (response.is_continued && response.transit)
    return pdu_refuse (bhs, error, "expected T or C, got both");
  if (!login_validate_stages (bhs, response.current_stage, response.next_stage, response.transit,
                              error))
    return FALSE;
  /* RFC 7143 11.13.3, R-LOGIN-032: the final response names the session. */
  if (response.transit && response.next_stage == LOGIN_STAGE_FULL_FEATURE && response.tsih == 0)
    return pdu_refuse (bhs, error, "expected a TSIH with the final response, got 0");
  return TRUE;
}

PDU_DEFINE (LoginRequest, login_request, LOGIN_REQUEST_FIELDS, OPCODE_LOGIN_REQUEST, TRUE)
PDU_DEFINE (LoginResponse, login_response, LOGIN_RESPONSE_FIELDS, OPCODE_LOGIN_RESPONSE, FALSE)
