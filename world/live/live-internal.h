/* SPDX-License-Identifier: Apache-2.0 */
/* live-internal.h - what the files of world/live share, and nobody else includes */
#pragma once

#include "world/live/live.h"

typedef struct LiveWorld LiveWorld;
typedef struct LiveHost LiveHost;
typedef struct LiveStream LiveStream;
typedef struct LiveListener LiveListener;
typedef struct LiveWorker LiveWorker;
typedef struct LiveWatch LiveWatch;

/* One descriptor in the epoll set, inside the object that it belongs to. An event of epoll may be older than the close of its
 * descriptor (both in one batch): so the memory of a watch lives until the batch is over, see live_world_bury. */
struct LiveWatch {
  int fd;           /* -1: closed; what epoll still tells of it is stale */
  guint32 interest; /* as epoll has it */
  gboolean is_in_epoll;
  void (*ready) (LiveWatch *watch, guint32 events);
  void (*destroy) (LiveWatch *watch); /* after live_world_bury, outside every callback */
};

/* Bytes are received into one buffer for all streams, and travel on as slices of it. */
typedef struct LiveInbox {
  Buffer *buffer;
  gsize used;
} LiveInbox;

struct LiveWorld {
  World world;     /* first */
  gint64 start_ns; /* CLOCK_MONOTONIC when the world began */
  guint pace;      /* the world's nanoseconds in one of them, at least 1 */
  char *disk_directory;
  int epoll_fd;
  LiveWatch timer_watch; /* a timerfd, set to the head of the queue before the loop sleeps */
  gint64 timer_armed_ns; /* G_MAXINT64: not set */
  LiveWatch driver_watch;
  void (*driver_ready) (gpointer data);
  gpointer driver_data;
  QueueEntry wake;
  guint open_count;  /* descriptors of streams and listeners */
  GQueue dirty;      /* of LiveStream: have something to write */
  GPtrArray *graves; /* of LiveWatch: to be destroyed once the batch is over */
  LiveInbox inbox;
  LiveWorker *worker;
  guint32 last_stream_id;
  gboolean is_stepping;
};

struct LiveHost {
  Host host; /* first */
  int directory_fd;
  gint life;           /* atomic; odd: up. What was opened in an earlier life is dead */
  gboolean has_power;  /* FALSE: it is down, and its machine answers nothing */
  GArray *reserved;    /* of int: sockets that keep the ports given out by world_address_new */
  GArray *dark;        /* of int: connections that it had when its power went */
  GQueue late_works;   /* of LiveWork: finished while it was paused */
  LiveStream *streams; /* freed ones included while they still write */
  LiveListener *listeners;
};

static inline LiveWorld *
live_world (World *world)
{
  return (LiveWorld *) world;
}

static inline LiveHost *
live_host (Host *host)
{
  return (LiveHost *) host;
}

static inline LiveWorld *
live_world_of (Host *host)
{
  return (LiveWorld *) host->world;
}

/* ---- live-world.c: the loop ---- */

gint64 live_world_clock_ns (const LiveWorld *world); /* now, not the time of the present event */
void live_world_begin_event (LiveWorld *world);      /* counts it and takes the time for it */
void live_world_post (LiveWorld *world, QueueEntry *entry, gint64 delay_ns, QueuePriority priority);
void live_world_bury (LiveWorld *world, LiveWatch *watch);

/* A stream's or listener's, that keeps the world going while it is open. FALSE: epoll would not take it; it is closed. */
gboolean live_watch_open (LiveWorld *world, LiveWatch *watch, int fd /* transfer full */,
                          guint32 interest);
void live_watch_set (LiveWorld *world, LiveWatch *watch, guint32 interest);
void live_watch_mute (LiveWorld *world,
                      LiveWatch *watch); /* out of epoll until the next set of an interest */
void live_watch_close (LiveWorld *world, LiveWatch *watch);
int live_watch_take (LiveWorld *world, LiveWatch *watch); /* closed, but for the descriptor */
gboolean live_watch_enter (LiveWorld *world, LiveWatch *watch,
                           guint32 interest); /* the loop's own; FALSE with errno */

/* ---- live-host.c ---- */

Host *live_host_new (World *world, const char *name, GError **error);
void live_host_free (Host *host);
void live_host_power_cut (Host *host, DiskCut unsynced);
void live_host_kill (Host *host);
gboolean live_host_start (Host *host, GError **error);
void live_host_paused (Host *host);
void live_host_resumed (Host *host);

/* ---- live-work.c ---- */

LiveWorker *live_worker_new (LiveWorld *world, GError **error);
void live_worker_free (LiveWorker *worker); /* no host may have work left */
gboolean live_worker_is_busy (const LiveWorker *worker);
void live_work (Host *host, const WorkFns *fns, gpointer data);
/* Waits for the work of this host that runs, if one does; then drops all of its works. */
void live_worker_drop_host (LiveWorker *worker, Host *host);
void live_worker_host_resumed (LiveWorker *worker,
                               Host *host); /* what finished meanwhile is done */

/* ---- live-net.c ---- */

Listener *live_net_listen (Host *host, const Address *address, GError **error);
void live_net_listener_free (Listener *listener);
void live_net_host_down (
    Host *host); /* without power: it falls silent; else its machine closes with FIN */
void live_net_host_up (Host *host); /* RST to those who still think that they are connected */
void live_net_host_paused (Host *host);
void live_net_host_resumed (Host *host);
gboolean live_net_is_dark (const World *world, const Address *address);
void live_net_free_host (LiveHost *host); /* the world ends */
gboolean live_net_address_new (World *world, Host *host, gboolean is_ipv6, Address *ret_address,
                               GError **error);

/* A non-blocking socket for an address like this one; -1 with errno. */
int live_socket_new (const Address *address);
void live_socket_set_nodelay (int fd);
gboolean live_socket_connect (int fd,
                              const Address *to); /* FALSE with errno; under way counts as TRUE */
void live_socket_names (int fd, Stream *stream);  /* its two addresses */
int live_socket_take_error (int fd);
void live_socket_abort (int fd); /* closes it with RST */

/* ---- live-stream.c ---- */

Stream *live_stream_connect (Host *host, const Address *to);
/* NULL: the loop could not take the socket, which is closed. */
Stream *live_stream_accept (Host *host, int fd /* transfer full */);
void live_stream_host_down (LiveStream *stream);
int live_stream_go_dark (LiveStream *stream); /* its connection, for the caller to keep; -1: none */
void live_stream_pause (LiveStream *stream);
void live_stream_resume (LiveStream *stream);
void live_stream_flush (LiveStream *stream);
LiveStream *live_stream_next (const LiveStream *stream); /* of its host */
void live_stream_log_addresses (Stream *stream, guint event, const char *arrow);

/* ---- live-disk.c ---- */

int live_disk_open_directory (const char *parent, const char *name,
                              GError **error); /* made if it is not there */
extern const DiskOps live_disk_ops;
