/* SPDX-License-Identifier: Apache-2.0 */
/* session.h - one session at the target: command order, the window, tasks, and how it ends (RFC 7143 4.2.2, 8.3) */
#pragma once

#include "target-sim/command.h"
#include "target-sim/connection.h"
#include "target-sim/task-management.h"

#define TARGET_SESSION_STATES(STATE)                                                               \
  STATE (FREE)                                                                                     \
  STATE (ACTIVE)                                                                                   \
  STATE (LOGGED_IN)                                                                                \
  STATE (FAILED)                                                                                   \
  STATE (IN_CONTINUE)

#define TARGET_SESSION_EVENTS(EVENT)                                                               \
  EVENT (LOGIN_BEGAN)                                                                              \
  EVENT (LOGIN_DONE)                                                                               \
  EVENT (CLOSED)    /* by logout, or by reinstatement while it was logged in */                    \
  EVENT (LOST)      /* its connection */                                                           \
  EVENT (TIMED_OUT) /* or reinstated while it was failed */                                        \
  EVENT (CONTINUE)  /* a login for its lost connection */                                          \
  EVENT (CONTINUED)

typedef enum TargetSessionState {
#define STATE(name) TARGET_SESSION_##name,
  TARGET_SESSION_STATES (STATE)
#undef STATE
} TargetSessionState;

typedef enum TargetSessionEvent {
#define EVENT(name) TARGET_SESSION_ON_##name,
  TARGET_SESSION_EVENTS (EVENT)
#undef EVENT
} TargetSessionEvent;

/* A command that came before its turn. */
typedef struct HeldPdu {
  gboolean is_held;
  gboolean is_plug; /* counts as come, and is nothing: RFC 7143 11.6.1 */
  guint8 bhs[BHS_LENGTH];
  Payload payload;
} HeldPdu;

struct TargetSession {
  guint32 magic; /* TARGET_SESSION_MAGIC */
  guint8 state;
  guint16 tsih;
  guint16 group_tag;
  guint16 cid; /* of its connection, the present or the last one */
  guint64 isid;
  const TargetDoor *unnamed_at; /* of a discovery session that named no target; else NULL */
  char *initiator_name;
  TargetSim *target;
  Host *host;
  KeyValues keys;               /* what the leading login agreed on */
  TargetConnection *connection; /* NULL while FAILED */
  ScsiNexus nexus;
  Timer retain_timer;

  guint32 exp_cmd_sn;
  guint queue_depth;
  guint
      numbered_tasks; /* delivered, not answered, with a CmdSN of their own: what the window counts */
  HeldPdu *held;      /* by CmdSN & held_mask */
  guint32 held_mask;
  guint held_count;

  GHashTable *by_itt; /* ITT -> TargetTask; looked up, never walked */
  GQueue tasks;       /* of TargetTask, oldest first, by the link inside each */
  TargetTask *spare;  /* for reuse, a list by spare_next */
  guint immediate_tasks;
  guint32 next_ttt;
  TaskManagement management;
  Timer drop_timer; /* an announced drop, or a requested logout that does not come: async.c */
};

#define TARGET_SESSION_MAGIC 0x7A26E703u

extern const Machine target_session_machine;

/* What a login found out. */
typedef struct SessionIdentity {
  const char *initiator_name;
  guint64 isid;
  guint16 group_tag;
  const TargetDoor *unnamed_at;
  guint32 first_cmd_sn; /* of the leading login: R-LOGIN-050 */
} SessionIdentity;

/* A new session in the target's table, LOGGED_IN; the connection joins with target_session_attach. */
TargetSession *target_session_new (TargetSim *target, const SessionIdentity *identity,
                                   const KeyValues *keys);
void target_session_attach (TargetSession *session, TargetConnection *connection);
void target_session_free (
    TargetSession
        *session); /* without a word to anyone; the target's table is the caller's business */

/* By logout: its tasks are terminated, it leaves the table, and is freed. Its connection stays, for the caller to close. */
void target_session_close (TargetSession *session, const char *how);
/* By session reinstatement: as target_session_close, and its connection is dropped (RFC 7143 6.3.5, R-REIN-009). What its nexus
 * had not been told yet is for the one that follows: see scsi_nexus_inherit. */
GArray *target_session_reinstate (TargetSession *session);
/* A login for the connection that it had: that one is dropped, the session goes on (RFC 7143 6.3.4, R-REIN-005). */
void target_session_reinstate_connection (TargetSession *session);
/* Its connection is gone: the tasks are terminated, and the session waits for its initiator until Time2Wait + Time2Retain. */
void target_session_lose_connection (TargetSession *session);

void target_session_receive (TargetSession *session, TargetConnection *connection,
                             const guint8 bhs[BHS_LENGTH], const Payload *payload);
/* A PDU whose data is not what its digest says. */
void target_session_receive_damaged (TargetSession *session, TargetConnection *connection,
                                     const guint8 bhs[BHS_LENGTH]);
gboolean target_session_is_discovery (const TargetSession *session);
guint32 target_session_max_cmd_sn (const TargetSession *session);

/* Within the window, and has not come. */
gboolean target_session_expects (const TargetSession *session, guint32 cmd_sn);
/* This CmdSN counts as come from now on; what was held behind it is delivered, which may end the session. */
void target_session_plug (TargetSession *session, TargetConnection *connection, guint32 cmd_sn);
/* As does every one below that has not come; nothing happens if cmd_sn is not within the window or just behind it. */
void target_session_plug_below (TargetSession *session, TargetConnection *connection,
                                guint32 cmd_sn);
guint32 target_session_take_ttt (TargetSession *session);
