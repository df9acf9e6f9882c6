/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/scsi/transport-id.h"

#include "world/banned.h"

#define PROTOCOL_ISCSI 5
#define FORMAT_NODE    0
#define FORMAT_PORT    1
#define HEADER_LENGTH  4
#define ISID_DIGITS    12

void
port_name (char ret_name[PORT_NAME_MAX + 1], const char *node_name, guint64 isid)
{
  g_autofree char *node = g_ascii_strdown (node_name, -1);
  const int length =
      g_snprintf (ret_name, PORT_NAME_MAX + 1, "%s" PORT_NAME_DIVIDER "%012" G_GINT64_MODIFIER "x",
                  node, isid & wire_mask (48));
  CHECK_THAT (length <= PORT_NAME_MAX);
}

gsize
transport_id_encode (guint8 ret_bytes[TRANSPORT_ID_MAX], const char *name)
{
  const gsize length = strlen (name);
  const gsize padded = MAX ((length + 1 + 3) & ~(gsize) 3, TRANSPORT_ID_MIN - HEADER_LENGTH);
  CHECK_THAT (length <= PORT_NAME_MAX);
  memset (ret_bytes, 0, HEADER_LENGTH + padded);
  ret_bytes[0] = FORMAT_PORT << 6 | PROTOCOL_ISCSI;
  wire_store (ret_bytes + 2, 2, padded);
  memcpy (ret_bytes + HEADER_LENGTH, name, length);
  return HEADER_LENGTH + padded;
}

/* Cuts the text at its divider. FALSE: no ISID follows. */
static gboolean
split_port (char *text, guint64 *ret_isid)
{
  char *divider = strstr (text, PORT_NAME_DIVIDER);
  if (divider == NULL)
    return FALSE;
  const char *digits = divider + strlen (PORT_NAME_DIVIDER);
  const gsize count = strlen (digits);
  if (count == 0 || count > ISID_DIGITS || strspn (digits, "0123456789abcdef") != count)
    return FALSE;
  *ret_isid = g_ascii_strtoull (digits, NULL, 16);
  *divider = '\0';
  return TRUE;
}

static gboolean
decode_name (TransportId *ret_id, const guint8 *bytes, gsize length)
{
  if (length > TRANSPORT_ID_MAX - HEADER_LENGTH || memchr (bytes, 0, length) == NULL)
    return FALSE;
  g_autofree char *text = g_ascii_strdown ((const char *) bytes, -1);
  guint64 isid = 0;
  if (ret_id->is_port && !split_port (text, &isid))
    return FALSE;
  if (!name_check (text, NULL))
    return FALSE;
  if (ret_id->is_port)
    port_name (ret_id->name, text, isid);
  else
    memcpy (ret_id->name, text, strlen (text) + 1);
  return TRUE;
}

gboolean
transport_id_decode (TransportId *ret_id, const guint8 *bytes, gsize length, gsize *ret_length)
{
  if (length < TRANSPORT_ID_MIN || (bytes[0] & 0x3f) != PROTOCOL_ISCSI)
    return FALSE;
  const guint8 format = bytes[0] >> 6;
  const gsize padded = wire_load (bytes + 2, 2);
  TransportId id = { .is_port = format == FORMAT_PORT };
  if (format > FORMAT_PORT || padded % 4 != 0 || padded < TRANSPORT_ID_MIN - HEADER_LENGTH
      || padded > length - HEADER_LENGTH || !decode_name (&id, bytes + HEADER_LENGTH, padded))
    return FALSE;
  *ret_id = id;
  *ret_length = HEADER_LENGTH + padded;
  return TRUE;
}
