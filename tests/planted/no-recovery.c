/* SPDX-License-Identifier: Apache-2.0 */
/* wrap: recovery_on_connection_lost */
/* An initiator that parks its tasks when a connection dies, and forgets to log in again. */
#include "initiator/initiator.h"

void __wrap_recovery_on_connection_lost (Session *session);

void
__wrap_recovery_on_connection_lost (Session *session)
{
}
