/* SPDX-License-Identifier: Apache-2.0 */
/* nop.h - pings from the initiator (RFC 7143 11.18, 11.19) */
#pragma once

#include "target-sim/connection.h"

void nop_deliver (TargetConnection *connection, const guint8 bhs[BHS_LENGTH],
                  const Payload *payload);
