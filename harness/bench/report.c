/* SPDX-License-Identifier: Apache-2.0 */
/* report.c - the figures of a suite as a table for people, or as JSON */
#include "harness/bench/bench.h"

#include <json-glib/json-glib.h>

/* 1234567 -> "1,234,567" */
static char *
grouped (guint64 value)
{
  g_autofree char *digits = g_strdup_printf ("%" G_GUINT64_FORMAT, value);
  const gsize length = strlen (digits);
  GString *text = g_string_new (NULL);
  for (gsize i = 0; i < length; i++) {
    if (i > 0 && (length - i) % 3 == 0)
      g_string_append_c (text, ',');
    g_string_append_c (text, digits[i]);
  }
  return g_string_free (text, FALSE);
}

static void
print_figure (const BenchResult *result, const Figure *figure, gboolean is_first, GString *out)
{
  const Spread spread = bench_spread (result, figure);
  g_autofree char *least = grouped (spread.least);
  g_autofree char *middle = grouped (spread.middle);
  g_autofree char *greatest = grouped (spread.greatest);
  g_autofree char *what = g_strdup_printf ("%s %s", figure->name, figure->unit);
  g_string_append_printf (out, "%-22s %-18s %12s %12s %12s", is_first ? result->what->name : "",
                          what, middle, least, greatest);
  if (is_first)
    g_string_append_printf (out, " %4" G_GUINT64_FORMAT " %%", bench_core_percent (result));
  g_string_append_c (out, '\n');
}

static void
print_result (const BenchResult *result, GString *out)
{
  if (result->skipped != NULL) {
    g_string_append_printf (out, "%-22s not measured: %s\n", result->what->name, result->skipped);
    return;
  }
  for (const Figure *figure = result->what->figures; figure->name != NULL; figure++)
    print_figure (result, figure, figure == result->what->figures, out);
}

void
bench_print_text (const BenchSuite *suite, GPtrArray *results, GString *out)
{
  g_string_append_printf (out, "%s\n\n%-22s %-18s %12s %12s %12s %6s\n", suite->title, "case",
                          "figure", "median", "least", "greatest", "core");
  for (guint i = 0; i < results->len; i++)
    print_result (results->pdata[i], out);
  if (suite->print_more != NULL) {
    g_string_append_c (out, '\n');
    suite->print_more (results, out);
  }
}

/* ---- JSON ---- */

static void
add_number (JsonBuilder *builder, const char *name, guint64 value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, (gint64) value);
}

static void
add_text (JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, value);
}

static void
add_figure (JsonBuilder *builder, const BenchResult *result, const Figure *figure)
{
  const Spread spread = bench_spread (result, figure);
  json_builder_begin_object (builder);
  add_text (builder, "name", figure->name);
  add_text (builder, "unit", figure->unit);
  add_number (builder, "median", spread.middle);
  add_number (builder, "least", spread.least);
  add_number (builder, "greatest", spread.greatest);
  json_builder_end_object (builder);
}

static void
add_result (JsonBuilder *builder, const BenchResult *result)
{
  json_builder_begin_object (builder);
  add_text (builder, "name", result->what->name);
  add_text (builder, "title", result->what->title);
  if (result->skipped != NULL) {
    add_text (builder, "skipped", result->skipped);
  } else {
    add_number (builder, "rounds", result->samples->len);
    add_number (builder, "core_percent", bench_core_percent (result));
    json_builder_set_member_name (builder, "figures");
    json_builder_begin_array (builder);
    for (const Figure *figure = result->what->figures; figure->name != NULL; figure++)
      add_figure (builder, result, figure);
    json_builder_end_array (builder);
  }
  json_builder_end_object (builder);
}

void
bench_print_json (const BenchSuite *suite, const BenchOptions *options, GPtrArray *results,
                  GString *out)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  json_builder_begin_object (builder);
  add_text (builder, "suite", suite->name);
  add_number (builder, "seed", options->seed);
  add_number (builder, "scale_percent", options->scale_percent);
  json_builder_set_member_name (builder, "cases");
  json_builder_begin_array (builder);
  for (guint i = 0; i < results->len; i++)
    add_result (builder, results->pdata[i]);
  json_builder_end_array (builder);
  json_builder_end_object (builder);

  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  g_autofree char *text = json_to_string (root, TRUE);
  g_string_append_printf (out, "%s\n", text);
}
