/* SPDX-License-Identifier: Apache-2.0 */
/* referee-requests.c - everything in full feature phase that is no SCSI command: task management, text, logout, NOP, SNACK,
 * Reject, Asynchronous Message (RFC 7143 11.5, 11.6, 11.9 to 11.11, 11.14 to 11.19; RFC 7144 6) */
#include "harness/check/referee-internal.h"

enum { ABORT_TASK = 1, CLEAR_TASK_SET = 4, LUN_RESET = 5, TASK_REASSIGN = 8, QUERY_TASK = 9 };
enum { QUERY_TASK_SET = 10, QUERY_ASYNC = 12 };
enum { LOGOUT_REASON_LAST = 2, LOGOUT_RESPONSE_LAST = 3 };
enum { SNACK_STATUS = 1, SNACK_DATA_ACK = 2, SNACK_R_DATA = 3 };
enum { REJECT_FIRST = 0x02, REJECT_LAST = 0x0c, REJECT_DEPRECATED = 0x0b };
enum { ASYNC_TASKS_ENDED = 5, ASYNC_VENDOR = 248 };

/* The task that the PDU answers: one of that kind, pending. */
static RuleAnswer
answers (Judgement *j, guint8 opcode, const char *expected)
{
  const ObservedTask *task = j->task;
  return RULE_THAT (j, task != NULL && !task->is_done && task->opcode == opcode, expected,
                    "ITT 0x%08x", seen_itt (j->bhs));
}

static gboolean
is_level2 (const Judgement *j)
{
  return key_value (j, OBSERVED_PROTOCOL_LEVEL) >= 2;
}

/* ---- task management ---- */

static RuleAnswer
tmf_function (Judgement *j)
{
  const guint8 last = is_level2 (j) ? QUERY_ASYNC : TASK_REASSIGN;
  const guint8 function = seen_function (j->bhs);
  return RULE_THAT (j, function >= ABORT_TASK && function <= last, "a function that was agreed",
                    "function %u", function);
}

static gboolean
names_a_task (const Judgement *j)
{
  const guint8 function = seen_function (j->bhs);
  return function == ABORT_TASK || function == TASK_REASSIGN || function == QUERY_TASK;
}

static RuleAnswer
tmf_referenced_tag (Judgement *j)
{
  const gboolean has_tag = seen_referenced_tag (j->bhs) != SEEN_NO_TAG;
  return RULE_THAT (j, has_tag == names_a_task (j),
                    "a Referenced Task Tag with ABORT TASK, TASK REASSIGN and QUERY TASK only",
                    "0x%08x with function %u", seen_referenced_tag (j->bhs),
                    seen_function (j->bhs));
}

/* R-TMF-009, R-TMF-010 */
static RuleAnswer
tmf_ref_cmd_sn (Judgement *j)
{
  const guint8 function = seen_function (j->bhs);
  const ObservedTask *named = observer_find_task (j->observer, seen_referenced_tag (j->bhs));
  if (function != ABORT_TASK || named == NULL || named->is_done)
    return RULE_SILENT;
  return rule_equal (j, "RefCmdSN", named->immediate ? seen_cmd_sn (j->bhs) : named->cmd_sn,
                     seen_ref_cmd_sn (j->bhs));
}

static RuleAnswer
tmf_ref_cmd_sn_reserved (Judgement *j)
{
  const guint8 function = seen_function (j->bhs);
  if (function == ABORT_TASK || function == QUERY_TASK)
    return RULE_SILENT;
  return rule_equal (j, "RefCmdSN", 0, seen_ref_cmd_sn (j->bhs));
}

static RuleAnswer
tmf_lun (Judgement *j)
{
  const guint8 function = seen_function (j->bhs);
  if (function <= LUN_RESET || function == QUERY_TASK || function == QUERY_TASK_SET
      || function == QUERY_ASYNC)
    return RULE_SILENT;
  return RULE_THAT (j, seen_lun (j->bhs) == 0, "no LUN with a function that has none",
                    "LUN 0x%" G_GINT64_MODIFIER "x", seen_lun (j->bhs));
}

static RuleAnswer
tmf_reassign_immediate (Judgement *j)
{
  if (seen_function (j->bhs) != TASK_REASSIGN)
    return RULE_SILENT;
  return RULE_THAT (j, seen_is_immediate (j->bhs), "I with TASK REASSIGN", "I=0");
}

static RuleAnswer
tmf_response_task (Judgement *j)
{
  return answers (j, SEEN_TMF_REQUEST, "the ITT of a task management request");
}

static RuleAnswer
tmf_response_code (Judgement *j)
{
  const guint8 response = seen_response (j->bhs);
  return RULE_THAT (j, response <= 6 || response == 255 || (response == 7 && is_level2 (j)),
                    "a response that was agreed", "response %u", response);
}

/* ---- text ---- */

static RuleAnswer
text_one_at_a_time (Judgement *j)
{
  const gboolean goes_on = j->task != NULL && j->task->opcode == SEEN_TEXT_REQUEST;
  return RULE_THAT (j, j->observer->text_tasks == 0 || goes_on,
                    "no Text Request before the last is answered", "a second one");
}

static RuleAnswer
text_continued (Judgement *j)
{
  if (!seen_is_continued (j->bhs))
    return RULE_SILENT;
  return RULE_THAT (j, !seen_is_final (j->bhs), "F=0 with C", "F and C");
}

/* R-TXTFFP-019, R-TXTFFP-029: the tag and LUN of the response that asks to go on; R-TXTFFP-007: the reserved tag begins anew. */
static RuleAnswer
text_request_tag (Judgement *j)
{
  const ObservedTask *task = j->task;
  const guint32 ttt = seen_ttt (j->bhs);
  const gboolean goes_on = task != NULL && !task->is_done && task->opcode == SEEN_TEXT_REQUEST
                           && task->text_responses > 0;
  if (ttt == SEEN_NO_TAG)
    return RULE_KEPT;
  return RULE_THAT (j, goes_on && ttt == task->text_ttt && seen_lun (j->bhs) == task->text_lun,
                    "the TTT and LUN of the last Text Response", "TTT 0x%08x", ttt);
}

static RuleAnswer
text_response_task (Judgement *j)
{
  return answers (j, SEEN_TEXT_REQUEST, "the ITT of a Text Request");
}

static RuleAnswer
text_response_final (Judgement *j)
{
  if (!seen_is_final (j->bhs) || j->task == NULL || j->task->opcode != SEEN_TEXT_REQUEST)
    return RULE_SILENT;
  return RULE_THAT (j, j->task->is_text_final, "F only in answer to F", "F=1 to F=0");
}

static RuleAnswer
text_response_tag (Judgement *j)
{
  const gboolean has_tag = seen_ttt (j->bhs) != SEEN_NO_TAG;
  return RULE_THAT (j, has_tag != seen_is_final (j->bhs), "a TTT with F=0, the reserved one with F",
                    "TTT 0x%08x, F=%d", seen_ttt (j->bhs), seen_is_final (j->bhs));
}

/* ---- logout, and what a session may do ---- */

static RuleAnswer
logout_reason (Judgement *j)
{
  return RULE_THAT (j, seen_function (j->bhs) <= LOGOUT_REASON_LAST, "reason 0 to 2", "reason %u",
                    seen_function (j->bhs));
}

static RuleAnswer
nothing_after_logout (Judgement *j)
{
  /* An answer to the target's ping is no request. */
  if (seen_itt (j->bhs) == SEEN_NO_TAG)
    return RULE_SILENT;
  return RULE_THAT (j, !j->observer->is_logging_out, "no request after the Logout Request",
                    "opcode 0x%02x", j->pdu->opcode);
}

static RuleAnswer
logout_response_task (Judgement *j)
{
  return answers (j, SEEN_LOGOUT_REQUEST, "the ITT of a Logout Request");
}

static RuleAnswer
logout_response_code (Judgement *j)
{
  return RULE_THAT (j, seen_response (j->bhs) <= LOGOUT_RESPONSE_LAST, "response 0 to 3",
                    "response %u", seen_response (j->bhs));
}

static RuleAnswer
discovery_requests (Judgement *j)
{
  if (!j->observer->login.is_discovery || j->observer->phase != OBSERVER_FULL_FEATURE)
    return RULE_SILENT;
  const guint8 opcode = j->pdu->opcode;
  return RULE_THAT (j, opcode == SEEN_TEXT_REQUEST || opcode == SEEN_LOGOUT_REQUEST,
                    "only Text and Logout Requests in a discovery session", "opcode 0x%02x",
                    opcode);
}

/* ---- NOP ---- */

static RuleAnswer
nop_out_immediate (Judgement *j)
{
  if (seen_itt (j->bhs) != SEEN_NO_TAG)
    return RULE_SILENT;
  return RULE_THAT (j, seen_is_immediate (j->bhs), "I with the reserved ITT", "I=0");
}

static RuleAnswer
nop_out_tag (Judgement *j)
{
  const Observer *observer = j->observer;
  const guint32 ttt = seen_ttt (j->bhs);
  if (ttt == SEEN_NO_TAG)
    return RULE_KEPT;
  if (seen_itt (j->bhs) != SEEN_NO_TAG)
    return rule_broken (j, "the reserved ITT in an answer", "ITT 0x%08x", seen_itt (j->bhs));
  for (guint i = 0; i < observer->ping_count; i++)
    if (observer->pings[i].ttt == ttt && observer->pings[i].lun == seen_lun (j->bhs))
      return RULE_KEPT;
  if (observer->untold_pings > 0)
    return RULE_SILENT;
  return rule_broken (j, "the TTT and LUN of a NOP-In that was not answered yet", "TTT 0x%08x",
                      ttt);
}

static RuleAnswer
nop_in_task (Judgement *j)
{
  if (seen_itt (j->bhs) == SEEN_NO_TAG)
    return RULE_SILENT;
  return answers (j, SEEN_NOP_OUT, "the ITT of a NOP-Out");
}

static RuleAnswer
nop_in_echo (Judgement *j)
{
  const guint32 limit = observer_max_segment (j->observer, OBSERVER_TARGET);
  if (seen_itt (j->bhs) == SEEN_NO_TAG || j->task == NULL || j->task->opcode != SEEN_NOP_OUT)
    return RULE_SILENT;
  return rule_equal (j, "bytes of ping data", MIN (j->task->ping_length, limit), j->pdu->length);
}

static RuleAnswer
nop_in_answer_tag (Judgement *j)
{
  if (seen_itt (j->bhs) == SEEN_NO_TAG)
    return RULE_SILENT;
  return RULE_THAT (j, seen_ttt (j->bhs) == SEEN_NO_TAG, "the reserved TTT in an answer",
                    "TTT 0x%08x", seen_ttt (j->bhs));
}

static RuleAnswer
nop_in_no_data (Judgement *j)
{
  if (seen_itt (j->bhs) != SEEN_NO_TAG)
    return RULE_SILENT;
  return rule_equal (j, "DataSegmentLength", 0, j->pdu->length);
}

/* ---- SNACK ---- */

static RuleAnswer
snack_level (Judgement *j)
{
  return RULE_THAT (j, key_value (j, OBSERVED_RECOVERY_LEVEL) > 0,
                    "no SNACK at ErrorRecoveryLevel 0", "type %u", seen_snack_type (j->bhs));
}

static RuleAnswer
snack_type (Judgement *j)
{
  return RULE_THAT (j, seen_snack_type (j->bhs) <= SNACK_R_DATA, "type 0 to 3", "type %u",
                    seen_snack_type (j->bhs));
}

static RuleAnswer
snack_itt (Judgement *j)
{
  const guint8 type = seen_snack_type (j->bhs);
  const gboolean has_tag = seen_itt (j->bhs) != SEEN_NO_TAG;
  return RULE_THAT (j, has_tag == (type != SNACK_STATUS && type != SNACK_DATA_ACK),
                    "an ITT with Data/R2T and R-Data SNACK only", "ITT 0x%08x with type %u",
                    seen_itt (j->bhs), type);
}

static RuleAnswer
snack_ttt (Judgement *j)
{
  const guint8 type = seen_snack_type (j->bhs);
  const gboolean has_tag = seen_ttt (j->bhs) != SEEN_NO_TAG && seen_ttt (j->bhs) != 0;
  return RULE_THAT (
      j,
      type == SNACK_DATA_ACK || type == SNACK_R_DATA ? has_tag : seen_ttt (j->bhs) == SEEN_NO_TAG,
      "a tag with DataACK and R-Data SNACK only", "0x%08x with type %u", seen_ttt (j->bhs), type);
}

static RuleAnswer
snack_run (Judgement *j)
{
  const guint8 type = seen_snack_type (j->bhs);
  if (type != SNACK_DATA_ACK && type != SNACK_R_DATA)
    return RULE_SILENT;
  if (type == SNACK_R_DATA && seen_begin_run (j->bhs) != 0)
    return rule_broken (j, "BegRun 0 in an R-Data SNACK", "BegRun %u", seen_begin_run (j->bhs));
  return rule_equal (j, "RunLength", 0, seen_run_length (j->bhs));
}

/* ---- Reject and Asynchronous Message ---- */

static RuleAnswer
reject_reason (Judgement *j)
{
  const guint8 reason = seen_response (j->bhs);
  return RULE_THAT (j,
                    reason >= REJECT_FIRST && reason <= REJECT_LAST && reason != REJECT_DEPRECATED,
                    "a reason that the RFC knows and does not forbid", "reason 0x%02x", reason);
}

static RuleAnswer
target_itt_reserved (Judgement *j)
{
  return RULE_THAT (j, seen_itt (j->bhs) == SEEN_NO_TAG, "the reserved ITT", "ITT 0x%08x",
                    seen_itt (j->bhs));
}

/* R-PDU-007: what is refused was the initiator's, whatever its opcode; its own length tells whether an AHS came with it. */
static RuleAnswer
reject_header (Judgement *j)
{
  guint8 refused[SEEN_BHS];
  if (!j->pdu->is_kept)
    return RULE_SILENT;
  if (j->pdu->length < SEEN_BHS)
    return rule_broken (j, "the header of the PDU that is refused", "%u bytes", j->pdu->length);
  payload_copy_out (j->pdu->data, 0, refused, SEEN_BHS);
  return rule_equal (j, "bytes of data", SEEN_BHS + 4u * seen_ahs_words (refused), j->pdu->length);
}

static RuleAnswer
async_event (Judgement *j)
{
  const guint8 event = seen_async_event (j->bhs);
  return RULE_THAT (j, event <= ASYNC_TASKS_ENDED || event >= ASYNC_VENDOR,
                    "an event that the RFC knows", "event %u", event);
}

static RuleAnswer
async_fast_abort (Judgement *j)
{
  if (seen_async_event (j->bhs) != ASYNC_TASKS_ENDED)
    return RULE_SILENT;
  return RULE_THAT (j, j->observer->keys.is_fast_abort, "event 5 with TaskReporting=FastAbort only",
                    "event 5");
}

static const RefereeRule rules[] = {
  { "tmf-function", "R-TMF-002 R-R7144-009 R-R7144-001", RULE_INITIATOR, RULE_ALWAYS,
    ON (TMF_REQUEST), "a task management function is one that was agreed", tmf_function },
  { "tmf-referenced-tag", "R-TMF-023 R-R7144-016", RULE_INITIATOR, RULE_ALWAYS, ON (TMF_REQUEST),
    "functions on one task name it, others name none", tmf_referenced_tag },
  { "tmf-ref-cmd-sn", "R-TMF-009 R-TMF-010", RULE_INITIATOR, RULE_TRUSTS, ON (TMF_REQUEST),
    "ABORT TASK says its task's CmdSN", tmf_ref_cmd_sn },
  { "tmf-ref-cmd-sn-reserved", "R-TMF-024", RULE_INITIATOR, RULE_ALWAYS, ON (TMF_REQUEST),
    "RefCmdSN is 0 where it means nothing", tmf_ref_cmd_sn_reserved },
  { "tmf-lun", "R-TMF-022", RULE_INITIATOR, RULE_ALWAYS, ON (TMF_REQUEST),
    "functions that have no LUN say none", tmf_lun },
  { "tmf-reassign-immediate", "R-TMF-020", RULE_INITIATOR, RULE_ALWAYS, ON (TMF_REQUEST),
    "TASK REASSIGN is immediate", tmf_reassign_immediate },
  { "tmf-response-task", "R-TMF-001 R-PDU-012", RULE_TARGET, RULE_TRUSTS, ON (TMF_RESPONSE),
    "a task management response answers a request, once", tmf_response_task },
  { "tmf-response-code", "R-TMF-029 R-R7144-017", RULE_TARGET, RULE_ALWAYS, ON (TMF_RESPONSE),
    "a task management response is not a reserved value", tmf_response_code },
  { "text-one-at-a-time", "R-TXTFFP-014 R-TEXT-017", RULE_INITIATOR, RULE_TRUSTS, ON (TEXT_REQUEST),
    "one Text Request is outstanding at a time", text_one_at_a_time },
  { "text-continued", "R-TXTFFP-016 R-TXTFFP-026 R-TEXT-013", RULE_BOTH, RULE_ALWAYS,
    ON (TEXT_REQUEST) | ON (TEXT_RESPONSE), "no text PDU has both C and F", text_continued },
  { "text-request-tag", "R-TXTFFP-019 R-TXTFFP-029", RULE_INITIATOR, RULE_TRUSTS, ON (TEXT_REQUEST),
    "a negotiation goes on with the target's tag", text_request_tag },
  { "text-response-task", "R-TXTFFP-027", RULE_TARGET, RULE_TRUSTS, ON (TEXT_RESPONSE),
    "a Text Response answers a Text Request", text_response_task },
  { "text-response-final", "R-TXTFFP-022", RULE_TARGET, RULE_TRUSTS, ON (TEXT_RESPONSE),
    "the initiator ends a negotiation, the target agrees", text_response_final },
  { "text-response-tag", "R-TXTFFP-024 R-TXTFFP-025 R-TXTFFP-006", RULE_TARGET, RULE_ALWAYS,
    ON (TEXT_RESPONSE), "a Text Response has a TTT if more is to come, and only then",
    text_response_tag },
  { "logout-reason", "R-LOGOUT-010", RULE_INITIATOR, RULE_ALWAYS, ON (LOGOUT_REQUEST),
    "the reason of a logout is not a reserved value", logout_reason },
  { "nothing-after-logout", "R-LOGOUT-001 R-LOGOUT-002", RULE_INITIATOR, RULE_TRUSTS, ON_REQUESTS,
    "no request follows the Logout Request", nothing_after_logout },
  { "logout-response-task", "R-LOGOUT-005 R-PDU-012", RULE_TARGET, RULE_TRUSTS,
    ON (LOGOUT_RESPONSE), "a Logout Response answers a Logout Request", logout_response_task },
  { "logout-response-code", "R-LOGOUT-017", RULE_TARGET, RULE_ALWAYS, ON (LOGOUT_RESPONSE),
    "the response to a logout is not a reserved value", logout_response_code },
  { "discovery-requests", "R-MODEL-018", RULE_INITIATOR, RULE_ALWAYS, ON_REQUESTS,
    "a discovery session is for text and logout", discovery_requests },
  { "nop-out-immediate", "R-NOP-005", RULE_INITIATOR, RULE_ALWAYS, ON (NOP_OUT),
    "a NOP-Out without a tag is immediate", nop_out_immediate },
  { "nop-out-tag", "R-NOP-001 R-NOP-006 R-NOP-007 R-NOP-003", RULE_INITIATOR, RULE_TRUSTS,
    ON (NOP_OUT), "a NOP-Out with a TTT answers a NOP-In, with its LUN", nop_out_tag },
  { "nop-in-task", "R-NOP-009 R-NOP-012", RULE_TARGET, RULE_TRUSTS, ON (NOP_IN),
    "a NOP-In with an ITT answers a NOP-Out", nop_in_task },
  { "nop-in-echo", "R-NOP-010 R-NOP-008", RULE_TARGET, RULE_TRUSTS, ON (NOP_IN),
    "ping data comes back, as far as the initiator takes it", nop_in_echo },
  { "nop-in-answer-tag", "R-NOP-011", RULE_TARGET, RULE_ALWAYS, ON (NOP_IN),
    "an answer to a ping asks for no answer", nop_in_answer_tag },
  { "nop-in-no-data", "R-NOP-013", RULE_TARGET, RULE_ALWAYS, ON (NOP_IN),
    "a NOP-In of the target's own has no data", nop_in_no_data },
  { "snack-level", "R-ERL-004 R-SNACK-001", RULE_INITIATOR, RULE_ALWAYS, ON (SNACK),
    "there is no SNACK at ErrorRecoveryLevel 0", snack_level },
  { "snack-type", "R-SNACK-006", RULE_INITIATOR, RULE_ALWAYS, ON (SNACK),
    "the type of a SNACK is not a reserved value", snack_type },
  { "snack-itt", "R-SNACK-014", RULE_INITIATOR, RULE_ALWAYS, ON (SNACK),
    "a SNACK for a command names it, others name none", snack_itt },
  { "snack-ttt", "R-SNACK-015 R-SNACK-016 R-SNACK-017", RULE_INITIATOR, RULE_ALWAYS, ON (SNACK),
    "DataACK and R-Data SNACK have a tag, others have none", snack_ttt },
  { "snack-run", "R-SNACK-018 R-SNACK-019", RULE_INITIATOR, RULE_ALWAYS, ON (SNACK),
    "DataACK and R-Data SNACK name no run", snack_run },
  { "reject-reason", "R-PDU-004 R-REJ-010", RULE_TARGET, RULE_ALWAYS, ON (REJECT),
    "the reason of a Reject is not reserved or deprecated", reject_reason },
  { "target-itt-reserved", "R-REJ-018 R-ASYNC-001", RULE_TARGET, RULE_ALWAYS,
    ON (REJECT) | ON (ASYNC), "Reject and Asynchronous Message belong to no task",
    target_itt_reserved },
  { "reject-header", "R-REJ-017", RULE_TARGET, RULE_ALWAYS, ON (REJECT),
    "a Reject holds the header that it refuses", reject_header },
  { "async-event", "R-ASYNC-013 R-PDU-004", RULE_TARGET, RULE_ALWAYS, ON (ASYNC),
    "the event is not a reserved value", async_event },
  { "async-fast-abort", "R-ASYNC-012", RULE_TARGET, RULE_ALWAYS, ON (ASYNC),
    "tasks are ended by event 5 only where FastAbort was agreed", async_fast_abort },
};

const RuleFamily referee_request_rules = { "requests", rules, G_N_ELEMENTS (rules) };
