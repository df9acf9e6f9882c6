/* SPDX-License-Identifier: Apache-2.0 */
/* coverage-bugs.c - for each field bug: the scenarios that show that we do not have it */
#include "harness/conformance/coverage.h"

#include <json-glib/json-glib.h>

static void
evidence_clear (gpointer data)
{
  BugEvidence *evidence = data;
  g_ptr_array_unref (evidence->passed);
  g_ptr_array_unref (evidence->failed);
}

GArray *
coverage_bugs_new (void)
{
  GArray *bugs = g_array_new (FALSE, TRUE, sizeof (BugEvidence));
  g_array_set_clear_func (bugs, evidence_clear);
  for (guint i = 0; i < field_bug_count (); i++) {
    const BugEvidence evidence = { g_ptr_array_new_with_free_func (g_free),
                                   g_ptr_array_new_with_free_func (g_free) };
    g_array_append_val (bugs, evidence);
  }
  return bugs;
}

static gboolean
result_names_bug (const ScenarioResult *result, const FieldBug *bug)
{
  for (guint i = 0; i < result->covers->len; i++)
    if (g_strcmp0 (field_bug_of (result->covers->pdata[i]), bug->id) == 0)
      return TRUE;
  return FALSE;
}

void
coverage_bugs_add (GArray *bugs, const char *path, const ScenarioResult *result)
{
  for (guint i = 0; i < field_bug_count (); i++) {
    BugEvidence *evidence = &g_array_index (bugs, BugEvidence, i);
    if (!result_names_bug (result, field_bug_get (i)))
      continue;
    if (result->verdict == VERDICT_PASS)
      g_ptr_array_add (evidence->passed, g_strdup (path));
    else if (result->verdict == VERDICT_FAIL)
      g_ptr_array_add (evidence->failed, g_strdup (path));
  }
}

gboolean
coverage_bug_is_proved (const BugEvidence *evidence)
{
  return evidence->passed->len > 0 && evidence->failed->len == 0;
}

/* ---- for people ---- */

static const char *
bug_verdict (const FieldBug *bug, const BugEvidence *evidence)
{
  if (!field_bug_applies (bug))
    return "does not apply";
  if (evidence->failed->len > 0)
    return "failed";
  return evidence->passed->len > 0 ? "proved absent" : "not proved";
}

static void
print_scenarios (const GPtrArray *scenarios, GString *out)
{
  for (guint i = 0; i < scenarios->len; i++)
    g_string_append_printf (out, "%22s%s\n", "", (const char *) scenarios->pdata[i]);
}

void
coverage_print_bugs (const Coverage *coverage, gboolean only_missing, GString *out)
{
  guint proved = 0, applies = 0;
  for (guint i = 0; i < field_bug_count (); i++) {
    const FieldBug *bug = field_bug_get (i);
    const BugEvidence *evidence = &g_array_index (coverage->bugs, BugEvidence, i);
    const gboolean is_proved = coverage_bug_is_proved (evidence);
    applies += field_bug_applies (bug);
    proved += is_proved;
    if (only_missing && (is_proved || !field_bug_applies (bug)))
      continue;
    g_string_append_printf (out, "%-5s %-15s %s: %s\n", bug->id, bug_verdict (bug, evidence),
                            bug->product, bug->symptom);
    if (!field_bug_applies (bug))
      g_string_append_printf (out, "%22s%s\n", "", bug->reason);
    print_scenarios (evidence->failed->len > 0 ? evidence->failed : evidence->passed, out);
  }
  g_string_append_printf (out, "%u of %u field bugs proved absent; %u others do not apply\n",
                          proved, applies, field_bug_count () - applies);
}

/* ---- for programs ---- */

static void
set_texts (JsonObject *object, const char *name, const GPtrArray *texts)
{
  JsonArray *array = json_array_new ();
  for (guint i = 0; i < texts->len; i++)
    json_array_add_string_element (array, texts->pdata[i]);
  json_object_set_array_member (object, name, array);
}

void
coverage_print_bugs_json (const Coverage *coverage, GString *out)
{
  JsonArray *array = json_array_new ();
  for (guint i = 0; i < field_bug_count (); i++) {
    const FieldBug *bug = field_bug_get (i);
    const BugEvidence *evidence = &g_array_index (coverage->bugs, BugEvidence, i);
    JsonObject *object = json_object_new ();
    json_object_set_string_member (object, "id", bug->id);
    json_object_set_string_member (object, "product", bug->product);
    json_object_set_string_member (object, "nickname", bug->nickname);
    json_object_set_string_member (object, "symptom", bug->symptom);
    json_object_set_string_member (object, "source", bug->source);
    json_object_set_boolean_member (object, "applies", field_bug_applies (bug));
    json_object_set_string_member (object, "reason", bug->reason);
    json_object_set_boolean_member (object, "proved", coverage_bug_is_proved (evidence));
    set_texts (object, "passed", evidence->passed);
    set_texts (object, "failed", evidence->failed);
    json_array_add_object_element (array, object);
  }
  g_autoptr (JsonNode) root = json_node_new (JSON_NODE_ARRAY);
  json_node_take_array (root, array);
  g_autofree char *json = json_to_string (root, TRUE);
  g_string_append_printf (out, "%s\n", json);
}
