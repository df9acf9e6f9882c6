/* SPDX-License-Identifier: Apache-2.0 */
/* host.h - one machine: the only way in which an engine reaches anything outside itself
 *
 * A Host bundles the clock, timers, random streams, network, disk and log of one machine. Engines get a Host and nothing
 * else. There are two kinds: simulated (world/sim) and live (world/live); the functions here are the same on both.
 *
 * Times are int64 nanoseconds since the world began. All callbacks run on the world's one thread, one at a time, never from
 * inside the call that caused them, unless a function's paragraph says otherwise.
 */
#pragma once

#include "world/address.h"
#include "world/buffer.h"
#include "world/error.h"
#include "world/log.h"
#include "world/queue.h"
#include "world/random.h"

#define NS_PER_US INT64_C (1000)
#define NS_PER_MS INT64_C (1000000)
#define NS_PER_S  INT64_C (1000000000)

typedef struct Host Host;
typedef struct HostOps HostOps;
typedef struct World World;
typedef struct Timer Timer;
typedef struct Work Work;
typedef struct Stream Stream;
typedef struct Listener Listener;
typedef struct DiskFile DiskFile;
typedef struct ListenerEvents ListenerEvents;
typedef struct StreamEvents StreamEvents;

/* ---- faults that a rule can answer for: see host_fault_ask ---- */

typedef enum FaultPoint {
  FAULT_POINT_DISK,    /* a call of the disk */
  FAULT_POINT_CONNECT, /* a connect, when its SYN is at the other side; asked of the connecting host */
  FAULT_POINT_SCSI, /* a command at the device server, before it runs; asked of the target's host */
} FaultPoint;

typedef enum FaultAnswer {
  FAULT_NONE = 0, /* go on */
  FAULT_FAIL,     /* this call fails; a connect is refused */
  FAULT_FULL,     /* this call fails for lack of space */
  FAULT_DROP,     /* a connect: nobody answers this SYN */
  /* From this call on, and this call included, everything fails; the host goes down when the stack has unwound. What was not
   * synced is lost, kept, or drawn sector by sector (see DiskCut). */
  FAULT_POWER_CUT_LOSE,
  FAULT_POWER_CUT_KEEP,
  FAULT_POWER_CUT_DRAW,
  /* A SCSI command: is never answered; is answered after *ret_delay_ns; ends with this status. */
  FAULT_STUCK,
  FAULT_LATE,
  FAULT_BUSY,
  FAULT_TASK_SET_FULL,
  FAULT_MEDIUM_ERROR,
  FAULT_UNIT_ATTENTION,
} FaultAnswer;

typedef struct FaultQuestion {
  FaultPoint point;
  const char *operation; /* "read", "write", "sync", ...; "connect"; the command's name */
  const char *subject;   /* the file's name; the address connected to, as address_text writes it */
  guint16 unit;          /* SCSI: the logical unit's number */
  gint64 *ret_delay_ns;  /* SCSI: for FAULT_LATE; NULL elsewhere */
  guint64 ordinal;       /* of this point on this host, from 1; of a connect: the stream's id */
} FaultQuestion;

typedef FaultAnswer (*FaultAsk) (gpointer data, Host *host, const FaultQuestion *question);

/* ---- the host ---- */

struct Host {
  guint32 magic; /* HOST_MAGIC */
  guint16 actor; /* its column in the log */
  gboolean is_up;
  gboolean is_paused; /* the process does not run: timers, arrivals and finished works wait */
  const HostOps *ops;
  World *world;
  char *name;
  EventLog *log;
  guint64 seed; /* the world's, mixed with the host's name */

  Timer *timers;       /* armed ones, and late ones */
  gint64 wall_skew_ns; /* what the jumps of its wall clock add up to */

  FaultAsk fault_ask; /* NULL: no fault */
  gpointer fault_data;

  /* The host lost its power or was killed: all timers, streams, listeners and unfinished work are gone. Called once, outside
   * any engine's stack, so that the owner can free the engines that ran on it. */
  void (*on_down) (gpointer data, Host *host);
  gpointer on_down_data;

  /* Each stream of this host as it is made, connecting or accepted: where observers and taps are attached. */
  void (*on_stream) (gpointer data, Host *host, Stream *stream);
  gpointer on_stream_data;
};

#define HOST_MAGIC 0x4057A11Eu

gint64 host_now_ns (Host *host);

/* Nanoseconds since 1970 by the machine's wall clock, which an administrator or a time server may set in either direction: for
 * stamps that people read, never for a delay. Simulated: from 2026-01-01. */
gint64 host_wall_ns (Host *host);

/* A stream of random numbers of this host, by name. Asking twice gives the same numbers twice: ask once, keep it. */
void host_random (Host *host, const char *name, Random *ret_random);

static inline gboolean
host_is_up (const Host *host)
{
  return host->is_up;
}

FaultAnswer host_fault_ask (Host *host, const FaultQuestion *question);

#define HOST_LOG(host, id, text, ...) EVENT_LOG ((host)->log, (host)->actor, id, text, __VA_ARGS__)

/* ---- timers ---- */

typedef void (*TimerFire) (gpointer data);

/* Lives inside its owner. Zeroed memory is a valid, disarmed timer that cannot be armed before timer_init. */
struct Timer {
  QueueEntry entry;
  Host *host;
  TimerFire fire;
  gpointer data;
  Timer *next; /* of this host */
  Timer *previous;
  gboolean is_late; /* its time came while the host was paused: fires at the resume */
};

void timer_init (Timer *timer, Host *host, TimerFire fire, gpointer data);
void timer_arm (Timer *timer, gint64 delay_ns); /* delay >= 0; an armed timer is moved. One shot. */
void timer_disarm (Timer *timer); /* idempotent; must be called before the owner's memory goes */

static inline gboolean
timer_is_armed (const Timer *timer)
{
  return queue_entry_is_in (&timer->entry) || timer->is_late;
}

/* ---- work that takes time on a real machine ---- */

/* run() is called away from the engines' stack, one work at a time in the order of submission: on the simulated host inside
 * the event queue, its disk calls adding up to the time after which done() is called; on a live host on the disk's thread. It
 * may use only what hangs on `data`, and the disk. done() is called on the world's thread. If the host goes down first,
 * done() is never called and dropped() is, so that `data` can be freed; dropped may be NULL. */
typedef struct WorkFns {
  void (*run) (gpointer data);
  void (*done) (gpointer data);
  void (*dropped) (gpointer data);
} WorkFns;

void host_work (Host *host, const WorkFns *fns, gpointer data);
