/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/async.h"
#include "protocol/data.h"
#include "protocol/login.h"
#include "protocol/reject.h"
#include "protocol/scsi/scsi.h"
#include "protocol/tmf.h"

#define PRINTS(Type, noun, expected, ...)                                                          \
  do {                                                                                             \
    const Type pdu = { __VA_ARGS__ };                                                              \
    guint8 bhs[BHS_LENGTH];                                                                        \
    g_autoptr (GString) out = g_string_new (NULL);                                                 \
    noun##_encode (&pdu, bhs);                                                                     \
    pdu_print (bhs, out);                                                                          \
    g_assert_nonnull (strstr (out->str, expected));                                                \
  } while (0)

static void
test_codes_have_their_names (void)
{
  PRINTS (ScsiResponse, scsi_response, " Status=0x2 (CHECK CONDITION) ",
          .status = SCSI_CHECK_CONDITION);
  PRINTS (ScsiResponse, scsi_response, " Status=0xff (unknown status) ", .status = 0xff);
  PRINTS (LoginResponse, login_response, " Status=0x203 (not found)",
          .status = LOGIN_STATUS_NOT_FOUND);
  PRINTS (Reject, reject, " Reason=0x2 (data digest error) ", .reason = REJECT_DATA_DIGEST);
  PRINTS (TmfRequest, tmf_request, " Function=1 (ABORT TASK) ", .function = TMF_ABORT_TASK);
  PRINTS (AsyncMessage, async_message, " AsyncEvent=1 (logout request) ",
          .event = ASYNC_EVENT_LOGOUT_REQUEST);
  PRINTS (ScsiCommand, scsi_command, " CDB=0x2800000000000000 (READ(10)) ",
          .cdb_high = UINT64_C (0x28) << 56);
  PRINTS (ScsiCommand, scsi_command, " CDB=0x9e10000000000000 (READ CAPACITY(16)) ",
          .cdb_high = UINT64_C (0x9e10) << 48);
}

/* RFC 7143 11.7.3: without S there is no status. */
static void
test_a_status_that_means_nothing_has_no_name (void)
{
  PRINTS (DataIn, data_in, " Status=0x0 (GOOD) ", .has_status = 1);
  PRINTS (DataIn, data_in, " Status=0x0 LUN=", .has_status = 0);
}

static void
test_additional_header_segments_stand_at_the_end (void)
{
  static const guint8 ahs[8] = { 0, 5, 2, 0, 0, 0, 2, 0 };
  const ScsiCommand command = { .total_ahs_length = 2 };
  guint8 bhs[BHS_LENGTH];
  g_autoptr (GString) with = g_string_new (NULL);
  g_autoptr (GString) without = g_string_new (NULL);
  scsi_command_encode (&command, bhs);
  pdu_print_ahs (bhs, ahs, sizeof ahs, with);
  g_assert_true (
      g_str_has_suffix (with->str, " CDB2=0x0 BidirectionalReadExpectedDataTransferLength=512"));
  pdu_print_ahs (bhs, NULL, 0, without);
  g_assert_true (g_str_has_suffix (without->str, " CDB2=0x0"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/print/codes have their names", test_codes_have_their_names);
  g_test_add_func ("/print/a status that means nothing has no name",
                   test_a_status_that_means_nothing_has_no_name);
  g_test_add_func ("/print/additional header segments stand at the end",
                   test_additional_header_segments_stand_at_the_end);
  return g_test_run ();
}
