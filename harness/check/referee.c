/* SPDX-License-Identifier: Apache-2.0 */
/* referee.c - who is watched, which rule is asked when, and what is told
 *
 * Method: the families' tables make one table; for each side and opcode a list of the rules that speak of it is made once.
 * A PDU asks those of its list, so the cost per PDU is the few rules that it can break, and nothing is allocated. Connections
 * of one session find each other by names, ISID and TSIH: the second one makes the numbers of both the session's.
 */
#include "harness/check/referee-internal.h"

#include "protocol/bhs.h"

#define REFEREE_MAGIC     0x12EFE2EEu
#define REFEREE_END_MAGIC 0x12EFE2EDu
#define OPCODES_ALL       0x40

static const RuleFamily *const families[] = {
  &referee_format_rules, &referee_number_rules, &referee_login_rules,   &referee_key_rules,
  &referee_data_rules,   &referee_status_rules, &referee_request_rules,
};

/* A session that a leading login has made, at one end. */
typedef struct RefereeSession {
  char *name; /* end, side, both names */
  guint64 isid;
  guint16 tsih;
  guint32 values[OBSERVED_KEY_COUNT];
} RefereeSession;

typedef struct RuleEntry {
  const RefereeRule *rule;
  guint number;
} RuleEntry;

struct Referee {
  guint32 magic; /* REFEREE_MAGIC */
  RefereeReport report;
  gpointer data;
  GArray *lists[2][OPCODES_ALL]; /* of RuleEntry */
  guint64 *evaluated;
  GArray *sessions; /* of RefereeSession */
  GPtrArray *ends;  /* of RefereeEnd */
};

struct RefereeEnd {
  guint32 magic; /* REFEREE_END_MAGIC */
  Referee *referee;
  char *name;
  guint judged;            /* sides */
  guint far;               /* sides that are judged from afar */
  gboolean has_erred[2];   /* by side: a rule was broken */
  gboolean is_known;       /* its session was looked up */
  ObserverSide local_side; /* of a stream */
  Observer *observer;
  ObserverSaw heard; /* NULL: nobody listens */
  gpointer heard_data;
};

/* ---- the table ---- */

guint
referee_rule_count (void)
{
  guint count = 0;
  for (guint i = 0; i < G_N_ELEMENTS (families); i++)
    count += families[i]->count;
  return count;
}

static const RefereeRule *
rule_get (guint number)
{
  for (guint i = 0; i < G_N_ELEMENTS (families); i++) {
    if (number < families[i]->count)
      return &families[i]->rules[number];
    number -= families[i]->count;
  }
  CHECK_THAT (!"there are so many rules");
  return NULL;
}

const char *
referee_rule_id (guint rule)
{
  return rule_get (rule)->id;
}

const char *
referee_rule_family (guint rule)
{
  guint family = 0;
  while (rule >= families[family]->count)
    rule -= families[family++]->count;
  return families[family]->name;
}

const char *
referee_rule_requirements (guint rule)
{
  return rule_get (rule)->requirements;
}

const char *
referee_rule_sentence (guint rule)
{
  return rule_get (rule)->sentence;
}

guint64
referee_evaluated (const Referee *referee, guint rule)
{
  CHECK (referee, REFEREE_MAGIC);
  CHECK_THAT (rule < referee_rule_count ());
  return referee->evaluated[rule];
}

/* ---- life ---- */

static void
session_clear (gpointer data)
{
  RefereeSession *session = data;
  g_free (session->name);
}

static void
referee_make_list (Referee *referee, guint side, guint opcode)
{
  GArray *list = g_array_new (FALSE, FALSE, sizeof (RuleEntry));
  for (guint i = 0; i < referee_rule_count (); i++) {
    const RuleEntry entry = { rule_get (i), i };
    const guint64 opcodes = entry.rule->opcodes;
    if ((entry.rule->sides >> side & 1) != 0 && (opcodes == 0 || (opcodes >> opcode & 1) != 0))
      g_array_append_val (list, entry);
  }
  referee->lists[side][opcode] = list;
}

Referee *
referee_new (RefereeReport report, gpointer data)
{
  Referee *referee = g_new0 (Referee, 1);
  referee->magic = REFEREE_MAGIC;
  referee->report = report;
  referee->data = data;
  referee->evaluated = g_new0 (guint64, referee_rule_count ());
  referee->sessions = g_array_new (FALSE, FALSE, sizeof (RefereeSession));
  g_array_set_clear_func (referee->sessions, session_clear);
  referee->ends = g_ptr_array_new ();
  for (guint side = 0; side < 2; side++)
    for (guint opcode = 0; opcode < OPCODES_ALL; opcode++)
      referee_make_list (referee, side, opcode);
  return referee;
}

void
referee_free (Referee *referee)
{
  if (referee == NULL)
    return;
  CHECK (referee, REFEREE_MAGIC);
  CHECK_THAT (referee->ends->len == 0);
  for (guint side = 0; side < 2; side++)
    for (guint opcode = 0; opcode < OPCODES_ALL; opcode++)
      g_array_unref (referee->lists[side][opcode]);
  g_free (referee->evaluated);
  g_array_unref (referee->sessions);
  g_ptr_array_unref (referee->ends);
  referee->magic = 0;
  g_free (referee);
}

/* ---- the sessions ---- */

static char *
end_session_name (const RefereeEnd *end)
{
  const ObservedKeys *keys = &end->observer->keys;
  const char *initiator = keys->keys[OBSERVED_INITIATOR_NAME].said[OBSERVER_INITIATOR];
  const char *target = keys->keys[OBSERVED_TARGET_NAME].said[OBSERVER_INITIATOR];
  return g_strdup_printf ("%s %u %s %s", end->name, end->local_side,
                          initiator != NULL ? initiator : "", target != NULL ? target : "");
}

static RefereeSession *
referee_find_session (const Referee *referee, const char *name, guint64 isid, guint16 tsih)
{
  for (guint i = referee->sessions->len; i > 0; i--) {
    RefereeSession *session = &g_array_index (referee->sessions, RefereeSession, i - 1);
    if (session->isid == isid && session->tsih == tsih && strcmp (session->name, name) == 0)
      return session;
  }
  return NULL;
}

/* R-MCS-001: the connections that are there have company now. */
static void
referee_share_session (Referee *referee, guint64 isid, guint16 tsih)
{
  for (guint i = 0; i < referee->ends->len; i++) {
    const RefereeEnd *other = referee->ends->pdata[i];
    if (other->observer->login.isid == isid && other->observer->login.session_tsih == tsih)
      observer_share (other->observer);
  }
}

static void
referee_add_session (Referee *referee, const RefereeEnd *end)
{
  const ObservedLogin *login = &end->observer->login;
  RefereeSession session = { end_session_name (end), login->isid, login->session_tsih, { 0 } };
  for (guint i = 0; i < OBSERVED_KEY_COUNT; i++)
    session.values[i] = observed_value (&end->observer->keys, (ObservedKeyId) i);
  g_array_append_val (referee->sessions, session);
}

/* A leading login that is over makes a session, also where nothing has followed it yet. */
static void
referee_add_sessions (Referee *referee)
{
  for (guint i = 0; i < referee->ends->len; i++) {
    RefereeEnd *end = referee->ends->pdata[i];
    if (end->is_known || end->observer->phase == OBSERVER_LOGIN || end->observer->login.tsih != 0)
      continue;
    end->is_known = TRUE;
    referee_add_session (referee, end);
  }
}

/* The session may be one that we did not see begin: then nothing is known of what it agreed on. */
static void
end_join_session (RefereeEnd *end)
{
  const ObservedLogin *login = &end->observer->login;
  g_autofree char *name = end_session_name (end);
  referee_add_sessions (end->referee);
  const RefereeSession *session =
      referee_find_session (end->referee, name, login->isid, login->session_tsih);
  if (session != NULL)
    observer_inherit (end->observer, session->values);
  else
    end->has_erred[OBSERVER_INITIATOR] = end->has_erred[OBSERVER_TARGET] = TRUE;
}

/* Before each PDU, until it is known: a login that names a session shares its numbers from its first answer on, and its keys
 * from full feature phase on. */
static void
end_know_session (RefereeEnd *end)
{
  const Observer *observer = end->observer;
  const ObservedLogin *login = &observer->login;
  if (login->tsih != 0 && login->is_outstanding)
    referee_share_session (end->referee, login->isid, login->tsih);
  if (observer->phase != OBSERVER_FULL_FEATURE)
    return;
  end->is_known = TRUE;
  if (login->tsih != 0)
    end_join_session (end);
  else
    referee_add_session (end->referee, end);
}

/* ---- judging ---- */

RuleAnswer
rule_broken (Judgement *judgement, const char *expected, const char *actual, ...)
{
  va_list arguments;
  va_start (arguments, actual);
  g_vsnprintf (judgement->actual, JUDGEMENT_TEXT, actual, arguments);
  va_end (arguments);
  g_strlcpy (judgement->expected, expected, JUDGEMENT_TEXT);
  return RULE_BROKEN;
}

RuleAnswer
rule_broken_number (Judgement *judgement, const char *what, guint64 expected, guint64 actual)
{
  g_snprintf (judgement->expected, JUDGEMENT_TEXT, "%s %" G_GUINT64_FORMAT, what, expected);
  g_snprintf (judgement->actual, JUDGEMENT_TEXT, "%s %" G_GUINT64_FORMAT, what, actual);
  return RULE_BROKEN;
}

static char *
pdu_text (const guint8 *bhs)
{
  g_autoptr (GString) text = g_string_new (NULL);
  pdu_print (bhs, text);
  g_string_append (text, " [");
  for (guint i = 0; i < SEEN_BHS; i++)
    g_string_append_printf (text, "%s%02x", i % 4 == 0 && i > 0 ? " " : "", bhs[i]);
  g_string_append_c (text, ']');
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
end_report (const RefereeEnd *end, const RefereeRule *rule, const Judgement *judgement)
{
  g_autofree char *pdu = pdu_text (judgement->bhs);
  const RefereeViolation violation = { .rule = rule->id,
                                       .requirements = rule->requirements,
                                       .sentence = rule->sentence,
                                       .expected = judgement->expected,
                                       .actual = judgement->actual,
                                       .pdu = pdu,
                                       .from = judgement->pdu->from,
                                       .end = end->name };
  end->referee->report (end->referee->data, &violation);
}

/* What must not be asked now, by its flags. */
static guint
end_withheld (const RefereeEnd *end, ObserverSide from)
{
  const Observer *observer = end->observer;
  guint withheld = 0;
  if (end->has_erred[1 - from])
    withheld |= RULE_TRUSTS;
  if (observer->is_joined)
    withheld |= RULE_ALONE;
  if (observed_value (&observer->keys, OBSERVED_RECOVERY_LEVEL) > 0)
    withheld |= RULE_LEVEL0;
  if ((end->far >> from & 1) != 0)
    withheld |= RULE_OURS;
  return withheld;
}

static void
end_ask (RefereeEnd *end, const RuleEntry *entry, Judgement *judgement)
{
  const ObserverSide from = judgement->pdu->from;
  const gboolean is_judging = (end->judged >> from & 1) != 0;
  const RuleAnswer answer = entry->rule->check (judgement);
  if (answer == RULE_SILENT)
    return;
  end->referee->evaluated[entry->number] += is_judging;
  if (answer == RULE_KEPT)
    return;
  if ((entry->rule->flags & RULE_OURS) == 0)
    end->has_erred[from] = TRUE;
  if (is_judging)
    end_report (end, entry->rule, judgement);
}

static void
end_on_pdu (gpointer data, const Observer *observer, const ObservedPdu *pdu)
{
  RefereeEnd *end = data;
  CHECK (end, REFEREE_END_MAGIC);
  if (end->heard != NULL)
    end->heard (end->heard_data, observer, pdu);
  if (!end->is_known)
    end_know_session (end);
  const guint withheld = end_withheld (end, pdu->from);
  const GArray *list = end->referee->lists[pdu->from][pdu->opcode];
  Judgement judgement; /* its texts are filled when they are needed */
  judgement.observer = observer;
  judgement.pdu = pdu;
  judgement.bhs = pdu->bhs;
  judgement.task = pdu->task;
  for (guint i = 0; i < list->len; i++) {
    const RuleEntry *entry = &g_array_index (list, RuleEntry, i);
    if ((entry->rule->flags & withheld) == 0)
      end_ask (end, entry, &judgement);
  }
}

/* ---- ends ---- */

RefereeEnd *
referee_end_new (Referee *referee, const char *name, guint judged)
{
  CHECK (referee, REFEREE_MAGIC);
  RefereeEnd *end = g_new0 (RefereeEnd, 1);
  end->magic = REFEREE_END_MAGIC;
  end->referee = referee;
  end->name = g_strdup (name);
  end->judged = judged;
  end->observer = observer_new (end_on_pdu, end);
  g_ptr_array_add (referee->ends, end);
  return end;
}

void
referee_end_set_far (RefereeEnd *end, guint sides)
{
  CHECK (end, REFEREE_END_MAGIC);
  end->far = sides;
}

void
referee_end_set_listener (RefereeEnd *end, ObserverSaw heard, gpointer data)
{
  CHECK (end, REFEREE_END_MAGIC);
  end->heard = heard;
  end->heard_data = data;
}

gboolean
referee_end_is_lost (const RefereeEnd *end)
{
  CHECK (end, REFEREE_END_MAGIC);
  return end->observer->is_lost;
}

void
referee_end_take (RefereeEnd *end, ObserverSide from, const Slice *slice)
{
  CHECK (end, REFEREE_END_MAGIC);
  observer_take (end->observer, from, slice);
}

void
referee_end_free (RefereeEnd *end)
{
  CHECK (end, REFEREE_END_MAGIC);
  g_ptr_array_remove_fast (end->referee->ends, end);
  observer_free (end->observer);
  g_free (end->name);
  end->magic = 0;
  g_free (end);
}

static void
stream_sent (gpointer data, Stream *stream, const Slice *slice)
{
  RefereeEnd *end = data;
  referee_end_take (end, end->local_side, slice);
}

static void
stream_received (gpointer data, Stream *stream, const Slice *slice)
{
  RefereeEnd *end = data;
  referee_end_take (end, (ObserverSide) (1 - end->local_side), slice);
}

static void
stream_gone (gpointer data, Stream *stream)
{
  referee_end_free (data);
}

static const StreamObserver stream_observer = {
  .sent = stream_sent,
  .received = stream_received,
  .freed = stream_gone,
};

RefereeEnd *
referee_watch (Referee *referee, Stream *stream, RefereeScope scope)
{
  const ObserverSide local = stream->is_accepted ? OBSERVER_TARGET : OBSERVER_INITIATOR;
  const guint near = scope != REFEREE_NOBODY ? 1u << local : 0;
  const guint far = scope == REFEREE_BOTH ? 1u << (1 - local) : 0;
  RefereeEnd *end = referee_end_new (referee, stream->host->name, near | far);
  end->local_side = local;
  end->far = far;
  stream_add_observer (stream, &stream_observer, end);
  return end;
}
