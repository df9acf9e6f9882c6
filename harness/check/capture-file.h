/* SPDX-License-Identifier: Apache-2.0 */
/* capture-file.h - the TCP segments of a capture, in the order in which they were captured
 *
 * Reads what libpcap reads: pcap and pcapng, of Ethernet (with VLAN tags), Linux's cooked captures, loopback, and bare IP. IPv4 and
 * IPv6; fragments are not put together, and count as packets that are not there. Nothing in a packet is believed: each length
 * is checked against what was captured.
 */
#pragma once

#include "world/address.h"

#define CAPTURE_MAC 6

#define CAPTURE_ERROR (capture_error_quark ())
GQuark capture_error_quark (void);

typedef enum CaptureError {
  CAPTURE_ERROR_FORMAT, /* not a capture, or not of a kind of link that is known */
  CAPTURE_ERROR_BROKEN, /* it stops being one: what came before is good */
} CaptureError;

enum {
  CAPTURE_FIN = 1 << 0,
  CAPTURE_SYN = 1 << 1,
  CAPTURE_RST = 1 << 2,
  CAPTURE_ACK = 1 << 4,
};

typedef struct CaptureSegment {
  guint64 packet;               /* its number in the file, from 1 */
  gint64 time_ns;               /* since the first packet of the file */
  guint8 from_mac[CAPTURE_MAC]; /* zeros where the link has none */
  guint8 to_mac[CAPTURE_MAC];
  Address from;
  Address to;
  guint32 seq;
  guint32 ack;
  guint8 flags;
  const guint8 *data; /* valid until the next one is read */
  gsize length;       /* of what was captured */
  gsize sent_length;  /* of what there was: more if the packet was cut short */
} CaptureSegment;

typedef struct CaptureFile CaptureFile;

CaptureFile *capture_file_open (const char *path, GError **error);
void capture_file_free (CaptureFile *file); /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CaptureFile, capture_file_free)

/* FALSE: no more, or *error. */
gboolean capture_file_next (CaptureFile *file, CaptureSegment *ret_segment, GError **error);
guint64 capture_file_packets (const CaptureFile *file); /* read so far, TCP or not */
