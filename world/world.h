/* SPDX-License-Identifier: Apache-2.0 */
/* world.h - what owns hosts and makes time pass: for those who drive a run, not for the engines
 *
 * A world is simulated (sim_world_new) or live (live_world_new). Hosts live as long as their world. A thousand worlds can
 * live in one process; world_free frees everything that one held.
 */
#pragma once

#include "world/disk.h"
#include "world/stream.h"
#include "world/world-events.h"

/* What a run may use at most. 0: no bound. Passing one is a named failure: world_step returns FALSE and world_failure tells. */
typedef struct WorldBounds {
  guint64 events;
  gint64 time_ns;
  guint64 queue_depth;
  guint64 log_words;
} WorldBounds;

typedef enum DiskCut {
  DISK_CUT_LOSE, /* nothing that was not synced is there after the cut */
  DISK_CUT_KEEP, /* everything is */
  DISK_CUT_DRAW, /* each sector and each name: lost, kept or torn, as drawn */
} DiskCut;

typedef struct WorldOps {
  gboolean (*step) (World *world);
  void (*wake_at) (World *world, gint64 time_ns);
  Host *(*host_new) (World *world, const char *name, GError **error);
  gboolean (*address_new) (World *world, Host *host, gboolean is_ipv6, Address *ret_address,
                           GError **error);
  gint64 (*wall_ns) (World *world); /* the true wall clock, which no host's jump has changed */
  void (*host_power_cut) (Host *host, DiskCut unsynced);
  void (*host_kill) (Host *host);
  void (*host_resumed) (Host *host); /* NULL: a host cannot be paused */
  void (*host_paused) (Host *host);
  gboolean (*host_start) (Host *host, GError **error);
  void (*free) (World *world);
} WorldOps;

struct World {
  guint32 magic; /* WORLD_MAGIC */
  gboolean is_live;
  const WorldOps *ops;
  EventLog *log;
  guint64 seed;
  gint64 now_ns; /* of the present event */
  Queue queue;   /* what happens next, or what the loop is to wake up for */
  GPtrArray *hosts;
  WorldBounds bounds;
  guint64 events; /* fired so far */
  char *failure;
};

#define WORLD_MAGIC 0x301D0001u

/* One event, and what hangs on it. FALSE: nothing will ever happen again, or a bound was passed. A live world waits for the
 * next event, at most until `world_wake_at_ns`. */
gboolean world_step (World *world);
const char *world_failure (const World *world); /* NULL, or the bound that was passed, in words */

/* So that a driver hears of a time: a step at or after it returns even if nothing else happens. G_MAXINT64: none. */
void world_wake_at (World *world, gint64 time_ns);

Host *world_host_new (World *world, const char *name, GError **error);

/* An address of its own for a portal on this host: simulated 10.<host>.<n>.1:3260, version 6 [fd00:<host>:<n>::1]:3260; live
 * 127.0.0.1 or [::1], and a free port. The host answers there from now on, if only by refusing. */
gboolean world_address_new (World *world, Host *host, Address *ret_address, GError **error);
gboolean world_address_new6 (World *world, Host *host, Address *ret_address, GError **error);

/* From outside the engines' stacks only. Cut: power goes, the peers hear nothing. Kill: the process dies, its machine
 * closes what was open (FIN, and RST to what still comes), the disk keeps everything. Both call host->on_down. Start: the machine is up again, empty but for its
 * disk. */
void host_power_cut (Host *host, DiskCut unsynced);
void host_kill (Host *host);
gboolean host_start (Host *host, GError **error);

/* The process stops where it is, between two events: its timers, what arrives and finished works wait, connects are taken by
 * its machine and not accepted. TCP is the machine's: it goes on acknowledging until the window is full. Resume: what waited
 * comes in the order of its times, late. Both are idempotent and without effect on a host that is down; a host that goes down
 * is paused no more. Only where host_can_pause. */
gboolean host_can_pause (const Host *host);
void host_pause (Host *host);
void host_resume (Host *host);

/* Its wall clock is set forward, or back. No timer feels it: they run on the monotonic clock. */
void host_clock_jump (Host *host, gint64 by_ns);

void world_free (World *world);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (World, world_free)

/* ---- for the implementations ---- */

struct HostOps {
  gint64 (*clock_ns) (
      Host *host); /* what a delay is counted from; NULL: the present event's time */
  void (*work) (Host *host, const WorkFns *fns, gpointer data);
  Stream *(*connect) (Host *host, const Address *to);
  Listener *(*listen) (Host *host, const Address *address, GError **error);
  void (*listener_free) (Listener *listener);
  const DiskOps *disk;
};

void world_init (World *world, const WorldOps *ops, EventLog *log /* transfer full */,
                 guint64 seed);
void world_clear (World *world); /* after its hosts are gone */
void world_fail (World *world, const char *format, ...) G_GNUC_PRINTF (2, 3);
void host_init (Host *host, World *world, const HostOps *ops, const char *name);
void host_clear (Host *host);
void host_drop_timers (Host *host);      /* it goes down, or its world ends */
void host_fire_late_timers (Host *host); /* it is resumed: soon, in the order of their times */
