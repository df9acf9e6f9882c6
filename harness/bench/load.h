/* SPDX-License-Identifier: Apache-2.0 */
/* load.h - reads and writes on every session of a rig, so many under way at once
 *
 * Each session keeps `depth` commands under way; when one ends, the next is submitted from its `done`. Places on the disk
 * are drawn, and of a mixed load also whether it reads. Every command must end with GOOD and all of its bytes. In a judged
 * rig each write has its own bytes and each read is checked against the history, as a scenario's are.
 */
#pragma once

#include "harness/bench/rig.h"

typedef struct LoadShape {
  guint32 bytes;        /* of one command: whole blocks */
  guint depth;          /* per session */
  guint32 read_percent; /* 100: reads only; 0: writes only */
} LoadShape;

typedef struct Load Load;

Load *load_new (Rig *rig, const LoadShape *shape);
void load_free (Load *load); /* before its rig; NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Load, load_free)

/* Begins no more once `commands` were submitted, and returns when all have ended. */
gboolean load_run (Load *load, guint64 commands, GError **error);
