/* SPDX-License-Identifier: Apache-2.0 */
/* digest.c - CRC32C by ISA-L, in the bit order of RFC 7143 13.1
 *
 * The register begins with ones, is complemented at the end, and its reflected form goes out lowest octet first (R-DIG-003).
 */
#include "protocol/digest.h"

#include <isa-l/crc.h>

#include "world/banned.h"

Digests
digests_agreed (const KeyValues *result)
{
  return (Digests){ .header = result->number[KEY_HEADER_DIGEST] == DIGEST_CRC32C,
                    .data = result->number[KEY_DATA_DIGEST] == DIGEST_CRC32C };
}

guint32
digest_add (guint32 crc, const void *bytes, gsize length)
{
  CHECK_THAT (length <= G_MAXINT);
  /* ISA-L only reads, though its prototype does not say so. */
  return length > 0 ? crc32_iscsi ((unsigned char *) bytes, (int) length, crc) : crc;
}

guint32
digest_add_payload (guint32 crc, const Payload *payload)
{
  const Slice *slices = payload_slices (payload);
  for (guint i = 0; i < payload->count; i++)
    crc = digest_add (crc, slices[i].bytes, slices[i].length);
  return crc;
}

void
digest_end (guint32 crc, guint8 ret_octets[DIGEST_LENGTH])
{
  const guint32 word = GUINT32_TO_LE (~crc);
  memcpy (ret_octets, &word, sizeof word);
}

void
digest_of (const void *bytes, gsize length, guint8 ret_octets[DIGEST_LENGTH])
{
  digest_end (digest_add (digest_begin (), bytes, length), ret_octets);
}
