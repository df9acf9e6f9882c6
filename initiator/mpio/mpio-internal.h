/* SPDX-License-Identifier: Apache-2.0 */
/* mpio-internal.h - what the files of initiator/mpio/ share
 *
 * disk.c moves tasks, path.c moves paths, policy.c chooses, checker.c asks the units, verdict.c reads their answers. A path
 * never sends a task of the disk, the disk never changes the state of a path but through path.c.
 */
#pragma once

#include "initiator/events.h"
#include "initiator/mpio/identity.h"
#include "initiator/mpio/mpio.h"
#include "initiator/mpio/verdict.h"

/* checker.c: one question at a time, over the session like any task. */
typedef enum ProbeStep {
  PROBE_IDENTIFY, /* INQUIRY, VPD page 83h: is it still the same unit? */
  PROBE_READY,    /* TEST UNIT READY */
} ProbeStep;

typedef struct Probe {
  Task task;
  ProbeStep step;
  gboolean is_under_way;
  gboolean is_again; /* the session came up meanwhile: what is asked now proves nothing */
  guint attentions;
  gint64 interval_ns;
  Timer timer;
} Probe;

struct MpioPath {
  guint32 magic; /* MPIO_PATH_MAGIC */
  guint32 number;
  guint8 state;         /* MpioPathState */
  gboolean is_verified; /* its unit was asked since its session came up last */
  MpioDisk *disk;
  Session *session; /* a reference */
  SessionWatch watch;
  guint64 lun;
  guint in_flight;
  guint64 commands;
  guint64 failures;
  Probe probe;
  MpioDone add_done; /* not NULL: it is being added, and nobody's path yet */
  gpointer add_data;

  GQueue
      doubtful; /* of MpioIo: sent here, lost, and not to be sent again before the old copy is dead */
  gboolean is_haunted; /* one of these has ended, and its old copy may still live */
  Timer fence_timer;   /* until a fence is tried again */
  Timer doubt_timer;   /* until the doubtful end as LOST */
};

#define MPIO_PATH_MAGIC 0x3B107A7Bu

struct MpioPolicy {
  const char *name;
  guint number;                         /* windows-semantics E1 */
  gboolean are_all_active;              /* all that are well; FALSE: one, the others stand by */
  MpioPath *(*choose) (MpioDisk *disk); /* an active path; NULL: none */
};

struct MpioDisk {
  guint32 magic; /* MPIO_DISK_MAGIC */
  guint32 number;
  Host *host;
  MpioProfile profile;
  const MpioPolicy *policy;
  char *identity;
  GPtrArray *paths; /* of MpioPath, in the order of adding */
  guint32 last_path;
  guint cursor;      /* round robin: the index to begin at */
  guint32 preferred; /* number of a path; 0: none */
  gboolean is_gone;
  GQueue waiting;  /* of MpioIo: for a path */
  GQueue retrying; /* of MpioIo: for their time, the earliest first */
  Timer work_timer;
  Timer retry_timer;
  Timer hold_timer; /* from the failure of the last path */
  Timer failback_timer;
};

#define MPIO_DISK_MAGIC 0x3B10D15Cu

#define MPIO_LOG(disk, id, text, ...)                                                              \
  HOST_LOG ((disk)->host, id, text, (disk)->number __VA_OPT__ (, ) __VA_ARGS__)

/* ---- disk.c ---- */
MpioPath *disk_path (const MpioDisk *disk, guint index);
gboolean disk_has_usable_path (const MpioDisk *disk);
void disk_work_soon (MpioDisk *disk); /* sends what waits, plans fences; away from this call */
void disk_path_arrived (MpioDisk *disk, MpioPath *path);
void disk_path_failed (MpioDisk *disk, MpioPath *path);
/* What is in `queue` goes to the front of what waits, in its order. */
guint disk_take_back (MpioDisk *disk, GQueue *queue);
void disk_give_up (MpioDisk *disk, GQueue *queue); /* each ends as LOST or NOT_SENT */

/* ---- path.c ---- */
MpioPath *path_new (MpioDisk *disk, Session *session, guint64 lun);
void path_free (MpioPath *path);
gboolean path_is_usable (const MpioPath *path); /* active or standby */
gboolean path_is_idle (const MpioPath *path);   /* nothing of it is anywhere else */
gboolean path_session_is_up (const MpioPath *path);
void path_activate (MpioPath *path, const char *why);
void path_rest (MpioPath *path, const char *why);
void path_fail (MpioPath *path, const char *why);   /* if it is usable */
void path_remove (MpioPath *path, const char *why); /* if it is not yet */
void path_doubt (MpioPath *path, MpioIo *io);       /* until its old copy is dead */
void path_give_up (MpioPath *path); /* the doubtful end, their old copies may live */
void path_haunt (MpioPath *path);   /* the old copy of a task that ended may live */
void path_plan_fence (MpioPath *path);

/* ---- policy.c ---- */
void policy_path_arrived (MpioDisk *disk, MpioPath *path); /* failed until now, and well */
void policy_path_failed (MpioDisk *disk);                  /* a usable one did */
void policy_choose_anew (MpioDisk *disk);                  /* after the policy was set */
void policy_fail_back (MpioDisk *disk); /* the preferred path, if it is well, takes over */

/* ---- checker.c ---- */
void checker_init (MpioPath *path);
void checker_clear (MpioPath *path);
void checker_verify (MpioPath *path); /* now, from the unit's identity on */
void checker_watch (MpioPath *path);  /* arms the next check, by its state */
