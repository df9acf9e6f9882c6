/* SPDX-License-Identifier: Apache-2.0 */
/* tap.c - TAP version 13: a line per scenario, and under a failure what is known of it, as YAML */
#include "harness/report/report.h"

void
report_tap_begin (GString *out, guint count)
{
  g_string_append_printf (out, "TAP version 13\n1..%u\n", count);
}

/* In a description '#' would begin a directive, and a newline would end it. */
static void
append_description (GString *out, const char *text)
{
  for (; *text != '\0'; text++) {
    if (*text == '#' || *text == '\\')
      g_string_append_c (out, '\\');
    g_string_append_c (out, *text == '\n' ? ' ' : *text);
  }
}

/* A double-quoted YAML scalar. */
static void
append_quoted (GString *out, const char *text)
{
  g_string_append_c (out, '"');
  for (; *text != '\0'; text++) {
    const guchar byte = (guchar) *text;
    if (byte == '"' || byte == '\\')
      g_string_append_printf (out, "\\%c", byte);
    else if (byte == '\n')
      g_string_append (out, "\\n");
    else if (byte < 0x20 || byte == 0x7f)
      g_string_append_printf (out, "\\x%02x", byte);
    else
      g_string_append_c (out, *text);
  }
  g_string_append_c (out, '"');
}

static void
append_member (GString *out, const char *name, const char *text)
{
  if (text == NULL)
    return;
  g_string_append_printf (out, "  %s: ", name);
  append_quoted (out, text);
  g_string_append_c (out, '\n');
}

static void
append_list (GString *out, const char *name, const GPtrArray *texts)
{
  if (texts->len == 0)
    return;
  g_string_append_printf (out, "  %s:\n", name);
  for (guint i = 0; i < texts->len; i++) {
    g_string_append (out, "    - ");
    append_quoted (out, texts->pdata[i]);
    g_string_append_c (out, '\n');
  }
}

static void
append_diagnostics (GString *out, const RunRecord *record)
{
  const ScenarioResult *result = &record->result;
  g_string_append (out, "  ---\n");
  append_member (out, "failure", failure_name (result->failure));
  append_member (out, "property", result->property);
  append_member (out, "expected", result->expected);
  append_member (out, "actual", result->actual);
  append_member (out, "where", result->where);
  g_string_append_printf (out, "  seed: %" G_GUINT64_FORMAT "\n", record->seed);
  append_list (out, "faults", result->faults);
  append_list (out, "events", result->events);
  append_member (out, "output", record->output);
  append_list (out, "files", result->files);
  append_member (out, "replay", record->replay);
  g_string_append (out, "  ...\n");
}

void
report_tap (GString *out, const RunRecord *record, guint number)
{
  const ScenarioResult *result = &record->result;
  g_autofree char *label = run_record_label (record);
  g_string_append_printf (out, "%s %u - ", result->verdict == VERDICT_FAIL ? "not ok" : "ok",
                          number);
  append_description (out, label);
  if (result->verdict == VERDICT_SKIP) {
    g_string_append (out, " # SKIP ");
    append_description (out, result->skip_reason != NULL ? result->skip_reason : "no reason given");
  }
  g_string_append_c (out, '\n');
  if (result->verdict == VERDICT_FAIL)
    append_diagnostics (out, record);
}
