/* SPDX-License-Identifier: Apache-2.0 */
/* sbc-defects.c - READ DEFECT DATA(10) and (12) (SBC-3 5.15, 5.16)
 *
 * The medium has no defects: each list is empty, in whatever format it is asked for. The two commands differ in where the request
 * stands, and in the length of their header.
 */
#include "target-sim/scsi/commands.h"

#include "world/banned.h"

#define DEFECT_LISTS      0x18 /* REQ_PLIST, REQ_GLIST: told back as PLISTV, GLISTV */
#define DEFECT_FORMAT     0x07
#define DEFECT_FORMAT_BAD 0x07 /* the one format that is reserved */

static gboolean
defects_is_short (const ScsiTask *task)
{
  return scsi_op_info (SCSI_OP_READ_DEFECT_DATA_10)->opcode == task->cdb[0];
}

static guint
defects_octet (const ScsiTask *task)
{
  return defects_is_short (task) ? 2 : 1;
}

gboolean
sbc_check_defects (ScsiTask *task)
{
  const guint octet = defects_octet (task);
  return (task->cdb[octet] & DEFECT_FORMAT) != DEFECT_FORMAT_BAD
         || scsi_task_refuse_field (task, (guint16) octet, 2);
}

void
sbc_read_defects (ScsiTask *task)
{
  const guint8 request = task->cdb[defects_octet (task)];
  guint8 header[8] = { [1] = request & (DEFECT_LISTS | DEFECT_FORMAT) };
  scsi_task_answer (task, header, defects_is_short (task) ? 4 : 8,
                    cdb_allocation_length (task->cdb));
}
