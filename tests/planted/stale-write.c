/* SPDX-License-Identifier: Apache-2.0 */
/* wrap: store_write */
/* A target that acknowledges every second write to a place and keeps the old data: the oracle must find the stale blocks. */
#include "target-sim/scsi/store.h"

#define PLACES      32
#define PLACE_BYTES (64 * 1024)

void __real_store_write (Store *store, StoreRequest *request);
void __wrap_store_write (Store *store, StoreRequest *request);

static guint writes[PLACES];

void
__wrap_store_write (Store *store, StoreRequest *request)
{
  const guint64 place = request->offset_bytes / PLACE_BYTES;
  if (place < PLACES && writes[place]++ % 2 == 1)
    request->done (request, STORE_OK);
  else
    __real_store_write (store, request);
}
