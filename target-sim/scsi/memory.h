/* SPDX-License-Identifier: Apache-2.0 */
/* memory.h - what a logical unit remembers through a loss of power, beside the bytes in its store
 *
 * A few octets, replaced as a whole: the device server gives what is to be remembered, and gets it back when it starts again. As a
 * store does, a memory belongs to whoever made it and outlives the target. An implementation is a struct that begins with a
 * UnitMemory; `save` is what makes it safe.
 */
#pragma once

#include "world/buffer.h"

typedef struct UnitMemory UnitMemory;

typedef struct UnitMemoryOps {
  /* When it returns TRUE, a loss of power leaves these octets; FALSE: what was there before. NULL: nothing is to be done. */
  gboolean (*save) (UnitMemory *memory, const guint8 *bytes, gsize length);
  void (*free) (UnitMemory *memory);
} UnitMemoryOps;

struct UnitMemory {
  guint32 magic; /* UNIT_MEMORY_MAGIC */
  const UnitMemoryOps *ops;
  GBytes *bytes; /* as last saved; NULL: nothing */
};

#define UNIT_MEMORY_MAGIC 0x3E302701u

/* FALSE: it could not be made safe, and what was remembered before still is. */
gboolean unit_memory_save (UnitMemory *memory, const guint8 *bytes, gsize length);
const guint8 *unit_memory_bytes (const UnitMemory *memory, gsize *ret_length); /* NULL: nothing */
void unit_memory_free (UnitMemory *memory);                                    /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (UnitMemory, unit_memory_free)

/* Lasts as long as the object does: in a simulation, through the power cuts of the target's host. */
UnitMemory *unit_memory_ram_new (void);
