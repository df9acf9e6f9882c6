/* SPDX-License-Identifier: Apache-2.0 */
/* pr-in.c - PERSISTENT RESERVE IN: who is registered, and what is reserved (SPC-4 6.15) */
#include "protocol/scsi/transport-id.h"
#include "target-sim/scsi/commands.h"

#include "world/banned.h"

#define HEADER_LENGTH 8 /* PRGENERATION, ADDITIONAL LENGTH */

#define CAPABLE_CRH    0x10 /* of RESERVE(6) beside it */
#define CAPABLE_SIP    0x08 /* SPEC_I_PT */
#define CAPABLE_ATP    0x04 /* ALL_TG_PT */
#define CAPABLE_PTPL   0x01 /* APTPL */
#define TELLS_TYPES    0x80
#define ALLOW_COMMANDS 0x30 /* 011b: as the column of commands.c has it */
#define PTPL_ACTIVE    0x01

#define STATUS_HOLDER 0x01

/* SPC-2 5.5.1: what RESERVE(6) has reserved conflicts for everybody, the one who did included. */
gboolean
spc_check_pr_in (ScsiTask *task)
{
  return task->lun->reservations.reserver == NULL || scsi_task_conflict (task);
}

static guint8 *
list_take (GByteArray *list, guint length)
{
  const guint at = list->len;
  g_byte_array_set_size (list, at + length);
  memset (list->data + at, 0, length);
  return list->data + at;
}

static void
list_answer (ScsiTask *task, GByteArray *list)
{
  wire_store (list->data, 4, task->lun->reservations.generation);
  wire_store (list->data + 4, 4, list->len - HEADER_LENGTH);
  scsi_task_answer (task, list->data, list->len, cdb_allocation_length (task->cdb));
}

void
spc_pr_read_keys (ScsiTask *task)
{
  const Reservations *reservations = &task->lun->reservations;
  g_autoptr (GByteArray) list = g_byte_array_new ();
  list_take (list, HEADER_LENGTH);
  for (guint i = 0; i < reservations->registrations->len; i++)
    wire_store (list_take (list, 8), 8, reservations_at (reservations, i)->key);
  list_answer (task, list);
}

/* The key of the holder; 0 where all registrants hold it. */
static guint64
reservation_key (const Reservations *reservations)
{
  for (guint i = 0; i < reservations->registrations->len; i++)
    if (reservations_at (reservations, i)->is_holder)
      return reservations_at (reservations, i)->key;
  return 0;
}

void
spc_pr_read_reservation (ScsiTask *task)
{
  const Reservations *reservations = &task->lun->reservations;
  g_autoptr (GByteArray) list = g_byte_array_new ();
  list_take (list, HEADER_LENGTH);
  if (reservations->type != RESERVATION_NONE) {
    guint8 *bytes = list_take (list, 16);
    wire_store (bytes, 8, reservation_key (reservations));
    bytes[13] = reservations->type; /* scope 0: the unit */
  }
  list_answer (task, list);
}

static guint16
type_mask (void)
{
  guint16 mask = 0;
#define TYPE(name, code) mask |= (guint16) (code < 8 ? 1 << (code + 8) : 1 << (code - 8));
  RESERVATION_TYPES (TYPE)
#undef TYPE
  return mask;
}

void
spc_pr_report_capabilities (ScsiTask *task)
{
  const Reservations *reservations = &task->lun->reservations;
  guint8 bytes[8] = { 0, sizeof bytes, CAPABLE_CRH | CAPABLE_SIP | CAPABLE_ATP,
                      TELLS_TYPES | ALLOW_COMMANDS };
  if (reservations->memory != NULL)
    bytes[2] |= CAPABLE_PTPL;
  if (reservations->is_kept)
    bytes[3] |= PTPL_ACTIVE;
  wire_store (bytes + 4, 2, type_mask ());
  scsi_task_answer (task, bytes, sizeof bytes, cdb_allocation_length (task->cdb));
}

static void
list_add_status (GByteArray *list, const Reservations *reservations,
                 const Registration *registration)
{
  guint8 id[TRANSPORT_ID_MAX];
  const gsize length = transport_id_encode (id, registration->port);
  guint8 *bytes = list_take (list, 24);
  wire_store (bytes, 8, registration->key);
  if (reservations_holds (reservations, registration)) {
    bytes[12] = STATUS_HOLDER;
    bytes[13] = reservations->type;
  }
  wire_store (bytes + 18, 2, registration->target_port);
  wire_store (bytes + 20, 4, length);
  g_byte_array_append (list, id, (guint) length);
}

void
spc_pr_read_full_status (ScsiTask *task)
{
  const Reservations *reservations = &task->lun->reservations;
  g_autoptr (GByteArray) list = g_byte_array_new ();
  list_take (list, HEADER_LENGTH);
  for (guint i = 0; i < reservations->registrations->len; i++)
    list_add_status (list, reservations, reservations_at (reservations, i));
  list_answer (task, list);
}
