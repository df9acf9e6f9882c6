/* SPDX-License-Identifier: Apache-2.0 */
/* once.h - the judge of "every submitted task completes exactly once"
 *
 * Ids are chosen by the caller and only grow. Memory is proportional to the tasks that are open and to the gaps in the ids,
 * not to the tasks that there were.
 */
#pragma once

#include <glib.h>

typedef struct Once Once;

Once *once_new (void);
void once_free (Once *once); /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Once, once_free)

void once_submitted (Once *once, guint64 id); /* larger than all before */

/* FALSE if this completion should not be; then *ret_wrong (may be NULL) says why: "task 7 completed a second time", "task 9
 * completed, but was never submitted". */
gboolean once_completed (Once *once, guint64 id, char **ret_wrong);

/* The tasks that never completed, of guint64, the oldest first; transfer full. Asked at the end. */
GArray *once_unfinished (const Once *once);
