/* SPDX-License-Identifier: Apache-2.0 */
/* task.h - one SCSI command at the device server
 *
 * The transport makes a ScsiTask where it keeps its own state, then asks in two steps, as SAM's data-out service does:
 *
 *   scsi_task_prepare: the CDB is checked; task->transfer_length and task->direction say what the command moves. FALSE: the
 *                      command is over already, status and sense are set.
 *   scsi_task_start:   the data-out, if any, is in task->data_out. done() comes once, possibly before the call returns.
 *
 * scsi_task_cancel ends a task whose initiator is gone: no callback after it. Everything that a task holds is let go by
 * scsi_task_clear.
 */
#pragma once

#include "target-sim/scsi/nexus.h"

typedef struct ScsiCommandRow ScsiCommandRow;

typedef enum ScsiDirection { SCSI_NO_DATA, SCSI_DATA_IN, SCSI_DATA_OUT } ScsiDirection;

struct ScsiTask {
  guint32 magic; /* SCSI_TASK_MAGIC */
  ScsiNexus *nexus;
  guint64 lun_field; /* as it came */
  guint8 cdb[CDB_LENGTH];
  guint cdb_length; /* CDB_LENGTH; more if there was an Extended CDB, of which nothing is kept */
  guint64
      offered_length; /* of the transport, set before scsi_task_prepare: so much data-out the initiator has for it */
  Payload data_out; /* of the transport, set before scsi_task_start */
  void (*done) (gpointer owner, ScsiTask *task);
  gpointer owner;

  /* What the device server says. transfer_length: SPDTL, what the command moves, whatever the initiator expected. */
  ScsiDirection direction;
  guint64 transfer_length;
  guint8 status; /* ScsiStatus */
  Sense sense;
  Payload data_in;

  /* The device server's own. */
  const ScsiCommandRow *row;
  Lun *lun;
  gboolean is_running; /* the store has the request, or a fault holds it */
  gboolean is_stuck;   /* fault.c: no status, ever */
  gint64 hold_ns;      /* no status before; 0: at once */
  Timer *hold;         /* NULL: not held, by a fault or by one who is at its blocks */
  StoreRequest request;
  BlockRange range;              /* its place in the unit's line */
  void (*step) (ScsiTask *task); /* when its turn has come */
  guint progress;                /* how many parts of it are done */
};

#define SCSI_TASK_MAGIC 0x7A5C0001u

void scsi_task_init (ScsiTask *task, ScsiNexus *nexus, guint64 lun_field,
                     const guint8 cdb[CDB_LENGTH], void (*done) (gpointer owner, ScsiTask *task),
                     gpointer owner);
gboolean scsi_task_prepare (ScsiTask *task);
void scsi_task_start (ScsiTask *task);
void scsi_task_cancel (ScsiTask *task);
void scsi_task_clear (ScsiTask *task); /* cancelled or done */

/* What a handler, or a transport that must refuse, sets: CHECK CONDITION with this sense. Returns FALSE, for a tail call. */
gboolean scsi_task_refuse (ScsiTask *task, SenseKey key, guint16 code);
/* RESERVATION CONFLICT, likewise. */
gboolean scsi_task_conflict (ScsiTask *task);
/* INVALID FIELD IN CDB, and which: its first octet and the most significant bit there, or SENSE_NO_BIT. */
gboolean scsi_task_refuse_field (ScsiTask *task, guint16 octet, guint8 bit);
/* ILLEGAL REQUEST with this code for a field of the parameter list. */
gboolean scsi_task_refuse_parameter (ScsiTask *task, guint16 code, guint16 octet, guint8 bit);

/* The sense in the format that the unit's D_SENSE asks for; returns its length. */
guint scsi_task_encode_sense (const ScsiTask *task, guint8 ret_bytes[SENSE_MAX]);
