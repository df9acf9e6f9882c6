/* SPDX-License-Identifier: Apache-2.0 */
/* json.c - the report for programs: an array, an object for each record
 *
 * The result's members are those of result-json.h; the run's are added here. The seed is text, as the fingerprint is: both
 * have 64 bits, and readers of JSON keep 53 of a number.
 */
#include "harness/report/report.h"
#include "harness/run/result-json.h"

static JsonObject *
record_to_json (const RunRecord *record)
{
  g_autofree char *seed = g_strdup_printf ("%" G_GUINT64_FORMAT, record->seed);
  JsonObject *object = scenario_result_to_json (&record->result);
  json_object_set_int_member (object, "schema", REPORT_JSON_SCHEMA);
  json_object_set_text (object, "path", record->path);
  json_object_set_string_member (object, "seed", seed);
  json_object_set_text (object, "target", record->target);
  json_object_set_boolean_member (object, "is_live", record->is_live);
  json_object_set_int_member (object, "repeat", record->repeat);
  json_object_set_int_member (object, "wall_ns", record->wall_ns);
  json_object_set_text (object, "output", record->output);
  json_object_set_text (object, "replay", record->replay);
  json_object_set_int_member (object, "exit_status", failure_exit_status (record->result.failure));
  return object;
}

char *
report_json (const GPtrArray *records)
{
  JsonArray *array = json_array_sized_new (records->len);
  for (guint i = 0; i < records->len; i++)
    json_array_add_object_element (array, record_to_json (records->pdata[i]));
  g_autoptr (JsonNode) root = json_node_new (JSON_NODE_ARRAY);
  json_node_take_array (root, array);
  g_autofree char *json = json_to_string (root, TRUE);
  return g_strconcat (json, "\n", NULL);
}
