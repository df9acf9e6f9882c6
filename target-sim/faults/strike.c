/* SPDX-License-Identifier: Apache-2.0 */
/* strike.c - what a rule does to the PDU that it has met
 *
 * A row for each act. The PDU is in flow->pending, whole; what the row leaves there has not passed and will not. Passing bytes may
 * end the tap: whoever does something behind it looks at is_over first.
 */
#include "target-sim/faults/plan-internal.h"

#include "world/banned.h"

static Tap *
flow_tap_if_open (TapFlow *flow)
{
  return flow->tap->is_over ? NULL : flow->tap;
}

static TapFlow *
flow_other (TapFlow *flow)
{
  return &flow->tap->flows[flow->way == STREAM_IN ? STREAM_OUT : STREAM_IN];
}

static TapFlow *
tap_flow_to (Tap *tap, gboolean is_to_target)
{
  return &tap->flows[tap->flows[STREAM_IN].is_to_target == is_to_target ? STREAM_IN : STREAM_OUT];
}

static Payload
flow_take_pending (TapFlow *flow)
{
  const Payload pending = flow->pending;
  flow->pending = PAYLOAD_EMPTY;
  return pending;
}

/* ---- the connection ---- */

static void
strike_break (TapFlow *flow, PlanRule *rule)
{
  tap_shut (flow->tap);
  if (rule->rule.position == FAULT_AFTER)
    flow_pass (flow);
  tap_break_now (flow->tap, rule->rule.act == FAULT_ACT_FIN ? STREAM_END_FIN : STREAM_END_RST);
}

static void
strike_black_hole (TapFlow *flow, PlanRule *rule)
{
  const gboolean is_kept = rule->rule.position == FAULT_BEFORE;
  flow->is_pending_judged = is_kept;
  tap_open_hole (flow->tap, rule);
  if (!is_kept)
    flow_pass (flow);
}

static void
strike_path_down (TapFlow *flow, PlanRule *rule)
{
  Host *host = flow->tap->host;
  const gboolean is_kept = rule->rule.position == FAULT_BEFORE;
  flow->is_pending_judged = is_kept;
  path_go_down (rule, host);
  if (!is_kept)
    flow_pass (flow);
}

static void
strike_delay (TapFlow *flow, PlanRule *rule)
{
  flow->is_pending_judged = TRUE;
  flow->delay = rule;
  timer_arm (&flow->timer, rule->rule.delay_ns);
}

static void
strike_zero_window (TapFlow *flow, PlanRule *rule)
{
  flow->is_pending_judged = TRUE;
  flow_close_window (flow, rule);
}

static void
strike_slow (TapFlow *flow, PlanRule *rule)
{
  flow_start_slow (flow, rule);
  flow_pass (flow);
}

static void
strike_half_close (TapFlow *flow, PlanRule *rule)
{
  if (rule->rule.position == FAULT_AFTER)
    flow_pass (flow);
  payload_clear (&flow->pending);
  if (flow_tap_if_open (flow) != NULL)
    flow_half_close (flow);
}

static void
strike_cut (TapFlow *flow, PlanRule *rule)
{
  Payload part = PAYLOAD_EMPTY;
  payload_append_part (&part, &flow->pending, 0, MIN (flow->pending.length, rule->rule.cut_bytes));
  payload_clear (&flow->pending);
  flow->pending = part;
  tap_shut (flow->tap);
  flow_pass (flow);
  tap_break_now (flow->tap, STREAM_END_RST);
}

/* ---- the PDU ---- */

static void
strike_drop (TapFlow *flow, PlanRule *rule)
{
  payload_clear (&flow->pending);
}

static void
strike_change (TapFlow *flow, PlanRule *rule)
{
  g_auto (Payload) whole = flow_take_pending (flow);
  g_auto (Payload) plain = seal_open (&whole, flow->digests);
  g_auto (Payload) changed = change_pdu (rule, &plain);
  flow->pending = seal_close (&changed, flow->digests);
  flow_pass (flow);
}

/* Of the octets as they are on the wire, digests and all. */
static void
strike_truncate (TapFlow *flow, PlanRule *rule)
{
  g_auto (Payload) whole = flow_take_pending (flow);
  flow->pending = change_pdu (rule, &whole);
  flow_pass (flow);
}

static void
strike_digest (TapFlow *flow, PlanRule *rule)
{
  flow_damage_digest (flow, rule->rule.act);
  flow_pass (flow);
}

static void
strike_duplicate (TapFlow *flow, PlanRule *rule)
{
  Payload copy = PAYLOAD_EMPTY;
  payload_append_part (&copy, &flow->pending, 0, flow->pending.length);
  payload_append_part (&flow->injected, &copy, 0, copy.length);
  payload_clear (&copy);
  flow_pass (flow);
}

static void
strike_hold (TapFlow *flow, PlanRule *rule)
{
  flow_hold (flow, rule, flow_take_pending (flow));
}

static void
strike_reorder (TapFlow *flow, PlanRule *rule)
{
  payload_clear (&flow->swapped);
  flow->swapped = flow_take_pending (flow);
  flow->swapper = rule;
}

static void
strike_release (TapFlow *flow, PlanRule *rule)
{
  const FaultPlan *plan = rule->plan;
  const PlanRule *of = plan_rule (plan, rule->rule.of);
  flow_pass (flow);
  for (guint i = 0; i < plan->taps->len; i++) {
    Tap *tap = plan->taps->pdata[i];
    for (guint way = 0; way < 2 && !tap->is_over; way++)
      if (flow_holds (&tap->flows[way], of)) {
        flow_release (&tap->flows[way], of);
        flow_wake (&tap->flows[way]);
      }
  }
}

/* What it has met is kept already: flow_strike. */
static void
strike_record (TapFlow *flow, PlanRule *rule)
{
  flow_pass (flow);
}

/* One PDU more, without digests yet, behind the one that is pending. */
static void
flow_put_behind (TapFlow *flow, Payload plain /* transfer full */, gboolean is_to_target)
{
  flow_pass (flow);
  Tap *tap = flow_tap_if_open (flow);
  if (tap != NULL) {
    TapFlow *to = tap_flow_to (tap, is_to_target);
    flow_inject (to, seal_close (&plain, to->framer.digests));
  }
  payload_clear (&plain);
}

static void
strike_replay (TapFlow *flow, PlanRule *rule)
{
  const PlanRule *of = plan_rule (rule->plan, rule->rule.of);
  Payload again = PAYLOAD_EMPTY;
  payload_append_part (&again, &of->kept, 0, of->kept.length);
  flow_put_behind (flow, again, of->is_kept_to_target);
}

static void
strike_insert (TapFlow *flow, PlanRule *rule)
{
  const FaultInsert *insert = &rule->rule.insert;
  const gboolean is_to_target = (insert->bhs[0] & 0x20) == 0;
  flow_put_behind (flow, change_make_insert (insert, flow->framer.bhs), is_to_target);
}

/* ---- answers in the target's place ---- */

static void
strike_reject (TapFlow *flow, PlanRule *rule)
{
  Tap *tap = flow->tap;
  TapFlow *back = flow_other (flow);
  g_auto (Payload) reject = change_make_reject (rule->rule.reason, tap, flow->framer.bhs);
  payload_clear (&flow->pending);
  tap->stat_shift++;
  tap->next_stat_sn++;
  flow_inject (back, seal_close (&reject, back->framer.digests));
}

static void
strike_login_status (TapFlow *flow, PlanRule *rule)
{
  TapFlow *back = flow_other (flow);
  g_auto (Payload) answer = change_make_login_status (&rule->rule, flow->framer.bhs);
  payload_clear (&flow->pending);
  tap_shut (flow->tap);
  flow_emit (back, &answer);
  tap_break_now (flow->tap, STREAM_END_FIN);
}

static void
strike_split (TapFlow *flow, PlanRule *rule)
{
  Tap *tap = flow->tap;
  g_auto (Payload) whole = flow_take_pending (flow);
  payload_clear (&tap->rest);
  flow->pending = change_split (&whole, rule->rule.cut_bytes, &tap->rest);
  tap->rest_way = flow->way;
  /* The other side still speaks login before the second half. */
  tap->flows[STREAM_IN].framer.digests = tap->flows[STREAM_OUT].framer.digests = (Digests){ 0 };
  flow_pass (flow);
}

/* ---- the target ---- */

static void
strike_life (TapFlow *flow, PlanRule *rule)
{
  Host *host = flow->tap->host;
  if (rule->rule.position == FAULT_AFTER)
    flow_pass (flow);
  payload_clear (&flow->pending);
  plan_life (rule, host);
}

typedef void (*Strike) (TapFlow *flow, PlanRule *rule);

static const Strike strikes[FAULT_ACT_COUNT] = {
  [FAULT_ACT_RST] = strike_break,
  [FAULT_ACT_FIN] = strike_break,
  [FAULT_ACT_BLACK_HOLE] = strike_black_hole,
  [FAULT_ACT_DELAY] = strike_delay,
  [FAULT_ACT_HALF_CLOSE] = strike_half_close,
  [FAULT_ACT_ZERO_WINDOW] = strike_zero_window,
  [FAULT_ACT_SLOW] = strike_slow,
  [FAULT_ACT_PATH_DOWN] = strike_path_down,
  [FAULT_ACT_DROP] = strike_drop,
  [FAULT_ACT_CUT] = strike_cut,
  [FAULT_ACT_HEADER_DIGEST] = strike_digest,
  [FAULT_ACT_DATA_DIGEST] = strike_digest,
  [FAULT_ACT_DUPLICATE] = strike_duplicate,
  [FAULT_ACT_HOLD] = strike_hold,
  [FAULT_ACT_RELEASE] = strike_release,
  [FAULT_ACT_REORDER] = strike_reorder,
  [FAULT_ACT_TRUNCATE] = strike_truncate,
  [FAULT_ACT_SHORTEN] = strike_change,
  [FAULT_ACT_OVERWRITE] = strike_change,
  [FAULT_ACT_BAD_PADDING] = strike_change,
  [FAULT_ACT_UNKNOWN_OPCODE] = strike_change,
  [FAULT_ACT_RECORD] = strike_record,
  [FAULT_ACT_REPLAY] = strike_replay,
  [FAULT_ACT_INSERT] = strike_insert,
  [FAULT_ACT_REJECT] = strike_reject,
  [FAULT_ACT_LOGIN_STATUS] = strike_login_status,
  [FAULT_ACT_DROP_KEY] = strike_change,
  [FAULT_ACT_REPEAT_KEY] = strike_change,
  [FAULT_ACT_REPLACE_VALUE] = strike_change,
  [FAULT_ACT_ADD_KEY] = strike_change,
  [FAULT_ACT_SPLIT_TEXT] = strike_split,
  [FAULT_ACT_CRASH] = strike_life,
  [FAULT_ACT_RESTART] = strike_life,
  [FAULT_ACT_POWER_CUT] = strike_life,
};

gboolean
flow_has_key (const TapFlow *flow, const char *key)
{
  g_auto (Payload) plain = seal_open (&flow->pending, flow->digests);
  return change_has_key (&plain, key);
}

void
flow_number (TapFlow *flow)
{
  g_auto (Payload) whole = flow_take_pending (flow);
  g_auto (Payload) plain = seal_open (&whole, flow->digests);
  g_auto (Payload) numbered = change_number (&plain, flow->is_to_target, flow->tap->stat_shift);
  flow->pending = seal_close (&numbered, flow->digests);
}

/* For a replay: the PDU as it came, whatever becomes of it now. */
static void
flow_keep (TapFlow *flow, PlanRule *rule)
{
  payload_clear (&rule->kept);
  rule->kept = seal_open (&flow->pending, flow->digests);
  rule->is_kept_to_target = flow->is_to_target;
}

void
flow_strike (TapFlow *flow, PlanRule *rule)
{
  const Strike strike = strikes[rule->rule.act];
  if (rule->rule.when == FAULT_WHEN_PDU)
    flow_keep (flow, rule);
  CHECK_THAT (strike != NULL); /* the trigger's row allows it */
  strike (flow, rule);
}
