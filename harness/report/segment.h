/* SPDX-License-Identifier: Apache-2.0 */
/* segment.h - a TCP segment as a frame on Ethernet, with its headers and their checksums
 *
 * RFC 9293 (TCP), RFC 791 (IPv4), RFC 8200 (IPv6). A segment may be as long as IP permits, as a sender's own machine shows it
 * before its network card cuts it up.
 */
#pragma once

#include "world/address.h"

#define SEGMENT_MAC      6
#define SEGMENT_DATA_MAX (60 * 1024)

typedef enum SegmentFlags {
  SEGMENT_FIN = 1 << 0,
  SEGMENT_SYN = 1 << 1, /* has the options for the largest segment and the scale of the window */
  SEGMENT_RST = 1 << 2,
  SEGMENT_PSH = 1 << 3,
  SEGMENT_ACK = 1 << 4,
} SegmentFlags;

typedef struct Segment {
  Address from;
  Address to;
  guint8 from_mac[SEGMENT_MAC];
  guint8 to_mac[SEGMENT_MAC];
  guint32 seq;
  guint32 ack;
  guint flags;
  const guint8 *data; /* at most SEGMENT_DATA_MAX */
  gsize length;
} Segment;

/* Appends the frame to `out`. */
void segment_frame (const Segment *segment, GByteArray *out);
