/* SPDX-License-Identifier: Apache-2.0 */
/* wire.h - a target in a simulated world, and an initiator that is nothing but a stream and a list of PDUs
 *
 * For the tests in this folder: what is sent is written field by field, what comes back is read field by field. */
#pragma once

#include "protocol/data.h"
#include "protocol/events.h"
#include "protocol/framer.h"
#include "protocol/login.h"
#include "protocol/logout.h"
#include "protocol/nop.h"
#include "protocol/reject.h"
#include "protocol/scsi/scsi.h"
#include "target-sim/target.h"
#include "world/sim/sim.h"

#define LAB_NAME      "iqn.2026-01.com.example:disk"
#define LAB_INITIATOR "iqn.2026-01.com.example:host"
#define LAB_BLOCKS    4096

typedef struct Lab {
  World *world;
  Host *target_host;
  Host *client_host;
  Address address;
  Store *store;
  KeyValues wanted;
  TargetConfig config;
  TargetLunConfig lun;
  TargetPortalConfig portal;
  TargetSim *target;
} Lab;

typedef struct WirePdu {
  guint8 bhs[BHS_LENGTH];
  GBytes *data;
} WirePdu;

typedef struct Wire {
  Lab *lab;
  Stream *stream;
  Framer framer;
  GQueue pdus; /* of WirePdu */
  gboolean is_connected;
  gboolean has_ended;
  StreamEnd end;
  guint32 cmd_sn; /* next */
  guint32 itt;    /* next */
  guint16 tsih;
  guint64 isid;
  guint16 cid;
} Wire;

static inline void
lab_init (Lab *lab)
{
  const SimConfig config = { .seed = 1, .events = target_sim_event_families () };
  *lab = (Lab){ 0 };
  lab->world = sim_world_new (&config);
  lab->target_host = world_host_new (lab->world, "target", NULL);
  lab->client_host = world_host_new (lab->world, "client", NULL);
  g_assert_true (world_address_new (lab->world, lab->target_host, &lab->address, NULL));
  lab->store = store_ram_new (LAB_BLOCKS * 512);
  lab->lun = (TargetLunConfig){ 0, 512, lab->store };
  lab->portal = (TargetPortalConfig){ lab->address, 1 };
  target_wanted_init (&lab->wanted);
  target_config_init (&lab->config);
  lab->config.name = LAB_NAME;
  lab->config.power_on_unit_attention = FALSE; /* so that the first command is answered by itself */
  lab->config.portals = &lab->portal;
  lab->config.portal_count = 1;
  lab->config.luns = &lab->lun;
  lab->config.lun_count = 1;
  lab->config.wanted = &lab->wanted;
}

static inline void
lab_start (Lab *lab)
{
  GError *error = NULL;
  lab->target = target_sim_new (lab->target_host, &lab->config, &error);
  g_assert_no_error (error);
}

static inline void
lab_clear (Lab *lab)
{
  target_sim_free (lab->target);
  store_free (lab->store);
  key_values_clear (&lab->wanted);
  world_free (lab->world);
}

static inline void
lab_run_ns (Lab *lab, gint64 duration_ns)
{
  const gint64 until = lab->world->now_ns + duration_ns;
  world_wake_at (lab->world, until);
  while (lab->world->now_ns < until && world_step (lab->world))
    ;
}

/* ---- the wire ---- */

static inline void
wire_pdu_free (gpointer data)
{
  WirePdu *pdu = data;
  g_bytes_unref (pdu->data);
  g_free (pdu);
}

static inline void
wire_keep (Wire *wire)
{
  WirePdu *pdu = g_new0 (WirePdu, 1);
  const gsize length = wire->framer.data.length;
  guint8 *bytes = g_malloc (length + 1);
  payload_copy_out (&wire->framer.data, 0, bytes, length);
  bytes[length] = 0;
  memcpy (pdu->bhs, wire->framer.bhs, BHS_LENGTH);
  pdu->data = g_bytes_new_take (bytes, length);
  g_queue_push_tail (&wire->pdus, pdu);
}

static inline void
wire_on_data (gpointer owner, const Slice *slice)
{
  Wire *wire = owner;
  Slice mine = slice_ref (slice);
  GError *error = NULL;
  while (framer_next (&wire->framer, &mine, &error) == FRAMER_PDU)
    wire_keep (wire);
  g_assert_no_error (error);
  slice_clear (&mine);
}

static inline void
wire_on_connected (gpointer owner)
{
  Wire *wire = owner;
  wire->is_connected = TRUE;
}

static inline void
wire_on_ended (gpointer owner, StreamEnd end)
{
  Wire *wire = owner;
  wire->has_ended = TRUE;
  wire->end = end;
}

static inline void
wire_open (Wire *wire, Lab *lab)
{
  static const StreamEvents events = { .connected = wire_on_connected,
                                       .data = wire_on_data,
                                       .ended = wire_on_ended };
  *wire =
      (Wire){ .lab = lab, .cmd_sn = 100, .itt = 1, .isid = UINT64_C (0x800000000001), .cid = 1 };
  framer_init (&wire->framer, 16 * 1024 * 1024 - 1);
  g_queue_init (&wire->pdus);
  wire->stream = stream_connect (lab->client_host, &lab->address, &events, wire);
  while (!wire->is_connected && !wire->has_ended && world_step (lab->world))
    ;
}

static inline void
wire_close (Wire *wire)
{
  stream_free (wire->stream);
  framer_clear (&wire->framer);
  g_queue_clear_full (&wire->pdus, wire_pdu_free);
}

static inline void
wire_send (Wire *wire, guint8 bhs[BHS_LENGTH], const void *data, gsize length)
{
  g_auto (Payload) payload = payload_of (slice_copy (data, length));
  pdu_send (wire->stream, wire->stream->id, bhs, &payload);
}

/* The next PDU, which must be of this kind; the caller frees it. */
static inline WirePdu *
wire_expect (Wire *wire, Opcode opcode)
{
  while (wire->pdus.length == 0 && !wire->has_ended && world_step (wire->lab->world))
    ;
  WirePdu *pdu = g_queue_pop_head (&wire->pdus);
  g_assert_nonnull (pdu);
  g_assert_cmpstr (opcode_name (bhs_opcode (pdu->bhs)), ==, opcode_name (opcode));
  return pdu;
}

static inline void
wire_expect_end (Wire *wire, StreamEnd end)
{
  while (!wire->has_ended && world_step (wire->lab->world))
    ;
  g_assert_true (wire->has_ended);
  g_assert_cmpstr (stream_end_name (wire->end), ==, stream_end_name (end));
  g_assert_cmpuint (wire->pdus.length, ==, 0);
}

/* Nothing comes within a second. */
static inline void
wire_expect_silence (Wire *wire)
{
  lab_run_ns (wire->lab, NS_PER_S);
  g_assert_cmpuint (wire->pdus.length, ==, 0);
  g_assert_false (wire->has_ended);
}

/* ---- login ---- */

#define WIRE_LOGIN_KEYS                                                                            \
  "InitiatorName=" LAB_INITIATOR "\0TargetName=" LAB_NAME "\0SessionType=Normal\0"                 \
  "MaxRecvDataSegmentLength=4096\0MaxBurstLength=16384\0FirstBurstLength=8192\0"                   \
  "InitialR2T=No\0ImmediateData=Yes\0"

static inline LoginRequest
wire_login_request (const Wire *wire)
{
  return (LoginRequest){
    .immediate = 1,
    .transit = 1,
    .current_stage = LOGIN_STAGE_OPERATIONAL,
    .next_stage = LOGIN_STAGE_FULL_FEATURE,
    .isid = wire->isid,
    .tsih = wire->tsih,
    .initiator_task_tag = 0x77,
    .cid = wire->cid,
    .cmd_sn = wire->cmd_sn,
  };
}

/* Sends and returns the status; the response's text, NULs as newlines, goes to *ret_text unless NULL. */
static inline LoginResponse
wire_login_exchange (Wire *wire, const LoginRequest *request, const char *keys, gsize length,
                     char **ret_text)
{
  guint8 bhs[BHS_LENGTH];
  login_request_encode (request, bhs);
  wire_send (wire, bhs, keys, length);
  WirePdu *pdu = wire_expect (wire, OPCODE_LOGIN_RESPONSE);
  LoginResponse response;
  login_response_decode (&response, pdu->bhs);
  if (ret_text != NULL) {
    gsize size;
    const char *bytes = g_bytes_get_data (pdu->data, &size);
    *ret_text = size == 0 ? g_strdup ("") : g_memdup2 (bytes, size);
    for (gsize i = 0; i + 1 < size; i++)
      if ((*ret_text)[i] == '\0')
        (*ret_text)[i] = '\n';
  }
  wire_pdu_free (pdu);
  return response;
}

static inline void
wire_login_with (Wire *wire, const char *keys, gsize length)
{
  const LoginRequest request = wire_login_request (wire);
  const LoginResponse response = wire_login_exchange (wire, &request, keys, length, NULL);
  g_assert_cmphex (response.status, ==, LOGIN_STATUS_SUCCESS);
  g_assert_cmpuint (response.transit, ==, 1);
  wire->tsih = response.tsih;
}

static inline void
wire_login (Wire *wire)
{
  wire_login_with (wire, WIRE_LOGIN_KEYS, sizeof WIRE_LOGIN_KEYS - 1);
}

/* ---- commands ---- */

static inline ScsiCommand
wire_command (Wire *wire, const guint8 cdb[CDB_LENGTH], guint32 expected_length)
{
  ScsiCommand command = {
    .is_final = 1,
    .attributes = 1,
    .initiator_task_tag = wire->itt++,
    .expected_length = expected_length,
    .cmd_sn = wire->cmd_sn++,
  };
  scsi_command_set_cdb (&command, cdb);
  return command;
}

static inline ScsiCommand
wire_blocks (Wire *wire, ScsiOp op, guint64 lba, guint32 blocks)
{
  guint8 cdb[CDB_LENGTH];
  cdb_build_blocks (cdb, op, lba, blocks);
  ScsiCommand command = wire_command (wire, cdb, blocks * 512);
  command.reads = op == SCSI_OP_READ_10 || op == SCSI_OP_READ_16;
  command.writes = !command.reads;
  return command;
}

static inline void
wire_send_command (Wire *wire, const ScsiCommand *command, const void *data, gsize length)
{
  guint8 bhs[BHS_LENGTH];
  scsi_command_encode (command, bhs);
  wire_send (wire, bhs, data, length);
}

static inline void
wire_send_data (Wire *wire, const DataOut *data_out, const void *data)
{
  guint8 bhs[BHS_LENGTH];
  data_out_encode (data_out, bhs);
  wire_send (wire, bhs, (const guint8 *) data + data_out->buffer_offset,
             data_out->data_segment_length);
}

static inline ScsiResponse
wire_expect_response (Wire *wire, Sense *ret_sense)
{
  WirePdu *pdu = wire_expect (wire, OPCODE_SCSI_RESPONSE);
  ScsiResponse response;
  scsi_response_decode (&response, pdu->bhs);
  if (ret_sense != NULL) {
    gsize size;
    const guint8 *bytes = g_bytes_get_data (pdu->data, &size);
    g_assert_cmpuint (size, ==, 2 + SENSE_FIXED_LENGTH);
    g_assert_true (sense_decode (bytes + 2, size - 2, ret_sense));
  }
  wire_pdu_free (pdu);
  return response;
}

static inline R2t
wire_expect_r2t (Wire *wire)
{
  WirePdu *pdu = wire_expect (wire, OPCODE_R2T);
  R2t request;
  r2t_decode (&request, pdu->bhs);
  wire_pdu_free (pdu);
  return request;
}

static inline void
wire_expect_reject (Wire *wire, RejectReason reason)
{
  WirePdu *pdu = wire_expect (wire, OPCODE_REJECT);
  Reject rejected;
  reject_decode (&rejected, pdu->bhs);
  g_assert_cmpstr (reject_reason_name (rejected.reason), ==, reject_reason_name (reason));
  g_assert_cmphex (rejected.initiator_task_tag, ==, TAG_NONE);
  g_assert_cmpuint (g_bytes_get_size (pdu->data), ==, BHS_LENGTH);
  wire_pdu_free (pdu);
}

/* Data-In PDUs until the one with the status, into `bytes`; each is checked for its number and offset. */
static inline DataIn
wire_expect_data_in (Wire *wire, guint8 *bytes, gsize room)
{
  DataIn data_in;
  gsize offset = 0;
  guint32 data_sn = 0;
  do {
    WirePdu *pdu = wire_expect (wire, OPCODE_DATA_IN);
    data_in_decode (&data_in, pdu->bhs);
    gsize size;
    const guint8 *data = g_bytes_get_data (pdu->data, &size);
    g_assert_cmpuint (data_in.data_sn, ==, data_sn++);
    g_assert_cmpuint (data_in.buffer_offset, ==, offset);
    g_assert_cmpuint (offset + size, <=, room);
    memcpy (bytes + offset, data, size);
    offset += size;
    wire_pdu_free (pdu);
  } while (!data_in.has_status);
  g_assert_cmpuint (data_in.is_final, ==, 1);
  return data_in;
}

static inline guint8 *
pattern_new (gsize length, guint8 first)
{
  guint8 *bytes = g_malloc (length);
  for (gsize i = 0; i < length; i++)
    bytes[i] = (guint8) (first + i + i / 509);
  return bytes;
}
