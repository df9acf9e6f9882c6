/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz.h - a fuzzer's input as a cursor: bytes, numbers and pieces, until there are none left
 *
 * A fuzz target reads its decisions from the front of the input and takes the rest for the bytes under test. Reading past the
 * end gives zeros, so that every input means something and a shorter one means nearly the same.
 */
#pragma once

#include <glib.h>
#include <string.h>

typedef struct FuzzInput {
  const guint8 *bytes;
  gsize length;
} FuzzInput;

/* What libFuzzer calls; always returns 0. */
int LLVMFuzzerTestOneInput (const guint8 *bytes, gsize length);

/* At most `length` bytes from the front; *ret_length says how many. */
static inline const guint8 *
fuzz_take (FuzzInput *input, gsize length, gsize *ret_length)
{
  const guint8 *bytes = input->bytes;
  *ret_length = MIN (length, input->length);
  input->bytes += *ret_length;
  input->length -= *ret_length;
  return bytes;
}

static inline void
fuzz_fill (FuzzInput *input, guint8 *ret_bytes, gsize length)
{
  gsize taken;
  const guint8 *bytes = fuzz_take (input, length, &taken);
  memset (ret_bytes, 0, length);
  if (taken > 0)
    memcpy (ret_bytes, bytes, taken);
}

static inline guint8
fuzz_byte (FuzzInput *input)
{
  guint8 byte;
  fuzz_fill (input, &byte, 1);
  return byte;
}

static inline guint16
fuzz_u16 (FuzzInput *input)
{
  guint8 bytes[2];
  fuzz_fill (input, bytes, sizeof bytes);
  return (guint16) (bytes[0] << 8 | bytes[1]);
}
