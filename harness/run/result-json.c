/* SPDX-License-Identifier: Apache-2.0 */
/* result-json.c - one table of members, read in both directions
 *
 * Each row of `members` says where in a ScenarioResult a member lives and of which kind it is; each kind has a function that
 * writes and one that reads. A member is added to the format by adding its row. The reader trusts nothing: the line may
 * come from a process that was dying when it wrote.
 */
#include "harness/run/result-json.h"
#include "harness/run/error.h"

static const char *const verdicts[] = {
  [VERDICT_PASS] = "pass",
  [VERDICT_FAIL] = "fail",
  [VERDICT_SKIP] = "skip",
};

const char *
verdict_name (Verdict verdict)
{
  CHECK_THAT (verdict < G_N_ELEMENTS (verdicts));
  return verdicts[verdict];
}

void
json_object_set_text (JsonObject *object, const char *name, const char *text)
{
  if (text == NULL) {
    json_object_set_null_member (object, name);
    return;
  }
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  json_object_set_string_member (object, name, valid);
}

static gboolean
member_error (GError **error, const char *name, const char *expected)
{
  g_set_error (error, RUN_ERROR, RUN_ERROR_RESULT, "member '%s' of a result: expected %s", name,
               expected);
  return FALSE;
}

static gboolean
node_is (JsonNode *node, GType type)
{
  return node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == type;
}

/* ---- the kinds ---- */

static void
text_write (JsonObject *object, const char *name, gconstpointer field)
{
  json_object_set_text (object, name, *(char *const *) field);
}

static gboolean
text_read (JsonNode *node, const char *name, gpointer field, GError **error)
{
  if (JSON_NODE_HOLDS_NULL (node))
    return TRUE;
  if (!node_is (node, G_TYPE_STRING))
    return member_error (error, name, "text or null");
  g_free (*(char **) field);
  *(char **) field = json_node_dup_string (node);
  return TRUE;
}

static void
texts_write (JsonObject *object, const char *name, gconstpointer field)
{
  const GPtrArray *texts = *(GPtrArray *const *) field;
  JsonArray *array = json_array_sized_new (texts->len);
  for (guint i = 0; i < texts->len; i++) {
    g_autofree char *valid = g_utf8_make_valid (texts->pdata[i], -1);
    json_array_add_string_element (array, valid);
  }
  json_object_set_array_member (object, name, array);
}

static gboolean
texts_read (JsonNode *node, const char *name, gpointer field, GError **error)
{
  if (!JSON_NODE_HOLDS_ARRAY (node))
    return member_error (error, name, "an array of text");
  JsonArray *array = json_node_get_array (node);
  for (guint i = 0; i < json_array_get_length (array); i++) {
    JsonNode *element = json_array_get_element (array, i);
    if (!node_is (element, G_TYPE_STRING))
      return member_error (error, name, "an array of text");
    g_ptr_array_add (*(GPtrArray **) field, json_node_dup_string (element));
  }
  return TRUE;
}

static void
number_write (JsonObject *object, const char *name, gconstpointer field)
{
  json_object_set_int_member (object, name, *(const gint64 *) field);
}

static gboolean
number_read (JsonNode *node, const char *name, gpointer field, GError **error)
{
  if (!node_is (node, G_TYPE_INT64) || json_node_get_int (node) < 0)
    return member_error (error, name, "a number from 0 to 2^63 - 1");
  *(gint64 *) field = json_node_get_int (node);
  return TRUE;
}

static void
hex_write (JsonObject *object, const char *name, gconstpointer field)
{
  char text[17];
  g_snprintf (text, sizeof text, "%016" G_GINT64_MODIFIER "x", *(const guint64 *) field);
  json_object_set_string_member (object, name, text);
}

static gboolean
hex_read (JsonNode *node, const char *name, gpointer field, GError **error)
{
  if (!node_is (node, G_TYPE_STRING)
      || !g_ascii_string_to_unsigned (json_node_get_string (node), 16, 0, G_MAXUINT64,
                                      (guint64 *) field, NULL))
    return member_error (error, name, "text of 16 hex digits");
  return TRUE;
}

static void
verdict_write (JsonObject *object, const char *name, gconstpointer field)
{
  json_object_set_string_member (object, name, verdict_name (*(const Verdict *) field));
}

static gboolean
verdict_read (JsonNode *node, const char *name, gpointer field, GError **error)
{
  const char *text = node_is (node, G_TYPE_STRING) ? json_node_get_string (node) : "";
  for (guint i = 0; i < G_N_ELEMENTS (verdicts); i++)
    if (g_str_equal (verdicts[i], text)) {
      *(Verdict *) field = (Verdict) i;
      return TRUE;
    }
  return member_error (error, name, "'pass', 'fail' or 'skip'");
}

static void
failure_write (JsonObject *object, const char *name, gconstpointer field)
{
  json_object_set_string_member (object, name, failure_name (*(const FailureKind *) field));
}

static gboolean
failure_read (JsonNode *node, const char *name, gpointer field, GError **error)
{
  const char *text = node_is (node, G_TYPE_STRING) ? json_node_get_string (node) : "";
  for (guint kind = FAILURE_NONE; kind <= FAILURE_DETERMINISM; kind++)
    if (g_str_equal (failure_name ((FailureKind) kind), text)) {
      *(FailureKind *) field = (FailureKind) kind;
      return TRUE;
    }
  return member_error (error, name, "the name of a kind of failure");
}

static void
figures_write (JsonObject *object, const char *name, gconstpointer field)
{
  const GArray *figures = *(GArray *const *) field;
  JsonObject *members = json_object_new ();
  for (guint i = 0; i < figures->len; i++) {
    const ScenarioFigure *figure = &g_array_index (figures, ScenarioFigure, i);
    json_object_set_int_member (members, figure->name, (gint64) figure->value);
  }
  json_object_set_object_member (object, name, members);
}

static gboolean
figures_read (JsonNode *node, const char *name, gpointer field, GError **error)
{
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return member_error (error, name, "an object of numbers");
  JsonObjectIter iter;
  const char *figure_name;
  JsonNode *value;
  json_object_iter_init_ordered (&iter, json_node_get_object (node));
  while (json_object_iter_next_ordered (&iter, &figure_name, &value)) {
    if (!node_is (value, G_TYPE_INT64))
      return member_error (error, name, "an object of numbers");
    const ScenarioFigure figure = { g_strdup (figure_name), (guint64) json_node_get_int (value) };
    g_array_append_val (*(GArray **) field, figure);
  }
  return TRUE;
}

/* ---- the table ---- */

typedef struct MemberKind {
  void (*write) (JsonObject *object, const char *name, gconstpointer field);
  gboolean (*read) (JsonNode *node, const char *name, gpointer field, GError **error);
} MemberKind;

static const MemberKind text = { text_write, text_read };
static const MemberKind texts = { texts_write, texts_read };
static const MemberKind number = { number_write, number_read };
static const MemberKind hex = { hex_write, hex_read };
static const MemberKind verdict = { verdict_write, verdict_read };
static const MemberKind failure = { failure_write, failure_read };
static const MemberKind figures = { figures_write, figures_read };

#define MEMBER(kind, name)                                                                         \
  {                                                                                                \
#name, &(kind), G_STRUCT_OFFSET(ScenarioResult, name)                                          \
  }

static const struct {
  const char *name;
  const MemberKind *kind;
  gsize offset;
} members[] = {
  MEMBER (text, title),          MEMBER (verdict, verdict),   MEMBER (failure, failure),
  MEMBER (text, property),       MEMBER (text, expected),     MEMBER (text, actual),
  MEMBER (text, where),          MEMBER (text, skip_reason),  MEMBER (texts, covers),
  MEMBER (texts, faults),        MEMBER (texts, events),      MEMBER (texts, files),
  MEMBER (figures, figures),     MEMBER (hex, fingerprint),   MEMBER (number, event_count),
  MEMBER (number, simulated_ns), MEMBER (figures, evaluated), MEMBER (figures, transitions),
  MEMBER (texts, kinds),         MEMBER (figures, rules),
};

JsonObject *
scenario_result_to_json (const ScenarioResult *result)
{
  JsonObject *object = json_object_new ();
  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    members[i].kind->write (object, members[i].name, (const guint8 *) result + members[i].offset);
  return object;
}

gboolean
scenario_result_from_json (JsonObject *object, ScenarioResult *ret_result, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (members); i++) {
    JsonNode *node = json_object_get_member (object, members[i].name);
    if (node == NULL)
      return member_error (error, members[i].name, "it to be there, got nothing");
    if (!members[i].kind->read (node, members[i].name, (guint8 *) ret_result + members[i].offset,
                                error))
      return FALSE;
  }
  return TRUE;
}

char *
scenario_result_to_line (const ScenarioResult *result)
{
  g_autoptr (JsonNode) root = json_node_new (JSON_NODE_OBJECT);
  json_node_take_object (root, scenario_result_to_json (result));
  g_autofree char *json = json_to_string (root, FALSE);
  return g_strconcat (json, "\n", NULL);
}

gboolean
scenario_result_from_line (const char *line, gssize length, ScenarioResult *ret_result,
                           GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) cause = NULL;
  if (!json_parser_load_from_data (parser, line, length, &cause)) {
    g_set_error (error, RUN_ERROR, RUN_ERROR_RESULT, "a result: expected JSON, got %s",
                 cause->message);
    return FALSE;
  }
  JsonNode *root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root)) {
    g_set_error (error, RUN_ERROR, RUN_ERROR_RESULT, "a result: expected a JSON object");
    return FALSE;
  }
  return scenario_result_from_json (json_node_get_object (root), ret_result, error);
}
