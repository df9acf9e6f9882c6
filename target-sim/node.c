/* SPDX-License-Identifier: Apache-2.0 */
/* node.c - the target: what it is made of, and the table of its sessions
 *
 * Sessions are found by TSIH and by nexus (initiator name, ISID, portal group). Both are only asked for during a login, so the
 * table is an array in order of making, which also gives everything that walks it one order.
 */
#include "target-sim/node.h"

#include "protocol/name.h"
#include "target-sim/connection.h"
#include "target-sim/entity.h"
#include "target-sim/portal.h"
#include "target-sim/session.h"
#include "world/error.h"

#include "world/banned.h"

const Machine *const *
target_sim_machines (void)
{
  static const Machine *const machines[] = { &target_connection_machine, &target_session_machine,
                                             NULL };
  return machines;
}

void
target_config_init (TargetConfig *config)
{
  *config = (TargetConfig){
    .queue_depth = 128,
    .power_on_unit_attention = TRUE,
    .session_limit = 256,
    .login_limit = 64,
    .first_tsih = 1,
  };
}

void
target_wanted_init (KeyValues *wanted)
{
  key_values_init (wanted);
  CHECK_THAT (key_values_set_list (wanted, KEY_HEADER_DIGEST, "CRC32C,None", NULL)
              && key_values_set_list (wanted, KEY_DATA_DIGEST, "CRC32C,None", NULL));
  wanted->number[KEY_MAX_RECV_DATA_SEGMENT_LENGTH] = 262144;
  wanted->number[KEY_MAX_BURST_LENGTH] = 1048576;
  wanted->number[KEY_FIRST_BURST_LENGTH] = 65536;
  wanted->number[KEY_INITIAL_R2T] = 0;
  wanted->number[KEY_IMMEDIATE_DATA] = 1;
  wanted->number[KEY_DEFAULT_TIME2WAIT] = 2;
  wanted->number[KEY_DEFAULT_TIME2RETAIN] = 20;
}

/* R-NAME-004: it is given by people. */
static gboolean
config_check_name (const char *typed, GError **error)
{
  g_autofree char *name = name_prepare (typed != NULL ? typed : "", error);
  if (name == NULL)
    g_prefix_error (error, "target ");
  return name != NULL;
}

static gboolean
config_has_tsih_zero (const TargetConfig *config)
{
  guint i = 0;
  while (i < config->tsih_count && config->tsihs[i] != 0)
    i++;
  return i < config->tsih_count;
}

static gboolean
config_check (const TargetConfig *config, GError **error)
{
  if (!config_check_name (config->name, error))
    return FALSE;
  if (config->portal_count == 0)
    g_set_error (error, WORLD_ERROR, WORLD_ERROR_INVALID,
                 "target '%s': expected at least one portal", config->name);
  else if (config->queue_depth == 0 || config->queue_depth > TARGET_QUEUE_DEPTH_MAX)
    g_set_error (error, WORLD_ERROR, WORLD_ERROR_INVALID,
                 "target '%s': expected a queue depth of 1 to %d, got %u", config->name,
                 TARGET_QUEUE_DEPTH_MAX, config->queue_depth);
  else if (config->session_limit > G_MAXUINT16 - 1) /* each session needs a TSIH of its own */
    g_set_error (error, WORLD_ERROR, WORLD_ERROR_INVALID,
                 "target '%s': expected at most %d sessions, got %u", config->name, G_MAXUINT16 - 1,
                 config->session_limit);
  else if (config_has_tsih_zero (config))
    g_set_error (error, WORLD_ERROR, WORLD_ERROR_INVALID,
                 "target '%s': expected TSIHs of 1 to %d, got 0", config->name, G_MAXUINT16);
  else
    return TRUE;
  return FALSE;
}

static void
node_set_wanted (TargetSim *target, const KeyValues *wanted, const char *alias)
{
  target_wanted_init (&target->wanted);
  if (wanted != NULL)
    key_values_copy (&target->wanted, wanted);
  if (alias != NULL)
    key_values_set_text (&target->wanted, KEY_TARGET_ALIAS, alias);
  guint32 *number = target->wanted.number;
  number[KEY_MAX_CONNECTIONS] = 1;
  number[KEY_ERROR_RECOVERY_LEVEL] = 0;
  number[KEY_AUTH_METHOD] = AUTH_METHOD_NONE;
}

static TargetSim *
node_new (Host *host, const TargetConfig *config)
{
  TargetSim *target = g_new0 (TargetSim, 1);
  target->magic = TARGET_SIM_MAGIC;
  target->host = host;
  target->entity =
      config->entity != NULL ? target_entity_ref (config->entity) : target_entity_new (host);
  g_ptr_array_add (target->entity->nodes, target);
  target->name = name_prepare (config->name, NULL);
  target->queue_depth = config->queue_depth;
  target->session_limit = config->session_limit;
  target->login_limit = config->login_limit;
  target->tsihs = g_array_new (FALSE, FALSE, sizeof (guint16));
  g_array_append_vals (target->tsihs, config->tsihs, config->tsih_count);
  target->next_tsih = config->first_tsih;
  target->first_stat_sn = config->first_stat_sn;
  target->power_on_unit_attention = config->power_on_unit_attention;
  target->power_on_code = SENSE_CODE_POWER_ON_RESET;
  target->portals = g_ptr_array_new ();
  target->sessions = g_ptr_array_new ();
  luns_init (&target->luns, target->name);
  node_set_wanted (target, config->wanted, config->alias);
  return target;
}

static gboolean
node_add_luns (TargetSim *target, const TargetConfig *config, GError **error)
{
  for (guint i = 0; i < config->lun_count; i++) {
    const TargetLunConfig *lun = &config->luns[i];
    if (!luns_add (&target->luns, lun->number, lun->block_size, lun->store, error))
      return FALSE;
    if (lun->is_thin && store_unmap_bytes (lun->store) == 0) {
      g_set_error (error, WORLD_ERROR, WORLD_ERROR_INVALID,
                   "lun '%u': expected a store that can unmap for a thin unit, got one that cannot",
                   lun->number);
      return FALSE;
    }
    if (lun->is_thin)
      luns_make_thin (&target->luns, lun->number);
    if (lun->is_read_only)
      luns_protect (&target->luns, lun->number);
    if (lun->is_removable || lun->is_empty)
      luns_make_removable (&target->luns, lun->number, lun->is_empty);
    if (lun->memory != NULL && !luns_remember (&target->luns, lun->number, lun->memory, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
node_add_portals (TargetSim *target, const TargetConfig *config, GError **error)
{
  for (guint i = 0; i < config->portal_count; i++) {
    TargetPortal *portal = portal_new (target, &config->portals[i], error);
    if (portal == NULL)
      return FALSE;
    portal_redirect (portal, config->redirect);
    luns_add_port (&target->luns, portal->group_tag);
    g_ptr_array_add (target->portals, portal);
  }
  return TRUE;
}

TargetSim *
target_sim_new (Host *host, const TargetConfig *config, GError **error)
{
  CHECK (host, HOST_MAGIC);
  CHECK_THAT (config->entity == NULL || config->entity->host == host);
  if (!config_check (config, error))
    return NULL;
  g_autoptr (TargetSim) target = node_new (host, config);
  if (!node_add_luns (target, config, error) || !node_add_portals (target, config, error))
    return NULL;
  return g_steal_pointer (&target);
}

void
target_sim_free (TargetSim *target)
{
  if (target == NULL)
    return;
  CHECK (target, TARGET_SIM_MAGIC);
  /* Tasks before streams: nothing may be answered any more. */
  for (guint i = 0; i < target->sessions->len; i++)
    target_session_free (target->sessions->pdata[i]);
  for (guint i = 0; i < target->portals->len; i++)
    portal_free (target->portals->pdata[i]);
  g_ptr_array_unref (target->sessions);
  g_ptr_array_unref (target->portals);
  g_array_unref (target->tsihs);
  g_ptr_array_remove (target->entity->nodes, target);
  target_entity_unref (target->entity);
  luns_clear (&target->luns);
  key_values_clear (&target->wanted);
  g_free (target->name);
  target->magic = 0;
  g_free (target);
}

void
node_restart (TargetSim *target)
{
  CHECK (target, TARGET_SIM_MAGIC);
  target->power_on_code = SENSE_CODE_POWER_ON;
  for (guint i = 0; i < target->portals->len; i++) {
    TargetPortal *portal = target->portals->pdata[i];
    while (portal->connections.head != NULL)
      target_connection_drop (portal->connections.head->data, "cold reset");
  }
  while (target->sessions->len > 0)
    target_session_close (target->sessions->pdata[target->sessions->len - 1], "cold reset");
  luns_power_on (&target->luns);
}

const Address *
target_sim_portal_address (const TargetSim *target, guint index)
{
  CHECK (target, TARGET_SIM_MAGIC);
  CHECK_THAT (index < target->portals->len);
  return portal_address (target->portals->pdata[index]);
}

TargetEntity *
target_sim_entity (const TargetSim *target)
{
  CHECK (target, TARGET_SIM_MAGIC);
  return target->entity;
}

void
target_sim_redirect (TargetSim *target, guint portal_index, const TargetRedirect *redirect)
{
  CHECK (target, TARGET_SIM_MAGIC);
  CHECK_THAT (portal_index < target->portals->len);
  portal_redirect (target->portals->pdata[portal_index], redirect);
}

void
target_sim_swap_luns (TargetSim *target, guint16 number, guint16 other, gboolean tells)
{
  CHECK (target, TARGET_SIM_MAGIC);
  luns_swap (&target->luns, number, other);
  for (guint i = 0; tells && i < target->sessions->len; i++) {
    TargetSession *session = target->sessions->pdata[i];
    scsi_nexus_attend (&session->nexus, number, SENSE_CODE_REPORTED_LUNS_CHANGED);
    scsi_nexus_attend (&session->nexus, other, SENSE_CODE_REPORTED_LUNS_CHANGED);
  }
}

const TargetCounters *
target_sim_counters (const TargetSim *target)
{
  CHECK (target, TARGET_SIM_MAGIC);
  return &target->counters;
}

guint16
node_take_tsih (TargetSim *target, gboolean is_discovery)
{
  CHECK (target, TARGET_SIM_MAGIC);
  while (!is_discovery && target->tsihs->len > 0) {
    const guint16 tsih = g_array_index (target->tsihs, guint16, 0);
    g_array_remove_index (target->tsihs, 0);
    if (node_find_session (target, tsih) == NULL)
      return tsih;
  }
  while (target->next_tsih == 0 || node_find_session (target, target->next_tsih) != NULL)
    target->next_tsih++;
  return target->next_tsih++;
}

TargetSession *
node_find_session (const TargetSim *target, guint16 tsih)
{
  for (guint i = 0; i < target->sessions->len; i++) {
    TargetSession *session = target->sessions->pdata[i];
    if (session->tsih == tsih)
      return session;
  }
  return NULL;
}

TargetSession *
node_find_nexus (const TargetSim *target, const char *initiator_name, guint64 isid,
                 guint16 group_tag, const TargetDoor *unnamed_at)
{
  for (guint i = 0; i < target->sessions->len; i++) {
    TargetSession *session = target->sessions->pdata[i];
    if (session->isid == isid && session->unnamed_at == unnamed_at
        && (unnamed_at != NULL || session->group_tag == group_tag)
        && strcmp (session->initiator_name, initiator_name) == 0)
      return session;
  }
  return NULL;
}

void
node_count_sessions (TargetSim *target)
{
  guint64 count = 0;
  for (guint i = 0; i < target->sessions->len; i++)
    count += !target_session_is_discovery (target->sessions->pdata[i]);
  target->counters.sessions_now = count;
}
