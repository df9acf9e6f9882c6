/* SPDX-License-Identifier: Apache-2.0 */
/* reservations-memory.c - reservations as octets, for the memory of a unit (APTPL: SPC-4 5.12.4)
 *
 * A magic number, the type, how many registrations; each is its key, its target port, whether it holds the reservation, and the
 * length and the octets of its initiator port's name. CRC32C of all that stands at the end: half a record is none. Nothing kept is
 * a record of no registrations. The generation is not kept: SPC-4 6.15.2 has it begin at 0 after each loss of power.
 */
#include "protocol/digest.h"
#include "protocol/scsi/transport-id.h"
#include "target-sim/scsi/reservations.h"
#include "world/error.h"

#include "world/banned.h"

#define RECORD_MAGIC  UINT64_C (0x4953505265730001) /* "ISPRes", version 1 */
#define HEADER_LENGTH 11
#define ENTRY_LENGTH  12 /* and the name */

static void
record_put (GByteArray *record, guint octets, guint64 value)
{
  guint8 bytes[8];
  wire_store (bytes, octets, value);
  g_byte_array_append (record, bytes, octets);
}

static GByteArray *
reservations_encode (const Reservations *self)
{
  GByteArray *record = g_byte_array_new ();
  const guint count = self->is_kept ? self->registrations->len : 0;
  record_put (record, 8, RECORD_MAGIC);
  record_put (record, 1, count > 0 ? self->type : RESERVATION_NONE);
  record_put (record, 2, count);
  for (guint i = 0; i < count; i++) {
    const Registration *registration = reservations_at (self, i);
    const gsize length = strlen (registration->port);
    record_put (record, 8, registration->key);
    record_put (record, 2, registration->target_port);
    record_put (record, 1, registration->is_holder);
    record_put (record, 1, length);
    g_byte_array_append (record, (const guint8 *) registration->port, (guint) length);
  }
  guint8 digest[DIGEST_LENGTH];
  digest_of (record->data, record->len, digest);
  g_byte_array_append (record, digest, DIGEST_LENGTH);
  return record;
}

gboolean
reservations_save (const Reservations *self)
{
  g_autoptr (GByteArray) record = reservations_encode (self);
  return unit_memory_save (self->memory, record->data, record->len);
}

/* One registration at *at, which moves on. */
static gboolean
record_read_entry (Reservations *self, const guint8 *bytes, gsize length, gsize *at)
{
  if (length - *at < ENTRY_LENGTH || length - *at - ENTRY_LENGTH < bytes[*at + 11])
    return FALSE;
  const guint8 *entry = bytes + *at;
  g_autofree char *port = g_strndup ((const char *) entry + ENTRY_LENGTH, entry[11]);
  const guint16 target_port = (guint16) wire_load (entry + 8, 2);
  *at += ENTRY_LENGTH + entry[11];
  if (reservations_index (self, port, target_port) >= 0
      || !reservations_register (self, port, target_port, wire_load (entry, 8)))
    return FALSE;
  reservations_at (self, self->registrations->len - 1)->is_holder = entry[10] != 0;
  return TRUE;
}

static gboolean
record_read (Reservations *self, const guint8 *bytes, gsize length)
{
  guint8 digest[DIGEST_LENGTH];
  if (length < HEADER_LENGTH + DIGEST_LENGTH)
    return FALSE;
  length -= DIGEST_LENGTH;
  digest_of (bytes, length, digest);
  if (memcmp (digest, bytes + length, DIGEST_LENGTH) != 0 || wire_load (bytes, 8) != RECORD_MAGIC)
    return FALSE;
  const guint count = (guint) wire_load (bytes + 9, 2);
  if (bytes[8] != RESERVATION_NONE && !reservation_type_is_known (bytes[8]))
    return FALSE;
  self->type = bytes[8];
  self->is_kept = count > 0;
  gsize at = HEADER_LENGTH;
  for (guint i = 0; i < count; i++)
    if (!record_read_entry (self, bytes, length, &at))
      return FALSE;
  return at == length;
}

gboolean
reservations_power_on (Reservations *self, GError **error)
{
  UnitMemory *memory = self->memory;
  gsize length = 0;
  const guint8 *bytes = memory != NULL ? unit_memory_bytes (memory, &length) : NULL;
  reservations_clear (self);
  reservations_init (self);
  self->memory = memory;
  if (bytes == NULL || record_read (self, bytes, length))
    return TRUE;
  reservations_clear (self);
  reservations_init (self);
  g_set_error (error, WORLD_ERROR, WORLD_ERROR_INVALID,
               "reservations: expected a record that this program wrote, got %" G_GSIZE_FORMAT
               " octets of something else",
               length);
  return FALSE;
}
