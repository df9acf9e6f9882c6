/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/bench/bench.h"

#include <time.h>

/* ---- the clock ---- */

static gint64
clock_now_ns (clockid_t clock)
{
  struct timespec now;
  clock_gettime (clock, &now);
  return now.tv_sec * NS_PER_S + now.tv_nsec;
}

Stopwatch
stopwatch_start (void)
{
  return (Stopwatch){ clock_now_ns (CLOCK_MONOTONIC), clock_now_ns (CLOCK_PROCESS_CPUTIME_ID) };
}

void
stopwatch_stop (const Stopwatch *stopwatch, Sample *sample)
{
  /* Never 0: figures are divided by it. */
  sample->wall_ns = MAX (clock_now_ns (CLOCK_MONOTONIC) - stopwatch->wall_ns, 1);
  sample->cpu_ns = clock_now_ns (CLOCK_PROCESS_CPUTIME_ID) - stopwatch->cpu_ns;
}

/* ---- running ---- */

guint64
bench_work (const BenchCase *self, const BenchOptions *options)
{
  return MAX (self->work * options->scale_percent / 100, 1);
}

static void
result_free (gpointer data)
{
  BenchResult *result = data;
  g_array_unref (result->samples);
  g_free (result->skipped);
  g_free (result);
}

static GPtrArray *
results_new (const BenchSuite *suite, const BenchOptions *options)
{
  GPtrArray *results = g_ptr_array_new_with_free_func (result_free);
  for (guint i = 0; i < suite->case_count; i++) {
    const BenchCase *what = &suite->cases[i];
    if (options->filter != NULL && !g_pattern_match_simple (options->filter, what->name))
      continue;
    BenchResult *result = g_new0 (BenchResult, 1);
    result->what = what;
    result->samples = g_array_new (FALSE, FALSE, sizeof (Sample));
    g_ptr_array_add (results, result);
  }
  return results;
}

static gboolean
result_add_round (BenchResult *result, const BenchOptions *options, GError **error)
{
  Sample sample = { 0 };
  GError *own = NULL;
  if (result->what->run (result->what, options, &sample, &own)) {
    g_array_append_val (result->samples, sample);
    return TRUE;
  }
  if (!g_error_matches (own, BENCH_ERROR, BENCH_ERROR_UNAVAILABLE)) {
    g_propagate_prefixed_error (error, own, "%s: ", result->what->name);
    return FALSE;
  }
  result->skipped = g_strdup (own->message);
  g_error_free (own);
  return TRUE;
}

GPtrArray *
bench_run (const BenchSuite *suite, const BenchOptions *options, BenchProgress progress,
           gpointer data, GError **error)
{
  g_autoptr (GPtrArray) results = results_new (suite, options);
  for (guint64 round = 1; round <= options->rounds; round++)
    for (guint i = 0; i < results->len; i++) {
      BenchResult *result = results->pdata[i];
      if (result->skipped != NULL)
        continue;
      if (progress != NULL)
        progress (data, result->what, round);
      if (!result_add_round (result, options, error))
        return NULL;
    }
  return g_steal_pointer (&results);
}

/* ---- figures ---- */

guint64
figure_per_second (const Sample *sample)
{
  return sample->work * (guint64) NS_PER_S / (guint64) sample->wall_ns;
}

guint64
figure_per_core_second (const Sample *sample)
{
  return sample->work * (guint64) NS_PER_S / (guint64) MAX (sample->cpu_ns, 1);
}

guint64
figure_core_ns_each (const Sample *sample)
{
  return (guint64) sample->cpu_ns / MAX (sample->work, 1);
}

static gint
compare_values (gconstpointer a, gconstpointer b)
{
  const guint64 left = *(const guint64 *) a, right = *(const guint64 *) b;
  return left < right ? -1 : left > right;
}

Spread
bench_spread (const BenchResult *result, const Figure *figure)
{
  g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (guint64));
  CHECK_THAT (result->samples->len > 0);
  for (guint i = 0; i < result->samples->len; i++) {
    const guint64 value = figure->of (&g_array_index (result->samples, Sample, i));
    g_array_append_val (values, value);
  }
  g_array_sort (values, compare_values);
  return (Spread){ g_array_index (values, guint64, 0),
                   g_array_index (values, guint64, (values->len - 1) / 2),
                   g_array_index (values, guint64, values->len - 1) };
}

static guint64
core_percent_of (const Sample *sample)
{
  return (guint64) ((sample->cpu_ns * 100 + sample->wall_ns / 2) / sample->wall_ns);
}

guint64
bench_core_percent (const BenchResult *result)
{
  static const Figure figure = { "core", "%", core_percent_of };
  return bench_spread (result, &figure).middle;
}
