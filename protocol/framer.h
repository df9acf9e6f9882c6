/* SPDX-License-Identifier: Apache-2.0 */
/* framer.h - from bytes to PDUs, and from PDUs to bytes
 *
 * The framer takes the bytes of one direction of one connection as they come, cut anywhere, and hands out whole PDUs: the
 * header and its AHS, copied, and the data segment by reference to the bytes that came. Everything a peer can reach is bounded:
 * AHS by the one octet of TotalAHSLength, and a data segment above the limit is an error at the header, before a byte of it is
 * kept.
 */
#pragma once

#include "protocol/digest.h"

typedef struct Framer {
  guint32 max_data_segment_length; /* what we declared; 8192 in the login phase (R-LOGIN-003) */
  Digests digests;             /* of the PDUs from now on; none at first, set between two PDUs */
  gboolean is_blind_to_errors; /* digests are stepped over, not checked: for who only looks on */
  guint bhs_have;              /* octets of the header that are here */
  guint ahs_have;
  guint header_digest_have;
  guint32 data_left;
  guint padding_left;
  guint data_digest_left;
  guint8 bhs[BHS_LENGTH];
  guint8 header_digest[DIGEST_LENGTH];
  guint8 data_digest[DIGEST_LENGTH];
  guint32 data_crc; /* of data and padding so far */
  guint ahs_length;
  guint8 *ahs; /* ahs_length octets; NULL if it is 0 */
  Payload data;
  gboolean is_handed_out; /* bhs, ahs and data belong to a PDU that framer_next has returned */
} Framer;

typedef enum FramerResult {
  FRAMER_MORE,    /* the slice is used up, no PDU yet */
  FRAMER_PDU,     /* framer->bhs, ahs and data hold one, until the next call */
  FRAMER_DAMAGED, /* as FRAMER_PDU, but the data is not what the data digest says */
  FRAMER_BAD,     /* error is set; the connection cannot go on */
} FramerResult;

void framer_init (Framer *framer, guint32 max_data_segment_length);
void framer_clear (Framer *framer);

/* Takes from the front of *slice (which must be yours: slice_ref) until a PDU is whole or the slice is empty; its reference
 * stays yours to clear. PROTOCOL_ERROR_TOO_LONG and PROTOCOL_ERROR_DIGEST (a header digest that does not match) come at the
 * header, and again at each later call. */
FramerResult framer_next (Framer *framer, Slice *slice, GError **error);

/* Sets DataSegmentLength in the header, sends header, payload by reference and padding. `payload` may be NULL. Logs
 * EVENT_PDU_SENT under `connection`, a number by which the log tells connections apart. */
void pdu_send (Stream *stream, guint32 connection, guint8 bhs[BHS_LENGTH], const Payload *payload);

/* What else a PDU may have. */
typedef struct PduExtras {
  const guint8 *ahs; /* whole words; NULL: none */
  guint ahs_length;
  Digests digests;
} PduExtras;

/* The same with AHS and digests; TotalAHSLength is set too. Digests are made here, of what really goes out. */
void pdu_send_extras (Stream *stream, guint32 connection, guint8 bhs[BHS_LENGTH],
                      const PduExtras *extras, const Payload *payload);
void pdu_log_received (Host *host, guint32 connection, const guint8 bhs[BHS_LENGTH]);
