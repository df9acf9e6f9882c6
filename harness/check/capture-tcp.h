/* SPDX-License-Identifier: Apache-2.0 */
/* capture-tcp.h - TCP connections put together again from captured segments
 *
 * Each connection's two directions come out in the order of their bytes, each byte once: segments that were sent again, overlap, or
 * come out of order are dealt with. The order between the directions is that of the capture. A connection may be in one capture
 * twice, taken at two places; the places are told apart by their MAC addresses. A new SYN is a new connection, whatever its
 * ports were before.
 *
 * A connection whose SYN is not there has no known beginning, and none of its bytes come out. Bytes that are missing for good end
 * it; what came before them is good.
 */
#pragma once

#include "harness/check/capture-file.h"

#include "world/buffer.h"

/* Bytes of one connection that may wait for those before them. */
#define CAPTURE_HELD_MAX (64 * 1024 * 1024)

typedef struct CaptureTcp CaptureTcp;
typedef struct CaptureConnection CaptureConnection;
typedef struct CaptureFlow CaptureFlow;

struct CaptureConnection {
  guint number; /* from 1, in the order of their first packets */
  Address client;
  Address server;
  gboolean has_start; /* its SYN is in the capture */
  guint64
      broken_packet; /* 0: nothing is missing so far; else the first packet that is behind a hole */
  gsize held_bytes;  /* of segments that wait */
  gpointer data;     /* the user's */
  CaptureFlow *flows[2]; /* from the client, from the server */
};

typedef struct CaptureTcpEvents {
  void (*opened) (gpointer data, CaptureConnection *connection);
  /* `segment`: the one that these bytes came with, or that made them whole. */
  void (*bytes) (gpointer data, CaptureConnection *connection, gboolean is_from_server,
                 const Slice *slice, const CaptureSegment *segment);
  void (*closed) (gpointer data, CaptureConnection *connection); /* it goes after this */
} CaptureTcpEvents;

CaptureTcp *capture_tcp_new (const CaptureTcpEvents *events, gpointer data);
void capture_tcp_add (CaptureTcp *tcp, const CaptureSegment *segment);
/* Closes what is open. NULL is fine. */
void capture_tcp_free (CaptureTcp *tcp);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CaptureTcp, capture_tcp_free)
