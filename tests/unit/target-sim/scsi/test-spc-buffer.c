/* SPDX-License-Identifier: Apache-2.0 */
/* READ BUFFER(10) and WRITE BUFFER by octets of SPC-4 6.18 and 6.49. */
#include "tests/unit/target-sim/scsi/unit.h"

#define DATA            0x02
#define DESCRIPTOR      0x03
#define ECHO            0x0a
#define ECHO_DESCRIPTOR 0x0b
#define CAPACITY        65536

static void
set_up (Unit *unit, gconstpointer data)
{
  unit_init (unit);
}

static void
tear_down (Unit *unit, gconstpointer data)
{
  unit_clear (unit);
}

static void
cdb_of (guint8 *cdb, guint8 opcode, guint8 mode, guint32 offset, guint32 length)
{
  memset (cdb, 0, CDB_LENGTH);
  cdb[0] = opcode;
  cdb[1] = mode;
  wire_store (cdb + 3, 3, offset);
  wire_store (cdb + 6, 3, length);
}

static void
write_buffer (Unit *unit, guint8 mode, guint32 offset, const void *bytes, guint32 length)
{
  guint8 cdb[CDB_LENGTH];
  cdb_of (cdb, 0x3b, mode, offset, length);
  run_on (unit, 0, cdb, bytes, length);
}

static void
read_buffer (Unit *unit, guint8 mode, guint32 offset, guint32 length)
{
  guint8 cdb[CDB_LENGTH];
  cdb_of (cdb, 0x3c, mode, offset, length);
  run_on (unit, 0, cdb, NULL, 0);
}

static void
descriptors (Unit *unit, gconstpointer data)
{
  const guint8 of_data[] = { 0, 1, 0, 0 };
  const guint8 of_echo[] = { 1, 0, 0x10, 0 };
  guint8 bytes[16];
  read_buffer (unit, DESCRIPTOR, 0, sizeof bytes);
  g_assert_cmpmem (bytes, data_in (unit, bytes, sizeof bytes), of_data, 4);
  read_buffer (unit, ECHO_DESCRIPTOR, 0, sizeof bytes);
  g_assert_cmpmem (bytes, data_in (unit, bytes, sizeof bytes), of_echo, 4);
}

static void
data_lie_where_they_were_put (Unit *unit, gconstpointer data)
{
  guint8 bytes[8];
  read_buffer (unit, DATA, CAPACITY - 4, sizeof bytes);
  g_assert_cmpmem (bytes, data_in (unit, bytes, sizeof bytes), ((guint8[4]){ 0 }), 4);
  write_buffer (unit, DATA, 3, "abcd", 4);
  g_assert_cmphex (unit->task.status, ==, SCSI_GOOD);
  write_buffer (unit, DATA, 5, "X", 1);
  read_buffer (unit, DATA, 2, sizeof bytes);
  g_assert_cmpmem (bytes, data_in (unit, bytes, sizeof bytes), "\0abXd\0\0\0", 8);
}

static void
an_echo_is_what_the_same_nexus_wrote (Unit *unit, gconstpointer data)
{
  guint8 bytes[16];
  read_buffer (unit, ECHO, 0, sizeof bytes);
  assert_sense (unit, SENSE_ILLEGAL_REQUEST, 0x2c00);
  write_buffer (unit, ECHO, 0, "hello", 5);
  read_buffer (unit, ECHO, 0, sizeof bytes);
  g_assert_cmpmem (bytes, data_in (unit, bytes, sizeof bytes), "hello", 5);
}

/* SPC-4 6.18.9: EBOS. */
static void
an_echo_that_another_overwrote_is_told (Unit *unit, gconstpointer data)
{
  ScsiNexus other;
  guint8 cdb[CDB_LENGTH];
  ScsiTask task;
  scsi_nexus_init (&other, &unit->luns, 1);
  write_buffer (unit, ECHO, 0, "mine", 4);
  cdb_of (cdb, 0x3b, ECHO, 0, 6);
  scsi_task_init (&task, &other, 0, cdb, on_done, unit);
  g_assert_true (scsi_task_prepare (&task));
  payload_append (&task.data_out, slice_copy ("theirs", 6));
  scsi_task_start (&task);
  scsi_task_clear (&task);
  read_buffer (unit, ECHO, 0, 16);
  assert_sense (unit, SENSE_ABORTED_COMMAND, 0x3f0f);
  scsi_nexus_clear (&other);
  write_buffer (unit, ECHO, 0, "again", 5);
  read_buffer (unit, ECHO, 0, 16);
  g_assert_cmphex (unit->task.status, ==, SCSI_GOOD);
}

typedef struct BadBuffer {
  const char *name;
  guint8 opcode;
  guint8 mode;
  guint8 id;
  guint32 offset;
  guint32 length;
  guint16 field;
  guint8 bit;
} BadBuffer;

static const BadBuffer bads[] = {
  { "a mode that is none", 0x3c, 0x1c, 0, 0, 4, 1, 4 },
  { "a mode with something above it", 0x3c, 0x22, 0, 0, 4, 1, 7 },
  { "a descriptor written", 0x3b, DESCRIPTOR, 0, 0, 4, 1, 4 },
  { "microcode", 0x3b, 0x05, 0, 0, 4, 1, 4 },
  { "a second buffer", 0x3c, DATA, 1, 0, 4, 2, 7 },
  { "read from behind it", 0x3c, DATA, 0, CAPACITY + 1, 4, 3, 7 },
  { "written behind it", 0x3b, DATA, 0, CAPACITY + 1, 0, 3, 7 },
  { "written across its end", 0x3b, DATA, 0, CAPACITY - 3, 4, 6, 7 },
  { "an echo that is too long", 0x3b, ECHO, 0, 0, 4097, 6, 7 },
};

static void
a_bad_one_is_refused (Unit *unit, gconstpointer data)
{
  const BadBuffer *bad = data;
  guint8 cdb[CDB_LENGTH];
  cdb_of (cdb, bad->opcode, bad->mode, bad->offset, bad->length);
  cdb[2] = bad->id;
  run_on (unit, 0, cdb, NULL, 0);
  assert_sense (unit, SENSE_ILLEGAL_REQUEST, SENSE_CODE_INVALID_FIELD_IN_CDB);
  assert_field (unit, SENSE_SPECIFIC_CDB_FIELD, bad->field, bad->bit);
}

static void
data_that_did_not_come_are_not_taken (Unit *unit, gconstpointer data)
{
  guint8 cdb[CDB_LENGTH], bytes[8];
  cdb_of (cdb, 0x3b, DATA, 0, 8);
  run_on (unit, 0, cdb, "abcd", 4);
  assert_sense (unit, SENSE_ILLEGAL_REQUEST, SENSE_CODE_PARAMETER_LIST_LENGTH);
  read_buffer (unit, DATA, 0, sizeof bytes);
  g_assert_cmpmem (bytes, data_in (unit, bytes, sizeof bytes), ((guint8[8]){ 0 }), 8);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name) g_test_add ("/buffer/" #name, Unit, NULL, set_up, name, tear_down)
  ADD (descriptors);
  ADD (data_lie_where_they_were_put);
  ADD (an_echo_is_what_the_same_nexus_wrote);
  ADD (an_echo_that_another_overwrote_is_told);
  ADD (data_that_did_not_come_are_not_taken);
  for (guint i = 0; i < G_N_ELEMENTS (bads); i++) {
    g_autofree char *path = g_strdup_printf ("/buffer/refused: %s", bads[i].name);
    g_test_add (path, Unit, &bads[i], set_up, a_bad_one_is_refused, tear_down);
  }
  return g_test_run ();
}
