/* SPDX-License-Identifier: Apache-2.0 */
/* text.c - the report for people
 *
 * A pass is one line. A failure is all that a developer needs to begin: what should have held, what came instead, the faults
 * that had fired, the last events, the files, and last of all, where the eye ends, the command that runs it again.
 */
#include "harness/report/report.h"

#define FAULTS_SHOWN 12

char *
report_duration (gint64 ns)
{
  return g_strdup_printf ("%" G_GINT64_FORMAT ".%02" G_GINT64_FORMAT " s", ns / 1000000000,
                          ns % 1000000000 / 10000000);
}

/* Several lines stay under their name: the further ones are indented by two more. */
static void
append_lines (GString *out, const char *indent, const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++) {
    if (lines[i][0] == '\0' && lines[i + 1] == NULL)
      break; /* the text ended with a newline */
    if (i > 0)
      g_string_append_printf (out, "%s  ", indent);
    g_string_append_printf (out, "%s\n", lines[i]);
  }
}

static void
append_member (GString *out, const char *indent, const char *name, const char *text)
{
  if (text == NULL)
    return;
  g_string_append_printf (out, "%s%s: ", indent, name);
  append_lines (out, indent, text);
}

/* At most the newest `most` of them; how many were before is said. */
static void
append_newest (GString *out, const char *indent, const char *name, const GPtrArray *texts,
               guint most)
{
  if (texts->len == 0)
    return;
  const guint first = texts->len > most ? texts->len - most : 0;
  g_string_append_printf (out, "%s%s:\n", indent, name);
  if (first > 0)
    g_string_append_printf (out, "%s  (%u before these)\n", indent, first);
  for (guint i = first; i < texts->len; i++)
    g_string_append_printf (out, "%s  %s\n", indent, (const char *) texts->pdata[i]);
}

static void
append_list (GString *out, const char *indent, const char *name, const GPtrArray *texts)
{
  append_newest (out, indent, name, texts, G_MAXUINT);
}

static void
append_output (GString *out, const char *indent, const char *output)
{
  if (output == NULL)
    return;
  output += strspn (output, "\n"); /* a sanitizer's report begins with one */
  g_string_append_printf (out, "%soutput:\n%s  ", indent, indent);
  append_lines (out, indent, output);
}

void
report_text_failure (GString *out, const RunRecord *record, const char *indent)
{
  const ScenarioResult *result = &record->result;
  g_autofree char *seed = g_strdup_printf ("%" G_GUINT64_FORMAT, record->seed);
  append_member (out, indent, "failure", failure_name (result->failure));
  append_member (out, indent, "property", result->property);
  append_member (out, indent, "expected", result->expected);
  append_member (out, indent, "actual", result->actual);
  append_member (out, indent, "where", result->where);
  append_member (out, indent, "seed", seed);
  append_newest (out, indent, "faults that fired", result->faults, FAULTS_SHOWN);
  append_list (out, indent, "last events", result->events);
  append_output (out, indent, record->output);
  append_list (out, indent, "files", result->files);
  append_member (out, indent, "replay", record->replay);
}

static const struct {
  const char *word;
  const char *colour;
} verdicts[] = {
  [VERDICT_PASS] = { "ok", "\033[32m" },
  [VERDICT_FAIL] = { "FAIL", "\033[1;31m" },
  [VERDICT_SKIP] = { "skip", "\033[33m" },
};

void
report_text (GString *out, const RunRecord *record, gboolean is_coloured)
{
  const ScenarioResult *result = &record->result;
  g_autofree char *label = run_record_label (record);
  if (is_coloured)
    g_string_append_printf (out, "%s%s\033[0m %s", verdicts[result->verdict].colour,
                            verdicts[result->verdict].word, label);
  else
    g_string_append_printf (out, "%s %s", verdicts[result->verdict].word, label);

  if (result->verdict == VERDICT_SKIP)
    g_string_append_printf (out, " (%s)\n",
                            result->skip_reason != NULL ? result->skip_reason : "no reason given");
  else {
    g_autofree char *duration =
        report_duration (record->is_live ? record->wall_ns : result->simulated_ns);
    g_string_append_printf (out, " (%s %s)\n", record->is_live ? "real" : "simulated", duration);
  }
  if (result->verdict == VERDICT_FAIL)
    report_text_failure (out, record, "  ");
}

void
report_fingerprint (GString *out, const RunRecord *record)
{
  g_string_append_printf (out, "%016" G_GINT64_MODIFIER "x  %s\n", record->result.fingerprint,
                          record->path);
}
