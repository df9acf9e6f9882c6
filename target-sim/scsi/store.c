/* SPDX-License-Identifier: Apache-2.0 */
/* store.c - the calls of every store, with the checks that all of them share */
#include "target-sim/scsi/store.h"

#include "world/banned.h"

static void
store_check_range (const Store *store, guint64 offset, guint64 length)
{
  CHECK (store, STORE_MAGIC);
  CHECK_THAT (offset <= store->size_bytes && length <= store->size_bytes - offset);
}

void
store_read (Store *store, StoreRequest *request)
{
  store_check_range (store, request->offset_bytes, request->length_bytes);
  CHECK_THAT (request->bytes.length == 0);
  store->ops->read (store, request);
}

void
store_write (Store *store, StoreRequest *request)
{
  request->length_bytes = request->bytes.length;
  store_check_range (store, request->offset_bytes, request->length_bytes);
  store->ops->write (store, request);
}

void
store_flush (Store *store, StoreRequest *request)
{
  CHECK (store, STORE_MAGIC);
  if (store->ops->flush != NULL)
    store->ops->flush (store, request);
  else
    request->done (request, STORE_OK);
}

void
store_unmap (Store *store, StoreRequest *request)
{
  store_check_range (store, request->offset_bytes, request->length_bytes);
  CHECK_THAT (store->unmap_bytes > 0);
  store->ops->unmap (store, request);
}

guint32
store_unmap_bytes (const Store *store)
{
  CHECK (store, STORE_MAGIC);
  return store->unmap_bytes;
}

gboolean
store_is_mapped (Store *store, guint64 offset_bytes, guint64 *ret_length_bytes)
{
  CHECK (store, STORE_MAGIC);
  CHECK_THAT (offset_bytes < store->size_bytes);
  if (store->ops->is_mapped != NULL)
    return store->ops->is_mapped (store, offset_bytes, ret_length_bytes);
  *ret_length_bytes = store->size_bytes - offset_bytes;
  return TRUE;
}

void
store_cancel (Store *store, StoreRequest *request)
{
  CHECK (store, STORE_MAGIC);
  if (store->ops->cancel != NULL)
    store->ops->cancel (store, request);
}

guint64
store_size (const Store *store)
{
  CHECK (store, STORE_MAGIC);
  return store->size_bytes;
}

void
store_free (Store *store)
{
  if (store == NULL)
    return;
  CHECK (store, STORE_MAGIC);
  store->ops->free (store);
}
