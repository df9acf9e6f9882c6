/* SPDX-License-Identifier: Apache-2.0 */
/* commands.h - what task.c, commands.c and the files of the commands share, and nobody else includes */
#pragma once

#include "target-sim/scsi/task.h"

typedef enum ScsiCommandFlags {
  SCSI_NEEDS_LUN = 0,
  SCSI_ANY_LUN = 1 << 0, /* answers for a unit that is not there, too; task->lun may be NULL */
  SCSI_IGNORES_UNIT_ATTENTION =
      1 << 1,               /* SPC-4 5.14: reports none as CHECK CONDITION and clears none */
  SCSI_WRITES = 1 << 2,     /* changes the medium: not on a unit that is write protected */
  SCSI_NO_MEDIUM = 1 << 3,  /* has no use for it: runs when there is none, or it is stopped */
  SCSI_SANITIZES = 1 << 4,  /* runs after an erasure has failed */
  SCSI_FORMATS = 1 << 5,    /* runs after a format has failed */
  SCSI_NEEDS_THIN = 1 << 6, /* no command of a unit that is fully provisioned */
} ScsiCommandFlags;

/* usage: the bits of the CDB that mean something here (SPC-4 6.35.3); octet 0 and the service action are filled in.
 * check: the CDB alone; sets task->transfer_length; FALSE after scsi_task_refuse. NULL: nothing to check.
 * run: ends with scsi_task_finish, now or later. */
struct ScsiCommandRow {
  ScsiDirection direction;
  guint flags;
  ScsiAccess access;
  guint8 usage[CDB_LENGTH];
  gboolean (*check) (ScsiTask *task);
  void (*run) (ScsiTask *task);
};

const ScsiCommandRow *scsi_command_row (const guint8 cdb[CDB_LENGTH]); /* NULL: not one of ours */
gboolean scsi_opcode_is_ours (guint8 opcode); /* with some service action */
/* It is a command of this unit, too; NULL: of one that is not there. */
gboolean scsi_command_is_of (const ScsiCommandRow *row, const Lun *lun);
ScsiOp scsi_command_op (const ScsiCommandRow *row);
const ScsiCommandRow *scsi_command_row_of (ScsiOp op); /* likewise */

/* For StoreRequest.done: whose request it is. */
ScsiTask *scsi_task_of (StoreRequest *request);
void scsi_task_finish (ScsiTask *task); /* status as it is; calls done */
/* Data-in that the handler made, cut at the allocation length (which is no overflow: RFC 7143 11.4.5.1, R-RESID-008). */
void scsi_task_answer (ScsiTask *task, const guint8 *bytes, gsize length, gsize allocation_length);

/* fault.c */
gboolean scsi_fault_strikes (ScsiTask *task);
gboolean scsi_fault_holds (ScsiTask *task);
gboolean scsi_fault_let_go (ScsiTask *task); /* TRUE: it was held */

/* For commands with a parameter list: what the CDB says of its length is what it moves. */
gboolean scsi_check_parameter_list (ScsiTask *task);

/* inquiry.c */
gboolean spc_check_inquiry (ScsiTask *task);
void spc_inquiry (ScsiTask *task);

/* mode-commands.c */
gboolean spc_check_mode_sense (ScsiTask *task);
void spc_mode_sense (ScsiTask *task);
gboolean spc_check_mode_select (ScsiTask *task);
void spc_mode_select (ScsiTask *task);

/* spc-start-stop.c */
gboolean spc_check_start_stop (ScsiTask *task);
void spc_start_stop (ScsiTask *task);
gboolean spc_check_prevent_allow (ScsiTask *task);
void spc_prevent_allow (ScsiTask *task);

/* sbc-format.c */
gboolean sbc_check_format (ScsiTask *task);
void sbc_format (ScsiTask *task);

/* sbc-sanitize.c */
gboolean sbc_check_sanitize (ScsiTask *task);
void sbc_sanitize_erase (ScsiTask *task);
void sbc_sanitize_exit_failure (ScsiTask *task);
gboolean sbc_check_overwrite (ScsiTask *task);
void sbc_sanitize_overwrite (ScsiTask *task);

/* sbc-defects.c */
gboolean sbc_check_defects (ScsiTask *task);
void sbc_read_defects (ScsiTask *task);

/* spc-buffer.c */
gboolean spc_check_write_buffer (ScsiTask *task);
void spc_write_buffer (ScsiTask *task);
gboolean spc_check_read_buffer (ScsiTask *task);
void spc_read_buffer (ScsiTask *task);

/* spc-identity.c */
gboolean spc_check_report_information (ScsiTask *task);
void spc_report_information (ScsiTask *task);
gboolean spc_check_set_information (ScsiTask *task);
void spc_set_information (ScsiTask *task);
void spc_report_timestamp (ScsiTask *task);
void spc_set_timestamp (ScsiTask *task);

/* log-pages.c */
gboolean spc_check_log_sense (ScsiTask *task);
void spc_log_sense (ScsiTask *task);
void scsi_log_end (const ScsiTask *task); /* a command is over */
void scsi_log_self_test (ScsiTask *task, guint8 code, gboolean has_failed, guint64 lba);

/* spc-diagnostic.c */
gboolean spc_check_send_diagnostic (ScsiTask *task);
void spc_send_diagnostic (ScsiTask *task);
gboolean spc_check_receive_diagnostic (ScsiTask *task);
void spc_receive_diagnostic (ScsiTask *task);
/* pr-in.c */
gboolean spc_check_pr_in (ScsiTask *task);
void spc_pr_read_keys (ScsiTask *task);
void spc_pr_read_reservation (ScsiTask *task);
void spc_pr_report_capabilities (ScsiTask *task);
void spc_pr_read_full_status (ScsiTask *task);

/* pr-out.c */
gboolean spc_check_pr_out (ScsiTask *task);
void spc_pr_out (ScsiTask *task);

/* reserve-6.c */
gboolean spc_check_reserve_6 (ScsiTask *task);
void spc_reserve_6 (ScsiTask *task);
void spc_release_6 (ScsiTask *task);

/* opcodes.c */
gboolean spc_check_report_opcodes (ScsiTask *task);
void spc_report_opcodes (ScsiTask *task);
void spc_report_tmf (ScsiTask *task);

/* spc.c */
void spc_test_unit_ready (ScsiTask *task);
void spc_request_sense (ScsiTask *task);
gboolean spc_check_report_luns (ScsiTask *task);
void spc_report_luns (ScsiTask *task);

/* sbc-*.c, each its family */
#define SBC_TRANSFER_MAX_BYTES                                                                     \
  (16u * 1024 * 1024) /* of one READ or WRITE; told in the Block Limits page */

void sbc_read_capacity_10 (ScsiTask *task);
void sbc_read_capacity_16 (ScsiTask *task);

gboolean sbc_check_blocks (ScsiTask *task);
void sbc_read (ScsiTask *task);
void sbc_write_6 (ScsiTask *task);
void sbc_write (ScsiTask *task);

gboolean sbc_check_cache (ScsiTask *task);
void sbc_synchronize (ScsiTask *task);
void sbc_pre_fetch (ScsiTask *task);

gboolean sbc_check_verify (ScsiTask *task);
void sbc_verify (ScsiTask *task);
gboolean sbc_check_write_and_verify (ScsiTask *task);
void sbc_write_and_verify (ScsiTask *task);

guint8 sbc_compare_limit (const Lun *lun); /* in blocks, as the others */
gboolean sbc_check_compare (ScsiTask *task);
void sbc_compare_and_write (ScsiTask *task);

void sbc_or_write (ScsiTask *task);

guint16 sbc_atomic_limit (const Lun *lun);
gboolean sbc_check_write_atomic (ScsiTask *task);
void sbc_write_atomic (ScsiTask *task);

guint64 sbc_same_limit (const Lun *lun);
gboolean sbc_check_same (ScsiTask *task);
void sbc_write_same (ScsiTask *task);

#define SBC_UNMAP_DESCRIPTORS_MAX 256 /* told in the Block Limits page */

gboolean sbc_check_unmap (ScsiTask *task);
void sbc_unmap (ScsiTask *task);
gboolean sbc_check_lba_status (ScsiTask *task);
void sbc_get_lba_status (ScsiTask *task);
