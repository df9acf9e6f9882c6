/* SPDX-License-Identifier: Apache-2.0 */
/* faults.h - what goes wrong, as data: rules with a place, a trigger and an act
 *
 * A FaultPlan is the set of rules of one run. It stands in three places: as the tap of a stream (fault_plan_tap_stream), as the
 * answer to a disk call and as the answer to a connect (fault_plan_ask). Whoever builds the run puts it there:
 *
 *   host->fault_ask = fault_plan_ask; host->fault_data = plan;            on every host whose disk or connects may fail
 *   fault_plan_tap_stream (plan, stream)                                  from host->on_stream, for one end of each connection
 *
 * A rule counts what it matches, from 1, over all connections in its place. It fires at its nth match and goes on until it has
 * fired `times` times. One PDU, call or connect suffers one fault: of several rules that are due the first one added acts, the
 * others at their next match. Each firing gets an ordinal, is logged, and is kept as text for the report.
 */
#pragma once

#include "protocol/bhs.h"
#include "target-sim/faults/acts.h"
#include "world/stream.h"

typedef struct FaultPlan FaultPlan;

#define FAULT_NO_RULE G_MAXUINT
#define FAULT_FIELDS  4
#define FAULT_HOLD_LIMIT                                                                           \
  (64 * 1024 * 1024) /* bytes held back in one direction; more break the connection */
#define FAULT_TIMEOUT_NS                                                                           \
  (924 * NS_PER_S) /* a black hole breaks the connection when bytes have waited so long, as TCP
                                                 does: Linux's fifteen retransmissions */
#define FAULT_PDU_LIMIT (16 * 1024 * 1024) /* the tap does not know what the ends have agreed on */

typedef enum FaultDirection {
  FAULT_ANY_DIRECTION,
  FAULT_TO_TARGET,
  FAULT_TO_INITIATOR
} FaultDirection;
typedef enum FaultPosition { FAULT_AFTER, FAULT_BEFORE } FaultPosition;
typedef enum FaultUnsynced { FAULT_LOSE, FAULT_KEEP, FAULT_DRAW } FaultUnsynced;

/* "any", "to_target", "to_initiator"; "after", "before"; "lose", "keep", "draw". */
gboolean fault_direction_find (const char *name, FaultDirection *ret_direction, GError **error);
gboolean fault_position_find (const char *name, FaultPosition *ret_position, GError **error);
gboolean fault_unsynced_find (const char *name, FaultUnsynced *ret_unsynced, GError **error);

typedef struct FaultField {
  const char *name; /* the RFC's spelling, as in the table of the PDU */
  guint64 value;
} FaultField;

/* A PDU that an `insert` adds. */
typedef struct FaultInsert {
  guint8 bhs[BHS_LENGTH];
  const guint8 *data; /* its data segment */
  gsize length;
  const char *const *given; /* names of fields that are as they shall be; NULL-terminated */
} FaultInsert;

/* All of a rule; fault_rule_init first. Strings are copied by fault_plan_add. */
typedef struct FaultRule {
  const char *text; /* how the scenario calls it; NULL: described from what follows */

  /* Where. The host: of a connection, either end (live: the end that has the tap, and its peer if that was told); of a connect, who connects; of a
   * disk call, whose disk. Must be there for a TIME rule: its clock. */
  Host *host; /* NULL: any */
  gboolean has_portal;
  Address portal;           /* of a connection or connect: the target's address */
  FaultDirection direction; /* PDU, BYTES, TIME with delay */
  guint
      connection; /* the k-th from this initiator to this portal, from 1; 0: any. Not of CONNECT: there nth counts */

  /* When. */
  FaultWhen when;
  const char *pdu; /* PDU: the RFC's name; NULL: any */
  FaultField fields[FAULT_FIELDS];
  guint field_count;
  guint64 bytes; /* BYTES: this many passed in one direction, no matter where in a PDU */
  gint64
      at_ns; /* TIME: of the world; strikes every connection in its place that is there at that instant */
  const char
      *operation;     /* DISK: "read", "write", "sync" ...; SCSI: "WRITE(16)"; NULL or "any": all */
  gboolean has_unit;  /* SCSI: only commands to this one */
  guint16 unit;       /* its number */
  const char *suffix; /* DISK: how the file's name ends; NULL: any */
  gint64 every_ns;    /* TIME: again after so long, `times` times; 0: once */
  guint after;        /* matches count once that rule has fired; FAULT_NO_RULE: at once */
  guint64 nth;        /* >= 1 */
  guint32 chance_ppm; /* of each match from the nth on; 1000000: always */

  /* What, and how often. */
  FaultAct act;
  FaultPosition position; /* PDU with rst, fin, black_hole: is the PDU behind or ahead of it */
  gint64 delay_ns;        /* delay, late; restart: how long it is down */
  gint64 lasts_ns;        /* black_hole, zero_window, path_down; 0: until it is lifted */
  gboolean is_one_way;    /* black_hole, path_down: the other direction stays */
  guint64
      cut_bytes; /* cut, truncate, shorten, split_text: octets of the first part; a shorter PDU is as it was */
  guint64 rate;                 /* slow: bytes per second */
  guint of;                     /* release, replay: the index of an earlier rule */
  FaultField set[FAULT_FIELDS]; /* overwrite */
  guint set_count;
  FaultField add[FAULT_FIELDS]; /* overwrite; modulo the field's width, so that -1 is G_MAXUINT64 */
  guint add_count;
  guint64 offset;       /* overwrite: where in the PDU, header included, ... */
  const guint8 *octets; /* ... these go; what would lie behind its end is left out */
  gsize octet_count;
  FaultInsert insert;
  const char *key; /* of the text */
  const char *value;
  guint16 status;         /* login_status: class << 8 | detail */
  const char *address;    /* login_status: TargetAddress; NULL: none */
  guint8 reason;          /* reject */
  gboolean loses_state;   /* restart */
  FaultUnsynced unsynced; /* power_cut */
  guint64 times;          /* 0: without end */
  gboolean is_optional;   /* need not fire */
} FaultRule;

/* Any place, any PDU, first match, once; rst after it. */
void fault_rule_init (FaultRule *rule);

/* Log and hosts must outlive the plan; `log` must know fault_events. Chances are drawn from streams of `seed`, one per rule. */
FaultPlan *fault_plan_new (EventLog *log, guint64 seed);
/* Taps that are still on a stream become plain wire. NULL is fine. */
void fault_plan_free (FaultPlan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FaultPlan, fault_plan_free)

/* The rule is in force from now on, also on connections that are already there. Its index: 0, 1, ... in the order of adding; ret_index may
 * be NULL. */
gboolean fault_plan_add (FaultPlan *plan, const FaultRule *rule, guint *ret_index, GError **error);

/* ---- where a plan stands ---- */

/* Of each connection one end only, or its PDUs would count twice; the accepted end unless it is out of reach. */
void fault_plan_tap_stream (FaultPlan *plan, Stream *stream);
/* Where the plan cannot know who is at the other end: on real TCP. NULL: nobody of ours. */
void fault_plan_tap_stream_of (FaultPlan *plan, Stream *stream, Host *peer);
/* A host that is out of reach is behind this address: a rule of its own strikes at the connections to there. */
void fault_plan_place_host (FaultPlan *plan, Host *host, const Address *address);
/* A FaultAsk: `plan` is the FaultPlan. */
FaultAnswer fault_plan_ask (gpointer plan, Host *host, const FaultQuestion *question);

/* What becomes of a target is not the plan's to do: crash, restart and power_cut with a PDU, BYTES or TIME trigger end here. It is
 * called in the midst of an event, with the target's host: what it does to that host it must put off until the event is over. */
typedef void (*FaultLife) (gpointer data, Host *host, const FaultRule *rule);
void fault_plan_set_life (FaultPlan *plan, FaultLife life, gpointer data);

/* ---- lifting: the rule fires no more, its delays and black holes are over; what they held goes on in events of its own ---- */
void fault_plan_lift (FaultPlan *plan, guint index);
void fault_plan_lift_all (FaultPlan *plan);

/* ---- for the judges and the report ---- */

guint fault_plan_rule_count (const FaultPlan *plan);
guint64 fault_plan_rule_fired (const FaultPlan *plan, guint index); /* how often */
guint fault_plan_fired_count (const FaultPlan *plan);
const char *fault_plan_fired_text (const FaultPlan *plan, guint i); /* 0 is ordinal 1 */
gint64 fault_plan_fired_ns (const FaultPlan *plan, guint i);

/* Where a fault fired, as a schedule keeps it. */
typedef struct FaultFiring {
  guint rule;
  FaultAct act;
  gint64 time_ns;
  const char *text;
  guint connection; /* the stream's number; 0: not on one */
  gboolean is_to_target;
  guint64 pdu; /* its ordinal in that direction of the connection, from 1; 0: not at a PDU */
} FaultFiring;

void fault_plan_firing (const FaultPlan *plan, guint i, FaultFiring *ret_firing);
char *fault_plan_rule_text (const FaultPlan *plan, guint index); /* transfer full */
FaultAct fault_plan_rule_act (const FaultPlan *plan, guint index);
/* One text for each rule that had to fire and never did; NULL-terminated, g_strfreev. */
char **fault_plan_unfired (const FaultPlan *plan);
/* When a fault last fired, ended or was lifted; 0: never. From then on, unless one is in force, all must get well. */
gint64 fault_plan_last_lifted_ns (const FaultPlan *plan);
guint fault_plan_in_force (
    const FaultPlan *plan); /* delays and black holes that hold something back or would */
