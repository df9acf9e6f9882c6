/* SPDX-License-Identifier: Apache-2.0 */
/* capture-check.h - the referee over a capture of real traffic
 *
 * A connection is iSCSI's if its client begins with a Login Request, or if its server has the port of iSCSI. It is followed from
 * its SYN on: what was agreed at login decides what its bytes mean (digests alone move every PDU), so of one that began
 * before the capture nothing can be known, and that is what is said of it. Both sides are judged, as from afar: neither is
 * ours, and what crosses on the way is nobody's fault.
 */
#pragma once

#include "harness/check/capture-tcp.h"
#include "harness/check/referee.h"

typedef struct CheckedConnection {
  guint number; /* in its capture, from 1 */
  Address initiator;
  Address target;
  guint64 pdus;
  guint violations;
  char *unjudged; /* what of it was not judged, and why; NULL: all of it was */
} CheckedConnection;

typedef struct CaptureCheckEvents {
  /* NULL: not told. The segment is the one that made the PDU whole. */
  void (*pdu) (gpointer data, const CheckedConnection *connection, const CaptureSegment *segment,
               const ObservedPdu *pdu);
  void (*violation) (gpointer data, const CheckedConnection *connection,
                     const CaptureSegment *segment, const RefereeViolation *violation);
} CaptureCheckEvents;

typedef struct CheckedCapture {
  guint64 packets;
  guint64 pdus;
  guint violations;
  guint others;           /* connections that are not iSCSI's, or carried nothing */
  GPtrArray *connections; /* of CheckedConnection */
  Referee *referee;       /* how often each rule was asked */
} CheckedCapture;

/* `port`: iSCSI's too, besides 3260; 0: none. Always fills *ret_checked, with what came before an error. */
gboolean capture_check (const char *path, guint16 port, const CaptureCheckEvents *events,
                        gpointer data, CheckedCapture *ret_checked, GError **error);
void checked_capture_clear (CheckedCapture *checked);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CheckedCapture, checked_capture_clear)
