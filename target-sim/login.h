/* SPDX-License-Identifier: Apache-2.0 */
/* login.h - the login phase of one connection (RFC 7143 6.3) */
#pragma once

#include "target-sim/connection.h"

Login *login_new (TargetConnection *connection);
void login_free (Login *login); /* NULL is fine */

/* One PDU. May close the connection, or take it to full feature phase; both free the login. */
void login_receive (TargetConnection *connection, const guint8 bhs[BHS_LENGTH],
                    const Payload *payload);
