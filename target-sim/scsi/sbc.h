/* SPDX-License-Identifier: Apache-2.0 */
/* sbc.h - what the commands of a disk share; included by the files sbc-*.c and by nobody else
 *
 * A command checks its CDB (sbc_check_...), which leaves its bytes in task->request; sbc_begin takes its place in the unit's line
 * and runs its first step; each step ends with a request to the store, whose answer is the next. scsi_task_finish and
 * scsi_task_cancel give the place up.
 */
#pragma once

#include "target-sim/scsi/commands.h"

#define SBC_PROTECT 0xe0 /* in octet 1: RDPROTECT, WRPROTECT, VRPROTECT, ORPROTECT */
#define SBC_FUA     0x08 /* in octet 1 of what writes: no status before it is on the medium */

/* LBA OUT OF RANGE tells the first block that is not there (SPC-4 4.5.2.4). */
gboolean sbc_check_range (ScsiTask *task, guint64 lba, guint64 blocks);
gboolean sbc_check_protect (ScsiTask *task); /* the medium has no protection information */
/* INVALID FIELD IN CDB, the field that says how many blocks. */
gboolean sbc_refuse_blocks (ScsiTask *task);
/* All of these, and at most so many blocks. The command moves them; `request` is about them. */
gboolean sbc_check_at_most (ScsiTask *task, guint64 limit_blocks);
guint64 sbc_transfer_limit (const Lun *lun); /* in blocks */

/* For a command that is done as a whole or not at all: whose initiator has more data for it, or less, means something else. (RFC 7143
 * 11.4.5.1 leaves it to the unit whether an overflow or underflow is an error.) */
gboolean sbc_check_offered (ScsiTask *task);

/* What came of the data-out, in whole blocks, and never more than the command moves. */
guint64 sbc_came (const ScsiTask *task);

/* `step` runs when no other command is in the way; the range is task->request's, which is not empty. */
void sbc_begin (ScsiTask *task, gboolean is_exclusive, void (*step) (ScsiTask *task));

/* For `done`: FALSE after MEDIUM ERROR, status is set and the task finished. */
gboolean sbc_read_went_well (ScsiTask *task, StoreResult result);
void sbc_read_step (ScsiTask *task, void (*done) (StoreRequest *request, StoreResult result));
/* Writes request.bytes, then `done`; sbc_out_done finishes. */
void sbc_write_step (ScsiTask *task, void (*done) (StoreRequest *request, StoreResult result));
/* Finishes; what went wrong is a WRITE ERROR, or no room. */
void sbc_out_done (StoreRequest *request, StoreResult result);
gboolean sbc_out_went_well (ScsiTask *task, StoreResult result);

/* The first `length` bytes of data-out, over again after each `period`, against those in request.bytes. FALSE: MISCOMPARE,
 * status is set, with the offset of the first byte that differs. */
gboolean sbc_compare (ScsiTask *task, gsize length, gsize period);
