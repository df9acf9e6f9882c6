/* SPDX-License-Identifier: Apache-2.0 */
/* connection.h - one TCP connection at the target (RFC 7143 8.1.4) */
#pragma once

#include "protocol/framer.h"
#include "protocol/machine.h"
#include "protocol/reject.h"
#include "target-sim/portal.h"

typedef struct Login Login;
typedef struct TextExchange TextExchange;

/* The RFC's names. CONNECTION (NAME) */
#define TARGET_CONNECTION_STATES(STATE)                                                            \
  STATE (FREE)                                                                                     \
  STATE (XPT_UP)                                                                                   \
  STATE (IN_LOGIN)                                                                                 \
  STATE (LOGGED_IN)                                                                                \
  STATE (LOGOUT_REQUESTED)                                                                         \
  STATE (IN_LOGOUT)                                                                                \
  STATE (CLEANUP_WAIT)

#define TARGET_CONNECTION_EVENTS(EVENT)                                                            \
  EVENT (ACCEPTED)                                                                                 \
  EVENT (LOGIN_BEGAN)                                                                              \
  EVENT (LOGIN_DONE)                                                                               \
  EVENT (GONE)       /* the transport is gone, or is given up */                                   \
  EVENT (ASK_LOGOUT) /* an Async Message that asks for it */                                       \
  EVENT (LOGOUT)     /* a Logout Request that ends this connection */                              \
  EVENT (LOGGED_OUT) /* explicitly, or implicitly by reinstatement */                              \
  EVENT (CLEANED)    /* its tasks are terminated */

typedef enum TargetConnectionState {
#define STATE(name) TARGET_CONNECTION_##name,
  TARGET_CONNECTION_STATES (STATE)
#undef STATE
} TargetConnectionState;

typedef enum TargetConnectionEvent {
#define EVENT(name) TARGET_CONNECTION_ON_##name,
  TARGET_CONNECTION_EVENTS (EVENT)
#undef EVENT
} TargetConnectionEvent;

struct TargetConnection {
  guint32 magic; /* TARGET_CONNECTION_MAGIC */
  guint32 id;    /* the stream's number: its name in the log */
  guint8 state;
  gboolean is_dispatching; /* inside its own data callback: memory stays until that ends */
  TargetPortal *portal;
  TargetSim *target;
  Host *host;
  Stream *stream; /* NULL: let go */
  Framer framer;
  Login *login;           /* until full feature phase */
  TargetSession *session; /* from full feature phase on */
  Timer login_timer;
  guint16 cid;
  guint32 stat_sn;         /* of the next response */
  TextExchange *text;      /* a text negotiation that is under way; NULL: none */
  guint32 max_send_length; /* the initiator's MaxRecvDataSegmentLength */
  Digests digests;         /* of what is sent; none in the login */
  GList link;              /* in portal->connections */
};

#define TARGET_CONNECTION_MAGIC 0x7A26E702u

extern const Machine target_connection_machine;

TargetConnection *target_connection_new (TargetPortal *portal, Stream *stream /* transfer full */);
/* During login: it is for another node behind the same door. */
void target_connection_choose_portal (TargetConnection *connection, TargetPortal *portal);
void
target_connection_free (TargetConnection *connection); /* closes, without a word to its session */
void target_connection_move (TargetConnection *connection, TargetConnectionEvent event);

/* This end gives the connection up (RST), or has learnt that it is gone: the session, if any, hears of it. */
void target_connection_lose (TargetConnection *connection, const char *why);

/* As target_connection_lose, but with FIN after what was sent: an announced end, which the announcement must not outrun. */
void target_connection_drop (TargetConnection *connection, const char *why);

/* After last words (a refused login, a logout): FIN after what was sent. Its session no longer knows it. */
void target_connection_close (TargetConnection *connection);

/* Login is over: frames may be as long as was declared, have the digests that were agreed on, and go to the session. */
void target_connection_enter_full_feature (TargetConnection *connection, TargetSession *session,
                                           const KeyValues *agreed);

/* Numbers of a response: StatSN, which a status consumes, and the session's window. */
guint32 target_connection_take_stat_sn (TargetConnection *connection);
void target_connection_send (TargetConnection *connection, guint8 bhs[BHS_LENGTH],
                             const Payload *payload);

/* RFC 7143 11.17, R-REJ-016..018: Reject with the header that it is about. */
void target_connection_reject (TargetConnection *connection, RejectReason reason,
                               const guint8 bhs[BHS_LENGTH]);

/* Fills stat_sn, exp_cmd_sn and max_cmd_sn of any response that carries a status of its own. */
#define CONNECTION_NUMBER(connection, pdu)                                                         \
  do {                                                                                             \
    (pdu)->stat_sn = target_connection_take_stat_sn (connection);                                  \
    (pdu)->exp_cmd_sn = (connection)->session->exp_cmd_sn;                                         \
    (pdu)->max_cmd_sn = target_session_max_cmd_sn ((connection)->session);                         \
  } while (0)
