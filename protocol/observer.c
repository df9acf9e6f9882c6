/* SPDX-License-Identifier: Apache-2.0 */
/* observer.c - one connection followed from outside
 *
 * Method: bytes become PDUs (observer-flow.c); of each, whoever watches is told while the observer still stands before it; then
 * the state moves on (observer-state.c). Both directions share the state: at one place on the way the order of their PDUs is the
 * order in which they pass.
 */
#include "protocol/observer-internal.h"

#include "world/banned.h"

#define LOGIN_SEGMENT_MAX 8192 /* R-LOGIN-003 */

Observer *
observer_new (ObserverSaw saw, gpointer data)
{
  Observer *observer = g_new0 (Observer, 1);
  observer->magic = OBSERVER_MAGIC;
  observer->saw = saw;
  observer->data = data;
  observed_keys_init (&observer->keys);
  observed_tasks_init (&observer->tasks);
  for (guint side = 0; side < 2; side++) {
    observer->flows[side] = observer_flow_new ();
    observer_text_init (&observer->texts[side]);
  }
  return observer;
}

void
observer_free (Observer *observer)
{
  if (observer == NULL)
    return;
  CHECK (observer, OBSERVER_MAGIC);
  for (guint side = 0; side < 2; side++) {
    observer_flow_free (observer->flows[side]);
    observer_text_clear (&observer->texts[side]);
  }
  observed_keys_clear (&observer->keys);
  observed_tasks_clear (&observer->tasks);
  observer->magic = 0;
  g_free (observer);
}

void
observer_take (Observer *observer, ObserverSide from, const Slice *slice)
{
  CHECK (observer, OBSERVER_MAGIC);
  Slice rest = *slice; /* a view: the caller holds the reference */
  ObservedPdu pdu;
  if (from == OBSERVER_TARGET) {
    observed_tasks_sweep (&observer->tasks);
    observer->is_over_fresh = FALSE;
  }
  while (!observer->is_lost && observer_flow_next (observer->flows[from], &rest, &pdu)) {
    pdu.from = from;
    observer_prepare (observer, &pdu);
    observer->saw (observer->data, observer, &pdu);
    observer_apply (observer, &pdu);
  }
}

void
observer_share (Observer *observer)
{
  CHECK (observer, OBSERVER_MAGIC);
  observer->is_joined = TRUE;
}

/* R-LOGIN-038: only the leading login may speak of these keys. */
void
observer_inherit (Observer *observer, const guint32 values[OBSERVED_KEY_COUNT])
{
  CHECK (observer, OBSERVER_MAGIC);
  for (guint i = 0; i < OBSERVED_KEY_COUNT; i++)
    if (observed_key_info ((ObservedKeyId) i)->is_leading)
      observer->keys.keys[i].value = values[i];
}

ObservedTask *
observer_find_task (const Observer *observer, guint32 itt)
{
  CHECK (observer, OBSERVER_MAGIC);
  return observed_tasks_find (&observer->tasks, itt);
}

guint32
observer_max_segment (const Observer *observer, ObserverSide from)
{
  CHECK (observer, OBSERVER_MAGIC);
  return observer->phase == OBSERVER_LOGIN ? LOGIN_SEGMENT_MAX
                                           : observer->keys.max_segment[1 - from];
}

const char *
observer_side_name (ObserverSide side)
{
  return side == OBSERVER_INITIATOR ? "initiator" : "target";
}
