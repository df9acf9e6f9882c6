/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/negotiation.h"

/* ---- one end, and pairs by hand ---- */

static void
end_init (Negotiation *end, NegotiationSide side)
{
  KeyValues wanted;
  key_values_init (&wanted);
  negotiation_init (end, side, &wanted);
  key_values_clear (&wanted);
}

/* Feeds one pair, "Key=value", which must be taken; returns what is answered: "" or "Key=value". */
static char *
answer_to (Negotiation *end, const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, "=", 2);
  const TextPair pair = { parts[0], parts[1] };
  g_autoptr (GString) segment = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  const gboolean is_read = negotiation_read (end, &pair, segment, &error);
  g_assert_no_error (error);
  g_assert_true (is_read);
  g_assert_true (segment->len == 0 || strlen (segment->str) + 1 == segment->len);
  return g_strdup (segment->str);
}

static void
assert_answer (Negotiation *end, const char *text, const char *expected)
{
  g_autofree char *answer = answer_to (end, text);
  g_assert_cmpstr (answer, ==, expected);
}

static void
assert_refused (Negotiation *end, const char *text, const char *message)
{
  g_auto (GStrv) parts = g_strsplit (text, "=", 2);
  const TextPair pair = { parts[0], parts[1] };
  g_autoptr (GString) segment = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  g_assert_false (negotiation_read (end, &pair, segment, &error));
  g_assert_error (error, PROTOCOL_ERROR, PROTOCOL_ERROR_NEGOTIATION);
  g_assert_cmpstr (error->message, ==, message);
  g_assert_cmpuint (segment->len, ==, 0);
}

static void
assert_fresh_refused (NegotiationSide side, const char *text, const char *message)
{
  Negotiation end;
  end_init (&end, side);
  assert_refused (&end, text, message);
  negotiation_clear (&end);
}

/* What a segment says, its NULs as blanks. */
static char *
segment_text (const GString *segment)
{
  g_autoptr (GString) text = g_string_new_len (segment->str, (gssize) segment->len);
  for (gsize i = 0; i < text->len; i++)
    if (text->str[i] == '\0')
      text->str[i] = ' ';
  return g_strchomp (g_strdup (text->str));
}

static char *
offers_of (Negotiation *end, gboolean is_security_stage)
{
  g_autoptr (GString) segment = g_string_new (NULL);
  negotiation_write_offers (end, is_security_stage, segment);
  return segment_text (segment);
}

/* ---- offers ---- */

static void
test_every_negotiable_key_is_offered (void)
{
  Negotiation end;
  end_init (&end, NEGOTIATION_INITIATOR);
  g_autofree char *offers = offers_of (&end, FALSE);
  g_assert_cmpstr (offers, ==,
                   "HeaderDigest=None DataDigest=None MaxConnections=1 InitialR2T=Yes "
                   "ImmediateData=Yes MaxRecvDataSegmentLength=8192 MaxBurstLength=262144 "
                   "FirstBurstLength=65536 DefaultTime2Wait=2 DefaultTime2Retain=20 "
                   "MaxOutstandingR2T=1 DataPDUInOrder=Yes DataSequenceInOrder=Yes "
                   "ErrorRecoveryLevel=0 TaskReporting=RFC3720,ResponseFence iSCSIProtocolLevel=1");
  negotiation_clear (&end);
}

/* R-LOGIN-030, R-KEY-049 */
static void
test_a_list_is_offered_with_the_wanted_value_first (void)
{
  KeyValues wanted;
  Negotiation end;
  key_values_init (&wanted);
  wanted.number[KEY_AUTH_METHOD] = AUTH_METHOD_CHAP;
  wanted.number[KEY_HEADER_DIGEST] = DIGEST_CRC32C;
  wanted.number[KEY_TASK_REPORTING] = TASK_REPORTING_FAST_ABORT;
  negotiation_init (&end, NEGOTIATION_INITIATOR, &wanted);
  g_autofree char *security = offers_of (&end, TRUE);
  g_autofree char *operational = offers_of (&end, FALSE);
  g_assert_cmpstr (security, ==, "AuthMethod=CHAP,None");
  g_assert_nonnull (strstr (operational, "HeaderDigest=CRC32C,None "));
  g_assert_nonnull (strstr (operational, "TaskReporting=FastAbort,ResponseFence,RFC3720 "));
  negotiation_clear (&end);
  key_values_clear (&wanted);
}

static void
test_the_owner_may_narrow_a_list (void)
{
  KeyValues wanted;
  Negotiation end;
  key_values_init (&wanted);
  wanted.number[KEY_AUTH_METHOD] = AUTH_METHOD_CHAP;
  negotiation_init (&end, NEGOTIATION_INITIATOR, &wanted);
  end.acceptable[KEY_AUTH_METHOD] = 1 << AUTH_METHOD_CHAP;
  g_autofree char *security = offers_of (&end, TRUE);
  g_assert_cmpstr (security, ==, "AuthMethod=CHAP");
  assert_refused (&end, "AuthMethod=None",
                  "'AuthMethod': expected an answer that the offer allows, got 'None'");
  negotiation_clear (&end);
  key_values_clear (&wanted);
}

/* R-KEY-013, R-KEY-016 */
static void
test_names_are_declared_once_in_the_first_stage (void)
{
  KeyValues wanted;
  Negotiation end;
  key_values_init (&wanted);
  wanted.number[KEY_SESSION_TYPE] = SESSION_TYPE_DISCOVERY;
  key_values_set_text (&wanted, KEY_INITIATOR_NAME, "iqn.2001-04.com.example:a");
  key_values_set_text (&wanted, KEY_TARGET_NAME, "iqn.2001-04.com.example:b");
  negotiation_init (&end, NEGOTIATION_INITIATOR, &wanted);
  g_autofree char *security = offers_of (&end, TRUE);
  g_autofree char *operational = offers_of (&end, FALSE);
  g_assert_cmpstr (security, ==,
                   "AuthMethod=None TargetName=iqn.2001-04.com.example:b "
                   "InitiatorName=iqn.2001-04.com.example:a SessionType=Discovery");
  /* on a discovery session, what is irrelevant there is not offered */
  g_assert_cmpstr (operational, ==,
                   "HeaderDigest=None DataDigest=None MaxRecvDataSegmentLength=8192 "
                   "DefaultTime2Wait=2 DefaultTime2Retain=20 ErrorRecoveryLevel=0");
  negotiation_clear (&end);
  key_values_clear (&wanted);
}

/* R-KEY-001 */
static void
test_another_connection_offers_its_own_keys_only (void)
{
  Negotiation end;
  end_init (&end, NEGOTIATION_INITIATOR);
  end.is_leading = FALSE;
  g_autofree char *offers = offers_of (&end, FALSE);
  g_assert_cmpstr (offers, ==, "HeaderDigest=None DataDigest=None MaxRecvDataSegmentLength=8192");
  negotiation_clear (&end);
}

static void
test_a_stage_is_offered_once (void)
{
  Negotiation end;
  end_init (&end, NEGOTIATION_INITIATOR);
  g_autofree char *first = offers_of (&end, FALSE);
  g_autofree char *second = offers_of (&end, FALSE);
  g_assert_cmpstr (second, ==, "");
  negotiation_clear (&end);
}

/* R-KEY-014 */
static void
test_a_target_declares_what_is_its_own (void)
{
  KeyValues wanted;
  Negotiation end;
  g_autoptr (GString) segment = g_string_new (NULL);
  key_values_init (&wanted);
  wanted.number[KEY_MAX_RECV_DATA_SEGMENT_LENGTH] = 65536;
  key_values_set_text (&wanted, KEY_TARGET_ALIAS, "a disk");
  key_values_set_text (&wanted, KEY_TARGET_NAME, "iqn.2001-04.com.example:b");
  key_values_set_text (&wanted, KEY_INITIATOR_ALIAS, "not mine");
  negotiation_init (&end, NEGOTIATION_TARGET, &wanted);
  negotiation_write_declarations (&end, segment);
  negotiation_write_declarations (&end, segment);
  g_autofree char *text = segment_text (segment);
  g_assert_cmpstr (text, ==, "TargetAlias=a disk MaxRecvDataSegmentLength=65536");
  negotiation_clear (&end);
  key_values_clear (&wanted);
}

/* ---- what an acceptor answers ---- */

/* R-TEXT-031, R-TEXT-033 */
static void
test_the_first_acceptable_of_a_list_is_taken (void)
{
  static const struct {
    guint64 acceptable;
    const char *offer;
    const char *answer;
  } cases[] = {
    { 3, "CRC32C,None", "HeaderDigest=CRC32C" },
    { 3, "None,CRC32C", "HeaderDigest=None" },
    { 1, "CRC32C,None", "HeaderDigest=None" },
    { 3, "Y-com.example.x,None", "HeaderDigest=None" },
    { 1, "CRC32C", "HeaderDigest=Reject" },
    { 3, "crc32c,none", "HeaderDigest=Reject" },
    { 3, "", "HeaderDigest=Reject" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    Negotiation end;
    end_init (&end, NEGOTIATION_TARGET);
    end.acceptable[KEY_HEADER_DIGEST] = cases[i].acceptable;
    g_autofree char *text = g_strconcat ("HeaderDigest=", cases[i].offer, NULL);
    assert_answer (&end, text, cases[i].answer);
    g_assert_true (negotiation_finish (&end, NULL));
    negotiation_clear (&end);
  }
}

/* R-TEXT-032, R-LOGIN-031 */
static void
test_none_is_not_chosen_where_authentication_is_a_must (void)
{
  Negotiation end;
  g_autoptr (GString) segment = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  const TextPair pair = { "AuthMethod", "KRB5,None" };
  end_init (&end, NEGOTIATION_TARGET);
  end.acceptable[KEY_AUTH_METHOD] = 1 << AUTH_METHOD_CHAP;
  g_assert_false (negotiation_read (&end, &pair, segment, &error));
  g_assert_cmpstr (error->message, ==, "'AuthMethod': expected a common value, got 'KRB5,None'");
  negotiation_clear (&end);
}

/* R-TEXT-025, R-TEXT-037 */
static void
test_an_inadmissible_offer_is_rejected_and_the_default_stays (void)
{
  static const struct {
    const char *text;
    const char *answer;
    KeyId id;
  } cases[] = {
    { "MaxConnections=0", "MaxConnections=Reject", KEY_MAX_CONNECTIONS },
    { "MaxBurstLength=511", "MaxBurstLength=Reject", KEY_MAX_BURST_LENGTH },
    { "MaxBurstLength=16777216", "MaxBurstLength=Reject", KEY_MAX_BURST_LENGTH },
    { "MaxBurstLength=512~1024", "MaxBurstLength=Reject", KEY_MAX_BURST_LENGTH },
    { "ErrorRecoveryLevel=3", "ErrorRecoveryLevel=Reject", KEY_ERROR_RECOVERY_LEVEL },
    { "DefaultTime2Wait=3601", "DefaultTime2Wait=Reject", KEY_DEFAULT_TIME2WAIT },
    { "ImmediateData=yes", "ImmediateData=Reject", KEY_IMMEDIATE_DATA },
    { "InitialR2T=None", "InitialR2T=Reject", KEY_INITIAL_R2T },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    Negotiation end;
    end_init (&end, NEGOTIATION_TARGET);
    assert_answer (&end, cases[i].text, cases[i].answer);
    g_assert_cmpuint (end.result.number[cases[i].id], ==, key_info (cases[i].id)->initial);
    negotiation_clear (&end);
  }
}

/* R-TEXT-019, R-KEY-053, R-KEY-054, R-KEY-055 */
static void
test_an_unknown_key_is_not_understood_and_an_obsolete_one_rejected (void)
{
  Negotiation end;
  end_init (&end, NEGOTIATION_TARGET);
  assert_answer (&end, "X-com.example.foo=1", "X-com.example.foo=NotUnderstood");
  assert_answer (&end, "Foo=1", "Foo=NotUnderstood");
  assert_answer (&end, "headerdigest=None", "headerdigest=NotUnderstood");
  assert_answer (&end, "X#NodeArchitecture=a,b", "X#NodeArchitecture=NotUnderstood");
  assert_answer (&end, "IFMarker=Yes", "IFMarker=Reject");
  assert_answer (&end, "OFMarker=No", "OFMarker=Reject");
  assert_answer (&end, "IFMarkInt=2048~8192", "IFMarkInt=Reject");
  assert_answer (&end, "OFMarkInt=2048~8192", "OFMarkInt=Reject");
  negotiation_clear (&end);
}

/* R-TEXT-021 */
static void
test_no_key_of_the_rfc_is_not_understood (void)
{
  for (guint i = 0; i < KEY_COUNT; i++) {
    const KeyInfo *info = key_info (i);
    g_autofree char *text = g_strconcat (info->name, "=?", NULL);
    Negotiation end;
    if (info->result == KEY_RESULT_DECLARE)
      continue;
    end_init (&end, NEGOTIATION_TARGET);
    g_autofree char *answer = answer_to (&end, text);
    g_assert_true (g_str_has_suffix (answer, "=Reject"));
    negotiation_clear (&end);
  }
}

static void
test_discovery_makes_keys_irrelevant (void)
{
  Negotiation end;
  end_init (&end, NEGOTIATION_TARGET);
  assert_answer (&end, "SessionType=Discovery", "");
  assert_answer (&end, "MaxBurstLength=512", "MaxBurstLength=Irrelevant");
  assert_answer (&end, "InitialR2T=No", "InitialR2T=Irrelevant");
  assert_answer (&end, "TaskReporting=RFC3720,ResponseFence", "TaskReporting=Irrelevant");
  assert_answer (&end, "DefaultTime2Wait=5", "DefaultTime2Wait=5");
  assert_answer (&end, "HeaderDigest=None", "HeaderDigest=None");
  g_assert_true (negotiation_finish (&end, NULL));
  g_assert_cmpuint (end.result.number[KEY_MAX_BURST_LENGTH], ==, 262144);
  negotiation_clear (&end);
}

/* R-KEY-061 */
static void
test_declarations_are_kept_and_not_answered (void)
{
  Negotiation end;
  end_init (&end, NEGOTIATION_TARGET);
  assert_answer (&end, "InitiatorName=iqn.2001-04.com.example:a", "");
  assert_answer (&end, "TargetName=iqn.2001-04.com.example:b", "");
  assert_answer (&end, "InitiatorAlias=a host", "");
  assert_answer (&end, "SessionType=Normal", "");
  assert_answer (&end, "MaxRecvDataSegmentLength=0x1000", "");
  g_assert_cmpstr (end.result.text[KEY_INITIATOR_NAME], ==, "iqn.2001-04.com.example:a");
  g_assert_cmpstr (end.result.text[KEY_TARGET_NAME], ==, "iqn.2001-04.com.example:b");
  g_assert_cmpstr (end.result.text[KEY_INITIATOR_ALIAS], ==, "a host");
  g_assert_cmpuint (end.result.number[KEY_MAX_RECV_DATA_SEGMENT_LENGTH], ==, 4096);
  negotiation_clear (&end);
}

/* R-LOGIN-016: the one key that may be repeated */
static void
test_the_first_target_address_counts (void)
{
  Negotiation end;
  end_init (&end, NEGOTIATION_INITIATOR);
  assert_answer (&end, "TargetAddress=10.0.0.1:3260", "");
  assert_answer (&end, "TargetAddress=10.0.0.2:3260", "");
  g_assert_cmpstr (end.result.text[KEY_TARGET_ADDRESS], ==, "10.0.0.1:3260");
  negotiation_clear (&end);
}

/* RFC 7143 6.2: the target may propose, too. */
static void
test_an_initiator_answers_what_a_target_asks (void)
{
  Negotiation end;
  end_init (&end, NEGOTIATION_INITIATOR);
  assert_answer (&end, "MaxBurstLength=1024", "MaxBurstLength=1024");
  assert_answer (&end, "HeaderDigest=CRC32C,None", "HeaderDigest=None");
  g_autofree char *offers = offers_of (&end, FALSE);
  g_assert_null (strstr (offers, "MaxBurstLength"));
  g_assert_null (strstr (offers, "HeaderDigest"));
  negotiation_clear (&end);
}

/* R-KEY-033 */
static void
test_a_first_burst_is_cut_to_the_burst_that_is_known (void)
{
  Negotiation end;
  g_autoptr (GError) error = NULL;
  end_init (&end, NEGOTIATION_TARGET);
  assert_answer (&end, "MaxBurstLength=4096", "MaxBurstLength=4096");
  assert_answer (&end, "FirstBurstLength=65536", "FirstBurstLength=4096");
  g_assert_true (negotiation_finish (&end, NULL));
  negotiation_clear (&end);

  end_init (&end, NEGOTIATION_TARGET);
  assert_answer (&end, "FirstBurstLength=65536", "FirstBurstLength=65536");
  assert_answer (&end, "MaxBurstLength=4096", "MaxBurstLength=4096");
  g_assert_false (negotiation_finish (&end, &error));
  g_assert_cmpstr (error->message, ==,
                   "'FirstBurstLength': expected at most MaxBurstLength 4096, got 65536");
  negotiation_clear (&end);
}

/* R-KEY-062 */
static void
test_a_first_burst_that_never_happens_is_no_matter (void)
{
  Negotiation end;
  end_init (&end, NEGOTIATION_TARGET);
  assert_answer (&end, "FirstBurstLength=65536", "FirstBurstLength=65536");
  assert_answer (&end, "MaxBurstLength=4096", "MaxBurstLength=4096");
  assert_answer (&end, "ImmediateData=No", "ImmediateData=No");
  g_assert_true (negotiation_finish (&end, NULL));
  g_assert_cmpuint (end.result.number[KEY_FIRST_BURST_LENGTH], ==, 4096);
  negotiation_clear (&end);
}

static void
test_a_first_burst_that_nobody_named_follows (void)
{
  Negotiation end;
  end_init (&end, NEGOTIATION_TARGET);
  assert_answer (&end, "MaxBurstLength=512", "MaxBurstLength=512");
  g_assert_true (negotiation_finish (&end, NULL));
  g_assert_cmpuint (end.result.number[KEY_FIRST_BURST_LENGTH], ==, 512);
  negotiation_clear (&end);
}

/* ---- what ends the login ---- */

/* R-LOGIN-016, R-LOGIN-017, R-LOGIN-018 */
static void
test_a_key_comes_once (void)
{
  Negotiation end;
  end_init (&end, NEGOTIATION_TARGET);
  assert_answer (&end, "MaxBurstLength=512", "MaxBurstLength=512");
  assert_refused (&end, "MaxBurstLength=512", "'MaxBurstLength': expected a key once, got '512'");
  assert_answer (&end, "ErrorRecoveryLevel=9", "ErrorRecoveryLevel=Reject");
  assert_refused (&end, "ErrorRecoveryLevel=0",
                  "'ErrorRecoveryLevel': expected a key once, got '0'");
  assert_answer (&end, "InitiatorName=a", "");
  assert_refused (&end, "InitiatorName=a", "'InitiatorName': expected a key once, got 'a'");
  negotiation_clear (&end);
}

static void
test_an_answer_comes_once (void)
{
  Negotiation end;
  end_init (&end, NEGOTIATION_INITIATOR);
  g_autofree char *offers = offers_of (&end, FALSE);
  assert_answer (&end, "MaxBurstLength=512", "");
  assert_refused (&end, "MaxBurstLength=512", "'MaxBurstLength': expected a key once, got '512'");
  negotiation_clear (&end);
}

/* R-TEXT-023 */
static void
test_an_answer_without_an_offer_is_refused (void)
{
  assert_fresh_refused (NEGOTIATION_INITIATOR, "MaxBurstLength=Reject",
                        "'MaxBurstLength': expected an offer or a declaration, got 'Reject'");
  assert_fresh_refused (NEGOTIATION_TARGET, "MaxBurstLength=Irrelevant",
                        "'MaxBurstLength': expected an offer or a declaration, got 'Irrelevant'");
  assert_fresh_refused (NEGOTIATION_TARGET, "HeaderDigest=NotUnderstood",
                        "'HeaderDigest': expected an offer or a declaration, got 'NotUnderstood'");
  assert_fresh_refused (NEGOTIATION_TARGET, "Foo=NotUnderstood",
                        "'Foo': expected an offer, got 'NotUnderstood'");
}

static void
test_a_key_of_the_other_side_is_refused (void)
{
  assert_fresh_refused (NEGOTIATION_TARGET, "TargetAlias=x",
                        "'TargetAlias': expected a key that the peer may send, got 'x'");
  assert_fresh_refused (NEGOTIATION_TARGET, "TargetPortalGroupTag=1",
                        "'TargetPortalGroupTag': expected a key that the peer may send, got '1'");
  assert_fresh_refused (NEGOTIATION_INITIATOR, "InitiatorName=x",
                        "'InitiatorName': expected a key that the peer may send, got 'x'");
  assert_fresh_refused (NEGOTIATION_INITIATOR, "TargetName=x",
                        "'TargetName': expected a key that the peer may send, got 'x'");
}

/* R-LOGIN-009, R-KEY-003, R-KEY-011, R-KEY-060 */
static void
test_a_key_of_another_stage_is_refused (void)
{
  Negotiation end;
  end_init (&end, NEGOTIATION_TARGET);
  assert_refused (&end, "SendTargets=All",
                  "'SendTargets': expected a key of this stage, got 'All'");
  end.stage = NEGOTIATION_STAGE_SECURITY;
  assert_refused (&end, "HeaderDigest=None",
                  "'HeaderDigest': expected a key of this stage, got 'None'");
  assert_refused (&end, "MaxRecvDataSegmentLength=512",
                  "'MaxRecvDataSegmentLength': expected a key of this stage, got '512'");
  assert_answer (&end, "SessionType=Normal", "");
  assert_answer (&end, "AuthMethod=None", "AuthMethod=None");
  end.stage = NEGOTIATION_STAGE_OPERATIONAL;
  assert_answer (&end, "InitiatorAlias=x", "");
  assert_answer (&end, "HeaderDigest=None", "HeaderDigest=None");
  negotiation_clear (&end);

  end_init (&end, NEGOTIATION_TARGET);
  end.stage = NEGOTIATION_STAGE_OPERATIONAL;
  assert_refused (&end, "AuthMethod=None",
                  "'AuthMethod': expected a key of this stage, got 'None'");
  negotiation_clear (&end);
}

/* R-LOGIN-038, R-KEY-001 */
static void
test_a_leading_key_on_another_connection_is_refused (void)
{
  Negotiation end;
  end_init (&end, NEGOTIATION_TARGET);
  end.is_leading = FALSE;
  assert_refused (&end, "MaxConnections=2",
                  "'MaxConnections': expected a key that is not the leading connection's, got '2'");
  assert_answer (&end, "HeaderDigest=None", "HeaderDigest=None");
  negotiation_clear (&end);
}

static void
test_a_declaration_that_is_no_value_is_refused (void)
{
  g_autofree char *alias = g_strnfill (256, 'a');
  g_autofree char *text = g_strconcat ("InitiatorAlias=", alias, NULL);
  g_autofree char *message =
      g_strdup_printf ("'InitiatorAlias': expected at most 255 bytes, got '%s'", alias);
  assert_fresh_refused (NEGOTIATION_TARGET, "MaxRecvDataSegmentLength=511",
                        "'MaxRecvDataSegmentLength': expected a number from 512 to 16777215, "
                        "got '511'");
  assert_fresh_refused (NEGOTIATION_TARGET, "SessionType=Bogus",
                        "'SessionType': expected one of Normal, Discovery, got 'Bogus'");
  assert_fresh_refused (NEGOTIATION_INITIATOR, "TargetPortalGroupTag=65536",
                        "'TargetPortalGroupTag': expected a number from 0 to 65535, got '65536'");
  assert_fresh_refused (NEGOTIATION_TARGET, text, message);
}

/* R-TEXT-034, R-TEXT-038 */
static void
test_an_answer_that_the_offer_does_not_allow_is_refused (void)
{
  static const struct {
    const char *text;
    const char *message;
  } cases[] = {
    { "HeaderDigest=CRC32C",
      "'HeaderDigest': expected an answer that the offer allows, got 'CRC32C'" },
    { "HeaderDigest=None,CRC32C",
      "'HeaderDigest': expected one of None, CRC32C, got 'None,CRC32C'" },
    { "MaxBurstLength=262145",
      "'MaxBurstLength': expected an answer that the offer allows, got '262145'" },
    { "MaxBurstLength=511", "'MaxBurstLength': expected a number from 512 to 16777215, got '511'" },
    { "DefaultTime2Wait=1",
      "'DefaultTime2Wait': expected an answer that the offer allows, got '1'" },
    { "InitialR2T=No", "'InitialR2T': expected an answer that the offer allows, got 'No'" },
    { "ImmediateData=None", "'ImmediateData': expected Yes or No, got 'None'" },
    { "TaskReporting=FastAbort",
      "'TaskReporting': expected an answer that the offer allows, got 'FastAbort'" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    Negotiation end;
    end_init (&end, NEGOTIATION_INITIATOR);
    g_autofree char *offers = offers_of (&end, FALSE);
    assert_refused (&end, cases[i].text, cases[i].message);
    negotiation_clear (&end);
  }
}

/* ---- the other answers ---- */

/* R-TEXT-020, R-TEXT-022, R-TEXT-025, R-TEXT-043 */
static void
test_an_answer_that_gives_no_value_leaves_the_default (void)
{
  static const char *const answers[] = { "Reject", "Irrelevant", "NotUnderstood" };
  for (guint i = 0; i < G_N_ELEMENTS (answers); i++) {
    KeyValues wanted;
    Negotiation end;
    key_values_init (&wanted);
    wanted.number[KEY_MAX_BURST_LENGTH] = 1024;
    wanted.number[KEY_TASK_REPORTING] = TASK_REPORTING_FAST_ABORT;
    negotiation_init (&end, NEGOTIATION_INITIATOR, &wanted);
    g_autofree char *offers = offers_of (&end, FALSE);
    g_autofree char *burst = g_strconcat ("MaxBurstLength=", answers[i], NULL);
    g_autofree char *reporting = g_strconcat ("TaskReporting=", answers[i], NULL);
    assert_answer (&end, burst, "");
    assert_answer (&end, reporting, "");
    g_assert_cmpuint (end.result.number[KEY_MAX_BURST_LENGTH], ==, 262144);
    g_assert_cmpuint (end.result.number[KEY_TASK_REPORTING], ==, TASK_REPORTING_RFC3720);
    negotiation_clear (&end);
    key_values_clear (&wanted);
  }
}

static void
test_a_rejected_list_without_none_ends_the_login (void)
{
  KeyValues wanted;
  Negotiation end;
  key_values_init (&wanted);
  wanted.number[KEY_AUTH_METHOD] = AUTH_METHOD_CHAP;
  negotiation_init (&end, NEGOTIATION_INITIATOR, &wanted);
  end.acceptable[KEY_AUTH_METHOD] = 1 << AUTH_METHOD_CHAP;
  g_autofree char *offers = offers_of (&end, TRUE);
  assert_refused (&end, "AuthMethod=Reject", "'AuthMethod': expected a common value, got 'Reject'");
  negotiation_clear (&end);
  key_values_clear (&wanted);
}

/* RFC 7143 6.2: NotUnderstood is an answer to a declaration, too. */
static void
test_a_declaration_may_be_not_understood (void)
{
  KeyValues wanted;
  Negotiation end;
  key_values_init (&wanted);
  key_values_set_text (&wanted, KEY_INITIATOR_ALIAS, "a host");
  negotiation_init (&end, NEGOTIATION_INITIATOR, &wanted);
  g_autofree char *offers = offers_of (&end, FALSE);
  assert_answer (&end, "InitiatorAlias=NotUnderstood", "");
  negotiation_clear (&end);
  key_values_clear (&wanted);
}

/* R-TEXT-041, R-TEXT-042 */
static void
test_only_a_decided_boolean_may_stay_unanswered (void)
{
  static const char *const answers[] = {
    "HeaderDigest=None",    "DataDigest=None",       "MaxConnections=1",      "MaxBurstLength=512",
    "FirstBurstLength=512", "DefaultTime2Wait=2",    "DefaultTime2Retain=20", "MaxOutstandingR2T=1",
    "ErrorRecoveryLevel=0", "TaskReporting=RFC3720", "iSCSIProtocolLevel=1"
  };
  for (guint immediate = 0; immediate < 2; immediate++) {
    KeyValues wanted;
    Negotiation end;
    g_autoptr (GError) error = NULL;
    key_values_init (&wanted);
    wanted.number[KEY_IMMEDIATE_DATA] = immediate;
    negotiation_init (&end, NEGOTIATION_INITIATOR, &wanted);
    g_autofree char *offers = offers_of (&end, FALSE);
    for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
      assert_answer (&end, answers[i], "");
    g_assert_cmpint (negotiation_finish (&end, &error), ==, !immediate);
    if (immediate)
      g_assert_cmpstr (error->message, ==,
                       "'ImmediateData': expected an answer to the offer, got 'none'");
    else
      g_assert_cmpuint (end.result.number[KEY_IMMEDIATE_DATA], ==, FALSE);
    negotiation_clear (&end);
    key_values_clear (&wanted);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define TEST(title, function) g_test_add_func ("/negotiation/" title, function)
  TEST ("every negotiable key is offered", test_every_negotiable_key_is_offered);
  TEST ("a list is offered with the wanted value first",
        test_a_list_is_offered_with_the_wanted_value_first);
  TEST ("the owner may narrow a list", test_the_owner_may_narrow_a_list);
  TEST ("names are declared once, in the first stage",
        test_names_are_declared_once_in_the_first_stage);
  TEST ("another connection offers its own keys only",
        test_another_connection_offers_its_own_keys_only);
  TEST ("a stage is offered once", test_a_stage_is_offered_once);
  TEST ("a target declares what is its own", test_a_target_declares_what_is_its_own);
  TEST ("the first acceptable of a list is taken", test_the_first_acceptable_of_a_list_is_taken);
  TEST ("None is not chosen where authentication is a must",
        test_none_is_not_chosen_where_authentication_is_a_must);
  TEST ("an inadmissible offer is rejected and the default stays",
        test_an_inadmissible_offer_is_rejected_and_the_default_stays);
  TEST ("an unknown key is not understood and an obsolete one rejected",
        test_an_unknown_key_is_not_understood_and_an_obsolete_one_rejected);
  TEST ("no key of the RFC is not understood", test_no_key_of_the_rfc_is_not_understood);
  TEST ("discovery makes keys irrelevant", test_discovery_makes_keys_irrelevant);
  TEST ("declarations are kept and not answered", test_declarations_are_kept_and_not_answered);
  TEST ("the first TargetAddress counts", test_the_first_target_address_counts);
  TEST ("an initiator answers what a target asks", test_an_initiator_answers_what_a_target_asks);
  TEST ("a first burst is cut to the burst that is known",
        test_a_first_burst_is_cut_to_the_burst_that_is_known);
  TEST ("a first burst that never happens is no matter",
        test_a_first_burst_that_never_happens_is_no_matter);
  TEST ("a first burst that nobody named follows", test_a_first_burst_that_nobody_named_follows);
  TEST ("a key comes once", test_a_key_comes_once);
  TEST ("an answer comes once", test_an_answer_comes_once);
  TEST ("an answer without an offer is refused", test_an_answer_without_an_offer_is_refused);
  TEST ("a key of the other side is refused", test_a_key_of_the_other_side_is_refused);
  TEST ("a key of another stage is refused", test_a_key_of_another_stage_is_refused);
  TEST ("a leading key on another connection is refused",
        test_a_leading_key_on_another_connection_is_refused);
  TEST ("a declaration that is no value is refused",
        test_a_declaration_that_is_no_value_is_refused);
  TEST ("an answer that the offer does not allow is refused",
        test_an_answer_that_the_offer_does_not_allow_is_refused);
  TEST ("an answer that gives no value leaves the default",
        test_an_answer_that_gives_no_value_leaves_the_default);
  TEST ("a rejected list without None ends the login",
        test_a_rejected_list_without_none_ends_the_login);
  TEST ("a declaration may be not understood", test_a_declaration_may_be_not_understood);
  TEST ("only a decided Boolean may stay unanswered",
        test_only_a_decided_boolean_may_stay_unanswered);
#undef TEST
  return g_test_run ();
}
