/* SPDX-License-Identifier: Apache-2.0 */
/* server.c - one target on the live world
 *
 * The process is one host of the live world, with one network entity and one node. What it tells of sessions comes from the
 * event log's records, as they are made: the target itself says nothing. Signals come in through a descriptor of the loop, so
 * that none can fall between a question and a sleep.
 */
#include "harness/serve/server.h"

#include "harness/serve/store-file.h"

#include "harness/run/scenario.h"
#include "target-sim/target.h"
#include "world/live/live.h"

#include <errno.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define CLOSE_LIMIT_NS (2 * NS_PER_S) /* for peers that do not take what is left for them */

struct Server {
  World *world;
  Host *host;
  GPtrArray *stores; /* of Store */
  TargetSim *target;
  int signal_fd;
  guint stop_signal; /* 0: none came */
  void (*say) (gpointer data, const char *line);
  gpointer say_data;
};

static void server_say (const Server *server, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
server_say (const Server *server, const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  g_autofree char *line = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  server->say (server->say_data, line);
}

/* ---- what is told ---- */

/* Seconds since the server began, then the event's own line. */
static void
server_sink (gpointer data, const guint64 *words, guint count)
{
  const Server *server = data;
  const guint id = words[0] >> 16 & 0xffff;
  if (id < EVENTS_TARGET || id == EVENT_TARGET_COMMAND || id >= EVENTS_FAULTS)
    return;
  g_autoptr (GString) line = g_string_new (NULL);
  const EventPrinter printer = event_log_printer (server->world->log);
  event_print (&printer, words, line);
  server->say (server->say_data, line->str);
}

static void
server_say_portals (const Server *server, const ServerConfig *config, const char *name)
{
  char text[ADDRESS_TEXT_LENGTH];
  for (guint i = 0; i < config->address_count; i++)
    for (guint unit = 0; unit < config->unit_count; unit++)
      server_say (server, "listening on iscsi://%s/%s/%u",
                  address_text (target_sim_portal_address (server->target, i), text), name, unit);
}

/* ---- signals ---- */

static void
server_on_signal (gpointer data)
{
  Server *server = data;
  struct signalfd_siginfo info;
  if (read (server->signal_fd, &info, sizeof info) == sizeof info)
    server->stop_signal = info.ssi_signo;
}

/* Before the world, whose thread has the mask of its maker. A shell has what it starts in the background ignore SIGINT, and
 * what is ignored never becomes readable. */
static gboolean
server_catch_signals (Server *server, GError **error)
{
  sigset_t signals;
  signal (SIGINT, SIG_DFL);
  signal (SIGTERM, SIG_DFL);
  sigemptyset (&signals);
  sigaddset (&signals, SIGINT);
  sigaddset (&signals, SIGTERM);
  CHECK_THAT (pthread_sigmask (SIG_BLOCK, &signals, NULL) == 0);
  server->signal_fd = signalfd (-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC);
  if (server->signal_fd >= 0)
    return TRUE;
  g_set_error (error, UNIT_ERROR, UNIT_ERROR_ENVIRONMENT,
               "signals: expected a descriptor, got '%s'", g_strerror (errno));
  return FALSE;
}

/* ---- life ---- */

static Store *
unit_open (const Unit *unit, Host *host, GError **error)
{
  if (unit->path == NULL)
    return store_ram_new (unit->size_bytes);
  const StoreFileConfig file = { .path = unit->path,
                                 .size_bytes = unit->size_bytes,
                                 .is_read_only = unit->is_read_only };
  return store_file_new (host, &file, error);
}

static gboolean
server_start_target (Server *server, const ServerConfig *config, GError **error)
{
  g_autofree TargetPortalConfig *portals = g_new0 (TargetPortalConfig, config->address_count);
  g_autofree TargetLunConfig *luns = g_new0 (TargetLunConfig, config->unit_count);
  for (guint i = 0; i < config->address_count; i++)
    portals[i] = (TargetPortalConfig){ config->addresses[i], 1 };
  for (guint i = 0; i < config->unit_count; i++) {
    const Unit *unit = &config->units[i];
    Store *store = unit_open (unit, server->host, error);
    if (store == NULL)
      return FALSE;
    g_ptr_array_add (server->stores, store);
    luns[i] = (TargetLunConfig){ .number = (guint16) i,
                                 .block_size = unit->block_bytes,
                                 .store = store,
                                 .is_read_only = unit->is_read_only };
  }
  TargetConfig target;
  target_config_init (&target);
  target.name = config->name;
  target.portals = portals;
  target.portal_count = config->address_count;
  target.luns = luns;
  target.lun_count = config->unit_count;
  server->target = target_sim_new (server->host, &target, error);
  return server->target != NULL;
}

static gboolean
server_start (Server *server, const ServerConfig *config, GError **error)
{
  const LiveConfig live = { .seed = 1, .events = harness_event_families () };
  if (!server_catch_signals (server, error))
    return FALSE;
  server->world = live_world_new (&live, error);
  if (server->world == NULL
      || !live_world_watch (server->world, server->signal_fd, server_on_signal, server, error))
    return FALSE;
  server->host = world_host_new (server->world, "target", error);
  if (server->host == NULL || !server_start_target (server, config, error))
    return FALSE;
  if (config->is_verbose)
    event_log_set_sink (server->world->log, server_sink, server);
  server_say_portals (server, config, config->name);
  return TRUE;
}

Server *
server_new (const ServerConfig *config, GError **error)
{
  g_autoptr (Server) server = g_new0 (Server, 1);
  server->stores = g_ptr_array_new_with_free_func ((GDestroyNotify) store_free);
  server->signal_fd = -1;
  server->say = config->say;
  server->say_data = config->say_data;
  return server_start (server, config, error) ? g_steal_pointer (&server) : NULL;
}

void
server_free (Server *server)
{
  if (server == NULL)
    return;
  target_sim_free (server->target);
  if (server->world != NULL)
    world_free (server->world);
  g_ptr_array_unref (server->stores);
  if (server->signal_fd >= 0)
    close (server->signal_fd);
  g_free (server);
}

/* What was sent still goes out, and FIN behind it: the world is over when all of it has gone. */
static void
server_close (Server *server)
{
  g_clear_pointer (&server->target, target_sim_free);
  const gint64 until_ns = server->world->now_ns + CLOSE_LIMIT_NS;
  world_wake_at (server->world, until_ns);
  while (server->world->now_ns < until_ns && !live_world_is_quiet (server->world))
    world_step (server->world);
}

gboolean
server_run (Server *server, GError **error)
{
  while (server->stop_signal == 0)
    if (!world_step (server->world)) {
      g_set_error (error, UNIT_ERROR, UNIT_ERROR_ENVIRONMENT, "the loop: expected to go on, got %s",
                   world_failure (server->world));
      return FALSE;
    }
  server_close (server);
  return TRUE;
}
