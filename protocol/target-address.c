/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/target-address.h"

#include "world/banned.h"

#define DEFAULT_PORT 3260 /* R-MODEL-025 */

static gboolean
target_address_refuse (const char *text, GError **error, const char *expected)
{
  g_set_error (error, PROTOCOL_ERROR, PROTOCOL_ERROR_TEXT, "TargetAddress '%s': expected %s", text,
               expected);
  return FALSE;
}

gboolean
target_address_parse (const char *text, Address *ret_address, gint32 *ret_group_tag, GError **error)
{
  Address address;
  guint64 tag = 0;
  const char *comma = strchr (text, ',');
  g_autofree char *host = comma != NULL ? g_strndup (text, (gsize) (comma - text)) : NULL;
  if (comma != NULL && !g_ascii_string_to_unsigned (comma + 1, 10, 0, G_MAXUINT16, &tag, NULL))
    return target_address_refuse (text, error, "a portal group tag of 0 to 65535");
  if (!address_parse (host != NULL ? host : text, DEFAULT_PORT, &address, NULL))
    return target_address_refuse (text, error, "an IPv4 or a bracketed IPv6 address");
  if (address.port == 0)
    return target_address_refuse (text, error, "a port of 1 to 65535");
  *ret_address = address;
  *ret_group_tag = comma != NULL ? (gint32) tag : TARGET_ADDRESS_NO_GROUP;
  return TRUE;
}
