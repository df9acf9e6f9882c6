/* SPDX-License-Identifier: Apache-2.0 */
/* print.c - a PDU as one line of text: every field of its table, codes with their names, additional header segments
 *
 * A code's name stands behind its number, "Status=0x2 (CHECK CONDITION)": the number is what was on the wire, the name is only
 * what our tables make of it. A field that another one makes meaningless has no name.
 */
#include "protocol/ahs.h"
#include "protocol/async.h"
#include "protocol/login.h"
#include "protocol/reject.h"
#include "protocol/scsi/scsi.h"
#include "protocol/tmf.h"

#include "world/banned.h"

/* By what is in the first half: opcode and service action. */
static const char *
cdb_name (guint64 high)
{
  guint8 cdb[CDB_LENGTH] = { 0 };
  wire_store (cdb, 8, high);
  return scsi_cdb_name (cdb);
}

static const struct {
  Opcode opcode;
  const char *field;
  const char *only_if; /* a field that must be set, or NULL */
  const char *(*name) (guint64 value);
} names[] = {
  { OPCODE_SCSI_COMMAND, "CDB", NULL, cdb_name },
  { OPCODE_SCSI_RESPONSE, "Status", NULL, scsi_status_name },
  { OPCODE_DATA_IN, "Status", "S", scsi_status_name },
  { OPCODE_LOGIN_RESPONSE, "Status", NULL, login_status_name },
  { OPCODE_TMF_REQUEST, "Function", NULL, tmf_function_name },
  { OPCODE_TMF_RESPONSE, "Response", NULL, tmf_answer_name },
  { OPCODE_ASYNC_MESSAGE, "AsyncEvent", NULL, async_event_name },
  { OPCODE_REJECT, "Reason", NULL, reject_reason_name },
};

static guint64
field_get (const guint8 bhs[BHS_LENGTH], const PduField *field)
{
  return wire_get (bhs, field->byte, field->shift, field->bits);
}

static gboolean
is_set (const PduType *type, const guint8 bhs[BHS_LENGTH], const char *name)
{
  return name == NULL || field_get (bhs, pdu_field (type, name)) != 0;
}

static const char *
value_name (const PduType *type, const guint8 bhs[BHS_LENGTH], const PduField *field)
{
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (names[i].opcode == type->opcode && strcmp (names[i].field, field->name) == 0)
      return is_set (type, bhs, names[i].only_if) ? names[i].name (field_get (bhs, field)) : NULL;
  return NULL;
}

static void
field_print (const PduType *type, const guint8 bhs[BHS_LENGTH], const PduField *field, GString *out)
{
  const guint64 value = field_get (bhs, field);
  const char *name = value_name (type, bhs, field);
  switch (field->format) {
  case PDU_DEC:
  case PDU_FLAG:
    g_string_append_printf (out, " %s=%" G_GUINT64_FORMAT, field->name, value);
    break;
  case PDU_HEX:
    g_string_append_printf (out, " %s=0x%" G_GINT64_MODIFIER "x", field->name, value);
    break;
  }
  if (name != NULL)
    g_string_append_printf (out, " (%s)", name);
}

void
pdu_print (const guint8 bhs[BHS_LENGTH], GString *out)
{
  const PduType *type = pdu_type (bhs_opcode (bhs));
  g_string_append (out, opcode_name (bhs_opcode (bhs)));
  if (type != NULL) {
    for (guint i = 0; i < type->field_count; i++)
      field_print (type, bhs, &type->fields[i], out);
    return;
  }
  g_string_append (out, " octets=");
  for (guint i = 0; i < BHS_LENGTH; i++)
    g_string_append_printf (out, "%02x", bhs[i]);
}

void
pdu_print_ahs (const guint8 bhs[BHS_LENGTH], const guint8 *ahs, guint length, GString *out)
{
  pdu_print (bhs, out);
  if (length > 0)
    ahs_print (ahs, length, out);
}
