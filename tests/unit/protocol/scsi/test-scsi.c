/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/scsi/scsi.h"

static void
assert_cdb (const guint8 cdb[CDB_LENGTH], const guint8 *expected, gsize length)
{
  guint8 padded[CDB_LENGTH] = { 0 };
  memcpy (padded, expected, length);
  g_assert_cmpmem (cdb, CDB_LENGTH, padded, CDB_LENGTH);
}

#define CDB(...) ((const guint8[]){ __VA_ARGS__ }), sizeof ((const guint8[]){ __VA_ARGS__ })

/* ---- names ---- */

static void
test_status_and_sense_key_have_names (void)
{
  g_assert_cmpstr (scsi_status_name (0x00), ==, "GOOD");
  g_assert_cmpstr (scsi_status_name (0x28), ==, "TASK SET FULL");
  g_assert_cmpstr (scsi_status_name (0x03), ==, "unknown status");
  g_assert_cmpstr (sense_key_name (6), ==, "UNIT ATTENTION");
  g_assert_cmpstr (sense_key_name (0xf), ==, "unknown sense key");
}

/* ---- sense (SPC-4 4.5) ---- */

static void
test_sense_is_encoded_in_fixed_format (void)
{
  const Sense sense = SENSE (SENSE_ILLEGAL_REQUEST, SENSE_CODE_LBA_OUT_OF_RANGE);
  const guint8 expected[SENSE_FIXED_LENGTH] = { 0x70, 0, 5, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x21, 0 };
  guint8 bytes[SENSE_FIXED_LENGTH];
  sense_encode (&sense, bytes);
  g_assert_cmpmem (bytes, sizeof bytes, expected, sizeof expected);
}

static void
assert_sense (const guint8 *bytes, gsize length, SenseKey key, guint16 code)
{
  Sense sense;
  g_assert_true (sense_decode (bytes, length, &sense));
  g_assert_cmphex (sense.key, ==, key);
  g_assert_cmphex (sense.code, ==, code);
}

static void
test_sense_decodes_in_both_formats (void)
{
  const guint8 fixed[] = { 0xf0, 0, 6, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x29, 0x07, 0, 0, 0, 0 };
  const guint8 deferred[] = { 0x71, 0, 0x23, 0, 0, 0, 0, 6, 0, 0, 0, 0, 0x11, 0 };
  const guint8 descriptor[] = { 0x72, 0x0b, 0x0c, 0x0d, 0, 0, 0, 0 };
  assert_sense (fixed, sizeof fixed, SENSE_UNIT_ATTENTION, SENSE_CODE_NEXUS_LOSS);
  assert_sense (deferred, sizeof deferred, SENSE_MEDIUM_ERROR, SENSE_CODE_UNRECOVERED_READ_ERROR);
  assert_sense (descriptor, sizeof descriptor, SENSE_ABORTED_COMMAND,
                SENSE_CODE_INCORRECT_AMOUNT_OF_DATA);
}

static void
test_sense_that_was_cut_has_its_key (void)
{
  const guint8 fixed[] = { 0x70, 0, 5, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x24, 0 };
  Sense sense;
  assert_sense (fixed, 13, SENSE_ILLEGAL_REQUEST, SENSE_CODE_NONE);
  assert_sense (fixed, 8, SENSE_ILLEGAL_REQUEST, SENSE_CODE_NONE);
  g_assert_false (sense_decode (fixed, 7, &sense));
  g_assert_false (sense_decode (fixed, 0, &sense));
}

static void
test_another_response_code_is_no_sense (void)
{
  const guint8 vendor[18] = { 0x7f };
  Sense sense;
  g_assert_false (sense_decode (vendor, sizeof vendor, &sense));
}

/* SPC-4 4.5.2: information, then the sense-key specific octets. */
static void
test_sense_in_descriptors (void)
{
  const guint8 expected[] = { 0x72, 0x05, 0x21, 0x00, 0, 0, 0,    20, /* header */
                              0x00, 0x0a, 0x80, 0,    0, 0, 0,    1,    0,    0,
                              0,    2,    0x02, 0x06, 0, 0, 0xcf, 0x00, 0x02, 0 };
  const Sense sense = { .key = SENSE_ILLEGAL_REQUEST,
                        .code = SENSE_CODE_LBA_OUT_OF_RANGE,
                        .has_information = TRUE,
                        .information = UINT64_C (0x100000002),
                        .specific = SENSE_SPECIFIC_CDB_FIELD,
                        .field = 2,
                        .bit = 7 };
  guint8 bytes[SENSE_MAX];
  g_assert_cmpuint (sense_encode_descriptor (&sense, bytes), ==, sizeof expected);
  g_assert_cmpmem (bytes, sizeof expected, expected, sizeof expected);
}

static void
assert_sense_returns (const Sense *sense, const guint8 *bytes, gsize length)
{
  Sense again;
  g_assert_true (sense_decode (bytes, length, &again));
  g_assert_cmphex (again.key, ==, sense->key);
  g_assert_cmphex (again.code, ==, sense->code);
  g_assert_cmpint (again.has_information, ==, sense->has_information);
  g_assert_cmphex (again.information, ==, sense->information);
  g_assert_cmpint (again.specific, ==, sense->specific);
  g_assert_cmpuint (again.field, ==, sense->field);
  g_assert_cmpuint (again.bit, ==, sense->bit);
}

static void
test_all_of_sense_returns (void)
{
  const Sense rows[] = {
    { SENSE_ILLEGAL_REQUEST, 0x2400, FALSE, 0, SENSE_SPECIFIC_CDB_FIELD, 513, 4 },
    { SENSE_ILLEGAL_REQUEST, 0x2600, FALSE, 0, SENSE_SPECIFIC_PARAMETER_FIELD, 9, SENSE_NO_BIT },
    { SENSE_MEDIUM_ERROR, 0x1100, TRUE, 0xffffffff, SENSE_SPECIFIC_NONE, 0, SENSE_NO_BIT },
    { SENSE_NOT_READY, 0x041b, FALSE, 0, SENSE_SPECIFIC_PROGRESS, 0x8000, SENSE_NO_BIT },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    guint8 bytes[SENSE_MAX];
    sense_encode (&rows[i], bytes);
    assert_sense_returns (&rows[i], bytes, SENSE_FIXED_LENGTH);
    assert_sense_returns (&rows[i], bytes, sense_encode_descriptor (&rows[i], bytes));
  }
}

/* 32 bits are all that the fixed format has: what does not fit is left out, not cut. */
static void
test_a_far_address_is_not_cut (void)
{
  const Sense sense = { .key = SENSE_MEDIUM_ERROR,
                        .has_information = TRUE,
                        .information = UINT64_C (0x100000000) };
  guint8 bytes[SENSE_FIXED_LENGTH];
  sense_encode (&sense, bytes);
  g_assert_cmphex (bytes[0], ==, 0x70);
  g_assert_cmphex (wire_load (bytes + 3, 4), ==, 0);
}

/* ---- CDBs ---- */

static void
test_a_command_is_found_by_opcode_and_service_action (void)
{
  const guint8 capacity[CDB_LENGTH] = { 0x9e, 0x10 };
  const guint8 status[CDB_LENGTH] = { 0x9e, 0x1f };  /* no such action */
  const guint8 protect[CDB_LENGTH] = { 0x9e, 0xf0 }; /* the upper bits are not the action's */
  g_assert_cmpstr (scsi_cdb_name (capacity), ==, "READ CAPACITY(16)");
  g_assert_cmpstr (scsi_cdb_name (protect), ==, "READ CAPACITY(16)");
  g_assert_cmpstr (scsi_cdb_name (status), ==, "unknown");
  g_assert_null (scsi_op_find (status));
  for (guint op = 0; op < SCSI_OP_COUNT; op++) {
    guint8 cdb[CDB_LENGTH];
    cdb_build (cdb, op, 0);
    g_assert_true (scsi_op_find (cdb) == scsi_op_info (op));
  }
}

/* SBC-3: READ(10), WRITE(16) */
static void
test_block_commands_hold_address_and_count (void)
{
  guint8 cdb[CDB_LENGTH];
  cdb_build_blocks (cdb, SCSI_OP_READ_10, 0x01020304, 0x0506);
  assert_cdb (cdb, CDB (0x28, 0, 1, 2, 3, 4, 0, 5, 6, 0));
  cdb_build_blocks (cdb, SCSI_OP_WRITE_10, 0, 65535);
  assert_cdb (cdb, CDB (0x2a, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0));
  cdb_build_blocks (cdb, SCSI_OP_WRITE_16, UINT64_C (0x0102030405060708), 0x090a0b0c);
  assert_cdb (cdb, CDB (0x8a, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0, 0));
  cdb_build_blocks (cdb, SCSI_OP_READ_16, G_MAXUINT64, G_MAXUINT32);
  g_assert_cmphex (cdb[0], ==, 0x88);
}

static void
test_block_commands_are_read_as_they_were_built (void)
{
  static const ScsiOp all[] = { SCSI_OP_READ_10, SCSI_OP_WRITE_10, SCSI_OP_READ_16,
                                SCSI_OP_WRITE_16, SCSI_OP_SYNCHRONIZE_CACHE_10 };
  for (guint i = 0; i < G_N_ELEMENTS (all); i++) {
    guint8 cdb[CDB_LENGTH];
    guint64 lba;
    guint32 blocks;
    cdb_build_blocks (cdb, all[i], 0xfedcba98, 0xabcd);
    cdb_read_blocks (cdb, &lba, &blocks);
    g_assert_cmphex (lba, ==, 0xfedcba98);
    g_assert_cmphex (blocks, ==, 0xabcd);
  }
}

static void
test_a_long_address_needs_the_long_command (void)
{
  if (g_test_subprocess ()) {
    guint8 cdb[CDB_LENGTH];
    cdb_build_blocks (cdb, SCSI_OP_READ_10, UINT64_C (0x100000000), 1);
    return;
  }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_failed ();
}

/* SPC-4 6.6, 6.33; SBC-3 5.15, 5.16 */
static void
test_other_commands_say_how_much_may_come_back (void)
{
  guint8 cdb[CDB_LENGTH];
  cdb_build_inquiry (cdb, FALSE, 0, 0x0124);
  assert_cdb (cdb, CDB (0x12, 0, 0, 0x01, 0x24, 0));
  cdb_build_inquiry (cdb, TRUE, 0x83, 255);
  assert_cdb (cdb, CDB (0x12, 1, 0x83, 0, 0xff, 0));
  g_assert_cmpuint (cdb_allocation_length (cdb), ==, 255);
  cdb_build (cdb, SCSI_OP_REPORT_LUNS, 0x01020304);
  assert_cdb (cdb, CDB (0xa0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 0, 0));
  g_assert_cmphex (cdb_allocation_length (cdb), ==, 0x01020304);
  cdb_build (cdb, SCSI_OP_READ_CAPACITY_16, 32);
  assert_cdb (cdb, CDB (0x9e, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 32, 0, 0));
  g_assert_cmpuint (cdb_allocation_length (cdb), ==, 32);
  cdb_build (cdb, SCSI_OP_REQUEST_SENSE, 252);
  assert_cdb (cdb, CDB (0x03, 0, 0, 0, 252, 0));
  cdb_build (cdb, SCSI_OP_READ_CAPACITY_10, 8);
  assert_cdb (cdb, CDB (0x25));
  cdb_build (cdb, SCSI_OP_TEST_UNIT_READY, 0);
  assert_cdb (cdb, CDB (0x00));
}

/* ---- LUNs (SAM-5 4.7.7) ---- */

static void
test_a_lun_is_peripheral_below_256_and_flat_above (void)
{
  g_assert_cmphex (lun_encode (0), ==, 0);
  g_assert_cmphex (lun_encode (1), ==, UINT64_C (0x0001000000000000));
  g_assert_cmphex (lun_encode (255), ==, UINT64_C (0x00ff000000000000));
  g_assert_cmphex (lun_encode (256), ==, UINT64_C (0x4100000000000000));
  g_assert_cmphex (lun_encode (16383), ==, UINT64_C (0x7fff000000000000));
}

static void
test_every_lun_comes_back (void)
{
  for (guint number = 0; number < 16384; number++) {
    guint16 again;
    g_assert_true (lun_decode (lun_encode ((guint16) number), &again));
    g_assert_cmpuint (again, ==, number);
  }
}

static void
test_a_small_lun_may_come_in_flat_space (void)
{
  guint16 number;
  g_assert_true (lun_decode (UINT64_C (0x4001000000000000), &number));
  g_assert_cmpuint (number, ==, 1);
}

static void
test_other_methods_and_levels_are_unknown (void)
{
  guint16 number;
  g_assert_false (lun_decode (UINT64_C (0x0101000000000000), &number)); /* bus 1 */
  g_assert_false (lun_decode (UINT64_C (0x8001000000000000), &number)); /* logical unit */
  g_assert_false (lun_decode (UINT64_C (0xc101000000000000), &number)); /* well-known */
  g_assert_false (lun_decode (UINT64_C (0x0001000100000000), &number)); /* a second level */
  g_assert_false (lun_decode (1, &number));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scsi/status and sense key have names", test_status_and_sense_key_have_names);
  g_test_add_func ("/scsi/sense is encoded in fixed format", test_sense_is_encoded_in_fixed_format);
  g_test_add_func ("/scsi/sense decodes in both formats", test_sense_decodes_in_both_formats);
  g_test_add_func ("/scsi/sense in descriptors", test_sense_in_descriptors);
  g_test_add_func ("/scsi/all of sense returns from both formats", test_all_of_sense_returns);
  g_test_add_func ("/scsi/an address that the fixed format has no room for is left out",
                   test_a_far_address_is_not_cut);
  g_test_add_func ("/scsi/sense that was cut has its key", test_sense_that_was_cut_has_its_key);
  g_test_add_func ("/scsi/another response code is no sense",
                   test_another_response_code_is_no_sense);
  g_test_add_func ("/scsi/a command is found by opcode and service action",
                   test_a_command_is_found_by_opcode_and_service_action);
  g_test_add_func ("/scsi/block commands hold address and count",
                   test_block_commands_hold_address_and_count);
  g_test_add_func ("/scsi/block commands are read as they were built",
                   test_block_commands_are_read_as_they_were_built);
  g_test_add_func ("/scsi/a long address needs the long command",
                   test_a_long_address_needs_the_long_command);
  g_test_add_func ("/scsi/other commands say how much may come back",
                   test_other_commands_say_how_much_may_come_back);
  g_test_add_func ("/scsi/a LUN is peripheral below 256 and flat above",
                   test_a_lun_is_peripheral_below_256_and_flat_above);
  g_test_add_func ("/scsi/every LUN comes back", test_every_lun_comes_back);
  g_test_add_func ("/scsi/a small LUN may come in flat space",
                   test_a_small_lun_may_come_in_flat_space);
  g_test_add_func ("/scsi/other methods and levels are unknown",
                   test_other_methods_and_levels_are_unknown);
  return g_test_run ();
}
