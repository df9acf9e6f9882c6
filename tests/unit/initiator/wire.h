/* SPDX-License-Identifier: Apache-2.0 */
/* wire.h - an initiator in a simulated world, and a target that is nothing but a listener and lists of PDUs
 *
 * For the tests in this folder: what the initiator sends is read field by field, what it gets is written field by field. Each
 * connection that it opens is a Wire, in the order of opening. Latency is 50 us and never more, so that a test can name times.
 */
#pragma once

#include "initiator/events.h"
#include "initiator/initiator.h"
#include "protocol/data.h"
#include "protocol/events.h"
#include "protocol/framer.h"
#include "protocol/logout.h"
#include "protocol/negotiation.h"
#include "protocol/nop.h"
#include "protocol/reject.h"
#include "protocol/tmf.h"
#include "world/sim/sim.h"
#include "world/world-events.h"

#define LAB_TARGET    "iqn.2026-01.com.example:disk"
#define LAB_INITIATOR "iqn.2026-01.com.example:host"
#define LAB_TSIH      0x1234
#define LAB_WINDOW    32u
#define LAB_BLOCK     512u
#define LATENCY_NS    (50 * NS_PER_US)
#define TIME2WAIT_NS                                                                               \
  (2 * NS_PER_S) /* the default, which the answers of this target leave as it is */
#define FIRST_STAT_SN   7000u
#define ANSWERS_MAX     8
#define CONNECTIONS_MAX 64

typedef struct Lab Lab;

typedef struct WirePdu {
  guint8 bhs[BHS_LENGTH];
  gint64 time_ns; /* of its arrival */
  guint8 *data;   /* a NUL more than `length` */
  gsize length;
} WirePdu;

typedef struct Wire {
  Lab *lab;
  Stream *stream;
  guint8 ahs[32]; /* of the PDU that came last */
  guint ahs_length;
  Framer framer;
  GQueue pdus;       /* of WirePdu */
  GByteArray *first; /* octets, as they came */
  gint64 opened_ns;
  gboolean has_ended;
  StreamEnd end;
  gint64 ended_ns;
  guint64 isid;    /* of the last Login Request */
  guint32 stat_sn; /* next */
  guint32 exp_cmd_sn;
  guint32 max_cmd_sn;
} Wire;

struct Lab {
  World *world;
  Host *host;
  Host *target_host;
  Address address;
  Listener *listener;
  InitiatorProfile profile;
  Initiator *initiator;
  guint window;                     /* MaxCmdSN - ExpCmdSN + 1 in what the target sends */
  const char *answers[ANSWERS_MAX]; /* "Key=value": instead of agreeing with what is offered */
  Wire *wires[CONNECTIONS_MAX];
  guint wire_count;
  guint wires_taken;

  guint connects;   /* how many are done */
  Session *session; /* of the last one */
  GError *connect_error;
  guint disconnects;
  GError *disconnect_error;
  GString *finished; /* names of the jobs that are done, in order */
  GString *down;     /* why the last session went down; empty: none did */
};

/* ---- life ---- */

static inline void
wire_pdu_free (WirePdu *pdu)
{
  if (pdu == NULL)
    return;
  g_free (pdu->data);
  g_free (pdu);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WirePdu, wire_pdu_free)

static inline void
wire_pdu_free_any (gpointer data)
{
  wire_pdu_free (data);
}

static inline void
wire_note (Wire *wire, const WirePdu *pdu)
{
  if (bhs_opcode (pdu->bhs) == OPCODE_LOGIN_REQUEST) {
    LoginRequest request;
    login_request_decode (&request, pdu->bhs);
    wire->isid = request.isid;
    wire->exp_cmd_sn = request.cmd_sn;
  } else if (bhs_opcode (pdu->bhs) == OPCODE_SCSI_COMMAND) {
    ScsiCommand command;
    scsi_command_decode (&command, pdu->bhs);
    wire->exp_cmd_sn = command.cmd_sn + 1;
  } else
    return;
  wire->max_cmd_sn = wire->exp_cmd_sn + wire->lab->window - 1;
}

static inline void
wire_keep (Wire *wire)
{
  WirePdu *pdu = g_new0 (WirePdu, 1);
  pdu->time_ns = wire->lab->world->now_ns;
  pdu->length = wire->framer.data.length;
  pdu->data = g_malloc0 (pdu->length + 1);
  payload_copy_out (&wire->framer.data, 0, pdu->data, pdu->length);
  memcpy (pdu->bhs, wire->framer.bhs, BHS_LENGTH);
  wire->ahs_length = MIN (wire->framer.ahs_length, sizeof wire->ahs);
  if (wire->ahs_length > 0)
    memcpy (wire->ahs, wire->framer.ahs, wire->ahs_length);
  wire_note (wire, pdu);
  g_queue_push_tail (&wire->pdus, pdu);
}

static inline void
wire_on_data (gpointer owner, const Slice *slice)
{
  Wire *wire = owner;
  Slice mine = slice_ref (slice);
  GError *error = NULL;
  if (wire->first->len < BHS_LENGTH)
    g_byte_array_append (wire->first, slice->bytes, (guint) slice->length);
  while (framer_next (&wire->framer, &mine, &error) == FRAMER_PDU)
    wire_keep (wire);
  g_assert_no_error (error);
  slice_clear (&mine);
}

static inline void
wire_on_ended (gpointer owner, StreamEnd end)
{
  Wire *wire = owner;
  wire->has_ended = TRUE;
  wire->end = end;
  wire->ended_ns = wire->lab->world->now_ns;
}

static inline void
lab_on_accepted (gpointer owner, Listener *listener, Stream *stream)
{
  static const StreamEvents events = { .data = wire_on_data, .ended = wire_on_ended };
  Lab *lab = owner;
  Wire *wire = g_new0 (Wire, 1);
  g_assert_cmpuint (lab->wire_count, <, CONNECTIONS_MAX);
  lab->wires[lab->wire_count++] = wire;
  *wire = (Wire){ .lab = lab, .stream = stream, .stat_sn = FIRST_STAT_SN };
  wire->opened_ns = lab->world->now_ns;
  wire->first = g_byte_array_new ();
  framer_init (&wire->framer, 16 * 1024 * 1024 - 1);
  g_queue_init (&wire->pdus);
  stream_attach (stream, &events, wire);
}

static inline void
wire_free (Wire *wire)
{
  stream_free (wire->stream);
  framer_clear (&wire->framer);
  g_queue_clear_full (&wire->pdus, wire_pdu_free_any);
  g_byte_array_unref (wire->first);
  g_free (wire);
}

/* Notes why a session went down: fields of the event are the session and the text. */
static inline void
lab_on_event (gpointer data, const guint64 *words, guint count)
{
  Lab *lab = data;
  if ((words[0] >> 16 & 0xffff) != EVENT_SESSION_DOWN)
    return;
  g_string_truncate (lab->down, 0);
  g_string_append_len (lab->down, (const char *) (words + 4), (gssize) words[3]);
}

static inline void
lab_listen (Lab *lab)
{
  static const ListenerEvents events = { .accepted = lab_on_accepted };
  GError *error = NULL;
  lab->listener = listener_new (lab->target_host, &lab->address, &events, lab, &error);
  g_assert_no_error (error);
}

static inline void
lab_refuse_connects (Lab *lab)
{
  listener_free (g_steal_pointer (&lab->listener));
}

static inline void
lab_start (Lab *lab)
{
  const InitiatorConfig config = { .name = LAB_INITIATOR, .profile = &lab->profile };
  lab->initiator = initiator_new (lab->host, &config);
}

static inline void
lab_init_seed (Lab *lab, guint64 seed)
{
  static const EventFamily *const families[] = { &world_events, &protocol_events, &initiator_events,
                                                 NULL };
  const SimConfig config = {
    .seed = seed, .events = families, .jitter_ns = -1, .bounds = { .time_ns = 24 * 3600 * NS_PER_S }
  };
  *lab = (Lab){ .window = LAB_WINDOW };
  lab->finished = g_string_new (NULL);
  lab->down = g_string_new (NULL);
  lab->world = sim_world_new (&config);
  event_log_set_sink (lab->world->log, lab_on_event, lab);
  lab->host = world_host_new (lab->world, "host", NULL);
  lab->target_host = world_host_new (lab->world, "target", NULL);
  g_assert_true (world_address_new (lab->world, lab->target_host, &lab->address, NULL));
  lab->profile = *initiator_profile_find ("windows");
  lab_listen (lab);
  lab_start (lab);
}

static inline void
lab_init (Lab *lab)
{
  lab_init_seed (lab, 1);
}

static inline void
lab_clear (Lab *lab)
{
  initiator_free (lab->initiator);
  for (guint i = 0; i < lab->wire_count; i++)
    wire_free (lab->wires[i]);
  listener_free (lab->listener);
  g_clear_error (&lab->connect_error);
  g_clear_error (&lab->disconnect_error);
  world_free (lab->world);
  g_string_free (lab->finished, TRUE);
  g_string_free (lab->down, TRUE);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Lab, lab_clear)

static inline void
lab_step (Lab *lab)
{
  if (!world_step (lab->world))
    g_error ("nothing will ever happen: %s", world_failure (lab->world));
}

static inline void
lab_run_until (Lab *lab, gint64 time_ns)
{
  world_wake_at (lab->world, time_ns);
  while (lab->world->now_ns < time_ns)
    lab_step (lab);
}

static inline void
lab_run_ns (Lab *lab, gint64 duration_ns)
{
  lab_run_until (lab, lab->world->now_ns + duration_ns);
}

/* ---- the wire ---- */

/* The next connection that the initiator opens. */
static inline Wire *
lab_accept (Lab *lab)
{
  while (lab->wires_taken == lab->wire_count)
    lab_step (lab);
  return lab->wires[lab->wires_taken++];
}

static inline void
wire_send (Wire *wire, guint8 bhs[BHS_LENGTH], const void *data, gsize length)
{
  g_auto (Payload) payload = payload_of (slice_copy (data, length));
  pdu_send (wire->stream, wire->stream->id, bhs, &payload);
}

/* The next PDU, which must be of this kind. */
static inline WirePdu *
wire_expect (Wire *wire, Opcode opcode)
{
  while (wire->pdus.length == 0 && !wire->has_ended)
    lab_step (wire->lab);
  WirePdu *pdu = g_queue_pop_head (&wire->pdus);
  g_assert_nonnull (pdu);
  g_assert_cmpstr (opcode_name (bhs_opcode (pdu->bhs)), ==, opcode_name (opcode));
  return pdu;
}

static inline void
wire_expect_end (Wire *wire, StreamEnd end)
{
  while (!wire->has_ended)
    lab_step (wire->lab);
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

/* What a Login Response to this request says if nothing is wrong. */
static inline LoginResponse
wire_login_response (Wire *wire, const LoginRequest *request)
{
  return (LoginResponse){
    .transit = request->transit,
    .current_stage = request->current_stage,
    .next_stage = request->next_stage,
    .isid = request->isid,
    .tsih = request->transit && request->next_stage == LOGIN_STAGE_FULL_FEATURE ? LAB_TSIH : 0,
    .initiator_task_tag = request->initiator_task_tag,
    .stat_sn = wire->stat_sn++,
    .exp_cmd_sn = wire->exp_cmd_sn,
    .max_cmd_sn = wire->max_cmd_sn,
  };
}

static inline void
wire_send_login (Wire *wire, const LoginResponse *response, const char *text, gsize length)
{
  guint8 bhs[BHS_LENGTH];
  login_response_encode (response, bhs);
  wire_send (wire, bhs, text, length);
}

static inline LoginRequest
wire_expect_login (Wire *wire, GString *ret_text)
{
  g_autoptr (WirePdu) pdu = wire_expect (wire, OPCODE_LOGIN_REQUEST);
  LoginRequest request;
  login_request_decode (&request, pdu->bhs);
  if (ret_text != NULL) {
    g_string_truncate (ret_text, 0);
    g_string_append_len (ret_text, (const char *) pdu->data, (gssize) pdu->length);
  }
  return request;
}

static inline const char *
lab_answer (const Lab *lab, const char *key)
{
  const gsize length = strlen (key);
  for (guint i = 0; i < ANSWERS_MAX && lab->answers[i] != NULL; i++)
    if (strncmp (lab->answers[i], key, length) == 0 && lab->answers[i][length] == '=')
      return lab->answers[i] + length + 1;
  return NULL;
}

/* Agrees with each offer, but for what lab->answers say. */
static inline void
wire_answer_offers (Wire *wire, GString *offers, GString *answer)
{
  for (const char *pair = offers->str; pair < offers->str + offers->len;
       pair += strlen (pair) + 1) {
    g_auto (GStrv) halves = g_strsplit (pair, "=", 2);
    const KeyInfo *info = key_find (halves[0]);
    const char *own = lab_answer (wire->lab, halves[0]);
    if (own == NULL && info->result == KEY_RESULT_DECLARE)
      continue;
    g_auto (GStrv) values = g_strsplit (halves[1], ",", 2);
    text_write (answer, halves[0], own != NULL ? own : values[0]);
  }
}

/* One request of the login is answered, with what it asked for. */
static inline LoginRequest
wire_login_step (Wire *wire)
{
  g_autoptr (GString) offers = g_string_new (NULL);
  g_autoptr (GString) answer = g_string_new (NULL);
  const LoginRequest request = wire_expect_login (wire, offers);
  const LoginResponse response = wire_login_response (wire, &request);
  wire_answer_offers (wire, offers, answer);
  wire_send_login (wire, &response, answer->str, answer->len);
  return request;
}

static inline void
wire_login (Wire *wire)
{
  g_assert_cmpuint (wire_login_step (wire).current_stage, ==, LOGIN_STAGE_SECURITY);
  g_assert_cmpuint (wire_login_step (wire).current_stage, ==, LOGIN_STAGE_OPERATIONAL);
}

static inline Wire *
lab_accept_login (Lab *lab)
{
  Wire *wire = lab_accept (lab);
  wire_login (wire);
  return wire;
}

/* ---- the initiator's side ---- */

static inline void
lab_on_connect (gpointer data, Session *session, const GError *error)
{
  Lab *lab = data;
  g_clear_error (&lab->connect_error);
  lab->connects++;
  lab->session = session;
  lab->connect_error = error != NULL ? g_error_copy (error) : NULL;
  g_assert_true ((session == NULL) == (error != NULL));
}

static inline void
lab_connect_with (Lab *lab, gboolean is_multipath_enabled)
{
  const ConnectOptions options = { .target_name = LAB_TARGET,
                                   .portal = lab->address,
                                   .is_multipath_enabled = is_multipath_enabled };
  initiator_connect (lab->initiator, &options, lab_on_connect, lab);
}

/* A further session to the portal, with an ISID that is asked for. */
static inline void
lab_connect_as (Lab *lab, guint64 isid)
{
  const ConnectOptions options = {
    .target_name = LAB_TARGET, .portal = lab->address, .is_multipath_enabled = TRUE, .isid = isid
  };
  initiator_connect (lab->initiator, &options, lab_on_connect, lab);
}

static inline void
lab_connect (Lab *lab)
{
  lab_connect_with (lab, FALSE);
}

static inline void
lab_wait_connects (Lab *lab, guint count)
{
  while (lab->connects < count)
    lab_step (lab);
}

/* Connects and answers the login; the session is lab->session. */
static inline Wire *
lab_log_in (Lab *lab)
{
  const guint count = lab->connects + 1;
  lab_connect_with (lab, TRUE);
  Wire *wire = lab_accept_login (lab);
  lab_wait_connects (lab, count);
  g_assert_no_error (lab->connect_error);
  return wire;
}

static inline void
lab_on_disconnect (gpointer data, const GError *error)
{
  Lab *lab = data;
  g_clear_error (&lab->disconnect_error);
  lab->disconnects++;
  lab->disconnect_error = error != NULL ? g_error_copy (error) : NULL;
}

static inline gboolean
lab_session_is_up (const Lab *lab)
{
  SessionInfo info;
  session_info (lab->session, &info);
  return info.is_connected;
}

/* ---- jobs: tasks with a name that count how often they end ---- */

typedef struct Job {
  Task task;
  Lab *lab;
  const char *name;
  guint done;
  gint64 done_ns;
  guint8 *bytes; /* what a write sends */
} Job;

static inline void
job_on_done (gpointer data, Task *task)
{
  Job *job = data;
  job->done++;
  job->done_ns = job->lab->world->now_ns;
  g_string_append (job->lab->finished, job->name);
}

static inline void
job_init (Job *job, Lab *lab, const char *name)
{
  *job = (Job){ .lab = lab, .name = name };
  task_init (&job->task, job_on_done, job);
  cdb_build (job->task.cdb, SCSI_OP_TEST_UNIT_READY, 0);
}

static inline void
job_init_read (Job *job, Lab *lab, const char *name, guint blocks)
{
  job_init (job, lab, name);
  job->task.direction = TASK_READS;
  job->task.expected_length = blocks * LAB_BLOCK;
  cdb_build_blocks (job->task.cdb, SCSI_OP_READ_10, 0, blocks);
}

static inline void
job_init_write (Job *job, Lab *lab, const char *name, guint32 length)
{
  job_init (job, lab, name);
  job->bytes = g_malloc (length + 1);
  for (guint32 i = 0; i < length; i++)
    job->bytes[i] = (guint8) (i + i / 509);
  job->task.direction = TASK_WRITES;
  job->task.expected_length = length;
  job->task.lun = lun_encode (3);
  job->task.data_out = payload_of (slice_copy (job->bytes, length));
  cdb_build_blocks (job->task.cdb, SCSI_OP_WRITE_10, 0, length / LAB_BLOCK);
}

static inline void
job_clear (Job *job)
{
  task_clear (&job->task);
  g_free (job->bytes);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Job, job_clear)

static inline void
job_submit (Job *job)
{
  session_submit (job->lab->session, &job->task);
}

static inline void
job_expect (Job *job, TaskOutcome outcome)
{
  while (job->done == 0)
    lab_step (job->lab);
  g_assert_cmpuint (job->done, ==, 1);
  g_assert_cmpstr (task_outcome_name (job->task.outcome), ==, task_outcome_name (outcome));
}

/* ---- full feature phase ---- */

static inline ScsiCommand
wire_expect_command (Wire *wire)
{
  g_autoptr (WirePdu) pdu = wire_expect (wire, OPCODE_SCSI_COMMAND);
  ScsiCommand command;
  scsi_command_decode (&command, pdu->bhs);
  return command;
}

/* GOOD, for this task. */
static inline TmfRequest
wire_expect_management (Wire *wire, TmfFunction function)
{
  g_autoptr (WirePdu) pdu = wire_expect (wire, OPCODE_TMF_REQUEST);
  g_autoptr (GError) error = NULL;
  TmfRequest request;
  tmf_request_decode (&request, pdu->bhs);
  g_assert_true (pdu_validate (pdu->bhs, &error));
  g_assert_cmpstr (tmf_function_name (request.function), ==, tmf_function_name (function));
  g_assert_cmpuint (request.immediate, ==, 1);
  g_assert_cmpuint (request.cmd_sn, ==, wire->exp_cmd_sn); /* R-NUM-002 */
  return request;
}

static inline void
wire_send_answer (Wire *wire, const TmfRequest *request, TmfAnswer answer)
{
  const TmfResponse response = { .is_final = 1,
                                 .response = (guint8) answer,
                                 .initiator_task_tag = request->initiator_task_tag,
                                 .stat_sn = wire->stat_sn++,
                                 .exp_cmd_sn = wire->exp_cmd_sn,
                                 .max_cmd_sn = wire->max_cmd_sn };
  guint8 bhs[BHS_LENGTH];
  tmf_response_encode (&response, bhs);
  wire_send (wire, bhs, NULL, 0);
}

/* A task is late and no function is answered: the windows profile has 15 s for each, then the connection goes. */
static inline void
wire_expect_ladder (Wire *wire)
{
  wire_expect_management (wire, TMF_ABORT_TASK);
  wire_expect_management (wire, TMF_LUN_RESET);
  wire_expect_management (wire, TMF_TARGET_WARM_RESET);
  wire_expect_end (wire, STREAM_END_RST);
}

#define LADDER_NS (45 * NS_PER_S)

static inline ScsiResponse
wire_response (Wire *wire, guint32 tag)
{
  return (ScsiResponse){
    .is_final = 1,
    .status = SCSI_GOOD,
    .initiator_task_tag = tag,
    .stat_sn = wire->stat_sn++,
    .exp_cmd_sn = wire->exp_cmd_sn,
    .max_cmd_sn = wire->max_cmd_sn,
  };
}

static inline void
wire_send_response (Wire *wire, const ScsiResponse *response, const void *data, gsize length)
{
  guint8 bhs[BHS_LENGTH];
  scsi_response_encode (response, bhs);
  wire_send (wire, bhs, data, length);
}

static inline void
wire_send_good (Wire *wire, guint32 tag)
{
  const ScsiResponse response = wire_response (wire, tag);
  wire_send_response (wire, &response, NULL, 0);
}

static inline R2t
wire_r2t (Wire *wire, const ScsiCommand *command, guint32 r2t_sn, guint32 offset, guint32 length)
{
  return (R2t){
    .is_final = 1,
    .lun = command->lun,
    .initiator_task_tag = command->initiator_task_tag,
    .target_transfer_tag = 0x5000 + r2t_sn,
    .stat_sn = wire->stat_sn,
    .exp_cmd_sn = wire->exp_cmd_sn,
    .max_cmd_sn = wire->max_cmd_sn,
    .r2t_sn = r2t_sn,
    .buffer_offset = offset,
    .desired_length = length,
  };
}

static inline void
wire_send_r2t (Wire *wire, const R2t *r2t)
{
  guint8 bhs[BHS_LENGTH];
  r2t_encode (r2t, bhs);
  wire_send (wire, bhs, NULL, 0);
}

static inline DataIn
wire_data_in (Wire *wire, guint32 tag, guint32 data_sn, guint32 offset)
{
  return (DataIn){
    .is_final = 1,
    .initiator_task_tag = tag,
    .target_transfer_tag = TAG_NONE,
    .exp_cmd_sn = wire->exp_cmd_sn,
    .max_cmd_sn = wire->max_cmd_sn,
    .data_sn = data_sn,
    .buffer_offset = offset,
  };
}

static inline void
wire_send_data_in (Wire *wire, const DataIn *data_in, gsize length)
{
  g_autofree guint8 *bytes = g_malloc0 (length + 1);
  guint8 bhs[BHS_LENGTH];
  for (gsize i = 0; i < length; i++)
    bytes[i] = (guint8) (data_in->buffer_offset + i);
  data_in_encode (data_in, bhs);
  wire_send (wire, bhs, bytes, length);
}

static inline void
wire_send_nop_in (Wire *wire, NopIn nop)
{
  guint8 bhs[BHS_LENGTH];
  nop.is_final = 1;
  nop_in_encode (&nop, bhs);
  wire_send (wire, bhs, NULL, 0);
}

/* A NOP-In that asks for nothing: it carries the window. */
static inline void
wire_send_window (Wire *wire, guint32 exp_cmd_sn, guint32 max_cmd_sn)
{
  wire_send_nop_in (wire, (NopIn){ .initiator_task_tag = TAG_NONE,
                                   .target_transfer_tag = TAG_NONE,
                                   .stat_sn = wire->stat_sn,
                                   .exp_cmd_sn = exp_cmd_sn,
                                   .max_cmd_sn = max_cmd_sn });
}

/* The next Data-Out, with its bytes at their place in what the job writes. */
static inline DataOut
wire_expect_data_out (Wire *wire, const Job *job)
{
  g_autoptr (WirePdu) pdu = wire_expect (wire, OPCODE_DATA_OUT);
  DataOut data_out;
  data_out_decode (&data_out, pdu->bhs);
  g_assert_cmpuint (data_out.buffer_offset + pdu->length, <=, job->task.expected_length);
  g_assert_cmpmem (pdu->data, pdu->length, job->bytes + data_out.buffer_offset, pdu->length);
  return data_out;
}

/* The initiator gave the connection up with these words, comes back after Time2Wait, and does the job again; it ends once. */
static inline void
lab_expect_redone (Lab *lab, Wire *wire, Job *job, const char *why)
{
  wire_expect_end (wire, STREAM_END_RST);
  g_assert_cmpstr (lab->down->str, ==, why);
  g_assert_cmpuint (job->done, ==, 0);
  Wire *next = lab_accept_login (lab);
  g_assert_cmpint (next->opened_ns - wire->ended_ns, ==, TIME2WAIT_NS);
  const ScsiCommand command = wire_expect_command (next);
  /* The last of it: a write of the tests fits into the first burst, or the target takes no more. */
  wire_send_good (next, command.initiator_task_tag);
  job_expect (job, TASK_OUTCOME_STATUS);
}
