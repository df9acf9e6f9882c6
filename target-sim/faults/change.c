/* SPDX-License-Identifier: Apache-2.0 */
/* change.c - PDUs made from PDUs: fields, octets, lengths, text
 *
 * Bytes in flight are never written to: each change is a new PDU in a buffer of its own. Only what the act names differs; where a
 * data segment gets another length, DataSegmentLength and the padding follow it, so that the PDU stays a frame. (An act that
 * shall tear the frame says so: truncate, overwrite of a length.)
 */
#include "target-sim/faults/plan-internal.h"

#include "protocol/login.h"
#include "protocol/numbers.h"
#include "protocol/reject.h"
#include "protocol/text.h"

#include "world/banned.h"

#define OPCODE_MASK    0x3fu
#define OPCODE_UNKNOWN 0x1du /* of an initiator; with 20h of a target: no table has them */
#define OPCODE_TARGET  0x20u
#define BAD_PADDING    0xffu
#define LOGIN_C        0x40u
#define LOGIN_T        0x80u

/* ---- bytes ---- */

static Buffer *
pdu_copy (const Payload *pdu)
{
  Buffer *buffer = buffer_new (pdu->length);
  payload_copy_out (pdu, 0, buffer->bytes, pdu->length);
  return buffer;
}

static Payload
payload_of_buffer (Buffer *buffer /* transfer full */)
{
  return payload_of (slice_whole (buffer));
}

static gsize
data_begins (const guint8 bhs[BHS_LENGTH])
{
  return BHS_LENGTH + bhs_ahs_length (bhs);
}

/* Header and AHS of `bhs`, another data segment, its padding. */
static Payload
pdu_with_data (const guint8 *head, gsize head_length, const void *data, gsize length)
{
  Buffer *buffer = buffer_new (head_length + (length + 3) / 4 * 4);
  memset (buffer->bytes, 0, buffer->size);
  memcpy (buffer->bytes, head, head_length);
  wire_set (buffer->bytes, 5, 0, 24, length);
  if (length > 0)
    memcpy (buffer->bytes + head_length, data, length);
  return payload_of_buffer (buffer);
}

/* ---- fields and octets ---- */

static Payload
change_fields (const PlanRule *self, const Payload *pdu)
{
  const FaultRule *rule = &self->rule;
  Buffer *buffer = pdu_copy (pdu);
  guint8 *bhs = buffer->bytes;
  for (guint i = 0; i < rule->set_count; i++) {
    const PduField *field = self->set[i];
    wire_set (bhs, field->byte, field->shift, field->bits, rule->set[i].value);
  }
  for (guint i = 0; i < rule->add_count; i++) {
    const PduField *field = self->add[i];
    const guint64 value = wire_get (bhs, field->byte, field->shift, field->bits);
    wire_set (bhs, field->byte, field->shift, field->bits, value + rule->add[i].value);
  }
  const gsize room = rule->offset < buffer->size ? buffer->size - rule->offset : 0;
  if (room > 0 && rule->octet_count > 0)
    memcpy (buffer->bytes + rule->offset, rule->octets, MIN (room, rule->octet_count));
  return payload_of_buffer (buffer);
}

static Payload
change_padding (const PlanRule *self, const Payload *pdu)
{
  Buffer *buffer = pdu_copy (pdu);
  const gsize end = data_begins (buffer->bytes) + bhs_data_segment_length (buffer->bytes);
  memset (buffer->bytes + end, BAD_PADDING, buffer->size - end);
  return payload_of_buffer (buffer);
}

static Payload
change_opcode (const PlanRule *self, const Payload *pdu)
{
  Buffer *buffer = pdu_copy (pdu);
  guint8 *first = buffer->bytes;
  *first = (guint8) ((*first & ~OPCODE_MASK) | (*first & OPCODE_TARGET) | OPCODE_UNKNOWN);
  return payload_of_buffer (buffer);
}

/* ---- lengths ---- */

static Payload
change_truncate (const PlanRule *self, const Payload *pdu)
{
  Payload part = PAYLOAD_EMPTY;
  payload_append_part (&part, pdu, 0, MIN (pdu->length, self->rule.cut_bytes));
  return part;
}

static Payload
change_shorten (const PlanRule *self, const Payload *pdu)
{
  g_autoptr (Buffer) whole = pdu_copy (pdu);
  const gsize begin = data_begins (whole->bytes);
  const gsize length = MIN (bhs_data_segment_length (whole->bytes), self->rule.cut_bytes);
  return pdu_with_data (whole->bytes, begin, whole->bytes + begin, length);
}

/* ---- text ---- */

/* One pair of a segment, which may lack its last NUL. */
typedef struct TextPart {
  const char *bytes;
  gsize length; /* NUL included */
} TextPart;

static gboolean
text_next (const char *bytes, gsize length, gsize *at, TextPart *ret_part)
{
  if (*at >= length)
    return FALSE;
  const char *end = memchr (bytes + *at, '\0', length - *at);
  ret_part->bytes = bytes + *at;
  ret_part->length = end != NULL ? (gsize) (end - ret_part->bytes) + 1 : length - *at;
  *at += ret_part->length;
  return TRUE;
}

static gboolean
part_is_of_key (const TextPart *part, const char *key)
{
  const gsize length = strlen (key);
  return part->length > length && memcmp (part->bytes, key, length) == 0
         && part->bytes[length] == '=';
}

/* What becomes of a pair of the rule's key. */
static void
text_put (const FaultRule *rule, const TextPart *part, GString *out)
{
  if (rule->act == FAULT_ACT_REPLACE_VALUE)
    text_write (out, rule->key, rule->value);
  if (rule->act != FAULT_ACT_REPEAT_KEY)
    return;
  g_string_append_len (out, part->bytes, (gssize) part->length);
  g_string_append_len (out, part->bytes, (gssize) part->length);
}

static Payload
change_text (const PlanRule *self, const Payload *pdu)
{
  g_autoptr (Buffer) whole = pdu_copy (pdu);
  g_autoptr (GString) text = g_string_new (NULL);
  const gsize begin = data_begins (whole->bytes);
  const char *bytes = (const char *) whole->bytes + begin;
  TextPart part;
  for (gsize at = 0; text_next (bytes, bhs_data_segment_length (whole->bytes), &at, &part);)
    if (part_is_of_key (&part, self->rule.key) && self->rule.act != FAULT_ACT_ADD_KEY)
      text_put (&self->rule, &part, text);
    else
      g_string_append_len (text, part.bytes, (gssize) part.length);
  if (self->rule.act == FAULT_ACT_ADD_KEY)
    text_write (text, self->rule.key, self->rule.value);
  return pdu_with_data (whole->bytes, begin, text->str, text->len);
}

gboolean
change_has_key (const Payload *pdu, const char *key)
{
  g_autoptr (Buffer) whole = pdu_copy (pdu);
  const char *bytes = (const char *) whole->bytes + data_begins (whole->bytes);
  TextPart part;
  for (gsize at = 0; text_next (bytes, bhs_data_segment_length (whole->bytes), &at, &part);)
    if (part_is_of_key (&part, key))
      return TRUE;
  return FALSE;
}

static void
header_add (guint8 *bhs, const char *name, guint32 more)
{
  const PduType *type = pdu_type (bhs_opcode (bhs));
  const PduField *field = type != NULL ? pdu_field (type, name) : NULL;
  if (field != NULL)
    wire_set (bhs, field->byte, field->shift, field->bits,
              wire_get (bhs, field->byte, field->shift, field->bits) + more);
}

/* RFC 7143 6.2: the first part has C and not T, and the other side answers it with nothing. */
Payload
change_split (const Payload *pdu, guint64 bytes, Payload *ret_rest)
{
  g_autoptr (Buffer) whole = pdu_copy (pdu);
  const gsize begin = data_begins (whole->bytes);
  const gsize length = bhs_data_segment_length (whole->bytes);
  const gsize first = MIN (length, bytes);
  g_autofree guint8 *head = g_memdup2 (whole->bytes, begin);
  header_add (head, "StatSN", 1);
  header_add (head, "ExpStatSN", 1);
  *ret_rest = pdu_with_data (head, begin, whole->bytes + begin + first, length - first);
  whole->bytes[1] = (guint8) ((whole->bytes[1] & ~LOGIN_T & ~3u) | LOGIN_C);
  return pdu_with_data (whole->bytes, begin, whole->bytes + begin, first);
}

/* ---- the table ---- */

static const struct {
  FaultAct act;
  Payload (*change) (const PlanRule *self, const Payload *pdu);
} changes[] = {
  { FAULT_ACT_OVERWRITE, change_fields },      { FAULT_ACT_BAD_PADDING, change_padding },
  { FAULT_ACT_UNKNOWN_OPCODE, change_opcode }, { FAULT_ACT_TRUNCATE, change_truncate },
  { FAULT_ACT_SHORTEN, change_shorten },       { FAULT_ACT_DROP_KEY, change_text },
  { FAULT_ACT_REPEAT_KEY, change_text },       { FAULT_ACT_REPLACE_VALUE, change_text },
  { FAULT_ACT_ADD_KEY, change_text },
};

Payload
change_pdu (const PlanRule *self, const Payload *pdu)
{
  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    if (changes[i].act == self->rule.act)
      return changes[i].change (self, pdu);
  CHECK_THAT (!"an act that changes a PDU");
  return PAYLOAD_EMPTY;
}

/* ---- numbers ---- */

/* A status that we have put in is one that the target never sent: to the initiator its numbers rise, and what the initiator
 * acknowledges falls. */
Payload
change_number (const Payload *pdu, gboolean is_to_target, guint32 stat_shift)
{
  guint8 bhs[BHS_LENGTH];
  payload_copy_out (pdu, 0, bhs, BHS_LENGTH);
  const gboolean has_number = bhs_opcode (bhs) != OPCODE_DATA_IN || pdu_uses_stat_sn (bhs);
  if (is_to_target)
    header_add (bhs, "ExpStatSN", -stat_shift);
  else if (has_number)
    header_add (bhs, "StatSN", stat_shift);
  Payload changed = payload_of (slice_copy (bhs, BHS_LENGTH));
  payload_append_part (&changed, pdu, BHS_LENGTH, pdu->length - BHS_LENGTH);
  return changed;
}

/* ---- from nothing ---- */

/* Where both have a field of this name and the insert leaves it open, it is the other PDU's. */
Payload
change_make_insert (const FaultInsert *insert, const guint8 like[BHS_LENGTH])
{
  static const char *const open[] = { "ITT",      "LUN",      "CmdSN",  "ExpStatSN", "StatSN",
                                      "ExpCmdSN", "MaxCmdSN", "DataSN", "ISID",      "CID" };
  const PduType *to = pdu_type (bhs_opcode (insert->bhs));
  const PduType *from = pdu_type (bhs_opcode (like));
  guint8 bhs[BHS_LENGTH];
  memcpy (bhs, insert->bhs, BHS_LENGTH);
  for (guint i = 0; to != NULL && from != NULL && i < G_N_ELEMENTS (open); i++) {
    const PduField *mine = pdu_field (to, open[i]);
    const PduField *its = pdu_field (from, open[i]);
    if (mine != NULL && its != NULL && !g_strv_contains (insert->given, open[i]))
      wire_set (bhs, mine->byte, mine->shift, mine->bits,
                wire_get (like, its->byte, its->shift, its->bits));
  }
  return pdu_with_data (bhs, BHS_LENGTH, insert->data, insert->length);
}

Payload
change_make_login_status (const FaultRule *rule, const guint8 bhs[BHS_LENGTH])
{
  LoginRequest request;
  login_request_decode (&request, bhs);
  const LoginResponse response = { .current_stage = request.current_stage,
                                   .isid = request.isid,
                                   .tsih = request.tsih,
                                   .initiator_task_tag = request.initiator_task_tag,
                                   .exp_cmd_sn = request.cmd_sn,
                                   .max_cmd_sn = request.cmd_sn,
                                   .status = rule->status };
  guint8 out[BHS_LENGTH];
  login_response_encode (&response, out);
  g_autoptr (GString) text = g_string_new (NULL);
  if (rule->address != NULL)
    text_write (text, "TargetAddress", rule->address);
  return pdu_with_data (out, BHS_LENGTH, text->str, text->len);
}

/* RFC 7143 11.17, R-REJ-016..018 */
Payload
change_make_reject (guint8 reason, const Tap *tap, const guint8 request[BHS_LENGTH])
{
  const Reject reject = { .is_final = 1,
                          .reason = reason,
                          .initiator_task_tag = TAG_NONE,
                          .stat_sn = tap->next_stat_sn,
                          .exp_cmd_sn = tap->exp_cmd_sn,
                          .max_cmd_sn = tap->max_cmd_sn };
  guint8 out[BHS_LENGTH];
  reject_encode (&reject, out);
  return pdu_with_data (out, BHS_LENGTH, request, BHS_LENGTH);
}
