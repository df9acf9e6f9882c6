/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/data.h"
#include "tests/unit/protocol/pdu-test.h"

static void
test_an_opcode_has_its_rfc_name (void)
{
  g_assert_cmpstr (opcode_name (0x00), ==, "NOP-Out");
  g_assert_cmpstr (opcode_name (0x3f), ==, "Reject");
  g_assert_cmpstr (opcode_name (0x02), ==, "Task Management Function Request");
}

static void
test_an_opcode_without_a_name_is_reserved (void)
{
  g_assert_cmpstr (opcode_name (0x07), ==, "reserved");
  g_assert_cmpstr (opcode_name (0x40), ==, "reserved");
  g_assert_cmpstr (opcode_name (G_MAXUINT64), ==, "reserved");
}

static void
test_the_opcode_is_the_low_six_bits (void)
{
  const guint8 bhs[BHS_LENGTH] = { 0xc3 };
  g_assert_cmpuint (bhs_opcode (bhs), ==, OPCODE_LOGIN_REQUEST);
}

static void
test_a_type_is_found_by_its_opcode (void)
{
  guint found = 0;
  for (guint opcode = 0; opcode <= 0xff; opcode++) {
    const PduType *type = pdu_type ((guint8) opcode);
    if (type == NULL)
      continue;
    found++;
    g_assert_cmpuint (type->opcode, ==, opcode);
    g_assert_cmpint (type->is_from_initiator, ==, opcode < 0x20);
    g_assert_nonnull (type->validate);
  }
  g_assert_cmpuint (found, ==, 18);
}

static void
test_a_field_is_found_by_its_rfc_name (void)
{
  const PduField *field = pdu_field (&data_in_type, "DataSN");
  g_assert_nonnull (field);
  g_assert_cmpuint (field->byte, ==, 36);
  g_assert_cmpuint (field->bits, ==, 32);
  g_assert_null (pdu_field (&data_in_type, "datasn"));
  g_assert_null (pdu_field (&data_in_type, "R2TSN"));
}

/* A field that overlaps another would be lost in encoding, one past the end would be another PDU's. */
static void
test_no_two_fields_share_a_bit (void)
{
  for (guint opcode = 0; opcode < 0x40; opcode++) {
    const PduType *type = pdu_type ((guint8) opcode);
    guint8 seen[BHS_LENGTH] = { 0x3f };
    for (guint i = 0; type != NULL && i < type->field_count; i++) {
      const PduField *field = &type->fields[i];
      guint8 bits[BHS_LENGTH + 8] = { 0 };
      wire_set (bits, field->byte, field->shift, field->bits, G_MAXUINT64);
      for (guint k = 0; k < sizeof bits; k++) {
        g_assert_true (k < BHS_LENGTH || bits[k] == 0);
        if (k < BHS_LENGTH) {
          g_assert_cmphex (seen[k] & bits[k], ==, 0);
          seen[k] |= bits[k];
        }
      }
    }
  }
}

static void
test_a_field_is_read_from_the_octets_that_it_spans (void)
{
  const guint8 bytes[] = { 0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc, 0xde, 0xf0 };
  g_assert_cmphex (wire_get (bytes, 0, 0, 8), ==, 0x12);
  g_assert_cmphex (wire_get (bytes, 0, 0, 16), ==, 0x1234);
  g_assert_cmphex (wire_get (bytes, 1, 0, 24), ==, 0x345678);
  g_assert_cmphex (wire_get (bytes, 1, 0, 32), ==, 0x3456789a);
  g_assert_cmphex (wire_get (bytes, 0, 0, 40), ==, 0x123456789a);
  g_assert_cmphex (wire_get (bytes, 2, 0, 48), ==, 0x56789abcdef0);
  g_assert_cmphex (wire_get (bytes, 0, 0, 56), ==, 0x123456789abcde);
  g_assert_cmphex (wire_get (bytes, 0, 0, 64), ==, 0x123456789abcdef0);
  g_assert_cmphex (wire_get (bytes, 0, 4, 4), ==, 0x1);
  g_assert_cmphex (wire_get (bytes, 0, 3, 10), ==, 0x246);
}

static void
test_setting_a_field_leaves_its_neighbours (void)
{
  for (guint bits = 1; bits <= 64; bits++)
    for (guint shift = 0; shift + bits <= 64; shift++) {
      guint8 bytes[12];
      memset (bytes, 0xff, sizeof bytes);
      wire_set (bytes, 2, shift, bits, 0);
      g_assert_cmphex (wire_get (bytes, 2, shift, bits), ==, 0);
      wire_set (bytes, 2, shift, bits, G_MAXUINT64);
      for (guint i = 0; i < sizeof bytes; i++)
        g_assert_cmphex (bytes[i], ==, 0xff);
    }
}

static void
test_a_value_that_is_too_wide_is_cut (void)
{
  guint8 bytes[4] = { 0 };
  wire_or (bytes, 1, 2, 2, 0xff);
  g_assert_cmphex (bytes[0], ==, 0);
  g_assert_cmphex (bytes[1], ==, 0x0c);
  g_assert_cmphex (bytes[2], ==, 0);
}

static void
test_print_names_every_field_in_order (void)
{
  const DataOut data = { .data_segment_length = 512,
                         .is_final = 1,
                         .lun = UINT64_C (0x0001000000000000),
                         .initiator_task_tag = 0x1,
                         .target_transfer_tag = TAG_NONE,
                         .exp_stat_sn = 7,
                         .data_sn = 3,
                         .buffer_offset = 1024 };
  guint8 bhs[BHS_LENGTH];
  g_autoptr (GString) out = g_string_new (NULL);
  data_out_encode (&data, bhs);
  pdu_print (bhs, out);
  g_assert_cmpstr (
      out->str, ==,
      "Data-Out TotalAHSLength=0 DataSegmentLength=512 F=1 LUN=0x1000000000000 ITT=0x1 "
      "TTT=0xffffffff ExpStatSN=7 DataSN=3 BufferOffset=1024");
}

static void
test_print_of_an_opcode_without_a_table_shows_the_octets (void)
{
  const guint8 bhs[BHS_LENGTH] = { 0x5c, 0x81, [47] = 0xfe };
  g_autoptr (GString) out = g_string_new (NULL);
  pdu_print (bhs, out);
  g_assert_true (g_str_has_prefix (out->str, "reserved octets=5c810000"));
  g_assert_true (g_str_has_suffix (out->str, "00fe"));
  g_assert_cmpuint (strlen (out->str), ==, strlen ("reserved octets=") + 96);
}

static void
test_an_opcode_that_nobody_speaks_is_unknown (void)
{
  const guint8 bhs[BHS_LENGTH] = { 0x07 };
  g_autoptr (GError) error = NULL;
  g_assert_false (pdu_validate (bhs, &error));
  g_assert_error (error, PROTOCOL_ERROR, PROTOCOL_ERROR_UNKNOWN);
  g_assert_cmpstr (error->message, ==,
                   "opcode 0x07: expected one that is spoken here, got 'reserved'");
}

/* R-PDU-003: one bit at a time, in every type. */
static void
test_reserved_bits_are_ignored (void)
{
  const DataOut data = { .is_final = 1, .initiator_task_tag = 1 };
  guint8 bhs[BHS_LENGTH];
  data_out_encode (&data, bhs);
  bhs[0] |= 0x80;
  bhs[1] |= 0x7f;
  memset (bhs + 2, 0xff, 2);
  memset (bhs + 24, 0xff, 4);
  memset (bhs + 32, 0xff, 4);
  memset (bhs + 44, 0xff, 4);
  g_assert_true (pdu_validate (bhs, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bhs/an opcode has its RFC name", test_an_opcode_has_its_rfc_name);
  g_test_add_func ("/bhs/an opcode without a name is reserved",
                   test_an_opcode_without_a_name_is_reserved);
  g_test_add_func ("/bhs/the opcode is the low six bits", test_the_opcode_is_the_low_six_bits);
  g_test_add_func ("/bhs/a type is found by its opcode", test_a_type_is_found_by_its_opcode);
  g_test_add_func ("/bhs/a field is found by its RFC name", test_a_field_is_found_by_its_rfc_name);
  g_test_add_func ("/bhs/no two fields share a bit", test_no_two_fields_share_a_bit);
  g_test_add_func ("/bhs/a field is read from the octets that it spans",
                   test_a_field_is_read_from_the_octets_that_it_spans);
  g_test_add_func ("/bhs/setting a field leaves its neighbours",
                   test_setting_a_field_leaves_its_neighbours);
  g_test_add_func ("/bhs/a value that is too wide is cut", test_a_value_that_is_too_wide_is_cut);
  g_test_add_func ("/bhs/print names every field in order", test_print_names_every_field_in_order);
  g_test_add_func ("/bhs/print of an opcode without a table shows the octets",
                   test_print_of_an_opcode_without_a_table_shows_the_octets);
  g_test_add_func ("/bhs/an opcode that nobody speaks is unknown",
                   test_an_opcode_that_nobody_speaks_is_unknown);
  g_test_add_func ("/bhs/reserved bits are ignored", test_reserved_bits_are_ignored);
  return g_test_run ();
}
