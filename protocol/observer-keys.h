/* SPDX-License-Identifier: Apache-2.0 */
/* observer-keys.h - what two ends said about each key, and what is in force by it (RFC 7143 6.2, 12, 13)
 *
 * A second table of the keys, and a second set of result functions, for those who watch a login: the engines' own are
 * keys.c and negotiation.c.
 *
 * KEY (NAME, "Name", KIND, RESULT, minimum, maximum, initial, SENDERS, STAGE, LEADING)
 */
#pragma once

#include "world/check.h"

typedef enum ObserverSide { OBSERVER_INITIATOR, OBSERVER_TARGET } ObserverSide;

const char *observer_side_name (ObserverSide side);

#define OBSERVED_KEYS(KEY)                                                                         \
  KEY (HEADER_DIGEST, "HeaderDigest", LIST, CHOICE, 0, 0, 0, BOTH, OPERATIONAL, ANY)               \
  KEY (DATA_DIGEST, "DataDigest", LIST, CHOICE, 0, 0, 0, BOTH, OPERATIONAL, ANY)                   \
  KEY (MAX_CONNECTIONS, "MaxConnections", NUMBER, MINIMUM, 1, 65535, 1, BOTH, OPERATIONAL,         \
       LEADING)                                                                                    \
  KEY (INITIAL_R2T, "InitialR2T", BOOLEAN, OR, 0, 1, 1, BOTH, OPERATIONAL, LEADING)                \
  KEY (IMMEDIATE_DATA, "ImmediateData", BOOLEAN, AND, 0, 1, 1, BOTH, OPERATIONAL, LEADING)         \
  KEY (MAX_SEGMENT, "MaxRecvDataSegmentLength", NUMBER, NONE, 512, 16777215, 8192, BOTH,           \
       OPERATIONAL, ANY)                                                                           \
  KEY (MAX_BURST, "MaxBurstLength", NUMBER, MINIMUM, 512, 16777215, 262144, BOTH, OPERATIONAL,     \
       LEADING)                                                                                    \
  KEY (FIRST_BURST, "FirstBurstLength", NUMBER, MINIMUM, 512, 16777215, 65536, BOTH, OPERATIONAL,  \
       LEADING)                                                                                    \
  KEY (TIME2WAIT, "DefaultTime2Wait", NUMBER, MAXIMUM, 0, 3600, 2, BOTH, OPERATIONAL, LEADING)     \
  KEY (TIME2RETAIN, "DefaultTime2Retain", NUMBER, MINIMUM, 0, 3600, 20, BOTH, OPERATIONAL,         \
       LEADING)                                                                                    \
  KEY (MAX_R2T, "MaxOutstandingR2T", NUMBER, MINIMUM, 1, 65535, 1, BOTH, OPERATIONAL, LEADING)     \
  KEY (PDU_IN_ORDER, "DataPDUInOrder", BOOLEAN, OR, 0, 1, 1, BOTH, OPERATIONAL, LEADING)           \
  KEY (SEQUENCE_IN_ORDER, "DataSequenceInOrder", BOOLEAN, OR, 0, 1, 1, BOTH, OPERATIONAL, LEADING) \
  KEY (RECOVERY_LEVEL, "ErrorRecoveryLevel", NUMBER, MINIMUM, 0, 2, 0, BOTH, OPERATIONAL, LEADING) \
  KEY (TASK_REPORTING, "TaskReporting", LIST, CHOICE, 0, 0, 0, BOTH, OPERATIONAL, LEADING)         \
  KEY (PROTOCOL_LEVEL, "iSCSIProtocolLevel", NUMBER, MINIMUM, 0, 31, 1, BOTH, OPERATIONAL,         \
       LEADING)                                                                                    \
  KEY (AUTH_METHOD, "AuthMethod", LIST, CHOICE, 0, 0, 0, BOTH, SECURITY, ANY)                      \
  KEY (SESSION_TYPE, "SessionType", TEXT, NONE, 0, 0, 0, INITIATOR, LOGIN, LEADING)                \
  KEY (INITIATOR_NAME, "InitiatorName", TEXT, NONE, 0, 0, 0, INITIATOR, LOGIN, ANY)                \
  KEY (TARGET_NAME, "TargetName", TEXT, NONE, 0, 0, 0, BOTH, ANYWHERE, ANY)                        \
  KEY (INITIATOR_ALIAS, "InitiatorAlias", TEXT, NONE, 0, 0, 0, INITIATOR, ANYWHERE, ANY)           \
  KEY (TARGET_ALIAS, "TargetAlias", TEXT, NONE, 0, 0, 0, TARGET, ANYWHERE, ANY)                    \
  KEY (TARGET_ADDRESS, "TargetAddress", TEXT, NONE, 0, 0, 0, TARGET, ANYWHERE, ANY)                \
  KEY (GROUP_TAG, "TargetPortalGroupTag", NUMBER, NONE, 0, 65535, 0, TARGET, LOGIN, ANY)           \
  KEY (SEND_TARGETS, "SendTargets", TEXT, NONE, 0, 0, 0, INITIATOR, FULL, ANY)                     \
  KEY (CHAP_A, "CHAP_A", TEXT, NONE, 0, 0, 0, BOTH, SECURITY, ANY)                                 \
  KEY (CHAP_I, "CHAP_I", TEXT, NONE, 0, 0, 0, BOTH, SECURITY, ANY)                                 \
  KEY (CHAP_C, "CHAP_C", TEXT, NONE, 0, 0, 0, BOTH, SECURITY, ANY)                                 \
  KEY (CHAP_N, "CHAP_N", TEXT, NONE, 0, 0, 0, BOTH, SECURITY, ANY)                                 \
  KEY (CHAP_R, "CHAP_R", TEXT, NONE, 0, 0, 0, BOTH, SECURITY, ANY)

typedef enum ObservedKeyId {
#define KEY(name, ...) OBSERVED_##name,
  OBSERVED_KEYS (KEY)
#undef KEY
      OBSERVED_KEY_COUNT
} ObservedKeyId;

typedef enum { SEEN_KIND_NUMBER, SEEN_KIND_BOOLEAN, SEEN_KIND_LIST, SEEN_KIND_TEXT } SeenKind;
typedef enum {
  SEEN_RESULT_NONE, /* declared: no answer */
  SEEN_RESULT_MINIMUM,
  SEEN_RESULT_MAXIMUM,
  SEEN_RESULT_AND,
  SEEN_RESULT_OR,
  SEEN_RESULT_CHOICE,
} SeenResult;
typedef enum { SEEN_SENDERS_BOTH, SEEN_SENDERS_INITIATOR, SEEN_SENDERS_TARGET } SeenSenders;
typedef enum {
  SEEN_STAGE_SECURITY,
  SEEN_STAGE_OPERATIONAL,
  SEEN_STAGE_LOGIN, /* both stages, not in full feature phase */
  SEEN_STAGE_FULL,  /* only there */
  SEEN_STAGE_ANYWHERE,
} SeenStage;

typedef struct ObservedKeyInfo {
  const char *name;
  SeenKind kind;
  SeenResult result;
  guint32 minimum;
  guint32 maximum;
  guint32 initial;
  SeenSenders senders;
  SeenStage stage;
  gboolean is_leading;
} ObservedKeyInfo;

const ObservedKeyInfo *observed_key_info (ObservedKeyId id);
/* OBSERVED_KEY_COUNT: not in the table. */
ObservedKeyId observed_key_find (const char *name);

/* FALSE: not a value of that key. A number of NUMBER and BOOLEAN keys. */
gboolean observed_key_parse (ObservedKeyId id, const char *text, guint32 *ret_number);
/* Reject, Irrelevant, NotUnderstood: an answer that leaves the key as it was. */
gboolean observed_value_is_none (const char *value);
/* Is `name` a member of the comma-separated `list`? */
gboolean observed_list_has (const char *list, const char *name);

typedef struct ObservedKey {
  char *said[2]; /* by ObserverSide, in this login; NULL: nothing */
  guint8 first;  /* who said it first: the offer, if both did */
  guint32 value; /* NUMBER, BOOLEAN: in force */
} ObservedKey;

typedef struct ObservedKeys {
  ObservedKey keys[OBSERVED_KEY_COUNT];
  guint32 max_segment[2];  /* what each side takes */
  guint32 next_segment[2]; /* declared in a text negotiation that is not over; 0: none */
  gboolean has_header_digest;
  gboolean has_data_digest;
  gboolean is_fast_abort;
} ObservedKeys;

void observed_keys_init (ObservedKeys *keys);
void observed_keys_clear (ObservedKeys *keys);
void observed_keys_say (ObservedKeys *keys, ObserverSide from, ObservedKeyId id, const char *value);
/* The login has ended well: what was said is in force. */
void observed_keys_settle (ObservedKeys *keys);
/* What a text negotiation that has ended agreed on. */
void observed_keys_settle_text (ObservedKeys *keys);

static inline guint32
observed_value (const ObservedKeys *keys, ObservedKeyId id)
{
  return keys->keys[id].value;
}
