/* SPDX-License-Identifier: Apache-2.0 */
/* lun.h - the logical units behind one target: number, geometry, identity, store
 *
 * The identity of a unit is made from the target's name and the unit's number alone, so that it is the same through every
 * portal and after every restart: that is what a multipath initiator recognises it by.
 */
#pragma once

#include "protocol/scsi/scsi.h"
#include "target-sim/scsi/block-line.h"
#include "target-sim/scsi/log.h"
#include "target-sim/scsi/medium.h"
#include "target-sim/scsi/modes.h"
#include "target-sim/scsi/reservations.h"
#include "target-sim/scsi/store.h"

#define LUN_NUMBER_MAX    16383 /* what flat addressing can say (SAM-5 4.7.7) */
#define LUN_SERIAL_LENGTH 16

#define UNIT_BUFFER_BYTES 65536u /* READ BUFFER, WRITE BUFFER */
#define UNIT_ECHO_BYTES   4096u

typedef struct Erasure Erasure;

typedef struct UnitEcho {
  gconstpointer writer;   /* the nexus that wrote last; NULL: none */
  gconstpointer previous; /* whose bytes that one overwrote */
  guint length;
  guint8 bytes[UNIT_ECHO_BYTES];
} UnitEcho;

typedef enum UnitInformation {
  UNIT_INFORMATION_PERIPHERAL,
  UNIT_INFORMATION_TEXT,
  UNIT_INFORMATION_COUNT,
} UnitInformation;

typedef struct Lun {
  guint32 magic; /* LUN_MAGIC */
  guint16 number;
  guint32 block_size;
  guint64 blocks;
  guint64 naa;                        /* locally assigned: 3 in the top four bits */
  char serial[LUN_SERIAL_LENGTH + 1]; /* 16 hexadecimal digits */
  Store *store;                       /* borrowed */
  gboolean is_read_only;              /* the medium is, whatever SWP says */
  gboolean is_thin; /* SBC-3 4.7.3: thin provisioning; what is not mapped reads as zeros */
  Modes modes;
  Medium medium;
  Reservations reservations;
  UnitLog log;
  guint8 *buffer;                              /* NULL: UNIT_BUFFER_BYTES of zeros */
  UnitEcho *echo;                              /* NULL: nobody wrote one */
  GBytes *information[UNIT_INFORMATION_COUNT]; /* NULL: none was set */
  gint64 timestamp_skew_ms;                    /* what its clock is ahead of the machine's */
  gboolean is_timestamp_set;
  BlockLine line;
  GQueue flushes;            /* that nobody waits for */
  Erasure *erasure;          /* erasure.h; NULL: none is under way */
  guint16 erasure_failed;    /* the sense code that the last one left; 0: it went well */
  gboolean may_exit_failure; /* with SANITIZE, EXIT FAILURE MODE */
  gboolean has_lost_writes;  /* one of the flushes failed, and nobody was told yet */
} Lun;

#define LUN_MAGIC 0x10C00001u

typedef struct Luns {
  guint count;
  Lun **list; /* by number, rising */
  char *target_name;
  GPtrArray *nexuses; /* of ScsiNexus, each its session's */
  GArray
      *target_ports; /* of guint16, rising: the relative identifiers of all ports of the target */
} Luns;

void luns_init (Luns *luns, const char *target_name);
void luns_clear (Luns *luns);
/* Sizes are in whole blocks: what is left over at the end of the store is not used. */
gboolean luns_add (Luns *luns, guint16 number, guint32 block_size, Store *store, GError **error);
void luns_protect (Luns *luns, guint16 number); /* nobody writes to it: 27/00. It must be there */
/* Its medium can be taken out; `is_empty`: there is none, and none comes. It must be there. */
void luns_make_removable (Luns *luns, guint16 number, gboolean is_empty);
/* What it remembers through a loss of power is there from now on. It must be there. FALSE: what is there is no work of ours. */
gboolean luns_remember (Luns *luns, guint16 number, UnitMemory *memory, GError **error);
void luns_add_port (Luns *luns, guint16 target_port); /* again and again is once */
/* All that is not remembered is as it was at first, as after a loss of power. */
void luns_power_on (Luns *luns);
/* It takes UNMAP from now on. It must be there, and its store must be able to. */
void luns_make_thin (Luns *luns, guint16 number);
/* Each unit is at the other's number from now on, with all that it is: identity, geometry, store. Both must be there. */
void luns_swap (Luns *luns, guint16 number, guint16 other);
/* LUN RESET (SAM-5 6.3.3): what a unit keeps of its own accord goes back to how it began. */
void lun_reset (Lun *lun);
/* This nexus is gone: what it wanted of the unit goes with it. */
void lun_forget_nexus (Lun *lun, gpointer nexus);
/* Begins a flush that nobody waits for, and is cancelled if the unit goes before. */
void lun_flush (Lun *lun);
gboolean lun_is_write_protected (const Lun *lun);
Lun *luns_find (const Luns *luns, guint16 number); /* NULL: no such unit. Valid until luns_clear */
