/* SPDX-License-Identifier: Apache-2.0 */
/* FORMAT UNIT by octets of SBC-3 5.3. */
#include "tests/unit/target-sim/scsi/unit.h"
#include "world/sim/sim.h"
#include "world/world-events.h"

#define FMTDATA  0x10
#define LONGLIST 0x20
#define FOV      0x80
#define IP       0x08
#define IMMED    0x02
#define BAD_LUN  6

/* Unit 6 cannot be written while `fails`. */
typedef struct Format {
  Unit unit;
  World *world;
  Host *host;
  Store bad;
  StoreResult fails;
} Format;

static void
bad_write (Store *store, StoreRequest *request)
{
  const Format *self = (Format *) ((guint8 *) store - G_STRUCT_OFFSET (Format, bad));
  request->done (request, self->fails);
}

static void
ignore_done (StoreRequest *request, StoreResult result)
{
}

static void
set_up (Format *self, gconstpointer data)
{
  static const EventFamily *const families[] = { &world_events, NULL };
  static const StoreOps ops = { .write = bad_write };
  unit_init (&self->unit);
  self->world = sim_world_new (&(SimConfig){ .seed = 1, .events = families });
  self->host = world_host_new (self->world, "target", NULL);
  self->unit.nexus.host = self->host;
  self->bad = (Store){ STORE_MAGIC, &ops, 4096 };
  self->fails = STORE_FAILED;
  g_assert_true (luns_add (&self->unit.luns, BAD_LUN, 512, &self->bad, NULL));
  Buffer *buffer = buffer_new (store_size (self->unit.store));
  memset (buffer->bytes, 0x5a, buffer->size);
  StoreRequest request = { .bytes = payload_of (slice_whole (buffer)), .done = ignore_done };
  store_write (self->unit.store, &request);
  payload_clear (&request.bytes);
}

static void
tear_down (Format *self, gconstpointer data)
{
  unit_clear (&self->unit);
  world_free (self->world);
}

/* One command; TRUE: it ended at once. It has ended when this returns. */
static gboolean
run (Format *self, guint16 lun, const guint8 *six, const void *list, gsize length)
{
  Unit *unit = &self->unit;
  guint8 cdb[CDB_LENGTH] = { 0 };
  const guint before = unit->done;
  memcpy (cdb, six, 6);
  if (unit->task.magic != 0)
    scsi_task_clear (&unit->task);
  scsi_task_init (&unit->task, &unit->nexus, lun_encode (lun), cdb, on_done, unit);
  if (!scsi_task_prepare (&unit->task))
    return TRUE;
  if (length > 0)
    payload_append (&unit->task.data_out, slice_copy (list, length));
  scsi_task_start (&unit->task);
  const gboolean is_at_once = unit->done > before;
  world_wake_at (self->world, host_now_ns (self->host) + NS_PER_S);
  while (luns_find (&unit->luns, lun)->erasure != NULL && world_step (self->world))
    ;
  g_assert_cmpuint (unit->done, ==, before + 1);
  return is_at_once;
}

static gboolean
format (Format *self, guint8 flags, const void *list, gsize length)
{
  const guint8 cdb[6] = { 0x04, flags };
  return run (self, 0, cdb, list, length);
}

/* Over again from the beginning of each block. */
static void
assert_filled (Format *self, const guint8 *pattern, gsize length)
{
  Store *store = self->unit.store;
  StoreRequest request = { .length_bytes = store_size (store), .done = ignore_done };
  store_read (store, &request);
  Slice all = payload_join (&request.bytes);
  for (gsize i = 0; i < all.length; i++)
    if (all.bytes[i] != pattern[i % 512 % length])
      g_error ("byte %zu: expected %02x, got %02x", i, pattern[i % 512 % length], all.bytes[i]);
  slice_clear (&all);
  payload_clear (&request.bytes);
}

static void
without_a_list_it_is_zeros (Format *self, gconstpointer data)
{
  g_assert_false (format (self, 0, NULL, 0));
  g_assert_cmphex (self->unit.task.status, ==, SCSI_GOOD);
  g_assert_cmpuint (self->unit.task.transfer_length, ==, 0);
  assert_filled (self, (const guint8[]){ 0 }, 1);
}

static void
a_pattern_is_repeated (Format *self, gconstpointer data)
{
  const guint8 in_short[] = { 0, FOV | IP, 0, 0, 0, 1, 0, 3, 7, 8, 9 };
  const guint8 in_long[] = { 0, FOV | IP, 0, 0, 0, 0, 0, 0, 0, 1, 0, 2, 5, 6 };
  g_assert_false (format (self, FMTDATA, in_short, sizeof in_short));
  g_assert_cmphex (self->unit.task.status, ==, SCSI_GOOD);
  g_assert_cmpuint (self->unit.task.transfer_length, ==, sizeof in_short);
  assert_filled (self, in_short + 8, 3);
  format (self, FMTDATA | LONGLIST, in_long, sizeof in_long);
  g_assert_cmphex (self->unit.task.status, ==, SCSI_GOOD);
  assert_filled (self, in_long + 12, 2);
}

/* What comes behind the list belongs to nothing. */
static void
the_list_says_how_long_it_is (Format *self, gconstpointer data)
{
  const guint8 list[12] = { 0, FOV };
  format (self, FMTDATA, list, sizeof list);
  g_assert_cmphex (self->unit.task.status, ==, SCSI_GOOD);
  g_assert_cmpuint (self->unit.task.transfer_length, ==, 4);
  assert_filled (self, (const guint8[]){ 0 }, 1);
}

static void
an_immediate_one_ends_before_it_is_done (Format *self, gconstpointer data)
{
  const guint8 list[4] = { 0, IMMED };
  g_assert_true (format (self, FMTDATA, list, sizeof list));
  g_assert_cmphex (self->unit.task.status, ==, SCSI_GOOD);
  assert_filled (self, (const guint8[]){ 0 }, 1);
}

static void
after_a_failure_it_has_to_be_formatted_again (Format *self, gconstpointer data)
{
  const guint8 again[6] = { 0x04 };
  const guint8 ready[6] = { 0x00 };
  run (self, BAD_LUN, again, NULL, 0);
  assert_sense (&self->unit, SENSE_MEDIUM_ERROR, 0x3101);
  run (self, BAD_LUN, ready, NULL, 0);
  assert_sense (&self->unit, SENSE_MEDIUM_ERROR, 0x3101);
  self->fails = STORE_OK;
  run (self, BAD_LUN, again, NULL, 0);
  g_assert_cmphex (self->unit.task.status, ==, SCSI_GOOD);
  run (self, BAD_LUN, ready, NULL, 0);
  g_assert_cmphex (self->unit.task.status, ==, SCSI_GOOD);
}

typedef struct BadFormat {
  const char *name;
  guint8 flags;
  guint8 list[12];
  gsize length;
  guint16 code;
  SenseSpecific specific;
  guint16 field;
  guint8 bit;
} BadFormat;

#define CDB_FIELD  SENSE_CODE_INVALID_FIELD_IN_CDB, SENSE_SPECIFIC_CDB_FIELD
#define LIST_FIELD SENSE_CODE_INVALID_FIELD_IN_PARAMETERS, SENSE_SPECIFIC_PARAMETER_FIELD
#define TOO_SHORT  SENSE_CODE_PARAMETER_LIST_LENGTH, SENSE_SPECIFIC_NONE, 0, 0

static const BadFormat bads[] = {
  { "with protection", 0x90, { 0 }, 4, CDB_FIELD, 1, 7 },
  { "a long list without one", LONGLIST, { 0 }, 0, CDB_FIELD, 1, 5 },
  { "a complete list without one", 0x08, { 0 }, 0, CDB_FIELD, 1, 3 },
  { "a format of defects without them", 0x04, { 0 }, 0, CDB_FIELD, 1, 2 },
  { "half a header", FMTDATA, { 0 }, 3, TOO_SHORT },
  { "half a long header", FMTDATA | LONGLIST, { 0 }, 7, TOO_SHORT },
  { "protection in the list", FMTDATA, { 1, FOV }, 4, LIST_FIELD, 0, 2 },
  { "a pattern without FOV", FMTDATA, { 0, IP }, 4, LIST_FIELD, 1, 7 },
  { "defects", FMTDATA, { 0, FOV, 0, 8 }, 12, LIST_FIELD, 2, 7 },
  { "a protection interval", FMTDATA | LONGLIST, { 0, 0, 0, 1 }, 8, LIST_FIELD, 3, 7 },
  { "no descriptor", FMTDATA, { 0, FOV | IP, 0, 0, 0 }, 5, TOO_SHORT },
  { "half a pattern", FMTDATA, { 0, FOV | IP, 0, 0, 0, 1, 0, 5 }, 12, TOO_SHORT },
  { "an unknown pattern", FMTDATA, { 0, FOV | IP, 0, 0, 0, 2 }, 8, LIST_FIELD, 5, 7 },
  { "a default with bytes", FMTDATA, { 0, FOV | IP, 0, 0, 0, 0, 0, 4 }, 12, LIST_FIELD, 6, 7 },
  { "a pattern of none", FMTDATA, { 0, FOV | IP, 0, 0, 0, 1 }, 8, LIST_FIELD, 6, 7 },
  { "more than a block", FMTDATA, { 0, FOV | IP, 0, 0, 0, 1, 2, 1 }, 12, LIST_FIELD, 6, 7 },
};

static void
a_bad_one_changes_nothing (Format *self, gconstpointer data)
{
  const BadFormat *bad = data;
  g_assert_true (format (self, bad->flags, bad->list, bad->length));
  assert_sense (&self->unit, SENSE_ILLEGAL_REQUEST, bad->code);
  if (bad->specific != SENSE_SPECIFIC_NONE)
    assert_field (&self->unit, bad->specific, bad->field, bad->bit);
  assert_filled (self, (const guint8[]){ 0x5a }, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name) g_test_add ("/format/" #name, Format, NULL, set_up, name, tear_down)
  ADD (without_a_list_it_is_zeros);
  ADD (a_pattern_is_repeated);
  ADD (the_list_says_how_long_it_is);
  ADD (an_immediate_one_ends_before_it_is_done);
  ADD (after_a_failure_it_has_to_be_formatted_again);
  for (guint i = 0; i < G_N_ELEMENTS (bads); i++) {
    g_autofree char *path = g_strdup_printf ("/format/refused: %s", bads[i].name);
    g_test_add (path, Format, &bads[i], set_up, a_bad_one_changes_nothing, tear_down);
  }
  return g_test_run ();
}
