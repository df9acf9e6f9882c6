/* SPDX-License-Identifier: Apache-2.0 */
/* sim-internal.h - what the files of world/sim share, and nobody else includes */
#pragma once

#include "world/sim/sim.h"

typedef struct SimWorld SimWorld;
typedef struct SimHost SimHost;
typedef struct SimStream SimStream;
typedef struct SimDisk SimDisk;
typedef struct SimLink SimLink;

struct SimWorld {
  World world; /* first */
  SimConfig config;
  QueueEntry wake;
  GPtrArray *listeners; /* of Listener, in order of making */
  Random jitter;
  GPtrArray *links;  /* of SimLink, in order of making */
  SimLink *own_link; /* NULL unless the configuration cuts every stream */
  guint32 last_stream_id;
  Host
      *down_pending; /* a host whose power was cut from inside a call: goes down after this event */
  DiskCut down_cut;
};

struct SimHost {
  Host host; /* first */
  SimDisk *disk;
  guint index; /* from 1, in order of making: the second octet of its addresses */
  gboolean
      has_power; /* the machine answers on the network, whether or not our process runs on it */
  guint address_count; /* given out by world_address_new: the third octet */
  GQueue works;        /* of SimWork: the head runs or has run */
  QueueEntry work_entry;
  gboolean is_work_late; /* its turn came while the host was paused */
  SimStream *streams;    /* its ends of connections, freed ones included while they matter to TCP */
};

static inline SimWorld *
sim_world (World *world)
{
  return (SimWorld *) world;
}

static inline SimHost *
sim_host (Host *host)
{
  return (SimHost *) host;
}

static inline SimWorld *
sim_world_of (Host *host)
{
  return (SimWorld *) host->world;
}

/* ---- sim-disk.c ---- */

SimDisk *sim_disk_new (Host *host);
void sim_disk_free (SimDisk *disk);
/* Power was cut: unsynced sectors and names are lost, kept or drawn; open files are dead; locks are gone. */
void sim_disk_power_cut (SimDisk *disk, DiskCut unsynced);
/* The process died: open files are closed, locks are gone, everything written stays. */
void sim_disk_process_died (SimDisk *disk);
void sim_disk_power_on (SimDisk *disk);
/* Time that the calls since the last question cost (SimConfig: disk_call_ns, disk_sync_ns). */
gint64 sim_disk_take_cost_ns (SimDisk *disk);
extern const DiskOps sim_disk_ops;

/* ---- sim-host.c ---- */

Host *sim_host_new (World *world, const char *name, GError **error);
void sim_host_free (Host *host);
void sim_host_power_cut (Host *host, DiskCut unsynced);
void sim_host_kill (Host *host);
void sim_host_paused (Host *host);
void sim_host_resumed (Host *host);
gboolean sim_host_start (Host *host, GError **error);
/* From inside a disk call: the host goes down when the present event has unwound. */
void sim_host_cut_when_unwound (Host *host, DiskCut unsynced);

/* ---- sim-net.c ---- */

Host *sim_net_find_host (SimWorld *world,
                         const Address *address); /* whose address it is; NULL: nobody's */
Address sim_net_host_address (const SimHost *host, guint number, gboolean is_ipv6);

Stream *sim_net_connect (Host *host, const Address *to);
Listener *sim_net_listen (Host *host, const Address *address, GError **error);
void sim_net_listener_free (Listener *listener);
void
sim_net_host_down (Host *host,
                   gboolean is_silent); /* silent: power cut; else the machine closes with FIN */
void sim_net_host_up (Host *host);
void sim_net_host_paused (Host *host);
void sim_net_host_resumed (Host *host);
void sim_net_free_host (SimHost *host); /* the world ends: every stream and listener of this host */
