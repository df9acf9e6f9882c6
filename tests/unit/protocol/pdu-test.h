/* SPDX-License-Identifier: Apache-2.0 */
/* pdu-test.h - literal headers for the tests: hex as one writes it from the RFC's figures, blanks anywhere */
#pragma once

#include "protocol/bhs.h"

static inline gsize
hex_bytes (const char *hex, guint8 *ret_bytes, gsize room)
{
  gsize count = 0;
  for (; *hex != '\0'; hex++) {
    if (g_ascii_isspace (*hex))
      continue;
    g_assert_cmpuint (count, <, room);
    ret_bytes[count++] =
        (guint8) (g_ascii_xdigit_value (hex[0]) << 4 | g_ascii_xdigit_value (hex[1]));
    hex++;
  }
  return count;
}

static inline void
hex_bhs (const char *hex, guint8 ret_bhs[BHS_LENGTH])
{
  g_assert_cmpuint (hex_bytes (hex, ret_bhs, BHS_LENGTH), ==, BHS_LENGTH);
}

static inline void
assert_bhs (const guint8 bhs[BHS_LENGTH], const char *hex)
{
  guint8 expected[BHS_LENGTH];
  hex_bhs (hex, expected);
  g_assert_cmpmem (bhs, BHS_LENGTH, expected, BHS_LENGTH);
}

/* From a literal to the struct and back: all fields that the literal has are fields of the struct. */
#define assert_round_trip(hex, Type, noun)                                                         \
  do {                                                                                             \
    Type decoded;                                                                                  \
    guint8 literal[BHS_LENGTH], again[BHS_LENGTH];                                                 \
    hex_bhs (hex, literal);                                                                        \
    noun##_decode (&decoded, literal);                                                             \
    noun##_encode (&decoded, again);                                                               \
    g_assert_cmpmem (again, BHS_LENGTH, literal, BHS_LENGTH);                                      \
  } while (0)

static inline void
bhs_set (guint8 bhs[BHS_LENGTH], const char *name, guint64 value)
{
  const PduField *field = pdu_field (pdu_type (bhs_opcode (bhs)), name);
  g_assert_nonnull (field);
  wire_set (bhs, field->byte, field->shift, field->bits, value);
}

/* One or two fields of a valid header are changed; message: how it is refused, NULL: it stays valid. */
typedef struct PduCase {
  const char *field;
  guint64 value;
  const char *second;
  guint64 second_value;
  const char *message;
} PduCase;

static inline void
assert_case (const char *hex, const PduCase *change)
{
  guint8 bhs[BHS_LENGTH];
  g_autoptr (GError) error = NULL;
  hex_bhs (hex, bhs);
  if (change->field != NULL)
    bhs_set (bhs, change->field, change->value);
  if (change->second != NULL)
    bhs_set (bhs, change->second, change->second_value);
  const gboolean is_valid = pdu_validate (bhs, &error);
  g_assert_cmpstr (error != NULL ? error->message : NULL, ==, change->message);
  g_assert_cmpint (is_valid, ==, change->message == NULL);
  if (error != NULL)
    g_assert_error (error, PROTOCOL_ERROR, PROTOCOL_ERROR_FORMAT);
}

#define assert_cases(hex, cases)                                                                   \
  do {                                                                                             \
    for (guint each = 0; each < G_N_ELEMENTS (cases); each++)                                      \
      assert_case (hex, &(cases)[each]);                                                           \
  } while (0)
