/* SPDX-License-Identifier: Apache-2.0 */
/* referee-format.c - what a PDU may look like by itself (RFC 7143 11.1, 11.2), and the phase it may come in
 *
 * Reserved octets and bits are a table from the figures of RFC 7143 11.3 to 11.19. PRI and Status Qualifier are RFC 7144's:
 * they have rules of their own.
 */
#include "harness/check/referee-internal.h"

#define OP_VENDOR_LAST 0x3e /* 11.2.1.2: 1c to 1e and 3c to 3e are vendors' */
#define OP_FROM_TARGET 0x20

#define ON_INITIATOR                                                                               \
  (ON_REQUESTS | ON (LOGIN_REQUEST) | ON (DATA_OUT) | ON (SNACK) | G_GUINT64_CONSTANT (7) << 0x1c)
#define ON_TARGET                                                                                  \
  (ON_STATUS | ON (TMF_RESPONSE) | ON (LOGIN_RESPONSE) | ON (TEXT_RESPONSE) | ON (LOGOUT_RESPONSE) \
   | ON (ASYNC) | ON (REJECT) | ON (NOP_IN) | ON (R2T) | G_GUINT64_CONSTANT (7) << 0x3c)
#define ON_NO_DATA                                                                                 \
  (ON (R2T) | ON (TMF_REQUEST) | ON (TMF_RESPONSE) | ON (LOGOUT_REQUEST) | ON (LOGOUT_RESPONSE)    \
   | ON (SNACK))
#define ON_FIXED_F                                                                                 \
  (ON (SCSI_RESPONSE) | ON (TMF_REQUEST) | ON (TMF_RESPONSE) | ON (R2T) | ON (ASYNC)               \
   | ON (LOGOUT_REQUEST) | ON (LOGOUT_RESPONSE) | ON (SNACK) | ON (REJECT) | ON (NOP_OUT)          \
   | ON (NOP_IN))

static gboolean
is_from_target (guint8 opcode)
{
  return opcode >= OP_FROM_TARGET;
}

static RuleAnswer
opcode_side (Judgement *j)
{
  const ObserverSide owner = is_from_target (j->pdu->opcode) ? OBSERVER_TARGET : OBSERVER_INITIATOR;
  return RULE_THAT (j, owner == j->pdu->from, "an opcode of its own side",
                    "opcode 0x%02x, the %s's", j->pdu->opcode, observer_side_name (owner));
}

static RuleAnswer
opcode_known (Judgement *j)
{
  const guint64 known = ON_INITIATOR | ON_TARGET;
  return RULE_THAT (j, (known >> j->pdu->opcode & 1) != 0, "an opcode that the RFC assigns",
                    "opcode 0x%02x", j->pdu->opcode);
}

static RuleAnswer
before_full_feature (Judgement *j)
{
  const gboolean is_login =
      j->pdu->opcode == SEEN_LOGIN_REQUEST || j->pdu->opcode == SEEN_LOGIN_RESPONSE;
  if (j->observer->phase != OBSERVER_LOGIN)
    return RULE_SILENT;
  return RULE_THAT (j, is_login, "a login PDU, before full feature phase", "opcode 0x%02x",
                    j->pdu->opcode);
}

static RuleAnswer
no_second_login (Judgement *j)
{
  return RULE_THAT (j, j->observer->phase == OBSERVER_LOGIN, "no login PDU once the login is over",
                    "opcode 0x%02x", j->pdu->opcode);
}

/* Whoever has not read the end yet may still send. */
static RuleAnswer
nothing_after_the_end (Judgement *j)
{
  const Observer *observer = j->observer;
  if (observer->phase != OBSERVER_OVER)
    return RULE_KEPT;
  if (j->pdu->from == OBSERVER_INITIATOR && observer->is_over_fresh)
    return RULE_SILENT;
  return rule_broken (j, "nothing after the login was refused or the logout answered",
                      "opcode 0x%02x", j->pdu->opcode);
}

/* ---- reserved ---- */

/* One bit for each that must be 0. */
static const guint8 reserved[0x40][SEEN_BHS] = {
  [SEEN_NOP_OUT] = { [0] = 0x80, [1] = 0x7f, [2 ... 3] = 0xff, [32 ... 47] = 0xff },
  [SEEN_SCSI_COMMAND] = { [0] = 0x80, [1] = 0x18, [2] = 0x0f, [3] = 0xff },
  [SEEN_TMF_REQUEST] = { [0] = 0x80, [2 ... 3] = 0xff, [40 ... 47] = 0xff },
  [SEEN_LOGIN_REQUEST] = { [0] = 0x80, [1] = 0x30, [22 ... 23] = 0xff, [32 ... 47] = 0xff },
  [SEEN_TEXT_REQUEST] = { [0] = 0x80, [1] = 0x3f, [2 ... 3] = 0xff, [32 ... 47] = 0xff },
  [SEEN_DATA_OUT] = { [0] = 0xc0,
                      [1] = 0x7f,
                      [2 ... 3] = 0xff,
                      [24 ... 27] = 0xff,
                      [32 ... 35] = 0xff,
                      [44 ... 47] = 0xff },
  [SEEN_LOGOUT_REQUEST] = { [0] = 0x80,
                            [2 ... 3] = 0xff,
                            [8 ... 15] = 0xff,
                            [22 ... 23] = 0xff,
                            [32 ... 47] = 0xff },
  [SEEN_SNACK] = { [0] = 0xc0,
                   [1] = 0x70,
                   [2 ... 3] = 0xff,
                   [24 ... 27] = 0xff,
                   [32 ... 39] = 0xff },
  [SEEN_NOP_IN] = { [0] = 0xc0, [1] = 0x7f, [2 ... 3] = 0xff, [36 ... 47] = 0xff },
  [SEEN_SCSI_RESPONSE] = { [0] = 0xc0, [1] = 0x61, [10 ... 15] = 0xff },
  [SEEN_TMF_RESPONSE] = { [0] = 0xc0,
                          [1] = 0x7f,
                          [3] = 0xff,
                          [8 ... 15] = 0xff,
                          [20 ... 23] = 0xff,
                          [36 ... 47] = 0xff },
  [SEEN_LOGIN_RESPONSE] = { [0] = 0xc0, [1] = 0x30, [20 ... 23] = 0xff, [38 ... 47] = 0xff },
  [SEEN_TEXT_RESPONSE] = { [0] = 0xc0, [1] = 0x3f, [2 ... 3] = 0xff, [36 ... 47] = 0xff },
  [SEEN_DATA_IN] = { [0] = 0xc0, [1] = 0x38, [2] = 0xff },
  [SEEN_LOGOUT_RESPONSE] = { [0] = 0xc0,
                             [1] = 0x7f,
                             [3] = 0xff,
                             [8 ... 15] = 0xff,
                             [20 ... 23] = 0xff,
                             [36 ... 39] = 0xff,
                             [44 ... 47] = 0xff },
  [SEEN_R2T] = { [0] = 0xc0, [1] = 0x7f, [2 ... 3] = 0xff },
  [SEEN_ASYNC] = { [0] = 0xc0,
                   [1] = 0x7f,
                   [2 ... 3] = 0xff,
                   [20 ... 23] = 0xff,
                   [44 ... 47] = 0xff },
  [SEEN_REJECT] = { [0] = 0xc0,
                    [1] = 0x7f,
                    [3] = 0xff,
                    [8 ... 15] = 0xff,
                    [20 ... 23] = 0xff,
                    [40 ... 47] = 0xff },
};

static RuleAnswer
reserved_found (Judgement *j)
{
  for (guint byte = 0; byte < SEEN_BHS; byte++) {
    const guint8 found = j->bhs[byte] & reserved[j->pdu->opcode][byte];
    if (found != 0)
      return rule_broken (j, "0 in what is reserved", "0x%02x in octet %u", found, byte);
  }
  return RULE_KEPT;
}

static RuleAnswer
reserved_zero (Judgement *j)
{
  guint64 found = 0;
  for (guint byte = 0; byte < SEEN_BHS; byte += sizeof found) {
    guint64 octets, mask;
    memcpy (&octets, j->bhs + byte, sizeof octets);
    memcpy (&mask, reserved[j->pdu->opcode] + byte, sizeof mask);
    found |= octets & mask;
  }
  return G_LIKELY (found == 0) ? RULE_KEPT : reserved_found (j);
}

static RuleAnswer
fixed_final (Judgement *j)
{
  return rule_equal (j, "bit 7 of octet 1", 1, (guint64) seen_is_final (j->bhs));
}

/* ---- lengths ---- */

static RuleAnswer
no_ahs (Judgement *j)
{
  return rule_equal (j, "TotalAHSLength", 0, seen_ahs_words (j->bhs));
}

static RuleAnswer
no_data (Judgement *j)
{
  return rule_equal (j, "DataSegmentLength", 0, j->pdu->length);
}

static RuleAnswer
segment_limit (Judgement *j)
{
  const guint32 limit = observer_max_segment (j->observer, j->pdu->from);
  return RULE_THAT (j, j->pdu->length <= limit, "a data segment of at most what the receiver takes",
                    "%u bytes, the receiver takes %u", j->pdu->length, limit);
}

static RuleAnswer
padding_zero (Judgement *j)
{
  if (j->pdu->length % 4 == 0)
    return RULE_SILENT;
  return RULE_THAT (j, j->pdu->is_padding_zero, "padding of zeros", "other octets");
}

static RuleAnswer
header_digest (Judgement *j)
{
  if (!j->pdu->has_header_digest)
    return RULE_SILENT;
  return RULE_THAT (j, j->pdu->is_header_digest_good, "the CRC32C of the header behind it",
                    "other octets");
}

static RuleAnswer
data_digest (Judgement *j)
{
  if (!j->pdu->has_data_digest)
    return RULE_SILENT;
  return RULE_THAT (j, j->pdu->is_data_digest_good, "the CRC32C of the data segment behind it",
                    "other octets");
}

/* ---- RFC 7144 ---- */

static RuleAnswer
level2_only (Judgement *j)
{
  const gboolean is_command = j->pdu->opcode == SEEN_SCSI_COMMAND;
  const guint value = is_command ? seen_priority (j->bhs) : seen_status_qualifier (j->bhs);
  if (key_value (j, OBSERVED_PROTOCOL_LEVEL) >= 2)
    return RULE_SILENT;
  return rule_equal (j, is_command ? "PRI" : "Status Qualifier", 0, value);
}

static const RefereeRule rules[] = {
  { "opcode-side", "R-PDU-007", RULE_BOTH, RULE_ALWAYS, 0,
    "neither side sends PDUs that are the other's", opcode_side },
  { "opcode-known", "R-PDU-008", RULE_BOTH, RULE_ALWAYS, 0, "every opcode is an assigned one",
    opcode_known },
  { "before-full-feature", "R-MODEL-003 R-LOGIN-040 R-MODEL-004", RULE_BOTH, RULE_TRUSTS, 0,
    "before full feature phase there are only login PDUs", before_full_feature },
  { "no-second-login", "R-MODEL-005", RULE_BOTH, RULE_TRUSTS, ON_LOGIN, "a connection logs in once",
    no_second_login },
  { "nothing-after-the-end", "R-LOGIN-063 R-LOGOUT-016", RULE_BOTH, RULE_ALWAYS, 0,
    "a connection whose login was refused or whose logout was answered is closed",
    nothing_after_the_end },
  { "reserved-zero", "R-PDU-002", RULE_BOTH, RULE_ALWAYS, 0, "what is reserved is sent as 0",
    reserved_zero },
  { "fixed-final", "R-PDU-018 R-REJ-018", RULE_BOTH, RULE_ALWAYS, ON_FIXED_F,
    "the bit that the format fixes at 1 is 1", fixed_final },
  { "no-ahs", "R-PDU-009 R-PDU-006 R-DATA-052 R-TMF-021", RULE_BOTH, RULE_ALWAYS,
    (ON_INITIATOR | ON_TARGET) & ~ON (SCSI_COMMAND), "only a SCSI Command has an AHS", no_ahs },
  { "no-data", "R-PDU-010 R-DATA-052 R-TMF-021 R-TMF-035 R-LOGOUT-011 R-LOGOUT-018", RULE_BOTH,
    RULE_ALWAYS, ON_NO_DATA, "what has no data segment says length 0", no_data },
  { "segment-limit", "R-KEY-029 R-DATA-021 R-LOGIN-003 R-TXTFFP-021 R-TXTFFP-032", RULE_BOTH,
    RULE_TRUSTS, 0, "no data segment is longer than its receiver takes", segment_limit },
  { "padding-zero", "R-PDU-005", RULE_BOTH, RULE_OURS, 0, "padding is sent as 0", padding_zero },
  { "header-digest", "R-DIG-001 R-DIG-003 R-KEY-007", RULE_BOTH, RULE_ALWAYS, 0,
    "an agreed header digest stands behind every header", header_digest },
  { "data-digest", "R-DIG-001 R-DIG-003 R-KEY-007", RULE_BOTH, RULE_ALWAYS, 0,
    "an agreed data digest stands behind every data segment", data_digest },
  { "level-2-only", "R-R7144-004 R-R7144-006", RULE_BOTH, RULE_ALWAYS,
    ON (SCSI_COMMAND) | ON (SCSI_RESPONSE), "fields of RFC 7144 are 0 below iSCSIProtocolLevel 2",
    level2_only },
};

const RuleFamily referee_format_rules = { "format", rules, G_N_ELEMENTS (rules) };
