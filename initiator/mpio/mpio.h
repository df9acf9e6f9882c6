/* SPDX-License-Identifier: Apache-2.0 */
/* mpio.h - one disk over several sessions
 *
 * An MpioDisk takes the tasks of a disk driver and gives each to one of its paths: a session and a LUN on it. Which one is the
 * policy's choice. When a path fails, its tasks are sent again on another; when none is left they wait for one, so long as the
 * profile says. Each submitted task ends exactly once.
 *
 * The rule about stale writes: a task that only reads goes to the next path at once. Any other task that was sent and came back
 * without status is sent again only when its old copy is known to be dead: its session has logged in anew, was logged out, or
 * was fenced through the portal of another path (session_fence). So an old copy can never land on newer data. If no path can
 * fence for fence_limit_ns, or none is left, the task ends as LOST; but until its path is fenced nothing else is written. Where
 * that could never be (paths in different portal groups, a session that leaves while it is down) writing goes on all the same.
 * dm-multipath and the Microsoft DSM do not wait; they trust the transport that failed.
 *
 * A disk belongs to one Host. All callbacks run on the world's thread, never from inside the call that asked for them, except
 * where said.
 */
#pragma once

#include "initiator/initiator.h"
#include "protocol/machine.h"

typedef struct MpioDisk MpioDisk;
typedef struct MpioPath MpioPath;
typedef struct MpioPolicy MpioPolicy;

#define MPIO_ERROR (mpio_error_quark ())
GQuark mpio_error_quark (void);

typedef enum MpioError {
  MPIO_ERROR_OTHER_UNIT, /* the LUN behind the session is another one */
  MPIO_ERROR_NO_ANSWER,  /* the LUN did not say which one it is */
  MPIO_ERROR_TAKEN,      /* the session is a path of this disk already */
  MPIO_ERROR_TOO_MANY,   /* MPIO_PATHS_MAX */
} MpioError;

#define MPIO_PATHS_MAX 32 /* windows-semantics E1 */
#define MPIO_FOR_EVER  G_MAXINT64

/* ---- profiles: windows-semantics E4, E7 ---- */

typedef struct MpioProfile {
  const char *name;
  const char *policy;         /* of a new disk */
  gint64 link_down_ns;        /* a session that is down for so long gives its tasks back */
  gint64 no_path_hold_ns;     /* tasks wait so long after the last path failed; MPIO_FOR_EVER; 0 */
  guint retry_count;          /* of a task with a status that asks for it */
  gint64 retry_interval_ns;   /* between two such tries */
  gint64 transition_limit_ns; /* a unit that says "not yet" is asked again for so long */
  gint64 check_ns;            /* between two checks of a path that is well; 0: none */
  gint64 check_max_ns;        /* to which that grows, doubling, while all is well */
  gint64 recovery_ns;         /* between two checks of a failed path whose session is up */
  gint64 failback_ns;         /* until a preferred path that is back takes over; MPIO_FOR_EVER */
  gint64 fence_limit_ns;      /* a write whose old copy may live waits so long */
} MpioProfile;

/* "windows": MSDSM and mpio.sys as documented. "linux": multipath-tools. NULL: unknown. */
const MpioProfile *mpio_profile_find (const char *name);

/* ---- policies ---- */

/* NULL: unknown. The names, separated by commas, for a message. */
const MpioPolicy *mpio_policy_find (const char *name);
const char *mpio_policy_name (const MpioPolicy *policy);
char *mpio_policy_names (void);

/* ---- the disk ---- */

typedef struct MpioConfig {
  guint32 number; /* in the log */
  const MpioProfile *profile;
  const MpioPolicy *policy; /* NULL: the profile's */
  guint preferred; /* the n-th path added, from 1, is the one to be used when it can be; 0: none */
} MpioConfig;

MpioDisk *mpio_disk_new (Host *host, const MpioConfig *config); /* copies the profile */

/* What waits ends as LOST or NOT_SENT, `done` called from inside. No task of it may be at a session: free or leave its
 * sessions first. NULL is fine. */
void mpio_disk_free (MpioDisk *disk);

const MpioPolicy *mpio_disk_policy (const MpioDisk *disk);
void mpio_disk_set_policy (MpioDisk *disk, const MpioPolicy *policy);
const char *mpio_disk_identity (const MpioDisk *disk); /* "naa.3..."; NULL: no path yet */
gboolean mpio_disk_is_gone (const MpioDisk *disk);     /* no path came back in time */

/* ---- paths ---- */

#define MPIO_PATH_STATES(STATE)                                                                    \
  STATE (FAILED, "failed")   /* not to be used; also before its first check */                     \
  STATE (ACTIVE, "active")   /* takes tasks */                                                     \
  STATE (STANDBY, "standby") /* could, and is not asked to */                                      \
  STATE (REMOVED, "removed") /* for good: its session left, its LUN is another, or by word */

typedef enum MpioPathState {
#define STATE(name, text) MPIO_PATH_##name,
  MPIO_PATH_STATES (STATE)
#undef STATE
} MpioPathState;

#define MPIO_PATH_EVENTS(EVENT)                                                                    \
  EVENT (ACTIVATE) /* the policy wants it to take tasks */                                         \
  EVENT (REST)     /* well, and not wanted */                                                      \
  EVENT (FAIL)                                                                                     \
  EVENT (REMOVE)

typedef enum MpioPathEvent {
#define EVENT(name) MPIO_PATH_ON_##name,
  MPIO_PATH_EVENTS (EVENT)
#undef EVENT
} MpioPathEvent;

extern const Machine mpio_path_machine; /* for the reports; path.c moves it */
const char *mpio_path_state_name (guint64 state);

typedef void (*MpioDone) (gpointer data, const GError *error);

/* Asks the LUN which unit it is (VPD page 83h). The first path says so for the disk; a later one must say the same, or `done`
 * gets an error and the path is none. From then on the session's hold time is link_down_ns. FALSE: refused at once, `done` is
 * not called. The session must be one that is not leaving. */
gboolean mpio_disk_add_path (MpioDisk *disk, Session *session, guint64 lun, MpioDone done,
                             gpointer data, GError **error);

typedef struct MpioPathInfo {
  MpioPathState state;
  Session *session; /* borrowed */
  guint in_flight;
  guint64 commands; /* given to it */
  guint64 failures; /* how often it failed */
} MpioPathInfo;

guint mpio_disk_path_count (const MpioDisk *disk); /* removed ones too */
void mpio_disk_path_info (const MpioDisk *disk, guint index, MpioPathInfo *ret_info);

/* As after a failure; what it has under way stays there. The checker takes it back when it is well. */
void mpio_disk_fail_path (MpioDisk *disk, guint index);
void mpio_disk_check_path (MpioDisk *disk, guint index); /* now, not when the checker is due */
void mpio_disk_remove_path (MpioDisk *disk, guint index);

/* ---- tasks ---- */

/* The disk's part of a task; lives beside it, in its owner. */
typedef struct MpioIo {
  Task *task;
  TaskDone done; /* the owner's, while the task has the disk's */
  gpointer data;
  MpioDisk *disk; /* NULL: not submitted */
  MpioPath *path; /* where it is, or was last */
  GList link;     /* in one of the queues, or in none while a session has the task */
  gboolean was_sent;
  guint retries;
  guint fail_overs;
  gint64 started_ns;
  gint64 due_ns; /* of its retry */
} MpioIo;

/* task->lun is filled in for each path. The outcome is that of the last try; LOST if any try was lost. */
void mpio_disk_submit (MpioDisk *disk, MpioIo *io, Task *task);
