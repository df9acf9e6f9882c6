/* SPDX-License-Identifier: Apache-2.0 */
/* peer-internal.h - what peer.c and the kinds of peers share: a row of behaviour for each kind, and a running one's state */
#pragma once

#include "harness/peers/peer.h"
#include "harness/peers/process.h"

#define PEER_BLOCK_BYTES 512
#define PEER_PROGRAMS    2

typedef enum PeerAnswer {
  PEER_SERVES,
  PEER_IS_SILENT,     /* not up yet */
  PEER_HAS_NO_PORTAL, /* somebody else has taken the port */
} PeerAnswer;

/* Absent means: nothing to do. */
struct PeerKind {
  const char *name;
  const char *package;                 /* Debian's */
  const char *programs[PEER_PROGRAMS]; /* the daemon, then its tool if it has one */
  guint16 first_lun;
  const char *silence;                              /* of what it is expected to do in time */
  gboolean (*prepare) (Peer *peer, GError **error); /* once, in its directory */
  gboolean (*spawn) (Peer *peer, GError **error);   /* at peer->portal */
  PeerAnswer (*ask) (Peer *peer);
  gboolean (*serve) (Peer *peer, GError **error); /* what it is told only once it runs */
  gboolean (*end) (Peer *peer); /* asks it to end; TRUE: it will, within a second */
};

typedef struct PeerLun {
  guint64 bytes;
  int fd;     /* of a file without a name */
  char *path; /* by which the peer opens it, as long as we live */
} PeerLun;

struct Peer {
  guint32 magic; /* PEER_MAGIC */
  const PeerKind *kind;
  GPid pid; /* 0: not running */
  gboolean is_paused;
  Address portal;
  gint64 deadline_us; /* of the monotonic clock: for whatever runs now */
  char *programs[PEER_PROGRAMS];
  char *target_name;
  char *directory;
  char *log_path;
  char *tool_log_path; /* what the last call of its tool printed */
  char **environment;
  GArray *luns; /* of PeerLun */
};

extern const PeerKind peer_tgtd;
extern const PeerKind peer_istgt;
