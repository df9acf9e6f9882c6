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
  Timer timer;                       /* TIME */
  const PduField *set[FAULT_FIELDS]; /* of rule.set and rule.add */
  const PduField *add[FAULT_FIELDS];
  Payload kept; /* the PDU that it met last, for a replay */
  gboolean is_kept_to_target;
  gboolean is_down; /* path_down is in force */
  Timer down_timer;
};

/* Connections from one initiator to one portal, to number them. */
typedef struct PlanRoute {
  Address portal;
  Address initiator; /* its IP only: each connection has another port */
  Host *host;        /* at the portal, if the tap is there */
  guint count;
} PlanRoute;

typedef struct PlanFired {
  gint64 time_ns;
  char *text;
  guint rule;
  guint connection;
  gboolean is_to_target;
  guint64 pdu;
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
  FaultLife life;
  gpointer life_data;
};

/* A PDU that a rule keeps back while others pass. */
typedef struct HeldByRule {
  PlanRule *rule;
  Payload pdu;
} HeldByRule;

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
  Digests digests;   /* of the PDU that is judged: its framer may know better of the next */
  guint64 pdus;      /* that were whole, ever */
  GArray *held;      /* of HeldByRule */
  Payload swapped;   /* goes behind the next PDU ... */
  PlanRule *swapper; /* ... says this rule */
  Payload injected;  /* whole PDUs that go at the next place between two */
  PlanRule *slow;    /* what passes goes into the trickle */
  Payload trickle;
  gboolean was_above; /* the low water mark, by what is in the trickle */
  Timer trickle_timer;
  gboolean is_shut; /* half closed by us: nothing passes any more */
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
  PlanRule *hole;  /* nothing passes ... */
  guint hole_ways; /* ... in these: bit per StreamDirection */
  Timer hole_timer;
  Timer lasts_timer;    /* the hole closes by itself */
  guint32 next_stat_sn; /* as the initiator counts */
  guint32 exp_cmd_sn;   /* of the last response */
  guint32 max_cmd_sn;
  guint32 stat_shift; /* statuses that the initiator has seen and the target has not sent */
  Payload rest;   /* second half of a text that was split: goes when the other side has answered */
  guint rest_way; /* StreamDirection of it */
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
/* Can it do to this PDU what it does? A key that is not there cannot be dropped. */
gboolean plan_rule_fits_pdu (const PlanRule *rule, const TapFlow *flow);
void plan_rule_tell_pdu (const PlanRule *rule, const guint8 bhs[BHS_LENGTH], GString *out);
/* "rst after 1000 bytes to target", "rst at 2s". */
void plan_rule_tell_other (const PlanRule *rule, GString *out);
char *plan_rule_text (const PlanRule *rule); /* its name, or what it says */

/* ---- plan.c ---- */

/* The rule fires: ordinal, log, report. `flow` may be NULL. */
void plan_fire (PlanRule *rule, Host *host, const TapFlow *flow, GString *text /* transfer full */);
void plan_life (PlanRule *rule, Host *host);
void plan_note_end (PlanRule *rule, guint32 connection); /* a delay is over, a hole is open */

static inline PlanRule *
plan_rule (const FaultPlan *plan, guint index)
{
  return plan->rules->pdata[index];
}

/* ---- path.c: path_down ---- */
void path_go_down (PlanRule *rule, Host *host);
void path_come_up (PlanRule *rule); /* nothing if it is up */
/* The host listens at this address, as far as connections have told. */
gboolean path_host_is_at (const FaultPlan *plan, const Host *host, const Address *portal);
gboolean path_is_down (const FaultPlan *plan, Host *from, const Address *to);

/* ---- change.c: PDUs made from PDUs; each returns a new one ---- */
Payload change_pdu (const PlanRule *rule, const Payload *pdu); /* by an act that changes one */
gboolean change_has_key (const Payload *pdu, const char *key);
Payload change_number (const Payload *pdu, gboolean is_to_target, guint32 stat_shift);
Payload change_make_insert (const FaultInsert *insert, const guint8 like[BHS_LENGTH]);
Payload change_make_login_status (const FaultRule *rule, const guint8 request[BHS_LENGTH]);
Payload change_make_reject (guint8 reason, const Tap *tap, const guint8 request[BHS_LENGTH]);
/* The text of a login PDU in two: `*ret_rest` has the flags of the whole and one StatSN or ExpStatSN more. */
Payload change_split (const Payload *pdu, guint64 bytes, Payload *ret_rest);

/* ---- seal.c: PDUs without their digests, and with them ---- */
Payload seal_open (const Payload *pdu, Digests digests);
Payload seal_close (const Payload *plain, Digests digests);

/* ---- strike.c ---- */
gboolean flow_has_key (const TapFlow *flow, const char *key); /* the PDU that is pending */
void flow_number (TapFlow *flow); /* by the shift of the connection's StatSN */
/* On what is pending: a whole PDU, or the bytes before the one that a BYTES rule names. */
void flow_strike (TapFlow *flow, PlanRule *rule);

/* ---- flow.c: what is kept, added and slowed down in one direction ---- */
void flow_emit (TapFlow *flow, const Payload *payload); /* out, now or slowly */
void flow_inject (TapFlow *flow, Payload payload /* transfer full */);
gboolean flow_can_inject (const TapFlow *flow);
void flow_drain_injected (TapFlow *flow);
void flow_hold (TapFlow *flow, PlanRule *rule, Payload payload /* transfer full */);
void flow_release (TapFlow *flow, const PlanRule *rule);
gboolean flow_holds (const TapFlow *flow, const PlanRule *rule);
void flow_close_window (TapFlow *flow, PlanRule *rule);
void flow_open_window (TapFlow *flow);
void flow_half_close (TapFlow *flow);
void flow_start_slow (TapFlow *flow, PlanRule *rule);
void flow_stop_slow (TapFlow *flow);
void flow_forget (TapFlow *flow); /* all of it is lost */
void flow_trickle_fired (gpointer flow);

/* ---- tap.c ---- */

void flow_pass (TapFlow *flow); /* what is pending */
void flow_pump (TapFlow *flow);
void tap_shut (Tap *tap);
void tap_release (Tap *tap); /* busy less one; frees it if nothing is left */
void tap_break_now (Tap *tap, StreamEnd end);
void tap_open_hole (Tap *tap, PlanRule *rule);
void tap_close_hole (Tap *tap);
/* Things went into it, or a block ended: the pump goes on in an event of its own. */
void flow_wake (TapFlow *flow);

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
