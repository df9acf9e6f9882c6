/* SPDX-License-Identifier: Apache-2.0 */
/* error.h - what can fail for reasons outside the program, in world/ */
#pragma once

#include <glib.h>

#define WORLD_ERROR (world_error_quark ())
GQuark world_error_quark (void);

typedef enum WorldError {
  WORLD_ERROR_INVALID,   /* an address, a name or a size that cannot be */
  WORLD_ERROR_IN_USE,    /* the address already has a listener */
  WORLD_ERROR_NOT_FOUND, /* no such file */
  WORLD_ERROR_IO,        /* the disk or the network failed */
  WORLD_ERROR_FULL,      /* no space left */
  WORLD_ERROR_LOCKED,    /* another holds the file's lock */
  WORLD_ERROR_DOWN,      /* the host has lost its power */
  WORLD_ERROR_BOUND,     /* a stated bound of the world was passed */
} WorldError;
