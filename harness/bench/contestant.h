/* SPDX-License-Identifier: Apache-2.0 */
/* contestant.h - a target in a process of its own, ready to be measured: ours, or a peer
 *
 * Each serves one disk of CONTESTANT_BYTES in a file on tmpfs, filled, so that neither is faster by what is not there. It dies
 * with us.
 */
#pragma once

#include "harness/bench/bench.h"

#define CONTESTANT_BYTES (UINT64_C (256) * 1024 * 1024)

typedef struct Contestant Contestant;

typedef enum ContestantKind {
  CONTESTANT_OURS,        /* this program's `target`, its disk in a file */
  CONTESTANT_OURS_MEMORY, /* the same, its disk in memory */
  CONTESTANT_TGTD,
} ContestantKind;

/* Takes logins when it returns. BENCH_ERROR_UNAVAILABLE: this machine does not have it. */
Contestant *contestant_start (ContestantKind kind, GError **error);
const char *contestant_url (const Contestant *contestant); /* of its disk */
gint64 contestant_cpu_ns (const Contestant *contestant);   /* of all its threads, so far */
void contestant_free (Contestant *contestant);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Contestant, contestant_free)
