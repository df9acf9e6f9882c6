/* SPDX-License-Identifier: Apache-2.0 */
/* initiator.h - the full initiator: a node, its sessions, their tasks
 *
 * An Initiator runs on one Host and reaches the world through it alone. It keeps its sessions logged in: when a connection
 * dies, its tasks are parked, the session logs in again (session reinstatement, RFC 7143 6.3.5) for as long as it takes, and
 * what is unfinished is sent again. Every submitted task completes exactly once.
 *
 * All callbacks run on the world's thread, never from inside the call that asked for them, except where said.
 */
#pragma once

#include "initiator/profile.h"
#include "initiator/registry.h"
#include "protocol/gather.h"
#include "protocol/login.h"
#include "protocol/machine.h"
#include "protocol/scsi/scsi.h"
#include "protocol/tmf.h"

typedef struct Initiator Initiator;
typedef struct Session Session;
typedef struct Task Task;

#define INITIATOR_ERROR (initiator_error_quark ())
GQuark initiator_error_quark (void);

/* INITIATOR_ERROR_CODE (NAME, ISDSC code of the original, "text") */
#define INITIATOR_ERRORS(INITIATOR_ERROR_CODE)                                                     \
  INITIATOR_ERROR_CODE (CONNECTION_FAILED, 0xefff0003, "connection failed")                        \
  INITIATOR_ERROR_CODE (LOGIN_FAILED, 0xefff0002, "login failed")                                  \
  INITIATOR_ERROR_CODE (NOT_FOUND, 0xefff000b, "no such registration")                             \
  INITIATOR_ERROR_CODE (INVALID_SESSION, 0xefff001c, "no such session")                            \
  INITIATOR_ERROR_CODE (REGISTRY, 0xefff0041, "the registry failed")                               \
  INITIATOR_ERROR_CODE (ALREADY_LOGGED_IN, 0xefff003f, "the target has already been logged in")    \
  INITIATOR_ERROR_CODE (TIMED_OUT, 0xefff001d, "no answer in time")                                \
  INITIATOR_ERROR_CODE (INVALID_PARAMETER, 0xefff0056, "invalid parameter")

typedef enum InitiatorError {
#define INITIATOR_ERROR_CODE(name, code, text) INITIATOR_ERROR_##name,
  INITIATOR_ERRORS (INITIATOR_ERROR_CODE)
#undef INITIATOR_ERROR_CODE
} InitiatorError;

guint32 initiator_error_code (InitiatorError error); /* the ISDSC value */

/* Its state machines, NULL-terminated: for coverage of states. */
const Machine *const *initiator_machines (void);

/* ---- tasks ---- */

/* How a task ended. TASK_OUTCOME (NAME, "text") */
#define TASK_OUTCOMES(TASK_OUTCOME)                                                                \
  TASK_OUTCOME (PENDING, "pending")   /* has not ended */                                          \
  TASK_OUTCOME (STATUS, "status")     /* the target said so: see `status` */                       \
  TASK_OUTCOME (NOT_SENT, "not sent") /* given up before the target could know of it */            \
  TASK_OUTCOME (ABORTED, "aborted")   /* ended by task management: how far it came is not known */ \
  TASK_OUTCOME (LOST, "lost")         /* sent, and nobody knows how far it came */

typedef enum TaskOutcome {
#define TASK_OUTCOME(name, text) TASK_OUTCOME_##name,
  TASK_OUTCOMES (TASK_OUTCOME)
#undef TASK_OUTCOME
} TaskOutcome;

const char *task_outcome_name (guint64 outcome);

typedef enum TaskDirection { TASK_NO_DATA, TASK_READS, TASK_WRITES } TaskDirection;

typedef void (*TaskDone) (gpointer data, Task *task);

/* Lives inside its owner, who must keep it until `done`. */
struct Task {
  guint32 magic; /* TASK_MAGIC */

  /* What is asked. */
  guint64 lun; /* the 8-octet field: lun_encode */
  guint8 cdb[CDB_LENGTH];
  Slice
      cdb_rest; /* of a longer CDB, what is behind its first 16 octets: goes as an Extended CDB (RFC 7143 11.2.2.3) */
  TaskDirection direction;
  guint32 expected_length; /* bytes to read, or data_out.length */
  Payload data_out;        /* kept until the task ends: it may have to be sent again */
  gint64 timeout_ns;       /* from sending to status; then it is aborted. 0: the profile's */
  TaskDone done;
  gpointer data;

  /* What came out; valid from `done` on. */
  TaskOutcome outcome;
  guint8 status; /* ScsiStatus */
  Sense sense;   /* of CHECK CONDITION */
  Payload data_in;
  gint64
      residual; /* > 0: so many bytes less than expected came or went; < 0: so many more were wanted */

  /* The session's. */
  Session *session;
  Task *next;
  Task *previous;
  guint32 initiator_task_tag;
  guint32 cmd_sn;
  guint32 exp_data_sn;     /* Data-In and R2T count together (RFC 7143 11.7.5) */
  guint32 data_in_next;    /* where the last Data-In ended */
  gboolean is_in_sequence; /* and did not end its sequence */
  Gather data_in_early;    /* what came before its turn */
  guint32 asked_end;       /* of the bytes that R2Ts have asked for */
  guint32 attempts;        /* how often it was sent */
  guint32 timeouts;        /* how often it was the one without status in time */
  gint64 deadline_ns;
};

#define TASK_MAGIC 0x7A5C0001u

void task_init (Task *task, TaskDone done, gpointer data);
void
task_again (Task *task); /* ended: forgets how, keeps what is asked, and may be submitted anew */
void task_clear (Task *task); /* must not be submitted */

/* ---- the node ---- */

typedef struct InitiatorConfig {
  const char *name; /* iSCSI name that name_check lets pass */
  const InitiatorProfile *profile;
  const char *registry_file; /* on the host's disk; NULL: "registry.db" */
  guint64 adapter_id;        /* left half of the session identifiers; 0: drawn */
  const KeyValues *
      wanted; /* what logins offer; a session may insist on digests. NULL: initiator_profile_keys. Copied. */
  gboolean has_first_cmd_sn; /* else each login draws its own */
  guint32 first_cmd_sn;
  gboolean
      is_multipath_check_off; /* accept a second session to a portal without IsMultipathEnabled */
  gboolean scans_units;       /* what ConnectOptions say, for the sessions that are restored */
} InitiatorConfig;

Initiator *initiator_new (Host *host, const InitiatorConfig *config);

/* Ends every task as LOST or NOT_SENT (done is called from inside; what it submits again ends likewise), drops every session without a word, and goes. Also right
 * after the host went down. Connect, register and logout callbacks that are still due are called with an error. */
void initiator_free (Initiator *initiator);

/* Reads the registry and restores every registered session, each with its own timers. `done` tells when the records were read
 * and the first attempts are under way; an error means that the registry cannot be used. */
typedef void (*InitiatorDone) (gpointer data, const GError *error);
void initiator_start (Initiator *initiator, InitiatorDone done, gpointer data);

const char *initiator_name (const Initiator *initiator);
guint initiator_session_count (const Initiator *initiator);
guint initiator_connection_count (const Initiator *initiator); /* objects: for a judge of leaks */
Session *initiator_session (const Initiator *initiator,
                            guint index); /* in order of making; restored ones included */

/* ---- sessions ---- */

typedef struct ConnectOptions {
  const char
      *target_name; /* as people type it: protocol/name.h; what is no name is INVALID_PARAMETER */
  Address portal;
  gboolean is_multipath_enabled;
  gboolean is_header_digest; /* CRC32C or no login; FALSE: none */
  gboolean is_data_digest;
  gboolean scans_units; /* after each login, before any task, and before `done`: units.h */
  guint64 isid;         /* 48 bits, no other session's to this target. 0: the lowest free */
} ConnectOptions;

/* One attempt. `session` is NULL if it failed; else borrowed: session_ref to keep. */
typedef void (*ConnectDone) (gpointer data, Session *session, const GError *error);
void initiator_connect (Initiator *initiator, const ConnectOptions *options, ConnectDone done,
                        gpointer data);

/* The rows of MSFT_iSCSISession. Text is the session's, valid while it lives. */
typedef struct SessionInfo {
  const char *identifier; /* "%016x-%016x" */
  const char *target_name;
  Address portal; /* where logins begin */
  Address
      connected; /* where the last one was sent: `portal`, or elsewhere for now (RFC 7143 11.13.5) */
  guint64 isid;
  guint16 tsih;
  gboolean is_connected;
  gboolean is_persistent;
  gboolean is_multipath_enabled;
  gboolean is_discovered; /* this node has found the target by discovery: discovery.h */
  guint connections;
  guint32 logins; /* how often it reached full feature phase */
} SessionInfo;

void session_info (const Session *session, SessionInfo *ret_info);
Session *session_ref (Session *session);
void session_unref (Session *session);
const KeyValues *session_keys (const Session *session); /* in force since the last login */

/* Never fails at once. While the session is down the task waits, at most the profile's hold time. */
void session_submit (Session *session, Task *task);

/* ---- sessions, for a layer that has several of them to one disk (mpio/) ---- */

/* What such a layer hears of a session. SESSION_NEWS (NAME, "text") */
#define SESSION_NEWS_LIST(NEWS)                                                                    \
  NEWS (UP, "up")             /* logged in; what a former instance had under way is dead */        \
  NEWS (HELD_OUT, "held out") /* down for its whole hold time: its tasks come back now */          \
  NEWS (LEAVING, "leaving")   /* takes no task any more */                                         \
  NEWS (FENCED, "fenced")     /* what its last instance had under way is dead at the target */     \
  NEWS (FENCE_FAILED, "fence failed")

typedef enum SessionNews {
#define NEWS(name, text) SESSION_NEWS_##name,
  SESSION_NEWS_LIST (NEWS)
#undef NEWS
} SessionNews;

/* Lives inside its owner, who keeps a reference to the session meanwhile. `told` is called from within the session, and may
 * submit tasks; it must not unwatch. */
typedef struct SessionWatch SessionWatch;
struct SessionWatch {
  void (*told) (gpointer data, Session *session, SessionNews news);
  gpointer data;
  SessionWatch *next;
};

void session_watch (Session *session, SessionWatch *watch);
void session_unwatch (Session *session, SessionWatch *watch);

/* How long tasks wait for the session to come back; from its next loss on. */
void session_set_hold (Session *session, gint64 hold_ns);

/* Kills what the failed instance of this session may still have under way, when its own portal does not answer: logs in with
 * the session's ISID through another portal of the same portal group, which makes the target end the old instance and its
 * tasks (RFC 7143 6.3.5, R-REIN-009), and out again. FENCED or FENCE_FAILED will be told; meanwhile the session does not try
 * its own portal. FALSE: there is nothing to fence, the session is up or leaving. */
gboolean session_fence (Session *session, const Address *portal);

typedef void (*SessionDone) (gpointer data, const GError *error);

/* ---- task management (RFC 7143 11.5) ---- */

/* `error`: there is no answer, in time or at all; `answer` is then meaningless. Tasks that the function ended have had their
 * `done` before. */
typedef void (*ManagementDone) (gpointer data, TmfAnswer answer, const GError *error);

/* Any function but ABORT TASK and TASK REASSIGN. `lun` is looked at where the function names a unit. While a reset is out
 * nothing is sent. What it covers ends as ABORTED, but for tasks whose status comes before the answer. */
void session_manage (Session *session, TmfFunction function, guint64 lun, ManagementDone done,
                     gpointer data);

/* ABORT TASK of a task of this session. One that was never sent ends as NOT_SENT, and the target hears nothing of it. */
void session_abort (Session *session, Task *task, ManagementDone done, gpointer data);
Task *session_oldest_task (const Session *session); /* that has not ended; NULL: none */

/* Logout; its record, if any, stays. Tasks without status end as LOST. The session is gone from its node before `done`. */
void session_disconnect (Session *session, SessionDone done, gpointer data);

typedef struct RegisterOptions {
  gboolean is_multipath_enabled;
  const char *chap_username; /* NULL: none */
  const char *chap_secret;
} RegisterOptions;

/* Adds one record; `done` without an error means that it is safe on the disk. Each call adds one. The session itself is not
 * touched. */
void session_register (Session *session, const RegisterOptions *options, SessionDone done,
                       gpointer data);

/* Removes all records that belong to this session: made from it, or that it was restored from. A session_register that is not
 * done yet has made none. None: NOT_FOUND. */
void session_unregister (Session *session, SessionDone done, gpointer data);
