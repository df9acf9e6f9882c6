/* SPDX-License-Identifier: Apache-2.0 */
/* Identifying information and timestamps by octets of SPC-4 6.32, 6.38, 6.43 and 6.46. */
#include "tests/unit/target-sim/scsi/unit.h"
#include "world/sim/sim.h"
#include "world/world-events.h"

#define PERIPHERAL 0x00
#define TEXT       0x02
#define TYPES      0x7f

typedef struct Labelled {
  Unit unit;
  World *world;
  ScsiNexus other;
} Labelled;

static void
set_up (Labelled *self, gconstpointer data)
{
  static const EventFamily *const families[] = { &world_events, NULL };
  unit_init (&self->unit);
  self->world = sim_world_new (&(SimConfig){ .seed = 1, .events = families });
  self->unit.nexus.host = world_host_new (self->world, "target", NULL);
  scsi_nexus_init (&self->other, &self->unit.luns, 1);
}

static void
tear_down (Labelled *self, gconstpointer data)
{
  scsi_nexus_clear (&self->other);
  unit_clear (&self->unit);
  world_free (self->world);
}

static void
set_information (Labelled *self, guint8 type, const void *bytes, guint16 length)
{
  guint8 cdb[CDB_LENGTH] = { 0xa4, 0x06, [10] = (guint8) (type << 1) };
  wire_store (cdb + 6, 4, length);
  run_on (&self->unit, 0, cdb, bytes, length);
}

static gsize
information (Labelled *self, guint8 type, guint8 *bytes, gsize room)
{
  const guint8 cdb[CDB_LENGTH] = { 0xa3, 0x05, [8] = 2, [10] = (guint8) (type << 1) };
  guint8 answer[512];
  run_on (&self->unit, 0, cdb, NULL, 0);
  const gsize length = data_in (&self->unit, answer, sizeof answer) - 4;
  g_assert_cmpuint (wire_load (answer, 2), ==, 0);
  g_assert_cmpuint (wire_load (answer + 2, 2), ==, length);
  g_assert_cmpuint (length, <=, room);
  memcpy (bytes, answer + 4, length);
  return length;
}

static void
assert_told (Labelled *self, guint16 expected)
{
  guint16 code;
  g_assert_true (scsi_nexus_take_attention (&self->other, 0, &code));
  g_assert_cmphex (code, ==, expected);
  g_assert_false (scsi_nexus_take_attention (&self->unit.nexus, 0, &code));
}

static void
a_label_is_kept (Labelled *self, gconstpointer data)
{
  guint8 bytes[512];
  g_assert_cmpuint (information (self, PERIPHERAL, bytes, sizeof bytes), ==, 0);
  set_information (self, PERIPHERAL, "\x01\x02\xff", 3);
  g_assert_cmphex (self->unit.task.status, ==, SCSI_GOOD);
  assert_told (self, 0x3f05);
  set_information (self, TEXT, "shelf 3", 8);
  lun_reset (luns_find (&self->unit.luns, 0));
  g_assert_cmpmem (bytes, information (self, PERIPHERAL, bytes, 512), "\x01\x02\xff", 3);
  g_assert_cmpmem (bytes, information (self, TEXT, bytes, 512), "shelf 3", 8);
  set_information (self, PERIPHERAL, NULL, 0);
  g_assert_cmpuint (information (self, PERIPHERAL, bytes, sizeof bytes), ==, 0);
}

static void
the_types_are_told_with_their_lengths (Labelled *self, gconstpointer data)
{
  const guint8 expected[] = { 0x00, 0, 0, 64, 0x04, 0, 1, 0 };
  guint8 bytes[512];
  g_assert_cmpmem (bytes, information (self, TYPES, bytes, 512), expected, sizeof expected);
}

static void
a_bad_label_is_refused (Labelled *self, gconstpointer data)
{
  const guint8 unknown[CDB_LENGTH] = { 0xa3, 0x05, [9] = 64, [10] = 0x02 };
  guint8 bytes[512] = { 0 };
  set_information (self, PERIPHERAL, bytes, 65);
  assert_field (&self->unit, SENSE_SPECIFIC_CDB_FIELD, 6, 7);
  set_information (self, TEXT, bytes, 257);
  assert_field (&self->unit, SENSE_SPECIFIC_CDB_FIELD, 6, 7);
  set_information (self, TYPES, bytes, 4);
  assert_field (&self->unit, SENSE_SPECIFIC_CDB_FIELD, 10, 7);
  run_on (&self->unit, 0, unknown, NULL, 0);
  assert_field (&self->unit, SENSE_SPECIFIC_CDB_FIELD, 10, 7);
  set_information (self, TEXT, "no end", 6);
  assert_sense (&self->unit, SENSE_ILLEGAL_REQUEST, SENSE_CODE_INVALID_FIELD_IN_PARAMETERS);
  set_information (self, TEXT, "\xff", 2);
  assert_sense (&self->unit, SENSE_ILLEGAL_REQUEST, SENSE_CODE_INVALID_FIELD_IN_PARAMETERS);
  g_assert_cmpuint (information (self, TEXT, bytes, sizeof bytes), ==, 0);
}

static guint64
timestamp (Labelled *self, guint8 *ret_origin)
{
  const guint8 cdb[CDB_LENGTH] = { 0xa3, 0x0f, [9] = 255 };
  guint8 bytes[255];
  run_on (&self->unit, 0, cdb, NULL, 0);
  g_assert_cmpuint (data_in (&self->unit, bytes, sizeof bytes), ==, 12);
  g_assert_cmpuint (wire_load (bytes, 2), ==, 10);
  *ret_origin = bytes[2];
  return wire_load (bytes + 4, 6);
}

static void
let_pass (Labelled *self, gint64 time_ns)
{
  Host *host = self->unit.nexus.host;
  const gint64 end_ns = host_now_ns (host) + time_ns;
  world_wake_at (self->world, end_ns);
  while (host_now_ns (host) < end_ns && world_step (self->world))
    ;
}

/* What was set goes on from there. */
static void
a_clock_that_was_set_goes_on (Labelled *self, gconstpointer data)
{
  const guint8 cdb[CDB_LENGTH] = { 0xa4, 0x0f, [9] = 12 };
  const guint8 none[CDB_LENGTH] = { 0xa4, 0x0f };
  const guint8 list[12] = { [7] = 1 }; /* 65.536 s after 1970 */
  guint8 origin;
  const guint64 wall = timestamp (self, &origin);
  g_assert_cmpuint (origin, ==, 3);
  g_assert_cmpuint (wall, ==, host_wall_ns (self->unit.nexus.host) / NS_PER_MS);
  run_on (&self->unit, 0, none, NULL, 0);
  g_assert_cmpuint (timestamp (self, &origin), ==, wall);
  run_on (&self->unit, 0, cdb, list, sizeof list);
  g_assert_cmphex (self->unit.task.status, ==, SCSI_GOOD);
  assert_told (self, 0x2a10);
  g_assert_cmpuint (timestamp (self, &origin), ==, 65536);
  g_assert_cmpuint (origin, ==, 2);
  let_pass (self, 3 * NS_PER_S);
  g_assert_cmpuint (timestamp (self, &origin), ==, 68536);
}

static void
half_a_timestamp_is_none (Labelled *self, gconstpointer data)
{
  const guint8 cdb[CDB_LENGTH] = { 0xa4, 0x0f, [9] = 8 };
  guint8 origin;
  run_on (&self->unit, 0, cdb, (const guint8[8]){ 0 }, 8);
  assert_sense (&self->unit, SENSE_ILLEGAL_REQUEST, SENSE_CODE_PARAMETER_LIST_LENGTH);
  timestamp (self, &origin);
  g_assert_cmpuint (origin, ==, 3);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name) g_test_add ("/identity/" #name, Labelled, NULL, set_up, name, tear_down)
  ADD (a_label_is_kept);
  ADD (the_types_are_told_with_their_lengths);
  ADD (a_bad_label_is_refused);
  ADD (a_clock_that_was_set_goes_on);
  ADD (half_a_timestamp_is_none);
  return g_test_run ();
}
