/* SPDX-License-Identifier: Apache-2.0 */
/* tap.c - the plan on a connection: bytes in, PDUs judged, bytes out
 *
 * Method: each direction is a flow. Bytes are queued in `waiting`, and the pump takes them out as far as the end of a PDU, or
 * as far as the byte that a BYTES rule names. While some rule could match, the bytes of a PDU are kept in `pending` until it is
 * whole; else they pass at once and are only counted off, so that the flow knows where the next PDU begins when a rule comes.
 * A delay or a black hole stops the pump: what is behind waits unjudged, so that faults come in the order of the wire, and a
 * FIN comes after the bytes before it. Nothing is copied: all of it is slices of what was sent.
 *
 * A break "after" a PDU shuts the tap before the PDU is handed on: the engine that gets it has no time to answer.
 *
 * Invariant: passing bytes to the engine may end in anything, the end of the stream included. A tap that is in use (`busy`)
 * outlives its stream; is_over says that nothing may be touched any more.
 */
#include "target-sim/faults/events.h"
#include "target-sim/faults/plan-internal.h"

#include "protocol/numbers.h"

#include "world/banned.h"

#define TAP_LOG(tap, event, text)                                                                  \
  EVENT_LOG ((tap)->plan->log, (tap)->plan->actor, event, text, (tap)->id)

/* ---- what waits ---- */

static void
flow_wait (TapFlow *flow, Slice slice /* transfer full */)
{
  flow->waiting_bytes += slice.length;
  g_array_append_val (flow->waiting, slice);
}

static void
flow_drop_first (TapFlow *flow)
{
  slice_clear (&g_array_index (flow->waiting, Slice, flow->first));
  flow->first++;
  if (flow->first == flow->waiting->len || flow->first >= 256) {
    g_array_remove_range (flow->waiting, 0, flow->first);
    flow->first = 0;
  }
}

/* At most `limit` bytes of the first slice, which stay where they are. */
static Slice
flow_look (TapFlow *flow, guint64 limit)
{
  const Slice *first = &g_array_index (flow->waiting, Slice, flow->first);
  return slice_sub (first, 0, MIN (first->length, limit));
}

static void
flow_take (TapFlow *flow, gsize length)
{
  Slice *first = &g_array_index (flow->waiting, Slice, flow->first);
  flow->waiting_bytes -= length;
  flow->bytes += length;
  slice_skip (first, length);
  if (first->length == 0)
    flow_drop_first (flow);
}

static void
flow_discard (TapFlow *flow)
{
  while (flow->waiting->len > 0)
    flow_drop_first (flow);
  flow->waiting_bytes = 0;
  payload_clear (&flow->pending);
  flow_forget (flow);
  flow->is_pending_judged = FALSE;
  flow->delay = NULL;
  timer_disarm (&flow->timer);
}

static gboolean
flow_is_blocked (const TapFlow *flow)
{
  const Tap *tap = flow->tap;
  return flow->delay != NULL || timer_is_armed (&flow->timer)
         || (tap->hole != NULL && (tap->hole_ways & 1u << flow->way) != 0);
}

static gboolean
flow_has_work (const TapFlow *flow)
{
  return flow->waiting->len > 0 || flow->is_pending_judged || flow->bytes_judged < flow->bytes
         || flow_can_inject (flow);
}

/* ---- passing on ---- */

void
flow_pass (TapFlow *flow)
{
  Payload payload = flow->pending;
  flow->pending = PAYLOAD_EMPTY;
  flow->is_pending_judged = FALSE;
  flow_emit (flow, &payload);
  payload_clear (&payload);
}

/* Nothing passes any more, in either direction. The break itself comes by tap_break_now, behind what may still pass. */
void
tap_shut (Tap *tap)
{
  tap->is_over = TRUE;
  tap->hole = NULL;
  timer_disarm (&tap->hole_timer);
  timer_disarm (&tap->lasts_timer);
  payload_clear (&tap->rest);
}

/* In an event of its own: the owner may be the one that is sending. */
static void
flow_tell_reset (TapFlow *flow)
{
  flow->has_end = TRUE;
  flow->end = STREAM_END_RST;
  timer_arm (&flow->timer, 0);
}

/* An end that was kept back takes its course now: an owner that has let go waits for nothing, one that is there must hear of
 * a reset that TCP had already. */
void
tap_break_now (Tap *tap, StreamEnd end)
{
  const TapFlow *in = &tap->flows[STREAM_IN];
  const gboolean is_left = tap->flows[STREAM_OUT].has_end;
  const gboolean was_reset = in->has_end && in->end == STREAM_END_RST;
  for (guint i = 0; i < 2; i++) {
    flow_discard (&tap->flows[i]);
    tap->flows[i].has_end = FALSE;
  }
  if (tap->stream != NULL)
    stream_tap_break (tap->stream, end);
  if (tap->stream != NULL && tap->stream->is_freed && is_left)
    stream_tap_end (tap->stream, STREAM_OUT, STREAM_END_FIN);
  else if (tap->stream != NULL && was_reset)
    flow_tell_reset (&tap->flows[STREAM_IN]);
}

void
tap_release (Tap *tap)
{
  if (--tap->busy > 0 || tap->stream != NULL)
    return;
  for (guint i = 0; i < 2; i++) {
    flow_discard (&tap->flows[i]);
    framer_clear (&tap->flows[i].framer);
    g_array_unref (tap->flows[i].waiting);
    g_array_unref (tap->flows[i].held);
  }
  timer_disarm (&tap->hole_timer);
  timer_disarm (&tap->lasts_timer);
  payload_clear (&tap->rest);
  tap_login_clear (&tap->login);
  tap->magic = 0;
  g_free (tap);
}

static void
tap_give_up (Tap *tap, const char *why)
{
  tap->busy++;
  TAP_LOG (tap, EVENT_FAULT_GAVE_UP, why);
  tap_shut (tap);
  tap_break_now (tap, STREAM_END_TIMEOUT);
  tap_release (tap);
}

/* Linux gives up on bytes that nobody acknowledges; a host that sends nothing never does. */
static void
tap_watch_hole (Tap *tap)
{
  const gboolean is_someone_waiting = tap->flows[0].waiting_bytes + tap->flows[1].waiting_bytes > 0
                                      || tap->flows[0].has_end || tap->flows[1].has_end
                                      || tap->flows[0].is_pending_judged
                                      || tap->flows[1].is_pending_judged;
  if (tap->hole != NULL && is_someone_waiting && !timer_is_armed (&tap->hole_timer))
    timer_arm (&tap->hole_timer, FAULT_TIMEOUT_NS);
}

/* ---- holes ---- */

static guint
hole_ways (const Tap *tap, const FaultRule *rule)
{
  guint ways = 0;
  for (guint i = 0; i < 2; i++) {
    const FaultDirection its = tap->flows[i].is_to_target ? FAULT_TO_TARGET : FAULT_TO_INITIATOR;
    if (!rule->is_one_way || rule->direction == its)
      ways |= 1u << tap->flows[i].way;
  }
  return ways;
}

void
tap_open_hole (Tap *tap, PlanRule *rule)
{
  tap->hole = rule;
  tap->hole_ways = hole_ways (tap, &rule->rule);
  tap_watch_hole (tap);
  if (rule->rule.act == FAULT_ACT_BLACK_HOLE && rule->rule.lasts_ns > 0)
    timer_arm (&tap->lasts_timer, rule->rule.lasts_ns);
}

/* What was stopped goes on in an event of its own. */
void
flow_wake (TapFlow *flow)
{
  if (!timer_is_armed (&flow->timer))
    timer_arm (&flow->timer, 0);
}

void
tap_close_hole (Tap *tap)
{
  tap->hole = NULL;
  timer_disarm (&tap->hole_timer);
  timer_disarm (&tap->lasts_timer);
  for (guint i = 0; i < 2; i++)
    flow_wake (&tap->flows[i]);
}

/* ---- who is struck ---- */

static gboolean
flow_is_watched (const TapFlow *flow)
{
  const GPtrArray *rules = flow->tap->plan->rules;
  if (flow->tap->stat_shift != 0 || flow->tap->rest.length > 0 || flow->swapped.length > 0)
    return TRUE;
  for (guint i = 0; i < rules->len; i++) {
    const PlanRule *rule = rules->pdata[i];
    if (rule->rule.when == FAULT_WHEN_PDU && plan_rule_is_armed (rule)
        && plan_rule_is_of_flow (rule, flow))
      return TRUE;
  }
  return FALSE;
}

/* Every rule counts the PDU; the first one that is due has it. */
static PlanRule *
flow_choose_for_pdu (TapFlow *flow)
{
  const GPtrArray *rules = flow->tap->plan->rules;
  PlanRule *chosen = NULL;
  for (guint i = 0; i < rules->len; i++) {
    PlanRule *rule = rules->pdata[i];
    if (rule->rule.when == FAULT_WHEN_PDU && plan_rule_is_armed (rule)
        && plan_rule_is_of_flow (rule, flow) && plan_rule_is_of_pdu (rule, flow)
        && plan_rule_fits_pdu (rule, flow) && plan_rule_is_due (rule) && chosen == NULL)
      chosen = rule;
  }
  return chosen;
}

/* What the target says last of numbers, as the initiator sees it. */
static void
tap_note_numbers (Tap *tap, const guint8 bhs[BHS_LENGTH])
{
  const PduType *type = pdu_type (bhs_opcode (bhs));
  const gboolean has_status = pdu_uses_stat_sn (bhs);
  /* All that a target sends has them in the same place; in a login that is refused they mean nothing. */
  if (type == NULL || type->is_from_initiator
      || (bhs_opcode (bhs) == OPCODE_LOGIN_RESPONSE && !has_status))
    return;
  tap->exp_cmd_sn = (guint32) wire_get (bhs, 28, 0, 32);
  tap->max_cmd_sn = (guint32) wire_get (bhs, 32, 0, 32);
  if (has_status)
    tap->next_stat_sn = (guint32) wire_get (bhs, 24, 0, 32) + 1 + tap->stat_shift;
}

/* The answer to the first half of a split text is between us and the one that gave it; the second half takes its way. A
 * response that the initiator has not seen, or one more that it has: the numbers behind it shift. */
static gboolean
flow_takes_rest (TapFlow *flow)
{
  Tap *tap = flow->tap;
  if (tap->rest.length == 0 || tap->rest_way == (guint) flow->way)
    return FALSE;
  Payload rest = tap->rest;
  tap->rest = PAYLOAD_EMPTY;
  tap->stat_shift += flow->is_to_target ? 1 : -1u;
  payload_clear (&flow->pending);
  if (tap->login.is_over)
    for (guint i = 0; i < 2; i++)
      tap->flows[i].framer.digests = digests_agreed (&tap->login.agreed);
  flow_inject (&tap->flows[tap->rest_way], rest);
  return TRUE;
}

static void
flow_judge_whole (TapFlow *flow, const guint8 bhs[BHS_LENGTH])
{
  Tap *tap = flow->tap;
  if (tap->stat_shift != 0)
    flow_number (flow);
  PlanRule *rule = flow_choose_for_pdu (flow);
  flow_follow_login (flow);
  if (rule == NULL) {
    flow_pass (flow);
    return;
  }
  GString *text = g_string_new (NULL);
  plan_rule_tell_pdu (rule, bhs, text);
  g_string_append_printf (text, " on connection %u", tap->id);
  plan_fire (rule, tap->host, flow, text);
  flow_strike (flow, rule);
}

static void
flow_judge_pdu (TapFlow *flow)
{
  Tap *tap = flow->tap;
  const gboolean is_whole = !flow->has_passed_part;
  Payload swapped = flow->swapped;
  flow->swapped = PAYLOAD_EMPTY;
  flow->has_passed_part = FALSE;
  flow->digests = flow->framer.digests;
  flow->pdus++;
  if (!flow->is_to_target)
    tap_note_numbers (tap, flow->framer.bhs);
  if (!is_whole) {
    flow_follow_login (flow);
    flow_pass (flow);
  } else if (!flow_takes_rest (flow)) {
    flow_judge_whole (flow, flow->framer.bhs);
  }
  if (!tap->is_over)
    payload_append_part (&flow->injected, &swapped, 0, swapped.length);
  payload_clear (&swapped);
}

static gboolean
rule_is_of_bytes (const PlanRule *rule, const TapFlow *flow)
{
  return rule->rule.when == FAULT_WHEN_BYTES && rule->rule.bytes > flow->bytes_judged
         && plan_rule_is_armed (rule) && plan_rule_is_of_flow (rule, flow);
}

/* How many bytes until the next one that a BYTES rule names. */
static guint64
flow_bytes_left (const TapFlow *flow)
{
  const GPtrArray *rules = flow->tap->plan->rules;
  guint64 left = G_MAXUINT64;
  for (guint i = 0; i < rules->len; i++) {
    const PlanRule *rule = rules->pdata[i];
    if (rule_is_of_bytes (rule, flow) && rule->rule.bytes > flow->bytes)
      left = MIN (left, rule->rule.bytes - flow->bytes);
  }
  return left;
}

static PlanRule *
flow_choose_for_bytes (TapFlow *flow)
{
  const GPtrArray *rules = flow->tap->plan->rules;
  PlanRule *chosen = NULL;
  for (guint i = 0; i < rules->len; i++) {
    PlanRule *rule = rules->pdata[i];
    if (rule_is_of_bytes (rule, flow) && rule->rule.bytes <= flow->bytes && plan_rule_is_due (rule)
        && chosen == NULL)
      chosen = rule;
  }
  flow->bytes_judged = flow->bytes;
  return chosen;
}

static void
flow_judge_bytes (TapFlow *flow)
{
  Tap *tap = flow->tap;
  PlanRule *rule = flow_choose_for_bytes (flow);
  if (rule == NULL)
    return;
  flow->has_passed_part = flow->has_passed_part || flow->pending.length > 0;
  GString *text = g_string_new (NULL);
  plan_rule_tell_other (rule, text);
  g_string_append_printf (text, " %s on connection %u",
                          flow->is_to_target ? "to target" : "to initiator", tap->id);
  plan_fire (rule, tap->host, flow, text);
  /* A delay or a closed window is behind the bytes that the rule counts. */
  if (rule->rule.act == FAULT_ACT_DELAY || rule->rule.act == FAULT_ACT_ZERO_WINDOW)
    flow_pass (flow);
  if (!tap->is_over)
    flow_strike (flow, rule);
}

/* ---- the pump ---- */

static FramerResult
flow_frame (TapFlow *flow, Slice *view)
{
  if (flow->is_unframed) {
    slice_skip (view, view->length);
    return FRAMER_MORE;
  }
  g_autoptr (GError) error = NULL;
  const FramerResult result = framer_next (&flow->framer, view, &error);
  if (result != FRAMER_BAD)
    return result;
  flow->is_unframed = TRUE;
  TAP_LOG (flow->tap, EVENT_FAULT_UNFRAMED, error->message);
  slice_skip (view, view->length);
  return FRAMER_MORE;
}

static void
flow_step (TapFlow *flow)
{
  Slice view = flow_look (flow, flow_bytes_left (flow));
  Slice taken = slice_ref (&view);
  const FramerResult result = flow_frame (flow, &view);
  taken.length -= view.length;
  slice_clear (&view);
  flow_take (flow, taken.length);
  payload_append (&flow->pending, taken);
  if (result == FRAMER_PDU) {
    flow_judge_pdu (flow);
  } else if (flow->is_unframed || flow->has_passed_part || !flow_is_watched (flow)) {
    flow->has_passed_part = TRUE;
    flow_pass (flow);
  }
}

static void
flow_pass_end (TapFlow *flow)
{
  Tap *tap = flow->tap;
  flow->has_end = FALSE;
  flow_pass (flow);
  flow_emit (flow, &flow->swapped);
  payload_clear (&flow->swapped);
  if (tap->stream != NULL && !flow->is_shut)
    stream_tap_end (tap->stream, flow->way, flow->end);
}

static void
flow_advance (TapFlow *flow)
{
  if (flow->is_pending_judged)
    flow_pass (flow);
  else if (flow_can_inject (flow))
    flow_drain_injected (flow);
  else if (flow->bytes_judged < flow->bytes)
    flow_judge_bytes (flow);
  else
    flow_step (flow);
}

void
flow_pump (TapFlow *flow)
{
  Tap *tap = flow->tap;
  if (flow->is_pumping)
    return;
  flow->is_pumping = TRUE;
  tap->busy++;
  while (!tap->is_over && !flow_is_blocked (flow) && flow_has_work (flow))
    flow_advance (flow);
  if (!tap->is_over && !flow_is_blocked (flow) && flow->has_end && flow->trickle.length == 0)
    flow_pass_end (flow);
  flow->is_pumping = FALSE;
  if (!tap->is_over)
    tap_watch_hole (tap);
  tap_release (tap);
}

/* ---- blocks end ---- */

static void
flow_timer_fired (gpointer data)
{
  TapFlow *flow = data;
  CHECK (flow->tap, TAP_MAGIC);
  if (flow->delay != NULL) {
    plan_note_end (flow->delay, flow->tap->id);
    flow->delay = NULL;
    flow_open_window (flow);
  }
  if (flow->tap->is_over && flow->has_end)
    flow_pass_end (flow);
  else
    flow_pump (flow);
}

static void
tap_hole_timed_out (gpointer data)
{
  Tap *tap = data;
  CHECK (tap, TAP_MAGIC);
  tap_give_up (tap, "bytes have waited in a black hole for 924 s");
}

static void
tap_hole_is_over (gpointer data)
{
  Tap *tap = data;
  CHECK (tap, TAP_MAGIC);
  if (tap->hole == NULL)
    return;
  plan_note_end (tap->hole, tap->id);
  tap_close_hole (tap);
}

static void
flow_lift (TapFlow *flow, const PlanRule *rule)
{
  const gboolean is_waiting = flow->delay == rule || flow_holds (flow, rule);
  flow_release (flow, rule);
  if (flow->slow == rule)
    flow_stop_slow (flow);
  if (flow->swapped.length > 0 && flow->swapper == rule) {
    payload_append_part (&flow->injected, &flow->swapped, 0, flow->swapped.length);
    payload_clear (&flow->swapped);
    flow_wake (flow);
  }
  if (is_waiting)
    timer_arm (&flow->timer, 0); /* goes on in an event of its own */
}

void
tap_lift (Tap *tap, const PlanRule *rule)
{
  if (tap->hole == rule) {
    plan_note_end (tap->hole, tap->id);
    tap_close_hole (tap);
  }
  for (guint i = 0; i < 2; i++)
    flow_lift (&tap->flows[i], rule);
}

guint
tap_blocks (const Tap *tap)
{
  return (tap->hole != NULL) + (tap->flows[0].delay != NULL) + (tap->flows[1].delay != NULL);
}

/* ---- a TIME rule ---- */

static void
flow_strike_now (TapFlow *flow, PlanRule *rule)
{
  if (rule->rule.act == FAULT_ACT_SLOW) {
    flow_start_slow (flow, rule);
  } else if (flow->delay == NULL && rule->rule.act == FAULT_ACT_ZERO_WINDOW) {
    flow_close_window (flow, rule);
  } else if (flow->delay == NULL) {
    flow->delay = rule;
    timer_arm (&flow->timer, rule->rule.delay_ns);
  }
}

static void
tap_strike (Tap *tap, PlanRule *rule)
{
  const guint64 of_flow = FAULT_BIT (DELAY) | FAULT_BIT (ZERO_WINDOW) | FAULT_BIT (SLOW);
  if (rule->rule.act == FAULT_ACT_BLACK_HOLE) {
    tap_open_hole (tap, rule);
  } else if ((of_flow & UINT64_C (1) << rule->rule.act) != 0) {
    for (guint i = 0; i < 2; i++)
      if (plan_rule_is_of_flow (rule, &tap->flows[i]))
        flow_strike_now (&tap->flows[i], rule);
  } else {
    tap_shut (tap);
    tap_break_now (tap, rule->rule.act == FAULT_ACT_FIN ? STREAM_END_FIN : STREAM_END_RST);
  }
}

/* A connection whose owner has let go, or that we broke, is no longer there to be struck. */
static gboolean
tap_is_struck_by (const Tap *tap, const PlanRule *rule)
{
  return !tap->is_over && !tap->stream->is_freed && tap->hole == NULL
         && plan_rule_is_of_tap (rule, tap);
}

/* What strikes the path or the target needs no connection to strike. */
static gboolean
place_strike_now (PlanRule *rule)
{
  const guint64 of_target = FAULT_BIT (CRASH) | FAULT_BIT (RESTART) | FAULT_BIT (POWER_CUT);
  Host *host = rule->rule.host;
  const gboolean is_of_target = (of_target & UINT64_C (1) << rule->rule.act) != 0;
  if (!is_of_target && rule->rule.act != FAULT_ACT_PATH_DOWN)
    return FALSE;
  GString *text = g_string_new (NULL);
  plan_rule_tell_other (rule, text);
  g_string_append_printf (text, " on '%s'", host->name);
  plan_fire (rule, host, NULL, text);
  if (is_of_target)
    plan_life (rule, host);
  else
    path_go_down (rule, host);
  return TRUE;
}

void
tap_strike_now (PlanRule *rule)
{
  FaultPlan *plan = rule->plan;
  if (place_strike_now (rule))
    return;
  g_autoptr (GPtrArray) struck = g_ptr_array_new ();
  GString *text = g_string_new (NULL);
  plan_rule_tell_other (rule, text);
  for (guint i = 0; i < plan->taps->len; i++) {
    Tap *tap = plan->taps->pdata[i];
    if (!tap_is_struck_by (tap, rule))
      continue;
    g_string_append_printf (text, "%s %u", struck->len == 0 ? " on connection" : ",", tap->id);
    g_ptr_array_add (struck, tap);
    tap->busy++;
  }
  if (struck->len == 0) {
    g_string_free (text, TRUE);
    return;
  }
  plan_fire (rule, rule->rule.host, NULL, text);
  for (guint i = 0; i < struck->len; i++) {
    Tap *tap = struck->pdata[i];
    if (!tap->is_over)
      tap_strike (tap, rule);
    tap_release (tap);
  }
}

/* ---- on the stream ---- */

static void
tap_bytes (Tap *tap, StreamDirection way, const Slice *slice)
{
  CHECK (tap, TAP_MAGIC);
  TapFlow *flow = &tap->flows[way];
  if (tap->plan == NULL) {
    stream_tap_pass (tap->stream, way, slice);
    return;
  }
  if (tap->is_over || flow->has_end || flow->is_shut)
    return;
  flow_wait (flow, slice_ref (slice));
  if (flow->waiting_bytes > FAULT_HOLD_LIMIT)
    tap_give_up (tap, "more than 64 MiB were held back");
  else
    flow_pump (flow);
}

static void
tap_outgoing (gpointer data, Stream *stream, const Slice *slice)
{
  tap_bytes (data, STREAM_OUT, slice);
}

static void
tap_incoming (gpointer data, Stream *stream, const Slice *slice)
{
  tap_bytes (data, STREAM_IN, slice);
}

/* What tells of a local decision (a refused connect, TCP's own patience) is not on the wire: it passes. */
static gboolean
tap_ending (gpointer data, Stream *stream, StreamDirection way, StreamEnd end)
{
  Tap *tap = data;
  CHECK (tap, TAP_MAGIC);
  TapFlow *flow = &tap->flows[way];
  if (tap->plan == NULL || tap->is_over)
    return FALSE;
  if (end != STREAM_END_FIN && end != STREAM_END_RST) {
    tap_shut (tap);
    return FALSE;
  }
  if (flow->is_shut)
    return way == STREAM_IN && end == STREAM_END_FIN; /* it has been told of one */
  if (!flow_is_blocked (flow) && !flow->is_pumping && flow->trickle.length == 0) {
    tap->busy++;
    flow_pass (flow); /* a part of a PDU that will not be whole */
    flow_emit (flow, &flow->swapped);
    payload_clear (&flow->swapped);
    tap->is_over = tap->is_over || end == STREAM_END_RST;
    tap_release (tap);
    return FALSE;
  }
  flow->has_end = TRUE;
  flow->end = end;
  tap_watch_hole (tap);
  return TRUE;
}

static void
tap_freed (gpointer data, Stream *stream)
{
  Tap *tap = data;
  CHECK (tap, TAP_MAGIC);
  tap->busy++;
  if (tap->plan != NULL)
    g_ptr_array_remove (tap->plan->taps, tap);
  tap->is_over = TRUE;
  tap->stream = NULL;
  tap_release (tap);
}

/* What the owner has sent and we have not passed on: to the owner it is queued. */
static gsize
tap_held (gpointer data, Stream *stream)
{
  const Tap *tap = data;
  const TapFlow *flow = &tap->flows[STREAM_OUT];
  return flow->waiting_bytes + flow->pending.length + flow->injected.length + flow->trickle.length;
}

static const StreamTap fault_tap = {
  .outgoing = tap_outgoing,
  .incoming = tap_incoming,
  .ending = tap_ending,
  .held = tap_held,
  .freed = tap_freed,
};

static guint
plan_number_connection (FaultPlan *plan, const Tap *tap, const Address *initiator)
{
  const Address *portal = &tap->portal;
  for (guint i = 0; i < plan->routes->len; i++) {
    PlanRoute *route = &g_array_index (plan->routes, PlanRoute, i);
    if (address_equal (&route->portal, portal) && address_equal_ip (&route->initiator, initiator))
      return ++route->count;
  }
  const PlanRoute route = { *portal, *initiator, tap->stream->is_accepted ? tap->host : NULL, 1 };
  g_array_append_val (plan->routes, route);
  return 1;
}

void
fault_plan_place_host (FaultPlan *plan, Host *host, const Address *address)
{
  CHECK (plan, FAULT_PLAN_MAGIC);
  const PlanRoute route = { .portal = *address, .host = host };
  g_array_append_val (plan->routes, route);
}

static void
flow_init (TapFlow *flow, Tap *tap, StreamDirection way)
{
  flow->tap = tap;
  flow->way = way;
  flow->is_to_target = (way == STREAM_IN) == tap->stream->is_accepted;
  flow->waiting = g_array_new (FALSE, FALSE, sizeof (Slice));
  framer_init (&flow->framer, FAULT_PDU_LIMIT);
  flow->held = g_array_new (FALSE, FALSE, sizeof (HeldByRule));
  flow->framer.is_blind_to_errors = TRUE;
  timer_init (&flow->timer, tap->host, flow_timer_fired, flow);
  timer_init (&flow->trickle_timer, tap->host, flow_trickle_fired, flow);
}

void
fault_plan_tap_stream_of (FaultPlan *plan, Stream *stream, Host *peer)
{
  CHECK (plan, FAULT_PLAN_MAGIC);
  CHECK (stream, STREAM_MAGIC);
  Tap *tap = g_new0 (Tap, 1);
  tap->magic = TAP_MAGIC;
  tap->plan = plan;
  tap->stream = stream;
  tap->host = stream->host;
  tap->peer = peer;
  tap->id = stream->id;
  tap->portal = stream->is_accepted ? stream->local : stream->remote;
  tap->number =
      plan_number_connection (plan, tap, stream->is_accepted ? &stream->remote : &stream->local);
  tap_login_init (&tap->login);
  flow_init (&tap->flows[STREAM_OUT], tap, STREAM_OUT);
  flow_init (&tap->flows[STREAM_IN], tap, STREAM_IN);
  timer_init (&tap->hole_timer, tap->host, tap_hole_timed_out, tap);
  timer_init (&tap->lasts_timer, tap->host, tap_hole_is_over, tap);
  plan->clock = stream->host;
  g_ptr_array_add (plan->taps, tap);
  stream_set_tap (stream, &fault_tap, tap);
}

void
fault_plan_tap_stream (FaultPlan *plan, Stream *stream)
{
  fault_plan_tap_stream_of (plan, stream,
                            plan->accepting_id == stream->id ? plan->accepting_from : NULL);
}

/* What was held is lost: the run is over. */
void
tap_detach (Tap *tap)
{
  CHECK (tap, TAP_MAGIC);
  for (guint i = 0; i < 2; i++)
    flow_discard (&tap->flows[i]);
  tap->hole = NULL;
  timer_disarm (&tap->hole_timer);
  timer_disarm (&tap->lasts_timer);
  payload_clear (&tap->rest);
  tap->plan = NULL;
}
