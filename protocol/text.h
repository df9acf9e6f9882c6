/* SPDX-License-Identifier: Apache-2.0 */
/* text.h - text segments: key=value pairs, each ended by a NUL (RFC 7143 6.1)
 *
 * A TextReader gathers the data segments of one request or response, which may span PDUs (the C bit), within limits, and hands
 * out its pairs. A writer is a GString of raw segment bytes.
 */
#pragma once

#include "protocol/bhs.h"

#define TEXT_KEY_MAX 63 /* R-TEXT-004: a key name */
#define TEXT_VALUE_MAX                                                                             \
  8192 /* any value; most keys allow 255 (R-TEXT-009), which their reader judges */
#define TEXT_SEQUENCE_MAX                                                                          \
  65536                    /* all PDUs of one request together: what R-TEXT-011 asks for at most */
#define TEXT_PAIRS_MAX 256 /* ours */

typedef struct TextPair {
  const char *key;
  const char *value;
} TextPair;

typedef struct TextReader {
  GString *bytes;
  GArray *pairs; /* of TextPair, into `bytes`; filled by text_reader_finish */
} TextReader;

void text_reader_init (TextReader *reader);
void text_reader_clear (TextReader *reader);
gboolean text_reader_add (TextReader *reader, const Payload *segment,
                          GError **error); /* one PDU's data segment */
/* All PDUs are here: split into pairs. A pair without '=', an empty or over-long key, an over-long value, a byte outside the
 * allowed set, or a missing last NUL is an error that names the offset; then there are no pairs. They live until reset or clear. */
gboolean text_reader_finish (TextReader *reader, GError **error);
void text_reader_reset (TextReader *reader);

guint text_reader_count (const TextReader *reader);
const TextPair *text_reader_get (const TextReader *reader, guint index);
const char *text_reader_find (const TextReader *reader,
                              const char *key); /* its value; NULL if it is not there */

void text_write (GString *segment, const char *key, const char *value);
void text_write_number (GString *segment, const char *key, guint64 value);
