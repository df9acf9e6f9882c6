/* SPDX-License-Identifier: Apache-2.0 */
/* store.h - where the bytes of a logical unit are
 *
 * A Store is an ordinary implementation of StoreOps; a fault layer is another one that stands before it. Requests live inside
 * whoever makes them, so that a command costs the store no allocation of its own. A store belongs to whoever made it: it
 * outlives the target that serves it, and so survives the target's crash.
 *
 * Each request ends once: request->done is called, possibly before the call that began it returns, unless store_cancel came
 * first. Ranges are checked by the device server: offset + length never passes store_size.
 */
#pragma once

#include "world/buffer.h"

typedef struct Store Store;
typedef struct StoreRequest StoreRequest;

typedef enum StoreResult {
  STORE_OK,
  STORE_FAILED, /* the medium gave up */
  STORE_FULL,   /* what it stands on has no room left: a write only */
} StoreResult;

struct StoreRequest {
  guint64 offset_bytes;
  guint64 length_bytes;
  Payload bytes;       /* a write's, in; a read's, out. Owned by the requester */
  gboolean is_durable; /* a write ends when it is safe, as if a flush of it had ended, too */
  void (*done) (StoreRequest *request, StoreResult result);
};

typedef struct StoreOps {
  void (*read) (Store *store, StoreRequest *request);
  void (*write) (Store *store, StoreRequest *request);
  void (*flush) (Store *store, StoreRequest *request); /* NULL: what was written is safe */
  void (*unmap) (Store *store, StoreRequest *request);
  /* NULL: everything is mapped. */
  gboolean (*is_mapped) (Store *store, guint64 offset_bytes, guint64 *ret_length_bytes);
  /* NULL: all requests end inside their call. */
  void (*cancel) (Store *store, StoreRequest *request);
  void (*free) (Store *store);
} StoreOps;

/* A store begins with one. */
struct Store {
  guint32 magic; /* STORE_MAGIC */
  const StoreOps *ops;
  guint64 size_bytes;
  guint32
      unmap_bytes; /* in pieces of so many it lets go of room; 0: of none, and there is no unmap */
};

#define STORE_MAGIC 0x5708E001u

/* Fills request->bytes, which must be empty. */
void store_read (Store *store, StoreRequest *request);
/* Writes request->bytes.length bytes. */
void store_write (Store *store, StoreRequest *request);
void store_flush (Store *store, StoreRequest *request);
/* The range reads as zeros from now on, and whole pieces of it take no room. Only if store_unmap_bytes is not 0. */
void store_unmap (Store *store, StoreRequest *request);
guint32 store_unmap_bytes (const Store *store);
/* Whether the byte at `offset`, which must be there, takes room, and for how many bytes from there on it is so. At once. */
gboolean store_is_mapped (Store *store, guint64 offset_bytes, guint64 *ret_length_bytes);
/* `done` will not be called; harmless after it was. */
void store_cancel (Store *store, StoreRequest *request);
guint64 store_size (const Store *store);
void store_free (Store *store); /* NULL is fine; no request may be under way */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Store, store_free)

/* In memory, all zero at first. Memory is taken as it is written, in pages of 64 KiB. Requests end inside their call. */
Store *store_ram_new (guint64 size_bytes);
