/* SPDX-License-Identifier: Apache-2.0 */
/* server.c - one target on the live world
 *
 * The process is one host of the live world, with one network entity and one node. What it tells of sessions comes from the
 * event log's records, as they are made: the target itself says nothing. Signals come in through a descriptor of the loop, so
 * that none can fall between a question and a sleep.
 */
#include "harness/serve/server.h"

#include "harness/serve/memory-file.h"

#include "harness/serve/store-file.h"

#include "harness/script/served.h"
#include "target-sim/faults/events.h"
#include "world/live/live.h"

#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define SEED       1                  /* of what is drawn */
#define KEPT_BYTES (64 * 1024 * 1024) /* of memory that was freed */
#define MAPPED_BYTES                                                                               \
  (32 * 1024 * 1024)                  /* what is longer has pages of its own; malloc's own bound */
#define CLOSE_LIMIT_NS (2 * NS_PER_S) /* for peers that do not take what is left for them */

struct Server {
  World *world; /* the lab's, if there is one */
  Host *host;
  GArray *luns;      /* of LabLun: with their stores; the lab's, if there is one */
  TargetSim *target; /* NULL: the lab has it, and may stop and start it */
  Lab *lab;          /* for the script and the capture; NULL: there is neither */
  LabTarget *lab_target;
  ServedScript *script; /* NULL: there is none */
  ScenarioRequest request;
  ScenarioResult result;
  gboolean is_verbose;
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

static gboolean
server_tells (const Server *server, guint id)
{
  if (id >= EVENTS_FAULTS && id < EVENTS_HARNESS)
    return server->lab != NULL;
  return server->is_verbose && id >= EVENTS_TARGET && id < EVENTS_FAULTS
         && id != EVENT_TARGET_COMMAND;
}

/* Seconds since the server began, then the event's own line. A fault is noted in the capture, too. */
static void
server_sink (gpointer data, const guint64 *words, guint count)
{
  const Server *server = data;
  const guint id = words[0] >> 16 & 0xffff;
  if (server->lab != NULL && id == EVENT_FAULT_FIRED)
    lab_capture_fault (server->lab);
  if (!server_tells (server, id))
    return;
  g_autoptr (GString) line = g_string_new (NULL);
  const EventPrinter printer = event_log_printer (server->world->log);
  event_print (&printer, words, line);
  server->say (server->say_data, line->str);
}

static void
server_say_portals (const Server *server, const ServerConfig *config)
{
  const TargetSim *target = server->lab != NULL ? server->lab_target->sim : server->target;
  char text[ADDRESS_TEXT_LENGTH];
  for (guint i = 0; i < config->address_count; i++)
    for (guint unit = 0; unit < config->unit_count; unit++)
      server_say (server, "listening on iscsi://%s/%s/%u",
                  address_text (target_sim_portal_address (target, i), text), config->name, unit);
}

/* A script that expects to strike and never did is worth a line. */
static void
server_say_unfired (const Server *server)
{
  g_auto (GStrv) unfired = fault_plan_unfired (server->lab->plan);
  for (guint i = 0; unfired[i] != NULL; i++)
    server_say (server, "never fired: %s", unfired[i]);
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
  signal (SIGPIPE,
          SIG_IGN); /* who read the first lines may have gone: that is no reason to stop serving */
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

/* A block device has no directory of its own, and where nobody writes nobody reserves for long: these have no memory. */
static gboolean
unit_open_memory (const Unit *unit, UnitMemory **ret_memory, GError **error)
{
  *ret_memory = NULL;
  if (unit->path == NULL)
    *ret_memory = unit_memory_ram_new ();
  else if (!unit->is_read_only && g_file_test (unit->path, G_FILE_TEST_IS_REGULAR)) {
    *ret_memory = memory_file_new (unit->path, error);
    return *ret_memory != NULL;
  }
  return TRUE;
}

static gboolean
server_open_units (Server *server, const ServerConfig *config, GError **error)
{
  for (guint i = 0; i < config->unit_count; i++) {
    const Unit *unit = &config->units[i];
    Store *store = unit_open (unit, server->host, error);
    if (store == NULL)
      return FALSE;
    LabLun lun = { .size_bytes = store_size (store),
                   .block_size = unit->block_bytes,
                   .number = (guint16) i,
                   .store = store,
                   .is_read_only = unit->is_read_only,
                   .is_thin = unit->is_thin,
                   .is_removable = unit->is_removable,
                   .is_empty = unit->is_empty };
    const gboolean is_good = unit_open_memory (unit, &lun.memory, error);
    g_array_append_val (server->luns, lun);
    if (!is_good)
      return FALSE;
  }
  return TRUE;
}

static gboolean
server_start_target (Server *server, const ServerConfig *config, GError **error)
{
  g_autofree TargetPortalConfig *portals = g_new0 (TargetPortalConfig, config->address_count);
  g_autofree TargetLunConfig *luns = g_new0 (TargetLunConfig, config->unit_count);
  for (guint i = 0; i < config->address_count; i++)
    portals[i] = (TargetPortalConfig){ config->addresses[i], 1 };
  for (guint i = 0; i < config->unit_count; i++) {
    const LabLun *lun = &g_array_index (server->luns, LabLun, i);
    luns[i] = (TargetLunConfig){ .number = lun->number,
                                 .block_size = lun->block_size,
                                 .store = lun->store,
                                 .memory = lun->memory,
                                 .is_read_only = lun->is_read_only,
                                 .is_thin = lun->is_thin,
                                 .is_removable = lun->is_removable,
                                 .is_empty = lun->is_empty };
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

/* The lab has world, units and target from here on; its rules may stop the target and start it again. */
static gboolean
server_start_in_lab (Server *server, const ServerConfig *config, GError **error)
{
  g_autoptr (GArray) addresses = g_array_new (FALSE, FALSE, sizeof (Address));
  g_array_append_vals (addresses, config->addresses, config->address_count);
  server->request =
      (ScenarioRequest){ .file = config->script != NULL ? config->script : config->name,
                         .seed = SEED,
                         .is_live = TRUE,
                         .pcap_path = config->pcap };
  scenario_result_init (&server->result);
  server->lab = lab_new_serving (server->world, &server->request, &server->result);
  if (!lab_capture_begin (server->lab, error))
    return FALSE;
  server->lab_target =
      lab_serve_target (server->lab, server->host, config->name, addresses, server->luns, error);
  g_array_set_size (server->luns, 0);
  if (server->lab_target == NULL)
    return FALSE;
  event_log_set_sink (server->world->log, server_sink, server);
  if (config->script == NULL)
    return TRUE;
  server->script =
      served_script_new (server->lab_target, config->script, config->say, config->say_data, error);
  return server->script != NULL;
}

static gboolean
server_start (Server *server, const ServerConfig *config, GError **error)
{
  const LiveConfig live = { .seed = SEED, .events = harness_event_families () };
  if (!server_catch_signals (server, error))
    return FALSE;
  server->world = live_world_new (&live, error);
  if (server->world == NULL
      || !live_world_watch (server->world, server->signal_fd, server_on_signal, server, error))
    return FALSE;
  server->host = world_host_new (server->world, "target", error);
  if (server->host == NULL || !server_open_units (server, config, error)
      || !(config->script != NULL || config->pcap != NULL
               ? server_start_in_lab (server, config, error)
               : server_start_target (server, config, error)))
    return FALSE;
  if (config->is_verbose)
    event_log_set_sink (server->world->log, server_sink, server);
  server_say_portals (server, config);
  return TRUE;
}

/* The buffer of a read of 256 KiB is allocated and freed for each; given back to the kernel in between, its 64 pages would
 * fault in again every time, which costs more than all else that is done for the read. */
static void
server_keep_memory (void)
{
  mallopt (M_TRIM_THRESHOLD, KEPT_BYTES);
  mallopt (M_MMAP_THRESHOLD, MAPPED_BYTES);
}

Server *
server_new (const ServerConfig *config, GError **error)
{
  server_keep_memory ();
  g_autoptr (Server) server = g_new0 (Server, 1);
  server->luns = g_array_new (FALSE, FALSE, sizeof (LabLun));
  server->signal_fd = -1;
  server->is_verbose = config->is_verbose;
  server->say = config->say;
  server->say_data = config->say_data;
  return server_start (server, config, error) ? g_steal_pointer (&server) : NULL;
}

/* The host goes down before its stores go: it drops what the worker still has of them. */
void
server_free (Server *server)
{
  if (server == NULL)
    return;
  target_sim_free (server->target);
  if (server->host != NULL && server->host->is_up)
    host_kill (server->host);
  served_script_free (server->script);
  for (guint i = 0; i < server->luns->len; i++) {
    unit_memory_free (g_array_index (server->luns, LabLun, i).memory);
    store_free (g_array_index (server->luns, LabLun, i).store);
  }
  g_array_unref (server->luns);
  if (server->lab != NULL) {
    lab_free (server->lab);
    scenario_result_clear (&server->result);
  } else if (server->world != NULL) {
    world_free (server->world);
  }
  if (server->signal_fd >= 0)
    close (server->signal_fd);
  g_free (server);
}

/* What was sent still goes out, and FIN behind it. */
static void
server_close (Server *server)
{
  g_clear_pointer (&server->target, target_sim_free);
  if (server->lab != NULL) {
    server_say_unfired (server);
    g_clear_pointer (&server->lab_target->sim, target_sim_free);
  }
  const gint64 until_ns = server->world->now_ns + CLOSE_LIMIT_NS;
  world_wake_at (server->world, until_ns);
  while (server->world->now_ns < until_ns && !live_world_is_quiet (server->world))
    world_step (server->world);
}

gboolean
server_run (Server *server, GError **error)
{
  while (server->stop_signal == 0) {
    if (server->script != NULL && !served_script_go_on (server->script, error))
      return FALSE;
    if (!world_step (server->world)) {
      g_set_error (error, UNIT_ERROR, UNIT_ERROR_ENVIRONMENT, "the loop: expected to go on, got %s",
                   world_failure (server->world));
      return FALSE;
    }
  }
  server_close (server);
  return server->lab == NULL || lab_capture_end (server->lab, error);
}

gboolean
server_error_is_of_script (const GError *error)
{
  return error->domain == SCRIPT_ERROR
         || (error->domain == SANDBOX_ERROR && error->code != SANDBOX_ERROR_FILE);
}
