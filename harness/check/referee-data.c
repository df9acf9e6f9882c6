/* SPDX-License-Identifier: Apache-2.0 */
/* referee-data.c - commands, and the data that travels for them: Data-Out, R2T, Data-In (RFC 7143 11.3, 11.7, 11.8) */
#include "harness/check/referee-internal.h"

#define ATTRIBUTE_MAX 4

/* The task that a data PDU names is a SCSI command of ours, pending or just answered. */
static gboolean
has_command (const Judgement *j)
{
  return j->task != NULL && j->task->opcode == SEEN_SCSI_COMMAND;
}

/* ---- SCSI Command ---- */

static RuleAnswer
command_direction (Judgement *j)
{
  const gboolean reads = seen_reads (j->bhs), writes = seen_writes (j->bhs);
  if (!writes && !seen_is_final (j->bhs))
    return rule_broken (j, "W or F", "neither");
  return RULE_THAT (j, reads || writes || seen_expected_length (j->bhs) == 0,
                    "R or W with a transfer length", "neither, with %u bytes",
                    seen_expected_length (j->bhs));
}

static RuleAnswer
command_attribute (Judgement *j)
{
  return RULE_THAT (j, seen_attributes (j->bhs) <= ATTRIBUTE_MAX, "ATTR 0 to 4", "ATTR %u",
                    seen_attributes (j->bhs));
}

static RuleAnswer
command_bidirectional (Judgement *j)
{
  if (!seen_reads (j->bhs) || !seen_writes (j->bhs))
    return RULE_SILENT;
  return RULE_THAT (j, seen_ahs_words (j->bhs) > 0, "an AHS with the read length", "no AHS");
}

static RuleAnswer
immediate_allowed (Judgement *j)
{
  if (j->pdu->length == 0)
    return RULE_SILENT;
  if (!seen_writes (j->bhs))
    return rule_broken (j, "no immediate data without W", "%u bytes", j->pdu->length);
  return RULE_THAT (j, key_value (j, OBSERVED_IMMEDIATE_DATA) == 1,
                    "no immediate data with ImmediateData=No", "%u bytes", j->pdu->length);
}

static RuleAnswer
immediate_limit (Judgement *j)
{
  const guint32 limit = MIN (key_value (j, OBSERVED_FIRST_BURST), seen_expected_length (j->bhs));
  if (j->pdu->length == 0)
    return RULE_SILENT;
  return RULE_THAT (j, j->pdu->length <= limit,
                    "immediate data within FirstBurstLength and the command",
                    "%u bytes, at most %u", j->pdu->length, limit);
}

static RuleAnswer
unsolicited_allowed (Judgement *j)
{
  if (seen_is_final (j->bhs) || !seen_writes (j->bhs))
    return RULE_SILENT;
  return RULE_THAT (j, key_value (j, OBSERVED_INITIAL_R2T) == 0, "F with InitialR2T=Yes",
                    "F=0, for unsolicited data to come");
}

static RuleAnswer
command_complete_is_final (Judgement *j)
{
  if (!seen_writes (j->bhs) || j->pdu->length == 0
      || j->pdu->length != seen_expected_length (j->bhs))
    return RULE_SILENT;
  return RULE_THAT (j, seen_is_final (j->bhs), "F with all of the data in the command",
                    "F=0 with all %u bytes", j->pdu->length);
}

/* ---- Data-Out ---- */

static RuleAnswer
data_out_task (Judgement *j)
{
  return RULE_THAT (j, has_command (j) && j->task->writes, "the ITT of a pending write",
                    "ITT 0x%08x", seen_itt (j->bhs));
}

/* The burst that a Data-Out belongs to: where it begins and how long it is. FALSE: to none, or to one that is not kept. */
static gboolean
find_burst (const Judgement *j, guint32 *ret_offset, guint32 *ret_length)
{
  const ObservedTask *task = j->task;
  if (!has_command (j))
    return FALSE;
  if (seen_ttt (j->bhs) == SEEN_NO_TAG) {
    *ret_offset = 0;
    *ret_length = MIN (key_value (j, OBSERVED_FIRST_BURST), task->write_expected);
    return task->is_unsolicited;
  }
  for (guint i = 0; i < MIN (task->r2t_count, OBSERVER_R2T_MAX); i++)
    if (task->r2ts[i].ttt == seen_ttt (j->bhs)) {
      *ret_offset = task->r2ts[i].offset;
      *ret_length = task->r2ts[i].length;
      return TRUE;
    }
  return FALSE;
}

static gboolean
is_at_liberty (const Judgement *j)
{
  return !has_command (j) || j->task->is_done || j->task->r2t_count > OBSERVER_R2T_MAX;
}

static RuleAnswer
data_out_asked (Judgement *j)
{
  guint32 offset, length;
  if (is_at_liberty (j))
    return RULE_SILENT;
  return RULE_THAT (
      j, find_burst (j, &offset, &length),
      "the TTT of an outstanding R2T, or the reserved one while unsolicited data is due",
      "TTT 0x%08x", seen_ttt (j->bhs));
}

static RuleAnswer
data_out_r2t_order (Judgement *j)
{
  const guint32 ttt = seen_ttt (j->bhs);
  guint32 offset, length;
  if (is_at_liberty (j) || ttt == SEEN_NO_TAG || !find_burst (j, &offset, &length))
    return RULE_SILENT;
  return RULE_THAT (j, j->task->r2ts[0].ttt == ttt, "an answer to the oldest R2T",
                    "TTT 0x%08x before 0x%08x", ttt, j->task->r2ts[0].ttt);
}

static RuleAnswer
data_out_sn (Judgement *j)
{
  if (is_at_liberty (j))
    return RULE_SILENT;
  return rule_equal (j, "DataSN", j->task->out_data_sn, seen_data_sn (j->bhs));
}

static RuleAnswer
data_out_offset (Judgement *j)
{
  guint32 offset, length;
  if (is_at_liberty (j) || !find_burst (j, &offset, &length)
      || key_value (j, OBSERVED_PDU_IN_ORDER) == 0)
    return RULE_SILENT;
  return rule_equal (j, "BufferOffset", (guint64) offset + j->task->out_sequence,
                     seen_buffer_offset (j->bhs));
}

static RuleAnswer
data_out_bounds (Judgement *j)
{
  guint32 offset, length;
  if (is_at_liberty (j) || !find_burst (j, &offset, &length))
    return RULE_SILENT;
  const guint64 begin = seen_buffer_offset (j->bhs);
  return RULE_THAT (j, begin >= offset && begin + j->pdu->length <= (guint64) offset + length,
                    "data within its burst", "%u bytes at %u, the burst has %u at %u",
                    j->pdu->length, seen_buffer_offset (j->bhs), length, offset);
}

/* R-DATA-042, R-DATA-043; of unsolicited data R-DATA-002, R-DATA-017. */
static RuleAnswer
data_out_final (Judgement *j)
{
  guint32 offset, length;
  if (is_at_liberty (j) || !find_burst (j, &offset, &length))
    return RULE_SILENT;
  const guint64 sum = (guint64) j->task->out_sequence + j->pdu->length;
  const gboolean is_whole = sum == length;
  return RULE_THAT (
      j, is_whole == seen_is_final (j->bhs), "F on the last PDU of a burst, and on no other",
      "F=%d after %" G_GUINT64_FORMAT " of %u bytes", seen_is_final (j->bhs), sum, length);
}

static RuleAnswer
data_out_lun (Judgement *j)
{
  if (!has_command (j) || seen_ttt (j->bhs) == SEEN_NO_TAG)
    return RULE_SILENT;
  return RULE_THAT (j, seen_lun (j->bhs) == j->task->lun, "the LUN of the command",
                    "LUN 0x%" G_GINT64_MODIFIER "x", seen_lun (j->bhs));
}

static RuleAnswer
data_out_lun_reserved (Judgement *j)
{
  if (seen_ttt (j->bhs) != SEEN_NO_TAG)
    return RULE_SILENT;
  return RULE_THAT (j, seen_lun (j->bhs) == 0, "LUN 0 with the reserved TTT",
                    "LUN 0x%" G_GINT64_MODIFIER "x", seen_lun (j->bhs));
}

static RuleAnswer
unsolicited_order (Judgement *j)
{
  if (is_at_liberty (j) || seen_ttt (j->bhs) != SEEN_NO_TAG || !j->task->is_unsolicited)
    return RULE_SILENT;
  const ObservedTask *first = j->observer->tasks.first_burst;
  return RULE_THAT (j, first == j->task, "unsolicited data in the order of the commands",
                    "data of ITT 0x%08x before those of 0x%08x", seen_itt (j->bhs), first->itt);
}

static RuleAnswer
data_out_word (Judgement *j)
{
  if (seen_is_final (j->bhs))
    return RULE_SILENT;
  return RULE_THAT (j, j->pdu->length % 4 == 0, "a multiple of 4 bytes before the last PDU",
                    "%u bytes", j->pdu->length);
}

/* ---- R2T ---- */

static RuleAnswer
r2t_task (Judgement *j)
{
  return RULE_THAT (j, has_command (j) && !j->task->is_done && j->task->writes,
                    "the ITT of a pending write", "ITT 0x%08x", seen_itt (j->bhs));
}

static RuleAnswer
r2t_lun (Judgement *j)
{
  if (!has_command (j))
    return RULE_SILENT;
  return RULE_THAT (j, seen_lun (j->bhs) == j->task->lun, "the LUN of the command",
                    "LUN 0x%" G_GINT64_MODIFIER "x", seen_lun (j->bhs));
}

static RuleAnswer
r2t_sn (Judgement *j)
{
  if (!has_command (j))
    return RULE_SILENT;
  return rule_equal (j, "R2TSN", j->task->data_sn, seen_data_sn (j->bhs));
}

static RuleAnswer
r2t_length (Judgement *j)
{
  const guint32 limit = key_value (j, OBSERVED_MAX_BURST);
  const guint32 length = seen_desired_length (j->bhs);
  return RULE_THAT (j, length > 0 && length <= limit, "a length from 1 to MaxBurstLength",
                    "%u, MaxBurstLength is %u", length, limit);
}

static RuleAnswer
r2t_tag (Judgement *j)
{
  const ObservedTask *task = j->task;
  if (seen_ttt (j->bhs) == SEEN_NO_TAG)
    return rule_broken (j, "a TTT that is not the reserved one", "TTT 0xffffffff");
  for (guint i = 0; has_command (j) && i < MIN (task->r2t_count, OBSERVER_R2T_MAX); i++)
    if (task->r2ts[i].ttt == seen_ttt (j->bhs))
      return rule_broken (j, "a TTT that no outstanding R2T has", "TTT 0x%08x", seen_ttt (j->bhs));
  return RULE_KEPT;
}

/* R-KEY-042: with recovery and in order there is one at a time, whatever was agreed. */
static RuleAnswer
r2t_count (Judgement *j)
{
  const gboolean is_single =
      key_value (j, OBSERVED_RECOVERY_LEVEL) > 0 && key_value (j, OBSERVED_SEQUENCE_IN_ORDER) == 1;
  const guint32 limit = is_single ? 1 : key_value (j, OBSERVED_MAX_R2T);
  if (!has_command (j))
    return RULE_SILENT;
  return RULE_THAT (j, j->task->r2t_count < limit, "at most MaxOutstandingR2T R2Ts of a task",
                    "one more than %u", limit);
}

static RuleAnswer
r2t_in_order (Judgement *j)
{
  if (!has_command (j) || key_value (j, OBSERVED_SEQUENCE_IN_ORDER) == 0 || j->task->is_unsolicited)
    return RULE_SILENT;
  return rule_equal (j, "BufferOffset", j->task->r2t_end, seen_buffer_offset (j->bhs));
}

static RuleAnswer
r2t_bounds (Judgement *j)
{
  const guint64 end = (guint64) seen_buffer_offset (j->bhs) + seen_desired_length (j->bhs);
  if (!has_command (j))
    return RULE_SILENT;
  return RULE_THAT (j, end <= j->task->write_expected, "an R2T within the command",
                    "up to byte %" G_GUINT64_FORMAT " of %u", end, j->task->write_expected);
}

/* ---- Data-In ---- */

static RuleAnswer
data_in_task (Judgement *j)
{
  return RULE_THAT (j, has_command (j) && !j->task->is_done && j->task->reads,
                    "the ITT of a pending read", "ITT 0x%08x", seen_itt (j->bhs));
}

static RuleAnswer
data_in_sn (Judgement *j)
{
  if (!has_command (j))
    return RULE_SILENT;
  return rule_equal (j, "DataSN", j->task->data_sn, seen_data_sn (j->bhs));
}

static RuleAnswer
data_in_offset (Judgement *j)
{
  if (!has_command (j) || key_value (j, OBSERVED_PDU_IN_ORDER) == 0
      || (!j->task->is_in_open && key_value (j, OBSERVED_SEQUENCE_IN_ORDER) == 0))
    return RULE_SILENT;
  return rule_equal (j, "BufferOffset", j->task->in_offset, seen_buffer_offset (j->bhs));
}

static RuleAnswer
data_in_bounds (Judgement *j)
{
  const guint64 end = (guint64) seen_buffer_offset (j->bhs) + j->pdu->length;
  if (!has_command (j))
    return RULE_SILENT;
  return RULE_THAT (j, end <= j->task->read_expected, "data within the command",
                    "up to byte %" G_GUINT64_FORMAT " of %u", end, j->task->read_expected);
}

static RuleAnswer
data_in_burst (Judgement *j)
{
  if (!has_command (j))
    return RULE_SILENT;
  const guint64 sum = (guint64) (j->task->is_in_open ? j->task->in_sequence : 0) + j->pdu->length;
  return RULE_THAT (j, sum <= key_value (j, OBSERVED_MAX_BURST),
                    "a sequence of at most MaxBurstLength", "%" G_GUINT64_FORMAT " bytes", sum);
}

static RuleAnswer
data_in_status_final (Judgement *j)
{
  if (!seen_has_status (j->bhs))
    return RULE_SILENT;
  return RULE_THAT (j, seen_is_final (j->bhs), "F with S", "S without F");
}

/* GOOD, CONDITION MET, INTERMEDIATE, INTERMEDIATE-CONDITION MET. */
static RuleAnswer
data_in_status_good (Judgement *j)
{
  const guint8 status = seen_status (j->bhs);
  if (!seen_has_status (j->bhs))
    return RULE_SILENT;
  return RULE_THAT (j, status == 0x00 || status == 0x04 || status == 0x10 || status == 0x14,
                    "a status that is no exception", "status 0x%02x", status);
}

static RuleAnswer
data_in_no_bidi_status (Judgement *j)
{
  if (!seen_has_status (j->bhs) || !has_command (j))
    return RULE_SILENT;
  return RULE_THAT (j, !j->task->writes, "the status of a bidirectional command in a SCSI Response",
                    "S in a Data-In");
}

/* R-RESID-012: without S these fields say nothing, and 11 wants such fields 0. */
static RuleAnswer
data_in_residual_needs_status (Judgement *j)
{
  if (seen_has_status (j->bhs))
    return RULE_SILENT;
  return RULE_THAT (j,
                    !seen_overflow (j->bhs) && !seen_underflow (j->bhs)
                        && seen_residual (j->bhs) == 0 && seen_status (j->bhs) == 0,
                    "status and residual only with S", "O=%d U=%d, status %u, residual %u",
                    seen_overflow (j->bhs), seen_underflow (j->bhs), seen_status (j->bhs),
                    seen_residual (j->bhs));
}

static RuleAnswer
data_in_acknowledge (Judgement *j)
{
  if (!seen_acknowledge (j->bhs))
    return RULE_SILENT;
  return RULE_THAT (j, key_value (j, OBSERVED_RECOVERY_LEVEL) > 0, "no A at ErrorRecoveryLevel 0",
                    "A=1");
}

static RuleAnswer
data_in_tag (Judgement *j)
{
  const guint32 ttt = seen_ttt (j->bhs);
  if (!seen_acknowledge (j->bhs))
    return RULE_THAT (j, ttt == SEEN_NO_TAG || ttt == 0, "the reserved TTT without A", "TTT 0x%08x",
                      ttt);
  if (ttt == SEEN_NO_TAG)
    return rule_broken (j, "a TTT with A", "the reserved one");
  return RULE_THAT (j, !has_command (j) || seen_lun (j->bhs) == j->task->lun,
                    "the LUN of the command with A", "LUN 0x%" G_GINT64_MODIFIER "x",
                    seen_lun (j->bhs));
}

#define DATA (RULE_TRUSTS | RULE_LEVEL0)

static const RefereeRule rules[] = {
  { "command-direction", "R-DATA-012 R-DATA-013", RULE_INITIATOR, RULE_ALWAYS, ON (SCSI_COMMAND),
    "a command says which way its data goes, and F if it sends none", command_direction },
  { "command-attribute", "R-DATA-015", RULE_INITIATOR, RULE_ALWAYS, ON (SCSI_COMMAND),
    "ATTR is not a reserved value", command_attribute },
  { "command-bidirectional", "R-DATA-018", RULE_INITIATOR, RULE_ALWAYS, ON (SCSI_COMMAND),
    "a bidirectional command says its read length in an AHS", command_bidirectional },
  { "immediate-allowed", "R-KEY-025 R-KEY-026", RULE_INITIATOR, RULE_TRUSTS, ON (SCSI_COMMAND),
    "immediate data was agreed", immediate_allowed },
  { "immediate-limit", "R-DATA-004 R-DATA-022", RULE_INITIATOR, RULE_TRUSTS, ON (SCSI_COMMAND),
    "immediate data is within FirstBurstLength and the command", immediate_limit },
  { "unsolicited-allowed", "R-DATA-041 R-DATA-003 R-KEY-024", RULE_INITIATOR, RULE_TRUSTS,
    ON (SCSI_COMMAND), "unsolicited data was agreed", unsolicited_allowed },
  { "command-complete-is-final", "R-DATA-016", RULE_INITIATOR, RULE_ALWAYS, ON (SCSI_COMMAND),
    "a command that has all its data with it has F", command_complete_is_final },
  { "data-out-task", "R-MODEL-014 R-MODEL-012", RULE_INITIATOR, RULE_TRUSTS, ON (DATA_OUT),
    "Data-Out belongs to a pending write", data_out_task },
  { "data-out-asked", "R-DATA-033 R-DATA-001", RULE_INITIATOR, DATA, ON (DATA_OUT),
    "Data-Out answers an R2T, or is unsolicited data that was announced", data_out_asked },
  { "data-out-r2t-order", "R-DATA-046", RULE_INITIATOR, DATA, ON (DATA_OUT),
    "R2Ts of a task are answered in their order", data_out_r2t_order },
  { "data-out-data-sn", "R-NUM-029 R-DATA-036", RULE_INITIATOR, DATA, ON (DATA_OUT),
    "DataSN counts from 0 in each sequence of Data-Out", data_out_sn },
  { "data-out-offset", "R-DATA-045 R-DATA-038 R-DATA-011", RULE_INITIATOR, DATA, ON (DATA_OUT),
    "Data-Out of a sequence follow each other without gap", data_out_offset },
  { "data-out-bounds", "R-DATA-037 R-DATA-022 R-DATA-042", RULE_INITIATOR, DATA, ON (DATA_OUT),
    "Data-Out stays within what was asked or announced", data_out_bounds },
  { "data-out-final", "R-DATA-043 R-DATA-002 R-DATA-023", RULE_INITIATOR, DATA, ON (DATA_OUT),
    "a burst is sent whole, and its last PDU has F", data_out_final },
  { "data-out-lun", "R-DATA-035 R-MODEL-014", RULE_INITIATOR, RULE_TRUSTS, ON (DATA_OUT),
    "solicited Data-Out has the LUN of its command", data_out_lun },
  { "data-out-lun-reserved", "R-PDU-002", RULE_INITIATOR, RULE_OURS, ON (DATA_OUT),
    "unsolicited Data-Out has no LUN", data_out_lun_reserved },
  { "unsolicited-order", "R-DATA-008", RULE_INITIATOR, DATA, ON (DATA_OUT),
    "unsolicited data keeps the order of its commands", unsolicited_order },
  { "data-out-word", "R-DATA-040", RULE_INITIATOR, RULE_OURS, ON (DATA_OUT),
    "Data-Out before the last of a sequence is a multiple of 4 bytes", data_out_word },
  { "r2t-task", "R-MODEL-014 R-MODEL-011", RULE_TARGET, RULE_TRUSTS, ON (R2T),
    "an R2T belongs to a pending write", r2t_task },
  { "r2t-lun", "R-MODEL-014 R-DATA-035", RULE_TARGET, RULE_TRUSTS, ON (R2T),
    "an R2T has the LUN of its command", r2t_lun },
  { "r2t-sn", "R-NUM-030 R-NUM-031", RULE_TARGET, DATA, ON (R2T),
    "R2TSN counts up from 0 per command", r2t_sn },
  { "r2t-length", "R-DATA-049", RULE_TARGET, RULE_ALWAYS, ON (R2T),
    "an R2T asks for 1 to MaxBurstLength bytes", r2t_length },
  { "r2t-tag", "R-DATA-050", RULE_TARGET, RULE_ALWAYS, ON (R2T),
    "an R2T has a Target Transfer Tag of its own", r2t_tag },
  { "r2t-count", "R-DATA-047 R-KEY-037 R-KEY-038 R-KEY-042", RULE_TARGET, RULE_TRUSTS, ON (R2T),
    "no task has more R2Ts outstanding than agreed", r2t_count },
  { "r2t-in-order", "R-DATA-048 R-KEY-041", RULE_TARGET, DATA, ON (R2T),
    "R2Ts cover the data in order and without gap", r2t_in_order },
  { "r2t-bounds", "R-DATA-037 R-DATA-006", RULE_TARGET, RULE_TRUSTS, ON (R2T),
    "an R2T stays within its command", r2t_bounds },
  { "data-in-task", "R-MODEL-014 R-MODEL-010", RULE_TARGET, RULE_TRUSTS, ON (DATA_IN),
    "Data-In belongs to a pending read", data_in_task },
  { "data-in-data-sn", "R-NUM-028 R-NUM-031 R-DATA-036", RULE_TARGET, DATA, ON (DATA_IN),
    "DataSN counts up from 0 over all Data-In of a command", data_in_sn },
  { "data-in-offset", "R-DATA-038 R-KEY-041", RULE_TARGET, DATA, ON (DATA_IN),
    "Data-In follow each other without gap", data_in_offset },
  { "data-in-bounds", "R-DATA-037", RULE_TARGET, RULE_TRUSTS, ON (DATA_IN),
    "Data-In stays within what the command expects", data_in_bounds },
  { "data-in-burst", "R-DATA-022 R-KEY-031", RULE_TARGET, DATA, ON (DATA_IN),
    "no sequence of Data-In is longer than MaxBurstLength", data_in_burst },
  { "data-in-status-final", "R-DATA-032", RULE_TARGET, RULE_ALWAYS, ON (DATA_IN), "S comes with F",
    data_in_status_final },
  { "data-in-status-good", "R-DATA-030", RULE_TARGET, RULE_ALWAYS, ON (DATA_IN),
    "an exception is told in a SCSI Response, not in a Data-In", data_in_status_good },
  { "data-in-no-bidi-status", "R-DATA-031", RULE_TARGET, RULE_TRUSTS, ON (DATA_IN),
    "the status of a bidirectional command comes in a SCSI Response", data_in_no_bidi_status },
  { "data-in-residual-needs-status", "R-RESID-012", RULE_TARGET, RULE_OURS, ON (DATA_IN),
    "Data-In tells status and residual only with S", data_in_residual_needs_status },
  { "data-in-acknowledge", "R-DATA-024", RULE_TARGET, RULE_ALWAYS, ON (DATA_IN),
    "A is not set at ErrorRecoveryLevel 0", data_in_acknowledge },
  { "data-in-tag", "R-DATA-034 R-DATA-035", RULE_TARGET, RULE_ALWAYS, ON (DATA_IN),
    "Data-In has a TTT, and its LUN, with A and only then", data_in_tag },
};

const RuleFamily referee_data_rules = { "data", rules, G_N_ELEMENTS (rules) };
