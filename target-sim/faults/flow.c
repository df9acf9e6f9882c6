/* SPDX-License-Identifier: Apache-2.0 */
/* flow.c - what a tap keeps, adds and slows down in one direction
 *
 * Method: whole PDUs that are to come in between wait in `injected` until the flow stands between two PDUs, so that no frame is
 * ever torn by our doing. What a rule holds stands aside until it is released, and becomes an injection then. A slow flow
 * hands everything that passes to a trickle, of which a timer lets a tenth of a second's worth out at a time.
 */
#include "target-sim/faults/plan-internal.h"

#include "world/banned.h"

#define TRICKLE_PERIOD_NS (100 * NS_PER_MS)
#define TRICKLE_PERIODS   10          /* in a second */
#define TRICKLE_KEPT      (64 * 1024) /* above this, a slow receiver does not read */

/* ---- out ---- */

static void
trickle_watch_reading (TapFlow *flow)
{
  Stream *stream = flow->tap->stream;
  if (flow->way == STREAM_IN && stream != NULL)
    stream_tap_set_reading (stream, flow->trickle.length <= TRICKLE_KEPT);
}

static void
trickle_arm (TapFlow *flow)
{
  if (flow->trickle.length == 0 || timer_is_armed (&flow->trickle_timer))
    return;
  if (flow->slow == NULL)
    timer_arm (&flow->trickle_timer, 0);
  else if (flow->slow->rule.rate >= TRICKLE_PERIODS)
    timer_arm (&flow->trickle_timer, TRICKLE_PERIOD_NS);
  else
    timer_arm (&flow->trickle_timer, NS_PER_S / (gint64) flow->slow->rule.rate);
}

static void
flow_send (TapFlow *flow, const Payload *payload)
{
  Tap *tap = flow->tap;
  const Slice *slices = payload_slices (payload);
  for (guint i = 0; i < payload->count && tap->stream != NULL; i++)
    stream_tap_pass (tap->stream, flow->way, &slices[i]);
}

void
flow_emit (TapFlow *flow, const Payload *payload)
{
  if (flow->is_shut)
    return;
  if (flow->slow == NULL && flow->trickle.length == 0) {
    flow_send (flow, payload);
    return;
  }
  payload_append_part (&flow->trickle, payload, 0, payload->length);
  flow->was_above = flow->was_above || flow->trickle.length > STREAM_LOW_WATER;
  trickle_watch_reading (flow);
  trickle_arm (flow);
}

/* Takes the next bytes off the trickle: as many as the rate allows, or all of it once the rule is lifted. */
static Payload
trickle_take (TapFlow *flow)
{
  const guint64 rate = flow->slow != NULL ? flow->slow->rule.rate : G_MAXUINT64;
  const gsize length = MIN (flow->trickle.length, MAX (1, rate / TRICKLE_PERIODS));
  Payload part = PAYLOAD_EMPTY, left = PAYLOAD_EMPTY;
  payload_append_part (&part, &flow->trickle, 0, length);
  payload_append_part (&left, &flow->trickle, length, flow->trickle.length - length);
  payload_clear (&flow->trickle);
  flow->trickle = left;
  return part;
}

/* To the owner, what is in the trickle is queued: TCP below never sees enough of it to tell. */
static void
trickle_tell_drained (TapFlow *flow)
{
  Stream *stream = flow->tap->stream;
  if (flow->way != STREAM_OUT || !flow->was_above || flow->trickle.length > STREAM_LOW_WATER)
    return;
  flow->was_above = FALSE;
  if (stream != NULL)
    stream_tap_drained (stream);
}

void
flow_trickle_fired (gpointer data)
{
  TapFlow *flow = data;
  Tap *tap = flow->tap;
  CHECK (tap, TAP_MAGIC);
  tap->busy++;
  g_auto (Payload) part = trickle_take (flow);
  trickle_watch_reading (flow);
  trickle_arm (flow);
  flow_send (flow, &part);
  trickle_tell_drained (flow);
  flow_pump (flow); /* an end may have waited for the last byte */
  tap_release (tap);
}

void
flow_start_slow (TapFlow *flow, PlanRule *rule)
{
  flow->slow = rule;
}

void
flow_stop_slow (TapFlow *flow)
{
  flow->slow = NULL;
  timer_disarm (&flow->trickle_timer);
  trickle_arm (flow);
}

/* ---- stopped ---- */

/* The receiver takes nothing more. What has come stays here; what is still in TCP stays there, and fills its window. */
void
flow_close_window (TapFlow *flow, PlanRule *rule)
{
  flow->delay = rule;
  if (rule->rule.lasts_ns > 0)
    timer_arm (&flow->timer, rule->rule.lasts_ns);
  if (flow->way == STREAM_IN && flow->tap->stream != NULL)
    stream_tap_set_reading (flow->tap->stream, FALSE);
}

void
flow_open_window (TapFlow *flow)
{
  if (flow->way == STREAM_IN && flow->tap->stream != NULL)
    stream_tap_set_reading (flow->tap->stream, TRUE);
}

void
flow_half_close (TapFlow *flow)
{
  Tap *tap = flow->tap;
  flow->is_shut = TRUE;
  if (tap->stream != NULL)
    stream_tap_end (tap->stream, flow->way, STREAM_END_FIN);
}

/* ---- in between ---- */

gboolean
flow_can_inject (const TapFlow *flow)
{
  return flow->injected.length > 0 && (!flow->has_passed_part || flow->is_unframed);
}

void
flow_drain_injected (TapFlow *flow)
{
  g_auto (Payload) injected = flow->injected;
  flow->injected = PAYLOAD_EMPTY;
  flow_emit (flow, &injected);
}

void
flow_inject (TapFlow *flow, Payload payload)
{
  payload_append_part (&flow->injected, &payload, 0, payload.length);
  payload_clear (&payload);
  flow_pump (flow);
}

/* ---- aside ---- */

void
flow_hold (TapFlow *flow, PlanRule *rule, Payload payload)
{
  const HeldByRule held = { rule, payload };
  g_array_append_val (flow->held, held);
}

gboolean
flow_holds (const TapFlow *flow, const PlanRule *rule)
{
  for (guint i = 0; i < flow->held->len; i++)
    if (g_array_index (flow->held, HeldByRule, i).rule == rule)
      return TRUE;
  return FALSE;
}

void
flow_release (TapFlow *flow, const PlanRule *rule)
{
  for (guint i = 0; i < flow->held->len;) {
    HeldByRule *held = &g_array_index (flow->held, HeldByRule, i);
    if (held->rule != rule) {
      i++;
      continue;
    }
    payload_append_part (&flow->injected, &held->pdu, 0, held->pdu.length);
    payload_clear (&held->pdu);
    g_array_remove_index (flow->held, i);
  }
}

void
flow_forget (TapFlow *flow)
{
  for (guint i = 0; i < flow->held->len; i++)
    payload_clear (&g_array_index (flow->held, HeldByRule, i).pdu);
  g_array_set_size (flow->held, 0);
  payload_clear (&flow->swapped);
  payload_clear (&flow->injected);
  payload_clear (&flow->trickle);
  timer_disarm (&flow->trickle_timer);
  flow->slow = NULL;
}
