/* SPDX-License-Identifier: Apache-2.0 */
/* test-negotiation-both-ends.c - negotiation.c on both ends, talking to each other in text as on the wire */
#include "protocol/negotiation.h"

typedef struct Talk {
  KeyValues wanted[2]; /* by side */
  Negotiation ends[2];
} Talk;

static void
talk_init (Talk *talk)
{
  for (guint side = 0; side < 2; side++)
    key_values_init (&talk->wanted[side]);
}

static void
talk_clear (Talk *talk)
{
  for (guint side = 0; side < 2; side++) {
    key_values_clear (&talk->wanted[side]);
    negotiation_clear (&talk->ends[side]);
  }
}

/* Every pair of `segment` to one end. */
static gboolean
talk_give (Talk *talk, NegotiationSide to, const GString *segment, GString *answers, GError **error)
{
  g_auto (Payload) payload = payload_of (slice_copy (segment->str, segment->len));
  gboolean is_fine = TRUE;
  TextReader reader;
  text_reader_init (&reader);
  g_assert_true (text_reader_add (&reader, &payload, NULL));
  g_assert_true (text_reader_finish (&reader, NULL));
  for (guint i = 0; is_fine && i < text_reader_count (&reader); i++)
    is_fine = negotiation_read (&talk->ends[to], text_reader_get (&reader, i), answers, error);
  text_reader_clear (&reader);
  return is_fine;
}

/* The operational stage: offers, answers with the target's declarations, both finish. */
static gboolean
talk_run (Talk *talk, GError **error)
{
  g_autoptr (GString) offers = g_string_new (NULL);
  g_autoptr (GString) answers = g_string_new (NULL);
  g_autoptr (GString) nothing = g_string_new (NULL);
  for (guint side = 0; side < 2; side++)
    negotiation_init (&talk->ends[side], side, &talk->wanted[side]);
  negotiation_write_offers (&talk->ends[NEGOTIATION_INITIATOR], FALSE, offers);
  if (!talk_give (talk, NEGOTIATION_TARGET, offers, answers, error))
    return FALSE;
  negotiation_write_declarations (&talk->ends[NEGOTIATION_TARGET], answers);
  if (!talk_give (talk, NEGOTIATION_INITIATOR, answers, nothing, error)
      || !negotiation_finish (&talk->ends[NEGOTIATION_TARGET], error))
    return FALSE;
  g_assert_cmpuint (nothing->len, ==, 0);
  return negotiation_finish (&talk->ends[NEGOTIATION_INITIATOR], error);
}

static guint32
talk_result (const Talk *talk, KeyId id)
{
  const guint32 result = talk->ends[NEGOTIATION_INITIATOR].result.number[id];
  g_assert_cmpuint (talk->ends[NEGOTIATION_TARGET].result.number[id], ==, result);
  return result;
}

static guint32
agree (KeyId id, guint32 initiator, guint32 target)
{
  Talk talk;
  g_autoptr (GError) error = NULL;
  talk_init (&talk);
  talk.wanted[NEGOTIATION_INITIATOR].number[id] = initiator;
  talk.wanted[NEGOTIATION_TARGET].number[id] = target;
  const gboolean is_fine = talk_run (&talk, &error);
  g_assert_no_error (error);
  g_assert_true (is_fine);
  const guint32 result = talk_result (&talk, id);
  talk_clear (&talk);
  return result;
}

/* R-KEY-004, R-KEY-010, R-KEY-031 to R-KEY-043 */
static void
test_numbers_agree_on_minimum_or_maximum (void)
{
  for (guint id = 0; id < KEY_COUNT; id++) {
    const KeyInfo *info = key_info (id);
    if (info->kind != KEY_KIND_NUMBER || info->result == KEY_RESULT_DECLARE
        || id == KEY_FIRST_BURST_LENGTH || id == KEY_MAX_BURST_LENGTH)
      continue;
    const guint32 low = info->minimum, high = info->maximum;
    const gboolean is_minimum = info->result == KEY_RESULT_MINIMUM;
    g_assert_cmpuint (agree (id, low, high), ==, is_minimum ? low : high);
    g_assert_cmpuint (agree (id, high, low), ==, is_minimum ? low : high);
    g_assert_cmpuint (agree (id, high, high), ==, high);
    g_assert_cmpuint (agree (id, low, low), ==, low);
  }
}

/* R-KEY-022, R-KEY-023, R-KEY-039, R-KEY-040 */
static void
test_booleans_agree_on_and_or_or (void)
{
  for (guint id = 0; id < KEY_COUNT; id++) {
    const KeyInfo *info = key_info (id);
    for (guint mine = 0; info->kind == KEY_KIND_BOOLEAN && mine < 2; mine++)
      for (guint yours = 0; yours < 2; yours++)
        g_assert_cmpuint (agree (id, mine, yours), ==,
                          info->result == KEY_RESULT_AND ? (mine && yours) : (mine || yours));
  }
}

static void
test_digests_agree_on_what_both_want (void)
{
  g_assert_cmpuint (agree (KEY_HEADER_DIGEST, DIGEST_NONE, DIGEST_NONE), ==, DIGEST_NONE);
  g_assert_cmpuint (agree (KEY_HEADER_DIGEST, DIGEST_CRC32C, DIGEST_NONE), ==, DIGEST_NONE);
  g_assert_cmpuint (agree (KEY_HEADER_DIGEST, DIGEST_NONE, DIGEST_CRC32C), ==, DIGEST_NONE);
  g_assert_cmpuint (agree (KEY_DATA_DIGEST, DIGEST_CRC32C, DIGEST_CRC32C), ==, DIGEST_CRC32C);
}

/* R-KEY-028 */
static void
test_each_end_learns_what_the_other_can_receive (void)
{
  Talk talk;
  talk_init (&talk);
  talk.wanted[NEGOTIATION_INITIATOR].number[KEY_MAX_RECV_DATA_SEGMENT_LENGTH] = 512;
  talk.wanted[NEGOTIATION_TARGET].number[KEY_MAX_RECV_DATA_SEGMENT_LENGTH] = 16777215;
  g_assert_true (talk_run (&talk, NULL));
  g_assert_cmpuint (
      talk.ends[NEGOTIATION_INITIATOR].result.number[KEY_MAX_RECV_DATA_SEGMENT_LENGTH], ==,
      16777215);
  g_assert_cmpuint (talk.ends[NEGOTIATION_TARGET].result.number[KEY_MAX_RECV_DATA_SEGMENT_LENGTH],
                    ==, 512);
  talk_clear (&talk);
}

static void
test_results_never_overwrite_what_is_wanted (void)
{
  Talk talk;
  talk_init (&talk);
  talk.wanted[NEGOTIATION_INITIATOR].number[KEY_MAX_BURST_LENGTH] = 1048576;
  talk.wanted[NEGOTIATION_TARGET].number[KEY_MAX_BURST_LENGTH] = 131072;
  g_assert_true (talk_run (&talk, NULL));
  g_assert_cmpuint (talk_result (&talk, KEY_MAX_BURST_LENGTH), ==, 131072);
  for (guint side = 0; side < 2; side++)
    g_assert_cmpmem (talk.ends[side].wanted.number, sizeof talk.wanted[side].number,
                     talk.wanted[side].number, sizeof talk.wanted[side].number);
  talk_clear (&talk);
}

/* R-KEY-033 */
static void
test_the_bursts_of_two_sound_ends_are_sound (void)
{
  static const guint32 lengths[] = { 512, 4096, 65536, 262144, 16777215 };
  for (guint i = 0; i < 5 * 5 * 5 * 5; i++) {
    const guint32 first[] = { lengths[i % 5], lengths[i / 5 % 5] };
    const guint32 most[] = { lengths[i / 25 % 5], lengths[i / 125] };
    if (first[0] > most[0] || first[1] > most[1])
      continue;
    Talk talk;
    talk_init (&talk);
    for (guint side = 0; side < 2; side++) {
      talk.wanted[side].number[KEY_FIRST_BURST_LENGTH] = first[side];
      talk.wanted[side].number[KEY_MAX_BURST_LENGTH] = most[side];
    }
    g_assert_true (talk_run (&talk, NULL));
    g_assert_cmpuint (talk_result (&talk, KEY_FIRST_BURST_LENGTH), ==, MIN (first[0], first[1]));
    g_assert_cmpuint (talk_result (&talk, KEY_MAX_BURST_LENGTH), ==, MIN (most[0], most[1]));
    talk_clear (&talk);
  }
}

/* R-KEY-042 */
static void
test_recovery_in_order_leaves_one_r2t (void)
{
  Talk talk;
  talk_init (&talk);
  for (guint side = 0; side < 2; side++) {
    talk.wanted[side].number[KEY_ERROR_RECOVERY_LEVEL] = 1;
    talk.wanted[side].number[KEY_MAX_OUTSTANDING_R2T] = 8;
  }
  g_assert_true (talk_run (&talk, NULL));
  g_assert_cmpuint (talk_result (&talk, KEY_MAX_OUTSTANDING_R2T), ==, 1);
  talk_clear (&talk);
}

/* R-KEY-046 */
static void
test_a_discovery_session_is_small (void)
{
  Talk talk;
  talk_init (&talk);
  talk.wanted[NEGOTIATION_INITIATOR].number[KEY_SESSION_TYPE] = SESSION_TYPE_DISCOVERY;
  for (guint side = 0; side < 2; side++) {
    talk.wanted[side].number[KEY_MAX_CONNECTIONS] = 4;
    talk.wanted[side].number[KEY_ERROR_RECOVERY_LEVEL] = 2;
  }
  g_assert_true (talk_run (&talk, NULL));
  g_assert_true (talk.ends[NEGOTIATION_TARGET].is_discovery);
  g_assert_cmpuint (talk_result (&talk, KEY_MAX_CONNECTIONS), ==, 1);
  g_assert_cmpuint (talk_result (&talk, KEY_ERROR_RECOVERY_LEVEL), ==, 0);
  talk_clear (&talk);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define TEST(title, function) g_test_add_func ("/negotiation-both-ends/" title, function)
  TEST ("numbers agree on minimum or maximum", test_numbers_agree_on_minimum_or_maximum);
  TEST ("Booleans agree on AND or OR", test_booleans_agree_on_and_or_or);
  TEST ("digests agree on what both want", test_digests_agree_on_what_both_want);
  TEST ("each end learns what the other can receive",
        test_each_end_learns_what_the_other_can_receive);
  TEST ("results never overwrite what is wanted", test_results_never_overwrite_what_is_wanted);
  TEST ("the bursts of two sound ends are sound", test_the_bursts_of_two_sound_ends_are_sound);
  TEST ("recovery in order leaves one R2T", test_recovery_in_order_leaves_one_r2t);
  TEST ("a discovery session is small", test_a_discovery_session_is_small);
#undef TEST
  return g_test_run ();
}
