/* SPDX-License-Identifier: Apache-2.0 */
/* words-target.c - `target`: the embedded simulator on a machine of its own, or a foreign target for this run
 *
 * Stores belong to the lab: a target that crashes and starts again finds its data.
 */
#include "harness/script/life.h"
#include "harness/script/option-keys.h"
#include "protocol/name.h"

#include "harness/script/words-management.h"
#include "target-sim/scsi/store-slow.h"

#define MAX_PORTALS   16
#define MAX_LUNS      256
#define LUN_BLOCK     512
#define QUEUE_DEPTH   128
#define TARGET_PREFIX "iqn.2026-01.example.iscsilab:target"

typedef struct TargetValues {
  const char *name;
  guint64 portals;
  int groups;
  int beside;
  int luns;
  int keys;
  guint64 queue_depth;
  gboolean has_power_on_attention;
  gboolean is_ipv6;
  gboolean is_thin;
  gint64 store_latency_ns;
  gint64 store_jitter_ns;
  guint64 store_bandwidth;
  gboolean is_removable;
  gboolean is_empty;
  guint64 first_stat_sn;
  int tsihs;
} TargetValues;

static const Option options[] = {
  { "name", OPTION_STRING, G_STRUCT_OFFSET (TargetValues, name), FALSE, "iSCSI name" },
  { "portals", OPTION_NUMBER, G_STRUCT_OFFSET (TargetValues, portals), FALSE,
    "how many; default 1" },
  { "groups", OPTION_VALUE, G_STRUCT_OFFSET (TargetValues, groups), FALSE,
    "portal group tag of each portal: { 1, 1, 2 }; default: 1 for all" },
  { "beside", OPTION_VALUE, G_STRUCT_OFFSET (TargetValues, beside), FALSE,
    "another target: on the same machine, behind the same portals" },
  { "luns", OPTION_VALUE, G_STRUCT_OFFSET (TargetValues, luns), FALSE,
    "list of sizes; default { '64M' }" },
  { "keys", OPTION_VALUE, G_STRUCT_OFFSET (TargetValues, keys), FALSE,
    "what it negotiates for: { MaxBurstLength = 65536, HeaderDigest = 'CRC32C,None' }" },
  { "power_on_attention", OPTION_BOOLEAN, G_STRUCT_OFFSET (TargetValues, has_power_on_attention),
    FALSE, "each new initiator is told UNIT ATTENTION 29/00 first; default true" },
  { "queue_depth", OPTION_NUMBER, G_STRUCT_OFFSET (TargetValues, queue_depth), FALSE,
    "commands at once; default 128. A foreign target keeps its own" },
  { "ipv6", OPTION_BOOLEAN, G_STRUCT_OFFSET (TargetValues, is_ipv6), FALSE,
    "its portals have addresses of version 6" },
  { "thin", OPTION_BOOLEAN, G_STRUCT_OFFSET (TargetValues, is_thin), FALSE,
    "its disks are thinly provisioned: they take UNMAP" },
  { "store_latency", OPTION_DURATION, G_STRUCT_OFFSET (TargetValues, store_latency_ns), FALSE,
    "how long its disks take for a command" },
  { "store_jitter", OPTION_DURATION, G_STRUCT_OFFSET (TargetValues, store_jitter_ns), FALSE,
    "drawn for each command: up to so much more, so that they end in another order" },
  { "store_bandwidth", OPTION_SIZE, G_STRUCT_OFFSET (TargetValues, store_bandwidth), FALSE,
    "bytes per second of each disk; 0 (default): unlimited" },
  { "removable", OPTION_BOOLEAN, G_STRUCT_OFFSET (TargetValues, is_removable), FALSE,
    "the medium of its disks can be taken out" },
  { "empty", OPTION_BOOLEAN, G_STRUCT_OFFSET (TargetValues, is_empty), FALSE,
    "its disks are removable, and there is no medium" },
  { "first_stat_sn", OPTION_NUMBER, G_STRUCT_OFFSET (TargetValues, first_stat_sn), FALSE,
    "StatSN with which each connection begins; default 0" },
  { "tsihs", OPTION_VALUE, G_STRUCT_OFFSET (TargetValues, tsihs), FALSE,
    "list of the TSIHs that its first sessions get, after each start; default: 1, 2, ..." },
};

const OptionTable target_options = OPTION_TABLE ("lab:target", options);

LabTarget *
lab_find_target (Lab *lab, const char *name)
{
  g_autofree char *prepared = name_prepare (name, NULL);
  for (guint i = 0; i < lab->targets->len; i++) {
    LabTarget *target = lab->targets->pdata[i];
    if (name_equal (target->name, prepared != NULL ? prepared : name))
      return target;
  }
  return NULL;
}

void
lab_target_free (gpointer data)
{
  LabTarget *target = data;
  target_sim_free (target->sim);
  peer_free (target->peer);
  for (guint i = 0; i < target->luns->len; i++) {
    LabLun *lun = &g_array_index (target->luns, LabLun, i);
    store_free (lun->slow);
    store_free (lun->store);
    unit_memory_free (lun->memory);
    oracle_free (lun->oracle);
  }
  g_array_unref (target->luns);
  g_array_unref (target->portals);
  g_array_unref (target->groups);
  g_array_unref (target->tsihs);
  key_values_clear (&target->keys);
  g_free (target->name);
  g_free (target);
}

/* ---- up and down ---- */

/* That of the targets of its machine which are up; NULL: it is the first one. */
static TargetEntity *
target_entity (const LabTarget *target)
{
  const GPtrArray *targets = target->object.lab->targets;
  for (guint i = 0; i < targets->len; i++) {
    const LabTarget *other = targets->pdata[i];
    if (other->host == target->host && other->sim != NULL)
      return target_sim_entity (other->sim);
  }
  return NULL;
}

static gboolean
target_start_sim (LabTarget *target, GError **error)
{
  g_autofree TargetPortalConfig *portals = g_new0 (TargetPortalConfig, target->portals->len);
  g_autofree TargetLunConfig *luns = g_new0 (TargetLunConfig, target->luns->len);
  for (guint i = 0; i < target->portals->len; i++)
    portals[i] = (TargetPortalConfig){ g_array_index (target->portals, Address, i),
                                       g_array_index (target->groups, guint16, i) };
  for (guint i = 0; i < target->luns->len; i++) {
    const LabLun *lun = &g_array_index (target->luns, LabLun, i);
    luns[i] = (TargetLunConfig){ .number = lun->number,
                                 .block_size = lun->block_size,
                                 .store = lun->slow != NULL ? lun->slow : lun->store,
                                 .memory = lun->memory,
                                 .is_read_only = lun->is_read_only,
                                 .is_thin = lun->is_thin,

                                 .is_removable = lun->is_removable,
                                 .is_empty = lun->is_empty };
  }
  TargetConfig config;
  target_config_init (&config);
  config.name = target->name;
  config.entity = target_entity (target);
  config.portals = portals;
  config.portal_count = target->portals->len;
  config.luns = luns;
  config.lun_count = target->luns->len;
  config.wanted = &target->keys;
  config.queue_depth = target->queue_depth;
  config.power_on_unit_attention = target->has_power_on_attention;
  config.first_stat_sn = target->first_stat_sn;
  config.tsihs = (const guint16 *) target->tsihs->data;
  config.tsih_count = target->tsihs->len;
  target->sim = target_sim_new (target->host, &config, error);
  return target->sim != NULL;
}

static void
target_on_down (gpointer data, Host *host)
{
  const Lab *lab = data;
  for (guint i = 0; i < lab->targets->len; i++) {
    LabTarget *target = lab->targets->pdata[i];
    if (target->host != host)
      continue;
    lab_trouble_set (target->object.lab, &target->is_paused, FALSE);
    target_sim_free (g_steal_pointer (&target->sim));
  }
}

static gboolean
target_start_peer (LabTarget *target, GError **error)
{
  Lab *lab = target->object.lab;
  g_autofree guint64 *sizes = g_new (guint64, target->luns->len);
  for (guint i = 0; i < target->luns->len; i++)
    sizes[i] = g_array_index (target->luns, LabLun, i).size_bytes;
  target->peer = peer_start (lab->peer_kind, target->name, sizes, target->luns->len, error);
  if (target->peer == NULL) {
    g_autofree char *expected = g_strdup_printf ("one of '%s' that answers", lab->request->target);
    lab_fail (lab, FAILURE_ENVIRONMENT, "the foreign target can be started", expected,
              (*error)->message);
    return FALSE;
  }
  g_array_append_val (target->portals, *peer_portal (target->peer));
  return TRUE;
}

/* The scenario has as much of the disk as it asks for, from its first block on; nothing is asked for: 64 MiB at most. */
static gboolean
target_use_remote (LabTarget *target, GError **error)
{
  Lab *lab = target->object.lab;
  const Remote *remote = lab->remote;
  const guint64 size_bytes = remote->blocks * remote->block_size;
  LabLun *lun = &g_array_index (target->luns, LabLun, 0);
  if (lab->targets->len > 1 || target->luns->len != 1)
    return lab_skip (lab, error, "%s is one disk of one target, the scenario needs several",
                     remote->text);
  if (remote->block_size != LUN_BLOCK)
    return lab_skip (lab, error, "%s has blocks of %u bytes, the scenario needs 512", remote->text,
                     remote->block_size);
  if (lun->size_bytes > size_bytes && !target->has_default_luns)
    return lab_skip (lab, error,
                     "%s has %" G_GUINT64_FORMAT " bytes, the scenario needs %" G_GUINT64_FORMAT,
                     remote->text, size_bytes, lun->size_bytes);
  lun->size_bytes = MIN (lun->size_bytes, size_bytes);
  oracle_forget_zeros (lun->oracle);
  g_free (target->name);
  target->name = g_strdup (remote->name);
  g_array_append_val (target->portals, remote->portal);
  return TRUE;
}

/* It gets a host as the others have, by whose name and place faults find it. */
static gboolean
target_start_foreign (LabTarget *target, GError **error)
{
  Lab *lab = target->object.lab;
  if (lab_real_time_is_over (lab))
    return lab_skip_for_time (lab, error);
  g_autofree char *host = g_strdup_printf ("target%u", lab->targets->len);
  target->host = lab_host_new (lab, host, error);
  if (target->host == NULL
      || !(lab->remote != NULL ? target_use_remote (target, error)
                               : target_start_peer (target, error)))
    return FALSE;
  fault_plan_place_host (lab->plan, target->host, &g_array_index (target->portals, Address, 0));
  return TRUE;
}

/* Not every real machine speaks version 6. */
static gboolean
target_make_address6 (LabTarget *target, Address *ret_address, GError **error)
{
  Lab *lab = target->object.lab;
  g_autoptr (GError) own = NULL;
  if (world_address_new6 (lab->world, target->host, ret_address, &own))
    return TRUE;
  if (lab->request->is_live && g_error_matches (own, WORLD_ERROR, WORLD_ERROR_INVALID))
    return lab_skip (lab, error, "this machine has no loopback of version 6");
  g_propagate_error (error, g_steal_pointer (&own));
  return FALSE;
}

static gboolean
target_make_portals (LabTarget *target, guint64 count, gboolean is_ipv6, GError **error)
{
  Lab *lab = target->object.lab;
  for (guint64 i = 0; i < count; i++) {
    Address address;
    if (is_ipv6 ? !target_make_address6 (target, &address, error)
                : !world_address_new (lab->world, target->host, &address, error))
      return FALSE;
    g_array_append_val (target->portals, address);
  }
  return TRUE;
}

static gboolean
values_ask_for_slow_stores (const TargetValues *values)
{
  return values->store_latency_ns > 0 || values->store_jitter_ns > 0 || values->store_bandwidth > 0;
}

static void
target_make_disks (LabTarget *target, const TargetValues *values)
{
  for (guint i = 0; i < target->luns->len; i++) {
    LabLun *lun = &g_array_index (target->luns, LabLun, i);
    lun->is_thin = values->is_thin;
    if (!values_ask_for_slow_stores (values))
      continue;
    g_autofree char *name = g_strdup_printf ("store.%u", i);
    const StoreSlowConfig config = { .name = name,
                                     .latency_ns = values->store_latency_ns,
                                     .jitter_ns = values->store_jitter_ns,
                                     .bandwidth = values->store_bandwidth };
    lun->slow = store_slow_new (target->host, lun->store, &config);
  }
}

static void
target_set_media (LabTarget *target, const TargetValues *values)
{
  for (guint i = 0; i < target->luns->len; i++) {
    LabLun *lun = &g_array_index (target->luns, LabLun, i);
    lun->is_removable = values->is_removable;
    lun->is_empty = values->is_empty;
  }
}

static gboolean
target_start_beside (LabTarget *target, const LabTarget *other, const TargetValues *values,
                     GError **error)
{
  Lab *lab = target->object.lab;
  if (lab_is_foreign (lab))
    return lab_skip (lab, error, "%s is started with one target, the scenario needs several",
                     lab->request->target);
  target->host = other->host;
  target_make_disks (target, values);
  g_array_append_vals (target->portals, other->portals->data, other->portals->len);
  return target_start_sim (target, error);
}

static gboolean
target_may_be_foreign (LabTarget *target, const TargetValues *values, GError **error)
{
  Lab *lab = target->object.lab;
  const char *name = lab->remote != NULL ? lab->remote->text : lab->request->target;
  if (lab->remote != NULL && values->name != NULL)
    return lab_skip (lab, error, "%s has a name, the scenario gives another", name);
  if (values->portals > 1)
    return lab_skip (lab, error, "%s is started with one portal, the scenario needs %u", name,
                     (guint) values->portals);
  if (values->keys != 0)
    return lab_skip (lab, error, "%s has keys of its own, the scenario gives it others", name);
  if (values->is_ipv6)
    return lab_skip (lab, error, "%s is started with a portal of version 4", name);
  if (values->is_removable || values->is_empty)
    return lab_skip (lab, error, "%s has disks of its own: their media stay in", name);
  if (target->tsihs->len > 0 || values->first_stat_sn != 0)
    return lab_skip (lab, error, "%s has numbers of its own, the scenario gives it others", name);
  if (values->groups != 0)
    return lab_skip (lab, error, "%s has a portal group of its own", name);
  if (values->is_thin)
    return lab_skip (lab, error, "%s has disks of its own: how they are provisioned is not ours",
                     name);
  return !values_ask_for_slow_stores (values)
         || lab_skip (lab, error, "%s has disks of its own: their latency is not ours", name);
}

static gboolean
target_start_first (LabTarget *target, const TargetValues *values, GError **error)
{
  Lab *lab = target->object.lab;
  if (lab_is_foreign (lab))
    return target_may_be_foreign (target, values, error) && target_start_foreign (target, error);
  g_autofree char *host = g_strdup_printf ("target%u", lab->targets->len);
  target->host = lab_host_new (lab, host, error);
  if (target->host == NULL)
    return FALSE;
  target->host->on_down = target_on_down;
  target->host->on_down_data = lab;
  target_make_disks (target, values);
  return target_make_portals (target, values->portals, values->is_ipv6, error)
         && target_start_sim (target, error);
}

/* One that runs already is left alone, as an embedded one is. */
static gboolean
target_restart_peer (LabTarget *target, GError **error)
{
  return peer_is_up (target->peer) || peer_restart (target->peer, error);
}

gboolean
lab_target_is_up (const LabTarget *target)
{
  return target->peer != NULL ? peer_is_up (target->peer) : target->host->is_up;
}

void
lab_target_stop (LabTarget *target, gboolean is_power_cut, DiskCut unsynced)
{
  if (target->peer != NULL) {
    lab_trouble_set (target->object.lab, &target->is_paused, FALSE);
    peer_kill (target->peer);
  } else if (is_power_cut)
    host_power_cut (target->host, unsynced);
  else
    host_kill (target->host);
}

gboolean
lab_target_start (LabTarget *target, GError **error)
{
  if (target->peer != NULL)
    return target_restart_peer (target, error);
  const GPtrArray *targets = target->object.lab->targets;
  if (!host_start (target->host, error))
    return FALSE;
  for (guint i = 0; i < targets->len; i++) {
    LabTarget *other = targets->pdata[i];
    if (other->host == target->host && other->sim == NULL && !target_start_sim (other, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
lab_target_lose_data (LabTarget *target, GError **error)
{
  if (target->peer != NULL)
    return peer_lose_data (target->peer, error);
  CHECK_THAT (target->sim == NULL);
  for (guint i = 0; i < target->luns->len; i++) {
    LabLun *lun = &g_array_index (target->luns, LabLun, i);
    store_free (lun->store);
    lun->store = store_ram_new (lun->size_bytes);
    unit_memory_free (lun->memory);
    lun->memory = unit_memory_ram_new ();
  }
  return TRUE;
}

/* ---- what the script gave ---- */

static gboolean
target_add_lun (LabTarget *target, guint64 size_bytes, GError **error)
{
  const Lab *lab = target->object.lab;
  const gboolean is_foreign = lab_is_foreign (lab);
  if (size_bytes < LUN_BLOCK || size_bytes % LUN_BLOCK != 0 || target->luns->len >= MAX_LUNS) {
    g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_USAGE,
                 "lab:target: 'luns': expected at most %u sizes of whole blocks of %u bytes, got "
                 "%" G_GUINT64_FORMAT,
                 MAX_LUNS, LUN_BLOCK, size_bytes);
    return FALSE;
  }
  const LabLun lun = { .size_bytes = size_bytes,
                       .block_size = LUN_BLOCK,
                       .number = (guint16) (target->luns->len + lab_first_lun (lab)),
                       .store = is_foreign ? NULL : store_ram_new (size_bytes),
                       .memory = is_foreign ? NULL : unit_memory_ram_new (),
                       .oracle = oracle_new (LUN_BLOCK) };
  g_array_append_val (target->luns, lun);
  return TRUE;
}

static gboolean
target_read_luns (LabTarget *target, lua_State *L, int index, GError **error)
{
  target->has_default_luns = index == 0;
  if (index == 0)
    return target_add_lun (target, 64 * 1024 * 1024, error);
  if (lua_type (L, index) != LUA_TTABLE) {
    g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_USAGE,
                 "lab:target: 'luns': expected a list of sizes as { '64M' }, got %s",
                 luaL_typename (L, index));
    return FALSE;
  }
  const lua_Unsigned count = lua_rawlen (L, index);
  for (lua_Unsigned i = 1; i <= count; i++) {
    guint64 size_bytes;
    lua_rawgeti (L, index, (lua_Integer) i);
    const gboolean is_good =
        option_read_value (L, -1, "lab:target: 'luns'", OPTION_SIZE, &size_bytes, error);
    lua_pop (L, 1);
    if (!is_good || !target_add_lun (target, size_bytes, error))
      return FALSE;
  }
  return TRUE;
}

/* One tag per portal; the list may not be longer, and what it leaves out is 1. */
static gboolean
target_read_groups (LabTarget *target, lua_State *L, int index, guint64 portals, GError **error)
{
  const guint64 given = index != 0 && lua_istable (L, index) ? lua_rawlen (L, index) : 0;
  if (index != 0 && (given == 0 || given > portals)) {
    g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_USAGE,
                 "lab:target: 'groups': expected a list of at most %u portal group tags, got %s",
                 (guint) portals, given == 0 ? luaL_typename (L, index) : "more");
    return FALSE;
  }
  for (guint64 i = 1; i <= portals; i++) {
    guint64 tag = 1;
    gboolean is_good = TRUE;
    if (i <= given) {
      lua_rawgeti (L, index, (lua_Integer) i);
      is_good = option_read_value (L, -1, "lab:target: 'groups'", OPTION_NUMBER, &tag, error);
      lua_pop (L, 1);
    }
    if (is_good && tag > G_MAXUINT16)
      g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_USAGE,
                   "lab:target: 'groups': expected tags of 0 to 65535, got %" G_GUINT64_FORMAT,
                   tag);
    if (!is_good || tag > G_MAXUINT16)
      return FALSE;
    const guint16 group = (guint16) tag;
    g_array_append_val (target->groups, group);
  }
  return TRUE;
}

static gboolean
target_read_tsihs (LabTarget *target, lua_State *L, int index, GError **error)
{
  const guint64 given = index != 0 && lua_istable (L, index) ? lua_rawlen (L, index) : 0;
  if (index != 0 && given == 0) {
    g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_USAGE,
                 "lab:target: 'tsihs': expected a list of numbers, got %s",
                 luaL_typename (L, index));
    return FALSE;
  }
  for (guint64 i = 1; i <= given; i++) {
    guint64 number;
    lua_rawgeti (L, index, (lua_Integer) i);
    const gboolean is_good =
        option_read_value (L, -1, "lab:target: 'tsihs'", OPTION_NUMBER, &number, error);
    lua_pop (L, 1);
    if (is_good && (number < 1 || number > G_MAXUINT16))
      g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_USAGE,
                   "lab:target: 'tsihs': expected numbers of 1 to 65535, got %" G_GUINT64_FORMAT,
                   number);
    if (!is_good || number < 1 || number > G_MAXUINT16)
      return FALSE;
    const guint16 tsih = (guint16) number;
    g_array_append_val (target->tsihs, tsih);
  }
  return TRUE;
}

/* `name`: NULL for one of ours. */
static LabTarget *
target_new (Lab *lab, const TargetValues *values, char **name /* transfer contents */)
{
  LabTarget *target = g_new0 (LabTarget, 1);
  script_object_init (&target->object, &target_class, lab);
  g_ptr_array_add (lab->targets, target);
  target->name = g_steal_pointer (name);
  if (target->name == NULL)
    target->name = g_strdup_printf ("%s%u", TARGET_PREFIX, lab->targets->len);
  target->portals = g_array_new (FALSE, FALSE, sizeof (Address));
  target->groups = g_array_new (FALSE, FALSE, sizeof (guint16));
  target->tsihs = g_array_new (FALSE, FALSE, sizeof (guint16));
  target->luns = g_array_new (FALSE, FALSE, sizeof (LabLun));
  target->queue_depth = (guint) values->queue_depth;
  target->has_power_on_attention = values->has_power_on_attention;
  target->first_stat_sn = (guint32) values->first_stat_sn;
  target_wanted_init (&target->keys);
  return target;
}

gboolean
lab_add_target (ScriptCall *call, GError **error)
{
  Lab *lab = call->lab;
  TargetValues values = { .portals = 1,
                          .queue_depth = QUEUE_DEPTH,
                          .has_power_on_attention = TRUE };
  if (!options_read (call->L, SCRIPT_FIRST, &target_options, &values, error))
    return FALSE;
  if (values.portals < 1 || values.portals > MAX_PORTALS || values.queue_depth < 1
      || values.queue_depth > 65535) {
    g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_USAGE,
                 "lab:target: expected 1 to %u portals and a queue_depth of 1 to 65535, got "
                 "%" G_GUINT64_FORMAT " and %" G_GUINT64_FORMAT,
                 MAX_PORTALS, values.portals, values.queue_depth);
    return FALSE;
  }
  g_autofree char *name = NULL;
  if (values.name != NULL && (name = name_prepare (values.name, error)) == NULL)
    return FALSE;
  LabTarget *beside = NULL;
  if (values.beside != 0) {
    beside =
        script_to_object (call->L, values.beside, &target_class, "lab:target: 'beside'", error);
    if (beside == NULL)
      return FALSE;
    values.portals = beside->portals->len;
  }
  LabTarget *target = target_new (lab, &values, &name);
  g_autoptr (GError) own = NULL;
  if (!target_read_groups (target, call->L, values.groups, values.portals, &own)
      || !target_read_tsihs (target, call->L, values.tsihs, &own)
      || !target_read_luns (target, call->L, values.luns, &own)
      || !option_read_keys (call->L, values.keys, "lab:target", &target->keys, &own)) {
    g_propagate_error (error, g_steal_pointer (&own));
    return FALSE;
  }
  target_set_media (target, &values);
  if (!(beside != NULL ? target_start_beside (target, beside, &values, &own)
                       : target_start_first (target, &values, &own))) {
    g_propagate_error (error, g_steal_pointer (&own));
    return FALSE;
  }
  script_push_object (call->L, &target->object);
  call->results = 1;
  return TRUE;
}

static void
target_on_accepted (gpointer data, Host *host, Stream *stream)
{
  Lab *lab = data;
  if (!stream->is_accepted)
    return;
  lab_capture_stream (lab, host, stream);
  fault_plan_tap_stream (lab->plan, stream);
}

LabTarget *
lab_serve_target (Lab *lab, Host *host, const char *name, const GArray *addresses,
                  const GArray *luns, GError **error)
{
  const TargetValues values = { .queue_depth = QUEUE_DEPTH, .has_power_on_attention = TRUE };
  const guint16 group = 1;
  g_autofree char *own_name = g_strdup (name);
  LabTarget *target = target_new (lab, &values, &own_name);
  target->host = host;
  host->on_down = target_on_down;
  host->on_down_data = lab;
  host->on_stream = target_on_accepted;
  host->on_stream_data = lab;
  host->fault_ask = fault_plan_ask;
  host->fault_data = lab->plan;
  g_array_append_vals (target->portals, addresses->data, addresses->len);
  g_array_append_vals (target->luns, luns->data, luns->len);
  for (guint i = 0; i < addresses->len; i++)
    g_array_append_val (target->groups, group);
  if (!target_start_sim (target, error))
    return NULL;
  for (guint i = 0; i < addresses->len; i++)
    g_array_index (target->portals, Address, i) = *target_sim_portal_address (target->sim, i);
  return target;
}

/* ---- words ---- */

static gboolean
target_must_be_ours (LabTarget *target, const char *what, GError **error)
{
  Lab *lab = target->object.lab;
  return !lab_is_foreign (lab)
         || lab_skip (lab, error, "%s: target:%s is for the embedded target", lab->request->target,
                      what);
}

static gboolean
target_must_be_in_reach (LabTarget *target, const char *what, GError **error)
{
  Lab *lab = target->object.lab;
  return lab->remote == NULL
         || lab_skip (lab, error, "%s: target:%s is for a process of ours", lab->remote->text,
                      what);
}

static gboolean
target_power_cut (ScriptCall *call, GError **error)
{
  LabTarget *target = call->self;
  if (!target_must_be_in_reach (target, "power_cut", error))
    return FALSE;
  lab_target_stop (target, TRUE, DISK_CUT_LOSE);
  return TRUE;
}

static gboolean
target_kill (ScriptCall *call, GError **error)
{
  LabTarget *target = call->self;
  if (!target_must_be_in_reach (target, "kill", error))
    return FALSE;
  lab_target_stop (target, FALSE, DISK_CUT_LOSE);
  return TRUE;
}

static gboolean
target_start (ScriptCall *call, GError **error)
{
  return target_must_be_in_reach (call->self, "start", error)
         && lab_target_start (call->self, error);
}

static gboolean
target_pause_peer (LabTarget *target, gboolean is_pause, GError **error)
{
  if (!peer_is_up (target->peer)) {
    g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_FAILED,
                 "target:%s: expected a target that is up, got one that is down",
                 is_pause ? "pause" : "resume");
    return FALSE;
  }
  if (is_pause)
    peer_pause (target->peer);
  else
    peer_resume (target->peer);
  lab_trouble_set (target->object.lab, &target->is_paused, is_pause);
  return TRUE;
}

static gboolean
target_pause (ScriptCall *call, GError **error)
{
  LabTarget *target = call->self;
  if (!target_must_be_in_reach (target, "pause", error))
    return FALSE;
  return target->peer != NULL ? target_pause_peer (target, TRUE, error)
                              : lab_host_pause (call, target->host, &target->is_paused, error);
}

static gboolean
target_resume (ScriptCall *call, GError **error)
{
  LabTarget *target = call->self;
  if (!target_must_be_in_reach (target, "resume", error))
    return FALSE;
  return target->peer != NULL ? target_pause_peer (target, FALSE, error)
                              : lab_host_resume (call, target->host, &target->is_paused, error);
}

static gboolean
target_clock_jump (ScriptCall *call, GError **error)
{
  LabTarget *target = call->self;
  return target_must_be_ours (target, "clock_jump", error)
         && lab_host_clock_jump (call, target->host, error);
}

static gboolean
target_counters (ScriptCall *call, GError **error)
{
  LabTarget *target = call->self;
  if (!target_must_be_ours (target, "counters", error))
    return FALSE;
  if (target->sim == NULL) {
    g_set_error (error, SCRIPT_ERROR, SCRIPT_ERROR_FAILED,
                 "target:counters: expected a target that is up, got one that is down");
    return FALSE;
  }
  const TargetCounters *counters = target_sim_counters (target->sim);
  const struct {
    const char *name;
    guint64 value;
  } rows[] = {
    { "discoveries", counters->discoveries },
    { "logins", counters->logins },
    { "logins_refused", counters->logins_refused },
    { "connections", counters->connections_now },
    { "sessions", counters->sessions_now },
    { "reinstatements", counters->reinstatements },
    { "commands", counters->commands },
    { "writes", counters->writes_done },
    { "reads", counters->reads_done },
    { "rejects", counters->rejects },
  };
  lua_createtable (call->L, 0, G_N_ELEMENTS (rows));
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    lua_pushinteger (call->L, (lua_Integer) rows[i].value);
    lua_setfield (call->L, -2, rows[i].name);
  }
  call->results = 1;
  return TRUE;
}

static void
target_get_name (gpointer self, lua_State *L)
{
  const LabTarget *target = self;
  lua_pushstring (L, target->name);
}

static void
target_get_is_embedded (gpointer self, lua_State *L)
{
  const LabTarget *target = self;
  lua_pushboolean (L, !lab_is_foreign (target->object.lab));
}

static void
target_get_portals (gpointer self, lua_State *L)
{
  const LabTarget *target = self;
  lua_createtable (L, (int) target->portals->len, 0);
  for (guint i = 0; i < target->portals->len; i++) {
    char text[ADDRESS_TEXT_LENGTH];
    lua_pushstring (L, address_text (&g_array_index (target->portals, Address, i), text));
    lua_rawseti (L, -2, (lua_Integer) i + 1);
  }
}

static const ScriptWord words[] = {
  { "name", NULL, target_get_name, "iSCSI name", NULL },
  { "is_embedded", NULL, target_get_is_embedded, "ours: it can be asked what it counted", NULL },
  { "portals", NULL, target_get_portals, "list of 'address:port', first portal at 1", NULL },
  { "power_cut", target_power_cut, NULL,
    "power goes; peers hear nothing. A tgtd or istgt of ours is killed", NULL },
  { "kill", target_kill, NULL, "the process dies; its machine closes what was open", NULL },
  { "start", target_start, NULL, "up again, without its sessions, with its data", NULL },
  { "pause", target_pause, NULL, "its process stops where it is; its machine goes on acknowledging",
    NULL },
  { "resume", target_resume, NULL, "it goes on: what waited comes late, in its order", NULL },
  { "clock_jump", target_clock_jump, NULL, "target:clock_jump ('1h' or '-30s'): of its wall clock",
    NULL },
  { "async_message", word_async_message, NULL,
    "to every session; a drop follows at once; gives how many went out", &async_options },
  { "redirect", target_word_redirect, NULL,
    "from now on, or until it starts again, logins are sent elsewhere", &redirect_options },
  { "swap_luns", target_word_swap_luns, NULL,
    "target:swap_luns (n, m, tells): LUNs n and m change places, until it starts again; tells: "
    "UNIT ATTENTION 3F/0E",
    NULL },
  { "redirect_off", target_word_redirect_off, NULL, "logins are taken again", NULL },
  { "counters", target_counters, NULL,
    "table: discoveries, logins, logins_refused, connections, sessions, reinstatements, commands, "
    "writes, reads, rejects",
    NULL },
};

const ScriptClass target_class = { "target", words, G_N_ELEMENTS (words) };
