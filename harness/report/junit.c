/* SPDX-License-Identifier: Apache-2.0 */
/* junit.c - JUnit XML, as the CI systems read it: a suite per directory, a case per scenario
 *
 * Suites stand in the order in which their first scenario ran, cases in the order of the run. Times are those of the wall: that
 * is what a CI adds up.
 */
#include "harness/report/report.h"

/* Escaped text. What XML 1.0 cannot hold at all, not even escaped (control characters, U+FFFE), becomes U+FFFD. */
static void
append_escaped (GString *out, const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  for (const char *at = valid; *at != '\0'; at = g_utf8_next_char (at)) {
    const gunichar c = g_utf8_get_char (at);
    if (c == '&')
      g_string_append (out, "&amp;");
    else if (c == '<')
      g_string_append (out, "&lt;");
    else if (c == '>')
      g_string_append (out, "&gt;");
    else if (c == '"')
      g_string_append (out, "&quot;");
    else if (c == '\n' || c == '\t')
      g_string_append_printf (out, "&#%u;", c);
    else if (c < 0x20 || c == 0x7f || c == 0xfffe || c == 0xffff)
      g_string_append (out, "\xef\xbf\xbd");
    else
      g_string_append_unichar (out, c);
  }
}

static void
append_attribute (GString *out, const char *name, const char *value)
{
  g_string_append_printf (out, " %s=\"", name);
  append_escaped (out, value);
  g_string_append_c (out, '"');
}

static void
append_time (GString *out, gint64 ns)
{
  g_string_append_printf (out, " time=\"%" G_GINT64_FORMAT ".%03" G_GINT64_FORMAT "\"",
                          ns / 1000000000, ns % 1000000000 / 1000000);
}

static void
append_property (GString *out, const char *name, const char *value)
{
  g_string_append (out, "        <property");
  append_attribute (out, "name", name);
  append_attribute (out, "value", value);
  g_string_append (out, "/>\n");
}

static void
append_properties (GString *out, const RunRecord *record)
{
  const ScenarioResult *result = &record->result;
  g_autofree char *seed = g_strdup_printf ("%" G_GUINT64_FORMAT, record->seed);
  g_autofree char *fingerprint =
      g_strdup_printf ("%016" G_GINT64_MODIFIER "x", result->fingerprint);
  g_autofree char *simulated = g_strdup_printf ("%" G_GINT64_FORMAT, result->simulated_ns);
  g_string_append (out, "      <properties>\n");
  append_property (out, "seed", seed);
  append_property (out, "fingerprint", fingerprint);
  append_property (out, "simulated_ns", simulated);
  append_property (out, "target", record->target != NULL ? record->target : "embedded");
  append_property (out, "replay", record->replay);
  g_string_append (out, "      </properties>\n");
}

static void
append_failure (GString *out, const RunRecord *record)
{
  const ScenarioResult *result = &record->result;
  g_autoptr (GString) text = g_string_new (NULL);
  report_text_failure (text, record, "");
  g_string_append (out, "      <failure");
  append_attribute (out, "type", failure_name (result->failure));
  append_attribute (out, "message", result->property != NULL ? result->property : "");
  g_string_append_c (out, '>');
  append_escaped (out, text->str);
  g_string_append (out, "</failure>\n");
}

static void
append_skipped (GString *out, const ScenarioResult *result)
{
  g_string_append (out, "      <skipped");
  append_attribute (out, "message",
                    result->skip_reason != NULL ? result->skip_reason : "no reason given");
  g_string_append (out, "/>\n");
}

static void
append_case (GString *out, const RunRecord *record)
{
  g_autofree char *label = run_record_label (record);
  g_string_append (out, "    <testcase");
  append_attribute (out, "classname", record->path);
  append_attribute (out, "name", label);
  append_attribute (out, "file", record->path);
  append_time (out, record->wall_ns);
  g_string_append (out, ">\n");
  append_properties (out, record);
  if (record->result.verdict == VERDICT_FAIL)
    append_failure (out, record);
  else if (record->result.verdict == VERDICT_SKIP)
    append_skipped (out, &record->result);
  g_string_append (out, "    </testcase>\n");
}

typedef struct Suite {
  char *directory;
  GPtrArray *records; /* of const RunRecord *, borrowed */
} Suite;

static void
suite_clear (gpointer data)
{
  Suite *suite = data;
  g_free (suite->directory);
  g_ptr_array_unref (suite->records);
}

static Suite *
suites_find (GArray *suites, const char *directory)
{
  for (guint i = 0; i < suites->len; i++)
    if (g_str_equal (g_array_index (suites, Suite, i).directory, directory))
      return &g_array_index (suites, Suite, i);
  const Suite suite = { g_strdup (directory), g_ptr_array_new () };
  g_array_append_val (suites, suite);
  return &g_array_index (suites, Suite, suites->len - 1);
}

static GArray *
suites_of (const GPtrArray *records)
{
  GArray *suites = g_array_new (FALSE, FALSE, sizeof (Suite));
  g_array_set_clear_func (suites, suite_clear);
  for (guint i = 0; i < records->len; i++) {
    const RunRecord *record = records->pdata[i];
    g_autofree char *directory = g_path_get_dirname (record->path);
    g_ptr_array_add (suites_find (suites, directory)->records, records->pdata[i]);
  }
  return suites;
}

static void
append_counts (GString *out, const GPtrArray *records)
{
  RunTally tally = { 0 };
  gint64 wall_ns = 0;
  for (guint i = 0; i < records->len; i++) {
    const RunRecord *record = records->pdata[i];
    run_tally_add (&tally, &record->result);
    wall_ns += record->wall_ns;
  }
  g_string_append_printf (out, " tests=\"%u\" failures=\"%u\" errors=\"0\" skipped=\"%u\"",
                          records->len, tally.failed, tally.skipped);
  append_time (out, wall_ns);
}

static void
append_suite (GString *out, const Suite *suite)
{
  g_string_append (out, "  <testsuite");
  append_attribute (out, "name", suite->directory);
  append_counts (out, suite->records);
  g_string_append (out, ">\n");
  for (guint i = 0; i < suite->records->len; i++)
    append_case (out, suite->records->pdata[i]);
  g_string_append (out, "  </testsuite>\n");
}

char *
report_junit (const GPtrArray *records)
{
  g_autoptr (GArray) suites = suites_of (records);
  g_autoptr (GString) out = g_string_new ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
  g_string_append (out, "<testsuites name=\"iscsilab\"");
  append_counts (out, records);
  g_string_append (out, ">\n");
  for (guint i = 0; i < suites->len; i++)
    append_suite (out, &g_array_index (suites, Suite, i));
  g_string_append (out, "</testsuites>\n");
  return g_string_free (g_steal_pointer (&out), FALSE);
}
