/* SPDX-License-Identifier: Apache-2.0 */
/* name.h - iSCSI names: iqn., eui., naa. (RFC 7143 4.2.7)
 *
 * A name on the wire has been prepared by who configured it: lower case, Unicode form C, of the characters that RFC 3722 leaves.
 * So names are checked, not mended, where they arrive, and prepared where people type them.
 */
#pragma once

#include "protocol/bhs.h"

#define NAME_LENGTH_MAX 223 /* octets of UTF-8: R-NAME-002 */

/* As it must stand on the wire. PROTOCOL_ERROR_NAME says what is wrong with it. */
gboolean name_check (const char *name, GError **error);

/* As people type it: the iSCSI profile of stringprep (R-NAME-004), then name_check. NULL: error is set. */
char *name_prepare (const char *typed, GError **error);

/* Do two names that passed name_check mean one node? Octet for octet, but the hex digits of eui. and naa. (R-NAME-008). */
gboolean name_equal (const char *a, const char *b);
