/* SPDX-License-Identifier: Apache-2.0 */
/* memory-file.h - what a unit remembers, in a small file beside the one that it stands in */
#pragma once

#include "target-sim/scsi/memory.h"

#define MEMORY_FILE_SUFFIX ".reservations"

/* Beside the file at store_path: a file that is not there has nothing to tell, and is made when there is something. Replaced as a
 * whole, and safe on the disk when the save is over. NULL: it is there and cannot be read. */
UnitMemory *memory_file_new (const char *store_path, GError **error);
