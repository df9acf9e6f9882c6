/* SPDX-License-Identifier: Apache-2.0 */
/* referee-login.c - the login phase by its headers: one task, stage by stage (RFC 7143 6.3, 11.12, 11.13)
 *
 * What the texts of the login say is judged in referee-keys.c.
 */
#include "harness/check/referee-internal.h"

#define SECURITY     0
#define OPERATIONAL  1
#define RESERVED     2
#define FULL_FEATURE 3

static const ObservedLogin *
login_of (const Judgement *j)
{
  return &j->observer->login;
}

static gboolean
is_request (const Judgement *j)
{
  return j->pdu->opcode == SEEN_LOGIN_REQUEST;
}

/* R-LOGIN-064 */
static gboolean
is_refusal (const Judgement *j)
{
  return !is_request (j) && seen_login_status (j->bhs) != 0;
}

static gboolean
is_final_response (const Judgement *j)
{
  return !is_request (j) && !is_refusal (j) && seen_is_final (j->bhs)
         && seen_nsg (j->bhs) == FULL_FEATURE;
}

/* ---- requests ---- */

static RuleAnswer
login_is_immediate (Judgement *j)
{
  return RULE_THAT (j, seen_is_immediate (j->bhs), "I in a Login Request", "I=0");
}

static RuleAnswer
login_itt (Judgement *j)
{
  if (is_request (j) ? login_of (j)->requests == 0 : is_refusal (j))
    return RULE_SILENT;
  return rule_equal (j, "ITT", login_of (j)->itt, seen_itt (j->bhs));
}

static RuleAnswer
login_tsih (Judgement *j)
{
  if (login_of (j)->requests == 0)
    return RULE_SILENT;
  return rule_equal (j, "TSIH", login_of (j)->tsih, seen_tsih (j->bhs));
}

static RuleAnswer
login_isid (Judgement *j)
{
  if (is_request (j) ? login_of (j)->requests == 0 : is_refusal (j))
    return RULE_SILENT;
  return rule_equal (j, "ISID", login_of (j)->isid, seen_isid (j->bhs));
}

static RuleAnswer
login_cid (Judgement *j)
{
  if (login_of (j)->requests == 0)
    return RULE_SILENT;
  return rule_equal (j, "CID", login_of (j)->cid, seen_cid (j->bhs));
}

static RuleAnswer
login_version_range (Judgement *j)
{
  return RULE_THAT (j, seen_version_max (j->bhs) == 0 && seen_version_min (j->bhs) == 0,
                    "Version-max and Version-min 0x00", "0x%02x and 0x%02x",
                    seen_version_max (j->bhs), seen_version_min (j->bhs));
}

static RuleAnswer
login_version_constant (Judgement *j)
{
  const ObservedLogin *login = login_of (j);
  if (login->requests == 0)
    return RULE_SILENT;
  return RULE_THAT (j,
                    seen_version_max (j->bhs) == login->version_max
                        && seen_version_min (j->bhs) == login->version_min,
                    "the versions of the first request", "0x%02x and 0x%02x",
                    seen_version_max (j->bhs), seen_version_min (j->bhs));
}

static RuleAnswer
isid_type (Judgement *j)
{
  return RULE_THAT (j, seen_isid (j->bhs) >> 46 != 3, "an ISID of type 0 to 2", "type 3");
}

static RuleAnswer
login_one_at_a_time (Judgement *j)
{
  return RULE_THAT (j, !login_of (j)->is_outstanding,
                    "no Login Request before the last is answered", "a second one");
}

/* ---- both ---- */

static RuleAnswer
login_continued (Judgement *j)
{
  if (is_refusal (j) || !seen_is_continued (j->bhs))
    return RULE_SILENT;
  return RULE_THAT (j, !seen_is_final (j->bhs), "T=0 with C", "T and C");
}

static RuleAnswer
login_stage_codes (Judgement *j)
{
  const guint csg = seen_csg (j->bhs), nsg = seen_nsg (j->bhs);
  if (is_refusal (j))
    return RULE_SILENT;
  if (csg > OPERATIONAL)
    return rule_broken (j, "CSG 0 or 1", "CSG %u", csg);
  if (!seen_is_final (j->bhs))
    return RULE_KEPT;
  return RULE_THAT (j, nsg > csg && nsg != RESERVED, "a step forward, to 1 or 3", "CSG %u, NSG %u",
                    csg, nsg);
}

static RuleAnswer
login_stage_present (Judgement *j)
{
  if (is_refusal (j) || (is_request (j) && login_of (j)->requests == 0))
    return RULE_SILENT;
  return rule_equal (j, "CSG", login_of (j)->stage, seen_csg (j->bhs));
}

/* R-TEXT-014, R-TEXT-015: whoever was told that more comes asks for it with nothing in its hands. */
static RuleAnswer
login_answers_continued (Judgement *j)
{
  if (is_refusal (j) || !j->observer->texts[1 - j->pdu->from].is_continued)
    return RULE_SILENT;
  return rule_equal (j, "DataSegmentLength", 0, j->pdu->length);
}

/* ---- responses ---- */

static RuleAnswer
login_response_asked (Judgement *j)
{
  return RULE_THAT (j, login_of (j)->is_outstanding, "a Login Response to a Login Request",
                    "one that nobody asked for");
}

static RuleAnswer
login_transit_asked (Judgement *j)
{
  if (is_refusal (j) || !seen_is_final (j->bhs))
    return RULE_SILENT;
  return RULE_THAT (j, login_of (j)->wants_transit, "T only in answer to T", "T=1 to T=0");
}

static RuleAnswer
login_next_stage (Judgement *j)
{
  if (is_refusal (j) || !seen_is_final (j->bhs) || !login_of (j)->wants_transit)
    return RULE_SILENT;
  return RULE_THAT (j, seen_nsg (j->bhs) <= login_of (j)->wants_stage, "NSG at most the request's",
                    "NSG %u, the request's is %u", seen_nsg (j->bhs), login_of (j)->wants_stage);
}

static RuleAnswer
login_target_versions (Judgement *j)
{
  const ObservedLogin *login = login_of (j);
  if (is_refusal (j) || login->responses == 0)
    return RULE_SILENT;
  return RULE_THAT (j,
                    seen_version_max (j->bhs) == login->target_version_max
                        && seen_version_min (j->bhs) == login->target_version_active,
                    "the versions of the first response", "0x%02x and 0x%02x",
                    seen_version_max (j->bhs), seen_version_min (j->bhs));
}

static RuleAnswer
login_version_active (Judgement *j)
{
  const guint8 active = seen_version_min (j->bhs);
  if (is_refusal (j))
    return RULE_SILENT;
  return RULE_THAT (j, active >= login_of (j)->version_min && active <= login_of (j)->version_max,
                    "a Version-active that the initiator offered", "0x%02x", active);
}

/* R-ISID-016, R-ISID-002 */
static RuleAnswer
login_response_tsih (Judgement *j)
{
  const guint16 asked = login_of (j)->tsih;
  if (is_refusal (j))
    return RULE_SILENT;
  if (!is_final_response (j) || asked != 0)
    return rule_equal (j, "TSIH", asked, seen_tsih (j->bhs));
  return RULE_THAT (j, seen_tsih (j->bhs) != 0, "a TSIH for the new session", "TSIH 0");
}

/* 11.13.5 */
static RuleAnswer
login_status_known (Judgement *j)
{
  const guint class = seen_login_status (j->bhs) >> 8, detail = seen_login_status (j->bhs) & 0xff;
  const gboolean is_known = (class == 0 && detail == 0)
                            || (class == 1 && detail >= 1 && detail <= 2)
                            || (class == 2 && detail <= 0x0b) || (class == 3 && detail <= 2);
  return RULE_THAT (j, is_known, "a Status-Class and Status-Detail that the RFC knows",
                    "0x%02x%02x", class, detail);
}

static const RefereeRule rules[] = {
  { "login-immediate", "R-LOGIN-041", RULE_INITIATOR, RULE_ALWAYS, ON (LOGIN_REQUEST),
    "a Login Request is immediate", login_is_immediate },
  { "login-itt", "R-LOGIN-001", RULE_BOTH, RULE_TRUSTS, ON_LOGIN,
    "a login phase is one task with one ITT", login_itt },
  { "login-tsih", "R-ISID-012", RULE_INITIATOR, RULE_ALWAYS, ON (LOGIN_REQUEST),
    "all Login Requests of a phase have one TSIH", login_tsih },
  { "login-isid", "R-ISID-013 R-MODEL-014", RULE_BOTH, RULE_TRUSTS, ON_LOGIN,
    "all login PDUs of a phase have one ISID", login_isid },
  { "login-cid", "R-ISID-014", RULE_INITIATOR, RULE_ALWAYS, ON (LOGIN_REQUEST),
    "all Login Requests of a phase have one CID", login_cid },
  { "login-version-range", "R-LOGIN-045", RULE_INITIATOR, RULE_ALWAYS, ON (LOGIN_REQUEST),
    "Version-max and Version-min are 0x00", login_version_range },
  { "login-version-constant", "R-LOGIN-046 R-LOGIN-048", RULE_INITIATOR, RULE_ALWAYS,
    ON (LOGIN_REQUEST), "the versions stay the same through a login phase",
    login_version_constant },
  { "isid-type", "R-ISID-008", RULE_INITIATOR, RULE_ALWAYS, ON (LOGIN_REQUEST),
    "an ISID is not of the reserved type", isid_type },
  { "login-one-at-a-time", "R-LOGIN-002", RULE_INITIATOR, RULE_TRUSTS, ON (LOGIN_REQUEST),
    "one Login Request is outstanding at a time", login_one_at_a_time },
  { "login-continued", "R-TEXT-013 R-LOGIN-043 R-LOGIN-061", RULE_BOTH, RULE_ALWAYS, ON_LOGIN,
    "no login PDU has both C and T", login_continued },
  { "login-stage-codes", "R-LOGIN-014 R-LOGIN-044", RULE_BOTH, RULE_ALWAYS, ON_LOGIN,
    "stages go forward, and none is a reserved value", login_stage_codes },
  { "login-stage-present", "R-LOGIN-007 R-LOGIN-011 R-LOGIN-014", RULE_BOTH, RULE_TRUSTS, ON_LOGIN,
    "a login PDU belongs to the present stage", login_stage_present },
  { "login-answers-continued", "R-TEXT-014 R-TEXT-015", RULE_BOTH, RULE_TRUSTS, ON_LOGIN,
    "a login PDU with C is answered by an empty one", login_answers_continued },
  { "login-response-asked", "R-LOGIN-002", RULE_TARGET, RULE_TRUSTS, ON (LOGIN_RESPONSE),
    "each Login Request has one response", login_response_asked },
  { "login-transit-asked", "R-LOGIN-060 R-LOGIN-011 R-LOGIN-015", RULE_TARGET, RULE_TRUSTS,
    ON (LOGIN_RESPONSE), "the target moves on only when the initiator wants to",
    login_transit_asked },
  { "login-next-stage", "R-LOGIN-010 R-LOGIN-015", RULE_TARGET, RULE_TRUSTS, ON (LOGIN_RESPONSE),
    "the target goes no further than the initiator wants to", login_next_stage },
  { "login-target-versions", "R-LOGIN-054 R-LOGIN-056", RULE_TARGET, RULE_ALWAYS,
    ON (LOGIN_RESPONSE), "the target's versions stay the same through a login phase",
    login_target_versions },
  { "login-version-active", "R-LOGIN-055", RULE_TARGET, RULE_TRUSTS, ON (LOGIN_RESPONSE),
    "the active version is one that was offered", login_version_active },
  { "login-response-tsih", "R-ISID-016 R-ISID-002 R-LOGIN-032", RULE_TARGET, RULE_TRUSTS,
    ON (LOGIN_RESPONSE), "the Final-Response, and no other, names a new session",
    login_response_tsih },
  { "login-status-known", "R-PDU-004", RULE_TARGET, RULE_ALWAYS, ON (LOGIN_RESPONSE),
    "a login's status is not a reserved value", login_status_known },
};

const RuleFamily referee_login_rules = { "login", rules, G_N_ELEMENTS (rules) };
