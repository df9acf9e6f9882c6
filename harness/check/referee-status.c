/* SPDX-License-Identifier: Apache-2.0 */
/* referee-status.c - how a SCSI command ends: response, status, sense, residuals (RFC 7143 11.4) */
#include "harness/check/referee-internal.h"

#define COMPLETED       0x00
#define TARGET_FAILURE  0x01
#define VENDOR_FIRST    0x80
#define GOOD            0x00
#define CHECK_CONDITION 0x02

static gboolean
is_response (const Judgement *j)
{
  return j->pdu->opcode == SEEN_SCSI_RESPONSE;
}

/* A SCSI Response or a Data-In that ends a SCSI command with a status. */
static gboolean
ends_command (const Judgement *j)
{
  if (j->task == NULL || j->task->opcode != SEEN_SCSI_COMMAND || j->task->is_done)
    return FALSE;
  return is_response (j) ? seen_response (j->bhs) == COMPLETED : seen_has_status (j->bhs);
}

static RuleAnswer
response_task (Judgement *j)
{
  const ObservedTask *task = j->task;
  return RULE_THAT (j, task != NULL && !task->is_done && task->opcode == SEEN_SCSI_COMMAND,
                    "the ITT of a pending command", "ITT 0x%08x", seen_itt (j->bhs));
}

static RuleAnswer
response_code (Judgement *j)
{
  const guint8 response = seen_response (j->bhs);
  return RULE_THAT (j,
                    response == COMPLETED || response == TARGET_FAILURE || response >= VENDOR_FIRST,
                    "a response that the RFC knows", "response 0x%02x", response);
}

static RuleAnswer
response_waits_for_data (Judgement *j)
{
  if (!ends_command (j) || !j->task->writes)
    return RULE_SILENT;
  return RULE_THAT (j, !j->task->is_unsolicited && j->task->r2t_count == 0,
                    "no status before the F of the last data that is due",
                    "status with %u R2Ts outstanding%s", j->task->r2t_count,
                    j->task->is_unsolicited ? " and unsolicited data due" : "");
}

static RuleAnswer
response_ends_sequence (Judgement *j)
{
  if (!is_response (j) || !ends_command (j) || j->task->data_ins == 0)
    return RULE_SILENT;
  return RULE_THAT (j, !j->task->is_in_open, "F on the last Data-In", "a status without it");
}

static RuleAnswer
residual_exclusive (Judgement *j)
{
  if (seen_overflow (j->bhs) && seen_underflow (j->bhs))
    return rule_broken (j, "O or U", "both");
  if (!is_response (j))
    return RULE_KEPT;
  return RULE_THAT (j, !seen_bidi_overflow (j->bhs) || !seen_bidi_underflow (j->bhs), "o or u",
                    "both");
}

static RuleAnswer
residual_needs_completion (Judgement *j)
{
  if (seen_response (j->bhs) == COMPLETED)
    return RULE_SILENT;
  return RULE_THAT (j, (seen_8 (j->bhs, 1) & 0x1e) == 0,
                    "no residual bits without Command Completed at Target", "octet 1 is 0x%02x",
                    seen_8 (j->bhs, 1));
}

static RuleAnswer
residual_count (Judgement *j)
{
  const gboolean is_set = seen_overflow (j->bhs) || seen_underflow (j->bhs);
  if (!ends_command (j) || !is_set)
    return RULE_SILENT;
  return RULE_THAT (j, seen_residual (j->bhs) > 0, "a count above 0 with O or U", "count 0");
}

static RuleAnswer
residual_zero (Judgement *j)
{
  const gboolean is_set = seen_overflow (j->bhs) || seen_underflow (j->bhs);
  if (!ends_command (j) || is_set)
    return RULE_SILENT;
  return rule_equal (j, "Residual Count", 0, seen_residual (j->bhs));
}

static RuleAnswer
residual_within (Judgement *j)
{
  if (!ends_command (j) || !seen_underflow (j->bhs))
    return RULE_SILENT;
  const guint32 expected =
      MAX (j->task->write_expected, j->task->writes ? 0 : j->task->read_expected);
  return RULE_THAT (j, seen_residual (j->bhs) <= expected,
                    "at most as much missing as was expected", "%u of %u bytes",
                    seen_residual (j->bhs), expected);
}

/* What was expected and is not said to be missing has come, if all went well. */
static RuleAnswer
residual_of_read (Judgement *j)
{
  const ObservedTask *task = j->task;
  if (!ends_command (j) || !task->reads || task->writes || seen_status (j->bhs) != GOOD)
    return RULE_SILENT;
  const guint32 missing = seen_underflow (j->bhs) ? seen_residual (j->bhs) : 0;
  const guint32 came = task->in_bytes + (is_response (j) ? 0 : j->pdu->length);
  return rule_equal (j, "bytes of Data-In", (guint64) task->read_expected - missing, came);
}

/* Unsolicited data may go beyond what the command takes, so there may have been more. */
static RuleAnswer
residual_of_write (Judgement *j)
{
  const ObservedTask *task = j->task;
  if (!ends_command (j) || !task->writes || task->reads || seen_status (j->bhs) != GOOD)
    return RULE_SILENT;
  const guint32 missing = seen_underflow (j->bhs) ? seen_residual (j->bhs) : 0;
  return RULE_THAT (j, (guint64) task->out_bytes + missing >= task->write_expected,
                    "a write that is done has all the data that is not residual",
                    "%u bytes and residual %u of %u", task->out_bytes, missing,
                    task->write_expected);
}

static RuleAnswer
bidi_residual_reserved (Judgement *j)
{
  if (seen_bidi_overflow (j->bhs) || seen_bidi_underflow (j->bhs))
    return RULE_SILENT;
  return rule_equal (j, "Bidirectional Read Residual Count", 0, seen_bidi_residual (j->bhs));
}

static RuleAnswer
exp_data_sn (Judgement *j)
{
  if (j->task == NULL || j->task->opcode != SEEN_SCSI_COMMAND || j->task->is_done)
    return RULE_SILENT;
  const guint32 expected = seen_response (j->bhs) == COMPLETED ? j->task->data_ins : 0;
  return rule_equal (j, "ExpDataSN", expected, seen_data_sn (j->bhs));
}

static RuleAnswer
snack_tag (Judgement *j)
{
  return rule_equal (j, "SNACK Tag", 0, seen_snack_tag (j->bhs));
}

static RuleAnswer
sense_present (Judgement *j)
{
  if (seen_response (j->bhs) != COMPLETED || seen_status (j->bhs) != CHECK_CONDITION)
    return RULE_SILENT;
  return RULE_THAT (j, j->pdu->length > 2, "sense data with CHECK CONDITION",
                    "a data segment of %u bytes", j->pdu->length);
}

static RuleAnswer
sense_length (Judgement *j)
{
  guint8 bytes[2];
  if (seen_response (j->bhs) != COMPLETED || seen_status (j->bhs) != CHECK_CONDITION
      || j->pdu->length <= 2 || !j->pdu->is_kept)
    return RULE_SILENT;
  payload_copy_out (j->pdu->data, 0, bytes, 2);
  const guint length = seen_16 (bytes, 0);
  return RULE_THAT (j, length > 0 && length + 2 <= j->pdu->length, "a SenseLength that is there",
                    "SenseLength %u in a data segment of %u bytes", length, j->pdu->length);
}

static const RefereeRule rules[] = {
  { "response-task", "R-PDU-012 R-MODEL-009 R-TMF-004", RULE_TARGET, RULE_TRUSTS,
    ON (SCSI_RESPONSE), "a SCSI Response answers a pending command, once", response_task },
  { "response-code", "R-PDU-004", RULE_TARGET, RULE_ALWAYS, ON (SCSI_RESPONSE),
    "the response is not a reserved value", response_code },
  { "response-waits-for-data", "R-PDU-019 R-REJ-014", RULE_TARGET, RULE_TRUSTS | RULE_LEVEL0,
    ON_STATUS, "a status waits for the data that is due", response_waits_for_data },
  { "response-ends-sequence", "R-DATA-023", RULE_TARGET, RULE_TRUSTS, ON (SCSI_RESPONSE),
    "the last Data-In of a sequence has F", response_ends_sequence },
  { "residual-exclusive", "R-RESID-001", RULE_TARGET, RULE_ALWAYS, ON_STATUS,
    "overflow and underflow exclude each other", residual_exclusive },
  { "residual-needs-completion", "R-RESID-002", RULE_TARGET, RULE_ALWAYS, ON (SCSI_RESPONSE),
    "a command that was not completed has no residual", residual_needs_completion },
  { "residual-count", "R-RESID-003", RULE_TARGET, RULE_ALWAYS, ON_STATUS,
    "overflow and underflow come with a count", residual_count },
  { "residual-zero", "R-RESID-004", RULE_TARGET, RULE_OURS, ON_STATUS,
    "without overflow and underflow the count is 0", residual_zero },
  { "residual-within", "R-RESID-006 R-RESID-007", RULE_TARGET, RULE_TRUSTS, ON_STATUS,
    "an underflow is not more than the command expected", residual_within },
  { "residual-of-read", "R-RESID-006 R-RESID-009 R-RESID-010", RULE_TARGET,
    RULE_TRUSTS | RULE_LEVEL0, ON_STATUS, "a good read moved all that its residual does not deny",
    residual_of_read },
  { "residual-of-write", "R-RESID-007", RULE_TARGET, RULE_TRUSTS | RULE_LEVEL0, ON_STATUS,
    "a good write moved all that its residual does not deny", residual_of_write },
  { "bidi-residual-reserved", "R-RESID-011", RULE_TARGET, RULE_OURS, ON (SCSI_RESPONSE),
    "the bidirectional read residual is 0 without its bits", bidi_residual_reserved },
  { "exp-data-sn", "R-PDU-029", RULE_TARGET, RULE_TRUSTS | RULE_LEVEL0, ON (SCSI_RESPONSE),
    "ExpDataSN is the number of Data-In that were sent", exp_data_sn },
  { "snack-tag", "R-PDU-022", RULE_TARGET, RULE_LEVEL0, ON (SCSI_RESPONSE),
    "SNACK Tag is 0 where no R-Data SNACK was accepted", snack_tag },
  { "sense-present", "R-PDU-024 R-PDU-025 R-MODEL-021", RULE_TARGET, RULE_ALWAYS,
    ON (SCSI_RESPONSE), "CHECK CONDITION comes with sense data", sense_present },
  { "sense-length", "R-PDU-026", RULE_TARGET, RULE_ALWAYS, ON (SCSI_RESPONSE),
    "sense data stands behind its length", sense_length },
};

const RuleFamily referee_status_rules = { "status", rules, G_N_ELEMENTS (rules) };
