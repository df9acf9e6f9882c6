/* SPDX-License-Identifier: Apache-2.0 */
/* command.h - one SCSI command on its way through the target, from its PDU to its status (RFC 7143 11.3, 11.4) */
#pragma once

#include "protocol/scsi-command.h"
#include "target-sim/connection.h"
#include "target-sim/scsi/task.h"
#include "target-sim/transfer.h"

typedef struct TargetTask TargetTask;

struct TargetTask {
  guint32 magic; /* TARGET_TASK_MAGIC */
  TargetSession *session;
  guint32 itt;
  guint32 cmd_sn;         /* of its own, or, immediate, the next one's */
  guint32 read_expected;  /* what the initiator is ready to take */
  guint32 write_expected; /* what it has to give */
  gboolean is_bidirectional;
  gboolean is_immediate;
  gboolean is_delivered; /* its turn in the order of CmdSN has come */
  gboolean is_refused;   /* its status is known before any data moved */
  gboolean is_running;   /* at the device server */
  Transfer transfer;     /* data-out */
  ScsiTask scsi;
  GList link; /* in session->tasks */
  TargetTask *spare_next;
};

#define TARGET_TASK_MAGIC 0x7A26E704u

/* For the session's table of opcodes. */
gboolean command_arrive (TargetConnection *connection, const guint8 bhs[BHS_LENGTH],
                         const Payload *payload);
void command_deliver (TargetConnection *connection, const guint8 bhs[BHS_LENGTH],
                      const Payload *payload);
gboolean command_data_out (TargetConnection *connection, const guint8 bhs[BHS_LENGTH],
                           const Payload *payload);

/* A Data-Out whose data was damaged; it has been rejected. */
void command_data_out_damaged (TargetConnection *connection, const guint8 bhs[BHS_LENGTH]);

/* Ends it for another initiator: with TASK ABORTED where there is a connection to say so. */
void task_abort_aloud (TargetTask *task);
TargetTask *task_find (const TargetSession *session, guint32 itt); /* NULL: none has this tag */
/* Terminates it without an answer, if it is not over; the memory goes back to its session. */
void task_free (TargetTask *task);
