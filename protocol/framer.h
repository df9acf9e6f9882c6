/* SPDX-License-Identifier: Apache-2.0 */
/* framer.h - from bytes to PDUs, and from PDUs to bytes
 *
 * The framer takes the bytes of one direction of one connection as they come, cut anywhere, and hands out whole PDUs: the
 * header, copied, and the data segment by reference to the bytes that came. Everything a peer can reach is bounded: a data
 * segment above the limit is an error at the header, before a byte of it is kept.
 */
#pragma once

#include "protocol/bhs.h"

typedef struct Framer {
  guint32 max_data_segment_length; /* what we declared; 8192 in the login phase (R-LOGIN-003) */
  guint bhs_have;                  /* octets of the header that are here */
  guint ahs_left;                  /* octets of AHS still to step over */
  guint32 data_left;
  guint padding_left;
  guint8 bhs[BHS_LENGTH];
  Payload data;
  gboolean is_handed_out; /* bhs and data belong to a PDU that framer_next has returned */
} Framer;

typedef enum FramerResult {
  FRAMER_MORE, /* the slice is used up, no PDU yet */
  FRAMER_PDU,  /* framer->bhs and framer->data hold one, until the next call */
  FRAMER_BAD,  /* error is set; the connection cannot go on */
} FramerResult;

void framer_init (Framer *framer, guint32 max_data_segment_length);
void framer_clear (Framer *framer);

/* Takes from the front of *slice (which must be yours: slice_ref) until a PDU is whole or the slice is empty; its reference
 * stays yours to clear. PROTOCOL_ERROR_TOO_LONG comes at the header, and again at each later call. */
FramerResult framer_next (Framer *framer, Slice *slice, GError **error);

/* Sets DataSegmentLength in the header, sends header, payload by reference and padding. `payload` may be NULL. Logs
 * EVENT_PDU_SENT under `connection`, a number by which the log tells connections apart. */
void pdu_send (Stream *stream, guint32 connection, guint8 bhs[BHS_LENGTH], const Payload *payload);
void pdu_log_received (Host *host, guint32 connection, const guint8 bhs[BHS_LENGTH]);
