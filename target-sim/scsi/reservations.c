/* SPDX-License-Identifier: Apache-2.0 */
#include "target-sim/scsi/reservations.h"

#include "target-sim/scsi/nexus.h"

#include "world/banned.h"

/* SPC-4 5.12.1: the first access that passes, for one that is registered and for a stranger. The holder passes with any. */
static const struct {
  gboolean is_known;
  gboolean is_shared;
  gboolean is_for_all;
  ScsiAccess registrant;
  ScsiAccess stranger;
} types[] = {
  [RESERVATION_WRITE_EXCLUSIVE] = { .is_known = TRUE,
                                    .registrant = SCSI_ACCESS_READS,
                                    .stranger = SCSI_ACCESS_READS },
  [RESERVATION_EXCLUSIVE_ACCESS] = { .is_known = TRUE,
                                     .registrant = SCSI_ACCESS_PERSISTENT,
                                     .stranger = SCSI_ACCESS_PERSISTENT },
  [RESERVATION_WRITE_EXCLUSIVE_REGISTRANTS_ONLY] = { .is_known = TRUE,
                                                     .is_shared = TRUE,
                                                     .stranger = SCSI_ACCESS_READS },
  [RESERVATION_EXCLUSIVE_ACCESS_REGISTRANTS_ONLY] = { .is_known = TRUE,
                                                      .is_shared = TRUE,
                                                      .stranger = SCSI_ACCESS_PERSISTENT },
  [RESERVATION_WRITE_EXCLUSIVE_ALL_REGISTRANTS] = { .is_known = TRUE,
                                                    .is_shared = TRUE,
                                                    .is_for_all = TRUE,
                                                    .stranger = SCSI_ACCESS_READS },
  [RESERVATION_EXCLUSIVE_ACCESS_ALL_REGISTRANTS] = { .is_known = TRUE,
                                                     .is_shared = TRUE,
                                                     .is_for_all = TRUE,
                                                     .stranger = SCSI_ACCESS_PERSISTENT },
};

gboolean
reservation_type_is_known (guint8 code)
{
  return code < G_N_ELEMENTS (types) && types[code].is_known;
}

gboolean
reservation_type_is_shared (ReservationType type)
{
  return types[type].is_shared;
}

gboolean
reservation_type_is_for_all (ReservationType type)
{
  return types[type].is_for_all;
}

/* ---- life ---- */

static void
registration_clear (gpointer data)
{
  Registration *registration = data;
  g_ref_string_release (registration->port);
}

void
reservations_init (Reservations *self)
{
  *self = (Reservations){ .registrations = g_array_new (FALSE, FALSE, sizeof (Registration)) };
  g_array_set_clear_func (self->registrations, registration_clear);
}

void
reservations_clear (Reservations *self)
{
  g_clear_pointer (&self->registrations, g_array_unref);
  *self = (Reservations){ 0 };
}

void
reservations_copy (Reservations *ret_copy, const Reservations *self)
{
  GArray *registrations = g_array_copy (self->registrations);
  g_array_set_clear_func (registrations, registration_clear);
  for (guint i = 0; i < registrations->len; i++)
    g_ref_string_acquire (g_array_index (registrations, Registration, i).port);
  *ret_copy = *self;
  ret_copy->registrations = registrations;
}

void
reservations_adopt (Reservations *self, Reservations *next)
{
  g_array_unref (self->registrations);
  *self = *next;
  *next = (Reservations){ 0 };
}

/* ---- who is registered ---- */

Registration *
reservations_at (const Reservations *self, guint index)
{
  CHECK_THAT (index < self->registrations->len);
  return &g_array_index (self->registrations, Registration, index);
}

gint
reservations_index (const Reservations *self, const char *port, guint16 target_port)
{
  for (guint i = 0; i < self->registrations->len; i++) {
    const Registration *registration = reservations_at (self, i);
    if (registration->target_port == target_port && strcmp (registration->port, port) == 0)
      return (gint) i;
  }
  return -1;
}

Registration *
reservations_find (const Reservations *self, const ScsiNexus *nexus)
{
  const gint index = reservations_index (self, nexus->port, nexus->group_tag);
  return index >= 0 ? reservations_at (self, (guint) index) : NULL;
}

gboolean
reservations_holds (const Reservations *self, const Registration *registration)
{
  return registration->is_holder || types[self->type].is_for_all;
}

gboolean
reservations_register (Reservations *self, const char *port, guint16 target_port, guint64 key)
{
  const gint index = reservations_index (self, port, target_port);
  if (index >= 0) {
    reservations_at (self, (guint) index)->key = key;
    return TRUE;
  }
  if (self->registrations->len >= REGISTRATION_MAX)
    return FALSE;
  const Registration registration = { .key = key,
                                      .port = g_ref_string_new (port),
                                      .target_port = target_port };
  g_array_append_val (self->registrations, registration);
  return TRUE;
}

/* ---- the rule ---- */

gboolean
reservations_conflict (const Reservations *self, const ScsiNexus *nexus, ScsiAccess access)
{
  if (self->reserver != NULL)
    return self->reserver != nexus && access < SCSI_ACCESS_ALLOWED;
  if (self->type == RESERVATION_NONE)
    return FALSE;
  const Registration *registration = reservations_find (self, nexus);
  if (registration != NULL && reservations_holds (self, registration))
    return FALSE;
  return access
         < (registration != NULL ? types[self->type].registrant : types[self->type].stranger);
}

void
reservations_reset (Reservations *self)
{
  self->reserver = NULL;
}
