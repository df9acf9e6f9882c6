/* SPDX-License-Identifier: Apache-2.0 */
/* login.c - the login phase of a connection (RFC 7143 6.3)
 *
 * Two stages, one request each if the target agrees: security (who we are, whom we want, AuthMethod), operational (every
 * negotiable key). We ask for the transit with each request that has nothing left to say; the target grants it with T. What it
 * asks itself is answered in the next request. Offers come from the profile each time anew: results never overwrite them.
 */
#include "initiator/initiator-internal.h"

#include "world/banned.h"

#define LOGIN_TAG     0u
#define ISCSI_VERSION 0x00

static LoginStage
next_stage (LoginStage stage)
{
  return stage == LOGIN_STAGE_SECURITY ? LOGIN_STAGE_OPERATIONAL : LOGIN_STAGE_FULL_FEATURE;
}

static void
login_send (Connection *connection, const GString *segment, gboolean wants_transit)
{
  Session *session = connection->session;
  const LoginRequest request = {
    .immediate = 1, /* R-LOGIN: always */
    .transit = wants_transit,
    .current_stage = connection->stage,
    .next_stage = wants_transit ? next_stage (connection->stage) : 0,
    .version_max = ISCSI_VERSION,
    .version_min = ISCSI_VERSION,
    .isid = session->isid,
    .tsih = 0, /* level 0: a new instance each time; the same ISID reinstates the session (6.3.5) */
    .initiator_task_tag = LOGIN_TAG,
    .cid = connection->cid,
    .cmd_sn = session->cmd_sn,
    .exp_stat_sn = connection->exp_stat_sn,
  };
  guint8 bhs[BHS_LENGTH];
  login_request_encode (&request, bhs);
  g_auto (Payload) payload = payload_of (slice_copy (segment->str, segment->len));
  connection_send (connection, bhs, &payload);
}

/* `segment` holds answers to what the target asked; this stage's offers are added if they did not go out yet. */
static void
login_send_stage (Connection *connection, GString *segment)
{
  if (!connection->has_offered) {
    connection->has_offered = TRUE;
    negotiation_write_offers (&connection->negotiation, connection->stage == LOGIN_STAGE_SECURITY,
                              segment);
  }
  login_send (connection, segment, TRUE);
}

void
login_begin (Connection *connection)
{
  Session *session = connection->session;
  g_autoptr (GString) segment = g_string_new (NULL);
  /* R-NAME-003: both names in the first request of the connection. */
  text_write (segment, "InitiatorName", session->initiator->name);
  /* A discovery is no node's business, and its SessionType goes out with the offers. */
  if (session->discovery == NULL) {
    text_write (segment, "SessionType", "Normal");
    text_write (segment, "TargetName", session->target_name);
  }
  connection->stage = LOGIN_STAGE_SECURITY;
  login_send_stage (connection, segment);
}

static void
login_refused (Connection *connection, guint16 status, const Payload *data)
{
  const char *note = redirect_is_status (status) ? redirect_take (connection, status, data) : "";
  g_autofree char *why =
      g_strdup_printf ("login refused: %s (0x%04x)%s", login_status_name (status), status, note);
  HOST_LOG (connection->host, EVENT_LOGIN_FAILED, why, connection->session->number, status);
  connection->login_status = status;
  connection_lose (connection, why);
}

/* What one response may say by its header, in this stage. R-LOGIN */
static gboolean
login_check (Connection *connection, const LoginResponse *response)
{
  const LoginStage stage = connection->stage;
  const Session *session = connection->session;
  if (response->initiator_task_tag != LOGIN_TAG)
    connection_lose_printf (connection, "Login Response: expected ITT 0x%x, got 0x%x", LOGIN_TAG,
                            response->initiator_task_tag);
  else if (response->isid != session->isid)
    connection_lose_printf (connection,
                            "Login Response: expected ISID %012" G_GINT64_MODIFIER
                            "x, got %012" G_GINT64_MODIFIER "x",
                            session->isid, response->isid);
  else if (response->version_active != ISCSI_VERSION)
    connection_lose_printf (connection,
                            "Login Response: expected Version-active 0x%02x, got 0x%02x",
                            ISCSI_VERSION, response->version_active);
  else if (response->current_stage != stage)
    connection_lose_printf (connection, "Login Response: expected CSG %u, got %u", stage,
                            response->current_stage);
  else if (response->transit && response->next_stage != next_stage (stage))
    connection_lose_printf (connection, "Login Response: expected NSG %u, got %u",
                            next_stage (stage), response->next_stage);
  else
    return TRUE;
  return FALSE;
}

static void
login_finished (Connection *connection, const LoginResponse *response)
{
  Session *session = connection->session;
  g_autoptr (GError) error = NULL;
  if (!negotiation_finish (&connection->negotiation, &error)) {
    connection_lose_printf (connection, "%s", error->message);
    return;
  }
  /* R-ISID: the final response of a new session carries the target's half of its name. */
  if (response->tsih == 0) {
    connection_lose_printf (connection, "Login Response: expected a TSIH that is not 0, got 0");
    return;
  }
  session->tsih = response->tsih;
  session->exp_cmd_sn = response->exp_cmd_sn;
  session->max_cmd_sn = response->max_cmd_sn;
  connection_enter_full_feature_phase (connection);
}

/* All PDUs of the response are here: their pairs, then what they mean for the stage. */
static void
login_take_answer (Connection *connection, const LoginResponse *response)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) reply = g_string_new (NULL);
  if (!text_reader_finish (&connection->text, &error)) {
    connection_lose_printf (connection, "Login Response: %s", error->message);
    return;
  }
  for (guint i = 0; i < text_reader_count (&connection->text); i++)
    if (!negotiation_read (&connection->negotiation, text_reader_get (&connection->text, i), reply,
                           &error)) {
      connection_lose_printf (connection, "Login Response: %s", error->message);
      return;
    }
  text_reader_reset (&connection->text);

  if (!response->transit) {
    login_send_stage (connection, reply);
    return;
  }
  if (reply->len > 0) {
    connection_lose_printf (connection, "Login Response: expected no question with T, got %s",
                            reply->str);
    return;
  }
  connection->stage = next_stage (connection->stage);
  connection->has_offered = FALSE;
  if (connection->stage == LOGIN_STAGE_FULL_FEATURE)
    login_finished (connection, response);
  else
    login_send_stage (connection, reply);
}

void
login_on_response (Connection *connection, const guint8 bhs[BHS_LENGTH], const Payload *data)
{
  LoginResponse response;
  g_autoptr (GError) error = NULL;
  login_response_decode (&response, bhs);
  if (response.status != LOGIN_STATUS_SUCCESS) {
    login_refused (connection, response.status, data);
    return;
  }
  if (!login_check (connection, &response)
      || !connection_take_stat_sn (connection, response.stat_sn))
    return;
  if (!text_reader_add (&connection->text, data, &error)) {
    connection_lose_printf (connection, "Login Response: %s", error->message);
    return;
  }
  if (response.is_continued) {
    /* RFC 7143 6.2: more of the same answer comes; an empty request asks for it. */
    g_autoptr (GString) empty = g_string_new (NULL);
    login_send (connection, empty, FALSE);
    return;
  }
  login_take_answer (connection, &response);
}
