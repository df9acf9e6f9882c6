/* SPDX-License-Identifier: Apache-2.0 */
/* pr-out.h - one PERSISTENT RESERVE OUT on its way: what pr-out.c, pr-register.c and pr-reserve.c share, and nobody else includes */
#pragma once

#include "target-sim/scsi/commands.h"

#define PR_OUT_LIST_LENGTH 24 /* without TransportIDs */
#define PR_SCOPE_UNIT      0

#define PR_OUT_SPEC_I_PT 0x08
#define PR_OUT_ALL_TG_PT 0x04
#define PR_OUT_APTPL     0x01

/* Somebody to be told of what was done to him. */
typedef struct PrNotice {
  GRefString *port;
  guint16 target_port;
  guint16 code;     /* of a UNIT ATTENTION; SENSE_CODE_NONE: none */
  gboolean is_shut; /* and his tasks end: PREEMPT AND ABORT */
} PrNotice;

typedef struct PrOut {
  ScsiTask *task;
  Slice list; /* the parameter list, as long as the CDB says */
  guint64 key;
  guint64 action_key;
  guint8 flags;        /* octet 20 */
  Reservations next;   /* what there will be if all goes well */
  GArray *notices;     /* of PrNotice */
  gboolean is_nothing; /* GOOD, and nothing has changed: the generation stays */
} PrOut;

/* Each changes out->next. FALSE: the task has been refused, and nothing changes. */
gboolean pr_register (PrOut *out);
gboolean pr_register_and_ignore (PrOut *out);
gboolean pr_register_and_move (PrOut *out);
gboolean pr_reserve (PrOut *out);
gboolean pr_release (PrOut *out);
gboolean pr_clear (PrOut *out);
gboolean pr_preempt (PrOut *out);
gboolean pr_preempt_and_abort (PrOut *out);

Registration *pr_own (const PrOut *out); /* of the nexus that asks; NULL: it has none */
void pr_notify (PrOut *out, const Registration *registration, guint16 code, gboolean is_shut);
void pr_notify_others (PrOut *out, guint16 code);
gboolean pr_refuse_parameter (PrOut *out, guint16 octet, guint8 bit);
