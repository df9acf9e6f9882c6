/* SPDX-License-Identifier: Apache-2.0 */
/* data.c - Data-Out, Data-In and R2T (RFC 7143 11.7, 11.8)
 *
 * That a tag is of a live task, that numbers and offsets follow each other and stay within what was negotiated, only the
 * transfer knows. An empty data segment is fine (R-DATA-039).
 */
#include "protocol/data.h"

#include "world/banned.h"

static gboolean
data_out_validate (const guint8 bhs[BHS_LENGTH], GError **error)
{
  DataOut data;
  data_out_decode (&data, bhs);
  return pdu_require_tag (bhs, error)
         && pdu_require_range (bhs, data.buffer_offset, data.data_segment_length, error);
}

/* RFC 7143 11.7.3: what does not need a SCSI Response: GOOD, CONDITION MET, INTERMEDIATE, INTERMEDIATE-CONDITION MET. */
static gboolean
status_is_good (guint8 status)
{
  return status == 0x00 || status == 0x04 || status == 0x10 || status == 0x14;
}

static gboolean
data_in_validate_status (const guint8 bhs[BHS_LENGTH], const DataIn *data, GError **error)
{
  /* RFC 7143 11.7.3, R-DATA-032 */
  if (!data->is_final)
    return pdu_refuse (bhs, error, "expected F with S, got S alone");
  /* R-DATA-030 */
  if (!status_is_good (data->status))
    return pdu_refuse (bhs, error, "expected a good status with S, got 0x%02x", data->status);
  /* RFC 7143 11.4.1 */
  if (data->overflow && data->underflow)
    return pdu_refuse (bhs, error, "expected O or U, got both");
  return TRUE;
}

/* R-DATA-034 (A comes with a TTT) is not judged: on a session of level 0 the initiator has to ignore A (R-DATA-025). */
static gboolean
data_in_validate (const guint8 bhs[BHS_LENGTH], GError **error)
{
  DataIn data;
  data_in_decode (&data, bhs);
  if (!pdu_require_tag (bhs, error)
      || !pdu_require_range (bhs, data.buffer_offset, data.data_segment_length, error))
    return FALSE;
  return data.has_status ? data_in_validate_status (bhs, &data, error) : TRUE;
}

static gboolean
r2t_validate (const guint8 bhs[BHS_LENGTH], GError **error)
{
  R2t r2t;
  r2t_decode (&r2t, bhs);
  /* RFC 7143 11.8.1, R-DATA-052 */
  if (!pdu_require_tag (bhs, error) || !pdu_require_no_data (bhs, error))
    return FALSE;
  /* RFC 7143 11.8.5, R-DATA-050 */
  if (r2t.target_transfer_tag == TAG_NONE)
    return pdu_refuse (bhs, error, "expected a TTT, got 0x%x", TAG_NONE);
  /* RFC 7143 11.8.4, R-DATA-049 */
  if (r2t.desired_length == 0)
    return pdu_refuse (bhs, error, "expected a DesiredDataTransferLength above 0, got 0");
  return pdu_require_range (bhs, r2t.buffer_offset, r2t.desired_length, error);
}

PDU_DEFINE (DataOut, data_out, DATA_OUT_FIELDS, OPCODE_DATA_OUT, TRUE)
PDU_DEFINE (DataIn, data_in, DATA_IN_FIELDS, OPCODE_DATA_IN, FALSE)
PDU_DEFINE (R2t, r2t, R2T_FIELDS, OPCODE_R2T, FALSE)
