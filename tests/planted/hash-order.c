/* SPDX-License-Identifier: Apache-2.0 */
/* wrap: registry_load */
/* An initiator that restores its sessions in the order of a hash table, whose hash is salted per process as those of many
 * languages are: here by where the system put our stack. */
#include "initiator/registry.h"

void __real_registry_load (Registry *registry, RegistryLoaded loaded, gpointer data);
void __wrap_registry_load (Registry *registry, RegistryLoaded loaded, gpointer data);

typedef struct Load {
  RegistryLoaded loaded;
  gpointer data;
} Load;

static guint
hash_salted (gconstpointer record)
{
  const guint8 *const on_stack = __builtin_frame_address (0);
  const gsize page = (gsize) on_stack >> 12;
  return (guint) ((((gsize) record >> 4) ^ page) * 2654435761u >> 7);
}

static void
load_in_hash_order (gpointer data, GPtrArray *records, const GError *error)
{
  g_autofree Load *load = data;
  g_autoptr (GHashTable) table = g_hash_table_new (hash_salted, g_direct_equal);
  for (guint i = 0; records != NULL && i < records->len; i++)
    g_hash_table_add (table, records->pdata[i]);
  GHashTableIter iter;
  gpointer record;
  guint i = 0;
  g_hash_table_iter_init (&iter, table);
  while (g_hash_table_iter_next (&iter, &record, NULL))
    records->pdata[i++] = record;
  load->loaded (load->data, records, error);
}

void
__wrap_registry_load (Registry *registry, RegistryLoaded loaded, gpointer data)
{
  Load *load = g_new (Load, 1);
  *load = (Load){ loaded, data };
  __real_registry_load (registry, load_in_hash_order, load);
}
