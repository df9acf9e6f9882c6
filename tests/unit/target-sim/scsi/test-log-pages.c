/* SPDX-License-Identifier: Apache-2.0 */
/* LOG SENSE by octets of SPC-4 7.3, and SEND DIAGNOSTIC, whose self-tests it tells. */
#include "tests/unit/target-sim/scsi/unit.h"

#define SENSE_ALL  0x40 /* PC: cumulative values */
#define BAD_LUN    7
#define BAD_BLOCKS 16

typedef struct Logged {
  Unit unit;
  Store bad; /* behind unit 7: its last block cannot be read, and nothing written */
} Logged;

static void
bad_read (Store *store, StoreRequest *request)
{
  const gboolean is_bad = request->offset_bytes + request->length_bytes == store->size_bytes;
  if (!is_bad)
    payload_append (&request->bytes, slice_whole (buffer_new (request->length_bytes)));
  request->done (request, is_bad ? STORE_FAILED : STORE_OK);
}

static void
bad_write (Store *store, StoreRequest *request)
{
  request->done (request, STORE_FAILED);
}

static void
set_up (Logged *self, gconstpointer data)
{
  static const StoreOps ops = { .read = bad_read, .write = bad_write };
  self->bad = (Store){ STORE_MAGIC, &ops, BAD_BLOCKS * 512 };
  unit_init (&self->unit);
  g_assert_true (luns_add (&self->unit.luns, BAD_LUN, 512, &self->bad, NULL));
}

static void
tear_down (Logged *self, gconstpointer data)
{
  unit_clear (&self->unit);
}

/* A page, with its header as it has to be; what is returned is behind it. */
static gsize
page (Logged *self, guint16 lun, guint8 code, guint8 subpage, guint8 *body, gsize room)
{
  const guint8 cdb[CDB_LENGTH] = { 0x4d, 0, SENSE_ALL | code, subpage, [7] = 4 };
  guint8 bytes[1024];
  run_on (&self->unit, lun_encode (lun), cdb, NULL, 0);
  const gsize length = data_in (&self->unit, bytes, sizeof bytes);
  g_assert_cmphex (bytes[0], ==, code | (subpage != 0 ? 0x40 : 0));
  g_assert_cmphex (bytes[1], ==, subpage);
  g_assert_cmpuint (wire_load (bytes + 2, 2), ==, length - 4);
  g_assert_cmpuint (length - 4, <=, room);
  memcpy (body, bytes + 4, length - 4);
  return length - 4;
}

static void
lists_of_pages_and_of_subpages (Logged *self, gconstpointer data)
{
  static const guint8 pages[] = { 0x00, 0x02, 0x03, 0x05, 0x10, 0x2f };
  static const guint8 all[] = { 0, 0, 0, 0xff, 2, 0, 3, 0, 5, 0, 0x10, 0, 0x2f, 0 };
  static const guint8 of_one[] = { 0x02, 0x00, 0x02, 0xff };
  guint8 body[64];
  g_assert_cmpmem (body, page (self, 0, 0x00, 0x00, body, 64), pages, sizeof pages);
  g_assert_cmpmem (body, page (self, 0, 0x00, 0xff, body, 64), all, sizeof all);
  g_assert_cmpmem (body, page (self, 0, 0x02, 0xff, body, 64), of_one, sizeof of_one);
}

static void
assert_counters (Logged *self, guint16 lun, guint8 code, guint64 bytes, guint64 errors)
{
  guint8 body[64];
  g_assert_cmpuint (page (self, lun, code, 0, body, sizeof body), ==, 24);
  g_assert_cmphex (wire_load (body, 4), ==, 0x00050008);
  g_assert_cmpuint (wire_load (body + 4, 8), ==, bytes);
  g_assert_cmphex (wire_load (body + 12, 4), ==, 0x00060008);
  g_assert_cmpuint (wire_load (body + 16, 8), ==, errors);
}

static void
blocks (Logged *self, guint16 lun, ScsiOp op, guint64 lba, guint32 count)
{
  const guint8 data[2048] = { 0 };
  guint8 cdb[CDB_LENGTH];
  cdb_build_blocks (cdb, op, lba, count);
  run_on (&self->unit, lun_encode (lun), cdb, data, op == SCSI_OP_WRITE_10 ? 512 * count : 0);
}

static void
bytes_and_errors_are_counted (Logged *self, gconstpointer data)
{
  assert_counters (self, 0, 0x02, 0, 0);
  blocks (self, 0, SCSI_OP_WRITE_10, 0, 3);
  blocks (self, 0, SCSI_OP_READ_16, 0, 2);
  blocks (self, 0, SCSI_OP_READ_10, UNIT_BLOCKS, 1); /* refused: no error of the medium */
  assert_counters (self, 0, 0x02, 3 * 512, 0);
  assert_counters (self, 0, 0x03, 2 * 512, 0);
  assert_counters (self, 0, 0x05, 0, 0);
  blocks (self, BAD_LUN, SCSI_OP_WRITE_10, 0, 1);
  blocks (self, BAD_LUN, SCSI_OP_READ_10, BAD_BLOCKS - 1, 1);
  blocks (self, BAD_LUN, SCSI_OP_READ_10, 0, 1);
  assert_counters (self, BAD_LUN, 0x02, 0, 1);
  assert_counters (self, BAD_LUN, 0x03, 512, 1);
}

/* SPC-4 6.8: PARAMETER POINTER. */
static void
a_pointer_leaves_out_what_is_before_it (Logged *self, gconstpointer data)
{
  guint8 cdb[CDB_LENGTH] = { 0x4d, 0, SENSE_ALL | 0x02, 0, 0, 0, 0x06, 0, 255 };
  guint8 bytes[255];
  run_on (&self->unit, 0, cdb, NULL, 0);
  g_assert_cmpuint (data_in (&self->unit, bytes, sizeof bytes), ==, 16);
  g_assert_cmphex (wire_load (bytes + 4, 2), ==, 0x0006);
  cdb[6] = 0x07;
  run_on (&self->unit, 0, cdb, NULL, 0);
  assert_sense (&self->unit, SENSE_ILLEGAL_REQUEST, SENSE_CODE_INVALID_FIELD_IN_CDB);
  assert_field (&self->unit, SENSE_SPECIFIC_CDB_FIELD, 5, 7);
}

static void
no_exception_is_pending (Logged *self, gconstpointer data)
{
  static const guint8 expected[] = { 0, 0, 3, 4, 0, 0, 0xff, 0 };
  guint8 body[64];
  g_assert_cmpmem (body, page (self, 0, 0x2f, 0, body, 64), expected, sizeof expected);
}

static void
self_test (Logged *self, guint16 lun, guint8 flags)
{
  const guint8 cdb[CDB_LENGTH] = { 0x1d, flags };
  run_on (&self->unit, lun_encode (lun), cdb, NULL, 0);
}

/* SPC-4 7.3.21: twenty, the latest first. */
static void
self_tests_are_told (Logged *self, gconstpointer data)
{
  guint8 body[400];
  g_assert_cmpuint (page (self, BAD_LUN, 0x10, 0, body, sizeof body), ==, 20 * 20);
  for (guint i = 0; i < 20; i++) {
    g_assert_cmphex (wire_load (body + 20 * i, 4), ==, (i + 1) << 16 | 0x0310);
    g_assert_cmphex (wire_load (body + 20 * i + 4, 8), ==, 0);
  }
  self_test (self, BAD_LUN, 5 << 5);
  assert_sense (&self->unit, SENSE_HARDWARE_ERROR, 0x3e03);
  page (self, BAD_LUN, 0x10, 0, body, sizeof body);
  g_assert_cmphex (body[4], ==, 0xa7);
  g_assert_cmpuint (wire_load (body + 8, 8), ==, BAD_BLOCKS - 1);
  g_assert_cmphex (body[24], ==, 0);
  self_test (self, 0, 5 << 5);
  g_assert_cmphex (self->unit.task.status, ==, SCSI_GOOD);
  page (self, 0, 0x10, 0, body, sizeof body);
  g_assert_cmphex (body[4], ==, 0xa0);
  g_assert_cmphex (wire_load (body + 8, 8), ==, G_MAXUINT64);
}

static void
the_default_self_test_is_not_listed (Logged *self, gconstpointer data)
{
  guint8 body[400];
  self_test (self, 0, 0x04);
  g_assert_cmphex (self->unit.task.status, ==, SCSI_GOOD);
  self_test (self, BAD_LUN, 0x04);
  assert_sense (&self->unit, SENSE_HARDWARE_ERROR, 0x3e03);
  page (self, BAD_LUN, 0x10, 0, body, sizeof body);
  g_assert_cmphex (body[4], ==, 0);
}

static void
the_diagnostic_pages_are_one (Logged *self, gconstpointer data)
{
  const guint8 ask[CDB_LENGTH] = { 0x1d, 0x10, [4] = 4 };
  const guint8 get[CDB_LENGTH] = { 0x1c, 0x01, [4] = 255 };
  const guint8 other[CDB_LENGTH] = { 0x1c, 0x01, 0x40, [4] = 255 };
  const guint8 pages[] = { 0, 0, 0, 1, 0 };
  const guint8 translate[] = { 0x40, 0, 0, 0 };
  guint8 bytes[255];
  run_on (&self->unit, 0, ask, (const guint8[4]){ 0 }, 4);
  g_assert_cmphex (self->unit.task.status, ==, SCSI_GOOD);
  run_on (&self->unit, 0, get, NULL, 0);
  g_assert_cmpmem (bytes, data_in (&self->unit, bytes, sizeof bytes), pages, sizeof pages);
  run_on (&self->unit, 0, other, NULL, 0);
  assert_field (&self->unit, SENSE_SPECIFIC_CDB_FIELD, 2, 7);
  run_on (&self->unit, 0, ask, translate, 4);
  assert_sense (&self->unit, SENSE_ILLEGAL_REQUEST, SENSE_CODE_INVALID_FIELD_IN_PARAMETERS);
  run_on (&self->unit, 0, ask, translate, 3);
  assert_sense (&self->unit, SENSE_ILLEGAL_REQUEST, SENSE_CODE_PARAMETER_LIST_LENGTH);
}

typedef struct BadCdb {
  const char *name;
  guint8 cdb[9];
  guint16 field;
  guint8 bit;
} BadCdb;

static const BadCdb bads[] = {
  { "log: saving", { 0x4d, 0x01, 0x40 }, 1, 0 },
  { "log: parameter pointer control", { 0x4d, 0x02, 0x40 }, 1, 1 },
  { "log: no such page", { 0x4d, 0, 0x4d }, 2, 5 },
  { "log: no such page has subpages", { 0x4d, 0, 0x4d, 0xff }, 2, 5 },
  { "log: no such subpage", { 0x4d, 0, 0x42, 1 }, 3, 7 },
  { "log: thresholds", { 0x4d, 0, 0x02 }, 2, 7 },
  { "log: a pointer into a list", { 0x4d, 0, 0x40, [6] = 1 }, 5, 7 },
  { "diagnostic: in the background", { 0x1d, 1 << 5 }, 1, 7 },
  { "diagnostic: an extended one", { 0x1d, 6 << 5 }, 1, 7 },
  { "diagnostic: two at once", { 0x1d, 5 << 5 | 4 }, 1, 7 },
  { "diagnostic: a test with pages", { 0x1d, 0x14, [4] = 4 }, 3, 7 },
  { "diagnostic: pages of the vendor", { 0x1d, 0x00, [4] = 4 }, 1, 4 },
};

static void
a_bad_cdb_is_refused (Logged *self, gconstpointer data)
{
  const BadCdb *bad = data;
  guint8 cdb[CDB_LENGTH] = { 0 };
  memcpy (cdb, bad->cdb, sizeof bad->cdb);
  run_on (&self->unit, 0, cdb, NULL, 0);
  assert_sense (&self->unit, SENSE_ILLEGAL_REQUEST, SENSE_CODE_INVALID_FIELD_IN_CDB);
  assert_field (&self->unit, SENSE_SPECIFIC_CDB_FIELD, bad->field, bad->bit);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name) g_test_add ("/log/" #name, Logged, NULL, set_up, name, tear_down)
  ADD (lists_of_pages_and_of_subpages);
  ADD (bytes_and_errors_are_counted);
  ADD (a_pointer_leaves_out_what_is_before_it);
  ADD (no_exception_is_pending);
  ADD (self_tests_are_told);
  ADD (the_default_self_test_is_not_listed);
  ADD (the_diagnostic_pages_are_one);
  for (guint i = 0; i < G_N_ELEMENTS (bads); i++) {
    g_autofree char *path = g_strdup_printf ("/log/refused: %s", bads[i].name);
    g_test_add (path, Logged, &bads[i], set_up, a_bad_cdb_is_refused, tear_down);
  }
  return g_test_run ();
}
