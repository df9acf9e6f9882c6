/* SPDX-License-Identifier: Apache-2.0 */
/* Asynchronous Messages of the target: their fields, and what follows them (RFC 7143 11.9). */
#include "tests/unit/target-sim/wire.h"

#include "protocol/async.h"

static void
target_open (Lab *lab, Wire *wire)
{
  lab_init (lab);
  lab_start (lab);
  wire_open (wire, lab);
  wire_login (wire);
}

static void
target_close (Lab *lab, Wire *wire)
{
  wire_close (wire);
  lab_clear (lab);
}

static AsyncMessage
expect_message (Wire *wire, AsyncEvent event)
{
  WirePdu *pdu = wire_expect (wire, OPCODE_ASYNC_MESSAGE);
  g_autoptr (GError) error = NULL;
  AsyncMessage message;
  async_message_decode (&message, pdu->bhs);
  g_assert_true (pdu_validate (pdu->bhs, &error));
  g_assert_cmpstr (async_event_name (message.event), ==, async_event_name (event));
  wire_pdu_free (pdu);
  return message;
}

static void
send_logout (Wire *wire)
{
  const LogoutRequest logout = { .immediate = 1,
                                 .is_final = 1,
                                 .initiator_task_tag = wire->itt++,
                                 .cid = wire->cid,
                                 .cmd_sn = wire->cmd_sn };
  guint8 bhs[BHS_LENGTH];
  logout_request_encode (&logout, bhs);
  wire_send (wire, bhs, NULL, 0);
}

/* R-ASYNC-001, R-ASYNC-002, R-ASYNC-014: LUN and sense; StatSN counts it. */
static void
test_scsi_event (void)
{
  Lab lab;
  Wire wire;
  target_open (&lab, &wire);
  const TargetAsync scsi = { .event = ASYNC_EVENT_SCSI,
                             .lun = 3,
                             .sense = { SENSE_UNIT_ATTENTION, 0x3f0e } };
  g_assert_cmpuint (target_sim_async (lab.target, &scsi), ==, 1);
  WirePdu *pdu = wire_expect (&wire, OPCODE_ASYNC_MESSAGE);
  AsyncMessage message;
  async_message_decode (&message, pdu->bhs);
  g_assert_cmphex (message.lun, ==, lun_encode (3));
  gsize length;
  const guint8 *data = g_bytes_get_data (pdu->data, &length);
  g_assert_cmpuint (length, ==, 2 + SENSE_FIXED_LENGTH);
  g_assert_cmpuint (wire_get (data, 0, 0, 16), ==, SENSE_FIXED_LENGTH);
  Sense sense;
  g_assert_true (sense_decode (data + 2, length - 2, &sense));
  g_assert_cmphex (sense.code, ==, 0x3f0e);
  wire_pdu_free (pdu);
  const TargetAsync vendor = { .event = 250, .vendor_code = 7 };
  target_sim_async (lab.target, &vendor);
  const AsyncMessage next = expect_message (&wire, (AsyncEvent) 250);
  g_assert_cmpuint (next.stat_sn, ==, message.stat_sn + 1);
  g_assert_cmpuint (next.vendor_code, ==, 7);
  target_close (&lab, &wire);
}

/* R-ASYNC-004: a logout within the time is all there is to it. */
static void
test_logout_in_time (void)
{
  Lab lab;
  Wire wire;
  target_open (&lab, &wire);
  const TargetAsync ask = { .event = ASYNC_EVENT_LOGOUT_REQUEST, .time_s = 3 };
  target_sim_async (lab.target, &ask);
  target_sim_async (lab.target, &ask); /* T12 */
  g_assert_cmpuint (expect_message (&wire, ASYNC_EVENT_LOGOUT_REQUEST).parameter3, ==, 3);
  expect_message (&wire, ASYNC_EVENT_LOGOUT_REQUEST);
  send_logout (&wire);
  wire_pdu_free (wire_expect (&wire, OPCODE_LOGOUT_RESPONSE));
  wire_expect_end (&wire, STREAM_END_FIN);
  lab_run_ns (&lab, 5 * NS_PER_S);
  target_close (&lab, &wire);
}

/* R-ASYNC-007 */
static void
test_logout_that_does_not_come (void)
{
  Lab lab;
  Wire wire;
  target_open (&lab, &wire);
  const TargetAsync ask = { .event = ASYNC_EVENT_LOGOUT_REQUEST, .time_s = 3 };
  const gint64 before = lab.world->now_ns;
  target_sim_async (lab.target, &ask);
  expect_message (&wire, ASYNC_EVENT_LOGOUT_REQUEST);
  const AsyncMessage drop = expect_message (&wire, ASYNC_EVENT_CONNECTION_DROP);
  g_assert_cmpint ((lab.world->now_ns - before) / NS_PER_S, ==, 3);
  g_assert_cmpuint (drop.parameter1, ==, wire.cid);
  g_assert_cmpuint (drop.parameter2, ==, 2);
  g_assert_cmpuint (drop.parameter3, ==, 20);
  wire_expect_end (&wire, STREAM_END_FIN);
  target_close (&lab, &wire);
}

/* R-ASYNC-008, R-ASYNC-009: the session is kept for Time2Wait and Time2Retain of the message, not of the keys. */
static void
test_drop_keeps_the_session_as_told (void)
{
  static const AsyncEvent events[] = { ASYNC_EVENT_CONNECTION_DROP, ASYNC_EVENT_SESSION_DROP };
  for (guint i = 0; i < G_N_ELEMENTS (events); i++) {
    Lab lab;
    Wire wire;
    target_open (&lab, &wire);
    const TargetAsync drop = { .event = events[i], .time2wait_s = 3, .time2retain_s = 4 };
    target_sim_async (lab.target, &drop);
    const AsyncMessage message = expect_message (&wire, events[i]);
    g_assert_cmpuint (message.parameter2, ==, 3);
    g_assert_cmpuint (message.parameter3, ==, 4);
    wire_expect_end (&wire, STREAM_END_FIN);
    lab_run_ns (&lab, 6 * NS_PER_S);
    g_assert_cmpuint (target_sim_counters (lab.target)->sessions_now, ==, 1);
    lab_run_ns (&lab, 2 * NS_PER_S);
    g_assert_cmpuint (target_sim_counters (lab.target)->sessions_now, ==, 0);
    target_close (&lab, &wire);
  }
}

static void
test_session_is_named_by_tsih (void)
{
  Lab lab;
  Wire wire;
  target_open (&lab, &wire);
  const TargetAsync nobody = { .event = ASYNC_EVENT_SESSION_DROP, .tsih = 77 };
  g_assert_cmpuint (target_sim_async (lab.target, &nobody), ==, 0);
  wire_expect_silence (&wire);
  const TargetAsync it = { .event = ASYNC_EVENT_NEGOTIATION_REQUEST,
                           .tsih = wire.tsih,
                           .time_s = 5 };
  g_assert_cmpuint (target_sim_async (lab.target, &it), ==, 1);
  g_assert_cmpuint (expect_message (&wire, ASYNC_EVENT_NEGOTIATION_REQUEST).parameter3, ==, 5);
  target_close (&lab, &wire);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/target/async/scsi-event", test_scsi_event);
  g_test_add_func ("/target/async/logout-in-time", test_logout_in_time);
  g_test_add_func ("/target/async/logout-that-does-not-come", test_logout_that_does_not_come);
  g_test_add_func ("/target/async/drop-keeps-the-session-as-told",
                   test_drop_keeps_the_session_as_told);
  g_test_add_func ("/target/async/session-is-named-by-tsih", test_session_is_named_by_tsih);
  return g_test_run ();
}
