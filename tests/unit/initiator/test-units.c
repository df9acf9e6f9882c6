/* SPDX-License-Identifier: Apache-2.0 */
/* The scan of logical units, against a target that is a list of pages: who is there, who was there, and who may be written. */
#include "initiator/units.h"
#include "tests/unit/initiator/wire.h"

/* What stands at one number. NULL or "" where the target has none of it. */
typedef struct Fake {
  guint16 lun;
  gboolean is_absent; /* listed, but its peripheral qualifier says that it is not there */
  const char *serial;
  guint64 naa;     /* 0: no such designator */
  const char *t10; /* 24 characters; NULL: no such designator */
} Fake;

typedef struct FakeTarget {
  const Fake *fakes;
  guint count;
  gboolean has_no_list;
  guint busy; /* so often it answers BUSY first */
  guint asked;
} FakeTarget;

static void
wire_send_bytes (Wire *wire, const ScsiCommand *command, const GByteArray *bytes)
{
  DataIn data_in = wire_data_in (wire, command->initiator_task_tag, 0, 0);
  guint8 bhs[BHS_LENGTH];
  const guint32 length = MIN (bytes->len, command->expected_length);
  data_in.has_status = 1;
  data_in.stat_sn = wire->stat_sn++;
  data_in.underflow = length < command->expected_length;
  data_in.residual = command->expected_length - length;
  data_in_encode (&data_in, bhs);
  wire_send (wire, bhs, bytes->data, length);
}

static void
wire_send_status (Wire *wire, const ScsiCommand *command, guint8 status, const Sense *sense)
{
  ScsiResponse response = wire_response (wire, command->initiator_task_tag);
  guint8 segment[2 + SENSE_FIXED_LENGTH] = { 0, SENSE_FIXED_LENGTH };
  response.status = status;
  response.underflow = command->expected_length > 0;
  response.residual = command->expected_length;
  if (sense != NULL)
    sense_encode (sense, segment + 2);
  wire_send_response (wire, &response, segment, sense != NULL ? sizeof segment : 0);
}

static void
bytes_add_designator (GByteArray *page, guint8 code_set, guint8 type, const void *bytes,
                      guint8 length)
{
  const guint8 header[] = { code_set, type, 0, length };
  g_byte_array_append (page, header, sizeof header);
  g_byte_array_append (page, bytes, length);
}

static GByteArray *
fake_page (const Fake *fake, guint8 code)
{
  GByteArray *page = g_byte_array_new ();
  const guint8 header[] = { fake->is_absent ? 0x7f : 0x00, code, 0, 0 };
  const guint64 naa = GUINT64_TO_BE (fake->naa);
  g_byte_array_append (page, header, sizeof header);
  if (code == 0x80)
    g_byte_array_append (page, (const guint8 *) fake->serial, (guint) strlen (fake->serial));
  if (code == 0x83 && fake->t10 != NULL)
    bytes_add_designator (page, 2, 1, fake->t10, (guint8) strlen (fake->t10));
  if (code == 0x83)
    bytes_add_designator (page, 1, 0x14, "\0\0\0\1", 4); /* of the port, not of the unit */
  if (code == 0x83 && fake->naa != 0)
    bytes_add_designator (page, 1, 3, &naa, 8);
  page->data[3] = (guint8) (page->len - 4);
  return page;
}

static GByteArray *
fake_inquiry (const Fake *fake)
{
  GByteArray *bytes = g_byte_array_new ();
  g_byte_array_set_size (bytes, 36);
  memset (bytes->data, ' ', 36);
  bytes->data[0] = fake->is_absent ? 0x7f : 0x00;
  memcpy (bytes->data + 8, "ACME", 4);
  memcpy (bytes->data + 16, "DISK", 4);
  return bytes;
}

static GByteArray *
fake_list (const FakeTarget *target)
{
  GByteArray *bytes = g_byte_array_new ();
  g_byte_array_set_size (bytes, 8 + 8 * target->count);
  memset (bytes->data, 0, bytes->len);
  wire_set (bytes->data, 0, 0, 32, 8 * target->count);
  for (guint i = 0; i < target->count; i++)
    wire_set (bytes->data + 8 + 8 * i, 0, 0, 64, lun_encode (target->fakes[i].lun));
  return bytes;
}

static const Fake *
fake_find (const FakeTarget *target, guint64 field)
{
  guint16 lun;
  for (guint i = 0; lun_decode (field, &lun) && i < target->count; i++)
    if (target->fakes[i].lun == lun)
      return &target->fakes[i];
  return NULL;
}

/* NULL: ILLEGAL REQUEST. */
static GByteArray *
fake_data (const FakeTarget *target, const ScsiCommand *command)
{
  guint8 cdb[CDB_LENGTH];
  const Fake *fake = fake_find (target, command->lun);
  scsi_command_get_cdb (command, cdb);
  if (cdb[0] == 0xa0)
    return target->has_no_list ? NULL : fake_list (target);
  if (fake == NULL || (cdb[2] == 0x80 && fake->serial == NULL)
      || (cdb[2] == 0x83 && fake->naa == 0 && fake->t10 == NULL))
    return NULL;
  return cdb[1] == 0 ? fake_inquiry (fake) : fake_page (fake, cdb[2]);
}

static void
fake_answer (FakeTarget *target, Wire *wire, const ScsiCommand *command)
{
  const Sense refusal = SENSE (SENSE_ILLEGAL_REQUEST, SENSE_CODE_LUN_NOT_SUPPORTED);
  target->asked++;
  if (target->busy > 0) {
    target->busy--;
    wire_send_status (wire, command, SCSI_BUSY, NULL);
    return;
  }
  g_autoptr (GByteArray) bytes = fake_data (target, command);
  if (bytes == NULL)
    wire_send_status (wire, command, SCSI_CHECK_CONDITION, &refusal);
  else
    wire_send_bytes (wire, command, bytes);
}

/* Answers commands until the scan is over. */
static void
fake_serve (FakeTarget *target, Wire *wire)
{
  Lab *lab = wire->lab;
  while (lab->session == NULL || session_is_scanning (lab->session)) {
    if (wire->pdus.length == 0) {
      lab_step (lab);
      continue;
    }
    const ScsiCommand command = wire_expect_command (wire);
    fake_answer (target, wire, &command);
  }
}

static Wire *
lab_connect_scanning (Lab *lab, FakeTarget *target)
{
  const ConnectOptions options = { .target_name = LAB_TARGET,
                                   .portal = lab->address,
                                   .scans_units = TRUE };
  initiator_connect (lab->initiator, &options, lab_on_connect, lab);
  Wire *wire = lab_accept_login (lab);
  fake_serve (target, wire);
  g_assert_no_error (lab->connect_error);
  return wire;
}

/* The connection dies, and the session is back and has looked. */
static Wire *
lab_come_back (Lab *lab, Wire *wire, FakeTarget *target)
{
  stream_reset (wire->stream);
  Wire *next = lab_accept_login (lab);
  while (!lab_session_is_up (lab))
    lab_step (lab);
  fake_serve (target, next);
  return next;
}

static void
assert_unit (const Lab *lab, guint index, guint16 lun, UnitState state, const char *identity)
{
  UnitInfo info;
  session_unit (lab->session, index, &info);
  g_assert_cmpuint (info.lun, ==, lun);
  g_assert_cmpstr (unit_state_name (info.state), ==, unit_state_name (state));
  g_assert_cmpstr (info.identity, ==, identity);
  g_assert_cmpstr (info.vendor, ==, "ACME");
}

static const Fake three[] = {
  { 7, FALSE, "S-7", 0x3000000000000007, "ACME    seven" },
  { 3, FALSE, "S-3", 0, "ACME    three" },
  { 9, FALSE, "S-9", 0, NULL },
};

static void
test_identities (void)
{
  FakeTarget target = { .fakes = three, .count = 3 };
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  lab_connect_scanning (&lab, &target);
  g_assert_cmpuint (session_unit_count (lab.session), ==, 3);
  assert_unit (&lab, 0, 3, UNIT_PRESENT, "t10.ACME    three");
  assert_unit (&lab, 1, 7, UNIT_PRESENT, "naa.3000000000000007");
  assert_unit (&lab, 2, 9, UNIT_PRESENT, "serial.S-9");
}

/* A target that tells of more than it did, and one that lists nothing any more. */
static void
test_same_again (void)
{
  static const Fake more[] = {
    { 3, FALSE, "S-3", 0x3000000000000003, "ACME    three" },
    { 7, FALSE, "S-7", 0x3000000000000007, NULL },
    { 9, FALSE, "S-9", 0x3000000000000009, NULL },
  };
  FakeTarget target = { .fakes = three, .count = 3 };
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  Wire *wire = lab_connect_scanning (&lab, &target);
  target.fakes = more;
  target.has_no_list = TRUE;
  lab_come_back (&lab, wire, &target);
  for (guint i = 0; i < 3; i++) {
    UnitInfo info;
    session_unit (lab.session, i, &info);
    g_assert_cmpstr (unit_state_name (info.state), ==, "present");
  }
}

/* The write was sent once: LOST. A new one: NOT_SENT. None of them is seen again, and another number is not held up. */
static void
test_replaced (void)
{
  static const Fake others[] = { { 3, FALSE, "S-X", 0, "ACME    other" },
                                 { 7, FALSE, "S-7", 0x3000000000000007, NULL } };
  FakeTarget target = { .fakes = three, .count = 3 };
  g_auto (Lab) lab = { 0 };
  g_auto (Job) old = { .done = 0 }, new = { .done = 0 }, read = { .done = 0 };
  lab_init (&lab);
  Wire *wire = lab_connect_scanning (&lab, &target);
  job_init_write (&old, &lab, "o", 512);
  job_submit (&old);
  wire_expect_command (wire);
  target = (FakeTarget){ .fakes = others, .count = 2 };
  wire = lab_come_back (&lab, wire, &target);
  job_expect (&old, TASK_OUTCOME_LOST);
  job_init_write (&new, &lab, "n", 512);
  job_submit (&new);
  g_assert_cmpuint (new.done, ==, 0); /* never from inside */
  job_expect (&new, TASK_OUTCOME_NOT_SENT);
  assert_unit (&lab, 0, 3, UNIT_REPLACED, "t10.ACME    three");
  assert_unit (&lab, 2, 9, UNIT_GONE, "serial.S-9");
  wire_expect_silence (wire);
  job_init_read (&read, &lab, "r", 1);
  read.task.lun = lun_encode (7);
  job_submit (&read);
  wire_send_good (wire, wire_expect_command (wire).initiator_task_tag);
  job_expect (&read, TASK_OUTCOME_STATUS);
}

/* Absent by its qualifier, then there again: what waited for the second look goes out. */
static void
test_gone_and_back (void)
{
  static const Fake absent[] = { { 3, TRUE, "S-3", 0, "ACME    three" } };
  FakeTarget target = { .fakes = &three[1], .count = 1 };
  g_auto (Lab) lab = { 0 };
  g_auto (Job) job = { .done = 0 };
  lab_init (&lab);
  Wire *wire = lab_connect_scanning (&lab, &target);
  target.fakes = absent;
  wire = lab_come_back (&lab, wire, &target);
  assert_unit (&lab, 0, 3, UNIT_GONE, "t10.ACME    three");
  target.fakes = &three[1];
  session_rescan (lab.session);
  job_init_write (&job, &lab, "w", 512);
  job_submit (&job);
  fake_serve (&target, wire);
  assert_unit (&lab, 0, 3, UNIT_PRESENT, "t10.ACME    three");
  wire_send_good (wire, wire_expect_command (wire).initiator_task_tag);
  job_expect (&job, TASK_OUTCOME_STATUS);
}

/* A busy target is asked again later; nothing is taken for granted meanwhile. */
static void
test_busy (void)
{
  FakeTarget target = { .fakes = &three[1], .count = 1, .busy = 3 };
  g_auto (Lab) lab = { 0 };
  lab_init (&lab);
  lab_connect_scanning (&lab, &target);
  g_assert_cmpint (lab.world->now_ns, >=, 3 * NS_PER_S);
  assert_unit (&lab, 0, 3, UNIT_PRESENT, "t10.ACME    three");
}

/* Two connections die in the midst of a scan; the third scan lets the write go. */
static void
test_scan_cut_off (void)
{
  FakeTarget target = { .fakes = three, .count = 3 };
  g_auto (Lab) lab = { 0 };
  g_auto (Job) job = { .done = 0 };
  lab_init (&lab);
  Wire *wire = lab_connect_scanning (&lab, &target);
  for (guint cut = 0; cut < 3; cut++) {
    stream_reset (wire->stream);
    wire = lab_accept_login (&lab);
    if (cut == 0) {
      job_init_write (&job, &lab, "w", 512);
      job_submit (&job);
    }
    for (guint i = 0; i < cut; i++) {
      const ScsiCommand command = wire_expect_command (wire);
      fake_answer (&target, wire, &command);
    }
  }
  fake_serve (&target, wire);
  g_assert_cmpuint (job.done, ==, 0);
  const ScsiCommand command = wire_expect_command (wire);
  g_assert_cmpuint (command.writes, ==, 1);
  wire_send_good (wire, command.initiator_task_tag);
  job_expect (&job, TASK_OUTCOME_STATUS);
}

/* 3F/0E on a read: looked at again before the read's driver hears of it. */
static void
test_attention (void)
{
  const Sense changed = SENSE (SENSE_UNIT_ATTENTION, SENSE_CODE_REPORTED_LUNS_CHANGED);
  FakeTarget target = { .fakes = three, .count = 3 };
  g_auto (Lab) lab = { 0 };
  g_auto (Job) job = { .done = 0 };
  lab_init (&lab);
  Wire *wire = lab_connect_scanning (&lab, &target);
  const guint asked = target.asked;
  job_init_read (&job, &lab, "r", 1);
  job_submit (&job);
  const ScsiCommand command = wire_expect_command (wire);
  wire_send_status (wire, &command, SCSI_CHECK_CONDITION, &changed);
  job_expect (&job, TASK_OUTCOME_STATUS);
  g_assert_true (session_is_scanning (lab.session));
  fake_serve (&target, wire);
  g_assert_cmpuint (target.asked - asked, ==, 4); /* the list, and one page of each */
}

/* The node goes in the midst of a scan, and with refused tasks due. */
static void
test_node_goes (void)
{
  FakeTarget target = { .fakes = &three[1], .count = 1 };
  g_auto (Lab) lab = { 0 };
  g_auto (Job) job = { .done = 0 };
  lab_init (&lab);
  Wire *wire = lab_connect_scanning (&lab, &target);
  target.count = 0;
  lab_come_back (&lab, wire, &target);
  job_init_write (&job, &lab, "w", 512);
  job_submit (&job);
  session_rescan (lab.session);
  initiator_free (g_steal_pointer (&lab.initiator));
  job_expect (&job, TASK_OUTCOME_NOT_SENT);
}

static void
test_long_list (void)
{
  g_auto (Lab) lab = { 0 };
  Fake many[600] = { 0 };
  FakeTarget target = { .fakes = many, .count = G_N_ELEMENTS (many) };
  for (guint i = 0; i < G_N_ELEMENTS (many); i++)
    many[i] = (Fake){ .lun = (guint16) i, .naa = 0x3000000000000000 + i };
  lab_init (&lab);
  lab_connect_scanning (&lab, &target);
  g_assert_cmpuint (session_unit_count (lab.session), ==, G_N_ELEMENTS (many));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/units/the strongest identity of each is kept", test_identities);
  g_test_add_func ("/units/a unit that tells of more is the same", test_same_again);
  g_test_add_func ("/units/another unit at the number is not written", test_replaced);
  g_test_add_func ("/units/a unit that is back is used again", test_gone_and_back);
  g_test_add_func ("/units/a busy target is asked again", test_busy);
  g_test_add_func ("/units/a list that is longer than most is asked for whole", test_long_list);
  g_test_add_func ("/units/a scan that is cut off lets nothing through", test_scan_cut_off);
  g_test_add_func ("/units/an attention about the units begins a scan", test_attention);
  g_test_add_func ("/units/a node that goes ends what was refused, once", test_node_goes);
  return g_test_run ();
}
