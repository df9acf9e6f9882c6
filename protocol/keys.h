/* SPDX-License-Identifier: Apache-2.0 */
/* keys.h - the key table (RFC 7143 12.1 and 13.1 to 13.26, RFC 7144 7.1.1)
 *
 * KEY (c_name, "Name", KIND, minimum, maximum, default, RESULT, SENDERS, PHASE, SCOPE, IRRELEVANT)
 *   KIND        NUMBER, BOOLEAN (0 No, 1 Yes), LIST (numbers are indexes into the key's names), TEXT
 *   RESULT      MINIMUM, MAXIMUM, AND, OR, FIRST (first acceptable of the offered list), DECLARE
 *   SENDERS     INITIATOR, TARGET, BOTH
 *   PHASE       SECURITY, LEADING (login of the leading connection only), LOGIN (any login), FFP, ALL
 *   SCOPE       CONNECTION, SESSION
 *   IRRELEVANT  DISCOVERY if answered Irrelevant on a discovery session, else NEVER
 */
#pragma once

#include "protocol/text.h"

#define KEYS(KEY)                                                                                  \
  KEY (AUTH_METHOD, "AuthMethod", LIST, 0, 0, 0, FIRST, BOTH, SECURITY, CONNECTION, NEVER)         \
  KEY (HEADER_DIGEST, "HeaderDigest", LIST, 0, 0, 0, FIRST, BOTH, LOGIN, CONNECTION, NEVER)        \
  KEY (DATA_DIGEST, "DataDigest", LIST, 0, 0, 0, FIRST, BOTH, LOGIN, CONNECTION, NEVER)            \
  KEY (MAX_CONNECTIONS, "MaxConnections", NUMBER, 1, 65535, 1, MINIMUM, BOTH, LEADING, SESSION,    \
       DISCOVERY)                                                                                  \
  KEY (SEND_TARGETS, "SendTargets", TEXT, 0, 0, 0, DECLARE, INITIATOR, FFP, SESSION, NEVER)        \
  KEY (TARGET_NAME, "TargetName", TEXT, 0, 0, 0, DECLARE, BOTH, ALL, SESSION, NEVER)               \
  KEY (INITIATOR_NAME, "InitiatorName", TEXT, 0, 0, 0, DECLARE, INITIATOR, LOGIN, SESSION, NEVER)  \
  KEY (TARGET_ALIAS, "TargetAlias", TEXT, 0, 0, 0, DECLARE, TARGET, ALL, SESSION, NEVER)           \
  KEY (INITIATOR_ALIAS, "InitiatorAlias", TEXT, 0, 0, 0, DECLARE, INITIATOR, ALL, SESSION, NEVER)  \
  KEY (TARGET_ADDRESS, "TargetAddress", TEXT, 0, 0, 0, DECLARE, TARGET, ALL, SESSION, NEVER)       \
  KEY (TARGET_PORTAL_GROUP_TAG, "TargetPortalGroupTag", NUMBER, 0, 65535, 0, DECLARE, TARGET,      \
       LOGIN, SESSION, NEVER)                                                                      \
  KEY (INITIAL_R2T, "InitialR2T", BOOLEAN, 0, 1, 1, OR, BOTH, LEADING, SESSION, DISCOVERY)         \
  KEY (IMMEDIATE_DATA, "ImmediateData", BOOLEAN, 0, 1, 1, AND, BOTH, LEADING, SESSION, DISCOVERY)  \
  KEY (MAX_RECV_DATA_SEGMENT_LENGTH, "MaxRecvDataSegmentLength", NUMBER, 512, 16777215, 8192,      \
       DECLARE, BOTH, ALL, CONNECTION, NEVER)                                                      \
  KEY (MAX_BURST_LENGTH, "MaxBurstLength", NUMBER, 512, 16777215, 262144, MINIMUM, BOTH, LEADING,  \
       SESSION, DISCOVERY)                                                                         \
  KEY (FIRST_BURST_LENGTH, "FirstBurstLength", NUMBER, 512, 16777215, 65536, MINIMUM, BOTH,        \
       LEADING, SESSION, DISCOVERY)                                                                \
  KEY (DEFAULT_TIME2WAIT, "DefaultTime2Wait", NUMBER, 0, 3600, 2, MAXIMUM, BOTH, LEADING, SESSION, \
       NEVER)                                                                                      \
  KEY (DEFAULT_TIME2RETAIN, "DefaultTime2Retain", NUMBER, 0, 3600, 20, MINIMUM, BOTH, LEADING,     \
       SESSION, NEVER)                                                                             \
  KEY (MAX_OUTSTANDING_R2T, "MaxOutstandingR2T", NUMBER, 1, 65535, 1, MINIMUM, BOTH, LEADING,      \
       SESSION, DISCOVERY)                                                                         \
  KEY (DATA_PDU_IN_ORDER, "DataPDUInOrder", BOOLEAN, 0, 1, 1, OR, BOTH, LEADING, SESSION,          \
       DISCOVERY)                                                                                  \
  KEY (DATA_SEQUENCE_IN_ORDER, "DataSequenceInOrder", BOOLEAN, 0, 1, 1, OR, BOTH, LEADING,         \
       SESSION, DISCOVERY)                                                                         \
  KEY (ERROR_RECOVERY_LEVEL, "ErrorRecoveryLevel", NUMBER, 0, 2, 0, MINIMUM, BOTH, LEADING,        \
       SESSION, NEVER)                                                                             \
  KEY (SESSION_TYPE, "SessionType", LIST, 0, 0, 0, DECLARE, INITIATOR, LEADING, SESSION, NEVER)    \
  KEY (TASK_REPORTING, "TaskReporting", LIST, 0, 0, 0, FIRST, BOTH, LEADING, SESSION, DISCOVERY)   \
  KEY (PROTOCOL_LEVEL, "iSCSIProtocolLevel", NUMBER, 0, 31, 1, MINIMUM, BOTH, LEADING, SESSION,    \
       DISCOVERY)

typedef enum KeyId {
#define KEY(id, ...) KEY_##id,
  KEYS (KEY)
#undef KEY
      KEY_COUNT
} KeyId;

typedef enum KeyKind { KEY_KIND_NUMBER, KEY_KIND_BOOLEAN, KEY_KIND_LIST, KEY_KIND_TEXT } KeyKind;
typedef enum KeyResult {
  KEY_RESULT_MINIMUM,
  KEY_RESULT_MAXIMUM,
  KEY_RESULT_AND,
  KEY_RESULT_OR,
  KEY_RESULT_FIRST,
  KEY_RESULT_DECLARE,
} KeyResult;
typedef enum KeySenders { KEY_SENDERS_INITIATOR, KEY_SENDERS_TARGET, KEY_SENDERS_BOTH } KeySenders;
typedef enum KeyPhase {
  KEY_PHASE_SECURITY,
  KEY_PHASE_LEADING,
  KEY_PHASE_LOGIN,
  KEY_PHASE_FFP,
  KEY_PHASE_ALL,
} KeyPhase;
typedef enum KeyScope { KEY_SCOPE_CONNECTION, KEY_SCOPE_SESSION } KeyScope;

typedef struct KeyInfo {
  KeyId id;
  const char *name;
  KeyKind kind;
  guint32 minimum;
  guint32 maximum;
  guint32 initial; /* the RFC's default */
  KeyResult result;
  KeySenders senders;
  KeyPhase phase;
  KeyScope scope;
  gboolean is_irrelevant_on_discovery;
  const char *const *names; /* LIST: NULL-terminated, the number of a value is its index */
} KeyInfo;

/* Numbers of LIST values. */
enum { AUTH_METHOD_NONE = 0, AUTH_METHOD_CHAP = 1 };
enum { DIGEST_NONE = 0, DIGEST_CRC32C = 1 };
enum { SESSION_TYPE_NORMAL = 0, SESSION_TYPE_DISCOVERY = 1 };
enum {
  TASK_REPORTING_RFC3720 = 0,
  TASK_REPORTING_RESPONSE_FENCE = 1,
  TASK_REPORTING_FAST_ABORT = 2
};

const KeyInfo *key_info (KeyId id);
const KeyInfo *key_find (const char *name); /* NULL: not in the table */

/* OFMarker, IFMarker, OFMarkInt, IFMarkInt: answered Reject, never NotUnderstood (RFC 7143 13.25). */
gboolean key_is_obsolete (const char *name);

/* The values of all keys at one end. A number is a NUMBER's value, a BOOLEAN's 0 or 1, a LIST's index. The text of a LIST, if
 * there is one, names all that this end takes: "CRC32C,None"; without it, the number and the key's value 0. */
typedef struct KeyValues {
  guint32 number[KEY_COUNT];
  char *text[KEY_COUNT]; /* owned; NULL: absent */
} KeyValues;

void key_values_init (KeyValues *values); /* the RFC's defaults */
void key_values_clear (KeyValues *values);
void key_values_copy (KeyValues *to, const KeyValues *from); /* `to` must be initialised */
void key_values_set_text (KeyValues *values, KeyId id, const char *text);

/* LIST: the names, with commas between them; the first is the wanted one, and the number. */
gboolean key_values_set_list (KeyValues *values, KeyId id, const char *names, GError **error);

/* RFC 7143 6.1: decimal or 0x-hex constant, one of the names, ...; the error says what was expected and what came. */
gboolean key_parse_number (const KeyInfo *info, const char *text, guint32 *ret_number,
                           GError **error);
