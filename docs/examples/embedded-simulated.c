/* SPDX-License-Identifier: Apache-2.0 */
/* embedded-simulated.c - an initiator of one's own against the target, in simulated time, with a fault
 *
 *   cc embedded-simulated.c $(pkg-config --cflags --libs --static iscsilab-target) -o embedded-simulated
 *
 * The initiator is as small as can be: it sends one Login Request. Its answer is held back for 10 seconds, which cost nothing.
 * Every run of the same seed is the same run.
 */
#include <iscsilab/target-sim/faults/faults.h>
#include <iscsilab/target-sim/target.h>
#include <iscsilab/world/sim/sim.h>
#include <stdio.h>

#define TARGET_NAME "iqn.2026-01.com.example:disk"

typedef struct Initiator {
  Stream *stream;
  gint64 answered_ns; /* 0: not yet */
  guint8 opcode;
} Initiator;

static void
initiator_on_connected (gpointer owner)
{
  static const char text[] = "InitiatorName=iqn.2026-01.com.example:me\0SessionType=Normal\0"
                             "TargetName=" TARGET_NAME "\0AuthMethod=None";
  guint8 pdu[48 + (sizeof text + 3) / 4 * 4] = {
    0x43, 0x81, 0,    0,    0, 0, 0, sizeof text, /* Login, immediate; T, security to operational */
    0x40, 0x00, 0x01, 0x37,                       /* ISID */
  };
  Initiator *initiator = owner;
  memcpy (pdu + 48, text, sizeof text);
  stream_send (initiator->stream, slice_copy (pdu, sizeof pdu));
}

static void
initiator_on_data (gpointer owner, const Slice *slice)
{
  Initiator *initiator = owner;
  if (initiator->answered_ns == 0)
    initiator->opcode = slice->bytes[0];
  initiator->answered_ns = host_now_ns (initiator->stream->host);
}

static const StreamEvents initiator_events = { .connected = initiator_on_connected,
                                               .data = initiator_on_data };

static void
plan_on_stream (gpointer plan, G_GNUC_UNUSED Host *host, Stream *stream)
{
  fault_plan_tap_stream (plan, stream);
}

int
main (void)
{
  const SimConfig sim = { .seed = 1, .events = target_sim_event_families () };
  g_autoptr (World) world = sim_world_new (&sim);
  Host *theirs = world_host_new (world, "target", NULL), *ours = world_host_new (world, "us", NULL);
  g_autoptr (FaultPlan) plan = fault_plan_new (world->log, sim.seed);
  theirs->on_stream = plan_on_stream, theirs->on_stream_data = plan;

  FaultRule rule;
  fault_rule_init (&rule);
  rule.when = FAULT_WHEN_PDU, rule.pdu = "Login Response";
  rule.act = FAULT_ACT_DELAY, rule.delay_ns = 10 * NS_PER_S;
  g_autoptr (GError) error = NULL;
  TargetPortalConfig portal = { .group_tag = 1 };
  g_autoptr (Store) store = store_ram_new (64 << 20);
  const TargetLunConfig lun = { .number = 0, .block_size = 512, .store = store };
  TargetConfig config;
  target_config_init (&config);
  config.name = TARGET_NAME;
  config.portals = &portal, config.portal_count = 1;
  config.luns = &lun, config.lun_count = 1;
  g_autoptr (TargetSim) target = NULL;
  if (!fault_plan_add (plan, &rule, NULL, &error)
      || !world_address_new (world, theirs, &portal.address, &error)
      || (target = target_sim_new (theirs, &config, &error)) == NULL) {
    fprintf (stderr, "embedded-simulated: %s\n", error->message);
    return 1;
  }

  Initiator initiator = { 0 };
  initiator.stream = stream_connect (ours, &portal.address, &initiator_events, &initiator);
  while (initiator.answered_ns == 0 && world_step (world))
    ;
  printf ("opcode %02x after %" G_GINT64_FORMAT " s: %s\n", initiator.opcode,
          initiator.answered_ns / NS_PER_S, fault_plan_fired_text (plan, 0));
  stream_free (initiator.stream);
  return 0;
}
