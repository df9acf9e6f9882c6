/* SPDX-License-Identifier: Apache-2.0 */
/* target-address.h - a value of TargetAddress (RFC 7143 13.8): host[:port][,portal-group-tag] */
#pragma once

#include "protocol/bhs.h"

#define TARGET_ADDRESS_NO_GROUP (-1)

/* The tag is TARGET_ADDRESS_NO_GROUP if there is none. PROTOCOL_ERROR_TEXT: not such a value, port 0, or a host name, which
 * nobody here can resolve. */
gboolean target_address_parse (const char *text, Address *ret_address, gint32 *ret_group_tag,
                               GError **error);
