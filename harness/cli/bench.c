/* SPDX-License-Identifier: Apache-2.0 */
/* bench.c - `iscsilab bench`: measure, and print the figures */
#include "harness/bench/bench.h"

#include "harness/cli/command.h"

#include <stdio.h>
#include <unistd.h>

static const BenchSuite *const suites[] = { &bench_sim, &bench_target };

typedef struct Options {
  BenchOptions bench;
  char *filter;
  gboolean is_json;
  gboolean is_list;
} Options;

#define AT(member) G_STRUCT_OFFSET (Options, member)

static const CommandOption options_table[] = {
  { "rounds", OPTION_NUMBER, AT (bench.rounds), "N", "how often all is measured (default: 5)", 1,
    1000 },
  { "scale", OPTION_NUMBER, AT (bench.scale_percent), "PERCENT",
    "how much work a round is, of each case's own (default: 100)", 1, 10000 },
  { "seed", OPTION_NUMBER, AT (bench.seed), "N", "of all random streams (default: 1)", 0,
    G_MAXUINT64 },
  { "filter", OPTION_TEXT, AT (filter), "GLOB", "only cases whose name matches", 0, 0 },
  { "json", OPTION_FLAG, AT (is_json), NULL, "the figures as JSON", 0, 0 },
  { "list", OPTION_FLAG, AT (is_list), NULL, "say what would be measured, and measure nothing", 0,
    0 },
  { NULL, OPTION_FLAG, 0, NULL, NULL, 0, 0 },
};

#undef AT

static const BenchSuite *
suite_find (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (suites); i++)
    if (strcmp (suites[i]->name, name) == 0)
      return suites[i];
  return NULL;
}

static int
print_list (const BenchSuite *suite)
{
  for (guint i = 0; i < suite->case_count; i++)
    printf ("%-22s %s\n", suite->cases[i].name, suite->cases[i].title);
  return 0;
}

static void
show_progress (gpointer data, const BenchCase *next, guint64 round)
{
  const Options *options = data;
  fprintf (stderr, "\r\033[Kround %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT ": %s", round,
           options->bench.rounds, next->name);
}

static int
measure (const Command *command, const BenchSuite *suite, Options *options)
{
  const gboolean is_watched = isatty (STDERR_FILENO);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) results =
      bench_run (suite, &options->bench, is_watched ? show_progress : NULL, options, &error);
  if (is_watched)
    fputs ("\r\033[K", stderr);
  if (results == NULL)
    return command_environment_error (command, "%s", error->message);
  if (results->len == 0)
    return command_usage_error (
        command, "option '--filter': expected a glob of some case, got '%s'", options->filter);
  g_autoptr (GString) out = g_string_new (NULL);
  if (options->is_json)
    bench_print_json (suite, &options->bench, results, out);
  else
    bench_print_text (suite, results, out);
  fputs (out->str, stdout);
  return 0;
}

static int
bench (const Command *command, const char *program, char *const *arguments)
{
  Options options = { .bench = { .seed = 1, .rounds = 5, .scale_percent = 100 } };
  g_auto (GStrv) rest = NULL;
  int status = command_parse (command, program, arguments, &options, &rest);
  if (status == COMMAND_GO_ON) {
    const char *name = g_strv_length (rest) == 1 ? rest[0] : NULL;
    const BenchSuite *suite = name != NULL ? suite_find (name) : NULL;
    options.bench.filter = options.filter;
    if (suite == NULL)
      status = command_usage_error (command, "expected one suite, 'sim' or 'target', got '%s'",
                                    rest[0] == NULL ? "nothing" : rest[g_strv_length (rest) - 1]);
    else if (options.is_list)
      status = print_list (suite);
    else
      status = measure (command, suite, &options);
  }
  command_options_clear (command, &options);
  return status;
}

static const CommandExample examples[] = {
  { "iscsilab bench sim --list", "what would be measured" },
  { "iscsilab bench sim --rounds 3 --filter '*4k*' --json", "some of it, for a program" },
  { NULL, NULL },
};

const Command command_bench = {
  .name = "bench",
  .arguments = "sim|target",
  .summary = "measure speed and memory",
  .details = "Figures are of the monotonic clock; 'core' is the share of a core that the process "
             "got.\n'docs/performance.md' tells what each case does.",
  .options = options_table,
  .examples = examples,
  .run = bench,
};
