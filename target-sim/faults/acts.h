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
  LAYER (SEQUENCE, "sequence")                                                                     \
  LAYER (LOGIN, "login and text")                                                                  \
  LAYER (PATH, "path")                                                                             \
  LAYER (LIFE, "target life")                                                                      \
  LAYER (CONNECT, "connect")                                                                       \
  LAYER (DISK, "disk")                                                                             \
  LAYER (SCSI, "SCSI")

typedef enum FaultLayer {
#define LAYER(name, text) FAULT_LAYER_##name,
  FAULT_LAYERS (LAYER)
#undef LAYER
} FaultLayer;

#define FAULT_NO_DISK "a real disk answers for itself"

/* ACT (NAME, "name", LAYER, why not on real TCP and files, or NULL, "one line for the manual") */
#define FAULT_ACTS(ACT)                                                                            \
  ACT (RST, "rst", TCP, NULL, "break the connection with a reset, towards both ends")              \
  ACT (FIN, "fin", TCP, NULL, "close the connection in good order, towards both ends")             \
  ACT (BLACK_HOLE, "black_hole", TCP, NULL,                                                        \
       "let nothing pass either way on this connection, until the rule is lifted")                 \
  ACT (DELAY, "delay", TCP, NULL, "hold back for `delay`, and all that is behind it too")          \
  ACT (HALF_CLOSE, "half_close", TCP, NULL,                                                        \
       "FIN in the direction of the PDU or of `direction`; the other direction stays")             \
  ACT (ZERO_WINDOW, "zero_window", TCP, NULL,                                                      \
       "the receiving end stops reading, for `lasts` or until the rule is lifted")                 \
  ACT (SLOW, "slow", TCP, NULL,                                                                    \
       "from here on `bytes_per_second` pass in this direction, until the rule is lifted")         \
  ACT (PATH_DOWN, "path_down", PATH, NULL,                                                         \
       "nothing passes on any connection in the rule's place and connects get no answer, for "     \
       "`lasts` or until the rule is lifted; with `one_way` only `direction` is cut")              \
  ACT (DROP, "drop", PDU, NULL, "take the PDU out of the byte stream")                             \
  ACT (CUT, "cut", PDU, NULL, "pass the first cut_bytes octets of the PDU, then reset")            \
  ACT (HEADER_DIGEST, "header_digest", PDU, NULL,                                                  \
       "flip a bit of its header digest; a PDU without one does not match")                        \
  ACT (DATA_DIGEST, "data_digest", PDU, NULL,                                                      \
       "flip a bit of its data digest; a PDU without one does not match")                          \
  ACT (DUPLICATE, "duplicate", PDU, NULL, "pass the PDU twice")                                    \
  ACT (HOLD, "hold", PDU, NULL,                                                                    \
       "keep the PDU while others pass, until `release` names this rule or it is lifted")          \
  ACT (RELEASE, "release", PDU, NULL, "let go, behind this PDU, what the rule `of` holds")         \
  ACT (REORDER, "reorder", PDU, NULL, "change places with the next PDU of this direction")         \
  ACT (TRUNCATE, "truncate", PDU, NULL,                                                            \
       "pass the first cut_bytes octets only, and go on: the receiver loses the frame")            \
  ACT (SHORTEN, "shorten", PDU, NULL,                                                              \
       "leave the first cut_bytes octets of the data segment, DataSegmentLength with them")        \
  ACT (OVERWRITE, "overwrite", SEQUENCE, NULL,                                                     \
       "`set` fields, `add` to fields (modulo their width), put `octets` at `offset`")             \
  ACT (BAD_PADDING, "bad_padding", PDU, NULL, "padding of octets ffh; of PDUs that are padded")    \
  ACT (UNKNOWN_OPCODE, "unknown_opcode", PDU, NULL, "the opcode is one that no table has")         \
  ACT (RECORD, "record", PDU, NULL, "keep a copy, for `replay`; the PDU passes")                   \
  ACT (REPLAY, "replay", PDU, NULL,                                                                \
       "behind this PDU, pass again the one that the rule `of` met last, on whatever connection")  \
  ACT (INSERT, "insert", PDU, NULL,                                                                \
       "behind this PDU, one more that `insert` describes; tags and numbers that it leaves open "  \
       "are this PDU's")                                                                           \
  ACT (REJECT, "reject", PDU, NULL, "take the request out and answer it with Reject and `reason`") \
  ACT (LOGIN_STATUS, "login_status", LOGIN, NULL,                                                  \
       "answer the Login Request with `status` (and TargetAddress `address`), and close")          \
  ACT (DROP_KEY, "drop_key", LOGIN, NULL, "take the pair of `key` out of the text")                \
  ACT (REPEAT_KEY, "repeat_key", LOGIN, NULL, "the pair of `key` comes twice")                     \
  ACT (REPLACE_VALUE, "replace_value", LOGIN, NULL, "the value of `key` becomes `value`")          \
  ACT (ADD_KEY, "add_key", LOGIN, NULL, "a pair more, `key` and `value`")                          \
  ACT (SPLIT_TEXT, "split_text", LOGIN, NULL,                                                      \
       "send the login's text in two PDUs, cut_bytes octets in the first, with C")                 \
  ACT (CRASH, "crash", LIFE, NULL, "the target's process dies; it stays down until it is started") \
  ACT (RESTART, "restart", LIFE, NULL,                                                             \
       "the target's process dies and is there again after `delay`, without its sessions; with "   \
       "state = 'lose' without its data too")                                                      \
  ACT (REFUSE, "refuse", CONNECT, NULL, "answer the connect with a reset")                         \
  ACT (NO_ANSWER, "no_answer", CONNECT, NULL, "never answer the connect")                          \
  ACT (FAIL, "fail", DISK, FAULT_NO_DISK, "let the call fail with an input/output error")          \
  ACT (FULL, "full", DISK, FAULT_NO_DISK, "let the call fail for lack of space")                   \
  ACT (POWER_CUT, "power_cut", DISK, NULL,                                                         \
       "cut the power of the host inside the disk's call, or of the target behind the PDU; what "  \
       "was not synced is lost, kept or drawn")                                                    \
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

/* What a rule waits for. WHEN (NAME, "name", the acts that it can set off, why not on real TCP and files, or NULL) */
#define FAULT_BIT(act) (UINT64_C (1) << FAULT_ACT_##act)
#define FAULT_ON_TIME                                                                              \
  (FAULT_BIT (RST) | FAULT_BIT (FIN) | FAULT_BIT (BLACK_HOLE) | FAULT_BIT (DELAY)                  \
   | FAULT_BIT (ZERO_WINDOW) | FAULT_BIT (SLOW) | FAULT_BIT (PATH_DOWN) | FAULT_BIT (CRASH)        \
   | FAULT_BIT (RESTART) | FAULT_BIT (POWER_CUT))
#define FAULT_ON_BYTES (FAULT_ON_TIME | FAULT_BIT (HALF_CLOSE))
#define FAULT_ON_PDU                                                                               \
  (FAULT_ON_BYTES | FAULT_BIT (DROP) | FAULT_BIT (CUT) | FAULT_BIT (DUPLICATE) | FAULT_BIT (HOLD)  \
   | FAULT_BIT (RELEASE) | FAULT_BIT (REORDER) | FAULT_BIT (TRUNCATE) | FAULT_BIT (SHORTEN)        \
   | FAULT_BIT (OVERWRITE) | FAULT_BIT (BAD_PADDING) | FAULT_BIT (UNKNOWN_OPCODE)                  \
   | FAULT_BIT (RECORD) | FAULT_BIT (REPLAY) | FAULT_BIT (INSERT) | FAULT_BIT (REJECT)             \
   | FAULT_BIT (LOGIN_STATUS) | FAULT_BIT (DROP_KEY) | FAULT_BIT (REPEAT_KEY)                      \
   | FAULT_BIT (REPLACE_VALUE) | FAULT_BIT (ADD_KEY) | FAULT_BIT (SPLIT_TEXT))

#define FAULT_ON_DIGESTS (FAULT_BIT (HEADER_DIGEST) | FAULT_BIT (DATA_DIGEST))

#define FAULT_WHENS(WHEN)                                                                          \
  WHEN (PDU, "pdu", FAULT_ON_PDU | FAULT_ON_DIGESTS, NULL)                                         \
  WHEN (BYTES, "bytes", FAULT_ON_BYTES, NULL)                                                      \
  WHEN (TIME, "time", FAULT_ON_TIME, NULL)                                                         \
  WHEN (CONNECT, "connect", FAULT_BIT (REFUSE) | FAULT_BIT (NO_ANSWER), NULL)                      \
  WHEN (DISK, "disk", FAULT_BIT (FAIL) | FAULT_BIT (FULL) | FAULT_BIT (POWER_CUT), FAULT_NO_DISK)  \
  WHEN (SCSI, "scsi",                                                                              \
        FAULT_BIT (STUCK) | FAULT_BIT (LATE) | FAULT_BIT (BUSY) | FAULT_BIT (TASK_SET_FULL)        \
            | FAULT_BIT (MEDIUM_ERROR) | FAULT_BIT (UNIT_ATTENTION),                               \
        NULL)

typedef enum FaultWhen {
#define WHEN(name, text, acts, live) FAULT_WHEN_##name,
  FAULT_WHENS (WHEN)
#undef WHEN
} FaultWhen;

const char *fault_when_name (guint64 when);
const char *
fault_when_not_live (FaultWhen when); /* NULL: possible on real TCP and files too; else why not */
/* The error lists the acts that `when` can set off. */
gboolean fault_when_allows (FaultWhen when, FaultAct act, GError **error);
