/* SPDX-License-Identifier: Apache-2.0 */
/* keys.c - the key table, and the values of all keys at one end */
#include "protocol/keys.h"

#include "world/banned.h"

static const char *const names_AUTH_METHOD[] = { "None", "CHAP", NULL };
static const char *const names_HEADER_DIGEST[] = { "None", "CRC32C", NULL };
static const char *const names_DATA_DIGEST[] = { "None", "CRC32C", NULL };
static const char *const names_SESSION_TYPE[] = { "Normal", "Discovery", NULL };
static const char *const names_TASK_REPORTING[] = { "RFC3720", "ResponseFence", "FastAbort", NULL };

/* Only a LIST has names; the table's kind column chooses. */
#define NAMES_LIST(id)    names_##id
#define NAMES_NUMBER(id)  NULL
#define NAMES_BOOLEAN(id) NULL
#define NAMES_TEXT(id)    NULL

#define IRRELEVANT_DISCOVERY TRUE
#define IRRELEVANT_NEVER     FALSE

static const KeyInfo keys[KEY_COUNT] = {
#define KEY(key, text, k, low, high, def, function, sender, when, where, irrelevant)               \
  [KEY_##key] = {                                                                                  \
    .id = KEY_##key,                                                                               \
    .name = text,                                                                                  \
    .kind = KEY_KIND_##k,                                                                          \
    .minimum = low,                                                                                \
    .maximum = high,                                                                               \
    .initial = def,                                                                                \
    .result = KEY_RESULT_##function,                                                               \
    .senders = KEY_SENDERS_##sender,                                                               \
    .phase = KEY_PHASE_##when,                                                                     \
    .scope = KEY_SCOPE_##where,                                                                    \
    .is_irrelevant_on_discovery = IRRELEVANT_##irrelevant,                                         \
    .names = NAMES_##k (key),                                                                      \
  },
  KEYS (KEY)
#undef KEY
};

const KeyInfo *
key_info (KeyId id)
{
  CHECK_THAT (id < KEY_COUNT);
  return &keys[id];
}

/* R-TEXT-001: letter case counts. */
const KeyInfo *
key_find (const char *name)
{
  for (guint i = 0; i < KEY_COUNT; i++)
    if (keys[i].name[0] == name[0] && strcmp (keys[i].name, name) == 0)
      return &keys[i];
  return NULL;
}

gboolean
key_is_obsolete (const char *name)
{
  static const char *const obsolete[] = { "OFMarker", "IFMarker", "OFMarkInt", "IFMarkInt", NULL };
  return g_strv_contains (obsolete, name);
}

/* ---- values ---- */

void
key_values_init (KeyValues *values)
{
  for (guint i = 0; i < KEY_COUNT; i++) {
    values->number[i] = keys[i].initial;
    values->text[i] = NULL;
  }
}

void
key_values_clear (KeyValues *values)
{
  for (guint i = 0; i < KEY_COUNT; i++)
    g_clear_pointer (&values->text[i], g_free);
}

void
key_values_copy (KeyValues *to, const KeyValues *from)
{
  for (guint i = 0; i < KEY_COUNT; i++) {
    to->number[i] = from->number[i];
    key_values_set_text (to, i, from->text[i]);
  }
}

/* `text` may be NULL, and may be the value that is there. */
void
key_values_set_text (KeyValues *values, KeyId id, const char *text)
{
  CHECK_THAT (id < KEY_COUNT);
  char *copy = g_strdup (text);
  g_free (values->text[id]);
  values->text[id] = copy;
}

/* ---- from text to number ---- */

static gboolean
has_hex_prefix (const char *text)
{
  return text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
}

/* RFC 7143 6.1: 0, a decimal constant that does not begin with 0, or a hex constant. R-TEXT-007 */
static gboolean
number_parse (const char *text, guint64 minimum, guint64 maximum, guint64 *ret_number)
{
  if (has_hex_prefix (text))
    return g_ascii_string_to_unsigned (text + 2, 16, minimum, maximum, ret_number, NULL);
  if (text[0] == '0' && text[1] != '\0')
    return FALSE;
  return g_ascii_string_to_unsigned (text, 10, minimum, maximum, ret_number, NULL);
}

static gboolean
number_read (const KeyInfo *info, const char *text, guint32 *ret_number, GError **error)
{
  guint64 number;
  if (number_parse (text, info->minimum, info->maximum, &number)) {
    *ret_number = (guint32) number;
    return TRUE;
  }
  g_set_error (error, PROTOCOL_ERROR, PROTOCOL_ERROR_NEGOTIATION,
               "'%s': expected a number from %u to %u, got '%s'", info->name, info->minimum,
               info->maximum, text);
  return FALSE;
}

static gboolean
boolean_read (const KeyInfo *info, const char *text, guint32 *ret_number, GError **error)
{
  const gboolean is_yes = strcmp (text, "Yes") == 0;
  if (is_yes || strcmp (text, "No") == 0) {
    *ret_number = is_yes;
    return TRUE;
  }
  g_set_error (error, PROTOCOL_ERROR, PROTOCOL_ERROR_NEGOTIATION,
               "'%s': expected Yes or No, got '%s'", info->name, text);
  return FALSE;
}

static gboolean
list_read (const KeyInfo *info, const char *text, guint32 *ret_number, GError **error)
{
  for (guint i = 0; info->names[i] != NULL; i++)
    if (strcmp (info->names[i], text) == 0) {
      *ret_number = i;
      return TRUE;
    }
  g_autofree char *names = g_strjoinv (", ", (char **) info->names);
  g_set_error (error, PROTOCOL_ERROR, PROTOCOL_ERROR_NEGOTIATION,
               "'%s': expected one of %s, got '%s'", info->name, names, text);
  return FALSE;
}

gboolean
key_parse_number (const KeyInfo *info, const char *text, guint32 *ret_number, GError **error)
{
  switch (info->kind) {
  case KEY_KIND_NUMBER:
    return number_read (info, text, ret_number, error);
  case KEY_KIND_BOOLEAN:
    return boolean_read (info, text, ret_number, error);
  case KEY_KIND_LIST:
    return list_read (info, text, ret_number, error);
  case KEY_KIND_TEXT:
    break;
  }
  check_failed (__FILE__, __LINE__, "the key has a number");
}

gboolean
key_values_set_list (KeyValues *values, KeyId id, const char *names, GError **error)
{
  const KeyInfo *info = key_info (id);
  CHECK_THAT (info->kind == KEY_KIND_LIST);
  g_auto (GStrv) list = g_strsplit (names, ",", -1);
  const guint count = g_strv_length (list);
  guint32 first = 0, number;
  for (guint i = count; i-- > 0; first = number)
    if (!key_parse_number (info, list[i], &number, error))
      return FALSE;
  if (count == 0)
    return key_parse_number (info, "", &number, error); /* always an error: no name is empty */
  values->number[id] = first;
  key_values_set_text (values, id, names);
  return TRUE;
}
