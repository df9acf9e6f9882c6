/* SPDX-License-Identifier: Apache-2.0 */
/* capture-check.c - a capture's connections, each before the referee */
#include "harness/check/capture-check.h"

#define ISCSI_PORT 3260 /* R-MODEL-025 */
#define BOTH_SIDES (1u << OBSERVER_INITIATOR | 1u << OBSERVER_TARGET)

typedef struct CaptureCheck CaptureCheck;

/* One connection while it is followed. */
typedef struct Followed {
  CaptureCheck *check;
  CheckedConnection *checked; /* NULL: not known to be iSCSI's */
  RefereeEnd *end;            /* NULL: nothing to judge yet, or any more */
  gboolean is_other;          /* its first byte is not iSCSI's */
} Followed;

struct CaptureCheck {
  guint16 port;
  const CaptureCheckEvents *events;
  gpointer data;
  CheckedCapture *result;
  Followed *current; /* whose bytes are being judged */
  const CaptureSegment *segment;
};

static void
checked_connection_free (gpointer data)
{
  CheckedConnection *checked = data;
  g_free (checked->unjudged);
  g_free (checked);
}

static gboolean
port_is_iscsi (const CaptureCheck *check, const CaptureConnection *connection)
{
  const guint16 port = connection->server.port;
  return port == ISCSI_PORT || (check->port != 0 && port == check->port);
}

/* ---- from the referee ---- */

static void
on_violation (gpointer data, const RefereeViolation *violation)
{
  CaptureCheck *check = data;
  CheckedConnection *checked = check->current->checked;
  checked->violations++;
  check->result->violations++;
  check->events->violation (check->data, checked, check->segment, violation);
}

static void
on_pdu (gpointer data, const Observer *observer, const ObservedPdu *pdu)
{
  Followed *followed = data;
  CaptureCheck *check = followed->check;
  followed->checked->pdus++;
  check->result->pdus++;
  if (check->events->pdu != NULL)
    check->events->pdu (check->data, followed->checked, check->segment, pdu);
}

/* ---- from TCP ---- */

static void
followed_begin (Followed *followed, const CaptureConnection *connection)
{
  CaptureCheck *check = followed->check;
  CheckedConnection *checked = g_new0 (CheckedConnection, 1);
  checked->number = connection->number;
  checked->initiator = connection->client;
  checked->target = connection->server;
  g_ptr_array_add (check->result->connections, checked);
  followed->checked = checked;
}

/* One name for all: connections of a session find each other. */
static void
followed_judge (Followed *followed)
{
  followed->end = referee_end_new (followed->check->result->referee, "the capture", BOTH_SIDES);
  referee_end_set_far (followed->end, BOTH_SIDES);
  referee_end_set_listener (followed->end, on_pdu, followed);
}

static gboolean
begins_with_login (const Slice *slice)
{
  return (slice->bytes[0] & 0x3f) == SEEN_LOGIN_REQUEST;
}

static void
on_opened (gpointer data, CaptureConnection *connection)
{
  Followed *followed = g_new0 (Followed, 1);
  followed->check = data;
  connection->data = followed;
  if (!connection->has_start && port_is_iscsi (data, connection)) {
    followed_begin (followed, connection);
    followed->checked->unjudged = g_strdup ("it began before the capture");
  }
}

static void
on_bytes (gpointer data, CaptureConnection *connection, gboolean is_from_server, const Slice *slice,
          const CaptureSegment *segment)
{
  CaptureCheck *check = data;
  Followed *followed = connection->data;
  if (followed->checked == NULL && !followed->is_other) {
    followed->is_other =
        !port_is_iscsi (check, connection) && (is_from_server || !begins_with_login (slice));
    if (!followed->is_other) {
      followed_begin (followed, connection);
      followed_judge (followed);
    }
  }
  if (followed->end == NULL)
    return;
  check->current = followed;
  check->segment = segment;
  referee_end_take (followed->end, is_from_server ? OBSERVER_TARGET : OBSERVER_INITIATOR, slice);
  if (!referee_end_is_lost (followed->end))
    return;
  followed->checked->unjudged = g_strdup_printf (
      "from packet %" G_GUINT64_FORMAT " on its bytes cannot be followed", segment->packet);
  g_clear_pointer (&followed->end, referee_end_free);
}

static void
on_closed (gpointer data, CaptureConnection *connection)
{
  CaptureCheck *check = data;
  Followed *followed = connection->data;
  if (followed->checked == NULL)
    check->result->others++;
  else if (followed->checked->unjudged == NULL && connection->broken_packet != 0)
    followed->checked->unjudged =
        g_strdup_printf ("bytes before packet %" G_GUINT64_FORMAT " are not in the capture",
                         connection->broken_packet);
  g_clear_pointer (&followed->end, referee_end_free);
  g_free (followed);
}

/* ---- the whole ---- */

void
checked_capture_clear (CheckedCapture *checked)
{
  g_clear_pointer (&checked->connections, g_ptr_array_unref);
  g_clear_pointer (&checked->referee, referee_free);
}

gboolean
capture_check (const char *path, guint16 port, const CaptureCheckEvents *events, gpointer data,
               CheckedCapture *ret_checked, GError **error)
{
  static const CaptureTcpEvents tcp_events = { on_opened, on_bytes, on_closed };
  CaptureCheck check = { .port = port, .events = events, .data = data, .result = ret_checked };
  GError *failure = NULL;
  *ret_checked =
      (CheckedCapture){ .connections = g_ptr_array_new_with_free_func (checked_connection_free),
                        .referee = referee_new (on_violation, &check) };
  g_autoptr (CaptureFile) file = capture_file_open (path, error);
  if (file == NULL)
    return FALSE;
  CaptureTcp *tcp = capture_tcp_new (&tcp_events, &check);
  CaptureSegment segment;
  while (capture_file_next (file, &segment, &failure))
    capture_tcp_add (tcp, &segment);
  capture_tcp_free (tcp);
  ret_checked->packets = capture_file_packets (file);
  if (failure == NULL)
    return TRUE;
  g_propagate_prefixed_error (error, failure, "%s: ", path);
  return FALSE;
}
