/* SPDX-License-Identifier: Apache-2.0 */
/* live-net.c - sockets, addresses and listeners
 *
 * An address from world_address_new is 127.0.0.1 (world_address_new6: ::1) and a port that a bound socket, which never listens, keeps for this host: so
 * whoever connects there is refused, no other program can take the port, and no connect of ours is given it as its own (a
 * socket that connects to its own port on loopback connects to itself). SO_REUSEADDR lets the real listener bind beside it.
 */
#include "world/live/live-internal.h"
#include "world/world-events.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define ACCEPT_BATCH    16
#define ACCEPT_RETRY_NS (100 * NS_PER_MS)

struct LiveListener {
  Listener listener; /* first */
  LiveWatch watch;
  QueueEntry retry;   /* the process had no descriptor left */
  LiveListener *next; /* of this host */
  LiveListener *previous;
};

/* ---- addresses ---- */

typedef union SocketAddress {
  struct sockaddr any;
  struct sockaddr_in v4;
  struct sockaddr_in6 v6;
} SocketAddress;

static socklen_t
socket_address_from (const Address *address, SocketAddress *ret_to)
{
  *ret_to = (SocketAddress){ 0 };
  if (address->is_ipv6) {
    ret_to->v6.sin6_family = AF_INET6;
    ret_to->v6.sin6_port = htons (address->port);
    memcpy (&ret_to->v6.sin6_addr, address->ip, 16);
    return sizeof ret_to->v6;
  }
  ret_to->v4.sin_family = AF_INET;
  ret_to->v4.sin_port = htons (address->port);
  memcpy (&ret_to->v4.sin_addr, address->ip, 4);
  return sizeof ret_to->v4;
}

static Address
socket_address_to (const SocketAddress *from)
{
  Address address = { 0 };
  if (from->any.sa_family == AF_INET6) {
    address.is_ipv6 = TRUE;
    address.port = ntohs (from->v6.sin6_port);
    memcpy (address.ip, &from->v6.sin6_addr, 16);
  } else {
    address.port = ntohs (from->v4.sin_port);
    memcpy (address.ip, &from->v4.sin_addr, 4);
  }
  return address;
}

static gboolean
socket_local_address (int fd, Address *ret_address)
{
  SocketAddress name = { 0 };
  socklen_t length = sizeof name;
  if (getsockname (fd, &name.any, &length) < 0)
    return FALSE;
  *ret_address = socket_address_to (&name);
  return TRUE;
}

void
live_socket_names (int fd, Stream *stream)
{
  SocketAddress name = { 0 };
  socklen_t length = sizeof name;
  socket_local_address (fd, &stream->local);
  if (getpeername (fd, &name.any, &length) == 0)
    stream->remote = socket_address_to (&name);
}

/* ---- sockets ---- */

int
live_socket_new (const Address *address)
{
  return socket (address->is_ipv6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
                 IPPROTO_TCP);
}

/* An engine hands over whole PDUs, and this layer gathers them: waiting for more would only cost time. */
void
live_socket_set_nodelay (int fd)
{
  const int on = 1;
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

gboolean
live_socket_connect (int fd, const Address *to)
{
  SocketAddress name;
  const socklen_t length = socket_address_from (to, &name);
  return connect (fd, &name.any, length) == 0 || errno == EINPROGRESS || errno == EINTR;
}

int
live_socket_take_error (int fd)
{
  int error = 0;
  socklen_t length = sizeof error;
  return getsockopt (fd, SOL_SOCKET, SO_ERROR, &error, &length) == 0 ? error : errno;
}

void
live_socket_abort (int fd)
{
  const struct linger at_once = { .l_onoff = 1, .l_linger = 0 };
  setsockopt (fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  close (fd);
}

/* Bound, not yet listening; -1 with errno. */
static int
socket_new_bound (const Address *address)
{
  const int on = 1;
  const int fd = live_socket_new (address);
  if (fd < 0)
    return -1;
  SocketAddress name;
  const socklen_t length = socket_address_from (address, &name);
  setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (address->is_ipv6) /* [::] and 0.0.0.0 are two listeners */
    setsockopt (fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  if (bind (fd, &name.any, length) == 0)
    return fd;
  const int failure = errno;
  close (fd);
  errno = failure;
  return -1;
}

/* ---- listeners ---- */

static void
listen_fail (const Address *address, int failure, GError **error)
{
  char text[ADDRESS_TEXT_LENGTH];
  address_text (address, text);
  if (failure == EADDRINUSE)
    g_set_error (error, WORLD_ERROR, WORLD_ERROR_IN_USE, "listen on '%s': the address is in use",
                 text);
  else if (failure == EADDRNOTAVAIL || failure == EAFNOSUPPORT)
    g_set_error (error, WORLD_ERROR, WORLD_ERROR_INVALID,
                 "listen on '%s': expected an address of this machine, got '%s'", text,
                 g_strerror (failure));
  else
    g_set_error (error, WORLD_ERROR, WORLD_ERROR_IO, "listen on '%s': expected a socket, got '%s'",
                 text, g_strerror (failure));
}

static void
listener_accept (LiveListener *self, int fd)
{
  Listener *listener = &self->listener;
  Host *host = listener->host;
  Stream *stream = live_stream_accept (host, fd);
  if (stream == NULL)
    return;
  live_stream_log_addresses (stream, EVENT_STREAM_ACCEPTED, "<-");
  if (host->on_stream != NULL)
    host->on_stream (host->on_stream_data, host, stream);
  listener->events->accepted (listener->owner, listener, stream);
}

/* Without a free descriptor the connection stays in the kernel's backlog, where epoll would tell of it without end. */
static void
listener_pause (LiveListener *self)
{
  LiveWorld *world = live_world_of (self->listener.host);
  live_watch_set (world, &self->watch, 0);
  live_world_post (world, &self->retry, ACCEPT_RETRY_NS, QUEUE_ARRIVAL);
}

static void
listener_retry (QueueEntry *entry)
{
  LiveListener *self = (LiveListener *) ((guint8 *) entry - G_STRUCT_OFFSET (LiveListener, retry));
  if (!self->listener.host->is_paused)
    live_watch_set (live_world_of (self->listener.host), &self->watch, EPOLLIN);
}

static gboolean
accept_is_out_of_resources (int failure)
{
  return failure == EMFILE || failure == ENFILE || failure == ENOBUFS || failure == ENOMEM;
}

/* A callback may free the listener or kill its host: then its descriptor is gone. */
static void
listener_ready (LiveWatch *watch, guint32 events)
{
  LiveListener *self = (LiveListener *) ((guint8 *) watch - G_STRUCT_OFFSET (LiveListener, watch));
  for (guint i = 0; i < ACCEPT_BATCH && watch->fd >= 0; i++) {
    const int fd = accept4 (watch->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
      live_world_begin_event (live_world_of (self->listener.host));
      listener_accept (self, fd);
    } else if (accept_is_out_of_resources (errno)) {
      listener_pause (self);
      return;
    } else if (errno == EAGAIN) {
      return;
    }
    /* Any other error is of one connection that died in the backlog: accept(2). */
  }
}

static void
listener_destroy (LiveWatch *watch)
{
  g_free ((guint8 *) watch - G_STRUCT_OFFSET (LiveListener, watch));
}

static LiveListener *
listener_new_on (Host *host, int fd)
{
  LiveListener *self = g_new0 (LiveListener, 1);
  self->watch.ready = listener_ready;
  self->watch.destroy = listener_destroy;
  self->retry.fire = listener_retry;
  self->listener.host = host;
  if (!live_watch_open (live_world_of (host), &self->watch, fd, EPOLLIN)) {
    g_free (self);
    return NULL;
  }
  socket_local_address (fd, &self->listener.address);
  LiveHost *live = live_host (host);
  self->next = live->listeners;
  if (live->listeners != NULL)
    live->listeners->previous = self;
  live->listeners = self;
  return self;
}

Listener *
live_net_listen (Host *host, const Address *address, GError **error)
{
  if (!host->is_up) {
    g_set_error (error, WORLD_ERROR, WORLD_ERROR_DOWN, "host '%s': expected a host that is up",
                 host->name);
    return NULL;
  }
  const int fd = socket_new_bound (address);
  if (fd < 0) {
    listen_fail (address, errno, error);
    return NULL;
  }
  if (listen (fd, SOMAXCONN) < 0) {
    listen_fail (address, errno, error);
    close (fd);
    return NULL;
  }
  LiveListener *self = listener_new_on (host, fd);
  if (self == NULL) {
    listen_fail (address, errno, error);
    return NULL;
  }
  return &self->listener;
}

static void
listener_close (LiveListener *self)
{
  LiveWorld *world = live_world_of (self->listener.host);
  queue_remove (&world->world.queue, &self->retry);
  live_watch_close (world, &self->watch);
}

void
live_net_listener_free (Listener *listener)
{
  LiveListener *self = (LiveListener *) listener; /* its first member */
  LiveHost *host = live_host (listener->host);
  listener_close (self);
  if (self->previous != NULL)
    self->previous->next = self->next;
  else
    host->listeners = self->next;
  if (self->next != NULL)
    self->next->previous = self->previous;
  listener->magic = 0;
  live_world_bury (live_world_of (listener->host), &self->watch);
}

/* ---- hosts ---- */

static void
dark_add (LiveHost *host, int fd)
{
  if (fd >= 0)
    g_array_append_val (host->dark, fd);
}

/* Connections that nobody has accepted yet are the machine's, too: a listener that closes would reset them. */
static void
listener_go_dark (LiveListener *self)
{
  LiveHost *host = live_host (self->listener.host);
  int fd = -1;
  while (self->watch.fd >= 0
         && (fd = accept4 (self->watch.fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK)) >= 0)
    dark_add (host, fd);
}

void
live_net_host_down (Host *base)
{
  LiveHost *host = live_host (base);
  for (LiveListener *self = host->listeners; self != NULL; self = self->next) {
    if (!host->has_power)
      listener_go_dark (self);
    listener_close (self);
  }
  LiveStream *next;
  for (LiveStream *self = host->streams; self != NULL; self = next) {
    next = live_stream_next (self);
    if (host->has_power)
      live_stream_host_down (self);
    else
      dark_add (host, live_stream_go_dark (self));
  }
}

void
live_net_host_up (Host *base)
{
  LiveHost *host = live_host (base);
  for (guint i = 0; i < host->dark->len; i++)
    live_socket_abort (g_array_index (host->dark, int, i));
  g_array_set_size (host->dark, 0);
}

gboolean
live_net_is_dark (const World *world, const Address *address)
{
  for (guint i = 0; i < world->hosts->len; i++) {
    const LiveHost *host = live_host (world->hosts->pdata[i]);
    for (guint k = 0; !host->has_power && k < host->reserved->len; k++) {
      Address own;
      if (socket_local_address (g_array_index (host->reserved, int, k), &own)
          && address_equal (&own, address))
        return TRUE;
    }
  }
  return FALSE;
}

/* The kernel goes on accepting into the backlog, and acknowledging what comes. */
void
live_net_host_paused (Host *base)
{
  const LiveHost *host = live_host (base);
  for (LiveListener *self = host->listeners; self != NULL; self = self->next)
    live_watch_set (live_world_of (base), &self->watch, 0);
  for (LiveStream *self = host->streams; self != NULL; self = live_stream_next (self))
    live_stream_pause (self);
}

void
live_net_host_resumed (Host *base)
{
  const LiveHost *host = live_host (base);
  for (LiveListener *self = host->listeners; self != NULL; self = self->next)
    live_watch_set (live_world_of (base), &self->watch, EPOLLIN);
  for (LiveStream *self = host->streams; self != NULL; self = live_stream_next (self))
    live_stream_resume (self);
}

void
live_net_free_host (LiveHost *host)
{
  /* What an owner still holds is a leak of the owner, who must go before the world; what may be left are freed streams that
   * the peer did not take yet. */
  CHECK_THAT (host->listeners == NULL);
  while (host->streams != NULL) {
    CHECK_THAT (((const Stream *) host->streams)->is_freed); /* its first member */
    live_stream_host_down (host->streams);
  }
  live_net_host_up (&host->host);
}

gboolean
live_net_address_new (World *world, Host *host, gboolean is_ipv6, Address *ret_address,
                      GError **error)
{
  const Address loopback4 = { .ip = { 127, 0, 0, 1 } };
  const Address loopback6 = { .ip = { [15] = 1 }, .is_ipv6 = TRUE };
  const Address loopback = is_ipv6 ? loopback6 : loopback4;
  const int fd = socket_new_bound (&loopback);
  if (fd < 0) {
    listen_fail (&loopback, errno, error);
    return FALSE;
  }
  if (!socket_local_address (fd, ret_address)) {
    listen_fail (&loopback, errno, error);
    close (fd);
    return FALSE;
  }
  g_array_append_val (live_host (host)->reserved, fd);
  return TRUE;
}
