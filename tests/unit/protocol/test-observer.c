/* SPDX-License-Identifier: Apache-2.0 */
/* What the observer follows; that the referee builds on it is tested in tests/unit/harness/check. */
#include "protocol/observer.h"

typedef struct Seen {
  guint pdus;
  guint8 last_opcode;
  guint8 phase;
  gboolean is_digest_good;
  gboolean has_text;
} Seen;

static void
on_pdu (gpointer data, const Observer *observer, const ObservedPdu *pdu)
{
  Seen *seen = data;
  seen->pdus++;
  seen->last_opcode = pdu->opcode;
  seen->phase = observer->phase;
  seen->has_text = pdu->text != NULL;
  seen->is_digest_good = pdu->has_data_digest && pdu->is_data_digest_good;
}

static void
pass (Observer *observer, ObserverSide from, const guint8 *bytes, gsize length)
{
  Slice slice = slice_copy (bytes, length);
  observer_take (observer, from, &slice);
  slice_clear (&slice);
}

/* Login Request and Response, CSG 1 to 3, with texts; CmdSN 1, StatSN 1, MaxCmdSN 32. RFC 7143 11.12, 11.13 */
static void
pass_login (Observer *observer, const char *request_text, gsize request_length,
            const char *response_text, gsize response_length)
{
  guint8 request[48 + 256] = { 0x43, 0x87, [7] = (guint8) request_length, [8] = 0x40, [27] = 1 };
  guint8 response[48 + 256] = {
    0x23,     0x87,       [7] = (guint8) response_length, [8] = 0x40, [15] = 1, [27] = 1,
    [31] = 1, [35] = 0x20
  };
  memcpy (request + 48, request_text, request_length);
  memcpy (response + 48, response_text, response_length);
  pass (observer, OBSERVER_INITIATOR, request, 48 + (request_length + 3) / 4 * 4);
  pass (observer, OBSERVER_TARGET, response, 48 + (response_length + 3) / 4 * 4);
}

#define TEXT(text) text, sizeof (text)

static void
a_login_leads_to_full_feature_phase_with_its_keys (void)
{
  Seen seen = { 0 };
  g_autoptr (Observer) observer = observer_new (on_pdu, &seen);
  g_assert_cmpuint (observer_max_segment (observer, OBSERVER_INITIATOR), ==, 8192);
  pass_login (observer, TEXT ("InitialR2T=No\0MaxBurstLength=65536\0MaxRecvDataSegmentLength=512"),
              TEXT ("InitialR2T=No\0MaxBurstLength=4096"));
  g_assert_cmpuint (seen.pdus, ==, 2);
  g_assert_cmpuint (seen.phase, ==, OBSERVER_LOGIN); /* told before the PDU counts */
  g_assert_cmpuint (observer->phase, ==, OBSERVER_FULL_FEATURE);
  g_assert_cmpuint (observed_value (&observer->keys, OBSERVED_INITIAL_R2T), ==, 0);
  g_assert_cmpuint (observed_value (&observer->keys, OBSERVED_MAX_BURST), ==, 4096);
  g_assert_cmpuint (observed_value (&observer->keys, OBSERVED_FIRST_BURST), ==, 65536);
  g_assert_cmpuint (observer_max_segment (observer, OBSERVER_TARGET), ==, 512);
  g_assert_cmpuint (observer->next_cmd_sn, ==, 1);
  g_assert_cmpuint (observer->next_stat_sn, ==, 2);
  g_assert_cmpuint (observer->max_cmd_sn, ==, 32);
}

static void
a_list_and_a_silent_boolean_settle_as_the_rfc_says (void)
{
  Seen seen = { 0 };
  g_autoptr (Observer) observer = observer_new (on_pdu, &seen);
  pass_login (observer, TEXT ("ImmediateData=No\0DataDigest=CRC32C,None\0HeaderDigest=None"),
              TEXT ("DataDigest=CRC32C\0HeaderDigest=None"));
  g_assert_cmpuint (observed_value (&observer->keys, OBSERVED_IMMEDIATE_DATA), ==, 0);
  g_assert_true (observer->keys.has_data_digest);
  g_assert_false (observer->keys.has_header_digest);
}

/* A READ: pending from its command to the F and S of its Data-In. */
static void
a_task_is_pending_until_its_status (void)
{
  Seen seen = { 0 };
  const guint8 read[48] = { 0x01, 0xc1, [19] = 0x10, [22] = 2, [27] = 1, [31] = 2 };
  guint8 data_in[48 + 512] = { 0x25, 0x81, [6] = 2, [19] = 0x10, [27] = 2, [31] = 2, [35] = 0x20 };
  g_autoptr (Observer) observer = observer_new (on_pdu, &seen);
  pass_login (observer, TEXT (""), TEXT (""));
  pass (observer, OBSERVER_INITIATOR, read, sizeof read);
  g_assert_nonnull (observer_find_task (observer, 0x10));
  pass (observer, OBSERVER_TARGET, data_in, sizeof data_in);
  g_assert_true (
      observer_find_task (observer, 0x10)->is_done); /* its initiator may not have read it */
  g_assert_cmpuint (observer_find_task (observer, 0x10)->in_bytes, ==, 512);
  pass (observer, OBSERVER_TARGET, data_in, 1);
  g_assert_null (observer_find_task (observer, 0x10));
}

static void
tasks_are_found_among_many_and_bounded (void)
{
  Seen seen = { 0 };
  g_autoptr (Observer) observer = observer_new (on_pdu, &seen);
  pass_login (observer, TEXT (""), TEXT (""));
  for (guint32 itt = 0; itt <= OBSERVER_TASKS_MAX; itt++) {
    const guint8 command[48] = {
      0x01, 0x81, [17] = (guint8) (itt >> 16), [18] = (guint8) (itt >> 8), [19] = (guint8) itt
    };
    g_assert_false (observer->is_lost);
    pass (observer, OBSERVER_INITIATOR, command, sizeof command);
    g_assert_cmpint (observer_find_task (observer, itt) != NULL, ==, itt < OBSERVER_TASKS_MAX);
  }
  g_assert_true (observer->is_lost);
  g_assert_nonnull (observer_find_task (observer, 12345));
}

static void
text_beyond_its_bound_is_not_kept (void)
{
  Seen seen = { 0 };
  static const guint8 continued[48 + 8192] = { 0x43, 0x44, [6] = 0x20 };
  g_autoptr (Observer) observer = observer_new (on_pdu, &seen);
  for (guint i = 0; i < 20; i++)
    pass (observer, OBSERVER_INITIATOR, continued, sizeof continued);
  g_assert_cmpuint (seen.pdus, ==, 20);
  g_assert_cmpuint (observer->texts[OBSERVER_INITIATOR].bytes->len, ==, OBSERVER_TEXT_MAX);
}

/* SendTargets may bring megabytes: of such a text nothing may be said, least of all that it breaks off. */
static void
text_beyond_its_bound_has_no_pairs (void)
{
  static guint8 piece[48 + 8192];
  static const guint8 end[48] = { 0x43, 0x04 },
                      small[48 + 4] = { 0x43, 0x04, [7] = 4, [48] = 'A', [49] = '=' };
  Seen seen = { 0 };
  g_autoptr (Observer) observer = observer_new (on_pdu, &seen);
  const guint8 head[48] = { 0x43, 0x44, [6] = 0x20 };
  memcpy (piece, head, sizeof head);
  memset (piece + sizeof head, 'x', 8192);
  for (guint i = 0; i < 9; i++)
    pass (observer, OBSERVER_INITIATOR, piece, sizeof piece);
  pass (observer, OBSERVER_INITIATOR, end, sizeof end);
  g_assert_false (seen.has_text);
  pass (observer, OBSERVER_INITIATOR, small, sizeof small);
  g_assert_true (seen.has_text);
}

/* RFC 7143 A.4: 32 octets of zeros have the CRC32C aa 36 91 8a. */
static void
a_digest_of_the_rfc_is_good (void)
{
  static const struct {
    guint8 last;
    gboolean is_good;
  } cases[] = { { 0x8a, TRUE }, { 0x8b, FALSE } };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    Seen seen = { 0 };
    guint8 nop[48 + 32 + 4] = { 0x40, 0x80, [7] = 32 };
    const guint8 digest[4] = { 0xaa, 0x36, 0x91, cases[i].last };
    memcpy (nop + 80, digest, 4);
    g_autoptr (Observer) observer = observer_new (on_pdu, &seen);
    pass_login (observer, TEXT ("DataDigest=CRC32C"), TEXT ("DataDigest=CRC32C"));
    pass (observer, OBSERVER_INITIATOR, nop, sizeof nop);
    g_assert_cmpint (seen.is_digest_good, ==, cases[i].is_good);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name) g_test_add_func ("/observer/" #name, name)
  ADD (a_login_leads_to_full_feature_phase_with_its_keys);
  ADD (a_list_and_a_silent_boolean_settle_as_the_rfc_says);
  ADD (a_task_is_pending_until_its_status);
  ADD (tasks_are_found_among_many_and_bounded);
  ADD (text_beyond_its_bound_is_not_kept);
  ADD (text_beyond_its_bound_has_no_pairs);
  ADD (a_digest_of_the_rfc_is_good);
#undef ADD
  return g_test_run ();
}
