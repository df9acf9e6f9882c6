/* SPDX-License-Identifier: Apache-2.0 */
/* observer-keys.c - what two ends said about each key, and what is in force by it
 *
 * Method: nothing is in force until the login ends (R-TEXT-028); then each key gets its result from what both sides said, by
 * the function of its row. A key that one side alone has said stays at its default, but for a Boolean whose offer decides by
 * itself (R-TEXT-041).
 */
#include "protocol/observer-keys.h"

#include "world/banned.h"

#define LEADING TRUE
#define ANY     FALSE

static const ObservedKeyInfo infos[] = {
#define KEY(id, name, kind, result, minimum, maximum, initial, senders, stage, leading)            \
  { name,    SEEN_KIND_##kind,       SEEN_RESULT_##result, minimum, maximum,                       \
    initial, SEEN_SENDERS_##senders, SEEN_STAGE_##stage,   leading },
  OBSERVED_KEYS (KEY)
#undef KEY
};

const ObservedKeyInfo *
observed_key_info (ObservedKeyId id)
{
  CHECK_THAT (id < OBSERVED_KEY_COUNT);
  return &infos[id];
}

ObservedKeyId
observed_key_find (const char *name)
{
  for (guint i = 0; i < OBSERVED_KEY_COUNT; i++)
    if (infos[i].name[0] == name[0] && strcmp (infos[i].name, name) == 0)
      return (ObservedKeyId) i;
  return OBSERVED_KEY_COUNT;
}

/* RFC 7143 6.1: decimal, or hex after 0x. R-TEXT-007 */
static gboolean
parse_number (const char *text, guint32 *ret_number)
{
  guint64 number;
  const gboolean is_hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
  if (!g_ascii_string_to_unsigned (text + (is_hex ? 2 : 0), is_hex ? 16 : 10, 0, G_MAXUINT32,
                                   &number, NULL))
    return FALSE;
  *ret_number = (guint32) number;
  return TRUE;
}

gboolean
observed_key_parse (ObservedKeyId id, const char *text, guint32 *ret_number)
{
  const ObservedKeyInfo *info = observed_key_info (id);
  *ret_number = 0;
  if (info->kind == SEEN_KIND_BOOLEAN) {
    *ret_number = strcmp (text, "Yes") == 0;
    return *ret_number == 1 || strcmp (text, "No") == 0;
  }
  if (info->kind != SEEN_KIND_NUMBER)
    return TRUE;
  return parse_number (text, ret_number) && *ret_number >= info->minimum
         && *ret_number <= info->maximum;
}

gboolean
observed_value_is_none (const char *value)
{
  return strcmp (value, "Reject") == 0 || strcmp (value, "Irrelevant") == 0
         || strcmp (value, "NotUnderstood") == 0;
}

gboolean
observed_list_has (const char *list, const char *name)
{
  const gsize length = strlen (name);
  for (const char *at = list; at != NULL; at = strchr (at, ',')) {
    at += *at == ',';
    if (strncmp (at, name, length) == 0 && (at[length] == ',' || at[length] == '\0'))
      return TRUE;
  }
  return FALSE;
}

void
observed_keys_init (ObservedKeys *keys)
{
  *keys = (ObservedKeys){ 0 };
  for (guint i = 0; i < OBSERVED_KEY_COUNT; i++)
    keys->keys[i].value = infos[i].initial;
  for (guint side = 0; side < 2; side++)
    keys->max_segment[side] = infos[OBSERVED_MAX_SEGMENT].initial;
}

void
observed_keys_clear (ObservedKeys *keys)
{
  for (guint i = 0; i < OBSERVED_KEY_COUNT; i++)
    for (guint side = 0; side < 2; side++)
      g_clear_pointer (&keys->keys[i].said[side], g_free);
}

void
observed_keys_say (ObservedKeys *keys, ObserverSide from, ObservedKeyId id, const char *value)
{
  ObservedKey *key = &keys->keys[id];
  guint32 number;
  if (key->said[from] != NULL)
    return;
  if (key->said[1 - from] == NULL)
    key->first = from;
  key->said[from] = g_strdup (value);
  if (id == OBSERVED_MAX_SEGMENT && observed_key_parse (id, value, &number))
    keys->next_segment[from] = number;
}

static guint32
result_of_both (SeenResult result, guint32 a, guint32 b, guint32 initial)
{
  switch (result) {
  case SEEN_RESULT_MINIMUM:
    return MIN (a, b);
  case SEEN_RESULT_MAXIMUM:
    return MAX (a, b);
  case SEEN_RESULT_AND:
    return a & b;
  case SEEN_RESULT_OR:
    return a | b;
  case SEEN_RESULT_NONE:
  case SEEN_RESULT_CHOICE:
    break;
  }
  return initial;
}

/* R-TEXT-041: No decides an AND, Yes an OR, whatever the answer would be. */
static guint32
result_of_one (SeenResult result, guint32 offered, guint32 initial)
{
  if ((result == SEEN_RESULT_AND && offered == 0) || (result == SEEN_RESULT_OR && offered == 1))
    return offered;
  return initial;
}

static void
key_settle (ObservedKey *key, ObservedKeyId id)
{
  const ObservedKeyInfo *info = &infos[id];
  guint32 numbers[2];
  gboolean has[2];
  for (guint side = 0; side < 2; side++)
    has[side] = key->said[side] != NULL && observed_key_parse (id, key->said[side], &numbers[side]);
  if (has[0] && has[1])
    key->value = result_of_both (info->result, numbers[0], numbers[1], info->initial);
  else if (has[key->first] && key->said[1 - key->first] == NULL)
    key->value = result_of_one (info->result, numbers[key->first], info->initial);
}

/* The answer to a list is the choice. */
static gboolean
keys_chose (const ObservedKeys *keys, ObservedKeyId id, const char *name)
{
  const ObservedKey *key = &keys->keys[id];
  const char *answer = key->said[1 - key->first];
  return answer != NULL && strcmp (answer, name) == 0;
}

void
observed_keys_settle_text (ObservedKeys *keys)
{
  for (guint side = 0; side < 2; side++) {
    if (keys->next_segment[side] != 0)
      keys->max_segment[side] = keys->next_segment[side];
    keys->next_segment[side] = 0;
    g_clear_pointer (&keys->keys[OBSERVED_MAX_SEGMENT].said[side], g_free);
  }
}

void
observed_keys_settle (ObservedKeys *keys)
{
  for (guint i = 0; i < OBSERVED_KEY_COUNT; i++)
    key_settle (&keys->keys[i], (ObservedKeyId) i);
  keys->has_header_digest = keys_chose (keys, OBSERVED_HEADER_DIGEST, "CRC32C");
  keys->has_data_digest = keys_chose (keys, OBSERVED_DATA_DIGEST, "CRC32C");
  keys->is_fast_abort = keys_chose (keys, OBSERVED_TASK_REPORTING, "FastAbort");
  observed_keys_settle_text (keys);
}
