/* SPDX-License-Identifier: Apache-2.0 */
/* logout.h - Logout Requests (RFC 7143 11.14, 11.15) */
#pragma once

#include "target-sim/connection.h"

/* May close the connection and free its session. */
void logout_deliver (TargetConnection *connection, const guint8 bhs[BHS_LENGTH],
                     const Payload *payload);
