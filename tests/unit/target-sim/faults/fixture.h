/* SPDX-License-Identifier: Apache-2.0 */
/* fixture.h - an initiator, a target, and a plan on the connections between them
 *
 * No engine: both ends only send and take down PDUs, so that a test sees what the tap let through and nothing else.
 */
#pragma once

#include "protocol/data.h"
#include "protocol/events.h"
#include "protocol/framer.h"
#include "target-sim/faults/events.h"
#include "target-sim/faults/faults.h"
#include "world/sim/sim.h"
#include "world/world-events.h"

#define LATENCY_NS (50 * NS_PER_US)

typedef struct End {
  Stream *stream;
  Framer framer;
  GString
      *seen; /* DataSN or R2TSN of each whole PDU, "0 1 2", and how the stream ended, "0 1 rst" */
  gsize bytes;
  gint64 last_ns;      /* when the last bytes came */
  gboolean is_echoing; /* answers each PDU with an R2T of the same number */
} End;

typedef struct Lab {
  World *world;
  Host *initiator;
  Host *target;
  Address portal;
  Listener *listener;
  FaultPlan *plan;
  GPtrArray *clients; /* of End */
  GPtrArray *servers;
  gboolean is_echoing; /* of servers to come */
} Lab;

static inline Slice
make_pdu (guint8 bhs[BHS_LENGTH], guint length)
{
  wire_or (bhs, 5, 0, 24, length);
  Buffer *buffer = buffer_new (BHS_LENGTH + (length + 3) / 4 * 4);
  memset (buffer->bytes, 0xda, buffer->size);
  memcpy (buffer->bytes, bhs, BHS_LENGTH);
  return slice_whole (buffer);
}

static inline Slice
make_data_out (guint32 data_sn, guint length)
{
  const DataOut pdu = { .initiator_task_tag = 1, .target_transfer_tag = 2, .data_sn = data_sn };
  guint8 bhs[BHS_LENGTH];
  data_out_encode (&pdu, bhs);
  return make_pdu (bhs, length);
}

static inline Slice
make_r2t (guint32 r2t_sn)
{
  const R2t pdu = { .is_final = 1, .initiator_task_tag = 1, .r2t_sn = r2t_sn };
  guint8 bhs[BHS_LENGTH];
  r2t_encode (&pdu, bhs);
  return make_pdu (bhs, 0);
}

static inline void
end_note (End *end, const char *text)
{
  g_string_append_printf (end->seen, "%s%s", end->seen->len > 0 ? " " : "", text);
}

static inline void
end_data (gpointer owner, const Slice *slice)
{
  End *end = owner;
  end->bytes += slice->length;
  end->last_ns = host_now_ns (end->stream->host);
  Slice rest = slice_ref (slice);
  while (framer_next (&end->framer, &rest, NULL) == FRAMER_PDU) {
    const guint32 number = (guint32) wire_get (end->framer.bhs, 36, 0, 32);
    g_autofree char *text = g_strdup_printf ("%u", number);
    end_note (end, text);
    if (end->is_echoing)
      stream_send (end->stream, make_r2t (number));
  }
  slice_clear (&rest);
}

static inline void
end_ended (gpointer owner, StreamEnd how)
{
  end_note (owner, stream_end_name (how));
}

static const StreamEvents end_events = { .data = end_data, .ended = end_ended };

static inline End *
end_new (void)
{
  End *end = g_new0 (End, 1);
  end->seen = g_string_new (NULL);
  framer_init (&end->framer, 1 << 20);
  return end;
}

static inline void
end_free (gpointer data)
{
  End *end = data;
  stream_free (end->stream);
  framer_clear (&end->framer);
  g_string_free (end->seen, TRUE);
  g_free (end);
}

static inline void
lab_accepted (gpointer owner, Listener *listener, Stream *stream)
{
  Lab *lab = owner;
  End *end = end_new ();
  end->stream = stream;
  end->is_echoing = lab->is_echoing;
  g_ptr_array_add (lab->servers, end);
  stream_attach (stream, &end_events, end);
}

static inline void
lab_on_stream (gpointer data, Host *host, Stream *stream)
{
  Lab *lab = data;
  if (stream->is_accepted)
    fault_plan_tap_stream (lab->plan, stream);
}

static inline Host *
lab_host (Lab *lab, const char *name)
{
  Host *host = world_host_new (lab->world, name, NULL);
  host->fault_ask = fault_plan_ask;
  host->fault_data = lab->plan;
  host->on_stream = lab_on_stream;
  host->on_stream_data = lab;
  return host;
}

static inline Lab *
lab_new (void)
{
  static const EventFamily *const families[] = { &world_events, &protocol_events, &fault_events,
                                                 NULL };
  static const ListenerEvents listener_events = { .accepted = lab_accepted };
  const SimConfig config = {
    .seed = 7, .events = families, .latency_ns = LATENCY_NS, .jitter_ns = -1
  };
  Lab *lab = g_new0 (Lab, 1);
  lab->world = sim_world_new (&config);
  lab->plan = fault_plan_new (lab->world->log, 7);
  lab->initiator = lab_host (lab, "initiator");
  lab->target = lab_host (lab, "target");
  g_assert_true (world_address_new (lab->world, lab->target, &lab->portal, NULL));
  lab->listener = listener_new (lab->target, &lab->portal, &listener_events, lab, NULL);
  lab->clients = g_ptr_array_new_with_free_func (end_free);
  lab->servers = g_ptr_array_new_with_free_func (end_free);
  return lab;
}

static inline void
lab_free (Lab *lab)
{
  g_ptr_array_unref (lab->clients);
  g_ptr_array_unref (lab->servers);
  listener_free (lab->listener);
  fault_plan_free (lab->plan);
  world_free (lab->world);
  g_free (lab);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Lab, lab_free)

/* Until nothing is left to happen, or the time has come. */
static inline void
lab_run_until (Lab *lab, gint64 time_ns)
{
  world_wake_at (lab->world, time_ns);
  while (lab->world->now_ns < time_ns && world_step (lab->world))
    continue;
  world_wake_at (lab->world, G_MAXINT64);
}

static inline void
lab_run (Lab *lab)
{
  while (world_step (lab->world))
    continue;
}

/* Does not wait for the connection. */
static inline End *
lab_start_connect (Lab *lab, Host *from)
{
  End *end = end_new ();
  g_ptr_array_add (lab->clients, end);
  end->stream = stream_connect (from, &lab->portal, &end_events, end);
  return end;
}

static inline End *
lab_connect (Lab *lab)
{
  End *end = lab_start_connect (lab, lab->initiator);
  lab_run_until (lab, lab->world->now_ns + 3 * LATENCY_NS);
  return end;
}

static inline End *
lab_server (Lab *lab, guint i)
{
  g_assert_cmpuint (i, <, lab->servers->len);
  return lab->servers->pdata[i];
}

/* Data-Outs numbered from `first` of 100 octets, each in one slice. */
#define PDU_BYTES (BHS_LENGTH + 100)

static inline void
end_send (End *end, guint32 first, guint count)
{
  for (guint i = 0; i < count; i++)
    stream_send (end->stream, make_data_out (first + i, 100));
}

static inline guint
lab_add (Lab *lab, const FaultRule *rule)
{
  GError *error = NULL;
  guint index;
  fault_plan_add (lab->plan, rule, &index, &error);
  g_assert_no_error (error);
  return index;
}

static inline FaultRule
rule_on (const char *pdu, FaultAct act)
{
  FaultRule rule;
  fault_rule_init (&rule);
  rule.pdu = pdu;
  rule.act = act;
  return rule;
}
