/* SPDX-License-Identifier: Apache-2.0 */
/* schedule.c - schedules to JSON and back
 *
 * Numbers of 64 bits are text: readers of JSON keep 53 bits of a number.
 */
#include "harness/run/schedule.h"

#include "harness/run/error.h"
#include "harness/run/result-json.h"

#define BUILD_DIGITS 16

void
schedule_clear (Schedule *schedule)
{
  g_free (schedule->build);
  g_free (schedule->profile);
  g_free (schedule->path);
  g_free (schedule->text);
  g_free (schedule->target);
  *schedule = (Schedule){ 0 };
}

char *
schedule_build_id (void)
{
  g_autofree char *bytes = NULL;
  gsize length;
  if (!g_file_get_contents ("/proc/self/exe", &bytes, &length, NULL))
    return g_strdup ("unknown");
  g_autofree char *digest =
      g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) bytes, length);
  return g_strndup (digest, BUILD_DIGITS);
}

/* ---- out ---- */

static void
set_hex (JsonObject *object, const char *name, guint64 value)
{
  g_autofree char *text = g_strdup_printf ("%016" G_GINT64_MODIFIER "x", value);
  json_object_set_string_member (object, name, text);
}

static JsonArray *
rules_to_json (const FaultPlan *plan)
{
  JsonArray *rules = json_array_new ();
  const guint count = plan != NULL ? fault_plan_rule_count (plan) : 0;
  for (guint i = 0; i < count; i++) {
    g_autofree char *text = fault_plan_rule_text (plan, i);
    JsonObject *rule = json_object_new ();
    json_object_set_int_member (rule, "rule", i);
    json_object_set_string_member (rule, "act", fault_act_name (fault_plan_rule_act (plan, i)));
    json_object_set_text (rule, "text", text);
    json_object_set_int_member (rule, "fired", (gint64) fault_plan_rule_fired (plan, i));
    json_array_add_object_element (rules, rule);
  }
  return rules;
}

static JsonObject *
firing_to_json (const FaultFiring *firing, guint ordinal)
{
  JsonObject *object = json_object_new ();
  json_object_set_int_member (object, "ordinal", ordinal);
  json_object_set_int_member (object, "rule", firing->rule);
  json_object_set_string_member (object, "act", fault_act_name (firing->act));
  json_object_set_int_member (object, "time_ns", firing->time_ns);
  json_object_set_text (object, "text", firing->text);
  if (firing->connection == 0)
    return object;
  json_object_set_int_member (object, "connection", firing->connection);
  json_object_set_string_member (object, "direction",
                                 firing->is_to_target ? "to_target" : "to_initiator");
  if (firing->pdu > 0)
    json_object_set_int_member (object, "pdu", (gint64) firing->pdu);
  return object;
}

static JsonArray *
firings_to_json (const FaultPlan *plan)
{
  JsonArray *firings = json_array_new ();
  const guint count = plan != NULL ? fault_plan_fired_count (plan) : 0;
  for (guint i = 0; i < count; i++) {
    FaultFiring firing;
    fault_plan_firing (plan, i, &firing);
    json_array_add_object_element (firings, firing_to_json (&firing, i + 1));
  }
  return firings;
}

static JsonObject *
schedule_to_json (const Schedule *schedule, const char *text, const FaultPlan *plan)
{
  g_autofree char *build =
      schedule->build != NULL ? g_strdup (schedule->build) : schedule_build_id ();
  g_autofree char *seed = g_strdup_printf ("%" G_GUINT64_FORMAT, schedule->seed);
  JsonObject *object = json_object_new ();
  json_object_set_int_member (object, "format", SCHEDULE_FORMAT);
  json_object_set_string_member (object, "build", build);
  json_object_set_text (object, "profile",
                        schedule->profile != NULL ? schedule->profile : SCHEDULE_PROFILE);
  json_object_set_string_member (object, "seed", seed);
  json_object_set_text (object, "target", schedule->target);
  json_object_set_boolean_member (object, "is_live", schedule->is_live);
  if (schedule->has_fingerprint)
    set_hex (object, "fingerprint", schedule->fingerprint);
  else
    json_object_set_null_member (object, "fingerprint");
  json_object_set_array_member (object, "rules", rules_to_json (plan));
  json_object_set_array_member (object, "fired", firings_to_json (plan));
  json_object_set_text (object, "path", schedule->path);
  json_object_set_text (object, "scenario", text);
  return object;
}

gboolean
schedule_save (const char *path, const Schedule *schedule, const FaultPlan *plan, GError **error)
{
  g_autofree char *text = g_strdup (schedule->text);
  if (text == NULL && !g_file_get_contents (schedule->path, &text, NULL, error))
    return FALSE;
  g_autoptr (JsonNode) root = json_node_new (JSON_NODE_OBJECT);
  json_node_take_object (root, schedule_to_json (schedule, text, plan));
  g_autofree char *json = json_to_string (root, TRUE);
  g_autofree char *line = g_strconcat (json, "\n", NULL);
  return g_file_set_contents (path, line, -1, error);
}

/* ---- in ---- */

G_GNUC_PRINTF (3, 4)
static gboolean
load_fail (const char *path, GError **error, const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  g_autofree char *what = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error, RUN_ERROR, RUN_ERROR_USAGE, "schedule '%s': %s", path, what);
  return FALSE;
}

/* NULL: not there, or not text. */
static const char *
get_text (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);
  const gboolean is_text = node != NULL && JSON_NODE_HOLDS_VALUE (node)
                           && json_node_get_value_type (node) == G_TYPE_STRING;
  return is_text ? json_node_get_string (node) : NULL;
}

static gboolean
load_texts (JsonObject *object, const char *path, Schedule *schedule, GError **error)
{
  const struct {
    const char *name;
    char **member;
  } rows[] = { { "build", &schedule->build },
               { "profile", &schedule->profile },
               { "path", &schedule->path },
               { "scenario", &schedule->text } };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    *rows[i].member = g_strdup (get_text (object, rows[i].name));
    if (*rows[i].member == NULL)
      return load_fail (path, error, "member '%s': expected text", rows[i].name);
  }
  schedule->target = g_strdup (get_text (object, "target"));
  schedule->is_live = json_object_get_boolean_member_with_default (object, "is_live", FALSE);
  return TRUE;
}

static gboolean
load_numbers (JsonObject *object, const char *path, Schedule *schedule, GError **error)
{
  const char *seed = get_text (object, "seed");
  const char *fingerprint = get_text (object, "fingerprint");
  if (seed == NULL || !g_ascii_string_to_unsigned (seed, 10, 0, G_MAXUINT64, &schedule->seed, NULL))
    return load_fail (path, error, "member 'seed': expected a number as text");
  schedule->has_fingerprint = fingerprint != NULL;
  if (fingerprint != NULL
      && !g_ascii_string_to_unsigned (fingerprint, 16, 0, G_MAXUINT64, &schedule->fingerprint,
                                      NULL))
    return load_fail (path, error, "member 'fingerprint': expected 16 hex digits or null");
  return TRUE;
}

static gboolean
load_object (JsonObject *object, const char *path, Schedule *schedule, GError **error)
{
  const gint64 format = json_object_get_int_member_with_default (object, "format", 0);
  if (format != SCHEDULE_FORMAT)
    return load_fail (path, error, "expected format %d, got %" G_GINT64_FORMAT, SCHEDULE_FORMAT,
                      format);
  return load_texts (object, path, schedule, error) && load_numbers (object, path, schedule, error);
}

gboolean
schedule_load (const char *path, Schedule *ret_schedule, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) cause = NULL;
  g_auto (Schedule) schedule = { 0 };
  if (!json_parser_load_from_file (parser, path, &cause))
    return load_fail (path, error, "expected a file of JSON, got %s", cause->message);
  JsonNode *root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    return load_fail (path, error, "expected a JSON object");
  if (!load_object (json_node_get_object (root), path, &schedule, error))
    return FALSE;
  *ret_schedule = schedule;
  schedule = (Schedule){ 0 };
  return TRUE;
}
