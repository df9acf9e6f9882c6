/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/conformance/coverage.h"

#include "harness/run/error.h"
#include "harness/run/result-json.h"
#include "initiator/initiator.h"
#include "target-sim/target.h"

#include <string.h>

/* ---- reading ---- */

static RequirementEvidence *
evidence_of (const Coverage *coverage, const char *id)
{
  for (guint i = 0; i < requirement_count (); i++)
    if (strcmp (requirement_get (i)->id, id) == 0)
      return &g_array_index (coverage->requirements, RequirementEvidence, i);
  return NULL;
}

static void
coverage_claim (Coverage *coverage, const char *id, Verdict verdict)
{
  RequirementEvidence *evidence = evidence_of (coverage, id);
  if (evidence == NULL)
    return; /* of another table */
  if (verdict == VERDICT_PASS)
    evidence->claims++;
  else if (verdict == VERDICT_FAIL)
    evidence->failed++;
}

static void
coverage_add_result (Coverage *coverage, const ScenarioResult *result)
{
  coverage->scenarios++;
  for (guint i = 0; i < result->covers->len; i++)
    coverage_claim (coverage, result->covers->pdata[i], result->verdict);
  for (guint i = 0; i < result->evaluated->len && result->verdict == VERDICT_PASS; i++) {
    const ScenarioFigure *figure = &g_array_index (result->evaluated, ScenarioFigure, i);
    RequirementEvidence *evidence = evidence_of (coverage, figure->name);
    if (evidence != NULL)
      evidence->evaluated += figure->value;
  }
  for (guint i = 0; i < result->transitions->len; i++) {
    const ScenarioFigure *figure = &g_array_index (result->transitions, ScenarioFigure, i);
    figures_add (coverage->transitions, figure->name, figure->value);
  }
}

static gboolean
coverage_add_record (Coverage *coverage, JsonNode *node, GError **error)
{
  g_auto (ScenarioResult) result = { 0 };
  scenario_result_init (&result);
  if (!JSON_NODE_HOLDS_OBJECT (node)) {
    g_set_error (error, RUN_ERROR, RUN_ERROR_RESULT, "expected an array of objects");
    return FALSE;
  }
  JsonObject *object = json_node_get_object (node);
  if (!scenario_result_from_json (object, &result, error))
    return FALSE;
  coverage_add_result (coverage, &result);
  coverage_bugs_add (coverage->bugs,
                     json_object_get_string_member_with_default (object, "path", "?"), &result);
  return TRUE;
}

Coverage *
coverage_read (const char *path, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  if (!json_parser_load_from_file (parser, path, error))
    return NULL;
  JsonNode *root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_ARRAY (root)) {
    g_set_error (error, RUN_ERROR, RUN_ERROR_RESULT,
                 "'%s': expected the results of 'iscsilab run --report' or '--json'", path);
    return NULL;
  }
  g_autoptr (Coverage) coverage = g_new0 (Coverage, 1);
  coverage->requirements = g_array_new (FALSE, TRUE, sizeof (RequirementEvidence));
  g_array_set_size (coverage->requirements, requirement_count ());
  coverage->bugs = coverage_bugs_new ();
  coverage->transitions = figures_new ();
  JsonArray *records = json_node_get_array (root);
  for (guint i = 0; i < json_array_get_length (records); i++)
    if (!coverage_add_record (coverage, json_array_get_element (records, i), error)) {
      g_prefix_error (error, "'%s': record %u: ", path, i + 1);
      return NULL;
    }
  return g_steal_pointer (&coverage);
}

void
coverage_free (Coverage *coverage)
{
  if (coverage == NULL)
    return;
  g_array_unref (coverage->requirements);
  if (coverage->bugs != NULL)
    g_array_unref (coverage->bugs);
  if (coverage->transitions != NULL)
    g_array_unref (coverage->transitions);
  g_free (coverage);
}

gboolean
coverage_is_proved (const RequirementEvidence *evidence)
{
  return evidence->evaluated > 0 && evidence->failed == 0;
}

/* ---- requirements ---- */

static const char *const sides[] = { "initiator", "target", "both" };

typedef struct Tally {
  guint rows;
  guint claimed;
  guint evaluated;
  guint proved;
} Tally;

static void
tally_add (Tally *tally, const RequirementEvidence *evidence)
{
  tally->rows++;
  tally->claimed += evidence->claims > 0;
  tally->evaluated += evidence->evaluated > 0;
  tally->proved += coverage_is_proved (evidence);
}

static Tally
coverage_tally (const Coverage *coverage, const char *area, const char *side)
{
  Tally tally = { 0 };
  for (guint i = 0; i < requirement_count (); i++) {
    const Requirement *row = requirement_get (i);
    g_autofree char *own = requirement_area (row->id);
    if ((area == NULL || strcmp (area, own) == 0)
        && (side == NULL || strcmp (side, row->side) == 0))
      tally_add (&tally, &g_array_index (coverage->requirements, RequirementEvidence, i));
  }
  return tally;
}

static void
print_tally (const char *area, const char *side, const Tally *tally, GString *out)
{
  g_string_append_printf (out, "%-10s %-10s %6u %8u %10u %7u\n", area, side, tally->rows,
                          tally->claimed, tally->evaluated, tally->proved);
}

/* The areas in the order of their first rows. */
static GPtrArray *
area_list (void)
{
  GPtrArray *areas = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < requirement_count (); i++) {
    char *area = requirement_area (requirement_get (i)->id);
    if (areas->len > 0 && strcmp (areas->pdata[areas->len - 1], area) == 0)
      g_free (area);
    else
      g_ptr_array_add (areas, area);
  }
  return areas;
}

void
coverage_print_areas (const Coverage *coverage, GString *out)
{
  g_autoptr (GPtrArray) areas = area_list ();
  g_string_append_printf (out, "%-10s %-10s %6s %8s %10s %7s\n", "area", "side", "rows", "claimed",
                          "evaluated", "proved");
  for (guint i = 0; i < areas->len; i++)
    for (guint k = 0; k < G_N_ELEMENTS (sides); k++) {
      const Tally tally = coverage_tally (coverage, areas->pdata[i], sides[k]);
      if (tally.rows > 0)
        print_tally (areas->pdata[i], sides[k], &tally, out);
    }
  for (guint k = 0; k < G_N_ELEMENTS (sides); k++) {
    const Tally tally = coverage_tally (coverage, NULL, sides[k]);
    print_tally ("all", sides[k], &tally, out);
  }
  const Tally all = coverage_tally (coverage, NULL, NULL);
  print_tally ("all", "", &all, out);
}

void
coverage_print_area (const Coverage *coverage, const char *area, gboolean only_missing,
                     GString *out)
{
  for (guint i = 0; i < requirement_count (); i++) {
    const Requirement *row = requirement_get (i);
    const RequirementEvidence *evidence =
        &g_array_index (coverage->requirements, RequirementEvidence, i);
    g_autofree char *own = requirement_area (row->id);
    if ((area != NULL && strcmp (area, own) != 0)
        || (only_missing && coverage_is_proved (evidence)))
      continue;
    g_string_append_printf (
        out, "%-14s %-9s %-10s %3u claimed %6" G_GUINT64_FORMAT " evaluated  %s\n", row->id,
        row->side, row->level, evidence->claims, evidence->evaluated, row->text);
  }
}

/* ---- states ---- */

static guint64
transition_count (const Coverage *coverage, const char *text)
{
  for (guint i = 0; i < coverage->transitions->len; i++) {
    const ScenarioFigure *figure = &g_array_index (coverage->transitions, ScenarioFigure, i);
    if (strcmp (figure->name, text) == 0)
      return figure->value;
  }
  return 0;
}

static void
print_machine (const Coverage *coverage, const Machine *machine, guint *ret_rows, guint *ret_taken,
               GString *out)
{
  for (guint i = 0; i < machine->row_count; i++) {
    char text[256];
    machine_row_text (machine, &machine->rows[i], text, sizeof text);
    const guint64 count = transition_count (coverage, text);
    g_string_append_printf (out, "%10" G_GUINT64_FORMAT "  %s\n", count, text);
    *ret_rows += 1;
    *ret_taken += count > 0;
  }
}

void
coverage_print_states (const Coverage *coverage, GString *out)
{
  const Machine *const *const families[] = { initiator_machines (), target_sim_machines () };
  guint rows = 0, taken = 0;
  for (guint i = 0; i < G_N_ELEMENTS (families); i++)
    for (const Machine *const *machine = families[i]; *machine != NULL; machine++)
      print_machine (coverage, *machine, &rows, &taken, out);
  g_string_append_printf (out, "%u of %u transitions taken\n", taken, rows);
}

/* ---- for programs ---- */

void
coverage_print_json (const Coverage *coverage, GString *out)
{
  JsonArray *array = json_array_new ();
  for (guint i = 0; i < requirement_count (); i++) {
    const Requirement *row = requirement_get (i);
    const RequirementEvidence *evidence =
        &g_array_index (coverage->requirements, RequirementEvidence, i);
    JsonObject *object = json_object_new ();
    json_object_set_string_member (object, "id", row->id);
    json_object_set_string_member (object, "side", row->side);
    json_object_set_string_member (object, "level", row->level);
    json_object_set_int_member (object, "claims", evidence->claims);
    json_object_set_int_member (object, "evaluated", (gint64) evidence->evaluated);
    json_object_set_int_member (object, "failed", evidence->failed);
    json_object_set_boolean_member (object, "proved", coverage_is_proved (evidence));
    json_array_add_object_element (array, object);
  }
  g_autoptr (JsonNode) root = json_node_new (JSON_NODE_ARRAY);
  json_node_take_array (root, array);
  g_autofree char *json = json_to_string (root, TRUE);
  g_string_append_printf (out, "%s\n", json);
}
