/* SPDX-License-Identifier: Apache-2.0 */
/* lab.c - what a run owns, how it waits, and how it is judged at its end */
#include "harness/script/lab.h"

#include "harness/run/crash-ring.h"
#include "harness/run/schedule.h"
#include "harness/script/allow.h"
#include "harness/script/life.h"
#include "harness/script/link.h"
#include "harness/script/words-attempt.h"
#include "protocol/events.h"
#include "target-sim/faults/events.h"
#include "world/live/live.h"
#include "world/sim/sim.h"

#include <glib/gstdio.h>

#define RING_WORDS    (1024 * 1024)
#define MAX_EVENTS    G_GUINT64_CONSTANT (50000000)
#define MAX_TIME_NS   (7 * 24 * 3600 * NS_PER_S)
#define MAX_QUEUE     4000000
#define LIVE_SLACK_NS (500 * NS_PER_MS) /* real ones: a loaded machine lets a process wait */
#define PEER_SLACK_NS (5 * NS_PER_S)    /* a peer's start and end are waited for */
#define EVENTS_SHOWN  30

/* ---- life ---- */

static World *
lab_world_new (Lab *lab, GError **error)
{
  const gint64 live_time_ns = LAB_LIVE_TIME_S * NS_PER_S * MAX (lab->request->pace, 1u);
  const WorldBounds bounds = { .events = MAX_EVENTS,
                               .time_ns = lab->request->is_live ? live_time_ns : MAX_TIME_NS,
                               .queue_depth = MAX_QUEUE };
  if (!lab->request->is_live) {
    const SimConfig config = { .seed = lab->request->seed,
                               .bounds = bounds,
                               .ring_words = RING_WORDS,
                               .events = harness_event_families () };
    return sim_world_new (&config);
  }
  lab->live_directory = g_dir_make_tmp ("iscsilab-XXXXXX", error);
  if (lab->live_directory == NULL)
    return NULL;
  const LiveConfig config = { .seed = lab->request->seed,
                              .bounds = bounds,
                              .ring_words = RING_WORDS,
                              .events = harness_event_families (),
                              .disk_directory = lab->live_directory,
                              .pace = lab->request->pace };
  return live_world_new (&config, error);
}

/* A check that fails tells the parent why, through the memory that outlives us. */
static void
lab_check_failed (gpointer data, const char *message)
{
  crash_ring_note (data, message);
}

/* Every record as it is made: into the crash ring; a fault into the capture, a move of a state machine into the result. */
static void
lab_sink (gpointer data, const guint64 *words, guint count)
{
  Lab *lab = data;
  const guint64 type = words[0] >> 16 & 0xffff;
  if (lab->request->crash_ring != NULL)
    crash_ring_sink (lab->request->crash_ring, words, count);
  if (type == EVENT_FAULT_FIRED)
    lab_capture_fault (lab);
  if (type != EVENT_STATE)
    return;
  const guint64 *text = words + 3; /* behind the object: length, then bytes */
  g_autofree char *move = g_new0 (char, text[0] + 1);
  for (guint64 i = 0; i < text[0]; i++)
    move[i] = (char) (text[1 + i / 8] >> (8 * (i % 8)));
  figures_add (lab->result->transitions, move, 1);
}

static void
lab_install_sink (Lab *lab)
{
  CrashRing *ring = lab->request->crash_ring;
  event_log_set_sink (lab->world->log, lab_sink, lab);
  if (ring == NULL)
    return;
  /* Those that are there already: the world and the faults. Hosts come later. */
  const EventPrinter printer = event_log_printer (lab->world->log);
  for (guint16 actor = 0; strcmp (printer.actor_name (printer.data, actor), "?") != 0; actor++)
    crash_ring_add_actor (ring, actor, printer.actor_name (printer.data, actor));
  check_set_hook (lab_check_failed, ring);
}

/* What --target names, and a first look at it if it is somebody else's. */
static gboolean
lab_find_foreign (Lab *lab, GError **error)
{
  const char *target = lab->request->target;
  if (target == NULL)
    return TRUE;
  lab->peer_kind = peer_kind_find (target);
  if (lab->peer_kind != NULL)
    return TRUE;
  lab->remote = remote_parse (target, error);
  return lab->remote != NULL && remote_look (lab->remote, error)
         && lab_hold_resets_back (lab, error);
}

static Lab *
lab_new_empty (const ScenarioRequest *request, ScenarioResult *result)
{
  Lab *lab = g_new0 (Lab, 1);
  lab->request = request;
  lab->result = result;
  lab->liveness_ns = LAB_LIVENESS_NS;
  lab->targets = g_ptr_array_new_with_free_func (lab_target_free);
  lab->initiators = g_ptr_array_new_with_free_func (lab_initiator_free);
  lab->jobs = g_ptr_array_new_with_free_func (lab_job_free);
  lab->deeds = g_ptr_array_new_with_free_func (lab_deed_free);
  lab->commands = g_ptr_array_new_with_free_func (lab_command_free);
  lab->wires = g_ptr_array_new_with_free_func (lab_wire_free);
  lab->others = g_ptr_array_new_with_free_func (g_free);
  lab->links = g_ptr_array_new ();
  lab->link_taps = g_ptr_array_new ();
  lab->calls = g_ptr_array_new ();
  lab->once = once_new ();
  lab_judge_wire_begin (lab);
  return lab;
}

static void
lab_take_world (Lab *lab, World *world, const ScriptClass *class)
{
  lab->world = world;
  lab->plan = fault_plan_new (world->log, lab->request->seed);
  fault_plan_set_life (lab->plan, lab_on_life, lab);
  script_object_init (&lab->object, class, lab);
}

Lab *
lab_new_serving (World *world, const ScenarioRequest *request, ScenarioResult *result)
{
  CHECK_THAT (request->is_live && request->target == NULL);
  Lab *lab = lab_new_empty (request, result);
  lab->is_serving = TRUE;
  lab_take_world (lab, world, &serving_class);
  random_init (&lab->random, request->seed, request->file);
  return lab;
}

Lab *
lab_new (const ScenarioRequest *request, ScenarioResult *result, GError **error)
{
  Lab *lab = lab_new_empty (request, result);
  World *world = lab_world_new (lab, error);
  if (world == NULL) {
    lab_free (lab);
    return NULL;
  }
  lab_take_world (lab, world, &lab_class);
  if (!lab_find_foreign (lab, error)) {
    lab_free (lab);
    return NULL;
  }
  if (!lab_capture_begin (lab, error)) {
    lab_free (lab);
    return NULL;
  }
  lab_install_sink (lab);
  return lab;
}

static void
call_free (gpointer data)
{
  LabCall *call = data;
  g_clear_error (&call->error);
  g_free (call->what);
  g_free (call);
}

static void
directory_remove (const char *path)
{
  GDir *directory = g_dir_open (path, 0, NULL);
  const char *name;
  while (directory != NULL && (name = g_dir_read_name (directory)) != NULL) {
    g_autofree char *below = g_build_filename (path, name, NULL);
    if (g_file_test (below, G_FILE_TEST_IS_DIR) && !g_file_test (below, G_FILE_TEST_IS_SYMLINK))
      directory_remove (below);
    else
      g_unlink (below);
  }
  if (directory != NULL)
    g_dir_close (directory);
  g_rmdir (path);
}

/* Engines first: what they call back into is still there. */
void
lab_free (Lab *lab)
{
  if (lab == NULL)
    return;
  lab->is_over = TRUE;
  g_ptr_array_unref (lab->deeds);
  g_ptr_array_unref (lab->initiators);
  g_ptr_array_unref (lab->targets);
  g_ptr_array_unref (lab->wires);
  g_ptr_array_unref (lab->commands);
  g_ptr_array_unref (lab->jobs);
  g_ptr_array_unref (lab->others);
  fault_plan_free (lab->plan);
  world_free (lab->world);
  g_ptr_array_unref (lab->links);
  g_ptr_array_unref (lab->link_taps);
  g_ptr_array_set_free_func (lab->calls, call_free);
  g_ptr_array_unref (lab->calls);
  once_free (lab->once);
  remote_free (lab->remote);
  lab_judge_wire_free (lab);
  lab_capture_free (lab);
  if (lab->live_directory != NULL)
    directory_remove (lab->live_directory);
  g_free (lab->live_directory);
  check_set_hook (NULL, NULL);
  g_free (lab);
}

gint64
lab_slack_ns (const Lab *lab)
{
  if (lab_is_foreign (lab))
    return PEER_SLACK_NS;
  return lab->request->is_live ? LIVE_SLACK_NS * MAX (lab->request->pace, 1u) : 0;
}

gboolean
lab_real_time_is_over (const Lab *lab)
{
  return lab_is_foreign (lab) && lab->world->now_ns >= LAB_LIVE_TIME_S * NS_PER_S;
}

gboolean
lab_skip_for_time (Lab *lab, GError **error)
{
  return lab_skip (lab, error,
                   "it needs more real time than the %d s that a run against a peer has",
                   LAB_LIVE_TIME_S);
}

gboolean
lab_is_foreign (const Lab *lab)
{
  return lab->request->target != NULL;
}

guint16
lab_first_lun (const Lab *lab)
{
  if (lab->remote != NULL)
    return lab->remote->lun;
  return lab->peer_kind != NULL ? peer_kind_first_lun (lab->peer_kind) : 0;
}

/* ---- hosts ---- */

/* One end of each connection has the tap: the target's, unless that is out of our reach. Live, the other end has the links'. */
static void
lab_on_stream (gpointer data, Host *host, Stream *stream)
{
  Lab *lab = data;
  lab_judge_wire_of (lab, host, stream);
  lab_capture_stream (lab, host, stream);
  if (stream->is_accepted && lab->request->is_live)
    fault_plan_tap_stream_of (lab->plan, stream, link_taps_find_host (lab, &stream->remote));
  else if (stream->is_accepted || lab_is_foreign (lab))
    fault_plan_tap_stream (lab->plan, stream);
  else if (lab->request->is_live)
    link_tap_stream (lab, stream);
}

static FaultAnswer
lab_on_fault_ask (gpointer data, Host *host, const FaultQuestion *question)
{
  const Lab *lab = data;
  const FaultAnswer answer = fault_plan_ask (lab->plan, host, question);
  if (answer == FAULT_NONE && lab->request->is_live && question->point == FAULT_POINT_CONNECT
      && link_loses_connect (lab, host, question->subject))
    return FAULT_DROP;
  return answer;
}

Host *
lab_host_new (Lab *lab, const char *name, GError **error)
{
  Host *host = world_host_new (lab->world, name, error);
  if (host == NULL)
    return NULL;
  host->on_stream = lab_on_stream;
  host->on_stream_data = lab;
  host->fault_ask = lab_on_fault_ask;
  host->fault_data = lab;
  if (lab->request->crash_ring != NULL)
    crash_ring_add_actor (lab->request->crash_ring, host->actor, name);
  return host;
}

/* ---- verdicts ---- */

gboolean
lab_is_over (const Lab *lab)
{
  return lab->is_over;
}

void
lab_fail (Lab *lab, FailureKind kind, const char *property, const char *expected,
          const char *actual)
{
  if (lab->is_over)
    return;
  lab->is_over = TRUE;
  ScenarioResult *result = lab->result;
  result->verdict = VERDICT_FAIL;
  result->failure = kind;
  result->property = g_strdup (property);
  result->expected = g_strdup (expected);
  result->actual = g_strdup (actual);
}

gboolean
lab_skip (Lab *lab, GError **error, const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  g_autofree char *reason = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  if (lab->is_serving) { /* there is nothing to skip */
    g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_USAGE, "%s", reason);
    return FALSE;
  }
  g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_ENDED, "skipped: %s", reason);
  if (lab->is_over)
    return FALSE;
  lab->is_over = TRUE;
  lab->result->verdict = VERDICT_SKIP;
  lab->result->skip_reason = g_steal_pointer (&reason);
  return FALSE;
}

gboolean
lab_is_stopped (Lab *lab)
{
  if (lab->request->stop == NULL || *lab->request->stop == 0)
    return FALSE;
  g_autofree char *actual = g_strdup_printf ("signal %d", (int) *lab->request->stop);
  lab_fail (lab, FAILURE_ENVIRONMENT, "the run is left to end by itself", "no signal", actual);
  return TRUE;
}

/* ---- waiting ---- */

LabCall *
lab_call_new (Lab *lab, const char *what)
{
  LabCall *call = g_new0 (LabCall, 1);
  call->lab = lab;
  call->what = g_strdup (what);
  call->started_ns = lab->world->now_ns;
  call->until_ns = G_MAXINT64;
  call->liveness_ns = lab->liveness_ns;
  g_ptr_array_add (lab->calls, call);
  return call;
}

void
lab_call_done (LabCall *call, const GError *error)
{
  CHECK_THAT (!call->is_done);
  call->is_done = TRUE;
  call->error = error != NULL ? g_error_copy (error) : NULL;
}

void
lab_wait_for (Lab *lab, LabCall *call)
{
  lab->waiting = call;
  call->observed = event_log_observable (lab->world->log);
}

gboolean
lab_wait_is_over (Lab *lab)
{
  const LabCall *call = lab->waiting;
  if (lab->is_over || call->is_done || lab->world->now_ns >= call->until_ns)
    return TRUE;
  return call->is_observing && event_log_observable (lab->world->log) != call->observed;
}

void
lab_trouble_set (Lab *lab, gboolean *is_in_force, gboolean is_wanted)
{
  if (*is_in_force == is_wanted)
    return;
  *is_in_force = is_wanted;
  lab->troubles += is_wanted ? 1 : -1;
  lab->trouble_ended_ns = lab->world->now_ns;
}

gint64
lab_liveness_deadline (const Lab *lab, gint64 since_ns)
{
  if (fault_plan_in_force (lab->plan) > 0 || lab->troubles > 0)
    return G_MAXINT64;
  const gint64 last_ns = MAX (fault_plan_last_lifted_ns (lab->plan), lab->trouble_ended_ns);
  return MAX (since_ns, last_ns) + lab->liveness_ns;
}

static gint64
call_liveness_deadline (const Lab *lab, const LabCall *call)
{
  if (call->liveness_ns == 0)
    return G_MAXINT64;
  const gint64 deadline = lab_liveness_deadline (lab, call->started_ns);
  return deadline == G_MAXINT64 ? deadline : deadline - lab->liveness_ns + call->liveness_ns;
}

gint64
lab_wait_deadline (const Lab *lab)
{
  return MIN (lab->waiting->until_ns, call_liveness_deadline (lab, lab->waiting));
}

gboolean
lab_wait_has_failed (Lab *lab)
{
  const LabCall *call = lab->waiting;
  if (lab->world->now_ns < call_liveness_deadline (lab, call))
    return FALSE;
  g_autofree char *limit = duration_text (call->liveness_ns);
  g_autofree char *spent = duration_text (lab->world->now_ns - call->started_ns);
  g_autofree char *expected = g_strdup_printf (
      "%s is over within %s after its start and the last fault", call->what, limit);
  g_autofree char *actual = g_strdup_printf ("it still waits after %s", spent);
  lab_fail (lab, FAILURE_LIVENESS, "liveness: what is asked for comes to an end", expected, actual);
  return TRUE;
}

/* ---- the judges at the end ---- */

static gboolean
target_is_up (const LabTarget *target)
{
  if (target == NULL || target->object.lab->remote != NULL)
    return target != NULL;
  return target->peer != NULL ? peer_is_up (target->peer) : target->sim != NULL;
}

/* The first session that ought to be back and is not; NULL: all are. */
static Session *
lab_find_down_session (Lab *lab)
{
  for (guint i = 0; i < lab->initiators->len; i++) {
    const LabInitiator *initiator = lab->initiators->pdata[i];
    const guint count =
        initiator->initiator != NULL ? initiator_session_count (initiator->initiator) : 0;
    for (guint k = 0; k < count; k++) {
      Session *session = initiator_session (initiator->initiator, k);
      SessionInfo info;
      session_info (session, &info);
      if (!info.is_connected && target_is_up (lab_find_target (lab, info.target_name)))
        return session;
    }
  }
  return NULL;
}

static char *
lab_describe_unfinished (Lab *lab)
{
  g_autoptr (GArray) tasks = once_unfinished (lab->once);
  if (tasks->len > 0)
    return g_strdup_printf (
        "%u tasks have not completed, the first of them task %" G_GUINT64_FORMAT, tasks->len,
        g_array_index (tasks, guint64, 0));
  Session *session = lab_find_down_session (lab);
  if (session == NULL)
    return NULL;
  SessionInfo info;
  session_info (session, &info);
  return g_strdup_printf ("session %s to '%s' is not connected", info.identifier, info.target_name);
}

static void
lab_judge_liveness (Lab *lab)
{
  const gint64 since = lab->world->now_ns;
  g_autofree char *left = NULL;
  guint64 seen = G_MAXUINT64;
  for (;;) {
    const guint64 observable = event_log_observable (lab->world->log);
    if (observable != seen) {
      g_free (left);
      left = lab_describe_unfinished (lab);
      if (left == NULL)
        return;
      seen = observable;
    }
    const gint64 deadline = lab_liveness_deadline (lab, since);
    world_wake_at (lab->world, deadline);
    if (lab->world->now_ns >= deadline || deadline == G_MAXINT64 || lab_is_stopped (lab)
        || !world_step (lab->world))
      break;
  }
  g_autofree char *limit = duration_text (lab->liveness_ns);
  g_autofree char *expected =
      g_strdup_printf ("everything is back within %s after the end of the scenario and the last "
                       "fault",
                       limit);
  lab_fail (lab, FAILURE_LIVENESS, "liveness: after the last fault all gets well", expected, left);
}

/* Connections must not pile up: at the end each session has at most one, at either end. */
static char *
lab_describe_leak (Lab *lab)
{
  for (guint i = 0; i < lab->initiators->len; i++) {
    const LabInitiator *initiator = lab->initiators->pdata[i];
    if (initiator->initiator == NULL)
      continue;
    const guint connections = initiator_connection_count (initiator->initiator);
    const guint sessions = initiator_session_count (initiator->initiator);
    if (connections > sessions)
      return g_strdup_printf ("initiator '%s' has %u connections for %u sessions", initiator->name,
                              connections, sessions);
  }
  return NULL;
}

static void
lab_judge_leaks (Lab *lab)
{
  /* What was retired in this very instant goes with the next event of it. */
  const gint64 settled_ns = lab->world->now_ns + NS_PER_MS;
  while (lab->world->now_ns < settled_ns) {
    world_wake_at (lab->world, settled_ns);
    if (!world_step (lab->world))
      break;
  }
  g_autofree char *leak = lab_describe_leak (lab);
  if (leak != NULL)
    lab_fail (lab, FAILURE_LIVENESS, "leak slope: connections do not grow with reconnects",
              "at most one connection a session", leak);
}

static void
lab_judge_faults (Lab *lab)
{
  g_auto (GStrv) unfired = fault_plan_unfired (lab->plan);
  if (unfired[0] != NULL)
    lab_fail (lab, FAILURE_SCENARIO, "every fault that is not optional fires", "each of them fired",
              unfired[0]);
}

void
lab_judge_end (Lab *lab)
{
  if (!lab->is_over)
    lab_judge_liveness (lab);
  if (!lab->is_over)
    lab_judge_leaks (lab);
  if (!lab->is_over)
    lab_judge_faults (lab);
  if (!lab->is_over)
    lab_judge_wire_end (lab);
}

/* ---- what the report shows ---- */

typedef struct LinePrinter {
  EventPrinter printer;
  GPtrArray *lines; /* one of the two */
  GString *text;
} LinePrinter;

static void
print_line (gpointer data, const guint64 *words, guint count)
{
  LinePrinter *out = data;
  if (out->text != NULL) {
    event_print (&out->printer, words, out->text);
    g_string_append_c (out->text, '\n');
    return;
  }
  GString *line = g_string_new (NULL);
  event_print (&out->printer, words, line);
  g_ptr_array_add (out->lines, g_string_free (line, FALSE));
}

static void
lab_write_events (Lab *lab, const char *path)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  LinePrinter out = { event_log_printer (lab->world->log), NULL, text };
  event_log_each (lab->world->log, G_MAXUINT, print_line, &out);
  if (g_file_set_contents (path, text->str, (gssize) text->len, &error))
    g_ptr_array_add (lab->result->files, g_strdup (path));
  else
    g_printerr ("%s\n", error->message);
}

static void
lab_write_schedule (Lab *lab)
{
  const ScenarioRequest *request = lab->request;
  g_autoptr (GError) error = NULL;
  const Schedule schedule = { .path = (char *) request->file,
                              .target = (char *) request->target,
                              .seed = request->seed,
                              .is_live = request->is_live,
                              .has_fingerprint = TRUE,
                              .fingerprint = lab->result->fingerprint };
  if (schedule_save (request->schedule_path, &schedule, lab->plan, &error))
    g_ptr_array_add (lab->result->files, g_strdup (request->schedule_path));
  else
    g_printerr ("%s\n", error->message);
}

static void
lab_fill_kinds (const FaultPlan *plan, GPtrArray *kinds)
{
  gboolean is_listed[FAULT_ACT_COUNT] = { FALSE };
  for (guint i = 0; i < fault_plan_fired_count (plan); i++) {
    FaultFiring firing;
    fault_plan_firing (plan, i, &firing);
    if (!is_listed[firing.act])
      g_ptr_array_add (kinds, g_strdup (fault_act_name (firing.act)));
    is_listed[firing.act] = TRUE;
  }
}

static void
lab_close_capture (Lab *lab)
{
  g_autoptr (GError) error = NULL;
  if (!lab_capture_end (lab, &error))
    lab_fail (lab, FAILURE_ENVIRONMENT, "the capture is whole", "a file that can be written",
              error->message);
  else if (lab->request->pcap_path != NULL)
    g_ptr_array_add (lab->result->files, g_strdup (lab->request->pcap_path));
}

void
lab_fill_result (Lab *lab)
{
  ScenarioResult *result = lab->result;
  lab_close_capture (lab);
  lab_fill_kinds (lab->plan, result->kinds);
  lab_judge_wire_fill (lab);
  result->fingerprint = event_log_fingerprint (lab->world->log);
  result->event_count = event_log_count (lab->world->log);
  result->simulated_ns = lab->world->now_ns;
  for (guint i = 0; i < fault_plan_fired_count (lab->plan); i++) {
    const gint64 at = fault_plan_fired_ns (lab->plan, i);
    g_ptr_array_add (result->faults,
                     g_strdup_printf ("%u: %s at %" G_GINT64_FORMAT ".%09" G_GINT64_FORMAT " s",
                                      i + 1, fault_plan_fired_text (lab->plan, i), at / NS_PER_S,
                                      at % NS_PER_S));
  }
  if (result->verdict != VERDICT_FAIL)
    return;
  LinePrinter out = { event_log_printer (lab->world->log), result->events, NULL };
  event_log_each (lab->world->log, EVENTS_SHOWN, print_line, &out);
  if (lab->request->events_path != NULL)
    lab_write_events (lab, lab->request->events_path);
  if (lab->request->schedule_path != NULL)
    lab_write_schedule (lab);
}
