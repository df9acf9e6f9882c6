/* SPDX-License-Identifier: Apache-2.0 */
#include "target-sim/nop.h"

#include "protocol/nop.h"
#include "target-sim/session.h"

#include "world/banned.h"

/* R-NOP-004, R-NOP-009..012: a ping comes back with its tag and as much of its data as the initiator takes; a NOP-Out without a
 * tag wants no answer. The ping data goes back by reference to the bytes that came. */
void
nop_deliver (TargetConnection *connection, const guint8 bhs[BHS_LENGTH], const Payload *payload)
{
  NopOut ping;
  nop_out_decode (&ping, bhs);
  if (ping.initiator_task_tag == TAG_NONE)
    return;
  NopIn answer = { .is_final = 1,
                   .initiator_task_tag = ping.initiator_task_tag,
                   .target_transfer_tag = TAG_NONE };
  CONNECTION_NUMBER (connection, &answer);
  guint8 out[BHS_LENGTH];
  nop_in_encode (&answer, out);
  g_auto (Payload) echo = PAYLOAD_EMPTY;
  payload_append_part (&echo, payload, 0, MIN (payload->length, connection->max_send_length));
  target_connection_send (connection, out, &echo);
}
