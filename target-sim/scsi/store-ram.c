/* SPDX-License-Identifier: Apache-2.0 */
/* store-ram.c - a store in memory that costs what was written to it
 *
 * Method: two levels. A directory of regions (64 MiB each), a region of page pointers, pages of 64 KiB made on their first
 * write. So an untouched terabyte costs its directory, 128 KiB. A write copies once, from the slices that came off the wire
 * into the pages; a read makes one Buffer. Unmapping frees pages. Requests end inside their call.
 */
#include "target-sim/scsi/store.h"

#include "world/banned.h"

#define PAGE_BYTES   UINT64_C (65536)
#define REGION_PAGES UINT64_C (1024)
#define REGION_BYTES (PAGE_BYTES * REGION_PAGES)

typedef struct Region {
  guint8 *pages[REGION_PAGES];
} Region;

typedef struct RamStore {
  Store store; /* first */
  guint64 region_count;
  Region **regions;
} RamStore;

static guint8 *
ram_page (const RamStore *ram, guint64 page)
{
  const Region *region = ram->regions[page / REGION_PAGES];
  return region == NULL ? NULL : region->pages[page % REGION_PAGES];
}

static guint8 *
ram_page_for_write (RamStore *ram, guint64 page)
{
  Region **region = &ram->regions[page / REGION_PAGES];
  if (*region == NULL)
    *region = g_new0 (Region, 1);
  guint8 **slot = &(*region)->pages[page % REGION_PAGES];
  if (*slot == NULL)
    *slot = g_malloc0 (PAGE_BYTES);
  return *slot;
}

/* How much of [offset, offset + length) lies on the page of offset. */
static gsize
ram_piece (guint64 offset, gsize length)
{
  const guint64 left = PAGE_BYTES - offset % PAGE_BYTES;
  return length < left ? length : (gsize) left;
}

static void
ram_read (Store *store, StoreRequest *request)
{
  const RamStore *ram = (const RamStore *) store;
  Buffer *buffer = buffer_new (request->length_bytes);
  guint64 offset = request->offset_bytes;
  for (gsize at = 0; at < buffer->size;) {
    const gsize piece = ram_piece (offset, buffer->size - at);
    const guint8 *page = ram_page (ram, offset / PAGE_BYTES);
    if (page != NULL)
      memcpy (buffer->bytes + at, page + offset % PAGE_BYTES, piece);
    else
      memset (buffer->bytes + at, 0, piece);
    at += piece;
    offset += piece;
  }
  payload_append (&request->bytes, slice_whole (buffer));
  request->done (request, STORE_OK);
}

static void
ram_write_slice (RamStore *ram, guint64 offset, const Slice *slice)
{
  for (gsize at = 0; at < slice->length;) {
    const gsize piece = ram_piece (offset, slice->length - at);
    guint8 *page = ram_page_for_write (ram, offset / PAGE_BYTES);
    memcpy (page + offset % PAGE_BYTES, slice->bytes + at, piece);
    at += piece;
    offset += piece;
  }
}

static void
ram_write (Store *store, StoreRequest *request)
{
  guint64 offset = request->offset_bytes;
  const Slice *slices = payload_slices (&request->bytes);
  for (guint i = 0; i < request->bytes.count; i++) {
    ram_write_slice ((RamStore *) store, offset, &slices[i]);
    offset += slices[i].length;
  }
  request->done (request, STORE_OK);
}

/* Of a page that is not whole, what is asked for becomes zeros. */
static void
ram_unmap_piece (RamStore *ram, guint64 offset, gsize piece)
{
  Region *region = ram->regions[offset / PAGE_BYTES / REGION_PAGES];
  guint8 **slot = &region->pages[offset / PAGE_BYTES % REGION_PAGES];
  const gboolean is_last = offset + piece == ram->store.size_bytes;
  if (offset % PAGE_BYTES == 0 && (piece == PAGE_BYTES || is_last))
    g_clear_pointer (slot, g_free);
  else if (*slot != NULL)
    memset (*slot + offset % PAGE_BYTES, 0, piece);
}

/* How far it is from here to the next region, which may never have been written. */
static guint64
ram_region_left (guint64 offset)
{
  return REGION_BYTES - offset % REGION_BYTES;
}

static void
ram_unmap (Store *store, StoreRequest *request)
{
  RamStore *ram = (RamStore *) store;
  guint64 offset = request->offset_bytes;
  for (guint64 left = request->length_bytes; left > 0;) {
    guint64 piece = MIN (left, ram_region_left (offset));
    if (ram->regions[offset / REGION_BYTES] != NULL) {
      piece = ram_piece (offset, left);
      ram_unmap_piece (ram, offset, piece);
    }
    offset += piece;
    left -= piece;
  }
  request->done (request, STORE_OK);
}

static gboolean
ram_is_mapped (Store *store, guint64 offset_bytes, guint64 *ret_length_bytes)
{
  const RamStore *ram = (const RamStore *) store;
  const gboolean is_mapped = ram_page (ram, offset_bytes / PAGE_BYTES) != NULL;
  guint64 end = offset_bytes;
  while (end < store->size_bytes && (ram_page (ram, end / PAGE_BYTES) != NULL) == is_mapped)
    end += ram->regions[end / REGION_BYTES] == NULL ? ram_region_left (end)
                                                    : ram_piece (end, PAGE_BYTES);
  *ret_length_bytes = MIN (end, store->size_bytes) - offset_bytes;
  return is_mapped;
}

static void
ram_free (Store *store)
{
  RamStore *ram = (RamStore *) store;
  for (guint64 i = 0; i < ram->region_count; i++) {
    if (ram->regions[i] == NULL)
      continue;
    for (guint j = 0; j < REGION_PAGES; j++)
      g_free (ram->regions[i]->pages[j]);
    g_free (ram->regions[i]);
  }
  g_free (ram->regions);
  store->magic = 0;
  g_free (ram);
}

static const StoreOps ram_ops = {
  .read = ram_read,
  .write = ram_write,
  .unmap = ram_unmap,
  .is_mapped = ram_is_mapped,
  .free = ram_free,
};

Store *
store_ram_new (guint64 size_bytes)
{
  RamStore *ram = g_new0 (RamStore, 1);
  ram->store = (Store){ STORE_MAGIC, &ram_ops, size_bytes, PAGE_BYTES };
  ram->region_count = size_bytes / REGION_BYTES + (size_bytes % REGION_BYTES != 0);
  ram->regions = g_new0 (Region *, ram->region_count);
  return &ram->store;
}
