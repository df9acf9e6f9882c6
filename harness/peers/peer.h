/* SPDX-License-Identifier: Apache-2.0 */
/* peer.h - a foreign target of one's own: on loopback for a live run, gone when the run is
 *
 * tgtd is the daemon of the Linux SCSI target framework (Debian package `tgt`), istgt the one that FreeBSD once had (Debian
 * package `istgt`). Ours shares nothing with the system's: it has its own port, configuration, log and backing files, all in
 * a temporary directory. It needs no root.
 */
#pragma once

#include "world/address.h"

#include <glib.h>

typedef struct Peer Peer;

/* What is known of a kind of peer before one runs. */
typedef struct PeerKind PeerKind;

const PeerKind *peer_kind_find (const char *name); /* NULL: no such kind */
char *peer_kind_names (void);                      /* "tgtd, istgt", for messages; free it */
guint16 peer_kind_first_lun (const PeerKind *kind);

/* One target with one portal, open to every initiator without CHAP, that agrees to digests. Its LUNs are numbered from
 * peer_kind_first_lun, of lun_bytes[0..] bytes (whole blocks of 512, not zero), sparse and zeroed. When it returns, logins are
 * answered.
 *
 * Blocks, 5 s at most. Only the first thread of the process may call it: the kernel ends the peer with the thread that started
 * it. Errors are of the G_IO_ERROR domain: NOT_FOUND (not installed), TIMED_OUT, FAILED, and that of the system call. */
Peer *peer_start (const PeerKind *kind, const char *target_name, const guint64 *lun_bytes,
                  guint lun_count, GError **error);

const Address *peer_portal (const Peer *peer); /* the same in all its lives */
const char *peer_log_path (const Peer *peer);  /* what it prints; removed by peer_free */
gboolean peer_is_up (const Peer *peer);        /* a paused one is */

/* SIGKILL, and waits for its end. What it had written is kept: an acknowledged write may have been in its memory, never
 * only there, as its backing file is a file of the kernel's that outlives it. */
void peer_kill (Peer *peer);
/* One that was killed runs again at its old portal with its old data. Blocks as peer_start does. */
gboolean peer_restart (Peer *peer, GError **error);
/* While it is down: its LUNs are blank. */
gboolean peer_lose_data (Peer *peer, GError **error);
/* SIGSTOP and SIGCONT: while it is paused the kernel goes on acknowledging for it. */
void peer_pause (Peer *peer);
void peer_resume (Peer *peer);

/* Ends it, waits for its end and removes its directory; a tgtd that hangs costs 1 s more. NULL is fine. */
void peer_free (Peer *peer);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Peer, peer_free)
