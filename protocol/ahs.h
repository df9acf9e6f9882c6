/* SPDX-License-Identifier: Apache-2.0 */
/* ahs.h - additional header segments of a SCSI Command: Extended CDB, Bidirectional Read Expected Data Transfer Length
 * (RFC 7143 11.2.2)
 *
 * TotalAHSLength bounds all of them together: 1,020 octets. So a CDB has at most 16 + 1,016 octets here, though SCSI stops at
 * 260 (SPC-4 4.2.3).
 */
#pragma once

#include "protocol/scsi-command.h"

#define AHS_LENGTH_MAX     (255 * 4)
#define CDB_EXTENDED_MAX   (CDB_LENGTH + AHS_LENGTH_MAX - 4)
#define AHS_BIDI_READ_SIZE 8

/* AHS_TYPE (NAME, code, least AHSLength, greatest, "RFC name"). The AHSLength of an Extended CDB counts a reserved octet and at
 * least the 17th of the CDB (R-PDU-016); the other's is fixed (R-PDU-017). */
#define AHS_TYPES(AHS_TYPE)                                                                        \
  AHS_TYPE (EXTENDED_CDB, 1, 2, AHS_LENGTH_MAX - 3, "Extended CDB")                                \
  AHS_TYPE (BIDI_READ, 2, 5, 5, "Bidirectional Read Expected Data Transfer Length")

typedef enum AhsType {
#define AHS_TYPE(name, code, low, high, text) AHS_TYPE_##name = code,
  AHS_TYPES (AHS_TYPE)
#undef AHS_TYPE
} AhsType;

const char *ahs_type_name (guint64 type); /* "reserved" for what no row has */

/* What the segments of one SCSI Command say. */
typedef struct Ahs {
  guint
      cdb_rest_length; /* octets of the CDB behind the sixteen of the header; 0: no Extended CDB */
  const guint8 *cdb_rest; /* borrowed */
  gboolean has_bidi_read;
  guint32 bidi_read_length;
} Ahs;

/* `ret_octets` has room for AHS_LENGTH_MAX; returns how many were written, a whole number of words. */
guint ahs_encode (const Ahs *ahs, guint8 ret_octets[AHS_LENGTH_MAX]);

/* Points into `octets`. PROTOCOL_ERROR_FORMAT: a reserved type, one twice, a length that its type forbids, or that goes beyond
 * the end. Padding and reserved octets are not looked at (R-PDU-003). */
gboolean ahs_decode (Ahs *ret_ahs, const guint8 *octets, guint length, GError **error);

/* " ExtendedCDB=... BidirectionalReadExpectedDataTransferLength=512", or the octets, if they make no sense. */
void ahs_print (const guint8 *octets, guint length, GString *out);
