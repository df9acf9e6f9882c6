/* SPDX-License-Identifier: Apache-2.0 */
/* name.c - iSCSI names (RFC 7143 4.2.7, RFC 3722)
 *
 * Method: a row per type designator with the function that judges what is behind it. The profile of stringprep is a mapping to
 * lower case, normal form KC, and a set of characters: of ASCII only a-z, 0-9, dash, dot and colon; elsewhere letters, digits
 * and marks without upper case. GLib's tables of Unicode stand in for those of Unicode 3.2 that RFC 3454 prints; where they
 * differ, a character is too young for RFC 3722.
 *
 * Not here: whether the authority owned its domain in that month (R-NAME-007), which no program can know.
 */
#include "protocol/name.h"

#include "world/banned.h"

static gboolean G_GNUC_PRINTF (3, 4)
    name_refuse (const char *name, GError **error, const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  g_autofree char *what = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error, PROTOCOL_ERROR, PROTOCOL_ERROR_NAME, "name '%s': %s", name, what);
  return FALSE;
}

/* ---- characters ---- */

static gboolean
character_is_allowed (gunichar character)
{
  if (character < 0x80)
    return (character >= 'a' && character <= 'z') || (character >= '0' && character <= '9')
           || character == '-' || character == '.' || character == ':';
  return (g_unichar_isalnum (character) || g_unichar_ismark (character))
         && g_unichar_tolower (character) == character;
}

/* R-NAME-005 */
static gboolean
name_check_characters (const char *name, GError **error)
{
  for (const char *at = name; *at != '\0'; at = g_utf8_next_char (at))
    if (!character_is_allowed (g_utf8_get_char (at)))
      return name_refuse (name, error,
                          "expected lower-case letters, digits, '-', '.' and ':', got U+%04X at "
                          "octet %u",
                          g_utf8_get_char (at), (guint) (at - name));
  g_autofree char *composed = g_utf8_normalize (name, -1, G_NORMALIZE_DEFAULT_COMPOSE);
  return strcmp (composed, name) == 0
         || name_refuse (name, error, "expected Unicode normalization form C, got another");
}

/* ---- types ---- */

/* R-NAME-007: yyyy-mm, January is 01. */
static gboolean
date_is_good (const char *text)
{
  if (strspn (text, "0123456789") != 4 || text[4] != '-' || strspn (text + 5, "0123456789") != 2)
    return FALSE;
  const guint month = (guint) (text[5] - '0') * 10 + (guint) (text[6] - '0');
  return month >= 1 && month <= 12 && text[7] == '.';
}

/* A reversed domain name up to the first colon or the end, none of its labels empty. */
static gboolean
domain_is_good (const char *text)
{
  const gsize length = strcspn (text, ":");
  g_autofree char *domain = g_strndup (text, length);
  g_auto (GStrv) labels = g_strsplit (domain, ".", -1);
  for (guint i = 0; labels[i] != NULL; i++)
    if (*labels[i] == '\0')
      return FALSE;
  return length > 0;
}

static gboolean
check_iqn (const char *name, const char *rest, GError **error)
{
  if (!name_check_characters (name, error))
    return FALSE;
  return (date_is_good (rest) && domain_is_good (rest + 8))
         || name_refuse (name, error, "expected 'iqn.yyyy-mm.reversed-domain[:text]', got '%s'",
                         rest);
}

static gboolean
is_hex (const char *text, gsize length)
{
  return strlen (text) == length && strspn (text, "0123456789abcdefABCDEF") == length;
}

/* R-NAME-008 */
static gboolean
check_eui (const char *name, const char *rest, GError **error)
{
  return is_hex (rest, 16)
         || name_refuse (name, error, "expected 16 hex digits after 'eui.', got '%s'", rest);
}

/* R-NAME-009 */
static gboolean
check_naa (const char *name, const char *rest, GError **error)
{
  return is_hex (rest, 16) || is_hex (rest, 32)
         || name_refuse (name, error, "expected 16 or 32 hex digits after 'naa.', got '%s'", rest);
}

/* RFC 7143 4.2.7.3 */
static const struct {
  const char *designator;
  gboolean is_hex;
  gboolean (*check) (const char *name, const char *rest, GError **error);
} types[] = {
  { "iqn.", FALSE, check_iqn },
  { "eui.", TRUE, check_eui },
  { "naa.", TRUE, check_naa },
};

/* G_N_ELEMENTS (types): none. */
static guint
type_of (const char *name)
{
  guint i = 0;
  while (i < G_N_ELEMENTS (types) && !g_str_has_prefix (name, types[i].designator))
    i++;
  return i;
}

/* ---- names ---- */

gboolean
name_check (const char *name, GError **error)
{
  const gsize length = strlen (name);
  const guint type = type_of (name);
  if (!g_utf8_validate (name, -1, NULL)) {
    g_set_error (error, PROTOCOL_ERROR, PROTOCOL_ERROR_NAME,
                 "name: expected UTF-8, got octets that are not");
    return FALSE;
  }
  if (length > NAME_LENGTH_MAX)
    return name_refuse (name, error, "expected at most %d octets, got %" G_GSIZE_FORMAT,
                        NAME_LENGTH_MAX, length);
  if (type == G_N_ELEMENTS (types))
    return name_refuse (name, error, "expected it to begin with 'iqn.', 'eui.' or 'naa.'");
  return types[type].check (name, name + strlen (types[type].designator), error);
}

static char *
to_lower_case (const char *text)
{
  GString *lower = g_string_new (NULL);
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    g_string_append_unichar (lower, g_unichar_tolower (g_utf8_get_char (at)));
  return g_string_free (lower, FALSE);
}

/* RFC 3722: the mapping first, then form KC; case once more, since KC may bring a capital out of a compatibility character. */
char *
name_prepare (const char *typed, GError **error)
{
  if (!g_utf8_validate (typed, -1, NULL)) {
    name_check (typed, error);
    return NULL;
  }
  g_autofree char *mapped = to_lower_case (typed);
  g_autofree char *composed = g_utf8_normalize (mapped, -1, G_NORMALIZE_ALL_COMPOSE);
  g_autofree char *lower = to_lower_case (composed);
  char *name = g_utf8_normalize (lower, -1, G_NORMALIZE_ALL_COMPOSE);
  if (!name_check (name, error))
    g_clear_pointer (&name, g_free);
  return name;
}

gboolean
name_equal (const char *a, const char *b)
{
  const guint type = type_of (a);
  if (type < G_N_ELEMENTS (types) && types[type].is_hex)
    return g_ascii_strcasecmp (a, b) == 0;
  return strcmp (a, b) == 0;
}
