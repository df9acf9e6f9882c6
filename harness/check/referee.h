/* SPDX-License-Identifier: Apache-2.0 */
/* referee.h - the judge of the wire: every PDU keeps the rules of RFC 7143
 *
 * A Referee watches connections from their ends. What an engine emits is judged where it leaves, beside what that end has really
 * received; so a fault that changes a PDU on its way is nobody's violation, and an engine that answers wrongly to what it got
 * is found even then. What arrives is read by the same rules, in silence: once the other side has broken one, rules that
 * take its good conduct for granted are no longer asked of this side.
 *
 * It knows nothing of either engine: it reads by protocol/wire-map.h, follows by protocol/observer.h, and works out the keys by
 * itself. Each rule is a row of a table (referee-*.c) with the requirements that it stands for, and counts how often it was asked.
 */
#pragma once

#include "protocol/observer.h"
#include "world/stream.h"

typedef struct Referee Referee;
typedef struct RefereeEnd RefereeEnd;

typedef struct RefereeViolation {
  const char *rule;         /* its id: "cmd-sn-order" */
  const char *requirements; /* "R-NUM-003 R-NUM-008" */
  const char *sentence;     /* what should have held */
  const char *expected;
  const char *actual;
  const char *pdu; /* printed, with its octets */
  ObserverSide from;
  const char *end; /* the host where it was seen */
} RefereeViolation;

typedef void (*RefereeReport) (gpointer data, const RefereeViolation *violation);

/* `report` hears of every violation, in the order of the PDUs; of one PDU in the order of the table. */
Referee *referee_new (RefereeReport report, gpointer data);
/* After the streams that it watches. NULL is fine. */
void referee_free (Referee *referee);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Referee, referee_free)

typedef enum RefereeScope {
  REFEREE_NOBODY, /* both sides may do as they like: an actor that breaks rules on purpose */
  REFEREE_LOCAL,  /* the engine at this end */
  REFEREE_BOTH,   /* the far side too: nobody can watch it nearer */
} RefereeScope;

/* Until the stream is freed. */
RefereeEnd *referee_watch (Referee *referee, Stream *stream, RefereeScope scope);
/* Without a stream: a capture, a test. `judged`: one bit per ObserverSide. `end` is copied. */
RefereeEnd *referee_end_new (Referee *referee, const char *end, guint judged);
/* One bit per ObserverSide: engines that are not ours, or that something stands before. They are asked what RFC 3720 already
 * demanded, and no SHOULD. */
void referee_end_set_far (RefereeEnd *end, guint sides);
/* Hears of each PDU before it is judged. */
void referee_end_set_listener (RefereeEnd *end, ObserverSaw heard, gpointer data);
/* Its bytes have stopped being PDUs, or passed a bound: nothing behind that is judged. */
gboolean referee_end_is_lost (const RefereeEnd *end);
void referee_end_take (RefereeEnd *end, ObserverSide from, const Slice *slice);
void referee_end_free (RefereeEnd *end);

/* ---- the table, for reports ---- */

typedef struct RefereeRule RefereeRule;

guint referee_rule_count (void);
const char *referee_rule_id (guint rule);
const char *referee_rule_family (guint rule); /* the subject: "numbers", "login", ... */
/* Ids with blanks between. To keep the rule is evidence for the first of them; it touches the others. */
const char *referee_rule_requirements (guint rule);
const char *referee_rule_sentence (guint rule);
/* How often the rule applied to a PDU that was judged. */
guint64 referee_evaluated (const Referee *referee, guint rule);
