/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/target-sim/faults/fixture.h"

static Slice
make_login (guint8 opcode, guint32 sn, const char *text, gsize length)
{
  guint8 bhs[BHS_LENGTH] = { opcode, 0x87 }; /* T, CSG 1, NSG 3 */
  wire_set (bhs, opcode == 0x23 ? 24 : 28, 0, 32, sn);
  wire_set (bhs, 5, 0, 24, length);
  Buffer *buffer = buffer_new (BHS_LENGTH + (length + 3) / 4 * 4);
  memset (buffer->bytes, 0, buffer->size);
  memcpy (buffer->bytes, bhs, BHS_LENGTH);
  memcpy (buffer->bytes + BHS_LENGTH, text, length);
  return slice_whole (buffer);
}

typedef struct Sink {
  Stream *stream;
  Framer framer;
  GString *log; /* "C=.. T=.. StatSN=.. text|" */
} Sink;

static void
sink_data (gpointer owner, const Slice *slice)
{
  Sink *sink = owner;
  Slice rest = slice_ref (slice);
  while (framer_next (&sink->framer, &rest, NULL) == FRAMER_PDU) {
    Slice data = payload_join (&sink->framer.data);
    const guint8 *bhs = sink->framer.bhs;
    g_string_append_printf (sink->log, "%02x.%02x.%u:", bhs[0], bhs[1],
                            (guint) wire_get (bhs, (bhs[0] & 0x20) != 0 ? 24 : 28, 0, 32));
    for (gsize i = 0; i < data.length && bhs[0] != 0x3f; i++)
      g_string_append_c (sink->log, data.bytes[i] != 0 ? (char) data.bytes[i] : ';');
    g_string_append_c (sink->log, ' ');
    slice_clear (&data);
  }
  slice_clear (&rest);
}

static void
sink_ended (gpointer owner, StreamEnd how)
{
  g_string_append (((Sink *) owner)->log, stream_end_name (how));
}

static const StreamEvents sink_events = { .data = sink_data, .ended = sink_ended };

static void
sink_take_over (Sink *sink, End *end)
{
  sink->stream = end->stream;
  sink->log = g_string_new (NULL);
  framer_init (&sink->framer, 1 << 20);
  stream_attach (end->stream, &sink_events, sink);
}

static void
sink_clear (Sink *sink)
{
  framer_clear (&sink->framer);
  g_string_free (sink->log, TRUE);
}

#define TEXT(literal) literal, sizeof (literal) - 1

/* One Login Request past the rule: what the target gets. */
static char *
request_after (FaultAct act, const char *key, const char *value)
{
  g_autoptr (Lab) lab = lab_new ();
  FaultRule rule = rule_on ("Login Request", act);
  rule.key = key;
  rule.value = value;
  lab_add (lab, &rule);
  End *client = lab_connect (lab);
  Sink server;
  sink_take_over (&server, lab_server (lab, 0));
  stream_send (client->stream, make_login (0x43, 5, TEXT ("One=1\0Two=2\0Onerous=3\0")));
  lab_run (lab);
  char *log = g_strdup (server.log->str);
  stream_attach (server.stream, &end_events, lab_server (lab, 0));
  sink_clear (&server);
  return log;
}

static void
test_the_pairs_of_a_text_are_edited_one_by_one (void)
{
  g_autofree char *dropped = request_after (FAULT_ACT_DROP_KEY, "One", NULL);
  g_assert_cmpstr (dropped, ==, "43.87.5:Two=2;Onerous=3; ");
  g_autofree char *repeated = request_after (FAULT_ACT_REPEAT_KEY, "Two", NULL);
  g_assert_cmpstr (repeated, ==, "43.87.5:One=1;Two=2;Two=2;Onerous=3; ");
  g_autofree char *replaced = request_after (FAULT_ACT_REPLACE_VALUE, "One", "eleven");
  g_assert_cmpstr (replaced, ==, "43.87.5:One=eleven;Two=2;Onerous=3; ");
  g_autofree char *added = request_after (FAULT_ACT_ADD_KEY, "Four", "4");
  g_assert_cmpstr (added, ==, "43.87.5:One=1;Two=2;Onerous=3;Four=4; ");
  g_autofree char *absent = request_after (FAULT_ACT_DROP_KEY, "Thr", NULL);
  g_assert_cmpstr (absent, ==, "43.87.5:One=1;Two=2;Onerous=3; ");
}

typedef struct Talk {
  Lab *lab;
  Sink client;
  Sink server;
} Talk;

static void
talk_init (Talk *talk, FaultRule *rule)
{
  talk->lab = lab_new ();
  lab_add (talk->lab, rule);
  sink_take_over (&talk->client, lab_connect (talk->lab));
  sink_take_over (&talk->server, lab_server (talk->lab, 0));
}

static void
talk_clear (Talk *talk)
{
  stream_attach (talk->client.stream, &end_events, talk->lab->clients->pdata[0]);
  stream_attach (talk->server.stream, &end_events, lab_server (talk->lab, 0));
  sink_clear (&talk->client);
  sink_clear (&talk->server);
  lab_free (talk->lab);
}

static void
talk_send (Talk *talk, Sink *from, Slice pdu)
{
  stream_send (from->stream, pdu);
  lab_run (talk->lab);
}

/* RFC 7143 6.2: the target answers the first half with nothing, which the initiator never sees; its StatSN neither. */
static void
test_a_split_request_is_whole_at_the_target_and_its_numbers_at_the_initiator (void)
{
  FaultRule rule = rule_on ("Login Request", FAULT_ACT_SPLIT_TEXT);
  rule.cut_bytes = 3;
  Talk talk;
  talk_init (&talk, &rule);
  talk_send (&talk, &talk.client, make_login (0x43, 0, TEXT ("One=1\0")));
  g_assert_cmpstr (talk.server.log->str, ==, "43.44.0:One ");
  talk_send (&talk, &talk.server, make_login (0x23, 10, TEXT ("")));
  g_assert_cmpstr (talk.client.log->str, ==, "");
  g_assert_cmpstr (talk.server.log->str, ==, "43.44.0:One 43.87.1:=1; ");
  talk_send (&talk, &talk.server, make_login (0x23, 11, TEXT ("Two=2\0")));
  g_assert_cmpstr (talk.client.log->str, ==, "23.87.10:Two=2; ");
  talk_send (&talk, &talk.client, make_login (0x43, 11, TEXT ("")));
  g_assert_true (g_str_has_suffix (talk.server.log->str, "43.87.12: "));
  talk_clear (&talk);
}

static void
test_a_split_response_is_asked_for_and_numbered_twice (void)
{
  FaultRule rule = rule_on ("Login Response", FAULT_ACT_SPLIT_TEXT);
  rule.cut_bytes = 4;
  Talk talk;
  talk_init (&talk, &rule);
  talk_send (&talk, &talk.client, make_login (0x43, 0, TEXT ("")));
  talk_send (&talk, &talk.server, make_login (0x23, 10, TEXT ("Two=2\0")));
  g_assert_cmpstr (talk.client.log->str, ==, "23.44.10:Two= ");
  talk_send (&talk, &talk.client, make_login (0x43, 11, TEXT ("")));
  g_assert_cmpstr (talk.server.log->str, ==, "43.87.0: ");
  g_assert_cmpstr (talk.client.log->str, ==, "23.44.10:Two= 23.87.11:2; ");
  talk_send (&talk, &talk.client, make_login (0x43, 12, TEXT ("")));
  g_assert_cmpstr (talk.server.log->str, ==, "43.87.0: 43.87.11: ");
  talk_clear (&talk);
}

static void
test_a_rejected_request_is_answered_with_the_next_number (void)
{
  FaultRule rule = rule_on ("NOP-Out", FAULT_ACT_REJECT);
  rule.reason = 9;
  Talk talk;
  talk_init (&talk, &rule);
  talk_send (&talk, &talk.server, make_login (0x23, 10, TEXT ("")));
  Buffer *ping = buffer_new (BHS_LENGTH);
  memset (ping->bytes, 0, BHS_LENGTH);
  talk_send (&talk, &talk.client, slice_whole (ping));
  g_assert_cmpstr (talk.server.log->str, ==, "");
  g_assert_cmpstr (talk.client.log->str, ==, "23.87.10: 3f.80.11: ");
  talk_send (&talk, &talk.server, make_login (0x23, 11, TEXT ("")));
  g_assert_true (g_str_has_suffix (talk.client.log->str, "23.87.12: "));
  talk_clear (&talk);
}

static void
test_a_status_ends_the_login_at_both_ends (void)
{
  FaultRule rule = rule_on ("Login Request", FAULT_ACT_LOGIN_STATUS);
  rule.status = 0x0101;
  rule.address = "10.0.0.9:3260,1";
  Talk talk;
  talk_init (&talk, &rule);
  talk_send (&talk, &talk.client, make_login (0x43, 0, TEXT ("One=1\0")));
  g_assert_cmpstr (talk.client.log->str, ==, "23.04.0:TargetAddress=10.0.0.9:3260,1; fin");
  g_assert_cmpstr (talk.server.log->str, ==, "fin");
  talk_clear (&talk);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define TEST(name) g_test_add_func ("/faults/login/" #name, test_##name)
  TEST (the_pairs_of_a_text_are_edited_one_by_one);
  TEST (a_split_request_is_whole_at_the_target_and_its_numbers_at_the_initiator);
  TEST (a_split_response_is_asked_for_and_numbered_twice);
  TEST (a_rejected_request_is_answered_with_the_next_number);
  TEST (a_status_ends_the_login_at_both_ends);
#undef TEST
  return g_test_run ();
}
