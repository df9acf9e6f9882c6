/* SPDX-License-Identifier: Apache-2.0 */
/* remote.h - a target that somebody else runs: its URL, and what a first look at it tells
 *
 * iscsi://HOST[:PORT]/NAME[/LUN][?WORD[&WORD...]]. Without a port 3260, without a LUN the first disk that it lists. The words
 * say what a scenario may do to it, dataloss and disruptive (harness/script/allow.h), and which rule of the referee it is known
 * to break: excuse=exp-data-sn.
 */
#pragma once

#include "world/address.h"

#include <glib.h>

#define REMOTE_ERROR (remote_error_quark ())
GQuark remote_error_quark (void);
typedef enum RemoteError {
  REMOTE_ERROR_URL,         /* it is not written as above */
  REMOTE_ERROR_UNREACHABLE, /* nobody there, no login, no disk */
} RemoteError;

typedef struct Remote {
  char *text; /* the URL without what is allowed: for messages */
  char *host;
  guint16 port;
  char *name;
  gboolean has_lun;
  guint16 lun; /* given, or after remote_look the one that was found */
  gboolean is_dataloss_allowed;
  gboolean is_disruption_allowed;
  GPtrArray *excused; /* of char *: rules of the referee */

  /* After remote_look. */
  Address portal;
  guint64 blocks;
  guint32 block_size;
} Remote;

gboolean remote_is_url (const char *text);
/* REMOTE_ERROR_URL: what was expected and what came. */
Remote *remote_parse (const char *url, GError **error);
/* Resolves the host, logs in, finds the disk, asks for its size, logs out. Writes nothing. Blocks, in real time, in a world of its
 * own; 15 s at most. REMOTE_ERROR_UNREACHABLE. */
gboolean remote_look (Remote *remote, GError **error);
void remote_free (Remote *remote);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Remote, remote_free)

/* The URL with what the options allow besides. */
char *remote_allow (const char *url, gboolean is_dataloss, gboolean is_disruption);
