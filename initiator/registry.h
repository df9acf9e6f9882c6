/* SPDX-License-Identifier: Apache-2.0 */
/* registry.h - the sessions to restore at the next start, safe on the host's disk
 *
 * A record is a persistent login, not a session: target, portal, login options and CHAP as they were when the session was
 * registered. Each registration adds one record; N records come back as N sessions. Ids are never used twice.
 *
 * Every call is asynchronous: it ends in its callback, in the order of the calls, never inside the call. "added" and "removed"
 * without an error mean that a power cut cannot undo it. An error means that the registry is as it was before or, if power or
 * disk failed in the last step, as it would be after; never anything between. Errors of the disk keep their WORLD_ERROR.
 *
 * The CHAP secret stands in the file in clear, because a login needs it, and nowhere else.
 */
#pragma once

#include "world/host.h"

#define REGISTRY_ERROR (registry_error_quark ())
GQuark registry_error_quark (void);

typedef enum RegistryError {
  REGISTRY_ERROR_DAMAGED, /* the file is not a whole database, or a record in it makes no sense */
  REGISTRY_ERROR_VERSION, /* made by a newer program, or a database of something else */
  REGISTRY_ERROR_BUSY,    /* another process held it for too long */
  REGISTRY_ERROR_FAILED,  /* anything else that the database said */
} RegistryError;

typedef struct RegistryRecord {
  gint64 id; /* given by registry_add; ascending in the order of registration */
  char *target_name;
  Address portal;
  char *initiator_name;
  char *initiator_instance; /* NULL: any */
  gboolean is_multipath_enabled;
  guint64 isid;         /* that the session had */
  guint8 header_digest; /* the three as the initiator's own enums number them */
  guint8 data_digest;
  guint8 authentication;
  char *chap_username; /* NULL: none */
  char *chap_secret;   /* NULL: none */
} RegistryRecord;

RegistryRecord *registry_record_new (void);
RegistryRecord *registry_record_copy (const RegistryRecord *record);
void registry_record_free (RegistryRecord *record); /* wipes the secret; NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RegistryRecord, registry_record_free)

typedef struct Registry Registry;

/* Touches no disk yet: the file is made by the first registry_add. */
Registry *registry_new (Host *host, const char *file_name);
/* Callbacks that are still due are not called; what was begun may still reach the disk. Also right after the host went down.
 * NULL is fine. */
void registry_free (Registry *registry);

/* Records in the order of their ids; no file: none. `records` is of RegistryRecord and owns them; NULL on an error. */
typedef void (*RegistryLoaded) (gpointer data, GPtrArray *records /* transfer full */,
                                const GError *error);
void registry_load (Registry *registry, RegistryLoaded loaded, gpointer data);

/* The record's own id is not looked at; `id` is 0 on an error. */
typedef void (*RegistryAdded) (gpointer data, gint64 id, const GError *error);
void registry_add (Registry *registry, const RegistryRecord *record, RegistryAdded added,
                   gpointer data);

/* All of them in one transaction. Ids that are not there are no error: `removed` counts those that were. */
typedef void (*RegistryRemoved) (gpointer data, guint removed, const GError *error);
void registry_remove (Registry *registry, const gint64 *ids, guint count, RegistryRemoved removed,
                      gpointer data);

/* From now on they are logins to this portal: all of them in one transaction; `removed` counts those that were there. */
void registry_move (Registry *registry, const gint64 *ids, guint count, const Address *portal,
                    RegistryRemoved moved, gpointer data);

/* From now on it is a login with this ISID. */
void registry_set_isid (Registry *registry, gint64 id, guint64 isid, RegistryRemoved changed,
                        gpointer data);

/* For tests of tests: from now on commits wait for no sync, so that a power cut loses what was acknowledged. Whoever claims to
 * find lost registrations must find these. */
void registry_plant_unsafe_commits (Registry *registry);
