/* SPDX-License-Identifier: Apache-2.0 */
/* seeds.c - writes where the fuzzers begin: what both engines really said in a run, in the form that each fuzz target reads
 *
 * seeds FOLDER: makes FOLDER/framer, text, cdb, target and wire and fills them. The bytes on the wire come from an observer on the
 * initiator's stream. A corpus that a fuzzer has found is not kept here: it grows again from these.
 */
#include "tests/fuzz/engines.h"
#include "tests/fuzz/fuzz.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define DATA_MAX  16   /* octets of data in a PDU of short_sent */
#define SEED_MAX  4096 /* octets of one seed */
#define TEXTS_MAX 8

typedef struct Recording {
  GByteArray *sent;
  GByteArray *received;
  GByteArray *short_sent; /* the same PDUs, their data cut short, so that a seed holds many */
  GPtrArray *texts;       /* of GByteArray: the text of each login PDU */
  Framer framers[2];
} Recording;

/* ---- recording ---- */

static void
recording_add_text (Recording *recording, const Framer *framer)
{
  GByteArray *text = g_byte_array_new ();
  g_byte_array_set_size (text, (guint) framer->data.length);
  payload_copy_out (&framer->data, 0, text->data, text->len);
  g_ptr_array_add (recording->texts, text);
}

static gboolean
is_login (const guint8 bhs[BHS_LENGTH])
{
  return bhs_opcode (bhs) == OPCODE_LOGIN_REQUEST || bhs_opcode (bhs) == OPCODE_LOGIN_RESPONSE;
}

static void
recording_add_short (Recording *recording, const Framer *framer)
{
  guint8 pdu[BHS_LENGTH + SEED_MAX] = { 0 };
  const gsize limit = is_login (framer->bhs) ? SEED_MAX : DATA_MAX;
  const gsize length = MIN (framer->data.length, limit);
  memcpy (pdu, framer->bhs, BHS_LENGTH);
  wire_set (pdu, 5, 0, 24, length);
  payload_copy_out (&framer->data, 0, pdu + BHS_LENGTH, length);
  g_byte_array_append (recording->short_sent, pdu, (guint) (BHS_LENGTH + length + (-length & 3)));
}

static void
recording_read (Recording *recording, gboolean is_sent, const Slice *slice)
{
  Framer *framer = &recording->framers[is_sent];
  GByteArray *bytes = is_sent ? recording->sent : recording->received;
  g_byte_array_append (bytes, slice->bytes, (guint) slice->length);
  Slice rest = slice_ref (slice);
  while (framer_next (framer, &rest, NULL) == FRAMER_PDU) {
    if (is_login (framer->bhs))
      recording_add_text (recording, framer);
    if (is_sent)
      recording_add_short (recording, framer);
  }
  slice_clear (&rest);
}

static void
on_sent (gpointer data, Stream *stream, const Slice *slice)
{
  recording_read (data, TRUE, slice);
}

static void
on_received (gpointer data, Stream *stream, const Slice *slice)
{
  recording_read (data, FALSE, slice);
}

static void
on_stream (gpointer data, Host *host, Stream *stream)
{
  static const StreamObserver observer = { .sent = on_sent, .received = on_received };
  stream_add_observer (stream, &observer, data);
}

static void
free_bytes (gpointer data)
{
  g_byte_array_unref (data);
}

static void
recording_make (Recording *recording)
{
  *recording = (Recording){ .sent = g_byte_array_new (),
                            .received = g_byte_array_new (),
                            .short_sent = g_byte_array_new (),
                            .texts = g_ptr_array_new_with_free_func (free_bytes) };
  for (guint i = 0; i < 2; i++)
    framer_init (&recording->framers[i], 0xffffff);
  Engines engines;
  engines_init (&engines, on_stream, recording);
  g_assert_true (engines_connect (&engines));
  engines_run_tasks (&engines);
  engines_clear_tasks (&engines, TRUE);
  engines_clear (&engines);
}

static void
recording_clear (Recording *recording)
{
  g_byte_array_unref (recording->sent);
  g_byte_array_unref (recording->received);
  g_byte_array_unref (recording->short_sent);
  g_ptr_array_unref (recording->texts);
  for (guint i = 0; i < 2; i++)
    framer_clear (&recording->framers[i]);
}

/* ---- writing ---- */

static void
die (const char *path)
{
  fprintf (stderr, "seeds: '%s': expected to write it, got: %s\n", path, g_strerror (errno));
  exit (3);
}

static void
seed_write (const char *folder, const char *target, const char *name, const void *head,
            gsize head_length, const guint8 *bytes, gsize length)
{
  g_autofree char *below = g_build_filename (folder, target, NULL);
  g_autofree char *path = g_build_filename (below, name, NULL);
  FILE *out = g_mkdir_with_parents (below, 0777) == 0 ? fopen (path, "wb") : NULL;
  if (out == NULL)
    die (path);
  length = MIN (length, SEED_MAX);
  if (fwrite (head, 1, head_length, out) != head_length || fwrite (bytes, 1, length, out) != length
      || fclose (out) != 0)
    die (path);
}

static void
write_streams (const char *folder, const Recording *recording)
{
  static const guint8 framer_head[] = { 99, 0xff, 0xff };
  static const struct {
    const char *name;
    guint8 head[2];
  } attacks[] = {
    { "bytes", { 0x00, 200 } },
    { "pdus", { 0x02, 0 } },
    { "pdus-with-numbers", { 0x06, 0 } },
    { "pdus-with-tags", { 0x0e, 0 } },
    { "logged-in-pdus-with-tags", { 0x0f, 0 } },
  };
  const GByteArray *sent = recording->sent, *received = recording->received;
  seed_write (folder, "framer", "sent", framer_head, sizeof framer_head, sent->data, sent->len);
  seed_write (folder, "framer", "received", framer_head, sizeof framer_head, received->data,
              received->len);
  for (guint i = 0; i < G_N_ELEMENTS (attacks); i++)
    seed_write (folder, "target", attacks[i].name, attacks[i].head, sizeof attacks[i].head,
                recording->short_sent->data, recording->short_sent->len);
}

/* Each text is heard by both ends, in both stages. */
static void
write_texts (const char *folder, const Recording *recording)
{
  for (guint i = 0; i < MIN (recording->texts->len, TEXTS_MAX); i++)
    for (guint8 mode = 0; mode < 4; mode++) {
      const GByteArray *text = recording->texts->pdata[i];
      const guint8 head[] = { mode, 255 };
      g_autofree char *name = g_strdup_printf ("login-%u-mode-%u", i + 1, mode);
      seed_write (folder, "text", name, head, sizeof head, text->data, text->len);
    }
}

static gboolean
is_of_blocks (ScsiOp op)
{
  return op == SCSI_OP_READ_10 || op == SCSI_OP_READ_16 || op == SCSI_OP_WRITE_10
         || op == SCSI_OP_WRITE_16;
}

/* Every command once on each of the two units, with a block of data-out. */
static void
write_cdbs (const char *folder)
{
  static const guint16 units[] = { 0, 0x4000 | 300 }, block_sizes[] = { 512, 4096 };
  for (guint op = 0; op < SCSI_OP_COUNT; op++) {
    guint8 commands[2][2 + CDB_LENGTH + 2] = { { 0 } };
    for (guint i = 0; i < 2; i++) {
      wire_set (commands[i], 0, 0, 16, units[i]);
      if (is_of_blocks ((ScsiOp) op))
        cdb_build_blocks (commands[i] + 2, (ScsiOp) op, 1, 1);
      else
        cdb_build (commands[i] + 2, (ScsiOp) op, 255);
      wire_set (commands[i], 2 + CDB_LENGTH, 0, 16, block_sizes[i]);
    }
    g_autofree char *name = g_strdup_printf ("command-%02x", commands[0][2]);
    seed_write (folder, "cdb", name, "", 0, commands[0], sizeof commands);
  }
}

/* Each kind of edit on a PDU of the login and on one of the data, in each direction. */
static void
write_edits (const char *folder)
{
  for (guint8 kind = 0; kind < 6; kind++) {
    const guint8 edits[] = { 0x01, kind, 20, 0x11, 0x81, kind, 30, 0x02,
                             0x05, kind, 24, 0x01, 0x86, kind, 44, 0x80 };
    for (guint i = 0; i < sizeof edits; i += 4) {
      g_autofree char *name = g_strdup_printf ("edit-%u-of-pdu-%02x", kind, edits[i]);
      seed_write (folder, "wire", name, "", 0, edits + i, 4);
    }
  }
}

int
main (int argc, char **argv)
{
  if (argc != 2) {
    fputs ("usage: seeds FOLDER\n", stderr);
    return 2;
  }
  Recording recording;
  recording_make (&recording);
  write_streams (argv[1], &recording);
  write_texts (argv[1], &recording);
  write_cdbs (argv[1]);
  write_edits (argv[1]);
  recording_clear (&recording);
  return 0;
}
