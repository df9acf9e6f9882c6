/* SPDX-License-Identifier: Apache-2.0 */
/* pattern.h - what the blocks of test data contain
 *
 * A block says which write put it there and where it belongs: its first 16 bytes are the write's id and the LBA, big-endian,
 * and every 8 bytes after that depend on both. So a block that was read tells whose it is, and a block that is torn, misplaced
 * or damaged tells that. A block of zeros was never written: write id 0.
 *
 * Block sizes are multiples of 8, from PATTERN_BLOCK_MIN up; write ids begin at 1.
 */
#pragma once

#include <glib.h>

#define PATTERN_BLOCK_MIN 32

void pattern_fill (guint8 *block, gsize block_size, guint64 write_id, guint64 lba);
void pattern_fill_blocks (guint8 *bytes, gsize block_size, guint64 blocks, guint64 write_id,
                          guint64 lba);

/* TRUE: the block is whole and belongs at `lba`; *ret_write_id says whose it is. FALSE: *ret_wrong says how it is wrong, as
 * far as it can be told: "torn: bytes 0 to 511 are of write 5, the rest of write 3", "misplaced: LBA 9 of write 5",
 * "damaged at byte 100 of write 5", "not test data". Both may be NULL. */
gboolean pattern_check (const guint8 *block, gsize block_size, guint64 lba, guint64 *ret_write_id,
                        char **ret_wrong);
