/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/serve/unit.h"

#include "harness/script/options.h"

#include <string.h>

#define BLOCK_BYTES 512

G_DEFINE_QUARK (iscsilab_unit_error, unit_error)

static gboolean
parse_block (Unit *unit, const char *value, GError **error)
{
  guint64 bytes;
  if (value != NULL && size_parse (value, &bytes) && (bytes == 512 || bytes == 4096)) {
    unit->block_bytes = (guint32) bytes;
    return TRUE;
  }
  g_set_error (error, UNIT_ERROR, UNIT_ERROR_USAGE, "'block': expected 512 or 4096, got '%s'",
               value != NULL ? value : "");
  return FALSE;
}

static const struct {
  const char *name;
  gboolean (*parse) (Unit *unit, const char *value, GError **error);
} unit_options[] = {
  { "block", parse_block },
};

static gboolean
parse_option (Unit *unit, const char *word, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (word, "=", 2);
  for (guint i = 0; i < G_N_ELEMENTS (unit_options); i++)
    if (g_strcmp0 (parts[0], unit_options[i].name) == 0)
      return unit_options[i].parse (unit, parts[1], error);
  g_set_error (error, UNIT_ERROR, UNIT_ERROR_USAGE, "expected 'block=BYTES', got '%s'", word);
  return FALSE;
}

static gboolean
check_size (const Unit *unit, GError **error)
{
  if (unit->size_bytes >= unit->block_bytes && unit->size_bytes % unit->block_bytes == 0)
    return TRUE;
  g_set_error (error, UNIT_ERROR, UNIT_ERROR_USAGE,
               "expected a size of whole blocks of %u bytes, got %" G_GUINT64_FORMAT,
               unit->block_bytes, unit->size_bytes);
  return FALSE;
}

static gboolean
parse_words (Unit *unit, char *const *words, GError **error)
{
  if (words[0] == NULL || !size_parse (words[0], &unit->size_bytes)) {
    g_set_error (error, UNIT_ERROR, UNIT_ERROR_USAGE,
                 "expected a size as 4096, '64K', '64M' or '1G', got '%s'",
                 words[0] != NULL ? words[0] : "");
    return FALSE;
  }
  for (guint i = 1; words[i] != NULL; i++)
    if (!parse_option (unit, words[i], error))
      return FALSE;
  return check_size (unit, error);
}

gboolean
unit_parse (const char *text, Unit *ret_unit, GError **error)
{
  Unit unit = { .block_bytes = BLOCK_BYTES };
  g_auto (GStrv) words = g_strsplit (text, ",", -1);
  if (!parse_words (&unit, words, error)) {
    g_prefix_error (error, "lun '%s': ", text);
    return FALSE;
  }
  *ret_unit = unit;
  return TRUE;
}
