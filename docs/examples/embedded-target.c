/* SPDX-License-Identifier: Apache-2.0 */
/* embedded-target.c - an iSCSI target inside another program, on a port of loopback
 *
 *   cc embedded-target.c $(pkg-config --cflags --libs --static iscsilab-target) -o embedded-target
 */
#include <iscsilab/target-sim/target.h>
#include <iscsilab/world/live/live.h>
#include <stdio.h>

static int
fail (const GError *error)
{
  fprintf (stderr, "embedded-target: %s\n", error->message);
  return 1;
}

int
main (void)
{
  g_autoptr (GError) error = NULL;
  const LiveConfig live = { .seed = 1, .events = target_sim_event_families () };
  g_autoptr (World) world = live_world_new (&live, &error);
  Host *host = world != NULL ? world_host_new (world, "target", &error) : NULL;
  TargetPortalConfig portal = { .group_tag = 1 };
  if (host == NULL || !address_parse ("127.0.0.1:0", 3260, &portal.address, &error))
    return fail (error);

  g_autoptr (Store) store = store_ram_new (64 << 20);
  const TargetLunConfig lun = { .number = 0, .block_size = 512, .store = store };
  TargetConfig config;
  target_config_init (&config);
  config.name = "iqn.2026-01.com.example:disk";
  config.portals = &portal, config.portal_count = 1;
  config.luns = &lun, config.lun_count = 1;
  g_autoptr (TargetSim) target =
      target_sim_new (host, &config, &error); /* freed before its store */
  if (target == NULL)
    return fail (error);

  char text[ADDRESS_TEXT_LENGTH];
  printf ("iscsi://%s/%s/0\n", address_text (target_sim_portal_address (target, 0), text),
          config.name);
  fflush (stdout);
  while (world_step (world)) /* one event; waits for it */
    ;
  return 0;
}
