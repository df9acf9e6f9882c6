/* SPDX-License-Identifier: Apache-2.0 */
/* server.h - the embedded target on real addresses of this machine, until somebody ends it */
#pragma once

#include "harness/serve/unit.h"
#include "world/address.h"

typedef struct Server Server;

typedef struct ServerConfig {
  const char *name;         /* iSCSI name, as people type it */
  const Address *addresses; /* port 0: any free one */
  guint address_count;
  const Unit *units; /* numbered from 0 in their order, as in a scenario */
  guint unit_count;
  const char
      *script; /* a file as harness/script/served.h has it; NULL: none. What its rules do is told */
  const char *pcap;    /* a file for a capture of what initiators sent and got; NULL: none */
  gboolean is_verbose; /* logins and what becomes of them are told */
  /* One line, without a newline, of what happens. */
  void (*say) (gpointer data, const char *line);
  gpointer say_data;
} ServerConfig;

/* Listens when it returns, and has said so, once for each unit at each address. From then on SIGINT and SIGTERM wait for
 * server_run. NULL: an address or a store cannot be had, or the script is wrong: SCRIPT_ERROR. */
Server *server_new (const ServerConfig *config, GError **error);

/* Serves until SIGINT or SIGTERM, then closes what is open. FALSE: the loop has failed, or the script, or the capture. */
gboolean server_run (Server *server, GError **error);

/* The script's author is to blame, not the environment. */
gboolean server_error_is_of_script (const GError *error);

void server_free (Server *server); /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Server, server_free)
