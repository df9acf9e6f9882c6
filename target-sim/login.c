/* SPDX-License-Identifier: Apache-2.0 */
/* login.c - from the first PDU to full feature phase, or to a refusal
 *
 * Method: each request is checked against the first one and the present stage, its text is gathered (the C bit), its pairs go
 * through the negotiation, and one response goes back, or several if the answers are longer than a login PDU. Whatever goes
 * wrong has a status of RFC 7143 11.13.5; the response with it is the last thing that is sent.
 *
 * A session is made, reinstated or joined only with the final response: a login that fails half way has changed nothing
 * (R-REIN-009 asks for the old session's end on a successful login only). What the session table said at the beginning is
 * asked again at the end, since other logins may have come in between.
 */
#include "target-sim/login.h"

#include "protocol/login.h"
#include "protocol/name.h"
#include "protocol/negotiation.h"
#include "target-sim/session.h"

#include "world/banned.h"

#define VERSION             0x00 /* the only one of RFC 7143 11.12.4 */
#define LOGIN_RESPONSE_TEXT 8192 /* R-LOGIN-003 */

struct Login {
  guint32 magic; /* LOGIN_MAGIC */
  TargetConnection *connection;
  Negotiation negotiation;
  TextReader text;
  gboolean is_begun;      /* `first` is set */
  LoginRequest first;     /* names the task, the session and the connection for the whole phase */
  guint8 stage;           /* LoginStage */
  gboolean is_identified; /* names and session were checked */
  gboolean has_declared;  /* our own keys were sent */
  gboolean has_answered_operational;
  char *initiator_name;
  const TargetDoor *unnamed_at; /* a discovery session that named no target */
  GString *reply;               /* pairs to send; what is not sent yet begins at reply_sent */
  gsize reply_sent;
};

#define LOGIN_MAGIC 0x7A26E705u

/* A status that ends the login, with the words for the log. */
typedef struct LoginVerdict {
  LoginStatus status;
  char *why; /* owned; NULL with SUCCESS */
} LoginVerdict;

#define LOGIN_FINE ((LoginVerdict){ LOGIN_STATUS_SUCCESS, NULL })

static LoginVerdict G_GNUC_PRINTF (2, 3) verdict_new (LoginStatus status, const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  LoginVerdict verdict = { status, g_strdup_vprintf (format, arguments) };
  va_end (arguments);
  return verdict;
}

static LoginVerdict
verdict_of_error (GError *error /* transfer full */)
{
  LoginVerdict verdict = verdict_new (LOGIN_STATUS_INITIATOR_ERROR, "%s", error->message);
  g_error_free (error);
  return verdict;
}

static gboolean
verdict_is_fine (const LoginVerdict *verdict)
{
  return verdict->status == LOGIN_STATUS_SUCCESS;
}

/* What the node wants; nothing has been negotiated yet. */
static void
login_init_negotiation (Login *login)
{
  Negotiation *negotiation = &login->negotiation;
  negotiation_init (negotiation, NEGOTIATION_TARGET, &login->connection->target->wanted);
  negotiation->acceptable[KEY_AUTH_METHOD] = UINT64_C (1) << AUTH_METHOD_NONE;
  negotiation->acceptable[KEY_TASK_REPORTING] = UINT64_C (1) << TASK_REPORTING_RFC3720;
}

Login *
login_new (TargetConnection *connection)
{
  Login *login = g_new0 (Login, 1);
  login->magic = LOGIN_MAGIC;
  login->connection = connection;
  login->reply = g_string_new (NULL);
  text_reader_init (&login->text);
  login_init_negotiation (login);
  return login;
}

void
login_free (Login *login)
{
  if (login == NULL)
    return;
  CHECK (login, LOGIN_MAGIC);
  negotiation_clear (&login->negotiation);
  text_reader_clear (&login->text);
  g_string_free (login->reply, TRUE);
  g_free (login->initiator_name);
  login->magic = 0;
  g_free (login);
}

/* ---- responses ---- */

static LoginResponse
login_response (const Login *login)
{
  /* R-LOGIN-054, R-LOGIN-056: the versions never change; R-ISID-016: the request's TSIH until the final response. */
  return (LoginResponse){
    .version_max = VERSION,
    .version_active = VERSION,
    .isid = login->first.isid,
    .tsih = login->first.tsih,
    .initiator_task_tag = login->first.initiator_task_tag,
  };
}

static void
login_send (Login *login, LoginResponse *response, const Payload *payload)
{
  guint8 out[BHS_LENGTH];
  login_response_encode (response, out);
  target_connection_send (login->connection, out, payload);
}

/* R-REDIR-001, R-REDIR-006: where to go instead, without the portal group tag. */
static Payload
login_moved_text (const TargetPortal *portal)
{
  g_autoptr (GString) text = g_string_new (NULL);
  for (guint i = 0; portal->moved_to[i] != NULL; i++)
    text_write (text, key_info (KEY_TARGET_ADDRESS)->name, portal->moved_to[i]);
  return payload_of (slice_copy (text->str, text->len));
}

static gboolean
status_is_redirect (LoginStatus status)
{
  return status == LOGIN_STATUS_MOVED_TEMPORARILY || status == LOGIN_STATUS_MOVED_PERMANENTLY;
}

/* R-LOGIN-063, R-LOGIN-064: the last words; numbers mean nothing in them. */
static void
login_refuse (Login *login, LoginVerdict *verdict /* transfer contents */)
{
  TargetConnection *connection = login->connection;
  LoginResponse response = login_response (login);
  response.status = verdict->status;
  HOST_LOG (connection->host, EVENT_TARGET_LOGIN_REFUSED, verdict->why, connection->id,
            verdict->status);
  connection->target->counters.logins_refused++;
  g_clear_pointer (&verdict->why, g_free);
  g_auto (Payload) text = PAYLOAD_EMPTY;
  if (status_is_redirect (verdict->status))
    text = login_moved_text (connection->portal);
  login_send (login, &response, &text);
  target_connection_close (connection); /* T7 */
}

/* R-LOGIN-058: StatSN starts with the first response. R-LOGIN-050: ExpCmdSN is the CmdSN of the leading login, which being
 * immediate does not consume it. */
static void
login_number (Login *login, const TargetSession *session, LoginResponse *response)
{
  TargetConnection *connection = login->connection;
  response->stat_sn = target_connection_take_stat_sn (connection);
  response->exp_cmd_sn = session != NULL ? session->exp_cmd_sn : login->first.cmd_sn;
  response->max_cmd_sn = session != NULL
                             ? target_session_max_cmd_sn (session)
                             : login->first.cmd_sn + connection->target->queue_depth - 1;
}

/* The part of the reply that fits. R-LOGIN-061: while some is left, C is set and T is not. */
static Payload
login_take_reply (Login *login, LoginResponse *response)
{
  const gsize left = login->reply->len - login->reply_sent;
  const gsize length = MIN (left, LOGIN_RESPONSE_TEXT);
  response->is_continued = length < left;
  Payload payload = payload_of (slice_copy (login->reply->str + login->reply_sent, length));
  login->reply_sent += length;
  if (login->reply_sent == login->reply->len) {
    g_string_truncate (login->reply, 0);
    login->reply_sent = 0;
  }
  return payload;
}

static void
login_respond (Login *login, const LoginRequest *request)
{
  LoginResponse response = login_response (login);
  response.current_stage = login->stage;
  login_number (login, NULL, &response);
  g_auto (Payload) payload = login_take_reply (login, &response);
  /* R-LOGIN-011: we go on when the initiator wants to, since we never have offers of our own. */
  if (request->transit && !response.is_continued) {
    response.transit = 1;
    response.next_stage = request->next_stage;
    login->stage = request->next_stage;
  }
  login_send (login, &response, &payload);
}

/* ---- what a request may be ---- */

/* R-LOGIN-001, R-ISID-013..015: the whole phase is one task, of one session and connection. */
static gboolean
login_is_same_task (const Login *login, const LoginRequest *request)
{
  const LoginRequest *first = &login->first;
  return request->initiator_task_tag == first->initiator_task_tag && request->isid == first->isid
         && request->tsih == first->tsih && request->cid == first->cid;
}

/* R-LOGIN-014, R-LOGIN-044: forward only, and never to or from stage 2. */
static gboolean
login_stages_are_legal (const Login *login, const LoginRequest *request)
{
  if (request->current_stage != login->stage || request->current_stage > LOGIN_STAGE_OPERATIONAL)
    return FALSE;
  if (!request->transit)
    return TRUE;
  return request->next_stage > request->current_stage && request->next_stage != 2;
}

static LoginVerdict
login_check (const Login *login, const LoginRequest *request, const guint8 bhs[BHS_LENGTH])
{
  GError *error = NULL;
  if (request->version_min > VERSION) /* R-LOGIN-055 */
    return verdict_new (LOGIN_STATUS_UNSUPPORTED_VERSION, "expected version %u, got %u or newer",
                        VERSION, request->version_min);
  if (!login_is_same_task (login, request))
    return verdict_new (LOGIN_STATUS_INITIATOR_ERROR,
                        "expected the ITT, ISID, TSIH and CID of the first request");
  if (!login_stages_are_legal (login, request))
    return verdict_new (LOGIN_STATUS_INITIATOR_ERROR,
                        "expected a step forward from stage %u, got CSG %u, NSG %u", login->stage,
                        request->current_stage, request->next_stage);
  if (request->transit && request->is_continued) /* R-TEXT-013 */
    return verdict_new (LOGIN_STATUS_INITIATOR_ERROR, "expected T or C, got both");
  if (!pdu_validate (bhs, &error))
    return verdict_of_error (error);
  return LOGIN_FINE;
}

/* ---- who it is, and which session ---- */

static LoginVerdict
login_choose_node (Login *login, const char *name)
{
  TargetConnection *connection = login->connection;
  TargetPortal *portal = door_find_portal (connection->portal->door, name);
  if (portal == NULL)
    return verdict_new (LOGIN_STATUS_NOT_FOUND, "no target '%s' here", name);
  if (portal == connection->portal)
    return LOGIN_FINE;
  target_connection_choose_portal (connection, portal);
  negotiation_clear (&login->negotiation);
  login_init_negotiation (login);
  return LOGIN_FINE;
}

static LoginVerdict
login_check_names (Login *login)
{
  const char *type = text_reader_find (&login->text, "SessionType");
  const char *initiator = text_reader_find (&login->text, "InitiatorName");
  const char *target = text_reader_find (&login->text, "TargetName");
  const gboolean is_discovery = type != NULL && strcmp (type, "Discovery") == 0;
  if (initiator == NULL || *initiator == '\0')
    return verdict_new (LOGIN_STATUS_MISSING_PARAMETER, "expected InitiatorName");
  if (type != NULL && strcmp (type, "Normal") != 0 && !is_discovery)
    return verdict_new (LOGIN_STATUS_SESSION_TYPE,
                        "expected SessionType Normal or Discovery, got '%s'", type);
  /* R-NAME-003: only a discovery session may be without. */
  if (target == NULL && !is_discovery)
    return verdict_new (LOGIN_STATUS_MISSING_PARAMETER, "expected TargetName");
  GError *error = NULL;
  if (!name_check (initiator, &error)) /* R-NAME-005 */
    return verdict_of_error (error);
  LoginVerdict verdict = target != NULL ? login_choose_node (login, target) : LOGIN_FINE;
  if (!verdict_is_fine (&verdict))
    return verdict;
  if (target == NULL)
    login->unnamed_at = login->connection->portal->door;
  login->negotiation.is_discovery = is_discovery;
  login->initiator_name = name_prepare (initiator, NULL); /* one name has one spelling here */
  return LOGIN_FINE;
}

/* RFC 7143 11.13.5: the node is elsewhere. Discovery is not: it asks the address, not the node. */
static LoginVerdict
login_check_redirect (const Login *login, gboolean is_late)
{
  const TargetPortal *portal = login->connection->portal;
  if (portal->moved_to == NULL || login->negotiation.is_discovery
      || portal->is_move_told_late != is_late)
    return LOGIN_FINE;
  return verdict_new (portal->is_moved_permanently ? LOGIN_STATUS_MOVED_PERMANENTLY
                                                   : LOGIN_STATUS_MOVED_TEMPORARILY,
                      "sent to '%s'", portal->moved_to[0] != NULL ? portal->moved_to[0] : "");
}

static TargetSession *
login_existing_nexus (const Login *login)
{
  return node_find_nexus (login->connection->target, login->initiator_name, login->first.isid,
                          login->connection->portal->group_tag, login->unnamed_at);
}

/* RFC 7143 6.3.1, R-LOGIN-019..024. *ret_existing: the session to reinstate, or whose connection is; NULL: a new one. */
static LoginVerdict
login_find_session (const Login *login, TargetSession **ret_existing)
{
  const TargetSim *target = login->connection->target;
  TargetSession *existing = login_existing_nexus (login);
  *ret_existing = existing;
  if (login->first.tsih == 0) {
    if (existing == NULL && target->sessions->len >= target->session_limit)
      return verdict_new (LOGIN_STATUS_OUT_OF_RESOURCES, "expected at most %u sessions",
                          target->session_limit);
    return LOGIN_FINE;
  }
  if (existing == NULL || existing->tsih != login->first.tsih)
    return verdict_new (LOGIN_STATUS_NO_SESSION, "no session with TSIH %u of this initiator port",
                        login->first.tsih);
  if (existing->cid != login->first.cid) /* MaxConnections is 1 */
    return verdict_new (LOGIN_STATUS_TOO_MANY_CONNECTIONS, "expected CID %u, got %u", existing->cid,
                        login->first.cid);
  return LOGIN_FINE;
}

static LoginVerdict
login_identify (Login *login)
{
  if (login->is_identified)
    return LOGIN_FINE;
  LoginVerdict verdict = login_check_names (login);
  if (verdict_is_fine (&verdict))
    verdict = login_check_redirect (login, FALSE);
  if (!verdict_is_fine (&verdict))
    return verdict;
  TargetSession *existing = NULL;
  verdict = login_find_session (login, &existing);
  login->is_identified = verdict_is_fine (&verdict);
  login->negotiation.is_leading = login->first.tsih == 0;
  return verdict;
}

/* ---- keys ---- */

static gboolean
list_has (const char *list, const char *name)
{
  g_auto (GStrv) names = g_strsplit (list, ",", -1);
  return g_strv_contains ((const char *const *) names, name);
}

/* R-LOGIN-033: nothing but None is known here, so there is nothing to go on with if it is not offered. */
static LoginVerdict
login_check_method (const TextPair *pair)
{
  if (strcmp (pair->key, key_info (KEY_AUTH_METHOD)->name) != 0 || list_has (pair->value, "None"))
    return LOGIN_FINE;
  return verdict_new (LOGIN_STATUS_AUTHENTICATION_FAILURE,
                      "expected AuthMethod None to be offered, got '%s'", pair->value);
}

static LoginVerdict
login_read_pairs (Login *login)
{
  login->negotiation.stage = login->stage == LOGIN_STAGE_SECURITY ? NEGOTIATION_STAGE_SECURITY
                                                                  : NEGOTIATION_STAGE_OPERATIONAL;
  for (guint i = 0; i < text_reader_count (&login->text); i++) {
    const TextPair *pair = text_reader_get (&login->text, i);
    GError *error = NULL;
    LoginVerdict verdict = login_check_method (pair);
    if (!verdict_is_fine (&verdict))
      return verdict;
    /* R-LOGIN-009, R-LOGIN-016, R-LOGIN-017: a key of another stage and renegotiation come back as errors. */
    if (!negotiation_read (&login->negotiation, pair, login->reply, &error))
      return verdict_of_error (error);
  }
  return LOGIN_FINE;
}

/* R-LOGIN-028: the portal group's tag goes with the first response that may carry keys; what we declare for the session with
 * the first operational one. */
static void
login_declare (Login *login)
{
  const TargetConnection *connection = login->connection;
  if (!login->has_declared && login->unnamed_at == NULL) {
    text_write_number (login->reply, key_info (KEY_TARGET_PORTAL_GROUP_TAG)->name,
                       connection->portal->group_tag);
    login->has_declared = TRUE;
  }
  if (login->stage == LOGIN_STAGE_OPERATIONAL && !login->has_answered_operational) {
    negotiation_write_declarations (&login->negotiation, login->reply);
    login->has_answered_operational = TRUE;
  }
}

/* ---- the end ---- */

static TargetSession *
login_make_session (const Login *login)
{
  const SessionIdentity identity = {
    .initiator_name = login->initiator_name,
    .isid = login->first.isid,
    .group_tag = login->connection->portal->group_tag,
    .unnamed_at = login->unnamed_at,
    .first_cmd_sn = login->first.cmd_sn,
  };
  return target_session_new (login->connection->target, &identity, &login->negotiation.result);
}

/* The table of 6.3.1, carried out. */
static TargetSession *
login_settle_session (const Login *login, TargetSession *existing)
{
  TargetSession *session = existing;
  if (login->first.tsih != 0) {
    target_session_reinstate_connection (existing);
  } else {
    g_autoptr (GArray) untold = existing != NULL ? target_session_reinstate (existing) : NULL;
    session = login_make_session (login);
    if (untold != NULL && session->target->power_on_unit_attention)
      scsi_nexus_inherit (&session->nexus, untold);
  }
  target_session_attach (session, login->connection);
  return session;
}

static void
login_complete (Login *login, TargetSession *session)
{
  TargetConnection *connection = login->connection;
  LoginResponse response = login_response (login);
  response.transit = 1;
  response.current_stage = login->stage;
  response.next_stage = LOGIN_STAGE_FULL_FEATURE;
  response.tsih = session->tsih; /* R-ISID-016 */
  login_number (login, session, &response);
  g_auto (Payload) payload = login_take_reply (login, &response);
  HOST_LOG (connection->host, EVENT_TARGET_LOGIN_ACCEPTED, session->initiator_name, connection->id,
            session->tsih);
  if (target_session_is_discovery (session))
    connection->target->counters.discoveries++;
  else
    connection->target->counters.logins++;
  login_send (login, &response, &payload);
  target_connection_enter_full_feature (connection, session, &login->negotiation.result);
}

static LoginVerdict
login_finish (Login *login)
{
  GError *error = NULL;
  TargetSession *existing = NULL;
  if (!negotiation_finish (&login->negotiation, &error))
    return verdict_of_error (error);
  LoginVerdict verdict = login_check_redirect (login, TRUE);
  if (verdict_is_fine (&verdict))
    verdict = login_find_session (login, &existing);
  if (verdict_is_fine (&verdict))
    login_complete (login, login_settle_session (login, existing));
  return verdict;
}

/* ---- one request ---- */

static LoginVerdict
login_read (Login *login)
{
  GError *error = NULL;
  if (!text_reader_finish (&login->text, &error))
    return verdict_of_error (error);
  LoginVerdict verdict = login_identify (login);
  if (verdict_is_fine (&verdict))
    verdict = login_read_pairs (login);
  if (verdict_is_fine (&verdict))
    login_declare (login);
  text_reader_reset (&login->text);
  return verdict;
}

static LoginVerdict
login_take (Login *login, const LoginRequest *request, const Payload *payload)
{
  GError *error = NULL;
  if (!text_reader_add (&login->text, payload, &error))
    return verdict_of_error (error);
  /* R-TEXT-014, R-TEXT-015: while either side says C, the other sends nothing. */
  const gboolean is_reply_left = login->reply_sent > 0;
  if (is_reply_left && (payload->length > 0 || request->is_continued))
    return verdict_new (LOGIN_STATUS_INITIATOR_ERROR,
                        "expected an empty request while the response is continued");
  if (request->is_continued) {
    login_respond (login, request);
    return LOGIN_FINE;
  }
  if (!is_reply_left) {
    LoginVerdict verdict = login_read (login);
    if (!verdict_is_fine (&verdict))
      return verdict;
  }
  const gboolean fits = login->reply->len - login->reply_sent <= LOGIN_RESPONSE_TEXT;
  if (request->transit && request->next_stage == LOGIN_STAGE_FULL_FEATURE && fits)
    return login_finish (login);
  login_respond (login, request);
  return LOGIN_FINE;
}

static void
login_begin (Login *login, const LoginRequest *request)
{
  login->is_begun = TRUE;
  login->first = *request;
  login->stage = request->current_stage;
  login->connection->cid = request->cid;
  target_connection_move (login->connection, TARGET_CONNECTION_ON_LOGIN_BEGAN); /* T4 */
}

/* R-MODEL-006: silence and the end, if it comes first; R-MODEL-007: 020bh and the end, if it comes later. */
static void
login_receive_other (Login *login, const guint8 bhs[BHS_LENGTH])
{
  if (!login->is_begun) {
    target_connection_lose (login->connection, "the first PDU is not a Login Request");
    return;
  }
  LoginVerdict verdict =
      verdict_new (LOGIN_STATUS_INVALID_DURING_LOGIN, "expected a Login Request, got %s",
                   opcode_name (bhs_opcode (bhs)));
  login_refuse (login, &verdict);
}

void
login_receive (TargetConnection *connection, const guint8 bhs[BHS_LENGTH], const Payload *payload)
{
  Login *login = connection->login;
  CHECK (login, LOGIN_MAGIC);
  if (bhs_opcode (bhs) != OPCODE_LOGIN_REQUEST) {
    login_receive_other (login, bhs);
    return;
  }
  LoginRequest request;
  login_request_decode (&request, bhs);
  if (!login->is_begun)
    login_begin (login, &request);
  LoginVerdict verdict = login_check (login, &request, bhs);
  if (verdict_is_fine (&verdict))
    verdict = login_take (login, &request, payload);
  if (!verdict_is_fine (&verdict))
    login_refuse (login, &verdict);
}
