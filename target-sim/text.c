/* SPDX-License-Identifier: Apache-2.0 */
/* text.c - one text exchange of a connection: requests with the same tag, until a response is final
 *
 * Method: the text of a request is gathered over its PDUs (the C bit); when it is whole, its pairs are read and the answers
 * written to `reply`, which goes out in parts as large as the initiator takes, each part but the last with C and a Target
 * Transfer Tag that the next, empty request has to bring back. A request without a tag begins anew and resets what was
 * (RFC 7143 11.10.4). Every Reject resets the exchange (6.4), so that both ends know where they are; what was declared takes
 * effect with the final response only.
 *
 * Two things are spoken of: SendTargets, alone in its request (discovery.c), and on a normal session the declarations of 13
 * that may come at any time, of which MaxRecvDataSegmentLength changes something here.
 */
#include "target-sim/text.h"

#include "target-sim/discovery.h"
#include "target-sim/session.h"

#include "protocol/text-pdu.h"

#include "world/banned.h"

struct TextExchange {
  guint32 magic; /* TEXT_EXCHANGE_MAGIC */
  guint32 itt;
  guint32 ttt; /* of the last response: what the next request brings back */
  gboolean is_immediate;
  TextReader reader;
  guint64 seen;            /* bit per KeyId */
  guint32 max_send_length; /* as declared in this exchange; 0: not */
  GString *reply;          /* what is not sent yet begins at reply_sent */
  gsize reply_sent;
};

#define TEXT_EXCHANGE_MAGIC 0x7A26E708u

/* How a request is judged: 0, or the reason of its Reject. */
typedef guint8 TextVerdict;
#define TEXT_FINE 0

#define SEND_TARGETS_BIT (UINT64_C (1) << KEY_SEND_TARGETS)

static TextExchange *
text_exchange_new (const TextRequest *request)
{
  TextExchange *exchange = g_new0 (TextExchange, 1);
  exchange->magic = TEXT_EXCHANGE_MAGIC;
  exchange->itt = request->initiator_task_tag;
  exchange->ttt = TAG_NONE;
  exchange->is_immediate = request->immediate;
  exchange->reply = g_string_new (NULL);
  text_reader_init (&exchange->reader);
  return exchange;
}

void
text_exchange_free (TextExchange *exchange)
{
  if (exchange == NULL)
    return;
  CHECK (exchange, TEXT_EXCHANGE_MAGIC);
  text_reader_clear (&exchange->reader);
  g_string_free (exchange->reply, TRUE);
  exchange->magic = 0;
  g_free (exchange);
}

static void
text_reset (TargetConnection *connection)
{
  text_exchange_free (g_steal_pointer (&connection->text));
}

/* ---- which exchange ---- */

/* R-TXTFFP-018: a new one; whatever was under way is over, since a connection has one at a time (R-TEXT-017). */
static TextVerdict
text_begin (TargetConnection *connection, const TextRequest *request)
{
  const gpointer tag = GUINT_TO_POINTER (request->initiator_task_tag);
  if (g_hash_table_contains (connection->session->by_itt, tag))
    return REJECT_TASK_IN_PROGRESS;
  text_reset (connection);
  connection->text = text_exchange_new (request);
  return TEXT_FINE;
}

/* R-TXTFFP-002, R-TXTFFP-017, R-TXTFFP-030: the same tags and the same I bit as before. */
static TextVerdict
text_go_on (const TargetConnection *connection, const TextRequest *request)
{
  const TextExchange *exchange = connection->text;
  if (exchange == NULL || exchange->itt != request->initiator_task_tag
      || exchange->ttt != request->target_transfer_tag)
    return REJECT_INVALID_FIELD;
  return exchange->is_immediate == request->immediate ? TEXT_FINE : REJECT_PROTOCOL_ERROR;
}

/* ---- pairs ---- */

static gboolean
value_is_answer (const char *value)
{
  return strcmp (value, "Reject") == 0 || strcmp (value, "Irrelevant") == 0
         || strcmp (value, "NotUnderstood") == 0;
}

/* R-TEXT-019, R-KEY-053: what no table knows. */
static TextVerdict
text_read_foreign (TextExchange *exchange, const TextPair *pair)
{
  if (value_is_answer (pair->value)) /* to nothing that we said */
    return REJECT_PROTOCOL_ERROR;
  text_write (exchange->reply, pair->key, key_is_obsolete (pair->key) ? "Reject" : "NotUnderstood");
  return TEXT_FINE;
}

/* RFC 7143 13: "FFPO" or "ALL", sent by an initiator. TargetName is the target's to say here (13.4). */
static gboolean
key_is_for_text (const KeyInfo *info)
{
  return (info->phase == KEY_PHASE_ALL || info->phase == KEY_PHASE_FFP)
         && info->senders != KEY_SENDERS_TARGET && info->id != KEY_TARGET_NAME;
}

static TextVerdict
text_read_pair (TextExchange *exchange, const TextPair *pair)
{
  const KeyInfo *info = key_find (pair->key);
  if (info == NULL)
    return text_read_foreign (exchange, pair);
  const guint64 bit = UINT64_C (1) << info->id;
  /* R-TXTFFP-009: a key a second time; RFC 7143 6.2, R-TEXT-023: a key, or a value, that may not be here. */
  if ((exchange->seen & bit) != 0 || !key_is_for_text (info) || value_is_answer (pair->value))
    return REJECT_PROTOCOL_ERROR;
  exchange->seen |= bit;
  if (info->id == KEY_MAX_RECV_DATA_SEGMENT_LENGTH
      && !key_parse_number (info, pair->value, &exchange->max_send_length, NULL))
    return REJECT_PROTOCOL_ERROR;
  return TEXT_FINE;
}

/* R-DISC-005: exactly one key, in a request that is an exchange of its own. */
static TextVerdict
text_send_targets (const TargetConnection *connection, const char *value)
{
  TextExchange *exchange = connection->text;
  if (text_reader_count (&exchange->reader) != 1 || exchange->seen != 0)
    return REJECT_PROTOCOL_ERROR;
  exchange->seen = SEND_TARGETS_BIT;
  return discovery_answer (connection, value, exchange->reply) ? TEXT_FINE : REJECT_PROTOCOL_ERROR;
}

static TextVerdict
text_read_pairs (const TargetConnection *connection)
{
  TextExchange *exchange = connection->text;
  const guint count = text_reader_count (&exchange->reader);
  if ((exchange->seen & SEND_TARGETS_BIT) != 0)
    return count == 0 ? TEXT_FINE : REJECT_PROTOCOL_ERROR;
  const char *send_targets =
      text_reader_find (&exchange->reader, key_info (KEY_SEND_TARGETS)->name);
  if (send_targets != NULL)
    return text_send_targets (connection, send_targets);
  /* R-MODEL-018: nothing else on a discovery session. */
  if (target_session_is_discovery (connection->session))
    return REJECT_PROTOCOL_ERROR;
  TextVerdict verdict = TEXT_FINE;
  for (guint i = 0; verdict == TEXT_FINE && i < count; i++)
    verdict = text_read_pair (exchange, text_reader_get (&exchange->reader, i));
  return verdict;
}

static TextVerdict
text_read (const TargetConnection *connection)
{
  TextExchange *exchange = connection->text;
  if (!text_reader_finish (&exchange->reader, NULL))
    return REJECT_PROTOCOL_ERROR;
  const TextVerdict verdict = text_read_pairs (connection);
  text_reader_reset (&exchange->reader);
  return verdict;
}

/* ---- the response ---- */

/* R-TXTFFP-032: as much as the initiator takes. R-TEXT-014: nothing while its own text is not whole. */
static Payload
text_take_reply (TargetConnection *connection, const TextRequest *request, TextResponse *response)
{
  TextExchange *exchange = connection->text;
  if (request->is_continued)
    return PAYLOAD_EMPTY;
  const gsize left = exchange->reply->len - exchange->reply_sent;
  const gsize length = MIN (left, connection->max_send_length);
  const char *bytes = exchange->reply->str + exchange->reply_sent;
  response->is_continued = length < left;
  exchange->reply_sent += length;
  Payload payload = payload_of (slice_copy (bytes, length));
  if (length == left) {
    g_string_truncate (exchange->reply, 0);
    exchange->reply_sent = 0;
  }
  return payload;
}

/* R-TXTFFP-011: from here on. */
static void
text_conclude (TargetConnection *connection)
{
  if (connection->text->max_send_length != 0)
    connection->max_send_length = connection->text->max_send_length;
  text_reset (connection);
}

/* R-TXTFFP-006, R-TXTFFP-022..028: final in answer to a final request only, when nothing is left; else with a tag. */
static void
text_respond (TargetConnection *connection, const TextRequest *request)
{
  TextExchange *exchange = connection->text;
  TextResponse response = { .initiator_task_tag = exchange->itt };
  g_auto (Payload) payload = text_take_reply (connection, request, &response);
  response.is_final = request->is_final && !response.is_continued;
  exchange->ttt = response.is_final ? TAG_NONE : target_session_take_ttt (connection->session);
  response.target_transfer_tag = exchange->ttt;
  CONNECTION_NUMBER (connection, &response); /* R-TXTFFP-031 */
  if (response.is_final)
    text_conclude (connection);
  guint8 out[BHS_LENGTH];
  text_response_encode (&response, out);
  target_connection_send (connection, out, &payload);
}

/* ---- one request ---- */

static TextVerdict
text_take (TargetConnection *connection, const TextRequest *request, const Payload *payload)
{
  TextVerdict verdict = request->target_transfer_tag == TAG_NONE ? text_begin (connection, request)
                                                                 : text_go_on (connection, request);
  if (verdict != TEXT_FINE)
    return verdict;
  TextExchange *exchange = connection->text;
  const gboolean is_reply_left = exchange->reply_sent > 0;
  /* R-TEXT-015: what is continued is asked for with an empty request. */
  if (is_reply_left && (payload->length > 0 || request->is_continued))
    return REJECT_PROTOCOL_ERROR;
  /* RFC 7143 11.11.4: no room for more of it. */
  if (!text_reader_add (&exchange->reader, payload, NULL))
    return REJECT_LONG_OPERATION;
  if (!is_reply_left && !request->is_continued)
    verdict = text_read (connection);
  return verdict;
}

void
text_deliver (TargetConnection *connection, const guint8 bhs[BHS_LENGTH], const Payload *payload)
{
  TextRequest request;
  text_request_decode (&request, bhs);
  const TextVerdict verdict = text_take (connection, &request, payload);
  if (verdict == TEXT_FINE) {
    text_respond (connection, &request);
    return;
  }
  text_reset (connection); /* R-TXTFFP-008, R-TXTFFP-013 */
  target_connection_reject (connection, verdict, bhs);
}
