/* SPDX-License-Identifier: Apache-2.0 */
/* address.h - an IP address and a TCP port, version 4 or 6 */
#pragma once

#include <glib.h>

typedef struct Address {
  guint8 ip[16]; /* network order; version 4 in the first four */
  guint16 port;
  gboolean is_ipv6;
} Address;

#define ADDRESS_TEXT_LENGTH 64

/* "10.0.0.1:3260", "[fd00::1]:3260"; without a port: default_port. R-MODEL-025: iSCSI's is 3260. */
gboolean address_parse (const char *text, guint16 default_port, Address *ret_address,
                        GError **error);
const char *address_text (const Address *address, char ret_text[ADDRESS_TEXT_LENGTH]);
const char *address_ip_text (const Address *address,
                             char ret_text[ADDRESS_TEXT_LENGTH]); /* no port, no brackets */
gboolean address_equal (const Address *a, const Address *b);
gboolean address_equal_ip (const Address *a, const Address *b);
