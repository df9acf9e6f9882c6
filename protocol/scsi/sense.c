/* SPDX-License-Identifier: Apache-2.0 */
/* sense.c - fixed and descriptor format, written and read
 *
 * The fixed format has 32 bits of information: an address that needs more leaves it out, VALID 0 (SPC-4 4.5.3).
 */
#include "protocol/scsi/sense.h"

#include "world/banned.h"

#define SENSE_FIXED_CURRENT       0x70
#define SENSE_FIXED_DEFERRED      0x71
#define SENSE_DESCRIPTOR_CURRENT  0x72
#define SENSE_DESCRIPTOR_DEFERRED 0x73
#define SENSE_VALID               0x80

#define DESCRIPTOR_INFORMATION        0x00
#define DESCRIPTOR_INFORMATION_LENGTH 12
#define DESCRIPTOR_SPECIFIC           0x02
#define DESCRIPTOR_SPECIFIC_LENGTH    8

#define SPECIFIC_VALID 0x80 /* SKSV */
#define SPECIFIC_CDB   0x40 /* C/D */
#define SPECIFIC_BIT   0x08 /* BPV */

const char *
sense_key_name (guint64 key)
{
  static const struct {
    guint8 key;
    const char *name;
  } rows[] = {
#define KEY(name, code, text) { code, text },
    SENSE_KEYS (KEY)
#undef KEY
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (rows[i].key == key)
      return rows[i].name;
  return "unknown sense key";
}

/* ---- sense-key specific (SPC-4 4.5.2.4) ---- */

static void
specific_encode (const Sense *sense, guint8 ret_bytes[3])
{
  if (sense->specific == SENSE_SPECIFIC_NONE)
    return;
  ret_bytes[0] = SPECIFIC_VALID;
  if (sense->specific == SENSE_SPECIFIC_CDB_FIELD)
    ret_bytes[0] |= SPECIFIC_CDB;
  if (sense->specific != SENSE_SPECIFIC_PROGRESS && sense->bit < SENSE_NO_BIT)
    ret_bytes[0] |= SPECIFIC_BIT | sense->bit;
  wire_store (ret_bytes + 1, 2, sense->field);
}

static void
specific_decode (const guint8 bytes[3], Sense *sense)
{
  if ((bytes[0] & SPECIFIC_VALID) == 0)
    return;
  sense->field = (guint16) wire_load (bytes + 1, 2);
  if (sense->key != SENSE_ILLEGAL_REQUEST) {
    sense->specific = SENSE_SPECIFIC_PROGRESS;
    return;
  }
  sense->specific =
      (bytes[0] & SPECIFIC_CDB) != 0 ? SENSE_SPECIFIC_CDB_FIELD : SENSE_SPECIFIC_PARAMETER_FIELD;
  sense->bit = (bytes[0] & SPECIFIC_BIT) != 0 ? bytes[0] & 0x07 : SENSE_NO_BIT;
}

/* ---- writing ---- */

void
sense_encode (const Sense *sense, guint8 ret_bytes[SENSE_FIXED_LENGTH])
{
  memset (ret_bytes, 0, SENSE_FIXED_LENGTH);
  ret_bytes[0] = SENSE_FIXED_CURRENT;
  ret_bytes[2] = sense->key & 0x0f;
  if (sense->has_information && sense->information <= G_MAXUINT32) {
    ret_bytes[0] |= SENSE_VALID;
    wire_store (ret_bytes + 3, 4, sense->information);
  }
  ret_bytes[7] = SENSE_FIXED_LENGTH - 8; /* additional length: what follows octet 7 */
  wire_store (ret_bytes + 12, 2, sense->code);
  specific_encode (sense, ret_bytes + 15);
}

guint
sense_encode_descriptor (const Sense *sense, guint8 ret_bytes[SENSE_MAX])
{
  guint length = 8;
  memset (ret_bytes, 0, SENSE_MAX);
  ret_bytes[0] = SENSE_DESCRIPTOR_CURRENT;
  ret_bytes[1] = sense->key & 0x0f;
  wire_store (ret_bytes + 2, 2, sense->code);
  if (sense->has_information) {
    guint8 *descriptor = ret_bytes + length;
    descriptor[0] = DESCRIPTOR_INFORMATION;
    descriptor[1] = DESCRIPTOR_INFORMATION_LENGTH - 2;
    descriptor[2] = SENSE_VALID;
    wire_store (descriptor + 4, 8, sense->information);
    length += DESCRIPTOR_INFORMATION_LENGTH;
  }
  if (sense->specific != SENSE_SPECIFIC_NONE) {
    guint8 *descriptor = ret_bytes + length;
    descriptor[0] = DESCRIPTOR_SPECIFIC;
    descriptor[1] = DESCRIPTOR_SPECIFIC_LENGTH - 2;
    specific_encode (sense, descriptor + 4);
    length += DESCRIPTOR_SPECIFIC_LENGTH;
  }
  ret_bytes[7] = (guint8) (length - 8);
  return length;
}

/* ---- reading ---- */

/* Sense that was cut before its code still has a key. */
static gboolean
sense_decode_fixed (const guint8 *bytes, gsize length, Sense *sense)
{
  if (length < 8)
    return FALSE;
  const gsize told = MIN (length, (gsize) bytes[7] + 8);
  sense->key = bytes[2] & 0x0f;
  sense->has_information = (bytes[0] & SENSE_VALID) != 0;
  if (sense->has_information)
    sense->information = wire_load (bytes + 3, 4);
  if (told >= 14)
    sense->code = (guint16) wire_load (bytes + 12, 2);
  if (told >= SENSE_FIXED_LENGTH)
    specific_decode (bytes + 15, sense);
  return TRUE;
}

static void
descriptor_decode (const guint8 *descriptor, gsize length, Sense *sense)
{
  if (descriptor[0] == DESCRIPTOR_INFORMATION && length >= DESCRIPTOR_INFORMATION_LENGTH
      && (descriptor[2] & SENSE_VALID) != 0) {
    sense->has_information = TRUE;
    sense->information = wire_load (descriptor + 4, 8);
  } else if (descriptor[0] == DESCRIPTOR_SPECIFIC && length >= DESCRIPTOR_SPECIFIC_LENGTH) {
    specific_decode (descriptor + 4, sense);
  }
}

static gboolean
sense_decode_descriptor (const guint8 *bytes, gsize length, Sense *sense)
{
  if (length < 8)
    return FALSE;
  const gsize told = MIN (length, (gsize) bytes[7] + 8);
  sense->key = bytes[1] & 0x0f;
  sense->code = (guint16) wire_load (bytes + 2, 2);
  for (gsize at = 8; at + 2 <= told; at += (gsize) bytes[at + 1] + 2)
    descriptor_decode (bytes + at, MIN ((gsize) bytes[at + 1] + 2, told - at), sense);
  return TRUE;
}

gboolean
sense_decode (const guint8 *bytes, gsize length, Sense *ret_sense)
{
  if (length == 0)
    return FALSE;
  Sense sense = { .code = SENSE_CODE_NONE, .bit = SENSE_NO_BIT };
  gboolean is_sense = FALSE;
  switch (bytes[0] & 0x7f) { /* bit 7: VALID */
  case SENSE_FIXED_CURRENT:
  case SENSE_FIXED_DEFERRED:
    is_sense = sense_decode_fixed (bytes, length, &sense);
    break;
  case SENSE_DESCRIPTOR_CURRENT:
  case SENSE_DESCRIPTOR_DEFERRED:
    is_sense = sense_decode_descriptor (bytes, length, &sense);
    break;
  default:
    break;
  }
  if (is_sense)
    *ret_sense = sense;
  return is_sense;
}
