/* SPDX-License-Identifier: Apache-2.0 */
/* identity.c - by which name two paths are known to lead to one unit (SPC-4 7.8.6)
 *
 * Of the designators that name the logical unit itself (association 0) the kind that is hardest to get wrong counts: NAA, then
 * EUI-64, then T10 vendor identification; within a kind the first one. The text is exact: two units are the same if and only
 * if their texts are.
 */
#include "initiator/mpio/identity.h"

#include "world/banned.h"

#define PAGE_HEADER 4

static const struct {
  guint8 type;
  const char *prefix;
} kinds[] = { /* best first */
              { 3, "naa." },
              { 2, "eui." },
              { 1, "t10." }
};

/* The first designator of this type, or NULL; *ret_length is its length. */
static const guint8 *
designator_find (const guint8 *page, gsize end, guint8 type, gsize *ret_length)
{
  for (gsize at = PAGE_HEADER; at + 4 <= end; at += 4 + (gsize) page[at + 3]) {
    const gsize length = page[at + 3];
    if (at + 4 + length > end)
      return NULL;
    if (length > 0 && (page[at + 1] & 0x30) == 0 && (page[at + 1] & 0x0f) == type) {
      *ret_length = length;
      return page + at + 4;
    }
  }
  return NULL;
}

char *
identity_read (const guint8 *page, gsize length)
{
  if (length < PAGE_HEADER || page[1] != 0x83)
    return NULL;
  const gsize end = MIN (length, PAGE_HEADER + ((gsize) page[2] << 8 | page[3]));
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    gsize size;
    const guint8 *bytes = designator_find (page, end, kinds[i].type, &size);
    if (bytes == NULL)
      continue;
    GString *text = g_string_new (kinds[i].prefix);
    for (gsize k = 0; k < size; k++)
      g_string_append_printf (text, "%02x", bytes[k]);
    return g_string_free (text, FALSE);
  }
  return NULL;
}
