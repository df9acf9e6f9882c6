/* SPDX-License-Identifier: Apache-2.0 */
/* async.h - Asynchronous Messages of a session (RFC 7143 11.9); they are asked for by target_sim_async */
#pragma once

#include "target-sim/connection.h"

void async_init (TargetSession *session);
