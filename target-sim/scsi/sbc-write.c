/* SPDX-License-Identifier: Apache-2.0 */
/* sbc-write.c - WRITE(6), (10), (12), (16) and WRITE ATOMIC(16)
 *
 * A write may bring less than it says, when the initiator expected to move less (RFC 7143 11.4.5.1: overflow). The whole blocks
 * that came are written, and nothing else is touched. An atomic one is done as a whole or not at all: it is one request of the
 * store, with nobody else at its blocks.
 */
#include "target-sim/scsi/sbc.h"

#include "world/banned.h"

#define ATOMIC_BOUNDARY_OCTET 10

static void
write_begin (ScsiTask *task)
{
  sbc_write_step (task, sbc_out_done);
}

static void
write_what_came (ScsiTask *task, gboolean is_atomic)
{
  const guint64 length = sbc_came (task);
  if (length == 0) {
    scsi_task_finish (task);
    return;
  }
  payload_append_part (&task->request.bytes, &task->data_out, 0, length);
  task->request.length_bytes = length;
  sbc_begin (task, is_atomic, write_begin);
}

/* In place of FUA it has a bit of the LBA. */
void
sbc_write_6 (ScsiTask *task)
{
  write_what_came (task, FALSE);
}

void
sbc_write (ScsiTask *task)
{
  task->request.is_durable = (task->cdb[1] & SBC_FUA) != 0;
  write_what_came (task, FALSE);
}

/* A TRANSFER LENGTH of 16 bits. */
guint16
sbc_atomic_limit (const Lun *lun)
{
  return (guint16) MIN (G_MAXUINT16, sbc_transfer_limit (lun));
}

/* SBC-4 5.48: a MAXIMUM ATOMIC BOUNDARY SIZE of 0 leaves ATOMIC BOUNDARY no value but 0. */
gboolean
sbc_check_write_atomic (ScsiTask *task)
{
  if (wire_load (task->cdb + ATOMIC_BOUNDARY_OCTET, 2) != 0)
    return scsi_task_refuse_field (task, ATOMIC_BOUNDARY_OCTET, 7);
  return sbc_check_at_most (task, sbc_atomic_limit (task->lun)) && sbc_check_offered (task);
}

void
sbc_write_atomic (ScsiTask *task)
{
  task->request.is_durable = (task->cdb[1] & SBC_FUA) != 0;
  write_what_came (task, TRUE);
}
