/* SPDX-License-Identifier: Apache-2.0 */
/* tgtd.h - a tgtd of one's own: a foreign target on loopback for a live run, gone when the run is
 *
 * tgtd is the daemon of the Linux SCSI target framework (Debian package `tgt`). Ours shares nothing with the system's: it has
 * its own control socket, port, log and backing files, all in a temporary directory. It needs no root.
 */
#pragma once

#include "world/address.h"

#include <glib.h>

typedef struct Tgtd Tgtd;

/* One target with one portal, open to every initiator without CHAP. Its LUNs are 1..lun_count, of lun_bytes[0..] bytes (whole
 * blocks of 512, not zero), sparse and zeroed; LUN 0 is tgtd's controller. When it returns, logins are answered.
 *
 * Blocks, 5 s at most. Only the first thread of the process may call it: the kernel ends tgtd with the thread that started
 * it. Errors are of the G_IO_ERROR domain: NOT_FOUND (not installed), TIMED_OUT, FAILED, and that of the system call. */
Tgtd *tgtd_start (const char *target_name, const guint64 *lun_bytes, guint lun_count,
                  GError **error);

const Address *tgtd_portal (const Tgtd *tgtd);
const char *tgtd_log_path (const Tgtd *tgtd); /* what it prints; removed by tgtd_free */

/* Ends it, waits for its end and removes its directory; a tgtd that hangs costs 1 s more. NULL is fine. */
void tgtd_free (Tgtd *tgtd);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Tgtd, tgtd_free)
