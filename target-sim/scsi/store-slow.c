/* SPDX-License-Identifier: Apache-2.0 */
/* store-slow.c - the latency and bandwidth of a real disk, before any other store
 *
 * Method: a request waits here for its time, and only then goes to the store below: so a write that is cancelled while it
 * waits has not happened, and two requests take effect in the order in which they end. Bytes pass one channel one after
 * another (bandwidth); latency and its jitter are each request's own, so that a later one may end first.
 *
 * Invariant: each request that waits has one SlowRequest, found by its address; one that went below has none, and the store
 * below is asked to cancel it.
 */
#include "target-sim/scsi/store-slow.h"

#include "world/banned.h"

typedef struct SlowStore SlowStore;

typedef void (*StoreCall) (Store *store, StoreRequest *request);

typedef struct SlowRequest {
  Timer timer;
  SlowStore *store;
  StoreRequest *request;
  StoreCall call;
} SlowRequest;

struct SlowStore {
  Store store; /* first */
  Host *host;
  Store *below;
  gint64 latency_ns;
  gint64 jitter_ns;
  guint64 bandwidth;
  gint64 busy_until_ns; /* the channel */
  Random random;
  GHashTable *waiting; /* StoreRequest * -> SlowRequest, for finding only */
};

static SlowStore *
slow_store (Store *store)
{
  return (SlowStore *) store;
}

static void
slow_request_free (gpointer data)
{
  SlowRequest *self = data;
  timer_disarm (&self->timer);
  g_free (self);
}

/* done() may free the requester, and begin another request here. */
static void
slow_request_due (gpointer data)
{
  SlowRequest *self = data;
  SlowStore *store = self->store;
  StoreRequest *request = self->request;
  const StoreCall call = self->call;
  g_hash_table_remove (store->waiting, request);
  call (store->below, request);
}

/* When the last of these bytes has passed the channel, seen from now. Split, so that no product passes 64 bits. */
static gint64
slow_channel_ns (SlowStore *self, guint64 length)
{
  if (self->bandwidth == 0)
    return 0;
  const gint64 now = host_now_ns (self->host);
  const guint64 rest = length % self->bandwidth;
  const guint64 rest_ns = rest < G_MAXUINT64 / NS_PER_S ? rest * NS_PER_S / self->bandwidth
                                                        : rest / (self->bandwidth / NS_PER_S);
  const gint64 spent_ns = (gint64) (length / self->bandwidth) * NS_PER_S + (gint64) rest_ns;
  self->busy_until_ns = MAX (now, self->busy_until_ns) + spent_ns;
  return self->busy_until_ns - now;
}

static void
slow_begin (Store *store, StoreRequest *request, guint64 length, StoreCall call)
{
  SlowStore *self = slow_store (store);
  SlowRequest *waiting = g_new0 (SlowRequest, 1);
  *waiting = (SlowRequest){ .store = self, .request = request, .call = call };
  timer_init (&waiting->timer, self->host, slow_request_due, waiting);
  const gint64 drawn = self->jitter_ns > 0
                           ? (gint64) random_below (&self->random, (guint64) self->jitter_ns + 1)
                           : 0;
  timer_arm (&waiting->timer, slow_channel_ns (self, length) + self->latency_ns + drawn);
  CHECK_THAT (g_hash_table_insert (self->waiting, request, waiting)); /* each request once */
}

static void
slow_read (Store *store, StoreRequest *request)
{
  slow_begin (store, request, request->length_bytes, store_read);
}

static void
slow_write (Store *store, StoreRequest *request)
{
  slow_begin (store, request, request->length_bytes, store_write);
}

static void
slow_flush (Store *store, StoreRequest *request)
{
  slow_begin (store, request, 0, store_flush);
}

static void
slow_unmap (Store *store, StoreRequest *request)
{
  slow_begin (store, request, 0, store_unmap);
}

static gboolean
slow_is_mapped (Store *store, guint64 offset_bytes, guint64 *ret_length_bytes)
{
  return store_is_mapped (slow_store (store)->below, offset_bytes, ret_length_bytes);
}

static void
slow_cancel (Store *store, StoreRequest *request)
{
  SlowStore *self = slow_store (store);
  if (!g_hash_table_remove (self->waiting, request))
    store_cancel (self->below, request);
}

static void
slow_free (Store *store)
{
  SlowStore *self = slow_store (store);
  CHECK_THAT (g_hash_table_size (self->waiting) == 0);
  g_hash_table_unref (self->waiting);
  store->magic = 0;
  g_free (self);
}

static const StoreOps slow_ops = {
  .read = slow_read,
  .write = slow_write,
  .flush = slow_flush,
  .unmap = slow_unmap,
  .is_mapped = slow_is_mapped,
  .cancel = slow_cancel,
  .free = slow_free,
};

Store *
store_slow_new (Host *host, Store *below, const StoreSlowConfig *config)
{
  CHECK (host, HOST_MAGIC);
  CHECK_THAT (config->latency_ns >= 0 && config->jitter_ns >= 0);
  SlowStore *self = g_new0 (SlowStore, 1);
  self->store = (Store){ STORE_MAGIC, &slow_ops, store_size (below), store_unmap_bytes (below) };
  self->host = host;
  self->below = below;
  self->latency_ns = config->latency_ns;
  self->jitter_ns = config->jitter_ns;
  self->bandwidth = config->bandwidth;
  self->waiting = g_hash_table_new_full (g_direct_hash, g_direct_equal, NULL, slow_request_free);
  host_random (host, config->name, &self->random);
  return &self->store;
}
