/* SPDX-License-Identifier: Apache-2.0 */
/* runner.c - which process runs next, and whether a scenario gave the same run twice
 *
 * Method: a scenario occupies one of `jobs` slots from its first process to its last. The first process gives its result. A
 * simulated scenario that came to an end runs a second time in another process: hash seeds and addresses differ there, so
 * whatever depends on them shows as another fingerprint. Then it runs again with every event written to a file, until two
 * of these runs differ, and the first line that differs is the report. Records wait until all before them were reported.
 *
 * Invariant: `running` counts the items that hold a slot, those between WAITING and DONE; each of them has a child whenever
 * the main loop waits.
 */
#include "harness/run/runner.h"
#include "harness/run/child.h"
#include "harness/run/event-diff.h"
#include "harness/run/gcov.h"
#include "harness/run/scenario-list.h"

#include <glib-unix.h>
#include <glib/gstdio.h>
#include <signal.h>

/* A cause such as the order of two addresses shows in every second run only. */
#define TRACES_MOST 8

typedef enum ItemPhase { ITEM_WAITING, ITEM_FIRST, ITEM_SECOND, ITEM_TRACED, ITEM_DONE } ItemPhase;

typedef struct Runner Runner;

typedef struct Item {
  Runner *runner;
  ItemPhase phase;
  Child *child;
  RunRecord *record;
  char *events_path;
  char *schedule_path;
  char *counters_path;
  char *pcap_path;
  guint traces; /* traced runs that have ended */
  char *trace_paths[2];
  guint64 trace_fingerprint; /* of the first traced run */
  guint64 other_fingerprint; /* that the recheck, or the last traced run, has given */
} Item;

struct Runner {
  const RunnerConfig *config;
  GMainLoop *loop;
  GPtrArray *items; /* of Item * */
  GPtrArray *records;
  guint next;     /* the first that still waits */
  guint reported; /* items before it were reported */
  guint running;
  guint finished;
  int signal;
  char *trace_directory; /* NULL until one is needed */
};

static void item_start (Item *item, ItemPhase phase);

static void
item_free (gpointer data)
{
  Item *item = data;
  child_free (item->child);
  run_record_free (item->record);
  g_free (item->events_path);
  g_free (item->schedule_path);
  g_free (item->counters_path);
  g_free (item->pcap_path);
  g_free (item->trace_paths[0]);
  g_free (item->trace_paths[1]);
  g_free (item);
}

/* "scenarios/io/a.lua" -> "DIRECTORY/scenarios-io-a.lua.events", with the number of the repeat if there are several. */
static char *
evidence_path (const char *directory, const RunRecord *record, const char *suffix)
{
  g_autofree char *flat = g_strdelimit (g_strdup (record->path), "/", '-');
  const char *name = flat + strspn (flat, "-");
  g_autofree char *repeat =
      record->repeats > 1 ? g_strdup_printf (".%u", record->repeat) : g_strdup ("");
  g_autofree char *file = g_strconcat (name, repeat, suffix, NULL);
  return g_build_filename (directory, file, NULL);
}

/* What an earlier run has left would speak for this one. */
static void
evidence_unlink (const char *directory, const RunRecord *record)
{
  static const char *const suffixes[] = { ".events", ".first.events", ".second.events",
                                          ".schedule" };
  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++) {
    g_autofree char *path = evidence_path (directory, record, suffixes[i]);
    g_unlink (path);
  }
}

static Item *
item_new (Runner *runner, const char *path, guint repeat)
{
  const RunnerConfig *config = runner->config;
  Item *item = g_new0 (Item, 1);
  item->runner = runner;
  item->record = run_record_new (path);
  item->record->seed = config->seed;
  item->record->target = g_strdup (config->target);
  item->record->is_live = config->is_live;
  item->record->repeat = repeat;
  item->record->repeats = config->repeats;
  item->record->replay = run_replay_command (config->program, config->seed, config->target,
                                             config->is_live ? MAX (config->pace, 1u) : 0, path);
  if (config->report_directory != NULL) {
    evidence_unlink (config->report_directory, item->record);
    item->events_path = evidence_path (config->report_directory, item->record, ".events");
    item->schedule_path = evidence_path (config->report_directory, item->record, ".schedule");
  }
  if (config->coverage_directory != NULL) {
    item->counters_path = gcov_scenario_directory (config->coverage_directory, path);
    gcov_forget (item->counters_path);
  }
  if (config->pcap_file != NULL)
    item->pcap_path = g_strdup (config->pcap_file);
  else if (config->pcap_directory != NULL)
    item->pcap_path = evidence_path (config->pcap_directory, item->record, ".pcapng");
  return item;
}

/* ---- the end of an item ---- */

static void
runner_report (Runner *runner, Item *item)
{
  RunRecord *record = g_steal_pointer (&item->record);
  g_ptr_array_add (runner->records, record);
  runner->config->on_record (runner->config->data, record);
}

static void
runner_report_ready (Runner *runner)
{
  for (; runner->reported < runner->items->len; runner->reported++) {
    Item *item = runner->items->pdata[runner->reported];
    if (item->phase != ITEM_DONE)
      return;
    runner_report (runner, item);
  }
}

static void
runner_fill (Runner *runner)
{
  while (runner->running < runner->config->jobs && runner->next < runner->items->len) {
    runner->running++;
    item_start (runner->items->pdata[runner->next++], ITEM_FIRST);
  }
  if (runner->running == 0)
    g_main_loop_quit (runner->loop);
}

static void
item_finish (Item *item)
{
  Runner *runner = item->runner;
  item->phase = ITEM_DONE;
  /* The scenario itself may not have come so far as to tell its title. */
  if (item->record->result.title == NULL)
    item->record->result.title = scenario_file_title (item->record->path);
  runner->running--;
  runner->finished++;
  runner_report_ready (runner);
  if (runner->config->on_progress != NULL)
    runner->config->on_progress (runner->config->data, runner->finished, runner->items->len);
}

static void
result_fail (ScenarioResult *result, FailureKind failure, char *property, char *expected,
             char *actual)
{
  result->verdict = VERDICT_FAIL;
  result->failure = failure;
  g_free (result->property);
  g_free (result->expected);
  g_free (result->actual);
  result->property = property;
  result->expected = expected;
  result->actual = actual;
}

/* ---- the recheck ---- */

/* What the judges say of a run that is not reproducible is worth nothing: the mismatch replaces it. */
static void
item_fail_determinism (Item *item, const char *difference)
{
  ScenarioResult *result = &item->record->result;
  const guint64 expected = result->fingerprint;
  g_clear_pointer (&result->where, g_free);
  g_clear_pointer (&result->skip_reason, g_free);
  result_fail (
      result, FAILURE_DETERMINISM,
      g_strdup_printf ("two runs with seed %" G_GUINT64_FORMAT " give the same events",
                       item->record->seed),
      g_strdup_printf ("fingerprint %016" G_GINT64_MODIFIER "x, as in the first run", expected),
      g_strdup_printf ("fingerprint %016" G_GINT64_MODIFIER "x in another\n%s",
                       item->other_fingerprint, difference));
}

static char *
difference_text (const EventDiff *diff)
{
  if (!diff->differs)
    return g_strdup ("their printed events are the same: a field that is not printed differs");
  return g_strdup_printf ("first event that differs, line %" G_GUINT64_FORMAT
                          ":\n  first:  %s\n  second: %s",
                          diff->line, diff->first != NULL ? diff->first : "(no more events)",
                          diff->second != NULL ? diff->second : "(no more events)");
}

static void
item_show_difference (Item *item)
{
  g_auto (EventDiff) diff = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *text =
      event_diff_files (item->trace_paths[0], item->trace_paths[1], &diff, &error)
          ? difference_text (&diff)
          : g_strdup (error->message);
  for (guint i = 0; i < G_N_ELEMENTS (item->trace_paths); i++)
    g_ptr_array_add (item->record->result.files, g_strdup (item->trace_paths[i]));
  item_fail_determinism (item, text);
}

/* Where the full logs go: FALSE after saying in the record why they cannot. */
static gboolean
item_prepare_traces (Item *item)
{
  Runner *runner = item->runner;
  g_autoptr (GError) error = NULL;
  if (runner->trace_directory == NULL)
    runner->trace_directory = runner->config->report_directory != NULL
                                  ? g_strdup (runner->config->report_directory)
                                  : g_dir_make_tmp ("iscsilab-XXXXXX", &error);
  if (runner->trace_directory == NULL) {
    item_fail_determinism (item, error->message);
    return FALSE;
  }
  item->trace_paths[0] = evidence_path (runner->trace_directory, item->record, ".first.events");
  item->trace_paths[1] = evidence_path (runner->trace_directory, item->record, ".second.events");
  return TRUE;
}

static gboolean
result_is_worth_a_recheck (const ScenarioResult *result)
{
  return result->verdict == VERDICT_PASS
         || (result->verdict == VERDICT_FAIL && result->failure != FAILURE_CRASH
             && result->failure != FAILURE_USAGE && result->failure != FAILURE_ENVIRONMENT);
}

static gboolean
results_agree (const ScenarioResult *a, const ScenarioResult *b)
{
  return a->fingerprint == b->fingerprint && a->verdict == b->verdict && a->failure == b->failure;
}

static void
item_on_first (Item *item, ChildOutcome *outcome)
{
  const RunnerConfig *config = item->runner->config;
  RunRecord *record = item->record;
  scenario_result_clear (&record->result);
  record->result = outcome->result;
  scenario_result_init (&outcome->result);
  record->output = g_steal_pointer (&outcome->output);
  record->wall_ns = outcome->wall_ns;

  if (config->recheck && !config->is_live && result_is_worth_a_recheck (&record->result))
    item_start (item, ITEM_SECOND);
  else
    item_finish (item);
}

static void
item_on_second (Item *item, ChildOutcome *outcome)
{
  ScenarioResult *result = &item->record->result;
  item->other_fingerprint = outcome->result.fingerprint;
  if (results_agree (result, &outcome->result))
    item_finish (item);
  else if (outcome->result.failure == FAILURE_CRASH) {
    /* The crash says more than that the first run had none. */
    g_free (outcome->result.property);
    outcome->result.property =
        g_strdup ("the scenario's second process, with the same seed, ends with a result");
    scenario_result_clear (result);
    *result = outcome->result;
    scenario_result_init (&outcome->result);
    g_free (item->record->output);
    item->record->output = g_steal_pointer (&outcome->output);
    item_finish (item);
  } else if (item_prepare_traces (item))
    item_start (item, ITEM_TRACED);
  else
    item_finish (item);
}

static void
item_on_traced (Item *item, ChildOutcome *outcome)
{
  const guint64 fingerprint = outcome->result.fingerprint;
  item->traces++;
  if (item->traces == 1)
    item->trace_fingerprint = fingerprint;
  if (item->traces == 1 || (fingerprint == item->trace_fingerprint && item->traces < TRACES_MOST)) {
    item_start (item, ITEM_TRACED);
    return;
  }
  item_show_difference (item);
  item_finish (item);
}

static void
item_on_done (gpointer data, ChildOutcome *outcome)
{
  Item *item = data;
  Runner *runner = item->runner;
  g_clear_pointer (&item->child, child_free);
  switch (item->phase) {
  case ITEM_FIRST:
    item_on_first (item, outcome);
    break;
  case ITEM_SECOND:
    item_on_second (item, outcome);
    break;
  case ITEM_TRACED:
    item_on_traced (item, outcome);
    break;
  case ITEM_WAITING:
  case ITEM_DONE:
    CHECK_THAT (FALSE && "a child belongs to an item that runs");
  }
  runner_fill (runner);
}

static void
item_start (Item *item, ItemPhase phase)
{
  const RunnerConfig *config = item->runner->config;
  const ChildRequest request = {
    .program = config->program,
    .file = item->record->path,
    .target = config->target,
    .events_path = phase == ITEM_FIRST ? item->events_path : NULL,
    .schedule_path = phase == ITEM_FIRST ? item->schedule_path : NULL,
    .pcap_path = phase == ITEM_FIRST ? item->pcap_path : NULL,
    .trace_path = phase == ITEM_TRACED ? item->trace_paths[MIN (item->traces, 1)] : NULL,
    .counters_path = item->counters_path,
    .seed = config->seed,
    .is_live = config->is_live,
    .pace = config->pace,
    .timeout_s = config->timeout_s,
  };
  g_autoptr (GError) error = NULL;
  item->phase = phase;
  item->child = child_new (&request, item_on_done, item, &error);
  if (item->child != NULL)
    return;
  result_fail (&item->record->result, FAILURE_ENVIRONMENT,
               g_strdup ("the scenario can be given a process"), g_strdup ("a new process"),
               g_strdup (error->message));
  item_finish (item);
}

/* ---- the run ---- */

static gboolean
runner_interrupt (Runner *runner, int number)
{
  runner->signal = number;
  g_main_loop_quit (runner->loop);
  return G_SOURCE_CONTINUE;
}

static gboolean
runner_on_interrupt (gpointer data)
{
  return runner_interrupt (data, SIGINT);
}

static gboolean
runner_on_terminate (gpointer data)
{
  return runner_interrupt (data, SIGTERM);
}

/* What had finished out of turn is reported in turn, without those that never did. */
static void
runner_report_rest (Runner *runner)
{
  for (; runner->reported < runner->items->len; runner->reported++) {
    Item *item = runner->items->pdata[runner->reported];
    if (item->phase == ITEM_DONE)
      runner_report (runner, item);
  }
}

/* All at once, so that the wait for their ends is one. */
static void
runner_stop_children (const Runner *runner)
{
  for (guint i = 0; i < runner->items->len; i++) {
    const Item *item = runner->items->pdata[i];
    if (item->child != NULL)
      child_stop (item->child);
  }
}

static gboolean
runner_begin (gpointer data)
{
  runner_fill (data);
  return G_SOURCE_REMOVE;
}

static void
runner_loop (Runner *runner)
{
  const guint interrupt = g_unix_signal_add (SIGINT, runner_on_interrupt, runner);
  const guint terminate = g_unix_signal_add (SIGTERM, runner_on_terminate, runner);
  g_idle_add (runner_begin, runner);
  g_main_loop_run (runner->loop);
  g_source_remove (interrupt);
  g_source_remove (terminate);
}

int
runner_run (const RunnerConfig *config, const GPtrArray *paths, GPtrArray *records)
{
  CHECK_THAT (config->jobs > 0 && config->repeats > 0);
  Runner runner = {
    .config = config,
    .loop = g_main_loop_new (NULL, FALSE),
    .items = g_ptr_array_new_with_free_func (item_free),
    .records = records,
  };
  for (guint repeat = 1; repeat <= config->repeats; repeat++)
    for (guint i = 0; i < paths->len; i++)
      g_ptr_array_add (runner.items, item_new (&runner, paths->pdata[i], repeat));

  runner_loop (&runner);
  runner_report_rest (&runner);
  runner_stop_children (&runner);
  g_ptr_array_unref (runner.items); /* ends what still runs */
  g_main_loop_unref (runner.loop);
  g_free (runner.trace_directory);
  return runner.signal;
}
