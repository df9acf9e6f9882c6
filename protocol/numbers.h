/* SPDX-License-Identifier: Apache-2.0 */
/* numbers.h - which PDUs use up a StatSN (RFC 7143 4.2.2.2), for those who follow a connection from outside */
#pragma once

#include "protocol/bhs.h"

/* An R2T, a Data-In without status and a ping of the target carry the next StatSN without using it up; of a Login Response that
 * refuses, the numbers mean nothing (R-LOGIN-064). FALSE for requests. */
gboolean pdu_uses_stat_sn (const guint8 bhs[BHS_LENGTH]);
