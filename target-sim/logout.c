/* SPDX-License-Identifier: Apache-2.0 */
/* logout.c - the orderly end
 *
 * With one connection per session, "close the connection" closes the session too: it was the last one (RFC 7143 6.3.6,
 * R-REIN-011). All its tasks are terminated, the response goes out, then FIN (R-LOGOUT-003, R-LOGOUT-005).
 */
#include "target-sim/logout.h"

#include "protocol/logout.h"
#include "target-sim/session.h"

#include "world/banned.h"

static LogoutAnswer
logout_decide (const TargetConnection *connection, const LogoutRequest *request)
{
  if (request->reason == LOGOUT_REMOVE_FOR_RECOVERY)
    return LOGOUT_RECOVERY_NOT_SUPPORTED; /* error recovery level 0 */
  if (request->reason == LOGOUT_CLOSE_CONNECTION && request->cid != connection->cid)
    return LOGOUT_CID_NOT_FOUND;
  return LOGOUT_CLOSED;
}

static void
logout_respond (TargetConnection *connection, const LogoutRequest *request, LogoutAnswer answer)
{
  const KeyValues *keys = &connection->session->keys;
  LogoutResponse response = {
    .is_final = 1,
    .response = answer,
    .initiator_task_tag = request->initiator_task_tag,
    .time2wait_s = (guint16) keys->number[KEY_DEFAULT_TIME2WAIT],
    .time2retain_s = (guint16) keys->number[KEY_DEFAULT_TIME2RETAIN],
  };
  CONNECTION_NUMBER (connection, &response);
  guint8 out[BHS_LENGTH];
  logout_response_encode (&response, out);
  target_connection_send (connection, out, NULL);
}

void
logout_deliver (TargetConnection *connection, const guint8 bhs[BHS_LENGTH], const Payload *payload)
{
  LogoutRequest request;
  logout_request_decode (&request, bhs);
  if (request.reason > LOGOUT_REMOVE_FOR_RECOVERY) {
    target_connection_reject (connection, REJECT_INVALID_FIELD, bhs);
    return;
  }
  /* RFC 7143 4.3, R-MODEL-018: a discovery session is closed as a whole. */
  if (target_session_is_discovery (connection->session) && request.reason != LOGOUT_CLOSE_SESSION) {
    target_connection_reject (connection, REJECT_PROTOCOL_ERROR, bhs);
    return;
  }
  const LogoutAnswer answer = logout_decide (connection, &request);
  if (answer == LOGOUT_CLOSED)
    target_connection_move (connection, TARGET_CONNECTION_ON_LOGOUT); /* T9 */
  logout_respond (connection, &request, answer);
  if (answer != LOGOUT_CLOSED)
    return;
  target_session_close (connection->session, "logged out");
  target_connection_close (connection); /* T13 */
}
