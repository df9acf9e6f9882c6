/* SPDX-License-Identifier: Apache-2.0 */
/* wrap: connection_free */
/* An initiator that forgets its dead connections in place of freeing them: one more for each reconnect. */
#include <glib.h>

typedef struct Connection Connection;

void __wrap_connection_free (Connection *connection);

void
__wrap_connection_free (Connection *connection)
{
}
