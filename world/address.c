/* SPDX-License-Identifier: Apache-2.0 */
#include "world/address.h"

#include "world/error.h"

#include <arpa/inet.h>
#include <string.h>

static gboolean
address_fail (const char *text, const char *what, GError **error)
{
  g_set_error (error, WORLD_ERROR, WORLD_ERROR_INVALID,
               "address '%s': expected 'IPV4[:PORT]' or '[IPV6][:PORT]', got %s", text, what);
  return FALSE;
}

static gboolean
port_parse (const char *text, guint16 *ret_port)
{
  guint64 port;
  if (!g_ascii_string_to_unsigned (text, 10, 0, 65535, &port, NULL))
    return FALSE;
  *ret_port = (guint16) port;
  return TRUE;
}

gboolean
address_parse (const char *text, guint16 default_port, Address *ret_address, GError **error)
{
  Address address = { .port = default_port };
  g_autofree char *ip = NULL;
  const char *port = NULL;

  if (text[0] == '[') {
    const char *end = strchr (text, ']');
    if (end == NULL)
      return address_fail (text, "no ']'", error);
    ip = g_strndup (text + 1, (gsize) (end - text - 1));
    address.is_ipv6 = TRUE;
    if (end[1] == ':')
      port = end + 2;
    else if (end[1] != '\0')
      return address_fail (text, "something other than ':PORT' after ']'", error);
  } else {
    const char *colon = strchr (text, ':');
    ip = colon != NULL ? g_strndup (text, (gsize) (colon - text)) : g_strdup (text);
    port = colon != NULL ? colon + 1 : NULL;
  }

  if (inet_pton (address.is_ipv6 ? AF_INET6 : AF_INET, ip, address.ip) != 1)
    return address_fail (text, "no such address", error);
  if (port != NULL && !port_parse (port, &address.port))
    return address_fail (text, "a port that is not a number from 0 to 65535", error);
  *ret_address = address;
  return TRUE;
}

const char *
address_ip_text (const Address *address, char ret_text[ADDRESS_TEXT_LENGTH])
{
  inet_ntop (address->is_ipv6 ? AF_INET6 : AF_INET, address->ip, ret_text, ADDRESS_TEXT_LENGTH);
  return ret_text;
}

const char *
address_text (const Address *address, char ret_text[ADDRESS_TEXT_LENGTH])
{
  char ip[ADDRESS_TEXT_LENGTH];
  g_snprintf (ret_text, ADDRESS_TEXT_LENGTH, address->is_ipv6 ? "[%s]:%u" : "%s:%u",
              address_ip_text (address, ip), address->port);
  return ret_text;
}

gboolean
address_equal_ip (const Address *a, const Address *b)
{
  return a->is_ipv6 == b->is_ipv6 && memcmp (a->ip, b->ip, a->is_ipv6 ? 16 : 4) == 0;
}

gboolean
address_equal (const Address *a, const Address *b)
{
  return a->port == b->port && address_equal_ip (a, b);
}
