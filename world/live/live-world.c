/* SPDX-License-Identifier: Apache-2.0 */
/* live-world.c - the loop of the real world: one epoll descriptor
 *
 * Everything that can happen makes the epoll descriptor readable: sockets, finished works (an eventfd), and time (a timerfd,
 * set to the head of the queue just before the loop goes to sleep, so that arming a timer costs no system call). GLib's main
 * loop has no part in it: around the same descriptor it makes five more system calls for each wake-up.
 *
 * One step: write what the driver sent, sleep if nothing is due, then what the network and the disk bring, then timers (an
 * answer that is there with its deadline is in time), then write what all of that sent. Writing once per step gathers
 * many PDUs into one system call.
 *
 * Invariants: nothing is freed in the midst of a step that epoll may still point to (live_world_bury); `now_ns` is taken anew
 * for each event, and a timer never fires before its delay has passed on the real clock.
 */
#include "world/live/live-internal.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define DEFAULT_RING_WORDS (64 * 1024)
#define BATCH              64

/* ---- time ---- */

static gint64
clock_monotonic_ns (void)
{
  struct timespec now;
  clock_gettime (CLOCK_MONOTONIC, &now);
  return now.tv_sec * NS_PER_S + now.tv_nsec;
}

gint64
live_world_clock_ns (const LiveWorld *world)
{
  return (clock_monotonic_ns () - world->start_ns) * world->pace;
}

void
live_world_begin_event (LiveWorld *world)
{
  world->world.now_ns = live_world_clock_ns (world);
  world->world.events++;
}

void
live_world_post (LiveWorld *world, QueueEntry *entry, gint64 delay_ns, QueuePriority priority)
{
  const gint64 now = live_world_clock_ns (world);
  queue_remove (&world->world.queue, entry);
  queue_push (&world->world.queue, entry, delay_ns > G_MAXINT64 - now ? G_MAXINT64 : now + delay_ns,
              priority);
}

static void
timer_watch_ready (LiveWatch *watch, guint32 events)
{
  LiveWorld *world = (LiveWorld *) ((guint8 *) watch - G_STRUCT_OFFSET (LiveWorld, timer_watch));
  guint64 expirations;
  if (read (watch->fd, &expirations, sizeof expirations) > 0)
    world->timer_armed_ns = G_MAXINT64;
}

/* The next time at which the loop must be awake: the queue's head, or the bound on time, which is passed by being there. */
static gint64
next_deadline_ns (const LiveWorld *world)
{
  const QueueEntry *head = queue_peek (&world->world.queue);
  const gint64 head_ns = head != NULL ? head->time_ns : G_MAXINT64;
  const gint64 bound_ns = world->world.bounds.time_ns;
  return bound_ns != 0 && bound_ns < head_ns ? bound_ns + 1 : head_ns;
}

/* A timerfd that is set to an earlier time is left alone: it costs one idle step, not a system call per armed timer. */
static void
timer_watch_set (LiveWorld *world, gint64 deadline_ns)
{
  const gboolean is_set = world->timer_armed_ns != G_MAXINT64;
  if (deadline_ns == G_MAXINT64 || (is_set && world->timer_armed_ns <= deadline_ns))
    return;
  const gint64 delay_ns = deadline_ns / world->pace + (deadline_ns % world->pace != 0);
  const gint64 at_ns = world->start_ns + MIN (delay_ns, G_MAXINT64 - world->start_ns);
  const struct itimerspec when = { .it_value = { .tv_sec = at_ns / NS_PER_S,
                                                 .tv_nsec = at_ns % NS_PER_S } };
  CHECK_THAT (timerfd_settime (world->timer_watch.fd, TFD_TIMER_ABSTIME, &when, NULL) == 0);
  world->timer_armed_ns = deadline_ns;
}

/* ---- descriptors ---- */

static gboolean
watch_control (LiveWorld *world, LiveWatch *watch, int operation, guint32 interest)
{
  struct epoll_event event = { .events = interest, .data.ptr = watch };
  return epoll_ctl (world->epoll_fd, operation, watch->fd, &event) == 0;
}

gboolean
live_watch_enter (LiveWorld *world, LiveWatch *watch, guint32 interest)
{
  watch->interest = interest;
  watch->is_in_epoll = watch_control (world, watch, EPOLL_CTL_ADD, interest);
  return watch->is_in_epoll;
}

gboolean
live_watch_open (LiveWorld *world, LiveWatch *watch, int fd, guint32 interest)
{
  watch->fd = fd;
  if (!live_watch_enter (world, watch, interest)) {
    close (fd);
    watch->fd = -1;
    return FALSE;
  }
  world->open_count++;
  return TRUE;
}

void
live_watch_set (LiveWorld *world, LiveWatch *watch, guint32 interest)
{
  if (watch->fd < 0 || (watch->is_in_epoll && watch->interest == interest))
    return;
  if (!watch->is_in_epoll && interest == 0)
    return;
  const int operation = watch->is_in_epoll ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
  CHECK_THAT (watch_control (world, watch, operation, interest));
  watch->is_in_epoll = TRUE;
  watch->interest = interest;
}

void
live_watch_mute (LiveWorld *world, LiveWatch *watch)
{
  if (!watch->is_in_epoll)
    return;
  CHECK_THAT (watch_control (world, watch, EPOLL_CTL_DEL, 0));
  watch->is_in_epoll = FALSE;
}

/* Out of epoll first: while a child process that was just forked holds a copy, close alone would leave it in. */
int
live_watch_take (LiveWorld *world, LiveWatch *watch)
{
  const int fd = watch->fd;
  if (fd < 0)
    return -1;
  live_watch_mute (world, watch);
  watch->fd = -1;
  world->open_count--;
  return fd;
}

void
live_watch_close (LiveWorld *world, LiveWatch *watch)
{
  const int fd = live_watch_take (world, watch);
  if (fd >= 0)
    close (fd);
}

void
live_world_bury (LiveWorld *world, LiveWatch *watch)
{
  CHECK_THAT (watch->fd < 0);
  g_ptr_array_add (world->graves, watch);
}

static void
world_sweep (LiveWorld *world)
{
  for (guint i = 0; i < world->graves->len; i++) { /* one may add to it */
    LiveWatch *watch = world->graves->pdata[i];
    watch->destroy (watch);
  }
  g_ptr_array_set_size (world->graves, 0);
}

/* ---- the driver's own descriptor ---- */

static void
driver_watch_ready (LiveWatch *watch, guint32 events)
{
  LiveWorld *world = (LiveWorld *) ((guint8 *) watch - G_STRUCT_OFFSET (LiveWorld, driver_watch));
  world->driver_ready (world->driver_data);
}

gboolean
live_world_watch (World *base, int fd, void (*ready) (gpointer data), gpointer data, GError **error)
{
  LiveWorld *world = live_world (base);
  CHECK_THAT (base->is_live && world->driver_ready == NULL);
  world->driver_ready = ready;
  world->driver_data = data;
  world->driver_watch = (LiveWatch){ .fd = fd, .ready = driver_watch_ready };
  if (live_watch_enter (world, &world->driver_watch, EPOLLIN))
    return TRUE;
  g_set_error (error, WORLD_ERROR, WORLD_ERROR_IO,
               "event loop: expected a descriptor that can be waited for, got '%s'",
               g_strerror (errno));
  return FALSE;
}

/* ---- a step ---- */

/* A signal that somebody catches ends the sleep early, so that the driver can look. */
static void
world_dispatch_ready (LiveWorld *world, gboolean may_sleep)
{
  struct epoll_event ready[BATCH];
  const int count = epoll_wait (world->epoll_fd, ready, BATCH, may_sleep ? -1 : 0);
  for (int i = 0; i < count; i++) {
    LiveWatch *watch = ready[i].data.ptr;
    if (watch->fd >= 0)
      watch->ready (watch, ready[i].events);
  }
}

/* What callbacks make due meanwhile waits for the next step, so that sockets have their turn. */
static void
world_fire_due (LiveWorld *world)
{
  const gint64 until_ns = live_world_clock_ns (world);
  const QueueEntry *head;
  while ((head = queue_peek (&world->world.queue)) != NULL && head->time_ns <= until_ns) {
    QueueEntry *entry = queue_pop (&world->world.queue);
    live_world_begin_event (world);
    entry->fire (entry);
  }
}

static void
world_flush (LiveWorld *world)
{
  for (guint count = world->dirty.length; count > 0 && world->dirty.length > 0; count--)
    live_stream_flush (g_queue_pop_head_link (&world->dirty)->data);
}

gboolean
live_world_is_quiet (const World *base)
{
  const LiveWorld *world = (const LiveWorld *) base;
  return world->open_count == 0 && world->dirty.length == 0 && !live_worker_is_busy (world->worker);
}

static gboolean
world_is_over (const LiveWorld *world)
{
  return world->world.queue.count == 0 && live_world_is_quiet (&world->world);
}

static gboolean
world_is_due (const LiveWorld *world)
{
  return world->dirty.length > 0 || next_deadline_ns (world) <= live_world_clock_ns (world);
}

static gboolean
live_world_step (World *base)
{
  LiveWorld *world = live_world (base);
  CHECK_THAT (!world->is_stepping);

  world->is_stepping = TRUE;
  base->now_ns = live_world_clock_ns (world);
  const guint64 events_before = base->events;
  world_flush (world);
  const gboolean is_over = world_is_over (world);
  if (!is_over) {
    /* What the first flush told an owner may be what the driver waits for. */
    const gboolean may_sleep = base->events == events_before && !world_is_due (world);
    if (may_sleep)
      timer_watch_set (world, next_deadline_ns (world));
    world_dispatch_ready (world, may_sleep);
    base->now_ns = live_world_clock_ns (world);
    world_fire_due (world);
    world_flush (world);
  }
  world_sweep (world);
  world->is_stepping = FALSE;
  return !is_over || base->events != events_before;
}

/* Two stamps are as far apart as the world's clock says. */
static gint64
live_world_wall_ns (World *base)
{
  const LiveWorld *world = live_world (base);
  struct timespec now;
  clock_gettime (CLOCK_REALTIME, &now);
  const gint64 ahead_ns = (clock_monotonic_ns () - world->start_ns) * (world->pace - 1);
  return now.tv_sec * NS_PER_S + now.tv_nsec + ahead_ns;
}

static void
live_world_woken (QueueEntry *entry)
{
}

static void
live_world_wake_at (World *base, gint64 time_ns)
{
  LiveWorld *world = live_world (base);
  queue_remove (&world->world.queue, &world->wake);
  if (time_ns != G_MAXINT64)
    queue_push (&world->world.queue, &world->wake, MAX (time_ns, base->now_ns), QUEUE_LAST);
}

/* ---- life ---- */

static void
live_world_free (World *base)
{
  LiveWorld *world = live_world (base);
  CHECK_THAT (!world->is_stepping);
  for (guint i = 0; i < base->hosts->len; i++)
    live_net_free_host (live_host (base->hosts->pdata[i]));
  world_sweep (world);
  for (guint i = 0; i < base->hosts->len; i++)
    live_host_free (base->hosts->pdata[i]);
  live_worker_free (world->worker);

  g_ptr_array_unref (world->graves);
  buffer_unref (world->inbox.buffer);
  g_free (world->disk_directory);
  if (world->timer_watch.fd >= 0)
    close (world->timer_watch.fd);
  if (world->epoll_fd >= 0)
    close (world->epoll_fd);
  world_clear (base);
  g_free (world);
}

static const WorldOps live_world_ops = {
  .step = live_world_step,
  .wake_at = live_world_wake_at,
  .host_new = live_host_new,
  .address_new = live_net_address_new,
  .wall_ns = live_world_wall_ns,
  .host_power_cut = live_host_power_cut,
  .host_kill = live_host_kill,
  .host_paused = live_host_paused,
  .host_resumed = live_host_resumed,
  .host_start = live_host_start,
  .free = live_world_free,
};

static gboolean
disk_directory_check (const char *path, GError **error)
{
  struct stat status;
  if (path == NULL || (stat (path, &status) == 0 && S_ISDIR (status.st_mode)))
    return TRUE;
  g_set_error (error, WORLD_ERROR, WORLD_ERROR_INVALID,
               "disk directory '%s': expected a directory that exists", path);
  return FALSE;
}

static gboolean
world_open_descriptors (LiveWorld *world, GError **error)
{
  world->timer_armed_ns = G_MAXINT64;
  world->timer_watch.ready = timer_watch_ready;
  world->epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  world->timer_watch.fd = timerfd_create (CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
  if (world->epoll_fd >= 0 && world->timer_watch.fd >= 0
      && live_watch_enter (world, &world->timer_watch, EPOLLIN))
    return TRUE;
  g_set_error (error, WORLD_ERROR, WORLD_ERROR_IO, "event loop: expected descriptors, got '%s'",
               g_strerror (errno));
  return FALSE;
}

static gboolean
world_start (LiveWorld *world, const char *disk_directory, GError **error)
{
  if (!disk_directory_check (disk_directory, error) || !world_open_descriptors (world, error))
    return FALSE;
  world->worker = live_worker_new (world, error);
  return world->worker != NULL;
}

World *
live_world_new (const LiveConfig *config, GError **error)
{
  LiveWorld *world = g_new0 (LiveWorld, 1);
  const gsize ring = config->ring_words != 0 ? config->ring_words : DEFAULT_RING_WORDS;
  world_init (&world->world, &live_world_ops, event_log_new (config->events, ring), config->seed);
  world->world.is_live = TRUE;
  world->world.bounds = config->bounds;
  world->start_ns = clock_monotonic_ns ();
  world->pace = MAX (config->pace, 1u);
  world->epoll_fd = world->timer_watch.fd = -1;
  world->disk_directory = g_strdup (config->disk_directory);
  world->graves = g_ptr_array_new ();
  world->wake.fire = live_world_woken;
  g_queue_init (&world->dirty);
  if (!world_start (world, config->disk_directory, error)) {
    world_free (&world->world);
    return NULL;
  }
  return &world->world;
}
