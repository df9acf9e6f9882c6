/* SPDX-License-Identifier: Apache-2.0 */
/* async.c - Asynchronous Message (RFC 7143 11.9) */
#include "protocol/async.h"

#include "world/banned.h"

const char *
async_event_name (guint64 event)
{
  static const char *const names[] = {
#define ASYNC_EVENT(name, value, text) [value] = text,
    ASYNC_EVENTS (ASYNC_EVENT)
#undef ASYNC_EVENT
  };
  if (event < G_N_ELEMENTS (names))
    return names[event];
  return event >= 248 && event <= 255 ? "vendor event" : "unknown event";
}

static gboolean
async_message_validate (const guint8 bhs[BHS_LENGTH], GError **error)
{
  AsyncMessage message;
  async_message_decode (&message, bhs);
  /* RFC 7143 11.9: octets 16 to 19 are all ones. R-ASYNC */
  if (message.initiator_task_tag != TAG_NONE)
    return pdu_refuse (bhs, error, "expected ITT 0x%x, got 0x%x", TAG_NONE,
                       message.initiator_task_tag);
  return TRUE;
}

PDU_DEFINE (AsyncMessage, async_message, ASYNC_MESSAGE_FIELDS, OPCODE_ASYNC_MESSAGE, FALSE)
