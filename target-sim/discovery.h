/* SPDX-License-Identifier: Apache-2.0 */
/* discovery.h - what SendTargets is told (RFC 7143 C) */
#pragma once

#include "target-sim/connection.h"

/* Records of TargetName and TargetAddress, appended to `reply`; none is an answer, too. FALSE: the value is not for this kind of
 * session. */
gboolean discovery_answer (const TargetConnection *connection, const char *value, GString *reply);
