/* SPDX-License-Identifier: Apache-2.0 */
/* unit.h - what is asked of one logical unit, as people type it: SIZE[,OPTION...] */
#pragma once

#include <glib.h>

#define UNIT_ERROR (unit_error_quark ())
GQuark unit_error_quark (void);

typedef enum UnitError {
  UNIT_ERROR_USAGE,       /* it is written wrongly */
  UNIT_ERROR_ENVIRONMENT, /* it is written well, and cannot be had */
} UnitError;

typedef struct Unit {
  guint64 size_bytes; /* 0: as long as its file is */
  guint32 block_bytes;
  char *path; /* NULL: in memory */
  gboolean is_read_only;
  gboolean is_thin;
} Unit;

/* "64M", "1G,file=disk.img,block=4096", "64M,thin", "file=disk.img,ro": the size may be left out if there is a file. `text` is in the
 * message. For unit_clear. */
gboolean unit_parse (const char *text, Unit *ret_unit, GError **error);
void unit_clear (Unit *unit);
