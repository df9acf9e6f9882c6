/* SPDX-License-Identifier: Apache-2.0 */
/* registry-vfs.h - lets SQLite work on the disk of a host, and on nothing else */
#pragma once

#include "world/disk.h"

#include <sqlite3.h>

typedef struct RegistryVfs RegistryVfs;

/* `random` is copied: it feeds what SQLite asks of xRandomness. Made and freed on the thread that works on the disk; all
 * databases opened through it must be closed before it goes. */
RegistryVfs *registry_vfs_new (Host *host, const Random *random);
void registry_vfs_free (RegistryVfs *vfs); /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RegistryVfs, registry_vfs_free)

/* For sqlite3_open_v2. It means nothing outside the process: never to be shown or logged. */
const char *registry_vfs_name (const RegistryVfs *vfs);

/* The first failure of the disk behind what SQLite calls an I/O error, or NULL. A lock that was not free is not one. */
const GError *registry_vfs_error (const RegistryVfs *vfs);
