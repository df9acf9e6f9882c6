/* SPDX-License-Identifier: Apache-2.0 */
/* The two tables of the wire, held side by side: the engines' and that of those who watch. */
#include "protocol/wire-map.h"

#include "protocol/bhs.h"

typedef struct Pair {
  guint8 opcode;
  const char *name;
  guint64 (*seen) (const guint8 *bhs);
} Pair;

#define SEEN(name, type, expression)                                                               \
  static inline guint64 wide_##name (const guint8 *bhs)                                            \
  {                                                                                                \
    return (guint64) seen_##name (bhs);                                                            \
  }
SEEN_FIELDS (SEEN)
#undef SEEN

static const Pair pairs[] = {
  { SEEN_SCSI_COMMAND, "I", wide_is_immediate },
  { SEEN_SCSI_COMMAND, "F", wide_is_final },
  { SEEN_SCSI_COMMAND, "TotalAHSLength", wide_ahs_words },
  { SEEN_SCSI_COMMAND, "DataSegmentLength", wide_data_length },
  { SEEN_SCSI_COMMAND, "R", wide_reads },
  { SEEN_SCSI_COMMAND, "W", wide_writes },
  { SEEN_SCSI_COMMAND, "ATTR", wide_attributes },
  { SEEN_SCSI_COMMAND, "LUN", wide_lun },
  { SEEN_SCSI_COMMAND, "ITT", wide_itt },
  { SEEN_SCSI_COMMAND, "ExpectedDataTransferLength", wide_expected_length },
  { SEEN_SCSI_COMMAND, "CmdSN", wide_cmd_sn },
  { SEEN_SCSI_COMMAND, "ExpStatSN", wide_exp_stat_sn },
  { SEEN_SCSI_RESPONSE, "o", wide_bidi_overflow },
  { SEEN_SCSI_RESPONSE, "u", wide_bidi_underflow },
  { SEEN_SCSI_RESPONSE, "O", wide_overflow },
  { SEEN_SCSI_RESPONSE, "U", wide_underflow },
  { SEEN_SCSI_RESPONSE, "Response", wide_response },
  { SEEN_SCSI_RESPONSE, "Status", wide_status },
  { SEEN_SCSI_RESPONSE, "SNACKTag", wide_snack_tag },
  { SEEN_SCSI_RESPONSE, "StatSN", wide_stat_sn },
  { SEEN_SCSI_RESPONSE, "ExpCmdSN", wide_exp_cmd_sn },
  { SEEN_SCSI_RESPONSE, "MaxCmdSN", wide_max_cmd_sn },
  { SEEN_SCSI_RESPONSE, "ExpDataSN", wide_data_sn },
  { SEEN_SCSI_RESPONSE, "BidirectionalReadResidualCount", wide_bidi_residual },
  { SEEN_SCSI_RESPONSE, "ResidualCount", wide_residual },
  { SEEN_DATA_IN, "A", wide_acknowledge },
  { SEEN_DATA_IN, "S", wide_has_status },
  { SEEN_DATA_IN, "TTT", wide_ttt },
  { SEEN_DATA_IN, "DataSN", wide_data_sn },
  { SEEN_DATA_IN, "BufferOffset", wide_buffer_offset },
  { SEEN_R2T, "R2TSN", wide_data_sn },
  { SEEN_R2T, "DesiredDataTransferLength", wide_desired_length },
  { SEEN_DATA_OUT, "TTT", wide_ttt },
  { SEEN_DATA_OUT, "DataSN", wide_data_sn },
  { SEEN_TMF_REQUEST, "Function", wide_function },
  { SEEN_TMF_REQUEST, "ReferencedTaskTag", wide_referenced_tag },
  { SEEN_TMF_REQUEST, "RefCmdSN", wide_ref_cmd_sn },
  { SEEN_TMF_RESPONSE, "Response", wide_response },
  { SEEN_LOGIN_REQUEST, "T", wide_is_final },
  { SEEN_LOGIN_REQUEST, "C", wide_is_continued },
  { SEEN_LOGIN_REQUEST, "CSG", wide_csg },
  { SEEN_LOGIN_REQUEST, "NSG", wide_nsg },
  { SEEN_LOGIN_REQUEST, "Version-max", wide_version_max },
  { SEEN_LOGIN_REQUEST, "Version-min", wide_version_min },
  { SEEN_LOGIN_REQUEST, "ISID", wide_isid },
  { SEEN_LOGIN_REQUEST, "TSIH", wide_tsih },
  { SEEN_LOGIN_REQUEST, "CID", wide_cid },
  { SEEN_LOGIN_RESPONSE, "Status", wide_login_status },
  { SEEN_LOGOUT_REQUEST, "ReasonCode", wide_function },
  { SEEN_LOGOUT_REQUEST, "CID", wide_cid },
  { SEEN_REJECT, "Reason", wide_response },
  { SEEN_ASYNC, "AsyncEvent", wide_async_event },
  { SEEN_SNACK, "Type", wide_snack_type },
  { SEEN_SNACK, "BegRun", wide_begin_run },
  { SEEN_SNACK, "RunLength", wide_run_length },
};

/* Each bit of the header in turn is 1: both tables must see it in the same place of the same field. */
static void
both_tables_see_every_bit_in_the_same_place (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++) {
    const PduType *type = pdu_type (pairs[i].opcode);
    g_assert_nonnull (type);
    const PduField *field = pdu_field (type, pairs[i].name);
    g_assert_nonnull (field);
    for (guint bit = 0; bit < SEEN_BHS * 8; bit++) {
      guint8 bhs[SEEN_BHS] = { 0 };
      bhs[bit / 8] = (guint8) (0x80 >> bit % 8);
      g_assert_cmphex (pairs[i].seen (bhs), ==,
                       wire_get (bhs, field->byte, field->shift, field->bits));
    }
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire-map/both_tables_see_every_bit_in_the_same_place",
                   both_tables_see_every_bit_in_the_same_place);
  return g_test_run ();
}
