/* SPDX-License-Identifier: Apache-2.0 */
/* ahs.c - additional header segments (RFC 7143 11.2.2)
 *
 * Method: a row per type says which AHSLength it may have and how it is read. AHSLength counts neither itself nor the type nor
 * the padding to a word (R-PDU-015), so a segment takes up 3 + AHSLength octets, rounded up. Nothing is trusted: a step that
 * would leave the given octets is an error, and each step goes forward.
 */
#include "protocol/ahs.h"

#include "world/banned.h"

#define AHS_HEADER       3
#define AHS_TYPE_MASK    0x3f /* bits 0 and 1, the two highest, are reserved */
#define BIDI_READ_LENGTH 5

G_STATIC_ASSERT (AHS_BIDI_READ_SIZE == AHS_HEADER + BIDI_READ_LENGTH);

static guint
round_to_word (guint length)
{
  return (length + 3) & ~3u;
}

/* ---- out ---- */

static guint
segment_begin (guint8 *octets, AhsType type, guint length)
{
  const guint size = round_to_word (AHS_HEADER + length);
  memset (octets, 0, size);
  wire_store (octets, 2, length);
  octets[2] = (guint8) type;
  return size;
}

guint
ahs_encode (const Ahs *ahs, guint8 ret_octets[AHS_LENGTH_MAX])
{
  guint length = 0;
  const guint all = (ahs->cdb_rest_length > 0 ? round_to_word (4 + ahs->cdb_rest_length) : 0)
                    + (ahs->has_bidi_read ? AHS_BIDI_READ_SIZE : 0);
  CHECK_THAT (all <= AHS_LENGTH_MAX);
  if (ahs->cdb_rest_length > 0) {
    length = segment_begin (ret_octets, AHS_TYPE_EXTENDED_CDB, ahs->cdb_rest_length + 1);
    memcpy (ret_octets + 4, ahs->cdb_rest, ahs->cdb_rest_length);
  }
  if (ahs->has_bidi_read) {
    guint8 *segment = ret_octets + length;
    length += segment_begin (segment, AHS_TYPE_BIDI_READ, BIDI_READ_LENGTH);
    wire_store (segment + 4, 4, ahs->bidi_read_length);
  }
  return length;
}

/* ---- in ---- */

static void
read_EXTENDED_CDB (Ahs *ahs, const guint8 *segment, guint length)
{
  ahs->cdb_rest = segment + 4;
  ahs->cdb_rest_length = length - 1;
}

static void
read_BIDI_READ (Ahs *ahs, const guint8 *segment, guint length)
{
  ahs->has_bidi_read = TRUE;
  ahs->bidi_read_length = (guint32) wire_load (segment + 4, 4);
}

static const struct {
  AhsType type;
  guint minimum;
  guint maximum;
  const char *name;
  void (*read) (Ahs *ahs, const guint8 *segment, guint length);
} rows[] = {
#define AHS_TYPE(name, code, low, high, text) { code, low, high, text, read_##name },
  AHS_TYPES (AHS_TYPE)
#undef AHS_TYPE
};

static guint
row_find (guint8 type)
{
  guint i = 0;
  while (i < G_N_ELEMENTS (rows) && rows[i].type != (AhsType) type)
    i++;
  return i;
}

const char *
ahs_type_name (guint64 type)
{
  const guint i = type <= AHS_TYPE_MASK ? row_find ((guint8) type) : G_N_ELEMENTS (rows);
  return i < G_N_ELEMENTS (rows) ? rows[i].name : "reserved";
}

static gboolean G_GNUC_PRINTF (2, 3) refuse (GError **error, const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  g_autofree char *what = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error, PROTOCOL_ERROR, PROTOCOL_ERROR_FORMAT, "'AHS': %s", what);
  return FALSE;
}

/* One segment. *ret_size: what it takes up with its padding. */
static gboolean
segment_read (Ahs *ahs, guint *seen, const guint8 *segment, guint left, guint *ret_size,
              GError **error)
{
  if (left < 4)
    return refuse (error, "expected whole words, got %u octets", left);
  const guint length = (guint) wire_load (segment, 2);
  const guint8 type = segment[2] & AHS_TYPE_MASK;
  const guint row = row_find (type);
  /* R-PDU-004, R-PDU-014 */
  if (row == G_N_ELEMENTS (rows))
    return refuse (error, "expected type 1 or 2, got %u", type);
  if (*seen & 1u << row)
    return refuse (error, "expected one '%s', got two", rows[row].name);
  if (length < rows[row].minimum || length > rows[row].maximum)
    return refuse (error, "expected AHSLength %u to %u of '%s', got %u", rows[row].minimum,
                   rows[row].maximum, rows[row].name, length);
  if (round_to_word (AHS_HEADER + length) > left)
    return refuse (error,
                   "expected '%s' to end within TotalAHSLength, got AHSLength %u with %u "
                   "octets left",
                   rows[row].name, length, left);
  *seen |= 1u << row;
  *ret_size = round_to_word (AHS_HEADER + length);
  rows[row].read (ahs, segment, length);
  return TRUE;
}

gboolean
ahs_decode (Ahs *ret_ahs, const guint8 *octets, guint length, GError **error)
{
  Ahs ahs = { 0 };
  guint seen = 0;
  guint size = 0;
  for (guint at = 0; at < length; at += size)
    if (!segment_read (&ahs, &seen, octets + at, length - at, &size, error))
      return FALSE;
  *ret_ahs = ahs;
  return TRUE;
}

/* ---- print ---- */

static void
print_octets (const char *name, const guint8 *octets, guint length, GString *out)
{
  g_string_append_printf (out, " %s=", name);
  for (guint i = 0; i < length; i++)
    g_string_append_printf (out, "%02x", octets[i]);
}

void
ahs_print (const guint8 *octets, guint length, GString *out)
{
  Ahs ahs;
  if (!ahs_decode (&ahs, octets, length, NULL)) {
    print_octets ("AHS", octets, length, out);
    return;
  }
  if (ahs.cdb_rest_length > 0)
    print_octets ("ExtendedCDB", ahs.cdb_rest, ahs.cdb_rest_length, out);
  if (ahs.has_bidi_read)
    g_string_append_printf (out, " BidirectionalReadExpectedDataTransferLength=%u",
                            ahs.bidi_read_length);
}
