/* SPDX-License-Identifier: Apache-2.0 */
/* initiator-internal.h - what the files of initiator/ share, and nobody else includes
 *
 * Downwards: node -> session -> connection -> stream. Upwards a connection tells its session of three things only: it is in
 * full feature phase, it is over, a task has its status. A session object outlives its connections: each login makes a new
 * Connection, and a new session instance at the target (error recovery level 0).
 */
#pragma once

#include "initiator/events.h"
#include "initiator/initiator.h"
#include "protocol/ahs.h"
#include "protocol/async.h"
#include "protocol/burst.h"
#include "protocol/data.h"
#include "protocol/events.h"
#include "protocol/framer.h"
#include "protocol/login.h"
#include "protocol/logout.h"
#include "protocol/machine.h"
#include "protocol/nop.h"
#include "protocol/reject.h"
#include "protocol/scsi-command.h"
#include "protocol/serial.h"

typedef struct Connection Connection;
typedef struct Transfer Transfer;
typedef struct Management Management;
typedef struct Discovery Discovery;
typedef struct UnitLook UnitLook;

/* ---- connection: the state machine of RFC 7143 8.1.3, initiator's side ---- */

#define CONNECTION_STATES(STATE)                                                                   \
  STATE (FREE)             /* S1 */                                                                \
  STATE (XPT_WAIT)         /* S2 */                                                                \
  STATE (IN_LOGIN)         /* S4 */                                                                \
  STATE (LOGGED_IN)        /* S5 */                                                                \
  STATE (LOGOUT_REQUESTED) /* S7 */                                                                \
  STATE (IN_LOGOUT)        /* S6 */                                                                \
  STATE (CLEANUP_WAIT)     /* S8 */

typedef enum ConnectionState {
#define STATE(name) CONNECTION_##name,
  CONNECTION_STATES (STATE)
#undef STATE
} ConnectionState;

#define CONNECTION_EVENTS(EVENT)                                                                   \
  EVENT (CONNECT)        /* TCP was asked to connect */                                            \
  EVENT (CONNECT_FAILED) /* refused, no answer, too late, given up */                              \
  EVENT (CONNECTED)                                                                                \
  EVENT (LOGIN_DONE)                                                                               \
  EVENT (LOGIN_FAILED) /* a status, a timeout, TCP gone */                                         \
  EVENT (ASK_LOGOUT)   /* the target wants one */                                                  \
  EVENT (LOGOUT)       /* the Logout Request goes out */                                           \
  EVENT (LOGOUT_DONE)                                                                              \
  EVENT (LOST)      /* TCP gone, a protocol error, a task or ping without answer */                \
  EVENT (REINSTATE) /* the session will log in anew: nothing is left to clean up */

typedef enum ConnectionEvent {
#define EVENT(name) CONNECTION_ON_##name,
  CONNECTION_EVENTS (EVENT)
#undef EVENT
} ConnectionEvent;

/* Output that waits for its turn: a burst of Data-Out PDUs, asked for by an R2T or unsolicited. */
struct Transfer {
  Transfer *next;
  Task *task;
  guint32 target_transfer_tag;
  Burst rest; /* not yet sent */
  guint32 data_sn;
};

struct Connection {
  guint32 magic; /* CONNECTION_MAGIC */
  guint32 id;    /* its number in the log */
  guint16 cid;
  guint8 state;     /* ConnectionState */
  gboolean is_over; /* the session has been told; inert until it is freed */
  Host *host;
  Initiator *initiator;
  Session *session; /* a reference */
  Stream *stream;   /* NULL once it is over */
  Framer framer;
  Digests digests; /* of what is sent; none in the login */
  guint32 exp_stat_sn;
  gboolean has_stat_sn; /* the first answer set exp_stat_sn */
  Timer timer;          /* connect, login, logout, ping: by state */
  gboolean is_ping_out; /* a NOP-Out of ours waits for its NOP-In */
  guint32 ping_tag;     /* its ITT */
  gint64 last_arrival_ns;

  /* the login exchange */
  Negotiation negotiation;
  TextReader text;
  LoginStage stage;
  gboolean has_offered; /* operational keys went out */
  guint16 login_status; /* with which the target refused; 0: it did not */

  Transfer *transfers; /* oldest first */
  Transfer **transfers_end;
};

#define CONNECTION_MAGIC 0xC0A1EC71u

Connection *connection_new (Session *session, const Address *portal);
void connection_free (
    Connection *connection); /* not from its own callbacks: see session_retire_connection */
void connection_reinstate (Connection *connection); /* the session logs in anew, or leaves */
void connection_enter_full_feature_phase (Connection *connection);
void connection_ask_logout (Connection *connection); /* no more commands; data goes on */
void connection_logout (Connection *connection);
void connection_send (Connection *connection, guint8 bhs[BHS_LENGTH], const Payload *payload);
/* The same with additional header segments; NULL: none. */
void connection_send_ahs (Connection *connection, guint8 bhs[BHS_LENGTH], const Ahs *ahs,
                          const Payload *payload);
/* Protocol error, timeout or end of TCP: leaves the state machine, tells the session once. */
void connection_lose (Connection *connection, const char *why);
void connection_lose_printf (Connection *connection, const char *format, ...) G_GNUC_PRINTF (2, 3);
gboolean connection_take_stat_sn (Connection *connection, guint32 stat_sn);
gboolean connection_can_send (
    Connection *connection); /* below the high water mark, in full feature phase: data */
gboolean connection_can_begin (Connection *connection); /* and no logout is asked for: commands */

/* ---- login.c: the login phase of a connection ---- */
void login_begin (Connection *connection);
void login_on_response (Connection *connection, const guint8 bhs[BHS_LENGTH], const Payload *data);

/* ---- transfer.c: the data of tasks ---- */
void transfer_send_command (Connection *connection, Task *task);
void transfer_pump (Connection *connection); /* Data-Out, as far as the stream takes it */
void transfer_forget (Connection *connection, const Task *task);
void transfer_forget_unit (Connection *connection, guint64 lun);
void transfer_on_r2t (Connection *connection, const guint8 bhs[BHS_LENGTH], const Payload *data);
void transfer_on_data_in (Connection *connection, const guint8 bhs[BHS_LENGTH],
                          const Payload *data);
void transfer_on_response (Connection *connection, const guint8 bhs[BHS_LENGTH],
                           const Payload *data);

/* ---- stall.c: a session that is up and lets no task out ---- */
void stall_init (Session *session);
void stall_watch (Session *session); /* after each change of `waiting`, `pending` and the window */
void stall_reset (Session *session);

/* ---- task.c ---- */
typedef struct TaskList {
  Task *first;
  Task *last;
  guint count;
} TaskList;

void task_forget_data_in (Task *task);
void task_list_append (TaskList *list, Task *task);
void task_list_prepend (TaskList *list, Task *task);
void task_list_remove (TaskList *list, Task *task);
/* The task's one completion. */
void task_finish (Task *task, TaskOutcome outcome);

/* ---- session: RFC 7143 8.3.1 ---- */

#define SESSION_STATES(STATE)                                                                      \
  STATE (FREE)      /* Q1 */                                                                       \
  STATE (LOGGED_IN) /* Q3 */                                                                       \
  STATE (FAILED)    /* Q4 */

typedef enum SessionState {
#define STATE(name) SESSION_##name,
  SESSION_STATES (STATE)
#undef STATE
} SessionState;

#define SESSION_EVENTS(EVENT)                                                                      \
  EVENT (LOGIN)     /* a connection reached full feature phase */                                  \
  EVENT (CLOSE)     /* logged out */                                                               \
  EVENT (FAIL)      /* the last connection was lost */                                             \
  EVENT (REINSTATE) /* the new login cleared the old instance, or we gave it up */

typedef enum SessionEvent {
#define EVENT(name) SESSION_ON_##name,
  SESSION_EVENTS (EVENT)
#undef EVENT
} SessionEvent;

/* escalation.c: how far one late task has brought it. */
typedef struct Escalation {
  guint step;                 /* 0: no task is late */
  guint32 initiator_task_tag; /* of the one that is */
  guint32 cmd_sn;             /* its */
  gint64 armed_ns;            /* for when the timer stands */
} Escalation;
/* redirect.c: of the login that is under way, or the last one. */
typedef struct Redirect {
  Address here;    /* where it goes */
  GArray *detours; /* of Address: where it may go instead, in order of preference */
  guint hops;
  gboolean is_moving; /* the detours are for good */
  gboolean is_detour; /* a temporary move was among the hops */
  gboolean has_moved;
  Address moved_to;
} Redirect;

/* units.c: the logical units behind a session. */
typedef struct Units {
  gboolean is_wanted; /* the session scans */
  gboolean is_scanning;
  gboolean is_stale;  /* something changed during the scan: once more */
  gboolean is_broken; /* the scan will conclude nothing */
  GArray *list;       /* of Unit, by number */
  guint bad;          /* of them: not present */
  guint looks;        /* questions of the scan that have not ended */
  UnitLook *later;    /* of them: wait for a busy target */
  Timer later_timer;
  TaskList refused; /* of quarantined units, to be finished by the timer */
  Timer refuse_timer;
} Units;

struct Session {
  guint32 magic; /* SESSION_MAGIC */
  guint32 references;
  guint32 number; /* counts up from 1 in each life of the node */
  guint8 state;   /* SessionState */
  gboolean is_multipath_enabled;
  gboolean is_discovered;
  Digests wanted_digests; /* asked for at each login */
  GError *refusal;        /* never tried, and why */
  gboolean is_leaving;    /* logging out: no task, no reconnect */
  Initiator *initiator;   /* NULL: gone from its node */
  char *identifier;
  char *target_name;
  Address portal;
  guint64 isid;
  guint16 tsih;
  guint32 logins;
  GArray *records; /* of gint64: registrations that belong to it */
  KeyValues keys;  /* in force since the last login */

  Units units;
  Redirect redirect;
  Discovery *discovery; /* of a discovery session; else NULL */

  Connection *
      connection; /* the present or the last one; NULL before the first and after the session left */

  /* numbering (RFC 7143 4.2.2.1), of the present instance */
  guint32 cmd_sn;
  guint32 exp_cmd_sn;
  guint32 max_cmd_sn;

  gint64 wait_ns; /* Time2Wait of what the target announced; -1: the negotiated one */

  TaskList waiting;   /* not sent, in order */
  TaskList pending;   /* sent, in order of CmdSN */
  Task **slots;       /* pending, by the low half of the tag */
  guint32 *concluded; /* by slot: the tag that task management ended there last; TAG_NONE: none */
  guint slot_count;
  guint16 slot_next;
  guint16 tag_generation;

  Management *managements; /* under way, oldest first */
  guint holds;             /* resets among them: nothing is sent meanwhile */
  Escalation escalation;

  /* recovery.c */
  Timer retry_timer;
  Timer hold_timer;
  Timer task_timer;
  Timer stall_timer; /* stall.c */
  gboolean is_hold_over;
  gboolean is_restoring; /* restored at start and not yet up */
  guint32 attempts;      /* failed ones in a row */
  gint64 hold_ns;        /* how long tasks wait for it to come back */
  gint64 not_before_ns;  /* Time2Wait after the last loss ends here: no login earlier */

  /* fence.c */
  SessionWatch *watches;
  gboolean is_fencing;
  Address fence_portal;

  ConnectDone connect_done;
  gpointer connect_data;
  SessionDone disconnect_done;
  gpointer disconnect_data;
};

#define SESSION_MAGIC 0x5E551001u

extern const Machine connection_machine;
extern const Machine session_machine;

Session *session_new (Initiator *initiator, const ConnectOptions *options);
/* windows-semantics C3: 40, the enterprise number 000137, and the lowest qualifier that no session to this target has, and none
 * of these records (NULL: none) has. */
guint64 session_choose_isid (const Initiator *initiator, const char *target_name,
                             const GPtrArray *records);
/* The one that has this ISID at this target; NULL: it is free. R-ISID-001 */
const Session *session_find_isid (const Initiator *initiator, const char *target_name,
                                  guint64 isid);
/* In no list of the node: the reference is the discovery's. */
Session *session_new_discovery (Initiator *initiator, const Address *portal, Discovery *discovery);
void session_try_login (Session *session);  /* makes a connection, to its portal */
void session_login_here (Session *session); /* to where it was sent: redirect.h */
void session_pump (Session *session);       /* sends what the window and the stream take */
void session_update_window (Session *session, guint32 exp_cmd_sn, guint32 max_cmd_sn);
Task *session_find_task (Session *session, guint32 initiator_task_tag);
guint32 session_new_tag (Session *session); /* for a request that is no task */
void session_task_has_status (Session *session, Task *task);
void session_put_back (Session *session, Task *task); /* sent in vain: it waits again, in front */
/* Out of the session, on its way to task_finish; what still comes for its tag is dropped. */
void session_conclude_task (Session *session, Task *task);
gboolean session_was_concluded (const Session *session, guint32 initiator_task_tag);
void session_end_waiting_task (Session *session, Task *task); /* if it is one: its completion */
void session_submit_first (Session *session, Task *task);     /* before all that wait */
void session_scanned (Session *session);
void session_park_tasks (Session *session);
void session_fail_tasks (Session *session);
/* Leaves its node; callbacks that are due get `error`, tasks end. */
void session_leave (Session *session, const GError *error, const char *why);
void session_retire_connection (Session *session);
gboolean session_is_logged_in (const Session *session);
gboolean session_is_up (const Session *session); /* logged in, and to stay so */

/* What connections tell. */
void session_on_logged_in (Session *session, Connection *connection);
void session_on_login_failed (Session *session, Connection *connection, guint16 status,
                              const char *why);
void session_on_lost (Session *session, Connection *connection, const char *why);
void session_on_logged_out (Session *session, Connection *connection);

/* ---- recovery.c: what a session does when a connection dies ---- */
void recovery_init (Session *session);
void recovery_clear (Session *session);
void recovery_refuse (Session *session, GError *why /* transfer full */); /* it never logs in */
void recovery_on_connection_lost (Session *session);
void recovery_on_login_failed (Session *session);
void recovery_on_logged_in (Session *session);
void recovery_hold_task (Session *session); /* one was submitted: it may have to wait */

/* ---- management.c: task management functions ---- */
void management_on_response (Connection *connection, const guint8 bhs[BHS_LENGTH],
                             const Payload *data);
void management_task_ended (Session *session, const Task *task);
void management_drop_all (Session *session, const char *why); /* no answer will come */

/* ---- escalation.c: tasks without status in time ---- */
void escalation_watch (Session *session, const Task *task); /* it was sent */
void escalation_look (Session *session);                    /* is one late? */
void escalation_reset (Session *session);                   /* the connection is gone */
void escalation_timer_fired (gpointer session);

/* ---- async.c: Asynchronous Messages ---- */
void async_on_message (Connection *connection, const guint8 bhs[BHS_LENGTH], const Payload *data);
void async_log_out_if_drained (Session *session);
gint64 async_logout_timeout_ns (const Session *session);

/* ---- fence.c: what a layer above is told, and the end of a failed instance ---- */
void session_tell (Session *session, SessionNews news);
void session_begin_leaving (Session *session); /* idempotent */
void fence_on_logged_in (Session *session);
gboolean fence_ended (Session *session); /* its connection did: TRUE if it was a fence */

/* ---- units.c: what is behind the session ---- */
void units_init (Session *session);
void units_clear (Session *session);
void units_scan (Session *session); /* the session is up; at the end: session_scanned */
void units_stop (Session *session); /* the connection is gone */
/* A submitted task of a quarantined unit is taken over. */
gboolean units_refuse (Session *session, Task *task);
void units_finish_refused (Session *session);
gboolean units_may_send (const Session *session, const Task *task);
void units_on_status (Session *session, const Task *task);

/* ---- redirect.c: a login that is sent elsewhere ---- */
gboolean redirect_is_status (guint16 status);
void redirect_init (Session *session);
void redirect_clear (Session *session);
void redirect_begin (Session *session); /* a new login, at the session's portal */
/* The response with such a status. Returns what to add to the words about it: "" or what was expected. */
const char *redirect_take (Connection *connection, guint16 status, const Payload *data);
/* The login failed with this status, or 0 without one. TRUE: it goes on elsewhere. */
gboolean redirect_follow (Session *session, guint16 status);
void redirect_arrived (Session *session);

/* ---- discovery.c ---- */
void discovery_on_text_response (Connection *connection, const guint8 bhs[BHS_LENGTH],
                                 const Payload *data);
void discovery_drop_all (Initiator *initiator); /* the node goes */

/* ---- restore.c: registered sessions at start ---- */
void restore_begin (Initiator *initiator, InitiatorDone done, gpointer data);
void
restore_drop (Initiator *initiator); /* the node goes: a start that is under way gets an error */

/* ---- node ---- */

typedef struct RegistryCall RegistryCall; /* a register or unregister under way */

struct Initiator {
  guint32 magic; /* INITIATOR_MAGIC */
  Host *host;
  char *name;
  const InitiatorProfile *profile;
  KeyValues wanted;
  gboolean is_multipath_check_off;
  gboolean scans_units; /* of restored sessions */
  gboolean has_first_cmd_sn;
  guint32 first_cmd_sn;
  guint64 adapter_id;
  Random random;
  Random jitter; /* of reconnects */
  guint32 last_session;
  guint32 last_connection;
  guint connection_count; /* made and not yet freed */
  GPtrArray *sessions;    /* of Session, owned references, in order of making */
  guint32 last_discovery;
  GPtrArray *discoveries; /* of Discovery, owned */
  GHashTable *discovered; /* names of targets; looked up, never walked */
  Registry *registry;
  GPtrArray *calls;   /* of RegistryCall */
  GPtrArray *retired; /* of Connection: freed by the reaper, away from their own callbacks */
  Timer reaper;
  InitiatorDone start_done;
  gpointer start_data;
};

#define INITIATOR_MAGIC 0x1A171A70u

#define SESSION_LOG(session, id, text, ...)                                                        \
  HOST_LOG ((session)->initiator->host, id, text, (session)->number __VA_OPT__ (, ) __VA_ARGS__)

/* ---- register.c ---- */
void session_remember_portal (Session *session); /* in its records */
void session_remember_isid (Session *session);   /* in its one record */
void registry_calls_drop (Initiator *initiator); /* the node goes: what is due gets an error */
