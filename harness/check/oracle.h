/* SPDX-License-Identifier: Apache-2.0 */
/* oracle.h - the judge of the data: a read returns what the history of the LUN permits
 *
 * One Oracle knows one LUN by its identity, over all paths, sessions and restarts. Every write and every read is told to it
 * when it is submitted and when it ends. Each block is a regular register: a read may return what write w put there (or the
 * initial zeros) if and only if w began before the read ended, and no write v that is DONE lies wholly between them: begun
 * after w ended, ended before the read began. Before and after are the order of the calls to the oracle, not times.
 *
 * A write that FAILED, or whose outcome is UNKNOWN since its connection died, may have reached any of its blocks from its
 * begin on, so a read may show it; but nobody was told that it is there, so it supersedes nothing. Once ended it cannot take
 * effect any more: if a later write is done, it must not come back.
 *
 * The data of write `id` are pattern_fill_blocks (..., id, lba): that is how a read says whose block it got.
 */
#pragma once

#include "world/buffer.h"

typedef struct Oracle Oracle;

typedef enum OracleOutcome {
  ORACLE_DONE,    /* GOOD status arrived */
  ORACLE_FAILED,  /* another status arrived */
  ORACLE_UNKNOWN, /* nothing arrived, and nothing will */
} OracleOutcome;

/* Filled only when something is wrong; of several wrong blocks the first. */
typedef struct OracleViolation {
  guint64 lba;
  const char *property; /* "no lost, stale, torn or misplaced write" */
  char *expected;       /* "block 17: write 5 or 6" */
  char *actual;         /* "write 3, superseded by write 5 which ended before the read began" */
} OracleViolation;

void oracle_violation_clear (OracleViolation *violation);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (OracleViolation, oracle_violation_clear)

Oracle *oracle_new (gsize block_size); /* see pattern.h for what it can be */
/* From now on what is where nobody wrote may be anything: a disk that others have filled. */
void oracle_forget_zeros (Oracle *oracle);
void oracle_free (Oracle *oracle); /* NULL is fine; open writes and reads go with it */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Oracle, oracle_free)

/* Returns the write's id, 1 and up. `blocks` >= 1. Call it before the write can reach the target. */
guint64 oracle_write_begin (Oracle *oracle, guint64 lba, guint64 blocks);
void oracle_write_end (Oracle *oracle, guint64 write_id, OracleOutcome outcome);

/* Returns the read's id, of a series of its own. Each read must be ended, one that failed with NULL for its data: as long as
 * it is open, what it may return is kept. */
guint64 oracle_read_begin (Oracle *oracle, guint64 lba, guint64 blocks);
gboolean oracle_read_end (Oracle *oracle, guint64 read_id, const Payload *data,
                          OracleViolation *ret_violation);

/* How many writes are still remembered: those open and those that some read could still return. */
guint oracle_write_count (const Oracle *oracle);
