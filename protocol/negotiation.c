/* SPDX-License-Identifier: Apache-2.0 */
/* negotiation.c - one negotiation engine for both ends (RFC 7143 6.2, 6.3, 13)
 *
 * Method: a pair from the peer is one of three things, told apart by what we have sent: the answer to an offer of ours (bit in
 * `offered`), a declaration (the key's result function is DECLARE), or an offer that we answer at once. What is settled has a
 * bit in `settled`, so that a second time is found (R-LOGIN-016). `wanted` is read only; a result is bounded by it on both ends
 * by the key's result function, so that either end can check the other's choice.
 *
 * An offer that may not be at all (a wrong stage, a wrong sender, a second time, a reserved word as value) ends the login. One
 * whose value is not admissible is answered Reject, and the default stays in force (R-TEXT-025, R-TEXT-037).
 *
 * Deliberately absent: negotiation in the full feature phase, where each Text exchange is one of its own; its keys
 * (SendTargets) are refused here (R-KEY-011). The security keys behind AuthMethod are their method's.
 */
#include "protocol/negotiation.h"

#include "world/banned.h"

#define VALUE_MAX 255 /* R-TEXT-009: a simple value */

#define ANSWER_REJECT         "Reject"
#define ANSWER_IRRELEVANT     "Irrelevant"
#define ANSWER_NOT_UNDERSTOOD "NotUnderstood"

static guint64
bit (guint index)
{
  return UINT64_C (1) << index;
}

G_STATIC_ASSERT (KEY_COUNT <= 64);

static gboolean
negotiation_refuse (const char *key, GError **error, const char *expected, const char *got)
{
  g_set_error (error, PROTOCOL_ERROR, PROTOCOL_ERROR_NEGOTIATION, "'%s': expected %s, got '%s'",
               key, expected, got);
  return FALSE;
}

/* ---- what the table says of a key ---- */

static gboolean
key_is_declared (const KeyInfo *info)
{
  return info->result == KEY_RESULT_DECLARE;
}

/* RFC 7143 12: beside AuthMethod, the session's declarations are all that the security stage knows. R-KEY-003, R-KEY-060 */
static gboolean
key_is_any_stage (const KeyInfo *info)
{
  return key_is_declared (info) && info->scope == KEY_SCOPE_SESSION && info->phase != KEY_PHASE_FFP;
}

static gboolean
key_is_of_stage (const KeyInfo *info, NegotiationStage stage)
{
  switch (stage) {
  case NEGOTIATION_STAGE_ANY:
    return info->phase != KEY_PHASE_FFP;
  case NEGOTIATION_STAGE_SECURITY:
    return info->phase == KEY_PHASE_SECURITY || key_is_any_stage (info);
  case NEGOTIATION_STAGE_OPERATIONAL:
    return info->phase != KEY_PHASE_SECURITY && info->phase != KEY_PHASE_FFP;
  }
  check_failed (__FILE__, __LINE__, "the stage is one of the enum");
}

static gboolean
key_is_sent_by (const KeyInfo *info, NegotiationSide side)
{
  /* RFC 7143 13.4, R-KEY-014: a target names itself in answer to SendTargets only. */
  if (info->id == KEY_TARGET_NAME)
    return side == NEGOTIATION_INITIATOR;
  switch (info->senders) {
  case KEY_SENDERS_INITIATOR:
    return side == NEGOTIATION_INITIATOR;
  case KEY_SENDERS_TARGET:
    return side == NEGOTIATION_TARGET;
  case KEY_SENDERS_BOTH:
    return TRUE;
  }
  check_failed (__FILE__, __LINE__, "the senders are of the enum");
}

static gboolean
value_is_answer (const char *value)
{
  static const char *const answers[] = { ANSWER_REJECT, ANSWER_IRRELEVANT, ANSWER_NOT_UNDERSTOOD,
                                         NULL };
  return g_strv_contains (answers, value);
}

/* The common value of a NUMBER or BOOLEAN, from what both ends want. RFC 7143 13, R-KEY-004 */
static guint32
key_combine (const KeyInfo *info, guint32 a, guint32 b)
{
  switch (info->result) {
  case KEY_RESULT_MINIMUM:
  case KEY_RESULT_AND:
    return MIN (a, b);
  case KEY_RESULT_MAXIMUM:
  case KEY_RESULT_OR:
    return MAX (a, b);
  case KEY_RESULT_FIRST:
  case KEY_RESULT_DECLARE:
    break;
  }
  check_failed (__FILE__, __LINE__, "the key's result is a function of two numbers");
}

/* ---- life ---- */

/* The owner's own list: nothing is added to it. */
static guint64
values_of_list (const KeyInfo *info, const char *list)
{
  g_auto (GStrv) names = g_strsplit (list, ",", -1);
  guint64 values = 0;
  guint32 number;
  for (guint i = 0; names[i] != NULL; i++)
    if (key_parse_number (info, names[i], &number, NULL))
      values |= bit (number);
  return values;
}

static guint64
acceptable_values (const Negotiation *negotiation, const KeyInfo *info)
{
  const char *names = negotiation->wanted.text[info->id];
  if (names != NULL)
    return values_of_list (info, names);
  guint64 values = bit (negotiation->wanted.number[info->id]) | bit (0);
  /* R-KEY-049: who offers TaskReporting offers at least these two. */
  if (info->id == KEY_TASK_REPORTING && negotiation->side == NEGOTIATION_INITIATOR)
    values |= bit (TASK_REPORTING_RFC3720) | bit (TASK_REPORTING_RESPONSE_FENCE);
  return values;
}

void
negotiation_init (Negotiation *negotiation, NegotiationSide side, const KeyValues *wanted)
{
  *negotiation = (Negotiation){ .side = side, .is_leading = TRUE };
  key_values_init (&negotiation->wanted);
  key_values_init (&negotiation->result);
  key_values_copy (&negotiation->wanted, wanted);
  negotiation->is_discovery =
      side == NEGOTIATION_INITIATOR && wanted->number[KEY_SESSION_TYPE] == SESSION_TYPE_DISCOVERY;
  for (guint i = 0; i < KEY_COUNT; i++)
    if (key_info (i)->kind == KEY_KIND_LIST)
      negotiation->acceptable[i] = acceptable_values (negotiation, key_info (i));
}

void
negotiation_clear (Negotiation *negotiation)
{
  key_values_clear (&negotiation->wanted);
  key_values_clear (&negotiation->result);
}

/* ---- writing ---- */

static void
write_value (GString *segment, const KeyInfo *info, guint32 number)
{
  switch (info->kind) {
  case KEY_KIND_NUMBER:
    text_write_number (segment, info->name, number);
    return;
  case KEY_KIND_BOOLEAN:
    text_write (segment, info->name, number ? "Yes" : "No");
    return;
  case KEY_KIND_LIST:
    text_write (segment, info->name, info->names[number]);
    return;
  case KEY_KIND_TEXT:
    break;
  }
  check_failed (__FILE__, __LINE__, "the key has a number");
}

static void
list_append (GString *list, const char *name)
{
  if (list->len > 0)
    g_string_append_c (list, ',');
  g_string_append (list, name);
}

/* R-LOGIN-030: in order of preference. */
static void
write_list (const Negotiation *negotiation, GString *segment, const KeyInfo *info)
{
  const guint wanted = negotiation->wanted.number[info->id];
  const guint64 acceptable = negotiation->acceptable[info->id];
  g_autoptr (GString) list = g_string_new (NULL);
  if (acceptable & bit (wanted))
    list_append (list, info->names[wanted]);
  for (guint i = g_strv_length ((char **) info->names); i-- > 0;)
    if (i != wanted && (acceptable & bit (i)))
      list_append (list, info->names[i]);
  CHECK_THAT (list->len > 0); /* an end takes something */
  text_write (segment, info->name, list->str);
}

static gboolean
declaration_is_due (const Negotiation *negotiation, const KeyInfo *info)
{
  if (!key_is_sent_by (info, negotiation->side) || (negotiation->declared & bit (info->id)))
    return FALSE;
  if (info->kind == KEY_KIND_TEXT)
    return negotiation->wanted.text[info->id] != NULL;
  /* What bounds the peer is always said. R-KEY-029 */
  return info->id == KEY_MAX_RECV_DATA_SEGMENT_LENGTH
         || negotiation->wanted.number[info->id] != info->initial;
}

static void
write_declaration (Negotiation *negotiation, GString *segment, const KeyInfo *info)
{
  if (!declaration_is_due (negotiation, info))
    return;
  negotiation->declared |= bit (info->id);
  if (info->kind == KEY_KIND_TEXT)
    text_write (segment, info->name, negotiation->wanted.text[info->id]);
  else
    write_value (segment, info, negotiation->wanted.number[info->id]);
}

static void
write_offer (Negotiation *negotiation, GString *segment, const KeyInfo *info)
{
  if (((negotiation->offered | negotiation->settled) & bit (info->id))
      || (negotiation->is_discovery && info->is_irrelevant_on_discovery))
    return;
  negotiation->offered |= bit (info->id);
  if (info->kind == KEY_KIND_LIST)
    write_list (negotiation, segment, info);
  else
    write_value (segment, info, negotiation->wanted.number[info->id]);
}

void
negotiation_write_offers (Negotiation *negotiation, gboolean is_security_stage, GString *segment)
{
  negotiation->stage =
      is_security_stage ? NEGOTIATION_STAGE_SECURITY : NEGOTIATION_STAGE_OPERATIONAL;
  for (guint i = 0; i < KEY_COUNT; i++) {
    const KeyInfo *info = key_info (i);
    if (!key_is_of_stage (info, negotiation->stage)
        || (info->phase == KEY_PHASE_LEADING && !negotiation->is_leading)) /* R-KEY-001 */
      continue;
    if (key_is_declared (info))
      write_declaration (negotiation, segment, info);
    else
      write_offer (negotiation, segment, info);
  }
}

void
negotiation_write_declarations (Negotiation *negotiation, GString *segment)
{
  for (guint i = 0; i < KEY_COUNT; i++) {
    const KeyInfo *info = key_info (i);
    if (key_is_declared (info) && key_is_of_stage (info, NEGOTIATION_STAGE_OPERATIONAL))
      write_declaration (negotiation, segment, info);
  }
}

/* ---- reading ---- */

static void
negotiation_settle (Negotiation *negotiation, const KeyInfo *info, guint32 number)
{
  negotiation->result.number[info->id] = number;
  negotiation->settled |= bit (info->id);
}

/* No common value came about: the default stays in force (R-TEXT-025), if this end can live with it. The default of a list may
 * be what the owner ruled out, as None where authentication is a must. */
static gboolean
negotiation_keep_default (Negotiation *negotiation, const KeyInfo *info, const char *got,
                          GError **error)
{
  negotiation_settle (negotiation, info, info->initial);
  if (info->kind == KEY_KIND_LIST && !(negotiation->acceptable[info->id] & bit (info->initial)))
    return negotiation_refuse (info->name, error, "a common value", got);
  return TRUE;
}

/* RFC 7143 6.2.1, R-TEXT-031, R-TEXT-033: the first of the list that we would take. */
static gboolean
choose_from_list (const Negotiation *negotiation, const KeyInfo *info, const char *list,
                  guint32 *ret_number)
{
  g_auto (GStrv) names = g_strsplit (list, ",", -1);
  for (guint i = 0; names[i] != NULL; i++)
    if (key_parse_number (info, names[i], ret_number, NULL)
        && (negotiation->acceptable[info->id] & bit (*ret_number)))
      return TRUE;
  return FALSE;
}

static gboolean
choose_value (const Negotiation *negotiation, const KeyInfo *info, const char *value,
              guint32 *ret_number)
{
  guint32 number;
  if (info->kind == KEY_KIND_LIST)
    return choose_from_list (negotiation, info, value, ret_number);
  if (!key_parse_number (info, value, &number, NULL))
    return FALSE;
  number = key_combine (info, number, negotiation->wanted.number[info->id]);
  /* R-KEY-033: what is known of the other limit is kept to. */
  if (info->id == KEY_FIRST_BURST_LENGTH && (negotiation->settled & bit (KEY_MAX_BURST_LENGTH)))
    number = MIN (number, negotiation->result.number[KEY_MAX_BURST_LENGTH]);
  *ret_number = number;
  return TRUE;
}

static gboolean
read_offer (Negotiation *negotiation, const KeyInfo *info, const char *value, GString *segment,
            GError **error)
{
  guint32 number;
  if (negotiation->is_discovery && info->is_irrelevant_on_discovery) {
    text_write (segment, info->name, ANSWER_IRRELEVANT);
    return negotiation_keep_default (negotiation, info, value, error);
  }
  if (!choose_value (negotiation, info, value, &number)) {
    text_write (segment, info->name, ANSWER_REJECT);
    return negotiation_keep_default (negotiation, info, value, error);
  }
  negotiation_settle (negotiation, info, number);
  write_value (segment, info, number);
  return TRUE;
}

static gboolean
read_declaration (Negotiation *negotiation, const KeyInfo *info, const char *value, GError **error)
{
  guint32 number;
  if (info->kind == KEY_KIND_TEXT) {
    /* R-LOGIN-016: TargetAddress may come several times; the first one counts. */
    if (!(negotiation->settled & bit (info->id)))
      key_values_set_text (&negotiation->result, info->id, value);
    negotiation->settled |= bit (info->id);
    return TRUE;
  }
  if (!key_parse_number (info, value, &number, error))
    return FALSE;
  negotiation_settle (negotiation, info, number);
  if (info->id == KEY_SESSION_TYPE)
    negotiation->is_discovery = number == SESSION_TYPE_DISCOVERY;
  return TRUE;
}

/* RFC 7143 6.2.1, 6.2.2, R-TEXT-034, R-TEXT-038: the peer's choice must be one that our offer left open. */
static gboolean
answer_is_possible (const Negotiation *negotiation, const KeyInfo *info, guint32 number)
{
  if (info->kind == KEY_KIND_LIST)
    return (negotiation->acceptable[info->id] & bit (number)) != 0;
  return key_combine (info, number, negotiation->wanted.number[info->id]) == number;
}

/* RFC 7143 6.2 has NotUnderstood of a key of its own as a protocol error (R-TEXT-021), and a proposer that copes with it
 * (R-TEXT-020). A login that can go on with the default goes on: peers of RFC 3720 do not know the later keys. */
static gboolean
read_answer (Negotiation *negotiation, const KeyInfo *info, const char *value, GError **error)
{
  guint32 number;
  negotiation->offered &= ~bit (info->id);
  if (value_is_answer (value))
    return negotiation_keep_default (negotiation, info, value, error);
  if (!key_parse_number (info, value, &number, error))
    return FALSE;
  if (!answer_is_possible (negotiation, info, number))
    return negotiation_refuse (info->name, error, "an answer that the offer allows", value);
  negotiation_settle (negotiation, info, number);
  return TRUE;
}

/* A key of the table that we did not offer: may the peer send it now? */
static gboolean
negotiation_admits (const Negotiation *negotiation, const KeyInfo *info, const char *value,
                    GError **error)
{
  const NegotiationSide peer =
      negotiation->side == NEGOTIATION_INITIATOR ? NEGOTIATION_TARGET : NEGOTIATION_INITIATOR;
  /* R-TEXT-023: also how an answer looks for which there was no offer. */
  if (value_is_answer (value))
    return negotiation_refuse (info->name, error, "an offer or a declaration", value);
  if (!key_is_sent_by (info, peer))
    return negotiation_refuse (info->name, error, "a key that the peer may send", value);
  /* R-LOGIN-009 */
  if (!key_is_of_stage (info, negotiation->stage))
    return negotiation_refuse (info->name, error, "a key of this stage", value);
  /* R-LOGIN-038 */
  if (info->phase == KEY_PHASE_LEADING && !negotiation->is_leading)
    return negotiation_refuse (info->name, error, "a key that is not the leading connection's",
                               value);
  if ((negotiation->settled & bit (info->id)) && info->id != KEY_TARGET_ADDRESS)
    return negotiation_refuse (info->name, error, "a key once", value);
  return TRUE;
}

/* A key that is not in the table. R-TEXT-019, R-KEY-053, R-KEY-054, R-KEY-055 */
static gboolean
read_foreign (const TextPair *pair, GString *segment, GError **error)
{
  if (value_is_answer (pair->value))
    return negotiation_refuse (pair->key, error, "an offer", pair->value);
  text_write (segment, pair->key,
              key_is_obsolete (pair->key) ? ANSWER_REJECT : ANSWER_NOT_UNDERSTOOD);
  return TRUE;
}

gboolean
negotiation_read (Negotiation *negotiation, const TextPair *pair, GString *segment, GError **error)
{
  const KeyInfo *info = key_find (pair->key);
  if (info == NULL)
    return read_foreign (pair, segment, error);
  if (info->kind != KEY_KIND_LIST && strlen (pair->value) > VALUE_MAX)
    return negotiation_refuse (info->name, error, "at most 255 bytes", pair->value);
  if (negotiation->offered & bit (info->id))
    return read_answer (negotiation, info, pair->value, error);
  /* RFC 7143 6.2: the one answer that a declaration can have. */
  if ((negotiation->declared & bit (info->id)) && strcmp (pair->value, ANSWER_NOT_UNDERSTOOD) == 0)
    return TRUE;
  if (!negotiation_admits (negotiation, info, pair->value, error))
    return FALSE;
  if (key_is_declared (info))
    return read_declaration (negotiation, info, pair->value, error);
  return read_offer (negotiation, info, pair->value, segment, error);
}

/* ---- the end ---- */

/* RFC 7143 6.2.2, R-TEXT-041, R-TEXT-042: only a Boolean that the offer alone decides may stay without an answer. */
static gboolean
settle_unanswered (Negotiation *negotiation, const KeyInfo *info, GError **error)
{
  const guint32 offered = negotiation->wanted.number[info->id];
  const gboolean is_decided =
      (info->result == KEY_RESULT_AND && !offered) || (info->result == KEY_RESULT_OR && offered);
  if (!is_decided)
    return negotiation_refuse (info->name, error, "an answer to the offer", "none");
  negotiation->offered &= ~bit (info->id);
  negotiation_settle (negotiation, info, offered);
  return TRUE;
}

/* RFC 7143 13.14, R-KEY-033, R-KEY-062. A FirstBurstLength that nobody named just follows the other limit. */
static gboolean
check_bursts (Negotiation *negotiation, GError **error)
{
  guint32 *number = negotiation->result.number;
  const gboolean is_irrelevant = number[KEY_INITIAL_R2T] && !number[KEY_IMMEDIATE_DATA];
  const gboolean is_settled = (negotiation->settled & bit (KEY_FIRST_BURST_LENGTH)) != 0;
  if (number[KEY_FIRST_BURST_LENGTH] <= number[KEY_MAX_BURST_LENGTH])
    return TRUE;
  if (is_settled && !is_irrelevant) {
    g_set_error (error, PROTOCOL_ERROR, PROTOCOL_ERROR_NEGOTIATION,
                 "'FirstBurstLength': expected at most MaxBurstLength %u, got %u",
                 number[KEY_MAX_BURST_LENGTH], number[KEY_FIRST_BURST_LENGTH]);
    return FALSE;
  }
  number[KEY_FIRST_BURST_LENGTH] = number[KEY_MAX_BURST_LENGTH];
  return TRUE;
}

/* What one result makes of another, whatever was agreed on it. */
static void
apply_implications (Negotiation *negotiation)
{
  guint32 *number = negotiation->result.number;
  /* RFC 7143 13.21, 7.4.1, R-KEY-046 */
  if (negotiation->is_discovery) {
    number[KEY_MAX_CONNECTIONS] = 1;
    number[KEY_ERROR_RECOVERY_LEVEL] = 0;
  }
  /* RFC 7143 13.19, R-KEY-042 */
  if (number[KEY_ERROR_RECOVERY_LEVEL] > 0 && number[KEY_DATA_SEQUENCE_IN_ORDER])
    number[KEY_MAX_OUTSTANDING_R2T] = 1;
}

gboolean
negotiation_finish (Negotiation *negotiation, GError **error)
{
  for (guint i = 0; i < KEY_COUNT; i++)
    if ((negotiation->offered & bit (i)) && !settle_unanswered (negotiation, key_info (i), error))
      return FALSE;
  if (!check_bursts (negotiation, error))
    return FALSE;
  apply_implications (negotiation);
  return TRUE;
}
