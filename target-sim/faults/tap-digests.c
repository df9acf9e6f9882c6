/* SPDX-License-Identifier: Apache-2.0 */
/* tap-digests.c - how the tap knows that a connection has digests, and what it does to them
 *
 * A digest is in no length field, so whoever follows the bytes must know what was agreed on. The tap learns it as the ends do,
 * from the login that passes: of HeaderDigest and DataDigest, whoever names a key second has answered. The answers count from
 * the last response of the login on, in both directions. Text that makes no sense is passed over: the ends judge it.
 *
 * Not here: a fault that changes the login's own text. The tap believes what was sent.
 */
#include "protocol/login.h"
#include "target-sim/faults/plan-internal.h"

#include "world/banned.h"

static gboolean
login_follows (const TapLogin *login, const guint8 bhs[BHS_LENGTH])
{
  const guint8 opcode = bhs_opcode (bhs);
  return !login->is_over && (opcode == OPCODE_LOGIN_REQUEST || opcode == OPCODE_LOGIN_RESPONSE);
}

static void
login_note (TapLogin *login, StreamDirection way, KeyId key, const char *value)
{
  const guint side = 1u << way;
  if ((login->named[key] | side) == side) {
    login->named[key] = side;
    return;
  }
  const guint32 number =
      strcmp (value, "CRC32C") == 0 ? (guint32) DIGEST_CRC32C : (guint32) DIGEST_NONE;
  login->agreed.number[key] = number;
}

static void
login_read (TapLogin *login, StreamDirection way)
{
  static const KeyId keys[] = { KEY_HEADER_DIGEST, KEY_DATA_DIGEST };
  TextReader *text = &login->text[way];
  const gboolean is_text = text_reader_finish (text, NULL);
  for (guint i = 0; is_text && i < G_N_ELEMENTS (keys); i++) {
    const char *value = text_reader_find (text, key_info (keys[i])->name);
    if (value != NULL)
      login_note (login, way, keys[i], value);
  }
  text_reader_reset (text);
}

/* The response that ends the login phase: RFC 7143 11.13. */
static gboolean
is_last_response (const guint8 bhs[BHS_LENGTH])
{
  LoginResponse response;
  if (bhs_opcode (bhs) != OPCODE_LOGIN_RESPONSE)
    return FALSE;
  login_response_decode (&response, bhs);
  return response.status == LOGIN_STATUS_SUCCESS && response.transit
         && response.next_stage == LOGIN_STAGE_FULL_FEATURE;
}

void
tap_login_init (TapLogin *login)
{
  for (guint i = 0; i < G_N_ELEMENTS (login->text); i++)
    text_reader_init (&login->text[i]);
  key_values_init (&login->agreed);
}

void
tap_login_clear (TapLogin *login)
{
  for (guint i = 0; i < G_N_ELEMENTS (login->text); i++)
    text_reader_clear (&login->text[i]);
  key_values_clear (&login->agreed);
}

void
flow_follow_login (TapFlow *flow)
{
  Tap *tap = flow->tap;
  TapLogin *login = &tap->login;
  const guint8 *bhs = flow->framer.bhs;
  LoginRequest header; /* C is at one place in requests and responses */
  if (!login_follows (login, bhs))
    return;
  login_request_decode (&header, bhs);
  if (text_reader_add (&login->text[flow->way], &flow->framer.data, NULL) && !header.is_continued)
    login_read (login, flow->way);
  if (!is_last_response (bhs))
    return;
  login->is_over = TRUE;
  for (guint i = 0; i < 2; i++)
    tap->flows[i].framer.digests = digests_agreed (&login->agreed);
}

/* ---- damage ---- */

static guint
header_digest_offset (const Framer *framer)
{
  return BHS_LENGTH + framer->ahs_length;
}

gboolean
flow_has_digest (const TapFlow *flow, FaultAct act)
{
  const Framer *framer = &flow->framer;
  if (act == FAULT_ACT_HEADER_DIGEST)
    return framer->digests.header;
  return framer->digests.data && bhs_data_segment_length (framer->bhs) > 0; /* R-DIG-002 */
}

void
flow_damage_digest (TapFlow *flow, FaultAct act)
{
  g_auto (Payload) whole = flow->pending;
  const gsize at = act == FAULT_ACT_HEADER_DIGEST ? header_digest_offset (&flow->framer)
                                                  : whole.length - DIGEST_LENGTH;
  guint8 octet;
  CHECK_THAT (at < whole.length);
  payload_copy_out (&whole, at, &octet, 1);
  octet ^= 1;
  /* What was sent is shared with its sender: only this octet is a copy. */
  flow->pending = PAYLOAD_EMPTY;
  payload_append_part (&flow->pending, &whole, 0, at);
  payload_append (&flow->pending, slice_copy (&octet, 1));
  payload_append_part (&flow->pending, &whole, at + 1, whole.length - at - 1);
}
