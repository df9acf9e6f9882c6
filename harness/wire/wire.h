/* SPDX-License-Identifier: Apache-2.0 */
/* wire.h - a wire actor: one end of iSCSI connections that speaks PDUs with the codec only
 *
 * It has no session, no negotiation and no opinion: what it is told to send goes out as it is, what comes is kept until it is
 * asked for. So it can break every rule, and a test can look at every PDU. What it does for its user's comfort is to keep the
 * numbers: a field that the user leaves open gets the value that a well-behaved end would give it.
 *
 * An initiator has one connection at a time; a target listens, keeps what was accepted in line, and speaks on one of them.
 */
#pragma once

#include "protocol/framer.h"
#include "world/world.h"

typedef struct WirePdu {
  guint8 bhs[BHS_LENGTH];
  Slice data; /* the data segment, without padding */
} WirePdu;

void wire_pdu_free (WirePdu *pdu);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WirePdu, wire_pdu_free)

typedef struct Wire Wire;

/* One TCP connection. */
typedef struct WireLine {
  guint32 magic; /* WIRE_LINE_MAGIC */
  Wire *wire;
  Stream *stream; /* NULL: let go */
  guint32 id;     /* the stream's number: its name in the log */
  Framer framer;
  GQueue received; /* of WirePdu */
  gboolean is_connected;
  gboolean has_ended;
  StreamEnd end;
} WireLine;

struct Wire {
  guint32 magic; /* WIRE_MAGIC */
  gboolean is_target;
  Host *host;
  Listener *listener; /* a target's */
  GQueue accepted;    /* of WireLine: not yet spoken on */
  WireLine *line;     /* the present connection; NULL: none yet */

  /* What the fields that are left open get. */
  guint32 cmd_sn;      /* initiator: of the next command */
  guint32 exp_stat_sn; /* initiator: one above the last status */
  guint32 task_tag;    /* initiator: the present task's; target: that of the last PDU that came */
  guint32 stat_sn;     /* target: of the next status */
  guint32 exp_cmd_sn;  /* target */
  guint32 max_cmd_sn;  /* target */

  void (*changed) (gpointer data); /* a PDU came, a connection began or ended */
  gpointer data;
};

#define WIRE_MAGIC         0x317E0001u
#define WIRE_LINE_MAGIC    0x317E0002u
#define WIRE_WINDOW        32u       /* commands that a wire target lets come, by default */
#define WIRE_SEGMENT_MAX   0xffffffu /* it takes whatever a header can say */
#define WIRE_RECEIVED_MOST 4096      /* PDUs kept; more are a peer that has gone mad: RST */

Wire *wire_initiator_new (Host *host);
/* Listens at once. */
Wire *wire_target_new (Host *host, const Address *address, GError **error);
void wire_free (Wire *wire); /* closes what is open; NULL is fine */

/* Lets the present connection go (FIN), and asks for another; see line->is_connected, line->has_ended. */
void wire_connect (Wire *wire, const Address *portal);
/* Goes on to the oldest connection that was accepted, letting the present one go. FALSE: there is none. */
gboolean wire_accept (Wire *wire);

/* For each field that is not in `given` (NULL-terminated names; a table without fields of that name is no error): the
 * numbers, tags and flags of a well-behaved end. */
void wire_fill (Wire *wire, guint8 bhs[BHS_LENGTH], const char *const *given);
/* Counts what was filled in as used. Both before wire_send. */
void wire_count (Wire *wire, const guint8 bhs[BHS_LENGTH], const char *const *given);

/* Header, data, padding. DataSegmentLength goes out as it stands in the header, whatever `data` says. No connection, or one
 * that has ended: dropped, as TCP drops it. */
void wire_send (Wire *wire, const guint8 bhs[BHS_LENGTH], const Slice *data);
void wire_send_octets (Wire *wire, Slice octets /* transfer full */);

/* The oldest PDU that nobody has looked at; NULL: none. Transfer full. */
WirePdu *wire_take (Wire *wire);

void wire_close (Wire *wire); /* FIN; what comes is still kept */
void wire_reset (Wire *wire);
