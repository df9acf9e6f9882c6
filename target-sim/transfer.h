/* SPDX-License-Identifier: Apache-2.0 */
/* transfer.h - how the data of one command crosses the wire (RFC 7143 4.2.5, 11.7, 11.8)
 *
 * Data-out comes as immediate data, as unsolicited Data-Out, then in answer to R2Ts. With DataSequenceInOrder=Yes R2Ts ask for it
 * from its beginning to its end, else from the end backwards; with DataPDUInOrder=Yes the PDUs of a sequence have to come in
 * order of their offsets, else in any. R2Ts are answered in the order in which they were sent in either case.
 */
#pragma once

#include "protocol/burst.h"
#include "protocol/data.h"
#include "protocol/gather.h"
#include "target-sim/node.h"

typedef struct TargetTask TargetTask;

#define TRANSFER_R2T_MAX 16 /* ours, on top of MaxOutstandingR2T */

typedef struct R2tAsked {
  guint32 target_transfer_tag;
  Burst range;
} R2tAsked;

typedef struct Transfer {
  guint32
      wanted; /* by the device server, within what the initiator has; known when the command is delivered */
  Burst unsolicited;       /* behind the immediate data, as far as FirstBurstLength allows */
  guint32 asked_length;    /* of what is wanted, R2Ts were sent for so much */
  guint32 data_sn;         /* expected next, in the present sequence */
  guint32 sequence_length; /* bytes of it that have come */
  guint32 r2t_sn;          /* of the next R2T */
  guint16 failure;         /* sense code of ABORTED COMMAND; SENSE_CODE_NONE: none */
  gboolean is_unsolicited; /* Data-Out without R2T are still to come */
  guint asked_count;
  R2tAsked asked[TRANSFER_R2T_MAX]; /* oldest first: answered in this order (R-DATA-046) */
  Payload data;
  Gather early; /* what came before its turn */
} Transfer;

typedef struct Residual {
  gboolean is_overflow;
  gboolean is_underflow;
  guint32 count;
} Residual;

/* The command's own PDU: its immediate data, and whether unsolicited data follows. */
void transfer_begin (TargetTask *task, gboolean is_final, const Payload *immediate);
/* One Data-Out. FALSE: a protocol error, for which the PDU is rejected; transfer->failure says how the task will end. */
gboolean transfer_take (TargetTask *task, const DataOut *pdu, const Payload *payload);
/* A Data-Out that was discarded for its data digest: the task fails once its data is over. */
void transfer_lose (TargetTask *task, const DataOut *pdu);
/* Sends R2Ts as far as allowed. FALSE: everything that is wanted is here. */
gboolean transfer_ask (TargetTask *task);
gboolean transfer_is_receiving (
    const Transfer *transfer); /* a sequence was begun, or asked for, and is not over */
void transfer_clear (Transfer *transfer);

/* Sends task->scsi.data_in, as much as the initiator expects. TRUE: the status went with it. *ret_pdus: Data-In PDUs sent. */
gboolean transfer_send_data_in (TargetTask *task, const Residual *residual, guint32 *ret_pdus);
