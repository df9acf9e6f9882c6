/* SPDX-License-Identifier: Apache-2.0 */
/* digest.h - header and data digests: CRC32C (RFC 7143 11.2.3, 13.1, A.4)
 *
 * The header digest covers BHS and AHS, the data digest the data segment and its padding (R-DIG-001). A digest is made piece by
 * piece: digest_begin, digest_add for each, digest_end writes the four octets as they stand on the wire.
 */
#pragma once

#include "protocol/keys.h"

#define DIGEST_LENGTH 4

/* Which digests PDUs carry: of one connection, from full feature phase on (R-KEY-007, R-MCS-008). None in the login. */
typedef struct Digests {
  gboolean header;
  gboolean data;
} Digests;

Digests digests_agreed (const KeyValues *result); /* what a login has come to */

static inline guint32
digest_begin (void)
{
  return G_MAXUINT32;
}

guint32 digest_add (guint32 crc, const void *bytes, gsize length);
guint32 digest_add_payload (guint32 crc, const Payload *payload);
void digest_end (guint32 crc, guint8 ret_octets[DIGEST_LENGTH]);

/* Of one piece. */
void digest_of (const void *bytes, gsize length, guint8 ret_octets[DIGEST_LENGTH]);
