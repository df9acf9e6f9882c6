/* SPDX-License-Identifier: Apache-2.0 */
/* wire.c - connections of a wire actor, and the numbers that it keeps
 *
 * What comes is framed and numbered as it arrives, not when the script asks for it, so that an ExpStatSN that is left open
 * acknowledges what is really here.
 */
#include "harness/wire/wire.h"

#include "protocol/events.h"
#include "protocol/numbers.h"

void
wire_pdu_free (WirePdu *pdu)
{
  if (pdu == NULL)
    return;
  slice_clear (&pdu->data);
  g_free (pdu);
}

static void
wire_changed (const Wire *wire)
{
  if (wire->changed != NULL)
    wire->changed (wire->data);
}

/* ---- numbers ---- */

static guint64
field_value (const guint8 bhs[BHS_LENGTH], const char *name, guint64 otherwise)
{
  const PduType *type = pdu_type (bhs_opcode (bhs));
  const PduField *field = type != NULL ? pdu_field (type, name) : NULL;
  return field != NULL ? wire_get (bhs, field->byte, field->shift, field->bits) : otherwise;
}

static gboolean
pdu_has_field (const guint8 bhs[BHS_LENGTH], const char *name)
{
  const PduType *type = pdu_type (bhs_opcode (bhs));
  return type != NULL && pdu_field (type, name) != NULL;
}

/* Opens a task of its own, so that it gets a tag of its own. */
static gboolean
pdu_begins_task (const guint8 bhs[BHS_LENGTH])
{
  const guint8 opcode = bhs_opcode (bhs);
  return opcode != OPCODE_LOGIN_REQUEST && pdu_has_field (bhs, "CmdSN");
}

static void
wire_learn_request (Wire *wire, const guint8 bhs[BHS_LENGTH])
{
  wire->task_tag = bhs_initiator_task_tag (bhs);
  if (!pdu_has_field (bhs, "CmdSN"))
    return;
  const guint32 cmd_sn = (guint32) field_value (bhs, "CmdSN", 0);
  if (bhs_opcode (bhs) == OPCODE_LOGIN_REQUEST)
    wire->exp_cmd_sn = cmd_sn; /* R-LOGIN-050 */
  else if (field_value (bhs, "I", 0) == 0)
    wire->exp_cmd_sn = cmd_sn + 1;
  wire->max_cmd_sn = wire->exp_cmd_sn + WIRE_WINDOW - 1;
}

static void
wire_learn (Wire *wire, const guint8 bhs[BHS_LENGTH])
{
  if (wire->is_target)
    wire_learn_request (wire, bhs);
  else if (pdu_uses_stat_sn (bhs))
    wire->exp_stat_sn = (guint32) field_value (bhs, "StatSN", 0) + 1;
}

/* A member of the actor, or with offset 0 the constant. */
typedef struct FillRow {
  const char *name;
  gboolean is_of_target;
  gsize offset;
  guint32 constant;
  int not_of; /* this opcode leaves it 0; -1: none */
} FillRow;

#define AT(member) G_STRUCT_OFFSET (Wire, member)

static const FillRow fill_rows[] = {
  { "CmdSN", FALSE, AT (cmd_sn), 0, -1 },
  { "ExpStatSN", FALSE, AT (exp_stat_sn), 0, -1 },
  { "ITT", FALSE, AT (task_tag), 0, -1 },
  { "F", FALSE, 0, 1, -1 },
  { "TTT", FALSE, 0, TAG_NONE, -1 },
  { "StatSN", TRUE, AT (stat_sn), 0, -1 },
  { "ExpCmdSN", TRUE, AT (exp_cmd_sn), 0, -1 },
  { "MaxCmdSN", TRUE, AT (max_cmd_sn), 0, -1 },
  { "ITT", TRUE, AT (task_tag), 0, OPCODE_REJECT },
  { "F", TRUE, 0, 1, -1 },
  { "TTT", TRUE, 0, TAG_NONE, OPCODE_R2T },
};

#undef AT

static void
fill_field (guint8 bhs[BHS_LENGTH], const char *name, guint64 value, const char *const *given)
{
  const PduType *type = pdu_type (bhs_opcode (bhs));
  const PduField *field = type != NULL ? pdu_field (type, name) : NULL;
  if (field != NULL && !g_strv_contains (given, name))
    wire_set (bhs, field->byte, field->shift, field->bits, value);
}

void
wire_fill (Wire *wire, guint8 bhs[BHS_LENGTH], const char *const *given)
{
  CHECK (wire, WIRE_MAGIC);
  const guint8 opcode = bhs_opcode (bhs);
  if (!wire->is_target && pdu_begins_task (bhs) && !g_strv_contains (given, "ITT"))
    wire->task_tag++;
  for (guint i = 0; i < G_N_ELEMENTS (fill_rows); i++) {
    const FillRow *row = &fill_rows[i];
    if (row->is_of_target != wire->is_target || row->not_of == opcode)
      continue;
    const guint32 value =
        row->offset != 0 ? *(const guint32 *) ((const guint8 *) wire + row->offset) : row->constant;
    fill_field (bhs, row->name, value, given);
  }
  if (opcode == OPCODE_LOGIN_REQUEST) /* R-LOGIN-041 */
    fill_field (bhs, "I", 1, given);
  if (opcode == OPCODE_REJECT) /* R-REJ-018 */
    fill_field (bhs, "ITT", TAG_NONE, given);
}

void
wire_count (Wire *wire, const guint8 bhs[BHS_LENGTH], const char *const *given)
{
  const guint8 opcode = bhs_opcode (bhs);
  if (wire->is_target) {
    wire->stat_sn += pdu_uses_stat_sn (bhs) && !g_strv_contains (given, "StatSN");
    return;
  }
  if (opcode == OPCODE_LOGIN_REQUEST)
    wire->cmd_sn = (guint32) field_value (bhs, "CmdSN", 0); /* R-LOGIN-049 */
  else if (pdu_has_field (bhs, "CmdSN") && field_value (bhs, "I", 0) == 0
           && !g_strv_contains (given, "CmdSN"))
    wire->cmd_sn++;
}

/* ---- a connection ---- */

static void
line_take_pdu (WireLine *line)
{
  Wire *wire = line->wire;
  WirePdu *pdu = g_new0 (WirePdu, 1);
  memcpy (pdu->bhs, line->framer.bhs, BHS_LENGTH);
  pdu->data = payload_join (&line->framer.data);
  pdu_log_received (wire->host, line->id, pdu->bhs);
  g_queue_push_tail (&line->received, pdu);
  wire_learn (wire, pdu->bhs);
}

static void
line_on_data (gpointer owner, const Slice *slice)
{
  WireLine *line = owner;
  CHECK (line, WIRE_LINE_MAGIC);
  Slice rest = slice_ref (slice);
  while (framer_next (&line->framer, &rest, NULL) == FRAMER_PDU)
    line_take_pdu (line);
  slice_clear (&rest);
  if (line->received.length > WIRE_RECEIVED_MOST) {
    stream_reset (line->stream);
    line->has_ended = TRUE;
    line->end = STREAM_END_RST;
  }
  wire_changed (line->wire);
}

static void
line_on_connected (gpointer owner)
{
  WireLine *line = owner;
  CHECK (line, WIRE_LINE_MAGIC);
  line->is_connected = TRUE;
  wire_changed (line->wire);
}

static void
line_on_ended (gpointer owner, StreamEnd end)
{
  WireLine *line = owner;
  CHECK (line, WIRE_LINE_MAGIC);
  line->has_ended = TRUE;
  line->end = end;
  wire_changed (line->wire);
}

static const StreamEvents line_events = {
  .connected = line_on_connected,
  .data = line_on_data,
  .ended = line_on_ended,
};

static WireLine *
line_new (Wire *wire)
{
  WireLine *line = g_new0 (WireLine, 1);
  line->magic = WIRE_LINE_MAGIC;
  line->wire = wire;
  framer_init (&line->framer, WIRE_SEGMENT_MAX);
  g_queue_init (&line->received);
  return line;
}

static void
line_free (gpointer data)
{
  WireLine *line = data;
  if (line == NULL)
    return;
  stream_free (line->stream);
  framer_clear (&line->framer);
  g_queue_clear_full (&line->received, (GDestroyNotify) wire_pdu_free);
  line->magic = 0;
  g_free (line);
}

static void
wire_on_accepted (gpointer owner, Listener *listener, Stream *stream)
{
  Wire *wire = owner;
  CHECK (wire, WIRE_MAGIC);
  WireLine *line = line_new (wire);
  line->stream = stream;
  line->id = stream->id;
  line->is_connected = TRUE;
  stream_attach (stream, &line_events, line);
  g_queue_push_tail (&wire->accepted, line);
  wire_changed (wire);
}

static const ListenerEvents listener_events = { .accepted = wire_on_accepted };

/* ---- an actor ---- */

static Wire *
wire_new (Host *host, gboolean is_target)
{
  Wire *wire = g_new0 (Wire, 1);
  wire->magic = WIRE_MAGIC;
  wire->host = host;
  wire->is_target = is_target;
  wire->cmd_sn = wire->stat_sn = 1;
  g_queue_init (&wire->accepted);
  return wire;
}

Wire *
wire_initiator_new (Host *host)
{
  return wire_new (host, FALSE);
}

Wire *
wire_target_new (Host *host, const Address *address, GError **error)
{
  Wire *wire = wire_new (host, TRUE);
  wire->listener = listener_new (host, address, &listener_events, wire, error);
  if (wire->listener != NULL)
    return wire;
  wire_free (wire);
  return NULL;
}

void
wire_free (Wire *wire)
{
  if (wire == NULL)
    return;
  CHECK (wire, WIRE_MAGIC);
  listener_free (wire->listener);
  g_queue_clear_full (&wire->accepted, line_free);
  line_free (wire->line);
  wire->magic = 0;
  g_free (wire);
}

void
wire_connect (Wire *wire, const Address *portal)
{
  CHECK (wire, WIRE_MAGIC);
  line_free (wire->line);
  wire->line = line_new (wire);
  wire->line->stream = stream_connect (wire->host, portal, &line_events, wire->line);
  wire->line->id = wire->line->stream->id;
}

gboolean
wire_accept (Wire *wire)
{
  CHECK (wire, WIRE_MAGIC);
  WireLine *line = g_queue_pop_head (&wire->accepted);
  if (line == NULL)
    return FALSE;
  line_free (wire->line);
  wire->line = line;
  /* What came on it meanwhile may have been overtaken in the numbers by the one before. */
  const WirePdu *last = g_queue_peek_tail (&line->received);
  if (last != NULL)
    wire_learn (wire, last->bhs);
  return TRUE;
}

void
wire_send_octets (Wire *wire, Slice octets)
{
  CHECK (wire, WIRE_MAGIC);
  if (wire->line != NULL && wire->line->stream != NULL)
    stream_send (wire->line->stream, octets);
  else
    slice_clear (&octets);
}

void
wire_send (Wire *wire, const guint8 bhs[BHS_LENGTH], const Slice *data)
{
  CHECK (wire, WIRE_MAGIC);
  const gsize padded = (data->length + 3) / 4 * 4; /* R-PDU-005 */
  Buffer *buffer = buffer_new (BHS_LENGTH + padded);
  memset (buffer->bytes, 0, buffer->size);
  memcpy (buffer->bytes, bhs, BHS_LENGTH);
  if (data->length > 0)
    memcpy (buffer->bytes + BHS_LENGTH, data->bytes, data->length);
  HOST_LOG (wire->host, EVENT_PDU_SENT, NULL, wire->line != NULL ? wire->line->id : 0,
            bhs_opcode (bhs), bhs_initiator_task_tag (bhs), wire_get (bhs, 24, 0, 32),
            field_value (bhs, "DataSN", 0), bhs_data_segment_length (bhs));
  wire_send_octets (wire, slice_whole (buffer));
}

WirePdu *
wire_take (Wire *wire)
{
  CHECK (wire, WIRE_MAGIC);
  return wire->line != NULL ? g_queue_pop_head (&wire->line->received) : NULL;
}

void
wire_close (Wire *wire)
{
  CHECK (wire, WIRE_MAGIC);
  if (wire->line != NULL && wire->line->stream != NULL)
    stream_shutdown (wire->line->stream);
}

void
wire_reset (Wire *wire)
{
  CHECK (wire, WIRE_MAGIC);
  if (wire->line != NULL && wire->line->stream != NULL && !wire->line->has_ended)
    stream_reset (wire->line->stream);
}
