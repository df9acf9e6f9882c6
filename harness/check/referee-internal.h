/* SPDX-License-Identifier: Apache-2.0 */
/* referee-internal.h - what a rule is, for the files that hold the rules */
#pragma once

#include "harness/check/referee.h"
#include "protocol/observer.h"
#include "protocol/serial.h"

#define JUDGEMENT_TEXT 200

/* One rule asked of one PDU. */
typedef struct Judgement {
  const Observer *observer; /* stands before the PDU */
  const ObservedPdu *pdu;
  const guint8 *bhs;
  const ObservedTask *task;
  char expected[JUDGEMENT_TEXT]; /* filled by a rule that is broken */
  char actual[JUDGEMENT_TEXT];
} Judgement;

typedef enum RuleAnswer {
  RULE_SILENT, /* does not apply to this PDU */
  RULE_KEPT,
  RULE_BROKEN,
} RuleAnswer;

typedef enum RuleSides {
  RULE_INITIATOR = 1 << OBSERVER_INITIATOR,
  RULE_TARGET = 1 << OBSERVER_TARGET,
  RULE_BOTH = RULE_INITIATOR | RULE_TARGET,
} RuleSides;

typedef enum RuleFlags {
  RULE_ALWAYS = 0,
  RULE_TRUSTS = 1 << 0, /* asked only while the other side has broken no rule here */
  RULE_ALONE = 1 << 1,  /* asked only where the session has one connection */
  RULE_LEVEL0 = 1 << 2, /* asked only where nothing is sent again: ErrorRecoveryLevel 0 */
  RULE_OURS = 1 << 3,   /* a SHOULD, or newer than RFC 3720: asked of our own engines only */
} RuleFlags;

struct RefereeRule {
  const char *id;
  const char *requirements;
  RuleSides sides;
  RuleFlags flags;
  guint64 opcodes; /* one bit each; 0: all */
  const char *sentence;
  RuleAnswer (*check) (Judgement *judgement);
};

typedef struct RuleFamily {
  const char *name;
  const RefereeRule *rules;
  guint count;
} RuleFamily;

#define ON(opcode) (G_GUINT64_CONSTANT (1) << SEEN_##opcode)

#define ON_REQUESTS                                                                                \
  (ON (NOP_OUT) | ON (SCSI_COMMAND) | ON (TMF_REQUEST) | ON (TEXT_REQUEST) | ON (LOGOUT_REQUEST))
#define ON_LOGIN  (ON (LOGIN_REQUEST) | ON (LOGIN_RESPONSE))
#define ON_STATUS (ON (SCSI_RESPONSE) | ON (DATA_IN))

extern const RuleFamily referee_format_rules;  /* referee-format.c */
extern const RuleFamily referee_number_rules;  /* referee-numbers.c */
extern const RuleFamily referee_login_rules;   /* referee-login.c */
extern const RuleFamily referee_key_rules;     /* referee-keys.c */
extern const RuleFamily referee_data_rules;    /* referee-data.c */
extern const RuleFamily referee_status_rules;  /* referee-status.c */
extern const RuleFamily referee_request_rules; /* referee-requests.c */

/* Always RULE_BROKEN; in tail position. */
RuleAnswer rule_broken (Judgement *judgement, const char *expected, const char *actual, ...)
    G_GNUC_PRINTF (3, 4);
RuleAnswer rule_broken_number (Judgement *judgement, const char *what, guint64 expected,
                               guint64 actual);

/* RULE_THAT (judgement, condition, "what is expected", "what came, %u", ...) */
#define RULE_THAT(judgement, condition, expected, ...)                                             \
  (G_LIKELY (condition) ? RULE_KEPT : rule_broken (judgement, expected, __VA_ARGS__))

static inline RuleAnswer
rule_equal (Judgement *judgement, const char *what, guint64 expected, guint64 actual)
{
  return G_LIKELY (expected == actual) ? RULE_KEPT
                                       : rule_broken_number (judgement, what, expected, actual);
}

static inline guint32
key_value (const Judgement *judgement, ObservedKeyId id)
{
  return observed_value (&judgement->observer->keys, id);
}
