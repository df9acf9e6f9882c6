/* SPDX-License-Identifier: Apache-2.0 */
/* A real initiator and a real target, and between them a device that changes, drops, doubles or cuts some of the first PDUs. The engines
 * may break connections as they like, but every task ends exactly once, and when the device has done its worst the session comes
 * back and serves again.
 *
 * Input: a list of edits, each a PDU's number (1 byte: the top bit is the direction), what to do (1 byte) and two more. */
#include "tests/fuzz/engines.h"
#include "tests/fuzz/fuzz.h"

#define EDITS_MAX    32
#define SEGMENT_LAST (16 * 1024 * 1024 - 1)

typedef enum EditKind {
  EDIT_SET,
  EDIT_FLIP,
  EDIT_DROP,
  EDIT_DOUBLE,
  EDIT_CUT,
  EDIT_RESET
} EditKind;

#define EDIT_KINDS 6

typedef struct Edit {
  StreamDirection direction;
  guint number; /* of the PDU in its direction, over all connections, from 0 */
  EditKind kind;
  guint8 place; /* of the octet, from the start of the header */
  guint8 value;
} Edit;

typedef struct Side {
  guint pdus;
  Framer framer; /* of the newest connection */
} Side;

typedef struct Between {
  Edit edits[EDITS_MAX];
  guint edit_count;
  Side sides[2];
} Between;

/* ---- the device between ---- */

/* As bytes, so that whatever is in the header goes out as it is. */
static GByteArray *
pdu_bytes (const Framer *framer)
{
  const gsize length = framer->data.length;
  GByteArray *bytes = g_byte_array_new ();
  g_byte_array_set_size (bytes, (guint) (BHS_LENGTH + length + (-length & 3)));
  memset (bytes->data, 0, bytes->len);
  memcpy (bytes->data, framer->bhs, BHS_LENGTH);
  payload_copy_out (&framer->data, 0, bytes->data + BHS_LENGTH, length);
  return bytes;
}

static void
pass_bytes (Stream *stream, StreamDirection direction, const GByteArray *bytes, gsize length)
{
  Slice slice = slice_copy (bytes->data, MIN (length, bytes->len));
  stream_tap_pass (stream, direction, &slice);
  slice_clear (&slice);
}

static const Edit *
edit_find (const Between *between, StreamDirection direction, guint number)
{
  for (guint i = 0; i < between->edit_count; i++)
    if (between->edits[i].direction == direction && between->edits[i].number == number)
      return &between->edits[i];
  return NULL;
}

static void
edit_apply (const Edit *edit, Stream *stream, StreamDirection direction, GByteArray *bytes)
{
  guint8 *octet = &bytes->data[edit->place % bytes->len];
  gsize length = bytes->len;
  switch (edit->kind) {
  case EDIT_SET:
    *octet = edit->value;
    break;
  case EDIT_FLIP:
    *octet ^= (guint8) (1u << (edit->value % 8));
    break;
  case EDIT_DROP:
    return;
  case EDIT_DOUBLE:
    pass_bytes (stream, direction, bytes, length);
    break;
  case EDIT_CUT:
    length = edit->place % bytes->len;
    break;
  case EDIT_RESET:
    pass_bytes (stream, direction, bytes, edit->place % bytes->len);
    stream_tap_break (stream, STREAM_END_RST);
    return;
  }
  pass_bytes (stream, direction, bytes, length);
}

/* Passing may free the stream, and another one may have begun by then: what is left of the slice is of no interest. */
static void
between_pass (Between *between, Stream *stream, StreamDirection direction, const Slice *slice)
{
  Side *side = &between->sides[direction];
  Slice rest = slice_ref (slice);
  while (framer_next (&side->framer, &rest, NULL) == FRAMER_PDU) {
    g_autoptr (GByteArray) bytes = pdu_bytes (&side->framer);
    const Edit *edit = edit_find (between, direction, side->pdus++);
    if (edit != NULL)
      edit_apply (edit, stream, direction, bytes);
    else
      pass_bytes (stream, direction, bytes, bytes->len);
  }
  slice_clear (&rest);
}

static void
tap_outgoing (gpointer data, Stream *stream, const Slice *slice)
{
  between_pass (data, stream, STREAM_OUT, slice);
}

static void
tap_incoming (gpointer data, Stream *stream, const Slice *slice)
{
  between_pass (data, stream, STREAM_IN, slice);
}

static void
between_on_stream (gpointer data, Host *host, Stream *stream)
{
  static const StreamTap tap = { .outgoing = tap_outgoing, .incoming = tap_incoming };
  Between *between = data;
  for (guint i = 0; i < G_N_ELEMENTS (between->sides); i++)
    framer_clear (&between->sides[i].framer);
  stream_set_tap (stream, &tap, between);
}

static void
read_edits (Between *between, FuzzInput *input)
{
  while (input->length > 0 && between->edit_count < EDITS_MAX) {
    const guint8 number = fuzz_byte (input);
    between->edits[between->edit_count++] = (Edit){
      .direction = (number & 0x80) != 0 ? STREAM_IN : STREAM_OUT,
      .number = number & 0x7f,
      .kind = (EditKind) (fuzz_byte (input) % EDIT_KINDS),
      .place = fuzz_byte (input),
      .value = fuzz_byte (input),
    };
  }
}

static void
run (Between *between, Engines *engines)
{
  if (!engines_connect (engines))
    return;
  engines_run_tasks (engines);
  engines_clear_tasks (engines, FALSE);
  between->edit_count = 0;
  /* A connection whose framing was broken may still wait for bytes that never come: its next task finds that out. */
  engines_run_tasks (engines);
  engines_clear_tasks (engines, FALSE);
  engines_run_tasks (engines);
  engines_clear_tasks (engines, TRUE);
}

int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize length)
{
  FuzzInput input = { bytes, length };
  Between between = { 0 };
  Engines engines;
  for (guint i = 0; i < G_N_ELEMENTS (between.sides); i++)
    framer_init (&between.sides[i].framer, SEGMENT_LAST);
  read_edits (&between, &input);
  engines_init (&engines, between_on_stream, &between);
  run (&between, &engines);
  engines_clear (&engines);
  for (guint i = 0; i < G_N_ELEMENTS (between.sides); i++)
    framer_clear (&between.sides[i].framer);
  return 0;
}
