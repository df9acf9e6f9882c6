/* SPDX-License-Identifier: Apache-2.0 */
/* bench.h - what is measured, how often, and what comes out
 *
 * Method: a case does a fixed amount of work and takes one Sample of it on the monotonic clock. The cases of a suite run in
 * turn, and the whole turn is repeated, so that whatever else the machine does is spread over all of them; of each figure the
 * least, the middle and the greatest are told. Beside them stands which share of a core the process really got: far below 100 %
 * the machine was busy with others, and the figures are theirs too. A measurement judges nothing and asserts no speed.
 */
#pragma once

#include "harness/bench/load.h"

typedef struct BenchOptions {
  guint64 seed;
  guint64 rounds;
  guint64 scale_percent; /* of the work that each case does by default */
  const char *filter;    /* only cases whose name matches this glob; NULL: all */
} BenchOptions;

/* What one round of a case found out. */
typedef struct Sample {
  guint64 work; /* how many of what the case counts: commands, cycles, worlds */
  gint64 wall_ns;
  gint64 cpu_ns;
  gint64
      client_ns; /* of a core, by whoever drives what is measured, where that is another process */
  gint64 simulated_ns;
  gint64 bytes; /* of memory */
} Sample;

typedef struct BenchCase BenchCase;

typedef struct Figure {
  const char *name; /* NULL ends the list */
  const char *unit;
  guint64 (*of) (const Sample *sample);
} Figure;

struct BenchCase {
  const char *name;
  const char *title;
  const Figure *figures;
  gboolean (*run) (const BenchCase *self, const BenchOptions *options, Sample *ret_sample,
                   GError **error);
  guint64 work; /* at 100 % */
  LoadShape shape;
  gboolean is_judged;
  gboolean is_refereed; /* the referee alone; judged ones have it with the others */
};

typedef struct BenchSuite {
  const char *name;
  const char *title;
  const BenchCase *cases;
  guint case_count;
  /* Under the table: what some results are beside others (of BenchResult). NULL: nothing. */
  void (*print_more) (GPtrArray *results, GString *out);
} BenchSuite;

extern const BenchSuite bench_sim;    /* sim.c */
extern const BenchSuite bench_target; /* target.c */

/* The middle one, the least and the greatest over all rounds. */
typedef struct Spread {
  guint64 least;
  guint64 middle;
  guint64 greatest;
} Spread;

typedef struct BenchResult {
  const BenchCase *what;
  GArray *samples; /* of Sample, one for each round */
  char *skipped;   /* why it could not be measured here; NULL: it was */
} BenchResult;

/* Transfer full, of BenchResult: the cases that the filter lets through, in order. An error other than UNAVAILABLE ends it all.
 * `progress` is called before each case of each round; may be NULL. */
typedef void (*BenchProgress) (gpointer data, const BenchCase *next, guint64 round);
GPtrArray *bench_run (const BenchSuite *suite, const BenchOptions *options, BenchProgress progress,
                      gpointer data, GError **error);

/* Speed on the clock; of the time that a core spent on it; the same of one alone. */
guint64 figure_per_second (const Sample *sample);
guint64 figure_per_core_second (const Sample *sample);
guint64 figure_core_ns_each (const Sample *sample);

Spread bench_spread (const BenchResult *result, const Figure *figure);
guint64 bench_core_percent (const BenchResult *result); /* the middle one */

/* At least 1. */
guint64 bench_work (const BenchCase *self, const BenchOptions *options);

/* ---- for cases: the clock ---- */

typedef struct Stopwatch {
  gint64 wall_ns;
  gint64 cpu_ns;
} Stopwatch;

Stopwatch stopwatch_start (void);
void stopwatch_stop (const Stopwatch *stopwatch, Sample *sample); /* wall_ns and cpu_ns */

/* ---- report.c ---- */
void bench_print_text (const BenchSuite *suite, GPtrArray *results, GString *out);
void bench_print_json (const BenchSuite *suite, const BenchOptions *options, GPtrArray *results,
                       GString *out);
