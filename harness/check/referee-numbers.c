/* SPDX-License-Identifier: Apache-2.0 */
/* referee-numbers.c - CmdSN, StatSN, the window, and the tags of tasks (RFC 7143 4.2.2, 11.2.1.8) */
#include "harness/check/referee-internal.h"

/* ---- the initiator's ---- */

static RuleAnswer
cmd_sn_order (Judgement *j)
{
  const guint32 next = j->observer->next_cmd_sn;
  const guint32 cmd_sn = seen_cmd_sn (j->bhs);
  if (seen_is_immediate (j->bhs))
    return RULE_SILENT;
  /* R-REJ-022: what was rejected left a hole, which may be filled. Above level 0 a request may be sent again. */
  const gboolean may_repeat =
      j->observer->rejects > 0 || key_value (j, OBSERVED_RECOVERY_LEVEL) > 0;
  if (may_repeat && serial_less (cmd_sn, next))
    return RULE_KEPT;
  return rule_equal (j, "CmdSN", next, cmd_sn);
}

static RuleAnswer
cmd_sn_immediate (Judgement *j)
{
  if (!seen_is_immediate (j->bhs))
    return RULE_SILENT;
  return rule_equal (j, "CmdSN", j->observer->next_cmd_sn, seen_cmd_sn (j->bhs));
}

static RuleAnswer
cmd_sn_window (Judgement *j)
{
  const guint32 cmd_sn = seen_cmd_sn (j->bhs);
  if (seen_is_immediate (j->bhs) || !j->observer->has_window)
    return RULE_SILENT;
  return RULE_THAT (j, serial_less_or_equal (cmd_sn, j->observer->max_cmd_sn),
                    "CmdSN at most MaxCmdSN", "CmdSN %u, MaxCmdSN %u", cmd_sn,
                    j->observer->max_cmd_sn);
}

static RuleAnswer
exp_stat_sn_known (Judgement *j)
{
  const Observer *observer = j->observer;
  if (!observer->has_stat_sn)
    return RULE_SILENT;
  return RULE_THAT (j, serial_less_or_equal (seen_exp_stat_sn (j->bhs), observer->next_stat_sn),
                    "ExpStatSN at most one above the last StatSN", "ExpStatSN %u, last StatSN %u",
                    seen_exp_stat_sn (j->bhs), observer->next_stat_sn - 1);
}

static RuleAnswer
exp_stat_sn_back (Judgement *j)
{
  const Observer *observer = j->observer;
  if (!observer->has_exp_stat_sn)
    return RULE_SILENT;
  return RULE_THAT (j, !serial_less (seen_exp_stat_sn (j->bhs), observer->exp_stat_sn),
                    "an ExpStatSN that does not go back", "ExpStatSN %u after %u",
                    seen_exp_stat_sn (j->bhs), observer->exp_stat_sn);
}

static RuleAnswer
login_cmd_sn (Judgement *j)
{
  const ObservedLogin *login = &j->observer->login;
  if (login->requests == 0)
    return RULE_SILENT;
  return rule_equal (j, "CmdSN", login->cmd_sn, seen_cmd_sn (j->bhs));
}

static RuleAnswer
login_exp_stat_sn (Judgement *j)
{
  if (!j->observer->has_stat_sn)
    return RULE_SILENT;
  return rule_equal (j, "ExpStatSN", j->observer->next_stat_sn, seen_exp_stat_sn (j->bhs));
}

static RuleAnswer
itt_reserved (Judgement *j)
{
  return RULE_THAT (j, seen_itt (j->bhs) != SEEN_NO_TAG, "an ITT that is not the reserved one",
                    "ITT 0x%08x", seen_itt (j->bhs));
}

static gboolean
is_same_again (const Judgement *j)
{
  return key_value (j, OBSERVED_RECOVERY_LEVEL) > 0 && j->task->opcode == j->pdu->opcode
         && j->task->cmd_sn == seen_cmd_sn (j->bhs);
}

/* A text negotiation goes on under its own tag (R-TXTFFP-002). */
static RuleAnswer
itt_unique (Judgement *j)
{
  if (seen_itt (j->bhs) == SEEN_NO_TAG)
    return RULE_SILENT;
  if (j->task == NULL || j->task->is_done || is_same_again (j))
    return RULE_KEPT;
  if (j->pdu->opcode == SEEN_TEXT_REQUEST && j->task->opcode == SEEN_TEXT_REQUEST)
    return RULE_KEPT;
  return rule_broken (j, "an ITT that no pending task has",
                      "ITT 0x%08x, which the task of CmdSN %u has", seen_itt (j->bhs),
                      j->task->cmd_sn);
}

/* ---- the target's ---- */

/* R-LOGIN-064: a refusal's numbers mean nothing. */
static gboolean
has_numbers (const Judgement *j)
{
  return j->pdu->opcode != SEEN_LOGIN_RESPONSE || seen_login_status (j->bhs) == 0;
}

static gboolean
takes_stat_sn (const Judgement *j)
{
  if (j->pdu->opcode == SEEN_DATA_IN)
    return seen_has_status (j->bhs);
  if (j->pdu->opcode == SEEN_NOP_IN)
    return seen_itt (j->bhs) != SEEN_NO_TAG;
  return has_numbers (j);
}

static RuleAnswer
stat_sn_next (Judgement *j)
{
  const guint32 next = j->observer->next_stat_sn;
  if (!takes_stat_sn (j) || !j->observer->has_stat_sn)
    return RULE_SILENT;
  if (key_value (j, OBSERVED_RECOVERY_LEVEL) > 0 && serial_less (seen_stat_sn (j->bhs), next))
    return RULE_SILENT; /* sent again, under its old number (R-NUM-039) */
  return rule_equal (j, "StatSN", next, seen_stat_sn (j->bhs));
}

static RuleAnswer
stat_sn_not_taken (Judgement *j)
{
  if (!j->observer->has_stat_sn
      || (j->pdu->opcode == SEEN_NOP_IN && seen_itt (j->bhs) != SEEN_NO_TAG))
    return RULE_SILENT;
  return rule_equal (j, "StatSN", j->observer->next_stat_sn, seen_stat_sn (j->bhs));
}

static RuleAnswer
max_cmd_sn_floor (Judgement *j)
{
  if (!has_numbers (j))
    return RULE_SILENT;
  return RULE_THAT (j, !serial_less (seen_max_cmd_sn (j->bhs), seen_exp_cmd_sn (j->bhs) - 1),
                    "MaxCmdSN at least ExpCmdSN - 1", "MaxCmdSN %u, ExpCmdSN %u",
                    seen_max_cmd_sn (j->bhs), seen_exp_cmd_sn (j->bhs));
}

static RuleAnswer
exp_cmd_sn_known (Judgement *j)
{
  if (!has_numbers (j))
    return RULE_SILENT;
  return RULE_THAT (j, serial_less_or_equal (seen_exp_cmd_sn (j->bhs), j->observer->next_cmd_sn),
                    "ExpCmdSN at most the next CmdSN", "ExpCmdSN %u, next CmdSN %u",
                    seen_exp_cmd_sn (j->bhs), j->observer->next_cmd_sn);
}

static RuleAnswer
exp_cmd_sn_back (Judgement *j)
{
  if (!has_numbers (j) || !j->observer->has_window)
    return RULE_SILENT;
  return RULE_THAT (j, !serial_less (seen_exp_cmd_sn (j->bhs), j->observer->exp_cmd_sn),
                    "an ExpCmdSN that does not go back", "ExpCmdSN %u after %u",
                    seen_exp_cmd_sn (j->bhs), j->observer->exp_cmd_sn);
}

static RuleAnswer
status_acknowledges (Judgement *j)
{
  if (j->task == NULL || j->task->immediate || !takes_stat_sn (j))
    return RULE_SILENT;
  return RULE_THAT (j, serial_less (j->task->cmd_sn, seen_exp_cmd_sn (j->bhs)),
                    "ExpCmdSN above the command's CmdSN", "ExpCmdSN %u, the command's CmdSN %u",
                    seen_exp_cmd_sn (j->bhs), j->task->cmd_sn);
}

static RuleAnswer
login_exp_cmd_sn (Judgement *j)
{
  if (!has_numbers (j) || j->observer->login.tsih != 0)
    return RULE_SILENT;
  return rule_equal (j, "ExpCmdSN", j->observer->login.cmd_sn, seen_exp_cmd_sn (j->bhs));
}

#define ON_STAT_SN                                                                                 \
  (ON_STATUS | ON (TMF_RESPONSE) | ON (LOGIN_RESPONSE) | ON (TEXT_RESPONSE) | ON (LOGOUT_RESPONSE) \
   | ON (ASYNC) | ON (REJECT) | ON (NOP_IN))
#define ON_NUMBERED (ON_REQUESTS | ON (DATA_OUT) | ON (SNACK))

static const RefereeRule rules[] = {
  { "cmd-sn-order", "R-NUM-003 R-NUM-004 R-NUM-008", RULE_INITIATOR, RULE_ALONE, ON_REQUESTS,
    "each request that is not immediate has the CmdSN after that of the last", cmd_sn_order },
  { "cmd-sn-immediate", "R-NUM-001 R-NUM-002", RULE_INITIATOR, RULE_ALONE, ON_REQUESTS,
    "an immediate request has the current CmdSN and does not use it up", cmd_sn_immediate },
  { "cmd-sn-window", "R-NUM-018", RULE_INITIATOR, RULE_TRUSTS | RULE_ALONE, ON_REQUESTS,
    "no request goes beyond MaxCmdSN", cmd_sn_window },
  { "exp-stat-sn-known", "R-NUM-024", RULE_INITIATOR, RULE_TRUSTS, ON_NUMBERED,
    "ExpStatSN acknowledges nothing that did not come", exp_stat_sn_known },
  { "exp-stat-sn-back", "R-NUM-024", RULE_INITIATOR, RULE_ALWAYS, ON_NUMBERED,
    "ExpStatSN never goes back", exp_stat_sn_back },
  { "login-cmd-sn", "R-LOGIN-049", RULE_INITIATOR, RULE_ALONE, ON (LOGIN_REQUEST),
    "all Login Requests of a phase carry the initial CmdSN", login_cmd_sn },
  { "login-exp-stat-sn", "R-LOGIN-052", RULE_INITIATOR, RULE_TRUSTS, ON (LOGIN_REQUEST),
    "each Login Request acknowledges the response before it", login_exp_stat_sn },
  { "itt-reserved", "R-PDU-013", RULE_INITIATOR, RULE_ALWAYS,
    (ON_REQUESTS & ~ON (NOP_OUT)) | ON (LOGIN_REQUEST),
    "no task has the reserved Initiator Task Tag", itt_reserved },
  { "itt-unique", "R-MODEL-015 R-PDU-012", RULE_INITIATOR, RULE_TRUSTS, ON_REQUESTS,
    "an Initiator Task Tag names one pending task", itt_unique },
  { "stat-sn-next", "R-NUM-023 R-NUM-038 R-LOGIN-058 R-REJ-016 R-TXTFFP-031", RULE_TARGET,
    RULE_ALWAYS, ON_STAT_SN, "each response has the StatSN after that of the last", stat_sn_next },
  { "stat-sn-not-taken", "R-NOP-015 R-DATA-051", RULE_TARGET, RULE_ALWAYS, ON (NOP_IN) | ON (R2T),
    "R2T and NOP-In on its own carry the next StatSN and do not use it up", stat_sn_not_taken },
  { "max-cmd-sn-floor", "R-NUM-011", RULE_TARGET, RULE_ALWAYS, 0,
    "MaxCmdSN is never below ExpCmdSN - 1", max_cmd_sn_floor },
  { "exp-cmd-sn-known", "R-NUM-009", RULE_TARGET, RULE_TRUSTS | RULE_ALONE, 0,
    "ExpCmdSN acknowledges nothing that did not come", exp_cmd_sn_known },
  { "exp-cmd-sn-back", "R-NUM-009 R-NUM-017", RULE_TARGET, RULE_ALWAYS, 0,
    "ExpCmdSN never goes back", exp_cmd_sn_back },
  { "status-acknowledges", "R-NUM-022", RULE_TARGET, RULE_TRUSTS, ON_STATUS,
    "no status comes before its command is acknowledged", status_acknowledges },
  { "login-exp-cmd-sn", "R-LOGIN-050", RULE_TARGET, RULE_TRUSTS, ON (LOGIN_RESPONSE),
    "a leading login's responses carry its CmdSN as ExpCmdSN", login_exp_cmd_sn },
};

const RuleFamily referee_number_rules = { "numbers", rules, G_N_ELEMENTS (rules) };
