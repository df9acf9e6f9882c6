/* SPDX-License-Identifier: Apache-2.0 */
/* identity.h - the name of a logical unit, from its VPD page 83h */
#pragma once

#include <glib.h>

/* The best name in the page: "naa.3...", "eui....", "t10....". Transfer full. NULL: it has none. Any bytes are safe. */
char *identity_read (const guint8 *page, gsize length);
