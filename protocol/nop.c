/* SPDX-License-Identifier: Apache-2.0 */
/* nop.c - NOP-Out and NOP-In (RFC 7143 11.18, 11.19)
 *
 * The tags say what a NOP is: ITT a ping of the initiator or its answer, TTT a ping of the target or its answer, neither a
 * carrier of numbers.
 */
#include "protocol/nop.h"

#include "world/banned.h"

static gboolean
nop_out_validate (const guint8 bhs[BHS_LENGTH], GError **error)
{
  NopOut nop;
  nop_out_decode (&nop, bhs);
  /* RFC 7143 11.18.1, R-NOP-005: without a tag nothing would answer for its CmdSN. */
  if (nop.initiator_task_tag == TAG_NONE && !nop.immediate)
    return pdu_refuse (bhs, error, "expected I with ITT 0x%x, got I=0", TAG_NONE);
  return TRUE;
}

static gboolean
nop_in_validate (const guint8 bhs[BHS_LENGTH], GError **error)
{
  NopIn nop;
  nop_in_decode (&nop, bhs);
  /* RFC 7143 11.19, R-NOP-013 */
  if (nop.initiator_task_tag == TAG_NONE)
    return pdu_require_no_data (bhs, error);
  /* RFC 7143 7.7, 11.19.1, R-NOP-011, R-PDU-031 */
  if (nop.target_transfer_tag != TAG_NONE)
    return pdu_refuse (bhs, error, "expected an ITT or a TTT, got both");
  return TRUE;
}

PDU_DEFINE (NopOut, nop_out, NOP_OUT_FIELDS, OPCODE_NOP_OUT, TRUE)
PDU_DEFINE (NopIn, nop_in, NOP_IN_FIELDS, OPCODE_NOP_IN, FALSE)
