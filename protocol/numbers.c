/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/numbers.h"

#include "world/banned.h"

#define DATA_IN_S 0x01

gboolean
pdu_uses_stat_sn (const guint8 bhs[BHS_LENGTH])
{
  const guint8 opcode = bhs_opcode (bhs);
  const PduType *type = pdu_type (opcode);
  if (type == NULL || type->is_from_initiator || opcode == OPCODE_R2T)
    return FALSE;
  if (opcode == OPCODE_DATA_IN)
    return (bhs[1] & DATA_IN_S) != 0;
  if (opcode == OPCODE_NOP_IN)
    return bhs_initiator_task_tag (bhs) != TAG_NONE;
  return opcode != OPCODE_LOGIN_RESPONSE || wire_get (bhs, 36, 0, 16) == 0;
}
