/* SPDX-License-Identifier: Apache-2.0 */
/* text.h - Text Requests in full feature phase (RFC 7143 6.4, 11.10, 11.11) */
#pragma once

#include "target-sim/connection.h"

void text_deliver (TargetConnection *connection, const guint8 bhs[BHS_LENGTH],
                   const Payload *payload);
void text_exchange_free (TextExchange *exchange); /* NULL is fine */
