/* SPDX-License-Identifier: Apache-2.0 */
/* transport-id.h - an initiator named in a parameter list: the TransportID of iSCSI (SPC-4 7.6.4.6)
 *
 * Format 00b names a node and means all of its ports; format 01b names one port, as RFC 7143 4.4.2 does: the iSCSI name, ",i,0x"
 * and the ISID. Ports that mean the same are the same text here: lower case, twelve digits.
 */
#pragma once

#include "protocol/name.h"

#define PORT_NAME_MAX     (NAME_LENGTH_MAX + 5 + 12) /* octets without the NUL */
#define TRANSPORT_ID_MIN  24
#define TRANSPORT_ID_MAX  (4 + ((PORT_NAME_MAX + 1 + 3) & ~3))
#define PORT_NAME_DIVIDER ",i,0x"

typedef struct TransportId {
  gboolean is_port;             /* else the node, with all of its ports */
  char name[PORT_NAME_MAX + 1]; /* of the port or the node */
} TransportId;

/* The name of an initiator port. */
void port_name (char ret_name[PORT_NAME_MAX + 1], const char *node_name, guint64 isid);

/* Of a port's name; returns its length, a multiple of four. */
gsize transport_id_encode (guint8 ret_bytes[TRANSPORT_ID_MAX], const char *port_name);

/* The one that begins at `bytes`, of which there are `length`. FALSE: none of iSCSI, or not well formed; *ret_length is how much it
 * takes. */
gboolean transport_id_decode (TransportId *ret_id, const guint8 *bytes, gsize length,
                              gsize *ret_length);
