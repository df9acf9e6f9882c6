/* SPDX-License-Identifier: Apache-2.0 */
/* scsi-command.c - SCSI Command and SCSI Response (RFC 7143 11.3, 11.4) */
#include "protocol/scsi/scsi.h"

#include "world/banned.h"

#define ATTRIBUTE_MAX      4 /* ACA; 5 to 7 are reserved */
#define RESPONSE_COMPLETED 0x00

/* The direction and the end of what follows. RFC 7143 11.3.1, 11.3.4 */
static gboolean
scsi_command_validate_transfer (const guint8 bhs[BHS_LENGTH], const ScsiCommand *command,
                                GError **error)
{
  /* R-DATA-012 */
  if (!command->writes && !command->is_final)
    return pdu_refuse (bhs, error, "expected W or F, got neither");
  /* R-DATA-013 */
  if (!command->reads && !command->writes && command->expected_length != 0)
    return pdu_refuse (bhs, error, "expected R or W with a transfer of %u bytes, got neither",
                       command->expected_length);
  /* R-DATA-018: the length of the read half is in an AHS. */
  if (command->reads && command->writes && command->total_ahs_length == 0)
    return pdu_refuse (bhs, error, "expected an AHS with R and W, got none");
  /* R-DATA-016 */
  if (command->writes && !command->is_final
      && command->data_segment_length == command->expected_length)
    return pdu_refuse (bhs, error, "expected F with all %u bytes at once, got more to come",
                       command->expected_length);
  return TRUE;
}

static gboolean
scsi_command_validate (const guint8 bhs[BHS_LENGTH], GError **error)
{
  ScsiCommand command;
  scsi_command_decode (&command, bhs);
  if (!pdu_require_tag (bhs, error))
    return FALSE;
  /* R-DATA-015 */
  if (command.attributes > ATTRIBUTE_MAX)
    return pdu_refuse (bhs, error, "expected ATTR 0 to %u, got %u", ATTRIBUTE_MAX,
                       command.attributes);
  return scsi_command_validate_transfer (bhs, &command, error);
}

static gboolean
scsi_response_validate (const guint8 bhs[BHS_LENGTH], GError **error)
{
  ScsiResponse response;
  scsi_response_decode (&response, bhs);
  if (!pdu_require_tag (bhs, error))
    return FALSE;
  /* RFC 7143 11.4.3, R-PDU-021: status and flags mean nothing then, and are not looked at. */
  if (response.response != RESPONSE_COMPLETED)
    return TRUE;
  /* RFC 7143 11.4.1 */
  if (response.overflow && response.underflow)
    return pdu_refuse (bhs, error, "expected O or U, got both");
  if (response.bidi_overflow && response.bidi_underflow)
    return pdu_refuse (bhs, error, "expected o or u, got both");
  /* RFC 7143 7.7, 11.4.7, R-PDU-024, R-PDU-031 */
  if (response.status == SCSI_CHECK_CONDITION && response.data_segment_length == 0)
    return pdu_refuse (bhs, error, "expected sense data with CHECK CONDITION, got none");
  return TRUE;
}

PDU_DEFINE (ScsiCommand, scsi_command, SCSI_COMMAND_FIELDS, OPCODE_SCSI_COMMAND, TRUE)
PDU_DEFINE (ScsiResponse, scsi_response, SCSI_RESPONSE_FIELDS, OPCODE_SCSI_RESPONSE, FALSE)

void
scsi_command_set_cdb (ScsiCommand *self, const guint8 cdb[CDB_LENGTH])
{
  self->cdb_high = wire_load (cdb, 8);
  self->cdb_low = wire_load (cdb + 8, 8);
}

void
scsi_command_get_cdb (const ScsiCommand *self, guint8 ret_cdb[CDB_LENGTH])
{
  wire_store (ret_cdb, 8, self->cdb_high);
  wire_store (ret_cdb + 8, 8, self->cdb_low);
}
