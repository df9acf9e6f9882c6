/* SPDX-License-Identifier: Apache-2.0 */
#include "target-sim/scsi/lun.h"

#include "target-sim/scsi/erasure.h"

#include "world/error.h"
#include "world/random.h"

#include "world/banned.h"

typedef struct LunFlush {
  StoreRequest request; /* first */
  Lun *lun;
  GList link; /* data: this */
} LunFlush;

static void
lun_flush_free (LunFlush *flush)
{
  g_queue_unlink (&flush->lun->flushes, &flush->link);
  g_free (flush);
}

/* A store may tell of a failure once (a file system does): it is kept for who asks next. */
static void
lun_flush_done (StoreRequest *request, StoreResult result)
{
  LunFlush *flush = (LunFlush *) request;
  flush->lun->has_lost_writes |= result != STORE_OK;
  lun_flush_free (flush);
}

void
lun_flush (Lun *lun)
{
  CHECK (lun, LUN_MAGIC);
  LunFlush *flush = g_new0 (LunFlush, 1);
  flush->lun = lun;
  flush->link.data = flush;
  flush->request.done = lun_flush_done;
  g_queue_push_tail_link (&lun->flushes, &flush->link);
  store_flush (lun->store, &flush->request);
}

static void
lun_free (Lun *lun)
{
  CHECK (lun, LUN_MAGIC);
  erasure_free (lun->erasure);
  CHECK_THAT (lun->line.ranges.length == 0);
  while (lun->flushes.head != NULL) {
    LunFlush *flush = lun->flushes.head->data;
    store_cancel (lun->store, &flush->request);
    lun_flush_free (flush);
  }
  medium_clear (&lun->medium);
  for (guint i = 0; i < UNIT_INFORMATION_COUNT; i++)
    g_clear_pointer (&lun->information[i], g_bytes_unref);
  g_free (lun->buffer);
  g_free (lun->echo);
  reservations_clear (&lun->reservations);
  lun->magic = 0;
  g_free (lun);
}

void
luns_init (Luns *luns, const char *target_name)
{
  *luns = (Luns){ .target_name = g_strdup (target_name),
                  .nexuses = g_ptr_array_new (),
                  .target_ports = g_array_new (FALSE, FALSE, sizeof (guint16)) };
}

void
luns_clear (Luns *luns)
{
  for (guint i = 0; i < luns->count; i++)
    lun_free (luns->list[i]);
  g_free (luns->list);
  g_free (luns->target_name);
  if (luns->nexuses != NULL)
    g_ptr_array_unref (luns->nexuses);
  if (luns->target_ports != NULL)
    g_array_unref (luns->target_ports);
  *luns = (Luns){ 0 };
}

static gboolean
luns_check (const Luns *luns, guint16 number, guint32 block_size, const Store *store,
            GError **error)
{
  if (number > LUN_NUMBER_MAX)
    g_set_error (error, WORLD_ERROR, WORLD_ERROR_INVALID, "lun '%u': expected at most %u", number,
                 LUN_NUMBER_MAX);
  else if (luns_find (luns, number) != NULL)
    g_set_error (error, WORLD_ERROR, WORLD_ERROR_INVALID, "lun '%u': expected each number once",
                 number);
  else if (block_size < 512 || block_size > 65536 || (block_size & (block_size - 1)) != 0)
    g_set_error (error, WORLD_ERROR, WORLD_ERROR_INVALID,
                 "lun '%u': expected a block size that is a power of two from 512 to 65536, got %u",
                 number, block_size);
  else if (store_size (store) < block_size)
    g_set_error (error, WORLD_ERROR, WORLD_ERROR_INVALID,
                 "lun '%u': expected a store of at least one block, got %" G_GUINT64_FORMAT
                 " bytes",
                 number, store_size (store));
  else
    return TRUE;
  return FALSE;
}

static Lun *
lun_new (const char *target_name, guint16 number, guint32 block_size, Store *store)
{
  Lun *lun = g_new (Lun, 1);
  const guint64 identity = random_mix (random_hash_name (target_name) ^ ((guint64) number + 1));
  *lun = (Lun){ .magic = LUN_MAGIC, .number = number, .block_size = block_size, .store = store };
  lun->blocks = store_size (store) / block_size;
  modes_init (&lun->modes);
  medium_init (&lun->medium);
  reservations_init (&lun->reservations);
  lun->naa = UINT64_C (3) << 60 | identity >> 4;
  g_snprintf (lun->serial, sizeof lun->serial, "%016" G_GINT64_MODIFIER "x", identity);
  return lun;
}

gboolean
luns_add (Luns *luns, guint16 number, guint32 block_size, Store *store, GError **error)
{
  if (!luns_check (luns, number, block_size, store, error))
    return FALSE;
  luns->list = g_renew (Lun *, luns->list, luns->count + 1);
  guint at = luns->count;
  while (at > 0 && luns->list[at - 1]->number > number)
    at--;
  memmove (&luns->list[at + 1], &luns->list[at], (luns->count - at) * sizeof (Lun *));
  luns->list[at] = lun_new (luns->target_name, number, block_size, store);
  luns->count++;
  return TRUE;
}

void
luns_protect (Luns *luns, guint16 number)
{
  Lun *lun = luns_find (luns, number);
  CHECK_THAT (lun != NULL);
  lun->is_read_only = TRUE;
}

gboolean
luns_remember (Luns *luns, guint16 number, UnitMemory *memory, GError **error)
{
  Lun *lun = luns_find (luns, number);
  CHECK_THAT (lun != NULL);
  lun->reservations.memory = memory;
  if (reservations_power_on (&lun->reservations, error))
    return TRUE;
  g_prefix_error (error, "lun '%u': ", number);
  return FALSE;
}

void
luns_add_port (Luns *luns, guint16 target_port)
{
  guint at = 0;
  while (at < luns->target_ports->len
         && g_array_index (luns->target_ports, guint16, at) < target_port)
    at++;
  if (at == luns->target_ports->len
      || g_array_index (luns->target_ports, guint16, at) != target_port)
    g_array_insert_val (luns->target_ports, at, target_port);
}

/* What the memory holds has been read once, or was written by us: it can be read. */
void
luns_power_on (Luns *luns)
{
  for (guint i = 0; i < luns->count; i++) {
    lun_reset (luns->list[i]);
    CHECK_THAT (reservations_power_on (&luns->list[i]->reservations, NULL));
  }
}

void
luns_make_removable (Luns *luns, guint16 number, gboolean is_empty)
{
  Lun *lun = luns_find (luns, number);
  CHECK_THAT (lun != NULL);
  lun->medium.is_removable = TRUE;
  lun->medium.is_missing = is_empty;
}

void
luns_make_thin (Luns *luns, guint16 number)
{
  Lun *lun = luns_find (luns, number);
  CHECK_THAT (lun != NULL && store_unmap_bytes (lun->store) > 0);
  lun->is_thin = TRUE;
}

void
lun_reset (Lun *lun)
{
  CHECK (lun, LUN_MAGIC);
  modes_init (&lun->modes);
  medium_reset (&lun->medium);
  reservations_reset (&lun->reservations);
}

void
lun_forget_nexus (Lun *lun, gpointer nexus)
{
  CHECK (lun, LUN_MAGIC);
  medium_allow (&lun->medium, nexus);
  if (lun->echo == NULL)
    return;
  if (lun->echo->writer == nexus)
    lun->echo->writer = NULL;
  if (lun->echo->previous == nexus)
    lun->echo->previous = NULL;
}

gboolean
lun_is_write_protected (const Lun *lun)
{
  return lun->is_read_only || modes_protect (&lun->modes);
}

static Lun **
luns_place (const Luns *luns, guint16 number)
{
  guint low = 0;
  guint high = luns->count;
  while (low < high) {
    const guint middle = low + (high - low) / 2;
    if (luns->list[middle]->number == number)
      return &luns->list[middle];
    if (luns->list[middle]->number < number)
      low = middle + 1;
    else
      high = middle;
  }
  return NULL;
}

/* A command that is under way has found its unit, and stays with it. */
void
luns_swap (Luns *luns, guint16 number, guint16 other)
{
  Lun **here = luns_place (luns, number);
  Lun **there = luns_place (luns, other);
  CHECK_THAT (here != NULL && there != NULL);
  Lun *moved = *here;
  *here = *there;
  *there = moved;
  (*here)->number = number;
  (*there)->number = other;
}

Lun *
luns_find (const Luns *luns, guint16 number)
{
  Lun **place = luns_place (luns, number);
  return place != NULL ? *place : NULL;
}
