/* SPDX-License-Identifier: Apache-2.0 */
/* referee-keys.c - what the texts of a login and of text requests say (RFC 7143 6.1, 6.2, 12, 13)
 *
 * A text is judged once it is whole: the PDU with C=0 brings it. An offer is a pair that the other side did not say before, an
 * answer one that it did. Answers are held against offers by functions of this file: minimum, maximum, AND, OR, choice.
 */
#include "harness/check/referee-internal.h"

#define KEY_NAME_MAX 63
#define VALUE_MAX    255
#define FULL_FEATURE 3
#define ON_TEXT      (ON (TEXT_REQUEST) | ON (TEXT_RESPONSE))
#define ON_ALL_TEXT  (ON_LOGIN | ON_TEXT)

static guint
pair_count (const Judgement *j)
{
  return j->pdu->text != NULL ? j->pdu->text->pairs->len : 0;
}

static const ObservedPair *
pair_get (const Judgement *j, guint i)
{
  return &g_array_index (j->pdu->text->pairs, ObservedPair, i);
}

static gboolean
is_login (const Judgement *j)
{
  return j->pdu->opcode == SEEN_LOGIN_REQUEST || j->pdu->opcode == SEEN_LOGIN_RESPONSE;
}

static const char *
said_before (const Judgement *j, ObservedKeyId id, ObserverSide side)
{
  return j->observer->keys.keys[id].said[side];
}

static const char *
find_pair (const Judgement *j, const char *key)
{
  for (guint i = 0; i < pair_count (j); i++)
    if (pair_get (j, i)->key[0] == key[0] && strcmp (pair_get (j, i)->key, key) == 0)
      return pair_get (j, i)->value;
  return NULL;
}

/* The pairs of a login whose keys are known: a rule looks at each, and the first that breaks it ends the walk. */
typedef RuleAnswer (*PairCheck) (Judgement *j, ObservedKeyId id, const char *value);

static RuleAnswer
each_login_pair (Judgement *j, PairCheck check)
{
  RuleAnswer answer = RULE_SILENT;
  for (guint i = 0; is_login (j) && i < pair_count (j) && answer != RULE_BROKEN; i++) {
    const ObservedPair *pair = pair_get (j, i);
    const ObservedKeyId id = observed_key_find (pair->key);
    if (id == OBSERVED_KEY_COUNT || pair->value == NULL)
      continue;
    const RuleAnswer one = check (j, id, pair->value);
    answer = MAX (answer, one);
  }
  return answer;
}

/* ---- form ---- */

static RuleAnswer
text_terminated (Judgement *j)
{
  if (pair_count (j) == 0)
    return RULE_SILENT;
  return RULE_THAT (j, j->pdu->text->is_terminated, "a NUL behind each pair", "none at the end");
}

/* The RFCs' own names need no judging: iSCSIProtocolLevel does not keep the rule. */
static gboolean
key_name_is_good (const char *key)
{
  if (observed_key_find (key) != OBSERVED_KEY_COUNT)
    return TRUE;
  if (!g_ascii_isupper (key[0]) || strlen (key) > KEY_NAME_MAX)
    return FALSE;
  for (const char *at = key; *at != '\0'; at++)
    if (!g_ascii_isalnum (*at) && strchr (".-+@_#", *at) == NULL)
      return FALSE;
  return TRUE;
}

static RuleAnswer
text_pairs (Judgement *j)
{
  if (pair_count (j) == 0)
    return RULE_SILENT;
  for (guint i = 0; i < pair_count (j); i++) {
    const ObservedPair *pair = pair_get (j, i);
    if (pair->value == NULL)
      return rule_broken (j, "key=value", "'%.80s'", pair->key);
    /* An answer must repeat the name that was asked for, however bad. */
    if (!key_name_is_good (pair->key) && strcmp (pair->value, "NotUnderstood") != 0)
      return rule_broken (j, "a key name: a capital letter, at most 63 of its characters",
                          "'%.80s'", pair->key);
  }
  return RULE_KEPT;
}

/* SendTargets and CHAP have longer values, or lists of them. */
static RuleAnswer
value_length (Judgement *j)
{
  RuleAnswer answer = RULE_SILENT;
  for (guint i = 0; i < pair_count (j); i++) {
    const ObservedPair *pair = pair_get (j, i);
    const ObservedKeyId id = observed_key_find (pair->key);
    if (pair->value == NULL || id == OBSERVED_KEY_COUNT || id == OBSERVED_CHAP_C
        || id == OBSERVED_CHAP_R)
      continue;
    if (strlen (pair->value) > VALUE_MAX)
      return rule_broken (j, "a value of at most 255 bytes", "%s has %" G_GSIZE_FORMAT, pair->key,
                          strlen (pair->value));
    answer = RULE_KEPT;
  }
  return answer;
}

/* ---- names ---- */

static gboolean
is_first_request_whole (const Judgement *j)
{
  const Observer *observer = j->observer;
  return j->pdu->text != NULL && !observer->login.has_text_response;
}

static RuleAnswer
initiator_name (Judgement *j)
{
  if (!is_first_request_whole (j))
    return RULE_SILENT;
  const gboolean has =
      j->observer->login.has_initiator_name || find_pair (j, "InitiatorName") != NULL;
  return RULE_THAT (j, has, "InitiatorName in the first request", "none");
}

static RuleAnswer
target_name (Judgement *j)
{
  const char *type = find_pair (j, "SessionType");
  const gboolean is_discovery =
      j->observer->login.is_discovery || (type != NULL && strcmp (type, "Discovery") == 0);
  if (!is_first_request_whole (j) || is_discovery)
    return RULE_SILENT;
  const gboolean has = j->observer->login.has_target_name || find_pair (j, "TargetName") != NULL;
  return RULE_THAT (j, has, "TargetName in the first request of a normal session", "none");
}

/* R-LOGIN-028: of a session with a target, in the first response that may carry it. */
static RuleAnswer
group_tag (Judgement *j)
{
  const ObservedLogin *login = &j->observer->login;
  if (j->pdu->text == NULL || seen_login_status (j->bhs) != 0 || login->has_text_response
      || j->observer->texts[OBSERVER_INITIATOR].is_continued || !login->has_target_name)
    return RULE_SILENT;
  return RULE_THAT (j, find_pair (j, "TargetPortalGroupTag") != NULL,
                    "TargetPortalGroupTag in the first response", "none");
}

/* ---- who may say what, when, how often ---- */

static RuleAnswer
check_sender (Judgement *j, ObservedKeyId id, const char *value)
{
  const ObservedKeyInfo *info = observed_key_info (id);
  const gboolean is_target = j->pdu->from == OBSERVER_TARGET;
  const SeenSenders other = is_target ? SEEN_SENDERS_INITIATOR : SEEN_SENDERS_TARGET;
  const gboolean is_names = id == OBSERVED_TARGET_NAME && is_target; /* R-KEY-014 */
  return RULE_THAT (j, info->senders != other && !is_names, "a key of the side that sends it",
                    "%s=%.80s", info->name, value);
}

static RuleAnswer
key_sender (Judgement *j)
{
  return each_login_pair (j, check_sender);
}

static RuleAnswer
check_stage (Judgement *j, ObservedKeyId id, const char *value)
{
  static const gboolean may[2][SEEN_STAGE_ANYWHERE + 1] = {
    [0] = { [SEEN_STAGE_SECURITY] = TRUE, [SEEN_STAGE_LOGIN] = TRUE, [SEEN_STAGE_ANYWHERE] = TRUE },
    [1] = { [SEEN_STAGE_OPERATIONAL] = TRUE,
            [SEEN_STAGE_LOGIN] = TRUE,
            [SEEN_STAGE_ANYWHERE] = TRUE },
  };
  const ObservedKeyInfo *info = observed_key_info (id);
  const guint stage = seen_csg (j->bhs);
  if (stage > 1)
    return RULE_SILENT;
  return RULE_THAT (j, may[stage][info->stage], "a key of the present stage",
                    "%s=%.80s in stage %u", info->name, value, stage);
}

static RuleAnswer
key_stage (Judgement *j)
{
  if (j->pdu->opcode == SEEN_LOGIN_RESPONSE && seen_login_status (j->bhs) != 0)
    return RULE_SILENT;
  return each_login_pair (j, check_stage);
}

static RuleAnswer
check_leading (Judgement *j, ObservedKeyId id, const char *value)
{
  const ObservedKeyInfo *info = observed_key_info (id);
  return RULE_THAT (j, !info->is_leading || id == OBSERVED_SESSION_TYPE,
                    "no key of the leading login", "%s=%.80s", info->name, value);
}

static RuleAnswer
key_leading (Judgement *j)
{
  const gboolean is_request = j->pdu->opcode == SEEN_LOGIN_REQUEST;
  const guint16 tsih = j->observer->login.requests > 0 ? j->observer->login.tsih
                       : is_request                    ? seen_tsih (j->bhs)
                                                       : 0;
  if (tsih == 0)
    return RULE_SILENT;
  return each_login_pair (j, check_leading);
}

/* TargetAddress may stand several times in a redirection; a first SendTargets has no place in a login at all. */
static RuleAnswer
key_once (Judgement *j)
{
  guint64 seen = 0;
  if (pair_count (j) == 0)
    return RULE_SILENT;
  for (guint i = 0; i < pair_count (j); i++) {
    const ObservedKeyId id = observed_key_find (pair_get (j, i)->key);
    if (id == OBSERVED_KEY_COUNT || id == OBSERVED_TARGET_ADDRESS)
      continue;
    if ((seen >> id & 1) != 0 || said_before (j, id, j->pdu->from) != NULL)
      return rule_broken (j, "each key once in a login", "%s again", pair_get (j, i)->key);
    seen |= UINT64_C (1) << id;
  }
  return RULE_KEPT;
}

static RuleAnswer
vendor_keys (Judgement *j)
{
  if (!j->observer->login.is_discovery || pair_count (j) == 0)
    return RULE_SILENT;
  for (guint i = 0; i < pair_count (j); i++)
    /* To say that it is not understood is no use of it. */
    if (g_str_has_prefix (pair_get (j, i)->key, "X-")
        && strcmp (pair_get (j, i)->value, "NotUnderstood") != 0)
      return rule_broken (j, "no X- key in a discovery session", "%.80s", pair_get (j, i)->key);
  return RULE_KEPT;
}

/* ---- values ---- */

static gboolean
is_answer (const Judgement *j, ObservedKeyId id)
{
  return said_before (j, id, (ObserverSide) (1 - j->pdu->from)) != NULL
         && observed_key_info (id)->result != SEEN_RESULT_NONE;
}

static RuleAnswer
check_value (Judgement *j, ObservedKeyId id, const char *value)
{
  guint32 number;
  if (is_answer (j, id) && observed_value_is_none (value))
    return RULE_SILENT;
  return RULE_THAT (j, observed_key_parse (id, value, &number), "a value of the key", "%s=%.80s",
                    observed_key_info (id)->name, value);
}

static RuleAnswer
key_value_legal (Judgement *j)
{
  return each_login_pair (j, check_value);
}

static RuleAnswer
check_not_reserved (Judgement *j, ObservedKeyId id, const char *value)
{
  if (is_answer (j, id))
    return RULE_SILENT;
  return RULE_THAT (j, !observed_value_is_none (value), "an offer that is a value", "%s=%.80s",
                    observed_key_info (id)->name, value);
}

static RuleAnswer
offer_not_reserved (Judgement *j)
{
  return each_login_pair (j, check_not_reserved);
}

/* Keys that RFC 3720 did not have: whoever knows no other must say NotUnderstood. */
static gboolean
is_newer_key (ObservedKeyId id)
{
  return id == OBSERVED_TASK_REPORTING || id == OBSERVED_PROTOCOL_LEVEL;
}

static RuleAnswer
check_understood (Judgement *j, ObservedKeyId id, const char *value)
{
  if (!is_answer (j, id) || is_newer_key (id))
    return RULE_SILENT;
  return RULE_THAT (j, strcmp (value, "NotUnderstood") != 0, "a key of the RFC to be understood",
                    "%s=NotUnderstood", observed_key_info (id)->name);
}

static RuleAnswer
key_understood (Judgement *j)
{
  return each_login_pair (j, check_understood);
}

static RuleAnswer
check_newer_understood (Judgement *j, ObservedKeyId id, const char *value)
{
  if (!is_answer (j, id) || !is_newer_key (id))
    return RULE_SILENT;
  return RULE_THAT (j, strcmp (value, "NotUnderstood") != 0, "a key of RFC 7143 to be understood",
                    "%s=NotUnderstood", observed_key_info (id)->name);
}

static RuleAnswer
newer_key_understood (Judgement *j)
{
  return each_login_pair (j, check_newer_understood);
}

static gboolean
answer_fits (const ObservedKeyInfo *info, ObservedKeyId id, const char *offer, const char *answer)
{
  guint32 offered, answered;
  if (info->kind == SEEN_KIND_LIST)
    return observed_list_has (offer, answer); /* R-TEXT-031, R-TEXT-034 */
  if (!observed_key_parse (id, offer, &offered) || !observed_key_parse (id, answer, &answered))
    return TRUE; /* not a value at all: that is another rule's */
  switch (info->result) {
  case SEEN_RESULT_MINIMUM:
    return answered <= offered;
  case SEEN_RESULT_MAXIMUM:
    return answered >= offered;
  case SEEN_RESULT_AND:
  case SEEN_RESULT_OR: /* the answer is the answerer's own value, or already the result: any */
  case SEEN_RESULT_NONE:
  case SEEN_RESULT_CHOICE:
    break;
  }
  return TRUE;
}

/* R-TEXT-042: what the answer to a Boolean must be, if the offer decides by itself. */
static gboolean
boolean_is_decided (const ObservedKeyInfo *info, const char *offer, const char *answer)
{
  if (info->result == SEEN_RESULT_AND && strcmp (offer, "No") == 0)
    return strcmp (answer, "No") == 0;
  if (info->result == SEEN_RESULT_OR && strcmp (offer, "Yes") == 0)
    return strcmp (answer, "Yes") == 0;
  return TRUE;
}

static RuleAnswer
check_answer (Judgement *j, ObservedKeyId id, const char *value)
{
  const ObservedKeyInfo *info = observed_key_info (id);
  if (!is_answer (j, id) || observed_value_is_none (value))
    return RULE_SILENT;
  const char *offer = said_before (j, id, (ObserverSide) (1 - j->pdu->from));
  return RULE_THAT (
      j, answer_fits (info, id, offer, value) && boolean_is_decided (info, offer, value),
      "an answer that the offer allows", "%s=%.60s to the offer %.60s", info->name, value, offer);
}

static RuleAnswer
answer_allowed (Judgement *j)
{
  return each_login_pair (j, check_answer);
}

static RuleAnswer
mark_int_rejected (Judgement *j)
{
  if (j->pdu->opcode != SEEN_LOGIN_RESPONSE || pair_count (j) == 0)
    return RULE_SILENT;
  for (guint i = 0; i < pair_count (j); i++) {
    const ObservedPair *pair = pair_get (j, i);
    if (pair->value == NULL || !g_str_has_suffix (pair->key, "MarkInt"))
      continue;
    return RULE_THAT (j, strcmp (pair->value, "Reject") == 0, "Reject", "%s=%.80s", pair->key,
                      pair->value);
  }
  return RULE_SILENT;
}

static RuleAnswer
task_reporting (Judgement *j)
{
  const char *list = find_pair (j, "TaskReporting");
  if (list == NULL || is_answer (j, OBSERVED_TASK_REPORTING))
    return RULE_SILENT;
  return RULE_THAT (
      j, observed_list_has (list, "RFC3720") && observed_list_has (list, "ResponseFence"),
      "an offer with RFC3720 and ResponseFence", "TaskReporting=%.80s", list);
}

/* ---- the end of a stage ---- */

/* R-LOGIN-013: with T the target may not ask anything: a negotiable key that the initiator did not offer is a question. */
static RuleAnswer
check_no_question (Judgement *j, ObservedKeyId id, const char *value)
{
  if (observed_key_info (id)->result == SEEN_RESULT_NONE)
    return RULE_SILENT;
  return RULE_THAT (j, is_answer (j, id), "no question in a response with T", "%s=%.80s",
                    observed_key_info (id)->name, value);
}

static RuleAnswer
transit_without_question (Judgement *j)
{
  if (!seen_is_final (j->bhs) || seen_login_status (j->bhs) != 0)
    return RULE_SILENT;
  return each_login_pair (j, check_no_question);
}

/* R-TEXT-036, R-TEXT-040: every offer has its answer when the login ends; R-TEXT-041: a Boolean may do without. */
static gboolean
needs_answer (const Judgement *j, ObservedKeyId id)
{
  const ObservedKeyInfo *info = observed_key_info (id);
  const char *offer = said_before (j, id, OBSERVER_INITIATOR);
  if (offer == NULL || info->result == SEEN_RESULT_NONE
      || said_before (j, id, OBSERVER_TARGET) != NULL)
    return FALSE;
  if ((info->result == SEEN_RESULT_AND && strcmp (offer, "No") == 0)
      || (info->result == SEEN_RESULT_OR && strcmp (offer, "Yes") == 0))
    return FALSE;
  return find_pair (j, info->name) == NULL;
}

static gboolean
is_final_response (const Judgement *j)
{
  return seen_login_status (j->bhs) == 0 && seen_is_final (j->bhs)
         && seen_nsg (j->bhs) == FULL_FEATURE && j->pdu->text != NULL;
}

static RuleAnswer
offers_answered (Judgement *j)
{
  if (!is_final_response (j))
    return RULE_SILENT;
  for (guint i = 0; i < OBSERVED_KEY_COUNT; i++)
    if (needs_answer (j, (ObservedKeyId) i))
      return rule_broken (j, "an answer to every offer", "none to %s",
                          observed_key_info ((ObservedKeyId) i)->name);
  return RULE_KEPT;
}

static guint32
number_to_be (const Judgement *j, ObservedKeyId id)
{
  const ObservedKeyInfo *info = observed_key_info (id);
  const char *offer = said_before (j, id, OBSERVER_INITIATOR);
  const char *here = find_pair (j, info->name);
  const char *answer = here != NULL ? here : said_before (j, id, OBSERVER_TARGET);
  guint32 a, b;
  if (offer == NULL || answer == NULL || !observed_key_parse (id, offer, &a)
      || !observed_key_parse (id, answer, &b))
    return info->initial;
  return MIN (a, b);
}

static RuleAnswer
burst_order (Judgement *j)
{
  if (!is_final_response (j))
    return RULE_SILENT;
  const guint32 first = number_to_be (j, OBSERVED_FIRST_BURST);
  const guint32 max = number_to_be (j, OBSERVED_MAX_BURST);
  return RULE_THAT (j, first <= max, "FirstBurstLength at most MaxBurstLength", "%u and %u", first,
                    max);
}

/* ---- redirection ---- */

static RuleAnswer
redirect_address (Judgement *j)
{
  if (seen_login_status (j->bhs) >> 8 != 1 || j->pdu->text == NULL)
    return RULE_SILENT;
  const char *address = find_pair (j, "TargetAddress");
  if (address == NULL)
    return rule_broken (j, "TargetAddress in a redirection", "none");
  return RULE_THAT (j, strchr (address, ',') == NULL, "an address without a portal group tag",
                    "TargetAddress=%.80s", address);
}

/* ---- full feature phase ---- */

static RuleAnswer
text_keys (Judgement *j)
{
  RuleAnswer answer = RULE_SILENT;
  for (guint i = 0; i < pair_count (j); i++) {
    const ObservedKeyId id = observed_key_find (pair_get (j, i)->key);
    if (id == OBSERVED_KEY_COUNT)
      continue;
    const SeenStage stage = observed_key_info (id)->stage;
    if (stage != SEEN_STAGE_FULL && stage != SEEN_STAGE_ANYWHERE && id != OBSERVED_MAX_SEGMENT)
      return rule_broken (j, "a key that may be used in full feature phase", "%s",
                          pair_get (j, i)->key);
    answer = RULE_KEPT;
  }
  return answer;
}

static RuleAnswer
send_targets_alone (Judgement *j)
{
  if (find_pair (j, "SendTargets") == NULL)
    return RULE_SILENT;
  return rule_equal (j, "keys beside SendTargets", 0, pair_count (j) - 1);
}

static RuleAnswer
send_targets_record (Judgement *j)
{
  gboolean has_target = FALSE;
  if (find_pair (j, "TargetAddress") == NULL)
    return RULE_SILENT;
  for (guint i = 0; i < pair_count (j); i++) {
    const ObservedPair *pair = pair_get (j, i);
    has_target |= strcmp (pair->key, "TargetName") == 0;
    if (strcmp (pair->key, "TargetAddress") != 0 || pair->value == NULL)
      continue;
    if (!has_target)
      return rule_broken (j, "TargetName before its addresses", "TargetAddress first");
    if (strchr (pair->value, ',') == NULL)
      return rule_broken (j, "an address with its portal group tag", "TargetAddress=%.80s",
                          pair->value);
  }
  return RULE_KEPT;
}

static const RefereeRule rules[] = {
  { "text-terminated", "R-TEXT-002", RULE_BOTH, RULE_ALWAYS, ON_ALL_TEXT,
    "each key=value pair ends in a NUL", text_terminated },
  { "text-pairs", "R-TEXT-004 R-TEXT-005", RULE_BOTH, RULE_ALWAYS, ON_ALL_TEXT,
    "a text is key=value pairs with standard key names", text_pairs },
  { "value-length", "R-TEXT-009", RULE_BOTH, RULE_ALWAYS, ON_ALL_TEXT,
    "a value has at most 255 bytes", value_length },
  { "initiator-name", "R-LOGIN-004 R-NAME-003 R-KEY-015", RULE_INITIATOR, RULE_ALWAYS,
    ON (LOGIN_REQUEST), "the first Login Request of a connection has InitiatorName",
    initiator_name },
  { "target-name", "R-LOGIN-005 R-NAME-003 R-KEY-012", RULE_INITIATOR, RULE_ALWAYS,
    ON (LOGIN_REQUEST), "the first Login Request of a normal session has TargetName", target_name },
  { "group-tag", "R-LOGIN-028 R-LOGIN-062", RULE_TARGET, RULE_TRUSTS, ON (LOGIN_RESPONSE),
    "the target tells its portal group in the first response", group_tag },
  { "key-sender", "R-KEY-014 R-KEY-044 R-KEY-011", RULE_BOTH, RULE_ALWAYS, ON_LOGIN,
    "each key comes from a side that may send it", key_sender },
  { "key-stage", "R-LOGIN-009 R-KEY-002 R-KEY-003 R-KEY-060", RULE_BOTH, RULE_ALWAYS, ON_LOGIN,
    "each key comes in a stage that it may be used in", key_stage },
  { "key-leading", "R-LOGIN-038 R-KEY-001", RULE_BOTH, RULE_TRUSTS, ON_LOGIN,
    "only the leading login speaks of the session", key_leading },
  { "key-once", "R-LOGIN-016 R-KEY-013 R-KEY-016", RULE_BOTH, RULE_ALWAYS, ON_LOGIN,
    "no key is said twice in a login", key_once },
  { "vendor-keys", "R-KEY-047", RULE_BOTH, RULE_ALWAYS, ON_ALL_TEXT,
    "vendors' keys are for normal sessions", vendor_keys },
  { "key-value", "R-TEXT-037 R-KEY-028 R-KEY-031 R-KEY-032 R-KEY-034 R-KEY-035 R-KEY-043",
    RULE_BOTH, RULE_ALWAYS, ON_LOGIN, "a value is one that its key may have", key_value_legal },
  { "offer-not-reserved", "R-TEXT-023", RULE_BOTH, RULE_ALWAYS, ON_LOGIN,
    "Reject, Irrelevant and NotUnderstood are answers, not offers", offer_not_reserved },
  { "key-understood", "R-TEXT-021 R-TEXT-026", RULE_BOTH, RULE_TRUSTS, ON_LOGIN,
    "every key of the RFC is understood", key_understood },
  { "newer-key-understood", "R-TEXT-021 R-TEXT-026", RULE_BOTH, RULE_TRUSTS | RULE_OURS, ON_LOGIN,
    "keys that are newer than RFC 3720 are understood", newer_key_understood },
  { "answer-allowed", "R-KEY-004 R-TEXT-031 R-TEXT-034 R-TEXT-038 R-TEXT-042", RULE_BOTH,
    RULE_TRUSTS, ON_LOGIN, "an answer follows from its offer", answer_allowed },
  { "mark-int-rejected", "R-KEY-055", RULE_TARGET, RULE_ALWAYS, ON_LOGIN,
    "IFMarkInt and OFMarkInt are answered Reject", mark_int_rejected },
  { "task-reporting-offer", "R-KEY-049", RULE_BOTH, RULE_ALWAYS, ON_LOGIN,
    "an offer of TaskReporting has RFC3720 and ResponseFence", task_reporting },
  { "transit-without-question", "R-LOGIN-013 R-LOGIN-059", RULE_TARGET, RULE_TRUSTS,
    ON (LOGIN_RESPONSE), "a response with T asks nothing", transit_without_question },
  { "offers-answered", "R-TEXT-036 R-TEXT-040", RULE_TARGET, RULE_TRUSTS, ON (LOGIN_RESPONSE),
    "every offer has its answer when the login ends", offers_answered },
  { "burst-order", "R-KEY-033 R-TEXT-029", RULE_TARGET, RULE_TRUSTS, ON (LOGIN_RESPONSE),
    "FirstBurstLength does not exceed MaxBurstLength", burst_order },
  { "redirect-address", "R-REDIR-001 R-REDIR-006", RULE_TARGET, RULE_ALWAYS, ON (LOGIN_RESPONSE),
    "a redirection says where to, without a portal group tag", redirect_address },
  { "text-keys", "R-KEY-002 R-LOGIN-008", RULE_BOTH, RULE_ALWAYS, ON_TEXT,
    "login's keys are not used in full feature phase", text_keys },
  { "send-targets-alone", "R-DISC-005", RULE_INITIATOR, RULE_ALWAYS, ON (TEXT_REQUEST),
    "SendTargets is the only key of its request", send_targets_alone },
  { "send-targets-record", "R-DISC-010 R-KEY-019", RULE_TARGET, RULE_ALWAYS, ON (TEXT_RESPONSE),
    "a target's addresses follow its name, each with its portal group tag", send_targets_record },
};

const RuleFamily referee_key_rules = { "keys", rules, G_N_ELEMENTS (rules) };
