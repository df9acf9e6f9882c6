/* SPDX-License-Identifier: Apache-2.0 */
/* plan-internal.h - what the files of target-sim/faults share, and nobody else includes */
#pragma once

#include "protocol/framer.h"
#include "target-sim/faults/faults.h"

typedef struct PlanRule PlanRule;
typedef struct Tap Tap;
typedef struct TapFlow TapFlow;

#define FAULT_PLAN_MAGIC 0xFA017914u
#define PLAN_RULE_MAGIC  0xFA017201u
#define TAP_MAGIC        0xFA017A90u

/* A rule, checked, with what it has seen so far. */
struct PlanRule {
  guint32 magic;
  guint index;
  FaultPlan *plan;
  FaultRule rule;                       /* its strings are ours */
  int opcode;                           /* -1: any */
  const PduField *fields[FAULT_FIELDS]; /* of rule.fields */
  Random random;
  guint64 matches;
  guint64 fired;
  gboolean is_lifted;
  Timer timer; /* TIME */
};

/* Connections from one initiator to one portal, to number them. */
typedef struct PlanRoute {
  Address portal;
  Address initiator; /* its IP only: each connection has another port */
  guint count;
} PlanRoute;

typedef struct PlanFired {
  gint64 time_ns;
  char *text;
} PlanFired;

struct FaultPlan {
  guint32 magic;
  guint16 actor;
  EventLog *log;
  guint64 seed;
  Host *clock;      /* any host of the world: they all have one time */
  GPtrArray *rules; /* of PlanRule */
  GPtrArray *taps;  /* of Tap, in the order of tapping */
  GArray *routes;   /* of PlanRoute */
  GArray *fired;    /* of PlanFired */
  GHashTable *
      connects; /* stream id of a connect that was asked for -> 1 + index of the rule that answered, 0: none */
  guint32
      accepting_id; /* the connect that was let through last, which its accepted end follows at once */
  Host *accepting_from;
  gint64 last_lifted_ns;
};

/* One direction of a connection. What comes in stands in `waiting` until it is its turn, so that a later PDU is judged only
 * when what was held before it has gone. */
struct TapFlow {
  Tap *tap;
  StreamDirection way;
  gboolean is_to_target;
  Framer framer;
  GArray *waiting; /* of Slice; those before `first` have gone */
  guint first;
  gsize waiting_bytes;
  Payload pending;            /* bytes of the present PDU that have not passed yet */
  gboolean has_passed_part;   /* of the present PDU: it went while no rule asked for it */
  gboolean is_pending_judged; /* a whole PDU, to pass when the block is over */
  gboolean is_unframed;       /* these are not PDUs: pass all */
  gboolean is_pumping;
  guint64 bytes;        /* taken from `waiting`, ever */
  guint64 bytes_judged; /* up to which BYTES rules were asked */
  PlanRule *delay;      /* holds until the timer fires */
  Timer timer;
  gboolean has_end; /* kept back, behind what waits */
  StreamEnd end;
};

/* What the login that passes has said of digests: tap-digests.c. */
typedef struct TapLogin {
  TextReader text[2];     /* by StreamDirection: one request or response, which may span PDUs */
  guint named[KEY_COUNT]; /* bit per StreamDirection: who named the key first */
  KeyValues agreed;
  gboolean is_over;
} TapLogin;

struct Tap {
  guint32 magic;
  FaultPlan *plan; /* NULL: gone; the tap is plain wire */
  Stream *stream;  /* NULL: gone */
  Host *host;
  Host *peer;   /* the connecting host, if it is known and another */
  guint32 id;   /* the stream's: how texts and log call the connection */
  guint number; /* of its route, from 1 */
  Address portal;
  TapFlow flows[2]; /* by StreamDirection */
  TapLogin login;
  PlanRule *hole; /* nothing passes */
  Timer hole_timer;
  gboolean is_over; /* broken by us: nothing passes any more */
  guint busy;       /* calls on the stack that use this memory */
};

/* ---- rule.c: one rule ---- */

PlanRule *plan_rule_new (FaultPlan *plan, const FaultRule *rule, GError **error);
void plan_rule_free (PlanRule *rule);
/* It could fire, as far as its own state and the rule before it tell. */
gboolean plan_rule_is_armed (const PlanRule *rule);
/* It has matched once more: is it due? Draws its chance. */
gboolean plan_rule_is_due (PlanRule *rule);
gboolean plan_rule_is_of_tap (const PlanRule *rule, const Tap *tap);
gboolean plan_rule_is_of_flow (const PlanRule *rule, const TapFlow *flow);
gboolean plan_rule_is_of_pdu (const PlanRule *rule,
                              const TapFlow *flow); /* the one that is whole there */
/* "rst after Data-Out #2 DataSN=1", of the PDU that was met. */
void plan_rule_tell_pdu (const PlanRule *rule, const guint8 bhs[BHS_LENGTH], GString *out);
/* "rst after 1000 bytes to target", "rst at 2s". */
void plan_rule_tell_other (const PlanRule *rule, GString *out);
char *plan_rule_text (const PlanRule *rule); /* its name, or what it says */

/* ---- plan.c ---- */

/* The rule fires: ordinal, log, report. */
void plan_fire (PlanRule *rule, Host *host, GString *text /* transfer full */);
void plan_note_end (PlanRule *rule, guint32 connection); /* a delay is over, a hole is open */

static inline PlanRule *
plan_rule (const FaultPlan *plan, guint index)
{
  return plan->rules->pdata[index];
}

/* ---- tap.c ---- */

void tap_detach (Tap *tap); /* the plan goes */
void tap_lift (Tap *tap, const PlanRule *rule);
void tap_strike_now (PlanRule *rule); /* a TIME rule, on every connection in its place */
guint tap_blocks (const Tap *tap);    /* delays and holes in force */

/* ---- tap-digests.c: digests, on a whole PDU ---- */

void tap_login_init (TapLogin *login);
void tap_login_clear (TapLogin *login);
void flow_follow_login (TapFlow *flow); /* once per PDU; what it learns is for the PDUs behind */
/* FALSE: this PDU has no such digest, so that the act has nothing to strike. */
gboolean flow_has_digest (const TapFlow *flow, FaultAct act);
void flow_damage_digest (TapFlow *flow, FaultAct act); /* one bit of it, in what is pending */
