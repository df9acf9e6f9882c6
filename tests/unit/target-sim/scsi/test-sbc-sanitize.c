/* SPDX-License-Identifier: Apache-2.0 */
/* SANITIZE by SBC-3 5.24 and 4.11: what it leaves, what others are told meanwhile, and what a failure leaves. */
#include "target-sim/scsi/store-slow.h"
#include "tests/unit/target-sim/scsi/unit.h"
#include "world/sim/sim.h"
#include "world/world-events.h"

#define SLOW_LUN    5
#define SLOW_BYTES  (4u * 1024 * 1024)
#define CHUNK_NS    NS_PER_S /* of 1 MiB */
#define OVERWRITE   0x01
#define BLOCK_ERASE 0x02
#define CRYPTO      0x03
#define EXIT        0x1f
#define IMMED       0x80
#define AUSE        0x20

/* Unit 5 takes its time; what unit 6 writes ends with `fails`. */
typedef struct Sanitize {
  Unit unit;
  World *world;
  Host *host;
  Store *below;
  Store *slow;
  Store bad;
  StoreResult fails;
} Sanitize;

static void
bad_read (Store *store, StoreRequest *request)
{
  request->done (request, STORE_FAILED);
}

static void
bad_write (Store *store, StoreRequest *request)
{
  const Sanitize *self = (Sanitize *) ((guint8 *) store - G_STRUCT_OFFSET (Sanitize, bad));
  request->done (request, self->fails);
}

static void
set_up (Sanitize *self, gconstpointer data)
{
  static const EventFamily *const families[] = { &world_events, NULL };
  static const StoreOps bad_ops = { .read = bad_read, .write = bad_write };
  const StoreSlowConfig slow = { .name = "store.0", .bandwidth = 1024 * 1024 };
  unit_init (&self->unit);
  self->world = sim_world_new (&(SimConfig){ .seed = 1, .events = families });
  self->host = world_host_new (self->world, "target", NULL);
  self->unit.nexus.host = self->host;
  self->below = store_ram_new (SLOW_BYTES);
  self->slow = store_slow_new (self->host, self->below, &slow);
  self->bad = (Store){ STORE_MAGIC, &bad_ops, 1024 * 1024 };
  self->fails = STORE_FAILED;
  g_assert_true (luns_add (&self->unit.luns, SLOW_LUN, 512, self->slow, NULL));
  g_assert_true (luns_add (&self->unit.luns, 6, 512, &self->bad, NULL));
}

static void
tear_down (Sanitize *self, gconstpointer data)
{
  unit_clear (&self->unit);
  store_free (self->slow);
  store_free (self->below);
  world_free (self->world);
}

/* Begins a command; TRUE: it has ended. */
static gboolean
begin (Sanitize *self, guint16 lun, const guint8 cdb[CDB_LENGTH], const guint8 *list, gsize length)
{
  Unit *unit = &self->unit;
  const guint before = unit->done;
  if (unit->task.magic != 0)
    scsi_task_clear (&unit->task);
  scsi_task_init (&unit->task, &unit->nexus, lun_encode (lun), cdb, on_done, unit);
  if (!scsi_task_prepare (&unit->task))
    return TRUE;
  if (length > 0)
    payload_append (&unit->task.data_out, slice_copy (list, length));
  scsi_task_start (&unit->task);
  return unit->done > before;
}

static void
go_on_until (Sanitize *self, gint64 time_ns)
{
  world_wake_at (self->world, time_ns);
  while (host_now_ns (self->host) < time_ns && world_step (self->world))
    ;
}

static gboolean
sanitize (Sanitize *self, guint16 lun, guint8 action, const guint8 *list, guint16 length)
{
  const guint8 cdb[CDB_LENGTH] = { 0x48,
                                   action, [7] = (guint8) (length >> 8), [8] = (guint8) length };
  return begin (self, lun, cdb, list, length);
}

static void
nothing_done (StoreRequest *request, StoreResult result)
{
}

/* Every block has this pattern, from its beginning. */
static void
assert_filled (Store *store, guint32 block, const guint8 *pattern, gsize length)
{
  StoreRequest request = { .length_bytes = store_size (store), .done = nothing_done };
  store_read (store, &request);
  Slice all = payload_join (&request.bytes);
  for (gsize i = 0; i < all.length; i++)
    if (all.bytes[i] != pattern[i % block % length])
      g_error ("byte %zu: expected %02x, got %02x", i, pattern[i % block % length], all.bytes[i]);
  slice_clear (&all);
  payload_clear (&request.bytes);
}

static void
store_fill (Store *store, guint8 with)
{
  Buffer *buffer = buffer_new (store_size (store));
  memset (buffer->bytes, with, buffer->size);
  StoreRequest request = { .bytes = payload_of (slice_whole (buffer)), .done = nothing_done };
  store_write (store, &request);
  payload_clear (&request.bytes);
}

static void
erased_blocks_read_as_zeros (Sanitize *self, gconstpointer data)
{
  static const guint8 actions[] = { BLOCK_ERASE, CRYPTO };
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++) {
    store_fill (self->unit.store, 0x5a);
    g_assert_false (sanitize (self, 0, actions[i], NULL, 0));
    go_on_until (self, host_now_ns (self->host) + NS_PER_S);
    g_assert_cmpuint (self->unit.done, ==, i + 1);
    g_assert_cmphex (self->unit.task.status, ==, SCSI_GOOD);
    assert_filled (self->unit.store, 512, (const guint8[]){ 0 }, 1);
  }
}

static void
a_thin_unit_gives_its_room_back (Sanitize *self, gconstpointer data)
{
  guint64 length;
  luns_make_thin (&self->unit.luns, 0);
  store_fill (self->unit.store, 0x5a);
  g_assert_true (store_is_mapped (self->unit.store, 0, &length));
  g_assert_false (sanitize (self, 0, BLOCK_ERASE, NULL, 0));
  go_on_until (self, NS_PER_S);
  g_assert_cmphex (self->unit.task.status, ==, SCSI_GOOD);
  g_assert_false (store_is_mapped (self->unit.store, 0, &length));
  g_assert_cmpuint (length, ==, store_size (self->unit.store));
  assert_filled (self->unit.store, 512, (const guint8[]){ 0 }, 1);
}

typedef struct Overwrite {
  const char *name;
  guint8 flags; /* INVERT, and how often */
  guint8 found[3];
} Overwrite;

static const Overwrite overwrites[] = {
  { "once", 1, { 0xa1, 0xb2, 0xc3 } },
  { "thrice", 3, { 0xa1, 0xb2, 0xc3 } },
  { "inverted, an odd number", 0x80 | 3, { 0xa1, 0xb2, 0xc3 } },
  { "inverted, an even number", 0x80 | 2, { 0x5e, 0x4d, 0x3c } },
};

/* 512 is no multiple of 3: each block begins with the pattern anew. */
static void
a_pattern_fills_each_block (Sanitize *self, gconstpointer data)
{
  const Overwrite *overwrite = data;
  const guint8 list[] = { overwrite->flags, 0, 0, 3, 0xa1, 0xb2, 0xc3 };
  g_assert_false (sanitize (self, 0, OVERWRITE, list, sizeof list));
  go_on_until (self, NS_PER_S);
  g_assert_cmpuint (self->unit.done, ==, 1);
  g_assert_cmphex (self->unit.task.status, ==, SCSI_GOOD);
  assert_filled (self->unit.store, 512, overwrite->found, 3);
}

static void
assert_progress (Sanitize *self, guint16 expected)
{
  const guint8 ready[CDB_LENGTH] = { 0x00 };
  const guint8 request[CDB_LENGTH] = { 0x03, [4] = 252 };
  guint8 bytes[252];
  Sense sense;
  g_assert_true (begin (self, SLOW_LUN, ready, NULL, 0));
  assert_sense (&self->unit, SENSE_NOT_READY, 0x041b);
  g_assert_true (begin (self, SLOW_LUN, request, NULL, 0));
  g_assert_true (sense_decode (bytes, data_in (&self->unit, bytes, sizeof bytes), &sense));
  g_assert_cmphex (sense.key, ==, SENSE_NOT_READY);
  g_assert_cmphex (sense.code, ==, 0x041b);
  g_assert_cmpint (sense.specific, ==, SENSE_SPECIFIC_PROGRESS);
  g_assert_cmphex (sense.field, ==, expected);
}

/* SBC-3 4.11.3 */
static void
others_are_told_of_its_progress (Sanitize *self, gconstpointer data)
{
  static const guint8 passing[][CDB_LENGTH] = { { 0x12, [4] = 36 }, { 0xa0, [9] = 16 } };
  static const guint8 waiting[][CDB_LENGTH] = {
    { 0x28, [8] = 1 }, { 0x1a, 0, 0x3f, [4] = 9 }, { 0x1b }, { 0x48, BLOCK_ERASE }
  };
  const guint8 ready[CDB_LENGTH] = { 0x00 };
  g_assert_true (sanitize (self, SLOW_LUN, IMMED | BLOCK_ERASE, NULL, 0));
  g_assert_cmphex (self->unit.task.status, ==, SCSI_GOOD);
  go_on_until (self, CHUNK_NS / 2);
  assert_progress (self, 0);
  go_on_until (self, CHUNK_NS * 5 / 2);
  assert_progress (self, 0x8000);
  lun_reset (luns_find (&self->unit.luns, SLOW_LUN));
  go_on_until (self, CHUNK_NS * 7 / 2);
  assert_progress (self, 0xc000);
  for (guint i = 0; i < G_N_ELEMENTS (passing); i++) {
    g_assert_true (begin (self, SLOW_LUN, passing[i], NULL, 0));
    g_assert_cmphex (self->unit.task.status, ==, SCSI_GOOD);
  }
  for (guint i = 0; i < G_N_ELEMENTS (waiting); i++) {
    g_assert_true (begin (self, SLOW_LUN, waiting[i], NULL, 0));
    assert_sense (&self->unit, SENSE_NOT_READY, 0x041b);
  }
  go_on_until (self, CHUNK_NS * 5);
  g_assert_true (begin (self, SLOW_LUN, ready, NULL, 0));
  g_assert_cmphex (self->unit.task.status, ==, SCSI_GOOD);
}

static void
it_goes_on_when_its_command_is_aborted (Sanitize *self, gconstpointer data)
{
  store_fill (self->below, 0x5a);
  g_assert_false (sanitize (self, SLOW_LUN, CRYPTO, NULL, 0));
  go_on_until (self, CHUNK_NS);
  scsi_task_cancel (&self->unit.task);
  go_on_until (self, CHUNK_NS * 5);
  g_assert_cmpuint (self->unit.done, ==, 0);
  assert_filled (self->below, 512, (const guint8[]){ 0 }, 1);
}

/* A command that has its data to come when the erasure begins may not write into what was erased. */
static void
a_write_that_was_let_in_before_comes_too_late (Sanitize *self, gconstpointer data)
{
  const guint8 write[CDB_LENGTH] = { 0x2a, [8] = 1 };
  const guint8 block[512] = { 0xff };
  ScsiTask late;
  scsi_task_init (&late, &self->unit.nexus, lun_encode (SLOW_LUN), write, on_done, &self->unit);
  g_assert_true (scsi_task_prepare (&late));
  g_assert_true (sanitize (self, SLOW_LUN, IMMED | BLOCK_ERASE, NULL, 0));
  payload_append (&late.data_out, slice_copy (block, sizeof block));
  scsi_task_start (&late);
  g_assert_cmphex (late.status, ==, SCSI_CHECK_CONDITION);
  g_assert_cmphex (late.sense.code, ==, 0x041b);
  scsi_task_clear (&late);
  go_on_until (self, CHUNK_NS * 5);
  assert_filled (self->below, 512, (const guint8[]){ 0 }, 1);
}

/* What came before has its turn first. */
static void
it_waits_for_those_before_it (Sanitize *self, gconstpointer data)
{
  const guint8 write[CDB_LENGTH] = { 0x2a, [8] = 1 };
  guint8 block[512];
  ScsiTask early;
  memset (block, 0xff, sizeof block);
  scsi_task_init (&early, &self->unit.nexus, lun_encode (SLOW_LUN), write, on_done, &self->unit);
  g_assert_true (scsi_task_prepare (&early));
  payload_append (&early.data_out, slice_copy (block, sizeof block));
  scsi_task_start (&early);
  g_assert_true (sanitize (self, SLOW_LUN, IMMED | BLOCK_ERASE, NULL, 0));
  go_on_until (self, CHUNK_NS * 6);
  g_assert_cmphex (early.status, ==, SCSI_GOOD);
  scsi_task_clear (&early);
  assert_filled (self->below, 512, (const guint8[]){ 0 }, 1);
}

/* SBC-3 4.11.4: nothing but a SANITIZE, until one goes well, or the mode may be left. */
static void
a_failure_stays (Sanitize *self, gconstpointer data)
{
  const guint8 ready[CDB_LENGTH] = { 0x00 };
  sanitize (self, 6, BLOCK_ERASE, NULL, 0);
  go_on_until (self, NS_PER_S);
  assert_sense (&self->unit, SENSE_MEDIUM_ERROR, 0x3103);
  begin (self, 6, ready, NULL, 0);
  assert_sense (&self->unit, SENSE_MEDIUM_ERROR, 0x3103);
  sanitize (self, 6, EXIT, NULL, 0);
  assert_sense (&self->unit, SENSE_ILLEGAL_REQUEST, SENSE_CODE_INVALID_FIELD_IN_CDB);
  begin (self, 6, ready, NULL, 0);
  assert_sense (&self->unit, SENSE_MEDIUM_ERROR, 0x3103);
  self->fails = STORE_OK;
  sanitize (self, 6, BLOCK_ERASE, NULL, 0);
  go_on_until (self, 2 * NS_PER_S);
  g_assert_cmphex (self->unit.task.status, ==, SCSI_GOOD);
  begin (self, 6, ready, NULL, 0);
  g_assert_cmphex (self->unit.task.status, ==, SCSI_GOOD);
}

static void
a_failure_with_ause_may_be_left (Sanitize *self, gconstpointer data)
{
  const guint8 ready[CDB_LENGTH] = { 0x00 };
  sanitize (self, 6, AUSE | CRYPTO, NULL, 0);
  go_on_until (self, NS_PER_S);
  assert_sense (&self->unit, SENSE_MEDIUM_ERROR, 0x3103);
  sanitize (self, 6, EXIT, NULL, 0);
  g_assert_cmphex (self->unit.task.status, ==, SCSI_GOOD);
  begin (self, 6, ready, NULL, 0);
  g_assert_cmphex (self->unit.task.status, ==, SCSI_GOOD);
}

static void
a_protected_unit_is_not_sanitized (Sanitize *self, gconstpointer data)
{
  static const guint8 actions[] = { BLOCK_ERASE, CRYPTO, EXIT };
  const guint8 list[] = { 1, 0, 0, 1, 0xee };
  luns_protect (&self->unit.luns, 0);
  g_assert_true (sanitize (self, 0, OVERWRITE, list, sizeof list));
  assert_sense (&self->unit, SENSE_DATA_PROTECT, SENSE_CODE_WRITE_PROTECTED);
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++) {
    g_assert_true (sanitize (self, 0, actions[i], NULL, 0));
    assert_sense (&self->unit, SENSE_DATA_PROTECT, SENSE_CODE_WRITE_PROTECTED);
  }
}

typedef struct BadSanitize {
  const char *name;
  guint8 cdb[9];
  guint8 list[5];
  guint16 code;
  SenseSpecific specific;
  guint16 field;
  guint8 bit;
} BadSanitize;

#define CDB_FIELD  SENSE_CODE_INVALID_FIELD_IN_CDB, SENSE_SPECIFIC_CDB_FIELD
#define LIST_FIELD SENSE_CODE_INVALID_FIELD_IN_PARAMETERS, SENSE_SPECIFIC_PARAMETER_FIELD

static const BadSanitize bads[] = {
  { "a reserved bit", { 0x48, 0x42 }, { 0 }, CDB_FIELD, 1, 6 },
  { "a reserved octet", { 0x48, 0x02, [6] = 1 }, { 0 }, CDB_FIELD, 6, 8 },
  { "no such action", { 0x48, 0x04 }, { 0 }, CDB_FIELD, 1, 4 },
  { "an erase with a list", { 0x48, 0x02, [8] = 1 }, { 0 }, CDB_FIELD, 7, 7 },
  { "an exit with a list", { 0x48, 0x1f, [8] = 8 }, { 0 }, CDB_FIELD, 7, 7 },
  { "a header alone", { 0x48, 0x01, [8] = 4 }, { 1 }, CDB_FIELD, 7, 7 },
  { "more than a block", { 0x48, 0x01, [7] = 2, [8] = 5 }, { 1 }, CDB_FIELD, 7, 7 },
  { "no pass", { 0x48, 0x01, [8] = 5 }, { 0, 0, 0, 1 }, LIST_FIELD, 0, 4 },
  { "a test", { 0x48, 0x01, [8] = 5 }, { 0x21, 0, 0, 1 }, LIST_FIELD, 0, 6 },
  { "no pattern", { 0x48, 0x01, [8] = 5 }, { 1, 0, 0, 0 }, LIST_FIELD, 2, 7 },
  { "a pattern longer than a block", { 0x48, 0x01, [8] = 5 }, { 1, 0, 2, 1 }, LIST_FIELD, 2, 7 },
  { "a pattern that did not come", { 0x48, 0x01, [8] = 5 }, { 1, 0, 0, 2 }, 0x1a00, 0, 0, 0 },
};

static void
a_bad_one_is_refused (Sanitize *self, gconstpointer data)
{
  const BadSanitize *bad = data;
  guint8 cdb[CDB_LENGTH] = { 0 };
  memcpy (cdb, bad->cdb, sizeof bad->cdb);
  store_fill (self->unit.store, 0x5a);
  g_assert_true (begin (self, 0, cdb, bad->list, 5));
  assert_sense (&self->unit, SENSE_ILLEGAL_REQUEST, bad->code);
  if (bad->specific != SENSE_SPECIFIC_NONE)
    assert_field (&self->unit, bad->specific, bad->field, bad->bit);
  go_on_until (self, NS_PER_S);
  assert_filled (self->unit.store, 512, (const guint8[]){ 0x5a }, 1);
}

/* Nothing of it is left to strike when its target is gone. */
static void
a_target_may_end_before_it (Sanitize *self, gconstpointer data)
{
  g_assert_true (sanitize (self, SLOW_LUN, IMMED | BLOCK_ERASE, NULL, 0));
  go_on_until (self, CHUNK_NS * 3 / 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name) g_test_add ("/sanitize/" #name, Sanitize, NULL, set_up, name, tear_down)
  ADD (erased_blocks_read_as_zeros);
  ADD (a_thin_unit_gives_its_room_back);
  ADD (others_are_told_of_its_progress);
  ADD (it_goes_on_when_its_command_is_aborted);
  ADD (a_write_that_was_let_in_before_comes_too_late);
  ADD (it_waits_for_those_before_it);
  ADD (a_failure_stays);
  ADD (a_failure_with_ause_may_be_left);
  ADD (a_protected_unit_is_not_sanitized);
  ADD (a_target_may_end_before_it);
  for (guint i = 0; i < G_N_ELEMENTS (overwrites); i++) {
    g_autofree char *path = g_strdup_printf ("/sanitize/overwrite: %s", overwrites[i].name);
    g_test_add (path, Sanitize, &overwrites[i], set_up, a_pattern_fills_each_block, tear_down);
  }
  for (guint i = 0; i < G_N_ELEMENTS (bads); i++) {
    g_autofree char *path = g_strdup_printf ("/sanitize/refused: %s", bads[i].name);
    g_test_add (path, Sanitize, &bads[i], set_up, a_bad_one_is_refused, tear_down);
  }
  return g_test_run ();
}
