/* SPDX-License-Identifier: Apache-2.0 */
#include "target-sim/scsi/memory.h"

#include "world/banned.h"

gboolean
unit_memory_save (UnitMemory *memory, const guint8 *bytes, gsize length)
{
  CHECK (memory, UNIT_MEMORY_MAGIC);
  if (memory->ops->save != NULL && !memory->ops->save (memory, bytes, length))
    return FALSE;
  g_clear_pointer (&memory->bytes, g_bytes_unref);
  memory->bytes = g_bytes_new (bytes, length);
  return TRUE;
}

const guint8 *
unit_memory_bytes (const UnitMemory *memory, gsize *ret_length)
{
  CHECK (memory, UNIT_MEMORY_MAGIC);
  *ret_length = 0;
  return memory->bytes != NULL ? g_bytes_get_data (memory->bytes, ret_length) : NULL;
}

void
unit_memory_free (UnitMemory *memory)
{
  if (memory == NULL)
    return;
  CHECK (memory, UNIT_MEMORY_MAGIC);
  g_clear_pointer (&memory->bytes, g_bytes_unref);
  memory->magic = 0;
  memory->ops->free (memory);
}

static void
memory_ram_free (UnitMemory *memory)
{
  g_free (memory);
}

static const UnitMemoryOps ram_ops = { .free = memory_ram_free };

UnitMemory *
unit_memory_ram_new (void)
{
  UnitMemory *memory = g_new (UnitMemory, 1);
  *memory = (UnitMemory){ UNIT_MEMORY_MAGIC, &ram_ops, NULL };
  return memory;
}
