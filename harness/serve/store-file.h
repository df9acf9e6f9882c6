/* SPDX-License-Identifier: Apache-2.0 */
/* store-file.h - a store in a file or on a block device, for a host of the live world */
#pragma once

#include "target-sim/scsi/store.h"
#include "world/host.h"

typedef struct StoreFileConfig {
  const char *path;
  guint64
      size_bytes; /* what is not there is made, sparse; what is there must be as long. 0: as long as it is */
  gboolean is_read_only; /* opened so; nobody may write to it, and it must be there */
} StoreFileConfig;

/* One writer, or several readers: the file is locked. Works run on the host, which must be down before store_free. NULL: the
 * file cannot be had. */
Store *store_file_new (Host *host, const StoreFileConfig *config, GError **error);
