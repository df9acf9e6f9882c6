/* SPDX-License-Identifier: Apache-2.0 */
/* conformance.c - iscsilab conformance: the tables of requirements and of field bugs, and what the last run proved of them */
#include "harness/conformance/coverage.h"

#include "harness/cli/command.h"

#include <stdio.h>

typedef struct ConformanceOptions {
  char *results;
  char *area;
  gboolean is_missing;
  gboolean is_states;
  gboolean is_bugs;
  gboolean is_json;
} ConformanceOptions;

#define AT(member) G_STRUCT_OFFSET (ConformanceOptions, member)

static const CommandOption options_table[] = {
  { "results", OPTION_TEXT, AT (results), "FILE",
    "what 'iscsilab run --report' or '--json' wrote (default: build/report/results.json)", 0, 0 },
  { "area", OPTION_TEXT, AT (area), "AREA", "list the rows of one area, e.g. NUM", 0, 0 },
  { "missing", OPTION_FLAG, AT (is_missing), NULL, "list only rows that are not proved", 0, 0 },
  { "states", OPTION_FLAG, AT (is_states), NULL, "list the moves of the state machines instead", 0,
    0 },
  { "bugs", OPTION_FLAG, AT (is_bugs), NULL,
    "list bugs of other implementations instead, each with what shows that it is not ours", 0, 0 },
  { "json", OPTION_FLAG, AT (is_json), NULL, "every row, for programs", 0, 0 },
  { NULL, OPTION_FLAG, 0, NULL, NULL, 0, 0 },
};

#undef AT

static gboolean
area_is_known (const char *area)
{
  for (guint i = 0; i < requirement_count (); i++) {
    g_autofree char *own = requirement_area (requirement_get (i)->id);
    if (g_str_equal (own, area))
      return TRUE;
  }
  return FALSE;
}

static int
conformance_print (const Command *command, const ConformanceOptions *options)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Coverage) coverage = coverage_read (
      options->results != NULL ? options->results : "build/report/results.json", &error);
  if (coverage == NULL)
    return command_environment_error (command, "%s", error->message);
  g_autoptr (GString) out = g_string_new (NULL);
  if (options->is_bugs && options->is_json)
    coverage_print_bugs_json (coverage, out);
  else if (options->is_bugs)
    coverage_print_bugs (coverage, options->is_missing, out);
  else if (options->is_json)
    coverage_print_json (coverage, out);
  else if (options->is_states)
    coverage_print_states (coverage, out);
  else if (options->area != NULL || options->is_missing)
    coverage_print_area (coverage, options->area, options->is_missing, out);
  else
    coverage_print_areas (coverage, out);
  fputs (out->str, stdout);
  return 0;
}

static int
conformance_run (const Command *command, const char *program, char *const *arguments)
{
  ConformanceOptions options = { 0 };
  g_auto (GStrv) rest = NULL;
  int status = command_parse (command, program, arguments, &options, &rest);
  if (status == COMMAND_GO_ON) {
    if (rest[0] != NULL)
      status = command_usage_error (command, "expected no argument, got '%s'", rest[0]);
    else if (options.area != NULL && !area_is_known (options.area))
      status = command_usage_error (command, "--area: expected an area of the table, got '%s'",
                                    options.area);
    else
      status = conformance_print (command, &options);
  }
  command_options_clear (command, &options);
  return status;
}

static const CommandExample examples[] = {
  { "iscsilab run --report out scenarios/io && iscsilab conformance --results out/results.json",
    "what the run has shown, area by area" },
  { "iscsilab run --json out.json scenarios/io && iscsilab conformance --results out.json --area "
    "LOGIN "
    "--missing",
    "what is left to be shown of one area" },
  { NULL, NULL },
};

const Command command_conformance = {
  .name = "conformance",
  .summary = "the table of requirements, and what the last run proved of it",
  .details = "A row is claimed by a passing scenario that names it in 'covers', evaluated where an "
             "assertion of it was\nasked in a passing scenario, and proved if that is so and none "
             "that names it failed.",
  .options = options_table,
  .examples = examples,
  .run = conformance_run,
};
