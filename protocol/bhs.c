/* SPDX-License-Identifier: Apache-2.0 */
/* bhs.c - what is common to all headers: names, the table of PDU types and the first checks
 *
 * Method: everything is found by opcode in constant tables; what one family means by its fields is in that family's file.
 * Opcodes that have a name but no table here are ones that neither engine speaks: they print as octets and do not validate.
 */
#include "protocol/async.h"
#include "protocol/data.h"
#include "protocol/login.h"
#include "protocol/logout.h"
#include "protocol/nop.h"
#include "protocol/reject.h"
#include "protocol/scsi-command.h"
#include "protocol/snack.h"
#include "protocol/text-pdu.h"
#include "protocol/tmf.h"

#include "world/banned.h"

#define OPCODE_LIMIT 64 /* six bits */

G_DEFINE_QUARK (iscsilab_protocol_error, protocol_error)

static const char *const opcode_names[OPCODE_LIMIT] = {
#define OPCODE(name, value, text) [value] = text,
  OPCODES (OPCODE)
#undef OPCODE
};

static const PduType *const types[OPCODE_LIMIT] = {
  [OPCODE_TMF_REQUEST] = &tmf_request_type,
  [OPCODE_TMF_RESPONSE] = &tmf_response_type,
  [OPCODE_TEXT_REQUEST] = &text_request_type,
  [OPCODE_TEXT_RESPONSE] = &text_response_type,
  [OPCODE_ASYNC_MESSAGE] = &async_message_type,
  [OPCODE_SNACK_REQUEST] = &snack_request_type,
  [OPCODE_NOP_OUT] = &nop_out_type,
  [OPCODE_SCSI_COMMAND] = &scsi_command_type,
  [OPCODE_LOGIN_REQUEST] = &login_request_type,
  [OPCODE_DATA_OUT] = &data_out_type,
  [OPCODE_LOGOUT_REQUEST] = &logout_request_type,
  [OPCODE_NOP_IN] = &nop_in_type,
  [OPCODE_SCSI_RESPONSE] = &scsi_response_type,
  [OPCODE_LOGIN_RESPONSE] = &login_response_type,
  [OPCODE_DATA_IN] = &data_in_type,
  [OPCODE_LOGOUT_RESPONSE] = &logout_response_type,
  [OPCODE_R2T] = &r2t_type,
  [OPCODE_REJECT] = &reject_type,
};

const char *
opcode_name (guint64 opcode)
{
  const char *name = opcode < OPCODE_LIMIT ? opcode_names[opcode] : NULL;
  return name != NULL ? name : "reserved";
}

const PduType *
pdu_type (guint8 opcode)
{
  return opcode < OPCODE_LIMIT ? types[opcode] : NULL;
}

const PduField *
pdu_field (const PduType *type, const char *name)
{
  for (guint i = 0; i < type->field_count; i++)
    if (strcmp (type->fields[i].name, name) == 0)
      return &type->fields[i];
  return NULL;
}

void
wire_set (guint8 *bytes, guint byte, guint shift, guint bits, guint64 value)
{
  const guint octets = (shift + bits + 7) / 8;
  const guint64 mask = wire_mask (bits) << shift;
  CHECK_THAT (bits > 0 && shift + bits <= 64);
  wire_store (bytes + byte, octets,
              (wire_load (bytes + byte, octets) & ~mask) | (value << shift & mask));
}

/* ---- checks ---- */

gboolean
pdu_refuse (const guint8 bhs[BHS_LENGTH], GError **error, const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  g_autofree char *what = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error, PROTOCOL_ERROR, PROTOCOL_ERROR_FORMAT, "'%s': %s",
               opcode_name (bhs_opcode (bhs)), what);
  return FALSE;
}

gboolean
pdu_require_tag (const guint8 bhs[BHS_LENGTH], GError **error)
{
  if (bhs_initiator_task_tag (bhs) == TAG_NONE)
    return pdu_refuse (bhs, error, "expected the ITT of a task, got 0x%x", TAG_NONE);
  return TRUE;
}

gboolean
pdu_require_no_data (const guint8 bhs[BHS_LENGTH], GError **error)
{
  const guint32 length = bhs_data_segment_length (bhs);
  if (length != 0)
    return pdu_refuse (bhs, error, "expected no data segment, got %u bytes", length);
  return TRUE;
}

/* R-DATA-037: all of a transfer lies within an expected length of 32 bits. */
gboolean
pdu_require_range (const guint8 bhs[BHS_LENGTH], guint32 offset, guint32 length, GError **error)
{
  if (length > G_MAXUINT32 - offset)
    return pdu_refuse (bhs, error, "expected an end below 2^32, got offset %u and length %u",
                       offset, length);
  return TRUE;
}

gboolean
pdu_validate (const guint8 bhs[BHS_LENGTH], GError **error)
{
  const guint8 opcode = bhs_opcode (bhs);
  const PduType *type = pdu_type (opcode);
  if (type == NULL) {
    g_set_error (error, PROTOCOL_ERROR, PROTOCOL_ERROR_UNKNOWN,
                 "opcode 0x%02x: expected one that is spoken here, got '%s'", opcode,
                 opcode_name (opcode));
    return FALSE;
  }
  /* RFC 7143 11.2.1.5, R-PDU-006, R-PDU-009: both kinds of AHS belong to a SCSI Command. */
  if (opcode != OPCODE_SCSI_COMMAND && bhs_ahs_length (bhs) != 0)
    return pdu_refuse (bhs, error, "expected TotalAHSLength 0, got %u", bhs[4]);
  return type->validate (bhs, error);
}
