/* SPDX-License-Identifier: Apache-2.0 */
/* reservations.h - who may do what to a logical unit (SPC-4 5.12, and RESERVE(6) of SPC-2 5.5.1)
 *
 * The state and the rules; the commands that change them are reserve-6.c, pr-in.c and pr-out.c. An I_T nexus is known by the name
 * of its initiator port and the relative target port, not by its session: a registration lasts through reconnects.
 */
#pragma once

#include "target-sim/scsi/memory.h"

typedef struct ScsiNexus ScsiNexus;

#define REGISTRATION_MAX 256 /* per unit: beyond it 55/04 */

/* TYPE (NAME, code) */
#define RESERVATION_TYPES(TYPE)                                                                    \
  TYPE (WRITE_EXCLUSIVE, 1)                                                                        \
  TYPE (EXCLUSIVE_ACCESS, 3)                                                                       \
  TYPE (WRITE_EXCLUSIVE_REGISTRANTS_ONLY, 5)                                                       \
  TYPE (EXCLUSIVE_ACCESS_REGISTRANTS_ONLY, 6)                                                      \
  TYPE (WRITE_EXCLUSIVE_ALL_REGISTRANTS, 7)                                                        \
  TYPE (EXCLUSIVE_ACCESS_ALL_REGISTRANTS, 8)

typedef enum ReservationType {
  RESERVATION_NONE = 0,
#define TYPE(name, code) RESERVATION_##name = code,
  RESERVATION_TYPES (TYPE)
#undef TYPE
} ReservationType;

/* SPC-4 5.12.1, SBC-3 4.17: what a command does, as a reservation of another nexus sees it; each passes what the ones before it
 * pass. */
typedef enum ScsiAccess {
  SCSI_ACCESS_ALL,        /* the default: conflicts with every reservation */
  SCSI_ACCESS_READS,      /* not with one for writes alone */
  SCSI_ACCESS_PERSISTENT, /* with RESERVE(6) alone */
  SCSI_ACCESS_ALLOWED,    /* with none */
} ScsiAccess;

typedef struct Registration {
  guint64 key;
  GRefString *port;    /* of the initiator */
  guint16 target_port; /* relative identifier */
  gboolean is_holder;  /* at most one is, and none with a type for all registrants */
} Registration;

typedef struct Reservations {
  guint32 generation;
  GArray *registrations; /* of Registration, in the order of their making */
  ReservationType type;
  gboolean is_kept;          /* APTPL of the last registration */
  const ScsiNexus *reserver; /* by RESERVE(6); NULL: none */
  UnitMemory *memory;        /* borrowed; NULL: a loss of power takes everything */
} Reservations;

void reservations_init (Reservations *self);
void reservations_clear (Reservations *self);
/* A copy of what PERSISTENT RESERVE OUT changes; reservations_adopt puts it in the place of what it was copied from. */
void reservations_copy (Reservations *ret_copy, const Reservations *self);
void reservations_adopt (Reservations *self, Reservations *next);

gboolean reservation_type_is_known (guint8 code);
gboolean reservation_type_is_shared (ReservationType type);  /* registrants are free of it */
gboolean reservation_type_is_for_all (ReservationType type); /* and hold it */

/* Where it is in `registrations`; -1: nowhere. */
gint reservations_index (const Reservations *self, const char *port, guint16 target_port);
Registration *reservations_at (const Reservations *self, guint index);
Registration *reservations_find (const Reservations *self, const ScsiNexus *nexus); /* or NULL */
gboolean reservations_holds (const Reservations *self, const Registration *registration);
/* Or gives the one that is there another key. FALSE: there are too many. */
gboolean reservations_register (Reservations *self, const char *port, guint16 target_port,
                                guint64 key);

/* Does the reservation that another holds forbid this to the nexus? */
gboolean reservations_conflict (const Reservations *self, const ScsiNexus *nexus,
                                ScsiAccess access);

/* LUN RESET: what RESERVE(6) made is over, the rest persists (SPC-4 5.12.5). */
void reservations_reset (Reservations *self);
/* A loss of power leaves what is in the memory. FALSE: that is no work of ours. */
gboolean reservations_power_on (Reservations *self, GError **error);
/* Into the memory, as APTPL asks for. FALSE: it failed. */
gboolean reservations_save (const Reservations *self);
