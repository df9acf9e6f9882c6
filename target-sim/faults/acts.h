/* SPDX-License-Identifier: Apache-2.0 */
/* acts.h - what a fault can do, as a table
 *
 * From the rows come the enum, the names that scripts use, the check of which act goes with which trigger, whether real TCP
 * can have it, and the manual's entry.
 */
#pragma once

#include <glib.h>

#define FAULT_ERROR (fault_error_quark ())
GQuark fault_error_quark (void);

typedef enum FaultError {
  FAULT_ERROR_UNKNOWN, /* a name that no table has */
  FAULT_ERROR_RULE,    /* parts of a rule that do not go together */
} FaultError;

/* LAYER (NAME, "name") */
#define FAULT_LAYERS(LAYER)                                                                        \
  LAYER (TCP, "TCP")                                                                               \
  LAYER (PDU, "PDU")                                                                               \
  LAYER (CONNECT, "connect")                                                                       \
  LAYER (DISK, "disk")                                                                             \
  LAYER (SCSI, "SCSI")

typedef enum FaultLayer {
#define LAYER(name, text) FAULT_LAYER_##name,
  FAULT_LAYERS (LAYER)
#undef LAYER
} FaultLayer;

#define FAULT_NO_DISK  "a real disk answers for itself"
#define FAULT_NO_POWER "a process cannot cut the power of its machine"

/* ACT (NAME, "name", LAYER, why not on real TCP and files, or NULL, "one line for the manual") */
#define FAULT_ACTS(ACT)                                                                            \
  ACT (RST, "rst", TCP, NULL, "break the connection with a reset, towards both ends")              \
  ACT (FIN, "fin", TCP, NULL, "close the connection in good order, towards both ends")             \
  ACT (BLACK_HOLE, "black_hole", TCP, NULL,                                                        \
       "let nothing pass either way on this connection, until the rule is lifted")                 \
  ACT (DELAY, "delay", TCP, NULL, "hold back for `delay`, and all that is behind it too")          \
  ACT (DROP, "drop", PDU, NULL, "take the PDU out of the byte stream")                             \
  ACT (CUT, "cut", PDU, NULL, "pass the first cut_bytes octets of the PDU, then reset")            \
  ACT (HEADER_DIGEST, "header_digest", PDU, NULL,                                                  \
       "flip a bit of its header digest; a PDU without one does not match")                        \
  ACT (DATA_DIGEST, "data_digest", PDU, NULL,                                                      \
       "flip a bit of its data digest; a PDU without one does not match")                          \
  ACT (REFUSE, "refuse", CONNECT, NULL, "answer the connect with a reset")                         \
  ACT (NO_ANSWER, "no_answer", CONNECT, NULL, "never answer the connect")                          \
  ACT (FAIL, "fail", DISK, FAULT_NO_DISK, "let the call fail with an input/output error")          \
  ACT (FULL, "full", DISK, FAULT_NO_DISK, "let the call fail for lack of space")                   \
  ACT (POWER_CUT, "power_cut", DISK, FAULT_NO_POWER,                                               \
       "cut the power of the host inside the call; what was not synced is lost, kept or drawn")    \
  ACT (STUCK, "stuck", SCSI, NULL, "never answer the command; it ends by task management")         \
  ACT (LATE, "late", SCSI, NULL, "run the command after `delay`")                                  \
  ACT (BUSY, "busy", SCSI, NULL, "answer BUSY")                                                    \
  ACT (TASK_SET_FULL, "task_set_full", SCSI, NULL, "answer TASK SET FULL")                         \
  ACT (MEDIUM_ERROR, "medium_error", SCSI, NULL,                                                   \
       "answer CHECK CONDITION, MEDIUM ERROR, and leave the medium as it is")                      \
  ACT (UNIT_ATTENTION, "unit_attention", SCSI, NULL,                                               \
       "answer CHECK CONDITION, UNIT ATTENTION, parameters changed")

typedef enum FaultAct {
#define ACT(name, text, layer, live, line) FAULT_ACT_##name,
  FAULT_ACTS (ACT)
#undef ACT
      FAULT_ACT_COUNT
} FaultAct;

typedef struct FaultActInfo {
  const char *name;
  FaultLayer layer;
  const char *not_live; /* NULL: possible on real TCP too; else why not */
  const char *line;
} FaultActInfo;

const FaultActInfo *fault_act_info (FaultAct act);
const char *fault_act_name (guint64 act); /* "?" for what no row has */
const char *fault_layer_name (guint64 layer);

/* By the name in the table; the error lists the names. */
gboolean fault_act_find (const char *name, FaultAct *ret_act, GError **error);

/* What a rule waits for. WHEN (NAME, "name", the acts that it can set off) */
#define FAULT_BIT(act) (1u << FAULT_ACT_##act)
#define FAULT_ON_BYTES                                                                             \
  (FAULT_BIT (RST) | FAULT_BIT (FIN) | FAULT_BIT (BLACK_HOLE) | FAULT_BIT (DELAY))

#define FAULT_ON_DIGESTS (FAULT_BIT (HEADER_DIGEST) | FAULT_BIT (DATA_DIGEST))

#define FAULT_WHENS(WHEN)                                                                          \
  WHEN (PDU, "pdu", FAULT_ON_BYTES | FAULT_BIT (DROP) | FAULT_BIT (CUT) | FAULT_ON_DIGESTS)        \
  WHEN (BYTES, "bytes", FAULT_ON_BYTES)                                                            \
  WHEN (TIME, "time", FAULT_ON_BYTES)                                                              \
  WHEN (CONNECT, "connect", FAULT_BIT (REFUSE) | FAULT_BIT (NO_ANSWER))                            \
  WHEN (DISK, "disk", FAULT_BIT (FAIL) | FAULT_BIT (FULL) | FAULT_BIT (POWER_CUT))                 \
  WHEN (SCSI, "scsi",                                                                              \
        FAULT_BIT (STUCK) | FAULT_BIT (LATE) | FAULT_BIT (BUSY) | FAULT_BIT (TASK_SET_FULL)        \
            | FAULT_BIT (MEDIUM_ERROR) | FAULT_BIT (UNIT_ATTENTION))

typedef enum FaultWhen {
#define WHEN(name, text, acts) FAULT_WHEN_##name,
  FAULT_WHENS (WHEN)
#undef WHEN
} FaultWhen;

const char *fault_when_name (guint64 when);
/* The error lists the acts that `when` can set off. */
gboolean fault_when_allows (FaultWhen when, FaultAct act, GError **error);
