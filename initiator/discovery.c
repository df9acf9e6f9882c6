/* SPDX-License-Identifier: Apache-2.0 */
/* discovery.c - one discovery: log in, SendTargets=All, gather, log out, tell
 *
 * Method: a Session of type Discovery, which stands in no list of the node and never comes back once it is lost, carries one
 * text exchange. Responses that are not final are asked on with an empty request (RFC 7143 11.10.4); the octets are taken
 * apart pair by pair as they come, so that only an unfinished pair is kept. The node owns its discoveries, and ends them when
 * it goes.
 */
#include "initiator/discovery.h"

#include "initiator/initiator-internal.h"
#include "protocol/target-address.h"
#include "protocol/text-pdu.h"

#include "world/banned.h"

#define PAIR_MAX        (TEXT_KEY_MAX + 1 + TEXT_VALUE_MAX + 1)
#define TARGET_NAME_MAX 223   /* RFC 7143 4.2.7.1 */
#define RESPONSES_MAX   16384 /* a target that says nothing, for ever */

struct Discovery {
  guint32 magic; /* DISCOVERY_MAGIC */
  Initiator *initiator;
  Session *session; /* a reference */
  DiscoverDone done;
  gpointer data;
  Timer timer; /* until the next Text Response */
  guint32 tag; /* of the exchange */
  gboolean is_asking;
  gboolean is_whole;
  guint responses;
  gsize text_bytes;
  GString *rest; /* a pair whose end has not come */
  TextReader pair;
  GPtrArray *targets; /* of DiscoveredTarget */
};

#define DISCOVERY_MAGIC 0xD15C0001u

static void
discovered_target_free (gpointer data)
{
  DiscoveredTarget *target = data;
  g_array_unref (target->portals);
  g_free (target->name);
  g_free (target);
}

static void
discovery_free (Discovery *discovery)
{
  CHECK (discovery, DISCOVERY_MAGIC);
  discovery->session->discovery = NULL;
  session_unref (discovery->session);
  timer_disarm (&discovery->timer);
  g_string_free (discovery->rest, TRUE);
  text_reader_clear (&discovery->pair);
  g_ptr_array_unref (discovery->targets);
  discovery->magic = 0;
  g_free (discovery);
}

/* ---- the end ---- */

/* Sessions that were there before it. */
static void
discovery_mark_sessions (const Discovery *discovery)
{
  const Initiator *initiator = discovery->initiator;
  for (guint i = 0; i < initiator->sessions->len; i++) {
    Session *session = initiator->sessions->pdata[i];
    session->is_discovered = initiator_has_discovered (initiator, session->target_name);
  }
}

static void
discovery_remember (const Discovery *discovery)
{
  for (guint i = 0; i < discovery->targets->len; i++) {
    const DiscoveredTarget *target = discovery->targets->pdata[i];
    g_hash_table_add (discovery->initiator->discovered, g_strdup (target->name));
  }
  discovery_mark_sessions (discovery);
}

/* Its session has left. */
static void
discovery_over (Discovery *discovery, const GError *error)
{
  g_autoptr (GError) own = NULL;
  if (discovery->is_whole) {
    discovery_remember (discovery);
    error = NULL;
  } else if (error == NULL) {
    own =
        g_error_new (INITIATOR_ERROR, INITIATOR_ERROR_CONNECTION_FAILED,
                     "discovery at '%s': the session ended early", discovery->session->target_name);
    error = own;
  }
  g_ptr_array_remove (discovery->initiator->discoveries, discovery);
  discovery->done (discovery->data, error == NULL ? discovery->targets : NULL, error);
  discovery_free (discovery);
}

static void
discovery_session_left (gpointer data, const GError *error)
{
  Discovery *discovery = data;
  CHECK (discovery, DISCOVERY_MAGIC);
  discovery_over (discovery, error);
}

static void
discovery_timed_out (gpointer data)
{
  Discovery *discovery = data;
  CHECK (discovery, DISCOVERY_MAGIC);
  connection_lose (discovery->session->connection, "no Text Response in time");
}

void
discovery_drop_all (Initiator *initiator)
{
  g_autoptr (GError) error =
      g_error_new (INITIATOR_ERROR, INITIATOR_ERROR_CONNECTION_FAILED, "the initiator went down");
  while (initiator->discoveries->len > 0) {
    Discovery *discovery = initiator->discoveries->pdata[0];
    discovery->is_whole = FALSE; /* who is told of targets may ask this node for a session to one */
    session_leave (discovery->session, error, "the initiator went down");
  }
}

/* ---- records ---- */

static gboolean
discovery_refuse (GError **error, const char *expected, const char *got)
{
  g_set_error (error, PROTOCOL_ERROR, PROTOCOL_ERROR_TEXT, "SendTargets: expected %s, got '%s'",
               expected, got);
  return FALSE;
}

static gboolean
discovery_begin_record (Discovery *discovery, const char *name, GError **error)
{
  if (*name == '\0' || strlen (name) > TARGET_NAME_MAX)
    return discovery_refuse (error, "a TargetName of 1 to 223 bytes", name);
  if (discovery->targets->len >= DISCOVERY_TARGETS_MAX)
    return discovery_refuse (error, "at most 4096 targets", name);
  DiscoveredTarget *target = g_new0 (DiscoveredTarget, 1);
  target->name = g_strdup (name);
  target->portals = g_array_new (FALSE, FALSE, sizeof (DiscoveredPortal));
  g_ptr_array_add (discovery->targets, target);
  return TRUE;
}

static gboolean
discovery_add_portal (Discovery *discovery, const char *value, GError **error)
{
  if (discovery->targets->len == 0)
    return discovery_refuse (error, "TargetName before the first TargetAddress", value);
  const DiscoveredTarget *target = discovery->targets->pdata[discovery->targets->len - 1];
  if (target->portals->len >= DISCOVERY_PORTALS_MAX)
    return discovery_refuse (error, "at most 256 addresses of a target", value);
  g_autoptr (GError) unreadable = NULL;
  DiscoveredPortal portal;
  if (target_address_parse (value, &portal.address, &portal.group_tag, &unreadable))
    g_array_append_val (target->portals, portal);
  else
    HOST_LOG (discovery->initiator->host, EVENT_DISCOVERY_SKIPPED, unreadable->message);
  return TRUE;
}

/* R-DISC-010: no other keys. `text` is one pair, of `length` octets with its NUL. */
static gboolean
discovery_take_pair (Discovery *discovery, const char *text, gsize length, GError **error)
{
  g_auto (Payload) payload = payload_of (slice_copy (text, length));
  text_reader_reset (&discovery->pair);
  if (!text_reader_add (&discovery->pair, &payload, error)
      || !text_reader_finish (&discovery->pair, error))
    return FALSE;
  const TextPair *pair = text_reader_get (&discovery->pair, 0);
  if (strcmp (pair->key, key_info (KEY_TARGET_NAME)->name) == 0)
    return discovery_begin_record (discovery, pair->value, error);
  if (strcmp (pair->key, key_info (KEY_TARGET_ADDRESS)->name) == 0)
    return discovery_add_portal (discovery, pair->value, error);
  return discovery_refuse (error, "TargetName or TargetAddress", pair->key);
}

static gboolean
discovery_take_text (Discovery *discovery, const Payload *data, GError **error)
{
  GString *rest = discovery->rest;
  discovery->text_bytes += data->length;
  if (discovery->text_bytes > DISCOVERY_TEXT_MAX)
    return discovery_refuse (error, "at most 4 MiB of text", "more");
  const Slice *slices = payload_slices (data);
  for (guint i = 0; i < data->count; i++)
    g_string_append_len (rest, (const char *) slices[i].bytes, (gssize) slices[i].length);
  gsize at = 0;
  const char *end;
  while ((end = memchr (rest->str + at, '\0', rest->len - at)) != NULL) {
    const gsize length = (gsize) (end - (rest->str + at)) + 1;
    if (!discovery_take_pair (discovery, rest->str + at, length, error))
      return FALSE;
    at += length;
  }
  g_string_erase (rest, 0, (gssize) at);
  return rest->len <= PAIR_MAX
         || discovery_refuse (error, "a pair of at most 8256 bytes", "a longer one");
}

/* R-DISC-014: a record without an address is here. */
static void
discovery_fill_portals (const Discovery *discovery)
{
  const DiscoveredPortal here = { discovery->session->redirect.here, TARGET_ADDRESS_NO_GROUP };
  for (guint i = 0; i < discovery->targets->len; i++) {
    const DiscoveredTarget *target = discovery->targets->pdata[i];
    if (target->portals->len == 0)
      g_array_append_val (target->portals, here);
  }
}

/* ---- the exchange ---- */

/* `last` is what is answered; NULL: the first request. R-TXTFFP-017, R-TXTFFP-029: tags and LUN as they came. Immediate, since a
 * discovery must not wait for a window. */
static void
discovery_ask (Discovery *discovery, const TextResponse *last)
{
  Session *session = discovery->session;
  Connection *connection = session->connection;
  g_autoptr (GString) text = g_string_new (NULL);
  if (last == NULL)
    text_write (text, key_info (KEY_SEND_TARGETS)->name, "All");
  const TextRequest request = {
    .immediate = 1,
    .is_final = 1,
    .lun = last != NULL ? last->lun : 0,
    .initiator_task_tag = discovery->tag,
    .target_transfer_tag = last != NULL ? last->target_transfer_tag : TAG_NONE,
    .cmd_sn = session->cmd_sn,
    .exp_stat_sn = connection->exp_stat_sn,
  };
  guint8 bhs[BHS_LENGTH];
  text_request_encode (&request, bhs);
  g_auto (Payload) payload = payload_of (slice_copy (text->str, text->len));
  discovery->is_asking = TRUE;
  timer_arm (&discovery->timer, discovery->initiator->profile->login_timeout_ns);
  connection_send (connection, bhs, &payload);
}

static void
discovery_connected (gpointer data, Session *session, const GError *error)
{
  Discovery *discovery = data;
  CHECK (discovery, DISCOVERY_MAGIC);
  if (error != NULL) {
    discovery_over (discovery, error);
    return;
  }
  session->disconnect_done = discovery_session_left; /* whatever ends it */
  session->disconnect_data = discovery;
  discovery->tag = session_new_tag (session);
  discovery_ask (discovery, NULL);
}

static gboolean
discovery_take_response (Discovery *discovery, const TextResponse *response, const Payload *data,
                         GError **error)
{
  discovery->is_asking = FALSE;
  timer_disarm (&discovery->timer);
  if (++discovery->responses > RESPONSES_MAX)
    return discovery_refuse (error, "at most 16384 responses", "more");
  if (!discovery_take_text (discovery, data, error))
    return FALSE;
  if (!response->is_continued && discovery->rest->len > 0)
    return discovery_refuse (error, "a NUL after the last pair", discovery->rest->str);
  return TRUE;
}

void
discovery_on_text_response (Connection *connection, const guint8 bhs[BHS_LENGTH],
                            const Payload *data)
{
  Discovery *discovery = connection->session->discovery;
  g_autoptr (GError) error = NULL;
  TextResponse response;
  text_response_decode (&response, bhs);
  if (discovery == NULL || !discovery->is_asking || response.initiator_task_tag != discovery->tag) {
    connection_lose_printf (connection, "Text Response: expected none with ITT 0x%x, got one",
                            response.initiator_task_tag);
    return;
  }
  if (!connection_take_stat_sn (connection, response.stat_sn))
    return;
  if (!discovery_take_response (discovery, &response, data, &error)) {
    connection_lose_printf (connection, "%s", error->message);
    return;
  }
  if (!response.is_final) {
    discovery_ask (discovery, &response);
    return;
  }
  discovery_fill_portals (discovery);
  discovery->is_whole = TRUE;
  discovery->session->is_leaving = TRUE;
  connection_logout (connection);
}

/* ---- for the node ---- */

void
initiator_discover (Initiator *initiator, const Address *portal, DiscoverDone done, gpointer data)
{
  CHECK (initiator, INITIATOR_MAGIC);
  Discovery *discovery = g_new0 (Discovery, 1);
  discovery->magic = DISCOVERY_MAGIC;
  discovery->initiator = initiator;
  discovery->done = done;
  discovery->data = data;
  discovery->rest = g_string_new (NULL);
  discovery->targets = g_ptr_array_new_with_free_func (discovered_target_free);
  text_reader_init (&discovery->pair);
  timer_init (&discovery->timer, initiator->host, discovery_timed_out, discovery);
  g_ptr_array_add (initiator->discoveries, discovery);
  discovery->session = session_new_discovery (initiator, portal, discovery);
  discovery->session->connect_done = discovery_connected;
  discovery->session->connect_data = discovery;
  session_try_login (discovery->session);
}

gboolean
initiator_has_discovered (const Initiator *initiator, const char *target_name)
{
  CHECK (initiator, INITIATOR_MAGIC);
  return g_hash_table_contains (initiator->discovered, target_name);
}
